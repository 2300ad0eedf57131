/* printf into memory (EXE-458). Three ends: unbounded, counted (-1 and no terminator when it does not fit), and _s (always
 * terminated; empty on overflow, or cut when _TRUNCATE or a smaller count asks for it). */
#include "wdm.h"
#include "rtl_private.h"
#include "format.h"

#define LIMIT 0x7fffffff

#define WITH_ARGS(result, call)                                                                                        \
    __builtin_ms_va_list args;                                                                                         \
    int result;                                                                                                        \
                                                                                                                       \
    __builtin_ms_va_start(args, format);                                                                               \
    result = call;                                                                                                     \
    __builtin_ms_va_end(args);                                                                                         \
    return result

int NTAPI rtl_crt__vsnprintf(char *to, size_t count, const char *format, WK_VA_LIST args)
{
    size_t n = rtl_format(to, to ? count : 0, format, args);

    if (!to && !count)
        return (int)n;
    if (n < count)
        to[n] = 0;
    return n > count ? -1 : (int)n;
}

int NTAPI rtl_crt__vsnwprintf(WCHAR *to, size_t count, const WCHAR *format, WK_VA_LIST args)
{
    size_t n = rtl_format_wide(to, to ? count : 0, format, args);

    if (!to && !count)
        return (int)n;
    if (n < count)
        to[n] = 0;
    return n > count ? -1 : (int)n;
}

int NTAPI rtl_crt__vsnprintf_s(char *to, size_t size, size_t count, const char *format, WK_VA_LIST args)
{
    size_t limit = count < size ? count : size - 1;
    size_t n;

    if (!to || !size || !format)
        return -1;
    n = rtl_format(to, limit, format, args);
    if (n <= limit) {
        to[n] = 0;
        return (int)n;
    }
    to[count == _TRUNCATE || count < size ? limit : 0] = 0;
    return -1;
}

int NTAPI rtl_crt__vsnwprintf_s(WCHAR *to, size_t size, size_t count, const WCHAR *format, WK_VA_LIST args)
{
    size_t limit = count < size ? count : size - 1;
    size_t n;

    if (!to || !size || !format)
        return -1;
    n = rtl_format_wide(to, limit, format, args);
    if (n <= limit) {
        to[n] = 0;
        return (int)n;
    }
    to[count == _TRUNCATE || count < size ? limit : 0] = 0;
    return -1;
}

int NTAPI rtl_crt_vsprintf(char *to, const char *format, WK_VA_LIST args)
{
    return rtl_crt__vsnprintf(to, LIMIT, format, args);
}

int NTAPI rtl_crt_vsprintf_s(char *to, size_t size, const char *format, WK_VA_LIST args)
{
    return rtl_crt__vsnprintf_s(to, size, size, format, args);
}

int NTAPI rtl_crt_vswprintf_s(WCHAR *to, size_t size, const WCHAR *format, WK_VA_LIST args)
{
    return rtl_crt__vsnwprintf_s(to, size, size, format, args);
}

int NTAPI rtl_crt_sprintf(char *to, const char *format, ...)
{
    WITH_ARGS(n, rtl_crt__vsnprintf(to, LIMIT, format, args));
}

int NTAPI rtl_crt__snprintf(char *to, size_t count, const char *format, ...)
{
    WITH_ARGS(n, rtl_crt__vsnprintf(to, count, format, args));
}

int NTAPI rtl_crt_sprintf_s(char *to, size_t size, const char *format, ...)
{
    WITH_ARGS(n, rtl_crt__vsnprintf_s(to, size, size, format, args));
}

int NTAPI rtl_crt__snprintf_s(char *to, size_t size, size_t count, const char *format, ...)
{
    WITH_ARGS(n, rtl_crt__vsnprintf_s(to, size, count, format, args));
}

int NTAPI rtl_crt_swprintf(WCHAR *to, const WCHAR *format, ...)
{
    WITH_ARGS(n, rtl_crt__vsnwprintf(to, LIMIT, format, args));
}

int NTAPI rtl_crt__snwprintf(WCHAR *to, size_t count, const WCHAR *format, ...)
{
    WITH_ARGS(n, rtl_crt__vsnwprintf(to, count, format, args));
}

int NTAPI rtl_crt_swprintf_s(WCHAR *to, size_t size, const WCHAR *format, ...)
{
    WITH_ARGS(n, rtl_crt__vsnwprintf_s(to, size, size, format, args));
}

int NTAPI rtl_crt__snwprintf_s(WCHAR *to, size_t size, size_t count, const WCHAR *format, ...)
{
    WITH_ARGS(n, rtl_crt__vsnwprintf_s(to, size, count, format, args));
}
