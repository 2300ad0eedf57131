/* IRPs that a driver has the I/O manager build (EXE-319). Threaded ones are finished here: results copied, IOSB written, event set, IRP
 * freed, but a request that failed at once leaves IOSB and event alone (EXE-316). Asynchronous ones belong to the driver. */
#include "nt/io/io_private.h"

#include "ddi/guest.h"

#define TAG_BUFFER 0x66426F49 /* "IoBf" */

static void free_mdls(PIRP irp)
{
    while (irp->MdlAddress) {
        PMDL mdl = irp->MdlAddress;

        irp->MdlAddress = mdl->Next;
        if (mdl->MdlFlags & MDL_PAGES_LOCKED)
            MmUnlockPages(mdl);
        IoFreeMdl(mdl);
    }
}

static void threaded_final(PIRP irp)
{
    NTSTATUS status = irp->IoStatus.Status;

    if (irp->Flags & IRP_BUFFERED_IO) {
        if ((irp->Flags & IRP_INPUT_OPERATION) && !NT_ERROR(status) && irp->IoStatus.Information)
            __builtin_memcpy(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer, irp->IoStatus.Information);
        if (irp->Flags & IRP_DEALLOCATE_BUFFER)
            ExFreePoolWithTag(irp->AssociatedIrp.SystemBuffer, TAG_BUFFER);
    }
    free_mdls(irp);
    if (!NT_ERROR(status) || irp->PendingReturned) {
        *irp->UserIosb = irp->IoStatus;
        if (irp->UserEvent)
            KeSetEvent(irp->UserEvent, IO_NO_INCREMENT, FALSE);
    }
    IoFreeIrp(irp);
}

static BOOLEAN attach_buffer(PIRP irp, const void *in, ULONG in_bytes, void *out, ULONG bytes)
{
    if (!bytes)
        return TRUE;
    irp->AssociatedIrp.SystemBuffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, TAG_BUFFER);
    if (!irp->AssociatedIrp.SystemBuffer)
        return FALSE;
    if (in)
        __builtin_memcpy(irp->AssociatedIrp.SystemBuffer, in, in_bytes);
    irp->UserBuffer = out;
    irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER | (out ? IRP_INPUT_OPERATION : 0);
    return TRUE;
}

static BOOLEAN attach_mdl(PIRP irp, void *buffer, ULONG bytes, LOCK_OPERATION access)
{
    PMDL mdl;

    if (!bytes)
        return TRUE;
    mdl = IoAllocateMdl(buffer, bytes, FALSE, FALSE, irp);
    if (!mdl)
        return FALSE;
    MmProbeAndLockPages(mdl, KernelMode, access);
    return TRUE;
}

PIRP NTAPI IoBuildDeviceIoControlRequest(ULONG IoControlCode, PDEVICE_OBJECT DeviceObject, PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer,
                                         ULONG OutputBufferLength, BOOLEAN InternalDeviceIoControl, PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock)
{
    PIRP irp = IoAllocateIrp(DeviceObject->StackSize, FALSE);
    PIO_STACK_LOCATION next;
    ULONG method = METHOD_FROM_CTL_CODE(IoControlCode);
    BOOLEAN ok = TRUE;

    if (!irp)
        return NULL;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = InternalDeviceIoControl ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL;
    next->Parameters.DeviceIoControl.IoControlCode = IoControlCode;
    next->Parameters.DeviceIoControl.InputBufferLength = InputBufferLength;
    next->Parameters.DeviceIoControl.OutputBufferLength = OutputBufferLength;
    if (method == METHOD_BUFFERED)
        ok = attach_buffer(irp, InputBuffer, InputBufferLength, OutputBuffer, InputBufferLength > OutputBufferLength ? InputBufferLength : OutputBufferLength);
    else if (method == METHOD_NEITHER)
        next->Parameters.DeviceIoControl.Type3InputBuffer = InputBuffer, irp->UserBuffer = OutputBuffer;
    else
        ok = attach_buffer(irp, InputBuffer, InputBufferLength, NULL, InputBufferLength) &&
             attach_mdl(irp, OutputBuffer, OutputBufferLength, method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess);
    if (!ok) {
        if (irp->AssociatedIrp.SystemBuffer)
            ExFreePoolWithTag(irp->AssociatedIrp.SystemBuffer, TAG_BUFFER);
        IoFreeIrp(irp);
        return NULL;
    }
    irp->UserIosb = IoStatusBlock;
    irp->UserEvent = Event;
    io_set_final(irp, threaded_final);
    io_irp_link(irp);
    return irp;
}

static PIRP build(ULONG major, PDEVICE_OBJECT device, PVOID buffer, ULONG bytes, PLARGE_INTEGER offset)
{
    PIRP irp = IoAllocateIrp(device->StackSize, FALSE);
    PIO_STACK_LOCATION next;
    BOOLEAN ok = TRUE;

    if (!irp)
        return NULL;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = (UCHAR)major;
    if (major == IRP_MJ_PNP || major == IRP_MJ_POWER)
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    if (major == IRP_MJ_READ || major == IRP_MJ_WRITE) {
        next->Parameters.Read.Length = bytes;
        if (offset)
            next->Parameters.Read.ByteOffset = *offset;
        if (device->Flags & DO_BUFFERED_IO)
            ok = attach_buffer(irp, major == IRP_MJ_WRITE ? buffer : NULL, bytes, major == IRP_MJ_READ ? buffer : NULL, bytes);
        else if (device->Flags & DO_DIRECT_IO)
            ok = attach_mdl(irp, buffer, bytes, major == IRP_MJ_READ ? IoWriteAccess : IoReadAccess);
        else
            irp->UserBuffer = buffer;
    }
    if (!ok) {
        IoFreeIrp(irp);
        return NULL;
    }
    irp->Tail.Overlay.Thread = (PETHREAD)KeGetCurrentThread();
    return irp;
}

PIRP NTAPI IoBuildSynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject, PVOID Buffer, ULONG Length, PLARGE_INTEGER StartingOffset,
                                        PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock)
{
    PIRP irp = build(MajorFunction, DeviceObject, Buffer, Length, StartingOffset);

    if (irp) {
        irp->UserIosb = IoStatusBlock;
        irp->UserEvent = Event;
        io_set_final(irp, threaded_final);
        io_irp_link(irp);
    }
    return irp;
}

PIRP NTAPI IoBuildAsynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject, PVOID Buffer, ULONG Length, PLARGE_INTEGER StartingOffset,
                                         PIO_STATUS_BLOCK IoStatusBlock)
{
    PIRP irp = build(MajorFunction, DeviceObject, Buffer, Length, StartingOffset);

    if (irp)
        irp->UserIosb = IoStatusBlock;
    return irp;
}
