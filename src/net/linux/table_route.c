/* Routes of the tables main and local: RTM_NEWROUTE and RTM_DELROUTE as rows, a row for each next hop (IPH-044, IPH-051). */
#include <string.h>

#include "netlink_private.h"

static uint8_t by(unsigned protocol)
{
    switch (protocol) {
    case RTPROT_KERNEL: return NET_BY_KERNEL;
    case RTPROT_STATIC: case RTPROT_BOOT: return NET_BY_STATIC;
    case RTPROT_REDIRECT: return NET_BY_REDIRECT;
    case RTPROT_RA: return NET_BY_RA;
    case RTPROT_DHCP: return NET_BY_DHCP;
    case RTPROT_RIP: return NET_BY_RIP;
    case RTPROT_ISIS: return NET_BY_ISIS;
    case RTPROT_OSPF: return NET_BY_OSPF;
    case RTPROT_BGP: return NET_BY_BGP;
    default: return NET_BY_OTHER;
    }
}

static bool kind_of(unsigned type, uint8_t *kind)
{
    switch (type) {
    case RTN_UNICAST: *kind = NET_ROUTE_UNICAST; return true;
    case RTN_LOCAL: *kind = NET_ROUTE_LOCAL; return true;
    case RTN_BROADCAST: *kind = NET_ROUTE_BROADCAST; return true;
    case RTN_MULTICAST: *kind = NET_ROUTE_MULTICAST; return true;
    case RTN_ANYCAST: *kind = NET_ROUTE_ANYCAST; return true;
    default: return false; /* blackhole and the like belong to no interface */
    }
}

static void hops(const struct nlattr *multipath, unsigned af, struct net_row *row, net_row_fn *each, void *ctx)
{
    const struct rtnexthop *hop = mnl_attr_get_payload(multipath);
    int left = mnl_attr_get_payload_len(multipath);

    for (; left >= (int)sizeof(*hop) && hop->rtnh_len >= sizeof(*hop) && hop->rtnh_len <= left; left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
        const struct nlattr *a = (const struct nlattr *)RTNH_DATA(hop);

        row->route.index = (uint32_t)hop->rtnh_ifindex;
        row->route.via = (struct net_addr){0};
        for (; mnl_attr_ok(a, (int)((const char *)hop + hop->rtnh_len - (const char *)a)); a = mnl_attr_next(a)) {
            if (mnl_attr_get_type(a) == RTA_GATEWAY)
                netlink_addr(af, a, &row->route.via);
        }
        each(ctx, row);
    }
}

void netlink_route_rows(const struct nlmsghdr *message, unsigned family, net_row_fn *each, void *ctx)
{
    const struct rtmsg *head = mnl_nlmsg_get_payload(message);
    struct net_row row = {.table = NET_ROUTES, .gone = message->nlmsg_type == RTM_DELROUTE};
    struct net_route *r = &row.route;
    const struct nlattr *a, *multipath = NULL;
    uint32_t table = head->rtm_table;

    r->to.family = (uint8_t)netlink_family_of(head->rtm_family);
    if (!r->to.family || (family && family != r->to.family) || head->rtm_flags & RTM_F_CLONED || !kind_of(head->rtm_type, &r->kind))
        return;
    r->prefix = head->rtm_dst_len;
    r->by = by(head->rtm_protocol);
    r->expires_s = UINT32_MAX;
    mnl_attr_for_each(a, message, sizeof(*head)) {
        switch (mnl_attr_get_type(a)) {
        case RTA_TABLE: table = mnl_attr_get_u32(a); break;
        case RTA_DST: netlink_addr(head->rtm_family, a, &r->to); break;
        case RTA_GATEWAY: netlink_addr(head->rtm_family, a, &r->via); break;
        case RTA_PREFSRC: netlink_addr(head->rtm_family, a, &r->source); break;
        case RTA_OIF: r->index = mnl_attr_get_u32(a); break;
        case RTA_PRIORITY: r->metric = mnl_attr_get_u32(a); break;
        case RTA_MULTIPATH: multipath = a; break;
        case RTA_EXPIRES: r->expires_s = mnl_attr_get_u32(a); break;
        case RTA_CACHEINFO: {
            const struct rta_cacheinfo *c = mnl_attr_get_payload(a);

            if (c->rta_expires > 0)
                r->expires_s = (uint32_t)c->rta_expires / 100;
            break;
        }
        default: break;
        }
    }
    if (table != RT_TABLE_MAIN && table != RT_TABLE_LOCAL)
        return;
    if (multipath)
        hops(multipath, head->rtm_family, &row, each, ctx);
    else if (r->index)
        each(ctx, &row);
}

static void take_first(void *ctx, const struct nlmsghdr *message)
{
    struct net_route *out = ctx;
    const struct rtmsg *head = mnl_nlmsg_get_payload(message);
    const struct nlattr *a;

    out->to.family = (uint8_t)netlink_family_of(head->rtm_family);
    if (!kind_of(head->rtm_type, &out->kind))
        return;
    mnl_attr_for_each(a, message, sizeof(*head)) {
        switch (mnl_attr_get_type(a)) {
        case RTA_GATEWAY: netlink_addr(head->rtm_family, a, &out->via); break;
        case RTA_PREFSRC: netlink_addr(head->rtm_family, a, &out->source); break;
        case RTA_OIF: out->index = mnl_attr_get_u32(a); break;
        case RTA_PRIORITY: out->metric = mnl_attr_get_u32(a); break;
        case RTA_METRICS: {
            const struct nlattr *m;

            mnl_attr_for_each_nested(m, a) {
                if (mnl_attr_get_type(m) == RTAX_MTU)
                    out->mtu = mnl_attr_get_u32(m);
            }
            break;
        }
        default: break;
        }
    }
}

static int ask_route(const struct net_addr *to, const struct net_addr *source, uint32_t index, uint32_t flags, struct net_route *out)
{
    char space[512], buffer[NETLINK_BYTES];
    struct nlmsghdr *request = mnl_nlmsg_put_header(space);
    struct rtmsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

    request->nlmsg_type = RTM_GETROUTE;
    head->rtm_family = (uint8_t)netlink_family(to->family);
    head->rtm_dst_len = to->family == NET_IPV4 ? 32 : 128;
    head->rtm_flags = flags;
    netlink_put_addr(request, RTA_DST, to);
    if (source) {
        head->rtm_src_len = head->rtm_dst_len;
        netlink_put_addr(request, RTA_SRC, source);
    }
    if (index)
        mnl_attr_put_u32(request, RTA_OIF, index);
    *out = (struct net_route){.to = *to};
    return netlink_ask(NETLINK_ROUTE, request, buffer, take_first, out);
}

int net_route_find(const struct net_addr *to, const struct net_addr *source, uint32_t index, struct net_route *out)
{
    int err = NET_OK;

    /* Asked for a link, IPv4 takes what it has no route to for on-link; only the table itself says that there is none. A group needs none. */
    if (index && to->family == NET_IPV4 && to->ip[0] >> 4 != 14)
        err = ask_route(to, source, index, RTM_F_FIB_MATCH, out);
    if (err == NET_OK)
        err = ask_route(to, source, index, 0, out);
    if (err == NET_OK && !out->source.family && source)
        out->source = *source;
    return err == NET_OK && !out->index ? NET_NET_UNREACH : err;
}
