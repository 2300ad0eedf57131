/* A connection's life, in both styles: created for an accepted socket, ended once, closed with its last reference. */
#include "echosrv.h"

static IO_COMPLETION_ROUTINE EchoClosed, EchoDisconnected, EchoAbortDone;

/* IRPs are used again and again; each use starts here. */
VOID EchoPrepareIrp(_Inout_ PIRP Irp, _In_ PIO_COMPLETION_ROUTINE Routine, _In_opt_ PVOID Context)
{
    IoReuseIrp(Irp, STATUS_UNSUCCESSFUL);
    IoSetCompletionRoutine(Irp, Routine, Context, TRUE, TRUE, TRUE);
}

static VOID EchoConnectionFree(_In_ PECHO_CONNECTION Connection)
{
    if (Connection->Server->Style == EchoStyleIrp)
        EchoIrpCleanup(Connection);
    else
        EchoCallbackCleanup(Connection);
    if (Connection->ControlIrp)
        IoFreeIrp(Connection->ControlIrp);
    if (Connection->AbortIrp)
        IoFreeIrp(Connection->AbortIrp);
    ExFreePoolWithTag(Connection, ECHO_TAG);
}

/* With one reference: that of being open. NULL when there is no memory or the server stops; the socket is then still the caller's. */
PECHO_CONNECTION EchoConnectionCreate(_In_ PECHO_SERVER Server, _In_ PWSK_SOCKET Socket)
{
    SIZE_T Size = FIELD_OFFSET(ECHO_CONNECTION, u) +
                  (Server->Style == EchoStyleIrp ? sizeof(ECHO_IRP_STATE) : sizeof(ECHO_CALLBACK_STATE));
    PECHO_CONNECTION Connection = (PECHO_CONNECTION)ExAllocatePool2(POOL_FLAG_NON_PAGED, Size, ECHO_TAG);
    BOOLEAN Stopping;
    NTSTATUS Status;
    KIRQL Irql;

    if (!Connection)
        return NULL;
    Connection->Server = Server;
    Connection->Socket = Socket;
    Connection->Wsk = (const WSK_PROVIDER_CONNECTION_DISPATCH *)Socket->Dispatch;
    Connection->References = 1;
    Connection->ControlIrp = IoAllocateIrp(1, FALSE);
    Connection->AbortIrp = IoAllocateIrp(1, FALSE);
    Status = Server->Style == EchoStyleIrp ? EchoIrpInitialize(Connection) : EchoCallbackInitialize(Connection);
    if (!NT_SUCCESS(Status) || !Connection->ControlIrp || !Connection->AbortIrp) {
        EchoConnectionFree(Connection);
        return NULL;
    }
    KeAcquireSpinLock(&Server->Lock, &Irql);
    Stopping = Server->Stopping;
    if (!Stopping) {
        InterlockedIncrement(&Server->References);
        InsertTailList(&Server->Open, &Connection->Link);
    }
    KeReleaseSpinLock(&Server->Lock, Irql);
    if (Stopping) { /* EchoAbortAll has been here */
        EchoConnectionFree(Connection);
        return NULL;
    }
    return Connection;
}

BOOLEAN EchoConnectionReference(_Inout_ PECHO_CONNECTION Connection)
{
    LONG Old = Connection->References, Seen;

    for (; Old > 0; Old = Seen) {
        Seen = InterlockedCompareExchange(&Connection->References, Old + 1, Old);
        if (Seen == Old)
            return TRUE;
    }
    return FALSE;
}

static NTSTATUS NTAPI EchoClosed(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    PECHO_CONNECTION Connection = (PECHO_CONNECTION)Context;
    PECHO_SERVER Server = Connection->Server;
    KIRQL Irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireSpinLock(&Server->Lock, &Irql);
    RemoveEntryList(&Connection->Link);
    KeReleaseSpinLock(&Server->Lock, Irql);
    EchoConnectionFree(Connection);
    EchoServerDereference(Server);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* The last one closes. Neither the connection nor the IRP may be touched after the call. */
VOID EchoConnectionDereference(_Inout_ PECHO_CONNECTION Connection)
{
    if (InterlockedDecrement(&Connection->References) != 0)
        return;
    EchoPrepareIrp(Connection->ControlIrp, EchoClosed, Connection);
    Connection->Wsk->WskCloseSocket(Connection->Socket, Connection->ControlIrp);
}

/* The caller has a reference of its own, or is one of the socket's events, which the close waits for. */
VOID EchoConnectionEnd(_Inout_ PECHO_CONNECTION Connection)
{
    if (InterlockedExchange(&Connection->Ended, TRUE) == FALSE)
        EchoConnectionDereference(Connection);
}

static NTSTATUS NTAPI EchoDisconnected(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    PECHO_CONNECTION Connection = (PECHO_CONNECTION)Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    EchoConnectionEnd(Connection);
    EchoConnectionDereference(Connection);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Once per connection, with a reference of the caller's; the request has its own. */
VOID EchoConnectionDisconnect(_Inout_ PECHO_CONNECTION Connection)
{
    InterlockedIncrement(&Connection->References);
    EchoPrepareIrp(Connection->ControlIrp, EchoDisconnected, Connection);
    Connection->Wsk->WskDisconnect(Connection->Socket, NULL, 0, Connection->ControlIrp);
}

static NTSTATUS NTAPI EchoAbortDone(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    EchoConnectionDereference((PECHO_CONNECTION)Context);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Once per connection, with a reference of the caller's. Resets it: what pends on the socket completes, also a graceful disconnect
 * that a peer holds up. */
VOID EchoConnectionAbort(_Inout_ PECHO_CONNECTION Connection)
{
    InterlockedIncrement(&Connection->References);
    EchoPrepareIrp(Connection->AbortIrp, EchoAbortDone, Connection);
    Connection->Wsk->WskDisconnect(Connection->Socket, NULL, WSK_FLAG_ABORTIVE, Connection->AbortIrp);
    EchoConnectionEnd(Connection);
}
