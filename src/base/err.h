/* Failures on the Linux and plain side: 0 or a negative wk_err, as errno is used, but ours on every platform. */
#ifndef WK_ERR_H
#define WK_ERR_H

enum wk_err {
    WK_OK = 0,
    WK_ENOMEM = 1,
    WK_EINVAL,
    WK_ENOENT,
    WK_EEXIST,
    WK_EACCES,
    WK_EIO,
    WK_EAGAIN,
    WK_ETIMEDOUT,
    WK_ENOSYS,
    WK_EBADIMAGE,
    WK_ERANGE,
    WK_EBUSY,
    WK_EINTR,
    WK_ENOSPC,
    WK_EMFILE,
    WK_ENOTDIR,
    WK_EISDIR,
    WK_ENOTEMPTY,
    WK_EXDEV,
};

const char *wk_err_text(int err); /* "out of memory"; static; takes either sign */

#endif
