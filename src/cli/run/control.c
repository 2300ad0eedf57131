/* The control socket: how `wskit ioctl` reaches the devices of a running machine. Each connection has a thread, because
 * a request blocks as long as the driver keeps it. Only this user may connect (SO_PEERCRED). */
#include "cli/run/run.h"
#include "cli/cli.h"
#include "wskit/wskit.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct connection {
    int fd;
    struct wskit_machine *machine;
};

bool run_read_all(int fd, void *data, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t n = read(fd, (char *)data + done, bytes - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

bool run_write_all(int fd, const void *data, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t n = send(fd, (const char *)data + done, bytes - done, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

/* Opens the device, sends the one request, closes: as a small program that calls CreateFile and DeviceIoControl would. */
static bool serve_one(struct connection *c, const struct run_request *request)
{
    struct wskit_error *error = calloc(1, sizeof(*error));
    char *device = calloc(1, request->device_bytes + 1);
    char *in = malloc(request->in_bytes + 1), *out = calloc(1, request->out_bytes + 1); /* what the driver leaves alone reads as zero */
    struct run_reply reply = {0};
    struct wskit_file *file = NULL;
    size_t returned = 0;
    bool going = error && device && in && out && run_read_all(c->fd, device, request->device_bytes) && run_read_all(c->fd, in, request->in_bytes);

    if (going) {
        reply.result = wskit_open(c->machine, device, 0xC0000000u, &file, error);
        if (reply.result == 0)
            reply.result = wskit_ioctl(file, request->code, in, request->in_bytes, out, request->out_bytes, &returned, error);
        reply.status = error->status;
        reply.text_bytes = (uint32_t)strnlen(error->text, sizeof(error->text));
        reply.returned = returned;
        reply.out_bytes = returned < request->out_bytes ? (uint32_t)returned : request->out_bytes;
        if (!file)
            reply.out_bytes = 0;
        going = run_write_all(c->fd, &reply, sizeof(reply)) && run_write_all(c->fd, error->text, reply.text_bytes) &&
                run_write_all(c->fd, out, reply.out_bytes);
        if (file)
            wskit_file_close(file);
    }
    free(error);
    free(device);
    free(in);
    free(out);
    return going;
}

static void *serve(void *arg)
{
    struct connection *c = arg;
    struct run_request request;

    while (run_read_all(c->fd, &request, sizeof(request))) {
        if (request.magic != RUN_MAGIC || request.device_bytes > 4096 || request.in_bytes > RUN_BYTES_MAX || request.out_bytes > RUN_BYTES_MAX)
            break;
        if (!serve_one(c, &request))
            break;
    }
    close(c->fd);
    free(c);
    return NULL;
}

static void *accept_loop(void *arg)
{
    struct connection *listener = arg;

    for (;;) {
        struct ucred peer;
        socklen_t n = sizeof(peer);
        int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
        struct connection *c;
        pthread_t thread;

        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            return NULL;
        }
        c = malloc(sizeof(*c));
        if (!c || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0 || (peer.uid != geteuid() && peer.uid != 0)) {
            free(c);
            close(fd);
            continue;
        }
        *c = (struct connection){fd, listener->machine};
        if (pthread_create(&thread, NULL, serve, c) != 0) {
            close(fd);
            free(c);
            continue;
        }
        pthread_detach(thread);
    }
}

void run_control_serve(int fd, struct wskit_machine *machine)
{
    static struct connection listener;
    pthread_attr_t attributes;
    pthread_t thread;

    listener = (struct connection){fd, machine};
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    if (pthread_create(&thread, &attributes, accept_loop, &listener) == 0)
        pthread_detach(thread);
    pthread_attr_destroy(&attributes);
}

static socklen_t address_of(struct sockaddr_un *address, const char *path, int pid)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (path) {
        snprintf(address->sun_path, sizeof(address->sun_path), "%.100s", path);
        return sizeof(*address);
    }
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                       (size_t)snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "wskit-%u-%d", (unsigned)geteuid(), pid));
}

int run_control_listen(const char *path, int pid)
{
    struct sockaddr_un address;
    socklen_t n = address_of(&address, path, pid);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (path && strlen(path) >= sizeof(address.sun_path)) {
        cli_error("run", "--control %s: the path is longer than the %zu bytes a socket may have", path, sizeof(address.sun_path) - 1);
        goto failed;
    }
    if (path && fd >= 0) {
        /* A socket nobody listens on is what a killed machine left: take its place. Anything else stays. */
        struct stat st;
        int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode) && connect(probe, (void *)&address, n) != 0 && errno == ECONNREFUSED)
            unlink(path);
        close(probe);
    }
    if (fd < 0 || bind(fd, (void *)&address, n) != 0 || listen(fd, 16) != 0) {
        if (path && errno == EADDRINUSE)
            cli_error("run", "--control %s: exists already; another machine uses it, or it is a file", path);
        else
            cli_error("run", "cannot make the control socket%s%s: %s", path ? " " : "", path ? path : "", strerror(errno));
        goto failed;
    }
    return fd;
failed:
    if (fd >= 0)
        close(fd);
    return -1;
}

/* The pids of this user's machines, from the kernel's list of abstract sockets. */
static int find_machine(const char *command)
{
    FILE *list = fopen("/proc/net/unix", "r");
    char line[512], prefix[32];
    int found = 0;
    unsigned count = 0;

    snprintf(prefix, sizeof(prefix), "@wskit-%u-", (unsigned)geteuid());
    while (list && fgets(line, sizeof(line), list)) {
        char *at = strstr(line, prefix);
        int pid = at ? atoi(at + strlen(prefix)) : 0;
        unsigned flags = 0;

        /* Num: RefCount Protocol Flags ...; 00010000 is a listening one. */
        if (pid > 0 && sscanf(line, "%*[^:]: %*x %*x %x", &flags) == 1 && (flags & 0x10000) && pid != found) {
            found = pid;
            count++;
        }
    }
    if (list)
        fclose(list);
    if (count == 1)
        return found;
    if (count == 0)
        cli_error(command, "no machine is running; start one with `wskit run DRIVER.sys`, or name its socket with --control");
    else
        cli_error(command, "%u machines are running; say which one with --pid (of its `wskit run`)", count);
    return -1;
}

int run_control_connect(const char *command, const char *path, int pid)
{
    struct sockaddr_un address;
    socklen_t n;
    int fd;

    if (!path && pid == 0 && (pid = find_machine(command)) < 0)
        return -1;
    n = address_of(&address, path, pid);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (void *)&address, n) == 0)
        return fd;
    if (path)
        cli_error(command, "no machine listens at %s: %s", path, strerror(errno));
    else
        cli_error(command, "no machine of this user has pid %d (it is the pid of `wskit run`): %s", pid, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}
