/* Memory and byte order (EXE-269, EXE-461). */
#ifndef _WK_WDM_RTL_MEMORY_H
#define _WK_WDM_RTL_MEMORY_H

#include "base.h"

WK_EXTERN_C_BEGIN

DDI_MACRO(RtlCopyMemory, "EXE-269", "wdm/nf-wdm-rtlcopymemory")
#define RtlCopyMemory(to, from, n)  WK_CRT(memcpy)((to), (from), (n))
DDI_MACRO(RtlMoveMemory, "EXE-269", "wdm/nf-wdm-rtlmovememory")
#define RtlMoveMemory(to, from, n)  WK_CRT(memmove)((to), (from), (n))
DDI_MACRO(RtlFillMemory, "EXE-269", "wdm/nf-wdm-rtlfillmemory")
#define RtlFillMemory(to, n, value) WK_CRT(memset)((to), (value), (n))
DDI_MACRO(RtlZeroMemory, "EXE-269", "wdm/nf-wdm-rtlzeromemory")
#define RtlZeroMemory(to, n)        WK_CRT(memset)((to), 0, (n))
DDI_MACRO(RtlEqualMemory, "EXE-269", "wdm/nf-wdm-rtlequalmemory")
#define RtlEqualMemory(a, b, n)     (!WK_CRT(memcmp)((a), (b), (n)))
DDI_MACRO(RtlCopyMemoryNonTemporal, "EXE-269", "wdm/nf-wdm-rtlcopymemorynontemporal")
#define RtlCopyMemoryNonTemporal    RtlCopyMemory
#define RtlCopyBytes                RtlCopyMemory
#define RtlZeroBytes                RtlZeroMemory
#define RtlFillBytes                RtlFillMemory

/* Bytes equal from the start. */
DDI(ntoskrnl, "EXE-269", "wdm/nf-wdm-rtlcomparememory") _Must_inspect_result_
SIZE_T NTAPI RtlCompareMemory(_In_reads_bytes_(Length) const VOID *Source1, _In_reads_bytes_(Length) const VOID *Source2, _In_ SIZE_T Length);
/* Length in bytes; the match's length in bytes, a multiple of 4. */
DDI(ntoskrnl, "EXE-269", "wdm/nf-wdm-rtlcomparememory")
SIZE_T NTAPI RtlCompareMemoryUlong(_In_reads_bytes_(Length) PVOID Source, _In_ SIZE_T Length, _In_ ULONG Pattern);
DDI(ntoskrnl, "EXE-269", "wdm/nf-wdm-rtlfillmemory")
VOID NTAPI RtlFillMemoryUlong(_Out_writes_bytes_all_(Length) PVOID Destination, _In_ SIZE_T Length, _In_ ULONG Pattern);

/* The store is not optimised away, although nobody reads it. */
DDI_INLINE("EXE-269", "wdm/nf-wdm-rtlsecurezeromemory")
FORCEINLINE PVOID RtlSecureZeroMemory(_Out_writes_bytes_all_(n) PVOID to, _In_ SIZE_T n)
{
    volatile char *at = (volatile char *)to;

    while (n--)
        *at++ = 0;
    return to;
}

DDI_INLINE("EXE-461", "wdm/nf-wdm-rtlushortbyteswap")
FORCEINLINE USHORT RtlUshortByteSwap(_In_ USHORT Source)
{
    return __builtin_bswap16(Source);
}
DDI_INLINE("EXE-461", "wdm/nf-wdm-rtlulongbyteswap")
FORCEINLINE ULONG RtlUlongByteSwap(_In_ ULONG Source)
{
    return __builtin_bswap32(Source);
}
DDI_INLINE("EXE-461", "wdm/nf-wdm-rtlulonglongbyteswap")
FORCEINLINE ULONGLONG RtlUlonglongByteSwap(_In_ ULONGLONG Source)
{
    return __builtin_bswap64(Source);
}

WK_EXTERN_C_END

#endif
