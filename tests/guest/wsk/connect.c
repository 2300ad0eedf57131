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

TODO_ROW(WSK_106, "WskConnectEx is not there yet");
TODO_ROW(WSK_095, "security descriptors do not take part in sharing yet");
TODO_ROW(WSK_104, "waits for the verifier");
TODO_ROW(WSK_113, "silent mode is not there");
TODO_ROW(WSK_115, "a connect over loopback ends before a second one can come");
