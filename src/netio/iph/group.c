/* Anycast and multicast addresses: MIB_ANYCASTIPADDRESS_ROW, MIB_MULTICASTIPADDRESS_ROW (IPH-041 .. IPH-043). Groups are joined through sockets, so here
 * they are read only. Anycast addresses are IPv6's. */
#include "netio/iph/iph_private.h"

/* Scopes 1 and 2 of a group, and link-local unicast, need their interface to be told apart. */
static ULONG scope_of(const struct net_address *a)
{
    bool link_local = a->ip.family == NET_IPV6 && ((a->ip.ip[0] == 0xfe && (a->ip.ip[1] & 0xc0) == 0x80) || (a->ip.ip[0] == 0xff && (a->ip.ip[1] & 0xf) <= 2));

    return link_local ? a->index : 0;
}

static void fill_address(SOCKADDR_INET *out, SCOPE_ID *scope, const struct net_address *a)
{
    iph_sockaddr(&a->ip, a->index, out);
    scope->Value = scope_of(a);
    if (a->ip.family == NET_IPV6)
        out->Ipv6.sin6_scope_id = scope->Value;
}

static void fill_anycast(MIB_ANYCASTIPADDRESS_ROW *out, const struct net_address *a, const struct net_link *link)
{
    __builtin_memset(out, 0, sizeof(*out));
    fill_address(&out->Address, &out->ScopeId, a);
    out->InterfaceLuid = iph_luid(link);
    out->InterfaceIndex = link->index;
}

static unsigned fill_anycast_row(void *out, const struct net_row *row, const struct iph_links *links, const struct iph_read *read)
{
    const struct net_link *link = iph_link_of(links, row->address.index);

    if (link)
        fill_anycast(out, &row->address, link);
    return link != NULL;
}

static void fill_multicast(MIB_MULTICASTIPADDRESS_ROW *out, const struct net_address *a, const struct net_link *link)
{
    __builtin_memset(out, 0, sizeof(*out));
    fill_address(&out->Address, &out->ScopeId, a);
    out->InterfaceLuid = iph_luid(link);
    out->InterfaceIndex = link->index;
}

static unsigned fill_multicast_row(void *out, const struct net_row *row, const struct iph_links *links, const struct iph_read *read)
{
    const struct net_link *link = iph_link_of(links, row->address.index);

    if (link)
        fill_multicast(out, &row->address, link);
    return link != NULL;
}

NTSTATUS NTAPI GetAnycastIpAddressTable(ADDRESS_FAMILY Family, PMIB_ANYCASTIPADDRESS_TABLE *Table)
{
    struct iph_read read = {.table = NET_ANYCAST, .order = iph_order_addresses, .fill = fill_anycast_row, .first = offsetof(MIB_ANYCASTIPADDRESS_TABLE, Table),
                            .row_bytes = sizeof(MIB_ANYCASTIPADDRESS_ROW), .per_row = 1};

    if (iph_at_wrong_level("GetAnycastIpAddressTable"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Table)
        return STATUS_INVALID_PARAMETER;
    *Table = NULL;
    if (!iph_family(Family, &read.family))
        return STATUS_INVALID_PARAMETER;
    return iph_read_table(&read, (void **)Table, __builtin_return_address(0));
}

NTSTATUS NTAPI GetMulticastIpAddressTable(ADDRESS_FAMILY Family, PMIB_MULTICASTIPADDRESS_TABLE *Table)
{
    struct iph_read read = {.table = NET_MULTICAST, .order = iph_order_addresses, .fill = fill_multicast_row,
                            .first = offsetof(MIB_MULTICASTIPADDRESS_TABLE, Table), .row_bytes = sizeof(MIB_MULTICASTIPADDRESS_ROW), .per_row = 1};

    if (iph_at_wrong_level("GetMulticastIpAddressTable"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Table)
        return STATUS_INVALID_PARAMETER;
    *Table = NULL;
    if (!iph_family(Family, &read.family))
        return STATUS_INVALID_PARAMETER;
    return iph_read_table(&read, (void **)Table, __builtin_return_address(0));
}

/* STATUS_SUCCESS: the table has *at's address on *at's link; STATUS_NOT_FOUND: it has not. */
static NTSTATUS present(enum net_table table, const struct net_address *at)
{
    struct net_row *rows;
    size_t count;
    NTSTATUS status = iph_status(net_table_read(table, at->ip.family, at->index, &rows, &count));

    if (!NT_SUCCESS(status))
        return status;
    status = STATUS_NOT_FOUND;
    for (size_t i = 0; i < count && !NT_SUCCESS(status); i++) {
        if (iph_compare_addr(&rows[i].address.ip, &at->ip) == 0)
            status = STATUS_SUCCESS;
    }
    net_table_free(rows);
    return status;
}

NTSTATUS NTAPI GetAnycastIpAddressEntry(PMIB_ANYCASTIPADDRESS_ROW Row)
{
    struct net_address wanted = {0};
    struct net_link link;
    NTSTATUS status;

    if (iph_at_wrong_level("GetAnycastIpAddressEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Row || !iph_addr(&Row->Address, &wanted.ip) || !iph_is_unicast(&wanted.ip))
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&Row->InterfaceLuid, Row->InterfaceIndex, &link);
    if (!NT_SUCCESS(status))
        return status;
    wanted.index = link.index;
    status = present(NET_ANYCAST, &wanted);
    if (NT_SUCCESS(status))
        fill_anycast(Row, &wanted, &link);
    return status;
}

NTSTATUS NTAPI GetMulticastIpAddressEntry(PMIB_MULTICASTIPADDRESS_ROW Row)
{
    struct net_address wanted = {0};
    struct net_link link;
    NTSTATUS status;

    if (iph_at_wrong_level("GetMulticastIpAddressEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Row || !iph_addr(&Row->Address, &wanted.ip) || !iph_is_multicast(&wanted.ip))
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&Row->InterfaceLuid, Row->InterfaceIndex, &link);
    if (!NT_SUCCESS(status))
        return status;
    wanted.index = link.index;
    status = present(NET_MULTICAST, &wanted);
    if (NT_SUCCESS(status))
        fill_multicast(Row, &wanted, &link);
    return status;
}

static NTSTATUS change_anycast(const MIB_ANYCASTIPADDRESS_ROW *from, enum net_change how)
{
    struct net_row row = {.table = NET_ANYCAST};
    struct net_link link;
    NTSTATUS status;

    if (!from || !iph_addr(&from->Address, &row.address.ip) || !iph_is_unicast(&row.address.ip) || iph_is_loopback(&row.address.ip))
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&from->InterfaceLuid, from->InterfaceIndex, &link);
    if (!NT_SUCCESS(status))
        return status;
    row.address.index = link.index;
    if (how == NET_CREATE && row.address.ip.family == NET_IPV4)
        return STATUS_NOT_SUPPORTED; /* IPH-042 [W] */
    status = present(NET_ANYCAST, &row.address);
    if (how == NET_CREATE ? status != STATUS_NOT_FOUND : !NT_SUCCESS(status))
        return NT_SUCCESS(status) ? STATUS_DUPLICATE_OBJECTID : status;
    return iph_status(net_table_change(how, &row));
}

NTSTATUS NTAPI CreateAnycastIpAddressEntry(const MIB_ANYCASTIPADDRESS_ROW *Row)
{
    if (iph_at_wrong_level("CreateAnycastIpAddressEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    return change_anycast(Row, NET_CREATE);
}

NTSTATUS NTAPI DeleteAnycastIpAddressEntry(const MIB_ANYCASTIPADDRESS_ROW *Row)
{
    if (iph_at_wrong_level("DeleteAnycastIpAddressEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    return change_anycast(Row, NET_DELETE);
}
