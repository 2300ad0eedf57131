/* <ctype.h> for kernel mode: the C locale only (EXE-041). */
#ifndef _INC_CTYPE
#define _INC_CTYPE

#include "../ntdef.h"

WK_EXTERN_C_BEGIN

#ifndef _WCTYPE_T_DEFINED
#define _WCTYPE_T_DEFINED
typedef unsigned short wint_t;
typedef unsigned short wctype_t;
#endif

DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(toupper)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(tolower)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(isdigit)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(isxdigit)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(isspace)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(isupper)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(islower)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(isalpha)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(isalnum)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(isprint)(int c);
DDI_CRT(ntoskrnl, "EXE-041", "") wint_t __cdecl WK_CRT(towupper)(wint_t c);
DDI_CRT(ntoskrnl, "EXE-041", "") wint_t __cdecl WK_CRT(towlower)(wint_t c);

WK_EXTERN_C_END

#endif
