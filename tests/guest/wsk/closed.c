/* Sockets that are closed or being closed: what is called on them, and what the client still has (WSK-082, WSK-085 .. WSK-088). */
#include "wsk_kit.h"

static struct {
    volatile LONG entered, go;
    PWSK_DATA_INDICATION kept;
} seen;

static NTSTATUS WSKAPI keep_it(PVOID context, ULONG flags, PWSK_DATA_INDICATION data, SIZE_T bytes, SIZE_T *accepted)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(bytes);
    UNREFERENCED_PARAMETER(accepted);
    seen.kept = data;
    InterlockedIncrement(&seen.entered);
    return STATUS_PENDING;
}

static NTSTATUS WSKAPI hold(PVOID context, ULONG flags, PWSK_DATA_INDICATION data, SIZE_T bytes, SIZE_T *accepted)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(data);
    UNREFERENCED_PARAMETER(bytes);
    UNREFERENCED_PARAMETER(accepted);
    InterlockedIncrement(&seen.entered);
    while (!seen.go)
        YieldProcessor();
    return STATUS_SUCCESS;
}

static const WSK_CLIENT_CONNECTION_DISPATCH keeps = {keep_it, NULL, NULL}, holds = {hold, NULL, NULL};

static BOOLEAN pair_with_data(struct kit_pair *p, const WSK_CLIENT_CONNECTION_DISPATCH *dispatch)
{
    RtlZeroMemory((void *)&seen, sizeof(seen));
    if (!kit_pair_with(p, NULL, NULL, NULL, dispatch))
        return FALSE;
    CHECK_STATUS(kit_events(p->b, WSK_EVENT_RECEIVE), STATUS_SUCCESS);
    CHECK_STATUS(kit_send(p->a, "data", 4), STATUS_SUCCESS);
    return wkt_until(&seen.entered, 1);
}

/* The runner has a socket's callback held: its close waits for that. */
TEST_FINDING(WSK_087, closed_twice, "WSK-087")
{
    struct kit_pair p;
    PIRP first, second;

    if (KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS) < 2)
        wkt_skip("one processor: the held callback has it");
    REQUIRE(pair_with_data(&p, &holds));
    kit_forget(p.b);
    first = wkt_irp();
    second = wkt_irp();
    CHECK_STATUS(KIT_CONN(p.b)->Basic.WskCloseSocket(p.b, first), STATUS_PENDING);
    CHECK_STATUS(KIT_CONN(p.b)->Basic.WskCloseSocket(p.b, second), STATUS_INVALID_DEVICE_STATE);
    CHECK_EQ(wkt_completions(second), 1);
    CHECK_EQ(wkt_completions(first), 0);
    seen.go = 1;
    CHECK_STATUS(wkt_irp_wait(first), STATUS_SUCCESS);
}

TEST_FINDING(WSK_085, calls_on_a_closed_connection, "WSK-085")
{
    struct kit_pair p;
    SOCKADDR_IN a;
    WSK_BUF buf;

    REQUIRE(kit_pair(&p));
    buf = kit_buf("x", 1);
    CHECK_STATUS(kit_close(p.a), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSend(p.a, &buf, 0, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskReceive(p.a, &buf, 0, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskDisconnect(p.a, NULL, 0, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskConnect(p.a, (PSOCKADDR)&p.at, 0, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskConnectEx(p.a, (PSOCKADDR)&p.at, NULL, 0, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSendEx(p.a, &buf, 0, 0, NULL, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskReceiveEx(p.a, &buf, 0, NULL, NULL, NULL, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskGetRemoteAddress(p.a, (PSOCKADDR)&a, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskBind(p.a, (PSOCKADDR)&p.at, 0, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(kit_close(p.a), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(kit_set(p.a, SOL_SOCKET, SO_SNDBUF, 0x2000), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(kit_events(p.a, WSK_EVENT_RECEIVE), STATUS_FILE_FORCED_CLOSED); /* without an IRP */
}

TEST_FINDING(WSK_085, calls_on_closed_others, "WSK-085")
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener, datagram, stream;
    ULONG none = 0;
    WSK_BUF buf;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    datagram = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    stream = kit_socket(AF_INET, WSK_FLAG_STREAM_SOCKET, NULL, NULL);
    REQUIRE(listener && datagram && stream);
    buf = kit_buf("x", 1);
    kit_close_all();
    CHECK_STATUS(KIT(KIT_LISTEN(listener)->WskAccept(listener, 0, NULL, NULL, NULL, NULL, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_LISTEN(listener)->WskGetLocalAddress(listener, (PSOCKADDR)&at, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_DATAGRAM(datagram)->WskSendTo(datagram, &buf, 0, (PSOCKADDR)&at, 0, NULL, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_DATAGRAM(datagram)->WskReceiveFrom(datagram, &buf, 0, NULL, &none, NULL, NULL, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_DATAGRAM(datagram)->WskSendMessages(datagram, NULL, 0, (PSOCKADDR)&at, 0, NULL, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_STREAM(stream)->WskListen(stream, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_STREAM(stream)->WskAccept(stream, 0, NULL, NULL, NULL, NULL, kit_irp())), STATUS_FILE_FORCED_CLOSED);
    CHECK_STATUS(KIT(KIT_STREAM(stream)->WskReceiveEx(stream, &buf, 0, NULL, NULL, NULL, kit_irp())), STATUS_FILE_FORCED_CLOSED);
}

TEST_FINDING(WSK_088, closed_with_an_indication, "WSK-088")
{
    PFN_WSK_RELEASE_DATA_INDICATION_LIST release;
    struct kit_pair p;

    REQUIRE(pair_with_data(&p, &keeps));
    release = KIT_CONN(p.b)->WskRelease; /* the open socket's: it is the close that is wrong */
    CHECK_STATUS(kit_close(p.b), STATUS_SUCCESS); /* WSK-082: not held back */
    CHECK_MEM((UCHAR *)MmGetSystemAddressForMdlSafe(seen.kept->Buffer.Mdl, NormalPagePriority) + seen.kept->Buffer.Offset, "data", 4);
    CHECK_STATUS(release(p.b, seen.kept), STATUS_SUCCESS);
}

TEST(WSK_082, released_before_the_close)
{
    struct kit_pair p;

    REQUIRE(pair_with_data(&p, &keeps));
    while (!seen.kept)
        YieldProcessor();
    CHECK_STATUS(KIT_CONN(p.b)->WskRelease(p.b, seen.kept), STATUS_SUCCESS);
    CHECK_STATUS(kit_close(p.b), STATUS_SUCCESS);
}
