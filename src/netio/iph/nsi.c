/* \Device\Nsi (IPH-069): drivers open it and put a filter on it, to see what administrators change through it. Nobody here speaks its protocol, so
 * the filter sees no request but its own; whatever reaches the bottom is not supported. It can be opened and closed. */
#include "netio/iph/service.h"

#include "base/err.h"
#include "netio/iph/iph_private.h"
#include "nt/io/io.h"
#include "nt/ps/ps.h"

static NTSTATUS complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IofCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS NTAPI open_close(PDEVICE_OBJECT device, PIRP irp)
{
    return complete(irp, STATUS_SUCCESS);
}

static NTSTATUS NTAPI refuse(PDEVICE_OBJECT device, PIRP irp)
{
    return complete(irp, STATUS_NOT_SUPPORTED);
}

static NTSTATUS create(void)
{
    UNICODE_STRING driver_name = RTL_CONSTANT_STRING(L"nsiproxy"), device_name = RTL_CONSTANT_STRING(L"\\Device\\Nsi");
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT device;
    NTSTATUS status = io_driver_internal(&driver_name, &driver);

    if (!NT_SUCCESS(status))
        return status;
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = refuse;
    driver->MajorFunction[IRP_MJ_CREATE] = driver->MajorFunction[IRP_MJ_CLEANUP] = driver->MajorFunction[IRP_MJ_CLOSE] = open_close;
    status = IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_NETWORK, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (NT_SUCCESS(status))
        device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return status;
}

int iph_service_start(void)
{
    NTSTATUS status;

    if (ps_enter_system() != 0)
        return -WK_ENOMEM;
    status = create();
    ps_leave_system();
    return NT_SUCCESS(status) ? 0 : -WK_ENOMEM;
}
