/* Requests that the I/O manager makes for somebody and waits for: control codes, reads, writes (EXE-306, EXE-307, EXE-316). Called at
 * PASSIVE_LEVEL in the requestor's thread, which also copies the results: buffers of an application are touched in no other.
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
    IoFreeIrp(irp);
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

NTSTATUS io_send_and_wait(PDEVICE_OBJECT top, PIRP irp, struct io_wait *wait)
{
    UCHAR major = IoGetNextIrpStackLocation(irp)->MajorFunction;
    PVOID routine = (PVOID)top->DriverObject->MajorFunction[major];
    NTSTATUS status;

    wait->iosb = (IO_STATUS_BLOCK){0};
    wait->pending_returned = FALSE;
    KeInitializeEvent(&wait->done, NotificationEvent, FALSE);
    irp->UserEvent = &wait->done;
    irp->UserIosb = &wait->iosb;
    io_set_final(irp, finished);
    io_irp_link(irp);
    status = IofCallDriver(top, irp);
    if (status != STATUS_PENDING && !KeReadStateEvent(&wait->done)) /* EXE-315 */
        guest_finding("EXE-315", "dispatch routine %p (major function 0x%X) returned 0x%08X, but the IRP %p has not completed", routine, major,
                      (unsigned)status, irp);
    KeWaitForSingleObject(&wait->done, Executive, KernelMode, FALSE, NULL);
    if (status == STATUS_PENDING && !wait->pending_returned)
        guest_finding("EXE-315", "dispatch routine %p (major function 0x%X) returned STATUS_PENDING without IoMarkIrpPending", routine, major);
    else if (status != STATUS_PENDING && wait->pending_returned)
        guest_finding("EXE-315", "dispatch routine %p (major function 0x%X) marked the IRP pending, but returned 0x%08X", routine, major, (unsigned)status);
    return wait->iosb.Status;
}

/* ---- the requestor's buffers ---- */
struct buffers {
    PVOID system;
    ULONG out_bytes;
    PVOID out;
};

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

static NTSTATUS add_system_buffer(PIRP irp, struct buffers *b, const void *in, ULONG in_bytes, ULONG bytes)
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
static void drop(PIRP irp, struct buffers *b)
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
static void copy_out(struct buffers *b, struct io_wait *wait, const char *what, ULONG code)
{
    if (b->out_bytes && wait->iosb.Information > b->out_bytes && !NT_ERROR(wait->iosb.Status)) {
        guest_finding("EXE-316", "%s 0x%X completed with Information %llu, but its output buffer has %u bytes", what, code,
                      (unsigned long long)wait->iosb.Information, b->out_bytes);
        wait->iosb.Information = b->out_bytes;
    }
    if (b->system && b->out && !NT_ERROR(wait->iosb.Status) && wait->iosb.Information)
        __builtin_memcpy(b->out, b->system, wait->iosb.Information < b->out_bytes ? wait->iosb.Information : b->out_bytes);
    if (b->system)
        ExFreePoolWithTag(b->system, TAG_BUFFER);
}

/* EXE-317: one request at a time on a synchronous file. */
static void begin(PFILE_OBJECT file)
{
    if (file->Flags & FO_SYNCHRONOUS_IO)
        KeWaitForSingleObject(&file->Lock, Executive, KernelMode, FALSE, NULL);
}

static void end(PFILE_OBJECT file)
{
    if (file->Flags & FO_SYNCHRONOUS_IO)
        KeSetEvent(&file->Lock, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS control_buffers(PIRP irp, struct buffers *b, ULONG code, PVOID in, ULONG in_bytes, PVOID out, ULONG out_bytes, KPROCESSOR_MODE mode)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
    ULONG method = METHOD_FROM_CTL_CODE(code);
    NTSTATUS status;

    if (method == METHOD_NEITHER) {
        next->Parameters.DeviceIoControl.Type3InputBuffer = in;
        irp->UserBuffer = out;
        return STATUS_SUCCESS;
    }
    if (!may_touch(in, in_bytes, mode, MEM_R))
        return STATUS_ACCESS_VIOLATION;
    if (method == METHOD_BUFFERED) {
        if (!may_touch(out, out_bytes, mode, MEM_RW))
            return STATUS_ACCESS_VIOLATION;
        b->out = out;
        b->out_bytes = out_bytes;
        irp->UserBuffer = out;
        if (out_bytes)
            irp->Flags |= IRP_INPUT_OPERATION;
        return add_system_buffer(irp, b, in, in_bytes, in_bytes > out_bytes ? in_bytes : out_bytes);
    }
    b->out_bytes = out_bytes;
    irp->UserBuffer = out;
    status = add_system_buffer(irp, b, in, in_bytes, in_bytes);
    return NT_SUCCESS(status) ? add_mdl(irp, out, out_bytes, mode, method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess) : status;
}

NTSTATUS io_device_control(PFILE_OBJECT file, UCHAR major, ULONG code, PVOID in, ULONG in_bytes, PVOID out, ULONG out_bytes, KPROCESSOR_MODE mode,
                           IO_STATUS_BLOCK *iosb)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(file->DeviceObject);
    PIRP irp = io_request(top, file, major, mode);
    struct buffers b = {0};
    struct io_wait wait;
    PIO_STACK_LOCATION next;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    *iosb = (IO_STATUS_BLOCK){0};
    if (!irp)
        goto out;
    next = IoGetNextIrpStackLocation(irp);
    next->Parameters.DeviceIoControl.IoControlCode = code;
    next->Parameters.DeviceIoControl.InputBufferLength = in_bytes;
    next->Parameters.DeviceIoControl.OutputBufferLength = out_bytes;
    status = control_buffers(irp, &b, code, in, in_bytes, out, out_bytes, mode);
    if (!NT_SUCCESS(status)) {
        drop(irp, &b);
        goto out;
    }
    begin(file);
    status = io_send_and_wait(top, irp, &wait);
    end(file);
    copy_out(&b, &wait, "control code", code);
    *iosb = wait.iosb;
out:
    iosb->Status = status;
    ObfDereferenceObject(top);
    return status;
}

static NTSTATUS transfer_buffers(PIRP irp, struct buffers *b, PDEVICE_OBJECT top, bool read, PVOID buffer, ULONG bytes, KPROCESSOR_MODE mode)
{
    irp->UserBuffer = buffer;
    irp->Flags |= read ? IRP_READ_OPERATION | IRP_INPUT_OPERATION : IRP_WRITE_OPERATION;
    if (top->Flags & DO_BUFFERED_IO) {
        if (!may_touch(buffer, bytes, mode, read ? MEM_RW : MEM_R))
            return STATUS_ACCESS_VIOLATION;
        b->out = read ? buffer : NULL;
        b->out_bytes = bytes;
        return add_system_buffer(irp, b, buffer, read ? 0 : bytes, bytes);
    }
    b->out_bytes = bytes;
    if (top->Flags & DO_DIRECT_IO)
        return add_mdl(irp, buffer, bytes, mode, read ? IoWriteAccess : IoReadAccess);
    return STATUS_SUCCESS;
}

NTSTATUS io_read_write(PFILE_OBJECT file, UCHAR major, PVOID buffer, ULONG bytes, LONGLONG offset, ULONG key, KPROCESSOR_MODE mode, IO_STATUS_BLOCK *iosb)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(file->DeviceObject);
    PIRP irp = io_request(top, file, major, mode);
    struct buffers b = {0};
    struct io_wait wait;
    PIO_STACK_LOCATION next;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    *iosb = (IO_STATUS_BLOCK){0};
    if (!irp)
        goto out;
    next = IoGetNextIrpStackLocation(irp); /* Read and Write are laid out alike */
    next->Parameters.Read.Length = bytes;
    next->Parameters.Read.Key = key;
    next->Parameters.Read.ByteOffset.QuadPart = offset;
    status = transfer_buffers(irp, &b, top, major == IRP_MJ_READ, buffer, bytes, mode);
    if (!NT_SUCCESS(status)) {
        drop(irp, &b);
        goto out;
    }
    begin(file);
    status = io_send_and_wait(top, irp, &wait);
    end(file);
    copy_out(&b, &wait, major == IRP_MJ_READ ? "a read, major function" : "a write, major function", major);
    *iosb = wait.iosb;
out:
    iosb->Status = status;
    ObfDereferenceObject(top);
    return status;
}
