/* Changes of the tables (IPH-034, IPH-037, IPH-038, IPH-047 .. IPH-050, IPH-057): CAP_NET_ADMIN in the namespace, else NET_ACCESS. */
#include <linux/neighbour.h>
#include <stdlib.h>
#include <string.h>

#include "netlink_private.h"

static void ignore(void *ctx, const struct nlmsghdr *message)
{
}

static int send_request(struct nlmsghdr *request)
{
    char *buffer = malloc(NETLINK_BYTES);
    int err = buffer ? netlink_ask(request, buffer, ignore, NULL) : NET_NOMEM;

    free(buffer);
    return err;
}

static uint16_t flags_of(enum net_change how)
{
    return how == NET_CREATE ? NLM_F_CREATE | NLM_F_EXCL : how == NET_SET ? NLM_F_REPLACE : 0;
}

static int change_link(const struct net_link *link)
{
    char space[256];
    struct nlmsghdr *request = mnl_nlmsg_put_header(space);
    struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

    request->nlmsg_type = RTM_NEWLINK;
    head->ifi_index = (int)link->index;
    mnl_attr_put_u32(request, IFLA_MTU, link->mtu);
    return send_request(request);
}

static int change_address(enum net_change how, const struct net_address *a)
{
    char space[512];
    struct nlmsghdr *request = mnl_nlmsg_put_header(space);
    struct ifaddrmsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

    request->nlmsg_type = how == NET_DELETE ? RTM_DELADDR : RTM_NEWADDR;
    request->nlmsg_flags = flags_of(how);
    head->ifa_family = (uint8_t)netlink_family(a->ip.family);
    head->ifa_prefixlen = a->prefix;
    head->ifa_index = a->index;
    netlink_put_addr(request, IFA_LOCAL, &a->ip);
    netlink_put_addr(request, IFA_ADDRESS, &a->ip);
    if (how != NET_DELETE) {
        struct ifa_cacheinfo life = {.ifa_valid = a->valid_s, .ifa_prefered = a->preferred_s};

        mnl_attr_put(request, IFA_CACHEINFO, sizeof(life), &life);
    }
    return send_request(request);
}

static int change_route(enum net_change how, const struct net_route *r)
{
    char space[512];
    struct nlmsghdr *request = mnl_nlmsg_put_header(space);
    struct rtmsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

    request->nlmsg_type = how == NET_DELETE ? RTM_DELROUTE : RTM_NEWROUTE;
    request->nlmsg_flags = flags_of(how);
    head->rtm_family = (uint8_t)netlink_family(r->to.family);
    head->rtm_dst_len = r->prefix;
    head->rtm_table = RT_TABLE_MAIN;
    head->rtm_type = r->kind == NET_ROUTE_LOCAL ? RTN_LOCAL : r->kind == NET_ROUTE_BROADCAST ? RTN_BROADCAST :
                     r->kind == NET_ROUTE_MULTICAST ? RTN_MULTICAST : r->kind == NET_ROUTE_ANYCAST ? RTN_ANYCAST : RTN_UNICAST;
    if (r->kind == NET_ROUTE_LOCAL || r->kind == NET_ROUTE_BROADCAST || r->kind == NET_ROUTE_ANYCAST)
        head->rtm_table = RT_TABLE_LOCAL;
    head->rtm_scope = how == NET_DELETE ? RT_SCOPE_NOWHERE : r->via.family ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
    head->rtm_protocol = how == NET_DELETE ? RTPROT_UNSPEC : RTPROT_STATIC;
    netlink_put_addr(request, RTA_DST, &r->to);
    if (r->via.family)
        netlink_put_addr(request, RTA_GATEWAY, &r->via);
    mnl_attr_put_u32(request, RTA_OIF, r->index);
    if (r->metric)
        mnl_attr_put_u32(request, RTA_PRIORITY, r->metric);
    return send_request(request);
}

static int change_neighbour(enum net_change how, const struct net_neighbour *n)
{
    char space[512];
    struct nlmsghdr *request = mnl_nlmsg_put_header(space);
    struct ndmsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

    request->nlmsg_type = how == NET_DELETE ? RTM_DELNEIGH : RTM_NEWNEIGH;
    request->nlmsg_flags = flags_of(how);
    head->ndm_family = (uint8_t)netlink_family(n->ip.family);
    head->ndm_ifindex = (int)n->index;
    head->ndm_state = NUD_PERMANENT;
    netlink_put_addr(request, NDA_DST, &n->ip);
    if (how != NET_DELETE)
        mnl_attr_put(request, NDA_LLADDR, n->address_bytes, n->address);
    return send_request(request);
}

int net_table_change(enum net_change how, const struct net_row *row)
{
    switch (row->table) {
    case NET_LINKS: return how == NET_SET ? change_link(&row->link) : NET_NOTSUP;
    case NET_ADDRESSES: return change_address(how, &row->address);
    case NET_ROUTES: return change_route(how, &row->route);
    default: return change_neighbour(how, &row->neighbour);
    }
}
