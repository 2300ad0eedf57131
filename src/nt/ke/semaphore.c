/* Semaphores (EXE-163). */
#include "nt/ke/ke_private.h"

VOID NTAPI KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
    ke_header_init(&Semaphore->Header, SemaphoreObject, sizeof(*Semaphore), Count);
    Semaphore->Limit = Limit;
}

static bool over_limit(PRKSEMAPHORE semaphore, LONG was, LONG adjustment)
{
    return adjustment <= 0 || (LONGLONG)was + adjustment > semaphore->Limit;
}

static __attribute__((noinline)) LONG release_slow(PRKSEMAPHORE semaphore, LONG adjustment, BOOLEAN wait)
{
    PDISPATCHER_HEADER header = &semaphore->Header;
    KIRQL irql = wait ? ke_raise_to_dispatch() : 0;
    struct ke_wake_list wake = {0};
    LONG was;

    sched_lock(&ke_dispatcher);
    ke_freeze(header);
    was = header->SignalState;
    if (over_limit(semaphore, was, adjustment)) {
        ke_thaw(header);
        sched_unlock(&ke_dispatcher);
        if (wait)
            ke_lower(irql);
        ExRaiseStatus(STATUS_SEMAPHORE_LIMIT_EXCEEDED); /* the count is unchanged */
    }
    header->SignalState = was + adjustment;
    ke_release_waiters(header, &wake);
    ke_thaw(header);
    if (wait) {
        ke_wake_all(&wake);
        ke_keep_locked(irql);
        return was;
    }
    sched_unlock(&ke_dispatcher);
    ke_wake_all(&wake);
    return was;
}

LONG NTAPI KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait)
{
    uint64_t word = ke_header_load(&Semaphore->Header);
    LONG was = ke_header_state(word);

    if (!ke_header_busy(word) && !Wait && !over_limit(Semaphore, was, Adjustment) &&
        ke_header_swap(&Semaphore->Header, &word, ke_header_with(word, was + Adjustment)))
        return was;
    return release_slow(Semaphore, Adjustment, Wait);
}

LONG NTAPI KeReadStateSemaphore(PRKSEMAPHORE Semaphore)
{
    return __atomic_load_n(&Semaphore->Header.SignalState, __ATOMIC_ACQUIRE);
}
