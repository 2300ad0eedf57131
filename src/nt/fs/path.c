/* Names of the volume and paths of the host: parts between '\' and '/', UTF-16 and UTF-8, case that does not count and case that does. */
#include "nt/fs/fs_private.h"

#include "base/err.h"

/* What Windows takes in no name, and what would be more than one part on the host. */
static bool part_is_valid(const WCHAR *part, ULONG chars)
{
    if (!chars || (part[0] == '.' && (chars == 1 || (chars == 2 && part[1] == '.'))))
        return false;
    for (ULONG i = 0; i < chars; i++)
        switch (part[i]) {
        case '/': case ':': case '*': case '?': case '"': case '<': case '>': case '|':
            return false;
        default:
            if (part[i] < 32)
                return false;
        }
    return true;
}

NTSTATUS fs_name_of(const char *host_name, UNICODE_STRING *out)
{
    ULONG length = (ULONG)rtl_crt_strlen(host_name), bytes = 0;
    NTSTATUS status;

    *out = (UNICODE_STRING){0};
    out->Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, (length + 1) * sizeof(WCHAR), FS_TAG);
    if (!out->Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = RtlUTF8ToUnicodeN(out->Buffer, length * sizeof(WCHAR), &bytes, host_name, length);
    if (status != STATUS_SUCCESS) { /* not UTF-8: no name here */
        ExFreePoolWithTag(out->Buffer, FS_TAG);
        out->Buffer = NULL;
        return STATUS_OBJECT_NAME_INVALID;
    }
    out->Length = out->MaximumLength = (USHORT)bytes;
    return STATUS_SUCCESS;
}

struct search {
    UNICODE_STRING part;
    char *out;
    size_t room;
    NTSTATUS status; /* STATUS_OBJECT_NAME_NOT_FOUND until it is found */
};

static bool compare(void *ctx, const char *name)
{
    struct search *s = ctx;
    UNICODE_STRING text;
    NTSTATUS status = fs_name_of(name, &text);
    size_t bytes;

    if (status == STATUS_INSUFFICIENT_RESOURCES)
        s->status = status;
    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_NAME_INVALID;
    if (RtlEqualUnicodeString(&text, &s->part, TRUE)) {
        bytes = rtl_crt_strlen(name);
        s->status = bytes < s->room ? STATUS_SUCCESS : STATUS_OBJECT_NAME_INVALID;
        if (NT_SUCCESS(s->status))
            __builtin_memcpy(s->out, name, bytes + 1);
    }
    ExFreePoolWithTag(text.Buffer, FS_TAG);
    return s->status == STATUS_OBJECT_NAME_NOT_FOUND;
}

/* The last part of the path, which begins at `part`, is not there as it is written: is it in another case? */
static NTSTATUS in_any_case(struct fs_path *path, size_t folder_bytes, size_t part_at, const UNICODE_STRING *part)
{
    struct search s = {.part = *part, .out = path->text + part_at, .room = sizeof(path->text) - part_at, .status = STATUS_OBJECT_NAME_NOT_FOUND};
    char end = path->text[folder_bytes];
    int fd, err;

    path->text[folder_bytes] = 0;
    fd = host.open_below(fs_root, path->text, HOST_OPEN_READ);
    path->text[folder_bytes] = end;
    if (fd < 0)
        return fs_status(fd);
    err = host.list_folder(fd, compare, &s);
    host.close_fd(fd);
    return err ? fs_status(err) : s.status;
}

static int probe(struct fs_path *path)
{
    int fd = host.open_below(fs_root, path->text, HOST_OPEN_PROBE), err;

    if (fd < 0)
        return fd;
    err = host.file_info(fd, &path->info);
    host.close_fd(fd);
    return err;
}

/* Appends one part; path is that of a folder that is there. */
static NTSTATUS step(struct fs_path *path, const WCHAR *part, ULONG chars)
{
    UNICODE_STRING text = {(USHORT)(chars * sizeof(WCHAR)), (USHORT)(chars * sizeof(WCHAR)), (PWCH)part};
    size_t folder_bytes = path->bytes, part_at = folder_bytes + (folder_bytes != 0);
    ULONG bytes = 0;
    NTSTATUS status;
    int err;

    if (!part_is_valid(part, chars))
        return STATUS_OBJECT_NAME_INVALID;
    if (part_at + 1 >= sizeof(path->text))
        return STATUS_OBJECT_NAME_INVALID;
    if (folder_bytes)
        path->text[folder_bytes] = '/';
    status = RtlUnicodeToUTF8N(path->text + part_at, (ULONG)(sizeof(path->text) - part_at - 1), &bytes, part, text.Length);
    if (status != STATUS_SUCCESS)
        return STATUS_OBJECT_NAME_INVALID;
    path->bytes = part_at + bytes;
    path->text[path->bytes] = 0;
    err = probe(path);
    if (err != -WK_ENOENT)
        return err ? fs_status(err) : STATUS_SUCCESS;
    status = in_any_case(path, folder_bytes, part_at, &text);
    if (!NT_SUCCESS(status))
        return status;
    path->bytes = rtl_crt_strlen(path->text);
    err = probe(path);
    return err ? fs_status(err) : STATUS_SUCCESS;
}

NTSTATUS fs_resolve(const char *base, PCUNICODE_STRING name, struct fs_path *out)
{
    ULONG chars = name->Length / (ULONG)sizeof(WCHAR), at = 0;
    NTSTATUS status = STATUS_SUCCESS;
    int err;

    out->bytes = rtl_crt_strlen(base);
    __builtin_memcpy(out->text, base, out->bytes + 1);
    out->wants_folder = false;
    err = probe(out);
    if (err)
        return fs_status(err);
    if (at < chars && name->Buffer[at] == '\\')
        at++;
    while (at < chars && NT_SUCCESS(status)) {
        ULONG end = at;

        while (end < chars && name->Buffer[end] != '\\')
            end++;
        if (!out->info.is_folder)
            return STATUS_OBJECT_PATH_NOT_FOUND;
        status = step(out, name->Buffer + at, end - at);
        out->wants_folder = end + 1 == chars;
        if (status == STATUS_OBJECT_NAME_NOT_FOUND && end + 1 < chars)
            status = STATUS_OBJECT_PATH_NOT_FOUND;
        at = end + 1;
    }
    return status;
}
