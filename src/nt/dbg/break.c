/* Break points, assertions and the debugger that is not there (EXE-474, EXE-572). A break traps where it stands; src/image makes
 * STATUS_BREAKPOINT of it, which a driver may handle and which otherwise ends the run. */
#include "wdm.h"
#include "dbg_private.h"

BOOLEAN KdDebuggerEnabled = FALSE;
BOOLEAN KdDebuggerNotPresent = TRUE;

static bool assert_continues;

void dbg_set_assert_continues(bool go_on)
{
    assert_continues = go_on;
}

VOID NTAPI DbgBreakPoint(VOID)
{
    __asm__ volatile("int3" : : : "memory");
}

VOID NTAPI DbgBreakPointWithStatus(ULONG Status)
{
    __asm__ volatile("int3" : : "c"(Status) : "memory");
}

/* TRUE: none answers. */
BOOLEAN NTAPI KdRefreshDebuggerNotPresent(VOID)
{
    return KdDebuggerNotPresent;
}

NTSTATUS NTAPI KdDisableDebugger(VOID)
{
    return STATUS_DEBUGGER_INACTIVE;
}

NTSTATUS NTAPI KdEnableDebugger(VOID)
{
    return STATUS_DEBUGGER_INACTIVE;
}

VOID NTAPI RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber, PSTR MutableMessage)
{
    DbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, "\n*** Assertion failed: %s%s\n***   Source File: %s, line %lu\n\n",
               MutableMessage ? MutableMessage : "", (PCSTR)VoidFailedAssertion, (PCSTR)VoidFileName, LineNumber);
    if (!assert_continues)
        DbgBreakPoint();
}
