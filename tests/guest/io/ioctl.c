/* Requests of the application that runs the tests: the run itself is one, METHOD_BUFFERED; more are made in the kernel's name. */
#include "wkt.h"

static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\WkIoctl");
static PVOID system_buffer, type3, user_buffer;
static PMDL mdl;
static ULONG in_bytes, out_bytes, first;
static KPROCESSOR_MODE mode;

static NTSTATUS NTAPI answer(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    UNREFERENCED_PARAMETER(device);
    system_buffer = irp->AssociatedIrp.SystemBuffer;
    type3 = stack->Parameters.DeviceIoControl.Type3InputBuffer;
    user_buffer = irp->UserBuffer;
    mdl = irp->MdlAddress;
    in_bytes = stack->Parameters.DeviceIoControl.InputBufferLength;
    out_bytes = stack->Parameters.DeviceIoControl.OutputBufferLength;
    mode = irp->RequestorMode;
    first = system_buffer && in_bytes >= sizeof(first) ? *(PULONG)system_buffer : 0;
    if (METHOD_FROM_CTL_CODE(stack->Parameters.DeviceIoControl.IoControlCode) == METHOD_BUFFERED && out_bytes)
        RtlFillMemory(system_buffer, out_bytes, 0xAB);
    if (mdl && METHOD_FROM_CTL_CODE(stack->Parameters.DeviceIoControl.IoControlCode) == METHOD_OUT_DIRECT)
        RtlFillMemory(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), MmGetMdlByteCount(mdl), 0xCD);
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = out_bytes ? out_bytes - 1 : 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static void gone(void *device)
{
    IoDeleteDevice(device);
}

static NTSTATUS send(ULONG method, PVOID in, ULONG in_size, PVOID out, ULONG out_size, PULONG_PTR information)
{
    ULONG code = (ULONG)CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, method, FILE_ANY_ACCESS);
    IO_STATUS_BLOCK iosb = {{0}, 0};
    PDEVICE_OBJECT device;
    NTSTATUS status;
    KEVENT event;
    PIRP irp;

    wkt_dispatch = answer;
    status = IoCreateDevice(wkt_driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!CHECK(NT_SUCCESS(status)))
        return status;
    wkt_at_end(gone, device);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(code, device, in, in_size, out, out_size, FALSE, &event, &iosb);
    if (!CHECK(irp != NULL))
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(device, irp);
    if (status == STATUS_PENDING)
        wkt_wait(&event, WKT_TIMEOUT_MS);
    *information = iosb.Information;
    return status;
}

TEST_ROWS("EXE-307 EXE-316", buffered)
{
    UCHAR in[8] = {1, 0, 0, 0, 2}, out[5] = {0};
    ULONG_PTR information = 0;

    CHECK_STATUS(send(METHOD_BUFFERED, in, sizeof(in), out, sizeof(out), &information), STATUS_SUCCESS);
    CHECK_EQ(information, 4);
    CHECK_EQ(in_bytes, 8);
    CHECK_EQ(out_bytes, 5);
    CHECK_EQ(first, 1);
    CHECK(mdl == NULL);
    CHECK(system_buffer != in && system_buffer != out);
    CHECK_EQ(mode, KernelMode);
    CHECK_EQ(out[0], 0xAB);
    CHECK_EQ(out[3], 0xAB);
    CHECK_EQ(out[4], 0); /* beyond Information */
}

TEST(EXE_307, buffered_without_bytes)
{
    ULONG_PTR information = 0;

    CHECK_STATUS(send(METHOD_BUFFERED, NULL, 0, NULL, 0, &information), STATUS_SUCCESS);
    CHECK(system_buffer == NULL);
    CHECK(mdl == NULL);
}

TEST(EXE_307, out_direct)
{
    ULONG in = 0x12345678;
    PUCHAR out = wkt_alloc(100);
    ULONG_PTR information = 0;

    CHECK_STATUS(send(METHOD_OUT_DIRECT, &in, sizeof(in), out, 100, &information), STATUS_SUCCESS);
    CHECK_EQ(first, 0x12345678);
    CHECK(mdl != NULL);
    CHECK_EQ(out[0], 0xCD);
    CHECK_EQ(out[99], 0xCD);
}

TEST(EXE_307, neither)
{
    UCHAR in[4] = {0}, out[4] = {0};
    ULONG_PTR information = 0;

    CHECK_STATUS(send(METHOD_NEITHER, in, sizeof(in), out, sizeof(out), &information), STATUS_SUCCESS);
    CHECK(type3 == in);
    CHECK(user_buffer == out);
    CHECK(system_buffer == NULL && mdl == NULL);
}

TEST(EXE_064, an_applications_request_runs_on_a_kernel_stack)
{
    int local;

    CHECK((PVOID)&local > MmSystemRangeStart);
    CHECK(MmIsAddressValid(&local));
    CHECK(IoGetRemainingStackSize() > 0 && IoGetRemainingStackSize() < KERNEL_STACK_SIZE);
    CHECK_EQ(ExGetPreviousMode(), UserMode);
}

