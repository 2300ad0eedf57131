/* DPCs (EXE-116 .. EXE-123). One queue per processor. A queued DPC runs at DISPATCH_LEVEL in whoever owns the processor, when
 * that one lowers its IRQL, or in the processor's own thread: sched calls ke_dpcs_run (the service hook).
 *
 * DpcData is the queue a DPC is in, NULL when in none; it changes only under that queue's lock. The object is not touched after
 * DpcData is NULL: the routine may queue or free it (EXE-118).
 *
 * Threaded DPCs (EXE-123) run as ordinary ones, or with ke_config.threaded_dpcs in one thread per processor. */
#include "nt/ke/ke_private.h"
#include "nt/mm/mm.h"
#include "nt/seh/seh.h"

struct ke_cpu_queue {
    struct sched_lock lock;
    PSINGLE_LIST_ENTRY first, last;
    unsigned cpu;
    PKDPC volatile running;
    KEVENT event; /* threaded: something to run */
};

static struct ke_cpu_queue queues[SCHED_CPU_MAX], threaded[SCHED_CPU_MAX];
static KTHREAD *dpc_threads[SCHED_CPU_MAX];
static unsigned cpu_count;
static bool has_threads, stopping;

/* ---- what is queued lies in which pages, roughly ---- */
void ke_watch(const void *object, int by)
{
    mm_watch(object, by);
}

void ke_check_unloaded(ULONG_PTR start, ULONG_PTR end)
{
    PKTIMER timer;
    PKDPC dpc;

    if (ke_timer_in(start, end, &timer))
        guest_bugcheck(0xC7, 0, (ULONG64)(ULONG_PTR)timer, start, end, "memory %p..%p is freed with the active timer %p in it", (void *)start, (void *)end, timer);
    if (ke_dpc_in(start, end, &dpc)) {
        bool object = (ULONG_PTR)dpc >= start && (ULONG_PTR)dpc < end;

        guest_bugcheck(0xC7, object ? 1 : 2, (ULONG64)(ULONG_PTR)(object ? (void *)dpc : (void *)(ULONG_PTR)dpc->DeferredRoutine), start, end,
                       object ? "memory %p..%p is freed with the queued DPC %p in it" : "memory %p..%p is freed with the routine of the queued DPC %p in it",
                       (void *)start, (void *)end, dpc);
    }
}

void ke_check_freed(ULONG_PTR start, ULONG_PTR end)
{
    ULONG_PTR last = (end - 1) >> PAGE_SHIFT;

    for (ULONG_PTR page = start >> PAGE_SHIFT; page <= last; page++)
        if (__atomic_load_n(&mm_watched[page % MM_WATCH_PAGES], __ATOMIC_RELAXED)) {
            ke_check_unloaded(start, end);
            return;
        }
}

bool ke_dpc_in(ULONG_PTR start, ULONG_PTR end, PKDPC *found)
{
    *found = NULL;
    for (unsigned i = 0; i < 2 * cpu_count && !*found; i++) {
        struct ke_cpu_queue *q = i < cpu_count ? &queues[i] : &threaded[i - cpu_count];

        sched_lock(&q->lock);
        for (PSINGLE_LIST_ENTRY e = q->first; e && !*found; e = e->Next) {
            PKDPC dpc = CONTAINING_RECORD(e, KDPC, DpcListEntry);
            ULONG_PTR routine = (ULONG_PTR)dpc->DeferredRoutine;

            if (((ULONG_PTR)dpc >= start && (ULONG_PTR)dpc < end) || (routine >= start && routine < end))
                *found = dpc;
        }
        sched_unlock(&q->lock);
    }
    return *found != NULL;
}

/* ---- objects ---- */
static void init(PRKDPC dpc, UCHAR type, PKDEFERRED_ROUTINE routine, PVOID context)
{
    dpc->TargetInfoAsUlong = 0;
    dpc->Type = type;
    dpc->Importance = MediumImportance;
    dpc->ProcessorHistory = 0;
    dpc->DeferredRoutine = routine;
    dpc->DeferredContext = context;
    dpc->DpcData = NULL;
}

VOID NTAPI KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    init(Dpc, DpcObject, DeferredRoutine, DeferredContext);
}

VOID NTAPI KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    init(Dpc, ThreadedDpcObject, DeferredRoutine, DeferredContext);
}

VOID NTAPI KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
    Dpc->Importance = (UCHAR)Importance;
}

/* Ignored for a number that is not active; C7 for one that no machine has (EXE-120, EXE-729). */
VOID NTAPI KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
    if ((UCHAR)Number >= MAXIMUM_PROC_PER_GROUP)
        guest_bugcheck(0xC7, 3, (ULONG64)(ULONG_PTR)Dpc, (ULONG64)(UCHAR)Number, cpu_count, "KeSetTargetProcessorDpc(%p) to processor %u", Dpc, (UCHAR)Number);
    if ((UCHAR)Number < cpu_count)
        Dpc->Number = (USHORT)((UCHAR)Number + 1);
}

NTSTATUS NTAPI KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcNumber->Group != 0 || ProcNumber->Number >= cpu_count || ProcNumber->Reserved != 0)
        return STATUS_INVALID_PARAMETER;
    Dpc->Number = (USHORT)(ProcNumber->Number + 1);
    return STATUS_SUCCESS;
}

/* ---- the queue ---- */
static bool insert(struct ke_cpu_queue *q, PRKDPC dpc, PVOID arg1, PVOID arg2)
{
    PVOID none = NULL;

    sched_lock(&q->lock);
    if (!__atomic_compare_exchange_n((PVOID *)&dpc->DpcData, &none, q, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        sched_unlock(&q->lock);
        return false;
    }
    ke_watch(dpc, 1);
    dpc->SystemArgument1 = arg1;
    dpc->SystemArgument2 = arg2;
    dpc->DpcListEntry.Next = NULL;
    if (!q->first) {
        q->last = &dpc->DpcListEntry;
        __atomic_store_n(&q->first, q->last, __ATOMIC_RELEASE); /* take_first looks without the lock */
    } else if (dpc->Importance == HighImportance) {
        dpc->DpcListEntry.Next = q->first;
        __atomic_store_n(&q->first, &dpc->DpcListEntry, __ATOMIC_RELEASE);
    } else {
        q->last->Next = &dpc->DpcListEntry;
        q->last = &dpc->DpcListEntry;
    }
    sched_unlock(&q->lock);
    return true;
}

/* At DISPATCH_LEVEL or above. A threaded one's processor is added to *kick: ke_dpc_kick when the dispatcher lock is free. */
bool ke_dpc_queue(PRKDPC dpc, PVOID arg1, PVOID arg2, uint64_t *kick)
{
    unsigned cpu = dpc->Number ? dpc->Number - 1u : ke_cpu();

    if (dpc->Type == ThreadedDpcObject && has_threads) {
        if (!insert(&threaded[cpu], dpc, arg1, arg2))
            return false;
        *kick |= UINT64_C(1) << cpu;
        return true;
    }
    if (!insert(&queues[cpu], dpc, arg1, arg2))
        return false;
    sched_cpu_interrupt(cpu);
    return true;
}

void ke_dpc_kick(uint64_t cpus)
{
    for (; cpus; cpus &= cpus - 1)
        KeSetEvent(&threaded[__builtin_ctzll(cpus)].event, 0, FALSE);
}

/* EXE-119 [W]: every importance interrupts its processor at once; Low and Medium may wait but need not. Raised from here to
 * the end, "current processor" stays the same, and the queue drains as we lower. */
BOOLEAN NTAPI KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    uint64_t kick = 0;
    bool queued;
    KIRQL old;

    if (__builtin_expect(Dpc->Type != DpcObject && Dpc->Type != ThreadedDpcObject, 0))
        guest_bugcheck(0x0A, (ULONG64)(ULONG_PTR)Dpc, ke_irql(), 0, 0, "KeInsertQueueDpc(%p): not an initialised DPC (type byte %u)", Dpc, Dpc->Type);
    old = ke_raise_to_dispatch();
    queued = ke_dpc_queue(Dpc, SystemArgument1, SystemArgument2, &kick);
    if (__builtin_expect(kick != 0, 0))
        ke_dpc_kick(kick);
    ke_lower(old);
    return queued;
}

BOOLEAN NTAPI KeRemoveQueueDpc(PRKDPC Dpc)
{
    struct ke_cpu_queue *q = __atomic_load_n((PVOID *)&Dpc->DpcData, __ATOMIC_ACQUIRE);
    bool removed = false;

    if (!q)
        return FALSE;
    sched_lock(&q->lock);
    if (Dpc->DpcData == q) {
        PSINGLE_LIST_ENTRY before = NULL;

        for (PSINGLE_LIST_ENTRY e = q->first; e != &Dpc->DpcListEntry; e = e->Next)
            before = e;
        __atomic_store_n(before ? &before->Next : &q->first, Dpc->DpcListEntry.Next, __ATOMIC_RELEASE);
        if (q->last == &Dpc->DpcListEntry)
            q->last = before;
        ke_watch(Dpc, -1);
        __atomic_store_n((PVOID *)&Dpc->DpcData, NULL, __ATOMIC_RELEASE);
        removed = true;
    }
    sched_unlock(&q->lock);
    return removed;
}

BOOLEAN NTAPI KeRemoveQueueDpcEx(PRKDPC Dpc, BOOLEAN WaitIfActive)
{
    BOOLEAN removed = KeRemoveQueueDpc(Dpc);

    if (!removed && WaitIfActive)
        KeFlushQueuedDpcs();
    return removed;
}

struct taken {
    PKDPC dpc;
    PKDEFERRED_ROUTINE routine;
    PVOID context, arg1, arg2;
};

static bool take_first(struct ke_cpu_queue *q, struct taken *t)
{
    if (!__atomic_load_n(&q->first, __ATOMIC_ACQUIRE))
        return false;
    sched_lock(&q->lock);
    if (q->first) {
        t->dpc = CONTAINING_RECORD(q->first, KDPC, DpcListEntry);
        __atomic_store_n(&q->first, q->first->Next, __ATOMIC_RELEASE);
        if (!q->first)
            q->last = NULL;
        t->routine = t->dpc->DeferredRoutine;
        t->context = t->dpc->DeferredContext;
        t->arg1 = t->dpc->SystemArgument1;
        t->arg2 = t->dpc->SystemArgument2;
        ke_watch(t->dpc, -1);
        q->running = t->dpc;
        __atomic_store_n((PVOID *)&t->dpc->DpcData, NULL, __ATOMIC_RELEASE);
    } else {
        t->dpc = NULL;
    }
    sched_unlock(&q->lock);
    return t->dpc != NULL;
}

static void check_after(const struct taken *t, KIRQL irql, SHORT critical)
{
    PKTHREAD thread = ke_thread();

    if (ke_irql() != irql) /* EXE-715 */
        guest_bugcheck(0xC8, (ULONG64)ke_irql() << 16 | (ULONG64)irql << 8, (ULONG64)(ULONG_PTR)t->routine, 0, 0,
                       "DPC routine %p was entered at IRQL %u and returned at IRQL %u", t->routine, irql, ke_irql());
    if (thread->critical != critical) /* EXE-727 */
        guest_bugcheck(0xC7, irql < DISPATCH_LEVEL ? 5 : 4, (ULONG64)(ULONG_PTR)t->routine, (ULONG64)critical, (ULONG64)thread->critical,
                       "DPC routine %p changed the APC-disable count", t->routine);
    if (!ke_interrupts_on()) { /* EXE-060 */
        guest_finding("EXE-060", "DPC routine %p returned with interrupts disabled", t->routine);
        ke_set_interrupts(true);
    }
}

static SEH_BOUNDARY void run(struct ke_cpu_queue *q, const struct taken *t)
{
    SHORT critical = ke_thread()->critical;
    bool interrupts = ke_interrupts_on();
    KIRQL irql = ke_irql();

    guest_call_void(KDEFERRED_ROUTINE, t->routine, t->dpc, t->context, t->arg1, t->arg2);
    q->running = NULL;
    if (__builtin_expect(ke_irql() != irql || ke_thread()->critical != critical || ke_interrupts_on() != interrupts, 0))
        check_after(t, irql, critical);
}

/* The service hook: at DISPATCH_LEVEL, owning cpu. Runs until the queue is empty. */
void ke_dpcs_run(unsigned cpu)
{
    struct taken t;

    ke_ipi_poll();
    if (!__atomic_load_n(&queues[cpu].first, __ATOMIC_RELAXED))
        return;
    ke_thread()->page->dpc_start_ns = sched_now_ns();
    KE_PCR_DPC_DEPTH = KE_PCR_DPC_DEPTH + 1;
    while (take_first(&queues[cpu], &t))
        run(&queues[cpu], &t);
    KE_PCR_DPC_DEPTH = KE_PCR_DPC_DEPTH - 1;
    ke_thread()->page->dpc_start_ns = 0;
}

/* The network's callbacks run as a DPC does: at DISPATCH_LEVEL, atop of whatever this thread did when it gave the processor back. */
SEH_BOUNDARY void ke_hand_over(unsigned cpu)
{
    KE_PCR_DPC_DEPTH = KE_PCR_DPC_DEPTH + 1;
    sched_hand_over(cpu);
    KE_PCR_DPC_DEPTH = KE_PCR_DPC_DEPTH - 1;
}

LOGICAL NTAPI KeIsExecutingDpc(VOID)
{
    return ke_in_dpc();
}

/* ---- EXE-122: one DPC of ours behind everything queued on each processor ---- */
struct flush {
    KEVENT done;
    LONG left;
    KDPC dpcs[2 * SCHED_CPU_MAX];
};

static VOID NTAPI flush_routine(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    struct flush *flush = context;

    if (InterlockedDecrement(&flush->left) == 0)
        KeSetEvent(&flush->done, 0, FALSE);
}

VOID NTAPI KeFlushQueuedDpcs(VOID)
{
    struct flush flush;
    unsigned count = has_threads ? 2 * cpu_count : cpu_count;

    if (ke_irql() != PASSIVE_LEVEL)
        guest_bugcheck(0x0A, 0, ke_irql(), 0, 0, "KeFlushQueuedDpcs waits; it was called at IRQL %u", ke_irql());
    KeInitializeEvent(&flush.done, NotificationEvent, FALSE);
    flush.left = (LONG)count;
    for (unsigned i = 0; i < count; i++) {
        init(&flush.dpcs[i], i < cpu_count ? DpcObject : ThreadedDpcObject, flush_routine, &flush);
        flush.dpcs[i].Number = (USHORT)(i % cpu_count + 1);
        flush.dpcs[i].Importance = LowImportance; /* at the tail */
        KeInsertQueueDpc(&flush.dpcs[i], NULL, NULL);
    }
    KeWaitForSingleObject(&flush.done, Executive, KernelMode, FALSE, NULL);
}

/* ---- EXE-123 ---- */
static void threaded_main(void *ctx)
{
    struct ke_cpu_queue *q = ctx;
    struct taken t;

    KeSetSystemAffinityThread((KAFFINITY)1 << q->cpu);
    KeSetPriorityThread(ke_thread(), HIGH_PRIORITY);
    while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
        KeWaitForSingleObject(&q->event, Executive, KernelMode, FALSE, NULL);
        while (take_first(q, &t))
            run(q, &t);
    }
}

static void threaded_exited(PKTHREAD thread)
{
}

/* Before the processors run. */
void ke_dpcs_prepare(unsigned count)
{
    cpu_count = count;
    stopping = false;
    has_threads = false;
    for (unsigned i = 0; i < count; i++) {
        queues[i] = (struct ke_cpu_queue){.cpu = i};
        threaded[i] = (struct ke_cpu_queue){.cpu = i};
        KeInitializeEvent(&threaded[i].event, SynchronizationEvent, FALSE);
    }
}

void ke_dpcs_start(bool threads)
{
    for (unsigned i = 0; threads && i < cpu_count; i++) {
        static KTHREAD storage[SCHED_CPU_MAX];

        storage[i] = (KTHREAD){0};
        dpc_threads[i] = &storage[i];
        if (ke_thread_create(dpc_threads[i], threaded_main, &threaded[i], "threaded dpc", threaded_exited) != STATUS_SUCCESS) {
            dpc_threads[i] = NULL;
            return; /* they run as ordinary ones */
        }
    }
    has_threads = threads;
}

void ke_dpcs_stop(void)
{
    __atomic_store_n(&stopping, true, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < cpu_count; i++)
        if (dpc_threads[i]) {
            KeSetEvent(&threaded[i].event, 0, FALSE);
            KeWaitForSingleObject(dpc_threads[i], Executive, KernelMode, FALSE, NULL);
            dpc_threads[i] = NULL;
        }
    has_threads = false;
}
