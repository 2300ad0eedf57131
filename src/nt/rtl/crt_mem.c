/* memcpy and its kin as guests import them (EXE-041, EXE-269). They may fault on a guest's pointer at any instruction; then the
 * guest is named, so they keep no state and unwind by CFI. Small sizes by overlapping moves, medium ones by SSE, large ones
 * by `rep movsb`, which is what the processor does best from about a page on. Only XMM0-5 are used: they are volatile in
 * both conventions, so nothing is saved. */
#include "wdm.h"

typedef long long v2 __attribute__((vector_size(16), aligned(1), may_alias));
typedef char v16 __attribute__((vector_size(16), aligned(1), may_alias));
typedef ULONG64 u8 __attribute__((aligned(1), may_alias));
typedef ULONG u4 __attribute__((aligned(1), may_alias));
typedef USHORT u2 __attribute__((aligned(1), may_alias));

#define REP_FROM 2048 /* bytes; below it the start-up of rep costs more than the loop */

static __forceinline void copy_small(char *d, const char *s, SIZE_T n)
{
    if (n >= 8) {
        u8 a = *(const u8 *)s, b = *(const u8 *)(s + n - 8);

        *(u8 *)d = a;
        *(u8 *)(d + n - 8) = b;
    } else if (n >= 4) {
        u4 a = *(const u4 *)s, b = *(const u4 *)(s + n - 4);

        *(u4 *)d = a;
        *(u4 *)(d + n - 4) = b;
    } else if (n >= 2) {
        u2 a = *(const u2 *)s, b = *(const u2 *)(s + n - 2);

        *(u2 *)d = a;
        *(u2 *)(d + n - 2) = b;
    } else if (n) {
        *d = *s;
    }
}

/* All loads come before the first store, so that it serves overlapping areas too. 16 <= n <= 64. */
static __forceinline void copy_medium(char *d, const char *s, SIZE_T n)
{
    v2 a = *(const v2 *)s, b = *(const v2 *)(s + n - 16);

    if (n > 32) {
        v2 c = *(const v2 *)(s + 16), e = *(const v2 *)(s + n - 32);

        *(v2 *)(d + 16) = c;
        *(v2 *)(d + n - 32) = e;
    }
    *(v2 *)d = a;
    *(v2 *)(d + n - 16) = b;
}

static __forceinline void copy_up(char *d, const char *s, SIZE_T n)
{
    v2 last = *(const v2 *)(s + n - 16), last2 = *(const v2 *)(s + n - 32);
    char *end = d + n;

    for (; n > 32; n -= 32, d += 32, s += 32) {
        v2 a = *(const v2 *)s, b = *(const v2 *)(s + 16);

        *(v2 *)d = a;
        *(v2 *)(d + 16) = b;
    }
    *(v2 *)(end - 32) = last2;
    *(v2 *)(end - 16) = last;
}

static __forceinline void copy_down(char *d, const char *s, SIZE_T n)
{
    v2 first = *(const v2 *)s, second = *(const v2 *)(s + 16);

    for (; n > 32; n -= 32) {
        v2 a = *(const v2 *)(s + n - 16), b = *(const v2 *)(s + n - 32);

        *(v2 *)(d + n - 16) = a;
        *(v2 *)(d + n - 32) = b;
    }
    *(v2 *)d = first;
    *(v2 *)(d + 16) = second;
}

void *NTAPI rtl_crt_memmove(void *to, const void *from, size_t n)
{
    char *d = to;
    const char *s = from;

    if (n < 16)
        copy_small(d, s, n);
    else if (n <= 64)
        copy_medium(d, s, n);
    else if ((SIZE_T)d - (SIZE_T)s < n)
        copy_down(d, s, n);
    else if (n < REP_FROM || (SIZE_T)s - (SIZE_T)d < n)
        copy_up(d, s, n);
    else
        __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
    return to;
}

/* As on Windows, where both are one routine; an overlap is the verifier's business (EXE-269). */
void *NTAPI rtl_crt_memcpy(void *to, const void *from, size_t n) __attribute__((alias("rtl_crt_memmove")));

void *NTAPI rtl_crt_memset(void *to, int value, size_t n)
{
    char *d = to;
    ULONG64 word = (UCHAR)value * 0x0101010101010101ULL;
    v2 fill = {(long long)word, (long long)word};

    if (n < 16) {
        if (n >= 8)
            *(u8 *)d = *(u8 *)(d + n - 8) = word;
        else if (n >= 4)
            *(u4 *)d = *(u4 *)(d + n - 4) = (ULONG)word;
        else if (n >= 2)
            *(u2 *)d = *(u2 *)(d + n - 2) = (USHORT)word;
        else if (n)
            *d = (char)value;
        return to;
    }
    if (n >= REP_FROM) {
        __asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(value) : "memory");
        return to;
    }
    for (SIZE_T i = 0; i + 16 < n; i += 16)
        *(v2 *)(d + i) = fill;
    *(v2 *)(d + n - 16) = fill;
    return to;
}

int NTAPI rtl_crt_memcmp(const void *a, const void *b, size_t n)
{
    const UCHAR *x = a, *y = b;
    SIZE_T i = 0;

    for (; i + 16 <= n; i += 16) {
        v16 same = *(const v16 *)(x + i) == *(const v16 *)(y + i);
        unsigned mask = (unsigned)__builtin_ia32_pmovmskb128(same);

        if (mask != 0xffff) {
            i += (unsigned)__builtin_ctz(~mask);
            return x[i] - y[i];
        }
    }
    for (; i + 8 <= n && *(const u8 *)(x + i) == *(const u8 *)(y + i); i += 8)
        ;
    for (; i < n; i++) {
        if (x[i] != y[i])
            return x[i] - y[i];
    }
    return 0;
}

void *NTAPI rtl_crt_memchr(const void *s, int c, size_t n)
{
    for (const UCHAR *at = s; n; at++, n--) {
        if (*at == (UCHAR)c)
            return (void *)(ULONG_PTR)at;
    }
    return NULL;
}

SIZE_T NTAPI RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length)
{
    const UCHAR *x = Source1, *y = Source2;
    SIZE_T i = 0;

    for (; i + 8 <= Length; i += 8) {
        ULONG64 differ = *(const u8 *)(x + i) ^ *(const u8 *)(y + i);

        if (differ)
            return i + (SIZE_T)__builtin_ctzll(differ) / 8;
    }
    while (i < Length && x[i] == y[i])
        i++;
    return i;
}

SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern)
{
    const u4 *at = Source;
    SIZE_T i = 0;

    while (i < Length / 4 && at[i] == Pattern)
        i++;
    return i * 4;
}

VOID NTAPI RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern)
{
    u4 *at = Destination;

    for (SIZE_T i = 0; i < Length / 4; i++)
        at[i] = Pattern;
}
