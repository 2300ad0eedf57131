/* The wcs* functions that ntoskrnl exports (EXE-041, EXE-458); the narrow twins are in crt_str.c, in the same order. Case as in the C
 * locale: only A-Z and a-z differ. */
#include "wdm.h"
#include "rtl_private.h"

static __forceinline WCHAR lower(WCHAR c)
{
    return (WCHAR)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

size_t NTAPI rtl_crt_wcslen(const WCHAR *s)
{
    const WCHAR *at = s;

    while (*at)
        at++;
    return (size_t)(at - s);
}

size_t NTAPI rtl_crt_wcsnlen(const WCHAR *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

int NTAPI rtl_crt_wcsncmp(const WCHAR *a, const WCHAR *b, size_t n)
{
    for (; n; n--, a++, b++) {
        if (*a != *b)
            return *a < *b ? -1 : 1;
        if (!*a)
            return 0;
    }
    return 0;
}

int NTAPI rtl_crt_wcscmp(const WCHAR *a, const WCHAR *b)
{
    return rtl_crt_wcsncmp(a, b, (size_t)-1);
}

int NTAPI rtl_crt__wcsnicmp(const WCHAR *a, const WCHAR *b, size_t n)
{
    for (; n; n--, a++, b++) {
        int x = lower(*a), y = lower(*b);

        if (x != y || !x)
            return x - y;
    }
    return 0;
}

int NTAPI rtl_crt__wcsicmp(const WCHAR *a, const WCHAR *b)
{
    return rtl_crt__wcsnicmp(a, b, (size_t)-1);
}

WCHAR *NTAPI rtl_crt_wcscpy(WCHAR *to, const WCHAR *from)
{
    rtl_crt_memmove(to, from, (rtl_crt_wcslen(from) + 1) * sizeof(WCHAR));
    return to;
}

/* Fills the rest with zeros; does not terminate when from is n or longer. */
WCHAR *NTAPI rtl_crt_wcsncpy(WCHAR *to, const WCHAR *from, size_t n)
{
    size_t used = rtl_crt_wcsnlen(from, n);

    rtl_crt_memmove(to, from, used * sizeof(WCHAR));
    rtl_crt_memset(to + used, 0, (n - used) * sizeof(WCHAR));
    return to;
}

WCHAR *NTAPI rtl_crt_wcscat(WCHAR *to, const WCHAR *from)
{
    rtl_crt_wcscpy(to + rtl_crt_wcslen(to), from);
    return to;
}

WCHAR *NTAPI rtl_crt_wcsncat(WCHAR *to, const WCHAR *from, size_t n)
{
    WCHAR *end = to + rtl_crt_wcslen(to);
    size_t used = rtl_crt_wcsnlen(from, n);

    rtl_crt_memmove(end, from, used * sizeof(WCHAR));
    end[used] = 0;
    return to;
}

WCHAR *NTAPI rtl_crt_wcschr(const WCHAR *s, WCHAR c)
{
    for (;; s++) {
        if (*s == c)
            return (WCHAR *)(ULONG_PTR)s;
        if (!*s)
            return NULL;
    }
}

WCHAR *NTAPI rtl_crt_wcsrchr(const WCHAR *s, WCHAR c)
{
    const WCHAR *found = NULL;

    do {
        if (*s == c)
            found = s;
    } while (*s++);
    return (WCHAR *)(ULONG_PTR)found;
}

WCHAR *NTAPI rtl_crt_wcsstr(const WCHAR *s, const WCHAR *sought)
{
    size_t n = rtl_crt_wcslen(sought);

    if (!n)
        return (WCHAR *)(ULONG_PTR)s;
    for (; (s = rtl_crt_wcschr(s, *sought)) != NULL; s++) {
        if (!rtl_crt_wcsncmp(s, sought, n))
            return (WCHAR *)(ULONG_PTR)s;
    }
    return NULL;
}

size_t NTAPI rtl_crt_wcsspn(const WCHAR *s, const WCHAR *set)
{
    size_t n = 0;

    while (s[n] && rtl_crt_wcschr(set, s[n]))
        n++;
    return n;
}

WCHAR *NTAPI rtl_crt__wcslwr(WCHAR *s)
{
    for (WCHAR *at = s; *at; at++)
        *at = lower(*at);
    return s;
}

WCHAR *NTAPI rtl_crt__wcsupr(WCHAR *s)
{
    for (WCHAR *at = s; *at; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at -= 32;
    }
    return s;
}

WCHAR *NTAPI rtl_crt__wcsrev(WCHAR *s)
{
    for (size_t i = 0, j = rtl_crt_wcslen(s); i + 1 < j; i++) {
        WCHAR c = s[i];

        s[i] = s[--j];
        s[j] = c;
    }
    return s;
}

WCHAR *NTAPI rtl_crt__wcsnset(WCHAR *s, WCHAR c, size_t n)
{
    for (size_t i = 0; i < n && s[i]; i++)
        s[i] = c;
    return s;
}

/* Puts at most n characters of from behind the `used` ones of to. */
static errno_t put(WCHAR *to, rsize_t size, size_t used, const WCHAR *from, rsize_t n)
{
    size_t length;

    if (!from) {
        *to = 0;
        return RTL_EINVAL;
    }
    length = rtl_crt_wcsnlen(from, n == _TRUNCATE ? size : n);
    if (length >= size - used) {
        if (n != _TRUNCATE) {
            *to = 0;
            return RTL_ERANGE;
        }
        length = size - used - 1;
        rtl_crt_memmove(to + used, from, length * sizeof(WCHAR));
        to[used + length] = 0;
        return RTL_STRUNCATE;
    }
    rtl_crt_memmove(to + used, from, length * sizeof(WCHAR));
    to[used + length] = 0;
    return 0;
}

errno_t NTAPI rtl_crt_wcscpy_s(WCHAR *to, rsize_t size, const WCHAR *from)
{
    return !to || !size ? RTL_EINVAL : put(to, size, 0, from, (rsize_t)-2);
}

errno_t NTAPI rtl_crt_wcsncpy_s(WCHAR *to, rsize_t size, const WCHAR *from, rsize_t n)
{
    if (!to && !size && !n)
        return 0;
    if (!to || !size)
        return RTL_EINVAL;
    if (!n) {
        *to = 0;
        return 0;
    }
    return put(to, size, 0, from, n);
}

errno_t NTAPI rtl_crt_wcsncat_s(WCHAR *to, rsize_t size, const WCHAR *from, rsize_t n)
{
    size_t used;

    if (!to && !size && !n)
        return 0;
    if (!to || !size)
        return RTL_EINVAL;
    used = rtl_crt_wcsnlen(to, size);
    if (used == size) {
        *to = 0;
        return RTL_EINVAL;
    }
    return n ? put(to, size, used, from, n) : 0;
}

errno_t NTAPI rtl_crt_wcscat_s(WCHAR *to, rsize_t size, const WCHAR *from)
{
    return !to || !size ? RTL_EINVAL : rtl_crt_wcsncat_s(to, size, from, (rsize_t)-2);
}
