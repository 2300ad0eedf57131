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
#include "sched/sched.h"

#define NET_F_IN         0x001u
#define NET_F_OUT        0x002u
#define NET_F_HUP        0x004u /* end or error was reported: read on until the kernel says so */
#define NET_F_WANT_IN    0x008u
#define NET_F_WANT_OUT   0x010u
#define NET_F_CONNECTING 0x020u
#define NET_F_CLOSED     0x040u
#define NET_F_ABORTED    0x080u
#define NET_F_NODELAY    0x100u
#define NET_F_QUEUED     0x200u /* on its processor's list of ready sockets */
#define NET_F_DISCARDED  0x400u /* closed, and nobody is to be told */
#define NET_F_WANT_END   0x800u /* as WANT_IN, but HUP alone counts */

struct net_socket {
    int fd;
    uint32_t flags; /* atomic */
    const struct net_events *events;
    void *ctx;
    uint16_t cpu; /* its processor: where its callbacks run */
    uint8_t family, type;
    bool listener, polled, silent;
    bool errors; /* a datagram socket's read may fail for an ICMP error */
    struct net_socket *next_ready, *next_dead;
};

/* A processor's share: what is to be handed over while it is owned. */
struct net_cpu {
    _Alignas(64) struct net_socket *ready; /* atomic stack: QUEUED */
    struct net_socket *dead;               /* atomic stack: closed, `closed` is due */
    struct net_work *posted;               /* atomic stack */
    /* The owner's: closed and told; the memory goes once no thread that polls can still hold it (poll.c). */
    struct net_socket *leaving, *left;
    uint64_t left_at[SCHED_CPU_MAX];
};

extern struct net_cpu *net_cpus;
extern unsigned net_cpu_total;
extern int net_epoll; /* all sockets of the machine, edge-triggered */
extern __thread int net_this_cpu; /* -1 outside a dispatch */

unsigned net_next_cpu(void); /* in turn */
unsigned net_any_cpu(void);  /* the caller's own in a callback, else in turn */
int net_poll_add(struct net_socket *s);
void net_bury(struct net_socket *s); /* `closed` on its processor, then its memory goes */
void net_post_on(unsigned cpu, struct net_work *work);

/* poll.c */
int net_poll_start(void);
void net_poll_stop(void);
uint64_t net_poll_wait(void *ctx, unsigned cpu, uint64_t deadline_ns);
void net_poll_wake(void *ctx, unsigned cpu);
/* How many waits the thread of each processor has finished: who finished one after a socket was closed holds it no more. */
void net_poll_turns(uint64_t *out);
bool net_poll_turned(const uint64_t *since);

/* crew.c: which processors' threads poll */
void crew_start(void);
unsigned crew_polling(void); /* threads 0 to this - 1 do */
/* A thread that polls: before it waits. The longest it may wait in ms, -1: no limit. The last one may leave the crew here. */
int crew_check(unsigned cpu);
/* What a polling thread found: the one that stands by should watch. */
void crew_found(void);
/* A thread that does not poll: how long it may sleep (ms, -1: until woken); then, when it was not woken. */
int crew_patience(unsigned cpu);
void crew_watch(unsigned cpu);

/* For crew.c: is the thread of `cpu` in its wait, how many waits it has finished, its processor time. */
struct poll_state {
    bool waiting;
    uint64_t turns, cpu_ns;
};
void net_poll_state(unsigned cpu, struct poll_state *out);

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
