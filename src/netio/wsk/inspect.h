/* Conditional accept, for wsk_private.h. */
#ifndef WSK_INSPECT_H
#define WSK_INSPECT_H

enum wsk_inspection_state { WSK_NOT_INSPECTED, WSK_ASKED, WSK_PENDED, WSK_ALLOWED };

struct wsk_inspection { /* of a connection; all but `id` belong to its listener's lock */
    WSK_INSPECT_ID id;  /* SerialNumber 0: its listener was not conditional */
    LIST_ENTRY link;
    struct wsk_socket *listener; /* has a user in it while the connection's state is WSK_INSPECTED */
    UCHAR state;                 /* enum wsk_inspection_state */
    bool decided, decided_accept; /* WskInspectComplete came while the event still ran */
    bool gone;                   /* the peer reset it meanwhile */
};

#define WSK_ABORTED_IDS 256
struct wsk_inspector { /* of a listener, with its lock */
    LIST_ENTRY undecided, allowed; /* WSK_ASKED and WSK_PENDED; WSK_ALLOWED: nobody has accepted them yet */
    ULONG count, serial;           /* of both lists; the last that was given out */
    ULONG aborted_next;
    WSK_INSPECT_ID aborted[WSK_ABORTED_IDS]; /* pended, then aborted: a late WskInspectComplete of one succeeds (WSK-130) */
};

struct wsk_socket;
/* SO_CONDITIONAL_ACCEPT. The caller knows that the socket is not bound. */
NTSTATUS wsk_inspector_set(struct wsk_socket *listener, bool on);
void wsk_inspect_arrived(struct wsk_socket *listener); /* asks about what has come; on the listener's processor */
struct wsk_socket *wsk_inspect_take(struct wsk_socket *listener); /* a connection that may be accepted, or NULL; any thread */
/* The transport calls, or posted work runs, for a connection that nobody has accepted yet. false: somebody has meanwhile. */
bool wsk_inspect_woken(struct wsk_socket *connection);
void wsk_inspect_close(struct wsk_socket *listener); /* the close drops them all (WSK-139) */
NTSTATUS WSKAPI wsk_inspect_complete(PWSK_SOCKET, PWSK_INSPECT_ID, WSK_INSPECT_ACTION, PIRP);

#endif
