/* wskclient: a client of an echo server, TCP or UDP, over Winsock Kernel. It looks the server up by name, connects, asks once in an interval,
 * and when the server goes away it comes back, sooner or later.
 *
 *   driver.c   DriverEntry, Unload, the Parameters key
 *   client.c   the thread: look up, connect, ask, and again
 *   session.c  one connection, or one UDP socket with its peer
 *   request.c  a WSK request with a time limit
 *
 * All the work is one system thread's, at PASSIVE_LEVEL; it waits for its requests, with a limit, and for Stop at the same time. So there is
 * nothing to lock, and Unload takes no longer than WSK needs to cancel one request. */
#ifndef WSKCLIENT_H
#define WSKCLIENT_H

#include <ntddk.h>
#include <wsk.h>

#define CLIENT_TAG           'tlCW'
#define CLIENT_NAME_MAX      255
#define CLIENT_MESSAGE       64   /* bytes */
#define CLIENT_UDP_TRIES     3    /* a question without answer is asked so often */
#define CLIENT_DELAY_MIN_MS  250  /* before the first attempt to come back; doubled with each */
#define CLIENT_DELAY_MAX_MS  30000

typedef enum _CLIENT_TRANSPORT { ClientTcp = 0, ClientUdp = 1 } CLIENT_TRANSPORT;

/* A request that is waited for: an IRP that is used again and again. */
typedef struct _CLIENT_REQUEST {
    PIRP Irp;
    KEVENT Done;
    PKEVENT Stop; /* ends each wait that may be ended */
} CLIENT_REQUEST, *PCLIENT_REQUEST;

typedef struct _CLIENT_SESSION {
    PWSK_SOCKET Socket;
    UCHAR Question[CLIENT_MESSAGE], Answer[CLIENT_MESSAGE];
    PMDL QuestionMdl, AnswerMdl;
} CLIENT_SESSION, *PCLIENT_SESSION;

typedef struct _CLIENT {
    /* Parameters */
    WCHAR ServerText[CLIENT_NAME_MAX + 1], PortText[8];
    UNICODE_STRING Server, Port;
    ULONG Transport; /* CLIENT_TRANSPORT */
    ULONG IntervalMs, TimeoutMs;
    /* WSK */
    WSK_REGISTRATION Registration;
    WSK_PROVIDER_NPI Provider;
    /* the thread */
    PKTHREAD Thread;
    KEVENT Stop;
    CLIENT_REQUEST Request;
    CLIENT_SESSION Session;
    ULONG Sequence;              /* of the last question */
    ULONG Answers, Sessions;
} CLIENT, *PCLIENT;

/* client.c. PASSIVE_LEVEL, as all that follows. */
NTSTATUS ClientStart(_Inout_ PCLIENT Client);
VOID ClientStop(_Inout_ PCLIENT Client);

/* session.c */
NTSTATUS SessionCreate(_Out_ PCLIENT_SESSION Session);
VOID SessionFree(_Inout_ PCLIENT_SESSION Session);
NTSTATUS SessionOpen(_Inout_ PCLIENT Client, _In_ PSOCKADDR Server);
NTSTATUS SessionAsk(_Inout_ PCLIENT Client); /* STATUS_IO_TIMEOUT: no answer came in time */
VOID SessionClose(_Inout_ PCLIENT Client);

/* request.c */
NTSTATUS RequestCreate(_Out_ PCLIENT_REQUEST Request, _In_ PKEVENT Stop);
PIRP RequestIrp(_Inout_ PCLIENT_REQUEST Request); /* for the next WSK call */
/* What the request came to. STATUS_IO_TIMEOUT and STATUS_CANCELLED: it was cancelled after TimeoutMs, or for Stop. */
NTSTATUS RequestWait(_Inout_ PCLIENT_REQUEST Request, _In_ ULONG TimeoutMs);
NTSTATUS RequestWaitAlways(_Inout_ PCLIENT_REQUEST Request); /* for what always ends: WskCloseSocket */

#endif
