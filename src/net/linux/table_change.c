/* Changes of the tables (IPH-027, IPH-034, IPH-037, IPH-038, IPH-047 .. IPH-050, IPH-057): CAP_NET_ADMIN in the namespace, else NET_ACCESS. */
#include <errno.h>
#include <fcntl.h>
#include <linux/neighbour.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netlink_private.h"

static void ignore(void *ctx, const struct nlmsghdr *message)
{
}

static int send_request(struct nlmsghdr *request)
{
    char *buffer = malloc(NETLINK_BYTES);
    int err = buffer ? netlink_ask(NETLINK_ROUTE, request, buffer, ignore, NULL) : NET_NOMEM;

    free(buffer);
    return err;
}

static uint16_t flags_of(enum net_change how)
{
    return how == NET_CREATE ? NLM_F_CREATE | NLM_F_EXCL : how == NET_SET ? NLM_F_REPLACE : 0;
}

static int write_sysctl(const char *family, const char *link, const char *name, uint32_t value)
{
    char path[128], text[16];
    int bytes = snprintf(text, sizeof(text), "%u\n", value), fd, err = 0;

    snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s", family, link, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, (size_t)bytes) < 0)
        err = errno;
    if (fd >= 0)
        close(fd);
    return netlink_err(err == EROFS ? EACCES : err);
}

static int change_mtu(uint32_t index, uint32_t mtu)
{
    char space[256];
    struct nlmsghdr *request = mnl_nlmsg_put_header(space);
    struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

    request->nlmsg_type = RTM_NEWLINK;
    head->ifi_index = (int)index;
    mnl_attr_put_u32(request, IFLA_MTU, mtu);
    return send_request(request);
}

/* What differs, one by one. The link's MTU first: IPv6's follows it, and may be no larger. */
static int change_link(const struct net_link *want)
{
    struct net_row *rows;
    size_t count;
    struct net_link now;
    int err = net_table_read(NET_LINKS, 0, want->index, &rows, &count);

    if (err != NET_OK || !count)
        return err == NET_OK ? NET_NOT_FOUND : err;
    now = rows[0].link;
    net_table_free(rows);
    if (want->mtu != now.mtu)
        err = change_mtu(want->index, want->mtu);
    if (err == NET_OK && want->v4.forwarding != now.v4.forwarding)
        err = write_sysctl("ipv4", now.name, "forwarding", want->v4.forwarding);
    if (err != NET_OK || !now.v6.present)
        return err;
    if (want->v6.mtu != now.v6.mtu)
        err = write_sysctl("ipv6", now.name, "mtu", want->v6.mtu);
    if (err == NET_OK && want->v6.forwarding != now.v6.forwarding)
        err = write_sysctl("ipv6", now.name, "forwarding", want->v6.forwarding);
    if (err == NET_OK && want->v6.router_discovery != now.v6.router_discovery)
        err = write_sysctl("ipv6", now.name, "accept_ra", want->v6.router_discovery);
    if (err == NET_OK && want->v6.dad_transmits != now.v6.dad_transmits)
        err = write_sysctl("ipv6", now.name, "dad_transmits", want->v6.dad_transmits);
    return err;
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
    /* IPH-047: the next hop is part of a route's key here. EXCL would refuse a second one of the same prefix; APPEND refuses only the same again. */
    request->nlmsg_flags = how == NET_CREATE ? NLM_F_CREATE | NLM_F_APPEND : flags_of(how);
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
    case NET_ANYCAST: return netlink_change_anycast(how, &row->address);
    case NET_MULTICAST: case NET_PATHS: return NET_NOTSUP;
    default: return change_neighbour(how, &row->neighbour);
    }
}
