/* Device interfaces (EXE-340): registered once for a device and class, enabled and disabled by their driver. An enabled one has its symbolic
 * link, from START on, and those who asked are told; it is disabled when its device goes. */
#include "pnp_private.h"

#include "nt/mm/mm.h"
#include "wdmguid.h"

struct interface {
    LIST_ENTRY entry;
    struct pnp_node *node; /* NULL: its device is gone */
    GUID class_guid;
    UNICODE_STRING link;
    bool enabled, linked;
};
static LIST_ENTRY interfaces = {&interfaces, &interfaces};

static ULONG put(WCHAR *out, ULONG used, const WCHAR *text, ULONG chars)
{
    for (ULONG i = 0; i < chars; i++)
        out[used++] = text[i] == '\\' ? '#' : text[i];
    return used;
}

/* \??\ROOT#NET#0000#{guid}\reference */
static NTSTATUS make_link(struct pnp_node *node, const GUID *guid, PCUNICODE_STRING reference, UNICODE_STRING *out)
{
    ULONG used, reference_chars = reference ? reference->Length / (ULONG)sizeof(WCHAR) : 0;
    WCHAR instance[32], *link = ExAllocatePool2(POOL_FLAG_NON_PAGED, (80 + reference_chars) * sizeof(WCHAR), PNP_TAG);
    UNICODE_STRING text;

    if (!link)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(RtlStringFromGUID(guid, &text))) {
        ExFreePoolWithTag(link, PNP_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(link, u"\\??\\", 4 * sizeof(WCHAR));
    pnp_instance(node, instance);
    used = put(link, 4, instance, 13);
    link[used++] = '#';
    used = put(link, used, text.Buffer, text.Length / (ULONG)sizeof(WCHAR));
    RtlFreeUnicodeString(&text);
    if (reference_chars) {
        link[used++] = '\\';
        used = put(link, used, reference->Buffer, reference_chars);
    }
    *out = (UNICODE_STRING){(USHORT)(used * sizeof(WCHAR)), (USHORT)((80 + reference_chars) * sizeof(WCHAR)), link};
    return STATUS_SUCCESS;
}

/* Under pnp_lock. */
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

NTSTATUS NTAPI IoRegisterDeviceInterface(PDEVICE_OBJECT PhysicalDeviceObject, const GUID *InterfaceClassGuid, PUNICODE_STRING ReferenceString,
                                         PUNICODE_STRING SymbolicLinkName)
{
    struct pnp_node *node = pnp_node_of(PhysicalDeviceObject);
    struct interface *made, *there;
    NTSTATUS status;

    *SymbolicLinkName = (UNICODE_STRING){0};
    if (!node || !reference_is_valid(ReferenceString))
        return STATUS_INVALID_DEVICE_REQUEST;
    made = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*made), PNP_TAG);
    if (!made)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = make_link(node, InterfaceClassGuid, ReferenceString, &made->link);
    if (NT_SUCCESS(status))
        status = copy_out(&made->link, SymbolicLinkName);
    if (!NT_SUCCESS(status)) {
        if (made->link.Buffer)
            ExFreePoolWithTag(made->link.Buffer, PNP_TAG);
        ExFreePoolWithTag(made, PNP_TAG);
        return status;
    }
    made->class_guid = *InterfaceClassGuid;
    made->node = node;
    sched_lock(&pnp_lock);
    there = find(&made->link);
    if (there)
        there->node = node;
    else
        InsertTailList(&interfaces, &made->entry);
    sched_unlock(&pnp_lock);
    if (!there)
        return STATUS_SUCCESS;
    ExFreePoolWithTag(made->link.Buffer, PNP_TAG);
    ExFreePoolWithTag(made, PNP_TAG);
    return STATUS_OBJECT_NAME_EXISTS;
}

static void switch_link(struct interface *i, bool on)
{
    POBJECT_NAME_INFORMATION name;
    ULONG needed;

    if (!on) {
        i->linked = false;
        IoDeleteSymbolicLink(&i->link);
        pnp_notify_interface(&GUID_DEVICE_INTERFACE_REMOVAL, &i->class_guid, &i->link);
        return;
    }
    name = ExAllocatePool2(POOL_FLAG_NON_PAGED, 256, PNP_TAG);
    if (name && NT_SUCCESS(ObQueryNameString(i->node->pdo, name, 256, &needed)) && NT_SUCCESS(IoCreateSymbolicLink(&i->link, &name->Name))) {
        i->linked = true;
        pnp_notify_interface(&GUID_DEVICE_INTERFACE_ARRIVAL, &i->class_guid, &i->link);
    }
    if (name)
        ExFreePoolWithTag(name, PNP_TAG);
}

NTSTATUS NTAPI IoSetDeviceInterfaceState(PUNICODE_STRING SymbolicLinkName, BOOLEAN Enable)
{
    struct interface *i;
    bool was = false, started = false;

    sched_lock(&pnp_lock);
    i = find(SymbolicLinkName);
    if (i && i->node) {
        was = i->enabled;
        started = i->node->state == PNP_STARTED;
        i->enabled = Enable;
    }
    sched_unlock(&pnp_lock);
    if (!i || !i->node)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (was == (Enable != FALSE))
        return Enable ? STATUS_OBJECT_NAME_EXISTS : STATUS_OBJECT_NAME_NOT_FOUND;
    if (Enable ? started : i->linked) /* before START has completed nobody is told: EXE-340 */
        switch_link(i, Enable);
    return STATUS_SUCCESS;
}

/* The next of the node that is (not) linked. */
static struct interface *next_of(struct pnp_node *node, bool linked, bool enabled)
{
    struct interface *found = NULL;

    sched_lock(&pnp_lock);
    for (PLIST_ENTRY e = interfaces.Flink; e != &interfaces && !found; e = e->Flink) {
        struct interface *i = CONTAINING_RECORD(e, struct interface, entry);

        if (i->node == node && i->linked == linked && i->enabled == enabled)
            found = i;
    }
    sched_unlock(&pnp_lock);
    return found;
}

void pnp_started_interfaces(struct pnp_node *node)
{
    struct interface *i;

    for (unsigned turns = 0; turns < 256 && (i = next_of(node, false, true)) != NULL; turns++)
        switch_link(i, true);
}

void pnp_interfaces_off(struct pnp_node *node)
{
    struct interface *i;

    while ((i = next_of(node, true, true)) != NULL) {
        i->enabled = false;
        switch_link(i, false);
    }
}

/* Registrations outlive the device, as on a system that starts again. */
void pnp_interfaces_gone(struct pnp_node *node)
{
    sched_lock(&pnp_lock);
    for (PLIST_ENTRY e = interfaces.Flink; e != &interfaces; e = e->Flink) {
        struct interface *i = CONTAINING_RECORD(e, struct interface, entry);

        if (i->node == node) {
            i->node = NULL;
            i->enabled = i->linked = false;
        }
    }
    sched_unlock(&pnp_lock);
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

    sched_lock(&pnp_lock);
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
    sched_unlock(&pnp_lock);
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
