/* Inside src/nt/cm. One lock, cm_lock, over all keys and values; a leaf but for the pool. Never held across guest code. */
#ifndef WK_CM_PRIVATE_H
#define WK_CM_PRIVATE_H

#include "base/assert.h"
#include "base/err.h"
#include "cm.h"
#include "ddi/guest.h"
#include "ntifs.h"
#include "nt/ob/ob.h"
#include "sched/sched.h"

#define CM_TAG         'mCtW'
#define CM_NAME_CHARS  255   /* of a key: EXE-531 */
#define CM_VALUE_CHARS 16383 /* of a value's name */

struct cm_value {
    LIST_ENTRY entry;
    UNICODE_STRING name;
    ULONG type, bytes;
    PVOID data;
};

struct cm_key {
    LIST_ENTRY entry; /* in its parent's keys, in the order of names */
    LIST_ENTRY keys, values;
    struct cm_key *parent;
    struct cm_key *link; /* who opens this gets that */
    UNICODE_STRING name, class_name;
    LARGE_INTEGER written;
    LONG64 references; /* open objects and the tree's own */
    bool is_volatile, deleted;
};

/* The body of a key object. */
struct cm_open {
    struct cm_key *key;
    struct cm_watch *watch; /* notify.c; NULL: nobody asked */
    bool closed;            /* no handle is left */
};

extern struct sched_lock cm_lock;
extern struct cm_key *cm_root;

/* ---- tree.c; all under cm_lock ---- */
bool cm_copy(UNICODE_STRING *to, PCUNICODE_STRING from);
struct cm_key *cm_child(struct cm_key *key, PCUNICODE_STRING name);
struct cm_key *cm_add(struct cm_key *parent, PCUNICODE_STRING name, PCUNICODE_STRING class_name, bool is_volatile);
void cm_unlink(struct cm_key *key); /* takes a key without subkeys out of the tree */
void cm_drop(struct cm_key *key);   /* a reference */
struct cm_value *cm_value(struct cm_key *key, PCUNICODE_STRING name);
NTSTATUS cm_store(struct cm_key *key, PCUNICODE_STRING name, ULONG type, const void *data, ULONG bytes);
void cm_remove_value(struct cm_key *key, struct cm_value *value);
/* Walks rest ("\a\b" or "a\b") from `from`. On STATUS_OBJECT_NAME_NOT_FOUND *key is the last key there was and *left what is missing. */
NTSTATUS cm_walk(struct cm_key *from, PCUNICODE_STRING rest, struct cm_key **key, UNICODE_STRING *left);
/* The same for a full path from \Registry on. */
NTSTATUS cm_walk_path(PCUNICODE_STRING path, struct cm_key **key, UNICODE_STRING *left);
/* Makes every key that is missing. */
NTSTATUS cm_make_path(PCUNICODE_STRING path, struct cm_key **key);

/* ---- notify.c ---- */
void cm_notify_start(void);
/* Under cm_lock: `what` (REG_NOTIFY_CHANGE_xxx) has changed in `key`. Whoever calls it leaves the lock with cm_unlock. */
void cm_changed(struct cm_key *key, ULONG what);
void cm_gone(struct cm_key *key); /* the same: it has been deleted */
void cm_unlock(void);
void cm_close(void *body, BOOLEAN last_handle);
void cm_watch_free(struct cm_open *open); /* under cm_lock */

/* ---- key.c ---- */
/* The key behind a handle, with a reference to its object (*object); under no lock. */
NTSTATUS cm_of_handle(HANDLE handle, ACCESS_MASK access, PVOID *object, struct cm_key **key);
NTSTATUS cm_open_object(struct cm_key *key, PVOID *object); /* under cm_lock: a new object for a key */

/* Output that is cut where the buffer ends but counts on. */
struct cm_out {
    PUCHAR at;
    ULONG length, need;
};
void cm_put(struct cm_out *out, ULONG offset, const void *data, ULONG bytes);
NTSTATUS cm_out_status(const struct cm_out *out, ULONG fixed, ULONG *result);

ULONG cm_expand(PCWCH text, ULONG chars, PVOID environment, PWCH out, ULONG room);

#endif
