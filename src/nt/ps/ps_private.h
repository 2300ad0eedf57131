/* Inside src/nt/ps. Locks: ps.lock (the lists of processes and threads), spare.lock: leaves, never held across guest code. */
#ifndef WK_PS_PRIVATE_H
#define WK_PS_PRIVATE_H

#include "base/assert.h"
#include "base/err.h"
#include "ddi/guest.h"
#include "nt/mm/mm.h"
#include "ps.h"
#include "sched/sched.h"

#define PS_TAG 'rhTP'

static inline PETHREAD ps_current(void)
{
    return (PETHREAD)KeGetCurrentThread();
}

int ps_process_start(void);
void ps_list_process(PEPROCESS process);
void ps_list_thread(PETHREAD thread);
void ps_unlist_thread(PETHREAD thread);
HANDLE ps_next_id(void);
LONGLONG ps_now(void);
int ps_adopted_start(void);

#endif
