/* Bitmaps (EXE-463). */
#include "wkt.h"

TEST(EXE_463, finding_runs)
{
    ULONG bits[2] = {0xffffff0f, 0xffffffff}, start;
    RTL_BITMAP map;

    RtlInitializeBitMap(&map, bits, 40);
    CHECK_EQ(RtlFindClearBits(&map, 3, 0), 4);
    CHECK_EQ(RtlFindClearBits(&map, 3, 20), 4); /* wraps behind the hint */
    CHECK_EQ(RtlFindClearBits(&map, 5, 0), 0xffffffff);
    CHECK_EQ(RtlFindClearBits(&map, 0, 17), 17);
    CHECK_EQ(RtlFindClearBitsAndSet(&map, 2, 0), 4);
    CHECK_EQ(RtlFindFirstRunClear(&map, &start), 2);
    CHECK_EQ(start, 6);
    CHECK_EQ(RtlFindSetBitsAndClear(&map, 4, 30), 30);
    CHECK_EQ(RtlFindLongestRunClear(&map, &start), 4);
    CHECK_EQ(start, 30);
}

TEST(EXE_463, bits_beyond_the_map_do_not_count)
{
    ULONG bits[2] = {0, 0};
    RTL_BITMAP map;

    RtlInitializeBitMap(&map, bits, 35);
    RtlSetAllBits(&map);
    CHECK_EQ(RtlNumberOfSetBits(&map), 35);
    RtlClearBits(&map, 30, 3);
    CHECK_EQ(RtlNumberOfClearBits(&map), 3);
    CHECK(RtlAreBitsClear(&map, 30, 3) && !RtlAreBitsClear(&map, 29, 3) && RtlAreBitsSet(&map, 33, 2));
    CHECK(!RtlAreBitsSet(&map, 33, 3));
    RtlClearAllBits(&map);
    RtlSetBit(&map, 34);
    CHECK(RtlTestBit(&map, 34) && RtlCheckBit(&map, 34) && !RtlTestBit(&map, 33));
    CHECK_EQ(RtlFindClearBits(&map, 1, 34), 0);
    CHECK_EQ(RtlFindMostSignificantBit(0x8000), 15);
    CHECK_EQ(RtlFindLeastSignificantBit(0x8000), 15);
    CHECK((signed char)RtlFindLeastSignificantBit(0) == -1);
    CHECK_EQ(RtlNumberOfSetBitsUlongPtr(0xf0f0), 8);
}
