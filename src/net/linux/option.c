/* Socket options: Windows' meaning, Linux' names. One table; what differs in value has its own lines below it. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/ioctl.h>

#include "plane_private.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

struct option_names {
    int level, name;   /* IPv4 sockets and those without a family */
    int level6, name6; /* IPv6 sockets when they differ; 0: the same */
};

static const struct option_names names[NET_OPT_COUNT] = {
    [NET_OPT_REUSEADDR] = {SOL_SOCKET, SO_REUSEADDR, 0, 0},
    [NET_OPT_REUSEPORT] = {SOL_SOCKET, SO_REUSEPORT, 0, 0},
    [NET_OPT_KEEPALIVE] = {SOL_SOCKET, SO_KEEPALIVE, 0, 0},
    [NET_OPT_BROADCAST] = {SOL_SOCKET, SO_BROADCAST, 0, 0},
    [NET_OPT_SNDBUF] = {SOL_SOCKET, SO_SNDBUF, 0, 0},
    [NET_OPT_RCVBUF] = {SOL_SOCKET, SO_RCVBUF, 0, 0},
    [NET_OPT_ERROR] = {SOL_SOCKET, SO_ERROR, 0, 0},
    [NET_OPT_OOBINLINE] = {SOL_SOCKET, SO_OOBINLINE, 0, 0},
    [NET_OPT_NODELAY] = {IPPROTO_TCP, TCP_NODELAY, 0, 0},
    [NET_OPT_KEEPIDLE_S] = {IPPROTO_TCP, TCP_KEEPIDLE, 0, 0},
    [NET_OPT_KEEPCNT] = {IPPROTO_TCP, TCP_KEEPCNT, 0, 0},
    [NET_OPT_KEEPINTVL_S] = {IPPROTO_TCP, TCP_KEEPINTVL, 0, 0},
    [NET_OPT_MAXRT_S] = {IPPROTO_TCP, TCP_USER_TIMEOUT, 0, 0},
    [NET_OPT_FASTOPEN] = {IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 0, 0},
    [NET_OPT_V6ONLY] = {IPPROTO_IPV6, IPV6_V6ONLY, 0, 0},
    [NET_OPT_TTL] = {IPPROTO_IP, IP_TTL, IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    [NET_OPT_TOS] = {IPPROTO_IP, IP_TOS, IPPROTO_IPV6, IPV6_TCLASS},
    [NET_OPT_DONTFRAG] = {IPPROTO_IP, IP_MTU_DISCOVER, IPPROTO_IPV6, IPV6_MTU_DISCOVER},
    [NET_OPT_PKTINFO] = {IPPROTO_IP, IP_PKTINFO, IPPROTO_IPV6, IPV6_RECVPKTINFO},
    [NET_OPT_RECVTTL] = {IPPROTO_IP, IP_RECVTTL, IPPROTO_IPV6, IPV6_RECVHOPLIMIT},
    [NET_OPT_RECVTOS] = {IPPROTO_IP, IP_RECVTOS, IPPROTO_IPV6, IPV6_RECVTCLASS},
    [NET_OPT_RECVERR] = {IPPROTO_IP, IP_RECVERR, IPPROTO_IPV6, IPV6_RECVERR},
    [NET_OPT_UNICAST_IF] = {IPPROTO_IP, IP_UNICAST_IF, IPPROTO_IPV6, 76},
    [NET_OPT_HDRINCL] = {IPPROTO_IP, IP_HDRINCL, IPPROTO_IPV6, 36},
    [NET_OPT_MCAST_IF] = {IPPROTO_IP, IP_MULTICAST_IF, IPPROTO_IPV6, IPV6_MULTICAST_IF},
    [NET_OPT_MCAST_TTL] = {IPPROTO_IP, IP_MULTICAST_TTL, IPPROTO_IPV6, IPV6_MULTICAST_HOPS},
    [NET_OPT_MCAST_LOOP] = {IPPROTO_IP, IP_MULTICAST_LOOP, IPPROTO_IPV6, IPV6_MULTICAST_LOOP},
    [NET_OPT_UDP_SEGMENT] = {IPPROTO_UDP, UDP_SEGMENT, 0, 0},
    [NET_OPT_UDP_COALESCE] = {IPPROTO_UDP, UDP_GRO, 0, 0},
};

static void linux_name(const struct net_socket *s, enum net_option option, int *level, int *name)
{
    const struct option_names *n = &names[option];
    bool six = s->family == NET_IPV6 && n->level6;

    *level = six ? n->level6 : n->level;
    *name = six ? n->name6 : n->name;
}

int net_set_option(struct net_socket *s, enum net_option option, int32_t value)
{
    int level, name, v = value;

    if ((unsigned)option >= NET_OPT_COUNT || !names[option].name)
        return NET_NO_OPTION;
    linux_name(s, option, &level, &name);
    if (option == NET_OPT_RECVERR)
        s->errors = true;
    switch (option) {
    case NET_OPT_DONTFRAG: v = value ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT; break;
    case NET_OPT_MAXRT_S: v = value * 1000; break;
    case NET_OPT_UDP_COALESCE: v = value != 0; break;
    case NET_OPT_UNICAST_IF: v = (int)htonl((uint32_t)value); break; /* Linux: network order for both families */
    case NET_OPT_MCAST_IF:
        if (s->family == NET_IPV4) {
            struct ip_mreqn m = {.imr_ifindex = value};

            return setsockopt(s->fd, level, name, &m, sizeof(m)) == 0 ? NET_OK : (int)net_from_errno(errno);
        }
        break;
    default: break;
    }
    if (setsockopt(s->fd, level, name, &v, sizeof(v)) != 0)
        return net_from_errno(errno);
    if (option == NET_OPT_NODELAY) {
        if (value)
            __atomic_fetch_or(&s->flags, NET_F_NODELAY, __ATOMIC_RELAXED);
        else
            __atomic_fetch_and(&s->flags, ~NET_F_NODELAY, __ATOMIC_RELAXED);
    }
    return NET_OK;
}

int net_get_option(struct net_socket *s, enum net_option option, int32_t *value)
{
    int level, name, v = 0;
    socklen_t bytes = sizeof(v);

    if (option == NET_OPT_SENT_QUEUE || option == NET_OPT_RECV_QUEUE) {
        if (ioctl(s->fd, option == NET_OPT_SENT_QUEUE ? SIOCOUTQ : SIOCINQ, &v) != 0)
            return net_from_errno(errno);
        *value = v;
        return NET_OK;
    }
    if (option == NET_OPT_SEND_SPACE) {
        struct tcp_info info;
        socklen_t info_bytes = sizeof(info);

        memset(&info, 0, sizeof(info));
        if (getsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &v, &bytes) != 0)
            return net_from_errno(errno);
        if (getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, &info, &info_bytes) == 0 && (int)(info.tcpi_snd_cwnd * info.tcpi_snd_mss) > v)
            v = (int)(info.tcpi_snd_cwnd * info.tcpi_snd_mss);
        *value = v;
        return NET_OK;
    }
    if ((unsigned)option >= NET_OPT_COUNT || !names[option].name)
        return NET_NO_OPTION;
    linux_name(s, option, &level, &name);
    if (getsockopt(s->fd, level, name, &v, &bytes) != 0)
        return net_from_errno(errno);
    switch (option) {
    case NET_OPT_DONTFRAG: v = v == IP_PMTUDISC_DO || v == IP_PMTUDISC_PROBE; break;
    case NET_OPT_MAXRT_S: v /= 1000; break;
    case NET_OPT_UNICAST_IF: v = (int)ntohl((uint32_t)v); break;
    case NET_OPT_ERROR: v = net_from_errno(v); break;
    default: break;
    }
    *value = v;
    return NET_OK;
}

int net_membership(struct net_socket *s, const struct net_addr *group, uint32_t ifindex, bool join)
{
    int result;

    if (group->family == NET_IPV6) {
        struct ipv6_mreq m = {.ipv6mr_interface = ifindex};

        memcpy(&m.ipv6mr_multiaddr, group->ip, 16);
        result = setsockopt(s->fd, IPPROTO_IPV6, join ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &m, sizeof(m));
    } else {
        struct ip_mreqn m = {.imr_ifindex = (int)ifindex};

        memcpy(&m.imr_multiaddr, group->ip, 4);
        result = setsockopt(s->fd, IPPROTO_IP, join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &m, sizeof(m));
    }
    return result == 0 ? NET_OK : (int)net_from_errno(errno);
}
