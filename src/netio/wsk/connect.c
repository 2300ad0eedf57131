/* Connecting: WskConnect, WskConnectEx, WskSocketConnect (WSK-053, WSK-071, WSK-105 .. WSK-107, WSK-114, WSK-115). A connect IRP is in
 * connect_irp while its state is WSK_CONNECTING; whoever takes it out (the transport, a cancel, the close) completes it. Until then it
 * has a use of the socket, which its completer gives back.
 *
 * WskConnectEx's data goes as an ordinary send, with an IRP and a copy of our own: it stands first in `sends` before the state
 * becomes WSK_CONNECTED, so that the client's sends come after it and no send pays for it. */
#include "netio/wsk/wsk_private.h"

#define TAG_EARLY   0x456B7357 /* "WskE" */
#define EARLY_BYTES 65535      /* WSK-106 */

struct early {
    PIRP irp;
    SIZE_T bytes;
    MDL mdl;
    PFN_NUMBER pfns[18];
    UCHAR data[];
};

static void early_free(struct early *early)
{
    if (!early)
        return;
    IoFreeIrp(early->irp);
    ExFreePoolWithTag(early, TAG_EARLY);
}

/* Nobody asks how it ended: a connection that breaks tells the next call. */
static NTSTATUS NTAPI early_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    early_free(context);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* A copy of the IRP's buffer: the client's may go when the connect IRP completes. */
static struct early *early_new(PIRP from)
{
    SIZE_T bytes = WSK_LENGTH(from);
    struct early *early = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*early) + bytes, TAG_EARLY);

    if (!early)
        return NULL;
    early->irp = IoAllocateIrp(1, FALSE);
    if (!early->irp || wsk_copy_out(from, early->data, bytes) != bytes) {
        if (early->irp)
            IoFreeIrp(early->irp);
        ExFreePoolWithTag(early, TAG_EARLY);
        return NULL;
    }
    early->bytes = bytes;
    MmInitializeMdl(&early->mdl, early->data, bytes);
    MmBuildMdlForNonPagedPool(&early->mdl);
    return early;
}

/* Lock held. */
static void early_queue(struct wsk_socket *s, struct early *early)
{
    WSK_BUF buffer = {&early->mdl, 0, early->bytes};

    IoSetCompletionRoutine(early->irp, early_done, early, TRUE, TRUE, TRUE);
    io_begin_request(early->irp);
    wsk_request(s, early->irp, WSK_REQUEST_SEND, &buffer, 0);
    IoMarkIrpPending(early->irp);
    wsk_queue(s, &s->sends, early->irp, true);
}

static PIRP take(struct wsk_socket *s, enum wsk_state next)
{
    struct early *early;
    PIRP irp;

    sched_lock(&s->lock);
    irp = s->connect_irp;
    early = s->early;
    s->connect_irp = NULL;
    s->early = NULL;
    if (irp && s->state == WSK_CONNECTING) {
        if (early && next == WSK_CONNECTED) {
            early_queue(s, early);
            early = NULL;
        }
        s->state = (UCHAR)next;
    }
    sched_unlock(&s->lock);
    early_free(early);
    return irp;
}

/* WSK-053: nothing is left of a socket that WskSocketConnect made in vain; its IRP completes when all is gone. */
static void unmake(struct wsk_socket *s, PIRP irp, NTSTATUS status)
{
    sched_lock(&s->lock);
    s->state = WSK_CLOSING;
    sched_unlock(&s->lock);
    s->close_irp = irp;
    s->close_status = status;
    net_close(s->net, true);
}

static void failed(struct wsk_socket *s, PIRP irp, NTSTATUS status)
{
    if (s->whole)
        unmake(s, irp, status);
    else
        wsk_complete(irp, status, 0);
}

/* From the transport, or from the call itself when the attempt cannot even begin. */
void wsk_connected(struct wsk_socket *s, enum net_err result)
{
    bool early = s->early != NULL, whole = s->whole;
    PIRP irp;

    if (result == NET_OK)
        net_local_address(s->net, &s->local);
    irp = take(s, result == NET_OK ? WSK_CONNECTED : WSK_BOUND);
    if (!irp || !IoSetCancelRoutine(irp, NULL))
        return; /* closed, or being cancelled: that one completes it */
    if (result == NET_OK) {
        if (early)
            wsk_pump_sends(s);
        s->whole = false;
        wsk_complete(irp, STATUS_SUCCESS, whole ? (ULONG_PTR)&s->public : 0);
        if (s->static_events && s->state == WSK_CONNECTED)
            net_want_read(s->net);
    } else {
        failed(s, irp, wsk_status(result));
    }
    wsk_leave(s);
}

/* The close has taken the IRP out. */
void wsk_connect_drop(struct wsk_socket *s, PIRP irp)
{
    struct early *early;

    sched_lock(&s->lock);
    early = s->early;
    s->early = NULL;
    sched_unlock(&s->lock);
    early_free(early);
    if (!IoSetCancelRoutine(irp, NULL))
        return;
    wsk_complete(irp, STATUS_CANCELLED, 0);
    wsk_leave(s);
}

static VOID NTAPI cancelled(PDEVICE_OBJECT device, PIRP irp)
{
    struct wsk_socket *s = WSK_SOCKET_OF(irp);
    KIRQL irql;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    irql = ke_raise_to_dispatch();
    take(s, WSK_DEAD);
    sched_lock(&s->lock);
    if (s->state == WSK_CONNECTED)
        s->state = WSK_DEAD; /* it was established while the cancel was on its way */
    if (s->state != WSK_CLOSING)
        net_abort(s->net); /* with the lock: the close ends s->net after it */
    sched_unlock(&s->lock);
    ke_lower(irql);
    failed(s, irp, STATUS_CANCELLED); /* WSK-105 */
    wsk_leave(s);
}

/* The state is WSK_BOUND, the IRP a request of `s` with what early data it has. */
static NTSTATUS begin(struct wsk_socket *s, const struct net_addr *to, PIRP irp)
{
    struct early *early = NULL;
    int err;

    if (WSK_LENGTH(irp)) {
        early = early_new(irp);
        if (!early) {
            if (s->whole) {
                net_discard(s->net);
                wsk_leave(s);
            }
            return wsk_complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
        }
    }
    s->remote = *to;
    wsk_enter(s); /* this call */
    wsk_enter(s); /* the IRP */
    IoMarkIrpPending(irp);
    sched_lock(&s->lock);
    s->state = WSK_CONNECTING;
    s->connect_irp = irp;
    s->early = early;
    sched_unlock(&s->lock);
    IoSetCancelRoutine(irp, cancelled);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL)) {
        take(s, WSK_BOUND);
        failed(s, irp, STATUS_CANCELLED);
        wsk_leave(s);
    } else {
        err = net_connect(s->net, to);
        if (err != NET_AGAIN)
            wsk_connected(s, err);
    }
    wsk_leave(s);
    return STATUS_PENDING;
}

static bool can_be_peer(USHORT family, const SOCKADDR *from, struct net_addr *to)
{
    return wsk_address_in(family, from, to) && to->port && __builtin_memcmp(to->ip, (const UCHAR[16]){0}, 16) != 0;
}

NTSTATUS WSKAPI wsk_connect_ex(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress, PWSK_BUF Buffer, ULONG Flags, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    struct net_addr address;
    NTSTATUS status;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (s->state == WSK_CONNECTING || s->state == WSK_CONNECTED)
        return wsk_complete(Irp, STATUS_CONNECTION_ACTIVE, 0); /* WSK-115 */
    if (s->state != WSK_BOUND)
        return wsk_complete(Irp, wsk_wrong_state(s), 0);
    if (Flags || !can_be_peer(s->family, RemoteAddress, &address))
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, 0); /* WSK-114 */
    if (Buffer && Buffer->Length > EARLY_BYTES)
        return wsk_complete(Irp, STATUS_BUFFER_OVERFLOW, 0); /* WSK-106 */
    status = wsk_request(s, Irp, WSK_REQUEST_CONNECT, Buffer, 0);
    return status ? wsk_complete(Irp, status, 0) : begin(s, &address, Irp);
}

NTSTATUS WSKAPI wsk_connect(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress, ULONG Flags, PIRP Irp)
{
    return wsk_connect_ex(Socket, RemoteAddress, NULL, Flags, Irp);
}

NTSTATUS WSKAPI wsk_socket_connect(PWSK_CLIENT Client, USHORT SocketType, ULONG Protocol, PSOCKADDR LocalAddress, PSOCKADDR RemoteAddress, ULONG Flags,
                                   PVOID SocketContext, const WSK_CLIENT_CONNECTION_DISPATCH *Dispatch, PEPROCESS OwningProcess, PETHREAD OwningThread,
                                   PSECURITY_DESCRIPTOR SecurityDescriptor, PIRP Irp)
{
    USHORT family = LocalAddress ? LocalAddress->sa_family : 0;
    struct net_addr local, remote;
    struct wsk_socket *s;
    NTSTATUS status;
    int err;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (SocketType != SOCK_STREAM || Protocol != IPPROTO_TCP)
        return wsk_complete(Irp, STATUS_NOT_SUPPORTED, 0); /* WSK-068 */
    if (Flags || (family != AF_INET && family != AF_INET6) || !wsk_address_in(family, LocalAddress, &local) ||
        !can_be_peer(family, RemoteAddress, &remote))
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, 0); /* WSK-071 */
    s = wsk_socket_new((struct wsk_client *)Client, WSK_FLAG_CONNECTION_SOCKET, family, SocketContext, Dispatch);
    if (!s)
        return wsk_complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    if (wsk_owner_set(s, OwningProcess, OwningThread, SecurityDescriptor)) {
        wsk_leave(s);
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, 0); /* WSK-070 */
    }
    err = net_open(family == AF_INET ? NET_IPV4 : NET_IPV6, NET_STREAM, (int)Protocol, &wsk_net_events, s, &s->net);
    if (err) {
        wsk_leave(s);
        return wsk_complete(Irp, wsk_status(err), 0);
    }
    status = wsk_share_bind(s, &local);
    if (status) {
        net_discard(s->net);
        wsk_leave(s);
        return wsk_complete(Irp, status, 0);
    }
    s->state = WSK_BOUND;
    s->whole = true;
    wsk_request(s, Irp, WSK_REQUEST_CONNECT, NULL, 0);
    return begin(s, &remote, Irp);
}
