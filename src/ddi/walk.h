/* The stack of a thread as text, for reports. NT side. */
#ifndef WK_DDI_WALK_H
#define WK_DDI_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "image/unwind.h"
#include "ntdef.h"

/* One line per frame, from regs outwards: guests' frames with function and line, host frames (the DDI that was called) with
 * their name. Leaves out the host frames within this folder. */
/* true: a guest is on it. One at a time: in a report, or between guest_report_lock and guest_report_unlock. */
bool ddi_walk(const struct img_regs *regs, char *text, size_t bytes);
void guest_report_lock(void);
void guest_report_unlock(void);

/* guest_bugcheck from where `regs` are, with a finished text: for faults, where the registers are not the caller's. */
_Noreturn void guest_bugcheck_at(const struct img_regs *regs, ULONG code, const ULONG64 params[4], const char *what);

#endif
