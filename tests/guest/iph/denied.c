/* Changes without privilege: the runner takes it away (tests/guest/runner.c). Reading goes on. */
#include "iph_kit.h"

TEST_ROWS("IPH-009", addresses_are_read_only)
{
    MIB_UNICASTIPADDRESS_ROW row, got;

    InitializeUnicastIpAddressEntry(&row);
    row.InterfaceLuid = kit_luid(L"t0");
    row.Address = kit_address("198.51.100.7");
    CHECK_STATUS(CreateUnicastIpAddressEntry(&row), STATUS_ACCESS_DENIED);
    CHECK_STATUS(DeleteUnicastIpAddressEntry(&row), STATUS_NOT_FOUND);
    got = row;
    CHECK_STATUS(GetUnicastIpAddressEntry(&got), STATUS_NOT_FOUND);
    row.Address = kit_address("192.0.2.1");
    row.OnLinkPrefixLength = 24;
    CHECK_STATUS(CreateUnicastIpAddressEntry(&row), STATUS_DUPLICATE_OBJECTID);
    CHECK_STATUS(SetUnicastIpAddressEntry(&row), STATUS_ACCESS_DENIED);
    row.OnLinkPrefixLength = 25;
    CHECK_STATUS(SetUnicastIpAddressEntry(&row), STATUS_ACCESS_DENIED);
    CHECK_STATUS(DeleteUnicastIpAddressEntry(&row), STATUS_ACCESS_DENIED);
    got = row;
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressEntry(&got)));
    CHECK_EQ(got.OnLinkPrefixLength, 24);
}

TEST_ROWS("IPH-009", v6_addresses_are_read_only)
{
    MIB_UNICASTIPADDRESS_ROW row, got;

    InitializeUnicastIpAddressEntry(&row);
    row.InterfaceLuid = kit_luid(L"t0");
    row.Address = kit_address("2001:db8::1");
    row.OnLinkPrefixLength = 65;
    CHECK_STATUS(SetUnicastIpAddressEntry(&row), STATUS_ACCESS_DENIED);
    CHECK_STATUS(DeleteUnicastIpAddressEntry(&row), STATUS_ACCESS_DENIED);
    got = row;
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressEntry(&got)));
    CHECK_EQ(got.OnLinkPrefixLength, 64);
}

TEST_ROWS("IPH-009", routes_are_read_only)
{
    MIB_IPFORWARD_ROW2 row;

    InitializeIpForwardEntry(&row);
    row.InterfaceLuid = kit_luid(L"t0");
    row.DestinationPrefix.Prefix = kit_address("203.0.113.0");
    row.DestinationPrefix.PrefixLength = 24;
    row.NextHop = kit_address("192.0.2.9");
    CHECK_STATUS(CreateIpForwardEntry2(&row), STATUS_ACCESS_DENIED);
    CHECK_STATUS(SetIpForwardEntry2(&row), STATUS_NOT_FOUND);
    row.DestinationPrefix.Prefix = kit_address("192.0.2.0");
    row.NextHop = kit_address("0.0.0.0");
    row.Metric = 9;
    CHECK_STATUS(SetIpForwardEntry2(&row), STATUS_ACCESS_DENIED);
}

TEST_ROWS("IPH-009", interfaces_and_neighbours_are_read_only)
{
    MIB_IPINTERFACE_ROW row;
    MIB_IPNET_ROW2 neighbour;

    InitializeIpInterfaceEntry(&row);
    row.Family = AF_INET;
    row.InterfaceLuid = kit_luid(L"t0");
    REQUIRE(NT_SUCCESS(GetIpInterfaceEntry(&row)));
    row.NlMtu = 1400;
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_ACCESS_DENIED);
    REQUIRE(NT_SUCCESS(GetIpInterfaceEntry(&row)));
    CHECK_EQ(row.NlMtu, 1500);
    RtlZeroMemory(&neighbour, sizeof(neighbour));
    neighbour.Address = kit_address("192.0.2.33");
    neighbour.InterfaceLuid = row.InterfaceLuid;
    neighbour.PhysicalAddressLength = 6;
    CHECK_STATUS(CreateIpNetEntry2(&neighbour), STATUS_ACCESS_DENIED);
    CHECK_STATUS(FlushIpNetTable2(AF_INET, 0), STATUS_ACCESS_DENIED);
}
