/* src/nt/ex: lists, lookaside lists, rundown protection, locks, work items, from several threads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include "border.h"
#include "memory/mem.h"
#include "nt/ex/ex.h"
#include "nt/mm/mm.h"
#include "nt/mm/mm.h"

#define TAG 'tseT'
#define THREADS 4

static int start(void **state)
{
    (void)state;
    border_thread(0);
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

static pthread_t threads[THREADS];

static void run_threads(void *(*fn)(void *))
{
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fn, (void *)i), 0);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

/* ---- EXE-070 ---- */
static void slist_is_last_in_first_out(void **state)
{
    SLIST_HEADER head;
    SLIST_ENTRY e[3];

    (void)state;
    InitializeSListHead(&head);
    assert_null(ExpInterlockedPopEntrySList(&head));
    assert_null(ExpInterlockedPushEntrySList(&head, &e[0]));
    assert_ptr_equal(ExpInterlockedPushEntrySList(&head, &e[1]), &e[0]);
    assert_ptr_equal(ExpInterlockedPushEntrySList(&head, &e[2]), &e[1]);
    assert_int_equal(ExQueryDepthSList(&head), 3);
    assert_ptr_equal(FirstEntrySList(&head), &e[2]);
    assert_ptr_equal(ExpInterlockedPopEntrySList(&head), &e[2]);
    assert_ptr_equal(ExpInterlockedFlushSList(&head), &e[1]);
    assert_ptr_equal(e[1].Next, &e[0]);
    assert_int_equal(ExQueryDepthSList(&head), 0);
    assert_null(ExpInterlockedFlushSList(&head));
    e[2].Next = &e[1], e[1].Next = &e[0];
    assert_null(InterlockedPushListSList(&head, &e[2], &e[0], 3));
    assert_int_equal(head.HeaderX64.Depth, 3);
    assert_int_equal(RAISES(ExpInterlockedPushEntrySList(&head, (PSLIST_ENTRY)((char *)&e[0] + 8))), STATUS_DATATYPE_MISALIGNMENT);
}

static SLIST_HEADER shared_list;
static SLIST_ENTRY shared_entries[64];

static void *slist_worker(void *arg)
{
    (void)arg;
    border_thread(0);
    for (unsigned turn = 0; turn < 200000; turn++) {
        PSLIST_ENTRY a = ExpInterlockedPopEntrySList(&shared_list), b = ExpInterlockedPopEntrySList(&shared_list);

        if (a)
            ExpInterlockedPushEntrySList(&shared_list, a);
        if (b)
            ExpInterlockedPushEntrySList(&shared_list, b);
    }
    return NULL;
}

static void slist_loses_nothing(void **state)
{
    unsigned count = 0;

    (void)state;
    InitializeSListHead(&shared_list);
    for (unsigned i = 0; i < 64; i++)
        ExpInterlockedPushEntrySList(&shared_list, &shared_entries[i]);
    run_threads(slist_worker);
    assert_int_equal(ExQueryDepthSList(&shared_list), 64);
    while (ExpInterlockedPopEntrySList(&shared_list))
        count++;
    assert_int_equal(count, 64);
}

/* ---- EXE-243, EXE-244 ---- */
static void lookaside_lists(void **state)
{
    NPAGED_LOOKASIDE_LIST n;
    LOOKASIDE_LIST_EX x;
    PVOID a, b;

    (void)state;
    ExInitializeNPagedLookasideList(&n, NULL, NULL, POOL_NX_ALLOCATION, 100, TAG, 0);
    a = ExAllocateFromNPagedLookasideList(&n);
    b = ExAllocateFromNPagedLookasideList(&n);
    assert_int_equal(n.L.AllocateMisses, 2);
    ExFreeToNPagedLookasideList(&n, a);
    assert_ptr_equal(ExAllocateFromNPagedLookasideList(&n), a);
    ExFreeToNPagedLookasideList(&n, a);
    ExFreeToNPagedLookasideList(&n, b);
    assert_int_equal(mm_pool_count(TAG).blocks, 2);
    ExDeleteNPagedLookasideList(&n);
    assert_int_equal(mm_pool_count(0).blocks, 0);
    assert_int_equal(findings, 0);
    ExDeleteNPagedLookasideList(&n); /* EXE-740 */
    assert_int_equal(findings, 1);

    assert_int_equal(ExInitializeLookasideListEx(&x, NULL, NULL, NonPagedPoolMustSucceed, 0, 64, TAG, 0), STATUS_INVALID_PARAMETER_4);
    assert_int_equal(ExInitializeLookasideListEx(&x, NULL, NULL, NonPagedPoolNx, 8, 64, TAG, 0), STATUS_INVALID_PARAMETER_5);
    assert_int_equal(ExInitializeLookasideListEx(&x, NULL, NULL, NonPagedPoolNx, 0, 64, TAG, 0), STATUS_SUCCESS);
    a = ExAllocateFromLookasideListEx(&x);
    ExFreeToLookasideListEx(&x, a);
    assert_ptr_equal(ExAllocateFromLookasideListEx(&x), a);
    ExFreeToLookasideListEx(&x, a);
    ExFlushLookasideListEx(&x);
    assert_int_equal(mm_pool_count(0).blocks, 0);
    assert_int_equal(ex_find_leftovers((uintptr_t)&x, (uintptr_t)(&x + 1)), 1);
    assert_int_equal(findings, 2);
}

/* ---- EXE-181, EXE-182 ---- */
static EX_RUNDOWN_REF rundown;
static PEX_RUNDOWN_REF_CACHE_AWARE aware;
static unsigned held, used;
static bool closed;

static void *rundown_worker(void *arg)
{
    border_thread((unsigned)(uintptr_t)arg);
    for (unsigned turn = 0; turn < 1000000; turn++) {
        bool in = aware ? ExAcquireRundownProtectionCacheAware(aware) : ExAcquireRundownProtection(&rundown);

        if (!in)
            break;
        if (__atomic_load_n(&closed, __ATOMIC_SEQ_CST))
            abort();
        __atomic_fetch_add(&used, 1, __ATOMIC_SEQ_CST);
        if (aware) {
            unsigned other = turn % THREADS; /* let go on another processor */

            memcpy(border_kpcr + 0x1a4, &other, 4);
            ExReleaseRundownProtectionCacheAware(aware);
        } else {
            ExReleaseRundownProtection(&rundown);
        }
    }
    return NULL;
}

static void run_down(void)
{
    used = 0;
    closed = false;
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, rundown_worker, (void *)i), 0);
    while (__atomic_load_n(&used, __ATOMIC_SEQ_CST) < 10000)
        nap();
    if (aware)
        ExWaitForRundownProtectionReleaseCacheAware(aware);
    else
        ExWaitForRundownProtectionRelease(&rundown);
    __atomic_store_n(&closed, true, __ATOMIC_SEQ_CST);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void rundown_waits_for_all(void **state)
{
    (void)state;
    (void)held;
    memset(&rundown, 0, sizeof(rundown)); /* usable when zeroed */
    for (unsigned turn = 0; turn < 5; turn++) {
        run_down();
        assert_false(ExAcquireRundownProtection(&rundown));
        ExWaitForRundownProtectionRelease(&rundown); /* again: at once */
        ExReInitializeRundownProtection(&rundown);
    }
    assert_true(ExAcquireRundownProtectionEx(&rundown, 5));
    assert_int_equal(rundown.Count, 10);
    ExReleaseRundownProtectionEx(&rundown, 5);
    assert_int_equal(findings, 0);
    ExReleaseRundownProtection(&rundown);
    assert_int_equal(findings, 1);
}

static void cache_aware_rundown(void **state)
{
    (void)state;
    aware = ExAllocateCacheAwareRundownProtection(NonPagedPoolNx, TAG);
    assert_non_null(aware);
    for (unsigned turn = 0; turn < 5; turn++) {
        run_down();
        assert_false(ExAcquireRundownProtectionCacheAware(aware));
        ExReInitializeRundownProtectionCacheAware(aware);
    }
    ExFreeCacheAwareRundownProtection(aware);
    aware = NULL;
    assert_int_equal(mm_pool_count(0).blocks, 0);
    assert_int_equal(findings, 0);
}

/* ---- EXE-177, EXE-178, EXE-179, EXE-180: each keeps the same counters right ---- */
static FAST_MUTEX mutex;
static EX_PUSH_LOCK push_lock;
static ERESOURCE resource;
static unsigned plain, readers;
static int kind;

static void lock_exclusive(void)
{
    KeEnterCriticalRegion();
    switch (kind) {
    case 0: ExAcquireFastMutex(&mutex); break;
    case 1: KeAcquireGuardedMutex(&mutex); break;
    case 2: ExAcquirePushLockExclusive(&push_lock); break;
    default: ExAcquireResourceExclusiveLite(&resource, TRUE); break;
    }
}

static void unlock_exclusive(void)
{
    switch (kind) {
    case 0: ExReleaseFastMutex(&mutex); break;
    case 1: KeReleaseGuardedMutex(&mutex); break;
    case 2: ExReleasePushLockExclusive(&push_lock); break;
    default: ExReleaseResourceLite(&resource); break;
    }
    KeLeaveCriticalRegion();
}

static void *lock_worker(void *arg)
{
    unsigned random = (unsigned)(uintptr_t)arg;

    border_thread((unsigned)(uintptr_t)arg);
    border_kpcr[0x50] = 0;
    for (unsigned turn = 0; turn < 3000; turn++) {
        random = random * 1103515245 + 12345;
        if (kind >= 2 && random >> 16 & 1) {
            unsigned before;

            KeEnterCriticalRegion();
            if (kind == 2)
                ExAcquirePushLockShared(&push_lock);
            else if (random >> 17 & 1)
                ExAcquireResourceSharedLite(&resource, TRUE);
            else
                ExAcquireSharedWaitForExclusive(&resource, TRUE);
            before = plain;
            __atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
            sched_yield();
            if (before != plain)
                abort();
            __atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
            if (kind == 2)
                ExReleasePushLockShared(&push_lock);
            else
                ExReleaseResourceLite(&resource);
            KeLeaveCriticalRegion();
            continue;
        }
        lock_exclusive();
        if (__atomic_load_n(&readers, __ATOMIC_SEQ_CST))
            abort();
        plain++;
        if (turn % 16 == 0)
            sched_yield();
        unlock_exclusive();
    }
    if (border_kpcr[0x50] || border_regions)
        abort();
    return NULL;
}

static void locks_exclude(void **state)
{
    (void)state;
    for (kind = 0; kind < 4; kind++) {
        plain = 0;
        if (kind < 2)
            ExInitializeFastMutex(&mutex);
        push_lock = 0;
        if (kind == 3)
            assert_int_equal(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
        run_threads(lock_worker);
        if (kind < 2)
            assert_int_equal(plain, THREADS * 3000);
        if (kind < 2)
            assert_int_equal(mutex.Count, 1);
        assert_int_equal(push_lock, 0);
    }
    assert_int_equal(resource.ActiveEntries, 0);
    ExDeleteResourceLite(&resource);
    assert_int_equal(findings, 0);
    assert_int_equal(mm_pool_count(0).blocks, 0);
}

static void locks_are_misused(void **state) /* EXE-741, EXE-742, EXE-743 */
{
    (void)state;
    ExInitializeFastMutex(&mutex);
    ExAcquireFastMutex(&mutex);
    assert_int_equal(border_kpcr[0x50], 1);
    assert_false(ExTryToAcquireFastMutex(&mutex));
    assert_int_equal(STOPS(ExAcquireFastMutex(&mutex)), 0x162);
    ExReleaseFastMutex(&mutex);
    assert_int_equal(border_kpcr[0x50], 0);
    assert_int_equal(STOPS(ExReleaseFastMutex(&mutex)), 0x162);
    border_kpcr[0x50] = 2;
    assert_int_equal(STOPS(ExAcquirePushLockExclusive(&push_lock)), 0x192);
    assert_int_equal(stop_params[2], 2);
    assert_int_equal(STOPS(ExAcquireResourceSharedLite(&resource, TRUE)), 0x192);
    assert_int_equal(STOPS(ExAcquireFastMutex(&mutex)), 0x192);
    border_kpcr[0x50] = 0;
    findings = 0;
    push_lock = 0;
    ExAcquirePushLockExclusive(&push_lock); /* APCs enabled */
    assert_int_equal(findings, 1);
    KeEnterCriticalRegion();
    assert_int_equal(STOPS(ExAcquirePushLockExclusive(&push_lock)), 0x162);
    assert_int_equal(STOPS(ExReleasePushLockShared(&push_lock)), 0x162);
    ExReleasePushLockExclusive(&push_lock);
    ExAcquirePushLockShared(&push_lock);
    assert_true(ExTryConvertPushLockSharedToExclusive(&push_lock));
    ExReleasePushLockExclusive(&push_lock);
    assert_int_equal(push_lock, 0);
    ExInitializeResourceLite(&resource);
    assert_int_equal(STOPS(ExReleaseResourceLite(&resource)), 0xE3);
    assert_int_equal(stop_params[0], (uintptr_t)&resource);
    ExDeleteResourceLite(&resource);
    assert_int_equal(findings, 1);
}

static void *other_thread(void *arg)
{
    BOOLEAN *got = arg;

    border_thread(1);
    KeEnterCriticalRegion();
    got[0] = ExAcquireResourceSharedLite(&resource, FALSE);
    got[1] = ExAcquireResourceExclusiveLite(&resource, FALSE);
    return NULL;
}

static void resource_rules(void **state) /* EXE-180 */
{
    BOOLEAN got[2];

    (void)state;
    KeEnterCriticalRegion();
    ExInitializeResourceLite(&resource);
    assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE));
    assert_true(ExAcquireResourceExclusiveLite(&resource, TRUE)); /* recursive, also shared */
    assert_true(ExAcquireResourceSharedLite(&resource, FALSE));
    assert_int_equal(ExIsResourceAcquiredSharedLite(&resource), 3);
    assert_true(ExIsResourceAcquiredExclusiveLite(&resource));
    pthread_create(&threads[0], NULL, other_thread, got);
    pthread_join(threads[0], NULL);
    assert_false(got[0] || got[1]);
    ExReleaseResourceLite(&resource);
    ExReleaseResourceLite(&resource);
    ExConvertExclusiveToSharedLite(&resource);
    pthread_create(&threads[0], NULL, other_thread, got);
    pthread_join(threads[0], NULL);
    assert_true(got[0] && !got[1]);
    assert_false(ExIsResourceAcquiredExclusiveLite(&resource));
    ExReleaseResourceLite(&resource);
    assert_int_equal(findings, 0);
    ExDeleteResourceLite(&resource); /* the other thread never let go */
    assert_int_equal(findings, 1);
}

/* ---- EXE-188 ---- */
static unsigned started_threads;

static void *work_thread(void *arg)
{
    VOID(NTAPI * *start)(PVOID) = arg;
    VOID(NTAPI * routine)(PVOID) = *start;

    free(arg);
    border_thread(0);
    border_kpcr[0x50] = 0;
    routine(NULL);
    mm_thread_stop();
    return NULL;
}

static NTSTATUS create_thread(VOID(NTAPI *routine)(PVOID), PVOID context)
{
    VOID(NTAPI * *start)(PVOID) = malloc(sizeof(*start));
    pthread_t thread;

    (void)context;
    *start = routine;
    if (pthread_create(&thread, NULL, work_thread, start))
        return STATUS_INSUFFICIENT_RESOURCES;
    pthread_detach(thread);
    __atomic_fetch_add(&started_threads, 1, __ATOMIC_SEQ_CST);
    return STATUS_SUCCESS;
}

static KEVENT gate;
static unsigned done;

static VOID NTAPI blocks(PVOID context)
{
    (void)context;
    KeWaitForSingleObject(&gate, Executive, KernelMode, FALSE, NULL);
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
}

static VOID NTAPI frees_itself(PVOID context)
{
    ExFreePoolWithTag(context, TAG);
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
}

static void freed_check(uint64_t low, uint64_t high)
{
    assert_true(high > low);
    guest_bugcheck(0xE4, 2, low, 0, 0, "as ex_check_freed would");
}

static void blocked_workers_do_not_starve(void **state)
{
    static WORK_QUEUE_ITEM items[20];
    PWORK_QUEUE_ITEM own;

    (void)state;
    done = 0;
    assert_int_equal(ex_start(create_thread), 0);
    KeInitializeEvent(&gate, NotificationEvent, FALSE);
    for (unsigned i = 0; i < 20; i++) {
        ExInitializeWorkItem(&items[i], blocks, NULL);
        ExQueueWorkItem(&items[i], DelayedWorkQueue);
    }
    for (unsigned i = 0; i < 50; i++) {
        own = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*own), TAG);
        ExInitializeWorkItem(own, frees_itself, own);
        ExQueueWorkItem(own, i & 1 ? CriticalWorkQueue : DelayedWorkQueue);
    }
    for (unsigned i = 0; i < 5000 && __atomic_load_n(&done, __ATOMIC_SEQ_CST) < 50; i++)
        nap();
    assert_int_equal(done, 50); /* while 20 are blocked */
    own = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*own), TAG); /* EXE-765: freed while it is queued */
    ExInitializeWorkItem(own, blocks, NULL);
    mm_add_freed_check(freed_check);
    mm_watch(own, 1);
    assert_int_equal(STOPS(ExFreePool(own)), 0xE4);
    mm_watch(own, -1);
    ExFreePool(own);
    KeSetEvent(&gate, 0, FALSE);
    for (unsigned i = 0; i < 5000 && ex_work_pending(); i++)
        nap();
    assert_int_equal(done, 70);
    items[0].List.Flink = &items[0].List; /* as if it were queued: EXE-765 */
    assert_int_equal(STOPS(ExQueueWorkItem(&items[0], DelayedWorkQueue)), 0xE4);
    assert_int_equal(stop_params[0], 1);
    ExInitializeWorkItem(&items[0], NULL, NULL);
    assert_int_equal(STOPS(ExQueueWorkItem(&items[0], DelayedWorkQueue)), 0xE4);
    ex_stop();
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(slist_is_last_in_first_out), T(slist_loses_nothing), T(lookaside_lists), T(rundown_waits_for_all), T(cache_aware_rundown),
        T(locks_exclude), T(locks_are_misused), T(resource_rules), T(blocked_workers_do_not_starve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
