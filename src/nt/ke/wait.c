/* KeWaitForSingleObject, KeWaitForMultipleObjects, KeDelayExecutionThread (EXE-166 .. EXE-170).
 *
 * What is signaled is taken without the dispatcher lock when nobody waits for it; the rest is in wait_slow and wait_many. */
#include "nt/ke/ke_private.h"

uint64_t ke_deadline_ns(const LARGE_INTEGER *timeout)
{
    LONGLONG t, now;

    if (!timeout)
        return SCHED_FOREVER;
    t = __atomic_load_n(&timeout->QuadPart, __ATOMIC_RELAXED); /* EXE-166: read once */
    if (t <= 0) {
        uint64_t ns = (0 - (uint64_t)t) * 100, now_ns = sched_now_ns();

        if (t == 0)
            return 0;
        if ((0 - (uint64_t)t) > UINT64_MAX / 200)
            return SCHED_FOREVER;
        return now_ns + ns;
    }
    /* absolute: [W] turned into machine time now; the simulated clock is never set */
    now = ke_system_time();
    if (t <= now)
        return 0;
    if ((uint64_t)(t - now) > UINT64_MAX / 200)
        return SCHED_FOREVER;
    return sched_now_ns() + (uint64_t)(t - now) * 100;
}

/* EXE-720: a thread may not block where nobody else could run on its processor. */
static void check_may_block(KIRQL irql, const char *what)
{
    if (irql < DISPATCH_LEVEL && ke_interrupts_on())
        return;
    if (ke_in_dpc())
        guest_bugcheck(0xB8, (ULONG64)(ULONG_PTR)ke_thread(), 0, 0, 0, "%s blocks inside a DPC", what);
    if (!ke_interrupts_on())
        guest_bugcheck(0x0A, 0, irql, 0, (ULONG64)(ULONG_PTR)__builtin_return_address(0), "%s blocks with interrupts disabled", what);
    guest_bugcheck(0x0A, 0, irql, 0, (ULONG64)(ULONG_PTR)__builtin_return_address(0), "%s blocks at IRQL %u; it may do so up to APC_LEVEL", what,
                   irql);
}

/* EXE-722 */
static void check_object(PDISPATCHER_HEADER header)
{
    UCHAR type = KE_TYPE(header);

    if (type > TimerSynchronizationObject || type == 7 || !header->WaitListHead.Flink)
        guest_bugcheck(0x0A, (ULONG64)(ULONG_PTR)header, ke_irql(), 0, (ULONG64)(ULONG_PTR)__builtin_return_address(0),
                       "wait for %p, which is no initialised event, semaphore, mutex, timer, thread, process or queue (type byte %u)", header, type);
    if (type == QueueObject)
        guest_bugcheck(0x0A, (ULONG64)(ULONG_PTR)header, ke_irql(), 0, 0, "wait for queue %p: KeRemoveQueue is its wait", header);
}

/* EXE-169: a kernel stack may be paged out while its thread waits in UserMode. */
static void check_user_wait(PDISPATCHER_HEADER header, KPROCESSOR_MODE mode)
{
    PKTHREAD thread = ke_thread();

    if (mode == UserMode && (ULONG_PTR)header >= thread->stack_low && (ULONG_PTR)header < thread->stack_high)
        guest_finding("EXE-169", "wait in UserMode for object %p on the waiter's own stack", header);
}

/* EXE-164 */
static void check_mutant_limit(PDISPATCHER_HEADER header)
{
    if (KE_TYPE(header) == MutantObject && header->SignalState == (LONG)MINLONG) {
        ke_thaw(header);
        sched_unlock(&ke_dispatcher);
        ExRaiseStatus(STATUS_MUTANT_LIMIT_EXCEEDED);
    }
}

static NTSTATUS alert_status(PKTHREAD thread, KPROCESSOR_MODE mode, BOOLEAN alertable)
{
    if (!alertable)
        return STATUS_SUCCESS;
    if (thread->alerted[(int)mode] || thread->alerted[KernelMode]) {
        thread->alerted[(int)mode] = FALSE;
        thread->alerted[KernelMode] = FALSE;
        return STATUS_ALERTED;
    }
    if (mode == UserMode && thread->apcs[UserMode].Flink != &thread->apcs[UserMode]) {
        thread->user_apc_pending = TRUE;
        return STATUS_USER_APC;
    }
    return STATUS_SUCCESS;
}

/* EXE-169: an APC may itself wait, so the wait ends for it; the caller begins it anew, at the queue's end. Asked before each sleep: an APC
 * that came before the thread was marked as waiting has woken nobody. */
static bool interrupted(PKTHREAD thread)
{
    struct ke_wake_list none = {0};
    bool ends;

    if (__builtin_expect(!KE_PCR_APC_PENDING, 1) || ke_irql() >= APC_LEVEL)
        return false;
    sched_lock(&ke_dispatcher);
    ends = thread->waiting == 1 && ke_next_apc(thread);
    if (ends) {
        ke_end_wait(thread, STATUS_KERNEL_APC, &none);
        thread->waiting = 0;
        __atomic_fetch_sub(&thread->wakes, 1, __ATOMIC_RELAXED);
    }
    sched_unlock(&ke_dispatcher);
    if (ends)
        ke_deliver_apcs();
    return ends;
}

NTSTATUS ke_wait_blocked(PKTHREAD thread, uint64_t deadline_ns)
{
    for (;;) {
        bool token;

        if (interrupted(thread))
            return STATUS_KERNEL_APC;
        token = sched_park(deadline_ns);
        if (!__atomic_load_n(&thread->waiting, __ATOMIC_ACQUIRE))
            return thread->wait_status;
        if (!token) {
            bool late;

            sched_lock(&ke_dispatcher);
            late = thread->waiting == 1;
            if (late) {
                struct ke_wake_list none = {0};

                ke_end_wait(thread, STATUS_TIMEOUT, &none); /* unlinks; nobody needs to wake us */
                thread->waiting = 0;
                __atomic_fetch_sub(&thread->wakes, 1, __ATOMIC_RELAXED);
            }
            sched_unlock(&ke_dispatcher);
            if (late) {
                ke_shared_passed(); /* it reads that as much time has passed */
                return STATUS_TIMEOUT;
            }
            deadline_ns = SCHED_FOREVER; /* released just now: the token is on its way */
        }
    }
}

static void link_block(PKTHREAD thread, ULONG index, PDISPATCHER_HEADER header)
{
    PKWAIT_BLOCK block = &thread->wait_blocks[index];

    block->WaitKey = (USHORT)index;
    block->WaitType = (UCHAR)thread->wait_type;
    block->Thread = thread;
    block->Object = header;
    InsertTailList(&header->WaitListHead, &block->WaitListEntry);
}

static void begin_wait(PKTHREAD thread, WAIT_TYPE type, KWAIT_REASON reason, KPROCESSOR_MODE mode, BOOLEAN alertable)
{
    thread->wait_type = type;
    thread->wait_reason = reason;
    thread->wait_mode = mode;
    thread->wait_alertable = alertable;
    __atomic_store_n(&thread->waiting, 1, __ATOMIC_RELAXED);
}

/* Waits for one object. Timeout 0 never blocks and is legal at DISPATCH_LEVEL. */
static __attribute__((noinline)) NTSTATUS wait_slow(PDISPATCHER_HEADER header, KWAIT_REASON reason, KPROCESSOR_MODE mode, BOOLEAN alertable,
                                                    PLARGE_INTEGER timeout)
{
    PKTHREAD thread = ke_thread();
    uint64_t deadline_ns = ke_deadline_ns(timeout);
    KIRQL kept;
    NTSTATUS status;

    check_object(header);
    if (deadline_ns != 0) {
        check_may_block(thread->keeps_lock ? thread->kept_irql : ke_irql(), "KeWaitForSingleObject");
        check_user_wait(header, mode);
    }
again:
    kept = ke_lock_for_wait();
    ke_freeze(header);
    if (ke_is_signaled(header, thread)) {
        check_mutant_limit(header);
        ke_consume(header, thread);
        ke_thaw(header);
        ke_unlock_for_wait(kept);
        return STATUS_SUCCESS;
    }
    status = deadline_ns == 0 ? STATUS_TIMEOUT : alert_status(thread, mode, alertable);
    if (status != STATUS_SUCCESS) {
        ke_thaw(header);
        ke_unlock_for_wait(kept);
        return status;
    }
    thread->wait_blocks = thread->own_blocks;
    thread->wait_count = 1;
    begin_wait(thread, WaitAny, reason, mode, alertable);
    link_block(thread, 0, header);
    ke_unlock_for_wait(kept);
    status = ke_wait_blocked(thread, deadline_ns);
    if (status == STATUS_KERNEL_APC)
        goto again;
    return status;
}

NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    PDISPATCHER_HEADER header = Object;

    /* A signaled event without waiters: one locked instruction, or none for a notification event. */
    if (!ke_thread()->keeps_lock) {
        uint64_t word = __atomic_load_n((uint64_t *)header, __ATOMIC_ACQUIRE);

        if (ke_header_state(word) > 0 && !ke_header_busy(word)) {
            UCHAR type = (UCHAR)word;

            if (type == EventNotificationObject && header->WaitListHead.Flink)
                return STATUS_SUCCESS;
            if (type == EventSynchronizationObject && ke_header_swap(header, &word, ke_header_with(word, 0)))
                return STATUS_SUCCESS;
            if (type == SemaphoreObject && ke_header_swap(header, &word, ke_header_with(word, ke_header_state(word) - 1)))
                return STATUS_SUCCESS;
        }
    }
    return wait_slow(header, WaitReason, WaitMode, Alertable, Timeout);
}

static void check_many(ULONG count, PVOID objects[], WAIT_TYPE type, PKWAIT_BLOCK blocks, KPROCESSOR_MODE mode)
{
    if (count == 0 || count > (blocks ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS)) /* EXE-721 */
        guest_bugcheck(0x0C, 0, 0, 0, 0, "KeWaitForMultipleObjects for %u objects, %s", count, blocks ? "64 are the most" : "without wait blocks 3 are the most");
    for (ULONG i = 0; i < count; i++) {
        check_object(objects[i]);
        check_user_wait(objects[i], mode);
        for (ULONG k = 0; type == WaitAll && k < i; k++)
            if (objects[k] == objects[i])
                guest_finding("EXE-167", "KeWaitForMultipleObjects(WaitAll) names object %p twice", objects[i]);
    }
}

/* Under the lock, all frozen: takes what is signaled. Returns the index, or -1 when the thread has to wait. */
static LONG take_many(PKTHREAD thread, ULONG count, PVOID objects[], WAIT_TYPE type)
{
    if (type == WaitAny) {
        for (ULONG i = 0; i < count; i++)
            if (ke_is_signaled(objects[i], thread)) {
                ke_consume(objects[i], thread);
                return (LONG)i;
            }
        return -1;
    }
    for (ULONG i = 0; i < count; i++)
        if (!ke_is_signaled(objects[i], thread))
            return -1;
    for (ULONG i = 0; i < count; i++)
        ke_consume(objects[i], thread);
    return 0;
}

static void thaw_many(ULONG count, PVOID objects[])
{
    for (ULONG i = 0; i < count; i++)
        ke_thaw(objects[i]);
}

NTSTATUS NTAPI KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                                        BOOLEAN Alertable, PLARGE_INTEGER Timeout, PKWAIT_BLOCK WaitBlockArray)
{
    PKTHREAD thread = ke_thread();
    uint64_t deadline_ns = ke_deadline_ns(Timeout);
    NTSTATUS status;
    KIRQL kept;
    LONG index;

    check_many(Count, Object, WaitType, WaitBlockArray, WaitMode);
    if (deadline_ns != 0)
        check_may_block(thread->keeps_lock ? thread->kept_irql : ke_irql(), "KeWaitForMultipleObjects");
again:
    kept = ke_lock_for_wait();
    for (ULONG i = 0; i < Count; i++)
        ke_freeze(Object[i]);
    index = take_many(thread, Count, Object, WaitType);
    if (index >= 0)
        status = STATUS_WAIT_0 + index;
    else
        status = deadline_ns == 0 ? STATUS_TIMEOUT : alert_status(thread, WaitMode, Alertable);
    if (index >= 0 || status != STATUS_SUCCESS) {
        thaw_many(Count, Object);
        ke_unlock_for_wait(kept);
        return status;
    }
    thread->wait_blocks = WaitBlockArray ? WaitBlockArray : thread->own_blocks;
    thread->wait_count = Count;
    begin_wait(thread, WaitType, WaitReason, WaitMode, Alertable);
    for (ULONG i = 0; i < Count; i++)
        link_block(thread, i, Object[i]);
    ke_unlock_for_wait(kept);
    status = ke_wait_blocked(thread, deadline_ns);
    if (status == STATUS_KERNEL_APC)
        goto again;
    return status;
}

/* Waits for nothing but the time. 0 only yields. */
NTSTATUS NTAPI KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Interval)
{
    PKTHREAD thread = ke_thread();
    uint64_t deadline_ns = ke_deadline_ns(Interval);
    NTSTATUS status;

    check_may_block(ke_irql(), "KeDelayExecutionThread");
again:
    sched_lock(&ke_dispatcher);
    status = alert_status(thread, WaitMode, Alertable);
    if (status != STATUS_SUCCESS || deadline_ns == 0) {
        sched_unlock(&ke_dispatcher);
        if (status == STATUS_SUCCESS)
            sched_yield_cpu();
        return status;
    }
    thread->wait_blocks = thread->own_blocks;
    thread->wait_count = 0;
    begin_wait(thread, WaitAny, DelayExecution, WaitMode, Alertable);
    sched_unlock(&ke_dispatcher);
    status = ke_wait_blocked(thread, deadline_ns);
    if (status == STATUS_KERNEL_APC)
        goto again;
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}
