/* errno to net_err: the one place where Linux's numbers for failures are known. */
#include <errno.h>

#include "plane_private.h"

enum net_err net_from_errno(int error)
{
    switch (error) {
    case 0: return NET_OK;
    case EAGAIN: return NET_AGAIN;
    case EINPROGRESS: return NET_AGAIN;
    case ENOMEM: case ENOBUFS: return NET_NOMEM;
    case EINVAL: case EFAULT: case EDESTADDRREQ: case EDOM: return NET_INVAL;
    case EOPNOTSUPP: case EAFNOSUPPORT: case EPROTONOSUPPORT: case ESOCKTNOSUPPORT: case EPROTOTYPE: return NET_NOTSUP;
    case EACCES: case EPERM: return NET_ACCESS;
    case EADDRINUSE: return NET_ADDR_IN_USE;
    case EADDRNOTAVAIL: case ENODEV: return NET_ADDR_NOT_LOCAL;
    case ECONNREFUSED: return NET_REFUSED;
    case ETIMEDOUT: return NET_TIMEOUT;
    case ECONNRESET: return NET_RESET;
    case ECONNABORTED: return NET_ABORTED;
    case ENETUNREACH: case ENETDOWN: return NET_NET_UNREACH;
    case EHOSTUNREACH: case EHOSTDOWN: return NET_HOST_UNREACH;
    case ENOTCONN: return NET_NOT_CONNECTED;
    case EISCONN: case EALREADY: return NET_IS_CONNECTED;
    case EMSGSIZE: return NET_TOO_BIG;
    case ENOPROTOOPT: return NET_NO_OPTION;
    case EPIPE: return NET_PIPE;
    case EMFILE: case ENFILE: case ENOSPC: return NET_LIMIT;
    default: return NET_IO;
    }
}
