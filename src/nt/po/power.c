/* Power IRPs that drivers ask for (EXE-344), and a device's noted state. A requested IRP is the power manager's: it is freed here when it has
 * come back, after its completion callback. */
#include "nt/io/io.h"

#include "ddi/guest.h"
#include "nt/mm/mm.h"

#define TAG_POWER 0x72776F50 /* "Powr" */

struct request {
    PDEVICE_OBJECT device, top; /* top: referenced */
    UCHAR minor;
    POWER_STATE state;
    PREQUEST_POWER_COMPLETE complete;
    PVOID context;
    PIRP irp;
    WORK_QUEUE_ITEM work;
};

static NTSTATUS NTAPI completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct request *r = context;
    IO_STATUS_BLOCK iosb = irp->IoStatus;

    if (r->complete)
        guest_call_void(REQUEST_POWER_COMPLETE, r->complete, r->device, r->minor, r->state, r->context, &iosb);
    ObfDereferenceObject(r->top);
    IoFreeIrp(irp);
    ExFreePoolWithTag(r, TAG_POWER);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID NTAPI send(PVOID context)
{
    struct request *r = context;

    IofCallDriver(r->top, r->irp);
}

static void fill(struct request *r)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(r->irp);

    r->irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    next->MajorFunction = IRP_MJ_POWER;
    next->MinorFunction = r->minor;
    if (r->minor == IRP_MN_WAIT_WAKE) {
        next->Parameters.WaitWake.PowerState = r->state.SystemState;
    } else {
        next->Parameters.Power.Type = DevicePowerState;
        next->Parameters.Power.State = r->state;
    }
    IoSetCompletionRoutine(r->irp, completed, r, TRUE, TRUE, TRUE);
}

/* Never sent in the caller's own call: Windows queues it too, and a driver may hold locks of its own. */
NTSTATUS NTAPI PoRequestPowerIrp(PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction, POWER_STATE PowerState, PREQUEST_POWER_COMPLETE CompletionFunction,
                                 PVOID Context, PIRP *Irp)
{
    struct request *r;

    if (MinorFunction != IRP_MN_SET_POWER && MinorFunction != IRP_MN_QUERY_POWER && MinorFunction != IRP_MN_WAIT_WAKE)
        return STATUS_INVALID_PARAMETER_2;
    r = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*r), TAG_POWER);
    if (!r)
        return STATUS_INSUFFICIENT_RESOURCES;
    r->device = DeviceObject;
    r->top = IoGetAttachedDeviceReference(DeviceObject);
    r->minor = MinorFunction;
    r->state = PowerState;
    r->complete = CompletionFunction;
    r->context = Context;
    r->irp = IoAllocateIrp(r->top->StackSize, FALSE);
    if (!r->irp) {
        ObfDereferenceObject(r->top);
        ExFreePoolWithTag(r, TAG_POWER);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    fill(r);
    if (Irp)
        *Irp = r->irp;
    ExInitializeWorkItem(&r->work, send, r);
    ExQueueWorkItem(&r->work, DelayedWorkQueue);
    return STATUS_PENDING;
}

/* EXE-344: nothing to do since Windows Vista. */
VOID NTAPI PoStartNextPowerIrp(PIRP Irp)
{
}

/* D0 and S0 until told otherwise. The last two words of Reserved in the device object are nobody else's. */
POWER_STATE NTAPI PoSetPowerState(PDEVICE_OBJECT DeviceObject, POWER_STATE_TYPE Type, POWER_STATE State)
{
    ULONG *noted = (ULONG *)&DeviceObject->Reserved + (Type == SystemPowerState ? 1 : 0);
    POWER_STATE was = {.SystemState = (SYSTEM_POWER_STATE)(*noted ? *noted : Type == SystemPowerState ? PowerSystemWorking : PowerDeviceD0)};

    *noted = (ULONG)State.SystemState;
    return was;
}
