/* Registration and capture of the provider (WSK section 1). */
#include "wsk_kit.h"

static WSK_REGISTRATION registration, second;

static NTSTATUS register_version(USHORT version, PWSK_REGISTRATION where)
{
    static WSK_CLIENT_DISPATCH dispatch;
    WSK_CLIENT_NPI client = {NULL, &dispatch};

    dispatch.Version = version;
    RtlZeroMemory(where, sizeof(*where));
    return WskRegister(&client, where);
}

TEST_ROWS("WSK-001 WSK-002 WSK-004 WSK-008", register_capture_release_deregister)
{
    WSK_PROVIDER_NPI npi = {0}, again = {0};

    REQUIRE(register_version(MAKE_WSK_VERSION(1, 0), &registration) == STATUS_SUCCESS);
    CHECK_STATUS(WskCaptureProviderNPI(&registration, WSK_INFINITE_WAIT, &npi), STATUS_SUCCESS);
    CHECK(npi.Client != NULL);
    CHECK(npi.Dispatch != NULL);
    CHECK_STATUS(WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &again), STATUS_SUCCESS);
    CHECK(again.Client == npi.Client);
    WskReleaseProviderNPI(&registration);
    WskReleaseProviderNPI(&registration);
    WskDeregister(&registration);
}

TEST(WSK_003, several_registrations_of_one_driver)
{
    WSK_PROVIDER_NPI a = {0}, b = {0};

    REQUIRE(register_version(MAKE_WSK_VERSION(1, 0), &registration) == STATUS_SUCCESS);
    CHECK_STATUS(register_version(MAKE_WSK_VERSION(1, 0), &second), STATUS_SUCCESS);
    CHECK_STATUS(WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &a), STATUS_SUCCESS);
    CHECK_STATUS(WskCaptureProviderNPI(&second, WSK_NO_WAIT, &b), STATUS_SUCCESS);
    CHECK(a.Client != b.Client);
    WskReleaseProviderNPI(&registration);
    WskDeregister(&registration);
    WskReleaseProviderNPI(&second);
    WskDeregister(&second);
}

TEST(WSK_005, capture_without_waiting_is_legal_at_dispatch)
{
    WSK_PROVIDER_NPI npi = {0};
    KIRQL irql;

    REQUIRE(register_version(MAKE_WSK_VERSION(1, 0), &registration) == STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &npi), STATUS_SUCCESS);
    WskReleaseProviderNPI(&registration);
    KeLowerIrql(irql);
    CHECK_STATUS(WskCaptureProviderNPI(&registration, 1000, &npi), STATUS_SUCCESS);
    WskReleaseProviderNPI(&registration);
    WskDeregister(&registration);
}

TEST_ROWS("WSK-006 WSK-009 WSK-012", version_not_covered)
{
    WSK_PROVIDER_CHARACTERISTICS range = {0, 0};
    WSK_PROVIDER_NPI npi = {0};

    CHECK_EQ(MAKE_WSK_VERSION(1, 2), 0x0102);
    CHECK_EQ(WSK_MAJOR_VERSION(0x0102), 1);
    CHECK_EQ(WSK_MINOR_VERSION(0x0102), 2);
    REQUIRE(register_version(MAKE_WSK_VERSION(9, 0), &registration) == STATUS_SUCCESS);
    CHECK_STATUS(WskCaptureProviderNPI(&registration, WSK_INFINITE_WAIT, &npi), STATUS_NOINTERFACE);
    CHECK_STATUS(WskQueryProviderCharacteristics(&registration, &range), STATUS_SUCCESS);
    CHECK(range.LowestVersion <= MAKE_WSK_VERSION(1, 0));
    CHECK(range.HighestVersion >= MAKE_WSK_VERSION(1, 0));
    CHECK(range.HighestVersion < MAKE_WSK_VERSION(9, 0));
    WskDeregister(&registration);
}

TEST(WSK_013, tables_are_full_for_a_1_0_client)
{
    const ULONG_PTR *entry;
    int i;

    KIT_START();
    entry = (const ULONG_PTR *)(const void *)KIT_PROVIDER;
    for (i = 1; i < (int)(sizeof(WSK_PROVIDER_DISPATCH) / 8); i++)
        CHECK(entry[i] != 0);
    entry = (const ULONG_PTR *)kit_socket(AF_INET, WSK_FLAG_CONNECTION_SOCKET, NULL, NULL)->Dispatch;
    for (i = 0; i < (int)(sizeof(WSK_PROVIDER_CONNECTION_DISPATCH) / 8); i++)
        CHECK(entry[i] != 0);
    entry = (const ULONG_PTR *)kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL)->Dispatch;
    for (i = 0; i < (int)(sizeof(WSK_PROVIDER_DATAGRAM_DISPATCH) / 8); i++)
        CHECK(entry[i] != 0);
}

/* WSK-007: a capture that waits in another thread; here the provider is always there, so only the second half is seen. */
static volatile LONG drained;
static void deregister_thread(void *unused)
{
    UNREFERENCED_PARAMETER(unused);
    WskDeregister(&registration);
    InterlockedExchange(&drained, 1);
}

TEST_ROWS("WSK-007 WSK-010", deregister_waits_for_the_release)
{
    WSK_PROVIDER_NPI npi = {0};
    struct wkt_thread *thread;
    LARGE_INTEGER delay;
    NTSTATUS status;
    int i;

    drained = 0;
    REQUIRE(register_version(MAKE_WSK_VERSION(1, 0), &registration) == STATUS_SUCCESS);
    REQUIRE(WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &npi) == STATUS_SUCCESS);
    thread = wkt_thread(deregister_thread, NULL);
    delay.QuadPart = -10000;
    for (i = 0; i < WKT_TIMEOUT_MS; i++) {
        status = WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &npi);
        if (status != STATUS_SUCCESS)
            break;
        WskReleaseProviderNPI(&registration); /* it has not begun yet */
        KeDelayExecutionThread(KernelMode, FALSE, &delay);
    }
    CHECK_STATUS(status, STATUS_DEVICE_NOT_READY);
    CHECK_EQ(drained, 0);
    WskReleaseProviderNPI(&registration);
    CHECK(wkt_join(thread));
    CHECK_EQ(drained, 1);
}

/* Captures against the deregistration: none succeeds once it has returned, and it returns only when all are released. */
static struct {
    volatile LONG stop, held, gone, wrong;
} race;
static void capture_thread(void *unused)
{
    WSK_PROVIDER_NPI npi;

    UNREFERENCED_PARAMETER(unused);
    while (!race.stop) {
        if (WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &npi) != STATUS_SUCCESS)
            continue;
        InterlockedIncrement(&race.held);
        if (race.gone || npi.Dispatch->Version != MAKE_WSK_VERSION(1, 1))
            InterlockedIncrement(&race.wrong);
        InterlockedDecrement(&race.held);
        WskReleaseProviderNPI(&registration);
    }
}

TEST_ROWS("WSK-007 WSK-010", captures_against_deregister)
{
    struct wkt_thread *threads[2];
    ULONG i, round;

    for (round = 0; round < 30; round++) {
        RtlZeroMemory((void *)&race, sizeof(race));
        REQUIRE(register_version(MAKE_WSK_VERSION(1, 0), &registration) == STATUS_SUCCESS);
        for (i = 0; i < RTL_NUMBER_OF(threads); i++)
            threads[i] = wkt_thread(capture_thread, NULL);
        for (i = 0; i < 20000 && !race.held; i++)
            YieldProcessor();
        WskDeregister(&registration);
        if (race.held)
            InterlockedIncrement(&race.wrong);
        InterlockedExchange(&race.gone, 1);
        for (i = 0; i < 1000; i++)
            YieldProcessor();
        InterlockedExchange(&race.stop, 1);
        for (i = 0; i < RTL_NUMBER_OF(threads); i++)
            REQUIRE(wkt_join(threads[i]));
        REQUIRE(race.wrong == 0);
    }
}

TEST_FINDING(WSK_016, register_null_dispatch, "WSK-016")
{
    WSK_CLIENT_NPI client = {NULL, NULL};

    CHECK_STATUS(WskRegister(&client, &registration), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(WSK_019, release_without_capture, "WSK-019")
{
    WSK_PROVIDER_NPI npi = {0};

    REQUIRE(register_version(MAKE_WSK_VERSION(1, 0), &registration) == STATUS_SUCCESS);
    WskReleaseProviderNPI(&registration);
    CHECK_STATUS(WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &npi), STATUS_SUCCESS);
    WskReleaseProviderNPI(&registration);
    WskDeregister(&registration);
}

TEST_FINDING(WSK_021, deregister_never_registered, "WSK-021")
{
    RtlZeroMemory(&registration, sizeof(registration));
    WskDeregister(&registration);
}

TEST_FINDING(WSK_018, capture_that_waits_at_dispatch, "WSK-018")
{
    WSK_PROVIDER_NPI npi = {0};
    KIRQL irql;

    REQUIRE(register_version(MAKE_WSK_VERSION(1, 0), &registration) == STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(WskCaptureProviderNPI(&registration, 1000, &npi), STATUS_SUCCESS);
    KeLowerIrql(irql);
    WskReleaseProviderNPI(&registration);
    WskDeregister(&registration);
}

TEST_FINDING(WSK_017, registered_twice, "WSK-017")
{
    WSK_CLIENT_NPI client = {NULL, &kit_client};
    PWSK_SOCKET s;

    KIT_START();
    CHECK_STATUS(WskRegister(&client, &kit.registration), STATUS_INVALID_PARAMETER);
    s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL); /* the first is as it was */
    CHECK(s != NULL);
}

static void call_dead(const WSK_PROVIDER_NPI *npi)
{
    PIRP irp = wkt_irp();
    NTSTATUS status = npi->Dispatch->WskSocket(npi->Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL, NULL, NULL, NULL, NULL, irp);

    CHECK_STATUS(status, STATUS_DEVICE_NOT_READY);
    CHECK_STATUS(kit_done(status, irp), STATUS_DEVICE_NOT_READY);
}

TEST_FINDING(WSK_020, table_after_the_last_release, "WSK-020")
{
    WSK_CLIENT_NPI client = {NULL, &kit_client};
    WSK_PROVIDER_NPI npi;
    SIZE_T bytes;

    CHECK_STATUS(WskRegister(&client, &second), STATUS_SUCCESS);
    CHECK_STATUS(WskCaptureProviderNPI(&second, WSK_NO_WAIT, &npi), STATUS_SUCCESS);
    WskReleaseProviderNPI(&second);
    call_dead(&npi);
    CHECK_STATUS(WskCaptureProviderNPI(&second, WSK_NO_WAIT, &npi), STATUS_SUCCESS); /* it lives again */
    CHECK_STATUS(npi.Dispatch->WskControlClient(npi.Client, WSK_TRANSPORT_LIST_QUERY, 0, NULL, 0, NULL, &bytes, NULL), STATUS_BUFFER_OVERFLOW);
    WskReleaseProviderNPI(&second);
    WskDeregister(&second);
}

TEST_FINDING(WSK_020, table_after_deregistration, "WSK-020")
{
    WSK_CLIENT_NPI client = {NULL, &kit_client};
    WSK_PROVIDER_NPI npi;

    CHECK_STATUS(WskRegister(&client, &second), STATUS_SUCCESS);
    CHECK_STATUS(WskCaptureProviderNPI(&second, WSK_NO_WAIT, &npi), STATUS_SUCCESS);
    WskReleaseProviderNPI(&second);
    WskDeregister(&second);
    call_dead(&npi);
}

static NTSTATUS NTAPI deregister_inside(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    WskDeregister(context);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Of another registration, which nothing holds: so that it returns. */
TEST_FINDING(WSK_022, deregistered_in_a_completion, "WSK-022")
{
    WSK_CLIENT_NPI client = {NULL, &kit_client};
    PIRP irp;

    KIT_START();
    CHECK_STATUS(WskRegister(&client, &second), STATUS_SUCCESS);
    irp = IoAllocateIrp(1, FALSE);
    REQUIRE(irp);
    IoSetCompletionRoutine(irp, deregister_inside, &second, TRUE, TRUE, TRUE);
    CHECK_STATUS(KIT_PROVIDER->WskSocket(kit.npi.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, 0x40, NULL, NULL, NULL, NULL, NULL, irp),
                 STATUS_INVALID_PARAMETER);
    IoFreeIrp(irp);
}

TEST_BUGCHECK(WSK_023, unload_while_registered, 0xCE)
{
    WSK_CLIENT_NPI client = {NULL, &kit_client};

    CHECK_STATUS(WskRegister(&client, &second), STATUS_SUCCESS);
}

/* The same with all that a client may leave behind: a capture, a socket, a request. */
TEST_BUGCHECK(WSK_023, unload_with_a_receive_under_way, 0xCE)
{
    WSK_CLIENT_NPI client = {NULL, &kit_client};
    PWSK_SOCKET s;
    WSK_BUF in;

    RtlZeroMemory(&kit, sizeof(kit));
    kit.irp = IoAllocateIrp(1, FALSE);
    REQUIRE(kit.irp && WskRegister(&client, &kit.registration) == STATUS_SUCCESS);
    REQUIRE(WskCaptureProviderNPI(&kit.registration, WSK_NO_WAIT, &kit.npi) == STATUS_SUCCESS);
    kit.irp = wkt_irp();
    s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(s && kit_bind_with(s, KIT_DATAGRAM(s)->WskBind, INADDR_LOOPBACK) == STATUS_SUCCESS);
    in = kit_buf(NULL, 8);
    kit.irp = IoAllocateIrp(1, FALSE);
    REQUIRE(kit.irp);
    IoSetCompletionRoutine(kit.irp, deregister_inside, NULL, TRUE, TRUE, TRUE);
    CHECK_STATUS(KIT_DATAGRAM(s)->WskReceiveFrom(s, &in, 0, NULL, NULL, NULL, NULL, kit.irp), STATUS_PENDING);
}

static volatile LONG client_events;
static NTSTATUS WSKAPI on_client_event(PVOID context, ULONG type, PVOID information, SIZE_T bytes)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(type);
    UNREFERENCED_PARAMETER(information);
    UNREFERENCED_PARAMETER(bytes);
    InterlockedIncrement(&client_events);
    return STATUS_NOT_IMPLEMENTED;
}

/* A whole life of a client, of which no event is told; that its pointer may be NULL every other test shows. */
TEST(WSK_014, no_client_event_comes)
{
    static const WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, on_client_event};
    WSK_CLIENT_NPI client = {NULL, &dispatch};
    WSK_PROVIDER_NPI npi;
    PIRP irp = wkt_irp();
    PWSK_SOCKET s;

    REQUIRE(WskRegister(&client, &second) == STATUS_SUCCESS);
    REQUIRE(WskCaptureProviderNPI(&second, WSK_INFINITE_WAIT, &npi) == STATUS_SUCCESS);
    CHECK_STATUS(npi.Dispatch->WskSocket(npi.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_BASIC_SOCKET, NULL, NULL, NULL, NULL, NULL, irp),
                 STATUS_SUCCESS);
    s = (PWSK_SOCKET)irp->IoStatus.Information;
    wkt_irp_reuse(irp);
    (void)KIT_BASIC(s)->WskCloseSocket(s, irp);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    WskReleaseProviderNPI(&second);
    WskDeregister(&second);
    CHECK_EQ(client_events, 0);
}

TODO_ROW(WSK_011, "the drain is not watched yet");
