/* Waits, delays, timers, time, regions (EXE-166 .. EXE-176, EXE-183, EXE-720 .. EXE-722). */
#include "wkt.h"

#define MS(n) ((n) * 10000ll)

TEST(EXE_166, timeouts)
{
    KEVENT event;
    LARGE_INTEGER timeout, before, after;
    KIRQL old;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    timeout.QuadPart = -MS(5);
    KeQuerySystemTimePrecise(&before);
    CHECK_STATUS(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &timeout), STATUS_TIMEOUT);
    KeQuerySystemTimePrecise(&after);
    CHECK(after.QuadPart - before.QuadPart >= MS(5));
    CHECK_EQ(timeout.QuadPart, -MS(5));
    timeout.QuadPart = after.QuadPart + MS(5);
    CHECK_STATUS(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &timeout), STATUS_TIMEOUT);
    KeQuerySystemTimePrecise(&before);
    CHECK(before.QuadPart >= timeout.QuadPart);
    timeout.QuadPart = 0;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    CHECK_STATUS(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &timeout), STATUS_TIMEOUT);
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(old);
}

TEST(EXE_167, any_and_all)
{
    KEVENT a, b, c;
    PVOID objects[3] = {&a, &b, &c};
    LARGE_INTEGER zero = {0};

    KeInitializeEvent(&a, SynchronizationEvent, FALSE);
    KeInitializeEvent(&b, SynchronizationEvent, TRUE);
    KeInitializeEvent(&c, SynchronizationEvent, TRUE);
    CHECK_STATUS(KeWaitForMultipleObjects(3, objects, WaitAll, Executive, KernelMode, FALSE, &zero, NULL), STATUS_TIMEOUT);
    CHECK(KeReadStateEvent(&b) && KeReadStateEvent(&c));
    CHECK_STATUS(KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL), STATUS_WAIT_1);
    CHECK(!KeReadStateEvent(&b) && KeReadStateEvent(&c));
    KeSetEvent(&a, 0, FALSE);
    KeSetEvent(&b, 0, FALSE);
    CHECK_STATUS(KeWaitForMultipleObjects(3, objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL), STATUS_SUCCESS);
    CHECK(!KeReadStateEvent(&a) && !KeReadStateEvent(&b) && !KeReadStateEvent(&c));
}

struct turn {
    KSEMAPHORE semaphore;
    volatile LONG started, released;
    ULONG place[3];
    ULONG number;
};

static void take_turn(void *context)
{
    struct turn *t = context;
    ULONG me = (ULONG)InterlockedIncrement(&t->started) - 1;

    KeWaitForSingleObject(&t->semaphore, Executive, KernelMode, FALSE, NULL);
    t->place[me] = (ULONG)InterlockedIncrement(&t->released);
}

TEST(EXE_168, first_come_first_served)
{
    struct turn *t = wkt_alloc(sizeof(*t));
    struct wkt_thread *threads[3];
    LARGE_INTEGER a_while = {.QuadPart = -MS(30)};

    KeInitializeSemaphore(&t->semaphore, 0, 3);
    for (LONG i = 0; i < 3; i++) {
        threads[i] = wkt_thread(take_turn, t);
        CHECK(wkt_until(&t->started, i + 1));
        KeDelayExecutionThread(KernelMode, FALSE, &a_while); /* until it waits */
    }
    for (LONG i = 0; i < 3; i++) {
        KeReleaseSemaphore(&t->semaphore, 0, 1, FALSE);
        CHECK(wkt_until(&t->released, i + 1));
    }
    for (ULONG i = 0; i < 3; i++) {
        CHECK(wkt_join(threads[i]));
        CHECK_EQ(t->place[i], i + 1);
    }
}

TEST(EXE_170, delay_lasts_at_least)
{
    LARGE_INTEGER interval = {.QuadPart = -MS(3)};
    ULONG64 stamp, before = KeQueryInterruptTimePrecise(&stamp);

    CHECK_STATUS(KeDelayExecutionThread(KernelMode, FALSE, &interval), STATUS_SUCCESS);
    CHECK(KeQueryInterruptTimePrecise(&stamp) - before >= (ULONG64)MS(3));
    interval.QuadPart = 0;
    CHECK_STATUS(KeDelayExecutionThread(KernelMode, FALSE, &interval), STATUS_SUCCESS);
}

static VOID NTAPI count_expiry(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(arg1);
    UNREFERENCED_PARAMETER(arg2);
    InterlockedIncrement(context);
}

TEST(EXE_171, timer)
{
    static KTIMER timer;
    static KDPC dpc;
    static volatile LONG count;
    LARGE_INTEGER due;

    count = 0;
    KeInitializeDpc(&dpc, count_expiry, (PVOID)&count);
    KeInitializeTimerEx(&timer, SynchronizationTimer);
    due.QuadPart = -MS(10000);
    CHECK(!KeSetTimer(&timer, due, &dpc));
    CHECK(KeSetTimer(&timer, due, &dpc));
    CHECK(KeCancelTimer(&timer));
    CHECK(!KeCancelTimer(&timer));
    CHECK(!KeReadStateTimer(&timer));
    due.QuadPart = -MS(2);
    CHECK(!KeSetTimer(&timer, due, &dpc));
    CHECK_STATUS(wkt_wait(&timer, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    KeFlushQueuedDpcs();
    CHECK_EQ(count, 1);
    CHECK(!KeSetTimerEx(&timer, due, 2, &dpc));
    for (ULONG i = 0; i < 3; i++)
        CHECK_STATUS(wkt_wait(&timer, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK(KeCancelTimer(&timer));
    KeFlushQueuedDpcs();
    CHECK(count >= 3);
}

TEST_ROWS("EXE-174 EXE-176", time_goes_on)
{
    LARGE_INTEGER system, precise, frequency, a, b;
    ULONG64 stamp;

    CHECK_EQ(KeQueryTimeIncrement(), 156250);
    KeQuerySystemTime(&system);
    KeQuerySystemTimePrecise(&precise);
    CHECK(precise.QuadPart >= system.QuadPart && precise.QuadPart - system.QuadPart < MS(1000));
    CHECK(KeQueryInterruptTimePrecise(&stamp) >= KeQueryInterruptTime() - 1);
    CHECK(KeQueryUnbiasedInterruptTime() <= KeQueryUnbiasedInterruptTimePrecise(&stamp));
    a = KeQueryPerformanceCounter(&frequency);
    b = KeQueryPerformanceCounter(NULL);
    CHECK_EQ(frequency.QuadPart, 10000000);
    CHECK(b.QuadPart >= a.QuadPart);
    ExSystemTimeToLocalTime(&system, &a);
    ExLocalTimeToSystemTime(&a, &b);
    CHECK_EQ(b.QuadPart, system.QuadPart);
}

TEST(EXE_183, regions)
{
    KeEnterCriticalRegion();
    CHECK(KeAreApcsDisabled());
    CHECK(!KeAreAllApcsDisabled());
    KeEnterCriticalRegion();
    KeLeaveCriticalRegion();
    CHECK(KeAreApcsDisabled());
    KeLeaveCriticalRegion();
    CHECK(!KeAreApcsDisabled());
    KeEnterGuardedRegion();
    CHECK(KeAreAllApcsDisabled());
    KeLeaveGuardedRegion();
    CHECK(!KeAreAllApcsDisabled());
}

static KEVENT unset;

TEST_BUGCHECK(EXE_720, wait_at_dispatch, 0xA)
{
    KIRQL old;

    KeInitializeEvent(&unset, NotificationEvent, FALSE);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeWaitForSingleObject(&unset, Executive, KernelMode, FALSE, NULL);
}

TEST_BUGCHECK(EXE_721, four_objects_without_blocks, 0xC)
{
    PVOID objects[4] = {&unset, &unset, &unset, &unset};

    KeInitializeEvent(&unset, NotificationEvent, FALSE);
    KeWaitForMultipleObjects(4, objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
}

TEST_BUGCHECK(EXE_722, wait_for_what_is_no_object, 0xA)
{
    static KEVENT event;

    RtlFillMemory(&event, sizeof(event), 0x5a);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
}

TODO_ROW(EXE_169, "the user-mode half waits for user APCs");
