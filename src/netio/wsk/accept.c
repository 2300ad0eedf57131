/* Incoming connections: to posted WskAccept IRPs first, then to AcceptEvent (WSK-121 .. WSK-127, WSK-135, WSK-138). */
#include "netio/wsk/wsk_private.h"

#define BATCH 64

struct wsk_socket *wsk_accepted_socket(struct wsk_socket *listener, struct net_socket *net, const struct net_addr *peer)
{
    /* WSK-124 [W]: a stream listener's connections are stream sockets in the connected role */
    struct wsk_socket *s = wsk_socket_new(listener->client, listener->category == WSK_FLAG_STREAM_SOCKET ? WSK_FLAG_STREAM_SOCKET : WSK_FLAG_CONNECTION_SOCKET,
                                          listener->family, NULL, NULL);

    if (!s)
        return NULL;
    s->net = net;
    s->remote = *peer;
    if (net_local_address(net, &s->local))
        s->local = listener->local;
    s->options.receive_buffer = listener->options.receive_buffer; /* WSK-127: what reads as it was set; the rest the transport inherits */
    s->options.send_buffer = listener->options.send_buffer;
    s->state = WSK_CONNECTED;
    s->accepting = 1;
    return s;
}

/* The client does not want it. What it has begun on it nevertheless ends as by a close (WSK-125). */
static void give_up(struct wsk_socket *s)
{
    bool closed_already;

    sched_lock(&s->lock);
    closed_already = s->state == WSK_CLOSING; /* WSK-083: by the event itself */
    s->state = WSK_CLOSING;
    sched_unlock(&s->lock);
    if (closed_already)
        return;
    wsk_cancel_all(s, &s->sends);
    wsk_cancel_all(s, &s->receives);
    wsk_cancel_all(s, &s->disables);
    sched_lock(&s->lock);
    s->net_ends = s->net_resets = true;
    sched_unlock(&s->lock);
}

/* From here on the transport tells what comes (its `readable` is armed); a close that waited for that ends its side now. */
static void open_up(struct wsk_socket *s)
{
    net_set_context(s->net, &wsk_net_events, s);
    if (s->inspection.id.SerialNumber)
        wsk_post(s); /* what came since then was not told */
    sched_lock(&s->lock);
    s->accepting = 0;
    wsk_unlock_moved(s);
}

void wsk_accept_refuse(struct wsk_socket *s)
{
    give_up(s);
    open_up(s);
}

/* Completes an accept request with a connection. The address buffers are in Others: local, remote, context, dispatch. */
static NTSTATUS finish(PIRP irp, struct wsk_socket *s)
{
    PIO_STACK_LOCATION l = IoGetCurrentIrpStackLocation(irp);
    PSOCKADDR local = l->Parameters.Others.Argument1, remote = l->Parameters.Others.Argument2;

    s->context = irp->Tail.Overlay.DriverContext[1];
    s->connection = (const WSK_CLIENT_CONNECTION_DISPATCH *)irp->Tail.Overlay.DriverContext[2];
    if (local)
        wsk_address_out(s->family, &s->local, local);
    if (remote)
        wsk_address_out(s->family, &s->remote, remote);
    open_up(s);
    return wsk_complete(irp, STATUS_SUCCESS, (ULONG_PTR)&s->public);
}

static void offer(struct wsk_socket *listener, struct wsk_socket *s)
{
    union {
        SOCKADDR_IN6 v6;
        SOCKADDR_IN v4;
    } local, remote;
    PVOID context = NULL;
    const WSK_CLIENT_CONNECTION_DISPATCH *dispatch = NULL;
    NTSTATUS status;

    wsk_address_out(s->family, &s->local, (PSOCKADDR)&local);
    wsk_address_out(s->family, &s->remote, (PSOCKADDR)&remote);
    s->events = (listener->events | listener->static_events) & WSK_CONNECTION_EVENTS; /* WSK-126 */
    status = guest_call(PFN_WSK_ACCEPT_EVENT, listener->listen->WskAcceptEvent, listener->context, wsk_at_dispatch(), (PSOCKADDR)&local, (PSOCKADDR)&remote,
                        &s->public, &context, &dispatch);
    wsk_enter(s);
    if (status == STATUS_SUCCESS) {
        s->context = context;
        s->connection = dispatch;
    } else {
        if (status != STATUS_REQUEST_NOT_ACCEPTED)
            guest_finding("WSK-138", "WskAcceptEvent returns 0x%08X", (unsigned)status);
        give_up(s);
    }
    open_up(s);
    wsk_leave(s);
}

void wsk_accept_tried(struct wsk_socket *listener)
{
    sched_lock(&listener->lock);
    listener->accepting--;
    wsk_unlock_moved(listener);
}

/* `accepting` has counted this. NULL: nothing has come (STATUS_PENDING), or why it cannot be had. */
static struct wsk_socket *next_connection(struct wsk_socket *listener, NTSTATUS *why)
{
    struct wsk_socket *s = NULL;
    struct net_socket *net;
    struct net_addr peer;

    *why = STATUS_PENDING;
    if (listener->inspector) {
        s = wsk_inspect_take(listener);
    } else if (net_accept(listener->net, NULL, NULL, &net, &peer) == NET_OK) {
        s = wsk_accepted_socket(listener, net, &peer);
        if (!s) {
            net_discard(net);
            *why = STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    wsk_accept_tried(listener);
    return s;
}

static void wait_again(struct wsk_socket *listener, PIRP irp)
{
    bool queued;

    sched_lock(&listener->lock);
    queued = listener->state == WSK_LISTENING && wsk_queue(listener, &listener->accepts, irp, true);
    sched_unlock(&listener->lock);
    if (!queued)
        wsk_complete(irp, STATUS_CANCELLED, 0);
}

void wsk_pump_accepts(struct wsk_socket *listener)
{
    if (listener->inspector)
        wsk_inspect_arrived(listener);
    for (unsigned n = 0; n < BATCH; n++) {
        struct wsk_socket *s;
        NTSTATUS why;
        PIRP irp;
        bool event;

        sched_lock(&listener->lock);
        irp = listener->state == WSK_LISTENING ? wsk_dequeue(&listener->accepts) : NULL;
        event = listener->state == WSK_LISTENING && ((listener->events | listener->static_events) & WSK_EVENT_ACCEPT) && listener->listen &&
                listener->listen->WskAcceptEvent;
        if (irp || event)
            listener->accepting++;
        if (!irp && event)
            listener->running |= WSK_EVENT_ACCEPT; /* WSK-187: from here on it counts as running */
        sched_unlock(&listener->lock);
        if (!irp && !event)
            return;
        s = next_connection(listener, &why);
        if (s && irp)
            finish(irp, s);
        else if (s)
            offer(listener, s);
        else if (irp && why == STATUS_PENDING)
            wait_again(listener, irp);
        else if (irp)
            wsk_complete(irp, why, 0);
        if (!irp)
            wsk_callback_done(listener, WSK_EVENT_ACCEPT);
        if (!s && why == STATUS_PENDING)
            return;
    }
    wsk_post(listener); /* the edge has passed: the rest of the backlog after others had their turn */
}

NTSTATUS WSKAPI wsk_accept(PWSK_SOCKET Socket, ULONG Flags, PVOID AcceptSocketContext, const WSK_CLIENT_CONNECTION_DISPATCH *AcceptSocketDispatch,
                           PSOCKADDR LocalAddress, PSOCKADDR RemoteAddress, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    NTSTATUS status = STATUS_PENDING;
    struct wsk_socket *made = NULL;
    bool queued = true, tries;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (Flags)
        guest_finding("WSK-135", "WskAccept(%p): Flags is 0x%X", Socket, Flags);
    if (s->state != WSK_LISTENING)
        return wsk_complete(Irp, wsk_wrong_state(s), 0);
    wsk_request(s, Irp, WSK_REQUEST_ACCEPT, NULL, 0);
    WSK_OTHERS(Irp).Argument1 = LocalAddress;
    WSK_OTHERS(Irp).Argument2 = RemoteAddress;
    Irp->Tail.Overlay.DriverContext[1] = AcceptSocketContext;
    Irp->Tail.Overlay.DriverContext[2] = (PVOID)AcceptSocketDispatch;
    wsk_enter(s);
    sched_lock(&s->lock);
    tries = wsk_depth <= WSK_INLINE_DEPTH && s->state == WSK_LISTENING && IsListEmpty(&s->accepts);
    s->accepting += tries;
    sched_unlock(&s->lock);
    if (tries)
        made = next_connection(s, &status);
    if (made) { /* WSK-122 */
        status = finish(Irp, made);
    } else if (status != STATUS_PENDING) {
        wsk_complete(Irp, status, 0);
    } else {
        IoMarkIrpPending(Irp);
        sched_lock(&s->lock);
        queued = wsk_queue(s, &s->accepts, Irp, false);
        sched_unlock(&s->lock);
        if (!queued)
            wsk_complete(Irp, STATUS_CANCELLED, 0);
        else
            wsk_post(s); /* a connection that came before has had its edge */
    }
    wsk_leave(s);
    return status;
}
