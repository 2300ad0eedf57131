/* Threads that are not made here: the one that starts the machine, and those of simulated applications (ps_enter_application).
 *
 * Objects come from the pool, which only an NT thread can use. So a foreign thread takes an object from a stock that is filled up by NT
 * threads, and leaves its old one in a list that they empty. */
#include "ps_private.h"

#define STOCK 32

static struct {
    struct sched_lock lock;
    PETHREAD stock, dead;
    unsigned count;
} spare;

static struct {
    UCHAR header[OB_HEADER_BYTES];
    struct _ETHREAD thread;
} boot __attribute__((aligned(16)));

static __thread bool adopted_here;

PKTHREAD ps_boot_thread(void)
{
    ob_format(&boot.thread, ob_thread_type);
    boot.thread.id = (HANDLE)8;
    return &boot.thread.tcb;
}

/* Fills the stock and drops what has been left. On an NT thread at PASSIVE_LEVEL. */
static void tend(void)
{
    for (;;) {
        PETHREAD dead, made = NULL;
        bool more;

        sched_lock(&spare.lock);
        dead = spare.dead;
        if (dead)
            spare.dead = dead->next;
        more = spare.count < STOCK;
        sched_unlock(&spare.lock);
        if (dead)
            ObfDereferenceObject(dead);
        if (more)
            made = ob_allocate(ob_thread_type, sizeof(*made));
        if (made) {
            sched_lock(&spare.lock);
            made->next = spare.stock;
            spare.stock = made;
            spare.count++;
            sched_unlock(&spare.lock);
        }
        if (!dead && !made)
            return;
    }
}

int ps_adopted_start(void)
{
    tend();
    return spare.count ? 0 : -WK_ENOMEM;
}

void ps_stop(void)
{
    PETHREAD e;

    tend();
    while ((e = spare.stock) != NULL) {
        spare.stock = e->next;
        ObfDereferenceObject(e);
    }
    spare.count = 0;
}

static PETHREAD take(void)
{
    for (unsigned turns = 0; turns < 100000; turns++) {
        PETHREAD thread;

        sched_lock(&spare.lock);
        thread = spare.stock;
        if (thread) {
            spare.stock = thread->next;
            spare.count--;
        }
        sched_unlock(&spare.lock);
        if (thread)
            return thread;
        sched_yield_cpu(); /* those who took the others are about to fill it up */
    }
    return NULL;
}

static void put_back(PETHREAD thread)
{
    sched_lock(&spare.lock);
    thread->next = spare.dead;
    spare.dead = thread;
    sched_unlock(&spare.lock);
}

static int adopt(PEPROCESS process, const char *name)
{
    PETHREAD thread = take();
    int err;

    if (!thread)
        return -WK_ENOMEM;
    thread->tcb.process = &process->pcb;
    err = ke_thread_adopt(&thread->tcb, name);
    if (err) {
        put_back(thread);
        return err;
    }
    ObfReferenceObject(process);
    thread->process = process;
    thread->id = ps_next_id();
    thread->create_time = ps_now();
    ps_list_thread(thread);
    adopted_here = true;
    tend();
    return 0;
}

static int enter(PEPROCESS process, KPROCESSOR_MODE mode, const char *name)
{
    PETHREAD thread;

    if (!process)
        return -WK_ENOENT;
    if (!ke_thread_is_nt()) {
        int err = adopt(process, name);

        if (err)
            return err;
    }
    thread = ps_current();
    if (thread->depth++ == 0) {
        thread->outer_process = (PEPROCESS)thread->tcb.process;
        thread->outer_mode = thread->previous_mode;
        thread->tcb.process = &process->pcb;
        thread->previous_mode = mode;
    }
    return 0;
}

static void leave(void)
{
    PETHREAD thread = ps_current();

    WK_ASSERT(thread->depth > 0);
    if (--thread->depth)
        return;
    thread->tcb.process = &thread->outer_process->pcb;
    thread->previous_mode = thread->outer_mode;
    if (!adopted_here)
        return;
    adopted_here = false;
    ps_unlist_thread(thread);
    mm_thread_stop();
    ke_thread_disown();
    put_back(thread);
}

int ps_enter_application(void)
{
    return enter(ps_application_process(), UserMode, "application");
}

/* EXE-718, EXE-719: what a request must not bring back to its application. */
static void check_return(void)
{
    PKTHREAD thread = &ps_current()->tcb;
    KIRQL irql = ke_irql();

    if (irql != PASSIVE_LEVEL)
        guest_bugcheck(0x4A, 0, irql, 0, 0, "a request returns to its application at IRQL %u", irql);
    if (thread->critical != 0 || thread->guarded != 0)
        guest_bugcheck(0x01, 0, 0, (ULONG64)(USHORT)thread->critical | (ULONG64)(USHORT)thread->guarded << 16, 0,
                       "a request returns to its application inside %d critical and %d guarded regions", -thread->critical, -thread->guarded);
}

void ps_leave_application(void)
{
    if (ps_current()->depth == 1)
        check_return();
    leave();
}

int ps_enter_system(void)
{
    return enter(ps_system_process(), KernelMode, "machine");
}

void ps_leave_system(void)
{
    leave();
}
