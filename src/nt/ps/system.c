/* ZwQuerySystemInformation (EXE-424): how drivers ask whether code integrity is on, and a few numbers of the machine. */
#include "undeclared.h"
#include "ps_private.h"

#define GRANULARITY 0x10000

/* Anybody's driver runs here, as on a machine with test signing. */
static NTSTATUS code_integrity(PVOID out, ULONG length, ULONG *need)
{
    WK_CODE_INTEGRITY_INFORMATION *info = out;

    *need = sizeof(*info);
    if (length != sizeof(*info) || info->Length != sizeof(*info))
        return STATUS_INFO_LENGTH_MISMATCH;
    info->CodeIntegrityOptions = CODEINTEGRITY_OPTION_ENABLED | CODEINTEGRITY_OPTION_TESTSIGN;
    return STATUS_SUCCESS;
}

static NTSTATUS basic(PVOID out, ULONG length, ULONG *need)
{
    WK_BASIC_INFORMATION info = {.TimerResolution = KeQueryTimeIncrement(), .PageSize = PAGE_SIZE, .LowestPhysicalPageNumber = 1,
                                 .AllocationGranularity = GRANULARITY, .MinimumUserModeAddress = GRANULARITY,
                                 .MaximumUserModeAddress = (ULONG_PTR)MmHighestUserAddress};
    KAFFINITY active;

    *need = sizeof(info);
    if (length != sizeof(info))
        return STATUS_INFO_LENGTH_MISMATCH;
    info.NumberOfProcessors = (CCHAR)KeQueryActiveProcessorCount(&active);
    info.ActiveProcessorsAffinityMask = active;
    ke_shared_page_read(0x2E8, &info.NumberOfPhysicalPages, sizeof(info.NumberOfPhysicalPages));
    info.HighestPhysicalPageNumber = info.NumberOfPhysicalPages;
    *(WK_BASIC_INFORMATION *)out = info;
    return STATUS_SUCCESS;
}

/* Any length up to the whole: older callers know less of it. */
static NTSTATUS time_of_day(PVOID out, ULONG length, ULONG *need)
{
    WK_TIME_OF_DAY_INFORMATION info = {0};
    LARGE_INTEGER local;

    *need = sizeof(info);
    if (length > sizeof(info))
        return STATUS_INFO_LENGTH_MISMATCH;
    KeQuerySystemTime(&info.CurrentTime);
    ExSystemTimeToLocalTime(&info.CurrentTime, &local);
    info.TimeZoneBias.QuadPart = info.CurrentTime.QuadPart - local.QuadPart;
    info.BootTime.QuadPart = info.CurrentTime.QuadPart - (LONGLONG)KeQueryInterruptTime();
    *need = length;
    __builtin_memcpy(out, &info, length);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwQuerySystemInformation(ULONG SystemInformationClass, PVOID SystemInformation, ULONG SystemInformationLength, PULONG ReturnLength)
{
    ULONG need = 0;
    NTSTATUS status;

    switch (SystemInformationClass) {
    case WK_SYSTEM_BASIC_INFORMATION:
        status = basic(SystemInformation, SystemInformationLength, &need);
        break;
    case WK_SYSTEM_TIME_OF_DAY_INFORMATION:
        status = time_of_day(SystemInformation, SystemInformationLength, &need);
        break;
    case WK_SYSTEM_CODE_INTEGRITY_INFORMATION:
        status = code_integrity(SystemInformation, SystemInformationLength, &need);
        break;
    case WK_SYSTEM_PROCESS_INFORMATION:
    case WK_SYSTEM_MODULE_INFORMATION:
        return STATUS_NOT_IMPLEMENTED;
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
    if (ReturnLength)
        *ReturnLength = need;
    return status;
}
