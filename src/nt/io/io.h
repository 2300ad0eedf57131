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

#endif
