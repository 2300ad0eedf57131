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
    guest_call_void(DRIVER_CANCEL, routine, Irp->CurrentLocation <= Irp->StackCount ? IoGetCurrentIrpStackLocation(Irp)->DeviceObject : NULL, Irp);
    if (cancel_owner == KeGetCurrentThread())
        guest_bugcheck(0x11B, (ULONG64)(ULONG_PTR)Irp, (ULONG64)(ULONG_PTR)routine, 0, 0, "cancel routine of IRP %p returned with the cancel lock held", Irp);
    return TRUE;
}
