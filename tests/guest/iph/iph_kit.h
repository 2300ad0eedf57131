/* For the IP Helper tests: the runner gives each a network namespace with lo (index 1) and the pair t0, t1 (tests/guest/runner.c). */
#ifndef IPH_KIT_H
#define IPH_KIT_H

#include "wkt.h"
#include <netioapi.h>
#include <mstcpip.h>

static inline NET_LUID kit_luid(PCWSTR alias)
{
    NET_LUID luid;

    if (!NT_SUCCESS(ConvertInterfaceAliasToLuid(alias, &luid)))
        wkt_skip("no network namespace with t0 and t1 could be made");
    return luid;
}

static inline SOCKADDR_INET kit_address(PCSTR text)
{
    SOCKADDR_INET a;
    PCSTR end;

    RtlZeroMemory(&a, sizeof(a));
    if (NT_SUCCESS(RtlIpv4StringToAddressA(text, TRUE, &end, &a.Ipv4.sin_addr)))
        a.si_family = AF_INET;
    else if (NT_SUCCESS(RtlIpv6StringToAddressA(text, &end, &a.Ipv6.sin6_addr)))
        a.si_family = AF_INET6;
    return a;
}

static inline BOOLEAN kit_same(const SOCKADDR_INET *a, const SOCKADDR_INET *b)
{
    if (a->si_family != b->si_family)
        return FALSE;
    if (a->si_family == AF_INET)
        return (BOOLEAN)(a->Ipv4.sin_addr.s_addr == b->Ipv4.sin_addr.s_addr);
    return (BOOLEAN)(RtlCompareMemory(&a->Ipv6.sin6_addr, &b->Ipv6.sin6_addr, 16) == 16);
}

/* How many link-local addresses may be used. */
static inline ULONG kit_link_locals(void)
{
    PMIB_UNICASTIPADDRESS_TABLE table;
    ULONG count = 0;

    if (!NT_SUCCESS(GetUnicastIpAddressTable(AF_INET6, &table)))
        return 0;
    for (ULONG i = 0; i < table->NumEntries; i++)
        count += IN6_IS_ADDR_LINKLOCAL(&table->Table[i].Address.Ipv6.sin6_addr) && table->Table[i].DadState == IpDadStatePreferred;
    FreeMibTable(table);
    return count;
}

/* Linux opens a link some time after it is up, and asks neighbours from link-local addresses, which are tentative at first: what a test sends from
 * t0 to t1 before that is lost. */
static inline BOOLEAN kit_wait_for_links(void)
{
    LARGE_INTEGER step = {.QuadPart = -100000};
    MIB_IF_ROW2 t0, t1;

    for (ULONG i = 0; i < 2 * WKT_TIMEOUT_MS / 10; i++) {
        RtlZeroMemory(&t0, sizeof(t0));
        RtlZeroMemory(&t1, sizeof(t1));
        t0.InterfaceLuid = kit_luid(L"t0");
        t1.InterfaceLuid = kit_luid(L"t1");
        if (NT_SUCCESS(GetIfEntry2(&t0)) && NT_SUCCESS(GetIfEntry2(&t1)) && t0.OperStatus == IfOperStatusUp && t1.OperStatus == IfOperStatusUp &&
            kit_link_locals() == 2)
            return TRUE;
        KeDelayExecutionThread(KernelMode, FALSE, &step);
    }
    return CHECK(!"the pair of links is up");
}

#endif
