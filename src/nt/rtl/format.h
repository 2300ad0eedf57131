/* The one format engine (EXE-456, EXE-457), for the C functions here and for DbgPrint (src/nt/dbg). */
#ifndef WK_RTL_FORMAT_H
#define WK_RTL_FORMAT_H

#include <stddef.h>
#include "ntdef.h"

/* Formats into at most `size` units of `to`, without a terminator. Returns the units that the whole text has. Any IRQL; reads the
 * guest's format, arguments and strings, and may fault on them. */
size_t rtl_format(char *to, size_t size, const char *format, WK_VA_LIST args);
size_t rtl_format_wide(WCHAR *to, size_t size, const WCHAR *format, WK_VA_LIST args);

#endif
