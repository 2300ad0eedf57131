/* Which interface lies on which: MIB_IFSTACK_ROW and its inverse (IPH-020). Linux says it with IFLA_LINK (a VLAN over its device) and IFLA_MASTER
 * (a bridge over its ports); a link of which neither speaks has nothing above and below, and gives no pair. A link whose lower one is in another
 * namespace has none here. NDIS has index 0 for "nothing"; the pairs of 0 are those of links that are in another pair. */
#include "netio/iph/iph_private.h"

enum { HAS_ABOVE = 1, HAS_BELOW = 2 };

struct stack {
    struct iph_links links;
    UCHAR *marks;   /* of links.rows */
    ULONG64 *pairs; /* the first index in the high half: sorted as numbers they are in order */
    ULONG count;
    bool inverted;
};

static void add(struct stack *s, NET_IFINDEX higher, NET_IFINDEX lower)
{
    s->pairs[s->count++] = s->inverted ? (ULONG64)lower << 32 | higher : (ULONG64)higher << 32 | lower;
}

static void edge(struct stack *s, const struct net_link *higher, const struct net_link *lower)
{
    if (!higher || !lower)
        return;
    add(s, higher->index, lower->index);
    s->marks[CONTAINING_RECORD(higher, struct net_row, link) - s->links.rows] |= HAS_BELOW;
    s->marks[CONTAINING_RECORD(lower, struct net_row, link) - s->links.rows] |= HAS_ABOVE;
}

static void collect(struct stack *s)
{
    for (size_t i = 0; i < s->links.count; i++) {
        const struct net_link *link = &s->links.rows[i].link, *lower = link->lower ? iph_link_of(&s->links, link->lower) : NULL;

        /* The other end of a veth pair is its IFLA_LINK too; it lies beside, not below. */
        if (lower && lower->lower != link->index)
            edge(s, link, lower);
        if (link->master)
            edge(s, iph_link_of(&s->links, link->master), link);
    }
    for (size_t i = 0; i < s->links.count; i++) {
        if (s->marks[i] == HAS_BELOW)
            add(s, 0, s->links.rows[i].link.index); /* the top of a stack */
        else if (s->marks[i] == HAS_ABOVE)
            add(s, s->links.rows[i].link.index, 0); /* its bottom */
    }
}

static void sort(ULONG64 *keys, size_t count)
{
    for (size_t gap = count / 2; gap; gap /= 2) {
        for (size_t i = gap; i < count; i++) {
            ULONG64 key = keys[i];
            size_t j = i;

            for (; j >= gap && keys[j - gap] > key; j -= gap)
                keys[j] = keys[j - gap];
            keys[j] = key;
        }
    }
}

/* Both rows are two indexes; which of them comes first is all that differs. */
_Static_assert(sizeof(MIB_IFSTACK_ROW) == 2 * sizeof(NET_IFINDEX) && offsetof(MIB_IFSTACK_TABLE, Table) == offsetof(MIB_INVERTEDIFSTACK_TABLE, Table),
               "the tables are alike");

static NTSTATUS make_table(struct stack *s, void **out, const void *caller)
{
    MIB_IFSTACK_TABLE *table;

    /* Two edges a link, and one pair of 0. */
    s->marks = ExAllocatePool2(POOL_FLAG_NON_PAGED, s->links.count + 1, IPH_TAG);
    s->pairs = ExAllocatePool2(POOL_FLAG_NON_PAGED, (s->links.count * 3 + 1) * sizeof(*s->pairs), IPH_TAG);
    if (!s->marks || !s->pairs)
        return STATUS_NO_MEMORY;
    collect(s);
    if (!s->count)
        return STATUS_NOT_FOUND;
    table = iph_table_allocate(offsetof(MIB_IFSTACK_TABLE, Table) + s->count * sizeof(MIB_IFSTACK_ROW), caller);
    if (!table)
        return STATUS_NO_MEMORY;
    sort(s->pairs, s->count);
    for (ULONG i = 0; i < s->count; i++) {
        table->Table[i].HigherLayerInterfaceIndex = (NET_IFINDEX)(s->pairs[i] >> 32);
        table->Table[i].LowerLayerInterfaceIndex = (NET_IFINDEX)s->pairs[i];
    }
    table->NumEntries = s->count;
    *out = table;
    return STATUS_SUCCESS;
}

static NTSTATUS read_stack(bool inverted, void **out, const void *caller)
{
    struct stack s = {.inverted = inverted};
    NTSTATUS status = iph_read_links(&s.links);

    if (NT_SUCCESS(status))
        status = make_table(&s, out, caller);
    if (s.marks)
        ExFreePoolWithTag(s.marks, IPH_TAG);
    if (s.pairs)
        ExFreePoolWithTag(s.pairs, IPH_TAG);
    net_table_free(s.links.rows);
    return status;
}

NTSTATUS NTAPI GetIfStackTable(PMIB_IFSTACK_TABLE *Table)
{
    if (iph_at_wrong_level("GetIfStackTable"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Table)
        return STATUS_INVALID_PARAMETER;
    *Table = NULL;
    return read_stack(false, (void **)Table, __builtin_return_address(0));
}

NTSTATUS NTAPI GetInvertedIfStackTable(PMIB_INVERTEDIFSTACK_TABLE *Table)
{
    if (iph_at_wrong_level("GetInvertedIfStackTable"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Table)
        return STATUS_INVALID_PARAMETER;
    *Table = NULL;
    return read_stack(true, (void **)Table, __builtin_return_address(0));
}
