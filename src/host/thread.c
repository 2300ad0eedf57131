/* Threads over pthreads, futexes, and the GS base. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "host/host_private.h"

#define ARCH_SET_GS_CODE 0x1001 /* asm/prctl.h, which not every distribution ships */

struct host_thread {
    pthread_t id;
    void (*fn)(void *);
    void *ctx;
    char name[16];
    uint32_t users; /* the thread itself and the holder of the handle */
};

static void thread_drop(struct host_thread *thread)
{
    if (__atomic_sub_fetch(&thread->users, 1, __ATOMIC_ACQ_REL) == 0)
        free(thread);
}

static void *thread_main(void *arg)
{
    struct host_thread *thread = arg;

    pthread_setname_np(pthread_self(), thread->name);
    thread->fn(thread->ctx);
    thread_drop(thread);
    return NULL;
}

int host_thread_create(struct host_thread **out, void (*fn)(void *), void *ctx, void *stack, size_t bytes, const char *name)
{
    struct host_thread *thread = calloc(1, sizeof(*thread));
    pthread_attr_t attr;
    int err;

    if (!thread)
        return -WK_ENOMEM;
    thread->fn = fn;
    thread->ctx = ctx;
    thread->users = 2;
    strncpy(thread->name, name, sizeof(thread->name) - 1);
    err = pthread_attr_init(&attr);
    if (err)
        goto out;
    if (stack)
        err = pthread_attr_setstack(&attr, stack, bytes);
    if (!err)
        err = pthread_create(&thread->id, &attr, thread_main, thread);
    pthread_attr_destroy(&attr);
out:
    if (err) {
        free(thread);
        return host_err(err);
    }
    *out = thread;
    return 0;
}

void host_thread_join(struct host_thread *thread)
{
    pthread_join(thread->id, NULL);
    thread_drop(thread);
}

void host_thread_detach(struct host_thread *thread)
{
    pthread_detach(thread->id);
    thread_drop(thread);
}

int host_thread_stack(uint64_t *low, uint64_t *high)
{
    pthread_attr_t attr;
    void *base;
    size_t bytes;
    int err = pthread_getattr_np(pthread_self(), &attr);

    if (err)
        return host_err(err);
    err = pthread_attr_getstack(&attr, &base, &bytes);
    pthread_attr_destroy(&attr);
    *low = (uint64_t)(uintptr_t)base;
    *high = *low + bytes;
    return host_err(err);
}

/* FSGSBASE may be off, so by system call; a thread does this once. */
int host_set_gs_base(uint64_t base)
{
    return syscall(SYS_arch_prctl, ARCH_SET_GS_CODE, base) == 0 ? 0 : host_err(errno);
}

int host_futex_wait(const uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
    struct timespec until, *limit = NULL;

    if (deadline_ns != UINT64_MAX) {
        until.tv_sec = (time_t)(deadline_ns / 1000000000u);
        until.tv_nsec = (long)(deadline_ns % 1000000000u);
        limit = &until;
    }
    /* FUTEX_WAIT_BITSET: its time limit is absolute, CLOCK_MONOTONIC */
    if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, limit, NULL, FUTEX_BITSET_MATCH_ANY) == 0)
        return 0;
    return errno == ETIMEDOUT ? -WK_ETIMEDOUT : 0;
}

void host_futex_wake(const uint32_t *word, unsigned count)
{
    syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL, NULL, 0);
}

void host_yield(void)
{
    sched_yield();
}

/* The processors this process may use: a container's share, not the machine's. */
unsigned host_cpu_count(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
        return (unsigned)CPU_COUNT(&set);
    return 1;
}
