/* Registrations (NMR-007 .. NMR-021) and their end (NMR-042, NMR-051 .. NMR-057, NMR-061 .. NMR-066). A module is offered the counterparts that
 * registered before it, in their order, by its own registration; those that come later offer themselves. So each pair meets once. */
#include "netio/nmr/nmr_private.h"

#include "ddi/text.h"
#include "image/image.h"
#include "nt/dbg/dbg.h"
#include "nt/io/io.h"
#include "nt/ke/ke.h"
#include "nt/mm/mm.h"

#define TAG_MODULE 0x4D726D4E /* "NmrM" */
#define WAIT_REPORT_MS 5000   /* NMR-061 [W] */

_Static_assert(sizeof(NPI_CLIENT_CHARACTERISTICS) == 72 && sizeof(NPI_PROVIDER_CHARACTERISTICS) == 72, "nmr.md section 7");
_Static_assert(offsetof(NPI_CLIENT_CHARACTERISTICS, ClientRegistrationInstance) == offsetof(NPI_PROVIDER_CHARACTERISTICS, ProviderRegistrationInstance),
               "struct nmr_print takes one for the other");

struct sched_lock nmr_lock;
LIST_ENTRY nmr_modules = {&nmr_modules, &nmr_modules};
static ULONG64 last_handle = 0x4E4D5200; /* neither a pointer nor a small number */

ULONG64 nmr_new_handle(void)
{
    return __atomic_add_fetch(&last_handle, 4, __ATOMIC_RELAXED);
}

void nmr_hold(struct nmr_module *module)
{
    module->holds++;
}

void nmr_unhold(struct nmr_module *module)
{
    bool last;

    sched_lock(&nmr_lock);
    WK_ASSERT(module->holds > 0);
    last = --module->holds == 0;
    sched_unlock(&nmr_lock);
    if (last)
        KeSetEvent(&module->complete, IO_NO_INCREMENT, FALSE);
}

static struct nmr_module *module_of(HANDLE handle, enum nmr_role role)
{
    for (PLIST_ENTRY e = nmr_modules.Flink; e != &nmr_modules; e = e->Flink) {
        struct nmr_module *module = CONTAINING_RECORD(e, struct nmr_module, link);

        if (NMR_HANDLE(module->handle) == handle && module->role == role)
            return module;
    }
    return NULL;
}

/* NMR-065 */
static void check_unload(ULONG64 low, ULONG64 high)
{
    ULONG64 found = 0;
    char text[NMR_TEXT];
    bool deregistering = false;

    sched_lock(&nmr_lock);
    for (PLIST_ENTRY e = nmr_modules.Flink; e != &nmr_modules && !found; e = e->Flink) {
        struct nmr_module *module = CONTAINING_RECORD(e, struct nmr_module, link);
        ULONG64 routine = (ULONG_PTR)module->print.characteristics.ClientAttachProvider;

        if (routine >= low && routine < high) {
            found = routine;
            deregistering = module->deregistering;
            nmr_text(module, text);
        }
    }
    sched_unlock(&nmr_lock);
    if (found)
        guest_bugcheck(0xCE, found, 8, found, 0, "a driver is unloaded with an NMR registration: %s, %s", text,
                       deregistering ? "whose deregistration nobody has waited for" : "not deregistered");
}

static void take_print(const NPI_CLIENT_CHARACTERISTICS *from, struct nmr_print *to)
{
    to->characteristics = *from;
    to->npi = *from->ClientRegistrationInstance.NpiId;
    if (from->ClientRegistrationInstance.ModuleId)
        to->id = *from->ClientRegistrationInstance.ModuleId;
}

void nmr_check_unchanged(struct nmr_module *module)
{
    const NPI_CLIENT_CHARACTERISTICS *now = module->registered;
    const NPI_REGISTRATION_INSTANCE *then = &module->print.characteristics.ClientRegistrationInstance;
    char text[NMR_TEXT];
    bool same;

    if (module->ours)
        return;
    same = MmIsAddressValid((PVOID)now) && MmIsAddressValid((UCHAR *)(ULONG_PTR)now + sizeof(*now) - 1) &&
           RtlEqualMemory(now, &module->print.characteristics, sizeof(*now)) && MmIsAddressValid((PVOID)then->NpiId) &&
           RtlEqualMemory(then->NpiId, &module->print.npi, sizeof(NPIID)) &&
           (!then->ModuleId || (MmIsAddressValid((PVOID)then->ModuleId) && RtlEqualMemory(then->ModuleId, &module->print.id, sizeof(NPI_MODULEID))));
    if (!same && !module->changed_told) {
        module->changed_told = true;
        guest_finding("NMR-020", "the characteristics of %s at %p have changed since they were registered: they must stay until the deregistration "
                      "is complete", nmr_text(module, text), now);
    }
}

/* NMR-015 .. NMR-018 */
static NTSTATUS check(const NPI_CLIENT_CHARACTERISTICS *c, PHANDLE handle, const char *role)
{
    if (!c || !handle || !c->ClientRegistrationInstance.NpiId)
        return STATUS_INVALID_PARAMETER;
    if (c->Length < sizeof(*c))
        guest_finding("NMR-017", "a %s is registered with Length %u; the structure has %u bytes", role, c->Length, (unsigned)sizeof(*c));
    if (c->Length < offsetof(NPI_CLIENT_CHARACTERISTICS, ClientRegistrationInstance))
        return STATUS_INVALID_PARAMETER;
    if (!c->ClientAttachProvider || !c->ClientDetachProvider) {
        guest_finding("NMR-016", "a %s is registered without an attach or a detach callback", role);
        return STATUS_INVALID_PARAMETER;
    }
    if (!c->ClientRegistrationInstance.ModuleId)
        guest_finding("NMR-018", "a %s is registered without ModuleId", role);
    return STATUS_SUCCESS;
}

static bool is_counterpart(const struct nmr_module *other, const struct nmr_module *module)
{
    return other->role != module->role && !other->deregistering && NmrIsEqualNpiid(&other->print.npi, &module->print.npi);
}

/* Lists the module, with a spare binding for each counterpart that is there: their number is known only under the lock, where nothing can be
 * allocated. False: no memory, and nothing has been registered (NMR-007). */
static bool list_module(struct nmr_module *module, PLIST_ENTRY spares)
{
    struct nmr_binding *b;
    ULONG have = 0, wanted;

    InitializeListHead(spares);
    for (;;) {
        wanted = 0;
        sched_lock(&nmr_lock);
        for (PLIST_ENTRY e = nmr_modules.Flink; e != &nmr_modules; e = e->Flink)
            wanted += is_counterpart(CONTAINING_RECORD(e, struct nmr_module, link), module);
        if (have >= wanted)
            InsertTailList(&nmr_modules, &module->link);
        sched_unlock(&nmr_lock);
        if (have >= wanted)
            return true;
        for (; have < wanted; have++) {
            b = nmr_new_binding();
            if (!b) {
                nmr_free_spares(spares);
                return false;
            }
            InsertTailList(spares, &b->side[NMR_CLIENT].link);
        }
    }
}

/* The next counterpart that was listed before the module; held. `after` is held too, so that it is in the list still; NULL: from the start. */
static struct nmr_module *next_counterpart(struct nmr_module *module, struct nmr_module *after)
{
    struct nmr_module *found = NULL;

    sched_lock(&nmr_lock);
    for (PLIST_ENTRY e = after ? after->link.Flink : nmr_modules.Flink; e != &module->link && !module->deregistering && !found; e = e->Flink) {
        struct nmr_module *other = CONTAINING_RECORD(e, struct nmr_module, link);

        if (is_counterpart(other, module))
            found = other;
    }
    if (found)
        nmr_hold(found);
    sched_unlock(&nmr_lock);
    return found;
}

static NTSTATUS register_module(const NPI_CLIENT_CHARACTERISTICS *characteristics, PVOID context, PHANDLE handle, enum nmr_role role)
{
    static LONG volatile watching;
    NTSTATUS status = check(characteristics, handle, role == NMR_CLIENT ? "client" : "provider");
    struct nmr_module *module, *other = NULL, *last;
    LIST_ENTRY spares;

    if (status != STATUS_SUCCESS)
        return status;
    *handle = NULL; /* a pointer that faults does so before there is anything to lose */
    module = mm_pool_allocate(POOL_FLAG_NON_PAGED, sizeof(*module), TAG_MODULE, NULL);
    if (!module)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (InterlockedExchange(&watching, 1) == 0)
        io_add_unload_check(check_unload);
    module->handle = nmr_new_handle();
    module->role = role;
    module->registered = characteristics;
    take_print(characteristics, &module->print);
    module->context = context;
    module->ours = !img_find((ULONG_PTR)module->print.characteristics.ClientAttachProvider);
    InitializeListHead(&module->bindings);
    KeInitializeEvent(&module->complete, NotificationEvent, FALSE);
    module->holds = 2; /* the registration, and this call */
    *handle = NMR_HANDLE(module->handle); /* NMR-010: once it is listed, callbacks may run in other threads */
    if (!list_module(module, &spares)) {
        *handle = NULL;
        ExFreePoolWithTag(module, TAG_MODULE);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    do {
        last = other;
        other = next_counterpart(module, last);
        if (last)
            nmr_unhold(last);
        if (other) {
            WK_ASSERT(!IsListEmpty(&spares)); /* those before it only become fewer */
            nmr_attach(CONTAINING_RECORD(RemoveHeadList(&spares), struct nmr_binding, side[NMR_CLIENT].link), role == NMR_CLIENT ? module : other,
                       role == NMR_CLIENT ? other : module);
        }
    } while (other);
    nmr_free_spares(&spares);
    nmr_unhold(module);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NmrRegisterClient(PNPI_CLIENT_CHARACTERISTICS ClientCharacteristics, PVOID ClientContext, PHANDLE NmrClientHandle)
{
    return register_module(ClientCharacteristics, ClientContext, NmrClientHandle, NMR_CLIENT);
}

NTSTATUS NTAPI NmrRegisterProvider(PNPI_PROVIDER_CHARACTERISTICS ProviderCharacteristics, PVOID ProviderContext, PHANDLE NmrProviderHandle)
{
    return register_module((PNPI_CLIENT_CHARACTERISTICS)(PVOID)ProviderCharacteristics, ProviderContext, NmrProviderHandle, NMR_PROVIDER);
}

/* One of the module's bindings that is attached and detached by nobody yet: it is the caller's now. */
static struct nmr_binding *next_to_detach(struct nmr_module *module)
{
    struct nmr_binding *found = NULL;

    sched_lock(&nmr_lock);
    for (PLIST_ENTRY e = module->bindings.Flink; e != &module->bindings && !found; e = e->Flink) {
        struct nmr_binding *b = module->role == NMR_CLIENT ? CONTAINING_RECORD(e, struct nmr_binding, side[NMR_CLIENT].link)
                                                           : CONTAINING_RECORD(e, struct nmr_binding, side[NMR_PROVIDER].link);

        if (b->state == NMR_ATTACHED) {
            b->state = NMR_DETACHING;
            found = b;
        }
    }
    sched_unlock(&nmr_lock);
    return found;
}

/* A binding whose attach callback still runs is detached by the thread that attaches it (NMR-032). */
static NTSTATUS deregister(HANDLE handle, enum nmr_role role)
{
    struct nmr_module *module;
    struct nmr_binding *b;

    sched_lock(&nmr_lock);
    module = module_of(handle, role);
    if (module && module->deregistering)
        module = NULL;
    if (module) {
        module->deregistering = true;
        nmr_hold(module);
    }
    sched_unlock(&nmr_lock);
    if (!module) {
        guest_finding("NMR-057", "NmrDeregister%s(%p): no such registration, or deregistered already", role == NMR_CLIENT ? "Client" : "Provider", handle);
        return STATUS_INVALID_PARAMETER;
    }
    while ((b = next_to_detach(module)) != NULL)
        nmr_detach(b);
    nmr_unhold(module); /* the registration's */
    nmr_unhold(module);
    return STATUS_PENDING; /* NMR-042: always */
}

NTSTATUS NTAPI NmrDeregisterClient(HANDLE NmrClientHandle)
{
    return deregister(NmrClientHandle, NMR_CLIENT);
}

NTSTATUS NTAPI NmrDeregisterProvider(HANDLE NmrProviderHandle)
{
    return deregister(NmrProviderHandle, NMR_PROVIDER);
}

/* NMR-064: would this thread wait for a callback that it is in itself? */
static bool waits_for_itself(const struct nmr_module *module)
{
    for (const struct nmr_frame *f = nmr_frames; f; f = f->outer)
        if (f->binding->side[NMR_CLIENT].module == module || f->binding->side[NMR_PROVIDER].module == module)
            return true;
    return false;
}

/* NMR-061: a line for people. Whether it takes too long is for who has a limit: the run, for DriverEntry and DriverUnload. */
static void report_wait(struct nmr_module *module)
{
    const char *missing = "a call of the registrar";
    ULONG64 binding = 0;
    char text[NMR_TEXT], line[384];

    sched_lock(&nmr_lock);
    if (!IsListEmpty(&module->bindings)) {
        struct nmr_binding *b = module->role == NMR_CLIENT ? CONTAINING_RECORD(module->bindings.Flink, struct nmr_binding, side[NMR_CLIENT].link)
                                                           : CONTAINING_RECORD(module->bindings.Flink, struct nmr_binding, side[NMR_PROVIDER].link);

        binding = b->handle;
        missing = b->state == NMR_ATTACHING                ? "the return of its attach callback"
                  : b->state == NMR_CLEANING               ? "the return of a cleanup callback"
                  : b->side[NMR_CLIENT].detached           ? "NmrProviderDetachClientComplete"
                  : b->side[NMR_PROVIDER].detached         ? "NmrClientDetachProviderComplete"
                                                           : "NmrClientDetachProviderComplete and NmrProviderDetachClientComplete";
    }
    sched_unlock(&nmr_lock);
    dbg_write(line, ddi_format(line, sizeof(line), "NMR: the deregistration of %s is not complete after %u s: binding %llx waits for %s\n",
                               nmr_text(module, text), WAIT_REPORT_MS / 1000, (unsigned long long)binding, missing));
}

static NTSTATUS wait(HANDLE handle, enum nmr_role role)
{
    LARGE_INTEGER patience = {.QuadPart = -(LONGLONG)WAIT_REPORT_MS * 10000};
    struct nmr_module *module;
    char text[NMR_TEXT];
    bool self;

    sched_lock(&nmr_lock);
    module = module_of(handle, role);
    if (module && (!module->deregistering || module->waiting))
        module = NULL; /* NMR-052, NMR-066 */
    self = module && waits_for_itself(module);
    if (module && !self)
        module->waiting = true;
    sched_unlock(&nmr_lock);
    if (!module)
        return STATUS_INVALID_PARAMETER;
    if (self) {
        guest_finding("NMR-064", "the deregistration of %s is waited for in one of its own callbacks, and would wait for itself", nmr_text(module, text));
        return STATUS_INVALID_PARAMETER;
    }
    if (KeGetCurrentIrql() >= DISPATCH_LEVEL && !ddi_hooks) /* NMR-063; with hooks on the border has said so */
        guest_finding("NMR-063", "the deregistration of %s is waited for at IRQL %u", nmr_text(module, text), KeGetCurrentIrql());
    /* A wait, and not a look at the event's state: only a wait knows that who has set the event is done with it. */
    if (KeWaitForSingleObject(&module->complete, Executive, KernelMode, FALSE, &patience) == STATUS_TIMEOUT) {
        report_wait(module);
        KeWaitForSingleObject(&module->complete, Executive, KernelMode, FALSE, NULL);
    }
    sched_lock(&nmr_lock);
    RemoveEntryList(&module->link);
    sched_unlock(&nmr_lock);
    ExFreePoolWithTag(module, TAG_MODULE);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NmrWaitForClientDeregisterComplete(HANDLE NmrClientHandle)
{
    return wait(NmrClientHandle, NMR_CLIENT);
}

NTSTATUS NTAPI NmrWaitForProviderDeregisterComplete(HANDLE NmrProviderHandle)
{
    return wait(NmrProviderHandle, NMR_PROVIDER);
}
