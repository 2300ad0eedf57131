/* Text to IP addresses (EXE-472). One parser over narrow and wide text; it answers with the index of the first character it did not use. */
#include "wdm.h"
#include "ip2string.h"
#include "rtl_private.h"

struct text {
    const char *narrow; /* one of the two */
    const WCHAR *wide;
    size_t at;
};

static WCHAR peek(const struct text *t)
{
    return t->wide ? t->wide[t->at] : (UCHAR)t->narrow[t->at];
}

static BOOLEAN take(struct text *t, char c)
{
    if (peek(t) != (WCHAR)c)
        return FALSE;
    t->at++;
    return TRUE;
}

static unsigned digit_of(WCHAR c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10u : 99;
}

/* A number of at most `limit`; FALSE without a digit or when it is larger. *digits: how many it had. */
static BOOLEAN number(struct text *t, unsigned base, ULONG64 limit, ULONG64 *value, unsigned *digits)
{
    *value = 0;
    for (*digits = 0; digit_of(peek(t)) < base; t->at++, ++*digits) {
        *value = *value * base + digit_of(peek(t));
        if (*value > limit)
            return FALSE;
    }
    return *digits != 0;
}

/* One part of a v4 address. Not strict: 0x is hexadecimal, a leading 0 octal. */
static BOOLEAN v4_part(struct text *t, BOOLEAN strict, ULONG64 *value)
{
    unsigned digits, base = 10;
    size_t start = t->at;

    if (!strict && take(t, '0')) {
        base = 8;
        if ((peek(t) | 32) == 'x') {
            t->at++;
            base = 16;
        } else if (digit_of(peek(t)) >= 10) {
            *value = 0;
            return TRUE;
        }
    }
    if (!number(t, base, MAXULONG, value, &digits))
        return FALSE;
    return !strict || digits == 1 || (digits <= 3 && (t->wide ? t->wide[start] : (UCHAR)t->narrow[start]) != '0');
}

static NTSTATUS parse_v4(struct text *t, BOOLEAN strict, UCHAR out[4])
{
    ULONG64 part[4], value = 0;
    unsigned count = 0;

    do {
        if (!v4_part(t, strict, &part[count]))
            return STATUS_INVALID_PARAMETER;
        count++;
    } while (count < 4 && take(t, '.'));
    if (strict && count != 4)
        return STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < count; i++) {
        unsigned shift = i + 1 < count ? 24 - 8 * i : 0;

        if (part[i] > (i + 1 < count ? 0xffu : 0xffffffffu >> 8 * i))
            return STATUS_INVALID_PARAMETER;
        value |= part[i] << shift;
    }
    for (unsigned i = 0; i < 4; i++)
        out[i] = (UCHAR)(value >> (24 - 8 * i));
    return STATUS_SUCCESS;
}

static NTSTATUS parse_v6(struct text *t, UCHAR out[16])
{
    UCHAR head[16] = {0};
    int gap = -1;
    unsigned bytes = 0;

    if (peek(t) == ':') { /* only as :: */
        t->at++;
        if (!take(t, ':'))
            return STATUS_INVALID_PARAMETER;
        gap = 0;
    }
    while (bytes < 16 && digit_of(peek(t)) < 16) {
        struct text before = *t;
        unsigned digits;
        ULONG64 value;

        if (!number(t, 16, 0xffff, &value, &digits) || digits > 4)
            return STATUS_INVALID_PARAMETER;
        if (peek(t) == '.') {
            *t = before;
            if (bytes > 12 || parse_v4(t, TRUE, head + bytes) != STATUS_SUCCESS)
                return STATUS_INVALID_PARAMETER;
            bytes += 4;
            break;
        }
        head[bytes++] = (UCHAR)(value >> 8);
        head[bytes++] = (UCHAR)value;
        if (bytes == 16 || peek(t) != ':')
            break;
        before = *t;
        t->at++;
        if (peek(t) == ':') {
            if (gap >= 0) { /* a second :: ends the address before it */
                *t = before;
                break;
            }
            t->at++;
            gap = (int)bytes;
        } else if (digit_of(peek(t)) >= 16) {
            return STATUS_INVALID_PARAMETER;
        }
    }
    if (gap < 0 ? bytes != 16 : bytes > 14)
        return STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < 16; i++)
        out[i] = 0;
    for (unsigned i = 0; i < bytes; i++)
        out[gap >= 0 && i >= (unsigned)gap ? 16 - bytes + i : i] = head[i];
    return STATUS_SUCCESS;
}

/* :port at the end. In decimal, 0x and 0 as in v4 text. */
static NTSTATUS parse_end(struct text *t, PUSHORT port)
{
    ULONG64 value = 0;

    if (take(t, ':') && (!v4_part(t, FALSE, &value) || value > 0xffff))
        return STATUS_INVALID_PARAMETER;
    if (peek(t))
        return STATUS_INVALID_PARAMETER;
    *port = RtlUshortByteSwap((USHORT)value);
    return STATUS_SUCCESS;
}

static NTSTATUS parse_v4_ex(struct text *t, BOOLEAN strict, IN_ADDR *address, PUSHORT port)
{
    UCHAR bytes[4];
    NTSTATUS status;

    if ((!t->narrow && !t->wide) || !address || !port)
        return STATUS_INVALID_PARAMETER;
    status = parse_v4(t, strict, bytes);
    if (status == STATUS_SUCCESS)
        status = parse_end(t, port);
    if (status == STATUS_SUCCESS)
        __builtin_memcpy(address, bytes, sizeof(bytes));
    return status;
}

static NTSTATUS parse_v6_ex(struct text *t, IN6_ADDR *address, PULONG scope, PUSHORT port)
{
    BOOLEAN bracket;
    ULONG64 value = 0;
    UCHAR bytes[16];
    unsigned digits;

    if ((!t->narrow && !t->wide) || !address || !scope || !port)
        return STATUS_INVALID_PARAMETER;
    bracket = take(t, '[');
    if (parse_v6(t, bytes) != STATUS_SUCCESS)
        return STATUS_INVALID_PARAMETER;
    if (take(t, '%') && !number(t, 10, MAXULONG, &value, &digits))
        return STATUS_INVALID_PARAMETER;
    if (bracket ? !take(t, ']') : peek(t) != 0)
        return STATUS_INVALID_PARAMETER;
    if (parse_end(t, port) != STATUS_SUCCESS)
        return STATUS_INVALID_PARAMETER;
    *scope = (ULONG)value;
    __builtin_memcpy(address, bytes, sizeof(bytes));
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlIpv4StringToAddressA(PCSTR S, BOOLEAN Strict, PCSTR *Terminator, IN_ADDR *Addr)
{
    struct text t = {.narrow = S};
    NTSTATUS status = parse_v4(&t, Strict, (UCHAR *)Addr);

    *Terminator = S + t.at;
    return status;
}

NTSTATUS NTAPI RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, LPCWSTR *Terminator, IN_ADDR *Addr)
{
    struct text t = {.wide = S};
    NTSTATUS status = parse_v4(&t, Strict, (UCHAR *)Addr);

    *Terminator = S + t.at;
    return status;
}

NTSTATUS NTAPI RtlIpv6StringToAddressA(PCSTR S, PCSTR *Terminator, IN6_ADDR *Addr)
{
    struct text t = {.narrow = S};
    NTSTATUS status = parse_v6(&t, (UCHAR *)Addr);

    *Terminator = S + t.at;
    return status;
}

NTSTATUS NTAPI RtlIpv6StringToAddressW(PCWSTR S, PCWSTR *Terminator, IN6_ADDR *Addr)
{
    struct text t = {.wide = S};
    NTSTATUS status = parse_v6(&t, (UCHAR *)Addr);

    *Terminator = S + t.at;
    return status;
}

NTSTATUS NTAPI RtlIpv4StringToAddressExA(PCSTR AddressString, BOOLEAN Strict, IN_ADDR *Address, PUSHORT Port)
{
    struct text t = {.narrow = AddressString};

    return parse_v4_ex(&t, Strict, Address, Port);
}

NTSTATUS NTAPI RtlIpv4StringToAddressExW(PCWSTR AddressString, BOOLEAN Strict, IN_ADDR *Address, PUSHORT Port)
{
    struct text t = {.wide = AddressString};

    return parse_v4_ex(&t, Strict, Address, Port);
}

NTSTATUS NTAPI RtlIpv6StringToAddressExA(PCSTR AddressString, IN6_ADDR *Address, PULONG ScopeId, PUSHORT Port)
{
    struct text t = {.narrow = AddressString};

    return parse_v6_ex(&t, Address, ScopeId, Port);
}

NTSTATUS NTAPI RtlIpv6StringToAddressExW(PCWSTR AddressString, IN6_ADDR *Address, PULONG ScopeId, PUSHORT Port)
{
    struct text t = {.wide = AddressString};

    return parse_v6_ex(&t, Address, ScopeId, Port);
}
