/* libwskit as `wskit run` sees it, without a machine: each "image" is a text file whose words say what its driver does. With it
 * the supervisor is tested against everything a machine process may do, also the worst (tests/cli/run_*.t).
 *
 *   print=TEXT finding bugcheck crash=SIGNAL exit hang refuse=STATUS assert     in DriverEntry
 *   unload-hang unload-crash unload-finding                                     in Unload */
#include "base/assert.h"
#include "image/image.h"
#include "wskit/ddi.h"
#include "wskit/wskit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct wskit_machine {
    struct wskit_options options;
    unsigned findings;
};
struct wskit_driver {
    struct wskit_machine *machine;
    char words[512];
};
struct wskit_file {
    int unused;
};

static struct wskit_machine the_machine;

int wskit_machine_open(const struct wskit_options *options, struct wskit_machine **out, struct wskit_error *error)
{
    (void)error;
    the_machine.options = *options;
    *out = &the_machine;
    return 0;
}

void wskit_machine_close(struct wskit_machine *machine)
{
    (void)machine;
}

unsigned wskit_findings(const struct wskit_machine *machine)
{
    return machine->findings;
}

static void sleep_for_ever(void)
{
    for (;;)
        pause();
}

static const char *word(const char *words, const char *wanted)
{
    const char *at = strstr(words, wanted);

    return at && (at == words || at[-1] == ' ' || at[-1] == '\n') ? at + strlen(wanted) : NULL;
}

int wskit_driver_start(struct wskit_machine *m, const char *path, const struct wskit_driver_options *options, struct wskit_driver **out,
                       struct wskit_error *error)
{
    static const uint64_t params[4] = {0x10, 2, 0, 0xfffff80000001234};
    struct wskit_options *o = &m->options;
    struct wskit_driver *d = calloc(1, sizeof(*d));
    FILE *file = fopen(path, "r");
    const char *w = d->words;
    const char *value;
    char text[256];

    d->machine = m;
    d->words[fread(d->words, 1, sizeof(d->words) - 1, file)] = 0;
    fclose(file);
    for (const char *const *p = options->parameters; p && *p; p++) {
        int n = snprintf(text, sizeof(text), "%s: %s\n", options->service ? options->service : "-", *p);
        o->debug_print(o->ctx, text, (size_t)n);
    }
    if ((value = word(w, "print="))) {
        int n = snprintf(text, sizeof(text), "%.*s\n", (int)strcspn(value, " \n"), value);
        o->debug_print(o->ctx, text, (size_t)n);
    }
    if (word(w, "finding")) {
        m->findings++;
        o->finding(o->ctx, "EXE-756", "something \"quoted\" is wrong", "fake!DriverEntry+0x12 (fake.c:8)\nfake!GsDriverEntry+0x3\n");
    }
    if (word(w, "bugcheck")) {
        o->bugcheck(o->ctx, 0xD1, params, "read of 0x10 at DISPATCH_LEVEL", "fake!OnReceive+0x12 (fake.c:8)\n");
        _exit(1);
    }
    if ((value = word(w, "crash="))) {
        signal(atoi(value), SIG_DFL);
        raise(atoi(value));
    }
    if (word(w, "exit"))
        _exit(0);
    if (word(w, "hang"))
        sleep_for_ever();
    if (word(w, "assert"))
        WK_ASSERT(w == NULL);
    if ((value = word(w, "refuse="))) {
        error->status = (uint32_t)strtoul(value, NULL, 16);
        snprintf(error->text, sizeof(error->text), "%s: DriverEntry failed with 0x%08X (%s)", path, error->status, wskit_status_name(error->status));
        free(d);
        return -1;
    }
    *out = d;
    return 0;
}

int wskit_driver_stop(struct wskit_driver *d, struct wskit_error *error)
{
    struct wskit_options *o = &d->machine->options;

    (void)error;
    if (word(d->words, "unload-hang"))
        sleep_for_ever();
    if (word(d->words, "unload-crash"))
        abort();
    if (word(d->words, "unload-finding"))
        o->finding(o->ctx, "EXE-033", "a timer is still set", NULL);
    free(d);
    return 0;
}

int wskit_open(struct wskit_machine *machine, const char *device, uint32_t access, struct wskit_file **out, struct wskit_error *error)
{
    (void)machine;
    (void)access;
    if (strcmp(device, "\\\\.\\Fake") == 0 && (*out = malloc(sizeof(**out))))
        return 0;
    error->status = 0xC0000034;
    snprintf(error->text, sizeof(error->text), "%s: no such device", device);
    return -1;
}

int wskit_ioctl(struct wskit_file *file, uint32_t code, const void *in, size_t in_bytes, void *out, size_t out_bytes, size_t *returned,
                struct wskit_error *error)
{
    (void)file;
    if (code == 0x222000) {
        *returned = in_bytes < out_bytes ? in_bytes : out_bytes;
        for (size_t i = 0; i < *returned; i++)
            ((char *)out)[i] = ((const char *)in)[*returned - 1 - i];
        error->status = 0;
        return 0;
    }
    if (code == 0x22200C) { /* a driver that says that it has filled the buffer, and has not */
        *returned = out_bytes;
        error->status = 0;
        return 0;
    }
    if (code == 0x222004)
        abort();
    error->status = 0xC0000010;
    return -1;
}

void wskit_file_close(struct wskit_file *file)
{
    free(file);
}

size_t wskit_ddi_count(void)
{
    return 0;
}

bool wskit_ddi_at(size_t index, struct wskit_ddi *out)
{
    (void)index;
    (void)out;
    return false;
}

const char *wskit_status_name(uint32_t status)
{
    return status == 0 ? "STATUS_SUCCESS" : status == 0xC000020A ? "STATUS_ADDRESS_ALREADY_EXISTS" : status == 0xC0000010 ? "STATUS_INVALID_DEVICE_REQUEST"
                                                                                                                        : "STATUS_SOMETHING";
}

const char *wskit_bugcheck_name(uint32_t code)
{
    return code == 0xD1 ? "DRIVER_IRQL_NOT_LESS_OR_EQUAL" : NULL;
}

int img_dry_load(const char *path, const struct img_resolver *resolver, char pdb_path[260], struct img_error *error)
{
    (void)path;
    (void)resolver;
    (void)pdb_path;
    (void)error;
    return -1;
}

size_t wskit_where(struct wskit_machine *machine, char *text, size_t bytes)
{
    (void)machine;
    (void)bytes;
    text[0] = 0; /* no driver is on any stack */
    return 0;
}

int wskit_device_add(struct wskit_driver *driver, const char *hardware_id, struct wskit_device **out, struct wskit_error *error)
{
    (void)hardware_id;
    (void)error;
    *out = (struct wskit_device *)driver;
    return 0;
}

void wskit_device_forget(struct wskit_device *device)
{
    (void)device;
}
