/* WSK found through the Network Module Registrar (NMR section 5, WSK-015). The driver's client is this file's; the kit's is another one. */
#include "wsk_kit.h"

static const NPI_MODULEID module_id = {sizeof(NPI_MODULEID), MIT_GUID, {{0x31, 0, 0, {0}}}};
static WSK_CLIENT_DISPATCH dispatches[2]; /* the versions to try, in turn */
static const NPI_REGISTRATION_INSTANCE *provider;
static NTSTATUS attached[2], detach_status;
static HANDLE client, binding;
static PWSK_CLIENT wsk;
static const WSK_PROVIDER_DISPATCH *table;
static volatile LONG attaches, detaches, cleanups;
static KIRQL cleanup_irql;
static int context;

static NTSTATUS NTAPI attach(HANDLE handle, PVOID client_context, PNPI_REGISTRATION_INSTANCE instance)
{
    const VOID *out_table;
    PVOID out;
    int i;

    CHECK_EQ(client_context, &dispatches);
    provider = instance;
    binding = handle;
    attaches++;
    for (i = 0; i < 2; i++) {
        attached[i] = NmrClientAttachProvider(handle, &context, dispatches[i].Version ? &dispatches[i] : NULL, &out, &out_table);
        if (attached[i] == STATUS_SUCCESS) {
            wsk = (PWSK_CLIENT)out;
            table = (const WSK_PROVIDER_DISPATCH *)out_table;
            return attached[i];
        }
        CHECK(out == NULL && out_table == NULL);
    }
    return attached[1];
}

static NTSTATUS NTAPI detach(PVOID binding_context)
{
    CHECK_EQ(binding_context, &context);
    detaches++;
    return detach_status;
}

static VOID NTAPI cleanup(PVOID binding_context)
{
    CHECK_EQ(binding_context, &context);
    cleanup_irql = KeGetCurrentIrql();
    cleanups++;
}

static const NPI_CLIENT_CHARACTERISTICS characteristics = {
    0, sizeof(NPI_CLIENT_CHARACTERISTICS), attach, detach, cleanup, {0, sizeof(NPI_REGISTRATION_INSTANCE), &NPI_WSK_INTERFACE_ID, &module_id, 0, NULL}};

static BOOLEAN up(USHORT first, USHORT second)
{
    dispatches[0].Version = first;
    dispatches[1].Version = second;
    CHECK_STATUS(NmrRegisterClient(&characteristics, &dispatches, &client), STATUS_SUCCESS);
    return CHECK_EQ(attaches, 1); /* inside the registration: NMR-009 */
}

static void wait_down(void)
{
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(client), STATUS_SUCCESS);
    CHECK_EQ(detaches, wsk ? 1 : 0);
    CHECK_EQ(cleanups, wsk ? 1 : 0);
}

static void down(void)
{
    CHECK_STATUS(NmrDeregisterClient(client), STATUS_PENDING);
    wait_down();
}

static PWSK_SOCKET open_socket(void)
{
    PIRP irp = wkt_irp();

    CHECK_STATUS(kit_done(table->WskSocket(wsk, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL, NULL, NULL, NULL, irp), irp),
                 STATUS_SUCCESS);
    return (PWSK_SOCKET)irp->IoStatus.Information;
}

static void close_socket(PWSK_SOCKET socket)
{
    PIRP irp = wkt_irp();

    CHECK_STATUS(kit_done(KIT_BASIC(socket)->WskCloseSocket(socket, irp), irp), STATUS_SUCCESS);
}

TEST_ROWS("WSK-015 NMR-067 NMR-068", client_of_the_registrar_gets_the_provider_and_its_versions)
{
    const WSK_PROVIDER_CHARACTERISTICS *versions;
    const ULONG_PTR *entry;
    int i;

    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk && table);
    CHECK_EQ(provider->Size, sizeof(*provider));
    CHECK_MEM(provider->NpiId, &NPI_WSK_INTERFACE_ID, sizeof(NPIID));
    CHECK(provider->ModuleId && provider->ModuleId->Length == sizeof(NPI_MODULEID));
    versions = (const WSK_PROVIDER_CHARACTERISTICS *)provider->NpiSpecificCharacteristics;
    REQUIRE(versions);
    CHECK_EQ(versions->LowestVersion, MAKE_WSK_VERSION(1, 0));
    CHECK(versions->HighestVersion >= MAKE_WSK_VERSION(1, 0));
    CHECK_EQ(table->Version, versions->HighestVersion);
    entry = (const ULONG_PTR *)(const void *)table;
    for (i = 1; i < (int)(sizeof(*table) / sizeof(*entry)); i++)
        CHECK(entry[i] != 0);
    close_socket(open_socket());
    down();
}

TEST_ROWS("NMR-028 NMR-068", version_too_high_is_declined_and_the_next_attempt_taken)
{
    REQUIRE(up(MAKE_WSK_VERSION(2, 0), MAKE_WSK_VERSION(1, 1)));
    CHECK_STATUS(attached[0], STATUS_NOINTERFACE);
    CHECK_STATUS(attached[1], STATUS_SUCCESS);
    close_socket(open_socket());
    down();
}

TEST(NMR_068, no_version_fits)
{
    REQUIRE(up(MAKE_WSK_VERSION(1, 2), MAKE_WSK_VERSION(0, 9)));
    CHECK_STATUS(attached[0], STATUS_NOINTERFACE);
    CHECK_STATUS(attached[1], STATUS_NOINTERFACE);
    CHECK(!wsk);
    down();
}

TEST_FINDING(NMR_068, attach_without_a_dispatch, "NMR-068")
{
    REQUIRE(up(0, MAKE_WSK_VERSION(1, 0)));
    CHECK_STATUS(attached[0], STATUS_INVALID_PARAMETER);
    CHECK_STATUS(attached[1], STATUS_SUCCESS);
    down();
}

/* The client says at once that it is done; WSK's side waits for the socket. */
TEST(NMR_069, detach_pends_until_the_last_socket_is_closed)
{
    PWSK_SOCKET sockets[2];

    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk);
    sockets[0] = open_socket();
    sockets[1] = open_socket();
    CHECK_STATUS(NmrDeregisterClient(client), STATUS_PENDING);
    CHECK_EQ(detaches, 1);
    close_socket(sockets[0]);
    CHECK_EQ(cleanups, 0);
    close_socket(sockets[1]);
    CHECK(wkt_until(&cleanups, 1));
    CHECK(cleanup_irql <= DISPATCH_LEVEL);
    wait_down();
}

TEST(NMR_069, client_that_pends_completes_after_its_last_close)
{
    PWSK_SOCKET socket;

    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk);
    socket = open_socket();
    detach_status = STATUS_PENDING;
    CHECK_STATUS(NmrDeregisterClient(client), STATUS_PENDING);
    close_socket(socket);
    CHECK_EQ(cleanups, 0);
    NmrClientDetachProviderComplete(binding);
    CHECK_EQ(cleanups, 1);
    wait_down();
}

/* A request for a name is a use as a socket is. */
TEST(NMR_069, detach_pends_until_the_name_is_answered)
{
    UNICODE_STRING node = RTL_CONSTANT_STRING(L"127.0.0.1");
    PADDRINFOEXW list = NULL;
    PIRP irp = wkt_irp();
    NTSTATUS status;

    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk);
    status = table->WskGetAddressInfo(wsk, &node, NULL, NS_ALL, NULL, NULL, &list, NULL, NULL, irp);
    detach_status = STATUS_PENDING; /* as its call may be under way */
    CHECK_STATUS(NmrDeregisterClient(client), STATUS_PENDING);
    CHECK_STATUS(kit_done(status, irp), STATUS_SUCCESS);
    NmrClientDetachProviderComplete(binding);
    CHECK(wkt_until(&cleanups, 1));
    wait_down();
}

static void call_dead(void)
{
    PIRP irp = wkt_irp();
    NTSTATUS status = table->WskSocket(wsk, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL, NULL, NULL, NULL, irp);

    CHECK_STATUS(kit_done(status, irp), STATUS_DEVICE_NOT_READY);
}

/* A call that was on its way in when the detach began fails, and is no mistake: the client has not said that it is done. */
TEST(NMR_069, call_during_the_detach)
{
    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk);
    detach_status = STATUS_PENDING;
    CHECK_STATUS(NmrDeregisterClient(client), STATUS_PENDING);
    call_dead();
    NmrClientDetachProviderComplete(binding);
    wait_down();
}

/* What a name's request gave may be given back until then. */
TEST(NMR_069, free_during_the_detach)
{
    UNICODE_STRING node = RTL_CONSTANT_STRING(L"127.0.0.1");
    PADDRINFOEXW list = NULL;
    PIRP irp = wkt_irp();

    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk);
    CHECK_STATUS(kit_done(table->WskGetAddressInfo(wsk, &node, NULL, NS_ALL, NULL, NULL, &list, NULL, NULL, irp), irp), STATUS_SUCCESS);
    detach_status = STATUS_PENDING;
    CHECK_STATUS(NmrDeregisterClient(client), STATUS_PENDING);
    table->WskFreeAddressInfo(wsk, list);
    NmrClientDetachProviderComplete(binding);
    wait_down();
}

TEST_FINDING(NMR_062, table_after_the_client_is_detached, "WSK-020")
{
    PWSK_SOCKET socket;

    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk);
    socket = open_socket();
    CHECK_STATUS(NmrDeregisterClient(client), STATUS_PENDING);
    call_dead();
    close_socket(socket);
    wait_down();
}

TEST_FINDING(NMR_062, table_after_the_deregistration, "WSK-020")
{
    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk);
    down();
    call_dead();
}

/* Sockets are opened and closed in two threads while the detach begins. None is opened after it, and it ends after all are closed. */
static volatile LONG calling, stop, opened;
static BOOLEAN open_one(PIRP irp)
{
    NTSTATUS status = STATUS_DEVICE_NOT_READY;

    wkt_irp_reuse(irp);
    InterlockedIncrement(&calling);
    if (!stop)
        status = kit_done(table->WskSocket(wsk, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL, NULL, NULL, NULL, irp), irp);
    InterlockedDecrement(&calling);
    CHECK(status == STATUS_SUCCESS || stop);
    return (BOOLEAN)(status == STATUS_SUCCESS);
}

static void open_thread(void *context_irp)
{
    PIRP irp = (PIRP)context_irp;
    PWSK_SOCKET socket;

    while (open_one(irp)) {
        InterlockedIncrement(&opened);
        CHECK_EQ(cleanups, 0);
        socket = (PWSK_SOCKET)irp->IoStatus.Information;
        wkt_irp_reuse(irp);
        CHECK_STATUS(kit_done(KIT_BASIC(socket)->WskCloseSocket(socket, irp), irp), STATUS_SUCCESS);
    }
}

/* Stops new calls; those inside are for the test to wait for. */
static NTSTATUS NTAPI detach_in_use(PVOID binding_context)
{
    CHECK_EQ(binding_context, &context);
    InterlockedExchange(&stop, 1);
    detaches++;
    return STATUS_PENDING;
}

static const NPI_CLIENT_CHARACTERISTICS in_use = {
    0, sizeof(NPI_CLIENT_CHARACTERISTICS), attach, detach_in_use, cleanup, {0, sizeof(NPI_REGISTRATION_INSTANCE), &NPI_WSK_INTERFACE_ID, &module_id, 0, NULL}};

TEST(NMR_069, detach_against_calls)
{
    PIRP irps[2] = {wkt_irp(), wkt_irp()};
    struct wkt_thread *threads[2];
    ULONG i, round;

    dispatches[0].Version = MAKE_WSK_VERSION(1, 0);
    for (round = 0; round < 20; round++) {
        attaches = detaches = cleanups = stop = calling = opened = 0;
        CHECK_STATUS(NmrRegisterClient(&in_use, &dispatches, &client), STATUS_SUCCESS);
        for (i = 0; i < RTL_NUMBER_OF(threads); i++)
            threads[i] = wkt_thread(open_thread, irps[i]);
        for (i = 0; i < 1000000 && opened < (LONG)round; i++)
            YieldProcessor();
        CHECK_STATUS(NmrDeregisterClient(client), STATUS_PENDING);
        CHECK(wkt_until(&calling, 0));
        NmrClientDetachProviderComplete(binding);
        wait_down();
        for (i = 0; i < RTL_NUMBER_OF(threads); i++)
            REQUIRE(wkt_join(threads[i]));
    }
}

TEST(NMR_070, both_ways_in_one_driver_are_two_clients)
{
    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk);
    KIT_START();
    CHECK(kit.npi.Client != wsk);
    CHECK(kit.npi.Dispatch != table);
    CHECK(kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL) != NULL);
    close_socket(open_socket());
    down();
    CHECK(kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL) != NULL); /* the other one lives on */
}

TEST(NMR_070, the_other_way_may_end_first)
{
    WSK_CLIENT_NPI npi = {&context, &kit_client};
    WSK_PROVIDER_NPI captured;
    WSK_REGISTRATION registration;

    REQUIRE(up(MAKE_WSK_VERSION(1, 0), 0) && wsk);
    CHECK_STATUS(WskRegister(&npi, &registration), STATUS_SUCCESS);
    CHECK_STATUS(WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &captured), STATUS_SUCCESS);
    WskReleaseProviderNPI(&registration);
    WskDeregister(&registration);
    close_socket(open_socket());
    down();
}
