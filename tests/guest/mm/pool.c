/* The pool as drivers use it (EXE-231 .. EXE-242) and misuse it (EXE-730 .. EXE-739). */
#include "wkt.h"

#define TAG 'tskW'

static BOOLEAN all_bytes(const UCHAR *p, SIZE_T bytes, UCHAR value)
{
    for (SIZE_T i = 0; i < bytes; i++)
        if (p[i] != value)
            return FALSE;
    return TRUE;
}

TEST(EXE_231, pool2_is_zeroed)
{
    static const SIZE_T sizes[] = {1, 15, 16, 17, 100, 1000, 4000, 4095, 4096, 4097, 70000};

    for (ULONG turn = 0; turn < 2; turn++) { /* the second time from freed memory */
        for (ULONG i = 0; i < ARRAYSIZE(sizes); i++) {
            PUCHAR p = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizes[i], TAG);

            REQUIRE(p != NULL);
            CHECK(all_bytes(p, sizes[i], 0));
            RtlFillMemory(p, sizes[i], 0x77);
            ExFreePoolWithTag(p, TAG);
        }
    }
}

TEST_ROWS("EXE-231 EXE-792", pool2_refuses_bad_flags_and_tag_0)
{
    PVOID p;

    CHECK(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 0) == NULL);
    CHECK(ExAllocatePool2(0, 16, TAG) == NULL);
    CHECK(ExAllocatePool2(POOL_FLAG_UNINITIALIZED, 16, TAG) == NULL);
    CHECK(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 16, TAG) == NULL);
    CHECK(ExAllocatePool2(POOL_FLAG_NON_PAGED | 0x40000000, 16, TAG) == NULL); /* required and unknown */
    p = ExAllocatePool2(POOL_FLAG_NON_PAGED | 0x4000000000000000ULL, 16, TAG); /* optional and unknown */
    CHECK(p != NULL);
    if (p)
        ExFreePoolWithTag(p, TAG);
}

TEST(EXE_231, pool2_raises_when_asked_to)
{
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE, (SIZE_T)1 << 46, TAG);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    CHECK_STATUS(status, STATUS_INSUFFICIENT_RESOURCES);
}

TEST(EXE_232, pool3_parameters)
{
    POOL_EXTENDED_PARAMETER p[1];
    PVOID block;

    RtlZeroMemory(p, sizeof(p));
    p[0].Type = PoolExtendedParameterPriority;
    p[0].Priority = HighPoolPriority;
    block = ExAllocatePool3(POOL_FLAG_NON_PAGED, 64, TAG, p, 1);
    CHECK(block != NULL);
    if (block)
        ExFreePool2(block, TAG, NULL, 0);
    p[0].Type = 77;
    CHECK(ExAllocatePool3(POOL_FLAG_NON_PAGED, 64, TAG, p, 1) == NULL);
    p[0].Optional = 1;
    block = ExAllocatePool3(POOL_FLAG_NON_PAGED, 64, TAG, p, 1);
    CHECK(block != NULL);
    if (block)
        ExFreePool2(block, TAG, NULL, 0);
}

TEST(EXE_233, pool_types)
{
    static const POOL_TYPE types[] = {NonPagedPoolExecute, PagedPool, NonPagedPoolNx, NonPagedPoolCacheAligned, PagedPoolCacheAligned,
                                      NonPagedPoolNxCacheAligned};

    for (ULONG i = 0; i < ARRAYSIZE(types); i++) {
        PUCHAR p = ExAllocatePoolWithTag(types[i], 100, TAG);

        REQUIRE(p != NULL);
        if (types[i] & NonPagedPoolBaseCacheAligned)
            CHECK_EQ((ULONG_PTR)p & 63, 0);
        RtlFillMemory(p, 100, 0xAA);
        ExFreePoolWithTag(p, TAG);
    }
}

TEST(EXE_233, nonpaged_pool_executes)
{
    static const UCHAR code[] = {0xB8, 0x2A, 0, 0, 0, 0xC3}; /* mov eax, 42; ret */
    PVOID p = ExAllocatePoolWithTag(NonPagedPoolExecute, sizeof(code), TAG);

    REQUIRE(p != NULL);
    RtlCopyMemory(p, code, sizeof(code));
    CHECK_EQ(((int(NTAPI *)(void))(ULONG_PTR)p)(), 42);
    ExFreePoolWithTag(p, TAG);
}

TEST(EXE_235, alignment_and_page_rules)
{
    for (SIZE_T bytes = 1; bytes < 3 * PAGE_SIZE; bytes += 61) {
        PUCHAR p = ExAllocatePool2(bytes & 1 ? POOL_FLAG_NON_PAGED : POOL_FLAG_PAGED, bytes, TAG);

        REQUIRE(p != NULL);
        CHECK_EQ((ULONG_PTR)p & (MEMORY_ALLOCATION_ALIGNMENT - 1), 0);
        if (bytes >= PAGE_SIZE)
            CHECK_EQ(BYTE_OFFSET(p), 0);
        else
            CHECK_EQ(PAGE_ALIGN(p), PAGE_ALIGN(p + bytes - 1));
        p[0] = p[bytes - 1] = 1;
        ExFreePoolWithTag(p, TAG);
    }
}

TEST_ROWS("EXE-236 EXE-I11 EXE-I10", inline_wrappers)
{
    PUCHAR p = ExAllocatePoolZero(NonPagedPoolNx, 200, TAG);

    REQUIRE(p != NULL);
    CHECK(all_bytes(p, 200, 0));
    ExFreePoolWithTag(p, TAG);
    p = ExAllocatePoolUninitialized(PagedPool, 200, TAG);
    CHECK(p != NULL);
    ExFreePool(p);
    p = ExAllocatePoolQuotaZero(PagedPool, 200, TAG);
    REQUIRE(p != NULL);
    CHECK(all_bytes(p, 200, 0));
    ExFreePoolWithTag(p, TAG);
    p = ExAllocatePoolPriorityZero(NonPagedPoolNx, 5000, TAG, NormalPoolPriority);
    REQUIRE(p != NULL);
    CHECK(all_bytes(p, 5000, 0));
    ExFreePoolWithTag(p, TAG);
    p = ExAllocatePool(NonPagedPoolNx, 10);
    CHECK(p != NULL);
    ExFreePoolWithTag(p, 'enoN');
}

TEST(EXE_237, driver_runtime)
{
    ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
    CHECK(ExDefaultNonPagedPoolType == NonPagedPoolExecute || ExDefaultNonPagedPoolType == NonPagedPoolNx);
}

TEST(EXE_238, quota)
{
    BOOLEAN charged = FALSE;
    PVOID p = ExAllocatePoolWithQuotaTag(PagedPool, 100, TAG);
    NTSTATUS status = STATUS_SUCCESS;

    REQUIRE(p != NULL);
    CHECK(ExQueryPoolBlockSize(p, &charged) >= 100);
    CHECK(charged);
    ExFreePoolWithTag(p, TAG);
    CHECK(ExAllocatePoolWithQuotaTag((POOL_TYPE)(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE), (SIZE_T)1 << 46, TAG) == NULL);
    __try {
        ExAllocatePoolWithQuotaTag(PagedPool, (SIZE_T)1 << 46, TAG);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    CHECK(status == STATUS_QUOTA_EXCEEDED || status == STATUS_INSUFFICIENT_RESOURCES);
}

TEST(EXE_239, tag_0_frees_anything)
{
    PVOID p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);

    REQUIRE(p != NULL);
    ExFreePoolWithTag(p, 0);
}

/* ---- EXE-240, with the border's hooks on ---- */
static volatile UCHAR *paged_block(SIZE_T bytes)
{
    volatile UCHAR *p = ExAllocatePool2(POOL_FLAG_PAGED, bytes, TAG);

    if (p)
        p[bytes - 1] = 7;
    return p;
}

TEST_VERIFY_BUGCHECK(EXE_240, paged_pool_is_read_at_dispatch_level, 0xD1)
{
    volatile UCHAR *p = paged_block(100);
    KIRQL old;

    REQUIRE(p != NULL);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    wkt_note("read", p[99]);
}

TEST_VERIFY_BUGCHECK(EXE_240, the_last_page_of_a_large_block, 0xD1)
{
    volatile UCHAR *p = paged_block(5 * PAGE_SIZE);
    KIRQL old;

    REQUIRE(p != NULL);
    for (ULONG i = 0; i < 3; i++) { /* it comes back each time */
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KeLowerIrql(old);
        if (p[5 * PAGE_SIZE - 1] != 7)
            return;
    }
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    p[5 * PAGE_SIZE - 1] = 1;
}

TEST_VERIFY_BUGCHECK(EXE_701, the_kernel_reads_paged_pool_at_dispatch_level, 0x0A)
{
    volatile UCHAR *p = paged_block(64);
    volatile SIZE_T bytes = 64; /* or the compiler would do it */
    UCHAR copy[64];
    KIRQL old;

    REQUIRE(p != NULL);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    RtlMoveMemory(copy, (const void *)p, bytes);
    wkt_note("read", copy[63]);
}

/* Locked pages stay, and what is touched below DISPATCH_LEVEL comes back. The finding at the end is what turns the hooks on. */
TEST_FINDING(EXE_240, locked_paged_pool_stays, "EXE-730")
{
    volatile UCHAR *p = paged_block(3 * PAGE_SIZE), *small[40];
    PMDL mdl = IoAllocateMdl((PVOID)p, 3 * PAGE_SIZE, FALSE, FALSE, NULL);
    ULONG wrong = 0;
    KIRQL old;

    REQUIRE(p != NULL && mdl != NULL);
    for (ULONG i = 0; i < 40; i++)
        small[i] = paged_block(16 + i * 50);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
    MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    p[0] = 3;
    CHECK_EQ(p[3 * PAGE_SIZE - 1], 7);
    KeLowerIrql(old);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    for (ULONG i = 0; i < 40; i++) {
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KeLowerIrql(old);
        wrong += small[i][16 + i * 50 - 1] != 7;
        ExFreePoolWithTag((PVOID)small[i], TAG);
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(p[0], 3);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
    ExFreePoolWithTag((PVOID)p, TAG);
    CHECK(ExAllocatePool2(POOL_FLAG_PAGED, 0, TAG) == NULL);
}

static volatile LONG page_stop, page_wrong;

static void use_paged(void *unused)
{
    (void)unused;
    while (!page_stop) {
        volatile ULONG *p = ExAllocatePool2(POOL_FLAG_PAGED, 64 + (ULONG)(__rdtsc() & 0x1FFF), TAG);

        if (!p)
            continue;
        for (ULONG i = 0; i < 20; i++)
            p[i % 16] = i;
        if (p[3] != 19)
            InterlockedIncrement(&page_wrong);
        ExFreePoolWithTag((PVOID)p, TAG);
    }
}

TEST_FINDING(EXE_240, paged_pool_under_pressure, "EXE-730")
{
    struct wkt_thread *threads[3];
    KIRQL old;

    for (ULONG i = 0; i < 3; i++)
        threads[i] = wkt_thread(use_paged, NULL);
    for (ULONG i = 0; i < 3000; i++) {
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KeLowerIrql(old);
    }
    page_stop = 1;
    for (ULONG i = 0; i < 3; i++)
        CHECK(wkt_join(threads[i]));
    CHECK_EQ(page_wrong, 0);
    CHECK(ExAllocatePool2(POOL_FLAG_PAGED, 0, TAG) == NULL);
}

TEST(EXE_241, exhaustion_gives_null)
{
    CHECK(ExAllocatePool2(POOL_FLAG_NON_PAGED, (SIZE_T)1 << 46, TAG) == NULL);
    CHECK(ExAllocatePool2(POOL_FLAG_PAGED, ~(SIZE_T)0, TAG) == NULL);
    CHECK(ExAllocatePoolWithTag(NonPagedPoolNx, ~(SIZE_T)0 - 100, TAG) == NULL);
}


TEST_FINDING(EXE_730, zero_bytes_are_reported, "EXE-730")
{
    CHECK(ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, TAG) == NULL); /* EXE-234 */
}
TEST_FINDING(EXE_234, zero_bytes_of_the_old_routine, "EXE-730")
{
    PVOID p = ExAllocatePoolWithTag(NonPagedPoolNx, 0, TAG);

    CHECK(p != NULL);
    if (p)
        ExFreePoolWithTag(p, TAG);
}
TEST_BUGCHECK(EXE_731, paged_pool_at_dispatch, 0xC2)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    ExAllocatePool2(POOL_FLAG_PAGED, 100, TAG);
    KeLowerIrql(old);
}
TEST_BUGCHECK(EXE_732, paged_free_at_dispatch, 0xC2)
{
    PVOID p = ExAllocatePool2(POOL_FLAG_PAGED, 100, TAG);
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    ExFreePoolWithTag(p, TAG);
    KeLowerIrql(old);
}
TEST_BUGCHECK(EXE_733, double_free, 0xC2)
{
    PVOID p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);

    ExFreePoolWithTag(p, TAG);
    ExFreePoolWithTag(p, TAG);
}
TEST_BUGCHECK(EXE_733, double_free_of_pages, 0xC2)
{
    PVOID p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 3 * PAGE_SIZE, TAG);

    ExFreePoolWithTag(p, TAG);
    ExFreePoolWithTag(p, TAG);
}
TEST_BUGCHECK(EXE_734, wrong_tag, 0xC2)
{
    ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG), 'xxxx');
}
TEST_BUGCHECK(EXE_735, tag_0_of_the_old_routine, 0xC2)
{
    ExFreePool(ExAllocatePoolWithTag(NonPagedPoolNx, 100, 0));
}
TEST_BUGCHECK(EXE_735, tag_without_letters, 0xC2)
{
    ExFreePool(ExAllocatePoolWithTag(NonPagedPoolNx, 100, '....'));
}
TEST_BUGCHECK(EXE_736, free_of_a_user_address, 0xC2)
{
    ExFreePoolWithTag((PVOID)(ULONG_PTR)0x200000, TAG);
}
TEST_BUGCHECK(EXE_736, free_inside_a_block, 0xC2)
{
    ExFreePoolWithTag((PUCHAR)ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG) + 32, TAG);
}
TEST_BUGCHECK(EXE_736, free_of_a_local_variable, 0xC2)
{
    LARGE_INTEGER local = {0};

    ExFreePoolWithTag(&local, TAG);
}
TEST_BUGCHECK(EXE_239, free_of_null, 0xC2)
{
    ExFreePoolWithTag(NULL, TAG);
}
TEST_BUGCHECK(EXE_737, overrun, 0x19)
{
    volatile UCHAR *p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);

    p[100] = 0x11;
    ExFreePoolWithTag((PVOID)p, TAG);
}
TEST_BUGCHECK(EXE_737, underrun, 0x19)
{
    volatile UCHAR *p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);

    for (int i = 1; i <= 16; i++)
        p[-i] = 0x11;
    ExFreePoolWithTag((PVOID)p, TAG);
}
TEST_BUGCHECK(EXE_739, must_succeed_pool, 0xC2)
{
    ExFreePool(ExAllocatePoolWithTag(NonPagedPoolMustSucceed, 100, TAG));
}

TEST_ROWS("EXE-269", memory_functions)
{
    UCHAR a[16] = "0123456789abcde", b[16];

    RtlCopyMemory(b, a, 16);
    CHECK_EQ(RtlCompareMemory(a, b, 16), 16);
    b[9] = 0;
    CHECK_EQ(RtlCompareMemory(a, b, 16), 9);
    CHECK(!RtlEqualMemory(a, b, 16));
    RtlMoveMemory(a + 1, a, 10);
    CHECK_EQ(a[10], '9');
    RtlFillMemory(a, 16, 0x5A);
    CHECK_EQ(a[15], 0x5A);
    RtlSecureZeroMemory(a, 16);
    CHECK(all_bytes(a, 16, 0));
}
