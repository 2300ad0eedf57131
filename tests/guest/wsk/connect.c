/* Binding, addresses, connecting (WSK sections 5 and 6). */
#include "wsk_kit.h"

TEST_ROWS("WSK-090 WSK-092", bind_gives_a_port)
{
    SOCKADDR_IN a;
    PWSK_SOCKET s;

    KIT_START();
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    a = kit_local(s, KIT_CONN(s)->WskGetLocalAddress);
    CHECK_EQ(a.sin_family, AF_INET);
    CHECK(a.sin_port != 0);
    CHECK_EQ(a.sin_addr.s_addr, 0);
}

TEST(WSK_092, bind_and_get_may_share_a_buffer)
{
    SOCKADDR_IN a = kit_v4(INADDR_LOOPBACK, 0);
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(KIT(KIT_DATAGRAM(s)->WskBind(s, (PSOCKADDR)&a, 0, kit_irp())), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_DATAGRAM(s)->WskGetLocalAddress(s, (PSOCKADDR)&a, kit_irp())), STATUS_SUCCESS);
    CHECK(a.sin_port != 0);
}

TEST_ROWS("WSK-091 WSK-094", port_in_use)
{
    SOCKADDR_IN a;
    PWSK_SOCKET first, second;

    KIT_START();
    first = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    second = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(first && second);
    CHECK_STATUS(kit_bind_with(first, KIT_DATAGRAM(first)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS);
    a = kit_local(first, KIT_DATAGRAM(first)->WskGetLocalAddress);
    CHECK_STATUS(KIT(KIT_DATAGRAM(second)->WskBind(second, (PSOCKADDR)&a, 0, kit_irp())), STATUS_ADDRESS_ALREADY_EXISTS);
    /* it is bindable still */
    CHECK_STATUS(kit_bind_with(second, KIT_DATAGRAM(second)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS);
}

TEST(WSK_091, address_not_of_this_machine)
{
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_bind_with(s, KIT_DATAGRAM(s)->WskBind, 0xC0000201 /* 192.0.2.1 */), STATUS_INVALID_ADDRESS_COMPONENT);
}

TEST_ROWS("WSK-093 WSK-105", connect_knows_both_ends)
{
    struct kit_pair p;
    SOCKADDR_IN a, b;

    REQUIRE(kit_pair(&p));
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskGetRemoteAddress(p.a, (PSOCKADDR)&a, kit_irp())), STATUS_SUCCESS);
    CHECK_EQ(a.sin_port, p.at.sin_port);
    CHECK_EQ(a.sin_addr.s_addr, p.at.sin_addr.s_addr);
    CHECK_STATUS(KIT(KIT_CONN(p.b)->WskGetRemoteAddress(p.b, (PSOCKADDR)&b, kit_irp())), STATUS_SUCCESS);
    a = kit_local(p.a, KIT_CONN(p.a)->WskGetLocalAddress);
    CHECK_EQ(a.sin_port, b.sin_port);
    CHECK_EQ(a.sin_addr.s_addr, b.sin_addr.s_addr); /* WSK-090: the wildcard became an address */
}

TEST(WSK_107, refused)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener, s;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    s = kit_bound(NULL, NULL);
    REQUIRE(listener && s);
    CHECK_STATUS(kit_close(listener), STATUS_SUCCESS);
    CHECK_STATUS(kit_connect(s, &at), STATUS_CONNECTION_REFUSED);
    CHECK(kit_local(s, KIT_CONN(s)->WskGetLocalAddress).sin_port != 0); /* it is bound still */
}

TEST(WSK_092, unbound_has_no_address)
{
    SOCKADDR_IN a;
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(KIT(KIT_DATAGRAM(s)->WskGetLocalAddress(s, (PSOCKADDR)&a, kit_irp())), STATUS_INVALID_DEVICE_STATE);
}

TEST(WSK_093, not_connected_has_no_peer)
{
    SOCKADDR_IN a;
    PWSK_SOCKET s;

    KIT_START();
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(KIT(KIT_CONN(s)->WskGetRemoteAddress(s, (PSOCKADDR)&a, kit_irp())), STATUS_INVALID_DEVICE_STATE);
}

TEST(WSK_101, bind_parameters)
{
    SOCKADDR_IN a = kit_v4(INADDR_LOOPBACK, 0);
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(KIT(KIT_DATAGRAM(s)->WskBind(s, (PSOCKADDR)&a, 1, kit_irp())), STATUS_INVALID_PARAMETER);
    a.sin_family = AF_INET6;
    CHECK_STATUS(KIT(KIT_DATAGRAM(s)->WskBind(s, (PSOCKADDR)&a, 0, kit_irp())), STATUS_INVALID_PARAMETER);
    a.sin_family = AF_INET;
    CHECK_STATUS(KIT(KIT_DATAGRAM(s)->WskBind(s, (PSOCKADDR)&a, 0, kit_irp())), STATUS_SUCCESS);
}

TEST_FINDING(WSK_101, bind_twice, "WSK-084")
{
    PWSK_SOCKET s;

    KIT_START();
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_bind_with(s, KIT_CONN(s)->WskBind, INADDR_ANY), STATUS_INVALID_DEVICE_STATE);
}

TEST(WSK_114, connect_parameters)
{
    SOCKADDR_IN a = kit_v4(INADDR_LOOPBACK, 0);
    PWSK_SOCKET s;

    KIT_START();
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_connect(s, &a), STATUS_INVALID_PARAMETER); /* port 0 */
    a.sin_port = 0x0102;
    CHECK_STATUS(KIT(KIT_CONN(s)->WskConnect(s, (PSOCKADDR)&a, 1, kit_irp())), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT(KIT_CONN(s)->WskConnect(s, NULL, 0, kit_irp())), STATUS_INVALID_PARAMETER);
    a.sin_family = AF_INET6;
    CHECK_STATUS(kit_connect(s, &a), STATUS_INVALID_PARAMETER);
    a = kit_v4(INADDR_ANY, 0x0102);
    CHECK_STATUS(kit_connect(s, &a), STATUS_INVALID_PARAMETER);
}

static PWSK_SOCKET made; /* by WskSocketConnect */
static NTSTATUS make_with(USHORT type, ULONG protocol, const SOCKADDR_IN *from, const SOCKADDR_IN *to, ULONG flags)
{
    NTSTATUS status;

    status = KIT(KIT_PROVIDER->WskSocketConnect(kit.npi.Client, type, protocol, (PSOCKADDR)from, (PSOCKADDR)to, flags, NULL, NULL, NULL, NULL, NULL,
                                                kit_irp()));
    made = (PWSK_SOCKET)kit.irp->IoStatus.Information;
    return status;
}

static NTSTATUS make(const SOCKADDR_IN *from, const SOCKADDR_IN *to)
{
    return make_with(SOCK_STREAM, IPPROTO_TCP, from, to, 0);
}

TEST(WSK_053, socket_connect_does_all)
{
    SOCKADDR_IN any = kit_v4(INADDR_ANY, 0), at;
    PWSK_SOCKET listener, a, b;
    WSK_BUF buf = kit_buf(NULL, 8);

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    REQUIRE(listener);
    CHECK_STATUS(make(&any, &at), STATUS_SUCCESS);
    REQUIRE(made);
    a = kit_keep(made);
    b = kit_accept(listener, NULL, NULL);
    REQUIRE(b);
    CHECK_STATUS(kit_send(a, "hello", 5), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(b, &buf, 0), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&buf), "hello", 5);
    CHECK_EQ(kit_local(a, KIT_CONN(a)->WskGetLocalAddress).sin_addr.s_addr, at.sin_addr.s_addr);
}

/* Nothing is left behind: the WskDeregister of the test's end would wait for a socket that is. */
TEST(WSK_053, socket_connect_fails_whole)
{
    SOCKADDR_IN any = kit_v4(INADDR_ANY, 0), foreign = kit_v4(0xC0000201, 0), at;
    PWSK_SOCKET listener;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    REQUIRE(listener);
    CHECK_STATUS(make(&foreign, &at), STATUS_INVALID_ADDRESS_COMPONENT);
    CHECK(!made);
    CHECK_STATUS(kit_close(listener), STATUS_SUCCESS);
    CHECK_STATUS(make(&any, &at), STATUS_CONNECTION_REFUSED);
    CHECK(!made);
}

TEST(WSK_071, socket_connect_parameters)
{
    SOCKADDR_IN any = kit_v4(INADDR_ANY, 0), at = kit_v4(INADDR_LOOPBACK, 0x0102), six = at;

    KIT_START();
    six.sin_family = AF_INET6;
    CHECK_STATUS(make_with(SOCK_STREAM, IPPROTO_TCP, &any, &at, 1), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(make(NULL, &at), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(make(&any, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(make(&any, &six), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(make(&any, &any), STATUS_INVALID_PARAMETER);
    CHECK(!NT_SUCCESS(make_with(SOCK_DGRAM, IPPROTO_UDP, &any, &at, 0)));
}

TEST(WSK_106, connect_ex_sends_its_copy_first)
{
    static UCHAR sent[60000];
    SOCKADDR_IN at;
    PWSK_SOCKET listener, a, b;
    WSK_BUF early, got;
    ULONG i;

    KIT_START();
    for (i = 0; i < sizeof(sent); i++)
        sent[i] = (UCHAR)(i * 7 + i / 256);
    listener = kit_listener(NULL, NULL, &at);
    a = kit_bound(NULL, NULL);
    REQUIRE(listener && a);
    early = kit_buf(sent, sizeof(sent));
    got = kit_buf(NULL, sizeof(sent) + 5);
    CHECK_STATUS(KIT(KIT_CONN(a)->WskConnectEx(a, (PSOCKADDR)&at, &early, 0, kit_irp())), STATUS_SUCCESS);
    RtlFillMemory(kit_bytes(&early), sizeof(sent), 0xEE); /* the client's again */
    CHECK_STATUS(kit_send(a, "after", 5), STATUS_SUCCESS);
    b = kit_accept(listener, NULL, NULL);
    REQUIRE(b);
    CHECK_STATUS(kit_receive(b, &got, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&got), sent, sizeof(sent));
    CHECK_MEM(kit_bytes(&got) + sizeof(sent), "after", 5);
}

TEST(WSK_106, connect_ex_parameters)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener, a, b;
    WSK_BUF big;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    a = kit_bound(NULL, NULL);
    REQUIRE(listener && a);
    big = kit_buf(NULL, 65536);
    CHECK_STATUS(KIT(KIT_CONN(a)->WskConnectEx(a, (PSOCKADDR)&at, NULL, 1, kit_irp())), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT(KIT_CONN(a)->WskConnectEx(a, (PSOCKADDR)&at, &big, 0, kit_irp())), STATUS_BUFFER_OVERFLOW);
    big.Length = 65535;
    CHECK_STATUS(KIT(KIT_CONN(a)->WskConnectEx(a, (PSOCKADDR)&at, &big, 0, kit_irp())), STATUS_SUCCESS);
    b = kit_accept(listener, NULL, NULL);
    REQUIRE(b);
    big.Length = 65535;
    CHECK_STATUS(kit_receive(b, &big, WSK_FLAG_WAITALL), STATUS_SUCCESS);
}

TEST(WSK_106, connect_ex_refused_and_without_data)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener, a, c;
    WSK_BUF buf;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    a = kit_bound(NULL, NULL);
    c = kit_bound(NULL, NULL);
    REQUIRE(listener && a && c);
    CHECK_STATUS(KIT(KIT_CONN(c)->WskConnectEx(c, (PSOCKADDR)&at, NULL, 0, kit_irp())), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_CONN(c)->WskConnectEx(c, (PSOCKADDR)&at, NULL, 0, kit_irp())), STATUS_CONNECTION_ACTIVE); /* WSK-115 */
    CHECK_STATUS(kit_close(listener), STATUS_SUCCESS);
    buf = kit_buf("x", 1);
    CHECK_STATUS(KIT(KIT_CONN(a)->WskConnectEx(a, (PSOCKADDR)&at, &buf, 0, kit_irp())), STATUS_CONNECTION_REFUSED);
}

/* At DISPATCH_LEVEL, so that on this processor the first cannot complete between the calls. */
TEST(WSK_115, second_connect)
{
    SOCKADDR_IN at, first_to, second_to;
    PWSK_SOCKET listener, s, b;
    PIRP first, second;
    NTSTATUS began, again;
    WSK_BUF in;
    KIRQL irql;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    s = kit_bound(NULL, NULL);
    REQUIRE(listener && s);
    in = kit_buf(NULL, 1);
    first = wkt_irp();
    second = wkt_irp();
    first_to = second_to = at;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    began = KIT_CONN(s)->WskConnect(s, (PSOCKADDR)&first_to, 0, first);
    again = KIT_CONN(s)->WskConnect(s, (PSOCKADDR)&second_to, 0, second);
    wkt_note("first completions when the second came back", (ULONG64)wkt_completions(first));
    KeLowerIrql(irql);
    CHECK_STATUS(again, STATUS_CONNECTION_ACTIVE);
    CHECK_STATUS(kit_done(again, second), STATUS_CONNECTION_ACTIVE);
    CHECK_STATUS(kit_done(began, first), STATUS_SUCCESS); /* the first goes on */
    CHECK_STATUS(kit_connect(s, &at), STATUS_CONNECTION_ACTIVE); /* connected */
    b = kit_accept(listener, NULL, NULL);
    REQUIRE(b);
    CHECK_STATUS(kit_send(s, "x", 1), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(b, &in, 0), STATUS_SUCCESS);
}

TODO_ROW(WSK_104, "waits for the verifier");
TODO_ROW(WSK_113, "silent mode is not there");
