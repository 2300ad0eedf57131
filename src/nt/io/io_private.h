/* Inside src/nt/io: driver, device and file objects.
 *
 * Lock order (outermost first): load_lock (an event: held while an image is loaded or unloaded, not across DriverEntry);
 * io_lock (attachments, device lists, open counts, states: a leaf, any IRQL up to DISPATCH_LEVEL). No guest code runs under either but
 * an export driver's DllInitialize, on another thread, under load_lock. */
#ifndef WK_IO_PRIVATE_H
#define WK_IO_PRIVATE_H

#include "base/assert.h"
#include "ddi/guest.h"
#include "nt/io/io.h"
#include "nt/ob/ob.h"
#include "sched/sched.h"

struct img_image;
struct img_error;
struct io_module;

/* The IRP that this thread freed last: what a completion routine did with its own (irp.c, complete.c). */
extern __thread PIRP io_freed_last;

/* ---- drivers (driver.c) ---- */
struct io_reinit {
    LIST_ENTRY entry;
    PDRIVER_REINITIALIZE routine;
    PVOID context;
};
/* The body of a driver object. EXE-026 */
struct nt_driver {
    DRIVER_OBJECT object;
    DRIVER_EXTENSION extension;
    struct io_module *module;
    LIST_ENTRY client_extensions; /* EXE-039 */
    LIST_ENTRY reinit;            /* EXE-034 */
    ULONG reinit_count;
    bool starting;                /* DriverEntry has not returned */
    bool unloading;               /* EXE-032: no new opens and attaches */
    bool unloaded;                /* DriverUnload has run or is running */
    WORK_QUEUE_ITEM unload_work;
};
static inline struct nt_driver *io_driver(PDRIVER_OBJECT object)
{
    return CONTAINING_RECORD(object, struct nt_driver, object);
}
/* A driver object in the namespace, \Driver\<service>, with every routine the default one. service: UTF-16. */
NTSTATUS io_driver_create(PCUNICODE_STRING service, struct io_module *module, struct nt_driver **out);
void io_driver_started(struct nt_driver *driver); /* EXE-029 */
void io_driver_reinitialize(struct nt_driver *driver);
void io_driver_idle(struct nt_driver *driver);     /* a reference to one of its devices went: may Unload run now? */

void io_shutdown_forget(struct nt_driver *driver);

/* ---- images (module.c); under load_lock ---- */
struct io_module {
    struct img_image *image;
    struct nt_driver *driver; /* NULL: only its exports are used (EXE-013) */
    bool initialized;         /* DllInitialize has succeeded */
    bool keep;                /* no DllUnload */
};
void io_load_lock(void);
void io_load_unlock(void);
NTSTATUS io_module_load(const char *path, struct io_module **out, struct img_error *error);
void io_module_unload(struct io_module *module); /* or later, when drivers import from it */

/* ---- where images are (imagepath.c) ---- */
void io_folders_start(void);
size_t io_folder_bytes(const char *path); /* with the slash; 0: the working directory */
NTSTATUS io_folder_add(const char *path); /* of the driver at path; under load_lock */
NTSTATUS io_image_path_set(PCUNICODE_STRING key_path, const char *path);
/* The host's path of a service's image: ExFreePool(*path). STATUS_OBJECT_NAME_NOT_FOUND: no such key, or no such file. */
NTSTATUS io_image_find(PCUNICODE_STRING key_path, PCUNICODE_STRING service, char **path);

/* ---- devices (device.c, attach.c) ---- */
struct io_device {
    DEVOBJ_EXTENSION base; /* EXE-L73 */
    PDEVICE_OBJECT attached_to;
    bool deleted;
};
static inline struct io_device *io_device(PDEVICE_OBJECT device)
{
    return CONTAINING_RECORD(device->DeviceObjectExtension, struct io_device, base);
}
extern struct sched_lock io_lock;
void io_device_unlink(PDEVICE_OBJECT device); /* out of its driver's list; the list's reference goes */
bool io_device_usable(PDEVICE_OBJECT device); /* EXE-029, EXE-032; under io_lock */
void io_device_destroy(void *body);
void io_driver_destroy(void *body);
void io_device_released(PDEVICE_OBJECT device); /* one open less */

/* ---- threaded.c, complete.c ---- */
void io_threaded_start(unsigned limit_s); /* of EXE-758; 0: Windows' five minutes */
bool io_irp_unlink(PIRP irp); /* false: whoever cancels it ends it */
void io_finish(PIRP irp);     /* what follows the walk over its stack locations (EXE-316) */

void io_drop_extension(PIRP irp); /* hint.c: it has one */

void io_timer_delete(PDEVICE_OBJECT device);

/* ---- files (file.c) ---- */
void io_file_close(void *body, BOOLEAN last_handle);
void io_file_destroy(void *body);

#endif
