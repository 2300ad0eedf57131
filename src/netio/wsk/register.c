/* Clients: registration and capture, and all the waiting that WskDeregister does (WSK-001 .. WSK-023); nmr.c has the other way to become one.
 * A client counts its captures and its uses: sockets (until their close IRP's completion has returned) and requests under way. */
#include "netio/wsk/wsk_private.h"

#include "netio/nmr/nmr.h"
#include "nt/mm/mm.h"

#define TAG_CLIENT 0x436B7357 /* "WskC" */

const NPIID NPI_WSK_INTERFACE_ID = {0x2227e803, 0x8d8b, 0x11d4, {0xab, 0xad, 0x00, 0x90, 0x27, 0x71, 0x9e, 0x09}};

/* WSK-020: clients that are gone. Their tables stay a while, as traps, for a driver that calls through what it has given back. */
#define GRAVES 32
static struct wsk_client *graves[GRAVES];
static unsigned next_grave;
static LIST_ENTRY clients = {&clients, &clients};
/* Guards all of these, each registration's way to its client, and in a client: captures going to and from 0 with its table, dying. */
static struct sched_lock clients_lock;

static struct wsk_client *client_of(PWSK_REGISTRATION registration)
{
    return registration ? (struct wsk_client *)registration->ReservedRegistrationContext : NULL;
}

struct wsk_client *wsk_client_new(PVOID context, const WSK_CLIENT_DISPATCH *dispatch)
{
    struct wsk_client *client = mm_pool_allocate(POOL_FLAG_NON_PAGED, sizeof(*client), TAG_CLIENT, NULL);

    if (!client)
        return NULL;
    client->context = context;
    client->dispatch = dispatch;
    client->table = wsk_dead_table; /* until it is captured or attached */
    client->uses = 1; /* the registration itself */
    InitializeListHead(&client->changes);
    KeInitializeEvent(&client->idle, NotificationEvent, FALSE);
    return client;
}

/* A client without uses has come to its end, and that may have been told already. */
bool wsk_client_use(struct wsk_client *client)
{
    LONG uses = client->uses, seen;

    for (; uses; uses = seen) {
        seen = InterlockedCompareExchange(&client->uses, uses + 1, uses);
        if (seen == uses)
            return true;
    }
    return false;
}

void wsk_client_unuse(struct wsk_client *client)
{
    if (InterlockedDecrement(&client->uses) != 0)
        return;
    if (client->binding)
        NmrProviderDetachClientComplete(client->binding); /* NMR-069 */
    else
        KeSetEvent(&client->idle, IO_NO_INCREMENT, FALSE);
}

bool wsk_version_covered(USHORT version)
{
    return WSK_MAJOR_VERSION(version) == WSK_MAJOR_VERSION(WSK_VERSION_LOW) && version <= WSK_VERSION_HIGH;
}

static KIRQL lock_clients(void)
{
    KIRQL irql = ke_raise_to_dispatch();

    sched_lock(&clients_lock);
    return irql;
}

static void unlock_clients(KIRQL irql)
{
    sched_unlock(&clients_lock);
    ke_lower(irql);
}

/* false: that block is registered already (WSK-017). What it holds is not read: it may be anything. */
bool wsk_client_enlist(struct wsk_client *client)
{
    KIRQL irql = lock_clients();
    bool is_new = true;

    for (PLIST_ENTRY e = clients.Flink; e != &clients; e = e->Flink)
        is_new = is_new && (!client->registration || CONTAINING_RECORD(e, struct wsk_client, link)->registration != client->registration);
    if (is_new)
        InsertTailList(&clients, &client->link);
    unlock_clients(irql);
    return is_new;
}

void wsk_client_end(struct wsk_client *client)
{
    KIRQL irql = lock_clients();

    client->dying = true;
    client->table = wsk_dead_table;
    unlock_clients(irql);
    wsk_transport_changes_end(client);
}

bool wsk_client_ending(PWSK_CLIENT Client)
{
    KIRQL irql = lock_clients();
    HANDLE binding = NULL;

    for (PLIST_ENTRY e = clients.Flink; e != &clients; e = e->Flink)
        if (CONTAINING_RECORD(e, struct wsk_client, link) == (struct wsk_client *)Client)
            binding = ((struct wsk_client *)Client)->binding;
    unlock_clients(irql);
    return binding && nmr_client_attached(binding);
}

void wsk_client_bury(struct wsk_client *client)
{
    KIRQL irql = lock_clients();
    struct wsk_client *oldest = graves[next_grave % GRAVES];

    if (client->registration) {
        client->registration->ReservedRegistrationState = 0;
        client->registration->ReservedRegistrationContext = NULL;
    }
    RemoveEntryList(&client->link);
    client->table = wsk_dead_table;
    graves[next_grave++ % GRAVES] = client;
    unlock_clients(irql);
    if (oldest)
        ExFreePoolWithTag(oldest, TAG_CLIENT);
}

/* WSK-023: what would still call into an image that goes. One that came through the registrar is nmr's to find. */
static void check_unload(ULONG64 low, ULONG64 high)
{
    KIRQL irql = lock_clients();
    ULONG64 at = 0;
    LONG captures = 0, uses = 0;

    for (PLIST_ENTRY e = clients.Flink; e != &clients && !at; e = e->Flink) {
        struct wsk_client *client = CONTAINING_RECORD(e, struct wsk_client, link);
        ULONG64 dispatch = (ULONG_PTR)client->dispatch, block = (ULONG_PTR)client->registration;

        if (!block || ((dispatch < low || dispatch >= high) && (block < low || block >= high)))
            continue;
        at = block;
        captures = client->captures;
        uses = client->uses - client->captures - !client->dying;
    }
    unlock_clients(irql);
    if (at)
        guest_bugcheck(0xCE, at, 8, at, 0, "a driver is unloaded without WskDeregister of 0x%llX: it has %d captures and %d sockets and requests under way", at,
                       (int)captures, (int)uses);
}

NTSTATUS NTAPI WskRegister(PWSK_CLIENT_NPI WskClientNpi, PWSK_REGISTRATION WskRegistration)
{
    static LONG volatile watching;
    struct wsk_client *client;

    if (!WskClientNpi || !WskClientNpi->Dispatch || !WskRegistration) {
        guest_finding("WSK-016", "WskRegister(%p, %p): a pointer is missing", WskClientNpi, WskRegistration);
        return STATUS_INVALID_PARAMETER;
    }
    client = wsk_client_new(WskClientNpi->ClientContext, WskClientNpi->Dispatch);
    if (!client)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (InterlockedExchange(&watching, 1) == 0)
        io_add_unload_check(check_unload);
    client->registration = WskRegistration;
    if (!wsk_client_enlist(client)) {
        guest_finding("WSK-017", "WskRegister: the WSK_REGISTRATION at %p is registered already", WskRegistration);
        ExFreePoolWithTag(client, TAG_CLIENT);
        return STATUS_INVALID_PARAMETER;
    }
    WskRegistration->ReservedRegistrationState = 1;
    WskRegistration->ReservedRegistrationContext = client;
    KeInitializeSpinLock(&WskRegistration->ReservedRegistrationLock);
    return STATUS_SUCCESS;
}

/* Lock held. The use is taken with it: a WskDeregister that has begun sees it, or this sees that it has begun (WSK-007). */
static NTSTATUS capture(struct wsk_client *client, PWSK_PROVIDER_NPI npi)
{
    if (!client || client->dying)
        return STATUS_DEVICE_NOT_READY;
    if (!wsk_version_covered(client->dispatch->Version))
        return STATUS_NOINTERFACE;
    if (!wsk_client_use(client))
        return STATUS_DEVICE_NOT_READY;
    if (client->captures++ == 0)
        client->table = wsk_provider_table;
    npi->Client = (PWSK_CLIENT)client;
    npi->Dispatch = &client->table;
    return STATUS_SUCCESS;
}

/* WSK-004 .. WSK-007. WSK is always there, so no capture waits. */
NTSTATUS NTAPI WskCaptureProviderNPI(PWSK_REGISTRATION WskRegistration, ULONG WaitTimeout, PWSK_PROVIDER_NPI WskProviderNpi)
{
    WSK_PROVIDER_NPI npi; /* the caller's may be pageable */
    NTSTATUS status;
    KIRQL irql;

    if (!WskProviderNpi)
        return STATUS_DEVICE_NOT_READY;
    if (WaitTimeout != WSK_NO_WAIT && KeGetCurrentIrql() > PASSIVE_LEVEL)
        guest_finding("WSK-018", "WskCaptureProviderNPI with a wait at IRQL %u", KeGetCurrentIrql());
    irql = lock_clients();
    status = capture(client_of(WskRegistration), &npi);
    unlock_clients(irql);
    if (NT_SUCCESS(status))
        *WskProviderNpi = npi;
    return status;
}

VOID NTAPI WskReleaseProviderNPI(PWSK_REGISTRATION WskRegistration)
{
    KIRQL irql = lock_clients();
    struct wsk_client *client = client_of(WskRegistration);
    bool captured = client && client->captures > 0;

    if (captured && --client->captures == 0)
        client->table = wsk_dead_table;
    unlock_clients(irql);
    if (captured)
        wsk_client_unuse(client);
    else
        guest_finding("WSK-019", "WskReleaseProviderNPI(%p) without a capture", WskRegistration);
}

NTSTATUS NTAPI WskQueryProviderCharacteristics(PWSK_REGISTRATION WskRegistration, PWSK_PROVIDER_CHARACTERISTICS WskProviderCharacteristics)
{
    if (!client_of(WskRegistration))
        return STATUS_DEVICE_NOT_READY;
    WskProviderCharacteristics->HighestVersion = WSK_VERSION_HIGH;
    WskProviderCharacteristics->LowestVersion = WSK_VERSION_LOW;
    return STATUS_SUCCESS;
}

/* The client whose end this is; NULL when there is none, or it has begun already (WSK-021). */
static struct wsk_client *begin_end(PWSK_REGISTRATION registration)
{
    KIRQL irql = lock_clients();
    struct wsk_client *client = client_of(registration);

    if (client && client->dying)
        client = NULL;
    if (client)
        client->dying = true;
    unlock_clients(irql);
    return client;
}

/* WSK-010. Blocks as long as the client has something of ours, or we of its. */
VOID NTAPI WskDeregister(PWSK_REGISTRATION WskRegistration)
{
    struct wsk_client *client = begin_end(WskRegistration);
    LARGE_INTEGER patience = {.QuadPart = -100000000}; /* 10 s */

    if (!client) {
        guest_finding("WSK-021", "WskDeregister(%p): not registered", WskRegistration);
        return;
    }
    if (KeGetCurrentIrql() > PASSIVE_LEVEL || wsk_depth)
        guest_finding("WSK-022", "WskDeregister at IRQL %u, inside a completion: %u: it would wait for itself", KeGetCurrentIrql(), wsk_depth);
    wsk_transport_changes_end(client);
    wsk_client_unuse(client);
    if (KeWaitForSingleObject(&client->idle, Executive, KernelMode, FALSE, &patience) == STATUS_TIMEOUT) {
        guest_finding("WSK-011", "WskDeregister waits: %d captures are not released, %d sockets and captures in all are left", (int)client->captures,
                      (int)client->uses); /* [W] 10 s */
        KeWaitForSingleObject(&client->idle, Executive, KernelMode, FALSE, NULL);
    }
    wsk_client_bury(client);
}
