/* The machine's words about devices and power (nt.h) over pnp and po. */
#include "nt/nt_private.h"

#include "ddi/text.h"
#include "nt/io/io.h"
#include "nt/ob/ob.h"
#include "nt/pnp/pnp.h"
#include "nt/po/po.h"
#include "nt/ps/ps.h"

/* A device is known by its PDO, referenced, so that one that is gone already is found to be so. */
static PDEVICE_OBJECT pdo_of(struct nt_device *device)
{
    return (PDEVICE_OBJECT)(void *)device;
}

uint32_t nt_device_add(struct nt_driver *driver, const char *hardware_id, struct nt_device **out, char *message, size_t message_bytes)
{
    const char *what = "the hardware id cannot be used";
    struct pnp_node *node;
    struct nt_name name;
    NTSTATUS status;

    *out = NULL;
    message[0] = 0;
    if (ps_enter_system() != 0)
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    status = nt_name_set(&name, L"", hardware_id);
    if (NT_SUCCESS(status))
        status = pnp_add(io_driver_object(driver), &name.text, &node, &what);
    if (NT_SUCCESS(status)) {
        ObfReferenceObject(pnp_pdo(node));
        *out = (struct nt_device *)(void *)pnp_pdo(node);
    } else {
        ddi_format(message, message_bytes, "device %s: %s: %s", hardware_id, what, nt_status_text((uint32_t)status));
    }
    ps_leave_system();
    return (uint32_t)status;
}

uint32_t nt_device_do(struct nt_device *device, enum nt_device_action action)
{
    PDEVICE_OBJECT pdo = pdo_of(device);
    NTSTATUS status;

    if (ps_enter_system() != 0)
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    status = action == NT_DEVICE_REMOVE ? pnp_remove(pdo) : action == NT_DEVICE_SURPRISE ? pnp_surprise(pdo) : pnp_rebalance(pdo);
    ps_leave_system();
    return (uint32_t)status;
}

void nt_device_forget(struct nt_device *device)
{
    if (ps_enter_system() != 0)
        return;
    ObfDereferenceObject(pdo_of(device));
    ps_leave_system();
}

uint32_t nt_power(unsigned state)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (state != 0 && state != 3 && state != 4)
        return (uint32_t)STATUS_INVALID_PARAMETER;
    if (ps_enter_system() != 0)
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    if (state)
        status = po_suspend(state == 3 ? PowerSystemSleeping3 : PowerSystemHibernate);
    else
        po_resume();
    ps_leave_system();
    return (uint32_t)status;
}
