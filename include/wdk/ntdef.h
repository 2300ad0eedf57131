/* Base types of the NT kernel, LLP64: LONG is 32 bits and WCHAR 16 bits whichever compiler reads this (EXE-051). */
#ifndef _NTDEF_
#define _NTDEF_

#include <stddef.h>
#include <stdarg.h>
#include "sal.h"

#ifdef __cplusplus
#define WK_EXTERN_C_BEGIN extern "C" {
#define WK_EXTERN_C_END   }
#define EXTERN_C          extern "C"
#else
#define WK_EXTERN_C_BEGIN
#define WK_EXTERN_C_END
#define EXTERN_C          extern
#endif
#define EXTERN_C_START WK_EXTERN_C_BEGIN
#define EXTERN_C_END   WK_EXTERN_C_END

/* The calling convention of everything that crosses the border. A guest is compiled for it; the host says so. */
#ifdef WK_HOST_NT
#define NTAPI __attribute__((ms_abi))
#define __int64 long long
#define __int32 int
#define __int16 short
#define __int8 char
#define __cdecl __attribute__((ms_abi))
#define __stdcall __attribute__((ms_abi))
#define __fastcall __attribute__((ms_abi))
#define __forceinline inline __attribute__((always_inline))
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_ALIGN(x) __attribute__((aligned(x)))
#define DECLSPEC_IMPORT
#define DECLSPEC_NOINLINE __attribute__((noinline))
#define DECLSPEC_RESTRICT
#define UNREFERENCED_LOCAL
typedef __builtin_ms_va_list WK_VA_LIST;
#else
#define NTAPI __stdcall
#define ALLOC_PRAGMA 1 /* the compiler knows alloc_text, so that drivers use it (BLD-013) */
#define DECLSPEC_NORETURN __declspec(noreturn)
#define DECLSPEC_ALIGN(x) __declspec(align(x))
#define DECLSPEC_IMPORT __declspec(dllimport)
#define DECLSPEC_NOINLINE __declspec(noinline)
#define DECLSPEC_RESTRICT __declspec(restrict)
typedef va_list WK_VA_LIST;
#endif

#define FASTCALL  __fastcall
#define NTAPI_INLINE NTAPI
#define NTSYSAPI
#define NTKERNELAPI
#define NTHALAPI
#define NTSYSCALLAPI
#define FORCEINLINE static __forceinline
#define CFORCEINLINE FORCEINLINE
#define INLINE inline
#define CONST const
#define IN
#define OUT
#define OPTIONAL
#define VOID void
#define ANYSIZE_ARRAY 1
#define UNALIGNED __unaligned
#ifdef WK_HOST_NT
#define __unaligned
#endif
#define POINTER_64
#define RESTRICTED_POINTER
#define DUMMYSTRUCTNAME
#define DUMMYSTRUCTNAME2
#define DUMMYUNIONNAME
#define DUMMYUNIONNAME2
#define DECLARE_HANDLE(name) struct name##__ { int unused; }; typedef struct name##__ *name

typedef char CHAR, CCHAR, *PCHAR, *PCCHAR, *PSTR, *LPSTR, *NPSTR, *PSZ;
typedef const char *PCSTR, *LPCSTR, *PCSZ;
typedef unsigned char UCHAR, *PUCHAR;
typedef const unsigned char *PCUCHAR;
typedef short SHORT, CSHORT, *PSHORT, *PCSHORT;
typedef unsigned short USHORT, *PUSHORT;
typedef int INT, *PINT;
typedef unsigned int UINT, *PUINT;
#ifdef WK_HOST_NT
typedef int LONG, *PLONG;
typedef unsigned int ULONG, *PULONG;
typedef const unsigned int *PCULONG;
#else
typedef long LONG, *PLONG;
typedef unsigned long ULONG, *PULONG;
typedef const unsigned long *PCULONG;
#endif
typedef long long LONGLONG, *PLONGLONG;
typedef unsigned long long ULONGLONG, *PULONGLONG;

#ifdef WK_HOST_NT
typedef unsigned short WCHAR; /* -fshort-wchar: L"" literals have this type too */
#else
typedef wchar_t WCHAR;
#endif
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *LPWSTR, *PWSTR, *NWPSTR, *PZZWSTR;
typedef const WCHAR *LPCWCH, *PCWCH, *LPCWSTR, *PCWSTR, *LPCWCHAR, *PCZZWSTR;

typedef unsigned char BOOLEAN, *PBOOLEAN;
typedef UCHAR BYTE, *PBYTE;
typedef USHORT WORD, *PWORD;
typedef ULONG DWORD, *PDWORD;
typedef int BOOL, *PBOOL;
typedef ULONG LOGICAL, *PLOGICAL;
typedef ULONGLONG DWORDLONG;

typedef signed char INT8, *PINT8;
typedef short INT16, *PINT16;
typedef int INT32, *PINT32;
typedef long long INT64, *PINT64;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32;
typedef unsigned long long UINT64, *PUINT64;
typedef int LONG32, *PLONG32;
typedef unsigned int ULONG32, *PULONG32, DWORD32;
typedef long long LONG64, *PLONG64;
typedef unsigned long long ULONG64, *PULONG64, DWORD64, *PDWORD64;
typedef long long INT_PTR, *PINT_PTR, LONG_PTR, *PLONG_PTR;
typedef unsigned long long UINT_PTR, *PUINT_PTR, ULONG_PTR, *PULONG_PTR, DWORD_PTR, *PDWORD_PTR;
typedef ULONG_PTR SIZE_T, *PSIZE_T;
typedef LONG_PTR SSIZE_T, *PSSIZE_T;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY;
typedef LONGLONG USN;

typedef void *PVOID, *LPVOID;
typedef const void *PCVOID, *LPCVOID;
typedef PVOID HANDLE, *PHANDLE;
typedef PVOID PVOID64;

typedef LONG NTSTATUS, *PNTSTATUS;
typedef LONG HRESULT;
typedef ULONG ACCESS_MASK, *PACCESS_MASK;
typedef ULONG LCID, *PLCID;
typedef ULONG DEVICE_TYPE;
typedef CCHAR KPROCESSOR_MODE;
typedef UCHAR KIRQL, *PKIRQL;

#define TRUE  1
#define FALSE 0
#ifndef NULL
#ifdef __cplusplus
#define NULL 0
#else
#define NULL ((void *)0)
#endif
#endif

#define NT_SUCCESS(status)     (((NTSTATUS)(status)) >= 0)
#define NT_INFORMATION(status) ((((ULONG)(status)) >> 30) == 1)
#define NT_WARNING(status)     ((((ULONG)(status)) >> 30) == 2)
#define NT_ERROR(status)       ((((ULONG)(status)) >> 30) == 3)

#define MINCHAR   0x80
#define MAXCHAR   0x7f
#define MINSHORT  0x8000
#define MAXSHORT  0x7fff
#define MINLONG   0x80000000
#define MAXLONG   0x7fffffff
#define MAXUCHAR  0xff
#define MAXUSHORT 0xffff
#define MAXULONG  0xffffffff
#define MAXLONGLONG 0x7fffffffffffffffLL
#define MAXULONGLONG 0xffffffffffffffffULL
#define MAXUINT64 0xffffffffffffffffULL

/* LARGE_INTEGER: EXE-L03 */
typedef union _LARGE_INTEGER {
    struct {
        ULONG LowPart;
        LONG HighPart;
    };
    struct {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    struct {
        ULONG LowPart;
        ULONG HighPart;
    };
    struct {
        ULONG LowPart;
        ULONG HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;
typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef struct _LUID {
    ULONG LowPart;
    LONG HighPart;
} LUID, *PLUID;

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    ULONG Data1;
    USHORT Data2;
    USHORT Data3;
    UCHAR Data4[8];
} GUID;
#endif
typedef GUID *PGUID, *LPGUID, CLSID, *LPCLSID, IID, *LPIID, UUID;
typedef const GUID *LPCGUID;
#ifdef __cplusplus
#define REFGUID const GUID &
#define REFIID  const IID &
#else
#define REFGUID const GUID *
#define REFIID  const IID *
#endif

/* EXE-L02 */
typedef struct _LIST_ENTRY {
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY, *RESTRICTED_POINTER PRLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

/* EXE-L01: counted strings; Length and MaximumLength are bytes, no terminator is needed */
typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    _Field_size_bytes_part_opt_(MaximumLength, Length) PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING, UTF8_STRING, *PUTF8_STRING;
typedef const STRING *PCSTRING, *PCANSI_STRING, *PCOEM_STRING, *PCUTF8_STRING;

typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    _Field_size_bytes_part_opt_(MaximumLength, Length) PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

#define UNICODE_NULL ((WCHAR)0)
#define ANSI_NULL    ((CHAR)0)
#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS 32767
#define DECLARE_CONST_UNICODE_STRING(var, text)                                                                        \
    const WCHAR var##_buffer[] = text;                                                                                 \
    const UNICODE_STRING var = {sizeof(text) - sizeof(WCHAR), sizeof(text), (PWCH)var##_buffer}
#define DECLARE_UNICODE_STRING_SIZE(var, chars)                                                                        \
    WCHAR var##_buffer[chars];                                                                                         \
    UNICODE_STRING var = {0, (chars) * sizeof(WCHAR), var##_buffer}
#define RTL_CONSTANT_STRING(s) {sizeof(s) - sizeof((s)[0]), sizeof(s), (s)}

/* EXE-L04 */
typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;
typedef const OBJECT_ATTRIBUTES *PCOBJECT_ATTRIBUTES;

#define OBJ_INHERIT            0x00000002L
#define OBJ_PERMANENT          0x00000010L
#define OBJ_EXCLUSIVE          0x00000020L
#define OBJ_CASE_INSENSITIVE   0x00000040L
#define OBJ_OPENIF             0x00000080L
#define OBJ_OPENLINK           0x00000100L
#define OBJ_KERNEL_HANDLE      0x00000200L
#define OBJ_FORCE_ACCESS_CHECK 0x00000400L
#define OBJ_VALID_ATTRIBUTES   0x000007F2L

DDI_MACRO(InitializeObjectAttributes, "EXE-406", "ntdef/nf-ntdef-initializeobjectattributes")
#define InitializeObjectAttributes(p, n, a, r, s)                                                                      \
    do {                                                                                                               \
        (p)->Length = sizeof(OBJECT_ATTRIBUTES);                                                                       \
        (p)->RootDirectory = (r);                                                                                      \
        (p)->Attributes = (a);                                                                                         \
        (p)->ObjectName = (n);                                                                                         \
        (p)->SecurityDescriptor = (s);                                                                                 \
        (p)->SecurityQualityOfService = NULL;                                                                          \
    } while (0)

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
typedef enum _TIMER_TYPE { NotificationTimer, SynchronizationTimer } TIMER_TYPE;
typedef enum _WAIT_TYPE { WaitAll, WaitAny, WaitNotification, WaitDequeue, WaitDpc } WAIT_TYPE;

typedef struct _PROCESSOR_NUMBER {
    USHORT Group;
    UCHAR Number;
    UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

typedef struct _GROUP_AFFINITY {
    KAFFINITY Mask;
    USHORT Group;
    USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;

#define FIELD_OFFSET(type, field)    ((LONG)offsetof(type, field))
#define UFIELD_OFFSET(type, field)   ((ULONG)offsetof(type, field))
#define RTL_FIELD_SIZE(type, field)  (sizeof(((type *)0)->field))
#define FIELD_SIZE(type, field)      (sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) (FIELD_OFFSET(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(s, size, field) ((((PCHAR)(&(s)->field)) + sizeof((s)->field)) <= (((PCHAR)(s)) + (size)))
#define RTL_NUMBER_OF(a)             (sizeof(a) / sizeof((a)[0]))
#define RTL_NUMBER_OF_FIELD(type, field) RTL_NUMBER_OF(((type *)0)->field)
#define ARRAYSIZE(a)                 RTL_NUMBER_OF(a)
#define CONTAINING_RECORD(address, type, field) ((type *)((PCHAR)(address) - (ULONG_PTR)offsetof(type, field)))
#define UNREFERENCED_PARAMETER(p)    ((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p) ((void)(p))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(v) ((void)(v))
#define ALIGN_DOWN_BY(x, a)          ((ULONG_PTR)(x) & ~((ULONG_PTR)(a) - 1))
#define ALIGN_UP_BY(x, a)            (((ULONG_PTR)(x) + (a) - 1) & ~((ULONG_PTR)(a) - 1))
#define ALIGN_DOWN(x, type)          ALIGN_DOWN_BY(x, sizeof(type))
#define ALIGN_UP(x, type)            ALIGN_UP_BY(x, sizeof(type))
#define ALIGN_DOWN_POINTER_BY(p, a)  ((PVOID)ALIGN_DOWN_BY(p, a))
#define ALIGN_UP_POINTER_BY(p, a)    ((PVOID)ALIGN_UP_BY(p, a))
#define ALIGN_DOWN_POINTER(p, type)  ((PVOID)ALIGN_DOWN(p, type))
#define ALIGN_UP_POINTER(p, type)    ((PVOID)ALIGN_UP(p, type))
#define TYPE_ALIGNMENT(t)            __alignof(t)
#define C_ASSERT(e)                  typedef char __C_ASSERT__[(e) ? 1 : -1] __attribute__((unused))
#define Int32x32To64(a, b)           ((LONGLONG)(LONG)(a) * (LONGLONG)(LONG)(b))
#define UInt32x32To64(a, b)          ((ULONGLONG)(ULONG)(a) * (ULONGLONG)(ULONG)(b))
#define MAKELONG(a, b)               ((LONG)(((USHORT)(a)) | ((ULONG)((USHORT)(b))) << 16))
#define LOWORD(l)                    ((USHORT)((ULONG_PTR)(l) & 0xffff))
#define HIWORD(l)                    ((USHORT)(((ULONG_PTR)(l) >> 16) & 0xffff))
#define LOBYTE(w)                    ((UCHAR)((ULONG_PTR)(w) & 0xff))
#define HIBYTE(w)                    ((UCHAR)(((ULONG_PTR)(w) >> 8) & 0xff))
#define HandleToULong(h)             ((ULONG)(ULONG_PTR)(h))
#define HandleToUlong(h)             HandleToULong(h)
#define HandleToLong(h)              ((LONG)(LONG_PTR)(h))
#define ULongToHandle(u)             ((HANDLE)(ULONG_PTR)(u))
#define UlongToHandle(u)             ULongToHandle(u)
#define LongToHandle(l)              ((HANDLE)(LONG_PTR)(l))
#define PtrToUlong(p)                ((ULONG)(ULONG_PTR)(p))
#define PtrToULong(p)                PtrToUlong(p)
#define PtrToLong(p)                 ((LONG)(LONG_PTR)(p))
#define PtrToUint(p)                 ((UINT)(UINT_PTR)(p))
#define PtrToInt(p)                  ((INT)(INT_PTR)(p))
#define ULongToPtr(u)                ((PVOID)(ULONG_PTR)(ULONG)(u))
#define UlongToPtr(u)                ULongToPtr(u)
#define LongToPtr(l)                 ((PVOID)(LONG_PTR)(LONG)(l))
#define IntToPtr(i)                  ((PVOID)(INT_PTR)(INT)(i))
#define UIntToPtr(u)                 ((PVOID)(UINT_PTR)(UINT)(u))
#define __TEXT(s) L##s
#define TEXT(s)   __TEXT(s)

#if defined(__cplusplus)
#define DEFINE_ENUM_FLAG_OPERATORS(T)                                                                                  \
    extern "C++" {                                                                                                     \
    inline constexpr T operator|(T a, T b) { return (T)((int)a | (int)b); }                                            \
    inline constexpr T operator&(T a, T b) { return (T)((int)a & (int)b); }                                            \
    inline constexpr T operator^(T a, T b) { return (T)((int)a ^ (int)b); }                                            \
    inline constexpr T operator~(T a) { return (T)(~(int)a); }                                                         \
    inline T &operator|=(T &a, T b) { return a = a | b; }                                                              \
    inline T &operator&=(T &a, T b) { return a = a & b; }                                                              \
    inline T &operator^=(T &a, T b) { return a = a ^ b; }                                                              \
    }
#else
#define DEFINE_ENUM_FLAG_OPERATORS(T)
#endif

#endif
