/* IP addresses to text (EXE-472). Everything is made in a narrow buffer and widened at the end. */
#include "wdm.h"
#include "ip2string.h"
#include "rtl_private.h"

#define TEXT_MAX 72 /* [v6]%scope:port with its terminator is at most 65 */

static char *put_number(char *at, ULONG value, unsigned base)
{
    WCHAR digits[64];
    unsigned n = rtl_digits(value, base, digits);

    for (unsigned i = 0; i < n; i++)
        *at++ = (char)(digits[i] >= 'A' ? digits[i] + 32 : digits[i]);
    return at;
}

static char *put_v4(char *at, const UCHAR bytes[4])
{
    for (unsigned i = 0; i < 4; i++) {
        if (i)
            *at++ = '.';
        at = put_number(at, bytes[i], 10);
    }
    return at;
}

static unsigned word(const UCHAR *bytes, unsigned i)
{
    return (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
}

/* Mapped, compatible, translated and ISATAP addresses end in a v4 address. */
static BOOLEAN ends_in_v4(const UCHAR *bytes)
{
    BOOLEAN zero4 = TRUE;

    if (word(bytes, 5) == 0x5efe && (word(bytes, 4) & ~0x0200u) == 0)
        return TRUE;
    for (unsigned i = 0; i < 4; i++)
        zero4 &= word(bytes, i) == 0;
    if (!zero4)
        return FALSE;
    if (word(bytes, 4) == 0 && word(bytes, 5) == 0)
        return word(bytes, 6) != 0;
    return (word(bytes, 4) == 0 && word(bytes, 5) == 0xffff) || (word(bytes, 4) == 0xffff && word(bytes, 5) == 0);
}

static char *put_v6(char *at, const UCHAR *bytes)
{
    unsigned words = ends_in_v4(bytes) ? 6 : 8, best = 0, best_length = 1; /* one zero word is not compressed */

    for (unsigned i = 0; i < words; i++) {
        unsigned n = 0;

        while (i + n < words && !word(bytes, i + n))
            n++;
        if (n > best_length) {
            best = i;
            best_length = n;
        }
        i += n;
    }
    for (unsigned i = 0; i < words; i++) {
        if (best_length > 1 && i == best) {
            *at++ = ':';
            *at++ = ':';
            i += best_length - 1;
            continue;
        }
        if (i && at[-1] != ':')
            *at++ = ':';
        at = put_number(at, word(bytes, i), 16);
    }
    if (words == 6) {
        if (at[-1] != ':')
            *at++ = ':';
        at = put_v4(at, bytes + 12);
    }
    return at;
}

static char *put_port(char *at, USHORT port)
{
    if (port) {
        *at++ = ':';
        at = put_number(at, RtlUshortByteSwap(port), 10);
    }
    return at;
}

/* Copies with the terminator; the terminator's index. */
static size_t out(char *narrow, WCHAR *wide, const char *text, const char *end)
{
    size_t n = (size_t)(end - text);

    for (size_t i = 0; i <= n; i++) {
        CHAR c = i < n ? text[i] : 0;

        if (wide)
            wide[i] = (WCHAR)c;
        else
            narrow[i] = c;
    }
    return n;
}

static NTSTATUS out_checked(char *narrow, WCHAR *wide, PULONG length, const char *text, const char *end)
{
    ULONG need = (ULONG)(end - text) + 1;

    if (!length || (!narrow && !wide && *length))
        return STATUS_INVALID_PARAMETER;
    if (*length < need) {
        *length = need;
        return STATUS_INVALID_PARAMETER;
    }
    *length = need;
    out(narrow, wide, text, end);
    return STATUS_SUCCESS;
}

PSTR NTAPI RtlIpv4AddressToStringA(const IN_ADDR *Addr, PSTR S)
{
    char text[TEXT_MAX];

    return S + out(S, NULL, text, put_v4(text, (const UCHAR *)Addr));
}

PWSTR NTAPI RtlIpv4AddressToStringW(const IN_ADDR *Addr, PWSTR S)
{
    char text[TEXT_MAX];

    return S + out(NULL, S, text, put_v4(text, (const UCHAR *)Addr));
}

PSTR NTAPI RtlIpv6AddressToStringA(const IN6_ADDR *Addr, PSTR S)
{
    char text[TEXT_MAX];

    return S + out(S, NULL, text, put_v6(text, (const UCHAR *)Addr));
}

PWSTR NTAPI RtlIpv6AddressToStringW(const IN6_ADDR *Addr, PWSTR S)
{
    char text[TEXT_MAX];

    return S + out(NULL, S, text, put_v6(text, (const UCHAR *)Addr));
}

NTSTATUS NTAPI RtlIpv4AddressToStringExA(const IN_ADDR *Address, USHORT Port, PSTR AddressString, PULONG AddressStringLength)
{
    char text[TEXT_MAX];

    if (!Address)
        return STATUS_INVALID_PARAMETER;
    return out_checked(AddressString, NULL, AddressStringLength, text, put_port(put_v4(text, (const UCHAR *)Address), Port));
}

NTSTATUS NTAPI RtlIpv4AddressToStringExW(const IN_ADDR *Address, USHORT Port, PWSTR AddressString, PULONG AddressStringLength)
{
    char text[TEXT_MAX];

    if (!Address)
        return STATUS_INVALID_PARAMETER;
    return out_checked(NULL, AddressString, AddressStringLength, text, put_port(put_v4(text, (const UCHAR *)Address), Port));
}

static char *put_v6_ex(char *text, const IN6_ADDR *address, ULONG scope, USHORT port)
{
    char *at = text;

    if (port)
        *at++ = '[';
    at = put_v6(at, (const UCHAR *)address);
    if (scope) {
        *at++ = '%';
        at = put_number(at, scope, 10);
    }
    if (port)
        *at++ = ']';
    return put_port(at, port);
}

NTSTATUS NTAPI RtlIpv6AddressToStringExA(const IN6_ADDR *Address, ULONG ScopeId, USHORT Port, PSTR AddressString, PULONG AddressStringLength)
{
    char text[TEXT_MAX];

    if (!Address)
        return STATUS_INVALID_PARAMETER;
    return out_checked(AddressString, NULL, AddressStringLength, text, put_v6_ex(text, Address, ScopeId, Port));
}

NTSTATUS NTAPI RtlIpv6AddressToStringExW(const IN6_ADDR *Address, ULONG ScopeId, USHORT Port, PWSTR AddressString, PULONG AddressStringLength)
{
    char text[TEXT_MAX];

    if (!Address)
        return STATUS_INVALID_PARAMETER;
    return out_checked(NULL, AddressString, AddressStringLength, text, put_v6_ex(text, Address, ScopeId, Port));
}
