/* Events as text (EXE-577). A TraceLogging event describes itself: descriptor 0 (type 2) is the provider's name, descriptor 1 (type 1) the event's
 * name and its fields: name, terminated; type byte, with 0x80 an output type byte follows, of which 0x80 says that tag bytes
 * follow; bits 0x20 and 0x40 of the type make it an array. The values lie one after the other in the other descriptors. Everything
 * is read with its bounds: metadata may be wrong. */
#include "etw_private.h"
#include "nt/dbg/dbg.h"
#include "nt/rtl/codepage.h"

#define LINE 512
#define STRUCT_TYPE 24

struct line {
    char text[LINE];
    size_t used;
};

struct cursor {
    const EVENT_DATA_DESCRIPTOR *data;
    ULONG left, offset; /* descriptors left, bytes read of the first */
};

static void put_char(struct line *line, char c)
{
    if (line->used < LINE - 2) /* the newline and one more always fit */
        line->text[line->used++] = c;
}

static void put(struct line *line, const char *text)
{
    while (*text)
        put_char(line, *text++);
}

static void put_number(struct line *line, ULONG64 value, unsigned base, unsigned digits_min)
{
    char digits[24];
    unsigned n = 0;

    do
        digits[n++] = "0123456789abcdef"[value % base];
    while ((value /= base) != 0 || n < digits_min);
    while (n)
        put_char(line, digits[--n]);
}

static void put_wide(struct line *line, WCHAR c)
{
    put_char(line, (char)rtl_narrow_of(c));
}

/* The next value's bytes across descriptors; FALSE when the event has no more. */
static BOOLEAN take(struct cursor *at, void *to, ULONG bytes)
{
    char *out = to;

    while (bytes) {
        ULONG n;

        while (at->left && at->offset >= at->data->Size) {
            at->data++;
            at->left--;
            at->offset = 0;
        }
        if (!at->left)
            return FALSE;
        n = at->data->Size - at->offset < bytes ? at->data->Size - at->offset : bytes;
        __builtin_memcpy(out, (const char *)at->data->Ptr + at->offset, n);
        out += n;
        at->offset += n;
        bytes -= n;
    }
    return TRUE;
}

static BOOLEAN put_text(struct line *line, struct cursor *at, unsigned unit, BOOLEAN counted)
{
    USHORT bytes = MAXUSHORT;
    WCHAR c = 0;

    if (counted && !take(at, &bytes, sizeof(bytes)))
        return FALSE;
    put_char(line, '"');
    for (ULONG i = 0; i + unit <= bytes || !counted; i += unit) {
        c = 0;
        if (!take(at, &c, unit))
            return FALSE;
        if (!counted && !c)
            break;
        put_wide(line, unit == 1 ? rtl_wide_of((UCHAR)c) : c);
    }
    put_char(line, '"');
    return TRUE;
}

static BOOLEAN put_binary(struct line *line, struct cursor *at, ULONG bytes)
{
    UCHAR byte;

    for (; bytes; bytes--) {
        if (!take(at, &byte, 1))
            return FALSE;
        put_number(line, byte, 16, 2);
    }
    return TRUE;
}

static const struct {
    UCHAR bytes; /* 0: not a plain number */
    char form;   /* 'd' signed, 'u' unsigned, 'x' hexadecimal, 'b' yes or no, 'r' raw bytes */
} kinds[] = {
    [3] = {1, 'd'}, [4] = {1, 'u'}, [5] = {2, 'd'}, [6] = {2, 'u'}, [7] = {4, 'd'}, [8] = {4, 'u'}, [9] = {8, 'd'}, [10] = {8, 'u'},
    [11] = {4, 'x'}, [12] = {8, 'x'}, [13] = {4, 'b'}, [15] = {16, 'r'}, [16] = {8, 'x'}, [17] = {8, 'u'}, [18] = {16, 'r'},
    [20] = {4, 'x'}, [21] = {8, 'x'},
};

static BOOLEAN put_plain(struct line *line, struct cursor *at, unsigned type)
{
    ULONG64 value = 0;
    unsigned bits = kinds[type].bytes * 8u;

    if (kinds[type].form == 'r')
        return put_binary(line, at, kinds[type].bytes);
    if (!take(at, &value, kinds[type].bytes))
        return FALSE;
    if (kinds[type].form == 'b') {
        put(line, value ? "true" : "false");
    } else if (kinds[type].form == 'x') {
        put(line, "0x");
        put_number(line, value, 16, 1);
    } else if (kinds[type].form == 'd' && value >> (bits - 1) & 1) {
        put_char(line, '-');
        put_number(line, 0 - (ULONG64)((LONGLONG)(value << (64 - bits)) >> (64 - bits)), 10, 1);
    } else {
        put_number(line, value, 10, 1);
    }
    return TRUE;
}

static BOOLEAN put_value(struct line *line, struct cursor *at, unsigned type)
{
    USHORT bytes;

    switch (type) {
    case 1:
    case 2:
        return put_text(line, at, type == 1 ? 2 : 1, FALSE);
    case 22:
    case 23:
        return put_text(line, at, type == 22 ? 2 : 1, TRUE);
    case 14:
    case 25:
        return take(at, &bytes, sizeof(bytes)) && put_binary(line, at, bytes);
    default:
        return type < RTL_NUMBER_OF(kinds) && kinds[type].bytes && put_plain(line, at, type);
    }
}

static const UCHAR *skip_tags(const UCHAR *at, const UCHAR *end)
{
    while (at < end && *at++ & 0x80)
        ;
    return at;
}

/* Writes a terminated name; returns what follows it. */
static const UCHAR *put_name(struct line *line, const UCHAR *at, const UCHAR *end)
{
    while (at < end && *at)
        put_char(line, (char)*at++);
    return at < end ? at + 1 : end;
}

static void put_fields(struct line *line, struct cursor *values, const UCHAR *at, const UCHAR *end)
{
    const char *before = ": ";

    while (at < end) {
        unsigned type;
        USHORT count = 1;
        BOOLEAN good = TRUE, array;

        put(line, before);
        before = ", ";
        at = put_name(line, at, end);
        if (at >= end)
            return;
        type = *at++;
        if (type & 0x80 && at < end && *at++ & 0x80)
            at = skip_tags(at, end);
        array = (type & 0x60) != 0;
        if ((type & 0x60) == 0x20 && at + 2 <= end) {
            count = (USHORT)(at[0] | at[1] << 8);
            at += 2;
        } else if ((type & 0x60) == 0x40) {
            good = take(values, &count, sizeof(count));
        }
        type &= 0x1f;
        put_char(line, '=');
        if (type == STRUCT_TYPE) /* its fields follow as if they were the event's own */
            continue;
        put(line, array ? "[" : "");
        for (; good && count; count--) {
            good = put_value(line, values, type);
            put(line, good && count > 1 ? " " : "");
        }
        put(line, array ? "]" : "");
        if (!good) {
            put(line, "?");
            return;
        }
    }
}

void etw_print(const struct etw_provider *provider, PCEVENT_DESCRIPTOR event, ULONG count, const EVENT_DATA_DESCRIPTOR *data)
{
    struct line line = {.used = 0};
    const UCHAR *at, *end;
    ULONG bytes = 0;

    if (count >= 2 && data[0].Type == EVENT_DATA_DESCRIPTOR_TYPE_PROVIDER_METADATA && data[1].Type == EVENT_DATA_DESCRIPTOR_TYPE_EVENT_METADATA) {
        struct cursor values = {.data = data + 2, .left = count - 2};

        at = (const UCHAR *)data[0].Ptr;
        end = at + data[0].Size;
        put_name(&line, at + (data[0].Size < 2 ? data[0].Size : 2), end);
        put_char(&line, '/');
        at = (const UCHAR *)data[1].Ptr;
        end = at + data[1].Size;
        at = skip_tags(at + (data[1].Size < 2 ? data[1].Size : 2), end);
        at = put_name(&line, at, end);
        put_fields(&line, &values, at, end);
    } else {
        for (ULONG i = 0; i < count; i++)
            bytes += data[i].Size;
        if (provider->name[0])
            put(&line, provider->name);
        else {
            put_number(&line, provider->id.Data1, 16, 8);
            put(&line, "-...");
        }
        put(&line, "/event ");
        put_number(&line, event->Id, 10, 1);
        put(&line, ": ");
        put_number(&line, bytes, 10, 1);
        put(&line, " bytes");
    }
    line.text[line.used++] = '\n';
    dbg_write(line.text, line.used);
}
