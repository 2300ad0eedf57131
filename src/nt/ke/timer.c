/* KTIMER (EXE-171, EXE-172, EXE-175). Queued timers hang in a hashed wheel by due time, each slot in order of due time; all
 * under the dispatcher lock. The next due time is sched's alarm, whose hook (processor 0, DISPATCH_LEVEL) expires them.
 *
 * DueTime is machine time in 100 ns. The clock ticks every KE_GRAIN: a timer fires at the first tick at or after its due
 * time (EXE-174: late, never early). */
#include "nt/ke/ke_private.h"

#define SLOTS 256u

static struct {
    LIST_ENTRY slots[SLOTS];
    uint64_t first_due[SLOTS]; /* of the slot's first timer; UINT64_MAX: empty */
    uint64_t alarm;            /* what sched's alarm is set to, 100 ns; UINT64_MAX: none */
} wheel;

void ke_timers_start(void)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        InitializeListHead(&wheel.slots[i]);
        wheel.first_due[i] = UINT64_MAX;
    }
    wheel.alarm = UINT64_MAX;
}

static unsigned slot_of(uint64_t due)
{
    return (unsigned)(due / KE_GRAIN_100NS % SLOTS);
}

static PKTIMER timer_of(PLIST_ENTRY entry)
{
    return CONTAINING_RECORD(entry, KTIMER, TimerListEntry);
}

static void note_first(unsigned slot)
{
    PLIST_ENTRY head = &wheel.slots[slot];

    wheel.first_due[slot] = head->Flink == head ? UINT64_MAX : timer_of(head->Flink)->DueTime.QuadPart;
}

static void set_alarm(uint64_t due)
{
    wheel.alarm = due;
    /* on the tick, in sched's nanoseconds */
    sched_alarm(due == UINT64_MAX ? SCHED_FOREVER : (due + KE_GRAIN_100NS - 1) / KE_GRAIN_100NS * KE_GRAIN_100NS * 100);
}

/* Most timers are set for later than those already there, so the place is looked for from the end. */
static void insert(PKTIMER timer, uint64_t due)
{
    unsigned slot = slot_of(due);
    PLIST_ENTRY before = wheel.slots[slot].Blink;

    timer->DueTime.QuadPart = due;
    while (before != &wheel.slots[slot] && timer_of(before)->DueTime.QuadPart > due)
        before = before->Blink;
    InsertHeadList(before, &timer->TimerListEntry);
    timer->Header.Inserted = 1;
    note_first(slot);
    ke_watch(timer, 1);
    if (due < wheel.alarm)
        set_alarm(due);
}

static bool take_out(PKTIMER timer)
{
    if (!timer->Header.Inserted)
        return false;
    RemoveEntryList(&timer->TimerListEntry);
    timer->Header.Inserted = 0;
    note_first(slot_of(timer->DueTime.QuadPart));
    ke_watch(timer, -1);
    return true;
}

/* Signals, queues the DPC, re-arms from the due time. The timer is frozen. The DPC is queued before the dispatcher lock is
 * free: who then finds the timer not queued may flush DPCs and free it. A DPC that is still queued merges the tick. */
static void expire(PKTIMER timer, struct ke_wake_list *wake, uint64_t *kick)
{
    LONG *references = timer->TimerType2 == KE_TIMER_COUNTED ? &CONTAINING_RECORD(timer, struct ke_counted_timer, timer)->references : NULL;
    PKDPC dpc = timer->Dpc;
    LONGLONG now = ke_system_time();

    timer->Header.SignalState = 1;
    ke_release_waiters(&timer->Header, wake);
    if (timer->Period) {
        uint64_t period = (uint64_t)timer->Period * (timer->TimerType2 == KE_TIMER_COUNTED ? 1 : 10000), due = timer->DueTime.QuadPart + period, late = ke_now_100ns();

        if (due + 1000 * period < late) /* the host slept: do not fire a thousand times at once */
            due += (late - due) / period * period;
        insert(timer, due);
    }
    ke_thaw(&timer->Header);
    if (dpc && references)
        __atomic_add_fetch(references, 1, __ATOMIC_RELAXED);
    if (dpc && !ke_dpc_queue(dpc, (PVOID)(ULONG_PTR)(ULONG)now, (PVOID)(ULONG_PTR)(ULONG)(now >> 32), kick) && references)
        __atomic_sub_fetch(references, 1, __ATOMIC_RELAXED); /* not the last: one is its owner's while it can expire */
}

static uint64_t first_due(unsigned *slot)
{
    uint64_t due = UINT64_MAX;

    for (unsigned i = 0; i < SLOTS; i++)
        if (wheel.first_due[i] < due) {
            due = wheel.first_due[i];
            *slot = i;
        }
    return due;
}

/* The clock hook: on processor 0, at DISPATCH_LEVEL. The DPCs queued here run when it gives the processor back. */
void ke_clock(void)
{
    struct ke_wake_list wake = {0};
    uint64_t now = ke_now_100ns(), kick = 0, due;
    unsigned slot = 0;

    ke_shared_passed(); /* who waits for a timer reads that its time has come */
    sched_lock(&ke_dispatcher);
    while ((due = first_due(&slot)) <= now) {
        PKTIMER timer = timer_of(wheel.slots[slot].Flink);

        take_out(timer);
        ke_freeze(&timer->Header);
        expire(timer, &wake, &kick);
    }
    set_alarm(due);
    sched_unlock(&ke_dispatcher);
    ke_wake_all(&wake);
    ke_dpc_kick(kick);
}

VOID NTAPI KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
    ke_header_init(&Timer->Header, (UCHAR)(TimerNotificationObject + Type), sizeof(*Timer), 0);
    Timer->Header.Size = 0; /* Hand */
    Timer->Header.Inserted = 0;
    Timer->DueTime.QuadPart = 0;
    Timer->Dpc = NULL;
    Timer->Period = 0;
    Timer->TimerType2 = 0;
    Timer->TimerListEntry.Flink = Timer->TimerListEntry.Blink = NULL;
}

VOID NTAPI KeInitializeTimer(PKTIMER Timer)
{
    KeInitializeTimerEx(Timer, NotificationTimer);
}

static void check_timer(PKTIMER timer, const char *name)
{
    UCHAR type = KE_TYPE(&timer->Header);

    if (__builtin_expect(type != TimerNotificationObject && type != TimerSynchronizationObject, 0))
        guest_bugcheck(0x0A, (ULONG64)(ULONG_PTR)timer, ke_irql(), 0, 0, "%s(%p): not an initialised timer (type byte %u)", name, timer, type);
}

/* due_time as in a wait: 0 or below relative, above absolute. */
static uint64_t due_of(LONGLONG due_time)
{
    uint64_t now = ke_now_100ns();
    LONGLONG system;

    if (due_time <= 0)
        return now + (0 - (uint64_t)due_time);
    system = ke_system_time();
    return due_time <= system ? 0 : now + (uint64_t)(due_time - system);
}

static BOOLEAN set_timer(PKTIMER timer, LONGLONG due_time, LONG period, PKDPC dpc)
{
    KIRQL old = ke_raise_to_dispatch(); /* a DPC queued by expiry at once must not run under the dispatcher lock */
    struct ke_wake_list wake = {0};
    uint64_t due = due_of(due_time), kick = 0;
    bool was;

    sched_lock(&ke_dispatcher);
    was = take_out(timer);
    ke_freeze(&timer->Header);
    timer->Header.SignalState = 0;
    timer->Header.Absolute = due_time > 0;
    timer->Dpc = dpc;
    timer->Period = (ULONG)period;
    if (due <= ke_now_100ns()) { /* EXE-171: expires at once */
        timer->DueTime.QuadPart = due ? due : ke_now_100ns();
        expire(timer, &wake, &kick);
    } else {
        insert(timer, due);
        ke_thaw(&timer->Header);
    }
    sched_unlock(&ke_dispatcher);
    ke_wake_all(&wake);
    ke_dpc_kick(kick);
    ke_lower(old);
    return was;
}

BOOLEAN NTAPI KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
    check_timer(Timer, "KeSetTimer");
    return set_timer(Timer, DueTime.QuadPart, 0, Dpc);
}

BOOLEAN NTAPI KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
    check_timer(Timer, "KeSetTimerEx");
    return set_timer(Timer, DueTime.QuadPart, Period, Dpc);
}

/* EXE-172: any time in the tolerance will do; [W] at its beginning. */
BOOLEAN NTAPI KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period, ULONG TolerableDelay, PKDPC Dpc)
{
    check_timer(Timer, "KeSetCoalescableTimer");
    return set_timer(Timer, DueTime.QuadPart, (LONG)Period, Dpc);
}

/* The signal state stays; a DPC that is queued already still runs. */
BOOLEAN NTAPI KeCancelTimer(PKTIMER Timer)
{
    bool was;

    check_timer(Timer, "KeCancelTimer");
    sched_lock(&ke_dispatcher);
    was = take_out(Timer);
    sched_unlock(&ke_dispatcher);
    return was;
}

bool ke_timer_is_set(PKTIMER timer)
{
    bool is_set;

    sched_lock(&ke_dispatcher);
    is_set = timer->Header.Inserted;
    sched_unlock(&ke_dispatcher);
    return is_set;
}

BOOLEAN NTAPI KeReadStateTimer(PKTIMER Timer)
{
    return __atomic_load_n(&Timer->Header.SignalState, __ATOMIC_ACQUIRE) != 0;
}

bool ke_timer_in(ULONG_PTR start, ULONG_PTR end, PKTIMER *found)
{
    *found = NULL;
    sched_lock(&ke_dispatcher);
    for (unsigned i = 0; i < SLOTS && !*found; i++)
        for (PLIST_ENTRY e = wheel.slots[i].Flink; e != &wheel.slots[i] && !*found; e = e->Flink)
            if ((ULONG_PTR)timer_of(e) >= start && (ULONG_PTR)timer_of(e) < end)
                *found = timer_of(e);
    sched_unlock(&ke_dispatcher);
    return *found != NULL;
}
