/* The RtlUnicodeString functions of ntstrsafe.h, included by it. Counted strings: no terminator is written, none is looked for in a
 * UNICODE_STRING. Not for drivers. */

FORCEINLINE BOOLEAN WkUsIsValid(PCUNICODE_STRING s, ULONG flags)
{
    if (!s)
        return (flags & STRSAFE_IGNORE_NULLS) != 0;
    return s->Length % sizeof(WCHAR) == 0 && s->MaximumLength % sizeof(WCHAR) == 0 && s->Length <= s->MaximumLength &&
           (s->Buffer || !s->MaximumLength);
}

FORCEINLINE NTSTATUS RtlUnicodeStringValidateEx(PCUNICODE_STRING s, ULONG flags)
{
    return flags & ~(ULONG)STRSAFE_IGNORE_NULLS || !WkUsIsValid(s, flags) ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

FORCEINLINE NTSTATUS RtlUnicodeStringValidate(PCUNICODE_STRING s)
{
    return RtlUnicodeStringValidateEx(s, 0);
}

FORCEINLINE NTSTATUS RtlUnicodeStringInitEx(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from, ULONG flags)
{
    size_t n = 0;

    if (flags & ~(ULONG)STRSAFE_IGNORE_NULLS || (!to && !(flags & STRSAFE_IGNORE_NULLS)))
        return STATUS_INVALID_PARAMETER;
    if (from) {
        n = WkStrLengthW(from, NTSTRSAFE_UNICODE_STRING_MAX_CCH);
        if (n >= NTSTRSAFE_UNICODE_STRING_MAX_CCH)
            return STATUS_INVALID_PARAMETER;
    }
    if (to) {
        to->Length = (USHORT)(n * sizeof(WCHAR));
        to->MaximumLength = (USHORT)(from ? (n + 1) * sizeof(WCHAR) : 0);
        to->Buffer = (PWCH)(ULONG_PTR)from;
    }
    return STATUS_SUCCESS;
}

FORCEINLINE NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from)
{
    return RtlUnicodeStringInitEx(to, from, 0);
}

FORCEINLINE NTSTATUS WkUsFinish(PUNICODE_STRING to, NTSTATUS status, PUNICODE_STRING remaining, ULONG flags)
{
    if (to && to->Buffer && WkUsIsValid(to, 0)) {
        if (!NT_SUCCESS(status)) {
            if (flags & STRSAFE_FILL_ON_FAILURE) {
                WK_CRT(memset)(to->Buffer, (int)(flags & 0xff), to->MaximumLength);
                to->Length = flags & 0xff ? to->MaximumLength : 0;
            }
            if (flags & (STRSAFE_NULL_ON_FAILURE | STRSAFE_ZERO_LENGTH_ON_FAILURE)) {
                to->Length = 0;
                if (flags & STRSAFE_NULL_ON_FAILURE && to->MaximumLength)
                    to->Buffer[0] = 0;
            }
        } else if (flags & STRSAFE_FILL_BEHIND) {
            WK_CRT(memset)((char *)to->Buffer + to->Length, (int)(flags & 0xff), (size_t)to->MaximumLength - to->Length);
        }
    }
    if (remaining && to && (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW)) {
        remaining->Length = 0;
        remaining->MaximumLength = (USHORT)(to->MaximumLength - to->Length);
        remaining->Buffer = to->Buffer ? to->Buffer + to->Length / sizeof(WCHAR) : NULL;
    }
    return status;
}

/* n characters at from. append: behind what is there. */
FORCEINLINE NTSTATUS WkUsPut(PUNICODE_STRING to, const WCHAR *from, size_t n, BOOLEAN append, PUNICODE_STRING remaining, ULONG flags)
{
    size_t used, room;
    NTSTATUS status = STATUS_SUCCESS;

    if (flags & ~(ULONG)STRSAFE_UNICODE_STRING_VALID_FLAGS || !WkUsIsValid(to, flags) || (!to && n))
        return WkUsFinish(to, STATUS_INVALID_PARAMETER, remaining, flags);
    if (!to)
        return STATUS_SUCCESS;
    used = append ? to->Length / sizeof(WCHAR) : 0;
    room = to->MaximumLength / sizeof(WCHAR) - used;
    if (n > room) {
        status = STATUS_BUFFER_OVERFLOW;
        n = flags & STRSAFE_NO_TRUNCATION ? 0 : room;
        if (flags & STRSAFE_NO_TRUNCATION && !append)
            return WkUsFinish(to, status, remaining, flags);
    }
    if (n)
        WK_CRT(memmove)(to->Buffer + used, from, n * sizeof(WCHAR));
    to->Length = (USHORT)((used + n) * sizeof(WCHAR));
    return WkUsFinish(to, status, remaining, flags);
}

FORCEINLINE NTSTATUS WkUsPutCounted(PUNICODE_STRING to, PCUNICODE_STRING from, size_t max, BOOLEAN append, PUNICODE_STRING remaining, ULONG flags)
{
    size_t n;

    if (!WkUsIsValid(from, flags) || max > NTSTRSAFE_UNICODE_STRING_MAX_CCH)
        return WkUsFinish(to, STATUS_INVALID_PARAMETER, remaining, flags);
    n = from ? from->Length / sizeof(WCHAR) : 0;
    return WkUsPut(to, from ? from->Buffer : NULL, n < max ? n : max, append, remaining, flags);
}

FORCEINLINE NTSTATUS WkUsPutText(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from, size_t max, BOOLEAN append, PUNICODE_STRING remaining, ULONG flags)
{
    if ((!from && !(flags & STRSAFE_IGNORE_NULLS)) || max > NTSTRSAFE_UNICODE_STRING_MAX_CCH)
        return WkUsFinish(to, STATUS_INVALID_PARAMETER, remaining, flags);
    return WkUsPut(to, from, from ? WkStrLengthW(from, max) : 0, append, remaining, flags);
}

/* Copy and Cat: whole, with at most Cch characters, with at most Cb bytes; each also as Ex. */
#define WK_US_FAMILY(verb, append)                                                                                     \
    FORCEINLINE NTSTATUS RtlUnicodeString##verb(PUNICODE_STRING to, PCUNICODE_STRING from)                             \
    {                                                                                                                  \
        return WkUsPutCounted(to, from, NTSTRSAFE_UNICODE_STRING_MAX_CCH, append, NULL, 0);                            \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeString##verb##Ex(PUNICODE_STRING to, PCUNICODE_STRING from, PUNICODE_STRING remaining, ULONG flags) \
    {                                                                                                                  \
        return WkUsPutCounted(to, from, NTSTRSAFE_UNICODE_STRING_MAX_CCH, append, remaining, flags);                   \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeStringCch##verb##N(PUNICODE_STRING to, PCUNICODE_STRING from, size_t cch)           \
    {                                                                                                                  \
        return WkUsPutCounted(to, from, cch, append, NULL, 0);                                                         \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeStringCb##verb##N(PUNICODE_STRING to, PCUNICODE_STRING from, size_t cb)             \
    {                                                                                                                  \
        return WkUsPutCounted(to, from, cb / sizeof(WCHAR), append, NULL, 0);                                          \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeStringCch##verb##NEx(PUNICODE_STRING to, PCUNICODE_STRING from, size_t cch, PUNICODE_STRING remaining, ULONG flags) \
    {                                                                                                                  \
        return WkUsPutCounted(to, from, cch, append, remaining, flags);                                                \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeStringCb##verb##NEx(PUNICODE_STRING to, PCUNICODE_STRING from, size_t cb, PUNICODE_STRING remaining, ULONG flags) \
    {                                                                                                                  \
        return WkUsPutCounted(to, from, cb / sizeof(WCHAR), append, remaining, flags);                                 \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeString##verb##String(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from)                     \
    {                                                                                                                  \
        return WkUsPutText(to, from, NTSTRSAFE_UNICODE_STRING_MAX_CCH, append, NULL, 0);                               \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeString##verb##StringEx(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from, PUNICODE_STRING remaining, ULONG flags) \
    {                                                                                                                  \
        return WkUsPutText(to, from, NTSTRSAFE_UNICODE_STRING_MAX_CCH, append, remaining, flags);                      \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeStringCch##verb##StringN(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from, size_t cch)     \
    {                                                                                                                  \
        return WkUsPutText(to, from, cch, append, NULL, 0);                                                            \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeStringCb##verb##StringN(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from, size_t cb)       \
    {                                                                                                                  \
        return WkUsPutText(to, from, cb / sizeof(WCHAR), append, NULL, 0);                                             \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeStringCch##verb##StringNEx(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from, size_t cch, PUNICODE_STRING remaining, ULONG flags) \
    {                                                                                                                  \
        return WkUsPutText(to, from, cch, append, remaining, flags);                                                   \
    }                                                                                                                  \
    FORCEINLINE NTSTATUS RtlUnicodeStringCb##verb##StringNEx(PUNICODE_STRING to, NTSTRSAFE_PCWSTR from, size_t cb, PUNICODE_STRING remaining, ULONG flags) \
    {                                                                                                                  \
        return WkUsPutText(to, from, cb / sizeof(WCHAR), append, remaining, flags);                                    \
    }
WK_US_FAMILY(Copy, FALSE)
WK_US_FAMILY(Cat, TRUE)
#undef WK_US_FAMILY

FORCEINLINE NTSTATUS RtlUnicodeStringVPrintfEx(PUNICODE_STRING to, PUNICODE_STRING remaining, ULONG flags, NTSTRSAFE_PCWSTR format, va_list args)
{
    NTSTATUS status = STATUS_SUCCESS;
    size_t room;
    int n;

    if (flags & ~(ULONG)STRSAFE_UNICODE_STRING_VALID_FLAGS || !WkUsIsValid(to, flags) || (!format && !(flags & STRSAFE_IGNORE_NULLS)) ||
        (format && *format && (!to || !to->MaximumLength)))
        return WkUsFinish(to, STATUS_INVALID_PARAMETER, remaining, flags);
    if (!to)
        return STATUS_SUCCESS;
    room = to->MaximumLength / sizeof(WCHAR);
    n = format && room ? _vsnwprintf(to->Buffer, room, format, args) : 0;
    if (n < 0 || (size_t)n > room) {
        status = STATUS_BUFFER_OVERFLOW;
        n = flags & STRSAFE_NO_TRUNCATION ? 0 : (int)room;
    }
    to->Length = (USHORT)((size_t)n * sizeof(WCHAR));
    return WkUsFinish(to, status, remaining, flags);
}

FORCEINLINE NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING to, NTSTRSAFE_PCWSTR format, va_list args)
{
    return RtlUnicodeStringVPrintfEx(to, NULL, 0, format, args);
}

static __inline NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING to, NTSTRSAFE_PCWSTR format, ...)
{
    NTSTATUS status;
    va_list args;

    va_start(args, format);
    status = RtlUnicodeStringVPrintfEx(to, NULL, 0, format, args);
    va_end(args);
    return status;
}

static __inline NTSTATUS RtlUnicodeStringPrintfEx(PUNICODE_STRING to, PUNICODE_STRING remaining, ULONG flags, NTSTRSAFE_PCWSTR format, ...)
{
    NTSTATUS status;
    va_list args;

    va_start(args, format);
    status = RtlUnicodeStringVPrintfEx(to, remaining, flags, format, args);
    va_end(args);
    return status;
}

/* From a counted string to a terminated one. */
FORCEINLINE NTSTATUS RtlStringCchCopyUnicodeStringEx(WCHAR *to, size_t cch, PCUNICODE_STRING from, WCHAR **end, size_t *left, ULONG flags)
{
    if (!WkUsIsValid(from, flags))
        return STATUS_INVALID_PARAMETER;
    return WkStrExW(to, cch, 0, from ? from->Buffer : NULL, from ? from->Length / sizeof(WCHAR) : 0, FALSE, end, left, NULL,
                    flags | (from && !from->Buffer ? STRSAFE_IGNORE_NULLS : 0));
}
FORCEINLINE NTSTATUS RtlStringCbCopyUnicodeStringEx(WCHAR *to, size_t cb, PCUNICODE_STRING from, WCHAR **end, size_t *left, ULONG flags)
{
    if (!WkUsIsValid(from, flags))
        return STATUS_INVALID_PARAMETER;
    return WkStrExW(to, cb / sizeof(WCHAR), cb % sizeof(WCHAR), from ? from->Buffer : NULL, from ? from->Length / sizeof(WCHAR) : 0,
                    FALSE, end, NULL, left, flags | (from && !from->Buffer ? STRSAFE_IGNORE_NULLS : 0));
}
FORCEINLINE NTSTATUS RtlStringCchCopyUnicodeString(WCHAR *to, size_t cch, PCUNICODE_STRING from)
{
    return cch ? RtlStringCchCopyUnicodeStringEx(to, cch, from, NULL, NULL, 0) : STATUS_INVALID_PARAMETER;
}
FORCEINLINE NTSTATUS RtlStringCbCopyUnicodeString(WCHAR *to, size_t cb, PCUNICODE_STRING from)
{
    return RtlStringCchCopyUnicodeString(to, cb / sizeof(WCHAR), from);
}
