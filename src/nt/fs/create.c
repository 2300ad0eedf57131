/* Files from IRP_MJ_CREATE to IRP_MJ_CLOSE: found or made on the host, shared, deleted when the last handle of one that is to be deleted is
 * closed (EXE-304, EXE-305, EXE-540). */
#include "nt/fs/fs_private.h"

#include "base/err.h"
#include "wdm.h"

#define WRITES (FILE_WRITE_DATA | FILE_APPEND_DATA)
#define RETRIES 8 /* somebody on the host makes and removes the same name */

struct create {
    PFILE_OBJECT file;
    ACCESS_MASK access;
    ULONG options, disposition, share, attributes;
    struct fs_path path;
    struct fs_open *open;
    char *node_path;
};

static ULONG result(ULONG disposition)
{
    return disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED
           : disposition == FILE_OVERWRITE || disposition == FILE_OVERWRITE_IF ? FILE_OVERWRITTEN : FILE_OPENED;
}

static bool replaces(const struct create *c)
{
    return result(c->disposition) != FILE_OPENED;
}

/* What is there: may it be opened so? */
static NTSTATUS check_existing(const struct create *c, ULONG_PTR *information)
{
    const struct host_file_info *info = &c->path.info;

    if (c->disposition == FILE_CREATE) {
        *information = FILE_EXISTS;
        return STATUS_OBJECT_NAME_COLLISION;
    }
    if (info->is_folder && (c->options & FILE_NON_DIRECTORY_FILE))
        return STATUS_FILE_IS_A_DIRECTORY;
    if (!info->is_folder && (c->path.wants_folder || (c->options & FILE_DIRECTORY_FILE)))
        return c->path.wants_folder ? STATUS_OBJECT_NAME_INVALID : STATUS_NOT_A_DIRECTORY;
    if (info->is_folder && replaces(c))
        return STATUS_OBJECT_NAME_COLLISION;
    if (info->is_readonly && !info->is_folder && ((c->access & WRITES) || replaces(c)))
        return STATUS_ACCESS_DENIED;
    if ((c->options & FILE_DELETE_ON_CLOSE) && (info->is_readonly || !c->path.bytes))
        return STATUS_CANNOT_DELETE;
    return STATUS_SUCCESS;
}

static int open_existing(struct create *c)
{
    unsigned how = HOST_OPEN_READ;

    if (!c->path.info.is_folder && ((c->access & WRITES) || replaces(c)))
        how |= HOST_OPEN_WRITE;
    return host.open_below(fs_root, c->path.text, how);
}

static int make_new(struct create *c)
{
    int err;

    if (c->options & FILE_DIRECTORY_FILE) {
        err = host.make_folder(fs_root, c->path.text);
        return err ? err : host.open_below(fs_root, c->path.text, HOST_OPEN_READ);
    }
    return host.open_below(fs_root, c->path.text,
                           HOST_OPEN_READ | HOST_OPEN_WRITE | HOST_OPEN_CREATE | (c->attributes & FILE_ATTRIBUTE_READONLY ? HOST_OPEN_READONLY : 0));
}

/* The open file of the host, or a status. Somebody may be quicker than we: then what is there is looked at again. */
static NTSTATUS open_on_host(struct create *c, const char *base, PCUNICODE_STRING name, ULONG_PTR *information)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (unsigned turn = 0; turn < RETRIES; turn++) {
        int fd;

        status = fs_resolve(base, name, &c->path);
        if (NT_SUCCESS(status)) {
            status = check_existing(c, information);
            if (!NT_SUCCESS(status))
                return status;
            fd = open_existing(c);
            *information = result(c->disposition);
        } else {
            if (status != STATUS_OBJECT_NAME_NOT_FOUND)
                return status;
            *information = FILE_DOES_NOT_EXIST;
            if (c->disposition == FILE_OPEN || c->disposition == FILE_OVERWRITE)
                return status;
            if (c->path.wants_folder && !(c->options & FILE_DIRECTORY_FILE))
                return STATUS_OBJECT_NAME_INVALID;
            fd = make_new(c);
            *information = FILE_CREATED;
        }
        if (fd >= 0) {
            c->open->fd = fd;
            return STATUS_SUCCESS;
        }
        status = fs_status(fd);
        if (fd != -WK_EEXIST && fd != -WK_ENOENT)
            return status;
    }
    return status;
}

struct fs_node *fs_node_find(ULONG64 device, ULONG64 inode)
{
    for (PLIST_ENTRY e = fs_nodes.Flink; e != &fs_nodes; e = e->Flink) {
        struct fs_node *node = CONTAINING_RECORD(e, struct fs_node, entry);

        if (node->device == device && node->inode == inode)
            return node;
    }
    return NULL;
}

static char *copy_text(const struct fs_path *path)
{
    char *text = ExAllocatePool2(POOL_FLAG_NON_PAGED, path->bytes + 1, FS_TAG);

    if (text)
        __builtin_memcpy(text, path->text, path->bytes + 1);
    return text;
}

/* Under fs_lock. */
static NTSTATUS share(struct create *c, struct fs_node *node)
{
    if (node->delete_pending)
        return STATUS_DELETE_PENDING;
    if (node->handles)
        return IoCheckShareAccess(c->access, c->share, c->file, &node->share, TRUE);
    IoSetShareAccess(c->access, c->share, c->file, &node->share);
    return STATUS_SUCCESS;
}

/* The file joins the node of what is open, or makes it. */
static NTSTATUS join(struct create *c)
{
    struct fs_node *made = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*made), FS_TAG), *node;
    char *text = copy_text(&c->path);
    NTSTATUS status;

    if (!made || !text) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto out;
    }
    fs_lock();
    node = fs_node_find(c->path.info.device, c->path.info.inode);
    if (!node) {
        node = made;
        *node = (struct fs_node){.device = c->path.info.device, .inode = c->path.info.inode, .is_folder = c->path.info.is_folder, .path = text};
        InsertTailList(&fs_nodes, &node->entry);
        made = NULL;
        text = NULL;
    }
    status = share(c, node);
    if (NT_SUCCESS(status) && replaces(c) && !c->path.info.is_folder)
        status = fs_status(host.file_resize(c->open->fd, 0));
    if (NT_SUCCESS(status)) {
        node->references++;
        node->handles++;
        c->file->FsContext = node;
        c->file->FsContext2 = c->open;
    } else if (!node->references) {
        RemoveEntryList(&node->entry);
        made = node;
        text = node->path;
    }
    fs_unlock();
out:
    if (made)
        ExFreePoolWithTag(made, FS_TAG);
    if (text)
        ExFreePoolWithTag(text, FS_TAG);
    return status;
}

static NTSTATUS create(struct create *c, ULONG_PTR *information)
{
    PFILE_OBJECT related = c->file->RelatedFileObject;
    NTSTATUS status;
    char *base = NULL;
    int err;

    if (related) { /* its path may change meanwhile */
        struct fs_node *node = fs_node(related);
        size_t bytes;

        fs_lock();
        bytes = rtl_crt_strlen(node->path);
        base = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes + 1, FS_TAG);
        if (base)
            __builtin_memcpy(base, node->path, bytes + 1);
        fs_unlock();
        if (!base)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = open_on_host(c, base ? base : "", &c->file->FileName, information);
    if (base)
        ExFreePoolWithTag(base, FS_TAG);
    if (!NT_SUCCESS(status))
        return status;
    err = host.file_info(c->open->fd, &c->path.info);
    status = err ? fs_status(err) : join(c);
    if (!NT_SUCCESS(status))
        host.close_fd(c->open->fd);
    return status;
}

NTSTATUS fs_create(PIRP irp, ULONG_PTR *information)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    struct create *c;
    NTSTATUS status;

    if (stack->Parameters.Create.Options & FILE_OPEN_BY_FILE_ID)
        return STATUS_NOT_SUPPORTED;
    if (!stack->FileObject->FileName.Length && !stack->FileObject->RelatedFileObject)
        return STATUS_ACCESS_DENIED; /* the volume itself */
    c = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*c), FS_TAG);
    if (!c)
        return STATUS_INSUFFICIENT_RESOURCES;
    c->open = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*c->open), FS_TAG);
    c->file = stack->FileObject;
    c->access = stack->Parameters.Create.SecurityContext->DesiredAccess;
    c->options = stack->Parameters.Create.Options & 0x00FFFFFF;
    c->disposition = stack->Parameters.Create.Options >> 24;
    c->share = stack->Parameters.Create.ShareAccess;
    c->attributes = stack->Parameters.Create.FileAttributes;
    if (!c->open)
        status = STATUS_INSUFFICIENT_RESOURCES;
    else if ((c->options & FILE_DIRECTORY_FILE) && replaces(c))
        status = STATUS_INVALID_PARAMETER;
    else if ((c->options & FILE_DELETE_ON_CLOSE) && !(c->access & DELETE))
        status = STATUS_INVALID_PARAMETER;
    else {
        c->open->access = c->access;
        c->open->delete_on_close = c->options & FILE_DELETE_ON_CLOSE;
        status = create(c, information);
    }
    if (!NT_SUCCESS(status) && c->open)
        ExFreePoolWithTag(c->open, FS_TAG);
    ExFreePoolWithTag(c, FS_TAG);
    return status;
}

NTSTATUS fs_may_delete(struct fs_node *node, int fd)
{
    struct host_file_info info;
    int err = host.file_info(fd, &info);

    if (err)
        return fs_status(err);
    if (info.is_readonly || !node->path[0])
        return STATUS_CANNOT_DELETE;
    return node->is_folder && !fs_folder_is_empty(fd) ? STATUS_DIRECTORY_NOT_EMPTY : STATUS_SUCCESS;
}

/* The last handle: what was to be deleted goes from the host, if it is still what is there under its path. */
static void delete_now(struct fs_node *node)
{
    struct host_file_info info;
    int fd = host.open_below(fs_root, node->path, HOST_OPEN_PROBE), err;

    if (fd < 0)
        return;
    err = host.file_info(fd, &info);
    host.close_fd(fd);
    if (err || info.device != node->device || info.inode != node->inode)
        return;
    err = host.remove_below(fs_root, node->path, node->is_folder);
    node->deleted = err == 0;
    node->delete_pending = err == 0; /* a folder that something was put into stays */
}

NTSTATUS fs_cleanup(PIRP irp, ULONG_PTR *information)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
    struct fs_node *node = fs_node(file);

    fs_lock();
    if (fs_open(file)->delete_on_close)
        node->delete_pending = true;
    IoRemoveShareAccess(file, &node->share);
    if (--node->handles == 0 && node->delete_pending && !node->deleted)
        delete_now(node);
    fs_unlock();
    return STATUS_SUCCESS;
}

NTSTATUS fs_close(PIRP irp, ULONG_PTR *information)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
    struct fs_node *node = fs_node(file);
    struct fs_open *open = fs_open(file);
    bool last;

    fs_lock();
    last = --node->references == 0;
    if (last)
        RemoveEntryList(&node->entry);
    fs_unlock();
    host.close_fd(open->fd);
    fs_scan_free(open->scan);
    ExFreePoolWithTag(open, FS_TAG);
    if (last) {
        ExFreePoolWithTag(node->path, FS_TAG);
        ExFreePoolWithTag(node, FS_TAG);
    }
    return STATUS_SUCCESS;
}
