/* Reader-writer spin locks (EXE-128). Bit 31: a writer owns it; bit 30: a writer waits, so new readers wait too; below: readers. */
#include "nt/ke/ke_private.h"

#define EXCLUSIVE 0x80000000u
#define WANTED    0x40000000u

static ULONG *word_of(PEX_SPIN_LOCK lock)
{
    return (ULONG *)lock;
}

static bool try_shared(ULONG *word)
{
    ULONG was = __atomic_load_n(word, __ATOMIC_RELAXED);

    return !(was & (EXCLUSIVE | WANTED)) && __atomic_compare_exchange_n(word, &was, was + 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static bool try_exclusive(ULONG *word)
{
    ULONG was = __atomic_load_n(word, __ATOMIC_RELAXED);

    /* WANTED goes with it; other writers that wait set it again */
    return !(was & ~WANTED) && __atomic_compare_exchange_n(word, &was, EXCLUSIVE, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    for (unsigned spins = 0; !try_shared(word_of(SpinLock)); spins++)
        ke_spin(spins);
}

VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    for (unsigned spins = 0; !try_exclusive(word_of(SpinLock)); spins++) {
        if (!(__atomic_load_n(word_of(SpinLock), __ATOMIC_RELAXED) & WANTED))
            __atomic_fetch_or(word_of(SpinLock), WANTED, __ATOMIC_RELAXED);
        ke_spin(spins);
    }
}

VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    if (__builtin_expect(!(__atomic_load_n(word_of(SpinLock), __ATOMIC_RELAXED) & ~(EXCLUSIVE | WANTED)), 0))
        guest_bugcheck(0x10, (ULONG64)(ULONG_PTR)SpinLock, 0, 0, 0, "EX_SPIN_LOCK %p is released shared but nobody holds it so", SpinLock);
    __atomic_fetch_sub(word_of(SpinLock), 1, __ATOMIC_RELEASE);
}

VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    if (__builtin_expect(!(__atomic_load_n(word_of(SpinLock), __ATOMIC_RELAXED) & EXCLUSIVE), 0))
        guest_bugcheck(0x10, (ULONG64)(ULONG_PTR)SpinLock, 0, 0, 0, "EX_SPIN_LOCK %p is released exclusive but nobody holds it so", SpinLock);
    __atomic_fetch_and(word_of(SpinLock), ~EXCLUSIVE, __ATOMIC_RELEASE);
}

KIRQL NTAPI ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock)
{
    KIRQL old = ke_raise_to_dispatch();

    ExAcquireSpinLockSharedAtDpcLevel(SpinLock);
    return old;
}

VOID NTAPI ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    ExReleaseSpinLockSharedFromDpcLevel(SpinLock);
    ke_lower(OldIrql);
}

KIRQL NTAPI ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    KIRQL old = ke_raise_to_dispatch();

    ExAcquireSpinLockExclusiveAtDpcLevel(SpinLock);
    return old;
}

VOID NTAPI ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    ExReleaseSpinLockExclusiveFromDpcLevel(SpinLock);
    ke_lower(OldIrql);
}

/* TRUE only for the sole reader when no writer waits; the lock is exclusive then. */
LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    ULONG sole = 1;

    return __atomic_compare_exchange_n(word_of(SpinLock), &sole, EXCLUSIVE, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

LOGICAL NTAPI ExTryAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    return try_shared(word_of(SpinLock));
}

LOGICAL NTAPI ExTryAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    return try_exclusive(word_of(SpinLock));
}
