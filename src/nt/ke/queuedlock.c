/* In-stack queued spin locks (EXE-127): first come first served. The lock word is the last handle's queue entry with bits 0
 * and 1 set; each waiter spins on its own entry. Bit 0 of an entry's Lock says that it waits. */
#include "nt/ke/ke_private.h"

#define TAIL_BITS 3u
#define ENTRY_WAITS 1u

static PKSPIN_LOCK_QUEUE tail_of(ULONG_PTR word)
{
    return (PKSPIN_LOCK_QUEUE)(word & ~(ULONG_PTR)TAIL_BITS);
}

static void wait_for_turn(PKSPIN_LOCK lock, PKSPIN_LOCK_QUEUE entry, ULONG_PTR before)
{
    __atomic_store_n(&entry->Lock, (PKSPIN_LOCK)((ULONG_PTR)lock | ENTRY_WAITS), __ATOMIC_RELAXED);
    __atomic_store_n(&tail_of(before)->Next, entry, __ATOMIC_RELEASE);
    for (unsigned spins = 0; (ULONG_PTR)__atomic_load_n(&entry->Lock, __ATOMIC_ACQUIRE) & ENTRY_WAITS; spins++)
        ke_spin(spins);
}

static void acquire(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
    PKSPIN_LOCK_QUEUE entry = &handle->LockQueue;
    ULONG_PTR word = __atomic_load_n(lock, __ATOMIC_RELAXED);
    ULONG_PTR mine = (ULONG_PTR)entry | TAIL_BITS;

    entry->Next = NULL;
    entry->Lock = lock;
    for (unsigned spins = 0;;) {
        if (word && (word & TAIL_BITS) != TAIL_BITS) { /* held by the plain form: cannot queue behind it */
            if (spins == 0)
                guest_finding("EXE-127", "spin lock %p is held as a plain lock and acquired as an in-stack queued one", lock);
            ke_spin(spins++);
            word = __atomic_load_n(lock, __ATOMIC_RELAXED);
        } else if (__atomic_compare_exchange_n(lock, &word, mine, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
            break;
        }
    }
    if (word)
        wait_for_turn(lock, entry, word);
}

static __attribute__((noinline)) void release_wrong(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
    if (!lock || !*(volatile ULONG_PTR *)lock)
        guest_bugcheck(0x10, (ULONG64)(ULONG_PTR)lock, (ULONG64)(ULONG_PTR)handle, 0, 0, "in-stack queued lock %p is released with handle %p but is not held",
                       lock, handle);
    guest_bugcheck(0x10, (ULONG64)(ULONG_PTR)lock, (ULONG64)(ULONG_PTR)handle, 0, 0,
                   "in-stack queued lock %p is released with handle %p, which does not hold it (moved, or the plain form was used)", lock, handle);
}

static void release(PKLOCK_QUEUE_HANDLE handle)
{
    PKSPIN_LOCK_QUEUE entry = &handle->LockQueue;
    PKSPIN_LOCK lock = entry->Lock;
    ULONG_PTR mine = (ULONG_PTR)entry | TAIL_BITS;
    PKSPIN_LOCK_QUEUE next;

    if (__builtin_expect(!lock || (ULONG_PTR)lock & ENTRY_WAITS, 0))
        release_wrong(lock, handle);
    next = __atomic_load_n(&entry->Next, __ATOMIC_ACQUIRE);
    if (!next) {
        ULONG_PTR word = mine;

        if (__atomic_compare_exchange_n(lock, &word, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
            goto out;
        if ((word & TAIL_BITS) != TAIL_BITS)
            release_wrong(lock, handle);
        for (unsigned spins = 0; !(next = __atomic_load_n(&entry->Next, __ATOMIC_ACQUIRE)); spins++)
            ke_spin(spins); /* it has taken the tail and is about to say who it is */
    }
    __atomic_store_n(&next->Lock, lock, __ATOMIC_RELEASE);
out:
    entry->Lock = NULL; /* a second release with this handle is found */
}

VOID NTAPI KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->OldIrql = ke_raise_to_dispatch();
    acquire(SpinLock, LockHandle);
}

VOID NTAPI KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KIRQL old = LockHandle->OldIrql;

    release(LockHandle);
    ke_lower(old);
}

VOID NTAPI KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->OldIrql = ke_irql();
    acquire(SpinLock, LockHandle);
}

VOID NTAPI KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
    release(LockHandle);
}

VOID NTAPI KeAcquireInStackQueuedSpinLockRaiseToSynch(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->OldIrql = KfRaiseIrql(SYNCH_LEVEL);
    acquire(SpinLock, LockHandle);
}

VOID NTAPI KeAcquireInStackQueuedSpinLockForDpc(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeAcquireInStackQueuedSpinLock(SpinLock, LockHandle);
}

VOID NTAPI KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeReleaseInStackQueuedSpinLock(LockHandle);
}
