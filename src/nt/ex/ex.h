/* What the executive gives to the other NT-side folders beside the DDIs. */
#ifndef WK_EX_H
#define WK_EX_H

#include <stdbool.h>
#include <stdint.h>
#include "wdm.h"

/* After mm_start, ke_start and seh_start, on an NT thread at PASSIVE_LEVEL. create_thread: starts routine(context) on a new
 * system thread (PsCreateSystemThread). 0 or a negative wk_err. */
typedef NTSTATUS ex_create_thread(VOID (NTAPI *routine)(PVOID), PVOID context);
int ex_start(ex_create_thread *create_thread);
/* After ob_start: the system's callback objects (EXE-189). 0 or a negative wk_err. */
int ex_callbacks_start(void);
/* Calls the routines of a callback object, the system's own too. As ExNotifyCallback. */
void ex_notify_callback(PCALLBACK_OBJECT object, PVOID argument1, PVOID argument2);
/* Every worker ends; waits for the items under way. No more items may be queued. */
void ex_stop(void);

/* What of ours lies in [low, high) still, as findings: lookaside lists that were not deleted (EXE-740), ERESOURCEs that were not.
 * For a driver's image at unload. Returns how many. */
unsigned ex_find_leftovers(uint64_t low, uint64_t high);
/* EXE-765: bug check E4 when [low, high) holds a work item that is queued. Cheap when none is queued. For pool and images. */
void ex_check_freed(uint64_t low, uint64_t high);
/* Are there work items queued or running? For a driver that is about to be unloaded, and for ex_stop. */
unsigned ex_work_pending(void);

#endif
