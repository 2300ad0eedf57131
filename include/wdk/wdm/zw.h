/* System services by their kernel names (EXE-402, EXE-416, EXE-418, EXE-531 .. EXE-534). */
#ifndef _WK_WDM_ZW_H
#define _WK_WDM_ZW_H

#include "base.h"
#include "cm.h"
#include "ke.h"
#include "ob.h"

WK_EXTERN_C_BEGIN

#define NtCurrentProcess() ((HANDLE)(LONG_PTR)-1)
#define ZwCurrentProcess() NtCurrentProcess()
#define NtCurrentThread()  ((HANDLE)(LONG_PTR)-2)
#define ZwCurrentThread()  NtCurrentThread()

DDI(ntoskrnl, "EXE-402 EXE-748", "wdm/nf-wdm-zwclose") _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS NTAPI ZwClose(_In_ HANDLE Handle);

/* ---- EXE-405: names ---- */
DDI(ntoskrnl, "EXE-405", "wdm/nf-wdm-zwcreatedirectoryobject") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwCreateDirectoryObject(_Out_ PHANDLE DirectoryHandle, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_ATTRIBUTES ObjectAttributes);
DDI(ntoskrnl, "EXE-405", "wdm/nf-wdm-zwopensymboliclinkobject") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwOpenSymbolicLinkObject(_Out_ PHANDLE LinkHandle, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_ATTRIBUTES ObjectAttributes);
DDI(ntoskrnl, "EXE-405", "wdm/nf-wdm-zwquerysymboliclinkobject") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwQuerySymbolicLinkObject(_In_ HANDLE LinkHandle, _Inout_ PUNICODE_STRING LinkTarget, _Out_opt_ PULONG ReturnedLength);

/* ---- EXE-418: events ---- */
#define EVENT_QUERY_STATE  0x0001
#define EVENT_MODIFY_STATE 0x0002
#define EVENT_ALL_ACCESS   (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3)
DDI(ntoskrnl, "EXE-418", "ntifs/nf-ntifs-zwcreateevent") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwCreateEvent(_Out_ PHANDLE EventHandle, _In_ ACCESS_MASK DesiredAccess, _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                             _In_ EVENT_TYPE EventType, _In_ BOOLEAN InitialState);
DDI(ntoskrnl, "EXE-418", "") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwOpenEvent(_Out_ PHANDLE EventHandle, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_ATTRIBUTES ObjectAttributes);
DDI(ntoskrnl, "EXE-418", "ntifs/nf-ntifs-zwsetevent") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwSetEvent(_In_ HANDLE EventHandle, _Out_opt_ PLONG PreviousState);
DDI(ntoskrnl, "EXE-418", "") _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS NTAPI ZwClearEvent(_In_ HANDLE EventHandle);
DDI(ntoskrnl, "EXE-418 EXE-165", "ntifs/nf-ntifs-zwwaitforsingleobject") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwWaitForSingleObject(_In_ HANDLE Handle, _In_ BOOLEAN Alertable, _In_opt_ PLARGE_INTEGER Timeout);
DDI(ntoskrnl, "EXE-418", "wdm/nf-wdm-iocreatenotificationevent") _IRQL_requires_max_(PASSIVE_LEVEL)
PKEVENT NTAPI IoCreateNotificationEvent(_In_ PUNICODE_STRING EventName, _Out_ PHANDLE EventHandle);
DDI(ntoskrnl, "EXE-418", "wdm/nf-wdm-iocreatesynchronizationevent") _IRQL_requires_max_(PASSIVE_LEVEL)
PKEVENT NTAPI IoCreateSynchronizationEvent(_In_ PUNICODE_STRING EventName, _Out_ PHANDLE EventHandle);

/* ---- EXE-138 ---- */
DDI(ntoskrnl, "EXE-138", "") _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS NTAPI ZwYieldExecution(VOID);

WK_EXTERN_C_END

#endif
