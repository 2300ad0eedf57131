/* The generated thunks' side of the border (guest.h, ddi_hooks). */
#ifndef WK_DDI_HOOKS_H
#define WK_DDI_HOOKS_H

#include "ddi/guest.h"

struct ddi_call {
    const struct ddi_info *ddi;
    const void *caller; /* return address in the guest */
    unsigned arg_count;
    uint64_t args[16];
    uint64_t result;
    KIRQL irql; /* before the call */
    struct ddi_call *outer; /* the call of this thread around it */
};

/* The first eight bytes of any argument, also of a union or a float. */
#define DDI_ARG(a)                                                                                                     \
    ({                                                                                                                 \
        uint64_t ddi_arg_ = 0;                                                                                         \
        __builtin_memcpy(&ddi_arg_, &(a), sizeof(a) < 8 ? sizeof(a) : 8);                                              \
        ddi_arg_;                                                                                                      \
    })

/* The innermost call of this thread that went through a thunk. */
extern __thread struct ddi_call *ddi_newest;

void ddi_before(struct ddi_call *call);
void ddi_after(struct ddi_call *call);

#endif
