/* Inside src/nt/ex.
 *
 * Lock order (outermost first; none is held across guest code or a wait, none changes IRQL):
 *   an ERESOURCE's own lock, a push lock bucket, work.lock, the list of lookaside lists, the list of resources: all leaves but for ke's
 *   dispatcher lock, which KeSetEvent takes.
 */
#ifndef WK_EX_PRIVATE_H
#define WK_EX_PRIVATE_H

#include "base/assert.h"
#include "ddi/guest.h"
#include "ex.h"
#include "nt/mm/mm.h"
#include "sched/sched.h"

static inline KIRQL ex_irql(void)
{
    return *(KIRQL volatile *)(wk_pcr + 0x50); /* EXE-053: its KPCR */
}

static inline ULONG64 ex_number(const volatile void *p)
{
    return (ULONG64)(ULONG_PTR)p;
}

/* lookaside.c, resource.c */
unsigned ex_lookaside_leftovers(uint64_t low, uint64_t high);
unsigned ex_resource_leftovers(uint64_t low, uint64_t high);
/* timer.c, callback.c */
unsigned ex_timer_leftovers(uint64_t low, uint64_t high);
unsigned ex_callback_leftovers(uint64_t low, uint64_t high);

/* EXE-742: bug check 192 at DISPATCH_LEVEL or above; a finding when normal kernel APCs are enabled. */
void ex_check_lock_irql(const void *lock, const char *what);

/* called by start.c */
void ex_slist_start(void);
int ex_work_start(ex_create_thread *create);
void ex_work_stop(void);

#endif
