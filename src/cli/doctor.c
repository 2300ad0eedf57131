/* `wskit doctor`: what this machine has for each thing wskit does, and how to get what is missing. */
#include "cli/cli.h"
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPT_JSON };
static const struct cli_option options[] = {{"--json", NULL, NULL, "an array of objects: name, state, value, for, fix", false}, {0}};

enum state { STATE_OK, STATE_NOTE, STATE_MISSING }; /* NOTE: wskit works, with less; MISSING: a command does not */

struct answer {
    enum state state;
    char value[256];
    char fix[256];
};

struct check {
    const char *name;
    const char *purpose;
    void (*ask)(struct answer *a);
};

static void say(struct answer *a, enum state state, const char *value, const char *fix)
{
    a->state = state;
    snprintf(a->value, sizeof(a->value), "%s", value);
    snprintf(a->fix, sizeof(a->fix), "%s", fix ? fix : "");
}

static void ask_kernel(struct answer *a)
{
    struct utsname u;
    int major = 0, minor = 0;

    uname(&u);
    sscanf(u.release, "%d.%d", &major, &minor);
    if (strcmp(u.machine, "x86_64") != 0)
        say(a, STATE_MISSING, u.machine, "drivers are x64 images: use an x86_64 machine");
    else if (major < 5 || (major == 5 && minor < 10))
        say(a, STATE_MISSING, u.release, "Linux 5.10 or newer");
    else
        say(a, STATE_OK, u.release, NULL);
}

/* gs belongs to the driver's KPCR: the machine needs wrgsbase, or arch_prctl which always works. */
static void ask_fsgsbase(struct answer *a)
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    char line[4096];
    bool there = false;

    while (f && !there && fgets(line, sizeof(line), f))
        there = strncmp(line, "flags", 5) == 0 && strstr(line, " fsgsbase");
    if (f)
        fclose(f);
    say(a, there ? STATE_OK : STATE_NOTE, there ? "fsgsbase" : "no fsgsbase", there ? NULL : "nothing to do: arch_prctl is used, a little slower");
}

static void ask_processors(struct answer *a)
{
    cpu_set_t set;
    char text[64];

    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof(set), &set);
    snprintf(text, sizeof(text), "%d", CPU_COUNT(&set));
    say(a, STATE_OK, text, NULL);
}

static void ask_epoll(struct answer *a)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);

    say(a, fd < 0 ? STATE_MISSING : STATE_OK, fd < 0 ? strerror(errno) : "works", fd < 0 ? "a container runtime that allows epoll" : NULL);
    if (fd >= 0)
        close(fd);
}

static void ask_uring(struct answer *a)
{
    struct io_uring_params p = {0};
    int fd = (int)syscall(SYS_io_uring_setup, 4, &p);

    if (fd >= 0) {
        say(a, STATE_OK, "works", NULL);
        close(fd);
    } else {
        say(a, STATE_NOTE, errno == EPERM || errno == ENOSYS ? "refused (container runtimes do so by default)" : strerror(errno),
            "nothing to do: sockets use epoll");
    }
}

static void ask_family(struct answer *a, int family, const struct sockaddr *address, socklen_t n)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && bind(fd, address, n) == 0)
        say(a, STATE_OK, "works", NULL);
    else
        say(a, family == AF_INET6 ? STATE_NOTE : STATE_MISSING, strerror(errno),
            family == AF_INET6 ? "drivers see no IPv6: sysctl net.ipv6.conf.all.disable_ipv6=0, or docker run --sysctl" : "bring lo up: ip link set lo up");
    if (fd >= 0)
        close(fd);
}

static void ask_ipv4(struct answer *a)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    ask_family(a, AF_INET, (void *)&in, sizeof(in));
}

static void ask_ipv6(struct answer *a)
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    ask_family(a, AF_INET6, (void *)&in6, sizeof(in6));
}

/* In a child, because unshare is for good. */
static void ask_namespaces(struct answer *a)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : errno);
    if (pid > 0)
        waitpid(pid, &status, 0);
    if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        say(a, STATE_OK, "user and network namespaces", NULL);
    else
        say(a, STATE_NOTE, WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "refused",
            "only for isolated networks later on; docker: --security-opt seccomp=unconfined");
}

static void ask_files(struct answer *a)
{
    struct rlimit limit;
    char text[96];

    getrlimit(RLIMIT_NOFILE, &limit);
    snprintf(text, sizeof(text), "%llu (at most %llu)", (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
    say(a, limit.rlim_max >= 16384 ? STATE_OK : STATE_NOTE, text, limit.rlim_max >= 16384 ? NULL : "for 10,000 connections: ulimit -Hn 65536 as root");
}

static void ask_memory(struct answer *a)
{
    size_t bytes = (size_t)1 << 40;
    struct rlimit limit;
    void *p = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    getrlimit(RLIMIT_AS, &limit);
    if (p != MAP_FAILED) {
        munmap(p, bytes);
        say(a, STATE_OK, "1 TiB can be reserved", NULL);
    } else {
        say(a, STATE_MISSING, limit.rlim_cur != RLIM_INFINITY ? "limited (ulimit -v)" : strerror(errno), "ulimit -v unlimited");
    }
}

static void ask_shm(struct answer *a)
{
    int fd = memfd_create("wskit-doctor", MFD_CLOEXEC);

    say(a, fd < 0 ? STATE_MISSING : STATE_OK, fd < 0 ? strerror(errno) : "works", fd < 0 ? "a container runtime that allows memfd_create" : NULL);
    if (fd >= 0)
        close(fd);
}

/* First line of PATH --version, without running a shell. */
static bool version_of(const char *path, char *out, size_t bytes)
{
    int ends[2], status = 1;
    ssize_t n = 0;
    pid_t pid;

    if (access(path, X_OK) != 0 || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        execl(path, path, "--version", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    if (pid > 0) {
        n = read(ends[0], out, bytes - 1);
        waitpid(pid, &status, 0);
    }
    close(ends[0]);
    out[n > 0 ? n : 0] = 0;
    char *line = out;
    for (int i = 0; i < 2 && line; i++) { /* llvm tools put the number into the second line */
        char *at = strstr(line, "version ");
        char *lld = strstr(line, "LLD ");
        char *end = strchr(line, '\n');

        if ((at && (!end || at < end)) || (lld && (!end || lld < end))) {
            at = at ? at + 8 : lld + 4;
            memmove(out, at, strlen(at) + 1);
            out[strcspn(out, " (\n")] = 0;
            return true;
        }
        line = end ? end + 1 : NULL;
    }
    out[strcspn(out, "\n")] = 0; /* "GNU gdb (Debian 13.1-3) 13.1" */
    if (strrchr(out, ' '))
        memmove(out, strrchr(out, ' ') + 1, strlen(strrchr(out, ' ')));
    return n > 0;
}

static void ask_tool(struct answer *a, const char *debian, const char *plain, const char *package)
{
    char path[256], text[512], fix[128];

    snprintf(fix, sizeof(fix), "apt-get install %s", package);
    snprintf(path, sizeof(path), "/usr/bin/%s", debian);
    if (version_of(path, text, sizeof(text))) {
        say(a, STATE_OK, text, NULL);
        return;
    }
    snprintf(path, sizeof(path), "/usr/lib/llvm-19/bin/%s", plain);
    if (version_of(path, text, sizeof(text)))
        say(a, STATE_OK, text, NULL);
    else
        say(a, STATE_MISSING, "not installed", fix);
}

static void ask_clang(struct answer *a)
{
    ask_tool(a, "clang-19", "clang", "clang-19");
}

static void ask_lld(struct answer *a)
{
    ask_tool(a, "lld-link-19", "lld-link", "lld-19");
}

static void ask_llvm(struct answer *a)
{
    ask_tool(a, "llvm-lib-19", "llvm-lib", "llvm-19");
    if (a->state == STATE_MISSING)
        return;
    ask_tool(a, "llvm-objcopy-19", "llvm-objcopy", "llvm-19");
}

static void ask_symbolizer(struct answer *a)
{
    ask_tool(a, "llvm-symbolizer-19", "llvm-symbolizer", "llvm-19");
    if (a->state == STATE_MISSING)
        a->state = STATE_NOTE;
}

static void ask_gdb(struct answer *a)
{
    ask_tool(a, "gdb", "gdb", "gdb");
    if (a->state == STATE_MISSING)
        a->state = STATE_NOTE;
}

static const struct check checks[] = {
    {"kernel", "everything", ask_kernel},
    {"processors", "virtual processors of a machine", ask_processors},
    {"fsgsbase", "per-processor data of drivers (gs:)", ask_fsgsbase},
    {"address space", "the machine's memory, reserved sparsely", ask_memory},
    {"memfd", "pages mapped twice (MDLs)", ask_shm},
    {"epoll", "WSK sockets", ask_epoll},
    {"io_uring", "WSK sockets, another way", ask_uring},
    {"IPv4", "sockets on loopback", ask_ipv4},
    {"IPv6", "dual-family drivers", ask_ipv6},
    {"open files", "many connections", ask_files},
    {"namespaces", "networks of their own", ask_namespaces},
    {"clang", "wskit build: compiles", ask_clang},
    {"lld", "wskit build: links", ask_lld},
    {"llvm", "wskit build: libraries, resources, strip", ask_llvm},
    {"symbolizer", "stacks with function, file and line", ask_symbolizer},
    {"gdb", "debugging a driver with NAME.sys.debug", ask_gdb},
};

static int doctor_run(int argc, char **argv)
{
    static const char *const words[] = {"ok", "note", "missing"};
    struct cli_args args = {.command = &cli_doctor, .argc = argc, .argv = argv};
    struct rep_out rep;
    bool json = false, missing = false;
    int option;

    while ((option = cli_next(&args)) != CLI_END) {
        if (option == CLI_HELP)
            return CLI_CLEAN;
        if (option == CLI_WORD)
            cli_error("doctor", "takes no %s", args.value);
        if (option == CLI_BAD || option == CLI_WORD)
            return CLI_USAGE;
        json = true;
    }
    rep_open(&rep, stdout, stderr, json);
    if (json)
        putchar('[');
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        static const char *const colours[] = {"\033[32m", "\033[33m", "\033[31m"};
        const struct check *c = &checks[i];
        struct answer a = {0};

        fflush(stdout);
        c->ask(&a);
        missing |= a.state == STATE_MISSING;
        if (json) {
            printf("%s\n {\"name\": \"%s\", \"state\": \"%s\", \"value\": ", i ? "," : "", c->name, words[a.state]);
            rep_json_text(stdout, a.value);
            printf(", \"for\": \"%s\", \"fix\": ", c->purpose);
            rep_json_text(stdout, a.fix[0] ? a.fix : NULL);
            putchar('}');
            continue;
        }
        printf("%s%-7s%s %-14s %-32s %s\n", rep.colour ? colours[a.state] : "", words[a.state], rep.colour ? "\033[0m" : "", c->name, a.value, c->purpose);
        if (a.fix[0])
            printf("%-22s -> %s\n", "", a.fix);
    }
    if (json)
        puts("\n]");
    return missing ? CLI_USAGE : CLI_CLEAN;
}

const struct cli_command cli_doctor = {
    .name = "doctor",
    .summary = "what this machine has, what is missing and how to get it",
    .usage = "wskit doctor [--json]",
    .text = "Asks the kernel, the network and the tools. ok: there; note: wskit works without it; missing: a command does not\n"
            "work. Exit status 2 when something is missing.",
    .examples = "  wskit doctor",
    .related = "build, run",
    .options = options,
    .run = doctor_run,
};
