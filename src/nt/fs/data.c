/* Reading and writing (EXE-540). The position of a synchronous file is kept here, as each file system does it. */
#include "nt/fs/fs_private.h"

static void move(PFILE_OBJECT file, LONGLONG to)
{
    if (file->Flags & FO_SYNCHRONOUS_IO)
        file->CurrentByteOffset.QuadPart = to;
}

NTSTATUS fs_read(PIRP irp, ULONG_PTR *information)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    LONGLONG offset = stack->Parameters.Read.ByteOffset.QuadPart;
    ULONG bytes = stack->Parameters.Read.Length;
    int64_t got;

    if (fs_node(stack->FileObject)->is_folder)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (offset < 0)
        return STATUS_INVALID_PARAMETER;
    if (!bytes)
        return STATUS_SUCCESS;
    got = host.file_read(fs_open(stack->FileObject)->fd, irp->AssociatedIrp.SystemBuffer, bytes, (uint64_t)offset);
    if (got < 0)
        return fs_status((int)got);
    if (!got)
        return STATUS_END_OF_FILE;
    *information = (ULONG_PTR)got;
    move(stack->FileObject, offset + got);
    return STATUS_SUCCESS;
}

/* A file that may only be appended to is written at its end, wherever the caller says. One at a time, so that no two find the same end. */
static NTSTATUS append(struct fs_open *open, const void *data, ULONG bytes, LONGLONG *offset, int64_t *put)
{
    struct host_file_info info;
    int err;

    fs_lock();
    err = host.file_info(open->fd, &info);
    *offset = (LONGLONG)info.bytes;
    *put = err ? err : host.file_write(open->fd, data, bytes, info.bytes);
    fs_unlock();
    return *put < 0 ? fs_status((int)*put) : STATUS_SUCCESS;
}

NTSTATUS fs_write(PIRP irp, ULONG_PTR *information)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    LARGE_INTEGER at = stack->Parameters.Write.ByteOffset;
    struct fs_open *open = fs_open(stack->FileObject);
    ULONG bytes = stack->Parameters.Write.Length;
    NTSTATUS status = STATUS_SUCCESS;
    int64_t put = 0;

    if (fs_node(stack->FileObject)->is_folder)
        return STATUS_INVALID_DEVICE_REQUEST;
    if ((at.HighPart == -1 && at.LowPart == FILE_WRITE_TO_END_OF_FILE) || !(open->access & FILE_WRITE_DATA)) {
        status = append(open, irp->AssociatedIrp.SystemBuffer, bytes, &at.QuadPart, &put);
    } else if (at.QuadPart < 0) {
        return STATUS_INVALID_PARAMETER;
    } else if (bytes) {
        put = host.file_write(open->fd, irp->AssociatedIrp.SystemBuffer, bytes, (uint64_t)at.QuadPart);
        status = put < 0 ? fs_status((int)put) : STATUS_SUCCESS;
    }
    if (!NT_SUCCESS(status))
        return status;
    *information = (ULONG_PTR)put;
    move(stack->FileObject, at.QuadPart + put);
    return status;
}

NTSTATUS fs_flush(PIRP irp, ULONG_PTR *information)
{
    struct fs_open *open = fs_open(IoGetCurrentIrpStackLocation(irp)->FileObject);

    return fs_status(host.file_sync(open->fd));
}
