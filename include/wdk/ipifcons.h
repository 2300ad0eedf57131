/* Interface types and states as MIBs number them. */
#ifndef _WINSOCK_IPIFCONS_
#define _WINSOCK_IPIFCONS_

#include "ntdef.h"

typedef ULONG IFTYPE;

#define IF_TYPE_OTHER              1
#define IF_TYPE_ETHERNET_CSMACD    6
#define IF_TYPE_ISO88025_TOKENRING 9
#define IF_TYPE_PPP                23
#define IF_TYPE_SOFTWARE_LOOPBACK  24
#define IF_TYPE_ATM                37
#define IF_TYPE_PROP_VIRTUAL       53
#define IF_TYPE_IEEE80211          71
#define IF_TYPE_TUNNEL             131
#define IF_TYPE_IEEE1394           144
#define IF_TYPE_WWANPP             243
#define IF_TYPE_WWANPP2            244

typedef enum {
    TUNNEL_TYPE_NONE = 0,
    TUNNEL_TYPE_OTHER = 1,
    TUNNEL_TYPE_DIRECT = 2,
    TUNNEL_TYPE_6TO4 = 11,
    TUNNEL_TYPE_ISATAP = 13,
    TUNNEL_TYPE_TEREDO = 14,
    TUNNEL_TYPE_IPHTTPS = 15
} TUNNEL_TYPE, *PTUNNEL_TYPE;

#endif
