/* What setup would have written about a device (EXE-339): its key under Enum, its driver's under Control\Class; opening them. */
#include "pnp_private.h"

#include "nt/mm/mm.h"

#define PATH_CHARS 200
static const WCHAR enum_root[] = u"\\Registry\\Machine\\System\\CurrentControlSet\\Enum\\";
static const WCHAR class_root[] = u"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Class\\" PNP_CLASS_GUID u"\\";

static ULONG append(WCHAR *out, ULONG used, const WCHAR *text)
{
    while (*text)
        out[used++] = *text++;
    out[used] = 0;
    return used;
}

static void put_number(WCHAR *out, ULONG number)
{
    for (int i = 3; i >= 0; i--, number /= 10)
        out[i] = (WCHAR)(u'0' + number % 10);
    out[4] = 0;
}

void pnp_instance(struct pnp_node *node, WCHAR *out)
{
    put_number(out + append(out, 0, u"ROOT\\NET\\"), node->number);
}

NTSTATUS pnp_key_path(struct pnp_node *node, ULONG which, UNICODE_STRING *out)
{
    WCHAR *path = ExAllocatePool2(POOL_FLAG_NON_PAGED, PATH_CHARS * sizeof(WCHAR), PNP_TAG);
    ULONG used;

    if (!path)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (which == PLUGPLAY_REGKEY_DRIVER) {
        used = append(path, 0, class_root);
        put_number(path + used, node->number);
        used += 4;
    } else {
        used = append(path, 0, enum_root);
        pnp_instance(node, path + used);
        used += 13;
        if (which == PLUGPLAY_REGKEY_DEVICE)
            used = append(path, used, u"\\Device Parameters");
    }
    *out = (UNICODE_STRING){(USHORT)(used * sizeof(WCHAR)), PATH_CHARS * sizeof(WCHAR), path};
    return STATUS_SUCCESS;
}

static NTSTATUS set(PCUNICODE_STRING key, PCWSTR name, ULONG type, const void *data, ULONG bytes)
{
    UNICODE_STRING value;

    RtlInitUnicodeString(&value, name);
    return (NTSTATUS)cm_set(key, &value, type, data, bytes);
}

NTSTATUS pnp_write_registry(struct pnp_node *node)
{
    static const WCHAR class_guid[] = PNP_CLASS_GUID, class_name[] = u"Net", description[] = u"wskit root device";
    WCHAR driver_key[] = PNP_CLASS_GUID u"\\0000";
    UNICODE_STRING path;
    NTSTATUS status = pnp_key_path(node, 0, &path);

    if (!NT_SUCCESS(status))
        return status;
    put_number(driver_key + sizeof(class_guid) / sizeof(WCHAR), node->number);
    status = set(&path, u"HardwareID", REG_MULTI_SZ, node->hardware_ids.Buffer, node->hardware_ids.Length);
    if (NT_SUCCESS(status))
        status = set(&path, u"DeviceDesc", REG_SZ, description, sizeof(description));
    if (NT_SUCCESS(status))
        status = set(&path, u"Class", REG_SZ, class_name, sizeof(class_name));
    if (NT_SUCCESS(status))
        status = set(&path, u"ClassGUID", REG_SZ, class_guid, sizeof(class_guid));
    if (NT_SUCCESS(status))
        status = set(&path, u"Driver", REG_SZ, driver_key, sizeof(driver_key));
    if (NT_SUCCESS(status))
        status = set(&path, u"Service", REG_SZ, node->driver->DriverExtension->ServiceKeyName.Buffer,
                     node->driver->DriverExtension->ServiceKeyName.Length + (ULONG)sizeof(WCHAR));
    ExFreePool(path.Buffer);
    for (ULONG which = PLUGPLAY_REGKEY_DEVICE; which <= PLUGPLAY_REGKEY_DRIVER && NT_SUCCESS(status); which++) {
        status = pnp_key_path(node, which, &path);
        if (!NT_SUCCESS(status))
            break;
        status = (NTSTATUS)cm_set(&path, NULL, 0, NULL, 0);
        ExFreePool(path.Buffer);
    }
    return status;
}

NTSTATUS NTAPI IoOpenDeviceRegistryKey(PDEVICE_OBJECT DeviceObject, ULONG DevInstKeyType, ACCESS_MASK DesiredAccess, PHANDLE DeviceRegKey)
{
    struct pnp_node *node = pnp_node_of(DeviceObject);
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path;
    NTSTATUS status;

    *DeviceRegKey = NULL;
    if (!node)
        return STATUS_INVALID_DEVICE_REQUEST;
    status = DevInstKeyType == PLUGPLAY_REGKEY_DEVICE || DevInstKeyType == PLUGPLAY_REGKEY_DRIVER ? pnp_key_path(node, DevInstKeyType, &path)
                                                                                                : STATUS_INVALID_PARAMETER;
    pnp_node_put(node);
    if (!NT_SUCCESS(status))
        return status;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwOpenKey(DeviceRegKey, DesiredAccess, &attributes);
    ExFreePool(path.Buffer);
    return status;
}
