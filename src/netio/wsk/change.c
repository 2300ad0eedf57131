/* Requests that wait for a change: of the transports (WSK-056) and of a family's local addresses (WSK-100).
 *
 * wskit's transports come with it and stay, so a WSK_TRANSPORT_LIST_CHANGE ends by IoCancelIrp or by the client's end; it has a use of the
 * client until then. A SIO_ADDRESS_LIST_CHANGE stands in the socket's `changes` and is a request like others; the socket's watch (net/tables.h)
 * is opened by the first one and closed with the socket. What changed while nobody waited is not told later.
 *
 * Locks: changes_lock guards the clients' lists. The socket's lock guards its queue and its watch; the watch is read with it held,
 * so that the close, which takes the watch out under it, has nobody inside. */
#include "netio/wsk/wsk_private.h"

#include "net/tables.h"

static struct sched_lock changes_lock;

/* ---- the client's transports ---- */
#define CLIENT_OF(irp) (*(struct wsk_client **)&(irp)->Tail.Overlay.DriverContext[0])

static void end_transport_change(PIRP irp)
{
    struct wsk_client *client = CLIENT_OF(irp);

    wsk_complete(irp, STATUS_CANCELLED, 0);
    wsk_client_unuse(client);
}

static VOID NTAPI transport_change_cancelled(PDEVICE_OBJECT device, PIRP irp)
{
    KIRQL irql;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    irql = ke_raise_to_dispatch();
    sched_lock(&changes_lock);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
    sched_unlock(&changes_lock);
    ke_lower(irql);
    end_transport_change(irp);
}

/* Lock held. */
static bool keep(struct wsk_client *client, PIRP irp)
{
    if (client->dying)
        return false;
    InsertTailList(&client->changes, &irp->Tail.Overlay.ListEntry);
    IoSetCancelRoutine(irp, transport_change_cancelled);
    if (!irp->Cancel || !IoSetCancelRoutine(irp, NULL))
        return true;
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
    return false;
}

NTSTATUS wsk_transport_change(struct wsk_client *client, PIRP irp)
{
    bool kept;
    KIRQL irql;

    if (!wsk_client_use(client))
        return wsk_complete(irp, STATUS_DEVICE_NOT_READY, 0);
    wsk_request(NULL, irp, WSK_REQUEST_CHANGE, NULL, 0);
    CLIENT_OF(irp) = client;
    IoMarkIrpPending(irp);
    irql = ke_raise_to_dispatch();
    sched_lock(&changes_lock);
    kept = keep(client, irp);
    sched_unlock(&changes_lock);
    ke_lower(irql);
    if (!kept)
        end_transport_change(irp);
    return STATUS_PENDING;
}

static PIRP take_transport_change(struct wsk_client *client)
{
    KIRQL irql = ke_raise_to_dispatch();
    PIRP found = NULL;

    sched_lock(&changes_lock);
    for (PLIST_ENTRY e = client->changes.Flink; e != &client->changes && !found; e = e->Flink) {
        PIRP irp = CONTAINING_RECORD(e, IRP, Tail.Overlay.ListEntry);

        if (IoSetCancelRoutine(irp, NULL)) {
            RemoveEntryList(e);
            found = irp;
        }
    }
    sched_unlock(&changes_lock);
    ke_lower(irql);
    return found;
}

void wsk_transport_changes_end(struct wsk_client *client)
{
    PIRP irp;

    while ((irp = take_transport_change(client)) != NULL)
        end_transport_change(irp);
}

/* ---- a family's addresses ---- */
static void saw(void *ctx, const struct net_row *row)
{
    *(bool *)ctx = true;
}

/* Lock held. Reads all that the watch has and has it call again. */
static bool read_watch(struct net_socket *watch)
{
    bool changed = false;
    int err;

    do {
        err = net_watch_next(watch, saw, &changed);
        changed = changed || err == NET_LOST;
    } while (err == NET_OK || err == NET_LOST);
    return changed;
}

static void on_change(void *ctx)
{
    struct wsk_socket *s = ctx;
    bool changed;

    wsk_enter(s);
    sched_lock(&s->lock);
    changed = s->watch && read_watch(s->watch);
    sched_unlock(&s->lock);
    if (changed)
        wsk_fail_all(s, &s->changes, STATUS_SUCCESS);
    wsk_leave(s);
}

static void on_closed(void *ctx)
{
    wsk_leave(ctx);
}

static const struct net_events watch_events = {.readable = on_change, .closed = on_closed};

/* The watch has a use of the socket. */
static NTSTATUS open_watch(struct wsk_socket *s)
{
    struct net_socket *watch;
    KIRQL irql;
    bool extra;
    int err;

    wsk_enter(s);
    err = net_watch_open(NET_ADDRESSES, s->family == AF_INET ? NET_IPV4 : NET_IPV6, &watch_events, s, &watch);
    if (err) {
        wsk_leave(s);
        return wsk_status(err);
    }
    irql = ke_raise_to_dispatch();
    sched_lock(&s->lock);
    extra = s->watch || s->state == WSK_CLOSING;
    if (!extra) {
        s->watch = watch;
        read_watch(watch);
    }
    sched_unlock(&s->lock);
    ke_lower(irql);
    if (extra)
        net_close(watch, false);
    return STATUS_SUCCESS;
}

NTSTATUS wsk_address_change(struct wsk_socket *s, PIRP irp)
{
    NTSTATUS status = STATUS_SUCCESS;
    bool queued;
    KIRQL irql;

    wsk_request(s, irp, WSK_REQUEST_CHANGE, NULL, 0);
    wsk_enter(s);
    if (!s->watch)
        status = open_watch(s);
    if (status) {
        wsk_complete(irp, status, 0);
    } else {
        IoMarkIrpPending(irp);
        irql = ke_raise_to_dispatch();
        sched_lock(&s->lock);
        queued = wsk_queue(s, &s->changes, irp, false);
        sched_unlock(&s->lock);
        ke_lower(irql);
        if (!queued)
            wsk_request_done(irp, STATUS_CANCELLED);
        status = STATUS_PENDING;
    }
    wsk_leave(s);
    return status;
}

void wsk_address_changes_end(struct wsk_socket *s)
{
    struct net_socket *watch;
    KIRQL irql;

    wsk_cancel_all(s, &s->changes);
    irql = ke_raise_to_dispatch();
    sched_lock(&s->lock);
    watch = s->watch;
    s->watch = NULL;
    sched_unlock(&s->lock);
    ke_lower(irql);
    if (watch)
        net_close(watch, false);
}
