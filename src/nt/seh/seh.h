/* Exceptions of drivers: what the rest of NT needs of src/nt/seh, and what it asks the kernel for. NT side. */
#ifndef WK_NT_SEH_H
#define WK_NT_SEH_H

#include <stdbool.h>
#include <stdint.h>

#include "wdm.h"

/* Who ran the driver, for the bug check of an exception that nobody handles (EXE-090). */
enum seh_origin {
    SEH_ORIGIN_OTHER,  /* DPC, timer, raised IRQL: 0x1E */
    SEH_ORIGIN_SYSTEM, /* system thread, worker, DriverEntry, PsCreateSystemThread: 0x7E */
    SEH_ORIGIN_USER,   /* below a request of an application: 0x3B */
};

/* The kernel's side (ke); members may be NULL, then the default after the colon holds. irql, interrupts_on, shared_*, stack_limits and host_locks are
 * called in signal context: async-signal-safe, no lock. */
struct seh_hooks {
    KIRQL (*irql)(void);                                         /* the calling thread's: PASSIVE_LEVEL */
    void (NTAPI *set_irql)(KIRQL irql);                          /* mov cr8: no check on raising, KeLowerIrql on lowering (EXE-055) */
    void (*set_interrupts)(bool enabled);                        /* cli, sti, popf (EXE-060): privileged instructions, popf keeps the flag */
    bool (*interrupts_on)(void);                                 /* for pushf: on */
    bool (*shared_read)(ULONG offset, void *out, ULONG bytes);   /* KUSER_SHARED_DATA as of now (EXE-056): unmapped */
    ULONG64 (*shared_view)(void);                                /* where driver code is made to read it instead: nowhere */
    bool (*shared_trap)(bool at_once);                           /* a read of that faulted: now it may not; at_once: it has to work */
    bool (*load_gs)(void);                                       /* gs:[small] faulted: now it may not: not tried */
    bool (*stack_limits)(ULONG64 *low, ULONG64 *high);           /* of the calling thread, or of its DPC stack: not checked */
    bool (*page_in)(uint64_t address, bool is_execute);          /* below DISPATCH_LEVEL: was the page only taken away? */
    unsigned (*host_locks)(void);                                /* locks of ours that the thread holds: 0 */
    enum seh_origin (*origin)(void);                             /* SYSTEM */
};

/* Once, before the first driver runs: the fault handler is in place when it returns. 0 or a negative wk_err. */
int seh_start(const struct seh_hooks *hooks);

/* An instruction of ours that may read what a driver has freed meanwhile (EXE-070): a fault at `at` goes on at `resume`. There is one;
 * before the first driver runs. */
void seh_set_restart(const void *at, const void *resume);

/* On a function of ours that calls driver routines whose exceptions must not reach the frames above it: the DPC loop runs on top of
 * whatever it interrupted (EXE-097). Put it on the function whose frame is the border; it must not be inlined. */
#define SEH_BOUNDARY __attribute__((section("wk_seh_boundary"), noinline))

/* Raises an exception to the driver that called the DDI this runs in. Host locks must not be held. */
_Noreturn void seh_raise(NTSTATUS status);
_Noreturn void seh_raise_access_violation(bool is_write, ULONG64 address);

#endif
