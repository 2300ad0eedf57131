/* `wskit run`: the supervisor. It has one thread, no driver code and no signal handlers of its own beyond a signalfd, so
 * that it can always say what happened to the other process. */
#include "cli/run/run.h"
#include "cli/cli.h"
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OPT_SET, OPT_SERVICE, OPT_DEVICE, OPT_FOR, OPT_TIMEOUT, OPT_START_TIMEOUT, OPT_CPUS, OPT_WINDOWS, OPT_CONTROL, OPT_ROOT, OPT_JSON, OPT_VERIFY };
static const struct cli_option options[] = {
    {"--set", NULL, "KEY=VALUE", "a value of the driver's Parameters key; a number becomes REG_DWORD. After an image: for it; before: for all", false},
    {"--service", NULL, "NAME", "the service name of the image before it (default: its file name without .sys)", false},
    {"--device", NULL, "HWID", "a Plug and Play device with this hardware id for the image before it: AddDevice, then IRP_MN_START_DEVICE", false},
    {"--for", NULL, "SECONDS", "stops by itself, counted from when all have started", false},
    {"--timeout", NULL, "SECONDS", "how long DriverEntry or Unload may take (default 30; 0: for ever)", false},
    {"--start-timeout", NULL, "SECONDS", "how long DriverEntry may take, when that is not --timeout's", false},
    {"--cpus", NULL, "N", "virtual processors (default: this machine's, 64 at most)", false},
    {"--windows", NULL, "BUILD", "the version drivers see (default 22631)", false},
    {"--control", NULL, "PATH", "where `wskit ioctl` reaches it (default: a name that needs no file)", false},
    {"--root", NULL, "DIR", "the folder that drivers see as C:\\ (and its Windows as \\SystemRoot); nothing outside of it is reached", false},
    {"--json", NULL, NULL, "one JSON object a line for each event", false},
    {"--verify-border", NULL, NULL, "checks IRQL and locks at each call between driver and kernel (slower)", false},
    {0},
};

enum { WHERE_SECONDS = 5 };

struct supervisor {
    struct run_plan *plan;
    struct rep_out rep;
    pid_t pid;
    int signals;
    unsigned current;        /* driver that is starting or stopping */
    enum run_event phase;    /* RUN_STARTING, RUN_STARTED, RUN_ALL_STARTED, RUN_STOPPING or RUN_STOPPED; RUN_DONE before the first */
    double phase_since, stop_at;
    bool stopping, done, failed;
    int status;
    char assertion[1100];
    bool has_answered;
    char where[RUN_TEXT_MAX]; /* its answer */
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *what_now(const struct supervisor *s, char *text, size_t bytes)
{
    const char *name = s->plan->drivers[s->current].name;

    switch (s->phase) {
    case RUN_STARTING:
        snprintf(text, bytes, "the start of %s", name);
        break;
    case RUN_STOPPING:
        snprintf(text, bytes, "the unload of %s", name);
        break;
    case RUN_STARTED: /* a driver serves before the machine has said that all are started */
    case RUN_ALL_STARTED:
        snprintf(text, bytes, "the run of %s%s", name, s->plan->driver_count > 1 ? " and others" : "");
        break;
    case RUN_STOPPED:
        snprintf(text, bytes, "the end of the machine, %s unloaded", name);
        break;
    default:
        snprintf(text, bytes, "the start of the machine");
    }
    return text;
}

static void enter(struct supervisor *s, enum run_event phase, unsigned driver)
{
    s->phase = phase;
    s->current = driver;
    s->phase_since = now_s();
}

/* The next of the text's parts. */
static const char *part(const char **at, const char *end)
{
    const char *text = *at;

    if (text >= end)
        return "";
    *at = text + strnlen(text, (size_t)(end - text)) + 1;
    return text;
}

static void take_record(struct supervisor *s, const struct run_header *head, const char *text, const char *end)
{
    const char *at = text;
    const char *first, *second;
    unsigned i = head->driver < s->plan->driver_count ? head->driver : 0;
    const char *name = s->plan->drivers[i].name;

    switch ((enum run_event)head->event) {
    case RUN_STARTING:
    case RUN_STOPPING:
        enter(s, head->event, i);
        break;
    case RUN_STARTED:
        rep_started(&s->rep, name, head->ms);
        enter(s, RUN_STARTED, i);
        break;
    case RUN_ALL_STARTED:
        enter(s, RUN_ALL_STARTED, 0);
        if (s->plan->for_seconds >= 0)
            s->stop_at = now_s() + s->plan->for_seconds;
        break;
    case RUN_STOPPED:
        rep_stopped(&s->rep, name, head->ms);
        enter(s, RUN_STOPPED, i);
        break;
    case RUN_FAILED:
        rep_failed(&s->rep, name, head->status, part(&at, end));
        s->failed = true;
        break;
    case RUN_ERROR:
        rep_failed(&s->rep, name, head->status, part(&at, end));
        break;
    case RUN_PRINT:
        rep_driver_text(&s->rep, text, (size_t)(end - text));
        break;
    case RUN_FINDING:
        first = part(&at, end);
        second = part(&at, end);
        rep_finding(&s->rep, first, second, part(&at, end));
        break;
    case RUN_BUGCHECK:
        first = part(&at, end);
        rep_bugcheck(&s->rep, head->status, head->params, first, part(&at, end));
        s->done = true; /* then the process ends, as it should */
        s->status = CLI_FINDINGS;
        break;
    case RUN_ASSERT:
        snprintf(s->assertion, sizeof(s->assertion), "%s", part(&at, end));
        break;
    case RUN_WHERE:
        snprintf(s->where, sizeof(s->where), "%s", part(&at, end));
        s->has_answered = true;
        break;
    case RUN_DONE:
        s->done = true;
        s->status = (int)head->driver;
        break;
    }
}

/* False when the other end is gone and all it said is taken. */
static bool take_records(struct supervisor *s)
{
    static struct { struct run_header head; char text[RUN_TEXT_MAX + 1]; } r;
    ssize_t n;

    for (;;) {
        n = recv(s->plan->channel, &r, sizeof(r) - 1, MSG_DONTWAIT);
        if (n < 0 && errno == ECONNRESET)
            continue; /* it ended with our "stop" unread; what it said before is still to come */
        if (n <= 0)
            break;
        size_t text = (size_t)n > sizeof(r.head) ? (size_t)n - sizeof(r.head) : 0;

        r.text[text] = 0;
        take_record(s, &r.head, r.text, r.text + text);
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void ask_stop(struct supervisor *s)
{
    s->stopping = true;
    s->stop_at = 0;
    send(s->plan->channel, "stop", 4, MSG_NOSIGNAL);
}

/* The stacks of the machine's threads that are in driver code; NULL when it does not answer. What comes before the answer is taken. */
static const char *where_is_it(struct supervisor *s)
{
    double until = now_s() + WHERE_SECONDS;

    s->has_answered = false;
    s->where[0] = 0;
    kill(s->pid, SIGUSR1);
    while (!s->has_answered && now_s() < until) {
        struct pollfd p = {s->plan->channel, POLLIN, 0};

        if (poll(&p, 1, (int)((until - now_s()) * 1000) + 1) > 0 && !take_records(s))
            break;
    }
    return s->where[0] ? s->where : NULL;
}

/* why: "within 5 s", "before the second signal". */
static void kill_machine(struct supervisor *s, const char *why)
{
    const char *name = s->plan->drivers[s->current].name;
    bool stopping = s->phase == RUN_STOPPING;
    char text[512];

    snprintf(text, sizeof(text), "%s of %s did not return %s: it waits or loops; the machine was killed (%s 0: waits for ever, for gdb)",
             stopping ? "DriverUnload" : "DriverEntry", name, why, stopping ? "--timeout" : "--start-timeout");
    rep_finding(&s->rep, stopping ? "unload-hangs" : "start-hangs", text, where_is_it(s));
    s->done = true;
    s->status = CLI_FINDINGS;
    kill(s->pid, SIGKILL);
}

static void take_signals(struct supervisor *s)
{
    struct signalfd_siginfo info;

    while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
        char what[256], text[400];

        if (info.ssi_signo == SIGCHLD)
            continue;
        if (s->stopping) {
            kill_machine(s, "before the second signal");
            continue;
        }
        ask_stop(s);
        if (s->phase == RUN_STARTING) {
            snprintf(text, sizeof(text), "%s still runs; it is unloaded when it ends (once more: kill it)", what_now(s, what, sizeof(what)));
            rep_note(&s->rep, text);
        }
    }
}

/* How long what happens now may take; 0: as long as it wants. */
static double phase_limit(const struct supervisor *s)
{
    return s->phase == RUN_STARTING ? s->plan->start_timeout : s->phase == RUN_STOPPING ? s->plan->stop_timeout : 0;
}

/* Milliseconds until something is due, -1 for never; acts on what is. */
static int due(struct supervisor *s)
{
    double now = now_s(), next = -1, limit = phase_limit(s);

    if (s->stop_at > 0 && now >= s->stop_at)
        ask_stop(s);
    if (s->stop_at > 0)
        next = s->stop_at - now;
    if (limit > 0 && !s->done) {
        double left = s->phase_since + limit - now;

        if (left <= 0) {
            char why[64];

            snprintf(why, sizeof(why), "within %g s", limit);
            kill_machine(s, why);
            return 1000;
        }
        if (next < 0 || left < next)
            next = left;
    }
    return next < 0 ? -1 : (int)(next * 1000) + 1;
}

static int supervise(struct supervisor *s)
{
    bool open = true;
    int wait_status = 0;

    while (open) {
        struct pollfd p[] = {{s->plan->channel, POLLIN, 0}, {s->signals, POLLIN, 0}};

        if (poll(p, 2, due(s)) < 0 && errno != EINTR)
            break;
        if (p[1].revents)
            take_signals(s);
        if (p[0].revents)
            open = take_records(s);
    }
    while (waitpid(s->pid, &wait_status, 0) < 0 && errno == EINTR)
        ;
    if (!s->done) {
        char what[256];

        if (s->assertion[0])
            rep_finding(&s->rep, "wskit", s->assertion, NULL);
        rep_died(&s->rep, WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0, what_now(s, what, sizeof(what)));
        s->status = CLI_FINDINGS;
    }
    if (s->rep.findings && s->status == CLI_CLEAN)
        s->status = CLI_FINDINGS;
    rep_end(&s->rep, s->status);
    return s->status;
}

static bool is_source(const char *path)
{
    const char *end = strrchr(path, '.');

    return end && (strcasecmp(end, ".c") == 0 || strcasecmp(end, ".cpp") == 0 || strcasecmp(end, ".cc") == 0 || strcasecmp(end, ".cxx") == 0);
}

/* The commonest mistakes in one line each, before any process is made. What is wrong inside a file the loader says. */
static int check_image(const struct run_driver *d)
{
    struct stat st;
    int fd;

    if (stat(d->path, &st) != 0) {
        if (errno == ENOENT && strchr(d->path, '='))
            cli_error("run", "%s: no such file; a parameter is given with --set %s", d->path, d->path);
        else if (errno == ENOENT)
            cli_error("run", "%s: no such file%s", d->path, strchr(d->path, '.') ? "; build one with `wskit build`" : "; is it a .sys?");
        else
            cli_error("run", "%s: %s", d->path, strerror(errno));
        return CLI_USAGE;
    }
    if (S_ISDIR(st.st_mode)) {
        cli_error("run", "%s is a folder; build it first: wskit build %s", d->path, d->path);
        return CLI_USAGE;
    }
    if (is_source(d->path)) {
        cli_error("run", "%s is a source file; build it first: wskit build %s", d->path, d->path);
        return CLI_USAGE;
    }
    fd = open(d->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        cli_error("run", "%s: cannot be read: %s", d->path, strerror(errno));
        return CLI_USAGE;
    }
    close(fd);
    return 0;
}

static int take_set(struct run_plan *plan, const char *value)
{
    if (!strchr(value, '=') || value[0] == '=') {
        cli_error("run", "--set takes KEY=VALUE, as in --set Port=40007; not %s", value);
        return CLI_USAGE;
    }
    struct run_driver *d = &plan->drivers[plan->driver_count ? plan->driver_count - 1 : RUN_DRIVERS_MAX - 1];

    if (d->parameter_count >= RUN_PARAMETERS_MAX) {
        cli_error("run", "more than %d --set for one driver", RUN_PARAMETERS_MAX);
        return CLI_USAGE;
    }
    d->parameters[d->parameter_count++] = value;
    return 0;
}

static int take_driver(struct run_plan *plan, const char *path)
{
    struct run_driver *d = &plan->drivers[plan->driver_count];

    if (plan->driver_count == RUN_DRIVERS_MAX - 1) {
        cli_error("run", "more than %d images", RUN_DRIVERS_MAX - 1);
        return CLI_USAGE;
    }
    *d = plan->driver_count ? (struct run_driver){0} : *d;
    d->path = path;
    d->name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    plan->driver_count++;
    return check_image(d);
}

static int take_seconds(const char *option, const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    if (end != text && !*end && *out >= 0 && *out < 1e9)
        return 0;
    cli_error("run", "%s takes seconds, as in %s 1.5; not %s", option, option, text);
    return CLI_USAGE;
}

/* --set before the first image was kept in the last slot: it is for all. */
static void spread_common(struct run_plan *plan)
{
    struct run_driver *common = &plan->drivers[RUN_DRIVERS_MAX - 1];

    for (unsigned i = 0; i < plan->driver_count; i++) {
        struct run_driver *d = &plan->drivers[i];
        const char *own[RUN_PARAMETERS_MAX];
        unsigned count = d->parameter_count;

        memcpy(own, d->parameters, sizeof(own));
        d->parameter_count = 0;
        for (unsigned k = 0; k < common->parameter_count; k++)
            d->parameters[d->parameter_count++] = common->parameters[k];
        for (unsigned k = 0; k < count && d->parameter_count < RUN_PARAMETERS_MAX; k++)
            d->parameters[d->parameter_count++] = own[k];
        d->parameters[d->parameter_count] = NULL;
    }
}

static int parse(struct run_plan *plan, int argc, char **argv)
{
    struct cli_args args = {.command = &cli_run, .argc = argc, .argv = argv};
    uint64_t number;
    bool start_timeout = false;
    int option, rc = 0;

    plan->for_seconds = -1;
    plan->start_timeout = plan->stop_timeout = 30;
    while (rc == 0 && (option = cli_next(&args)) != CLI_END) {
        switch (option) {
        case CLI_HELP:
            return -1;
        case CLI_BAD:
            return CLI_USAGE;
        case CLI_WORD:
            rc = take_driver(plan, args.value);
            break;
        case OPT_SET:
            rc = take_set(plan, args.value);
            break;
        case OPT_DEVICE: {
            struct run_driver *d = plan->driver_count ? &plan->drivers[plan->driver_count - 1] : NULL;

            if (!d || d->device_count == RUN_DEVICES_MAX) {
                cli_error("run", d ? "--device: %d devices at most for one image" : "--device names a device of the image before it: wskit run a.sys --device ID",
                          RUN_DEVICES_MAX);
                return CLI_USAGE;
            }
            d->devices[d->device_count++] = args.value;
            break;
        }
        case OPT_SERVICE:
            if (!plan->driver_count) {
                cli_error("run", "--service names the image before it: wskit run a.sys --service %s", args.value);
                return CLI_USAGE;
            }
            plan->drivers[plan->driver_count - 1].service = args.value;
            break;
        case OPT_FOR:
            rc = take_seconds("--for", args.value, &plan->for_seconds);
            break;
        case OPT_TIMEOUT:
            rc = take_seconds("--timeout", args.value, &plan->stop_timeout);
            if (!start_timeout)
                plan->start_timeout = plan->stop_timeout;
            break;
        case OPT_START_TIMEOUT:
            rc = take_seconds("--start-timeout", args.value, &plan->start_timeout);
            start_timeout = true;
            break;
        case OPT_CPUS:
            if (!cli_number(args.value, 1, 64, &number)) {
                cli_error("run", "--cpus takes a number from 1 to 64, not %s", args.value);
                return CLI_USAGE;
            }
            plan->cpu_count = (unsigned)number;
            break;
        case OPT_WINDOWS:
            if (!cli_number(args.value, 7600, 99999, &number)) {
                cli_error("run", "--windows takes a build number such as 19045 or 22631, not %s", args.value);
                return CLI_USAGE;
            }
            plan->os_build = (unsigned)number;
            break;
        case OPT_CONTROL:
            plan->control = args.value;
            break;
        case OPT_ROOT:
            plan->root = args.value;
            break;
        case OPT_JSON:
            plan->json = true;
            break;
        case OPT_VERIFY:
            plan->hooks = true;
            break;
        }
    }
    if (rc == 0 && !plan->driver_count) {
        cli_error("run", "which driver? wskit run DRIVER.sys (`wskit help run`)");
        return CLI_USAGE;
    }
    spread_common(plan);
    return rc;
}

static int run_command(int argc, char **argv)
{
    static struct run_plan plan;
    struct supervisor s = {.plan = &plan, .phase = RUN_DONE};
    sigset_t caught;
    int channel[2], rc = parse(&plan, argc, argv);

    if (rc != 0)
        return rc < 0 ? CLI_CLEAN : rc;
    plan.supervisor = (int)getpid();
    plan.listener = run_control_listen(plan.control, (int)getpid());
    if (plan.listener < 0)
        return CLI_USAGE;
    sigemptyset(&caught);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGHUP);
    sigprocmask(SIG_BLOCK, &caught, NULL); /* in the machine too: it hears of them from here */
    s.signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s.signals < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) != 0 || (s.pid = fork()) < 0) {
        cli_error("run", "cannot start the machine's process: %s", strerror(errno));
        rc = CLI_USAGE;
    } else if (s.pid == 0) {
        close(channel[0]);
        close(s.signals);
        plan.channel = channel[1];
        run_machine(&plan);
    } else {
        close(channel[1]);
        close(plan.listener);
        plan.channel = channel[0];
        rep_open(&s.rep, stdout, stderr, plan.json);
        rc = supervise(&s);
    }
    if (plan.control)
        unlink(plan.control);
    return rc;
}

const struct cli_command cli_run = {
    .name = "run",
    .summary = "loads drivers, starts them, and unloads them when told to stop",
    .usage = "wskit run [OPTION]... IMAGE.sys [--set KEY=VALUE]... [IMAGE.sys [--set KEY=VALUE]...]...",
    .text = "Starts the images in the order given, each with its service key, on a simulated x64 Windows in a process of its\n"
            "own; sockets are this machine's. Prints a line when each has started. SIGINT, SIGTERM or --for unload them in\n"
            "the opposite order; a second SIGINT kills. What a driver did wrong is told with its stack.\n"
            "Exit status: 0 clean, 1 findings or a bug check, 2 a driver that cannot be loaded or started.",
    .examples = "  wskit run echosrv.sys --set Port=40007\n"
                "  wskit run lib.sys echosrv.sys --set Port=40008 --for 10 --json\n"
                "  wskit run echosrv.sys --verify-border           with checks at every call",
    .related = "ioctl (talks to the drivers), build, ddi",
    .options = options,
    .run = run_command,
};
