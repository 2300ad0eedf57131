/* Work items of the I/O manager (EXE-187, EXE-765). */
#include "wkt.h"

struct job {
    PIO_WORKITEM item;
    KEVENT done, gate;
    PVOID object;
    PIO_WORKITEM seen_item;
    KIRQL irql;
    BOOLEAN system, wait;
    volatile LONG runs, again;
};

static struct job *new_job(PVOID object)
{
    struct job *job = wkt_alloc(sizeof(*job));

    KeInitializeEvent(&job->done, SynchronizationEvent, FALSE);
    KeInitializeEvent(&job->gate, NotificationEvent, FALSE);
    job->item = IoAllocateWorkItem(object);
    return job;
}

static IO_WORKITEM_ROUTINE plain;
static VOID NTAPI plain(PDEVICE_OBJECT object, PVOID context)
{
    struct job *job = context;

    job->object = object;
    job->irql = KeGetCurrentIrql();
    job->system = PsGetCurrentProcess() == PsInitialSystemProcess;
    if (job->wait)
        KeWaitForSingleObject(&job->gate, Executive, KernelMode, FALSE, NULL);
    InterlockedIncrement(&job->runs);
    KeSetEvent(&job->done, IO_NO_INCREMENT, FALSE);
}

static IO_WORKITEM_ROUTINE_EX extended;
static VOID NTAPI extended(PVOID object, PVOID context, PIO_WORKITEM item)
{
    struct job *job = context;

    job->object = object;
    job->seen_item = item;
    if (InterlockedIncrement(&job->runs) < job->again)
        IoQueueWorkItemEx(item, extended, DelayedWorkQueue, job); /* it is out of the queue already */
    else
        KeSetEvent(&job->done, IO_NO_INCREMENT, FALSE);
}

static IO_WORKITEM_ROUTINE_EX frees;
static VOID NTAPI frees(PVOID object, PVOID context, PIO_WORKITEM item)
{
    struct job *job = context;

    (void)object;
    IoFreeWorkItem(item);
    KeSetEvent(&job->done, IO_NO_INCREMENT, FALSE);
}

TEST(EXE_187, runs_at_passive_in_a_system_thread)
{
    static const WORK_QUEUE_TYPE queues[] = {CriticalWorkQueue, DelayedWorkQueue, HyperCriticalWorkQueue};
    struct job *job = new_job(wkt_device);
    KIRQL old;

    REQUIRE(job->item != NULL);
    for (ULONG i = 0; i < ARRAYSIZE(queues); i++) {
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        IoQueueWorkItem(job->item, plain, queues[i], job);
        KeLowerIrql(old);
        CHECK_STATUS(wkt_wait(&job->done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
        CHECK_EQ(job->irql, PASSIVE_LEVEL);
        CHECK(job->system);
        CHECK_EQ(job->object, wkt_device);
    }
    CHECK_EQ(job->runs, 3);
    IoFreeWorkItem(job->item);
}

TEST(EXE_187, a_driver_object_and_memory_of_its_own)
{
    struct job *job = wkt_alloc(sizeof(*job));
    PIO_WORKITEM item = wkt_alloc(IoSizeofWorkItem());

    KeInitializeEvent(&job->done, SynchronizationEvent, FALSE);
    IoInitializeWorkItem(wkt_driver, item);
    IoQueueWorkItemEx(item, extended, DelayedWorkQueue, job);
    CHECK_STATUS(wkt_wait(&job->done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_EQ(job->object, wkt_driver);
    CHECK_EQ(job->seen_item, item);
    IoUninitializeWorkItem(item);
}

TEST(EXE_187, the_routine_queues_it_again)
{
    struct job *job = new_job(wkt_device);

    job->again = 50;
    IoQueueWorkItemEx(job->item, extended, DelayedWorkQueue, job);
    CHECK_STATUS(wkt_wait(&job->done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_EQ(job->runs, 50);
    IoFreeWorkItem(job->item);
}

TEST(EXE_187, the_routine_frees_it)
{
    for (ULONG i = 0; i < 20; i++) {
        struct job *job = new_job(wkt_device);

        IoQueueWorkItemEx(job->item, frees, DelayedWorkQueue, job);
        CHECK_STATUS(wkt_wait(&job->done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    }
}

/* The device stays while the item is queued or runs. */
TEST(EXE_187, the_object_is_referenced_until_the_routine_returns)
{
    struct job *job = new_job(wkt_device);

    job->wait = TRUE;
    ObReferenceObject(wkt_device);
    IoQueueWorkItem(job->item, plain, DelayedWorkQueue, job);
    CHECK(ObDereferenceObject(wkt_device) > 1);
    KeSetEvent(&job->gate, 0, FALSE);
    CHECK_STATUS(wkt_wait(&job->done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    IoFreeWorkItem(job->item);
}

TEST(EXE_187, trying_to_queue_it_twice)
{
    struct job *blocked[64], *job = new_job(wkt_device);
    ULONG refused = 0;

    for (ULONG i = 0; i < ARRAYSIZE(blocked); i++) {
        blocked[i] = new_job(wkt_device);
        blocked[i]->wait = TRUE;
        IoQueueWorkItem(blocked[i]->item, plain, DelayedWorkQueue, blocked[i]);
    }
    CHECK(IoTryQueueWorkItem(job->item, extended, DelayedWorkQueue, job));
    refused += !IoTryQueueWorkItem(job->item, extended, DelayedWorkQueue, job);
    for (ULONG i = 0; i < ARRAYSIZE(blocked); i++) {
        KeSetEvent(&blocked[i]->gate, 0, FALSE);
        CHECK_STATUS(wkt_wait(&blocked[i]->done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
        IoFreeWorkItem(blocked[i]->item);
    }
    for (ULONG i = 0; i < 1000 && job->runs + refused < 2; i++)
        wkt_wait(&job->done, 5);
    CHECK_EQ(job->runs + refused, 2);
    IoFreeWorkItem(job->item);
}

/* Taken meanwhile or not: some time the second comes too early. */
TEST_BUGCHECK(EXE_765, queued_twice, 0xE4)
{
    struct job *job = new_job(wkt_device);

    for (ULONG i = 0; i < 1000000; i++)
        IoQueueWorkItem(job->item, plain, DelayedWorkQueue, job);
}

TEST_BUGCHECK(EXE_765, given_up_while_queued, 0xE4)
{
    struct job *job = new_job(wkt_device);

    for (ULONG i = 0; i < 1000; i++) {
        PIO_WORKITEM item = IoAllocateWorkItem(wkt_device);

        IoQueueWorkItem(item, plain, DelayedWorkQueue, job);
        IoFreeWorkItem(item);
    }
}
