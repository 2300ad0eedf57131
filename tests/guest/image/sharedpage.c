/* The page at 0xFFFFF78000000000 as driver code reads it: by a constant, which the loader redirects, and by an address that is computed, which
 * traps (EXE-056). Both must say what the exports say. */
#include "wkt.h"

#define PAGE                 0xFFFFF78000000000ull
#define SHARED(type, offset) (*(volatile type *)(PAGE + (offset)))

static volatile ULONG64 computed_base = PAGE >> 12;
/* Not known to the compiler, nor to the loader. */
static ULONG64 computed(ULONG offset)
{
    return *(volatile ULONG64 *)((computed_base << 12) + offset);
}

TEST(EXE_056, shared_page_tells_the_time)
{
    ULONG64 interrupt = SHARED(ULONG64, 0x8), system = SHARED(ULONG64, 0x14), tick = SHARED(ULONG64, 0x320);
    LARGE_INTEGER now;

    KeQuerySystemTime(&now);
    CHECK((ULONG64)now.QuadPart >= system);
    CHECK((ULONG64)now.QuadPart - system < 10000000ull * 60);
    while (SHARED(ULONG64, 0x320) == tick) /* it moves by itself */
        YieldProcessor();
    CHECK(SHARED(ULONG64, 0x320) > tick);
    CHECK(SHARED(ULONG64, 0x8) > interrupt);
    CHECK(SHARED(ULONG, 0x8) != 0);
    CHECK_EQ(SHARED(ULONG, 0x18), SHARED(ULONG, 0x1C)); /* High1Time, High2Time */
    CHECK_EQ(SHARED(ULONG, 0xC), SHARED(ULONG, 0x10));
    CHECK_EQ(SHARED(ULONG, 0x324), SHARED(ULONG, 0x328));
}

static ULONG64 turns;

/* A trap costs microseconds, a load a nanosecond (bench/nt/ddi has the numbers). */
TEST(EXE_056, a_constant_address_does_not_trap)
{
    LONGLONG best = MAXLONGLONG;

    for (ULONG turn = 0; turn < 20; turn++) {
        LARGE_INTEGER from = KeQueryPerformanceCounter(NULL), to;

        for (ULONG i = 0; i < 1000; i++)
            turns += SHARED(ULONG64, 0x320) + SHARED(ULONG64, 0x8) + SHARED(ULONG64, 0x14);
        to = KeQueryPerformanceCounter(NULL);
        best = to.QuadPart - from.QuadPart < best ? to.QuadPart - from.QuadPart : best;
    }
    wkt_note("ns for three", (ULONG64)best / 10);
    CHECK(best < 3000); /* 300 ns each three */
}

/* Whoever learns the time from one side never finds the other one behind it. */
static void both_sides(void *context)
{
    LONG *wrong = context;
    ULONG64 last = 0, end = KeQueryInterruptTimePrecise(&turns) + 2500000;

    while (last < end) {
        ULONG64 page = SHARED(ULONG64, 0x8), call = 0, trapped, again = page;

        for (ULONG i = 0; i < 50; i++) {
            call = KeQueryUnbiasedInterruptTime();
            if (call < again || SHARED(ULONG64, 0x8) < call)
                InterlockedIncrement(wrong);
            again = SHARED(ULONG64, 0x8);
        }
        trapped = computed(0x8);
        again = SHARED(ULONG64, 0x8);
        if (page < last || trapped < call || again < trapped)
            InterlockedIncrement(wrong);
        if (KeQueryInterruptTimePrecise(&turns) < again || SHARED(ULONG64, 0x320) < again / KeQueryTimeIncrement())
            InterlockedIncrement(wrong);
        last = again;
    }
}

TEST_ROWS("EXE-056 EXE-176", the_page_and_the_exports_agree)
{
    struct wkt_thread *threads[3];
    LONG wrong = 0;

    for (ULONG i = 0; i < 3; i++)
        threads[i] = wkt_thread(both_sides, &wrong);
    for (ULONG i = 0; i < 3; i++)
        CHECK(wkt_join(threads[i]));
    CHECK_EQ(wrong, 0);
}

/* Read often enough that it is not served by traps. */
static ULONG64 read_hot(ULONG offset)
{
    for (ULONG i = 0; i < 64; i++)
        turns += SHARED(ULONG64, 0x8);
    return *(volatile ULONG64 *)(PAGE + offset);
}

static volatile LONG dpc_late;
static ULONG64 due;

static void NTAPI timer_dpc(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    (void)dpc, (void)context, (void)a, (void)b;
    dpc_late = SHARED(ULONG64, 0x8) >= due ? 1 : 2;
}

TEST(EXE_056, waits_and_timers_take_as_long_as_the_page_says)
{
    LARGE_INTEGER wait = {.QuadPart = -30000};
    ULONG64 system = read_hot(0x14);
    KTIMER timer;
    KDPC dpc;

    for (ULONG i = 0; i < 10; i++) {
        ULONG64 from = read_hot(0x8);

        KeDelayExecutionThread(KernelMode, FALSE, &wait);
        CHECK(SHARED(ULONG64, 0x8) >= from + 30000 - 5000);
    }
    CHECK(SHARED(ULONG64, 0x14) >= system + 250000);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, timer_dpc, NULL);
    for (ULONG i = 0; i < 5; i++) {
        dpc_late = 0;
        due = read_hot(0x8) + 30000 - 5000;
        KeSetTimer(&timer, wait, &dpc);
        CHECK_STATUS(wkt_wait(&timer, WKT_TIMEOUT_MS), STATUS_SUCCESS);
        KeFlushQueuedDpcs();
        CHECK_EQ(dpc_late, 1);
    }
}

/* It moves also while nothing else can run on the processor, and whatever was read before. */
TEST(EXE_056, the_page_moves_at_dispatch_level)
{
    volatile ULONG64 *interrupt = (volatile ULONG64 *)(PAGE + 8);
    ULONG64 end;
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    end = *interrupt + 3000000; /* past the time that the page stays open */
    while (*interrupt < end)
        YieldProcessor();
    KeLowerIrql(old);
    CHECK(*interrupt >= end);
}

/* Loads of every kind behind one constant, and the constants of each register. */
TEST(EXE_056, any_load_of_the_page)
{
    ULONG64 a = 0, b = 0, c = 0, d = 0, e = 0, f = 0;
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};
    UCHAR copy[0x400], vector[16];
    ULONG carry = 9;

    CHECK_STATUS(RtlGetVersion(&version), STATUS_SUCCESS);
    __asm__ volatile("movabs $0xFFFFF78000000000, %%rcx\n\tmovl 0x26C(%%rcx), %k0\n\t"
                     "movabs $0xFFFFF7800000026C, %%r9\n\tmovl (%%r9), %k1\n\t"
                     "movabs 0xFFFFF7800000026C, %%eax\n\tmov %%eax, %k2\n\t"
                     "movabs 0xFFFFF78000000268, %%rax\n\tshr $32, %%rax\n\tmov %%rax, %3\n\t"
                     "movabs $0xFFFFF78000000200, %%r15\n\tmov $0x6C, %%edx\n\tmovzwl (%%r15, %%rdx), %k4\n\t"
                     "movabs $0xFFFFF78000000000, %%r12\n\txor %k5, %k5\n\tadd 0x26C(%%r12), %k5"
                     : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d), "=&r"(e), "=&r"(f) : : "rax", "rcx", "rdx", "r9", "r12", "r15", "memory", "cc");
    CHECK_EQ(a, version.dwMajorVersion);
    CHECK_EQ(b, version.dwMajorVersion);
    CHECK_EQ(c, version.dwMajorVersion);
    CHECK_EQ(d, version.dwMajorVersion);
    CHECK_EQ(e, version.dwMajorVersion);
    CHECK_EQ(f, version.dwMajorVersion);
    __asm__ volatile("movabs $0xFFFFF78000000260, %%r8\n\tmovups (%%r8), %%xmm1\n\tmovups %%xmm1, (%1)\n\t"
                     "cmpl (%%r8), %2\n\tsbbl %0, %0"
                     : "=&r"(carry) : "r"(vector), "r"(version.dwBuildNumber - 1) : "r8", "xmm1", "memory", "cc");
    CHECK_EQ(*(ULONG *)vector, version.dwBuildNumber);
    CHECK_EQ(*(ULONG *)(vector + 12), version.dwMajorVersion);
    CHECK_EQ(carry, MAXULONG);
    /* the kernel reads it for the driver */
    RtlCopyMemory(copy, (void *)PAGE, sizeof(copy));
    CHECK_EQ(*(ULONG *)(copy + 0x260), version.dwBuildNumber);
    CHECK(!_wcsicmp((WCHAR *)(copy + 0x30), L"C:\\Windows"));
    CHECK_EQ(*(ULONG *)(copy + 0x260), (ULONG)computed(0x260));
    CHECK(MmIsAddressValid((PVOID)(PAGE + 0x320)));
}

static BOOLEAN copies(ULONG64 address)
{
    MM_COPY_ADDRESS from = {.VirtualAddress = (PVOID)address};
    SIZE_T moved = 0;
    ULONG build = 0;

    return NT_SUCCESS(MmCopyMemory(&build, from, sizeof(build), MM_COPY_MEMORY_VIRTUAL, &moved)) && moved == sizeof(build) && build == SHARED(ULONG, 0x260);
}

TEST(EXE_056, the_page_can_be_copied_when_nobody_reads_it)
{
    LARGE_INTEGER wait = {.QuadPart = -3000000};

    KeDelayExecutionThread(KernelMode, FALSE, &wait);
    CHECK(copies(PAGE + 0x260));
    CHECK(copies((computed_base << 12) + 0x260)); /* an address that the loader did not see */
}

/* Its bytes are in the code, but no instruction: it stays. */
TEST(EXE_056, other_bytes_stay)
{
    ULONG64 value = 0, number = 0;

    __asm__ volatile("movabs $0xF78000000320B848, %0\n\tcmp $-1, %%edi\n\tmovabs $0xFFFFF78000001000, %1" : "=&r"(value), "=&r"(number) : : "cc");
    CHECK_EQ(value, 0xF78000000320B848ull);
    CHECK_EQ(number, 0xFFFFF78000001000ull);
}

TEST_BUGCHECK(EXE_704, a_write_by_constant_to_the_shared_page, 0xBE)
{
    SHARED(ULONG64, 0x8) = 0;
}

TEST_BUGCHECK(EXE_704, a_write_to_the_shared_page, 0xBE)
{
    *(volatile ULONG *)((computed_base << 12) + 0x320) = 1;
}
