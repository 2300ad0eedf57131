/* Entry, exit and parameters of udpecho. */
#include "udpecho.h"

static UDP_SERVER UdpServer;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD UdpUnload;
static ULONG UdpReadParameter(_In_ HANDLE Key, _In_ PCWSTR Name, _In_ ULONG Default);
static VOID UdpReadParameters(_In_ PUNICODE_STRING RegistryPath, _Inout_ PUDP_SERVER Server);

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(INIT, UdpReadParameter)
#pragma alloc_text(INIT, UdpReadParameters)
#endif

/* A REG_DWORD, or Default when there is none. */
static ULONG UdpReadParameter(_In_ HANDLE Key, _In_ PCWSTR Name, _In_ ULONG Default)
{
    union {
        KEY_VALUE_PARTIAL_INFORMATION Value;
        UCHAR Room[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(ULONG)];
    } Info;
    UNICODE_STRING NameString;
    ULONG Length, Result;

    RtlInitUnicodeString(&NameString, Name);
    if (!NT_SUCCESS(ZwQueryValueKey(Key, &NameString, KeyValuePartialInformation, &Info, sizeof(Info), &Length)) ||
        Info.Value.Type != REG_DWORD || Info.Value.DataLength != sizeof(ULONG))
        return Default;
    RtlCopyMemory(&Result, Info.Value.Data, sizeof(Result));
    return Result;
}

static VOID UdpReadParameters(_In_ PUNICODE_STRING RegistryPath, _Inout_ PUDP_SERVER Server)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"Parameters");
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Service, Parameters;

    Server->Port = UDP_DEFAULT_PORT;
    Server->Every = UDP_DEFAULT_EVERY;
    InitializeObjectAttributes(&Attributes, RegistryPath, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(ZwOpenKey(&Service, KEY_READ, &Attributes)))
        return;
    InitializeObjectAttributes(&Attributes, &Name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, Service, NULL);
    if (NT_SUCCESS(ZwOpenKey(&Parameters, KEY_READ, &Attributes))) {
        Server->Port = UdpReadParameter(Parameters, L"Port", UDP_DEFAULT_PORT);
        Server->Every = UdpReadParameter(Parameters, L"Every", UDP_DEFAULT_EVERY);
        ZwClose(Parameters);
    }
    ZwClose(Service);
}

static VOID NTAPI UdpUnload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UdpServerStop(&UdpServer);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    UdpReadParameters(RegistryPath, &UdpServer);
    if (UdpServer.Port == 0 || UdpServer.Port > 0xFFFF || UdpServer.Every == 0) {
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "udpecho: Parameters: Port %lu or Every %lu is out of range\n",
                   UdpServer.Port, UdpServer.Every);
        return STATUS_INVALID_PARAMETER;
    }
    Status = UdpServerStart(&UdpServer);
    if (!NT_SUCCESS(Status)) {
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "udpecho: port %lu: status 0x%08lX%s\n", UdpServer.Port, (ULONG)Status,
                   Status == STATUS_ADDRESS_ALREADY_EXISTS ? " (another server has it)" : "");
        return Status;
    }
    DriverObject->DriverUnload = UdpUnload;
    return STATUS_SUCCESS;
}
