/* ZwLoadDriver and ZwUnloadDriver (EXE-036): drivers by the path of their service key, whose ImagePath says where the image is
 * (imagepath.c). DriverEntry and Unload run on a system thread, as for any start and stop. */
#include "nt/io/io_private.h"

#include "ddi/text.h"
#include "nt/dbg/dbg.h"

static UNICODE_STRING last_element(PCUNICODE_STRING path)
{
    USHORT from = path->Length / sizeof(WCHAR);

    while (from > 0 && path->Buffer[from - 1] != '\\')
        from--;
    return (UNICODE_STRING){(USHORT)(path->Length - from * sizeof(WCHAR)), (USHORT)(path->Length - from * sizeof(WCHAR)), path->Buffer + from};
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

static NTSTATUS find_driver(PCUNICODE_STRING service, PVOID *object)
{
    WCHAR buffer[8 + 256 + 1] = u"\\Driver\\"; /* a service has 256 characters at most */
    UNICODE_STRING name = {16, sizeof(buffer), buffer};

    if (service->Length + name.Length > sizeof(buffer))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    __builtin_memcpy(buffer + 8, service->Buffer, service->Length);
    name.Length = (USHORT)(name.Length + service->Length);
    return ob_lookup(&name, OBJ_CASE_INSENSITIVE, object, NULL, NULL);
}

NTSTATUS NTAPI ZwLoadDriver(PUNICODE_STRING DriverServiceName)
{
    char message[512], line[600], *path;
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
    status = io_image_find(DriverServiceName, &service, &path);
    if (!NT_SUCCESS(status))
        return status;
    status = io_driver_load(path, &service, &driver, message, sizeof(message));
    ExFreePool(path);
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
