/* Registration and capture, and all the waiting that WskDeregister does (WSK-001 .. WSK-023). A client counts its captures and its uses:
 * sockets (until their close IRP's completion has returned) and requests under way. */
#include "netio/wsk/wsk_private.h"

#include "nt/mm/mm.h"

#define TAG_CLIENT 0x436B7357 /* "WskC" */
#define VERSION_LOW  MAKE_WSK_VERSION(1, 0)
#define VERSION_HIGH MAKE_WSK_VERSION(1, 1) /* WSK-012 [W] */

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

void wsk_client_use(struct wsk_client *client)
{
    InterlockedIncrement(&client->uses);
}

void wsk_client_unuse(struct wsk_client *client)
{
    if (InterlockedDecrement(&client->uses) == 0)
        KeSetEvent(&client->idle, IO_NO_INCREMENT, FALSE);
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
static bool enlist(struct wsk_client *client)
{
    KIRQL irql = lock_clients();
    bool is_new = true;

    for (PLIST_ENTRY e = clients.Flink; e != &clients; e = e->Flink)
        is_new = is_new && CONTAINING_RECORD(e, struct wsk_client, link)->registration != client->registration;
    if (is_new)
        InsertTailList(&clients, &client->link);
    unlock_clients(irql);
    return is_new;
}

static void bury(struct wsk_client *client)
{
    KIRQL irql = lock_clients();
    struct wsk_client *oldest = graves[next_grave % GRAVES];

    client->registration->ReservedRegistrationState = 0;
    client->registration->ReservedRegistrationContext = NULL;
    RemoveEntryList(&client->link);
    client->table = wsk_dead_table;
    graves[next_grave++ % GRAVES] = client;
    unlock_clients(irql);
    if (oldest)
        ExFreePoolWithTag(oldest, TAG_CLIENT);
}

NTSTATUS NTAPI WskRegister(PWSK_CLIENT_NPI WskClientNpi, PWSK_REGISTRATION WskRegistration)
{
    struct wsk_client *client;

    if (!WskClientNpi || !WskClientNpi->Dispatch || !WskRegistration) {
        guest_finding("WSK-016", "WskRegister(%p, %p): a pointer is missing", WskClientNpi, WskRegistration);
        return STATUS_INVALID_PARAMETER;
    }
    client = mm_pool_allocate(POOL_FLAG_NON_PAGED, sizeof(*client), TAG_CLIENT, NULL);
    if (!client)
        return STATUS_INSUFFICIENT_RESOURCES;
    client->registration = WskRegistration;
    client->context = WskClientNpi->ClientContext;
    client->dispatch = WskClientNpi->Dispatch;
    client->table = wsk_dead_table; /* until it is captured */
    client->uses = 1; /* the registration itself */
    KeInitializeEvent(&client->idle, NotificationEvent, FALSE);
    if (!enlist(client)) {
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
    USHORT version;

    if (!client || client->dying)
        return STATUS_DEVICE_NOT_READY;
    version = client->dispatch->Version;
    if (WSK_MAJOR_VERSION(version) != WSK_MAJOR_VERSION(VERSION_LOW) || version > VERSION_HIGH)
        return STATUS_NOINTERFACE;
    if (client->captures++ == 0)
        client->table = wsk_provider_table;
    wsk_client_use(client);
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
    WskProviderCharacteristics->HighestVersion = VERSION_HIGH;
    WskProviderCharacteristics->LowestVersion = VERSION_LOW;
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
    wsk_client_unuse(client);
    if (KeWaitForSingleObject(&client->idle, Executive, KernelMode, FALSE, &patience) == STATUS_TIMEOUT) {
        guest_finding("WSK-011", "WskDeregister waits: %d captures are not released, %d sockets and captures in all are left", (int)client->captures,
                      (int)client->uses); /* [W] 10 s */
        KeWaitForSingleObject(&client->idle, Executive, KernelMode, FALSE, NULL);
    }
    bury(client);
}
