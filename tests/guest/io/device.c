/* Device objects, stacks of them, opening them by name. */
#include "wkt.h"

static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\WkOne");
static LONG creates, cleanups, closes;
static NTSTATUS create_status;
static WCHAR file_name[16];
static USHORT file_name_bytes;

static NTSTATUS NTAPI answer(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(device);
    if (stack->MajorFunction == IRP_MJ_CREATE) {
        creates++;
        status = create_status;
        file_name_bytes = stack->FileObject->FileName.Length;
        if (file_name_bytes < sizeof(file_name))
            RtlCopyMemory(file_name, stack->FileObject->FileName.Buffer, file_name_bytes);
    } else if (stack->MajorFunction == IRP_MJ_CLEANUP) {
        CHECK_EQ(closes, 0);
        cleanups++;
    } else if (stack->MajorFunction == IRP_MJ_CLOSE) {
        closes++;
    } else {
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static void gone(void *device)
{
    IoDeleteDevice(device);
}

static PDEVICE_OBJECT make(PUNICODE_STRING its_name)
{
    PDEVICE_OBJECT device = NULL;

    if (!CHECK(NT_SUCCESS(IoCreateDevice(wkt_driver, 40, its_name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device))))
        return NULL;
    wkt_at_end(gone, device);
    wkt_dispatch = answer;
    return device;
}

TEST_ROWS("EXE-300 EXE-L72 EXE-L73", create)
{
    PDEVICE_OBJECT device = make(&name), other = (PDEVICE_OBJECT)1;
    UNICODE_STRING bad = RTL_CONSTANT_STRING(L"\\NoSuchFolder\\x"), same = RTL_CONSTANT_STRING(L"\\device\\WKONE");

    REQUIRE(device != NULL);
    CHECK_EQ(device->Type, IO_TYPE_DEVICE);
    CHECK_EQ(device->Size, 0x150 + 40);
    CHECK(device->DeviceExtension == (PUCHAR)device + 0x150);
    CHECK_EQ(*(ULONG64 *)device->DeviceExtension, 0);
    CHECK_EQ(device->StackSize, 1);
    CHECK_EQ(device->Flags, DO_DEVICE_INITIALIZING | DO_DEVICE_HAS_NAME);
    CHECK(device->DriverObject == wkt_driver);
    CHECK(wkt_driver->DeviceObject == device);
    CHECK(device->NextDevice == wkt_device);
    CHECK_EQ(device->DeviceObjectExtension->Type, 13);
    CHECK(device->DeviceObjectExtension->DeviceObject == device);
    CHECK_STATUS(IoCreateDevice(wkt_driver, 0, &same, FILE_DEVICE_UNKNOWN, 0, FALSE, &other), STATUS_OBJECT_NAME_COLLISION);
    CHECK(other == NULL);
    CHECK_STATUS(IoCreateDevice(wkt_driver, 0, &bad, FILE_DEVICE_UNKNOWN, 0, FALSE, &other), STATUS_OBJECT_PATH_NOT_FOUND);
    CHECK(wkt_driver->DeviceObject == device);
}

TEST(EXE_300, without_name_or_extension)
{
    PDEVICE_OBJECT device;

    REQUIRE(NT_SUCCESS(IoCreateDevice(wkt_driver, 0, NULL, FILE_DEVICE_NETWORK, FILE_DEVICE_SECURE_OPEN, TRUE, &device)));
    CHECK(device->DeviceExtension == NULL);
    CHECK_EQ(device->Flags, DO_DEVICE_INITIALIZING | DO_EXCLUSIVE);
    CHECK_EQ(device->Characteristics, FILE_DEVICE_SECURE_OPEN);
    IoDeleteDevice(device);
    CHECK(wkt_driver->DeviceObject == wkt_device);
}

TEST_ROWS("EXE-304 EXE-305 EXE-326 EXE-328", open_by_pointer)
{
    PDEVICE_OBJECT device = make(&name), found = NULL;
    UNICODE_STRING deep = RTL_CONSTANT_STRING(L"\\Device\\wkone\\Sub");
    PFILE_OBJECT file = NULL;

    REQUIRE(device != NULL);
    CHECK_STATUS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found), STATUS_NO_SUCH_DEVICE); /* EXE-029 */
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    REQUIRE(NT_SUCCESS(IoGetDeviceObjectPointer(&deep, FILE_READ_DATA, &file, &found)));
    CHECK(found == device);
    CHECK_EQ(file->Type, IO_TYPE_FILE);
    CHECK_EQ(file->Size, 0xD8);
    CHECK(file->DeviceObject == device);
    CHECK(IoGetRelatedDeviceObject(file) == device);
    CHECK_EQ(file_name_bytes, 8);
    CHECK_MEM(file_name, L"\\Sub", 8);
    CHECK(file->ReadAccess && !file->WriteAccess);
    CHECK_EQ(creates, 1);
    CHECK_EQ(cleanups, 1);
    CHECK_EQ(closes, 0);
    CHECK(file->Flags & FO_CLEANUP_COMPLETE);
    ObDereferenceObject(file);
    CHECK_EQ(closes, 1);
    CHECK_EQ(device->ReferenceCount, 0);
}

TEST(EXE_304, failed_create_gets_neither_cleanup_nor_close)
{
    PDEVICE_OBJECT device = make(&name), found;
    PFILE_OBJECT file;

    REQUIRE(device != NULL);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    create_status = STATUS_DEVICE_NOT_READY;
    CHECK_STATUS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found), STATUS_DEVICE_NOT_READY);
    CHECK_EQ(creates, 1);
    CHECK_EQ(cleanups, 0);
    CHECK_EQ(closes, 0);
    CHECK_EQ(device->ReferenceCount, 0);
}

TEST(EXE_304, exclusive_device_opens_once)
{
    PDEVICE_OBJECT device = make(&name), found;
    PFILE_OBJECT file, second;

    REQUIRE(device != NULL);
    device->Flags = (device->Flags & ~(ULONG)DO_DEVICE_INITIALIZING) | DO_EXCLUSIVE;
    REQUIRE(NT_SUCCESS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found)));
    CHECK_STATUS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &second, &found), STATUS_ACCESS_DENIED);
    ObDereferenceObject(file);
}

TEST(EXE_302, deleted_while_open)
{
    PDEVICE_OBJECT device, found;
    PFILE_OBJECT file, second;

    wkt_dispatch = answer;
    REQUIRE(NT_SUCCESS(IoCreateDevice(wkt_driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)));
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    REQUIRE(NT_SUCCESS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found)));
    IoDeleteDevice(device);
    CHECK_STATUS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &second, &found), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(wkt_driver->DeviceObject == device);
    ObDereferenceObject(file);
    CHECK_EQ(closes, 1);
    CHECK(wkt_driver->DeviceObject == wkt_device);
}

TEST_ROWS("EXE-325 EXE-326", stack_of_two)
{
    PDEVICE_OBJECT lower = make(&name), upper = make(NULL), found, below;
    PFILE_OBJECT file;

    REQUIRE(lower != NULL && upper != NULL);
    CHECK(IoAttachDeviceToDeviceStack(upper, lower) == NULL); /* it is initialising still */
    lower->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    lower->AlignmentRequirement = 7;
    CHECK(IoAttachDeviceToDeviceStack(upper, lower) == lower);
    CHECK_EQ(upper->StackSize, 2);
    CHECK_EQ(upper->AlignmentRequirement, 7);
    CHECK(lower->AttachedDevice == upper);
    below = IoGetLowerDeviceObject(upper);
    CHECK(below == lower);
    ObDereferenceObject(below);
    found = IoGetAttachedDeviceReference(lower);
    CHECK(found == upper);
    ObDereferenceObject(found);
    REQUIRE(NT_SUCCESS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found)));
    CHECK(found == upper);
    CHECK(file->DeviceObject == lower);
    ObDereferenceObject(file);
    IoDetachDevice(lower);
    CHECK(lower->AttachedDevice == NULL);
    CHECK(IoGetLowerDeviceObject(upper) == NULL);
}

TEST_FINDING(EXE_302, deleted_while_attached, "EXE-302")
{
    PDEVICE_OBJECT lower = make(NULL), upper;

    REQUIRE(lower != NULL);
    lower->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    REQUIRE(NT_SUCCESS(IoCreateDevice(wkt_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &upper)));
    REQUIRE(IoAttachDeviceToDeviceStack(upper, lower) == lower);
    IoDeleteDevice(upper);
    CHECK(lower->AttachedDevice == NULL);
}

TEST_FINDING(EXE_302, deleted_under_an_attached_one, "EXE-302")
{
    PDEVICE_OBJECT lower, upper;

    REQUIRE(NT_SUCCESS(IoCreateDevice(wkt_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &lower)));
    lower->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    upper = make(NULL);
    REQUIRE(upper != NULL);
    REQUIRE(IoAttachDeviceToDeviceStack(upper, lower) == lower);
    ObReferenceObject(lower);
    IoDeleteDevice(lower);
    IoDetachDevice(lower);
    ObDereferenceObject(lower);
}

static NTSTATUS open(PCWSTR path)
{
    UNICODE_STRING text;
    PDEVICE_OBJECT found;
    PFILE_OBJECT file;
    NTSTATUS status;

    RtlInitUnicodeString(&text, path);
    status = IoGetDeviceObjectPointer(&text, FILE_READ_DATA, &file, &found);
    if (NT_SUCCESS(status))
        ObDereferenceObject(file);
    closes = 0;
    return status;
}

TEST_ROWS("EXE-303 EXE-784", symbolic_links)
{
    UNICODE_STRING dos = RTL_CONSTANT_STRING(L"\\DosDevices\\WkLink"), ask = RTL_CONSTANT_STRING(L"\\??\\WKLINK");
    UNICODE_STRING global = RTL_CONSTANT_STRING(L"\\GLOBAL??\\wklink"), other = RTL_CONSTANT_STRING(L"\\??\\WkOther");
    PDEVICE_OBJECT device;

    CHECK_STATUS(IoCreateSymbolicLink(&dos, &name), STATUS_SUCCESS); /* its target is not there */
    CHECK_STATUS(open(L"\\??\\WkLink"), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(IoCreateSymbolicLink(&ask, &name), STATUS_OBJECT_NAME_COLLISION);
    CHECK_STATUS(IoCreateUnprotectedSymbolicLink(&global, &name), STATUS_OBJECT_NAME_COLLISION);
    CHECK_STATUS(IoCreateUnprotectedSymbolicLink(&other, &dos), STATUS_SUCCESS); /* a link to a link */
    device = make(&name);
    REQUIRE(device != NULL);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    CHECK_STATUS(open(L"\\DosDevices\\WkLink"), STATUS_SUCCESS);
    CHECK_STATUS(open(L"\\GLOBAL??\\WkLink"), STATUS_SUCCESS);
    CHECK_STATUS(open(L"\\??\\WkOther"), STATUS_SUCCESS);
    CHECK_EQ(creates, 3);
    CHECK_STATUS(IoDeleteSymbolicLink(&name), STATUS_OBJECT_TYPE_MISMATCH);
    CHECK_STATUS(open(L"\\Device\\WkOne"), STATUS_SUCCESS);
    CHECK_STATUS(IoDeleteSymbolicLink(&global), STATUS_SUCCESS);
    CHECK_STATUS(IoDeleteSymbolicLink(&dos), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(open(L"\\??\\WkOther"), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(IoDeleteSymbolicLink(&other), STATUS_SUCCESS);
}

TEST(EXE_784, names_that_cannot_be)
{
    UNICODE_STRING no_root = RTL_CONSTANT_STRING(L"WkBad"), no_name = RTL_CONSTANT_STRING(L"\\Device\\"), no_folder = RTL_CONSTANT_STRING(L"\\NoFolder\\x");
    UNICODE_STRING twice = RTL_CONSTANT_STRING(L"\\Device\\\\WkBad"), under = RTL_CONSTANT_STRING(L"\\Device\\WkOne\\x");
    PDEVICE_OBJECT device = make(&name), other;

    REQUIRE(device != NULL);
    CHECK_STATUS(IoCreateDevice(wkt_driver, 0, &no_root, FILE_DEVICE_UNKNOWN, 0, FALSE, &other), STATUS_OBJECT_PATH_SYNTAX_BAD);
    CHECK_STATUS(IoCreateDevice(wkt_driver, 0, &no_name, FILE_DEVICE_UNKNOWN, 0, FALSE, &other), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(IoCreateDevice(wkt_driver, 0, &twice, FILE_DEVICE_UNKNOWN, 0, FALSE, &other), STATUS_OBJECT_NAME_INVALID);
    CHECK(!NT_SUCCESS(IoCreateDevice(wkt_driver, 0, &under, FILE_DEVICE_UNKNOWN, 0, FALSE, &other)));
    CHECK_STATUS(IoCreateSymbolicLink(&no_root, &name), STATUS_OBJECT_PATH_SYNTAX_BAD);
    CHECK_STATUS(IoCreateSymbolicLink(&no_folder, &name), STATUS_OBJECT_PATH_NOT_FOUND);
    CHECK_STATUS(IoCreateSymbolicLink(&name, &name), STATUS_OBJECT_NAME_COLLISION);
    CHECK(wkt_driver->DeviceObject == device);
}

TEST_FINDING(EXE_303, a_link_that_is_left, "EXE-303")
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\WkLeft"), gone = RTL_CONSTANT_STRING(L"\\??\\WkGone");

    CHECK_STATUS(IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
    CHECK_STATUS(IoCreateSymbolicLink(&gone, &name), STATUS_SUCCESS);
    CHECK_STATUS(IoDeleteSymbolicLink(&gone), STATUS_SUCCESS);
}
