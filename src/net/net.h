/* The transport seam under WSK (design.md, decision 7): sockets in plain words. linux/ keeps it with Linux sockets and epoll, lab/
 * (later) with lwIP. No POSIX type, no NT type.
 *
 * The seam is one of readiness: a call takes what the transport takes at once, or says NET_AGAIN, after which exactly one
 * ready callback follows. Queues, IRPs and completion order are WSK's business and are written once.
 *
 * Callbacks run on the processor that the socket belongs to, at DISPATCH_LEVEL, one at a time per socket. They may call
 * anything here, also net_close of their own socket. Calls may come from any thread. Nothing here blocks but net_resolve. */
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
    NET_NO_OPTION, NET_PIPE, NET_LIMIT, NET_IO,
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

/* Readiness, told once per NET_AGAIN (writable, connected) or per edge (readable, acceptable). */
struct net_events {
    void (*readable)(void *ctx);  /* data, end of stream or error: call net_recv / net_accept until it says NET_AGAIN */
    void (*writable)(void *ctx);
    void (*connected)(void *ctx, enum net_err result);
    void (*closed)(void *ctx);    /* after net_close: no other callback runs or will run; ctx may go */
};

int net_open(enum net_family family, enum net_type type, int protocol, const struct net_events *events, void *ctx, struct net_socket **out);
int net_bind(struct net_socket *s, const struct net_addr *local);
int net_listen(struct net_socket *s, unsigned backlog);
int net_accept(struct net_socket *s, const struct net_events *events, void *ctx, struct net_socket **out, struct net_addr *peer);
int net_connect(struct net_socket *s, const struct net_addr *peer); /* NET_OK, NET_AGAIN (connected follows) or the failure */
int64_t net_send(struct net_socket *s, const struct net_vec *vec, unsigned count, unsigned flags);
int64_t net_recv(struct net_socket *s, const struct net_vec *vec, unsigned count, unsigned flags); /* 0: end of stream */

#endif
