/* Plug and Play for the machine: a root bus that makes devices on demand, and the IRPs that start and remove them (EXE-336 .. EXE-342).
 * All of it at PASSIVE_LEVEL; all may block. */
#ifndef WK_PNP_H
#define WK_PNP_H

#include <stdbool.h>
#include "wdm.h"

struct pnp_node;

int pnp_start(void); /* after io_start; 0 or a negative wk_err */
/* Makes a device of the root bus, \Device\NTPNP_ROOTnnnn, ROOT\NET\nnnn, hands it to the driver's AddDevice and starts it. hardware_id: of the
 * INF. On failure nothing is left; *what: which step failed, for people. */
NTSTATUS pnp_add(PDRIVER_OBJECT driver, PCUNICODE_STRING hardware_id, struct pnp_node **out, const char **what);
/* What follows takes a PDO that the caller references; one such operation at a time, STATUS_NO_SUCH_DEVICE when it is gone or going.
 * Orderly: QUERY_REMOVE, then REMOVE or (refused, or a file is open) CANCEL_REMOVE and the status. */
NTSTATUS pnp_remove(PDEVICE_OBJECT pdo);
/* The device is gone already: SURPRISE_REMOVAL; REMOVE when the last file on it is closed, at once when none is. */
NTSTATUS pnp_surprise(PDEVICE_OBJECT pdo);
/* QUERY_STOP, STOP, START; a refused QUERY_STOP is CANCEL_STOP and the status. */
NTSTATUS pnp_rebalance(PDEVICE_OBJECT pdo);
/* Every device of the driver goes, so that it can be unloaded. */
void pnp_remove_devices(PDRIVER_OBJECT driver);
PDEVICE_OBJECT pnp_nth_pdo(unsigned index); /* in the order of their making, referenced; NULL behind the last */
PDEVICE_OBJECT pnp_pdo(struct pnp_node *node);
/* io: a file on a device of some stack was closed. Any thread. */
void pnp_file_closed(PDEVICE_OBJECT device);
/* A driver goes: registrations that it has left are findings. */
void pnp_forget(PDRIVER_OBJECT driver);

#endif
