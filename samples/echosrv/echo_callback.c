/* Style 0: WSK indicates data, the very same buffers are sent back, and go home to WSK when the send is done. Nothing is allocated or
 * copied per message. The queue is given to WskSend by one thread at a time (Pumping), so the order is kept without a lock being held
 * across the call. A client that sends and does not read is refused data above ECHO_IN_FLIGHT_MAX: TCP closes its window. */
#include "echosrv.h"

static IO_COMPLETION_ROUTINE EchoSendCompleted, EchoRearmed;
static VOID EchoGiveUp(_Inout_ PECHO_CONNECTION Connection);

NTSTATUS EchoCallbackInitialize(_Inout_ PECHO_CONNECTION Connection)
{
    ECHO_CALLBACK_STATE *State = &Connection->u.Callback;
    ULONG i;

    KeInitializeSpinLock(&State->Lock);
    State->RearmIrp = IoAllocateIrp(1, FALSE);
    for (i = 0; i < ECHO_SENDS; i++) {
        State->Sends[i].Connection = Connection;
        State->Sends[i].Irp = IoAllocateIrp(1, FALSE);
        State->Sends[i].Next = State->FreeSends;
        State->FreeSends = &State->Sends[i];
        if (!State->Sends[i].Irp)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    return State->RearmIrp ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

VOID EchoCallbackCleanup(_Inout_ PECHO_CONNECTION Connection)
{
    ECHO_CALLBACK_STATE *State = &Connection->u.Callback;
    ULONG i;

    for (i = 0; i < ECHO_SENDS; i++)
        if (State->Sends[i].Irp)
            IoFreeIrp(State->Sends[i].Irp);
    if (State->RearmIrp)
        IoFreeIrp(State->RearmIrp);
}

/* What is to be done once the lock is free, decided while it is held. */
typedef enum _ECHO_NEXT { EchoNextNothing, EchoNextRearm, EchoNextDisconnect } ECHO_NEXT;

static ECHO_NEXT EchoDecide(_Inout_ ECHO_CALLBACK_STATE *State)
{
    if (State->Dead || State->Rearming || State->Disconnecting)
        return EchoNextNothing;
    if (State->Throttled) {
        if (State->InFlight > ECHO_IN_FLIGHT_MAX / 2)
            return EchoNextNothing;
        State->Throttled = FALSE;
        State->Rearming = TRUE;
        return EchoNextRearm;
    }
    if (!State->PeerDone || State->InFlight != 0)
        return EchoNextNothing;
    State->Disconnecting = TRUE;
    return EchoNextDisconnect;
}

static VOID EchoDo(_Inout_ PECHO_CONNECTION Connection, _In_ ECHO_NEXT Next)
{
    WSK_BUF Nothing = {NULL, 0, 0};

    if (Next == EchoNextDisconnect)
        EchoConnectionDisconnect(Connection);
    if (Next != EchoNextRearm)
        return;
    /* A receive of no bytes: from now on data is indicated again. */
    InterlockedIncrement(&Connection->References);
    EchoPrepareIrp(Connection->u.Callback.RearmIrp, EchoRearmed, Connection);
    Connection->Wsk->WskReceive(Connection->Socket, &Nothing, 0, Connection->u.Callback.RearmIrp);
}

static NTSTATUS NTAPI EchoRearmed(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    PECHO_CONNECTION Connection = (PECHO_CONNECTION)Context;
    ECHO_CALLBACK_STATE *State = &Connection->u.Callback;
    ECHO_NEXT Next;
    KIRQL Irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (!NT_SUCCESS(Irp->IoStatus.Status))
        EchoGiveUp(Connection); /* no data will be indicated any more */
    KeAcquireSpinLock(&State->Lock, &Irql);
    State->Rearming = FALSE;
    Next = EchoDecide(State);
    KeReleaseSpinLock(&State->Lock, Irql);
    EchoDo(Connection, Next);
    EchoConnectionDereference(Connection);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Nothing more will be sent; what waits goes back to WSK. Called without the lock, with a reference. */
static VOID EchoGiveUp(_Inout_ PECHO_CONNECTION Connection)
{
    ECHO_CALLBACK_STATE *State = &Connection->u.Callback;
    PWSK_DATA_INDICATION Queue;
    KIRQL Irql;

    KeAcquireSpinLock(&State->Lock, &Irql);
    State->Dead = TRUE;
    Queue = State->Queue;
    State->Queue = State->QueueLast = NULL;
    KeReleaseSpinLock(&State->Lock, Irql);
    if (Queue)
        Connection->Wsk->WskRelease(Connection->Socket, Queue);
    EchoConnectionEnd(Connection);
}

/* Gives one entry of the queue to WSK. TRUE: it is done already; then the indication is still held and the send is still taken. */
static BOOLEAN EchoSendOne(_Inout_ PECHO_SEND Send)
{
    PECHO_CONNECTION Connection = Send->Connection;

    InterlockedIncrement(&Connection->References);
    EchoPrepareIrp(Send->Irp, EchoSendCompleted, Send);
    if (Connection->Wsk->WskSend(Connection->Socket, &Send->Indication->Buffer, WSK_FLAG_NODELAY, Send->Irp) == STATUS_PENDING)
        return FALSE;
    InterlockedDecrement(&Connection->References); /* never the last: the caller has one */
    return TRUE;
}

static VOID EchoPump(_Inout_ PECHO_CONNECTION Connection)
{
    ECHO_CALLBACK_STATE *State = &Connection->u.Callback;
    PECHO_SEND Send;
    ECHO_NEXT Next;
    KIRQL Irql;

    KeAcquireSpinLock(&State->Lock, &Irql);
    if (!State->Pumping) {
        State->Pumping = TRUE;
        while (State->Queue && !State->Dead && (Send = State->FreeSends) != NULL) {
            State->FreeSends = Send->Next;
            Send->Indication = State->Queue;
            Send->Bytes = Send->Indication->Buffer.Length;
            State->Queue = Send->Indication->Next;
            if (!State->Queue)
                State->QueueLast = NULL;
            Send->Indication->Next = NULL;
            KeReleaseSpinLock(&State->Lock, Irql);

            if (EchoSendOne(Send)) {
                BOOLEAN Failed = !NT_SUCCESS(Send->Irp->IoStatus.Status);

                Connection->Wsk->WskRelease(Connection->Socket, Send->Indication);
                if (Failed)
                    EchoGiveUp(Connection);
                KeAcquireSpinLock(&State->Lock, &Irql);
                State->InFlight -= Send->Bytes;
                Send->Next = State->FreeSends;
                State->FreeSends = Send;
            } else {
                KeAcquireSpinLock(&State->Lock, &Irql);
            }
        }
        State->Pumping = FALSE;
    }
    Next = EchoDecide(State);
    KeReleaseSpinLock(&State->Lock, Irql);
    if (Next != EchoNextNothing)
        EchoDo(Connection, Next);
}

/* For a send that pended. One that completed inline is finished by EchoPump, which then also owns the reference. */
static NTSTATUS NTAPI EchoSendCompleted(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    PECHO_SEND Send = (PECHO_SEND)Context;
    PECHO_CONNECTION Connection = Send->Connection;
    ECHO_CALLBACK_STATE *State = &Connection->u.Callback;
    KIRQL Irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (!Irp->PendingReturned)
        return STATUS_MORE_PROCESSING_REQUIRED;
    Connection->Wsk->WskRelease(Connection->Socket, Send->Indication);
    if (!NT_SUCCESS(Irp->IoStatus.Status))
        EchoGiveUp(Connection);
    KeAcquireSpinLock(&State->Lock, &Irql);
    State->InFlight -= Send->Bytes;
    Send->Next = State->FreeSends;
    State->FreeSends = Send;
    KeReleaseSpinLock(&State->Lock, Irql);
    EchoPump(Connection);
    EchoConnectionDereference(Connection);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Appends the list, or refuses it. */
static BOOLEAN EchoTake(_Inout_ ECHO_CALLBACK_STATE *State, _In_ PWSK_DATA_INDICATION List, _In_ SIZE_T Bytes)
{
    PWSK_DATA_INDICATION Last = List;
    BOOLEAN Taken = FALSE;
    KIRQL Irql;

    while (Last->Next)
        Last = Last->Next;
    KeAcquireSpinLock(&State->Lock, &Irql);
    if (State->InFlight >= ECHO_IN_FLIGHT_MAX) {
        State->Throttled = TRUE;
    } else if (!State->Dead) {
        Taken = TRUE;
        State->InFlight += Bytes;
        if (State->QueueLast)
            State->QueueLast->Next = List;
        else
            State->Queue = List;
        State->QueueLast = Last;
    }
    KeReleaseSpinLock(&State->Lock, Irql);
    return Taken;
}

static NTSTATUS WSKAPI EchoReceiveEvent(_In_opt_ PVOID SocketContext, _In_ ULONG Flags, _In_opt_ PWSK_DATA_INDICATION DataIndication,
                                        _In_ SIZE_T BytesIndicated, _Inout_ SIZE_T *BytesAccepted)
{
    PECHO_CONNECTION Connection = (PECHO_CONNECTION)SocketContext;
    NTSTATUS Status = STATUS_PENDING;

    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(BytesAccepted);
    if (!EchoConnectionReference(Connection))
        return STATUS_DATA_NOT_ACCEPTED;
    if (!DataIndication) { /* the transport is gone, and the socket with it */
        EchoGiveUp(Connection);
        Status = STATUS_SUCCESS;
    } else if (EchoTake(&Connection->u.Callback, DataIndication, BytesIndicated)) {
        EchoPump(Connection);
    } else {
        Status = STATUS_DATA_NOT_ACCEPTED;
    }
    EchoConnectionDereference(Connection);
    return Status;
}

static NTSTATUS WSKAPI EchoDisconnectEvent(_In_opt_ PVOID SocketContext, _In_ ULONG Flags)
{
    PECHO_CONNECTION Connection = (PECHO_CONNECTION)SocketContext;
    ECHO_CALLBACK_STATE *State = &Connection->u.Callback;
    KIRQL Irql;

    if (!EchoConnectionReference(Connection))
        return STATUS_SUCCESS;
    if (Flags & WSK_FLAG_ABORTIVE) {
        EchoGiveUp(Connection);
    } else {
        KeAcquireSpinLock(&State->Lock, &Irql);
        State->PeerDone = TRUE;
        KeReleaseSpinLock(&State->Lock, Irql);
        EchoPump(Connection);
    }
    EchoConnectionDereference(Connection);
    return STATUS_SUCCESS;
}

static const WSK_CLIENT_CONNECTION_DISPATCH EchoConnectionDispatch = {EchoReceiveEvent, EchoDisconnectEvent, NULL};

static NTSTATUS WSKAPI EchoAcceptEvent(_In_opt_ PVOID SocketContext, _In_ ULONG Flags, _In_ PSOCKADDR LocalAddress,
                                       _In_ PSOCKADDR RemoteAddress, _In_opt_ PWSK_SOCKET AcceptSocket,
                                       _Outptr_result_maybenull_ PVOID *AcceptSocketContext,
                                       _Outptr_result_maybenull_ const WSK_CLIENT_CONNECTION_DISPATCH **AcceptSocketDispatch)
{
    PECHO_CONNECTION Connection;

    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(LocalAddress);
    UNREFERENCED_PARAMETER(RemoteAddress);
    if (!AcceptSocket) /* the listening socket is dead; Unload closes it */
        return STATUS_REQUEST_NOT_ACCEPTED;
    Connection = EchoConnectionCreate((PECHO_SERVER)SocketContext, AcceptSocket);
    if (!Connection)
        return STATUS_REQUEST_NOT_ACCEPTED;
    *AcceptSocketContext = Connection;
    *AcceptSocketDispatch = &EchoConnectionDispatch;
    return STATUS_SUCCESS;
}

const WSK_CLIENT_LISTEN_DISPATCH EchoListenDispatch = {EchoAcceptEvent, NULL, NULL};
