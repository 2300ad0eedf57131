/* System services by their kernel names (EXE-402, EXE-416, EXE-418, EXE-531 .. EXE-534). */
#ifndef _WK_WDM_ZW_H
#define _WK_WDM_ZW_H

#include "base.h"
#include "cm.h"
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

WK_EXTERN_C_END

#endif
