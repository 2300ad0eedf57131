/* Routes that a driver makes, changes and takes away (IPH-047 .. IPH-050), and the route that a packet would take (IPH-052, IPH-053). */
#include "netio/iph/iph_private.h"

static void mask(struct net_addr *a, unsigned prefix)
{
    for (unsigned i = 0; i < 16; i++)
        a->ip[i] &= (uint8_t)(prefix >= 8 * (i + 1) ? 0xff : prefix <= 8 * i ? 0 : 0xff << (8 * (i + 1) - prefix));
}

static NTSTATUS aim(const MIB_IPFORWARD_ROW2 *row, struct net_row *out, struct net_link *link)
{
    struct net_route *r = &out->route;
    NTSTATUS status;

    __builtin_memset(out, 0, sizeof(*out));
    out->table = NET_ROUTES;
    if (!row || !iph_addr(&row->DestinationPrefix.Prefix, &r->to) || !iph_addr(&row->NextHop, &r->via) || r->via.family != r->to.family ||
        row->DestinationPrefix.PrefixLength > (r->to.family == NET_IPV4 ? 32 : 128))
        return STATUS_INVALID_PARAMETER;
    r->prefix = row->DestinationPrefix.PrefixLength;
    mask(&r->to, r->prefix); /* IPH-048 [W] */
    if (iph_is_zero(&r->via))
        r->via.family = 0; /* on-link */
    status = iph_find_link(&row->InterfaceLuid, row->InterfaceIndex, link);
    r->index = NT_SUCCESS(status) ? link->index : 0;
    return status;
}

static NTSTATUS check_values(const MIB_IPFORWARD_ROW2 *row)
{
    if (row->PreferredLifetime > row->ValidLifetime)
        return STATUS_INVALID_PARAMETER;
    if (row->SitePrefixLength != 255 && row->SitePrefixLength > row->DestinationPrefix.PrefixLength)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* The route of this key as it is now. STATUS_NOT_FOUND. */
static NTSTATUS present(const struct net_route *r, struct net_route *out)
{
    struct net_row *rows;
    size_t count;
    NTSTATUS status = iph_status(net_table_read(NET_ROUTES, r->to.family, r->index, &rows, &count));

    if (!NT_SUCCESS(status))
        return status;
    status = STATUS_NOT_FOUND;
    for (size_t i = 0; i < count && !NT_SUCCESS(status); i++) {
        const struct net_route *x = &rows[i].route;

        if (x->prefix == r->prefix && iph_compare_addr(&x->to, &r->to) == 0 && x->via.family == r->via.family &&
            (!r->via.family || iph_compare_addr(&x->via, &r->via) == 0)) {
            *out = *x;
            status = STATUS_SUCCESS;
        }
    }
    net_table_free(rows);
    return status;
}

NTSTATUS NTAPI CreateIpForwardEntry2(const MIB_IPFORWARD_ROW2 *Row)
{
    struct net_link link;
    struct net_route old;
    struct net_row row;
    NTSTATUS status;

    if (iph_at_wrong_level("CreateIpForwardEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    status = aim(Row, &row, &link);
    if (NT_SUCCESS(status))
        status = check_values(Row);
    if (!NT_SUCCESS(status))
        return status;
    row.route.metric = Row->Metric == 0xFFFFFFFF ? 0 : Row->Metric;
    status = present(&row.route, &old);
    if (NT_SUCCESS(status))
        return STATUS_DUPLICATE_OBJECTID;
    return status == STATUS_NOT_FOUND ? iph_status(net_table_change(NET_CREATE, &row)) : status;
}

/* Of what Set changes Linux keeps the metric, which is part of its key: the new route first, so that a failure leaves the old. */
NTSTATUS NTAPI SetIpForwardEntry2(const MIB_IPFORWARD_ROW2 *Row)
{
    struct net_link link;
    struct net_row row, old;
    NTSTATUS status;

    if (iph_at_wrong_level("SetIpForwardEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    status = aim(Row, &row, &link);
    if (NT_SUCCESS(status))
        status = check_values(Row);
    old = row;
    if (NT_SUCCESS(status))
        status = present(&row.route, &old.route);
    if (!NT_SUCCESS(status))
        return status;
    row.route = old.route;
    if (Row->Metric != 0xFFFFFFFF)
        row.route.metric = Row->Metric;
    if (row.route.metric == old.route.metric)
        return STATUS_SUCCESS;
    status = iph_status(net_table_change(NET_CREATE, &row));
    return NT_SUCCESS(status) ? iph_status(net_table_change(NET_DELETE, &old)) : status;
}

NTSTATUS NTAPI DeleteIpForwardEntry2(const MIB_IPFORWARD_ROW2 *Row)
{
    struct net_link link;
    struct net_row row;
    NTSTATUS status;

    if (iph_at_wrong_level("DeleteIpForwardEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    status = aim(Row, &row, &link);
    if (NT_SUCCESS(status))
        status = present(&row.route, &row.route);
    if (NT_SUCCESS(status) && row.route.by == NET_BY_KERNEL)
        return STATUS_ACCESS_DENIED; /* IPH-100 */
    return NT_SUCCESS(status) ? iph_status(net_table_change(NET_DELETE, &row)) : status;
}

/* ---- GetBestRoute2 ---- */
/* The table's route that the kernel took: longest prefix on its interface with its next hop. */
static void match(struct net_route *found)
{
    struct net_row *rows;
    size_t count;
    const struct net_route *best = NULL;

    if (net_table_read(NET_ROUTES, found->to.family, found->index, &rows, &count) != NET_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct net_route *r = &rows[i].route;
        struct net_addr to = found->to;

        mask(&to, r->prefix);
        if (iph_compare_addr(&to, &r->to) != 0 || r->via.family != found->via.family ||
            (r->via.family && iph_compare_addr(&r->via, &found->via) != 0))
            continue;
        if (!best || r->prefix > best->prefix || (r->prefix == best->prefix && r->metric < best->metric))
            best = r;
    }
    if (best) {
        struct net_addr source = found->source;

        *found = *best;
        found->source = source;
    } else {
        found->prefix = found->to.family == NET_IPV4 ? 32 : 128;
    }
    net_table_free(rows);
}

/* IPH-052: a source restricts to its own interface. */
NTSTATUS iph_link_of_source(const struct net_addr *source, uint32_t *index)
{
    struct net_row *rows;
    size_t count;
    NTSTATUS status = iph_status(net_table_read(NET_ADDRESSES, source->family, 0, &rows, &count));

    if (!NT_SUCCESS(status))
        return status;
    status = STATUS_NOT_FOUND;
    for (size_t i = 0; i < count; i++) {
        if (iph_compare_addr(&rows[i].address.ip, source) != 0 || (*index && *index != rows[i].address.index))
            continue;
        *index = rows[i].address.index;
        status = STATUS_SUCCESS;
        break;
    }
    net_table_free(rows);
    return status;
}

NTSTATUS NTAPI GetBestRoute2(NET_LUID *InterfaceLuid, NET_IFINDEX InterfaceIndex, const SOCKADDR_INET *SourceAddress,
                             const SOCKADDR_INET *DestinationAddress, ULONG AddressSortOptions, PMIB_IPFORWARD_ROW2 BestRoute,
                             SOCKADDR_INET *BestSourceAddress)
{
    struct net_addr to, source = {0};
    struct net_link link;
    struct net_route route;
    uint32_t index = 0;
    NTSTATUS status;

    if (iph_at_wrong_level("GetBestRoute2"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!DestinationAddress || !BestRoute || !BestSourceAddress || !iph_addr(DestinationAddress, &to))
        return STATUS_INVALID_PARAMETER;
    if ((InterfaceLuid && InterfaceLuid->Value) || InterfaceIndex) {
        status = iph_find_link(InterfaceLuid, InterfaceIndex, &link);
        if (!NT_SUCCESS(status))
            return status;
        index = link.index;
    }
    if (SourceAddress && SourceAddress->si_family != AF_UNSPEC) {
        if (!iph_addr(SourceAddress, &source) || source.family != to.family)
            return STATUS_INVALID_PARAMETER;
        if (iph_is_zero(&source))
            source.family = 0;
    }
    status = source.family ? iph_link_of_source(&source, &index) : STATUS_SUCCESS;
    if (NT_SUCCESS(status))
        status = iph_status(net_route_find(&to, source.family ? &source : NULL, index, &route));
    if (!NT_SUCCESS(status))
        return status;
    match(&route);
    status = iph_find_link(NULL, route.index, &link);
    if (!NT_SUCCESS(status))
        return status;
    if (!route.source.family)
        route.source.family = to.family;
    iph_fill_route(BestRoute, &route, &link);
    iph_sockaddr(&route.source, route.index, BestSourceAddress);
    return STATUS_SUCCESS;
}
