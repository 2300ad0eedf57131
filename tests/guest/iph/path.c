/* Paths: of streams that are open, and of any destination when it is asked. */
#include "iph_kit.h"
#include "wsk/wsk_kit.h"

static MIB_IPPATH_ROW a_path(PCSTR to, PCWSTR alias)
{
    MIB_IPPATH_ROW row;

    RtlFillMemory(&row, sizeof(row), 0x55);
    row.Destination = kit_address(to);
    row.Source.si_family = AF_UNSPEC;
    row.InterfaceLuid = kit_luid(alias);
    return row;
}

static ULONG listed(ADDRESS_FAMILY family, PCSTR to)
{
    SOCKADDR_INET address = kit_address(to);
    PMIB_IPPATH_TABLE table;
    ULONG found = 0;
    NTSTATUS status = GetIpPathTable(family, &table);

    if (status == STATUS_NOT_FOUND) {
        CHECK_EQ(table, NULL);
        return 0;
    }
    if (!CHECK_STATUS(status, STATUS_SUCCESS))
        return 0;
    for (ULONG i = 0; i < table->NumEntries; i++) {
        if (!kit_same(&table->Table[i].Destination, &address))
            continue;
        found++;
        CHECK(table->Table[i].IsReachable && table->Table[i].PathMtu >= 576 && table->Table[i].InterfaceIndex == 1);
        CHECK(kit_same(&table->Table[i].CurrentNextHop, &address));
    }
    FreeMibTable(table);
    return found;
}

TEST_ROWS("IPH-061 IPH-063", open_streams_are_listed)
{
    struct kit_pair pair;
    NTSTATUS status;

    kit_luid(L"t0");
    CHECK_EQ(listed(AF_INET, "127.0.0.1"), 0);
    REQUIRE(kit_pair(&pair));
    CHECK_EQ(listed(AF_INET, "127.0.0.1"), 1); /* both ends are one path */
    CHECK_EQ(listed(AF_UNSPEC, "127.0.0.1"), 1);
    CHECK_EQ(listed(AF_INET6, "127.0.0.1"), 0);
    status = FlushIpPathTable(AF_UNSPEC);
    CHECK(status == STATUS_SUCCESS || status == STATUS_ACCESS_DENIED); /* Linux has no flush for root of a namespace */
    CHECK_STATUS(FlushIpPathTable(10), STATUS_INVALID_PARAMETER);
    CHECK_EQ(listed(AF_INET, "127.0.0.1"), 1); /* in use */
}

TEST(IPH_062, path_of_a_destination)
{
    static const PCSTR to[] = {"192.0.2.9", "2001:db8::9"}, from[] = {"192.0.2.1", "2001:db8::1"};

    for (ULONG i = 0; i < RTL_NUMBER_OF(to); i++) {
        MIB_IPPATH_ROW row = a_path(to[i], L"t0");
        SOCKADDR_INET source = kit_address(from[i]);

        row.Source.si_family = i ? row.Destination.si_family : AF_UNSPEC;
        REQUIRE(NT_SUCCESS(GetIpPathEntry(&row)));
        CHECK(kit_same(&row.Source, &source));
        CHECK(kit_same(&row.CurrentNextHop, &row.Destination)); /* on link */
        CHECK_EQ(row.PathMtu, 1500);
        CHECK_EQ(row.RttMean, 0);
        CHECK(row.InterfaceIndex > 1);
        CHECK(!row.IsReachable); /* nobody has answered */
    }
}

TEST(IPH_062, path_by_a_router)
{
    MIB_IPPATH_ROW row = a_path("198.51.100.9", L"t0");
    SOCKADDR_INET hop = kit_address("192.0.2.77");
    MIB_IPFORWARD_ROW2 route;

    CHECK_STATUS(GetIpPathEntry(&row), STATUS_NOT_FOUND);
    InitializeIpForwardEntry(&route);
    route.InterfaceLuid = row.InterfaceLuid;
    route.DestinationPrefix.Prefix = kit_address("198.51.100.0");
    route.DestinationPrefix.PrefixLength = 24;
    route.NextHop = hop;
    REQUIRE(NT_SUCCESS(CreateIpForwardEntry2(&route)));
    REQUIRE(NT_SUCCESS(GetIpPathEntry(&row)));
    CHECK(kit_same(&row.CurrentNextHop, &hop));
}

/* Linux takes what it has no route to for on-link when it is asked for one interface. */
TEST(IPH_052, no_route_on_the_interface)
{
    SOCKADDR_INET to = kit_address("198.51.100.9"), near_to = kit_address("192.0.2.9"), source;
    MIB_IPFORWARD_ROW2 route;
    NET_LUID luid = kit_luid(L"t0");

    CHECK_STATUS(GetBestRoute2(&luid, 0, NULL, &to, 0, &route, &source), STATUS_NETWORK_UNREACHABLE);
    CHECK_STATUS(GetBestRoute2(&luid, 0, NULL, &near_to, 0, &route, &source), STATUS_SUCCESS);
    CHECK_EQ(route.DestinationPrefix.PrefixLength, 24);
    luid = kit_luid(L"t1");
    CHECK_STATUS(GetBestRoute2(&luid, 0, NULL, &near_to, 0, &route, &source), STATUS_NETWORK_UNREACHABLE);
}

TEST(IPH_062, measured_on_a_stream)
{
    MIB_IPPATH_ROW row = a_path("127.0.0.1", L"lo");
    struct kit_pair pair;

    REQUIRE(kit_pair(&pair));
    REQUIRE(NT_SUCCESS(GetIpPathEntry(&row)));
    CHECK(row.IsReachable);
    CHECK(row.RttMean < 1000 && row.RttDeviation < 1000 && row.LastReachable < 60000);
    CHECK_EQ(row.InterfaceIndex, 1);
}

TEST_ROWS("IPH-010 IPH-061 IPH-062", bad_paths)
{
    MIB_IPPATH_ROW row = a_path("192.0.2.9", L"t0");
    PMIB_IPPATH_TABLE table = (PVOID)&row;

    CHECK_STATUS(GetIpPathEntry(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpPathTable(AF_INET, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpPathTable(10, &table), STATUS_INVALID_PARAMETER);
    CHECK_EQ(table, NULL);
    row.Source.si_family = AF_INET6;
    CHECK_STATUS(GetIpPathEntry(&row), STATUS_INVALID_PARAMETER);
    row = a_path("192.0.2.9", L"t0");
    row.Destination.si_family = AF_UNSPEC;
    CHECK_STATUS(GetIpPathEntry(&row), STATUS_INVALID_PARAMETER);
    row = a_path("192.0.2.9", L"t0");
    row.InterfaceLuid.Value = 0;
    row.InterfaceIndex = 0;
    CHECK_STATUS(GetIpPathEntry(&row), STATUS_INVALID_PARAMETER);
    row.InterfaceIndex = 7777;
    CHECK_STATUS(GetIpPathEntry(&row), STATUS_NOT_FOUND);
    row = a_path("192.0.2.9", L"t1"); /* the way there is another interface's */
    CHECK_STATUS(GetIpPathEntry(&row), STATUS_NOT_FOUND);
}
