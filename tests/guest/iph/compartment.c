/* One compartment, its networks, and the well-known addresses. */
#include "iph_kit.h"

static struct {
    NET_IF_COMPARTMENT_SCOPE scope;
} other;

static void looks(void *context)
{
    NET_IF_COMPARTMENT_ID id;

    UNREFERENCED_PARAMETER(context);
    GetCurrentThreadCompartmentScope(&other.scope, &id);
}

TEST_ROWS("IPH-015 IPH-090", one_compartment)
{
    NET_IF_COMPARTMENT_SCOPE scope = 9;
    NET_IF_COMPARTMENT_ID id = 9;

    CHECK_EQ(GetCurrentThreadCompartmentId(), 1);
    CHECK_EQ(GetDefaultCompartmentId(), 1);
    CHECK_EQ(GetSessionCompartmentId(0), 1);
    CHECK_EQ(GetJobCompartmentId(NULL), 1);
    CHECK_STATUS(SetCurrentThreadCompartmentId(1), STATUS_SUCCESS);
    CHECK_STATUS(SetCurrentThreadCompartmentId(0), STATUS_SUCCESS);
    CHECK_STATUS(SetCurrentThreadCompartmentId(2), STATUS_NOT_FOUND);
    CHECK_STATUS(SetSessionCompartmentId(0, 1), STATUS_SUCCESS);
    CHECK_STATUS(SetSessionCompartmentId(0, 2), STATUS_NOT_FOUND);
    CHECK_STATUS(SetJobCompartmentId(NULL, 1), STATUS_SUCCESS);
    CHECK_STATUS(SetJobCompartmentId(NULL, 2), STATUS_NOT_FOUND);
    CHECK_EQ(GetCurrentThreadCompartmentId(), 1);
    GetCurrentThreadCompartmentScope(&scope, &id);
    CHECK_EQ(scope, NET_IF_COMPARTMENT_SCOPE_UNSPECIFIED);
    CHECK_EQ(id, 1);
}

TEST(IPH_090, scope_is_a_threads_own)
{
    NET_IF_COMPARTMENT_SCOPE scope = 0;
    NET_IF_COMPARTMENT_ID id;

    CHECK_STATUS(SetCurrentThreadCompartmentScope(NET_IF_COMPARTMENT_SCOPE_ALL), STATUS_SUCCESS);
    GetCurrentThreadCompartmentScope(&scope, &id);
    CHECK_EQ(scope, NET_IF_COMPARTMENT_SCOPE_ALL);
    other.scope = 9;
    CHECK(wkt_join(wkt_thread(looks, NULL)));
    CHECK_EQ(other.scope, NET_IF_COMPARTMENT_SCOPE_UNSPECIFIED);
    CHECK_STATUS(SetCurrentThreadCompartmentScope(NET_IF_COMPARTMENT_SCOPE_UNSPECIFIED), STATUS_SUCCESS);
}

TEST_ROWS("IPH-015 IPH-090", guid_of_the_compartment)
{
    GUID guid, none = {0};
    NET_IF_COMPARTMENT_ID id = 9;

    REQUIRE(NT_SUCCESS(ConvertCompartmentIdToGuid(1, &guid)));
    CHECK_STATUS(ConvertCompartmentGuidToId(&guid, &id), STATUS_SUCCESS);
    CHECK_EQ(id, 1);
    CHECK_STATUS(ConvertCompartmentGuidToId(&none, &id), STATUS_NOT_FOUND);
    CHECK_EQ(id, 0);
    CHECK_STATUS(ConvertCompartmentIdToGuid(2, &guid), STATUS_NOT_FOUND);
    CHECK_MEM(&guid, &none, sizeof(guid));
    CHECK_STATUS(ConvertCompartmentIdToGuid(1, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ConvertCompartmentGuidToId(NULL, &id), STATUS_INVALID_PARAMETER);
}

TEST(IPH_091, network_of_an_interface)
{
    MIB_IF_ROW2 row;
    NET_IF_COMPARTMENT_ID compartment = 9;
    NET_IF_NETWORK_GUID none = {1, 2, 3, {4}};
    ULONG site = 9;
    WCHAR name[8] = {0x5555, 0x5555, 0x5555, 0x5555};

    RtlZeroMemory(&row, sizeof(row));
    row.InterfaceLuid = kit_luid(L"t0");
    REQUIRE(NT_SUCCESS(GetIfEntry2(&row)));
    CHECK_STATUS(GetNetworkInformation(&row.NetworkGuid, &compartment, &site, name, 2 * sizeof(WCHAR)), STATUS_BUFFER_OVERFLOW);
    CHECK_EQ(name[0], 0x5555);
    CHECK_STATUS(GetNetworkInformation(&row.NetworkGuid, &compartment, &site, name, sizeof(name)), STATUS_SUCCESS);
    CHECK_EQ(compartment, 1);
    CHECK_EQ(site, 0);
    CHECK(name[0] == L't' && name[1] == L'0' && name[2] == 0 && name[3] == 0x5555);
    CHECK_STATUS(GetNetworkInformation(&none, &compartment, &site, name, sizeof(name)), STATUS_NOT_FOUND);
    CHECK_STATUS(GetNetworkInformation(NULL, &compartment, &site, name, sizeof(name)), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetNetworkInformation(&row.NetworkGuid, &compartment, &site, NULL, sizeof(name)), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(SetNetworkInformation(&row.NetworkGuid, 1, L"x"), STATUS_NOT_SUPPORTED);
    CHECK_STATUS(SetNetworkInformation(NULL, 1, L"x"), STATUS_INVALID_PARAMETER);
}

TEST(IPH_094, well_known_addresses)
{
    IN6_ADDR a;
    PCSTR end;

    CHECK(IN4_IS_ADDR_UNSPECIFIED(&in4addr_any));
    CHECK(IN4_IS_ADDR_LOOPBACK(&in4addr_loopback));
    CHECK_EQ(in4addr_broadcast.s_addr, 0xFFFFFFFF);
    CHECK_EQ(in4addr_allnodesonlink.s_addr, 0x010000E0);
    CHECK_EQ(in4addr_allroutersonlink.s_addr, 0x020000E0);
    CHECK_EQ(in4addr_alligmpv3routersonlink.s_addr, 0x160000E0);
    CHECK_EQ(in4addr_allteredohostsonlink.s_addr, 0xFD0000E0);
    CHECK_EQ(in4addr_linklocalprefix.s_addr, 0x0000FEA9);
    CHECK_EQ(in4addr_multicastprefix.s_addr, 0x000000E0);
    CHECK(IN6_IS_ADDR_UNSPECIFIED(&in6addr_any));
    CHECK(IN6_IS_ADDR_LOOPBACK(&in6addr_loopback));
#define CHECK_IS(name, text) CHECK(NT_SUCCESS(RtlIpv6StringToAddressA(text, &end, &a)) && IN6_ADDR_EQUAL(&a, &name))
    CHECK_IS(in6addr_allnodesonnode, "ff01::1");
    CHECK_IS(in6addr_allnodesonlink, "ff02::1");
    CHECK_IS(in6addr_allroutersonlink, "ff02::2");
    CHECK_IS(in6addr_allmldv2routersonlink, "ff02::16");
    CHECK_IS(in6addr_teredoinitiallinklocaladdress, "fe80::ffff:ffff:fffe");
    CHECK_IS(in6addr_linklocalprefix, "fe80::");
    CHECK_IS(in6addr_multicastprefix, "ff00::");
    CHECK_IS(in6addr_solicitednodemulticastprefix, "ff02::1:ff00:0");
    CHECK_IS(in6addr_v4mappedprefix, "::ffff:0:0");
    CHECK_IS(in6addr_6to4prefix, "2002::");
    CHECK_IS(in6addr_teredoprefix, "2001::");
    CHECK_IS(in6addr_teredoprefix_old, "3ffe:831f::");
}
