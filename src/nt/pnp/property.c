/* IoGetDeviceProperty (EXE-339): from the node, and from what stands in its keys. */
#include "pnp_private.h"

#include "nt/mm/mm.h"

struct property {
    const void *data;
    ULONG bytes;
    PVOID owned;
};

static NTSTATUS from_registry(struct pnp_node *node, PCWSTR name, struct property *p)
{
    UNICODE_STRING path, value;
    ULONG type;
    NTSTATUS status = pnp_key_path(node, 0, &path);

    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&value, name);
    p->data = p->owned = cm_get(&path, &value, &type, &p->bytes);
    ExFreePool(path.Buffer);
    return p->data ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS pnp_device_name(PDEVICE_OBJECT device, POBJECT_NAME_INFORMATION *out)
{
    ULONG bytes = 256;

    for (;;) {
        NTSTATUS status;

        *out = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, PNP_TAG);
        if (!*out)
            return STATUS_INSUFFICIENT_RESOURCES;
        status = ObQueryNameString(device, *out, bytes, &bytes);
        if (NT_SUCCESS(status) && (*out)->Name.Length)
            return status;
        ExFreePoolWithTag(*out, PNP_TAG);
        if (status != STATUS_INFO_LENGTH_MISMATCH)
            return NT_SUCCESS(status) ? STATUS_INVALID_DEVICE_REQUEST : status;
    }
}

static NTSTATUS device_name(struct pnp_node *node, struct property *p)
{
    POBJECT_NAME_INFORMATION name;
    NTSTATUS status = pnp_device_name(node->pdo, &name);

    if (!NT_SUCCESS(status))
        return status;
    p->owned = name;
    p->data = name->Name.Buffer;
    p->bytes = name->Name.Length + (ULONG)sizeof(WCHAR);
    return status;
}

static NTSTATUS find(struct pnp_node *node, DEVICE_REGISTRY_PROPERTY which, struct property *p)
{
    static const WCHAR enumerator[] = u"ROOT";
    static const ULONG zero = 0;

    switch (which) {
    case DevicePropertyHardwareID:
        *p = (struct property){node->hardware_ids.Buffer, node->hardware_ids.Length, NULL};
        return STATUS_SUCCESS;
    case DevicePropertyDeviceDescription:
        return from_registry(node, u"DeviceDesc", p);
    case DevicePropertyClassName:
        return from_registry(node, u"Class", p);
    case DevicePropertyClassGuid:
        return from_registry(node, u"ClassGUID", p);
    case DevicePropertyDriverKeyName:
        return from_registry(node, u"Driver", p);
    case DevicePropertyManufacturer:
        return from_registry(node, u"Mfg", p);
    case DevicePropertyFriendlyName:
        return from_registry(node, u"FriendlyName", p);
    case DevicePropertyCompatibleIDs:
        return from_registry(node, u"CompatibleIDs", p);
    case DevicePropertyPhysicalDeviceObjectName:
        return device_name(node, p);
    case DevicePropertyEnumeratorName:
        *p = (struct property){enumerator, sizeof(enumerator), NULL};
        return STATUS_SUCCESS;
    case DevicePropertyInstallState: /* InstallStateInstalled */
    case DevicePropertyBusNumber:
        *p = (struct property){&zero, sizeof(zero), NULL};
        return STATUS_SUCCESS;
    case DevicePropertyLegacyBusType: {
        static const ULONG type = PNPBus;

        *p = (struct property){&type, sizeof(type), NULL};
        return STATUS_SUCCESS;
    }
    default:
        return (ULONG)which <= DevicePropertyContainerID ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_INVALID_PARAMETER_2;
    }
}

NTSTATUS NTAPI IoGetDeviceProperty(PDEVICE_OBJECT DeviceObject, DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength, PVOID PropertyBuffer,
                                   PULONG ResultLength)
{
    struct pnp_node *node = pnp_node_of(DeviceObject);
    struct property p = {0};
    NTSTATUS status;

    *ResultLength = 0;
    if (!node)
        return STATUS_INVALID_DEVICE_REQUEST;
    status = find(node, DeviceProperty, &p);
    if (NT_SUCCESS(status)) {
        *ResultLength = p.bytes;
        if (BufferLength < p.bytes)
            status = STATUS_BUFFER_TOO_SMALL;
        else
            __builtin_memcpy(PropertyBuffer, p.data, p.bytes);
    }
    if (p.owned)
        ExFreePool(p.owned);
    pnp_node_put(node);
    return status;
}
