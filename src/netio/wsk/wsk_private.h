/* Winsock Kernel, inside. A socket is driven by three things: calls of the client (any thread, up to DISPATCH_LEVEL), callbacks of
 * net.h (the socket's processor, DISPATCH_LEVEL) and cancelled IRPs. Requests live in the client's IRP, no operation allocates.
 *
 * Lock: wsk_socket.lock guards queues and state; never held across guest code or net_send/net_recv. The flags `sending` and `receiving`
 * make one thread at a time the one that moves data, in each direction; whoever finds them set only queues. */
#ifndef WK_WSK_PRIVATE_H
#define WK_WSK_PRIVATE_H

#include <stdbool.h>
#include "ntddk.h"
#include "wsk.h"
#include "ddi/guest.h"
#include "net/net.h"
#include "nt/io/io.h"
#include "nt/ke/ke.h"
#include "sched/sched.h"

#define WSK_CONNECTION_EVENTS (WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_SEND_BACKLOG)
#define WSK_INVOKE       (SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL)
#define WSK_INLINE_DEPTH 8 /* completions inside completions; deeper ones come from the processor's loop */

#include "netio/wsk/addrinfo.h"
#include "netio/wsk/datagram.h"
#include "netio/wsk/inspect.h"
#include "netio/wsk/option.h"
#include "netio/wsk/security.h"

#define WSK_VERSION_LOW  MAKE_WSK_VERSION(1, 0)
#define WSK_VERSION_HIGH MAKE_WSK_VERSION(1, 1) /* WSK-012 [W] */

struct wsk_client {
    LIST_ENTRY link; /* of all that are there */
    WSK_REGISTRATION *registration; /* NULL: it is attached through the registrar */
    HANDLE binding;                 /* and this is its binding there; else NULL */
    PVOID context;
    const WSK_CLIENT_DISPATCH *dispatch;
    WSK_PROVIDER_DISPATCH table; /* of this client; traps while nothing is captured or attached (WSK-020) */
    LONG captures;      /* under the registrations' lock, as `dying` */
    bool dying;         /* WskDeregister or the detach has begun */
    LONG volatile uses; /* the registration, captures, sockets and requests under way */
    LIST_ENTRY changes; /* WSK_TRANSPORT_LIST_CHANGE requests */
    ULONG static_events;
    LONG volatile had_socket;
    KEVENT idle;
};

enum wsk_state { WSK_UNBOUND, WSK_BOUND, WSK_LISTENING, WSK_CONNECTING, WSK_CONNECTED, WSK_INSPECTED, WSK_DEAD, WSK_CLOSING };

struct wsk_indication { /* one receive buffer: this page, then WSK_INDICATION_BYTES of data */
    WSK_DATA_INDICATION list;
    struct wsk_indication *next_free;
    ULONG owner_tag;
    MDL mdl;
    PFN_NUMBER pfns[17];
};
#define WSK_INDICATION_BYTES 0x10000u

struct wsk_socket {
    WSK_SOCKET public; /* first: its Dispatch is the category's table */
    struct wsk_client *client;
    ULONG category;
    USHORT family; /* AF_INET, AF_INET6 */
    bool raw;      /* SOCK_RAW: has no ports */
    UCHAR state;   /* enum wsk_state */
    PVOID context;
    const WSK_CLIENT_LISTEN_DISPATCH *listen;
    const WSK_CLIENT_CONNECTION_DISPATCH *connection;
    const WSK_CLIENT_DATAGRAM_DISPATCH *datagram;
    ULONG events, static_events, running; /* enabled; for ever; callbacks under way */
    struct net_socket *net;
    struct net_addr local, remote;
    struct sched_lock lock;
    LIST_ENTRY sends, receives, accepts, disables; /* disables: until running callbacks have returned (WSK-187) */
    LONG volatile users; /* the socket itself until `closed`, and each call or pump inside it */
    bool sending, send_again, receiving, receive_again;
    ULONG accepting; /* of a listener: how many are in net_accept; of a new connection: 1 until its WskAcceptEvent has returned */
    bool net_ends, net_resets; /* closed by the client: net_close, with a reset or in order, once nobody moves data */
    bool refused, fin_queued, fin_sent, end_seen, end_told, work_posted;
    bool end_waits; /* the peer's end has come, behind data that nobody has taken yet */
    NTSTATUS broken; /* why sends and receives fail; 0: they do not */
    struct wsk_indication *kept; /* data the client did not take */
    ULONG kept_offset;
    PIRP connect_irp, close_irp;
    struct early *early;   /* of a WskConnectEx under way: sent when it is connected */
    struct wsk_inspector *inspector;  /* of a listener with SO_CONDITIONAL_ACCEPT */
    struct wsk_inspection inspection; /* of a connection that came by such a one */
    bool accept_again;     /* of a listener: connections were left with the transport for want of room */
    bool whole;            /* WskSocketConnect makes it: nobody has the socket yet */
    NTSTATUS close_status; /* of close_irp */
    struct wsk_datagram_state dgram; /* of datagram sockets */
    struct wsk_options options;
    struct wsk_owner owner;
    struct {
        SIZE_T told, sent; /* the ideal that the client knows, 0: none yet; bytes sent since the last look */
        bool asked;        /* the next posted work looks */
    } backlog;
    LIST_ENTRY changes;       /* SIO_ADDRESS_LIST_CHANGE requests */
    struct net_socket *watch; /* of the family's addresses, once one has come */
    LONG volatile lent;       /* indications of a connection that the client has (WSK-082) */
    struct net_work work;
};

/* ---- requests in IRPs: DriverContext {socket, MDL, bytes done, -}, Parameters.Others {offset, length, flags, kind} ---- */
enum wsk_kind { WSK_REQUEST_SEND, WSK_REQUEST_DISCONNECT, WSK_REQUEST_RECEIVE, WSK_REQUEST_ACCEPT, WSK_REQUEST_SEND_TO, WSK_REQUEST_CONNECT,
                WSK_REQUEST_DISABLE, WSK_REQUEST_CLOSE, WSK_REQUEST_NAME, WSK_REQUEST_CHANGE };
#define WSK_SOCKET_OF(irp) (*(struct wsk_socket **)&(irp)->Tail.Overlay.DriverContext[0])
#define WSK_MDL_OF(irp)    (*(PMDL *)&(irp)->Tail.Overlay.DriverContext[1])
#define WSK_DONE(irp)      (*(SIZE_T *)&(irp)->Tail.Overlay.DriverContext[2])
#define WSK_OTHERS(irp)    (IoGetCurrentIrpStackLocation(irp)->Parameters.Others)
#define WSK_OFFSET(irp)    (*(SIZE_T *)&WSK_OTHERS(irp).Argument1)
#define WSK_LENGTH(irp)    (*(SIZE_T *)&WSK_OTHERS(irp).Argument2)
#define WSK_FLAGS(irp)     (*(SIZE_T *)&WSK_OTHERS(irp).Argument3)
#define WSK_KIND(irp)      (*(SIZE_T *)&WSK_OTHERS(irp).Argument4)

/* Makes irp a request of `s`; buffer may be NULL. STATUS_INVALID_PARAMETER when the buffer is not what it says (WSK-044). */
NTSTATUS wsk_request(struct wsk_socket *s, PIRP irp, enum wsk_kind kind, PWSK_BUF buffer, ULONG flags);
/* Puts it into a queue (lock held), cancellable. false: it was cancelled already, or the socket is closed, and it is not in the queue. */
bool wsk_queue(struct wsk_socket *s, LIST_ENTRY *queue, PIRP irp, bool at_head);
/* The queue's first that nobody cancels (lock held), not cancellable any more; NULL. */
PIRP wsk_dequeue(LIST_ENTRY *queue);
/* What is left of the request's buffer, as vectors; how many. */
unsigned wsk_vectors(PIRP irp, struct net_vec *vec, unsigned max);
/* The same part of the buffer, however many MDLs it has, copied out or in: how many bytes; fewer than asked when it is
 * smaller or an MDL cannot be mapped. */
SIZE_T wsk_copy_out(PIRP irp, void *to, SIZE_T bytes);
SIZE_T wsk_copy_in(PIRP irp, const void *from, SIZE_T bytes);
NTSTATUS wsk_status(int64_t net_error);
void wsk_request_done(PIRP irp, NTSTATUS status); /* completes it; Information is what its kind tells of the bytes done */
void wsk_fail_all(struct wsk_socket *s, LIST_ENTRY *queue, NTSTATUS status);
/* The close: as wsk_fail_all; those that are being cancelled hold the socket until they have completed (WSK-080). */
void wsk_cancel_all(struct wsk_socket *s, LIST_ENTRY *queue);

/* ---- sockets ---- */
struct wsk_socket *wsk_socket_new(struct wsk_client *client, ULONG category, USHORT family, PVOID context, const void *dispatch);
/* A call or pump is inside: the close IRP completes and the memory goes only after the last has left (WSK-086). */
static inline void wsk_enter(struct wsk_socket *s)
{
    InterlockedIncrement(&s->users);
}
void wsk_closed(struct wsk_socket *s);
struct wsk_socket *wsk_socket_bury(struct wsk_socket *s); /* WSK-085: keeps it as a trap; the one whose memory goes instead, or NULL */
static inline void wsk_leave(struct wsk_socket *s)
{
    if (InterlockedDecrement(&s->users) == 0)
        wsk_closed(s);
}
/* Unlocks, after `sending`, `receiving` or `accepting` was cleared or the close has begun: the last one out ends the transport's side,
 * so that no call of net.h is under way on another thread when it goes. */
static inline void wsk_unlock_moved(struct wsk_socket *s)
{
    bool ends = s->net_ends && !s->sending && !s->receiving && !s->accepting;

    if (ends)
        s->net_ends = false;
    sched_unlock(&s->lock);
    if (ends)
        net_close(s->net, s->net_resets);
}
static inline struct wsk_socket *wsk_socket_of(PWSK_SOCKET socket)
{
    return (struct wsk_socket *)socket;
}
void wsk_connected(struct wsk_socket *s, enum net_err result);
void wsk_connect_drop(struct wsk_socket *s, PIRP irp); /* the close's: its IRP, taken out, completes STATUS_CANCELLED */
struct wsk_client *wsk_client_new(PVOID context, const WSK_CLIENT_DISPATCH *dispatch); /* with one use; NULL: no memory */
bool wsk_client_enlist(struct wsk_client *client);
void wsk_client_end(struct wsk_client *client);  /* no new calls: WskDeregister has its own way */
bool wsk_client_ending(PWSK_CLIENT Client);      /* NMR-069: between its detach callback and its word that it is detached. Client: anything */
void wsk_client_bury(struct wsk_client *client); /* it has no use any more; takes it */
bool wsk_version_covered(USHORT version);
bool wsk_client_use(struct wsk_client *client); /* false: it has ended */
void wsk_client_unuse(struct wsk_client *client);
NTSTATUS wsk_wrong_state(const struct wsk_socket *s); /* WSK-084: why a call cannot be, and a finding */
extern const struct net_events wsk_net_events;
ULONG wsk_at_dispatch(void); /* WSK_FLAG_AT_DISPATCH_LEVEL or 0 */
extern __thread unsigned wsk_depth;
static inline NTSTATUS wsk_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    wsk_depth++;
    io_end_request(irp, status, information);
    wsk_depth--;
    return status;
}

/* A call's IRP becomes ours. false: there is none (WSK-040), or it is in use (WSK-041); it is not completed. */
bool wsk_begin_oddly(PIRP irp);
static inline bool wsk_begin(PIRP irp)
{
    /* WSK-043: an IRP of its own comes back to its owner in a routine that is always called. */
    if (__builtin_expect(!irp || irp->ApcEnvironment || (IoGetNextIrpStackLocation(irp)->Control & WSK_INVOKE) != WSK_INVOKE, 0))
        return wsk_begin_oddly(irp);
    io_begin_request(irp);
    return true;
}

bool wsk_address_in(USHORT family, const SOCKADDR *from, struct net_addr *to);
void wsk_address_out(USHORT family, const struct net_addr *from, PSOCKADDR to);

/* ---- moving data; any thread, no lock held ---- */
void wsk_pump_sends(struct wsk_socket *s);
void wsk_pump_receives(struct wsk_socket *s);
NTSTATUS wsk_start_receive(struct wsk_socket *s, PIRP irp); /* what the call returns */
/* For pump.c, by the one that has `sending` or `receiving`. A request's final status, or STATUS_PENDING: the transport calls later. */
NTSTATUS wsk_transmit(struct wsk_socket *s, PIRP irp);
NTSTATUS wsk_serve(struct wsk_socket *s, PIRP irp);
bool wsk_indicate(struct wsk_socket *s); /* to the events; false: there is nothing to tell now */
void wsk_pump_accepts(struct wsk_socket *s);
NTSTATUS wsk_backlog_query(struct wsk_socket *s, SIZE_T *ideal);
void wsk_backlog_look(struct wsk_socket *s); /* on its processor: calls WskSendBacklogEvent when the ideal has changed (WSK-153) */
void wsk_backlog_ask(struct wsk_socket *s);  /* the same, soon */
void wsk_backlog_sent(struct wsk_socket *s, SIZE_T bytes);
struct wsk_socket *wsk_accepted_socket(struct wsk_socket *listener, struct net_socket *net, const struct net_addr *peer);
void wsk_accept_tried(struct wsk_socket *listener); /* after net_accept, for which `accepting` counted */
void wsk_accept_refuse(struct wsk_socket *s);       /* nobody gets this connection */
void wsk_post(struct wsk_socket *s); /* all pumps, from the socket's processor */
struct wsk_indication *wsk_indication_get(void);
void wsk_indication_put(struct wsk_indication *indication);
void wsk_events_enabled(struct wsk_socket *s); /* look for what waits */
/* Around each callback of an event. false: it is disabled meanwhile and must not run (WSK-187). */
bool wsk_callback_begin(struct wsk_socket *s, ULONG event);
void wsk_callback_done(struct wsk_socket *s, ULONG event);
static inline bool wsk_event_on(const struct wsk_socket *s, ULONG event) /* of connections */
{
    return ((s->events | s->static_events) & event) && s->connection;
}
void wsk_stream_broken(struct wsk_socket *s, NTSTATUS status);

/* ---- waiting for a change; each returns what its call does ---- */
NTSTATUS wsk_transport_change(struct wsk_client *client, PIRP irp);
void wsk_transport_changes_end(struct wsk_client *client); /* once the client is dying: WSK-010 */
NTSTATUS wsk_address_change(struct wsk_socket *s, PIRP irp);
void wsk_address_changes_end(struct wsk_socket *s);          /* the close's */

/* ---- the tables ---- */
extern const WSK_PROVIDER_DISPATCH wsk_provider_table, wsk_dead_table;
const void *wsk_table(ULONG category);
NTSTATUS WSKAPI wsk_control_socket(PWSK_SOCKET, WSK_CONTROL_SOCKET_TYPE, ULONG, ULONG, SIZE_T, PVOID, SIZE_T, PVOID, SIZE_T *, PIRP);
NTSTATUS WSKAPI wsk_close_socket(PWSK_SOCKET, PIRP);
NTSTATUS WSKAPI wsk_bind(PWSK_SOCKET, PSOCKADDR, ULONG, PIRP);
NTSTATUS WSKAPI wsk_listen(PWSK_SOCKET, PIRP);
NTSTATUS WSKAPI wsk_accept(PWSK_SOCKET, ULONG, PVOID, const WSK_CLIENT_CONNECTION_DISPATCH *, PSOCKADDR, PSOCKADDR, PIRP);
NTSTATUS WSKAPI wsk_get_local_address(PWSK_SOCKET, PSOCKADDR, PIRP);
NTSTATUS WSKAPI wsk_get_remote_address(PWSK_SOCKET, PSOCKADDR, PIRP);
NTSTATUS WSKAPI wsk_connect(PWSK_SOCKET, PSOCKADDR, ULONG, PIRP);
NTSTATUS WSKAPI wsk_connect_ex(PWSK_SOCKET, PSOCKADDR, PWSK_BUF, ULONG, PIRP);
NTSTATUS WSKAPI wsk_socket_connect(PWSK_CLIENT, USHORT, ULONG, PSOCKADDR, PSOCKADDR, ULONG, PVOID, const WSK_CLIENT_CONNECTION_DISPATCH *, PEPROCESS,
                                   PETHREAD, PSECURITY_DESCRIPTOR, PIRP);
NTSTATUS WSKAPI wsk_send(PWSK_SOCKET, PWSK_BUF, ULONG, PIRP);
NTSTATUS WSKAPI wsk_receive(PWSK_SOCKET, PWSK_BUF, ULONG, PIRP);
NTSTATUS WSKAPI wsk_send_ex(PWSK_SOCKET, PWSK_BUF, ULONG, ULONG, PCMSGHDR, PIRP);
NTSTATUS WSKAPI wsk_receive_ex(PWSK_SOCKET, PWSK_BUF, ULONG, PULONG, PCMSGHDR, PULONG, PIRP);
NTSTATUS WSKAPI wsk_disconnect(PWSK_SOCKET, PWSK_BUF, ULONG, PIRP);
NTSTATUS WSKAPI wsk_release(PWSK_SOCKET, PWSK_DATA_INDICATION);
NTSTATUS WSKAPI wsk_socket_create(PWSK_CLIENT, ADDRESS_FAMILY, USHORT, ULONG, ULONG, PVOID, const VOID *, PEPROCESS, PETHREAD, PSECURITY_DESCRIPTOR, PIRP);
NTSTATUS WSKAPI wsk_control_client(PWSK_CLIENT, ULONG, SIZE_T, PVOID, SIZE_T, PVOID, SIZE_T *, PIRP);

#endif
