/* The system's random numbers for kernel mode (EXE-469, EXE-614). */
#ifndef _SYSTEMRNG_H_
#define _SYSTEMRNG_H_

#include "ntdef.h"

WK_EXTERN_C_BEGIN

DDI(cng, "EXE-469 EXE-614", "") _IRQL_requires_max_(2)
BOOLEAN NTAPI SystemPrng(_Out_writes_bytes_all_(Bytes) PVOID Buffer, _In_ SIZE_T Bytes);

WK_EXTERN_C_END

#endif
