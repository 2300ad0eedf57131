/* What driver code sees of the processor without calling the kernel (EXE-050, EXE-053 .. EXE-056, EXE-060, EXE-066). */
#include "wkt.h"

#define SHARED(type, offset) (*(volatile type *)(0xFFFFF78000000000ull + (offset)))

TEST(EXE_050, nonvolatile_registers_survive_a_call)
{
    ULONG64 rsi = 0, rdi = 0, xmm6 = 0, xmm15 = 0;
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    __asm__ volatile("push %%rbp\n\tmov %%rsp, %%rbp\n\tand $-16, %%rsp\n\tsub $48, %%rsp\n\t"
                     "mov $0x1111, %%rsi\n\tmov $0x2222, %%rdi\n\tmovq %%rsi, %%xmm6\n\tmovq %%rdi, %%xmm15\n\t"
                     "call *%%rax\n\t"
                     "mov %%rbp, %%rsp\n\tpop %%rbp\n\tmovq %%xmm6, %%rcx\n\tmovq %%xmm15, %%rdx"
                     : "=S"(rsi), "=D"(rdi), "=c"(xmm6), "=d"(xmm15)
                     : "a"(&KeSetEvent), "c"(&event), "d"(0ull)
                     : "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm15", "memory", "cc");
    CHECK_EQ(rsi, 0x1111);
    CHECK_EQ(rdi, 0x2222);
    CHECK_EQ(xmm6, 0x1111);
    CHECK_EQ(xmm15, 0x2222);
    CHECK_EQ(KeReadStateEvent(&event), 1);
}

TEST(EXE_050, stack_and_control_bits_at_entry)
{
    ULONG64 flags = __readeflags();

    CHECK_EQ(((ULONG_PTR)_AddressOfReturnAddress() + 8) & 15, 0);
    CHECK((flags & 0x400) == 0);
}

TEST(EXE_063, mxcsr_at_entry)
{
    ULONG mxcsr = 0;

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    CHECK_EQ(mxcsr & 0xFFC0u, 0x1F80);
}

TEST(EXE_053, gs_points_at_the_processor)
{
    CHECK_EQ(__readgsqword(0x18), (ULONG_PTR)KeGetPcr());
    CHECK_EQ(__readgsqword(0x188), (ULONG_PTR)KeGetCurrentThread());
    CHECK_EQ(__readgsdword(0x1A4), KeGetCurrentProcessorNumberEx(NULL));
}

TEST(EXE_054, user_rsp_is_zero)
{
    CHECK_EQ(__readgsqword(0x10), 0);
}

TEST(EXE_055, cr8_is_the_irql)
{
    KIRQL irql;

    CHECK_EQ(__readcr8(), PASSIVE_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_EQ(__readcr8(), DISPATCH_LEVEL);
    KeLowerIrql(irql);
    __writecr8(DISPATCH_LEVEL);
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    __writecr8(PASSIVE_LEVEL);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static volatile LONG dpc_ran;

static void NTAPI count_dpc(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    (void)dpc, (void)context, (void)a, (void)b;
    dpc_ran++;
}

TEST(EXE_055, lowering_cr8_delivers_dpcs)
{
    static KDPC dpc;

    dpc_ran = 0;
    KeInitializeDpc(&dpc, count_dpc, NULL);
    __writecr8(DISPATCH_LEVEL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    CHECK_EQ(dpc_ran, 0);
    __writecr8(PASSIVE_LEVEL);
    CHECK_EQ(dpc_ran, 1);
}

/* Each with another instruction behind it, and one behind the other: how code goes on decides how it is patched. */
TEST(EXE_055, cr8_in_any_register)
{
    ULONG64 a = 99, b = 99, c = 99, d = 99;
    KIRQL irql;

    KeRaiseIrql(APC_LEVEL, &irql);
    __asm__ volatile("mov %%cr8, %%rax\n\tmov %%cr8, %%r9\n\tcmp $1, %%al\n\tmov %%rax, %0\n\tmov %%r9, %1\n\t"
                     "mov %%cr8, %%r15\n\tpush %%r15\n\tpop %2\n\tmov %%cr8, %%rbp\n\t.byte 0x90\n\tmov %%rbp, %3"
                     : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d) : : "rax", "r9", "r15", "rbp", "memory", "cc");
    KeLowerIrql(irql);
    CHECK_EQ(a, APC_LEVEL);
    CHECK_EQ(b, APC_LEVEL);
    CHECK_EQ(c, APC_LEVEL);
    CHECK_EQ(d, APC_LEVEL);
}

static void NTAPI spoil_dpc(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    (void)dpc, (void)a, (void)b;
    __asm__ volatile("mov $-1, %%rax\n\tmov %%rax, %%rcx\n\tmov %%rax, %%rdx\n\tmov %%rax, %%r8\n\tmov %%rax, %%r9\n\t"
                     "mov %%rax, %%r10\n\tmov %%rax, %%r11\n\tmovq %%rax, %%xmm0\n\tmovq %%rax, %%xmm5"
                     : : : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "xmm0", "xmm5");
    ++*(LONG *)context;
}

/* To the compiler it is no call: what it keeps in registers survives, whatever ran in between. */
TEST_ROWS("EXE-055 EXE-063", writing_cr8_keeps_every_register)
{
    static KDPC dpc;
    ULONG64 out[6] = {0}, xmm[2] = {0};
    LONG ran = 0;

    KeInitializeDpc(&dpc, spoil_dpc, &ran);
    __writecr8(DISPATCH_LEVEL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    __asm__ volatile("mov $0x11, %%rax\n\tmov $0x22, %%rcx\n\tmov $0x33, %%rdx\n\tmov $0x44, %%r8\n\tmov $0x55, %%r10\n\t"
                     "mov $0x66, %%r11\n\tmovq %%rax, %%xmm0\n\tmovq %%rcx, %%xmm5\n\txor %%r9d, %%r9d\n\tmov %%r9, %%cr8\n\t"
                     "mov %%rax, (%%rsi)\n\tmov %%rcx, 8(%%rsi)\n\tmov %%rdx, 16(%%rsi)\n\tmov %%r8, 24(%%rsi)\n\t"
                     "mov %%r10, 32(%%rsi)\n\tmov %%r11, 40(%%rsi)\n\tmovq %%xmm0, (%%rdi)\n\tmovq %%xmm5, 8(%%rdi)"
                     : : "S"(out), "D"(xmm) : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "xmm0", "xmm5", "memory", "cc");
    CHECK_EQ(ran, 1);
    for (ULONG i = 0; i < 6; i++)
        CHECK_EQ(out[i], 0x11 * (i + 1));
    CHECK_EQ(xmm[0], 0x11);
    CHECK_EQ(xmm[1], 0x22);
}

/* A trap costs microseconds, a patched read and write nanoseconds (bench/nt/ddi has the numbers). */
TEST(EXE_055, cr8_does_not_trap)
{
    LONGLONG best = MAXLONGLONG;

    for (ULONG turn = 0; turn < 20; turn++) {
        LARGE_INTEGER from = KeQueryPerformanceCounter(NULL), to;

        for (ULONG i = 0; i < 1000; i++) {
            __writecr8(DISPATCH_LEVEL);
            dpc_ran += (LONG)__readcr8();
            __writecr8(PASSIVE_LEVEL);
        }
        to = KeQueryPerformanceCounter(NULL);
        best = to.QuadPart - from.QuadPart < best ? to.QuadPart - from.QuadPart : best;
    }
    wkt_note("ns for each", (ULONG64)best / 10);
    CHECK(best < 10000); /* 1 us each */
}

static void NTAPI faulting_dpc(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    (void)dpc, (void)context, (void)a, (void)b;
    *(volatile ULONG *)0x1000 = 1;
}

TEST_BUGCHECK(EXE_055, a_dpc_that_cr8_delivers_may_fault, 0xD1)
{
    static KDPC dpc;

    KeInitializeDpc(&dpc, faulting_dpc, NULL);
    __writecr8(DISPATCH_LEVEL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    __writecr8(PASSIVE_LEVEL);
}

static __declspec(noinline) ULONG64 use_up(ULONG64 n)
{
    volatile ULONG64 keep = n;

    __writecr8(PASSIVE_LEVEL);
    return n == ~0ull ? keep : use_up(n + 1) + keep;
}

TEST_BUGCHECK(EXE_055, the_stack_ends_in_a_write_of_cr8, 0x7F)
{
    use_up(0);
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
}

TODO_TEST(EXE_060, interrupts_off_and_on, "cli and sti raise STATUS_PRIVILEGED_INSTRUCTION: the scheduler has no interrupt flag")
{
    _disable();
    _enable();
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

TEST(EXE_066, frames_of_more_than_a_page)
{
    volatile UCHAR frame[12000];

    frame[0] = 1;
    frame[11999] = 2;
    CHECK_EQ(frame[0] + frame[11999], 3);
}
