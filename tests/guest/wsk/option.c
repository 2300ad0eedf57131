/* Options and I/O controls of sockets (WSK sections 5 and 10). */
#include "wsk_kit.h"

static void round_trip(PWSK_SOCKET s, ULONG level, ULONG option, ULONG value)
{
    ULONG got = 0x55555555;

    if (!CHECK_STATUS(kit_set(s, level, option, value), STATUS_SUCCESS) || !CHECK_STATUS(kit_get(s, level, option, &got), STATUS_SUCCESS) ||
        !CHECK_EQ(got, value))
        wkt_note("option", option);
    CHECK_EQ(kit.irp->IoStatus.Information, sizeof(got)); /* WSK-077 */
}

TEST_ROWS("WSK-189 WSK-077", keepalive)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_CONNECTION_SOCKET);
    BOOLEAN small = TRUE;
    UCHAR got[2] = {7, 7};

    REQUIRE(s);
    round_trip(s, SOL_SOCKET, SO_KEEPALIVE, 1);
    round_trip(s, SOL_SOCKET, SO_KEEPALIVE, 0);
    CHECK_STATUS(KIT(KIT_BASIC(s)->WskControlSocket(s, WskSetOption, SO_KEEPALIVE, SOL_SOCKET, 1, &small, 0, NULL, NULL, kit_irp())), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_BASIC(s)->WskControlSocket(s, WskGetOption, SO_KEEPALIVE, SOL_SOCKET, 0, NULL, 1, got, NULL, kit_irp())), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 1);
    CHECK(got[0] == 1 && got[1] == 7);
}

TEST(WSK_077, size_is_told_twice)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_CONNECTION_SOCKET);
    ULONG value;
    SIZE_T returned = 99;

    REQUIRE(s);
    CHECK_STATUS(KIT(KIT_BASIC(s)->WskControlSocket(s, WskGetOption, SO_KEEPALIVE, SOL_SOCKET, 0, NULL, sizeof(value), &value, &returned, kit_irp())),
                 STATUS_SUCCESS);
    CHECK_EQ(returned, sizeof(value));
}

TEST(WSK_190, buffer_sizes_are_as_set)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_CONNECTION_SOCKET);

    REQUIRE(s);
    round_trip(s, SOL_SOCKET, SO_RCVBUF, 100000);
    round_trip(s, SOL_SOCKET, SO_SNDBUF, 90000);
}

TEST(WSK_191, tcp_options)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_CONNECTION_SOCKET);

    REQUIRE(s);
    round_trip(s, IPPROTO_TCP, TCP_NODELAY, 1);
    round_trip(s, IPPROTO_TCP, TCP_KEEPIDLE, 30);
    round_trip(s, IPPROTO_TCP, TCP_KEEPCNT, 4);
    round_trip(s, IPPROTO_TCP, TCP_KEEPINTVL, 5);
    round_trip(s, IPPROTO_TCP, TCP_MAXRT, 20);
}

TEST(WSK_192, ip_options)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_DATAGRAM_SOCKET);

    REQUIRE(s);
    round_trip(s, IPPROTO_IP, IP_PKTINFO, 1);
    round_trip(s, IPPROTO_IP, IP_RECVTOS, 1);
    round_trip(s, IPPROTO_IP, IP_ECN, 1);
    round_trip(s, IPPROTO_IP, IP_HOPLIMIT, 1);
    round_trip(s, IPPROTO_IP, IP_DONTFRAGMENT, 1);
    round_trip(s, IPPROTO_IP, IP_TTL, 33);
    round_trip(s, IPPROTO_IP, IP_RECVERR, 1);
    CHECK(!NT_SUCCESS(kit_set(s, IPPROTO_IPV6, IPV6_PKTINFO, 1)));
}

TEST_ROWS("WSK-192 WSK-098", ipv6_options)
{
    PWSK_SOCKET s;
    ULONG only = 0;

    KIT_START();
    if (KIT(KIT_PROVIDER->WskSocket(kit.npi.Client, AF_INET6, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL, NULL, NULL, NULL,
                                    kit_irp())) != STATUS_SUCCESS) {
        wkt_skip("no IPv6");
        return;
    }
    s = kit_keep((PWSK_SOCKET)kit.irp->IoStatus.Information);
    CHECK_STATUS(kit_get(s, IPPROTO_IPV6, IPV6_V6ONLY, &only), STATUS_SUCCESS);
    CHECK_EQ(only, 1);
    CHECK(!NT_SUCCESS(kit_set(s, IPPROTO_IP, IP_PKTINFO, 1)));
    round_trip(s, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    CHECK_STATUS(kit_set(s, IPPROTO_IP, IP_PKTINFO, 1), STATUS_SUCCESS);
    round_trip(s, IPPROTO_IPV6, IPV6_PKTINFO, 1);
    round_trip(s, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
}

TEST(WSK_096, exclusive_and_reuse)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_DATAGRAM_SOCKET);
    ULONG value = 9;

    REQUIRE(s);
    CHECK_STATUS(kit_get(s, SOL_SOCKET, SO_REUSEADDR, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 0);
    round_trip(s, SOL_SOCKET, SO_REUSEADDR, 1);
    round_trip(s, SOL_SOCKET, SO_REUSEADDR, 0);
    round_trip(s, SOL_SOCKET, (ULONG)SO_EXCLUSIVEADDRUSE, 1);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_REUSEADDR, 1), STATUS_INVALID_PARAMETER); /* WSK-103 */
}

TEST(WSK_103, reuse_then_exclusive)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_DATAGRAM_SOCKET);

    REQUIRE(s);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_REUSEADDR, 1), STATUS_SUCCESS);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, (ULONG)SO_EXCLUSIVEADDRUSE, 1), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(WSK_102, reuse_after_bind, "WSK-102")
{
    PWSK_SOCKET s;
    ULONG value = 9;

    KIT_START();
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_REUSEADDR, 1), STATUS_INVALID_DEVICE_STATE);
    CHECK_STATUS(kit_get(s, SOL_SOCKET, SO_REUSEADDR, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 0);
}

TEST(WSK_193, other_socket_options)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_DATAGRAM_SOCKET);
    ULONG value = 0;

    REQUIRE(s);
    CHECK_STATUS(kit_get(s, SOL_SOCKET, SO_TYPE, &value), STATUS_SUCCESS);
    CHECK_EQ(value, SOCK_DGRAM);
    CHECK_STATUS(kit_get(s, SOL_SOCKET, SO_ERROR, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 0);
    round_trip(s, SOL_SOCKET, SO_COMPARTMENT_ID, 1);
    round_trip(s, SOL_SOCKET, SO_PORT_SCALABILITY, 1);
    round_trip(s, SOL_SOCKET, SO_REUSE_UNICASTPORT, 1);
}

TEST(WSK_194, unknown_options)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_DATAGRAM_SOCKET);
    ULONG value;

    REQUIRE(s);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, 0x7ABC, 1), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(kit_get(s, 0x1234, 1, &value), STATUS_INVALID_PARAMETER);
    CHECK_EQ(kit.irp->IoStatus.Information, 0);
}

TEST(WSK_202, option_buffers_too_small)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_CONNECTION_SOCKET);
    UCHAR two[2] = {1, 1};

    REQUIRE(s);
    CHECK(!NT_SUCCESS(KIT(KIT_BASIC(s)->WskControlSocket(s, WskSetOption, SO_RCVBUF, SOL_SOCKET, 2, two, 0, NULL, NULL, kit_irp()))));
    CHECK(!NT_SUCCESS(KIT(KIT_BASIC(s)->WskControlSocket(s, WskGetOption, SO_RCVBUF, SOL_SOCKET, 0, NULL, 0, NULL, NULL, kit_irp()))));
}

TEST(WSK_099, address_list)
{
    SOCKET_ADDRESS_LIST *list;
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_BASIC_SOCKET);
    SIZE_T need = 0;
    INT i, loopback = 0;

    REQUIRE(s);
    CHECK_STATUS(KIT_BASIC(s)->WskControlSocket(s, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL, 0, NULL, &need, NULL), STATUS_BUFFER_OVERFLOW);
    CHECK(need >= sizeof(*list));
    list = wkt_alloc(need);
    CHECK_STATUS(KIT_BASIC(s)->WskControlSocket(s, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL, need, list, &need, NULL), STATUS_SUCCESS);
    for (i = 0; i < list->iAddressCount; i++) {
        CHECK_EQ(list->Address[i].lpSockaddr->sa_family, AF_INET);
        CHECK_EQ(list->Address[i].iSockaddrLength, 16);
        loopback += ((PSOCKADDR_IN)list->Address[i].lpSockaddr)->sin_addr.s_addr == 0x0100007F;
    }
    wkt_note("addresses", (ULONG64)list->iAddressCount);
    CHECK(loopback <= 1);
}

TEST(WSK_154, backlogs)
{
    struct kit_pair p;
    SIZE_T ideal = 0, waiting = 99;

    REQUIRE(kit_pair(&p));
    CHECK_STATUS(kit_ioctl(p.a, SIO_WSK_QUERY_IDEAL_SEND_BACKLOG, 0, NULL, sizeof(ideal), &ideal, NULL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, sizeof(ideal));
    CHECK(ideal > 0);
    CHECK_STATUS(kit_send(p.a, "12345", 5), STATUS_SUCCESS);
    CHECK_STATUS(kit_ioctl(p.b, SIO_WSK_QUERY_RECEIVE_BACKLOG, 0, NULL, sizeof(waiting), &waiting, NULL), STATUS_SUCCESS);
    CHECK_EQ(waiting, 5);
}

TEST(WSK_195, no_extension_exists)
{
    WSK_EXTENSION_CONTROL_IN in = {&NPI_WSK_INTERFACE_ID, NULL, NULL};
    WSK_EXTENSION_CONTROL_OUT out;
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_BASIC_SOCKET);

    REQUIRE(s);
    CHECK_STATUS(KIT_BASIC(s)->WskControlSocket(s, WskIoctl, SIO_WSK_REGISTER_EXTENSION, 0, sizeof(in), &in, sizeof(out), &out, NULL, NULL),
                 STATUS_NOT_SUPPORTED);
}

TEST(WSK_196, loopback_fast_path)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_CONNECTION_SOCKET);
    BOOLEAN on = TRUE;
    ULONG wrong = 1;

    REQUIRE(s);
    CHECK_STATUS(kit_ioctl(s, SIO_LOOPBACK_FAST_PATH, sizeof(on), &on, 0, NULL, NULL), STATUS_SUCCESS);
    CHECK_STATUS(kit_ioctl(s, SIO_LOOPBACK_FAST_PATH, sizeof(wrong), &wrong, 0, NULL, NULL), STATUS_INVALID_BUFFER_SIZE);
}

TEST(WSK_132, no_inspect_id_here)
{
    WSK_INSPECT_ID id;
    struct kit_pair p;

    REQUIRE(kit_pair(&p));
    CHECK_STATUS(KIT_BASIC(p.b)->WskControlSocket(p.b, WskIoctl, SIO_WSK_QUERY_INSPECT_ID, 0, 0, NULL, sizeof(id), &id, NULL, NULL),
                 STATUS_INVALID_DEVICE_REQUEST);
}

TEST(WSK_198, rss_of_a_basic_socket)
{
    RSS_SCALABILITY_INFO info = {7};
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_BASIC_SOCKET);

    REQUIRE(s);
    CHECK_STATUS(kit_ioctl(s, SIO_QUERY_RSS_SCALABILITY_INFO, 0, NULL, sizeof(info), &info, NULL), STATUS_SUCCESS);
    CHECK(info.RssEnabled == FALSE || info.RssEnabled == TRUE);
}

TODO_ROW(WSK_197, "waits for wfp");
