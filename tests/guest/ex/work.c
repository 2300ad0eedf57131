/* Work items of the executive (EXE-188, EXE-765), callback objects (EXE-189). */
#include "wkt.h"

struct job {
    WORK_QUEUE_ITEM item;
    KEVENT done;
    KEVENT *gate;
    KIRQL irql;
    PKTHREAD thread;
    volatile LONG runs;
};

static VOID NTAPI run_job(PVOID context)
{
    struct job *job = context;

    job->irql = KeGetCurrentIrql();
    job->thread = KeGetCurrentThread();
    if (job->gate)
        KeWaitForSingleObject(job->gate, Executive, KernelMode, FALSE, NULL);
    InterlockedIncrement(&job->runs);
    KeSetEvent(&job->done, IO_NO_INCREMENT, FALSE);
}

static struct job *new_job(KEVENT *gate)
{
    struct job *job = wkt_alloc(sizeof(*job));

    ExInitializeWorkItem(&job->item, run_job, job);
    KeInitializeEvent(&job->done, NotificationEvent, FALSE);
    job->gate = gate;
    return job;
}

TEST_ROWS("EXE-188 EXE-L52", runs_at_passive_in_another_thread)
{
    static const WORK_QUEUE_TYPE queues[] = {CriticalWorkQueue, DelayedWorkQueue, HyperCriticalWorkQueue, NormalWorkQueue, BackgroundWorkQueue};
    KIRQL old;

    for (ULONG i = 0; i < ARRAYSIZE(queues); i++) {
        struct job *job = new_job(NULL);

        KeRaiseIrql(DISPATCH_LEVEL, &old);
        ExQueueWorkItem(&job->item, queues[i]);
        KeLowerIrql(old);
        CHECK_STATUS(wkt_wait(&job->done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
        CHECK_EQ(job->irql, PASSIVE_LEVEL);
        CHECK(job->thread != KeGetCurrentThread());
    }
}

TEST(EXE_188, blocked_workers_do_not_starve_the_queue)
{
    KEVENT *gate = wkt_alloc(sizeof(*gate));
    struct job *blocked[24], *job;

    KeInitializeEvent(gate, NotificationEvent, FALSE);
    for (ULONG i = 0; i < ARRAYSIZE(blocked); i++) {
        blocked[i] = new_job(gate);
        ExQueueWorkItem(&blocked[i]->item, DelayedWorkQueue);
    }
    job = new_job(NULL);
    ExQueueWorkItem(&job->item, DelayedWorkQueue);
    CHECK_STATUS(wkt_wait(&job->done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    KeSetEvent(gate, IO_NO_INCREMENT, FALSE);
    for (ULONG i = 0; i < ARRAYSIZE(blocked); i++)
        CHECK_STATUS(wkt_wait(&blocked[i]->done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
}

TEST(EXE_188, may_be_queued_again_when_it_runs)
{
    struct job *job = new_job(NULL);

    for (LONG i = 1; i <= 100; i++) {
        KeClearEvent(&job->done);
        ExQueueWorkItem(&job->item, DelayedWorkQueue);
        REQUIRE(wkt_wait(&job->done, WKT_TIMEOUT_MS) == STATUS_SUCCESS);
        CHECK_EQ(job->runs, i);
    }
}

TEST_BUGCHECK(EXE_765, queued_twice, 0xE4)
{
    struct job *job = new_job(NULL);

    job->item.List.Flink = &job->item.List; /* never initialized looks the same */
    ExQueueWorkItem(&job->item, DelayedWorkQueue);
}

static VOID NTAPI returns_raised(PVOID context)
{
    KIRQL old;

    UNREFERENCED_PARAMETER(context);
    KeRaiseIrql(APC_LEVEL, &old);
}
TEST_BUGCHECK(EXE_188, returns_at_raised_irql, 0xE1)
{
    PWORK_QUEUE_ITEM item = wkt_alloc(sizeof(*item));
    KEVENT never;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    ExInitializeWorkItem(item, returns_raised, NULL);
    ExQueueWorkItem(item, DelayedWorkQueue);
    wkt_wait(&never, WKT_TIMEOUT_MS);
}

