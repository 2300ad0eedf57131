/* What compilers call without a header. Every image may import these; drivers that name them get them from crt/string.h.
 * Host bodies: src/nt/rtl/crt_mem.c as rtl_crt_<name>. __chkstk and the exception handlers are in wdm/arch.h (src/image). */
#ifndef _WK_IMPLICIT_H
#define _WK_IMPLICIT_H

#include "ntdef.h"

WK_EXTERN_C_BEGIN

DDI_CRT(ntoskrnl, "EXE-041 EXE-269", "wdm/nf-wdm-rtlcopymemory")
void *__cdecl WK_CRT(memcpy)(_Out_writes_bytes_all_(n) void *to, _In_reads_bytes_(n) const void *from, size_t n);
DDI_CRT(ntoskrnl, "EXE-041 EXE-269", "wdm/nf-wdm-rtlmovememory")
void *__cdecl WK_CRT(memmove)(_Out_writes_bytes_all_(n) void *to, _In_reads_bytes_(n) const void *from, size_t n);
DDI_CRT(ntoskrnl, "EXE-041 EXE-269", "wdm/nf-wdm-rtlfillmemory")
void *__cdecl WK_CRT(memset)(_Out_writes_bytes_all_(n) void *to, int value, size_t n);
DDI_CRT(ntoskrnl, "EXE-041 EXE-269", "wdm/nf-wdm-rtlequalmemory")
int __cdecl WK_CRT(memcmp)(_In_reads_bytes_(n) const void *a, _In_reads_bytes_(n) const void *b, size_t n);

WK_EXTERN_C_END

#endif
