/* For the WSK tests: a registered client, sockets that are closed when the test ends, and one IRP for calls that are waited for.
 * Each call is checked against the rules that hold for all of them (WSK-027..029). PASSIVE_LEVEL. */
#ifndef WSK_KIT_H
#define WSK_KIT_H

#include "wkt.h"
#include <wsk.h>

#define KIT_SOCKETS 16

static struct {
    WSK_REGISTRATION registration;
    WSK_PROVIDER_NPI npi;
    PIRP irp; /* of the calls that are waited for */
    PWSK_SOCKET sockets[KIT_SOCKETS];
} kit;

static const WSK_CLIENT_DISPATCH kit_client = {MAKE_WSK_VERSION(1, 0), 0, NULL};

#define KIT_PROVIDER     (kit.npi.Dispatch)
#define KIT_BASIC(s)     ((const WSK_PROVIDER_BASIC_DISPATCH *)(s)->Dispatch)
#define KIT_LISTEN(s)    ((const WSK_PROVIDER_LISTEN_DISPATCH *)(s)->Dispatch)
#define KIT_DATAGRAM(s)  ((const WSK_PROVIDER_DATAGRAM_DISPATCH *)(s)->Dispatch)
#define KIT_CONN(s)      ((const WSK_PROVIDER_CONNECTION_DISPATCH *)(s)->Dispatch)
#define KIT_STREAM(s)    ((const WSK_PROVIDER_STREAM_DISPATCH *)(s)->Dispatch)

/* Waits for the IRP of a call that returned `returned`; its final status. WSK-027, 028, 029. */
static inline NTSTATUS kit_done(NTSTATUS returned, PIRP irp)
{
    NTSTATUS status;

    if (returned != STATUS_PENDING)
        CHECK(wkt_completions(irp) > 0);
    status = wkt_irp_wait(irp);
    CHECK_EQ(wkt_pending_returned(irp), returned == STATUS_PENDING);
    if (returned != STATUS_PENDING)
        CHECK_STATUS(status, returned);
    return status;
}

/* The IRP for the next call that is waited for. */
static inline PIRP kit_irp(void)
{
    wkt_irp_reuse(kit.irp);
    return kit.irp;
}
#define KIT(call) kit_done(call, kit.irp) /* `call` names kit_irp() as its IRP */

static inline NTSTATUS kit_close(PWSK_SOCKET socket)
{
    int i;

    for (i = 0; i < KIT_SOCKETS; i++)
        if (kit.sockets[i] == socket)
            kit.sockets[i] = NULL;
    return KIT(KIT_BASIC(socket)->WskCloseSocket(socket, kit_irp()));
}

static inline PWSK_SOCKET kit_keep(PWSK_SOCKET socket)
{
    int i;

    for (i = 0; i < KIT_SOCKETS; i++)
        if (!kit.sockets[i]) {
            kit.sockets[i] = socket;
            return socket;
        }
    CHECK(!"room for one more socket");
    return socket;
}

/* The test closed it, or will. */
static inline void kit_forget(PWSK_SOCKET socket)
{
    int i;

    for (i = 0; i < KIT_SOCKETS; i++)
        if (kit.sockets[i] == socket)
            kit.sockets[i] = NULL;
}

static inline void kit_close_all(void)
{
    int i;

    for (i = 0; i < KIT_SOCKETS; i++)
        if (kit.sockets[i])
            CHECK_STATUS(kit_close(kit.sockets[i]), STATUS_SUCCESS);
}

static inline void kit_end(void *unused)
{
    UNREFERENCED_PARAMETER(unused);
    kit_close_all();
    WskReleaseProviderNPI(&kit.registration);
    WskDeregister(&kit.registration);
}

/* Registers and captures; FALSE and a failed check when that fails. */
static inline BOOLEAN kit_start(void)
{
    WSK_CLIENT_NPI client = {NULL, &kit_client};

    RtlZeroMemory(&kit, sizeof(kit));
    kit.irp = wkt_irp();
    if (!CHECK_STATUS(WskRegister(&client, &kit.registration), STATUS_SUCCESS))
        return FALSE;
    if (!CHECK_STATUS(WskCaptureProviderNPI(&kit.registration, WSK_INFINITE_WAIT, &kit.npi), STATUS_SUCCESS)) {
        WskDeregister(&kit.registration);
        return FALSE;
    }
    wkt_at_end(kit_end, NULL);
    return TRUE;
}
#define KIT_START()                                                                                                    \
    do {                                                                                                               \
        if (!kit_start())                                                                                              \
            return;                                                                                                    \
    } while (0)

/* ---- sockets ---- */
static inline PWSK_SOCKET kit_socket(ADDRESS_FAMILY family, ULONG flags, PVOID context, const void *dispatch)
{
    USHORT type = flags == WSK_FLAG_DATAGRAM_SOCKET ? SOCK_DGRAM : SOCK_STREAM;
    ULONG protocol = flags == WSK_FLAG_DATAGRAM_SOCKET ? IPPROTO_UDP : IPPROTO_TCP;

    if (!CHECK_STATUS(KIT(KIT_PROVIDER->WskSocket(kit.npi.Client, family, type, protocol, flags, context, dispatch, NULL, NULL, NULL, kit_irp())),
                      STATUS_SUCCESS))
        return NULL;
    return kit_keep((PWSK_SOCKET)kit.irp->IoStatus.Information);
}

/* The first of a test that needs one socket and no more: registers too. */
static inline PWSK_SOCKET kit_only_socket(ULONG flags)
{
    return kit_start() ? kit_socket(AF_INET, flags, NULL, NULL) : NULL;
}

/* 127.0.0.1, or any address, in network order. */
static inline SOCKADDR_IN kit_v4(ULONG host, USHORT port_network)
{
    SOCKADDR_IN a;

    RtlZeroMemory(&a, sizeof(a));
    a.sin_family = AF_INET;
    a.sin_port = port_network;
    a.sin_addr.s_addr = RtlUlongByteSwap(host);
    return a;
}

static inline NTSTATUS kit_set(PWSK_SOCKET s, ULONG level, ULONG option, ULONG value)
{
    return KIT(KIT_BASIC(s)->WskControlSocket(s, WskSetOption, option, level, sizeof(value), &value, 0, NULL, NULL, kit_irp()));
}

static inline NTSTATUS kit_get(PWSK_SOCKET s, ULONG level, ULONG option, ULONG *value)
{
    return KIT(KIT_BASIC(s)->WskControlSocket(s, WskGetOption, option, level, 0, NULL, sizeof(*value), value, NULL, kit_irp()));
}

static inline NTSTATUS kit_ioctl(PWSK_SOCKET s, ULONG code, SIZE_T in_bytes, PVOID in, SIZE_T out_bytes, PVOID out, SIZE_T *returned)
{
    return KIT(KIT_BASIC(s)->WskControlSocket(s, WskIoctl, code, 0, in_bytes, in, out_bytes, out, returned, kit_irp()));
}

/* Without an IRP, so it cannot wait. */
static inline NTSTATUS kit_events(PWSK_SOCKET s, ULONG mask)
{
    WSK_EVENT_CALLBACK_CONTROL control;

    control.NpiId = &NPI_WSK_INTERFACE_ID;
    control.EventMask = mask;
    return KIT_BASIC(s)->WskControlSocket(s, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(control), &control, 0, NULL, NULL, NULL);
}

/* bind stands at another place in each table. */
static inline NTSTATUS kit_bind_with(PWSK_SOCKET s, PFN_WSK_BIND bind, ULONG host)
{
    SOCKADDR_IN a = kit_v4(host, 0);

    return KIT(bind(s, (PSOCKADDR)&a, 0, kit_irp()));
}

static inline SOCKADDR_IN kit_local(PWSK_SOCKET s, PFN_WSK_GET_LOCAL_ADDRESS get)
{
    SOCKADDR_IN a;

    RtlZeroMemory(&a, sizeof(a));
    CHECK_STATUS(KIT(get(s, (PSOCKADDR)&a, kit_irp())), STATUS_SUCCESS);
    return a;
}

/* A listening socket on 127.0.0.1, its address in *at. */
static inline PWSK_SOCKET kit_listener(PVOID context, const WSK_CLIENT_LISTEN_DISPATCH *dispatch, SOCKADDR_IN *at)
{
    PWSK_SOCKET s = kit_socket(AF_INET, WSK_FLAG_LISTEN_SOCKET, context, dispatch);

    if (!s || !CHECK_STATUS(kit_bind_with(s, KIT_LISTEN(s)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS))
        return NULL;
    *at = kit_local(s, KIT_LISTEN(s)->WskGetLocalAddress);
    return s;
}

/* A connection socket bound to the wildcard address. */
static inline PWSK_SOCKET kit_bound(PVOID context, const WSK_CLIENT_CONNECTION_DISPATCH *dispatch)
{
    PWSK_SOCKET s = kit_socket(AF_INET, WSK_FLAG_CONNECTION_SOCKET, context, dispatch);

    if (!s || !CHECK_STATUS(kit_bind_with(s, KIT_CONN(s)->WskBind, INADDR_ANY), STATUS_SUCCESS))
        return NULL;
    return s;
}

static inline NTSTATUS kit_connect(PWSK_SOCKET s, const SOCKADDR_IN *to)
{
    SOCKADDR_IN remote = *to;

    return KIT(KIT_CONN(s)->WskConnect(s, (PSOCKADDR)&remote, 0, kit_irp()));
}

static inline PWSK_SOCKET kit_accept(PWSK_SOCKET listener, PVOID context, const WSK_CLIENT_CONNECTION_DISPATCH *dispatch)
{
    if (!CHECK_STATUS(KIT(KIT_LISTEN(listener)->WskAccept(listener, 0, context, dispatch, NULL, NULL, kit_irp())), STATUS_SUCCESS))
        return NULL;
    return kit_keep((PWSK_SOCKET)kit.irp->IoStatus.Information);
}

/* Two connected sockets: a connected, b accepted it. */
struct kit_pair {
    PWSK_SOCKET listener, a, b;
    SOCKADDR_IN at;
};
static inline BOOLEAN kit_pair_with(struct kit_pair *p, PVOID context_a, const WSK_CLIENT_CONNECTION_DISPATCH *dispatch_a, PVOID context_b,
                                    const WSK_CLIENT_CONNECTION_DISPATCH *dispatch_b)
{
    RtlZeroMemory(p, sizeof(*p));
    if (!kit_start())
        return FALSE;
    p->listener = kit_listener(NULL, NULL, &p->at);
    p->a = p->listener ? kit_bound(context_a, dispatch_a) : NULL;
    if (!p->a || !CHECK_STATUS(kit_connect(p->a, &p->at), STATUS_SUCCESS))
        return FALSE;
    p->b = kit_accept(p->listener, context_b, dispatch_b);
    return (BOOLEAN)(p->b != NULL);
}
static inline BOOLEAN kit_pair(struct kit_pair *p)
{
    return kit_pair_with(p, NULL, NULL, NULL, NULL);
}

/* ---- data ---- */
/* A WSK_BUF over nonpaged memory with `data`, or zeros. */
static inline WSK_BUF kit_buf(const void *data, SIZE_T bytes)
{
    WSK_BUF buf;

    buf.Mdl = wkt_mdl(data, bytes);
    buf.Offset = 0;
    buf.Length = bytes;
    return buf;
}

static inline UCHAR *kit_bytes(const WSK_BUF *buf)
{
    return (UCHAR *)MmGetSystemAddressForMdlSafe(buf->Mdl, NormalPagePriority) + buf->Offset;
}

static inline NTSTATUS kit_send(PWSK_SOCKET s, const void *data, SIZE_T bytes)
{
    WSK_BUF buf = kit_buf(data, bytes);

    return KIT(KIT_CONN(s)->WskSend(s, &buf, 0, kit_irp()));
}

static inline NTSTATUS kit_receive(PWSK_SOCKET s, WSK_BUF *buf, ULONG flags)
{
    return KIT(KIT_CONN(s)->WskReceive(s, buf, flags, kit_irp()));
}

/* One that has nothing to give yet: its IRP. */
static inline PIRP kit_receive_later(PWSK_SOCKET s, WSK_BUF *buf, ULONG flags)
{
    PIRP irp = wkt_irp();

    CHECK_STATUS(KIT_CONN(s)->WskReceive(s, buf, flags, irp), STATUS_PENDING);
    return irp;
}

static inline NTSTATUS kit_disconnect(PWSK_SOCKET s, ULONG flags)
{
    return KIT(KIT_CONN(s)->WskDisconnect(s, NULL, flags, kit_irp()));
}

#endif
