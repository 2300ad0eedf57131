/* Numbers and GUIDs as text (EXE-455, EXE-462). */
#include "wdm.h"
#include "rtl_private.h"

static BOOLEAN is_base(ULONG base)
{
    return base == 0 || base == 2 || base == 8 || base == 10 || base == 16;
}

static unsigned digit_of(WCHAR c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10u;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10u;
    return 99;
}

/* *end: characters read. Wraps silently; no digits give 0. */
static ULONGLONG parse(const WCHAR *text, size_t n, ULONG base, size_t *end)
{
    ULONGLONG value = 0;
    BOOLEAN negative = FALSE;
    size_t i = 0;

    while (i < n && text[i] <= ' ')
        i++;
    if (i < n && (text[i] == '-' || text[i] == '+'))
        negative = text[i++] == '-';
    if (base == 0) {
        base = 10;
        if (i + 1 < n && text[i] == '0') {
            WCHAR c = text[i + 1];

            base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
            i += base != 10 ? 2 : 0;
        }
    }
    for (; i < n && digit_of(text[i]) < base; i++)
        value = value * base + digit_of(text[i]);
    *end = i;
    return negative ? 0 - value : value;
}

NTSTATUS NTAPI RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value)
{
    size_t end;

    if (!String->Length || !is_base(Base))
        return STATUS_INVALID_PARAMETER;
    *Value = (ULONG)parse(String->Buffer, String->Length / sizeof(WCHAR), Base, &end);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeStringToInt64(PCUNICODE_STRING String, ULONG Base, PLONG64 Number, PWSTR *EndPointer)
{
    size_t end;

    if (!String->Length || !is_base(Base))
        return STATUS_INVALID_PARAMETER;
    *Number = (LONG64)parse(String->Buffer, String->Length / sizeof(WCHAR), Base, &end);
    if (EndPointer)
        *EndPointer = String->Buffer + end;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value)
{
    WCHAR wide[80];
    size_t n = 0, end;

    if (!is_base(Base))
        return STATUS_INVALID_PARAMETER;
    while (*String && (UCHAR)*String <= ' ')
        String++;
    for (; n < RTL_NUMBER_OF(wide) && String[n]; n++)
        wide[n] = (UCHAR)String[n];
    *Value = (ULONG)parse(wide, n, Base, &end);
    return STATUS_SUCCESS;
}

unsigned rtl_digits(ULONGLONG value, unsigned base, WCHAR text[64])
{
    WCHAR reverse[64];
    unsigned n = 0;

    do {
        reverse[n++] = (WCHAR) "0123456789ABCDEF"[value % base];
        value /= base;
    } while (value);
    for (unsigned i = 0; i < n; i++)
        text[i] = reverse[n - 1 - i];
    return n;
}

/* Terminated when there is room; Length never counts the terminator. */
NTSTATUS NTAPI RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String)
{
    WCHAR text[64];
    unsigned n;

    if (!is_base(Base))
        return STATUS_INVALID_PARAMETER;
    n = rtl_digits(Value, Base ? Base : 10, text);
    if (n * sizeof(WCHAR) > String->MaximumLength)
        return STATUS_BUFFER_OVERFLOW;
    rtl_crt_memmove(String->Buffer, text, n * sizeof(WCHAR));
    String->Length = (USHORT)(n * sizeof(WCHAR));
    if (String->Length + sizeof(WCHAR) <= String->MaximumLength)
        String->Buffer[n] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String)
{
    return RtlInt64ToUnicodeString(Value, Base, String);
}

/* {8-4-4-4-12}, lower case ([W] our choice: the page does not say). The caller gives it to RtlFreeUnicodeString. */
NTSTATUS NTAPI RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString)
{
    WCHAR *text = rtl_alloc(39 * sizeof(WCHAR));

    if (!text)
        return STATUS_NO_MEMORY;
    rtl_crt__snwprintf(text, 39, L"{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", Guid->Data1, Guid->Data2, Guid->Data3,
                       Guid->Data4[0], Guid->Data4[1], Guid->Data4[2], Guid->Data4[3], Guid->Data4[4], Guid->Data4[5],
                       Guid->Data4[6], Guid->Data4[7]);
    GuidString->Buffer = text;
    GuidString->Length = 38 * sizeof(WCHAR);
    GuidString->MaximumLength = 39 * sizeof(WCHAR);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid)
{
    static const char shape[] = "{........-....-....-....-............}";
    UCHAR bytes[16] = {0};
    unsigned nibble = 0;

    if (GuidString->Length < 38 * sizeof(WCHAR))
        return STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < 38; i++) {
        WCHAR c = GuidString->Buffer[i];
        unsigned digit = digit_of(c);

        if (shape[i] != '.') {
            if (c != (WCHAR)shape[i])
                return STATUS_INVALID_PARAMETER;
            continue;
        }
        if (digit > 15)
            return STATUS_INVALID_PARAMETER;
        bytes[nibble / 2] = (UCHAR)(bytes[nibble / 2] << 4 | digit);
        nibble++;
    }
    Guid->Data1 = (ULONG)bytes[0] << 24 | (ULONG)bytes[1] << 16 | (ULONG)bytes[2] << 8 | bytes[3];
    Guid->Data2 = (USHORT)(bytes[4] << 8 | bytes[5]);
    Guid->Data3 = (USHORT)(bytes[6] << 8 | bytes[7]);
    rtl_crt_memmove(Guid->Data4, bytes + 8, 8);
    return STATUS_SUCCESS;
}
