/* Time, blocking, chance and virtual processors: the one place where anything above may wait, read a clock or draw a
 * random number. Plain C types only. Two back ends keep this contract: live.c (real threads, real time) and seeded.c
 * (one thread at a time, virtual time, later); nothing above may be able to tell which one runs.
 *
 * Threads. Every thread that runs guest code or calls this header is a sched_thread; foreign threads adopt themselves.
 * A thread blocks only in sched_park, sched_cpu_enter and sched_lock.
 *
 * Processors. A virtual processor is owned by at most one thread. NT owns it from raising to DISPATCH_LEVEL until
 * lowering below it; DPCs run in whoever owns the processor, or in the processor's own thread when nobody does. That
 * thread also waits for the network (sched_set_poller), so that an interrupt, its DPC and the guest's callback happen on
 * one thread with no hand-over. One thread may serve several processors in turn: how many wait for the network is the
 * poller's choice, how many processors the guest sees is not its business. */
#ifndef WK_SCHED_H
#define WK_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHED_CPU_MAX 64
#define SCHED_FOREVER UINT64_MAX /* as a deadline: never */

struct sched_thread;

struct sched_config {
    unsigned cpu_count; /* 1..SCHED_CPU_MAX */
    uint64_t seed;      /* for sched_random; 0 draws one from the host */
};

/* What the processors' own threads do; filled by NT's kernel (ke) before sched_start. Both run with `cpu` owned by the
 * calling thread, i.e. at DISPATCH_LEVEL in NT's words, and may not block. */
struct sched_cpu_hooks {
    void (*thread_start)(void *ctx, unsigned cpu); /* once, in the processor's thread, not owning the processor */
    void (*service)(void *ctx, unsigned cpu);      /* sched_hand_over, pending DPCs; also on sched_cpu_leave when something is pending */
    void (*clock)(void *ctx, unsigned cpu);        /* the alarm's deadline has passed (processor 0 only) */
    void (*owns)(void *ctx, unsigned cpu);         /* this processor's thread has taken `cpu`, maybe not its own; may be NULL */
    void (*thread_stop)(void *ctx, unsigned cpu);  /* once, as the processor's thread ends; may be NULL */
    /* Memory for the processor's thread to run on, as sched_thread_create takes it; NULL for the host's own. */
    void *(*thread_stack)(void *ctx, unsigned cpu, size_t *bytes);
    void *ctx;
};

/* Where a processor's thread waits when idle. Default: a futex. The Linux plane puts an epoll loop here. */
struct sched_poller {
    /* Called by the thread of `cpu`; blocks up to deadline_ns (absolute, sched_now_ns; 0 = only look) or until wake; owns no
     * processor. Returns the set of processors that have something to hand over, whoever's threads those are. */
    uint64_t (*wait)(void *ctx, unsigned cpu, uint64_t deadline_ns);
    /* Hands over what there is for `cpu`; the caller owns it: a processor's thread, or whoever was its owner meanwhile. True: there is
     * more, which comes after others have had their turn. */
    bool (*dispatch)(void *ctx, unsigned cpu);
    void (*wake)(void *ctx, unsigned cpu);     /* any thread: make the wait of its thread return */
    void *ctx;
};

/* Starts cpu_count processor threads. Returns 0 or a negative wk_err. */
int sched_start(const struct sched_config *config, const struct sched_cpu_hooks *hooks);
/* Ends and joins the processor threads; no other sched_thread may be left. */
void sched_stop(void);
void sched_set_poller(const struct sched_poller *poller); /* before sched_start */
unsigned sched_cpu_count(void);

/* ---- threads ---- */
typedef void sched_fn(void *ctx);
/* Runs fn(ctx) on a new thread. stack/stack_bytes: caller's memory, 4 KiB aligned, or NULL for the host's default. name: 15
 * characters at most, copied. NULL when the host refuses. */
struct sched_thread *sched_thread_create(sched_fn *fn, void *ctx, void *stack, size_t stack_bytes, const char *name);
void sched_thread_join(struct sched_thread *thread); /* blocks; frees the handle */
void sched_thread_detach(struct sched_thread *thread);
struct sched_thread *sched_thread_adopt(const char *name); /* the calling foreign thread becomes a sched_thread */
void sched_thread_disown(void);                            /* undoes adopt */
struct sched_thread *sched_self(void);                     /* NULL in a foreign thread */

/* Of the calling thread: sets its GS base; the stack it was started on. 0 or a negative wk_err. */
int sched_thread_gs(uint64_t base);
int sched_thread_stack(uint64_t *low, uint64_t *high);

/* A one-token semaphore per thread: unpark stores a token, park consumes it or waits for it. Any thread may unpark;
 * an unpark that comes first is not lost. Spurious returns do not happen. deadline_ns is absolute sched_now_ns time. */
bool sched_park(uint64_t deadline_ns); /* true: token consumed; false: deadline passed */
void sched_unpark(struct sched_thread *thread);
void sched_yield_cpu(void);

/* A short lock for our own state (dispatcher database, pool lists). Never held across guest code or a park; does not
 * change IRQL. Zero-initialised = free. */
struct sched_lock {
    uint32_t word;
};
void sched_lock_slow(struct sched_lock *lock);
void sched_unlock_slow(struct sched_lock *lock);
static inline void sched_lock(struct sched_lock *lock)
{
    uint32_t free_word = 0;

    if (!__atomic_compare_exchange_n(&lock->word, &free_word, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        sched_lock_slow(lock);
}
static inline void sched_unlock(struct sched_lock *lock)
{
    if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) != 1)
        sched_unlock_slow(lock);
}

/* ---- processors ---- */
/* A processor's state: 0 when nobody owns it and nothing waits. Own cache line each. */
#define SCHED_CPU_OWNED   1u
#define SCHED_CPU_WAITERS 2u /* somebody sleeps until the owner leaves */
#define SCHED_CPU_PENDING 4u /* hooks.service has work */
struct sched_cpu_state {
    _Alignas(64) uint32_t word;
    uint32_t turns; /* how often it was taken, by whoever has it: a watchdog compares */
};
extern struct sched_cpu_state sched_cpu_states[SCHED_CPU_MAX];

/* By the owner: it has just taken the processor, or is at something new. */
static inline void sched_cpu_turn(unsigned cpu)
{
    __atomic_store_n(&sched_cpu_states[cpu].turns, sched_cpu_states[cpu].turns + 1, __ATOMIC_RELAXED);
}
/* The common case, inline: takes `cpu` if it is free and has nothing pending. */
static inline bool sched_cpu_try_enter(unsigned cpu)
{
    uint32_t free_word = 0;

    if (!__atomic_compare_exchange_n(&sched_cpu_states[cpu].word, &free_word, SCHED_CPU_OWNED, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return false;
    sched_cpu_turn(cpu);
    return true;
}
/* Gives `cpu` back if nobody waits and nothing is pending; else does nothing and sched_cpu_leave is due. */
static inline bool sched_cpu_try_leave(unsigned cpu)
{
    uint32_t owned = SCHED_CPU_OWNED;

    return __atomic_compare_exchange_n(&sched_cpu_states[cpu].word, &owned, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}
/* Takes a processor of `affinity` (bit n = processor n), `preferred` if it is free; blocks until one is. Returns its number.
 * The thread owns it until sched_cpu_leave. Not recursive. */
unsigned sched_cpu_enter(unsigned preferred, uint64_t affinity);
void sched_cpu_leave(unsigned cpu); /* runs hooks.service first when work is pending */
/* What the poller has for `cpu`, which the caller owns; for hooks.service, which says in what surroundings that runs. */
void sched_hand_over(unsigned cpu);
/* Work is pending for `cpu`: its owner runs hooks.service on leaving, or its own thread soon when nobody owns it. */
void sched_cpu_interrupt(unsigned cpu);

/* ---- time and chance ---- */
uint64_t sched_now_ns(void);        /* monotonic, since machine start */
uint64_t sched_wall_100ns(void);    /* UTC, 100 ns units since 1601-01-01 */
int sched_utc_offset_s(void);       /* local time minus UTC */
void sched_alarm(uint64_t deadline_ns); /* hooks.clock on processor 0 at deadline_ns; the last call counts */
uint64_t sched_random(void);
/* In every loop that waits for another processor without parking. `spins` counts the caller's turns from 0. */
void sched_spin(unsigned spins);

#endif
