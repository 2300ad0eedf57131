/* Start and stop of the kernel core: fills in the scheduler's hooks and the border's questions. Called by nt_start and nt_stop. */
#include "nt/mm/mm.h"
#include "base/err.h"
#include "ddi/state.h"
#include "memory/mem.h"
#include "nt/ke/ke_private.h"

static void *cpu_stacks[SCHED_CPU_MAX];

static void thread_start(void *ctx, unsigned cpu)
{
    ke_idle_thread_start(cpu);
}

static void thread_stop(void *ctx, unsigned cpu)
{
    ke_idle_thread_stop(cpu);
}

static void service(void *ctx, unsigned cpu)
{
    ke_hand_over(cpu);
    ke_dpcs_run(cpu);
}

static void owns(void *ctx, unsigned cpu)
{
    ke_idle_thread_owns(cpu);
}

static void clock_tick(void *ctx, unsigned cpu)
{
    ke_clock();
}

/* Processors' threads run DPCs, so they have kernel stacks (EXE-064). */
static void *thread_stack(void *ctx, unsigned cpu, size_t *bytes)
{
    cpu_stacks[cpu] = mem_alloc_guarded(KE_STACK_PAGES, MEM_STACK, NULL);
    *bytes = KE_STACK_BYTES;
    return cpu_stacks[cpu];
}

static KIRQL current_irql(void)
{
    return ke_thread_is_nt() ? ke_irql() : PASSIVE_LEVEL;
}

static ULONG current_regions(void)
{
    PKTHREAD thread;

    if (!ke_thread_is_nt())
        return 0;
    thread = ke_thread();
    return (ULONG)-thread->critical + ((ULONG)-thread->guarded << 16);
}

static void check_freed(uint64_t low, uint64_t high)
{
    ke_check_unloaded(low, high);
}

int ke_start(const struct ke_config *config)
{
    static const struct sched_cpu_hooks hooks = {
        .thread_start = thread_start, .thread_stop = thread_stop, .service = service, .clock = clock_tick, .owns = owns,
        .thread_stack = thread_stack};
    struct sched_config sched = {.cpu_count = config->cpu_count, .seed = config->seed};
    int err;

    if (config->cpu_count < 1 || config->cpu_count > SCHED_CPU_MAX)
        return -WK_EINVAL;
    ke_timers_start();
    ke_xstate_start();
    ke_dpcs_prepare(config->cpu_count);
    ddi_set_state(&(struct ddi_state){.irql = current_irql, .regions = current_regions, .stopping = ke_bugcheck_callbacks});
    err = sched_start(&sched, &hooks);
    if (err)
        return err;
    mm_add_freed_check(check_freed);
    ke_time_start();
    err = ke_shared_start(config);
    if (err) {
        ke_shared_stop();
        sched_stop();
        return err;
    }
    ke_dpcs_start(config->threaded_dpcs);
    ke_watchdog_start(config->dpc_limit_s);
    return 0;
}

bool ke_stop(void)
{
    ke_dpcs_stop();
    if (!ke_join_threads(2000))
        return false;
    ke_watchdog_stop();
    ke_shared_stop();
    sched_stop();
    for (unsigned i = 0; i < SCHED_CPU_MAX; i++)
        if (cpu_stacks[i]) {
            mem_free_guarded(cpu_stacks[i], KE_STACK_PAGES);
            cpu_stacks[i] = NULL;
        }
    return true;
}
