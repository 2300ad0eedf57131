/* Pages: the memfd that is the machine's physical memory, and address ranges that map it. Called by src/memory only.
 *
 * A range is reserved first (inaccessible, costs nothing), then mapped and unmapped inside the reservation, so that
 * nothing else of the process can ever land in a window. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/err.h"
#include "host/host_private.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static int to_linux(unsigned prot)
{
    return (prot & HOST_R ? PROT_READ : 0) | (prot & HOST_W ? PROT_WRITE : 0) | (prot & HOST_X ? PROT_EXEC : 0);
}

static void *address(uint64_t at)
{
    return (void *)(uintptr_t)at;
}

int host_memfd(const char *name, uint64_t bytes)
{
    int fd = memfd_create(name, MFD_CLOEXEC);

    if (fd < 0)
        return host_err(errno);
    if (ftruncate(fd, (off_t)bytes) < 0) {
        int err = host_err(errno);

        close(fd);
        return err;
    }
    return fd;
}

int host_reserve(uint64_t at, uint64_t bytes)
{
    void *got = mmap(address(at), bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

    if (got == MAP_FAILED)
        return host_err(errno);
    if (got != address(at)) { /* a kernel before 4.17 takes the address as a hint */
        munmap(got, bytes);
        return -WK_EEXIST;
    }
    return 0;
}

int host_map_fd(uint64_t at, uint64_t bytes, int fd, uint64_t offset, unsigned prot)
{
    void *got = mmap(address(at), bytes, to_linux(prot), MAP_SHARED | MAP_NORESERVE | MAP_FIXED, fd, (off_t)offset);

    return got == MAP_FAILED ? host_err(errno) : 0;
}

int host_unmap(uint64_t at, uint64_t bytes)
{
    void *got = mmap(address(at), bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

    return got == MAP_FAILED ? host_err(errno) : 0;
}

void host_release_range(uint64_t at, uint64_t bytes)
{
    munmap(address(at), bytes);
}

int host_protect(uint64_t at, uint64_t bytes, unsigned prot)
{
    return mprotect(address(at), bytes, to_linux(prot)) < 0 ? host_err(errno) : 0;
}

int host_discard(int fd, uint64_t offset, uint64_t bytes)
{
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)bytes) < 0 ? host_err(errno) : 0;
}

void host_close_fd(int fd)
{
    close(fd);
}
