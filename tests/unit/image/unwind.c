/* Unwinding through our own functions (EXE-085): a driver's non-volatile registers, XMM6-15 among them, come back out of the frames of
 * an ms_abi function that had to save them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "image/unwind.h"

static struct img_regs found;
static unsigned frames;
extern const char test_guest_return[];

static __attribute__((noinline)) void innermost(void)
{
    struct img_regs r;

    img_regs_here(&r);
    for (frames = 0; frames < 10 && r.rip != (uint64_t)(uintptr_t)test_guest_return; frames++)
        if (!img_unwind(&r, false, NULL))
            break;
    found = r;
    __asm__ volatile("" ::: "memory");
}

/* Clobbers what a System V function may; aligned locals make the compiler realign its stack (expressions in its frame information). */
static __attribute__((noinline)) void middle(unsigned n)
{
    volatile uint8_t aligned[64] __attribute__((aligned(64)));

    aligned[0] = (uint8_t)n;
    __asm__ volatile("pcmpeqd %%xmm6, %%xmm6\n\tpcmpeqd %%xmm9, %%xmm9\n\tpcmpeqd %%xmm15, %%xmm15\n\tmov $77, %%rsi\n\tmov $78, %%rdi" ::
                         : "xmm6", "xmm9", "xmm15", "rsi", "rdi");
    innermost();
    __asm__ volatile("" ::"r"(aligned) : "memory");
}

/* As a DDI. */
__attribute__((ms_abi, noinline, used)) uint64_t test_ddi(uint64_t n);
__attribute__((ms_abi, noinline, used)) uint64_t test_ddi(uint64_t n)
{
    middle((unsigned)n);
    __asm__ volatile("" ::: "memory");
    return n + 1;
}

/* As a driver that calls it. Gives its registers known values. */
void test_guest(void);
__asm__(".text\n.globl test_guest\n.type test_guest, @function\n"
        "test_guest:\n    .cfi_startproc\n"
        "    push %rbx\n    .cfi_adjust_cfa_offset 8\n    .cfi_rel_offset rbx, 0\n"
        "    push %rbp\n    .cfi_adjust_cfa_offset 8\n    .cfi_rel_offset rbp, 0\n"
        "    push %r12\n    .cfi_adjust_cfa_offset 8\n    .cfi_rel_offset r12, 0\n"
        "    push %r13\n    .cfi_adjust_cfa_offset 8\n    .cfi_rel_offset r13, 0\n"
        "    push %r14\n    .cfi_adjust_cfa_offset 8\n    .cfi_rel_offset r14, 0\n"
        "    push %r15\n    .cfi_adjust_cfa_offset 8\n    .cfi_rel_offset r15, 0\n"
        "    sub $40, %rsp\n    .cfi_adjust_cfa_offset 40\n"
        "    mov $0x103, %ebx\n    mov $0x105, %ebp\n    mov $0x106, %esi\n    mov $0x107, %edi\n"
        "    mov $0x10c, %r12d\n    mov $0x10d, %r13d\n    mov $0x10e, %r14d\n    mov $0x10f, %r15d\n"
        "    mov $0x206, %eax\n    movd %eax, %xmm6\n    mov $0x209, %eax\n    movd %eax, %xmm9\n    mov $0x20f, %eax\n    movd %eax, %xmm15\n"
        "    mov $5, %ecx\n"
        "    call test_ddi\n"
        ".globl test_guest_return\ntest_guest_return:\n"
        "    add $40, %rsp\n    .cfi_adjust_cfa_offset -40\n"
        "    pop %r15\n    .cfi_adjust_cfa_offset -8\n    .cfi_restore r15\n"
        "    pop %r14\n    .cfi_adjust_cfa_offset -8\n    .cfi_restore r14\n"
        "    pop %r13\n    .cfi_adjust_cfa_offset -8\n    .cfi_restore r13\n"
        "    pop %r12\n    .cfi_adjust_cfa_offset -8\n    .cfi_restore r12\n"
        "    pop %rbp\n    .cfi_adjust_cfa_offset -8\n    .cfi_restore rbp\n"
        "    pop %rbx\n    .cfi_adjust_cfa_offset -8\n    .cfi_restore rbx\n"
        "    ret\n    .cfi_endproc\n.size test_guest, .-test_guest\n");

static void EXE_085_host_frames_give_back_all_nonvolatile_registers(void **state)
{
    static const struct {
        unsigned reg;
        uint64_t value;
    } expected[] = {{IMG_RBX, 0x103}, {IMG_RBP, 0x105}, {IMG_RSI, 0x106}, {IMG_RDI, 0x107}, {12, 0x10C}, {13, 0x10D}, {14, 0x10E}, {15, 0x10F}};
    uint32_t xmm;

    test_guest();
    assert_int_equal(found.rip, (uintptr_t)test_guest_return);
    assert_true(frames >= 3);
    for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        assert_int_equal(found.gpr[expected[i].reg], expected[i].value);
    memcpy(&xmm, found.xmm[6], 4);
    assert_int_equal(xmm, 0x206);
    memcpy(&xmm, found.xmm[9], 4);
    assert_int_equal(xmm, 0x209);
    memcpy(&xmm, found.xmm[15], 4);
    assert_int_equal(xmm, 0x20F);
}

static void EXE_091_walk_ends_at_the_thread(void **state)
{
    struct img_regs r;
    unsigned n = 0;

    img_regs_here(&r);
    while (n < 1000 && img_unwind(&r, false, NULL) && r.rip)
        n++;
    assert_true(n > 2 && n < 200);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(EXE_085_host_frames_give_back_all_nonvolatile_registers),
        cmocka_unit_test(EXE_091_walk_ends_at_the_thread),
    };

    return cmocka_run_group_tests_name("image/unwind", tests, NULL, NULL);
}
