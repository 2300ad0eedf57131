/* What a driver can tell of how it was loaded (EXE-003, EXE-006, EXE-010, EXE-015, EXE-017, EXE-019, EXE-037). */
#include "wkt.h"

extern ULONG_PTR __security_cookie;

TEST_ROWS("EXE-003 EXE-006", base_is_in_system_space)
{
    const UCHAR *base = wkt_driver->DriverStart;

    CHECK_EQ((ULONG_PTR)base & 0xFFF, 0);
    CHECK((ULONG_PTR)base > (ULONG_PTR)MM_HIGHEST_USER_ADDRESS);
    CHECK((ULONG_PTR)base >= (ULONG_PTR)MmSystemRangeStart);
    CHECK(base[0] == 'M' && base[1] == 'Z');
    CHECK((ULONG_PTR)&wkt_driver - (ULONG_PTR)base < wkt_driver->DriverSize);
}

TEST(EXE_005, pointers_in_data_are_relocated)
{
    static const void *const self = &self;

    CHECK_EQ(*(const void *const volatile *)&self, (ULONG_PTR)&self);
}

TEST(EXE_010, data_imports_hold_the_address_of_the_variable)
{
    CHECK(IoFileObjectType != NULL && *IoFileObjectType != NULL);
}

TEST(EXE_019, security_cookie_is_random)
{
    CHECK(__security_cookie != 0);
    CHECK(__security_cookie != 0x00002B992DDFA232ull);
    CHECK_EQ(__security_cookie >> 48, 0);
}

TEST(EXE_017, paged_code_at_passive_level)
{
    PAGED_CODE();
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

TEST(EXE_037, routines_by_name)
{
    UNICODE_STRING known = RTL_CONSTANT_STRING(L"KeSetEvent"), case_differs = RTL_CONSTANT_STRING(L"kesetevent"),
                   unknown = RTL_CONSTANT_STRING(L"KeNoSuchRoutine"), empty = RTL_CONSTANT_STRING(L"");
    LONG(NTAPI *set)(PRKEVENT, KPRIORITY, BOOLEAN) = (LONG(NTAPI *)(PRKEVENT, KPRIORITY, BOOLEAN))(ULONG_PTR)MmGetSystemRoutineAddress(&known);
    KEVENT event;

    REQUIRE(set != NULL);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    CHECK_EQ(set(&event, 0, FALSE), 0);
    CHECK_EQ(KeReadStateEvent(&event), 1);
    CHECK_EQ(MmGetSystemRoutineAddress(&case_differs), NULL);
    CHECK_EQ(MmGetSystemRoutineAddress(&unknown), NULL);
    CHECK_EQ(MmGetSystemRoutineAddress(&empty), NULL);
}

#pragma code_seg("INIT")
__declspec(noinline) static LONG only_at_start(LONG n)
{
    return n + 1;
}
#pragma code_seg()

TEST_BUGCHECK(EXE_015, code_of_init_is_gone, 0x50)
{
    LONG (*volatile call)(LONG) = only_at_start;

    call(1);
}

TODO_ROW(EXE_020, "no test has an image with /guard:cf tables; they are left alone");
TODO_ROW(EXE_021, "no test has an image with dynamic relocations, which are ignored");
TODO_ROW(EXE_023, "names in stacks are seen in every report, but no test asks for them");
TODO_ROW(EXE_035, "drivers start in the order of the command line; Start, Group and Tag are not read");
TODO_ROW(EXE_038, "SystemModuleInformation and aux_klib are not there");
TODO_ROW(EXE_096, "no test has an image that imports __CxxFrameHandler3; it is missing like any other name (EXE-009)");
