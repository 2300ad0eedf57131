/* Closing and cancelling against what runs on other processors meanwhile: no request is lost, none completes twice, none after the close
 * (WSK-031, WSK-080). */
#include "wsk_kit.h"

#define ROUNDS 40

static void pause(ULONG turns)
{
    while (turns--)
        YieldProcessor();
}

/* ---- a receive that is never full, and data that comes all the time: the pump has the IRP in its hands most of the time ---- */
static struct {
    PWSK_SOCKET from;
    volatile LONG stop;
} feed;

static void feed_thread(void *unused)
{
    WSK_BUF buf = kit_buf("x", 1);
    PIRP irp = wkt_irp();

    UNREFERENCED_PARAMETER(unused);
    while (!feed.stop) {
        wkt_irp_reuse(irp);
        if (!NT_SUCCESS(kit_done(KIT_CONN(feed.from)->WskSend(feed.from, &buf, WSK_FLAG_NODELAY, irp), irp)))
            return; /* the other end is closed */
    }
}

TEST_ROWS("WSK-080 WSK-031", close_while_data_comes)
{
    struct wkt_thread *thread;
    struct kit_pair p;
    ULONG round;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 1024 * 1024);
    irp = wkt_irp();
    for (round = 0; round < ROUNDS; round++) {
        PWSK_SOCKET a = kit_bound(NULL, NULL), b;

        REQUIRE(a && kit_connect(a, &p.at) == STATUS_SUCCESS);
        b = kit_accept(p.listener, NULL, NULL);
        REQUIRE(b);
        wkt_irp_reuse(irp);
        CHECK_STATUS(KIT_CONN(b)->WskReceive(b, &in, WSK_FLAG_WAITALL, irp), STATUS_PENDING);
        feed.from = a;
        feed.stop = 0;
        kit_bytes(&in)[0] = 0;
        thread = wkt_thread(feed_thread, NULL);
        while (*(volatile UCHAR *)kit_bytes(&in) != 'x' && wkt_completions(irp) == (LONG)round)
            YieldProcessor();
        pause(round * 50);
        CHECK_STATUS(kit_close(b), STATUS_SUCCESS);
        REQUIRE(wkt_completions(irp) == (LONG)round + 1); /* before the close's */
        CHECK_STATUS(irp->IoStatus.Status, STATUS_CANCELLED);
        InterlockedExchange(&feed.stop, 1);
        REQUIRE(wkt_join(thread));
        CHECK_STATUS(kit_close(a), STATUS_SUCCESS);
    }
}

/* ---- IoCancelIrp on one processor, WskCloseSocket on another ---- */
#define PENDING 4
static struct {
    PIRP irps[PENDING];
    volatile LONG go;
} cancels;

static void cancel_thread(void *unused)
{
    ULONG i;

    UNREFERENCED_PARAMETER(unused);
    while (!cancels.go)
        YieldProcessor();
    for (i = 0; i < PENDING; i++)
        IoCancelIrp(cancels.irps[i]);
}

TEST_ROWS("WSK-080 WSK-031", cancel_against_close)
{
    struct wkt_thread *thread;
    struct kit_pair p;
    ULONG round, i;
    WSK_BUF in;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 8);
    for (i = 0; i < PENDING; i++)
        cancels.irps[i] = wkt_irp();
    for (round = 0; round < ROUNDS; round++) {
        PWSK_SOCKET s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);

        REQUIRE(s && kit_bind_with(s, KIT_DATAGRAM(s)->WskBind, INADDR_LOOPBACK) == STATUS_SUCCESS);
        for (i = 0; i < PENDING; i++) {
            wkt_irp_reuse(cancels.irps[i]);
            CHECK_STATUS(KIT_DATAGRAM(s)->WskReceiveFrom(s, &in, 0, NULL, NULL, NULL, NULL, cancels.irps[i]), STATUS_PENDING);
        }
        cancels.go = 0;
        thread = wkt_thread(cancel_thread, NULL);
        InterlockedExchange(&cancels.go, 1);
        pause(round * 20);
        CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
        for (i = 0; i < PENDING; i++) {
            REQUIRE(wkt_completions(cancels.irps[i]) == (LONG)round + 1);
            CHECK_STATUS(cancels.irps[i]->IoStatus.Status, STATUS_CANCELLED);
        }
        REQUIRE(wkt_join(thread));
    }
}

/* The connect ends in one of three ways, each of them once. */
TEST_ROWS("WSK-080 WSK-105", cancelled_connect_against_close)
{
    struct wkt_thread *thread;
    SOCKADDR_IN at, to;
    PWSK_SOCKET listener;
    ULONG round, i;
    NTSTATUS status;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    REQUIRE(listener);
    for (i = 0; i < PENDING; i++)
        cancels.irps[i] = wkt_irp();
    for (round = 0; round < ROUNDS; round++) {
        PWSK_SOCKET s = kit_bound(NULL, NULL);

        REQUIRE(s);
        for (i = 0; i < PENDING; i++)
            wkt_irp_reuse(cancels.irps[i]);
        cancels.go = 0;
        thread = wkt_thread(cancel_thread, NULL);
        to = at;
        KIT_CONN(s)->WskConnect(s, (PSOCKADDR)&to, 0, cancels.irps[0]);
        InterlockedExchange(&cancels.go, 1);
        pause(round * 5);
        CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
        REQUIRE(wkt_completions(cancels.irps[0]) == (LONG)round + 1);
        status = cancels.irps[0]->IoStatus.Status;
        CHECK(status == STATUS_SUCCESS || status == STATUS_CANCELLED);
        REQUIRE(wkt_join(thread));
    }
}
