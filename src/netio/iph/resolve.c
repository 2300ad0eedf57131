/* ResolveIpNetEntry2 (IPH-059): the entry goes, the neighbour is asked on the link, and the caller waits for the answer. The kernel gives the question
 * up by itself, after some seconds. A permanent entry is the answer as it stands [W]: somebody has said so. */
#include "netio/iph/iph_private.h"

struct question {
    struct net_socket *watch;
    KEVENT ready, closed;
};

static void on_readable(void *ctx)
{
    KeSetEvent(&((struct question *)ctx)->ready, IO_NO_INCREMENT, FALSE);
}

static void on_closed(void *ctx)
{
    KeSetEvent(&((struct question *)ctx)->closed, IO_NO_INCREMENT, FALSE);
}

static const struct net_events watch_events = {.readable = on_readable, .closed = on_closed};

static void any(void *ctx, const struct net_row *row)
{
}

/* Each change of the table is a reason to look again: the watch is read empty first, so that a change after the look wakes. */
static NTSTATUS wait_for_answer(struct question *q, struct net_neighbour *n)
{
    LARGE_INTEGER again = {.QuadPart = -10000000}; /* 1 s: an entry that nobody keeps can go without a word */

    for (;;) {
        NTSTATUS status;
        int err;

        do
            err = net_watch_next(q->watch, any, NULL);
        while (err == NET_OK || err == NET_LOST);
        status = iph_neighbour_find(n, n);
        if (status == STATUS_NOT_FOUND || (NT_SUCCESS(status) && n->state == NET_NEIGH_FAILED))
            return STATUS_BAD_NETWORK_NAME;
        if (!NT_SUCCESS(status) || n->state != NET_NEIGH_INCOMPLETE)
            return status;
        KeWaitForSingleObject(&q->ready, Executive, KernelMode, FALSE, &again);
    }
}

static NTSTATUS ask(struct net_row *row)
{
    struct net_neighbour *n = &row->neighbour, now;
    struct question q = {0};
    NTSTATUS status = iph_neighbour_find(n, &now);

    if (NT_SUCCESS(status) && now.state == NET_NEIGH_PERMANENT) {
        *n = now;
        return STATUS_SUCCESS;
    }
    if (NT_SUCCESS(status))
        status = iph_status(net_table_change(NET_DELETE, row));
    if (!NT_SUCCESS(status) && status != STATUS_NOT_FOUND)
        return status;
    KeInitializeEvent(&q.ready, SynchronizationEvent, FALSE);
    KeInitializeEvent(&q.closed, NotificationEvent, FALSE);
    status = iph_status(net_watch_open(NET_NEIGHBOURS, n->ip.family, &watch_events, &q, &q.watch));
    if (!NT_SUCCESS(status))
        return status;
    status = iph_status(net_neighbour_probe(n->index, &n->ip));
    if (NT_SUCCESS(status))
        status = wait_for_answer(&q, n);
    net_close(q.watch, false);
    KeWaitForSingleObject(&q.closed, Executive, KernelMode, FALSE, NULL);
    return status;
}

NTSTATUS NTAPI ResolveIpNetEntry2(PMIB_IPNET_ROW2 Row, const SOCKADDR_INET *SourceAddress)
{
    struct net_addr source;
    struct net_link link;
    struct net_row row;
    uint32_t index;
    NTSTATUS status;

    if (iph_at_wrong_level("ResolveIpNetEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    status = iph_neighbour_aim(Row, &row, &link);
    if (!NT_SUCCESS(status))
        return status;
    if (!iph_is_unicast(&row.neighbour.ip))
        return STATUS_INVALID_PARAMETER;
    if (SourceAddress && SourceAddress->si_family != AF_UNSPEC) {
        if (!iph_addr(SourceAddress, &source) || source.family != row.neighbour.ip.family)
            return STATUS_INVALID_PARAMETER;
        index = link.index;
        status = iph_link_of_source(&source, &index);
    }
    if (NT_SUCCESS(status))
        status = ask(&row);
    if (NT_SUCCESS(status))
        iph_fill_neighbour(Row, &row.neighbour, &link);
    return status;
}
