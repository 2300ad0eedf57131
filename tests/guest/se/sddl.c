/* Devices with a descriptor, from SDDL (EXE-301, EXE-423, EXE-615), and who may open them (EXE-304). The application is an administrator. */
#include "wkt.h"
#include <ntifs.h>
#include <wdmsec.h>

static UNICODE_STRING device_name = RTL_CONSTANT_STRING(L"\\Device\\WkSecure"), link_name = RTL_CONSTANT_STRING(L"\\??\\WkSecure");
static ULONG got[128];

static void gone(void *device)
{
    IoDeleteSymbolicLink(&link_name);
    IoDeleteDevice(device);
}

static NTSTATUS NTAPI answer(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS make(PCUNICODE_STRING sddl, ULONG characteristics, PDEVICE_OBJECT *device)
{
    static const GUID class = {0x77736b69, 1, 2, {1, 2, 3, 4, 5, 6, 7, 8}};
    NTSTATUS status = IoCreateDeviceSecure(wkt_driver, 0, &device_name, FILE_DEVICE_UNKNOWN, characteristics, FALSE, sddl, &class, device);

    if (!NT_SUCCESS(status))
        return status;
    CHECK_STATUS(IoCreateSymbolicLink(&link_name, &device_name), STATUS_SUCCESS);
    wkt_dispatch = answer;
    (*device)->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    wkt_at_end(gone, *device);
    return status;
}

/* The device's descriptor as it is kept. NULL: the text was refused. */
static PSECURITY_DESCRIPTOR parsed(PCWSTR text)
{
    PSECURITY_DESCRIPTOR result = NULL;
    PDEVICE_OBJECT device;
    UNICODE_STRING sddl;
    ULONG need = 0;
    HANDLE handle;

    RtlInitUnicodeString(&sddl, text);
    if (!NT_SUCCESS(IoCreateDeviceSecure(wkt_driver, 0, &device_name, FILE_DEVICE_UNKNOWN, 0, FALSE, &sddl, NULL, &device)))
        return NULL;
    CHECK_STATUS(ObOpenObjectByPointer(device, OBJ_KERNEL_HANDLE, NULL, READ_CONTROL, NULL, KernelMode, &handle), STATUS_SUCCESS);
    CHECK_STATUS(ZwQuerySecurityObject(handle, 0xFF, NULL, 0, &need), STATUS_BUFFER_TOO_SMALL);
    if (CHECK(need <= sizeof(got)) && NT_SUCCESS(ZwQuerySecurityObject(handle, 0xFF, got, sizeof(got), &need)))
        result = (PSECURITY_DESCRIPTOR)got;
    ZwClose(handle);
    IoDeleteDevice(device);
    return result;
}

static BOOLEAN entry_is(PACL list, ULONG index, UCHAR type, UCHAR flags, ACCESS_MASK mask, PCWSTR sid_text)
{
    UNICODE_STRING wanted, text;
    BOOLEAN same;
    PVOID entry;

    if (!list || !NT_SUCCESS(RtlGetAce(list, index, &entry)))
        return FALSE;
    RtlInitUnicodeString(&wanted, sid_text);
    RtlConvertSidToUnicodeString(&text, &((PACCESS_ALLOWED_ACE)entry)->SidStart, TRUE);
    same = RtlEqualUnicodeString(&text, &wanted, FALSE) && ((PACE_HEADER)entry)->AceType == type && ((PACE_HEADER)entry)->AceFlags == flags &&
           ((PACCESS_ALLOWED_ACE)entry)->Mask == mask;
    RtlFreeUnicodeString(&text);
    return same;
}

static PACL list_of(PSECURITY_DESCRIPTOR d, BOOLEAN system)
{
    BOOLEAN present = FALSE, defaulted;
    PACL list = NULL;

    if (d && system)
        RtlGetSaclSecurityDescriptor(d, &present, &list, &defaulted);
    else if (d)
        RtlGetDaclSecurityDescriptor(d, &present, &list, &defaulted);
    return present ? list : NULL;
}

TEST_ROWS("EXE-423 EXE-615", text_becomes_a_descriptor)
{
    PSECURITY_DESCRIPTOR d = parsed(L"O:SYG:S-1-5-32-544D:PAI(D;;0x3;;;AN)(A;OICI;GRGW;;;BU)(A;;FRSD;;;S-1-5-21-1-2-4294967295)(A;;0x12019f;;;CO)"
                                    L"S:(AU;SAFA;GA;;;WD)(ML;;NW;;;LW)");
    UNICODE_STRING text;
    BOOLEAN defaulted;
    PSID sid = NULL;
    PACL list;

    REQUIRE(d != NULL);
    list = list_of(d, FALSE);
    CHECK_EQ(list->AceCount, 4);
    CHECK(entry_is(list, 0, ACCESS_DENIED_ACE_TYPE, 0, 3, L"S-1-5-7"));
    CHECK(entry_is(list, 1, ACCESS_ALLOWED_ACE_TYPE, 3, GENERIC_READ | GENERIC_WRITE, L"S-1-5-32-545"));
    CHECK(entry_is(list, 2, ACCESS_ALLOWED_ACE_TYPE, 0, FILE_GENERIC_READ | DELETE, L"S-1-5-21-1-2-4294967295"));
    CHECK(entry_is(list, 3, ACCESS_ALLOWED_ACE_TYPE, 0, 0x12019F, L"S-1-3-0"));
    list = list_of(d, TRUE);
    CHECK(entry_is(list, 0, SYSTEM_AUDIT_ACE_TYPE, 0xC0, GENERIC_ALL, L"S-1-1-0"));
    CHECK(entry_is(list, 1, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, 1, L"S-1-16-4096"));
    CHECK(((PISECURITY_DESCRIPTOR)d)->Control & SE_DACL_PROTECTED);
    CHECK_STATUS(RtlGetOwnerSecurityDescriptor(d, &sid, &defaulted), STATUS_SUCCESS);
    CHECK(RtlEqualSid(sid, SeExports->SeLocalSystemSid));
    CHECK_STATUS(RtlGetGroupSecurityDescriptor(d, &sid, &defaulted), STATUS_SUCCESS);
    RtlConvertSidToUnicodeString(&text, sid, TRUE);
    CHECK_MEM(text.Buffer, L"S-1-5-32-544", text.Length);
    RtlFreeUnicodeString(&text);
    d = parsed(SDDL_DEVOBJ_KERNEL_ONLY.Buffer);
    CHECK(list_of(d, FALSE) && list_of(d, FALSE)->AceCount == 0);
    d = parsed(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R.Buffer);
    CHECK(entry_is(list_of(d, FALSE), 3, ACCESS_ALLOWED_ACE_TYPE, 0, GENERIC_READ, L"S-1-5-12"));
}

TEST_ROWS("EXE-423 EXE-301", text_that_is_not_understood)
{
    static const PCWSTR wrong[] = {L"", L"X", L"D", L"D:P(", L"D:P(A;;GA;;;SY", L"D:P(A;;GA;;;XX)", L"D:P(A;;GA;;SY)", L"D:P(Z;;GA;;;SY)",
                                   L"D:P(A;;GQ;;;SY)", L"D:P(A;;0x;;;SY)", L"D:P(A;;0x1FFFFFFFF;;;SY)", L"D:P(A;XX;GA;;;SY)", L"D:P(A;;GA;;;S-1-5-)",
                                   L"D:P(A;;GA;;;S-1-5)", L"D:P(A;;GA;;;S-2-5-1)", L"D:P(A;;GA;;;S-1-5-4294967296)", L"D:P(A;;GA;;;SY) ", L"O:D:P",
                                   L"D:P(OA;;GA;;;SY)", L"D:P(A;;GA;;;S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16)", L"S:PD:P"};

    for (ULONG i = 0; i < RTL_NUMBER_OF(wrong); i++)
        if (!CHECK(parsed(wrong[i]) == NULL))
            wkt_note("taken though it is wrong", i);
}

TEST_ROWS("EXE-301 EXE-615", name_or_generated_name)
{
    PDEVICE_OBJECT device = (PDEVICE_OBJECT)1;

    CHECK_STATUS(IoCreateDeviceSecure(wkt_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &SDDL_DEVOBJ_SYS_ALL, NULL, &device), STATUS_INVALID_PARAMETER);
    CHECK(device == NULL);
    CHECK_STATUS(IoCreateDeviceSecure(wkt_driver, 0, NULL, FILE_DEVICE_UNKNOWN, FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &SDDL_DEVOBJ_SYS_ALL, NULL, &device),
                 STATUS_SUCCESS);
    IoDeleteDevice(device);
}

TEST_APP(EXE_304, who_may_open)
{
    PDEVICE_OBJECT device;

    REQUIRE(NT_SUCCESS(make(&SDDL_DEVOBJ_SYS_ALL_ADM_RX, FILE_DEVICE_SECURE_OPEN, &device)));
    CHECK_STATUS(wkt_app_open(0, 0, "\\\\.\\WkSecure", GENERIC_READ, FALSE), STATUS_SUCCESS);
    CHECK_STATUS(wkt_app_open(0, 1, "\\\\.\\WkSecure", GENERIC_READ | GENERIC_WRITE, FALSE), STATUS_ACCESS_DENIED);
    CHECK_STATUS(wkt_app_open(0, 1, "\\\\.\\WkSecure\\below", GENERIC_WRITE, FALSE), STATUS_ACCESS_DENIED);
}

TEST_APP(EXE_304, names_below_a_device_are_the_drivers)
{
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\Device\\WkSecure");
    OBJECT_ATTRIBUTES oa;
    IO_STATUS_BLOCK io;
    PDEVICE_OBJECT device;
    HANDLE handle;

    REQUIRE(NT_SUCCESS(make(&SDDL_DEVOBJ_KERNEL_ONLY, 0, &device)));
    CHECK_STATUS(wkt_app_open(0, 0, "\\\\.\\WkSecure", GENERIC_READ, FALSE), STATUS_ACCESS_DENIED);
    CHECK_STATUS(wkt_app_open(0, 0, "\\\\.\\WkSecure\\below", GENERIC_READ, FALSE), STATUS_SUCCESS);
    InitializeObjectAttributes(&oa, &path, OBJ_KERNEL_HANDLE, NULL, NULL);
    REQUIRE(NT_SUCCESS(ZwOpenFile(&handle, GENERIC_READ | SYNCHRONIZE, &oa, &io, 0, FILE_SYNCHRONOUS_IO_NONALERT))); /* kernel mode */
    ZwClose(handle);
}
