/* Control data of datagrams, between CMSGHDR and struct net_ctl. For datagram.c. */
#ifndef WSK_CONTROLDATA_H
#define WSK_CONTROLDATA_H

#include <stdbool.h>
#include "wdm.h"
#include "wsk.h"
#include "net/net.h"

/* Room for all that wsk_control_give may write. */
#define WSK_CONTROL_BYTES 160

/* Reads the driver's control data for a send. STATUS_INVALID_PARAMETER when it is malformed (WSK-181, a finding) or holds an
 * entry we do not know (WSK-164). Any IRQL; does not block. */
NTSTATUS wsk_control_take(const CMSGHDR *first, ULONG length, struct net_ctl *out);
/* Writes what came with a datagram, of the kinds in `wanted` (NET_CTL_*). from: the sender, whose family names the level. Returns bytes
 * written; *cut: not all had room (WSK-166). */
ULONG wsk_control_give(const struct net_ctl *ctl, const struct net_addr *from, ULONG wanted, CMSGHDR *first, ULONG room, bool *cut);

#endif
