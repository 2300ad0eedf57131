/* Files by handle over a device of the test; drivers by their service key. */
#include "wkt.h"

#define CODE ((ULONG)CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS))
static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\WkZw");
static PDEVICE_OBJECT device;
static LONG calls, cleanups, closes;
static BOOLEAN hold;
static NTSTATUS answer;
static PIRP held;
static LONGLONG offset;
static ULONG options, share, code, information_class;
static UCHAR major;

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT its, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(its);
    irp->IoStatus.Information = 0;
    major = stack->MajorFunction;
    if (major == IRP_MJ_CREATE) {
        options = stack->Parameters.Create.Options;
        share = stack->Parameters.Create.ShareAccess;
        irp->IoStatus.Information = FILE_OPENED;
    } else if (major == IRP_MJ_CLEANUP) {
        cleanups++;
    } else if (major == IRP_MJ_CLOSE) {
        closes++;
    } else {
        calls++;
        CHECK_EQ(irp->RequestorMode, KernelMode);
        offset = stack->Parameters.Read.ByteOffset.QuadPart;
        code = stack->Parameters.DeviceIoControl.IoControlCode;
        information_class = stack->Parameters.QueryFile.FileInformationClass;
        if (hold) {
            held = irp;
            IoMarkIrpPending(irp);
            return STATUS_PENDING;
        }
        status = answer;
        if (NT_SUCCESS(status) && irp->AssociatedIrp.SystemBuffer)
            *(PUCHAR)irp->AssociatedIrp.SystemBuffer ^= 0xFF;
        irp->IoStatus.Information = irp->AssociatedIrp.SystemBuffer ? 1 : 0;
    }
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static void gone(void *its)
{
    IoDeleteDevice(its);
}

static NTSTATUS open(PHANDLE handle, ACCESS_MASK access, ULONG create_options, PIO_STATUS_BLOCK iosb)
{
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    return ZwCreateFile(handle, access, &attributes, iosb, NULL, FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ, FILE_OPEN, create_options, NULL, 0);
}

static HANDLE make(ULONG create_options)
{
    IO_STATUS_BLOCK iosb;
    HANDLE handle = NULL;

    if (!CHECK(NT_SUCCESS(IoCreateDevice(wkt_driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device))))
        return NULL;
    wkt_at_end(gone, device);
    wkt_dispatch = dispatch;
    device->Flags = (device->Flags & ~(ULONG)DO_DEVICE_INITIALIZING) | DO_BUFFERED_IO;
    CHECK_STATUS(open(&handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, create_options, &iosb), STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, FILE_OPENED);
    return handle;
}

TEST_ROWS("EXE-304 EXE-305 EXE-416", create_and_close)
{
    IO_STATUS_BLOCK iosb;
    HANDLE handle = make(FILE_SYNCHRONOUS_IO_NONALERT), second;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING nothing = RTL_CONSTANT_STRING(L"\\Device\\NoSuchDevice");

    REQUIRE(handle != NULL);
    CHECK((LONG_PTR)handle < 0);
    CHECK_EQ(options, FILE_OPEN << 24 | FILE_SYNCHRONOUS_IO_NONALERT);
    CHECK_EQ(share, FILE_SHARE_READ);
    CHECK_STATUS(open(&second, GENERIC_READ, 0x30, &iosb), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(open(&second, GENERIC_READ, FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE, &iosb), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(open(&second, FILE_READ_DATA, FILE_SYNCHRONOUS_IO_NONALERT, &iosb), STATUS_INVALID_PARAMETER);
    InitializeObjectAttributes(&attributes, &nothing, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK_STATUS(ZwOpenFile(&second, FILE_READ_DATA, &attributes, &iosb, 0, 0), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(ZwClose(handle), STATUS_SUCCESS);
    CHECK_EQ(cleanups, 1);
    CHECK_EQ(closes, 1);
}

TEST_ROWS("EXE-306 EXE-307 EXE-316 EXE-328", synchronous_requests)
{
    HANDLE handle = make(FILE_SYNCHRONOUS_IO_NONALERT);
    UCHAR buffer[4] = {0x0F, 1, 2, 3};
    IO_STATUS_BLOCK iosb = {{0}, 0};
    FILE_POSITION_INFORMATION at;
    LARGE_INTEGER where;

    REQUIRE(handle != NULL);
    where.QuadPart = 0x1122334455;
    CHECK_STATUS(ZwWriteFile(handle, NULL, NULL, NULL, &iosb, buffer, 4, &where, NULL), STATUS_SUCCESS);
    CHECK_EQ(offset, 0x1122334455);
    CHECK_EQ(iosb.Information, 1);
    at.CurrentByteOffset.QuadPart = 77;
    CHECK_STATUS(ZwSetInformationFile(handle, &iosb, &at, sizeof(at), FilePositionInformation), STATUS_SUCCESS);
    CHECK_STATUS(ZwReadFile(handle, NULL, NULL, NULL, &iosb, buffer, 4, NULL, NULL), STATUS_SUCCESS);
    CHECK_EQ(offset, 77);
    CHECK_EQ(buffer[0], 0xFF);
    CHECK_EQ(buffer[1], 1);
    CHECK_STATUS(ZwQueryInformationFile(handle, &iosb, &at, sizeof(at), FilePositionInformation), STATUS_SUCCESS);
    CHECK_EQ(at.CurrentByteOffset.QuadPart, 77);
    CHECK_STATUS(ZwQueryInformationFile(handle, &iosb, &at, 4, FilePositionInformation), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_STATUS(ZwQueryInformationFile(handle, &iosb, buffer, 4, FileStandardInformation), STATUS_SUCCESS);
    CHECK_EQ(major, IRP_MJ_QUERY_INFORMATION);
    CHECK_EQ(information_class, FileStandardInformation);
    CHECK_STATUS(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, CODE, buffer, 4, buffer, 4), STATUS_SUCCESS);
    CHECK_EQ(code, CODE);
    CHECK_STATUS(ZwFsControlFile(handle, NULL, NULL, NULL, &iosb, CODE, NULL, 0, NULL, 0), STATUS_SUCCESS);
    CHECK_EQ(major, IRP_MJ_FILE_SYSTEM_CONTROL);
    answer = STATUS_DEVICE_NOT_READY;
    iosb.Information = 0x5555;
    CHECK_STATUS(ZwReadFile(handle, NULL, NULL, NULL, &iosb, buffer, 4, NULL, NULL), STATUS_DEVICE_NOT_READY);
    CHECK_EQ(iosb.Information, 0x5555); /* failed at once: unwritten */
    CHECK_STATUS(ZwClose(handle), STATUS_SUCCESS);
}

TEST_ROWS("EXE-317 EXE-316", asynchronous_requests)
{
    HANDLE handle = make(0), event;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb = {{0}, 0x5555};
    LARGE_INTEGER where, timeout;
    UCHAR buffer[4] = {0};

    REQUIRE(handle != NULL);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    REQUIRE(NT_SUCCESS(ZwCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, NotificationEvent, TRUE)));
    where.QuadPart = 0;
    timeout.QuadPart = 0;
    hold = TRUE;
    CHECK_STATUS(ZwReadFile(handle, event, NULL, NULL, &iosb, buffer, 4, &where, NULL), STATUS_PENDING);
    CHECK_STATUS(ZwWaitForSingleObject(event, FALSE, &timeout), STATUS_TIMEOUT); /* it was reset */
    CHECK_EQ(iosb.Information, 0x5555);
    REQUIRE(held != NULL);
    *(PUCHAR)held->AssociatedIrp.SystemBuffer = 0x42;
    held->IoStatus.Status = STATUS_SUCCESS;
    held->IoStatus.Information = 1;
    IoCompleteRequest(held, IO_NO_INCREMENT);
    timeout.QuadPart = -50000000;
    CHECK_STATUS(ZwWaitForSingleObject(event, FALSE, &timeout), STATUS_SUCCESS);
    CHECK_STATUS(iosb.Status, STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, 1);
    CHECK_EQ(buffer[0], 0x42);
    ZwClose(event);
    CHECK_STATUS(ZwClose(handle), STATUS_SUCCESS);
}

TEST(EXE_541, control_of_an_asynchronous_file)
{
    HANDLE handle = make(0), event;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb = {{0}, 0x5555};
    LARGE_INTEGER timeout = {.QuadPart = -50000000};
    UCHAR buffer[4] = {1};

    REQUIRE(handle != NULL);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    REQUIRE(NT_SUCCESS(ZwCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE)));
    hold = TRUE;
    CHECK_STATUS(ZwDeviceIoControlFile(handle, event, NULL, NULL, &iosb, CODE, buffer, 4, buffer, 4), STATUS_PENDING);
    CHECK_EQ(iosb.Information, 0x5555);
    REQUIRE(held != NULL);
    CHECK_EQ(held->RequestorMode, KernelMode);
    CHECK_EQ(IoGetCurrentIrpStackLocation(held)->Parameters.DeviceIoControl.IoControlCode, CODE);
    CHECK_EQ(*(PUCHAR)held->AssociatedIrp.SystemBuffer, 1);
    *(PUCHAR)held->AssociatedIrp.SystemBuffer = 0x42;
    held->IoStatus.Status = STATUS_SUCCESS;
    held->IoStatus.Information = 1;
    IoCompleteRequest(held, IO_NO_INCREMENT);
    CHECK_STATUS(ZwWaitForSingleObject(event, FALSE, &timeout), STATUS_SUCCESS);
    CHECK_STATUS(iosb.Status, STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, 1);
    CHECK_EQ(buffer[0], 0x42);
    ZwClose(event);
    CHECK_STATUS(ZwClose(handle), STATUS_SUCCESS);
}

TEST_ROWS("EXE-416 EXE-788", nt_form_checks_for_the_application)
{
    HANDLE handle = make(FILE_SYNCHRONOUS_IO_NONALERT), file;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    UCHAR buffer[4];

    REQUIRE(handle != NULL);
    CHECK_EQ(ExGetPreviousMode(), UserMode);
    CHECK_STATUS(NtReadFile(handle, NULL, NULL, NULL, &iosb, buffer, 4, NULL, NULL), STATUS_INVALID_HANDLE); /* the kernel's */
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    REQUIRE(NT_SUCCESS(ZwOpenFile(&file, GENERIC_READ | SYNCHRONIZE, &attributes, &iosb, FILE_SHARE_READ, FILE_SYNCHRONOUS_IO_NONALERT)));
    CHECK((LONG_PTR)file > 0);
    CHECK_STATUS(NtReadFile(file, NULL, NULL, NULL, &iosb, buffer, 4, NULL, NULL), STATUS_ACCESS_VIOLATION); /* kernel addresses */
    CHECK_STATUS(NtWriteFile(file, NULL, NULL, NULL, &iosb, buffer, 4, NULL, NULL), STATUS_ACCESS_DENIED);
    CHECK_STATUS(ZwClose(file), STATUS_SUCCESS);
    CHECK_STATUS(NtCreateFile(&file, GENERIC_READ, NULL, &iosb, NULL, 0, 0, FILE_OPEN, 0, NULL, 0), STATUS_ACCESS_VIOLATION);
    CHECK_EQ(calls, 0);
    CHECK_STATUS(ZwReadFile((HANDLE)(LONG_PTR)0x7FF0, NULL, NULL, NULL, &iosb, buffer, 4, NULL, NULL), STATUS_INVALID_HANDLE);
    CHECK_STATUS(ZwClose(handle), STATUS_SUCCESS);
}

TEST(EXE_036, load_and_unload_by_key)
{
    UNICODE_STRING missing = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\NoSuchService");
    UNICODE_STRING wrong = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Software\\x");
    UNICODE_STRING own;
    WCHAR path[128] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
    PUNICODE_STRING service = &wkt_driver->DriverExtension->ServiceKeyName;

    REQUIRE(service->Length < 64);
    RtlCopyMemory(path + 52, service->Buffer, service->Length);
    RtlInitUnicodeString(&own, path);
    CHECK_STATUS(ZwLoadDriver(&missing), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(ZwLoadDriver(&wrong), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(ZwLoadDriver(&own), STATUS_IMAGE_ALREADY_LOADED);
    CHECK_STATUS(ZwUnloadDriver(&missing), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void set_type(PCWSTR path)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name_of_key, value = RTL_CONSTANT_STRING(L"Type");
    ULONG one = 1;
    HANDLE key;

    RtlInitUnicodeString(&name_of_key, path);
    InitializeObjectAttributes(&attributes, &name_of_key, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (CHECK(NT_SUCCESS(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, REG_OPTION_NON_VOLATILE, NULL)))) {
        CHECK(NT_SUCCESS(ZwSetValueKey(key, &value, 0, REG_DWORD, &one, sizeof(one))));
        ZwClose(key);
    }
}

TEST(EXE_036, status_of_driver_entry)
{
    UNICODE_STRING other = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\ke_event");
    UNICODE_STRING no_file = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\no_such_file");

    set_type(other.Buffer);
    set_type(no_file.Buffer);
    CHECK_STATUS(ZwLoadDriver(&other), STATUS_OBJECT_NAME_COLLISION); /* its \Device\WkTest is ours */
    CHECK_STATUS(ZwUnloadDriver(&other), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(ZwLoadDriver(&no_file), STATUS_OBJECT_NAME_NOT_FOUND);
}

TODO_ROW(EXE_346, "WMI registration and its IRPs are not there: a driver that imports IoWMIRegistrationControl is refused");
TODO_ROW(EXE_347, "WMI IRPs and wmilib are not there");
TODO_ROW(EXE_351, "performance counters are not there");
