/* Sending on a connection (WSK-140, WSK-141, WSK-157) and its graceful end, which stands in the same queue (WSK-108 .. WSK-120). */
#include "netio/wsk/wsk_private.h"

#define VECTORS 16

/* STATUS_SUCCESS when all is sent, STATUS_PENDING when the transport takes no more now (writable follows), else the failure. */
NTSTATUS wsk_transmit(struct wsk_socket *s, PIRP irp)
{
    unsigned flags = ((WSK_FLAGS(irp) & WSK_FLAG_NODELAY) ? NET_SEND_NOW : 0) | ((WSK_FLAGS(irp) & WSK_FLAG_OOB) ? NET_SEND_OOB : 0);
    struct net_vec vec[VECTORS];

    if (s->broken)
        return s->broken;
    while (WSK_DONE(irp) < WSK_LENGTH(irp)) {
        unsigned count = wsk_vectors(irp, vec, VECTORS);
        int64_t sent;

        if (!count)
            return STATUS_INSUFFICIENT_RESOURCES;
        sent = net_send(s->net, vec, count, WSK_KIND(irp) == WSK_REQUEST_DISCONNECT ? 0 : flags);
        if (sent == NET_AGAIN)
            return STATUS_PENDING;
        if (sent < 0) {
            wsk_stream_broken(s, wsk_status(sent));
            return s->broken;
        }
        WSK_DONE(irp) += (SIZE_T)sent;
        if ((s->events | s->static_events) & WSK_EVENT_SEND_BACKLOG)
            wsk_backlog_sent(s, (SIZE_T)sent);
    }
    if (WSK_KIND(irp) == WSK_REQUEST_DISCONNECT) {
        int err = net_shutdown(s->net);

        s->fin_sent = true;
        if (err && err != NET_NOT_CONNECTED)
            return wsk_status(err);
    }
    return STATUS_SUCCESS;
}

/* WSK-027, WSK-028: completes inline when the transport takes all of it now, else the IRP is pending and the pump goes on. */
static NTSTATUS start(struct wsk_socket *s, PIRP irp)
{
    NTSTATUS status;
    bool more;

    sched_lock(&s->lock);
    if (s->sending || !IsListEmpty(&s->sends) || wsk_depth > WSK_INLINE_DEPTH) {
        bool busy = s->sending;

        IoMarkIrpPending(irp);
        if (!wsk_queue(s, &s->sends, irp, false)) {
            sched_unlock(&s->lock);
            wsk_request_done(irp, STATUS_CANCELLED);
            return STATUS_PENDING;
        }
        if (busy)
            s->send_again = true;
        sched_unlock(&s->lock);
        if (!busy)
            wsk_post(s);
        return STATUS_PENDING;
    }
    s->sending = true;
    s->send_again = false;
    sched_unlock(&s->lock);
    status = wsk_transmit(s, irp);
    sched_lock(&s->lock);
    if (status == STATUS_PENDING) {
        bool queued;

        IoMarkIrpPending(irp);
        queued = wsk_queue(s, &s->sends, irp, true);
        s->sending = false;
        more = s->send_again;
        wsk_unlock_moved(s);
        if (!queued)
            wsk_request_done(irp, STATUS_CANCELLED);
        if (more)
            wsk_post(s);
        return STATUS_PENDING;
    }
    s->sending = false;
    more = s->send_again || !IsListEmpty(&s->sends);
    wsk_unlock_moved(s);
    if (more)
        wsk_post(s);
    wsk_request_done(irp, status);
    return status;
}

/* WSK-084, WSK-120: why nothing can be sent now; success when it can. */
static NTSTATUS may_send(const struct wsk_socket *s)
{
    if (s->state == WSK_CLOSING)
        return STATUS_FILE_FORCED_CLOSED;
    if (s->state != WSK_CONNECTED)
        return wsk_wrong_state(s);
    return s->fin_queued ? STATUS_INVALID_DEVICE_STATE : s->broken;
}

/* Sends all of Buffer or fails. Its MDLs are ours until Irp completes; the WSK_BUF is read only now (WSK-033). */
NTSTATUS WSKAPI wsk_send(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    NTSTATUS status;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (Flags & ~(ULONG)(WSK_FLAG_OOB | WSK_FLAG_NODELAY))
        return wsk_complete(Irp, STATUS_NOT_SUPPORTED, 0); /* WSK-157 */
    status = wsk_request(s, Irp, WSK_REQUEST_SEND, Buffer, Flags);
    if (!status)
        status = may_send(s);
    if (status)
        return wsk_complete(Irp, status, 0);
    wsk_enter(s);
    status = start(s, Irp);
    wsk_leave(s);
    return status;
}

NTSTATUS WSKAPI wsk_disconnect(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    NTSTATUS status;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (Flags & ~(ULONG)WSK_FLAG_ABORTIVE)
        return wsk_complete(Irp, STATUS_NOT_SUPPORTED, 0); /* WSK-117 */
    if ((Flags & WSK_FLAG_ABORTIVE) && Buffer) {
        guest_finding("WSK-116", "WskDisconnect(%p): WSK_FLAG_ABORTIVE with a buffer", Socket);
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, 0);
    }
    status = wsk_request(s, Irp, WSK_REQUEST_DISCONNECT, Buffer, Flags);
    if (!status && (s->state != WSK_CONNECTED || (s->fin_queued && !(Flags & WSK_FLAG_ABORTIVE))))
        status = wsk_wrong_state(s); /* WSK-118 */
    if (status)
        return wsk_complete(Irp, status, 0);
    wsk_enter(s);
    if (Flags & WSK_FLAG_ABORTIVE) { /* WSK-109 */
        s->end_told = true;
        wsk_stream_broken(s, STATUS_CONNECTION_ABORTED);
        net_abort(s->net);
        wsk_fail_all(s, &s->sends, STATUS_CONNECTION_ABORTED);
        wsk_fail_all(s, &s->receives, STATUS_CONNECTION_ABORTED);
        wsk_post(s); /* one that a pump has in its hands goes back to its queue after this */
        wsk_complete(Irp, STATUS_SUCCESS, 0);
    } else {
        s->fin_queued = true; /* WSK-120: from this call on, also when it waits behind sends */
        status = start(s, Irp);
    }
    wsk_leave(s);
    return status;
}
