/* What a datagram socket has beside the rest of struct wsk_socket, and its pumps. Included by wsk_private.h. */
#ifndef WSK_DATAGRAM_H
#define WSK_DATAGRAM_H

struct wsk_datagram;
struct wsk_datagram_state {
    struct net_addr send_to;   /* WSK-173, WSK-174: where datagrams without an address go; family 0: nowhere */
    struct net_addr only_from; /* WSK-173: others are not heard; family 0: all are */
    ULONG wanted;              /* NET_CTL_*: the control data that the client asked for */
    unsigned burst;            /* datagrams that came at once the last time */
    bool set_up;               /* the transport tells what MSG_BCAST and control data need */
    struct wsk_datagram *held; /* came, and nobody took them yet; touched by the one that has `receiving` */
    LONG volatile kept;        /* datagrams that the client has (WSK-082) */
};

struct wsk_socket;
/* STATUS_SUCCESS when the socket is bound, else why `what` cannot be (WSK-084). */
NTSTATUS wsk_datagram_state(struct wsk_socket *s, const char *what);
/* For pump.c: as their likes of connections. */
NTSTATUS wsk_transmit_datagrams(struct wsk_socket *s, PIRP irp);
NTSTATUS wsk_serve_datagram(struct wsk_socket *s, PIRP irp);
bool wsk_indicate_datagrams(struct wsk_socket *s);
/* A queued WSK_REQUEST_SEND_TO ends: gives back what it kept. How many bytes were sent. Before its completion. */
SIZE_T wsk_send_to_drop(PIRP irp);
/* The socket goes: datagrams that nobody took go too. */
void wsk_datagrams_drop(struct wsk_socket *s);

NTSTATUS WSKAPI wsk_send_to(PWSK_SOCKET, PWSK_BUF, ULONG, PSOCKADDR, ULONG, PCMSGHDR, PIRP);
NTSTATUS WSKAPI wsk_send_messages(PWSK_SOCKET, PWSK_BUF_LIST, ULONG, PSOCKADDR, ULONG, PCMSGHDR, PIRP);
NTSTATUS WSKAPI wsk_receive_from(PWSK_SOCKET, PWSK_BUF, ULONG, PSOCKADDR, PULONG, PCMSGHDR, PULONG, PIRP);
NTSTATUS WSKAPI wsk_release_datagrams(PWSK_SOCKET, PWSK_DATAGRAM_INDICATION);

#endif
