/* Cancel-safe queues (EXE-324): the driver keeps the list and the lock, we keep the races out. An IRP in a queue has our cancel routine
 * and, in DriverContext[3], its way back: the driver's IO_CSQ_IRP_CONTEXT, or the IO_CSQ itself. Both begin with a Type. */
#include "nt/io/io.h"

#include "ddi/guest.h"

enum { CSQ_CONTEXT = 1, CSQ_QUEUE = 2, CSQ_QUEUE_EX = 3 };

#define CSQ_SLOT(irp) ((irp)->Tail.Overlay.DriverContext[3])

static VOID NTAPI cancelled(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_CSQ csq = CSQ_SLOT(irp);
    KIRQL irql;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    if (csq->Type == CSQ_CONTEXT) {
        PIO_CSQ_IRP_CONTEXT context = CSQ_SLOT(irp);

        csq = context->Csq;
        guest_call_void(IO_CSQ_ACQUIRE_LOCK, csq->CsqAcquireLock, csq, &irql);
        guest_call_void(IO_CSQ_REMOVE_IRP, csq->CsqRemoveIrp, csq, irp);
        context->Irp = NULL;
    } else {
        guest_call_void(IO_CSQ_ACQUIRE_LOCK, csq->CsqAcquireLock, csq, &irql);
        guest_call_void(IO_CSQ_REMOVE_IRP, csq->CsqRemoveIrp, csq, irp);
    }
    CSQ_SLOT(irp) = NULL;
    guest_call_void(IO_CSQ_RELEASE_LOCK, csq->CsqReleaseLock, csq, irql);
    guest_call_void(IO_CSQ_COMPLETE_CANCELED_IRP, csq->CsqCompleteCanceledIrp, csq, irp);
}

static NTSTATUS initialize(PIO_CSQ csq, ULONG type, PVOID insert, PIO_CSQ_REMOVE_IRP remove, PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                           PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
    *csq = (IO_CSQ){.Type = type, .CsqInsertIrp = (PIO_CSQ_INSERT_IRP)insert, .CsqRemoveIrp = remove, .CsqPeekNextIrp = peek, .CsqAcquireLock = acquire,
                    .CsqReleaseLock = release, .CsqCompleteCanceledIrp = complete};
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp, PIO_CSQ_REMOVE_IRP CsqRemoveIrp, PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                               PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock, PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                               PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    return initialize(Csq, CSQ_QUEUE, (PVOID)CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);
}

NTSTATUS NTAPI IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp, PIO_CSQ_REMOVE_IRP CsqRemoveIrp, PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                                 PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock, PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                                 PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    return initialize(Csq, CSQ_QUEUE_EX, (PVOID)CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);
}

/* Marks the IRP pending and inserts it; one that was cancelled before comes out again and is completed by the driver's callback. */
NTSTATUS NTAPI IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context, PVOID InsertContext)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    if (Context)
        *Context = (IO_CSQ_IRP_CONTEXT){.Type = CSQ_CONTEXT, .Irp = Irp, .Csq = Csq};
    CSQ_SLOT(Irp) = Context ? (PVOID)Context : (PVOID)Csq;
    guest_call_void(IO_CSQ_ACQUIRE_LOCK, Csq->CsqAcquireLock, Csq, &irql);
    IoMarkIrpPending(Irp);
    if (Csq->Type == CSQ_QUEUE_EX) {
        status = guest_call(IO_CSQ_INSERT_IRP_EX, (PIO_CSQ_INSERT_IRP_EX)(PVOID)Csq->CsqInsertIrp, Csq, Irp, InsertContext);
        if (!NT_SUCCESS(status)) {
            CSQ_SLOT(Irp) = NULL;
            if (Context)
                Context->Irp = NULL;
            guest_call_void(IO_CSQ_RELEASE_LOCK, Csq->CsqReleaseLock, Csq, irql);
            return status;
        }
    } else {
        guest_call_void(IO_CSQ_INSERT_IRP, Csq->CsqInsertIrp, Csq, Irp);
    }
    IoSetCancelRoutine(Irp, cancelled);
    /* Cancelled meanwhile: whoever takes the routine back completes it, IoCancelIrp or we. */
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL)) {
        guest_call_void(IO_CSQ_REMOVE_IRP, Csq->CsqRemoveIrp, Csq, Irp);
        CSQ_SLOT(Irp) = NULL;
        if (Context)
            Context->Irp = NULL;
        guest_call_void(IO_CSQ_RELEASE_LOCK, Csq->CsqReleaseLock, Csq, irql);
        guest_call_void(IO_CSQ_COMPLETE_CANCELED_IRP, Csq->CsqCompleteCanceledIrp, Csq, Irp);
        return status;
    }
    guest_call_void(IO_CSQ_RELEASE_LOCK, Csq->CsqReleaseLock, Csq, irql);
    return status;
}

VOID NTAPI IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
    (void)IoCsqInsertIrpEx(Csq, Irp, Context, NULL);
}

/* The IRP of this context, or NULL when its cancelling has begun or it is out already. */
PIRP NTAPI IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
    PIRP irp;
    KIRQL irql;

    guest_call_void(IO_CSQ_ACQUIRE_LOCK, Csq->CsqAcquireLock, Csq, &irql);
    irp = Context->Irp;
    if (irp && IoSetCancelRoutine(irp, NULL)) {
        guest_call_void(IO_CSQ_REMOVE_IRP, Csq->CsqRemoveIrp, Csq, irp);
        CSQ_SLOT(irp) = NULL;
        Context->Irp = NULL;
    } else {
        irp = NULL;
    }
    guest_call_void(IO_CSQ_RELEASE_LOCK, Csq->CsqReleaseLock, Csq, irql);
    return irp;
}

/* The first that the peek callback offers and whose cancelling has not begun. */
PIRP NTAPI IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
    PIRP irp = NULL;
    KIRQL irql;

    guest_call_void(IO_CSQ_ACQUIRE_LOCK, Csq->CsqAcquireLock, Csq, &irql);
    while ((irp = guest_call(IO_CSQ_PEEK_NEXT_IRP, Csq->CsqPeekNextIrp, Csq, irp, PeekContext))) {
        if (!IoSetCancelRoutine(irp, NULL))
            continue;
        guest_call_void(IO_CSQ_REMOVE_IRP, Csq->CsqRemoveIrp, Csq, irp);
        if (((PIO_CSQ)CSQ_SLOT(irp))->Type == CSQ_CONTEXT)
            ((PIO_CSQ_IRP_CONTEXT)CSQ_SLOT(irp))->Irp = NULL;
        CSQ_SLOT(irp) = NULL;
        break;
    }
    guest_call_void(IO_CSQ_RELEASE_LOCK, Csq->CsqReleaseLock, Csq, irql);
    return irp;
}
