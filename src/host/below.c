/* Files below one folder of the host, for src/nt/fs: openat2 with RESOLVE_BENEATH, so that neither "..", an absolute path nor a symbolic link
 * leads out of it, however the folder's content changes meanwhile (-WK_EXDEV). Only regular files and folders are opened: a FIFO or device
 * would block or act. Called on any thread; blocks as the disk does. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "host/host_private.h"

#define TO_1601_S INT64_C(11644473600)

static int open_beneath(int folder, const char *path, uint64_t flags, uint64_t mode)
{
    struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd;

    do
        fd = (int)syscall(SYS_openat2, folder, *path ? path : ".", &how, sizeof(how));
    while (fd < 0 && (errno == EINTR || errno == EAGAIN));
    return fd < 0 ? host_err(errno) : fd;
}

int host_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), probe;

    if (fd < 0)
        return host_err(errno);
    probe = open_beneath(fd, "", O_PATH, 0); /* a kernel without openat2 is told from the start */
    if (probe < 0) {
        close(fd);
        return probe;
    }
    close(probe);
    return fd;
}

int host_open_below(int folder, const char *path, unsigned how)
{
    uint64_t flags = O_NOCTTY | O_NONBLOCK | O_NOFOLLOW * ((how & HOST_OPEN_CREATE) != 0);
    struct stat st;
    int fd;

    if (how & HOST_OPEN_PROBE)
        flags = O_PATH;
    else
        flags |= how & HOST_OPEN_WRITE ? (how & HOST_OPEN_READ ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (how & HOST_OPEN_CREATE)
        flags |= O_CREAT | O_EXCL;
    fd = open_beneath(folder, path, flags, how & HOST_OPEN_CREATE ? (how & HOST_OPEN_READONLY ? 0444 : 0666) : 0);
    if (fd < 0)
        return fd;
    if (fstat(fd, &st) != 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))) {
        close(fd);
        return -WK_EACCES;
    }
    return fd;
}

/* The folder that holds the last part of the path, and that part. */
static int open_parent(int folder, const char *path, const char **last)
{
    const char *slash = strrchr(path, '/');
    char parent[HOST_PATH_BYTES];

    *last = slash ? slash + 1 : path;
    if (!slash)
        return open_beneath(folder, "", O_PATH | O_DIRECTORY, 0);
    if ((size_t)(slash - path) >= sizeof(parent))
        return -WK_ERANGE;
    memcpy(parent, path, (size_t)(slash - path));
    parent[slash - path] = 0;
    return open_beneath(folder, parent, O_PATH | O_DIRECTORY, 0);
}

int host_make_folder(int folder, const char *path)
{
    const char *last;
    int parent = open_parent(folder, path, &last), err;

    if (parent < 0)
        return parent;
    err = mkdirat(parent, last, 0777) == 0 ? 0 : host_err(errno);
    close(parent);
    return err;
}

int host_remove_below(int folder, const char *path, bool is_folder)
{
    const char *last;
    int parent = open_parent(folder, path, &last), err;

    if (parent < 0)
        return parent;
    err = unlinkat(parent, last, is_folder ? AT_REMOVEDIR : 0) == 0 ? 0 : host_err(errno);
    close(parent);
    return err;
}

int host_rename_below(int folder, const char *from, const char *to, bool replace)
{
    const char *from_last, *to_last;
    int from_parent = open_parent(folder, from, &from_last), to_parent, err;

    if (from_parent < 0)
        return from_parent;
    to_parent = open_parent(folder, to, &to_last);
    if (to_parent < 0) {
        close(from_parent);
        return to_parent;
    }
    err = renameat2(from_parent, from_last, to_parent, to_last, replace ? 0 : RENAME_NOREPLACE) == 0 ? 0 : host_err(errno);
    close(from_parent);
    close(to_parent);
    return err;
}

static int64_t since_1601(const struct timespec *t)
{
    return ((int64_t)t->tv_sec + TO_1601_S) * 10000000 + t->tv_nsec / 100;
}

static struct timespec from_1601(int64_t t)
{
    if (t <= 0) /* as it is */
        return (struct timespec){.tv_nsec = UTIME_OMIT};
    return (struct timespec){.tv_sec = t / 10000000 - TO_1601_S, .tv_nsec = t % 10000000 * 100};
}

int host_file_info(int fd, struct host_file_info *out)
{
    struct statx x;

    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &x) != 0)
        return host_err(errno);
    *out = (struct host_file_info){.device = (uint64_t)x.stx_dev_major << 32 | x.stx_dev_minor, .inode = x.stx_ino, .bytes = x.stx_size,
                                   .allocated = x.stx_blocks * 512, .links = x.stx_nlink, .is_folder = S_ISDIR(x.stx_mode),
                                   .is_readonly = !(x.stx_mode & 0222)};
    out->accessed = since_1601(&(struct timespec){x.stx_atime.tv_sec, x.stx_atime.tv_nsec});
    out->written = since_1601(&(struct timespec){x.stx_mtime.tv_sec, x.stx_mtime.tv_nsec});
    out->changed = since_1601(&(struct timespec){x.stx_ctime.tv_sec, x.stx_ctime.tv_nsec});
    out->created = x.stx_mask & STATX_BTIME ? since_1601(&(struct timespec){x.stx_btime.tv_sec, x.stx_btime.tv_nsec}) : out->changed;
    return 0;
}

int host_file_times(int fd, int64_t accessed, int64_t written)
{
    struct timespec times[2] = {from_1601(accessed), from_1601(written)};

    return futimens(fd, times) == 0 ? 0 : host_err(errno);
}

int host_file_readonly(int fd, bool readonly)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return host_err(errno);
    return fchmod(fd, readonly ? st.st_mode & 07555 : st.st_mode | 0200) == 0 ? 0 : host_err(errno);
}

int64_t host_file_read(int fd, void *data, size_t bytes, uint64_t offset)
{
    size_t have = 0;

    while (have < bytes) {
        ssize_t got = pread(fd, (char *)data + have, bytes - have, (off_t)(offset + have));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return host_err(errno);
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (int64_t)have;
}

int64_t host_file_write(int fd, const void *data, size_t bytes, uint64_t offset)
{
    size_t have = 0;

    while (have < bytes) {
        ssize_t put = pwrite(fd, (const char *)data + have, bytes - have, (off_t)(offset + have));

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return host_err(errno);
        have += (size_t)put;
    }
    return (int64_t)have;
}

int host_file_resize(int fd, uint64_t bytes)
{
    return ftruncate(fd, (off_t)bytes) == 0 ? 0 : host_err(errno);
}

int host_file_sync(int fd)
{
    return fsync(fd) == 0 ? 0 : host_err(errno);
}

int host_list_folder(int fd, bool (*each)(void *ctx, const char *name), void *ctx)
{
    int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* a position of its own */
    struct dirent *entry;
    DIR *dir;
    int err;

    if (own < 0)
        return host_err(errno);
    dir = fdopendir(own);
    if (!dir) {
        err = host_err(errno);
        close(own);
        return err;
    }
    for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && !each(ctx, entry->d_name))
            break;
    err = host_err(entry ? 0 : errno);
    closedir(dir);
    return err;
}
