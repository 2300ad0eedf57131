/* Events of connections: enabling, indications in each of their ends, disconnect, disable (WSK sections 6, 8 and 10). */
#include "wsk_kit.h"

static struct {
    volatile LONG receives, disconnects, wrong, running;
    volatile LONG bytes; /* of all that was taken */
    ULONG disconnect_flags;
    NTSTATUS answer;      /* of the next receive event; then STATUS_SUCCESS */
    NTSTATUS disconnect_answer;
    SIZE_T too_many;      /* accepted beyond what was indicated, once */
    SIZE_T take;          /* with STATUS_SUCCESS: how much of it; MAXULONG: say nothing */
    LONG bytes_at_end;    /* taken when the disconnect came */
    PWSK_DATA_INDICATION kept;
    UCHAR text[64];
} seen;

static SIZE_T copy_out(const WSK_DATA_INDICATION *d, SIZE_T at, SIZE_T most)
{
    SIZE_T done = 0;

    for (; d && done < most; d = d->Next) {
        SIZE_T left = d->Buffer.Length, skip = d->Buffer.Offset;
        PMDL mdl;

        for (mdl = d->Buffer.Mdl; mdl && left && done < most; mdl = mdl->Next, skip = 0) {
            const UCHAR *from = (const UCHAR *)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) + skip;
            SIZE_T n = MmGetMdlByteCount(mdl) - skip, i;

            if (n > left)
                n = left;
            if (n > most - done)
                n = most - done;
            for (i = 0; i < n && at + done + i < sizeof(seen.text); i++)
                seen.text[at + done + i] = from[i];
            done += n;
            left -= n;
        }
    }
    return done;
}

static NTSTATUS WSKAPI on_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION data, SIZE_T bytes, SIZE_T *accepted)
{
    BOOLEAN at_dispatch = (BOOLEAN)(KeGetCurrentIrql() == DISPATCH_LEVEL);
    NTSTATUS answer = seen.answer;
    SIZE_T take = bytes;

    if (context != &seen || !data || !bytes || *accepted != bytes || ((flags & WSK_FLAG_AT_DISPATCH_LEVEL) != 0) != at_dispatch)
        InterlockedIncrement(&seen.wrong);
    if (InterlockedIncrement(&seen.running) != 1) /* WSK-147: serial */
        InterlockedIncrement(&seen.wrong);
    seen.answer = STATUS_SUCCESS;
    if (answer == STATUS_SUCCESS && seen.take < bytes) {
        take = *accepted = seen.take;
        seen.take = MAXULONG;
    }
    *accepted += seen.too_many;
    seen.too_many = 0;
    if (answer == STATUS_PENDING)
        seen.kept = data;
    if (answer == STATUS_SUCCESS || answer == STATUS_PENDING) {
        copy_out(data, (SIZE_T)seen.bytes, take);
        InterlockedExchangeAdd(&seen.bytes, (LONG)take);
    }
    InterlockedDecrement(&seen.running);
    InterlockedIncrement(&seen.receives);
    return answer;
}

static NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG flags)
{
    if (context != &seen)
        InterlockedIncrement(&seen.wrong);
    seen.disconnect_flags = flags;
    seen.bytes_at_end = seen.bytes;
    InterlockedIncrement(&seen.disconnects);
    return seen.disconnect_answer;
}

static const WSK_CLIENT_CONNECTION_DISPATCH events = {on_receive, on_disconnect, NULL};
static const WSK_CLIENT_CONNECTION_DISPATCH no_events;

/* p.b has the events. */
static BOOLEAN event_pair(struct kit_pair *p, ULONG mask)
{
    RtlZeroMemory(&seen, sizeof(seen));
    seen.take = MAXULONG;
    if (!kit_pair_with(p, NULL, NULL, &seen, &events))
        return FALSE;
    return (BOOLEAN)(!mask || CHECK_STATUS(kit_events(p->b, mask), STATUS_SUCCESS));
}

TEST_ROWS("WSK-147 WSK-148 WSK-185 WSK-038", receive_event)
{
    struct kit_pair p;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT));
    CHECK_STATUS(kit_send(p.a, "hello", 5), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.bytes, 5));
    CHECK_STATUS(kit_send(p.a, "again", 5), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.bytes, 10));
    CHECK_MEM(seen.text, "helloagain", 10);
    CHECK_EQ(seen.wrong, 0);
}

TEST(WSK_185, data_that_came_before_is_indicated_after_enabling)
{
    struct kit_pair p;

    REQUIRE(event_pair(&p, 0));
    CHECK_STATUS(kit_send(p.a, "early", 5), STATUS_SUCCESS);
    CHECK_EQ(seen.receives, 0);
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE), STATUS_SUCCESS);
    CHECK(wkt_until(&seen.bytes, 5));
}

TEST(WSK_185, enabling_completes_an_irp_that_is_given)
{
    WSK_EVENT_CALLBACK_CONTROL control = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_RECEIVE};
    struct kit_pair p;

    REQUIRE(event_pair(&p, 0));
    CHECK_STATUS(KIT(KIT_CONN(p.b)->WskControlSocket(p.b, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(control), &control, 0, NULL,
                                                     NULL, kit_irp())),
                 STATUS_SUCCESS);
}

TEST_ROWS("WSK-149 WSK-145", partly_accepted)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    in = kit_buf(NULL, 2);
    seen.take = 2;
    CHECK_STATUS(kit_send(p.a, "abcdef", 6), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.receives, 1));
    REQUIRE(wkt_until(&seen.bytes, 2));
    CHECK_STATUS(kit_receive(p.b, &in, 0), STATUS_SUCCESS); /* the rest comes first, then events go on */
    CHECK_EQ(kit.irp->IoStatus.Information, 2);
    CHECK_MEM(kit_bytes(&in), "cd", 2);
    CHECK(wkt_until(&seen.bytes, 4));
    CHECK_MEM(seen.text, "abef", 4);
}

TEST_ROWS("WSK-150 WSK-152", kept_and_released)
{
    struct kit_pair p;
    UCHAR first[8];

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    seen.answer = STATUS_PENDING;
    CHECK_STATUS(kit_send(p.a, "kept", 4), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.bytes, 4));
    REQUIRE(seen.kept != NULL);
    CHECK_STATUS(kit_send(p.a, "more", 4), STATUS_SUCCESS); /* events go on meanwhile */
    REQUIRE(wkt_until(&seen.bytes, 8));
    RtlCopyMemory(first, seen.text, 8);
    seen.bytes = 0;
    copy_out(seen.kept, 0, 4); /* its memory is as it was */
    CHECK_MEM(seen.text, "kept", 4);
    CHECK_MEM(first, "keptmore", 8);
    CHECK_STATUS(KIT_CONN(p.b)->WskRelease(p.b, seen.kept), STATUS_SUCCESS);
}

TEST(WSK_151, refused_data_waits_for_a_receive)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    in = kit_buf(NULL, 16);
    seen.answer = STATUS_DATA_NOT_ACCEPTED;
    CHECK_STATUS(kit_send(p.a, "refused", 7), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.receives, 1));
    CHECK_STATUS(kit_send(p.a, "+", 1), STATUS_SUCCESS);
    CHECK_EQ(seen.receives, 1);
    in.Length = 7;
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "refused", 7);
    CHECK(wkt_until(&seen.bytes, 1));
    CHECK_EQ(seen.text[0], '+');
}

TEST(WSK_145, receive_of_nothing_asks_for_events_again)
{
    struct kit_pair p;
    WSK_BUF none = {NULL, 0, 0};

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    seen.answer = STATUS_DATA_NOT_ACCEPTED;
    CHECK_STATUS(kit_send(p.a, "refused", 7), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.receives, 1));
    CHECK_STATUS(kit_receive(p.b, &none, 0), STATUS_SUCCESS);
    CHECK(wkt_until(&seen.bytes, 7));
    CHECK_MEM(seen.text, "refused", 7);
}

TEST(WSK_146, receive_irps_come_before_the_event)
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    in = kit_buf(NULL, 4);
    irp = kit_receive_later(p.b, &in, 0);
    CHECK_STATUS(kit_send(p.a, "irp+", 4), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    CHECK_EQ(irp->IoStatus.Information, 4);
    CHECK_EQ(seen.receives, 0);
}

TEST(WSK_110, disconnect_event_comes_after_the_data)
{
    struct kit_pair p;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT));
    CHECK_STATUS(kit_send(p.a, "12345", 5), STATUS_SUCCESS);
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.disconnects, 1));
    CHECK_EQ(seen.bytes_at_end, 5);
    CHECK_EQ(seen.disconnect_flags & WSK_FLAG_ABORTIVE, 0);
    CHECK_STATUS(kit_send(p.b, "still", 5), STATUS_SUCCESS); /* sending is allowed still */
    CHECK_EQ(seen.disconnects, 1);
}

TEST(WSK_110, disconnect_event_of_a_reset)
{
    struct kit_pair p;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT));
    CHECK_STATUS(kit_disconnect(p.a, WSK_FLAG_ABORTIVE), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.disconnects, 1));
    CHECK(seen.disconnect_flags & WSK_FLAG_ABORTIVE);
}

TEST(WSK_110, no_disconnect_event_for_ones_own)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(event_pair(&p, WSK_EVENT_DISCONNECT));
    in = kit_buf(NULL, 4);
    CHECK_STATUS(kit_disconnect(p.b, WSK_FLAG_ABORTIVE), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.a, &in, 0), STATUS_CONNECTION_RESET);
    CHECK_STATUS(kit_close(p.b), STATUS_SUCCESS);
    CHECK_EQ(seen.disconnects, 0);
}

/* Nobody reads: with the event alone, whichever comes first. */
TEST(WSK_110, disconnect_event_alone)
{
    struct kit_pair p;

    REQUIRE(event_pair(&p, WSK_EVENT_DISCONNECT));
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.disconnects, 1));
    CHECK_EQ(seen.disconnect_flags & WSK_FLAG_ABORTIVE, 0);
    CHECK_STATUS(kit_send(p.b, "still", 5), STATUS_SUCCESS);
    CHECK_STATUS(kit_disconnect(p.b, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_close(p.b), STATUS_SUCCESS);
    CHECK_EQ(seen.disconnects, 1);
}

TEST(WSK_110, disconnect_event_enabled_after_the_end)
{
    struct kit_pair p;

    REQUIRE(event_pair(&p, 0));
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_DISCONNECT), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.disconnects, 1));
    CHECK_EQ(seen.disconnect_flags & WSK_FLAG_ABORTIVE, 0);
}

TEST(WSK_110, disconnect_event_alone_of_a_reset)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(event_pair(&p, WSK_EVENT_DISCONNECT));
    in = kit_buf(NULL, 4);
    CHECK_STATUS(kit_disconnect(p.a, WSK_FLAG_ABORTIVE), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.disconnects, 1));
    CHECK(seen.disconnect_flags & WSK_FLAG_ABORTIVE);
    CHECK_STATUS(kit_receive(p.b, &in, 0), STATUS_CONNECTION_RESET);
    CHECK_EQ(seen.disconnects, 1);
}

/* The data of before is taken with IRPs, in two parts; only then the graceful end is told. */
TEST(WSK_110, disconnect_event_waits_for_data_that_irps_take)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(event_pair(&p, WSK_EVENT_DISCONNECT));
    in = kit_buf(NULL, 3);
    CHECK_STATUS(kit_send(p.a, "abcdef", 6), STATUS_SUCCESS);
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_EQ(seen.disconnects, 0);
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "def", 3);
    REQUIRE(wkt_until(&seen.disconnects, 1));
    CHECK_STATUS(kit_receive(p.b, &in, 0), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 0);
}

/* The end comes while the data is refused, and stays behind it. */
TEST_ROWS("WSK-110 WSK-151", disconnect_event_waits_for_refused_data)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT));
    in = kit_buf(NULL, 7);
    seen.answer = STATUS_DATA_NOT_ACCEPTED;
    CHECK_STATUS(kit_send(p.a, "refused", 7), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.receives, 1));
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "refused", 7);
    CHECK(wkt_until(&seen.disconnects, 1));
}

/* A receive that waited is cancelled: from then on the event looks out by itself. */
TEST(WSK_110, disconnect_event_after_a_cancelled_receive)
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(event_pair(&p, WSK_EVENT_DISCONNECT));
    in = kit_buf(NULL, 3);
    irp = kit_receive_later(p.b, &in, 0);
    IoCancelIrp(irp);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_CANCELLED);
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK(wkt_until(&seen.disconnects, 1));
}

TEST_ROWS("WSK-187 WSK-080", disable_stops_the_calls)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    in = kit_buf(NULL, 8);
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE), STATUS_SUCCESS);
    CHECK_STATUS(kit_send(p.a, "for irp", 7), STATUS_SUCCESS);
    in.Length = 7;
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_EQ(seen.receives, 0);
}

/* Disables itself: the call runs, so the answer is not STATUS_SUCCESS. */
static struct {
    PWSK_SOCKET socket;
    volatile LONG calls;
    NTSTATUS status;
} self;

static NTSTATUS WSKAPI disabling_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION data, SIZE_T bytes, SIZE_T *accepted)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(data);
    UNREFERENCED_PARAMETER(bytes);
    UNREFERENCED_PARAMETER(accepted);
    self.status = kit_events(self.socket, WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE);
    InterlockedIncrement(&self.calls);
    return STATUS_SUCCESS;
}

TEST(WSK_187, disable_inside_the_callback)
{
    static const WSK_CLIENT_CONNECTION_DISPATCH disabling = {disabling_receive, NULL, NULL};
    struct kit_pair p;

    RtlZeroMemory(&self, sizeof(self));
    REQUIRE(kit_pair_with(&p, NULL, NULL, NULL, &disabling));
    self.socket = p.b;
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE), STATUS_SUCCESS);
    CHECK_STATUS(kit_send(p.a, "x", 1), STATUS_SUCCESS);
    REQUIRE(wkt_until(&self.calls, 1));
    CHECK_STATUS(self.status, STATUS_EVENT_PENDING);
    CHECK_STATUS(kit_send(p.a, "y", 1), STATUS_SUCCESS);
    CHECK_EQ(self.calls, 1);
}

/* Disables itself thrice, with IRPs, the last one cancelled; then the socket may be closed as well. */
static struct {
    PWSK_SOCKET socket;
    PIRP irps[3], close;
    NTSTATUS status[3];
    volatile LONG calls, inside;
} thrice;

static NTSTATUS WSKAPI thrice_disabled(PVOID context, ULONG flags, PWSK_DATA_INDICATION data, SIZE_T bytes, SIZE_T *accepted)
{
    WSK_EVENT_CALLBACK_CONTROL control = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE};
    int i;

    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(data);
    UNREFERENCED_PARAMETER(bytes);
    UNREFERENCED_PARAMETER(accepted);
    for (i = 0; i < 3; i++)
        thrice.status[i] = KIT_CONN(thrice.socket)->WskControlSocket(thrice.socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(control), &control,
                                                                     0, NULL, NULL, thrice.irps[i]);
    IoCancelIrp(thrice.irps[2]);
    thrice.inside = wkt_completions(thrice.irps[0]) + wkt_completions(thrice.irps[1]);
    if (thrice.close)
        (void)KIT_CONN(thrice.socket)->WskCloseSocket(thrice.socket, thrice.close);
    InterlockedIncrement(&thrice.calls);
    return STATUS_SUCCESS;
}

static BOOLEAN disable_thrice(struct kit_pair *p, BOOLEAN and_close)
{
    static const WSK_CLIENT_CONNECTION_DISPATCH dispatch = {thrice_disabled, NULL, NULL};
    int i;

    RtlZeroMemory(&thrice, sizeof(thrice));
    if (!kit_pair_with(p, NULL, NULL, NULL, &dispatch))
        return FALSE;
    thrice.socket = p->b;
    for (i = 0; i < 3; i++)
        thrice.irps[i] = wkt_irp();
    if (and_close) {
        thrice.close = wkt_irp();
        kit_forget(p->b);
    }
    CHECK_STATUS(kit_events(p->b, WSK_EVENT_RECEIVE), STATUS_SUCCESS);
    CHECK_STATUS(kit_send(p->a, "x", 1), STATUS_SUCCESS);
    if (!wkt_until(&thrice.calls, 1))
        return FALSE;
    for (i = 0; i < 3; i++)
        CHECK_STATUS(thrice.status[i], STATUS_PENDING);
    CHECK_EQ(thrice.inside, 0);
    CHECK_STATUS(wkt_irp_wait(thrice.irps[2]), STATUS_CANCELLED);
    return TRUE;
}

TEST_ROWS("WSK-187 WSK-031", several_irps_wait_for_one_callback)
{
    struct kit_pair p;

    REQUIRE(disable_thrice(&p, FALSE));
    CHECK_STATUS(wkt_irp_wait(thrice.irps[0]), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(thrice.irps[1]), STATUS_SUCCESS);
    CHECK_EQ(wkt_pending_returned(thrice.irps[1]), TRUE);
    CHECK_STATUS(kit_send(p.a, "y", 1), STATUS_SUCCESS);
    CHECK_EQ(thrice.calls, 1);
}

TEST_ROWS("WSK-187 WSK-080", close_completes_irps_that_wait_for_a_callback)
{
    struct kit_pair p;

    REQUIRE(disable_thrice(&p, TRUE));
    CHECK_STATUS(wkt_irp_wait(thrice.close), STATUS_SUCCESS);
    CHECK_EQ(wkt_completions(thrice.irps[0]), 1); /* before the close */
    CHECK_EQ(wkt_completions(thrice.irps[1]), 1);
    CHECK_STATUS(wkt_irp_wait(thrice.irps[0]), STATUS_CANCELLED);
    CHECK_STATUS(wkt_irp_wait(thrice.irps[1]), STATUS_CANCELLED);
}

/* Closes its own socket: the close is pending and completes after the callback returned. */
static struct {
    PIRP irp;
    volatile LONG calls, completed_inside;
    NTSTATUS status;
} closing;

static NTSTATUS WSKAPI closing_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION data, SIZE_T bytes, SIZE_T *accepted)
{
    PWSK_SOCKET socket = *(PWSK_SOCKET *)context;

    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(data);
    UNREFERENCED_PARAMETER(bytes);
    UNREFERENCED_PARAMETER(accepted);
    closing.status = KIT_BASIC(socket)->WskCloseSocket(socket, closing.irp);
    closing.completed_inside = wkt_completions(closing.irp);
    InterlockedIncrement(&closing.calls);
    return STATUS_SUCCESS;
}

TEST(WSK_083, close_inside_the_callback)
{
    static const WSK_CLIENT_CONNECTION_DISPATCH dispatch = {closing_receive, NULL, NULL};
    static PWSK_SOCKET socket;
    struct kit_pair p;

    RtlZeroMemory(&closing, sizeof(closing));
    REQUIRE(kit_pair_with(&p, NULL, NULL, &socket, &dispatch));
    closing.irp = wkt_irp();
    socket = p.b;
    kit_forget(p.b);
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE), STATUS_SUCCESS);
    CHECK_STATUS(kit_send(p.a, "x", 1), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(closing.irp), STATUS_SUCCESS);
    CHECK_STATUS(closing.status, STATUS_PENDING);
    CHECK_EQ(closing.completed_inside, 0);
    CHECK_EQ(wkt_pending_returned(closing.irp), TRUE);
}

TEST_FINDING(WSK_199, enable_before_connect, "WSK-199")
{
    PWSK_SOCKET s;

    KIT_START();
    s = kit_bound(&seen, &events);
    REQUIRE(s);
    CHECK_STATUS(kit_events(s, WSK_EVENT_RECEIVE), STATUS_INVALID_DEVICE_STATE);
}

TEST_ROWS("WSK-200 WSK-186 WSK-188", events_that_do_not_fit)
{
    static const GUID other = {1, 2, 3, {4}};
    GUID copy = NPI_WSK_INTERFACE_ID;
    WSK_EVENT_CALLBACK_CONTROL control;
    struct kit_pair p;

    RtlZeroMemory(&seen, sizeof(seen));
    REQUIRE(kit_pair_with(&p, NULL, &no_events, &seen, &events));
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_ACCEPT), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(kit_events(p.a, WSK_EVENT_RECEIVE), STATUS_INVALID_PARAMETER); /* no such callback */
    control.NpiId = &other;
    control.EventMask = WSK_EVENT_DISCONNECT;
    CHECK_STATUS(KIT_BASIC(p.b)->WskControlSocket(p.b, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(control), &control, 0, NULL, NULL,
                                                  NULL),
                 STATUS_INVALID_PARAMETER);
    control.NpiId = &copy; /* compared by content */
    CHECK_STATUS(KIT_BASIC(p.b)->WskControlSocket(p.b, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, 8, &control, 0, NULL, NULL, NULL),
                 STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT_BASIC(p.b)->WskControlSocket(p.b, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(control), &control, 0, NULL, NULL,
                                                  NULL),
                 STATUS_SUCCESS);
}

TEST(WSK_201, disable_takes_one_event)
{
    struct kit_pair p;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT));
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_DISABLE), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(kit_send(p.a, "12345", 5), STATUS_SUCCESS);
    CHECK(wkt_until(&seen.bytes, 5)); /* nothing changed */
}

TEST_FINDING(WSK_160, release_of_something_else, "WSK-160")
{
    struct kit_pair p;
    PWSK_DATA_INDICATION own;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    own = wkt_alloc(sizeof(*own));
    CHECK_STATUS(KIT_CONN(p.b)->WskRelease(p.b, own), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(WSK_158, more_accepted_than_indicated, "WSK-158")
{
    struct kit_pair p;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    seen.too_many = 3;
    CHECK_STATUS(kit_send(p.a, "12345", 5), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.bytes, 5));
    CHECK_STATUS(kit_send(p.a, "67890", 5), STATUS_SUCCESS); /* as if all was accepted: nothing is lost, nothing comes twice */
    REQUIRE(wkt_until(&seen.bytes, 10));
    CHECK_MEM(seen.text, "1234567890", 10);
    CHECK_EQ(seen.receives, 2);
}

/* As if the data was not accepted: it waits for a WskReceive. */
TEST_FINDING(WSK_159, receive_event_with_another_status, "WSK-159")
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    in = kit_buf(NULL, 6);
    seen.answer = STATUS_DEVICE_NOT_READY;
    CHECK_STATUS(kit_send(p.a, "abc", 3), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.receives, 1));
    CHECK_STATUS(kit_send(p.a, "def", 3), STATUS_SUCCESS);
    CHECK_EQ(seen.receives, 1);
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "abcdef", 6);
    CHECK_STATUS(kit_send(p.a, "ghi", 3), STATUS_SUCCESS); /* and events go on */
    REQUIRE(wkt_until(&seen.bytes, 3));
    CHECK_MEM(seen.text, "ghi", 3);
}

TEST_FINDING(WSK_119, disconnect_event_with_another_status, "WSK-119")
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT));
    in = kit_buf(NULL, 4);
    seen.disconnect_answer = STATUS_DATA_NOT_ACCEPTED;
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.disconnects, 1));
    CHECK_STATUS(kit_receive(p.b, &in, 0), STATUS_SUCCESS); /* the end of the stream, as ever */
    CHECK_EQ(kit.irp->IoStatus.Information, 0);
    CHECK_STATUS(kit_send(p.b, "back", 4), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.a, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_STATUS(kit_disconnect(p.b, 0), STATUS_SUCCESS);
    CHECK_EQ(seen.disconnects, 1);
}

static BOOLEAN until_backlog(PWSK_SOCKET s, SIZE_T wanted)
{
    LARGE_INTEGER step;
    SIZE_T waiting;
    ULONG i;

    step.QuadPart = -10000; /* 1 ms */
    for (i = 0; i < WKT_TIMEOUT_MS; i++) {
        CHECK_STATUS(kit_ioctl(s, SIO_WSK_QUERY_RECEIVE_BACKLOG, 0, NULL, sizeof(waiting), &waiting, NULL), STATUS_SUCCESS);
        if (waiting == wanted)
            return TRUE;
        KeDelayExecutionThread(KernelMode, FALSE, &step);
    }
    return CHECK_EQ(waiting, wanted);
}

/* What was left of a partly accepted indication is drained too; what comes after the cancel is whole. */
TEST_ROWS("WSK-144 WSK-149", cancelled_drain_after_a_part)
{
    WSK_BUF none = {NULL, 0, 0};
    struct kit_pair p;
    PIRP drain;

    REQUIRE(event_pair(&p, WSK_EVENT_RECEIVE));
    drain = wkt_irp();
    seen.take = 2;
    CHECK_STATUS(kit_send(p.a, "abcdef", 6), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.receives, 1));
    REQUIRE(until_backlog(p.b, 4));
    CHECK_STATUS(KIT_CONN(p.b)->WskReceive(p.b, &none, WSK_FLAG_DRAIN, drain), STATUS_PENDING);
    REQUIRE(until_backlog(p.b, 0));
    IoCancelIrp(drain);
    CHECK_STATUS(wkt_irp_wait(drain), STATUS_CANCELLED);
    CHECK_STATUS(kit_send(p.a, "ghijkl", 6), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.bytes, 8));
    CHECK_MEM(seen.text, "abghijkl", 8);
}

TODO_ROW(WSK_161, "kept buffers are not timed");
