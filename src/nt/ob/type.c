/* The object types, the variables under which drivers know some of them, start and stop. */
#include "ob_private.h"

#define STANDARD(read, write, execute, all)                                                                            \
    .mapping = {STANDARD_RIGHTS_READ | (read), STANDARD_RIGHTS_WRITE | (write), STANDARD_RIGHTS_EXECUTE | (execute), (all)}, .valid = (all)

static struct _OBJECT_TYPE file = {.name = "File", STANDARD(0x100089, 0x100116, 0x1000A0, 0x1F01FF)};
static struct _OBJECT_TYPE device = {.name = "Device", .parses = true, .permanent = true, STANDARD(0x100089, 0x100116, 0x1000A0, 0x1F01FF)};
static struct _OBJECT_TYPE driver = {.name = "Driver", .permanent = true, STANDARD(0x100089, 0x100116, 0x1000A0, 0x1F01FF)};
static struct _OBJECT_TYPE thread = {.name = "Thread", .waitable = true, STANDARD(0x48, 0x37, 0x120800, 0x1FFFFF)};
static struct _OBJECT_TYPE process = {.name = "Process", .waitable = true, STANDARD(0x410, 0xBEB, 0x121000, 0x1FFFFF)};
static struct _OBJECT_TYPE event = {.name = "Event", .waitable = true, STANDARD(1, 2, 0x100000, 0x1F0003)};
static struct _OBJECT_TYPE semaphore = {.name = "Semaphore", .waitable = true, STANDARD(1, 2, 0x100000, 0x1F0003)};
static struct _OBJECT_TYPE key = {.name = "Key", .parses = true, STANDARD(0x19, 0x6, 0x39, 0xF003F)};
static struct _OBJECT_TYPE directory = {.name = "Directory", .permanent = true, STANDARD(3, 12, 3, 0xF000F)};
static struct _OBJECT_TYPE symbolic_link = {.name = "SymbolicLink", STANDARD(1, 0, 1, 0xF0001)};
static struct _OBJECT_TYPE token = {.name = "Token", STANDARD(0x8, 0xE0, 0x5, 0xF01FF)};
static struct _OBJECT_TYPE callback = {.name = "Callback", .permanent = true, STANDARD(0, 1, 0x100000, 0x1F0001)};

POBJECT_TYPE const ob_file_type = &file, ob_device_type = &device, ob_driver_type = &driver, ob_thread_type = &thread, ob_process_type = &process,
                   ob_event_type = &event, ob_semaphore_type = &semaphore, ob_key_type = &key, ob_directory_type = &directory,
                   ob_symbolic_link_type = &symbolic_link, ob_token_type = &token, ob_callback_type = &callback;

POBJECT_TYPE IoFileObjectType = &file, IoDriverObjectType = &driver, IoDeviceObjectType = &device, ExEventObjectType = &event,
             ExSemaphoreObjectType = &semaphore, PsThreadType = &thread, PsProcessType = &process, SeTokenObjectType = &token, CmKeyObjectType = &key;

struct ob_ps_hooks ob_ps;

ACCESS_MASK ob_map_access(POBJECT_TYPE type, ACCESS_MASK access)
{
    if (access & GENERIC_READ)
        access |= type->mapping.GenericRead;
    if (access & GENERIC_WRITE)
        access |= type->mapping.GenericWrite;
    if (access & GENERIC_EXECUTE)
        access |= type->mapping.GenericExecute;
    if (access & (GENERIC_ALL | MAXIMUM_ALLOWED))
        access |= type->mapping.GenericAll;
    return access & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL | MAXIMUM_ALLOWED);
}

int ob_start(void)
{
    int err = ob_handles_start();

    if (!err)
        err = ob_names_start();
    return err ? err : ob_events_start();
}

/* The names are left to the pool, which goes as a whole. */
void ob_stop(void)
{
    ob_ps = (struct ob_ps_hooks){0};
}
