/* Registration with WSK and the listening socket. All at PASSIVE_LEVEL: what may wait is here. */
#include "echosrv.h"

static const WSK_CLIENT_DISPATCH EchoClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

/* A WSK request that the calling thread waits for. */
typedef struct _ECHO_SYNC {
    PIRP Irp;
    KEVENT Done;
} ECHO_SYNC, *PECHO_SYNC;

static IO_COMPLETION_ROUTINE EchoSyncDone;
static NTSTATUS NTAPI EchoSyncDone(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(&((PECHO_SYNC)Context)->Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS EchoSyncInitialize(_Out_ PECHO_SYNC Sync)
{
    KeInitializeEvent(&Sync->Done, SynchronizationEvent, FALSE);
    Sync->Irp = IoAllocateIrp(1, FALSE);
    return Sync->Irp ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static PIRP EchoSyncIrp(_Inout_ PECHO_SYNC Sync)
{
    EchoPrepareIrp(Sync->Irp, EchoSyncDone, Sync);
    return Sync->Irp;
}

/* The event is set for an inline completion too, so it is always waited for. */
static NTSTATUS EchoSyncWait(_Inout_ PECHO_SYNC Sync)
{
    KeWaitForSingleObject(&Sync->Done, Executive, KernelMode, FALSE, NULL);
    return Sync->Irp->IoStatus.Status;
}

static const WSK_PROVIDER_LISTEN_DISPATCH *EchoListenTable(_In_ PECHO_SERVER Server)
{
    return (const WSK_PROVIDER_LISTEN_DISPATCH *)Server->Socket->Dispatch;
}

static VOID EchoCloseListener(_Inout_ PECHO_SERVER Server, _Inout_ PECHO_SYNC Sync)
{
    EchoListenTable(Server)->WskCloseSocket(Server->Socket, EchoSyncIrp(Sync));
    EchoSyncWait(Sync);
    Server->Socket = NULL;
}

/* A listening socket of one family, bound to the wildcard address. On AF_INET6 it takes IPv4 clients too. */
static NTSTATUS EchoOpenListener(_Inout_ PECHO_SERVER Server, _In_ ADDRESS_FAMILY Family, _Inout_ PECHO_SYNC Sync)
{
    SOCKADDR_IN6 Address6 = {0};
    SOCKADDR_IN Address4 = {0};
    ULONG V6Only = 0;
    NTSTATUS Status;

    Server->Provider.Dispatch->WskSocket(Server->Provider.Client, Family, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, Server,
                                         &EchoListenDispatch, NULL, NULL, NULL, EchoSyncIrp(Sync));
    Status = EchoSyncWait(Sync);
    if (!NT_SUCCESS(Status))
        return Status;
    Server->Socket = (PWSK_SOCKET)Sync->Irp->IoStatus.Information;
    Server->Family = Family;

    if (Family == AF_INET6) {
        EchoListenTable(Server)->WskControlSocket(Server->Socket, WskSetOption, IPV6_V6ONLY, IPPROTO_IPV6, sizeof(V6Only), &V6Only, 0, NULL,
                                                  NULL, EchoSyncIrp(Sync));
        Status = EchoSyncWait(Sync);
    }
    if (NT_SUCCESS(Status)) {
        Address6.sin6_family = AF_INET6;
        Address6.sin6_port = RtlUshortByteSwap((USHORT)Server->Port);
        Address4.sin_family = AF_INET;
        Address4.sin_port = RtlUshortByteSwap((USHORT)Server->Port);
        EchoListenTable(Server)->WskBind(Server->Socket, Family == AF_INET6 ? (PSOCKADDR)&Address6 : (PSOCKADDR)&Address4, 0,
                                         EchoSyncIrp(Sync));
        Status = EchoSyncWait(Sync);
    }
    if (!NT_SUCCESS(Status))
        EchoCloseListener(Server, Sync);
    return Status;
}

/* From here on connections come. */
static NTSTATUS EchoOpenForClients(_Inout_ PECHO_SERVER Server, _Inout_ PECHO_SYNC Sync)
{
    WSK_EVENT_CALLBACK_CONTROL Events;

    if (Server->Style == EchoStyleIrp)
        return EchoAcceptStart(Server);
    /* The connection's events are named too: accepted sockets inherit them before any data can be indicated. */
    Events.NpiId = &NPI_WSK_INTERFACE_ID;
    Events.EventMask = WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT;
    EchoListenTable(Server)->WskControlSocket(Server->Socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(Events), &Events, 0,
                                              NULL, NULL, EchoSyncIrp(Sync));
    return EchoSyncWait(Sync);
}

NTSTATUS EchoServerStart(_Inout_ PECHO_SERVER Server)
{
    WSK_CLIENT_NPI Client = {Server, &EchoClientDispatch};
    ECHO_SYNC Sync;
    NTSTATUS Status;

    KeInitializeSpinLock(&Server->Lock);
    InitializeListHead(&Server->Open);
    InitializeListHead(&Server->Aborted);
    ExInitializeRundownProtection(&Server->AcceptCalls);
    KeInitializeEvent(&Server->Gone, NotificationEvent, FALSE);
    Server->References = 1;

    Status = EchoSyncInitialize(&Sync);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = WskRegister(&Client, &Server->Registration);
    if (!NT_SUCCESS(Status))
        goto free_irp;
    Status = WskCaptureProviderNPI(&Server->Registration, WSK_INFINITE_WAIT, &Server->Provider);
    if (!NT_SUCCESS(Status))
        goto deregister;

    Status = EchoOpenListener(Server, AF_INET6, &Sync);
    if (!NT_SUCCESS(Status) && Status != STATUS_ADDRESS_ALREADY_EXISTS)
        Status = EchoOpenListener(Server, AF_INET, &Sync); /* a machine without IPv6 */
    if (NT_SUCCESS(Status)) {
        Status = EchoOpenForClients(Server, &Sync);
        if (!NT_SUCCESS(Status)) {
            ExWaitForRundownProtectionRelease(&Server->AcceptCalls);
            EchoCloseListener(Server, &Sync);
            EchoAcceptCleanup(Server);
        }
    }
    if (NT_SUCCESS(Status)) {
        IoFreeIrp(Sync.Irp);
        return STATUS_SUCCESS;
    }
    WskReleaseProviderNPI(&Server->Registration);
deregister:
    WskDeregister(&Server->Registration);
free_irp:
    IoFreeIrp(Sync.Irp);
    return Status;
}

/* Resets every connection. Each is moved to the other list before its lock is dropped, so the walk always ends. A connection whose accept
 * completed and whose routine has yet to insert it finds Stopping set. */
static VOID EchoAbortAll(_Inout_ PECHO_SERVER Server)
{
    PECHO_CONNECTION Connection;
    BOOLEAN Alive;
    KIRQL Irql;

    for (;;) {
        KeAcquireSpinLock(&Server->Lock, &Irql);
        Server->Stopping = TRUE;
        if (IsListEmpty(&Server->Open)) {
            KeReleaseSpinLock(&Server->Lock, Irql);
            return;
        }
        Connection = CONTAINING_RECORD(RemoveHeadList(&Server->Open), ECHO_CONNECTION, Link);
        InsertTailList(&Server->Aborted, &Connection->Link);
        Alive = EchoConnectionReference(Connection);
        KeReleaseSpinLock(&Server->Lock, Irql);
        if (Alive) {
            EchoConnectionAbort(Connection);
            EchoConnectionDereference(Connection);
        }
    }
}

VOID EchoServerDereference(_Inout_ PECHO_SERVER Server)
{
    if (InterlockedDecrement(&Server->References) == 0)
        KeSetEvent(&Server->Gone, IO_NO_INCREMENT, FALSE);
}

VOID EchoServerStop(_Inout_ PECHO_SERVER Server)
{
    ECHO_SYNC Sync;

    /* Unload cannot fail: without memory for one IRP it waits for some. */
    while (!NT_SUCCESS(EchoSyncInitialize(&Sync))) {
        LARGE_INTEGER Delay;

        Delay.QuadPart = -10 * 1000 * 10; /* 10 ms */
        KeDelayExecutionThread(KernelMode, FALSE, &Delay);
    }
    ExWaitForRundownProtectionRelease(&Server->AcceptCalls);
    EchoCloseListener(Server, &Sync); /* no accept event comes after it, and each accept IRP has completed */
    IoFreeIrp(Sync.Irp);
    EchoAbortAll(Server);
    EchoServerDereference(Server);
    KeWaitForSingleObject(&Server->Gone, Executive, KernelMode, FALSE, NULL);
    KeFlushQueuedDpcs(); /* the routine of a round's DPC may still be returning */
    EchoAcceptCleanup(Server);
    WskReleaseProviderNPI(&Server->Registration);
    WskDeregister(&Server->Registration);
}
