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

#endif
