/* WskControlSocket and WskControlClient: events (WSK-185 .. WSK-188), static callbacks
 * (WSK-060), the transport list (WSK-055). */
#include "netio/wsk/wsk_private.h"

bool wsk_callback_begin(struct wsk_socket *s, ULONG event)
{
    bool on;

    sched_lock(&s->lock);
    on = ((s->events | s->static_events) & event) && s->state != WSK_CLOSING;
    if (on)
        s->running |= event;
    sched_unlock(&s->lock);
    return on;
}

/* Lock held. One of the IRPs that wait for callbacks of `event`, not cancellable any more; NULL. */
static PIRP take_disable(struct wsk_socket *s, ULONG event)
{
    for (PLIST_ENTRY e = s->disables.Flink; e != &s->disables; e = e->Flink) {
        PIRP irp = CONTAINING_RECORD(e, IRP, Tail.Overlay.ListEntry);

        if (WSK_FLAGS(irp) & event && IoSetCancelRoutine(irp, NULL)) {
            RemoveEntryList(e);
            return irp;
        }
    }
    return NULL;
}

/* Callbacks of `event` have returned: the IRPs that wait for that complete (WSK-187). */
void wsk_callback_done(struct wsk_socket *s, ULONG event)
{
    PIRP irp;

    sched_lock(&s->lock);
    s->running &= ~event;
    while (!IsListEmpty(&s->disables) && (irp = take_disable(s, event))) {
        sched_unlock(&s->lock);
        wsk_request_done(irp, STATUS_SUCCESS);
        sched_lock(&s->lock);
    }
    sched_unlock(&s->lock);
}

/* WSK-187: *pends when irp waits for a callback that runs. */
static NTSTATUS disable(struct wsk_socket *s, ULONG event, PIRP irp, bool *pends)
{
    NTSTATUS status = STATUS_SUCCESS;

    sched_lock(&s->lock);
    s->events &= ~event;
    if (s->running & event) {
        status = STATUS_EVENT_PENDING;
        if (irp) {
            wsk_request(s, irp, WSK_REQUEST_DISABLE, NULL, event);
            *pends = wsk_queue(s, &s->disables, irp, false);
            if (*pends)
                IoMarkIrpPending(irp); /* with the lock: nobody can complete it before */
            status = *pends ? STATUS_PENDING : STATUS_CANCELLED;
        }
    }
    sched_unlock(&s->lock);
    return status;
}

/* What arrived before the event was enabled is indicated now [W]. */
void wsk_events_enabled(struct wsk_socket *s)
{
    wsk_post(s); /* a listener's edge has passed; what was refused, or came as the event was disabled, is with us, not with the transport */
}

static NTSTATUS set_events(struct wsk_socket *s, const WSK_EVENT_CALLBACK_CONTROL *c, SIZE_T bytes, PIRP irp, bool *pends)
{
    ULONG mask, valid = s->category == WSK_FLAG_LISTEN_SOCKET       ? WSK_EVENT_ACCEPT | WSK_CONNECTION_EVENTS
                        : s->category == WSK_FLAG_DATAGRAM_SOCKET   ? WSK_EVENT_RECEIVE_FROM
                        : s->category == WSK_FLAG_CONNECTION_SOCKET ? WSK_CONNECTION_EVENTS
                        : s->category == WSK_FLAG_STREAM_SOCKET     ? WSK_EVENT_ACCEPT | WSK_CONNECTION_EVENTS
                                                                    : 0;

    if (bytes < sizeof(*c) || !c || !c->NpiId || __builtin_memcmp(c->NpiId, &NPI_WSK_INTERFACE_ID, sizeof(NPIID)))
        return STATUS_INVALID_PARAMETER; /* WSK-200 */
    mask = c->EventMask & ~WSK_EVENT_DISABLE;
    if (!mask || (mask & ~valid) || ((mask & WSK_EVENT_ACCEPT) && !(s->listen && s->listen->WskAcceptEvent)) ||
        ((mask & WSK_EVENT_RECEIVE_FROM) && !(s->datagram && s->datagram->WskReceiveFromEvent)) ||
        (s->category != WSK_FLAG_LISTEN_SOCKET && (((mask & WSK_EVENT_RECEIVE) && !(s->connection && s->connection->WskReceiveEvent)) ||
                                                   ((mask & WSK_EVENT_DISCONNECT) && !(s->connection && s->connection->WskDisconnectEvent)) ||
                                                   ((mask & WSK_EVENT_SEND_BACKLOG) && !(s->connection && s->connection->WskSendBacklogEvent)))))
        return STATUS_INVALID_PARAMETER;
    if (c->EventMask & WSK_EVENT_DISABLE) {
        if ((mask & (mask - 1)) || (mask & s->static_events) || (s->category == WSK_FLAG_LISTEN_SOCKET && mask != WSK_EVENT_ACCEPT))
            return STATUS_INVALID_PARAMETER; /* WSK-201 */
        return disable(s, mask, irp, pends);
    }
    if (s->state != WSK_LISTENING && s->state != WSK_CONNECTED && !(s->category == WSK_FLAG_DATAGRAM_SOCKET && s->state == WSK_BOUND)) {
        guest_finding("WSK-199", "SO_WSK_EVENT_CALLBACK(%p) before the socket is bound or connected", &s->public);
        return STATUS_INVALID_DEVICE_STATE;
    }
    sched_lock(&s->lock);
    s->events |= mask;
    sched_unlock(&s->lock);
    if (mask & WSK_EVENT_SEND_BACKLOG)
        s->backlog.asked = true;
    wsk_events_enabled(s);
    return STATUS_SUCCESS;
}

NTSTATUS WSKAPI wsk_control_socket(PWSK_SOCKET Socket, WSK_CONTROL_SOCKET_TYPE RequestType, ULONG ControlCode, ULONG Level, SIZE_T InputSize, PVOID InputBuffer,
                                   SIZE_T OutputSize, PVOID OutputBuffer, SIZE_T *OutputSizeReturned, PIRP Irp)
{
    struct wsk_socket *s = wsk_socket_of(Socket);
    SIZE_T returned = 0;
    bool pends = false;
    NTSTATUS status;

    if (Irp && !wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if (s->state == WSK_CLOSING)
        status = STATUS_FILE_FORCED_CLOSED;
    else if (RequestType == WskSetOption && Level == SOL_SOCKET && ControlCode == SO_WSK_EVENT_CALLBACK)
        status = set_events(s, InputBuffer, InputSize, Irp, &pends);
    else if (RequestType == WskSetOption || RequestType == WskGetOption)
        status = wsk_option(s, RequestType == WskSetOption, Level, ControlCode, InputSize, InputBuffer, OutputSize, OutputBuffer, &returned);
    else if (RequestType == WskIoctl && ControlCode == SIO_ADDRESS_LIST_CHANGE && Irp)
        return wsk_address_change(s, Irp);
    else if (RequestType == WskIoctl)
        status = wsk_ioctl(s, ControlCode, InputSize, InputBuffer, OutputSize, OutputBuffer, &returned);
    else
        status = STATUS_INVALID_PARAMETER;
    if (pends)
        return STATUS_PENDING;
    if (OutputSizeReturned)
        *OutputSizeReturned = returned; /* WSK-077 */
    return Irp ? wsk_complete(Irp, status, returned) : status;
}

static NTSTATUS transport_list(SIZE_T bytes, WSK_TRANSPORT *out, SIZE_T *returned)
{
    static const struct {
        USHORT type;
        ULONG protocol;
    } kinds[] = {{SOCK_STREAM, IPPROTO_TCP}, {SOCK_DGRAM, IPPROTO_UDP}, {SOCK_RAW, 0}};
    SIZE_T need = 6 * sizeof(WSK_TRANSPORT);

    *returned = need;
    if (!out || bytes < need)
        return STATUS_BUFFER_OVERFLOW; /* WSK-055 */
    for (unsigned i = 0; i < 6; i++)
        out[i] = (WSK_TRANSPORT){.Version = MAKE_WSK_VERSION(1, 0), .SocketType = kinds[i % 3].type, .Protocol = kinds[i % 3].protocol,
                                 .AddressFamily = i < 3 ? AF_INET : AF_INET6};
    return STATUS_SUCCESS;
}

/* WSK-074 */
static bool has_sockets(const struct wsk_client *client, const char *what)
{
    if (client->had_socket)
        guest_finding("WSK-074", "%s after a socket was created", what);
    return client->had_socket;
}

static NTSTATUS set_static_events(struct wsk_client *client, SIZE_T bytes, const WSK_EVENT_CALLBACK_CONTROL *in)
{
    if (bytes < sizeof(*in) || !in || !in->NpiId || __builtin_memcmp(in->NpiId, &NPI_WSK_INTERFACE_ID, sizeof(NPIID)))
        return STATUS_INVALID_PARAMETER;
    if (has_sockets(client, "WSK_SET_STATIC_EVENT_CALLBACKS"))
        return STATUS_INVALID_DEVICE_STATE;
    client->static_events = in->EventMask & ~WSK_EVENT_DISABLE;
    return STATUS_SUCCESS;
}

/* WSK-059: native transports go first, and they are all there is. */
static NTSTATUS tdi_map(const struct wsk_client *client, SIZE_T bytes, const WSK_TDI_MAP_INFO *in)
{
    if (bytes < sizeof(*in) || !in || (in->ElementCount && !in->Map))
        return STATUS_INVALID_PARAMETER;
    for (ULONG i = 0; i < in->ElementCount; i++)
        if (!in->Map[i].TdiDeviceName)
            return STATUS_INVALID_PARAMETER;
    return has_sockets(client, "WSK_TDI_DEVICENAME_MAPPING") ? STATUS_INVALID_DEVICE_STATE : STATUS_SUCCESS;
}

NTSTATUS WSKAPI wsk_control_client(PWSK_CLIENT Client, ULONG ControlCode, SIZE_T InputSize, PVOID InputBuffer, SIZE_T OutputSize, PVOID OutputBuffer,
                                   SIZE_T *OutputSizeReturned, PIRP Irp)
{
    struct wsk_client *client = (struct wsk_client *)Client;
    SIZE_T returned = 0;
    NTSTATUS status = STATUS_NOT_SUPPORTED; /* WSK-072 */

    if (Irp) {
        if (!wsk_begin(Irp))
            return STATUS_INVALID_PARAMETER;
        return ControlCode == WSK_TRANSPORT_LIST_CHANGE ? wsk_transport_change(client, Irp) : wsk_complete(Irp, STATUS_INVALID_PARAMETER, 0); /* WSK-073 */
    }
    switch (ControlCode) {
    case WSK_SET_STATIC_EVENT_CALLBACKS: status = set_static_events(client, InputSize, InputBuffer); break;
    case WSK_TRANSPORT_LIST_QUERY: status = transport_list(OutputSize, OutputBuffer, &returned); break;
    case WSK_TRANSPORT_LIST_CHANGE: return STATUS_INVALID_PARAMETER; /* WSK-073: not without an IRP */
    case WSK_TDI_DEVICENAME_MAPPING: status = tdi_map(client, InputSize, InputBuffer); break;
    case WSK_CACHE_SD:
        status = wsk_sd_cache(InputSize, InputBuffer, OutputSize, OutputBuffer);
        returned = NT_SUCCESS(status) ? sizeof(PSECURITY_DESCRIPTOR) : 0;
        break;
    case WSK_RELEASE_SD: status = wsk_sd_release(InputSize, InputBuffer); break;
    case WSK_TDI_BEHAVIOR:
        if (has_sockets(client, "WSK_TDI_BEHAVIOR"))
            return STATUS_INVALID_DEVICE_STATE;
        status = InputSize >= sizeof(ULONG) && InputBuffer ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER; /* WSK-061: there is no TDI to bypass */
        break;
    }
    if (OutputSizeReturned)
        *OutputSizeReturned = returned;
    return status;
}
