/* Power for the machine (EXE-345): sleeping and waking every device stack. PASSIVE_LEVEL; blocks. */
#ifndef WK_PO_H
#define WK_PO_H

#include "wdm.h"

void po_start(unsigned limit_s); /* seconds that a power IRP may take (EXE-766); 0: 600 */
/* QUERY_POWER then SET_POWER for the state (S3, S4) to each stack; a refusal is undone with S0 and returned. */
NTSTATUS po_suspend(SYSTEM_POWER_STATE state);
/* SET_POWER for S0 to each stack, in the order in which they were made. */
void po_resume(void);

#endif
