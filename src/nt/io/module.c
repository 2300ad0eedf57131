/* Driver images: where their imports come from, export drivers (EXE-013, EXE-014), when one may be unmapped. All of it under load_lock;
 * an image's `user` is its io_module. */
#include "nt/io/io_private.h"

#include "base/err.h"
#include "ddi/find.h"
#include "ddi/text.h"
#include "image/image.h"
#include "nt/mm/mm.h"

#define TAG_MODULE 0x4D646F49 /* "IodM" */

static KEVENT load_lock;
static struct {
    const char *path; /* of the driver that is being loaded: its folder is the first `bytes` of it; under load_lock */
    size_t bytes;
} load_folder;
static ULONG lock_ready;

void io_load_lock(void)
{
    if (!lock_ready) { /* the first load is the machine's, alone */
        KeInitializeEvent(&load_lock, SynchronizationEvent, TRUE);
        lock_ready = 1;
    }
    KeWaitForSingleObject(&load_lock, Executive, KernelMode, FALSE, NULL);
}

void io_load_unlock(void)
{
    KeSetEvent(&load_lock, IO_NO_INCREMENT, FALSE);
}

static bool module_known(void *ctx, const char *module)
{
    return ddi_module(module);
}

static void *symbol(void *ctx, const char *module, const char *name, unsigned ordinal)
{
    struct img_image *image;

    if (ddi_module(module))
        return name ? ddi_bind(module, name) : NULL;
    image = img_by_name(module);
    return image ? img_export(image, name, ordinal) : NULL;
}

/* ---- EXE-013: a driver of which only the exports are used ---- */
struct initialize {
    NTSTATUS(NTAPI *routine)(PUNICODE_STRING registry_path);
    UNICODE_STRING path;
    NTSTATUS status;
};

static void initialize_on_thread(void *context)
{
    struct initialize *i = context;

    i->status = i->routine(&i->path);
}

static NTSTATUS initialize(struct io_module *module)
{
    static const WCHAR prefix[] = L"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\";
    struct initialize i = {.routine = (NTSTATUS(NTAPI *)(PUNICODE_STRING))img_export(module->image, "DllInitialize", 0)};
    const char *name = module->image->name;
    unsigned length = sizeof(prefix) / sizeof(WCHAR) - 1;
    WCHAR path[sizeof(prefix) / sizeof(WCHAR) + sizeof(module->image->name)];
    NTSTATUS status;

    module->keep = !img_export(module->image, "DllUnload", 0);
    if (!i.routine)
        return STATUS_SUCCESS;
    __builtin_memcpy(path, prefix, sizeof(prefix));
    for (; *name && *name != '.'; name++)
        path[length++] = (WCHAR)*name;
    path[length] = 0;
    i.path = (UNICODE_STRING){(USHORT)(length * sizeof(WCHAR)), (USHORT)((length + 1) * sizeof(WCHAR)), path};
    status = io_on_system_thread(initialize_on_thread, &i);
    return NT_SUCCESS(status) ? i.status : status;
}

static bool load_export_driver(void *ctx, const char *module, struct img_error *error)
{
    size_t name_bytes = rtl_crt_strlen(module) + 1;
    char *path = ExAllocatePool2(POOL_FLAG_NON_PAGED, load_folder.bytes + name_bytes, TAG_MODULE);
    struct io_module *m;
    NTSTATUS status;

    if (!path) {
        error->status = (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
        ddi_format(error->text, sizeof(error->text), "%s: out of memory", module);
        return false;
    }
    __builtin_memcpy(path, load_folder.path, load_folder.bytes);
    __builtin_memcpy(path + load_folder.bytes, module, name_bytes);
    status = io_module_load(path, &m, error);
    ExFreePoolWithTag(path, TAG_MODULE);
    if (!NT_SUCCESS(status)) {
        if (status == STATUS_OBJECT_NAME_NOT_FOUND)
            error->text[0] = 0;
        return false;
    }
    status = initialize(m);
    if (!NT_SUCCESS(status)) {
        error->status = (uint32_t)status;
        ddi_format(error->text, sizeof(error->text), "DllInitialize of %s returned 0x%08X", module, (unsigned)status);
        io_module_unload(m);
        return false;
    }
    m->initialized = true;
    return true;
}

NTSTATUS io_module_load(const char *path, struct io_module **out, struct img_error *error)
{
    static const struct img_resolver resolver = {module_known, symbol, load_export_driver, NULL};
    struct io_module *module = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*module), TAG_MODULE);
    typeof(load_folder) before = load_folder;
    int err;

    *out = NULL;
    if (!module) {
        error->status = (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
        ddi_format(error->text, sizeof(error->text), "%s: out of memory", path);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    load_folder = (typeof(load_folder)){path, io_folder_bytes(path)};
    err = img_load(path, &resolver, &module->image, error);
    load_folder = before;
    if (err) {
        ExFreePoolWithTag(module, TAG_MODULE);
        return error->status ? (NTSTATUS)error->status : STATUS_INVALID_IMAGE_FORMAT;
    }
    module->image->user = module;
    mm_image_loaded();
    *out = module;
    return STATUS_SUCCESS;
}

static void dll_unload(void *context)
{
    ((VOID(NTAPI *)(VOID))context)();
}

void io_module_unload(struct io_module *module)
{
    struct img_image *imports[IMG_IMPORTS_MAX];
    struct img_image *image = module->image;
    uint32_t count = image->import_count;

    if (image->refs || module->driver)
        return;
    __builtin_memcpy(imports, image->imports, sizeof(imports));
    if (module->initialized && module->keep)
        return;
    if (module->initialized)
        io_on_system_thread(dll_unload, img_export(image, "DllUnload", 0));
    image->user = NULL;
    img_unload(image);
    ExFreePoolWithTag(module, TAG_MODULE);
    for (uint32_t i = 0; i < count; i++) /* EXE-013: when its last importer is gone */
        if (imports[i]->user && !imports[i]->unloaded)
            io_module_unload(imports[i]->user);
}
