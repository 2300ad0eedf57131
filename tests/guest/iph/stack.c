/* Which interface lies on which: the runner makes a bridge b0 over t1 for this image. */
#include "iph_kit.h"

static NET_IFINDEX index_of(PCWSTR alias)
{
    NET_LUID luid;
    NET_IFINDEX index = 0;

    if (!NT_SUCCESS(ConvertInterfaceAliasToLuid(alias, &luid)) || !NT_SUCCESS(ConvertInterfaceLuidToIndex(&luid, &index)))
        wkt_skip("no bridge could be made");
    return index;
}

TEST(IPH_020, bridge_over_its_port)
{
    NET_IFINDEX bridge = index_of(L"b0"), port = index_of(L"t1");
    PMIB_IFSTACK_TABLE table = NULL;
    PMIB_INVERTEDIFSTACK_TABLE inverted = NULL;

    REQUIRE(NT_SUCCESS(GetIfStackTable(&table)));
    if (CHECK_EQ(table->NumEntries, 3)) { /* ordered; 0 first */
        CHECK(table->Table[0].HigherLayerInterfaceIndex == 0 && table->Table[0].LowerLayerInterfaceIndex == bridge);
        CHECK(table->Table[1].HigherLayerInterfaceIndex == port && table->Table[1].LowerLayerInterfaceIndex == 0);
        CHECK(table->Table[2].HigherLayerInterfaceIndex == bridge && table->Table[2].LowerLayerInterfaceIndex == port);
    }
    FreeMibTable(table);
    REQUIRE(NT_SUCCESS(GetInvertedIfStackTable(&inverted)));
    if (CHECK_EQ(inverted->NumEntries, 3)) {
        CHECK(inverted->Table[0].LowerLayerInterfaceIndex == 0 && inverted->Table[0].HigherLayerInterfaceIndex == port);
        CHECK(inverted->Table[1].LowerLayerInterfaceIndex == port && inverted->Table[1].HigherLayerInterfaceIndex == bridge);
        CHECK(inverted->Table[2].LowerLayerInterfaceIndex == bridge && inverted->Table[2].HigherLayerInterfaceIndex == 0);
    }
    FreeMibTable(inverted);
}

TEST_ROWS("IPH-010 IPH-020", bad_arguments)
{
    CHECK_STATUS(GetIfStackTable(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetInvertedIfStackTable(NULL), STATUS_INVALID_PARAMETER);
}
