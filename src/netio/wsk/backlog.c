/* The ideal send backlog: how much a client should keep outstanding (WSK-153, WSK-154), and the event that tells of its changes.
 *
 * Nothing tells when the transport's send buffer grows or the peer's window opens, so a socket whose event is on is looked at when
 * that can have happened: as the event is enabled, as a full buffer has room again, after SO_SNDBUF, and each time as much as the
 * last known ideal was sent. Sockets without the event pay one test per send. The event runs on the socket's
 * processor, where wsk_backlog_look is called; one at a time. */
#include "netio/wsk/wsk_private.h"

static NTSTATUS ideal_now(struct wsk_socket *s, SIZE_T *ideal)
{
    int32_t value = 0;
    int err = net_get_option(s->net, NET_OPT_SEND_SPACE, &value);

    *ideal = (SIZE_T)(value > 0 ? value : 0);
    return wsk_status(err);
}

/* The client asks: what it is told now it need not be told again. */
NTSTATUS wsk_backlog_query(struct wsk_socket *s, SIZE_T *ideal)
{
    NTSTATUS status = ideal_now(s, ideal);

    if (!status)
        s->backlog.told = *ideal;
    return status;
}

static bool wanted(const struct wsk_socket *s)
{
    return wsk_event_on(s, WSK_EVENT_SEND_BACKLOG) && s->connection->WskSendBacklogEvent && s->state == WSK_CONNECTED && !s->broken && !s->fin_queued;
}

void wsk_backlog_look(struct wsk_socket *s)
{
    SIZE_T ideal;

    if (!wanted(s) || ideal_now(s, &ideal))
        return;
    s->backlog.sent = 0;
    if (!s->backlog.told)
        s->backlog.told = ideal; /* the first look: nothing has changed yet */
    if (s->backlog.told == ideal || !wsk_callback_begin(s, WSK_EVENT_SEND_BACKLOG))
        return;
    s->backlog.told = ideal;
    if (guest_call(PFN_WSK_SEND_BACKLOG_EVENT, s->connection->WskSendBacklogEvent, s->context, ideal) != STATUS_SUCCESS)
        guest_finding("WSK-119", "WskSendBacklogEvent returns something else than STATUS_SUCCESS");
    wsk_callback_done(s, WSK_EVENT_SEND_BACKLOG);
}

/* By the one that has `sending`, for what the transport has taken. */
void wsk_backlog_sent(struct wsk_socket *s, SIZE_T bytes)
{
    s->backlog.sent += bytes;
    if (s->backlog.sent >= s->backlog.told && wanted(s))
        wsk_backlog_ask(s);
}

void wsk_backlog_ask(struct wsk_socket *s)
{
    s->backlog.asked = true;
    wsk_post(s);
}
