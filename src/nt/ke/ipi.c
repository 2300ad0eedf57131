/* KeIpiGenericCall (EXE-134) and the turn of a spin loop. A call is answered by each processor's owner when it gives the
 * processor back, runs DPCs, or spins for a lock; a free processor's own thread is woken for it. One call at a time; a thread that
 * waits for its own turn to call answers meanwhile, so that two callers cannot block each other. A guest that stays at
 * DISPATCH_LEVEL without doing any of this delays the call [W]: Windows would interrupt it. */
#include "nt/ke/ke_private.h"

static struct {
    uint32_t busy;
    PKIPI_BROADCAST_WORKER worker;
    ULONG_PTR context;
    uint64_t wanted; /* processors that have not come yet */
    uint32_t away;   /* how many have not yet arrived at the barrier */
    uint32_t left;   /* how many have not finished */
} ipi;

static ULONG_PTR work(void)
{
    KIRQL old = ke_irql();
    ULONG_PTR result;

    __atomic_fetch_sub(&ipi.away, 1, __ATOMIC_ACQ_REL);
    for (unsigned spins = 0; __atomic_load_n(&ipi.away, __ATOMIC_ACQUIRE); spins++)
        sched_spin(spins); /* all run it at the same time */
    KE_PCR_IRQL = IPI_LEVEL;
    result = guest_call(KIPI_BROADCAST_WORKER, ipi.worker, ipi.context);
    KE_PCR_IRQL = old;
    __atomic_fetch_sub(&ipi.left, 1, __ATOMIC_RELEASE);
    return result;
}

/* By the owner of its processor. */
void ke_ipi_poll(void)
{
    uint64_t mine = UINT64_C(1) << ke_cpu();

    if (__builtin_expect(__atomic_load_n(&ipi.wanted, __ATOMIC_ACQUIRE) & mine, 0) && __atomic_fetch_and(&ipi.wanted, ~mine, __ATOMIC_ACQ_REL) & mine)
        work();
}

void ke_spin(unsigned spins)
{
    if (ke_irql() >= DISPATCH_LEVEL)
        ke_ipi_poll();
    sched_spin(spins);
}

ULONG_PTR NTAPI KeIpiGenericCall(PKIPI_BROADCAST_WORKER BroadcastFunction, ULONG_PTR Context)
{
    KIRQL old = ke_raise_to_dispatch();
    unsigned count = sched_cpu_count();
    uint64_t others = KeQueryActiveProcessors() & ~((KAFFINITY)1 << ke_cpu());
    ULONG_PTR result;

    for (unsigned spins = 0; __atomic_exchange_n(&ipi.busy, 1, __ATOMIC_ACQUIRE); spins++)
        ke_spin(spins);
    ipi.worker = BroadcastFunction;
    ipi.context = Context;
    ipi.away = ipi.left = count;
    __atomic_store_n(&ipi.wanted, others, __ATOMIC_RELEASE);
    for (uint64_t left = others; left; left &= left - 1)
        sched_cpu_interrupt((unsigned)__builtin_ctzll(left));
    result = work();
    for (unsigned spins = 0; __atomic_load_n(&ipi.left, __ATOMIC_ACQUIRE); spins++)
        sched_spin(spins);
    __atomic_store_n(&ipi.busy, 0, __ATOMIC_RELEASE);
    ke_lower(old);
    return result;
}
