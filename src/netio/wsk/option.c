/* Socket options (WSK-096, WSK-098, WSK-102, WSK-103, WSK-175, WSK-176, WSK-189 .. WSK-194, WSK-202). Most are a line of the table;
 * what Windows keeps and the transport does not is in struct wsk_options. */
#include "netio/wsk/wsk_private.h"

struct option {
    ULONG level, code;
    enum net_option option;
    ULONG wanted;     /* NET_CTL_*: it asks for this control data */
    bool before_bind; /* WSK-102 */
};
static const struct option options[] = {
    {SOL_SOCKET, SO_KEEPALIVE, NET_OPT_KEEPALIVE, 0, false},
    {SOL_SOCKET, SO_BROADCAST, NET_OPT_BROADCAST, 0, false},
    {SOL_SOCKET, SO_SNDBUF, NET_OPT_SNDBUF, 0, false},
    {SOL_SOCKET, SO_RCVBUF, NET_OPT_RCVBUF, 0, false},
    {SOL_SOCKET, SO_OOBINLINE, NET_OPT_OOBINLINE, 0, false},
    {SOL_SOCKET, SO_REUSEADDR, NET_OPT_REUSEADDR, 0, true},
    {IPPROTO_TCP, TCP_NODELAY, NET_OPT_NODELAY, 0, false},
    {IPPROTO_TCP, TCP_KEEPIDLE, NET_OPT_KEEPIDLE_S, 0, false},
    {IPPROTO_TCP, TCP_KEEPCNT, NET_OPT_KEEPCNT, 0, false},
    {IPPROTO_TCP, TCP_KEEPINTVL, NET_OPT_KEEPINTVL_S, 0, false},
    {IPPROTO_TCP, TCP_MAXRT, NET_OPT_MAXRT_S, 0, false},
    {IPPROTO_TCP, TCP_FASTOPEN, NET_OPT_FASTOPEN, 0, false},
    {IPPROTO_UDP, UDP_SEND_MSG_SIZE, NET_OPT_UDP_SEGMENT, 0, false},
    {IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, NET_OPT_UDP_COALESCE, NET_CTL_SEGMENT, false},
    {IPPROTO_IP, IP_HDRINCL, NET_OPT_HDRINCL, 0, false},
    {IPPROTO_IP, IP_TOS, NET_OPT_TOS, 0, false},
    {IPPROTO_IP, IP_TTL, NET_OPT_TTL, 0, false},
    {IPPROTO_IP, IP_MULTICAST_TTL, NET_OPT_MCAST_TTL, 0, false},
    {IPPROTO_IP, IP_MULTICAST_LOOP, NET_OPT_MCAST_LOOP, 0, false},
    {IPPROTO_IP, IP_DONTFRAGMENT, NET_OPT_DONTFRAG, 0, false},
    {IPPROTO_IP, IP_PKTINFO, NET_OPT_PKTINFO, NET_CTL_LOCAL, false},
    {IPPROTO_IP, IP_HOPLIMIT, NET_OPT_RECVTTL, NET_CTL_TTL, false},
    {IPPROTO_IP, IP_RECVTOS, NET_OPT_RECVTOS, NET_CTL_TOS, false},
    {IPPROTO_IP, IP_ECN, NET_OPT_RECVTOS, NET_CTL_ECN, false},
    {IPPROTO_IP, IP_UNICAST_IF, NET_OPT_UNICAST_IF, 0, false},
    {IPPROTO_IP, IP_RECVERR, NET_OPT_RECVERR, 0, false},
    {IPPROTO_IPV6, IPV6_HDRINCL, NET_OPT_HDRINCL, 0, false},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, NET_OPT_TTL, 0, false},
    {IPPROTO_IPV6, IPV6_MULTICAST_IF, NET_OPT_MCAST_IF, 0, false},
    {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, NET_OPT_MCAST_TTL, 0, false},
    {IPPROTO_IPV6, IPV6_MULTICAST_LOOP, NET_OPT_MCAST_LOOP, 0, false},
    {IPPROTO_IPV6, IPV6_DONTFRAG, NET_OPT_DONTFRAG, 0, false},
    {IPPROTO_IPV6, IPV6_PKTINFO, NET_OPT_PKTINFO, NET_CTL_LOCAL, false},
    {IPPROTO_IPV6, IPV6_HOPLIMIT, NET_OPT_RECVTTL, NET_CTL_TTL, false},
    {IPPROTO_IPV6, IPV6_V6ONLY, NET_OPT_V6ONLY, 0, true},
    {IPPROTO_IPV6, IPV6_UNICAST_IF, NET_OPT_UNICAST_IF, 0, false},
    {IPPROTO_IPV6, IPV6_TCLASS, NET_OPT_TOS, 0, false},
    {IPPROTO_IPV6, IPV6_RECVTCLASS, NET_OPT_RECVTOS, NET_CTL_TOS, false},
    {IPPROTO_IPV6, IPV6_ECN, NET_OPT_RECVTOS, NET_CTL_ECN, false},
    {IPPROTO_IPV6, IPV6_RECVERR, NET_OPT_RECVERR, 0, false},
};

static NTSTATUS put(const void *value, SIZE_T bytes, SIZE_T out_bytes, void *out, SIZE_T *returned)
{
    if (!out || !out_bytes)
        return STATUS_BUFFER_TOO_SMALL; /* WSK-202 */
    *returned = out_bytes < bytes ? 1 : bytes; /* WSK-189: one byte when there is no room for four */
    __builtin_memcpy(out, value, *returned);
    return STATUS_SUCCESS;
}

static bool is_bound(struct wsk_socket *s, ULONG level, ULONG code)
{
    if (s->state == WSK_UNBOUND)
        return false;
    guest_finding("WSK-102", "option 0x%X of level 0x%X is set after the bind of socket %p", code, level, &s->public);
    return true;
}

/* WSK-192: an IN_ADDR names the interface in ip_mreq, an index in ipv6_mreq; 0.x.x.x is an index too. */
static NTSTATUS membership(struct wsk_socket *s, ULONG level, SIZE_T bytes, const void *in, bool join)
{
    struct net_addr group = {0};
    ULONG ifindex;

    if (level == IPPROTO_IP) {
        const IP_MREQ *m = in;

        if (bytes < sizeof(*m))
            return STATUS_INVALID_PARAMETER;
        group.family = NET_IPV4;
        __builtin_memcpy(group.ip, &m->imr_multiaddr, 4);
        ifindex = __builtin_bswap32(m->imr_interface.s_addr);
        if (ifindex >> 24)
            return STATUS_NOT_SUPPORTED; /* an interface by its address */
    } else {
        const IPV6_MREQ *m = in;

        if (bytes < sizeof(*m))
            return STATUS_INVALID_PARAMETER;
        group.family = NET_IPV6;
        __builtin_memcpy(group.ip, &m->ipv6mr_multiaddr, 16);
        ifindex = m->ipv6mr_interface;
    }
    return wsk_status(net_membership(s->net, &group, ifindex, join));
}

static NTSTATUS set_known(struct wsk_socket *s, const struct option *o, int32_t value)
{
    int err;

    if (o->option == NET_OPT_REUSEADDR && value && s->options.exclusive)
        return STATUS_INVALID_PARAMETER; /* WSK-103 */
    if (o->code == IP_UNICAST_IF && o->level == IPPROTO_IP)
        value = (int32_t)__builtin_bswap32((uint32_t)value); /* WSK-192: the index comes in network order */
    if (o->wanted) {
        ULONG wanted = value ? s->dgram.wanted | o->wanted : s->dgram.wanted & ~o->wanted;

        /* PKTINFO stays on for MSG_BCAST; the two that read TOS go off together. */
        if (o->option != NET_OPT_PKTINFO || !s->dgram.set_up) {
            bool on = o->option == NET_OPT_RECVTOS ? (wanted & (NET_CTL_TOS | NET_CTL_ECN)) != 0 : value != 0;

            err = net_set_option(s->net, o->option, on);
            if (err)
                return wsk_status(err);
        }
        s->dgram.wanted = wanted;
        return STATUS_SUCCESS;
    }
    err = net_set_option(s->net, o->option, value);
    if (err)
        return wsk_status(err);
    switch (o->option) {
    case NET_OPT_REUSEADDR: s->options.reuse = value != 0; break;
    case NET_OPT_V6ONLY: s->options.dual = !value; break;
    case NET_OPT_RCVBUF: s->options.receive_buffer = (ULONG)value; break;
    case NET_OPT_SNDBUF:
        s->options.send_buffer = (ULONG)value;
        if (s->state == WSK_CONNECTED)
            wsk_backlog_ask(s);
        break;
    default: break;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS get_known(struct wsk_socket *s, const struct option *o, SIZE_T bytes, void *out, SIZE_T *returned)
{
    int32_t value = 0;
    int err;

    if (o->option == NET_OPT_RCVBUF && s->options.receive_buffer)
        return put(&s->options.receive_buffer, sizeof(ULONG), bytes, out, returned);
    if (o->option == NET_OPT_SNDBUF && s->options.send_buffer)
        return put(&s->options.send_buffer, sizeof(ULONG), bytes, out, returned);
    if (o->wanted || o->option == NET_OPT_REUSEADDR) { /* the transport may reuse addresses of its own accord */
        value = o->wanted ? (s->dgram.wanted & o->wanted) != 0 : s->options.reuse;
        return put(&value, sizeof(value), bytes, out, returned);
    }
    err = net_get_option(s->net, o->option, &value);
    if (err)
        return wsk_status(err);
    if (o->code == IP_UNICAST_IF && o->level == IPPROTO_IP)
        value = (int32_t)__builtin_bswap32((uint32_t)value);
    return put(&value, sizeof(value), bytes, out, returned);
}

/* Those that the table cannot hold. STATUS_NOT_FOUND: not one of them. */
static NTSTATUS special(struct wsk_socket *s, bool set, ULONG level, ULONG code, SIZE_T in_bytes, const void *in, SIZE_T out_bytes, void *out, SIZE_T *returned)
{
    static const ULONG no_effect[] = {SO_COMPARTMENT_ID, SO_PORT_SCALABILITY, SO_REUSE_UNICASTPORT, SO_RANDOMIZE_PORT}; /* WSK-193 */
    ULONG value = 0;

    if (set && in && in_bytes >= sizeof(value))
        __builtin_memcpy(&value, in, sizeof(value));
    if (level == IPPROTO_IP || level == IPPROTO_IPV6) {
        if (!set || !in || (code != IP_ADD_MEMBERSHIP && code != IP_DROP_MEMBERSHIP))
            return STATUS_NOT_FOUND;
        return membership(s, level, in_bytes, in, code == IP_ADD_MEMBERSHIP);
    }
    if (level != SOL_SOCKET)
        return STATUS_NOT_FOUND;
    if (code == (ULONG)SO_EXCLUSIVEADDRUSE) {
        value = set ? value : s->options.exclusive;
        if (!set)
            return put(&value, sizeof(value), out_bytes, out, returned);
        if (in_bytes < sizeof(value) || !in || (value && s->options.reuse))
            return STATUS_INVALID_PARAMETER; /* WSK-103 */
        if (is_bound(s, level, code))
            return STATUS_INVALID_DEVICE_STATE;
        s->options.exclusive = value != 0; /* share.c */
        return STATUS_SUCCESS;
    }
    if (code == SO_WSK_SECURITY && s->category != WSK_FLAG_BASIC_SOCKET) { /* WSK-097 */
        if (!set)
            return wsk_sd_query(s, out_bytes, out, returned);
        return is_bound(s, level, code) ? STATUS_INVALID_DEVICE_STATE : wsk_sd_apply(s, in_bytes, in);
    }
    if (code == SO_CONDITIONAL_ACCEPT && s->category == WSK_FLAG_LISTEN_SOCKET) { /* WSK-128 */
        value = set ? value : s->inspector != NULL;
        if (!set)
            return put(&value, sizeof(value), out_bytes, out, returned);
        if (in_bytes < sizeof(value) || !in || value > 1)
            return STATUS_INVALID_PARAMETER;
        if (is_bound(s, level, code))
            return STATUS_INVALID_DEVICE_STATE;
        return wsk_inspector_set(s, value != 0);
    }
    if (code == SO_TYPE && !set) {
        value = s->category == WSK_FLAG_DATAGRAM_SOCKET ? SOCK_DGRAM : SOCK_STREAM;
        return put(&value, sizeof(value), out_bytes, out, returned);
    }
    if (code == SO_ERROR && !set) {
        int32_t error = 0;
        int err = net_get_option(s->net, NET_OPT_ERROR, &error);

        value = error ? (ULONG)wsk_status(error) : 0;
        return err ? wsk_status(err) : put(&value, sizeof(value), out_bytes, out, returned);
    }
    for (unsigned i = 0; i < sizeof(no_effect) / sizeof(no_effect[0]); i++) {
        if (no_effect[i] != code)
            continue;
        if (!set)
            return put(&s->options.before_bind[i], sizeof(ULONG), out_bytes, out, returned);
        if (in_bytes < sizeof(value) || !in || (code == SO_COMPARTMENT_ID && value > 1))
            return STATUS_INVALID_PARAMETER;
        if (is_bound(s, level, code))
            return STATUS_INVALID_DEVICE_STATE;
        s->options.before_bind[i] = value;
        return STATUS_SUCCESS;
    }
    return STATUS_NOT_FOUND;
}

NTSTATUS wsk_option(struct wsk_socket *s, bool set, ULONG level, ULONG code, SIZE_T in_bytes, const void *in, SIZE_T out_bytes, void *out, SIZE_T *returned)
{
    NTSTATUS status;

    if ((level == IPPROTO_IPV6 && s->family != AF_INET6) || (level == IPPROTO_IP && s->family == AF_INET6 && !s->options.dual))
        return STATUS_INVALID_PARAMETER; /* WSK-098 */
    status = special(s, set, level, code, in_bytes, in, out_bytes, out, returned);
    if (status != STATUS_NOT_FOUND)
        return status;
    for (unsigned i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        const struct option *o = &options[i];
        int32_t value;

        if (o->level != level || o->code != code)
            continue;
        if (!set)
            return get_known(s, o, out_bytes, out, returned);
        if (!in || (in_bytes < sizeof(value) && in_bytes != 1))
            return STATUS_INVALID_PARAMETER; /* WSK-202 */
        if (o->before_bind && is_bound(s, level, code))
            return STATUS_INVALID_DEVICE_STATE;
        value = in_bytes == 1 ? *(const UCHAR *)in : *(const LONG *)in; /* WSK-189: a BOOLEAN will do */
        return set_known(s, o, value);
    }
    return STATUS_INVALID_PARAMETER; /* WSK-194 [W] */
}
