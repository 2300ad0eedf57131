/* errno in our words: the one place on the host side. */
#include <errno.h>
#include "base/err.h"
#include "host/host_private.h"

int host_err(int error)
{
    switch (error) {
    case 0: return 0;
    case ENOMEM: return -WK_ENOMEM;
    case ENOENT: return -WK_ENOENT;
    case EEXIST: return -WK_EEXIST;
    case ENOTDIR: return -WK_ENOTDIR;
    case EISDIR: return -WK_EISDIR;
    case ENOTEMPTY: return -WK_ENOTEMPTY;
    case EXDEV: return -WK_EXDEV;
    case ENAMETOOLONG: return -WK_ERANGE;
    case EROFS:
    case ETXTBSY:
    case ELOOP:
    case EACCES:
    case EPERM: return -WK_EACCES;
    case EAGAIN: return -WK_EAGAIN;
    case ETIMEDOUT: return -WK_ETIMEDOUT;
    case ENOSYS:
    case EOPNOTSUPP: return -WK_ENOSYS;
    case ERANGE:
    case EOVERFLOW: return -WK_ERANGE;
    case EBUSY: return -WK_EBUSY;
    case EINTR: return -WK_EINTR;
    case EDQUOT:
    case ENOSPC: return -WK_ENOSPC;
    case EMFILE:
    case ENFILE: return -WK_EMFILE;
    case EINVAL: return -WK_EINVAL;
    default: return -WK_EIO;
    }
}
