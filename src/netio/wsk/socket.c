/* A socket's life: made, bound, listening or connected, closed (WSK-048 .. WSK-051, WSK-079 .. WSK-093, WSK-121); and the
 * transport's callbacks, which find their way to the pumps here. */
#include "netio/wsk/wsk_private.h"

#define TAG_SOCKET 0x536B7357 /* "WskS" */
#define BACKLOG    4096

ULONG wsk_at_dispatch(void)
{
    return ke_irql() == DISPATCH_LEVEL ? WSK_FLAG_AT_DISPATCH_LEVEL : 0; /* WSK-038 */
}

NTSTATUS wsk_wrong_state(const struct wsk_socket *s)
{
    static const char *const names[] = {"not bound", "bound", "listening", "connecting", "connected", "inspected", "broken", "closing"};

    if (s->state == WSK_CLOSING || s->state == WSK_DEAD)
        return STATUS_FILE_FORCED_CLOSED; /* WSK-036, WSK-085 */
    guest_finding("WSK-084", "this call is not allowed on socket %p, which is %s%s", &s->public, names[s->state], s->fin_queued ? " and disconnected" : "");
    return STATUS_INVALID_DEVICE_STATE;
}

bool wsk_address_in(USHORT family, const SOCKADDR *from, struct net_addr *to)
{
    *to = (struct net_addr){0};
    if (!from || from->sa_family != family)
        return false;
    if (family == AF_INET) {
        const SOCKADDR_IN *a = (const SOCKADDR_IN *)from;

        to->family = NET_IPV4;
        to->port = __builtin_bswap16(a->sin_port);
        __builtin_memcpy(to->ip, &a->sin_addr, 4);
    } else {
        const SOCKADDR_IN6 *a = (const SOCKADDR_IN6 *)from;

        to->family = NET_IPV6;
        to->port = __builtin_bswap16(a->sin6_port);
        to->flow = __builtin_bswap32(a->sin6_flowinfo);
        to->scope = a->sin6_scope_id;
        __builtin_memcpy(to->ip, &a->sin6_addr, 16);
    }
    return true;
}

void wsk_address_out(USHORT family, const struct net_addr *from, PSOCKADDR to)
{
    if (family == AF_INET) {
        SOCKADDR_IN *a = (SOCKADDR_IN *)to;

        __builtin_memset(a, 0, sizeof(*a));
        a->sin_family = AF_INET;
        a->sin_port = __builtin_bswap16(from->port);
        __builtin_memcpy(&a->sin_addr, from->ip, 4);
    } else {
        SOCKADDR_IN6 *a = (SOCKADDR_IN6 *)to;

        __builtin_memset(a, 0, sizeof(*a));
        a->sin6_family = AF_INET6;
        a->sin6_port = __builtin_bswap16(from->port);
        a->sin6_flowinfo = __builtin_bswap32(from->flow);
        a->sin6_scope_id = from->scope;
        __builtin_memcpy(&a->sin6_addr, from->ip, 16);
    }
}

/* ---- the transport's side ---- */

void wsk_stream_broken(struct wsk_socket *s, NTSTATUS status)
{
    sched_lock(&s->lock);
    if (!s->broken)
        s->broken = status;
    sched_unlock(&s->lock);
}

static void readable(void *ctx)
{
    struct wsk_socket *s = ctx;

    wsk_enter(s);
    if (s->state == WSK_LISTENING)
        wsk_pump_accepts(s);
    else if (s->state != WSK_INSPECTED || !wsk_inspect_woken(s))
        wsk_pump_receives(s);
    wsk_leave(s);
}

static void writable(void *ctx)
{
    struct wsk_socket *s = ctx;

    wsk_enter(s);
    wsk_pump_sends(s);
    wsk_backlog_look(s); /* the buffer was full: it may have grown */
    wsk_leave(s);
}

static void connected(void *ctx, enum net_err result)
{
    wsk_connected(ctx, result);
}

static void closed(void *ctx)
{
    wsk_leave(ctx);
}

const struct net_events wsk_net_events = {.readable = readable, .writable = writable, .connected = connected, .closed = closed};

static void posted(struct net_work *work)
{
    struct wsk_socket *s = CONTAINING_RECORD(work, struct wsk_socket, work);

    wsk_enter(s);
    sched_lock(&s->lock);
    s->work_posted = false;
    sched_unlock(&s->lock);
    if (s->state == WSK_LISTENING) {
        wsk_pump_accepts(s);
    } else {
        wsk_pump_sends(s);
        if (s->backlog.asked) {
            s->backlog.asked = false;
            wsk_backlog_look(s);
        }
        wsk_pump_receives(s);
    }
    wsk_leave(s);
}

void wsk_post(struct wsk_socket *s)
{
    sched_lock(&s->lock);
    if (!s->work_posted && s->state != WSK_CLOSING) {
        s->work_posted = true;
        net_post_to(s->net, &s->work);
    }
    sched_unlock(&s->lock);
}

/* ---- life ---- */

struct wsk_socket *wsk_socket_new(struct wsk_client *client, ULONG category, USHORT family, PVOID context, const void *dispatch)
{
    struct wsk_socket *s = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*s), TAG_SOCKET);

    if (!s)
        return NULL;
    if (!wsk_client_use(client)) { /* NMR-069: this call came before the detach, and was slower */
        ExFreePoolWithTag(s, TAG_SOCKET);
        return NULL;
    }
    s->public.Dispatch = wsk_table(category);
    s->client = client;
    s->category = category;
    s->family = family;
    s->context = context;
    s->users = 1;
    if (category == WSK_FLAG_LISTEN_SOCKET)
        s->listen = dispatch;
    else if (category == WSK_FLAG_CONNECTION_SOCKET)
        s->connection = dispatch;
    else if (category == WSK_FLAG_DATAGRAM_SOCKET)
        s->datagram = dispatch;
    else if (category == WSK_FLAG_STREAM_SOCKET && dispatch) {
        s->listen = ((const WSK_CLIENT_STREAM_DISPATCH *)dispatch)->Listen;
        s->connection = ((const WSK_CLIENT_STREAM_DISPATCH *)dispatch)->Connect;
    }
    s->static_events = client->static_events;
    InitializeListHead(&s->sends);
    InitializeListHead(&s->receives);
    InitializeListHead(&s->accepts);
    InitializeListHead(&s->disables);
    InitializeListHead(&s->changes);
    s->work.fn = posted;
    client->had_socket = 1;
    return s;
}

/* The last user has left: nothing runs for this socket any more. */
void wsk_closed(struct wsk_socket *s)
{
    struct wsk_client *client = s->client;
    NTSTATUS status = s->close_status;
    PIRP irp = s->close_irp;

    if (s->kept)
        wsk_indication_put(s->kept);
    wsk_datagrams_drop(s);
    wsk_inspector_set(s, false);
    wsk_owner_drop(s);
    s = wsk_socket_bury(s);
    if (s)
        ExFreePoolWithTag(s, TAG_SOCKET);
    if (irp)
        wsk_complete(irp, status, 0);
    wsk_client_unuse(client);
}

NTSTATUS WSKAPI wsk_socket_create(PWSK_CLIENT Client, ADDRESS_FAMILY AddressFamily, USHORT SocketType, ULONG Protocol, ULONG Flags, PVOID SocketContext,
                                  const VOID *Dispatch, PEPROCESS OwningProcess, PETHREAD OwningThread, PSECURITY_DESCRIPTOR SecurityDescriptor, PIRP Irp)
{
    bool stream = SocketType == SOCK_STREAM && Protocol == IPPROTO_TCP, dgram = SocketType == SOCK_DGRAM && Protocol == IPPROTO_UDP;
    struct wsk_socket *s;
    int err;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (Flags & (Flags - 1) || Flags > WSK_FLAG_STREAM_SOCKET)
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, 0); /* WSK-068 */
    if ((AddressFamily != AF_INET && AddressFamily != AF_INET6) || !(stream || dgram || SocketType == SOCK_RAW) ||
        (Flags == WSK_FLAG_DATAGRAM_SOCKET ? stream : Flags && !stream))
        return wsk_complete(Irp, STATUS_NOT_SUPPORTED, 0);
    if (Flags == WSK_FLAG_BASIC_SOCKET && (SocketContext || Dispatch)) {
        guest_finding("WSK-069", "WskSocket: a basic socket has no context and no dispatch table");
        SocketContext = NULL;
        Dispatch = NULL;
    }
    s = wsk_socket_new((struct wsk_client *)Client, Flags, AddressFamily, SocketContext, Dispatch);
    if (!s)
        return wsk_complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    s->raw = SocketType == SOCK_RAW;
    if (wsk_owner_set(s, OwningProcess, OwningThread, SecurityDescriptor)) {
        wsk_leave(s);
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, 0); /* WSK-070 */
    }
    err = net_open(AddressFamily == AF_INET ? NET_IPV4 : NET_IPV6, stream ? NET_STREAM : dgram ? NET_DGRAM : NET_RAW, (int)Protocol, &wsk_net_events, s, &s->net);
    if (err) {
        wsk_leave(s);
        return wsk_complete(Irp, wsk_status(err), 0);
    }
    if (AddressFamily == AF_INET6)
        net_set_option(s->net, NET_OPT_V6ONLY, 1); /* WSK-098 */
    return wsk_complete(Irp, STATUS_SUCCESS, (ULONG_PTR)&s->public);
}

NTSTATUS WSKAPI wsk_bind(PWSK_SOCKET Socket, PSOCKADDR LocalAddress, ULONG Flags, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    struct net_addr address;
    NTSTATUS status;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (s->state != WSK_UNBOUND)
        return wsk_complete(Irp, wsk_wrong_state(s), 0);
    if (Flags || !wsk_address_in(s->family, LocalAddress, &address))
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, 0); /* WSK-101 */
    if (s->category == WSK_FLAG_DATAGRAM_SOCKET && !s->dgram.set_up) {
        s->dgram.set_up = true;
        net_set_option(s->net, NET_OPT_PKTINFO, 1); /* WSK-166: what tells MSG_BCAST and MSG_MCAST, before the first can come */
    }
    status = wsk_share_bind(s, &address);
    if (status)
        return wsk_complete(Irp, status, 0);
    s->state = WSK_BOUND;
    if (s->category == WSK_FLAG_LISTEN_SOCKET) { /* WSK-090 */
        s->state = WSK_LISTENING;
        status = wsk_status(net_listen(s->net, BACKLOG));
        if (status) {
            s->state = WSK_UNBOUND;
            wsk_share_end(s);
        } else if ((s->static_events & WSK_EVENT_ACCEPT) || s->inspector) {
            wsk_post(s);
        }
    } else if (s->category == WSK_FLAG_DATAGRAM_SOCKET && s->static_events & WSK_EVENT_RECEIVE_FROM) {
        wsk_events_enabled(s);
    }
    return wsk_complete(Irp, status, 0);
}

NTSTATUS WSKAPI wsk_listen(PWSK_SOCKET Socket, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    int err;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (s->state != WSK_BOUND)
        return wsk_complete(Irp, wsk_wrong_state(s), 0);
    s->state = WSK_LISTENING;
    err = net_listen(s->net, BACKLOG);
    if (err)
        s->state = WSK_BOUND;
    else if (s->static_events & WSK_EVENT_ACCEPT)
        wsk_post(s);
    return wsk_complete(Irp, wsk_status(err), 0);
}

static NTSTATUS address_to(PWSK_SOCKET socket, const struct net_addr *address, bool known, PSOCKADDR out, PIRP irp)
{
    struct wsk_socket *s = wsk_socket_of(socket);

    if (!wsk_begin(irp))
        return STATUS_INVALID_PARAMETER;
    if (s->state == WSK_CLOSING)
        return wsk_complete(irp, STATUS_FILE_FORCED_CLOSED, 0);
    if (!known)
        return wsk_complete(irp, STATUS_INVALID_DEVICE_STATE, 0); /* WSK-092, WSK-093 */
    if (!out)
        return wsk_complete(irp, STATUS_INVALID_PARAMETER, 0);
    wsk_address_out(s->family, address, out);
    return wsk_complete(irp, STATUS_SUCCESS, 0);
}

NTSTATUS WSKAPI wsk_get_local_address(PWSK_SOCKET Socket, PSOCKADDR LocalAddress, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);

    return address_to(Socket, &s->local, s->state != WSK_UNBOUND, LocalAddress, Irp);
}

NTSTATUS WSKAPI wsk_get_remote_address(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);

    return address_to(Socket, &s->remote, s->state == WSK_CONNECTED, RemoteAddress, Irp);
}

NTSTATUS WSKAPI wsk_close_socket(PWSK_SOCKET Socket, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    UCHAR was;
    PIRP connecting;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    sched_lock(&s->lock);
    was = s->state;
    s->state = WSK_CLOSING;
    connecting = s->connect_irp;
    s->connect_irp = NULL;
    sched_unlock(&s->lock);
    if (was == WSK_CLOSING) {
        guest_finding("WSK-087", "WskCloseSocket(%p): it is being closed already", Socket);
        return wsk_complete(Irp, STATUS_INVALID_DEVICE_STATE, 0);
    }
    wsk_request(s, Irp, WSK_REQUEST_CLOSE, NULL, 0);
    IoMarkIrpPending(Irp);
    s->close_irp = Irp;
    wsk_enter(s);
    if (connecting)
        wsk_connect_drop(s, connecting); /* WSK-080 */
    wsk_cancel_all(s, &s->sends);
    wsk_cancel_all(s, &s->receives);
    wsk_cancel_all(s, &s->accepts);
    wsk_cancel_all(s, &s->disables);
    if (s->inspector)
        wsk_inspect_close(s);
    wsk_address_changes_end(s);
    if (s->lent > 0 || s->dgram.kept > 0)
        guest_finding("WSK-088", "WskCloseSocket(%p): %d indications are not released", Socket, (int)(s->lent > 0 ? s->lent : s->dgram.kept));
    sched_lock(&s->lock);
    s->net_ends = true;
    s->net_resets = was == WSK_CONNECTED && !(s->fin_sent && (s->end_seen || s->broken)); /* WSK-081 */
    wsk_unlock_moved(s);
    wsk_leave(s);
    return STATUS_PENDING;
}
