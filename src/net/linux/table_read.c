/* Snapshots of a table, and messages of addresses and neighbours as rows (IPH-003, IPH-005). A dump under which the table changed is
 * made again, a few times; what the last one had is taken then. */
#include <linux/neighbour.h>
#include <stdlib.h>
#include <string.h>

#include "netlink_private.h"

#define TRIES 8

static void address_rows(const struct nlmsghdr *message, unsigned family, net_row_fn *each, void *ctx)
{
    const struct ifaddrmsg *head = mnl_nlmsg_get_payload(message);
    struct net_row row = {.table = NET_ADDRESSES, .gone = message->nlmsg_type == RTM_DELADDR};
    struct net_address *r = &row.address;
    const struct nlattr *a;
    uint32_t flags = head->ifa_flags;
    bool local = false;

    if (!netlink_family_of(head->ifa_family) || (family && family != netlink_family_of(head->ifa_family)))
        return;
    r->index = head->ifa_index;
    r->prefix = head->ifa_prefixlen;
    r->valid_s = r->preferred_s = UINT32_MAX;
    mnl_attr_for_each(a, message, sizeof(*head)) {
        switch (mnl_attr_get_type(a)) {
        case IFA_LOCAL:
            netlink_addr(head->ifa_family, a, &r->ip);
            local = true;
            break;
        case IFA_ADDRESS:
            if (!local)
                netlink_addr(head->ifa_family, a, &r->ip);
            break;
        case IFA_FLAGS: flags = mnl_attr_get_u32(a); break;
        case IFA_CACHEINFO: {
            const struct ifa_cacheinfo *c = mnl_attr_get_payload(a);

            r->valid_s = c->ifa_valid;
            r->preferred_s = c->ifa_prefered;
            r->created_cs = c->cstamp;
            break;
        }
        default: break;
        }
    }
    r->flags = (flags & IFA_F_TENTATIVE && !(flags & IFA_F_OPTIMISTIC) ? NET_IP_TENTATIVE : 0) | (flags & IFA_F_DADFAILED ? NET_IP_DUPLICATE : 0) |
               (flags & IFA_F_DEPRECATED ? NET_IP_DEPRECATED : 0) | (flags & IFA_F_PERMANENT ? NET_IP_PERMANENT : 0) |
               (head->ifa_family == AF_INET6 && flags & (IFA_F_TEMPORARY | IFA_F_STABLE_PRIVACY) ? NET_IP_RANDOM : 0);
    each(ctx, &row);
}

static uint8_t neighbour_state(unsigned state)
{
    return state & (NUD_PERMANENT | NUD_NOARP) ? NET_NEIGH_PERMANENT : state & NUD_REACHABLE ? NET_NEIGH_REACHABLE : state & NUD_STALE ? NET_NEIGH_STALE :
           state & NUD_DELAY ? NET_NEIGH_DELAY : state & NUD_PROBE ? NET_NEIGH_PROBE : state & NUD_INCOMPLETE ? NET_NEIGH_INCOMPLETE : NET_NEIGH_FAILED;
}

static void neighbour_rows(const struct nlmsghdr *message, unsigned family, net_row_fn *each, void *ctx)
{
    const struct ndmsg *head = mnl_nlmsg_get_payload(message);
    struct net_row row = {.table = NET_NEIGHBOURS, .gone = message->nlmsg_type == RTM_DELNEIGH};
    struct net_neighbour *r = &row.neighbour;
    const struct nlattr *a;

    if (!netlink_family_of(head->ndm_family) || (family && family != netlink_family_of(head->ndm_family)))
        return;
    r->index = (uint32_t)head->ndm_ifindex;
    r->state = neighbour_state(head->ndm_state);
    r->router = (head->ndm_flags & NTF_ROUTER) != 0;
    mnl_attr_for_each(a, message, sizeof(*head)) {
        uint16_t bytes = mnl_attr_get_payload_len(a);

        if (mnl_attr_get_type(a) == NDA_DST) {
            netlink_addr(head->ndm_family, a, &r->ip);
        } else if (mnl_attr_get_type(a) == NDA_LLADDR) {
            r->address_bytes = (uint8_t)(bytes < 32 ? bytes : 32);
            memcpy(r->address, mnl_attr_get_payload(a), r->address_bytes);
        } else if (mnl_attr_get_type(a) == NDA_CACHEINFO) {
            r->confirmed_ms = ((const struct nda_cacheinfo *)mnl_attr_get_payload(a))->ndm_confirmed * 10; /* USER_HZ */
        }
    }
    if (r->ip.family)
        each(ctx, &row);
}

void netlink_rows(const struct nlmsghdr *message, enum net_table table, unsigned family, net_row_fn *each, void *ctx)
{
    switch (message->nlmsg_type) {
    case RTM_NEWLINK: case RTM_DELLINK:
        if (table == NET_LINKS)
            netlink_link_rows(message, each, ctx);
        break;
    case RTM_NEWADDR: case RTM_DELADDR:
        if (table == NET_ADDRESSES)
            address_rows(message, family, each, ctx);
        break;
    case RTM_NEWROUTE: case RTM_DELROUTE:
        if (table == NET_ROUTES)
            netlink_route_rows(message, family, each, ctx);
        break;
    case RTM_NEWNEIGH: case RTM_DELNEIGH:
        if (table == NET_NEIGHBOURS)
            neighbour_rows(message, family, each, ctx);
        break;
    case RTM_GETANYCAST: case RTM_GETMULTICAST: /* the answers bear the question's type; ... */
    case RTM_GETANYCAST - 2: case RTM_GETMULTICAST - 2: /* ... later kernels know RTM_NEWxxx too */
        if (table == NET_ANYCAST || table == NET_MULTICAST)
            netlink_group_rows(message, each, ctx);
        break;
    default: break;
    }
}

struct reading {
    enum net_table table;
    unsigned family;
    uint32_t index;
    struct net_row *rows;
    size_t count, room;
    bool failed;
};

static uint32_t index_of(const struct net_row *row)
{
    switch (row->table) {
    case NET_LINKS: return row->link.index;
    case NET_ROUTES: return row->route.index;
    case NET_NEIGHBOURS: return row->neighbour.index;
    case NET_PATHS: return 0; /* a stream is bound to no link */
    default: return row->address.index;
    }
}

static void add_row(void *ctx, const struct net_row *row)
{
    struct reading *r = ctx;
    if (r->index && r->index != index_of(row))
        return;
    if (r->table == NET_PATHS && r->family && r->family != row->path.to.family)
        return;
    if (r->count == r->room) {
        size_t room = r->room ? 2 * r->room : 16;
        struct net_row *more = realloc(r->rows, room * sizeof(*more));

        if (!more) {
            r->failed = true;
            return;
        }
        r->rows = more;
        r->room = room;
    }
    r->rows[r->count++] = *row;
}

static void add_message(void *ctx, const struct nlmsghdr *message)
{
    struct reading *r = ctx;

    netlink_rows(message, r->table, r->family, add_row, r);
}

static int read_once(struct reading *r, char *buffer)
{
    static const uint16_t types[] = {[NET_LINKS] = RTM_GETLINK, [NET_ADDRESSES] = RTM_GETADDR, [NET_ROUTES] = RTM_GETROUTE, [NET_NEIGHBOURS] = RTM_GETNEIGH,
                                     [NET_ANYCAST] = RTM_GETANYCAST, [NET_MULTICAST] = RTM_GETMULTICAST};
    char space[256];
    struct nlmsghdr *request = mnl_nlmsg_put_header(space);
    int err = NET_OK;
    bool groups = r->table == NET_ANYCAST || r->table == NET_MULTICAST;
    struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head)); /* the largest of the heads; family comes first in all */

    request->nlmsg_type = types[r->table];
    head->ifi_family = (unsigned char)(r->table == NET_LINKS ? AF_UNSPEC : groups ? AF_INET6 : netlink_family(r->family));
    if (r->table == NET_LINKS && r->index)
        head->ifi_index = (int)r->index;
    else
        request->nlmsg_flags = NLM_F_DUMP;
    r->count = 0;
    if (r->table == NET_PATHS)
        return netlink_path_rows(buffer, add_row, r);
    if (r->table == NET_MULTICAST && r->family != NET_IPV6)
        err = netlink_igmp_rows(add_row, r);
    if (err != NET_OK || (groups && r->family == NET_IPV4))
        return err;
    return netlink_ask(NETLINK_ROUTE, request, buffer, add_message, r);
}

int net_table_read(enum net_table table, unsigned family, uint32_t index, struct net_row **out, size_t *count)
{
    struct reading r = {.table = table, .family = family, .index = index};
    char *buffer = malloc(NETLINK_BYTES);
    int err = NET_NOMEM;

    *out = NULL;
    *count = 0;
    for (unsigned i = 0; buffer && i < TRIES; i++) {
        err = read_once(&r, buffer);
        if (err != NET_LOST)
            break;
    }
    free(buffer);
    if (err == NET_LOST)
        err = NET_OK;
    if (r.failed)
        err = NET_NOMEM;
    if (err != NET_OK || !r.count) {
        free(r.rows);
        return err;
    }
    for (size_t i = 0; table == NET_LINKS && i < r.count; i++)
        netlink_link_more(&r.rows[i].link);
    *out = r.rows;
    *count = r.count;
    return NET_OK;
}

void net_table_free(struct net_row *rows)
{
    free(rows);
}
