/* What drivers ask of the PnP manager (EXE-342), at up to DISPATCH_LEVEL: noted in the device's node and done in a work item of the node's own,
 * so that no request is lost for want of memory. Things are done in the order in which they
 * were asked for; asked again before it is done, a thing is done once. */
#include "pnp_private.h"

#include "nt/mm/mm.h"

static void ask_state(struct pnp_node *node)
{
    ULONG_PTR state = 0;

    if (NT_SUCCESS(pnp_send(node, IRP_MN_QUERY_PNP_DEVICE_STATE, NULL, &state)) && (state & (PNP_DEVICE_FAILED | PNP_DEVICE_REMOVED)))
        pnp_surprise_now(node);
    else
        pnp_release(node);
}

static void ask_relations(struct pnp_node *node, DEVICE_RELATION_TYPE type)
{
    IO_STACK_LOCATION p = {0};
    ULONG_PTR information = 0;

    p.Parameters.QueryDeviceRelations.Type = type;
    if (NT_SUCCESS(pnp_send(node, IRP_MN_QUERY_DEVICE_RELATIONS, &p, &information)) && information) {
        for (ULONG i = 0; i < ((PDEVICE_RELATIONS)information)->Count; i++)
            ObfDereferenceObject(((PDEVICE_RELATIONS)information)->Objects[i]);
        ExFreePool((PVOID)information);
    }
    pnp_release(node);
}

static void serve_one(struct pnp_node *node, enum pnp_ask what)
{
    struct pnp_node *acquired;

    if (what == PNP_ASK_EJECT) {
        pnp_remove(node->pdo);
        return;
    }
    acquired = pnp_acquire(node->pdo);
    if (!acquired)
        return;
    if (what == PNP_ASK_STATE)
        ask_state(acquired);
    else
        ask_relations(acquired, what == PNP_ASK_BUS ? BusRelations : PowerRelations);
}

static VOID NTAPI serve(PVOID context)
{
    struct pnp_node *node = context;

    for (;;) {
        enum pnp_ask what = PNP_ASKS;

        sched_lock(&pnp_lock);
        if (node->asked_count) {
            what = node->asked[0];
            __builtin_memmove(node->asked, node->asked + 1, --node->asked_count * sizeof(node->asked[0]));
        } else {
            node->asking = false; /* who asks from here on queues it again */
        }
        sched_unlock(&pnp_lock);
        if (what == PNP_ASKS)
            break;
        serve_one(node, what);
    }
    pnp_node_put(node);
}

static bool is_asked(const struct pnp_node *node, enum pnp_ask what)
{
    for (unsigned i = 0; i < node->asked_count; i++)
        if (node->asked[i] == what)
            return true;
    return false;
}

static void ask(PDEVICE_OBJECT pdo, enum pnp_ask what)
{
    struct pnp_node *node;
    bool queue = false;

    sched_lock(&pnp_lock);
    node = pnp_node_find(pdo);
    if (node) {
        queue = !node->asking;
        if (!is_asked(node, what))
            node->asked[node->asked_count++] = what;
        node->asking = true;
        node->references += queue; /* the work item's */
    }
    sched_unlock(&pnp_lock);
    if (queue) {
        ExInitializeWorkItem(&node->ask_work, serve, node);
        ExQueueWorkItem(&node->ask_work, DelayedWorkQueue);
    }
    if (!node && !(pdo->Flags & DO_BUS_ENUMERATED_DEVICE))
        guest_bugcheck(0xCA, 2, (ULONG64)(ULONG_PTR)pdo, (ULONG64)(ULONG_PTR)pdo->DriverObject, 0, "device object %p is not a PDO", pdo);
}

/* Of the other relations the drivers are asked when somebody needs them. */
VOID NTAPI IoInvalidateDeviceRelations(PDEVICE_OBJECT DeviceObject, DEVICE_RELATION_TYPE Type)
{
    if (Type == BusRelations || Type == PowerRelations)
        ask(DeviceObject, Type == BusRelations ? PNP_ASK_BUS : PNP_ASK_POWER);
}

VOID NTAPI IoInvalidateDeviceState(PDEVICE_OBJECT PhysicalDeviceObject)
{
    ask(PhysicalDeviceObject, PNP_ASK_STATE);
}

VOID NTAPI IoRequestDeviceEject(PDEVICE_OBJECT PhysicalDeviceObject)
{
    ask(PhysicalDeviceObject, PNP_ASK_EJECT);
}
