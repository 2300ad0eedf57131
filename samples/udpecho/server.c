/* Registration with WSK, and a datagram socket for each family. All at PASSIVE_LEVEL: what may wait is here. */
#include "udpecho.h"

static const WSK_CLIENT_DISPATCH UdpClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

/* A WSK request that the calling thread waits for. */
typedef struct _UDP_SYNC {
    PIRP Irp;
    KEVENT Done;
} UDP_SYNC, *PUDP_SYNC;

static IO_COMPLETION_ROUTINE UdpSyncDone;
static NTSTATUS NTAPI UdpSyncDone(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(&((PUDP_SYNC)Context)->Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS UdpSyncInitialize(_Out_ PUDP_SYNC Sync)
{
    KeInitializeEvent(&Sync->Done, SynchronizationEvent, FALSE);
    Sync->Irp = IoAllocateIrp(1, FALSE);
    return Sync->Irp ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static PIRP UdpSyncIrp(_Inout_ PUDP_SYNC Sync)
{
    IoReuseIrp(Sync->Irp, STATUS_UNSUCCESSFUL);
    IoSetCompletionRoutine(Sync->Irp, UdpSyncDone, Sync, TRUE, TRUE, TRUE);
    return Sync->Irp;
}

/* The event is set for an inline completion too, so it is always waited for. */
static NTSTATUS UdpSyncWait(_Inout_ PUDP_SYNC Sync)
{
    KeWaitForSingleObject(&Sync->Done, Executive, KernelMode, FALSE, NULL);
    return Sync->Irp->IoStatus.Status;
}

static NTSTATUS UdpSetOption(_In_ PUDP_SOCKET Socket, _In_ ULONG Level, _In_ ULONG Option, _In_ SIZE_T Size, _In_ PVOID Value, _Inout_ PUDP_SYNC Sync)
{
    Socket->Wsk->WskControlSocket(Socket->Socket, WskSetOption, Option, Level, Size, Value, 0, NULL, NULL, UdpSyncIrp(Sync));
    return UdpSyncWait(Sync);
}

/* With WSK_EVENT_DISABLE it returns when no callback runs and none will. */
static NTSTATUS UdpSetEvent(_In_ PUDP_SOCKET Socket, _In_ ULONG Mask, _Inout_ PUDP_SYNC Sync)
{
    WSK_EVENT_CALLBACK_CONTROL Events;

    Events.NpiId = &NPI_WSK_INTERFACE_ID;
    Events.EventMask = Mask;
    return UdpSetOption(Socket, SOL_SOCKET, SO_WSK_EVENT_CALLBACK, sizeof(Events), &Events, Sync);
}

/* Once for each socket that UdpOpen has begun with. */
static VOID UdpClose(_Inout_ PUDP_SOCKET Socket, _Inout_ PUDP_SYNC Sync)
{
    UdpSocketDereference(Socket);
    KeWaitForSingleObject(&Socket->Idle, Executive, KernelMode, FALSE, NULL); /* every indication has been released */
    if (Socket->Socket) {
        Socket->Wsk->WskCloseSocket(Socket->Socket, UdpSyncIrp(Sync));
        UdpSyncWait(Sync);
        Socket->Socket = NULL;
    }
    UdpRepliesFree(Socket);
}

/* Bound to the family's wildcard address, told where datagrams were sent to, and open for them. */
static NTSTATUS UdpPrepare(_Inout_ PUDP_SOCKET Socket, _In_ ADDRESS_FAMILY Family, _Inout_ PUDP_SYNC Sync)
{
    SOCKADDR_IN6 Address6 = {0};
    SOCKADDR_IN Address4 = {0};
    ULONG On = 1;
    NTSTATUS Status;

    if (Family == AF_INET6)
        Status = UdpSetOption(Socket, IPPROTO_IPV6, IPV6_PKTINFO, sizeof(On), &On, Sync);
    else
        Status = UdpSetOption(Socket, IPPROTO_IP, IP_PKTINFO, sizeof(On), &On, Sync);
    if (!NT_SUCCESS(Status))
        return Status;
    Address6.sin6_family = AF_INET6;
    Address6.sin6_port = RtlUshortByteSwap((USHORT)Socket->Server->Port);
    Address4.sin_family = AF_INET;
    Address4.sin_port = RtlUshortByteSwap((USHORT)Socket->Server->Port);
    Socket->Wsk->WskBind(Socket->Socket, Family == AF_INET6 ? (PSOCKADDR)&Address6 : (PSOCKADDR)&Address4, 0, UdpSyncIrp(Sync));
    Status = UdpSyncWait(Sync);
    return NT_SUCCESS(Status) ? UdpSetEvent(Socket, WSK_EVENT_RECEIVE_FROM, Sync) : Status;
}

static NTSTATUS UdpOpen(_In_ PUDP_SERVER Server, _Inout_ PUDP_SOCKET Socket, _In_ ADDRESS_FAMILY Family, _Inout_ PUDP_SYNC Sync)
{
    NTSTATUS Status;

    Socket->Server = Server;
    Socket->References = 1;
    KeInitializeEvent(&Socket->Idle, NotificationEvent, FALSE);
    Status = UdpRepliesCreate(Socket);
    if (NT_SUCCESS(Status)) {
        Server->Provider.Dispatch->WskSocket(Server->Provider.Client, Family, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, Socket,
                                             &UdpDispatch, NULL, NULL, NULL, UdpSyncIrp(Sync));
        Status = UdpSyncWait(Sync);
    }
    if (NT_SUCCESS(Status)) {
        Socket->Socket = (PWSK_SOCKET)Sync->Irp->IoStatus.Information;
        Socket->Wsk = (const WSK_PROVIDER_DATAGRAM_DISPATCH *)Socket->Socket->Dispatch;
        Status = UdpPrepare(Socket, Family, Sync);
    }
    if (!NT_SUCCESS(Status))
        UdpClose(Socket, Sync);
    return Status;
}

static VOID UdpStop(_Inout_ PUDP_SOCKET Socket, _In_ PCSTR Name, _Inout_ PUDP_SYNC Sync)
{
    if (!Socket->Socket)
        return;
    UdpSetEvent(Socket, WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE, Sync);
    UdpClose(Socket, Sync);
    DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "udpecho: %s: %I64d received, %I64d answered, %I64d lost\n", Name, Socket->Received,
               Socket->Answered, Socket->Lost);
}

/* A machine may lack one family, not both; a port that is taken in one of them is an error. */
static NTSTATUS UdpOpenBoth(_Inout_ PUDP_SERVER Server, _Inout_ PUDP_SYNC Sync)
{
    NTSTATUS Status4 = UdpOpen(Server, &Server->Ipv4, AF_INET, Sync), Status6;

    if (Status4 == STATUS_ADDRESS_ALREADY_EXISTS)
        return Status4;
    Status6 = UdpOpen(Server, &Server->Ipv6, AF_INET6, Sync);
    if (NT_SUCCESS(Status6) || (NT_SUCCESS(Status4) && Status6 != STATUS_ADDRESS_ALREADY_EXISTS))
        return STATUS_SUCCESS;
    UdpStop(&Server->Ipv4, "IPv4", Sync);
    return Status6;
}

NTSTATUS UdpServerStart(_Inout_ PUDP_SERVER Server)
{
    WSK_CLIENT_NPI Client = {Server, &UdpClientDispatch};
    UDP_SYNC Sync;
    NTSTATUS Status;

    Status = UdpSyncInitialize(&Sync);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = WskRegister(&Client, &Server->Registration);
    if (NT_SUCCESS(Status)) {
        Status = WskCaptureProviderNPI(&Server->Registration, WSK_INFINITE_WAIT, &Server->Provider);
        if (NT_SUCCESS(Status)) {
            Status = UdpOpenBoth(Server, &Sync);
            if (!NT_SUCCESS(Status))
                WskReleaseProviderNPI(&Server->Registration);
        }
        if (!NT_SUCCESS(Status))
            WskDeregister(&Server->Registration);
    }
    IoFreeIrp(Sync.Irp);
    return Status;
}

VOID UdpServerStop(_Inout_ PUDP_SERVER Server)
{
    UDP_SYNC Sync;

    /* Unload cannot fail: without memory for one IRP it waits for some. */
    while (!NT_SUCCESS(UdpSyncInitialize(&Sync))) {
        LARGE_INTEGER Delay;

        Delay.QuadPart = -10 * 1000 * 10; /* 10 ms */
        KeDelayExecutionThread(KernelMode, FALSE, &Delay);
    }
    UdpStop(&Server->Ipv4, "IPv4", &Sync);
    UdpStop(&Server->Ipv6, "IPv6", &Sync);
    IoFreeIrp(Sync.Irp);
    WskReleaseProviderNPI(&Server->Registration);
    WskDeregister(&Server->Registration);
}
