/* The debugger's side of wdm.h: DbgPrint and its filter, assertions, break points (EXE-474, EXE-570..572). */
#ifndef _WK_WDM_DBG_H
#define _WK_WDM_DBG_H

#include "base.h"
#include "../dpfilter.h"

#ifndef DBG
#define DBG 0
#endif

WK_EXTERN_C_BEGIN

#define DPFLTR_ERROR_LEVEL   0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL   2
#define DPFLTR_INFO_LEVEL    3
#define DPFLTR_MASK          0x80000000

DDI(ntoskrnl, "EXE-571 EXE-456 EXE-457 EXE-052", "wdm/nf-wdm-dbgprint")
ULONG __cdecl DbgPrint(_In_z_ _Printf_format_string_ PCSTR Format, ...);
DDI(ntoskrnl, "EXE-570 EXE-571", "wdm/nf-wdm-dbgprintex")
ULONG __cdecl DbgPrintEx(_In_ ULONG ComponentId, _In_ ULONG Level, _In_z_ _Printf_format_string_ PCSTR Format, ...);
DDI(ntoskrnl, "EXE-052 EXE-570", "wdm/nf-wdm-vdbgprintex")
ULONG NTAPI vDbgPrintEx(_In_ ULONG ComponentId, _In_ ULONG Level, _In_z_ PCSTR Format, _In_ WK_VA_LIST arglist);
DDI(ntoskrnl, "EXE-052 EXE-570", "wdm/nf-wdm-vdbgprintexwithprefix")
ULONG NTAPI vDbgPrintExWithPrefix(_In_z_ PCSTR Prefix, _In_ ULONG ComponentId, _In_ ULONG Level, _In_z_ PCSTR Format, _In_ WK_VA_LIST arglist);
/* TRUE and FALSE are what it returns, as NTSTATUS. */
DDI(ntoskrnl, "EXE-572", "") NTSTATUS NTAPI DbgQueryDebugFilterState(_In_ ULONG ComponentId, _In_ ULONG Level);
DDI(ntoskrnl, "EXE-572", "") NTSTATUS NTAPI DbgSetDebugFilterState(_In_ ULONG ComponentId, _In_ ULONG Level, _In_ BOOLEAN State);

DDI(ntoskrnl, "EXE-572", "ntddk/nf-ntddk-dbgbreakpoint") VOID NTAPI DbgBreakPoint(VOID);
DDI(ntoskrnl, "EXE-572", "wdm/nf-wdm-dbgbreakpointwithstatus") VOID NTAPI DbgBreakPointWithStatus(_In_ ULONG Status);
DDI(ntoskrnl, "EXE-572", "wdm/nf-wdm-kdrefreshdebuggernotpresent") BOOLEAN NTAPI KdRefreshDebuggerNotPresent(VOID);
DDI(ntoskrnl, "EXE-572", "wdm/nf-wdm-kddisabledebugger") NTSTATUS NTAPI KdDisableDebugger(VOID);
DDI(ntoskrnl, "EXE-572", "wdm/nf-wdm-kdenabledebugger") NTSTATUS NTAPI KdEnableDebugger(VOID);
DDI_DATA(ntoskrnl, "EXE-572", "") extern BOOLEAN KdDebuggerEnabled;
DDI_DATA(ntoskrnl, "EXE-572", "") extern BOOLEAN KdDebuggerNotPresent;
#ifndef WK_HOST_NT
/* Driver sources know both as pointers: the import itself. */
#define KdDebuggerEnabled       (&KdDebuggerEnabled)
#define KdDebuggerNotPresent    (&KdDebuggerNotPresent)
#endif
#define KD_DEBUGGER_ENABLED     (*KdDebuggerEnabled)
#define KD_DEBUGGER_NOT_PRESENT (*KdDebuggerNotPresent)

DDI(ntoskrnl, "EXE-474", "wdm/nf-wdm-assert")
VOID NTAPI RtlAssert(_In_ PVOID VoidFailedAssertion, _In_ PVOID VoidFileName, _In_ ULONG LineNumber, _In_opt_ PSTR MutableMessage);

WK_EXTERN_C_END

DDI_MACRO(KdPrint, "EXE-571", "wdm/nf-wdm-kdprint")
DDI_MACRO(KdPrintEx, "EXE-570", "wdm/nf-wdm-kdprintex")
DDI_MACRO(KdBreakPoint, "EXE-572", "wdm/nf-wdm-kdbreakpoint")
DDI_MACRO(ASSERT, "EXE-474", "wdm/nf-wdm-assert")
DDI_MACRO(ASSERTMSG, "EXE-474", "wdm/nf-wdm-assertmsg")
#if DBG
#define KdPrint(args)   DbgPrint args
#define KdPrintEx(args) DbgPrintEx args
#define vKdPrintEx(args) vDbgPrintEx args
#define KdBreakPoint()  DbgBreakPoint()
#define KdBreakPointWithStatus(s) DbgBreakPointWithStatus(s)
#define RTL_SOFT_ASSERT(e) ((!(e)) ? (DbgPrint("%s(%d): Soft assertion failed\n   Expression: %s\n", __FILE__, __LINE__, #e), FALSE) : TRUE)
#define RTL_ASSERT(e)   ((!(e)) ? (RtlAssert((PVOID)(ULONG_PTR)#e, (PVOID)(ULONG_PTR)__FILE__, __LINE__, NULL), FALSE) : TRUE)
#define RTL_VERIFY(e)   RTL_ASSERT(e)
#define ASSERT(e)       RTL_ASSERT(e)
#define ASSERTMSG(m, e) ((!(e)) ? (RtlAssert((PVOID)(ULONG_PTR)#e, (PVOID)(ULONG_PTR)__FILE__, __LINE__, (PSTR)(ULONG_PTR)(m)), FALSE) : TRUE)
#define NT_ASSERT_ACTION(e) ((!(e)) ? (WkAssertionInterrupt(), FALSE) : TRUE)
#define NT_ASSERT(e)    NT_ASSERT_ACTION(e)
#define NT_VERIFY(e)    NT_ASSERT_ACTION(e)
#else
#define KdPrint(args)
#define KdPrintEx(args)
#define vKdPrintEx(args)
#define KdBreakPoint()
#define KdBreakPointWithStatus(s)
#define RTL_SOFT_ASSERT(e) ((void)0)
#define RTL_ASSERT(e)   ((void)0)
#define RTL_VERIFY(e)   ((e) ? TRUE : FALSE)
#define ASSERT(e)       ((void)0)
#define ASSERTMSG(m, e) ((void)0)
#define NT_ASSERT(e)    ((void)0)
#define NT_VERIFY(e)    ((e) ? TRUE : FALSE)
#endif
#define NT_ASSERTMSG(m, e)  NT_ASSERT(e)
#define NT_ASSERTMSGW(m, e) NT_ASSERT(e)
#define NT_VERIFYMSG(m, e)  NT_VERIFY(e)
#define NT_FRE_ASSERT(e)    ((!(e)) ? (WkAssertionInterrupt(), FALSE) : TRUE)
#define NT_FRE_ASSERTMSG(m, e) NT_FRE_ASSERT(e)
#define NT_ANALYSIS_ASSUME(e) ((void)0)
#define NT_ANALYSIS_ASSERT(e) ((void)0)

/* int 2Ch: STATUS_ASSERTION_FAILURE (EXE-058), raised where the assertion stands. */
/* Not clang's own __int2c: to that one nothing behind it is reached, and code that goes on after a failed assertion would be left out. */
FORCEINLINE VOID WkAssertionInterrupt(VOID)
{
    __asm__ volatile("int $0x2c" : : : "memory");
}
#ifndef WK_HOST_NT
#define __int2c() WkAssertionInterrupt()
#endif

#endif
