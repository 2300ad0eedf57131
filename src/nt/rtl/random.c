/* Chance and unique names (EXE-462, EXE-469). The Rtl functions depend on the driver's seed alone. SystemPrng and ExUuidCreate draw from the
 * machine's generator, so a given machine seed repeats them too. */
#include "wdm.h"
#include "systemrng.h"
#include "rtl_private.h"
#include "sched/sched.h"

/* A Lehmer generator modulo 2^31 - 1, with an increment so that a seed of 0 does not stay 0. */
ULONG NTAPI RtlUniform(PULONG Seed)
{
    *Seed = (ULONG)(((ULONG64)*Seed * 48271 + 2147483587) % MAXLONG);
    return *Seed;
}

static ULONG mixed(PULONG seed)
{
    ULONG64 x = RtlUniform(seed) * 0x9E3779B97F4A7C15ULL;

    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
    return (ULONG)((x ^ x >> 31) % MAXLONG);
}

ULONG NTAPI RtlRandom(PULONG Seed)
{
    return mixed(Seed);
}

ULONG NTAPI RtlRandomEx(PULONG Seed)
{
    return mixed(Seed);
}

BOOLEAN NTAPI SystemPrng(PVOID Buffer, SIZE_T Bytes)
{
    char *at = Buffer;

    while (Bytes) {
        ULONG64 word = sched_random();
        SIZE_T n = Bytes < sizeof(word) ? Bytes : sizeof(word);

        __builtin_memcpy(at, &word, n);
        at += n;
        Bytes -= n;
    }
    return TRUE;
}

/* Version 4, variant 1. */
NTSTATUS NTAPI ExUuidCreate(UUID *Uuid)
{
    SystemPrng(Uuid, sizeof(*Uuid));
    Uuid->Data3 = (USHORT)((Uuid->Data3 & 0x0fff) | 0x4000);
    Uuid->Data4[0] = (UCHAR)((Uuid->Data4[0] & 0x3f) | 0x80);
    return STATUS_SUCCESS;
}
