/* Who is told about interfaces and target devices (EXE-341). A registration holds its driver's object; while its callback runs it is held, so that unregistering (Ex) waits for it. */
#include "pnp_private.h"

#include "nt/mm/mm.h"
#include "wdmguid.h"

struct registration {
    LIST_ENTRY entry;
    IO_NOTIFICATION_EVENT_CATEGORY category;
    GUID class_guid;
    PFILE_OBJECT file;       /* referenced */
    PDRIVER_OBJECT driver;   /* referenced */
    PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback;
    PVOID context;
    LONG references;
    bool gone;
    PKTHREAD calling;
};
static LIST_ENTRY registrations;

void pnp_notify_start(void)
{
    InitializeListHead(&registrations);
}

static void put(struct registration *r)
{
    bool last;

    sched_lock(&pnp_lock);
    last = --r->references == 0;
    if (last)
        RemoveEntryList(&r->entry);
    sched_unlock(&pnp_lock);
    if (!last)
        return;
    if (r->file)
        ObfDereferenceObject(r->file);
    ObfDereferenceObject(r->driver);
    ExFreePoolWithTag(r, PNP_TAG);
}

/* The next one behind `after` (whose reference goes), referenced. */
static struct registration *next(struct registration *after, bool (*matches)(struct registration *r, const void *ctx), const void *ctx)
{
    struct registration *found = NULL;
    PLIST_ENTRY e;

    sched_lock(&pnp_lock);
    for (e = after ? after->entry.Flink : registrations.Flink; e != &registrations && !found; e = e->Flink) {
        struct registration *r = CONTAINING_RECORD(e, struct registration, entry);

        if (!r->gone && matches(r, ctx))
            found = r;
    }
    if (found)
        found->references++;
    sched_unlock(&pnp_lock);
    if (after)
        put(after);
    return found;
}

static NTSTATUS call(struct registration *r, PVOID notification)
{
    NTSTATUS status;

    r->calling = KeGetCurrentThread();
    status = guest_call(DRIVER_NOTIFICATION_CALLBACK_ROUTINE, r->callback, notification, r->context);
    r->calling = NULL;
    return status;
}

static bool of_class(struct registration *r, const void *guid)
{
    return r->category == EventCategoryDeviceInterfaceChange && IsEqualGUID(&r->class_guid, (const GUID *)guid);
}

void pnp_notify_interface(const GUID *event, const GUID *class_guid, PUNICODE_STRING name)
{
    DEVICE_INTERFACE_CHANGE_NOTIFICATION n = {1, sizeof(n), *event, *class_guid, name};

    for (struct registration *r = next(NULL, of_class, class_guid); r; r = next(r, of_class, class_guid))
        call(r, &n);
}

static bool of_node(struct registration *r, const void *ctx)
{
    const struct pnp_node *node = ctx;

    for (PDEVICE_OBJECT device = node->pdo; r->category == EventCategoryTargetDeviceChange && device; device = device->AttachedDevice)
        if (r->file->DeviceObject == device)
            return true;
    return false;
}

NTSTATUS pnp_notify_target(const GUID *event, struct pnp_node *node)
{
    bool query = IsEqualGUID(event, &GUID_TARGET_DEVICE_QUERY_REMOVE);
    NTSTATUS status = STATUS_SUCCESS;

    for (struct registration *r = next(NULL, of_node, node); r; r = next(r, of_node, node)) {
        TARGET_DEVICE_REMOVAL_NOTIFICATION n = {1, sizeof(n), *event, r->file};
        NTSTATUS answer = call(r, &n);

        if (query && !NT_SUCCESS(answer) && NT_SUCCESS(status))
            status = answer;
    }
    return status;
}

static void tell_existing(PUNICODE_STRING name, void *ctx)
{
    struct registration *r = ctx;
    DEVICE_INTERFACE_CHANGE_NOTIFICATION n = {1, sizeof(n), GUID_DEVICE_INTERFACE_ARRIVAL, r->class_guid, name};

    call(r, &n);
}

NTSTATUS NTAPI IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY EventCategory, ULONG EventCategoryFlags, PVOID EventCategoryData,
                                              PDRIVER_OBJECT DriverObject, PDRIVER_NOTIFICATION_CALLBACK_ROUTINE CallbackRoutine, PVOID Context,
                                              PVOID *NotificationEntry)
{
    struct registration *r;

    *NotificationEntry = NULL;
    if (EventCategory < EventCategoryHardwareProfileChange || EventCategory > EventCategoryTargetDeviceChange ||
        (EventCategory != EventCategoryHardwareProfileChange && !EventCategoryData))
        return STATUS_INVALID_PARAMETER;
    r = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*r), PNP_TAG);
    if (!r)
        return STATUS_INSUFFICIENT_RESOURCES;
    r->category = EventCategory;
    r->driver = DriverObject;
    r->callback = CallbackRoutine;
    r->context = Context;
    r->references = 1;
    ObfReferenceObject(DriverObject);
    if (EventCategory == EventCategoryDeviceInterfaceChange)
        r->class_guid = *(const GUID *)EventCategoryData;
    if (EventCategory == EventCategoryTargetDeviceChange) {
        r->file = EventCategoryData;
        ObfReferenceObject(r->file);
    }
    sched_lock(&pnp_lock);
    InsertTailList(&registrations, &r->entry);
    sched_unlock(&pnp_lock);
    *NotificationEntry = r;
    if (EventCategory == EventCategoryDeviceInterfaceChange && (EventCategoryFlags & PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES))
        pnp_each_interface(&r->class_guid, tell_existing, r);
    return STATUS_SUCCESS;
}

static NTSTATUS unregister(struct registration *r, bool wait)
{
    LARGE_INTEGER step = {.QuadPart = -10000};
    bool busy = true;

    sched_lock(&pnp_lock);
    r->gone = true;
    r->references++;
    sched_unlock(&pnp_lock);
    put(r); /* the registration's own; ours is left */
    while (wait && busy && r->calling != KeGetCurrentThread()) {
        sched_lock(&pnp_lock);
        busy = r->references > 1;
        sched_unlock(&pnp_lock);
        if (busy)
            KeDelayExecutionThread(KernelMode, FALSE, &step);
    }
    put(r);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoUnregisterPlugPlayNotification(PVOID NotificationEntry)
{
    return unregister(NotificationEntry, false);
}

NTSTATUS NTAPI IoUnregisterPlugPlayNotificationEx(PVOID NotificationEntry)
{
    return unregister(NotificationEntry, true);
}

static bool of_driver(struct registration *r, const void *driver)
{
    return r->driver == driver;
}

void pnp_forget(PDRIVER_OBJECT driver)
{
    struct registration *r;

    while ((r = next(NULL, of_driver, driver)) != NULL) {
        guest_finding("EXE-341", "%p is unloaded with a PnP notification still registered, callback %p", driver, (PVOID)r->callback);
        unregister(r, false);
        put(r);
    }
}
