#include <string.h>
#include <time.h>
#include "border.h"
#include "nt/seh/seh.h"
#include "wdm.h"

unsigned ddi_hooks;
ULONG stop_code;
ULONG64 stop_params[4];
NTSTATUS raised;
jmp_buf stop_jump;
unsigned findings;
__thread UCHAR *wk_pcr;
__thread uint8_t border_kpcr[0x200] __attribute__((aligned(64)));
__thread int border_regions;

void guest_bugcheck(ULONG code, ULONG64 p1, ULONG64 p2, ULONG64 p3, ULONG64 p4, const char *format, ...)
{
    (void)format;
    stop_code = code;
    stop_params[0] = p1, stop_params[1] = p2, stop_params[2] = p3, stop_params[3] = p4;
    longjmp(stop_jump, 1);
}

void guest_finding(const char *rule, const char *format, ...)
{
    (void)rule, (void)format;
    findings++;
}

void guest_enter(struct guest_frame *frame, const char *callback, const void *routine)
{
    (void)frame, (void)callback, (void)routine;
}

void guest_leave(struct guest_frame *frame)
{
    (void)frame;
}

VOID NTAPI ExRaiseStatus(NTSTATUS Status)
{
    raised = Status;
    longjmp(stop_jump, 2);
}

void seh_set_restart(const void *at, const void *resume)
{
    (void)at, (void)resume;
}

void border_thread(unsigned cpu)
{
    void *self = border_kpcr;

    memcpy(border_kpcr + 0x188, &self, 8);
    memcpy(border_kpcr + 0x1a4, &cpu, 4);
    wk_pcr = border_kpcr;
}

void border_reset(void)
{
    border_kpcr[0x50] = 0;
    border_regions = 0;
    ddi_hooks = 0;
    findings = 0;
}

/* ---- ke, as far as the executive needs it: SignalState alone, waited for by sleeping ---- */
static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
}

VOID NTAPI KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    Event->Header.Type = (UCHAR)Type;
    Event->Header.SignalState = State;
}

LONG NTAPI KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    (void)Increment, (void)Wait;
    return __atomic_exchange_n(&Event->Header.SignalState, 1, __ATOMIC_SEQ_CST);
}

VOID NTAPI KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
    Semaphore->Header.Type = 5;
    Semaphore->Header.SignalState = Count;
    Semaphore->Limit = Limit;
}

LONG NTAPI KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait)
{
    (void)Increment, (void)Wait;
    return __atomic_fetch_add(&Semaphore->Header.SignalState, Adjustment, __ATOMIC_SEQ_CST);
}

NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    PKSEMAPHORE object = Object; /* an event has its header in the same place */

    (void)WaitReason, (void)WaitMode, (void)Alertable, (void)Timeout;
    for (;; nap()) {
        LONG state = __atomic_load_n(&object->Header.SignalState, __ATOMIC_SEQ_CST);

        if (state <= 0)
            continue;
        if (object->Header.Type == NotificationEvent ||
            __atomic_compare_exchange_n(&object->Header.SignalState, &state, state - 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return STATUS_SUCCESS;
    }
}

NTSTATUS NTAPI KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Interval)
{
    (void)WaitMode, (void)Alertable, (void)Interval;
    nap();
    return STATUS_SUCCESS;
}

KIRQL NTAPI KfRaiseIrql(KIRQL NewIrql)
{
    KIRQL old = border_kpcr[0x50];

    border_kpcr[0x50] = NewIrql;
    return old;
}

VOID NTAPI KeLowerIrql(KIRQL NewIrql)
{
    border_kpcr[0x50] = NewIrql;
}

VOID NTAPI KeEnterCriticalRegion(VOID)
{
    border_regions++;
}

VOID NTAPI KeLeaveCriticalRegion(VOID)
{
    border_regions--;
}

VOID NTAPI KeEnterGuardedRegion(VOID)
{
    border_regions++;
}

VOID NTAPI KeLeaveGuardedRegion(VOID)
{
    border_regions--;
}

BOOLEAN NTAPI KeAreApcsDisabled(VOID)
{
    return border_regions != 0;
}
