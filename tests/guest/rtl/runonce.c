/* One-time initialization (EXE-190). */
#include "wkt.h"

static volatile LONG runs;
static LONG failures_left;
static ULONG stall_ms;
static char context_block[16] __attribute__((aligned(16)));

static RTL_RUN_ONCE_INIT_FN initialize;
static ULONG NTAPI initialize(PRTL_RUN_ONCE once, PVOID parameter, PVOID *context)
{
    LARGE_INTEGER delay;

    (void)once;
    CHECK_EQ((ULONG_PTR)parameter, 77);
    CHECK(KeAreApcsDisabled());
    InterlockedIncrement(&runs);
    delay.QuadPart = -10000ll * stall_ms;
    if (stall_ms)
        KeDelayExecutionThread(KernelMode, FALSE, &delay);
    if (failures_left) {
        failures_left--;
        return FALSE;
    }
    *context = context_block;
    return TRUE;
}

TEST(EXE_190, runs_once_and_gives_the_context)
{
    RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
    PVOID context = NULL;

    runs = 0;
    RtlRunOnceInitialize(&once);
    CHECK_STATUS(RtlRunOnceExecuteOnce(&once, initialize, (PVOID)77, &context), STATUS_SUCCESS);
    CHECK_EQ(context, context_block);
    context = NULL;
    CHECK_STATUS(RtlRunOnceExecuteOnce(&once, initialize, (PVOID)77, &context), STATUS_SUCCESS);
    CHECK_EQ(context, context_block);
    CHECK_EQ(runs, 1);
    CHECK_STATUS(RtlRunOnceExecuteOnce(&once, initialize, (PVOID)77, NULL), STATUS_SUCCESS);
    CHECK(!KeAreApcsDisabled());
}

TEST(EXE_190, a_failure_leaves_it_to_the_next)
{
    RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
    PVOID context = NULL;

    runs = 0;
    failures_left = 1;
    CHECK(!NT_SUCCESS(RtlRunOnceExecuteOnce(&once, initialize, (PVOID)77, &context)));
    CHECK_STATUS(RtlRunOnceExecuteOnce(&once, initialize, (PVOID)77, &context), STATUS_SUCCESS);
    CHECK_EQ(runs, 2);
}

static RTL_RUN_ONCE shared;
static volatile LONG got;

static void execute(void *unused)
{
    PVOID context = NULL;

    (void)unused;
    if (NT_SUCCESS(RtlRunOnceExecuteOnce(&shared, initialize, (PVOID)77, &context)) && context == context_block)
        InterlockedIncrement(&got);
}

TEST(EXE_190, others_wait_for_the_first)
{
    struct wkt_thread *threads[4];

    runs = 0;
    got = 0;
    stall_ms = 30;
    failures_left = 1; /* one of them fails, one of those that waited runs it again */
    RtlRunOnceInitialize(&shared);
    for (ULONG i = 0; i < 4; i++)
        threads[i] = wkt_thread(execute, NULL);
    for (ULONG i = 0; i < 4; i++)
        CHECK(wkt_join(threads[i]));
    CHECK_EQ(runs, 2);
    CHECK_EQ(got, 3);
}

TEST(EXE_190, begin_and_complete)
{
    RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
    PVOID context = NULL;

    CHECK_STATUS(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_CHECK_ONLY, &context), STATUS_UNSUCCESSFUL);
    CHECK_STATUS(RtlRunOnceBeginInitialize(&once, 0, &context), STATUS_PENDING);
    CHECK_STATUS(RtlRunOnceComplete(&once, 0, (PVOID)3), STATUS_INVALID_PARAMETER_3);
    CHECK_STATUS(RtlRunOnceComplete(&once, RTL_RUN_ONCE_INIT_FAILED, NULL), STATUS_SUCCESS);
    CHECK_STATUS(RtlRunOnceBeginInitialize(&once, 0, &context), STATUS_PENDING);
    CHECK_STATUS(RtlRunOnceComplete(&once, 0, context_block), STATUS_SUCCESS);
    CHECK_STATUS(RtlRunOnceComplete(&once, 0, context_block), STATUS_UNSUCCESSFUL);
    CHECK_STATUS(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_CHECK_ONLY, &context), STATUS_SUCCESS);
    CHECK_EQ(context, context_block);
    CHECK_EQ(once.Value & 3, 2);
}

TEST(EXE_190, asynchronous_attempts)
{
    RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
    PVOID context = NULL;

    CHECK_STATUS(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context), STATUS_PENDING);
    CHECK_STATUS(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context), STATUS_PENDING); /* both try */
    CHECK(!NT_SUCCESS(RtlRunOnceBeginInitialize(&once, 0, &context)));
    CHECK_STATUS(RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, context_block), STATUS_SUCCESS);
    CHECK_STATUS(RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, NULL), STATUS_UNSUCCESSFUL);
    CHECK_STATUS(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context), STATUS_SUCCESS);
    CHECK_EQ(context, context_block);
}
