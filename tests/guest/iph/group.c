/* Anycast addresses and multicast groups of interfaces. */
#include "iph_kit.h"

static MIB_ANYCASTIPADDRESS_ROW an_anycast(PCSTR text)
{
    MIB_ANYCASTIPADDRESS_ROW row;

    RtlZeroMemory(&row, sizeof(row));
    row.Address = kit_address(text);
    row.InterfaceLuid = kit_luid(L"t0");
    return row;
}

/* How many rows of the table are like this one. */
static ULONG listed(const MIB_ANYCASTIPADDRESS_ROW *row, ADDRESS_FAMILY family)
{
    PMIB_ANYCASTIPADDRESS_TABLE table;
    ULONG found = 0;
    NTSTATUS status = GetAnycastIpAddressTable(family, &table);

    if (status == STATUS_NOT_FOUND)
        return 0;
    if (!CHECK_STATUS(status, STATUS_SUCCESS))
        return 0;
    for (ULONG i = 0; i < table->NumEntries; i++)
        found += kit_same(&table->Table[i].Address, &row->Address) && table->Table[i].InterfaceLuid.Value == row->InterfaceLuid.Value &&
                 table->Table[i].InterfaceIndex != 0;
    FreeMibTable(table);
    return found;
}

TEST_ROWS("IPH-041 IPH-042", anycast_comes_and_goes)
{
    MIB_ANYCASTIPADDRESS_ROW row = an_anycast("2001:db8::99"), got = row;

    CHECK_STATUS(GetAnycastIpAddressEntry(&got), STATUS_NOT_FOUND);
    CHECK_STATUS(DeleteAnycastIpAddressEntry(&row), STATUS_NOT_FOUND);
    row.ScopeId.Value = 77; /* ignored */
    REQUIRE(NT_SUCCESS(CreateAnycastIpAddressEntry(&row)));
    CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_DUPLICATE_OBJECTID);
    CHECK_STATUS(GetAnycastIpAddressEntry(&got), STATUS_SUCCESS);
    CHECK(got.InterfaceIndex != 0);
    CHECK_EQ(got.ScopeId.Value, 0);
    CHECK_EQ(listed(&row, AF_INET6), 1);
    CHECK_EQ(listed(&row, AF_UNSPEC), 1);
    CHECK_EQ(listed(&row, AF_INET), 0);
    CHECK_STATUS(DeleteAnycastIpAddressEntry(&row), STATUS_SUCCESS);
    CHECK_STATUS(DeleteAnycastIpAddressEntry(&row), STATUS_NOT_FOUND);
    CHECK_EQ(listed(&row, AF_INET6), 0);
}

TEST(IPH_042, many_anycast_addresses)
{
    MIB_ANYCASTIPADDRESS_ROW row = an_anycast("2001:db8::100");

    for (UCHAR i = 0; i < 20; i++) {
        row.Address.Ipv6.sin6_addr.u.Byte[15] = i;
        if (!CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_SUCCESS))
            return;
    }
    for (UCHAR i = 0; i < 20; i++) { /* from the middle outwards */
        row.Address.Ipv6.sin6_addr.u.Byte[15] = (UCHAR)((i * 7 + 10) % 20);
        CHECK_STATUS(DeleteAnycastIpAddressEntry(&row), STATUS_SUCCESS);
        CHECK_EQ(listed(&row, AF_INET6), 0);
    }
}

TEST_ROWS("IPH-010 IPH-041 IPH-042", bad_anycast)
{
    MIB_ANYCASTIPADDRESS_ROW row;

    CHECK_STATUS(CreateAnycastIpAddressEntry(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(DeleteAnycastIpAddressEntry(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetAnycastIpAddressEntry(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetAnycastIpAddressTable(AF_INET6, NULL), STATUS_INVALID_PARAMETER);
    row = an_anycast("::1");
    CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
    row = an_anycast("127.0.0.1");
    CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
    row = an_anycast("ff02::99");
    CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
    row = an_anycast("::");
    CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
    row = an_anycast("192.0.2.44");
    CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_NOT_SUPPORTED);
    row = an_anycast("2001:db8::99");
    row.InterfaceLuid.Value = 0;
    CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
    row.InterfaceIndex = 7777;
    CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_NOT_FOUND);
    row.Address.si_family = 10; /* Linux' AF_INET6 */
    CHECK_STATUS(CreateAnycastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
}

/* Every interface is in the groups of all hosts. */
TEST(IPH_043, groups_of_all_hosts)
{
    static const struct {
        PCSTR address;
        ADDRESS_FAMILY family;
    } groups[] = {{"224.0.0.1", AF_INET}, {"ff02::1", AF_INET6}};
    NET_LUID luid = kit_luid(L"t0");

    for (ULONG g = 0; g < RTL_NUMBER_OF(groups); g++) {
        SOCKADDR_INET address = kit_address(groups[g].address);
        MIB_MULTICASTIPADDRESS_ROW row;
        PMIB_MULTICASTIPADDRESS_TABLE table;
        ULONG found = 0, wrong = 0, before = 0;

        RtlZeroMemory(&row, sizeof(row));
        row.Address = address;
        row.InterfaceLuid = luid;
        REQUIRE(NT_SUCCESS(GetMulticastIpAddressEntry(&row)));
        CHECK(row.InterfaceIndex != 0);
        CHECK_EQ(row.ScopeId.Value, groups[g].family == AF_INET6 ? row.InterfaceIndex : 0);
        REQUIRE(NT_SUCCESS(GetMulticastIpAddressTable(groups[g].family, &table)));
        for (ULONG i = 0; i < table->NumEntries; i++) {
            found += kit_same(&table->Table[i].Address, &address) && table->Table[i].InterfaceLuid.Value == luid.Value;
            wrong += table->Table[i].Address.si_family != groups[g].family || table->Table[i].InterfaceIndex < before;
            before = table->Table[i].InterfaceIndex;
        }
        CHECK_EQ(found, 1);
        CHECK_EQ(wrong, 0);
        FreeMibTable(table);
        row.Address = kit_address(groups[g].family == AF_INET ? "239.1.2.3" : "ff02::1234");
        CHECK_STATUS(GetMulticastIpAddressEntry(&row), STATUS_NOT_FOUND);
    }
}

TEST_ROWS("IPH-010 IPH-043", bad_groups)
{
    MIB_MULTICASTIPADDRESS_ROW row;
    PMIB_MULTICASTIPADDRESS_TABLE table = (PVOID)&row;

    CHECK_STATUS(GetMulticastIpAddressEntry(NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetMulticastIpAddressTable(AF_INET, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(GetMulticastIpAddressTable(10, &table), STATUS_INVALID_PARAMETER);
    CHECK_EQ(table, NULL);
    RtlZeroMemory(&row, sizeof(row));
    row.InterfaceLuid = kit_luid(L"t0");
    row.Address = kit_address("192.0.2.1");
    CHECK_STATUS(GetMulticastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
}
