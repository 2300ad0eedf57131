/* The format engine. One parser for narrow and wide formats; a Microsoft va_list is a pointer to slots of eight bytes (EXE-052), so
 * it is read as that. Nothing is allocated and no lock is held: a bad pointer of the guest faults here and is the
 * guest's (EXE-769). */
#include "wdm.h"
#include "rtl_private.h"
#include "format.h"
#include "codepage.h"

enum prefix { NO_PREFIX, P_HH, P_H, P_L, P_LL, P_W, P_I };

struct spec {
    BOOLEAN left, plus, blank, alternate, zero;
    long width, precision; /* precision -1: none given */
    enum prefix prefix;
    WCHAR conversion;
};

struct output {
    char *narrow; /* one of the two */
    WCHAR *wide;
    size_t size, count;
};

static __forceinline void emit(struct output *out, WCHAR c)
{
    if (out->count < out->size) {
        if (out->wide)
            out->wide[out->count] = c;
        else
            out->narrow[out->count] = (char)c;
    }
    out->count++;
}

static void pad(struct output *out, long n, WCHAR c)
{
    for (; n > 0; n--)
        emit(out, c);
}

/* A character of the other width is converted on its way. */
static __forceinline WCHAR to_output(const struct output *out, BOOLEAN is_wide, WCHAR c)
{
    if (is_wide == (out->wide != NULL))
        return c;
    return is_wide ? rtl_narrow_of(c) : rtl_wide_of((UCHAR)c);
}

static void put_text(struct output *out, const struct spec *spec, const void *text, BOOLEAN is_wide, size_t length)
{
    const WCHAR *wide = text;
    const UCHAR *narrow = text;

    if (!spec->left)
        pad(out, spec->width - (long)length, spec->zero ? '0' : ' ');
    for (size_t i = 0; i < length; i++)
        emit(out, to_output(out, is_wide, is_wide ? wide[i] : narrow[i]));
    if (spec->left)
        pad(out, spec->width - (long)length, ' ');
}

static void put_null(struct output *out, const struct spec *spec)
{
    size_t length = spec->precision >= 0 && spec->precision < 6 ? (size_t)spec->precision : 6;

    put_text(out, spec, "(null)", FALSE, length);
}

/* EXE-457: %s is the function's own width, %S the other; h is narrow, l and w are wide, in both. */
static BOOLEAN is_wide_argument(const struct output *out, const struct spec *spec)
{
    if (spec->prefix == P_H || spec->prefix == P_HH)
        return FALSE;
    if (spec->prefix == P_L || spec->prefix == P_W || spec->prefix == P_LL)
        return TRUE;
    return (out->wide != NULL) == (spec->conversion == 's' || spec->conversion == 'c');
}

static void put_string(struct output *out, const struct spec *spec, ULONG64 argument)
{
    const void *text = (const void *)argument;
    BOOLEAN is_wide = is_wide_argument(out, spec);
    size_t limit = spec->precision >= 0 ? (size_t)spec->precision : (size_t)-1;

    if (!text) {
        put_null(out, spec);
        return;
    }
    put_text(out, spec, text, is_wide, is_wide ? rtl_crt_wcsnlen(text, limit) : rtl_crt_strnlen(text, limit));
}

/* %Z and %hZ: ANSI_STRING; %wZ and %lZ: UNICODE_STRING. By Length, the terminator does not matter. */
static void put_counted(struct output *out, const struct spec *spec, ULONG64 argument)
{
    const UNICODE_STRING *string = (const UNICODE_STRING *)argument;
    BOOLEAN is_wide = spec->prefix == P_W || spec->prefix == P_L;
    size_t length;

    if (!string || !string->Buffer) {
        put_null(out, spec);
        return;
    }
    length = is_wide ? string->Length / sizeof(WCHAR) : string->Length;
    if (spec->precision >= 0 && length > (size_t)spec->precision)
        length = (size_t)spec->precision;
    put_text(out, spec, string->Buffer, is_wide, length);
}

static void put_char(struct output *out, const struct spec *spec, ULONG64 argument)
{
    BOOLEAN is_wide = is_wide_argument(out, spec);
    WCHAR wide = (WCHAR)argument;
    char narrow = (char)argument;

    put_text(out, spec, is_wide ? (const void *)&wide : &narrow, is_wide, 1);
}

static ULONG64 sized(const struct spec *spec, ULONG64 value, BOOLEAN is_signed)
{
    switch (spec->prefix) {
    case P_LL:
    case P_I:
        return value;
    case P_H:
        return is_signed ? (ULONG64)(SHORT)value : (USHORT)value;
    case P_HH:
        return is_signed ? (ULONG64)(signed char)value : (UCHAR)value;
    default: /* EXE-456: long is 32 bits */
        return is_signed ? (ULONG64)(LONG)value : (ULONG)value;
    }
}

static void put_number(struct output *out, const struct spec *spec, ULONG64 argument)
{
    WCHAR conversion = spec->conversion;
    BOOLEAN is_signed = conversion == 'd' || conversion == 'i';
    unsigned base = conversion == 'o' ? 8 : (conversion | 32) == 'x' || conversion == 'p' ? 16 : 10;
    const char *digits = conversion == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    ULONG64 value = conversion == 'p' ? argument : sized(spec, argument, is_signed);
    long precision = conversion == 'p' && spec->precision < 16 ? 16 : spec->precision; /* no 0x: EXE-456 */
    char text[24], sign = 0;
    long length = 0, zeros, lead;

    if (is_signed && (LONGLONG)value < 0) {
        sign = '-';
        value = 0 - value;
    } else if (is_signed && (spec->plus || spec->blank)) {
        sign = spec->plus ? '+' : ' ';
    }
    lead = sign != 0;
    if (spec->alternate && base == 16 && value && conversion != 'p')
        lead = 2;
    for (ULONG64 rest = value; rest; rest /= base)
        text[length++] = digits[rest % base];
    if (!value && precision != 0)
        text[length++] = '0';
    if (spec->alternate && base == 8 && (!length || text[length - 1] != '0') && precision <= length)
        precision = length + 1;
    zeros = precision > length ? precision - length : 0;
    if (spec->precision < 0 && conversion != 'p' && spec->zero && !spec->left && spec->width > length + lead)
        zeros = spec->width - length - lead;

    if (!spec->left)
        pad(out, spec->width - length - zeros - lead, ' ');
    if (sign)
        emit(out, (WCHAR)sign);
    else if (lead == 2) {
        emit(out, '0');
        emit(out, conversion);
    }
    pad(out, zeros, '0');
    for (long i = length; i-- > 0;)
        emit(out, (WCHAR)text[i]);
    if (spec->left)
        pad(out, spec->width - length - zeros - lead, ' ');
}

struct input {
    const char *narrow; /* one of the two */
    const WCHAR *wide;
    const ULONG64 *slots;
};

static __forceinline WCHAR peek(const struct input *in)
{
    return in->wide ? *in->wide : (UCHAR)*in->narrow;
}

static __forceinline void skip(struct input *in)
{
    if (in->wide)
        in->wide++;
    else
        in->narrow++;
}

static BOOLEAN take(struct input *in, char c)
{
    if (peek(in) != (WCHAR)c)
        return FALSE;
    skip(in);
    return TRUE;
}

static long read_number(struct input *in)
{
    long n = 0;

    for (WCHAR c; (c = peek(in)) >= '0' && c <= '9'; skip(in))
        n = n < 100000 ? n * 10 + (c - '0') : n;
    return n;
}

static void read_prefix(struct input *in, struct spec *spec)
{
    switch (peek(in)) {
    case 'h':
        skip(in);
        spec->prefix = take(in, 'h') ? P_HH : P_H;
        return;
    case 'l':
        skip(in);
        spec->prefix = take(in, 'l') ? P_LL : P_L;
        return;
    case 'w':
        skip(in);
        spec->prefix = P_W;
        return;
    case 'j': /* not in older kernels; served */
    case 'z':
    case 't':
        skip(in);
        spec->prefix = P_I;
        return;
    case 'I': /* I64, I32, or I: as wide as a pointer */
        skip(in);
        spec->prefix = P_I;
        if (take(in, '6'))
            take(in, '4');
        else if (take(in, '3')) {
            take(in, '2');
            spec->prefix = P_L;
        }
        return;
    default:
        return;
    }
}

static void read_spec(struct input *in, struct spec *spec)
{
    for (;; skip(in)) {
        switch (peek(in)) {
        case '-':
            spec->left = TRUE;
            continue;
        case '+':
            spec->plus = TRUE;
            continue;
        case ' ':
            spec->blank = TRUE;
            continue;
        case '#':
            spec->alternate = TRUE;
            continue;
        case '0':
            spec->zero = TRUE;
            continue;
        default:
            break;
        }
        break;
    }
    if (take(in, '*')) {
        spec->width = (LONG)*in->slots++;
        if (spec->width < 0) {
            spec->left = TRUE;
            spec->width = -spec->width;
        }
    } else {
        spec->width = read_number(in);
    }
    spec->precision = -1;
    if (take(in, '.'))
        spec->precision = take(in, '*') ? (LONG)*in->slots++ : read_number(in);
    if (spec->precision < 0)
        spec->precision = -1;
    read_prefix(in, spec);
    spec->conversion = peek(in);
}

static void put_spec(struct output *out, struct input *in, struct spec *spec)
{
    switch (spec->conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
    case 'p':
        put_number(out, spec, *in->slots++);
        break;
    case 'c':
    case 'C':
        put_char(out, spec, *in->slots++);
        break;
    case 's':
    case 'S':
        put_string(out, spec, *in->slots++);
        break;
    case 'Z':
        put_counted(out, spec, *in->slots++);
        break;
    case 'n': /* refused: nothing is stored */
        guest_finding("EXE-456", "the conversion %%n stores through %p; it is refused", (void *)*in->slots++);
        break;
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
    case 'a':
    case 'A': /* EXE-457: not supported by the kernel's printing; the letter tells where */
        in->slots++;
        emit(out, spec->conversion);
        break;
    default: /* %% and what no one knows: the character itself */
        emit(out, spec->conversion);
        break;
    }
}

static size_t format(struct output *out, struct input *in)
{
    for (WCHAR c; (c = peek(in)) != 0; skip(in)) {
        struct spec spec = {.width = 0};

        if (c != '%') {
            emit(out, c);
            continue;
        }
        skip(in);
        read_spec(in, &spec);
        if (!spec.conversion)
            break;
        put_spec(out, in, &spec);
    }
    return out->count;
}

size_t rtl_format(char *to, size_t size, const char *text, WK_VA_LIST args)
{
    struct output out = {.narrow = to, .size = size};
    struct input in = {.narrow = text, .slots = (const ULONG64 *)args};

    return format(&out, &in);
}

size_t rtl_format_wide(WCHAR *to, size_t size, const WCHAR *text, WK_VA_LIST args)
{
    static WCHAR nowhere;
    struct output out = {.wide = to ? to : &nowhere, .size = to ? size : 0}; /* wide decides the width, also of a count only */
    struct input in = {.wide = text, .slots = (const ULONG64 *)args};

    return format(&out, &in);
}
