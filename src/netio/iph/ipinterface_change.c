/* What a driver changes of a family on an interface (IPH-027, IPH-028, IPH-098, IPH-099). Linux keeps all of it but the metric, which is kept here.
 * Lock: metrics_lock, a leaf. */
#include "netio/iph/iph_private.h"

#include "sched/sched.h"

struct metric {
    struct metric *next;
    uint32_t index;
    unsigned family;
    bool set;
    ULONG value;
};

static struct sched_lock metrics_lock;
static struct metric *metrics;

/* Under metrics_lock. */
static struct metric *find(uint32_t index, unsigned family)
{
    struct metric *m = metrics;

    while (m && (m->index != index || m->family != family))
        m = m->next;
    return m;
}

bool iph_metric(uint32_t index, unsigned family, ULONG *metric)
{
    struct metric *m;
    bool set;

    sched_lock(&metrics_lock);
    m = find(index, family);
    set = m && m->set;
    if (set)
        *metric = m->value;
    sched_unlock(&metrics_lock);
    return set;
}

static NTSTATUS keep_metric(uint32_t index, unsigned family, const MIB_IPINTERFACE_ROW *row)
{
    struct metric *fresh = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*fresh), IPH_TAG), *m;

    if (!fresh)
        return STATUS_NO_MEMORY;
    sched_lock(&metrics_lock);
    m = find(index, family);
    if (!m) {
        *fresh = (struct metric){.next = metrics, .index = index, .family = family};
        metrics = m = fresh;
        fresh = NULL;
    }
    m->set = !row->UseAutomaticMetric;
    m->value = row->Metric;
    sched_unlock(&metrics_lock);
    if (fresh)
        ExFreePoolWithTag(fresh, IPH_TAG);
    return STATUS_SUCCESS;
}

/* IPH-099. An IPv4 MTU is the link's on Linux: it may be as large as the link can have it. */
static NTSTATUS take_mtu(const MIB_IPINTERFACE_ROW *row, struct net_link *link)
{
    bool v4 = row->Family == AF_INET;
    ULONG most = !v4 ? link->mtu : link->mtu_max ? link->mtu_max : 0xFFFFFFFF;

    if (!row->NlMtu || row->NlMtu == 0xFFFFFFFF) /* IPH-027, IPH-072: not said */
        return STATUS_SUCCESS;
    if (row->NlMtu < (v4 ? 576 : 1280) || row->NlMtu > most)
        return STATUS_INVALID_PARAMETER;
    *(v4 ? &link->mtu : &link->v6.mtu) = row->NlMtu;
    return STATUS_SUCCESS;
}

static NTSTATUS take_values(const MIB_IPINTERFACE_ROW *row, struct net_link *link)
{
    bool v4 = row->Family == AF_INET;
    struct net_link_ip *ip = v4 ? &link->v4 : &link->v6;

    if (row->SitePrefixLength > (v4 ? 32 : 128) || row->RouterDiscoveryBehavior < RouterDiscoveryUnchanged ||
        row->RouterDiscoveryBehavior > RouterDiscoveryDhcp)
        return STATUS_INVALID_PARAMETER;
    if (row->AdvertisingEnabled || row->WeakHostSend || row->WeakHostReceive || row->AdvertiseDefaultRoute || row->DisableDefaultRoutes)
        return STATUS_NOT_SUPPORTED;
    if (row->RouterDiscoveryBehavior == RouterDiscoveryDhcp || (v4 && (row->RouterDiscoveryBehavior == RouterDiscoveryEnabled || row->DadTransmits)))
        return STATUS_NOT_SUPPORTED;
    ip->forwarding = row->ForwardingEnabled;
    ip->dad_transmits = row->DadTransmits;
    if (row->RouterDiscoveryBehavior != RouterDiscoveryUnchanged)
        ip->router_discovery = row->RouterDiscoveryBehavior == RouterDiscoveryEnabled;
    return take_mtu(row, link);
}

NTSTATUS NTAPI SetIpInterfaceEntry(PMIB_IPINTERFACE_ROW Row)
{
    struct net_row row = {.table = NET_LINKS};
    unsigned family;
    NTSTATUS status;

    if (iph_at_wrong_level("SetIpInterfaceEntry"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!Row || !iph_family(Row->Family, &family) || !family)
        return STATUS_INVALID_PARAMETER; /* IPH-098 */
    status = iph_find_link(&Row->InterfaceLuid, Row->InterfaceIndex, &row.link);
    if (!NT_SUCCESS(status))
        return status;
    if (!(family == NET_IPV4 ? row.link.v4.present : row.link.v6.present))
        return STATUS_NOT_FOUND;
    status = take_values(Row, &row.link);
    if (NT_SUCCESS(status))
        status = iph_status(net_table_change(NET_SET, &row));
    if (NT_SUCCESS(status))
        status = keep_metric(row.link.index, family, Row);
    if (NT_SUCCESS(status))
        Row->InterfaceLuid = iph_luid(&row.link);
    return status;
}
