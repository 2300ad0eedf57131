/* A family on an interface: MIB_IPINTERFACE_ROW (IPH-024 .. IPH-029). */
#include "netio/iph/iph_private.h"

static const struct net_link_ip *ip_of(const struct net_link *link, unsigned family)
{
    return family == NET_IPV4 ? &link->v4 : &link->v6;
}

/* IPH-029 [W]: Linux has no metric of an interface. By its speed, as Windows' automatic one is. */
static ULONG automatic_metric(const struct net_link *link)
{
    return link->type == NET_LINK_LOOPBACK ? 75 : link->speed_bps >= 2000000000 ? 15 : link->speed_bps >= 200000000 ? 25 : link->speed_bps ? 35 : 25;
}

void iph_fill_ip(MIB_IPINTERFACE_ROW *out, const struct net_link *link, unsigned family)
{
    const struct net_link_ip *ip = ip_of(link, family);
    bool v6 = family == NET_IPV6;

    __builtin_memset(out, 0, sizeof(*out));
    out->Family = iph_family_of(family);
    out->InterfaceLuid = iph_luid(link);
    out->InterfaceIndex = link->index;
    out->MaxReassemblySize = ip->reassembly_max ? ip->reassembly_max : 65535;
    __builtin_memcpy(&out->InterfaceIdentifier, link->guid, 8);
    out->ForwardingEnabled = ip->forwarding;
    out->UseNeighborUnreachabilityDetection = v6;
    out->ManagedAddressConfigurationSupported = ip->managed;
    out->OtherStatefulConfigurationSupported = ip->other;
    out->RouterDiscoveryBehavior = v6 && ip->router_discovery ? RouterDiscoveryEnabled : RouterDiscoveryDisabled;
    out->DadTransmits = ip->dad_transmits;
    out->BaseReachableTime = ip->base_reachable_ms ? ip->base_reachable_ms : 30000;
    out->RetransmitTime = ip->retransmit_ms ? ip->retransmit_ms : 1000;
    out->LinkLocalAddressBehavior = v6 ? LinkLocalAlwaysOn : LinkLocalAlwaysOff;
    for (unsigned i = 0; i < 16; i++)
        out->ZoneIndices[i] = i >= 14 ? 1 : link->index;
    out->SitePrefixLength = v6 ? 64 : 0; /* IPH-028 */
    out->UseAutomaticMetric = !iph_metric(link->index, family, &out->Metric);
    if (out->UseAutomaticMetric)
        out->Metric = automatic_metric(link);
    out->NlMtu = ip->mtu && ip->mtu < link->mtu ? ip->mtu : link->mtu;
    out->Connected = link->flags & NET_LINK_UP && (link->oper == NET_OPER_UP || (link->oper == NET_OPER_UNKNOWN && link->flags & NET_LINK_RUNNING));
    out->SupportsNeighborDiscovery = v6 || link->flags & NET_LINK_BROADCAST;
    out->SupportsRouterDiscovery = v6;
    out->ReachableTime = ip->reachable_ms ? ip->reachable_ms : 30000;
}

static unsigned fill_row(void *out, const struct net_row *row, const struct iph_links *links, const struct iph_read *read)
{
    MIB_IPINTERFACE_ROW *ip = out;
    unsigned n = 0;

    if (row->link.v4.present && read->family != NET_IPV6)
        iph_fill_ip(&ip[n++], &row->link, NET_IPV4);
    if (row->link.v6.present && read->family != NET_IPV4)
        iph_fill_ip(&ip[n++], &row->link, NET_IPV6);
    return n;
}

NTSTATUS NTAPI GetIpInterfaceTable(ADDRESS_FAMILY Family, PMIB_IPINTERFACE_TABLE *Table)
{
    struct iph_read read = {.table = NET_LINKS, .order = iph_order_links, .fill = fill_row, .first = offsetof(MIB_IPINTERFACE_TABLE, Table),
                            .row_bytes = sizeof(MIB_IPINTERFACE_ROW), .per_row = 2};

    if (iph_at_wrong_level("GetIpInterfaceTable"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Table)
        return STATUS_INVALID_PARAMETER;
    *Table = NULL;
    if (!iph_family(Family, &read.family))
        return STATUS_INVALID_PARAMETER;
    return iph_read_table(&read, (void **)Table, __builtin_return_address(0));
}

NTSTATUS NTAPI GetIpInterfaceEntry(PMIB_IPINTERFACE_ROW Row)
{
    struct net_link link;
    unsigned family;
    NTSTATUS status;

    if (iph_at_wrong_level("GetIpInterfaceEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Row || !iph_family(Row->Family, &family) || !family)
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(&Row->InterfaceLuid, Row->InterfaceIndex, &link);
    if (!NT_SUCCESS(status))
        return status;
    if (!ip_of(&link, family)->present)
        return STATUS_NOT_FOUND;
    iph_fill_ip(Row, &link, family);
    return STATUS_SUCCESS;
}

VOID NTAPI InitializeIpInterfaceEntry(PMIB_IPINTERFACE_ROW Row)
{
    __builtin_memset(Row, 0, sizeof(*Row)); /* IPH-026 [W] */
}

/* IPH-030 [W]: the speed of the link, of which nobody knows yet whether it is all there is. */
NTSTATUS NTAPI GetIpNetworkConnectionBandwidthEstimates(NET_IFINDEX InterfaceIndex, ADDRESS_FAMILY AddressFamily,
                                                        PMIB_IP_NETWORK_CONNECTION_BANDWIDTH_ESTIMATES BandwidthEstimates)
{
    struct net_link link;
    unsigned family;
    NTSTATUS status;

    if (iph_at_wrong_level("GetIpNetworkConnectionBandwidthEstimates"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!BandwidthEstimates || !iph_family(AddressFamily, &family) || !family)
        return STATUS_INVALID_PARAMETER;
    __builtin_memset(BandwidthEstimates, 0, sizeof(*BandwidthEstimates));
    status = iph_find_link(NULL, InterfaceIndex, &link);
    if (NT_SUCCESS(status) && !ip_of(&link, family)->present)
        status = STATUS_NOT_FOUND;
    if (NT_SUCCESS(status))
        BandwidthEstimates->InboundBandwidthInformation.Bandwidth = BandwidthEstimates->OutboundBandwidthInformation.Bandwidth = link.speed_bps;
    return status;
}
