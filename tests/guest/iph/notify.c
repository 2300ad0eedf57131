/* Notices: order, level, row, cancellation. */
#include "iph_kit.h"

#define SEEN 64

static struct {
    volatile LONG count, initial, inside, overlapped, wrong_level, cancelled, after;
    MIB_NOTIFICATION_TYPE types[SEEN];
    SOCKADDR_INET addresses[SEEN];
    KEVENT entered, go;
    BOOLEAN block, cancel_inside;
    HANDLE handle;
    NTSTATUS status;
} seen;

static VOID NTAPI on_address(PVOID context, PMIB_UNICASTIPADDRESS_ROW row, MIB_NOTIFICATION_TYPE type)
{
    LONG at;

    if (InterlockedIncrement(&seen.inside) != 1)
        seen.overlapped = 1;
    if (KeGetCurrentIrql() != PASSIVE_LEVEL)
        seen.wrong_level = 1;
    if (seen.cancelled)
        seen.after = 1;
    if (!row)
        seen.initial++;
    if (row && context == &seen) {
        at = seen.count;
        seen.types[at % SEEN] = type;
        seen.addresses[at % SEEN] = row->Address;
        RtlFillMemory(row, sizeof(*row), 0x11); /* IPH-072: scratch */
        if (seen.block) {
            KeSetEvent(&seen.entered, 0, FALSE);
            wkt_wait(&seen.go, WKT_TIMEOUT_MS);
        }
        if (seen.cancel_inside)
            seen.status = CancelMibChangeNotify2(seen.handle);
        InterlockedDecrement(&seen.inside);
        InterlockedIncrement(&seen.count);
        return;
    }
    InterlockedDecrement(&seen.inside);
}

static void begin(BOOLEAN initial)
{
    kit_luid(L"t0");
    KeInitializeEvent(&seen.entered, NotificationEvent, FALSE);
    KeInitializeEvent(&seen.go, NotificationEvent, FALSE);
    CHECK_STATUS(NotifyUnicastIpAddressChange(AF_INET, on_address, &seen, initial, &seen.handle), STATUS_SUCCESS);
    CHECK(seen.handle != NULL);
}

static void cancel(void)
{
    CHECK_STATUS(CancelMibChangeNotify2(seen.handle), STATUS_SUCCESS);
    seen.cancelled = 1;
}

static MIB_UNICASTIPADDRESS_ROW an_address(ULONG last)
{
    MIB_UNICASTIPADDRESS_ROW row;

    InitializeUnicastIpAddressEntry(&row);
    row.Address = kit_address("198.51.100.0");
    ((PUCHAR)&row.Address.Ipv4.sin_addr)[3] = (UCHAR)last;
    row.InterfaceLuid = kit_luid(L"t0");
    return row;
}

TEST_ROWS("IPH-065 IPH-070 IPH-071 IPH-073", in_order_at_passive_level)
{
    MIB_UNICASTIPADDRESS_ROW row;

    begin(TRUE);
    REQUIRE(wkt_until(&seen.initial, 1));
    for (ULONG i = 1; i <= 20; i++) {
        row = an_address(i);
        REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
        REQUIRE(NT_SUCCESS(DeleteUnicastIpAddressEntry(&row)));
    }
    CHECK(wkt_until(&seen.count, 40));
    cancel();
    for (ULONG i = 0; i < 40; i++) {
        row = an_address(i / 2 + 1);
        CHECK_EQ(seen.types[i], i % 2 ? MibDeleteInstance : MibAddInstance);
        CHECK(kit_same(&seen.addresses[i], &row.Address));
    }
    row = an_address(99);
    CHECK(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    CHECK_EQ(seen.count, 40);
    CHECK_EQ(seen.initial, 1);
    CHECK(!seen.overlapped && !seen.wrong_level && !seen.after);
}

TEST(IPH_070, no_initial_call_unless_asked)
{
    MIB_UNICASTIPADDRESS_ROW row = an_address(1);

    begin(FALSE);
    CHECK(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    wkt_until(&seen.count, 1);
    cancel();
    CHECK_EQ(seen.initial, 0);
}

static void cancels(void *context)
{
    UNREFERENCED_PARAMETER(context);
    seen.status = CancelMibChangeNotify2(seen.handle);
    seen.cancelled = 1;
}

TEST(IPH_075, cancel_waits_for_a_running_callback)
{
    MIB_UNICASTIPADDRESS_ROW row = an_address(1);
    struct wkt_thread *thread;
    LARGE_INTEGER soon = {.QuadPart = -500000};

    seen.block = TRUE;
    begin(FALSE);
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    REQUIRE(wkt_wait(&seen.entered, WKT_TIMEOUT_MS) == STATUS_SUCCESS);
    REQUIRE(NT_SUCCESS(DeleteUnicastIpAddressEntry(&row))); /* queued behind: never told */
    thread = wkt_thread(cancels, NULL);
    KeDelayExecutionThread(KernelMode, FALSE, &soon);
    CHECK(!seen.cancelled);
    KeSetEvent(&seen.go, 0, FALSE);
    CHECK(wkt_join(thread));
    CHECK_STATUS(seen.status, STATUS_SUCCESS);
    CHECK_EQ(seen.count, 1);
    CHECK(!seen.after);
}

TEST_FINDING(IPH_078, cancel_inside_is_refused, "IPH-078")
{
    MIB_UNICASTIPADDRESS_ROW row = an_address(1);

    seen.cancel_inside = TRUE;
    begin(FALSE);
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    CHECK(wkt_until(&seen.count, 1));
    CHECK_STATUS(seen.status, STATUS_INVALID_DEVICE_STATE);
    seen.cancel_inside = FALSE;
    cancel();
}

TEST_FINDING(IPH_080, cancel_twice, "IPH-080")
{
    begin(FALSE);
    cancel();
    CHECK_STATUS(CancelMibChangeNotify2(seen.handle), STATUS_INVALID_PARAMETER);
}

TEST_ROWS("IPH-075 IPH-077", bad_registrations)
{
    HANDLE handle = &seen;

    CHECK_STATUS(NotifyUnicastIpAddressChange(AF_INET, NULL, NULL, FALSE, &handle), STATUS_INVALID_PARAMETER);
    CHECK(handle == NULL);
    handle = &seen;
    CHECK_STATUS(NotifyUnicastIpAddressChange(9, on_address, NULL, FALSE, &handle), STATUS_INVALID_PARAMETER);
    CHECK(handle == NULL);
    CHECK_STATUS(NotifyUnicastIpAddressChange(AF_INET, on_address, NULL, FALSE, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(CancelMibChangeNotify2(NULL), STATUS_INVALID_PARAMETER);
}

TEST_BUGCHECK(IPH_081, unload_with_a_live_registration, 0xCE)
{
    begin(FALSE);
}

static VOID NTAPI says_initial(PVOID context, PMIB_UNICASTIPADDRESS_ROW row, MIB_NOTIFICATION_TYPE type)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(row);
    if (type == MibInitialNotification)
        KeSetEvent(&seen.entered, 0, FALSE);
}

static void cancels_when_entered(void *context)
{
    UNREFERENCED_PARAMETER(context);
    wkt_wait(&seen.entered, WKT_TIMEOUT_MS);
    seen.status = CancelMibChangeNotify2(seen.handle);
}

/* Another thread may cancel as soon as the first call is made, which may be before NotifyXxx returns. */
TEST_ROWS("IPH-070 IPH-075", cancel_from_the_first_call_on)
{
    for (ULONG i = 0; i < 50; i++) {
        struct wkt_thread *thread;

        KeInitializeEvent(&seen.entered, NotificationEvent, FALSE);
        thread = wkt_thread(cancels_when_entered, NULL);
        REQUIRE(NT_SUCCESS(NotifyUnicastIpAddressChange(AF_INET, says_initial, NULL, TRUE, &seen.handle)));
        REQUIRE(wkt_join(thread));
        CHECK_STATUS(seen.status, STATUS_SUCCESS);
    }
}

/* ---- callbacks that misbehave ---- */
static BOOLEAN set(PCWSTR name, ULONG value)
{
    return CHECK_STATUS(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, L"wskit"), STATUS_SUCCESS) &&
           CHECK_STATUS(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, L"wskit", name, REG_DWORD, &value, sizeof(value)), STATUS_SUCCESS);
}

static void cancels_with_the_lock(void *context)
{
    UNREFERENCED_PARAMETER(context);
    seen.status = CancelMibChangeNotify2(seen.handle);
    KeSetEvent(&seen.go, 0, FALSE); /* what the callback waits for */
}

/* The callback waits for what the canceller does only afterwards; the test parts them. */
TEST_FINDING(IPH_079, cancel_holds_what_the_callback_waits_for, "IPH-079")
{
    MIB_UNICASTIPADDRESS_ROW row = an_address(1);
    struct wkt_thread *thread;
    LARGE_INTEGER soon = {.QuadPart = -5000000};

    REQUIRE(set(L"IpHelperPatienceMs", 100));
    seen.block = TRUE;
    begin(FALSE);
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    REQUIRE(wkt_wait(&seen.entered, WKT_TIMEOUT_MS) == STATUS_SUCCESS);
    thread = wkt_thread(cancels_with_the_lock, NULL);
    KeDelayExecutionThread(KernelMode, FALSE, &soon); /* the finding is there by now */
    KeSetEvent(&seen.go, 0, FALSE);
    CHECK(wkt_join(thread));
    CHECK_STATUS(seen.status, STATUS_SUCCESS);
    CHECK_EQ(seen.count, 1);
}

static KMUTEX held;

static VOID NTAPI wants_the_lock(PVOID context, PMIB_UNICASTIPADDRESS_ROW row, MIB_NOTIFICATION_TYPE type)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(row);
    UNREFERENCED_PARAMETER(type);
    KeSetEvent(&seen.entered, 0, FALSE);
    KeWaitForSingleObject(&held, Executive, KernelMode, FALSE, NULL);
    KeReleaseMutex(&held, FALSE);
    InterlockedIncrement(&seen.count);
}

static void cancels_without_the_lock(void *context)
{
    UNREFERENCED_PARAMETER(context);
    seen.status = CancelMibChangeNotify2(seen.handle);
}

/* A lock that somebody else holds is no deadlock: the cancel waits, and ends. */
TEST(IPH_076, cancel_while_the_callback_waits_for_a_lock)
{
    MIB_UNICASTIPADDRESS_ROW row = an_address(1);
    struct wkt_thread *thread;

    KeInitializeMutex(&held, 0);
    KeInitializeEvent(&seen.entered, NotificationEvent, FALSE);
    REQUIRE(NT_SUCCESS(NotifyUnicastIpAddressChange(AF_INET, wants_the_lock, NULL, FALSE, &seen.handle)));
    KeWaitForSingleObject(&held, Executive, KernelMode, FALSE, NULL);
    CHECK(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    CHECK_STATUS(wkt_wait(&seen.entered, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    thread = wkt_thread(cancels_without_the_lock, NULL);
    CHECK_EQ(seen.count, 0);
    KeReleaseMutex(&held, FALSE);
    CHECK(wkt_join(thread));
    CHECK_STATUS(seen.status, STATUS_SUCCESS);
    CHECK_EQ(seen.count, 1);
}

static VOID NTAPI is_slow(PVOID context, PMIB_UNICASTIPADDRESS_ROW row, MIB_NOTIFICATION_TYPE type)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(type);
    if (row)
        wkt_wait(&seen.go, 300);
    InterlockedIncrement(&seen.count);
}

TEST_FINDING(IPH_083, slow_callback_holds_up_nobody_else, "IPH-083")
{
    MIB_UNICASTIPADDRESS_ROW row = an_address(1);
    HANDLE slow;

    kit_luid(L"t0");
    REQUIRE(set(L"IpHelperPatienceMs", 100));
    begin(FALSE);
    REQUIRE(NT_SUCCESS(NotifyUnicastIpAddressChange(AF_INET, is_slow, NULL, TRUE, &slow)));
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    REQUIRE(wkt_until(&seen.count, 3)); /* the quick one's, the initial one's, the slow one's */
    CHECK_STATUS(CancelMibChangeNotify2(slow), STATUS_SUCCESS);
    cancel();
}

static PMIB_UNICASTIPADDRESS_ROW kept;

static VOID NTAPI keeps_the_row(PVOID context, PMIB_UNICASTIPADDRESS_ROW row, MIB_NOTIFICATION_TYPE type)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(type);
    kept = row;
    InterlockedIncrement(&seen.count);
}

TEST_BUGCHECK(IPH_082, row_used_after_the_call, 0x50)
{
    MIB_UNICASTIPADDRESS_ROW row = an_address(1);
    LARGE_INTEGER soon = {.QuadPart = -2000000};

    kit_luid(L"t0");
    REQUIRE(NT_SUCCESS(NotifyUnicastIpAddressChange(AF_INET, keeps_the_row, NULL, FALSE, &seen.handle)));
    REQUIRE(NT_SUCCESS(CreateUnicastIpAddressEntry(&row)));
    REQUIRE(wkt_until(&seen.count, 1));
    KeDelayExecutionThread(KernelMode, FALSE, &soon); /* until the call has returned */
    CHECK_EQ(kept->InterfaceIndex, 0);
}

/* ---- a storm ---- */
enum { GHOSTS = 4000, ROUTES = 2000 };

static struct {
    volatile LONG real, stalled;
    LONG ghosts, wrong, doubled;
    UCHAR there[GHOSTS + ROUTES];
    KEVENT go;
} storm;

/* Routes are numbered: 10.0.0.0 and on the ghosts, and then the real ones. */
static VOID NTAPI on_route(PVOID context, PMIB_IPFORWARD_ROW2 row, MIB_NOTIFICATION_TYPE type)
{
    PUCHAR a;
    ULONG i;

    UNREFERENCED_PARAMETER(context);
    if (!row)
        return;
    if (!storm.stalled) { /* until the storm is over: the queue of the watch overflows */
        storm.stalled = 1;
        wkt_wait(&storm.go, 120000);
    }
    a = (PUCHAR)&row->DestinationPrefix.Prefix.Ipv4.sin_addr;
    i = (ULONG)a[1] << 16 | (ULONG)a[2] << 8 | a[3];
    if (row->DestinationPrefix.Prefix.si_family != AF_INET || a[0] != 10 || i >= GHOSTS + ROUTES ||
        (type != MibAddInstance && type != MibDeleteInstance)) {
        storm.wrong++;
        return;
    }
    storm.doubled += storm.there[i] == (type == MibAddInstance);
    storm.there[i] = type == MibAddInstance;
    if (i < GHOSTS)
        storm.ghosts += type == MibAddInstance;
    else if (type == MibAddInstance)
        InterlockedIncrement(&storm.real);
}

static BOOLEAN change(MIB_IPFORWARD_ROW2 *row, ULONG i, BOOLEAN make)
{
    PUCHAR a = (PUCHAR)&row->DestinationPrefix.Prefix.Ipv4.sin_addr;

    a[1] = (UCHAR)(i >> 16);
    a[2] = (UCHAR)(i >> 8);
    a[3] = (UCHAR)i;
    return CHECK_STATUS(make ? CreateIpForwardEntry2(row) : DeleteIpForwardEntry2(row), STATUS_SUCCESS);
}

static BOOLEAN make_storm(HANDLE *handle)
{
    MIB_IPFORWARD_ROW2 row;

    KeInitializeEvent(&storm.go, NotificationEvent, FALSE);
    InitializeIpForwardEntry(&row);
    row.InterfaceLuid = kit_luid(L"t0");
    row.DestinationPrefix.Prefix = kit_address("10.0.0.0");
    row.DestinationPrefix.PrefixLength = 32;
    row.NextHop = kit_address("192.0.2.9");
    if (!set(L"IpHelperPatienceMs", 600000)) /* a slow machine makes the storm slowly, while the call stands */
        return FALSE;
    if (!CHECK_STATUS(NotifyRouteChange2(AF_INET, on_route, NULL, FALSE, handle), STATUS_SUCCESS))
        return FALSE;
    for (ULONG i = 0; i < GHOSTS && change(&row, i, TRUE); i++)
        ;
    for (ULONG i = 0; i < GHOSTS && change(&row, i, FALSE); i++)
        ;
    for (ULONG i = GHOSTS; i < GHOSTS + ROUTES && change(&row, i, TRUE); i++)
        ;
    KeSetEvent(&storm.go, 0, FALSE);
    return TRUE;
}

static void check_storm(HANDLE handle)
{
    ULONG left = 0;

    CHECK(wkt_until(&storm.real, ROUTES));
    CHECK_STATUS(CancelMibChangeNotify2(handle), STATUS_SUCCESS);
    for (ULONG i = 0; i < GHOSTS; i++)
        left += storm.there[i];
    CHECK_EQ(left, 0);
    CHECK_EQ(storm.real, ROUTES);
    CHECK_EQ(storm.doubled, 0);
    CHECK_EQ(storm.wrong, 0);
}

/* 10,000 changes while the first call stands: each is told, also of routes that came and went meanwhile. */
TEST_ROWS("IPH-066 IPH-074", none_is_lost_in_a_storm)
{
    HANDLE handle;

    REQUIRE(make_storm(&handle));
    check_storm(handle);
    CHECK_EQ(storm.ghosts, GHOSTS);
}

/* The same, with a queue that is too short: that some were lost shows in the ghosts. Of those that were told, the end must be told too. */
TEST_ROWS("IPH-066 IPH-074", overrun_ends_with_the_table)
{
    HANDLE handle;

    REQUIRE(set(L"IpHelperQueueRows", 500));
    REQUIRE(make_storm(&handle));
    check_storm(handle);
    CHECK(storm.ghosts > 0 && storm.ghosts < GHOSTS);
}
