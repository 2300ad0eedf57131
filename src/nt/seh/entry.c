/* The assembly of exception dispatching: taking a whole context, calling handlers so that an unwinder can see it, going on.
 *
 * A frame that holds a CONTEXT at its stack pointer describes it in call frame information as a signal frame: unwinding out of it
 * gives all registers of the CONTEXT back, so that dispatching, RtlUnwindEx, reports and gdb need no special case. */
#include "seh_private.h"


/* Offsets in CONTEXT (EXE-L39). */
#define CFI_CONTEXT                                                                                                    \
    "    .cfi_signal_frame\n"                                                                                          \
    "    .cfi_def_cfa rsp, 0\n"                                                                                        \
    "    .cfi_offset 0, 0x78\n    .cfi_offset 2, 0x80\n    .cfi_offset 1, 0x88\n    .cfi_offset 3, 0x90\n"              \
    "    .cfi_offset 7, 0x98\n    .cfi_offset 6, 0xA0\n    .cfi_offset 4, 0xA8\n    .cfi_offset 5, 0xB0\n"              \
    "    .cfi_offset 8, 0xB8\n    .cfi_offset 9, 0xC0\n    .cfi_offset 10, 0xC8\n    .cfi_offset 11, 0xD0\n"            \
    "    .cfi_offset 12, 0xD8\n    .cfi_offset 13, 0xE0\n    .cfi_offset 14, 0xE8\n    .cfi_offset 15, 0xF0\n"          \
    "    .cfi_offset 16, 0xF8\n"                                                                                       \
    "    .cfi_offset 17, 0x1A0\n    .cfi_offset 18, 0x1B0\n    .cfi_offset 19, 0x1C0\n    .cfi_offset 20, 0x1D0\n"      \
    "    .cfi_offset 21, 0x1E0\n    .cfi_offset 22, 0x1F0\n    .cfi_offset 23, 0x200\n    .cfi_offset 24, 0x210\n"      \
    "    .cfi_offset 25, 0x220\n    .cfi_offset 26, 0x230\n    .cfi_offset 27, 0x240\n    .cfi_offset 28, 0x250\n"      \
    "    .cfi_offset 29, 0x260\n    .cfi_offset 30, 0x270\n    .cfi_offset 31, 0x280\n    .cfi_offset 32, 0x290\n"

/* Saves the caller's registers into the CONTEXT at `base`; rax is saved first and then used. The caller's rip is at `ret`(%rsp). */
#define SAVE_CONTEXT(base, ret)                                                                                        \
    "    mov %rax, 0x78(" base ")\n    mov %rcx, 0x80(" base ")\n    mov %rdx, 0x88(" base ")\n    mov %rbx, 0x90(" base ")\n" \
    "    mov %rbp, 0xA0(" base ")\n    mov %rsi, 0xA8(" base ")\n    mov %rdi, 0xB0(" base ")\n"                        \
    "    mov %r8, 0xB8(" base ")\n    mov %r9, 0xC0(" base ")\n    mov %r10, 0xC8(" base ")\n    mov %r11, 0xD0(" base ")\n" \
    "    mov %r12, 0xD8(" base ")\n    mov %r13, 0xE0(" base ")\n    mov %r14, 0xE8(" base ")\n    mov %r15, 0xF0(" base ")\n" \
    "    lea " ret "+8(%rsp), %rax\n    mov %rax, 0x98(" base ")\n"                                                     \
    "    mov " ret "(%rsp), %rax\n    mov %rax, 0xF8(" base ")\n"                                                       \
    "    pushfq\n    pop %rax\n    mov %eax, 0x44(" base ")\n"                                                          \
    "    movl $0x10000F, 0x30(" base ")\n"                                                                              \
    "    stmxcsr 0x34(" base ")\n    stmxcsr 0x118(" base ")\n"                                                         \
    "    movw $0x10, 0x38(" base ")\n    movw $0x18, 0x42(" base ")\n"                                                  \
    "    movaps %xmm0, 0x1A0(" base ")\n    movaps %xmm1, 0x1B0(" base ")\n    movaps %xmm2, 0x1C0(" base ")\n"          \
    "    movaps %xmm3, 0x1D0(" base ")\n    movaps %xmm4, 0x1E0(" base ")\n    movaps %xmm5, 0x1F0(" base ")\n"          \
    "    movaps %xmm6, 0x200(" base ")\n    movaps %xmm7, 0x210(" base ")\n    movaps %xmm8, 0x220(" base ")\n"          \
    "    movaps %xmm9, 0x230(" base ")\n    movaps %xmm10, 0x240(" base ")\n    movaps %xmm11, 0x250(" base ")\n"        \
    "    movaps %xmm12, 0x260(" base ")\n    movaps %xmm13, 0x270(" base ")\n    movaps %xmm14, 0x280(" base ")\n"       \
    "    movaps %xmm15, 0x290(" base ")\n    mov 0x78(" base "), %rax\n"

/* A function that takes its caller's context and hands it to C as (rdi = context, rsi.. = its own ms_abi arguments); the stack is aligned on
 * entry as after any call, so CONTEXT at rsp is aligned with a frame of 0x4D8. */
/* Volatile to the System V functions that are called from here, non-volatile to the driver (EXE-085): an unwind out of them finds these
 * registers in the CONTEXT at rsp. */
#define CFI_DRIVER_REGISTERS                                                                                           \
    "    .cfi_rel_offset 4, 0xA8\n    .cfi_rel_offset 5, 0xB0\n"                                                      \
    "    .cfi_rel_offset 23, 0x200\n    .cfi_rel_offset 24, 0x210\n    .cfi_rel_offset 25, 0x220\n"                   \
    "    .cfi_rel_offset 26, 0x230\n    .cfi_rel_offset 27, 0x240\n    .cfi_rel_offset 28, 0x250\n"                   \
    "    .cfi_rel_offset 29, 0x260\n    .cfi_rel_offset 30, 0x270\n    .cfi_rel_offset 31, 0x280\n    .cfi_rel_offset 32, 0x290\n"

#define ENTER(name, body)                                                                                              \
    ".globl " name "\n.type " name ", @function\n" name ":\n"                                                          \
    "    .cfi_startproc\n"                                                                                             \
    "    sub $0x4D8, %rsp\n    .cfi_adjust_cfa_offset 0x4D8\n"                                                          \
    SAVE_CONTEXT("%rsp", "0x4D8")                                                                                      \
    CFI_DRIVER_REGISTERS                                                                                               \
    "    mov %rcx, %rax\n    mov %r8, %rcx\n    mov %r9, %r8\n    mov %rax, %rsi\n    mov %rsp, %rdi\n"                 \
    body                                                                                                               \
    "    ud2\n    .cfi_endproc\n.size " name ", .-" name "\n"

/* rdi = context, rsi = rcx, rdx, rcx = r8, r8 = r9 */
__asm__(".text\n"
        ENTER("ExRaiseStatus", "    call seh_raise_at\n")
        ENTER("RtlRaiseStatus", "    call seh_raise_at\n")
        ENTER("ExRaiseAccessViolation", "    mov $0xC0000005, %esi\n    call seh_raise_at\n")
        ENTER("ExRaiseDatatypeMisalignment", "    mov $0x80000002, %esi\n    call seh_raise_at\n")
        ENTER("RtlRaiseException", "    call seh_raise_record_at\n")
        /* rdi = context, rsi = frame, rdx = ip, rcx = record, r8 = result; r9 = the caller's context argument, the stack one last */
        ENTER("RtlUnwindEx", "    mov 0x4D8+0x28(%rsp), %r9\n    call seh_unwind_at\n")
        ENTER("RtlUnwind", "    xor %r9d, %r9d\n    call seh_unwind_at\n")
        ENTER("rtl_crt_longjmp", "    call seh_jump_at\n")
        ENTER("_local_unwind", "    xor %ecx, %ecx\n    xor %r8d, %r8d\n    xor %r9d, %r9d\n    call seh_unwind_at\n"));

/* SysV: the same for our own code. */
__asm__(".text\n"
        ".globl seh_raise\n.type seh_raise, @function\nseh_raise:\n    .cfi_startproc\n"
        "    sub $0x4D8, %rsp\n    .cfi_adjust_cfa_offset 0x4D8\n"
        SAVE_CONTEXT("%rsp", "0x4D8")
        "    mov %edi, %esi\n    mov %rsp, %rdi\n    call seh_raise_at\n    ud2\n"
        "    .cfi_endproc\n.size seh_raise, .-seh_raise\n"
        ".globl seh_raise_access_violation\n.type seh_raise_access_violation, @function\nseh_raise_access_violation:\n    .cfi_startproc\n"
        "    sub $0x4D8, %rsp\n    .cfi_adjust_cfa_offset 0x4D8\n"
        SAVE_CONTEXT("%rsp", "0x4D8")
        "    mov %rsi, %rdx\n    movzbl %dil, %esi\n    mov %rsp, %rdi\n    call seh_raise_access_violation_at\n    ud2\n"
        "    .cfi_endproc\n.size seh_raise_access_violation, .-seh_raise_access_violation\n");

/* RtlCaptureContext(rcx): the caller's registers as they are after it returns. */
__asm__(".text\n"
        ".globl RtlCaptureContext\n.type RtlCaptureContext, @function\nRtlCaptureContext:\n    .cfi_startproc\n"
        SAVE_CONTEXT("%rcx", "0")
        "    ret\n    .cfi_endproc\n.size RtlCaptureContext, .-RtlCaptureContext\n");

/* EXE-066: touches each page from rsp down to rsp - rax; keeps all registers but r10 and r11. A limit of the stack is not read from
 * anywhere: the guard page below it says so. */
__asm__(".text\n"
        ".globl __chkstk\n.type __chkstk, @function\n__chkstk:\n    .cfi_startproc\n"
        "    lea 8(%rsp), %r10\n    mov %r10, %r11\n    sub %rax, %r11\n    jae 1f\n    xor %r11d, %r11d\n"
        "1:  and $-4096, %r10\n    and $-4096, %r11\n"
        "2:  cmp %r11, %r10\n    jbe 3f\n    sub $4096, %r10\n    testb $0, (%r10)\n    jmp 2b\n"
        "3:  ret\n    .cfi_endproc\n.size __chkstk, .-__chkstk\n");

#define CALL_HANDLER(name, label)                                                                                      \
    ".globl " name "\n.type " name ", @function\n" name ":\n    .cfi_startproc\n"                                      \
    "    sub $0x38, %rsp\n    .cfi_adjust_cfa_offset 0x38\n"                                                           \
    "    mov %r9, 0x28(%rsp)\n"                                                                                        \
    "    mov 0x60(%rsp), %rax\n"                                                                                       \
    "    call *%rax\n"                                                                                                 \
    ".globl " label "\n" label ":\n"                                                                                   \
    "    add $0x38, %rsp\n    .cfi_adjust_cfa_offset -0x38\n"                                                          \
    "    ret\n    .cfi_endproc\n.size " name ", .-" name "\n"

__asm__(".text\n"
        CALL_HANDLER("seh_call_exception", "seh_call_exception_label")
        CALL_HANDLER("seh_call_unwind", "seh_call_unwind_label"));

/* rsp = CONTEXT (0x4D0 bytes, aligned), then the record. */
__asm__(".text\n"
        ".globl seh_fault_entry\n.type seh_fault_entry, @function\nseh_fault_entry:\n    .cfi_startproc simple\n"
        CFI_CONTEXT
        "    cld\n"
        "    lea 0x4D0(%rsp), %rdi\n    mov %rsp, %rsi\n"
        "    call seh_dispatch\n"
        "    mov %rsp, %rdi\n"
        "    call seh_restore\n"
        "    ud2\n    .cfi_endproc\n.size seh_fault_entry, .-seh_fault_entry\n"
        ".globl seh_serve_entry\n.type seh_serve_entry, @function\nseh_serve_entry:\n    .cfi_startproc simple\n"
        CFI_CONTEXT
        "    cld\n"
        "    mov %rsp, %rdi\n"
        "    call seh_serve\n"
        "    mov %rsp, %rdi\n"
        "    call seh_restore\n"
        "    ud2\n    .cfi_endproc\n.size seh_serve_entry, .-seh_serve_entry\n"
        /* rdi = context, rsi = struct seh_stop; on a stack of its own */
        ".globl seh_stop_entry\n.type seh_stop_entry, @function\nseh_stop_entry:\n    .cfi_startproc\n    .cfi_undefined rip\n"
        "    cld\n    call seh_stop_now\n    ud2\n    .cfi_endproc\n.size seh_stop_entry, .-seh_stop_entry\n"
        /* iretq takes rip, rflags and rsp at once, also in user mode. */
        ".globl seh_restore\n.type seh_restore, @function\nseh_restore:\n    .cfi_startproc\n    .cfi_undefined rip\n"
        "    ldmxcsr 0x34(%rdi)\n"
        "    movaps 0x1A0(%rdi), %xmm0\n    movaps 0x1B0(%rdi), %xmm1\n    movaps 0x1C0(%rdi), %xmm2\n"
        "    movaps 0x1D0(%rdi), %xmm3\n    movaps 0x1E0(%rdi), %xmm4\n    movaps 0x1F0(%rdi), %xmm5\n"
        "    movaps 0x200(%rdi), %xmm6\n    movaps 0x210(%rdi), %xmm7\n    movaps 0x220(%rdi), %xmm8\n"
        "    movaps 0x230(%rdi), %xmm9\n    movaps 0x240(%rdi), %xmm10\n    movaps 0x250(%rdi), %xmm11\n"
        "    movaps 0x260(%rdi), %xmm12\n    movaps 0x270(%rdi), %xmm13\n    movaps 0x280(%rdi), %xmm14\n"
        "    movaps 0x290(%rdi), %xmm15\n"
        "    sub $0x30, %rsp\n"
        "    mov 0xF8(%rdi), %rax\n    mov %rax, (%rsp)\n"
        "    mov %cs, %eax\n    mov %rax, 8(%rsp)\n"
        "    mov 0x44(%rdi), %eax\n    mov %rax, 0x10(%rsp)\n"
        "    mov 0x98(%rdi), %rax\n    mov %rax, 0x18(%rsp)\n"
        "    mov %ss, %eax\n    mov %rax, 0x20(%rsp)\n"
        "    mov 0x78(%rdi), %rax\n    mov 0x80(%rdi), %rcx\n    mov 0x88(%rdi), %rdx\n    mov 0x90(%rdi), %rbx\n"
        "    mov 0xA0(%rdi), %rbp\n    mov 0xA8(%rdi), %rsi\n"
        "    mov 0xB8(%rdi), %r8\n    mov 0xC0(%rdi), %r9\n    mov 0xC8(%rdi), %r10\n    mov 0xD0(%rdi), %r11\n"
        "    mov 0xD8(%rdi), %r12\n    mov 0xE0(%rdi), %r13\n    mov 0xE8(%rdi), %r14\n    mov 0xF0(%rdi), %r15\n"
        "    mov 0xB0(%rdi), %rdi\n"
        "    iretq\n"
        "    .cfi_endproc\n.size seh_restore, .-seh_restore\n");

/* EXE-055. On entry the value at rsp, the return address into the driver above it, the stack aligned in no way. The call frame information says
 * that the driver has called; the driver itself does not know, so all volatile registers live on. */
__attribute__((used)) VOID NTAPI seh_cr8_set(ULONG64 value)
{
    seh_hooks.set_irql((KIRQL)(value & 15));
}

__asm__(".text\n"
        ".globl seh_cr8_write\n.type seh_cr8_write, @function\nseh_cr8_write:\n    .cfi_startproc\n    .cfi_def_cfa rsp, 16\n"
        "    push %rbp\n    .cfi_def_cfa_offset 24\n    .cfi_offset rbp, -24\n"
        "    mov %rsp, %rbp\n    .cfi_def_cfa_register rbp\n"
        "    push %rax\n    push %rcx\n    push %rdx\n    push %r8\n    push %r9\n    push %r10\n    push %r11\n"
        "    and $-16, %rsp\n    sub $0x80, %rsp\n"
        "    movaps %xmm0, 0x20(%rsp)\n    movaps %xmm1, 0x30(%rsp)\n    movaps %xmm2, 0x40(%rsp)\n"
        "    movaps %xmm3, 0x50(%rsp)\n    movaps %xmm4, 0x60(%rsp)\n    movaps %xmm5, 0x70(%rsp)\n"
        "    mov 8(%rbp), %rcx\n    cld\n    call seh_cr8_set\n"
        "    movaps 0x20(%rsp), %xmm0\n    movaps 0x30(%rsp), %xmm1\n    movaps 0x40(%rsp), %xmm2\n"
        "    movaps 0x50(%rsp), %xmm3\n    movaps 0x60(%rsp), %xmm4\n    movaps 0x70(%rsp), %xmm5\n"
        "    lea -56(%rbp), %rsp\n"
        "    pop %r11\n    pop %r10\n    pop %r9\n    pop %r8\n    pop %rdx\n    pop %rcx\n    pop %rax\n"
        "    pop %rbp\n    .cfi_def_cfa rsp, 16\n    lea 8(%rsp), %rsp\n    .cfi_def_cfa rsp, 8\n"
        "    ret\n    .cfi_endproc\n.size seh_cr8_write, .-seh_cr8_write\n");
