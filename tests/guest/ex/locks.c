/* Fast and guarded mutexes, push locks, resources, rundown protection (EXE-177 .. EXE-182, EXE-741 .. EXE-743). */
#include "wkt.h"

static volatile LONG counter, inside, turns;

static void enter(void)
{
    if (InterlockedIncrement(&inside) != 1)
        CHECK(!"two threads hold the lock");
    counter++;
    InterlockedDecrement(&inside);
}

static void run_three(wkt_thread_fn *fn, void *lock)
{
    struct wkt_thread *t[3];

    counter = inside = 0;
    for (ULONG i = 0; i < 3; i++)
        t[i] = wkt_thread(fn, lock);
    for (ULONG i = 0; i < 3; i++)
        CHECK(wkt_join(t[i]));
}

static void with_fast_mutex(void *lock)
{
    for (ULONG i = 0; i < 2000; i++) {
        ExAcquireFastMutex(lock);
        enter();
        ExReleaseFastMutex(lock);
    }
}

TEST_ROWS("EXE-177 EXE-I16 EXE-L29", fast_mutex)
{
    PFAST_MUTEX m = wkt_alloc(sizeof(*m));

    CHECK_EQ(sizeof(*m), 0x38);
    ExInitializeFastMutex(m);
    CHECK_EQ(m->Count, 1);
    ExAcquireFastMutex(m);
    CHECK_EQ(KeGetCurrentIrql(), APC_LEVEL);
    CHECK(!ExTryToAcquireFastMutex(m));
    CHECK_EQ(KeGetCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(m);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK(ExTryToAcquireFastMutex(m));
    ExReleaseFastMutex(m);
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(m);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    ExReleaseFastMutexUnsafe(m);
    KeLeaveCriticalRegion();
    run_three(with_fast_mutex, m);
    CHECK_EQ(counter, 6000);
}

static void with_guarded_mutex(void *lock)
{
    for (ULONG i = 0; i < 2000; i++) {
        KeAcquireGuardedMutex(lock);
        enter();
        KeReleaseGuardedMutex(lock);
    }
}

TEST(EXE_178, guarded_mutex)
{
    PKGUARDED_MUTEX m = wkt_alloc(sizeof(*m));

    KeInitializeGuardedMutex(m);
    KeAcquireGuardedMutex(m);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK(KeAreAllApcsDisabled());
    CHECK(!KeTryToAcquireGuardedMutex(m));
    KeReleaseGuardedMutex(m);
    CHECK(!KeAreAllApcsDisabled());
    run_three(with_guarded_mutex, m);
    CHECK_EQ(counter, 6000);
}

static void with_push_lock(void *lock)
{
    for (ULONG i = 0; i < 2000; i++) {
        KeEnterCriticalRegion();
        if (i % 3 == 0) {
            ExAcquirePushLockExclusive((PEX_PUSH_LOCK)lock);
            enter();
            ExReleasePushLockExclusive((PEX_PUSH_LOCK)lock);
        } else {
            ExAcquirePushLockShared((PEX_PUSH_LOCK)lock);
            if (inside != 0)
                CHECK(!"a reader beside a writer");
            ExReleasePushLockShared((PEX_PUSH_LOCK)lock);
        }
        KeLeaveCriticalRegion();
    }
}

TEST_ROWS("EXE-179 EXE-I15 EXE-L51", push_lock)
{
    PEX_PUSH_LOCK lock = wkt_alloc(sizeof(*lock));

    ExInitializePushLock(lock);
    run_three(with_push_lock, lock);
    CHECK_EQ(counter, 3 * 667);
    CHECK_EQ(*lock, 0);
}

static void with_resource(void *lock)
{
    for (ULONG i = 0; i < 2000; i++) {
        KeEnterCriticalRegion();
        if (i % 3 == 0) {
            ExAcquireResourceExclusiveLite(lock, TRUE);
            enter();
        } else if (i % 3 == 1) {
            ExAcquireResourceSharedLite(lock, TRUE);
        } else {
            ExAcquireSharedStarveExclusive(lock, TRUE);
        }
        ExReleaseResourceLite(lock);
        KeLeaveCriticalRegion();
    }
}

static void try_resource(void *context)
{
    PERESOURCE r = context;

    KeEnterCriticalRegion();
    turns = (ExAcquireResourceSharedLite(r, FALSE) ? 1 : 0) | (ExAcquireResourceExclusiveLite(r, FALSE) ? 2 : 0);
    if (turns & 1)
        ExReleaseResourceLite(r);
    KeLeaveCriticalRegion();
}

static LONG try_elsewhere(PERESOURCE r)
{
    wkt_join(wkt_thread(try_resource, r));
    return turns;
}

TEST_ROWS("EXE-180 EXE-L50", resource)
{
    PERESOURCE r = wkt_alloc(sizeof(*r));

    CHECK_STATUS(ExInitializeResourceLite(r), STATUS_SUCCESS);
    KeEnterCriticalRegion();
    CHECK(ExAcquireResourceExclusiveLite(r, TRUE));
    CHECK(ExAcquireResourceExclusiveLite(r, FALSE)); /* recursive */
    CHECK(ExAcquireResourceSharedLite(r, FALSE));    /* and shared */
    CHECK(ExIsResourceAcquiredExclusiveLite(r));
    CHECK_EQ(ExIsResourceAcquiredSharedLite(r), 3);
    CHECK_EQ(try_elsewhere(r), 0);
    ExReleaseResourceLite(r);
    ExReleaseResourceLite(r);
    ExConvertExclusiveToSharedLite(r);
    CHECK(!ExIsResourceAcquiredExclusiveLite(r));
    CHECK_EQ(try_elsewhere(r), 1);
    ExReleaseResourceLite(r);
    CHECK_EQ(ExIsResourceAcquiredSharedLite(r), 0);
    KeLeaveCriticalRegion();
    ExEnterCriticalRegionAndAcquireResourceExclusive(r);
    ExReleaseResourceAndLeaveCriticalRegion(r);
    CHECK(!KeAreApcsDisabled());
    run_three(with_resource, r);
    CHECK_EQ(counter, 3 * 667);
    CHECK_STATUS(ExDeleteResourceLite(r), STATUS_SUCCESS);
}

static void hold_rundown(void *context)
{
    PEX_RUNDOWN_REF ref = context;

    while (ExAcquireRundownProtection(ref)) {
        if (turns)
            CHECK(!"acquired after the wait");
        ExReleaseRundownProtection(ref);
        InterlockedIncrement(&counter);
    }
}

TEST(EXE_181, rundown)
{
    PEX_RUNDOWN_REF ref = wkt_alloc(sizeof(*ref)); /* zeroed: usable at once */
    struct wkt_thread *t[2];
    LARGE_INTEGER ms;

    ms.QuadPart = -10000;
    turns = counter = 0;
    CHECK(ExAcquireRundownProtectionEx(ref, 3));
    ExReleaseRundownProtectionEx(ref, 3);
    for (ULONG i = 0; i < 2; i++)
        t[i] = wkt_thread(hold_rundown, ref);
    while (counter < 1000)
        KeDelayExecutionThread(KernelMode, FALSE, &ms);
    ExWaitForRundownProtectionRelease(ref);
    turns = 1;
    for (ULONG i = 0; i < 2; i++)
        CHECK(wkt_join(t[i]));
    CHECK(!ExAcquireRundownProtection(ref));
    ExWaitForRundownProtectionRelease(ref);
    ExReInitializeRundownProtection(ref);
    CHECK(ExAcquireRundownProtection(ref));
    ExReleaseRundownProtection(ref);
    ExRundownCompleted(ref);
    CHECK(!ExAcquireRundownProtection(ref));
}

TEST(EXE_182, cache_aware_rundown)
{
    PEX_RUNDOWN_REF_CACHE_AWARE ref = ExAllocateCacheAwareRundownProtection(NonPagedPoolNx, 'tskW');

    REQUIRE(ref != NULL);
    CHECK(ExAcquireRundownProtectionCacheAware(ref));
    CHECK(ExAcquireRundownProtectionCacheAwareEx(ref, 2));
    ExReleaseRundownProtectionCacheAware(ref);
    ExReleaseRundownProtectionCacheAwareEx(ref, 2);
    ExWaitForRundownProtectionReleaseCacheAware(ref);
    CHECK(!ExAcquireRundownProtectionCacheAware(ref));
    ExReInitializeRundownProtectionCacheAware(ref);
    CHECK(ExAcquireRundownProtectionCacheAware(ref));
    ExReleaseRundownProtectionCacheAware(ref);
    ExFreeCacheAwareRundownProtection(ref);
}

TEST_BUGCHECK(EXE_741, resource_of_another, 0xE3)
{
    PERESOURCE r = wkt_alloc(sizeof(*r));

    ExInitializeResourceLite(r);
    ExReleaseResourceLite(r);
}
TEST_BUGCHECK(EXE_742, push_lock_at_dispatch, 0x192)
{
    PEX_PUSH_LOCK lock = wkt_alloc(sizeof(*lock));
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    ExAcquirePushLockExclusive(lock);
    KeLowerIrql(old);
}
TEST_FINDING(EXE_742, push_lock_with_apcs_enabled, "EXE-742")
{
    PEX_PUSH_LOCK lock = wkt_alloc(sizeof(*lock));

    ExAcquirePushLockExclusive(lock);
    ExReleasePushLockExclusive(lock);
}
TEST_BUGCHECK(EXE_743, fast_mutex_recursion, 0x162)
{
    PFAST_MUTEX m = wkt_alloc(sizeof(*m));

    ExInitializeFastMutex(m);
    ExAcquireFastMutex(m);
    ExAcquireFastMutex(m);
}
TEST_BUGCHECK(EXE_743, push_lock_released_unheld, 0x162)
{
    PEX_PUSH_LOCK lock = wkt_alloc(sizeof(*lock));

    ExReleasePushLockExclusive(lock);
}
