/* Who may be bound to the same local address (WSK-091, WSK-094 .. WSK-096): the matrix of the rows, over all bound sockets of this machine.
 * Other processes of the Linux machine are the transport's to refuse: a socket is bound there in the plain way unless the matrix has found
 * one of ours to share with; only then both are told to (NET_OPT_REUSEPORT, which Linux takes of bound sockets too).
 *
 * One lock guards the lists of bound sockets and is held across the transport's bind, so that of two binds one is the first. Inside it: a
 * socket's lock, and those of security.c and the transport. */
#include "netio/wsk/wsk_private.h"

#define PORTS 256 /* lists; a port has one of them */

static LIST_ENTRY bound[PORTS];
static struct sched_lock bound_lock;

enum share_answer { OK, INUSE, DENIED, CHECK };
enum { ORDINARY, REUSE, EXCLUSIVE };
/* [second][first], both: mode, then wildcard or specific */
static const UCHAR matrix[6][6] = {
    {INUSE, OK, INUSE, OK, INUSE, OK},             {CHECK, INUSE, CHECK, DENIED, DENIED, INUSE},
    {DENIED, OK, OK, OK, DENIED, OK},              {CHECK, DENIED, OK, OK, DENIED, DENIED},
    {INUSE, INUSE, INUSE, INUSE, INUSE, INUSE},    {CHECK, INUSE, CHECK, INUSE, DENIED, INUSE},
};

static bool is_wildcard(const struct net_addr *a)
{
    return __builtin_memcmp(a->ip, (const UCHAR[16]){0}, sizeof(a->ip)) == 0;
}

static unsigned row(const struct wsk_socket *s, bool wildcard)
{
    unsigned mode = s->options.exclusive ? EXCLUSIVE : s->options.reuse ? REUSE : ORDINARY;

    return 2 * mode + !wildcard;
}

static bool is_datagram(const struct wsk_socket *s)
{
    return s->category == WSK_FLAG_DATAGRAM_SOCKET;
}

/* Do they meet at all? Two specific addresses that differ never do. */
static bool meet(const struct wsk_socket *first, const struct wsk_socket *second, const struct net_addr *address)
{
    return first->local.port == address->port && first->family == second->family && is_datagram(first) == is_datagram(second) &&
           (is_wildcard(&first->local) || is_wildcard(address) ||
            (__builtin_memcmp(first->local.ip, address->ip, sizeof(address->ip)) == 0 && first->local.scope == address->scope));
}

static NTSTATUS may_share(const struct wsk_socket *first, const struct wsk_socket *second, const struct net_addr *address)
{
    switch (matrix[row(second, is_wildcard(address))][row(first, is_wildcard(&first->local))]) {
    case OK: return STATUS_SUCCESS;
    case INUSE: return STATUS_ADDRESS_ALREADY_EXISTS;
    case DENIED: return STATUS_ACCESS_DENIED;
    default: return wsk_sd_lets(first->owner.sd, &second->owner) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
    }
}

/* Lock held. *with: there is one to share with. */
static NTSTATUS look(struct wsk_socket *s, const struct net_addr *address, bool *with)
{
    PLIST_ENTRY head = &bound[address->port % PORTS];

    *with = false;
    if (!address->port || s->raw || !head->Flink)
        return STATUS_SUCCESS;
    for (PLIST_ENTRY e = head->Flink; e != head; e = e->Flink) {
        struct wsk_socket *first = CONTAINING_RECORD(e, struct wsk_socket, owner.link);
        NTSTATUS status = meet(first, s, address) ? may_share(first, s, address) : STATUS_SUCCESS;

        if (status)
            return status;
        *with = *with || meet(first, s, address);
    }
    return STATUS_SUCCESS;
}

/* Lock held, after `look`: the transport is told of each pair. */
static void open_port(struct wsk_socket *s, const struct net_addr *address)
{
    PLIST_ENTRY head = &bound[address->port % PORTS];

    for (PLIST_ENTRY e = head->Flink; e != head; e = e->Flink) {
        struct wsk_socket *first = CONTAINING_RECORD(e, struct wsk_socket, owner.link);

        if (!meet(first, s, address))
            continue;
        sched_lock(&first->lock); /* once it is closing its transport's side may be gone */
        if (first->state != WSK_CLOSING)
            net_set_option(first->net, NET_OPT_REUSEPORT, 1);
        sched_unlock(&first->lock);
    }
    net_set_option(s->net, NET_OPT_REUSEPORT, 1);
}

NTSTATUS wsk_share_bind(struct wsk_socket *s, const struct net_addr *address)
{
    PLIST_ENTRY head;
    NTSTATUS status;
    KIRQL irql = ke_raise_to_dispatch();
    bool with;

    sched_lock(&bound_lock);
    status = look(s, address, &with);
    if (!status && with)
        open_port(s, address);
    if (!status)
        status = wsk_status(net_bind(s->net, address));
    if (!status)
        net_local_address(s->net, &s->local);
    if (!status && !s->raw) {
        head = &bound[s->local.port % PORTS];
        if (!head->Flink)
            InitializeListHead(head);
        InsertTailList(head, &s->owner.link);
        s->owner.bound = true;
    }
    sched_unlock(&bound_lock);
    ke_lower(irql);
    return status;
}

void wsk_share_end(struct wsk_socket *s)
{
    KIRQL irql;

    if (!s->owner.bound)
        return; /* nobody binds it meanwhile: its bind has failed, or it goes */
    irql = ke_raise_to_dispatch();
    sched_lock(&bound_lock);
    RemoveEntryList(&s->owner.link);
    s->owner.bound = false;
    sched_unlock(&bound_lock);
    ke_lower(irql);
}
