/* Stopping a driver (EXE-032): Unload runs once nobody has a device of it open or is attached to one, else when the last of them goes.
 * Called by the machine (nt_driver_stop) and by ZwUnloadDriver at PASSIVE_LEVEL. */
#include "nt/io/io_private.h"

#include "ddi/text.h"
#include "image/image.h"
#include "nt/io/leaks.h"
#include "nt/ke/ke.h"
#include "nt/pnp/pnp.h"

static void run_unload(void *context)
{
    struct nt_driver *driver = context;
    KIRQL irql;

    guest_call_void(DRIVER_UNLOAD, driver->object.DriverUnload, &driver->object);
    irql = KeGetCurrentIrql();
    if (irql != PASSIVE_LEVEL) {
        guest_finding("EXE-032", "DriverUnload of %s returned at IRQL %u; it was called at PASSIVE_LEVEL", driver->module->image->name, irql);
        KeLowerIrql(PASSIVE_LEVEL);
    }
}

/* True once, for whoever is to run Unload. */
static bool claim(struct nt_driver *driver)
{
    bool mine;

    sched_lock(&io_lock);
    mine = driver->unloading && !driver->unloaded;
    for (PDEVICE_OBJECT device = driver->object.DeviceObject; mine && device; device = device->NextDevice)
        if (device->ReferenceCount || device->AttachedDevice)
            mine = false;
    if (mine) {
        driver->unloaded = true;
        driver->object.Flags |= DRVO_UNLOAD_INVOKED;
    }
    sched_unlock(&io_lock);
    return mine;
}

static NTSTATUS unload_now(struct nt_driver *driver)
{
    NTSTATUS status = io_on_system_thread(run_unload, driver);

    if (NT_SUCCESS(status))
        io_driver_remove(driver);
    return status;
}

static VOID NTAPI unload_later(PVOID context)
{
    unload_now(context);
}

void io_driver_idle(struct nt_driver *driver)
{
    if (!driver->unloading || !claim(driver))
        return;
    ExInitializeWorkItem(&driver->unload_work, unload_later, driver); /* not on the thread that gave up the last reference */
    ExQueueWorkItem(&driver->unload_work, DelayedWorkQueue);
}

NTSTATUS io_driver_unload(struct nt_driver *driver, char *message, size_t message_bytes)
{
    bool again;

    message[0] = 0;
    if (!driver->object.DriverUnload) {
        ddi_format(message, message_bytes, "%s has no DriverUnload routine, so it cannot be stopped", driver->module->image->name);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    pnp_remove_devices(&driver->object); /* EXE-031 */
    sched_lock(&io_lock);
    again = driver->unloading;
    driver->unloading = true;
    sched_unlock(&io_lock);
    if (again)
        return STATUS_SUCCESS;
    return claim(driver) ? unload_now(driver) : STATUS_SUCCESS;
}

NTSTATUS io_driver_stop(struct nt_driver *driver, char *message, size_t message_bytes)
{
    NTSTATUS status = STATUS_SUCCESS;
    PVOID running;

    message[0] = 0;
    if (NT_SUCCESS(ob_lookup(&driver->object.DriverName, OBJ_CASE_INSENSITIVE, &running, NULL, NULL))) {
        status = io_driver_unload(io_driver(running), message, message_bytes);
        ObfDereferenceObject(running);
    }
    return status;
}
