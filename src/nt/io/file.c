/* File objects: the ends of their lives (EXE-305). CLEANUP goes to the driver when the last handle is closed, in the thread that closes
 * it; CLOSE when the last reference is gone. A file that was never opened (its CREATE failed) gets neither. */
#include "nt/io/io_private.h"

#include "nt/mm/mm.h"

static void notify(PFILE_OBJECT file, UCHAR major)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(file->DeviceObject);
    struct io_wait wait;
    PIRP irp;

    for (;;) {
        irp = io_request(top, file, major, KernelMode);
        if (irp)
            break;
        KeDelayExecutionThread(KernelMode, FALSE, &(LARGE_INTEGER){.QuadPart = -10000}); /* a driver must see it; memory comes back */
    }
    irp->Flags |= IRP_SYNCHRONOUS_API | (major == IRP_MJ_CLOSE ? IRP_CLOSE_OPERATION : 0);
    io_send_and_wait(top, irp, &wait);
    ObfDereferenceObject(top);
}

void io_file_close(void *body, BOOLEAN last_handle)
{
    PFILE_OBJECT file = body;

    if (!last_handle || !(file->Flags & FO_FILE_OPEN) || (file->Flags & FO_CLEANUP_COMPLETE))
        return;
    notify(file, IRP_MJ_CLEANUP);
    file->Flags |= FO_CLEANUP_COMPLETE;
}

void io_file_destroy(void *body)
{
    PFILE_OBJECT file = body;
    PDEVICE_OBJECT device = file->DeviceObject;

    if (file->Flags & FO_FILE_OPEN) {
        io_file_close(file, TRUE);
        notify(file, IRP_MJ_CLOSE);
    }
    if (file->FileName.Buffer)
        ExFreePool(file->FileName.Buffer);
    if (device) {
        io_device_released(device);
        ObfDereferenceObject(device);
    }
}

/* A driver maps generic bits with it. */
PGENERIC_MAPPING NTAPI IoGetFileObjectGenericMapping(VOID)
{
    return &ob_file_type->mapping;
}

PDEVICE_OBJECT NTAPI IoGetRelatedDeviceObject(PFILE_OBJECT FileObject)
{
    return IoGetAttachedDevice(FileObject->DeviceObject);
}
