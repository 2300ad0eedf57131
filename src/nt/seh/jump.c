/* setjmp and longjmp of drivers (EXE-095).
 *
 * A jump is an unwind whose target is the frame that the buffer's stack pointer lies in; its registers come from the buffer. The frame that the
 * compiler noted says only whether handlers run: compilers do not agree on which of a function's addresses they note. */
#include "ddi/guest.h"
#include "seh_private.h"

#include "crt/setjmp.h"

_Static_assert(sizeof(_JUMP_BUFFER) == 0x100 && __builtin_offsetof(_JUMP_BUFFER, Rip) == 0x50 && __builtin_offsetof(_JUMP_BUFFER, MxCsr) == 0x58 &&
                   __builtin_offsetof(_JUMP_BUFFER, Xmm6) == 0x60, "what compilers' code and CRTs know");

/* rcx = buffer, rdx = frame. */
#define SETJMP(name)                                                                                                   \
    ".globl " name "\n.type " name ", @function\n" name ":\n    .cfi_startproc\n"                                      \
    "    mov %rdx, (%rcx)\n    mov %rbx, 8(%rcx)\n    lea 8(%rsp), %rax\n    mov %rax, 0x10(%rcx)\n"                    \
    "    mov %rbp, 0x18(%rcx)\n    mov %rsi, 0x20(%rcx)\n    mov %rdi, 0x28(%rcx)\n"                                    \
    "    mov %r12, 0x30(%rcx)\n    mov %r13, 0x38(%rcx)\n    mov %r14, 0x40(%rcx)\n    mov %r15, 0x48(%rcx)\n"           \
    "    mov (%rsp), %rax\n    mov %rax, 0x50(%rcx)\n    stmxcsr 0x58(%rcx)\n    fnstcw 0x5C(%rcx)\n"                   \
    "    movups %xmm6, 0x60(%rcx)\n    movups %xmm7, 0x70(%rcx)\n    movups %xmm8, 0x80(%rcx)\n"                        \
    "    movups %xmm9, 0x90(%rcx)\n    movups %xmm10, 0xA0(%rcx)\n    movups %xmm11, 0xB0(%rcx)\n"                      \
    "    movups %xmm12, 0xC0(%rcx)\n    movups %xmm13, 0xD0(%rcx)\n    movups %xmm14, 0xE0(%rcx)\n"                     \
    "    movups %xmm15, 0xF0(%rcx)\n    xor %eax, %eax\n    ret\n    .cfi_endproc\n.size " name ", .-" name "\n"

__asm__(".text\n" SETJMP("rtl_crt__setjmp") SETJMP("rtl_crt__setjmpex"));

void seh_jump_regs(PCONTEXT to, const EXCEPTION_RECORD *record)
{
    const _JUMP_BUFFER *b = (const _JUMP_BUFFER *)record->ExceptionInformation[0];

    to->Rbx = b->Rbx;
    to->Rsp = b->Rsp;
    to->Rbp = b->Rbp;
    to->Rsi = b->Rsi;
    to->Rdi = b->Rdi;
    __builtin_memcpy(&to->R12, &b->R12, 4 * sizeof(b->R12));
    to->Rip = b->Rip;
    to->MxCsr = b->MxCsr;
    __builtin_memcpy(&to->Xmm6, b->Xmm6, sizeof(b->Xmm6));
}

/* The establisher of the frame that was active when rsp was the stack pointer; 0: there is none from here. */
static ULONG64 frame_at(const CONTEXT *here, ULONG64 rsp)
{
    struct img_regs regs;
    struct seh_frame f;
    bool exact = false;

    seh_regs_of(here, &regs);
    while (regs.gpr[IMG_RSP] <= rsp && seh_step(&regs, exact, 0, &f) && !f.is_boundary) {
        if (regs.gpr[IMG_RSP] > rsp)
            return f.frame.is_host ? 0 : f.frame.establisher;
        exact = f.frame.is_machine_frame;
    }
    return 0;
}

/* From longjmp (entry.c). */
void seh_jump_at(PCONTEXT here, const _JUMP_BUFFER *buffer, int value);
__attribute__((used)) void seh_jump_at(PCONTEXT here, const _JUMP_BUFFER *buffer, int value)
{
    EXCEPTION_RECORD record = {.ExceptionCode = STATUS_LONGJUMP, .ExceptionAddress = (PVOID)here->Rip, .NumberParameters = 1,
                               .ExceptionInformation = {(ULONG_PTR)buffer}};
    ULONG64 result = value ? (ULONG)value : 1, frame = frame_at(here, buffer->Rsp);

    if (!frame)
        seh_bugcheck(here, 0x1E, (ULONG64)(ULONG)STATUS_INVALID_UNWIND_TARGET, here->Rip, buffer->Rsp, 0,
                     "longjmp to a function that has returned, or that is not on this stack (rsp 0x%llx)", (unsigned long long)buffer->Rsp);
    if (buffer->Frame)
        seh_unwind(frame, buffer->Rip, &record, result, here, here, NULL);
    seh_jump_regs(here, &record);
    here->Rax = result;
    here->EFlags &= ~0x400u;
    seh_restore(here);
}
