/* Bitmaps (EXE-463). Bits beyond SizeOfBitMap never count. Any IRQL when the memory is resident; callers lock. */
#ifndef _WK_WDM_RTL_BITMAP_H
#define _WK_WDM_RTL_BITMAP_H

#include "base.h"

WK_EXTERN_C_BEGIN

/* EXE-L08 */
typedef struct _RTL_BITMAP {
    ULONG SizeOfBitMap; /* bits */
    PULONG Buffer;
} RTL_BITMAP, *PRTL_BITMAP;
typedef const RTL_BITMAP *PCRTL_BITMAP;

typedef struct _RTL_BITMAP_RUN {
    ULONG StartingIndex;
    ULONG NumberOfBits;
} RTL_BITMAP_RUN, *PRTL_BITMAP_RUN;

DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlinitializebitmap")
VOID NTAPI RtlInitializeBitMap(_Out_ PRTL_BITMAP BitMapHeader, _In_opt_ PULONG BitMapBuffer, _In_opt_ ULONG SizeOfBitMap);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlclearbit") VOID NTAPI RtlClearBit(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG BitNumber);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlsetbit") VOID NTAPI RtlSetBit(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG BitNumber);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtltestbit") BOOLEAN NTAPI RtlTestBit(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG BitNumber);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlclearallbits") VOID NTAPI RtlClearAllBits(_In_ PRTL_BITMAP BitMapHeader);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlsetallbits") VOID NTAPI RtlSetAllBits(_In_ PRTL_BITMAP BitMapHeader);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlclearbits")
VOID NTAPI RtlClearBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG NumberToClear);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlsetbits")
VOID NTAPI RtlSetBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG NumberToSet);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlarebitsclear")
BOOLEAN NTAPI RtlAreBitsClear(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG Length);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlarebitsset")
BOOLEAN NTAPI RtlAreBitsSet(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG Length);
/* The index of a run of NumberToFind bits, from HintIndex on and then from 0; 0xFFFFFFFF when there is none. */
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindclearbits") _Must_inspect_result_
ULONG NTAPI RtlFindClearBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindsetbits") _Must_inspect_result_
ULONG NTAPI RtlFindSetBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindclearbitsandset")
ULONG NTAPI RtlFindClearBitsAndSet(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindsetbitsandclear")
ULONG NTAPI RtlFindSetBitsAndClear(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlnumberofclearbits") ULONG NTAPI RtlNumberOfClearBits(_In_ PRTL_BITMAP BitMapHeader);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlnumberofsetbits") ULONG NTAPI RtlNumberOfSetBits(_In_ PRTL_BITMAP BitMapHeader);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlnumberofsetbitsulongptr") ULONG NTAPI RtlNumberOfSetBitsUlongPtr(_In_ ULONG_PTR Target);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindclearruns")
ULONG NTAPI RtlFindClearRuns(_In_ PRTL_BITMAP BitMapHeader, _Out_ PRTL_BITMAP_RUN RunArray, _In_ ULONG SizeOfRunArray, _In_ BOOLEAN LocateLongestRuns);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindlongestrunclear")
ULONG NTAPI RtlFindLongestRunClear(_In_ PRTL_BITMAP BitMapHeader, _Out_ PULONG StartingIndex);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindfirstrunclear")
ULONG NTAPI RtlFindFirstRunClear(_In_ PRTL_BITMAP BitMapHeader, _Out_ PULONG StartingIndex);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindnextforwardrunclear")
ULONG NTAPI RtlFindNextForwardRunClear(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG FromIndex, _Out_ PULONG StartingRunIndex);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindlastbackwardrunclear")
ULONG NTAPI RtlFindLastBackwardRunClear(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG FromIndex, _Out_ PULONG StartingRunIndex);
/* -1 for 0. */
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindleastsignificantbit") CCHAR NTAPI RtlFindLeastSignificantBit(_In_ ULONGLONG Set);
DDI(ntoskrnl, "EXE-463", "wdm/nf-wdm-rtlfindmostsignificantbit") CCHAR NTAPI RtlFindMostSignificantBit(_In_ ULONGLONG Set);

DDI_INLINE("EXE-463", "wdm/nf-wdm-rtlcheckbit")
FORCEINLINE BOOLEAN RtlCheckBit(_In_ PCRTL_BITMAP BitMapHeader, _In_ ULONG BitPosition)
{
    return (BOOLEAN)((BitMapHeader->Buffer[BitPosition / 32] >> (BitPosition % 32)) & 1);
}

WK_EXTERN_C_END

#endif
