/* Between notify.c, notify_queue.c, notify_state.c, stable.c and teredo.c: a registration and what it knows. */
#ifndef WK_IPH_NOTIFY_PRIVATE_H
#define WK_IPH_NOTIFY_PRIVATE_H

#include "netio/iph/iph_private.h"
#include "sched/sched.h"

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

struct iph_notice;
struct iph_kind {
    const char *function;
    /* Calls the driver; row NULL: none. */
    void (*call)(struct iph_notice *n, union iph_row *row, MIB_NOTIFICATION_TYPE type);
    /* What its thread does after the initial call, until n->stopping. */
    void (*follow)(struct iph_notice *n);
};

struct iph_notice {
    LIST_ENTRY entry;      /* of all live ones, under notices_lock; once its thread runs */
    const struct iph_kind *kind;
    enum net_table table;
    unsigned family;
    PVOID callback, context;
    BOOLEAN initial;
    KEVENT ready, closed;
    KEVENT *started;       /* of who registers */
    volatile LONG stopping;
    PKTHREAD thread;
    struct net_socket *watch; /* NULL: nothing to watch */

    /* notify_queue.c */
    struct sched_lock reading, queue_lock;
    LIST_ENTRY queue;
    ULONG queued, queue_max;
    bool lost, signal_only;   /* signal_only: no row is kept, `lost` says that something changed */

    struct net_link link;  /* the last one that a row was of */
    bool silent;           /* the first reading tells nobody */
    union iph_row *scratch; /* IPH-072, IPH-082: what the callback gets; a page that is there during the call only */
    PVOID table_out;        /* stable.c: what the callback gets */
    const void *caller;     /* stable.c: whose table that is */
    ULONG patience_ms;      /* IPH-079, IPH-083 */
    struct iph_known *known[IPH_BUCKETS];
};

/* A registration of this kind, not yet known to anybody; NULL: no memory. */
struct iph_notice *iph_notice_new(const struct iph_kind *kind, PVOID callback, PVOID context);
/* *handle is set before the callback can run. When it fails n is still the caller's. */
NTSTATUS iph_notice_start(struct iph_notice *n, HANDLE *handle);
void iph_notice_end(struct iph_notice *n);

/* ---- what has happened and was not taken (notify_queue.c) ---- */
NTSTATUS iph_queue_open(struct iph_notice *n, enum net_table table, unsigned family);
void iph_queue_close(struct iph_notice *n); /* also when it is not open */
/* In the registration's thread: hands it the next row. IPH_LOST: everything before a loss has been taken; read the table. */
enum iph_next { IPH_NOTHING, IPH_TAKEN, IPH_LOST };
enum iph_next iph_queue_take(struct iph_notice *n, net_row_fn *each);
void iph_queue_lose(struct iph_notice *n); /* the table is still to be read */

/* Tells the driver; in the registration's thread. */
void iph_deliver(struct iph_notice *n, const union iph_row *row, MIB_NOTIFICATION_TYPE type);
void iph_apply(void *notice, const struct net_row *row); /* net_row_fn */
/* Reads the table: the difference to what is known is delivered, unless silent. */
NTSTATUS iph_resync(struct iph_notice *n);
void iph_forget(struct iph_notice *n);

#endif
