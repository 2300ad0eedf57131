/* Addresses and routes, read. */
#include "iph_kit.h"

TEST_ROWS("IPH-031 IPH-039", address_table)
{
    SOCKADDR_INET v4 = kit_address("192.0.2.1"), v6 = kit_address("2001:db8::1");
    NET_LUID luid = kit_luid(L"t0");
    PMIB_UNICASTIPADDRESS_TABLE table;
    ULONG found = 0, loopback = 0;

    REQUIRE(NT_SUCCESS(GetUnicastIpAddressTable(AF_UNSPEC, &table)));
    for (ULONG i = 0; i < table->NumEntries; i++) {
        const MIB_UNICASTIPADDRESS_ROW *row = &table->Table[i];

        if (row->InterfaceIndex == 1) {
            loopback++;
            CHECK_EQ(row->PrefixOrigin, IpPrefixOriginWellKnown);
        }
        if (!kit_same(&row->Address, &v4) && !kit_same(&row->Address, &v6))
            continue;
        found++;
        CHECK_EQ(row->InterfaceLuid.Value, luid.Value);
        CHECK_EQ(row->OnLinkPrefixLength, row->Address.si_family == AF_INET ? 24 : 64);
        CHECK_EQ(row->DadState, IpDadStatePreferred);
        CHECK_EQ(row->PrefixOrigin, IpPrefixOriginManual);
        CHECK_EQ(row->SuffixOrigin, IpSuffixOriginManual);
        CHECK_EQ(row->ValidLifetime, 0xFFFFFFFF);
        CHECK(row->CreationTimeStamp.QuadPart > 0);
    }
    CHECK_EQ(found, 2);
    CHECK_EQ(loopback, 2);
    FreeMibTable(table);
}

TEST_ROWS("IPH-032 IPH-033", address_entry)
{
    MIB_UNICASTIPADDRESS_ROW row;

    InitializeUnicastIpAddressEntry(&row);
    CHECK_EQ(row.PrefixOrigin, 16);
    CHECK_EQ(row.SuffixOrigin, 16);
    CHECK_EQ(row.OnLinkPrefixLength, 255);
    CHECK_EQ(row.ValidLifetime, 0xFFFFFFFF);
    CHECK(!row.SkipAsSource && row.InterfaceIndex == 0 && row.InterfaceLuid.Value == 0);
    CHECK_STATUS(GetUnicastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
    row.Address = kit_address("192.0.2.1");
    CHECK_STATUS(GetUnicastIpAddressEntry(&row), STATUS_INVALID_PARAMETER); /* no interface */
    row.InterfaceLuid = kit_luid(L"t0");
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressEntry(&row)));
    CHECK_EQ(row.OnLinkPrefixLength, 24);
    CHECK(row.InterfaceIndex != 0);
    row.Address = kit_address("192.0.2.77");
    CHECK_STATUS(GetUnicastIpAddressEntry(&row), STATUS_NOT_FOUND);
    row.Address = kit_address("224.0.0.1");
    CHECK_STATUS(GetUnicastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
}

TEST_ROWS("IPH-044 IPH-051", route_table)
{
    SOCKADDR_INET net = kit_address("192.0.2.0"), own = kit_address("192.0.2.1"), zero = kit_address("0.0.0.0");
    NET_LUID luid = kit_luid(L"t0");
    PMIB_IPFORWARD_TABLE2 table;
    ULONG on_link = 0, local = 0;

    REQUIRE(NT_SUCCESS(GetIpForwardTable2(AF_INET, &table)));
    for (ULONG i = 0; i < table->NumEntries; i++) {
        const MIB_IPFORWARD_ROW2 *row = &table->Table[i];

        CHECK_EQ(row->DestinationPrefix.Prefix.si_family, AF_INET);
        if (row->InterfaceLuid.Value != luid.Value)
            continue;
        if (kit_same(&row->DestinationPrefix.Prefix, &net) && row->DestinationPrefix.PrefixLength == 24) {
            on_link++;
            CHECK(kit_same(&row->NextHop, &zero) && row->Protocol == RouteProtocolLocal && row->Origin == NlroWellKnown && !row->Loopback);
        }
        if (kit_same(&row->DestinationPrefix.Prefix, &own) && row->DestinationPrefix.PrefixLength == 32) {
            local++;
            CHECK(row->Loopback);
        }
    }
    CHECK_EQ(on_link, 1);
    CHECK_EQ(local, 1);
    FreeMibTable(table);
}

TEST_ROWS("IPH-045 IPH-046", route_entry)
{
    MIB_IPFORWARD_ROW2 row;

    InitializeIpForwardEntry(&row);
    CHECK_EQ(row.ValidLifetime, 0xFFFFFFFF);
    CHECK(row.Loopback && row.AutoconfigureAddress && row.Publish && row.Immortal);
    CHECK_STATUS(GetIpForwardEntry2(&row), STATUS_INVALID_PARAMETER); /* IPH-013: no family */
    row.InterfaceLuid = kit_luid(L"t0");
    row.DestinationPrefix.Prefix = kit_address("192.0.2.0");
    row.DestinationPrefix.PrefixLength = 24;
    row.NextHop = kit_address("0.0.0.0");
    REQUIRE(NT_SUCCESS(GetIpForwardEntry2(&row)));
    CHECK_EQ(row.Protocol, RouteProtocolLocal);
    row.DestinationPrefix.PrefixLength = 23;
    CHECK_STATUS(GetIpForwardEntry2(&row), STATUS_NOT_FOUND);
    row.DestinationPrefix.PrefixLength = 33;
    CHECK_STATUS(GetIpForwardEntry2(&row), STATUS_INVALID_PARAMETER);
}
