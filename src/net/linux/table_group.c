/* Anycast addresses and multicast groups (IPH-041 .. IPH-043). IPv6 tells of both with rtnetlink; IPv4 has groups only, which are in a file of /proc
 * (rtnetlink lists them in Linux 6.14 and later only). An anycast address is one that a socket has joined: for each that we make, a socket is kept. */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netlink_private.h"

void netlink_group_rows(const struct nlmsghdr *message, net_row_fn *each, void *ctx)
{
    const struct ifaddrmsg *head = mnl_nlmsg_get_payload(message);
    struct net_row row = {.table = message->nlmsg_type >= RTM_GETANYCAST - 2 ? NET_ANYCAST : NET_MULTICAST};
    const struct nlattr *a;

    row.address.index = head->ifa_index;
    mnl_attr_for_each(a, message, sizeof(*head)) {
        if (mnl_attr_get_type(a) == IFA_ANYCAST || mnl_attr_get_type(a) == IFA_MULTICAST)
            netlink_addr(head->ifa_family, a, &row.address.ip);
    }
    if (row.address.ip.family == NET_IPV6)
        each(ctx, &row);
}

/* Lines of an interface, "2 t0 : 1 V3", and below each its groups, "010000E0 1 0:00000000 0": the address as the machine's word. */
int netlink_igmp_rows(net_row_fn *each, void *ctx)
{
    struct net_row row = {.table = NET_MULTICAST};
    FILE *file = fopen("/proc/net/igmp", "re");
    char line[256];

    if (!file)
        return errno == ENOENT ? NET_OK : (int)netlink_err(errno); /* no IPv4 */
    while (fgets(line, sizeof(line), file)) {
        uint32_t group;

        if (line[0] != '\t') {
            row.address.index = (uint32_t)strtoul(line, NULL, 10);
        } else if (row.address.index && sscanf(line, " %x", &group) == 1) {
            row.address.ip = (struct net_addr){.family = NET_IPV4};
            memcpy(row.address.ip.ip, &group, sizeof(group));
            each(ctx, &row);
        }
    }
    fclose(file);
    return NET_OK;
}

/* ---- anycast addresses that we have made ---- */
struct joined {
    struct joined *next;
    struct net_addr ip;
    uint32_t index;
    int fd;
};
static struct joined *joined;
static pthread_mutex_t joined_lock = PTHREAD_MUTEX_INITIALIZER;

static int join(const struct net_address *a)
{
    struct ipv6_mreq request = {.ipv6mr_interface = a->index};
    struct joined *j = malloc(sizeof(*j));

    if (!j)
        return NET_NOMEM;
    *j = (struct joined){.ip = a->ip, .index = a->index, .fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    memcpy(&request.ipv6mr_multiaddr, a->ip.ip, 16);
    if (j->fd < 0 || setsockopt(j->fd, IPPROTO_IPV6, IPV6_JOIN_ANYCAST, &request, sizeof(request)) != 0) {
        int err = errno;

        if (j->fd >= 0)
            close(j->fd);
        free(j);
        return netlink_err(err);
    }
    pthread_mutex_lock(&joined_lock);
    j->next = joined;
    joined = j;
    pthread_mutex_unlock(&joined_lock);
    return NET_OK;
}

static int leave(const struct net_address *a)
{
    struct joined *found = NULL;

    pthread_mutex_lock(&joined_lock);
    for (struct joined **at = &joined; *at && !found; at = &(*at)->next) {
        if ((*at)->index != a->index || memcmp((*at)->ip.ip, a->ip.ip, 16) != 0)
            continue;
        found = *at;
        *at = found->next;
        break;
    }
    pthread_mutex_unlock(&joined_lock);
    if (!found)
        return NET_ACCESS; /* the kernel's, or another program's */
    close(found->fd);
    free(found);
    return NET_OK;
}

int netlink_change_anycast(enum net_change how, const struct net_address *a)
{
    if (a->ip.family != NET_IPV6)
        return NET_NOTSUP;
    return how == NET_CREATE ? join(a) : how == NET_DELETE ? leave(a) : NET_NOTSUP;
}
