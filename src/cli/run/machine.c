/* The machine's process: opens libwskit, starts the drivers in order, waits for "stop", stops them the other way round.
 * Every fact goes to the supervisor as it happens, so that a crash here loses nothing that was said before it. */
#include "cli/run/run.h"
#include "base/assert.h"
#include "cli/cli.h"
#include "wskit/wskit.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static struct run_plan *plan;

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* One datagram is one record: header, then the parts of its text, each ended by NUL (PRINT: as it is). Any thread, on any
 * stack, in signal context too: it copies nothing. The last part gives way when the whole is too long. */
static void tell(const struct run_header *head, const char *const *parts, const size_t *sizes, size_t count)
{
    struct iovec v[1 + 3 * 2] = {{(void *)(uintptr_t)head, sizeof(*head)}};
    struct msghdr message = {.msg_iov = v, .msg_iovlen = 1};
    size_t room = RUN_TEXT_MAX - count;

    for (size_t i = 0; i < count; i++) {
        const char *part = parts[i] ? parts[i] : "";
        size_t n = sizes ? sizes[i] : strnlen(part, room);

        if (n > room)
            n = room;
        room -= n;
        v[message.msg_iovlen++] = (struct iovec){(void *)(uintptr_t)part, n};
        if (!sizes)
            v[message.msg_iovlen++] = (struct iovec){(void *)(uintptr_t)"", 1};
    }
    while (sendmsg(plan->channel, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

static void tell_event(enum run_event event, unsigned driver, double ms)
{
    struct run_header r;

    r.event = event;
    r.driver = driver;
    r.status = 0;
    r.ms = ms;
    tell(&r, NULL, NULL, 0);
}

static void tell_text(enum run_event event, unsigned driver, uint32_t status, const char *text)
{
    struct run_header r;

    r.event = event;
    r.driver = driver;
    r.status = status;
    tell(&r, &text, NULL, 1);
}

static void on_print(void *ctx, const char *text, size_t bytes)
{
    struct run_header r;

    (void)ctx;
    r.event = RUN_PRINT;
    while (bytes) {
        size_t n = bytes < RUN_TEXT_MAX - 1 ? bytes : RUN_TEXT_MAX - 1;

        tell(&r, &text, &n, 1);
        text += n;
        bytes -= n;
    }
}

static void on_finding(void *ctx, const char *rule, const char *text, const char *stack)
{
    const char *parts[] = {rule, text, stack};
    struct run_header r;

    (void)ctx;
    r.event = RUN_FINDING;
    tell(&r, parts, NULL, 3);
}

static void on_bugcheck(void *ctx, uint32_t code, const uint64_t params[4], const char *text, const char *stack)
{
    const char *parts[] = {text, stack};
    struct run_header r;

    (void)ctx;
    r.event = RUN_BUGCHECK;
    r.status = code;
    memcpy(r.params, params, sizeof(r.params));
    tell(&r, parts, NULL, 2);
}

static void on_assert(const char *expr, const char *file, int line, const char *func)
{
    char text[1024];

    snprintf(text, sizeof(text), "%s:%d: %s: assertion failed: %s", file, line, func, expr);
    tell_text(RUN_ASSERT, 0, 0, text);
}

/* SIGUSR1 asks where the machine is. All other threads have it blocked. */
static void *tell_where(void *machine)
{
    static char text[RUN_TEXT_MAX - 64];
    sigset_t set;
    int sig;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    while (sigwait(&set, &sig) == 0) {
        wskit_where(machine, text, sizeof(text));
        tell_text(RUN_WHERE, 0, 0, text);
    }
    return NULL;
}

static void answer_where(struct wskit_machine *machine)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, tell_where, machine) == 0)
        pthread_detach(thread);
}

static bool stop_wanted(int timeout_ms)
{
    struct pollfd p = {plan->channel, POLLIN, 0};
    int rc;

    do
        rc = poll(&p, 1, timeout_ms);
    while (rc < 0 && errno == EINTR);
    return rc > 0; /* its one message is "stop"; a supervisor that is gone counts as one */
}

/* How many drivers run; < driver_count when one did not start or a stop came. */
static unsigned start_all(struct wskit_machine *machine, struct wskit_driver **drivers, int *status)
{
    static struct wskit_error error;
    unsigned i;

    for (i = 0; i < plan->driver_count && !stop_wanted(0); i++) {
        struct run_driver *d = &plan->drivers[i];
        struct wskit_driver_options options = {.service = d->service, .parameters = d->parameters};
        double begun = now_ms();

        tell_event(RUN_STARTING, i, 0);
        error.text[0] = 0;
        if (wskit_driver_start(machine, d->path, &options, &drivers[i], &error) != 0) {
            tell_text(RUN_FAILED, i, error.status, error.text);
            *status = CLI_USAGE;
            return i;
        }
        for (unsigned k = 0; k < d->device_count; k++) {
            struct wskit_device *device;

            if (wskit_device_add(drivers[i], d->devices[k], &device, &error) != 0) {
                tell_text(RUN_FAILED, i, error.status, error.text);
                *status = CLI_USAGE;
                return i + 1; /* the driver itself runs and is to be stopped */
            }
            wskit_device_forget(device);
        }
        tell_event(RUN_STARTED, i, now_ms() - begun);
    }
    if (i == plan->driver_count)
        tell_event(RUN_ALL_STARTED, 0, 0);
    return i;
}

_Noreturn void run_machine(struct run_plan *the_plan)
{
    static struct wskit_driver *drivers[RUN_DRIVERS_MAX];
    static struct wskit_error error;
    struct wskit_options options = {0};
    struct wskit_machine *machine;
    int status = CLI_CLEAN;
    unsigned running;
    sigset_t where;

    plan = the_plan;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != plan->supervisor)
        _exit(CLI_USAGE); /* it is gone already */
    wk_assert_hook = on_assert;
    options.cpu_count = plan->cpu_count;
    options.os_build = plan->os_build;
    options.hooks = plan->hooks;
    options.root = plan->root;
    options.debug_print = on_print;
    options.finding = on_finding;
    options.bugcheck = on_bugcheck;
    sigemptyset(&where);
    sigaddset(&where, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &where, NULL);
    if (wskit_machine_open(&options, &machine, &error) != 0) {
        tell_text(RUN_ERROR, 0, error.status, error.text);
        tell_event(RUN_DONE, CLI_USAGE, 0);
        _exit(CLI_USAGE);
    }
    answer_where(machine);
    run_control_serve(plan->listener, machine);
    running = start_all(machine, drivers, &status);
    if (running == plan->driver_count && status == CLI_CLEAN)
        stop_wanted(-1);
    while (running-- > 0) {
        double begun = now_ms();

        tell_event(RUN_STOPPING, running, 0);
        error.text[0] = 0;
        if (wskit_driver_stop(drivers[running], &error) != 0) {
            tell_text(RUN_ERROR, running, error.status, error.text);
            if (status == CLI_CLEAN)
                status = CLI_FINDINGS;
        } else {
            tell_event(RUN_STOPPED, running, now_ms() - begun);
        }
    }
    wskit_machine_close(machine);
    tell_event(RUN_DONE, (unsigned)status, 0);
    _exit(status);
}
