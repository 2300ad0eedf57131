/* What the files of IP Helper share. All of it runs in the caller's thread below DISPATCH_LEVEL, but for notify.c's threads. There is no state
 * but the registrations and the metrics of interfaces: each call asks the tables of net/tables.h anew. NT side. */
#ifndef WK_IPH_PRIVATE_H
#define WK_IPH_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netioapi.h"
#include "ddi/guest.h"
#include "net/tables.h"

#define IPH_TAG       0x48507049 /* "IpPH" */
#define IPH_TABLE_TAG 0x62547049 /* "IpTb": what FreeMibTable takes back, and nothing else */

/* IPH-014: true, with a finding, when the caller may not block. */
bool iph_at_wrong_level(const char *function);
NTSTATUS iph_status(int net_err); /* IPH-006, IPH-009 */

/* ---- families and addresses ---- */
/* IPH-002. false: no family of ours. *out 0 for AF_UNSPEC. */
bool iph_family(ADDRESS_FAMILY family, unsigned *out);
ADDRESS_FAMILY iph_family_of(unsigned net_family);
void iph_sockaddr(const struct net_addr *addr, uint32_t scope, SOCKADDR_INET *out);
bool iph_addr(const SOCKADDR_INET *address, struct net_addr *out); /* false: neither family */
int iph_compare_addr(const struct net_addr *a, const struct net_addr *b);
bool iph_is_zero(const struct net_addr *a);
bool iph_is_unicast(const struct net_addr *a);
bool iph_is_multicast(const struct net_addr *a);
bool iph_is_loopback(const struct net_addr *a);

/* ---- links (interface.c) ---- */
NET_LUID iph_luid(const struct net_link *link); /* IPH-007 */
/* IPH-001. STATUS_NOT_FOUND, STATUS_INVALID_PARAMETER or the link; more than one read is not needed for it. */
NTSTATUS iph_find_link(const NET_LUID *luid, NET_IFINDEX index, struct net_link *out);
ULONG iph_alias(const struct net_link *link, WCHAR out[IF_MAX_STRING_SIZE + 1]); /* characters, without the terminator */
/* IPH-101, IPH-103: how many units of a buffer of `length` there really are; a finding when the pool says that it holds fewer (name.c). */
SIZE_T iph_room(const char *function, const void *buffer, SIZE_T length, SIZE_T unit, const char *row);
/* All links by index, for rows that carry a LUID. free with net_table_free. */
struct iph_links {
    struct net_row *rows;
    size_t count;
};
NTSTATUS iph_read_links(struct iph_links *links);
const struct net_link *iph_link_of(const struct iph_links *links, uint32_t index);

/* ---- tables (table.c) ---- */
/* IPH-003, IPH-005: reads `table`, sorts it, and fills one allocation of the caller's: `first` is the offset of the rows, `fill` says whether a row
 * counts. NULL links: the rows need none. */
void *iph_table_allocate(size_t bytes, const void *caller);
typedef int iph_order(const struct net_row *a, const struct net_row *b);
struct iph_read {
    enum net_table table;
    unsigned family;
    iph_order *order;
    /* Fills up to per_row rows from one; how many. */
    unsigned (*fill)(void *out, const struct net_row *row, const struct iph_links *links, const struct iph_read *read);
    size_t first, row_bytes;
    unsigned per_row;
    bool option;      /* fill's own */
    void *own;        /* fill's own */
    bool may_be_empty;
};
NTSTATUS iph_read_addresses(unsigned family, MIB_UNICASTIPADDRESS_TABLE **out, const void *caller);
NTSTATUS iph_read_table(const struct iph_read *read, void **out, const void *caller);

/* ---- metrics of interfaces (ipinterface_change.c): ours, for Linux has none ---- */
/* false: nobody has set one. */
bool iph_metric(uint32_t index, unsigned family, ULONG *metric);

/* ---- neighbours (neighbour.c), also for resolve.c ---- */
/* Whose entry, on which link: checks what all functions do. */
NTSTATUS iph_neighbour_aim(const MIB_IPNET_ROW2 *row, struct net_row *out, struct net_link *link);
NTSTATUS iph_neighbour_find(const struct net_neighbour *key, struct net_neighbour *out); /* as it is now, or STATUS_NOT_FOUND */
void iph_fill_neighbour(MIB_IPNET_ROW2 *out, const struct net_neighbour *n, const struct net_link *link);
/* The interface that has this address (route_change.c): *index when it is not 0, or STATUS_NOT_FOUND. */
NTSTATUS iph_link_of_source(const struct net_addr *source, uint32_t *index);

/* ---- rows, also for notices ---- */
void iph_fill_ip(MIB_IPINTERFACE_ROW *out, const struct net_link *link, unsigned family);
void iph_fill_address(MIB_UNICASTIPADDRESS_ROW *out, const struct net_address *address, const struct net_link *link);
void iph_fill_route(MIB_IPFORWARD_ROW2 *out, const struct net_route *route, const struct net_link *link);
int iph_order_links(const struct net_row *a, const struct net_row *b);
int iph_order_addresses(const struct net_row *a, const struct net_row *b);
int iph_order_routes(const struct net_row *a, const struct net_row *b);

#endif
