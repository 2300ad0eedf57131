/* Physical devices of the root bus (EXE-338) and the bus driver's dispatch routines: what stands below every function driver and answers
 * what is passed down. Called in whatever thread sends the IRP, power IRPs at up to DISPATCH_LEVEL. */
#include "pnp_private.h"

#include "base/err.h"
#include "nt/mm/mm.h"

DRIVER_OBJECT *pnp_driver;

static NTSTATUS finish(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IofCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS copy(const void *data, ULONG bytes, PIRP irp)
{
    PVOID copied = ExAllocatePool2(POOL_FLAG_PAGED, bytes, PNP_TAG);

    if (!copied)
        return finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    __builtin_memcpy(copied, data, bytes);
    return finish(irp, STATUS_SUCCESS, (ULONG_PTR)copied);
}

static NTSTATUS query_id(struct pnp_node *node, BUS_QUERY_ID_TYPE type, PIRP irp)
{
    static const WCHAR device_id[] = u"ROOT\\NET";
    WCHAR instance[32];

    switch (type) {
    case BusQueryDeviceID:
        return copy(device_id, sizeof(device_id), irp);
    case BusQueryHardwareIDs:
        return copy(node->hardware_ids.Buffer, node->hardware_ids.Length, irp);
    case BusQueryInstanceID:
        pnp_instance(node, instance);
        return copy(instance + 9, 5 * sizeof(WCHAR), irp);
    default:
        return finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
    }
}

static NTSTATUS query_capabilities(PDEVICE_CAPABILITIES c, PIRP irp)
{
    if (!c || c->Version != 1 || c->Size < sizeof(*c))
        return finish(irp, STATUS_UNSUCCESSFUL, 0);
    c->SilentInstall = 1;
    c->SurpriseRemovalOK = 1;
    c->EjectSupported = c->Removable = 0;
    c->UniqueID = 0;
    c->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    for (int state = PowerSystemSleeping1; state <= PowerSystemShutdown; state++)
        c->DeviceState[state] = PowerDeviceD3;
    c->SystemWake = PowerSystemUnspecified;
    c->DeviceWake = PowerDeviceUnspecified;
    return finish(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS target_relation(PDEVICE_OBJECT pdo, PIRP irp)
{
    PDEVICE_RELATIONS relations = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*relations), PNP_TAG);

    if (!relations)
        return finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    ObfReferenceObject(pdo);
    relations->Count = 1;
    relations->Objects[0] = pdo;
    return finish(irp, STATUS_SUCCESS, (ULONG_PTR)relations);
}

static NTSTATUS answer(struct pnp_node *node, PDEVICE_OBJECT pdo, PIRP irp)
{
    static const PNP_BUS_INFORMATION bus = {{0x06d10322, 0x7de0, 0x4cef, {0x8e, 0x25, 0x19, 0x7d, 0x0e, 0x74, 0x42, 0xe2}}, PNPBus, 0};
    static const WCHAR text[] = u"wskit root device";
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
        return finish(irp, STATUS_SUCCESS, 0);
    case IRP_MN_QUERY_PNP_DEVICE_STATE: /* what is above may have added to it */
        return finish(irp, STATUS_SUCCESS, irp->IoStatus.Information);
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        if (stack->Parameters.QueryDeviceRelations.Type == TargetDeviceRelation)
            return target_relation(pdo, irp);
        break;
    case IRP_MN_QUERY_CAPABILITIES:
        return query_capabilities(stack->Parameters.DeviceCapabilities.Capabilities, irp);
    case IRP_MN_QUERY_ID:
        return query_id(node, stack->Parameters.QueryId.IdType, irp);
    case IRP_MN_QUERY_BUS_INFORMATION:
        return copy(&bus, sizeof(bus), irp);
    case IRP_MN_QUERY_DEVICE_TEXT:
        if (stack->Parameters.QueryDeviceText.DeviceTextType == DeviceTextDescription)
            return copy(text, sizeof(text), irp);
        break;
    default:
        break;
    }
    return finish(irp, irp->IoStatus.Status, irp->IoStatus.Information); /* not ours: as it came */
}

static NTSTATUS NTAPI pnp(PDEVICE_OBJECT pdo, PIRP irp)
{
    struct pnp_node *node = pnp_node_of(pdo);
    NTSTATUS status;

    if (!node)
        return finish(irp, STATUS_NO_SUCH_DEVICE, 0);
    status = answer(node, pdo, irp);
    pnp_node_put(node);
    return status;
}

static NTSTATUS NTAPI power(PDEVICE_OBJECT pdo, PIRP irp)
{
    UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;

    if (minor == IRP_MN_SET_POWER || minor == IRP_MN_QUERY_POWER)
        return finish(irp, STATUS_SUCCESS, 0);
    return finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
}

static NTSTATUS NTAPI as_it_came(PDEVICE_OBJECT pdo, PIRP irp)
{
    return finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
}

/* Named, so that links to interfaces lead to it; opens go to the top of its stack. */
NTSTATUS pnp_pdo_create(struct pnp_node *node)
{
    NTSTATUS status = IoCreateDevice(pnp_driver, 0, NULL, FILE_DEVICE_CONTROLLER, FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &node->pdo);

    if (NT_SUCCESS(status)) {
        ObfReferenceObject(node->pdo);
        node->pdo->Flags |= DO_BUS_ENUMERATED_DEVICE | DO_POWER_PAGABLE;
        node->pdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    }
    return status;
}

int pnp_pdo_start(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"PnpManager");

    if (!NT_SUCCESS(io_driver_internal(&name, &pnp_driver)))
        return -WK_ENOMEM;
    pnp_driver->MajorFunction[IRP_MJ_PNP] = pnp;
    pnp_driver->MajorFunction[IRP_MJ_POWER] = power;
    pnp_driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = as_it_came;
    return 0;
}
