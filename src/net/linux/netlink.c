/* Questions to rtnetlink, and to the listing of sockets, through libmnl. A socket of its own for each: the kernel answers at once, and two threads never share one. */
#include <errno.h>
#include <string.h>

#include "netlink_private.h"

/* IPH-009 */
enum net_err netlink_err(int error)
{
    switch (error) {
    case 0: return NET_OK;
    case EPERM: case EACCES: return NET_ACCESS;
    case EEXIST: return NET_EXISTS;
    case ENOENT: case ESRCH: case EADDRNOTAVAIL: case ENODEV: case ENXIO: return NET_NOT_FOUND;
    case EINVAL: case ERANGE: return NET_INVAL;
    case EAFNOSUPPORT: case EOPNOTSUPP: return NET_NOTSUP;
    case ENOBUFS: case ENOMEM: return NET_NOMEM;
    default: return net_from_errno(error);
    }
}

unsigned netlink_family(unsigned family)
{
    return family == NET_IPV4 ? AF_INET : family == NET_IPV6 ? AF_INET6 : AF_UNSPEC;
}

unsigned netlink_family_of(unsigned af)
{
    return af == AF_INET ? NET_IPV4 : af == AF_INET6 ? NET_IPV6 : 0;
}

void netlink_addr(unsigned af, const struct nlattr *attr, struct net_addr *out)
{
    uint16_t bytes = mnl_attr_get_payload_len(attr);

    *out = (struct net_addr){.family = (uint8_t)netlink_family_of(af)};
    memcpy(out->ip, mnl_attr_get_payload(attr), bytes < 16 ? bytes : 16);
}

void netlink_put_addr(struct nlmsghdr *request, uint16_t type, const struct net_addr *addr)
{
    mnl_attr_put(request, type, addr->family == NET_IPV4 ? 4 : 16, addr->ip);
}

static int receive(struct mnl_socket *socket, unsigned sequence, char *buffer, netlink_fn *each, void *ctx)
{
    bool torn = false;

    for (;;) {
        ssize_t got = mnl_socket_recvfrom(socket, buffer, NETLINK_BYTES);
        int left = (int)got;

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return netlink_err(errno);
        for (const struct nlmsghdr *m = (const struct nlmsghdr *)buffer; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left)) {
            if (m->nlmsg_seq != sequence)
                continue;
            if (m->nlmsg_flags & NLM_F_DUMP_INTR)
                torn = true;
            if (m->nlmsg_type == NLMSG_ERROR) {
                const struct nlmsgerr *e = mnl_nlmsg_get_payload(m);

                return netlink_err(-e->error);
            }
            if (m->nlmsg_type == NLMSG_DONE)
                return torn ? NET_LOST : NET_OK;
            each(ctx, m);
        }
    }
}

int netlink_ask(int protocol, struct nlmsghdr *request, char *buffer, netlink_fn *each, void *ctx)
{
    struct mnl_socket *socket = mnl_socket_open2(protocol, SOCK_CLOEXEC);
    int err;

    if (!socket)
        return netlink_err(errno);
    request->nlmsg_flags |= NLM_F_REQUEST;
    if ((protocol == NETLINK_ROUTE && (request->nlmsg_type & 3) != 2) || !(request->nlmsg_flags & NLM_F_DUMP)) /* of other than RTM_GETxxx the same bits are EXCL and REPLACE */
        request->nlmsg_flags |= NLM_F_ACK;
    request->nlmsg_seq = 1;
    if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 || mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
        err = netlink_err(errno);
    else
        err = receive(socket, 1, buffer, each, ctx);
    mnl_socket_close(socket);
    return err;
}
