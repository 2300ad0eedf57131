/* src/memory: physical pages, their windows, and what mem_find says of an address. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/err.h"
#include "host/host.h"
#include "memory/mem.h"

static sigjmp_buf fault_jump;

static void on_fault(int sig)
{
    (void)sig;
    siglongjmp(fault_jump, 1);
}

/* Does a read (or a write) of the byte fault? */
static bool faults(volatile uint8_t *at, bool write)
{
    struct sigaction act = {.sa_handler = on_fault, .sa_flags = SA_NODEFER}, old_segv, old_bus;
    volatile bool faulted = true;

    sigaction(SIGSEGV, &act, &old_segv);
    sigaction(SIGBUS, &act, &old_bus);
    if (sigsetjmp(fault_jump, 1) == 0) {
        uint8_t byte = *at;

        if (write)
            *at = byte;
        faulted = false;
    }
    sigaction(SIGSEGV, &old_segv, NULL);
    sigaction(SIGBUS, &old_bus, NULL);
    return faulted;
}

/* ThreadSanitizer keeps shadow memory of its own for every address that is touched. */
static long rss_kib(void)
{
#ifdef MEM_LOW_WINDOWS
    return 0;
#endif
    FILE *f = fopen("/proc/self/statm", "r");
    long size, resident;

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld %ld", &size, &resident), 2);
    fclose(f);
    return resident * 4;
}

static int start(void **state)
{
    (void)state;
    return mem_start(UINT64_C(1) << 30);
}

static int stop(void **state)
{
    (void)state;
    mem_stop();
    return 0;
}

static void pages_are_zero_and_have_pfns(void **state)
{
    uint8_t *a = mem_alloc(3, MEM_POOL, state);

    assert_true((uintptr_t)a >= MEM_SYSTEM_LOW && (uintptr_t)a % MEM_PAGE == 0);
    for (unsigned i = 0; i < 3 * MEM_PAGE; i++)
        assert_int_equal(a[i], 0);
    memset(a, 0x5a, 3 * MEM_PAGE);
    assert_int_equal(mem_pfn(a + MEM_PAGE), mem_pfn(a) + 1); /* EXE-260: contiguous */
    assert_true(mem_pfn(a) >= MEM_PFN_FIRST);
    assert_ptr_equal(mem_of_pfn(mem_pfn(a)), a);
    mem_free(a, 3);
}

static void untouched_memory_costs_nothing(void **state)
{
    void *a[512];
    long before;

    (void)state;
    before = rss_kib();
    for (unsigned i = 0; i < 512; i++)
        assert_non_null(a[i] = mem_alloc(16, MEM_POOL, NULL)); /* 64 KB each, 32 MB together */
    assert_true(rss_kib() - before < 1024);
    for (unsigned i = 0; i < 512; i++)
        mem_free(a[i], 16);
}

static void a_freed_page_faults_and_is_named(void **state)
{
    uint8_t *a = mem_alloc(4, MEM_POOL, state), *b = mem_alloc(4, MEM_IMAGE, &a);
    struct mem_range r;

    a[5] = 1;
    r = mem_find((uintptr_t)b + 3 * MEM_PAGE + 7);
    assert_int_equal(r.kind, MEM_IMAGE);
    assert_int_equal(r.base, (uintptr_t)b);
    assert_int_equal(r.bytes, 4 * MEM_PAGE);
    assert_ptr_equal(r.owner, &a);
    mem_free(a, 4);
    assert_true(faults(a + 5, false));
    r = mem_find((uintptr_t)a);
    assert_int_equal(r.kind, MEM_FREE);
    assert_true(r.was_freed);
    assert_false(mem_accessible((uintptr_t)a, MEM_R));
    assert_int_equal(mem_pfn(a), 0);
    assert_ptr_not_equal(mem_alloc(4, MEM_POOL, NULL), a); /* quarantined */
    mem_free(b, 4);
    assert_false(mem_find((uintptr_t)&r).was_freed); /* the host's own memory */
    assert_int_equal(mem_find(0).kind, MEM_FREE);
}

static void recycled_pages_read_zero(void **state)
{
    size_t total = mem_pages_total();
    void *all;

    (void)state;
    for (unsigned turn = 0; turn < 64; turn++) { /* more than there is, so that everything is used again */
        uint8_t *a = mem_alloc(total / 8, MEM_POOL, NULL);

        assert_non_null(a);
        for (size_t i = 0; i < total / 8; i += 97) {
            assert_int_equal(a[i * MEM_PAGE], 0);
            a[i * MEM_PAGE] = 1;
        }
        mem_free(a, total / 8);
    }
    assert_null(mem_alloc(total + 1, MEM_POOL, NULL));
    all = mem_alloc(total / 2, MEM_POOL, NULL);
    assert_non_null(all);
    assert_null(mem_alloc(total / 2 + 1, MEM_POOL, NULL));
    mem_free(all, total / 2);
}

static void random_allocations_never_overlap(void **state)
{
    static struct { uint8_t *at; unsigned pages; uint8_t mark; } slot[300];

    (void)state;
    srand(7);
    memset(slot, 0, sizeof(slot));
    for (unsigned turn = 0; turn < 6000; turn++) {
        unsigned i = (unsigned)rand() % 300;

        if (slot[i].at) {
            for (unsigned p = 0; p < slot[i].pages; p++)
                assert_int_equal(slot[i].at[p * MEM_PAGE], slot[i].mark);
            mem_free(slot[i].at, slot[i].pages);
            slot[i].at = NULL;
            continue;
        }
        slot[i].pages = 1 + (unsigned)rand() % 200;
        slot[i].mark = (uint8_t)(1 + rand() % 255);
        slot[i].at = mem_alloc(slot[i].pages, MEM_POOL, NULL);
        assert_non_null(slot[i].at);
        for (unsigned p = 0; p < slot[i].pages; p++) {
            assert_int_equal(slot[i].at[p * MEM_PAGE], 0);
            slot[i].at[p * MEM_PAGE] = slot[i].mark;
        }
    }
    for (unsigned i = 0; i < 300; i++)
        if (slot[i].at)
            mem_free(slot[i].at, slot[i].pages);
}

static void a_stack_has_a_guard(void **state)
{
    uint8_t *stack = mem_alloc_guarded(6, MEM_STACK, state);

    stack[0] = stack[6 * MEM_PAGE - 1] = 1;
    assert_true(faults(stack - 1, true));
    assert_int_equal(mem_find((uintptr_t)stack - 1).kind, MEM_STACK_GUARD);
    assert_ptr_equal(mem_find((uintptr_t)stack - 1).owner, state);
    assert_int_equal(mem_find((uintptr_t)stack).kind, MEM_STACK);
    assert_int_equal(mem_find((uintptr_t)stack).base, (uintptr_t)stack);
    mem_free_guarded(stack, 6);
    assert_true(faults(stack, false));
}

static void protection_is_real(void **state)
{
    uint8_t *a = mem_alloc(2, MEM_IMAGE, NULL);

    (void)state;
    a[64] = 0xc3; /* ret; not at the start: UBSan looks for a type in front of a function */
    assert_int_equal(mem_protect(a, 1, MEM_RX), 0);
    ((void (*)(void))(uintptr_t)(a + 64))();
    assert_true(faults(a, true));
    assert_false(mem_accessible((uintptr_t)a, MEM_RW));
    assert_true(mem_accessible((uintptr_t)a, MEM_RX));
    assert_true(mem_accessible((uintptr_t)a + MEM_PAGE, MEM_RW));
    mem_free(a, 2);
}

static void aliases_are_coherent_in_any_order(void **state)
{
    volatile uint8_t *a = mem_alloc(2, MEM_POOL, NULL), *ring;
    uint64_t pfns[4];

    (void)state;
    pfns[0] = pfns[2] = mem_pfn((void *)(a + MEM_PAGE));
    pfns[1] = pfns[3] = mem_pfn((void *)a);
    ring = mem_map_alias(pfns, 4, MEM_RW); /* EXE-253: repeats, any order */
    assert_non_null(ring);
    a[0] = 1;
    a[MEM_PAGE] = 2;
    assert_int_equal(ring[0], 2);
    assert_int_equal(ring[MEM_PAGE], 1);
    ring[2 * MEM_PAGE] = 3;
    assert_int_equal(ring[0], 3);
    assert_int_equal(a[MEM_PAGE], 3);
    assert_int_equal(mem_pfn((void *)(ring + MEM_PAGE)), mem_pfn((void *)a));
    assert_int_equal(mem_find((uintptr_t)ring + 5).kind, MEM_ALIAS);
    assert_int_equal(mem_find((uintptr_t)ring + 3 * MEM_PAGE).bytes, 4 * MEM_PAGE);
    mem_unmap_alias((void *)ring, 4);
    assert_true(faults(ring, false)); /* EXE-254 */
    assert_true(mem_find((uintptr_t)ring).was_freed);
    mem_free((void *)a, 2);
}

static void a_locked_page_outlives_its_address(void **state)
{
    uint8_t *user = mem_user_alloc(0, 2, MEM_RW), *view;
    uint64_t pfn = mem_pfn(user);

    (void)state;
    assert_true((uintptr_t)user >= MEM_USER_LOW && (uintptr_t)user < MEM_USER_PROBE);
    assert_int_equal(mem_find((uintptr_t)user).kind, MEM_USER);
    user[1] = 77;
    mem_page_ref(pfn);
    mem_user_free(user, 2);
    assert_true(faults(user, false));
    view = mem_map_alias(&pfn, 1, MEM_R); /* EXE-250: valid although the application unmapped it */
    assert_int_equal(view[1], 77);
    assert_true(faults(view, true));
    mem_unmap_alias(view, 1);
    assert_int_equal(mem_page_refs(pfn), 1);
    mem_page_unref(pfn);
    assert_int_equal(mem_page_refs(pfn), 0);
    assert_true(faults(mem_of_pfn(pfn), false));
}

static void user_memory_at_an_address(void **state)
{
    void *at = (void *)(uintptr_t)(MEM_USER_LOW + 0x100000), *pool = mem_alloc(1, MEM_POOL, NULL);
    uint64_t pfn = mem_pfn(pool);

    (void)state;
    assert_ptr_equal(mem_user_alloc((uintptr_t)at, 4, MEM_RW), at);
    assert_null(mem_user_alloc((uintptr_t)at + MEM_PAGE, 1, MEM_RW));
    assert_null(mem_user_alloc((uintptr_t)at + 1, 1, MEM_RW));
    assert_ptr_equal(mem_user_map((uintptr_t)at - MEM_PAGE, &pfn, 1, MEM_RW), (uint8_t *)at - MEM_PAGE);
    ((uint8_t *)at)[-1] = 9;
    assert_int_equal(((uint8_t *)pool)[MEM_PAGE - 1], 9);
    mem_user_free((uint8_t *)at - MEM_PAGE, 1);
    assert_int_equal(((uint8_t *)pool)[MEM_PAGE - 1], 9);
    mem_user_free(at, 4);
    mem_free(pool, 1);
}

static void contiguous_limits_hold(void **state)
{
    uint64_t low = MEM_PFN_FIRST, high = MEM_PFN_FIRST + 0x7fff;
    uint8_t *filler = mem_alloc(0x7000, MEM_POOL, NULL), *a, *b;

    (void)state;
    a = mem_alloc_within(8, MEM_PAGES, NULL, low, high, 16);
    assert_non_null(a);
    assert_int_equal(mem_pfn(a) / 16, (mem_pfn(a) + 7) / 16);
    assert_true(mem_pfn(a) + 7 <= high);
    b = mem_alloc_within(0x2000, MEM_PAGES, NULL, low, high, 0);
    assert_null(b);
    b = mem_alloc_within(8, MEM_PAGES, NULL, MEM_PFN_FIRST + 0x10000, UINT64_MAX / 2, 0);
    assert_true(mem_pfn(b) >= MEM_PFN_FIRST + 0x10000);
    assert_null(mem_alloc_within(17, MEM_PAGES, NULL, low, high, 16));
    mem_free(a, 8);
    mem_free(b, 8);
    mem_free(filler, 0x7000);
}

static int refuse(uint64_t at, uint64_t bytes, int fd, uint64_t offset, unsigned prot)
{
    (void)at, (void)bytes, (void)fd, (void)offset, (void)prot;
    return -WK_ENOMEM;
}

static void a_refusing_host_gives_null(void **state)
{
    void *a = mem_alloc(1, MEM_POOL, NULL);
    uint64_t pfn = mem_pfn(a);
    struct host_ops saved = host;

    (void)state;
    host.map_fd = refuse;
    assert_null(mem_map_alias(&pfn, 1, MEM_RW));
    assert_null(mem_user_alloc(0, 1, MEM_RW));
    host = saved;
    a = mem_map_alias(&pfn, 1, MEM_RW);
    assert_non_null(a);
    mem_unmap_alias(a, 1);
}

static void tables_are_zero_and_sparse(void **state)
{
    long before = rss_kib();
    uint8_t *table = mem_table(UINT64_C(1) << 30);

    (void)state;
    assert_non_null(table);
    assert_int_equal(table[12345678], 0);
    assert_true(rss_kib() - before < 1024);
    assert_int_equal(mem_find((uintptr_t)table).kind, MEM_FREE);
}

static void bad_sizes_are_refused(void **state)
{
    (void)state;
    assert_int_equal(mem_start(0), -WK_EINVAL);
    assert_int_equal(mem_start(UINT64_MAX), -WK_EINVAL);
    assert_int_equal(mem_start(UINT64_C(16) << 30), 0);
    mem_stop();
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(pages_are_zero_and_have_pfns), T(untouched_memory_costs_nothing), T(a_freed_page_faults_and_is_named),
        T(recycled_pages_read_zero), T(random_allocations_never_overlap), T(a_stack_has_a_guard), T(protection_is_real),
        T(aliases_are_coherent_in_any_order), T(a_locked_page_outlives_its_address), T(user_memory_at_an_address),
        T(contiguous_limits_hold), T(a_refusing_host_gives_null), T(tables_are_zero_and_sparse),
        cmocka_unit_test(bad_sizes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
