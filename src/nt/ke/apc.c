/* Critical and guarded regions (EXE-183) and kernel APCs (EXE-184). An APC waits in its thread's list; the thread delivers its
 * own, when it lowers to PASSIVE_LEVEL, leaves a region, or is woken for it while it waits. */
#include "nt/ke/ke_private.h"

VOID NTAPI KeEnterCriticalRegion(VOID)
{
    ke_thread()->critical--;
}

static bool may_deliver(PKTHREAD thread)
{
    return __builtin_expect(thread->page->apc_pending, 0) && ke_irql() < APC_LEVEL && !thread->page->interrupts_off;
}

VOID NTAPI KeLeaveCriticalRegion(VOID)
{
    PKTHREAD thread = ke_thread();

    if (__builtin_expect(thread->critical == 0, 0)) {
        guest_bugcheck(0x01, (ULONG64)(ULONG_PTR)__builtin_return_address(0), 0, 1, 0, "KeLeaveCriticalRegion without KeEnterCriticalRegion");
        return;
    }
    if (++thread->critical == 0 && may_deliver(thread))
        ke_deliver_apcs();
}

VOID NTAPI KeEnterGuardedRegion(VOID)
{
    ke_thread()->guarded--;
}

VOID NTAPI KeLeaveGuardedRegion(VOID)
{
    PKTHREAD thread = ke_thread();

    if (__builtin_expect(thread->guarded == 0, 0)) {
        guest_bugcheck(0x01, (ULONG64)(ULONG_PTR)__builtin_return_address(0), 0, 0x10000, 0, "KeLeaveGuardedRegion without KeEnterGuardedRegion");
        return;
    }
    if (++thread->guarded == 0 && may_deliver(thread))
        ke_deliver_apcs();
}

BOOLEAN NTAPI KeAreApcsDisabled(VOID)
{
    PKTHREAD thread = ke_thread();

    return thread->critical != 0 || thread->guarded != 0;
}

BOOLEAN NTAPI KeAreAllApcsDisabled(VOID)
{
    return ke_thread()->guarded != 0 || ke_irql() >= APC_LEVEL;
}

VOID NTAPI KeInitializeApc(PRKAPC Apc, PRKTHREAD Thread, KAPC_ENVIRONMENT Environment, PKKERNEL_ROUTINE KernelRoutine,
                           PKRUNDOWN_ROUTINE RundownRoutine, PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ProcessorMode, PVOID NormalContext)
{
    Apc->Type = ApcObject;
    Apc->AllFlags = 0;
    Apc->Size = sizeof(*Apc);
    Apc->Thread = Thread;
    Apc->KernelRoutine = KernelRoutine;
    Apc->RundownRoutine = RundownRoutine;
    Apc->NormalRoutine = NormalRoutine;
    Apc->NormalContext = NormalRoutine ? NormalContext : NULL;
    Apc->ApcMode = NormalRoutine ? ProcessorMode : KernelMode;
    Apc->ApcStateIndex = (CCHAR)(Environment == CurrentApcEnvironment ? OriginalApcEnvironment : Environment);
    Apc->Inserted = FALSE;
}

/* Special ones (no normal routine) stand before normal ones. */
static void insert(PKTHREAD thread, PRKAPC apc)
{
    PLIST_ENTRY head = &thread->apcs[(int)apc->ApcMode], before = head->Blink;

    if (!apc->NormalRoutine)
        while (before != head && CONTAINING_RECORD(before, KAPC, ApcListEntry)->NormalRoutine)
            before = before->Blink;
    InsertHeadList(before, &apc->ApcListEntry);
    apc->Inserted = TRUE;
}

BOOLEAN NTAPI KeInsertQueueApc(PRKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2, KPRIORITY Increment)
{
    PKTHREAD thread = Apc->Thread;
    KIRQL old = ke_raise_to_dispatch(); /* our own APC is delivered as we lower */
    struct ke_wake_list wake = {0};
    bool queued = false;

    sched_lock(&ke_dispatcher);
    if (!Apc->Inserted && thread->Header.SignalState == 0) { /* not to a thread that has ended */
        queued = true;
        Apc->SystemArgument1 = SystemArgument1;
        Apc->SystemArgument2 = SystemArgument2;
        insert(thread, Apc);
        if (Apc->ApcMode == KernelMode) {
            __atomic_store_n(&thread->page->apc_pending, 1, __ATOMIC_SEQ_CST);
            if (thread->waiting == 1)
                sched_unpark(thread->sched); /* it looks at apc_pending and goes on waiting */
        } else if (thread->waiting == 1 && thread->wait_mode == UserMode && thread->wait_alertable) {
            thread->user_apc_pending = TRUE;
            ke_end_wait(thread, STATUS_USER_APC, &wake);
        }
    }
    sched_unlock(&ke_dispatcher);
    ke_wake_all(&wake);
    ke_lower(old);
    return queued;
}

BOOLEAN NTAPI KeRemoveQueueApc(PRKAPC Apc)
{
    bool was;

    sched_lock(&ke_dispatcher);
    was = Apc->Inserted;
    if (was) {
        RemoveEntryList(&Apc->ApcListEntry);
        Apc->Inserted = FALSE;
    }
    sched_unlock(&ke_dispatcher);
    return was;
}

/* The next kernel APC that may run now; under the dispatcher lock. */
PRKAPC ke_next_apc(PKTHREAD thread)
{
    PLIST_ENTRY head = &thread->apcs[KernelMode];
    PRKAPC apc = CONTAINING_RECORD(head->Flink, KAPC, ApcListEntry);

    if (thread->guarded || head->Flink == head || (apc->NormalRoutine && (thread->critical || thread->apc_running)))
        return NULL;
    return apc;
}

static PRKAPC take(PKTHREAD thread)
{
    PLIST_ENTRY head = &thread->apcs[KernelMode];
    PRKAPC apc;

    sched_lock(&ke_dispatcher);
    apc = ke_next_apc(thread);
    if (apc) {
        RemoveEntryList(&apc->ApcListEntry);
        apc->Inserted = FALSE;
    }
    if (head->Flink == head)
        __atomic_store_n(&thread->page->apc_pending, 0, __ATOMIC_SEQ_CST);
    sched_unlock(&ke_dispatcher);
    return apc;
}

/* Below APC_LEVEL. The kernel routine runs at APC_LEVEL, a normal one at PASSIVE_LEVEL; the kernel routine may free the APC. */
__attribute__((noinline)) void ke_deliver_apcs(void)
{
    PKTHREAD thread = ke_thread();
    PRKAPC apc;

    while ((apc = take(thread))) {
        PKNORMAL_ROUTINE normal = apc->NormalRoutine;
        PVOID context = apc->NormalContext, arg1 = apc->SystemArgument1, arg2 = apc->SystemArgument2;

        KE_PCR_IRQL = APC_LEVEL;
        guest_call_void(KKERNEL_ROUTINE, apc->KernelRoutine, apc, &normal, &context, &arg1, &arg2);
        KE_PCR_IRQL = PASSIVE_LEVEL;
        if (normal) {
            thread->apc_running = TRUE;
            guest_call_void(KNORMAL_ROUTINE, normal, context, arg1, arg2);
            thread->apc_running = FALSE;
        }
    }
}
