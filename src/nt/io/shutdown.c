/* IRP_MJ_SHUTDOWN to the devices that asked for it, last registered first, when the machine stops (EXE-333). */
#include "nt/io/io_private.h"

#include "nt/mm/mm.h"

#define TAG_SHUTDOWN 0x68536F49 /* "IoSh" */

struct registration {
    struct registration *next;
    PDEVICE_OBJECT device; /* referenced */
};
static struct registration *normal, *last_chance;

static NTSTATUS add(struct registration **list, PDEVICE_OBJECT device)
{
    struct registration *r = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*r), TAG_SHUTDOWN);

    if (!r)
        return STATUS_INSUFFICIENT_RESOURCES;
    ObfReferenceObject(device);
    r->device = device;
    sched_lock(&io_lock);
    r->next = *list;
    *list = r;
    device->Flags |= DO_SHUTDOWN_REGISTERED;
    sched_unlock(&io_lock);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoRegisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    return add(&normal, DeviceObject);
}

NTSTATUS NTAPI IoRegisterLastChanceShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    return add(&last_chance, DeviceObject);
}

/* The first entry of this device (driver NULL) or of any device of this driver; NULL when there is none. */
static struct registration *take(struct registration **list, PDEVICE_OBJECT device, PDRIVER_OBJECT driver)
{
    struct registration *r;

    sched_lock(&io_lock);
    while (*list && (device ? (*list)->device != device : driver && (*list)->device->DriverObject != driver))
        list = &(*list)->next;
    r = *list;
    if (r) {
        *list = r->next;
        r->device->Flags &= ~(ULONG)DO_SHUTDOWN_REGISTERED;
    }
    sched_unlock(&io_lock);
    return r;
}

static void drop(struct registration *r)
{
    ObfDereferenceObject(r->device);
    ExFreePoolWithTag(r, TAG_SHUTDOWN);
}

VOID NTAPI IoUnregisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    struct registration *r;

    while ((r = take(&normal, DeviceObject, NULL)) || (r = take(&last_chance, DeviceObject, NULL)))
        drop(r);
}

void io_shutdown_forget(struct nt_driver *driver)
{
    struct registration *r;

    while ((r = take(&normal, NULL, &driver->object)) || (r = take(&last_chance, NULL, &driver->object))) {
        guest_finding("EXE-333", "device %p is unloaded without IoUnregisterShutdownNotification", r->device);
        drop(r);
    }
}

static void send_all(void *context)
{
    struct registration *r;

    while ((r = take(&normal, NULL, NULL)) || (r = take(&last_chance, NULL, NULL))) {
        PDEVICE_OBJECT top = IoGetAttachedDeviceReference(r->device);
        PIRP irp = io_request(top, NULL, IRP_MJ_SHUTDOWN, KernelMode);
        struct io_wait wait;

        if (irp)
            io_send_and_wait(top, irp, &wait);
        ObfDereferenceObject(top);
        drop(r);
    }
}

void io_stop(void)
{
    if (normal || last_chance)
        io_on_system_thread(send_all, NULL);
}
