/* The thread: look the server up, try its addresses in turn, ask over the first that answers; when that ends, wait longer each time. */
#include "wskclient.h"

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static KSTART_ROUTINE ClientThread;

static VOID ClientSay(_In_ PCSTR What, _In_ NTSTATUS Status)
{
    DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "wskclient: %s: status 0x%08lX%s\n", What, (ULONG)Status,
               Status == STATUS_IO_TIMEOUT ? " (too late)" : "");
}

/* TRUE: it is time to stop. */
static BOOLEAN ClientPause(_In_ PCLIENT Client, _In_ ULONG Ms)
{
    LARGE_INTEGER Timeout;

    Timeout.QuadPart = -(LONGLONG)Ms * 10000;
    return (BOOLEAN)(KeWaitForSingleObject(&Client->Stop, Executive, KernelMode, FALSE, &Timeout) == STATUS_SUCCESS);
}

static NTSTATUS ClientLookUp(_Inout_ PCLIENT Client, _Out_ PADDRINFOEXW *List)
{
    ADDRINFOEXW Hints = {0};

    Hints.ai_socktype = Client->Transport == ClientUdp ? SOCK_DGRAM : SOCK_STREAM;
    Hints.ai_protocol = Client->Transport == ClientUdp ? IPPROTO_UDP : IPPROTO_TCP;
    *List = NULL;
    Client->Provider.Dispatch->WskGetAddressInfo(Client->Provider.Client, &Client->Server, &Client->Port, NS_ALL, NULL, &Hints, List, NULL, NULL,
                                                 RequestIrp(&Client->Request));
    return RequestWait(&Client->Request, Client->TimeoutMs);
}

/* "127.0.0.1 port 40007", without asking anybody for a name. */
static VOID ClientSayConnected(_Inout_ PCLIENT Client, _In_ const ADDRINFOEXW *Address)
{
    WCHAR HostText[64], PortText[8];
    UNICODE_STRING Host, Port;

    RtlInitEmptyUnicodeString(&Host, HostText, sizeof(HostText));
    RtlInitEmptyUnicodeString(&Port, PortText, sizeof(PortText));
    Client->Provider.Dispatch->WskGetNameInfo(Client->Provider.Client, Address->ai_addr, (ULONG)Address->ai_addrlen, &Host, &Port,
                                              NI_NUMERICHOST | NI_NUMERICSERV, NULL, NULL, RequestIrp(&Client->Request));
    if (NT_SUCCESS(RequestWait(&Client->Request, Client->TimeoutMs)))
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "wskclient: session %lu with %wZ port %wZ\n", Client->Sessions, &Host, &Port);
}

/* The first of the server's addresses that can be had. */
static NTSTATUS ClientConnect(_Inout_ PCLIENT Client)
{
    PADDRINFOEXW List, Address;
    NTSTATUS Status = ClientLookUp(Client, &List);

    if (!NT_SUCCESS(Status)) {
        if (Status != STATUS_CANCELLED)
            ClientSay("look-up", Status);
        return Status;
    }
    Status = STATUS_NO_MATCH;
    for (Address = List; Address && !NT_SUCCESS(Status) && Status != STATUS_CANCELLED; Address = Address->ai_next)
        if (Address->ai_family == AF_INET || Address->ai_family == AF_INET6) {
            Status = SessionOpen(Client, Address->ai_addr);
            if (NT_SUCCESS(Status)) {
                Client->Sessions++;
                ClientSayConnected(Client, Address);
            }
        }
    if (List)
        Client->Provider.Dispatch->WskFreeAddressInfo(Client->Provider.Client, List);
    if (!NT_SUCCESS(Status) && Status != STATUS_CANCELLED)
        ClientSay("connect", Status);
    return Status;
}

/* Asks until something fails. TRUE: the server has answered at least once, so it is worth coming back soon. */
static BOOLEAN ClientTalk(_Inout_ PCLIENT Client)
{
    ULONG Before = Client->Answers;
    NTSTATUS Status;

    for (;;) {
        Status = SessionAsk(Client);
        if (!NT_SUCCESS(Status))
            break;
        Client->Answers++;
        if (ClientPause(Client, Client->IntervalMs)) {
            Status = STATUS_CANCELLED;
            break;
        }
    }
    if (Status != STATUS_CANCELLED)
        ClientSay("session ended", Status);
    SessionClose(Client);
    return (BOOLEAN)(Client->Answers != Before);
}

static VOID NTAPI ClientThread(_In_ PVOID StartContext)
{
    PCLIENT Client = (PCLIENT)StartContext;
    ULONG DelayMs = CLIENT_DELAY_MIN_MS;

    for (;;) {
        if (NT_SUCCESS(ClientConnect(Client)) && ClientTalk(Client))
            DelayMs = CLIENT_DELAY_MIN_MS;
        if (ClientPause(Client, DelayMs))
            break;
        DelayMs = DelayMs < CLIENT_DELAY_MAX_MS / 2 ? 2 * DelayMs : CLIENT_DELAY_MAX_MS;
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS ClientStartThread(_Inout_ PCLIENT Client)
{
    HANDLE Handle;
    NTSTATUS Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ClientThread, Client);

    if (!NT_SUCCESS(Status))
        return Status;
    /* The handle is this process's own and has all access: this cannot fail. */
    ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, (PVOID *)&Client->Thread, NULL);
    ZwClose(Handle);
    return STATUS_SUCCESS;
}

static VOID ClientFree(_Inout_ PCLIENT Client)
{
    SessionFree(&Client->Session);
    if (Client->Request.Irp)
        IoFreeIrp(Client->Request.Irp);
}

NTSTATUS ClientStart(_Inout_ PCLIENT Client)
{
    WSK_CLIENT_NPI Npi = {Client, &ClientDispatch};
    NTSTATUS Status;

    KeInitializeEvent(&Client->Stop, NotificationEvent, FALSE);
    Status = RequestCreate(&Client->Request, &Client->Stop);
    if (NT_SUCCESS(Status))
        Status = SessionCreate(&Client->Session);
    if (NT_SUCCESS(Status))
        Status = WskRegister(&Npi, &Client->Registration);
    if (!NT_SUCCESS(Status)) {
        ClientFree(Client);
        return Status;
    }
    Status = WskCaptureProviderNPI(&Client->Registration, WSK_INFINITE_WAIT, &Client->Provider);
    if (NT_SUCCESS(Status)) {
        Status = ClientStartThread(Client);
        if (NT_SUCCESS(Status))
            return STATUS_SUCCESS;
        WskReleaseProviderNPI(&Client->Registration);
    }
    WskDeregister(&Client->Registration);
    ClientFree(Client);
    return Status;
}

VOID ClientStop(_Inout_ PCLIENT Client)
{
    KeSetEvent(&Client->Stop, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(Client->Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(Client->Thread);
    WskReleaseProviderNPI(&Client->Registration);
    WskDeregister(&Client->Registration);
    ClientFree(Client);
    DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "wskclient: %lu answers in %lu sessions\n", Client->Answers, Client->Sessions);
}
