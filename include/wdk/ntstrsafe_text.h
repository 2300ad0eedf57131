/* The functions of ntstrsafe.h for one character type: included twice by it, with WKS_CHAR, WKS(name), WKS_VPRINT. Not for drivers. */

FORCEINLINE size_t WKS(WkStrLength)(const WKS_CHAR *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

/* Copies at most max characters behind the `used` ones, always terminated; *end is the terminator's index. room: characters in all, > used. */
FORCEINLINE NTSTATUS WKS(WkStrPut)(WKS_CHAR *to, size_t room, size_t used, const WKS_CHAR *from, size_t max, size_t *end)
{
    size_t i = used;

    while (i < room - 1 && max && *from) {
        to[i++] = *from++;
        max--;
    }
    to[i] = 0;
    *end = i;
    return max && *from ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

FORCEINLINE NTSTATUS WKS(WkStrVPrint)(WKS_CHAR *to, size_t room, const WKS_CHAR *format, va_list args, size_t *end)
{
    int n = WKS_VPRINT(to, room - 1, format, args);

    if (n < 0 || (size_t)n > room - 1) {
        to[room - 1] = 0;
        *end = room - 1;
        return STATUS_BUFFER_OVERFLOW;
    }
    to[n] = 0; /* EXE-458: the library does not when exactly full */
    *end = (size_t)n;
    return STATUS_SUCCESS;
}

/* ---- plain forms ---- */
FORCEINLINE NTSTATUS WKS(WkStrCopy)(WKS_CHAR *to, size_t room, const WKS_CHAR *from, size_t max)
{
    size_t end;

    if (!room || room > NTSTRSAFE_MAX_CCH)
        return STATUS_INVALID_PARAMETER;
    if (max > NTSTRSAFE_MAX_CCH) {
        *to = 0;
        return STATUS_INVALID_PARAMETER;
    }
    return WKS(WkStrPut)(to, room, 0, from, max, &end);
}

FORCEINLINE NTSTATUS WKS(WkStrCat)(WKS_CHAR *to, size_t room, const WKS_CHAR *from, size_t max)
{
    size_t end;

    if (!room || room > NTSTRSAFE_MAX_CCH || max > NTSTRSAFE_MAX_CCH)
        return STATUS_INVALID_PARAMETER;
    end = WKS(WkStrLength)(to, room);
    if (end == room)
        return STATUS_INVALID_PARAMETER;
    return WKS(WkStrPut)(to, room, end, from, max, &end);
}

FORCEINLINE NTSTATUS WKS(WkStrPrint)(WKS_CHAR *to, size_t room, const WKS_CHAR *format, va_list args)
{
    size_t end;

    return !room || room > NTSTRSAFE_MAX_CCH ? STATUS_INVALID_PARAMETER : WKS(WkStrVPrint)(to, room, format, args, &end);
}

FORCEINLINE NTSTATUS WKS(WkStrMeasure)(const WKS_CHAR *s, size_t max, size_t unit, size_t *length)
{
    size_t n = s && max && max <= NTSTRSAFE_MAX_CCH ? WKS(WkStrLength)(s, max) : max;

    if (n == max) {
        if (length)
            *length = 0;
        return STATUS_INVALID_PARAMETER;
    }
    if (length)
        *length = n * unit;
    return STATUS_SUCCESS;
}

FORCEINLINE NTSTATUS WKS(RtlStringCchCopy)(WKS_CHAR *to, size_t cch, const WKS_CHAR *from)
{
    return WKS(WkStrCopy)(to, cch, from, NTSTRSAFE_MAX_CCH);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbCopy)(WKS_CHAR *to, size_t cb, const WKS_CHAR *from)
{
    return WKS(WkStrCopy)(to, cb / sizeof(WKS_CHAR), from, NTSTRSAFE_MAX_CCH);
}
FORCEINLINE NTSTATUS WKS(RtlStringCchCopyN)(WKS_CHAR *to, size_t cch, const WKS_CHAR *from, size_t cch_max)
{
    return WKS(WkStrCopy)(to, cch, from, cch_max);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbCopyN)(WKS_CHAR *to, size_t cb, const WKS_CHAR *from, size_t cb_max)
{
    return WKS(WkStrCopy)(to, cb / sizeof(WKS_CHAR), from, cb_max / sizeof(WKS_CHAR));
}
FORCEINLINE NTSTATUS WKS(RtlStringCchCat)(WKS_CHAR *to, size_t cch, const WKS_CHAR *from)
{
    return WKS(WkStrCat)(to, cch, from, NTSTRSAFE_MAX_CCH);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbCat)(WKS_CHAR *to, size_t cb, const WKS_CHAR *from)
{
    return WKS(WkStrCat)(to, cb / sizeof(WKS_CHAR), from, NTSTRSAFE_MAX_CCH);
}
FORCEINLINE NTSTATUS WKS(RtlStringCchCatN)(WKS_CHAR *to, size_t cch, const WKS_CHAR *from, size_t cch_max)
{
    return WKS(WkStrCat)(to, cch, from, cch_max);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbCatN)(WKS_CHAR *to, size_t cb, const WKS_CHAR *from, size_t cb_max)
{
    return WKS(WkStrCat)(to, cb / sizeof(WKS_CHAR), from, cb_max / sizeof(WKS_CHAR));
}
FORCEINLINE NTSTATUS WKS(RtlStringCchVPrintf)(WKS_CHAR *to, size_t cch, const WKS_CHAR *format, va_list args)
{
    return WKS(WkStrPrint)(to, cch, format, args);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbVPrintf)(WKS_CHAR *to, size_t cb, const WKS_CHAR *format, va_list args)
{
    return WKS(WkStrPrint)(to, cb / sizeof(WKS_CHAR), format, args);
}
static __inline NTSTATUS WKS(RtlStringCchPrintf)(WKS_CHAR *to, size_t cch, const WKS_CHAR *format, ...)
{
    NTSTATUS status;
    va_list args;

    va_start(args, format);
    status = WKS(WkStrPrint)(to, cch, format, args);
    va_end(args);
    return status;
}
static __inline NTSTATUS WKS(RtlStringCbPrintf)(WKS_CHAR *to, size_t cb, const WKS_CHAR *format, ...)
{
    NTSTATUS status;
    va_list args;

    va_start(args, format);
    status = WKS(WkStrPrint)(to, cb / sizeof(WKS_CHAR), format, args);
    va_end(args);
    return status;
}
FORCEINLINE NTSTATUS WKS(RtlStringCchLength)(const WKS_CHAR *s, size_t cch_max, size_t *cch)
{
    return WKS(WkStrMeasure)(s, cch_max, 1, cch);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbLength)(const WKS_CHAR *s, size_t cb_max, size_t *cb)
{
    return WKS(WkStrMeasure)(s, cb_max / sizeof(WKS_CHAR), sizeof(WKS_CHAR), cb);
}

/* ---- Ex forms: one body. `extra` bytes lie behind the last whole character. ---- */
typedef struct WKS(WK_STR_EX_) {
    WKS_CHAR *to;
    size_t room, extra, end;
    ULONG flags;
} WKS(WK_STR_EX);

FORCEINLINE NTSTATUS WKS(WkStrExFinish)(WKS(WK_STR_EX) *x, NTSTATUS status, WKS_CHAR **end, size_t *cch_left, size_t *cb_left)
{
    unsigned char fill = (unsigned char)x->flags;
    size_t bytes = x->room * sizeof(WKS_CHAR) + x->extra, left;

    if (x->to && x->room) {
        size_t behind = (x->end + 1) * sizeof(WKS_CHAR);

        if (!NT_SUCCESS(status) && x->flags & STRSAFE_FILL_ON_FAILURE) {
            WK_CRT(memset)(x->to, fill, bytes);
            x->end = fill ? x->room - 1 : 0;
            x->to[x->end] = 0;
        }
        if (!NT_SUCCESS(status) && x->flags & STRSAFE_NULL_ON_FAILURE) {
            x->to[0] = 0;
            x->end = 0;
        }
        if (NT_SUCCESS(status) && x->flags & STRSAFE_FILL_BEHIND_NULL && behind < bytes)
            WK_CRT(memset)((char *)x->to + behind, fill, bytes - behind);
    }
    if (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW) {
        left = x->room ? x->room - x->end : 0;
        if (end)
            *end = x->to ? x->to + x->end : x->to;
        if (cch_left)
            *cch_left = left;
        if (cb_left)
            *cb_left = left * sizeof(WKS_CHAR) + x->extra;
    }
    return status;
}

/* What all Ex forms check first; *from becomes "" where a NULL is allowed. */
FORCEINLINE BOOLEAN WKS(WkStrExIsValid)(WKS(WK_STR_EX) *x, const WKS_CHAR **from, const WKS_CHAR *empty, size_t max)
{
    if (x->flags & ~(ULONG)STRSAFE_VALID_FLAGS || x->room > NTSTRSAFE_MAX_CCH || max > NTSTRSAFE_MAX_CCH) {
        x->room = x->room > NTSTRSAFE_MAX_CCH ? 0 : x->room;
        return FALSE;
    }
    if (x->flags & STRSAFE_IGNORE_NULLS) {
        if (!*from)
            *from = empty;
        return x->to || !x->room;
    }
    return x->to && *from;
}

FORCEINLINE NTSTATUS WKS(WkStrEx)(WKS_CHAR *to, size_t room, size_t extra, const WKS_CHAR *from, size_t max, BOOLEAN append,
                                  WKS_CHAR **end, size_t *cch_left, size_t *cb_left, ULONG flags)
{
    static const WKS_CHAR empty[1] = {0};
    WKS(WK_STR_EX) x;
    NTSTATUS status = STATUS_SUCCESS;
    size_t used = 0;

    x.to = to;
    x.room = room;
    x.extra = extra;
    x.end = 0;
    x.flags = flags;
    if (!WKS(WkStrExIsValid)(&x, &from, empty, max))
        return WKS(WkStrExFinish)(&x, STATUS_INVALID_PARAMETER, end, cch_left, cb_left);
    if (!room)
        return WKS(WkStrExFinish)(&x, *from && max ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS, end, cch_left, cb_left);
    if (append) {
        used = WKS(WkStrLength)(to, room);
        if (used == room)
            return WKS(WkStrExFinish)(&x, STATUS_INVALID_PARAMETER, end, cch_left, cb_left);
    }
    x.end = used;
    if (flags & STRSAFE_NO_TRUNCATION && WKS(WkStrLength)(from, max) > room - 1 - used) {
        if (!append)
            to[0] = 0;
        status = STATUS_BUFFER_OVERFLOW;
    } else {
        status = WKS(WkStrPut)(to, room, used, from, max, &x.end);
    }
    return WKS(WkStrExFinish)(&x, status, end, cch_left, cb_left);
}

FORCEINLINE NTSTATUS WKS(WkStrPrintEx)(WKS_CHAR *to, size_t room, size_t extra, WKS_CHAR **end, size_t *cch_left, size_t *cb_left,
                                       ULONG flags, const WKS_CHAR *format, va_list args)
{
    static const WKS_CHAR empty[1] = {0};
    WKS(WK_STR_EX) x;
    NTSTATUS status;

    x.to = to;
    x.room = room;
    x.extra = extra;
    x.end = 0;
    x.flags = flags;
    if (!WKS(WkStrExIsValid)(&x, &format, empty, 0))
        return WKS(WkStrExFinish)(&x, STATUS_INVALID_PARAMETER, end, cch_left, cb_left);
    if (!room)
        return WKS(WkStrExFinish)(&x, *format ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS, end, cch_left, cb_left);
    status = WKS(WkStrVPrint)(to, room, format, args, &x.end);
    if (status == STATUS_BUFFER_OVERFLOW && flags & STRSAFE_NO_TRUNCATION) {
        to[0] = 0;
        x.end = 0;
    }
    return WKS(WkStrExFinish)(&x, status, end, cch_left, cb_left);
}

#define WKS_CB(cb) (cb) / sizeof(WKS_CHAR), (cb) % sizeof(WKS_CHAR)
FORCEINLINE NTSTATUS WKS(RtlStringCchCopyEx)(WKS_CHAR *to, size_t cch, const WKS_CHAR *from, WKS_CHAR **end, size_t *left, ULONG flags)
{
    return WKS(WkStrEx)(to, cch, 0, from, NTSTRSAFE_MAX_CCH, FALSE, end, left, NULL, flags);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbCopyEx)(WKS_CHAR *to, size_t cb, const WKS_CHAR *from, WKS_CHAR **end, size_t *left, ULONG flags)
{
    return WKS(WkStrEx)(to, WKS_CB(cb), from, NTSTRSAFE_MAX_CCH, FALSE, end, NULL, left, flags);
}
FORCEINLINE NTSTATUS WKS(RtlStringCchCopyNEx)(WKS_CHAR *to, size_t cch, const WKS_CHAR *from, size_t cch_max, WKS_CHAR **end, size_t *left, ULONG flags)
{
    return WKS(WkStrEx)(to, cch, 0, from, cch_max, FALSE, end, left, NULL, flags);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbCopyNEx)(WKS_CHAR *to, size_t cb, const WKS_CHAR *from, size_t cb_max, WKS_CHAR **end, size_t *left, ULONG flags)
{
    return WKS(WkStrEx)(to, WKS_CB(cb), from, cb_max / sizeof(WKS_CHAR), FALSE, end, NULL, left, flags);
}
FORCEINLINE NTSTATUS WKS(RtlStringCchCatEx)(WKS_CHAR *to, size_t cch, const WKS_CHAR *from, WKS_CHAR **end, size_t *left, ULONG flags)
{
    return WKS(WkStrEx)(to, cch, 0, from, NTSTRSAFE_MAX_CCH, TRUE, end, left, NULL, flags);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbCatEx)(WKS_CHAR *to, size_t cb, const WKS_CHAR *from, WKS_CHAR **end, size_t *left, ULONG flags)
{
    return WKS(WkStrEx)(to, WKS_CB(cb), from, NTSTRSAFE_MAX_CCH, TRUE, end, NULL, left, flags);
}
FORCEINLINE NTSTATUS WKS(RtlStringCchCatNEx)(WKS_CHAR *to, size_t cch, const WKS_CHAR *from, size_t cch_max, WKS_CHAR **end, size_t *left, ULONG flags)
{
    return WKS(WkStrEx)(to, cch, 0, from, cch_max, TRUE, end, left, NULL, flags);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbCatNEx)(WKS_CHAR *to, size_t cb, const WKS_CHAR *from, size_t cb_max, WKS_CHAR **end, size_t *left, ULONG flags)
{
    return WKS(WkStrEx)(to, WKS_CB(cb), from, cb_max / sizeof(WKS_CHAR), TRUE, end, NULL, left, flags);
}
FORCEINLINE NTSTATUS WKS(RtlStringCchVPrintfEx)(WKS_CHAR *to, size_t cch, WKS_CHAR **end, size_t *left, ULONG flags, const WKS_CHAR *format, va_list args)
{
    return WKS(WkStrPrintEx)(to, cch, 0, end, left, NULL, flags, format, args);
}
FORCEINLINE NTSTATUS WKS(RtlStringCbVPrintfEx)(WKS_CHAR *to, size_t cb, WKS_CHAR **end, size_t *left, ULONG flags, const WKS_CHAR *format, va_list args)
{
    return WKS(WkStrPrintEx)(to, WKS_CB(cb), end, NULL, left, flags, format, args);
}
static __inline NTSTATUS WKS(RtlStringCchPrintfEx)(WKS_CHAR *to, size_t cch, WKS_CHAR **end, size_t *left, ULONG flags, const WKS_CHAR *format, ...)
{
    NTSTATUS status;
    va_list args;

    va_start(args, format);
    status = WKS(WkStrPrintEx)(to, cch, 0, end, left, NULL, flags, format, args);
    va_end(args);
    return status;
}
static __inline NTSTATUS WKS(RtlStringCbPrintfEx)(WKS_CHAR *to, size_t cb, WKS_CHAR **end, size_t *left, ULONG flags, const WKS_CHAR *format, ...)
{
    NTSTATUS status;
    va_list args;

    va_start(args, format);
    status = WKS(WkStrPrintEx)(to, WKS_CB(cb), end, NULL, left, flags, format, args);
    va_end(args);
    return status;
}

#undef WKS_CB
#undef WKS_CHAR
#undef WKS
#undef WKS_VPRINT
