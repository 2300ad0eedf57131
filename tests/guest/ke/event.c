/* Events, semaphores, mutexes, threads as objects (EXE-160 .. EXE-165, EXE-744, EXE-745). */
#include "wkt.h"

static NTSTATUS test_now(void *object)
{
    LARGE_INTEGER zero = {0};

    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &zero);
}

TEST_ROWS("EXE-160 EXE-161", states)
{
    KEVENT event;

    CHECK_EQ(sizeof(event), 0x18);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    CHECK_EQ(KeReadStateEvent(&event), 0);
    CHECK_EQ(KeSetEvent(&event, 0, FALSE), 0);
    CHECK(KeSetEvent(&event, 0, FALSE) != 0);
    CHECK_STATUS(test_now(&event), STATUS_SUCCESS);
    CHECK_STATUS(test_now(&event), STATUS_SUCCESS);
    CHECK(KeResetEvent(&event) != 0);
    CHECK_EQ(KeResetEvent(&event), 0);
    CHECK_STATUS(test_now(&event), STATUS_TIMEOUT);
    RtlFillMemory(&event, sizeof(event), 0xcc);
    KeInitializeEvent(&event, SynchronizationEvent, TRUE);
    CHECK_STATUS(test_now(&event), STATUS_SUCCESS);
    CHECK_STATUS(test_now(&event), STATUS_TIMEOUT);
    KeSetEvent(&event, 0, FALSE);
    KeClearEvent(&event);
    CHECK_EQ(KeReadStateEvent(&event), 0);
}

struct waiters {
    KEVENT event;
    volatile LONG released;
};

static void wait_for_it(void *context)
{
    struct waiters *w = context;

    CHECK_STATUS(wkt_wait(&w->event, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    InterlockedIncrement(&w->released);
}

TEST(EXE_161, notification_releases_all)
{
    struct waiters *w = wkt_alloc(sizeof(*w));
    struct wkt_thread *t[3];

    KeInitializeEvent(&w->event, NotificationEvent, FALSE);
    for (ULONG i = 0; i < 3; i++)
        t[i] = wkt_thread(wait_for_it, w);
    KeSetEvent(&w->event, 0, FALSE);
    for (ULONG i = 0; i < 3; i++)
        CHECK(wkt_join(t[i]));
    CHECK_EQ(w->released, 3);
    CHECK(KeReadStateEvent(&w->event) != 0);
}

TEST(EXE_161, synchronization_releases_one_each)
{
    struct waiters *w = wkt_alloc(sizeof(*w));
    struct wkt_thread *t[3];

    KeInitializeEvent(&w->event, SynchronizationEvent, FALSE);
    for (ULONG i = 0; i < 3; i++)
        t[i] = wkt_thread(wait_for_it, w);
    for (LONG i = 1; i <= 3; i++) {
        KeSetEvent(&w->event, 0, FALSE);
        CHECK(wkt_until(&w->released, i));
    }
    for (ULONG i = 0; i < 3; i++)
        CHECK(wkt_join(t[i]));
    CHECK_EQ(KeReadStateEvent(&w->event), 0);
}

TEST(EXE_162, set_and_wait_in_one)
{
    KEVENT a, b;

    KeInitializeEvent(&a, NotificationEvent, FALSE);
    KeInitializeEvent(&b, NotificationEvent, TRUE);
    CHECK_EQ(KeSetEvent(&a, 0, TRUE), 0);
    CHECK_STATUS(KeWaitForSingleObject(&b, Executive, KernelMode, FALSE, NULL), STATUS_SUCCESS);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK(KeReadStateEvent(&a) != 0);
}

TEST(EXE_163, semaphore)
{
    KSEMAPHORE semaphore;
    NTSTATUS raised = STATUS_SUCCESS;

    KeInitializeSemaphore(&semaphore, 1, 3);
    CHECK_STATUS(test_now(&semaphore), STATUS_SUCCESS);
    CHECK_STATUS(test_now(&semaphore), STATUS_TIMEOUT);
    CHECK_EQ(KeReleaseSemaphore(&semaphore, 0, 2, FALSE), 0);
    CHECK_EQ(KeReadStateSemaphore(&semaphore), 2);
    __try {
        KeReleaseSemaphore(&semaphore, 0, 2, FALSE);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        raised = GetExceptionCode();
    }
    CHECK_STATUS(raised, STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    CHECK_EQ(KeReadStateSemaphore(&semaphore), 2);
}

TEST(EXE_164, mutex)
{
    KMUTEX mutex;

    KeInitializeMutex(&mutex, 0);
    CHECK_EQ(KeReadStateMutex(&mutex), 1);
    CHECK_STATUS(test_now(&mutex), STATUS_SUCCESS);
    CHECK(KeAreApcsDisabled());
    CHECK_STATUS(test_now(&mutex), STATUS_SUCCESS);
    CHECK(KeReleaseMutex(&mutex, FALSE) != 0);
    CHECK_EQ(KeReleaseMutex(&mutex, FALSE), 0);
    CHECK(!KeAreApcsDisabled());
    CHECK_EQ(KeReadStateMutex(&mutex), 1);
}

TEST(EXE_744, mutex_released_by_a_stranger)
{
    KMUTEX mutex;
    NTSTATUS raised = STATUS_SUCCESS;

    KeInitializeMutex(&mutex, 0);
    __try {
        KeReleaseMutex(&mutex, FALSE);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        raised = GetExceptionCode();
    }
    CHECK_STATUS(raised, STATUS_MUTANT_NOT_OWNED);
}

static void take_and_end(void *mutex)
{
    KeWaitForSingleObject(mutex, Executive, KernelMode, FALSE, NULL);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

TEST_BUGCHECK(EXE_745, thread_ends_with_a_mutex, 0x4000008A)
{
    static KMUTEX mutex;

    KeInitializeMutex(&mutex, 0);
    wkt_join(wkt_thread(take_and_end, &mutex));
}

static void end_now(void *unused)
{
    UNREFERENCED_PARAMETER(unused);
}

TEST(EXE_165, thread_object_stays_signaled)
{
    struct wkt_thread *t = wkt_thread(end_now, NULL);
    PKTHREAD thread = wkt_thread_object(t);

    CHECK_STATUS(wkt_wait(thread, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_STATUS(test_now(thread), STATUS_SUCCESS);
    CHECK(wkt_join(t));
}
