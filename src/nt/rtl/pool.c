/* Memory of strings that the run-time library makes for drivers: paged pool, so that the verifier knows it (EXE-453, EXE-475). */
#include "wdm.h"
#include "rtl_private.h"

#define TAG_STRING 0x536c7452u /* 'RtlS' as it lies in memory */
#define POOL_PAGED 0x100u      /* POOL_FLAG_PAGED */

PVOID NTAPI ExAllocatePool2(ULONG64 Flags, SIZE_T NumberOfBytes, ULONG Tag);
VOID NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag);

void *rtl_alloc(size_t bytes)
{
    return ExAllocatePool2(POOL_PAGED, bytes ? bytes : 1, TAG_STRING);
}

/* Any tag: drivers also give their own blocks to RtlFreeUnicodeString. */
void rtl_free(void *block)
{
    ExFreePoolWithTag(block, 0);
}
