/* Threads: larger stacks, APCs, queues, processors that come, and what a thread may not leave behind (EXE-065, EXE-135, EXE-184, EXE-186,
 * EXE-716 .. EXE-719, EXE-746, EXE-770, EXE-790). */
#include "wkt.h"

/* ---- EXE-065 ---- */
struct callout {
    LONG runs;
    ULONG_PTR low, high, here;
    BOOLEAN raise;
};

static VOID NTAPI uses_stack(PVOID parameter)
{
    volatile UCHAR frame[30000]; /* more than a kernel stack has */
    struct callout *c = parameter;

    frame[0] = 1;
    frame[sizeof(frame) - 1] = 2;
    c->runs += frame[0];
    c->here = (ULONG_PTR)&frame[0];
    IoGetStackLimits(&c->low, &c->high);
    if (c->raise)
        ExRaiseStatus(STATUS_BUFFER_OVERFLOW);
}

static VOID NTAPI counts(PVOID parameter)
{
    ((struct callout *)parameter)->runs++;
}

TEST(EXE_065, a_larger_stack_for_one_call)
{
    struct callout c = {0};
    NTSTATUS caught = STATUS_SUCCESS;

    CHECK_STATUS(KeExpandKernelStackAndCalloutEx(uses_stack, &c, 0x10000, FALSE, NULL), STATUS_SUCCESS);
    CHECK_EQ(c.runs, 1);
    CHECK(c.here >= c.low && c.here < c.high);
    CHECK_STATUS(KeExpandKernelStackAndCallout(counts, &c, 100), STATUS_SUCCESS);
    CHECK_EQ(c.runs, 2);
    CHECK_STATUS(KeExpandKernelStackAndCalloutEx(counts, &c, MAXIMUM_EXPANSION_SIZE + 1, FALSE, NULL), STATUS_INVALID_PARAMETER_3);
    CHECK_EQ(c.runs, 2);
    c.raise = TRUE;
    __try {
        (void)KeExpandKernelStackAndCalloutEx(uses_stack, &c, 0x10000, FALSE, NULL);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        caught = GetExceptionCode();
    }
    CHECK_STATUS(caught, STATUS_BUFFER_OVERFLOW);
    IoGetStackLimits(&c.low, &c.high);
    CHECK((ULONG_PTR)&c >= c.low && (ULONG_PTR)&c < c.high);
}

TEST(EXE_065, no_waiting_for_a_stack_at_dispatch)
{
    struct callout c = {0};
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    CHECK_STATUS(KeExpandKernelStackAndCalloutEx(counts, &c, 100, TRUE, NULL), STATUS_INVALID_PARAMETER_4);
    KeLowerIrql(old);
    CHECK_EQ(c.runs, 0);
}

/* ---- EXE-184 ---- */
struct apcs {
    KAPC special, normal;
    volatile LONG order, special_at, kernel_at, normal_at;
    KIRQL special_irql, normal_irql;
    KEVENT end;
    volatile LONG in_region;
};

static VOID NTAPI on_special(PKAPC apc, PKNORMAL_ROUTINE *routine, PVOID *context, PVOID *a, PVOID *b)
{
    struct apcs *s = CONTAINING_RECORD(apc, struct apcs, special);

    (void)routine, (void)context, (void)a, (void)b;
    s->special_irql = KeGetCurrentIrql();
    s->special_at = InterlockedIncrement(&s->order);
}

static VOID NTAPI on_kernel(PKAPC apc, PKNORMAL_ROUTINE *routine, PVOID *context, PVOID *a, PVOID *b)
{
    struct apcs *s = CONTAINING_RECORD(apc, struct apcs, normal);

    (void)routine, (void)context, (void)a, (void)b;
    s->kernel_at = InterlockedIncrement(&s->order);
}

static VOID NTAPI on_normal(PVOID context, PVOID a, PVOID b)
{
    struct apcs *s = context;

    CHECK_EQ((ULONG_PTR)a, 5);
    CHECK_EQ((ULONG_PTR)b, 6);
    s->normal_irql = KeGetCurrentIrql();
    s->normal_at = InterlockedIncrement(&s->order);
}

TEST(EXE_184, a_special_apc_comes_into_a_critical_region)
{
    struct apcs *s = wkt_alloc(sizeof(*s));
    KIRQL old;

    KeInitializeApc(&s->special, KeGetCurrentThread(), OriginalApcEnvironment, on_special, NULL, NULL, KernelMode, NULL);
    KeInitializeApc(&s->normal, KeGetCurrentThread(), OriginalApcEnvironment, on_kernel, NULL, on_normal, KernelMode, s);
    KeEnterCriticalRegion();
    CHECK(KeInsertQueueApc(&s->normal, (PVOID)5, (PVOID)6, 0));
    CHECK(!KeInsertQueueApc(&s->normal, NULL, NULL, 0)); /* it is queued */
    KeRaiseIrql(APC_LEVEL, &old);
    CHECK(KeInsertQueueApc(&s->special, NULL, NULL, 0));
    CHECK_EQ(s->order, 0); /* neither at APC_LEVEL */
    KeLowerIrql(old);
    CHECK_EQ(s->special_at, 1);
    CHECK_EQ(s->special_irql, APC_LEVEL);
    CHECK_EQ(s->normal_at, 0);
    KeLeaveCriticalRegion();
    CHECK_EQ(s->kernel_at, 2);
    CHECK_EQ(s->normal_at, 3);
    CHECK_EQ(s->normal_irql, PASSIVE_LEVEL);
}

TEST(EXE_184, a_queued_one_can_be_removed)
{
    struct apcs *s = wkt_alloc(sizeof(*s));

    KeInitializeApc(&s->normal, KeGetCurrentThread(), OriginalApcEnvironment, on_kernel, NULL, on_normal, KernelMode, s);
    KeEnterCriticalRegion();
    CHECK(KeInsertQueueApc(&s->normal, NULL, NULL, 0));
    CHECK(KeRemoveQueueApc(&s->normal));
    CHECK(!KeRemoveQueueApc(&s->normal));
    KeLeaveCriticalRegion();
    CHECK_EQ(s->order, 0);
}

static void waits(void *context)
{
    struct apcs *s = context;

    CHECK_STATUS(wkt_wait(&s->end, WKT_TIMEOUT_MS), STATUS_SUCCESS); /* kernel APCs run, the wait goes on */
}

TEST_ROWS("EXE-184 EXE-169", a_kernel_apc_runs_in_a_wait_that_goes_on)
{
    /* The thread has sometimes begun its wait when the APC comes, and sometimes not. */
    for (unsigned i = 0; i < 200; i++) {
        struct apcs *s = wkt_alloc(sizeof(*s));
        struct wkt_thread *thread;

        KeInitializeEvent(&s->end, NotificationEvent, FALSE);
        thread = wkt_thread(waits, s);
        KeInitializeApc(&s->special, wkt_thread_object(thread), OriginalApcEnvironment, on_special, NULL, NULL, KernelMode, NULL);
        REQUIRE(KeInsertQueueApc(&s->special, NULL, NULL, 0));
        REQUIRE(wkt_until(&s->special_at, 1));
        KeSetEvent(&s->end, 0, FALSE);
        REQUIRE(wkt_join(thread));
    }
}

static void waits_in_a_region(void *context)
{
    struct apcs *s = context;

    KeEnterGuardedRegion();
    s->in_region = TRUE;
    CHECK_STATUS(wkt_wait(&s->end, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_EQ(s->order, 0);
    KeLeaveGuardedRegion();
    CHECK_EQ(s->order, 1);
}

TEST_ROWS("EXE-184 EXE-183", a_guarded_region_holds_it_back_in_a_wait)
{
    struct apcs *s = wkt_alloc(sizeof(*s));
    struct wkt_thread *thread;

    KeInitializeEvent(&s->end, NotificationEvent, FALSE);
    thread = wkt_thread(waits_in_a_region, s);
    REQUIRE(wkt_until(&s->in_region, TRUE));
    KeInitializeApc(&s->special, wkt_thread_object(thread), OriginalApcEnvironment, on_special, NULL, NULL, KernelMode, NULL);
    CHECK(KeInsertQueueApc(&s->special, NULL, NULL, 0));
    KeSetEvent(&s->end, 0, FALSE);
    CHECK(wkt_join(thread));
}

/* ---- EXE-186 ---- */
TEST(EXE_186, queue_gives_what_was_inserted)
{
    LIST_ENTRY entries[3], *left;
    LARGE_INTEGER none, soon;
    KQUEUE queue;

    none.QuadPart = 0;
    soon.QuadPart = -10000;
    KeInitializeQueue(&queue, 0);
    CHECK_EQ((LONG_PTR)KeRemoveQueue(&queue, KernelMode, &none), STATUS_TIMEOUT);
    CHECK_EQ((LONG_PTR)KeRemoveQueue(&queue, KernelMode, &soon), STATUS_TIMEOUT);
    CHECK_EQ(KeInsertQueue(&queue, &entries[0]), 0);
    CHECK_EQ(KeInsertQueue(&queue, &entries[1]), 1);
    CHECK_EQ(KeInsertHeadQueue(&queue, &entries[2]), 2);
    CHECK_EQ(KeReadStateQueue(&queue), 3);
    CHECK_EQ(KeRemoveQueue(&queue, KernelMode, &none), &entries[2]);
    CHECK_EQ(KeRemoveQueue(&queue, KernelMode, NULL), &entries[0]);
    left = KeRundownQueue(&queue);
    CHECK_EQ(left, &entries[1]);
}

/* ---- EXE-135, EXE-790 ---- */
static ULONG started, completed;

static VOID NTAPI on_processor(PVOID context, PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT change, PNTSTATUS status)
{
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    if (change->State == KeProcessorAddStartNotify)
        started |= 1u << change->NtNumber;
    if (change->State == KeProcessorAddCompleteNotify)
        completed |= 1u << change->NtNumber;
    if (context && change->State == KeProcessorAddStartNotify && change->NtNumber == 1)
        *status = STATUS_NOT_SUPPORTED;
}

TEST(EXE_135, told_about_the_processors_that_are_there)
{
    ULONG all = (1u << KeQueryActiveProcessorCount(NULL)) - 1;
    PVOID handle;

    started = completed = 0;
    handle = KeRegisterProcessorChangeCallback(on_processor, NULL, KE_PROCESSOR_CHANGE_ADD_EXISTING);
    CHECK(handle != NULL);
    CHECK_EQ(started, all);
    CHECK_EQ(completed, all);
    KeDeregisterProcessorChangeCallback(handle);
    started = 0;
    handle = KeRegisterProcessorChangeCallback(on_processor, NULL, 0);
    CHECK(handle != NULL);
    CHECK_EQ(started, 0);
    KeDeregisterProcessorChangeCallback(handle);
    completed = 0;
    CHECK_EQ(KeRegisterProcessorChangeCallback(on_processor, &all, KE_PROCESSOR_CHANGE_ADD_EXISTING), NULL); /* processor 1 is refused */
    CHECK_EQ(completed, 0);
}

TEST(EXE_790, numbers_that_do_not_exist)
{
    PROCESSOR_NUMBER number = {0};
    KDPC dpc;

    KeInitializeDpc(&dpc, NULL, NULL);
    number.Number = 63;
    CHECK_STATUS(KeSetTargetProcessorDpcEx(&dpc, &number), STATUS_INVALID_PARAMETER);
    number.Number = 0;
    number.Reserved = 1;
    CHECK_STATUS(KeSetTargetProcessorDpcEx(&dpc, &number), STATUS_INVALID_PARAMETER);
    CHECK_EQ(KeGetProcessorIndexFromNumber(&number), INVALID_PROCESSOR_INDEX);
    CHECK_STATUS(KeGetProcessorNumberFromIndex(MAXULONG, &number), STATUS_INVALID_PARAMETER);
    CHECK_EQ(KeQueryActiveProcessorCountEx(1), 0);
}

/* ---- what may not be left behind ---- */
static VOID NTAPI leaves_region(PVOID unused)
{
    (void)unused;
    KeEnterCriticalRegion();
}

TEST_BUGCHECK(EXE_717, a_work_item_that_leaves_a_critical_region, 0x1)
{
    static WORK_QUEUE_ITEM item;
    KEVENT never;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    ExInitializeWorkItem(&item, leaves_region, NULL);
    ExQueueWorkItem(&item, DelayedWorkQueue);
    wkt_wait(&never, WKT_TIMEOUT_MS);
}

static VOID NTAPI stays_raised(PVOID unused)
{
    KIRQL old;

    (void)unused;
    KeRaiseIrql(APC_LEVEL, &old);
}

TEST_BUGCHECK(EXE_716, a_work_item_that_stays_raised, 0xE1)
{
    static WORK_QUEUE_ITEM item;
    KEVENT never;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    ExInitializeWorkItem(&item, stays_raised, NULL);
    ExQueueWorkItem(&item, CriticalWorkQueue);
    wkt_wait(&never, WKT_TIMEOUT_MS);
}

static VOID NTAPI thread_in_region(PVOID unused)
{
    (void)unused;
    KeEnterCriticalRegion();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

TEST_BUGCHECK(EXE_746, a_thread_that_ends_in_a_critical_region, 0x20)
{
    HANDLE handle;
    KEVENT never;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    if (NT_SUCCESS(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, thread_in_region, NULL)))
        wkt_wait(&never, WKT_TIMEOUT_MS);
}

TEST_BUGCHECK(EXE_718, back_to_the_application_in_a_critical_region, 0x1)
{
    KeEnterCriticalRegion();
}

TEST_BUGCHECK(EXE_719, back_to_the_application_raised, 0x4A)
{
    KIRQL old;

    KeRaiseIrql(APC_LEVEL, &old);
}

TEST_BUGCHECK(EXE_770, the_drivers_own_bug_check, 0xDEAD1234)
{
    KeBugCheckEx(0xDEAD1234, 1, 2, 3, 4);
}
