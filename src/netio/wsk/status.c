/* The one place where a transport's outcome becomes an NTSTATUS. */
#include "netio/wsk/wsk_private.h"

NTSTATUS wsk_status(int64_t net_error)
{
    switch ((int)net_error) {
    case NET_OK:
        return STATUS_SUCCESS;
    case NET_NOMEM:
    case NET_LIMIT:
        return STATUS_INSUFFICIENT_RESOURCES;
    case NET_INVAL:
    case NET_NO_OPTION:
        return STATUS_INVALID_PARAMETER; /* WSK-194 */
    case NET_NOTSUP:
        return STATUS_NOT_SUPPORTED;
    case NET_ACCESS:
        return STATUS_ACCESS_DENIED;
    case NET_ADDR_IN_USE:
        return STATUS_ADDRESS_ALREADY_EXISTS; /* WSK-091 */
    case NET_ADDR_NOT_LOCAL:
        return STATUS_INVALID_ADDRESS_COMPONENT;
    case NET_REFUSED:
        return STATUS_CONNECTION_REFUSED; /* WSK-107 */
    case NET_TIMEOUT:
        return STATUS_IO_TIMEOUT;
    case NET_RESET:
        return STATUS_CONNECTION_RESET; /* WSK-112 */
    case NET_ABORTED:
    case NET_PIPE:
        return STATUS_CONNECTION_ABORTED;
    case NET_NET_UNREACH:
        return STATUS_NETWORK_UNREACHABLE;
    case NET_HOST_UNREACH:
        return STATUS_HOST_UNREACHABLE;
    case NET_PORT_UNREACH:
        return STATUS_PORT_UNREACHABLE;
    case NET_NOT_CONNECTED:
        return STATUS_CONNECTION_DISCONNECTED;
    case NET_IS_CONNECTED:
        return STATUS_CONNECTION_ACTIVE;
    case NET_TOO_BIG:
        return STATUS_INVALID_BUFFER_SIZE;
    case NET_NO_NAME:
        return STATUS_NO_MATCH;
    default:
        return STATUS_UNSUCCESSFUL;
    }
}
