/* A processor that stays at DISPATCH_LEVEL (EXE-726, EXE-191). The runner's limit is 4 seconds. */
#include "wkt.h"

static volatile LONG go;

static KDEFERRED_ROUTINE endless_dpc;
static VOID NTAPI endless_dpc(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    (void)dpc, (void)context, (void)a, (void)b;
    while (!go)
        YieldProcessor();
}

TEST_BUGCHECK(EXE_726, a_dpc_that_does_not_end, 0x133)
{
    static KDPC dpc;
    KEVENT never;

    KeInitializeDpc(&dpc, endless_dpc, NULL);
    KeSetTargetProcessorDpc(&dpc, 1);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeInitializeEvent(&never, NotificationEvent, FALSE);
    wkt_wait(&never, 20000);
}

static KSPIN_LOCK lock;
static volatile LONG spins;

static void take(void *unused)
{
    KIRQL old;

    (void)unused;
    spins = 1;
    KeAcquireSpinLock(&lock, &old);
    KeReleaseSpinLock(&lock, old);
}

TEST_BUGCHECK(EXE_191, a_lock_that_is_never_released, 0x133)
{
    KIRQL old;

    KeInitializeSpinLock(&lock);
    wkt_thread(take, NULL);
    KeAcquireSpinLock(&lock, &old);
    while (!go)
        YieldProcessor();
}

/* What is taken and given back again and again is no hang, however long it goes on. */
TEST(EXE_726, much_work_in_small_pieces)
{
    LARGE_INTEGER from = KeQueryPerformanceCounter(NULL);
    KIRQL old;

    while (KeQueryPerformanceCounter(NULL).QuadPart - from.QuadPart < 52000000) { /* 5.2 s */
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KeStallExecutionProcessor(1000);
        KeLowerIrql(old);
    }
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}
