/* Devices of the root bus and the system's sleep (include/wskit/wskit.h) over nt.h. */
#include "machine/machine_private.h"
#include "nt/nt.h"
#include "wskit/wskit.h"

#include <stdio.h>

int wskit_device_add(struct wskit_driver *driver, const char *hardware_id, struct wskit_device **out, struct wskit_error *error)
{
    char message[sizeof(error->text)] = "";
    struct nt_device *device;
    bool adopted = machine_enter();
    uint32_t status = nt_device_add(machine_driver(driver), hardware_id, &device, message, sizeof(message));

    machine_leave(adopted);
    *out = (struct wskit_device *)device;
    if (status < 0x80000000u)
        return 0;
    if (error) {
        error->status = status;
        snprintf(error->text, sizeof(error->text), "%s", message);
    }
    return -1;
}

uint32_t wskit_device_do(struct wskit_device *device, enum wskit_device_action action)
{
    bool adopted = machine_enter();
    uint32_t status = nt_device_do((struct nt_device *)device, (enum nt_device_action)action);

    machine_leave(adopted);
    return status;
}

void wskit_device_forget(struct wskit_device *device)
{
    bool adopted = machine_enter();

    nt_device_forget((struct nt_device *)device);
    machine_leave(adopted);
}

uint32_t wskit_power(struct wskit_machine *machine, unsigned state)
{
    bool adopted = machine_enter();
    uint32_t status = nt_power(state);

    (void)machine;
    machine_leave(adopted);
    return status;
}
