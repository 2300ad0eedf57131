/* The interrupt flag of the processor (EXE-060): cli, sti, and popf as far as it changes it, from the fault handler.
 *
 * With interrupts off a thread keeps the processor that it is on, at whatever IRQL: nobody else runs there at DISPATCH_LEVEL and no DPC
 * or APC is delivered until they are on again. CR8 goes on telling and changing the IRQL. That the processor has something pending all the
 * time is what sends every ke_lower into ke_give_cpu, which then does not give it up; the paths of those who never do this cost no more. */
#include "nt/ke/ke_private.h"

static struct ke_page *my_page(void)
{
    return (struct ke_page *)wk_pcr;
}

bool ke_interrupts_on(void)
{
    return !my_page()->interrupts_off;
}

static void off(void)
{
    if (my_page()->interrupts_off)
        return;
    if (ke_irql() < DISPATCH_LEVEL && !sched_cpu_try_enter(ke_cpu()))
        ke_take_cpu();
    my_page()->interrupts_off = TRUE;
    sched_cpu_interrupt(ke_cpu());
}

static void on(void)
{
    KIRQL irql = ke_irql();

    if (!my_page()->interrupts_off)
        return;
    my_page()->interrupts_off = FALSE;
    if (irql >= DISPATCH_LEVEL)
        return; /* what is pending runs as it lowers */
    ke_give_cpu();
    KE_PCR_IRQL = irql;
    if (irql < APC_LEVEL && KE_PCR_APC_PENDING)
        ke_deliver_apcs();
}

void ke_set_interrupts(bool enabled)
{
    if (enabled)
        on();
    else
        off();
}
