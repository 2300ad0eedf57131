/* Attachment (NMR-022 .. NMR-041): the client is asked in ClientAttachProvider, asks back with NmrClientAttachProvider, and there the provider
 * is asked. All in the thread of the later registration, at PASSIVE_LEVEL. What decides is whether the provider said STATUS_SUCCESS. */
#include "netio/nmr/nmr_private.h"

#include "nt/ke/ke.h"
#include "nt/mm/mm.h"

#define TAG_BINDING 0x42726D4E /* "NmrB" */

struct nmr_binding *nmr_new_binding(void)
{
    struct nmr_binding *b = mm_pool_allocate(POOL_FLAG_NON_PAGED, sizeof(*b), TAG_BINDING, NULL);

    if (b)
        b->handle = nmr_new_handle();
    return b;
}

void nmr_free_spares(PLIST_ENTRY spares)
{
    while (!IsListEmpty(spares))
        ExFreePoolWithTag(CONTAINING_RECORD(RemoveHeadList(spares), struct nmr_binding, side[NMR_CLIENT].link), TAG_BINDING);
}

/* The pair's modules are held by it until nmr_unbind. False: one of them is on its way out, and the binding is freed (NMR-032). */
static bool bind(struct nmr_binding *b, struct nmr_module *client, struct nmr_module *provider)
{
    bool late;

    b->state = NMR_ATTACHING;
    b->attacher = ke_thread();
    b->side[NMR_CLIENT].module = client;
    b->side[NMR_PROVIDER].module = provider;
    sched_lock(&nmr_lock);
    late = client->deregistering || provider->deregistering;
    for (int role = NMR_CLIENT; role <= NMR_PROVIDER && !late; role++) {
        InsertTailList(&b->side[role].module->bindings, &b->side[role].link);
        nmr_hold(b->side[role].module);
    }
    sched_unlock(&nmr_lock);
    if (late)
        ExFreePoolWithTag(b, TAG_BINDING);
    return !late;
}

void nmr_unbind(struct nmr_binding *b)
{
    struct nmr_module *client = b->side[NMR_CLIENT].module, *provider = b->side[NMR_PROVIDER].module;

    sched_lock(&nmr_lock);
    RemoveEntryList(&b->side[NMR_CLIENT].link);
    RemoveEntryList(&b->side[NMR_PROVIDER].link);
    sched_unlock(&nmr_lock);
    ExFreePoolWithTag(b, TAG_BINDING);
    nmr_unhold(client);
    nmr_unhold(provider);
}

void nmr_attach(struct nmr_binding *b, struct nmr_module *client, struct nmr_module *provider)
{
    const NPI_PROVIDER_CHARACTERISTICS *theirs = provider->registered;
    char text[NMR_TEXT];
    NTSTATUS status;
    bool connected, detach;

    if (!bind(b, client, provider))
        return;
    nmr_check_unchanged(client);
    nmr_check_unchanged(provider);
    status = NMR_CALL(b, client, ClientAttachProvider, client->print.characteristics.ClientAttachProvider, NMR_HANDLE(b->handle), client->context,
                      &theirs->ProviderRegistrationInstance);
    sched_lock(&nmr_lock);
    b->attacher = NULL; /* from here on NmrClientAttachProvider is too late (NMR-034) */
    connected = b->connected;
    detach = connected && (status != STATUS_SUCCESS || client->deregistering || provider->deregistering);
    if (connected)
        b->state = detach ? NMR_DETACHING : NMR_ATTACHED;
    sched_unlock(&nmr_lock);
    if (connected && status != STATUS_SUCCESS)
        guest_finding("NMR-037", "ClientAttachProvider of %s returned 0x%08X after NmrClientAttachProvider had succeeded: both sides are detached",
                      nmr_text(client, text), (unsigned)status);
    if (!connected && NT_SUCCESS(status))
        guest_finding("NMR-036", "ClientAttachProvider of %s returned 0x%08X and has attached nothing: taken as declined", nmr_text(client, text),
                      (unsigned)status);
    if (detach)
        nmr_detach(b);
    else if (!connected)
        nmr_unbind(b); /* NMR-029: nobody is told */
}

/* NMR-028: after a failure it may be called again, in the same callback. The out-parameters are given to the provider as they are, so that
 * a client which the provider calls from inside its attach callback finds them filled (NMR-027). */
NTSTATUS NTAPI NmrClientAttachProvider(HANDLE NmrBindingHandle, PVOID ClientBindingContext, const VOID *ClientDispatch, PVOID *ProviderBindingContext,
                                       const VOID **ProviderDispatch)
{
    const NPI_CLIENT_CHARACTERISTICS *ours;
    struct nmr_module *provider;
    struct nmr_binding *b;
    char text[NMR_TEXT];
    const char *wrong = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    sched_lock(&nmr_lock);
    b = nmr_binding_of(NmrBindingHandle);
    if (!b || b->state != NMR_ATTACHING || b->attacher != ke_thread() || b->connecting)
        wrong = "NMR-034";
    else if (b->connected)
        wrong = "NMR-035";
    else if (!ProviderBindingContext || !ProviderDispatch)
        status = STATUS_INVALID_PARAMETER; /* NMR-040 */
    else if (b->side[NMR_CLIENT].module->deregistering || b->side[NMR_PROVIDER].module->deregistering)
        status = STATUS_NOINTERFACE; /* NMR-032 [W]: the provider is not asked any more */
    else
        b->connecting = true;
    sched_unlock(&nmr_lock);
    if (wrong) {
        guest_finding(wrong, "NmrClientAttachProvider(%p): %s", NmrBindingHandle,
                      wrong[6] == '5' ? "the binding is attached already" : "not inside the ClientAttachProvider that was given this handle");
        return STATUS_INVALID_PARAMETER;
    }
    if (status != STATUS_SUCCESS)
        return status;

    provider = b->side[NMR_PROVIDER].module;
    ours = b->side[NMR_CLIENT].module->registered;
    b->side[NMR_CLIENT].context = ClientBindingContext;
    *ProviderBindingContext = NULL; /* NMR-039 */
    *ProviderDispatch = NULL;
    status = NMR_CALL(b, provider, ProviderAttachClient, (PNPI_PROVIDER_ATTACH_CLIENT_FN)(PVOID)provider->print.characteristics.ClientAttachProvider,
                      NMR_HANDLE(b->handle), provider->context, &ours->ClientRegistrationInstance, ClientBindingContext, ClientDispatch,
                      ProviderBindingContext, ProviderDispatch);
    if (status != STATUS_SUCCESS && NT_SUCCESS(status)) {
        guest_finding("NMR-038", "ProviderAttachClient of %s returned 0x%08X: an attachment is done when it returns, or has failed",
                      nmr_text(provider, text), (unsigned)status);
        status = STATUS_NOINTERFACE;
    }
    if (status == STATUS_SUCCESS) {
        b->side[NMR_PROVIDER].context = *ProviderBindingContext;
    } else {
        *ProviderBindingContext = NULL;
        *ProviderDispatch = NULL;
    }
    sched_lock(&nmr_lock);
    b->connecting = false;
    b->connected = status == STATUS_SUCCESS;
    if (!b->connected)
        b->side[NMR_CLIENT].completed = b->side[NMR_PROVIDER].completed = false;
    sched_unlock(&nmr_lock);
    return status;
}

struct nmr_binding *nmr_binding_of(HANDLE handle)
{
    for (PLIST_ENTRY e = nmr_modules.Flink; e != &nmr_modules; e = e->Flink) {
        struct nmr_module *module = CONTAINING_RECORD(e, struct nmr_module, link);

        if (module->role == NMR_CLIENT)
            for (PLIST_ENTRY i = module->bindings.Flink; i != &module->bindings; i = i->Flink) {
                struct nmr_binding *b = CONTAINING_RECORD(i, struct nmr_binding, side[NMR_CLIENT].link);

                if (NMR_HANDLE(b->handle) == handle)
                    return b;
            }
    }
    return NULL;
}
