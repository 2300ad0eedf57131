/* Threads and their token: park waits for it, unpark stores it. Live back end: a host thread each.
 *
 * token: 0 none; 1 stored; 2 the owner sleeps on the futex. Only the owner writes 0 and 2. */
#include <stdlib.h>

#include "base/assert.h"
#include "sched/sched_private.h"

enum { TOKEN_NONE, TOKEN_STORED, TOKEN_WAITED };

static __thread struct sched_thread *self;

static void thread_drop(struct sched_thread *thread)
{
    if (__atomic_sub_fetch(&thread->users, 1, __ATOMIC_ACQ_REL) == 0)
        free(thread);
}

static void thread_main(void *ctx)
{
    struct sched_thread *thread = ctx;

    self = thread;
    if (host_fault_thread_start)
        host_fault_thread_start();
    thread->fn(thread->ctx);
    if (host_fault_thread_stop)
        host_fault_thread_stop();
    self = NULL;
    thread_drop(thread);
}

struct sched_thread *sched_thread_create(sched_fn *fn, void *ctx, void *stack, size_t stack_bytes, const char *name)
{
    struct sched_thread *thread = calloc(1, sizeof(*thread));

    if (!thread)
        return NULL;
    thread->fn = fn;
    thread->ctx = ctx;
    thread->users = 2;
    if (host.thread_create(&thread->host, thread_main, thread, stack, stack_bytes, name) != 0) {
        free(thread);
        return NULL;
    }
    return thread;
}

void sched_thread_join(struct sched_thread *thread)
{
    host.thread_join(thread->host);
    thread_drop(thread);
}

void sched_thread_detach(struct sched_thread *thread)
{
    host.thread_detach(thread->host);
    thread_drop(thread);
}

struct sched_thread *sched_thread_adopt(const char *name)
{
    (void)name;
    WK_ASSERT(!self);
    self = calloc(1, sizeof(*self));
    if (self) {
        self->users = 1;
        if (host_fault_thread_start)
            host_fault_thread_start();
    }
    return self;
}

void sched_thread_disown(void)
{
    struct sched_thread *thread = self;

    WK_ASSERT(thread && !thread->host);
    if (host_fault_thread_stop)
        host_fault_thread_stop();
    self = NULL;
    thread_drop(thread);
}

struct sched_thread *sched_self(void)
{
    return self;
}

int sched_thread_gs(uint64_t base)
{
    return host.set_gs_base(base);
}

int sched_thread_stack(uint64_t *low, uint64_t *high)
{
    return host.thread_stack(low, high);
}

bool sched_park(uint64_t deadline_ns)
{
    struct sched_thread *thread = self;
    uint64_t host_ns = sched_host_deadline(deadline_ns);
    uint32_t was = TOKEN_NONE;

    WK_ASSERT(thread);
    if (!__atomic_compare_exchange_n(&thread->token, &was, TOKEN_WAITED, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        __atomic_store_n(&thread->token, TOKEN_NONE, __ATOMIC_RELAXED);
        return true;
    }
    for (;;) {
        bool late = host.futex_wait(&thread->token, TOKEN_WAITED, host_ns) != 0;

        if (__atomic_load_n(&thread->token, __ATOMIC_ACQUIRE) == TOKEN_STORED) {
            __atomic_store_n(&thread->token, TOKEN_NONE, __ATOMIC_RELAXED);
            return true;
        }
        if (late) /* the token may still come between the look and this */
            return __atomic_exchange_n(&thread->token, TOKEN_NONE, __ATOMIC_ACQUIRE) == TOKEN_STORED;
    }
}

/* After the exchange the thread may be gone; then the wake is of an address that nobody sleeps on. */
void sched_unpark(struct sched_thread *thread)
{
    if (__atomic_exchange_n(&thread->token, TOKEN_STORED, __ATOMIC_RELEASE) == TOKEN_WAITED)
        host.futex_wake(&thread->token, 1);
}

void sched_yield_cpu(void)
{
    host.yield();
}
