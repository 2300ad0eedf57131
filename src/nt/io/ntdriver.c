/* ZwLoadDriver and ZwUnloadDriver (EXE-036): drivers by the path of their service key. The image is ImagePath's last element, or <service>.sys,
 * in the folder of the driver that was loaded last [W]: a machine has no disk of its own. DriverEntry and Unload run on a system thread, as
 * for any start and stop. */
#include "nt/io/io_private.h"

#include "ddi/text.h"
#include "nt/cm/cm.h"
#include "nt/dbg/dbg.h"

#define PATH_BYTES 1024

static UNICODE_STRING last_element(PCUNICODE_STRING path)
{
    USHORT from = path->Length / sizeof(WCHAR);

    while (from > 0 && path->Buffer[from - 1] != '\\')
        from--;
    return (UNICODE_STRING){(USHORT)(path->Length - from * sizeof(WCHAR)), (USHORT)(path->Length - from * sizeof(WCHAR)), path->Buffer + from};
}

static bool append(char *path, size_t *used, PCUNICODE_STRING name)
{
    for (USHORT i = 0; i < name->Length / sizeof(WCHAR); i++) {
        WCHAR c = name->Buffer[i];

        if (*used + 8 > PATH_BYTES || c < 32 || c > 126 || c == '/')
            return false;
        path[(*used)++] = (char)c;
    }
    path[*used] = 0;
    return true;
}

static bool service_of(PUNICODE_STRING key_path, UNICODE_STRING *service)
{
    static const UNICODE_STRING prefixes[] = {RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"),
                                              RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\ControlSet001\\Services\\")};

    if (!key_path || !key_path->Buffer)
        return false;
    *service = last_element(key_path);
    for (unsigned i = 0; i < 2; i++)
        if (key_path->Length > prefixes[i].Length && RtlPrefixUnicodeString(&prefixes[i], key_path, TRUE) &&
            service->Length == key_path->Length - prefixes[i].Length)
            return true;
    return false;
}

/* The host's path of the image; false: no such key. */
static NTSTATUS image_path(PUNICODE_STRING key_path, PCUNICODE_STRING service, char *path)
{
    UNICODE_STRING type_name = RTL_CONSTANT_STRING(L"Type"), image_name = RTL_CONSTANT_STRING(L"ImagePath"), text;
    size_t used = io_driver_folder(path, PATH_BYTES);
    ULONG type, bytes;
    bool fits;
    PVOID value = cm_get(key_path, &type_name, &type, &bytes);

    if (!value)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    ExFreePool(value);
    value = cm_get(key_path, &image_name, &type, &bytes);
    if (value && (type == REG_SZ || type == REG_EXPAND_SZ) && bytes >= sizeof(WCHAR)) {
        text = (UNICODE_STRING){(USHORT)(bytes - sizeof(WCHAR)), (USHORT)bytes, value};
        text = last_element(&text);
        fits = append(path, &used, &text);
    } else {
        fits = append(path, &used, service);
        if (fits)
            __builtin_memcpy(path + used, ".sys", 5);
    }
    if (value)
        ExFreePool(value);
    return fits ? STATUS_SUCCESS : STATUS_OBJECT_NAME_INVALID;
}

static NTSTATUS find_driver(PCUNICODE_STRING service, PVOID *object)
{
    WCHAR buffer[160] = u"\\Driver\\";
    UNICODE_STRING name = {16, sizeof(buffer), buffer};

    if (service->Length + name.Length > sizeof(buffer))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    __builtin_memcpy(buffer + 8, service->Buffer, service->Length);
    name.Length = (USHORT)(name.Length + service->Length);
    return ob_lookup(&name, OBJ_CASE_INSENSITIVE, object, NULL, NULL);
}

NTSTATUS NTAPI ZwLoadDriver(PUNICODE_STRING DriverServiceName)
{
    char path[PATH_BYTES], message[512], line[600];
    UNICODE_STRING service;
    struct nt_driver *driver;
    PVOID there;
    NTSTATUS status;

    if (!service_of(DriverServiceName, &service))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    status = find_driver(&service, &there);
    if (NT_SUCCESS(status)) {
        ObfDereferenceObject(there);
        return STATUS_IMAGE_ALREADY_LOADED;
    }
    status = image_path(DriverServiceName, &service, path);
    if (NT_SUCCESS(status))
        status = io_driver_load(path, &service, &driver, message, sizeof(message));
    else
        return status;
    if (!NT_SUCCESS(status)) /* the caller gets a status only; people want to know why */
        dbg_write(line, ddi_format(line, sizeof(line), "ZwLoadDriver: %s\n", message));
    return status;
}

NTSTATUS NTAPI ZwUnloadDriver(PUNICODE_STRING DriverServiceName)
{
    UNICODE_STRING service;
    char message[256];
    PVOID driver;
    NTSTATUS status;

    if (!service_of(DriverServiceName, &service))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    status = find_driver(&service, &driver);
    if (!NT_SUCCESS(status))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    status = ob_type_of(driver) == ob_driver_type ? io_driver_unload(io_driver(driver), message, sizeof(message)) : STATUS_OBJECT_TYPE_MISMATCH;
    ObfDereferenceObject(driver);
    return status;
}
