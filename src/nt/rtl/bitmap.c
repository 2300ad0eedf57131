/* Bitmaps (EXE-463). A bit is read and written within its own ULONG. Finding a run goes word by word where a word is all of one kind.
 * Ranges that end beyond the map are cut at its end ([W]: Windows asserts in checked builds only). */
#include "wdm.h"

#define NONE 0xffffffffu

VOID NTAPI RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap)
{
    BitMapHeader->SizeOfBitMap = SizeOfBitMap;
    BitMapHeader->Buffer = BitMapBuffer;
}

VOID NTAPI RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    BitMapHeader->Buffer[BitNumber / 32] &= ~(1u << BitNumber % 32);
}

VOID NTAPI RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    BitMapHeader->Buffer[BitNumber / 32] |= 1u << BitNumber % 32;
}

BOOLEAN NTAPI RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    return RtlCheckBit(BitMapHeader, BitNumber);
}

/* First index >= from (and < end) whose bit is `value`, else end. */
static ULONG next(const RTL_BITMAP *map, ULONG from, ULONG end, ULONG value)
{
    ULONG flip = value ? 0 : ~0u;

    while (from < end) {
        ULONG word = (map->Buffer[from / 32] ^ flip) >> from % 32;

        if (word) {
            from += (ULONG)__builtin_ctz(word);
            return from < end ? from : end;
        }
        from = (from | 31) + 1;
    }
    return end;
}

static void fill(PRTL_BITMAP map, ULONG from, ULONG count, ULONG value)
{
    ULONG end;

    if (from >= map->SizeOfBitMap)
        return;
    end = count < map->SizeOfBitMap - from ? from + count : map->SizeOfBitMap;
    while (from < end) {
        ULONG stop = (from | 31) + 1 < end ? (from | 31) + 1 : end;
        ULONG bits = (stop - from == 32 ? ~0u : (1u << (stop - from)) - 1) << from % 32;

        if (value)
            map->Buffer[from / 32] |= bits;
        else
            map->Buffer[from / 32] &= ~bits;
        from = stop;
    }
}

VOID NTAPI RtlClearAllBits(PRTL_BITMAP BitMapHeader)
{
    __builtin_memset(BitMapHeader->Buffer, 0, (BitMapHeader->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

VOID NTAPI RtlSetAllBits(PRTL_BITMAP BitMapHeader)
{
    __builtin_memset(BitMapHeader->Buffer, 0xff, (BitMapHeader->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

VOID NTAPI RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear)
{
    fill(BitMapHeader, StartingIndex, NumberToClear, 0);
}

VOID NTAPI RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet)
{
    fill(BitMapHeader, StartingIndex, NumberToSet, 1);
}

/* FALSE for an empty range and for one that leaves the map. */
static BOOLEAN all(const RTL_BITMAP *map, ULONG from, ULONG count, ULONG value)
{
    if (!count || from >= map->SizeOfBitMap || count > map->SizeOfBitMap - from)
        return FALSE;
    return next(map, from, from + count, !value) == from + count;
}

BOOLEAN NTAPI RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return all(BitMapHeader, StartingIndex, Length, 0);
}

BOOLEAN NTAPI RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return all(BitMapHeader, StartingIndex, Length, 1);
}

/* A run of `count` bits that starts in [from, start_end) and lies within the map. */
static ULONG find_between(const RTL_BITMAP *map, ULONG from, ULONG start_end, ULONG count, ULONG value)
{
    while ((from = next(map, from, map->SizeOfBitMap, value)) < start_end) {
        ULONG end = map->SizeOfBitMap - from < count ? map->SizeOfBitMap : from + count;
        ULONG stop = next(map, from, end, !value);

        if (stop - from >= count)
            return from;
        from = stop;
    }
    return NONE;
}

static ULONG find(const RTL_BITMAP *map, ULONG count, ULONG hint, ULONG value)
{
    ULONG found;

    if (hint >= map->SizeOfBitMap)
        hint = 0;
    if (!count)
        return hint; /* EXE-463 */
    found = find_between(map, hint, map->SizeOfBitMap, count, value);
    return found == NONE && hint ? find_between(map, 0, hint, count, value) : found;
}

ULONG NTAPI RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return find(BitMapHeader, NumberToFind, HintIndex, 0);
}

ULONG NTAPI RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return find(BitMapHeader, NumberToFind, HintIndex, 1);
}

ULONG NTAPI RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG found = find(BitMapHeader, NumberToFind, HintIndex, 0);

    if (found != NONE)
        fill(BitMapHeader, found, NumberToFind, 1);
    return found;
}

ULONG NTAPI RtlFindSetBitsAndClear(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG found = find(BitMapHeader, NumberToFind, HintIndex, 1);

    if (found != NONE)
        fill(BitMapHeader, found, NumberToFind, 0);
    return found;
}

ULONG NTAPI RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader)
{
    ULONG whole = BitMapHeader->SizeOfBitMap / 32, rest = BitMapHeader->SizeOfBitMap % 32, n = 0;

    for (ULONG i = 0; i < whole; i++)
        n += (ULONG)__builtin_popcount(BitMapHeader->Buffer[i]);
    if (rest)
        n += (ULONG)__builtin_popcount(BitMapHeader->Buffer[whole] & ((1u << rest) - 1));
    return n;
}

ULONG NTAPI RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader)
{
    return BitMapHeader->SizeOfBitMap - RtlNumberOfSetBits(BitMapHeader);
}

ULONG NTAPI RtlNumberOfSetBitsUlongPtr(ULONG_PTR Target)
{
    return (ULONG)__builtin_popcountll(Target);
}

ULONG NTAPI RtlFindNextForwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex, PULONG StartingRunIndex)
{
    ULONG size = BitMapHeader->SizeOfBitMap;
    ULONG start = FromIndex < size ? next(BitMapHeader, FromIndex, size, 0) : size;

    *StartingRunIndex = start < size ? start : FromIndex;
    return start < size ? next(BitMapHeader, start, size, 1) - start : 0;
}

ULONG NTAPI RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    return RtlFindNextForwardRunClear(BitMapHeader, 0, StartingIndex);
}

/* The run of clear bits that ends at FromIndex or, when that bit is set, the last one before it. */
ULONG NTAPI RtlFindLastBackwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex, PULONG StartingRunIndex)
{
    ULONG end = FromIndex < BitMapHeader->SizeOfBitMap ? FromIndex + 1 : BitMapHeader->SizeOfBitMap;
    ULONG start;

    while (end && RtlCheckBit(BitMapHeader, end - 1))
        end--;
    for (start = end; start && !RtlCheckBit(BitMapHeader, start - 1);)
        start--;
    *StartingRunIndex = end ? start : FromIndex;
    return end - start;
}

ULONG NTAPI RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    ULONG best = 0, start, n;

    *StartingIndex = 0;
    for (ULONG from = 0; (n = RtlFindNextForwardRunClear(BitMapHeader, from, &start)) != 0; from = start + n) {
        if (n > best) {
            best = n;
            *StartingIndex = start;
        }
    }
    return best;
}

/* The first SizeOfRunArray runs, or the longest ones, longest first. */
ULONG NTAPI RtlFindClearRuns(PRTL_BITMAP BitMapHeader, PRTL_BITMAP_RUN RunArray, ULONG SizeOfRunArray, BOOLEAN LocateLongestRuns)
{
    ULONG count = 0, start, n;

    for (ULONG from = 0; (n = RtlFindNextForwardRunClear(BitMapHeader, from, &start)) != 0; from = start + n) {
        ULONG at = count;

        if (count == SizeOfRunArray && !LocateLongestRuns)
            break;
        for (; LocateLongestRuns && at && RunArray[at - 1].NumberOfBits < n; at--) {
            if (at < SizeOfRunArray)
                RunArray[at] = RunArray[at - 1];
        }
        if (at < SizeOfRunArray)
            RunArray[at] = (RTL_BITMAP_RUN){start, n};
        count += count < SizeOfRunArray;
    }
    return count;
}

CCHAR NTAPI RtlFindLeastSignificantBit(ULONGLONG Set)
{
    return Set ? (CCHAR)__builtin_ctzll(Set) : -1;
}

CCHAR NTAPI RtlFindMostSignificantBit(ULONGLONG Set)
{
    return Set ? (CCHAR)(63 - __builtin_clzll(Set)) : -1;
}
