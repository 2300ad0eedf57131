/* <stdlib.h> for kernel mode: what ntoskrnl exports of it (EXE-041). */
#ifndef _INC_STDLIB
#define _INC_STDLIB

#include "../implicit.h"

WK_EXTERN_C_BEGIN

#ifndef _ERRNO_T_DEFINED
#define _ERRNO_T_DEFINED
typedef int errno_t;
#endif
#define RAND_MAX 0x7fff

#ifndef __cplusplus
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif
#ifndef _countof
#define _countof(a) (sizeof(a) / sizeof((a)[0]))
#endif

DDI_CALLBACK("EXE-477", "") typedef int(__cdecl WK_CRT_COMPARE)(const void *a, const void *b);
DDI_CRT(ntoskrnl, "EXE-477", "")
void __cdecl WK_CRT(qsort)(_Inout_ void *base, size_t count, size_t size, WK_CRT_COMPARE *compare);
DDI_CRT(ntoskrnl, "EXE-477", "")
void *__cdecl WK_CRT(bsearch)(_In_ const void *key, _In_ const void *base, size_t count, size_t size, WK_CRT_COMPARE *compare);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(atoi)(_In_z_ const char *s);
DDI_CRT(ntoskrnl, "EXE-041", "") LONG __cdecl WK_CRT(atol)(_In_z_ const char *s);
DDI_CRT(ntoskrnl, "EXE-041", "") LONGLONG __cdecl WK_CRT(_atoi64)(_In_z_ const char *s);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(_wtoi)(_In_z_ const WCHAR *s);
DDI_CRT(ntoskrnl, "EXE-041", "") LONG __cdecl WK_CRT(_wtol)(_In_z_ const WCHAR *s);
DDI_CRT(ntoskrnl, "EXE-041", "") ULONG __cdecl WK_CRT(wcstoul)(_In_z_ const WCHAR *s, _Out_opt_ WCHAR **end, int base);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(rand)(void);
DDI_CRT(ntoskrnl, "EXE-041", "") void __cdecl WK_CRT(srand)(unsigned int seed);

#ifndef WK_HOST_NT
#ifdef __cplusplus
extern "C" __forceinline int abs(int n) { return n < 0 ? -n : n; }
#else
int __cdecl abs(int n);
#pragma intrinsic(abs)
#endif
unsigned short __cdecl _byteswap_ushort(unsigned short value);
unsigned long __cdecl _byteswap_ulong(unsigned long value);
unsigned __int64 __cdecl _byteswap_uint64(unsigned __int64 value);
#endif

WK_EXTERN_C_END

#endif
