/* ANSI (code page 1252) to Unicode and back, and strings that the run-time library allocates (EXE-453, EXE-475). One byte is one
 * character in this code page. Sizes are bytes; a result is terminated where the buffer has room. */
#include "wdm.h"
#include "rtl_private.h"
#include "codepage.h"

NTSTATUS NTAPI RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString, PULONG BytesInUnicodeString,
                                      const CHAR *MultiByteString, ULONG BytesInMultiByteString)
{
    ULONG n = MaxBytesInUnicodeString / sizeof(WCHAR);

    n = n < BytesInMultiByteString ? n : BytesInMultiByteString;
    for (ULONG i = 0; i < n; i++)
        UnicodeString[i] = rtl_wide_of((UCHAR)MultiByteString[i]);
    if (BytesInUnicodeString)
        *BytesInUnicodeString = n * sizeof(WCHAR);
    return n < BytesInMultiByteString ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytesInMultiByteString, PULONG BytesInMultiByteString,
                                      PCWCH UnicodeString, ULONG BytesInUnicodeString)
{
    ULONG whole = BytesInUnicodeString / sizeof(WCHAR);
    ULONG n = whole < MaxBytesInMultiByteString ? whole : MaxBytesInMultiByteString;

    for (ULONG i = 0; i < n; i++)
        MultiByteString[i] = (CHAR)rtl_narrow_of(UnicodeString[i]);
    if (BytesInMultiByteString)
        *BytesInMultiByteString = n;
    return n < whole ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlMultiByteToUnicodeSize(PULONG BytesInUnicodeString, const CHAR *MultiByteString, ULONG BytesInMultiByteString)
{
    *BytesInUnicodeString = BytesInMultiByteString * sizeof(WCHAR);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteSize(PULONG BytesInMultiByteString, PCWCH UnicodeString, ULONG BytesInUnicodeString)
{
    *BytesInMultiByteString = BytesInUnicodeString / sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/* Both with the terminator. */
ULONG NTAPI RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString)
{
    return (AnsiString->Length + 1u) * sizeof(WCHAR);
}

ULONG NTAPI RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString)
{
    return UnicodeString->Length / sizeof(WCHAR) + 1u;
}

NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PCANSI_STRING SourceString, BOOLEAN AllocateDestinationString)
{
    ULONG size = RtlxAnsiStringToUnicodeSize(SourceString);

    if (size > MAXUSHORT)
        return STATUS_INVALID_PARAMETER_2;
    if (AllocateDestinationString) {
        DestinationString->Buffer = rtl_alloc(size);
        if (!DestinationString->Buffer)
            return STATUS_NO_MEMORY;
        DestinationString->MaximumLength = (USHORT)size;
    } else if (size > DestinationString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    DestinationString->Length = (USHORT)(size - sizeof(WCHAR));
    RtlMultiByteToUnicodeN(DestinationString->Buffer, DestinationString->Length, NULL, SourceString->Buffer, SourceString->Length);
    DestinationString->Buffer[DestinationString->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

/* A buffer that is too short gets what fits, with its terminator, and STATUS_BUFFER_OVERFLOW. */
NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString, PCUNICODE_STRING SourceString, BOOLEAN AllocateDestinationString)
{
    ULONG size = RtlxUnicodeStringToAnsiSize(SourceString);
    NTSTATUS status = STATUS_SUCCESS;

    if (AllocateDestinationString) {
        DestinationString->Buffer = rtl_alloc(size);
        if (!DestinationString->Buffer)
            return STATUS_NO_MEMORY;
        DestinationString->MaximumLength = (USHORT)size;
    } else if (size > DestinationString->MaximumLength) {
        if (!DestinationString->MaximumLength)
            return STATUS_BUFFER_OVERFLOW;
        size = DestinationString->MaximumLength;
        status = STATUS_BUFFER_OVERFLOW;
    }
    DestinationString->Length = (USHORT)(size - 1);
    RtlUnicodeToMultiByteN(DestinationString->Buffer, size - 1, NULL, SourceString->Buffer, SourceString->Length);
    DestinationString->Buffer[size - 1] = 0;
    return status;
}

VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    if (UnicodeString->Buffer)
        rtl_free(UnicodeString->Buffer);
    *UnicodeString = (UNICODE_STRING){0};
}

VOID NTAPI RtlFreeAnsiString(PANSI_STRING AnsiString)
{
    if (AnsiString->Buffer)
        rtl_free(AnsiString->Buffer);
    *AnsiString = (ANSI_STRING){0};
}

VOID NTAPI RtlFreeUTF8String(PUTF8_STRING utf8String)
{
    RtlFreeAnsiString(utf8String);
}

BOOLEAN NTAPI RtlCreateUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    size_t bytes = (rtl_crt_wcslen(SourceString) + 1) * sizeof(WCHAR);

    if (bytes > UNICODE_STRING_MAX_BYTES)
        return FALSE;
    DestinationString->Buffer = rtl_alloc(bytes);
    if (!DestinationString->Buffer)
        return FALSE;
    rtl_crt_memmove(DestinationString->Buffer, SourceString, bytes);
    DestinationString->MaximumLength = (USHORT)bytes;
    DestinationString->Length = (USHORT)(bytes - sizeof(WCHAR));
    return TRUE;
}
