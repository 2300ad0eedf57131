/* String functions that cannot overrun (EXE-459), all carried by the driver itself; only _vsnprintf and _vsnwprintf are imported. Truncation
 * gives STATUS_BUFFER_OVERFLOW and a terminated beginning; a size of 0 or above NTSTRSAFE_MAX_CCH, or a bad UNICODE_STRING,
 * STATUS_INVALID_PARAMETER (EXE-793). IRQL = PASSIVE_LEVEL for the printing ones. */
#ifndef _NTSTRSAFE_H_INCLUDED_
#define _NTSTRSAFE_H_INCLUDED_

#include "ntdef.h"
#include "ntstatus.h"
#include "crt/stdio.h"

#define NTSTRSAFE_MAX_CCH                2147483647
#define NTSTRSAFE_MAX_LENGTH             (NTSTRSAFE_MAX_CCH - 1)
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))
#define STRSAFE_IGNORE_NULLS             0x00000100
#define STRSAFE_FILL_BEHIND_NULL         0x00000200
#define STRSAFE_FILL_BEHIND              0x00000200
#define STRSAFE_FILL_ON_FAILURE          0x00000400
#define STRSAFE_NULL_ON_FAILURE          0x00000800
#define STRSAFE_NO_TRUNCATION            0x00001000
#define STRSAFE_ZERO_LENGTH_ON_FAILURE   0x00004000
#define STRSAFE_VALID_FLAGS              0x00001fff
#define STRSAFE_UNICODE_STRING_VALID_FLAGS 0x00005fff
#define STRSAFE_FILL_BYTE(x)             ((ULONG)(((x) & 0x000000ff) | STRSAFE_FILL_BEHIND_NULL))
#define STRSAFE_FAILURE_BYTE(x)          ((ULONG)(((x) & 0x000000ff) | STRSAFE_FILL_ON_FAILURE))
typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef WCHAR *NTSTRSAFE_PWSTR;
typedef const WCHAR *NTSTRSAFE_PCWSTR;

#ifndef WK_HOST_NT
WK_EXTERN_C_BEGIN
DDI_FAMILY("EXE-459 EXE-793 EXE-I23", "ntstrsafe")

#define WKS_CHAR CHAR
#define WKS(name) name##A
#define WKS_VPRINT _vsnprintf
#include "ntstrsafe_text.h"
#define WKS_CHAR WCHAR
#define WKS(name) name##W
#define WKS_VPRINT _vsnwprintf
#include "ntstrsafe_text.h"
DDI_MACRO(RtlUnalignedStringCchLengthW, "EXE-459", "ntstrsafe/nf-ntstrsafe-rtlunalignedstringcchlengthw")
#define RtlUnalignedStringCchLengthW RtlStringCchLengthW
DDI_MACRO(RtlUnalignedStringCbLengthW, "EXE-459", "ntstrsafe/nf-ntstrsafe-rtlunalignedstringcblengthw")
#define RtlUnalignedStringCbLengthW  RtlStringCbLengthW
#ifdef UNICODE
#define WK_STRSAFE_T(name) name##W
#else
#define WK_STRSAFE_T(name) name##A
#endif
#define RtlStringCchCopy   WK_STRSAFE_T(RtlStringCchCopy)
#define RtlStringCbCopy    WK_STRSAFE_T(RtlStringCbCopy)
#define RtlStringCchCat    WK_STRSAFE_T(RtlStringCchCat)
#define RtlStringCbCat     WK_STRSAFE_T(RtlStringCbCat)
#define RtlStringCchPrintf WK_STRSAFE_T(RtlStringCchPrintf)
#define RtlStringCbPrintf  WK_STRSAFE_T(RtlStringCbPrintf)
#define RtlStringCchLength WK_STRSAFE_T(RtlStringCchLength)
#define RtlStringCbLength  WK_STRSAFE_T(RtlStringCbLength)

#include "ntstrsafe_unicode.h"

DDI_FAMILY_END
WK_EXTERN_C_END
#endif

#endif
