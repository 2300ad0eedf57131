/* An IRP goes down: to a driver (EXE-312), to one of our own providers, or down and back while its sender waits (EXE-320). */
#include "nt/io/io.h"

#include "ddi/guest.h"

static PIO_STACK_LOCATION next_location(PIRP irp, const char *who)
{
    if (--irp->CurrentLocation <= 0)
        guest_bugcheck(0x35, (ULONG64)(ULONG_PTR)irp, 0, 0, 0, "%s: IRP %p has no stack location left; it was allocated with %d", who, irp, irp->StackCount);
    return --irp->Tail.Overlay.CurrentStackLocation;
}

PIO_STACK_LOCATION io_begin_request(PIRP irp)
{
    irp->ApcEnvironment = IO_WITH_US;
    return next_location(irp, "a request");
}

/* The IRP is the callee's when this returns, unless a completion routine keeps it. Returns what the dispatch routine returned. */
NTSTATUS FASTCALL IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION location = next_location(Irp, "IofCallDriver");

    location->DeviceObject = DeviceObject;
    return guest_call(DRIVER_DISPATCH, DeviceObject->DriverObject->MajorFunction[location->MajorFunction], DeviceObject, Irp);
}

NTSTATUS NTAPI PoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return IofCallDriver(DeviceObject, Irp);
}

static NTSTATUS NTAPI forwarded(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    if (irp->PendingReturned)
        KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* FALSE: no stack location is left and nothing was sent. */
BOOLEAN NTAPI IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KEVENT done;

    if (Irp->CurrentLocation <= 1)
        return FALSE;
    KeInitializeEvent(&done, SynchronizationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, forwarded, &done, TRUE, TRUE, TRUE);
    if (IofCallDriver(DeviceObject, Irp) == STATUS_PENDING)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return TRUE;
}
