/* Kernel queues (EXE-186): a list of entries and the threads that wait for one, last come first served. An entry is handed to a waiter
 * directly: its wait status is the entry. [W] MaximumCount limits nothing. */
#include "nt/ke/ke_private.h"

VOID NTAPI KeInitializeQueue(PRKQUEUE Queue, ULONG Count)
{
    ke_header_init(&Queue->Header, QueueObject, sizeof(*Queue), 0);
    InitializeListHead(&Queue->EntryListHead);
    InitializeListHead(&Queue->ThreadListHead);
    Queue->CurrentCount = 0;
    Queue->MaximumCount = Count ? Count : KeQueryActiveProcessorCount(NULL);
}

LONG NTAPI KeReadStateQueue(PRKQUEUE Queue)
{
    return __atomic_load_n(&Queue->Header.SignalState, __ATOMIC_ACQUIRE);
}

static LONG insert(PRKQUEUE queue, PLIST_ENTRY entry, bool at_head)
{
    PDISPATCHER_HEADER header = &queue->Header;
    struct ke_wake_list wake = {0};
    LONG was;

    sched_lock(&ke_dispatcher);
    was = header->SignalState;
    if (header->WaitListHead.Flink != &header->WaitListHead) {
        PKWAIT_BLOCK block = CONTAINING_RECORD(header->WaitListHead.Blink, KWAIT_BLOCK, WaitListEntry);

        block->SparePtr = entry;
        ke_end_wait(block->Thread, STATUS_SUCCESS, &wake);
    } else {
        if (at_head)
            InsertHeadList(&queue->EntryListHead, entry);
        else
            InsertTailList(&queue->EntryListHead, entry);
        header->SignalState++;
    }
    sched_unlock(&ke_dispatcher);
    ke_wake_all(&wake);
    return was;
}

LONG NTAPI KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    return insert(Queue, Entry, false);
}

LONG NTAPI KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    return insert(Queue, Entry, true);
}

PLIST_ENTRY NTAPI KeRemoveQueue(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, PLARGE_INTEGER Timeout)
{
    PKTHREAD thread = ke_thread();
    uint64_t deadline_ns = ke_deadline_ns(Timeout);
    PKWAIT_BLOCK block = &thread->own_blocks[0];
    NTSTATUS status;

    if (deadline_ns != 0 && ke_irql() >= DISPATCH_LEVEL)
        guest_bugcheck(ke_in_dpc() ? 0xB8 : 0x0A, (ULONG64)(ULONG_PTR)thread, ke_irql(), 0, 0, "KeRemoveQueue blocks at IRQL %u", ke_irql());
    for (;;) {
        sched_lock(&ke_dispatcher);
        if (Queue->EntryListHead.Flink != &Queue->EntryListHead) {
            PLIST_ENTRY entry = RemoveHeadList(&Queue->EntryListHead);

            Queue->Header.SignalState--;
            sched_unlock(&ke_dispatcher);
            return entry;
        }
        if (deadline_ns == 0) {
            sched_unlock(&ke_dispatcher);
            return (PLIST_ENTRY)(ULONG_PTR)STATUS_TIMEOUT;
        }
        ke_freeze(&Queue->Header);
        thread->wait_blocks = block;
        thread->wait_count = 1;
        thread->wait_type = WaitAny;
        thread->wait_reason = WrQueue;
        thread->wait_mode = WaitMode;
        thread->wait_alertable = WaitMode == UserMode;
        *block = (KWAIT_BLOCK){.Thread = thread, .Object = &Queue->Header};
        InsertTailList(&Queue->Header.WaitListHead, &block->WaitListEntry);
        __atomic_store_n(&thread->waiting, 1, __ATOMIC_RELAXED);
        sched_unlock(&ke_dispatcher);
        status = ke_wait_blocked(thread, deadline_ns);
        if (status == STATUS_SUCCESS)
            return block->SparePtr;
        if (status != STATUS_KERNEL_APC)
            return (PLIST_ENTRY)(LONG_PTR)status;
    }
}

/* Returns the entries still there as a chain without a head, NULL when there are none. */
PLIST_ENTRY NTAPI KeRundownQueue(PRKQUEUE Queue)
{
    PLIST_ENTRY first = NULL;

    sched_lock(&ke_dispatcher);
    if (Queue->EntryListHead.Flink != &Queue->EntryListHead) {
        first = Queue->EntryListHead.Flink;
        RemoveEntryList(&Queue->EntryListHead);
        InitializeListHead(&Queue->EntryListHead);
        Queue->Header.SignalState = 0;
    }
    sched_unlock(&ke_dispatcher);
    return first;
}
