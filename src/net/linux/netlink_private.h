/* What the files behind net/tables.h share: one question to rtnetlink, and a message turned into rows. Linux side. */
#ifndef WK_NETLINK_PRIVATE_H
#define WK_NETLINK_PRIVATE_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "net/tables.h"
#include "plane_private.h"

#define NETLINK_BYTES 32768

/* Sends the request and calls each for every message of the answer; a dump when the request says so. NET_OK or a negative net_err;
 * NET_LOST: the table changed under a dump, ask again. A buffer of NETLINK_BYTES is the caller's. */
typedef void netlink_fn(void *ctx, const struct nlmsghdr *message);
int netlink_ask(int protocol, struct nlmsghdr *request, char *buffer, netlink_fn *each, void *ctx);
enum net_err netlink_err(int error); /* of an errno */

unsigned netlink_family(unsigned family); /* enum net_family to AF_* */
unsigned netlink_family_of(unsigned af);
void netlink_addr(unsigned af, const struct nlattr *attr, struct net_addr *out);
void netlink_put_addr(struct nlmsghdr *request, uint16_t type, const struct net_addr *addr);

/* Rows that a message tells of; `gone` is set for RTM_DEL*. family 0: both. */
void netlink_rows(const struct nlmsghdr *message, enum net_table table, unsigned family, net_row_fn *each, void *ctx);
void netlink_link_rows(const struct nlmsghdr *message, net_row_fn *each, void *ctx);
void netlink_route_rows(const struct nlmsghdr *message, unsigned family, net_row_fn *each, void *ctx);
void netlink_group_rows(const struct nlmsghdr *message, net_row_fn *each, void *ctx);
int netlink_igmp_rows(net_row_fn *each, void *ctx); /* IPv4's groups */
int netlink_path_rows(char *buffer, net_row_fn *each, void *ctx);
int netlink_change_anycast(enum net_change how, const struct net_address *a);
/* What rtnetlink does not say of a link: its speed, whether it is wireless. */
void netlink_link_more(struct net_link *link);

#endif
