/* EX_TIMER (EXE-173). */
#include "wkt.h"

struct seen {
    volatile LONG calls, deletes, inside;
    KEVENT called, deleted;
    PEX_TIMER timer;
    KIRQL irql;
    BOOLEAN delete_inside;
    ULONG stall_us;
};

static EXT_DELETE_CALLBACK on_delete;
static VOID NTAPI on_delete(PVOID context)
{
    struct seen *s = context;

    CHECK_EQ(s->inside, 0);
    InterlockedIncrement(&s->deletes);
    KeSetEvent(&s->deleted, 0, FALSE);
}

static EXT_CALLBACK on_timer;
static VOID NTAPI on_timer(PEX_TIMER timer, PVOID context)
{
    struct seen *s = context;

    InterlockedIncrement(&s->inside);
    s->timer = timer;
    s->irql = KeGetCurrentIrql();
    if (s->delete_inside) {
        EXT_DELETE_PARAMETERS parameters;

        ExInitializeDeleteTimerParameters(&parameters);
        parameters.DeleteCallback = on_delete;
        parameters.DeleteContext = s;
        CHECK_EQ(ExDeleteTimer(timer, TRUE, FALSE, &parameters), TRUE); /* its next period */
        CHECK_EQ(s->deletes, 0); /* not while its callback runs */
    }
    KeSetEvent(&s->called, 0, FALSE);
    if (s->stall_us)
        KeStallExecutionProcessor(s->stall_us);
    InterlockedIncrement(&s->calls);
    InterlockedDecrement(&s->inside);
}

static struct seen *seen(void)
{
    struct seen *s = wkt_alloc(sizeof(*s));

    KeInitializeEvent(&s->called, SynchronizationEvent, FALSE);
    KeInitializeEvent(&s->deleted, NotificationEvent, FALSE);
    return s;
}

TEST(EXE_173, one_shot_calls_once_at_dispatch)
{
    struct seen *s = seen();
    PEX_TIMER timer = ExAllocateTimer(on_timer, s, 0);

    REQUIRE(timer != NULL);
    CHECK_EQ(ExCancelTimer(timer, NULL), FALSE);
    CHECK_EQ(ExSetTimer(timer, -10000, 0, NULL), FALSE);
    CHECK_STATUS(wkt_wait(&s->called, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_EQ(s->irql, DISPATCH_LEVEL);
    CHECK_EQ(s->timer, timer);
    CHECK_STATUS(wkt_wait(&s->called, 30), STATUS_TIMEOUT);
    CHECK_EQ(ExCancelTimer(timer, NULL), FALSE);
    CHECK_EQ(ExDeleteTimer(timer, TRUE, TRUE, NULL), FALSE);
    CHECK_EQ(s->calls, 1);
}

TEST(EXE_173, set_again_and_cancel_say_that_it_was_pending)
{
    struct seen *s = seen();
    PEX_TIMER timer = ExAllocateTimer(on_timer, s, EX_TIMER_HIGH_RESOLUTION);
    EXT_SET_PARAMETERS parameters;

    REQUIRE(timer != NULL);
    ExInitializeSetTimerParameters(&parameters);
    CHECK_EQ(ExSetTimer(timer, -100000000, 0, &parameters), FALSE);
    CHECK_EQ(ExSetTimer(timer, -100000000, 0, &parameters), TRUE);
    CHECK_EQ(ExCancelTimer(timer, NULL), TRUE);
    CHECK_EQ(ExCancelTimer(timer, NULL), FALSE);
    CHECK_EQ(ExSetTimer(timer, -100000000, 0, NULL), FALSE);
    CHECK_EQ(ExDeleteTimer(timer, TRUE, TRUE, NULL), TRUE);
    CHECK_EQ(s->calls, 0);
}

TEST(EXE_173, period_is_in_100_ns)
{
    struct seen *s = seen();
    PEX_TIMER timer = ExAllocateTimer(on_timer, s, 0);
    LARGE_INTEGER from = KeQueryPerformanceCounter(NULL);

    REQUIRE(timer != NULL);
    ExSetTimer(timer, -10000, 50000, NULL); /* each 5 ms */
    CHECK(wkt_until(&s->calls, 5) || s->calls > 5);
    CHECK(KeQueryPerformanceCounter(NULL).QuadPart - from.QuadPart >= 4 * 50000);
    CHECK(KeQueryPerformanceCounter(NULL).QuadPart - from.QuadPart < 20000000);
    CHECK_EQ(ExDeleteTimer(timer, TRUE, TRUE, NULL), TRUE); /* a periodic one is always set */
    CHECK_EQ(s->inside, 0);
    {
        LONG calls = s->calls;

        wkt_wait(&s->deleted, 30);
        CHECK_EQ(s->calls, calls);
    }
}

TEST(EXE_173, it_can_be_waited_for)
{
    PEX_TIMER synchronization = ExAllocateTimer(NULL, NULL, 0), notification = ExAllocateTimer(NULL, NULL, EX_TIMER_NOTIFICATION | EX_TIMER_NO_WAKE);

    REQUIRE(synchronization != NULL && notification != NULL);
    ExSetTimer(synchronization, -10000, 0, NULL);
    ExSetTimer(notification, -10000, 0, NULL);
    CHECK_STATUS(wkt_wait(synchronization, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_STATUS(wkt_wait(synchronization, 1), STATUS_TIMEOUT);
    CHECK_STATUS(wkt_wait(notification, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_STATUS(wkt_wait(notification, 1), STATUS_SUCCESS);
    ExSetTimer(notification, -100000000, 0, NULL);
    CHECK_STATUS(wkt_wait(notification, 1), STATUS_TIMEOUT); /* setting it clears the signal */
    ExDeleteTimer(synchronization, TRUE, FALSE, NULL);
    ExDeleteTimer(notification, TRUE, FALSE, NULL);
}

TEST(EXE_173, deleting_waits_for_the_callback)
{
    struct seen *s = seen();
    PEX_TIMER timer = ExAllocateTimer(on_timer, s, 0);

    REQUIRE(timer != NULL);
    s->stall_us = 20000;
    ExSetTimer(timer, -1, 0, NULL);
    CHECK_STATUS(wkt_wait(&s->called, WKT_TIMEOUT_MS), STATUS_SUCCESS); /* it is inside now */
    ExDeleteTimer(timer, TRUE, TRUE, NULL);
    CHECK_EQ(s->inside, 0);
    CHECK_EQ(s->calls, 1);
}

TEST(EXE_173, delete_without_wait_calls_back_when_it_is_safe)
{
    struct seen *s = seen(), *idle = seen();
    PEX_TIMER timer = ExAllocateTimer(on_timer, s, 0), unused = ExAllocateTimer(on_timer, idle, 0);
    EXT_DELETE_PARAMETERS parameters;

    REQUIRE(timer != NULL && unused != NULL);
    s->delete_inside = TRUE;
    ExSetTimer(timer, -10000, 10000, NULL);
    CHECK_STATUS(wkt_wait(&s->deleted, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_EQ(s->deletes, 1);
    CHECK_EQ(s->calls, 1);
    ExInitializeDeleteTimerParameters(&parameters);
    parameters.DeleteCallback = on_delete;
    parameters.DeleteContext = idle;
    CHECK_EQ(ExDeleteTimer(unused, TRUE, FALSE, &parameters), FALSE); /* never set */
    CHECK_EQ(idle->deletes, 1);
}

TEST(EXE_173, delete_without_cancel_lets_it_expire)
{
    struct seen *s = seen();
    PEX_TIMER timer = ExAllocateTimer(on_timer, s, 0);
    EXT_DELETE_PARAMETERS parameters;

    REQUIRE(timer != NULL);
    ExInitializeDeleteTimerParameters(&parameters);
    parameters.DeleteCallback = on_delete;
    parameters.DeleteContext = s;
    ExSetTimer(timer, -200000, 0, NULL);
    CHECK_EQ(ExDeleteTimer(timer, FALSE, FALSE, &parameters), FALSE);
    CHECK_EQ(s->deletes, 0);
    CHECK_STATUS(wkt_wait(&s->deleted, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_EQ(s->calls, 1);
}

TEST_BUGCHECK(EXE_173, wait_without_cancel, 0xC7)
{
    ExDeleteTimer(ExAllocateTimer(NULL, NULL, 0), FALSE, TRUE, NULL);
}

TEST_BUGCHECK(EXE_173, attributes_that_exclude_each_other, 0xC7)
{
    ExAllocateTimer(NULL, NULL, EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE);
}

TEST_BUGCHECK(EXE_173, waiting_delete_at_dispatch, 0xB8)
{
    PEX_TIMER timer = ExAllocateTimer(NULL, NULL, 0);
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    ExDeleteTimer(timer, TRUE, TRUE, NULL);
}
