/* What a registration knows, and the difference that a message or a new reading makes (IPH-072 .. IPH-074). Messages are compared with it:
 * one that says nothing new is not told, so messages of what a reading has shown already do no harm, as long as the last of each object is
 * still to come (IPH-074: notify.c reads the table only when no message older than a lost one waits). In the registration's thread. */
#include "netio/iph/notify_private.h"

static size_t row_bytes(const struct iph_notice *n)
{
    return n->table == NET_LINKS ? sizeof(MIB_IPINTERFACE_ROW) : n->table == NET_ADDRESSES ? sizeof(MIB_UNICASTIPADDRESS_ROW) : sizeof(MIB_IPFORWARD_ROW2);
}

/* The members that say which object a row is of, as bytes. */
static size_t key_of(const struct iph_notice *n, const union iph_row *row, UCHAR key[96])
{
    size_t used = 0;
#define PUT(member) (__builtin_memcpy(key + used, &(member), sizeof(member)), used += sizeof(member))

    if (n->table == NET_LINKS) {
        PUT(row->ip.Family);
        PUT(row->ip.InterfaceIndex);
    } else if (n->table == NET_ADDRESSES) {
        PUT(row->address.Address);
        PUT(row->address.InterfaceIndex);
    } else {
        PUT(row->route.InterfaceIndex);
        PUT(row->route.DestinationPrefix.Prefix);
        PUT(row->route.DestinationPrefix.PrefixLength);
        PUT(row->route.NextHop);
        PUT(row->route.Metric);
        PUT(row->route.Protocol);
    }
#undef PUT
    return used;
}

static struct iph_known **find(struct iph_notice *n, const union iph_row *row)
{
    UCHAR key[96], other[96];
    size_t bytes = key_of(n, row, key);
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    struct iph_known **link;

    for (size_t i = 0; i < bytes; i++)
        h = (h ^ key[i]) * UINT64_C(0x100000001b3);
    for (link = &n->known[(h ^ h >> 32) % IPH_BUCKETS]; *link; link = &(*link)->next) {
        key_of(n, &(*link)->row, other);
        if (__builtin_memcmp(key, other, bytes) == 0)
            break;
    }
    return link;
}

static bool same(const struct iph_notice *n, const union iph_row *a, const union iph_row *b)
{
    union iph_row x = *a, y = *b;

    if (n->table == NET_LINKS) /* drawn by chance anew every few hours */
        x.ip.ReachableTime = y.ip.ReachableTime = x.ip.BaseReachableTime = y.ip.BaseReachableTime = 0;
    else if (n->table == NET_ADDRESSES)
        x.address.CreationTimeStamp.QuadPart = y.address.CreationTimeStamp.QuadPart = 0;
    return __builtin_memcmp(&x, &y, row_bytes(n)) == 0;
}

static void put(struct iph_notice *n, const union iph_row *row)
{
    struct iph_known **at = find(n, row), *item = *at;
    union iph_row told = *row;

    if (item && same(n, &item->row, row)) {
        item->seen = true;
        return;
    }
    if (!item) {
        item = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*item), IPH_TAG);
        if (!item)
            return; /* it is told when the next message of it, or the next reading, finds memory */
        item->row = *row;
        item->seen = true;
        *at = item;
        iph_deliver(n, row, MibAddInstance);
        return;
    }
    if (n->table == NET_LINKS && item->row.ip.NlMtu == row->ip.NlMtu)
        told.ip.NlMtu = 0xFFFFFFFF; /* IPH-072: it did not change */
    item->row = *row;
    item->seen = true;
    iph_deliver(n, &told, MibParameterNotification);
}

static void take(struct iph_notice *n, const union iph_row *row)
{
    struct iph_known **at = find(n, row), *item = *at;
    union iph_row last;

    if (!item)
        return;
    last = item->row;
    *at = item->next;
    ExFreePoolWithTag(item, IPH_TAG);
    iph_deliver(n, &last, MibDeleteInstance);
}

/* ---- rows of the tables as rows of ours ---- */
static void apply_family(struct iph_notice *n, const struct net_link *link, unsigned family, bool present)
{
    union iph_row row = {0};

    if (n->family && n->family != family)
        return;
    iph_fill_ip(&row.ip, link, family);
    if (present)
        put(n, &row);
    else
        take(n, &row);
}

static void apply_link(struct iph_notice *n, const struct net_row *from)
{
    struct net_link link = from->link;
    struct net_row *rows = NULL;
    size_t count;

    if (!from->gone && !link.name[0]) { /* a part of it changed: what is it now? */
        if (net_table_read(NET_LINKS, 0, link.index, &rows, &count) != NET_OK || !count)
            return;
        link = rows[0].link;
        net_table_free(rows);
    }
    link.speed_bps = 0; /* messages do not say it */
    apply_family(n, &link, NET_IPV4, !from->gone && link.v4.present);
    apply_family(n, &link, NET_IPV6, !from->gone && link.v6.present);
}

/* The link that a row is of; NULL when it has gone. */
static const struct net_link *link_of(struct iph_notice *n, uint32_t index)
{
    struct net_row *rows;
    size_t count;

    if (n->link.index == index)
        return &n->link;
    if (net_table_read(NET_LINKS, 0, index, &rows, &count) != NET_OK || !count)
        return NULL;
    n->link = rows[0].link;
    net_table_free(rows);
    return &n->link;
}

void iph_apply(void *notice, const struct net_row *from)
{
    struct iph_notice *n = notice;
    union iph_row row = {0};
    const struct net_link *link;

    if (n->table == NET_LINKS) {
        apply_link(n, from);
        return;
    }
    link = link_of(n, n->table == NET_ADDRESSES ? from->address.index : from->route.index);
    if (!link && !from->gone)
        return;
    if (n->table == NET_ADDRESSES)
        iph_fill_address(&row.address, &from->address, link);
    else
        iph_fill_route(&row.route, &from->route, link);
    if (from->gone)
        take(n, &row);
    else
        put(n, &row);
}

/* ---- a new reading ---- */
static void mark(struct iph_notice *n, const struct net_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        union iph_row row = {0};
        struct iph_known *item;

        for (unsigned family = NET_IPV4; family <= NET_IPV6; family += NET_IPV6 - NET_IPV4) {
            if (n->table == NET_LINKS && !(family == NET_IPV4 ? rows[i].link.v4.present : rows[i].link.v6.present))
                continue;
            if (n->table == NET_LINKS)
                iph_fill_ip(&row.ip, &rows[i].link, family);
            else if (n->table == NET_ADDRESSES)
                iph_fill_address(&row.address, &rows[i].address, NULL);
            else
                iph_fill_route(&row.route, &rows[i].route, NULL);
            item = *find(n, &row);
            if (item)
                item->seen = true;
        }
    }
}

static void sweep(struct iph_notice *n)
{
    union iph_row last;

    for (unsigned b = 0; b < IPH_BUCKETS; b++) {
        struct iph_known **at = &n->known[b];

        while (*at) {
            struct iph_known *item = *at;

            if (item->seen) {
                at = &item->next;
                continue;
            }
            *at = item->next;
            last = item->row;
            ExFreePoolWithTag(item, IPH_TAG);
            iph_deliver(n, &last, MibDeleteInstance);
        }
    }
}

NTSTATUS iph_resync(struct iph_notice *n)
{
    struct net_row *rows;
    size_t count;
    NTSTATUS status = iph_status(net_table_read(n->table, n->family, 0, &rows, &count));

    if (!NT_SUCCESS(status))
        return status;
    for (unsigned b = 0; b < IPH_BUCKETS; b++) {
        for (struct iph_known *item = n->known[b]; item; item = item->next)
            item->seen = false;
    }
    mark(n, rows, count);
    sweep(n);
    for (size_t i = 0; i < count; i++)
        iph_apply(n, &rows[i]);
    net_table_free(rows);
    return STATUS_SUCCESS;
}

void iph_forget(struct iph_notice *n)
{
    for (unsigned b = 0; b < IPH_BUCKETS; b++) {
        while (n->known[b]) {
            struct iph_known *item = n->known[b];

            n->known[b] = item->next;
            ExFreePoolWithTag(item, IPH_TAG);
        }
    }
}
