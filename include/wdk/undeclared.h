/* What drivers import although no header of the WDK declares it: they bring declarations of their own, so this header is for us, and for
 * tests. */
#ifndef WK_UNDECLARED_H
#define WK_UNDECLARED_H

#include "ntdef.h"

WK_EXTERN_C_BEGIN

/* Classes of ZwQuerySystemInformation. */
#define WK_SYSTEM_BASIC_INFORMATION          0
#define WK_SYSTEM_TIME_OF_DAY_INFORMATION    3
#define WK_SYSTEM_PROCESS_INFORMATION        5
#define WK_SYSTEM_MODULE_INFORMATION         11
#define WK_SYSTEM_CODE_INTEGRITY_INFORMATION 103

typedef struct _WK_BASIC_INFORMATION {
    ULONG Reserved;
    ULONG TimerResolution; /* 100 ns */
    ULONG PageSize;
    ULONG NumberOfPhysicalPages;
    ULONG LowestPhysicalPageNumber;
    ULONG HighestPhysicalPageNumber;
    ULONG AllocationGranularity;
    ULONG_PTR MinimumUserModeAddress;
    ULONG_PTR MaximumUserModeAddress;
    ULONG_PTR ActiveProcessorsAffinityMask;
    CCHAR NumberOfProcessors;
} WK_BASIC_INFORMATION;

typedef struct _WK_TIME_OF_DAY_INFORMATION {
    LARGE_INTEGER BootTime;
    LARGE_INTEGER CurrentTime;
    LARGE_INTEGER TimeZoneBias; /* to be added to local time */
    ULONG TimeZoneId;
    ULONG Reserved;
    ULONGLONG BootTimeBias;
    ULONGLONG SleepTimeBias;
} WK_TIME_OF_DAY_INFORMATION;

#define CODEINTEGRITY_OPTION_ENABLED  0x00000001
#define CODEINTEGRITY_OPTION_TESTSIGN 0x00000002

typedef struct _WK_CODE_INTEGRITY_INFORMATION {
    ULONG Length;
    ULONG CodeIntegrityOptions;
} WK_CODE_INTEGRITY_INFORMATION;

DDI(ntoskrnl, "EXE-424", "") DDI_GAP("classes 0, 3 and 103 only") _IRQL_requires_max_(0)
NTSTATUS NTAPI ZwQuerySystemInformation(_In_ ULONG SystemInformationClass, _Out_writes_bytes_opt_(SystemInformationLength) PVOID SystemInformation,
                                        _In_ ULONG SystemInformationLength, _Out_opt_ PULONG ReturnLength);

WK_EXTERN_C_END

#endif
