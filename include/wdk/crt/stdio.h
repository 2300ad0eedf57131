/* <stdio.h> for kernel mode: printing into memory (EXE-456..458). */
#ifndef _INC_STDIO
#define _INC_STDIO

#include "string.h"

WK_EXTERN_C_BEGIN

/* Truncation: -1, the buffer is full and not terminated. Otherwise the count; terminated when there is room. */
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(sprintf)(_Out_ char *to, _In_z_ _Printf_format_string_ const char *format, ...);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(vsprintf)(_Out_ char *to, _In_z_ _Printf_format_string_ const char *format, WK_VA_LIST args);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(_snprintf)(_Out_ char *to, size_t count, _In_z_ _Printf_format_string_ const char *format, ...);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(_vsnprintf)(_Out_ char *to, size_t count, _In_z_ _Printf_format_string_ const char *format, WK_VA_LIST args);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(swprintf)(_Out_ WCHAR *to, _In_z_ _Printf_format_string_ const WCHAR *format, ...);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(_snwprintf)(_Out_ WCHAR *to, size_t count, _In_z_ _Printf_format_string_ const WCHAR *format, ...);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(_vsnwprintf)(_Out_ WCHAR *to, size_t count, _In_z_ _Printf_format_string_ const WCHAR *format, WK_VA_LIST args);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(_vsnprintf_s)(_Out_ char *to, size_t size, size_t count, _In_z_ _Printf_format_string_ const char *format, WK_VA_LIST args);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(_snprintf_s)(_Out_ char *to, size_t size, size_t count, _In_z_ _Printf_format_string_ const char *format, ...);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(sprintf_s)(_Out_ char *to, size_t size, _In_z_ _Printf_format_string_ const char *format, ...);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(vsprintf_s)(_Out_ char *to, size_t size, _In_z_ _Printf_format_string_ const char *format, WK_VA_LIST args);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(_vsnwprintf_s)(_Out_ WCHAR *to, size_t size, size_t count, _In_z_ _Printf_format_string_ const WCHAR *format, WK_VA_LIST args);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(_snwprintf_s)(_Out_ WCHAR *to, size_t size, size_t count, _In_z_ _Printf_format_string_ const WCHAR *format, ...);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(swprintf_s)(_Out_ WCHAR *to, size_t size, _In_z_ _Printf_format_string_ const WCHAR *format, ...);
DDI_CRT(ntoskrnl, "EXE-041 EXE-458", "")
int __cdecl WK_CRT(vswprintf_s)(_Out_ WCHAR *to, size_t size, _In_z_ _Printf_format_string_ const WCHAR *format, WK_VA_LIST args);

WK_EXTERN_C_END

#endif
