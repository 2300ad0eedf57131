/* The harness itself: each kind of test once, with the simplest thing that shows it. */
#include "wkt.h"

TEST(EXE_161, set_event_returns_previous)
{
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    CHECK_EQ(KeSetEvent(&event, 0, FALSE), 0);
    CHECK_EQ(KeSetEvent(&event, 0, FALSE), 1);
    CHECK(KeReadStateEvent(&event) == 1);
}

static void set(void *event)
{
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeSetEvent(event, 0, FALSE);
}

TEST(EXE_407, thread_runs_and_is_joined)
{
    KEVENT *event = wkt_alloc(sizeof(*event));
    struct wkt_thread *thread;

    REQUIRE(event != NULL);
    KeInitializeEvent(event, SynchronizationEvent, FALSE);
    thread = wkt_thread(set, event);
    REQUIRE(thread != NULL);
    CHECK_STATUS(wkt_wait(event, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_STATUS(wkt_wait(event, 1), STATUS_TIMEOUT);
    CHECK(wkt_join(thread));
}

TEST_BUGCHECK(EXE_573, bug_check_on_request, 0xE2)
{
    KeBugCheckEx(0xE2, 1, 2, 3, 4);
}

/* What a failing check leads to: a test that may fail, and would fail the build if it did not. */
TODO_TEST(EXE_161, a_failing_check_is_seen, "fails on purpose, for ever")
{
    CHECK_EQ(1, 2);
}
