#!/usr/bin/env -S tools/cli-test
# wskit run --device: a device of the root bus for the driver named before it, and IRP_MJ_SHUTDOWN to who asked for it
# Rows: EXE-333 EXE-336 EXE-337
$ cat > pnp.c <<'X'
> #include <ntddk.h>
> DRIVER_INITIALIZE DriverEntry;
> struct ext { PDEVICE_OBJECT below, pdo; };
> static NTSTATUS NTAPI pnp(PDEVICE_OBJECT d, PIRP irp)
> {
>     struct ext *e = d->DeviceExtension;
>     PIO_STACK_LOCATION s = IoGetCurrentIrpStackLocation(irp);
>     UCHAR minor = s->MinorFunction;
>     NTSTATUS status;
>     if (minor == IRP_MN_START_DEVICE || minor == IRP_MN_REMOVE_DEVICE)
>         DbgPrint("pnp: %s\n", minor == IRP_MN_START_DEVICE ? "start" : "remove");
>     if (minor == IRP_MN_START_DEVICE || minor == IRP_MN_REMOVE_DEVICE || minor == IRP_MN_QUERY_REMOVE_DEVICE)
>         irp->IoStatus.Status = STATUS_SUCCESS;
>     IoSkipCurrentIrpStackLocation(irp);
>     status = IoCallDriver(e->below, irp);
>     if (minor == IRP_MN_REMOVE_DEVICE) {
>         IoDetachDevice(e->below);
>         IoDeleteDevice(d);
>     }
>     return status;
> }
> static NTSTATUS NTAPI add(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
> {
>     WCHAR id[64];
>     ULONG bytes;
>     PDEVICE_OBJECT d;
>     struct ext *e;
>     if (NT_SUCCESS(IoGetDeviceProperty(pdo, DevicePropertyHardwareID, sizeof(id), id, &bytes)))
>         DbgPrint("pnp: add %ws\n", id);
>     if (id[5] == L'B')
>         return STATUS_DEVICE_CONFIGURATION_ERROR;
>     if (!NT_SUCCESS(IoCreateDevice(driver, sizeof(*e), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &d)))
>         return STATUS_INSUFFICIENT_RESOURCES;
>     e = d->DeviceExtension;
>     e->pdo = pdo;
>     e->below = IoAttachDeviceToDeviceStack(d, pdo);
>     d->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
>     return STATUS_SUCCESS;
> }
> static VOID Unload(PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); DbgPrint("pnp: unload\n"); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     UNREFERENCED_PARAMETER(r);
>     d->DriverUnload = Unload;
> #ifndef LEGACY
>     d->DriverExtension->AddDevice = add;
> #endif
>     d->MajorFunction[IRP_MJ_PNP] = pnp;
>     return STATUS_SUCCESS;
> }
> X
$ wskit build pnp.c >/dev/null && wskit build pnp.c -DLEGACY -o legacy.sys >/dev/null 2>&1; wskit run pnp.sys --device 'ROOT\One' --device 'ROOT\Two' --for 0.05
pnp: add ROOT\One
pnp: start
pnp: add ROOT\Two
pnp: start
pnp.sys started (* ms)
pnp: remove
pnp: remove
pnp: unload
pnp.sys stopped (* ms)
# AddDevice fails, or is not there: the run ends with 2 and says why; the driver is stopped, the devices that were there go first.
$ wskit run pnp.sys --device 'ROOT\One' --device 'ROOT\Bad' --for 0.05
pnp: add ROOT\One
pnp: start
pnp: add ROOT\Bad
wskit run: *device ROOT\Bad: AddDevice failed: STATUS_DEVICE_CONFIGURATION_ERROR (0xC0000182)
pnp: remove
pnp: unload
...
[2]
$ wskit run legacy.sys --device 'ROOT\One' --for 0.05
wskit run: *device ROOT\One: the driver has no AddDevice routine: *
pnp: unload
...
[2]
$ wskit run --device 'ROOT\One' pnp.sys --for 0.05
wskit run: *--device*
...
[2]
# EXE-333: last registered first, then those of the last chance; Unload is not called.
$ cat > down.c <<'X'
> #include <ntddk.h>
> DRIVER_INITIALIZE DriverEntry;
> static NTSTATUS NTAPI shutdown(PDEVICE_OBJECT d, PIRP irp)
> {
>     DbgPrint("shutdown %c\n", *(char *)d->DeviceExtension);
>     irp->IoStatus.Status = STATUS_SUCCESS;
>     IoCompleteRequest(irp, IO_NO_INCREMENT);
>     return STATUS_SUCCESS;
> }
> static PDEVICE_OBJECT make(PDRIVER_OBJECT driver, char name)
> {
>     PDEVICE_OBJECT d = NULL;
>     if (NT_SUCCESS(IoCreateDevice(driver, 16, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &d)))
>         *(char *)d->DeviceExtension = name;
>     return d;
> }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     PDEVICE_OBJECT a = make(d, 'a'), b = make(d, 'b'), c = make(d, 'c'), e = make(d, 'e'), f = make(d, 'f');
>     UNREFERENCED_PARAMETER(r);
>     d->MajorFunction[IRP_MJ_SHUTDOWN] = shutdown;
>     IoRegisterShutdownNotification(a);
>     IoRegisterLastChanceShutdownNotification(b);
>     IoRegisterShutdownNotification(c);
>     IoRegisterLastChanceShutdownNotification(e);
>     IoRegisterShutdownNotification(f);
>     IoUnregisterShutdownNotification(f);
>     return STATUS_SUCCESS;
> }
> X
$ wskit build down.c >/dev/null; wskit run down.sys --for 0.05 > log 2>&1; echo status $?; grep shutdown log
status 1
shutdown c
shutdown a
shutdown e
shutdown b
