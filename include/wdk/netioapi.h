/* IP Helper for drivers: tables of interfaces, addresses, routes and neighbours, and notices of their changes (docs/spec/iphelper.md).
 * Exports of netio.sys. All may block; PASSIVE_LEVEL or APC_LEVEL. */
#ifndef _NETIOAPI_H_
#define _NETIOAPI_H_

#include "wdm.h"
#include "ifdef.h"
#include "nldef.h"
#include "ws2ipdef.h"

WK_EXTERN_C_BEGIN

#define NETIOAPI_API_ NTAPI
#define NETIOAPI_API  NTSTATUS NTAPI

#define ANY_SIZE 1

/* Each function looks at the IRQL itself, for it returns STATUS_INVALID_DEVICE_STATE when that is too high (IPH-014). */
#define WK_IPH_BLOCKS _When_(TRUE, _IRQL_requires_max_(APC_LEVEL))

typedef enum _MIB_NOTIFICATION_TYPE { MibParameterNotification, MibAddInstance, MibDeleteInstance, MibInitialNotification } MIB_NOTIFICATION_TYPE, *PMIB_NOTIFICATION_TYPE;

/* ---- interfaces ---- */
typedef struct _MIB_IF_ROW2 {
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    GUID InterfaceGuid;
    WCHAR Alias[IF_MAX_STRING_SIZE + 1];
    WCHAR Description[IF_MAX_STRING_SIZE + 1];
    ULONG PhysicalAddressLength;
    UCHAR PhysicalAddress[IF_MAX_PHYS_ADDRESS_LENGTH];
    UCHAR PermanentPhysicalAddress[IF_MAX_PHYS_ADDRESS_LENGTH];
    ULONG Mtu;
    IFTYPE Type;
    TUNNEL_TYPE TunnelType;
    NDIS_MEDIUM MediaType;
    NDIS_PHYSICAL_MEDIUM PhysicalMediumType;
    NET_IF_ACCESS_TYPE AccessType;
    NET_IF_DIRECTION_TYPE DirectionType;
    struct {
        BOOLEAN HardwareInterface : 1;
        BOOLEAN FilterInterface : 1;
        BOOLEAN ConnectorPresent : 1;
        BOOLEAN NotAuthenticated : 1;
        BOOLEAN NotMediaConnected : 1;
        BOOLEAN Paused : 1;
        BOOLEAN LowPower : 1;
        BOOLEAN EndPointInterface : 1;
    } InterfaceAndOperStatusFlags;
    IF_OPER_STATUS OperStatus;
    NET_IF_ADMIN_STATUS AdminStatus;
    NET_IF_MEDIA_CONNECT_STATE MediaConnectState;
    NET_IF_NETWORK_GUID NetworkGuid;
    NET_IF_CONNECTION_TYPE ConnectionType;
    ULONG64 TransmitLinkSpeed;
    ULONG64 ReceiveLinkSpeed;
    ULONG64 InOctets;
    ULONG64 InUcastPkts;
    ULONG64 InNUcastPkts;
    ULONG64 InDiscards;
    ULONG64 InErrors;
    ULONG64 InUnknownProtos;
    ULONG64 InUcastOctets;
    ULONG64 InMulticastOctets;
    ULONG64 InBroadcastOctets;
    ULONG64 OutOctets;
    ULONG64 OutUcastPkts;
    ULONG64 OutNUcastPkts;
    ULONG64 OutDiscards;
    ULONG64 OutErrors;
    ULONG64 OutUcastOctets;
    ULONG64 OutMulticastOctets;
    ULONG64 OutBroadcastOctets;
    ULONG64 OutQLen;
} MIB_IF_ROW2, *PMIB_IF_ROW2;

typedef struct _MIB_IF_TABLE2 {
    ULONG NumEntries;
    MIB_IF_ROW2 Table[ANY_SIZE];
} MIB_IF_TABLE2, *PMIB_IF_TABLE2;

typedef enum _MIB_IF_TABLE_LEVEL { MibIfTableNormal, MibIfTableRaw, MibIfTableNormalWithoutStatistics } MIB_IF_TABLE_LEVEL, *PMIB_IF_TABLE_LEVEL;
typedef enum _MIB_IF_ENTRY_LEVEL { MibIfEntryNormal = 0, MibIfEntryNormalWithoutStatistics = 2 } MIB_IF_ENTRY_LEVEL, *PMIB_IF_ENTRY_LEVEL;

DDI(netio, "IPH-016", "netioapi/nf-netioapi-getiftable2") WK_IPH_BLOCKS
NETIOAPI_API GetIfTable2(_Out_ PMIB_IF_TABLE2 *Table);
DDI(netio, "IPH-017", "netioapi/nf-netioapi-getiftable2ex") WK_IPH_BLOCKS
NETIOAPI_API GetIfTable2Ex(_In_ MIB_IF_TABLE_LEVEL Level, _Out_ PMIB_IF_TABLE2 *Table);
DDI(netio, "IPH-018", "netioapi/nf-netioapi-getifentry2") WK_IPH_BLOCKS
NETIOAPI_API GetIfEntry2(_Inout_ PMIB_IF_ROW2 Row);
DDI(netio, "IPH-019", "netioapi/nf-netioapi-getifentry2ex") WK_IPH_BLOCKS
NETIOAPI_API GetIfEntry2Ex(_In_ MIB_IF_ENTRY_LEVEL Level, _Inout_ PMIB_IF_ROW2 Row);
DDI(netio, "IPH-004", "netioapi/nf-netioapi-freemibtable") WK_IPH_BLOCKS
VOID NTAPI FreeMibTable(_In_opt_ PVOID Memory);

/* ---- which lies on which ---- */
typedef struct _MIB_IFSTACK_ROW {
    NET_IFINDEX HigherLayerInterfaceIndex;
    NET_IFINDEX LowerLayerInterfaceIndex;
} MIB_IFSTACK_ROW, *PMIB_IFSTACK_ROW;

typedef struct _MIB_INVERTEDIFSTACK_ROW {
    NET_IFINDEX LowerLayerInterfaceIndex;
    NET_IFINDEX HigherLayerInterfaceIndex;
} MIB_INVERTEDIFSTACK_ROW, *PMIB_INVERTEDIFSTACK_ROW;

typedef struct _MIB_IFSTACK_TABLE {
    ULONG NumEntries;
    MIB_IFSTACK_ROW Table[ANY_SIZE];
} MIB_IFSTACK_TABLE, *PMIB_IFSTACK_TABLE;

typedef struct _MIB_INVERTEDIFSTACK_TABLE {
    ULONG NumEntries;
    MIB_INVERTEDIFSTACK_ROW Table[ANY_SIZE];
} MIB_INVERTEDIFSTACK_TABLE, *PMIB_INVERTEDIFSTACK_TABLE;

DDI(netio, "IPH-020", "netioapi/nf-netioapi-getifstacktable") WK_IPH_BLOCKS
NETIOAPI_API GetIfStackTable(_Out_ PMIB_IFSTACK_TABLE *Table);
DDI(netio, "IPH-020", "netioapi/nf-netioapi-getinvertedifstacktable") WK_IPH_BLOCKS
NETIOAPI_API GetInvertedIfStackTable(_Out_ PMIB_INVERTEDIFSTACK_TABLE *Table);

/* ---- IP interfaces ---- */
typedef struct _MIB_IPINTERFACE_ROW {
    ADDRESS_FAMILY Family;
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    ULONG MaxReassemblySize;
    ULONG64 InterfaceIdentifier;
    ULONG MinRouterAdvertisementInterval;
    ULONG MaxRouterAdvertisementInterval;
    BOOLEAN AdvertisingEnabled;
    BOOLEAN ForwardingEnabled;
    BOOLEAN WeakHostSend;
    BOOLEAN WeakHostReceive;
    BOOLEAN UseAutomaticMetric;
    BOOLEAN UseNeighborUnreachabilityDetection;
    BOOLEAN ManagedAddressConfigurationSupported;
    BOOLEAN OtherStatefulConfigurationSupported;
    BOOLEAN AdvertiseDefaultRoute;
    NL_ROUTER_DISCOVERY_BEHAVIOR RouterDiscoveryBehavior;
    ULONG DadTransmits;
    ULONG BaseReachableTime;
    ULONG RetransmitTime;
    ULONG PathMtuDiscoveryTimeout;
    NL_LINK_LOCAL_ADDRESS_BEHAVIOR LinkLocalAddressBehavior;
    ULONG LinkLocalAddressTimeout;
    ULONG ZoneIndices[16];
    ULONG SitePrefixLength;
    ULONG Metric;
    ULONG NlMtu;
    BOOLEAN Connected;
    BOOLEAN SupportsWakeUpPatterns;
    BOOLEAN SupportsNeighborDiscovery;
    BOOLEAN SupportsRouterDiscovery;
    ULONG ReachableTime;
    NL_INTERFACE_OFFLOAD_ROD TransmitOffload;
    NL_INTERFACE_OFFLOAD_ROD ReceiveOffload;
    BOOLEAN DisableDefaultRoutes;
} MIB_IPINTERFACE_ROW, *PMIB_IPINTERFACE_ROW;

typedef struct _MIB_IPINTERFACE_TABLE {
    ULONG NumEntries;
    MIB_IPINTERFACE_ROW Table[ANY_SIZE];
} MIB_IPINTERFACE_TABLE, *PMIB_IPINTERFACE_TABLE;

DDI(netio, "IPH-024", "netioapi/nf-netioapi-getipinterfacetable") WK_IPH_BLOCKS
NETIOAPI_API GetIpInterfaceTable(_In_ ADDRESS_FAMILY Family, _Out_ PMIB_IPINTERFACE_TABLE *Table);
DDI(netio, "IPH-025", "netioapi/nf-netioapi-getipinterfaceentry") WK_IPH_BLOCKS
NETIOAPI_API GetIpInterfaceEntry(_Inout_ PMIB_IPINTERFACE_ROW Row);
DDI(netio, "IPH-026", "netioapi/nf-netioapi-initializeipinterfaceentry")
VOID NTAPI InitializeIpInterfaceEntry(_Inout_ PMIB_IPINTERFACE_ROW Row);
DDI(netio, "IPH-027 IPH-028 IPH-098 IPH-099", "netioapi/nf-netioapi-setipinterfaceentry") WK_IPH_BLOCKS
DDI_GAP("applies NlMtu, Metric, UseAutomaticMetric, ForwardingEnabled, RouterDiscoveryBehavior and DadTransmits; what Linux cannot switch on is refused")
NETIOAPI_API SetIpInterfaceEntry(_Inout_ PMIB_IPINTERFACE_ROW Row);

typedef struct _MIB_IP_NETWORK_CONNECTION_BANDWIDTH_ESTIMATES {
    NL_BANDWIDTH_INFORMATION InboundBandwidthInformation;
    NL_BANDWIDTH_INFORMATION OutboundBandwidthInformation;
} MIB_IP_NETWORK_CONNECTION_BANDWIDTH_ESTIMATES, *PMIB_IP_NETWORK_CONNECTION_BANDWIDTH_ESTIMATES;

DDI(netio, "IPH-030", "netioapi/nf-netioapi-getipnetworkconnectionbandwidthestimates") WK_IPH_BLOCKS
NETIOAPI_API GetIpNetworkConnectionBandwidthEstimates(_In_ NET_IFINDEX InterfaceIndex, _In_ ADDRESS_FAMILY AddressFamily,
                                                      _Out_ PMIB_IP_NETWORK_CONNECTION_BANDWIDTH_ESTIMATES BandwidthEstimates);

/* ---- unicast addresses ---- */
typedef struct _MIB_UNICASTIPADDRESS_ROW {
    SOCKADDR_INET Address;
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    NL_PREFIX_ORIGIN PrefixOrigin;
    NL_SUFFIX_ORIGIN SuffixOrigin;
    ULONG ValidLifetime;
    ULONG PreferredLifetime;
    UINT8 OnLinkPrefixLength;
    BOOLEAN SkipAsSource;
    NL_DAD_STATE DadState;
    SCOPE_ID ScopeId;
    LARGE_INTEGER CreationTimeStamp;
} MIB_UNICASTIPADDRESS_ROW, *PMIB_UNICASTIPADDRESS_ROW;

typedef struct _MIB_UNICASTIPADDRESS_TABLE {
    ULONG NumEntries;
    MIB_UNICASTIPADDRESS_ROW Table[ANY_SIZE];
} MIB_UNICASTIPADDRESS_TABLE, *PMIB_UNICASTIPADDRESS_TABLE;

DDI(netio, "IPH-031", "netioapi/nf-netioapi-getunicastipaddresstable") WK_IPH_BLOCKS
NETIOAPI_API GetUnicastIpAddressTable(_In_ ADDRESS_FAMILY Family, _Out_ PMIB_UNICASTIPADDRESS_TABLE *Table);
DDI(netio, "IPH-032", "netioapi/nf-netioapi-getunicastipaddressentry") WK_IPH_BLOCKS
NETIOAPI_API GetUnicastIpAddressEntry(_Inout_ PMIB_UNICASTIPADDRESS_ROW Row);
DDI(netio, "IPH-033", "netioapi/nf-netioapi-initializeunicastipaddressentry")
VOID NTAPI InitializeUnicastIpAddressEntry(_Out_ PMIB_UNICASTIPADDRESS_ROW Row);
DDI(netio, "IPH-034 IPH-036", "netioapi/nf-netioapi-createunicastipaddressentry") WK_IPH_BLOCKS
NETIOAPI_API CreateUnicastIpAddressEntry(_In_ CONST MIB_UNICASTIPADDRESS_ROW *Row);
DDI(netio, "IPH-037", "netioapi/nf-netioapi-setunicastipaddressentry") WK_IPH_BLOCKS
NETIOAPI_API SetUnicastIpAddressEntry(_In_ CONST MIB_UNICASTIPADDRESS_ROW *Row);
DDI(netio, "IPH-038", "netioapi/nf-netioapi-deleteunicastipaddressentry") WK_IPH_BLOCKS
NETIOAPI_API DeleteUnicastIpAddressEntry(_In_ CONST MIB_UNICASTIPADDRESS_ROW *Row);

typedef struct _MIB_ANYCASTIPADDRESS_ROW {
    SOCKADDR_INET Address;
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    SCOPE_ID ScopeId;
} MIB_ANYCASTIPADDRESS_ROW, *PMIB_ANYCASTIPADDRESS_ROW;

typedef struct _MIB_ANYCASTIPADDRESS_TABLE {
    ULONG NumEntries;
    MIB_ANYCASTIPADDRESS_ROW Table[ANY_SIZE];
} MIB_ANYCASTIPADDRESS_TABLE, *PMIB_ANYCASTIPADDRESS_TABLE;

typedef struct _MIB_MULTICASTIPADDRESS_ROW {
    SOCKADDR_INET Address;
    NET_IFINDEX InterfaceIndex;
    NET_LUID InterfaceLuid;
    SCOPE_ID ScopeId;
} MIB_MULTICASTIPADDRESS_ROW, *PMIB_MULTICASTIPADDRESS_ROW;

typedef struct _MIB_MULTICASTIPADDRESS_TABLE {
    ULONG NumEntries;
    MIB_MULTICASTIPADDRESS_ROW Table[ANY_SIZE];
} MIB_MULTICASTIPADDRESS_TABLE, *PMIB_MULTICASTIPADDRESS_TABLE;

DDI(netio, "IPH-041", "netioapi/nf-netioapi-getanycastipaddresstable") WK_IPH_BLOCKS
NETIOAPI_API GetAnycastIpAddressTable(_In_ ADDRESS_FAMILY Family, _Out_ PMIB_ANYCASTIPADDRESS_TABLE *Table);
DDI(netio, "IPH-041", "netioapi/nf-netioapi-getanycastipaddressentry") WK_IPH_BLOCKS
NETIOAPI_API GetAnycastIpAddressEntry(_Inout_ PMIB_ANYCASTIPADDRESS_ROW Row);
DDI(netio, "IPH-042", "netioapi/nf-netioapi-createanycastipaddressentry") WK_IPH_BLOCKS
NETIOAPI_API CreateAnycastIpAddressEntry(_In_ CONST MIB_ANYCASTIPADDRESS_ROW *Row);
DDI(netio, "IPH-042", "netioapi/nf-netioapi-deleteanycastipaddressentry") WK_IPH_BLOCKS
NETIOAPI_API DeleteAnycastIpAddressEntry(_In_ CONST MIB_ANYCASTIPADDRESS_ROW *Row);
DDI(netio, "IPH-043", "netioapi/nf-netioapi-getmulticastipaddresstable") WK_IPH_BLOCKS
NETIOAPI_API GetMulticastIpAddressTable(_In_ ADDRESS_FAMILY Family, _Out_ PMIB_MULTICASTIPADDRESS_TABLE *Table);
DDI(netio, "IPH-043", "netioapi/nf-netioapi-getmulticastipaddressentry") WK_IPH_BLOCKS
NETIOAPI_API GetMulticastIpAddressEntry(_Inout_ PMIB_MULTICASTIPADDRESS_ROW Row);

/* ---- routes ---- */
typedef struct _IP_ADDRESS_PREFIX {
    SOCKADDR_INET Prefix;
    UINT8 PrefixLength;
} IP_ADDRESS_PREFIX, *PIP_ADDRESS_PREFIX;

typedef struct _MIB_IPFORWARD_ROW2 {
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    IP_ADDRESS_PREFIX DestinationPrefix;
    SOCKADDR_INET NextHop;
    UCHAR SitePrefixLength;
    ULONG ValidLifetime;
    ULONG PreferredLifetime;
    ULONG Metric;
    NL_ROUTE_PROTOCOL Protocol;
    BOOLEAN Loopback;
    BOOLEAN AutoconfigureAddress;
    BOOLEAN Publish;
    BOOLEAN Immortal;
    ULONG Age;
    NL_ROUTE_ORIGIN Origin;
} MIB_IPFORWARD_ROW2, *PMIB_IPFORWARD_ROW2;

typedef struct _MIB_IPFORWARD_TABLE2 {
    ULONG NumEntries;
    MIB_IPFORWARD_ROW2 Table[ANY_SIZE];
} MIB_IPFORWARD_TABLE2, *PMIB_IPFORWARD_TABLE2;

DDI(netio, "IPH-044", "netioapi/nf-netioapi-getipforwardtable2") WK_IPH_BLOCKS
NETIOAPI_API GetIpForwardTable2(_In_ ADDRESS_FAMILY Family, _Out_ PMIB_IPFORWARD_TABLE2 *Table);
DDI(netio, "IPH-045", "netioapi/nf-netioapi-getipforwardentry2") WK_IPH_BLOCKS
NETIOAPI_API GetIpForwardEntry2(_Inout_ PMIB_IPFORWARD_ROW2 Row);
DDI(netio, "IPH-046", "netioapi/nf-netioapi-initializeipforwardentry")
VOID NTAPI InitializeIpForwardEntry(_Out_ PMIB_IPFORWARD_ROW2 Row);
DDI(netio, "IPH-047 IPH-048", "netioapi/nf-netioapi-createipforwardentry2") WK_IPH_BLOCKS
NETIOAPI_API CreateIpForwardEntry2(_In_ CONST MIB_IPFORWARD_ROW2 *Row);
DDI(netio, "IPH-049", "netioapi/nf-netioapi-setipforwardentry2") WK_IPH_BLOCKS
NETIOAPI_API SetIpForwardEntry2(_In_ CONST MIB_IPFORWARD_ROW2 *Row);
DDI(netio, "IPH-050 IPH-100", "netioapi/nf-netioapi-deleteipforwardentry2") WK_IPH_BLOCKS
NETIOAPI_API DeleteIpForwardEntry2(_In_ CONST MIB_IPFORWARD_ROW2 *Row);
DDI(netio, "IPH-052 IPH-053", "netioapi/nf-netioapi-getbestroute2") WK_IPH_BLOCKS
NETIOAPI_API GetBestRoute2(_In_opt_ NET_LUID *InterfaceLuid, _In_ NET_IFINDEX InterfaceIndex, _In_opt_ CONST SOCKADDR_INET *SourceAddress,
                           _In_ CONST SOCKADDR_INET *DestinationAddress, _In_ ULONG AddressSortOptions, _Out_ PMIB_IPFORWARD_ROW2 BestRoute,
                           _Out_ SOCKADDR_INET *BestSourceAddress);

/* ---- neighbours ---- */
typedef struct _MIB_IPNET_ROW2 {
    SOCKADDR_INET Address;
    NET_IFINDEX InterfaceIndex;
    NET_LUID InterfaceLuid;
    UCHAR PhysicalAddress[IF_MAX_PHYS_ADDRESS_LENGTH];
    ULONG PhysicalAddressLength;
    NL_NEIGHBOR_STATE State;
    union {
        struct {
            BOOLEAN IsRouter : 1;
            BOOLEAN IsUnreachable : 1;
        };
        UCHAR Flags;
    };
    union { /* ms */
        ULONG LastReachable;
        ULONG LastUnreachable;
    } ReachabilityTime;
} MIB_IPNET_ROW2, *PMIB_IPNET_ROW2;

typedef struct _MIB_IPNET_TABLE2 {
    ULONG NumEntries;
    MIB_IPNET_ROW2 Table[ANY_SIZE];
} MIB_IPNET_TABLE2, *PMIB_IPNET_TABLE2;

DDI(netio, "IPH-055", "netioapi/nf-netioapi-getipnettable2") WK_IPH_BLOCKS
NETIOAPI_API GetIpNetTable2(_In_ ADDRESS_FAMILY Family, _Out_ PMIB_IPNET_TABLE2 *Table);
DDI(netio, "IPH-056 IPH-060", "netioapi/nf-netioapi-getipnetentry2") WK_IPH_BLOCKS
NETIOAPI_API GetIpNetEntry2(_Inout_ PMIB_IPNET_ROW2 Row);
DDI(netio, "IPH-057", "netioapi/nf-netioapi-createipnetentry2") WK_IPH_BLOCKS
NETIOAPI_API CreateIpNetEntry2(_In_ CONST MIB_IPNET_ROW2 *Row);
DDI(netio, "IPH-057", "netioapi/nf-netioapi-setipnetentry2") WK_IPH_BLOCKS
NETIOAPI_API SetIpNetEntry2(_In_ PMIB_IPNET_ROW2 Row);
DDI(netio, "IPH-057", "netioapi/nf-netioapi-deleteipnetentry2") WK_IPH_BLOCKS
NETIOAPI_API DeleteIpNetEntry2(_In_ CONST MIB_IPNET_ROW2 *Row);
DDI(netio, "IPH-058", "netioapi/nf-netioapi-flushipnettable2") WK_IPH_BLOCKS
NETIOAPI_API FlushIpNetTable2(_In_ ADDRESS_FAMILY Family, _In_ NET_IFINDEX InterfaceIndex);

DDI(netio, "IPH-059", "netioapi/nf-netioapi-resolveipnetentry2") WK_IPH_BLOCKS
NETIOAPI_API ResolveIpNetEntry2(_Inout_ PMIB_IPNET_ROW2 Row, _In_opt_ CONST SOCKADDR_INET *SourceAddress);

/* ---- paths ---- */
typedef struct _MIB_IPPATH_ROW {
    SOCKADDR_INET Source;
    SOCKADDR_INET Destination;
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    SOCKADDR_INET CurrentNextHop;
    ULONG PathMtu;
    ULONG RttMean;      /* ms */
    ULONG RttDeviation; /* ms */
    union {             /* ms ago */
        ULONG LastReachable;
        ULONG LastUnreachable;
    };
    BOOLEAN IsReachable;
    ULONG64 LinkTransmitSpeed;
    ULONG64 LinkReceiveSpeed;
} MIB_IPPATH_ROW, *PMIB_IPPATH_ROW;

typedef struct _MIB_IPPATH_TABLE {
    ULONG NumEntries;
    MIB_IPPATH_ROW Table[ANY_SIZE];
} MIB_IPPATH_TABLE, *PMIB_IPPATH_TABLE;

DDI(netio, "IPH-061", "netioapi/nf-netioapi-getippathtable") WK_IPH_BLOCKS
NETIOAPI_API GetIpPathTable(_In_ ADDRESS_FAMILY Family, _Out_ PMIB_IPPATH_TABLE *Table);
DDI(netio, "IPH-062", "netioapi/nf-netioapi-getippathentry") WK_IPH_BLOCKS
NETIOAPI_API GetIpPathEntry(_Inout_ PMIB_IPPATH_ROW Row);
DDI(netio, "IPH-063", "netioapi/nf-netioapi-flushippathtable") WK_IPH_BLOCKS
NETIOAPI_API FlushIpPathTable(_In_ ADDRESS_FAMILY Family);
DDI(netio, "IPH-054", "netioapi/nf-netioapi-createsortedaddresspairs") WK_IPH_BLOCKS
NETIOAPI_API CreateSortedAddressPairs(_In_opt_ const PSOCKADDR_IN6 SourceAddressList, _In_ ULONG SourceAddressCount,
                                      _In_ const PSOCKADDR_IN6 DestinationAddressList, _In_ ULONG DestinationAddressCount, _In_ ULONG AddressSortOptions,
                                      _Out_ PSOCKADDR_IN6_PAIR *SortedAddressPairList, _Out_ ULONG *SortedAddressPairCount);

/* ---- conversions ---- */
DDI(netio, "IPH-084", "netioapi/nf-netioapi-convertinterfaceluidtoindex") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceLuidToIndex(_In_ CONST NET_LUID *InterfaceLuid, _Out_ PNET_IFINDEX InterfaceIndex);
DDI(netio, "IPH-084", "netioapi/nf-netioapi-convertinterfaceindextoluid") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceIndexToLuid(_In_ NET_IFINDEX InterfaceIndex, _Out_ PNET_LUID InterfaceLuid);
DDI(netio, "IPH-085", "netioapi/nf-netioapi-convertinterfaceluidtoguid") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceLuidToGuid(_In_ CONST NET_LUID *InterfaceLuid, _Out_ GUID *InterfaceGuid);
DDI(netio, "IPH-085", "netioapi/nf-netioapi-convertinterfaceguidtoluid") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceGuidToLuid(_In_ CONST GUID *InterfaceGuid, _Out_ PNET_LUID InterfaceLuid);
DDI(netio, "IPH-086", "netioapi/nf-netioapi-convertinterfaceluidtoalias") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceLuidToAlias(_In_ CONST NET_LUID *InterfaceLuid, _Out_ PWSTR InterfaceAlias, _In_ SIZE_T Length);
DDI(netio, "IPH-086", "netioapi/nf-netioapi-convertinterfacealiastoluid") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceAliasToLuid(_In_ CONST WCHAR *InterfaceAlias, _Out_ PNET_LUID InterfaceLuid);
DDI(netio, "IPH-087 IPH-101", "netioapi/nf-netioapi-convertinterfaceluidtonamea") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceLuidToNameA(_In_ CONST NET_LUID *InterfaceLuid, _Out_ PSTR InterfaceName, _In_ SIZE_T Length);
DDI(netio, "IPH-087 IPH-101", "netioapi/nf-netioapi-convertinterfaceluidtonamew") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceLuidToNameW(_In_ CONST NET_LUID *InterfaceLuid, _Out_ PWSTR InterfaceName, _In_ SIZE_T Length);
DDI(netio, "IPH-087", "netioapi/nf-netioapi-convertinterfacenametoluida") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceNameToLuidA(_In_ CONST CHAR *InterfaceName, _Out_ PNET_LUID InterfaceLuid);
DDI(netio, "IPH-087", "netioapi/nf-netioapi-convertinterfacenametoluidw") WK_IPH_BLOCKS
NETIOAPI_API ConvertInterfaceNameToLuidW(_In_ CONST WCHAR *InterfaceName, _Out_ PNET_LUID InterfaceLuid);
DDI_CRT(netio, "IPH-088", "netioapi/nf-netioapi-if_nametoindex") WK_IPH_BLOCKS
NET_IFINDEX NTAPI WK_CRT(if_nametoindex)(_In_ PCSTR InterfaceName);
DDI_CRT(netio, "IPH-088 IPH-103", "netioapi/nf-netioapi-if_indextoname") WK_IPH_BLOCKS
PCHAR NTAPI WK_CRT(if_indextoname)(_In_ NET_IFINDEX InterfaceIndex, _Out_ PCHAR InterfaceName);
DDI(netio, "IPH-089", "netioapi/nf-netioapi-convertlengthtoipv4mask")
NETIOAPI_API ConvertLengthToIpv4Mask(_In_ ULONG MaskLength, _Out_ PULONG Mask);
DDI(netio, "IPH-089", "netioapi/nf-netioapi-convertipv4masktolength")
NETIOAPI_API ConvertIpv4MaskToLength(_In_ ULONG Mask, _Out_ PUINT8 MaskLength);

/* ---- compartments and networks ---- */
DDI(netio, "IPH-090", "netioapi/nf-netioapi-getcurrentthreadcompartmentid")
NET_IF_COMPARTMENT_ID NTAPI GetCurrentThreadCompartmentId(VOID);
DDI(netio, "IPH-090 IPH-015", "netioapi/nf-netioapi-setcurrentthreadcompartmentid")
NETIOAPI_API SetCurrentThreadCompartmentId(_In_ NET_IF_COMPARTMENT_ID CompartmentId);
DDI(netio, "IPH-090", "netioapi/nf-netioapi-getcurrentthreadcompartmentscope")
VOID NTAPI GetCurrentThreadCompartmentScope(_Out_ PNET_IF_COMPARTMENT_SCOPE CompartmentScope, _Out_ PNET_IF_COMPARTMENT_ID CompartmentId);
DDI(netio, "IPH-090", "netioapi/nf-netioapi-setcurrentthreadcompartmentscope")
NETIOAPI_API SetCurrentThreadCompartmentScope(_In_ NET_IF_COMPARTMENT_SCOPE CompartmentScope);
DDI(netio, "IPH-090", "netioapi/nf-netioapi-getsessioncompartmentid")
NET_IF_COMPARTMENT_ID NTAPI GetSessionCompartmentId(_In_ ULONG SessionId);
DDI(netio, "IPH-090", "netioapi/nf-netioapi-setsessioncompartmentid")
NETIOAPI_API SetSessionCompartmentId(_In_ ULONG SessionId, _In_ NET_IF_COMPARTMENT_ID CompartmentId);
DDI(netio, "IPH-090", "netioapi/nf-netioapi-getjobcompartmentid")
NET_IF_COMPARTMENT_ID NTAPI GetJobCompartmentId(_In_ HANDLE JobHandle);
DDI(netio, "IPH-090", "netioapi/nf-netioapi-setjobcompartmentid")
NETIOAPI_API SetJobCompartmentId(_In_ HANDLE JobHandle, _In_ NET_IF_COMPARTMENT_ID CompartmentId);
DDI(netio, "IPH-090", "netioapi/nf-netioapi-getdefaultcompartmentid")
NET_IF_COMPARTMENT_ID NTAPI GetDefaultCompartmentId(VOID);
DDI(netio, "IPH-090", "netioapi/nf-netioapi-convertcompartmentguidtoid")
NETIOAPI_API ConvertCompartmentGuidToId(_In_ CONST GUID *CompartmentGuid, _Out_ PNET_IF_COMPARTMENT_ID CompartmentId);
DDI(netio, "IPH-090", "netioapi/nf-netioapi-convertcompartmentidtoguid")
NETIOAPI_API ConvertCompartmentIdToGuid(_In_ NET_IF_COMPARTMENT_ID CompartmentId, _Out_ GUID *CompartmentGuid);
DDI(netio, "IPH-091", "netioapi/nf-netioapi-getnetworkinformation") WK_IPH_BLOCKS
NETIOAPI_API GetNetworkInformation(_In_ CONST NET_IF_NETWORK_GUID *NetworkGuid, _Out_ PNET_IF_COMPARTMENT_ID CompartmentId, _Out_ PULONG SiteId,
                                   _Out_ PWCHAR NetworkName, _In_ ULONG Length);
DDI(netio, "IPH-091", "netioapi/nf-netioapi-setnetworkinformation") WK_IPH_BLOCKS
NETIOAPI_API SetNetworkInformation(_In_ CONST NET_IF_NETWORK_GUID *NetworkGuid, _In_ NET_IF_COMPARTMENT_ID CompartmentId,
                                   _In_ CONST WCHAR *NetworkName);

/* ---- notices ---- */
DDI_CALLBACK("IPH-064", "netioapi/nc-netioapi-pipinterface_change_callback")
typedef VOID (NTAPI IPINTERFACE_CHANGE_CALLBACK)(_In_ PVOID CallerContext, _In_opt_ PMIB_IPINTERFACE_ROW Row, _In_ MIB_NOTIFICATION_TYPE NotificationType);
typedef IPINTERFACE_CHANGE_CALLBACK *PIPINTERFACE_CHANGE_CALLBACK;
DDI_CALLBACK("IPH-065", "netioapi/nc-netioapi-punicast_ipaddress_change_callback")
typedef VOID (NTAPI UNICAST_IPADDRESS_CHANGE_CALLBACK)(_In_ PVOID CallerContext, _In_opt_ PMIB_UNICASTIPADDRESS_ROW Row, _In_ MIB_NOTIFICATION_TYPE NotificationType);
typedef UNICAST_IPADDRESS_CHANGE_CALLBACK *PUNICAST_IPADDRESS_CHANGE_CALLBACK;
DDI_CALLBACK("IPH-066", "netioapi/nc-netioapi-pipforward_change_callback")
typedef VOID (NTAPI IPFORWARD_CHANGE_CALLBACK)(_In_ PVOID CallerContext, _In_opt_ PMIB_IPFORWARD_ROW2 Row, _In_ MIB_NOTIFICATION_TYPE NotificationType);
typedef IPFORWARD_CHANGE_CALLBACK *PIPFORWARD_CHANGE_CALLBACK;

DDI_CALLBACK("IPH-040", "netioapi/nc-netioapi-pstable_unicast_ipaddress_table_callback")
typedef VOID (NTAPI STABLE_UNICAST_IPADDRESS_TABLE_CALLBACK)(_In_ PVOID CallerContext, _In_ PMIB_UNICASTIPADDRESS_TABLE AddressTable);
typedef STABLE_UNICAST_IPADDRESS_TABLE_CALLBACK *PSTABLE_UNICAST_IPADDRESS_TABLE_CALLBACK;
DDI_CALLBACK("IPH-067", "netioapi/nc-netioapi-pteredo_port_change_callback")
typedef VOID (NTAPI TEREDO_PORT_CHANGE_CALLBACK)(_In_ PVOID CallerContext, _In_ USHORT Port, _In_ MIB_NOTIFICATION_TYPE NotificationType);
typedef TEREDO_PORT_CHANGE_CALLBACK *PTEREDO_PORT_CHANGE_CALLBACK;
#define MIB_INVALID_TEREDO_PORT_NUMBER 0

DDI(netio, "IPH-040", "netioapi/nf-netioapi-notifystableunicastipaddresstable") WK_IPH_BLOCKS
NETIOAPI_API NotifyStableUnicastIpAddressTable(_In_ ADDRESS_FAMILY Family, _Out_ PMIB_UNICASTIPADDRESS_TABLE *Table,
                                               _In_ PSTABLE_UNICAST_IPADDRESS_TABLE_CALLBACK CallerCallback, _In_opt_ PVOID CallerContext,
                                               _Inout_ HANDLE *NotificationHandle);
DDI(netio, "IPH-067", "netioapi/nf-netioapi-notifyteredoportchange") WK_IPH_BLOCKS
NETIOAPI_API NotifyTeredoPortChange(_In_ PTEREDO_PORT_CHANGE_CALLBACK Callback, _In_opt_ PVOID CallerContext, _In_ BOOLEAN InitialNotification,
                                    _Inout_ HANDLE *NotificationHandle);
DDI(netio, "IPH-068", "netioapi/nf-netioapi-getteredoport")
NETIOAPI_API GetTeredoPort(_Out_ USHORT *Port);
DDI(netio, "IPH-064", "netioapi/nf-netioapi-notifyipinterfacechange") WK_IPH_BLOCKS
NETIOAPI_API NotifyIpInterfaceChange(_In_ ADDRESS_FAMILY Family, _In_ PIPINTERFACE_CHANGE_CALLBACK Callback, _In_opt_ PVOID CallerContext,
                                     _In_ BOOLEAN InitialNotification, _Inout_ HANDLE *NotificationHandle);
DDI(netio, "IPH-065", "netioapi/nf-netioapi-notifyunicastipaddresschange") WK_IPH_BLOCKS
NETIOAPI_API NotifyUnicastIpAddressChange(_In_ ADDRESS_FAMILY Family, _In_ PUNICAST_IPADDRESS_CHANGE_CALLBACK Callback, _In_opt_ PVOID CallerContext,
                                          _In_ BOOLEAN InitialNotification, _Inout_ HANDLE *NotificationHandle);
DDI(netio, "IPH-066", "netioapi/nf-netioapi-notifyroutechange2") WK_IPH_BLOCKS
NETIOAPI_API NotifyRouteChange2(_In_ ADDRESS_FAMILY AddressFamily, _In_ PIPFORWARD_CHANGE_CALLBACK Callback, _In_opt_ PVOID CallerContext,
                                _In_ BOOLEAN InitialNotification, _Inout_ HANDLE *NotificationHandle);
DDI(netio, "IPH-075", "netioapi/nf-netioapi-cancelmibchangenotify2") _When_(TRUE, _IRQL_requires_max_(PASSIVE_LEVEL))
NETIOAPI_API CancelMibChangeNotify2(_In_ HANDLE NotificationHandle);

WK_EXTERN_C_END

#endif
