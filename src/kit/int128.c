/* 128-bit division, called by clang for __int128 and by nobody else (BLD-011). Windows x64 has no register pair for it:
 * clang passes both operands by reference and takes the result in xmm0. */
typedef unsigned __int128 u128;
typedef __int128 i128;
typedef unsigned long long v2 __attribute__((vector_size(16)));

static u128 divide(u128 n, u128 d, u128 *remainder)
{
    u128 quotient = 0;

    if ((unsigned long long)(d >> 64) == 0 && (unsigned long long)(n >> 64) == 0) {
        *remainder = (unsigned long long)n % (unsigned long long)d;
        return (unsigned long long)n / (unsigned long long)d;
    }
    if (d == 0)
        __builtin_trap();
    if (n < d) {
        *remainder = n;
        return 0;
    }
    /* Schoolbook, one bit a step, from the highest position where d still fits under n. */
    unsigned shift = 0;
    while (!(d >> 127) && (d << 1) <= n) {
        d <<= 1;
        shift++;
    }
    for (unsigned i = 0; i <= shift; i++) {
        quotient <<= 1;
        if (n >= d) {
            n -= d;
            quotient |= 1;
        }
        d >>= 1;
    }
    *remainder = n;
    return quotient;
}

static v2 as_vector(u128 value)
{
    return (v2){(unsigned long long)value, (unsigned long long)(value >> 64)};
}

v2 __udivti3(const u128 *n, const u128 *d);
v2 __umodti3(const u128 *n, const u128 *d);
v2 __divti3(const i128 *n, const i128 *d);
v2 __modti3(const i128 *n, const i128 *d);

v2 __udivti3(const u128 *n, const u128 *d)
{
    u128 remainder;

    return as_vector(divide(*n, *d, &remainder));
}

v2 __umodti3(const u128 *n, const u128 *d)
{
    u128 remainder;

    divide(*n, *d, &remainder);
    return as_vector(remainder);
}

static u128 magnitude(i128 value)
{
    return value < 0 ? -(u128)value : (u128)value;
}

v2 __divti3(const i128 *n, const i128 *d)
{
    u128 remainder, quotient = divide(magnitude(*n), magnitude(*d), &remainder);

    return as_vector((*n < 0) != (*d < 0) ? -quotient : quotient);
}

v2 __modti3(const i128 *n, const i128 *d)
{
    u128 remainder;

    divide(magnitude(*n), magnitude(*d), &remainder);
    return as_vector(*n < 0 ? -remainder : remainder);
}
