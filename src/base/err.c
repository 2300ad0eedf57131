#include "base/err.h"

const char *wk_err_text(int err)
{
    static const char *const text[] = {
        [WK_OK] = "no error",
        [WK_ENOMEM] = "out of memory",
        [WK_EINVAL] = "invalid argument",
        [WK_ENOENT] = "not found",
        [WK_EEXIST] = "exists already",
        [WK_EACCES] = "permission denied",
        [WK_EIO] = "input/output error",
        [WK_EAGAIN] = "not now",
        [WK_ETIMEDOUT] = "timed out",
        [WK_ENOSYS] = "not supported here",
        [WK_EBADIMAGE] = "not a driver image",
        [WK_ERANGE] = "out of range",
        [WK_EBUSY] = "in use",
        [WK_EINTR] = "interrupted",
        [WK_ENOSPC] = "no space left",
        [WK_EMFILE] = "too many open files",
        [WK_ENOTDIR] = "not a folder",
        [WK_EISDIR] = "a folder",
        [WK_ENOTEMPTY] = "a folder that is not empty",
        [WK_EXDEV] = "outside of the folder",
    };
    unsigned index = err < 0 ? -(unsigned)err : (unsigned)err;

    return index < sizeof(text) / sizeof(text[0]) && text[index] ? text[index] : "unknown error";
}
