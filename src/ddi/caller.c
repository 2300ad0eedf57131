/* Who called a DDI (guest.h, ddi_caller): pool blocks belong to the driver whose code asked for them, also when a thunk is between. */
#include "ddi/hooks.h"

#define THUNK_BYTES 512 /* at most; its neighbours are thunks too, of other calls */

__thread struct ddi_call *ddi_newest;

const void *ddi_caller(const void *return_address)
{
    const struct ddi_call *call = ddi_newest;

    return call && (ULONG_PTR)return_address - (ULONG_PTR)call->ddi->thunk < THUNK_BYTES ? call->caller : return_address;
}
