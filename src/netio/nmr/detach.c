/* Detachment (NMR-043 .. NMR-050, NMR-058 .. NMR-060): each side is told once, client first, without waiting in between; when both have said
 * that they are done the contexts are cleaned up and the binding is gone. Up to DISPATCH_LEVEL, in the thread whose call made it due. */
#include "netio/nmr/nmr_private.h"

#include "image/image.h"

/* Lock held. True: this was the last thing that was missing, and the cleanup is the caller's. */
static bool settled(struct nmr_binding *b)
{
    if (b->state != NMR_DETACHING || !b->side[NMR_CLIENT].detached || !b->side[NMR_PROVIDER].detached)
        return false;
    b->state = NMR_CLEANING;
    return true;
}

static void cleanup(struct nmr_binding *b)
{
    for (int role = NMR_CLIENT; role <= NMR_PROVIDER; role++) {
        struct nmr_module *module = b->side[role].module;

        if (module->print.characteristics.ClientCleanupBindingContext)
            NMR_CALL(b, module, CleanupBindingContext,
                     (NTSTATUS(NTAPI *)(PVOID))(PVOID)module->print.characteristics.ClientCleanupBindingContext, b->side[role].context);
    }
    nmr_unbind(b);
}

void nmr_detach(struct nmr_binding *b)
{
    char text[NMR_TEXT];
    bool last = false;

    for (int role = NMR_CLIENT; role <= NMR_PROVIDER; role++) {
        struct nmr_side *side = &b->side[role];
        struct nmr_module *module = side->module;
        NTSTATUS status = NMR_CALL(b, module, DetachCallback, module->print.characteristics.ClientDetachProvider, side->context);
        bool early;

        if (status != STATUS_SUCCESS && status != STATUS_PENDING)
            guest_finding("NMR-060", "the detach callback of %s returned 0x%08X, which is taken as STATUS_SUCCESS", nmr_text(module, text),
                          (unsigned)status);
        sched_lock(&nmr_lock);
        early = side->completed;
        sched_unlock(&nmr_lock);
        if (early && status != STATUS_PENDING)
            guest_finding("NMR-058", "%s has called its complete function, and its detach callback returned 0x%08X: one of them is due",
                          nmr_text(module, text), (unsigned)status);
        sched_lock(&nmr_lock);
        side->called = true;
        if (status != STATUS_PENDING || side->completed) /* NMR-048: completed before it said so */
            side->detached = true;
        last = settled(b);
        sched_unlock(&nmr_lock);
    }
    if (last)
        cleanup(b);
}

/* NMR-059: a driver that has the other side's callbacks, and none of this side's, has taken the wrong function. One that has both has done
 * so when this side is detached and the other one pends: as long as both pend nobody can tell. */
static bool is_others(const struct nmr_binding *b, enum nmr_role role, const void *caller)
{
    const struct nmr_side *side = &b->side[role], *other = &b->side[NMR_OTHER(role)];
    const struct img_image *image = img_find((ULONG_PTR)caller);

    if (!image || image != img_find((ULONG_PTR)other->module->print.characteristics.ClientDetachProvider))
        return false;
    return image != img_find((ULONG_PTR)side->module->print.characteristics.ClientDetachProvider) ||
           (side->detached && other->called && !other->detached);
}

static void complete(HANDLE handle, enum nmr_role role, const void *caller)
{
    const char *name = role == NMR_CLIENT ? "NmrClientDetachProviderComplete" : "NmrProviderDetachClientComplete";
    const char *wrong = NULL, *rule = "NMR-058";
    struct nmr_binding *b;
    bool last = false;

    sched_lock(&nmr_lock);
    b = nmr_binding_of(handle);
    if (!b || (b->state == NMR_ATTACHING && !b->connected && !b->connecting)) {
        wrong = "there is no such binding";
    } else if (is_others(b, role, caller)) {
        rule = "NMR-059";
        wrong = "the caller is the module at the binding's other end, which has a complete function of its own";
    } else if (b->side[role].completed) {
        wrong = "the side has completed already";
    } else if (b->side[role].detached) {
        wrong = "its detach callback did not return STATUS_PENDING";
    } else {
        b->side[role].completed = true;
        if (b->side[role].called) {
            b->side[role].detached = true;
            last = settled(b);
        }
    }
    sched_unlock(&nmr_lock);
    if (wrong)
        guest_finding(rule, "%s(%p): %s", name, handle, wrong);
    if (last)
        cleanup(b);
}

bool nmr_client_attached(HANDLE binding)
{
    struct nmr_binding *b;
    bool attached;

    sched_lock(&nmr_lock);
    b = nmr_binding_of(binding);
    attached = b && !b->side[NMR_CLIENT].detached;
    sched_unlock(&nmr_lock);
    return attached;
}

VOID NTAPI NmrClientDetachProviderComplete(HANDLE NmrBindingHandle)
{
    complete(NmrBindingHandle, NMR_CLIENT, ddi_caller(__builtin_return_address(0)));
}

VOID NTAPI NmrProviderDetachClientComplete(HANDLE NmrBindingHandle)
{
    complete(NmrBindingHandle, NMR_PROVIDER, ddi_caller(__builtin_return_address(0)));
}
