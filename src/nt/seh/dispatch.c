/* Pass one: from the fault outwards, who handles it (EXE-082, EXE-085, EXE-097).
 *
 * Runs on the stack of the fault, in its thread, at its IRQL. Host functions between drivers are frames without a handler. Two of
 * our own frames mean something: one that called a language handler of a running dispatch (this exception is nested in that
 * handler) and one that called a handler of a running unwind (the frames between are gone already: the search goes on where that unwind
 * stands, with the scopes it has not run yet). */
#include "ddi/guest.h"
#include "seh_private.h"

enum { FRAMES_MAX = 4096 };

static void noncontinuable(PEXCEPTION_RECORD record, PCONTEXT context, NTSTATUS code)
{
    EXCEPTION_RECORD nested = {
        .ExceptionCode = code,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
        .ExceptionRecord = record,
        .ExceptionAddress = record->ExceptionAddress,
    };

    (void)context;
    RtlRaiseException(&nested);
    __builtin_unreachable();
}

/* What a handler answered. true: go on with the program. */
static bool answered(EXCEPTION_DISPOSITION what, PEXCEPTION_RECORD record, PCONTEXT context, PDISPATCHER_CONTEXT dc, ULONG_PTR *nested)
{
    switch (what) {
    case ExceptionContinueExecution:
        if (record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)
            noncontinuable(record, context, STATUS_NONCONTINUABLE_EXCEPTION);
        return true;
    case ExceptionContinueSearch:
        return false;
    case ExceptionNestedException:
        record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
        if (dc->EstablisherFrame > *nested)
            *nested = dc->EstablisherFrame;
        return false;
    default:
        noncontinuable(record, context, STATUS_INVALID_DISPOSITION);
        return false;
    }
}

/* The context that drivers' handlers see for frames above the fault: a copy, walked outwards. */
static bool search(PEXCEPTION_RECORD record, PCONTEXT context)
{
    CONTEXT walked;
    struct img_regs regs;
    DISPATCHER_CONTEXT dc;
    struct seh_frame f;
    ULONG_PTR nested = 0;
    bool exact = context->ContextFlags & CONTEXT_EXCEPTION_ACTIVE; /* a fault's rip is no return address */
    ULONG scope = 0;

    __builtin_memcpy(&walked, context, sizeof(walked));
    seh_regs_of(context, &regs);
    for (unsigned i = 0; i < FRAMES_MAX && (regs.rip || !i); i++) {
        ULONG64 pc = regs.rip;

        if (!seh_on_stack(regs.gpr[IMG_RSP])) {
            record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
            seh_bugcheck(context, 0x1AA, (ULONG_PTR)record, (ULONG_PTR)context, 0, 0,
                         "exception 0x%08X: the stack pointer 0x%llx is not within the thread's stack", (unsigned)record->ExceptionCode,
                         (unsigned long long)regs.gpr[IMG_RSP]);
        }
        if (!seh_step(&regs, exact, UNW_FLAG_EHANDLER, &f) || f.is_boundary)
            return false;
        exact = f.frame.is_machine_frame;
        if (f.is_exception_call) {
            record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
            if (f.dispatcher->EstablisherFrame > nested)
                nested = f.dispatcher->EstablisherFrame;
        } else if (f.is_unwind_call) {
            /* The unwind below stands in this frame: its handlers that are left come first, then the frames above it. */
            dc = *f.dispatcher;
            __builtin_memcpy(&walked, dc.ContextRecord, sizeof(walked));
            seh_regs_of(&walked, &regs);
            pc = regs.rip;
            scope = dc.ScopeIndex;
            if (!seh_step(&regs, true, UNW_FLAG_EHANDLER, &f))
                return false;
            exact = f.frame.is_machine_frame;
        }
        if (f.frame.handler) {
            dc = (DISPATCHER_CONTEXT){
                .ControlPc = pc,
                .ImageBase = f.frame.image_base,
                .FunctionEntry = (PRUNTIME_FUNCTION)f.frame.function,
                .EstablisherFrame = f.frame.establisher,
                .ContextRecord = &walked,
                .LanguageHandler = (PEXCEPTION_ROUTINE)f.frame.handler,
                .HandlerData = (PVOID)f.frame.handler_data,
                .ScopeIndex = scope,
            };
            if (answered(seh_call_exception(record, (PVOID)dc.EstablisherFrame, context, &dc, dc.LanguageHandler), record, context, &dc, &nested))
                return true;
        }
        scope = 0;
        if (f.frame.establisher >= nested)
            record->ExceptionFlags &= ~(ULONG)EXCEPTION_NESTED_CALL;
        seh_regs_to(&walked, &regs);
    }
    return false;
}

__attribute__((used)) void seh_dispatch(PEXCEPTION_RECORD record, PCONTEXT context)
{
    if (!search(record, context))
        seh_unhandled(record, context);
}
