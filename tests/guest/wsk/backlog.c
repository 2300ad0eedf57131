/* WskSendBacklogEvent (WSK-153, its half of WSK-119): who is told, of what, when, and who is not. */
#include "wsk_kit.h"

#define CHUNK 0x40000

static struct {
    volatile LONG calls, wrong;
    volatile SIZE_T ideal; /* of the last call */
    NTSTATUS answer;
} told;

static NTSTATUS WSKAPI on_backlog(PVOID context, SIZE_T ideal)
{
    if (context != &told || KeGetCurrentIrql() > DISPATCH_LEVEL || ideal == told.ideal)
        InterlockedIncrement(&told.wrong);
    told.ideal = ideal;
    InterlockedIncrement(&told.calls);
    return told.answer;
}

static const WSK_CLIENT_CONNECTION_DISPATCH events = {NULL, NULL, on_backlog};
static const WSK_CLIENT_CONNECTION_DISPATCH no_callbacks;

/* p.a is told. */
static BOOLEAN backlog_pair(struct kit_pair *p, BOOLEAN enable)
{
    RtlZeroMemory((void *)&told, sizeof(told));
    if (!kit_pair_with(p, &told, &events, NULL, NULL))
        return FALSE;
    return (BOOLEAN)(!enable || CHECK_STATUS(kit_events(p->a, WSK_EVENT_SEND_BACKLOG), STATUS_SUCCESS));
}

static SIZE_T ideal_of(PWSK_SOCKET s)
{
    SIZE_T ideal = 0;

    CHECK_STATUS(kit_ioctl(s, SIO_WSK_QUERY_IDEAL_SEND_BACKLOG, 0, NULL, sizeof(ideal), &ideal, NULL), STATUS_SUCCESS);
    return ideal;
}

/* Posted work of a socket runs in order: an exchange of data after it shows that a look has been taken. */
static void exchange(const struct kit_pair *p)
{
    WSK_BUF in = kit_buf(NULL, 1);

    CHECK_STATUS(kit_send(p->b, "x", 1), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p->a, &in, 0), STATUS_SUCCESS);
}

TEST(WSK_153, a_send_buffer_that_is_set_is_told_once)
{
    struct kit_pair p;
    SIZE_T before;

    REQUIRE(backlog_pair(&p, TRUE));
    before = ideal_of(p.a);
    exchange(&p);
    CHECK_EQ(told.calls, 0); /* nothing has changed yet */
    CHECK_STATUS(kit_set(p.a, SOL_SOCKET, SO_SNDBUF, 0x2000), STATUS_SUCCESS);
    REQUIRE(wkt_until(&told.calls, 1));
    CHECK(told.ideal != before);
    CHECK_EQ(told.ideal, ideal_of(p.a)); /* the query and the event speak of the same */
    CHECK_STATUS(kit_set(p.a, SOL_SOCKET, SO_SNDBUF, 0x2000), STATUS_SUCCESS); /* no change */
    exchange(&p);
    CHECK_EQ(told.calls, 1);
    CHECK_EQ(told.wrong, 0);
}

TEST(WSK_153, the_query_counts_as_told)
{
    struct kit_pair p;

    REQUIRE(backlog_pair(&p, FALSE));
    CHECK(ideal_of(p.a) > 0);
    CHECK_STATUS(kit_set(p.a, SOL_SOCKET, SO_SNDBUF, 0x2000), STATUS_SUCCESS);
    CHECK_STATUS(kit_events(p.a, WSK_EVENT_SEND_BACKLOG), STATUS_SUCCESS); /* it has changed since the client asked */
    REQUIRE(wkt_until(&told.calls, 1));
    CHECK_EQ(told.ideal, ideal_of(p.a));
    CHECK_EQ(told.wrong, 0);
}

TEST(WSK_153, only_who_has_enabled_it_is_told)
{
    struct kit_pair p;

    REQUIRE(backlog_pair(&p, FALSE));
    ideal_of(p.a);
    CHECK_STATUS(kit_set(p.a, SOL_SOCKET, SO_SNDBUF, 0x2000), STATUS_SUCCESS);
    exchange(&p);
    CHECK_EQ(told.calls, 0);
    CHECK_STATUS(kit_events(p.a, WSK_EVENT_SEND_BACKLOG), STATUS_SUCCESS);
    REQUIRE(wkt_until(&told.calls, 1));
    CHECK_STATUS(kit_events(p.a, WSK_EVENT_SEND_BACKLOG | WSK_EVENT_DISABLE), STATUS_SUCCESS);
    CHECK_STATUS(kit_set(p.a, SOL_SOCKET, SO_SNDBUF, 0x1000000), STATUS_SUCCESS);
    exchange(&p);
    CHECK_EQ(told.calls, 1);
    /* WSK-200: without a routine there is nobody to tell */
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_SEND_BACKLOG), STATUS_INVALID_PARAMETER);
}

TEST(WSK_153, not_after_the_end)
{
    struct kit_pair p;

    REQUIRE(backlog_pair(&p, TRUE));
    ideal_of(p.a);
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_set(p.a, SOL_SOCKET, SO_SNDBUF, 0x2000), STATUS_SUCCESS);
    exchange(&p);
    CHECK_EQ(told.calls, 0);
}

static void read_all(void *context)
{
    struct kit_pair *p = context;
    WSK_BUF in = kit_buf(NULL, CHUNK);
    PIRP irp = wkt_irp();

    for (;;) {
        NTSTATUS status = KIT_CONN(p->b)->WskReceive(p->b, &in, 0, irp);

        if (status == STATUS_PENDING)
            status = wkt_irp_wait(irp);
        if (status != STATUS_SUCCESS || !irp->IoStatus.Information)
            return;
        wkt_irp_reuse(irp);
    }
}

/* What the driver does not set: the kernel's buffer grows with the connection. */
TEST(WSK_153, a_stream_that_needs_more_is_followed)
{
    struct wkt_thread *reader;
    struct kit_pair p;
    SIZE_T first;
    WSK_BUF out;
    ULONG sent;

    REQUIRE(backlog_pair(&p, TRUE));
    first = ideal_of(p.a);
    reader = wkt_thread(read_all, &p);
    out = kit_buf(NULL, CHUNK);
    for (sent = 0; sent < 400 && !told.calls; sent++)
        if (!CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSend(p.a, &out, 0, kit_irp())), STATUS_SUCCESS))
            break;
    wkt_note("sends", sent);
    wkt_note("ideal at first", first);
    wkt_note("calls", (ULONG64)told.calls);
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    wkt_join(reader);
    if (told.calls)
        CHECK(told.ideal != first);
    else
        CHECK_EQ(ideal_of(p.a), first); /* it never grew here: nothing was to be told */
    CHECK_EQ(told.wrong, 0);
}

TEST(WSK_153, static_events_tell_too)
{
    WSK_EVENT_CALLBACK_CONTROL control = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_SEND_BACKLOG};
    struct kit_pair p;

    RtlZeroMemory((void *)&told, sizeof(told));
    RtlZeroMemory(&p, sizeof(p));
    KIT_START();
    CHECK_STATUS(KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(control), &control, 0, NULL, NULL, NULL),
                 STATUS_SUCCESS);
    p.listener = kit_listener(NULL, NULL, &p.at);
    REQUIRE(p.listener);
    p.a = kit_bound(&told, &events);
    REQUIRE(p.a && kit_connect(p.a, &p.at) == STATUS_SUCCESS);
    p.b = kit_accept(p.listener, NULL, &no_callbacks); /* static events, and no routine: nobody is called */
    REQUIRE(p.b);
    ideal_of(p.a);
    CHECK_STATUS(kit_send(p.b, "nobody to tell", 14), STATUS_SUCCESS);
    CHECK_STATUS(kit_set(p.b, SOL_SOCKET, SO_SNDBUF, 0x2000), STATUS_SUCCESS);
    CHECK_STATUS(kit_set(p.a, SOL_SOCKET, SO_SNDBUF, 0x2000), STATUS_SUCCESS);
    CHECK(wkt_until(&told.calls, 1));
    CHECK_STATUS(kit_events(p.a, WSK_EVENT_SEND_BACKLOG | WSK_EVENT_DISABLE), STATUS_INVALID_PARAMETER); /* WSK-201 */
}

TEST_FINDING(WSK_119, what_the_backlog_event_returns, "WSK-119")
{
    struct kit_pair p;

    REQUIRE(backlog_pair(&p, TRUE));
    told.answer = STATUS_UNSUCCESSFUL;
    ideal_of(p.a);
    CHECK_STATUS(kit_set(p.a, SOL_SOCKET, SO_SNDBUF, 0x2000), STATUS_SUCCESS);
    REQUIRE(wkt_until(&told.calls, 1));
    CHECK_STATUS(kit_send(p.a, "goes on", 7), STATUS_SUCCESS);
}
