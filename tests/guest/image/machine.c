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
