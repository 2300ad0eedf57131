/* WskControlClient (WSK section 3). */
#include "wsk_kit.h"

static NTSTATUS control(ULONG code, SIZE_T in_bytes, PVOID in, SIZE_T out_bytes, PVOID out, SIZE_T *returned)
{
    return KIT_PROVIDER->WskControlClient(kit.npi.Client, code, in_bytes, in, out_bytes, out, returned, NULL);
}

TEST_ROWS("WSK-055 WSK-054", transport_list)
{
    WSK_TRANSPORT *list;
    SIZE_T bytes = 0, i;
    ULONG seen = 0;

    KIT_START();
    CHECK_STATUS(control(WSK_TRANSPORT_LIST_QUERY, 0, NULL, 0, NULL, &bytes), STATUS_BUFFER_OVERFLOW);
    REQUIRE(bytes >= 6 * sizeof(*list));
    CHECK_EQ(bytes % 28, 0);
    list = wkt_alloc(bytes);
    CHECK_STATUS(control(WSK_TRANSPORT_LIST_QUERY, 0, NULL, bytes, list, &bytes), STATUS_SUCCESS); /* the size variable is both */
    for (i = 0; i < bytes / sizeof(*list); i++) {
        ULONG six = list[i].AddressFamily == AF_INET6 ? 8 : 0;

        if (list[i].SocketType == SOCK_STREAM && list[i].Protocol == IPPROTO_TCP)
            seen |= 1ul << six;
        if (list[i].SocketType == SOCK_DGRAM && list[i].Protocol == IPPROTO_UDP)
            seen |= 2ul << six;
        if (list[i].SocketType == SOCK_RAW)
            seen |= 4ul << six;
    }
    CHECK_EQ(seen, 0x0707);
}

static volatile LONG calls;
static NTSTATUS WSKAPI on_receive_from(PVOID context, ULONG flags, PWSK_DATAGRAM_INDICATION list)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(flags);
    if (list)
        InterlockedIncrement(&calls);
    return STATUS_SUCCESS;
}

TEST(WSK_060, static_event_callbacks)
{
    static const WSK_CLIENT_DATAGRAM_DISPATCH dispatch = {on_receive_from};
    WSK_EVENT_CALLBACK_CONTROL events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_RECEIVE_FROM | WSK_EVENT_ACCEPT};
    PWSK_SOCKET a, b;
    SOCKADDR_IN at;
    WSK_BUF buf;

    calls = 0;
    KIT_START();
    CHECK_STATUS(control(WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(events), &events, 0, NULL, NULL), STATUS_SUCCESS);
    a = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    b = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, &dispatch);
    REQUIRE(a && b);
    buf = kit_buf("x", 1);
    CHECK_STATUS(kit_bind_with(a, KIT_DATAGRAM(a)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS);
    CHECK_STATUS(kit_bind_with(b, KIT_DATAGRAM(b)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS);
    at = kit_local(b, KIT_DATAGRAM(b)->WskGetLocalAddress);
    CHECK_STATUS(KIT(KIT_DATAGRAM(a)->WskSendTo(a, &buf, 0, (PSOCKADDR)&at, 0, NULL, kit_irp())), STATUS_SUCCESS);
    CHECK(wkt_until(&calls, 1));
    CHECK_STATUS(kit_events(b, WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE), STATUS_INVALID_PARAMETER); /* WSK-201 */
}

TEST(WSK_061, tdi_behavior)
{
    ULONG bypass = WSK_TDI_BEHAVIOR_BYPASS_TDI;

    KIT_START();
    CHECK_STATUS(control(WSK_TDI_BEHAVIOR, sizeof(bypass), &bypass, 0, NULL, NULL), STATUS_SUCCESS);
}

TEST(WSK_072, unknown_code)
{
    KIT_START();
    CHECK_STATUS(control(0x7777, 0, NULL, 0, NULL, NULL), STATUS_NOT_SUPPORTED);
}

TEST(WSK_073, irp_where_none_belongs)
{
    SIZE_T bytes = 0;

    KIT_START();
    CHECK_STATUS(KIT(KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_TRANSPORT_LIST_QUERY, 0, NULL, 0, NULL, &bytes, kit_irp())),
                 STATUS_INVALID_PARAMETER);
}

TEST_FINDING(WSK_074, static_callbacks_after_a_socket, "WSK-074")
{
    WSK_EVENT_CALLBACK_CONTROL events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_RECEIVE_FROM};

    KIT_START();
    REQUIRE(kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL));
    CHECK_STATUS(control(WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(events), &events, 0, NULL, NULL), STATUS_INVALID_DEVICE_STATE);
}

