/* TCP/IP control codes of sockets beyond the plain options. */
#ifndef _MSTCPIP_
#define _MSTCPIP_

#include "ws2ipdef.h"
#include "ip2string.h"

struct tcp_keepalive {
    ULONG onoff;
    ULONG keepalivetime;     /* ms */
    ULONG keepaliveinterval; /* ms */
};

typedef struct _RSS_SCALABILITY_INFO {
    BOOLEAN RssEnabled;
} RSS_SCALABILITY_INFO, *PRSS_SCALABILITY_INFO;

#define SIO_RCVALL                               _WSAIOW(IOC_VENDOR, 1)
#define SIO_RCVALL_MCAST                         _WSAIOW(IOC_VENDOR, 2)
#define SIO_RCVALL_IGMPMCAST                     _WSAIOW(IOC_VENDOR, 3)
#define SIO_KEEPALIVE_VALS                       _WSAIOW(IOC_VENDOR, 4)
#define SIO_ABSORB_RTRALERT                      _WSAIOW(IOC_VENDOR, 5)
#define SIO_UCAST_IF                             _WSAIOW(IOC_VENDOR, 6)
#define SIO_LIMIT_BROADCASTS                     _WSAIOW(IOC_VENDOR, 7)
#define SIO_INDEX_BIND                           _WSAIOW(IOC_VENDOR, 8)
#define SIO_INDEX_MCASTIF                        _WSAIOW(IOC_VENDOR, 9)
#define SIO_INDEX_ADD_MCAST                      _WSAIOW(IOC_VENDOR, 10)
#define SIO_INDEX_DEL_MCAST                      _WSAIOW(IOC_VENDOR, 11)
#define SIO_LOOPBACK_FAST_PATH                   _WSAIOW(IOC_VENDOR, 16)
#define SIO_TCP_INITIAL_RTO                      _WSAIOW(IOC_VENDOR, 17)
#define SIO_QUERY_RSS_SCALABILITY_INFO           _WSAIOR(IOC_VENDOR, 210)
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS _WSAIOW(IOC_VENDOR, 220)
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT _WSAIOW(IOC_VENDOR, 221)
#define SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS  _WSAIOW(IOC_VENDOR, 222)

WK_EXTERN_C_BEGIN

/* ---- well-known addresses ---- */
DDI_DATA(netio, "IPH-094", "") extern CONST IN_ADDR in4addr_any;
DDI_DATA(netio, "IPH-094", "") extern CONST IN_ADDR in4addr_loopback;
DDI_DATA(netio, "IPH-094", "") extern CONST IN_ADDR in4addr_broadcast;
DDI_DATA(netio, "IPH-094", "") extern CONST IN_ADDR in4addr_allnodesonlink;
DDI_DATA(netio, "IPH-094", "") extern CONST IN_ADDR in4addr_allroutersonlink;
DDI_DATA(netio, "IPH-094", "") extern CONST IN_ADDR in4addr_alligmpv3routersonlink;
DDI_DATA(netio, "IPH-094", "") extern CONST IN_ADDR in4addr_allteredohostsonlink;
DDI_DATA(netio, "IPH-094", "") extern CONST IN_ADDR in4addr_linklocalprefix;
DDI_DATA(netio, "IPH-094", "") extern CONST IN_ADDR in4addr_multicastprefix;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_any;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_loopback;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_allnodesonnode;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_allnodesonlink;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_allroutersonlink;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_allmldv2routersonlink;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_teredoinitiallinklocaladdress;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_linklocalprefix;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_multicastprefix;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_solicitednodemulticastprefix;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_v4mappedprefix;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_6to4prefix;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_teredoprefix;
DDI_DATA(netio, "IPH-094", "") extern CONST IN6_ADDR in6addr_teredoprefix_old;

/* ---- IPv4 socket addresses, and either family's (IPH-095) ---- */
FORCEINLINE BOOLEAN IN4_IS_ADDR_LINKLOCAL(const IN_ADDR *a)
{
    return (BOOLEAN)(((const UCHAR *)a)[0] == 169 && ((const UCHAR *)a)[1] == 254);
}

FORCEINLINE BOOLEAN IN4_IS_ADDR_RFC1918(const IN_ADDR *a)
{
    const UCHAR *b = (const UCHAR *)a;

    return (BOOLEAN)(b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168));
}

FORCEINLINE void IN4ADDR_SETANY(PSOCKADDR_IN a)
{
    UCHAR i;

    a->sin_family = AF_INET;
    a->sin_port = 0;
    a->sin_addr.s_addr = 0;
    for (i = 0; i < sizeof(a->sin_zero); i++)
        a->sin_zero[i] = 0;
}

FORCEINLINE void IN4ADDR_SETLOOPBACK(PSOCKADDR_IN a)
{
    IN4ADDR_SETANY(a);
    a->sin_addr.s_addr = 0x0100007f; /* network byte order */
}

FORCEINLINE BOOLEAN IN4ADDR_ISANY(const SOCKADDR_IN *a)
{
    return IN4_IS_ADDR_UNSPECIFIED(&a->sin_addr);
}

FORCEINLINE BOOLEAN IN4ADDR_ISLOOPBACK(const SOCKADDR_IN *a)
{
    return IN4_IS_ADDR_LOOPBACK(&a->sin_addr);
}

FORCEINLINE BOOLEAN IN4ADDR_ISEQUAL(const SOCKADDR_IN *a, const SOCKADDR_IN *b)
{
    return IN4_ADDR_EQUAL(&a->sin_addr, &b->sin_addr);
}

/* The family stays. */
FORCEINLINE void INETADDR_SETANY(PSOCKADDR a)
{
    if (a->sa_family == AF_INET6)
        IN6ADDR_SETANY((PSOCKADDR_IN6)(PVOID)a);
    else
        IN4ADDR_SETANY((PSOCKADDR_IN)(PVOID)a);
}

FORCEINLINE void INETADDR_SETLOOPBACK(PSOCKADDR a)
{
    if (a->sa_family == AF_INET6)
        IN6ADDR_SETLOOPBACK((PSOCKADDR_IN6)(PVOID)a);
    else
        IN4ADDR_SETLOOPBACK((PSOCKADDR_IN)(PVOID)a);
}

FORCEINLINE PUCHAR INETADDR_ADDRESS(const SOCKADDR *a)
{
    return a->sa_family == AF_INET6 ? (PUCHAR)&((PSOCKADDR_IN6)(PVOID)a)->sin6_addr : (PUCHAR)&((PSOCKADDR_IN)(PVOID)a)->sin_addr;
}

FORCEINLINE BOOLEAN INETADDR_ISANY(const SOCKADDR *a)
{
    return a->sa_family == AF_INET6 ? IN6ADDR_ISANY((const SOCKADDR_IN6 *)(const void *)a) : IN4ADDR_ISANY((const SOCKADDR_IN *)(const void *)a);
}

FORCEINLINE BOOLEAN INETADDR_ISLOOPBACK(const SOCKADDR *a)
{
    return a->sa_family == AF_INET6 ? IN6ADDR_ISLOOPBACK((const SOCKADDR_IN6 *)(const void *)a) : IN4ADDR_ISLOOPBACK((const SOCKADDR_IN *)(const void *)a);
}

FORCEINLINE BOOLEAN INETADDR_ISEQUAL(const SOCKADDR *a, const SOCKADDR *b)
{
    if (a->sa_family != b->sa_family)
        return FALSE;
    return a->sa_family == AF_INET6 ? IN6ADDR_ISEQUAL((const SOCKADDR_IN6 *)(const void *)a, (const SOCKADDR_IN6 *)(const void *)b) :
                                      IN4ADDR_ISEQUAL((const SOCKADDR_IN *)(const void *)a, (const SOCKADDR_IN *)(const void *)b);
}

/* address: an IN_ADDR or IN6_ADDR as bytes, as the family of `a` says. */
FORCEINLINE void INETADDR_SET_ADDRESS(PSOCKADDR a, const UCHAR *address)
{
    UCHAR i, bytes = a->sa_family == AF_INET6 ? 16 : 4;

    for (i = 0; i < bytes; i++)
        INETADDR_ADDRESS(a)[i] = address[i];
}

FORCEINLINE void INETADDR_SET_PORT(PSOCKADDR a, USHORT port)
{
    SS_PORT(a) = port;
}

FORCEINLINE BOOLEAN INET_ADDR_EQUAL(ADDRESS_FAMILY family, const void *a, const void *b)
{
    return family == AF_INET6 ? IN6_ADDR_EQUAL((const IN6_ADDR *)a, (const IN6_ADDR *)b) : IN4_ADDR_EQUAL((const IN_ADDR *)a, (const IN_ADDR *)b);
}

FORCEINLINE BOOLEAN INET_IS_ADDR_UNSPECIFIED(ADDRESS_FAMILY family, const void *a)
{
    return family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED((const IN6_ADDR *)a) : IN4_IS_ADDR_UNSPECIFIED((const IN_ADDR *)a);
}

FORCEINLINE BOOLEAN INET_IS_ADDR_LOOPBACK(ADDRESS_FAMILY family, const void *a)
{
    return family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK((const IN6_ADDR *)a) : IN4_IS_ADDR_LOOPBACK((const IN_ADDR *)a);
}

FORCEINLINE BOOLEAN INET_IS_ADDR_MULTICAST(ADDRESS_FAMILY family, const void *a)
{
    return family == AF_INET6 ? IN6_IS_ADDR_MULTICAST((const IN6_ADDR *)a) : IN4_IS_ADDR_MULTICAST((const IN_ADDR *)a);
}

#define INET_ADDR_LENGTH(family)     ((family) == AF_INET6 ? sizeof(IN6_ADDR) : sizeof(IN_ADDR))
#define INET_SOCKADDR_LENGTH(family) ((family) == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN))

WK_EXTERN_C_END

#endif
