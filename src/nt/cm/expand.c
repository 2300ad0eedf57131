/* %NAME% in a REG_EXPAND_SZ (EXE-537): from the environment that the caller gives, else from the machine's own. */
#include "cm_private.h"

/* The System process's. */
static const WCHAR machine[] = u"SystemRoot=C:\\Windows\0windir=C:\\Windows\0SystemDrive=C:\0";

/* environment: NAME=VALUE strings, the last one empty. NULL: there is no such name. */
static PCWCH value_of(PCWCH environment, PCWCH name, ULONG chars)
{
    for (PCWCH e = environment; *e; e++) {
        ULONG n = 0;

        while (n < chars && e[n] && RtlUpcaseUnicodeChar(e[n]) == RtlUpcaseUnicodeChar(name[n]))
            n++;
        if (n == chars && e[n] == '=')
            return e + n + 1;
        while (*e)
            e++;
    }
    return NULL;
}

static ULONG put(PWCH out, ULONG room, ULONG at, WCHAR c)
{
    if (at < room)
        out[at] = c;
    return at + 1;
}

/* Characters that the whole text needs, of which the first `room` are written. An unknown name stays as it is written. */
ULONG cm_expand(PCWCH text, ULONG chars, PVOID environment, PWCH out, ULONG room)
{
    ULONG need = 0;

    for (ULONG i = 0; i < chars; i++) {
        PCWCH value = NULL;
        ULONG end = i + 1;

        if (text[i] == '%') {
            while (end < chars && text[end] != '%')
                end++;
            if (end < chars && end > i + 1)
                value = value_of(environment ? environment : machine, text + i + 1, end - i - 1);
        }
        if (!value) {
            need = put(out, room, need, text[i]);
            continue;
        }
        while (*value)
            need = put(out, room, need, *value++);
        i = end;
    }
    return need;
}
