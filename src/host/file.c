/* Files, read whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "host/host_private.h"

#define FILE_BYTES_MAX (UINT64_C(1) << 31)

int host_read_file(const char *path, void **data, size_t *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    char *buffer = NULL;
    size_t have = 0;
    int err = 0;

    if (fd < 0)
        return host_err(errno);
    if (fstat(fd, &st) != 0) {
        err = host_err(errno);
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        err = -WK_EINVAL;
        goto out;
    }
    if ((uint64_t)st.st_size > FILE_BYTES_MAX) {
        err = -WK_ERANGE;
        goto out;
    }
    buffer = malloc((size_t)st.st_size + 1); /* never of size 0; text readers get a terminator */
    if (!buffer) {
        err = -WK_ENOMEM;
        goto out;
    }
    while (have < (size_t)st.st_size) {
        ssize_t got = read(fd, buffer + have, (size_t)st.st_size - have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            err = host_err(errno);
            goto out;
        }
        if (got == 0)
            break; /* it shrank meanwhile */
        have += (size_t)got;
    }
    buffer[have] = 0;
    *data = buffer;
    *bytes = have;
out:
    if (err)
        free(buffer);
    close(fd);
    return err;
}

void host_release(void *data)
{
    free(data);
}
