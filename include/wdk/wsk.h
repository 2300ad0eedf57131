/* Winsock Kernel: sockets for drivers. Rows: docs/spec/wsk.md. */
#ifndef _WSK_
#define _WSK_

#include "netioddk.h"
#include "ws2def.h"
#include "ws2ipdef.h"
#include "mstcpip.h"

WK_EXTERN_C_BEGIN

#define WSKAPI NTAPI

#define MAKE_WSK_VERSION(major, minor) ((USHORT)((major) << 8) | (USHORT)((minor) & 0xff))
#define WSK_MAJOR_VERSION(version)     ((UCHAR)((version) >> 8))
#define WSK_MINOR_VERSION(version)     ((UCHAR)(version))

#define WSK_NO_WAIT       0
#define WSK_INFINITE_WAIT 0xffffffff

/* WSK-049: a socket's category */
#define WSK_FLAG_BASIC_SOCKET      0x00000000
#define WSK_FLAG_LISTEN_SOCKET     0x00000001
#define WSK_FLAG_CONNECTION_SOCKET 0x00000002
#define WSK_FLAG_DATAGRAM_SOCKET   0x00000004
#define WSK_FLAG_STREAM_SOCKET     0x00000008

#define WSK_FLAG_ABORTIVE          0x00000001
#define WSK_FLAG_RELEASE_ASAP      0x00000002
#define WSK_FLAG_ENTIRE_MESSAGE    0x00000004
#define WSK_FLAG_AT_DISPATCH_LEVEL 0x00000008
#define WSK_FLAG_OOB               0x00000001
#define WSK_FLAG_NODELAY           0x00000002
#define WSK_FLAG_WAITALL           0x00000002
#define WSK_FLAG_DRAIN             0x00000004

#define SO_WSK_SECURITY       (WSK_SO_BASE + 1)
#define SO_WSK_EVENT_CALLBACK (WSK_SO_BASE + 2)

#define WSK_EVENT_SEND_BACKLOG 0x00000010
#define WSK_EVENT_RECEIVE      0x00000040
#define WSK_EVENT_DISCONNECT   0x00000080
#define WSK_EVENT_RECEIVE_FROM 0x00000100
#define WSK_EVENT_ACCEPT       0x00000200
#define WSK_EVENT_DISABLE      0x80000000

#define SIO_WSK_SET_REMOTE_ADDRESS       _WSAIOW(IOC_WSK, 0x1)
#define SIO_WSK_REGISTER_EXTENSION       _WSAIORW(IOC_WSK, 0x2)
#define SIO_WSK_QUERY_IDEAL_SEND_BACKLOG _WSAIOR(IOC_WSK, 0x3)
#define SIO_WSK_QUERY_RECEIVE_BACKLOG    _WSAIOR(IOC_WSK, 0x4)
#define SIO_WSK_QUERY_INSPECT_ID         _WSAIOR(IOC_WSK, 0x5)
#define SIO_WSK_SET_SENDTO_ADDRESS       _WSAIOW(IOC_WSK, 0x6)
#define SIO_WSK_SET_TCP_SILENT_MODE      _WSAIO(IOC_WSK, 0x7)

#define WSK_TRANSPORT_LIST_QUERY       2
#define WSK_TRANSPORT_LIST_CHANGE      3
#define WSK_CACHE_SD                   4
#define WSK_RELEASE_SD                 5
#define WSK_TDI_DEVICENAME_MAPPING     6
#define WSK_SET_STATIC_EVENT_CALLBACKS 7
#define WSK_TDI_BEHAVIOR               8
#define WSK_TDI_BEHAVIOR_BYPASS_TDI    0x00000001

/* ---- data ---- */
typedef struct _WSK_SOCKET {
    const void *Dispatch; /* the provider table of the socket's category */
} WSK_SOCKET, *PWSK_SOCKET;

typedef PVOID WSK_CLIENT, *PWSK_CLIENT;

/* WSK-032: Length bytes that begin Offset bytes into the first MDL of a chain */
typedef struct _WSK_BUF {
    PMDL Mdl;
    ULONG Offset;
    SIZE_T Length;
} WSK_BUF, *PWSK_BUF;

typedef struct _WSK_BUF_LIST {
    struct _WSK_BUF_LIST *Next;
    WSK_BUF Buffer;
} WSK_BUF_LIST, *PWSK_BUF_LIST;

typedef struct _WSK_DATA_INDICATION {
    struct _WSK_DATA_INDICATION *Next;
    WSK_BUF Buffer;
} WSK_DATA_INDICATION, *PWSK_DATA_INDICATION;

typedef struct _WSK_DATAGRAM_INDICATION {
    struct _WSK_DATAGRAM_INDICATION *Next;
    WSK_BUF Buffer;
    PCMSGHDR ControlInfo;
    ULONG ControlInfoLength;
    PSOCKADDR RemoteAddress;
} WSK_DATAGRAM_INDICATION, *PWSK_DATAGRAM_INDICATION;

typedef struct _WSK_INSPECT_ID {
    ULONG_PTR Key;
    ULONG SerialNumber;
} WSK_INSPECT_ID, *PWSK_INSPECT_ID;

typedef enum { WskInspectReject, WskInspectAccept, WskInspectPend, WskInspectMax } WSK_INSPECT_ACTION, *PWSK_INSPECT_ACTION;
typedef enum { WskSetOption, WskGetOption, WskIoctl, WskControlMax } WSK_CONTROL_SOCKET_TYPE, *PWSK_CONTROL_SOCKET_TYPE;

typedef struct _WSK_EVENT_CALLBACK_CONTROL {
    PNPIID NpiId;
    ULONG EventMask;
} WSK_EVENT_CALLBACK_CONTROL, *PWSK_EVENT_CALLBACK_CONTROL;

typedef struct _WSK_EXTENSION_CONTROL_IN {
    PNPIID NpiId;
    PVOID ClientContext;
    const void *ClientDispatch;
} WSK_EXTENSION_CONTROL_IN, *PWSK_EXTENSION_CONTROL_IN;

typedef struct _WSK_EXTENSION_CONTROL_OUT {
    PVOID ProviderContext;
    const void *ProviderDispatch;
} WSK_EXTENSION_CONTROL_OUT, *PWSK_EXTENSION_CONTROL_OUT;

typedef struct _WSK_TRANSPORT {
    USHORT Version;
    USHORT SocketType;
    ULONG Protocol;
    ADDRESS_FAMILY AddressFamily;
    GUID ProviderId;
} WSK_TRANSPORT, *PWSK_TRANSPORT;

typedef struct _WSK_TDI_MAP {
    USHORT SocketType;
    ADDRESS_FAMILY AddressFamily;
    ULONG Protocol;
    PCWSTR TdiDeviceName;
} WSK_TDI_MAP, *PWSK_TDI_MAP;

typedef struct _WSK_TDI_MAP_INFO {
    ULONG ElementCount;
    const WSK_TDI_MAP *Map;
} WSK_TDI_MAP_INFO, *PWSK_TDI_MAP_INFO;

/* ---- routines of the client ---- */
DDI_CALLBACK("WSK-014", "wsk/nc-wsk-pfn_wsk_client_event")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_CLIENT_EVENT)(_In_opt_ PVOID ClientContext, _In_ ULONG EventType,
                                                _In_reads_bytes_opt_(InformationLength) PVOID Information, _In_ SIZE_T InformationLength);

typedef struct _WSK_CLIENT_CONNECTION_DISPATCH WSK_CLIENT_CONNECTION_DISPATCH, *PWSK_CLIENT_CONNECTION_DISPATCH;

DDI_CALLBACK("WSK-125", "wsk/nc-wsk-pfn_wsk_accept_event")
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
typedef NTSTATUS (WSKAPI *PFN_WSK_ACCEPT_EVENT)(_In_opt_ PVOID SocketContext, _In_ ULONG Flags, _In_ PSOCKADDR LocalAddress,
                                                _In_ PSOCKADDR RemoteAddress, _In_opt_ PWSK_SOCKET AcceptSocket,
                                                _Outptr_result_maybenull_ PVOID *AcceptSocketContext,
                                                _Outptr_result_maybenull_ const WSK_CLIENT_CONNECTION_DISPATCH **AcceptSocketDispatch);

DDI_CALLBACK("WSK-129", "wsk/nc-wsk-pfn_wsk_inspect_event")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef WSK_INSPECT_ACTION (WSKAPI *PFN_WSK_INSPECT_EVENT)(_In_opt_ PVOID SocketContext, _In_ PSOCKADDR LocalAddress,
                                                           _In_ PSOCKADDR RemoteAddress, _In_opt_ PWSK_INSPECT_ID InspectID);

DDI_CALLBACK("WSK-131", "wsk/nc-wsk-pfn_wsk_abort_event")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_ABORT_EVENT)(_In_opt_ PVOID SocketContext, _In_ PWSK_INSPECT_ID InspectID);

DDI_CALLBACK("WSK-147", "wsk/nc-wsk-pfn_wsk_receive_event")
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
typedef NTSTATUS (WSKAPI *PFN_WSK_RECEIVE_EVENT)(_In_opt_ PVOID SocketContext, _In_ ULONG Flags,
                                                 _In_opt_ PWSK_DATA_INDICATION DataIndication, _In_ SIZE_T BytesIndicated,
                                                 _Inout_ SIZE_T *BytesAccepted);

DDI_CALLBACK("WSK-110", "wsk/nc-wsk-pfn_wsk_disconnect_event")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_DISCONNECT_EVENT)(_In_opt_ PVOID SocketContext, _In_ ULONG Flags);

DDI_CALLBACK("WSK-153", "wsk/nc-wsk-pfn_wsk_send_backlog_event")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_SEND_BACKLOG_EVENT)(_In_opt_ PVOID SocketContext, _In_ SIZE_T IdealBacklogSize);

DDI_CALLBACK("WSK-167", "wsk/nc-wsk-pfn_wsk_receive_from_event")
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
typedef NTSTATUS (WSKAPI *PFN_WSK_RECEIVE_FROM_EVENT)(_In_opt_ PVOID SocketContext, _In_ ULONG Flags,
                                                      _In_opt_ PWSK_DATAGRAM_INDICATION DataIndication);

typedef struct _WSK_CLIENT_DISPATCH {
    USHORT Version;
    USHORT Reserved;
    PFN_WSK_CLIENT_EVENT WskClientEvent;
} WSK_CLIENT_DISPATCH, *PWSK_CLIENT_DISPATCH;

typedef struct _WSK_CLIENT_LISTEN_DISPATCH {
    PFN_WSK_ACCEPT_EVENT WskAcceptEvent;
    PFN_WSK_INSPECT_EVENT WskInspectEvent;
    PFN_WSK_ABORT_EVENT WskAbortEvent;
} WSK_CLIENT_LISTEN_DISPATCH, *PWSK_CLIENT_LISTEN_DISPATCH;

typedef struct _WSK_CLIENT_DATAGRAM_DISPATCH {
    PFN_WSK_RECEIVE_FROM_EVENT WskReceiveFromEvent;
} WSK_CLIENT_DATAGRAM_DISPATCH, *PWSK_CLIENT_DATAGRAM_DISPATCH;

struct _WSK_CLIENT_CONNECTION_DISPATCH {
    PFN_WSK_RECEIVE_EVENT WskReceiveEvent;
    PFN_WSK_DISCONNECT_EVENT WskDisconnectEvent;
    PFN_WSK_SEND_BACKLOG_EVENT WskSendBacklogEvent;
};

typedef struct _WSK_CLIENT_STREAM_DISPATCH {
    const WSK_CLIENT_LISTEN_DISPATCH *Listen;
    const WSK_CLIENT_CONNECTION_DISPATCH *Connect;
} WSK_CLIENT_STREAM_DISPATCH, *PWSK_CLIENT_STREAM_DISPATCH;

/* ---- functions of a client object ---- */
DDI_SLOT(WskSocket, "WSK-048", "wsk/nc-wsk-pfn_wsk_socket")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_SOCKET)(_In_ PWSK_CLIENT Client, _In_ ADDRESS_FAMILY AddressFamily, _In_ USHORT SocketType,
                                          _In_ ULONG Protocol, _In_ ULONG Flags, _In_opt_ PVOID SocketContext,
                                          _In_opt_ const void *Dispatch, _In_opt_ PEPROCESS OwningProcess,
                                          _In_opt_ PETHREAD OwningThread, _In_opt_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                          _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskSocketConnect, "WSK-053", "wsk/nc-wsk-pfn_wsk_socket_connect")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_SOCKET_CONNECT)(_In_ PWSK_CLIENT Client, _In_ USHORT SocketType, _In_ ULONG Protocol,
                                                  _In_ PSOCKADDR LocalAddress, _In_ PSOCKADDR RemoteAddress, _Reserved_ ULONG Flags,
                                                  _In_opt_ PVOID SocketContext,
                                                  _In_opt_ const WSK_CLIENT_CONNECTION_DISPATCH *Dispatch,
                                                  _In_opt_ PEPROCESS OwningProcess, _In_opt_ PETHREAD OwningThread,
                                                  _In_opt_ PSECURITY_DESCRIPTOR SecurityDescriptor, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskControlClient, "WSK-054", "wsk/nc-wsk-pfn_wsk_control_client")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_CONTROL_CLIENT)(_In_ PWSK_CLIENT Client, _In_ ULONG ControlCode, _In_ SIZE_T InputSize,
                                                  _In_reads_bytes_opt_(InputSize) PVOID InputBuffer, _In_ SIZE_T OutputSize,
                                                  _Out_writes_bytes_opt_(OutputSize) PVOID OutputBuffer,
                                                  _Out_opt_ SIZE_T *OutputSizeReturned, _Inout_opt_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskGetAddressInfo, "WSK-062", "wsk/nc-wsk-pfn_wsk_get_address_info")
_IRQL_requires_(PASSIVE_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_GET_ADDRESS_INFO)(_In_ PWSK_CLIENT Client, _In_opt_ PUNICODE_STRING NodeName,
                                                    _In_opt_ PUNICODE_STRING ServiceName, _In_opt_ ULONG NameSpace,
                                                    _In_opt_ GUID *Provider, _In_opt_ PADDRINFOEXW Hints, _Outptr_ PADDRINFOEXW *Result,
                                                    _In_opt_ PEPROCESS OwningProcess, _In_opt_ PETHREAD OwningThread,
                                                    _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskFreeAddressInfo, "WSK-066", "wsk/nc-wsk-pfn_wsk_free_address_info")
_IRQL_requires_(PASSIVE_LEVEL)
typedef void (WSKAPI *PFN_WSK_FREE_ADDRESS_INFO)(_In_ PWSK_CLIENT Client, _In_ PADDRINFOEXW AddrInfo);

DDI_SLOT(WskGetNameInfo, "WSK-067", "wsk/nc-wsk-pfn_wsk_get_name_info")
_IRQL_requires_(PASSIVE_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_GET_NAME_INFO)(_In_ PWSK_CLIENT Client, _In_ PSOCKADDR SockAddr, _In_ ULONG SockAddrLength,
                                                 _Out_opt_ PUNICODE_STRING NodeName, _Out_opt_ PUNICODE_STRING ServiceName,
                                                 _In_ ULONG Flags, _In_opt_ PEPROCESS OwningProcess, _In_opt_ PETHREAD OwningThread,
                                                 _Inout_ DDI_CONSUMES PIRP Irp);

/* ---- functions of a socket ---- */
DDI_SLOT(WskControlSocket, "WSK-077", "wsk/nc-wsk-pfn_wsk_control_socket")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_CONTROL_SOCKET)(_In_ PWSK_SOCKET Socket, _In_ WSK_CONTROL_SOCKET_TYPE RequestType,
                                                  _In_ ULONG ControlCode, _In_ ULONG Level, _In_ SIZE_T InputSize,
                                                  _In_reads_bytes_opt_(InputSize) PVOID InputBuffer, _In_ SIZE_T OutputSize,
                                                  _Out_writes_bytes_opt_(OutputSize) PVOID OutputBuffer,
                                                  _Out_opt_ SIZE_T *OutputSizeReturned, _Inout_opt_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskCloseSocket, "WSK-079", "wsk/nc-wsk-pfn_wsk_close_socket")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_CLOSE_SOCKET)(_In_ PWSK_SOCKET Socket, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskBind, "WSK-090", "wsk/nc-wsk-pfn_wsk_bind")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_BIND)(_In_ PWSK_SOCKET Socket, _In_ PSOCKADDR LocalAddress, _Reserved_ ULONG Flags,
                                        _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskAccept, "WSK-122", "wsk/nc-wsk-pfn_wsk_accept")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_ACCEPT)(_In_ PWSK_SOCKET ListenSocket, _Reserved_ ULONG Flags, _In_opt_ PVOID AcceptSocketContext,
                                          _In_opt_ const WSK_CLIENT_CONNECTION_DISPATCH *AcceptSocketDispatch,
                                          _Out_opt_ PSOCKADDR LocalAddress, _Out_opt_ PSOCKADDR RemoteAddress,
                                          _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskListen, "WSK-121", "wsk/nc-wsk-pfn_wsk_listen")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_LISTEN)(_In_ PWSK_SOCKET Socket, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskInspectComplete, "WSK-130", "wsk/nc-wsk-pfn_wsk_inspect_complete")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_INSPECT_COMPLETE)(_In_ PWSK_SOCKET ListenSocket, _In_ PWSK_INSPECT_ID InspectID,
                                                    _In_ WSK_INSPECT_ACTION Action, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskGetLocalAddress, "WSK-092", "wsk/nc-wsk-pfn_wsk_get_local_address")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_GET_LOCAL_ADDRESS)(_In_ PWSK_SOCKET Socket, _Out_ PSOCKADDR LocalAddress, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskGetRemoteAddress, "WSK-093", "wsk/nc-wsk-pfn_wsk_get_remote_address")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_GET_REMOTE_ADDRESS)(_In_ PWSK_SOCKET Socket, _Out_ PSOCKADDR RemoteAddress,
                                                      _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskConnect, "WSK-105", "wsk/nc-wsk-pfn_wsk_connect")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_CONNECT)(_In_ PWSK_SOCKET Socket, _In_ PSOCKADDR RemoteAddress, _Reserved_ ULONG Flags,
                                           _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskConnectEx, "WSK-106", "wsk/nc-wsk-pfn_wsk_connect_ex")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_CONNECT_EX)(_In_ PWSK_SOCKET Socket, _In_ PSOCKADDR RemoteAddress, _In_opt_ PWSK_BUF Buffer,
                                              _Reserved_ ULONG Flags, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskSend, "WSK-140", "wsk/nc-wsk-pfn_wsk_send")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_SEND)(_In_ PWSK_SOCKET Socket, _In_ PWSK_BUF Buffer, _In_ ULONG Flags, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskSendEx, "WSK-155", "wsk/ns-wsk-_wsk_provider_connection_dispatch")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_SEND_EX)(_In_ PWSK_SOCKET Socket, _In_ PWSK_BUF Buffer, _In_ ULONG Flags, _In_ ULONG ControlInfoLength,
                                           _In_reads_bytes_opt_(ControlInfoLength) PCMSGHDR ControlInfo, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskReceive, "WSK-142", "wsk/nc-wsk-pfn_wsk_receive")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_RECEIVE)(_In_ PWSK_SOCKET Socket, _In_ PWSK_BUF Buffer, _In_ ULONG Flags, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskReceiveEx, "WSK-155", "wsk/ns-wsk-_wsk_provider_connection_dispatch")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_RECEIVE_EX)(_In_ PWSK_SOCKET Socket, _In_ PWSK_BUF Buffer, _In_ ULONG Flags,
                                              _Inout_opt_ PULONG ControlInfoLength,
                                              _Out_writes_bytes_opt_(*ControlInfoLength) PCMSGHDR ControlInfo,
                                              _Out_opt_ PULONG ControlFlags, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskDisconnect, "WSK-108", "wsk/nc-wsk-pfn_wsk_disconnect")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_DISCONNECT)(_In_ PWSK_SOCKET Socket, _In_opt_ PWSK_BUF Buffer, _In_ ULONG Flags,
                                              _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskReleaseData, "WSK-152", "wsk/nc-wsk-pfn_wsk_release_data_indication_list")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_RELEASE_DATA_INDICATION_LIST)(_In_ PWSK_SOCKET Socket, _In_ PWSK_DATA_INDICATION DataIndication);

DDI_SLOT(WskReleaseDatagram, "WSK-172", "wsk/nc-wsk-pfn_wsk_release_datagram_indication_list")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST)(_In_ PWSK_SOCKET Socket,
                                                                   _In_ PWSK_DATAGRAM_INDICATION DatagramIndication);

DDI_SLOT(WskSendTo, "WSK-162", "wsk/nc-wsk-pfn_wsk_send_to")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_SEND_TO)(_In_ PWSK_SOCKET Socket, _In_ PWSK_BUF Buffer, _Reserved_ ULONG Flags,
                                           _In_opt_ PSOCKADDR RemoteAddress, _In_ ULONG ControlInfoLength,
                                           _In_reads_bytes_opt_(ControlInfoLength) PCMSGHDR ControlInfo, _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskSendMessages, "WSK-163", "wsk/nc-wsk-pfn_wsk_send_messages")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_SEND_MESSAGES)(_In_ PWSK_SOCKET Socket, _In_ PWSK_BUF_LIST BufferList, _Reserved_ ULONG Flags,
                                                 _In_opt_ PSOCKADDR RemoteAddress, _In_ ULONG ControlInfoLength,
                                                 _In_reads_bytes_opt_(ControlInfoLength) PCMSGHDR ControlInfo,
                                                 _Inout_ DDI_CONSUMES PIRP Irp);

DDI_SLOT(WskReceiveFrom, "WSK-165", "wsk/nc-wsk-pfn_wsk_receive_from")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NTSTATUS (WSKAPI *PFN_WSK_RECEIVE_FROM)(_In_ PWSK_SOCKET Socket, _In_ PWSK_BUF Buffer, _Reserved_ ULONG Flags,
                                                _Out_opt_ PSOCKADDR RemoteAddress, _Inout_opt_ PULONG ControlLength,
                                                _Out_writes_bytes_opt_(*ControlLength) PCMSGHDR ControlInfo,
                                                _Out_opt_ PULONG ControlFlags, _Inout_ DDI_CONSUMES PIRP Irp);

/* ---- tables of the provider: full size whichever version the client asked for (WSK-013) ---- */
typedef struct _WSK_PROVIDER_DISPATCH {
    USHORT Version;
    USHORT Reserved;
    PFN_WSK_SOCKET WskSocket;
    PFN_WSK_SOCKET_CONNECT WskSocketConnect;
    PFN_WSK_CONTROL_CLIENT WskControlClient;
    PFN_WSK_GET_ADDRESS_INFO WskGetAddressInfo;
    PFN_WSK_FREE_ADDRESS_INFO WskFreeAddressInfo;
    PFN_WSK_GET_NAME_INFO WskGetNameInfo;
} WSK_PROVIDER_DISPATCH, *PWSK_PROVIDER_DISPATCH;

typedef struct _WSK_PROVIDER_BASIC_DISPATCH {
    PFN_WSK_CONTROL_SOCKET WskControlSocket;
    PFN_WSK_CLOSE_SOCKET WskCloseSocket;
} WSK_PROVIDER_BASIC_DISPATCH, *PWSK_PROVIDER_BASIC_DISPATCH;

/* Drivers name the first two members both ways: table->WskCloseSocket and table->Basic.WskCloseSocket. */
#define WK_WSK_BASIC                                                                                                   \
    union {                                                                                                            \
        WSK_PROVIDER_BASIC_DISPATCH Basic;                                                                             \
        struct {                                                                                                       \
            PFN_WSK_CONTROL_SOCKET WskControlSocket;                                                                   \
            PFN_WSK_CLOSE_SOCKET WskCloseSocket;                                                                       \
        };                                                                                                             \
    }

typedef struct _WSK_PROVIDER_LISTEN_DISPATCH {
    WK_WSK_BASIC;
    PFN_WSK_BIND WskBind;
    PFN_WSK_ACCEPT WskAccept;
    PFN_WSK_INSPECT_COMPLETE WskInspectComplete;
    PFN_WSK_GET_LOCAL_ADDRESS WskGetLocalAddress;
} WSK_PROVIDER_LISTEN_DISPATCH, *PWSK_PROVIDER_LISTEN_DISPATCH;

typedef struct _WSK_PROVIDER_DATAGRAM_DISPATCH {
    WK_WSK_BASIC;
    PFN_WSK_BIND WskBind;
    PFN_WSK_SEND_TO WskSendTo;
    PFN_WSK_RECEIVE_FROM WskReceiveFrom;
    PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST WskRelease;
    PFN_WSK_GET_LOCAL_ADDRESS WskGetLocalAddress;
    PFN_WSK_SEND_MESSAGES WskSendMessages;
} WSK_PROVIDER_DATAGRAM_DISPATCH, *PWSK_PROVIDER_DATAGRAM_DISPATCH;

typedef struct _WSK_PROVIDER_CONNECTION_DISPATCH {
    WK_WSK_BASIC;
    PFN_WSK_BIND WskBind;
    PFN_WSK_CONNECT WskConnect;
    PFN_WSK_GET_LOCAL_ADDRESS WskGetLocalAddress;
    PFN_WSK_GET_REMOTE_ADDRESS WskGetRemoteAddress;
    PFN_WSK_SEND WskSend;
    PFN_WSK_RECEIVE WskReceive;
    PFN_WSK_DISCONNECT WskDisconnect;
    PFN_WSK_RELEASE_DATA_INDICATION_LIST WskRelease;
    PFN_WSK_CONNECT_EX WskConnectEx;
    PFN_WSK_SEND_EX WskSendEx;
    PFN_WSK_RECEIVE_EX WskReceiveEx;
} WSK_PROVIDER_CONNECTION_DISPATCH, *PWSK_PROVIDER_CONNECTION_DISPATCH;

typedef struct _WSK_PROVIDER_STREAM_DISPATCH {
    WK_WSK_BASIC;
    PFN_WSK_BIND WskBind;
    PFN_WSK_ACCEPT WskAccept;
    PFN_WSK_CONNECT WskConnect;
    PFN_WSK_LISTEN WskListen;
    PFN_WSK_SEND WskSend;
    PFN_WSK_RECEIVE WskReceive;
    PFN_WSK_DISCONNECT WskDisconnect;
    PFN_WSK_RELEASE_DATA_INDICATION_LIST WskRelease;
    PFN_WSK_GET_LOCAL_ADDRESS WskGetLocalAddress;
    PFN_WSK_GET_REMOTE_ADDRESS WskGetRemoteAddress;
    PFN_WSK_CONNECT_EX WskConnectEx;
    PFN_WSK_SEND_EX WskSendEx;
    PFN_WSK_RECEIVE_EX WskReceiveEx;
} WSK_PROVIDER_STREAM_DISPATCH, *PWSK_PROVIDER_STREAM_DISPATCH;

/* ---- registration ---- */
typedef struct _WSK_CLIENT_NPI {
    PVOID ClientContext;
    const WSK_CLIENT_DISPATCH *Dispatch;
} WSK_CLIENT_NPI, *PWSK_CLIENT_NPI;

typedef struct _WSK_PROVIDER_NPI {
    PWSK_CLIENT Client;
    const WSK_PROVIDER_DISPATCH *Dispatch;
} WSK_PROVIDER_NPI, *PWSK_PROVIDER_NPI;

typedef struct _WSK_PROVIDER_CHARACTERISTICS {
    USHORT HighestVersion;
    USHORT LowestVersion;
} WSK_PROVIDER_CHARACTERISTICS, *PWSK_PROVIDER_CHARACTERISTICS;

typedef struct _WSK_REGISTRATION {
    ULONGLONG ReservedRegistrationState;
    PVOID ReservedRegistrationContext;
    KSPIN_LOCK ReservedRegistrationLock;
} WSK_REGISTRATION, *PWSK_REGISTRATION;

/* {2227E803-8D8B-11D4-ABAD-009027719E09} (WSK-015, WSK-188) */
extern const NPIID NPI_WSK_INTERFACE_ID;
#if !defined(WK_HOST_NT) && !defined(WK_DDIGEN)
__declspec(selectany) const NPIID NPI_WSK_INTERFACE_ID = {
    0x2227e803, 0x8d8b, 0x11d4, {0xab, 0xad, 0x00, 0x90, 0x27, 0x71, 0x9e, 0x09}};
#endif

DDI(netio, "WSK-001 WSK-016", "wsk/nf-wsk-wskregister")
_IRQL_requires_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI WskRegister(_In_ PWSK_CLIENT_NPI WskClientNpi, _Out_ PWSK_REGISTRATION WskRegistration);

DDI(netio, "WSK-004 WSK-005", "wsk/nf-wsk-wskcaptureprovidernpi")
_When_(WaitTimeout == WSK_NO_WAIT, _IRQL_requires_max_(DISPATCH_LEVEL))
_When_(WaitTimeout != WSK_NO_WAIT, _IRQL_requires_max_(PASSIVE_LEVEL)) _Must_inspect_result_
NTSTATUS NTAPI WskCaptureProviderNPI(_In_ PWSK_REGISTRATION WskRegistration, _In_ ULONG WaitTimeout, _Out_ PWSK_PROVIDER_NPI WskProviderNpi);

DDI(netio, "WSK-008", "wsk/nf-wsk-wskreleaseprovidernpi")
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI WskReleaseProviderNPI(_In_ PWSK_REGISTRATION WskRegistration);

DDI(netio, "WSK-009", "wsk/nf-wsk-wskqueryprovidercharacteristics")
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI WskQueryProviderCharacteristics(_In_ PWSK_REGISTRATION WskRegistration,
                                               _Out_ PWSK_PROVIDER_CHARACTERISTICS WskProviderCharacteristics);

DDI(netio, "WSK-010", "wsk/nf-wsk-wskderegister")
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI WskDeregister(_In_ PWSK_REGISTRATION WskRegistration);

WK_EXTERN_C_END

#endif

