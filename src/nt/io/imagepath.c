/* Where a service's image is: what ImagePath names (EXE-035), as a path of the host.
 *
 * A machine has no disk. [W] Its \SystemRoot\System32\drivers holds what is in the folders of the drivers that were started, the first folder
 * first, and that is the only folder there is. Each started driver has its ImagePath there. At PASSIVE_LEVEL; the list is under load_lock. */
#include "nt/io/io_private.h"

#include "host/host.h"
#include "nt/cm/cm.h"

#define TAG_PATH 0x50496F49 /* "IoIP" */

struct folder {
    struct folder *next;
    size_t bytes;
    char path[]; /* with its slash; not terminated; nothing: the working directory */
};
static struct folder *folders; /* in the pool, which goes with the machine */

void io_folders_start(void)
{
    folders = NULL;
}

size_t io_folder_bytes(const char *path)
{
    size_t bytes = 0;

    for (size_t i = 0; path[i]; i++)
        if (path[i] == '/')
            bytes = i + 1;
    return bytes;
}

NTSTATUS io_folder_add(const char *path)
{
    size_t bytes = io_folder_bytes(path);
    struct folder **link = &folders, *folder;

    for (; *link; link = &(*link)->next)
        if ((*link)->bytes == bytes && RtlEqualMemory((*link)->path, path, bytes))
            return STATUS_SUCCESS;
    folder = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*folder) + bytes, TAG_PATH);
    if (!folder)
        return STATUS_INSUFFICIENT_RESOURCES;
    folder->bytes = bytes;
    __builtin_memcpy(folder->path, path, bytes);
    *link = folder;
    return STATUS_SUCCESS;
}

NTSTATUS io_image_path_set(PCUNICODE_STRING key_path, const char *path)
{
    static const WCHAR folder[] = u"\\SystemRoot\\System32\\drivers\\";
    static const UNICODE_STRING name = RTL_CONSTANT_STRING(L"ImagePath");
    const char *file = path + io_folder_bytes(path);
    ULONG head = sizeof(folder) - sizeof(WCHAR), bytes = 0, length = 0;
    NTSTATUS status;
    PWCH text;

    while (file[length])
        length++;
    text = ExAllocatePool2(POOL_FLAG_NON_PAGED, head + (length + 1) * sizeof(WCHAR), TAG_PATH);
    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    __builtin_memcpy(text, folder, head);
    RtlUTF8ToUnicodeN(text + head / sizeof(WCHAR), length * sizeof(WCHAR), &bytes, file, length);
    status = (NTSTATUS)cm_set(key_path, &name, REG_EXPAND_SZ, text, head + bytes + sizeof(WCHAR));
    ExFreePoolWithTag(text, TAG_PATH);
    return status;
}

/* The file's name, when the path leads to the drivers' folder. A path without root begins at \SystemRoot. */
static bool in_drivers(UNICODE_STRING path, UNICODE_STRING *file)
{
    static const UNICODE_STRING starts[] = {
        RTL_CONSTANT_STRING(L"\\SystemRoot\\System32\\drivers\\"), RTL_CONSTANT_STRING(L"System32\\drivers\\"),
        RTL_CONSTANT_STRING(L"\\??\\C:\\Windows\\System32\\drivers\\"), RTL_CONSTANT_STRING(L"\\DosDevices\\C:\\Windows\\System32\\drivers\\")};

    for (unsigned i = 0; i < RTL_NUMBER_OF(starts); i++)
        if (path.Length > starts[i].Length && RtlPrefixUnicodeString(&starts[i], &path, TRUE)) {
            *file = (UNICODE_STRING){(USHORT)(path.Length - starts[i].Length), (USHORT)(path.Length - starts[i].Length),
                                     path.Buffer + starts[i].Length / sizeof(WCHAR)};
            for (USHORT k = 0; k < file->Length / sizeof(WCHAR); k++)
                if (file->Buffer[k] == '\\' || file->Buffer[k] == '/' || !file->Buffer[k])
                    return false;
            return true;
        }
    return false;
}

/* The file in the first folder that has it; ExFreePool(*path). */
static NTSTATUS find(PCUNICODE_STRING file, PCSTR suffix, char **path)
{
    ULONG bytes = 0, room = file->Length / sizeof(WCHAR) * 3 + 8;
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;

    io_load_lock();
    for (struct folder *f = folders; f && status == STATUS_OBJECT_NAME_NOT_FOUND; f = f->next) {
        char *text = ExAllocatePool2(POOL_FLAG_NON_PAGED, f->bytes + room, TAG_PATH);
        size_t file_bytes;
        void *data;

        if (!text) {
            status = STATUS_INSUFFICIENT_RESOURCES;
            break;
        }
        __builtin_memcpy(text, f->path, f->bytes);
        RtlUnicodeToUTF8N(text + f->bytes, room - 8, &bytes, file->Buffer, file->Length);
        for (unsigned i = 0; suffix[i]; i++)
            text[f->bytes + bytes + i] = suffix[i];
        if (host.read_file(text, &data, &file_bytes) == 0) {
            host.release(data);
            *path = text;
            status = STATUS_SUCCESS;
        } else {
            ExFreePoolWithTag(text, TAG_PATH);
        }
    }
    io_load_unlock();
    return status;
}

NTSTATUS io_image_find(PCUNICODE_STRING key_path, PCUNICODE_STRING service, char **path)
{
    static const UNICODE_STRING type_name = RTL_CONSTANT_STRING(L"Type"), image_name = RTL_CONSTANT_STRING(L"ImagePath");
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    UNICODE_STRING text, file;
    ULONG type, bytes;
    PVOID value = cm_get(key_path, &type_name, &type, &bytes);

    if (!value)
        return status;
    ExFreePool(value);
    value = cm_get(key_path, &image_name, &type, &bytes);
    if (!value)
        return find(service, ".sys", path);
    text = (UNICODE_STRING){(USHORT)(bytes & ~1u), (USHORT)bytes, value};
    while (text.Length && !text.Buffer[text.Length / sizeof(WCHAR) - 1])
        text.Length -= sizeof(WCHAR);
    if ((type == REG_SZ || type == REG_EXPAND_SZ) && bytes <= MAXUSHORT && in_drivers(text, &file))
        status = find(&file, "", path);
    ExFreePool(value);
    return status;
}
