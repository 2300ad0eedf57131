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

