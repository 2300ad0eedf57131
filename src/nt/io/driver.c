/* Driver objects (EXE-026): made before DriverEntry, gone after Unload. */
#include "nt/io/io_private.h"

#include "image/image.h"
#include "nt/mm/mm.h"

#define TAG_DRIVER 0x76697244 /* "Driv" */

struct client_extension {
    LIST_ENTRY entry;
    PVOID id;
    UCHAR data[] __attribute__((aligned(16)));
};

static UNICODE_STRING hardware = RTL_CONSTANT_STRING(L"\\REGISTRY\\MACHINE\\HARDWARE\\DESCRIPTION\\SYSTEM");

static NTSTATUS NTAPI invalid_request(PDEVICE_OBJECT device, PIRP irp)
{
    irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    irp->IoStatus.Information = 0;
    IofCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_INVALID_DEVICE_REQUEST;
}

/* NUL-terminated copy of prefix and name. */
static NTSTATUS join(PCWSTR prefix, PCUNICODE_STRING name, UNICODE_STRING *out)
{
    ULONG bytes = 0;

    while (prefix[bytes / sizeof(WCHAR)])
        bytes += sizeof(WCHAR);
    out->Length = (USHORT)(bytes + name->Length);
    out->MaximumLength = (USHORT)(out->Length + sizeof(WCHAR));
    out->Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, out->MaximumLength, TAG_DRIVER);
    if (!out->Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    __builtin_memcpy(out->Buffer, prefix, bytes);
    __builtin_memcpy((UCHAR *)out->Buffer + bytes, name->Buffer, name->Length);
    return STATUS_SUCCESS;
}

NTSTATUS io_driver_create(PCUNICODE_STRING service, struct io_module *module, struct nt_driver **out)
{
    struct nt_driver *driver = ob_allocate(ob_driver_type, sizeof(*driver));
    struct img_image *image = module->image;
    NTSTATUS status;

    if (!driver)
        return STATUS_INSUFFICIENT_RESOURCES;
    InitializeListHead(&driver->client_extensions);
    InitializeListHead(&driver->reinit);
    driver->module = module;
    driver->starting = true;
    driver->object.Type = IO_TYPE_DRIVER;
    driver->object.Size = sizeof(driver->object);
    driver->object.Flags = DRVO_LEGACY_DRIVER;
    driver->object.DriverStart = image->base;
    driver->object.DriverSize = (ULONG)image->bytes;
    driver->object.DriverSection = image;
    driver->object.DriverExtension = &driver->extension;
    driver->object.HardwareDatabase = &hardware;
    driver->object.DriverInit = (PDRIVER_INITIALIZE)(PVOID)(image->base + image->entry_rva);
    driver->extension.DriverObject = &driver->object;
    for (unsigned i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->object.MajorFunction[i] = invalid_request;
    status = join(L"\\Driver\\", service, &driver->object.DriverName);
    if (NT_SUCCESS(status))
        status = join(L"", service, &driver->extension.ServiceKeyName);
    if (NT_SUCCESS(status))
        status = ob_insert(&driver->object, &driver->object.DriverName);
    if (!NT_SUCCESS(status)) {
        ObfDereferenceObject(&driver->object);
        return status;
    }
    *out = driver;
    return STATUS_SUCCESS;
}

PDRIVER_OBJECT io_driver_object(struct nt_driver *driver)
{
    return &driver->object;
}

NTSTATUS io_driver_internal(PCUNICODE_STRING name, PDRIVER_OBJECT *out)
{
    static struct img_image none;
    struct io_module module = {.image = &none};
    struct nt_driver *driver;
    NTSTATUS status = io_driver_create(name, &module, &driver);

    if (!NT_SUCCESS(status))
        return status;
    driver->module = NULL;
    driver->starting = false;
    driver->object.DriverSection = NULL;
    driver->object.DriverInit = NULL;
    *out = &driver->object;
    return status;
}

void io_driver_destroy(void *body)
{
    struct nt_driver *driver = CONTAINING_RECORD(body, struct nt_driver, object);

    while (!IsListEmpty(&driver->client_extensions))
        ExFreePoolWithTag(CONTAINING_RECORD(RemoveHeadList(&driver->client_extensions), struct client_extension, entry), TAG_DRIVER);
    while (!IsListEmpty(&driver->reinit))
        ExFreePoolWithTag(CONTAINING_RECORD(RemoveHeadList(&driver->reinit), struct io_reinit, entry), TAG_DRIVER);
    if (driver->object.DriverName.Buffer)
        ExFreePoolWithTag(driver->object.DriverName.Buffer, TAG_DRIVER);
    if (driver->extension.ServiceKeyName.Buffer)
        ExFreePoolWithTag(driver->extension.ServiceKeyName.Buffer, TAG_DRIVER);
}

/* EXE-029: what the I/O manager does when DriverEntry has succeeded. */
void io_driver_started(struct nt_driver *driver)
{
    for (unsigned i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        if (!driver->object.MajorFunction[i])
            driver->object.MajorFunction[i] = invalid_request;
    sched_lock(&io_lock);
    for (PDEVICE_OBJECT device = driver->object.DeviceObject; device; device = device->NextDevice)
        device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    driver->starting = false;
    sched_unlock(&io_lock);
}

/* EXE-034: a routine may register again, for another round. On a system thread. */
void io_driver_reinitialize(struct nt_driver *driver)
{
    for (;;) {
        struct io_reinit *reinit;

        sched_lock(&io_lock);
        reinit = IsListEmpty(&driver->reinit) ? NULL : CONTAINING_RECORD(RemoveHeadList(&driver->reinit), struct io_reinit, entry);
        sched_unlock(&io_lock);
        if (!reinit)
            return;
        driver->extension.Count = ++driver->reinit_count;
        guest_call_void(DRIVER_REINITIALIZE, reinit->routine, &driver->object, reinit->context, driver->reinit_count);
        ExFreePoolWithTag(reinit, TAG_DRIVER);
    }
}

VOID NTAPI IoRegisterDriverReinitialization(PDRIVER_OBJECT DriverObject, PDRIVER_REINITIALIZE DriverReinitializationRoutine, PVOID Context)
{
    struct io_reinit *reinit = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*reinit), TAG_DRIVER);

    if (!reinit)
        return;
    reinit->routine = DriverReinitializationRoutine;
    reinit->context = Context;
    sched_lock(&io_lock);
    InsertTailList(&io_driver(DriverObject)->reinit, &reinit->entry);
    sched_unlock(&io_lock);
}

/* There is one start group here, so boot and ordinary routines run at the same time. */
VOID NTAPI IoRegisterBootDriverReinitialization(PDRIVER_OBJECT DriverObject, PDRIVER_REINITIALIZE DriverReinitializationRoutine, PVOID Context)
{
    IoRegisterDriverReinitialization(DriverObject, DriverReinitializationRoutine, Context);
}

static struct client_extension *find_extension(struct nt_driver *driver, PVOID id)
{
    for (PLIST_ENTRY e = driver->client_extensions.Flink; e != &driver->client_extensions; e = e->Flink)
        if (CONTAINING_RECORD(e, struct client_extension, entry)->id == id)
            return CONTAINING_RECORD(e, struct client_extension, entry);
    return NULL;
}

NTSTATUS NTAPI IoAllocateDriverObjectExtension(PDRIVER_OBJECT DriverObject, PVOID ClientIdentificationAddress, ULONG DriverObjectExtensionSize,
                                               PVOID *DriverObjectExtension)
{
    struct client_extension *extension = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*extension) + DriverObjectExtensionSize, TAG_DRIVER);
    bool there;

    *DriverObjectExtension = NULL;
    if (!extension)
        return STATUS_INSUFFICIENT_RESOURCES;
    extension->id = ClientIdentificationAddress;
    sched_lock(&io_lock);
    there = find_extension(io_driver(DriverObject), ClientIdentificationAddress) != NULL;
    if (!there)
        InsertTailList(&io_driver(DriverObject)->client_extensions, &extension->entry);
    sched_unlock(&io_lock);
    if (there) {
        ExFreePoolWithTag(extension, TAG_DRIVER);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    *DriverObjectExtension = extension->data;
    return STATUS_SUCCESS;
}

PVOID NTAPI IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject, PVOID ClientIdentificationAddress)
{
    struct client_extension *extension;

    sched_lock(&io_lock);
    extension = find_extension(io_driver(DriverObject), ClientIdentificationAddress);
    sched_unlock(&io_lock);
    return extension ? extension->data : NULL;
}
