/* Device stacks (EXE-325): a device is attached above the top of another's stack and then receives what is sent to that stack. */
#include "nt/io/io_private.h"

static PDEVICE_OBJECT top_of(PDEVICE_OBJECT device)
{
    while (device->AttachedDevice)
        device = device->AttachedDevice;
    return device;
}

PDEVICE_OBJECT NTAPI IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject)
{
    PDEVICE_OBJECT top;

    sched_lock(&io_lock);
    top = top_of(DeviceObject);
    sched_unlock(&io_lock);
    return top;
}

PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject)
{
    PDEVICE_OBJECT top;

    sched_lock(&io_lock);
    top = top_of(DeviceObject);
    ObfReferenceObject(top);
    sched_unlock(&io_lock);
    return top;
}

PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject)
{
    PDEVICE_OBJECT lower;

    sched_lock(&io_lock);
    lower = io_device(DeviceObject)->attached_to;
    if (lower)
        ObfReferenceObject(lower);
    sched_unlock(&io_lock);
    return lower;
}

PDEVICE_OBJECT NTAPI IoGetDeviceAttachmentBaseRef(PDEVICE_OBJECT DeviceObject)
{
    PDEVICE_OBJECT lowest = DeviceObject;

    sched_lock(&io_lock);
    while (io_device(lowest)->attached_to)
        lowest = io_device(lowest)->attached_to;
    ObfReferenceObject(lowest);
    sched_unlock(&io_lock);
    return lowest;
}

/* *AttachedToDeviceObject is written under the lock, before anybody can send through the new device. */
NTSTATUS NTAPI IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice, PDEVICE_OBJECT *AttachedToDeviceObject)
{
    PDEVICE_OBJECT lower;
    NTSTATUS status = STATUS_SUCCESS;

    sched_lock(&io_lock);
    lower = top_of(TargetDevice);
    if (!io_device_usable(lower)) {
        status = STATUS_NO_SUCH_DEVICE;
    } else {
        lower->AttachedDevice = SourceDevice;
        io_device(SourceDevice)->attached_to = lower;
        SourceDevice->StackSize = (CCHAR)(lower->StackSize + 1);
        SourceDevice->AlignmentRequirement = lower->AlignmentRequirement;
        SourceDevice->SectorSize = lower->SectorSize;
    }
    *AttachedToDeviceObject = NT_SUCCESS(status) ? lower : NULL;
    sched_unlock(&io_lock);
    return status;
}

PDEVICE_OBJECT NTAPI IoAttachDeviceToDeviceStack(PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice)
{
    PDEVICE_OBJECT lower;

    return NT_SUCCESS(IoAttachDeviceToDeviceStackSafe(SourceDevice, TargetDevice, &lower)) ? lower : NULL;
}

VOID NTAPI IoDetachDevice(PDEVICE_OBJECT TargetDevice)
{
    PDEVICE_OBJECT upper;

    sched_lock(&io_lock);
    upper = TargetDevice->AttachedDevice;
    if (upper) {
        io_device(upper)->attached_to = NULL;
        TargetDevice->AttachedDevice = NULL;
    }
    sched_unlock(&io_lock);
    if (!upper)
        guest_finding("EXE-325", "IoDetachDevice(%p): no device is attached to it", TargetDevice);
    else
        io_driver_idle(io_driver(TargetDevice->DriverObject));
}
