/* Memory and byte order (EXE-041, EXE-269, EXE-461). */
#include "wkt.h"

/* Volatile pointers: the compiler must call the import, not its own code. */
static void *(__cdecl *volatile copy)(void *, const void *, size_t) = memcpy;
static void *(__cdecl *volatile move)(void *, const void *, size_t) = memmove;
static void *(__cdecl *volatile fill)(void *, int, size_t) = memset;
static int(__cdecl *volatile compare)(const void *, const void *, size_t) = memcmp;

TEST_ROWS("EXE-041 EXE-269", every_size_is_copied_exactly)
{
    UCHAR *from = wkt_alloc(8192), *to = wkt_alloc(8192);
    ULONG bad = 0;

    for (ULONG i = 0; i < 8192; i++)
        from[i] = (UCHAR)(i * 7 + 1);
    for (ULONG n = 0; n < 4500; n += n < 300 ? 1 : 97) {
        fill(to, 0xee, 8192);
        if (copy(to + 3, from + 5, n) != to + 3)
            bad++;
        for (ULONG i = 0; i < n; i++)
            bad += to[3 + i] != from[5 + i];
        bad += to[2] != 0xee || to[3 + n] != 0xee;
        bad += compare(to + 3, from + 5, n) != 0;
    }
    CHECK_EQ(bad, 0);
}

TEST_ROWS("EXE-041 EXE-269", overlapping_moves_are_right_both_ways)
{
    UCHAR *at = wkt_alloc(6000);
    ULONG bad = 0;

    for (ULONG n = 1; n < 5000; n = n * 2 + 1) {
        for (ULONG i = 0; i < 6000; i++)
            at[i] = (UCHAR)(i * 13);
        move(at + 10, at + 7, n);
        for (ULONG i = 0; i < n; i++)
            bad += at[10 + i] != (UCHAR)((7 + i) * 13);
        for (ULONG i = 0; i < 6000; i++)
            at[i] = (UCHAR)(i * 13);
        move(at + 7, at + 10, n);
        for (ULONG i = 0; i < n; i++)
            bad += at[7 + i] != (UCHAR)((10 + i) * 13);
    }
    CHECK_EQ(bad, 0);
}

TEST(EXE_041, compare_tells_the_order_of_bytes)
{
    CHECK(compare("abc", "abd", 3) < 0);
    CHECK(compare("ab\xff", "ab\x01", 3) > 0);
    CHECK(compare("abc", "abd", 2) == 0);
    CHECK(compare("x", "y", 0) == 0);
}

TEST(EXE_269, rtl_compare_memory_counts_equal_bytes)
{
    ULONG words[4] = {5, 5, 5, 6};

    CHECK_EQ(RtlCompareMemory("0123456789abcdef", "0123456789abcdef", 16), 16);
    CHECK_EQ(RtlCompareMemory("0123456789abcdef", "0123456789Xbcdef", 16), 10);
    CHECK_EQ(RtlCompareMemory("a", "b", 1), 0);
    CHECK(RtlEqualMemory("ab", "ab", 2));
    CHECK_EQ(RtlCompareMemoryUlong(words, sizeof(words), 5), 12);
    RtlFillMemoryUlong(words, 12, 9);
    CHECK(words[0] == 9 && words[2] == 9 && words[3] == 6);
    RtlSecureZeroMemory(words, sizeof(words));
    CHECK(!words[0] && !words[3]);
}

TEST(EXE_461, byte_swaps)
{
    CHECK_EQ(RtlUshortByteSwap(0x1234), 0x3412);
    CHECK_EQ(RtlUlongByteSwap(0x12345678), 0x78563412);
    CHECK_EQ(RtlUlonglongByteSwap(0x0102030405060708ULL), 0x0807060504030201ULL);
}
