/* IRQL, processors, stalling, inter-processor calls (EXE-110 .. EXE-114, EXE-130 .. EXE-138). */
#include "wkt.h"

TEST_ROWS("EXE-110 EXE-112 EXE-113 EXE-114", raise_and_lower)
{
    KIRQL old, older;

    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrql(APC_LEVEL, &old);
    CHECK_EQ(old, PASSIVE_LEVEL);
    CHECK_EQ(KeGetCurrentIrql(), APC_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &older);
    CHECK_EQ(older, APC_LEVEL);
    CHECK_EQ(KeRaiseIrqlToDpcLevel(), DISPATCH_LEVEL);
    KeRaiseIrql(HIGH_LEVEL, &older);
    CHECK_EQ(KeGetCurrentIrql(), HIGH_LEVEL);
    KeLowerIrql(DISPATCH_LEVEL);
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(APC_LEVEL);
    CHECK_EQ(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(old);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* EXE-111: what is indexed by the processor's number needs no lock at DISPATCH_LEVEL. */
static ULONG per_processor[64];
static volatile LONG inside[64];

static void use_own_slot(void *unused)
{
    UNREFERENCED_PARAMETER(unused);
    for (ULONG i = 0; i < 3000; i++) {
        KIRQL old;
        ULONG cpu;

        KeRaiseIrql(DISPATCH_LEVEL, &old);
        cpu = KeGetCurrentProcessorNumberEx(NULL);
        if (InterlockedIncrement(&inside[cpu]) != 1)
            CHECK(!"two threads own one processor");
        per_processor[cpu]++;
        InterlockedDecrement(&inside[cpu]);
        KeLowerIrql(old);
    }
}

TEST(EXE_111, a_thread_at_dispatch_owns_its_processor)
{
    struct wkt_thread *t[4];
    ULONG sum = 0;

    RtlZeroMemory(per_processor, sizeof(per_processor));
    for (ULONG i = 0; i < 4; i++)
        t[i] = wkt_thread(use_own_slot, NULL);
    for (ULONG i = 0; i < 4; i++)
        CHECK(wkt_join(t[i]));
    for (ULONG i = 0; i < 64; i++)
        sum += per_processor[i];
    CHECK_EQ(sum, 12000);
}

TEST_BUGCHECK(EXE_714, raise_to_a_lower_level, 0x9)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeRaiseIrql(APC_LEVEL, &old);
}

TEST_BUGCHECK(EXE_714, lower_to_a_higher_level, 0xA)
{
    KeLowerIrql(DISPATCH_LEVEL);
}

TEST(EXE_130, counts_agree)
{
    KAFFINITY mask = 0;
    ULONG count = KeQueryActiveProcessorCount(&mask);
    ULONG bits = 0;

    for (KAFFINITY m = mask; m; m &= m - 1)
        bits++;
    CHECK(count >= 1);
    CHECK_EQ(bits, count);
    CHECK_EQ(KeQueryActiveProcessors(), mask);
    CHECK_EQ(KeQueryGroupAffinity(0), mask);
    CHECK_EQ(KeQueryActiveProcessorCountEx(0), count);
    CHECK_EQ(KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), count);
    CHECK_EQ(KeQueryActiveProcessorCountEx(7), 0);
    CHECK(KeQueryMaximumProcessorCount() >= count);
    CHECK(KeQueryMaximumProcessorCountEx(0) >= count);
    CHECK_EQ(KeQueryActiveGroupCount(), 1);
    CHECK(KeQueryMaximumGroupCount() >= 1);
}

TEST(EXE_131, numbers_and_indices)
{
    PROCESSOR_NUMBER number;
    ULONG count = KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS);

    for (ULONG i = 0; i < count; i++) {
        CHECK_STATUS(KeGetProcessorNumberFromIndex(i, &number), STATUS_SUCCESS);
        CHECK_EQ(number.Group, 0);
        CHECK_EQ(number.Number, i);
        CHECK_EQ(KeGetProcessorIndexFromNumber(&number), i);
    }
    CHECK_STATUS(KeGetProcessorNumberFromIndex(1000, &number), STATUS_INVALID_PARAMETER);
    number.Group = 9;
    number.Number = 0;
    number.Reserved = 0;
    CHECK_EQ(KeGetProcessorIndexFromNumber(&number), INVALID_PROCESSOR_INDEX);
}

TEST(EXE_132, one_node_has_all_processors)
{
    GROUP_AFFINITY affinity;
    USHORT count = 0;

    CHECK_EQ(KeQueryHighestNodeNumber(), 0);
    CHECK_EQ(KeGetCurrentNodeNumber(), 0);
    KeQueryNodeActiveAffinity(0, &affinity, &count);
    CHECK_EQ(count, KeQueryActiveProcessorCount(NULL));
    CHECK_EQ(affinity.Group, 0);
    CHECK_EQ(affinity.Mask, KeQueryActiveProcessors());
}

TEST(EXE_133, a_thread_moves_to_the_processors_it_asks_for)
{
    ULONG count = KeQueryActiveProcessorCount(NULL);
    GROUP_AFFINITY want, previous, bad;

    for (ULONG i = 0; i < count; i++) {
        RtlZeroMemory(&want, sizeof(want));
        want.Mask = (KAFFINITY)1 << i;
        KeSetSystemGroupAffinityThread(&want, &previous);
        CHECK_EQ(KeGetCurrentProcessorNumberEx(NULL), i);
        RtlZeroMemory(&bad, sizeof(bad));
        bad.Group = 5;
        bad.Mask = 1;
        KeSetSystemGroupAffinityThread(&bad, &want);
        CHECK_EQ(want.Mask, 0);
        CHECK_EQ(KeGetCurrentProcessorNumberEx(NULL), i);
        KeRevertToUserGroupAffinityThread(&previous);
    }
    CHECK_EQ(KeSetSystemAffinityThreadEx((KAFFINITY)1), 0);
    CHECK_EQ(KeGetCurrentProcessorNumberEx(NULL), 0);
    KeRevertToUserAffinityThreadEx(0);
}

static ULONG_PTR NTAPI count_here(ULONG_PTR context)
{
    if (KeGetCurrentIrql() == IPI_LEVEL)
        InterlockedIncrement((volatile LONG *)context);
    return 100 + KeGetCurrentProcessorNumberEx(NULL);
}

TEST(EXE_134, every_processor_runs_the_worker)
{
    LONG count = 0;
    ULONG_PTR result = KeIpiGenericCall(count_here, (ULONG_PTR)&count);

    CHECK_EQ(count, KeQueryActiveProcessorCount(NULL));
    CHECK(result >= 100 && result < 100 + KeQueryActiveProcessorCount(NULL));
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void own_priority(void *priority)
{
    *(KPRIORITY *)priority = KeQueryPriorityThread(KeGetCurrentThread());
}

TEST(EXE_136, priorities_are_kept)
{
    KPRIORITY of_system_thread = 0, was = KeQueryPriorityThread(KeGetCurrentThread());

    CHECK(wkt_join(wkt_thread(own_priority, &of_system_thread)));
    CHECK_EQ(of_system_thread, 8);
    CHECK_EQ(KeSetPriorityThread(KeGetCurrentThread(), LOW_REALTIME_PRIORITY), was);
    CHECK_EQ(KeQueryPriorityThread(KeGetCurrentThread()), LOW_REALTIME_PRIORITY);
    KeSetPriorityThread(KeGetCurrentThread(), was);
}

TEST(EXE_137, stalls_at_least_as_long)
{
    LARGE_INTEGER frequency, before, after;
    KIRQL old;

    KeRaiseIrql(HIGH_LEVEL, &old);
    before = KeQueryPerformanceCounter(&frequency);
    KeStallExecutionProcessor(50);
    after = KeQueryPerformanceCounter(NULL);
    CHECK_EQ(KeGetCurrentIrql(), HIGH_LEVEL);
    KeLowerIrql(old);
    CHECK((after.QuadPart - before.QuadPart) * 1000000 / frequency.QuadPart >= 50);
}

TEST(EXE_138, yield_keeps_the_irql)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    YieldProcessor();
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(old);
}

/* EXE-063. The upper halves of ymm0 and ymm7 change in between. */
static void spoil_and_restore(BOOLEAN *same, NTSTATUS *status)
{
    static const ULONG64 mine[4] = {1, 2, 3, 4}, other[4] = {5, 6, 7, 8};
    ULONG64 after0[4] = {0}, after7[4] = {0};
    XSTATE_SAVE save;

    RtlZeroMemory(&save, sizeof(save));
    __asm__ volatile("vmovups %0, %%ymm0\n\tvmovups %0, %%ymm7" : : "m"(mine) : "xmm0", "xmm7");
    *status = KeSaveExtendedProcessorState(XSTATE_MASK_LEGACY | XSTATE_MASK_GSSE, &save);
    __asm__ volatile("vmovups %0, %%ymm0\n\tvmovups %0, %%ymm7" : : "m"(other) : "xmm0", "xmm7");
    KeRestoreExtendedProcessorState(&save);
    __asm__ volatile("vmovups %%ymm0, %0\n\tvmovups %%ymm7, %1\n\tvzeroupper" : "=m"(after0), "=m"(after7));
    *same = RtlEqualMemory(after0, mine, 32) && RtlEqualMemory(after7, mine, 32);
}

TEST(EXE_063, extended_state_is_kept)
{
    ULONG64 features = RtlGetEnabledExtendedFeatures(~0ull);
    BOOLEAN same = FALSE;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    KIRQL old;

    CHECK_EQ(RtlGetEnabledExtendedFeatures(XSTATE_MASK_LEGACY_SSE), features & XSTATE_MASK_LEGACY_SSE);
    CHECK_EQ(RtlGetEnabledExtendedFeatures(0), 0);
    if (!(features & XSTATE_MASK_AVX))
        wkt_skip("no AVX");
    spoil_and_restore(&same, &status);
    CHECK_STATUS(status, STATUS_SUCCESS);
    CHECK(same);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    spoil_and_restore(&same, &status);
    KeLowerIrql(old);
    CHECK_STATUS(status, STATUS_SUCCESS);
    CHECK(same);
}

TEST_FINDING(EXE_063, restored_at_another_irql, "EXE-063")
{
    XSTATE_SAVE save;
    KIRQL old;

    CHECK_STATUS(KeSaveExtendedProcessorState(XSTATE_MASK_LEGACY, &save), STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeRestoreExtendedProcessorState(&save);
    KeLowerIrql(old);
}

TEST(EXE_064, swapping_of_the_stack_is_remembered)
{
    CHECK_EQ(KeSetKernelStackSwapEnable(FALSE), TRUE);
    CHECK_EQ(KeSetKernelStackSwapEnable(TRUE), FALSE);
    CHECK_EQ(KeSetKernelStackSwapEnable(TRUE), TRUE);
}

TODO_ROW(EXE_129, "there are no interrupts: IoConnectInterrupt and its locks wait for hardware miniports");
