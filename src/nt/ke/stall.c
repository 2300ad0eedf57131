/* KeStallExecutionProcessor (EXE-137) and the DPC watchdog's questions (EXE-124). */
#include "nt/ke/ke_private.h"

#define YIELD_AFTER_NS 10000000u /* [W] KeShouldYieldProcessor: a time slice at DISPATCH_LEVEL */
#define DPC_LIMIT_TICKS 1280u    /* [W] 20 s, Windows' own value for one DPC */
#define WATCHDOG_TICKS  7680u    /* [W] 120 s, cumulative */

VOID NTAPI KeStallExecutionProcessor(ULONG MicroSeconds)
{
    uint64_t until = sched_now_ns() + (uint64_t)MicroSeconds * 1000;

    while (sched_now_ns() < until)
        __builtin_ia32_pause();
}

static uint64_t at_dispatch_ns(void)
{
    uint64_t start = ke_thread()->page->dpc_start_ns;

    return start ? sched_now_ns() - start : 0;
}

NTSTATUS NTAPI KeQueryDpcWatchdogInformation(PKDPC_WATCHDOG_INFORMATION WatchdogInformation)
{
    ULONG used;

    if (ke_irql() < DISPATCH_LEVEL)
        return STATUS_UNSUCCESSFUL;
    used = (ULONG)(at_dispatch_ns() / 100 / KE_TICK_100NS);
    *WatchdogInformation = (KDPC_WATCHDOG_INFORMATION){
        .DpcTimeLimit = DPC_LIMIT_TICKS,
        .DpcTimeCount = used < DPC_LIMIT_TICKS ? DPC_LIMIT_TICKS - used : 0,
        .DpcWatchdogLimit = WATCHDOG_TICKS,
        .DpcWatchdogCount = used < WATCHDOG_TICKS ? WATCHDOG_TICKS - used : 0,
    };
    return STATUS_SUCCESS;
}

ULONG NTAPI KeShouldYieldProcessor(VOID)
{
    return ke_irql() >= DISPATCH_LEVEL && at_dispatch_ns() > YIELD_AFTER_NS;
}
