/* Device interfaces (EXE-340): registered once for a device and class, enabled and disabled by their driver. An enabled one has its symbolic
 * link, from START on, and those who asked are told; it is disabled when its device goes. A registration is never undone, so a struct
 * interface stays once it is listed.
 *
 * All of it at PASSIVE_LEVEL. `mutex` is over everything here; nobody is told of a change while it is held. */
#include "pnp_private.h"

#include "nt/mm/mm.h"
#include "wdmguid.h"

struct interface {
    LIST_ENTRY entry;
    struct pnp_node *node; /* referenced; NULL: its device is gone */
    GUID class_guid;
    UNICODE_STRING link;
    USHORT base_bytes;     /* the link's name without the reference string, which an open gets as its file's name */
    bool enabled, linked;
};
static LIST_ENTRY interfaces;
static FAST_MUTEX mutex;

void pnp_interfaces_start(void)
{
    InitializeListHead(&interfaces);
    ExInitializeFastMutex(&mutex);
}

static void lock(void)
{
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&mutex);
}

static void unlock(void)
{
    ExReleaseFastMutexUnsafe(&mutex);
    KeLeaveCriticalRegion();
}

static ULONG put(WCHAR *out, ULONG used, const WCHAR *text, ULONG chars)
{
    for (ULONG i = 0; i < chars; i++)
        out[used++] = text[i] == '\\' ? '#' : text[i];
    return used;
}

/* \??\ROOT#NET#0000#{guid}\reference */
static NTSTATUS make_link(struct interface *i, const GUID *guid, PCUNICODE_STRING reference)
{
    ULONG used, reference_chars = reference ? reference->Length / (ULONG)sizeof(WCHAR) : 0;
    WCHAR instance[32], *link;
    UNICODE_STRING text;

    if ((80 + reference_chars) * sizeof(WCHAR) > MAXUSHORT)
        return STATUS_INVALID_DEVICE_REQUEST;
    link = ExAllocatePool2(POOL_FLAG_NON_PAGED, (80 + reference_chars) * sizeof(WCHAR), PNP_TAG);
    if (!link)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(RtlStringFromGUID(guid, &text))) {
        ExFreePoolWithTag(link, PNP_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(link, u"\\??\\", 4 * sizeof(WCHAR));
    pnp_instance(i->node, instance);
    used = put(link, 4, instance, 13);
    link[used++] = '#';
    used = put(link, used, text.Buffer, text.Length / (ULONG)sizeof(WCHAR));
    RtlFreeUnicodeString(&text);
    i->base_bytes = (USHORT)(used * sizeof(WCHAR));
    if (reference_chars) {
        link[used++] = '\\';
        used = put(link, used, reference->Buffer, reference_chars);
    }
    i->link = (UNICODE_STRING){(USHORT)(used * sizeof(WCHAR)), (USHORT)((80 + reference_chars) * sizeof(WCHAR)), link};
    return STATUS_SUCCESS;
}

static UNICODE_STRING base_of(const struct interface *i)
{
    return (UNICODE_STRING){i->base_bytes, i->base_bytes, i->link.Buffer};
}

static struct interface *find(PCUNICODE_STRING link)
{
    for (PLIST_ENTRY e = interfaces.Flink; e != &interfaces; e = e->Flink)
        if (RtlEqualUnicodeString(&CONTAINING_RECORD(e, struct interface, entry)->link, link, TRUE))
            return CONTAINING_RECORD(e, struct interface, entry);
    return NULL;
}

static NTSTATUS copy_out(PCUNICODE_STRING link, PUNICODE_STRING out)
{
    out->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, link->Length + sizeof(WCHAR), PNP_TAG);
    out->Length = out->Buffer ? link->Length : 0;
    out->MaximumLength = out->Buffer ? (USHORT)(link->Length + sizeof(WCHAR)) : 0;
    if (!out->Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    __builtin_memcpy(out->Buffer, link->Buffer, link->Length);
    return STATUS_SUCCESS;
}

static bool reference_is_valid(PCUNICODE_STRING reference)
{
    for (USHORT i = 0; reference && i < reference->Length / sizeof(WCHAR); i++)
        if (reference->Buffer[i] == '\\' || reference->Buffer[i] == '/')
            return false;
    return true;
}

static void discard(struct interface *i)
{
    if (i->link.Buffer)
        ExFreePoolWithTag(i->link.Buffer, PNP_TAG);
    if (i->node)
        pnp_node_put(i->node);
    ExFreePoolWithTag(i, PNP_TAG);
}

NTSTATUS NTAPI IoRegisterDeviceInterface(PDEVICE_OBJECT PhysicalDeviceObject, const GUID *InterfaceClassGuid, PUNICODE_STRING ReferenceString,
                                         PUNICODE_STRING SymbolicLinkName)
{
    struct interface *made, *there;
    NTSTATUS status;

    *SymbolicLinkName = (UNICODE_STRING){0};
    made = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*made), PNP_TAG);
    if (!made)
        return STATUS_INSUFFICIENT_RESOURCES;
    made->class_guid = *InterfaceClassGuid;
    made->node = pnp_node_of(PhysicalDeviceObject);
    status = made->node && reference_is_valid(ReferenceString) ? make_link(made, InterfaceClassGuid, ReferenceString) : STATUS_INVALID_DEVICE_REQUEST;
    if (NT_SUCCESS(status))
        status = copy_out(&made->link, SymbolicLinkName);
    if (!NT_SUCCESS(status)) {
        discard(made);
        return status;
    }
    lock();
    there = find(&made->link);
    if (!there) {
        InsertTailList(&interfaces, &made->entry);
    } else if (!there->node) { /* of a device that is there again */
        there->node = made->node;
        made->node = NULL;
    }
    unlock();
    if (!there)
        return STATUS_SUCCESS;
    discard(made);
    return STATUS_OBJECT_NAME_EXISTS;
}

/* ---- links; under the mutex ---- */
static bool others_linked(const struct interface *i)
{
    UNICODE_STRING base = base_of(i);

    for (PLIST_ENTRY e = interfaces.Flink; e != &interfaces; e = e->Flink) {
        struct interface *other = CONTAINING_RECORD(e, struct interface, entry);
        UNICODE_STRING its_base = base_of(other);

        if (other != i && other->linked && RtlEqualUnicodeString(&its_base, &base, TRUE))
            return true;
    }
    return false;
}

/* Interfaces that differ in their reference strings share one link. */
static NTSTATUS link_up(struct interface *i)
{
    UNICODE_STRING base = base_of(i);
    POBJECT_NAME_INFORMATION name;
    NTSTATUS status = STATUS_SUCCESS;

    if (!others_linked(i)) {
        status = pnp_device_name(i->node->pdo, &name);
        if (!NT_SUCCESS(status))
            return status;
        status = IoCreateSymbolicLink(&base, &name->Name);
        ExFreePoolWithTag(name, PNP_TAG);
    }
    i->linked = NT_SUCCESS(status);
    return status;
}

static void link_down(struct interface *i)
{
    UNICODE_STRING base = base_of(i);

    i->linked = false;
    if (!others_linked(i))
        IoDeleteSymbolicLink(&base);
}

static bool may_link(struct pnp_node *node)
{
    return node->state == PNP_STARTED || node->state == PNP_REMOVE_PENDING;
}

/* *changed: those who asked are to be told. */
static NTSTATUS set_state(struct interface *i, bool enable, bool *changed)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (i->enabled == enable)
        return enable ? STATUS_OBJECT_NAME_EXISTS : STATUS_OBJECT_NAME_NOT_FOUND;
    if (enable && may_link(i->node)) /* else START's completion does it */
        status = link_up(i);
    if (!NT_SUCCESS(status))
        return status;
    *changed = i->linked;
    if (!enable && i->linked)
        link_down(i);
    i->enabled = enable;
    return status;
}

NTSTATUS NTAPI IoSetDeviceInterfaceState(PUNICODE_STRING SymbolicLinkName, BOOLEAN Enable)
{
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    struct interface *i;
    bool changed = false;

    lock();
    i = find(SymbolicLinkName);
    if (i && i->node)
        status = set_state(i, Enable, &changed);
    unlock();
    if (changed)
        pnp_notify_interface(Enable ? &GUID_DEVICE_INTERFACE_ARRIVAL : &GUID_DEVICE_INTERFACE_REMOVAL, &i->class_guid, &i->link);
    return status;
}

/* The next of the node that is enabled and (not) linked. */
static struct interface *next_of(struct pnp_node *node, bool linked)
{
    for (PLIST_ENTRY e = interfaces.Flink; e != &interfaces; e = e->Flink) {
        struct interface *i = CONTAINING_RECORD(e, struct interface, entry);

        if (i->node == node && i->linked == linked && i->enabled)
            return i;
    }
    return NULL;
}

static void report_link(const struct interface *i, NTSTATUS status)
{
    char name[128];
    ULONG bytes = 0;

    RtlUnicodeToUTF8N(name, sizeof(name) - 1, &bytes, i->link.Buffer, i->link.Length);
    name[bytes] = 0;
    guest_finding("EXE-340", "the interface %s stays disabled: its link cannot be made, 0x%08X", name, (unsigned)status);
}

void pnp_started_interfaces(struct pnp_node *node)
{
    for (;;) {
        NTSTATUS status = STATUS_SUCCESS;
        struct interface *i;

        lock();
        i = next_of(node, false);
        if (i) {
            status = link_up(i);
            i->enabled = NT_SUCCESS(status);
        }
        unlock();
        if (!i)
            return;
        if (NT_SUCCESS(status))
            pnp_notify_interface(&GUID_DEVICE_INTERFACE_ARRIVAL, &i->class_guid, &i->link);
        else
            report_link(i, status);
    }
}

void pnp_interfaces_off(struct pnp_node *node)
{
    for (;;) {
        struct interface *i;

        lock();
        i = next_of(node, true);
        if (i) {
            i->enabled = false;
            link_down(i);
        }
        unlock();
        if (!i)
            return;
        pnp_notify_interface(&GUID_DEVICE_INTERFACE_REMOVAL, &i->class_guid, &i->link);
    }
}

/* Registrations outlive the device, as on a system that starts again. */
void pnp_interfaces_gone(struct pnp_node *node)
{
    lock();
    for (PLIST_ENTRY e = interfaces.Flink; e != &interfaces; e = e->Flink) {
        struct interface *i = CONTAINING_RECORD(e, struct interface, entry);

        if (i->node != node)
            continue;
        if (i->linked)
            link_down(i);
        i->node = NULL;
        i->enabled = false;
        pnp_node_put(node); /* the caller has one too */
    }
    unlock();
}

static bool wanted(const struct interface *i, const GUID *guid, PDEVICE_OBJECT pdo, bool all)
{
    return IsEqualGUID(&i->class_guid, guid) && (all || i->linked) && (!pdo || (i->node && i->node->pdo == pdo));
}

NTSTATUS NTAPI IoGetDeviceInterfaces(const GUID *InterfaceClassGuid, PDEVICE_OBJECT PhysicalDeviceObject, ULONG Flags, PZZWSTR *SymbolicLinkList)
{
    bool all = Flags & DEVICE_INTERFACE_INCLUDE_NONACTIVE;
    ULONG chars = 1, used = 0;
    WCHAR *list;

    lock();
    for (PLIST_ENTRY e = interfaces.Flink; e != &interfaces; e = e->Flink)
        if (wanted(CONTAINING_RECORD(e, struct interface, entry), InterfaceClassGuid, PhysicalDeviceObject, all))
            chars += CONTAINING_RECORD(e, struct interface, entry)->link.Length / (ULONG)sizeof(WCHAR) + 1;
    list = ExAllocatePool2(POOL_FLAG_PAGED, chars * sizeof(WCHAR), PNP_TAG);
    for (PLIST_ENTRY e = interfaces.Flink; list && e != &interfaces; e = e->Flink) {
        struct interface *i = CONTAINING_RECORD(e, struct interface, entry);

        if (!wanted(i, InterfaceClassGuid, PhysicalDeviceObject, all))
            continue;
        __builtin_memcpy(list + used, i->link.Buffer, i->link.Length);
        used += i->link.Length / (ULONG)sizeof(WCHAR) + 1;
    }
    unlock();
    *SymbolicLinkList = list;
    return list ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

void pnp_each_interface(const GUID *class_guid, void (*visit)(PUNICODE_STRING name, void *ctx), void *ctx)
{
    UNICODE_STRING name;
    WCHAR *list;

    if (!NT_SUCCESS(IoGetDeviceInterfaces(class_guid, NULL, 0, &list)))
        return;
    for (WCHAR *at = list; *at; at += name.Length / sizeof(WCHAR) + 1) {
        RtlInitUnicodeString(&name, at);
        visit(&name, ctx);
    }
    ExFreePool(list);
}
