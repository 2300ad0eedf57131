/* Unicast addresses: MIB_UNICASTIPADDRESS_ROW (IPH-031 .. IPH-039). */
#include "netio/iph/iph_private.h"

static bool is_link_local(const struct net_addr *a)
{
    return a->family == NET_IPV6 && a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
}

/* IPH-039 */
static void origins(MIB_UNICASTIPADDRESS_ROW *out, const struct net_address *a, const struct net_link *link)
{
    if (link && link->type == NET_LINK_LOOPBACK) {
        out->PrefixOrigin = IpPrefixOriginWellKnown;
        out->SuffixOrigin = IpSuffixOriginWellKnown;
    } else if (is_link_local(&a->ip)) {
        out->PrefixOrigin = IpPrefixOriginWellKnown;
        out->SuffixOrigin = a->flags & NET_IP_RANDOM ? IpSuffixOriginRandom : IpSuffixOriginLinkLayerAddress;
    } else if (a->flags & NET_IP_PERMANENT) {
        out->PrefixOrigin = IpPrefixOriginManual;
        out->SuffixOrigin = IpSuffixOriginManual;
    } else if (a->ip.family == NET_IPV6) {
        out->PrefixOrigin = IpPrefixOriginRouterAdvertisement;
        out->SuffixOrigin = a->flags & NET_IP_RANDOM ? IpSuffixOriginRandom : IpSuffixOriginLinkLayerAddress;
    } else {
        out->PrefixOrigin = IpPrefixOriginDhcp;
        out->SuffixOrigin = IpSuffixOriginDhcp;
    }
}

void iph_fill_address(MIB_UNICASTIPADDRESS_ROW *out, const struct net_address *a, const struct net_link *link)
{
    LARGE_INTEGER now;
    ULONGLONG up = KeQueryUnbiasedInterruptTime(), created = (ULONGLONG)a->created_cs * 100000;

    __builtin_memset(out, 0, sizeof(*out));
    iph_sockaddr(&a->ip, a->index, &out->Address);
    out->InterfaceLuid = link ? iph_luid(link) : (NET_LUID){0};
    out->InterfaceIndex = a->index;
    origins(out, a, link);
    out->ValidLifetime = a->valid_s;
    out->PreferredLifetime = a->preferred_s;
    out->OnLinkPrefixLength = a->prefix;
    out->DadState = a->flags & NET_IP_DUPLICATE ? IpDadStateDuplicate : a->flags & NET_IP_TENTATIVE ? IpDadStateTentative :
                    a->flags & NET_IP_DEPRECATED ? IpDadStateDeprecated : IpDadStatePreferred; /* IPH-035 */
    if (is_link_local(&a->ip))
        out->ScopeId.Value = a->index;
    KeQuerySystemTime(&now);
    out->CreationTimeStamp.QuadPart = up > created ? now.QuadPart - (LONGLONG)(up - created) : now.QuadPart;
}

int iph_order_addresses(const struct net_row *a, const struct net_row *b)
{
    if (a->address.index != b->address.index)
        return a->address.index < b->address.index ? -1 : 1;
    return iph_compare_addr(&a->address.ip, &b->address.ip);
}

static unsigned fill_row(void *out, const struct net_row *row, const struct iph_links *links, const struct iph_read *read)
{
    const struct net_link *link = iph_link_of(links, row->address.index);

    if (!link)
        return 0; /* IPH-005: it has gone meanwhile */
    iph_fill_address(out, &row->address, link);
    return 1;
}

NTSTATUS iph_read_addresses(unsigned family, MIB_UNICASTIPADDRESS_TABLE **out, const void *caller)
{
    struct iph_read read = {.table = NET_ADDRESSES, .family = family, .order = iph_order_addresses, .fill = fill_row,
                            .first = offsetof(MIB_UNICASTIPADDRESS_TABLE, Table), .row_bytes = sizeof(MIB_UNICASTIPADDRESS_ROW), .per_row = 1};

    return iph_read_table(&read, (void **)out, caller);
}

NTSTATUS NTAPI GetUnicastIpAddressTable(ADDRESS_FAMILY Family, PMIB_UNICASTIPADDRESS_TABLE *Table)
{
    unsigned family;

    if (iph_at_wrong_level("GetUnicastIpAddressTable"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Table)
        return STATUS_INVALID_PARAMETER;
    *Table = NULL;
    if (!iph_family(Family, &family))
        return STATUS_INVALID_PARAMETER;
    return iph_read_addresses(family, Table, __builtin_return_address(0));
}

NTSTATUS NTAPI GetUnicastIpAddressEntry(PMIB_UNICASTIPADDRESS_ROW Row)
{
    struct net_link link;
    struct net_addr wanted;
    struct net_row *rows;
    size_t count;
    NTSTATUS status;

    if (iph_at_wrong_level("GetUnicastIpAddressEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Row || !iph_addr(&Row->Address, &wanted) || !iph_is_unicast(&wanted))
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&Row->InterfaceLuid, Row->InterfaceIndex, &link);
    if (NT_SUCCESS(status))
        status = iph_status(net_table_read(NET_ADDRESSES, wanted.family, link.index, &rows, &count));
    if (!NT_SUCCESS(status))
        return status;
    status = STATUS_NOT_FOUND;
    for (size_t i = 0; i < count && !NT_SUCCESS(status); i++) {
        if (iph_compare_addr(&rows[i].address.ip, &wanted) == 0) {
            iph_fill_address(Row, &rows[i].address, &link);
            status = STATUS_SUCCESS;
        }
    }
    net_table_free(rows);
    return status;
}

VOID NTAPI InitializeUnicastIpAddressEntry(PMIB_UNICASTIPADDRESS_ROW Row)
{
    __builtin_memset(Row, 0, sizeof(*Row));
    Row->PrefixOrigin = IpPrefixOriginUnchanged;
    Row->SuffixOrigin = IpSuffixOriginUnchanged;
    Row->ValidLifetime = Row->PreferredLifetime = 0xFFFFFFFF;
    Row->OnLinkPrefixLength = 255;
}
