/* ZwNotifyChangeKey (EXE-535). What is asked for belongs to the open key: the first call fixes filter and tree, each call waits for one
 * change, and what changes while no call waits is remembered for the next. Who changes the registry calls cm_changed under cm_lock; what
 * that completes is told by cm_unlock, without the lock, in the changer's thread: events, work items and waiting callers are the kernel's
 * own, no guest runs here. */
#include "cm_private.h"
#include "nt/ke/ke.h"

#define FILTERS (REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_ATTRIBUTES | REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_CHANGE_SECURITY)

/* A call that waits. */
struct notice {
    LIST_ENTRY entry;
    NTSTATUS status;
    PIO_STATUS_BLOCK io;
    PKEVENT event;            /* referenced, or NULL */
    PWORK_QUEUE_ITEM item;    /* a kernel caller's ApcRoutine */
    WORK_QUEUE_TYPE queue;
    PKEVENT waiter;           /* of a synchronous call: its thread owns the notice */
};

struct cm_watch {
    LIST_ENTRY entry, notices;
    struct cm_key *key; /* the open object holds it */
    ULONG filter;
    bool tree, changed;
};

static LIST_ENTRY watches = {&watches, &watches}; /* under cm_lock */
static LIST_ENTRY ready = {&ready, &ready};       /* completed, not yet told; under cm_lock */

void cm_notify_start(void)
{
    InitializeListHead(&watches);
    InitializeListHead(&ready);
}

static void complete_all(struct cm_watch *watch, NTSTATUS status)
{
    while (!IsListEmpty(&watch->notices)) {
        struct notice *notice = CONTAINING_RECORD(RemoveHeadList(&watch->notices), struct notice, entry);

        notice->status = status;
        InsertTailList(&ready, &notice->entry);
    }
}

static bool covers(const struct cm_watch *watch, const struct cm_key *key)
{
    if (watch->key == key)
        return true;
    for (; watch->tree && key; key = key->parent)
        if (watch->key == key)
            return true;
    return false;
}

void cm_changed(struct cm_key *key, ULONG what)
{
    for (PLIST_ENTRY e = watches.Flink; e != &watches; e = e->Flink) {
        struct cm_watch *watch = CONTAINING_RECORD(e, struct cm_watch, entry);

        if (!(watch->filter & what) || !covers(watch, key))
            continue;
        watch->changed = IsListEmpty(&watch->notices);
        complete_all(watch, STATUS_NOTIFY_ENUM_DIR);
    }
}

/* A deleted key changes no more: who waits for it waits no longer. */
void cm_gone(struct cm_key *key)
{
    for (PLIST_ENTRY e = watches.Flink; e != &watches; e = e->Flink) {
        struct cm_watch *watch = CONTAINING_RECORD(e, struct cm_watch, entry);

        if (watch->key == key)
            complete_all(watch, STATUS_NOTIFY_ENUM_DIR);
    }
}

static void tell(struct notice *notice)
{
    PKEVENT event = notice->event;

    *notice->io = (IO_STATUS_BLOCK){.Status = notice->status};
    if (event) {
        KeSetEvent(event, IO_NO_INCREMENT, FALSE);
        ObfDereferenceObject(event);
    }
    if (notice->item)
        ExQueueWorkItem(notice->item, notice->queue);
    if (notice->waiter)
        KeSetEvent(notice->waiter, IO_NO_INCREMENT, FALSE);
    else
        ExFreePoolWithTag(notice, CM_TAG);
}

void cm_unlock(void)
{
    LIST_ENTRY mine;

    InitializeListHead(&mine);
    while (!IsListEmpty(&ready))
        InsertTailList(&mine, RemoveHeadList(&ready));
    sched_unlock(&cm_lock);
    while (!IsListEmpty(&mine))
        tell(CONTAINING_RECORD(RemoveHeadList(&mine), struct notice, entry));
}

/* ---- the open key ---- */
void cm_close(void *body, BOOLEAN last_handle)
{
    struct cm_open *open = body;

    if (!last_handle)
        return;
    sched_lock(&cm_lock);
    open->closed = true;
    if (open->watch)
        complete_all(open->watch, STATUS_NOTIFY_CLEANUP);
    cm_unlock();
}

/* Under cm_lock, by the last reference: nobody waits. */
void cm_watch_free(struct cm_open *open)
{
    if (!open->watch)
        return;
    WK_ASSERT(IsListEmpty(&open->watch->notices));
    RemoveEntryList(&open->watch->entry);
    ExFreePoolWithTag(open->watch, CM_TAG);
    open->watch = NULL;
}

/* Takes `notice` in, or finds that it is due already. Frees `made` when the key is watched before. Under cm_lock. */
static void arm(struct cm_open *open, struct cm_watch *made, struct notice *notice)
{
    if (!open->watch) {
        open->watch = made;
        InitializeListHead(&made->notices);
        InsertTailList(&watches, &made->entry);
    } else
        ExFreePoolWithTag(made, CM_TAG);
    InsertTailList(&open->watch->notices, &notice->entry);
    if (open->closed || open->watch->changed)
        complete_all(open->watch, open->closed ? STATUS_NOTIFY_CLEANUP : STATUS_NOTIFY_ENUM_DIR);
    open->watch->changed = false;
}

static NTSTATUS notify(PVOID object, const struct notice *wanted, ULONG filter, bool tree, bool wait)
{
    struct cm_open *open = object;
    struct notice *notice = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*notice), CM_TAG);
    struct cm_watch *watch = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*watch), CM_TAG);
    KEVENT waiter;
    NTSTATUS status;

    if (!notice || !watch) {
        if (notice)
            ExFreePoolWithTag(notice, CM_TAG);
        if (watch)
            ExFreePoolWithTag(watch, CM_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *notice = *wanted;
    *watch = (struct cm_watch){.key = open->key, .filter = filter, .tree = tree};
    if (wait) {
        KeInitializeEvent(&waiter, NotificationEvent, FALSE);
        notice->waiter = &waiter;
    }
    if (notice->event) {
        KeClearEvent(notice->event);
        ObfReferenceObject(notice->event);
    }
    sched_lock(&cm_lock);
    arm(open, watch, notice);
    status = !IsListEmpty(&open->watch->notices) ? STATUS_PENDING : open->closed ? STATUS_NOTIFY_CLEANUP : STATUS_NOTIFY_ENUM_DIR;
    cm_unlock();
    if (!wait)
        return status;
    KeWaitForSingleObject(&waiter, Executive, KernelMode, FALSE, NULL);
    status = notice->status;
    ExFreePoolWithTag(notice, CM_TAG);
    return status;
}

/* A kernel caller's ApcRoutine is a WORK_QUEUE_ITEM and ApcContext the queue it goes to. Event is signaled, IoStatusBlock filled and the item
 * queued once per call, with the change or (STATUS_NOTIFY_CLEANUP) the last handle's close. */
NTSTATUS NTAPI ZwNotifyChangeKey(HANDLE KeyHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                 ULONG CompletionFilter, BOOLEAN WatchTree, PVOID Buffer, ULONG BufferSize, BOOLEAN Asynchronous)
{
    struct notice wanted = {.io = IoStatusBlock, .item = (PWORK_QUEUE_ITEM)(ULONG_PTR)ApcRoutine, .queue = (WORK_QUEUE_TYPE)(ULONG_PTR)ApcContext};
    ULONG filter = CompletionFilter & ~(ULONG)REG_NOTIFY_THREAD_AGNOSTIC;
    struct cm_key *key;
    PVOID object, event = NULL;
    NTSTATUS status;

    (void)Buffer;
    (void)BufferSize;
    if (!filter || filter & ~(ULONG)FILTERS || !IoStatusBlock || (wanted.item && wanted.queue >= MaximumWorkQueue))
        return STATUS_INVALID_PARAMETER;
    status = cm_of_handle(KeyHandle, KEY_NOTIFY, &object, &key);
    if (!NT_SUCCESS(status))
        return status;
    if (Event)
        status = ob_handle_reference(Event, EVENT_MODIFY_STATE, ob_event_type, KernelMode, &event, NULL);
    wanted.event = event;
    if (NT_SUCCESS(status))
        status = notify(object, &wanted, filter, WatchTree, !Asynchronous);
    if (event)
        ObfDereferenceObject(event);
    ObfDereferenceObject(object);
    return status;
}
