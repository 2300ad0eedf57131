/* Bytes in and out of a stream. The usual send and receive are one system call each. */
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/uio.h>

#include "plane_private.h"

#define NET_VEC_MAX 64

static size_t to_iovec(const struct net_vec *vec, unsigned count, struct iovec *out)
{
    size_t total = 0;

    for (unsigned i = 0; i < count; i++) {
        out[i].iov_base = vec[i].base;
        out[i].iov_len = vec[i].bytes;
        total += vec[i].bytes;
    }
    return total;
}

static int64_t send_once(struct net_socket *s, const struct net_vec *vec, unsigned count, int flags, size_t *total)
{
    struct iovec iov[NET_VEC_MAX];
    struct msghdr msg = {.msg_iov = iov};

    if (count == 1) {
        *total = vec[0].bytes;
        return send(s->fd, vec[0].base, vec[0].bytes, flags);
    }
    if (count > NET_VEC_MAX)
        count = NET_VEC_MAX;
    *total = to_iovec(vec, count, iov);
    msg.msg_iovlen = count;
    return sendmsg(s->fd, &msg, flags);
}

int64_t net_send(struct net_socket *s, const struct net_vec *vec, unsigned count, unsigned flags)
{
    int how = MSG_NOSIGNAL | (flags & NET_SEND_OOB ? MSG_OOB : 0);
    uint32_t known = __atomic_load_n(&s->flags, __ATOMIC_RELAXED);
    size_t total;
    int64_t n;

    if (known & NET_F_ABORTED)
        return NET_ABORTED;
    if (flags & NET_SEND_NOW && !(known & NET_F_NODELAY)) { /* WSK-141: once per socket, not per send */
        int one = 1;

        setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        __atomic_fetch_or(&s->flags, NET_F_NODELAY, __ATOMIC_RELAXED);
    }
    for (;;) {
        if (known & NET_F_OUT) {
            do
                n = send_once(s, vec, count, how, &total);
            while (n < 0 && errno == EINTR);
            if (n >= 0)
                return n;
            if (errno != EAGAIN)
                return net_from_errno(errno);
        }
        /* OUT goes before the next try, so an edge between that try and now is seen as OUT again. */
        __atomic_fetch_and(&s->flags, ~NET_F_OUT, __ATOMIC_SEQ_CST);
        do
            n = send_once(s, vec, count, how, &total);
        while (n < 0 && errno == EINTR);
        if (n >= 0) {
            __atomic_fetch_or(&s->flags, NET_F_OUT, __ATOMIC_SEQ_CST);
            return n;
        }
        if (errno != EAGAIN)
            return net_from_errno(errno);
        known = __atomic_fetch_or(&s->flags, NET_F_WANT_OUT, __ATOMIC_SEQ_CST);
        if (!(known & NET_F_OUT))
            return NET_AGAIN;
        /* Ready after all: who takes the wish back tries again, else the callback has been called. */
        if (!(__atomic_fetch_and(&s->flags, ~NET_F_WANT_OUT, __ATOMIC_SEQ_CST) & NET_F_WANT_OUT))
            return NET_AGAIN;
    }
}

bool net_readable(const struct net_socket *s)
{
    return __atomic_load_n(&s->flags, __ATOMIC_RELAXED) & NET_F_IN;
}

void net_want_read(struct net_socket *s)
{
    uint32_t was = __atomic_fetch_or(&s->flags, NET_F_WANT_IN, __ATOMIC_SEQ_CST);

    if (was & NET_F_IN && s->polled) { /* the edge has passed: have it told again */
        struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = s};

        epoll_ctl(net_epoll, EPOLL_CTL_MOD, s->fd, &e);
    }
}

void net_unwant_read(struct net_socket *s)
{
    if (__atomic_load_n(&s->flags, __ATOMIC_RELAXED) & NET_F_WANT_IN)
        __atomic_fetch_and(&s->flags, ~NET_F_WANT_IN, __ATOMIC_SEQ_CST);
}

/* True: the wish stands, NET_AGAIN. False: something came meanwhile. */
static bool want_in(struct net_socket *s)
{
    uint32_t was = __atomic_fetch_or(&s->flags, NET_F_WANT_IN, __ATOMIC_SEQ_CST);

    if (!(was & NET_F_IN))
        return true;
    return !(__atomic_fetch_and(&s->flags, ~NET_F_WANT_IN, __ATOMIC_SEQ_CST) & NET_F_WANT_IN);
}

int64_t net_recv(struct net_socket *s, const struct net_vec *vec, unsigned count, unsigned flags)
{
    struct iovec iov[NET_VEC_MAX];
    struct msghdr msg = {.msg_iov = iov};
    int64_t n;

    (void)flags;
    for (;;) {
        uint32_t known = __atomic_load_n(&s->flags, __ATOMIC_SEQ_CST);
        size_t total;

        if (known & NET_F_ABORTED)
            return NET_ABORTED;
        if (!(known & NET_F_IN)) {
            if (want_in(s))
                return NET_AGAIN;
            continue;
        }
        /* IN goes before the read: an edge after it sets it again. After HUP it stays until the kernel says the end. */
        if (!(known & NET_F_HUP))
            __atomic_fetch_and(&s->flags, ~NET_F_IN, __ATOMIC_SEQ_CST);
        if (count == 1) {
            total = vec[0].bytes;
            n = recv(s->fd, vec[0].base, total, 0);
        } else {
            total = to_iovec(vec, count > NET_VEC_MAX ? NET_VEC_MAX : count, iov);
            msg.msg_iovlen = count > NET_VEC_MAX ? NET_VEC_MAX : count;
            n = recvmsg(s->fd, &msg, 0);
        }
        if (n >= 0) {
            if ((size_t)n == total || n == 0) /* there may be more, or the end can be read again */
                __atomic_fetch_or(&s->flags, NET_F_IN, __ATOMIC_SEQ_CST);
            return n;
        }
        if (errno == EINTR) {
            __atomic_fetch_or(&s->flags, NET_F_IN, __ATOMIC_SEQ_CST);
            continue;
        }
        if (errno != EAGAIN) {
            int err = net_from_errno(errno);

            __atomic_fetch_or(&s->flags, NET_F_IN, __ATOMIC_SEQ_CST);
            return err;
        }
        if (known & NET_F_HUP) /* not an end after all (a passed error): by the rules again */
            __atomic_fetch_and(&s->flags, ~NET_F_HUP, __ATOMIC_SEQ_CST);
    }
}

/* The end or failure that the kernel has for a socket that it reported as hung up; NET_AGAIN: it has none after all. */
static int look_for_end(struct net_socket *s)
{
    struct pollfd p = {.fd = s->fd};
    int error = 0;
    socklen_t bytes = sizeof(error);
    ssize_t n;
    char c;

    do
        n = recv(s->fd, &c, 1, MSG_PEEK);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n == 0 ? NET_OK : (int)net_from_errno(errno);
    if (poll(&p, 1, 0) == 1 && p.revents & POLLERR && getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &bytes) == 0 && error)
        return net_from_errno(error); /* a reset does not wait for the data before it */
    return NET_EXISTS;
}

int net_peer_end(struct net_socket *s)
{
    for (;;) {
        uint32_t known = __atomic_load_n(&s->flags, __ATOMIC_SEQ_CST);
        int err;

        if (known & NET_F_ABORTED)
            return NET_ABORTED;
        if (!(known & NET_F_HUP)) {
            known = __atomic_fetch_or(&s->flags, NET_F_WANT_END, __ATOMIC_SEQ_CST);
            if (!(known & NET_F_HUP) || !(__atomic_fetch_and(&s->flags, ~NET_F_WANT_END, __ATOMIC_SEQ_CST) & NET_F_WANT_END))
                return NET_AGAIN;
            continue;
        }
        __atomic_fetch_and(&s->flags, ~NET_F_HUP, __ATOMIC_SEQ_CST); /* before the look: an edge after it sets it again */
        err = look_for_end(s);
        if (err == NET_AGAIN)
            continue; /* a passed error: by the rules again */
        __atomic_fetch_or(&s->flags, NET_F_HUP, __ATOMIC_SEQ_CST);
        return err;
    }
}
