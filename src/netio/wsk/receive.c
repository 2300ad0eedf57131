/* Receiving on a connection: posted IRPs first, then ReceiveEvent (WSK-142 .. WSK-152), the peer's end (WSK-110, WSK-111). pump.c calls
 * here; while it is in a callback, WskReceive only queues. */
#include "netio/wsk/wsk_private.h"

#define VECTORS         16
#define DRAINED_AT_ONCE 16 /* buffers; then other sockets have their turn */

static int64_t take_kept(struct wsk_socket *s, const struct net_vec *vec, unsigned count)
{
    struct wsk_indication *k = s->kept;
    PUCHAR from = (PUCHAR)k + PAGE_SIZE + s->kept_offset;
    ULONG left = k->mdl.ByteCount - s->kept_offset, taken = 0;

    for (unsigned i = 0; i < count && left; i++) {
        ULONG bytes = vec[i].bytes < left ? (ULONG)vec[i].bytes : left;

        __builtin_memcpy(vec[i].base, from + taken, bytes);
        taken += bytes;
        left -= bytes;
    }
    s->kept_offset += taken;
    if (!left) {
        s->kept = NULL;
        s->kept_offset = 0;
        wsk_indication_put(k);
    }
    return taken;
}

/* WSK-144: everything that comes is thrown away; ends as the connection ends. */
static int64_t drain(struct wsk_socket *s)
{
    struct wsk_indication *scratch;
    struct net_vec vec;
    int64_t n;

    if (s->kept) {
        wsk_indication_put(s->kept);
        s->kept = NULL;
        s->kept_offset = 0;
    }
    scratch = wsk_indication_get();
    if (!scratch)
        return NET_NOMEM;
    vec = (struct net_vec){(PUCHAR)scratch + PAGE_SIZE, WSK_INDICATION_BYTES};
    for (unsigned round = 0; (n = net_recv(s->net, &vec, 1, 0)) > 0; round++)
        if (round == DRAINED_AT_ONCE) {
            net_want_read(s->net);
            n = NET_AGAIN;
            break;
        }
    wsk_indication_put(scratch);
    return n;
}

/* Serves one request: its final status, or STATUS_PENDING when nothing is there now (readable follows). */
NTSTATUS wsk_serve(struct wsk_socket *s, PIRP irp)
{
    struct net_vec vec[VECTORS];
    int64_t n;

    s->refused = false; /* WSK-149, WSK-151: a WskReceive lets events come again */
    if (!WSK_LENGTH(irp) && !(WSK_FLAGS(irp) & WSK_FLAG_DRAIN))
        return s->broken && !s->kept ? s->broken : STATUS_SUCCESS; /* WSK-145 */
    if (!s->kept && !s->broken && !s->end_seen && !net_readable(s->net)) {
        net_want_read(s->net);
        return STATUS_PENDING;
    }
    for (;;) {
        if (!s->kept && s->broken)
            return s->broken;
        if (!s->kept && s->end_seen)
            return STATUS_SUCCESS;
        if (WSK_FLAGS(irp) & WSK_FLAG_DRAIN) {
            n = drain(s);
        } else {
            unsigned count = wsk_vectors(irp, vec, VECTORS);

            if (!count)
                return STATUS_INSUFFICIENT_RESOURCES;
            n = s->kept ? take_kept(s, vec, count) : net_recv(s->net, vec, count, 0);
        }
        if (n == NET_AGAIN)
            return STATUS_PENDING;
        if (n < 0) {
            wsk_stream_broken(s, wsk_status(n));
            return s->broken;
        }
        if (n == 0) {
            s->end_seen = true; /* WSK-111, WSK-143 */
            return STATUS_SUCCESS;
        }
        WSK_DONE(irp) += (SIZE_T)n;
        if (!(WSK_FLAGS(irp) & WSK_FLAG_WAITALL) || WSK_DONE(irp) == WSK_LENGTH(irp))
            return STATUS_SUCCESS;
    }
}

static void indication_fill(struct wsk_indication *i, ULONG offset, ULONG bytes)
{
    i->list.Next = NULL;
    i->list.Buffer = (WSK_BUF){&i->mdl, offset, bytes};
}

/* Gives the client what is kept or has come. false: nothing is there. */
static bool indicate(struct wsk_socket *s)
{
    struct wsk_indication *i = s->kept;
    SIZE_T accepted;
    ULONG bytes, offset = s->kept_offset;
    NTSTATUS status;

    if (!i) {
        struct net_vec vec;
        int64_t n;

        i = wsk_indication_get();
        if (!i)
            return false;
        vec = (struct net_vec){(PUCHAR)i + PAGE_SIZE, WSK_INDICATION_BYTES};
        n = net_recv(s->net, &vec, 1, 0);
        if (n <= 0) {
            wsk_indication_put(i);
            if (n == NET_AGAIN)
                return false;
            if (n == 0)
                s->end_seen = true;
            else
                wsk_stream_broken(s, wsk_status(n));
            return true;
        }
        i->mdl.ByteCount = (ULONG)n;
    }
    if (!wsk_callback_begin(s, WSK_EVENT_RECEIVE)) {
        s->kept = i; /* until the event is enabled again, or a WskReceive comes */
        return false;
    }
    s->kept = NULL;
    s->kept_offset = 0;
    bytes = i->mdl.ByteCount - offset;
    accepted = bytes; /* WSK-147 [W] */
    indication_fill(i, offset, bytes);
    status = guest_call(PFN_WSK_RECEIVE_EVENT, s->connection->WskReceiveEvent, s->context, wsk_at_dispatch(), &i->list, bytes, &accepted);
    if (status == STATUS_SUCCESS && accepted >= bytes) {
        if (accepted > bytes)
            guest_finding("WSK-158", "WskReceiveEvent accepts %llu of %u bytes", accepted, bytes);
        wsk_indication_put(i);
    } else if (status == STATUS_PENDING) {
        InterlockedIncrement(&s->lent);
    } else {
        if (status != STATUS_SUCCESS && status != STATUS_DATA_NOT_ACCEPTED)
            guest_finding("WSK-159", "WskReceiveEvent returns 0x%08X", (unsigned)status);
        s->kept = i;
        s->kept_offset = offset + (status == STATUS_SUCCESS ? (ULONG)accepted : 0);
        s->refused = true;
    }
    wsk_callback_done(s, WSK_EVENT_RECEIVE);
    return true;
}

static bool event_reads(const struct wsk_socket *s)
{
    return !s->refused && wsk_event_on(s, WSK_EVENT_RECEIVE) && s->connection->WskReceiveEvent;
}

/* While nobody reads, the end is looked for, and waited for, by itself. */
static void look_for_end(struct wsk_socket *s)
{
    int err = net_peer_end(s->net);

    s->end_waits = err == NET_EXISTS;
    if (err == NET_OK)
        s->end_seen = true;
    else if (err != NET_AGAIN && err != NET_EXISTS)
        wsk_stream_broken(s, wsk_status(err));
}

/* WSK-110: at most once; after all data unless the peer reset the connection. */
static bool tell_end(struct wsk_socket *s)
{
    if (s->end_told || !wsk_event_on(s, WSK_EVENT_DISCONNECT) || !s->connection->WskDisconnectEvent)
        return false;
    if (!s->end_seen && !s->broken && !event_reads(s))
        look_for_end(s);
    if (!s->broken && (!s->end_seen || s->kept))
        return false;
    if (!wsk_callback_begin(s, WSK_EVENT_DISCONNECT))
        return false;
    s->end_told = true;
    if (guest_call(PFN_WSK_DISCONNECT_EVENT, s->connection->WskDisconnectEvent, s->context, wsk_at_dispatch() | (s->broken ? WSK_FLAG_ABORTIVE : 0)) !=
        STATUS_SUCCESS)
        guest_finding("WSK-119", "WskDisconnectEvent returns something else than STATUS_SUCCESS");
    wsk_callback_done(s, WSK_EVENT_DISCONNECT);
    return true;
}

bool wsk_indicate(struct wsk_socket *s)
{
    if (event_reads(s) && !s->broken && !(s->end_seen && !s->kept) && indicate(s))
        return true;
    return tell_end(s);
}

NTSTATUS WSKAPI wsk_receive(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    NTSTATUS status;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (Flags & ~(ULONG)(WSK_FLAG_WAITALL | WSK_FLAG_DRAIN))
        return wsk_complete(Irp, STATUS_NOT_SUPPORTED, 0); /* WSK-157 */
    status = wsk_request(s, Irp, WSK_REQUEST_RECEIVE, Buffer, Flags);
    if (!status && (Flags & WSK_FLAG_DRAIN) && ((Flags & WSK_FLAG_WAITALL) || WSK_LENGTH(Irp)))
        status = STATUS_INVALID_PARAMETER; /* WSK-156 */
    if (!status && s->state != WSK_CONNECTED)
        status = wsk_wrong_state(s); /* WSK-084 */
    if (status)
        return wsk_complete(Irp, status, 0);
    wsk_enter(s);
    status = wsk_start_receive(s, Irp);
    wsk_leave(s);
    return status;
}
