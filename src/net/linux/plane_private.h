/* What the files of src/net/linux share. Linux side.
 *
 * Flags. One atomic word per socket says what is known (IN, OUT: the kernel has not said EAGAIN since it last said ready), what the
 * owner waits for (WANT_*), and what ended. Whoever reads clears IN first and sets it again when the kernel may have more; an
 * edge that comes in between sets it too, so none is lost. */
#ifndef WK_PLANE_PRIVATE_H
#define WK_PLANE_PRIVATE_H

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "net/net.h"

#define NET_F_IN         0x001u
#define NET_F_OUT        0x002u
#define NET_F_HUP        0x004u /* end or error was reported: read on until the kernel says so */
#define NET_F_WANT_IN    0x008u
#define NET_F_WANT_OUT   0x010u
#define NET_F_CONNECTING 0x020u
#define NET_F_CLOSED     0x040u
#define NET_F_ABORTED    0x080u
#define NET_F_NODELAY    0x100u

struct net_socket {
    int fd;
    uint32_t flags; /* atomic */
    const struct net_events *events;
    void *ctx;
    uint16_t cpu;       /* its processor; a listener's walk while closing */
    uint8_t family, type;
    bool listener, polled, silent;
    struct net_socket *next_dead;
};

struct net_cpu {
    int epoll_fd, event_fd;
    int ready;                      /* events found by wait */
    struct net_socket *dead;        /* atomic stack: closed, freed after the batch */
    struct net_work *posted;        /* atomic stack */
    struct epoll_event events[512];
};

extern struct net_cpu *net_cpus;
extern unsigned net_cpu_total;
extern __thread int net_this_cpu; /* -1 outside a dispatch */

unsigned net_any_cpu(void);
int net_poll_add(struct net_socket *s); /* to its processor's, a listener to every one's epoll */
void net_bury(struct net_socket *s);    /* `closed` and free after the current batch of its processor */
void net_post_on(unsigned cpu, struct net_work *work);

enum net_err net_from_errno(int error);

union net_sockaddr {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
};
/* For a socket of `family`; IPv4 on an IPv6 socket becomes ::ffff:a.b.c.d. 0: cannot be. */
socklen_t net_to_sockaddr(const struct net_addr *addr, unsigned family, union net_sockaddr *out);
void net_from_sockaddr(const union net_sockaddr *in, struct net_addr *out);

void net_resolver_stop(void);

#endif
