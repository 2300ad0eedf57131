/* Inside src/nt/ke.
 *
 * Lock order (outermost first; none is held across guest code or a park, none changes IRQL):
 *   ke_dispatcher          objects with waiters, timers, APC lists, threads' wait state
 *     ke_cpu_queue.lock    one processor's DPC queue
 *   ke_threads.lock        list of all threads, dead ones
 *
 * Dispatcher objects without waiters are changed by one locked instruction: Lock and SignalState of a DISPATCHER_HEADER are
 * one 8-byte word. Bit 7 of the first byte (Windows' own lock bit) says "somebody waits, or holds the dispatcher lock for this
 * object"; while it is set only the holder of ke_dispatcher changes the word. */
#ifndef WK_KE_PRIVATE_H
#define WK_KE_PRIVATE_H

#include "base/assert.h"
#include "ddi/guest.h"
#include "nt/ke/ke.h"

#define KE_BUSY 0x80u            /* in DISPATCHER_HEADER.Type */
#define KE_TYPE(header) (__atomic_load_n(&(header)->Type, __ATOMIC_RELAXED) & 0x7f) /* bit 7 beside it may change at any time */
#define KE_TICK_100NS 156250u    /* EXE-174: what KeQueryTimeIncrement says */
#define KE_GRAIN_100NS 5000u     /* [W] the clock really ticks so: as with the timer resolution at its finest */
#define KE_BOOT_100NS UINT64_C(600000000) /* [W] the machine has been up for a minute when it starts */

extern struct sched_lock ke_dispatcher;

DECLSPEC_NORETURN VOID NTAPI ExRaiseStatus(_In_ NTSTATUS Status);

/* Threads to unpark once the dispatcher lock is free. */
struct ke_wake_list {
    PKTHREAD first, last;
};
void ke_wake_all(struct ke_wake_list *list);

static inline uint64_t ke_header_load(PDISPATCHER_HEADER header)
{
    return __atomic_load_n((uint64_t *)header, __ATOMIC_RELAXED);
}
static inline bool ke_header_swap(PDISPATCHER_HEADER header, uint64_t *was, uint64_t now)
{
    return __atomic_compare_exchange_n((uint64_t *)header, was, now, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}
static inline bool ke_header_busy(uint64_t word)
{
    return word & KE_BUSY;
}
static inline LONG ke_header_state(uint64_t word)
{
    return (LONG)(word >> 32);
}
static inline uint64_t ke_header_with(uint64_t word, LONG state)
{
    return (word & 0xffffffffu) | (uint64_t)(uint32_t)state << 32;
}
/* Under the dispatcher lock: from freeze to thaw nobody else changes the word. After thaw the object may be freed by a waiter. */
static inline void ke_freeze(PDISPATCHER_HEADER header)
{
    __atomic_fetch_or(&header->Type, (UCHAR)KE_BUSY, __ATOMIC_SEQ_CST);
}
static inline void ke_thaw(PDISPATCHER_HEADER header)
{
    if (header->WaitListHead.Flink == &header->WaitListHead)
        __atomic_fetch_and(&header->Type, (UCHAR)~KE_BUSY, __ATOMIC_SEQ_CST);
}
void ke_header_init(PDISPATCHER_HEADER header, UCHAR type, ULONG bytes, LONG state);

/* Under the dispatcher lock, header frozen: releases whom the state allows, first come first served (EXE-168). */
void ke_release_waiters(PDISPATCHER_HEADER header, struct ke_wake_list *wake);
/* Under the dispatcher lock: ends thread's wait, if it waits, with status. */
void ke_end_wait(PKTHREAD thread, NTSTATUS status, struct ke_wake_list *wake);
bool ke_is_signaled(PDISPATCHER_HEADER header, PKTHREAD thread);
void ke_consume(PDISPATCHER_HEADER header, PKTHREAD thread);
/* Locks the dispatcher, unless KeSetEvent(..., TRUE) of this thread has left it locked; then the result is the IRQL that
 * unlocking goes back to. */
#define KE_NOT_KEPT 0xff
KIRQL ke_lock_for_wait(void);
void ke_unlock_for_wait(KIRQL kept);
/* For the Wait = TRUE forms: the lock stays until the KeWait that must follow (EXE-162). */
void ke_keep_locked(KIRQL irql);
/* The calling thread, its blocks linked and `waiting` 1, sleeps until released; the lock is free. STATUS_KERNEL_APC: an APC has
 * run and the wait must begin anew. */
PRKAPC ke_next_apc(PKTHREAD thread);
NTSTATUS ke_wait_blocked(PKTHREAD thread, uint64_t deadline_ns);

/* timer.c; under the dispatcher lock */
void ke_timers_start(void);
void ke_clock(void);
bool ke_timer_in(ULONG_PTR start, ULONG_PTR end, PKTIMER *found);

/* dpc.c */
void ke_dpcs_prepare(unsigned cpu_count);
void ke_dpcs_start(bool threaded);
void ke_dpcs_stop(void);
void ke_hand_over(unsigned cpu);
void ke_dpcs_run(unsigned cpu);
bool ke_dpc_queue(PRKDPC dpc, PVOID arg1, PVOID arg2, uint64_t *kick);
void ke_dpc_kick(uint64_t cpus);
bool ke_dpc_in(ULONG_PTR start, ULONG_PTR end, PKDPC *found);
/* A coarse count of queued timers and DPCs by page, so that freeing memory is cheap to check. */
void ke_watch(const void *object, int by);

/* thread.c */
void ke_idle_thread_start(unsigned cpu);
void ke_idle_thread_owns(unsigned cpu); /* in an idle thread: the processor it has taken, maybe not its own */
void ke_idle_thread_stop(unsigned cpu);
void ke_reap_threads(void);
int ke_thread_init(PKTHREAD thread, const char *name);
void ke_thread_done(PKTHREAD thread);

/* ipi.c */
void ke_ipi_poll(void);
/* Turn of a spin loop at DISPATCH_LEVEL: answers inter-processor calls too. */
void ke_spin(unsigned spins);

/* watchdog.c */
void ke_watchdog_start(unsigned limit_s);
void ke_watchdog_stop(void);

/* xstate.c */
void ke_xstate_start(void);

/* time.c */
#define KE_QPC_HZ 10000000u
void ke_time_start(void);
LONGLONG ke_time_at_start(void); /* UTC, 100 ns since 1601 */
LONGLONG ke_time_bias(void);

/* sharedpage.c */
int ke_shared_start(const struct ke_config *config);
void ke_shared_stop(void);
void ke_shared_move(void);
extern uint32_t ke_shared_state;
enum { KE_SHARED_CLOSED, KE_SHARED_CHANGING, KE_SHARED_OPEN, KE_SHARED_NEVER };
/* After the clock was read, before the result is shown: it is on the page too. */
static inline void ke_shared_passed(void)
{
    uint32_t state = __atomic_load_n(&ke_shared_state, __ATOMIC_ACQUIRE);

    if (__builtin_expect(state == KE_SHARED_CHANGING || state == KE_SHARED_OPEN, 0))
        ke_shared_move();
}

#endif
