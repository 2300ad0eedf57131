/* ZwQuerySystemInformation (EXE-424). */
#include "wkt.h"
#include <undeclared.h>

TEST(EXE_424, code_integrity_is_told)
{
    WK_CODE_INTEGRITY_INFORMATION info = {sizeof(info), 0};
    ULONG need = 0;

    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_CODE_INTEGRITY_INFORMATION, &info, sizeof(info), &need), STATUS_SUCCESS);
    CHECK_EQ(need, 8);
    CHECK(info.CodeIntegrityOptions & CODEINTEGRITY_OPTION_ENABLED);
    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_CODE_INTEGRITY_INFORMATION, &info, sizeof(info), NULL), STATUS_SUCCESS);
    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_CODE_INTEGRITY_INFORMATION, &info, 7, &need), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_CODE_INTEGRITY_INFORMATION, NULL, 0, &need), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_EQ(need, 8);
    info.Length = 4;
    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_CODE_INTEGRITY_INFORMATION, &info, sizeof(info), &need), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_STATUS(ZwQuerySystemInformation(0x7fff, &info, sizeof(info), &need), STATUS_INVALID_INFO_CLASS);
}

TEST(EXE_424, the_machine_in_numbers)
{
    WK_BASIC_INFORMATION basic = {0};
    WK_TIME_OF_DAY_INFORMATION time = {0};
    ULONG need = 0;

    C_ASSERT(sizeof(basic) == 0x40 && sizeof(time) == 0x30);
    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_BASIC_INFORMATION, &basic, sizeof(basic) - 1, &need), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_EQ(need, 0x40);
    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_BASIC_INFORMATION, &basic, sizeof(basic), &need), STATUS_SUCCESS);
    CHECK_EQ(basic.PageSize, PAGE_SIZE);
    CHECK_EQ(basic.NumberOfProcessors, KeQueryActiveProcessorCount(NULL));
    CHECK(basic.NumberOfPhysicalPages > 256 && basic.MaximumUserModeAddress > 0x10000);
    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_TIME_OF_DAY_INFORMATION, &time, sizeof(time), &need), STATUS_SUCCESS);
    CHECK(time.BootTime.QuadPart > 0 && time.BootTime.QuadPart <= time.CurrentTime.QuadPart);
    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_TIME_OF_DAY_INFORMATION, &time, 0x20, &need), STATUS_SUCCESS);
    CHECK_EQ(need, 0x20);
    CHECK_STATUS(ZwQuerySystemInformation(WK_SYSTEM_TIME_OF_DAY_INFORMATION, &time, 0x31, &need), STATUS_INFO_LENGTH_MISMATCH);
}
