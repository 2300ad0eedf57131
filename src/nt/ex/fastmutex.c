/* Fast mutexes (EXE-177) and guarded mutexes (EXE-178), one structure. Count is 1 when free and falls below 0 with each waiter; the
 * holder that leaves wakes one waiter, to whom the mutex belongs from then on. They differ in how APCs are kept away: a fast mutex
 * raises to APC_LEVEL, a guarded one enters a guarded region, the unsafe forms leave it to the caller. */
#include "ex_private.h"

static void check_irql(const void *mutex, const char *what)
{
    if (ex_irql() > APC_LEVEL)
        guest_bugcheck(0x192, ex_number(KeGetCurrentThread()), ex_number(mutex), ex_irql(), 0, "%s at IRQL %u", what, ex_irql()); /* EXE-742 */
}

static void acquire(PFAST_MUTEX m, const char *what)
{
    PKTHREAD self = KeGetCurrentThread();

    if (__atomic_load_n(&m->Owner, __ATOMIC_RELAXED) == self) /* EXE-743: it would wait for itself for ever */
        guest_bugcheck(0x162, ex_number(self), ex_number(m), 0xFFFFFFFF, 0, "deadlock: %s of mutex %p, which this thread holds", what, m);
    if (__atomic_fetch_sub(&m->Count, 1, __ATOMIC_ACQUIRE) != 1) {
        __atomic_fetch_add(&m->Contention, 1, __ATOMIC_RELAXED);
        KeWaitForSingleObject(&m->Event, WrFastMutex, KernelMode, FALSE, NULL);
    }
    __atomic_store_n(&m->Owner, self, __ATOMIC_RELAXED);
}

static bool try_acquire(PFAST_MUTEX m)
{
    LONG one = 1;

    if (!__atomic_compare_exchange_n(&m->Count, &one, 0, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return false;
    __atomic_store_n(&m->Owner, KeGetCurrentThread(), __ATOMIC_RELAXED);
    return true;
}

static void release(PFAST_MUTEX m, const char *what)
{
    PKTHREAD self = KeGetCurrentThread();

    if (__atomic_load_n(&m->Owner, __ATOMIC_RELAXED) != self)
        guest_bugcheck(0x162, ex_number(self), ex_number(m), 0xFFFFFFFF, 0, "%s of mutex %p, which this thread does not hold", what, m);
    __atomic_store_n(&m->Owner, NULL, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&m->Count, 1, __ATOMIC_RELEASE) != 1)
        KeSetEvent(&m->Event, IO_NO_INCREMENT, FALSE);
}

VOID NTAPI ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    KIRQL old;

    check_irql(FastMutex, "ExAcquireFastMutex");
    KeRaiseIrql(APC_LEVEL, &old);
    acquire(FastMutex, "ExAcquireFastMutex");
    FastMutex->OldIrql = old;
}

VOID NTAPI ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
    KIRQL old = (KIRQL)FastMutex->OldIrql;

    release(FastMutex, "ExReleaseFastMutex");
    KeLowerIrql(old);
}

BOOLEAN NTAPI ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    KIRQL old;

    check_irql(FastMutex, "ExTryToAcquireFastMutex");
    KeRaiseIrql(APC_LEVEL, &old);
    if (!try_acquire(FastMutex)) {
        KeLowerIrql(old);
        return FALSE;
    }
    FastMutex->OldIrql = old;
    return TRUE;
}

static void check_apcs_off(const void *mutex, const char *what)
{
    check_irql(mutex, what);
    if (ex_irql() < APC_LEVEL && !KeAreApcsDisabled())
        guest_finding("EXE-177", "%s of mutex %p with APCs enabled: enter a critical region first", what, mutex);
}

VOID NTAPI ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    check_apcs_off(FastMutex, "ExAcquireFastMutexUnsafe");
    acquire(FastMutex, "ExAcquireFastMutexUnsafe");
}

VOID NTAPI ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    release(FastMutex, "ExReleaseFastMutexUnsafe");
}

VOID NTAPI KeInitializeGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    ExInitializeFastMutex(Mutex);
}

VOID NTAPI KeAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    check_irql(Mutex, "KeAcquireGuardedMutex");
    KeEnterGuardedRegion();
    acquire(Mutex, "KeAcquireGuardedMutex");
}

VOID NTAPI KeReleaseGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    release(Mutex, "KeReleaseGuardedMutex");
    KeLeaveGuardedRegion();
}

BOOLEAN NTAPI KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
    check_irql(Mutex, "KeTryToAcquireGuardedMutex");
    KeEnterGuardedRegion();
    if (try_acquire(Mutex))
        return TRUE;
    KeLeaveGuardedRegion();
    return FALSE;
}

VOID NTAPI KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX FastMutex)
{
    check_apcs_off(FastMutex, "KeAcquireGuardedMutexUnsafe");
    acquire(FastMutex, "KeAcquireGuardedMutexUnsafe");
}

VOID NTAPI KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX FastMutex)
{
    release(FastMutex, "KeReleaseGuardedMutexUnsafe");
}
