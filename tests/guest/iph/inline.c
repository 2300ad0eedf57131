/* What drivers carry in themselves: helpers of ws2ipdef.h and mstcpip.h; and addresses as text. */
#include "iph_kit.h"

static IN6_ADDR v6(PCSTR text)
{
    return kit_address(text).Ipv6.sin6_addr;
}

TEST(IPH_095, kinds_of_v6_addresses)
{
    static const struct {
        PCSTR text;
        const char *kinds; /* u loopback l multicast m link k site s global g mapped p compatible c anycast a */
    } cases[] = {
        {"::", "ua"}, {"::1", "l"}, {"ff02::1", "m"}, {"fe80::1", "k"}, {"febf::1", "k"}, {"fec0::1", "s"}, {"2001:db8::1", "g"},
        {"::ffff:1.2.3.4", "p"}, {"::1.2.3.4", "c"}, {"::0.0.0.2", "c"}, {"2001:db8::", "ga"}, {"2001:db8:0:1:fdff:ffff:ffff:fffe", "ga"},
        {"fdff::fdff:ffff:ffff:ff7f", ""}, {"ff0e::", "ma"},
    };

    for (ULONG i = 0; i < RTL_NUMBER_OF(cases); i++) {
        IN6_ADDR a = v6(cases[i].text);
        char kinds[12];
        ULONG n = 0;

        if (IN6_IS_ADDR_UNSPECIFIED(&a)) kinds[n++] = 'u';
        if (IN6_IS_ADDR_LOOPBACK(&a)) kinds[n++] = 'l';
        if (IN6_IS_ADDR_MULTICAST(&a)) kinds[n++] = 'm';
        if (IN6_IS_ADDR_LINKLOCAL(&a)) kinds[n++] = 'k';
        if (IN6_IS_ADDR_SITELOCAL(&a)) kinds[n++] = 's';
        if (IN6_IS_ADDR_GLOBAL(&a)) kinds[n++] = 'g';
        if (IN6_IS_ADDR_V4MAPPED(&a)) kinds[n++] = 'p';
        if (IN6_IS_ADDR_V4COMPAT(&a)) kinds[n++] = 'c';
        if (IN6_IS_ADDR_ANYCAST(&a)) kinds[n++] = 'a';
        kinds[n] = 0;
        if (!CHECK(strcmp(kinds, cases[i].kinds) == 0))
            wkt_note(cases[i].text, n);
    }
}

TEST(IPH_095, multicast_scopes)
{
    IN6_ADDR a = v6("ff02::1");

    CHECK(IN6_IS_ADDR_MC_LINKLOCAL(&a) && !IN6_IS_ADDR_MC_NODELOCAL(&a) && !IN6_IS_ADDR_MC_GLOBAL(&a));
    a = v6("ff11::1");
    CHECK(IN6_IS_ADDR_MC_NODELOCAL(&a));
    a = v6("ff05::1");
    CHECK(IN6_IS_ADDR_MC_SITELOCAL(&a));
    a = v6("ff08::1");
    CHECK(IN6_IS_ADDR_MC_ORGLOCAL(&a));
    a = v6("ff0e::1");
    CHECK(IN6_IS_ADDR_MC_GLOBAL(&a));
    a = v6("fe0e::1");
    CHECK(!IN6_IS_ADDR_MC_GLOBAL(&a));
}

TEST(IPH_095, socket_addresses_of_both_families)
{
    static const ADDRESS_FAMILY families[] = {AF_INET, AF_INET6};
    IN_ADDR v4 = kit_address("192.0.2.1").Ipv4.sin_addr;
    IN6_ADDR six = v6("2001:db8::7");
    SCOPE_ID scope = {{{0}}};

    for (ULONG i = 0; i < 2; i++) {
        SOCKADDR_INET a, b;

        RtlFillMemory(&a, sizeof(a), 0x77);
        a.si_family = families[i];
        b = a;
        INETADDR_SETANY((PSOCKADDR)&a);
        CHECK(INETADDR_ISANY((PSOCKADDR)&a) && !INETADDR_ISLOOPBACK((PSOCKADDR)&a));
        CHECK_EQ(a.si_family, families[i]);
        CHECK_EQ(INETADDR_PORT((PSOCKADDR)&a), 0);
        INETADDR_SETLOOPBACK((PSOCKADDR)&b);
        CHECK(INETADDR_ISLOOPBACK((PSOCKADDR)&b) && !INETADDR_ISANY((PSOCKADDR)&b) && !INETADDR_ISEQUAL((PSOCKADDR)&a, (PSOCKADDR)&b));
        INETADDR_SET_PORT((PSOCKADDR)&b, 0x5000);
        CHECK_EQ(i ? b.Ipv6.sin6_port : b.Ipv4.sin_port, 0x5000);
        INETADDR_SET_ADDRESS((PSOCKADDR)&b, i ? (const UCHAR *)&six : (const UCHAR *)&v4);
        CHECK_MEM(INETADDR_ADDRESS((PSOCKADDR)&b), i ? (const void *)&six : (const void *)&v4, INET_ADDR_LENGTH(families[i]));
        CHECK_EQ(INET_SOCKADDR_LENGTH(families[i]), i ? 28 : 16);
        CHECK(INET_ADDR_EQUAL(families[i], INETADDR_ADDRESS((PSOCKADDR)&b), i ? (const void *)&six : (const void *)&v4));
    }
    {
        SOCKADDR_IN6 mapped;

        IN6ADDR_SETV4MAPPED(&mapped, &v4, scope, 7);
        CHECK(IN6ADDR_ISV4MAPPED(&mapped) && mapped.sin6_family == AF_INET6 && mapped.sin6_port == 7);
        CHECK_MEM(IN6_GET_ADDR_V4MAPPED(&mapped.sin6_addr), &v4, 4);
        IN6_SET_ADDR_V4COMPAT(&mapped.sin6_addr, &v4);
        CHECK(IN6_IS_ADDR_V4COMPAT(&mapped.sin6_addr));
    }
    v4 = kit_address("172.31.0.1").Ipv4.sin_addr;
    CHECK(IN4_IS_ADDR_RFC1918(&v4) && !IN4_IS_ADDR_LINKLOCAL(&v4));
    v4 = kit_address("172.32.0.1").Ipv4.sin_addr;
    CHECK(!IN4_IS_ADDR_RFC1918(&v4));
    v4 = kit_address("169.254.3.4").Ipv4.sin_addr;
    CHECK(IN4_IS_ADDR_LINKLOCAL(&v4));
}

TEST(IPH_093, where_parsing_stops)
{
    static const struct {
        PCSTR text;
        ULONG end; /* 0: refused */
    } v4s[] = {{"1.2.3.4", 7}, {"1.2.3.4x", 7}, {"255.255.255.255/8", 15}, {"1.2.3", 0}, {"256.1.1.1", 0}, {"", 0}, {"a.b.c.d", 0}},
      v6s[] = {{"::", 2}, {"1:2:3:4:5:6:7:8", 15}, {"2001:db8::1/64", 11}, {"fe80::1%3", 7}, {"::ffff:1.2.3.4 ", 14}, {":1", 0}, {"", 0}, {"1:2", 0}};
    IN_ADDR four;
    IN6_ADDR six;
    PCSTR end;

    for (ULONG i = 0; i < RTL_NUMBER_OF(v4s); i++) {
        NTSTATUS status = RtlIpv4StringToAddressA(v4s[i].text, TRUE, &end, &four);

        CHECK_STATUS(status, v4s[i].end ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER);
        if (v4s[i].end)
            CHECK_EQ(end - v4s[i].text, v4s[i].end);
    }
    for (ULONG i = 0; i < RTL_NUMBER_OF(v6s); i++) {
        NTSTATUS status = RtlIpv6StringToAddressA(v6s[i].text, &end, &six);

        CHECK_STATUS(status, v6s[i].end ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER);
        if (v6s[i].end)
            CHECK_EQ(end - v6s[i].text, v6s[i].end);
    }
}

TEST(IPH_093, scope_and_port)
{
    IN6_ADDR a = v6("fe80::1"), back;
    WCHAR text[INET6_ADDRSTRLEN];
    ULONG length = 3, scope;
    USHORT port;

    CHECK_STATUS(RtlIpv6AddressToStringExW(&a, 3, 0x5000, text, &length), STATUS_INVALID_PARAMETER);
    CHECK_EQ(length, 15); /* [fe80::1%3]:80 */
    CHECK_STATUS(RtlIpv6AddressToStringExW(&a, 3, 0x5000, text, &length), STATUS_SUCCESS);
    CHECK(!wcscmp(text, L"[fe80::1%3]:80"));
    CHECK_STATUS(RtlIpv6StringToAddressExW(text, &back, &scope, &port), STATUS_SUCCESS);
    CHECK(IN6_ADDR_EQUAL(&a, &back));
    CHECK_EQ(scope, 3);
    CHECK_EQ(port, 0x5000);
    CHECK_STATUS(RtlIpv6StringToAddressExW(L"[fe80::1]:", &back, &scope, &port), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlIpv6StringToAddressExW(L"fe80::1%3x", &back, &scope, &port), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlIpv6StringToAddressExW(L"[::1]:65536", &back, &scope, &port), STATUS_INVALID_PARAMETER);
    CHECK(RtlIpv6AddressToStringW(&a, text) == text + 7);
    CHECK(!wcscmp(text, L"fe80::1"));
}
