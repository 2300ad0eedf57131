/* Registration and capture, and all the waiting that WskDeregister does (WSK-001 .. WSK-023). A client counts its captures and its uses:
 * sockets (until their close IRP's completion has returned) and requests under way. */
#include "netio/wsk/wsk_private.h"

#include "nt/mm/mm.h"

#define TAG_CLIENT 0x436B7357 /* "WskC" */
#define VERSION_LOW  MAKE_WSK_VERSION(1, 0)
#define VERSION_HIGH MAKE_WSK_VERSION(1, 1) /* WSK-012 [W] */

const NPIID NPI_WSK_INTERFACE_ID = {0x2227e803, 0x8d8b, 0x11d4, {0xab, 0xad, 0x00, 0x90, 0x27, 0x71, 0x9e, 0x09}};

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
    client->table = wsk_provider_table;
    client->uses = 1; /* the registration itself */
    KeInitializeEvent(&client->idle, NotificationEvent, FALSE);
    WskRegistration->ReservedRegistrationState = 1;
    WskRegistration->ReservedRegistrationContext = client;
    KeInitializeSpinLock(&WskRegistration->ReservedRegistrationLock);
    return STATUS_SUCCESS;
}

/* WSK-004 .. WSK-007. WSK is always there, so no capture waits. */
NTSTATUS NTAPI WskCaptureProviderNPI(PWSK_REGISTRATION WskRegistration, ULONG WaitTimeout, PWSK_PROVIDER_NPI WskProviderNpi)
{
    struct wsk_client *client = client_of(WskRegistration);
    USHORT version;

    if (!client || !WskProviderNpi)
        return STATUS_DEVICE_NOT_READY;
    if (WaitTimeout != WSK_NO_WAIT && KeGetCurrentIrql() > PASSIVE_LEVEL)
        guest_finding("WSK-018", "WskCaptureProviderNPI with a wait at IRQL %u", KeGetCurrentIrql());
    if (client->dying)
        return STATUS_DEVICE_NOT_READY;
    version = client->dispatch->Version;
    if (WSK_MAJOR_VERSION(version) != WSK_MAJOR_VERSION(VERSION_LOW) || version > VERSION_HIGH)
        return STATUS_NOINTERFACE;
    InterlockedIncrement(&client->captures);
    wsk_client_use(client);
    WskProviderNpi->Client = (PWSK_CLIENT)client;
    WskProviderNpi->Dispatch = &client->table;
    return STATUS_SUCCESS;
}

VOID NTAPI WskReleaseProviderNPI(PWSK_REGISTRATION WskRegistration)
{
    struct wsk_client *client = client_of(WskRegistration);

    if (!client || InterlockedDecrement(&client->captures) < 0) {
        if (client)
            InterlockedIncrement(&client->captures);
        guest_finding("WSK-019", "WskReleaseProviderNPI(%p) without a capture", WskRegistration);
        return;
    }
    wsk_client_unuse(client);
}

NTSTATUS NTAPI WskQueryProviderCharacteristics(PWSK_REGISTRATION WskRegistration, PWSK_PROVIDER_CHARACTERISTICS WskProviderCharacteristics)
{
    if (!client_of(WskRegistration))
        return STATUS_DEVICE_NOT_READY;
    WskProviderCharacteristics->HighestVersion = VERSION_HIGH;
    WskProviderCharacteristics->LowestVersion = VERSION_LOW;
    return STATUS_SUCCESS;
}

/* WSK-010. Blocks as long as the client has something of ours, or we of its. */
VOID NTAPI WskDeregister(PWSK_REGISTRATION WskRegistration)
{
    struct wsk_client *client = client_of(WskRegistration);
    LARGE_INTEGER patience = {.QuadPart = -100000000}; /* 10 s */

    if (!client || InterlockedExchange(&client->dying, 1)) {
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
    WskRegistration->ReservedRegistrationState = 0;
    WskRegistration->ReservedRegistrationContext = NULL;
    ExFreePoolWithTag(client, TAG_CLIENT);
}
