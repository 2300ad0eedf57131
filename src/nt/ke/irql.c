/* IRQL (EXE-110 .. EXE-114). It is kept in the KPCR page of the calling thread. From DISPATCH_LEVEL on the thread owns a
 * virtual processor; lowering below gives it back, after the DPCs that came meanwhile have run. */
#include "nt/ke/ke_private.h"

KIRQL NTAPI KeGetCurrentIrql(VOID)
{
    return KE_PCR_IRQL;
}

/* Takes a processor that is not free or has work pending: any of the thread's affinity, its last one first. */
__attribute__((noinline)) void ke_take_cpu(void)
{
    PKTHREAD thread = ke_thread();
    unsigned cpu;

    if (thread->page->interrupts_off)
        return; /* it has kept it */
    cpu = sched_cpu_enter(KE_PCR_NUMBER, thread->affinity);

    thread->page->number = cpu;
    thread->page->legacy_number = (UCHAR)cpu;
    thread->page->pcr.ObsoleteNumber = (UCHAR)cpu;
}

/* Runs pending DPCs at DISPATCH_LEVEL on this thread, then gives the processor back. */
__attribute__((noinline)) void ke_give_cpu(void)
{
    if (((struct ke_page *)wk_pcr)->interrupts_off)
        return;
    KE_PCR_IRQL = DISPATCH_LEVEL;
    sched_cpu_leave(KE_PCR_NUMBER);
}

static __attribute__((noinline)) _Noreturn void raise_wrong(KIRQL to)
{
    guest_bugcheck(0x09, 0, ke_irql(), 0, 0, "KeRaiseIrql to %u, which is below the current IRQL %u", to, ke_irql());
}

static __attribute__((noinline)) _Noreturn void lower_wrong(KIRQL to)
{
    guest_bugcheck(0x0A, 0, ke_irql(), 0, 0, "KeLowerIrql to %u, which is above the current IRQL %u", to, ke_irql());
}

static __attribute__((noinline)) _Noreturn void lower_in_dpc(KIRQL to)
{
    guest_bugcheck(0x0A, 0, ke_irql(), 0, 0, "KeLowerIrql to %u inside a DPC, which must stay at DISPATCH_LEVEL or above", to);
}

KIRQL NTAPI KfRaiseIrql(KIRQL NewIrql)
{
    KIRQL old = ke_irql();

    if (__builtin_expect(NewIrql < old || NewIrql > HIGH_LEVEL, 0))
        raise_wrong(NewIrql);
    if (NewIrql >= DISPATCH_LEVEL)
        ke_raise_to_dispatch();
    KE_PCR_IRQL = NewIrql;
    return old;
}

VOID NTAPI KeLowerIrql(KIRQL NewIrql)
{
    if (__builtin_expect(NewIrql > ke_irql(), 0))
        lower_wrong(NewIrql);
    if (__builtin_expect(NewIrql < DISPATCH_LEVEL && ke_in_dpc(), 0))
        lower_in_dpc(NewIrql);
    ke_lower(NewIrql);
}

KIRQL NTAPI KeRaiseIrqlToDpcLevel(VOID)
{
    KIRQL old = ke_irql();

    if (__builtin_expect(old > DISPATCH_LEVEL, 0))
        raise_wrong(DISPATCH_LEVEL);
    return ke_raise_to_dispatch();
}

KIRQL NTAPI KeRaiseIrqlToSynchLevel(VOID)
{
    return KfRaiseIrql(SYNCH_LEVEL);
}
