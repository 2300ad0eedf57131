/* Files by handle: the Zw and Nt functions over io_open_device, io_begin and io_end. Zw means KernelMode; Nt the caller's previous mode, for
 * which addresses are checked (EXE-416). On a synchronous file a call returns when the request has completed; else it may return
 * STATUS_PENDING, and a worker writes IOSB and event when it has: they belong to the request until then. */
#include "nt/io/io_private.h"

#include "memory/mem.h"
#include "nt/mm/mm.h"

#define TAG_ASYNC 0x79417349 /* "IsAy" */

struct async {
    struct io_transfer transfer;
    struct io_args args;
    PIO_STATUS_BLOCK iosb;
    PKEVENT event;      /* referenced, or NULL: then the file's */
    LONG volatile left; /* issuer and completion */
    WORK_QUEUE_ITEM work;
};

static bool may_write(PVOID at, ULONG bytes, KPROCESSOR_MODE mode)
{
    uint64_t first = (uint64_t)(ULONG_PTR)at;

    return mode == KernelMode || (first + bytes > first && first + bytes <= MEM_USER_PROBE && mem_accessible(first, MEM_RW) &&
                                  mem_accessible(first + bytes - 1, MEM_RW));
}

static void finish(struct async *a, NTSTATUS *status)
{
    PFILE_OBJECT file = a->transfer.file;
    IO_STATUS_BLOCK iosb;

    ObfReferenceObject(file);
    *status = io_end(&a->transfer, &iosb);
    /* EXE-316: what failed at once leaves them alone. */
    if (!NT_ERROR(*status) || a->transfer.wait.returned == STATUS_PENDING) {
        *a->iosb = iosb;
        KeSetEvent(a->event ? a->event : &file->Event, IO_NO_INCREMENT, FALSE);
    }
    if (a->event)
        ObfDereferenceObject(a->event);
    ObfDereferenceObject(file);
    ExFreePoolWithTag(a, TAG_ASYNC);
}

static VOID NTAPI finish_later(PVOID context)
{
    NTSTATUS status;

    finish(context, &status);
}

static void completed(struct io_wait *wait)
{
    struct async *a = CONTAINING_RECORD(wait, struct async, transfer.wait);

    if (InterlockedDecrement(&a->left))
        return;
    ExInitializeWorkItem(&a->work, finish_later, a);
    ExQueueWorkItem(&a->work, CriticalWorkQueue);
}

static NTSTATUS issue(struct async *a, PFILE_OBJECT file)
{
    NTSTATUS status;

    KeClearEvent(a->event ? a->event : &file->Event);
    a->left = 2;
    status = io_begin(file, &a->args, &a->transfer);
    if (status == STATUS_PENDING && !(file->Flags & FO_SYNCHRONOUS_IO)) {
        if (InterlockedDecrement(&a->left) == 0)
            finish(a, &status); /* it has come already; the caller hears PENDING all the same */
        return STATUS_PENDING;
    }
    finish(a, &status);
    return status;
}

static NTSTATUS request(HANDLE handle, HANDLE event, PIO_STATUS_BLOCK iosb, ACCESS_MASK needs, KPROCESSOR_MODE mode, const struct io_args *args)
{
    struct async *a;
    PVOID file, object = NULL;
    NTSTATUS status;

    status = ob_handle_reference(handle, needs, ob_file_type, mode, &file, NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (!may_write(iosb, sizeof(*iosb), mode))
        status = STATUS_ACCESS_VIOLATION;
    else if (event)
        status = ob_handle_reference(event, EVENT_MODIFY_STATE, ob_event_type, mode, &object, NULL);
    a = NT_SUCCESS(status) ? ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*a), TAG_ASYNC) : NULL;
    if (a) {
        a->args = *args;
        a->args.mode = mode;
        a->iosb = iosb;
        a->event = object;
        /* A synchronous file's request is ended by its own thread. */
        a->args.completed = ((PFILE_OBJECT)file)->Flags & FO_SYNCHRONOUS_IO ? NULL : completed;
        status = issue(a, file);
    } else if (NT_SUCCESS(status)) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        if (object)
            ObfDereferenceObject(object);
    }
    ObfDereferenceObject(file);
    return status;
}

/* ---- opening ---- */
static NTSTATUS check_options(ACCESS_MASK access, ULONG disposition, ULONG options)
{
    ULONG synchronous = options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);

    if (disposition > FILE_MAXIMUM_DISPOSITION || synchronous == (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT) ||
        (synchronous && !(access & (SYNCHRONIZE | GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL))) ||
        ((options & FILE_DIRECTORY_FILE) && (options & FILE_NON_DIRECTORY_FILE)))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* The device, or the file to which the name is relative, and the name. */
static NTSTATUS find(POBJECT_ATTRIBUTES attributes, KPROCESSOR_MODE mode, PVOID *object, PFILE_OBJECT *related, UNICODE_STRING *rest, bool *rest_is_ours)
{
    PVOID file;

    *related = NULL;
    *rest_is_ours = true;
    /* An application's attributes would have to be captured: ob does that for names that it looks up itself. */
    if (mode != KernelMode || !attributes->RootDirectory || !NT_SUCCESS(ob_handle_reference(attributes->RootDirectory, 0, ob_file_type, mode, &file, NULL)))
        return ob_lookup_attributes(attributes, mode, object, rest);
    *rest_is_ours = false;
    *rest = attributes->ObjectName ? *attributes->ObjectName : (UNICODE_STRING){0};
    if (rest->Length && rest->Buffer[0] == '\\') {
        ObfDereferenceObject(file);
        return STATUS_INVALID_PARAMETER;
    }
    *related = file;
    *object = (*related)->DeviceObject;
    ObfReferenceObject(*object);
    return STATUS_SUCCESS;
}

static NTSTATUS open(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK iosb, const struct io_open *as)
{
    struct io_open request = *as, *how = &request;
    UNICODE_STRING rest = {0};
    ULONG_PTR information = 0;
    PFILE_OBJECT file;
    HANDLE made;
    bool rest_is_ours;
    PVOID object;
    NTSTATUS status = find(attributes, how->mode, &object, &how->related, &rest, &rest_is_ours);

    if (!NT_SUCCESS(status))
        return status;
    if (ob_type_of(object) == ob_device_type)
        status = io_open_device(object, &rest, how, &file, &information);
    else
        status = STATUS_OBJECT_TYPE_MISMATCH;
    if (rest_is_ours)
        ob_free_rest(&rest);
    if (how->related)
        ObfDereferenceObject(how->related);
    ObfDereferenceObject(object);
    if (NT_SUCCESS(status)) {
        NTSTATUS opened = status;

        status = ob_handle_create(file, access, attributes->Attributes & (how->mode == KernelMode ? ~0u : ~(ULONG)OBJ_KERNEL_HANDLE), &made);
        if (NT_SUCCESS(status)) {
            file->Flags |= FO_HANDLE_CREATED;
            *handle = made;
            status = opened;
        }
        ObfDereferenceObject(file);
    }
    *iosb = (IO_STATUS_BLOCK){.Status = status, .Information = information};
    return status;
}

static NTSTATUS create(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK iosb, ULONG file_attributes, ULONG share,
                       ULONG disposition, ULONG options, PVOID ea, ULONG ea_bytes, KPROCESSOR_MODE mode)
{
    struct io_open how = {.access = access, .share = share, .options = options, .disposition = disposition, .file_attributes = file_attributes,
                          .ea = ea, .ea_bytes = ea_bytes, .mode = mode};
    NTSTATUS status = check_options(access, disposition, options);

    if (!NT_SUCCESS(status))
        return status;
    if (!may_write(handle, sizeof(*handle), mode) || !may_write(iosb, sizeof(*iosb), mode))
        return STATUS_ACCESS_VIOLATION;
    return open(handle, access, attributes, iosb, &how);
}

NTSTATUS NTAPI ZwCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                            PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess, ULONG CreateDisposition, ULONG CreateOptions,
                            PVOID EaBuffer, ULONG EaLength)
{
    return create(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, FileAttributes, ShareAccess, CreateDisposition, CreateOptions, EaBuffer,
                  EaLength, KernelMode);
}

NTSTATUS NTAPI NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                            PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess, ULONG CreateDisposition, ULONG CreateOptions,
                            PVOID EaBuffer, ULONG EaLength)
{
    return create(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, FileAttributes, ShareAccess, CreateDisposition, CreateOptions, EaBuffer,
                  EaLength, ExGetPreviousMode());
}

NTSTATUS NTAPI ZwOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                          ULONG ShareAccess, ULONG OpenOptions)
{
    return create(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, 0, ShareAccess, FILE_OPEN, OpenOptions, NULL, 0, KernelMode);
}

/* ---- reading and writing ---- */
/* ByteOffset NULL or -2: the file's position, which only a synchronous file has. */
static NTSTATUS where(HANDLE handle, PLARGE_INTEGER offset, KPROCESSOR_MODE mode, LONGLONG *out)
{
    PFILE_OBJECT file;
    PVOID object;
    NTSTATUS status;

    if (offset && !(offset->HighPart == -1 && offset->LowPart == FILE_USE_FILE_POINTER_POSITION)) {
        *out = offset->QuadPart;
        return STATUS_SUCCESS;
    }
    status = ob_handle_reference(handle, 0, ob_file_type, mode, &object, NULL);
    if (!NT_SUCCESS(status))
        return status;
    file = object;
    *out = file->CurrentByteOffset.QuadPart;
    if (!(file->Flags & FO_SYNCHRONOUS_IO))
        status = STATUS_INVALID_PARAMETER;
    ObfDereferenceObject(object);
    return status;
}

static NTSTATUS transfer(UCHAR major, HANDLE handle, HANDLE event, PIO_STATUS_BLOCK iosb, PVOID buffer, ULONG bytes, PLARGE_INTEGER offset, PULONG key,
                         KPROCESSOR_MODE mode)
{
    struct io_args args = {.major = major, .code = key ? *key : 0};
    NTSTATUS status = where(handle, offset, mode, &args.offset);

    if (!NT_SUCCESS(status))
        return status;
    if (major == IRP_MJ_READ) {
        args.out = buffer;
        args.out_bytes = bytes;
    } else {
        args.in = buffer;
        args.in_bytes = bytes;
    }
    if (major == IRP_MJ_READ)
        return request(handle, event, iosb, FILE_READ_DATA, mode, &args);
    status = request(handle, event, iosb, FILE_WRITE_DATA, mode, &args);
    return status == STATUS_ACCESS_DENIED ? request(handle, event, iosb, FILE_APPEND_DATA, mode, &args) : status;
}

NTSTATUS NTAPI ZwReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                          ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    return transfer(IRP_MJ_READ, FileHandle, Event, IoStatusBlock, Buffer, Length, ByteOffset, Key, KernelMode);
}

NTSTATUS NTAPI NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                          ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    return transfer(IRP_MJ_READ, FileHandle, Event, IoStatusBlock, Buffer, Length, ByteOffset, Key, ExGetPreviousMode());
}

NTSTATUS NTAPI ZwWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                           ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    return transfer(IRP_MJ_WRITE, FileHandle, Event, IoStatusBlock, Buffer, Length, ByteOffset, Key, KernelMode);
}

NTSTATUS NTAPI NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                           ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    return transfer(IRP_MJ_WRITE, FileHandle, Event, IoStatusBlock, Buffer, Length, ByteOffset, Key, ExGetPreviousMode());
}

/* ---- control codes ---- */
static NTSTATUS control(UCHAR major, HANDLE handle, HANDLE event, PIO_STATUS_BLOCK iosb, ULONG code, PVOID in, ULONG in_bytes, PVOID out, ULONG out_bytes,
                        KPROCESSOR_MODE mode)
{
    struct io_args args = {.major = major, .code = code, .in = in, .in_bytes = in_bytes, .out = out, .out_bytes = out_bytes};

    return request(handle, event, iosb, code >> 14 & 3, mode, &args);
}

NTSTATUS NTAPI ZwDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                     ULONG IoControlCode, PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer, ULONG OutputBufferLength)
{
    return control(IRP_MJ_DEVICE_CONTROL, FileHandle, Event, IoStatusBlock, IoControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                   OutputBufferLength, KernelMode);
}

NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                     ULONG IoControlCode, PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer, ULONG OutputBufferLength)
{
    return control(IRP_MJ_DEVICE_CONTROL, FileHandle, Event, IoStatusBlock, IoControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                   OutputBufferLength, ExGetPreviousMode());
}

NTSTATUS NTAPI ZwFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                               ULONG FsControlCode, PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer, ULONG OutputBufferLength)
{
    return control(IRP_MJ_FILE_SYSTEM_CONTROL, FileHandle, Event, IoStatusBlock, FsControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                   OutputBufferLength, KernelMode);
}

/* ---- information: the position is the I/O manager's own ---- */
static NTSTATUS position(HANDLE handle, PIO_STATUS_BLOCK iosb, PVOID information, ULONG bytes, bool query)
{
    PFILE_OBJECT file;
    PVOID object;
    NTSTATUS status;

    if (bytes < sizeof(FILE_POSITION_INFORMATION))
        return STATUS_INFO_LENGTH_MISMATCH;
    status = ob_handle_reference(handle, 0, ob_file_type, KernelMode, &object, NULL);
    if (!NT_SUCCESS(status))
        return status;
    file = object;
    if (!(file->Flags & FO_SYNCHRONOUS_IO))
        status = STATUS_INVALID_PARAMETER;
    else if (query)
        ((PFILE_POSITION_INFORMATION)information)->CurrentByteOffset = file->CurrentByteOffset;
    else
        file->CurrentByteOffset = ((PFILE_POSITION_INFORMATION)information)->CurrentByteOffset;
    ObfDereferenceObject(object);
    if (NT_SUCCESS(status))
        *iosb = (IO_STATUS_BLOCK){.Information = query ? sizeof(FILE_POSITION_INFORMATION) : 0};
    return status;
}

NTSTATUS NTAPI ZwQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation, ULONG Length,
                                      FILE_INFORMATION_CLASS FileInformationClass)
{
    struct io_args args = {.major = IRP_MJ_QUERY_INFORMATION, .code = FileInformationClass, .out = FileInformation, .out_bytes = Length};

    if (FileInformationClass == FilePositionInformation)
        return position(FileHandle, IoStatusBlock, FileInformation, Length, true);
    return request(FileHandle, NULL, IoStatusBlock, 0, KernelMode, &args);
}

NTSTATUS NTAPI ZwSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation, ULONG Length,
                                    FILE_INFORMATION_CLASS FileInformationClass)
{
    struct io_args args = {.major = IRP_MJ_SET_INFORMATION, .code = FileInformationClass, .in = FileInformation, .in_bytes = Length};

    if (FileInformationClass == FilePositionInformation)
        return position(FileHandle, IoStatusBlock, FileInformation, Length, false);
    return request(FileHandle, NULL, IoStatusBlock, 0, KernelMode, &args);
}

/* ---- what only file systems serve (EXE-540) ---- */
NTSTATUS NTAPI ZwQueryDirectoryFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                    PVOID FileInformation, ULONG Length, FILE_INFORMATION_CLASS FileInformationClass, BOOLEAN ReturnSingleEntry,
                                    PUNICODE_STRING FileName, BOOLEAN RestartScan)
{
    struct io_args args = {.major = IRP_MJ_DIRECTORY_CONTROL, .minor = IRP_MN_QUERY_DIRECTORY, .code = FileInformationClass, .out = FileInformation,
                           .out_bytes = Length, .name = FileName,
                           .flags = (UCHAR)((RestartScan ? SL_RESTART_SCAN : 0) | (ReturnSingleEntry ? SL_RETURN_SINGLE_ENTRY : 0))};

    return request(FileHandle, Event, IoStatusBlock, FILE_LIST_DIRECTORY, KernelMode, &args);
}

NTSTATUS NTAPI ZwFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    struct io_args args = {.major = IRP_MJ_FLUSH_BUFFERS};

    return request(FileHandle, NULL, IoStatusBlock, 0, KernelMode, &args);
}

NTSTATUS NTAPI ZwDeleteFile(POBJECT_ATTRIBUTES ObjectAttributes)
{
    FILE_DISPOSITION_INFORMATION disposition = {TRUE};
    IO_STATUS_BLOCK iosb;
    HANDLE file;
    NTSTATUS status = ZwOpenFile(&file, DELETE | SYNCHRONIZE, ObjectAttributes, &iosb, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                 FILE_SYNCHRONOUS_IO_NONALERT);

    if (!NT_SUCCESS(status))
        return status;
    status = ZwSetInformationFile(file, &iosb, &disposition, sizeof(disposition), FileDispositionInformation);
    ZwClose(file);
    return status;
}
