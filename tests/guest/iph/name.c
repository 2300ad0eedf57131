/* Names made of a type's word and a number; and the POSIX pair over them. */
#include "iph_kit.h"

static NET_LUID a_luid(ULONG type, ULONG number)
{
    NET_LUID luid = {0};

    luid.Info.IfType = type;
    luid.Info.NetLuidIndex = number;
    return luid;
}

TEST(IPH_087, there_and_back)
{
    static const struct {
        ULONG type, number;
        PCSTR name;
    } names[] = {{IF_TYPE_ETHERNET_CSMACD, 32768, "ethernet_32768"}, {IF_TYPE_SOFTWARE_LOOPBACK, 0, "loopback_0"}, {IF_TYPE_TUNNEL, 7, "tunnel_7"},
                 {IF_TYPE_PPP, 0xFFFFFF, "ppp_16777215"}, {IF_TYPE_IEEE80211, 1, "wireless_1"}, {IF_TYPE_OTHER, 2, "other_2"}, {65535, 3, "iftype65535_3"}};

    for (ULONG i = 0; i < RTL_NUMBER_OF(names); i++) {
        NET_LUID luid = a_luid(names[i].type, names[i].number), again;
        CHAR text[IF_NAMESIZE];
        WCHAR wide[IF_NAMESIZE + 1];
        SIZE_T length = strlen(names[i].name);

        REQUIRE(NT_SUCCESS(ConvertInterfaceLuidToNameA(&luid, text, sizeof(text))));
        CHECK(strcmp(text, names[i].name) == 0);
        REQUIRE(NT_SUCCESS(ConvertInterfaceLuidToNameW(&luid, wide, RTL_NUMBER_OF(wide))));
        for (SIZE_T k = 0; k <= length; k++)
            CHECK_EQ(wide[k], text[k]);
        CHECK(NT_SUCCESS(ConvertInterfaceNameToLuidA(text, &again)) && again.Value == luid.Value);
        CHECK(NT_SUCCESS(ConvertInterfaceNameToLuidW(wide, &again)) && again.Value == luid.Value);
    }
}

TEST_ROWS("IPH-006 IPH-087", bad_names)
{
    static const PCSTR bad[] = {"", "_", "ethernet", "ethernet_", "_5", "ethernet_-1", "ethernet_1x", "ethernet_16777216", "ethernet_99999999999999999999",
                                "nothing_1", "iftype_1", "iftype0_1", "iftype65536_1", "ethernet 1", "t0"};
    NET_LUID luid;
    WCHAR wide[2] = {0x65E5, 0};

    for (ULONG i = 0; i < RTL_NUMBER_OF(bad); i++) {
        luid.Value = 9;
        if (!CHECK_STATUS(ConvertInterfaceNameToLuidA(bad[i], &luid), STATUS_OBJECT_NAME_INVALID))
            wkt_note("name", i);
        CHECK_EQ(luid.Value, 0);
    }
    CHECK_STATUS(ConvertInterfaceNameToLuidW(wide, &luid), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(ConvertInterfaceNameToLuidA("ethernet_1", NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertInterfaceNameToLuidA(NULL, &luid), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertInterfaceNameToLuidW(L"ethernet_1", NULL), STATUS_INVALID_PARAMETER);
}

/* Windows takes names of up to 256 characters; nobody may read past the end of a longer one. */
TEST(IPH_087, long_names_are_refused)
{
    PSTR text = wkt_alloc(400);
    PWSTR wide = wkt_alloc(400 * sizeof(WCHAR));
    NET_LUID luid;

    for (ULONG i = 0; i < 399; i++)
        wide[i] = (WCHAR)(text[i] = '1');
    RtlCopyMemory(text, "ethernet_", 9);
    for (ULONG i = 0; i < 9; i++)
        wide[i] = (WCHAR)text[i];
    CHECK_STATUS(ConvertInterfaceNameToLuidA(text, &luid), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(ConvertInterfaceNameToLuidW(wide, &luid), STATUS_OBJECT_NAME_INVALID);
}

TEST_ROWS("IPH-006 IPH-087 IPH-102", short_buffer_is_untouched)
{
    NET_LUID luid = a_luid(IF_TYPE_PPP, 42), none = {0};
    CHAR text[8] = "zzzzzzz";
    WCHAR wide[8];

    RtlFillMemory(wide, sizeof(wide), 0x55);
    CHECK_STATUS(ConvertInterfaceLuidToNameA(&luid, text, 6), STATUS_NO_MEMORY);
    CHECK(text[0] == 'z' && text[6] == 'z');
    CHECK_STATUS(ConvertInterfaceLuidToNameA(&luid, text, 7), STATUS_SUCCESS);
    CHECK(strcmp(text, "ppp_42") == 0);
    CHECK_STATUS(ConvertInterfaceLuidToNameW(&luid, wide, 6), STATUS_NO_MEMORY);
    CHECK_EQ(wide[6], 0x5555);
    CHECK_STATUS(ConvertInterfaceLuidToNameW(&luid, wide, 7), STATUS_SUCCESS);
    CHECK_EQ(wide[6], 0);
    CHECK_EQ(wide[7], 0x5555);
    CHECK_STATUS(ConvertInterfaceLuidToNameA(&luid, NULL, 7), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertInterfaceLuidToNameA(NULL, text, 7), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertInterfaceLuidToNameA(&none, text, 7), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertInterfaceLuidToNameW(&luid, NULL, 7), STATUS_INVALID_PARAMETER);
}

TEST(IPH_088, posix_names)
{
    NET_LUID luid = kit_luid(L"t0");
    NET_IFINDEX index;
    CHAR name[IF_NAMESIZE], other[IF_NAMESIZE];

    REQUIRE(NT_SUCCESS(ConvertInterfaceLuidToIndex(&luid, &index)));
    CHECK_EQ(if_indextoname(index, name), name);
    REQUIRE(NT_SUCCESS(ConvertInterfaceLuidToNameA(&luid, other, sizeof(other))));
    CHECK(strcmp(name, other) == 0);
    CHECK_EQ(if_nametoindex(name), index);
    CHECK_EQ(if_nametoindex("ethernet_16777215"), 0); /* a good name, of nobody */
    CHECK_EQ(if_nametoindex("t0"), 0);                /* Linux' own names are aliases */
    CHECK_EQ(if_nametoindex(NULL), 0);
    CHECK_EQ(if_indextoname(7777, name), NULL);
    CHECK_EQ(if_indextoname(index, NULL), NULL);
}

TEST_FINDING(IPH_101, length_in_bytes, "IPH-101")
{
    PWSTR name = wkt_alloc(64 * sizeof(WCHAR));
    NET_LUID luid = a_luid(IF_TYPE_PPP, 42);

    CHECK_STATUS(ConvertInterfaceLuidToNameW(&luid, name, 64 * sizeof(WCHAR)), STATUS_SUCCESS);
}

TEST_FINDING(IPH_101, length_of_an_alias_in_bytes, "IPH-101")
{
    NET_LUID luid = kit_luid(L"t0");
    PWSTR alias = wkt_alloc(64 * sizeof(WCHAR));

    CHECK_STATUS(ConvertInterfaceLuidToAlias(&luid, alias, 64 * sizeof(WCHAR)), STATUS_SUCCESS);
    CHECK_EQ(alias[2], 0);
}

/* Not a byte past the end is written even so. */
TEST_FINDING(IPH_101, name_larger_than_the_allocation, "IPH-101")
{
    PSTR name = wkt_alloc(16);
    NET_LUID luid = a_luid(65535, 0xFFFFFF);

    CHECK_STATUS(ConvertInterfaceLuidToNameA(&luid, name, 256), STATUS_NO_MEMORY);
    CHECK_EQ(name[0], 0);
}

TEST_FINDING(IPH_103, short_buffer_of_if_indextoname, "IPH-103")
{
    PSTR name = wkt_alloc(64);
    NET_LUID luid = kit_luid(L"t0");
    NET_IFINDEX index;

    REQUIRE(NT_SUCCESS(ConvertInterfaceLuidToIndex(&luid, &index)));
    CHECK_EQ(if_indextoname(index, name), name);
}
