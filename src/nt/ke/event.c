/* Events (EXE-161, EXE-162). Without waiters each call is one locked instruction; with waiters, or Wait = TRUE, it goes
 * through the dispatcher. */
#include "nt/ke/ke_private.h"

VOID NTAPI KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    ke_header_init(&Event->Header, (UCHAR)Type, sizeof(*Event), State != FALSE);
}

static __attribute__((noinline)) LONG set_slow(PRKEVENT event, BOOLEAN wait, bool pulse)
{
    PDISPATCHER_HEADER header = &event->Header;
    KIRQL irql = wait ? ke_raise_to_dispatch() : 0;
    struct ke_wake_list wake = {0};
    LONG was;

    sched_lock(&ke_dispatcher);
    ke_freeze(header);
    was = header->SignalState;
    header->SignalState = 1;
    if (was == 0)
        ke_release_waiters(header, &wake);
    if (pulse)
        header->SignalState = 0;
    ke_thaw(header);
    if (wait) {
        ke_wake_all(&wake);
        ke_keep_locked(irql);
        return was;
    }
    sched_unlock(&ke_dispatcher);
    ke_wake_all(&wake);
    return was;
}

/* The locked instruction is needed even when the event is set already: what the caller wrote before must be seen by who takes it. */
LONG NTAPI KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    uint64_t word = ke_header_load(&Event->Header);

    if (__builtin_expect(!ke_header_busy(word) && !Wait, 1) && ke_header_swap(&Event->Header, &word, ke_header_with(word, 1)))
        return ke_header_state(word);
    return set_slow(Event, Wait, false);
}

LONG NTAPI KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    return set_slow(Event, Wait, true);
}

static __attribute__((noinline)) LONG reset_slow(PRKEVENT event)
{
    LONG was;

    sched_lock(&ke_dispatcher);
    ke_freeze(&event->Header);
    was = event->Header.SignalState;
    event->Header.SignalState = 0;
    ke_thaw(&event->Header);
    sched_unlock(&ke_dispatcher);
    return was;
}

LONG NTAPI KeResetEvent(PRKEVENT Event)
{
    uint64_t word = ke_header_load(&Event->Header);

    if (!ke_header_busy(word) && ke_header_swap(&Event->Header, &word, ke_header_with(word, 0)))
        return ke_header_state(word);
    return reset_slow(Event);
}

VOID NTAPI KeClearEvent(PRKEVENT Event)
{
    KeResetEvent(Event);
}

LONG NTAPI KeReadStateEvent(PRKEVENT Event)
{
    return __atomic_load_n(&Event->Header.SignalState, __ATOMIC_ACQUIRE);
}
