/* Checksums, bit by bit (EXE-468): drivers use them on small headers. CRC-32 is the reflected IEEE polynomial; CRC-64 the
 * reflected ECMA-182 one ([W]: no page names it). */
#include "wdm.h"

static ULONG crc32(ULONG crc, const UCHAR *at, SIZE_T n)
{
    crc = ~crc;
    while (n--) {
        crc ^= *at++;
        for (int i = 0; i < 8; i++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

ULONG NTAPI RtlCrc32(const void *Buffer, SIZE_T Size, ULONG InitialCrc)
{
    return crc32(InitialCrc, Buffer, Size);
}

ULONG NTAPI RtlComputeCrc32(ULONG PartialCrc, PVOID Buffer, ULONG Length)
{
    return crc32(PartialCrc, Buffer, Length);
}

ULONGLONG NTAPI RtlCrc64(const void *Buffer, SIZE_T Size, ULONGLONG InitialCrc)
{
    const UCHAR *at = Buffer;
    ULONGLONG crc = ~InitialCrc;

    while (Size--) {
        crc ^= *at++;
        for (int i = 0; i < 8; i++)
            crc = crc >> 1 ^ (crc & 1 ? 0xC96C5795D7870F42ULL : 0);
    }
    return ~crc;
}
