/* What the kernel core gives to the other NT-side folders: start and stop, threads, the calling thread's state, the shared
 * page. Dispatcher objects, locks, timers and DPCs are used under their NT names (wdm/ke*.h).
 *
 * A thread that runs NT or guest code has a KTHREAD and a page of KPCR shape behind GS, its own for all its life; the
 * processor number in it changes when the thread takes another processor (EXE-053). NT code blocks only in KeWaitXxx and
 * KeDelayExecutionThread, never in sched_park. */
#ifndef WK_KE_H
#define WK_KE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "wdm.h"
#include "sched/sched.h"

/* EXE-064 [W]: 24 KB belong to the guest, the rest to our own frames, which stand on the same stack. */
#define KE_STACK_GUEST_BYTES KERNEL_STACK_SIZE
#define KE_STACK_BYTES       (KERNEL_STACK_SIZE + 0x1A000)
#define KE_STACK_PAGES       (KE_STACK_BYTES / PAGE_SIZE)

struct ke_page;

struct _KTHREAD {
    DISPATCHER_HEADER Header; /* EXE-L46: first. Signaled when the thread has ended (EXE-165) */
    struct sched_thread *sched;
    uint32_t host_id; /* host_thread_id */
    struct ke_page *page;
    struct _KPROCESS *process;  /* set by ps; the attached one while attached */
    ULONG_PTR stack_low;        /* of the segment it runs on now, host's share included */
    ULONG_PTR stack_high;
    void *stack;                /* from mem_alloc_guarded; NULL when adopted */
    char name[16];

    /* start and end */
    void (*start)(void *ctx);
    void *ctx;
    void (*exited)(struct _KTHREAD *thread);
    void *exit_jump[5];
    NTSTATUS exit_status;
    struct _KTHREAD *dead_next;

    /* wait; under the dispatcher lock, but for `waiting` which the waiter also reads without */
    uint32_t waiting;
    uint32_t wakes; /* unparks under way; the thread does not end before they are done */
    NTSTATUS wait_status;
    PKWAIT_BLOCK wait_blocks;
    ULONG wait_count;
    WAIT_TYPE wait_type;
    KPROCESSOR_MODE wait_mode;
    BOOLEAN wait_alertable;
    KWAIT_REASON wait_reason;
    struct _KTHREAD *wake_next;
    KWAIT_BLOCK own_blocks[THREAD_WAIT_OBJECTS];
    BOOLEAN keeps_lock; /* EXE-162: KeSetEvent(..., TRUE) has left the dispatcher locked */
    KIRQL kept_irql;
    BOOLEAN alerted[2];
    PKQUEUE queue;

    /* APCs and regions; the counts are the owner's alone */
    LIST_ENTRY apcs[2]; /* kernel, user; under the dispatcher lock */
    BOOLEAN apc_running;
    BOOLEAN user_apc_pending;
    SHORT critical; /* 0, or below: in that many critical regions */
    SHORT guarded;
    LIST_ENTRY mutexes; /* owned ones */

    KPRIORITY priority, base_priority;
    KAFFINITY affinity; /* of processors it may take */
    BOOLEAN system_affinity;
    BOOLEAN stack_stays; /* KeSetKernelStackSwapEnable(FALSE) */
    BOOLEAN sched_adopted;  /* ke_thread_adopt has made it a sched_thread too */
    LIST_ENTRY all_entry; /* every KTHREAD, for reports */
};
typedef struct _KTHREAD KTHREAD;
_Static_assert(sizeof(KTHREAD) <= 0x300, "an ETHREAD begins with it and has one page at most");

/* ---- the KPCR of a thread (EXE-L44, EXE-L45), then our own fields. Drivers have it behind GS; we have it in wk_pcr, since a thread
 * whose GS is not 0 costs more to switch to (several us on a paravirtual host), and most drivers never look: GS is loaded at a
 * thread's first access (ke_load_gs). ---- */
struct ke_page {
    KPCR pcr;                 /* 000 */
    ULONG mxcsr;              /* 180 */
    UCHAR legacy_number;      /* 184 */
    UCHAR zero_185;
    UCHAR interrupt_request;
    UCHAR idle_halt;
    PKTHREAD current_thread;  /* 188 */
    PKTHREAD next_thread;     /* 190 */
    PKTHREAD idle_thread;     /* 198 */
    UCHAR nesting_level;      /* 1A0 */
    UCHAR reserved_1a1[3];
    ULONG number;             /* 1A4 */
    ULONG64 rsp_base;         /* 1A8 */
    UCHAR reserved_1b0[0x50];
    ULONG dpc_depth;          /* 200: DPC routines under way on this thread */
    UCHAR apc_pending;        /* 204: a kernel APC waits; written by other threads */
    UCHAR reserved_205[3];
    ULONG64 dpc_start_ns;     /* 208 */
    PKSPIN_LOCK spins_on;     /* 210: a lock that it has found taken, for reports */
    BOOLEAN gs_loaded;        /* 218 */
    BOOLEAN interrupts_off;   /* 219: cli (interrupts.c) */
};
#define KE_PCR(type, offset) (*(type volatile *)(wk_pcr + (offset)))
#define KE_PCR_IRQL        KE_PCR(KIRQL, 0x50)
#define KE_PCR_NUMBER      KE_PCR(ULONG, 0x1a4)
#define KE_PCR_DPC_DEPTH   KE_PCR(ULONG, 0x200)
#define KE_PCR_APC_PENDING KE_PCR(UCHAR, 0x204)
_Static_assert(offsetof(struct ke_page, pcr.Irql) == 0x50 && offsetof(struct ke_page, legacy_number) == 0x184 &&
               offsetof(struct ke_page, current_thread) == 0x188 && offsetof(struct ke_page, number) == 0x1a4 &&
               offsetof(struct ke_page, rsp_base) == 0x1a8 && offsetof(struct ke_page, dpc_depth) == 0x200 &&
               offsetof(struct ke_page, apc_pending) == 0x204, "EXE-L44, EXE-L45");

static inline KIRQL ke_irql(void)
{
    return KE_PCR_IRQL;
}
static inline PKTHREAD ke_thread(void)
{
    return KeGetCurrentThread();
}
static inline unsigned ke_cpu(void)
{
    return KE_PCR_NUMBER;
}
static inline bool ke_in_dpc(void)
{
    return KE_PCR_DPC_DEPTH != 0;
}

/* Raise to DISPATCH_LEVEL at least, and back: what KeRaiseIrql and KeLowerIrql do, without their checks and without a call
 * when nobody else wants the processor and no DPC or APC waits. */
void ke_take_cpu(void);
void ke_give_cpu(void);
void ke_deliver_apcs(void);
bool ke_load_gs(void);
/* cli, sti (EXE-060). The first may block, the second runs DPCs and APCs. */
void ke_set_interrupts(bool enabled);
bool ke_interrupts_on(void);
static inline KIRQL ke_raise_to_dispatch(void)
{
    KIRQL old = KE_PCR_IRQL;

    if (old < DISPATCH_LEVEL) {
        if (!sched_cpu_try_enter(KE_PCR_NUMBER))
            ke_take_cpu();
        KE_PCR_IRQL = DISPATCH_LEVEL;
    }
    return old;
}
static inline void ke_lower(KIRQL irql)
{
    if (irql < DISPATCH_LEVEL && KE_PCR_IRQL >= DISPATCH_LEVEL && !sched_cpu_try_leave(KE_PCR_NUMBER))
        ke_give_cpu();
    KE_PCR_IRQL = irql;
    if (irql < APC_LEVEL && __builtin_expect(KE_PCR_APC_PENDING, 0) && ke_interrupts_on())
        ke_deliver_apcs();
}

/* ---- start and stop ---- */
#define KE_DPC_LIMIT_S 20 /* Windows' own limit of one DPC */
struct ke_config {
    unsigned cpu_count;
    uint64_t seed;
    uint32_t os_major, os_minor, os_build;
    uint64_t memory_pages;
    unsigned dpc_limit_s; /* EXE-726: a processor may be at DISPATCH_LEVEL so long; 0: KE_DPC_LIMIT_S */
    bool threaded_dpcs; /* EXE-123: run them at PASSIVE_LEVEL in a thread per processor; else as ordinary DPCs */
};
/* After mem_start; the caller is a foreign or an adopted sched_thread. 0 or a negative wk_err. */
int ke_start(const struct ke_config *config);
/* No NT thread but the caller (of any kind) should be left. Those left over are named in a finding; false: they run on in memory that
 * must therefore stay, and the process had better end. */
bool ke_stop(void);

/* ---- threads ---- */
/* Runs start(ctx) at PASSIVE_LEVEL on a new kernel stack. `thread` is the caller's zeroed memory (an ETHREAD begins with it); it
 * and what it belongs to must live until `exited` is called, as the thread's last act, at PASSIVE_LEVEL; nothing here touches
 * it afterwards. The object is signaled before that. Any IRQL up to APC_LEVEL. */
NTSTATUS ke_thread_create(PKTHREAD thread, void (*start)(void *ctx), void *ctx, const char *name, void (*exited)(PKTHREAD thread));
/* Ends the calling thread, which ke_thread_create has made. Checks EXE-745, EXE-746. */
_Noreturn void ke_thread_exit(NTSTATUS status);
/* A foreign or adopted sched_thread becomes an NT thread (a simulated application's, or the machine's own). `thread`: as above, until
 * ke_thread_disown. 0 or a negative wk_err. */
int ke_thread_adopt(PKTHREAD thread, const char *name);
void ke_thread_disown(void);
/* Waits until every thread that ke_thread_create has made has ended and `exited` has returned. False, after a finding that
 * names them: some have not within timeout_ms. */
bool ke_join_threads(unsigned timeout_ms);
/* Runs fn(arg) on a kernel stack (EXE-064): an adopted thread, which stands on the host's, gets one for the time of the call. */
NTSTATUS ke_run_on_kernel_stack(VOID (NTAPI *fn)(PVOID), PVOID arg);
bool ke_thread_is_nt(void); /* has the calling thread a KTHREAD? Any thread */
/* The process of threads that ps has not told about (idle, DPC, system threads made before ps). */
void ke_set_system_process(struct _KPROCESS *process);
/* Alerts a thread out of an alertable wait (STATUS_ALERTED). Up to DISPATCH_LEVEL. */
void ke_alert_thread(PKTHREAD thread);
/* Signals or resets the header of an object that another folder owns (process, thread): dispatcher lock, waiters released. */
void ke_signal_object(PDISPATCHER_HEADER header, LONG state);
/* Calls visit for every NT thread; the list does not change meanwhile. */
void ke_for_each_thread(void (*visit)(PKTHREAD thread, void *ctx), void *ctx);

/* Which threads are in driver code and what each waits for, with stacks, as text. Any thread of the process, NT or not; the machine may
 * be stuck. Returns the length. */
size_t ke_where(char *text, size_t bytes);

/* ---- for pool, images and traps ---- */
/* EXE-175, EXE-728: bug check C7 when [start, end) holds a queued timer or DPC. Cheap when there is none near. Any IRQL. */
void ke_check_freed(ULONG_PTR start, ULONG_PTR end);
void ke_check_unloaded(ULONG_PTR start, ULONG_PTR end); /* an image: also DPCs elsewhere with a routine in it */
/* EXE-056: bytes of the page at 0xFFFFF78000000000, as they are now. Async-signal-safe. offset + bytes <= 4096. */
void ke_shared_page_read(ULONG offset, void *out, ULONG bytes);
/* Where drivers can read that page without a trap, at times; see sharedpage.c. */
ULONG64 ke_shared_view(void);
/* A read of the view has faulted. true: try again; false: serve it (ke_shared_page_read). at_once: it cannot be served.
 * Async-signal-safe. */
bool ke_shared_trap(bool at_once);
/* Stack of the calling thread: guest's share begins at *low. */
void ke_stack_limits(ULONG_PTR *low, ULONG_PTR *high);
/* EXE-574: runs the registered bug-check callbacks once, at HIGH_LEVEL. */
void ke_bugcheck_callbacks(void);

/* A timer whose expiry counts what it queues (EX_TIMER): TimerType2 is KE_TIMER_COUNTED, Period is in 100 ns, and each DPC that expiry
 * has queued holds one of the references. Taken under the dispatcher lock, before the DPC can run. */
#define KE_TIMER_COUNTED 0x4558
struct ke_counted_timer {
    KTIMER timer;
    LONG references;
};
bool ke_timer_is_set(PKTIMER timer); /* queued: it will expire */

/* 100 ns since machine start, not rounded to ticks. */
uint64_t ke_now_100ns(void);
/* A KeWait timeout as sched_now_ns deadline. NULL: never. */
uint64_t ke_deadline_ns(const LARGE_INTEGER *timeout);

#endif
