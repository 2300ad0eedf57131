/* The end of a driver's image: what it has left behind is named, what would call into it stops the machine (EXE-030, EXE-033, EXE-242).
 * Called by load.c after a DriverEntry that failed, and by unload.c after DriverUnload; at PASSIVE_LEVEL. */
#include "nt/io/leaks.h"

#include "image/image.h"
#include "nt/etw/etw.h"
#include "nt/ex/ex.h"
#include "nt/io/io_private.h"
#include "nt/ke/ke.h"
#include "nt/mm/mm.h"
#include "nt/pnp/pnp.h"

#define SHOWN 16
#define CHECKS 4

static io_unload_check *checks[CHECKS];

void io_add_unload_check(io_unload_check *check)
{
    for (unsigned i = 0; i < CHECKS; i++)
        if (__sync_bool_compare_and_swap(&checks[i], NULL, check))
            return;
    WK_ASSERT(false);
}

struct pool_leaks {
    const char *image;
    unsigned shown;
    ULONG64 bytes;
};

static void show_block(const struct mm_pool_block *block, void *ctx)
{
    struct pool_leaks *leaks = ctx;
    char where[IMG_SYMBOL_BYTES];
    char tag[5];

    leaks->bytes += block->bytes;
    if (leaks->shown++ >= SHOWN)
        return;
    for (unsigned i = 0; i < 4; i++) {
        tag[i] = (char)(block->tag >> (8 * i));
        if (tag[i] < 32 || tag[i] > 126)
            tag[i] = '.';
    }
    tag[4] = 0;
    img_symbolize(block->caller, where, sizeof(where));
    guest_finding("EXE-242", "%s is unloaded with %llu bytes of %spaged pool at 0x%llX, tag '%s', allocated at %s", leaks->image,
                  (unsigned long long)block->bytes, block->paged ? "" : "non", (unsigned long long)block->address, tag, where);
}

static void report_pool(const struct img_image *image)
{
    struct pool_leaks leaks = {.image = image->name};
    uint64_t low = (uint64_t)(ULONG_PTR)image->base;

    mm_pool_report(low, low + image->bytes, show_block, &leaks);
    if (leaks.shown > SHOWN)
        guest_finding("EXE-242", "%s is unloaded with %u pool blocks in all, %llu bytes", image->name, leaks.shown, (unsigned long long)leaks.bytes);
}

/* A device object that is left is taken out of the namespace, so that nobody reaches the code that goes. */
static void report_devices(struct nt_driver *driver)
{
    for (;;) {
        PDEVICE_OBJECT device, attached;

        sched_lock(&io_lock);
        device = driver->object.DeviceObject;
        attached = device ? device->AttachedDevice : NULL;
        if (device)
            io_device(device)->deleted = true;
        if (attached) {
            io_device(attached)->attached_to = NULL;
            device->AttachedDevice = NULL;
        }
        sched_unlock(&io_lock);
        if (!device)
            return;
        guest_finding("EXE-033", "%s is unloaded without IoDeleteDevice(%p)%s", driver->module->image->name, device,
                      device->Flags & DO_DEVICE_HAS_NAME ? ", which has a name" : "");
        ob_remove(device);
        io_device_unlink(device);
    }
}

/* EXE-303: it stays, as in Windows, and leads nowhere. Under ob's lock: what is found is told later. */
struct link_leaks {
    char text[1024];
    ULONG used, count;
};

static void note_link(PCUNICODE_STRING name, void *ctx)
{
    struct link_leaks *leaks = ctx;
    ULONG bytes = 0, room = sizeof(leaks->text) - leaks->used - 3;

    leaks->count++;
    if (room < name->Length / sizeof(WCHAR) * 3)
        return;
    RtlUnicodeToUTF8N(leaks->text + leaks->used + (leaks->used ? 2 : 0), room, &bytes, name->Buffer, name->Length);
    if (leaks->used) {
        leaks->text[leaks->used++] = ',';
        leaks->text[leaks->used++] = ' ';
    }
    leaks->used += bytes;
    leaks->text[leaks->used] = 0;
}

static void report_links(const struct img_image *image, uint64_t low, uint64_t high)
{
    struct link_leaks leaks = {.count = 0};

    ob_links_of(low, high, note_link, &leaks);
    if (leaks.count)
        guest_finding("EXE-303", "%s is unloaded without IoDeleteSymbolicLink for %u link%s: %s", image->name, leaks.count, leaks.count == 1 ? "" : "s", leaks.text);
}

/* Work that others do for the driver: deferred procedure calls, work items. What does not end soon is a finding of its own. */
static void settle(void)
{
    LARGE_INTEGER tick = {.QuadPart = -10000};

    KeFlushQueuedDpcs();
    for (unsigned i = 0; i < 1000 && ex_work_pending(); i++)
        KeDelayExecutionThread(KernelMode, FALSE, &tick);
}

void io_driver_remove(struct nt_driver *driver)
{
    struct io_module *module = driver->module;
    struct img_image *image = module->image;
    uint64_t low = (uint64_t)(ULONG_PTR)image->base, high = low + image->bytes;
    unsigned registrations;

    settle();
    io_shutdown_forget(driver);
    pnp_forget(&driver->object);
    report_devices(driver);
    report_links(image, low, high);
    ex_find_leftovers(low, high);
    registrations = etw_registrations_of(low, image->bytes);
    if (registrations)
        guest_finding("EXE-575", "%s is unloaded with %u event provider%s still registered", image->name, registrations, registrations == 1 ? "" : "s");
    report_pool(image);
    for (unsigned i = 0; i < CHECKS && checks[i]; i++)
        checks[i](low, high);
    ke_check_unloaded(low, high);
    ob_remove(&driver->object);
    io_load_lock();
    module->driver = NULL;
    io_module_unload(module);
    io_load_unlock();
    driver->module = NULL;
    ObfDereferenceObject(&driver->object);
}
