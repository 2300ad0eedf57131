/* The seam under IP Helper: the machine's tables of interfaces, addresses, routes and neighbours, and the changes of them, in plain
 * words. linux/ keeps them with rtnetlink, in the network namespace of the process; lab/ (later) with its own. No POSIX type, no NT
 * type. Families are those of net.h; 0 is both.
 *
 * Calls come from any thread that may wait, below DISPATCH_LEVEL; none waits for anything outside the machine. */
#ifndef WK_TABLES_H
#define WK_TABLES_H

#include "net/net.h"

enum net_table { NET_LINKS, NET_ADDRESSES, NET_ROUTES, NET_NEIGHBOURS, NET_ANYCAST, NET_MULTICAST, NET_PATHS };
enum net_oper { NET_OPER_UNKNOWN, NET_OPER_NOTPRESENT, NET_OPER_DOWN, NET_OPER_LOWER_DOWN, NET_OPER_TESTING, NET_OPER_DORMANT, NET_OPER_UP };
enum net_link_type { NET_LINK_OTHER, NET_LINK_ETHERNET, NET_LINK_WIRELESS, NET_LINK_LOOPBACK, NET_LINK_PPP, NET_LINK_TUNNEL, NET_LINK_VIRTUAL };
#define NET_LINK_UP        1u /* somebody wants it up */
#define NET_LINK_RUNNING   2u
#define NET_LINK_BROADCAST 4u
#define NET_LINK_P2P       8u
#define NET_LINK_BUS       16u /* hardware behind it */

/* A family on a link. */
struct net_link_ip {
    bool present, forwarding, router_discovery, managed, other;
    uint32_t mtu, dad_transmits, base_reachable_ms, reachable_ms, retransmit_ms, reassembly_max;
};

struct net_link {
    uint32_t index, mtu, mtu_max, flags, lower, master; /* mtu_max: 0 unknown; lower, master: indexes, 0 none */
    uint8_t type, oper;                        /* enum net_link_type, net_oper */
    uint8_t carrier;                           /* 0 unknown, 1 there, 2 not */
    uint8_t address_bytes;
    uint8_t address[32], permanent[32];
    char name[16], alias[257], kind[16];       /* UTF-8; alias and kind may be empty */
    uint8_t guid[16];
    uint64_t speed_bps;                        /* 0 unknown; in a snapshot only, not in a change */
    uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped, rx_multicast, rx_nohandler;
    struct net_link_ip v4, v6;
};

#define NET_IP_TENTATIVE  1u
#define NET_IP_DUPLICATE  2u
#define NET_IP_DEPRECATED 4u
#define NET_IP_PERMANENT  8u
#define NET_IP_RANDOM     16u /* temporary or stable privacy */
struct net_address {
    uint32_t index, flags;
    struct net_addr ip;
    uint8_t prefix; /* of an anycast or multicast address (NET_ANYCAST, NET_MULTICAST) only index and ip are filled */
    uint32_t valid_s, preferred_s; /* UINT32_MAX: for ever */
    uint32_t created_cs;           /* hundredths of a second since the host's start */
};

enum net_route_kind { NET_ROUTE_UNICAST, NET_ROUTE_LOCAL, NET_ROUTE_BROADCAST, NET_ROUTE_MULTICAST, NET_ROUTE_ANYCAST };
enum net_route_by { NET_BY_OTHER, NET_BY_KERNEL, NET_BY_STATIC, NET_BY_REDIRECT, NET_BY_RA, NET_BY_DHCP, NET_BY_RIP, NET_BY_ISIS, NET_BY_OSPF, NET_BY_BGP };
struct net_route {
    uint32_t index, metric, expires_s; /* expires_s: UINT32_MAX never */
    uint32_t mtu;                      /* of the path, 0: the link's */
    struct net_addr to, via, source;   /* via, source: family 0 when there is none */
    uint8_t prefix, kind, by;          /* enum net_route_kind, net_route_by */
};

enum net_neighbour_state { NET_NEIGH_FAILED, NET_NEIGH_INCOMPLETE, NET_NEIGH_PROBE, NET_NEIGH_DELAY, NET_NEIGH_STALE, NET_NEIGH_REACHABLE, NET_NEIGH_PERMANENT };
struct net_neighbour {
    uint32_t index, confirmed_ms;
    struct net_addr ip;
    uint8_t address[32], address_bytes, state;
    bool router;
};

/* A stream of this machine: whom it is with, and what has been measured. */
struct net_path {
    struct net_addr from, to;
    uint32_t mtu, rtt_us, deviation_us, heard_ms; /* heard_ms: ago */
};

struct net_row {
    enum net_table table;
    bool gone; /* of a change: it was taken away */
    union {
        struct net_link link;
        struct net_address address;
        struct net_route route;
        struct net_neighbour neighbour;
        struct net_path path;
    };
};

/* A snapshot, in no order. index 0: of all links. NET_OK or a negative net_err; *out by net_table_free, NULL when there are none. */
int net_table_read(enum net_table table, unsigned family, uint32_t index, struct net_row **out, size_t *count);
void net_table_free(struct net_row *rows);

/* Changes one row: NET_EXISTS, NET_NOT_FOUND, NET_ACCESS, ... Of a link only NET_SET, and of it what differs
 * from how it is: mtu, forwarding of both families, mtu, router_discovery and dad_transmits of v6. A neighbour that is made is permanent. An
 * anycast address that is made lasts until it is deleted or the process ends; NET_ACCESS to delete one that somebody else made. */
enum net_change { NET_CREATE, NET_SET, NET_DELETE };
int net_table_change(enum net_change how, const struct net_row *row);
/* The route that a packet to `to` takes, of `index` only when not 0; source: whom it comes from, may be NULL. out->source is always filled. */
int net_route_find(const struct net_addr *to, const struct net_addr *source, uint32_t index, struct net_route *out);

/* Asks on the link for the address of a neighbour, whose entry is in no state of NET_NEIGH_FAILED until there is an answer or none came. */
int net_neighbour_probe(uint32_t index, const struct net_addr *to);
/* Forgets what was measured of paths beyond their routes. family 0: both. */
int net_path_flush(unsigned family);

/* Changes as they happen. A watch is a socket of the plane: `readable` follows each NET_AGAIN, net_close ends it. */
int net_watch_open(enum net_table table, unsigned family, const struct net_events *events, void *ctx, struct net_socket **out);
/* Calls each for what the next message says (perhaps nothing). NET_OK, NET_AGAIN; NET_LOST: more happened than was kept, read
 * the table. A row of a link that says only part of it has index and the rest 0: read it. One thread at a time. */
typedef void net_row_fn(void *ctx, const struct net_row *row);
int net_watch_next(struct net_socket *s, net_row_fn *each, void *ctx);

#endif
