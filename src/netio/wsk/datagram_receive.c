/* Receiving datagrams: posted IRPs first, then ReceiveFromEvent (WSK-165 .. WSK-172, WSK-178, WSK-184). pump.c
 * calls here. Each indicated datagram is a pool block of its own: drivers keep and release them one by one. */
#include "netio/wsk/wsk_private.h"

#include "netio/wsk/controldata.h"
#include "nt/mm/mm.h"

#define TAG_DATAGRAM 0x446B7357 /* "WskD" */
#define VECTORS      64
#define BATCH        NET_BATCH_MAX /* datagrams in one callback */

struct wsk_datagram {
    WSK_DATAGRAM_INDICATION list; /* first: it is the block's address */
    struct wsk_datagram *next;    /* while it is ours; the client writes to list.Next (WSK-168) */
    struct wsk_socket *owner;     /* compared, never followed */
    struct net_addr from;
    struct net_ctl ctl;
    bool clients;                 /* the client keeps it */
    SOCKADDR_IN6 address;
    DECLSPEC_ALIGN(8) UCHAR control[WSK_CONTROL_BYTES];
    MDL mdl;
    PFN_NUMBER pfns[18];
    UCHAR data[];
};

/* The outputs of a WskReceiveFrom, kept in what its IRP and our stack location have left (WSK-033: the client's until completion). */
#define FROM_OF(irp)           (*(PSOCKADDR *)&WSK_OTHERS(irp).Argument3)
#define CONTROL_LENGTH_OF(irp) (*(PULONG *)&(irp)->Tail.Overlay.DriverContext[3])
#define CONTROL_INFO_OF(irp)   (*(PCMSGHDR *)&IoGetCurrentIrpStackLocation(irp)->FileObject)
#define CONTROL_FLAGS_OF(irp)  (*(PULONG *)&IoGetCurrentIrpStackLocation(irp)->DeviceObject)

NTSTATUS wsk_datagram_state(struct wsk_socket *s, const char *what)
{
    if (s->state == WSK_BOUND)
        return STATUS_SUCCESS;
    if (s->state != WSK_UNBOUND)
        return STATUS_FILE_FORCED_CLOSED;
    guest_finding("WSK-084", "%s on datagram socket %p, which is not bound", what, &s->public);
    return STATUS_INVALID_DEVICE_STATE;
}

static ULONG message_flags(const struct net_ctl *ctl)
{
    return (ctl->message & NET_MSG_TRUNC ? MSG_TRUNC : 0) | (ctl->message & NET_MSG_CTRUNC ? MSG_CTRUNC : 0) |
           (ctl->message & NET_MSG_BCAST ? MSG_BCAST : 0) | (ctl->message & NET_MSG_MCAST ? MSG_MCAST : 0);
}

static bool heard(const struct wsk_socket *s, const struct net_addr *from)
{
    const struct net_addr *only = &s->dgram.only_from;

    return !only->family || (only->port == from->port && __builtin_memcmp(only->ip, from->ip, s->family == AF_INET ? 4 : 16) == 0);
}

static int64_t take_next(struct wsk_socket *s, const struct net_vec *vec, unsigned count, struct net_addr *from, struct net_ctl *ctl)
{
    int64_t n;

    do
        n = net_recvfrom(s->net, vec, count, from, ctl);
    while (n >= 0 && !heard(s, from));
    return n;
}

/* ---- WskReceiveFrom ---- */
static void give_outputs(struct wsk_socket *s, PIRP irp, const struct net_addr *from, const struct net_ctl *ctl, ULONG flags)
{
    PULONG length = CONTROL_LENGTH_OF(irp);

    if (FROM_OF(irp))
        wsk_address_out(s->family, from, FROM_OF(irp));
    if (length) { /* WSK-166: without it neither control data nor flags are told */
        bool cut;

        *length = wsk_control_give(ctl, from, s->dgram.wanted, CONTROL_INFO_OF(irp), *length, &cut);
        if (CONTROL_FLAGS_OF(irp))
            *CONTROL_FLAGS_OF(irp) = flags | (cut ? MSG_CTRUNC : 0);
    }
}

/* The next datagram into the request's buffer; bytes stored. A chain of more MDLs than the transport takes at once gets a copy. */
static int64_t take_into(struct wsk_socket *s, PIRP irp, struct net_addr *from, struct net_ctl *ctl)
{
    struct net_vec vec[VECTORS];
    unsigned count = wsk_vectors(irp, vec, VECTORS);
    struct wsk_indication *scratch;
    SIZE_T room = 0;
    int64_t n;

    for (unsigned i = 0; i < count; i++)
        room += vec[i].bytes;
    if (room == WSK_LENGTH(irp))
        return take_next(s, vec, count, from, ctl);
    scratch = wsk_indication_get();
    if (!scratch)
        return NET_NOMEM;
    vec[0] = (struct net_vec){(PUCHAR)scratch + PAGE_SIZE, WSK_INDICATION_BYTES};
    n = take_next(s, vec, 1, from, ctl);
    if (n > 0) {
        SIZE_T stored = wsk_copy_in(irp, vec[0].base, (SIZE_T)n);

        if (stored < (SIZE_T)n)
            ctl->message |= NET_MSG_TRUNC;
        n = (int64_t)stored;
    }
    wsk_indication_put(scratch);
    return n;
}

/* STATUS_PENDING: nothing is there now; `readable` follows. */
NTSTATUS wsk_serve_datagram(struct wsk_socket *s, PIRP irp)
{
    struct wsk_datagram *d = s->dgram.held;
    struct net_addr from;
    struct net_ctl ctl;
    int64_t n;

    if (d) {
        SIZE_T stored = wsk_copy_in(irp, d->data, d->list.Buffer.Length);

        give_outputs(s, irp, &d->from, &d->ctl, message_flags(&d->ctl) | (stored < d->list.Buffer.Length ? MSG_TRUNC : 0));
        WSK_DONE(irp) = stored;
        s->dgram.held = d->next;
        ExFreePoolWithTag(d, TAG_DATAGRAM);
        return STATUS_SUCCESS;
    }
    n = take_into(s, irp, &from, &ctl);
    if (n == NET_AGAIN)
        return STATUS_PENDING;
    if (n < 0)
        return wsk_status(n);
    give_outputs(s, irp, &from, &ctl, message_flags(&ctl));
    WSK_DONE(irp) = (SIZE_T)n;
    return STATUS_SUCCESS;
}

/* ---- ReceiveFromEvent ---- */
static struct wsk_datagram *datagram_new(struct wsk_socket *s, const void *data, SIZE_T bytes, const struct net_addr *from, const struct net_ctl *ctl)
{
    struct wsk_datagram *d =
        ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, sizeof(*d) + (bytes ? bytes : 1), TAG_DATAGRAM);
    bool cut;

    if (!d)
        return NULL; /* as a network that loses it */
    d->next = NULL;
    d->owner = s;
    d->from = *from;
    d->ctl = *ctl;
    d->clients = false;
    __builtin_memcpy(d->data, data, bytes);
    MmInitializeMdl(&d->mdl, d->data, bytes);
    MmBuildMdlForNonPagedPool(&d->mdl); /* WSK-171 */
    wsk_address_out(s->family, from, (PSOCKADDR)&d->address);
    d->list.Next = NULL;
    d->list.Buffer = (WSK_BUF){&d->mdl, 0, bytes};
    d->list.RemoteAddress = (PSOCKADDR)&d->address;
    d->list.ControlInfoLength = wsk_control_give(ctl, from, s->dgram.wanted, (CMSGHDR *)d->control, sizeof(d->control), &cut);
    d->list.ControlInfo = d->list.ControlInfoLength ? (PCMSGHDR)d->control : NULL;
    return d;
}

static unsigned keep(struct wsk_socket *s, const struct net_datagram *from, unsigned count)
{
    struct wsk_datagram **last = &s->dgram.held;
    unsigned kept = 0;

    while (*last)
        last = &(*last)->next;
    for (; count; count--, from++) {
        if (!heard(s, &from->from))
            continue;
        *last = datagram_new(s, from->vec.base, from->bytes, &from->from, &from->ctl);
        if (*last) {
            last = &(*last)->next;
            kept++;
        }
    }
    return kept;
}

/* Reads up to `most` datagrams behind those held. How many. Each is read into room for the largest. As many rooms as the last time had
 * datagrams, and one more: it says whether that was all. */
static unsigned fetch(struct wsk_socket *s, unsigned most)
{
    struct wsk_indication *rooms[BATCH];
    struct net_datagram batch[BATCH];
    unsigned count = 0, room = 0;

    if (!net_readable(s->net)) {
        net_want_read(s->net);
        return 0;
    }
    if (most > s->dgram.burst + 1)
        most = s->dgram.burst + 1;
    while (room < most && (rooms[room] = wsk_indication_get()) != NULL) {
        batch[room].vec = (struct net_vec){(PUCHAR)rooms[room] + PAGE_SIZE, WSK_INDICATION_BYTES};
        room++;
    }
    if (!room) {
        net_want_read(s->net);
        return 0;
    }
    while (!count) { /* until something is there for this client, or nothing at all */
        int64_t n = net_recvfrom_many(s->net, batch, room);

        if (n < 0)
            break;
        s->dgram.burst = (unsigned)n == room ? 2 * room : (unsigned)n;
        count = keep(s, batch, (unsigned)n);
    }
    while (room)
        wsk_indication_put(rooms[--room]);
    return count;
}

/* Cuts off the first datagrams that share their flags (WSK-167), linked as the client sees them. */
static unsigned cut_batch(struct wsk_socket *s, struct wsk_datagram *batch[BATCH])
{
    unsigned count = 0;

    while (s->dgram.held && count < BATCH) {
        struct wsk_datagram *d = s->dgram.held;

        if (count && (batch[0]->ctl.message ^ d->ctl.message) & (NET_MSG_BCAST | NET_MSG_MCAST))
            break;
        if (count)
            batch[count - 1]->list.Next = &d->list;
        d->list.Next = NULL;
        batch[count++] = d;
        s->dgram.held = d->next;
    }
    return count;
}

static void put_back(struct wsk_socket *s, struct wsk_datagram *batch[BATCH], unsigned count)
{
    while (count--) {
        batch[count]->clients = false;
        batch[count]->next = s->dgram.held;
        s->dgram.held = batch[count];
    }
    sched_lock(&s->lock);
    s->events &= ~(ULONG)WSK_EVENT_RECEIVE_FROM; /* WSK-170 */
    sched_unlock(&s->lock);
    s->refused = true;
}

static bool indicate(struct wsk_socket *s)
{
    struct wsk_datagram *batch[BATCH];
    ULONG flags;
    unsigned count;
    NTSTATUS status;

    if (s->refused && !(s->events & WSK_EVENT_RECEIVE_FROM)) { /* static: asked again when something new is there (WSK-170) */
        if (!fetch(s, 1))
            return false;
    } else if (!s->dgram.held) {
        fetch(s, BATCH);
    }
    s->refused = false;
    if (!s->dgram.held || !wsk_callback_begin(s, WSK_EVENT_RECEIVE_FROM))
        return false;
    count = cut_batch(s, batch);
    for (unsigned i = 0; i < count; i++)
        batch[i]->clients = true; /* it may release them from inside the callback */
    InterlockedExchangeAdd(&s->dgram.kept, (LONG)count);
    flags = message_flags(&batch[0]->ctl) & (MSG_BCAST | MSG_MCAST);
    status = guest_call(PFN_WSK_RECEIVE_FROM_EVENT, s->datagram->WskReceiveFromEvent, s->context, flags | wsk_at_dispatch(), &batch[0]->list);
    if (status != STATUS_PENDING) {
        InterlockedExchangeAdd(&s->dgram.kept, -(LONG)count);
        if (status == STATUS_DATA_NOT_ACCEPTED) {
            put_back(s, batch, count);
        } else {
            if (status != STATUS_SUCCESS)
                guest_finding("WSK-159", "WskReceiveFromEvent returns 0x%08X", (unsigned)status);
            while (count--)
                ExFreePoolWithTag(batch[count], TAG_DATAGRAM); /* WSK-169 */
        }
    }
    wsk_callback_done(s, WSK_EVENT_RECEIVE_FROM);
    return true;
}

bool wsk_indicate_datagrams(struct wsk_socket *s)
{
    return ((s->events | s->static_events) & WSK_EVENT_RECEIVE_FROM) && s->datagram && s->datagram->WskReceiveFromEvent && indicate(s);
}

/* ---- calls ---- */
NTSTATUS WSKAPI wsk_receive_from(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PSOCKADDR RemoteAddress, PULONG ControlLength, PCMSGHDR ControlInfo,
                                 PULONG ControlFlags, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    NTSTATUS status;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    status = wsk_datagram_state(s, "WskReceiveFrom");
    if (!status && (Flags || !Buffer))
        status = STATUS_INVALID_PARAMETER; /* WSK-180 */
    if (!status)
        status = wsk_request(s, Irp, WSK_REQUEST_RECEIVE, Buffer, 0);
    if (status)
        return wsk_complete(Irp, status, 0);
    FROM_OF(Irp) = RemoteAddress;
    CONTROL_LENGTH_OF(Irp) = ControlLength;
    CONTROL_INFO_OF(Irp) = ControlInfo;
    CONTROL_FLAGS_OF(Irp) = ControlFlags;
    wsk_enter(s);
    status = wsk_start_receive(s, Irp);
    wsk_leave(s);
    return status;
}

/* The entries come back in any order and any grouping, also from inside the callback. */
NTSTATUS WSKAPI wsk_release_datagrams(PWSK_SOCKET Socket, PWSK_DATAGRAM_INDICATION DatagramIndication)
{
    struct wsk_socket *s = wsk_socket_of(Socket);

    while (DatagramIndication) {
        struct wsk_datagram *d = (struct wsk_datagram *)DatagramIndication;
        struct mm_pool_block block;

        if (!mm_pool_find((uint64_t)(ULONG_PTR)d, &block) || block.freed || block.tag != TAG_DATAGRAM || block.address != (uint64_t)(ULONG_PTR)d ||
            d->owner != s || !d->clients) {
            guest_finding("WSK-184", "WskRelease(%p): %p is no datagram of this socket, or was released before", Socket, DatagramIndication);
            return STATUS_INVALID_PARAMETER;
        }
        DatagramIndication = d->list.Next;
        d->clients = false;
        InterlockedDecrement(&s->dgram.kept);
        ExFreePoolWithTag(d, TAG_DATAGRAM);
    }
    return STATUS_SUCCESS;
}

void wsk_datagrams_drop(struct wsk_socket *s)
{
    struct wsk_datagram *d;

    while ((d = s->dgram.held) != NULL) {
        s->dgram.held = d->next;
        ExFreePoolWithTag(d, TAG_DATAGRAM);
    }
}
