/* Neighbours are asked on the link: the runner gives t1 the addresses 192.0.2.77 and 2001:db8::77, and lets it answer the pair's other end. */
#include "iph_kit.h"

static MIB_IPNET_ROW2 a_row(PCSTR text)
{
    MIB_IPNET_ROW2 row;

    RtlZeroMemory(&row, sizeof(row));
    row.Address = kit_address(text);
    row.InterfaceLuid = kit_luid(L"t0");
    return row;
}

TEST(IPH_059, answered)
{
    static const PCSTR addresses[] = {"192.0.2.77", "2001:db8::77"}, sources[] = {"192.0.2.1", "2001:db8::1"};
    MIB_IF_ROW2 peer;

    RtlZeroMemory(&peer, sizeof(peer));
    peer.InterfaceLuid = kit_luid(L"t1");
    REQUIRE(kit_wait_for_links());
    REQUIRE(NT_SUCCESS(GetIfEntry2(&peer)));
    for (ULONG i = 0; i < RTL_NUMBER_OF(addresses); i++) {
        MIB_IPNET_ROW2 row = a_row(addresses[i]), got = row;
        SOCKADDR_INET source = kit_address(sources[i]);

        CHECK_STATUS(GetIpNetEntry2(&got), STATUS_NOT_FOUND);
        if (!CHECK_STATUS(ResolveIpNetEntry2(&row, NULL), STATUS_SUCCESS)) {
            wkt_note("address", i);
            continue;
        }
        CHECK_EQ(row.PhysicalAddressLength, 6);
        CHECK_MEM(row.PhysicalAddress, peer.PhysicalAddress, 6);
        CHECK(row.InterfaceIndex != 0 && row.State != NlnsIncomplete && !row.IsUnreachable);
        CHECK_STATUS(GetIpNetEntry2(&got), STATUS_SUCCESS);
        RtlZeroMemory(row.PhysicalAddress, sizeof(row.PhysicalAddress));
        CHECK_STATUS(ResolveIpNetEntry2(&row, &source), STATUS_SUCCESS); /* again, over the entry that is there */
        CHECK_MEM(row.PhysicalAddress, peer.PhysicalAddress, 6);
    }
}

TEST(IPH_059, nobody_answers)
{
    MIB_IPNET_ROW2 row = a_row("192.0.2.200");

    REQUIRE(kit_wait_for_links());
    CHECK_STATUS(ResolveIpNetEntry2(&row, NULL), STATUS_BAD_NETWORK_NAME);
    row = a_row("2001:db8::200");
    CHECK_STATUS(ResolveIpNetEntry2(&row, NULL), STATUS_BAD_NETWORK_NAME);
}

TEST(IPH_059, permanent_entry_is_the_answer)
{
    MIB_IPNET_ROW2 row = a_row("192.0.2.77");

    row.PhysicalAddressLength = 6;
    row.PhysicalAddress[0] = 2;
    row.PhysicalAddress[5] = 9;
    REQUIRE(NT_SUCCESS(CreateIpNetEntry2(&row)));
    row.PhysicalAddress[5] = 0;
    CHECK_STATUS(ResolveIpNetEntry2(&row, NULL), STATUS_SUCCESS);
    CHECK_EQ(row.PhysicalAddress[5], 9);
    CHECK_EQ(row.State, NlnsPermanent);
}

TEST_ROWS("IPH-010 IPH-059", bad_questions)
{
    MIB_IPNET_ROW2 row = a_row("127.0.0.1");
    SOCKADDR_INET source = kit_address("192.0.2.99");

    CHECK_STATUS(ResolveIpNetEntry2(NULL, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ResolveIpNetEntry2(&row, NULL), STATUS_INVALID_PARAMETER);
    row = a_row("::1");
    CHECK_STATUS(ResolveIpNetEntry2(&row, NULL), STATUS_INVALID_PARAMETER);
    row = a_row("224.0.0.5");
    CHECK_STATUS(ResolveIpNetEntry2(&row, NULL), STATUS_INVALID_PARAMETER);
    row = a_row("192.0.2.77");
    CHECK_STATUS(ResolveIpNetEntry2(&row, &source), STATUS_NOT_FOUND); /* nobody's address */
    source = kit_address("192.0.2.77");
    CHECK_STATUS(ResolveIpNetEntry2(&row, &source), STATUS_NOT_FOUND); /* of t1 */
    source = kit_address("2001:db8::1");
    CHECK_STATUS(ResolveIpNetEntry2(&row, &source), STATUS_INVALID_PARAMETER);
    row.InterfaceLuid.Value = 0;
    CHECK_STATUS(ResolveIpNetEntry2(&row, NULL), STATUS_INVALID_PARAMETER);
    row.InterfaceIndex = 7777;
    CHECK_STATUS(ResolveIpNetEntry2(&row, NULL), STATUS_NOT_FOUND);
}
