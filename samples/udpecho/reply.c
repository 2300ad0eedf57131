/* Datagrams in, datagrams out. WSK indicates a list; neighbours from one peer go back with one WskSendMessages, from the very buffers they came
 * in, which are released when it completes. Nothing is allocated here: each socket has UDP_REPLIES replies. */
#include "udpecho.h"

static IO_COMPLETION_ROUTINE UdpReplyCompleted;
static NTSTATUS WSKAPI UdpReceiveFromEvent(_In_opt_ PVOID SocketContext, _In_ ULONG Flags, _In_opt_ PWSK_DATAGRAM_INDICATION DataIndication);

const WSK_CLIENT_DATAGRAM_DISPATCH UdpDispatch = {UdpReceiveFromEvent};

NTSTATUS UdpRepliesCreate(_Inout_ PUDP_SOCKET Socket)
{
    PUDP_REPLY Reply;
    ULONG i;

    InitializeSListHead(&Socket->FreeReplies);
    Socket->Replies = (PUDP_REPLY)ExAllocatePool2(POOL_FLAG_NON_PAGED, UDP_REPLIES * sizeof(UDP_REPLY), UDP_TAG);
    if (!Socket->Replies)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (i = 0; i < UDP_REPLIES; i++) {
        Reply = &Socket->Replies[i];
        Reply->Socket = Socket;
        Reply->Irp = IoAllocateIrp(1, FALSE);
        if (!Reply->Irp)
            return STATUS_INSUFFICIENT_RESOURCES;
        InterlockedPushEntrySList(&Socket->FreeReplies, &Reply->Entry);
    }
    return STATUS_SUCCESS;
}

VOID UdpRepliesFree(_Inout_ PUDP_SOCKET Socket)
{
    ULONG i;

    if (!Socket->Replies)
        return;
    for (i = 0; i < UDP_REPLIES && Socket->Replies[i].Irp; i++)
        IoFreeIrp(Socket->Replies[i].Irp);
    ExFreePoolWithTag(Socket->Replies, UDP_TAG);
    Socket->Replies = NULL;
}

VOID UdpSocketDereference(_Inout_ PUDP_SOCKET Socket)
{
    if (InterlockedDecrement(&Socket->References) == 0)
        KeSetEvent(&Socket->Idle, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS NTAPI UdpReplyCompleted(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    PUDP_REPLY Reply = (PUDP_REPLY)Context;
    PUDP_SOCKET Socket = Reply->Socket;

    UNREFERENCED_PARAMETER(DeviceObject);
    InterlockedExchangeAdd64(NT_SUCCESS(Irp->IoStatus.Status) ? &Socket->Answered : &Socket->Lost, Reply->Count);
    Socket->Wsk->WskRelease(Socket->Socket, Reply->Indications);
    InterlockedPushEntrySList(&Socket->FreeReplies, &Reply->Entry);
    UdpSocketDereference(Socket);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static SIZE_T UdpAddressSize(_In_ const SOCKADDR *Address)
{
    return Address->sa_family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);
}

/* One answer can take both: they are from one peer, and were sent to one address of ours (that is what the control data says). */
static BOOLEAN UdpSamePath(_In_ const WSK_DATAGRAM_INDICATION *First, _In_ const WSK_DATAGRAM_INDICATION *Second)
{
    return (BOOLEAN)(RtlEqualMemory(First->RemoteAddress, Second->RemoteAddress, UdpAddressSize(First->RemoteAddress)) &&
                     First->ControlInfoLength == Second->ControlInfoLength &&
                     RtlEqualMemory(First->ControlInfo, Second->ControlInfo, First->ControlInfoLength));
}

/* Cuts the datagrams for one answer off the front of List; what is left of it. */
static PWSK_DATAGRAM_INDICATION UdpCut(_In_ PWSK_DATAGRAM_INDICATION List, _Out_writes_(UDP_MESSAGES) PWSK_BUF_LIST Messages, _Out_ PULONG Count)
{
    PWSK_DATAGRAM_INDICATION Last, Rest;
    ULONG n = 0;

    for (Last = List;; Last = Rest) {
        Messages[n].Buffer = Last->Buffer;
        Messages[n].Next = NULL;
        if (n)
            Messages[n - 1].Next = &Messages[n];
        n++;
        Rest = Last->Next;
        if (!Rest || n == UDP_MESSAGES || !UdpSamePath(List, Rest))
            break;
    }
    Last->Next = NULL;
    *Count = n;
    return Rest;
}

/* All replies are on their way: what comes now is lost. */
static VOID UdpLose(_Inout_ PUDP_SOCKET Socket, _In_ PWSK_DATAGRAM_INDICATION List)
{
    PWSK_DATAGRAM_INDICATION Entry;

    for (Entry = List; Entry; Entry = Entry->Next)
        InterlockedIncrement64(&Socket->Lost);
    Socket->Wsk->WskRelease(Socket->Socket, List);
}

/* Sends the front of List back; what is left of it. The answer leaves from the address that the datagrams were sent to: the control data that
 * came with them, an IP_PKTINFO or IPV6_PKTINFO, goes back with them. The address of a group cannot be a source: then the system takes one. */
static PWSK_DATAGRAM_INDICATION UdpAnswer(_Inout_ PUDP_SOCKET Socket, _In_ PWSK_DATAGRAM_INDICATION List, _In_ BOOLEAN ToGroup)
{
    PSLIST_ENTRY Entry = InterlockedPopEntrySList(&Socket->FreeReplies);
    PWSK_DATAGRAM_INDICATION Rest;
    PUDP_REPLY Reply;

    if (!Entry) {
        UdpLose(Socket, List);
        return NULL;
    }
    Reply = CONTAINING_RECORD(Entry, UDP_REPLY, Entry);
    Rest = UdpCut(List, Reply->Messages, &Reply->Count);
    Reply->Indications = List;
    InterlockedIncrement(&Socket->References); /* the event holds the socket open: it was not disabled when it began */
    IoReuseIrp(Reply->Irp, STATUS_UNSUCCESSFUL);
    IoSetCompletionRoutine(Reply->Irp, UdpReplyCompleted, Reply, TRUE, TRUE, TRUE);
    Socket->Wsk->WskSendMessages(Socket->Socket, Reply->Messages, 0, List->RemoteAddress, ToGroup ? 0 : List->ControlInfoLength,
                                 ToGroup ? NULL : List->ControlInfo, Reply->Irp);
    return Rest;
}

/* The list is kept (STATUS_PENDING) and comes back in parts: with the replies, and what is not answered at once. */
static NTSTATUS WSKAPI UdpReceiveFromEvent(_In_opt_ PVOID SocketContext, _In_ ULONG Flags, _In_opt_ PWSK_DATAGRAM_INDICATION DataIndication)
{
    PUDP_SOCKET Socket = (PUDP_SOCKET)SocketContext;
    PWSK_DATAGRAM_INDICATION Answer = NULL, *AnswerEnd = &Answer, Ignore = NULL, *IgnoreEnd = &Ignore, Next;

    if (!DataIndication) { /* the socket works no more; it is closed at Unload */
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "udpecho: a socket has failed\n");
        return STATUS_SUCCESS;
    }
    for (; DataIndication; DataIndication = Next) {
        Next = DataIndication->Next;
        DataIndication->Next = NULL;
        if (InterlockedIncrement64(&Socket->Received) % Socket->Server->Every == 0) {
            *AnswerEnd = DataIndication;
            AnswerEnd = &DataIndication->Next;
        } else {
            *IgnoreEnd = DataIndication;
            IgnoreEnd = &DataIndication->Next;
        }
    }
    if (Ignore)
        Socket->Wsk->WskRelease(Socket->Socket, Ignore);
    while (Answer)
        Answer = UdpAnswer(Socket, Answer, (BOOLEAN)((Flags & (MSG_BCAST | MSG_MCAST)) != 0));
    return STATUS_PENDING;
}
