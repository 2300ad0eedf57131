/* Spin locks, in-stack queued ones, reader-writer ones (EXE-125 .. EXE-128, EXE-723, EXE-724). */
#include "wkt.h"

static KSPIN_LOCK lock;
static EX_SPIN_LOCK rw;
static ULONG counter;

TEST_ROWS("EXE-125 EXE-126", acquire_and_release)
{
    KIRQL old;

    CHECK_EQ(sizeof(lock), 8);
    KeInitializeSpinLock(&lock);
    CHECK_EQ(lock, 0);
    CHECK(KeTestSpinLock(&lock));
    KeAcquireSpinLock(&lock, &old);
    CHECK_EQ(old, PASSIVE_LEVEL);
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    CHECK(lock & 1);
    CHECK(!KeTestSpinLock(&lock));
    CHECK(!KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseSpinLock(&lock, old);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    CHECK(KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeAcquireSpinLockAtDpcLevel(&lock);
    KeReleaseSpinLockFromDpcLevel(&lock);
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(old);
}

static void with_plain(void *unused)
{
    UNREFERENCED_PARAMETER(unused);
    for (ULONG i = 0; i < 3000; i++) {
        KIRQL old;

        KeAcquireSpinLock(&lock, &old);
        counter++;
        KeReleaseSpinLock(&lock, old);
    }
}

static void with_queued(void *unused)
{
    UNREFERENCED_PARAMETER(unused);
    for (ULONG i = 0; i < 3000; i++) {
        KLOCK_QUEUE_HANDLE handle;

        KeAcquireInStackQueuedSpinLock(&lock, &handle);
        counter++;
        KeReleaseInStackQueuedSpinLock(&handle);
    }
}

static void with_exclusive(void *unused)
{
    UNREFERENCED_PARAMETER(unused);
    for (ULONG i = 0; i < 3000; i++) {
        KIRQL old = ExAcquireSpinLockExclusive(&rw);

        counter++;
        ExReleaseSpinLockExclusive(&rw, old);
        old = ExAcquireSpinLockShared(&rw);
        ExReleaseSpinLockShared(&rw, old);
    }
}

static void run_three(wkt_thread_fn *fn)
{
    struct wkt_thread *t[3];

    counter = 0;
    lock = 0;
    rw = 0;
    for (ULONG i = 0; i < 3; i++)
        t[i] = wkt_thread(fn, NULL);
    for (ULONG i = 0; i < 3; i++)
        CHECK(wkt_join(t[i]));
    CHECK_EQ(counter, 9000);
}

TEST(EXE_125, one_holder)
{
    run_three(with_plain);
}

TEST(EXE_127, in_stack_queued)
{
    KLOCK_QUEUE_HANDLE handle;
    KIRQL old;

    KeInitializeSpinLock(&lock);
    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    CHECK_EQ(handle.OldIrql, PASSIVE_LEVEL);
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    CHECK(!KeTestSpinLock(&lock));
    KeReleaseInStackQueuedSpinLock(&handle);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &handle);
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
    KeLowerIrql(old);
    run_three(with_queued);
}

TEST(EXE_128, readers_and_writers)
{
    KIRQL old;

    rw = 0;
    old = ExAcquireSpinLockShared(&rw);
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    CHECK(ExTryAcquireSpinLockSharedAtDpcLevel(&rw));
    CHECK(!ExTryConvertSharedSpinLockExclusive(&rw));
    CHECK(!ExTryAcquireSpinLockExclusiveAtDpcLevel(&rw));
    ExReleaseSpinLockSharedFromDpcLevel(&rw);
    CHECK(ExTryConvertSharedSpinLockExclusive(&rw));
    CHECK(!ExTryAcquireSpinLockSharedAtDpcLevel(&rw));
    ExReleaseSpinLockExclusive(&rw, old);
    CHECK_EQ(rw, 0);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    run_three(with_exclusive);
}

TEST_BUGCHECK(EXE_723, acquired_twice, 0xF)
{
    KIRQL old;

    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &old);
    KeAcquireSpinLockAtDpcLevel(&lock);
}

TEST_BUGCHECK(EXE_723, released_unheld, 0x10)
{
    KIRQL old;

    KeInitializeSpinLock(&lock);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeReleaseSpinLock(&lock, old);
}

TEST_BUGCHECK(EXE_724, released_to_a_higher_irql, 0xA)
{
    KIRQL old;

    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &old);
    KeReleaseSpinLock(&lock, HIGH_LEVEL);
}
