/* Inside src/nt/pnp. pnp_lock: nodes, interfaces, registrations: a leaf, not held across guest code. */
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

struct pnp_node {
    LIST_ENTRY entry;
    PDEVICE_OBJECT pdo;
    PDRIVER_OBJECT driver;
    UNICODE_STRING hardware_ids; /* REG_MULTI_SZ */
    ULONG number;
    enum pnp_state state;
    bool remove_when_closed;
    bool busy; /* an operation is under way: pnp_acquire */
    WORK_QUEUE_ITEM work;
};

extern struct sched_lock pnp_lock;
struct pnp_node *pnp_node_of(PDEVICE_OBJECT pdo); /* NULL: no PDO of ours */
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

/* ---- interface.c, notify.c ---- */
void pnp_interfaces_off(struct pnp_node *node);  /* EXE-340: disabled when the device goes */
void pnp_interfaces_gone(struct pnp_node *node);
void pnp_started_interfaces(struct pnp_node *node); /* those enabled before START completed are made known now */
void pnp_notify_interface(const GUID *event, const GUID *class_guid, PUNICODE_STRING name);
NTSTATUS pnp_notify_target(const GUID *event, struct pnp_node *node); /* the first refusal of a query */
/* For a registration that asked for what is there: calls visit for each enabled interface of the class. */
void pnp_each_interface(const GUID *class_guid, void (*visit)(PUNICODE_STRING name, void *ctx), void *ctx);

#endif
