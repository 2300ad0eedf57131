/* \Device\Nsi can be opened, filtered and left; nobody speaks its protocol. */
#include "iph_kit.h"

static NTSTATUS send_to(PDEVICE_OBJECT device)
{
    IO_STATUS_BLOCK io;
    KEVENT done;
    UCHAR buffer[64];
    PIRP irp;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(0x12001B, device, buffer, sizeof(buffer), buffer, sizeof(buffer), FALSE, &done, &io);
    if (!irp)
        return STATUS_NO_MEMORY;
    status = IoCallDriver(device, irp);
    if (status == STATUS_PENDING) {
        wkt_wait(&done, WKT_TIMEOUT_MS);
        status = io.Status;
    }
    return status;
}

static NTSTATUS NTAPI pass_on(PDEVICE_OBJECT device, PIRP irp)
{
    if (device == wkt_device)
        return STATUS_INVALID_DEVICE_REQUEST;
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(*(PDEVICE_OBJECT *)device->DeviceExtension, irp);
}

TEST(IPH_069, opened_filtered_and_left)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Nsi");
    PFILE_OBJECT file;
    PDEVICE_OBJECT device, filter;

    for (ULONG i = 0; i < 2; i++) {
        REQUIRE(NT_SUCCESS(IoGetDeviceObjectPointer(&name, FILE_ALL_ACCESS, &file, &device)));
        CHECK_STATUS(send_to(device), STATUS_NOT_SUPPORTED);
        REQUIRE(NT_SUCCESS(IoCreateDevice(wkt_driver, sizeof(PDEVICE_OBJECT), NULL, device->DeviceType, device->Characteristics, FALSE, &filter)));
        *(PDEVICE_OBJECT *)filter->DeviceExtension = IoAttachDeviceToDeviceStack(filter, device);
        if (CHECK_EQ(*(PDEVICE_OBJECT *)filter->DeviceExtension, device)) {
            filter->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
            wkt_dispatch = pass_on;
            CHECK_STATUS(send_to(filter), STATUS_NOT_SUPPORTED);
            CHECK_EQ(device->AttachedDevice, filter);
            IoDetachDevice(device);
            wkt_dispatch = NULL;
        }
        CHECK_EQ(device->AttachedDevice, NULL);
        IoDeleteDevice(filter);
        ObDereferenceObject(file);
    }
}
