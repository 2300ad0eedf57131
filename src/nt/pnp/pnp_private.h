/* Inside src/nt/pnp. Lock order (outermost first): the mutex of interface.c (the state of interfaces and their links, PASSIVE_LEVEL), pnp_lock
 * (nodes and registrations: a leaf, any IRQL up to DISPATCH_LEVEL). Neither is held across guest code.
 *
 * A node lives as long as somebody has a reference to it: the list of nodes has one until REMOVE, pnp_node_of gives one. */
#ifndef WK_PNP_PRIVATE_H
#define WK_PNP_PRIVATE_H

#include "base/assert.h"
#include "ddi/guest.h"
#include "nt/cm/cm.h"
#include "nt/io/io.h"
#include "nt/ob/ob.h"
#include "nt/pnp/pnp.h"
#include "sched/sched.h"

#define PNP_TAG 0x20706E50 /* "Pnp " */
#define PNP_CLASS_GUID u"{4d36e972-e325-11ce-bfc1-08002be10318}" /* Net */

enum pnp_state { PNP_ADDED, PNP_STARTED, PNP_STOPPED, PNP_REMOVE_PENDING, PNP_SURPRISE_REMOVED, PNP_REMOVED };

enum pnp_ask { PNP_ASK_BUS, PNP_ASK_POWER, PNP_ASK_STATE, PNP_ASK_EJECT, PNP_ASKS };

struct pnp_node {
    LIST_ENTRY entry;
    LONG references;
    PDEVICE_OBJECT pdo;    /* referenced */
    PDRIVER_OBJECT driver; /* referenced */
    UNICODE_STRING hardware_ids; /* REG_MULTI_SZ */
    ULONG number;
    enum pnp_state state;
    bool remove_when_closed;
    bool busy; /* an operation is under way: pnp_acquire */
    WORK_QUEUE_ITEM work;
    enum pnp_ask asked[PNP_ASKS]; /* EXE-342: in the order of asking, each once; under pnp_lock */
    unsigned asked_count;
    bool asking;           /* ask_work is queued or runs, with a reference */
    WORK_QUEUE_ITEM ask_work;
};

extern struct sched_lock pnp_lock;
struct pnp_node *pnp_node_of(PDEVICE_OBJECT pdo); /* referenced; NULL: no PDO of ours, or it is gone */
void pnp_node_put(struct pnp_node *node);         /* PASSIVE_LEVEL */
/* Under pnp_lock, not referenced. */
struct pnp_node *pnp_node_find(PDEVICE_OBJECT pdo);
bool pnp_files_open(struct pnp_node *node);
/* Waits until nobody else is at work on the device; NULL when it is gone or going. PASSIVE_LEVEL. */
struct pnp_node *pnp_acquire(PDEVICE_OBJECT pdo);
void pnp_release(struct pnp_node *node);
void pnp_surprise_now(struct pnp_node *node); /* acquired; releases it */

/* ---- pdo.c ---- */
extern DRIVER_OBJECT *pnp_driver;
NTSTATUS pnp_pdo_create(struct pnp_node *node);
int pnp_pdo_start(void);

/* ---- irp.c: one PnP IRP to the top of the stack, on a system thread; Information is returned in *information (may be NULL) ---- */
NTSTATUS pnp_send(struct pnp_node *node, UCHAR minor, const IO_STACK_LOCATION *parameters, ULONG_PTR *information);

/* ---- registry.c ---- */
NTSTATUS pnp_write_registry(struct pnp_node *node);
void pnp_instance(struct pnp_node *node, WCHAR *out);   /* "ROOT\NET\0000", 16 characters */
NTSTATUS pnp_key_path(struct pnp_node *node, ULONG which, UNICODE_STRING *out); /* ExFreePool its Buffer */

/* ---- property.c: ExFreePool(*out); STATUS_INVALID_DEVICE_REQUEST: it has none ---- */
NTSTATUS pnp_device_name(PDEVICE_OBJECT device, POBJECT_NAME_INFORMATION *out);

/* ---- interface.c, notify.c, ask.c ---- */
void pnp_interfaces_start(void);
void pnp_notify_start(void);
void pnp_interfaces_off(struct pnp_node *node);  /* EXE-340: disabled when the device goes */
void pnp_interfaces_gone(struct pnp_node *node);
void pnp_started_interfaces(struct pnp_node *node); /* those enabled before START completed are made known now */
void pnp_notify_interface(const GUID *event, const GUID *class_guid, PUNICODE_STRING name);
NTSTATUS pnp_notify_target(const GUID *event, struct pnp_node *node); /* the first refusal of a query */
/* For a registration that asked for what is there: calls visit for each enabled interface of the class. */
void pnp_each_interface(const GUID *class_guid, void (*visit)(PUNICODE_STRING name, void *ctx), void *ctx);

#endif
