/* Conditional accept (WSK-128 .. WSK-133, WSK-136, WSK-137, WSK-139). A Linux listener answers a SYN by itself, so a connection is
 * established when it is inspected: what Windows refuses is reset here. Up to WskAccept or WskAcceptEvent the connection is a socket in
 * the state WSK_INSPECTED, which no client knows, on one of its listener's lists.
 *
 * The event runs on the listener's processor (accept.c's pump), the abort event on the connection's; WskInspectComplete, WskAccept and
 * the close come on any thread. Who takes a connection off its list, under the listener's lock, is the one that goes on with it; while
 * the event is asked (WSK_ASKED) that is the pump. Lock order: the listener's lock, then the connection's. */
#include "netio/wsk/wsk_private.h"

#define TAG_INSPECTOR 0x496B7357 /* "WskI" */
#define MOST          4096       /* not accepted yet, of one listener: more wait with the transport */
#define BATCH         64

NTSTATUS wsk_inspector_set(struct wsk_socket *s, bool on)
{
    if (on && s->inspector)
        return STATUS_SUCCESS;
    if (!on) {
        if (s->inspector)
            ExFreePoolWithTag(s->inspector, TAG_INSPECTOR);
        s->inspector = NULL;
        return STATUS_SUCCESS;
    }
    if (!s->listen || !s->listen->WskInspectEvent) {
        guest_finding("WSK-136", "SO_CONDITIONAL_ACCEPT(%p): the socket has no WskInspectEvent", &s->public);
        return STATUS_INVALID_PARAMETER;
    }
    s->inspector = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*s->inspector), TAG_INSPECTOR);
    if (!s->inspector)
        return STATUS_INSUFFICIENT_RESOURCES;
    InitializeListHead(&s->inspector->undecided);
    InitializeListHead(&s->inspector->allowed);
    return STATUS_SUCCESS;
}

/* ---- the lists; the listener's lock held ---- */

static void list(struct wsk_socket *listener, struct wsk_socket *c, enum wsk_inspection_state state)
{
    c->inspection.state = (UCHAR)state;
    InsertTailList(state == WSK_ALLOWED ? &listener->inspector->allowed : &listener->inspector->undecided, &c->inspection.link);
    listener->inspector->count++;
}

static void unlist(struct wsk_socket *listener, struct wsk_socket *c)
{
    c->inspection.state = WSK_NOT_INSPECTED;
    RemoveEntryList(&c->inspection.link);
    if (listener->inspector->count-- == MOST)
        listener->accept_again = true; /* the pump has stopped at it */
}

static struct wsk_socket *connection_at(PLIST_ENTRY entry)
{
    return CONTAINING_RECORD(entry, struct wsk_socket, inspection.link);
}

static bool same_id(const WSK_INSPECT_ID *a, const WSK_INSPECT_ID *b)
{
    return a->Key == b->Key && a->SerialNumber == b->SerialNumber;
}

static struct wsk_socket *find_undecided(struct wsk_socket *listener, const WSK_INSPECT_ID *id)
{
    PLIST_ENTRY head = &listener->inspector->undecided;

    for (PLIST_ENTRY e = head->Flink; e != head; e = e->Flink)
        if (same_id(&connection_at(e)->inspection.id, id))
            return connection_at(e);
    return NULL;
}

static bool was_aborted(struct wsk_inspector *inspector, const WSK_INSPECT_ID *id)
{
    for (unsigned i = 0; i < WSK_ABORTED_IDS; i++) {
        if (inspector->aborted[i].SerialNumber && same_id(&inspector->aborted[i], id)) {
            inspector->aborted[i].SerialNumber = 0; /* once */
            return true;
        }
    }
    return false;
}

static void remember_aborted(struct wsk_inspector *inspector, const struct wsk_socket *c)
{
    inspector->aborted[inspector->aborted_next++ % WSK_ABORTED_IDS] = c->inspection.id;
}

/* ---- ways out; no lock held, the connection is off its list ---- */

/* The listener gets its user back: after the connection's state says that it is not inspected any more (wsk_inspect_woken). */
static void let_listener_go(struct wsk_socket *listener)
{
    bool again;

    sched_lock(&listener->lock);
    again = listener->accept_again;
    listener->accept_again = false;
    sched_unlock(&listener->lock);
    if (again)
        wsk_post(listener);
    wsk_leave(listener);
}

static void drop(struct wsk_socket *listener, struct wsk_socket *c)
{
    wsk_accept_refuse(c);
    let_listener_go(listener);
}

static void abort_it(struct wsk_socket *listener, struct wsk_socket *c)
{
    WSK_INSPECT_ID id = c->inspection.id;

    if (listener->listen->WskAbortEvent) /* WSK-131 */
        (void)guest_call(PFN_WSK_ABORT_EVENT, listener->listen->WskAbortEvent, listener->context, &id);
    drop(listener, c);
}

/* ---- in ---- */

/* What the event says of a connection that is WSK_ASKED. */
static WSK_INSPECT_ACTION ask(struct wsk_socket *listener, struct wsk_socket *c)
{
    union {
        SOCKADDR_IN6 v6;
        SOCKADDR_IN v4;
    } local, remote;
    WSK_INSPECT_ID id = c->inspection.id;
    WSK_INSPECT_ACTION action;

    wsk_address_out(c->family, &c->local, (PSOCKADDR)&local);
    wsk_address_out(c->family, &c->remote, (PSOCKADDR)&remote);
    action = guest_call(PFN_WSK_INSPECT_EVENT, listener->listen->WskInspectEvent, listener->context, (PSOCKADDR)&local, (PSOCKADDR)&remote, &id);
    if (action != WskInspectAccept && action != WskInspectPend && action != WskInspectReject) {
        guest_finding("WSK-129", "WskInspectEvent returns %d", (int)action);
        action = WskInspectReject;
    }
    return action;
}

static void inspect(struct wsk_socket *listener, struct wsk_socket *c)
{
    WSK_INSPECT_ACTION action;
    bool open, gone;

    c->state = WSK_INSPECTED;
    c->inspection.listener = listener;
    wsk_enter(listener);
    sched_lock(&listener->lock);
    open = listener->state == WSK_LISTENING;
    if (open) {
        if (++listener->inspector->serial == 0)
            listener->inspector->serial = 1;
        c->inspection.id = (WSK_INSPECT_ID){(ULONG_PTR)listener, listener->inspector->serial};
        list(listener, c, WSK_ASKED);
    }
    sched_unlock(&listener->lock);
    if (!open) {
        drop(listener, c);
        return;
    }
    action = ask(listener, c);
    if (action != WskInspectReject)
        net_set_context(c->net, &wsk_net_events, c); /* from here on a reset is noticed */
    sched_lock(&listener->lock);
    if (action == WskInspectPend && c->inspection.decided)
        action = c->inspection.decided_accept ? WskInspectAccept : WskInspectReject;
    open = listener->state == WSK_LISTENING;
    gone = c->inspection.gone;
    if (open && !gone && action == WskInspectPend) {
        c->inspection.state = WSK_PENDED;
        sched_unlock(&listener->lock);
        return;
    }
    if (gone && action == WskInspectPend)
        remember_aborted(listener->inspector, c);
    unlist(listener, c);
    if (open && !gone && action == WskInspectAccept) {
        list(listener, c, WSK_ALLOWED);
        sched_unlock(&listener->lock);
        return;
    }
    sched_unlock(&listener->lock);
    if (open && gone && action != WskInspectReject)
        abort_it(listener, c);
    else
        drop(listener, c);
}

void wsk_inspect_arrived(struct wsk_socket *listener)
{
    for (unsigned n = 0; n < BATCH; n++) {
        struct net_socket *net;
        struct net_addr peer;
        struct wsk_socket *c;
        bool may;

        sched_lock(&listener->lock);
        may = listener->state == WSK_LISTENING && listener->inspector->count < MOST;
        listener->accepting += may;
        sched_unlock(&listener->lock);
        if (!may)
            return;
        may = net_accept(listener->net, NULL, NULL, &net, &peer) == NET_OK;
        wsk_accept_tried(listener);
        if (!may)
            return;
        c = wsk_accepted_socket(listener, net, &peer);
        if (c)
            inspect(listener, c);
        else
            net_discard(net);
    }
    wsk_post(listener); /* the edge has passed: the rest after others had their turn */
}

/* ---- out ---- */

struct wsk_socket *wsk_inspect_take(struct wsk_socket *listener)
{
    struct wsk_socket *c = NULL;

    sched_lock(&listener->lock);
    if (listener->state == WSK_LISTENING && !IsListEmpty(&listener->inspector->allowed)) {
        c = connection_at(listener->inspector->allowed.Flink);
        unlist(listener, c);
        sched_lock(&c->lock);
        c->state = WSK_CONNECTED;
        sched_unlock(&c->lock);
    }
    sched_unlock(&listener->lock);
    if (c)
        let_listener_go(listener);
    return c;
}

bool wsk_inspect_woken(struct wsk_socket *c)
{
    struct wsk_socket *listener = NULL;
    int end = net_peer_end(c->net);
    bool reset = end != NET_OK && end != NET_AGAIN && end != NET_EXISTS, mine = false;

    sched_lock(&c->lock);
    if (c->state == WSK_INSPECTED) {
        listener = c->inspection.listener;
        wsk_enter(listener);
    } else if (reset && !c->broken) {
        c->broken = wsk_status(end);
    }
    sched_unlock(&c->lock);
    if (!listener)
        return false;
    sched_lock(&listener->lock);
    if (reset && listener->state == WSK_LISTENING) {
        c->inspection.gone = true;
        mine = c->inspection.state == WSK_PENDED || c->inspection.state == WSK_ALLOWED;
        if (c->inspection.state == WSK_PENDED)
            remember_aborted(listener->inspector, c);
        if (mine)
            unlist(listener, c);
    }
    sched_unlock(&listener->lock);
    if (mine)
        abort_it(listener, c);
    wsk_leave(listener);
    return true;
}

/* The listener's state is WSK_CLOSING: those that are WSK_ASKED find that themselves. */
void wsk_inspect_close(struct wsk_socket *listener)
{
    unsigned pended = 0;

    for (;;) {
        struct wsk_socket *c = NULL;
        PLIST_ENTRY head = &listener->inspector->undecided;

        sched_lock(&listener->lock);
        for (PLIST_ENTRY e = head->Flink; e != head && !c; e = e->Flink)
            if (connection_at(e)->inspection.state == WSK_PENDED)
                c = connection_at(e);
        pended += c != NULL;
        if (!c && !IsListEmpty(&listener->inspector->allowed))
            c = connection_at(listener->inspector->allowed.Flink);
        if (c)
            unlist(listener, c);
        sched_unlock(&listener->lock);
        if (!c)
            break;
        drop(listener, c);
    }
    if (pended)
        guest_finding("WSK-139", "WskCloseSocket(%p): %u pended inspections were never completed", &listener->public, pended);
}

NTSTATUS WSKAPI wsk_inspect_complete(PWSK_SOCKET ListenSocket, PWSK_INSPECT_ID InspectID, WSK_INSPECT_ACTION Action, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(ListenSocket), *c, *refused = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (s->state != WSK_LISTENING)
        return wsk_complete(Irp, wsk_wrong_state(s), 0); /* WSK-134 */
    if (!s->inspector) {
        guest_finding("WSK-137", "WskInspectComplete(%p): SO_CONDITIONAL_ACCEPT is not set", ListenSocket);
        return wsk_complete(Irp, STATUS_INVALID_DEVICE_STATE, 0);
    }
    if (!InspectID || (Action != WskInspectAccept && Action != WskInspectReject))
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, 0); /* WSK-137 */
    wsk_enter(s);
    sched_lock(&s->lock);
    c = find_undecided(s, InspectID);
    if (!c) {
        status = was_aborted(s->inspector, InspectID) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    } else if (c->inspection.state == WSK_PENDED) {
        unlist(s, c);
        if (Action == WskInspectAccept)
            list(s, c, WSK_ALLOWED);
        else
            refused = c;
    } else if (c->inspection.decided) {
        status = STATUS_INVALID_PARAMETER;
    } else {
        c->inspection.decided = true;
        c->inspection.decided_accept = Action == WskInspectAccept;
    }
    sched_unlock(&s->lock);
    if (refused)
        drop(s, refused);
    else if (c)
        wsk_post(s); /* it may be accepted now */
    wsk_complete(Irp, status, 0);
    wsk_leave(s);
    return status;
}
