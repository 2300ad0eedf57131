/* src/nt/mm: the pool below the border: block rules, every bug check of a bad free, leaks, threads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "nt/mm/mm.h"
#include "memory/mem.h"
#include "ddi/guest.h"
#include "border.h"

#define NP POOL_FLAG_NON_PAGED
#define TAG 'tseT'

static int start(void **state)
{
    (void)state;
    border_thread();
    border_reset();
    if (mem_start(UINT64_C(1) << 30) < 0)
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

static void blocks_are_aligned_zeroed_and_within_a_page(void **state) /* EXE-231, EXE-235 */
{
    (void)state;
    for (unsigned turn = 0; turn < 3; turn++) {
        for (size_t bytes = 1; bytes < 3 * PAGE_SIZE; bytes += 1 + bytes / 37) {
            for (unsigned aligned = 0; aligned < 2; aligned++) {
                uint8_t *p = ExAllocatePool2(NP | (aligned ? POOL_FLAG_CACHE_ALIGNED : 0), bytes, TAG);

                assert_non_null(p);
                assert_int_equal((uintptr_t)p % (aligned ? 64 : 16), 0);
                if (bytes >= PAGE_SIZE)
                    assert_int_equal((uintptr_t)p % PAGE_SIZE, 0);
                else
                    assert_int_equal((uintptr_t)p / PAGE_SIZE, ((uintptr_t)p + bytes - 1) / PAGE_SIZE);
                for (size_t i = 0; i < bytes; i++)
                    assert_int_equal(p[i], 0);
                memset(p, 0xEE, bytes);
                ExFreePoolWithTag(p, TAG);
            }
        }
    }
}

static void bad_requests_of_pool2_fail(void **state) /* EXE-231, EXE-234, EXE-735 */
{
    (void)state;
    assert_null(ExAllocatePool2(NP, 16, 0));
    assert_null(ExAllocatePool2(0, 16, TAG));
    assert_null(ExAllocatePool2(NP | POOL_FLAG_PAGED, 16, TAG));
    assert_null(ExAllocatePool2(NP | 0x400, 16, TAG));
    assert_null(ExAllocatePool2(NP, 0, TAG));
    assert_int_equal(findings, 1);
    assert_null(ExAllocatePool2(NP, UINT64_C(1) << 40, TAG));
    assert_null(ExAllocatePool2(NP, UINT64_MAX, TAG));
    ExFreePool(ExAllocatePool2(NP | 0x4000000000000000, 16, TAG)); /* an unknown optional flag */
    assert_int_equal(RAISES(ExAllocatePool2(NP | POOL_FLAG_RAISE_ON_FAILURE, UINT64_C(1) << 40, TAG)), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(RAISES(ExAllocatePool2(NP | POOL_FLAG_RAISE_ON_FAILURE, 16, 0)), STATUS_INVALID_PARAMETER);
}

static void irql_is_checked(void **state) /* EXE-731, EXE-732 */
{
    void *p, *n = ExAllocatePool2(NP, 32, TAG), *v;

    (void)state;
    border_kpcr[0x50] = 1;
    p = ExAllocatePool2(POOL_FLAG_PAGED, 32, TAG);
    assert_non_null(p);
    border_kpcr[0x50] = 2;
    assert_int_equal(STOPS(ExAllocatePool2(POOL_FLAG_PAGED, 32, TAG)), 0xC2);
    assert_int_equal(stop_params[0], 8);
    assert_int_equal(stop_params[1], 2);
    assert_int_equal(stop_params[3], 32);
    assert_int_equal(STOPS(ExFreePool(p)), 0xC2);
    assert_int_equal(stop_params[0], 9);
    assert_int_equal(stop_params[3], (uintptr_t)p);
    ExFreePool(n);
    v = ExAllocatePool2(NP, 32, TAG);
    border_kpcr[0x50] = 3;
    assert_int_equal(STOPS(ExAllocatePool2(NP, 32, TAG)), 0xC2);
    assert_int_equal(STOPS(ExFreePool(v)), 0xC2);
}

static void bad_frees_stop(void **state) /* EXE-733 .. EXE-737 */
{
    static const size_t sizes[] = {1, 16, 40, 100, 2000, 3000, 4072, 4073, 4096, 5000, 70000};
    uint8_t byte, *p;

    (void)state;
    assert_int_equal(STOPS(ExFreePool(NULL)), 0xC2);
    assert_int_equal(stop_params[0], 0x40);
    assert_int_equal(STOPS(ExFreePool((void *)(uintptr_t)0x20000)), 0xC2);
    assert_int_equal(stop_params[0], 0x40);
    assert_int_equal(STOPS(ExFreePool(&byte)), 0xC2);
    assert_int_equal(stop_params[0], 0x42);
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t bytes = sizes[i];

        p = ExAllocatePool2(NP, bytes, TAG);
        assert_int_equal(STOPS(ExFreePoolWithTag(p, 'looP')), 0xC2); /* EXE-734 */
        assert_int_equal(stop_params[0], 0xA);
        assert_int_equal(stop_params[1], (uintptr_t)p);
        assert_int_equal(stop_params[2], TAG);
        assert_int_equal(stop_params[3], 'looP');
        if (bytes >= 32) {
            assert_int_equal(STOPS(ExFreePoolWithTag(p + 16, TAG)), 0xC2); /* EXE-736 */
            assert_true(stop_params[0] == 0x46 || stop_params[0] == 0x99);
        }
        if (bytes % PAGE_SIZE) { /* EXE-737; an exact page has no room for a guard behind it */
            byte = p[bytes];
            p[bytes] = (uint8_t)~byte;
            assert_int_equal(STOPS(ExFreePoolWithTag(p, TAG)), 0x19);
            assert_int_equal(stop_params[0], 0x21);
            p[bytes] = byte;
        }
        if (bytes <= 4072) {
            byte = p[-15];
            p[-15] = (uint8_t)~byte;
            assert_int_equal(STOPS(ExFreePoolWithTag(p, TAG)), 0x19);
            assert_int_equal(stop_params[0], 0x20);
            p[-15] = byte;
        }
        ExFreePoolWithTag(p, TAG);
        assert_int_equal(STOPS(ExFreePoolWithTag(p, TAG)), 0xC2); /* EXE-733 */
        assert_int_equal(stop_params[0], 7);
        assert_int_equal(stop_params[3], (uintptr_t)p);
    }
}

static void old_routines_check_tag_and_type(void **state) /* EXE-233, EXE-735, EXE-739 */
{
    (void)state;
    assert_int_equal(STOPS(ExAllocatePoolWithTag(NonPagedPoolNx, 16, 0)), 0xC2);
    assert_int_equal(stop_params[0], 0x9B);
    assert_int_equal(STOPS(ExAllocatePoolWithTag(NonPagedPoolNx, 16, 'B' | 'I' << 8 | 'G' << 16)), 0xC2);
    assert_int_equal(stop_params[0], 0x9C);
    assert_int_equal(STOPS(ExAllocatePoolWithTag(NonPagedPoolNx, 16, '-.-.')), 0xC2);
    assert_int_equal(stop_params[0], 0x9D);
    assert_int_equal(STOPS(ExAllocatePoolWithTag(NonPagedPoolMustSucceed, 16, TAG)), 0xC2);
    assert_int_equal(stop_params[0], 0x9A);
    assert_int_equal(stop_params[3], TAG);
    ExFreePool(ExAllocatePoolWithTag(NonPagedPoolNx, 0, TAG));
    assert_int_equal(findings, 1);
    assert_null(ExAllocatePoolWithTag(PagedPool, UINT64_C(1) << 40, TAG));
    assert_int_equal(RAISES(ExAllocatePoolWithQuotaTag(PagedPool, UINT64_C(1) << 40, TAG)), STATUS_INSUFFICIENT_RESOURCES);
    assert_null(ExAllocatePoolWithQuotaTag(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, UINT64_C(1) << 40, TAG));
}

static void quota_blocks_say_so(void **state) /* EXE-238 */
{
    BOOLEAN charged;
    void *p = ExAllocatePoolWithQuotaTag(PagedPool, 100, TAG);

    (void)state;
    assert_int_equal(ExQueryPoolBlockSize(p, &charged), 100);
    assert_true(charged);
    ExFreePoolWithTag(p, TAG);
    p = ExAllocatePoolWithTag(PagedPool, 10000, TAG);
    assert_int_equal(ExQueryPoolBlockSize(p, &charged), 10000);
    assert_false(charged);
    ExFreePoolWithTag(p, TAG);
}

static void executable_pool_executes(void **state) /* EXE-233 */
{
    uint8_t *x = ExAllocatePoolWithTag(NonPagedPool, 64, TAG), *nx = ExAllocatePoolWithTag(NonPagedPoolNx, 64, TAG);
    uint8_t *big = ExAllocatePool2(POOL_FLAG_NON_PAGED_EXECUTE, 8192, TAG);

    (void)state;
    x[32] = 0xc3;
    ((void (*)(void))(uintptr_t)(x + 32))();
    assert_true(mem_accessible((uintptr_t)big, MEM_RWX));
    assert_false(mem_accessible((uintptr_t)nx, MEM_RX));
    ExFreePool(x), ExFreePool(nx), ExFreePool(big);
}

static void freed_memory_is_poisoned(void **state) /* EXE-239 */
{
    volatile uint8_t *p = ExAllocatePool2(NP, 200, TAG), *q = ExAllocatePool2(NP, 65536, TAG);

    (void)state;
    ExFreePool((void *)p);
    for (unsigned i = 0; i < 200; i++)
        assert_int_equal(p[i], 0xDD);
    ExFreePool((void *)q);
    assert_int_equal(q[0], 0xDD);
    assert_int_equal(q[65535], 0xDD);
}

struct leaks {
    unsigned blocks;
    uint64_t bytes, last;
};

static void leak(const struct mm_pool_block *block, void *ctx)
{
    struct leaks *leaks = ctx;

    leaks->blocks++;
    leaks->bytes += block->bytes;
    leaks->last = block->address;
    assert_int_equal(block->tag, TAG);
}

static void leaks_are_counted(void **state) /* EXE-242 */
{
    struct leaks leaks = {0};
    struct mm_pool_block block;
    uint8_t *a = ExAllocatePool2(NP, 100, TAG), *b = ExAllocatePool2(POOL_FLAG_PAGED, 9000, TAG);
    uint8_t *c = ExAllocatePool2(NP | POOL_FLAG_CACHE_ALIGNED, 300, TAG), *d = ExAllocatePool2(NP, 77, TAG);

    (void)state;
    ExFreePool(d);
    assert_int_equal(mm_pool_report(0, 0, leak, &leaks), 3);
    assert_int_equal(leaks.bytes, 9400);
    assert_int_equal(mm_pool_report(MEM_SYSTEM_LOW, MEM_SYSTEM_LOW + 0x100000, leak, &leaks), 0); /* ours, not a driver's */
    assert_int_equal(mm_pool_count(TAG).bytes, 9400);
    assert_int_equal(mm_pool_count('othr').blocks, 0);
    assert_true(mm_pool_find((uintptr_t)b + 8999, &block));
    assert_int_equal(block.address, (uintptr_t)b);
    assert_true(block.paged && !block.freed);
    assert_true(mm_pool_find((uintptr_t)c + 20, &block));
    assert_int_equal(block.address, (uintptr_t)c);
    assert_int_equal(block.bytes, 300);
    assert_true(mm_pool_find((uintptr_t)d + 20, &block));
    assert_true(block.freed);
    assert_false(mm_pool_find(0, &block));
    ExFreePool(a), ExFreePool(b), ExFreePool(c);
    assert_int_equal(mm_pool_report(0, 0, leak, &leaks), 0);
}

static void memory_goes_back(void **state)
{
    static void *p[20000];

    (void)state;
    for (unsigned turn = 0; turn < 12; turn++) { /* 12 x 240 MB in a machine of 1 GB */
        for (unsigned i = 0; i < 20000; i++)
            assert_non_null(p[i] = ExAllocatePool2(NP, 12000, TAG));
        for (unsigned i = 0; i < 20000; i++)
            ExFreePool(p[i]);
        for (unsigned i = 0; i < 20000; i++)
            assert_non_null(p[i] = ExAllocatePool2(NP, 3000, TAG));
        for (unsigned i = 0; i < 20000; i++)
            ExFreePool(p[i]);
    }
}

static void failure_leaves_nothing_behind(void **state) /* EXE-241 */
{
    void **list = NULL;
    unsigned count = 0;

    (void)state;
    for (void **p; (p = ExAllocatePool2(NP, 1 << 20, TAG)) != NULL; count++) {
        *p = list;
        list = p;
    }
    assert_true(count > 900);
    assert_int_equal(mm_pool_count(0).blocks, count);
    while (list) {
        void **next = *list;

        ExFreePool(list);
        list = next;
    }
    ExFreePool(ExAllocatePool2(NP, 1 << 20, TAG));
}

static void *worker(void *seed)
{
    void *p[256] = {NULL};
    unsigned random = (unsigned)(uintptr_t)seed;

    border_thread();
    for (unsigned turn = 0; turn < 100000; turn++) {
        unsigned i = (random = random * 1103515245 + 12345) >> 16 & 255;
        size_t bytes = 1 + (random >> 8) % (turn % 64 == 0 ? 20000 : 900);

        if (p[i]) {
            if (((uint8_t *)p[i])[0] != (uint8_t)i)
                abort();
            ExFreePoolWithTag(p[i], TAG);
        }
        p[i] = ExAllocatePool2(turn & 1 ? NP : POOL_FLAG_PAGED, bytes, TAG);
        ((uint8_t *)p[i])[0] = (uint8_t)i;
        ((uint8_t *)p[i])[bytes - 1] = (uint8_t)i;
        if (bytes > 1 && ((uint8_t *)p[i])[bytes / 2] != (bytes / 2 == bytes - 1 ? (uint8_t)i : 0))
            abort();
    }
    for (unsigned i = 0; i < 256; i++)
        if (p[i])
            ExFreePoolWithTag(p[i], TAG);
    mm_thread_stop();
    return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
    pthread_t thread[4];

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, worker, (void *)(uintptr_t)(i + 1)), 0);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(mm_pool_count(0).blocks, 0);
}

static void hooks_fill_and_fault(void **state) /* EXE-233, EXE-239 */
{
    uint8_t *p;

    (void)state;
    ddi_hooks = DDI_HOOK_VERIFY;
    p = ExAllocatePoolWithTag(NonPagedPoolNx, 100, TAG);
    assert_int_equal(p[0], 0xCD);
    assert_int_equal(p[99], 0xCD);
    ExFreePool(p);
    p = ExAllocatePoolWithTag(NonPagedPoolNx, 65536, TAG);
    assert_int_equal(p[65535], 0xCD);
    ExFreePool(p);
    assert_false(mem_accessible((uintptr_t)p, MEM_R));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(blocks_are_aligned_zeroed_and_within_a_page), T(bad_requests_of_pool2_fail), T(irql_is_checked), T(bad_frees_stop),
        T(old_routines_check_tag_and_type), T(quota_blocks_say_so), T(executable_pool_executes), T(freed_memory_is_poisoned),
        T(leaks_are_counted), T(memory_goes_back), T(failure_leaves_nothing_behind), T(threads_do_not_disturb_each_other),
        T(hooks_fill_and_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
