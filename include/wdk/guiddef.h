/* GUIDs: DEFINE_GUID declares, or with initguid.h defines (EXE-462). */
#ifndef _GUIDDEF_H_
#define _GUIDDEF_H_

#include "ntdef.h"
#include "crt/string.h"

#ifndef DECLSPEC_SELECTANY
#ifdef WK_HOST_NT
#define DECLSPEC_SELECTANY __attribute__((weak))
#else
#define DECLSPEC_SELECTANY __declspec(selectany)
#endif
#endif

DDI_MACRO(IsEqualGUID, "EXE-462", "")
#ifdef __cplusplus
#ifndef WK_NO_GUID_OPERATORS
extern "C++" {
__forceinline int IsEqualGUID(REFGUID a, REFGUID b)
{
    return !memcmp(&a, &b, sizeof(GUID));
}
__forceinline int InlineIsEqualGUID(REFGUID a, REFGUID b)
{
    return !memcmp(&a, &b, sizeof(GUID));
}
__forceinline bool operator==(REFGUID a, REFGUID b)
{
    return !memcmp(&a, &b, sizeof(GUID));
}
__forceinline bool operator!=(REFGUID a, REFGUID b)
{
    return !!memcmp(&a, &b, sizeof(GUID));
}
}
#endif
#else
#define IsEqualGUID(a, b)       (!WK_CRT(memcmp)(a, b, sizeof(GUID)))
#define InlineIsEqualGUID(a, b) IsEqualGUID(a, b)
#endif
#define IsEqualIID(a, b)   IsEqualGUID(a, b)
#define IsEqualCLSID(a, b) IsEqualGUID(a, b)

#endif

/* Outside the guard: initguid.h makes the same headers define what they declared before. */
#ifdef DEFINE_GUID
#undef DEFINE_GUID
#endif
#ifdef INITGUID
#ifdef __cplusplus
#define WK_GUID_LINKAGE extern "C"
#else
#define WK_GUID_LINKAGE
#endif
#undef DEFINE_GUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                                                   \
    WK_GUID_LINKAGE const GUID DECLSPEC_SELECTANY name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#endif
