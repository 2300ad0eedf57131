/* Making sockets, their categories, what each state allows, close (WSK sections 3 and 4). */
#include "wsk_kit.h"

static NTSTATUS create(ADDRESS_FAMILY family, USHORT type, ULONG protocol, ULONG flags)
{
    NTSTATUS status =
        KIT(KIT_PROVIDER->WskSocket(kit.npi.Client, family, type, protocol, flags, NULL, NULL, NULL, NULL, NULL, kit_irp()));

    if (NT_SUCCESS(status))
        kit_keep((PWSK_SOCKET)kit.irp->IoStatus.Information);
    return status;
}

TEST_ROWS("WSK-048 WSK-049", every_category)
{
    KIT_START();
    CHECK_STATUS(create(AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_BASIC_SOCKET), STATUS_SUCCESS);
    CHECK_STATUS(create(AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET), STATUS_SUCCESS);
    CHECK_STATUS(create(AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET), STATUS_SUCCESS);
    CHECK_STATUS(create(AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_STREAM_SOCKET), STATUS_SUCCESS);
    CHECK_STATUS(create(AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET), STATUS_SUCCESS);
    CHECK(kit.sockets[0]->Dispatch != kit.sockets[1]->Dispatch);
}

TEST(WSK_048, an_ipv6_socket_of_each_kind)
{
    KIT_START();
    if (create(AF_INET6, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET) != STATUS_SUCCESS) {
        wkt_skip("no IPv6");
        return;
    }
    CHECK_STATUS(create(AF_INET6, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET), STATUS_SUCCESS);
    CHECK_STATUS(create(AF_INET6, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET), STATUS_SUCCESS);
}

TEST_ROWS("WSK-050 WSK-051", dispatch_and_process_may_be_null)
{
    static const WSK_CLIENT_CONNECTION_DISPATCH empty;
    PWSK_SOCKET s;

    KIT_START();
    CHECK(kit_socket(AF_INET, WSK_FLAG_CONNECTION_SOCKET, &kit, NULL) != NULL);
    s = kit_socket(AF_INET, WSK_FLAG_CONNECTION_SOCKET, &kit, &empty);
    CHECK(s != NULL);
    CHECK_STATUS(KIT(KIT_PROVIDER->WskSocket(kit.npi.Client, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL,
                                             PsGetCurrentProcess(), PsGetCurrentThread(), NULL, kit_irp())),
                 STATUS_SUCCESS);
    kit_keep((PWSK_SOCKET)kit.irp->IoStatus.Information);
}

TEST(WSK_068, what_does_not_fit_together)
{
    KIT_START();
    CHECK(!NT_SUCCESS(create(AF_INET, SOCK_STREAM, IPPROTO_UDP, WSK_FLAG_CONNECTION_SOCKET)));
    CHECK(!NT_SUCCESS(create(AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_CONNECTION_SOCKET)));
    CHECK(!NT_SUCCESS(create(99, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET)));
    CHECK(!NT_SUCCESS(create(AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET | WSK_FLAG_LISTEN_SOCKET)));
    CHECK(!NT_SUCCESS(create(AF_INET, SOCK_STREAM, IPPROTO_TCP, 0x100)));
}

TEST_FINDING(WSK_069, basic_socket_with_context, "WSK-069")
{
    KIT_START();
    CHECK_STATUS(KIT(KIT_PROVIDER->WskSocket(kit.npi.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_BASIC_SOCKET, &kit, NULL, NULL, NULL, NULL,
                                             kit_irp())),
                 STATUS_SUCCESS);
    kit_keep((PWSK_SOCKET)kit.irp->IoStatus.Information);
}

TEST_ROWS("WSK-079 WSK-080", close_completes_what_is_pending_first)
{
    struct kit_pair p;
    WSK_BUF buf;
    PIRP receive, close;

    REQUIRE(kit_pair(&p));
    buf = kit_buf(NULL, 8);
    receive = wkt_irp();
    close = wkt_irp();
    CHECK_STATUS(KIT_CONN(p.b)->WskReceive(p.b, &buf, 0, receive), STATUS_PENDING);
    kit_forget(p.b);
    CHECK_STATUS(kit_done(KIT_CONN(p.b)->WskCloseSocket(p.b, close), close), STATUS_SUCCESS);
    CHECK_EQ(wkt_completions(receive), 1);
    CHECK_STATUS(receive->IoStatus.Status, STATUS_CANCELLED);
}

TEST(WSK_080, close_completes_an_accept)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener;
    PIRP accept;

    KIT_START();
    accept = wkt_irp();
    listener = kit_listener(NULL, NULL, &at);
    REQUIRE(listener);
    CHECK_STATUS(KIT_LISTEN(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL, accept), STATUS_PENDING);
    CHECK_STATUS(kit_close(listener), STATUS_SUCCESS);
    CHECK_EQ(wkt_completions(accept), 1);
    CHECK_STATUS(accept->IoStatus.Status, STATUS_CANCELLED);
}

TEST_ROWS("WSK-081 WSK-112", close_without_disconnect_resets)
{
    struct kit_pair p;
    WSK_BUF buf;

    REQUIRE(kit_pair(&p));
    buf = kit_buf(NULL, 8);
    CHECK_STATUS(kit_close(p.a), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.b, &buf, 0), STATUS_CONNECTION_RESET);
    CHECK(!NT_SUCCESS(kit_send(p.b, "x", 1)));
}

TEST_FINDING(WSK_047, slots_that_know_their_irp, "WSK-047")
{
    SOCKADDR_IN at = kit_v4(INADDR_LOOPBACK, 0);
    PWSK_SOCKET basic, listener, c, d;
    WSK_BUF buf;

    KIT_START();
    basic = kit_socket(AF_INET, WSK_FLAG_BASIC_SOCKET, NULL, NULL);
    listener = kit_listener(NULL, NULL, &at);
    c = kit_bound(NULL, NULL);
    d = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(basic && listener && c && d);
    buf = kit_buf("x", 1);
    CHECK_STATUS(KIT(KIT_CONN(basic)->WskBind(basic, (PSOCKADDR)&at, 0, kit_irp())), STATUS_INVALID_DEVICE_REQUEST);
    CHECK_STATUS(KIT(KIT_CONN(listener)->WskDisconnect(listener, NULL, 0, kit_irp())), STATUS_INVALID_DEVICE_REQUEST);
    CHECK_STATUS(KIT(KIT_STREAM(d)->WskSendEx(d, &buf, 0, 0, NULL, kit_irp())), STATUS_INVALID_DEVICE_REQUEST);
    CHECK_STATUS(KIT(KIT_STREAM(c)->WskReceiveEx(c, &buf, 0, NULL, NULL, NULL, kit_irp())), STATUS_INVALID_DEVICE_REQUEST);
}

/* Two categories have WskSend in this slot, a third WskGetLocalAddress: which argument is the IRP cannot be known. */
TEST_FINDING(WSK_047, send_on_a_listening_socket, "WSK-047")
{
    SOCKADDR_IN at;
    PWSK_SOCKET s;
    WSK_BUF buf;
    PIRP irp;

    KIT_START();
    s = kit_listener(NULL, NULL, &at);
    REQUIRE(s);
    buf = kit_buf("x", 1);
    irp = wkt_irp();
    CHECK_STATUS(KIT_CONN(s)->WskSend(s, &buf, 0, irp), STATUS_INVALID_DEVICE_REQUEST);
    CHECK_EQ(wkt_completions(irp), 0);
}

/* An argument that is an IRP by chance, where a function has its buffer's address: it is nobody's to complete. */
TEST_FINDING(WSK_047, an_irp_that_is_not_the_calls, "WSK-047")
{
    SOCKADDR_IN at;
    PWSK_SOCKET s;
    PIRP other;

    KIT_START();
    s = kit_listener(NULL, NULL, &at);
    REQUIRE(s);
    other = wkt_irp();
    CHECK_STATUS(KIT_STREAM(s)->WskGetLocalAddress(s, (PSOCKADDR)other, NULL), STATUS_INVALID_DEVICE_REQUEST);
    CHECK_EQ(wkt_completions(other), 0);
}

TEST_FINDING(WSK_084, connect_before_bind, "WSK-084")
{
    SOCKADDR_IN at = kit_v4(INADDR_LOOPBACK, 0x1234);
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_CONNECTION_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_connect(s, &at), STATUS_INVALID_DEVICE_STATE);
}

TEST_FINDING(WSK_084, send_before_connect, "WSK-084")
{
    PWSK_SOCKET s;

    KIT_START();
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_send(s, "x", 1), STATUS_INVALID_DEVICE_STATE);
}

TODO_ROW(WSK_086, "close against a running call is not watched yet");
TODO_ROW(WSK_089, "waits in callbacks are not watched yet");
