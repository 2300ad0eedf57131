/* Interrupts off and on in the processor itself: cli, sti, pushf, popf (EXE-060). */
#include "wkt.h"

#define IF 0x200

static volatile LONG dpc_ran;

static void NTAPI count_dpc(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    (void)dpc, (void)context, (void)a, (void)b;
    dpc_ran++;
}

TEST(EXE_060, the_flag_is_shown)
{
    CHECK_EQ(__readeflags() & IF, IF);
    _disable();
    CHECK_EQ(__readeflags() & IF, 0);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK_EQ(__readcr8(), PASSIVE_LEVEL);
    _disable();
    _enable();
    CHECK_EQ(__readeflags() & IF, IF);
    _enable();
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

TEST(EXE_060, popf_restores_what_pushf_saved)
{
    ULONG64 outer = __readeflags(), inner;

    _disable();
    inner = __readeflags();
    __writeeflags(outer);
    CHECK_EQ(__readeflags() & IF, IF);
    __writeeflags(inner);
    CHECK_EQ(__readeflags() & IF, 0);
    __writeeflags(inner);
    CHECK_EQ(__readeflags() & IF, 0);
    __writeeflags(outer | 1);
    CHECK_EQ(__readeflags() & IF, IF);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* The other flags and the stack are as without a break point. */
TEST(EXE_060, pushf_and_popf_as_ever)
{
    ULONG64 carry = 0, zero = 0, before = 0, after = 1;

    __asm__ volatile("mov %%rsp, %2\n\tstc\n\tpushfq\n\tpop %0\n\txor %%eax, %%eax\n\tpushfq\n\tpop %1\n\t"
                     "push %0\n\tpopfq\n\tsetc %%al\n\tmov %%rsp, %3\n\tand $1, %0\n\tshl $1, %0\n\tor %%rax, %0"
                     : "=&r"(carry), "=&r"(zero), "=&r"(before), "=&r"(after) : : "rax", "memory", "cc");
    CHECK_EQ(carry, 3);
    CHECK_EQ(zero & 0x41, 0x40);
    CHECK_EQ(before, after);
}

/* A byte that is no instruction stays; a break point of the driver's own stays one. */
TEST(EXE_060, other_bytes_stay)
{
    ULONG64 value = 0;
    NTSTATUS code = 0;

    __asm__ volatile("movabs $0x9C9DFAFB9C9DFAFB, %0" : "=r"(value));
    CHECK_EQ(value, 0x9C9DFAFB9C9DFAFBull);
    __try {
        __debugbreak();
    } __except (code = GetExceptionCode(), EXCEPTION_EXECUTE_HANDLER) {
    }
    CHECK_STATUS(code, STATUS_BREAKPOINT);
}

TEST(EXE_060, no_dpc_runs_while_they_are_off)
{
    static KDPC dpc;
    KIRQL old;

    KeInitializeDpc(&dpc, count_dpc, NULL);
    _disable();
    KeInsertQueueDpc(&dpc, NULL, NULL);
    CHECK_EQ(dpc_ran, 0);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
    CHECK_EQ(dpc_ran, 0);
    __writecr8(DISPATCH_LEVEL);
    __writecr8(PASSIVE_LEVEL);
    CHECK_EQ(dpc_ran, 0);
    _enable();
    CHECK_EQ(dpc_ran, 1);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    _disable();
    KeInsertQueueDpc(&dpc, NULL, NULL);
    _enable();
    CHECK_EQ(dpc_ran, 1); /* it is the IRQL that holds it now */
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(old);
    CHECK_EQ(dpc_ran, 2);
    /* off at DISPATCH_LEVEL, on below it */
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    _disable();
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeLowerIrql(old);
    CHECK_EQ(dpc_ran, 2);
    _enable();
    CHECK_EQ(dpc_ran, 3);
}

static void NTAPI off_and_on(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    (void)dpc, (void)context, (void)a, (void)b;
    _disable();
    CHECK_EQ(__readeflags() & IF, 0);
    _enable();
    dpc_ran++;
}

TEST(EXE_060, in_a_dpc)
{
    static KDPC dpc;

    KeInitializeDpc(&dpc, off_and_on, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
    CHECK_EQ(dpc_ran, 1);
}

static void NTAPI stay_off(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    (void)dpc, (void)context, (void)a, (void)b;
    _disable();
}

TEST_FINDING(EXE_060, a_dpc_leaves_them_off, "EXE-060")
{
    static KDPC dpc;

    KeInitializeDpc(&dpc, stay_off, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
    CHECK_EQ(__readeflags() & IF, IF);
}

static volatile LONG inside, overlaps;
static volatile ULONG plain_count;

static void alone(void *unused)
{
    (void)unused;
    KeSetSystemAffinityThread(1);
    for (ULONG i = 0; i < 2000; i++) {
        KIRQL old = PASSIVE_LEVEL;

        if (i & 1)
            KeRaiseIrql(DISPATCH_LEVEL, &old);
        else
            _disable();
        if (InterlockedIncrement(&inside) != 1)
            InterlockedIncrement(&overlaps);
        plain_count++;
        InterlockedDecrement(&inside);
        if (i & 1)
            KeLowerIrql(old);
        else
            _enable();
    }
}

TEST(EXE_060, nobody_else_has_the_processor)
{
    struct wkt_thread *threads[4];

    for (ULONG i = 0; i < 4; i++)
        threads[i] = wkt_thread(alone, NULL);
    for (ULONG i = 0; i < 4; i++)
        CHECK(wkt_join(threads[i]));
    CHECK_EQ(overlaps, 0);
    CHECK_EQ(plain_count, 8000);
}

static volatile LONG apc_ran;

static void NTAPI count_apc(PRKAPC apc, PKNORMAL_ROUTINE *normal, PVOID *context, PVOID *a, PVOID *b)
{
    (void)apc, (void)normal, (void)context, (void)a, (void)b;
    apc_ran++;
}

TEST(EXE_060, no_apc_is_delivered_while_they_are_off)
{
    static KAPC apc;

    KeInitializeApc(&apc, KeGetCurrentThread(), OriginalApcEnvironment, count_apc, NULL, NULL, KernelMode, NULL);
    _disable();
    CHECK(KeInsertQueueApc(&apc, NULL, NULL, 0));
    KeEnterCriticalRegion();
    KeLeaveCriticalRegion();
    CHECK_EQ(apc_ran, 0);
    _enable();
    CHECK_EQ(apc_ran, 1);
}

TEST_BUGCHECK(EXE_060, a_wait_with_interrupts_off, 0x0A)
{
    LARGE_INTEGER wait = {.QuadPart = -10000};

    _disable();
    KeDelayExecutionThread(KernelMode, FALSE, &wait);
}
