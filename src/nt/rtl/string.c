/* Counted strings: initialise, copy, append, compare (EXE-450..452). Lengths are bytes. */
#include "wdm.h"
#include "rtl_private.h"

NTSTATUS NTAPI RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    size_t length = SourceString ? rtl_crt_wcslen(SourceString) : 0;

    if (length > UNICODE_STRING_MAX_CHARS - 1) {
        DestinationString->Length = DestinationString->MaximumLength = 0;
        DestinationString->Buffer = NULL;
        return STATUS_NAME_TOO_LONG;
    }
    DestinationString->Length = (USHORT)(length * sizeof(WCHAR));
    DestinationString->MaximumLength = SourceString ? (USHORT)(DestinationString->Length + sizeof(WCHAR)) : 0;
    DestinationString->Buffer = (PWCH)(ULONG_PTR)SourceString;
    return STATUS_SUCCESS;
}

VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    size_t length = SourceString ? rtl_crt_wcslen(SourceString) : 0;

    if (length > UNICODE_STRING_MAX_CHARS - 1)
        length = UNICODE_STRING_MAX_CHARS - 1; /* EXE-450: 0xFFFC bytes */
    DestinationString->Length = (USHORT)(length * sizeof(WCHAR));
    DestinationString->MaximumLength = SourceString ? (USHORT)(DestinationString->Length + sizeof(WCHAR)) : 0;
    DestinationString->Buffer = (PWCH)(ULONG_PTR)SourceString;
}

NTSTATUS NTAPI RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString)
{
    size_t length = SourceString ? rtl_crt_strlen(SourceString) : 0;

    if (length > MAXUSHORT - 1) {
        DestinationString->Length = DestinationString->MaximumLength = 0;
        DestinationString->Buffer = NULL;
        return STATUS_NAME_TOO_LONG;
    }
    DestinationString->Length = (USHORT)length;
    DestinationString->MaximumLength = SourceString ? (USHORT)(length + 1) : 0;
    DestinationString->Buffer = (PCHAR)(ULONG_PTR)SourceString;
    return STATUS_SUCCESS;
}

VOID NTAPI RtlInitString(PSTRING DestinationString, PCSZ SourceString)
{
    size_t length = SourceString ? rtl_crt_strlen(SourceString) : 0;

    if (length > MAXUSHORT - 1)
        length = MAXUSHORT - 1;
    DestinationString->Length = (USHORT)length;
    DestinationString->MaximumLength = SourceString ? (USHORT)(length + 1) : 0;
    DestinationString->Buffer = (PCHAR)(ULONG_PTR)SourceString;
}

VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
    RtlInitString(DestinationString, SourceString);
}

VOID NTAPI RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString)
{
    RtlInitString(DestinationString, SourceString);
}

NTSTATUS NTAPI RtlInitUTF8StringEx(PUTF8_STRING DestinationString, PCSZ SourceString)
{
    return RtlInitStringEx(DestinationString, SourceString);
}

/* Cuts; a terminator only where there is room for it. */
VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    USHORT length;

    if (!SourceString) {
        DestinationString->Length = 0;
        return;
    }
    length = SourceString->Length < DestinationString->MaximumLength ? SourceString->Length : DestinationString->MaximumLength;
    rtl_crt_memmove(DestinationString->Buffer, SourceString->Buffer, length);
    DestinationString->Length = length;
    if (length + sizeof(WCHAR) <= DestinationString->MaximumLength)
        DestinationString->Buffer[length / sizeof(WCHAR)] = 0;
}

VOID NTAPI RtlCopyString(PSTRING DestinationString, const STRING *SourceString)
{
    USHORT length;

    if (!SourceString) {
        DestinationString->Length = 0;
        return;
    }
    length = SourceString->Length < DestinationString->MaximumLength ? SourceString->Length : DestinationString->MaximumLength;
    rtl_crt_memmove(DestinationString->Buffer, SourceString->Buffer, length);
    DestinationString->Length = length;
}

static NTSTATUS append(PUNICODE_STRING to, const WCHAR *from, size_t bytes)
{
    if (!bytes)
        return STATUS_SUCCESS;
    if (to->Length + bytes > to->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL; /* EXE-451: nothing changes */
    rtl_crt_memmove((char *)to->Buffer + to->Length, from, bytes);
    to->Length = (USHORT)(to->Length + bytes);
    if (to->Length + sizeof(WCHAR) <= to->MaximumLength)
        to->Buffer[to->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source)
{
    return append(Destination, Source->Buffer, Source->Length);
}

NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
    return Source ? append(Destination, Source, rtl_crt_wcslen(Source) * sizeof(WCHAR)) : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendStringToString(PSTRING Destination, const STRING *Source)
{
    if (Destination->Length + Source->Length > Destination->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL;
    rtl_crt_memmove(Destination->Buffer + Destination->Length, Source->Buffer, Source->Length);
    Destination->Length = (USHORT)(Destination->Length + Source->Length);
    return STATUS_SUCCESS;
}

static LONG compare(const WCHAR *a, size_t a_chars, const WCHAR *b, size_t b_chars, BOOLEAN ignore_case)
{
    size_t n = a_chars < b_chars ? a_chars : b_chars;

    for (size_t i = 0; i < n; i++) {
        WCHAR x = a[i], y = b[i];

        if (x == y)
            continue;
        if (ignore_case && (x = rtl_upcase(x)) == (y = rtl_upcase(y)))
            continue;
        return (LONG)x - (LONG)y;
    }
    return (LONG)(a_chars - b_chars);
}

LONG NTAPI RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2, SIZE_T String2Length, BOOLEAN CaseInSensitive)
{
    return compare(String1, String1Length, String2, String2Length, CaseInSensitive);
}

LONG NTAPI RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    return compare(String1->Buffer, String1->Length / 2, String2->Buffer, String2->Length / 2, CaseInSensitive);
}

BOOLEAN NTAPI RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length && !RtlCompareUnicodeString(String1, String2, CaseInSensitive);
}

/* Does String2 begin with String1? */
BOOLEAN NTAPI RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    if (String1->Length > String2->Length)
        return FALSE;
    return !compare(String1->Buffer, String1->Length / 2, String2->Buffer, String1->Length / 2, CaseInSensitive);
}

/* Does String2 end with String1? */
BOOLEAN NTAPI RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    size_t skip = (String2->Length - (size_t)String1->Length) / 2;

    if (String1->Length > String2->Length)
        return FALSE;
    return !compare(String1->Buffer, String1->Length / 2, String2->Buffer + skip, String1->Length / 2, CaseInSensitive);
}

/* ASCII and the Latin-1 letters, as code page 1252 has them. */
CHAR NTAPI RtlUpperChar(CHAR Character)
{
    UCHAR c = (UCHAR)Character;

    if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7))
        return (CHAR)(c - 32);
    return Character;
}

VOID NTAPI RtlUpperString(PSTRING DestinationString, const STRING *SourceString)
{
    USHORT length = SourceString->Length < DestinationString->MaximumLength ? SourceString->Length : DestinationString->MaximumLength;

    for (USHORT i = 0; i < length; i++)
        DestinationString->Buffer[i] = RtlUpperChar(SourceString->Buffer[i]);
    DestinationString->Length = length;
}

static LONG compare_narrow(const STRING *a, const STRING *b, size_t n, BOOLEAN ignore_case)
{
    for (size_t i = 0; i < n; i++) {
        UCHAR x = (UCHAR)a->Buffer[i], y = (UCHAR)b->Buffer[i];

        if (ignore_case) {
            x = (UCHAR)RtlUpperChar((CHAR)x);
            y = (UCHAR)RtlUpperChar((CHAR)y);
        }
        if (x != y)
            return (LONG)x - (LONG)y;
    }
    return 0;
}

LONG NTAPI RtlCompareString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    LONG order = compare_narrow(String1, String2, String1->Length < String2->Length ? String1->Length : String2->Length, CaseInSensitive);

    return order ? order : (LONG)String1->Length - (LONG)String2->Length;
}

BOOLEAN NTAPI RtlEqualString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length && !compare_narrow(String1, String2, String1->Length, CaseInSensitive);
}

BOOLEAN NTAPI RtlPrefixString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    return String1->Length <= String2->Length && !compare_narrow(String1, String2, String1->Length, CaseInSensitive);
}

/* EXE-468: h = h * 65599 + character */
NTSTATUS NTAPI RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive, ULONG HashAlgorithm, PULONG HashValue)
{
    ULONG hash = 0;

    if (!String || !HashValue || HashAlgorithm > HASH_STRING_ALGORITHM_X65599)
        return STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < String->Length / sizeof(WCHAR); i++)
        hash = hash * 65599 + (CaseInSensitive ? rtl_upcase(String->Buffer[i]) : String->Buffer[i]);
    *HashValue = hash;
    return STATUS_SUCCESS;
}
