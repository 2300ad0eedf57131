/* What the object manager gives to the other NT-side folders beside the DDIs: types, allocation, names, handles.
 *
 * An object is a body in nonpaged pool behind a private header. It lives until its last reference goes; each handle holds one.
 * A name holds none: it goes with the object, when ob_remove takes it, or when the last handle of a temporary object is closed. */
#ifndef WK_OB_H
#define WK_OB_H

#include <stdbool.h>
#include <stdint.h>
#include "wdm.h"

/* Filled in by the type's owner before the first object is made. Each routine may be NULL. */
struct _OBJECT_TYPE {
    const char *name;
    void (*destroy)(void *body);                     /* last reference gone, PASSIVE_LEVEL; the memory is freed after it */
    void (*close)(void *body, BOOLEAN last_handle);  /* a handle of it was closed, PASSIVE_LEVEL; the body is still referenced */
    bool parses;                                     /* a lookup stops at it and gives its owner the rest of the path */
    GENERIC_MAPPING mapping;
    ACCESS_MASK valid;
    /* What a handle's wait waits for; NULL: the body itself, when `waitable`. */
    PVOID (*wait_object)(void *body);
    bool waitable;
    bool permanent;                                  /* names stay when the last handle is closed */
    LONG64 count;                                    /* live objects */
};
extern POBJECT_TYPE const ob_file_type, ob_device_type, ob_driver_type, ob_thread_type, ob_process_type, ob_event_type, ob_semaphore_type,
    ob_key_type, ob_directory_type, ob_symbolic_link_type, ob_token_type, ob_callback_type;

/* After mm_start and ke_start. 0 or a negative wk_err. Deferred deletions need ex_start too. */
int ob_start(void);
void ob_stop(void);

/* A zeroed body with one reference, the caller's; NULL when there is no memory. Up to DISPATCH_LEVEL. */
PVOID ob_allocate(POBJECT_TYPE type, SIZE_T bytes);
/* An object that is never deleted, in memory of the caller's with OB_HEADER_BYTES in front of `body`, 16 byte aligned. */
#define OB_HEADER_BYTES 112
void ob_format(PVOID body, POBJECT_TYPE type);
POBJECT_TYPE ob_type_of(PVOID object);
bool ob_is_object(PVOID object); /* does it look like a live one? The memory before it is read */
LONG64 ob_reference_count(PVOID object);

/* ---- names; PASSIVE_LEVEL, or up to DISPATCH_LEVEL for the first two ---- */
/* STATUS_OBJECT_NAME_COLLISION, _PATH_NOT_FOUND, _PATH_SYNTAX_BAD, _NAME_INVALID. Case does not count in the comparison. */
NTSTATUS ob_insert(PVOID object, PCUNICODE_STRING path);
void ob_remove(PVOID object); /* no name is no error */
/* A full path, or one relative to `root` (a referenced directory or parsing object; NULL: none). attributes: OBJ_xxx, of which
 * OBJ_CASE_INSENSITIVE and OBJ_OPENLINK (the last link is not followed) count. Follows links. Stops at an object whose type parses
 * and gives it with what is left of the path, from its '\' on, else *rest is empty. *object is referenced; *type may be asked for by
 * NULL. rest may be NULL: then an object that parses with something left is STATUS_OBJECT_NAME_NOT_FOUND. */
NTSTATUS ob_lookup(PCUNICODE_STRING path, ULONG attributes, PVOID *object, POBJECT_TYPE *type, UNICODE_STRING *rest);
NTSTATUS ob_lookup_from(PVOID root, PCUNICODE_STRING path, ULONG attributes, PVOID *object, UNICODE_STRING *rest);
/* The same with what InitializeObjectAttributes filled in: also checks Length, references RootDirectory. mode: whose handle it is. */
NTSTATUS ob_lookup_attributes(POBJECT_ATTRIBUTES attributes, KPROCESSOR_MODE mode, PVOID *object, UNICODE_STRING *rest);
void ob_free_rest(UNICODE_STRING *rest);
/* Puts a new object where OBJECT_ATTRIBUTES say; NULL or no name: nowhere. */
NTSTATUS ob_insert_attributes(PVOID object, POBJECT_ATTRIBUTES attributes, KPROCESSOR_MODE mode);
NTSTATUS ob_create_directory(PCWSTR path);
NTSTATUS ob_create_link(PCUNICODE_STRING path, PCUNICODE_STRING target);
/* EXE-303: calls visit, on this thread, for each link in \\GLOBAL?? that code in [low, high) has made. */
void ob_links_of(ULONG64 low, ULONG64 high, void (*visit)(PCUNICODE_STRING name, void *ctx), void *ctx);
/* Calls visit for each entry of a directory; 0-based order is stable. Not to call into ob. */
void ob_for_each(PVOID directory, void (*visit)(PCUNICODE_STRING name, PVOID object, void *ctx), void *ctx);

/* ---- handles ---- */
struct ob_handle_table;
struct ob_handle_table *ob_table_create(void); /* one per process */
void ob_table_destroy(struct ob_handle_table *table); /* closes all that is open: PASSIVE_LEVEL */
/* A handle with its own reference, in the kernel's table (OBJ_KERNEL_HANDLE, or in the System process) or the current process's.
 * Generic bits of access are mapped. */
NTSTATUS ob_handle_create(PVOID object, ACCESS_MASK access, ULONG attributes, HANDLE *handle);
/* ObReferenceObjectByHandle without its findings. */
NTSTATUS ob_handle_reference(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode, PVOID *object,
                             POBJECT_HANDLE_INFORMATION information);
NTSTATUS ob_handle_close(HANDLE handle, KPROCESSOR_MODE mode);
ACCESS_MASK ob_map_access(POBJECT_TYPE type, ACCESS_MASK access);
unsigned ob_kernel_handles(void); /* open ones */

/* Filled in by ps. NULL members: nobody's. */
struct ob_ps_hooks {
    struct ob_handle_table *(*table)(void); /* of the current process; NULL: the System process, which shares the kernel's */
    PVOID (*current_process)(void);
    PVOID (*current_thread)(void);
    KPROCESSOR_MODE (*previous_mode)(void);
};
extern struct ob_ps_hooks ob_ps;

#endif
