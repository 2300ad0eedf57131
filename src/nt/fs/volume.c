/* The volume's device, its names, and the dispatch routine that hands requests to the other files here. */
#include "nt/fs/fs_private.h"

#include "base/err.h"
#include "nt/ob/ob.h"

int fs_root = -1;
LIST_ENTRY fs_nodes;
static FAST_MUTEX mutex;

void fs_lock(void)
{
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&mutex);
}

void fs_unlock(void)
{
    ExReleaseFastMutexUnsafe(&mutex);
    KeLeaveCriticalRegion();
}

NTSTATUS fs_status(int err)
{
    switch (-err) {
    case WK_OK:
        return STATUS_SUCCESS;
    case WK_ENOMEM:
        return STATUS_INSUFFICIENT_RESOURCES;
    case WK_ENOENT:
        return STATUS_OBJECT_NAME_NOT_FOUND;
    case WK_EEXIST:
        return STATUS_OBJECT_NAME_COLLISION;
    case WK_ENOTDIR:
        return STATUS_OBJECT_PATH_NOT_FOUND;
    case WK_EISDIR:
        return STATUS_FILE_IS_A_DIRECTORY;
    case WK_ENOTEMPTY:
        return STATUS_DIRECTORY_NOT_EMPTY;
    case WK_EACCES:
    case WK_EXDEV: /* what leads out of the folder is not of this machine */
        return STATUS_ACCESS_DENIED;
    case WK_ENOSPC:
        return STATUS_DISK_FULL;
    case WK_ERANGE:
        return STATUS_OBJECT_NAME_INVALID;
    case WK_EINVAL:
        return STATUS_INVALID_PARAMETER;
    case WK_EMFILE:
        return STATUS_TOO_MANY_OPENED_FILES;
    case WK_EBUSY:
        return STATUS_SHARING_VIOLATION;
    default:
        return STATUS_UNEXPECTED_IO_ERROR;
    }
}

typedef NTSTATUS serve_fn(PIRP irp, ULONG_PTR *information);

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    static serve_fn *const serve[IRP_MJ_MAXIMUM_FUNCTION + 1] = {
        [IRP_MJ_CREATE] = fs_create, [IRP_MJ_CLEANUP] = fs_cleanup, [IRP_MJ_CLOSE] = fs_close, [IRP_MJ_READ] = fs_read, [IRP_MJ_WRITE] = fs_write,
        [IRP_MJ_FLUSH_BUFFERS] = fs_flush, [IRP_MJ_QUERY_INFORMATION] = fs_query, [IRP_MJ_SET_INFORMATION] = fs_set,
        [IRP_MJ_DIRECTORY_CONTROL] = fs_directory};
    ULONG_PTR information = 0;
    NTSTATUS status = serve[IoGetCurrentIrpStackLocation(irp)->MajorFunction](irp, &information);

    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IofCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS make_device(void)
{
    static const UCHAR served[] = {IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_READ, IRP_MJ_WRITE, IRP_MJ_FLUSH_BUFFERS,
                                   IRP_MJ_QUERY_INFORMATION, IRP_MJ_SET_INFORMATION, IRP_MJ_DIRECTORY_CONTROL};
    static const UNICODE_STRING links[] = {RTL_CONSTANT_STRING(L"\\??\\C:"), RTL_CONSTANT_STRING(L"\\SystemRoot")};
    static const UNICODE_STRING targets[] = {RTL_CONSTANT_STRING(L"\\Device\\HarddiskVolume1"), RTL_CONSTANT_STRING(L"\\Device\\HarddiskVolume1\\Windows")};
    UNICODE_STRING driver_name = RTL_CONSTANT_STRING(L"HostFiles");
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT device;
    NTSTATUS status = io_driver_internal(&driver_name, &driver);

    if (!NT_SUCCESS(status))
        return status;
    for (unsigned i = 0; i < sizeof(served); i++)
        driver->MajorFunction[served[i]] = dispatch;
    status = IoCreateDevice(driver, 0, (PUNICODE_STRING)&targets[0], FILE_DEVICE_DISK_FILE_SYSTEM, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    for (unsigned i = 0; i < RTL_NUMBER_OF(links) && NT_SUCCESS(status); i++)
        status = ob_create_link(&links[i], &targets[i]);
    return status;
}

int fs_start(const char *root)
{
    fs_root = -1;
    InitializeListHead(&fs_nodes);
    ExInitializeFastMutex(&mutex);
    if (!root)
        return 0;
    fs_root = host.folder(root);
    if (fs_root < 0)
        return fs_root;
    return NT_SUCCESS(make_device()) ? 0 : -WK_ENOMEM;
}

void fs_stop(void)
{
    if (fs_root >= 0)
        host.close_fd(fs_root);
    fs_root = -1;
}
