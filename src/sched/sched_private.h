/* What the files of src/sched share.
 *
 * Locks: none is held across a hook. The word of a processor is a futex (processor.c), a thread's token another (thread.c). */
#ifndef WK_SCHED_PRIVATE_H
#define WK_SCHED_PRIVATE_H

#include "host/host.h"
#include "sched/sched.h"

/* Alternate stacks for faults, when src/host/fault.c is linked (a unit test of sched alone has none). */
#pragma weak host_fault_thread_start
#pragma weak host_fault_thread_stop

struct sched_thread {
    uint32_t token; /* see thread.c */
    struct host_thread *host; /* NULL: adopted */
    sched_fn *fn;
    void *ctx;
    uint32_t users;
};

/* One per processor, beside its state word. */
struct sched_cpu {
    struct sched_thread *thread;
    unsigned number;
    bool more; /* the owner's: the poller has more to hand over */
    _Alignas(64) uint32_t idle; /* its thread is about to wait or waits in the poller: a wake is needed */
    uint32_t woken;             /* the default poller's futex */
};

struct sched_machine {
    struct sched_cpu cpus[SCHED_CPU_MAX];
    unsigned cpu_count;
    struct sched_cpu_hooks hooks;
    struct sched_poller poller;
    bool has_poller;
    bool stopping;
    uint64_t start_ns;  /* host clock at start */
    uint64_t alarm_ns;  /* absolute sched_now_ns; SCHED_FOREVER: none */
    bool alarm_rang;    /* the clock hook is due on processor 0 */
};
extern struct sched_machine sched_machine;

void sched_seed(uint64_t seed);
uint64_t sched_host_deadline(uint64_t deadline_ns); /* sched_now_ns time to the host's clock */
void sched_cpu_wake(unsigned cpu);                  /* makes its thread look around, when it is waiting */

#endif
