/* Pass two: leaves frames, running what must run on the way (EXE-084), and the routines that look at single frames (EXE-080, EXE-081).
 *
 * RtlUnwindEx starts at its own caller. On an exception that is __C_specific_handler within the dispatcher, and its frames are left
 * like any other: the signal frame that holds the fault's CONTEXT leads to the driver's frames. */
#include "ddi/guest.h"
#include "seh_private.h"

enum { FRAMES_MAX = 4096 };

PRUNTIME_FUNCTION NTAPI RtlLookupFunctionEntry(ULONG64 ControlPc, PULONG64 ImageBase, PUNWIND_HISTORY_TABLE HistoryTable)
{
    uint64_t base = 0;
    PRUNTIME_FUNCTION f = (PRUNTIME_FUNCTION)img_lookup_function(ControlPc, &base);

    (void)HistoryTable; /* a cache; the search is short */
    if (!f) {
        const struct img_image *image = img_find(ControlPc);

        base = image && !image->unloaded ? (ULONG64)(ULONG_PTR)image->base : 0;
    }
    *ImageBase = base;
    return f;
}

PVOID NTAPI RtlPcToFileHeader(PVOID PcValue, PVOID *BaseOfImage)
{
    const struct img_image *image = img_find((ULONG64)(ULONG_PTR)PcValue);

    *BaseOfImage = image && !image->unloaded ? image->base : NULL;
    return *BaseOfImage;
}

PEXCEPTION_ROUTINE NTAPI RtlVirtualUnwind(ULONG HandlerType, ULONG64 ImageBase, ULONG64 ControlPc, PRUNTIME_FUNCTION FunctionEntry,
                                          PCONTEXT ContextRecord, PVOID *HandlerData, PULONG64 EstablisherFrame,
                                          PKNONVOLATILE_CONTEXT_POINTERS ContextPointers)
{
    struct img_regs regs;
    struct img_frame f;

    seh_regs_of(ContextRecord, &regs);
    regs.rip = ControlPc;
    if (!img_unwind_pe(&regs, ImageBase, FunctionEntry, HandlerType, &f))
        regs.rip = 0; /* as the outermost frame looks */
    seh_regs_to(ContextRecord, &regs);
    *EstablisherFrame = f.establisher;
    *HandlerData = (PVOID)f.handler_data;
    if (ContextPointers)
        for (unsigned i = 0; i < 16; i++) {
            if (f.saved_gpr[i])
                ContextPointers->IntegerContext[i] = (PULONG64)f.saved_gpr[i];
            if (f.saved_xmm[i])
                ContextPointers->FloatingContext[i] = (PM128A)f.saved_xmm[i];
        }
    return (PEXCEPTION_ROUTINE)f.handler;
}

struct unwind {
    ULONG64 target_frame, target_ip, result;
    PEXCEPTION_RECORD record;
    PUNWIND_HISTORY_TABLE history;
    DISPATCHER_CONTEXT dc;
    CONTEXT now, next; /* the frame being left, and its caller */
};

static void call_handler(struct unwind *u, const struct img_frame *f, ULONG64 pc, ULONG scope, ULONG extra)
{
    PEXCEPTION_RECORD record = u->record;
    EXCEPTION_DISPOSITION what;

    if (u->target_frame && f->establisher == u->target_frame)
        record->ExceptionFlags |= EXCEPTION_TARGET_UNWIND;
    record->ExceptionFlags |= extra;
    u->now.Rax = u->result;
    u->dc = (DISPATCHER_CONTEXT){
        .ControlPc = pc,
        .ImageBase = f->image_base,
        .FunctionEntry = (PRUNTIME_FUNCTION)f->function,
        .EstablisherFrame = f->establisher,
        .TargetIp = u->target_ip,
        .ContextRecord = &u->now,
        .LanguageHandler = (PEXCEPTION_ROUTINE)f->handler,
        .HandlerData = (PVOID)f->handler_data,
        .HistoryTable = u->history,
        .ScopeIndex = scope,
    };
    what = seh_call_unwind(record, (PVOID)f->establisher, &u->now, &u->dc, u->dc.LanguageHandler);
    record->ExceptionFlags &= ~(ULONG)(EXCEPTION_COLLIDED_UNWIND | EXCEPTION_TARGET_UNWIND);
    if (what != ExceptionContinueSearch)
        seh_raise(STATUS_INVALID_DISPOSITION);
}

_Noreturn void seh_unwind(ULONG64 target_frame, ULONG64 target_ip, PEXCEPTION_RECORD record, ULONG64 result, PCONTEXT here, PCONTEXT original,
                          PUNWIND_HISTORY_TABLE history)
{
    EXCEPTION_RECORD own = {.ExceptionCode = STATUS_UNWIND, .ExceptionAddress = (PVOID)here->Rip};
    struct unwind u = {target_frame, target_ip, result, record ? record : &own, history, {0}, {0}, {0}};
    struct img_regs regs;
    struct seh_frame f;
    bool exact = false;

    (void)original; /* scratch memory of the caller's; we have our own */
    u.record->ExceptionFlags |= EXCEPTION_UNWINDING | (target_frame ? 0 : EXCEPTION_EXIT_UNWIND);
    __builtin_memcpy(&u.now, here, sizeof(u.now));
    for (unsigned i = 0; i < FRAMES_MAX; i++) {
        ULONG64 pc = u.now.Rip;
        ULONG scope = 0, extra = 0;

        if (!seh_on_stack(u.now.Rsp))
            seh_bugcheck(here, 0x1AB, target_frame, (ULONG_PTR)&u.now, 0, 0, "unwinding: the stack pointer 0x%llx is not within the thread's stack",
                         (unsigned long long)u.now.Rsp);
        seh_regs_of(&u.now, &regs);
        if ((!pc && !exact) || !seh_step(&regs, exact, UNW_FLAG_UHANDLER, &f) || f.is_boundary)
            break;
        if (f.is_unwind_call) {
            /* EXE-084: this unwind collides with one that is running. Its frame is next, with the scopes that it has not run. */
            scope = f.dispatcher->ScopeIndex;
            extra = EXCEPTION_COLLIDED_UNWIND;
            __builtin_memcpy(&u.now, f.dispatcher->ContextRecord, sizeof(u.now));
            pc = u.now.Rip;
            seh_regs_of(&u.now, &regs);
            if (!seh_step(&regs, true, UNW_FLAG_UHANDLER, &f))
                break;
        }
        __builtin_memcpy(&u.next, &u.now, sizeof(u.next));
        seh_regs_to(&u.next, &regs);
        if (f.frame.handler)
            call_handler(&u, &f.frame, pc, scope, extra);
        if (!f.frame.is_host && target_frame && f.frame.establisher == target_frame) {
            u.now.Rip = target_ip;
            if (u.record->ExceptionCode == STATUS_LONGJUMP && u.record->NumberParameters >= 1)
                seh_jump_regs(&u.now, u.record);
            u.now.Rax = result;
            u.now.EFlags &= ~0x400u; /* EXE-050: the direction flag is clear */
            seh_restore(&u.now);
        }
        exact = f.frame.is_machine_frame;
        __builtin_memcpy(&u.now, &u.next, sizeof(u.now));
    }
    seh_bugcheck(here, 0x1E, (ULONG64)(ULONG)STATUS_INVALID_UNWIND_TARGET, here->Rip, target_frame, 0,
                 "an unwind to frame 0x%llx did not find it on the stack", (unsigned long long)target_frame);
}

/* From RtlUnwindEx and its kin (entry.c). history is not handed over: it is only a cache. */
void seh_unwind_at(PCONTEXT here, ULONG64 frame, ULONG64 ip, PEXCEPTION_RECORD record, ULONG64 result, PCONTEXT original);
__attribute__((used)) void seh_unwind_at(PCONTEXT here, ULONG64 frame, ULONG64 ip, PEXCEPTION_RECORD record, ULONG64 result, PCONTEXT original)
{
    seh_unwind(frame, ip, record, result, here, original, NULL);
}
