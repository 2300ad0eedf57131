/* DPCs (EXE-115 .. EXE-123). */
#include "wkt.h"

struct run {
    KDPC dpc;
    KEVENT ran;
    volatile LONG count;
    PVOID context, arg1, arg2;
    ULONG cpu;
    KIRQL irql;
    BOOLEAN in_dpc;
    ULONG requeue;
};

static VOID NTAPI routine(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    struct run *r = context;

    r->arg1 = arg1;
    r->arg2 = arg2;
    r->cpu = KeGetCurrentProcessorNumberEx(NULL);
    r->irql = KeGetCurrentIrql();
    r->in_dpc = KeIsExecutingDpc() != 0;
    CHECK(dpc == &r->dpc);
    InterlockedIncrement(&r->count);
    if (r->requeue) {
        r->requeue--;
        CHECK(KeInsertQueueDpc(dpc, arg1, arg2));
        return;
    }
    KeSetEvent(&r->ran, 0, FALSE);
}

static struct run *new_run(void)
{
    struct run *r = wkt_alloc(sizeof(*r));

    KeInitializeDpc(&r->dpc, routine, r);
    KeInitializeEvent(&r->ran, SynchronizationEvent, FALSE);
    return r;
}

TEST_ROWS("EXE-116 EXE-117 EXE-118", runs_once_with_the_first_arguments)
{
    struct run *r = new_run();
    KIRQL old;

    CHECK_EQ(r->dpc.Type, 0x13);
    CHECK_EQ(r->dpc.Importance, MediumImportance);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    CHECK(KeInsertQueueDpc(&r->dpc, (PVOID)1, (PVOID)2));
    CHECK(!KeInsertQueueDpc(&r->dpc, (PVOID)3, (PVOID)4));
    CHECK_EQ(r->count, 0); /* not before this processor drops below DISPATCH_LEVEL */
    KeLowerIrql(old);
    CHECK_EQ(r->count, 1); /* EXE-114 */
    CHECK_EQ(r->arg1, 1);
    CHECK_EQ(r->arg2, 2);
    CHECK_EQ(r->irql, DISPATCH_LEVEL);
    CHECK(r->in_dpc);
    CHECK(!KeIsExecutingDpc());
}

TEST(EXE_118, may_be_queued_again_by_its_routine)
{
    struct run *r = new_run();

    r->requeue = 5;
    CHECK(KeInsertQueueDpc(&r->dpc, NULL, NULL));
    CHECK_STATUS(wkt_wait(&r->ran, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_EQ(r->count, 6);
}

static ULONG order[3], ordered;

static VOID NTAPI note_order(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(arg1);
    UNREFERENCED_PARAMETER(arg2);
    order[ordered++] = (ULONG)(ULONG_PTR)context;
}

TEST(EXE_119, high_importance_goes_first)
{
    KDPC dpcs[3];
    KIRQL old;

    ordered = 0;
    for (ULONG i = 0; i < 3; i++)
        KeInitializeDpc(&dpcs[i], note_order, (PVOID)(ULONG_PTR)i);
    KeSetImportanceDpc(&dpcs[2], HighImportance);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    for (ULONG i = 0; i < 3; i++)
        KeInsertQueueDpc(&dpcs[i], NULL, NULL);
    KeLowerIrql(old);
    CHECK_EQ(ordered, 3);
    CHECK_EQ(order[0], 2);
    CHECK_EQ(order[1], 0);
    CHECK_EQ(order[2], 1);
}

TEST(EXE_120, runs_on_its_target)
{
    struct run *r = new_run();
    ULONG count = KeQueryActiveProcessorCount(NULL);
    PROCESSOR_NUMBER number = {0};

    for (ULONG i = 0; i < count; i++) {
        number.Number = (UCHAR)i;
        CHECK_STATUS(KeSetTargetProcessorDpcEx(&r->dpc, &number), STATUS_SUCCESS);
        KeInsertQueueDpc(&r->dpc, NULL, NULL);
        CHECK_STATUS(wkt_wait(&r->ran, WKT_TIMEOUT_MS), STATUS_SUCCESS);
        CHECK_EQ(r->cpu, i);
    }
    number.Number = 63;
    if (count < 64)
        CHECK_STATUS(KeSetTargetProcessorDpcEx(&r->dpc, &number), STATUS_INVALID_PARAMETER);
    number.Number = 0;
    number.Reserved = 1;
    CHECK_STATUS(KeSetTargetProcessorDpcEx(&r->dpc, &number), STATUS_INVALID_PARAMETER);
}

TEST(EXE_121, removed_before_it_runs)
{
    struct run *r = new_run();
    KIRQL old;

    CHECK(!KeRemoveQueueDpc(&r->dpc));
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    CHECK(KeInsertQueueDpc(&r->dpc, NULL, NULL));
    CHECK(KeRemoveQueueDpc(&r->dpc));
    CHECK(!KeRemoveQueueDpc(&r->dpc));
    KeLowerIrql(old);
    CHECK_EQ(r->count, 0);
}

TEST(EXE_122, flush_waits_for_all)
{
    struct run *r = new_run();
    ULONG count = KeQueryActiveProcessorCount(NULL);

    for (ULONG i = 0; i < 100; i++) {
        KeSetTargetProcessorDpc(&r->dpc, (CCHAR)(i % count));
        r->count = 0;
        KeInsertQueueDpc(&r->dpc, NULL, NULL);
        KeFlushQueuedDpcs();
        CHECK_EQ(r->count, 1);
    }
}

/* A processor that spins below DISPATCH_LEVEL is taken from its thread for a DPC. */
TEST_ROWS("EXE-115 EXE-138", a_spinning_thread_is_interrupted)
{
    struct run *r = new_run();

    for (ULONG i = 0; i < 20; i++) {
        LONG before = r->count;

        KeInsertQueueDpc(&r->dpc, NULL, NULL);
        while (r->count == before)
            YieldProcessor();
    }
    CHECK_EQ(r->count, 20);
}

static VOID NTAPI raises(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    KIRQL old;

    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(arg1);
    UNREFERENCED_PARAMETER(arg2);
    KeRaiseIrql(HIGH_LEVEL, &old);
}

TEST_BUGCHECK(EXE_715, dpc_returns_at_another_irql, 0xC8)
{
    static KDPC dpc;

    KeInitializeDpc(&dpc, raises, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
}

static KEVENT never;

static VOID NTAPI waits(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(arg1);
    UNREFERENCED_PARAMETER(arg2);
    KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL);
}

TEST_BUGCHECK(EXE_720, wait_in_a_dpc, 0xB8)
{
    static KDPC dpc;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    KeInitializeDpc(&dpc, waits, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
}

/* ---- EXE-123, EXE-124 ---- */
static KDPC_WATCHDOG_INFORMATION watchdog;
static NTSTATUS watchdog_status;

static VOID NTAPI threaded(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    struct run *r = context;

    r->irql = KeGetCurrentIrql();
    r->arg1 = arg1;
    r->arg2 = arg2;
    r->cpu = KeGetCurrentProcessorNumberEx(NULL);
    (void)dpc;
    KeSetEvent(&r->ran, 0, FALSE);
}

TEST(EXE_123, threaded_dpc_runs_on_its_processor)
{
    struct run *r = wkt_alloc(sizeof(*r));
    PROCESSOR_NUMBER last = {0};
    KSPIN_LOCK lock;
    KIRQL old;

    KeInitializeSpinLock(&lock);
    KeInitializeEvent(&r->ran, SynchronizationEvent, FALSE);
    KeInitializeThreadedDpc(&r->dpc, threaded, r);
    last.Number = (UCHAR)(KeQueryActiveProcessorCount(NULL) - 1);
    CHECK_STATUS(KeSetTargetProcessorDpcEx(&r->dpc, &last), STATUS_SUCCESS);
    CHECK(KeInsertQueueDpc(&r->dpc, (PVOID)1, (PVOID)2));
    CHECK_STATUS(wkt_wait(&r->ran, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK(r->irql == DISPATCH_LEVEL || r->irql == PASSIVE_LEVEL);
    CHECK_EQ(r->cpu, last.Number);
    CHECK_EQ((ULONG_PTR)r->arg2, 2);
    old = KeAcquireSpinLockForDpc(&lock);
    CHECK(KeGetCurrentIrql() >= DISPATCH_LEVEL);
    KeReleaseSpinLockForDpc(&lock, old);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeFlushQueuedDpcs();
}

static VOID NTAPI ask_watchdog(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    (void)dpc, (void)arg1, (void)arg2;
    watchdog_status = KeQueryDpcWatchdogInformation(&watchdog);
    KeSetEvent(context, 0, FALSE);
}

TEST(EXE_124, what_is_left_of_the_time)
{
    static KDPC dpc;
    KEVENT ran;
    KIRQL old;

    CHECK(!NT_SUCCESS(KeQueryDpcWatchdogInformation(&watchdog)));
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    CHECK_STATUS(KeQueryDpcWatchdogInformation(&watchdog), STATUS_SUCCESS);
    CHECK_EQ(KeShouldYieldProcessor(), 0);
    KeLowerIrql(old);
    KeInitializeEvent(&ran, NotificationEvent, FALSE);
    KeInitializeDpc(&dpc, ask_watchdog, &ran);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    CHECK_STATUS(wkt_wait(&ran, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_STATUS(watchdog_status, STATUS_SUCCESS);
    CHECK(watchdog.DpcTimeLimit > 0 && watchdog.DpcTimeCount <= watchdog.DpcTimeLimit && watchdog.DpcTimeCount > 0);
    CHECK(watchdog.DpcWatchdogCount <= watchdog.DpcWatchdogLimit);
}

/* ---- misuse ---- */
static VOID NTAPI enters_region(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    (void)dpc, (void)context, (void)arg1, (void)arg2;
    KeEnterCriticalRegion();
}

static VOID NTAPI raises_irql(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    KIRQL old;

    (void)dpc, (void)context, (void)arg1, (void)arg2;
    KeRaiseIrql(HIGH_LEVEL, &old);
}

static VOID NTAPI throws(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    (void)dpc, (void)context, (void)arg1, (void)arg2;
    ExRaiseStatus(STATUS_INVALID_PARAMETER);
}

static void run_dpc(PKDEFERRED_ROUTINE what)
{
    static KDPC dpc;
    KIRQL old;

    KeInitializeDpc(&dpc, what, NULL);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeLowerIrql(old);
    KeFlushQueuedDpcs();
}

TEST_BUGCHECK(EXE_727, a_dpc_that_enters_a_critical_region, 0xC7)
{
    run_dpc(enters_region);
}

TEST_BUGCHECK(EXE_715, a_dpc_that_returns_at_another_irql, 0xC8)
{
    run_dpc(raises_irql);
}

/* Not to a handler below: the thread that was interrupted has nothing to do with it (EXE-097). */
static void run_in_try(void)
{
    __try {
        run_dpc(throws);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        CHECK(!"the exception of a DPC reached the interrupted thread");
    }
}

TEST_BUGCHECK(EXE_710, an_exception_in_a_dpc, 0x1E)
{
    run_in_try();
}

TEST_BUGCHECK(EXE_097, an_exception_does_not_leave_its_callback, 0x1E)
{
    run_in_try();
}

TEST_BUGCHECK(EXE_729, a_processor_that_no_machine_has, 0xC7)
{
    static KDPC dpc;

    KeInitializeDpc(&dpc, throws, NULL);
    KeSetTargetProcessorDpc(&dpc, 100);
}

struct block {
    KTIMER timer;
    KDPC dpc;
};

TEST_BUGCHECK(EXE_728, pool_with_an_active_timer_is_freed, 0xC7)
{
    struct block *b = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*b), 'tseT');
    LARGE_INTEGER due;

    due.QuadPart = -100000000;
    KeInitializeTimer(&b->timer);
    KeSetTimer(&b->timer, due, NULL);
    ExFreePoolWithTag(b, 'tseT');
}

TEST_BUGCHECK(EXE_175, pool_with_a_queued_dpc_is_freed, 0xC7)
{
    struct block *b = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*b), 'tseT');
    KIRQL old;

    KeInitializeDpc(&b->dpc, throws, NULL);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeInsertQueueDpc(&b->dpc, NULL, NULL);
    ExFreePoolWithTag(b, 'tseT');
}

TEST(EXE_175, pool_with_idle_ones_may_be_freed)
{
    struct block *b = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*b), 'tseT');
    LARGE_INTEGER due;

    due.QuadPart = -100000000;
    KeInitializeDpc(&b->dpc, throws, NULL);
    KeInitializeTimer(&b->timer);
    KeSetTimer(&b->timer, due, &b->dpc);
    CHECK(KeCancelTimer(&b->timer));
    ExFreePoolWithTag(b, 'tseT');
}

static VOID NTAPI count_dpc(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    (void)dpc, (void)arg1, (void)arg2;
    InterlockedIncrement(context);
}

TEST(EXE_172, coalescable_timer_expires_in_its_tolerance)
{
    struct block *b = wkt_alloc(sizeof(*b));
    volatile LONG *count = wkt_alloc(sizeof(*count));
    LARGE_INTEGER due, from = KeQueryPerformanceCounter(NULL);

    due.QuadPart = -200000;
    KeInitializeTimer(&b->timer);
    KeInitializeDpc(&b->dpc, count_dpc, (PVOID)count);
    CHECK_EQ(KeSetCoalescableTimer(&b->timer, due, 0, 50, &b->dpc), FALSE);
    CHECK_EQ(KeSetCoalescableTimer(&b->timer, due, 0, 0, &b->dpc), TRUE);
    CHECK_STATUS(wkt_wait(&b->timer, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK(KeQueryPerformanceCounter(NULL).QuadPart - from.QuadPart >= 200000);
    KeFlushQueuedDpcs();
    CHECK_EQ(*count, 1);
}
