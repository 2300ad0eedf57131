/* What stands beside the executive, for its unit tests: threads of the host with a KPCR each, events, semaphores and regions in the
 * simplest form that is right, findings, bug checks and exceptions that a test catches. */
#ifndef UNIT_EX_BORDER_H
#define UNIT_EX_BORDER_H

#include <setjmp.h>
#include "ddi/guest.h"

extern ULONG stop_code;
extern ULONG64 stop_params[4];
extern NTSTATUS raised;
extern jmp_buf stop_jump;
extern unsigned findings;
extern __thread uint8_t border_kpcr[0x200]; /* IRQL at 0x50, thread at 0x188, processor at 0x1A4 */
extern __thread int border_regions;

void border_thread(unsigned cpu); /* once in each thread */
void border_reset(void);          /* at the start of a test */

#define STOPS(statement) (stop_code = 0, setjmp(stop_jump) == 0 ? ((void)(statement), 0u) : stop_code)
#define RAISES(statement) (raised = 0, setjmp(stop_jump) == 0 ? ((void)(statement), 0) : raised)

#endif
