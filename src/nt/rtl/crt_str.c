/* The str* functions that ntoskrnl exports (EXE-041, EXE-458). Their wide twins are in crt_wcs.c, in the same order. C locale: only
 * A-Z and a-z differ in case. The _s forms answer EINVAL or ERANGE and leave an empty string; no handler is invoked. */
#include "wdm.h"
#include "rtl_private.h"

static __forceinline int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

size_t NTAPI rtl_crt_strlen(const char *s)
{
    const char *at = s;

    while (*at)
        at++;
    return (size_t)(at - s);
}

size_t NTAPI rtl_crt_strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

int NTAPI rtl_crt_strncmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        if (*a != *b)
            return (UCHAR)*a < (UCHAR)*b ? -1 : 1;
        if (!*a)
            return 0;
    }
    return 0;
}

int NTAPI rtl_crt_strcmp(const char *a, const char *b)
{
    return rtl_crt_strncmp(a, b, (size_t)-1);
}

int NTAPI rtl_crt__strnicmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        int x = lower((UCHAR)*a), y = lower((UCHAR)*b);

        if (x != y || !x)
            return x - y;
    }
    return 0;
}

int NTAPI rtl_crt__stricmp(const char *a, const char *b)
{
    return rtl_crt__strnicmp(a, b, (size_t)-1);
}

char *NTAPI rtl_crt_strcpy(char *to, const char *from)
{
    rtl_crt_memmove(to, from, rtl_crt_strlen(from) + 1);
    return to;
}

/* Fills the rest with zeros; does not terminate when from is n or longer. */
char *NTAPI rtl_crt_strncpy(char *to, const char *from, size_t n)
{
    size_t used = rtl_crt_strnlen(from, n);

    rtl_crt_memmove(to, from, used);
    rtl_crt_memset(to + used, 0, n - used);
    return to;
}

char *NTAPI rtl_crt_strcat(char *to, const char *from)
{
    rtl_crt_strcpy(to + rtl_crt_strlen(to), from);
    return to;
}

char *NTAPI rtl_crt_strncat(char *to, const char *from, size_t n)
{
    char *end = to + rtl_crt_strlen(to);
    size_t used = rtl_crt_strnlen(from, n);

    rtl_crt_memmove(end, from, used);
    end[used] = 0;
    return to;
}

char *NTAPI rtl_crt_strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)(ULONG_PTR)s;
        if (!*s)
            return NULL;
    }
}

char *NTAPI rtl_crt_strrchr(const char *s, int c)
{
    const char *found = NULL;

    do {
        if (*s == (char)c)
            found = s;
    } while (*s++);
    return (char *)(ULONG_PTR)found;
}

char *NTAPI rtl_crt_strstr(const char *s, const char *sought)
{
    size_t n = rtl_crt_strlen(sought);

    if (!n)
        return (char *)(ULONG_PTR)s;
    for (; (s = rtl_crt_strchr(s, *sought)) != NULL; s++) {
        if (!rtl_crt_strncmp(s, sought, n))
            return (char *)(ULONG_PTR)s;
    }
    return NULL;
}

size_t NTAPI rtl_crt_strspn(const char *s, const char *set)
{
    size_t n = 0;

    while (s[n] && rtl_crt_strchr(set, s[n]))
        n++;
    return n;
}

char *NTAPI rtl_crt__strlwr(char *s)
{
    for (char *at = s; *at; at++)
        *at = (char)lower(*at);
    return s;
}

char *NTAPI rtl_crt__strupr(char *s)
{
    for (char *at = s; *at; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at -= 32;
    }
    return s;
}

char *NTAPI rtl_crt__strrev(char *s)
{
    for (size_t i = 0, j = rtl_crt_strlen(s); i + 1 < j; i++) {
        char c = s[i];

        s[i] = s[--j];
        s[j] = c;
    }
    return s;
}

char *NTAPI rtl_crt__strset(char *s, int c)
{
    rtl_crt_memset(s, c, rtl_crt_strlen(s));
    return s;
}

char *NTAPI rtl_crt__strnset(char *s, int c, size_t n)
{
    rtl_crt_memset(s, c, rtl_crt_strnlen(s, n));
    return s;
}

errno_t NTAPI rtl_crt_memcpy_s(void *to, rsize_t size, const void *from, rsize_t n)
{
    if (!n)
        return 0;
    if (!to)
        return RTL_EINVAL;
    if (!from || size < n) {
        rtl_crt_memset(to, 0, size);
        return from ? RTL_ERANGE : RTL_EINVAL;
    }
    rtl_crt_memmove(to, from, n);
    return 0;
}

errno_t NTAPI rtl_crt_memmove_s(void *to, rsize_t size, const void *from, rsize_t n)
{
    if (!n)
        return 0;
    if (!to || !from)
        return RTL_EINVAL;
    if (size < n)
        return RTL_ERANGE;
    rtl_crt_memmove(to, from, n);
    return 0;
}

/* Puts at most n characters of from behind the `used` ones of to. */
static errno_t put(char *to, rsize_t size, size_t used, const char *from, rsize_t n)
{
    size_t length;

    if (!from) {
        *to = 0;
        return RTL_EINVAL;
    }
    length = rtl_crt_strnlen(from, n == _TRUNCATE ? size : n);
    if (length >= size - used) {
        if (n != _TRUNCATE) {
            *to = 0;
            return RTL_ERANGE;
        }
        length = size - used - 1;
        rtl_crt_memmove(to + used, from, length);
        to[used + length] = 0;
        return RTL_STRUNCATE;
    }
    rtl_crt_memmove(to + used, from, length);
    to[used + length] = 0;
    return 0;
}

errno_t NTAPI rtl_crt_strcpy_s(char *to, rsize_t size, const char *from)
{
    return !to || !size ? RTL_EINVAL : put(to, size, 0, from, (rsize_t)-2);
}

errno_t NTAPI rtl_crt_strncpy_s(char *to, rsize_t size, const char *from, rsize_t n)
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

errno_t NTAPI rtl_crt_strncat_s(char *to, rsize_t size, const char *from, rsize_t n)
{
    size_t used;

    if (!to && !size && !n)
        return 0;
    if (!to || !size)
        return RTL_EINVAL;
    used = rtl_crt_strnlen(to, size);
    if (used == size) {
        *to = 0;
        return RTL_EINVAL;
    }
    return n ? put(to, size, used, from, n) : 0;
}

errno_t NTAPI rtl_crt_strcat_s(char *to, rsize_t size, const char *from)
{
    return !to || !size ? RTL_EINVAL : rtl_crt_strncat_s(to, size, from, (rsize_t)-2);
}

char *NTAPI rtl_crt_strtok_s(char *s, const char *set, char **context)
{
    char *end;

    if (!context || !set || (!s && !*context))
        return NULL;
    s = s ? s : *context;
    s += rtl_crt_strspn(s, set);
    if (!*s) {
        *context = s;
        return NULL;
    }
    for (end = s; *end && !rtl_crt_strchr(set, *end); end++)
        ;
    *context = *end ? end + 1 : end;
    *end = 0;
    return s;
}
