/* ntifs.h: ntddk.h and what file systems, filters and security code reach. */
#ifndef _NTIFS_
#define _NTIFS_
#define _NTIFS_INCLUDED_

#include "ntddk.h"

WK_EXTERN_C_BEGIN

#define REG_NOTIFY_CHANGE_NAME       0x00000001
#define REG_NOTIFY_CHANGE_ATTRIBUTES 0x00000002
#define REG_NOTIFY_CHANGE_LAST_SET   0x00000004
#define REG_NOTIFY_CHANGE_SECURITY   0x00000008
#define REG_NOTIFY_THREAD_AGNOSTIC   0x10000000

DDI(ntoskrnl, "EXE-535", "ntifs/nf-ntifs-zwnotifychangekey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwNotifyChangeKey(_In_ HANDLE KeyHandle, _In_opt_ HANDLE Event, _In_opt_ PIO_APC_ROUTINE ApcRoutine, _In_opt_ PVOID ApcContext,
                                 _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_ ULONG CompletionFilter, _In_ BOOLEAN WatchTree,
                                 _Out_writes_bytes_opt_(BufferSize) PVOID Buffer, _In_ ULONG BufferSize, _In_ BOOLEAN Asynchronous);

/* ---- security of objects ---- */
DDI(ntoskrnl, "EXE-301 EXE-422", "ntifs/nf-ntifs-zwsetsecurityobject") DDI_GAP("devices and files only") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwSetSecurityObject(_In_ HANDLE Handle, _In_ SECURITY_INFORMATION SecurityInformation, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
DDI(ntoskrnl, "EXE-301 EXE-422", "ntifs/nf-ntifs-zwquerysecurityobject") DDI_GAP("devices and files only") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwQuerySecurityObject(_In_ HANDLE Handle, _In_ SECURITY_INFORMATION SecurityInformation,
                                     _Out_writes_bytes_opt_(Length) PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ ULONG Length, _Out_ PULONG LengthNeeded);

WK_EXTERN_C_END

#endif
