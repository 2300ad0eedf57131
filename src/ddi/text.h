/* printf for reports, for use where libc must not be called: %s %c %d %i %u %x %X %p with width, 0, -, precision of strings,
 * and the sizes hh h l ll z j. */
#ifndef WK_DDI_TEXT_H
#define WK_DDI_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/* Returns the length written, always terminated; what does not fit is cut. */
size_t ddi_format(char *out, size_t bytes, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t ddi_format_list(char *out, size_t bytes, const char *format, va_list args);

#endif
