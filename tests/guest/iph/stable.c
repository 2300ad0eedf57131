/* The table of addresses once all are preferred; and Teredo, which is not there. */
#include "iph_kit.h"

static struct {
    KEVENT called;
    volatile LONG count, tentative, rows;
    PMIB_UNICASTIPADDRESS_TABLE table;
    USHORT port;
    MIB_NOTIFICATION_TYPE type;
} seen;

static VOID NTAPI on_stable(PVOID context, PMIB_UNICASTIPADDRESS_TABLE table)
{
    CHECK_EQ(context, &seen);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    for (ULONG i = 0; i < table->NumEntries; i++)
        seen.tentative += table->Table[i].DadState == IpDadStateTentative;
    seen.rows = (LONG)table->NumEntries;
    FreeMibTable(table);
    InterlockedIncrement(&seen.count);
    KeSetEvent(&seen.called, 0, FALSE);
}

/* The link-local addresses of the pair are tentative for the first second or two. */
static BOOLEAN wait_until_stable(void)
{
    PMIB_UNICASTIPADDRESS_TABLE table;
    HANDLE handle;
    NTSTATUS status;

    KeInitializeEvent(&seen.called, NotificationEvent, FALSE);
    kit_luid(L"t0");
    status = NotifyStableUnicastIpAddressTable(AF_UNSPEC, &table, on_stable, &seen, &handle);
    if (status == STATUS_SUCCESS) {
        FreeMibTable(table);
        return TRUE;
    }
    if (!CHECK_STATUS(status, STATUS_PENDING) || !CHECK(handle != NULL && table == NULL))
        return FALSE;
    CHECK_STATUS(wkt_wait(&seen.called, 4 * WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_STATUS(CancelMibChangeNotify2(handle), STATUS_SUCCESS);
    CHECK_EQ(seen.count, 1);
    return TRUE;
}

TEST_ROWS("IPH-035 IPH-040", called_once_when_the_last_is_preferred)
{
    MIB_UNICASTIPADDRESS_ROW row;
    PMIB_UNICASTIPADDRESS_TABLE table = (PVOID)&row;
    HANDLE handle = NULL;

    if (!wait_until_stable())
        return;
    KeClearEvent(&seen.called);
    seen.count = seen.tentative = 0;
    InitializeUnicastIpAddressEntry(&row);
    row.Address = kit_address("2001:db8::5");
    row.InterfaceLuid = kit_luid(L"t0");
    row.OnLinkPrefixLength = 64;
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressEntry(&row)));
    CHECK_EQ(row.DadState, IpDadStateTentative);
    REQUIRE(NotifyStableUnicastIpAddressTable(AF_INET6, &table, on_stable, &seen, &handle) == STATUS_PENDING);
    CHECK_EQ(table, NULL);
    CHECK_EQ(seen.count, 0);
    CHECK_STATUS(wkt_wait(&seen.called, 4 * WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_EQ(seen.tentative, 0);
    CHECK(seen.rows >= 2);
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressEntry(&row)));
    CHECK_EQ(row.DadState, IpDadStatePreferred);
    CHECK_STATUS(CancelMibChangeNotify2(handle), STATUS_SUCCESS);
    CHECK_EQ(seen.count, 1);
}

TEST(IPH_040, at_once_when_all_are)
{
    PMIB_UNICASTIPADDRESS_TABLE table;
    HANDLE handle = &seen;

    if (!wait_until_stable())
        return;
    REQUIRE(NotifyStableUnicastIpAddressTable(AF_INET, &table, on_stable, &seen, &handle) == STATUS_SUCCESS);
    CHECK_EQ(handle, NULL);
    CHECK(table->NumEntries >= 2); /* 127.0.0.1, 192.0.2.1 */
    for (ULONG i = 0; i < table->NumEntries; i++)
        CHECK_EQ(table->Table[i].Address.si_family, AF_INET);
    FreeMibTable(table);
}

/* ---- duplicate detection as it shows ---- */
static struct {
    volatile LONG count;
    MIB_NOTIFICATION_TYPE types[8];
    NL_DAD_STATE states[8];
} dad;

static VOID NTAPI on_address(PVOID context, PMIB_UNICASTIPADDRESS_ROW row, MIB_NOTIFICATION_TYPE type)
{
    if (!row || !kit_same(&row->Address, context) || dad.count == 8)
        return;
    dad.types[dad.count] = type;
    dad.states[dad.count] = row->DadState;
    InterlockedIncrement(&dad.count);
}

/* The address on t0; what it becomes after it was tentative. */
static void check_progress(PCSTR text, NL_DAD_STATE last)
{
    static SOCKADDR_INET address;
    MIB_UNICASTIPADDRESS_ROW row;
    HANDLE handle;
    LARGE_INTEGER step = {.QuadPart = -100000};

    REQUIRE(kit_wait_for_links());
    address = kit_address(text);
    REQUIRE(NT_SUCCESS(NotifyUnicastIpAddressChange(AF_INET6, on_address, &address, FALSE, &handle)));
    InitializeUnicastIpAddressEntry(&row);
    row.Address = address;
    row.InterfaceLuid = kit_luid(L"t0");
    row.OnLinkPrefixLength = 64;
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    for (ULONG i = 0; i < 1000 && dad.count < 2; i++)
        KeDelayExecutionThread(KernelMode, FALSE, &step);
    CHECK_STATUS(CancelMibChangeNotify2(handle), STATUS_SUCCESS);
    REQUIRE(dad.count == 2);
    CHECK(dad.types[0] == MibAddInstance && dad.states[0] == IpDadStateTentative);
    CHECK_EQ(dad.types[1], MibParameterNotification);
    CHECK_EQ(dad.states[1], last);
    REQUIRE(NT_SUCCESS(GetUnicastIpAddressEntry(&row)));
    CHECK_EQ(row.DadState, last);
}

TEST_ROWS("IPH-035 IPH-065", tentative_then_preferred)
{
    check_progress("2001:db8::5", IpDadStatePreferred);
}

/* The runner has given 2001:db8::77 to the other end. */
TEST_ROWS("IPH-035 IPH-065", tentative_then_duplicate)
{
    check_progress("2001:db8::77", IpDadStateDuplicate);
}

/* Before the callback: it is never called. */
TEST_ROWS("IPH-040 IPH-075", cancel_while_it_waits)
{
    MIB_UNICASTIPADDRESS_ROW row;
    PMIB_UNICASTIPADDRESS_TABLE table;
    HANDLE handle;

    if (!wait_until_stable())
        return;
    seen.count = 0;
    InitializeUnicastIpAddressEntry(&row);
    row.Address = kit_address("2001:db8::5");
    row.InterfaceLuid = kit_luid(L"t0");
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    REQUIRE(NotifyStableUnicastIpAddressTable(AF_INET6, &table, on_stable, &seen, &handle) == STATUS_PENDING);
    CHECK_STATUS(CancelMibChangeNotify2(handle), STATUS_SUCCESS);
    CHECK_EQ(seen.count, 0);
}

TEST_ROWS("IPH-040 IPH-077", bad_registrations)
{
    PMIB_UNICASTIPADDRESS_TABLE table;
    HANDLE handle;

    CHECK_STATUS(NotifyStableUnicastIpAddressTable(AF_INET, NULL, on_stable, &seen, &handle), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(NotifyStableUnicastIpAddressTable(AF_INET, &table, NULL, &seen, &handle), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(NotifyStableUnicastIpAddressTable(AF_INET, &table, on_stable, &seen, NULL), STATUS_INVALID_PARAMETER);
    table = (PVOID)&seen;
    handle = &seen;
    CHECK_STATUS(NotifyStableUnicastIpAddressTable(10, &table, on_stable, &seen, &handle), STATUS_INVALID_PARAMETER);
    CHECK(table == NULL && handle == NULL);
}

static VOID NTAPI on_port(PVOID context, USHORT port, MIB_NOTIFICATION_TYPE type)
{
    CHECK_EQ(context, &seen);
    seen.port = port;
    seen.type = type;
    InterlockedIncrement(&seen.count);
}

TEST_ROWS("IPH-067 IPH-070 IPH-077", teredo_port_is_told_once)
{
    HANDLE handle = NULL;

    seen.port = 9;
    REQUIRE(NT_SUCCESS(NotifyTeredoPortChange(on_port, &seen, TRUE, &handle)));
    CHECK(handle != NULL);
    CHECK(wkt_until(&seen.count, 1));
    CHECK_EQ(seen.port, 0);
    CHECK_EQ(seen.type, MibInitialNotification);
    CHECK_STATUS(CancelMibChangeNotify2(handle), STATUS_SUCCESS);
    REQUIRE(NT_SUCCESS(NotifyTeredoPortChange(on_port, &seen, FALSE, &handle)));
    CHECK_STATUS(CancelMibChangeNotify2(handle), STATUS_SUCCESS);
    CHECK_EQ(seen.count, 1);
    handle = &seen;
    CHECK_STATUS(NotifyTeredoPortChange(NULL, &seen, TRUE, &handle), STATUS_INVALID_PARAMETER);
    CHECK_EQ(handle, NULL);
    CHECK_STATUS(NotifyTeredoPortChange(on_port, &seen, TRUE, NULL), STATUS_INVALID_PARAMETER);
}

TEST(IPH_068, no_teredo)
{
    USHORT port = 9;

    CHECK_STATUS(GetTeredoPort(&port), STATUS_DEVICE_NOT_READY);
    CHECK_EQ(port, 0);
    CHECK_STATUS(GetTeredoPort(NULL), STATUS_INVALID_PARAMETER);
}
