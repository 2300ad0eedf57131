/* The tables that clients call through (WSK-013, WSK-047). All have the same number of slots: what a category does not have, and what is
 * not there yet, names itself and fails. Such a slot completes the IRP where every category that has a function there takes it as the same
 * argument; else nobody can know which function was meant, and no argument is touched. */
#include "netio/wsk/wsk_private.h"

#define SLOTS 15

static NTSTATUS missing(PWSK_SOCKET socket, PIRP irp)
{
    guest_finding("WSK-047", "a function that this socket's category does not have is called (socket %p)", socket);
    if (!irp)
        return STATUS_INVALID_DEVICE_REQUEST;
    io_begin_request(irp);
    return wsk_complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
}

static NTSTATUS WSKAPI missing_any(PWSK_SOCKET socket)
{
    return missing(socket, NULL);
}

/* WskBind, WskDisconnect */
static NTSTATUS WSKAPI missing_irp_4(PWSK_SOCKET socket, PVOID a2, PVOID a3, PIRP irp)
{
    return missing(socket, irp);
}

/* WskSendEx of a stream socket */
static NTSTATUS WSKAPI missing_irp_6(PWSK_SOCKET socket, PVOID a2, PVOID a3, PVOID a4, PVOID a5, PIRP irp)
{
    return missing(socket, irp);
}

/* WskReceiveEx of a stream socket */
static NTSTATUS WSKAPI missing_irp_7(PWSK_SOCKET socket, PVOID a2, PVOID a3, PVOID a4, PVOID a5, PVOID a6, PIRP irp)
{
    return missing(socket, irp);
}

/* ---- WSK-020, NMR-062: WSK_PROVIDER_DISPATCH once nothing is captured or attached ---- */
static NTSTATUS dead(PWSK_CLIENT client, PIRP irp)
{
    if (!wsk_client_ending(client))
        guest_finding("WSK-020", "a function of WSK_PROVIDER_DISPATCH is called after the last WskReleaseProviderNPI or the detach (client %p)", client);
    if (!irp) /* only WskControlClient may come without one */
        return STATUS_DEVICE_NOT_READY;
    io_begin_request(irp);
    return wsk_complete(irp, STATUS_DEVICE_NOT_READY, 0);
}

static NTSTATUS WSKAPI dead_socket(PWSK_CLIENT client, ADDRESS_FAMILY family, USHORT type, ULONG protocol, ULONG flags, PVOID context, const void *dispatch,
                                   PEPROCESS process, PETHREAD thread, PSECURITY_DESCRIPTOR security, PIRP irp)
{
    return dead(client, irp);
}

static NTSTATUS WSKAPI dead_socket_connect(PWSK_CLIENT client, USHORT type, ULONG protocol, PSOCKADDR local, PSOCKADDR remote, ULONG flags, PVOID context,
                                           const WSK_CLIENT_CONNECTION_DISPATCH *dispatch, PEPROCESS process, PETHREAD thread,
                                           PSECURITY_DESCRIPTOR security, PIRP irp)
{
    return dead(client, irp);
}

static NTSTATUS WSKAPI dead_control_client(PWSK_CLIENT client, ULONG code, SIZE_T in_bytes, PVOID in, SIZE_T out_bytes, PVOID out, SIZE_T *returned, PIRP irp)
{
    return dead(client, irp);
}

static NTSTATUS WSKAPI dead_get_address_info(PWSK_CLIENT client, PUNICODE_STRING node, PUNICODE_STRING service, ULONG space, GUID *provider,
                                             PADDRINFOEXW hints, PADDRINFOEXW *result, PEPROCESS process, PETHREAD thread, PIRP irp)
{
    return dead(client, irp);
}

static NTSTATUS WSKAPI dead_get_name_info(PWSK_CLIENT client, PSOCKADDR address, ULONG bytes, PUNICODE_STRING node, PUNICODE_STRING service, ULONG flags,
                                          PEPROCESS process, PETHREAD thread, PIRP irp)
{
    return dead(client, irp);
}

static void WSKAPI dead_free(PWSK_CLIENT client, PADDRINFOEXW list)
{
    if (wsk_client_ending(client))
        wsk_free_address_info(client, list);
    else
        guest_finding("WSK-020", "WskFreeAddressInfo(%p) is called after the last WskReleaseProviderNPI or the detach", list);
}

#define ANY   ((void *)missing_any)
#define IRP_4 ((void *)missing_irp_4)
#define IRP_6 ((void *)missing_irp_6)
#define IRP_7 ((void *)missing_irp_7)

static const void *const basic[SLOTS] = {wsk_control_socket, wsk_close_socket, IRP_4, ANY, ANY, ANY, ANY, ANY, IRP_4, ANY, ANY, ANY, ANY, IRP_6, IRP_7};
static const void *const listening[SLOTS] = {wsk_control_socket, wsk_close_socket, wsk_bind, wsk_accept, wsk_inspect_complete, wsk_get_local_address, ANY, ANY, IRP_4,
                                             ANY, ANY, ANY, ANY, IRP_6, IRP_7};
static const void *const datagram[SLOTS] = {wsk_control_socket, wsk_close_socket, wsk_bind, wsk_send_to, wsk_receive_from, wsk_release_datagrams,
                                            wsk_get_local_address, wsk_send_messages, IRP_4, ANY, ANY, ANY, ANY, IRP_6, IRP_7};
static const void *const connection[SLOTS] = {wsk_control_socket, wsk_close_socket, wsk_bind, wsk_connect, wsk_get_local_address, wsk_get_remote_address,
                                              wsk_send, wsk_receive, wsk_disconnect, wsk_release, wsk_connect_ex, wsk_send_ex, wsk_receive_ex, IRP_6,
                                              IRP_7};
static const void *const stream[SLOTS] = {wsk_control_socket, wsk_close_socket, wsk_bind, wsk_accept, wsk_connect, wsk_listen, wsk_send, wsk_receive,
                                          wsk_disconnect, wsk_release, wsk_get_local_address, wsk_get_remote_address, wsk_connect_ex, wsk_send_ex,
                                          wsk_receive_ex};

const void *wsk_table(ULONG category)
{
    return category == WSK_FLAG_LISTEN_SOCKET       ? listening
           : category == WSK_FLAG_CONNECTION_SOCKET ? connection
           : category == WSK_FLAG_DATAGRAM_SOCKET   ? datagram
           : category == WSK_FLAG_STREAM_SOCKET     ? stream
                                                    : basic;
}

const WSK_PROVIDER_DISPATCH wsk_provider_table = {
    .Version = MAKE_WSK_VERSION(1, 1),
    .WskSocket = wsk_socket_create,
    .WskSocketConnect = wsk_socket_connect,
    .WskControlClient = wsk_control_client,
    .WskGetAddressInfo = wsk_get_address_info,
    .WskFreeAddressInfo = wsk_free_address_info,
    .WskGetNameInfo = wsk_get_name_info,
};

const WSK_PROVIDER_DISPATCH wsk_dead_table = {
    .Version = MAKE_WSK_VERSION(1, 1),
    .WskSocket = dead_socket,
    .WskSocketConnect = dead_socket_connect,
    .WskControlClient = dead_control_client,
    .WskGetAddressInfo = dead_get_address_info,
    .WskFreeAddressInfo = dead_free,
    .WskGetNameInfo = dead_get_name_info,
};
