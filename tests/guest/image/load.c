/* What a driver can tell of how it was loaded (EXE-003, EXE-006, EXE-010, EXE-015, EXE-017, EXE-019, EXE-037). */
#include "wkt.h"

#include <ntimage.h>

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

__declspec(noinline) static LONG plus_one(LONG n)
{
    return n + 1;
}

/* The tests are built with /guard:cf. Nothing checks the calls; the image's own helpers stand in for that. */
TEST(EXE_020, guard_tables_are_left_alone)
{
    PUCHAR base = wkt_driver->DriverStart;
    PIMAGE_NT_HEADERS64 nt = (PIMAGE_NT_HEADERS64)(base + ((PIMAGE_DOS_HEADER)base)->e_lfanew);
    ULONG rva = nt->OptionalHeader.DataDirectory[10].VirtualAddress;
    PUCHAR config = base + rva;
    ULONG_PTR check, dispatch;
    LONG (*volatile call)(LONG) = plus_one;

    REQUIRE(rva != 0 && *(PULONG)config >= 0x94);
    CHECK(nt->OptionalHeader.DllCharacteristics & 0x4000); /* GUARD_CF */
    CHECK(*(PULONG)(config + 0x90) & 0x100);               /* GuardFlags: instrumented */
    CHECK(*(PULONG64)(config + 0x88) > 10);                /* functions in the table */
    check = **(ULONG_PTR **)(config + 0x70);
    dispatch = **(ULONG_PTR **)(config + 0x78);
    CHECK(check - (ULONG_PTR)base < wkt_driver->DriverSize);
    CHECK(dispatch - (ULONG_PTR)base < wkt_driver->DriverSize);
    CHECK_EQ(call(1), 2);
}
TODO_ROW(EXE_021, "no test has an image with dynamic relocations, which are ignored");
TODO_ROW(EXE_023, "names in stacks are seen in every report, but no test asks for them");
TODO_ROW(EXE_035, "drivers start in the order of the command line; Start, Group and Tag are not read");
TODO_ROW(EXE_038, "SystemModuleInformation and aux_klib are not there");
TODO_ROW(EXE_096, "no test has an image that imports __CxxFrameHandler3; it is missing like any other name (EXE-009)");
