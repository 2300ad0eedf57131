/* One Windows version for every question (EXE-040, EXE-471). A workstation without service pack. */
#include "wdm.h"
#include "rtl_private.h"
#include "rtl.h"

static RTL_OSVERSIONINFOEXW os = {
    .dwMajorVersion = 10, .dwBuildNumber = 19045, .dwPlatformId = VER_PLATFORM_WIN32_NT,
    .wSuiteMask = VER_SUITE_SINGLEUSERTS, .wProductType = VER_NT_WORKSTATION,
};

void rtl_set_version(uint32_t major, uint32_t minor, uint32_t build)
{
    os.dwMajorVersion = major;
    os.dwMinorVersion = minor;
    os.dwBuildNumber = build;
}

/* Always succeeds; the size says which of the two structures it is. */
NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation)
{
    ULONG size = lpVersionInformation->dwOSVersionInfoSize;

    lpVersionInformation->dwMajorVersion = os.dwMajorVersion;
    lpVersionInformation->dwMinorVersion = os.dwMinorVersion;
    lpVersionInformation->dwBuildNumber = os.dwBuildNumber;
    lpVersionInformation->dwPlatformId = os.dwPlatformId;
    rtl_crt_memset(lpVersionInformation->szCSDVersion, 0, sizeof(os.szCSDVersion));
    if (size >= sizeof(RTL_OSVERSIONINFOEXW)) {
        PRTL_OSVERSIONINFOEXW extended = (PRTL_OSVERSIONINFOEXW)lpVersionInformation;

        extended->wServicePackMajor = os.wServicePackMajor;
        extended->wServicePackMinor = os.wServicePackMinor;
        extended->wSuiteMask = os.wSuiteMask;
        extended->wProductType = os.wProductType;
        extended->wReserved = 0;
    }
    return STATUS_SUCCESS;
}

/* Three bits per kind of member, the kind's bit number says which. */
ULONGLONG NTAPI VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition)
{
    ULONG kind = 0;

    if (!TypeMask)
        return ConditionMask;
    while (!(TypeMask >> kind & 1))
        kind++;
    return ConditionMask | (ULONGLONG)(Condition & VER_CONDITION_MASK) << kind * VER_NUM_BITS_PER_CONDITION_MASK;
}

static ULONG condition_of(ULONGLONG mask, ULONG type)
{
    return mask >> (ULONG)__builtin_ctz(type) * VER_NUM_BITS_PER_CONDITION_MASK & VER_CONDITION_MASK;
}

static BOOLEAN holds(ULONG condition, ULONG have, ULONG wanted)
{
    switch (condition) {
    case VER_EQUAL:
        return have == wanted;
    case VER_GREATER:
        return have > wanted;
    case VER_GREATER_EQUAL:
        return have >= wanted;
    case VER_LESS:
        return have < wanted;
    case VER_LESS_EQUAL:
        return have <= wanted;
    default:
        return FALSE;
    }
}

/* Major, minor and service pack are one ordered number: a later part counts only while the earlier ones are equal. The condition of
 * the first part that is asked for rules the order. */
static BOOLEAN ordered_holds(const RTL_OSVERSIONINFOEXW *wanted, ULONG types, ULONGLONG mask)
{
    const struct {
        ULONG type, have, want;
    } part[] = {
        {VER_MAJORVERSION, os.dwMajorVersion, wanted->dwMajorVersion},
        {VER_MINORVERSION, os.dwMinorVersion, wanted->dwMinorVersion},
        {VER_SERVICEPACKMAJOR, os.wServicePackMajor, wanted->wServicePackMajor},
        {VER_SERVICEPACKMINOR, os.wServicePackMinor, wanted->wServicePackMinor},
    };
    ULONG condition = 0;

    for (unsigned i = 0; i < RTL_NUMBER_OF(part); i++) {
        if (!(types & part[i].type))
            continue;
        condition = condition ? condition : condition_of(mask, part[i].type);
        if (part[i].have != part[i].want)
            return holds(condition, part[i].have, part[i].want);
    }
    return !condition || holds(condition, 0, 0);
}

static BOOLEAN conditions_are_valid(ULONG types, ULONGLONG mask)
{
    for (ULONG bit = 1; bit <= VER_PRODUCT_TYPE; bit <<= 1) {
        ULONG condition = condition_of(mask, bit);

        if (!(types & bit))
            continue;
        if (bit == VER_SUITENAME ? condition != VER_AND && condition != VER_OR : !condition || condition > VER_LESS_EQUAL)
            return FALSE;
    }
    return TRUE;
}

NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask, ULONGLONG ConditionMask)
{
    USHORT suites = VersionInfo->wSuiteMask;

    if (!TypeMask || TypeMask > 0xff || !conditions_are_valid(TypeMask, ConditionMask))
        return STATUS_INVALID_PARAMETER;
    if (TypeMask & VER_BUILDNUMBER && !holds(condition_of(ConditionMask, VER_BUILDNUMBER), os.dwBuildNumber, VersionInfo->dwBuildNumber))
        return STATUS_REVISION_MISMATCH;
    if (TypeMask & VER_PLATFORMID && !holds(condition_of(ConditionMask, VER_PLATFORMID), os.dwPlatformId, VersionInfo->dwPlatformId))
        return STATUS_REVISION_MISMATCH;
    if (TypeMask & VER_PRODUCT_TYPE && !holds(condition_of(ConditionMask, VER_PRODUCT_TYPE), os.wProductType, VersionInfo->wProductType))
        return STATUS_REVISION_MISMATCH;
    if (TypeMask & VER_SUITENAME) {
        if (condition_of(ConditionMask, VER_SUITENAME) == VER_AND ? (os.wSuiteMask & suites) != suites : suites && !(os.wSuiteMask & suites))
            return STATUS_REVISION_MISMATCH;
    }
    return ordered_holds(VersionInfo, TypeMask, ConditionMask) ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH;
}

BOOLEAN NTAPI RtlGetNtProductType(PNT_PRODUCT_TYPE ProductType)
{
    *ProductType = NtProductWinNt;
    return TRUE;
}

/* PRODUCT_PROFESSIONAL; FALSE for versions before 6.0, which had no products. */
BOOLEAN NTAPI RtlGetProductInfo(ULONG OSMajorVersion, ULONG OSMinorVersion, ULONG SpMajorVersion, ULONG SpMinorVersion, PULONG ReturnedProductType)
{
    *ReturnedProductType = OSMajorVersion < 6 ? 0 : 0x30;
    return OSMajorVersion >= 6;
}
