/* Starting a driver: image, driver object, DriverEntry on a system thread, and what follows its answer (EXE-026 .. EXE-030). Called by
 * the machine (nt_driver_start) and by ZwLoadDriver at PASSIVE_LEVEL. */
#include "nt/io/io_private.h"

#include "ddi/text.h"
#include "image/image.h"
#include "memory/mem.h"
#include "nt/cm/cm.h"
#include "nt/io/leaks.h"
#include "nt/ke/ke.h"
#include "nt/rtl/rtl.h"

struct entry {
    struct nt_driver *driver;
    PUNICODE_STRING registry_path;
    NTSTATUS status;
};

/* EXE-027: on a page of its own, which goes when DriverEntry has returned, so that a pointer to it that the driver kept is caught. */
static PUNICODE_STRING make_registry_path(PCUNICODE_STRING service)
{
    static const WCHAR prefix[] = L"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\";
    ULONG bytes = sizeof(prefix) - sizeof(WCHAR);
    PUNICODE_STRING path;

    if (bytes + service->Length + sizeof(WCHAR) + sizeof(*path) > PAGE_SIZE)
        return NULL;
    path = mem_alloc(1, MEM_PAGES, NULL);
    if (!path)
        return NULL;
    path->Buffer = (PWCH)(path + 1);
    path->Length = (USHORT)(bytes + service->Length);
    path->MaximumLength = (USHORT)(path->Length + sizeof(WCHAR));
    __builtin_memcpy(path->Buffer, prefix, bytes);
    __builtin_memcpy((UCHAR *)path->Buffer + bytes, service->Buffer, service->Length);
    return path;
}

/* EXE-028 */
static void check_return(const char *name, const char *routine)
{
    KIRQL irql = KeGetCurrentIrql();

    if (irql != PASSIVE_LEVEL) {
        guest_finding("EXE-028", "%s of %s returned at IRQL %u; it was called at PASSIVE_LEVEL", routine, name, irql);
        KeLowerIrql(PASSIVE_LEVEL);
    }
    while (ke_thread()->critical < 0) {
        guest_finding("EXE-028", "%s of %s returned inside a critical region", routine, name);
        KeLeaveCriticalRegion();
    }
    while (ke_thread()->guarded < 0) {
        guest_finding("EXE-028", "%s of %s returned inside a guarded region", routine, name);
        KeLeaveGuardedRegion();
    }
}

static void run_entry(void *context)
{
    struct entry *e = context;

    e->status = guest_call(DRIVER_INITIALIZE, e->driver->object.DriverInit, &e->driver->object, e->registry_path);
    check_return(e->driver->module->image->name, "DriverEntry");
    if (NT_SUCCESS(e->status)) {
        io_driver_started(e->driver);
        io_driver_reinitialize(e->driver);
    }
}

static bool has_value(PCUNICODE_STRING key, PCUNICODE_STRING name)
{
    ULONG type, bytes;
    PVOID value = cm_get(key, name, &type, &bytes);

    if (value)
        ExFreePool(value);
    return value != NULL;
}

/* EXE-035: the service key is there, also for a driver that was started without an installation. What somebody wrote there stays. */
static NTSTATUS make_service_key(PCUNICODE_STRING registry_path, const char *path)
{
    static const struct {
        UNICODE_STRING name;
        ULONG value;
    } values[] = {{RTL_CONSTANT_STRING(L"Type"), 1}, {RTL_CONSTANT_STRING(L"Start"), 3}, {RTL_CONSTANT_STRING(L"ErrorControl"), 1}};
    static const UNICODE_STRING image = RTL_CONSTANT_STRING(L"ImagePath");
    NTSTATUS status = STATUS_SUCCESS;

    for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]) && NT_SUCCESS(status); i++)
        if (!has_value(registry_path, &values[i].name))
            status = (NTSTATUS)cm_set(registry_path, &values[i].name, REG_DWORD, &values[i].value, sizeof(values[i].value));
    if (NT_SUCCESS(status) && !has_value(registry_path, &image))
        status = io_image_path_set(registry_path, path);
    return status;
}

static NTSTATUS start(struct nt_driver *driver, PCUNICODE_STRING service, const char *path)
{
    struct entry e = {.driver = driver, .registry_path = make_registry_path(service)};
    NTSTATUS status;

    if (!e.registry_path)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = make_service_key(e.registry_path, path);
    if (NT_SUCCESS(status))
        status = io_on_system_thread(run_entry, &e);
    __builtin_memset(e.registry_path, 0xCC, PAGE_SIZE);
    mem_free(e.registry_path, 1);
    return NT_SUCCESS(status) ? e.status : status;
}

static const char *status_name(NTSTATUS status)
{
    const char *name = rtl_status_name((uint32_t)status);

    return name ? name : "the status";
}

/* An image that is loaded already because others import from it becomes a driver (EXE-013), else the file is loaded. */
static NTSTATUS get_image(const char *path, struct io_module **out, char *message, size_t message_bytes)
{
    struct img_error *error = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*error), 'rrEI');
    const char *name = path;
    struct img_image *image;
    NTSTATUS status = STATUS_SUCCESS;

    if (!error)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (const char *p = path; *p; p++)
        if (*p == '/')
            name = p + 1;
    image = img_by_name(name);
    *out = image ? image->user : NULL;
    if (*out && (*out)->driver) {
        status = STATUS_IMAGE_ALREADY_LOADED;
        ddi_format(message, message_bytes, "%s is loaded already", name);
    } else if (!*out) {
        status = io_module_load(path, out, error);
        if (!NT_SUCCESS(status))
            ddi_format(message, message_bytes, "%s", error->text);
    }
    ExFreePool(error);
    return status;
}

NTSTATUS io_driver_load(const char *path, PCUNICODE_STRING service, struct nt_driver **out, char *message, size_t message_bytes)
{
    struct io_module *module;
    struct nt_driver *driver;
    NTSTATUS status;

    *out = NULL;
    message[0] = 0;
    io_load_lock();
    status = get_image(path, &module, message, message_bytes);
    if (NT_SUCCESS(status)) {
        status = io_folder_add(path);
        if (NT_SUCCESS(status))
            status = io_driver_create(service, module, &driver);
        if (NT_SUCCESS(status)) {
            module->driver = driver;
        } else {
            ddi_format(message, message_bytes, "%s: its driver object cannot be made: %s (0x%08X)", module->image->name, status_name(status),
                       (unsigned)status);
            io_module_unload(module);
        }
    }
    io_load_unlock();
    if (!NT_SUCCESS(status))
        return status;
    status = start(driver, service, path);
    if (NT_SUCCESS(status)) {
        io_load_lock();
        img_discard_init(module->image);
        io_load_unlock();
        *out = driver;
        return status;
    }
    ddi_format(message, message_bytes, "DriverEntry of %s returned %s (0x%08X)", module->image->name, status_name(status), (unsigned)status);
    io_driver_remove(driver); /* EXE-030: without Unload */
    return status;
}
