/* Entry, exit and parameters of echosrv. */
#include "echosrv.h"

static ECHO_SERVER EchoServer;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD EchoUnload;
static ULONG EchoReadParameter(_In_ HANDLE Key, _In_ PCWSTR Name, _In_ ULONG Default);
static VOID EchoReadParameters(_In_ PUNICODE_STRING RegistryPath, _Inout_ PECHO_SERVER Server);

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(INIT, EchoReadParameter)
#pragma alloc_text(INIT, EchoReadParameters)
#endif

/* A REG_DWORD, or Default when there is none. */
static ULONG EchoReadParameter(_In_ HANDLE Key, _In_ PCWSTR Name, _In_ ULONG Default)
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

static VOID EchoReadParameters(_In_ PUNICODE_STRING RegistryPath, _Inout_ PECHO_SERVER Server)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"Parameters");
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Service, Parameters;

    Server->Port = ECHO_DEFAULT_PORT;
    Server->Style = EchoStyleCallback;
    InitializeObjectAttributes(&Attributes, RegistryPath, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(ZwOpenKey(&Service, KEY_READ, &Attributes)))
        return;
    InitializeObjectAttributes(&Attributes, &Name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, Service, NULL);
    if (NT_SUCCESS(ZwOpenKey(&Parameters, KEY_READ, &Attributes))) {
        Server->Port = EchoReadParameter(Parameters, L"Port", ECHO_DEFAULT_PORT);
        Server->Style = EchoReadParameter(Parameters, L"Style", EchoStyleCallback);
        ZwClose(Parameters);
    }
    ZwClose(Service);
}

static VOID NTAPI EchoUnload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    EchoServerStop(&EchoServer);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status;

    EchoReadParameters(RegistryPath, &EchoServer);
    if (EchoServer.Port > 0xFFFF || EchoServer.Style > EchoStyleIrp) {
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "echosrv: Parameters: Port %lu or Style %lu is out of range\n",
                   EchoServer.Port, EchoServer.Style);
        return STATUS_INVALID_PARAMETER;
    }
    Status = EchoServerStart(&EchoServer);
    if (!NT_SUCCESS(Status)) {
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "echosrv: port %lu: status 0x%08lX%s\n", EchoServer.Port, (ULONG)Status,
                   Status == STATUS_ADDRESS_ALREADY_EXISTS ? " (another server has it)" : "");
        return Status;
    }
    DriverObject->DriverUnload = EchoUnload;
    return STATUS_SUCCESS;
}
