/* The border's hooks (hooks.h, guest.h): run only when ddi_hooks is not 0. What they check is a finding of the verifier's
 * folder; here are the two checks that need no rule: IRQL on the way in, and IRQL and regions after a callback. */
#include "ddi/hooks.h"
#include "ddi/state.h"
#include "wdm.h"

static struct ddi_state state;

void ddi_stopping(void)
{
    if (state.stopping)
        state.stopping();
}

void ddi_set_state(const struct ddi_state *to)
{
    void (*raised)(void) = state.raised;

    state = *to;
    state.raised = raised;
}

void ddi_set_raised(void (*raised)(void))
{
    state.raised = raised;
}

void ddi_before(struct ddi_call *call)
{
    int limit = call->ddi->irql_max;

    call->outer = ddi_newest;
    ddi_newest = call;
    if (!state.irql)
        return;
    call->irql = state.irql();
    if (limit >= 0 && call->irql > limit)
        guest_finding(call->ddi->rows, "%s called at IRQL %u; it may be called at IRQL %d at most", call->ddi->name, call->irql, limit);
}

void ddi_after(struct ddi_call *call)
{
    ddi_newest = call->outer;
    if (state.raised && call->irql < DISPATCH_LEVEL && state.irql() >= DISPATCH_LEVEL)
        state.raised();
}

void guest_enter(struct guest_frame *frame, const char *callback, const void *routine)
{
    frame->callback = callback;
    frame->routine = routine;
    frame->irql = state.irql ? state.irql() : 0;
    frame->regions = state.regions ? state.regions() : 0;
    frame->outer = NULL;
    if (state.raised && frame->irql >= DISPATCH_LEVEL)
        state.raised();
}

void guest_leave(struct guest_frame *frame)
{
    KIRQL irql = state.irql ? state.irql() : frame->irql;
    ULONG regions = state.regions ? state.regions() : frame->regions;

    if (irql != frame->irql) /* EXE-715 */
        guest_bugcheck(0xC8, (ULONG64)irql << 16 | (ULONG64)frame->irql << 8, (ULONG64)(ULONG_PTR)frame->routine, 0, 0,
                       "%s was entered at IRQL %u and returned at IRQL %u", frame->callback, frame->irql, irql);
    if (regions != frame->regions) /* EXE-717, EXE-718 */
        guest_bugcheck(0x01, (ULONG64)(ULONG_PTR)frame->routine, 0, regions, 0, "%s returned with %d more critical regions than it was "
                       "entered with", frame->callback, (int)(regions - frame->regions));
}
