/* Threads: KTHREAD, its KPCR page, its stack, start and end (EXE-053, EXE-064, EXE-136, EXE-165).
 *
 * Three kinds: made here on a kernel stack (ke_thread_create), adopted (an application's or the machine's own), and the idle
 * thread of each processor, which stays at DISPATCH_LEVEL for ever because all it runs it runs owning the processor.
 *
 * A thread cannot free the stack it stands on: the dead are joined and their stacks freed by who creates the next one. */
#include "nt/mm/mm.h"
#include "base/err.h"
#include "ddi/text.h"
#include "host/host.h"
#include "memory/mem.h"
#include "nt/ke/ke_private.h"

static struct {
    struct sched_lock lock;
    LIST_ENTRY all;
    struct dead {
        struct sched_thread *sched;
        void *stack;
        struct ke_page *page;
    } dead[64];
    unsigned dead_count;
    unsigned unburied; /* made by ke_thread_create and not among the dead yet */
    struct _KPROCESS *system_process;
} ke_threads;

static PKTHREAD idle_threads[SCHED_CPU_MAX];
static __thread PKTHREAD tls_thread; /* GS may not be ours: a foreign thread asks ke_thread_is_nt */

static void list_add(PKTHREAD thread)
{
    sched_lock(&ke_threads.lock);
    if (!ke_threads.all.Flink)
        InitializeListHead(&ke_threads.all);
    InsertTailList(&ke_threads.all, &thread->all_entry);
    sched_unlock(&ke_threads.lock);
}

static void list_remove(PKTHREAD thread)
{
    sched_lock(&ke_threads.lock);
    RemoveEntryList(&thread->all_entry);
    sched_unlock(&ke_threads.lock);
}

void ke_for_each_thread(void (*visit)(PKTHREAD thread, void *ctx), void *ctx)
{
    sched_lock(&ke_threads.lock);
    if (ke_threads.all.Flink)
        for (PLIST_ENTRY e = ke_threads.all.Flink; e != &ke_threads.all; e = e->Flink)
            visit(CONTAINING_RECORD(e, KTHREAD, all_entry), ctx);
    sched_unlock(&ke_threads.lock);
}

void ke_set_system_process(struct _KPROCESS *process)
{
    sched_lock(&ke_threads.lock);
    ke_threads.system_process = process;
    if (ke_threads.all.Flink)
        for (PLIST_ENTRY e = ke_threads.all.Flink; e != &ke_threads.all; e = e->Flink)
            if (!CONTAINING_RECORD(e, KTHREAD, all_entry)->process)
                CONTAINING_RECORD(e, KTHREAD, all_entry)->process = process;
    sched_unlock(&ke_threads.lock);
}

/* The parts that do not depend on who runs it. The page's memory is zero. */
int ke_thread_init(PKTHREAD thread, const char *name)
{
    struct ke_page *page = mem_alloc(1, MEM_PAGES, thread);
    unsigned i;

    if (!page)
        return -WK_ENOMEM;
    ke_header_init(&thread->Header, ThreadObject, sizeof(*thread), 0);
    InitializeListHead(&thread->apcs[KernelMode]);
    InitializeListHead(&thread->apcs[UserMode]);
    InitializeListHead(&thread->mutexes);
    thread->priority = thread->base_priority = 8; /* EXE-136 */
    thread->affinity = KeQueryActiveProcessors();
    if (!thread->process)
        thread->process = ke_threads.system_process;
    for (i = 0; i < sizeof(thread->name) - 1 && name[i]; i++)
        thread->name[i] = name[i];
    thread->name[i] = 0;
    thread->page = page;
    page->pcr.Self = &page->pcr;
    page->pcr.CurrentPrcb = (struct _KPRCB *)&page->mxcsr; /* at 180h */
    page->pcr.Used_Self = &page->pcr;
    page->pcr.MajorVersion = 1;
    page->pcr.MinorVersion = 1;
    page->pcr.StallScaleFactor = 1000;
    page->mxcsr = 0x1f80;
    page->current_thread = page->idle_thread = thread;
    list_add(thread);
    return 0;
}

static void set_number(PKTHREAD thread, unsigned cpu)
{
    thread->page->number = cpu;
    thread->page->legacy_number = (UCHAR)cpu;
    thread->page->pcr.ObsoleteNumber = (UCHAR)cpu;
}

/* In the thread itself. */
static void become(PKTHREAD thread, ULONG_PTR low, ULONG_PTR high)
{
    wk_pcr = (PUCHAR)thread->page;
    thread->sched = sched_self();
    thread->host_id = host_thread_id();
    thread->stack_low = low;
    thread->stack_high = high;
    thread->page->rsp_base = high;
    tls_thread = thread;
}

/* In signal context: a driver has touched GS in this thread. False: GS was there, the access is wrong in itself. */
bool ke_load_gs(void)
{
    struct ke_page *page = (struct ke_page *)wk_pcr;

    if (!page || page->gs_loaded)
        return false;
    page->gs_loaded = true;
    return sched_thread_gs((uint64_t)(ULONG_PTR)page) == 0;
}

bool ke_thread_is_nt(void)
{
    return tls_thread != NULL;
}

/* ---- the end ---- */
void ke_reap_threads(void)
{
    struct dead dead;

    for (;;) {
        sched_lock(&ke_threads.lock);
        if (ke_threads.dead_count == 0) {
            sched_unlock(&ke_threads.lock);
            return;
        }
        dead = ke_threads.dead[--ke_threads.dead_count];
        sched_unlock(&ke_threads.lock);
        sched_thread_join(dead.sched);
        mem_free_guarded(dead.stack, KE_STACK_PAGES);
        mem_free(dead.page, 1);
    }
}

struct leftover {
    unsigned count;
    char text[512];
    size_t length;
};

static void add_leftover(PKTHREAD thread, void *ctx)
{
    struct leftover *l = ctx;

    if (!thread->start)
        return;
    l->length += ddi_format(l->text + l->length, sizeof(l->text) - l->length, "%s%s (%p)%s", l->count ? ", " : "", thread->name, thread,
                            __atomic_load_n(&thread->waiting, __ATOMIC_RELAXED) ? " waiting" : " running");
    l->count++;
}

bool ke_join_threads(unsigned timeout_ms)
{
    struct leftover over = {0};
    uint64_t deadline = sched_now_ns() + (uint64_t)timeout_ms * 1000000;
    unsigned left;

    do {
        ke_reap_threads(); /* waits for each of the dead */
        sched_lock(&ke_threads.lock);
        left = ke_threads.unburied;
        sched_unlock(&ke_threads.lock);
        if (left)
            sched_yield_cpu();
    } while (left && sched_now_ns() < deadline);
    ke_reap_threads();
    if (left == 0)
        return true;
    ke_for_each_thread(add_leftover, &over);
    guest_finding("EXE-033", "the machine stops, but system threads have not ended: %s", over.text);
    return false;
}

/* EXE-745, EXE-746 */
static void check_end(PKTHREAD thread)
{
    if (ke_irql() != PASSIVE_LEVEL)
        guest_bugcheck(0xC8, (ULONG64)ke_irql() << 16, (ULONG64)(ULONG_PTR)thread, 0, 0, "thread %p (%s) ends at IRQL %u", thread, thread->name, ke_irql());
    if (!IsListEmpty(&thread->mutexes)) {
        PKMUTANT mutex = CONTAINING_RECORD(thread->mutexes.Flink, KMUTANT, MutantListEntry);

        guest_bugcheck(0x4000008A, (ULONG64)(ULONG_PTR)thread, (ULONG64)(ULONG_PTR)mutex, 0, 0, "thread %p (%s) ends owning mutex %p", thread, thread->name, mutex);
    }
    if (thread->critical || thread->guarded)
        guest_bugcheck(0x20, 0, (ULONG64)(thread->critical ? thread->critical : thread->guarded), ke_irql(), 0, "thread %p (%s) ends inside %d critical and %d "
                       "guarded regions", thread, thread->name, -thread->critical, -thread->guarded);
    if (!IsListEmpty(&thread->apcs[KernelMode]))
        guest_bugcheck(0x20, (ULONG64)(ULONG_PTR)thread->apcs[KernelMode].Flink, 0, ke_irql(), 0, "thread %p (%s) ends with a kernel APC pending", thread,
                       thread->name);
}

/* Signaled for waiters, and nobody is about to unpark it any more. */
void ke_thread_done(PKTHREAD thread)
{
    list_remove(thread);
    ke_signal_object(&thread->Header, 1);
    for (unsigned spins = 0; __atomic_load_n(&thread->wakes, __ATOMIC_ACQUIRE); spins++)
        sched_spin(spins);
}

static void bury(struct sched_thread *sched, void *stack, struct ke_page *page)
{
    for (;;) {
        sched_lock(&ke_threads.lock);
        if (ke_threads.dead_count < sizeof(ke_threads.dead) / sizeof(ke_threads.dead[0])) {
            ke_threads.dead[ke_threads.dead_count++] = (struct dead){sched, stack, page};
            ke_threads.unburied--;
            sched_unlock(&ke_threads.lock);
            return;
        }
        sched_unlock(&ke_threads.lock);
        ke_reap_threads();
    }
}

/* Runs on the thread. Its last steps touch neither KTHREAD nor GS-less NT code: the page stays until the thread is joined. */
static void thread_main(void *ctx)
{
    PKTHREAD thread = ctx;
    struct ke_page *page = thread->page;
    void *stack = thread->stack;
    struct sched_thread *sched;

    become(thread, (ULONG_PTR)stack, (ULONG_PTR)stack + KE_STACK_BYTES);
    if (__builtin_setjmp(thread->exit_jump) == 0)
        thread->start(thread->ctx);
    thread = ke_thread();
    check_end(thread);
    sched = thread->sched;
    ke_thread_done(thread);
    bury(sched, thread->stack, page);
    thread->exited(thread);
    mm_thread_stop(); /* after exited, which frees */
    tls_thread = NULL;
}

NTSTATUS ke_thread_create(PKTHREAD thread, void (*start)(void *ctx), void *ctx, const char *name, void (*exited)(PKTHREAD thread))
{
    struct sched_thread *sched;

    ke_reap_threads();
    if (ke_thread_init(thread, name) != 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    thread->stack = mem_alloc_guarded(KE_STACK_PAGES, MEM_STACK, thread);
    if (!thread->stack)
        goto fail;
    thread->start = start;
    thread->ctx = ctx;
    thread->exited = exited;
    set_number(thread, ke_thread_is_nt() ? ke_cpu() : 0);
    sched_lock(&ke_threads.lock);
    ke_threads.unburied++;
    sched_unlock(&ke_threads.lock);
    sched = sched_thread_create(thread_main, thread, thread->stack, KE_STACK_BYTES, name);
    if (sched)
        return STATUS_SUCCESS; /* thread->sched is set by the thread itself; it may have ended already */
    sched_lock(&ke_threads.lock);
    ke_threads.unburied--;
    sched_unlock(&ke_threads.lock);
    mem_free_guarded(thread->stack, KE_STACK_PAGES);
fail:
    list_remove(thread);
    mem_free(thread->page, 1);
    return STATUS_INSUFFICIENT_RESOURCES;
}

_Noreturn void ke_thread_exit(NTSTATUS status)
{
    PKTHREAD thread = ke_thread();

    WK_ASSERT(thread->start);
    thread->exit_status = status;
    check_end(thread);
    __builtin_longjmp(thread->exit_jump, 1);
}

/* ---- adopted threads ---- */
int ke_thread_adopt(PKTHREAD thread, const char *name)
{
    uint64_t low, high;
    int err;

    thread->sched_adopted = !sched_self();
    if (thread->sched_adopted && !sched_thread_adopt(name))
        return -WK_ENOMEM;
    err = sched_thread_stack(&low, &high);
    if (!err)
        err = ke_thread_init(thread, name);
    if (err)
        return err;
    become(thread, low, high);
    return 0;
}

void ke_thread_disown(void)
{
    PKTHREAD thread = ke_thread();
    struct ke_page *page = thread->page;

    check_end(thread);
    ke_thread_done(thread); /* the object stays: `thread` is the caller's */
    tls_thread = NULL;
    wk_pcr = NULL;
    if (page->gs_loaded)
        sched_thread_gs(0);
    mem_free(page, 1);
    if (thread->sched_adopted)
        sched_thread_disown();
}

/* ---- idle threads ---- */
/* A page for a KTHREAD, so that code which takes it for an ETHREAD stays inside. */
void ke_idle_thread_start(unsigned cpu)
{
    PKTHREAD thread = mem_alloc(1, MEM_PAGES, NULL);
    uint64_t low, high;

    WK_ASSERT(thread && sched_thread_stack(&low, &high) == 0 && ke_thread_init(thread, "idle") == 0);
    become(thread, low, high);
    thread->affinity = (KAFFINITY)1 << cpu;
    thread->priority = thread->base_priority = 0;
    set_number(thread, cpu);
    KE_PCR_IRQL = DISPATCH_LEVEL;
    idle_threads[cpu] = thread;
}

void ke_idle_thread_owns(unsigned cpu)
{
    if (KE_PCR_NUMBER != cpu)
        set_number(ke_thread(), cpu);
}

void ke_idle_thread_stop(unsigned cpu)
{
    PKTHREAD thread = idle_threads[cpu];

    ke_thread_done(thread);
    tls_thread = NULL;
    mem_free(thread->page, 1);
    mem_free(thread, 1);
    idle_threads[cpu] = NULL;
}

/* ---- EXE-136: priorities are kept and reported; the host's scheduler decides who runs [W] ---- */
KPRIORITY NTAPI KeQueryPriorityThread(PKTHREAD Thread)
{
    return Thread->priority;
}

KPRIORITY NTAPI KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
    KPRIORITY was = Thread->priority;

    if (Priority < 1 || Priority > HIGH_PRIORITY) {
        guest_finding("EXE-136", "KeSetPriorityThread(%p) to %d; priorities are 1 to 31", Thread, Priority);
        return was;
    }
    Thread->priority = Thread->base_priority = Priority;
    return was;
}

LONG NTAPI KeSetBasePriorityThread(PKTHREAD Thread, LONG Increment)
{
    LONG was = Thread->base_priority - 8;
    KPRIORITY to = 8 + Increment;

    Thread->priority = Thread->base_priority = to < 1 ? 1 : to > HIGH_PRIORITY ? HIGH_PRIORITY : to;
    return was;
}

/* EXE-I07: a compiler's headers that do not read GS themselves call these. */
PKTHREAD NTAPI(KeGetCurrentThread)(VOID)
{
    return KeGetCurrentThread();
}

PETHREAD NTAPI(PsGetCurrentThread)(VOID)
{
    return PsGetCurrentThread();
}
