/* The transport seam under WSK (design.md, decision 7): sockets in plain words. linux/ keeps it with Linux sockets and epoll, lab/
 * (later) with lwIP. No POSIX type, no NT type.
 *
 * The seam is one of readiness: a call takes what the transport takes at once, or says NET_AGAIN, after which exactly one
 * ready callback follows. Queues, IRPs and completion order are WSK's business and are written once.
 *
 * Callbacks run on the processor that the socket belongs to, at DISPATCH_LEVEL, one at a time per socket. Callbacks may call
 * anything here, also net_close of their own socket. Calls may come from any thread; net_send by one thread at a time per socket, net_recv too, net_close last. Nothing here
 * blocks but the name service's own threads. */
#ifndef WK_NET_H
#define WK_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum net_err {
    NET_OK = 0,
    NET_AGAIN = -1000, /* not now; a callback follows */
    NET_NOMEM, NET_INVAL, NET_NOTSUP, NET_ACCESS, NET_ADDR_IN_USE, NET_ADDR_NOT_LOCAL, NET_REFUSED, NET_TIMEOUT,
    NET_RESET, NET_ABORTED, NET_NET_UNREACH, NET_HOST_UNREACH, NET_PORT_UNREACH, NET_NOT_CONNECTED, NET_IS_CONNECTED, NET_TOO_BIG, NET_NO_NAME,
    NET_NO_OPTION, NET_PIPE, NET_LIMIT, NET_IO, NET_EXISTS, NET_NOT_FOUND, NET_LOST,
};

enum net_family { NET_IPV4 = 4, NET_IPV6 = 6 };
enum net_type { NET_STREAM = 1, NET_DGRAM, NET_RAW };

struct net_addr {
    uint8_t family;      /* enum net_family; 0 = none */
    uint16_t port;       /* host order */
    uint32_t scope, flow;
    uint8_t ip[16];      /* IPv4 in the first four bytes */
};

struct net_vec {
    void *base;
    size_t bytes;
};

struct net_socket;

/* ---- start and stop; net_start before sched_start (it gives the scheduler its poller), net_stop after sched_stop ---- */
int net_start(unsigned cpu_count); /* 0 or a negative wk_err */
void net_stop(void);

/* Readiness, told once per NET_AGAIN. Any may be NULL when the socket cannot need it. */
struct net_events {
    void (*readable)(void *ctx);  /* data, end of stream or error; a connection to accept */
    void (*writable)(void *ctx);
    void (*connected)(void *ctx, enum net_err result);
    void (*closed)(void *ctx);    /* after net_close: no other callback runs or will run; ctx may go */
};

/* ---- sockets. All return NET_OK or a negative net_err. ---- */
int net_open(enum net_family family, enum net_type type, int protocol, const struct net_events *events, void *ctx, struct net_socket **out);
int net_bind(struct net_socket *s, const struct net_addr *local);
int net_listen(struct net_socket *s, unsigned backlog);
/* New sockets belong to the processors in turn. Its `readable` is armed, as after a NET_AGAIN of net_recv. */
int net_accept(struct net_socket *s, const struct net_events *events, void *ctx, struct net_socket **out, struct net_addr *peer);
void net_set_context(struct net_socket *s, const struct net_events *events, void *ctx); /* of an accepted socket, before it is used */
int net_connect(struct net_socket *s, const struct net_addr *peer); /* NET_OK, NET_AGAIN (connected follows) or the failure */
int net_local_address(struct net_socket *s, struct net_addr *out);
int net_peer_address(struct net_socket *s, struct net_addr *out);
int net_shutdown(struct net_socket *s);  /* FIN after what was sent */
int net_abort(struct net_socket *s);     /* RST now; the socket stays, later calls fail NET_ABORTED */
/* Ends the socket: with `abort` a TCP connection is reset, else closed in order. `closed` follows, s is gone then. */
void net_close(struct net_socket *s, bool abort);
/* A socket that was never given away (an accepted one that nobody wants): reset and freed, no callback. */
void net_discard(struct net_socket *s);

/* ---- streams ---- */
#define NET_SEND_NOW 1u /* do not wait for more data to fill a segment; sticky */
#define NET_SEND_OOB 2u
/* Bytes taken (may be fewer than given, then call again) or a negative net_err. */
int64_t net_send(struct net_socket *s, const struct net_vec *vec, unsigned count, unsigned flags);
int64_t net_recv(struct net_socket *s, const struct net_vec *vec, unsigned count, unsigned flags); /* 0: end of stream */
/* Is data, an end or an error known to be there? Costs no system call. */
bool net_readable(const struct net_socket *s);
/* Asks for one `readable` without trying to read: as if net_recv had said NET_AGAIN. */
void net_want_read(struct net_socket *s);
/* Has the peer ended its side with nothing left to read before it? NET_OK: it has; NET_AGAIN: not known to have, `readable` follows when
 * it does; NET_EXISTS: it has, but there is data to read first (no callback follows); else why the connection is gone. As net_recv. */
int net_peer_end(struct net_socket *s);
/* Takes the wish back: no `readable` until the next NET_AGAIN or want. */
void net_unwant_read(struct net_socket *s);

/* ---- datagrams ---- */
#define NET_CTL_LOCAL   1u /* local, ifindex: the address and interface a datagram came in or goes out by */
#define NET_CTL_TTL     2u
#define NET_CTL_TOS     4u
#define NET_CTL_SEGMENT 8u /* send: cut into datagrams of `segment` bytes; receive: it was put together of such */
#define NET_CTL_ECN     16u
#define NET_MSG_TRUNC   1u
#define NET_MSG_CTRUNC  2u
#define NET_MSG_BCAST   4u
#define NET_MSG_MCAST   8u
struct net_ctl {
    uint32_t present; /* NET_CTL_* */
    uint32_t message; /* receive: NET_MSG_* */
    struct net_addr local;
    uint32_t ifindex;
    int32_t ttl, tos;
    uint32_t segment;
};
/* One datagram. to NULL: the connected peer. ctl may be NULL. Bytes or a negative net_err; NET_AGAIN: writable follows. */
int64_t net_sendto(struct net_socket *s, const struct net_vec *vec, unsigned count, const struct net_addr *to, const struct net_ctl *ctl);
int64_t net_recvfrom(struct net_socket *s, const struct net_vec *vec, unsigned count, struct net_addr *from, struct net_ctl *ctl);
/* Up to `count` datagrams in one go. How many were there, at least 1; or a negative net_err, as net_recvfrom. */
#define NET_BATCH_MAX 16
struct net_datagram {
    struct net_vec vec; /* its room */
    size_t bytes;       /* of it, filled */
    struct net_addr from;
    struct net_ctl ctl;
};
int64_t net_recvfrom_many(struct net_socket *s, struct net_datagram *datagrams, unsigned count);
int net_set_peer(struct net_socket *s, const struct net_addr *peer); /* datagram: filter and default; NULL or family 0 clears */

/* ---- options; values as Windows has them where both have the option ---- */
enum net_option {
    NET_OPT_REUSEADDR, NET_OPT_REUSEPORT, NET_OPT_KEEPALIVE, NET_OPT_BROADCAST, NET_OPT_SNDBUF, NET_OPT_RCVBUF, NET_OPT_ERROR,
    NET_OPT_NODELAY, NET_OPT_KEEPIDLE_S, NET_OPT_KEEPCNT, NET_OPT_KEEPINTVL_S, NET_OPT_MAXRT_S, NET_OPT_FASTOPEN,
    NET_OPT_V6ONLY, NET_OPT_TTL, NET_OPT_TOS, NET_OPT_DONTFRAG, NET_OPT_PKTINFO, NET_OPT_RECVTTL, NET_OPT_RECVTOS, NET_OPT_RECVERR,
    NET_OPT_UNICAST_IF, NET_OPT_HDRINCL, NET_OPT_MCAST_IF, NET_OPT_MCAST_TTL, NET_OPT_MCAST_LOOP, NET_OPT_UDP_SEGMENT, NET_OPT_UDP_COALESCE,
    NET_OPT_OOBINLINE,
    NET_OPT_SENT_QUEUE,  /* get: bytes sent and not yet acknowledged */
    NET_OPT_RECV_QUEUE,  /* get: bytes received and not yet read */
    NET_OPT_SEND_SPACE,  /* get: bytes that keep the connection busy */
    NET_OPT_COUNT
};
int net_set_option(struct net_socket *s, enum net_option option, int32_t value);
int net_get_option(struct net_socket *s, enum net_option option, int32_t *value);
int net_membership(struct net_socket *s, const struct net_addr *group, uint32_t ifindex, bool join);

/* ---- work on the plane's processors ---- */
/* Runs fn(work) on a processor, at DISPATCH_LEVEL, from its dispatch loop; on the calling one when the caller is in a
 * callback. Not before net_post returns. The memory is the plane's until then. */
struct net_work {
    struct net_work *next;
    void (*fn)(struct net_work *work);
};
void net_post(struct net_work *work);
/* The same on the socket's processor, where its callbacks run: never together with one of them. Before `closed`. */
void net_post_to(struct net_socket *s, struct net_work *work);

/* ---- addresses and names ---- */
/* This machine's addresses of a family; returns how many there are, fills at most max. */
unsigned net_local_addresses(enum net_family family, struct net_addr *out, unsigned max);

#define NET_RESOLVE_PASSIVE     1u
#define NET_RESOLVE_CANONNAME   2u
#define NET_RESOLVE_NUMERICHOST 4u
#define NET_RESOLVE_NUMERICSERV 8u
#define NET_NAME_NOFQDN      1u
#define NET_NAME_NUMERICHOST 2u
#define NET_NAME_REQUIRED    4u
#define NET_NAME_NUMERICSERV 8u
#define NET_NAME_DGRAM       16u
struct net_resolved {
    struct net_addr addr;
    uint8_t type;      /* enum net_type */
    uint8_t protocol;
};
/* A question to the name service, the asker's memory until `done`. Strings UTF-8. */
struct net_question {
    char node[1026], service[64]; /* empty: none; for net_name the answer */
    struct net_addr address;      /* net_name: of what */
    uint8_t family, type;         /* 0: any */
    uint8_t protocol;
    uint32_t flags;               /* NET_RESOLVE_* or NET_NAME_* */
    struct net_resolved results[64];
    unsigned count;
    char canonical[1026];
    void (*done)(struct net_question *question, enum net_err result); /* on a processor, at DISPATCH_LEVEL */
    void *ctx;
    /* the plane's: */
    struct net_question *next;
    struct net_work work;
    enum net_err result;
    uint8_t kind;
};
void net_resolve(struct net_question *question);
void net_name(struct net_question *question);

#endif
