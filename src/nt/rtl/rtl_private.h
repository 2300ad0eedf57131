/* Shared inside src/nt/rtl. The run-time library takes no locks of its own. */
#ifndef WK_RTL_PRIVATE_H
#define WK_RTL_PRIVATE_H

#include "wdm.h"
#include "crt/stdio.h"
#include "crt/stdlib.h"
#include "ddi/guest.h"

/* errno values as Microsoft's C library has them */
#define RTL_EINVAL    22
#define RTL_ERANGE    34
#define RTL_STRUNCATE 80

/* Paged pool, tag 'RtlS'; at least one byte. What RtlFreeUnicodeString gives back. IRQL <= APC_LEVEL. */
void *rtl_alloc(size_t bytes);
void rtl_free(void *block);

WCHAR rtl_upcase_slow(WCHAR c);
static inline WCHAR rtl_upcase(WCHAR c)
{
    if (c < 0x80)
        return c >= 'a' && c <= 'z' ? (WCHAR)(c - 32) : c;
    return rtl_upcase_slow(c);
}

/* The digits of value into text (64 characters are always enough), not terminated; their count. base: 2..16. */
unsigned rtl_digits(ULONGLONG value, unsigned base, WCHAR text[64]);

#endif
