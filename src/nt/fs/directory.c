/* What is in a folder (EXE-540). The first query, and each that asks to start anew, reads the names that match; later ones go on in what was
 * read. Names come sorted, as NTFS gives them, so that two runs see the same. Serialised per file by fs_lock. */
#include "nt/fs/fs_private.h"

struct fs_scan {
    UNICODE_STRING pattern; /* Buffer NULL: all */
    UNICODE_STRING *names;
    ULONG count, room, next;
    NTSTATUS status;
};

static void forget_names(struct fs_scan *scan)
{
    for (ULONG i = 0; i < scan->count; i++)
        ExFreePoolWithTag(scan->names[i].Buffer, FS_TAG);
    if (scan->names)
        ExFreePoolWithTag(scan->names, FS_TAG);
    scan->names = NULL;
    scan->count = scan->room = scan->next = 0;
}

void fs_scan_free(struct fs_scan *scan)
{
    if (!scan)
        return;
    forget_names(scan);
    if (scan->pattern.Buffer)
        ExFreePoolWithTag(scan->pattern.Buffer, FS_TAG);
    ExFreePoolWithTag(scan, FS_TAG);
}

/* '*' any characters, '?' one; '<', '>' and '"' are what Win32 makes of "*.", "?" and "." of old patterns. */
static bool matches(const UNICODE_STRING *pattern, const UNICODE_STRING *name)
{
    ULONG p = 0, n = 0, pattern_chars = pattern->Length / (ULONG)sizeof(WCHAR), name_chars = name->Length / (ULONG)sizeof(WCHAR);
    ULONG star = (ULONG)-1, star_n = 0;

    while (n < name_chars) {
        WCHAR c = p < pattern_chars ? pattern->Buffer[p] : 0;

        if (p < pattern_chars && (c == '*' || c == '<')) {
            star = p++;
            star_n = n;
        } else if (p < pattern_chars && (c == '?' || c == '>' || RtlUpcaseUnicodeChar(c == '"' ? '.' : c) == RtlUpcaseUnicodeChar(name->Buffer[n]))) {
            p++;
            n++;
        } else if (star != (ULONG)-1) {
            p = star + 1;
            n = ++star_n;
        } else {
            return false;
        }
    }
    while (p < pattern_chars && (pattern->Buffer[p] == '*' || pattern->Buffer[p] == '<' || pattern->Buffer[p] == '>'))
        p++;
    return p == pattern_chars;
}

static bool grow(struct fs_scan *scan)
{
    ULONG room = scan->room ? scan->room * 2 : 32;
    UNICODE_STRING *names = ExAllocatePool2(POOL_FLAG_NON_PAGED, room * sizeof(*names), FS_TAG);

    if (!names)
        return false;
    if (scan->names) {
        __builtin_memcpy(names, scan->names, scan->count * sizeof(*names));
        ExFreePoolWithTag(scan->names, FS_TAG);
    }
    scan->names = names;
    scan->room = room;
    return true;
}

static bool add(void *ctx, const char *host_name)
{
    struct fs_scan *scan = ctx;
    UNICODE_STRING name;
    ULONG low = 0, high = scan->count;
    NTSTATUS status = fs_name_of(host_name, &name);

    if (status == STATUS_OBJECT_NAME_INVALID)
        return true;
    if (NT_SUCCESS(status) && scan->pattern.Buffer && !matches(&scan->pattern, &name)) {
        ExFreePoolWithTag(name.Buffer, FS_TAG);
        return true;
    }
    if (NT_SUCCESS(status) && scan->count == scan->room && !grow(scan)) {
        ExFreePoolWithTag(name.Buffer, FS_TAG);
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!NT_SUCCESS(status)) {
        scan->status = status;
        return false;
    }
    while (low < high) {
        ULONG middle = (low + high) / 2;

        if (RtlCompareUnicodeString(&scan->names[middle], &name, TRUE) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    __builtin_memmove(&scan->names[low + 1], &scan->names[low], (scan->count - low) * sizeof(name));
    scan->names[low] = name;
    scan->count++;
    return true;
}

static NTSTATUS read_names(struct fs_scan *scan, struct fs_node *node, int fd)
{
    int err;

    forget_names(scan);
    scan->status = STATUS_SUCCESS;
    if (!node->path[0] || (add(scan, ".") && add(scan, ".."))) { /* the root has neither */
        err = host.list_folder(fd, add, scan);
        if (err)
            scan->status = fs_status(err);
    }
    if (!NT_SUCCESS(scan->status))
        forget_names(scan);
    return scan->status;
}

/* The pattern of the first query stays. */
static NTSTATUS begin(PFILE_OBJECT file, PCUNICODE_STRING pattern)
{
    struct fs_scan *scan = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*scan), FS_TAG);

    if (!scan)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (pattern && pattern->Length) {
        scan->pattern.Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, pattern->Length, FS_TAG);
        if (!scan->pattern.Buffer) {
            ExFreePoolWithTag(scan, FS_TAG);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        scan->pattern.Length = scan->pattern.MaximumLength = pattern->Length;
        __builtin_memcpy(scan->pattern.Buffer, pattern->Buffer, pattern->Length);
    }
    fs_open(file)->scan = scan;
    return STATUS_SUCCESS;
}

bool fs_folder_is_empty(int fd)
{
    struct fs_scan scan = {0};
    bool empty;

    empty = host.list_folder(fd, add, &scan) == 0 && NT_SUCCESS(scan.status) && !scan.count;
    forget_names(&scan);
    return empty;
}

/* ---- entries ---- */
static ULONG name_offset(ULONG class)
{
    switch (class) {
    case FileDirectoryInformation:
        return FIELD_OFFSET(FILE_DIRECTORY_INFORMATION, FileName);
    case FileFullDirectoryInformation:
        return FIELD_OFFSET(FILE_FULL_DIR_INFORMATION, FileName);
    case FileBothDirectoryInformation:
        return FIELD_OFFSET(FILE_BOTH_DIR_INFORMATION, FileName);
    case FileNamesInformation:
        return FIELD_OFFSET(FILE_NAMES_INFORMATION, FileName);
    default:
        return 0;
    }
}

/* False: it went meanwhile. The parent of the root's folders is the root itself. */
static bool entry_info(struct fs_node *node, int fd, const UNICODE_STRING *name, struct fs_path *path)
{
    ULONG chars = name->Length / (ULONG)sizeof(WCHAR);

    if (name->Buffer[0] == '.' && (chars == 1 || (chars == 2 && name->Buffer[1] == '.')))
        return host.file_info(fd, &path->info) == 0;
    return NT_SUCCESS(fs_resolve(node->path, name, path));
}

static void fill(ULONG class, const struct host_file_info *i, const UNICODE_STRING *name, UCHAR *out)
{
    FILE_DIRECTORY_INFORMATION *d = (FILE_DIRECTORY_INFORMATION *)out; /* what Full and Both begin with */

    __builtin_memset(out, 0, name_offset(class));
    if (class == FileNamesInformation) {
        ((FILE_NAMES_INFORMATION *)out)->FileNameLength = name->Length;
        return;
    }
    d->CreationTime.QuadPart = i->created;
    d->LastAccessTime.QuadPart = i->accessed;
    d->LastWriteTime.QuadPart = i->written;
    d->ChangeTime.QuadPart = i->changed;
    d->EndOfFile.QuadPart = i->is_folder ? 0 : (LONGLONG)i->bytes;
    d->AllocationSize.QuadPart = i->is_folder ? 0 : (LONGLONG)i->allocated;
    d->FileAttributes = fs_attributes(i);
    d->FileNameLength = name->Length;
}

struct query {
    struct fs_node *node;
    struct fs_scan *scan;
    struct fs_path *path;
    int fd;
    ULONG class, room;
    bool single;
    UCHAR *out;
};

static NTSTATUS put_entries(struct query *q, ULONG_PTR *information)
{
    ULONG used = 0, head = name_offset(q->class);
    UCHAR *before = NULL;

    for (; q->scan->next < q->scan->count && !(q->single && before); q->scan->next++) {
        UNICODE_STRING *name = &q->scan->names[q->scan->next];
        ULONG at = (used + 7) & ~7u, bytes = name->Length;

        if (q->class != FileNamesInformation && !entry_info(q->node, q->fd, name, q->path))
            continue;
        if (at + head + bytes > q->room) {
            if (before)
                break;
            if (q->room < head)
                return STATUS_INFO_LENGTH_MISMATCH;
            fill(q->class, &q->path->info, name, q->out); /* as much of the first name as there is room for */
            __builtin_memcpy(q->out + head, name->Buffer, q->room - head);
            *information = q->room;
            return STATUS_BUFFER_OVERFLOW;
        }
        fill(q->class, &q->path->info, name, q->out + at);
        __builtin_memcpy(q->out + at + head, name->Buffer, bytes);
        if (before)
            *(ULONG *)before = (ULONG)(q->out + at - before);
        before = q->out + at;
        used = at + head + bytes;
    }
    *information = used;
    return before ? STATUS_SUCCESS : STATUS_NO_MORE_FILES;
}

NTSTATUS fs_directory(PIRP irp, ULONG_PTR *information)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PFILE_OBJECT file = stack->FileObject;
    struct query q = {.node = fs_node(file), .fd = fs_open(file)->fd, .class = stack->Parameters.QueryDirectory.FileInformationClass,
                      .room = stack->Parameters.QueryDirectory.Length, .single = stack->Flags & SL_RETURN_SINGLE_ENTRY,
                      .out = irp->AssociatedIrp.SystemBuffer};
    NTSTATUS status = STATUS_SUCCESS;
    bool first;

    if (stack->MinorFunction != IRP_MN_QUERY_DIRECTORY)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!q.node->is_folder)
        return STATUS_INVALID_PARAMETER;
    if (!name_offset(q.class))
        return STATUS_INVALID_INFO_CLASS;
    if (q.room < name_offset(q.class))
        return STATUS_INFO_LENGTH_MISMATCH;
    q.path = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*q.path), FS_TAG);
    if (!q.path)
        return STATUS_INSUFFICIENT_RESOURCES;
    fs_lock();
    first = !fs_open(file)->scan;
    if (first)
        status = begin(file, stack->Parameters.QueryDirectory.FileName);
    q.scan = fs_open(file)->scan;
    if (NT_SUCCESS(status) && (first || (stack->Flags & SL_RESTART_SCAN)))
        status = read_names(q.scan, q.node, q.fd);
    if (NT_SUCCESS(status))
        status = put_entries(&q, information);
    if (status == STATUS_NO_MORE_FILES && first)
        status = STATUS_NO_SUCH_FILE;
    fs_unlock();
    ExFreePoolWithTag(q.path, FS_TAG);
    return status;
}
