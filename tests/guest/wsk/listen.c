/* Listening and accepting, by IRP and by event (WSK section 7). */
#include "wsk_kit.h"

TEST_ROWS("WSK-122 WSK-125", accept_after_the_connection_came)
{
    struct kit_pair p;

    REQUIRE(kit_pair(&p));
    CHECK(p.b->Dispatch == p.a->Dispatch);
}

TEST(WSK_122, accept_before_the_connection_came)
{
    SOCKADDR_IN at, *local, *remote, a;
    PWSK_SOCKET listener, s;
    PIRP irp;

    KIT_START();
    local = wkt_alloc(sizeof(*local));
    remote = wkt_alloc(sizeof(*remote));
    irp = wkt_irp();
    listener = kit_listener(NULL, NULL, &at);
    s = kit_bound(NULL, NULL);
    REQUIRE(listener && s);
    CHECK_STATUS(KIT_LISTEN(listener)->WskAccept(listener, 0, NULL, NULL, (PSOCKADDR)local, (PSOCKADDR)remote, irp), STATUS_PENDING);
    CHECK_STATUS(kit_connect(s, &at), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    REQUIRE(irp->IoStatus.Information != 0);
    kit_keep((PWSK_SOCKET)irp->IoStatus.Information);
    a = kit_local(s, KIT_CONN(s)->WskGetLocalAddress);
    CHECK_EQ(local->sin_port, at.sin_port);
    CHECK_EQ(remote->sin_port, a.sin_port);
    CHECK_EQ(remote->sin_addr.s_addr, at.sin_addr.s_addr);
}

TEST(WSK_039, accepts_are_satisfied_in_posting_order)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener, s;
    PIRP first, second;

    KIT_START();
    first = wkt_irp();
    second = wkt_irp();
    listener = kit_listener(NULL, NULL, &at);
    s = kit_bound(NULL, NULL);
    REQUIRE(listener && s);
    CHECK_STATUS(KIT_LISTEN(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL, first), STATUS_PENDING);
    CHECK_STATUS(KIT_LISTEN(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL, second), STATUS_PENDING);
    CHECK_STATUS(kit_connect(s, &at), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(first), STATUS_SUCCESS);
    kit_keep((PWSK_SOCKET)first->IoStatus.Information);
    CHECK_EQ(wkt_completions(second), 0);
    IoCancelIrp(second);
    CHECK_STATUS(wkt_irp_wait(second), STATUS_CANCELLED);
}

TEST_ROWS("WSK-121 WSK-124", stream_socket_listens)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener, s, peer;
    WSK_BUF in;

    KIT_START();
    in = kit_buf(NULL, 2);
    listener = kit_socket(AF_INET, WSK_FLAG_STREAM_SOCKET, NULL, NULL);
    s = kit_bound(NULL, NULL);
    REQUIRE(listener && s);
    CHECK_STATUS(kit_bind_with(listener, KIT_STREAM(listener)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_STREAM(listener)->WskListen(listener, kit_irp())), STATUS_SUCCESS);
    at = kit_local(listener, KIT_STREAM(listener)->WskGetLocalAddress);
    CHECK_STATUS(kit_connect(s, &at), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_STREAM(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL, kit_irp())), STATUS_SUCCESS);
    peer = kit_keep((PWSK_SOCKET)kit.irp->IoStatus.Information);
    CHECK(peer->Dispatch == listener->Dispatch);
    CHECK_STATUS(kit_send(s, "hi", 2), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_STREAM(peer)->WskReceive(peer, &in, WSK_FLAG_WAITALL, kit_irp())), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "hi", 2);
}

/* ---- by event ---- */
static struct {
    volatile LONG calls, wrong;
    NTSTATUS answer;
    PWSK_SOCKET socket;
    SOCKADDR_IN local, remote;
    const WSK_CLIENT_CONNECTION_DISPATCH *dispatch;
    volatile LONG received;
    PWSK_SOCKET disables; /* the callback disables itself on this listener */
    NTSTATUS disabled;
    PIRP receives, closes; /* the callback uses the socket before it answers */
    WSK_BUF *buf;
} seen;

static NTSTATUS WSKAPI on_accept(PVOID context, ULONG flags, PSOCKADDR local, PSOCKADDR remote, PWSK_SOCKET socket, PVOID *accept_context,
                                 const WSK_CLIENT_CONNECTION_DISPATCH **dispatch)
{
    BOOLEAN at_dispatch = (BOOLEAN)(KeGetCurrentIrql() == DISPATCH_LEVEL);

    if (context != &seen || !socket || ((flags & WSK_FLAG_AT_DISPATCH_LEVEL) != 0) != at_dispatch) /* WSK-038 */
        InterlockedIncrement(&seen.wrong);
    seen.local = *(PSOCKADDR_IN)local;
    seen.remote = *(PSOCKADDR_IN)remote;
    seen.socket = socket;
    *accept_context = &seen;
    *dispatch = seen.dispatch;
    if (seen.disables)
        seen.disabled = kit_events(seen.disables, WSK_EVENT_ACCEPT | WSK_EVENT_DISABLE);
    if (seen.receives)
        (void)KIT_CONN(socket)->WskReceive(socket, seen.buf, 0, seen.receives);
    if (seen.closes)
        (void)KIT_CONN(socket)->WskCloseSocket(socket, seen.closes);
    InterlockedIncrement(&seen.calls);
    return seen.answer;
}

static NTSTATUS WSKAPI on_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION data, SIZE_T bytes, SIZE_T *accepted)
{
    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(accepted);
    if (context != &seen || !data)
        InterlockedIncrement(&seen.wrong);
    InterlockedExchangeAdd(&seen.received, (LONG)bytes);
    return STATUS_SUCCESS;
}

static const WSK_CLIENT_LISTEN_DISPATCH accept_events = {on_accept, NULL, NULL};
static const WSK_CLIENT_CONNECTION_DISPATCH receive_events = {on_receive, NULL, NULL};

static PWSK_SOCKET event_listener(NTSTATUS answer, const WSK_CLIENT_CONNECTION_DISPATCH *dispatch, ULONG mask, SOCKADDR_IN *at)
{
    PWSK_SOCKET listener;

    RtlZeroMemory(&seen, sizeof(seen));
    seen.answer = answer;
    seen.dispatch = dispatch;
    if (!kit_start())
        return NULL;
    listener = kit_listener(&seen, &accept_events, at);
    if (listener && !CHECK_STATUS(kit_events(listener, mask), STATUS_SUCCESS))
        return NULL;
    return listener;
}

TEST_ROWS("WSK-125 WSK-038", accept_event)
{
    SOCKADDR_IN at, a;
    PWSK_SOCKET listener = event_listener(STATUS_SUCCESS, NULL, WSK_EVENT_ACCEPT, &at), s;

    REQUIRE(listener);
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_connect(s, &at), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.calls, 1));
    kit_keep(seen.socket);
    a = kit_local(s, KIT_CONN(s)->WskGetLocalAddress);
    CHECK_EQ(seen.wrong, 0);
    CHECK_EQ(seen.local.sin_port, at.sin_port);
    CHECK_EQ(seen.remote.sin_port, a.sin_port);
    CHECK_STATUS(kit_send(seen.socket, "x", 1), STATUS_SUCCESS);
}

TEST(WSK_187, accept_event_disabled_inside)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener = event_listener(STATUS_SUCCESS, NULL, WSK_EVENT_ACCEPT, &at), one, two;

    REQUIRE(listener);
    seen.disables = listener;
    one = kit_bound(NULL, NULL);
    two = kit_bound(NULL, NULL);
    REQUIRE(one && two);
    CHECK_STATUS(kit_connect(one, &at), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.calls, 1));
    kit_keep(seen.socket);
    CHECK_STATUS(seen.disabled, STATUS_EVENT_PENDING); /* the call runs */
    CHECK_STATUS(kit_connect(two, &at), STATUS_SUCCESS);
    CHECK(kit_accept(listener, NULL, NULL) != NULL); /* the second is left to an IRP */
    CHECK_EQ(seen.calls, 1);
}

/* The reset may come before the connect is told. */
static void check_reset(PWSK_SOCKET s, SOCKADDR_IN *at, WSK_BUF *buf)
{
    NTSTATUS status = kit_connect(s, at);

    CHECK_STATUS(status == STATUS_SUCCESS ? kit_receive(s, buf, 0) : status, STATUS_CONNECTION_RESET);
}

TEST(WSK_125, not_accepted_is_reset)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener = event_listener(STATUS_REQUEST_NOT_ACCEPTED, NULL, WSK_EVENT_ACCEPT, &at), s;
    WSK_BUF buf;

    REQUIRE(listener);
    buf = kit_buf(NULL, 1);
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    check_reset(s, &at, &buf);
    CHECK_EQ(seen.calls, 1);
}

/* What the callback began on a socket that it then does not accept ends with the socket. */
TEST_ROWS("WSK-125 WSK-080", not_accepted_with_a_receive_under_way)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener = event_listener(STATUS_REQUEST_NOT_ACCEPTED, NULL, WSK_EVENT_ACCEPT, &at), s;
    WSK_BUF buf;

    REQUIRE(listener);
    buf = kit_buf(NULL, 1);
    seen.buf = &buf;
    seen.receives = wkt_irp();
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    check_reset(s, &at, &buf);
    CHECK_STATUS(wkt_irp_wait(seen.receives), STATUS_CANCELLED);
}

static void close_in_event(NTSTATUS answer, const WSK_CLIENT_CONNECTION_DISPATCH *dispatch)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener = event_listener(answer, dispatch, WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE, &at), s;
    ULONG round;
    WSK_BUF buf;

    REQUIRE(listener);
    buf = kit_buf(NULL, 1);
    seen.buf = &buf;
    seen.receives = wkt_irp();
    seen.closes = wkt_irp();
    for (round = 1; round <= 20; round++) {
        s = kit_bound(NULL, NULL);
        REQUIRE(s);
        check_reset(s, &at, &buf);
        CHECK_STATUS(wkt_irp_wait(seen.receives), STATUS_CANCELLED);
        CHECK_STATUS(wkt_irp_wait(seen.closes), STATUS_SUCCESS);
        CHECK_EQ(wkt_completions(seen.closes), round);
        CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
        wkt_irp_reuse(seen.receives);
        wkt_irp_reuse(seen.closes);
    }
}

TEST_ROWS("WSK-083 WSK-125", event_closes_the_new_socket_and_accepts)
{
    close_in_event(STATUS_SUCCESS, &receive_events);
}

TEST_ROWS("WSK-083 WSK-125", event_closes_the_new_socket_and_does_not_accept)
{
    close_in_event(STATUS_REQUEST_NOT_ACCEPTED, NULL);
}

TEST(WSK_123, accept_irps_come_before_the_event)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener = event_listener(STATUS_REQUEST_NOT_ACCEPTED, NULL, WSK_EVENT_ACCEPT, &at), s;
    PIRP irp;

    REQUIRE(listener);
    irp = wkt_irp();
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(KIT_LISTEN(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL, irp), STATUS_PENDING);
    CHECK_STATUS(kit_connect(s, &at), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    kit_keep((PWSK_SOCKET)irp->IoStatus.Information);
    CHECK_EQ(seen.calls, 0);
}

TEST(WSK_126, accepted_sockets_inherit_the_connection_events)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener = event_listener(STATUS_SUCCESS, &receive_events, WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE, &at), s;

    REQUIRE(listener);
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_connect(s, &at), STATUS_SUCCESS);
    CHECK_STATUS(kit_send(s, "12345", 5), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.calls, 1));
    kit_keep(seen.socket);
    CHECK(wkt_until(&seen.received, 5));
    CHECK_EQ(seen.wrong, 0);
}

TEST_FINDING(WSK_135, accept_flags_are_ignored, "WSK-135")
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener, s;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    s = kit_bound(NULL, NULL);
    REQUIRE(listener && s);
    CHECK_STATUS(kit_connect(s, &at), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_LISTEN(listener)->WskAccept(listener, WSK_FLAG_CONNECTION_SOCKET, NULL, NULL, NULL, NULL, kit_irp())), STATUS_SUCCESS);
    kit_keep((PWSK_SOCKET)kit.irp->IoStatus.Information);
}

TEST_FINDING(WSK_134, accept_before_bind, "WSK-084")
{
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_LISTEN_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(KIT(KIT_LISTEN(s)->WskAccept(s, 0, NULL, NULL, NULL, NULL, kit_irp())), STATUS_INVALID_DEVICE_STATE);
}

TEST_FINDING(WSK_138, accept_event_with_another_status, "WSK-138")
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener = event_listener(STATUS_UNSUCCESSFUL, NULL, WSK_EVENT_ACCEPT, &at), s;
    WSK_BUF buf;

    REQUIRE(listener);
    buf = kit_buf(NULL, 1);
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    check_reset(s, &at, &buf);
}

TEST(WSK_127, options_are_inherited)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener, a, b;
    ULONG value = 0;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    a = kit_bound(NULL, NULL);
    REQUIRE(listener && a);
    CHECK_STATUS(kit_set(listener, SOL_SOCKET, SO_KEEPALIVE, 1), STATUS_SUCCESS);
    CHECK_STATUS(kit_set(listener, SOL_SOCKET, SO_RCVBUF, 30000), STATUS_SUCCESS);
    CHECK_STATUS(kit_connect(a, &at), STATUS_SUCCESS);
    b = kit_accept(listener, NULL, NULL);
    REQUIRE(b);
    CHECK_STATUS(kit_get(b, SOL_SOCKET, SO_KEEPALIVE, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 1);
    CHECK_STATUS(kit_get(b, SOL_SOCKET, SO_RCVBUF, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 30000);
    CHECK_STATUS(kit_set(b, SOL_SOCKET, SO_KEEPALIVE, 0), STATUS_SUCCESS); /* its own from now on */
    CHECK_STATUS(kit_get(listener, SOL_SOCKET, SO_KEEPALIVE, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 1);
}

