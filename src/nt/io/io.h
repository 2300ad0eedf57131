/* What the I/O manager gives to the other NT-side folders: the two ends of a request that one of our own providers (WSK) serves
 * in place of a driver below, final completion, and the bookkeeping of driver objects. */
#ifndef WK_IO_H
#define WK_IO_H

#include <stdbool.h>
#include <stdint.h>
#include "wdm.h"

/* An IRP is handed to us instead of to a driver below: its next stack location becomes ours, as IofCallDriver would make it
 * (WSK-024). Bug check 35 when there is none left (WSK-042). Any IRQL <= DISPATCH_LEVEL. */
PIO_STACK_LOCATION io_begin_request(PIRP irp);
/* What became of it so far, in ApcEnvironment, which no driver reads; IoInitializeIrp and IoReuseIrp clear it. */
#define IO_WITH_US 0x01 /* between io_begin_request and io_end_request */
#define IO_ORPHAN  0x02 /* the driver freed it meanwhile: io_end_request frees it and calls nobody */
#define IO_SERVED  0x04 /* io_end_request has completed it */
/* Completes it. Between the two, IoMarkIrpPending(irp) before anything may complete it from elsewhere makes PendingReturned
 * exact (WSK-028, WSK-029): it is what the completion routine sees. Returns status. */
NTSTATUS io_end_request(PIRP irp, NTSTATUS status, ULONG_PTR information);

/* Set on an IRP that the I/O manager itself made (for an application, or IoBuild...Request): called instead of leaving it to
 * the last completion routine when the walk reaches the top (EXE-316). Stored in Tail.Overlay.AuxiliaryBuffer, which drivers
 * leave alone; the IRP's AllocationFlags say so. */
typedef void io_final_fn(PIRP irp);
void io_set_final(PIRP irp, io_final_fn *final);

#define IO_ALLOCATED 0x04 /* AllocationFlags: from IoAllocateIrp */
#define IO_FINAL     0x10 /* AuxiliaryBuffer is an io_final_fn */
#define IO_LINKED       0x01 /* threaded.c: on the list, ... */
#define IO_HOLDS_THREAD 0x02 /* ... with a reference to its thread */
#define IO_CANCELLING   0x20
#define IO_COMPLETED    0x40

/* ---- IRPs of a thread (threaded.c, EXE-323) ---- */
void io_irp_link(PIRP irp); /* of the calling thread, before it is sent; its end takes it off */
/* Cancels those of the thread, file or the one IRP; NULL: any. How many it asked. Up to APC_LEVEL. */
unsigned io_cancel_irps(PETHREAD thread, PFILE_OBJECT file, PIRP only);
unsigned io_irps_pending(PETHREAD thread, PFILE_OBJECT file);
/* A thread ends: its IRPs are cancelled and waited for; those that stay are findings. PASSIVE_LEVEL, in that thread. */
void io_thread_end(PETHREAD thread);

/* ---- start and stop; after ob, ps and ex are there. 0 or a negative wk_err ---- */
int io_start(unsigned cancel_limit_s); /* EXE-758; 0: 300 */
void io_stop(void); /* IRP_MJ_SHUTDOWN (EXE-333) */

/* ---- files on devices (open.c, request.c). PASSIVE_LEVEL, all wait for their IRP ---- */
struct io_open {
    ACCESS_MASK access; /* generic bits are mapped */
    ULONG share, options, disposition, file_attributes;
    PVOID ea;
    ULONG ea_bytes;
    KPROCESSOR_MODE mode;
    PFILE_OBJECT related;   /* rest is a name below this file's; NULL */
};
/* EXE-304. *out is referenced and has no handle: ob_handle_create gives it one, whose closing sends CLEANUP. information may be NULL. */
NTSTATUS io_open_device(PDEVICE_OBJECT device, PCUNICODE_STRING rest, const struct io_open *how, PFILE_OBJECT *out, ULONG_PTR *information);
NTSTATUS io_open_path(PCUNICODE_STRING path, const struct io_open *how, PFILE_OBJECT *out, ULONG_PTR *information);
/* A request to an open file (request.c). */
struct io_wait;
struct io_args {
    UCHAR major, minor, flags; /* flags: of the stack location */
    KPROCESSOR_MODE mode;
    ULONG code;                /* control code, information class, lock key of a read or write */
    PVOID in, out;             /* the requestor's addresses */
    ULONG in_bytes, out_bytes;
    LONGLONG offset;
    PUNICODE_STRING name;      /* of a directory query */
    void (*completed)(struct io_wait *wait); /* NULL, or called before wait.done is set: any thread, any IRQL up to DISPATCH_LEVEL */
};
struct io_wait {
    KEVENT done;
    IO_STATUS_BLOCK iosb;
    PIRP irp;                  /* while it is under way: io_cancel_irps(NULL, NULL, irp) */
    PVOID routine;
    void (*completed)(struct io_wait *wait);
    NTSTATUS returned;
    UCHAR major;
    BOOLEAN pending_returned;
};
struct io_transfer {
    struct io_wait wait;
    PFILE_OBJECT file;         /* referenced */
    PVOID system, out;
    ULONG out_bytes, code;
    const char *what;
    bool synchronous;
};
/* Sends it: STATUS_PENDING or its final status. io_end must follow whatever comes back, in the same process: it waits, copies what came
 * (EXE-316) and returns the final status, which is in *iosb too (may be NULL). wait.done is set when io_end would not wait. */
NTSTATUS io_begin(PFILE_OBJECT file, const struct io_args *args, struct io_transfer *transfer);
NTSTATUS io_end(struct io_transfer *transfer, IO_STATUS_BLOCK *iosb);

/* ---- requests that the I/O manager makes and waits for (request.c) ---- */
/* An IRP for the stack below `top`, its next location zero but for major and file. */
PIRP io_request(PDEVICE_OBJECT top, PFILE_OBJECT file, UCHAR major, KPROCESSOR_MODE mode);
NTSTATUS io_send(PDEVICE_OBJECT top, PIRP irp, struct io_wait *wait); /* what the dispatch routine returned; *wait: zeroed but for completed */
NTSTATUS io_wait_end(struct io_wait *wait);                          /* its final status */
NTSTATUS io_send_and_wait(PDEVICE_OBJECT top, PIRP irp, struct io_wait *wait);

/* Runs fn(context) on a system thread at PASSIVE_LEVEL and waits for it (EXE-028). */
NTSTATUS io_on_system_thread(void (*fn)(void *context), void *context);
/* A driver object of our own, without an image: \Driver\<name>, its routines the default one. It is never unloaded. */
NTSTATUS io_driver_internal(PCUNICODE_STRING name, PDRIVER_OBJECT *out);

/* ---- drivers (load.c, unload.c). PASSIVE_LEVEL; message: why not, for people ---- */
struct nt_driver;
NTSTATUS io_driver_load(const char *path, PCUNICODE_STRING service, struct nt_driver **out, char *message, size_t message_bytes);
PDRIVER_OBJECT io_driver_object(struct nt_driver *driver);
/* What a part above the I/O manager would still call in [low, high) stops the machine there: asked for each driver's image before it goes. Four
 * at most; any thread. */
typedef void io_unload_check(ULONG64 low, ULONG64 high);
void io_add_unload_check(io_unload_check *check);
NTSTATUS io_driver_unload(struct nt_driver *driver, char *message, size_t message_bytes);
/* Unloads what runs as the driver's service: the driver, the one that was started in its place after ZwUnloadDriver, or nothing. The caller
 * has a reference to the driver's object. */
NTSTATUS io_driver_stop(struct nt_driver *driver, char *message, size_t message_bytes);

#endif
