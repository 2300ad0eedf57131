/* Entry, exit and parameters of wskclient. */
#include "wskclient.h"

static CLIENT TheClient;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ClientUnload;
static ULONG ClientReadNumber(_In_ HANDLE Key, _In_ PCWSTR Name, _In_ ULONG Default);
static NTSTATUS ClientReadName(_In_ HANDLE Key, _In_ PCWSTR Name, _Out_writes_bytes_(Size) PWSTR Text, _In_ ULONG Size, _Out_ PUNICODE_STRING String);
static NTSTATUS ClientReadParameters(_In_ PUNICODE_STRING RegistryPath, _Inout_ PCLIENT Client);

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(INIT, ClientReadNumber)
#pragma alloc_text(INIT, ClientReadName)
#pragma alloc_text(INIT, ClientReadParameters)
#endif

/* A REG_DWORD, or Default when there is none. */
static ULONG ClientReadNumber(_In_ HANDLE Key, _In_ PCWSTR Name, _In_ ULONG Default)
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

/* A REG_SZ, which may lack its terminator in the registry. Text keeps what it has when there is none. */
static NTSTATUS ClientReadName(_In_ HANDLE Key, _In_ PCWSTR Name, _Out_writes_bytes_(Size) PWSTR Text, _In_ ULONG Size, _Out_ PUNICODE_STRING String)
{
    ULONG Room = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + Size, Length;
    PKEY_VALUE_PARTIAL_INFORMATION Info;
    UNICODE_STRING NameString;
    NTSTATUS Status;

    Info = (PKEY_VALUE_PARTIAL_INFORMATION)ExAllocatePool2(POOL_FLAG_PAGED, Room, CLIENT_TAG);
    if (!Info)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlInitUnicodeString(&NameString, Name);
    Status = ZwQueryValueKey(Key, &NameString, KeyValuePartialInformation, Info, Room, &Length);
    if (NT_SUCCESS(Status) && (Info->Type != REG_SZ || Info->DataLength > Size - sizeof(WCHAR)))
        Status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(Status)) {
        RtlCopyMemory(Text, Info->Data, Info->DataLength);
        Text[Info->DataLength / sizeof(WCHAR)] = 0;
    }
    ExFreePoolWithTag(Info, CLIENT_TAG);
    if (Status == STATUS_BUFFER_OVERFLOW)
        return STATUS_INVALID_PARAMETER;
    RtlInitUnicodeString(String, Text);
    return Status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : Status;
}

static NTSTATUS ClientReadParameters(_In_ PUNICODE_STRING RegistryPath, _Inout_ PCLIENT Client)
{
    static const WCHAR Localhost[] = L"localhost";
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"Parameters");
    HANDLE Service, Parameters = NULL;
    OBJECT_ATTRIBUTES Attributes;
    NTSTATUS Status;
    ULONG Port;

    RtlCopyMemory(Client->ServerText, Localhost, sizeof(Localhost));
    InitializeObjectAttributes(&Attributes, RegistryPath, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    Status = ZwOpenKey(&Service, KEY_READ, &Attributes);
    if (!NT_SUCCESS(Status))
        return Status;
    InitializeObjectAttributes(&Attributes, &Name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, Service, NULL);
    if (!NT_SUCCESS(ZwOpenKey(&Parameters, KEY_READ, &Attributes)))
        Parameters = Service; /* without the key, its values are those that nobody has set */
    Status = ClientReadName(Parameters, L"Server", Client->ServerText, sizeof(Client->ServerText), &Client->Server);
    Client->Transport = ClientReadNumber(Parameters, L"Transport", ClientTcp);
    Port = ClientReadNumber(Parameters, L"Port", Client->Transport == ClientUdp ? 40008 : 40007);
    Client->IntervalMs = ClientReadNumber(Parameters, L"IntervalMs", 1000);
    Client->TimeoutMs = ClientReadNumber(Parameters, L"TimeoutMs", 2000);
    if (Parameters != Service)
        ZwClose(Parameters);
    ZwClose(Service);
    if (!NT_SUCCESS(Status))
        return Status;
    if (!Client->Server.Length || Port == 0 || Port > 0xFFFF || Client->Transport > ClientUdp || Client->TimeoutMs == 0)
        return STATUS_INVALID_PARAMETER;
    RtlInitEmptyUnicodeString(&Client->Port, Client->PortText, sizeof(Client->PortText));
    return RtlIntegerToUnicodeString(Port, 10, &Client->Port);
}

static VOID NTAPI ClientUnload(_In_ PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    ClientStop(&TheClient);
}

/* The server need not be there yet. */
NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
    NTSTATUS Status = ClientReadParameters(RegistryPath, &TheClient);

    if (!NT_SUCCESS(Status)) {
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "wskclient: Parameters: a value is out of range: status 0x%08lX\n", (ULONG)Status);
        return Status;
    }
    Status = ClientStart(&TheClient);
    if (NT_SUCCESS(Status))
        DriverObject->DriverUnload = ClientUnload;
    return Status;
}
