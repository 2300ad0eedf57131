/* Watches: a socket in the groups of a table, polled by the plane like any other (IPH-064 .. IPH-074). The kernel drops what does not fit and says so
 * once (ENOBUFS): that is NET_LOST. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "netlink_private.h"

static void join(int fd, unsigned group)
{
    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group));
}

static void join_groups(int fd, enum net_table table, unsigned family)
{
    bool v4 = family != NET_IPV6, v6 = family != NET_IPV4;

    switch (table) {
    case NET_LINKS:
        join(fd, RTNLGRP_LINK);
        if (v4)
            join(fd, RTNLGRP_IPV4_NETCONF);
        if (v6) {
            join(fd, RTNLGRP_IPV6_NETCONF);
            join(fd, RTNLGRP_IPV6_IFINFO);
        }
        break;
    case NET_ADDRESSES:
        if (v4)
            join(fd, RTNLGRP_IPV4_IFADDR);
        if (v6)
            join(fd, RTNLGRP_IPV6_IFADDR);
        break;
    case NET_ROUTES:
        if (v4)
            join(fd, RTNLGRP_IPV4_ROUTE);
        if (v6)
            join(fd, RTNLGRP_IPV6_ROUTE);
        join(fd, RTNLGRP_LINK); /* IPv4 routes go with their link without a word */
        break;
    default:
        join(fd, RTNLGRP_NEIGH);
        break;
    }
}

int net_watch_open(enum net_table table, unsigned family, const struct net_events *events, void *ctx, struct net_socket **out)
{
    struct sockaddr_nl local = {.nl_family = AF_NETLINK};
    struct net_socket *s = calloc(1, sizeof(*s));
    int room = 1 << 22, err; /* or as much as the machine lets anybody have */

    if (!s)
        return NET_NOMEM;
    s->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&local, sizeof(local)) != 0) {
        err = netlink_err(errno);
        goto fail;
    }
    setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    join_groups(s->fd, table, family);
    s->family = (uint8_t)family;
    s->type = (uint8_t)table;
    s->silent = true; /* nothing to reset */
    s->events = events;
    s->ctx = ctx;
    s->cpu = (uint16_t)net_any_cpu();
    err = net_poll_add(s);
    if (err != NET_OK)
        goto fail;
    *out = s;
    return NET_OK;
fail:
    if (s->fd >= 0)
        close(s->fd);
    free(s);
    return err;
}

static void tell(const struct nlmsghdr *m, const struct net_socket *s, net_row_fn *each, void *ctx, bool *lost)
{
    if (s->type == NET_ROUTES && (m->nlmsg_type == RTM_NEWLINK || m->nlmsg_type == RTM_DELLINK)) {
        const struct ifinfomsg *link = mnl_nlmsg_get_payload(m);

        /* The kernel takes a downed link's IPv4 routes away without a notice of each: the table is to be read again. */
        if (link->ifi_family == AF_UNSPEC && link->ifi_change & 1 /* IFF_UP */ && !(link->ifi_flags & 1))
            *lost = true;
        if (m->nlmsg_type == RTM_DELLINK)
            *lost = true;
        return;
    }
    if (m->nlmsg_type == RTM_NEWNETCONF && s->type == NET_LINKS) {
        struct net_row row = {.table = NET_LINKS};
        const struct nlattr *a;

        mnl_attr_for_each(a, m, sizeof(struct rtgenmsg)) {
            if (mnl_attr_get_type(a) == 1 /* NETCONFA_IFINDEX */)
                row.link.index = mnl_attr_get_u32(a);
        }
        if (row.link.index && row.link.index < 0x80000000u)
            each(ctx, &row);
        return;
    }
    netlink_rows(m, s->type, s->family, each, ctx);
}

int net_watch_next(struct net_socket *s, net_row_fn *each, void *ctx)
{
    char buffer[NETLINK_BYTES];
    bool lost = false;
    ssize_t got;
    int left;

    __atomic_fetch_or(&s->flags, NET_F_WANT_IN, __ATOMIC_SEQ_CST); /* before the try: an edge after it calls */
    do
        got = recv(s->fd, buffer, sizeof(buffer), 0);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == EAGAIN ? NET_AGAIN : errno == ENOBUFS ? NET_LOST : (int)netlink_err(errno);
    left = (int)got;
    for (const struct nlmsghdr *m = (const struct nlmsghdr *)buffer; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left))
        tell(m, s, each, ctx, &lost);
    return lost ? NET_LOST : NET_OK;
}
