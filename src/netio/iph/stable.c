/* NotifyStableUnicastIpAddressTable (IPH-040): the addresses once none of them is tentative. The watch is open before the table is read, so that no
 * end of a duplicate detection is missed. A duplicate or deprecated address will not become preferred by itself: nobody waits for it [W]. */
#include "netio/iph/notify_private.h"

static void call(struct iph_notice *n, union iph_row *row, MIB_NOTIFICATION_TYPE type)
{
    guest_call_void(STABLE_UNICAST_IPADDRESS_TABLE_CALLBACK, (PSTABLE_UNICAST_IPADDRESS_TABLE_CALLBACK)n->callback, n->context, n->table_out);
}

/* STATUS_PENDING: not yet. */
static NTSTATUS read_stable(struct iph_notice *n, MIB_UNICASTIPADDRESS_TABLE **out)
{
    NTSTATUS status = iph_read_addresses(n->family, out, n->caller);

    if (!NT_SUCCESS(status))
        return status;
    for (ULONG i = 0; i < (*out)->NumEntries; i++) {
        if ((*out)->Table[i].DadState == IpDadStateTentative) {
            FreeMibTable(*out);
            *out = NULL;
            return STATUS_PENDING;
        }
    }
    return STATUS_SUCCESS;
}

static void nothing(void *ctx, const struct net_row *row)
{
}

static void follow(struct iph_notice *n)
{
    LARGE_INTEGER again = {.QuadPart = -10000000}; /* for a table that could not be read */
    MIB_UNICASTIPADDRESS_TABLE *table = NULL;
    bool told = false;

    while (!n->stopping) {
        NTSTATUS status = STATUS_PENDING;

        if (!told) {
            iph_queue_take(n, nothing); /* whatever changed until now shows in the table */
            status = read_stable(n, &table);
        }
        if (status == STATUS_SUCCESS && !n->stopping) {
            told = true;
            n->table_out = table; /* the driver's from now on */
            table = NULL;
            iph_deliver(n, NULL, MibInitialNotification);
        } else if (status == STATUS_SUCCESS) {
            FreeMibTable(table);
        } else {
            KeWaitForSingleObject(&n->ready, Executive, KernelMode, FALSE, NT_SUCCESS(status) ? NULL : &again);
        }
    }
}

static const struct iph_kind stable = {"NotifyStableUnicastIpAddressTable", call, follow};

static NTSTATUS begin(struct iph_notice *n, unsigned family, PMIB_UNICASTIPADDRESS_TABLE *table, HANDLE *handle)
{
    NTSTATUS status;

    n->signal_only = true;
    status = iph_queue_open(n, NET_ADDRESSES, family);
    if (NT_SUCCESS(status))
        status = read_stable(n, table);
    if (status != STATUS_PENDING)
        return status;
    status = iph_notice_start(n, handle);
    return NT_SUCCESS(status) ? STATUS_PENDING : status;
}

NTSTATUS NTAPI NotifyStableUnicastIpAddressTable(ADDRESS_FAMILY Family, PMIB_UNICASTIPADDRESS_TABLE *Table,
                                                 PSTABLE_UNICAST_IPADDRESS_TABLE_CALLBACK CallerCallback, PVOID CallerContext, HANDLE *NotificationHandle)
{
    struct iph_notice *n;
    unsigned family;
    NTSTATUS status;

    if (iph_at_wrong_level("NotifyStableUnicastIpAddressTable"))
        return STATUS_INVALID_DEVICE_STATE;
    if (Table)
        *Table = NULL;
    if (NotificationHandle)
        *NotificationHandle = NULL;
    if (!Table || !NotificationHandle || !CallerCallback || !iph_family(Family, &family))
        return STATUS_INVALID_PARAMETER;
    n = iph_notice_new(&stable, (PVOID)CallerCallback, CallerContext);
    if (!n)
        return STATUS_NO_MEMORY;
    n->caller = __builtin_return_address(0);
    status = begin(n, family, Table, NotificationHandle);
    if (status != STATUS_PENDING)
        iph_notice_end(n);
    return status;
}
