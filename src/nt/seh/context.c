/* Between NT's CONTEXT and our registers, and one step up a stack of both worlds. */
#include "seh_private.h"

struct seh_hooks seh_hooks;

extern const char __start_wk_seh_boundary[] __attribute__((weak)), __stop_wk_seh_boundary[] __attribute__((weak));

_Static_assert(__builtin_offsetof(CONTEXT, Rip) - __builtin_offsetof(CONTEXT, Rax) == 128, "Rax .. R15, Rip lie in img_regs' order");
_Static_assert(sizeof(CONTEXT) == 0x4D0 && sizeof(EXCEPTION_RECORD) == 0x98, "EXE-L39, EXE-L40");

void seh_regs_of(const CONTEXT *context, struct img_regs *regs)
{
    __builtin_memcpy(regs->gpr, &context->Rax, sizeof(regs->gpr));
    regs->rip = context->Rip;
    __builtin_memcpy(regs->xmm, &context->Xmm0, sizeof(regs->xmm));
}

void seh_regs_to(CONTEXT *context, const struct img_regs *regs)
{
    __builtin_memcpy(&context->Rax, regs->gpr, sizeof(regs->gpr));
    context->Rip = regs->rip;
    __builtin_memcpy(&context->Xmm0, regs->xmm, sizeof(regs->xmm));
}

bool seh_on_stack(ULONG64 rsp)
{
    ULONG64 low, high;

    if (!seh_hooks.stack_limits || !seh_hooks.stack_limits(&low, &high))
        return true;
    return rsp >= low && rsp <= high;
}

bool seh_step(struct img_regs *regs, bool exact, unsigned kinds, struct seh_frame *out)
{
    const struct img_image *image = img_find(regs->rip);
    const char *pc = (const char *)(ULONG_PTR)regs->rip;
    uint64_t base = 0;

    out->is_exception_call = pc == seh_call_exception_label;
    out->is_unwind_call = pc == seh_call_unwind_label;
    out->dispatcher = NULL;
    out->is_boundary = pc > __start_wk_seh_boundary && pc <= __stop_wk_seh_boundary;
    if (out->is_exception_call || out->is_unwind_call)
        out->dispatcher = *(PDISPATCHER_CONTEXT *)(regs->gpr[IMG_RSP] + SEH_CALL_DISPATCHER);
    if (image && !image->unloaded) {
        const struct img_function *f = img_lookup_function(regs->rip, &base);

        return img_unwind_pe(regs, (ULONG64)(ULONG_PTR)image->base, f, kinds, &out->frame);
    }
    if (!image && img_unwind_host(regs, exact, &out->frame))
        return true;
    return exact && img_unwind_nowhere(regs, &out->frame);
}
