/* Driver objects as DriverEntry finds them and afterwards. */
#include "wkt.h"

TEST(EXE_026, driver_object)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Driver\\");
    ULONG_PTR here = (ULONG_PTR)driver_object, start = (ULONG_PTR)wkt_driver->DriverStart;

    CHECK_EQ(wkt_driver->Type, IO_TYPE_DRIVER);
    CHECK_EQ(wkt_driver->Size, 0x150);
    CHECK(here >= start && here < start + wkt_driver->DriverSize);
    CHECK(wkt_driver->DriverSection != NULL);
    CHECK((ULONG_PTR)wkt_driver->DriverInit > start && (ULONG_PTR)wkt_driver->DriverInit < start + wkt_driver->DriverSize);
    REQUIRE(wkt_driver->DriverExtension != NULL);
    CHECK(wkt_driver->DriverExtension->DriverObject == wkt_driver);
    CHECK(wkt_driver->DriverExtension->AddDevice == NULL);
    CHECK(wkt_driver->DriverExtension->ServiceKeyName.Length > 0);
    CHECK(RtlPrefixUnicodeString(&name, &wkt_driver->DriverName, FALSE));
    CHECK_EQ(wkt_driver->DriverName.Length, name.Length + wkt_driver->DriverExtension->ServiceKeyName.Length);
    CHECK(wkt_driver->FastIoDispatch == NULL);
    CHECK(wkt_driver->DriverStartIo == NULL);
    CHECK(wkt_driver->DeviceObject == wkt_device);
    REQUIRE(wkt_driver->HardwareDatabase != NULL);
    CHECK(wkt_driver->HardwareDatabase->Length > 0);
}

TEST(EXE_027, registry_path_is_gone_after_driver_entry)
{
    CHECK(wkt_registry_path.Length > 0);
    CHECK(wkt_registry_path.MaximumLength >= wkt_registry_path.Length + sizeof(WCHAR));
    CHECK(!MmIsAddressValid(wkt_registry_path_given));
}

TEST(EXE_028, runs_with_nothing_held)
{
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK(!KeAreApcsDisabled());
}

TEST(EXE_029, devices_of_driver_entry_are_ready)
{
    CHECK(!(wkt_device->Flags & DO_DEVICE_INITIALIZING));
}

static const int id_one = 1, id_two = 2;

TEST(EXE_039, object_extension)
{
    PUCHAR one = NULL, two = NULL, again = (PUCHAR)1;

    CHECK(IoGetDriverObjectExtension(wkt_driver, (PVOID)&id_one) == NULL);
    REQUIRE(NT_SUCCESS(IoAllocateDriverObjectExtension(wkt_driver, (PVOID)&id_one, 100, (PVOID *)&one)));
    CHECK_EQ(one[0] | one[99], 0);
    CHECK_STATUS(IoAllocateDriverObjectExtension(wkt_driver, (PVOID)&id_one, 8, (PVOID *)&again), STATUS_OBJECT_NAME_COLLISION);
    CHECK(NT_SUCCESS(IoAllocateDriverObjectExtension(wkt_driver, (PVOID)&id_two, 8, (PVOID *)&two)));
    CHECK(IoGetDriverObjectExtension(wkt_driver, (PVOID)&id_one) == one);
    CHECK(IoGetDriverObjectExtension(wkt_driver, (PVOID)&id_two) == two);
}

static void leave_a_device(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\WkLeft");
    PDEVICE_OBJECT device;

    IoCreateDevice(wkt_driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}

TEST_FINDING(EXE_033, a_device_that_is_left, "EXE-033")
{
    wkt_unload = leave_a_device;
    CHECK(TRUE);
}

static KTIMER timer;

static void leave_a_timer(void)
{
    LARGE_INTEGER due;

    due.QuadPart = -10000000;
    KeInitializeTimer(&timer);
    KeSetTimer(&timer, due, NULL);
}

TEST_BUGCHECK(EXE_033, a_timer_that_is_left, 0xC7)
{
    wkt_unload = leave_a_timer;
}

static void leave_pool(void)
{
    PVOID p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'kaeL');

    CHECK(p != NULL);
}

TEST_FINDING(EXE_242, a_block_that_is_left, "EXE-242")
{
    wkt_unload = leave_pool;
    CHECK(TRUE);
}

/* Blocks of the kernel, made for the driver inside a call, are not the driver's leaks: only one finding comes. */
static void leave_pool_after_calls(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\WkShort");
    PDEVICE_OBJECT device;
    PIRP irp = IoAllocateIrp(2, FALSE);

    if (irp)
        IoFreeIrp(irp);
    if (NT_SUCCESS(IoCreateDevice(wkt_driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)))
        IoDeleteDevice(device);
    ExFreePoolWithTag(ExAllocatePoolWithTag(PagedPool, 5000, 'kaeL'), 'kaeL');
}

TEST(EXE_242, what_is_given_back_is_no_leak)
{
    wkt_unload = leave_pool_after_calls;
    CHECK(TRUE);
}

TODO_ROW(EXE_034, "reinitialisation routines must be registered in DriverEntry, which the harness owns");
