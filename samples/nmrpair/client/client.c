/* lampcli: the client. Takes the first lamp there is, and makes it blink from a timer until one of the two drivers goes. */
#include "../gate.h"
#include "../lampnpi.h"

#define LAMP_PERIOD_MS 20

typedef struct _LAMP_CLIENT {
    HANDLE Registration;
    volatile LONG Bound; /* one lamp is enough */
    /* the binding, while Bound */
    HANDLE NmrBinding;
    PVOID ProviderContext;
    const LAMP_PROVIDER_DISPATCH *Provider;
    GATE Gate; /* of the calls to the provider */
    KTIMER Timer;
    KDPC Dpc;
    BOOLEAN On; /* the timer's */
    volatile LONG Told;
} LAMP_CLIENT, *PLAMP_CLIENT;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LampUnload;
static KDEFERRED_ROUTINE LampBlink;
static NPI_CLIENT_ATTACH_PROVIDER_FN LampAttachProvider;
static NPI_CLIENT_DETACH_PROVIDER_FN LampDetachProvider;
static NPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN LampCleanup;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#endif

static LAMP_CLIENT LampClient;

static VOID NTAPI LampChanged(_In_ PVOID ClientBindingContext, _In_ BOOLEAN On)
{
    UNREFERENCED_PARAMETER(On);
    InterlockedIncrement(&((PLAMP_CLIENT)ClientBindingContext)->Told);
}

static const LAMP_CLIENT_DISPATCH LampDispatch = {LAMP_VERSION, LampChanged};

/* A detach may begin at any time, also while this runs: then the gate is closed, or the detach waits for this call. */
static VOID NTAPI LampBlink(_In_ PKDPC Dpc, _In_opt_ PVOID DeferredContext, _In_opt_ PVOID SystemArgument1, _In_opt_ PVOID SystemArgument2)
{
    PLAMP_CLIENT Client = (PLAMP_CLIENT)DeferredContext;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    if (!GateEnter(&Client->Gate))
        return;
    Client->On = (BOOLEAN)!Client->On;
    Client->Provider->Switch(Client->ProviderContext, Client->On);
    if (GateLeave(&Client->Gate))
        NmrClientDetachProviderComplete(Client->NmrBinding);
}

static BOOLEAN LampIsWanted(_In_ PNPI_REGISTRATION_INSTANCE Provider)
{
    const LAMP_PROVIDER_CHARACTERISTICS *Versions = (const LAMP_PROVIDER_CHARACTERISTICS *)Provider->NpiSpecificCharacteristics;

    return (BOOLEAN)(Versions && Versions->LowestVersion <= LAMP_VERSION && LAMP_VERSION <= Versions->HighestVersion);
}

/* The provider may call LampChanged as soon as it is asked, so what that needs is ready before NmrClientAttachProvider. */
static NTSTATUS NTAPI LampAttachProvider(_In_ HANDLE NmrBindingHandle, _In_ PVOID ClientContext,
                                         _In_ PNPI_REGISTRATION_INSTANCE ProviderRegistrationInstance)
{
    PLAMP_CLIENT Client = (PLAMP_CLIENT)ClientContext;
    LARGE_INTEGER Due;
    const VOID *Provider;
    NTSTATUS Status;

    if (!LampIsWanted(ProviderRegistrationInstance) || InterlockedExchange(&Client->Bound, TRUE))
        return STATUS_NOINTERFACE;
    Client->NmrBinding = NmrBindingHandle;
    Client->On = FALSE;
    Client->Told = 0;
    GateOpen(&Client->Gate);
    Status = NmrClientAttachProvider(NmrBindingHandle, Client, &LampDispatch, &Client->ProviderContext, &Provider);
    if (Status != STATUS_SUCCESS) {
        InterlockedExchange(&Client->Bound, FALSE); /* there will be no cleanup */
        return Status;
    }
    Client->Provider = (const LAMP_PROVIDER_DISPATCH *)Provider;
    DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "lampcli: attached to a lamp\n");
    if (GateEnter(&Client->Gate)) { /* inside, so that LampCleanup, which stops the timer, comes later */
        Due.QuadPart = -(LONGLONG)LAMP_PERIOD_MS * 10000;
        KeSetTimerEx(&Client->Timer, Due, LAMP_PERIOD_MS, &Client->Dpc);
        if (GateLeave(&Client->Gate))
            NmrClientDetachProviderComplete(NmrBindingHandle);
    }
    return STATUS_SUCCESS;
}

/* From here on no call goes to the provider: the timer's routine finds the gate closed. */
static NTSTATUS NTAPI LampDetachProvider(_In_ PVOID ClientBindingContext)
{
    return GateClose(&((PLAMP_CLIENT)ClientBindingContext)->Gate);
}

static VOID NTAPI LampCleanup(_In_ PVOID ClientBindingContext)
{
    PLAMP_CLIENT Client = (PLAMP_CLIENT)ClientBindingContext;

    KeCancelTimer(&Client->Timer);
    DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "lampcli: detached, told of %ld changes\n", Client->Told);
    InterlockedExchange(&Client->Bound, FALSE); /* the next provider that comes is welcome */
}

/* These stay where they are for as long as the registration does. */
static const NPI_MODULEID LampModule = {
    sizeof(NPI_MODULEID), MIT_GUID, {{0x0c6c2b8a, 0x90d4, 0x4f3b, {0xb1, 0x70, 0x2f, 0x63, 0x11, 0x5a, 0x77, 0x02}}}};
static const NPI_CLIENT_CHARACTERISTICS LampCharacteristics = {
    0,
    sizeof(NPI_CLIENT_CHARACTERISTICS),
    LampAttachProvider,
    LampDetachProvider,
    LampCleanup,
    {0, sizeof(NPI_REGISTRATION_INSTANCE), &LAMP_NPI_ID, &LampModule, 0, NULL},
};

static VOID NTAPI LampUnload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    if (NmrDeregisterClient(LampClient.Registration) == STATUS_PENDING)
        NmrWaitForClientDeregisterComplete(LampClient.Registration);
    KeFlushQueuedDpcs(); /* the timer's routine may be queued still, or on its way out */
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = LampUnload;
    KeInitializeTimer(&LampClient.Timer);
    KeInitializeDpc(&LampClient.Dpc, LampBlink, &LampClient);
    return NmrRegisterClient(&LampCharacteristics, &LampClient, &LampClient.Registration);
}
