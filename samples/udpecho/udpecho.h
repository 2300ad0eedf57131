/* udpecho: a UDP echo server in the kernel, over Winsock Kernel's datagram indications and WskSendMessages.
 *
 *   driver.c  DriverEntry, Unload, the Parameters key
 *   server.c  registration with WSK, a socket for each family, start and stop
 *   reply.c   datagrams in, datagrams out
 *
 * Lifetime. A socket has one reference for being open and one for each reply on its way. Stopping disables the event, which waits for
 * callbacks that run, drops the first reference, and waits until the last reply has come back; then nothing of the socket's is kept, and it
 * is closed.
 *
 * IRQL. The event and the completion routine come at any level up to DISPATCH_LEVEL, on any number of processors at once. Only DriverEntry,
 * Unload and what they call wait. */
#ifndef UDPECHO_H
#define UDPECHO_H

#include <ntddk.h>
#include <wsk.h>

#define UDP_TAG           'EpdU'
#define UDP_DEFAULT_PORT  40008
#define UDP_DEFAULT_EVERY 1
#define UDP_REPLIES       64 /* on their way at a time, on one socket: what comes beyond that is lost, as UDP is */
#define UDP_MESSAGES      16 /* datagrams in one reply */

typedef struct _UDP_SOCKET {
    struct _UDP_SERVER *Server;
    PWSK_SOCKET Socket; /* NULL: the machine does not have this family */
    const WSK_PROVIDER_DATAGRAM_DISPATCH *Wsk;
    struct _UDP_REPLY *Replies;
    volatile LONG References;
    KEVENT Idle; /* set when the last reference is dropped */
    volatile LONG64 Received, Answered, Lost;
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) SLIST_HEADER FreeReplies;
} UDP_SOCKET, *PUDP_SOCKET;

/* Datagrams of one peer on their way back, in the buffers they came in. */
typedef struct DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) _UDP_REPLY {
    SLIST_ENTRY Entry;
    PUDP_SOCKET Socket;
    PIRP Irp;
    PWSK_DATAGRAM_INDICATION Indications; /* kept until the send is complete */
    ULONG Count;
    WSK_BUF_LIST Messages[UDP_MESSAGES];
} UDP_REPLY, *PUDP_REPLY;

typedef struct _UDP_SERVER {
    /* Parameters */
    ULONG Port;
    ULONG Every; /* of so many datagrams one is answered */
    /* WSK */
    WSK_REGISTRATION Registration;
    WSK_PROVIDER_NPI Provider;
    UDP_SOCKET Ipv4, Ipv6;
} UDP_SERVER, *PUDP_SERVER;

/* server.c. PASSIVE_LEVEL. */
NTSTATUS UdpServerStart(_Inout_ PUDP_SERVER Server);
VOID UdpServerStop(_Inout_ PUDP_SERVER Server);

/* reply.c. The first two at PASSIVE_LEVEL. */
extern const WSK_CLIENT_DATAGRAM_DISPATCH UdpDispatch;
NTSTATUS UdpRepliesCreate(_Inout_ PUDP_SOCKET Socket);
VOID UdpRepliesFree(_Inout_ PUDP_SOCKET Socket); /* none is on its way; also after a UdpRepliesCreate that failed */
VOID UdpSocketDereference(_Inout_ PUDP_SOCKET Socket);

#endif
