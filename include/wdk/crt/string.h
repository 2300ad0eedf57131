/* <string.h> for kernel mode: what ntoskrnl exports of it (EXE-041). Guests reach this directory by -imsvc. */
#ifndef _INC_STRING
#define _INC_STRING

#include "../implicit.h"

WK_EXTERN_C_BEGIN

#ifndef _ERRNO_T_DEFINED
#define _ERRNO_T_DEFINED
typedef int errno_t;
#endif
typedef size_t rsize_t;
#define _TRUNCATE ((size_t)-1)

DDI_CRT(ntoskrnl, "EXE-041", "") void *__cdecl WK_CRT(memchr)(_In_ const void *s, int c, size_t n);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(memcpy_s)(_Out_ void *to, rsize_t size, _In_ const void *from, rsize_t n);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(memmove_s)(_Out_ void *to, rsize_t size, _In_ const void *from, rsize_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") size_t __cdecl WK_CRT(strlen)(_In_z_ const char *s);
DDI_CRT(ntoskrnl, "EXE-041", "") size_t __cdecl WK_CRT(strnlen)(_In_ const char *s, size_t max);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(strcmp)(_In_z_ const char *a, _In_z_ const char *b);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(strncmp)(_In_ const char *a, _In_ const char *b, size_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(_stricmp)(_In_z_ const char *a, _In_z_ const char *b);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(_strnicmp)(_In_ const char *a, _In_ const char *b, size_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(strcpy)(_Out_ char *to, _In_z_ const char *from);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(strncpy)(_Out_ char *to, _In_ const char *from, size_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(strcat)(_Inout_ char *to, _In_z_ const char *from);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(strncat)(_Inout_ char *to, _In_ const char *from, size_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(strchr)(_In_z_ const char *s, int c);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(strrchr)(_In_z_ const char *s, int c);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(strstr)(_In_z_ const char *s, _In_z_ const char *sought);
DDI_CRT(ntoskrnl, "EXE-041", "") size_t __cdecl WK_CRT(strspn)(_In_z_ const char *s, _In_z_ const char *set);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(_strlwr)(_Inout_z_ char *s);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(_strupr)(_Inout_z_ char *s);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(_strrev)(_Inout_z_ char *s);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(_strset)(_Inout_z_ char *s, int c);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(_strnset)(_Inout_z_ char *s, int c, size_t n);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(strcpy_s)(_Out_ char *to, rsize_t size, _In_z_ const char *from);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(strncpy_s)(_Out_ char *to, rsize_t size, _In_ const char *from, rsize_t n);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(strcat_s)(_Inout_ char *to, rsize_t size, _In_z_ const char *from);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(strncat_s)(_Inout_ char *to, rsize_t size, _In_ const char *from, rsize_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") char *__cdecl WK_CRT(strtok_s)(_Inout_opt_ char *s, _In_z_ const char *set, _Inout_ char **context);

DDI_CRT(ntoskrnl, "EXE-041", "") size_t __cdecl WK_CRT(wcslen)(_In_z_ const WCHAR *s);
DDI_CRT(ntoskrnl, "EXE-041", "") size_t __cdecl WK_CRT(wcsnlen)(_In_ const WCHAR *s, size_t max);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(wcscmp)(_In_z_ const WCHAR *a, _In_z_ const WCHAR *b);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(wcsncmp)(_In_ const WCHAR *a, _In_ const WCHAR *b, size_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(_wcsicmp)(_In_z_ const WCHAR *a, _In_z_ const WCHAR *b);
DDI_CRT(ntoskrnl, "EXE-041", "") int __cdecl WK_CRT(_wcsnicmp)(_In_ const WCHAR *a, _In_ const WCHAR *b, size_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(wcscpy)(_Out_ WCHAR *to, _In_z_ const WCHAR *from);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(wcsncpy)(_Out_ WCHAR *to, _In_ const WCHAR *from, size_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(wcscat)(_Inout_ WCHAR *to, _In_z_ const WCHAR *from);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(wcsncat)(_Inout_ WCHAR *to, _In_ const WCHAR *from, size_t n);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(wcschr)(_In_z_ const WCHAR *s, WCHAR c);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(wcsrchr)(_In_z_ const WCHAR *s, WCHAR c);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(wcsstr)(_In_z_ const WCHAR *s, _In_z_ const WCHAR *sought);
DDI_CRT(ntoskrnl, "EXE-041", "") size_t __cdecl WK_CRT(wcsspn)(_In_z_ const WCHAR *s, _In_z_ const WCHAR *set);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(_wcslwr)(_Inout_z_ WCHAR *s);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(_wcsupr)(_Inout_z_ WCHAR *s);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(_wcsrev)(_Inout_z_ WCHAR *s);
DDI_CRT(ntoskrnl, "EXE-041", "") WCHAR *__cdecl WK_CRT(_wcsnset)(_Inout_z_ WCHAR *s, WCHAR c, size_t n);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(wcscpy_s)(_Out_ WCHAR *to, rsize_t size, _In_z_ const WCHAR *from);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(wcsncpy_s)(_Out_ WCHAR *to, rsize_t size, _In_ const WCHAR *from, rsize_t n);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(wcscat_s)(_Inout_ WCHAR *to, rsize_t size, _In_z_ const WCHAR *from);
DDI_CRT(ntoskrnl, "EXE-458", "") errno_t __cdecl WK_CRT(wcsncat_s)(_Inout_ WCHAR *to, rsize_t size, _In_ const WCHAR *from, rsize_t n);

WK_EXTERN_C_END

#endif
