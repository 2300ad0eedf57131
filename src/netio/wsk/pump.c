/* A socket's queues and the threads that empty them. Called by the transport's callbacks and posted work (the socket's processor,
 * DISPATCH_LEVEL) and by the client's calls (any thread).
 *
 * In each direction one thread at a time moves data (`sending`, `receiving`), so bytes keep their order; whoever finds the flag set only
 * queues and sets `send_again` or `receive_again`, for which the mover looks before it leaves. What differs between connections and
 * datagram sockets, how one request is served, is in send.c and receive.c, datagram_send.c and datagram_receive.c. */
#include "netio/wsk/wsk_private.h"

#define ROUNDS 16 /* then other sockets have their turn */

static bool is_datagram(const struct wsk_socket *s)
{
    return s->category == WSK_FLAG_DATAGRAM_SOCKET;
}

/* Back to the head of its queue until the transport calls. false: it was cancelled or the socket closed meanwhile. */
static bool requeue(struct wsk_socket *s, LIST_ENTRY *queue, PIRP irp)
{
    bool queued;

    sched_lock(&s->lock);
    queued = wsk_queue(s, queue, irp, true);
    sched_unlock(&s->lock);
    return queued;
}

/* ---- out ---- */

/* Sends what is queued, in order, until the transport takes no more. */
void wsk_pump_sends(struct wsk_socket *s)
{
    sched_lock(&s->lock);
    if (s->sending) {
        s->send_again = true;
        sched_unlock(&s->lock);
        return;
    }
    s->sending = true;
    for (;;) {
        PIRP irp;
        NTSTATUS status;
        bool waits = false;

        s->send_again = false;
        irp = wsk_dequeue(&s->sends);
        if (!irp)
            break;
        sched_unlock(&s->lock);
        status = is_datagram(s) ? wsk_transmit_datagrams(s, irp) : wsk_transmit(s, irp);
        if (status == STATUS_PENDING)
            waits = requeue(s, &s->sends, irp);
        if (!waits)
            wsk_request_done(irp, status == STATUS_PENDING ? STATUS_CANCELLED : status);
        sched_lock(&s->lock);
        if (waits && !s->send_again)
            break;
    }
    s->sending = false;
    wsk_unlock_moved(s);
}

/* ---- in ---- */

static NTSTATUS serve(struct wsk_socket *s, PIRP irp)
{
    return is_datagram(s) ? wsk_serve_datagram(s, irp) : wsk_serve(s, irp);
}

/* One step, without the lock: false when there is nothing to do now. */
static bool step(struct wsk_socket *s, PIRP irp)
{
    NTSTATUS status;

    if (!irp)
        return is_datagram(s) ? wsk_indicate_datagrams(s) : wsk_indicate(s);
    status = serve(s, irp);
    if (status == STATUS_PENDING) {
        if (requeue(s, &s->receives, irp))
            return false;
        status = STATUS_CANCELLED;
    }
    wsk_request_done(irp, status);
    return true;
}

void wsk_pump_receives(struct wsk_socket *s)
{
    UCHAR open = is_datagram(s) ? WSK_BOUND : WSK_CONNECTED;
    unsigned round;

    sched_lock(&s->lock);
    if (s->receiving) {
        s->receive_again = true;
        sched_unlock(&s->lock);
        return;
    }
    s->receiving = true;
    for (round = 0; s->state == open && round < ROUNDS; round++) {
        PIRP irp;
        bool did;

        s->receive_again = false;
        irp = wsk_dequeue(&s->receives);
        sched_unlock(&s->lock);
        did = step(s, irp);
        sched_lock(&s->lock);
        if (!did && !s->receive_again)
            break;
    }
    s->receiving = false;
    wsk_unlock_moved(s);
    if (round == ROUNDS)
        wsk_post(s); /* what is there may be with us, so the transport would not call */
}

/* The disconnect event could not come before this receive, and may now: its wish for the end has been granted. */
static bool end_is_due(const struct wsk_socket *s)
{
    return (s->end_seen || s->broken || s->end_waits) && !s->end_told && wsk_event_on(s, WSK_EVENT_DISCONNECT);
}

/* WSK-027, WSK-028: completes inline when something is there now, else the IRP is pending and the pump goes on. */
NTSTATUS wsk_start_receive(struct wsk_socket *s, PIRP irp)
{
    NTSTATUS status;
    bool again, queued = true;

    sched_lock(&s->lock);
    if (s->receiving || !IsListEmpty(&s->receives) || wsk_depth > WSK_INLINE_DEPTH) {
        bool busy = s->receiving;

        IoMarkIrpPending(irp);
        queued = wsk_queue(s, &s->receives, irp, false);
        s->receive_again = true;
        sched_unlock(&s->lock);
        if (!queued)
            wsk_request_done(irp, STATUS_CANCELLED);
        else if (!busy)
            wsk_post(s);
        return STATUS_PENDING;
    }
    s->receiving = true;
    s->receive_again = false;
    sched_unlock(&s->lock);
    status = serve(s, irp);
    sched_lock(&s->lock);
    if (status == STATUS_PENDING) {
        IoMarkIrpPending(irp);
        queued = wsk_queue(s, &s->receives, irp, true);
    }
    s->receiving = false;
    again = s->receive_again;
    wsk_unlock_moved(s);
    if (!queued)
        wsk_request_done(irp, STATUS_CANCELLED);
    if (status != STATUS_PENDING)
        wsk_request_done(irp, status);
    if (again || (status != STATUS_PENDING && (s->kept || wsk_event_on(s, WSK_EVENT_RECEIVE) || end_is_due(s))))
        wsk_post(s);
    return status;
}
