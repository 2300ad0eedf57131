/* Virtual processors, live back end.
 *
 * Each has one state word (sched.h) and one thread of its own. Taking and giving back is one locked instruction each when
 * nobody else wants it. The own thread runs: wait in the poller (owning nothing) -> for each processor with something to do:
 * take it, hand over, run pending work, leave. It never waits for a processor: whose owner is busy is marked PENDING, and the
 * owner does the work as it leaves.
 *
 * No wake is lost: who sets PENDING on a free processor reads `idle` afterwards; the thread sets `idle` before it looks for
 * PENDING and waits. Each side's write comes before its read (all are sequentially consistent), so one of them sees the other. */
#include "base/assert.h"
#include "base/err.h"
#include "sched/sched_private.h"

#define ENTER_SPINS 64

struct sched_machine sched_machine = {.alarm_ns = SCHED_FOREVER};
struct sched_cpu_state sched_cpu_states[SCHED_CPU_MAX];

static bool cpu_take(unsigned cpu, uint32_t with)
{
    uint32_t *word = &sched_cpu_states[cpu].word;
    uint32_t was = __atomic_load_n(word, __ATOMIC_RELAXED);

    while (!(was & SCHED_CPU_OWNED)) {
        if (__atomic_compare_exchange_n(word, &was, was | SCHED_CPU_OWNED | with, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            sched_cpu_turn(cpu);
            return true;
        }
    }
    return false;
}

/* Sleeps until cpu is given back, then takes it. A woken waiter cannot know whether others still sleep, so it leaves WAITERS set. */
static void cpu_wait_for(unsigned cpu)
{
    uint32_t *word = &sched_cpu_states[cpu].word;

    for (unsigned i = 0; i < ENTER_SPINS; i++) {
        if (cpu_take(cpu, 0))
            return;
        __builtin_ia32_pause();
    }
    while (!cpu_take(cpu, SCHED_CPU_WAITERS)) {
        uint32_t was = __atomic_load_n(word, __ATOMIC_RELAXED);

        if (!(was & SCHED_CPU_OWNED))
            continue;
        if (!(was & SCHED_CPU_WAITERS) &&
            !__atomic_compare_exchange_n(word, &was, was | SCHED_CPU_WAITERS, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            continue;
        host.futex_wait(word, was | SCHED_CPU_WAITERS, SCHED_FOREVER);
    }
}

unsigned sched_cpu_enter(unsigned preferred, uint64_t affinity)
{
    unsigned count = sched_machine.cpu_count;

    if (count < 64)
        affinity &= (UINT64_C(1) << count) - 1;
    WK_ASSERT(affinity);
    if (preferred >= count || !(affinity >> preferred & 1))
        preferred = (unsigned)__builtin_ctzll(affinity);
    if (cpu_take(preferred, 0))
        return preferred;
    for (unsigned i = 1; i < count; i++) {
        unsigned cpu = (preferred + i) % count;

        if (affinity >> cpu & 1 && cpu_take(cpu, 0))
            return cpu;
    }
    cpu_wait_for(preferred);
    return preferred;
}

/* What is pending for a processor that the caller owns. */
static void work(unsigned cpu)
{
    struct sched_machine *m = &sched_machine;

    if (cpu == 0 && __atomic_load_n(&m->alarm_rang, __ATOMIC_RELAXED) && __atomic_exchange_n(&m->alarm_rang, false, __ATOMIC_SEQ_CST))
        m->hooks.clock(m->hooks.ctx, cpu);
    m->hooks.service(m->hooks.ctx, cpu);
}

void sched_hand_over(unsigned cpu)
{
    struct sched_machine *m = &sched_machine;

    if (m->poller.dispatch(m->poller.ctx, cpu))
        m->cpus[cpu].more = true;
}

/* True: the poller has more for it. */
static bool leave(unsigned cpu)
{
    struct sched_cpu *c = &sched_machine.cpus[cpu];
    uint32_t *word = &sched_cpu_states[cpu].word;
    uint32_t was = __atomic_load_n(word, __ATOMIC_RELAXED);
    bool more = false;

    for (;;) {
        WK_ASSERT(was & SCHED_CPU_OWNED);
        if (was & SCHED_CPU_PENDING) {
            __atomic_fetch_and(word, ~SCHED_CPU_PENDING, __ATOMIC_SEQ_CST);
            work(cpu);
            was = __atomic_load_n(word, __ATOMIC_RELAXED);
            continue;
        }
        more |= c->more;
        c->more = false;
        if (__atomic_compare_exchange_n(word, &was, 0, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
            break;
    }
    if (was & SCHED_CPU_WAITERS)
        host.futex_wake(word, 1);
    return more;
}

void sched_cpu_leave(unsigned cpu)
{
    if (leave(cpu))
        sched_cpu_interrupt(cpu);
}

void sched_cpu_wake(unsigned cpu)
{
    struct sched_cpu *c = &sched_machine.cpus[cpu];

    if (__atomic_load_n(&c->idle, __ATOMIC_SEQ_CST))
        sched_machine.poller.wake(sched_machine.poller.ctx, cpu);
}

/* Who finds PENDING set already leaves the wake to who set it. `idle` stays: another thread may take the wake and do the work (poll.c)
 * while the processor's own sleeps on. */
void sched_cpu_interrupt(unsigned cpu)
{
    uint32_t was = __atomic_fetch_or(&sched_cpu_states[cpu].word, SCHED_CPU_PENDING, __ATOMIC_SEQ_CST);

    if (!(was & (SCHED_CPU_OWNED | SCHED_CPU_PENDING)))
        sched_cpu_wake(cpu);
}

/* ---- the processors' own threads ---- */
/* The deadline is taken away before the hook runs, which sets the next one. */
static bool take_alarm(void)
{
    uint64_t alarm = __atomic_load_n(&sched_machine.alarm_ns, __ATOMIC_SEQ_CST);

    return alarm != SCHED_FOREVER && sched_now_ns() >= alarm &&
           __atomic_compare_exchange_n(&sched_machine.alarm_ns, &alarm, SCHED_FOREVER, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* True: it wants another turn. */
static bool serve(unsigned cpu)
{
    struct sched_machine *m = &sched_machine;

    if (!cpu_take(cpu, 0)) {
        sched_cpu_interrupt(cpu);
        return false;
    }
    if (m->hooks.owns)
        m->hooks.owns(m->hooks.ctx, cpu);
    if (!(__atomic_load_n(&sched_cpu_states[cpu].word, __ATOMIC_RELAXED) & SCHED_CPU_PENDING))
        work(cpu);
    if (!m->cpus[cpu].more && sched_cpu_try_leave(cpu))
        return false;
    return leave(cpu); /* with the work, when it is pending */
}

/* A wake may reach another thread than the one it was for, so that who ends passes it on. */
static void wake_all(void)
{
    for (unsigned i = 0; i < sched_machine.cpu_count; i++)
        sched_machine.poller.wake(sched_machine.poller.ctx, i);
}

/* PENDING on a processor that nobody owns: nobody else will look. */
static bool waits_for_us(unsigned cpu)
{
    return (__atomic_load_n(&sched_cpu_states[cpu].word, __ATOMIC_SEQ_CST) & (SCHED_CPU_PENDING | SCHED_CPU_OWNED)) == SCHED_CPU_PENDING;
}

static void cpu_main(void *ctx)
{
    struct sched_cpu *c = ctx;
    struct sched_machine *m = &sched_machine;
    unsigned cpu = c->number;
    uint64_t again = 0; /* processors with more to hand over */

    if (m->hooks.thread_start)
        m->hooks.thread_start(m->hooks.ctx, cpu);
    while (!__atomic_load_n(&m->stopping, __ATOMIC_ACQUIRE)) {
        uint64_t deadline, found;

        __atomic_store_n(&c->idle, 1, __ATOMIC_SEQ_CST);
        /* these two are read after idle is set */
        deadline = again || waits_for_us(cpu) || __atomic_load_n(&m->stopping, __ATOMIC_SEQ_CST) ? 0 : __atomic_load_n(&m->alarm_ns, __ATOMIC_SEQ_CST);
        found = m->poller.wait(m->poller.ctx, cpu, deadline) | again;
        again = 0;
        __atomic_store_n(&c->idle, 0, __ATOMIC_SEQ_CST);
        if (waits_for_us(cpu))
            found |= UINT64_C(1) << cpu;
        if (take_alarm()) {
            __atomic_store_n(&m->alarm_rang, true, __ATOMIC_SEQ_CST);
            found |= 1;
        }
        for (; found; found &= found - 1) {
            if (serve((unsigned)__builtin_ctzll(found)))
                again |= found & -found;
        }
    }
    wake_all();
    if (m->hooks.thread_stop)
        m->hooks.thread_stop(m->hooks.ctx, cpu);
}

/* The default poller: nothing to find, a futex to wait on. */
static uint64_t futex_poller_wait(void *ctx, unsigned cpu, uint64_t deadline_ns)
{
    struct sched_cpu *c = &sched_machine.cpus[cpu];

    (void)ctx;
    if (cpu != 0 && deadline_ns != 0) /* one thread is enough for the alarm */
        deadline_ns = SCHED_FOREVER;
    while (!__atomic_exchange_n(&c->woken, 0, __ATOMIC_ACQUIRE)) {
        if (deadline_ns == 0 || host.futex_wait(&c->woken, 0, sched_host_deadline(deadline_ns)) != 0)
            break;
    }
    return 0;
}

static bool futex_poller_dispatch(void *ctx, unsigned cpu)
{
    (void)ctx;
    (void)cpu;
    return false;
}

static void futex_poller_wake(void *ctx, unsigned cpu)
{
    struct sched_cpu *c = &sched_machine.cpus[cpu];

    (void)ctx;
    __atomic_store_n(&c->woken, 1, __ATOMIC_RELEASE);
    host.futex_wake(&c->woken, 1);
}

void sched_set_poller(const struct sched_poller *poller)
{
    sched_machine.has_poller = poller != NULL;
    if (poller)
        sched_machine.poller = *poller;
}

static void stop_threads(unsigned count)
{
    struct sched_machine *m = &sched_machine;

    __atomic_store_n(&m->stopping, true, __ATOMIC_SEQ_CST);
    wake_all();
    for (unsigned i = 0; i < count; i++)
        sched_thread_join(m->cpus[i].thread);
}

int sched_start(const struct sched_config *config, const struct sched_cpu_hooks *hooks)
{
    struct sched_machine *m = &sched_machine;

    if (config->cpu_count < 1 || config->cpu_count > SCHED_CPU_MAX)
        return -WK_EINVAL;
    m->hooks = *hooks;
    m->cpu_count = config->cpu_count;
    m->stopping = false;
    m->alarm_ns = SCHED_FOREVER;
    m->alarm_rang = false;
    m->start_ns = host.clock_ns();
    sched_seed(config->seed);
    if (!m->has_poller)
        m->poller = (struct sched_poller){futex_poller_wait, futex_poller_dispatch, futex_poller_wake, NULL};
    for (unsigned i = 0; i < m->cpu_count; i++) {
        struct sched_cpu *c = &m->cpus[i];
        char name[] = "cpu 00";
        size_t bytes = 0;
        void *stack = hooks->thread_stack ? hooks->thread_stack(hooks->ctx, i, &bytes) : NULL;

        *c = (struct sched_cpu){.number = i};
        sched_cpu_states[i].word = 0;
        name[4] = (char)('0' + i / 10);
        name[5] = (char)('0' + i % 10);
        c->thread = sched_thread_create(cpu_main, c, stack, bytes, name);
        if (!c->thread) {
            stop_threads(i);
            return -WK_ENOMEM;
        }
    }
    return 0;
}

void sched_stop(void)
{
    stop_threads(sched_machine.cpu_count);
    sched_machine.cpu_count = 0;
    sched_machine.has_poller = false;
}

unsigned sched_cpu_count(void)
{
    return sched_machine.cpu_count;
}
