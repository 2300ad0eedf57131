/* A machine that does not go on: where every thread is (EXE-191), and a processor that stays at DISPATCH_LEVEL too long (EXE-124, EXE-726).
 *
 * A thread of its own looks once a second. Whoever takes a processor counts it (sched_cpu_states, turns); a processor that is owned
 * in `limit` looks one after the other without a new turn is stuck. Looks are counted, not time: under a debugger all threads stop
 * together, and that is no hang. The thread is no NT thread: what it runs needs no processor of the machine. */
#include "ddi/text.h"
#include "ddi/walk.h"
#include "host/host.h"
#include "image/unwind.h"
#include "nt/ke/ke_private.h"

#define LOOK_NS UINT64_C(1000000000)

static struct {
    struct sched_thread *thread;
    unsigned limit; /* looks */
    bool stopping;
    unsigned same[SCHED_CPU_MAX];
    uint32_t turns[SCHED_CPU_MAX];
} dog;

/* ---- what a thread does, in words ---- */
static const char *kind_of(PDISPATCHER_HEADER header)
{
    static const char *const names[] = {"the event", "the event", "the mutex", "the process", "the queue", "the semaphore", "the thread", "the gate",
                                        "the timer", "the timer"};
    UCHAR type = KE_TYPE(header);

    return type < sizeof(names) / sizeof(names[0]) ? names[type] : "the object";
}

static void describe(PKTHREAD thread, char *text, size_t bytes)
{
    PKWAIT_BLOCK blocks = thread->wait_blocks;
    PKSPIN_LOCK lock = thread->page->spins_on;
    size_t used = ddi_format(text, bytes, "thread %s (%p)", thread->name, thread);

    if (__atomic_load_n(&thread->waiting, __ATOMIC_ACQUIRE) == 1 && thread->wait_count && blocks) {
        PDISPATCHER_HEADER header = blocks[0].Object;

        used += ddi_format(text + used, bytes - used, " waits for %s %p", kind_of(header), header);
        if (KE_TYPE(header) == MutantObject && ((PKMUTANT)header)->OwnerThread)
            used += ddi_format(text + used, bytes - used, ", which thread %s (%p) owns", ((PKMUTANT)header)->OwnerThread->name,
                               ((PKMUTANT)header)->OwnerThread);
        if (thread->wait_count > 1)
            ddi_format(text + used, bytes - used, " and %u more", thread->wait_count - 1);
    } else if (thread->waiting == 1) {
        ddi_format(text + used, bytes - used, " sleeps");
    } else if (lock) {
        PKTHREAD owner = (PKTHREAD)(__atomic_load_n(lock, __ATOMIC_RELAXED) & ~(ULONG_PTR)3);

        ddi_format(text + used, bytes - used, " spins at IRQL %u on processor %u for the spin lock %p, which thread %p holds", thread->page->pcr.Irql,
                   thread->page->number, lock, owner);
    } else {
        ddi_format(text + used, bytes - used, " runs at IRQL %u on processor %u", thread->page->pcr.Irql, thread->page->number);
    }
}

static bool regs_of(PKTHREAD thread, struct img_regs *regs)
{
    struct host_regs h;

    if (!thread->host_id || host_thread_regs(thread->host_id, &h) != 0)
        return false;
    __builtin_memcpy(regs->gpr, &h.rax, sizeof(regs->gpr));
    regs->rip = h.rip;
    return true;
}

/* ---- EXE-191 ---- */
struct where {
    char *text;
    size_t bytes, used;
};

static void add(PKTHREAD thread, void *ctx)
{
    static char stack[8192];
    char head[256];
    struct where *w = ctx;
    struct img_regs regs;

    if (!regs_of(thread, &regs) || !ddi_walk(&regs, stack, sizeof(stack)))
        return; /* no driver on it */
    describe(thread, head, sizeof(head));
    if (w->used + 64 < w->bytes)
        w->used += ddi_format(w->text + w->used, w->bytes - w->used, "    %s:\n%s", head, stack);
}

size_t ke_where(char *text, size_t bytes)
{
    struct where w = {text, bytes, 0};

    text[0] = 0;
    guest_report_lock(); /* ddi_walk's tables are the reports' */
    ke_for_each_thread(add, &w);
    guest_report_unlock();
    return w.used;
}

/* ---- EXE-726 ---- */
struct owner {
    unsigned cpu;
    PKTHREAD thread;
};

static void find_owner(PKTHREAD thread, void *ctx)
{
    struct owner *o = ctx;

    if (thread->page->number == o->cpu && (thread->page->pcr.Irql >= DISPATCH_LEVEL || thread->page->interrupts_off) && (!o->thread || thread->start || thread->page->dpc_depth))
        o->thread = thread;
}

static void stuck(unsigned cpu)
{
    struct owner o = {.cpu = cpu};
    struct img_regs regs = {0};
    char head[256], text[512];
    bool in_dpc;

    ke_for_each_thread(find_owner, &o);
    if (!o.thread || !regs_of(o.thread, &regs))
        return;
    in_dpc = o.thread->page->dpc_depth != 0;
    describe(o.thread, head, sizeof(head));
    ddi_format(text, sizeof(text), "processor %u has been at DISPATCH_LEVEL or above for %u s%s%s: %s", cpu, dog.limit, in_dpc ? ", in a DPC" : "",
               o.thread->page->interrupts_off ? ", with interrupts disabled" : "", head);
    guest_bugcheck_at(&regs, 0x133, (ULONG64[4]){in_dpc ? 0 : 1, (ULONG64)dog.limit * 10000000 / KE_TICK_100NS, (ULONG64)dog.limit * 10000000 / KE_TICK_100NS, 0},
                      text);
}

static void look(void)
{
    for (unsigned cpu = 0; cpu < sched_cpu_count(); cpu++) {
        uint32_t turns = __atomic_load_n(&sched_cpu_states[cpu].turns, __ATOMIC_RELAXED);
        bool owned = __atomic_load_n(&sched_cpu_states[cpu].word, __ATOMIC_RELAXED) & SCHED_CPU_OWNED;

        dog.same[cpu] = owned && turns == dog.turns[cpu] ? dog.same[cpu] + 1 : 0;
        dog.turns[cpu] = turns;
        if (dog.same[cpu] >= dog.limit)
            stuck(cpu);
    }
}

static void watch(void *ctx)
{
    (void)ctx;
    while (!__atomic_load_n(&dog.stopping, __ATOMIC_ACQUIRE))
        if (!sched_park(sched_now_ns() + LOOK_NS))
            look();
}

void ke_watchdog_start(unsigned limit_s)
{
    dog.limit = limit_s ? limit_s : KE_DPC_LIMIT_S;
    dog.stopping = false;
    __builtin_memset(dog.same, 0, sizeof(dog.same));
    dog.thread = sched_thread_create(watch, NULL, NULL, 0, "watchdog");
}

void ke_watchdog_stop(void)
{
    if (!dog.thread)
        return;
    __atomic_store_n(&dog.stopping, true, __ATOMIC_RELEASE);
    sched_unpark(dog.thread);
    sched_thread_join(dog.thread);
    dog.thread = NULL;
}
