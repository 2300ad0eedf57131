/* What a file is, and changing it: times, attributes, size, name, deletion (EXE-540). The position is the I/O manager's matter. */
#include "nt/fs/fs_private.h"

#include "base/err.h"

ULONG fs_attributes(const struct host_file_info *info)
{
    ULONG attributes = (info->is_folder ? FILE_ATTRIBUTE_DIRECTORY : 0) | (info->is_readonly ? FILE_ATTRIBUTE_READONLY : 0);

    return attributes ? attributes : FILE_ATTRIBUTE_NORMAL;
}

static void basic(const struct host_file_info *i, FILE_BASIC_INFORMATION *out)
{
    *out = (FILE_BASIC_INFORMATION){{.QuadPart = i->created}, {.QuadPart = i->accessed}, {.QuadPart = i->written}, {.QuadPart = i->changed}, fs_attributes(i)};
}

/* As much of the name as there is room for; STATUS_BUFFER_OVERFLOW when that is not all. */
static NTSTATUS name(struct fs_node *node, FILE_NAME_INFORMATION *out, ULONG room, ULONG_PTR *information)
{
    UNICODE_STRING text;
    NTSTATUS status;
    ULONG bytes;

    fs_lock();
    status = fs_name_of(node->path, &text);
    fs_unlock();
    if (!NT_SUCCESS(status))
        return status;
    room -= FIELD_OFFSET(FILE_NAME_INFORMATION, FileName);
    out->FileNameLength = text.Length + (ULONG)sizeof(WCHAR);
    bytes = out->FileNameLength < room ? out->FileNameLength : room & ~1u;
    if (bytes)
        out->FileName[0] = '\\';
    for (ULONG i = 1; i < bytes / sizeof(WCHAR); i++)
        out->FileName[i] = text.Buffer[i - 1] == '/' ? '\\' : text.Buffer[i - 1];
    ExFreePoolWithTag(text.Buffer, FS_TAG);
    *information = FIELD_OFFSET(FILE_NAME_INFORMATION, FileName) + bytes;
    return bytes < out->FileNameLength ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static ULONG query_bytes(ULONG class)
{
    switch (class) {
    case FileBasicInformation:
        return sizeof(FILE_BASIC_INFORMATION);
    case FileStandardInformation:
        return sizeof(FILE_STANDARD_INFORMATION);
    case FileInternalInformation:
        return sizeof(FILE_INTERNAL_INFORMATION);
    case FileNameInformation:
        return sizeof(FILE_NAME_INFORMATION);
    case FileNetworkOpenInformation:
        return sizeof(FILE_NETWORK_OPEN_INFORMATION);
    case FileAttributeTagInformation:
        return sizeof(FILE_ATTRIBUTE_TAG_INFORMATION);
    default:
        return 0;
    }
}

static void fill(ULONG class, const struct host_file_info *i, struct fs_node *node, PVOID out)
{
    FILE_BASIC_INFORMATION b;

    basic(i, &b);
    switch (class) {
    case FileBasicInformation:
        *(FILE_BASIC_INFORMATION *)out = b;
        break;
    case FileStandardInformation:
        *(FILE_STANDARD_INFORMATION *)out = (FILE_STANDARD_INFORMATION){
            .AllocationSize.QuadPart = i->is_folder ? 0 : (LONGLONG)i->allocated, .EndOfFile.QuadPart = i->is_folder ? 0 : (LONGLONG)i->bytes,
            .NumberOfLinks = i->is_folder ? 1 : i->links - (node->delete_pending && i->links), .DeletePending = node->delete_pending, .Directory = i->is_folder};
        break;
    case FileInternalInformation:
        ((FILE_INTERNAL_INFORMATION *)out)->IndexNumber.QuadPart = (LONGLONG)i->inode;
        break;
    case FileNetworkOpenInformation:
        *(FILE_NETWORK_OPEN_INFORMATION *)out = (FILE_NETWORK_OPEN_INFORMATION){
            b.CreationTime, b.LastAccessTime, b.LastWriteTime, b.ChangeTime, {.QuadPart = i->is_folder ? 0 : (LONGLONG)i->allocated},
            {.QuadPart = i->is_folder ? 0 : (LONGLONG)i->bytes}, b.FileAttributes};
        break;
    default:
        *(FILE_ATTRIBUTE_TAG_INFORMATION *)out = (FILE_ATTRIBUTE_TAG_INFORMATION){b.FileAttributes, 0};
        break;
    }
}

NTSTATUS fs_query(PIRP irp, ULONG_PTR *information)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG class = stack->Parameters.QueryFile.FileInformationClass, bytes = query_bytes(class);
    struct fs_node *node = fs_node(stack->FileObject);
    struct host_file_info info;
    int err;

    if (!bytes)
        return STATUS_INVALID_INFO_CLASS;
    if (stack->Parameters.QueryFile.Length < bytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (class == FileNameInformation)
        return name(node, irp->AssociatedIrp.SystemBuffer, stack->Parameters.QueryFile.Length, information);
    err = host.file_info(fs_open(stack->FileObject)->fd, &info);
    if (err)
        return fs_status(err);
    fill(class, &info, node, irp->AssociatedIrp.SystemBuffer);
    *information = bytes;
    return STATUS_SUCCESS;
}

/* 0: as it is; -1: not to be kept up to date, which the host does not offer. There is no such thing as a creation time to set. */
static NTSTATUS set_basic(struct fs_open *open, const FILE_BASIC_INFORMATION *b, bool is_folder)
{
    ULONG attributes = b->FileAttributes;
    int err = 0;

    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) && !is_folder)
        return STATUS_INVALID_PARAMETER;
    if (b->LastAccessTime.QuadPart > 0 || b->LastWriteTime.QuadPart > 0)
        err = host.file_times(open->fd, b->LastAccessTime.QuadPart, b->LastWriteTime.QuadPart);
    if (!err && attributes && !is_folder)
        err = host.file_readonly(open->fd, attributes & FILE_ATTRIBUTE_READONLY);
    return fs_status(err);
}

static NTSTATUS set_disposition(struct fs_node *node, struct fs_open *open, bool delete)
{
    NTSTATUS status = STATUS_SUCCESS;

    fs_lock();
    if (delete && !node->delete_pending)
        status = fs_may_delete(node, open->fd);
    if (NT_SUCCESS(status))
        node->delete_pending = delete;
    fs_unlock();
    return status;
}

static NTSTATUS resize(struct fs_node *node, struct fs_open *open, LONGLONG bytes)
{
    if (node->is_folder || bytes < 0)
        return STATUS_INVALID_PARAMETER;
    return fs_status(host.file_resize(open->fd, (uint64_t)bytes));
}

/* Is a file open that lies in the folder? Under fs_lock. */
static bool open_below(const struct fs_node *folder)
{
    size_t bytes = rtl_crt_strlen(folder->path);

    for (PLIST_ENTRY e = fs_nodes.Flink; e != &fs_nodes; e = e->Flink) {
        struct fs_node *node = CONTAINING_RECORD(e, struct fs_node, entry);
        size_t same = 0;

        while (same < bytes && node->path[same] == folder->path[same])
            same++;
        if (node != folder && node->handles && same == bytes && node->path[same] == '/')
            return true;
    }
    return false;
}

static NTSTATUS rename_to(struct fs_node *node, const struct fs_path *to, NTSTATUS there, bool replace)
{
    char *text = ExAllocatePool2(POOL_FLAG_NON_PAGED, to->bytes + 1, FS_TAG);
    struct fs_node *target;
    NTSTATUS status = STATUS_SUCCESS;
    bool itself;

    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    __builtin_memcpy(text, to->text, to->bytes + 1);
    fs_lock();
    itself = NT_SUCCESS(there) && to->info.device == node->device && to->info.inode == node->inode;
    target = NT_SUCCESS(there) && !itself ? fs_node_find(to->info.device, to->info.inode) : NULL;
    if (node->delete_pending)
        status = STATUS_DELETE_PENDING;
    else if (NT_SUCCESS(there) && !itself && !replace)
        status = STATUS_OBJECT_NAME_COLLISION;
    else if (!node->path[0] || (target && target->handles) || (NT_SUCCESS(there) && !itself && (to->info.is_folder || to->info.is_readonly)) ||
             (node->is_folder && open_below(node)))
        status = STATUS_ACCESS_DENIED;
    if (NT_SUCCESS(status) && !itself)
        status = fs_status(host.rename_below(fs_root, node->path, text, replace));
    if (NT_SUCCESS(status) && !itself) {
        char *was = node->path;

        node->path = text;
        text = was;
    }
    fs_unlock();
    ExFreePoolWithTag(text, FS_TAG);
    return status;
}

/* The new name: a full one, \??\C:\..., or without a '\' one in the same folder. */
static NTSTATUS rename(struct fs_node *node, const FILE_RENAME_INFORMATION *info, ULONG bytes)
{
    static const UNICODE_STRING roots[] = {RTL_CONSTANT_STRING(L"\\??\\C:\\"), RTL_CONSTANT_STRING(L"\\DosDevices\\C:\\"),
                                           RTL_CONSTANT_STRING(L"\\Device\\HarddiskVolume1\\")};
    UNICODE_STRING text = {(USHORT)info->FileNameLength, (USHORT)info->FileNameLength, (PWCH)info->FileName};
    struct fs_path *path;
    char *base;
    NTSTATUS status;
    size_t end = 0;

    if (info->FileNameLength > bytes - FIELD_OFFSET(FILE_RENAME_INFORMATION, FileName) || info->FileNameLength > MAXUSHORT || !text.Length || text.Length % 2)
        return STATUS_INVALID_PARAMETER;
    if (info->RootDirectory)
        return STATUS_NOT_SUPPORTED;
    path = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*path) + HOST_PATH_BYTES, FS_TAG);
    if (!path)
        return STATUS_INSUFFICIENT_RESOURCES;
    base = (char *)(path + 1);
    if (text.Buffer[0] == '\\') {
        status = STATUS_NOT_SAME_DEVICE;
        for (unsigned i = 0; i < RTL_NUMBER_OF(roots) && status != STATUS_SUCCESS; i++)
            if (RtlPrefixUnicodeString(&roots[i], &text, TRUE)) {
                text.Buffer += roots[i].Length / sizeof(WCHAR);
                text.Length -= roots[i].Length;
                status = STATUS_SUCCESS;
            }
    } else {
        fs_lock();
        for (size_t i = 0; node->path[i]; i++) {
            base[i] = node->path[i];
            if (base[i] == '/')
                end = i;
        }
        fs_unlock();
        base[end] = 0;
        status = STATUS_SUCCESS;
        for (USHORT i = 0; i < text.Length / sizeof(WCHAR); i++)
            if (text.Buffer[i] == '\\')
                status = STATUS_OBJECT_NAME_INVALID;
    }
    if (NT_SUCCESS(status))
        status = fs_resolve(base, &text, path);
    if (status == STATUS_SUCCESS || status == STATUS_OBJECT_NAME_NOT_FOUND)
        status = rename_to(node, path, status, info->ReplaceIfExists);
    ExFreePoolWithTag(path, FS_TAG);
    return status;
}

static ULONG set_bytes(ULONG class)
{
    switch (class) {
    case FileBasicInformation:
        return sizeof(FILE_BASIC_INFORMATION);
    case FileDispositionInformation:
        return sizeof(FILE_DISPOSITION_INFORMATION);
    case FileEndOfFileInformation:
    case FileAllocationInformation:
        return sizeof(FILE_END_OF_FILE_INFORMATION);
    case FileRenameInformation:
        return sizeof(FILE_RENAME_INFORMATION);
    default:
        return 0;
    }
}

NTSTATUS fs_set(PIRP irp, ULONG_PTR *information)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG class = stack->Parameters.QueryFile.FileInformationClass, length = stack->Parameters.QueryFile.Length, bytes = set_bytes(class);
    struct fs_node *node = fs_node(stack->FileObject);
    struct fs_open *open = fs_open(stack->FileObject);
    PVOID in = irp->AssociatedIrp.SystemBuffer;
    struct host_file_info info;

    if (!bytes)
        return STATUS_INVALID_INFO_CLASS;
    if (length < bytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    switch (class) {
    case FileBasicInformation:
        return set_basic(open, in, node->is_folder);
    case FileDispositionInformation:
        return set_disposition(node, open, ((FILE_DISPOSITION_INFORMATION *)in)->DeleteFile);
    case FileRenameInformation:
        return rename(node, in, length);
    case FileAllocationInformation: /* room for later is the host's matter; less than the file has cuts it */
        if (host.file_info(open->fd, &info) != 0 || ((FILE_END_OF_FILE_INFORMATION *)in)->EndOfFile.QuadPart >= (LONGLONG)info.bytes)
            return node->is_folder ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
        return resize(node, open, ((FILE_END_OF_FILE_INFORMATION *)in)->EndOfFile.QuadPart);
    default:
        return resize(node, open, ((FILE_END_OF_FILE_INFORMATION *)in)->EndOfFile.QuadPart);
    }
}
