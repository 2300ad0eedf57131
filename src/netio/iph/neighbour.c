/* Neighbours: MIB_IPNET_ROW2 (IPH-055 .. IPH-058, IPH-060). Those that a driver makes are permanent. */
#include "netio/iph/iph_private.h"

static NL_NEIGHBOR_STATE state_of(const struct net_neighbour *n)
{
    static const UCHAR states[] = {[NET_NEIGH_FAILED] = NlnsUnreachable, [NET_NEIGH_INCOMPLETE] = NlnsIncomplete, [NET_NEIGH_PROBE] = NlnsProbe,
                                   [NET_NEIGH_DELAY] = NlnsDelay, [NET_NEIGH_STALE] = NlnsStale, [NET_NEIGH_REACHABLE] = NlnsReachable,
                                   [NET_NEIGH_PERMANENT] = NlnsPermanent};

    return (NL_NEIGHBOR_STATE)states[n->state];
}

void iph_fill_neighbour(MIB_IPNET_ROW2 *out, const struct net_neighbour *n, const struct net_link *link)
{
    __builtin_memset(out, 0, sizeof(*out));
    iph_sockaddr(&n->ip, n->index, &out->Address);
    out->InterfaceIndex = n->index;
    out->InterfaceLuid = iph_luid(link);
    __builtin_memcpy(out->PhysicalAddress, n->address, n->address_bytes);
    out->PhysicalAddressLength = n->address_bytes;
    out->State = state_of(n);
    out->IsRouter = n->router;
    out->IsUnreachable = n->state == NET_NEIGH_FAILED;
    out->ReachabilityTime.LastReachable = n->confirmed_ms;
}

static int order(const struct net_row *a, const struct net_row *b)
{
    if (a->neighbour.index != b->neighbour.index)
        return a->neighbour.index < b->neighbour.index ? -1 : 1;
    return iph_compare_addr(&a->neighbour.ip, &b->neighbour.ip);
}

static unsigned fill_row(void *out, const struct net_row *row, const struct iph_links *links, const struct iph_read *read)
{
    const struct net_link *link = iph_link_of(links, row->neighbour.index);

    if (link)
        iph_fill_neighbour(out, &row->neighbour, link);
    return link != NULL;
}

NTSTATUS NTAPI GetIpNetTable2(ADDRESS_FAMILY Family, PMIB_IPNET_TABLE2 *Table)
{
    struct iph_read read = {.table = NET_NEIGHBOURS, .order = order, .fill = fill_row, .first = offsetof(MIB_IPNET_TABLE2, Table),
                            .row_bytes = sizeof(MIB_IPNET_ROW2), .per_row = 1};

    if (iph_at_wrong_level("GetIpNetTable2"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Table)
        return STATUS_INVALID_PARAMETER;
    *Table = NULL;
    if (!iph_family(Family, &read.family))
        return STATUS_INVALID_PARAMETER;
    return iph_read_table(&read, (void **)Table, __builtin_return_address(0));
}

NTSTATUS iph_neighbour_aim(const MIB_IPNET_ROW2 *row, struct net_row *out, struct net_link *link)
{
    struct net_neighbour *n = &out->neighbour;
    NTSTATUS status;

    __builtin_memset(out, 0, sizeof(*out));
    out->table = NET_NEIGHBOURS;
    if (!row || !iph_addr(&row->Address, &n->ip) || iph_is_loopback(&n->ip) || iph_is_zero(&n->ip))
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&row->InterfaceLuid, row->InterfaceIndex, link);
    n->index = NT_SUCCESS(status) ? link->index : 0;
    return status;
}

NTSTATUS iph_neighbour_find(const struct net_neighbour *n, struct net_neighbour *out)
{
    struct net_row *rows;
    size_t count;
    NTSTATUS status = iph_status(net_table_read(NET_NEIGHBOURS, n->ip.family, n->index, &rows, &count));

    if (!NT_SUCCESS(status))
        return status;
    status = STATUS_NOT_FOUND;
    for (size_t i = 0; i < count && !NT_SUCCESS(status); i++) {
        if (iph_compare_addr(&rows[i].neighbour.ip, &n->ip) == 0) {
            *out = rows[i].neighbour;
            status = STATUS_SUCCESS;
        }
    }
    net_table_free(rows);
    return status;
}

NTSTATUS NTAPI GetIpNetEntry2(PMIB_IPNET_ROW2 Row)
{
    struct net_link link;
    struct net_row row;
    NTSTATUS status;

    if (iph_at_wrong_level("GetIpNetEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    status = iph_neighbour_aim(Row, &row, &link);
    if (NT_SUCCESS(status))
        status = iph_neighbour_find(&row.neighbour, &row.neighbour);
    if (NT_SUCCESS(status))
        iph_fill_neighbour(Row, &row.neighbour, &link);
    return status;
}

static NTSTATUS change(const MIB_IPNET_ROW2 *from, enum net_change how)
{
    struct net_link link;
    struct net_neighbour now;
    struct net_row row;
    NTSTATUS status = iph_neighbour_aim(from, &row, &link);

    if (NT_SUCCESS(status) && how != NET_DELETE && (!from->PhysicalAddressLength || from->PhysicalAddressLength > IF_MAX_PHYS_ADDRESS_LENGTH))
        status = STATUS_INVALID_PARAMETER;
    if (!NT_SUCCESS(status))
        return status;
    status = iph_neighbour_find(&row.neighbour, &now);
    if (how == NET_CREATE && status != STATUS_NOT_FOUND)
        return NT_SUCCESS(status) ? STATUS_DUPLICATE_OBJECTID : status;
    if (how != NET_CREATE && !NT_SUCCESS(status))
        return status;
    if (how != NET_DELETE) {
        row.neighbour.address_bytes = (uint8_t)from->PhysicalAddressLength;
        __builtin_memcpy(row.neighbour.address, from->PhysicalAddress, from->PhysicalAddressLength);
    }
    return iph_status(net_table_change(how, &row));
}

NTSTATUS NTAPI CreateIpNetEntry2(const MIB_IPNET_ROW2 *Row)
{
    if (iph_at_wrong_level("CreateIpNetEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    return change(Row, NET_CREATE);
}

NTSTATUS NTAPI SetIpNetEntry2(PMIB_IPNET_ROW2 Row)
{
    if (iph_at_wrong_level("SetIpNetEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    return change(Row, NET_SET);
}

NTSTATUS NTAPI DeleteIpNetEntry2(const MIB_IPNET_ROW2 *Row)
{
    if (iph_at_wrong_level("DeleteIpNetEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    return change(Row, NET_DELETE);
}

/* IPH-058: permanent entries stay [W]. One that goes by itself meanwhile is no failure. */
NTSTATUS NTAPI FlushIpNetTable2(ADDRESS_FAMILY Family, NET_IFINDEX InterfaceIndex)
{
    struct net_link link;
    struct net_row *rows;
    unsigned family;
    size_t count;
    NTSTATUS status = STATUS_SUCCESS;

    if (iph_at_wrong_level("FlushIpNetTable2"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!iph_family(Family, &family))
        return STATUS_INVALID_PARAMETER;
    if (InterfaceIndex)
        status = iph_find_link(NULL, InterfaceIndex, &link);
    if (NT_SUCCESS(status))
        status = iph_status(net_table_read(NET_NEIGHBOURS, family, InterfaceIndex, &rows, &count));
    if (!NT_SUCCESS(status))
        return status;
    for (size_t i = 0; i < count && NT_SUCCESS(status); i++) {
        if (rows[i].neighbour.state != NET_NEIGH_PERMANENT)
            status = iph_status(net_table_change(NET_DELETE, &rows[i]));
        if (status == STATUS_NOT_FOUND)
            status = STATUS_SUCCESS;
    }
    net_table_free(rows);
    return status;
}
