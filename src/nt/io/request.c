/* Requests that the I/O manager makes for somebody: control codes, reads, writes and what else goes to a file (EXE-306, EXE-307, EXE-316).
 * Begun and ended at PASSIVE_LEVEL by the requestor, whose thread also copies the results: buffers of an application are touched in no
 * other. On a synchronous file one at a time, from begin to end (EXE-317).
 *
 * The IRP is freed by whoever completes it (finished), the buffers by the requestor. */
#include "nt/io/io_private.h"

#include "memory/mem.h"
#include "nt/mm/mm.h"

#define TAG_BUFFER 0x42737953 /* "SysB" */

static void finished(PIRP irp)
{
    struct io_wait *wait = CONTAINING_RECORD(irp->UserEvent, struct io_wait, done);

    while (irp->MdlAddress) {
        PMDL mdl = irp->MdlAddress;

        irp->MdlAddress = mdl->Next;
        if (mdl->MdlFlags & MDL_PAGES_LOCKED)
            MmUnlockPages(mdl);
        IoFreeMdl(mdl);
    }
    wait->iosb = irp->IoStatus;
    wait->pending_returned = irp->PendingReturned;
    wait->irp = NULL;
    IoFreeIrp(irp);
    if (wait->completed)
        wait->completed(wait);
    KeSetEvent(&wait->done, IO_NO_INCREMENT, FALSE);
}

PIRP io_request(PDEVICE_OBJECT top, PFILE_OBJECT file, UCHAR major, KPROCESSOR_MODE mode)
{
    PIRP irp = IoAllocateIrp(top->StackSize, FALSE);
    PIO_STACK_LOCATION next;

    if (!irp)
        return NULL;
    irp->RequestorMode = mode;
    irp->Tail.Overlay.Thread = (PETHREAD)KeGetCurrentThread();
    irp->Tail.Overlay.OriginalFileObject = file;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = major;
    next->FileObject = file;
    return irp;
}

NTSTATUS io_send(PDEVICE_OBJECT top, PIRP irp, struct io_wait *wait)
{
    wait->irp = irp;
    wait->major = IoGetNextIrpStackLocation(irp)->MajorFunction;
    wait->routine = (PVOID)top->DriverObject->MajorFunction[wait->major];
    KeInitializeEvent(&wait->done, NotificationEvent, FALSE);
    irp->UserEvent = &wait->done;
    irp->UserIosb = &wait->iosb;
    io_set_final(irp, finished);
    io_irp_link(irp);
    wait->returned = IofCallDriver(top, irp);
    if (wait->returned != STATUS_PENDING && !KeReadStateEvent(&wait->done)) /* EXE-315 */
        guest_finding("EXE-315", "dispatch routine %p (major function 0x%X) returned 0x%08X, but the IRP %p has not completed", wait->routine, wait->major,
                      (unsigned)wait->returned, irp);
    return wait->returned;
}

NTSTATUS io_wait_end(struct io_wait *wait)
{
    KeWaitForSingleObject(&wait->done, Executive, KernelMode, FALSE, NULL);
    if (wait->returned == STATUS_PENDING && !wait->pending_returned)
        guest_finding("EXE-315", "dispatch routine %p (major function 0x%X) returned STATUS_PENDING without IoMarkIrpPending", wait->routine, wait->major);
    else if (wait->returned != STATUS_PENDING && wait->pending_returned)
        guest_finding("EXE-315", "dispatch routine %p (major function 0x%X) marked the IRP pending, but returned 0x%08X", wait->routine, wait->major,
                      (unsigned)wait->returned);
    return wait->iosb.Status;
}

NTSTATUS io_send_and_wait(PDEVICE_OBJECT top, PIRP irp, struct io_wait *wait)
{
    *wait = (struct io_wait){0};
    io_send(top, irp, wait);
    return io_wait_end(wait);
}

/* ---- the requestor's buffers ---- */
/* Bad addresses of an application fail before the driver is called (EXE-306). */
static bool may_touch(const void *buffer, ULONG bytes, KPROCESSOR_MODE mode, enum mem_prot prot)
{
    uint64_t first = (uint64_t)(ULONG_PTR)buffer, last = first + bytes;

    if (mode == KernelMode || !bytes)
        return true;
    if (last < first || last > MEM_USER_PROBE)
        return false;
    for (uint64_t page = first & ~(uint64_t)(PAGE_SIZE - 1); page < last; page += PAGE_SIZE)
        if (!mem_accessible(page, prot))
            return false;
    return true;
}

static NTSTATUS add_system_buffer(PIRP irp, struct io_transfer *b, const void *in, ULONG in_bytes, ULONG bytes)
{
    if (!bytes)
        return STATUS_SUCCESS;
    b->system = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, TAG_BUFFER);
    if (!b->system)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (in_bytes)
        __builtin_memcpy(b->system, in, in_bytes);
    irp->AssociatedIrp.SystemBuffer = b->system;
    irp->Flags |= IRP_BUFFERED_IO;
    return STATUS_SUCCESS;
}

static NTSTATUS add_mdl(PIRP irp, PVOID buffer, ULONG bytes, KPROCESSOR_MODE mode, LOCK_OPERATION access)
{
    PMDL mdl;

    if (!bytes)
        return STATUS_SUCCESS;
    if (!may_touch(buffer, bytes, mode, access == IoReadAccess ? MEM_R : MEM_RW))
        return STATUS_ACCESS_VIOLATION;
    mdl = IoAllocateMdl(buffer, bytes, FALSE, FALSE, irp);
    if (!mdl)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmProbeAndLockPages(mdl, mode, access);
    return STATUS_SUCCESS;
}

/* A request that is not sent after all. */
static void drop(PIRP irp, struct io_transfer *b)
{
    while (irp->MdlAddress) {
        PMDL mdl = irp->MdlAddress;

        irp->MdlAddress = mdl->Next;
        if (mdl->MdlFlags & MDL_PAGES_LOCKED)
            MmUnlockPages(mdl);
        IoFreeMdl(mdl);
    }
    if (b->system)
        ExFreePoolWithTag(b->system, TAG_BUFFER);
    IoFreeIrp(irp);
}

/* EXE-316: what the driver has put into the system buffer goes back. */
static void copy_out(struct io_transfer *b)
{
    IO_STATUS_BLOCK *iosb = &b->wait.iosb;

    if (b->out_bytes && iosb->Information > b->out_bytes && !NT_ERROR(iosb->Status)) {
        guest_finding("EXE-756", "%s 0x%X completed with Information %llu, but its buffer has %u bytes", b->what, b->code,
                      (unsigned long long)iosb->Information, b->out_bytes);
        iosb->Information = b->out_bytes;
    }
    if (b->system && b->out && !NT_ERROR(iosb->Status) && iosb->Information)
        __builtin_memcpy(b->out, b->system, iosb->Information < b->out_bytes ? iosb->Information : b->out_bytes);
    if (b->system)
        ExFreePoolWithTag(b->system, TAG_BUFFER);
    b->system = NULL;
}

static NTSTATUS control_buffers(PIRP irp, struct io_transfer *b, const struct io_args *a)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
    ULONG method = METHOD_FROM_CTL_CODE(a->code);
    NTSTATUS status;

    next->Parameters.DeviceIoControl.IoControlCode = a->code;
    next->Parameters.DeviceIoControl.InputBufferLength = a->in_bytes;
    next->Parameters.DeviceIoControl.OutputBufferLength = a->out_bytes;
    irp->UserBuffer = a->out;
    if (method == METHOD_NEITHER) {
        next->Parameters.DeviceIoControl.Type3InputBuffer = a->in;
        return STATUS_SUCCESS;
    }
    if (!may_touch(a->in, a->in_bytes, a->mode, MEM_R))
        return STATUS_ACCESS_VIOLATION;
    b->out_bytes = a->out_bytes;
    if (method == METHOD_BUFFERED) {
        if (!may_touch(a->out, a->out_bytes, a->mode, MEM_RW))
            return STATUS_ACCESS_VIOLATION;
        b->out = a->out;
        if (a->out_bytes)
            irp->Flags |= IRP_INPUT_OPERATION;
        return add_system_buffer(irp, b, a->in, a->in_bytes, a->in_bytes > a->out_bytes ? a->in_bytes : a->out_bytes);
    }
    status = add_system_buffer(irp, b, a->in, a->in_bytes, a->in_bytes);
    return NT_SUCCESS(status) ? add_mdl(irp, a->out, a->out_bytes, a->mode, method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess) : status;
}

static NTSTATUS transfer_buffers(PIRP irp, struct io_transfer *b, PDEVICE_OBJECT top, const struct io_args *a)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp); /* Read and Write are laid out alike */
    bool read = a->major == IRP_MJ_READ;
    PVOID buffer = read ? a->out : a->in;
    ULONG bytes = read ? a->out_bytes : a->in_bytes;

    next->Parameters.Read.Length = bytes;
    next->Parameters.Read.Key = a->code;
    next->Parameters.Read.ByteOffset.QuadPart = a->offset;
    irp->UserBuffer = buffer;
    irp->Flags |= read ? IRP_READ_OPERATION | IRP_INPUT_OPERATION : IRP_WRITE_OPERATION;
    b->out_bytes = bytes;
    if (top->Flags & DO_BUFFERED_IO) {
        if (!may_touch(buffer, bytes, a->mode, read ? MEM_RW : MEM_R))
            return STATUS_ACCESS_VIOLATION;
        b->out = read ? buffer : NULL;
        return add_system_buffer(irp, b, buffer, read ? 0 : bytes, bytes);
    }
    if (top->Flags & DO_DIRECT_IO)
        return add_mdl(irp, buffer, bytes, a->mode, read ? IoWriteAccess : IoReadAccess);
    return STATUS_SUCCESS;
}

/* Information about files and volumes is buffered whatever the device says. QueryFile and SetFile are laid out alike. */
static NTSTATUS information_buffers(PIRP irp, struct io_transfer *b, const struct io_args *a)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
    bool query = a->major == IRP_MJ_QUERY_INFORMATION || a->major == IRP_MJ_QUERY_VOLUME_INFORMATION;

    next->Parameters.QueryFile.Length = query ? a->out_bytes : a->in_bytes;
    next->Parameters.QueryFile.FileInformationClass = a->code;
    if (!may_touch(query ? a->out : a->in, query ? a->out_bytes : a->in_bytes, a->mode, query ? MEM_RW : MEM_R))
        return STATUS_ACCESS_VIOLATION;
    b->out = query ? a->out : NULL;
    b->out_bytes = a->out_bytes;
    irp->Flags |= query ? IRP_INPUT_OPERATION : 0;
    return add_system_buffer(irp, b, a->in, query ? 0 : a->in_bytes, query ? a->out_bytes : a->in_bytes);
}

static NTSTATUS directory_buffers(PIRP irp, struct io_transfer *b, const struct io_args *a)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

    next->MinorFunction = a->minor;
    next->Flags = a->flags;
    next->Parameters.QueryDirectory.Length = a->out_bytes;
    next->Parameters.QueryDirectory.FileName = a->name;
    next->Parameters.QueryDirectory.FileInformationClass = a->code;
    if (!may_touch(a->out, a->out_bytes, a->mode, MEM_RW))
        return STATUS_ACCESS_VIOLATION;
    b->out = a->out;
    b->out_bytes = a->out_bytes;
    irp->UserBuffer = a->out;
    irp->Flags |= IRP_INPUT_OPERATION;
    return add_system_buffer(irp, b, NULL, 0, a->out_bytes);
}

static NTSTATUS fill(PIRP irp, struct io_transfer *b, PDEVICE_OBJECT top, const struct io_args *a)
{
    switch (a->major) {
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
        return transfer_buffers(irp, b, top, a);
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return control_buffers(irp, b, a);
    case IRP_MJ_FILE_SYSTEM_CONTROL:
        IoGetNextIrpStackLocation(irp)->MinorFunction = a->minor;
        return control_buffers(irp, b, a);
    case IRP_MJ_QUERY_INFORMATION:
    case IRP_MJ_SET_INFORMATION:
    case IRP_MJ_QUERY_VOLUME_INFORMATION:
        return information_buffers(irp, b, a);
    case IRP_MJ_DIRECTORY_CONTROL:
        return directory_buffers(irp, b, a);
    default:
        return STATUS_SUCCESS;
    }
}

/* EXE-335: before any IRP is made; the addresses are those of the caller. */
static bool fast_control(PDEVICE_OBJECT top, struct io_transfer *b, const struct io_args *a)
{
    PFAST_IO_DISPATCH fast = top->DriverObject->FastIoDispatch;

    if (a->major != IRP_MJ_DEVICE_CONTROL || !fast || fast->SizeOfFastIoDispatch < RTL_SIZEOF_THROUGH_FIELD(FAST_IO_DISPATCH, FastIoDeviceControl) ||
        !fast->FastIoDeviceControl)
        return false;
    if (!guest_call(FAST_IO_DEVICE_CONTROL, fast->FastIoDeviceControl, b->file, TRUE, a->in, a->in_bytes, a->out, a->out_bytes, a->code, &b->wait.iosb,
                    top))
        return false;
    return true;
}

static NTSTATUS finished_at_once(struct io_transfer *b, NTSTATUS status)
{
    KeInitializeEvent(&b->wait.done, NotificationEvent, TRUE);
    b->wait.iosb.Status = status;
    b->wait.returned = status;
    return status;
}

NTSTATUS io_begin(PFILE_OBJECT file, const struct io_args *a, struct io_transfer *b)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(file->DeviceObject);
    NTSTATUS status;
    PIRP irp;

    *b = (struct io_transfer){.file = file, .code = a->code ? a->code : a->major, .synchronous = file->Flags & FO_SYNCHRONOUS_IO};
    b->what = a->major == IRP_MJ_READ ? "a read," : a->major == IRP_MJ_WRITE ? "a write," : a->code ? "control or information code" : "major function";
    ObfReferenceObject(file);
    if (b->synchronous)
        KeWaitForSingleObject(&file->Lock, Executive, KernelMode, FALSE, NULL);
    if (fast_control(top, b, a)) {
        status = finished_at_once(b, b->wait.iosb.Status);
    } else if ((irp = io_request(top, file, a->major, a->mode)) == NULL) {
        status = finished_at_once(b, STATUS_INSUFFICIENT_RESOURCES);
    } else {
        if (b->synchronous)
            irp->Flags |= IRP_SYNCHRONOUS_API;
        status = fill(irp, b, top, a);
        if (NT_SUCCESS(status)) {
            b->wait.completed = a->completed;
            status = io_send(top, irp, &b->wait);
        } else {
            drop(irp, b);
            b->system = NULL;
            status = finished_at_once(b, status);
        }
    }
    ObfDereferenceObject(top);
    return status;
}

NTSTATUS io_end(struct io_transfer *b, IO_STATUS_BLOCK *iosb)
{
    NTSTATUS status = io_wait_end(&b->wait);

    copy_out(b);
    if (iosb)
        *iosb = b->wait.iosb;
    if (b->synchronous)
        KeSetEvent(&b->file->Lock, IO_NO_INCREMENT, FALSE);
    ObfDereferenceObject(b->file);
    return status;
}
