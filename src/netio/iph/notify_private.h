/* Between notify.c and notify_state.c: a registration and what it knows. */
#ifndef WK_IPH_NOTIFY_PRIVATE_H
#define WK_IPH_NOTIFY_PRIVATE_H

#include "netio/iph/iph_private.h"

union iph_row {
    MIB_IPINTERFACE_ROW ip;
    MIB_UNICASTIPADDRESS_ROW address;
    MIB_IPFORWARD_ROW2 route;
};

struct iph_known {
    struct iph_known *next;
    bool seen;
    union iph_row row;
};
#define IPH_BUCKETS 1024

struct iph_notice {
    LIST_ENTRY entry;      /* of all live ones, under notices_lock; once its thread runs */
    enum net_table table;
    unsigned family;
    PVOID callback, context;
    BOOLEAN initial;
    KEVENT ready, closed;
    KEVENT *started;       /* of who registers */
    volatile LONG stopping;
    PKTHREAD thread;
    struct net_socket *watch;
    struct net_link link;  /* the last one that a row was of */
    bool silent;           /* the first reading tells nobody */
    union iph_row scratch; /* IPH-072: what the callback gets */
    struct iph_known *known[IPH_BUCKETS];
};

/* Tells the driver; in the registration's thread. */
void iph_deliver(struct iph_notice *n, const union iph_row *row, MIB_NOTIFICATION_TYPE type);
void iph_apply(void *notice, const struct net_row *row); /* net_row_fn */
/* Reads the table: the difference to what is known is delivered, unless silent. */
NTSTATUS iph_resync(struct iph_notice *n);
void iph_forget(struct iph_notice *n);

#endif
