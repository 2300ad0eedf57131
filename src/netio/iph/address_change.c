/* Addresses that a driver makes, changes and takes away (IPH-034 .. IPH-038). */
#include "netio/iph/iph_private.h"

static bool origins_are_sound(const MIB_UNICASTIPADDRESS_ROW *row)
{
    bool prefix = row->PrefixOrigin == IpPrefixOriginUnchanged, suffix = row->SuffixOrigin == IpSuffixOriginUnchanged;

    return prefix == suffix && (prefix || ((ULONG)row->PrefixOrigin <= IpPrefixOriginRouterAdvertisement && (ULONG)row->SuffixOrigin <= IpSuffixOriginRandom));
}

/* Whose address and which link; IPH-036, IPH-096, IPH-097. */
static NTSTATUS aim(const MIB_UNICASTIPADDRESS_ROW *row, struct net_row *out, struct net_link *link)
{
    struct net_address *a = &out->address;
    NTSTATUS status;

    __builtin_memset(out, 0, sizeof(*out));
    out->table = NET_ADDRESSES;
    if (!row || !iph_addr(&row->Address, &a->ip) || !iph_is_unicast(&a->ip))
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&row->InterfaceLuid, row->InterfaceIndex, link);
    a->index = NT_SUCCESS(status) ? link->index : 0;
    return status;
}

static NTSTATUS take_values(const MIB_UNICASTIPADDRESS_ROW *row, struct net_address *a)
{
    uint8_t longest = a->ip.family == NET_IPV4 ? 32 : 128;

    if (row->ValidLifetime < row->PreferredLifetime || !row->ValidLifetime || !origins_are_sound(row) ||
        (row->OnLinkPrefixLength > longest && row->OnLinkPrefixLength != 255))
        return STATUS_INVALID_PARAMETER;
    a->prefix = row->OnLinkPrefixLength == 255 ? longest : row->OnLinkPrefixLength;
    a->valid_s = row->ValidLifetime;
    a->preferred_s = row->PreferredLifetime;
    return STATUS_SUCCESS;
}

/* The prefix that it has now, or 255: Linux lets one IPv4 address be there once for each prefix. */
static NTSTATUS present(const struct net_address *a, uint8_t *prefix)
{
    struct net_row *rows;
    size_t count;
    NTSTATUS status = iph_status(net_table_read(NET_ADDRESSES, a->ip.family, a->index, &rows, &count));

    *prefix = 255;
    for (size_t i = 0; NT_SUCCESS(status) && i < count; i++) {
        if (iph_compare_addr(&rows[i].address.ip, &a->ip) == 0)
            *prefix = rows[i].address.prefix;
    }
    if (NT_SUCCESS(status))
        net_table_free(rows);
    return status;
}

NTSTATUS NTAPI CreateUnicastIpAddressEntry(const MIB_UNICASTIPADDRESS_ROW *Row)
{
    struct net_link link;
    struct net_row row;
    uint8_t prefix;
    NTSTATUS status;

    if (iph_at_wrong_level("CreateUnicastIpAddressEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    status = aim(Row, &row, &link);
    if (NT_SUCCESS(status))
        status = take_values(Row, &row.address);
    if (NT_SUCCESS(status) && iph_is_loopback(&row.address.ip) && link.type != NET_LINK_LOOPBACK)
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = present(&row.address, &prefix);
    if (NT_SUCCESS(status) && prefix != 255)
        status = STATUS_DUPLICATE_OBJECTID;
    return NT_SUCCESS(status) ? iph_status(net_table_change(NET_CREATE, &row)) : status;
}

NTSTATUS NTAPI SetUnicastIpAddressEntry(const MIB_UNICASTIPADDRESS_ROW *Row)
{
    struct net_link link;
    struct net_row row, old;
    NTSTATUS status;

    if (iph_at_wrong_level("SetUnicastIpAddressEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    status = aim(Row, &row, &link);
    if (NT_SUCCESS(status))
        status = take_values(Row, &row.address);
    old = row;
    if (NT_SUCCESS(status))
        status = present(&row.address, &old.address.prefix);
    if (!NT_SUCCESS(status))
        return status;
    if (old.address.prefix == 255)
        return STATUS_NOT_FOUND;
    if (old.address.prefix == row.address.prefix)
        return iph_status(net_table_change(NET_SET, &row));
    if (row.address.ip.family == NET_IPV6) { /* the prefix is no part of Linux' key: out and in again, both ways */
        status = iph_status(net_table_change(NET_DELETE, &old));
        if (NT_SUCCESS(status) && !NT_SUCCESS(status = iph_status(net_table_change(NET_CREATE, &row)))) {
            old.address.valid_s = old.address.preferred_s = UINT32_MAX;
            net_table_change(NET_CREATE, &old);
        }
        return status;
    }
    status = iph_status(net_table_change(NET_CREATE, &row)); /* the new one first: a failure leaves the old */
    return NT_SUCCESS(status) ? iph_status(net_table_change(NET_DELETE, &old)) : status;
}

NTSTATUS NTAPI DeleteUnicastIpAddressEntry(const MIB_UNICASTIPADDRESS_ROW *Row)
{
    struct net_link link;
    struct net_row row;
    NTSTATUS status;

    if (iph_at_wrong_level("DeleteUnicastIpAddressEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    status = aim(Row, &row, &link);
    if (NT_SUCCESS(status))
        status = present(&row.address, &row.address.prefix);
    if (NT_SUCCESS(status) && row.address.prefix == 255)
        status = STATUS_NOT_FOUND;
    return NT_SUCCESS(status) ? iph_status(net_table_change(NET_DELETE, &row)) : status;
}
