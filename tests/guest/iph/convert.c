/* An interface's names: LUID, index, GUID, alias; and masks. */
#include "iph_kit.h"

TEST_ROWS("IPH-007 IPH-084 IPH-085 IPH-086", there_and_back)
{
    NET_LUID luid = kit_luid(L"t0"), again;
    NET_IFINDEX index;
    GUID guid;
    WCHAR alias[IF_MAX_STRING_SIZE + 1];

    REQUIRE(NT_SUCCESS(ConvertInterfaceLuidToIndex(&luid, &index)));
    CHECK(NT_SUCCESS(ConvertInterfaceIndexToLuid(index, &again)) && again.Value == luid.Value);
    REQUIRE(NT_SUCCESS(ConvertInterfaceLuidToGuid(&luid, &guid)));
    CHECK(NT_SUCCESS(ConvertInterfaceGuidToLuid(&guid, &again)) && again.Value == luid.Value);
    REQUIRE(NT_SUCCESS(ConvertInterfaceLuidToAlias(&luid, alias, RTL_NUMBER_OF(alias))));
    CHECK(alias[0] == L't' && alias[1] == L'0' && alias[2] == 0);
    CHECK(NT_SUCCESS(ConvertInterfaceAliasToLuid(L"T0", &again)) && again.Value == luid.Value); /* case does not matter */
    CHECK_EQ(luid.Info.IfType, IF_TYPE_ETHERNET_CSMACD);
}

TEST_ROWS("IPH-084 IPH-085 IPH-086", unknown_gives_zero)
{
    NET_LUID luid = {0};
    NET_IFINDEX index = 5;
    GUID guid = {1, 2, 3, {4}};

    luid.Info.IfType = IF_TYPE_ETHERNET_CSMACD;
    luid.Info.NetLuidIndex = 0x7FFFFF;
    CHECK_STATUS(ConvertInterfaceLuidToIndex(&luid, &index), STATUS_INVALID_PARAMETER);
    CHECK_EQ(index, 0);
    CHECK_STATUS(ConvertInterfaceGuidToLuid(&guid, &luid), STATUS_INVALID_PARAMETER);
    CHECK_EQ(luid.Value, 0);
    luid.Value = 9;
    CHECK_STATUS(ConvertInterfaceIndexToLuid(0x7FFFFFFF, &luid), STATUS_INVALID_PARAMETER);
    CHECK_EQ(luid.Value, 0);
    CHECK_STATUS(ConvertInterfaceIndexToLuid(0, &luid), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertInterfaceAliasToLuid(L"nothing", &luid), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertInterfaceAliasToLuid(NULL, &luid), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertInterfaceLuidToIndex(NULL, &index), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertInterfaceIndexToLuid(1, NULL), STATUS_INVALID_PARAMETER);
}

TEST_ROWS("IPH-006 IPH-086 IPH-102", short_alias_buffer_is_untouched)
{
    NET_LUID luid = kit_luid(L"t0");
    WCHAR alias[4] = {0x5555, 0x5555, 0x5555, 0x5555};

    CHECK_STATUS(ConvertInterfaceLuidToAlias(&luid, alias, 2), STATUS_NO_MEMORY);
    CHECK_EQ(alias[2], 0x5555);
    CHECK_STATUS(ConvertInterfaceLuidToAlias(&luid, alias, 3), STATUS_SUCCESS);
    CHECK_EQ(alias[3], 0x5555);
    CHECK_STATUS(ConvertInterfaceLuidToAlias(&luid, NULL, 10), STATUS_INVALID_PARAMETER);
}

TEST(IPH_089, masks)
{
    ULONG mask;
    UINT8 length;

    for (ULONG i = 0; i <= 32; i++) {
        CHECK_STATUS(ConvertLengthToIpv4Mask(i, &mask), STATUS_SUCCESS);
        CHECK_STATUS(ConvertIpv4MaskToLength(mask, &length), STATUS_SUCCESS);
        CHECK_EQ(length, i);
    }
    CHECK_STATUS(ConvertLengthToIpv4Mask(24, &mask), STATUS_SUCCESS);
    CHECK_EQ(mask, 0x00FFFFFF);
    CHECK_STATUS(ConvertLengthToIpv4Mask(33, &mask), STATUS_INVALID_PARAMETER);
    CHECK_EQ(mask, 0xFFFFFFFF);
    CHECK_STATUS(ConvertIpv4MaskToLength(0x00FF00FF, &length), STATUS_INVALID_PARAMETER);
}
