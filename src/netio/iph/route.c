/* Routes: MIB_IPFORWARD_ROW2 (IPH-044 .. IPH-051). */
#include "netio/iph/iph_private.h"

static NL_ROUTE_PROTOCOL protocol(const struct net_route *r)
{
    switch (r->by) {
    case NET_BY_KERNEL: return RouteProtocolLocal;
    case NET_BY_STATIC: return RouteProtocolNetMgmt;
    case NET_BY_REDIRECT: return RouteProtocolIcmp;
    case NET_BY_RIP: return RouteProtocolRip;
    case NET_BY_ISIS: return RouteProtocolIsIs;
    case NET_BY_OSPF: return RouteProtocolOspf;
    case NET_BY_BGP: return RouteProtocolBgp;
    default: return RouteProtocolOther;
    }
}

/* Age stays 0: when a route came is not known to Linux. */
void iph_fill_route(MIB_IPFORWARD_ROW2 *out, const struct net_route *r, const struct net_link *link)
{
    struct net_addr none = {.family = r->to.family};

    __builtin_memset(out, 0, sizeof(*out));
    out->InterfaceLuid = link ? iph_luid(link) : (NET_LUID){0};
    out->InterfaceIndex = r->index;
    iph_sockaddr(&r->to, r->index, &out->DestinationPrefix.Prefix);
    out->DestinationPrefix.PrefixLength = r->prefix;
    iph_sockaddr(r->via.family ? &r->via : &none, r->index, &out->NextHop);
    if (r->via.family && r->via.family != r->to.family) /* an IPv4 route through an IPv6 router has no form here */
        iph_sockaddr(&none, 0, &out->NextHop);
    out->ValidLifetime = out->PreferredLifetime = r->expires_s;
    out->Metric = r->metric;
    out->Protocol = protocol(r);
    out->Loopback = r->kind == NET_ROUTE_LOCAL;
    out->AutoconfigureAddress = r->by == NET_BY_RA;
    out->Immortal = r->by == NET_BY_KERNEL;
    out->Origin = r->by == NET_BY_RA ? NlroRouterAdvertisement : r->by == NET_BY_DHCP ? NlroDHCP : r->by == NET_BY_KERNEL ? NlroWellKnown : NlroManual;
}

int iph_order_routes(const struct net_row *a, const struct net_row *b)
{
    const struct net_route *x = &a->route, *y = &b->route;
    int order;

    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    order = iph_compare_addr(&x->to, &y->to);
    if (!order)
        order = x->prefix - y->prefix;
    if (!order)
        order = iph_compare_addr(&x->via, &y->via);
    return order ? order : x->metric < y->metric ? -1 : x->metric > y->metric;
}

static unsigned fill_row(void *out, const struct net_row *row, const struct iph_links *links, const struct iph_read *read)
{
    const struct net_link *link = iph_link_of(links, row->route.index);

    if (!link)
        return 0;
    iph_fill_route(out, &row->route, link);
    return 1;
}

NTSTATUS NTAPI GetIpForwardTable2(ADDRESS_FAMILY Family, PMIB_IPFORWARD_TABLE2 *Table)
{
    struct iph_read read = {.table = NET_ROUTES, .order = iph_order_routes, .fill = fill_row, .first = offsetof(MIB_IPFORWARD_TABLE2, Table),
                            .row_bytes = sizeof(MIB_IPFORWARD_ROW2), .per_row = 1};

    if (iph_at_wrong_level("GetIpForwardTable2"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Table)
        return STATUS_INVALID_PARAMETER;
    *Table = NULL;
    if (!iph_family(Family, &read.family))
        return STATUS_INVALID_PARAMETER;
    return iph_read_table(&read, (void **)Table, __builtin_return_address(0));
}

/* IPH-045: an unspecified prefix with length 0 asks for a default route first, and else for the interface's first. */
static const struct net_route *find(const struct net_row *rows, size_t count, const struct net_addr *to, unsigned prefix, const struct net_addr *via)
{
    const struct net_route *first = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct net_route *r = &rows[i].route;
        struct net_addr hop = r->via.family ? r->via : (struct net_addr){.family = to->family};

        if (!first && r->kind == NET_ROUTE_UNICAST)
            first = r;
        if (r->prefix == prefix && iph_compare_addr(&r->to, to) == 0 && (iph_is_zero(via) || iph_compare_addr(&hop, via) == 0))
            return r;
    }
    return iph_is_zero(to) && !prefix && iph_is_zero(via) ? first : NULL;
}

NTSTATUS NTAPI GetIpForwardEntry2(PMIB_IPFORWARD_ROW2 Row)
{
    struct net_addr to, via;
    struct net_link link;
    struct net_row *rows;
    size_t count;
    const struct net_route *route;
    NTSTATUS status;

    if (iph_at_wrong_level("GetIpForwardEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Row || !iph_addr(&Row->DestinationPrefix.Prefix, &to) || Row->DestinationPrefix.PrefixLength > (to.family == NET_IPV4 ? 32 : 128))
        return STATUS_INVALID_PARAMETER;
    if (!iph_addr(&Row->NextHop, &via)) {
        if (Row->NextHop.si_family != AF_UNSPEC)
            return STATUS_INVALID_PARAMETER;
        via = (struct net_addr){.family = to.family};
    }
    if (via.family != to.family)
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&Row->InterfaceLuid, Row->InterfaceIndex, &link);
    if (NT_SUCCESS(status))
        status = iph_status(net_table_read(NET_ROUTES, to.family, link.index, &rows, &count));
    if (!NT_SUCCESS(status))
        return status;
    route = find(rows, count, &to, Row->DestinationPrefix.PrefixLength, &via);
    if (route)
        iph_fill_route(Row, route, &link);
    net_table_free(rows);
    return route ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

/* IPH-046: the members that a caller must set have values that no route has. */
VOID NTAPI InitializeIpForwardEntry(PMIB_IPFORWARD_ROW2 Row)
{
    __builtin_memset(Row, 0, sizeof(*Row));
    Row->SitePrefixLength = 255;
    Row->ValidLifetime = Row->PreferredLifetime = 0xFFFFFFFF;
    Row->Metric = 0xFFFFFFFF;
    Row->Protocol = (NL_ROUTE_PROTOCOL)-1;
    Row->Loopback = Row->AutoconfigureAddress = Row->Publish = Row->Immortal = TRUE;
}
