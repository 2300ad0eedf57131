/* Everything at once: threads that connect, send, receive, cancel, reset and close in any order, against a server of events that echoes, keeps,
 * refuses and takes in part. Each IRP completes once, those of a socket before its close, and WskDeregister, which the end of the test calls
 * while the server's last sockets are closing, waits for all of them (WSK-010, WSK-027, WSK-031, WSK-080). */
#include "wsk_kit.h"

#define THREADS 6
#define SLOTS   4
#define BYTES   0x8000
#define RUN_MS  1500

struct op {
    PIRP irp;
    volatile LONG under_way, wrong;
    KEVENT done;
};

struct worker {
    ULONG64 chance;
    struct op connect, send[SLOTS], receive[SLOTS], end, close;
    WSK_BUF out, in[SLOTS];
    ULONG connections, cancelled;
};

struct conn { /* a server's */
    volatile LONG refs; /* until the disconnect, and each request */
    PWSK_SOCKET socket;
    ULONG64 chance;
};

static struct {
    SOCKADDR_IN at;
    volatile LONG conns, requests, wrong, stop, echoed, refused;
    struct worker workers[THREADS];
} soak;

static ULONG random(ULONG64 *chance, ULONG below)
{
    *chance = *chance * 6364136223846793005ull + 1442695040888963407ull;
    return (ULONG)((*chance >> 33) % below);
}

/* ---- the server ---- */
static NTSTATUS NTAPI conn_closed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    IoFreeIrp(irp);
    ExFreePoolWithTag(context, 'kaos');
    InterlockedDecrement(&soak.conns);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void conn_drop(struct conn *c)
{
    PIRP irp;

    if (InterlockedDecrement(&c->refs))
        return;
    irp = IoAllocateIrp(1, FALSE);
    IoSetCompletionRoutine(irp, conn_closed, c, TRUE, TRUE, TRUE);
    KIT_BASIC(c->socket)->WskCloseSocket(c->socket, irp);
}

struct echo {
    struct conn *conn;
    PWSK_DATA_INDICATION data; /* what goes back with it; NULL: a receive */
    PMDL mdl;
    UCHAR bytes[512];
};

static NTSTATUS NTAPI echo_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct echo *e = context;

    UNREFERENCED_PARAMETER(device);
    if (e->data && KIT_CONN(e->conn->socket)->WskRelease(e->conn->socket, e->data) != STATUS_SUCCESS)
        InterlockedIncrement(&soak.wrong);
    IoFreeIrp(irp);
    if (e->mdl)
        IoFreeMdl(e->mdl);
    InterlockedDecrement(&soak.requests);
    conn_drop(e->conn);
    ExFreePoolWithTag(e, 'kaos');
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Sends `data` back, or receives what is refused next. */
static void echo_start(struct conn *c, PWSK_DATA_INDICATION data)
{
    struct echo *e = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*e), 'kaos');
    PIRP irp = IoAllocateIrp(1, FALSE);
    WSK_BUF buf;

    e->conn = c;
    e->data = data;
    InterlockedIncrement(&c->refs);
    InterlockedIncrement(&soak.requests);
    IoSetCompletionRoutine(irp, echo_done, e, TRUE, TRUE, TRUE);
    if (data) {
        KIT_CONN(c->socket)->WskSend(c->socket, &data->Buffer, 0, irp);
        return;
    }
    e->mdl = IoAllocateMdl(e->bytes, sizeof(e->bytes), FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(e->mdl);
    buf.Mdl = e->mdl;
    buf.Offset = 0;
    buf.Length = sizeof(e->bytes);
    KIT_CONN(c->socket)->WskReceive(c->socket, &buf, 0, irp);
}

static NTSTATUS WSKAPI on_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION data, SIZE_T bytes, SIZE_T *accepted)
{
    struct conn *c = context;

    UNREFERENCED_PARAMETER(flags);
    switch (random(&c->chance, 8)) {
    case 0:
        InterlockedIncrement(&soak.refused);
        echo_start(c, NULL);
        return STATUS_DATA_NOT_ACCEPTED;
    case 1:
        *accepted = bytes / 2;
        echo_start(c, NULL);
        return STATUS_SUCCESS;
    case 2:
        return STATUS_SUCCESS;
    default:
        InterlockedIncrement(&soak.echoed);
        echo_start(c, data);
        return STATUS_PENDING;
    }
}

static NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG flags)
{
    UNREFERENCED_PARAMETER(flags);
    conn_drop(context);
    return STATUS_SUCCESS;
}

static const WSK_CLIENT_CONNECTION_DISPATCH conn_events = {on_receive, on_disconnect, NULL};

static NTSTATUS WSKAPI on_accept(PVOID context, ULONG flags, PSOCKADDR local, PSOCKADDR remote, PWSK_SOCKET socket, PVOID *conn_context,
                                 const WSK_CLIENT_CONNECTION_DISPATCH **dispatch)
{
    struct conn *c;

    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(local);
    if (!socket || RtlUshortByteSwap(((PSOCKADDR_IN)remote)->sin_port) % 16 == 0)
        return STATUS_REQUEST_NOT_ACCEPTED;
    c = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*c), 'kaos');
    c->refs = 1;
    c->socket = socket;
    c->chance = ((PSOCKADDR_IN)remote)->sin_port;
    InterlockedIncrement(&soak.conns);
    *conn_context = c;
    *dispatch = &conn_events;
    return STATUS_SUCCESS;
}

static const WSK_CLIENT_LISTEN_DISPATCH listen_events = {on_accept, NULL, NULL};

/* ---- the clients ---- */
static NTSTATUS NTAPI op_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct op *o = context;

    UNREFERENCED_PARAMETER(device);
    if (irp != o->irp || InterlockedExchange(&o->under_way, 0) != 1)
        InterlockedIncrement(&o->wrong); /* twice, or never asked for */
    KeSetEvent(&o->done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void op_new(struct op *o)
{
    o->irp = IoAllocateIrp(1, FALSE);
    KeInitializeEvent(&o->done, NotificationEvent, FALSE);
}

static PIRP op_begin(struct op *o)
{
    IoReuseIrp(o->irp, STATUS_UNSUCCESSFUL);
    IoSetCompletionRoutine(o->irp, op_done, o, TRUE, TRUE, TRUE);
    KeClearEvent(&o->done);
    o->under_way = 1;
    return o->irp;
}

static BOOLEAN op_end(struct op *o)
{
    return (BOOLEAN)CHECK_STATUS(wkt_wait(&o->done, 2 * WKT_TIMEOUT_MS), STATUS_SUCCESS);
}

static void pause(struct worker *w)
{
    ULONG turns = random(&w->chance, 3) ? random(&w->chance, 2000) : 0;

    while (turns--)
        YieldProcessor();
}

static void cancel_one(struct worker *w, struct op *o)
{
    if (o->under_way && random(&w->chance, 2)) {
        IoCancelIrp(o->irp);
        w->cancelled++;
    }
}

static void talk(struct worker *w, PWSK_SOCKET s)
{
    ULONG step, steps = random(&w->chance, 16);

    for (step = 0; step < steps; step++) {
        ULONG slot = random(&w->chance, SLOTS);
        WSK_BUF buf;

        switch (random(&w->chance, 5)) {
        case 0:
        case 1:
            if (w->send[slot].under_way)
                break;
            buf = w->out;
            buf.Length = 1 + random(&w->chance, BYTES);
            KIT_CONN(s)->WskSend(s, &buf, random(&w->chance, 2) ? WSK_FLAG_NODELAY : 0, op_begin(&w->send[slot]));
            break;
        case 2:
        case 3:
            if (w->receive[slot].under_way)
                break;
            buf = w->in[slot];
            buf.Length = 1 + random(&w->chance, BYTES);
            KIT_CONN(s)->WskReceive(s, &buf, random(&w->chance, 4) ? 0 : WSK_FLAG_WAITALL, op_begin(&w->receive[slot]));
            break;
        default:
            cancel_one(w, random(&w->chance, 2) ? &w->send[slot] : &w->receive[slot]);
            break;
        }
        pause(w);
    }
}

/* One connection's life; FALSE: the test has failed. */
static BOOLEAN live(struct worker *w)
{
    SOCKADDR_IN any = kit_v4(INADDR_ANY, 0), to = soak.at;
    BOOLEAN whole = (BOOLEAN)(random(&w->chance, 3) == 0);
    PWSK_SOCKET s = NULL;
    ULONG i;

    if (whole) {
        KIT_PROVIDER->WskSocketConnect(kit.npi.Client, SOCK_STREAM, IPPROTO_TCP, (PSOCKADDR)&any, (PSOCKADDR)&to, 0, NULL, NULL, NULL, NULL, NULL,
                                       op_begin(&w->connect));
    } else {
        KIT_PROVIDER->WskSocket(kit.npi.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL, NULL, NULL, NULL, NULL,
                                op_begin(&w->end));
        if (!op_end(&w->end) || !CHECK_STATUS(w->end.irp->IoStatus.Status, STATUS_SUCCESS))
            return FALSE;
        s = (PWSK_SOCKET)w->end.irp->IoStatus.Information;
        KIT_CONN(s)->WskBind(s, (PSOCKADDR)&any, 0, op_begin(&w->end));
        if (!op_end(&w->end) || !CHECK_STATUS(w->end.irp->IoStatus.Status, STATUS_SUCCESS))
            return FALSE;
        KIT_CONN(s)->WskConnect(s, (PSOCKADDR)&to, 0, op_begin(&w->connect));
    }
    if (random(&w->chance, 4) == 0) {
        pause(w);
        cancel_one(w, &w->connect);
    }
    if (whole || random(&w->chance, 8)) { /* else it is closed while it connects */
        if (!op_end(&w->connect))
            return FALSE;
        if (whole)
            s = NT_SUCCESS(w->connect.irp->IoStatus.Status) ? (PWSK_SOCKET)w->connect.irp->IoStatus.Information : NULL;
        if (!s)
            return TRUE;
        if (NT_SUCCESS(w->connect.irp->IoStatus.Status)) {
            w->connections++;
            talk(w, s);
            i = random(&w->chance, 4);
            if (i < 2)
                KIT_CONN(s)->WskDisconnect(s, NULL, i ? WSK_FLAG_ABORTIVE : 0, op_begin(&w->end));
            if (i == 1 || (!i && random(&w->chance, 2) && !w->send[0].under_way))
                pause(w);
        }
    }
    KIT_BASIC(s)->WskCloseSocket(s, op_begin(&w->close));
    if (!op_end(&w->close))
        return FALSE;
    if (!CHECK(!w->connect.under_way && !w->end.under_way)) /* WSK-080: all have ended before the close */
        return FALSE;
    for (i = 0; i < SLOTS; i++)
        if (!CHECK(!w->send[i].under_way && !w->receive[i].under_way))
            return FALSE;
    return TRUE;
}

static void work(void *context)
{
    struct worker *w = context;

    while (!soak.stop && live(w))
        ;
    InterlockedIncrement(&soak.stop); /* one that has failed ends the others */
}

static LONG free_op(struct op *o)
{
    IoFreeIrp(o->irp);
    return o->wrong;
}

static void all_gone(void *unused)
{
    UNREFERENCED_PARAMETER(unused);
    CHECK_EQ(soak.conns, 0);
    CHECK_EQ(soak.requests, 0);
}

TEST_ROWS("WSK-010 WSK-027 WSK-031 WSK-080", everything_at_once)
{
    struct wkt_thread *threads[THREADS];
    LARGE_INTEGER time;
    ULONG i, slot, connections = 0, cancelled = 0;
    LONG wrong = 0;

    RtlZeroMemory(&soak, sizeof(soak));
    KeQuerySystemTimePrecise(&time);
    wkt_note("seed", (ULONG64)time.QuadPart);
    wkt_at_end(all_gone, NULL); /* after WskDeregister, which kit_start's end calls */
    KIT_START();
    REQUIRE(kit_listener(NULL, &listen_events, &soak.at));
    CHECK_STATUS(kit_events(kit.sockets[0], WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT), STATUS_SUCCESS);
    for (i = 0; i < THREADS; i++) {
        struct worker *w = &soak.workers[i];

        w->chance = (ULONG64)time.QuadPart * (i + 1);
        op_new(&w->connect);
        op_new(&w->end);
        op_new(&w->close);
        w->out = kit_buf(NULL, BYTES);
        for (slot = 0; slot < SLOTS; slot++) {
            op_new(&w->send[slot]);
            op_new(&w->receive[slot]);
            w->in[slot] = kit_buf(NULL, BYTES);
        }
    }
    for (i = 0; i < THREADS; i++)
        threads[i] = wkt_thread(work, &soak.workers[i]);
    time.QuadPart = -10000ll * RUN_MS;
    KeDelayExecutionThread(KernelMode, FALSE, &time);
    CHECK_EQ(soak.stop, 0);
    InterlockedIncrement(&soak.stop);
    for (i = 0; i < THREADS; i++) {
        struct worker *w = &soak.workers[i];

        REQUIRE(wkt_join(threads[i]));
        connections += w->connections;
        cancelled += w->cancelled;
        wrong += free_op(&w->connect) + free_op(&w->end) + free_op(&w->close);
        for (slot = 0; slot < SLOTS; slot++)
            wrong += free_op(&w->send[slot]) + free_op(&w->receive[slot]);
    }
    wkt_note("connections", connections);
    wkt_note("cancelled", cancelled);
    wkt_note("echoed", (ULONG64)soak.echoed);
    wkt_note("refused", (ULONG64)soak.refused);
    CHECK_EQ(wrong, 0);
    CHECK_EQ(soak.wrong, 0);
    CHECK(connections > 0);
}
