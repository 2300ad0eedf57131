/* libwskit (include/wskit/wskit.h) over the parts: starts them in the order they stand on each other, turns a client's words
 * into NT's (parameters into registry values, statuses into text), and makes the client's thread one of the scheduler's for
 * the time of a call. One machine per process; calls may come from any thread.
 *
 * Start: memory, network plane (it gives the scheduler its poller), NT (its kernel fills the scheduler's hooks and starts it).
 * Stop is the other way round. */
#include "base/err.h"
#include "host/host.h"
#include "machine/machine_private.h"
#include "memory/mem.h"
#include "net/net.h"
#include "netio/iph/service.h"
#include "netio/wsk/service.h"
#include "nt/nt.h"
#include "sched/sched.h"
#include "wskit/wskit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_BUILD  22631u
#define DEFAULT_MEMORY (UINT64_C(16) << 30)

struct wskit_driver {
    struct wskit_machine *machine;
    struct nt_driver *nt;
    struct wskit_driver *next; /* newest first */
};
struct wskit_file {
    struct nt_file *nt;
};
struct wskit_machine {
    struct wskit_options options;
    struct wskit_driver *drivers;
    unsigned findings;
};

static struct wskit_machine *the_machine;

static int fail(struct wskit_error *error, uint32_t status, const char *format, ...)
{
    va_list ap;

    if (error) {
        error->status = status;
        va_start(ap, format);
        vsnprintf(error->text, sizeof(error->text), format, ap);
        va_end(ap);
    }
    return -WK_EIO;
}

bool machine_enter(void)
{
    if (sched_self())
        return false;
    sched_thread_adopt("client");
    return true;
}

void machine_leave(bool adopted)
{
    if (adopted)
        sched_thread_disown();
}

/* ---- what NT says, to the client or to the standard streams ---- */

static void on_print(void *ctx, const char *text, size_t bytes)
{
    struct wskit_machine *m = ctx;

    if (m->options.debug_print) {
        m->options.debug_print(m->options.ctx, text, bytes);
    } else {
        fwrite(text, 1, bytes, stdout);
        fflush(stdout);
    }
}

static void on_finding(void *ctx, const char *rule, const char *text, const char *stack)
{
    struct wskit_machine *m = ctx;

    __atomic_add_fetch(&m->findings, 1, __ATOMIC_RELAXED);
    if (m->options.finding)
        m->options.finding(m->options.ctx, rule, text, stack);
    else
        fprintf(stderr, "finding %s: %s\n%s", rule, text, stack ? stack : "");
}

static void on_bugcheck(void *ctx, uint32_t code, const uint64_t params[4], const char *text, const char *stack)
{
    struct wskit_machine *m = ctx;

    __atomic_add_fetch(&m->findings, 1, __ATOMIC_RELAXED);
    if (m->options.bugcheck)
        m->options.bugcheck(m->options.ctx, code, params, text, stack);
    else
        fprintf(stderr, "bug check 0x%X (0x%llX, 0x%llX, 0x%llX, 0x%llX): %s\n%s", code, (unsigned long long)params[0],
                (unsigned long long)params[1], (unsigned long long)params[2], (unsigned long long)params[3], text, stack ? stack : "");
}

/* ---- the machine ---- */

int wskit_machine_open(const struct wskit_options *options, struct wskit_machine **out, struct wskit_error *error)
{
    struct wskit_machine *m;
    struct nt_config config;
    unsigned cpus = options->cpu_count ? options->cpu_count : machine_host_cpus();
    uint64_t memory = options->memory_bytes ? options->memory_bytes : DEFAULT_MEMORY;
    int err;

    if (the_machine)
        return fail(error, 0, "a machine is open in this process already; close it first, or use another process");
    m = calloc(1, sizeof(*m));
    if (!m)
        return fail(error, 0, "out of memory");
    m->options = *options;
    config = (struct nt_config){.cpu_count = cpus > SCHED_CPU_MAX ? SCHED_CPU_MAX : cpus, .memory_bytes = memory, .os_major = 10,
                                .os_build = options->os_build ? options->os_build : DEFAULT_BUILD, .dpc_limit_s = options->dpc_limit_s,
                                .cancel_limit_s = options->cancel_limit_s, .power_limit_s = options->power_limit_s, .root = options->root,
                                .debug_print = on_print, .finding = on_finding, .bugcheck = on_bugcheck, .ctx = m};
    err = mem_start(memory);
    if (err) {
        fail(error, 0, "the machine's memory cannot be set up: %s (`wskit doctor`)", wk_err_text(err));
        goto no_memory;
    }
    err = net_start(config.cpu_count);
    if (err) {
        fail(error, 0, "the network cannot be used: %s (`wskit doctor`)", wk_err_text(err));
        goto no_net;
    }
    if (options->root && (err = host.folder(options->root)) < 0) {
        fail(error, 0, "%s cannot be the machine's C:: %s", options->root, wk_err_text(err));
        goto no_nt;
    }
    if (options->root)
        host.close_fd(err);
    machine_set_hooks(options->hooks);
    err = nt_start(&config);
    if (err) {
        fail(error, 0, "the kernel cannot be started: %s (`wskit doctor`)", wk_err_text(err));
        goto no_nt;
    }
    err = iph_service_start();
    if (err) {
        fail(error, 0, "IP Helper cannot be started: %s (`wskit doctor`)", wk_err_text(err));
        goto no_wsk;
    }
    err = wsk_service_start();
    if (err) {
        fail(error, 0, "Winsock Kernel cannot be started: %s (`wskit doctor`)", wk_err_text(err));
        goto no_wsk;
    }
    the_machine = m;
    *out = m;
    return 0;
no_wsk:
    if (!nt_stop())
        return err; /* threads run on, with all that is under them */
no_nt:
    net_stop();
no_net:
    mem_stop();
no_memory:
    free(m);
    return err;
}

void wskit_machine_close(struct wskit_machine *m)
{
    if (!m)
        return;
    while (m->drivers)
        if (wskit_driver_stop(m->drivers, NULL) != 0)
            break;
    if (!m->drivers)
        wsk_service_stop();
    if (nt_stop()) {
        net_stop();
        mem_stop();
    }
    the_machine = NULL;
    free(m);
}

unsigned wskit_findings(const struct wskit_machine *m)
{
    return __atomic_load_n(&m->findings, __ATOMIC_RELAXED);
}

size_t wskit_where(struct wskit_machine *m, char *text, size_t bytes)
{
    (void)m;
    return nt_where(text, bytes);
}

const char *wskit_version(void)
{
    return WSKIT_VERSION;
}

/* ---- drivers ---- */

int wskit_driver_start(struct wskit_machine *m, const char *path, const struct wskit_driver_options *options, struct wskit_driver **out,
                       struct wskit_error *error)
{
    struct wskit_driver *d = calloc(1, sizeof(*d));
    const char *service = options ? options->service : NULL;
    char from_path[128], message[sizeof(error->text)] = "";
    uint32_t status;
    bool adopted;

    if (!d)
        return fail(error, 0xC000009A, "out of memory");
    if (!service) {
        machine_service_name(path, from_path, sizeof(from_path));
        service = from_path;
    }
    adopted = machine_enter();
    status = machine_set_parameters(service, options ? options->parameters : NULL, message, sizeof(message));
    if (!status)
        status = nt_driver_start(path, service, &d->nt, message, sizeof(message));
    machine_leave(adopted);
    if (status >= 0x80000000u) {
        free(d);
        return fail(error, status, "%s", message[0] ? message : nt_status_text(status));
    }
    d->machine = m;
    d->next = m->drivers;
    m->drivers = d;
    *out = d;
    return 0;
}

int wskit_driver_stop(struct wskit_driver *d, struct wskit_error *error)
{
    struct wskit_driver **link = &d->machine->drivers;
    char message[sizeof(error->text)] = "";
    bool adopted = machine_enter();
    uint32_t status = nt_driver_stop(d->nt, message, sizeof(message));

    machine_leave(adopted);
    if (status >= 0x80000000u)
        return fail(error, status, "%s", message[0] ? message : nt_status_text(status));
    while (*link != d)
        link = &(*link)->next;
    *link = d->next;
    free(d);
    return 0;
}

struct nt_driver *machine_driver(struct wskit_driver *driver)
{
    return driver->nt;
}

/* ---- a program that opens a device ---- */

struct nt_file *machine_file(struct wskit_file *file)
{
    return file->nt;
}

static int open_file(const char *device, uint32_t access, bool overlapped, struct wskit_file **out, struct wskit_error *error)
{
    struct wskit_file *file = calloc(1, sizeof(*file));
    uint32_t status;
    bool adopted;

    if (!file)
        return fail(error, 0xC000009A, "out of memory");
    adopted = machine_enter();
    status = nt_open_as(device, access, overlapped, &file->nt);
    machine_leave(adopted);
    if (status >= 0x80000000u) {
        free(file);
        return fail(error, status, "%s cannot be opened: %s", device, nt_status_text(status));
    }
    *out = file;
    return 0;
}

int wskit_open(struct wskit_machine *m, const char *device, uint32_t access, struct wskit_file **out, struct wskit_error *error)
{
    (void)m;
    return open_file(device, access, false, out, error);
}

int wskit_open_overlapped(struct wskit_machine *m, const char *device, uint32_t access, struct wskit_file **out, struct wskit_error *error)
{
    (void)m;
    return open_file(device, access, true, out, error);
}

static int finish(struct nt_io_result result, size_t *returned, struct wskit_error *error)
{
    if (returned)
        *returned = (size_t)result.information;
    if (error) {
        error->status = result.status;
        error->text[0] = 0;
    }
    return result.status >= 0xC0000000u ? fail(error, result.status, "%s", nt_status_text(result.status)) : 0;
}

int wskit_ioctl(struct wskit_file *file, uint32_t code, const void *in, size_t in_bytes, void *out, size_t out_bytes, size_t *returned,
                struct wskit_error *error)
{
    bool adopted = machine_enter();
    struct nt_io_result result = nt_ioctl(file->nt, code, in, in_bytes, out, out_bytes);

    machine_leave(adopted);
    return finish(result, returned, error);
}

int wskit_read(struct wskit_file *file, void *out, size_t bytes, uint64_t offset, size_t *returned, struct wskit_error *error)
{
    bool adopted = machine_enter();
    struct nt_io_result result = nt_read(file->nt, out, bytes, offset);

    machine_leave(adopted);
    return finish(result, returned, error);
}

int wskit_write(struct wskit_file *file, const void *in, size_t bytes, uint64_t offset, size_t *returned, struct wskit_error *error)
{
    bool adopted = machine_enter();
    struct nt_io_result result = nt_write(file->nt, in, bytes, offset);

    machine_leave(adopted);
    return finish(result, returned, error);
}

void wskit_file_close(struct wskit_file *file)
{
    bool adopted;

    if (!file)
        return;
    adopted = machine_enter();
    nt_close(file->nt);
    machine_leave(adopted);
    free(file);
}
