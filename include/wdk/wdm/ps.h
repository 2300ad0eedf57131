/* Threads and processes (EXE-407 .. EXE-415). */
#ifndef _WK_WDM_PS_H
#define _WK_WDM_PS_H

#include "base.h"
#include "ke.h"
#include "ob.h"

WK_EXTERN_C_BEGIN

typedef struct _CLIENT_ID {
    HANDLE UniqueProcess;
    HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

#define PROCESS_TERMINATE         0x0001
#define PROCESS_VM_OPERATION      0x0008
#define PROCESS_VM_READ           0x0010
#define PROCESS_VM_WRITE          0x0020
#define PROCESS_DUP_HANDLE        0x0040
#define PROCESS_QUERY_INFORMATION 0x0400
#define PROCESS_ALL_ACCESS        (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xFFFF)
#define THREAD_TERMINATE          0x0001
#define THREAD_SUSPEND_RESUME     0x0002
#define THREAD_ALERT              0x0004
#define THREAD_GET_CONTEXT        0x0008
#define THREAD_SET_CONTEXT        0x0010
#define THREAD_SET_INFORMATION    0x0020
#define THREAD_QUERY_INFORMATION  0x0040
#define THREAD_ALL_ACCESS         (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xFFFF)

DDI_CALLBACK("EXE-407", "wdm/nc-wdm-kstart_routine") _IRQL_requires_(PASSIVE_LEVEL)
typedef VOID (NTAPI KSTART_ROUTINE)(_In_ PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;

/* ---- EXE-407, EXE-408: system threads ---- */
DDI(ntoskrnl, "EXE-407", "wdm/nf-wdm-pscreatesystemthread") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI PsCreateSystemThread(_Out_ PHANDLE ThreadHandle, _In_ ULONG DesiredAccess, _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                    _In_opt_ HANDLE ProcessHandle, _Out_opt_ PCLIENT_ID ClientId, _In_ PKSTART_ROUTINE StartRoutine,
                                    _In_opt_ PVOID StartContext);
DDI(ntoskrnl, "EXE-407", "wdm/nf-wdm-iocreatesystemthread") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI IoCreateSystemThread(_Inout_ PVOID IoObject, _Out_ PHANDLE ThreadHandle, _In_ ULONG DesiredAccess,
                                    _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes, _In_opt_ HANDLE ProcessHandle, _Out_opt_ PCLIENT_ID ClientId,
                                    _In_ PKSTART_ROUTINE StartRoutine, _In_opt_ PVOID StartContext);
DDI(ntoskrnl, "EXE-408 EXE-745 EXE-746", "wdm/nf-wdm-psterminatesystemthread") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI PsTerminateSystemThread(_In_ NTSTATUS ExitStatus);

/* ---- EXE-409: who is running ---- */
DDI(ntoskrnl, "EXE-409 EXE-411", "wdm/nf-wdm-iogetcurrentprocess") PEPROCESS NTAPI IoGetCurrentProcess(VOID);
DDI_MACRO(PsGetCurrentProcess, "EXE-409", "ntddk/nf-ntddk-psgetcurrentprocess")
#define PsGetCurrentProcess IoGetCurrentProcess
DDI(ntoskrnl, "EXE-409", "ntddk/nf-ntddk-psgetcurrentthreadid") HANDLE NTAPI PsGetCurrentThreadId(VOID);
DDI(ntoskrnl, "EXE-409", "ntddk/nf-ntddk-psgetcurrentprocessid") HANDLE NTAPI PsGetCurrentProcessId(VOID);
DDI(ntoskrnl, "EXE-409", "ntddk/nf-ntddk-psgetprocessid") HANDLE NTAPI PsGetProcessId(_In_ PEPROCESS Process);
DDI(ntoskrnl, "EXE-409", "ntddk/nf-ntddk-psgetthreadid") HANDLE NTAPI PsGetThreadId(_In_ PETHREAD Thread);
DDI(ntoskrnl, "EXE-409", "ntddk/nf-ntddk-psgetthreadprocessid") HANDLE NTAPI PsGetThreadProcessId(_In_ PETHREAD Thread);
DDI(ntoskrnl, "EXE-409", "ntifs/nf-ntifs-psgetthreadprocess") PEPROCESS NTAPI PsGetThreadProcess(_In_ PETHREAD Thread);
DDI(ntoskrnl, "EXE-409", "ntifs/nf-ntifs-psissystemthread") BOOLEAN NTAPI PsIsSystemThread(_In_ PETHREAD Thread);
DDI(ntoskrnl, "EXE-409", "ntddk/nf-ntddk-psgetthreadcreatetime") LONGLONG NTAPI PsGetThreadCreateTime(_In_ PETHREAD Thread);
DDI(ntoskrnl, "EXE-409", "ntddk/nf-ntddk-psgetprocesscreatetimequadpart") LONGLONG NTAPI PsGetProcessCreateTimeQuadPart(_In_ PEPROCESS Process);
DDI(ntoskrnl, "EXE-409", "ntddk/nf-ntddk-psgetprocessstartkey") ULONGLONG NTAPI PsGetProcessStartKey(_In_ PEPROCESS Process);
DDI(ntoskrnl, "EXE-409", "ntifs/nf-ntifs-psgetprocessexitstatus") NTSTATUS NTAPI PsGetProcessExitStatus(_In_ PEPROCESS Process);
DDI(ntoskrnl, "EXE-415", "ntddk/nf-ntddk-exgetpreviousmode") KPROCESSOR_MODE NTAPI ExGetPreviousMode(VOID);
DDI_DATA(ntoskrnl, "EXE-409", "") extern PEPROCESS PsInitialSystemProcess;

/* ---- EXE-410: lookup ---- */
DDI(ntoskrnl, "EXE-410", "ntifs/nf-ntifs-pslookupprocessbyprocessid") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI PsLookupProcessByProcessId(_In_ HANDLE ProcessId, _Outptr_ PEPROCESS *Process);
DDI(ntoskrnl, "EXE-410", "ntifs/nf-ntifs-pslookupthreadbythreadid") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI PsLookupThreadByThreadId(_In_ HANDLE ThreadId, _Outptr_ PETHREAD *Thread);
DDI(ntoskrnl, "EXE-410", "") PUCHAR NTAPI PsGetProcessImageFileName(_In_ PEPROCESS Process);
DDI(ntoskrnl, "EXE-410", "ntddk/nf-ntddk-selocateprocessimagename") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI SeLocateProcessImageName(_Inout_ PEPROCESS Process, _Outptr_ PUNICODE_STRING *pImageFileName);

/* ---- EXE-411: attach ---- */
DDI(ntoskrnl, "EXE-411", "ntifs/nf-ntifs-kestackattachprocess") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI KeStackAttachProcess(_Inout_ PRKPROCESS Process, _Out_ PRKAPC_STATE ApcState);
DDI(ntoskrnl, "EXE-411", "ntifs/nf-ntifs-keunstackdetachprocess") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI KeUnstackDetachProcess(_In_ PRKAPC_STATE ApcState);

WK_EXTERN_C_END

#endif
