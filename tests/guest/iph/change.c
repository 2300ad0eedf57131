/* Addresses and routes, made, changed and taken away; the best route. */
#include "iph_kit.h"

static MIB_UNICASTIPADDRESS_ROW an_address(PCSTR text)
{
    MIB_UNICASTIPADDRESS_ROW row;

    InitializeUnicastIpAddressEntry(&row);
    row.Address = kit_address(text);
    row.InterfaceLuid = kit_luid(L"t0");
    return row;
}

static MIB_IPFORWARD_ROW2 a_route(PCSTR to, UINT8 length, PCSTR by)
{
    MIB_IPFORWARD_ROW2 row;

    InitializeIpForwardEntry(&row);
    row.InterfaceLuid = kit_luid(L"t0");
    row.DestinationPrefix.Prefix = kit_address(to);
    row.DestinationPrefix.PrefixLength = length;
    row.NextHop = kit_address(by);
    return row;
}

TEST_ROWS("IPH-006 IPH-034 IPH-037 IPH-038", address_comes_and_goes)
{
    MIB_UNICASTIPADDRESS_ROW row = an_address("198.51.100.7"), got;

    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    CHECK_STATUS(CreateUnicastIpAddressEntry(&row), STATUS_DUPLICATE_OBJECTID);
    got = row;
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressEntry(&got)));
    CHECK_EQ(got.OnLinkPrefixLength, 32); /* 255 */
    CHECK_EQ(got.PrefixOrigin, IpPrefixOriginManual);
    row.OnLinkPrefixLength = 24;
    CHECK_STATUS(CreateUnicastIpAddressEntry(&row), STATUS_DUPLICATE_OBJECTID);
    REQUIRE(NT_SUCCESS(SetUnicastIpAddressEntry(&row)));
    got = row;
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressEntry(&got)));
    CHECK_EQ(got.OnLinkPrefixLength, 24);
    REQUIRE(NT_SUCCESS(DeleteUnicastIpAddressEntry(&row)));
    CHECK_STATUS(DeleteUnicastIpAddressEntry(&row), STATUS_NOT_FOUND);
    CHECK_STATUS(SetUnicastIpAddressEntry(&row), STATUS_NOT_FOUND);
}

TEST(IPH_034, v6_address)
{
    MIB_UNICASTIPADDRESS_ROW row = an_address("2001:db8:1::5"), got;

    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    got = row;
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressEntry(&got)));
    CHECK_EQ(got.OnLinkPrefixLength, 128);
    CHECK(NT_SUCCESS(DeleteUnicastIpAddressEntry(&row)));
}

TEST_ROWS("IPH-034 IPH-036 IPH-096 IPH-097", bad_addresses_change_nothing)
{
    static const PCSTR no_unicast[] = {"224.0.0.5", "255.255.255.255", "0.0.0.0", "ff02::1", "::"};
    MIB_UNICASTIPADDRESS_ROW row = an_address("198.51.100.8"), bad;
    PMIB_UNICASTIPADDRESS_TABLE before, after;

    REQUIRE(NT_SUCCESS(GetUnicastIpAddressTable(AF_UNSPEC, &before)));
    for (ULONG i = 0; i < RTL_NUMBER_OF(no_unicast); i++) {
        bad = an_address(no_unicast[i]);
        CHECK_STATUS(CreateUnicastIpAddressEntry(&bad), STATUS_INVALID_PARAMETER);
    }
    bad = an_address("127.0.0.9"); /* not on the loopback interface */
    CHECK_STATUS(CreateUnicastIpAddressEntry(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.ValidLifetime = 10;
    bad.PreferredLifetime = 11;
    CHECK_STATUS(CreateUnicastIpAddressEntry(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.PrefixOrigin = IpPrefixOriginManual; /* one of the two unchanged */
    CHECK_STATUS(CreateUnicastIpAddressEntry(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.PrefixOrigin = (NL_PREFIX_ORIGIN)9;
    bad.SuffixOrigin = IpSuffixOriginManual;
    CHECK_STATUS(CreateUnicastIpAddressEntry(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.OnLinkPrefixLength = 33;
    CHECK_STATUS(CreateUnicastIpAddressEntry(&bad), STATUS_INVALID_PARAMETER);
    InitializeUnicastIpAddressEntry(&bad);
    CHECK_STATUS(CreateUnicastIpAddressEntry(&bad), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(CreateUnicastIpAddressEntry(NULL), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.InterfaceLuid.Value = 0;
    bad.InterfaceIndex = 7777;
    CHECK_STATUS(CreateUnicastIpAddressEntry(&bad), STATUS_NOT_FOUND);
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressTable(AF_UNSPEC, &after)));
    CHECK_EQ(before->NumEntries, after->NumEntries);
    FreeMibTable(before);
    FreeMibTable(after);
}

TEST_ROWS("IPH-047 IPH-049 IPH-050", route_comes_and_goes)
{
    MIB_IPFORWARD_ROW2 row = a_route("203.0.113.77", 24, "192.0.2.9"), got; /* host bits: IPH-048 */
    SOCKADDR_INET net = kit_address("203.0.113.0");

    REQUIRE(NT_SUCCESS(CreateIpForwardEntry2(&row)));
    CHECK_STATUS(CreateIpForwardEntry2(&row), STATUS_DUPLICATE_OBJECTID);
    row.DestinationPrefix.Prefix = net;
    got = row;
    REQUIRE(NT_SUCCESS(GetIpForwardEntry2(&got)));
    CHECK_EQ(got.Metric, 0);
    CHECK_EQ(got.Protocol, RouteProtocolNetMgmt);
    CHECK(kit_same(&got.NextHop, &row.NextHop));
    row.Metric = 70;
    REQUIRE(NT_SUCCESS(SetIpForwardEntry2(&row)));
    got = row;
    got.Metric = 0;
    REQUIRE(NT_SUCCESS(GetIpForwardEntry2(&got)));
    CHECK_EQ(got.Metric, 70);
    REQUIRE(NT_SUCCESS(DeleteIpForwardEntry2(&row)));
    CHECK_STATUS(DeleteIpForwardEntry2(&row), STATUS_NOT_FOUND);
    CHECK_STATUS(SetIpForwardEntry2(&row), STATUS_NOT_FOUND);
    CHECK_STATUS(GetIpForwardEntry2(&got), STATUS_NOT_FOUND);
}

TEST_ROWS("IPH-047 IPH-050", one_prefix_by_two_routers)
{
    static const struct {
        PCSTR to;
        UINT8 length;
        PCSTR by[2];
    } cases[] = {{"203.0.113.0", 24, {"192.0.2.9", "192.0.2.10"}}, {"2001:db8:5::", 48, {"2001:db8::9", "2001:db8::10"}}};

    for (ULONG i = 0; i < RTL_NUMBER_OF(cases); i++) {
        MIB_IPFORWARD_ROW2 a = a_route(cases[i].to, cases[i].length, cases[i].by[0]), b = a_route(cases[i].to, cases[i].length, cases[i].by[1]), got;

        REQUIRE(NT_SUCCESS(CreateIpForwardEntry2(&a)));
        CHECK_STATUS(CreateIpForwardEntry2(&b), STATUS_SUCCESS);
        CHECK_STATUS(CreateIpForwardEntry2(&b), STATUS_DUPLICATE_OBJECTID);
        CHECK_STATUS(DeleteIpForwardEntry2(&a), STATUS_SUCCESS);
        got = b;
        CHECK_STATUS(GetIpForwardEntry2(&got), STATUS_SUCCESS);
        got = a;
        CHECK_STATUS(GetIpForwardEntry2(&got), STATUS_NOT_FOUND);
        CHECK_STATUS(DeleteIpForwardEntry2(&b), STATUS_SUCCESS);
    }
}

TEST(IPH_013, rows_of_garbage_are_refused)
{
    for (ULONG fill = 0x11; fill <= 0xFF; fill += 0x11) {
        MIB_UNICASTIPADDRESS_ROW address;
        MIB_IPFORWARD_ROW2 route;
        MIB_IPINTERFACE_ROW ip;
        MIB_IPNET_ROW2 neighbour;
        MIB_IF_ROW2 row;

        RtlFillMemory(&address, sizeof(address), fill);
        RtlFillMemory(&route, sizeof(route), fill);
        RtlFillMemory(&ip, sizeof(ip), fill);
        RtlFillMemory(&neighbour, sizeof(neighbour), fill);
        RtlFillMemory(&row, sizeof(row), fill);
        CHECK_STATUS(GetUnicastIpAddressEntry(&address), STATUS_INVALID_PARAMETER);
        CHECK_STATUS(CreateUnicastIpAddressEntry(&address), STATUS_INVALID_PARAMETER);
        CHECK_STATUS(DeleteIpForwardEntry2(&route), STATUS_INVALID_PARAMETER);
        CHECK_STATUS(CreateIpForwardEntry2(&route), STATUS_INVALID_PARAMETER);
        CHECK_STATUS(SetIpInterfaceEntry(&ip), STATUS_INVALID_PARAMETER);
        CHECK_STATUS(GetIpNetEntry2(&neighbour), STATUS_INVALID_PARAMETER);
        CHECK_STATUS(GetIfEntry2(&row), STATUS_NOT_FOUND);
    }
}

TEST_ROWS("IPH-048 IPH-100", bad_routes)
{
    MIB_IPFORWARD_ROW2 row = a_route("203.0.113.0", 24, "192.0.2.9"), bad;

    bad = row;
    bad.ValidLifetime = 1;
    CHECK_STATUS(CreateIpForwardEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.SitePrefixLength = 25;
    CHECK_STATUS(CreateIpForwardEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.DestinationPrefix.PrefixLength = 33;
    CHECK_STATUS(CreateIpForwardEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.NextHop = kit_address("2001:db8::9");
    CHECK_STATUS(CreateIpForwardEntry2(&bad), STATUS_INVALID_PARAMETER);
    InitializeIpForwardEntry(&bad);
    CHECK_STATUS(CreateIpForwardEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad = a_route("192.0.2.0", 24, "0.0.0.0"); /* the kernel's */
    CHECK_STATUS(DeleteIpForwardEntry2(&bad), STATUS_ACCESS_DENIED);
}

TEST_ROWS("IPH-052 IPH-053", best_route)
{
    SOCKADDR_INET to = kit_address("192.0.2.200"), own = kit_address("192.0.2.1"), zero = kit_address("0.0.0.0"), source;
    SOCKADDR_INET far = kit_address("203.0.113.5"), by = kit_address("192.0.2.9"), no = {0};
    NET_LUID luid = kit_luid(L"t0");
    MIB_IPFORWARD_ROW2 row = a_route("203.0.113.0", 24, "192.0.2.9"), best;

    REQUIRE(NT_SUCCESS(GetBestRoute2(&luid, 0, NULL, &to, 0, &best, &source)));
    CHECK(kit_same(&best.NextHop, &zero));
    CHECK_EQ(best.DestinationPrefix.PrefixLength, 24);
    CHECK(kit_same(&source, &own));
    CHECK_EQ(best.InterfaceLuid.Value, luid.Value);
    CHECK_STATUS(GetBestRoute2(NULL, 0, NULL, &far, 0, &best, &source), STATUS_NETWORK_UNREACHABLE);
    REQUIRE(NT_SUCCESS(CreateIpForwardEntry2(&row)));
    REQUIRE(NT_SUCCESS(GetBestRoute2(NULL, 0, &own, &far, 0, &best, &source)));
    CHECK(kit_same(&best.NextHop, &by) && kit_same(&source, &own));
    CHECK_STATUS(GetBestRoute2(NULL, 0, &far, &to, 0, &best, &source), STATUS_NOT_FOUND); /* not our address */
    CHECK_STATUS(GetBestRoute2(NULL, 7777, NULL, &to, 0, &best, &source), STATUS_NOT_FOUND);
    CHECK_STATUS(GetBestRoute2(NULL, 0, NULL, NULL, 0, &best, &source), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetBestRoute2(NULL, 0, NULL, &to, 0, NULL, &source), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetBestRoute2(NULL, 0, NULL, &to, 0, &best, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetBestRoute2(NULL, 0, NULL, &no, 0, &best, &source), STATUS_INVALID_PARAMETER);
}
