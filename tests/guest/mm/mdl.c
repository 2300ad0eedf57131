/* MDLs as drivers use them (EXE-245 .. EXE-258) and misuse them (EXE-759 .. EXE-763). User memory: pool that is mapped there. */
#include "wkt.h"

#define TAG 'tskW'

struct user_buffer {
    PUCHAR pool, user;
    PMDL mdl;
};

static void release_user(void *context)
{
    struct user_buffer *u = context;

    MmUnmapLockedPages(u->user, u->mdl);
    IoFreeMdl(u->mdl);
}

static struct user_buffer *user_buffer(ULONG pages)
{
    struct user_buffer *u = wkt_alloc(sizeof(*u));

    u->pool = wkt_alloc((SIZE_T)pages * PAGE_SIZE);
    u->mdl = IoAllocateMdl(u->pool, pages * PAGE_SIZE, FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(u->mdl);
    u->user = MmMapLockedPagesSpecifyCache(u->mdl, UserMode, MmCached, NULL, FALSE, NormalPagePriority);
    wkt_at_end(release_user, u);
    return u;
}

TEST_ROWS("EXE-245 EXE-247 EXE-248 EXE-I18 EXE-L56", header_fields)
{
    PMDL mdl = IoAllocateMdl((PVOID)(ULONG_PTR)0x7123456, 3 * PAGE_SIZE, FALSE, FALSE, NULL);

    REQUIRE(mdl != NULL);
    CHECK(mdl->Next == NULL);
    CHECK_EQ(mdl->Size, sizeof(MDL) + 4 * sizeof(PFN_NUMBER));
    CHECK_EQ(MmGetMdlByteCount(mdl), 3 * PAGE_SIZE);
    CHECK_EQ(MmGetMdlByteOffset(mdl), 0x456);
    CHECK_EQ(MmGetMdlVirtualAddress(mdl), 0x7123456);
    CHECK_EQ((PUCHAR)MmGetMdlPfnArray(mdl) - (PUCHAR)mdl, 0x30);
    CHECK_EQ(mdl->MdlFlags & ~MDL_ALLOCATED_FIXED_SIZE, 0);
    IoFreeMdl(mdl);
    CHECK_EQ(MmSizeOfMdl((PVOID)(ULONG_PTR)4095, 2), sizeof(MDL) + 2 * sizeof(PFN_NUMBER));
}

TEST_ROWS("EXE-249 EXE-252 EXE-I17 EXE-261", nonpaged_pool)
{
    PUCHAR p = wkt_alloc(3 * PAGE_SIZE);
    PMDL mdl = IoAllocateMdl(p + 10, 2 * PAGE_SIZE, FALSE, FALSE, NULL);

    REQUIRE(mdl != NULL);
    MmBuildMdlForNonPagedPool(mdl);
    CHECK(mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL);
    CHECK_EQ(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), p + 10);
    for (ULONG i = 0; i < 3; i++)
        CHECK_EQ(MmGetMdlPfnArray(mdl)[i], (ULONG64)MmGetPhysicalAddress((PUCHAR)PAGE_ALIGN(p + 10) + (SIZE_T)i * PAGE_SIZE).QuadPart >> PAGE_SHIFT);
    IoFreeMdl(mdl);
}

TEST(EXE_246, hand_made_mdl_maps_as_its_pfns_say)
{
    PUCHAR p = wkt_alloc(2 * PAGE_SIZE), ring;
    ULONG64 storage[(sizeof(MDL) + 4 * sizeof(PFN_NUMBER)) / 8];
    PMDL mdl = (PMDL)storage, source = IoAllocateMdl(p, 2 * PAGE_SIZE, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(source);
    MmInitializeMdl(mdl, NULL, 4 * PAGE_SIZE);
    for (ULONG i = 0; i < 4; i++)
        MmGetMdlPfnArray(mdl)[i] = MmGetMdlPfnArray(source)[i & 1];
    mdl->MdlFlags |= MDL_PAGES_LOCKED;
    ring = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    if (CHECK(ring != NULL)) {
        RtlCopyMemory(ring + 2 * PAGE_SIZE - 3, "seamless", 8);
        CHECK_MEM(ring, "mless", 5);
        CHECK_MEM(p, "mless", 5);
        CHECK_MEM(p + 2 * PAGE_SIZE - 3, "sea", 3);
        MmUnmapLockedPages(ring, mdl);
        CHECK(!MmIsAddressValid(ring));
    }
    IoFreeMdl(source);
}

TEST_ROWS("EXE-250 EXE-251 EXE-253 EXE-254", user_pages)
{
    struct user_buffer *u = user_buffer(2);
    PMDL mdl = IoAllocateMdl(u->user + 100, PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR system;

    REQUIRE((ULONG_PTR)u->user < MmUserProbeAddress);
    u->user[100] = 1;
    MmProbeAndLockPages(mdl, UserMode, IoModifyAccess);
    CHECK(mdl->MdlFlags & MDL_PAGES_LOCKED);
    CHECK(mdl->MdlFlags & MDL_WRITE_OPERATION);
    system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute);
    if (CHECK(system != NULL)) {
        CHECK((ULONG_PTR)system >= (ULONG_PTR)MmSystemRangeStart);
        CHECK_EQ(BYTE_OFFSET(system), BYTE_OFFSET(u->user + 100));
        CHECK_EQ(system[0], 1);
        system[PAGE_SIZE - 1] = 7;
        CHECK_EQ(((volatile UCHAR *)u->user)[PAGE_SIZE + 99], 7);
    }
    MmUnlockPages(mdl);
    CHECK(!(mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA)));
    CHECK(!MmIsAddressValid(system));
    IoFreeMdl(mdl);
}

static NTSTATUS lock_status(PVOID va, ULONG bytes, KPROCESSOR_MODE mode, LOCK_OPERATION operation)
{
    PMDL mdl = IoAllocateMdl(va, bytes, FALSE, FALSE, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        MmProbeAndLockPages(mdl, mode, operation);
        MmUnlockPages(mdl);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    IoFreeMdl(mdl);
    return status;
}

TEST(EXE_250, probe_raises_for_what_is_not_there)
{
    PVOID pool = wkt_alloc(100);
    ULONG local = 0;

    CHECK_STATUS(lock_status(NULL, 1, UserMode, IoReadAccess), STATUS_ACCESS_VIOLATION);
    CHECK_STATUS(lock_status((PVOID)(ULONG_PTR)0x10000, 10, UserMode, IoReadAccess), STATUS_ACCESS_VIOLATION);
    CHECK_STATUS(lock_status(pool, 100, UserMode, IoReadAccess), STATUS_ACCESS_VIOLATION);
    CHECK_STATUS(lock_status((PVOID)(MmUserProbeAddress - 1), 10, UserMode, IoReadAccess), STATUS_ACCESS_VIOLATION);
    CHECK_STATUS(lock_status(pool, 100, KernelMode, IoModifyAccess), STATUS_SUCCESS);
    CHECK_STATUS(lock_status(&local, sizeof(local), KernelMode, IoModifyAccess), STATUS_SUCCESS);
    CHECK_STATUS(lock_status((PVOID)(ULONG_PTR)&probe_raises_for_what_is_not_there, 4, KernelMode, IoReadAccess), STATUS_SUCCESS);
}

TEST_ROWS("EXE-255 EXE-I17", partial_mdl)
{
    struct user_buffer *u = user_buffer(4);
    PMDL source = IoAllocateMdl(u->user, 4 * PAGE_SIZE, FALSE, FALSE, NULL), target = IoAllocateMdl(NULL, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR part;

    u->user[PAGE_SIZE + 50] = 5;
    MmProbeAndLockPages(source, UserMode, IoReadAccess);
    IoBuildPartialMdl(source, target, u->user + PAGE_SIZE + 50, 100);
    CHECK_EQ(MmGetMdlByteCount(target), 100);
    CHECK(target->MdlFlags & MDL_PARTIAL);
    part = MmGetSystemAddressForMdlSafe(target, NormalPagePriority);
    if (CHECK(part != NULL))
        CHECK_EQ(part[0], 5);
    CHECK(target->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED);
    MmPrepareMdlForReuse(target);
    IoBuildPartialMdl(source, target, u->user + 3 * PAGE_SIZE, 0);
    CHECK_EQ(MmGetMdlByteCount(target), PAGE_SIZE);
    CHECK(MmGetSystemAddressForMdlSafe(source, NormalPagePriority) != NULL);
    IoBuildPartialMdl(source, target, u->user + 8, 8);
    CHECK_EQ(MmGetSystemAddressForMdlSafe(target, NormalPagePriority), (PUCHAR)source->MappedSystemVa + 8);
    IoFreeMdl(target);
    MmUnlockPages(source);
    IoFreeMdl(source);
}

TEST(EXE_256, empty_mdl_in_a_chain)
{
    PMDL mdl = IoAllocateMdl(wkt_alloc(16), 0, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(mdl);
    CHECK_EQ(MmGetMdlByteCount(mdl), 0);
    CHECK(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) != NULL);
    IoFreeMdl(mdl);
}

TEST(EXE_257, pages_for_mdl)
{
    PHYSICAL_ADDRESS low, high, skip;
    PMDL mdl;
    PUCHAR p;

    low.QuadPart = skip.QuadPart = 0;
    high.QuadPart = 0x7FFFFFFFFFFFFFFFLL;
    mdl = MmAllocatePagesForMdlEx(low, high, skip, 5 * PAGE_SIZE, MmCached, MM_ALLOCATE_FULLY_REQUIRED);
    REQUIRE(mdl != NULL);
    CHECK_EQ(MmGetMdlByteCount(mdl), 5 * PAGE_SIZE);
    p = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    if (CHECK(p != NULL)) {
        CHECK_EQ(p[0], 0);
        p[5 * PAGE_SIZE - 1] = 1;
    }
    MmFreePagesFromMdl(mdl);
    CHECK(!MmIsAddressValid(p));
    ExFreePool(mdl);
}

TEST(EXE_258, protect_a_mapping)
{
    static const UCHAR code[] = {0xB8, 0x07, 0, 0, 0, 0xC3}; /* mov eax, 7; ret */
    PUCHAR p = wkt_alloc(PAGE_SIZE), view;
    PMDL mdl = IoAllocateMdl(p, PAGE_SIZE, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(mdl);
    CHECK_STATUS(MmProtectMdlSystemAddress(mdl, PAGE_READONLY), STATUS_NOT_MAPPED_VIEW);
    view = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    REQUIRE(view != NULL);
    RtlCopyMemory(p, code, sizeof(code));
    CHECK_STATUS(MmProtectMdlSystemAddress(mdl, PAGE_EXECUTE_READ), STATUS_SUCCESS);
    CHECK_EQ(((int(NTAPI *)(void))(ULONG_PTR)view)(), 7);
    CHECK_STATUS(MmProtectMdlSystemAddress(mdl, 0x77777), STATUS_INVALID_PAGE_PROTECTION);
    MmUnmapLockedPages(view, mdl);
    IoFreeMdl(mdl);
}

TEST(EXE_259, reserved_mapping)
{
    PUCHAR base = MmAllocateMappingAddress(2 * PAGE_SIZE, TAG), p = wkt_alloc(3 * PAGE_SIZE), got;
    PMDL mdl = IoAllocateMdl(p + 40, PAGE_SIZE, FALSE, FALSE, NULL), big = IoAllocateMdl(p, 3 * PAGE_SIZE, FALSE, FALSE, NULL);

    REQUIRE(base != NULL);
    MmBuildMdlForNonPagedPool(mdl);
    MmBuildMdlForNonPagedPool(big);
    CHECK(MmMapLockedPagesWithReservedMapping(base, TAG, big, MmCached) == NULL);
    got = MmMapLockedPagesWithReservedMapping(base, TAG, mdl, MmCached);
    if (CHECK(got != NULL)) {
        got[0] = 9;
        CHECK_EQ(((volatile UCHAR *)p)[40], 9);
        MmUnmapReservedMapping(base, TAG, mdl);
        CHECK(!MmIsAddressValid(got));
    }
    MmFreeMappingAddress(base, TAG);
    IoFreeMdl(mdl);
    IoFreeMdl(big);
}

TEST_FINDING(EXE_248, free_while_locked, "EXE-248")
{
    PVOID p = wkt_alloc(100);
    PMDL mdl = IoAllocateMdl(p, 100, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    IoFreeMdl(mdl);
}
TEST_BUGCHECK(EXE_759, partial_target_too_small, 0x40)
{
    PUCHAR p = wkt_alloc(4 * PAGE_SIZE);
    PMDL source = IoAllocateMdl(p, 4 * PAGE_SIZE, FALSE, FALSE, NULL), target = IoAllocateMdl(p, PAGE_SIZE, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(source);
    IoBuildPartialMdl(source, target, p, 4 * PAGE_SIZE);
}
TEST_BUGCHECK(EXE_760, unlock_of_unlocked_pages, 0x4E)
{
    MmUnlockPages(IoAllocateMdl(wkt_alloc(100), 100, FALSE, FALSE, NULL));
}
TEST_BUGCHECK(EXE_762, double_unmap, 0xDA)
{
    PMDL mdl = IoAllocateMdl(wkt_alloc(100), 100, FALSE, FALSE, NULL);
    PVOID va;

    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    va = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    MmUnmapLockedPages(va, mdl);
    MmUnmapLockedPages(va, mdl);
}
TEST_BUGCHECK(EXE_763, mapping_of_unlocked_pages, 0x1A)
{
    MmGetSystemAddressForMdlSafe(IoAllocateMdl(wkt_alloc(100), 100, FALSE, FALSE, NULL), NormalPagePriority);
}
TODO_ROW(EXE_761, "processes do not end while a test runs");
