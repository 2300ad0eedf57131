/* What a registration's watch said and its thread has not yet taken (IPH-074). The kernel keeps little for a reader and drops the newest: so the watch
 * is read to its end in its own `readable`, at DISPATCH_LEVEL, and rows wait here in order for as long as the driver takes over a call.
 *
 * When the kernel has dropped something all the same, or the queue is longer than anybody wants, `lost` says that the table is to be read. It is set
 * after everything that was read before the loss is in the queue, and seen only when the queue is empty. Lock order: reading, then queue_lock. */
#include "netio/iph/notify_private.h"

struct waiting {
    LIST_ENTRY entry;
    struct net_row row; /* as much of it as its table has */
};

static size_t bytes_of(const struct net_row *row)
{
    size_t head = offsetof(struct waiting, row) + offsetof(struct net_row, link);

    return head + (row->table == NET_LINKS ? sizeof(row->link) : row->table == NET_ADDRESSES ? sizeof(row->address) : sizeof(row->route));
}

static void drop(PLIST_ENTRY list)
{
    while (!IsListEmpty(list))
        ExFreePoolWithTag(CONTAINING_RECORD(RemoveHeadList(list), struct waiting, entry), IPH_TAG);
}

struct reading {
    struct iph_notice *notice;
    bool lost, full; /* full: what comes now is not kept, the table has it */
};

static void put(void *ctx, const struct net_row *row)
{
    struct reading *r = ctx;
    struct iph_notice *n = r->notice;
    struct waiting *w = n->signal_only || r->full ? NULL : ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, bytes_of(row), IPH_TAG);

    if (!w) {
        r->lost = r->full = true;
        return;
    }
    __builtin_memcpy(&w->row, row, bytes_of(row) - offsetof(struct waiting, row));
    sched_lock(&n->queue_lock);
    InsertTailList(&n->queue, &w->entry);
    n->queued++;
    r->full = n->queued >= n->queue_max;
    sched_unlock(&n->queue_lock);
}

static void read_all(struct iph_notice *n)
{
    struct reading r = {.notice = n};
    int err;

    sched_lock(&n->reading);
    do {
        err = net_watch_next(n->watch, put, &r);
        r.lost |= err == NET_LOST;
    } while (err == NET_OK || err == NET_LOST);
    r.lost |= err != NET_AGAIN;
    if (r.lost)
        iph_queue_lose(n);
    sched_unlock(&n->reading);
}

void iph_queue_lose(struct iph_notice *n)
{
    sched_lock(&n->queue_lock);
    n->lost = true;
    sched_unlock(&n->queue_lock);
}

static void on_readable(void *ctx)
{
    struct iph_notice *n = ctx;

    read_all(n);
    KeSetEvent(&n->ready, IO_NO_INCREMENT, FALSE);
}

static void on_closed(void *ctx)
{
    KeSetEvent(&((struct iph_notice *)ctx)->closed, IO_NO_INCREMENT, FALSE);
}

static const struct net_events watch_events = {.readable = on_readable, .closed = on_closed};

NTSTATUS iph_queue_open(struct iph_notice *n, enum net_table table, unsigned family)
{
    NTSTATUS status;
    KIRQL irql;

    n->table = table;
    n->family = family;
    status = iph_status(net_watch_open(table, family, &watch_events, n, &n->watch));
    if (!NT_SUCCESS(status))
        return status;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    read_all(n); /* from now on it calls */
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}

void iph_queue_close(struct iph_notice *n)
{
    if (n->watch) {
        net_close(n->watch, false);
        KeWaitForSingleObject(&n->closed, Executive, KernelMode, FALSE, NULL);
    }
    drop(&n->queue);
}

enum iph_next iph_queue_take(struct iph_notice *n, net_row_fn *each)
{
    LIST_ENTRY *first = NULL;
    enum iph_next next = IPH_NOTHING;
    struct waiting *w;

    sched_lock(&n->queue_lock);
    if (!IsListEmpty(&n->queue)) {
        first = RemoveHeadList(&n->queue);
        n->queued--;
        next = IPH_TAKEN;
    } else if (n->lost) {
        n->lost = false;
        next = IPH_LOST;
    }
    sched_unlock(&n->queue_lock);
    if (next != IPH_TAKEN)
        return next;
    w = CONTAINING_RECORD(first, struct waiting, entry);
    each(n, &w->row);
    ExFreePoolWithTag(w, IPH_TAG);
    return IPH_TAKEN;
}
