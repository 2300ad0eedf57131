/* setjmp and longjmp (EXE-095). */
#include <setjmp.h>
#include <stdlib.h>

#include "wkt.h"

static jmp_buf place;
static volatile LONG order;
static LONG seen[8];

static void note(LONG what)
{
    if (order < 8)
        seen[order++] = what;
}

static __declspec(noinline) void jump(int value)
{
    note(1);
    longjmp(place, value);
}

TEST(EXE_095, longjmp_comes_back_with_its_value)
{
    volatile ULONG turns = 0;
    int got = setjmp(place);

    switch (turns++) {
    case 0:
        CHECK_EQ(got, 0);
        jump(7);
        CHECK(FALSE);
        break;
    case 1:
        CHECK_EQ(got, 7);
        jump(0);
        CHECK(FALSE);
        break;
    case 2:
        CHECK_EQ(got, 1); /* never 0 */
        jump(-5);
        break;
    case 3:
        CHECK_EQ(got, -5);
        break;
    }
    CHECK_EQ(turns, 4);
    CHECK_EQ(order, 3);
}

static __declspec(noinline) void inner(void)
{
    __try {
        __try {
            jump(2);
        } __finally {
            note(AbnormalTermination() ? 2 : -2);
        }
    } __except (note(-9), EXCEPTION_EXECUTE_HANDLER) { /* a jump is no exception */
        note(-3);
    }
}

static __declspec(noinline) void middle(void)
{
    __try {
        inner();
        note(-4);
    } __finally {
        note(AbnormalTermination() ? 3 : -4);
    }
}

TEST(EXE_095, finally_blocks_run_on_the_way)
{
    int got = setjmp(place);

    if (!got) {
        middle();
        note(-5);
    }
    note(4);
    CHECK_EQ(got, 2);
    CHECK_EQ(order, 4);
    for (LONG i = 0; i < 4; i++)
        CHECK_EQ(seen[i], i + 1);
}

TEST(EXE_095, out_of_a_try_of_the_same_function)
{
    volatile LONG finals = 0;
    int got = setjmp(place);

    if (!got) {
        __try {
            jump(3);
        } __finally {
            finals++;
        }
    }
    CHECK_EQ(got, 3);
    CHECK_EQ(finals, 1);
}

static int __cdecl jumping_compare(const void *a, const void *b)
{
    (void)a, (void)b;
    jump(5);
    return 0;
}

/* Frames of the kernel lie between. */
TEST(EXE_095, out_of_a_callback)
{
    int numbers[4] = {4, 3, 2, 1};
    int got = setjmp(place);

    if (!got)
        qsort(numbers, 4, sizeof(int), jumping_compare);
    CHECK_EQ(got, 5);
    CHECK_EQ(order, 1);
}

static __declspec(noinline) void spoil_and_jump(void)
{
    __asm__ volatile("mov $-1, %%rbx\n\tmov %%rbx, %%r12\n\tmov %%rbx, %%r15\n\tmov %%rbx, %%rdi\n\tmov %%rbx, %%rsi\n\t"
                     "pcmpeqd %%xmm6, %%xmm6\n\tpcmpeqd %%xmm15, %%xmm15"
                     : : : "rbx", "r12", "r15", "rdi", "rsi", "xmm6", "xmm15");
    jump(6);
}

/* By hand, without a frame: no handlers run then. */
TEST(EXE_095, registers_are_those_of_the_setjmp)
{
    struct {
        ULONG64 rbx, r12, r15, rdi, xmm6, xmm15;
        PVOID set, go;
    } s = {.set = (PVOID)&_setjmp, .go = (PVOID)&spoil_and_jump};
    ULONG64 rax, rcx, rdx;

    __asm__ volatile("push %%rbp\n\tmov %%rsp, %%rbp\n\tand $-16, %%rsp\n\tsub $64, %%rsp\n\tmov %%rax, 48(%%rsp)\n\t"
                     "mov $0x11, %%rbx\n\tmov $0x22, %%r12\n\tmov $0x33, %%r15\n\tmov $0x44, %%rdi\n\tmovq %%rbx, %%xmm6\n\tmovq %%r12, %%xmm15\n\t"
                     "call *48(%%rax)\n\tmov 48(%%rsp), %%rcx\n\ttest %%eax, %%eax\n\tjnz 1f\n\tcall *56(%%rcx)\n\tint3\n"
                     "1:\tmov %%rbx, (%%rcx)\n\tmov %%r12, 8(%%rcx)\n\tmov %%r15, 16(%%rcx)\n\tmov %%rdi, 24(%%rcx)\n\t"
                     "movq %%xmm6, 32(%%rcx)\n\tmovq %%xmm15, 40(%%rcx)\n\tmov %%rbp, %%rsp\n\tpop %%rbp"
                     : "=a"(rax), "=c"(rcx), "=d"(rdx) : "0"(&s), "1"(place), "2"(0ull)
                     : "rbx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm15", "memory", "cc");
    CHECK_EQ(s.rbx, 0x11);
    CHECK_EQ(s.r12, 0x22);
    CHECK_EQ(s.r15, 0x33);
    CHECK_EQ(s.rdi, 0x44);
    CHECK_EQ(s.xmm6, 0x11);
    CHECK_EQ(s.xmm15, 0x22);
    CHECK_EQ(order, 1);
}

static __declspec(noinline) int set_and_return(void)
{
    return setjmp(place);
}

static __declspec(noinline) void deeper(volatile ULONG n)
{
    if (n)
        deeper(n - 1);
    else
        jump(1);
    note((LONG)n);
}

TEST_BUGCHECK(EXE_095, a_jump_without_a_place, 0x1E)
{
    if (!set_and_return()) {
        _JUMP_BUFFER *b = (_JUMP_BUFFER *)place;

        b->Rsp += 1 << 20;
        deeper(3);
    }
}
