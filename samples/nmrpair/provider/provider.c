/* lampprov: the provider. Each client that attaches gets a lamp of its own, with the binding. */
#include "../gate.h"
#include "../lampnpi.h"

#define LAMP_TAG 'pmaL'

typedef struct _LAMP_BINDING {
    HANDLE NmrBinding;
    PVOID ClientContext;
    const LAMP_CLIENT_DISPATCH *Client;
    GATE Gate; /* of the calls to the client */
    volatile LONG On;
    volatile LONG Changes;
} LAMP_BINDING, *PLAMP_BINDING;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LampUnload;
static NPI_PROVIDER_ATTACH_CLIENT_FN LampAttachClient;
static NPI_PROVIDER_DETACH_CLIENT_FN LampDetachClient;
static NPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN LampCleanup;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#endif

static HANDLE LampRegistration;

/* A call of the client's. The client's side of a detach does not end before its calls have returned, so neither the binding nor this image
 * goes away under a thread that is in here, also not under one that completes this side's detach. */
static NTSTATUS NTAPI LampSwitch(_In_ PVOID ProviderBindingContext, _In_ BOOLEAN On)
{
    PLAMP_BINDING Binding = (PLAMP_BINDING)ProviderBindingContext;

    if (!GateEnter(&Binding->Gate))
        return STATUS_DEVICE_NOT_READY;
    if (InterlockedExchange(&Binding->On, On ? 1 : 0) != (On ? 1 : 0)) {
        InterlockedIncrement(&Binding->Changes);
        Binding->Client->Changed(Binding->ClientContext, On);
    }
    if (GateLeave(&Binding->Gate))
        NmrProviderDetachClientComplete(Binding->NmrBinding);
    return STATUS_SUCCESS;
}

static const LAMP_PROVIDER_DISPATCH LampDispatch = {LAMP_VERSION, LampSwitch};

/* All of the binding is ready before the dispatch table is given away: the client may call at once. */
static NTSTATUS NTAPI LampAttachClient(_In_ HANDLE NmrBindingHandle, _In_ PVOID ProviderContext,
                                       _In_ PNPI_REGISTRATION_INSTANCE ClientRegistrationInstance, _In_ PVOID ClientBindingContext,
                                       _In_ const VOID *ClientDispatch, _Outptr_ PVOID *ProviderBindingContext,
                                       _Outptr_ const VOID **ProviderDispatch)
{
    const LAMP_CLIENT_DISPATCH *Client = (const LAMP_CLIENT_DISPATCH *)ClientDispatch;
    PLAMP_BINDING Binding;

    UNREFERENCED_PARAMETER(ProviderContext);
    UNREFERENCED_PARAMETER(ClientRegistrationInstance);
    if (!Client || Client->Version != LAMP_VERSION)
        return STATUS_NOINTERFACE;
    Binding = (PLAMP_BINDING)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Binding), LAMP_TAG);
    if (!Binding)
        return STATUS_INSUFFICIENT_RESOURCES;
    Binding->NmrBinding = NmrBindingHandle;
    Binding->ClientContext = ClientBindingContext;
    Binding->Client = Client;
    GateOpen(&Binding->Gate);
    *ProviderBindingContext = Binding;
    *ProviderDispatch = &LampDispatch;
    DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "lampprov: a client is attached\n");
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI LampDetachClient(_In_ PVOID ProviderBindingContext)
{
    return GateClose(&((PLAMP_BINDING)ProviderBindingContext)->Gate);
}

/* Both sides are detached: nobody has the binding any more. */
static VOID NTAPI LampCleanup(_In_ PVOID ProviderBindingContext)
{
    PLAMP_BINDING Binding = (PLAMP_BINDING)ProviderBindingContext;

    DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "lampprov: a client is detached, its lamp has changed %ld times\n", Binding->Changes);
    ExFreePoolWithTag(Binding, LAMP_TAG);
}

/* These stay where they are for as long as the registration does. */
static const LAMP_PROVIDER_CHARACTERISTICS LampVersions = {LAMP_VERSION, LAMP_VERSION};
static const NPI_MODULEID LampModule = {
    sizeof(NPI_MODULEID), MIT_GUID, {{0x0c6c2b8a, 0x90d4, 0x4f3b, {0xb1, 0x70, 0x2f, 0x63, 0x11, 0x5a, 0x77, 0x01}}}};
static const NPI_PROVIDER_CHARACTERISTICS LampCharacteristics = {
    0,
    sizeof(NPI_PROVIDER_CHARACTERISTICS),
    LampAttachClient,
    LampDetachClient,
    LampCleanup,
    {0, sizeof(NPI_REGISTRATION_INSTANCE), &LAMP_NPI_ID, &LampModule, 0, &LampVersions},
};

static VOID NTAPI LampUnload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    if (NmrDeregisterProvider(LampRegistration) == STATUS_PENDING)
        NmrWaitForProviderDeregisterComplete(LampRegistration);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = LampUnload;
    return NmrRegisterProvider(&LampCharacteristics, NULL, &LampRegistration);
}
