/* Destinations with their best sources, in the order of RFC 6724. */
#include "iph_kit.h"

static SOCKADDR_IN6 a_destination(PCSTR text)
{
    SOCKADDR_INET address = kit_address(text);
    SOCKADDR_IN6 a;

    RtlZeroMemory(&a, sizeof(a));
    a.sin6_family = AF_INET6;
    a.sin6_port = 0x1234;
    if (address.si_family == AF_INET6) {
        a.sin6_addr = address.Ipv6.sin6_addr;
    } else { /* mapped */
        a.sin6_addr.u.Byte[10] = a.sin6_addr.u.Byte[11] = 0xFF;
        RtlCopyMemory(&a.sin6_addr.u.Byte[12], &address.Ipv4.sin_addr, 4);
    }
    return a;
}

static BOOLEAN is(const SOCKADDR_IN6 *a, PCSTR text)
{
    SOCKADDR_IN6 wanted = a_destination(text);

    return (BOOLEAN)(a->sin6_family == AF_INET6 && IN6_ADDR_EQUAL(&a->sin6_addr, &wanted.sin6_addr));
}

static BOOLEAN add_route(PCSTR to, UINT8 length)
{
    MIB_IPFORWARD_ROW2 route;

    InitializeIpForwardEntry(&route);
    route.InterfaceLuid = kit_luid(L"t0");
    route.DestinationPrefix.Prefix = kit_address(to);
    route.DestinationPrefix.PrefixLength = length;
    route.NextHop.si_family = route.DestinationPrefix.Prefix.si_family;
    return CHECK_STATUS(CreateIpForwardEntry2(&route), STATUS_SUCCESS);
}

/* One list in, one order out. */
static void check_order(const PCSTR *in, ULONG in_count, const PCSTR *out, ULONG out_count)
{
    SOCKADDR_IN6 list[8];
    PSOCKADDR_IN6_PAIR pairs = NULL;
    ULONG count = 99;

    for (ULONG i = 0; i < in_count; i++)
        list[i] = a_destination(in[i]);
    if (!CHECK_STATUS(CreateSortedAddressPairs(NULL, 0, list, in_count, 0, &pairs, &count), STATUS_SUCCESS))
        return;
    CHECK_EQ(count, out_count);
    for (ULONG i = 0; i < count && i < out_count; i++) {
        if (!CHECK(is(pairs[i].DestinationAddress, out[i])))
            wkt_note("place", i);
        CHECK_EQ(pairs[i].DestinationAddress->sin6_port, 0x1234);
    }
    FreeMibTable(pairs);
}

TEST(IPH_054, sources_of_both_families)
{
    SOCKADDR_IN6 list[3];
    PSOCKADDR_IN6_PAIR pairs = NULL;
    ULONG count = 0;

    kit_luid(L"t0");
    list[0] = a_destination("192.0.2.9");
    list[1] = a_destination("203.0.113.1"); /* no way there */
    list[2] = a_destination("2001:db8::9");
    REQUIRE(NT_SUCCESS(CreateSortedAddressPairs(NULL, 0, list, 3, 0, &pairs, &count)));
    if (CHECK_EQ(count, 2)) {
        CHECK(is(pairs[0].DestinationAddress, "2001:db8::9") && is(pairs[0].SourceAddress, "2001:db8::1"));
        CHECK(is(pairs[1].DestinationAddress, "192.0.2.9") && is(pairs[1].SourceAddress, "192.0.2.1"));
    }
    FreeMibTable(pairs);
}

TEST(IPH_054, order_of_the_rules)
{
    static const PCSTR same[] = {"2001:db8::2", "2001:db8::3", "2001:db8::4"};
    static const PCSTR near_in[] = {"2001:db8:8000::1", "2001:db8::2"}, near_out[] = {"2001:db8::2", "2001:db8:8000::1"};
    static const PCSTR label_in[] = {"192.0.2.9", "fc00::1", "2002::1", "2001:db8::2"}, label_out[] = {"2001:db8::2", "192.0.2.9", "2002::1", "fc00::1"};
    static const PCSTR loop_in[] = {"192.0.2.9", "2001:db8::2", "::1"}, loop_out[] = {"::1", "2001:db8::2", "192.0.2.9"};

    kit_luid(L"t0");
    if (!add_route("2001:db8:8000::", 33) || !add_route("fc00::", 16) || !add_route("2002::", 16))
        return;
    check_order(same, 3, same, 3);           /* rule 10: as they came */
    check_order(near_in, 2, near_out, 2);    /* rule 9: the longer common prefix */
    check_order(label_in, 4, label_out, 4);  /* rule 5, and then 6 among those of another label */
    check_order(loop_in, 3, loop_out, 3);    /* rule 6: precedence 50 */
}

TEST(IPH_054, one_destination_many_times)
{
    SOCKADDR_IN6 *list = wkt_alloc(300 * sizeof(*list));
    PSOCKADDR_IN6_PAIR pairs = NULL;
    ULONG count = 0, wrong = 0;

    kit_luid(L"t0");
    for (ULONG i = 0; i < 300; i++) {
        list[i] = a_destination("192.0.2.9");
        list[i].sin6_addr.u.Byte[15] = (UCHAR)(2 + i % 200);
        list[i].sin6_flowinfo = i;
    }
    REQUIRE(NT_SUCCESS(CreateSortedAddressPairs(NULL, 0, list, 300, 0, &pairs, &count)));
    CHECK_EQ(count, 300);
    for (ULONG i = 0; i < count; i++)
        wrong += !is(pairs[i].SourceAddress, "192.0.2.1") || pairs[i].DestinationAddress->sin6_flowinfo >= 300;
    CHECK_EQ(wrong, 0);
    FreeMibTable(pairs);
}

TEST(IPH_054, reserved_and_bad_arguments)
{
    SOCKADDR_IN6 list[1];
    PSOCKADDR_IN6_PAIR pairs = (PVOID)list;
    ULONG count = 9;

    kit_luid(L"t0");
    list[0] = a_destination("192.0.2.9");
    CHECK_STATUS(CreateSortedAddressPairs(list, 0, list, 1, 0, &pairs, &count), STATUS_INVALID_PARAMETER);
    CHECK(pairs == NULL && count == 0);
    CHECK_STATUS(CreateSortedAddressPairs(NULL, 1, list, 1, 0, &pairs, &count), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(CreateSortedAddressPairs(NULL, 0, NULL, 1, 0, &pairs, &count), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(CreateSortedAddressPairs(NULL, 0, list, 0, 0, &pairs, &count), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(CreateSortedAddressPairs(NULL, 0, list, 1, 1, &pairs, &count), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(CreateSortedAddressPairs(NULL, 0, list, 1, 0, NULL, &count), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(CreateSortedAddressPairs(NULL, 0, list, 1, 0, &pairs, NULL), STATUS_INVALID_PARAMETER);
    list[0].sin6_family = AF_INET;
    CHECK_STATUS(CreateSortedAddressPairs(NULL, 0, list, 1, 0, &pairs, &count), STATUS_INVALID_PARAMETER);
    list[0] = a_destination("203.0.113.1");
    CHECK_STATUS(CreateSortedAddressPairs(NULL, 0, list, 1, 0, &pairs, &count), STATUS_NOT_FOUND);
    CHECK(pairs == NULL && count == 0);
}
