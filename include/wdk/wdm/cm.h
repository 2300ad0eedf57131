/* The registry (EXE-530 .. EXE-539): key services and the run-time library's short forms. */
#ifndef _WK_WDM_CM_H
#define _WK_WDM_CM_H

#include "base.h"
#include "se.h"

WK_EXTERN_C_BEGIN

#define KEY_QUERY_VALUE        0x0001
#define KEY_SET_VALUE          0x0002
#define KEY_CREATE_SUB_KEY     0x0004
#define KEY_ENUMERATE_SUB_KEYS 0x0008
#define KEY_NOTIFY             0x0010
#define KEY_CREATE_LINK        0x0020
#define KEY_WOW64_64KEY        0x0100
#define KEY_WOW64_32KEY        0x0200
#define KEY_READ       ((STANDARD_RIGHTS_READ | KEY_QUERY_VALUE | KEY_ENUMERATE_SUB_KEYS | KEY_NOTIFY) & ~SYNCHRONIZE)
#define KEY_WRITE      ((STANDARD_RIGHTS_WRITE | KEY_SET_VALUE | KEY_CREATE_SUB_KEY) & ~SYNCHRONIZE)
#define KEY_EXECUTE    (KEY_READ & ~SYNCHRONIZE)
#define KEY_ALL_ACCESS ((STANDARD_RIGHTS_ALL | 0x3F) & ~SYNCHRONIZE)

#define REG_OPTION_RESERVED     0x00000000L
#define REG_OPTION_NON_VOLATILE 0x00000000L
#define REG_OPTION_VOLATILE     0x00000001L
#define REG_OPTION_CREATE_LINK  0x00000002L
#define REG_OPTION_BACKUP_RESTORE 0x00000004L
#define REG_OPTION_OPEN_LINK    0x00000008L
#define REG_CREATED_NEW_KEY     0x00000001L
#define REG_OPENED_EXISTING_KEY 0x00000002L

#define REG_NONE                       0ul
#define REG_SZ                         1ul
#define REG_EXPAND_SZ                  2ul
#define REG_BINARY                     3ul
#define REG_DWORD                      4ul
#define REG_DWORD_LITTLE_ENDIAN        4ul
#define REG_DWORD_BIG_ENDIAN           5ul
#define REG_LINK                       6ul
#define REG_MULTI_SZ                   7ul
#define REG_RESOURCE_LIST              8ul
#define REG_FULL_RESOURCE_DESCRIPTOR   9ul
#define REG_RESOURCE_REQUIREMENTS_LIST 10ul
#define REG_QWORD                      11ul
#define REG_QWORD_LITTLE_ENDIAN        11ul

typedef enum _KEY_INFORMATION_CLASS {
    KeyBasicInformation,
    KeyNodeInformation,
    KeyFullInformation,
    KeyNameInformation,
    KeyCachedInformation,
    KeyFlagsInformation,
    KeyVirtualizationInformation,
    KeyHandleTagsInformation,
    KeyTrustInformation,
    KeyLayerInformation,
    MaxKeyInfoClass
} KEY_INFORMATION_CLASS;

typedef enum _KEY_VALUE_INFORMATION_CLASS {
    KeyValueBasicInformation,
    KeyValueFullInformation,
    KeyValuePartialInformation,
    KeyValueFullInformationAlign64,
    KeyValuePartialInformationAlign64,
    KeyValueLayerInformation,
    MaxKeyValueInfoClass
} KEY_VALUE_INFORMATION_CLASS;

typedef struct _KEY_BASIC_INFORMATION {
    LARGE_INTEGER LastWriteTime;
    ULONG TitleIndex;
    ULONG NameLength;
    WCHAR Name[1];
} KEY_BASIC_INFORMATION, *PKEY_BASIC_INFORMATION;
typedef struct _KEY_NODE_INFORMATION {
    LARGE_INTEGER LastWriteTime;
    ULONG TitleIndex;
    ULONG ClassOffset;
    ULONG ClassLength;
    ULONG NameLength;
    WCHAR Name[1];
} KEY_NODE_INFORMATION, *PKEY_NODE_INFORMATION;
typedef struct _KEY_FULL_INFORMATION {
    LARGE_INTEGER LastWriteTime;
    ULONG TitleIndex;
    ULONG ClassOffset;
    ULONG ClassLength;
    ULONG SubKeys;
    ULONG MaxNameLen;
    ULONG MaxClassLen;
    ULONG Values;
    ULONG MaxValueNameLen;
    ULONG MaxValueDataLen;
    WCHAR Class[1];
} KEY_FULL_INFORMATION, *PKEY_FULL_INFORMATION;
typedef struct _KEY_NAME_INFORMATION {
    ULONG NameLength;
    WCHAR Name[1];
} KEY_NAME_INFORMATION, *PKEY_NAME_INFORMATION;
typedef struct _KEY_CACHED_INFORMATION {
    LARGE_INTEGER LastWriteTime;
    ULONG TitleIndex;
    ULONG SubKeys;
    ULONG MaxNameLen;
    ULONG Values;
    ULONG MaxValueNameLen;
    ULONG MaxValueDataLen;
    ULONG NameLength;
} KEY_CACHED_INFORMATION, *PKEY_CACHED_INFORMATION;
typedef struct _KEY_HANDLE_TAGS_INFORMATION {
    ULONG HandleTags;
} KEY_HANDLE_TAGS_INFORMATION, *PKEY_HANDLE_TAGS_INFORMATION;

typedef struct _KEY_VALUE_BASIC_INFORMATION {
    ULONG TitleIndex;
    ULONG Type;
    ULONG NameLength;
    WCHAR Name[1];
} KEY_VALUE_BASIC_INFORMATION, *PKEY_VALUE_BASIC_INFORMATION;
typedef struct _KEY_VALUE_FULL_INFORMATION {
    ULONG TitleIndex;
    ULONG Type;
    ULONG DataOffset;
    ULONG DataLength;
    ULONG NameLength;
    WCHAR Name[1];
} KEY_VALUE_FULL_INFORMATION, *PKEY_VALUE_FULL_INFORMATION;
typedef struct _KEY_VALUE_PARTIAL_INFORMATION {
    ULONG TitleIndex;
    ULONG Type;
    ULONG DataLength;
    UCHAR Data[1];
} KEY_VALUE_PARTIAL_INFORMATION, *PKEY_VALUE_PARTIAL_INFORMATION;
typedef struct _KEY_VALUE_PARTIAL_INFORMATION_ALIGN64 {
    ULONG Type;
    ULONG DataLength;
    UCHAR Data[1];
} KEY_VALUE_PARTIAL_INFORMATION_ALIGN64, *PKEY_VALUE_PARTIAL_INFORMATION_ALIGN64;

/* ---- EXE-531 .. EXE-534 ---- */
DDI(ntoskrnl, "EXE-531", "wdm/nf-wdm-zwopenkey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwOpenKey(_Out_ PHANDLE KeyHandle, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_ATTRIBUTES ObjectAttributes);
DDI(ntoskrnl, "EXE-531", "wdm/nf-wdm-zwopenkeyex") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwOpenKeyEx(_Out_ PHANDLE KeyHandle, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_ATTRIBUTES ObjectAttributes, _In_ ULONG OpenOptions);
DDI(ntoskrnl, "EXE-531", "wdm/nf-wdm-zwcreatekey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwCreateKey(_Out_ PHANDLE KeyHandle, _In_ ACCESS_MASK DesiredAccess, _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                           _Reserved_ ULONG TitleIndex, _In_opt_ PUNICODE_STRING Class, _In_ ULONG CreateOptions, _Out_opt_ PULONG Disposition);
DDI(ntoskrnl, "EXE-534", "wdm/nf-wdm-zwdeletekey") _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS NTAPI ZwDeleteKey(_In_ HANDLE KeyHandle);
DDI(ntoskrnl, "EXE-534", "wdm/nf-wdm-zwflushkey") _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS NTAPI ZwFlushKey(_In_ HANDLE KeyHandle);
DDI(ntoskrnl, "EXE-533", "wdm/nf-wdm-zwquerykey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwQueryKey(_In_ HANDLE KeyHandle, _In_ KEY_INFORMATION_CLASS KeyInformationClass, _Out_opt_ PVOID KeyInformation, _In_ ULONG Length,
                          _Out_ PULONG ResultLength);
DDI(ntoskrnl, "EXE-533", "wdm/nf-wdm-zwenumeratekey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwEnumerateKey(_In_ HANDLE KeyHandle, _In_ ULONG Index, _In_ KEY_INFORMATION_CLASS KeyInformationClass, _Out_opt_ PVOID KeyInformation,
                              _In_ ULONG Length, _Out_ PULONG ResultLength);
DDI(ntoskrnl, "EXE-532", "wdm/nf-wdm-zwqueryvaluekey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwQueryValueKey(_In_ HANDLE KeyHandle, _In_ PUNICODE_STRING ValueName, _In_ KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                               _Out_opt_ PVOID KeyValueInformation, _In_ ULONG Length, _Out_ PULONG ResultLength);
DDI(ntoskrnl, "EXE-533", "wdm/nf-wdm-zwenumeratevaluekey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwEnumerateValueKey(_In_ HANDLE KeyHandle, _In_ ULONG Index, _In_ KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                                   _Out_opt_ PVOID KeyValueInformation, _In_ ULONG Length, _Out_ PULONG ResultLength);
DDI(ntoskrnl, "EXE-534", "wdm/nf-wdm-zwsetvaluekey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwSetValueKey(_In_ HANDLE KeyHandle, _In_ PUNICODE_STRING ValueName, _In_opt_ ULONG TitleIndex, _In_ ULONG Type, _In_opt_ PVOID Data,
                             _In_ ULONG DataSize);
DDI(ntoskrnl, "EXE-534", "wdm/nf-wdm-zwdeletevaluekey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwDeleteValueKey(_In_ HANDLE KeyHandle, _In_ PUNICODE_STRING ValueName);

/* ---- EXE-536 .. EXE-539 ---- */
#define RTL_REGISTRY_ABSOLUTE   0
#define RTL_REGISTRY_SERVICES   1
#define RTL_REGISTRY_CONTROL    2
#define RTL_REGISTRY_WINDOWS_NT 3
#define RTL_REGISTRY_DEVICEMAP  4
#define RTL_REGISTRY_USER       5
#define RTL_REGISTRY_MAXIMUM    6
#define RTL_REGISTRY_HANDLE     0x40000000
#define RTL_REGISTRY_OPTIONAL   0x80000000

#define RTL_QUERY_REGISTRY_SUBKEY    0x00000001
#define RTL_QUERY_REGISTRY_TOPKEY    0x00000002
#define RTL_QUERY_REGISTRY_REQUIRED  0x00000004
#define RTL_QUERY_REGISTRY_NOVALUE   0x00000008
#define RTL_QUERY_REGISTRY_NOEXPAND  0x00000010
#define RTL_QUERY_REGISTRY_DIRECT    0x00000020
#define RTL_QUERY_REGISTRY_DELETE    0x00000040
#define RTL_QUERY_REGISTRY_NOSTRING  0x00000080
#define RTL_QUERY_REGISTRY_TYPECHECK 0x00000100
#define RTL_QUERY_REGISTRY_TYPECHECK_SHIFT 24
#define RTL_QUERY_REGISTRY_TYPECHECK_MASK  (0xffu << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT)

DDI_CALLBACK("EXE-536", "wdm/nc-wdm-rtl_query_registry_routine") _IRQL_requires_(PASSIVE_LEVEL)
typedef NTSTATUS (NTAPI RTL_QUERY_REGISTRY_ROUTINE)(_In_ PWSTR ValueName, _In_ ULONG ValueType, _In_opt_ PVOID ValueData, _In_ ULONG ValueLength,
                                                    _In_opt_ PVOID Context, _In_opt_ PVOID EntryContext);
typedef RTL_QUERY_REGISTRY_ROUTINE *PRTL_QUERY_REGISTRY_ROUTINE;

typedef struct _RTL_QUERY_REGISTRY_TABLE {
    PRTL_QUERY_REGISTRY_ROUTINE QueryRoutine;
    ULONG Flags;
    PWSTR Name;
    PVOID EntryContext;
    ULONG DefaultType;
    PVOID DefaultData;
    ULONG DefaultLength;
} RTL_QUERY_REGISTRY_TABLE, *PRTL_QUERY_REGISTRY_TABLE;

DDI(ntoskrnl, "EXE-536 EXE-537 EXE-538", "wdm/nf-wdm-rtlqueryregistryvalues") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
DDI_GAP("environment strings in REG_EXPAND_SZ are not expanded")
NTSTATUS NTAPI RtlQueryRegistryValues(_In_ ULONG RelativeTo, _In_ PCWSTR Path, _Inout_ PRTL_QUERY_REGISTRY_TABLE QueryTable, _In_opt_ PVOID Context,
                                      _In_opt_ PVOID Environment);
DDI(ntoskrnl, "EXE-539", "wdm/nf-wdm-rtlcheckregistrykey") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlCheckRegistryKey(_In_ ULONG RelativeTo, _In_ PWSTR Path);
DDI(ntoskrnl, "EXE-539", "wdm/nf-wdm-rtlcreateregistrykey") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlCreateRegistryKey(_In_ ULONG RelativeTo, _In_ PWSTR Path);
DDI(ntoskrnl, "EXE-539", "wdm/nf-wdm-rtlwriteregistryvalue") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlWriteRegistryValue(_In_ ULONG RelativeTo, _In_ PCWSTR Path, _In_z_ PCWSTR ValueName, _In_ ULONG ValueType, _In_opt_ PVOID ValueData,
                                     _In_ ULONG ValueLength);
DDI(ntoskrnl, "EXE-539", "wdm/nf-wdm-rtldeleteregistryvalue") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlDeleteRegistryValue(_In_ ULONG RelativeTo, _In_ PCWSTR Path, _In_z_ PCWSTR ValueName);

WK_EXTERN_C_END

#endif
