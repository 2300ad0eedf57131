/* Interfaces: identity (IPH-001, IPH-007) and MIB_IF_ROW2 (IPH-016 .. IPH-023). */
#include "netio/iph/iph_private.h"

/* NetLuidIndex is the index and this: as stable as the index, which Linux does not give twice. Windows' first is 0x8000 too. */
#define LUID_BASE 0x8000u

static IFTYPE type_of(const struct net_link *link)
{
    static const IFTYPE types[] = {[NET_LINK_OTHER] = IF_TYPE_OTHER, [NET_LINK_ETHERNET] = IF_TYPE_ETHERNET_CSMACD,
                                   [NET_LINK_WIRELESS] = IF_TYPE_IEEE80211, [NET_LINK_LOOPBACK] = IF_TYPE_SOFTWARE_LOOPBACK,
                                   [NET_LINK_PPP] = IF_TYPE_PPP, [NET_LINK_TUNNEL] = IF_TYPE_TUNNEL, [NET_LINK_VIRTUAL] = IF_TYPE_PROP_VIRTUAL};

    return types[link->type];
}

NET_LUID iph_luid(const struct net_link *link)
{
    NET_LUID luid = {0};

    luid.Info.NetLuidIndex = link->index + LUID_BASE;
    /* A wireless link is told from a wired one only when it is asked; the LUID must not depend on who asks. */
    luid.Info.IfType = link->type == NET_LINK_WIRELESS ? IF_TYPE_ETHERNET_CSMACD : type_of(link);
    return luid;
}

NTSTATUS iph_find_link(const NET_LUID *luid, NET_IFINDEX index, struct net_link *out)
{
    struct net_row *rows;
    size_t count;
    int err;

    if (luid && luid->Value) {
        if (luid->Info.Reserved || luid->Info.NetLuidIndex <= LUID_BASE)
            return STATUS_NOT_FOUND;
        index = (NET_IFINDEX)luid->Info.NetLuidIndex - LUID_BASE;
    } else if (!index) {
        return STATUS_INVALID_PARAMETER;
    } else {
        luid = NULL;
    }
    if (index > 0x7fffffff)
        return STATUS_NOT_FOUND;
    err = net_table_read(NET_LINKS, 0, index, &rows, &count);
    if (err != NET_OK || !count) {
        net_table_free(rows);
        return err == NET_OK ? STATUS_NOT_FOUND : iph_status(err);
    }
    *out = rows[0].link;
    net_table_free(rows);
    return luid && iph_luid(out).Value != luid->Value ? STATUS_NOT_FOUND : STATUS_SUCCESS;
}

/* By index; a dump is so, or nearly. */
static void sort_links(struct iph_links *links)
{
    for (size_t gap = links->count / 2; gap; gap /= 2) {
        for (size_t i = gap; i < links->count; i++) {
            struct net_row row;
            size_t j = i;

            if (links->rows[i - gap].link.index <= links->rows[i].link.index)
                continue;
            row = links->rows[i];
            for (; j >= gap && links->rows[j - gap].link.index > row.link.index; j -= gap)
                links->rows[j] = links->rows[j - gap];
            links->rows[j] = row;
        }
    }
}

NTSTATUS iph_read_links(struct iph_links *links)
{
    int err = net_table_read(NET_LINKS, 0, 0, &links->rows, &links->count);

    sort_links(links);
    return iph_status(err);
}

const struct net_link *iph_link_of(const struct iph_links *links, uint32_t index)
{
    size_t low = 0, high = links->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (links->rows[middle].link.index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < links->count && links->rows[low].link.index == index ? &links->rows[low].link : NULL;
}

int iph_order_links(const struct net_row *a, const struct net_row *b)
{
    return a->link.index < b->link.index ? -1 : a->link.index > b->link.index;
}

static ULONG text(WCHAR *out, const char *from)
{
    ULONG bytes = 0, length = 0;

    while (from[length])
        length++;
    RtlUTF8ToUnicodeN(out, IF_MAX_STRING_SIZE * sizeof(WCHAR), &bytes, from, length);
    out[bytes / sizeof(WCHAR)] = 0;
    return bytes / (ULONG)sizeof(WCHAR);
}

ULONG iph_alias(const struct net_link *link, WCHAR out[IF_MAX_STRING_SIZE + 1])
{
    return text(out, link->alias[0] ? link->alias : link->name);
}

static IF_OPER_STATUS oper(const struct net_link *link)
{
    static const UCHAR status[] = {[NET_OPER_UP] = IfOperStatusUp, [NET_OPER_DOWN] = IfOperStatusDown, [NET_OPER_TESTING] = IfOperStatusTesting,
                                   [NET_OPER_DORMANT] = IfOperStatusDormant, [NET_OPER_NOTPRESENT] = IfOperStatusNotPresent,
                                   [NET_OPER_LOWER_DOWN] = IfOperStatusLowerLayerDown};

    if (link->oper == NET_OPER_UNKNOWN)
        return link->flags & NET_LINK_RUNNING ? IfOperStatusUp : IfOperStatusUnknown;
    return (IF_OPER_STATUS)status[link->oper];
}

static void statistics(MIB_IF_ROW2 *out, const struct net_link *link)
{
    out->InOctets = out->InUcastOctets = link->rx_bytes;
    out->InNUcastPkts = link->rx_multicast < link->rx_packets ? link->rx_multicast : link->rx_packets;
    out->InUcastPkts = link->rx_packets - out->InNUcastPkts;
    out->InDiscards = link->rx_dropped;
    out->InErrors = link->rx_errors;
    out->InUnknownProtos = link->rx_nohandler;
    out->OutOctets = out->OutUcastOctets = link->tx_bytes;
    out->OutUcastPkts = link->tx_packets;
    out->OutDiscards = link->tx_dropped;
    out->OutErrors = link->tx_errors;
}

static void fill_if(MIB_IF_ROW2 *out, const struct net_link *link, bool without_statistics)
{
    bool loopback = link->type == NET_LINK_LOOPBACK;

    __builtin_memset(out, 0, sizeof(*out));
    out->InterfaceLuid = iph_luid(link);
    out->InterfaceIndex = link->index;
    __builtin_memcpy(&out->InterfaceGuid, link->guid, 16);
    iph_alias(link, out->Alias);
    text(out->Description, link->name);
    out->PhysicalAddressLength = loopback ? 0 : link->address_bytes;
    __builtin_memcpy(out->PhysicalAddress, link->address, loopback ? 0 : link->address_bytes);
    __builtin_memcpy(out->PermanentPhysicalAddress, link->permanent, 32);
    out->Mtu = link->mtu;
    out->Type = type_of(link);
    out->TunnelType = link->type == NET_LINK_TUNNEL ? TUNNEL_TYPE_OTHER : TUNNEL_TYPE_NONE;
    out->MediaType = loopback ? NdisMediumLoopback : link->type == NET_LINK_ETHERNET || link->type == NET_LINK_WIRELESS ? NdisMedium802_3 : NdisMediumIP;
    out->PhysicalMediumType = link->type == NET_LINK_ETHERNET ? NdisPhysicalMedium802_3 :
                              link->type == NET_LINK_WIRELESS ? NdisPhysicalMediumNative802_11 : NdisPhysicalMediumUnspecified;
    out->AccessType = loopback ? NET_IF_ACCESS_LOOPBACK : link->flags & NET_LINK_BROADCAST ? NET_IF_ACCESS_BROADCAST : NET_IF_ACCESS_POINT_TO_POINT;
    out->DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    out->InterfaceAndOperStatusFlags.HardwareInterface = (link->flags & NET_LINK_BUS) != 0; /* IPH-023 */
    out->InterfaceAndOperStatusFlags.ConnectorPresent = (link->flags & NET_LINK_BUS) != 0;
    out->InterfaceAndOperStatusFlags.NotMediaConnected = link->carrier == 2;
    out->OperStatus = oper(link);
    out->AdminStatus = link->flags & NET_LINK_UP ? NET_IF_ADMIN_STATUS_UP : NET_IF_ADMIN_STATUS_DOWN;
    out->MediaConnectState = link->carrier == 1 ? MediaConnectStateConnected : link->carrier == 2 ? MediaConnectStateDisconnected : MediaConnectStateUnknown;
    __builtin_memcpy(&out->NetworkGuid, link->guid, 16); /* IPH-091 */
    out->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    out->TransmitLinkSpeed = out->ReceiveLinkSpeed = link->speed_bps;
    if (!without_statistics)
        statistics(out, link);
}

static unsigned fill_row(void *out, const struct net_row *row, const struct iph_links *links, const struct iph_read *read)
{
    fill_if(out, &row->link, read->option);
    return 1;
}

static NTSTATUS read_interfaces(MIB_IF_TABLE_LEVEL level, PMIB_IF_TABLE2 *table, const void *caller)
{
    const struct iph_read read = {.table = NET_LINKS, .order = iph_order_links, .fill = fill_row, .first = offsetof(MIB_IF_TABLE2, Table),
                                  .row_bytes = sizeof(MIB_IF_ROW2), .per_row = 1, .option = level == MibIfTableNormalWithoutStatistics,
                                  .may_be_empty = true};

    if (!table)
        return STATUS_INVALID_PARAMETER;
    *table = NULL;
    if ((ULONG)level > MibIfTableNormalWithoutStatistics)
        return STATUS_INVALID_PARAMETER;
    return iph_read_table(&read, (void **)table, caller);
}

NTSTATUS NTAPI GetIfTable2(PMIB_IF_TABLE2 *Table)
{
    if (iph_at_wrong_level("GetIfTable2"))
        return STATUS_INVALID_DEVICE_STATE;
    return read_interfaces(MibIfTableNormal, Table, __builtin_return_address(0));
}

NTSTATUS NTAPI GetIfTable2Ex(MIB_IF_TABLE_LEVEL Level, PMIB_IF_TABLE2 *Table)
{
    if (iph_at_wrong_level("GetIfTable2Ex"))
        return STATUS_INVALID_DEVICE_STATE;
    return read_interfaces(Level, Table, __builtin_return_address(0));
}

static NTSTATUS read_interface(MIB_IF_ENTRY_LEVEL level, PMIB_IF_ROW2 row)
{
    struct net_link link;
    NTSTATUS status;

    if (!row || (level != MibIfEntryNormal && level != MibIfEntryNormalWithoutStatistics))
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&row->InterfaceLuid, row->InterfaceIndex, &link);
    if (NT_SUCCESS(status))
        fill_if(row, &link, level == MibIfEntryNormalWithoutStatistics);
    return status;
}

NTSTATUS NTAPI GetIfEntry2(PMIB_IF_ROW2 Row)
{
    if (iph_at_wrong_level("GetIfEntry2"))
        return STATUS_INVALID_DEVICE_STATE;
    return read_interface(MibIfEntryNormal, Row);
}

NTSTATUS NTAPI GetIfEntry2Ex(MIB_IF_ENTRY_LEVEL Level, PMIB_IF_ROW2 Row)
{
    if (iph_at_wrong_level("GetIfEntry2Ex"))
        return STATUS_INVALID_DEVICE_STATE;
    return read_interface(Level, Row);
}
