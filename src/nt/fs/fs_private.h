/* Inside src/nt/fs. A file system driver as the I/O manager sees it: requests come as IRPs with buffers of its own (DO_BUFFERED_IO), at
 * PASSIVE_LEVEL, and are completed before the dispatch routine returns.
 *
 * A node stands for a file of the host while anybody has it open: who shares it, whether it is to be deleted. `mutex` is over the list of nodes
 * and all that is in them; a leaf, held across calls of the host, never across guest code. */
#ifndef WK_FS_PRIVATE_H
#define WK_FS_PRIVATE_H

#include "host/host.h"
#include "nt/fs/fs.h"
#include "nt/io/io.h"

#define FS_TAG 0x20207346 /* "Fs  " */

struct fs_node {
    LIST_ENTRY entry;
    ULONG64 device, inode;
    LONG references; /* files, from CREATE to CLOSE */
    LONG handles;    /* files, from CREATE to CLEANUP */
    SHARE_ACCESS share;
    bool is_folder, delete_pending, deleted;
    char *path;      /* below the root, as the host spells it */
};

struct fs_scan;
/* FsContext2 of a file; FsContext is its node. */
struct fs_open {
    int fd;
    ACCESS_MASK access;
    bool delete_on_close;
    struct fs_scan *scan; /* of a folder: directory.c */
};

static inline struct fs_node *fs_node(PFILE_OBJECT file)
{
    return file->FsContext;
}

static inline struct fs_open *fs_open(PFILE_OBJECT file)
{
    return file->FsContext2;
}

extern int fs_root;
extern LIST_ENTRY fs_nodes; /* under fs_lock */
void fs_lock(void);
void fs_unlock(void);
NTSTATUS fs_status(int err); /* of a wk_err */

/* ---- path.c ---- */
struct fs_path {
    char text[HOST_PATH_BYTES];
    size_t bytes; /* without its end */
    bool wants_folder; /* the name ended in '\' */
    struct host_file_info info;
};
/* The host's path of a name below `base` (a path; "": the root), its case as the host has it. STATUS_SUCCESS: it is there, and info says what it
 * is. STATUS_OBJECT_NAME_NOT_FOUND: its folder is there, and text is the path that it would have. */
NTSTATUS fs_resolve(const char *base, PCUNICODE_STRING name, struct fs_path *out);
NTSTATUS fs_name_of(const char *host_name, UNICODE_STRING *out); /* ExFreePool its Buffer */

/* ---- requests: each returns what the IRP completes with; *information is 0 before ---- */
NTSTATUS fs_create(PIRP irp, ULONG_PTR *information);
NTSTATUS fs_cleanup(PIRP irp, ULONG_PTR *information);
NTSTATUS fs_close(PIRP irp, ULONG_PTR *information);
NTSTATUS fs_read(PIRP irp, ULONG_PTR *information);
NTSTATUS fs_write(PIRP irp, ULONG_PTR *information);
NTSTATUS fs_flush(PIRP irp, ULONG_PTR *information);
NTSTATUS fs_query(PIRP irp, ULONG_PTR *information);
NTSTATUS fs_set(PIRP irp, ULONG_PTR *information);
NTSTATUS fs_directory(PIRP irp, ULONG_PTR *information);
void fs_scan_free(struct fs_scan *scan);
bool fs_folder_is_empty(int fd); /* false, too, when that cannot be told */

/* ---- what several of them need ---- */
ULONG fs_attributes(const struct host_file_info *info);
/* May it be deleted, now that all agree? STATUS_CANNOT_DELETE, STATUS_DIRECTORY_NOT_EMPTY. Under fs_lock. */
NTSTATUS fs_may_delete(struct fs_node *node, int fd);
struct fs_node *fs_node_find(ULONG64 device, ULONG64 inode); /* under fs_lock; NULL */

#endif
