/* Opening a device (EXE-304): the file object, IRP_MJ_CREATE to the top of the device's stack. Called at PASSIVE_LEVEL for applications
 * (nt_open), for ZwCreateFile and for IoGetDeviceObjectPointer (EXE-326). */
#include "nt/io/io_private.h"

#include "nt/mm/mm.h"
#include "nt/se/se.h"

#define TAG_NAME 0x6D4E6F49 /* "IoNm" */

static NTSTATUS take(PDEVICE_OBJECT device)
{
    NTSTATUS status = STATUS_SUCCESS;

    sched_lock(&io_lock);
    if (!io_device_usable(device))
        status = STATUS_NO_SUCH_DEVICE;
    else if ((device->Flags & DO_EXCLUSIVE) && device->ReferenceCount)
        status = STATUS_ACCESS_DENIED;
    else
        device->ReferenceCount++;
    sched_unlock(&io_lock);
    return status;
}

static PFILE_OBJECT make_file(PDEVICE_OBJECT device, PCUNICODE_STRING rest, const struct io_open *how)
{
    PFILE_OBJECT file = ob_allocate(ob_file_type, sizeof(*file));

    if (!file)
        return NULL;
    file->Type = IO_TYPE_FILE;
    file->Size = sizeof(*file);
    file->Flags = how->options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT) ? FO_SYNCHRONOUS_IO : 0;
    if (how->options & FILE_SYNCHRONOUS_IO_ALERT)
        file->Flags |= FO_ALERTABLE_IO;
    file->ReadAccess = (how->access & (FILE_READ_DATA | FILE_EXECUTE)) != 0;
    file->WriteAccess = (how->access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    file->DeleteAccess = (how->access & DELETE) != 0;
    file->SharedRead = (how->share & FILE_SHARE_READ) != 0;
    file->SharedWrite = (how->share & FILE_SHARE_WRITE) != 0;
    file->SharedDelete = (how->share & FILE_SHARE_DELETE) != 0;
    KeInitializeEvent(&file->Lock, SynchronizationEvent, TRUE);
    KeInitializeEvent(&file->Event, NotificationEvent, FALSE);
    InitializeListHead(&file->IrpList);
    if (rest && rest->Length) {
        file->FileName.Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, rest->Length + sizeof(WCHAR), TAG_NAME);
        if (!file->FileName.Buffer) {
            ObfDereferenceObject(file);
            return NULL;
        }
        file->FileName.Length = rest->Length;
        file->FileName.MaximumLength = (USHORT)(rest->Length + sizeof(WCHAR));
        __builtin_memcpy(file->FileName.Buffer, rest->Buffer, rest->Length);
    }
    ObfReferenceObject(device);
    file->DeviceObject = device; /* from here on the file gives the open back */
    return file;
}

static NTSTATUS create(PFILE_OBJECT file, const struct io_open *how, ULONG_PTR *information)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(file->DeviceObject);
    PIRP irp = io_request(top, file, IRP_MJ_CREATE, how->mode);
    IO_SECURITY_CONTEXT security = {.DesiredAccess = how->access, .FullCreateOptions = how->options};
    struct io_wait wait;
    PIO_STACK_LOCATION next;
    NTSTATUS status;

    if (!irp) {
        ObfDereferenceObject(top);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    irp->Flags |= IRP_CREATE_OPERATION | IRP_SYNCHRONOUS_API | IRP_DEFER_IO_COMPLETION;
    irp->AssociatedIrp.SystemBuffer = how->ea;
    next = IoGetNextIrpStackLocation(irp);
    next->Parameters.Create.SecurityContext = &security;
    next->Parameters.Create.Options = how->disposition << 24 | (how->options & 0x00FFFFFF);
    next->Parameters.Create.FileAttributes = (USHORT)how->file_attributes;
    next->Parameters.Create.ShareAccess = (USHORT)how->share;
    next->Parameters.Create.EaLength = how->ea_bytes;
    status = io_send_and_wait(top, irp, &wait);
    ObfDereferenceObject(top);
    *information = wait.iosb.Information;
    return status;
}

NTSTATUS io_open_device(PDEVICE_OBJECT device, PCUNICODE_STRING rest, const struct io_open *how, PFILE_OBJECT *out, ULONG_PTR *information)
{
    struct io_open open = *how;
    NTSTATUS status = STATUS_SUCCESS;
    PFILE_OBJECT file;
    ULONG_PTR ignored;

    *out = NULL;
    open.access = ob_map_access(ob_file_type, how->access);
    if (how->mode != KernelMode)
        status = se_check_open(device, rest && rest->Length, &open.access);
    if (NT_SUCCESS(status))
        status = take(device);
    if (!NT_SUCCESS(status))
        return status;
    file = make_file(device, rest, &open);
    if (!file) {
        io_device_released(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    file->RelatedFileObject = how->related;
    status = create(file, &open, information ? information : &ignored);
    file->RelatedFileObject = NULL; /* it is the driver's while the request lasts */
    if (!NT_SUCCESS(status)) {
        ObfDereferenceObject(file);
        return status;
    }
    file->Flags |= FO_FILE_OPEN;
    *out = file;
    return status;
}

NTSTATUS io_open_path(PCUNICODE_STRING path, const struct io_open *how, PFILE_OBJECT *out, ULONG_PTR *information)
{
    UNICODE_STRING rest;
    POBJECT_TYPE type;
    PVOID object;
    NTSTATUS status = ob_lookup(path, OBJ_CASE_INSENSITIVE, &object, &type, &rest);

    *out = NULL;
    if (!NT_SUCCESS(status))
        return status;
    if (type == ob_device_type)
        status = io_open_device(object, &rest, how, out, information);
    else
        status = STATUS_OBJECT_TYPE_MISMATCH;
    ob_free_rest(&rest);
    ObfDereferenceObject(object);
    return status;
}

NTSTATUS NTAPI IoGetDeviceObjectPointer(PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess, PFILE_OBJECT *FileObject, PDEVICE_OBJECT *DeviceObject)
{
    struct io_open how = {.access = DesiredAccess, .options = FILE_NON_DIRECTORY_FILE, .disposition = FILE_OPEN, .mode = KernelMode};
    PFILE_OBJECT file;
    HANDLE handle;
    NTSTATUS status = io_open_path(ObjectName, &how, &file, NULL);

    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_create(file, DesiredAccess, OBJ_KERNEL_HANDLE, &handle);
    if (!NT_SUCCESS(status)) {
        ObfDereferenceObject(file);
        return status;
    }
    file->Flags |= FO_HANDLE_CREATED;
    *FileObject = file;
    *DeviceObject = IoGetAttachedDevice(file->DeviceObject);
    ob_handle_close(handle, KernelMode); /* CLEANUP at once */
    return STATUS_SUCCESS;
}
