/* System worker threads (EXE-188). One queue, first come first served, critical items before the rest. A worker that takes an item and
 * leaves nobody idle first starts another worker, so an item that blocks never keeps the next one from running; idle ones beyond
 * KEEP_IDLE end after a while.
 *
 * ExQueueWorkItem runs at up to DISPATCH_LEVEL and starts no thread itself: there is always one that waits, or one that is about to
 * start another. */
#include "ex_private.h"

#define WORKERS_MAX 512
#define KEEP_IDLE   4
#define IDLE_100NS  (30 * 10000000ll)

static struct {
    struct sched_lock lock;
    LIST_ENTRY queue[2]; /* critical and above, the rest */
    KSEMAPHORE items;    /* one for each queued item; extra ones at the end make workers leave */
    unsigned workers, idle, running, queued;
    bool stopping;
    KEVENT gone;
    ex_create_thread *create;
} work;

static VOID NTAPI worker(PVOID context);

/* workers and idle count it already. PASSIVE_LEVEL. */
static void start_worker(void)
{
    if (NT_SUCCESS(work.create(worker, NULL)))
        return;
    sched_lock(&work.lock); /* the next one that takes an item tries again */
    work.workers--;
    work.idle--;
    sched_unlock(&work.lock);
}

int ex_work_start(ex_create_thread *create)
{
    InitializeListHead(&work.queue[0]);
    InitializeListHead(&work.queue[1]);
    KeInitializeSemaphore(&work.items, 0, 0x7FFFFFFF);
    KeInitializeEvent(&work.gone, NotificationEvent, FALSE);
    mm_add_freed_check(ex_check_freed);
    work.create = create;
    work.stopping = false;
    for (unsigned i = 0; i < 2; i++) {
        work.workers++;
        work.idle++;
        start_worker();
    }
    return work.workers ? 0 : -1;
}

void ex_work_stop(void)
{
    bool wait;

    sched_lock(&work.lock);
    work.stopping = true;
    wait = work.workers != 0;
    sched_unlock(&work.lock);
    if (!wait)
        return;
    KeReleaseSemaphore(&work.items, 0, WORKERS_MAX, FALSE);
    KeWaitForSingleObject(&work.gone, Executive, KernelMode, FALSE, NULL);
}

/* Takes the next item; under no lock. NULL: none, the caller has waited in vain. *more: start another worker before running it. */
static PWORK_QUEUE_ITEM take(bool *more)
{
    PWORK_QUEUE_ITEM item = NULL;

    *more = false;
    sched_lock(&work.lock);
    for (unsigned q = 0; q < 2 && !item; q++) {
        PLIST_ENTRY e = work.queue[q].Flink;

        if (e == &work.queue[q])
            continue;
        work.queue[q].Flink = e->Flink;
        e->Flink->Blink = &work.queue[q];
        item = CONTAINING_RECORD(e, WORK_QUEUE_ITEM, List);
        mm_watch(item, -1);
        __atomic_store_n(&item->List.Flink, NULL, __ATOMIC_RELEASE); /* may be queued again, or freed, from here on */
    }
    if (item) {
        __atomic_store_n(&work.queued, work.queued - 1, __ATOMIC_RELAXED); /* ex_check_freed reads it without the lock */
        work.running++;
        work.idle--;
        if (work.idle == 0 && work.workers < WORKERS_MAX && !work.stopping) {
            *more = true;
            work.workers++;
            work.idle++;
        }
    }
    sched_unlock(&work.lock);
    return item;
}

static void run(PWORKER_THREAD_ROUTINE routine, PVOID parameter, PWORK_QUEUE_ITEM item)
{
    guest_call_void(WORKER_THREAD_ROUTINE, routine, parameter);
    if (ex_irql() != PASSIVE_LEVEL)
        guest_bugcheck(0xE1, ex_number(routine), ex_irql(), ex_number(parameter), ex_number(item), "a work item's routine returned at IRQL %u", ex_irql());
    if (KeAreApcsDisabled()) /* EXE-183 */
        guest_bugcheck(0x1, ex_number(routine), 0, 1, 1, "a work item's routine returned within a critical region");
}

static VOID NTAPI worker(PVOID context)
{
    LARGE_INTEGER idle = {.QuadPart = -IDLE_100NS};
    bool last = false;

    (void)context;
    for (;;) {
        NTSTATUS status = KeWaitForSingleObject(&work.items, WrQueue, KernelMode, FALSE, &idle);
        bool more;
        PWORK_QUEUE_ITEM item = take(&more);

        if (item) {
            PWORKER_THREAD_ROUTINE routine = item->WorkerRoutine;
            PVOID parameter = item->Parameter;

            if (more)
                start_worker();
            run(routine, parameter, item);
            sched_lock(&work.lock);
            work.running--;
            work.idle++;
            sched_unlock(&work.lock);
            continue;
        }
        sched_lock(&work.lock);
        if (work.stopping || (status == STATUS_TIMEOUT && work.idle > KEEP_IDLE)) {
            work.workers--;
            work.idle--;
            last = work.stopping && work.workers == 0;
            sched_unlock(&work.lock);
            break;
        }
        sched_unlock(&work.lock);
    }
    if (last)
        KeSetEvent(&work.gone, IO_NO_INCREMENT, FALSE);
}

VOID NTAPI ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
    unsigned q = QueueType == CriticalWorkQueue || QueueType == HyperCriticalWorkQueue || QueueType == SuperCriticalWorkQueue ||
                 QueueType == RealTimeWorkQueue ? 0 : 1;

    if ((ULONG)QueueType >= MaximumWorkQueue && (ULONG)QueueType < CustomPriorityWorkQueue)
        guest_bugcheck(0xE4, 5, ex_number(WorkItem), (ULONG)QueueType, 0, "ExQueueWorkItem to queue %u, which there is not", (unsigned)QueueType);
    if ((ULONG_PTR)WorkItem->WorkerRoutine < MmUserProbeAddress) /* EXE-765 */
        guest_bugcheck(0xE4, 3, ex_number(WorkItem), ex_number((void *)(ULONG_PTR)WorkItem->WorkerRoutine), 0, "work item %p has no routine: %p", WorkItem,
                       (void *)(ULONG_PTR)WorkItem->WorkerRoutine);
    if (ex_irql() > DISPATCH_LEVEL)
        guest_finding("EXE-188", "ExQueueWorkItem at IRQL %u", ex_irql());
    sched_lock(&work.lock);
    if (WorkItem->List.Flink) {
        sched_unlock(&work.lock);
        guest_bugcheck(0xE4, 1, ex_number(WorkItem), (ULONG)QueueType, 0, "work item %p is queued twice (or was never initialized)", WorkItem);
    }
    WorkItem->List.Flink = &work.queue[q];
    WorkItem->List.Blink = work.queue[q].Blink;
    work.queue[q].Blink->Flink = &WorkItem->List;
    work.queue[q].Blink = &WorkItem->List;
    mm_watch(WorkItem, 1);
    __atomic_store_n(&work.queued, work.queued + 1, __ATOMIC_RELAXED);
    sched_unlock(&work.lock);
    KeReleaseSemaphore(&work.items, IO_NO_INCREMENT, 1, FALSE);
}

unsigned ex_work_pending(void)
{
    unsigned pending;

    sched_lock(&work.lock);
    pending = work.queued + work.running;
    sched_unlock(&work.lock);
    return pending;
}

void ex_check_freed(uint64_t low, uint64_t high)
{
    ULONG64 found = 0;

    if (__atomic_load_n(&work.queued, __ATOMIC_RELAXED) == 0)
        return;
    sched_lock(&work.lock);
    for (unsigned q = 0; q < 2; q++)
        for (PLIST_ENTRY e = work.queue[q].Flink; e != &work.queue[q]; e = e->Flink)
            if (ex_number(e) >= low && ex_number(e) < high)
                found = ex_number(e);
    sched_unlock(&work.lock);
    if (found)
        guest_bugcheck(0xE4, 2, found, low, high, "memory with a queued work item (%p) is freed", (void *)(ULONG_PTR)found);
}
