/* Sockets that are gone (WSK-085, WSK-088): the memory of the last GRAVES stays for a while, with a table that names what is called and fails
 * it with STATUS_FILE_FORCED_CLOSED. The category is still known, so each slot knows which of its arguments is the IRP.
 *
 * Lock: graves_lock; nothing is called with it held. */
#include "netio/wsk/wsk_private.h"

#define GRAVES 64
static struct wsk_socket *graves[GRAVES];
static unsigned next_grave;
static struct sched_lock graves_lock;

static NTSTATUS gone(PWSK_SOCKET socket, PIRP irp)
{
    guest_finding("WSK-085", "a function of socket %p is called, which is closed", socket);
    if (!irp)
        return STATUS_FILE_FORCED_CLOSED;
    io_begin_request(irp);
    return wsk_complete(irp, STATUS_FILE_FORCED_CLOSED, 0);
}

static NTSTATUS WSKAPI gone_2(PWSK_SOCKET socket, PIRP irp)
{
    return gone(socket, irp);
}

static NTSTATUS WSKAPI gone_3(PWSK_SOCKET socket, PVOID a2, PIRP irp)
{
    return gone(socket, irp);
}

static NTSTATUS WSKAPI gone_4(PWSK_SOCKET socket, PVOID a2, PVOID a3, PIRP irp)
{
    return gone(socket, irp);
}

static NTSTATUS WSKAPI gone_5(PWSK_SOCKET socket, PVOID a2, PVOID a3, PVOID a4, PIRP irp)
{
    return gone(socket, irp);
}

static NTSTATUS WSKAPI gone_6(PWSK_SOCKET socket, PVOID a2, PVOID a3, PVOID a4, PVOID a5, PIRP irp)
{
    return gone(socket, irp);
}

static NTSTATUS WSKAPI gone_7(PWSK_SOCKET socket, PVOID a2, PVOID a3, PVOID a4, PVOID a5, PVOID a6, PIRP irp)
{
    return gone(socket, irp);
}

static NTSTATUS WSKAPI gone_8(PWSK_SOCKET socket, PVOID a2, PVOID a3, PVOID a4, PVOID a5, PVOID a6, PVOID a7, PIRP irp)
{
    return gone(socket, irp);
}

static NTSTATUS WSKAPI gone_10(PWSK_SOCKET socket, PVOID a2, PVOID a3, PVOID a4, PVOID a5, PVOID a6, PVOID a7, PVOID a8, PVOID a9, PIRP irp)
{
    return gone(socket, irp);
}

/* WskRelease: the buffers are the client's until now, whatever became of the socket. */
static NTSTATUS WSKAPI gone_release(PWSK_SOCKET socket, PWSK_DATA_INDICATION list)
{
    guest_finding("WSK-088", "WskRelease(%p, %p) after the socket was closed", socket, list);
    return wsk_release(socket, list);
}

static NTSTATUS WSKAPI gone_release_datagrams(PWSK_SOCKET socket, PWSK_DATAGRAM_INDICATION list)
{
    guest_finding("WSK-088", "WskRelease(%p, %p) after the socket was closed", socket, list);
    return wsk_release_datagrams(socket, list);
}

static const void *const basic[] = {gone_10, gone_2};
static const void *const listening[] = {gone_10, gone_2, gone_4, gone_7, gone_4, gone_3};
static const void *const datagram[] = {gone_10, gone_2, gone_4, gone_7, gone_8, gone_release_datagrams, gone_3, gone_7};
static const void *const connection[] = {gone_10, gone_2, gone_4, gone_4, gone_3, gone_3, gone_4, gone_4, gone_4, gone_release, gone_5, gone_6, gone_7};
static const void *const stream[] = {gone_10, gone_2, gone_4, gone_7, gone_4, gone_2, gone_4, gone_4, gone_4, gone_release, gone_3, gone_3, gone_5, gone_6, gone_7};

static const void *table_of(ULONG category)
{
    return category == WSK_FLAG_LISTEN_SOCKET       ? listening
           : category == WSK_FLAG_CONNECTION_SOCKET ? connection
           : category == WSK_FLAG_DATAGRAM_SOCKET   ? datagram
           : category == WSK_FLAG_STREAM_SOCKET     ? stream
                                                    : basic;
}

struct wsk_socket *wsk_socket_bury(struct wsk_socket *s)
{
    KIRQL irql = ke_raise_to_dispatch();
    struct wsk_socket *oldest;

    s->public.Dispatch = table_of(s->category);
    sched_lock(&graves_lock);
    oldest = graves[next_grave % GRAVES];
    graves[next_grave++ % GRAVES] = s;
    sched_unlock(&graves_lock);
    ke_lower(irql);
    return oldest;
}
