/* What driver code sees of the processor without calling the kernel (EXE-050, EXE-053 .. EXE-055, EXE-066). */
#include "wkt.h"

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

TEST(EXE_066, frames_of_more_than_a_page)
{
    volatile UCHAR frame[12000];

    frame[0] = 1;
    frame[11999] = 2;
    CHECK_EQ(frame[0] + frame[11999], 3);
}

/* ---- EXE-051: LLP64 ---- */
enum small_enum { SMALL_ENUM_VALUE };
struct packed_8 {
    char c;
    LONG64 wide;
};
struct bits {
    UCHAR a : 4;
    ULONG b : 4; /* another type begins another unit */
};

TEST(EXE_051, data_model)
{
    CHECK_EQ(sizeof(long), 4);
    CHECK_EQ(sizeof(LONG), 4);
    CHECK_EQ(sizeof(BOOLEAN), 1);
    CHECK_EQ(sizeof(void *), 8);
    CHECK_EQ(sizeof(WCHAR), 2);
    CHECK((WCHAR)-1 > 0);
    CHECK_EQ(sizeof(L"ab"), 6);
    CHECK_EQ(sizeof(enum small_enum), 4);
    CHECK_EQ(sizeof(long double), 8);
    CHECK_EQ(FIELD_OFFSET(struct packed_8, wide), 8);
    CHECK_EQ(sizeof(struct bits), 8);
}

/* ---- EXE-067 ---- */
TEST(EXE_067, intrinsics)
{
    ULONG index = 99;
    ULONG64 high = 0;
    volatile double d = 1.5; /* _fltused */

    CHECK(_BitScanForward(&index, 0x50) && index == 4);
    CHECK(_BitScanReverse(&index, 0x50) && index == 6);
    CHECK(!_BitScanForward(&index, 0));
    CHECK_EQ(_umul128(1ull << 63, 4, &high), 0);
    CHECK_EQ(high, 2);
    CHECK_EQ(_rotl(0x80000001u, 1), 3);
    CHECK_EQ(_byteswap_ulong(0x01020304), 0x04030201);
    CHECK(_ReturnAddress() != NULL);
    CHECK_EQ(__readeflags() & 0x200, 0x200);
    CHECK_EQ((LONG)(d * 2), 3);
}

/* ---- EXE-068, EXE-069 ---- */
static volatile LONG shared_count;
static volatile LONG64 shared_wide;

static void add_many(void *unused)
{
    (void)unused;
    for (ULONG i = 0; i < 20000; i++) {
        InterlockedIncrement(&shared_count);
        InterlockedExchangeAdd64(&shared_wide, 3);
    }
}

TEST(EXE_068, interlocked_operations)
{
    volatile LONG v = 5;
    volatile LONG64 w = 1ll << 40;
    PVOID volatile p = NULL;
    __declspec(align(16)) LONG64 pair[2] = {1, 2};
    LONG64 expected[2] = {1, 2};
    struct wkt_thread *threads[3];

    CHECK_EQ(InterlockedIncrement(&v), 6);
    CHECK_EQ(InterlockedDecrement(&v), 5);
    CHECK_EQ(InterlockedExchange(&v, 9), 5);
    CHECK_EQ(InterlockedExchangeAdd(&v, 1), 9);
    CHECK_EQ(InterlockedCompareExchange(&v, 1, 10), 10);
    CHECK_EQ(InterlockedCompareExchange(&v, 2, 10), 1);
    CHECK_EQ(InterlockedOr(&v, 6), 1);
    CHECK_EQ(InterlockedAnd(&v, 3), 7);
    CHECK_EQ(InterlockedXor(&v, 1), 3);
    CHECK_EQ(v, 2);
    CHECK_EQ(InterlockedIncrement64(&w), (1ll << 40) + 1);
    CHECK_EQ(InterlockedCompareExchange64(&w, 7, (1ll << 40) + 1), (1ll << 40) + 1);
    CHECK_EQ(w, 7);
    CHECK_EQ(InterlockedExchangePointer(&p, (PVOID)&v), NULL);
    CHECK_EQ(InterlockedCompareExchangePointer(&p, NULL, (PVOID)&v), (PVOID)&v);
    CHECK(InterlockedCompareExchange128(pair, 4, 3, expected));
    CHECK_EQ(pair[0], 3);
    CHECK(!InterlockedCompareExchange128(pair, 6, 5, expected));
    CHECK_EQ(expected[1], 4);
    for (ULONG i = 0; i < 3; i++)
        threads[i] = wkt_thread(add_many, NULL);
    for (ULONG i = 0; i < 3; i++)
        CHECK(wkt_join(threads[i]));
    CHECK_EQ(shared_count, 60000);
    CHECK_EQ(shared_wide, 180000);
}

static volatile UINT32 flag, payload;

static void publish(void *unused)
{
    (void)unused;
    for (ULONG i = 1; i <= 5000; i++) {
        payload = i;
        WriteUInt32Release(&flag, i);
        while (ReadUInt32Acquire(&flag) == i)
            YieldProcessor();
    }
}

TEST(EXE_069, release_is_seen_with_what_came_before_it)
{
    struct wkt_thread *thread = wkt_thread(publish, NULL);
    ULONG wrong = 0;

    for (ULONG i = 1; i <= 5000; i++) {
        while (ReadUInt32Acquire(&flag) != i)
            YieldProcessor();
        wrong += payload != i;
        KeMemoryBarrier();
        WriteUInt32NoFence(&flag, 0);
    }
    CHECK(wkt_join(thread));
    CHECK_EQ(wrong, 0);
}

/* ---- EXE-072 ---- */
TEST(EXE_072, interlocked_lists)
{
    LIST_ENTRY head, entries[2];
    LARGE_INTEGER sum;
    KSPIN_LOCK lock;
    ULONG number = 5;
    KIRQL old;

    KeInitializeSpinLock(&lock);
    InitializeListHead(&head);
    CHECK_EQ(ExInterlockedRemoveHeadList(&head, &lock), NULL);
    CHECK_EQ(ExInterlockedInsertTailList(&head, &entries[0], &lock), NULL);
    CHECK_EQ(ExInterlockedInsertTailList(&head, &entries[1], &lock), &entries[0]);
    KeRaiseIrql(HIGH_LEVEL, &old);
    CHECK_EQ(ExInterlockedRemoveHeadList(&head, &lock), &entries[0]);
    CHECK_EQ(ExInterlockedInsertHeadList(&head, &entries[0], &lock), &entries[1]);
    KeLowerIrql(old);
    CHECK_EQ(ExInterlockedRemoveHeadList(&head, &lock), &entries[0]);
    CHECK_EQ(ExInterlockedAddUlong(&number, 3, &lock), 5);
    CHECK_EQ(number, 8);
    sum.QuadPart = 1;
    CHECK_EQ(ExInterlockedAddLargeInteger(&sum, (LARGE_INTEGER){.QuadPart = 1ll << 33}, &lock).QuadPart, 1);
    CHECK_EQ(sum.QuadPart, (1ll << 33) + 1);
    CHECK_EQ(KeTestSpinLock(&lock), TRUE);
}

/* ---- EXE-073: faults that Linux reports alike are told apart ---- */
#define CODE_OF_ASM(text)                                                                                              \
    __try {                                                                                                            \
        __asm__ volatile(text ::: "rax", "memory");                                                                    \
    } __except (code = GetExceptionCode(), EXCEPTION_EXECUTE_HANDLER) {                                                \
    }

TEST(EXE_073, general_protection_is_decoded)
{
    NTSTATUS code = 0;

    CODE_OF_ASM("hlt");
    CHECK_STATUS(code, STATUS_PRIVILEGED_INSTRUCTION);
    CODE_OF_ASM("mov $0x8000000000000000, %%rax\n\tmov (%%rax), %%rax");
    CHECK_STATUS(code, STATUS_ACCESS_VIOLATION);
    CODE_OF_ASM("int $0x2c");
    CHECK_STATUS(code, STATUS_ASSERTION_FAILURE);
    CODE_OF_ASM("xor %%eax, %%eax\n\tmov (%%rax), %%rax");
    CHECK_STATUS(code, STATUS_ACCESS_VIOLATION);
    code = 0;
    CODE_OF_ASM("mov %%cr8, %%rax");
    CHECK_STATUS(code, 0);
}
