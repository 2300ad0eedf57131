/* A Linux socket from open to close. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/assert.h"
#include "plane_private.h"

#ifndef IPPROTO_ICMPV6
#define IPPROTO_ICMPV6 58
#endif

static struct net_socket *socket_new(int fd, unsigned family, unsigned type, const struct net_events *events, void *ctx)
{
    struct net_socket *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->fd = fd;
    s->family = (uint8_t)family;
    s->type = (uint8_t)type;
    s->events = events;
    s->ctx = ctx;
    s->cpu = (uint16_t)net_any_cpu();
    return s;
}

int net_open(enum net_family family, enum net_type type, int protocol, const struct net_events *events, void *ctx, struct net_socket **out)
{
    static const int types[] = {[NET_STREAM] = SOCK_STREAM, [NET_DGRAM] = SOCK_DGRAM, [NET_RAW] = SOCK_RAW};
    int one = 1, zero = 0;
    int fd = socket(family == NET_IPV4 ? AF_INET : AF_INET6, types[type] | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    struct net_socket *s;

    if (fd < 0)
        return net_from_errno(errno);
    if (family == NET_IPV6) /* WSK-098: the default of Windows */
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
    if (type != NET_STREAM) { /* WSK-175: off unless asked for, as on Linux; said here because WSK depends on it */
        setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &zero, sizeof(zero));
    }
    s = socket_new(fd, family, type, events, ctx);
    if (!s) {
        close(fd);
        return NET_NOMEM;
    }
    if (type != NET_STREAM) {
        int err;

        s->flags = NET_F_OUT;
        err = net_poll_add(s);
        if (err != NET_OK) {
            close(fd);
            free(s);
            return err;
        }
    }
    *out = s;
    return NET_OK;
}

int net_bind(struct net_socket *s, const struct net_addr *local)
{
    union net_sockaddr sa;
    socklen_t bytes = net_to_sockaddr(local, s->family, &sa);
    int one = 1;

    if (!bytes)
        return NET_INVAL;
    /* A Windows server may bind its port again at once; Linux wants this word for it (old connections in TIME_WAIT). Two live
     * listeners still conflict. Datagram sockets would share the port with it, so they do not get it. */
    if (s->type == NET_STREAM)
        setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    return bind(s->fd, &sa.any, bytes) == 0 ? NET_OK : (int)net_from_errno(errno);
}

int net_listen(struct net_socket *s, unsigned backlog)
{
    if (listen(s->fd, backlog > 65535 ? 65535 : (int)backlog) != 0)
        return net_from_errno(errno);
    s->listener = true;
    return net_poll_add(s);
}

/* A connection to take is not known but tried. Connections go to the processors in turn, whichever one takes them. */
int net_accept(struct net_socket *s, const struct net_events *events, void *ctx, struct net_socket **out, struct net_addr *peer)
{
    union net_sockaddr sa;
    socklen_t bytes = sizeof(sa);
    struct net_socket *n;
    int fd, err;

    __atomic_fetch_or(&s->flags, NET_F_WANT_IN, __ATOMIC_SEQ_CST); /* before the try: an edge after it calls */
    do
        fd = accept4(s->fd, &sa.any, &bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
    while (fd < 0 && (errno == EINTR || errno == ECONNABORTED || errno == EPROTO));
    if (fd < 0)
        return net_from_errno(errno);
    n = socket_new(fd, s->family, s->type, events, ctx);
    if (!n) {
        close(fd);
        return NET_NOMEM;
    }
    n->cpu = (uint16_t)net_next_cpu();
    n->flags = NET_F_OUT | NET_F_WANT_IN;
    if (peer)
        net_from_sockaddr(&sa, peer);
    if (!events) { /* registered by net_set_context, once there is somebody to tell */
        *out = n;
        return NET_OK;
    }
    err = net_poll_add(n);
    if (err != NET_OK) {
        close(fd);
        free(n);
        return err;
    }
    *out = n;
    return NET_OK;
}

void net_set_context(struct net_socket *s, const struct net_events *events, void *ctx)
{
    s->ctx = ctx;
    s->events = events;
    if (!s->polled && net_poll_add(s) != NET_OK)
        __atomic_fetch_or(&s->flags, NET_F_HUP | NET_F_IN, __ATOMIC_SEQ_CST); /* the next read tells */
}

int net_connect(struct net_socket *s, const struct net_addr *peer)
{
    union net_sockaddr sa;
    socklen_t bytes = net_to_sockaddr(peer, s->family, &sa);
    int err;

    if (!bytes)
        return NET_INVAL;
    __atomic_fetch_or(&s->flags, NET_F_CONNECTING | NET_F_WANT_IN, __ATOMIC_SEQ_CST);
    if (connect(s->fd, &sa.any, bytes) != 0 && errno != EINPROGRESS) {
        err = net_from_errno(errno);
        __atomic_fetch_and(&s->flags, ~(NET_F_CONNECTING | NET_F_WANT_IN), __ATOMIC_SEQ_CST);
        return err;
    }
    err = net_poll_add(s); /* also when it succeeded at once: one way for both */
    return err == NET_OK ? NET_AGAIN : err;
}

int net_local_address(struct net_socket *s, struct net_addr *out)
{
    union net_sockaddr sa;
    socklen_t bytes = sizeof(sa);

    if (getsockname(s->fd, &sa.any, &bytes) != 0)
        return net_from_errno(errno);
    net_from_sockaddr(&sa, out);
    return NET_OK;
}

int net_peer_address(struct net_socket *s, struct net_addr *out)
{
    union net_sockaddr sa;
    socklen_t bytes = sizeof(sa);

    if (getpeername(s->fd, &sa.any, &bytes) != 0)
        return net_from_errno(errno);
    net_from_sockaddr(&sa, out);
    return NET_OK;
}

int net_shutdown(struct net_socket *s)
{
    return shutdown(s->fd, SHUT_WR) == 0 ? NET_OK : (int)net_from_errno(errno);
}

int net_abort(struct net_socket *s)
{
    struct sockaddr none = {.sa_family = AF_UNSPEC};

    __atomic_fetch_or(&s->flags, NET_F_ABORTED, __ATOMIC_SEQ_CST);
    return connect(s->fd, &none, sizeof(none)) == 0 ? NET_OK : (int)net_from_errno(errno);
}

static void close_fd(struct net_socket *s, bool abort)
{
    if (abort && s->type == NET_STREAM && !s->listener && !s->silent) {
        struct linger now = {.l_onoff = 1, .l_linger = 0};

        setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    }
    close(s->fd); /* leaves every epoll set: nobody else holds the description */
    s->fd = -1;
}

void net_close(struct net_socket *s, bool abort)
{
    uint32_t was = __atomic_fetch_or(&s->flags, NET_F_CLOSED, __ATOMIC_SEQ_CST);

    WK_ASSERT(!(was & NET_F_CLOSED));
    close_fd(s, abort);
    net_bury(s);
}

void net_discard(struct net_socket *s)
{
    close_fd(s, true);
    if (s->polled) { /* it may be in a batch already */
        __atomic_fetch_or(&s->flags, NET_F_CLOSED | NET_F_DISCARDED, __ATOMIC_SEQ_CST);
        net_bury(s);
    } else {
        free(s);
    }
}
