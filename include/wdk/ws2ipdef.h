/* IPv4 and IPv6 socket definitions: SOCKADDR_IN6, SOCKADDR_INET, options of the IP, IPv6, TCP and UDP levels (WSK section 12). */
#ifndef _WS2IPDEF_
#define _WS2IPDEF_

#include "ws2def.h"
#include "in6addr.h"

WK_EXTERN_C_BEGIN

/* WSK-035: 28 bytes */
typedef struct sockaddr_in6 {
    ADDRESS_FAMILY sin6_family;
    USHORT sin6_port;
    ULONG sin6_flowinfo;
    IN6_ADDR sin6_addr;
    union {
        ULONG sin6_scope_id;
        SCOPE_ID sin6_scope_struct;
    };
} SOCKADDR_IN6_LH, *PSOCKADDR_IN6_LH, SOCKADDR_IN6, *PSOCKADDR_IN6, *LPSOCKADDR_IN6;

typedef union _SOCKADDR_INET {
    SOCKADDR_IN Ipv4;
    SOCKADDR_IN6 Ipv6;
    ADDRESS_FAMILY si_family;
} SOCKADDR_INET, *PSOCKADDR_INET;

typedef struct _sockaddr_in6_pair {
    PSOCKADDR_IN6 SourceAddress;
    PSOCKADDR_IN6 DestinationAddress;
} SOCKADDR_IN6_PAIR, *PSOCKADDR_IN6_PAIR;

#define IP_OPTIONS                1
#define IP_HDRINCL                2
#define IP_TOS                    3
#define IP_TTL                    4
#define IP_MULTICAST_IF           9
#define IP_MULTICAST_TTL          10
#define IP_MULTICAST_LOOP         11
#define IP_ADD_MEMBERSHIP         12
#define IP_DROP_MEMBERSHIP        13
#define IP_DONTFRAGMENT           14
#define IP_ADD_SOURCE_MEMBERSHIP  15
#define IP_DROP_SOURCE_MEMBERSHIP 16
#define IP_BLOCK_SOURCE           17
#define IP_UNBLOCK_SOURCE         18
#define IP_PKTINFO                19
#define IP_HOPLIMIT               21
#define IP_RECVTTL                21
#define IP_RECEIVE_BROADCAST      22
#define IP_RECVIF                 24
#define IP_RECVDSTADDR            25
#define IP_IFLIST                 28
#define IP_ADD_IFLIST             29
#define IP_DEL_IFLIST             30
#define IP_UNICAST_IF             31
#define IP_RTHDR                  32
#define IP_GET_IFLIST             33
#define IP_RECVRTHDR              38
#define IP_TCLASS                 39
#define IP_RECVTCLASS             40
#define IP_RECVTOS                40
#define IP_ORIGINAL_ARRIVAL_IF    47
#define IP_ECN                    50
#define IP_PKTINFO_EX             51
#define IP_WFP_REDIRECT_RECORDS   60
#define IP_WFP_REDIRECT_CONTEXT   70
#define IP_MTU_DISCOVER           71
#define IP_MTU                    73
#define IP_NRT_INTERFACE          74
#define IP_RECVERR                75
#define IP_UNSPECIFIED_TYPE_OF_SERVICE (-1)
#define IP_UNSPECIFIED_HOP_LIMIT  (-1)

#define IPV6_HOPOPTS           1
#define IPV6_HDRINCL           2
#define IPV6_UNICAST_HOPS      4
#define IPV6_MULTICAST_IF      9
#define IPV6_MULTICAST_HOPS    10
#define IPV6_MULTICAST_LOOP    11
#define IPV6_ADD_MEMBERSHIP    12
#define IPV6_JOIN_GROUP        IPV6_ADD_MEMBERSHIP
#define IPV6_DROP_MEMBERSHIP   13
#define IPV6_LEAVE_GROUP       IPV6_DROP_MEMBERSHIP
#define IPV6_DONTFRAG          14
#define IPV6_PKTINFO           19
#define IPV6_HOPLIMIT          21
#define IPV6_PROTECTION_LEVEL  23
#define IPV6_RECVIF            24
#define IPV6_RECVDSTADDR       25
#define IPV6_CHECKSUM          26
#define IPV6_V6ONLY            27
#define IPV6_IFLIST            28
#define IPV6_ADD_IFLIST        29
#define IPV6_DEL_IFLIST        30
#define IPV6_UNICAST_IF        31
#define IPV6_RTHDR             32
#define IPV6_GET_IFLIST        33
#define IPV6_RECVRTHDR         38
#define IPV6_TCLASS            39
#define IPV6_RECVTCLASS        40
#define IPV6_ECN               50
#define IPV6_PKTINFO_EX        51
#define IPV6_WFP_REDIRECT_RECORDS 60
#define IPV6_WFP_REDIRECT_CONTEXT 70
#define IPV6_MTU_DISCOVER      71
#define IPV6_MTU               72
#define IPV6_NRT_INTERFACE     74
#define IPV6_RECVERR           75

#define TCP_OFFLOAD_NO_PREFERENCE 0
#define TCP_EXPEDITED_1122        0x0002
#define TCP_KEEPALIVE             3
#define TCP_KEEPIDLE              TCP_KEEPALIVE
#define TCP_MAXSEG                4
#define TCP_MAXRT                 5
#define TCP_STDURG                6
#define TCP_NOURG                 7
#define TCP_ATMARK                8
#define TCP_NOSYNRETRIES          9
#define TCP_TIMESTAMPS            10
#define TCP_OFFLOAD_PREFERENCE    11
#define TCP_CONGESTION_ALGORITHM  12
#define TCP_DELAY_FIN_ACK         13
#define TCP_MAXRTMS               14
#define TCP_FASTOPEN              15
#define TCP_KEEPCNT               16
#define TCP_KEEPINTVL             17
#define TCP_FAIL_CONNECT_ON_ICMP_ERROR 18
#define TCP_ICMP_ERROR_INFO       19

#define UDP_NOCHECKSUM              1
#define UDP_SEND_MSG_SIZE           2
#define UDP_RECV_MAX_COALESCED_SIZE 3
#define UDP_COALESCED_INFO          3
#define UDP_CHECKSUM_COVERAGE       20

typedef struct ip_mreq {
    IN_ADDR imr_multiaddr;
    IN_ADDR imr_interface;
} IP_MREQ, *PIP_MREQ;

typedef struct ip_mreq_source {
    IN_ADDR imr_multiaddr;
    IN_ADDR imr_sourceaddr;
    IN_ADDR imr_interface;
} IP_MREQ_SOURCE, *PIP_MREQ_SOURCE;

typedef struct ipv6_mreq {
    IN6_ADDR ipv6mr_multiaddr;
    ULONG ipv6mr_interface;
} IPV6_MREQ, *PIPV6_MREQ;

/* WSK section 13: 8, 20, 12 and 24 bytes */
typedef struct in_pktinfo {
    IN_ADDR ipi_addr;
    ULONG ipi_ifindex;
} IN_PKTINFO, *PIN_PKTINFO;

typedef struct in6_pktinfo {
    IN6_ADDR ipi6_addr;
    ULONG ipi6_ifindex;
} IN6_PKTINFO, *PIN6_PKTINFO;

typedef struct in_pktinfo_ex {
    IN_PKTINFO pkt_info;
    SCOPE_ID scope_id;
} IN_PKTINFO_EX, *PIN_PKTINFO_EX;

typedef struct in6_pktinfo_ex {
    IN6_PKTINFO pkt_info;
    SCOPE_ID scope_id;
} IN6_PKTINFO_EX, *PIN6_PKTINFO_EX;

#define INET_ADDRSTRLEN  22
#define INET6_ADDRSTRLEN 65

#define IN4ADDR_ANY_INIT      {{{0, 0, 0, 0}}}
#define IN4ADDR_LOOPBACK_INIT {{{0x7f, 0, 0, 1}}}
#define IN6ADDR_ANY_INIT      {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}}
#define IN6ADDR_LOOPBACK_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}

#define INETADDR_PORT(sa) (((PSOCKADDR_IN)(sa))->sin_port)
#define SS_PORT(sa)       (((PSOCKADDR_IN)(sa))->sin_port)

FORCEINLINE BOOLEAN IN6_ADDR_EQUAL(const IN6_ADDR *x, const IN6_ADDR *y)
{
    const ULONGLONG *a = (const ULONGLONG *)(const void *)x;
    const ULONGLONG *b = (const ULONGLONG *)(const void *)y;

    return (BOOLEAN)(a[0] == b[0] && a[1] == b[1]);
}
#define IN6_ARE_ADDR_EQUAL IN6_ADDR_EQUAL

FORCEINLINE BOOLEAN IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *a)
{
    const ULONGLONG *w = (const ULONGLONG *)(const void *)a;

    return (BOOLEAN)(w[0] == 0 && w[1] == 0);
}

FORCEINLINE BOOLEAN IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *a)
{
    const ULONGLONG *w = (const ULONGLONG *)(const void *)a;

    return (BOOLEAN)(w[0] == 0 && w[1] == 0x0100000000000000ULL);
}

FORCEINLINE BOOLEAN IN6_IS_ADDR_MULTICAST(const IN6_ADDR *a)
{
    return (BOOLEAN)(a->s6_bytes[0] == 0xff);
}

FORCEINLINE BOOLEAN IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *a)
{
    return (BOOLEAN)(a->s6_bytes[0] == 0xfe && (a->s6_bytes[1] & 0xc0) == 0x80);
}

FORCEINLINE BOOLEAN IN6_IS_ADDR_SITELOCAL(const IN6_ADDR *a)
{
    return (BOOLEAN)(a->s6_bytes[0] == 0xfe && (a->s6_bytes[1] & 0xc0) == 0xc0);
}

FORCEINLINE BOOLEAN IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *a)
{
    return (BOOLEAN)(a->s6_words[0] == 0 && a->s6_words[1] == 0 && a->s6_words[2] == 0 && a->s6_words[3] == 0 &&
                     a->s6_words[4] == 0 && a->s6_words[5] == 0xffff);
}

FORCEINLINE PUCHAR IN6_GET_ADDR_V4MAPPED(const IN6_ADDR *a)
{
    return (PUCHAR)&a->s6_words[6];
}

FORCEINLINE void IN6_SET_ADDR_V4MAPPED(PIN6_ADDR a, const IN_ADDR *v4)
{
    USHORT i;

    for (i = 0; i < 5; i++)
        a->s6_words[i] = 0;
    a->s6_words[5] = 0xffff;
    a->s6_words[6] = v4->S_un.S_un_w.s_w1;
    a->s6_words[7] = v4->S_un.S_un_w.s_w2;
}

FORCEINLINE BOOLEAN IN6_IS_ADDR_V4COMPAT(const IN6_ADDR *a)
{
    const ULONGLONG *w = (const ULONGLONG *)(const void *)a;

    return (BOOLEAN)(w[0] == 0 && a->s6_words[4] == 0 && a->s6_words[5] == 0 && !(a->s6_words[6] == 0 && a->s6_bytes[14] == 0 && a->s6_bytes[15] <= 1));
}

/* By the four highest bits: all zero and all one are the special kinds. */
FORCEINLINE BOOLEAN IN6_IS_ADDR_GLOBAL(const IN6_ADDR *a)
{
    return (BOOLEAN)((a->s6_bytes[0] & 0xf0) != 0 && (a->s6_bytes[0] & 0xf0) != 0xf0);
}

/* By the interface part, whatever the prefix: zero is a subnet's routers, the 128 highest of an EUI-64 are reserved (RFC 2526). */
FORCEINLINE BOOLEAN IN6_IS_ADDR_SUBNET_ROUTER_ANYCAST(const IN6_ADDR *a)
{
    return (BOOLEAN)(((const ULONGLONG *)(const void *)a)[1] == 0);
}

FORCEINLINE BOOLEAN IN6_IS_ADDR_SUBNET_RESERVED_ANYCAST(const IN6_ADDR *a)
{
    return (BOOLEAN)(a->s6_words[4] == 0xfffd && a->s6_words[5] == 0xffff && a->s6_words[6] == 0xffff && a->s6_bytes[14] == 0xff && a->s6_bytes[15] >= 0x80);
}

FORCEINLINE BOOLEAN IN6_IS_ADDR_ANYCAST(const IN6_ADDR *a)
{
    return (BOOLEAN)(IN6_IS_ADDR_SUBNET_RESERVED_ANYCAST(a) || IN6_IS_ADDR_SUBNET_ROUTER_ANYCAST(a));
}

#define WK_IN6_MC(scope) (BOOLEAN)(a->s6_bytes[0] == 0xff && (a->s6_bytes[1] & 0x0f) == (scope))
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_NODELOCAL(const IN6_ADDR *a) { return WK_IN6_MC(0x1); }
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_LINKLOCAL(const IN6_ADDR *a) { return WK_IN6_MC(0x2); }
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_SITELOCAL(const IN6_ADDR *a) { return WK_IN6_MC(0x5); }
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_ORGLOCAL(const IN6_ADDR *a) { return WK_IN6_MC(0x8); }
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_GLOBAL(const IN6_ADDR *a) { return WK_IN6_MC(0xe); }
#undef WK_IN6_MC

FORCEINLINE void IN6_SET_ADDR_UNSPECIFIED(PIN6_ADDR a)
{
    USHORT i;

    for (i = 0; i < 8; i++)
        a->s6_words[i] = 0;
}

FORCEINLINE void IN6_SET_ADDR_LOOPBACK(PIN6_ADDR a)
{
    IN6_SET_ADDR_UNSPECIFIED(a);
    a->s6_bytes[15] = 1;
}

FORCEINLINE void IN6_SET_ADDR_V4COMPAT(PIN6_ADDR a, const IN_ADDR *v4)
{
    IN6_SET_ADDR_UNSPECIFIED(a);
    a->s6_words[6] = v4->S_un.S_un_w.s_w1;
    a->s6_words[7] = v4->S_un.S_un_w.s_w2;
}

/* Whole socket addresses: family, address and zeros in the rest. */
FORCEINLINE void IN6ADDR_SETANY(PSOCKADDR_IN6 a)
{
    a->sin6_family = AF_INET6;
    a->sin6_port = 0;
    a->sin6_flowinfo = 0;
    IN6_SET_ADDR_UNSPECIFIED(&a->sin6_addr);
    a->sin6_scope_id = 0;
}

FORCEINLINE void IN6ADDR_SETLOOPBACK(PSOCKADDR_IN6 a)
{
    IN6ADDR_SETANY(a);
    a->sin6_addr.s6_bytes[15] = 1;
}

FORCEINLINE BOOLEAN IN6ADDR_ISANY(const SOCKADDR_IN6 *a)
{
    return IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr);
}

FORCEINLINE BOOLEAN IN6ADDR_ISLOOPBACK(const SOCKADDR_IN6 *a)
{
    return IN6_IS_ADDR_LOOPBACK(&a->sin6_addr);
}

FORCEINLINE BOOLEAN IN6ADDR_ISEQUAL(const SOCKADDR_IN6 *a, const SOCKADDR_IN6 *b)
{
    return (BOOLEAN)(a->sin6_scope_id == b->sin6_scope_id && IN6_ADDR_EQUAL(&a->sin6_addr, &b->sin6_addr));
}

FORCEINLINE BOOLEAN IN6ADDR_ISUNSPECIFIED(const SOCKADDR_IN6 *a)
{
    return (BOOLEAN)(a->sin6_scope_id == 0 && IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr));
}

FORCEINLINE void IN6ADDR_SETV4MAPPED(PSOCKADDR_IN6 a, const IN_ADDR *v4, SCOPE_ID scope, USHORT port)
{
    IN6ADDR_SETANY(a);
    a->sin6_port = port;
    IN6_SET_ADDR_V4MAPPED(&a->sin6_addr, v4);
    a->sin6_scope_struct = scope;
}

FORCEINLINE BOOLEAN IN6ADDR_ISV4MAPPED(const SOCKADDR_IN6 *a)
{
    return IN6_IS_ADDR_V4MAPPED(&a->sin6_addr);
}

FORCEINLINE BOOLEAN IN4_ADDR_EQUAL(const IN_ADDR *a, const IN_ADDR *b)
{
    return (BOOLEAN)(a->s_addr == b->s_addr);
}

FORCEINLINE BOOLEAN IN4_IS_ADDR_UNSPECIFIED(const IN_ADDR *a)
{
    return (BOOLEAN)(a->s_addr == 0);
}

FORCEINLINE BOOLEAN IN4_IS_ADDR_LOOPBACK(const IN_ADDR *a)
{
    return (BOOLEAN)(((const UCHAR *)a)[0] == 0x7f);
}

FORCEINLINE BOOLEAN IN4_IS_ADDR_BROADCAST(const IN_ADDR *a)
{
    return (BOOLEAN)(a->s_addr == 0xffffffff);
}

FORCEINLINE BOOLEAN IN4_IS_ADDR_MULTICAST(const IN_ADDR *a)
{
    return (BOOLEAN)((((const UCHAR *)a)[0] & 0xf0) == 0xe0);
}

WK_EXTERN_C_END

#endif
