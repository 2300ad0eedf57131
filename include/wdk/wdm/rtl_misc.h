/* Time, version, chance, checksums, run-once and small arithmetic of the run-time library. */
#ifndef _WK_WDM_RTL_MISC_H
#define _WK_WDM_RTL_MISC_H

#include "base.h"

WK_EXTERN_C_BEGIN

/* ---- time: 100 ns units since 1601, proleptic Gregorian (EXE-470) ---- */
/* EXE-L15 */
typedef struct _TIME_FIELDS {
    CSHORT Year; /* 1601... */
    CSHORT Month; /* 1..12 */
    CSHORT Day;
    CSHORT Hour;
    CSHORT Minute;
    CSHORT Second;
    CSHORT Milliseconds;
    CSHORT Weekday; /* 0: Sunday */
} TIME_FIELDS, *PTIME_FIELDS;

DDI(ntoskrnl, "EXE-470", "wdm/nf-wdm-rtltimetotimefields")
VOID NTAPI RtlTimeToTimeFields(_In_ PLARGE_INTEGER Time, _Out_ PTIME_FIELDS TimeFields);
DDI(ntoskrnl, "EXE-470", "wdm/nf-wdm-rtltimefieldstotime") _Must_inspect_result_
BOOLEAN NTAPI RtlTimeFieldsToTime(_In_ PTIME_FIELDS TimeFields, _Out_ PLARGE_INTEGER Time);
DDI(ntoskrnl, "EXE-470", "ntifs/nf-ntifs-rtltimetosecondssince1970") _Must_inspect_result_
BOOLEAN NTAPI RtlTimeToSecondsSince1970(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds);
DDI(ntoskrnl, "EXE-470", "ntifs/nf-ntifs-rtltimetosecondssince1980") _Must_inspect_result_
BOOLEAN NTAPI RtlTimeToSecondsSince1980(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds);
DDI(ntoskrnl, "EXE-470", "ntifs/nf-ntifs-rtlsecondssince1970totime")
VOID NTAPI RtlSecondsSince1970ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time);
DDI(ntoskrnl, "EXE-470", "ntifs/nf-ntifs-rtlsecondssince1980totime")
VOID NTAPI RtlSecondsSince1980ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time);

/* ---- version (EXE-040, EXE-471) ---- */
/* EXE-L16 */
typedef struct _OSVERSIONINFOW {
    ULONG dwOSVersionInfoSize;
    ULONG dwMajorVersion;
    ULONG dwMinorVersion;
    ULONG dwBuildNumber;
    ULONG dwPlatformId;
    WCHAR szCSDVersion[128];
} OSVERSIONINFOW, *POSVERSIONINFOW, *LPOSVERSIONINFOW, RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

typedef struct _OSVERSIONINFOEXW {
    ULONG dwOSVersionInfoSize;
    ULONG dwMajorVersion;
    ULONG dwMinorVersion;
    ULONG dwBuildNumber;
    ULONG dwPlatformId;
    WCHAR szCSDVersion[128];
    USHORT wServicePackMajor;
    USHORT wServicePackMinor;
    USHORT wSuiteMask;
    UCHAR wProductType;
    UCHAR wReserved;
} OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW, RTL_OSVERSIONINFOEXW, *PRTL_OSVERSIONINFOEXW;

typedef enum _NT_PRODUCT_TYPE { NtProductWinNt = 1, NtProductLanManNt, NtProductServer } NT_PRODUCT_TYPE, *PNT_PRODUCT_TYPE;

#define VER_PLATFORM_WIN32_NT       2
#define VER_NT_WORKSTATION          1
#define VER_NT_DOMAIN_CONTROLLER    2
#define VER_NT_SERVER               3
#define VER_SUITE_SINGLEUSERTS      0x0100
#define VER_MINORVERSION            0x0001
#define VER_MAJORVERSION            0x0002
#define VER_BUILDNUMBER             0x0004
#define VER_PLATFORMID              0x0008
#define VER_SERVICEPACKMINOR        0x0010
#define VER_SERVICEPACKMAJOR        0x0020
#define VER_SUITENAME               0x0040
#define VER_PRODUCT_TYPE            0x0080
#define VER_EQUAL                   1
#define VER_GREATER                 2
#define VER_GREATER_EQUAL           3
#define VER_LESS                    4
#define VER_LESS_EQUAL              5
#define VER_AND                     6
#define VER_OR                      7
#define VER_CONDITION_MASK          7
#define VER_NUM_BITS_PER_CONDITION_MASK 3
#define VER_SET_CONDITION(mask, type, condition) ((mask) = VerSetConditionMask((mask), (type), (condition)))

DDI(ntoskrnl, "EXE-471 EXE-040", "wdm/nf-wdm-rtlgetversion") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlGetVersion(_Out_ PRTL_OSVERSIONINFOW lpVersionInformation);
DDI(ntoskrnl, "EXE-471 EXE-040", "wdm/nf-wdm-rtlverifyversioninfo") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlVerifyVersionInfo(_In_ PRTL_OSVERSIONINFOEXW VersionInfo, _In_ ULONG TypeMask, _In_ ULONGLONG ConditionMask);
DDI(ntoskrnl, "EXE-471", "wdm/nf-wdm-rtlverifyversioninfo")
ULONGLONG NTAPI VerSetConditionMask(_In_ ULONGLONG ConditionMask, _In_ ULONG TypeMask, _In_ UCHAR Condition);
DDI(ntoskrnl, "EXE-471", "") BOOLEAN NTAPI RtlGetNtProductType(_Out_ PNT_PRODUCT_TYPE ProductType);
DDI(ntoskrnl, "EXE-471", "")
BOOLEAN NTAPI RtlGetProductInfo(_In_ ULONG OSMajorVersion, _In_ ULONG OSMinorVersion, _In_ ULONG SpMajorVersion, _In_ ULONG SpMinorVersion, _Out_ PULONG ReturnedProductType);

/* ---- chance: pure functions of *Seed, so that a run repeats (EXE-469); 0..MAXLONG-1 ---- */
DDI(ntoskrnl, "EXE-469", "ntifs/nf-ntifs-rtlrandomex") _IRQL_requires_max_(APC_LEVEL) ULONG NTAPI RtlRandomEx(_Inout_ PULONG Seed);
DDI(ntoskrnl, "EXE-469", "ntifs/nf-ntifs-rtlrandom") _IRQL_requires_max_(APC_LEVEL) ULONG NTAPI RtlRandom(_Inout_ PULONG Seed);
DDI(ntoskrnl, "EXE-469", "") _IRQL_requires_max_(APC_LEVEL) ULONG NTAPI RtlUniform(_Inout_ PULONG Seed);

/* ---- checksums (EXE-468) ---- */
DDI(ntoskrnl, "EXE-468", "") ULONG NTAPI RtlCrc32(_In_reads_bytes_(Size) const void *Buffer, _In_ SIZE_T Size, _In_ ULONG InitialCrc);
DDI(ntoskrnl, "EXE-468", "") ULONGLONG NTAPI RtlCrc64(_In_reads_bytes_(Size) const void *Buffer, _In_ SIZE_T Size, _In_ ULONGLONG InitialCrc);
DDI(ntoskrnl, "EXE-468", "") ULONG NTAPI RtlComputeCrc32(_In_ ULONG PartialCrc, _In_reads_bytes_(Length) PVOID Buffer, _In_ ULONG Length);

/* ---- NTSTATUS to Win32 (EXE-473) ---- */
DDI(ntoskrnl, "EXE-473", "ntifs/nf-ntifs-rtlntstatustodoserror") _IRQL_requires_max_(APC_LEVEL)
ULONG NTAPI RtlNtStatusToDosError(_In_ NTSTATUS Status);
DDI(ntoskrnl, "EXE-473", "ntifs/nf-ntifs-rtlntstatustodoserrornoteb") _IRQL_requires_max_(APC_LEVEL)
ULONG NTAPI RtlNtStatusToDosErrorNoTeb(_In_ NTSTATUS Status);

/* ---- small things that drivers carry in themselves (EXE-476) ---- */
DDI_INLINE("EXE-476", "wdm/nf-wdm-rtlconvertlongtolargeinteger")
FORCEINLINE LARGE_INTEGER RtlConvertLongToLargeInteger(_In_ LONG SignedInteger)
{
    LARGE_INTEGER result;

    result.QuadPart = SignedInteger;
    return result;
}
DDI_INLINE("EXE-476", "wdm/nf-wdm-rtlconvertulongtolargeinteger")
FORCEINLINE LARGE_INTEGER RtlConvertUlongToLargeInteger(_In_ ULONG UnsignedInteger)
{
    LARGE_INTEGER result;

    result.QuadPart = UnsignedInteger;
    return result;
}
DDI_INLINE("EXE-476", "ntddk/nf-ntddk-rtlconvertlongtoluid")
FORCEINLINE LUID RtlConvertLongToLuid(_In_ LONG Long)
{
    LUID luid;

    luid.LowPart = (ULONG)Long;
    luid.HighPart = Long < 0 ? -1 : 0;
    return luid;
}
DDI_INLINE("EXE-476", "ntddk/nf-ntddk-rtlconvertulongtoluid")
FORCEINLINE LUID RtlConvertUlongToLuid(_In_ ULONG Ulong)
{
    LUID luid;

    luid.LowPart = Ulong;
    luid.HighPart = 0;
    return luid;
}
DDI_MACRO(RtlEqualLuid, "EXE-476", "wdm/nf-wdm-rtlequalluid")
#define RtlEqualLuid(a, b) (((a)->LowPart == (b)->LowPart) && ((a)->HighPart == (b)->HighPart))
DDI_MACRO(RtlIsZeroLuid, "EXE-476", "wdm/nf-wdm-rtliszeroluid")
#define RtlIsZeroLuid(a) ((BOOLEAN)(((a)->LowPart | (ULONG)(a)->HighPart) == 0))
DDI_MACRO(RtlRetrieveUshort, "EXE-476", "wdm/nf-wdm-rtlretrieveushort")
#define RtlRetrieveUshort(to, from) WK_CRT(memcpy)((to), (from), sizeof(USHORT))
DDI_MACRO(RtlRetrieveUlong, "EXE-476", "wdm/nf-wdm-rtlretrieveulong")
#define RtlRetrieveUlong(to, from)  WK_CRT(memcpy)((to), (from), sizeof(ULONG))
DDI_MACRO(RtlStoreUshort, "EXE-476", "wdm/nf-wdm-rtlstoreushort")
#define RtlStoreUshort(at, value)   do { USHORT wk_v_ = (USHORT)(value); WK_CRT(memcpy)((at), &wk_v_, sizeof(wk_v_)); } while (0)
DDI_MACRO(RtlStoreUlong, "EXE-476", "wdm/nf-wdm-rtlstoreulong")
#define RtlStoreUlong(at, value)    do { ULONG wk_v_ = (ULONG)(value); WK_CRT(memcpy)((at), &wk_v_, sizeof(wk_v_)); } while (0)
DDI_MACRO(RtlStoreUlonglong, "EXE-476", "wdm/nf-wdm-rtlstoreulonglong")
#define RtlStoreUlonglong(at, value) do { ULONGLONG wk_v_ = (ULONGLONG)(value); WK_CRT(memcpy)((at), &wk_v_, sizeof(wk_v_)); } while (0)
DDI_MACRO(RtlStoreUlongPtr, "EXE-476", "wdm/nf-wdm-rtlstoreulongptr")
#define RtlStoreUlongPtr(at, value) RtlStoreUlonglong(at, value)

/* ---- run once (EXE-190) ---- */
/* EXE-L17: low two bits 0 new, 1 running, 2 done, 3 running asynchronously; the rest context or waiters */
typedef union _RTL_RUN_ONCE {
    PVOID Ptr;
    ULONG_PTR Value;
} RTL_RUN_ONCE, *PRTL_RUN_ONCE;
#define RTL_RUN_ONCE_INIT {0}
#define RTL_RUN_ONCE_CHECK_ONLY  0x00000001UL
#define RTL_RUN_ONCE_ASYNC       0x00000002UL
#define RTL_RUN_ONCE_INIT_FAILED 0x00000004UL
#define RTL_RUN_ONCE_CTX_RESERVED_BITS 2

DDI_CALLBACK("EXE-190", "ntddk/nc-ntddk-rtl_run_once_init_fn") _IRQL_requires_max_(APC_LEVEL)
typedef ULONG(NTAPI RTL_RUN_ONCE_INIT_FN)(_Inout_ PRTL_RUN_ONCE RunOnce, _Inout_opt_ PVOID Parameter, _Inout_opt_ PVOID *Context);
typedef RTL_RUN_ONCE_INIT_FN *PRTL_RUN_ONCE_INIT_FN;
DDI(ntoskrnl, "EXE-190", "ntddk/nf-ntddk-rtlrunonceinitialize") VOID NTAPI RtlRunOnceInitialize(_Out_ PRTL_RUN_ONCE RunOnce);
DDI(ntoskrnl, "EXE-190", "ntddk/nf-ntddk-rtlrunonceexecuteonce") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlRunOnceExecuteOnce(_Inout_ PRTL_RUN_ONCE RunOnce, _In_ PRTL_RUN_ONCE_INIT_FN InitFn, _Inout_opt_ PVOID Parameter,
                                     _Outptr_opt_result_maybenull_ PVOID *Context);
DDI(ntoskrnl, "EXE-190", "ntddk/nf-ntddk-rtlrunoncebegininitialize") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI RtlRunOnceBeginInitialize(_Inout_ PRTL_RUN_ONCE RunOnce, _In_ ULONG Flags, _Outptr_opt_result_maybenull_ PVOID *Context);
DDI(ntoskrnl, "EXE-190", "ntddk/nf-ntddk-rtlrunoncecomplete") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlRunOnceComplete(_Inout_ PRTL_RUN_ONCE RunOnce, _In_ ULONG Flags, _In_opt_ PVOID Context);

WK_EXTERN_C_END

#endif
