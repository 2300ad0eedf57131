/* What the border's hooks ask the kernel above them; ke fills it in at start. NT side. */
#ifndef WK_DDI_STATE_H
#define WK_DDI_STATE_H

#include "ntdef.h"

struct ddi_state {
    KIRQL (*irql)(void);    /* the calling thread's */
    ULONG (*regions)(void); /* critical and guarded regions it is in */
    void (*raised)(void);   /* with hooks on: the guest has come to DISPATCH_LEVEL or above */
    void (*stopping)(void); /* a bug check is about to be reported, in its thread: the driver's bug-check callbacks */
};

void ddi_set_state(const struct ddi_state *state); /* keeps `raised` */
void ddi_set_raised(void (*raised)(void));
void ddi_stopping(void); /* calls the member of that name */

#endif
