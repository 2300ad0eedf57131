/* A family on an interface, changed. */
#include "iph_kit.h"

static MIB_IPINTERFACE_ROW row_of(ADDRESS_FAMILY family)
{
    MIB_IPINTERFACE_ROW row;

    InitializeIpInterfaceEntry(&row);
    row.Family = family;
    row.InterfaceLuid = kit_luid(L"t0");
    CHECK_STATUS(GetIpInterfaceEntry(&row), STATUS_SUCCESS);
    return row;
}

TEST_ROWS("IPH-027 IPH-028", set_what_get_gave_changes_nothing)
{
    static const ADDRESS_FAMILY families[] = {AF_INET, AF_INET6};

    for (ULONG i = 0; i < RTL_NUMBER_OF(families); i++) {
        MIB_IPINTERFACE_ROW row = row_of(families[i]), after;
        NET_LUID luid = row.InterfaceLuid;

        row.InterfaceLuid.Value = 0; /* the index says which; Set fills the LUID */
        CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
        CHECK_EQ(row.InterfaceLuid.Value, luid.Value);
        after = row_of(families[i]);
        CHECK_EQ(after.NlMtu, row.NlMtu);
        CHECK_EQ(after.Metric, row.Metric);
        CHECK_EQ(after.DadTransmits, row.DadTransmits);
        CHECK_EQ(after.ForwardingEnabled, row.ForwardingEnabled);
    }
}

TEST_ROWS("IPH-027 IPH-072", mtu)
{
    MIB_IPINTERFACE_ROW row = row_of(AF_INET6);

    row.NlMtu = 1420;
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
    CHECK_EQ(row_of(AF_INET6).NlMtu, 1420);
    CHECK_EQ(row_of(AF_INET).NlMtu, 1500); /* IPv6 has its own */
    row = row_of(AF_INET);
    row.NlMtu = 1400;
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
    CHECK_EQ(row_of(AF_INET).NlMtu, 1400);
    CHECK_EQ(row_of(AF_INET6).NlMtu, 1400); /* no more than the link's */
    row.NlMtu = 9000;                       /* the pair of interfaces can have it */
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
    CHECK_EQ(row_of(AF_INET).NlMtu, 9000);
    row.NlMtu = 0; /* not said */
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
    row.NlMtu = 0xFFFFFFFF;
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
    CHECK_EQ(row_of(AF_INET).NlMtu, 9000);
}

TEST_ROWS("IPH-027 IPH-029", metric_forwarding_and_more)
{
    MIB_IPINTERFACE_ROW row = row_of(AF_INET6);
    ULONG automatic = row.Metric;

    row.UseAutomaticMetric = FALSE;
    row.Metric = 7;
    row.ForwardingEnabled = TRUE;
    row.DadTransmits = 3;
    row.RouterDiscoveryBehavior = RouterDiscoveryDisabled;
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
    row = row_of(AF_INET6);
    CHECK_EQ(row.Metric, 7);
    CHECK(!row.UseAutomaticMetric && row.ForwardingEnabled);
    CHECK_EQ(row.DadTransmits, 3);
    CHECK_EQ(row.RouterDiscoveryBehavior, RouterDiscoveryDisabled);
    CHECK(row_of(AF_INET).UseAutomaticMetric && !row_of(AF_INET).ForwardingEnabled);
    row.UseAutomaticMetric = TRUE;
    row.RouterDiscoveryBehavior = RouterDiscoveryUnchanged;
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
    CHECK_EQ(row_of(AF_INET6).Metric, automatic);
    row = row_of(AF_INET);
    row.ForwardingEnabled = TRUE;
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
    CHECK(row_of(AF_INET).ForwardingEnabled);
}

/* As WireGuard does: Get and Set with the callback's own row, in the callback. */
static struct {
    volatile LONG v4, v6, failed, said;
    NTSTATUS status;
} heard;

static VOID NTAPI on_interface(PVOID context, PMIB_IPINTERFACE_ROW row, MIB_NOTIFICATION_TYPE type)
{
    ULONG said = row ? row->NlMtu : 0;

    UNREFERENCED_PARAMETER(context);
    if (!row || type != MibParameterNotification || row->Family == AF_UNSPEC)
        return;
    if (said == 1440)
        heard.said = 1;
    if (!NT_SUCCESS(GetIpInterfaceEntry(row)) || row->NlMtu > 1440)
        return;
    if (row->NlMtu == 1440) {
        row->NlMtu = 1430;
        heard.status = SetIpInterfaceEntry(row);
        heard.failed |= !NT_SUCCESS(heard.status);
    } else if (row->Family == AF_INET) {
        heard.v4 = 1;
    } else {
        heard.v6 = 1;
    }
}

TEST_ROWS("IPH-064 IPH-071 IPH-072", set_in_the_callback)
{
    MIB_IPINTERFACE_ROW row = row_of(AF_INET);
    HANDLE handle;

    REQUIRE(NT_SUCCESS(NotifyIpInterfaceChange(AF_UNSPEC, on_interface, NULL, FALSE, &handle)));
    row.NlMtu = 1440;
    CHECK_STATUS(SetIpInterfaceEntry(&row), STATUS_SUCCESS);
    CHECK(wkt_until(&heard.v4, 1) && wkt_until(&heard.v6, 1));
    CHECK_STATUS(CancelMibChangeNotify2(handle), STATUS_SUCCESS);
    CHECK(heard.said && !heard.failed);
    CHECK_EQ(row_of(AF_INET).NlMtu, 1430);
    CHECK_EQ(row_of(AF_INET6).NlMtu, 1430);
}

TEST_ROWS("IPH-001 IPH-028 IPH-098 IPH-099", bad_values_change_nothing)
{
    MIB_IPINTERFACE_ROW row = row_of(AF_INET), v6 = row_of(AF_INET6), bad = row;

    CHECK_STATUS(SetIpInterfaceEntry(NULL), STATUS_INVALID_PARAMETER);
    bad.Family = AF_UNSPEC;
    CHECK_STATUS(SetIpInterfaceEntry(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.NlMtu = 575;
    CHECK_STATUS(SetIpInterfaceEntry(&bad), STATUS_INVALID_PARAMETER);
    bad.NlMtu = 100000;
    CHECK_STATUS(SetIpInterfaceEntry(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.SitePrefixLength = 33;
    CHECK_STATUS(SetIpInterfaceEntry(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.NlMtu = 1300;
    bad.WeakHostSend = TRUE;
    CHECK_STATUS(SetIpInterfaceEntry(&bad), STATUS_NOT_SUPPORTED);
    bad = v6;
    bad.NlMtu = 1279;
    CHECK_STATUS(SetIpInterfaceEntry(&bad), STATUS_INVALID_PARAMETER);
    bad.NlMtu = 1501;
    CHECK_STATUS(SetIpInterfaceEntry(&bad), STATUS_INVALID_PARAMETER);
    bad = v6;
    bad.RouterDiscoveryBehavior = (NL_ROUTER_DISCOVERY_BEHAVIOR)3;
    CHECK_STATUS(SetIpInterfaceEntry(&bad), STATUS_INVALID_PARAMETER);
    bad = row;
    bad.InterfaceLuid.Value = 0;
    bad.InterfaceIndex = 7777;
    CHECK_STATUS(SetIpInterfaceEntry(&bad), STATUS_NOT_FOUND);
    CHECK_EQ(row_of(AF_INET).NlMtu, 1500);
    CHECK_EQ(row_of(AF_INET6).NlMtu, 1500);
}

TEST(IPH_030, bandwidth_is_the_links_speed)
{
    MIB_IP_NETWORK_CONNECTION_BANDWIDTH_ESTIMATES got;
    MIB_IF_ROW2 row;

    RtlZeroMemory(&row, sizeof(row));
    row.InterfaceLuid = kit_luid(L"t0");
    REQUIRE(NT_SUCCESS(GetIfEntry2(&row)));
    RtlFillMemory(&got, sizeof(got), 0x55);
    CHECK_STATUS(GetIpNetworkConnectionBandwidthEstimates(row.InterfaceIndex, AF_INET, &got), STATUS_SUCCESS);
    CHECK_EQ(got.InboundBandwidthInformation.Bandwidth, row.ReceiveLinkSpeed);
    CHECK_EQ(got.OutboundBandwidthInformation.Bandwidth, row.TransmitLinkSpeed);
    CHECK(!got.InboundBandwidthInformation.BandwidthPeaked && !got.OutboundBandwidthInformation.Instability);
    CHECK_STATUS(GetIpNetworkConnectionBandwidthEstimates(row.InterfaceIndex, AF_UNSPEC, &got), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpNetworkConnectionBandwidthEstimates(row.InterfaceIndex, AF_INET, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetIpNetworkConnectionBandwidthEstimates(7777, AF_INET, &got), STATUS_NOT_FOUND);
    CHECK_STATUS(GetIpNetworkConnectionBandwidthEstimates(0, AF_INET, &got), STATUS_INVALID_PARAMETER);
}
