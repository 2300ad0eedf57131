/* src/nt/mm: MDLs, their locks and mappings, contiguous memory, physical addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "border.h"
#include "memory/mem.h"
#include "nt/mm/mm.h"

#define TAG 'tseT'

static int start(void **state)
{
    (void)state;
    border_thread();
    border_reset();
    if (mem_start(UINT64_C(256) << 20) < 0)
        return -1;
    return mm_start();
}

static int stop(void **state)
{
    (void)state;
    mm_thread_stop();
    mm_stop();
    mem_stop();
    return 0;
}

static PVOID pool(SIZE_T bytes)
{
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, TAG);
}

static void an_mdl_says_what_it_was_told(void **state) /* EXE-247, EXE-245 */
{
    struct fake_irp {
        ULONG64 first;
        PMDL mdl;
    } irp = {0, NULL};
    PMDL a, b, c;

    (void)state;
    a = IoAllocateMdl((PVOID)(ULONG_PTR)0x12345678, 0x3000, FALSE, FALSE, (PIRP)&irp);
    assert_int_equal(a->Size, 0x30 + 8 * 4);
    assert_ptr_equal(a->StartVa, (PVOID)(ULONG_PTR)0x12345000);
    assert_int_equal(a->ByteOffset, 0x678);
    assert_int_equal(a->ByteCount, 0x3000);
    assert_ptr_equal(irp.mdl, a);
    b = IoAllocateMdl(NULL, 0, TRUE, FALSE, (PIRP)&irp);
    c = IoAllocateMdl(NULL, 1, TRUE, FALSE, (PIRP)&irp);
    assert_ptr_equal(a->Next, b);
    assert_ptr_equal(b->Next, c);
    assert_int_equal(MmSizeOfMdl((PVOID)(ULONG_PTR)0xFFF, 2), 0x40);
    assert_null(IoAllocateMdl(NULL, 0xFFFFFFFF, FALSE, FALSE, NULL));
    IoFreeMdl(a), IoFreeMdl(b), IoFreeMdl(c);
    assert_int_equal(mm_pool_count(0).blocks, 0);
}

static void nonpaged_pool_needs_no_lock(void **state) /* EXE-249, EXE-252 */
{
    PUCHAR p = pool(3 * PAGE_SIZE), paged = ExAllocatePool2(POOL_FLAG_PAGED, 100, TAG);
    PMDL mdl = IoAllocateMdl(p + 100, 2 * PAGE_SIZE, FALSE, FALSE, NULL);

    (void)state;
    MmBuildMdlForNonPagedPool(mdl);
    assert_true(mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), p + 100);
    for (ULONG i = 0; i < 3; i++)
        assert_int_equal(MmGetMdlPfnArray(mdl)[i], (ULONG64)MmGetPhysicalAddress(p + i * PAGE_SIZE).QuadPart >> 12);
    IoFreeMdl(mdl);
    mdl = IoAllocateMdl(paged, 100, FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(mdl);
    assert_int_equal(findings, 1);
    IoFreeMdl(mdl);
    ExFreePool(p), ExFreePool(paged);
}

static void locked_user_pages_outlive_their_address(void **state) /* EXE-250, EXE-251, EXE-253, EXE-254 */
{
    PUCHAR user = mem_user_alloc(0, 2, MEM_RW), system;
    PMDL mdl = IoAllocateMdl(user + 10, 5000, FALSE, FALSE, NULL);

    (void)state;
    user[10] = 1;
    user[5009] = 2;
    MmProbeAndLockPages(mdl, UserMode, IoModifyAccess);
    assert_int_equal(mm_locked_pages(), 2);
    assert_int_equal(mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_WRITE_OPERATION), MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);
    system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    assert_int_equal((ULONG_PTR)system % PAGE_SIZE, 10);
    assert_true((ULONG_PTR)system >= (ULONG_PTR)MmSystemRangeStart);
    system[1] = 3;
    assert_int_equal(((volatile UCHAR *)user)[11], 3);
    mem_user_free(user, 2);
    assert_int_equal(system[0], 1);
    assert_int_equal(system[4999], 2);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), system);
    MmUnlockPages(mdl);
    assert_false(MmIsAddressValid(system)); /* EXE-251: unmapped too */
    assert_int_equal(mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA), 0);
    assert_int_equal(mm_locked_pages(), 0);
    assert_int_equal(STOPS(MmUnlockPages(mdl)), 0x4E); /* EXE-760 */
    assert_int_equal(stop_params[0], 7);
    IoFreeMdl(mdl);
}

static void what_cannot_be_reached_raises(void **state) /* EXE-250 */
{
    PUCHAR user = mem_user_alloc(0, 2, MEM_R);
    PMDL mdl = IoAllocateMdl(user, 3 * PAGE_SIZE, FALSE, FALSE, NULL);

    (void)state;
    assert_int_equal(RAISES(MmProbeAndLockPages(mdl, UserMode, IoReadAccess)), STATUS_ACCESS_VIOLATION); /* third page */
    MmInitializeMdl(mdl, user, 2 * PAGE_SIZE);
    assert_int_equal(RAISES(MmProbeAndLockPages(mdl, UserMode, IoWriteAccess)), STATUS_ACCESS_VIOLATION);
    MmInitializeMdl(mdl, MmSystemRangeStart, 10);
    assert_int_equal(RAISES(MmProbeAndLockPages(mdl, UserMode, IoReadAccess)), STATUS_ACCESS_VIOLATION);
    MmInitializeMdl(mdl, NULL, 10);
    assert_int_equal(RAISES(MmProbeAndLockPages(mdl, KernelMode, IoReadAccess)), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_locked_pages(), 0);
    assert_int_equal(mem_page_refs(mem_pfn(user)), 0);
    MmInitializeMdl(mdl, user, 10);
    MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
}

static void a_mapping_follows_the_pfns(void **state) /* EXE-246, EXE-253 */
{
    PUCHAR p = pool(2 * PAGE_SIZE), ring;
    ULONG64 storage[(sizeof(MDL) + 4 * 8) / 8];
    PMDL source = IoAllocateMdl(p, 2 * PAGE_SIZE, FALSE, FALSE, NULL), mdl = (PMDL)storage;

    (void)state;
    MmBuildMdlForNonPagedPool(source);
    MmInitializeMdl(mdl, NULL, 4 * PAGE_SIZE);
    for (ULONG i = 0; i < 4; i++)
        MmGetMdlPfnArray(mdl)[i] = MmGetMdlPfnArray(source)[i % 2];
    assert_int_equal(STOPS(MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, 16)), 0x1A); /* EXE-763 */
    assert_int_equal(stop_params[0], 0x1233);
    mdl->MdlFlags |= MDL_PAGES_LOCKED;
    ring = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    memcpy(ring + 2 * PAGE_SIZE - 4, "ringring", 8); /* over the seam */
    assert_memory_equal(ring, "ring", 4);
    assert_memory_equal(p, "ring", 4);
    assert_memory_equal(p + 2 * PAGE_SIZE - 4, "ring", 4);
    assert_ptr_equal(MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, 16), ring);
    assert_int_equal(findings, 1); /* a second time */
    assert_int_equal(STOPS(MmUnmapLockedPages(ring + PAGE_SIZE, mdl)), 0xDA); /* EXE-762 */
    MmUnmapLockedPages(ring, mdl);
    assert_false(MmIsAddressValid(ring));
    assert_int_equal(STOPS(MmUnmapLockedPages(ring, mdl)), 0xDA);
    MmGetMdlPfnArray(mdl)[2] = 5;
    assert_int_equal(STOPS(MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, 16)), 0x1A);
    IoFreeMdl(source);
    ExFreePool(p);
}

static void a_user_mapping_is_coherent(void **state) /* EXE-253 */
{
    PUCHAR p = pool(PAGE_SIZE), user;
    PMDL mdl = IoAllocateMdl(p + 8, 100, FALSE, FALSE, NULL);

    (void)state;
    MmBuildMdlForNonPagedPool(mdl);
    user = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL, FALSE, NormalPagePriority);
    assert_true((ULONG_PTR)user < MmUserProbeAddress);
    user[0] = 9;
    assert_int_equal(((volatile UCHAR *)p)[8], 9);
    assert_int_equal(RAISES(MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, PAGE_ALIGN(user), FALSE, 16)), STATUS_CONFLICTING_ADDRESSES);
    MmUnmapLockedPages(user, mdl);
    assert_false(MmIsAddressValid(user));
    assert_int_equal(STOPS(MmUnmapLockedPages(user, mdl)), 0xDA);
    IoFreeMdl(mdl);
    ExFreePool(p);
}

static void a_partial_mdl_inherits(void **state) /* EXE-255, EXE-759 */
{
    PUCHAR p = pool(4 * PAGE_SIZE), user = mem_user_alloc(0, 4, MEM_RW), part;
    PMDL source = IoAllocateMdl(p, 4 * PAGE_SIZE, FALSE, FALSE, NULL), target = IoAllocateMdl(NULL, 3 * PAGE_SIZE, FALSE, FALSE, NULL);

    (void)state;
    MmBuildMdlForNonPagedPool(source);
    IoBuildPartialMdl(source, target, p + PAGE_SIZE + 20, 0);
    assert_int_equal(target->ByteCount, 3 * PAGE_SIZE - 20);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(target, 16), p + PAGE_SIZE + 20);
    assert_int_equal(MmGetMdlPfnArray(target)[0], MmGetMdlPfnArray(source)[1]);
    assert_int_equal(STOPS(IoBuildPartialMdl(source, target, p, 4 * PAGE_SIZE)), 0x40);
    MmPrepareMdlForReuse(target);
    IoFreeMdl(source);

    source = IoAllocateMdl(user, 4 * PAGE_SIZE, FALSE, FALSE, NULL);
    MmProbeAndLockPages(source, UserMode, IoReadAccess);
    IoBuildPartialMdl(source, target, user + 2 * PAGE_SIZE, 10);
    user[2 * PAGE_SIZE] = 77;
    part = MmGetSystemAddressForMdlSafe(target, 16);
    assert_int_equal(part[0], 77);
    assert_true(target->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED);
    MmPrepareMdlForReuse(target);
    assert_false(MmIsAddressValid(part));
    IoBuildPartialMdl(source, target, user, 10);
    part = MmGetSystemAddressForMdlSafe(target, 16);
    IoFreeMdl(target); /* with its mapping */
    assert_false(MmIsAddressValid(part));
    IoFreeMdl(source);
    assert_int_equal(findings, 1); /* EXE-248: still locked */
}

static void advancing_unlocks_pages(void **state)
{
    PUCHAR user = mem_user_alloc(0, 3, MEM_RW);
    PMDL mdl = IoAllocateMdl(user + 100, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    ULONG64 pfn = mem_pfn(user);

    (void)state;
    MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    assert_int_equal(MmAdvanceMdl(mdl, 2 * PAGE_SIZE), STATUS_INVALID_PARAMETER_2);
    assert_int_equal(MmAdvanceMdl(mdl, PAGE_SIZE), STATUS_SUCCESS);
    assert_int_equal(mem_page_refs(pfn), 0);
    assert_int_equal(mem_page_refs(pfn + 1), 1);
    assert_int_equal(mdl->ByteCount, PAGE_SIZE);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), user + 100 + PAGE_SIZE);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
}

static void pages_for_an_mdl(void **state) /* EXE-257 */
{
    PHYSICAL_ADDRESS zero = {.QuadPart = 0}, high = {.QuadPart = -1}, low16 = {.QuadPart = (16 << 20) + 0xFFFF};
    PMDL mdl;
    PUCHAR p;

    (void)state;
    high.QuadPart = 0x7FFFFFFFFFFFFFFF;
    mdl = MmAllocatePagesForMdlEx(zero, high, zero, 5 * PAGE_SIZE + 1, MmCached, MM_ALLOCATE_FULLY_REQUIRED);
    assert_int_equal(mdl->ByteCount, 6 * PAGE_SIZE);
    p = MmGetSystemAddressForMdlSafe(mdl, 16);
    for (ULONG i = 0; i < 6 * PAGE_SIZE; i++)
        assert_int_equal(p[i], 0);
    memset(p, 1, 6 * PAGE_SIZE);
    MmFreePagesFromMdl(mdl);
    assert_false(MmIsAddressValid(p));
    ExFreePool(mdl);
    assert_null(MmAllocatePagesForMdlEx(zero, high, zero, 1 << 30, MmCached, MM_ALLOCATE_FULLY_REQUIRED));
    mdl = MmAllocatePagesForMdl(zero, low16, zero, 1 << 20); /* only 16 pages lie there: fewer are given */
    if (mdl) {
        assert_true(mdl->ByteCount <= 16 * PAGE_SIZE);
        MmFreePagesFromMdl(mdl);
        ExFreePool(mdl);
    }
    assert_int_equal(mm_pool_count(0).blocks, 0);
}

static void contiguous_memory(void **state) /* EXE-260, EXE-738 */
{
    PHYSICAL_ADDRESS zero = {.QuadPart = 0}, high = {.QuadPart = 0xFFFFFFFF}, boundary = {.QuadPart = 0x10000};
    PUCHAR p = MmAllocateContiguousMemorySpecifyCache(0x5000, zero, high, boundary, MmCached);
    ULONG64 at = (ULONG64)MmGetPhysicalAddress(p).QuadPart;

    (void)state;
    assert_int_equal(at & 0xFFF, 0);
    assert_int_equal(at >> 16, (at + 0x4FFF) >> 16);
    assert_int_equal(MmGetPhysicalAddress(p + 0x4FFF).QuadPart, at + 0x4FFF);
    assert_ptr_equal(MmGetVirtualForPhysical(MmGetPhysicalAddress(p + 7)), p + 7);
    assert_int_equal(STOPS(MmFreeContiguousMemory(p + PAGE_SIZE)), 0xC2);
    assert_int_equal(stop_params[0], 0x60);
    MmFreeContiguousMemory(p);
    assert_int_equal(STOPS(MmFreeContiguousMemory(p)), 0xC2);
    high.QuadPart = 0xFFFF;
    assert_null(MmAllocateContiguousMemory(PAGE_SIZE, high));
}

static void reserved_mappings(void **state) /* EXE-259 */
{
    PUCHAR base = MmAllocateMappingAddress(3 * PAGE_SIZE, TAG), p = pool(3 * PAGE_SIZE), got;
    PMDL mdl = IoAllocateMdl(p + 50, PAGE_SIZE, FALSE, FALSE, NULL), big = IoAllocateMdl(p, 3 * PAGE_SIZE + 1, FALSE, FALSE, NULL);

    (void)state;
    MmBuildMdlForNonPagedPool(mdl);
    big->MdlFlags |= MDL_PAGES_LOCKED;
    for (ULONG i = 0; i < 4; i++)
        MmGetMdlPfnArray(big)[i] = MmGetMdlPfnArray(mdl)[0];
    assert_null(MmMapLockedPagesWithReservedMapping(base, TAG, big, MmCached));
    got = MmMapLockedPagesWithReservedMapping(base, TAG, mdl, MmCached);
    assert_ptr_equal(got, base + 50);
    assert_ptr_equal(mdl->MappedSystemVa, base);
    p[50] = 5;
    assert_int_equal(got[0], 5);
    assert_int_equal(STOPS(MmFreeMappingAddress(base, TAG)), 0xDA);
    assert_int_equal(STOPS(MmUnmapReservedMapping(base, 'othr', mdl)), 0xDA);
    MmUnmapReservedMapping(base, TAG, mdl);
    assert_false(MmIsAddressValid(base));
    MmFreeMappingAddress(base, TAG);
    assert_int_equal(STOPS(MmFreeMappingAddress(base, TAG)), 0xDA);
}

static void protection_of_a_mapping(void **state) /* EXE-258 */
{
    PUCHAR p = pool(PAGE_SIZE), view;
    PMDL mdl = IoAllocateMdl(p, PAGE_SIZE, FALSE, FALSE, NULL);

    (void)state;
    MmBuildMdlForNonPagedPool(mdl);
    assert_int_equal(MmProtectMdlSystemAddress(mdl, PAGE_READONLY), STATUS_NOT_MAPPED_VIEW);
    view = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, 16);
    view[100] = 0xc3;
    assert_int_equal(MmProtectMdlSystemAddress(mdl, PAGE_EXECUTE_READ), STATUS_SUCCESS);
    ((void (*)(void))(ULONG_PTR)(view + 100))();
    assert_false(mem_accessible((ULONG_PTR)view, MEM_RW));
    assert_int_equal(MmProtectMdlSystemAddress(mdl, 0x12345), STATUS_INVALID_PAGE_PROTECTION);
    MmUnmapLockedPages(view, mdl);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, 16), p);
}

static void copying_never_faults(void **state) /* EXE-264, EXE-265 */
{
    PUCHAR user = mem_user_alloc(0, 1, MEM_RW), to = pool(2 * PAGE_SIZE);
    MM_COPY_ADDRESS from = {.VirtualAddress = user + PAGE_SIZE - 10};
    SIZE_T copied;

    (void)state;
    memcpy(user + PAGE_SIZE - 10, "0123456789", 10);
    assert_int_equal(MmCopyMemory(to, from, 10, MM_COPY_MEMORY_VIRTUAL, &copied), STATUS_SUCCESS);
    assert_int_equal(copied, 10);
    assert_true(MmCopyMemory(to, from, 11, MM_COPY_MEMORY_VIRTUAL, &copied) < 0);
    assert_int_equal(copied, 10);
    assert_memory_equal(to, "0123456789", 10);
    from.PhysicalAddress = MmGetPhysicalAddress(user + PAGE_SIZE - 5);
    assert_int_equal(MmCopyMemory(to, from, 5, MM_COPY_MEMORY_PHYSICAL, &copied), STATUS_SUCCESS);
    assert_memory_equal(to, "56789", 5);
    from.PhysicalAddress.QuadPart = 0;
    assert_true(MmCopyMemory(to, from, 5, MM_COPY_MEMORY_PHYSICAL, &copied) < 0);
    assert_int_equal(MmCopyMemory(to, from, 5, 3, &copied), STATUS_INVALID_PARAMETER_4);
    assert_false(MmIsAddressValid(NULL));
    assert_true(MmIsAddressValid((PVOID)(ULONG_PTR)0xFFFFF78000000320));
    assert_non_null(MmSecureVirtualMemory(user, PAGE_SIZE, PAGE_READWRITE));
    assert_null(MmSecureVirtualMemory(user, PAGE_SIZE + 1, PAGE_READWRITE));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(an_mdl_says_what_it_was_told), T(nonpaged_pool_needs_no_lock), T(locked_user_pages_outlive_their_address),
        T(what_cannot_be_reached_raises), T(a_mapping_follows_the_pfns), T(a_user_mapping_is_coherent), T(a_partial_mdl_inherits),
        T(advancing_unlocks_pages), T(pages_for_an_mdl), T(contiguous_memory), T(reserved_mappings), T(protection_of_a_mapping),
        T(copying_never_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
