/* One-time initialization (EXE-190, EXE-L17). The low two bits of the word: 0 new, 1 somebody initializes, 2 done, 3 anybody may
 * initialize (asynchronously). With 1 the rest is the list of threads that wait, with 2 the context. */
#include "ddi/guest.h"
#include "wdm.h"

enum { NEW = 0, RUNNING = 1, DONE = 2, ASYNCHRONOUS = 3, STATE = 3 };

struct waiter {
    struct waiter *next;
    KEVENT event;
};
_Static_assert(_Alignof(struct waiter) >= 4, "the state's two bits are free");

VOID NTAPI RtlRunOnceInitialize(PRTL_RUN_ONCE RunOnce)
{
    RunOnce->Ptr = NULL;
}

static bool change(PRTL_RUN_ONCE once, ULONG_PTR *was, ULONG_PTR now)
{
    return __atomic_compare_exchange_n(&once->Value, was, now, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

NTSTATUS NTAPI RtlRunOnceBeginInitialize(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID *Context)
{
    ULONG_PTR was = __atomic_load_n(&RunOnce->Value, __ATOMIC_ACQUIRE);
    struct waiter w;

    if (Flags & ~(ULONG)(RTL_RUN_ONCE_CHECK_ONLY | RTL_RUN_ONCE_ASYNC))
        return STATUS_INVALID_PARAMETER_2;
    if ((Flags & RTL_RUN_ONCE_CHECK_ONLY) && (Flags & RTL_RUN_ONCE_ASYNC))
        return STATUS_INVALID_PARAMETER_2;
    for (;;) {
        switch (was & STATE) {
        case DONE:
            if (Context)
                *Context = (PVOID)(was & ~(ULONG_PTR)STATE);
            return STATUS_SUCCESS;
        case NEW:
            if (Flags & RTL_RUN_ONCE_CHECK_ONLY)
                return STATUS_UNSUCCESSFUL;
            if (change(RunOnce, &was, Flags & RTL_RUN_ONCE_ASYNC ? ASYNCHRONOUS : RUNNING))
                return STATUS_PENDING;
            break;
        case ASYNCHRONOUS:
            if (Flags & RTL_RUN_ONCE_CHECK_ONLY)
                return STATUS_UNSUCCESSFUL;
            return Flags & RTL_RUN_ONCE_ASYNC ? STATUS_PENDING : STATUS_INVALID_PARAMETER_2;
        default:
            if (Flags & RTL_RUN_ONCE_CHECK_ONLY)
                return STATUS_UNSUCCESSFUL;
            if (Flags & RTL_RUN_ONCE_ASYNC)
                return STATUS_INVALID_PARAMETER_2;
            w.next = (struct waiter *)(was & ~(ULONG_PTR)STATE);
            KeInitializeEvent(&w.event, SynchronizationEvent, FALSE);
            if (change(RunOnce, &was, (ULONG_PTR)&w | RUNNING)) {
                KeWaitForSingleObject(&w.event, Executive, KernelMode, FALSE, NULL);
                was = __atomic_load_n(&RunOnce->Value, __ATOMIC_ACQUIRE);
            }
        }
    }
}

NTSTATUS NTAPI RtlRunOnceComplete(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID Context)
{
    ULONG_PTR was = __atomic_load_n(&RunOnce->Value, __ATOMIC_ACQUIRE), now = (ULONG_PTR)Context | DONE;
    bool failed = Flags & RTL_RUN_ONCE_INIT_FAILED, async = Flags & RTL_RUN_ONCE_ASYNC;
    struct waiter *w, *next;

    if (Flags & ~(ULONG)(RTL_RUN_ONCE_ASYNC | RTL_RUN_ONCE_INIT_FAILED) || (failed && async))
        return STATUS_INVALID_PARAMETER_2;
    if ((ULONG_PTR)Context & STATE || (failed && Context))
        return STATUS_INVALID_PARAMETER_3;
    if (failed)
        now = NEW;
    if (async)
        return (was & STATE) != ASYNCHRONOUS || !change(RunOnce, &was, now) ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
    while ((was & STATE) == RUNNING) {
        if (!change(RunOnce, &was, now))
            continue;
        for (w = (struct waiter *)(was & ~(ULONG_PTR)STATE); w; w = next) {
            next = w->next; /* w is its thread's stack, gone once the event is set */
            KeSetEvent(&w->event, IO_NO_INCREMENT, FALSE);
        }
        return STATUS_SUCCESS;
    }
    return STATUS_UNSUCCESSFUL;
}

/* Who comes second waits for the first; a failure leaves it to the next one. */
NTSTATUS NTAPI RtlRunOnceExecuteOnce(PRTL_RUN_ONCE RunOnce, PRTL_RUN_ONCE_INIT_FN InitFn, PVOID Parameter, PVOID *Context)
{
    NTSTATUS status;
    PVOID made = NULL;
    ULONG good;

    KeEnterCriticalRegion();
    status = RtlRunOnceBeginInitialize(RunOnce, 0, Context);
    if (status == STATUS_PENDING) {
        good = guest_call(RTL_RUN_ONCE_INIT_FN, InitFn, RunOnce, Parameter, Context ? Context : &made);
        status = RtlRunOnceComplete(RunOnce, good ? 0 : RTL_RUN_ONCE_INIT_FAILED, good ? Context ? *Context : made : NULL);
        if (!good)
            status = STATUS_UNSUCCESSFUL;
    }
    KeLeaveCriticalRegion();
    return status;
}
