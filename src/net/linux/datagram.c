/* Datagrams, each with what control data WSK knows about it. */
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/uio.h>

#include "plane_private.h"

#define NET_VEC_MAX 64
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

union control {
    struct cmsghdr align;
    char bytes[512];
};

static void put(struct msghdr *msg, struct cmsghdr **at, int level, int type, const void *data, size_t bytes)
{
    struct cmsghdr *c = *at ? CMSG_NXTHDR(msg, *at) : CMSG_FIRSTHDR(msg);

    c->cmsg_level = level;
    c->cmsg_type = type;
    c->cmsg_len = CMSG_LEN(bytes);
    memcpy(CMSG_DATA(c), data, bytes);
    *at = c;
}

static void put_local(struct msghdr *msg, struct cmsghdr **at, const struct net_ctl *ctl)
{
    if (ctl->local.family == NET_IPV6) {
        struct in6_pktinfo info = {.ipi6_ifindex = ctl->ifindex};

        memcpy(&info.ipi6_addr, ctl->local.ip, 16);
        put(msg, at, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
    } else {
        struct in_pktinfo info = {.ipi_ifindex = (int)ctl->ifindex};

        memcpy(&info.ipi_spec_dst, ctl->local.ip, 4);
        put(msg, at, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
    }
}

static void put_control(struct net_socket *s, struct msghdr *msg, union control *control, const struct net_ctl *ctl, bool to_v4)
{
    bool v6 = s->family == NET_IPV6 && !to_v4;
    struct cmsghdr *at = NULL;

    memset(control, 0, sizeof(*control));
    msg->msg_control = control;
    msg->msg_controllen = sizeof(*control);
    if (ctl->present & NET_CTL_LOCAL)
        put_local(msg, &at, ctl);
    if (ctl->present & NET_CTL_TTL)
        put(msg, &at, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_HOPLIMIT : IP_TTL, &ctl->ttl, sizeof(ctl->ttl));
    if (ctl->present & (NET_CTL_TOS | NET_CTL_ECN))
        put(msg, &at, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, &ctl->tos, sizeof(ctl->tos));
    if (ctl->present & NET_CTL_SEGMENT) {
        uint16_t segment = (uint16_t)ctl->segment;

        put(msg, &at, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof(segment));
    }
    msg->msg_controllen = at ? (size_t)((char *)at - control->bytes) + CMSG_ALIGN(at->cmsg_len) : 0;
}

int64_t net_sendto(struct net_socket *s, const struct net_vec *vec, unsigned count, const struct net_addr *to, const struct net_ctl *ctl)
{
    struct iovec iov[NET_VEC_MAX];
    union net_sockaddr sa;
    union control control;
    struct msghdr msg = {.msg_iov = iov};
    bool again = false;

    if (count > NET_VEC_MAX)
        return NET_TOO_BIG; /* a datagram is sent whole or not */
    for (unsigned i = 0; i < count; i++)
        iov[i] = (struct iovec){vec[i].base, vec[i].bytes};
    msg.msg_iovlen = count;
    if (to && to->family) {
        msg.msg_name = &sa;
        msg.msg_namelen = net_to_sockaddr(to, s->family, &sa);
        if (!msg.msg_namelen)
            return NET_INVAL;
    }
    if (ctl && ctl->present)
        put_control(s, &msg, &control, ctl, (to && to->family == NET_IPV4) || ctl->local.family == NET_IPV4);
    for (;;) {
        int64_t n = sendmsg(s->fd, &msg, MSG_NOSIGNAL);
        uint32_t was;

        if (n >= 0)
            return n;
        if (errno == EINTR || (errno == ECONNREFUSED && !again)) { /* WSK-178: an old ICMP error is not this datagram's */
            again = errno != EINTR;
            continue;
        }
        if (errno != EAGAIN)
            return net_from_errno(errno);
        was = __atomic_fetch_or(&s->flags, NET_F_WANT_OUT, __ATOMIC_SEQ_CST);
        if (!(was & NET_F_OUT))
            return NET_AGAIN;
        __atomic_fetch_and(&s->flags, ~(NET_F_OUT | NET_F_WANT_OUT), __ATOMIC_SEQ_CST);
    }
}

static void get_pktinfo(const struct cmsghdr *c, struct net_ctl *ctl)
{
    if (c->cmsg_level == IPPROTO_IP) {
        struct in_pktinfo info;

        memcpy(&info, CMSG_DATA(c), sizeof(info));
        ctl->local.family = NET_IPV4;
        memcpy(ctl->local.ip, &info.ipi_addr, 4);
        ctl->ifindex = (uint32_t)info.ipi_ifindex;
        if ((ctl->local.ip[0] & 0xf0) == 0xe0)
            ctl->message |= NET_MSG_MCAST;
        else if (memcmp(&info.ipi_addr, &info.ipi_spec_dst, 4) != 0)
            ctl->message |= NET_MSG_BCAST;
    } else {
        struct in6_pktinfo info;

        memcpy(&info, CMSG_DATA(c), sizeof(info));
        ctl->local.family = NET_IPV6;
        memcpy(ctl->local.ip, &info.ipi6_addr, 16);
        ctl->ifindex = info.ipi6_ifindex;
        if (ctl->local.ip[0] == 0xff)
            ctl->message |= NET_MSG_MCAST;
    }
    ctl->present |= NET_CTL_LOCAL;
}

static void get_control(struct msghdr *msg, struct net_ctl *ctl)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
        int value = 0;

        memcpy(&value, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0) < sizeof(value) ? c->cmsg_len - CMSG_LEN(0) : sizeof(value));
        if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) || (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)) {
            get_pktinfo(c, ctl);
        } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) || (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT)) {
            ctl->present |= NET_CTL_TTL;
            ctl->ttl = value;
        } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS) || (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS)) {
            ctl->present |= NET_CTL_TOS;
            ctl->tos = value & 0xff;
        } else if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            ctl->present |= NET_CTL_SEGMENT;
            ctl->segment = (uint32_t)value;
        }
    }
}

/* Something may be there, and IN is taken back, so that what comes from now on is seen as IN again. False: NET_AGAIN, the wish stands. */
static bool take_in(struct net_socket *s)
{
    for (;;) {
        uint32_t was = __atomic_load_n(&s->flags, __ATOMIC_SEQ_CST);

        if (was & NET_F_IN)
            break;
        was = __atomic_fetch_or(&s->flags, NET_F_WANT_IN, __ATOMIC_SEQ_CST);
        if (!(was & NET_F_IN) || !(__atomic_fetch_and(&s->flags, ~NET_F_WANT_IN, __ATOMIC_SEQ_CST) & NET_F_WANT_IN))
            return false;
    }
    __atomic_fetch_and(&s->flags, ~NET_F_IN, __ATOMIC_SEQ_CST);
    return true;
}

static void tell(struct msghdr *msg, const union net_sockaddr *sa, struct net_addr *from, struct net_ctl *ctl)
{
    if (ctl) {
        memset(ctl, 0, sizeof(*ctl));
        if (msg->msg_flags & MSG_TRUNC)
            ctl->message |= NET_MSG_TRUNC;
        get_control(msg, ctl);
    }
    if (from)
        net_from_sockaddr(sa, from);
}

static bool is_old_error(int error) /* WSK-178: an ICMP error is not this datagram's */
{
    return error == EINTR || error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH;
}

int64_t net_recvfrom(struct net_socket *s, const struct net_vec *vec, unsigned count, struct net_addr *from, struct net_ctl *ctl)
{
    struct iovec iov[NET_VEC_MAX];
    union net_sockaddr sa;
    union control control;

    if (count > NET_VEC_MAX)
        count = NET_VEC_MAX;
    for (unsigned i = 0; i < count; i++)
        iov[i] = (struct iovec){vec[i].base, vec[i].bytes};
    for (;;) {
        struct msghdr msg = {.msg_name = &sa, .msg_namelen = sizeof(sa), .msg_iov = iov, .msg_iovlen = count,
                             .msg_control = &control, .msg_controllen = sizeof(control)};
        int64_t n;

        if (!take_in(s))
            return NET_AGAIN;
        n = recvmsg(s->fd, &msg, 0);
        if (n < 0 && errno == EAGAIN)
            continue;
        __atomic_fetch_or(&s->flags, NET_F_IN, __ATOMIC_SEQ_CST); /* until the kernel says it was the last */
        if (n < 0) {
            if (is_old_error(errno))
                continue;
            return net_from_errno(errno);
        }
        tell(&msg, &sa, from, ctl);
        return n;
    }
}

/* A short count says that the queue was empty after IN had been taken back: the next datagram is a new edge, and nobody need ask for it. Where
 * an error may be what ended the count, IN stays, as after any other read. */
int64_t net_recvfrom_many(struct net_socket *s, struct net_datagram *datagrams, unsigned count)
{
    union net_sockaddr sa[NET_BATCH_MAX];
    _Alignas(struct cmsghdr) char control[NET_BATCH_MAX][256]; /* all that can be asked for, in both families */
    struct iovec iov[NET_BATCH_MAX];
    struct mmsghdr m[NET_BATCH_MAX];

    if (count > NET_BATCH_MAX)
        count = NET_BATCH_MAX;
    for (;;) {
        int n;

        if (!take_in(s))
            return NET_AGAIN;
        for (unsigned i = 0; i < count; i++) {
            iov[i] = (struct iovec){datagrams[i].vec.base, datagrams[i].vec.bytes};
            m[i].msg_hdr = (struct msghdr){.msg_name = &sa[i], .msg_namelen = sizeof(sa[i]), .msg_iov = &iov[i], .msg_iovlen = 1,
                                           .msg_control = control[i], .msg_controllen = sizeof(control[i])};
        }
        n = recvmmsg(s->fd, m, count, MSG_DONTWAIT, NULL);
        if (n < 0 && errno == EAGAIN)
            continue;
        if (n < 0 || (unsigned)n == count || s->errors)
            __atomic_fetch_or(&s->flags, NET_F_IN, __ATOMIC_SEQ_CST);
        if (n < 0) {
            if (is_old_error(errno))
                continue;
            return net_from_errno(errno);
        }
        for (int i = 0; i < n; i++) {
            datagrams[i].bytes = m[i].msg_len;
            tell(&m[i].msg_hdr, &sa[i], &datagrams[i].from, &datagrams[i].ctl);
        }
        return n;
    }
}

int net_set_peer(struct net_socket *s, const struct net_addr *peer)
{
    union net_sockaddr sa;
    socklen_t bytes;

    s->errors = true;
    if (peer && peer->family) {
        bytes = net_to_sockaddr(peer, s->family, &sa);
        if (!bytes)
            return NET_INVAL;
    } else {
        sa.any.sa_family = AF_UNSPEC;
        bytes = sizeof(sa.any);
    }
    return connect(s->fd, &sa.any, bytes) == 0 ? NET_OK : (int)net_from_errno(errno);
}
