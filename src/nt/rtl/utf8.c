/* UTF-8 to UTF-16 and back (EXE-454). What is not well-formed becomes U+FFFD and STATUS_SOME_NOT_MAPPED. Sizes are bytes. With no destination
 * only the size is computed; one that is too small gets whole characters as far as they fit. */
#include "wdm.h"
#include "rtl_private.h"

#define REPLACEMENT 0xFFFDu

/* One character from at, *used its bytes. A bad sequence is REPLACEMENT, its longest well-formed beginning is skipped (Unicode 3.9, U+FFFD
 * substitution of maximal subparts). */
static ULONG decode(const UCHAR *at, size_t left, unsigned *used, BOOLEAN *bad)
{
    ULONG c = at[0];
    unsigned more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : 4;
    UCHAR low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    UCHAR high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;

    *used = 1;
    if (!more)
        return c;
    if (more == 4) {
        *bad = TRUE;
        return REPLACEMENT;
    }
    c &= 0x3f >> more;
    for (unsigned i = 1; i <= more; i++, low = 0x80, high = 0xbf) {
        if (i >= left || at[i] < low || at[i] > high) {
            *bad = TRUE;
            return REPLACEMENT;
        }
        c = c << 6 | (at[i] & 0x3f);
        *used = i + 1;
    }
    return c;
}

NTSTATUS NTAPI RtlUTF8ToUnicodeN(PWSTR UnicodeStringDestination, ULONG UnicodeStringMaxByteCount, PULONG UnicodeStringActualByteCount,
                                 PCSTR UTF8StringSource, ULONG UTF8StringByteCount)
{
    const UCHAR *from = (const UCHAR *)UTF8StringSource;
    ULONG room = UnicodeStringMaxByteCount / sizeof(WCHAR), count = 0;
    NTSTATUS status = STATUS_SUCCESS;
    BOOLEAN bad = FALSE;

    if (!UTF8StringSource)
        return STATUS_INVALID_PARAMETER_4;
    if (!UnicodeStringDestination && !UnicodeStringActualByteCount)
        return STATUS_INVALID_PARAMETER;
    for (ULONG i = 0; i < UTF8StringByteCount;) {
        unsigned used;
        ULONG c = decode(from + i, UTF8StringByteCount - i, &used, &bad);
        ULONG units = c > 0xffff ? 2 : 1;

        i += used;
        if (UnicodeStringDestination) {
            if (count + units > room) {
                status = STATUS_BUFFER_TOO_SMALL;
                break;
            }
            if (units == 2) {
                UnicodeStringDestination[count] = (WCHAR)(0xd800 + ((c - 0x10000) >> 10));
                UnicodeStringDestination[count + 1] = (WCHAR)(0xdc00 + ((c - 0x10000) & 0x3ff));
            } else {
                UnicodeStringDestination[count] = (WCHAR)c;
            }
        }
        count += units;
    }
    if (UnicodeStringActualByteCount)
        *UnicodeStringActualByteCount = count * sizeof(WCHAR);
    return status != STATUS_SUCCESS ? status : bad ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

static unsigned encode(ULONG c, UCHAR text[4])
{
    if (c < 0x80) {
        text[0] = (UCHAR)c;
        return 1;
    }
    if (c < 0x800) {
        text[0] = (UCHAR)(0xc0 | c >> 6);
        text[1] = (UCHAR)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        text[0] = (UCHAR)(0xe0 | c >> 12);
        text[1] = (UCHAR)(0x80 | (c >> 6 & 0x3f));
        text[2] = (UCHAR)(0x80 | (c & 0x3f));
        return 3;
    }
    text[0] = (UCHAR)(0xf0 | c >> 18);
    text[1] = (UCHAR)(0x80 | (c >> 12 & 0x3f));
    text[2] = (UCHAR)(0x80 | (c >> 6 & 0x3f));
    text[3] = (UCHAR)(0x80 | (c & 0x3f));
    return 4;
}

NTSTATUS NTAPI RtlUnicodeToUTF8N(PSTR UTF8StringDestination, ULONG UTF8StringMaxByteCount, PULONG UTF8StringActualByteCount,
                                 PCWSTR UnicodeStringSource, ULONG UnicodeStringByteCount)
{
    ULONG units = UnicodeStringByteCount / sizeof(WCHAR), count = 0;
    NTSTATUS status = STATUS_SUCCESS;
    BOOLEAN bad = FALSE;

    if (!UnicodeStringSource)
        return STATUS_INVALID_PARAMETER_4;
    if (!UTF8StringDestination && !UTF8StringActualByteCount)
        return STATUS_INVALID_PARAMETER;
    if (UnicodeStringByteCount % sizeof(WCHAR))
        return STATUS_INVALID_PARAMETER_5;
    for (ULONG i = 0; i < units; i++) {
        ULONG c = UnicodeStringSource[i];
        UCHAR text[4];
        unsigned bytes;

        if (c >= 0xd800 && c < 0xdc00 && i + 1 < units && UnicodeStringSource[i + 1] >= 0xdc00 && UnicodeStringSource[i + 1] < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (UnicodeStringSource[++i] - 0xdc00u);
        } else if (c >= 0xd800 && c < 0xe000) {
            c = REPLACEMENT;
            bad = TRUE;
        }
        bytes = encode(c, text);
        if (UTF8StringDestination) {
            if (count + bytes > UTF8StringMaxByteCount) {
                status = STATUS_BUFFER_TOO_SMALL;
                break;
            }
            for (unsigned k = 0; k < bytes; k++)
                UTF8StringDestination[count + k] = (CHAR)text[k];
        }
        count += bytes;
    }
    if (UTF8StringActualByteCount)
        *UTF8StringActualByteCount = count;
    return status != STATUS_SUCCESS ? status : bad ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

/* The result is terminated; the terminator needs its room. */
NTSTATUS NTAPI RtlUTF8StringToUnicodeString(PUNICODE_STRING DestinationString, PUTF8_STRING SourceString, BOOLEAN AllocateDestinationString)
{
    ULONG bytes;
    NTSTATUS status;

    RtlUTF8ToUnicodeN(NULL, 0, &bytes, SourceString->Buffer, SourceString->Length);
    if (bytes + sizeof(WCHAR) > MAXUSHORT)
        return STATUS_INVALID_PARAMETER_2;
    if (AllocateDestinationString) {
        DestinationString->Buffer = rtl_alloc(bytes + sizeof(WCHAR));
        if (!DestinationString->Buffer)
            return STATUS_NO_MEMORY;
        DestinationString->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    } else if (bytes + sizeof(WCHAR) > DestinationString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    status = RtlUTF8ToUnicodeN(DestinationString->Buffer, bytes, &bytes, SourceString->Buffer, SourceString->Length);
    DestinationString->Length = (USHORT)bytes;
    DestinationString->Buffer[bytes / sizeof(WCHAR)] = 0;
    return status;
}

NTSTATUS NTAPI RtlUnicodeStringToUTF8String(PUTF8_STRING DestinationString, PCUNICODE_STRING SourceString, BOOLEAN AllocateDestinationString)
{
    ULONG bytes = 0;
    NTSTATUS status = RtlUnicodeToUTF8N(NULL, 0, &bytes, SourceString->Buffer, SourceString->Length);

    if (!NT_SUCCESS(status))
        return status;
    if (bytes + 1 > MAXUSHORT)
        return STATUS_INVALID_PARAMETER_2;
    if (AllocateDestinationString) {
        DestinationString->Buffer = rtl_alloc(bytes + 1);
        if (!DestinationString->Buffer)
            return STATUS_NO_MEMORY;
        DestinationString->MaximumLength = (USHORT)(bytes + 1);
    } else if (bytes + 1 > DestinationString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    status = RtlUnicodeToUTF8N(DestinationString->Buffer, bytes, &bytes, SourceString->Buffer, SourceString->Length);
    DestinationString->Length = (USHORT)bytes;
    DestinationString->Buffer[bytes] = 0;
    return status;
}
