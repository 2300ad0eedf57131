/* Cancelling (EXE-321, EXE-322): one lock for the system, held at DISPATCH_LEVEL; a cancel routine is entered with it and lets it go. */
#include "nt/io/io.h"

#include "ddi/guest.h"

static KSPIN_LOCK cancel_lock;
static PKTHREAD cancel_owner; /* for EXE-753 only */

VOID NTAPI IoAcquireCancelSpinLock(PKIRQL Irql)
{
    *Irql = KeAcquireSpinLockRaiseToDpc(&cancel_lock);
    cancel_owner = KeGetCurrentThread();
}

VOID NTAPI IoReleaseCancelSpinLock(KIRQL Irql)
{
    cancel_owner = NULL;
    KeReleaseSpinLock(&cancel_lock, Irql);
}

/* The routine is entered at DISPATCH_LEVEL and returns at Irp->CancelIrql, which for the border is as it was entered. */
static void call_routine(PDRIVER_CANCEL routine, PIRP irp, KIRQL cancel_irql)
{
    PDEVICE_OBJECT device = irp->CurrentLocation <= irp->StackCount ? IoGetCurrentIrpStackLocation(irp)->DeviceObject : NULL;
    struct guest_frame frame;

    if (ddi_hooks) {
        guest_enter(&frame, "DRIVER_CANCEL", (const void *)routine);
        frame.irql = cancel_irql;
    }
    routine(device, irp);
    if (cancel_owner == KeGetCurrentThread())
        guest_bugcheck(0x11B, (ULONG64)(ULONG_PTR)irp, (ULONG64)(ULONG_PTR)routine, 0, 0, "cancel routine of IRP %p returned with the cancel lock held", irp);
    if (ddi_hooks)
        guest_leave(&frame);
}

/* TRUE: a cancel routine was called. The IRP may be complete and gone when this returns. */
BOOLEAN NTAPI IoCancelIrp(PIRP Irp)
{
    PDRIVER_CANCEL routine;
    KIRQL irql;

    IoAcquireCancelSpinLock(&irql);
    Irp->Cancel = TRUE;
    routine = IoSetCancelRoutine(Irp, NULL);
    if (!routine) {
        IoReleaseCancelSpinLock(irql);
        return FALSE;
    }
    Irp->CancelIrql = irql;
    call_routine(routine, Irp, irql);
    return TRUE;
}
