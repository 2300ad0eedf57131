/* Conditional accept (WSK section 7): what the inspect event answers, WskInspectComplete, the abort event, the close. On Linux the peer's
 * connect succeeds before the inspection, and what is refused is reset (WSK-133). */
#include "wsk_kit.h"

static struct {
    volatile LONG inspects, aborts, accepts, wrong;
    WSK_INSPECT_ACTION answer;
    WSK_INSPECT_ID id, aborted;
    SOCKADDR_IN local, remote;
    PWSK_SOCKET accepted, completes; /* completes: the event itself calls WskInspectComplete on it */
    WSK_INSPECT_ACTION early;
    PIRP irp;
    NTSTATUS completed;
    volatile LONG received;
} seen;

static WSK_INSPECT_ACTION WSKAPI on_inspect(PVOID context, PSOCKADDR local, PSOCKADDR remote, PWSK_INSPECT_ID id)
{
    if (context != &seen || !id)
        InterlockedIncrement(&seen.wrong);
    seen.id = *id;
    seen.local = *(PSOCKADDR_IN)local;
    seen.remote = *(PSOCKADDR_IN)remote;
    if (seen.completes)
        seen.completed = KIT_LISTEN(seen.completes)->WskInspectComplete(seen.completes, id, seen.early, seen.irp);
    InterlockedIncrement(&seen.inspects);
    return seen.answer;
}

static NTSTATUS WSKAPI on_abort(PVOID context, PWSK_INSPECT_ID id)
{
    if (context != &seen || !id)
        InterlockedIncrement(&seen.wrong);
    seen.aborted = *id;
    InterlockedIncrement(&seen.aborts);
    return STATUS_SUCCESS;
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

static const WSK_CLIENT_CONNECTION_DISPATCH receive_events = {on_receive, NULL, NULL};

static NTSTATUS WSKAPI on_accept(PVOID context, ULONG flags, PSOCKADDR local, PSOCKADDR remote, PWSK_SOCKET socket, PVOID *accept_context,
                                 const WSK_CLIENT_CONNECTION_DISPATCH **dispatch)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(local);
    UNREFERENCED_PARAMETER(remote);
    seen.accepted = socket;
    *accept_context = &seen;
    *dispatch = &receive_events;
    InterlockedIncrement(&seen.accepts);
    return STATUS_SUCCESS;
}

static const WSK_CLIENT_LISTEN_DISPATCH inspecting = {on_accept, on_inspect, on_abort};

/* A listener in conditional mode, and a socket that connects to it. */
static PWSK_SOCKET conditional(WSK_INSPECT_ACTION answer, SOCKADDR_IN *at, PWSK_SOCKET *peer)
{
    PWSK_SOCKET s;

    RtlZeroMemory(&seen, sizeof(seen));
    seen.answer = answer;
    if (!kit_start())
        return NULL;
    s = kit_socket(AF_INET, WSK_FLAG_LISTEN_SOCKET, &seen, &inspecting);
    *peer = kit_bound(NULL, NULL);
    if (!s || !*peer || !CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1), STATUS_SUCCESS) ||
        !CHECK_STATUS(kit_bind_with(s, KIT_LISTEN(s)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS))
        return NULL;
    *at = kit_local(s, KIT_LISTEN(s)->WskGetLocalAddress);
    return s;
}

/* The same, and a connection whose inspection is pended. */
static PWSK_SOCKET pended(PWSK_SOCKET *peer)
{
    SOCKADDR_IN at;
    PWSK_SOCKET s = conditional(WskInspectPend, &at, peer);

    if (!s || !CHECK_STATUS(kit_connect(*peer, &at), STATUS_SUCCESS) || !wkt_until(&seen.inspects, 1))
        return NULL;
    return s;
}

static NTSTATUS complete(PWSK_SOCKET listener, WSK_INSPECT_ID id, WSK_INSPECT_ACTION action)
{
    return KIT(KIT_LISTEN(listener)->WskInspectComplete(listener, &id, action, kit_irp()));
}

static void check_talk(PWSK_SOCKET a, PWSK_SOCKET b)
{
    WSK_BUF in = kit_buf(NULL, 2);

    CHECK_STATUS(kit_send(a, "hi", 2), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "hi", 2);
}

TEST(WSK_128, option_reads_as_it_was_set)
{
    PWSK_SOCKET s, c;
    ULONG value = 7;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_LISTEN_SOCKET, &seen, &inspecting);
    c = kit_socket(AF_INET, WSK_FLAG_CONNECTION_SOCKET, NULL, NULL);
    REQUIRE(s && c);
    CHECK_STATUS(kit_get(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 0);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1), STATUS_SUCCESS);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1), STATUS_SUCCESS);
    CHECK_STATUS(kit_get(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 1);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 2), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_get(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 0);
    CHECK_STATUS(kit_set(c, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1), STATUS_INVALID_PARAMETER); /* listening sockets only */
}

/* Switched off before the bind: no event comes. */
TEST(WSK_128, off_again)
{
    SOCKADDR_IN at;
    PWSK_SOCKET s, c;

    RtlZeroMemory(&seen, sizeof(seen));
    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_LISTEN_SOCKET, &seen, &inspecting);
    c = kit_bound(NULL, NULL);
    REQUIRE(s && c);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1), STATUS_SUCCESS);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_bind_with(s, KIT_LISTEN(s)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS);
    at = kit_local(s, KIT_LISTEN(s)->WskGetLocalAddress);
    CHECK_STATUS(kit_connect(c, &at), STATUS_SUCCESS);
    CHECK(kit_accept(s, NULL, NULL) != NULL);
    CHECK_EQ(seen.inspects, 0);
}

TEST_FINDING(WSK_128, set_after_bind, "WSK-102")
{
    SOCKADDR_IN at;
    PWSK_SOCKET peer, s = conditional(WskInspectAccept, &at, &peer);

    REQUIRE(s);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 0), STATUS_INVALID_DEVICE_STATE);
}

TEST_FINDING(WSK_136, no_inspect_event, "WSK-136")
{
    static const WSK_CLIENT_LISTEN_DISPATCH without = {on_accept, NULL, on_abort};
    PWSK_SOCKET s;
    ULONG value = 7;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_LISTEN_SOCKET, &seen, &without);
    REQUIRE(s);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(kit_get(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 0);
}

/* Allowed, it waits for a WskAccept; the ID can be asked of the new socket. */
TEST_ROWS("WSK-129 WSK-132", allowed_then_accepted)
{
    SOCKADDR_IN at, a;
    PWSK_SOCKET peer, b, s = conditional(WskInspectAccept, &at, &peer);
    WSK_INSPECT_ID id;
    SIZE_T returned = 0;

    REQUIRE(s);
    CHECK_STATUS(kit_connect(peer, &at), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.inspects, 1));
    a = kit_local(peer, KIT_CONN(peer)->WskGetLocalAddress);
    CHECK_EQ(seen.local.sin_port, at.sin_port);
    CHECK_EQ(seen.remote.sin_port, a.sin_port);
    b = kit_accept(s, NULL, NULL);
    REQUIRE(b);
    check_talk(peer, b);
    check_talk(b, peer);
    RtlZeroMemory(&id, sizeof(id));
    CHECK_STATUS(KIT_CONN(b)->WskControlSocket(b, WskIoctl, SIO_WSK_QUERY_INSPECT_ID, 0, 0, NULL, sizeof(id), &id, &returned, NULL), STATUS_SUCCESS);
    CHECK_EQ(returned, sizeof(id));
    CHECK(id.Key == seen.id.Key && id.SerialNumber == seen.id.SerialNumber);
    CHECK_STATUS(KIT_CONN(b)->WskControlSocket(b, WskIoctl, SIO_WSK_QUERY_INSPECT_ID, 0, 0, NULL, sizeof(id) - 1, &id, NULL, NULL), STATUS_BUFFER_TOO_SMALL);
    CHECK_STATUS(KIT_CONN(peer)->WskControlSocket(peer, WskIoctl, SIO_WSK_QUERY_INSPECT_ID, 0, 0, NULL, sizeof(id), &id, NULL, NULL),
                 STATUS_INVALID_DEVICE_REQUEST);
    CHECK_STATUS(kit_close(peer), STATUS_SUCCESS); /* no abort event: it was established */
    CHECK_EQ(seen.aborts + seen.wrong, 0);
}

TEST_ROWS("WSK-129 WSK-123", accept_irp_waits_for_the_inspection)
{
    PWSK_SOCKET peer, s;
    PIRP irp;

    s = pended(&peer);
    REQUIRE(s);
    irp = wkt_irp();
    CHECK_STATUS(KIT_LISTEN(s)->WskAccept(s, 0, NULL, NULL, NULL, NULL, irp), STATUS_PENDING);
    CHECK_STATUS(complete(s, seen.id, WskInspectAccept), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    check_talk(peer, kit_keep((PWSK_SOCKET)irp->IoStatus.Information));
    CHECK_EQ(seen.inspects, 1);
}

static void check_refused(PWSK_SOCKET peer, const SOCKADDR_IN *at)
{
    WSK_BUF in = kit_buf(NULL, 1);
    NTSTATUS status = at ? kit_connect(peer, at) : STATUS_SUCCESS; /* the reset may come before the connect is told */

    CHECK_STATUS(status == STATUS_SUCCESS ? kit_receive(peer, &in, 0) : status, STATUS_CONNECTION_RESET);
}

TEST_ROWS("WSK-129 WSK-133", rejected_is_reset)
{
    SOCKADDR_IN at;
    PWSK_SOCKET peer, s = conditional(WskInspectReject, &at, &peer);

    REQUIRE(s);
    CHECK_STATUS(kit_events(s, WSK_EVENT_ACCEPT), STATUS_SUCCESS);
    check_refused(peer, &at);
    CHECK_EQ(seen.inspects, 1);
    CHECK_EQ(seen.accepts + seen.aborts, 0);
}

TEST_FINDING(WSK_129, unknown_action, "WSK-129")
{
    SOCKADDR_IN at;
    PWSK_SOCKET peer, s = conditional(WskInspectMax, &at, &peer);

    REQUIRE(s);
    check_refused(peer, &at);
}

/* By event, with data that came during the inspection. */
TEST_ROWS("WSK-130 WSK-125 WSK-126", pended_then_accepted_by_event)
{
    PWSK_SOCKET peer, s = pended(&peer);

    REQUIRE(s);
    CHECK_STATUS(kit_events(s, WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE), STATUS_SUCCESS);
    CHECK_STATUS(kit_send(peer, "early", 5), STATUS_SUCCESS);
    CHECK_EQ(seen.accepts, 0);
    CHECK_STATUS(complete(s, seen.id, WskInspectAccept), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.accepts, 1));
    kit_keep(seen.accepted);
    CHECK(wkt_until(&seen.received, 5));
    CHECK_STATUS(complete(s, seen.id, WskInspectAccept), STATUS_INVALID_PARAMETER); /* WSK-137: completed already */
    CHECK_EQ(seen.wrong, 0);
}

TEST(WSK_130, pended_then_rejected)
{
    PWSK_SOCKET peer, s = pended(&peer);

    REQUIRE(s);
    CHECK_STATUS(complete(s, seen.id, WskInspectReject), STATUS_SUCCESS);
    check_refused(peer, NULL);
    CHECK_STATUS(complete(s, seen.id, WskInspectAccept), STATUS_INVALID_PARAMETER);
    CHECK_EQ(seen.aborts, 0);
}

/* WskInspectComplete may come before the event has returned. */
static void early(WSK_INSPECT_ACTION action)
{
    SOCKADDR_IN at;
    PWSK_SOCKET peer, s = conditional(WskInspectPend, &at, &peer), b;

    REQUIRE(s);
    seen.irp = wkt_irp();
    seen.early = action;
    seen.completes = s;
    if (action == WskInspectReject) {
        check_refused(peer, &at);
    } else {
        CHECK_STATUS(kit_connect(peer, &at), STATUS_SUCCESS);
        b = kit_accept(s, NULL, NULL);
        REQUIRE(b);
        check_talk(peer, b);
    }
    CHECK_STATUS(seen.completed, STATUS_SUCCESS);
    CHECK_STATUS(complete(s, seen.id, action), STATUS_INVALID_PARAMETER);
}

TEST(WSK_130, accepted_inside_the_event)
{
    early(WskInspectAccept);
}

TEST(WSK_130, rejected_inside_the_event)
{
    early(WskInspectReject);
}

TEST(WSK_137, ids_and_actions_that_cannot_be)
{
    PWSK_SOCKET peer, s = pended(&peer);
    WSK_INSPECT_ID other;

    REQUIRE(s);
    other = seen.id;
    other.SerialNumber++;
    CHECK_STATUS(complete(s, other, WskInspectAccept), STATUS_INVALID_PARAMETER);
    other = seen.id;
    other.Key++;
    CHECK_STATUS(complete(s, other, WskInspectAccept), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(complete(s, seen.id, WskInspectPend), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(complete(s, seen.id, WskInspectMax), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT(KIT_LISTEN(s)->WskInspectComplete(s, NULL, WskInspectAccept, kit_irp())), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(complete(s, seen.id, WskInspectAccept), STATUS_SUCCESS); /* the right one is as it was */
    CHECK(kit_accept(s, NULL, NULL) != NULL);
}

TEST_FINDING(WSK_137, listener_without_conditional_accept, "WSK-137")
{
    WSK_INSPECT_ID id = {1, 1};
    SOCKADDR_IN at;
    PWSK_SOCKET s;

    KIT_START();
    s = kit_listener(&seen, &inspecting, &at);
    REQUIRE(s);
    CHECK_STATUS(complete(s, id, WskInspectAccept), STATUS_INVALID_DEVICE_STATE);
}

TEST_FINDING(WSK_134, inspect_complete_before_bind, "WSK-084")
{
    WSK_INSPECT_ID id = {1, 1};
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_LISTEN_SOCKET, &seen, &inspecting);
    REQUIRE(s);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1), STATUS_SUCCESS);
    CHECK_STATUS(complete(s, id, WskInspectAccept), STATUS_INVALID_DEVICE_STATE);
}

/* ---- the peer goes away ---- */

TEST_ROWS("WSK-131 WSK-130", pended_one_is_aborted)
{
    PWSK_SOCKET peer, s = pended(&peer);
    PIRP irp;

    REQUIRE(s);
    irp = wkt_irp();
    CHECK_STATUS(kit_disconnect(peer, WSK_FLAG_ABORTIVE), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.aborts, 1));
    CHECK(seen.aborted.Key == seen.id.Key && seen.aborted.SerialNumber == seen.id.SerialNumber);
    CHECK_STATUS(KIT_LISTEN(s)->WskAccept(s, 0, NULL, NULL, NULL, NULL, irp), STATUS_PENDING);
    CHECK_STATUS(complete(s, seen.id, WskInspectAccept), STATUS_SUCCESS); /* and establishes nothing */
    CHECK_STATUS(complete(s, seen.id, WskInspectAccept), STATUS_INVALID_PARAMETER);
    CHECK_EQ(wkt_completions(irp), 0);
    CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_CANCELLED);
    CHECK_EQ(seen.aborts, 1);
}

TEST(WSK_131, allowed_one_is_aborted_before_it_is_accepted)
{
    SOCKADDR_IN at;
    PWSK_SOCKET peer, s = conditional(WskInspectAccept, &at, &peer), next;

    REQUIRE(s);
    CHECK_STATUS(kit_connect(peer, &at), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.inspects, 1));
    CHECK_STATUS(kit_disconnect(peer, WSK_FLAG_ABORTIVE), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.aborts, 1));
    next = kit_bound(NULL, NULL);
    REQUIRE(next);
    CHECK_STATUS(kit_connect(next, &at), STATUS_SUCCESS);
    next = kit_accept(s, NULL, NULL); /* the next one, not the one that is gone */
    REQUIRE(next);
    CHECK_STATUS(kit_send(next, "x", 1), STATUS_SUCCESS);
    CHECK_EQ(seen.aborts, 1);
}

/* A peer that has sent all it has and ended its side is still there (WSK-133). */
TEST_ROWS("WSK-131 WSK-133", graceful_end_is_no_abort)
{
    PWSK_SOCKET peer, s = pended(&peer), b;
    WSK_BUF in;

    REQUIRE(s);
    in = kit_buf(NULL, 8);
    CHECK_STATUS(kit_send(peer, "question", 8), STATUS_SUCCESS);
    CHECK_STATUS(kit_disconnect(peer, 0), STATUS_SUCCESS);
    CHECK_STATUS(complete(s, seen.id, WskInspectAccept), STATUS_SUCCESS);
    b = kit_accept(s, NULL, NULL);
    REQUIRE(b);
    CHECK_STATUS(kit_receive(b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    check_talk(b, peer);
    CHECK_EQ(seen.aborts, 0);
}

/* ---- the close ---- */

TEST_FINDING(WSK_139, closed_with_a_pended_inspection, "WSK-139")
{
    PWSK_SOCKET peer, s = pended(&peer);

    REQUIRE(s);
    CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
    check_refused(peer, NULL);
    CHECK_EQ(seen.aborts, 0); /* WSK-080: no callback after the close */
}

TEST_ROWS("WSK-139 WSK-080", closed_with_an_allowed_connection)
{
    SOCKADDR_IN at;
    PWSK_SOCKET peer, s = conditional(WskInspectAccept, &at, &peer);

    REQUIRE(s);
    CHECK_STATUS(kit_connect(peer, &at), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.inspects, 1));
    CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
    check_refused(peer, NULL);
    CHECK_EQ(seen.aborts, 0);
}

/* Peers that reset, decisions and a close at the same time: each connection ends once. */
#define PEERS 8
TEST_ROWS("WSK-131 WSK-139", resets_against_the_close)
{
    SOCKADDR_IN at;
    PWSK_SOCKET peer, s, peers[PEERS];
    ULONG round, i;

    s = conditional(WskInspectAccept, &at, &peer);
    REQUIRE(s);
    CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
    for (round = 0; round < 10; round++) {
        s = kit_socket(AF_INET, WSK_FLAG_LISTEN_SOCKET, &seen, &inspecting);
        REQUIRE(s && kit_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1) == STATUS_SUCCESS);
        REQUIRE(kit_bind_with(s, KIT_LISTEN(s)->WskBind, INADDR_LOOPBACK) == STATUS_SUCCESS);
        at = kit_local(s, KIT_LISTEN(s)->WskGetLocalAddress);
        for (i = 0; i < PEERS; i++) {
            peers[i] = kit_bound(NULL, NULL);
            REQUIRE(peers[i]);
            (void)kit_connect(peers[i], &at);
        }
        for (i = 0; i < PEERS / 2; i++)
            CHECK_STATUS(kit_close(peers[i]), STATUS_SUCCESS); /* with a reset */
        CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
        for (; i < PEERS; i++)
            CHECK_STATUS(kit_close(peers[i]), STATUS_SUCCESS);
    }
    CHECK_EQ(seen.wrong, 0);
}
