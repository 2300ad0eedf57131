#include "base/assert.h"

#include <stddef.h>

void (*wk_assert_hook)(const char *expr, const char *file, int line, const char *func);

void wk_assert_failed(const char *expr, const char *file, int line, const char *func)
{
    if (wk_assert_hook)
        wk_assert_hook(expr, file, line, func);
    __builtin_trap();
}
