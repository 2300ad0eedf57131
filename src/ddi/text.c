/* printf for reports (text.h). Async-signal-safe: no lock, no memory, no locale. */
#include <stdbool.h>
#include <stdint.h>

#include "ddi/text.h"

struct out {
    char *at, *end; /* end: room for the terminator */
};

struct spec {
    bool left, zero, alternate;
    int width, precision; /* -1: none */
    char size;            /* 'l': 64 bits, 'h': 16, 'c': 8, 0: int */
};

static void put(struct out *o, char c)
{
    if (o->at < o->end)
        *o->at++ = c;
}

static void put_padded(struct out *o, const char *text, size_t count, const struct spec *s, bool zero_ok)
{
    size_t width = s->width > 0 ? (size_t)s->width : 0;

    if (!s->left)
        for (size_t i = count; i < width; i++)
            put(o, s->zero && zero_ok ? '0' : ' ');
    for (size_t i = 0; i < count; i++)
        put(o, text[i]);
    if (s->left)
        for (size_t i = count; i < width; i++)
            put(o, ' ');
}

static void put_number(struct out *o, uint64_t value, bool negative, unsigned base, bool upper, const struct spec *s)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[32], *p = text + sizeof(text);

    do {
        *--p = digits[value % base];
        value /= base;
    } while (value);
    while (s->precision > 0 && text + sizeof(text) - p < s->precision && p > text + 3)
        *--p = '0';
    if (s->alternate && base == 16) {
        *--p = 'x';
        *--p = '0';
    }
    if (negative)
        *--p = '-';
    put_padded(o, p, (size_t)(text + sizeof(text) - p), s, true);
}

static int number(const char **format)
{
    int n = 0;

    while (**format >= '0' && **format <= '9' && n < 1000)
        n = n * 10 + *(*format)++ - '0';
    return n;
}

static const char *parse(const char *f, struct spec *s)
{
    *s = (struct spec){.precision = -1};
    for (;; f++) {
        if (*f == '-')
            s->left = true;
        else if (*f == '0')
            s->zero = true;
        else if (*f == '#')
            s->alternate = true;
        else if (*f != '+' && *f != ' ')
            break;
    }
    s->width = number(&f);
    if (*f == '.') {
        f++;
        s->precision = *f == '*' ? -2 : number(&f);
        f += *f == '*';
    }
    for (; *f == 'l' || *f == 'h' || *f == 'z' || *f == 'j' || *f == 't'; f++)
        s->size = *f == 'h' ? (s->size == 'h' ? 'c' : 'h') : 'l';
    return f;
}

static uint64_t unsigned_argument(char size, unsigned long value)
{
    return size == 'l' ? value : size == 'h' ? (uint16_t)value : size == 'c' ? (uint8_t)value : (uint32_t)value;
}

size_t ddi_format_list(char *out, size_t bytes, const char *format, va_list args)
{
    struct out o = {out, out + bytes - 1};
    struct spec s;

    if (!bytes)
        return 0;
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            put(&o, *f);
            continue;
        }
        f = parse(f + 1, &s);
        if (s.precision == -2)
            s.precision = va_arg(args, int);
        if (*f == 'd' || *f == 'i') {
            int64_t v = s.size == 'l' ? va_arg(args, long) : va_arg(args, int);

            put_number(&o, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, v < 0, 10, false, &s);
        } else if (*f == 'u' || *f == 'x' || *f == 'X') {
            uint64_t v = unsigned_argument(s.size, s.size == 'l' ? va_arg(args, unsigned long) : va_arg(args, unsigned));

            put_number(&o, v, false, *f == 'u' ? 10 : 16, *f == 'X', &s);
        } else if (*f == 'p') {
            s.alternate = true;
            put_number(&o, (uintptr_t)va_arg(args, void *), false, 16, false, &s);
        } else if (*f == 's') {
            const char *text = va_arg(args, const char *);
            size_t count = 0;

            text = text ? text : "(null)";
            while (text[count] && (s.precision < 0 || count < (size_t)s.precision))
                count++;
            put_padded(&o, text, count, &s, false);
        } else if (*f == 'c') {
            char c = (char)va_arg(args, int);

            put_padded(&o, &c, 1, &s, false);
        } else if (*f == '%') {
            put(&o, '%');
        } else {
            break; /* not one of ours: the rest cannot be read safely */
        }
    }
    *o.at = 0;
    return (size_t)(o.at - out);
}

size_t ddi_format(char *out, size_t bytes, const char *format, ...)
{
    va_list args;
    size_t length;

    va_start(args, format);
    length = ddi_format_list(out, bytes, format, args);
    va_end(args);
    return length;
}
