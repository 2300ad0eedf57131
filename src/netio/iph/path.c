/* Paths: MIB_IPPATH_ROW (IPH-061 .. IPH-063). Linux has no cache of destinations; the streams of the namespace stand for those in use, and know
 * their round trip [W]. What a route says of any destination is asked when it is. */
#include "netio/iph/iph_private.h"

static ULONG ms(uint32_t us)
{
    return us / 1000 + (us % 1000 >= 500);
}

static void fill_route(MIB_IPPATH_ROW *out, const struct net_route *route, const struct net_link *link)
{
    const struct net_addr *hop = route->via.family ? &route->via : &route->to;

    __builtin_memset(out, 0, sizeof(*out));
    iph_sockaddr(&route->to, link->index, &out->Destination);
    iph_sockaddr(&route->source, link->index, &out->Source);
    iph_sockaddr(hop, link->index, &out->CurrentNextHop);
    out->InterfaceLuid = iph_luid(link);
    out->InterfaceIndex = link->index;
    out->PathMtu = route->mtu ? route->mtu : link->mtu;
    out->LinkTransmitSpeed = out->LinkReceiveSpeed = link->speed_bps;
}

static void fill_measured(MIB_IPPATH_ROW *out, const struct net_path *path)
{
    if (path->mtu && path->mtu < out->PathMtu)
        out->PathMtu = path->mtu;
    out->RttMean = ms(path->rtt_us);
    out->RttDeviation = ms(path->deviation_us);
    out->LastReachable = path->heard_ms;
    out->IsReachable = TRUE;
}

/* One row of several streams between two hosts: of the one last heard of, which comes first. */
static int order(const struct net_row *a, const struct net_row *b)
{
    int by = iph_compare_addr(&a->path.to, &b->path.to);

    if (!by)
        by = iph_compare_addr(&a->path.from, &b->path.from);
    return by ? by : a->path.heard_ms < b->path.heard_ms ? -1 : a->path.heard_ms > b->path.heard_ms;
}

static unsigned fill_row(void *out, const struct net_row *row, const struct iph_links *links, const struct iph_read *read)
{
    const struct net_path **last = read->own, *path = &row->path;
    const struct net_link *link;
    struct net_route route;

    if (*last && iph_compare_addr(&(*last)->to, &path->to) == 0 && iph_compare_addr(&(*last)->from, &path->from) == 0)
        return 0;
    *last = path;
    if (net_route_find(&path->to, &path->from, 0, &route) != NET_OK)
        return 0; /* its route has gone */
    link = iph_link_of(links, route.index);
    if (!link)
        return 0;
    route.source = path->from;
    fill_route(out, &route, link);
    fill_measured(out, path);
    return 1;
}

NTSTATUS NTAPI GetIpPathTable(ADDRESS_FAMILY Family, PMIB_IPPATH_TABLE *Table)
{
    const struct net_path *last = NULL;
    struct iph_read read = {.table = NET_PATHS, .order = order, .fill = fill_row, .first = offsetof(MIB_IPPATH_TABLE, Table),
                            .row_bytes = sizeof(MIB_IPPATH_ROW), .per_row = 1, .own = &last};

    if (iph_at_wrong_level("GetIpPathTable"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Table)
        return STATUS_INVALID_PARAMETER;
    *Table = NULL;
    if (!iph_family(Family, &read.family))
        return STATUS_INVALID_PARAMETER;
    return iph_read_table(&read, (void **)Table, __builtin_return_address(0));
}

static void add_measured(MIB_IPPATH_ROW *out, const struct net_addr *to)
{
    const struct net_path *best = NULL;
    struct net_row *rows;
    size_t count;

    if (net_table_read(NET_PATHS, to->family, 0, &rows, &count) != NET_OK)
        return; /* what the route says stands */
    for (size_t i = 0; i < count; i++) {
        if (iph_compare_addr(&rows[i].path.to, to) == 0 && (!best || rows[i].path.heard_ms < best->heard_ms))
            best = &rows[i].path;
    }
    if (best)
        fill_measured(out, best);
    net_table_free(rows);
}

static bool hop_is_reachable(const struct net_route *route, const struct net_link *link)
{
    struct net_neighbour hop = {.index = link->index, .ip = route->via.family ? route->via : route->to};

    if (link->type == NET_LINK_LOOPBACK)
        return true;
    return NT_SUCCESS(iph_neighbour_find(&hop, &hop)) && (hop.state == NET_NEIGH_REACHABLE || hop.state == NET_NEIGH_PERMANENT);
}

NTSTATUS NTAPI GetIpPathEntry(PMIB_IPPATH_ROW Row)
{
    struct net_addr to;
    struct net_link link;
    struct net_route route;
    NTSTATUS status;

    if (iph_at_wrong_level("GetIpPathEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Row || !iph_addr(&Row->Destination, &to) || (Row->Source.si_family != AF_UNSPEC && Row->Source.si_family != Row->Destination.si_family))
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&Row->InterfaceLuid, Row->InterfaceIndex, &link);
    if (!NT_SUCCESS(status))
        return status;
    if (net_route_find(&to, NULL, link.index, &route) != NET_OK || route.index != link.index)
        return STATUS_NOT_FOUND; /* [W] no way there on this interface */
    if (!route.source.family)
        route.source.family = to.family;
    route.to = to;
    fill_route(Row, &route, &link);
    Row->IsReachable = hop_is_reachable(&route, &link);
    add_measured(Row, &to);
    return STATUS_SUCCESS;
}

/* IPH-063: what the kernel has learnt beside its routes goes. Streams that are open are still in use, and show again. */
NTSTATUS NTAPI FlushIpPathTable(ADDRESS_FAMILY Family)
{
    unsigned family;

    if (iph_at_wrong_level("FlushIpPathTable"))
        return STATUS_INVALID_DEVICE_STATE;
    return iph_family(Family, &family) ? iph_status(net_path_flush(family)) : STATUS_INVALID_PARAMETER;
}
