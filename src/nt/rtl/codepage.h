/* Code page 1252, the machine's ANSI code page (EXE-453). */
#ifndef WK_RTL_CODEPAGE_H
#define WK_RTL_CODEPAGE_H

#include "ntdef.h"

extern const WCHAR rtl_cp1252_high[32]; /* 0x80..0x9F; all else is Latin-1 */

static inline WCHAR rtl_wide_of(UCHAR c)
{
    return c >= 0x80 && c < 0xa0 ? rtl_cp1252_high[c - 0x80] : c;
}

/* '?' for what the code page does not have. */
static inline UCHAR rtl_narrow_of(WCHAR c)
{
    if (c < 0x80 || (c >= 0xa0 && c < 0x100))
        return (UCHAR)c;
    for (unsigned i = 0; i < 32; i++) {
        if (rtl_cp1252_high[i] == c)
            return (UCHAR)(0x80 + i);
    }
    return '?';
}

#endif
