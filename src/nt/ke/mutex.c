/* Mutexes (EXE-164): owned by a thread, recursive, a critical region while held. SignalState 1 is free, 0 held once, -1
 * held twice and so on. All under the dispatcher lock. */
#include "nt/ke/ke_private.h"

VOID NTAPI KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
    ke_header_init(&Mutex->Header, MutantObject, sizeof(*Mutex), 1);
    Mutex->OwnerThread = NULL;
    Mutex->Abandoned = FALSE;
    Mutex->ApcDisable = 1;
    InitializeListHead(&Mutex->MutantListEntry);
}

/* Returns the previous signal state; 0 means that it is free now. */
LONG NTAPI KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
    PDISPATCHER_HEADER header = &Mutex->Header;
    PKTHREAD thread = ke_thread();
    KIRQL irql = Wait ? ke_raise_to_dispatch() : 0;
    struct ke_wake_list wake = {0};
    bool freed = false;
    LONG was;

    sched_lock(&ke_dispatcher);
    if (Mutex->OwnerThread != thread) { /* EXE-744 */
        sched_unlock(&ke_dispatcher);
        if (Wait)
            ke_lower(irql);
        ExRaiseStatus(STATUS_MUTANT_NOT_OWNED);
    }
    ke_freeze(header);
    was = header->SignalState;
    header->SignalState = was + 1;
    if (was == 0) {
        freed = true;
        RemoveEntryList(&Mutex->MutantListEntry);
        InitializeListHead(&Mutex->MutantListEntry);
        Mutex->OwnerThread = NULL;
        ke_release_waiters(header, &wake);
    }
    ke_thaw(header);
    if (Wait) {
        ke_wake_all(&wake);
        ke_keep_locked(irql);
    } else {
        sched_unlock(&ke_dispatcher);
        ke_wake_all(&wake);
    }
    if (freed)
        KeLeaveCriticalRegion();
    return was;
}

LONG NTAPI KeReadStateMutex(PRKMUTEX Mutex)
{
    return __atomic_load_n(&Mutex->Header.SignalState, __ATOMIC_ACQUIRE);
}
