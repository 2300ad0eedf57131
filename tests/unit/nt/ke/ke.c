/* The kernel core by itself, on the NT side: threads, waits, DPCs, timers, locks. Plain functions for main.c; what a driver sees is
 * tested by tests/guest/ke. */
#include "memory/mem.h"
#include "nt/ke/ke.h"
#include "ke_test.h"

#define MUST(e)                                                                                                        \
    do {                                                                                                               \
        if (!(e)) {                                                                                                    \
            ke_test_failed(#e, __LINE__);                                                                              \
            return -1;                                                                                                 \
        }                                                                                                              \
    } while (0)
#define MS(n) ((n) * 10000ll)

static KTHREAD main_thread, others[8];
static uint32_t in_use[8];

int ke_test_start(unsigned cpus, int threaded)
{
    struct ke_config config = {.cpu_count = cpus, .seed = 1, .os_major = 10, .os_build = 22631, .threaded_dpcs = threaded};

    if (mem_start(1ull << 30) != 0 || ke_start(&config) != 0)
        return -1;
    main_thread = (KTHREAD){0};
    return ke_thread_adopt(&main_thread, "main");
}

int ke_test_stop(void)
{
    MUST(ke_stop());
    ke_thread_disown();
    mem_stop();
    return 0;
}

static void exited(PKTHREAD thread)
{
    __atomic_store_n(&in_use[thread - others], 0, __ATOMIC_RELEASE);
}

static NTSTATUS wait_for(PVOID object, LONGLONG timeout)
{
    LARGE_INTEGER t = {.QuadPart = timeout};

    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &t);
}

static int join(PKTHREAD thread)
{
    return wait_for(thread, -MS(20000)) == STATUS_SUCCESS ? 0 : -1;
}

static int spawn(int i, void (*fn)(void *), void *ctx)
{
    /* the object is signaled before its memory is free for another */
    for (unsigned spins = 0; __atomic_exchange_n(&in_use[i], 1, __ATOMIC_ACQUIRE); spins++)
        sched_spin(spins);
    others[i] = (KTHREAD){0};
    return ke_thread_create(&others[i], fn, ctx, "other", exited) == STATUS_SUCCESS ? 0 : -1;
}

int ke_test_irql(void)
{
    KIRQL old;

    MUST(KeGetCurrentIrql() == PASSIVE_LEVEL);
    KeRaiseIrql(APC_LEVEL, &old);
    MUST(old == PASSIVE_LEVEL && KeGetCurrentIrql() == APC_LEVEL);
    MUST(KeRaiseIrqlToDpcLevel() == APC_LEVEL);
    MUST(KeGetCurrentIrql() == DISPATCH_LEVEL);
    MUST(sched_cpu_states[KeGetCurrentProcessorNumberEx(NULL)].word & SCHED_CPU_OWNED);
    KeRaiseIrql(HIGH_LEVEL, &old);
    MUST(old == DISPATCH_LEVEL);
    KeLowerIrql(DISPATCH_LEVEL);
    KeLowerIrql(PASSIVE_LEVEL);
    MUST(KeGetCurrentIrql() == PASSIVE_LEVEL);
    return 0;
}

int ke_test_event(void)
{
    KEVENT n, s;
    PVOID both[2] = {&n, &s};
    LARGE_INTEGER zero = {0};

    KeInitializeEvent(&n, NotificationEvent, FALSE);
    KeInitializeEvent(&s, SynchronizationEvent, TRUE);
    MUST(wait_for(&n, 0) == STATUS_TIMEOUT);
    MUST(KeWaitForMultipleObjects(2, both, WaitAll, Executive, KernelMode, FALSE, &zero, NULL) == STATUS_TIMEOUT);
    MUST(KeReadStateEvent(&s) == 1);
    MUST(KeWaitForMultipleObjects(2, both, WaitAny, Executive, KernelMode, FALSE, &zero, NULL) == STATUS_WAIT_1);
    MUST(KeReadStateEvent(&s) == 0);
    MUST(KeSetEvent(&n, 0, FALSE) == 0 && KeSetEvent(&n, 0, FALSE) != 0);
    MUST(wait_for(&n, 0) == STATUS_SUCCESS && KeReadStateEvent(&n));
    MUST(KeSetEvent(&s, 0, FALSE) == 0);
    MUST(KeWaitForMultipleObjects(2, both, WaitAll, Executive, KernelMode, FALSE, NULL, NULL) == STATUS_SUCCESS);
    MUST(!KeReadStateEvent(&s) && KeReadStateEvent(&n));
    MUST(KeResetEvent(&n) != 0 && KeResetEvent(&n) == 0);
    MUST(n.Header.Type == NotificationEvent); /* nothing of a wait is left in it */
    return 0;
}

struct pong {
    KEVENT there, back;
    int turns;
};

static void pong_main(void *ctx)
{
    struct pong *p = ctx;

    for (int i = 0; i < 3000; i++) {
        KeWaitForSingleObject(&p->there, Executive, KernelMode, FALSE, NULL);
        p->turns++;
        KeSetEvent(&p->back, 0, FALSE);
    }
}

int ke_test_handover(void)
{
    struct pong p = {.turns = 0};

    KeInitializeEvent(&p.there, SynchronizationEvent, FALSE);
    KeInitializeEvent(&p.back, SynchronizationEvent, FALSE);
    MUST(spawn(0, pong_main, &p) == 0);
    for (int i = 0; i < 3000; i++) {
        KeSetEvent(&p.there, 0, FALSE);
        MUST(wait_for(&p.back, -MS(10000)) == STATUS_SUCCESS);
    }
    MUST(join(&others[0]) == 0);
    MUST(p.turns == 3000);
    return 0;
}

/* The waiter frees the event as soon as its wait returns: the stack frame is reused at once (EXE-161). */
struct relay {
    PKEVENT volatile slot;
    LONG stop;
};

static void relay_main(void *ctx)
{
    struct relay *r = ctx;

    while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED)) {
        PKEVENT event = InterlockedExchangePointer((PVOID volatile *)&r->slot, NULL);

        if (event)
            KeSetEvent(event, 0, FALSE);
    }
}

static __attribute__((noinline)) NTSTATUS one_stack_event(struct relay *r)
{
    KEVENT event;
    NTSTATUS status;

    KeInitializeEvent(&event, SynchronizationEvent, FALSE);
    InterlockedExchangePointer((PVOID volatile *)&r->slot, &event);
    status = wait_for(&event, -MS(10000));
    __builtin_memset(&event, 0xdd, sizeof(event));
    return status;
}

int ke_test_stack_event(void)
{
    struct relay r = {0};

    MUST(spawn(0, relay_main, &r) == 0);
    for (int i = 0; i < 3000; i++)
        MUST(one_stack_event(&r) == STATUS_SUCCESS);
    __atomic_store_n(&r.stop, 1, __ATOMIC_RELAXED);
    MUST(join(&others[0]) == 0);
    return 0;
}

struct shared {
    KSPIN_LOCK plain, queued;
    EX_SPIN_LOCK rw;
    KMUTEX mutex;
    KSEMAPHORE semaphore;
    LONG counts[5];
    LONG bad;
};

static void locks_main(void *ctx)
{
    struct shared *s = ctx;
    KLOCK_QUEUE_HANDLE handle;
    KIRQL old;

    for (int i = 0; i < 1500; i++) {
        KeAcquireSpinLock(&s->plain, &old);
        s->counts[0]++;
        KeReleaseSpinLock(&s->plain, old);
        KeAcquireInStackQueuedSpinLock(&s->queued, &handle);
        s->counts[1]++;
        KeReleaseInStackQueuedSpinLock(&handle);
        if (i % 4) {
            LONG seen;

            old = ExAcquireSpinLockShared(&s->rw);
            seen = s->counts[2];
            if (seen != s->counts[4])
                s->bad = 1;
            ExReleaseSpinLockShared(&s->rw, old);
        }
        old = ExAcquireSpinLockExclusive(&s->rw);
        s->counts[2]++;
        s->counts[4]++;
        ExReleaseSpinLockExclusive(&s->rw, old);
        if (i % 8 == 0) {
            KeWaitForSingleObject(&s->mutex, Executive, KernelMode, FALSE, NULL);
            KeWaitForSingleObject(&s->mutex, Executive, KernelMode, FALSE, NULL);
            s->counts[3]++;
            KeReleaseMutex(&s->mutex, FALSE);
            if (KeReleaseMutex(&s->mutex, FALSE) != 0)
                s->bad = 2;
        }
    }
    KeReleaseSemaphore(&s->semaphore, 0, 1, FALSE);
}

int ke_test_locks(void)
{
    struct shared s = {0};

    KeInitializeMutex(&s.mutex, 0);
    KeInitializeSemaphore(&s.semaphore, 0, 4);
    for (int i = 0; i < 4; i++)
        MUST(spawn(i, locks_main, &s) == 0);
    for (int i = 0; i < 4; i++)
        MUST(wait_for(&s.semaphore, -MS(30000)) == STATUS_SUCCESS);
    for (int i = 0; i < 4; i++)
        MUST(join(&others[i]) == 0);
    MUST(s.bad == 0);
    MUST(s.counts[0] == 6000 && s.counts[1] == 6000 && s.counts[2] == 6000 && s.counts[3] == 4 * 188);
    MUST(KeTestSpinLock(&s.plain) && KeTestSpinLock(&s.queued) && s.rw == 0);
    return 0;
}

struct dpc_test {
    KDPC dpc, inner;
    KEVENT ran;
    LONG count, bad;
    ULONG cpu;
    PVOID arg1;
};

static VOID NTAPI dpc_routine(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    struct dpc_test *t = context;

    if (KeGetCurrentIrql() != DISPATCH_LEVEL || !KeIsExecutingDpc())
        t->bad = 1;
    t->cpu = KeGetCurrentProcessorNumberEx(NULL);
    t->arg1 = arg1;
    InterlockedIncrement(&t->count);
    KeSetEvent(&t->ran, 0, FALSE);
}

int ke_test_dpc(void)
{
    struct dpc_test t = {0};
    ULONG cpus = KeQueryActiveProcessorCount(NULL);
    KIRQL old;

    KeInitializeEvent(&t.ran, SynchronizationEvent, FALSE);
    KeInitializeDpc(&t.dpc, dpc_routine, &t);
    old = KeRaiseIrqlToDpcLevel();
    MUST(KeInsertQueueDpc(&t.dpc, (PVOID)1, NULL) == TRUE);
    MUST(KeInsertQueueDpc(&t.dpc, (PVOID)2, NULL) == FALSE); /* EXE-117 */
    MUST(t.count == 0);
    KeLowerIrql(old);
    MUST(t.count == 1 && t.arg1 == (PVOID)1); /* EXE-114: it ran as we lowered */
    wait_for(&t.ran, 0);
    MUST(KeRemoveQueueDpc(&t.dpc) == FALSE);
    for (ULONG i = 0; i < 300; i++) {
        KeSetTargetProcessorDpc(&t.dpc, (CCHAR)(i % cpus));
        MUST(KeInsertQueueDpc(&t.dpc, NULL, NULL) == TRUE);
        MUST(wait_for(&t.ran, -MS(5000)) == STATUS_SUCCESS);
        MUST(t.cpu == i % cpus); /* EXE-120 */
    }
    MUST(t.count == 301 && !t.bad);
    for (ULONG i = 0; i < cpus; i++) {
        KeSetTargetProcessorDpc(&t.dpc, (CCHAR)i);
        t.count = 0;
        KeInsertQueueDpc(&t.dpc, NULL, NULL);
        KeFlushQueuedDpcs();
        MUST(t.count == 1); /* EXE-122 */
    }
    return 0;
}

int ke_test_timer(void)
{
    struct dpc_test t = {0};
    KTIMER timer;
    LARGE_INTEGER due, before, after;

    KeInitializeEvent(&t.ran, SynchronizationEvent, FALSE);
    KeInitializeDpc(&t.dpc, dpc_routine, &t);
    KeInitializeTimer(&timer);
    due.QuadPart = -MS(5);
    KeQuerySystemTime(&before);
    MUST(KeSetTimer(&timer, due, &t.dpc) == FALSE);
    MUST(!KeReadStateTimer(&timer));
    MUST(wait_for(&timer, -MS(5000)) == STATUS_SUCCESS);
    KeQuerySystemTime(&after);
    MUST(after.QuadPart - before.QuadPart >= MS(5)); /* EXE-174 */
    MUST(wait_for(&t.ran, -MS(5000)) == STATUS_SUCCESS);
    MUST(KeCancelTimer(&timer) == FALSE && KeReadStateTimer(&timer));
    due.QuadPart = -MS(10000);
    MUST(KeSetTimer(&timer, due, NULL) == FALSE && KeSetTimer(&timer, due, NULL) == TRUE);
    MUST(KeCancelTimer(&timer) == TRUE && KeCancelTimer(&timer) == FALSE);
    due.QuadPart = -MS(2);
    KeSetTimerEx(&timer, due, 2, &t.dpc);
    for (int i = 0; i < 10; i++)
        MUST(wait_for(&t.ran, -MS(5000)) == STATUS_SUCCESS);
    MUST(KeCancelTimer(&timer) == TRUE); /* EXE-171 */
    KeFlushQueuedDpcs();
    due.QuadPart = 0;
    t.count = 0;
    KeSetTimer(&timer, due, &t.dpc);
    MUST(t.count == 1 && KeReadStateTimer(&timer));
    MUST(KeDelayExecutionThread(KernelMode, FALSE, &(LARGE_INTEGER){.QuadPart = -MS(3)}) == STATUS_SUCCESS);
    return 0;
}

static KDPC rearmed_dpc;
static KTIMER many_timers[2000];
static LONG many_fired;
static VOID NTAPI many_routine(PKDPC dpc, PVOID context, PVOID arg1, PVOID arg2)
{
    InterlockedIncrement(&many_fired);
}

int ke_test_many_timers(void)
{
    static KDPC dpcs[2000];
    LARGE_INTEGER due;

    KeInitializeDpc(&rearmed_dpc, many_routine, NULL);
    many_fired = 0;
    for (int i = 0; i < 2000; i++) {
        KeInitializeTimer(&many_timers[i]);
        KeInitializeDpc(&dpcs[i], many_routine, NULL);
        due.QuadPart = -MS(1) * (1 + (i * 7919) % 400);
        KeSetTimer(&many_timers[i], due, &dpcs[i]);
    }
    for (int i = 0; i < 2000; i += 2)
        KeCancelTimer(&many_timers[i]);
    KeDelayExecutionThread(KernelMode, FALSE, &(LARGE_INTEGER){.QuadPart = -MS(450)});
    for (int i = 1; i < 2000; i += 2)
        MUST(KeReadStateTimer(&many_timers[i]));
    KeFlushQueuedDpcs();
    MUST(many_fired >= 1000 && many_fired <= 2000);
    return 0;
}

static ULONG_PTR NTAPI ipi_worker(ULONG_PTR context)
{
    if (KeGetCurrentIrql() == IPI_LEVEL)
        InterlockedIncrement((LONG *)context);
    return KeGetCurrentProcessorNumberEx(NULL) + 100;
}

int ke_test_ipi(void)
{
    LONG count = 0;

    for (LONG i = 1; i <= 50; i++) {
        ULONG_PTR result = KeIpiGenericCall(ipi_worker, (ULONG_PTR)&count);

        MUST(result >= 100 && count == i * (LONG)KeQueryActiveProcessorCount(NULL));
    }
    return 0;
}

static LONG apc_log;
static VOID NTAPI apc_kernel(PKAPC apc, PKNORMAL_ROUTINE *normal, PVOID *context, PVOID *arg1, PVOID *arg2)
{
    if (KeGetCurrentIrql() == APC_LEVEL)
        InterlockedAdd(&apc_log, (LONG)(ULONG_PTR)*arg1);
}

static void apc_wait_main(void *ctx)
{
    KeWaitForSingleObject(ctx, Executive, KernelMode, FALSE, NULL);
}

int ke_test_apc(void)
{
    KAPC apc;
    KEVENT event;

    apc_log = 0;
    KeInitializeApc(&apc, ke_thread(), OriginalApcEnvironment, apc_kernel, NULL, NULL, KernelMode, NULL);
    KeEnterGuardedRegion();
    MUST(KeInsertQueueApc(&apc, (PVOID)1, NULL, 0) == TRUE && KeInsertQueueApc(&apc, (PVOID)1, NULL, 0) == FALSE);
    MUST(apc_log == 0);
    KeLeaveGuardedRegion();
    MUST(apc_log == 1);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    MUST(spawn(0, apc_wait_main, &event) == 0);
    KeInitializeApc(&apc, &others[0], OriginalApcEnvironment, apc_kernel, NULL, NULL, KernelMode, NULL);
    while (!__atomic_load_n(&others[0].waiting, __ATOMIC_ACQUIRE))
        sched_yield_cpu();
    KeInsertQueueApc(&apc, (PVOID)10, NULL, 0);
    for (unsigned i = 0; __atomic_load_n(&apc_log, __ATOMIC_ACQUIRE) != 11; i++)
        sched_spin(i);
    MUST(wait_for(&others[0], -MS(5)) == STATUS_TIMEOUT); /* EXE-169: the wait goes on */
    KeSetEvent(&event, 0, FALSE);
    MUST(join(&others[0]) == 0);
    return 0;
}

static void exit_main(void *ctx)
{
    *(LONG *)ctx = 1;
    ke_thread_exit(STATUS_UNSUCCESSFUL);
}

int ke_test_threads(void)
{
    LONG ran = 0;

    for (int i = 0; i < 200; i++) {
        ran = 0;
        MUST(spawn(i % 8, exit_main, &ran) == 0);
        MUST(join(&others[i % 8]) == 0 && ran == 1);
        MUST(others[i % 8].exit_status == STATUS_UNSUCCESSFUL);
    }
    return 0;
}

int ke_test_queue(void)
{
    KQUEUE queue;
    LIST_ENTRY a, b;
    LARGE_INTEGER zero = {0};

    KeInitializeQueue(&queue, 0);
    MUST(KeRemoveQueue(&queue, KernelMode, &zero) == (PLIST_ENTRY)(ULONG_PTR)STATUS_TIMEOUT);
    MUST(KeInsertQueue(&queue, &a) == 0 && KeInsertHeadQueue(&queue, &b) == 1);
    MUST(KeRemoveQueue(&queue, KernelMode, NULL) == &b && KeRemoveQueue(&queue, KernelMode, NULL) == &a);
    return 0;
}

/* What the hot paths cost, in ns: reported, not judged. */
int ke_test_cost(double *set_clear, double *spin, double *raise)
{
    enum { N = 200000 };
    KEVENT event;
    KSPIN_LOCK lock = 0;
    uint64_t start = sched_now_ns();
    KIRQL old;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    for (int i = 0; i < N; i++) {
        KeSetEvent(&event, 0, FALSE);
        KeClearEvent(&event);
    }
    *set_clear = (double)(sched_now_ns() - start) / N;
    start = sched_now_ns();
    for (int i = 0; i < N; i++) {
        KeAcquireSpinLock(&lock, &old);
        KeReleaseSpinLock(&lock, old);
    }
    *spin = (double)(sched_now_ns() - start) / N;
    start = sched_now_ns();
    for (int i = 0; i < N; i++) {
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        KeLowerIrql(old);
    }
    *raise = (double)(sched_now_ns() - start) / N;
    return 0;
}
