/* Address ranges, contiguous and physical memory, safe looks at memory (EXE-230, EXE-260 .. EXE-268). */
#include "wkt.h"

TEST(EXE_230, address_ranges)
{
    ULONG local = 0;
    PVOID pool = wkt_alloc(16);

    CHECK((ULONG_PTR)MmHighestUserAddress < MmUserProbeAddress);
    CHECK(MmUserProbeAddress <= (ULONG_PTR)MmSystemRangeStart);
    CHECK((ULONG_PTR)pool >= (ULONG_PTR)MmSystemRangeStart);
    CHECK((ULONG_PTR)&local >= (ULONG_PTR)MmSystemRangeStart);
    CHECK((ULONG_PTR)&address_ranges >= (ULONG_PTR)MmSystemRangeStart);
    CHECK((ULONG_PTR)wkt_driver >= (ULONG_PTR)MmSystemRangeStart);
    CHECK(!MmIsAddressValid(NULL));
    CHECK(!MmIsAddressValid((PVOID)(ULONG_PTR)0xFFFF));
}

TEST(EXE_260, contiguous_memory)
{
    PHYSICAL_ADDRESS low, high, boundary;
    PUCHAR p;
    ULONG64 at;

    low.QuadPart = 0;
    high.QuadPart = 0xFFFFFFFF;
    boundary.QuadPart = 0x10000;
    p = MmAllocateContiguousMemorySpecifyCache(0x8000, low, high, boundary, MmCached);
    REQUIRE(p != NULL);
    at = (ULONG64)MmGetPhysicalAddress(p).QuadPart;
    CHECK_EQ(BYTE_OFFSET(p), 0);
    CHECK_EQ(at >> 16, (at + 0x7FFF) >> 16);
    CHECK(at + 0x7FFF <= 0xFFFFFFFF);
    for (ULONG i = 0; i < 0x8000; i += PAGE_SIZE)
        CHECK_EQ(MmGetPhysicalAddress(p + i).QuadPart, at + i);
    p[0x7FFF] = 1;
    MmFreeContiguousMemorySpecifyCache(p, 0x8000, MmCached);
    high.QuadPart = 0xFFF;
    CHECK(MmAllocateContiguousMemory(PAGE_SIZE, high) == NULL);
}

TEST_BUGCHECK(EXE_738, wrong_contiguous_pointer, 0xC2)
{
    MmFreeContiguousMemory(wkt_alloc(PAGE_SIZE));
}

TEST(EXE_261, physical_addresses)
{
    PUCHAR p = wkt_alloc(100);
    PHYSICAL_ADDRESS a = MmGetPhysicalAddress(p), none;
    PPHYSICAL_MEMORY_RANGE ranges;

    CHECK(a.QuadPart >> PAGE_SHIFT != 0);
    CHECK_EQ(a.QuadPart & (PAGE_SIZE - 1), BYTE_OFFSET(p));
    none.QuadPart = 0xFED00000;
    CHECK(MmMapIoSpace(none, PAGE_SIZE, MmNonCached) == NULL);
    CHECK(MmMapIoSpaceEx(none, PAGE_SIZE, PAGE_READWRITE) == NULL);
    ranges = MmGetPhysicalMemoryRanges();
    REQUIRE(ranges != NULL);
    CHECK(ranges[0].BaseAddress.QuadPart <= a.QuadPart);
    CHECK(a.QuadPart < ranges[0].BaseAddress.QuadPart + ranges[0].NumberOfBytes.QuadPart);
    CHECK_EQ(ranges[1].NumberOfBytes.QuadPart, 0);
    ExFreePool(ranges);
}

TODO_ROW(EXE_262, "there is no device model with DMA");

TEST(EXE_264, is_address_valid)
{
    PVOID p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 'tskW');
    ULONG local = 0;

    CHECK(MmIsAddressValid(p));
    CHECK(MmIsAddressValid(&local));
    CHECK(MmIsAddressValid((PVOID)(ULONG_PTR)&is_address_valid));
    CHECK(!MmIsAddressValid((PVOID)(ULONG_PTR)0xDEAD0000BEEFull));
    ExFreePoolWithTag(p, 'tskW');
}

TEST(EXE_265, copy_never_faults)
{
    UCHAR to[16];
    MM_COPY_ADDRESS from;
    SIZE_T copied = 77;
    PVOID p = wkt_alloc(16);

    RtlCopyMemory(p, "0123456789abcdef", 16);
    from.VirtualAddress = p;
    CHECK_STATUS(MmCopyMemory(to, from, 16, MM_COPY_MEMORY_VIRTUAL, &copied), STATUS_SUCCESS);
    CHECK_EQ(copied, 16);
    CHECK_MEM(to, p, 16);
    from.PhysicalAddress = MmGetPhysicalAddress(p);
    CHECK_STATUS(MmCopyMemory(to, from, 4, MM_COPY_MEMORY_PHYSICAL, &copied), STATUS_SUCCESS);
    from.VirtualAddress = (PVOID)(ULONG_PTR)0xDEAD0000BEE0ull;
    CHECK(!NT_SUCCESS(MmCopyMemory(to, from, 16, MM_COPY_MEMORY_VIRTUAL, &copied)));
    CHECK_EQ(copied, 0);
}

TEST(EXE_266, secure_needs_user_memory)
{
    CHECK(MmSecureVirtualMemory(wkt_alloc(16), 16, PAGE_READWRITE) == NULL);
    CHECK(MmSecureVirtualMemory((PVOID)(ULONG_PTR)0x30000, 16, PAGE_READONLY) == NULL);
}

TEST(EXE_268, protect_driver_section)
{
    CHECK_STATUS(MmProtectDriverSection(&wkt_driver, 0, 0), STATUS_INVALID_DEVICE_STATE);
}
