/* ifwatch: prints each change of interfaces, addresses and routes, as IP Helper tells of it.
 *
 * Callbacks come at PASSIVE_LEVEL, one at a time for each of the three registrations. A row is valid during its call only, and of a row only the
 * members that name the object are reliable: the rest is asked for with GetXxxEntry. */
#include <ntddk.h>
#include <netioapi.h>
#include <ip2string.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD IfwatchUnload;
static IPINTERFACE_CHANGE_CALLBACK IfwatchInterface;
static UNICAST_IPADDRESS_CHANGE_CALLBACK IfwatchAddress;
static IPFORWARD_CHANGE_CALLBACK IfwatchRoute;

typedef struct _IFWATCH {
    HANDLE Interfaces, Addresses, Routes;
} IFWATCH, *PIFWATCH;

static IFWATCH Ifwatch;

#define IFWATCH_PRINT(...) DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "ifwatch: " __VA_ARGS__)

static PCSTR IfwatchWord(_In_ MIB_NOTIFICATION_TYPE Type)
{
    switch (Type) {
    case MibAddInstance:
        return "add";
    case MibDeleteInstance:
        return "delete";
    case MibInitialNotification:
        return "watching";
    default:
        return "change";
    }
}

static VOID IfwatchAddressText(_In_ const SOCKADDR_INET *Address, _Out_writes_(46) PSTR Text)
{
    if (Address->si_family == AF_INET)
        RtlIpv4AddressToStringA(&Address->Ipv4.sin_addr, Text);
    else
        RtlIpv6AddressToStringA(&Address->Ipv6.sin6_addr, Text);
}

/* An interface that is being deleted has no name any more. */
static VOID IfwatchAlias(_In_ const NET_LUID *Luid, _Out_writes_(IF_MAX_STRING_SIZE + 1) PWSTR Alias)
{
    if (!NT_SUCCESS(ConvertInterfaceLuidToAlias(Luid, Alias, IF_MAX_STRING_SIZE + 1))) {
        Alias[0] = L'-';
        Alias[1] = 0;
    }
}

static VOID NTAPI IfwatchInterface(_In_ PVOID Context, _In_opt_ PMIB_IPINTERFACE_ROW Row, _In_ MIB_NOTIFICATION_TYPE Type)
{
    MIB_IPINTERFACE_ROW Now;

    UNREFERENCED_PARAMETER(Context);
    if (!Row) {
        IFWATCH_PRINT("interfaces: %s\n", IfwatchWord(Type));
        return;
    }
    InitializeIpInterfaceEntry(&Now);
    Now.Family = Row->Family;
    Now.InterfaceLuid = Row->InterfaceLuid;
    if (Type == MibDeleteInstance || !NT_SUCCESS(GetIpInterfaceEntry(&Now)))
        IFWATCH_PRINT("interface %lu IPv%d: %s\n", Row->InterfaceIndex, Row->Family == AF_INET ? 4 : 6, IfwatchWord(Type));
    else
        IFWATCH_PRINT("interface %lu IPv%d: %s, mtu %lu, %s\n", Row->InterfaceIndex, Row->Family == AF_INET ? 4 : 6, IfwatchWord(Type), Now.NlMtu,
                      Now.Connected ? "connected" : "not connected");
}

static VOID NTAPI IfwatchAddress(_In_ PVOID Context, _In_opt_ PMIB_UNICASTIPADDRESS_ROW Row, _In_ MIB_NOTIFICATION_TYPE Type)
{
    WCHAR Alias[IF_MAX_STRING_SIZE + 1];
    CHAR Text[46];

    UNREFERENCED_PARAMETER(Context);
    if (!Row) {
        IFWATCH_PRINT("addresses: %s\n", IfwatchWord(Type));
        return;
    }
    IfwatchAddressText(&Row->Address, Text);
    IfwatchAlias(&Row->InterfaceLuid, Alias);
    IFWATCH_PRINT("address %s on %ws: %s\n", Text, Alias, IfwatchWord(Type));
}

static VOID NTAPI IfwatchRoute(_In_ PVOID Context, _In_opt_ PMIB_IPFORWARD_ROW2 Row, _In_ MIB_NOTIFICATION_TYPE Type)
{
    WCHAR Alias[IF_MAX_STRING_SIZE + 1];
    CHAR To[46], By[46];

    UNREFERENCED_PARAMETER(Context);
    if (!Row) {
        IFWATCH_PRINT("routes: %s\n", IfwatchWord(Type));
        return;
    }
    IfwatchAddressText(&Row->DestinationPrefix.Prefix, To);
    IfwatchAddressText(&Row->NextHop, By);
    IfwatchAlias(&Row->InterfaceLuid, Alias);
    IFWATCH_PRINT("route %s/%u by %s on %ws: %s\n", To, Row->DestinationPrefix.PrefixLength, By, Alias, IfwatchWord(Type));
}

/* CancelMibChangeNotify2 waits for a callback that is running. */
static VOID IfwatchStop(_Inout_ PIFWATCH Watch)
{
    if (Watch->Routes)
        CancelMibChangeNotify2(Watch->Routes);
    if (Watch->Addresses)
        CancelMibChangeNotify2(Watch->Addresses);
    if (Watch->Interfaces)
        CancelMibChangeNotify2(Watch->Interfaces);
}

static VOID NTAPI IfwatchUnload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    IfwatchStop(&Ifwatch);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Status = NotifyIpInterfaceChange(AF_UNSPEC, IfwatchInterface, &Ifwatch, TRUE, &Ifwatch.Interfaces);
    if (NT_SUCCESS(Status))
        Status = NotifyUnicastIpAddressChange(AF_UNSPEC, IfwatchAddress, &Ifwatch, TRUE, &Ifwatch.Addresses);
    if (NT_SUCCESS(Status))
        Status = NotifyRouteChange2(AF_UNSPEC, IfwatchRoute, &Ifwatch, TRUE, &Ifwatch.Routes);
    if (!NT_SUCCESS(Status)) {
        IFWATCH_PRINT("IP Helper refused: status 0x%08lX\n", (ULONG)Status);
        IfwatchStop(&Ifwatch);
        return Status;
    }
    DriverObject->DriverUnload = IfwatchUnload;
    return STATUS_SUCCESS;
}
