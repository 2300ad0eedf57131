/* The dispatcher: who waits for what, and who is released when an object is signaled. Called by every file of an object
 * here, on any thread up to DISPATCH_LEVEL. ke_private.h has the lock order and the rule for objects without waiters.
 *
 * A waiter is linked into the objects' WaitListHead only while it waits, through wait blocks on its own stack, in its KTHREAD or
 * in the guest's array. Who releases it unlinks all its blocks, so that the memory of the objects and blocks is the waiter's
 * again as soon as it returns (EXE-160, EXE-161). */
#include "nt/ke/ke_private.h"

struct sched_lock ke_dispatcher;

void ke_header_init(PDISPATCHER_HEADER header, UCHAR type, ULONG bytes, LONG state)
{
    header->LockNV = 0;
    header->Type = type;
    header->Size = (UCHAR)(bytes / sizeof(LONG));
    header->SignalState = state;
    InitializeListHead(&header->WaitListHead);
}

KIRQL ke_lock_for_wait(void)
{
    PKTHREAD thread = ke_thread();

    if (__builtin_expect(thread->keeps_lock, 0)) {
        thread->keeps_lock = FALSE;
        return thread->kept_irql;
    }
    sched_lock(&ke_dispatcher);
    return KE_NOT_KEPT;
}

void ke_unlock_for_wait(KIRQL kept)
{
    sched_unlock(&ke_dispatcher);
    if (kept != KE_NOT_KEPT)
        ke_lower(kept); /* may run DPCs, so after the lock */
}

void ke_keep_locked(KIRQL irql)
{
    PKTHREAD thread = ke_thread();

    thread->keeps_lock = TRUE;
    thread->kept_irql = irql;
}

/* The unpark is counted, so that the thread cannot end (and its sched_thread go away) before it is done. */
void ke_wake_all(struct ke_wake_list *list)
{
    PKTHREAD next;

    for (PKTHREAD thread = list->first; thread; thread = next) {
        next = thread->wake_next;
        __atomic_store_n(&thread->waiting, 0, __ATOMIC_RELEASE); /* from here on it may run */
        sched_unpark(thread->sched);
        __atomic_fetch_sub(&thread->wakes, 1, __ATOMIC_RELEASE);
    }
    list->first = list->last = NULL;
}

static void unlink_blocks(PKTHREAD thread)
{
    for (ULONG i = 0; i < thread->wait_count; i++) {
        PKWAIT_BLOCK block = &thread->wait_blocks[i];
        PDISPATCHER_HEADER header = block->Object;

        RemoveEntryList(&block->WaitListEntry);
        ke_thaw(header);
    }
    thread->wait_count = 0;
}

void ke_end_wait(PKTHREAD thread, NTSTATUS status, struct ke_wake_list *wake)
{
    WK_ASSERT(thread->waiting == 1);
    unlink_blocks(thread);
    thread->wait_status = status;
    thread->waiting = 2; /* released; its unpark comes after the lock */
    __atomic_fetch_add(&thread->wakes, 1, __ATOMIC_RELAXED);
    thread->wake_next = NULL;
    if (wake->last)
        wake->last->wake_next = thread;
    else
        wake->first = thread;
    wake->last = thread;
}

/* Is it signaled for this thread? A mutex also is for its owner (EXE-164). */
bool ke_is_signaled(PDISPATCHER_HEADER header, PKTHREAD thread)
{
    if (__atomic_load_n(&header->SignalState, __ATOMIC_RELAXED) > 0)
        return true;
    return KE_TYPE(header) == MutantObject && ((PKMUTANT)header)->OwnerThread == thread;
}

/* What being waited for does to the object. */
void ke_consume(PDISPATCHER_HEADER header, PKTHREAD thread)
{
    switch (KE_TYPE(header)) {
    case EventSynchronizationObject:
    case TimerSynchronizationObject:
        header->SignalState = 0;
        break;
    case SemaphoreObject:
        header->SignalState--;
        break;
    case MutantObject: {
        PKMUTANT mutant = (PKMUTANT)header;

        if (--header->SignalState == 0) {
            mutant->OwnerThread = thread;
            InsertHeadList(&thread->mutexes, &mutant->MutantListEntry);
            if (mutant->ApcDisable)
                thread->critical--; /* the owner is in a critical region; it is not running, or it is us */
        }
        break;
    }
    default:
        break; /* notification objects, threads, processes stay as they are */
    }
}

static bool all_signaled(PKTHREAD thread)
{
    for (ULONG i = 0; i < thread->wait_count; i++)
        if (!ke_is_signaled(thread->wait_blocks[i].Object, thread))
            return false;
    return true;
}

void ke_release_waiters(PDISPATCHER_HEADER header, struct ke_wake_list *wake)
{
    PLIST_ENTRY head = &header->WaitListHead;
    PLIST_ENTRY next;

    for (PLIST_ENTRY entry = head->Flink; entry != head && header->SignalState > 0; entry = next) {
        PKWAIT_BLOCK block = CONTAINING_RECORD(entry, KWAIT_BLOCK, WaitListEntry);
        PKTHREAD thread = block->Thread;

        next = entry->Flink;
        if (thread->wait_type == WaitAny) {
            USHORT key = block->WaitKey;

            ke_consume(header, thread);
            /* the next waiter may be this thread again, when it gave the object twice: its blocks all go now */
            while (next != head && CONTAINING_RECORD(next, KWAIT_BLOCK, WaitListEntry)->Thread == thread)
                next = next->Flink;
            ke_end_wait(thread, STATUS_WAIT_0 + key, wake);
        } else if (all_signaled(thread)) {
            for (ULONG i = 0; i < thread->wait_count; i++)
                ke_consume(thread->wait_blocks[i].Object, thread);
            while (next != head && CONTAINING_RECORD(next, KWAIT_BLOCK, WaitListEntry)->Thread == thread)
                next = next->Flink;
            ke_end_wait(thread, STATUS_WAIT_0, wake);
        }
    }
}

void ke_signal_object(PDISPATCHER_HEADER header, LONG state)
{
    struct ke_wake_list wake = {0};

    sched_lock(&ke_dispatcher);
    ke_freeze(header);
    header->SignalState = state;
    if (state > 0)
        ke_release_waiters(header, &wake);
    ke_thaw(header);
    sched_unlock(&ke_dispatcher);
    ke_wake_all(&wake);
}

void ke_alert_thread(PKTHREAD thread)
{
    struct ke_wake_list wake = {0};

    sched_lock(&ke_dispatcher);
    if (thread->waiting == 1 && thread->wait_alertable)
        ke_end_wait(thread, STATUS_ALERTED, &wake);
    else
        thread->alerted[KernelMode] = TRUE;
    sched_unlock(&ke_dispatcher);
    ke_wake_all(&wake);
}
