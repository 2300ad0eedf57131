/* nt.h over the parts: starts them in the order they stand on each other, stops them the other way round; makes the client's thread one of
 * the simulated application for the time of a call. */
#include "nt/nt_private.h"

#include "base/err.h"
#include "ddi/guest.h"
#include "ddi/sinks.h"
#include "ddi/state.h"
#include "ddi/text.h"
#include "memory/mem.h"
#include "nt/cm/cm.h"
#include "nt/dbg/dbg.h"
#include "nt/ex/ex.h"
#include "nt/fs/fs.h"
#include "nt/io/io.h"
#include "nt/ke/ke.h"
#include "nt/mm/mm.h"
#include "nt/ob/ob.h"
#include "nt/pnp/pnp.h"
#include "nt/po/po.h"
#include "nt/ps/ps.h"
#include "nt/rtl/rtl.h"
#include "nt/se/se.h"
#include "nt/seh/seh.h"

/* ---- what exceptions ask of the kernel (seh.h); all but set_irql, set_interrupts and origin in signal context ---- */
static KIRQL current_irql(void)
{
    return ke_thread_is_nt() ? ke_irql() : PASSIVE_LEVEL;
}

static bool read_shared(ULONG offset, void *out, ULONG bytes)
{
    if (offset + bytes > PAGE_SIZE)
        return false;
    ke_shared_page_read(offset, out, bytes);
    return true;
}

static bool stack_limits(ULONG64 *low, ULONG64 *high)
{
    ULONG_PTR l, h;

    if (!ke_thread_is_nt())
        return false;
    ke_stack_limits(&l, &h);
    *low = l;
    *high = h;
    return true;
}

/* EXE-055: mov cr8 checks nothing on the way up. */
static VOID NTAPI set_irql(KIRQL irql)
{
    if (irql > ke_irql())
        KfRaiseIrql(irql);
    else
        KeLowerIrql(irql);
}

static enum seh_origin origin(void)
{
    return ke_thread_is_nt() && ExGetPreviousMode() == UserMode ? SEH_ORIGIN_USER : SEH_ORIGIN_SYSTEM;
}

/* ---- start and stop ---- */
/* The calling thread is the machine's while the parts start: later it comes back as one of the application. */
static int start_parts(const struct nt_config *config)
{
    static const struct seh_hooks hooks = {.irql = current_irql, .set_irql = set_irql, .set_interrupts = ke_set_interrupts, .interrupts_on = ke_interrupts_on,
                                           .shared_read = read_shared, .shared_view = ke_shared_view, .shared_trap = ke_shared_trap, .load_gs = ke_load_gs,
                                           .stack_limits = stack_limits, .page_in = mm_page_in, .origin = origin};
    struct ke_config ke = {.cpu_count = config->cpu_count, .os_major = config->os_major, .os_minor = config->os_minor, .os_build = config->os_build,
                           .memory_pages = config->memory_bytes / PAGE_SIZE, .dpc_limit_s = config->dpc_limit_s};
    int err;

    ddi_set_raised(mm_page_out);
    if ((err = mm_start()) || (err = ke_start(&ke)))
        return err;
    if ((err = ke_thread_adopt(ps_boot_thread(), "start")))
        return err;
    if (!(err = seh_start(&hooks)) && !(err = ob_start()) && !(err = ps_start()) && !(err = ex_start(ps_create_worker)) &&
        !(err = ex_callbacks_start()) &&
        !(err = cm_start()))
        err = io_start(config->cancel_limit_s);
    po_start(config->power_limit_s);
    if (!err)
        err = pnp_start();
    if (!err)
        err = fs_start(config->root);
    ke_thread_disown();
    return err;
}

int nt_start(const struct nt_config *config)
{
    rtl_set_version(config->os_major, config->os_minor, config->os_build);
    dbg_set_sink(config->debug_print, config->ctx);
    guest_set_sinks(&(struct guest_sinks){.finding = config->finding, .bugcheck = config->bugcheck, .ctx = config->ctx});
    return start_parts(config);
}

bool nt_stop(void)
{
    if (ps_enter_system() != 0)
        return false;
    io_stop();
    cm_stop();
    ex_stop();
    ps_leave_system();
    if (!ke_join_threads(2000))
        return false; /* their stacks and all that they use stay */
    if (ke_thread_adopt(ps_boot_thread(), "stop") != 0)
        return false;
    ps_stop();
    ob_stop();
    ke_thread_disown();
    if (!ke_stop())
        return false;
    mm_stop();
    fs_stop();
    dbg_set_sink(NULL, NULL);
    return true;
}

/* ---- the client's words ---- */
uint32_t nt_registry_set(const char *key_path, const char *name, uint32_t type, const void *data, size_t bytes)
{
    struct nt_name key, value;
    NTSTATUS status;

    if (ps_enter_system() != 0)
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    status = nt_name_set(&key, L"", key_path);
    if (NT_SUCCESS(status))
        status = nt_name_set(&value, L"", name);
    if (NT_SUCCESS(status))
        status = (NTSTATUS)cm_set(&key.text, &value.text, type, data, bytes);
    ps_leave_system();
    return (uint32_t)status;
}

uint32_t nt_driver_start(const char *path, const char *service, struct nt_driver **out, char *message, size_t message_bytes)
{
    char from_path[128];
    struct nt_name name;
    NTSTATUS status;

    message[0] = 0;
    if (ps_enter_system() != 0)
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    if (!service) {
        unsigned n = 0;

        service = path;
        for (const char *p = path; *p; p++, n++)
            if (*p == '/') {
                service = p + 1;
                n = (unsigned)-1;
            }
        ddi_format(from_path, sizeof(from_path), "%.*s", (int)(n > 4 && service[n - 4] == '.' ? n - 4 : n), service);
        service = from_path;
    }
    status = nt_name_set(&name, L"", service);
    if (NT_SUCCESS(status))
        status = io_driver_load(path, &name.text, out, message, message_bytes);
    else
        ddi_format(message, message_bytes, "the service name %s cannot be used: %s", service, nt_status_text((uint32_t)status));
    if (NT_SUCCESS(status))
        ObfReferenceObject(io_driver_object(*out)); /* the client's: drivers unload each other */
    ps_leave_system();
    return (uint32_t)status;
}

uint32_t nt_driver_stop(struct nt_driver *driver, char *message, size_t message_bytes)
{
    NTSTATUS status;

    if (ps_enter_system() != 0)
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    status = io_driver_stop(driver, message, message_bytes);
    if (NT_SUCCESS(status))
        ObfDereferenceObject(io_driver_object(driver));
    ps_leave_system();
    return (uint32_t)status;
}

size_t nt_where(char *text, size_t bytes)
{
    return ke_where(text, bytes);
}

const char *nt_status_text(uint32_t status)
{
    static __thread char text[96];
    const char *name = rtl_status_name(status);

    ddi_format(text, sizeof(text), name ? "%s (0x%08X)" : "%sstatus 0x%08X", name ? name : "", status);
    return text;
}
