/* Plain spin locks (EXE-125, EXE-126) and the interlocked lists (EXE-072).
 *
 * The word is 0 when free, else the owner's KTHREAD with bit 0 set. At DISPATCH_LEVEL thread and processor are the same thing,
 * so the owner finds its own recursion (EXE-723). A queued lock (queuedlock.c) also sets bit 1. */
#include "nt/ke/ke_private.h"

static inline ULONG_PTR owner_word(void)
{
    return (ULONG_PTR)ke_thread() | 1;
}

static inline bool try_lock(PKSPIN_LOCK lock)
{
    ULONG_PTR free_word = 0;

    return __atomic_compare_exchange_n(lock, &free_word, owner_word(), false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static __attribute__((noinline)) void lock_slow(PKSPIN_LOCK lock)
{
    for (unsigned spins = 0; !try_lock(lock); spins++) {
        ULONG_PTR word = __atomic_load_n(lock, __ATOMIC_RELAXED);

        if (word == owner_word())
            guest_bugcheck(0x0F, (ULONG64)(ULONG_PTR)lock, 0, 0, 0, "spin lock %p is acquired by the thread that holds it", lock);
        if (word && !(word & 1))
            guest_bugcheck(0x0F, (ULONG64)(ULONG_PTR)lock, word, 0, 0, "spin lock %p holds %p: not initialised, or overwritten", lock, (void *)word);
        ke_thread()->page->spins_on = lock;
        if (spins == 0 && word & 2)
            guest_finding("EXE-127", "spin lock %p is held as an in-stack queued lock and acquired as a plain one", lock);
        ke_spin(spins);
    }
    ke_thread()->page->spins_on = NULL;
}

static __attribute__((noinline)) void unlock_wrong(PKSPIN_LOCK lock)
{
    ULONG_PTR word = __atomic_load_n(lock, __ATOMIC_RELAXED);

    if (word == 0)
        guest_bugcheck(0x10, (ULONG64)(ULONG_PTR)lock, 0, 0, 0, "spin lock %p is released but nobody holds it", lock);
    guest_finding("EXE-724", word & 2 ? "spin lock %p is held as an in-stack queued lock and released as a plain one"
                                      : "spin lock %p is released by a thread that does not hold it", lock);
}

static inline void unlock(PKSPIN_LOCK lock)
{
    if (__builtin_expect(__atomic_load_n(lock, __ATOMIC_RELAXED) != owner_word(), 0))
        unlock_wrong(lock);
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

static __attribute__((noinline)) void check_at_dispatch(const char *name)
{
    guest_finding("EXE-125", "%s called at IRQL %u; it needs DISPATCH_LEVEL or above", name, ke_irql());
}

static __attribute__((noinline)) void check_old_irql(PKSPIN_LOCK lock, KIRQL to)
{
    if (ke_irql() < DISPATCH_LEVEL)
        guest_finding("EXE-724", "spin lock %p is released at IRQL %u; the IRQL was lowered while it was held", lock, ke_irql());
    else if (to > ke_irql())
        guest_bugcheck(0x0A, (ULONG64)(ULONG_PTR)lock, ke_irql(), 0, 0, "KeReleaseSpinLock(%p) with old IRQL %u, above the current %u", lock, to,
                       ke_irql());
    else
        guest_bugcheck(0x0A, (ULONG64)(ULONG_PTR)lock, ke_irql(), 0, 0, "KeReleaseSpinLock(%p) lowers to IRQL %u inside a DPC", lock, to);
}

KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
    KIRQL old = ke_raise_to_dispatch();

    if (__builtin_expect(!try_lock(SpinLock), 0))
        lock_slow(SpinLock);
    return old;
}

VOID NTAPI KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    if (__builtin_expect(ke_irql() < DISPATCH_LEVEL || NewIrql > ke_irql() || (NewIrql < DISPATCH_LEVEL && ke_in_dpc()), 0))
        check_old_irql(SpinLock, NewIrql);
    unlock(SpinLock);
    ke_lower(NewIrql);
}

VOID NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    if (__builtin_expect(ke_irql() < DISPATCH_LEVEL, 0))
        check_at_dispatch("KeAcquireSpinLockAtDpcLevel");
    if (__builtin_expect(!try_lock(SpinLock), 0))
        lock_slow(SpinLock);
}

VOID NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
    unlock(SpinLock);
}

/* EXE-123: a DPC routine does not know whether it is threaded. */
KIRQL NTAPI KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock)
{
    return KeAcquireSpinLockRaiseToDpc(SpinLock);
}

VOID NTAPI KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql)
{
    unlock(SpinLock);
    ke_lower(OldIrql);
}

BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    return try_lock(SpinLock);
}

BOOLEAN NTAPI KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
    return __atomic_load_n(SpinLock, __ATOMIC_RELAXED) == 0;
}

/* ---- EXE-072: any IRQL, so without taking a processor. The lock is used for nothing else. ---- */
static void list_lock(PKSPIN_LOCK lock)
{
    for (unsigned spins = 0; !try_lock(lock); spins++)
        sched_spin(spins);
}

PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    PLIST_ENTRY first;

    list_lock(Lock);
    first = ListHead->Flink == ListHead ? NULL : ListHead->Flink;
    InsertHeadList(ListHead, ListEntry);
    unlock(Lock);
    return first;
}

PLIST_ENTRY NTAPI ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    PLIST_ENTRY last;

    list_lock(Lock);
    last = ListHead->Blink == ListHead ? NULL : ListHead->Blink;
    InsertTailList(ListHead, ListEntry);
    unlock(Lock);
    return last;
}

PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    PLIST_ENTRY entry = NULL;

    list_lock(Lock);
    if (!IsListEmpty(ListHead))
        entry = RemoveHeadList(ListHead);
    unlock(Lock);
    return entry;
}

PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    PSINGLE_LIST_ENTRY first;

    list_lock(Lock);
    first = ListHead->Next;
    ListEntry->Next = first;
    ListHead->Next = ListEntry;
    unlock(Lock);
    return first;
}

PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    PSINGLE_LIST_ENTRY first;

    list_lock(Lock);
    first = ListHead->Next;
    if (first)
        ListHead->Next = first->Next;
    unlock(Lock);
    return first;
}

ULONG NTAPI ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock)
{
    ULONG was;

    list_lock(Lock);
    was = *Addend;
    *Addend = was + Increment;
    unlock(Lock);
    return was;
}

LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend, LARGE_INTEGER Increment, PKSPIN_LOCK Lock)
{
    LARGE_INTEGER was;

    list_lock(Lock);
    was.QuadPart = Addend->QuadPart;
    Addend->QuadPart = (LONGLONG)((ULONGLONG)was.QuadPart + (ULONGLONG)Increment.QuadPart);
    unlock(Lock);
    return was;
}
