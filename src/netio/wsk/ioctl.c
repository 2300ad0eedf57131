/* I/O controls of sockets (WSK-099, WSK-132, WSK-154, WSK-173, WSK-174, WSK-195 .. WSK-198). None of them waits. */
#include "netio/wsk/wsk_private.h"

#define TAG_ADDRESSES 0x416B7357 /* "WskA" */

static NTSTATUS put(const void *value, SIZE_T bytes, SIZE_T out_bytes, void *out, SIZE_T *returned)
{
    if (!out || out_bytes < bytes)
        return STATUS_BUFFER_TOO_SMALL;
    __builtin_memcpy(out, value, bytes);
    *returned = bytes;
    return STATUS_SUCCESS;
}

/* WSK-173, WSK-174. Others are filtered here, not in the transport: a Linux socket that is disconnected may lose its port. */
static NTSTATUS set_fixed_address(struct wsk_socket *s, SIZE_T bytes, const SOCKADDR *in, bool filter)
{
    struct net_addr address = {0};

    if (s->category != WSK_FLAG_DATAGRAM_SOCKET || s->state != WSK_BOUND) {
        guest_finding("WSK-084", "a fixed address is set on socket %p, which is no bound datagram socket", &s->public);
        return STATUS_INVALID_DEVICE_STATE; /* WSK-183 */
    }
    if (bytes && in && (bytes < (s->family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6)) || !wsk_address_in(s->family, in, &address)))
        return STATUS_INVALID_PARAMETER;
    s->dgram.send_to = address;
    if (filter)
        s->dgram.only_from = address;
    return STATUS_SUCCESS;
}

/* As many as there are now; by ExFreePoolWithTag, NULL: no memory. */
static struct net_addr *local_addresses(USHORT family, unsigned *count)
{
    enum net_family net_family = family == AF_INET ? NET_IPV4 : NET_IPV6;
    unsigned room = net_local_addresses(net_family, NULL, 0) + 1;

    for (;;) {
        struct net_addr *found = ExAllocatePool2(POOL_FLAG_NON_PAGED, room * sizeof(*found), TAG_ADDRESSES);

        if (!found)
            return NULL;
        *count = net_local_addresses(net_family, found, room);
        if (*count <= room)
            return found;
        room = *count + 1; /* some came meanwhile */
        ExFreePoolWithTag(found, TAG_ADDRESSES);
    }
}

/* WSK-099: the list, then what its entries point to. */
static NTSTATUS address_list(struct wsk_socket *s, SIZE_T out_bytes, SOCKET_ADDRESS_LIST *out, SIZE_T *returned)
{
    SIZE_T each = s->family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6), room = (each + 7) & ~(SIZE_T)7;
    NTSTATUS status = STATUS_BUFFER_OVERFLOW;
    struct net_addr *found;
    unsigned count;

    found = local_addresses(s->family, &count);
    if (!found)
        return STATUS_INSUFFICIENT_RESOURCES;
    *returned = FIELD_OFFSET(SOCKET_ADDRESS_LIST, Address) + count * (sizeof(SOCKET_ADDRESS) + room);
    if (*returned < sizeof(SOCKET_ADDRESS_LIST))
        *returned = sizeof(SOCKET_ADDRESS_LIST);
    if (out && out_bytes >= *returned) {
        PUCHAR at = (PUCHAR)&out->Address[count];

        out->iAddressCount = (INT)count;
        for (unsigned i = 0; i < count; i++, at += room) {
            found[i].port = 0;
            out->Address[i].lpSockaddr = (LPSOCKADDR)at;
            out->Address[i].iSockaddrLength = (INT)each;
            wsk_address_out(s->family, &found[i], (PSOCKADDR)at);
        }
        status = STATUS_SUCCESS;
    }
    ExFreePoolWithTag(found, TAG_ADDRESSES);
    return status;
}

static NTSTATUS received(struct wsk_socket *s, SIZE_T *bytes)
{
    int32_t value = 0;
    int err = net_get_option(s->net, NET_OPT_RECV_QUEUE, &value);

    *bytes = (SIZE_T)(value > 0 ? value : 0);
    if (s->kept)
        *bytes += s->kept->mdl.ByteCount - s->kept_offset;
    return wsk_status(err);
}

/* WSK-154 */
static NTSTATUS backlog(struct wsk_socket *s, bool send, SIZE_T out_bytes, void *out, SIZE_T *returned)
{
    NTSTATUS status;
    SIZE_T bytes;

    if (s->state != WSK_CONNECTED) {
        guest_finding("WSK-084", "the backlog of socket %p is asked for, which is not connected", &s->public);
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (!out || out_bytes < sizeof(bytes))
        return STATUS_BUFFER_TOO_SMALL; /* before the client counts as told */
    status = send ? wsk_backlog_query(s, &bytes) : received(s, &bytes);
    return status ? status : put(&bytes, sizeof(bytes), out_bytes, out, returned);
}

static NTSTATUS keepalive(struct wsk_socket *s, SIZE_T bytes, const struct tcp_keepalive *in)
{
    int err;

    if (!in || bytes < sizeof(*in))
        return STATUS_INVALID_PARAMETER;
    err = net_set_option(s->net, NET_OPT_KEEPALIVE, in->onoff != 0);
    if (!err && in->onoff)
        err = net_set_option(s->net, NET_OPT_KEEPIDLE_S, (int32_t)((in->keepalivetime + 999) / 1000));
    if (!err && in->onoff)
        err = net_set_option(s->net, NET_OPT_KEEPINTVL_S, (int32_t)((in->keepaliveinterval + 999) / 1000));
    return wsk_status(err);
}

NTSTATUS wsk_ioctl(struct wsk_socket *s, ULONG code, SIZE_T in_bytes, const void *in, SIZE_T out_bytes, void *out, SIZE_T *returned)
{
    RSS_SCALABILITY_INFO rss = {FALSE};

    switch (code) {
    case SIO_WSK_SET_REMOTE_ADDRESS: return set_fixed_address(s, in_bytes, in, true);
    case SIO_WSK_SET_SENDTO_ADDRESS: return set_fixed_address(s, in_bytes, in, false);
    case SIO_WSK_QUERY_IDEAL_SEND_BACKLOG: return backlog(s, true, out_bytes, out, returned);
    case SIO_WSK_QUERY_RECEIVE_BACKLOG: return backlog(s, false, out_bytes, out, returned);
    case SIO_WSK_QUERY_INSPECT_ID: /* WSK-132 */
        if (!s->inspection.id.SerialNumber)
            return STATUS_INVALID_DEVICE_REQUEST;
        return put(&s->inspection.id, sizeof(s->inspection.id), out_bytes, out, returned);
    case SIO_ADDRESS_LIST_CHANGE: return STATUS_REQUEST_NOT_ACCEPTED; /* WSK-078: it came without an IRP */
    case SIO_ADDRESS_LIST_QUERY: return address_list(s, out_bytes, out, returned);
    case SIO_KEEPALIVE_VALS: return keepalive(s, in_bytes, in);
    case SIO_QUERY_RSS_SCALABILITY_INFO: return put(&rss, sizeof(rss), out_bytes, out, returned); /* WSK-198 */
    case SIO_LOOPBACK_FAST_PATH: /* WSK-196: nothing to see */
        if (s->category == WSK_FLAG_DATAGRAM_SOCKET)
            return STATUS_NOT_SUPPORTED;
        return in && in_bytes == sizeof(BOOLEAN) ? STATUS_SUCCESS : STATUS_INVALID_BUFFER_SIZE;
    case SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS:
    case SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT: return STATUS_NOT_FOUND; /* WSK-197: nobody redirects */
    default: return STATUS_NOT_SUPPORTED; /* WSK-195 */
    }
}
