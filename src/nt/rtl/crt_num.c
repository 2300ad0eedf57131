/* Characters, numbers, sorting and rand of the C library (EXE-041, EXE-477). */
#include "wdm.h"
#include "rtl_private.h"

int NTAPI rtl_crt_isdigit(int c)
{
    return c >= '0' && c <= '9' ? 4 : 0;
}

int NTAPI rtl_crt_isupper(int c)
{
    return c >= 'A' && c <= 'Z';
}

int NTAPI rtl_crt_islower(int c)
{
    return c >= 'a' && c <= 'z' ? 2 : 0;
}

int NTAPI rtl_crt_isalpha(int c)
{
    return rtl_crt_isupper(c) || rtl_crt_islower(c) ? 0x100 : 0;
}

int NTAPI rtl_crt_isalnum(int c)
{
    return rtl_crt_isalpha(c) || rtl_crt_isdigit(c);
}

int NTAPI rtl_crt_isxdigit(int c)
{
    return rtl_crt_isdigit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f') ? 0x80 : 0;
}

int NTAPI rtl_crt_isspace(int c)
{
    return c == ' ' || (c >= 9 && c <= 13) ? 8 : 0;
}

int NTAPI rtl_crt_isprint(int c)
{
    return c >= ' ' && c <= '~';
}

int NTAPI rtl_crt_toupper(int c)
{
    return rtl_crt_islower(c) ? c - 32 : c;
}

int NTAPI rtl_crt_tolower(int c)
{
    return rtl_crt_isupper(c) ? c + 32 : c;
}

wint_t NTAPI rtl_crt_towupper(wint_t c)
{
    return (wint_t)rtl_crt_toupper(c);
}

wint_t NTAPI rtl_crt_towlower(wint_t c)
{
    return (wint_t)rtl_crt_tolower(c);
}

/* Wraps in 64 bits; the callers cut it, as the 32-bit ones do on Windows. */
LONGLONG NTAPI rtl_crt__atoi64(const char *s)
{
    ULONGLONG value = 0;
    BOOLEAN negative;

    while (rtl_crt_isspace((UCHAR)*s))
        s++;
    negative = *s == '-';
    s += *s == '-' || *s == '+';
    for (; rtl_crt_isdigit((UCHAR)*s); s++)
        value = value * 10 + (ULONGLONG)(*s - '0');
    return (LONGLONG)(negative ? 0 - value : value);
}

LONG NTAPI rtl_crt_atol(const char *s)
{
    return (LONG)rtl_crt__atoi64(s);
}

int NTAPI rtl_crt_atoi(const char *s)
{
    return (int)rtl_crt__atoi64(s);
}

static int digit_of(WCHAR c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return 99;
}

/* Out of range: ULONG_MAX. No digits: 0, and *end is the start. */
ULONG NTAPI rtl_crt_wcstoul(const WCHAR *s, WCHAR **end, int base)
{
    const WCHAR *at = s;
    ULONGLONG value = 0;
    BOOLEAN negative, over = FALSE;

    while (rtl_crt_isspace(*at))
        at++;
    negative = *at == '-';
    at += *at == '-' || *at == '+';
    if ((base == 0 || base == 16) && at[0] == '0' && (at[1] | 32) == 'x' && digit_of(at[2]) < 16) {
        at += 2;
        base = 16;
    } else if (base == 0) {
        base = *at == '0' ? 8 : 10;
    }
    if (digit_of(*at) < base)
        s = NULL;
    for (; digit_of(*at) < base; at++) {
        value = value * (unsigned)base + (unsigned)digit_of(*at);
        over |= value > MAXULONG;
        value = over ? 0 : value;
    }
    if (end)
        *end = (WCHAR *)(ULONG_PTR)(s ? s : at);
    if (over)
        return MAXULONG;
    return (ULONG)(negative ? 0 - value : value);
}

LONG NTAPI rtl_crt__wtol(const WCHAR *s)
{
    ULONG value = 0;
    BOOLEAN negative;

    while (rtl_crt_isspace(*s))
        s++;
    negative = *s == '-';
    s += *s == '-' || *s == '+';
    for (; rtl_crt_isdigit(*s); s++)
        value = value * 10 + (ULONG)(*s - '0');
    return (LONG)(negative ? 0 - value : value);
}

int NTAPI rtl_crt__wtoi(const WCHAR *s)
{
    return (int)rtl_crt__wtol(s);
}

/* The generator that Microsoft's C library documents by its results; one state, as drivers seed it once. */
static ULONG rand_state = 1;

int NTAPI rtl_crt_rand(void)
{
    ULONG next = __atomic_load_n(&rand_state, __ATOMIC_RELAXED) * 214013u + 2531011u;

    __atomic_store_n(&rand_state, next, __ATOMIC_RELAXED);
    return (int)((next >> 16) & 0x7fff);
}

void NTAPI rtl_crt_srand(unsigned int seed)
{
    __atomic_store_n(&rand_state, seed, __ATOMIC_RELAXED);
}

static void swap(char *a, char *b, size_t size)
{
    while (size--) {
        char c = *a;

        *a++ = *b;
        *b++ = c;
    }
}

static void sift(char *base, size_t root, size_t count, size_t size, WK_CRT_COMPARE *compare)
{
    for (size_t child; (child = root * 2 + 1) < count; root = child) {
        if (child + 1 < count && guest_call(WK_CRT_COMPARE, compare, base + child * size, base + (child + 1) * size) < 0)
            child++;
        if (guest_call(WK_CRT_COMPARE, compare, base + root * size, base + child * size) >= 0)
            return;
        swap(base + root * size, base + child * size, size);
    }
}

/* Heap sort: no recursion on a 24 KB stack, no memory, and n log n also when the comparison lies (EXE-477). */
void NTAPI rtl_crt_qsort(void *base, size_t count, size_t size, WK_CRT_COMPARE *compare)
{
    char *first = base;

    if (count < 2 || !size)
        return;
    for (size_t i = count / 2; i-- > 0;)
        sift(first, i, count, size, compare);
    for (size_t last = count - 1; last > 0; last--) {
        swap(first, first + last * size, size);
        sift(first, 0, last, size, compare);
    }
}

void *NTAPI rtl_crt_bsearch(const void *key, const void *base, size_t count, size_t size, WK_CRT_COMPARE *compare)
{
    const char *low = base;

    while (count) {
        const char *middle = low + count / 2 * size;
        int order = guest_call(WK_CRT_COMPARE, compare, key, middle);

        if (!order)
            return (void *)(ULONG_PTR)middle;
        if (order > 0) {
            low = middle + size;
            count--;
        }
        count /= 2;
    }
    return NULL;
}
