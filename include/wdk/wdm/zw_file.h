/* Files and drivers by handle (EXE-036, EXE-304 .. EXE-317, EXE-416). Included by wdm.h. */
#ifndef _WK_WDM_ZW_FILE_H
#define _WK_WDM_ZW_FILE_H

#include "base.h"
#include "io.h"
#include "ob.h"

WK_EXTERN_C_BEGIN

#define FILE_WRITE_TO_END_OF_FILE      0xffffffff
#define FILE_USE_FILE_POINTER_POSITION 0xfffffffe
typedef enum _FILE_INFORMATION_CLASS { FileDirectoryInformation = 1, FileFullDirectoryInformation = 2, FileBothDirectoryInformation = 3, FileBasicInformation = 4, FileStandardInformation = 5, FileInternalInformation = 6, FileEaInformation = 7,
    FileAccessInformation = 8, FileNameInformation = 9, FileRenameInformation = 10, FileNamesInformation = 12, FileDispositionInformation = 13, FilePositionInformation = 14,
    FileModeInformation = 16, FileAlignmentInformation = 17, FileAllInformation = 18, FileAllocationInformation = 19, FileEndOfFileInformation = 20,
    FileCompletionInformation = 30, FileNetworkOpenInformation = 34, FileAttributeTagInformation = 35 } FILE_INFORMATION_CLASS, *PFILE_INFORMATION_CLASS;
typedef struct _FILE_POSITION_INFORMATION {
    LARGE_INTEGER CurrentByteOffset;
} FILE_POSITION_INFORMATION, *PFILE_POSITION_INFORMATION;

DDI(ntoskrnl, "EXE-304 EXE-416 EXE-540", "wdm/nf-wdm-zwcreatefile") DDI_GAP("no device has a security descriptor to check; volumes themselves, streams, file ids") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwCreateFile(_Out_ PHANDLE FileHandle, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_ATTRIBUTES ObjectAttributes,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_opt_ PLARGE_INTEGER AllocationSize, _In_ ULONG FileAttributes, _In_ ULONG ShareAccess,
    _In_ ULONG CreateDisposition, _In_ ULONG CreateOptions, _In_opt_ PVOID EaBuffer, _In_ ULONG EaLength);
DDI(ntoskrnl, "EXE-304 EXE-416 EXE-540", "ntifs/nf-ntifs-ntcreatefile") DDI_GAP("names relative to a file; no device has a security descriptor to check; volumes themselves, streams, file ids") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI NtCreateFile(_Out_ PHANDLE FileHandle, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_ATTRIBUTES ObjectAttributes,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_opt_ PLARGE_INTEGER AllocationSize, _In_ ULONG FileAttributes, _In_ ULONG ShareAccess,
    _In_ ULONG CreateDisposition, _In_ ULONG CreateOptions, _In_opt_ PVOID EaBuffer, _In_ ULONG EaLength);
DDI(ntoskrnl, "EXE-304 EXE-416 EXE-540", "wdm/nf-wdm-zwopenfile") DDI_GAP("no device has a security descriptor to check; volumes themselves, streams, file ids") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwOpenFile(_Out_ PHANDLE FileHandle, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_ATTRIBUTES ObjectAttributes,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_ ULONG ShareAccess, _In_ ULONG OpenOptions);
DDI(ntoskrnl, "EXE-306 EXE-317 EXE-416", "wdm/nf-wdm-zwreadfile") DDI_GAP("APC routines") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwReadFile(_In_ HANDLE FileHandle, _In_opt_ HANDLE Event, _In_opt_ PIO_APC_ROUTINE ApcRoutine, _In_opt_ PVOID ApcContext,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _Out_ PVOID Buffer, _In_ ULONG Length, _In_opt_ PLARGE_INTEGER ByteOffset, _In_opt_ PULONG Key);
DDI(ntoskrnl, "EXE-306 EXE-317 EXE-416", "ntifs/nf-ntifs-ntreadfile") DDI_GAP("APC routines") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI NtReadFile(_In_ HANDLE FileHandle, _In_opt_ HANDLE Event, _In_opt_ PIO_APC_ROUTINE ApcRoutine, _In_opt_ PVOID ApcContext,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _Out_ PVOID Buffer, _In_ ULONG Length, _In_opt_ PLARGE_INTEGER ByteOffset, _In_opt_ PULONG Key);
DDI(ntoskrnl, "EXE-306 EXE-317 EXE-416", "wdm/nf-wdm-zwwritefile") DDI_GAP("APC routines") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwWriteFile(_In_ HANDLE FileHandle, _In_opt_ HANDLE Event, _In_opt_ PIO_APC_ROUTINE ApcRoutine, _In_opt_ PVOID ApcContext,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_ PVOID Buffer, _In_ ULONG Length, _In_opt_ PLARGE_INTEGER ByteOffset, _In_opt_ PULONG Key);
DDI(ntoskrnl, "EXE-306 EXE-317 EXE-416", "ntifs/nf-ntifs-ntwritefile") DDI_GAP("APC routines") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI NtWriteFile(_In_ HANDLE FileHandle, _In_opt_ HANDLE Event, _In_opt_ PIO_APC_ROUTINE ApcRoutine, _In_opt_ PVOID ApcContext,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_ PVOID Buffer, _In_ ULONG Length, _In_opt_ PLARGE_INTEGER ByteOffset, _In_opt_ PULONG Key);
DDI(ntoskrnl, "EXE-307 EXE-317 EXE-416", "ntifs/nf-ntifs-zwdeviceiocontrolfile") DDI_GAP("APC routines") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwDeviceIoControlFile(_In_ HANDLE FileHandle, _In_opt_ HANDLE Event, _In_opt_ PIO_APC_ROUTINE ApcRoutine, _In_opt_ PVOID ApcContext,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_ ULONG IoControlCode, _In_opt_ PVOID InputBuffer, _In_ ULONG InputBufferLength,
    _Out_opt_ PVOID OutputBuffer, _In_ ULONG OutputBufferLength);
DDI(ntoskrnl, "EXE-307 EXE-317 EXE-416", "ntifs/nf-ntifs-ntdeviceiocontrolfile") DDI_GAP("APC routines") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI NtDeviceIoControlFile(_In_ HANDLE FileHandle, _In_opt_ HANDLE Event, _In_opt_ PIO_APC_ROUTINE ApcRoutine, _In_opt_ PVOID ApcContext,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_ ULONG IoControlCode, _In_opt_ PVOID InputBuffer, _In_ ULONG InputBufferLength,
    _Out_opt_ PVOID OutputBuffer, _In_ ULONG OutputBufferLength);
DDI(ntoskrnl, "EXE-307 EXE-317 EXE-416", "ntifs/nf-ntifs-zwfscontrolfile") DDI_GAP("APC routines") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwFsControlFile(_In_ HANDLE FileHandle, _In_opt_ HANDLE Event, _In_opt_ PIO_APC_ROUTINE ApcRoutine, _In_opt_ PVOID ApcContext,
    _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_ ULONG FsControlCode, _In_opt_ PVOID InputBuffer, _In_ ULONG InputBufferLength,
    _Out_opt_ PVOID OutputBuffer, _In_ ULONG OutputBufferLength);
DDI(ntoskrnl, "EXE-328 EXE-416", "wdm/nf-wdm-zwqueryinformationfile") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwQueryInformationFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock, _Out_ PVOID FileInformation, _In_ ULONG Length,
    _In_ FILE_INFORMATION_CLASS FileInformationClass);
DDI(ntoskrnl, "EXE-328 EXE-416", "wdm/nf-wdm-zwsetinformationfile") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwSetInformationFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock, _In_ PVOID FileInformation, _In_ ULONG Length,
    _In_ FILE_INFORMATION_CLASS FileInformationClass);
DDI(ntoskrnl, "EXE-036", "wdm/nf-wdm-zwloaddriver") DDI_GAP("the image lies beside the driver that was loaded last") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwLoadDriver(_In_ PUNICODE_STRING DriverServiceName);
DDI(ntoskrnl, "EXE-036", "wdm/nf-wdm-zwunloaddriver") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwUnloadDriver(_In_ PUNICODE_STRING DriverServiceName);

WK_EXTERN_C_END

#endif
