/* echosrv: a TCP echo server in the kernel, over Winsock Kernel.
 *
 *   driver.c         DriverEntry, Unload, the Parameters key
 *   listener.c       registration with WSK, the listening socket, start and stop
 *   connection.c     what both styles share: a connection's life from accept to close
 *   echo_callback.c  style 0: WSK's events drive it; data goes back from the very buffers it came in
 *   echo_irp.c       style 1: one IRP per connection goes round receive, send, receive
 *
 * Lifetime. A connection has one reference for being open and one for each call or request on its socket. EchoConnectionEnd drops
 * the first; whoever drops the last closes the socket, and the close's completion frees the connection. So nobody ever calls WSK on a
 * socket that is being closed, and no lock is held across a call into WSK.
 *
 * IRQL. Events and completion routines come at any level up to DISPATCH_LEVEL. Only DriverEntry, Unload and what they call wait. */
#ifndef ECHOSRV_H
#define ECHOSRV_H

#include <ntddk.h>
#include <wsk.h>

#define ECHO_TAG          'ohcE'
#define ECHO_DEFAULT_PORT 40007

typedef enum _ECHO_STYLE { EchoStyleCallback = 0, EchoStyleIrp = 1 } ECHO_STYLE;

typedef struct _ECHO_SERVER {
    /* Parameters */
    ULONG Port;
    ULONG Style; /* ECHO_STYLE */
    /* WSK */
    WSK_REGISTRATION Registration;
    WSK_PROVIDER_NPI Provider;
    PWSK_SOCKET Socket; /* the listening one */
    ADDRESS_FAMILY Family;
    struct _ECHO_ACCEPT *Accepts; /* style 1 */
    EX_RUNDOWN_REF AcceptCalls;
    /* connections */
    KSPIN_LOCK Lock;  /* guards the two lists and Stopping */
    BOOLEAN Stopping; /* no connection is added any more */
    LIST_ENTRY Open, Aborted;
    volatile LONG References; /* one per connection, one per accepting slot, one of the server */
    KEVENT Gone;     /* set when the last reference is dropped */
} ECHO_SERVER, *PECHO_SERVER;

/* Style 0: one message on its way back. */
typedef struct _ECHO_SEND {
    struct _ECHO_SEND *Next; /* while it is free */
    struct _ECHO_CONNECTION *Connection;
    PIRP Irp;
    PWSK_DATA_INDICATION Indication; /* kept until the send completed */
    SIZE_T Bytes;
} ECHO_SEND, *PECHO_SEND;

#define ECHO_SENDS          4           /* sends in flight on one connection */
#define ECHO_IN_FLIGHT_MAX  (512 * 1024) /* bytes kept of a client that does not read; then its data stays with TCP */

typedef struct _ECHO_CALLBACK_STATE {
    KSPIN_LOCK Lock;
    PWSK_DATA_INDICATION Queue, QueueLast; /* came, not given to WskSend yet */
    PECHO_SEND FreeSends;
    SIZE_T InFlight;     /* bytes in the queue and in sends */
    BOOLEAN Pumping;     /* somebody is giving the queue to WskSend */
    BOOLEAN Dead;        /* a send failed or the peer is gone: nothing more is sent */
    BOOLEAN PeerDone;    /* the peer sent its FIN: disconnect when all is echoed */
    BOOLEAN Disconnecting;
    BOOLEAN Throttled;   /* data was refused: WSK indicates no more until RearmIrp */
    BOOLEAN Rearming;    /* RearmIrp is on its way */
    PIRP RearmIrp;
    ECHO_SEND Sends[ECHO_SENDS];
} ECHO_CALLBACK_STATE;

/* Style 1: the round of one IRP. */
typedef enum _ECHO_STEP { EchoStepReceive, EchoStepSend, EchoStepDisconnect, EchoStepEnd } ECHO_STEP;

#define ECHO_SMALL_BUFFER   2048    /* what an idle connection holds */
#define ECHO_LARGE_BUFFER   65536   /* what one holds that filled the small buffer, until it is quiet again */
#define ECHO_QUIET_ROUNDS   64
#define ECHO_ROUNDS_AT_ONCE 32      /* then others get the processor */

typedef struct _ECHO_IRP_STATE {
    PIRP Irp;
    ECHO_STEP Step;
    PUCHAR Buffer;
    ULONG BufferSize;
    ULONG QuietRounds;
    WSK_BUF WskBuf;
    KDPC Dpc; /* goes on with the round after ECHO_ROUNDS_AT_ONCE */
} ECHO_IRP_STATE;

typedef struct _ECHO_CONNECTION {
    LIST_ENTRY Link;
    PECHO_SERVER Server;
    PWSK_SOCKET Socket;
    const WSK_PROVIDER_CONNECTION_DISPATCH *Wsk;
    volatile LONG References;
    volatile LONG Ended;       /* EchoConnectionEnd was called */
    PIRP ControlIrp;  /* the graceful disconnect, then the close */
    PIRP AbortIrp;
    union {
        ECHO_CALLBACK_STATE Callback;
        ECHO_IRP_STATE Irp;
    } u;
} ECHO_CONNECTION, *PECHO_CONNECTION;

/* listener.c. PASSIVE_LEVEL. */
NTSTATUS EchoServerStart(_Inout_ PECHO_SERVER Server);
VOID EchoServerStop(_Inout_ PECHO_SERVER Server);
VOID EchoServerDereference(_Inout_ PECHO_SERVER Server);

/* connection.c. <= DISPATCH_LEVEL. */
PECHO_CONNECTION EchoConnectionCreate(_In_ PECHO_SERVER Server, _In_ PWSK_SOCKET Socket);
BOOLEAN EchoConnectionReference(_Inout_ PECHO_CONNECTION Connection); /* FALSE: it is being closed */
VOID EchoConnectionDereference(_Inout_ PECHO_CONNECTION Connection);
VOID EchoConnectionEnd(_Inout_ PECHO_CONNECTION Connection);
VOID EchoConnectionDisconnect(_Inout_ PECHO_CONNECTION Connection); /* graceful, then EchoConnectionEnd */
VOID EchoConnectionAbort(_Inout_ PECHO_CONNECTION Connection);
VOID EchoPrepareIrp(_Inout_ PIRP Irp, _In_ PIO_COMPLETION_ROUTINE Routine, _In_opt_ PVOID Context);

/* echo_callback.c */
extern const WSK_CLIENT_LISTEN_DISPATCH EchoListenDispatch;
NTSTATUS EchoCallbackInitialize(_Inout_ PECHO_CONNECTION Connection);
VOID EchoCallbackCleanup(_Inout_ PECHO_CONNECTION Connection);

/* echo_irp.c */
NTSTATUS EchoIrpInitialize(_Inout_ PECHO_CONNECTION Connection);
VOID EchoIrpCleanup(_Inout_ PECHO_CONNECTION Connection);
NTSTATUS EchoAcceptStart(_Inout_ PECHO_SERVER Server); /* posts the accepts */
VOID EchoAcceptCleanup(_Inout_ PECHO_SERVER Server);   /* after Gone, or before EchoAcceptStart posted any */

#endif
