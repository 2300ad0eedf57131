/* Security descriptors of sockets, and who may share a local address (WSK sections 3 and 5). */
#include "wsk_kit.h"

static const SID everyone = {SID_REVISION, 1, SECURITY_WORLD_SID_AUTHORITY, {SECURITY_WORLD_RID}};

/* A descriptor that lets everybody, or nobody. */
static struct {
    SECURITY_DESCRIPTOR sd;
    UCHAR acl[64];
} own;

static PSECURITY_DESCRIPTOR descriptor(ACCESS_MASK access)
{
    CHECK_STATUS(RtlCreateSecurityDescriptor(&own.sd, SECURITY_DESCRIPTOR_REVISION), STATUS_SUCCESS);
    CHECK_STATUS(RtlCreateAcl((PACL)own.acl, sizeof(own.acl), ACL_REVISION), STATUS_SUCCESS);
    if (access)
        CHECK_STATUS(RtlAddAccessAllowedAce((PACL)own.acl, ACL_REVISION, access, (PSID)&everyone), STATUS_SUCCESS);
    CHECK_STATUS(RtlSetDaclSecurityDescriptor(&own.sd, TRUE, (PACL)own.acl, FALSE), STATUS_SUCCESS);
    return &own.sd;
}

static NTSTATUS cache(PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR *to)
{
    return KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_CACHE_SD, sizeof(from), &from, sizeof(*to), to, NULL, NULL);
}

static NTSTATUS release(PSECURITY_DESCRIPTOR sd)
{
    return KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_RELEASE_SD, sizeof(sd), &sd, 0, NULL, NULL, NULL);
}

static NTSTATUS apply(PWSK_SOCKET s, PSECURITY_DESCRIPTOR sd)
{
    return KIT(KIT_BASIC(s)->WskControlSocket(s, WskSetOption, SO_WSK_SECURITY, SOL_SOCKET, sizeof(sd), &sd, 0, NULL, NULL, kit_irp()));
}

static NTSTATUS query(PWSK_SOCKET s, PSECURITY_DESCRIPTOR *sd)
{
    return KIT(KIT_BASIC(s)->WskControlSocket(s, WskGetOption, SO_WSK_SECURITY, SOL_SOCKET, 0, NULL, sizeof(*sd), sd, NULL, kit_irp()));
}

TEST(WSK_057, cached_copy_outlives_its_source)
{
    PSECURITY_DESCRIPTOR sd = NULL, from;
    BOOLEAN present = FALSE, defaulted;
    PACL acl = NULL;

    KIT_START();
    from = descriptor(FILE_WRITE_DATA);
    CHECK_STATUS(cache(from, &sd), STATUS_SUCCESS);
    REQUIRE(sd && sd != from);
    RtlFillMemory(&own, sizeof(own), 0xEE);
    CHECK(RtlValidSecurityDescriptor(sd));
    CHECK_STATUS(RtlGetDaclSecurityDescriptor(sd, &present, &acl, &defaulted), STATUS_SUCCESS);
    REQUIRE(present && acl);
    CHECK_EQ(acl->AceCount, 1);
    CHECK_STATUS(release(sd), STATUS_SUCCESS);
}

/* A self-relative one is copied as it is; both at DISPATCH_LEVEL. */
TEST(WSK_057, copy_of_a_copy_at_dispatch_level)
{
    PSECURITY_DESCRIPTOR one = NULL, two = NULL;
    KIRQL irql;

    KIT_START();
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(cache(descriptor(FILE_WRITE_DATA), &one), STATUS_SUCCESS);
    CHECK_STATUS(cache(one, &two), STATUS_SUCCESS);
    KeLowerIrql(irql);
    REQUIRE(one && two && one != two);
    CHECK_EQ(RtlLengthSecurityDescriptor(one), RtlLengthSecurityDescriptor(two));
    CHECK_MEM(one, two, RtlLengthSecurityDescriptor(one));
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(release(one), STATUS_SUCCESS);
    CHECK_STATUS(release(two), STATUS_SUCCESS);
    KeLowerIrql(irql);
}

TEST_ROWS("WSK-057 WSK-073", what_cannot_be_cached)
{
    PSECURITY_DESCRIPTOR sd = (PSECURITY_DESCRIPTOR)&own, from;
    PIRP irp;

    KIT_START();
    irp = wkt_irp();
    from = descriptor(0);
    CHECK_STATUS(KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_CACHE_SD, 4, &from, sizeof(sd), &sd, NULL, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_CACHE_SD, sizeof(from), &from, 4, &sd, NULL, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_CACHE_SD, sizeof(from), &from, sizeof(sd), NULL, NULL, NULL),
                 STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT_PROVIDER->WskControlClient(kit.npi.Client, WSK_CACHE_SD, sizeof(from), &from, sizeof(sd), &sd, NULL, irp),
                 STATUS_INVALID_PARAMETER); /* it takes no IRP, and completes it */
    CHECK_EQ(wkt_completions(irp), 1);
    own.sd.Revision = 9;
    CHECK_STATUS(cache(from, &sd), STATUS_INVALID_SECURITY_DESCR);
    CHECK(sd == (PSECURITY_DESCRIPTOR)&own); /* nothing was written */
}

/* WSK-058: the socket has a reference of its own. */
TEST_ROWS("WSK-058 WSK-052", socket_keeps_a_released_descriptor)
{
    PSECURITY_DESCRIPTOR sd, again = NULL;
    PWSK_SOCKET s;

    KIT_START();
    CHECK_STATUS(cache(descriptor(FILE_WRITE_DATA), &sd), STATUS_SUCCESS);
    REQUIRE(KIT(KIT_PROVIDER->WskSocket(kit.npi.Client, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL, NULL, NULL, sd,
                                        kit_irp())) == STATUS_SUCCESS);
    s = kit_keep((PWSK_SOCKET)kit.irp->IoStatus.Information);
    CHECK_STATUS(release(sd), STATUS_SUCCESS);
    CHECK_STATUS(query(s, &again), STATUS_SUCCESS);
    CHECK(again == sd);
    CHECK(RtlValidSecurityDescriptor(again));
    CHECK_STATUS(kit_close(s), STATUS_SUCCESS);
    CHECK(RtlValidSecurityDescriptor(again)); /* the query gave one to the client */
    CHECK_STATUS(release(again), STATUS_SUCCESS);
}

TEST_FINDING(WSK_070, released_twice, "WSK-070")
{
    PSECURITY_DESCRIPTOR sd;

    KIT_START();
    CHECK_STATUS(cache(descriptor(0), &sd), STATUS_SUCCESS);
    CHECK_STATUS(release(sd), STATUS_SUCCESS);
    CHECK_STATUS(release(sd), STATUS_INVALID_PARAMETER);
}

/* A pointer that is not from WSK_CACHE_SD is never followed: here there is no memory. */
TEST_FINDING(WSK_070, socket_with_a_pointer_of_its_own, "WSK-070")
{
    PSECURITY_DESCRIPTOR wild = (PSECURITY_DESCRIPTOR)(ULONG_PTR)0x1230;
    SOCKADDR_IN local, remote;
    PWSK_SOCKET s;

    KIT_START();
    local = kit_v4(INADDR_LOOPBACK, 0);
    remote = kit_v4(INADDR_LOOPBACK, 0x901F);
    CHECK_STATUS(KIT(KIT_PROVIDER->WskSocket(kit.npi.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL, NULL, NULL, NULL, wild,
                                             kit_irp())),
                 STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT(KIT_PROVIDER->WskSocketConnect(kit.npi.Client, SOCK_STREAM, IPPROTO_TCP, (PSOCKADDR)&local, (PSOCKADDR)&remote, 0, NULL, NULL,
                                                    NULL, NULL, wild, kit_irp())),
                 STATUS_INVALID_PARAMETER);
    s = kit_socket(AF_INET, WSK_FLAG_LISTEN_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(apply(s, wild), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(apply(s, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(release(wild), STATUS_INVALID_PARAMETER);
}

TEST(WSK_097, option_replaces_and_reads_back)
{
    PSECURITY_DESCRIPTOR one, two, got = NULL;
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_CONNECTION_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(cache(descriptor(FILE_WRITE_DATA), &one), STATUS_SUCCESS);
    CHECK_STATUS(cache(descriptor(0), &two), STATUS_SUCCESS);
    CHECK_STATUS(query(s, &got), STATUS_SUCCESS); /* the default one, a copy too */
    REQUIRE(got && got != one && got != two);
    CHECK(RtlValidSecurityDescriptor(got));
    CHECK_STATUS(release(got), STATUS_SUCCESS);
    CHECK_STATUS(apply(s, one), STATUS_SUCCESS);
    CHECK_STATUS(apply(s, two), STATUS_SUCCESS);
    CHECK_STATUS(query(s, &got), STATUS_SUCCESS);
    CHECK(got == two);
    CHECK_EQ(kit.irp->IoStatus.Information, sizeof(got));
    CHECK_STATUS(release(two), STATUS_SUCCESS);
    CHECK_STATUS(release(two), STATUS_SUCCESS); /* the query's */
    CHECK_STATUS(release(one), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_BASIC(s)->WskControlSocket(s, WskGetOption, SO_WSK_SECURITY, SOL_SOCKET, 0, NULL, 4, &got, NULL, kit_irp())),
                 STATUS_BUFFER_TOO_SMALL);
}

TEST_FINDING(WSK_097, option_after_the_bind, "WSK-102")
{
    PSECURITY_DESCRIPTOR sd;
    PWSK_SOCKET s;

    KIT_START();
    CHECK_STATUS(cache(descriptor(FILE_WRITE_DATA), &sd), STATUS_SUCCESS);
    s = kit_bound(NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(apply(s, sd), STATUS_INVALID_DEVICE_STATE);
    CHECK_STATUS(release(sd), STATUS_SUCCESS);
}

/* ---- sharing ---- */
enum { ORDINARY, REUSE, EXCLUSIVE };
enum result { OK, INUSE, DENIED, MAYBE };

static PWSK_SOCKET socket_of(ULONG flags, int mode, PSECURITY_DESCRIPTOR sd)
{
    PWSK_SOCKET s = kit_socket(AF_INET, flags, NULL, NULL);

    if (s && mode != ORDINARY)
        CHECK_STATUS(kit_set(s, SOL_SOCKET, mode == REUSE ? (ULONG)SO_REUSEADDR : (ULONG)SO_EXCLUSIVEADDRUSE, 1), STATUS_SUCCESS);
    if (s && sd)
        CHECK_STATUS(apply(s, sd), STATUS_SUCCESS);
    return s;
}

static NTSTATUS bind_to(PWSK_SOCKET s, BOOLEAN wildcard, USHORT port)
{
    SOCKADDR_IN a = kit_v4(wildcard ? INADDR_ANY : INADDR_LOOPBACK, port);

    return KIT(KIT_LISTEN(s)->WskBind(s, (PSOCKADDR)&a, 0, kit_irp())); /* stands at the same place in both tables */
}

static USHORT port_of(PWSK_SOCKET s, ULONG flags)
{
    return kit_local(s, flags == WSK_FLAG_LISTEN_SOCKET ? KIT_LISTEN(s)->WskGetLocalAddress : KIT_DATAGRAM(s)->WskGetLocalAddress).sin_port;
}

/* The page's table, with a first socket whose descriptor lets everybody (or is the default one). */
static void whole_matrix(ULONG flags, PSECURITY_DESCRIPTOR sd)
{
    static const UCHAR expected[6][6] = {
        {INUSE, OK, INUSE, OK, INUSE, OK},          {MAYBE, INUSE, MAYBE, DENIED, DENIED, INUSE}, {DENIED, OK, OK, OK, DENIED, OK},
        {MAYBE, DENIED, OK, OK, DENIED, DENIED},    {INUSE, INUSE, INUSE, INUSE, INUSE, INUSE},   {MAYBE, INUSE, MAYBE, INUSE, DENIED, INUSE},
    };
    int first, second;

    for (first = 0; first < 6; first++) {
        for (second = 0; second < 6; second++) {
            PWSK_SOCKET a = socket_of(flags, first / 2, sd), b = socket_of(flags, second / 2, NULL);
            UCHAR want = expected[second][first];
            NTSTATUS status;

            REQUIRE(a && b);
            CHECK_STATUS(bind_to(a, (BOOLEAN)(first % 2 == 0), 0), STATUS_SUCCESS);
            status = bind_to(b, (BOOLEAN)(second % 2 == 0), port_of(a, flags));
            if (want == MAYBE)
                want = sd ? OK : DENIED;
            if (!CHECK_STATUS(status, want == OK ? STATUS_SUCCESS : want == INUSE ? STATUS_ADDRESS_ALREADY_EXISTS : STATUS_ACCESS_DENIED))
                wkt_note("first * 10 + second", (ULONG64)(first * 10 + second));
            CHECK_STATUS(kit_close(b), STATUS_SUCCESS);
            CHECK_STATUS(kit_close(a), STATUS_SUCCESS);
        }
    }
}

TEST_ROWS("WSK-094 WSK-095 WSK-091", datagram_matrix_of_the_default_descriptor)
{
    KIT_START();
    whole_matrix(WSK_FLAG_DATAGRAM_SOCKET, NULL);
}

TEST_ROWS("WSK-094 WSK-095 WSK-052", datagram_matrix_of_a_descriptor_that_lets_everybody)
{
    PSECURITY_DESCRIPTOR sd;

    KIT_START();
    CHECK_STATUS(cache(descriptor(GENERIC_ALL), &sd), STATUS_SUCCESS);
    whole_matrix(WSK_FLAG_DATAGRAM_SOCKET, sd);
    CHECK_STATUS(release(sd), STATUS_SUCCESS);
}

TEST_ROWS("WSK-094 WSK-095 WSK-096", listener_matrix_of_the_default_descriptor)
{
    KIT_START();
    whole_matrix(WSK_FLAG_LISTEN_SOCKET, NULL);
}

TEST_ROWS("WSK-094 WSK-095 WSK-097", listener_matrix_of_a_descriptor_that_lets_everybody)
{
    PSECURITY_DESCRIPTOR sd;

    KIT_START();
    CHECK_STATUS(cache(descriptor(FILE_WRITE_DATA), &sd), STATUS_SUCCESS);
    whole_matrix(WSK_FLAG_LISTEN_SOCKET, sd);
    CHECK_STATUS(release(sd), STATUS_SUCCESS);
}

/* Shared, the more specific one gets what is for its address; once it is closed the other one does. */
TEST(WSK_094, the_more_specific_socket_listens)
{
    PSECURITY_DESCRIPTOR sd;
    PWSK_SOCKET wide, narrow, c, b;
    SOCKADDR_IN at;

    KIT_START();
    CHECK_STATUS(cache(descriptor(FILE_WRITE_DATA), &sd), STATUS_SUCCESS);
    wide = socket_of(WSK_FLAG_LISTEN_SOCKET, ORDINARY, sd);
    narrow = socket_of(WSK_FLAG_LISTEN_SOCKET, ORDINARY, NULL);
    c = kit_bound(NULL, NULL);
    REQUIRE(wide && narrow && c);
    CHECK_STATUS(bind_to(wide, TRUE, 0), STATUS_SUCCESS);
    at = kit_v4(INADDR_LOOPBACK, port_of(wide, WSK_FLAG_LISTEN_SOCKET));
    CHECK_STATUS(bind_to(narrow, FALSE, at.sin_port), STATUS_SUCCESS);
    CHECK_STATUS(kit_connect(c, &at), STATUS_SUCCESS);
    b = kit_accept(narrow, NULL, NULL);
    REQUIRE(b);
    CHECK_STATUS(kit_close(narrow), STATUS_SUCCESS);
    c = kit_bound(NULL, NULL);
    REQUIRE(c);
    CHECK_STATUS(kit_connect(c, &at), STATUS_SUCCESS);
    CHECK(kit_accept(wide, NULL, NULL) != NULL);
    CHECK_STATUS(release(sd), STATUS_SUCCESS);
}

/* A denied bind leaves the socket as it was; a descriptor that grants other rights grants nothing here. */
TEST_ROWS("WSK-091 WSK-095", denied_then_bound_elsewhere)
{
    PSECURITY_DESCRIPTOR sd;
    PWSK_SOCKET a, b;
    USHORT port;

    KIT_START();
    CHECK_STATUS(cache(descriptor(FILE_READ_DATA | READ_CONTROL), &sd), STATUS_SUCCESS);
    a = socket_of(WSK_FLAG_DATAGRAM_SOCKET, ORDINARY, sd);
    b = socket_of(WSK_FLAG_DATAGRAM_SOCKET, ORDINARY, NULL);
    REQUIRE(a && b);
    CHECK_STATUS(bind_to(a, TRUE, 0), STATUS_SUCCESS);
    port = port_of(a, WSK_FLAG_DATAGRAM_SOCKET);
    CHECK_STATUS(bind_to(b, FALSE, port), STATUS_ACCESS_DENIED);
    CHECK_STATUS(kit_close(a), STATUS_SUCCESS);
    CHECK_STATUS(bind_to(b, FALSE, port), STATUS_SUCCESS); /* the close has made room */
    CHECK_STATUS(release(sd), STATUS_SUCCESS);
}
