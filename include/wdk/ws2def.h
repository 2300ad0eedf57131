/* Socket definitions that Winsock and the kernel share: families, SOCKADDR, options, control data, ADDRINFO (WSK section 12, 13). */
#ifndef _WS2DEF_
#define _WS2DEF_

#include "ntdef.h"
#include "inaddr.h"

WK_EXTERN_C_BEGIN

typedef USHORT ADDRESS_FAMILY;

#define AF_UNSPEC    0
#define AF_UNIX      1
#define AF_INET      2
#define AF_IPX       6
#define AF_NETBIOS   17
#define AF_INET6     23
#define AF_BTH       32
#define AF_LINK      33
#define AF_HYPERV    34
#define AF_MAX       35
#define PF_UNSPEC    AF_UNSPEC
#define PF_INET      AF_INET
#define PF_INET6     AF_INET6

#define SOCK_STREAM    1
#define SOCK_DGRAM     2
#define SOCK_RAW       3
#define SOCK_RDM       4
#define SOCK_SEQPACKET 5

#define SOL_SOCKET 0xffff
#define SOL_IP     (SOL_SOCKET - 4)
#define SOL_IPV6   (SOL_SOCKET - 5)

#define SO_DEBUG               0x0001
#define SO_ACCEPTCONN          0x0002
#define SO_REUSEADDR           0x0004
#define SO_KEEPALIVE           0x0008
#define SO_DONTROUTE           0x0010
#define SO_BROADCAST           0x0020
#define SO_USELOOPBACK         0x0040
#define SO_LINGER              0x0080
#define SO_OOBINLINE           0x0100
#define SO_DONTLINGER          ((int)(~SO_LINGER))
#define SO_EXCLUSIVEADDRUSE    ((int)(~SO_REUSEADDR))
#define SO_SNDBUF              0x1001
#define SO_RCVBUF              0x1002
#define SO_SNDLOWAT            0x1003
#define SO_RCVLOWAT            0x1004
#define SO_SNDTIMEO            0x1005
#define SO_RCVTIMEO            0x1006
#define SO_ERROR               0x1007
#define SO_TYPE                0x1008
#define SO_BSP_STATE           0x1009
#define SO_GROUP_ID            0x2001
#define SO_GROUP_PRIORITY      0x2002
#define SO_MAX_MSG_SIZE        0x2003
#define SO_CONDITIONAL_ACCEPT  0x3002
#define SO_PAUSE_ACCEPT        0x3003
#define SO_COMPARTMENT_ID      0x3004
#define SO_RANDOMIZE_PORT      0x3005
#define SO_PORT_SCALABILITY    0x3006
#define SO_REUSE_UNICASTPORT   0x3007
#define SO_REUSE_MULTICASTPORT 0x3008
#define TCP_NODELAY            0x0001

#define WSK_SO_BASE 0x4000

#define IOC_UNIX      0x00000000
#define IOC_WS2       0x08000000
#define IOC_PROTOCOL  0x10000000
#define IOC_VENDOR    0x18000000
#define IOC_WSK       (IOC_WS2 | 0x07000000)
#define IOC_VOID      0x20000000
#define IOC_OUT       0x40000000
#define IOC_IN        0x80000000
#define IOC_INOUT     (IOC_IN | IOC_OUT)
#define _WSAIO(x, y)   (IOC_VOID | (x) | (y))
#define _WSAIOR(x, y)  (IOC_OUT | (x) | (y))
#define _WSAIOW(x, y)  (IOC_IN | (x) | (y))
#define _WSAIORW(x, y) (IOC_INOUT | (x) | (y))

#define SIO_ASSOCIATE_HANDLE         _WSAIOW(IOC_WS2, 1)
#define SIO_ENABLE_CIRCULAR_QUEUEING _WSAIO(IOC_WS2, 2)
#define SIO_FIND_ROUTE               _WSAIOR(IOC_WS2, 3)
#define SIO_FLUSH                    _WSAIO(IOC_WS2, 4)
#define SIO_GET_BROADCAST_ADDRESS    _WSAIOR(IOC_WS2, 5)
#define SIO_ROUTING_INTERFACE_QUERY  _WSAIORW(IOC_WS2, 20)
#define SIO_ROUTING_INTERFACE_CHANGE _WSAIOW(IOC_WS2, 21)
#define SIO_ADDRESS_LIST_QUERY       _WSAIOR(IOC_WS2, 22)
#define SIO_ADDRESS_LIST_CHANGE      _WSAIO(IOC_WS2, 23)
#define SIO_QUERY_TARGET_PNP_HANDLE  _WSAIOR(IOC_WS2, 24)
#define SIO_ADDRESS_LIST_SORT        _WSAIORW(IOC_WS2, 25)

#define IPPROTO_IP 0
typedef enum {
    IPPROTO_HOPOPTS = 0,
    IPPROTO_ICMP = 1,
    IPPROTO_IGMP = 2,
    IPPROTO_GGP = 3,
    IPPROTO_IPV4 = 4,
    IPPROTO_ST = 5,
    IPPROTO_TCP = 6,
    IPPROTO_CBT = 7,
    IPPROTO_EGP = 8,
    IPPROTO_IGP = 9,
    IPPROTO_PUP = 12,
    IPPROTO_UDP = 17,
    IPPROTO_IDP = 22,
    IPPROTO_RDP = 27,
    IPPROTO_IPV6 = 41,
    IPPROTO_ROUTING = 43,
    IPPROTO_FRAGMENT = 44,
    IPPROTO_ESP = 50,
    IPPROTO_AH = 51,
    IPPROTO_ICMPV6 = 58,
    IPPROTO_NONE = 59,
    IPPROTO_DSTOPTS = 60,
    IPPROTO_ND = 77,
    IPPROTO_ICLFXBM = 78,
    IPPROTO_PIM = 103,
    IPPROTO_PGM = 113,
    IPPROTO_L2TP = 115,
    IPPROTO_SCTP = 132,
    IPPROTO_RAW = 255,
    IPPROTO_MAX = 256,
    IPPROTO_RESERVED_RAW = 257,
    IPPROTO_RESERVED_IPSEC = 258,
    IPPROTO_RESERVED_IPSECOFFLOAD = 259,
    IPPROTO_RESERVED_WNV = 260,
    IPPROTO_RESERVED_MAX = 261
} IPPROTO, *PIPROTO;

#define IPPORT_RESERVED    1024
#define IPPORT_DYNAMIC_MIN 49152
#define IPPORT_DYNAMIC_MAX 65535

#define INADDR_ANY       ((ULONG)0x00000000)
#define INADDR_LOOPBACK  0x7f000001
#define INADDR_BROADCAST ((ULONG)0xffffffff)
#define INADDR_NONE      0xffffffff

typedef struct sockaddr {
    ADDRESS_FAMILY sa_family;
    CHAR sa_data[14];
} SOCKADDR, *PSOCKADDR, *LPSOCKADDR;
typedef const SOCKADDR *PCSOCKADDR;

/* WSK-035: 16 bytes */
typedef struct sockaddr_in {
    ADDRESS_FAMILY sin_family;
    USHORT sin_port;
    IN_ADDR sin_addr;
    CHAR sin_zero[8];
} SOCKADDR_IN, *PSOCKADDR_IN, *LPSOCKADDR_IN;

#define _SS_MAXSIZE   128
#define _SS_ALIGNSIZE 8
typedef struct sockaddr_storage {
    ADDRESS_FAMILY ss_family;
    CHAR __ss_pad1[6];
    LONGLONG __ss_align;
    CHAR __ss_pad2[112];
} SOCKADDR_STORAGE, *PSOCKADDR_STORAGE, *LPSOCKADDR_STORAGE;

typedef struct _SOCKET_ADDRESS {
    LPSOCKADDR lpSockaddr;
    INT iSockaddrLength;
} SOCKET_ADDRESS, *PSOCKET_ADDRESS, *LPSOCKET_ADDRESS;

typedef struct _SOCKET_ADDRESS_LIST {
    INT iAddressCount;
    SOCKET_ADDRESS Address[1];
} SOCKET_ADDRESS_LIST, *PSOCKET_ADDRESS_LIST, *LPSOCKET_ADDRESS_LIST;
#define SIZEOF_SOCKET_ADDRESS_LIST(count) (FIELD_OFFSET(SOCKET_ADDRESS_LIST, Address) + (count) * sizeof(SOCKET_ADDRESS))

typedef enum {
    ScopeLevelInterface = 1,
    ScopeLevelLink = 2,
    ScopeLevelSubnet = 3,
    ScopeLevelAdmin = 4,
    ScopeLevelSite = 5,
    ScopeLevelOrganization = 8,
    ScopeLevelGlobal = 14,
    ScopeLevelCount = 16
} SCOPE_LEVEL;

typedef struct {
    union {
        struct {
            ULONG Zone : 28;
            ULONG Level : 4;
        };
        ULONG Value;
    };
} SCOPE_ID, *PSCOPE_ID;
#define SCOPEID_UNSPECIFIED_INIT {{{0, 0}}}

typedef struct _WSABUF {
    ULONG len;
    CHAR *buf;
} WSABUF, *LPWSABUF;

typedef struct _WSAMSG {
    LPSOCKADDR name;
    INT namelen;
    LPWSABUF lpBuffers;
    ULONG dwBufferCount;
    WSABUF Control;
    ULONG dwFlags;
} WSAMSG, *PWSAMSG, *LPWSAMSG;

/* Control data (WSK-164, WSK-166): header and data are aligned to 8. */
typedef struct cmsghdr {
    SIZE_T cmsg_len;
    INT cmsg_level;
    INT cmsg_type;
} WSACMSGHDR, *PWSACMSGHDR, *LPWSACMSGHDR, CMSGHDR, *PCMSGHDR;

#define WSA_CMSGHDR_ALIGN(length)  (((length) + TYPE_ALIGNMENT(WSACMSGHDR) - 1) & ~(SIZE_T)(TYPE_ALIGNMENT(WSACMSGHDR) - 1))
#define WSA_CMSGDATA_ALIGN(length) (((length) + sizeof(PVOID) - 1) & ~(SIZE_T)(sizeof(PVOID) - 1))
#define CMSGHDR_ALIGN              WSA_CMSGHDR_ALIGN
#define CMSGDATA_ALIGN             WSA_CMSGDATA_ALIGN

DDI_MACRO(WSA_CMSG_FIRSTHDR, "WSK-164", "ws2def/nf-ws2def-wsa_cmsg_firsthdr")
#define WSA_CMSG_FIRSTHDR(msg)                                                                                         \
    (((msg)->Control.len >= sizeof(WSACMSGHDR)) ? (LPWSACMSGHDR)(msg)->Control.buf : (LPWSACMSGHDR)NULL)
DDI_MACRO(WSA_CMSG_NXTHDR, "WSK-164", "ws2def/nf-ws2def-wsa_cmsg_nxthdr")
#define WSA_CMSG_NXTHDR(msg, cmsg)                                                                                     \
    (((cmsg) == NULL) ? WSA_CMSG_FIRSTHDR(msg)                                                                         \
     : ((PUCHAR)(cmsg) + WSA_CMSGHDR_ALIGN((cmsg)->cmsg_len) + sizeof(WSACMSGHDR) >                                    \
        (PUCHAR)(msg)->Control.buf + (msg)->Control.len)                                                               \
         ? (LPWSACMSGHDR)NULL                                                                                          \
         : (LPWSACMSGHDR)((PUCHAR)(cmsg) + WSA_CMSGHDR_ALIGN((cmsg)->cmsg_len)))
DDI_MACRO(WSA_CMSG_DATA, "WSK-164", "ws2def/nf-ws2def-wsa_cmsg_data")
#define WSA_CMSG_DATA(cmsg)    ((PUCHAR)(cmsg) + WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)))
DDI_MACRO(WSA_CMSG_SPACE, "WSK-164", "ws2def/nf-ws2def-wsa_cmsg_space")
#define WSA_CMSG_SPACE(length) (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR) + WSA_CMSGHDR_ALIGN(length)))
DDI_MACRO(WSA_CMSG_LEN, "WSK-164", "ws2def/nf-ws2def-wsa_cmsg_len")
#define WSA_CMSG_LEN(length)   (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)) + (length))
#define CMSG_FIRSTHDR WSA_CMSG_FIRSTHDR
#define CMSG_NXTHDR   WSA_CMSG_NXTHDR
#define CMSG_SPACE    WSA_CMSG_SPACE
#define CMSG_LEN      WSA_CMSG_LEN

#define MSG_TRUNC     0x0100
#define MSG_CTRUNC    0x0200
#define MSG_BCAST     0x0400
#define MSG_MCAST     0x0800
#define MSG_ERRQUEUE  0x1000

#define AI_PASSIVE                0x00000001
#define AI_CANONNAME              0x00000002
#define AI_NUMERICHOST            0x00000004
#define AI_NUMERICSERV            0x00000008
#define AI_DNS_ONLY               0x00000010
#define AI_ALL                    0x00000100
#define AI_ADDRCONFIG             0x00000400
#define AI_V4MAPPED               0x00000800
#define AI_NON_AUTHORITATIVE      0x00004000
#define AI_SECURE                 0x00008000
#define AI_RETURN_PREFERRED_NAMES 0x00010000
#define AI_FQDN                   0x00020000
#define AI_FILESERVER             0x00040000
#define AI_DISABLE_IDN_ENCODING   0x00080000
#define AI_EXTENDED               0x80000000

#define NS_ALL        0
#define NS_DNS        12
#define NS_NETBT      13
#define NS_WINS       14
#define NS_NLA        15
#define NS_BTH        16
#define NS_LOCALNAME  19
#define NS_EMAIL      37
#define NS_PNRPNAME   38
#define NS_PNRPCLOUD  39

#define NI_NOFQDN      0x01
#define NI_NUMERICHOST 0x02
#define NI_NAMEREQD    0x04
#define NI_NUMERICSERV 0x08
#define NI_DGRAM       0x10
#define NI_MAXHOST     1025
#define NI_MAXSERV     32

typedef struct addrinfo {
    INT ai_flags;
    INT ai_family;
    INT ai_socktype;
    INT ai_protocol;
    SIZE_T ai_addrlen;
    CHAR *ai_canonname;
    struct sockaddr *ai_addr;
    struct addrinfo *ai_next;
} ADDRINFOA, *PADDRINFOA;

typedef struct addrinfoW {
    INT ai_flags;
    INT ai_family;
    INT ai_socktype;
    INT ai_protocol;
    SIZE_T ai_addrlen;
    PWSTR ai_canonname;
    struct sockaddr *ai_addr;
    struct addrinfoW *ai_next;
} ADDRINFOW, *PADDRINFOW;

typedef struct addrinfoexW {
    INT ai_flags;
    INT ai_family;
    INT ai_socktype;
    INT ai_protocol;
    SIZE_T ai_addrlen;
    PWSTR ai_canonname;
    struct sockaddr *ai_addr;
    PVOID ai_blob;
    SIZE_T ai_bloblen;
    GUID *ai_provider;
    struct addrinfoexW *ai_next;
} ADDRINFOEXW, *PADDRINFOEXW, *LPADDRINFOEXW;

WK_EXTERN_C_END

#endif
