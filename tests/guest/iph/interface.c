/* Interfaces and families on them, and the rules of all tables. */
#include "iph_kit.h"

TEST_ROWS("IPH-003 IPH-005 IPH-016", table_is_sorted_and_freed)
{
    PMIB_IF_TABLE2 table = NULL;
    ULONG loopbacks = 0;

    REQUIRE(NT_SUCCESS(GetIfTable2(&table)));
    CHECK(table->NumEntries >= 1);
    for (ULONG i = 0; i < table->NumEntries; i++) {
        if (i)
            CHECK(table->Table[i].InterfaceIndex > table->Table[i - 1].InterfaceIndex);
        CHECK(table->Table[i].InterfaceLuid.Value != 0);
        CHECK_EQ(table->Table[i].InterfaceLuid.Info.Reserved, 0);
        loopbacks += table->Table[i].Type == IF_TYPE_SOFTWARE_LOOPBACK;
    }
    CHECK_EQ(loopbacks, 1);
    FreeMibTable(table);
    FreeMibTable(NULL); /* IPH-004 */
}

TEST_ROWS("IPH-004 IPH-010", null_pointers_are_refused)
{
    CHECK_STATUS(GetIfTable2(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIfTable2Ex(MibIfTableNormal, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIfEntry2(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpInterfaceTable(AF_UNSPEC, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpInterfaceEntry(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetUnicastIpAddressTable(AF_UNSPEC, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetUnicastIpAddressEntry(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpForwardTable2(AF_UNSPEC, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpForwardEntry2(NULL), STATUS_INVALID_PARAMETER);
}

TEST(IPH_002, families)
{
    PVOID table = wkt_driver;

    CHECK_STATUS(GetIpInterfaceTable(10, (PMIB_IPINTERFACE_TABLE *)&table), STATUS_INVALID_PARAMETER); /* Linux' AF_INET6 */
    CHECK(table == NULL);
    CHECK_STATUS(GetUnicastIpAddressTable(1, (PMIB_UNICASTIPADDRESS_TABLE *)&table), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpForwardTable2(0xFFFF, (PMIB_IPFORWARD_TABLE2 *)&table), STATUS_INVALID_PARAMETER);
}

TEST(IPH_017, levels)
{
    PMIB_IF_TABLE2 table = (PMIB_IF_TABLE2)(PVOID)wkt_driver;

    CHECK_STATUS(GetIfTable2Ex((MIB_IF_TABLE_LEVEL)3, &table), STATUS_INVALID_PARAMETER);
    CHECK(table == NULL);
    REQUIRE(NT_SUCCESS(GetIfTable2Ex(MibIfTableNormalWithoutStatistics, &table)));
    for (ULONG i = 0; i < table->NumEntries; i++)
        CHECK_EQ(table->Table[i].InOctets + table->Table[i].OutOctets + table->Table[i].InUcastPkts, 0);
    FreeMibTable(table);
    REQUIRE(NT_SUCCESS(GetIfTable2Ex(MibIfTableRaw, &table)));
    FreeMibTable(table);
}

TEST_ROWS("IPH-001 IPH-018", luid_wins_over_index)
{
    NET_LUID luid = kit_luid(L"t0");
    MIB_IF_ROW2 row = {0};
    NET_IFINDEX index;

    CHECK_STATUS(GetIfEntry2(&row), STATUS_INVALID_PARAMETER);
    row.InterfaceIndex = 1;
    row.InterfaceLuid = luid;
    REQUIRE(NT_SUCCESS(GetIfEntry2(&row)));
    REQUIRE(NT_SUCCESS(ConvertInterfaceLuidToIndex(&luid, &index)));
    CHECK_EQ(row.InterfaceIndex, index);
    row.InterfaceLuid.Value = 0;
    REQUIRE(NT_SUCCESS(GetIfEntry2(&row)));
    CHECK_EQ(row.InterfaceLuid.Value, luid.Value);
    row.InterfaceLuid.Info.NetLuidIndex = 0xFFFFF0;
    CHECK_STATUS(GetIfEntry2(&row), STATUS_NOT_FOUND);
    row.InterfaceLuid.Value = 0;
    row.InterfaceIndex = 0x7FFFFFF0;
    CHECK_STATUS(GetIfEntry2(&row), STATUS_NOT_FOUND);
    row.InterfaceIndex = 0xFFFFFFF0;
    CHECK_STATUS(GetIfEntry2(&row), STATUS_NOT_FOUND);
}

TEST_ROWS("IPH-021 IPH-022 IPH-023", row_of_a_wired_interface)
{
    MIB_IF_ROW2 row = {0};

    row.InterfaceLuid = kit_luid(L"t0");
    REQUIRE(NT_SUCCESS(GetIfEntry2(&row)));
    CHECK(row.Alias[0] == L't' && row.Alias[1] == L'0' && row.Alias[2] == 0);
    CHECK_EQ(row.PhysicalAddressLength, 6);
    CHECK_EQ(row.Mtu, 1500);
    CHECK_EQ(row.Type, IF_TYPE_ETHERNET_CSMACD);
    CHECK_EQ(row.MediaType, NdisMedium802_3);
    CHECK_EQ(row.PhysicalMediumType, NdisPhysicalMedium802_3);
    CHECK_EQ(row.AccessType, NET_IF_ACCESS_BROADCAST);
    CHECK_EQ(row.OperStatus, IfOperStatusUp);
    CHECK_EQ(row.AdminStatus, NET_IF_ADMIN_STATUS_UP);
    CHECK_EQ(row.MediaConnectState, MediaConnectStateConnected);
    CHECK_EQ(row.ConnectionType, NET_IF_CONNECTION_DEDICATED);
    CHECK(!row.InterfaceAndOperStatusFlags.HardwareInterface && !row.InterfaceAndOperStatusFlags.FilterInterface);
    CHECK(!row.InterfaceAndOperStatusFlags.NotMediaConnected);
    RtlZeroMemory(&row, sizeof(row));
    row.InterfaceIndex = 1;
    REQUIRE(NT_SUCCESS(GetIfEntry2(&row)));
    CHECK_EQ(row.Type, IF_TYPE_SOFTWARE_LOOPBACK);
    CHECK_EQ(row.AccessType, NET_IF_ACCESS_LOOPBACK);
    CHECK_EQ(row.MediaType, NdisMediumLoopback);
}

TEST(IPH_019, entry_levels)
{
    MIB_IF_ROW2 row = {0};

    row.InterfaceIndex = 1;
    CHECK_STATUS(GetIfEntry2Ex((MIB_IF_ENTRY_LEVEL)1, &row), STATUS_INVALID_PARAMETER);
    REQUIRE(NT_SUCCESS(GetIfEntry2Ex(MibIfEntryNormalWithoutStatistics, &row)));
    CHECK_EQ(row.OutOctets + row.InUcastPkts, 0);
    CHECK(NT_SUCCESS(GetIfEntry2Ex(MibIfEntryNormal, &row)));
}

TEST(IPH_024, both_families_of_each_interface)
{
    NET_LUID luid = kit_luid(L"t0");
    PMIB_IPINTERFACE_TABLE table;
    ULONG v4 = 0, v6 = 0;

    REQUIRE(NT_SUCCESS(GetIpInterfaceTable(AF_UNSPEC, &table)));
    for (ULONG i = 0; i < table->NumEntries; i++) {
        const MIB_IPINTERFACE_ROW *row = &table->Table[i];

        if (row->InterfaceLuid.Value != luid.Value)
            continue;
        v4 += row->Family == AF_INET;
        v6 += row->Family == AF_INET6;
        CHECK(row->Connected);
        CHECK_EQ(row->NlMtu, 1500);
    }
    CHECK_EQ(v4, 1);
    CHECK_EQ(v6, 1);
    FreeMibTable(table);
    REQUIRE(NT_SUCCESS(GetIpInterfaceTable(AF_INET6, &table)));
    for (ULONG i = 0; i < table->NumEntries; i++)
        CHECK_EQ(table->Table[i].Family, AF_INET6);
    FreeMibTable(table);
}

TEST_ROWS("IPH-025 IPH-026 IPH-028 IPH-029", ip_interface_entry)
{
    MIB_IPINTERFACE_ROW row;

    InitializeIpInterfaceEntry(&row);
    CHECK_EQ(row.Family, AF_UNSPEC);
    CHECK_EQ(row.InterfaceLuid.Value, 0);
    row.InterfaceLuid = kit_luid(L"t0");
    CHECK_STATUS(GetIpInterfaceEntry(&row), STATUS_INVALID_PARAMETER); /* no family */
    row.Family = AF_INET;
    REQUIRE(NT_SUCCESS(GetIpInterfaceEntry(&row)));
    CHECK(row.InterfaceIndex != 0);
    CHECK_EQ(row.SitePrefixLength, 0);
    CHECK(row.Metric > 0 && row.UseAutomaticMetric);
    InitializeIpInterfaceEntry(&row);
    row.Family = AF_INET6;
    row.InterfaceIndex = 77777;
    CHECK_STATUS(GetIpInterfaceEntry(&row), STATUS_NOT_FOUND);
}

TEST_FINDING(IPH_014, at_dispatch_level, "IPH-014")
{
    PMIB_IF_TABLE2 table = NULL;
    KIRQL irql;

    KeRaiseIrql(APC_LEVEL, &irql);
    CHECK_STATUS(GetIfTable2(&table), STATUS_SUCCESS);
    FreeMibTable(table);
    KeLowerIrql(irql);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(GetIfTable2(&table), STATUS_INVALID_DEVICE_STATE);
    KeLowerIrql(irql);
}

static VOID NTAPI no_call(PVOID context, PMIB_IPFORWARD_ROW2 row, MIB_NOTIFICATION_TYPE type)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(row);
    UNREFERENCED_PARAMETER(type);
}

TEST_FINDING(IPH_011, free_what_is_no_table, "IPH-011")
{
    FreeMibTable(wkt_alloc(64));
}

TEST_FINDING(IPH_011, free_twice, "IPH-011")
{
    PMIB_IF_TABLE2 table;

    REQUIRE(NT_SUCCESS(GetIfTable2(&table)));
    FreeMibTable(table);
    FreeMibTable(table);
}

/* The finding names the call that allocated it. */
TEST_FINDING(IPH_012, table_left_at_unload, "EXE-242")
{
    PMIB_IF_TABLE2 table;

    CHECK_STATUS(GetIfTable2(&table), STATUS_SUCCESS);
}

/* A registration is no table, though IP Helper allocated it. */
TEST_FINDING(IPH_011, free_a_registration, "IPH-011")
{
    HANDLE handle;

    REQUIRE(NT_SUCCESS(NotifyRouteChange2(AF_INET, no_call, NULL, FALSE, &handle)));
    FreeMibTable(handle);
    CHECK_STATUS(CancelMibChangeNotify2(handle), STATUS_SUCCESS);
}
