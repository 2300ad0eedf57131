/* For the NMR tests: a client and a provider of one NPI that note what is called, and do what a test tells them. */
#ifndef NMR_KIT_H
#define NMR_KIT_H

#include "wkt.h"
#include <netioddk.h>

static const NPIID kit_npi = {0x5a1f0001, 0x77aa, 0x4a11, {1, 2, 3, 4, 5, 6, 7, 8}};
static const NPIID kit_npi_again = {0x5a1f0001, 0x77aa, 0x4a11, {1, 2, 3, 4, 5, 6, 7, 8}}; /* NMR-001: by content */
static const NPI_MODULEID kit_client_id = {sizeof(NPI_MODULEID), MIT_GUID, {{0x11, 0, 0, {0}}}};
static const NPI_MODULEID kit_provider_id = {sizeof(NPI_MODULEID), MIT_GUID, {{0x22, 0, 0, {0}}}};

struct kit_module {
    HANDLE handle, binding; /* the last binding's */
    NTSTATUS attach, detach, attached, decline; /* what the callbacks return; what NmrClientAttachProvider did */
    volatile LONG attaches, detaches, cleanups;
    PVOID other_context, given_context;
    const void *other_dispatch;
    const NPI_REGISTRATION_INSTANCE *other;
    void (*in_attach)(struct kit_module *module); /* before NmrClientAttachProvider, or the provider's return */
    void (*after_attach)(struct kit_module *module);
    void (*in_detach)(struct kit_module *module);
    void (*in_cleanup)(struct kit_module *module);
    KIRQL detach_irql;
    ULONG order; /* number of its last detach or cleanup among all */
    NPI_CLIENT_CHARACTERISTICS client;
    NPI_PROVIDER_CHARACTERISTICS provider;
};
static volatile LONG kit_clock;
static const int kit_client_table, kit_provider_table;

/* Contexts of bindings are the modules; a client's ClientContext too. */
static NTSTATUS NTAPI kit_client_attach(HANDLE binding, PVOID context, PNPI_REGISTRATION_INSTANCE instance)
{
    struct kit_module *m = context;

    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK(binding != NULL);
    m->binding = binding;
    m->other = instance;
    m->attaches++;
    if (m->in_attach)
        m->in_attach(m);
    if (!NT_SUCCESS(m->decline))
        return m->decline;
    m->attached = NmrClientAttachProvider(binding, m, &kit_client_table, &m->other_context, &m->other_dispatch);
    if (m->after_attach)
        m->after_attach(m);
    return m->attach != STATUS_SUCCESS ? m->attach : m->attached;
}

static NTSTATUS NTAPI kit_provider_attach(HANDLE binding, PVOID context, PNPI_REGISTRATION_INSTANCE instance, PVOID client_context,
                                          const VOID *client_dispatch, PVOID *out_context, const VOID **out_dispatch)
{
    struct kit_module *m = context;

    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK(*out_context == NULL && *out_dispatch == NULL); /* NMR-039 */
    m->binding = binding;
    m->other = instance;
    m->other_context = client_context;
    m->other_dispatch = client_dispatch;
    m->attaches++;
    if (m->attach != STATUS_SUCCESS)
        return m->attach;
    *out_context = m;
    *out_dispatch = &kit_provider_table;
    if (m->in_attach)
        m->in_attach(m);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI kit_detach(PVOID context)
{
    struct kit_module *m = context;

    m->detaches++;
    m->detach_irql = KeGetCurrentIrql();
    m->order = (ULONG)InterlockedIncrement(&kit_clock);
    if (m->in_detach)
        m->in_detach(m);
    return m->detach;
}

static VOID NTAPI kit_cleanup(PVOID context)
{
    struct kit_module *m = context;

    m->order = (ULONG)InterlockedIncrement(&kit_clock);
    m->cleanups++;
    if (m->in_cleanup)
        m->in_cleanup(m);
}

static inline struct kit_module *kit_module(void)
{
    struct kit_module *m = wkt_alloc(sizeof(*m));
    NPI_REGISTRATION_INSTANCE client = {0, sizeof(client), &kit_npi, &kit_client_id, 0, NULL};
    NPI_REGISTRATION_INSTANCE provider = {0, sizeof(provider), &kit_npi_again, &kit_provider_id, 0, NULL};

    m->client.Length = sizeof(m->client);
    m->client.ClientAttachProvider = kit_client_attach;
    m->client.ClientDetachProvider = kit_detach;
    m->client.ClientCleanupBindingContext = kit_cleanup;
    m->client.ClientRegistrationInstance = client;
    m->provider.Length = sizeof(m->provider);
    m->provider.ProviderAttachClient = kit_provider_attach;
    m->provider.ProviderDetachClient = kit_detach;
    m->provider.ProviderCleanupBindingContext = kit_cleanup;
    m->provider.ProviderRegistrationInstance = provider;
    return m;
}
static inline void kit_client_up(struct kit_module *m)
{
    CHECK_STATUS(NmrRegisterClient(&m->client, m, &m->handle), STATUS_SUCCESS);
    CHECK(m->handle != NULL);
}
static inline void kit_provider_up(struct kit_module *m)
{
    CHECK_STATUS(NmrRegisterProvider(&m->provider, m, &m->handle), STATUS_SUCCESS);
    CHECK(m->handle != NULL);
}
static inline void kit_client_down(struct kit_module *m)
{
    CHECK_STATUS(NmrDeregisterClient(m->handle), STATUS_PENDING);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(m->handle), STATUS_SUCCESS);
}
static inline void kit_provider_down(struct kit_module *m)
{
    CHECK_STATUS(NmrDeregisterProvider(m->handle), STATUS_PENDING);
    CHECK_STATUS(NmrWaitForProviderDeregisterComplete(m->handle), STATUS_SUCCESS);
}
/* Another thread waits for the module's end; *done is set when it returns. */
struct kit_wait {
    struct kit_module *module;
    BOOLEAN provider;
    volatile LONG done;
};
static inline void kit_wait_thread(void *context)
{
    struct kit_wait *w = context;

    CHECK_STATUS(w->provider ? NmrWaitForProviderDeregisterComplete(w->module->handle) : NmrWaitForClientDeregisterComplete(w->module->handle),
                 STATUS_SUCCESS);
    w->done = 1;
}

#endif
