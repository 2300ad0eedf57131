/* Style 1: requests drive it. Each connection has one IRP that goes round: receive, send what came, receive. Each round is a loop, not
 * a recursion: a request that completes inline (PendingReturned is clear in its routine) is finished by the thread that made it.
 * An idle connection holds a small buffer; one that fills it gets a large one until it is quiet again. */
#include "echosrv.h"

/* ---- a connection's round ---- */
static IO_COMPLETION_ROUTINE EchoRoundCompleted;
static KDEFERRED_ROUTINE EchoRoundDpc;

/* FALSE: there is no memory, and the buffer is as it was. */
static BOOLEAN EchoSetBuffer(_Inout_ ECHO_IRP_STATE *State, _In_ ULONG Size)
{
    PUCHAR Buffer = (PUCHAR)ExAllocatePool2(POOL_FLAG_NON_PAGED, Size, ECHO_TAG);
    PMDL Mdl = Buffer ? IoAllocateMdl(Buffer, Size, FALSE, FALSE, NULL) : NULL;

    if (!Mdl) {
        if (Buffer)
            ExFreePoolWithTag(Buffer, ECHO_TAG);
        return FALSE;
    }
    MmBuildMdlForNonPagedPool(Mdl);
    if (State->Buffer) {
        IoFreeMdl(State->WskBuf.Mdl);
        ExFreePoolWithTag(State->Buffer, ECHO_TAG);
    }
    State->Buffer = Buffer;
    State->BufferSize = Size;
    State->QuietRounds = 0;
    State->WskBuf.Mdl = Mdl;
    State->WskBuf.Offset = 0;
    return TRUE;
}

NTSTATUS EchoIrpInitialize(_Inout_ PECHO_CONNECTION Connection)
{
    ECHO_IRP_STATE *State = &Connection->u.Irp;

    State->Step = EchoStepReceive;
    State->Irp = IoAllocateIrp(1, FALSE);
    KeInitializeDpc(&State->Dpc, EchoRoundDpc, Connection);
    return State->Irp && EchoSetBuffer(State, ECHO_SMALL_BUFFER) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

VOID EchoIrpCleanup(_Inout_ PECHO_CONNECTION Connection)
{
    ECHO_IRP_STATE *State = &Connection->u.Irp;

    if (State->Irp)
        IoFreeIrp(State->Irp);
    if (State->Buffer) {
        IoFreeMdl(State->WskBuf.Mdl);
        ExFreePoolWithTag(State->Buffer, ECHO_TAG);
    }
}

/* A receive of `Bytes` is done: is the buffer the right one for this client? */
static VOID EchoFitBuffer(_Inout_ ECHO_IRP_STATE *State, _In_ SIZE_T Bytes)
{
    if (State->BufferSize == ECHO_SMALL_BUFFER) {
        if (Bytes == ECHO_SMALL_BUFFER)
            EchoSetBuffer(State, ECHO_LARGE_BUFFER);
    } else if (Bytes > ECHO_SMALL_BUFFER) {
        State->QuietRounds = 0;
    } else if (++State->QuietRounds >= ECHO_QUIET_ROUNDS) {
        EchoSetBuffer(State, ECHO_SMALL_BUFFER);
    }
}

/* Where to go from what the IRP says. */
static VOID EchoAdvance(_Inout_ ECHO_IRP_STATE *State)
{
    SIZE_T Bytes = State->Irp->IoStatus.Information;

    if (!NT_SUCCESS(State->Irp->IoStatus.Status)) {
        State->Step = EchoStepEnd;
    } else if (State->Step == EchoStepReceive) {
        State->WskBuf.Length = Bytes;
        State->Step = Bytes ? EchoStepSend : EchoStepDisconnect; /* no bytes: the peer is done */
    } else {
        EchoFitBuffer(State, Bytes);
        State->Step = EchoStepReceive;
    }
}

/* Goes on until a request pends. The round owns one reference, which it drops at its end. */
static VOID EchoRound(_Inout_ PECHO_CONNECTION Connection)
{
    ECHO_IRP_STATE *State = &Connection->u.Irp;
    ULONG Rounds;
    NTSTATUS Status;

    for (Rounds = 0; Rounds < 2 * ECHO_ROUNDS_AT_ONCE; Rounds++) {
        EchoPrepareIrp(State->Irp, EchoRoundCompleted, Connection);
        switch (State->Step) {
        case EchoStepReceive:
            State->WskBuf.Length = State->BufferSize;
            Status = Connection->Wsk->WskReceive(Connection->Socket, &State->WskBuf, 0, State->Irp);
            break;
        case EchoStepSend:
            Status = Connection->Wsk->WskSend(Connection->Socket, &State->WskBuf, WSK_FLAG_NODELAY, State->Irp);
            break;
        case EchoStepDisconnect:
            EchoConnectionDisconnect(Connection);
            EchoConnectionDereference(Connection);
            return;
        default:
            EchoConnectionEnd(Connection);
            EchoConnectionDereference(Connection);
            return;
        }
        if (Status == STATUS_PENDING)
            return;
        EchoAdvance(State);
    }
    KeInsertQueueDpc(&State->Dpc, NULL, NULL);
}

static VOID NTAPI EchoRoundDpc(_In_ PKDPC Dpc, _In_opt_ PVOID DeferredContext, _In_opt_ PVOID SystemArgument1, _In_opt_ PVOID SystemArgument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    EchoRound((PECHO_CONNECTION)DeferredContext);
}

static NTSTATUS NTAPI EchoRoundCompleted(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    PECHO_CONNECTION Connection = (PECHO_CONNECTION)Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (!Irp->PendingReturned)
        return STATUS_MORE_PROCESSING_REQUIRED; /* EchoRound goes on */
    EchoAdvance(&Connection->u.Irp);
    EchoRound(Connection);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* ---- accepting ---- */
#define ECHO_ACCEPTS 8

typedef struct _ECHO_ACCEPT {
    PECHO_SERVER Server;
    PIRP Irp;
} ECHO_ACCEPT, *PECHO_ACCEPT;

static IO_COMPLETION_ROUTINE EchoAcceptCompleted, EchoRefused;

static VOID EchoAcceptNext(_Inout_ PECHO_ACCEPT Accept);

/* The socket that there was no memory to serve is closed: the slot accepts again. */
static NTSTATUS NTAPI EchoRefused(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned)
        EchoAcceptNext((PECHO_ACCEPT)Context);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* FALSE: there was no memory, and the slot's IRP closes the socket; EchoRefused goes on. */
static BOOLEAN EchoServe(_Inout_ PECHO_ACCEPT Accept, _In_ PWSK_SOCKET Socket)
{
    PECHO_CONNECTION Connection = EchoConnectionCreate(Accept->Server, Socket);

    if (Connection) {
        InterlockedIncrement(&Connection->References); /* the round's */
        EchoRound(Connection);
        return TRUE;
    }
    EchoPrepareIrp(Accept->Irp, EchoRefused, Accept);
    return ((const WSK_PROVIDER_CONNECTION_DISPATCH *)Socket->Dispatch)->WskCloseSocket(Socket, Accept->Irp) != STATUS_PENDING;
}

/* TRUE: the slot's IRP is free for the next one. It drops the slot's reference of the server when there is none. */
static BOOLEAN EchoAccepted(_Inout_ PECHO_ACCEPT Accept)
{
    if (NT_SUCCESS(Accept->Irp->IoStatus.Status))
        return EchoServe(Accept, (PWSK_SOCKET)Accept->Irp->IoStatus.Information);
    EchoServerDereference(Accept->Server); /* the listening socket is closing, or broken */
    return FALSE;
}

static VOID EchoAcceptNext(_Inout_ PECHO_ACCEPT Accept)
{
    const WSK_PROVIDER_LISTEN_DISPATCH *Wsk;
    NTSTATUS Status;

    do {
        /* EchoServerStop waits for calls on the listening socket before it closes it. */
        if (!ExAcquireRundownProtection(&Accept->Server->AcceptCalls)) {
            EchoServerDereference(Accept->Server);
            return;
        }
        Wsk = (const WSK_PROVIDER_LISTEN_DISPATCH *)Accept->Server->Socket->Dispatch;
        EchoPrepareIrp(Accept->Irp, EchoAcceptCompleted, Accept);
        Status = Wsk->WskAccept(Accept->Server->Socket, 0, NULL, NULL, NULL, NULL, Accept->Irp);
        ExReleaseRundownProtection(&Accept->Server->AcceptCalls);
    } while (Status != STATUS_PENDING && EchoAccepted(Accept));
}

static NTSTATUS NTAPI EchoAcceptCompleted(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    PECHO_ACCEPT Accept = (PECHO_ACCEPT)Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned && EchoAccepted(Accept))
        EchoAcceptNext(Accept);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS EchoAcceptStart(_Inout_ PECHO_SERVER Server)
{
    PECHO_ACCEPT Accepts = (PECHO_ACCEPT)ExAllocatePool2(POOL_FLAG_NON_PAGED, ECHO_ACCEPTS * sizeof(ECHO_ACCEPT), ECHO_TAG);
    ULONG i;

    if (!Accepts)
        return STATUS_INSUFFICIENT_RESOURCES;
    Server->Accepts = Accepts;
    for (i = 0; i < ECHO_ACCEPTS; i++) {
        Accepts[i].Server = Server;
        Accepts[i].Irp = IoAllocateIrp(1, FALSE);
        if (!Accepts[i].Irp)
            return STATUS_INSUFFICIENT_RESOURCES; /* the caller closes the socket, then cleans up */
    }
    for (i = 0; i < ECHO_ACCEPTS; i++) {
        InterlockedIncrement(&Server->References); /* the slot's, until it accepts no more */
        EchoAcceptNext(&Accepts[i]);
    }
    return STATUS_SUCCESS;
}

VOID EchoAcceptCleanup(_Inout_ PECHO_SERVER Server)
{
    ULONG i;

    if (!Server->Accepts)
        return;
    for (i = 0; i < ECHO_ACCEPTS; i++)
        if (Server->Accepts[i].Irp)
            IoFreeIrp(Server->Accepts[i].Irp);
    ExFreePoolWithTag(Server->Accepts, ECHO_TAG);
    Server->Accepts = NULL;
}
