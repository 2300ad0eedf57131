/* Sending datagrams (WSK-162 .. WSK-164, WSK-179 .. WSK-182). A datagram that the transport takes at once costs no lock and no
 * allocation; one that must wait is copied out of the caller's variables (WSK-033) and stands in `sends`. */
#include "netio/wsk/wsk_private.h"

#include "netio/wsk/controldata.h"

#define TAG_OUTGOING 0x4F6B7357 /* "WskO" */
#define TAG_WHOLE    0x576B7357 /* "WskW" */
#define VECTORS      64
#define LONGEST      65535 /* of any datagram */

struct outgoing {
    struct net_addr to;
    struct net_ctl ctl;
    WSK_BUF buffer;     /* the datagram that goes next */
    PWSK_BUF_LIST next; /* those after it */
    SIZE_T sent;        /* bytes of those before it */
};
#define OUTGOING_OF(irp) (*(struct outgoing **)&(irp)->Tail.Overlay.DriverContext[3])

/* One datagram of the request's buffer. What has more MDLs than the transport takes at once goes as a copy. */
static int64_t transmit_one(struct wsk_socket *s, PIRP irp, const struct outgoing *o)
{
    const struct net_ctl *ctl = o->ctl.present ? &o->ctl : NULL;
    SIZE_T length = o->buffer.Length, bytes = 0;
    struct net_vec vec[VECTORS];
    unsigned count = wsk_vectors(irp, vec, VECTORS);
    int64_t n;

    for (unsigned i = 0; i < count; i++)
        bytes += vec[i].bytes;
    if (bytes == length)
        return net_sendto(s->net, vec, count, &o->to, ctl);
    if (length > LONGEST)
        return NET_TOO_BIG; /* WSK-182 */
    vec[0].base = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, length, TAG_WHOLE);
    if (!vec[0].base)
        return NET_NOMEM;
    vec[0].bytes = wsk_copy_out(irp, vec[0].base, length);
    n = vec[0].bytes == length ? net_sendto(s->net, vec, 1, &o->to, ctl) : NET_NOMEM;
    ExFreePoolWithTag(vec[0].base, TAG_WHOLE);
    return n;
}

/* NET_OK when all are sent. */
static int64_t transmit(struct wsk_socket *s, PIRP irp, struct outgoing *o)
{
    for (;;) {
        int64_t n;

        if (wsk_request(s, irp, WSK_REQUEST_SEND_TO, &o->buffer, 0))
            return NET_INVAL;
        n = transmit_one(s, irp, o);
        if (n < 0)
            return n;
        o->sent += (SIZE_T)n;
        if (!o->next)
            return NET_OK;
        o->buffer = o->next->Buffer;
        o->next = o->next->Next;
    }
}

SIZE_T wsk_send_to_drop(PIRP irp)
{
    SIZE_T sent = OUTGOING_OF(irp)->sent;

    ExFreePoolWithTag(OUTGOING_OF(irp), TAG_OUTGOING);
    return sent;
}

NTSTATUS wsk_transmit_datagrams(struct wsk_socket *s, PIRP irp)
{
    int64_t result = transmit(s, irp, OUTGOING_OF(irp));

    return result == NET_AGAIN ? STATUS_PENDING : wsk_status(result);
}

/* The transport takes no more now, or others wait already. */
static NTSTATUS wait_in_queue(struct wsk_socket *s, PIRP irp, const struct outgoing *o)
{
    struct outgoing *copy = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, sizeof(*copy), TAG_OUTGOING);
    bool queued;

    if (!copy)
        return wsk_complete(irp, STATUS_INSUFFICIENT_RESOURCES, o->sent);
    *copy = *o;
    OUTGOING_OF(irp) = copy;
    IoMarkIrpPending(irp);
    sched_lock(&s->lock);
    queued = wsk_queue(s, &s->sends, irp, false);
    sched_unlock(&s->lock);
    if (!queued)
        wsk_request_done(irp, STATUS_CANCELLED);
    wsk_pump_sends(s); /* `writable` may have come before the request stood in the queue */
    return STATUS_PENDING;
}

/* The state, the address and the control data; STATUS_SUCCESS when the send may start. */
static NTSTATUS prepare(struct wsk_socket *s, ULONG flags, PSOCKADDR remote, ULONG control_length, PCMSGHDR control, struct outgoing *o)
{
    NTSTATUS status = wsk_datagram_state(s, "a send");

    if (status)
        return status;
    if (flags)
        return STATUS_INVALID_PARAMETER; /* WSK-180 */
    if (!remote) {
        o->to = s->dgram.send_to;
        if (!o->to.family)
            return STATUS_INVALID_PARAMETER; /* WSK-179 */
    } else if (!wsk_address_in(s->family, remote, &o->to)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!control_length) {
        o->ctl.present = 0;
        return STATUS_SUCCESS;
    }
    return wsk_control_take(control, control_length, &o->ctl);
}

static NTSTATUS start(struct wsk_socket *s, PIRP irp, struct outgoing *o)
{
    NTSTATUS status;
    int64_t result = NET_AGAIN;

    wsk_enter(s);
    if (IsListEmpty(&s->sends)) /* looked at without the lock: a datagram may overtake one of another thread */
        result = transmit(s, irp, o);
    if (result == NET_AGAIN)
        status = wait_in_queue(s, irp, o);
    else
        status = wsk_complete(irp, wsk_status(result), o->sent);
    wsk_leave(s);
    return status;
}

NTSTATUS WSKAPI wsk_send_to(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PSOCKADDR RemoteAddress, ULONG ControlInfoLength, PCMSGHDR ControlInfo,
                            PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    struct outgoing o;
    NTSTATUS status;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    status = prepare(s, Flags, RemoteAddress, ControlInfoLength, ControlInfo, &o);
    if (!status)
        status = Buffer ? wsk_request(s, Irp, WSK_REQUEST_SEND_TO, Buffer, 0) : STATUS_INVALID_PARAMETER;
    if (status)
        return wsk_complete(Irp, status, 0);
    o.buffer = *Buffer;
    o.next = NULL;
    o.sent = 0;
    return start(s, Irp, &o);
}

/* WSK-180: every node sound, and the list ends. */
static NTSTATUS check_list(struct wsk_socket *s, PIRP irp, PWSK_BUF_LIST list)
{
    PWSK_BUF_LIST slow = list;
    bool odd = false;

    if (!list)
        return STATUS_INVALID_PARAMETER;
    for (PWSK_BUF_LIST n = list; n; n = n->Next, odd = !odd) {
        NTSTATUS status = wsk_request(s, irp, WSK_REQUEST_SEND_TO, &n->Buffer, 0);

        if (status)
            return status;
        if (odd)
            slow = slow->Next;
        if (n->Next && n->Next == slow) {
            guest_finding("WSK-180", "WskSendMessages: the list at %p comes back to itself", list);
            return STATUS_INVALID_PARAMETER;
        }
    }
    return STATUS_SUCCESS;
}

NTSTATUS WSKAPI wsk_send_messages(PWSK_SOCKET Socket, PWSK_BUF_LIST BufferList, ULONG Flags, PSOCKADDR RemoteAddress, ULONG ControlInfoLength,
                                  PCMSGHDR ControlInfo, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    struct outgoing o;
    NTSTATUS status;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    status = prepare(s, Flags, RemoteAddress, ControlInfoLength, ControlInfo, &o);
    if (!status)
        status = check_list(s, Irp, BufferList);
    if (status)
        return wsk_complete(Irp, status, 0);
    o.buffer = BufferList->Buffer;
    o.next = BufferList->Next;
    o.sent = 0;
    return start(s, Irp, &o);
}
