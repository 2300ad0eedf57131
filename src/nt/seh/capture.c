/* The caller's stack as addresses (EXE-094). Any IRQL; a broken stack ends the walk. */
#include "seh_private.h"

static ULONG walk(struct img_regs *regs, ULONG skip, ULONG count, PVOID *out, ULONG *hash)
{
    ULONG got = 0;
    struct seh_frame f;
    bool exact = false;

    *hash = 0;
    for (ULONG i = 0; got < count; i++) {
        if (!seh_on_stack(regs->gpr[IMG_RSP]) || !regs->rip)
            break;
        if (i >= skip) {
            out[got++] = (PVOID)regs->rip;
            *hash += (ULONG)regs->rip;
        }
        if (!seh_step(regs, exact, 0, &f))
            break;
        exact = f.frame.is_machine_frame;
    }
    return got;
}

/* Frame 0 is the driver's function that called: what RtlCaptureStackBackTrace would return to. */
USHORT NTAPI RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture, PVOID *BackTrace, PULONG BackTraceHash)
{
    struct img_regs regs;
    ULONG hash, got;

    img_regs_here(&regs);
    if (!img_unwind_host(&regs, false, NULL))
        return 0;
    got = walk(&regs, FramesToSkip, FramesToCapture > 0xFFFF ? 0xFFFF : FramesToCapture, BackTrace, &hash);
    if (BackTraceHash)
        *BackTraceHash = hash;
    return (USHORT)got;
}

/* Flags: bits 8.. are the frames to skip; bit 0 asks for the user's stack, which no simulated process has. */
ULONG NTAPI RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags)
{
    struct img_regs regs;
    ULONG hash;

    if (Flags & 1)
        return 0;
    img_regs_here(&regs);
    if (!img_unwind_host(&regs, false, NULL))
        return 0;
    return walk(&regs, Flags >> 8, Count, Callers, &hash);
}
