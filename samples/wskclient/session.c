/* One connection, or one UDP socket with its peer, and the questions over it. */
#include "wskclient.h"

#define SESSION_TCP(Socket) ((const WSK_PROVIDER_CONNECTION_DISPATCH *)(Socket)->Dispatch)
#define SESSION_UDP(Socket) ((const WSK_PROVIDER_DATAGRAM_DISPATCH *)(Socket)->Dispatch)

static PMDL SessionMdl(_In_ PVOID Buffer)
{
    PMDL Mdl = IoAllocateMdl(Buffer, CLIENT_MESSAGE, FALSE, FALSE, NULL);

    if (Mdl)
        MmBuildMdlForNonPagedPool(Mdl);
    return Mdl;
}

NTSTATUS SessionCreate(_Out_ PCLIENT_SESSION Session)
{
    Session->Socket = NULL;
    Session->QuestionMdl = SessionMdl(Session->Question);
    Session->AnswerMdl = SessionMdl(Session->Answer);
    return Session->QuestionMdl && Session->AnswerMdl ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

VOID SessionFree(_Inout_ PCLIENT_SESSION Session)
{
    if (Session->QuestionMdl)
        IoFreeMdl(Session->QuestionMdl);
    if (Session->AnswerMdl)
        IoFreeMdl(Session->AnswerMdl);
}

/* The wildcard address of the server's family, any port. */
static VOID SessionAnyAddress(_In_ ADDRESS_FAMILY Family, _Out_ PSOCKADDR_STORAGE Address)
{
    RtlZeroMemory(Address, sizeof(*Address));
    Address->ss_family = Family;
}

static SIZE_T SessionAddressSize(_In_ const SOCKADDR *Address)
{
    return Address->sa_family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);
}

/* A socket, bound and connected, or none. */
static NTSTATUS SessionConnect(_Inout_ PCLIENT Client, _In_ PSOCKADDR Server)
{
    SOCKADDR_STORAGE Local;
    NTSTATUS Status;

    SessionAnyAddress(Server->sa_family, &Local);
    Client->Provider.Dispatch->WskSocketConnect(Client->Provider.Client, SOCK_STREAM, IPPROTO_TCP, (PSOCKADDR)&Local, Server, 0, NULL, NULL, NULL,
                                                NULL, NULL, RequestIrp(&Client->Request));
    Status = RequestWait(&Client->Request, Client->TimeoutMs);
    if (NT_SUCCESS(Status))
        Client->Session.Socket = (PWSK_SOCKET)Client->Request.Irp->IoStatus.Information;
    return Status;
}

/* A datagram socket that sends to the server, and hears nobody else. */
static NTSTATUS SessionPair(_Inout_ PCLIENT Client, _In_ PSOCKADDR Server)
{
    PCLIENT_REQUEST Request = &Client->Request;
    SOCKADDR_STORAGE Local;
    PWSK_SOCKET Socket;
    NTSTATUS Status;

    Client->Provider.Dispatch->WskSocket(Client->Provider.Client, Server->sa_family, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL,
                                         NULL, NULL, NULL, RequestIrp(Request));
    Status = RequestWait(Request, Client->TimeoutMs);
    if (!NT_SUCCESS(Status))
        return Status;
    Socket = Client->Session.Socket = (PWSK_SOCKET)Request->Irp->IoStatus.Information;
    SessionAnyAddress(Server->sa_family, &Local);
    SESSION_UDP(Socket)->WskBind(Socket, (PSOCKADDR)&Local, 0, RequestIrp(Request));
    Status = RequestWait(Request, Client->TimeoutMs);
    if (NT_SUCCESS(Status)) {
        SESSION_UDP(Socket)->WskControlSocket(Socket, WskIoctl, SIO_WSK_SET_REMOTE_ADDRESS, 0, SessionAddressSize(Server), Server, 0, NULL, NULL,
                                              RequestIrp(Request));
        Status = RequestWait(Request, Client->TimeoutMs);
    }
    if (!NT_SUCCESS(Status))
        SessionClose(Client);
    return Status;
}

NTSTATUS SessionOpen(_Inout_ PCLIENT Client, _In_ PSOCKADDR Server)
{
    return Client->Transport == ClientUdp ? SessionPair(Client, Server) : SessionConnect(Client, Server);
}

/* A connection ends in order when the server takes part within the limit; the close resets what is left of it. */
VOID SessionClose(_Inout_ PCLIENT Client)
{
    PWSK_SOCKET Socket = Client->Session.Socket;

    if (!Socket)
        return;
    if (Client->Transport == ClientTcp) {
        SESSION_TCP(Socket)->WskDisconnect(Socket, NULL, 0, RequestIrp(&Client->Request));
        RequestWait(&Client->Request, Client->TimeoutMs);
    }
    ((const WSK_PROVIDER_BASIC_DISPATCH *)Socket->Dispatch)->WskCloseSocket(Socket, RequestIrp(&Client->Request));
    RequestWaitAlways(&Client->Request);
    Client->Session.Socket = NULL;
}

/* The question's number, then bytes that depend on it. */
static VOID SessionWrite(_Inout_ PCLIENT_SESSION Session, _In_ ULONG Sequence)
{
    ULONG i;

    RtlCopyMemory(Session->Question, &Sequence, sizeof(Sequence));
    for (i = sizeof(Sequence); i < CLIENT_MESSAGE; i++)
        Session->Question[i] = (UCHAR)(Sequence + i);
}

static BOOLEAN SessionIsAnswered(_In_ const CLIENT_SESSION *Session)
{
    return (BOOLEAN)RtlEqualMemory(Session->Question, Session->Answer, CLIENT_MESSAGE);
}

/* A stream has no messages: the answer is complete when all of its bytes are there (WSK_FLAG_WAITALL). */
static NTSTATUS SessionAskTcp(_Inout_ PCLIENT Client)
{
    PCLIENT_SESSION Session = &Client->Session;
    WSK_BUF Question = {Session->QuestionMdl, 0, CLIENT_MESSAGE}, Answer = {Session->AnswerMdl, 0, CLIENT_MESSAGE};
    NTSTATUS Status;

    SESSION_TCP(Session->Socket)->WskSend(Session->Socket, &Question, WSK_FLAG_NODELAY, RequestIrp(&Client->Request));
    Status = RequestWait(&Client->Request, Client->TimeoutMs);
    if (!NT_SUCCESS(Status))
        return Status;
    SESSION_TCP(Session->Socket)->WskReceive(Session->Socket, &Answer, WSK_FLAG_WAITALL, RequestIrp(&Client->Request));
    Status = RequestWait(&Client->Request, Client->TimeoutMs);
    if (!NT_SUCCESS(Status))
        return Status;
    if (Client->Request.Irp->IoStatus.Information < CLIENT_MESSAGE)
        return STATUS_CONNECTION_DISCONNECTED; /* the server has ended its half */
    return SessionIsAnswered(Session) ? STATUS_SUCCESS : STATUS_DATA_ERROR;
}

/* Until the limit: answers to earlier questions may come late, or twice. */
static NTSTATUS SessionHear(_Inout_ PCLIENT Client)
{
    PCLIENT_SESSION Session = &Client->Session;
    WSK_BUF Answer = {Session->AnswerMdl, 0, CLIENT_MESSAGE};
    ULONGLONG Until = KeQueryInterruptTime() + (ULONGLONG)Client->TimeoutMs * 10000, Now;
    NTSTATUS Status;

    for (Now = KeQueryInterruptTime(); Now < Until; Now = KeQueryInterruptTime()) {
        SESSION_UDP(Session->Socket)->WskReceiveFrom(Session->Socket, &Answer, 0, NULL, NULL, NULL, NULL, RequestIrp(&Client->Request));
        Status = RequestWait(&Client->Request, (ULONG)((Until - Now + 9999) / 10000));
        if (!NT_SUCCESS(Status))
            return Status;
        if (Client->Request.Irp->IoStatus.Information == CLIENT_MESSAGE && SessionIsAnswered(Session))
            return STATUS_SUCCESS;
    }
    return STATUS_IO_TIMEOUT;
}

static NTSTATUS SessionAskUdp(_Inout_ PCLIENT Client)
{
    PCLIENT_SESSION Session = &Client->Session;
    WSK_BUF Question = {Session->QuestionMdl, 0, CLIENT_MESSAGE};
    NTSTATUS Status = STATUS_IO_TIMEOUT;
    ULONG Try;

    for (Try = 0; Try < CLIENT_UDP_TRIES && Status == STATUS_IO_TIMEOUT; Try++) {
        SESSION_UDP(Session->Socket)->WskSendTo(Session->Socket, &Question, 0, NULL, 0, NULL, RequestIrp(&Client->Request));
        Status = RequestWait(&Client->Request, Client->TimeoutMs);
        if (NT_SUCCESS(Status))
            Status = SessionHear(Client);
    }
    return Status;
}

NTSTATUS SessionAsk(_Inout_ PCLIENT Client)
{
    SessionWrite(&Client->Session, ++Client->Sequence);
    return Client->Transport == ClientUdp ? SessionAskUdp(Client) : SessionAskTcp(Client);
}
