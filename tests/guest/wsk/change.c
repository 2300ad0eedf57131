/* Requests that wait for a change, of the transports (WSK-056) and of a family's addresses (WSK-100); TDI maps (WSK-059). The runner gives
 * these tests a network namespace with a pair of interfaces, t0 and t1. */
#include "wsk_kit.h"
#include <netioapi.h>

#define MANY 70 /* addresses: more than one would make room for by guess */

static NTSTATUS transport_change(PIRP irp)
{
    return KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_TRANSPORT_LIST_CHANGE, 0, NULL, 0, NULL, NULL, irp);
}

static NTSTATUS address_change(PWSK_SOCKET s, PIRP irp)
{
    return KIT_BASIC(s)->WskControlSocket(s, WskIoctl, SIO_ADDRESS_LIST_CHANGE, 0, 0, NULL, 0, NULL, NULL, irp);
}

/* 198.51.100.`last` on t0. */
static MIB_UNICASTIPADDRESS_ROW an_address(UCHAR last)
{
    MIB_UNICASTIPADDRESS_ROW row;
    NET_LUID luid;

    if (!NT_SUCCESS(ConvertInterfaceAliasToLuid(L"t0", &luid)))
        wkt_skip("no network namespace with t0 and t1 could be made");
    InitializeUnicastIpAddressEntry(&row);
    row.Address.Ipv4.sin_family = AF_INET;
    row.Address.Ipv4.sin_addr.s_addr = RtlUlongByteSwap(0xC6336400u + last);
    row.InterfaceLuid = luid;
    return row;
}

static SOCKET_ADDRESS_LIST *addresses(PWSK_SOCKET s)
{
    SOCKET_ADDRESS_LIST *list;
    SIZE_T need = 0;

    CHECK_STATUS(KIT_BASIC(s)->WskControlSocket(s, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL, 0, NULL, &need, NULL), STATUS_BUFFER_OVERFLOW);
    list = wkt_alloc(need);
    CHECK_STATUS(KIT_BASIC(s)->WskControlSocket(s, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL, need, list, &need, NULL), STATUS_SUCCESS);
    return list;
}

static INT count_of(PWSK_SOCKET s, UCHAR last)
{
    SOCKET_ADDRESS_LIST *list = addresses(s);
    INT i, found = 0;

    for (i = 0; i < list->iAddressCount; i++)
        found += ((PSOCKADDR_IN)list->Address[i].lpSockaddr)->sin_addr.s_addr == RtlUlongByteSwap(0xC6336400u + last);
    return found;
}

TEST(WSK_056, pends_until_it_is_cancelled)
{
    PIRP irp, late;

    KIT_START();
    irp = wkt_irp();
    CHECK_STATUS(transport_change(irp), STATUS_PENDING);
    CHECK_EQ(wkt_completions(irp), 0);
    CHECK(IoCancelIrp(irp));
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_CANCELLED);
    CHECK(wkt_pending_returned(irp));
    CHECK_EQ(wkt_completions(irp), 1);

    late = wkt_irp(); /* cancelled before it comes */
    IoCancelIrp(late);
    CHECK_STATUS(transport_change(late), STATUS_PENDING);
    CHECK_STATUS(wkt_irp_wait(late), STATUS_CANCELLED);
    CHECK_STATUS(transport_change(NULL), STATUS_INVALID_PARAMETER); /* WSK-073 */
}

TEST_ROWS("WSK-056 WSK-010", deregistering_cancels)
{
    static const WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
    WSK_CLIENT_NPI client = {NULL, &dispatch};
    WSK_REGISTRATION registration;
    WSK_PROVIDER_NPI npi;
    PIRP irps[3];
    int i;

    REQUIRE(NT_SUCCESS(WskRegister(&client, &registration)));
    REQUIRE(NT_SUCCESS(WskCaptureProviderNPI(&registration, WSK_INFINITE_WAIT, &npi)));
    for (i = 0; i < 3; i++) {
        irps[i] = wkt_irp();
        CHECK_STATUS(npi.Dispatch->WskControlClient(npi.Client, WSK_TRANSPORT_LIST_CHANGE, 0, NULL, 0, NULL, NULL, irps[i]), STATUS_PENDING);
    }
    WskReleaseProviderNPI(&registration);
    WskDeregister(&registration); /* does not wait for what nobody would complete */
    for (i = 0; i < 3; i++) {
        CHECK_EQ(wkt_completions(irps[i]), 1);
        CHECK_STATUS(irps[i]->IoStatus.Status, STATUS_CANCELLED);
    }
}

TEST(WSK_100, an_address_comes_and_goes)
{
    MIB_UNICASTIPADDRESS_ROW row;
    PIRP first, second, other;
    PWSK_SOCKET s, six;

    KIT_START();
    row = an_address(7);
    s = kit_socket(AF_INET, WSK_FLAG_BASIC_SOCKET, NULL, NULL); /* any category, not bound */
    six = kit_socket(AF_INET6, WSK_FLAG_BASIC_SOCKET, NULL, NULL);
    REQUIRE(s && six);
    first = wkt_irp();
    second = wkt_irp();
    other = wkt_irp();
    CHECK_STATUS(address_change(s, first), STATUS_PENDING);
    CHECK_STATUS(address_change(s, second), STATUS_PENDING);
    CHECK_STATUS(address_change(six, other), STATUS_PENDING);
    CHECK_EQ(wkt_completions(first), 0);
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    CHECK_STATUS(wkt_irp_wait(first), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(second), STATUS_SUCCESS);
    CHECK(wkt_pending_returned(first));
    CHECK_EQ(first->IoStatus.Information, 0);
    CHECK_EQ(count_of(s, 7), 1);

    wkt_irp_reuse(first);
    CHECK_STATUS(address_change(s, first), STATUS_PENDING);
    REQUIRE(NT_SUCCESS(DeleteUnicastIpAddressEntry(&row)));
    CHECK_STATUS(wkt_irp_wait(first), STATUS_SUCCESS);
    CHECK_EQ(count_of(s, 7), 0);

    CHECK_EQ(wkt_completions(other), 0); /* not its family */
    IoCancelIrp(other);
    CHECK_STATUS(wkt_irp_wait(other), STATUS_CANCELLED);
}

TEST_ROWS("WSK-100 WSK-079", the_close_cancels)
{
    PWSK_SOCKET s;
    PIRP irp;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(s);
    irp = wkt_irp();
    CHECK_STATUS(address_change(s, irp), STATUS_PENDING);
    CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
    CHECK_EQ(wkt_completions(irp), 1); /* before the close */
    CHECK_STATUS(irp->IoStatus.Status, STATUS_CANCELLED);
}

TEST_ROWS("WSK-078 WSK-100", a_wait_needs_an_irp)
{
    PWSK_SOCKET s = kit_only_socket(WSK_FLAG_BASIC_SOCKET);

    REQUIRE(s);
    CHECK_STATUS(address_change(s, NULL), STATUS_REQUEST_NOT_ACCEPTED);
}

/* What changed while nobody waited is not told to who comes later. */
TEST(WSK_100, only_changes_after_the_call)
{
    MIB_UNICASTIPADDRESS_ROW row, next;
    PWSK_SOCKET s;
    PIRP irp;

    KIT_START();
    row = an_address(8);
    next = an_address(9);
    s = kit_socket(AF_INET, WSK_FLAG_BASIC_SOCKET, NULL, NULL);
    REQUIRE(s);
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    irp = wkt_irp();
    CHECK_STATUS(address_change(s, irp), STATUS_PENDING);
    CHECK_EQ(count_of(s, 8), 1);
    CHECK_EQ(wkt_completions(irp), 0);
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&next)));
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
}

TEST(WSK_099, a_list_of_any_length)
{
    SOCKET_ADDRESS_LIST *list;
    PWSK_SOCKET s;
    INT before;
    UCHAR i;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_BASIC_SOCKET, NULL, NULL);
    REQUIRE(s);
    before = addresses(s)->iAddressCount;
    for (i = 1; i <= MANY; i++) {
        MIB_UNICASTIPADDRESS_ROW row = an_address(i);

        REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    }
    list = addresses(s);
    CHECK_EQ(list->iAddressCount, before + MANY);
    for (i = 1; i <= MANY; i += 23)
        CHECK_EQ(count_of(s, i), 1);
}

TEST(WSK_059, maps_are_checked_and_without_effect)
{
    WSK_TDI_MAP map[2] = {{SOCK_STREAM, AF_INET, IPPROTO_TCP, L"\\Device\\Tcp"}, {SOCK_DGRAM, AF_INET, IPPROTO_UDP, NULL}};
    WSK_TDI_MAP_INFO info = {2, map};

    KIT_START();
#define MAP(bytes, in) KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_TDI_DEVICENAME_MAPPING, bytes, in, 0, NULL, NULL, NULL)
    CHECK_STATUS(MAP(sizeof(info), &info), STATUS_INVALID_PARAMETER); /* one has no name */
    map[1].TdiDeviceName = L"\\Device\\Udp";
    CHECK_STATUS(MAP(sizeof(info) - 1, &info), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(MAP(0, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(MAP(sizeof(info), &info), STATUS_SUCCESS);
    info.Map = NULL;
    CHECK_STATUS(MAP(sizeof(info), &info), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT(KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_TDI_DEVICENAME_MAPPING, sizeof(info), &info, 0, NULL, NULL, kit_irp())),
                 STATUS_INVALID_PARAMETER); /* WSK-073 */
    CHECK(kit_socket(AF_INET, WSK_FLAG_CONNECTION_SOCKET, NULL, NULL)); /* the native transport goes first */
}

TEST_FINDING(WSK_059, maps_after_a_socket, "WSK-074")
{
    WSK_TDI_MAP_INFO info = {0, NULL};

    KIT_START();
    REQUIRE(kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL));
    CHECK_STATUS(MAP(sizeof(info), &info), STATUS_INVALID_DEVICE_STATE);
}
