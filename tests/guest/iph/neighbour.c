/* Neighbours: read, made, changed, taken away, flushed. */
#include "iph_kit.h"

static MIB_IPNET_ROW2 a_neighbour(PCSTR text, UCHAR last)
{
    MIB_IPNET_ROW2 row;

    RtlZeroMemory(&row, sizeof(row));
    row.Address = kit_address(text);
    row.InterfaceLuid = kit_luid(L"t0");
    row.PhysicalAddressLength = 6;
    row.PhysicalAddress[0] = 2;
    row.PhysicalAddress[5] = last;
    return row;
}

TEST_ROWS("IPH-055 IPH-056 IPH-057 IPH-060", neighbour_comes_and_goes)
{
    static const PCSTR addresses[] = {"192.0.2.33", "2001:db8::33"};

    for (ULONG i = 0; i < RTL_NUMBER_OF(addresses); i++) {
        MIB_IPNET_ROW2 row = a_neighbour(addresses[i], 7), got = row;
        PMIB_IPNET_TABLE2 table;
        ULONG found = 0;

        CHECK_STATUS(GetIpNetEntry2(&got), STATUS_NOT_FOUND);
        CHECK_STATUS(SetIpNetEntry2(&row), STATUS_NOT_FOUND);
        CHECK_STATUS(DeleteIpNetEntry2(&row), STATUS_NOT_FOUND);
        REQUIRE(NT_SUCCESS(CreateIpNetEntry2(&row)));
        CHECK_STATUS(CreateIpNetEntry2(&row), STATUS_DUPLICATE_OBJECTID);
        RtlZeroMemory(got.PhysicalAddress, sizeof(got.PhysicalAddress));
        REQUIRE(NT_SUCCESS(GetIpNetEntry2(&got)));
        CHECK_EQ(got.PhysicalAddressLength, 6);
        CHECK_EQ(got.PhysicalAddress[5], 7);
        CHECK_EQ(got.State, NlnsPermanent);
        CHECK(!got.IsRouter && !got.IsUnreachable && got.InterfaceIndex != 0);
        row.PhysicalAddress[5] = 8;
        REQUIRE(NT_SUCCESS(SetIpNetEntry2(&row)));
        REQUIRE(NT_SUCCESS(GetIpNetTable2(row.Address.si_family, &table)));
        for (ULONG k = 0; k < table->NumEntries; k++) {
            if (kit_same(&table->Table[k].Address, &row.Address)) {
                found++;
                CHECK_EQ(table->Table[k].PhysicalAddress[5], 8);
                CHECK_EQ(table->Table[k].InterfaceLuid.Value, row.InterfaceLuid.Value);
            }
        }
        CHECK_EQ(found, 1);
        FreeMibTable(table);
        CHECK_STATUS(FlushIpNetTable2(AF_UNSPEC, 0), STATUS_SUCCESS); /* IPH-058: it is permanent */
        CHECK_STATUS(GetIpNetEntry2(&got), STATUS_SUCCESS);
        REQUIRE(NT_SUCCESS(DeleteIpNetEntry2(&row)));
        CHECK_STATUS(GetIpNetEntry2(&got), STATUS_NOT_FOUND);
    }
}

TEST_ROWS("IPH-010 IPH-057", bad_neighbours)
{
    MIB_IPNET_ROW2 row = a_neighbour("192.0.2.33", 7), bad = row;

    CHECK_STATUS(CreateIpNetEntry2(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpNetEntry2(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpNetTable2(AF_UNSPEC, NULL), STATUS_INVALID_PARAMETER);
    bad.PhysicalAddressLength = 0;
    CHECK_STATUS(CreateIpNetEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad.PhysicalAddressLength = 33;
    CHECK_STATUS(CreateIpNetEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad.PhysicalAddressLength = 5; /* of an interface with 6 */
    CHECK_STATUS(CreateIpNetEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad = a_neighbour("127.0.0.1", 7);
    CHECK_STATUS(CreateIpNetEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad = a_neighbour("::1", 7);
    CHECK_STATUS(CreateIpNetEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.InterfaceLuid.Value = 0;
    CHECK_STATUS(CreateIpNetEntry2(&bad), STATUS_INVALID_PARAMETER);
    bad.InterfaceIndex = 7777;
    CHECK_STATUS(CreateIpNetEntry2(&bad), STATUS_NOT_FOUND);
    CHECK_STATUS(FlushIpNetTable2(10, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(FlushIpNetTable2(AF_INET, 7777), STATUS_NOT_FOUND);
    bad = row;
    CHECK_STATUS(GetIpNetEntry2(&bad), STATUS_NOT_FOUND); /* nothing was made */
}

/* The runner makes this one, stale. */
TEST_ROWS("IPH-058 IPH-060", flush_takes_dynamic_entries)
{
    MIB_IPNET_ROW2 row = a_neighbour("192.0.2.250", 0);

    CHECK_STATUS(GetIpNetEntry2(&row), STATUS_SUCCESS);
    CHECK_EQ(row.State, NlnsStale);
    CHECK_STATUS(FlushIpNetTable2(AF_INET, row.InterfaceIndex), STATUS_SUCCESS);
    CHECK_STATUS(GetIpNetEntry2(&row), STATUS_NOT_FOUND);
}
