/* Devices of the root bus and what happens to them (EXE-337): added and started, stopped for a rebalance, removed in order or by surprise.
 * Called by the machine, and in work items for what drivers ask for. One such operation on a device at a time is the caller's matter. */
#include "pnp_private.h"

#include "base/err.h"
#include "nt/mm/mm.h"
#include "wdmguid.h"

struct sched_lock pnp_lock;
static LIST_ENTRY nodes;
static ULONG last_number;

struct pnp_node *pnp_node_find(PDEVICE_OBJECT pdo)
{
    for (PLIST_ENTRY e = nodes.Flink; e != &nodes; e = e->Flink)
        if (CONTAINING_RECORD(e, struct pnp_node, entry)->pdo == pdo)
            return CONTAINING_RECORD(e, struct pnp_node, entry);
    return NULL;
}

struct pnp_node *pnp_node_of(PDEVICE_OBJECT pdo)
{
    struct pnp_node *found;

    sched_lock(&pnp_lock);
    found = pnp_node_find(pdo);
    if (found)
        found->references++;
    sched_unlock(&pnp_lock);
    return found;
}

void pnp_node_put(struct pnp_node *node)
{
    bool last;

    sched_lock(&pnp_lock);
    last = --node->references == 0;
    sched_unlock(&pnp_lock);
    if (!last)
        return;
    if (node->pdo)
        ObfDereferenceObject(node->pdo);
    ObfDereferenceObject(node->driver);
    ExFreePoolWithTag(node->hardware_ids.Buffer, PNP_TAG);
    ExFreePoolWithTag(node, PNP_TAG);
}

PDEVICE_OBJECT pnp_pdo(struct pnp_node *node)
{
    return node->pdo;
}

PDEVICE_OBJECT pnp_nth_pdo(unsigned index)
{
    PDEVICE_OBJECT found = NULL;

    sched_lock(&pnp_lock);
    for (PLIST_ENTRY e = nodes.Flink; e != &nodes && !found; e = e->Flink)
        if (index-- == 0)
            found = CONTAINING_RECORD(e, struct pnp_node, entry)->pdo;
    if (found)
        ObfReferenceObject(found);
    sched_unlock(&pnp_lock);
    return found;
}

bool pnp_files_open(struct pnp_node *node)
{
    for (PDEVICE_OBJECT device = node->pdo; device; device = device->AttachedDevice)
        if (device->ReferenceCount)
            return true;
    return false;
}

static struct pnp_node *make(PDRIVER_OBJECT driver, PCUNICODE_STRING hardware_id)
{
    struct pnp_node *node = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*node), PNP_TAG);
    ULONG bytes = hardware_id->Length + 2 * (ULONG)sizeof(WCHAR);

    if (!node)
        return NULL;
    node->hardware_ids.Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, PNP_TAG);
    if (!node->hardware_ids.Buffer) {
        ExFreePoolWithTag(node, PNP_TAG);
        return NULL;
    }
    node->hardware_ids.Length = node->hardware_ids.MaximumLength = (USHORT)bytes;
    __builtin_memcpy(node->hardware_ids.Buffer, hardware_id->Buffer, hardware_id->Length);
    ObfReferenceObject(driver);
    node->driver = driver;
    node->references = 1;
    node->busy = true; /* until it is started */
    sched_lock(&pnp_lock);
    node->number = last_number++;
    InsertTailList(&nodes, &node->entry);
    sched_unlock(&pnp_lock);
    return node;
}

static void drop(struct pnp_node *node)
{
    sched_lock(&pnp_lock);
    RemoveEntryList(&node->entry);
    sched_unlock(&pnp_lock);
    pnp_interfaces_gone(node);
    if (node->pdo)
        IoDeleteDevice(node->pdo);
    pnp_node_put(node);
}

struct add_call {
    struct pnp_node *node;
    NTSTATUS status;
};

static void add_device(void *context)
{
    struct add_call *call = context;

    call->status = guest_call(DRIVER_ADD_DEVICE, call->node->driver->DriverExtension->AddDevice, call->node->driver, call->node->pdo);
}

/* REMOVE: nothing of the stack but the PDO may be left. Then the node goes. */
static void remove_now(struct pnp_node *node)
{
    NTSTATUS status;

    sched_lock(&pnp_lock);
    node->state = PNP_REMOVED; /* nobody acquires it from here on */
    sched_unlock(&pnp_lock);
    pnp_interfaces_off(node);
    status = pnp_send(node, IRP_MN_REMOVE_DEVICE, NULL, NULL);
    if (!NT_SUCCESS(status))
        guest_finding("EXE-337", "IRP_MN_REMOVE_DEVICE completed with 0x%08X; a driver must not fail it", (unsigned)status);
    if (node->pdo->AttachedDevice) {
        guest_finding("EXE-337", "device %p is still attached to its PDO %p after IRP_MN_REMOVE_DEVICE", node->pdo->AttachedDevice, node->pdo);
        IoDetachDevice(node->pdo);
    }
    pnp_notify_target(&GUID_TARGET_DEVICE_REMOVE_COMPLETE, node);
    drop(node);
}

static NTSTATUS start_device(struct pnp_node *node)
{
    DEVICE_CAPABILITIES capabilities = {.Size = sizeof(capabilities), .Version = 1, .Address = (ULONG)-1, .UINumber = (ULONG)-1};
    IO_STACK_LOCATION p = {0};
    NTSTATUS status = pnp_send(node, IRP_MN_START_DEVICE, NULL, NULL); /* no resources: NULL lists */
    ULONG_PTR information = 0;

    if (!NT_SUCCESS(status))
        return status;
    node->state = PNP_STARTED;
    p.Parameters.DeviceCapabilities.Capabilities = &capabilities;
    pnp_send(node, IRP_MN_QUERY_CAPABILITIES, &p, NULL);
    pnp_send(node, IRP_MN_QUERY_PNP_DEVICE_STATE, NULL, NULL);
    p = (IO_STACK_LOCATION){0};
    p.Parameters.QueryDeviceRelations.Type = BusRelations;
    if (NT_SUCCESS(pnp_send(node, IRP_MN_QUERY_DEVICE_RELATIONS, &p, &information)) && information) {
        PDEVICE_RELATIONS relations = (PDEVICE_RELATIONS)information;

        for (ULONG i = 0; i < relations->Count; i++)
            ObfDereferenceObject(relations->Objects[i]); /* children are not enumerated */
        ExFreePool(relations);
    }
    pnp_started_interfaces(node);
    return status;
}

NTSTATUS pnp_add(PDRIVER_OBJECT driver, PCUNICODE_STRING hardware_id, struct pnp_node **out, const char **what)
{
    struct add_call call = {.status = STATUS_INSUFFICIENT_RESOURCES};
    IO_STACK_LOCATION p = {0};
    NTSTATUS status;

    *out = NULL;
    *what = "the driver is unloaded";
    if (driver->Flags & DRVO_UNLOAD_INVOKED)
        return STATUS_DELETE_PENDING;
    *what = "the driver has no AddDevice routine";
    if (!driver->DriverExtension->AddDevice)
        return STATUS_INVALID_DEVICE_REQUEST;
    *what = "the device cannot be made";
    call.node = make(driver, hardware_id);
    if (!call.node)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = pnp_pdo_create(call.node);
    if (NT_SUCCESS(status))
        status = pnp_write_registry(call.node);
    if (NT_SUCCESS(status)) {
        *what = "AddDevice failed";
        status = io_on_system_thread(add_device, &call);
        if (NT_SUCCESS(status))
            status = call.status;
    }
    if (!NT_SUCCESS(status)) {
        if (call.node->pdo && call.node->pdo->AttachedDevice) {
            guest_finding("EXE-337", "AddDevice failed with 0x%08X, but its device %p is attached", (unsigned)status, call.node->pdo->AttachedDevice);
            IoDetachDevice(call.node->pdo);
        }
        drop(call.node);
        return status;
    }
    for (PDEVICE_OBJECT device = call.node->pdo->AttachedDevice; device; device = device->AttachedDevice)
        if (device->Flags & DO_DEVICE_INITIALIZING)
            guest_finding("EXE-300", "AddDevice returned with DO_DEVICE_INITIALIZING set in device %p", device);
    pnp_send(call.node, IRP_MN_FILTER_RESOURCE_REQUIREMENTS, &p, NULL);
    *what = "IRP_MN_START_DEVICE failed";
    status = start_device(call.node);
    if (!NT_SUCCESS(status)) {
        remove_now(call.node);
        return status;
    }
    pnp_release(call.node);
    *out = call.node;
    return status;
}

struct pnp_node *pnp_acquire(PDEVICE_OBJECT pdo)
{
    LARGE_INTEGER step = {.QuadPart = -10000};

    for (;;) {
        struct pnp_node *found;
        bool busy = false;

        sched_lock(&pnp_lock);
        found = pnp_node_find(pdo);
        if (found && (found->state == PNP_SURPRISE_REMOVED || found->state == PNP_REMOVED))
            found = NULL;
        if (found) {
            busy = found->busy;
            found->busy = true;
        }
        sched_unlock(&pnp_lock);
        if (!busy)
            return found;
        KeDelayExecutionThread(KernelMode, FALSE, &step);
    }
}

void pnp_release(struct pnp_node *node)
{
    sched_lock(&pnp_lock);
    node->busy = false;
    sched_unlock(&pnp_lock);
}

NTSTATUS pnp_remove(PDEVICE_OBJECT pdo)
{
    struct pnp_node *node = pnp_acquire(pdo);
    NTSTATUS status;

    if (!node)
        return STATUS_NO_SUCH_DEVICE;
    status = pnp_notify_target(&GUID_TARGET_DEVICE_QUERY_REMOVE, node);
    if (NT_SUCCESS(status)) {
        status = pnp_send(node, IRP_MN_QUERY_REMOVE_DEVICE, NULL, NULL);
        if (NT_SUCCESS(status)) {
            node->state = PNP_REMOVE_PENDING;
            if (!pnp_files_open(node)) {
                remove_now(node);
                return STATUS_SUCCESS;
            }
            status = STATUS_UNSUCCESSFUL; /* REMOVE is sent only when no file is open */
        }
        pnp_send(node, IRP_MN_CANCEL_REMOVE_DEVICE, NULL, NULL);
        node->state = PNP_STARTED;
    }
    pnp_notify_target(&GUID_TARGET_DEVICE_REMOVE_CANCELLED, node);
    pnp_release(node);
    return status;
}

/* The device may be gone when this returns: REMOVE is another thread's. */
void pnp_surprise_now(struct pnp_node *node)
{
    PDEVICE_OBJECT pdo = node->pdo;

    ObfReferenceObject(pdo);
    pnp_send(node, IRP_MN_SURPRISE_REMOVAL, NULL, NULL);
    pnp_interfaces_off(node);
    pnp_notify_target(&GUID_TARGET_DEVICE_REMOVE_COMPLETE, node);
    sched_lock(&pnp_lock);
    node->state = PNP_SURPRISE_REMOVED;
    node->remove_when_closed = true;
    node->busy = false;
    sched_unlock(&pnp_lock);
    pnp_file_closed(pdo);
    ObfDereferenceObject(pdo);
}

NTSTATUS pnp_surprise(PDEVICE_OBJECT pdo)
{
    struct pnp_node *node = pnp_acquire(pdo);

    if (!node)
        return STATUS_NO_SUCH_DEVICE;
    pnp_surprise_now(node);
    return STATUS_SUCCESS;
}

static VOID NTAPI remove_later(PVOID context)
{
    remove_now(context);
}

void pnp_file_closed(PDEVICE_OBJECT device)
{
    struct pnp_node *found = NULL;

    sched_lock(&pnp_lock);
    for (PLIST_ENTRY e = nodes.Flink; e && e != &nodes && !found; e = e->Flink) {
        struct pnp_node *node = CONTAINING_RECORD(e, struct pnp_node, entry);

        for (PDEVICE_OBJECT d = node->pdo; d && node->remove_when_closed && !found; d = d->AttachedDevice)
            if (d == device && !pnp_files_open(node))
                found = node;
        if (found)
            node->remove_when_closed = false;
    }
    sched_unlock(&pnp_lock);
    if (!found)
        return;
    ExInitializeWorkItem(&found->work, remove_later, found);
    ExQueueWorkItem(&found->work, DelayedWorkQueue);
}

NTSTATUS pnp_rebalance(PDEVICE_OBJECT pdo)
{
    struct pnp_node *node = pnp_acquire(pdo);
    NTSTATUS status;

    if (!node)
        return STATUS_NO_SUCH_DEVICE;
    status = pnp_send(node, IRP_MN_QUERY_STOP_DEVICE, NULL, NULL);
    if (!NT_SUCCESS(status)) {
        pnp_send(node, IRP_MN_CANCEL_STOP_DEVICE, NULL, NULL);
        pnp_release(node);
        return status;
    }
    pnp_send(node, IRP_MN_STOP_DEVICE, NULL, NULL);
    node->state = PNP_STOPPED;
    status = start_device(node);
    if (NT_SUCCESS(status))
        pnp_release(node);
    else
        pnp_surprise_now(node);
    return status;
}

/* The PDO of one, referenced; NULL when there is none. */
static PDEVICE_OBJECT pdo_of_driver(PDRIVER_OBJECT driver)
{
    PDEVICE_OBJECT found = NULL;

    sched_lock(&pnp_lock);
    for (PLIST_ENTRY e = nodes.Flink; e != &nodes && !found; e = e->Flink)
        if (CONTAINING_RECORD(e, struct pnp_node, entry)->driver == driver)
            found = CONTAINING_RECORD(e, struct pnp_node, entry)->pdo;
    if (found)
        ObfReferenceObject(found);
    sched_unlock(&pnp_lock);
    return found;
}

/* A device that refuses is taken away by surprise; what waits for a file stays. */
void pnp_remove_devices(PDRIVER_OBJECT driver)
{
    PDEVICE_OBJECT pdo;

    for (unsigned turns = 0; turns < 64 && (pdo = pdo_of_driver(driver)) != NULL; turns++) {
        NTSTATUS status = pnp_remove(pdo);

        if (status == STATUS_NO_SUCH_DEVICE) /* going: a work item has it, or a file is open */
            KeDelayExecutionThread(KernelMode, FALSE, &(LARGE_INTEGER){.QuadPart = -20000});
        else if (!NT_SUCCESS(status))
            pnp_surprise(pdo);
        ObfDereferenceObject(pdo);
    }
}

int pnp_start(void)
{
    InitializeListHead(&nodes);
    last_number = 0;
    pnp_interfaces_start();
    pnp_notify_start();
    return pnp_pdo_start();
}
