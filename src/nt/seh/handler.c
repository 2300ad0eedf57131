/* __C_specific_handler (EXE-083): the language handler of every C function with __try. Called by the dispatcher and the unwinder, and by
 * __GSHandlerCheck_SEH, which drivers carry in themselves. */
#include "seh_private.h"

typedef const SCOPE_TABLE_AMD64 *scope_table;

static bool within(scope_table t, ULONG i, ULONG64 rva)
{
    return rva >= t->ScopeRecord[i].BeginAddress && rva < t->ScopeRecord[i].EndAddress;
}

static EXCEPTION_DISPOSITION find_except(PEXCEPTION_RECORD record, PVOID frame, PCONTEXT context, PDISPATCHER_CONTEXT dc)
{
    scope_table t = dc->HandlerData;
    ULONG64 pc = dc->ControlPc - dc->ImageBase;

    for (ULONG i = dc->ScopeIndex; i < t->Count; i++) {
        EXCEPTION_POINTERS pointers = {record, context};
        LONG answer = EXCEPTION_EXECUTE_HANDLER;

        if (!within(t, i, pc) || !t->ScopeRecord[i].JumpTarget)
            continue;
        if (t->ScopeRecord[i].HandlerAddress != 1)
            answer = ((PEXCEPTION_FILTER)(dc->ImageBase + t->ScopeRecord[i].HandlerAddress))(&pointers, frame);
        if (answer < 0)
            return ExceptionContinueExecution;
        if (answer > 0)
            RtlUnwindEx(frame, (PVOID)(dc->ImageBase + t->ScopeRecord[i].JumpTarget), record, (PVOID)(ULONG_PTR)(ULONG)record->ExceptionCode,
                        dc->ContextRecord, dc->HistoryTable);
    }
    return ExceptionContinueSearch;
}

/* Is the unwind's target the __except block of a scope that is entered? Then the scopes before that one are inside of it. Their ranges say
 * nothing: compilers let a range end behind the call that it is about, which may be where the block begins. */
static bool is_except_block(scope_table t, ULONG from, ULONG64 pc, ULONG64 target)
{
    for (ULONG i = from; i < t->Count; i++)
        if (within(t, i, pc) && t->ScopeRecord[i].JumpTarget == target)
            return true;
    return false;
}

static EXCEPTION_DISPOSITION run_finally(PEXCEPTION_RECORD record, PVOID frame, PDISPATCHER_CONTEXT dc)
{
    scope_table t = dc->HandlerData;
    ULONG64 pc = dc->ControlPc - dc->ImageBase, target = dc->TargetIp - dc->ImageBase;
    bool is_target = record->ExceptionFlags & EXCEPTION_TARGET_UNWIND;
    bool to_block = is_target && is_except_block(t, dc->ScopeIndex, pc, target);

    for (ULONG i = dc->ScopeIndex; i < t->Count; i++) {
        if (!within(t, i, pc))
            continue;
        if (to_block ? t->ScopeRecord[i].JumpTarget == target : is_target && within(t, i, target))
            break; /* this scope stays entered, or is the one that handles; the ones outside of it too */
        if (t->ScopeRecord[i].JumpTarget)
            continue;
        dc->ScopeIndex = i + 1; /* first, so that a collided unwind does not run it again */
        ((PTERMINATION_HANDLER)(dc->ImageBase + t->ScopeRecord[i].HandlerAddress))(TRUE, frame);
    }
    return ExceptionContinueSearch;
}

EXCEPTION_DISPOSITION NTAPI __C_specific_handler(struct _EXCEPTION_RECORD *ExceptionRecord, PVOID EstablisherFrame,
                                                 struct _CONTEXT *ContextRecord, struct _DISPATCHER_CONTEXT *DispatcherContext)
{
    if (IS_UNWINDING(ExceptionRecord->ExceptionFlags))
        return run_finally(ExceptionRecord, EstablisherFrame, DispatcherContext);
    return find_except(ExceptionRecord, EstablisherFrame, ContextRecord, DispatcherContext);
}
