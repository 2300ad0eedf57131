/* EX_TIMER (EXE-173): a KTIMER with a DPC of ours that calls the driver's routine, in memory of ours.
 *
 * References: one until ExDeleteTimer, one for each DPC that is queued or runs. Expiry takes the latter under the dispatcher lock (ke.h,
 * struct ke_counted_timer), so after a KeCancelTimer, which takes that lock too, no new one comes. Who drops the last one frees the
 * timer, then calls the delete routine and wakes ExDeleteTimer. */
#include "ex_private.h"
#include "nt/ke/ke.h"

#define TAG_TIMER 0x6D547845 /* "ExTm" */

struct _EX_TIMER {
    struct ke_counted_timer counted; /* first: a driver may wait for it */
    KDPC dpc;
    PEXT_CALLBACK callback;
    PVOID context;
    ULONG attributes;
    LONG deleted;
    BOOLEAN ends; /* ExDeleteTimer without Cancel: the next expiry is the last */
    EXT_DELETE_PARAMETERS last;
    PKEVENT waiter;
    LIST_ENTRY entry; /* in `all` */
};
_Static_assert(offsetof(struct _EX_TIMER, counted.timer) == 0, "a PEX_TIMER is an object to wait for");

static struct sched_lock lock; /* of `all` */
static LIST_ENTRY all = {&all, &all};

static void drop(PEX_TIMER timer)
{
    EXT_DELETE_PARAMETERS last;
    PKEVENT waiter;

    if (__atomic_sub_fetch(&timer->counted.references, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    last = timer->last;
    waiter = timer->waiter;
    sched_lock(&lock);
    RemoveEntryList(&timer->entry);
    sched_unlock(&lock);
    ExFreePoolWithTag(timer, TAG_TIMER);
    if (last.DeleteCallback)
        guest_call_void(EXT_DELETE_CALLBACK, last.DeleteCallback, last.DeleteContext);
    if (waiter)
        KeSetEvent(waiter, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI expired(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    PEX_TIMER timer = context;

    (void)dpc, (void)a, (void)b;
    if (timer->callback)
        guest_call_void(EXT_CALLBACK, timer->callback, timer, timer->context);
    if (__atomic_load_n(&timer->ends, __ATOMIC_ACQUIRE) && __atomic_exchange_n(&timer->ends, FALSE, __ATOMIC_ACQ_REL)) {
        KeCancelTimer(&timer->counted.timer);
        drop(timer);
    }
    drop(timer);
}

static bool is_dead(PEX_TIMER timer, const char *name)
{
    if (__atomic_load_n(&timer->deleted, __ATOMIC_ACQUIRE) == 0)
        return false;
    guest_finding("EXE-173", "%s(%p): the timer is deleted", name, timer);
    return true;
}

PEX_TIMER NTAPI ExAllocateTimer(PEXT_CALLBACK Callback, PVOID CallbackContext, ULONG Attributes)
{
    PEX_TIMER timer;

    if ((Attributes & EX_TIMER_HIGH_RESOLUTION && Attributes & EX_TIMER_NO_WAKE) ||
        Attributes & ~(EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE | EX_TIMER_NOTIFICATION))
        guest_bugcheck(0xC7, 0, 0, Attributes, 0, "ExAllocateTimer with attributes 0x%X: HIGH_RESOLUTION and NO_WAKE exclude each other, others do not exist",
                       Attributes); /* [W] the code: the page only says that it stops */
    timer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*timer), TAG_TIMER);
    if (!timer)
        return NULL;
    KeInitializeTimerEx(&timer->counted.timer, Attributes & EX_TIMER_NOTIFICATION ? NotificationTimer : SynchronizationTimer);
    timer->counted.timer.TimerType2 = KE_TIMER_COUNTED;
    timer->counted.references = 1;
    KeInitializeDpc(&timer->dpc, expired, timer);
    timer->callback = Callback;
    timer->context = CallbackContext;
    timer->attributes = Attributes;
    sched_lock(&lock);
    InsertTailList(&all, &timer->entry);
    sched_unlock(&lock);
    return timer;
}

BOOLEAN NTAPI ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period, PEXT_SET_PARAMETERS Parameters)
{
    LARGE_INTEGER due = {.QuadPart = DueTime};

    (void)Parameters; /* a tolerance: expiry at its beginning is in it [W] */
    if (is_dead(Timer, "ExSetTimer"))
        return FALSE;
    if (Period < 0 || Period > MAXLONG)
        guest_bugcheck(0xC7, 0, ex_number(Timer), (ULONG64)Period, 0, "ExSetTimer(%p) with a period of %lld: it is 0 to MAXLONG", Timer, (long long)Period);
    if (Timer->attributes & EX_TIMER_HIGH_RESOLUTION && DueTime > 0)
        guest_bugcheck(0xC7, 0, ex_number(Timer), (ULONG64)DueTime, 0, "ExSetTimer(%p): a high-resolution timer needs a relative (negative) due time", Timer);
    return KeSetTimerEx(&Timer->counted.timer, due, (LONG)Period, &Timer->dpc);
}

BOOLEAN NTAPI ExCancelTimer(PEX_TIMER Timer, PEXT_CANCEL_PARAMETERS Parameters)
{
    (void)Parameters;
    return !is_dead(Timer, "ExCancelTimer") && KeCancelTimer(&Timer->counted.timer);
}

BOOLEAN NTAPI ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait, PEXT_DELETE_PARAMETERS Parameters)
{
    BOOLEAN cancelled = FALSE;
    KEVENT done;

    if (Wait && !Cancel)
        guest_bugcheck(0xC7, 0, ex_number(Timer), 0, 0, "ExDeleteTimer(%p) with Wait and without Cancel", Timer);
    if (Wait && ex_irql() > APC_LEVEL)
        guest_bugcheck(0xB8, ex_number(KeGetCurrentThread()), 0, 0, 0, "ExDeleteTimer(%p) waits, and was called at IRQL %u", Timer, ex_irql());
    if (__atomic_exchange_n(&Timer->deleted, 1, __ATOMIC_ACQ_REL)) {
        guest_finding("EXE-173", "ExDeleteTimer(%p): the timer is deleted already", Timer);
        return FALSE;
    }
    if (Parameters)
        Timer->last = *Parameters;
    if (Wait) {
        KeInitializeEvent(&done, NotificationEvent, FALSE);
        Timer->waiter = &done;
    }
    if (!Cancel) { /* lives until it expires, if it is set */
        __atomic_store_n(&Timer->ends, TRUE, __ATOMIC_RELEASE);
        if (ke_timer_is_set(&Timer->counted.timer) || !__atomic_exchange_n(&Timer->ends, FALSE, __ATOMIC_ACQ_REL))
            return FALSE;
    } else {
        cancelled = KeCancelTimer(&Timer->counted.timer);
    }
    drop(Timer);
    if (Wait)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return cancelled;
}

unsigned ex_timer_leftovers(uint64_t low, uint64_t high)
{
    unsigned count = 0;

    sched_lock(&lock);
    for (PLIST_ENTRY e = all.Flink; e != &all; e = e->Flink)
        if (ex_number((const void *)CONTAINING_RECORD(e, struct _EX_TIMER, entry)->callback) - low < high - low)
            count++;
    sched_unlock(&lock);
    if (count)
        guest_finding("EXE-033", "%u EX_TIMER%s of the driver %s not deleted", count, count == 1 ? "" : "s", count == 1 ? "is" : "are");
    return count;
}
