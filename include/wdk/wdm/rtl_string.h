/* Counted strings, code pages, numbers and GUIDs as text (EXE-450..455, EXE-462, EXE-468, EXE-475). */
#ifndef _WK_WDM_RTL_STRING_H
#define _WK_WDM_RTL_STRING_H

#include "base.h"

WK_EXTERN_C_BEGIN

/* ---- initialising: nothing is copied ---- */
DDI(ntoskrnl, "EXE-450", "wdm/nf-wdm-rtlinitunicodestring")
VOID NTAPI RtlInitUnicodeString(_Out_ PUNICODE_STRING DestinationString, _In_opt_z_ PCWSTR SourceString);
DDI(ntoskrnl, "EXE-450", "wdm/nf-wdm-rtlinitunicodestring")
NTSTATUS NTAPI RtlInitUnicodeStringEx(_Out_ PUNICODE_STRING DestinationString, _In_opt_z_ PCWSTR SourceString);
DDI(ntoskrnl, "EXE-450", "wdm/nf-wdm-rtlinitansistring")
VOID NTAPI RtlInitAnsiString(_Out_ PANSI_STRING DestinationString, _In_opt_z_ PCSZ SourceString);
DDI(ntoskrnl, "EXE-450", "wdm/nf-wdm-rtlinitstring")
VOID NTAPI RtlInitString(_Out_ PSTRING DestinationString, _In_opt_z_ PCSZ SourceString);
DDI(ntoskrnl, "EXE-450", "wdm/nf-wdm-rtlinitstringex")
NTSTATUS NTAPI RtlInitStringEx(_Out_ PSTRING DestinationString, _In_opt_z_ PCSZ SourceString);
DDI(ntoskrnl, "EXE-450", "wdm/nf-wdm-rtlinitutf8string")
VOID NTAPI RtlInitUTF8String(_Out_ PUTF8_STRING DestinationString, _In_opt_z_ PCSZ SourceString);
DDI(ntoskrnl, "EXE-450", "wdm/nf-wdm-rtlinitutf8stringex")
NTSTATUS NTAPI RtlInitUTF8StringEx(_Out_ PUTF8_STRING DestinationString, _In_opt_z_ PCSZ SourceString);
DDI_INLINE("EXE-450", "wdm/nf-wdm-rtlinitemptyunicodestring")
FORCEINLINE VOID RtlInitEmptyUnicodeString(_Out_ PUNICODE_STRING String, _In_ PWCHAR Buffer, _In_ USHORT Bytes)
{
    String->Length = 0;
    String->MaximumLength = Bytes;
    String->Buffer = Buffer;
}
DDI_INLINE("EXE-450", "wdm/nf-wdm-rtlinitemptyansistring")
FORCEINLINE VOID RtlInitEmptyAnsiString(_Out_ PANSI_STRING String, _In_ PCHAR Buffer, _In_ USHORT Bytes)
{
    String->Length = 0;
    String->MaximumLength = Bytes;
    String->Buffer = Buffer;
}

/* ---- copying ---- */
DDI(ntoskrnl, "EXE-451", "wdm/nf-wdm-rtlcopyunicodestring")
VOID NTAPI RtlCopyUnicodeString(_Inout_ PUNICODE_STRING DestinationString, _In_opt_ PCUNICODE_STRING SourceString);
DDI(ntoskrnl, "EXE-451", "ntddk/nf-ntddk-rtlcopystring")
VOID NTAPI RtlCopyString(_Inout_ PSTRING DestinationString, _In_opt_ const STRING *SourceString);
DDI(ntoskrnl, "EXE-451", "wdm/nf-wdm-rtlappendunicodestringtostring")
NTSTATUS NTAPI RtlAppendUnicodeStringToString(_Inout_ PUNICODE_STRING Destination, _In_ PCUNICODE_STRING Source);
DDI(ntoskrnl, "EXE-451", "wdm/nf-wdm-rtlappendunicodetostring")
NTSTATUS NTAPI RtlAppendUnicodeToString(_Inout_ PUNICODE_STRING Destination, _In_opt_z_ PCWSTR Source);
DDI(ntoskrnl, "EXE-451", "ntifs/nf-ntifs-rtlappendstringtostring")
NTSTATUS NTAPI RtlAppendStringToString(_Inout_ PSTRING Destination, _In_ const STRING *Source);

/* ---- comparing ---- */
DDI(ntoskrnl, "EXE-452", "wdm/nf-wdm-rtlcompareunicodestring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
LONG NTAPI RtlCompareUnicodeString(_In_ PCUNICODE_STRING String1, _In_ PCUNICODE_STRING String2, _In_ BOOLEAN CaseInSensitive);
DDI(ntoskrnl, "EXE-452", "wdm/nf-wdm-rtlcompareunicodestring")
LONG NTAPI RtlCompareUnicodeStrings(_In_ PCWCH String1, _In_ SIZE_T String1Length, _In_ PCWCH String2, _In_ SIZE_T String2Length, _In_ BOOLEAN CaseInSensitive);
DDI(ntoskrnl, "EXE-452", "wdm/nf-wdm-rtlequalunicodestring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI RtlEqualUnicodeString(_In_ PCUNICODE_STRING String1, _In_ PCUNICODE_STRING String2, _In_ BOOLEAN CaseInSensitive);
DDI(ntoskrnl, "EXE-452", "ntddk/nf-ntddk-rtlprefixunicodestring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI RtlPrefixUnicodeString(_In_ PCUNICODE_STRING String1, _In_ PCUNICODE_STRING String2, _In_ BOOLEAN CaseInSensitive);
DDI(ntoskrnl, "EXE-452", "") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI RtlSuffixUnicodeString(_In_ PCUNICODE_STRING String1, _In_ PCUNICODE_STRING String2, _In_ BOOLEAN CaseInSensitive);
DDI(ntoskrnl, "EXE-452", "ntddk/nf-ntddk-rtlcomparestring") _Must_inspect_result_
LONG NTAPI RtlCompareString(_In_ const STRING *String1, _In_ const STRING *String2, _In_ BOOLEAN CaseInSensitive);
DDI(ntoskrnl, "EXE-452", "ntddk/nf-ntddk-rtlequalstring") _Must_inspect_result_
BOOLEAN NTAPI RtlEqualString(_In_ const STRING *String1, _In_ const STRING *String2, _In_ BOOLEAN CaseInSensitive);
DDI(ntoskrnl, "EXE-452", "") _Must_inspect_result_
BOOLEAN NTAPI RtlPrefixString(_In_ const STRING *String1, _In_ const STRING *String2, _In_ BOOLEAN CaseInSensitive);
DDI(ntoskrnl, "EXE-452", "wdm/nf-wdm-rtlupcaseunicodechar") _IRQL_requires_max_(PASSIVE_LEVEL)
WCHAR NTAPI RtlUpcaseUnicodeChar(_In_ WCHAR SourceCharacter);
DDI(ntoskrnl, "EXE-452", "wdm/nf-wdm-rtldowncaseunicodechar") _IRQL_requires_max_(PASSIVE_LEVEL)
WCHAR NTAPI RtlDowncaseUnicodeChar(_In_ WCHAR SourceCharacter);
DDI(ntoskrnl, "EXE-452", "ntddk/nf-ntddk-rtlupperchar") CHAR NTAPI RtlUpperChar(_In_ CHAR Character);
DDI(ntoskrnl, "EXE-452", "ntddk/nf-ntddk-rtlupperstring")
VOID NTAPI RtlUpperString(_Inout_ PSTRING DestinationString, _In_ const STRING *SourceString);
DDI(ntoskrnl, "EXE-452", "ntddk/nf-ntddk-rtlupcaseunicodestring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlUpcaseUnicodeString(_Inout_ PUNICODE_STRING DestinationString, _In_ PCUNICODE_STRING SourceString, _In_ BOOLEAN AllocateDestinationString);
DDI(ntoskrnl, "EXE-452", "ntifs/nf-ntifs-rtldowncaseunicodestring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlDowncaseUnicodeString(_Inout_ PUNICODE_STRING DestinationString, _In_ PCUNICODE_STRING SourceString, _In_ BOOLEAN AllocateDestinationString);

/* ---- ANSI (code page 1252) and Unicode ---- */
DDI(ntoskrnl, "EXE-453", "wdm/nf-wdm-rtlansistringtounicodestring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlAnsiStringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString, _In_ PCANSI_STRING SourceString, _In_ BOOLEAN AllocateDestinationString);
DDI(ntoskrnl, "EXE-453", "wdm/nf-wdm-rtlunicodestringtoansistring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlUnicodeStringToAnsiString(_Inout_ PANSI_STRING DestinationString, _In_ PCUNICODE_STRING SourceString, _In_ BOOLEAN AllocateDestinationString);
DDI(ntoskrnl, "EXE-453", "wdm/nf-wdm-rtlxansistringtounicodesize") _IRQL_requires_max_(PASSIVE_LEVEL)
ULONG NTAPI RtlxAnsiStringToUnicodeSize(_In_ PCANSI_STRING AnsiString);
DDI(ntoskrnl, "EXE-453", "wdm/nf-wdm-rtlxunicodestringtoansisize") _IRQL_requires_max_(PASSIVE_LEVEL)
ULONG NTAPI RtlxUnicodeStringToAnsiSize(_In_ PCUNICODE_STRING UnicodeString);
DDI_MACRO(RtlAnsiStringToUnicodeSize, "EXE-453", "wdm/nf-wdm-rtlansistringtounicodesize")
#define RtlAnsiStringToUnicodeSize(s) RtlxAnsiStringToUnicodeSize(s)
DDI_MACRO(RtlUnicodeStringToAnsiSize, "EXE-453", "wdm/nf-wdm-rtlunicodestringtoansisize")
#define RtlUnicodeStringToAnsiSize(s) RtlxUnicodeStringToAnsiSize(s)
DDI(ntoskrnl, "EXE-453", "ntifs/nf-ntifs-rtlmultibytetounicoden") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlMultiByteToUnicodeN(_Out_ PWCH UnicodeString, _In_ ULONG MaxBytesInUnicodeString, _Out_opt_ PULONG BytesInUnicodeString, _In_ const CHAR *MultiByteString, _In_ ULONG BytesInMultiByteString);
DDI(ntoskrnl, "EXE-453", "ntifs/nf-ntifs-rtlmultibytetounicodesize") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlMultiByteToUnicodeSize(_Out_ PULONG BytesInUnicodeString, _In_ const CHAR *MultiByteString, _In_ ULONG BytesInMultiByteString);
DDI(ntoskrnl, "EXE-453", "ntifs/nf-ntifs-rtlunicodetomultibyten") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUnicodeToMultiByteN(_Out_ PCHAR MultiByteString, _In_ ULONG MaxBytesInMultiByteString, _Out_opt_ PULONG BytesInMultiByteString, _In_ PCWCH UnicodeString, _In_ ULONG BytesInUnicodeString);
DDI(ntoskrnl, "EXE-453", "ntifs/nf-ntifs-rtlunicodetomultibytesize") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUnicodeToMultiByteSize(_Out_ PULONG BytesInMultiByteString, _In_ PCWCH UnicodeString, _In_ ULONG BytesInUnicodeString);
DDI(ntoskrnl, "EXE-453 EXE-475", "wdm/nf-wdm-rtlfreeunicodestring") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI RtlFreeUnicodeString(_Inout_ PUNICODE_STRING UnicodeString);
DDI(ntoskrnl, "EXE-453 EXE-475", "wdm/nf-wdm-rtlfreeansistring") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI RtlFreeAnsiString(_Inout_ PANSI_STRING AnsiString);
DDI(ntoskrnl, "EXE-454 EXE-475", "wdm/nf-wdm-rtlfreeutf8string") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI RtlFreeUTF8String(_Inout_ PUTF8_STRING utf8String);
DDI(ntoskrnl, "EXE-451", "ntifs/nf-ntifs-rtlcreateunicodestring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI RtlCreateUnicodeString(_Out_ PUNICODE_STRING DestinationString, _In_z_ PCWSTR SourceString);

/* ---- UTF-8; sizes in bytes ---- */
DDI(ntoskrnl, "EXE-454", "wdm/nf-wdm-rtlutf8tounicoden") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUTF8ToUnicodeN(_Out_opt_ PWSTR UnicodeStringDestination, _In_ ULONG UnicodeStringMaxByteCount, _Out_opt_ PULONG UnicodeStringActualByteCount, _In_ PCSTR UTF8StringSource, _In_ ULONG UTF8StringByteCount);
DDI(ntoskrnl, "EXE-454", "wdm/nf-wdm-rtlunicodetoutf8n") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUnicodeToUTF8N(_Out_opt_ PSTR UTF8StringDestination, _In_ ULONG UTF8StringMaxByteCount, _Out_opt_ PULONG UTF8StringActualByteCount, _In_ PCWSTR UnicodeStringSource, _In_ ULONG UnicodeStringByteCount);
DDI(ntoskrnl, "EXE-454", "wdm/nf-wdm-rtlutf8stringtounicodestring") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUTF8StringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString, _In_ PUTF8_STRING SourceString, _In_ BOOLEAN AllocateDestinationString);
DDI(ntoskrnl, "EXE-454", "wdm/nf-wdm-rtlunicodestringtoutf8string") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUnicodeStringToUTF8String(_Inout_ PUTF8_STRING DestinationString, _In_ PCUNICODE_STRING SourceString, _In_ BOOLEAN AllocateDestinationString);

/* ---- numbers and GUIDs ---- */
DDI(ntoskrnl, "EXE-455", "wdm/nf-wdm-rtlunicodestringtointeger") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUnicodeStringToInteger(_In_ PCUNICODE_STRING String, _In_opt_ ULONG Base, _Out_ PULONG Value);
DDI(ntoskrnl, "EXE-455", "wdm/nf-wdm-rtlintegertounicodestring") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlIntegerToUnicodeString(_In_ ULONG Value, _In_opt_ ULONG Base, _Inout_ PUNICODE_STRING String);
DDI(ntoskrnl, "EXE-455", "wdm/nf-wdm-rtlint64tounicodestring") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlInt64ToUnicodeString(_In_ ULONGLONG Value, _In_opt_ ULONG Base, _Inout_ PUNICODE_STRING String);
DDI(ntoskrnl, "EXE-455", "") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUnicodeStringToInt64(_In_ PCUNICODE_STRING String, _In_opt_ ULONG Base, _Out_ PLONG64 Number, _Out_opt_ PWSTR *EndPointer);
DDI(ntoskrnl, "EXE-455", "ntddk/nf-ntddk-rtlchartointeger") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlCharToInteger(_In_z_ PCSZ String, _In_opt_ ULONG Base, _Out_ PULONG Value);
DDI_MACRO(RtlIntPtrToUnicodeString, "EXE-455", "wdm/nf-wdm-rtlintptrtounicodestring")
#define RtlIntPtrToUnicodeString(Value, Base, String) RtlInt64ToUnicodeString(Value, Base, String)
DDI(ntoskrnl, "EXE-462", "wdm/nf-wdm-rtlstringfromguid") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlStringFromGUID(_In_ REFGUID Guid, _Out_ PUNICODE_STRING GuidString);
DDI(ntoskrnl, "EXE-462", "wdm/nf-wdm-rtlguidfromstring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlGUIDFromString(_In_ PCUNICODE_STRING GuidString, _Out_ GUID *Guid);

#define HASH_STRING_ALGORITHM_DEFAULT 0
#define HASH_STRING_ALGORITHM_X65599  1
#define HASH_STRING_ALGORITHM_INVALID 0xffffffff
DDI(ntoskrnl, "EXE-468", "wdm/nf-wdm-rtlhashunicodestring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlHashUnicodeString(_In_ PCUNICODE_STRING String, _In_ BOOLEAN CaseInSensitive, _In_ ULONG HashAlgorithm, _Out_ PULONG HashValue);

WK_EXTERN_C_END

#endif
