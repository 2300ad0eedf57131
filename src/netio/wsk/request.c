/* Requests in IRPs: made, queued, cancelled, their buffers as vectors (WSK-024 .. WSK-034, WSK-044). */
#include "netio/wsk/wsk_private.h"

#define WSK_HOLDS 0x100 /* in WSK_KIND: the request is being cancelled and has a use of the socket */

__thread unsigned wsk_depth;

/* WSK-032, WSK-044: the bytes lie inside the chain, and every MDL of it can be read. */
static bool buffer_is_sound(const WSK_BUF *b)
{
    SIZE_T have = 0;

    if (b->Length == 0)
        return true;
    if (!b->Mdl || b->Offset > b->Mdl->ByteCount || b->Length > ~(SIZE_T)0 - b->Offset)
        return false;
    for (PMDL m = b->Mdl; m && have < b->Offset + b->Length; m = m->Next) {
        if (!(m->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PAGES_LOCKED | MDL_PARTIAL)))
            return false;
        have += m->ByteCount;
    }
    return have >= b->Offset + b->Length;
}

/* Is it one of the caller's own, not one that was sent to it? */
static bool is_own(const IRP *irp)
{
    return irp->CurrentLocation == irp->StackCount + 1;
}

static const char *kind_name(PIRP irp)
{
    static const char *const names[] = {"a send", "a disconnect", "a receive", "an accept", "a datagram send", "a connect", "a disabled event", "the close", "a name query", "the wait for a change"};
    SIZE_T kind = WSK_KIND(irp) & ~(SIZE_T)WSK_HOLDS;

    return kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "a request";
}

bool wsk_begin_oddly(PIRP irp)
{
    if (!irp) {
        guest_finding("WSK-040", "a WSK function that needs an IRP is called without one");
        return false;
    }
    if (irp->ApcEnvironment & IO_WITH_US) {
        guest_finding("WSK-041", "IRP %p is given to a WSK function while an earlier request has it: %s of socket %p", irp, kind_name(irp), WSK_SOCKET_OF(irp));
        return false;
    }
    if (irp->CurrentLocation > 1 && is_own(irp)) { /* else io_begin_request stops the machine (WSK-042) */
        if (irp->ApcEnvironment & IO_SERVED)
            guest_finding("WSK-041", "IRP %p is used again without IoReuseIrp", irp);
        if ((IoGetNextIrpStackLocation(irp)->Control & WSK_INVOKE) != WSK_INVOKE)
            guest_finding("WSK-043", "IRP %p has no completion routine that is called on success, error and cancel", irp);
    }
    io_begin_request(irp);
    return true;
}

NTSTATUS wsk_request(struct wsk_socket *s, PIRP irp, enum wsk_kind kind, PWSK_BUF buffer, ULONG flags)
{
    WSK_SOCKET_OF(irp) = s;
    WSK_DONE(irp) = 0;
    WSK_MDL_OF(irp) = buffer ? buffer->Mdl : NULL;
    WSK_OFFSET(irp) = buffer ? buffer->Offset : 0;
    WSK_LENGTH(irp) = buffer ? buffer->Length : 0;
    WSK_FLAGS(irp) = flags;
    WSK_KIND(irp) = kind;
    if (buffer && !buffer_is_sound(buffer)) {
        guest_finding("WSK-044", "WSK_BUF %p: offset %u and length %llu are not inside a locked MDL chain", buffer, buffer->Offset, buffer->Length);
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

void wsk_request_done(PIRP irp, NTSTATUS status)
{
    SIZE_T information = 0;

    switch (WSK_KIND(irp)) {
    case WSK_REQUEST_SEND:
        information = NT_SUCCESS(status) ? WSK_DONE(irp) : 0;
        break;
    case WSK_REQUEST_RECEIVE: /* WSK-031: one that waits for all tells what it has */
        information = WSK_DONE(irp);
        break;
    case WSK_REQUEST_SEND_TO:
        information = wsk_send_to_drop(irp);
        break;
    }
    wsk_complete(irp, status, information);
}

static VOID NTAPI cancelled(PDEVICE_OBJECT device, PIRP irp)
{
    struct wsk_socket *s = WSK_SOCKET_OF(irp);
    bool holds;
    KIRQL irql;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    irql = ke_raise_to_dispatch();
    sched_lock(&s->lock);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
    holds = WSK_KIND(irp) & WSK_HOLDS;
    WSK_KIND(irp) &= ~(SIZE_T)WSK_HOLDS;
    sched_unlock(&s->lock);
    ke_lower(irql);
    wsk_request_done(irp, STATUS_CANCELLED);
    if (holds)
        wsk_leave(s);
}

bool wsk_queue(struct wsk_socket *s, LIST_ENTRY *queue, PIRP irp, bool at_head)
{
    if (s->state == WSK_CLOSING)
        return false; /* the close has emptied the queues already */
    if (at_head)
        InsertHeadList(queue, &irp->Tail.Overlay.ListEntry);
    else
        InsertTailList(queue, &irp->Tail.Overlay.ListEntry);
    if (WSK_KIND(irp) == WSK_REQUEST_DISCONNECT)
        return true; /* WSK-031 [W]: not cancelled mid-way */
    IoSetCancelRoutine(irp, cancelled);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL)) {
        RemoveEntryList(&irp->Tail.Overlay.ListEntry);
        return false;
    }
    return true;
}

PIRP wsk_dequeue(LIST_ENTRY *queue)
{
    for (PLIST_ENTRY e = queue->Flink; e != queue; e = e->Flink) {
        PIRP irp = CONTAINING_RECORD(e, IRP, Tail.Overlay.ListEntry);

        if (WSK_KIND(irp) == WSK_REQUEST_DISCONNECT || IoSetCancelRoutine(irp, NULL)) {
            RemoveEntryList(e);
            return irp;
        }
    }
    return NULL; /* what is left is being cancelled: `cancelled` takes it out */
}

/* A place in what is left of a request's buffer. */
struct at {
    PMDL mdl;
    SIZE_T skip, left;
};

static struct at start_of(PIRP irp)
{
    return (struct at){WSK_MDL_OF(irp), WSK_OFFSET(irp) + WSK_DONE(irp), WSK_LENGTH(irp) - WSK_DONE(irp)};
}

/* false: that was all, or the rest cannot be mapped. */
static bool next_piece(struct at *at, struct net_vec *piece)
{
    for (; at->mdl && at->left; at->mdl = at->mdl->Next) {
        SIZE_T bytes = at->mdl->ByteCount;
        PUCHAR base;

        if (at->skip >= bytes) {
            at->skip -= bytes;
            continue;
        }
        base = MmGetSystemAddressForMdlSafe(at->mdl, NormalPagePriority);
        if (!base)
            return false;
        bytes = bytes - at->skip < at->left ? bytes - at->skip : at->left;
        *piece = (struct net_vec){base + at->skip, bytes};
        at->left -= bytes;
        at->skip = 0;
        at->mdl = at->mdl->Next;
        return true;
    }
    return false;
}

unsigned wsk_vectors(PIRP irp, struct net_vec *vec, unsigned max)
{
    struct at at = start_of(irp);
    unsigned count = 0;

    while (count < max && next_piece(&at, &vec[count]))
        count++;
    return count;
}

SIZE_T wsk_copy_out(PIRP irp, void *to, SIZE_T bytes)
{
    struct at at = start_of(irp);
    struct net_vec piece;
    SIZE_T done = 0;

    while (done < bytes && next_piece(&at, &piece)) {
        SIZE_T n = piece.bytes < bytes - done ? piece.bytes : bytes - done;

        __builtin_memcpy((PUCHAR)to + done, piece.base, n);
        done += n;
    }
    return done;
}

SIZE_T wsk_copy_in(PIRP irp, const void *from, SIZE_T bytes)
{
    struct at at = start_of(irp);
    struct net_vec piece;
    SIZE_T done = 0;

    while (done < bytes && next_piece(&at, &piece)) {
        SIZE_T n = piece.bytes < bytes - done ? piece.bytes : bytes - done;

        __builtin_memcpy(piece.base, (const UCHAR *)from + done, n);
        done += n;
    }
    return done;
}

void wsk_fail_all(struct wsk_socket *s, LIST_ENTRY *queue, NTSTATUS status)
{
    for (;;) {
        KIRQL irql = ke_raise_to_dispatch();
        PIRP irp;

        sched_lock(&s->lock);
        irp = wsk_dequeue(queue);
        sched_unlock(&s->lock);
        ke_lower(irql);
        if (!irp)
            return;
        wsk_request_done(irp, status);
    }
}

void wsk_cancel_all(struct wsk_socket *s, LIST_ENTRY *queue)
{
    KIRQL irql;

    wsk_fail_all(s, queue, STATUS_CANCELLED);
    irql = ke_raise_to_dispatch();
    sched_lock(&s->lock);
    for (PLIST_ENTRY e = queue->Flink; e != queue; e = e->Flink) {
        WSK_KIND(CONTAINING_RECORD(e, IRP, Tail.Overlay.ListEntry)) |= WSK_HOLDS;
        wsk_enter(s);
    }
    sched_unlock(&s->lock);
    ke_lower(irql);
}
