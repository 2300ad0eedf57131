/* Runs tests that are drivers (wkt.h).
 *
 *   runner [--jobs N] [--cpus N] [--hooks] [--list] [--slow MS] [--match WORD]... IMAGE.sys...
 *
 * Principle: a machine lives once in a process and a bug check ends it, so each test has a child process with a machine of its own.
 * The child reports through a pipe in records (one byte kind, four bytes length, text): what a bug check or a finding said as it
 * happens, the result when the test returns. What it prints goes to a memory file and is shown when the test fails. Prints only
 * failures, each with the command that runs it again, and one line of counts; exit status 0, 1 (failures) or 2 (cannot run). */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "protocol.h"
#include "wskit/wskit.h"

enum kind { PASS, BUGCHECK, FINDING, KNOWN }; /* as enum wkt_kind */

struct test {
    const char *image;
    unsigned index, code, line;
    enum kind kind;
    bool runnable;
    char rows[200], name[120], text[300];
    /* while and after it runs */
    int pid, pipe, log;
    double started, ended;
    char *record;
    size_t used, room;
};

static struct test *tests;
static size_t test_count, jobs = 2;
static bool hooks, list_only;
static uint32_t cpus = 2;
static double slow_s = 1e9;
static const char *words[32];
static size_t word_count;
static int report_fd; /* in a child */

enum { TIMEOUT_S = 60 };

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Tests of IP Helper (iph/) and wsk/change.c read and change the tables of the network: each has a namespace of its own with lo and a pair of interfaces,
 * t0 192.0.2.1/24 2001:db8::1/64 and t1, as root of it. Without namespaces they find the machine's own tables, and may not change them.
 * Some images have more, or less: see dress. */
static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd >= 0) {
        if (write(fd, text, strlen(text)) < 0)
            fprintf(stderr, "%s: %s\n", path, strerror(errno));
        close(fd);
    }
}

static void run_ip(const char *commands)
{
    FILE *ip = popen("ip -batch -", "w");

    if (!ip || fputs(commands, ip) < 0 || pclose(ip) != 0)
        fprintf(stderr, "ip could not make the test's interfaces\n"); /* tests that need them are skipped, or fail */
}

static void dress(const char *image)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {0};

    if (strcmp(image, "iph_stack.sys") == 0)
        run_ip("link add b0 type bridge\nlink set t1 master b0\n");
    if (strcmp(image, "iph_resolve.sys") == 0 || strcmp(image, "iph_stable.sys") == 0) { /* t1 answers t0, though both are one machine's */
        run_ip("addr add 192.0.2.77/32 dev t1\naddr add 2001:db8::77/128 dev t1 nodad\n");
        write_file("/proc/sys/net/ipv4/conf/t1/accept_local", "1");
        write_file("/proc/sys/net/ipv4/neigh/t0/retrans_time_ms", "100"); /* who asks in vain gives up soon */
        write_file("/proc/sys/net/ipv6/neigh/t0/retrans_time_ms", "100");
    }
    if (strcmp(image, "iph_denied.sys") == 0 && syscall(SYS_capset, &head, none) != 0) /* it may read only */
        fprintf(stderr, "the test keeps its privileges: %s\n", strerror(errno));
}

static void own_network(const char *path)
{
    const char *image = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    char map[64];

    if (strncmp(image, "iph_", 4) != 0 && strcmp(image, "wsk_change.sys") != 0)
        return;
    snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return;
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", map);
    run_ip("link add t0 type veth peer name t1\nlink set lo up\nlink set t0 up\nlink set t1 up\naddr add 192.0.2.1/24 dev t0\n"
           "addr add 2001:db8::1/64 dev t0 nodad\nneigh add 192.0.2.250 lladdr 2:0:0:0:0:fa dev t0 nud stale\n");
    dress(image);
}

/* Tests of host files (fs/) have a folder of their own as C:, with something in it; the parent takes it away by the child's number. */
static bool has_root(const char *image)
{
    const char *name = strrchr(image, '/');

    return strncmp(name ? name + 1 : image, "fs_", 3) == 0;
}

static void root_path(char *path, size_t bytes, int pid)
{
    snprintf(path, bytes, "/tmp/wkt-root-%d", pid);
}

static const char *own_root(const char *image)
{
    static char path[64];
    char command[1024];

    if (!has_root(image))
        return NULL;
    root_path(path, sizeof(path), getpid());
    snprintf(command, sizeof(command),
             "mkdir -m 700 %s && cd %s && mkdir -p Windows/System32 many && printf 'hello, world' > 'Mixed Case.TXT' && printf ro > readonly.txt && "
             "chmod 444 readonly.txt && ln -s / outside && ln -s ../%s/.. outside2 && ln -s Windows inside && ln -s /etc/passwd passwd && mkfifo fifo && "
             "touch many/b.txt many/A.txt many/c.dat 'many/\342\202\254.txt'", path, path, path + 5);
    if (system(command) != 0)
        fprintf(stderr, "the test's folder cannot be made\n");
    return path;
}

static void drop_root(const char *image, int pid)
{
    char path[64], command[128];

    if (!has_root(image))
        return;
    root_path(path, sizeof(path), pid);
    snprintf(command, sizeof(command), "rm -rf %s", path);
    if (system(command) != 0)
        fprintf(stderr, "%s cannot be removed\n", path);
}

/* ---- the child ---- */
static void report(char kind, const void *text, size_t bytes)
{
    char head[5] = {kind};
    uint32_t length = (uint32_t)bytes;

    memcpy(head + 1, &length, 4);
    if (write(report_fd, head, 5) != 5 || write(report_fd, text, bytes) != (ssize_t)bytes)
        _exit(3);
}

static void on_finding(void *ctx, const char *rule, const char *text, const char *stack)
{
    char line[8192];
    int n = snprintf(line, sizeof(line), "%s%c%s\n%s", rule, 0, text, stack ? stack : "");

    report('F', line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

static void on_bugcheck(void *ctx, uint32_t code, const uint64_t params[4], const char *text, const char *stack)
{
    char line[8192];
    int n = snprintf(line, sizeof(line), "%x%cbug check 0x%X (0x%llx, 0x%llx, 0x%llx, 0x%llx): %s\n%s", code, 0, code,
                     (unsigned long long)params[0], (unsigned long long)params[1], (unsigned long long)params[2],
                     (unsigned long long)params[3], text, stack ? stack : "");

    report('B', line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

static void on_print(void *ctx, const char *text, size_t bytes)
{
    if (write(2, text, bytes) < 0)
        return;
}

static void fail(const char *what, const struct wskit_error *error)
{
    char line[4400];
    int n = snprintf(line, sizeof(line), "%s: %s (0x%08X)", what, error->text, error->status);

    report('E', line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
    _exit(3);
}

/* ---- the application's threads of a child: do what the test says (protocol.h) ---- */
static struct wskit_machine *app_machine;
static struct wskit_driver *app_driver;
static struct wskit_device *app_device; /* the last one made */

struct app_state {
    struct wskit_file *files[WKT_APP_FILES];
    struct wskit_request *request; /* the one that does not wait */
    unsigned char out[WKT_APP_DATA];
};

static void app_request(struct app_state *s, struct wkt_app *c)
{
    static const enum wskit_operation operations[] = {[WKT_APP_READ] = WSKIT_READ, [WKT_APP_WRITE] = WSKIT_WRITE, [WKT_APP_CONTROL] = WSKIT_CONTROL};
    struct wskit_io io = {.operation = operations[c->op], .code = c->code, .in = c->data, .out = s->out, .in_bytes = c->in_bytes, .out_bytes = c->out_bytes,
                          .offset = c->offset, .in_at = c->in_at, .out_at = c->out_at};
    size_t returned = 0;

    memset(s->out, 0xEE, sizeof(s->out));
    c->status = wskit_submit(s->files[c->file], &io, &s->request);
    if ((c->flags & 1) || !s->request)
        return;
    wskit_finish(s->request, UINT32_MAX, &c->status, &returned);
    s->request = NULL;
    c->information = returned;
    memcpy(c->data, s->out, sizeof(s->out));
}

static void app_do(struct app_state *s, struct wkt_app *c)
{
    struct wskit_error error = {0};
    size_t returned = 0;

    switch (c->op) {
    case WKT_APP_OPEN:
        if ((c->flags & 1 ? wskit_open_overlapped : wskit_open)(app_machine, (char *)c->data, c->code, &s->files[c->file], &error) != 0)
            s->files[c->file] = NULL;
        c->status = error.status;
        break;
    case WKT_APP_CLOSE:
        wskit_file_close(s->files[c->file]);
        s->files[c->file] = NULL;
        c->status = 0;
        break;
    case WKT_APP_READ:
    case WKT_APP_WRITE:
    case WKT_APP_CONTROL:
        app_request(s, c);
        break;
    case WKT_APP_FINISH:
        if (!s->request || !wskit_finish(s->request, c->code, &c->status, &returned)) {
            c->status = 0x102;
            break;
        }
        s->request = NULL;
        c->information = returned;
        memcpy(c->data, s->out, sizeof(s->out));
        break;
    case WKT_APP_CANCEL:
        c->information = wskit_cancel(s->files[c->file], NULL);
        c->status = 0;
        break;
    case WKT_APP_32BIT:
        wskit_application_32bit(app_machine, c->code != 0);
        c->status = 0;
        break;
    case WKT_APP_DEVICE:
        if (app_device)
            wskit_device_forget(app_device);
        wskit_device_add(app_driver, (char *)c->data, &app_device, &error);
        c->status = error.status;
        break;
    case WKT_APP_DEVICE_DO:
        c->status = app_device ? wskit_device_do(app_device, (enum wskit_device_action)c->code) : 0xC000000E;
        break;
    case WKT_APP_POWER:
        c->status = wskit_power(app_machine, c->code == 1 ? 3 : c->code);
        break;
    case WKT_APP_USER:
        c->status = wskit_application_user(app_machine, (char *)c->data) ? 0 : 0xC000000D;
        break;
    default:
        c->status = 0xC0000002;
    }
}

static void *app_thread(void *arg)
{
    struct app_state *s = calloc(1, sizeof(*s));
    struct wkt_app *c = calloc(1, sizeof(*c));
    struct wskit_error *error = calloc(1, sizeof(*error));
    struct wskit_file *file = NULL;
    size_t returned;

    c->thread = (unsigned)(uintptr_t)arg;
    if (wskit_open(app_machine, "\\\\.\\WkTest", 0xC0000000, &file, error) != 0)
        fail("the test device does not open", error);
    while (wskit_ioctl(file, WKT_IOCTL_APP, c, sizeof(*c), c, sizeof(*c), &returned, error) == 0 && c->op != WKT_APP_END)
        app_do(s, c);
    for (int i = 0; i < WKT_APP_FILES; i++)
        wskit_file_close(s->files[i]);
    wskit_file_close(file);
    free(s);
    free(c);
    free(error);
    return NULL;
}

/* One request to a fresh machine with the image in it: LIST (index: from which) or RUN. */
static void child(const char *image, uint32_t code, uint32_t index, bool with_hooks, bool with_app)
{
    static char out[WKT_LIST_BYTES];
    struct wskit_options options = {.cpu_count = cpus, .dpc_limit_s = 4, .cancel_limit_s = 2, .power_limit_s = 2, .hooks = with_hooks, .debug_print = on_print, .finding = on_finding, .bugcheck = on_bugcheck};
    const char *parameters[] = {"Number=1234", "Text=wkt", NULL};
    struct wskit_driver_options driver_options = {.parameters = parameters};
    struct wskit_error error = {0};
    struct wskit_machine *machine;
    struct wskit_driver *driver;
    struct wskit_file *file;
    pthread_t threads[WKT_APP_THREADS];
    size_t returned = 0;

    options.root = own_root(image);
    if (wskit_machine_open(&options, &machine, &error) != 0)
        fail("the machine does not start", &error);
    if (wskit_driver_start(machine, image, &driver_options, &driver, &error) != 0)
        fail("the driver does not start", &error);
    if (wskit_open(machine, "\\\\.\\WkTest", 0xC0000000, &file, &error) != 0)
        fail("the test device does not open", &error);
    app_machine = machine;
    app_driver = driver;
    for (uintptr_t i = 0; with_app && i < WKT_APP_THREADS; i++)
        if (pthread_create(&threads[i], NULL, app_thread, (void *)i) != 0)
            fail("no thread", &error);
    if (wskit_ioctl(file, code, &index, sizeof(index), out, sizeof(out), &returned, &error) != 0 || error.status != 0)
        fail("the request to the test driver failed", &error);
    report('R', out, returned);
    for (int i = 0; with_app && i < WKT_APP_THREADS; i++)
        pthread_join(threads[i], NULL);
    wskit_file_close(file);
    if (app_device)
        wskit_device_forget(app_device);
    if (wskit_driver_stop(driver, &error) != 0)
        fail("the driver does not stop", &error);
    wskit_machine_close(machine);
    _exit(0);
}

/* ---- the parent ---- */
static void start(struct test *t, uint32_t code)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        perror("runner: pipe");
        exit(2);
    }
    t->log = memfd_create("log", MFD_CLOEXEC);
    t->started = now_s();
    fflush(stdout);
    t->pid = fork();
    if (t->pid == 0) {
        dup2(t->log, 1);
        dup2(t->log, 2);
        close(ends[0]);
        report_fd = ends[1];
        if (code == WKT_IOCTL_RUN)
            own_network(t->image);
        child(t->image, code, t->index, hooks || t->kind == FINDING || (t->kind == BUGCHECK && strcmp(t->text, "hooks") == 0), code == WKT_IOCTL_RUN && (t->kind == BUGCHECK ? strcmp(t->text, "app") == 0 : t->code != 0));
    }
    close(ends[1]);
    t->pipe = ends[0];
}

/* Takes what came; true when the child has closed its end. */
static bool take(struct test *t)
{
    ssize_t n;

    if (t->room - t->used < 65536)
        t->record = realloc(t->record, t->room += 262144);
    n = read(t->pipe, t->record + t->used, t->room - t->used - 1);
    if (n > 0)
        t->used += (size_t)n;
    return n == 0 || (n < 0 && errno != EINTR);
}

static int finish(struct test *t)
{
    int status;

    close(t->pipe);
    waitpid(t->pid, &status, 0);
    drop_root(t->image, t->pid);
    t->ended = now_s();
    t->pid = 0;
    return status;
}

/* The next record of a kind behind *at; its text is terminated in place by the caller's copy. */
static bool next_record(const struct test *t, size_t *at, char *kind, const char **text, size_t *bytes)
{
    uint32_t length;

    if (*at + 5 > t->used)
        return false;
    *kind = t->record[*at];
    memcpy(&length, t->record + *at + 1, 4);
    if (*at + 5 + length > t->used)
        return false;
    *text = t->record + *at + 5;
    *bytes = length;
    *at += 5 + length;
    return true;
}

static void indent(const char *text, size_t bytes)
{
    while (bytes) {
        const char *end = memchr(text, '\n', bytes);
        size_t n = end ? (size_t)(end - text) : bytes;

        if (n)
            printf("      %.*s\n", (int)n, text);
        text += end ? n + 1 : n;
        bytes -= end ? n + 1 : n;
    }
}

static void show_failure(const struct test *t, const char *why)
{
    char log[16384];
    const char *text;
    size_t at = 0, bytes;
    ssize_t n = pread(t->log, log, sizeof(log), 0);
    char kind;

    printf("FAIL  %s %s (%s)\n      %s\n", t->rows, t->name, t->image, why);
    while (next_record(t, &at, &kind, &text, &bytes)) {
        const char *second = memchr(text, 0, bytes);

        if (second && kind != 'R')
            printf("      %s %s:\n", kind == 'F' ? "finding" : "stopped", text);
        indent(second && kind != 'R' ? second + 1 : text, second && kind != 'R' ? bytes - (size_t)(second + 1 - text) : bytes);
    }
    if (n > 0) {
        printf("      it printed:\n");
        indent(log, (size_t)n);
    }
    printf("      again: make check T=%s\n", t->name);
}

struct outcome {
    bool result, passed, skipped, expected_code, expected_rule, other_rule, stopped;
};

static struct outcome outcome_of(const struct test *t)
{
    struct outcome o = {0};
    const char *text;
    size_t at = 0, bytes;
    char kind;

    while (next_record(t, &at, &kind, &text, &bytes)) {
        if (kind == 'R') {
            o.result = true;
            o.passed = bytes >= 4 && memcmp(text, "pass", 4) == 0;
            o.skipped = bytes >= 4 && memcmp(text, "skip", 4) == 0;
        } else if (kind == 'B') {
            o.stopped = true;
            o.expected_code = t->kind == BUGCHECK && strtoul(text, NULL, 16) == t->code;
        } else if (kind == 'F') {
            if (t->kind == FINDING && strcmp(text, t->text) == 0)
                o.expected_rule = true;
            else
                o.other_rule = true;
        }
    }
    return o;
}

enum verdict { PASSED, FAILED, SKIPPED, MISSING };

/* NULL: passed. */
static const char *why_failed(const struct test *t, const struct outcome *o, int status)
{
    static char why[400];

    if (t->kind == BUGCHECK) {
        if (o->expected_code)
            return NULL;
        snprintf(why, sizeof(why), "should have ended in bug check 0x%X", t->code);
        return why;
    }
    if (o->stopped)
        return "stopped";
    if (WIFSIGNALED(status)) {
        snprintf(why, sizeof(why), WTERMSIG(status) == SIGKILL ? "took longer than %d s" : "the process died of signal %d",
                 WTERMSIG(status) == SIGKILL ? TIMEOUT_S : WTERMSIG(status));
        return why;
    }
    if (!o->result || WEXITSTATUS(status) == 3 || (WEXITSTATUS(status) && t->kind != FINDING))
        return "the machine failed";
    if (!o->passed)
        return "a check failed";
    if (o->other_rule)
        return "an unexpected finding";
    if (t->kind == FINDING && !o->expected_rule) {
        snprintf(why, sizeof(why), "should have reported finding %s", t->text);
        return why;
    }
    return NULL;
}

static enum verdict judge(struct test *t, int status)
{
    struct outcome o = outcome_of(t);
    const char *why;

    if (o.skipped && o.result && !o.stopped && status == 0)
        return SKIPPED;
    why = why_failed(t, &o, status);
    if (t->kind == KNOWN) {
        if (why)
            return MISSING;
        printf("FAIL  %s %s (%s)\n      passes now: make it a TEST (it was: %s)\n", t->rows, t->name, t->image, t->text);
        return FAILED;
    }
    if (!why)
        return PASSED;
    show_failure(t, why);
    return FAILED;
}

static bool word_in_rows(const char *rows, const char *word)
{
    size_t n = strlen(word);

    for (const char *p = rows; (p = strstr(p, word)); p++)
        if ((p == rows || p[-1] == ' ') && (p[n] == 0 || p[n] == ' ' || p[n] == '-'))
            return true;
    return false;
}

static bool wanted(const struct test *t)
{
    for (size_t i = 0; i < word_count; i++)
        if (word_in_rows(t->rows, words[i]) || strstr(t->name, words[i]) || strstr(t->image, words[i]))
            return true;
    return word_count == 0;
}

/* A line of LIST. */
static void add_test(const char *image, unsigned index, char *line)
{
    char *field[7];
    struct test *t;

    for (int i = 0; i < 7; i++)
        field[i] = strsep(&line, "\t");
    if (!field[6])
        return;
    tests = realloc(tests, (test_count + 1) * sizeof(*tests));
    t = &tests[test_count];
    *t = (struct test){.image = image, .index = index, .kind = (enum kind)atoi(field[0]), .code = (unsigned)strtoul(field[1], NULL, 16),
                       .line = (unsigned)atoi(field[5]), .runnable = field[6][0] == '1'};
    snprintf(t->rows, sizeof(t->rows), "%s", field[2]);
    snprintf(t->name, sizeof(t->name), "%s", field[3]);
    snprintf(t->text, sizeof(t->text), "%s", field[4]);
    for (char *c = t->rows; *c; c++)
        if (*c == '_')
            *c = '-';
    if (wanted(t))
        test_count++;
}

/* Asks the image for its tests, some at a time. False when it cannot be asked. */
static bool list_image(const char *image)
{
    unsigned index = 0, before;

    do {
        struct test t = {.image = image, .index = index};
        const char *text;
        size_t at = 0, bytes;
        char kind;
        int status;

        before = index;
        start(&t, WKT_IOCTL_LIST);
        alarm(TIMEOUT_S);
        while (!take(&t))
            continue;
        alarm(0);
        status = finish(&t);
        while (next_record(&t, &at, &kind, &text, &bytes) && kind == 'R') {
            char *copy = strndup(text, bytes), *rest = copy, *line;

            while ((line = strsep(&rest, "\n")))
                if (*line)
                    add_test(image, index++, line);
            free(copy);
        }
        if (status != 0) {
            snprintf(t.name, sizeof(t.name), "(list of tests)");
            show_failure(&t, "the machine failed");
            return false;
        }
        close(t.log);
        free(t.record);
    } while (index != before && index - before > 100);
    return true;
}

static size_t counts[4];

static void run_all(void)
{
    struct test *running[64] = {0};
    size_t next = 0, active = 0;

    while (next < test_count || active) {
        struct pollfd fds[64];
        size_t n = 0;

        while (next < test_count && active < jobs) {
            struct test *t = &tests[next++];

            if (!t->runnable) {
                counts[MISSING]++;
                continue;
            }
            start(t, WKT_IOCTL_RUN);
            running[active++] = t;
        }
        for (n = 0; n < active; n++)
            fds[n] = (struct pollfd){.fd = running[n]->pipe, .events = POLLIN};
        poll(fds, n, 500);
        for (size_t i = n; i-- > 0;) {
            struct test *t = running[i];

            if (now_s() - t->started > TIMEOUT_S)
                kill(t->pid, SIGKILL);
            if (!fds[i].revents || !take(t))
                continue;
            counts[judge(t, finish(t))]++;
            if (t->ended - t->started > slow_s)
                printf("slow  %s %s took %.1f s\n", t->rows, t->name, t->ended - t->started);
            close(t->log);
            free(t->record);
            t->record = NULL;
            running[i] = running[--active];
        }
    }
}

int main(int argc, char **argv)
{
    bool listed = true;
    int i;

    for (i = 1; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--hooks") == 0)
            hooks = true;
        else if (strcmp(argv[i], "--list") == 0)
            list_only = true;
        else if (strcmp(argv[i], "--jobs") == 0 && i + 1 < argc)
            jobs = (size_t)atoi(argv[++i]);
        else if (strcmp(argv[i], "--cpus") == 0 && i + 1 < argc)
            cpus = (uint32_t)atoi(argv[++i]);
        else if (strcmp(argv[i], "--slow") == 0 && i + 1 < argc)
            slow_s = atof(argv[++i]) / 1000;
        else if (strcmp(argv[i], "--match") == 0 && i + 1 < argc && word_count < 32)
            words[word_count++] = argv[++i];
        else {
            fprintf(stderr, "usage: runner [--jobs N] [--hooks] [--list] [--slow MS] [--match WORD]... IMAGE.sys...\n");
            return 2;
        }
    }
    if (jobs < 1 || jobs > 64)
        jobs = 2;
    for (; i < argc; i++)
        if (!list_image(argv[i])) {
            counts[FAILED]++;
            listed = false;
        }
    if (list_only) {
        for (size_t k = 0; k < test_count; k++)
            printf("%s %s%s\n", tests[k].rows, tests[k].name, tests[k].runnable ? "" : " (missing)");
        return listed ? 0 : 1;
    }
    run_all();
    printf("guest: %zu passed, %zu failed, %zu todo, %zu skipped\n", counts[PASSED], counts[FAILED], counts[MISSING], counts[SKIPPED]);
    return counts[FAILED] ? 1 : 0;
}
