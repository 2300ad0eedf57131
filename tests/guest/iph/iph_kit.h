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

#endif
