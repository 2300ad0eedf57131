/* IoSetCompletionRoutineEx (EXE-318): the device, and with it its driver, stays until the routine has returned. */
#include "nt/io/io.h"

#include "ddi/guest.h"

#define TAG_COMPLETION 0x6D436F49 /* "IoCm" */

struct completion {
    PDEVICE_OBJECT device;
    PIO_COMPLETION_ROUTINE routine;
    PVOID context;
    BOOLEAN on_success, on_error, on_cancel;
};

static NTSTATUS NTAPI completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct completion c = *(struct completion *)context;
    BOOLEAN wanted = NT_SUCCESS(irp->IoStatus.Status) ? c.on_success : c.on_error;
    NTSTATUS status = STATUS_CONTINUE_COMPLETION;

    ExFreePoolWithTag(context, TAG_COMPLETION);
    if (wanted || (irp->Cancel && c.on_cancel))
        status = guest_call(IO_COMPLETION_ROUTINE, c.routine, device, irp, c.context);
    else if (irp->PendingReturned && irp->CurrentLocation <= irp->StackCount)
        IoMarkIrpPending(irp); /* as the walk does where there is no routine (EXE-313) */
    ObfDereferenceObject(c.device);
    return status;
}

/* The wrapper runs whatever the outcome, or it would be lost; the routine only for the outcomes asked for. */
NTSTATUS NTAPI IoSetCompletionRoutineEx(PDEVICE_OBJECT DeviceObject, PIRP Irp, PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
                                        BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError, BOOLEAN InvokeOnCancel)
{
    struct completion *c = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*c), TAG_COMPLETION);

    if (!c)
        return STATUS_INSUFFICIENT_RESOURCES;
    *c = (struct completion){DeviceObject, CompletionRoutine, Context, InvokeOnSuccess, InvokeOnError, InvokeOnCancel};
    ObfReferenceObject(DeviceObject);
    IoSetCompletionRoutine(Irp, completed, c, TRUE, TRUE, TRUE);
    return STATUS_SUCCESS;
}
