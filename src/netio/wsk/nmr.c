/* WSK as a provider of the Network Module Registrar (NMR-067 .. NMR-070, WSK-015): who attaches is a client with a table of its own, as one
 * that has registered and captured. The registrar calls: attach in the thread of the driver's registration, detach in that of its
 * deregistration, cleanup where the last of both sides is done. No lock is held here. */
#include "netio/wsk/service.h"
#include "netio/wsk/wsk_private.h"

#include "base/err.h"
#include "netioddk.h"
#include "nt/ps/ps.h"

static NPI_PROVIDER_ATTACH_CLIENT_FN attach;
static NPI_PROVIDER_DETACH_CLIENT_FN detach;
static NPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN cleanup;

/* Windows' own identification is not documented: this is ours [W]. */
static const NPI_MODULEID self = {
    .Length = sizeof(NPI_MODULEID), .Type = MIT_GUID, .Guid = {0x9a1b6c52, 0x7d0e, 0x4b6f, {0x8e, 0x31, 0x57, 0x53, 0x4b, 0x6b, 0x69, 0x74}}};
static const WSK_PROVIDER_CHARACTERISTICS versions = {.HighestVersion = WSK_VERSION_HIGH, .LowestVersion = WSK_VERSION_LOW};
static const NPI_PROVIDER_CHARACTERISTICS characteristics = {
    .Length = sizeof(NPI_PROVIDER_CHARACTERISTICS),
    .ProviderAttachClient = attach,
    .ProviderDetachClient = detach,
    .ProviderCleanupBindingContext = cleanup,
    .ProviderRegistrationInstance = {.Size = sizeof(NPI_REGISTRATION_INSTANCE), .NpiId = &NPI_WSK_INTERFACE_ID, .ModuleId = &self,
                                     .NpiSpecificCharacteristics = &versions},
};
static HANDLE registration;

static NTSTATUS NTAPI attach(HANDLE NmrBindingHandle, PVOID ProviderContext, PNPI_REGISTRATION_INSTANCE ClientRegistrationInstance,
                             PVOID ClientBindingContext, const VOID *ClientDispatch, PVOID *ProviderBindingContext, const VOID **ProviderDispatch)
{
    struct wsk_client *client;

    if (!ClientDispatch) {
        guest_finding("NMR-068", "a client attaches to WSK without a WSK_CLIENT_DISPATCH");
        return STATUS_INVALID_PARAMETER;
    }
    if (!wsk_version_covered(((const WSK_CLIENT_DISPATCH *)ClientDispatch)->Version))
        return STATUS_NOINTERFACE; /* NMR-068: the client may come back with another */
    client = wsk_client_new(ClientBindingContext, ClientDispatch);
    if (!client)
        return STATUS_INSUFFICIENT_RESOURCES;
    client->binding = NmrBindingHandle;
    client->table = wsk_provider_table;
    wsk_client_enlist(client);
    *ProviderBindingContext = client;
    *ProviderDispatch = &client->table;
    return STATUS_SUCCESS;
}

/* NMR-069: whoever drops the last use completes the detach, perhaps at once, in here (NMR-048). */
static NTSTATUS NTAPI detach(PVOID ProviderBindingContext)
{
    struct wsk_client *client = ProviderBindingContext;

    wsk_client_end(client);
    wsk_client_unuse(client);
    return STATUS_PENDING;
}

static VOID NTAPI cleanup(PVOID ProviderBindingContext)
{
    wsk_client_bury(ProviderBindingContext);
}

int wsk_service_start(void)
{
    NTSTATUS status;

    if (ps_enter_system() != 0)
        return -WK_ENOMEM;
    status = NmrRegisterProvider(&characteristics, NULL, &registration);
    ps_leave_system();
    return status == STATUS_SUCCESS ? 0 : -WK_ENOMEM;
}

void wsk_service_stop(void)
{
    if (ps_enter_system() != 0)
        return;
    NmrDeregisterProvider(registration);
    NmrWaitForProviderDeregisterComplete(registration);
    ps_leave_system();
}
