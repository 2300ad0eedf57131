/* Names and addresses (WSK section 3). */
#include "wsk_kit.h"

static UNICODE_STRING counted(const WCHAR *text, WCHAR *room)
{
    UNICODE_STRING s;
    USHORT n = 0;

    while (text[n]) {
        room[n] = text[n];
        n++;
    }
    room[n] = L'!'; /* WSK-063: what follows is not read */
    s.Buffer = room;
    s.Length = s.MaximumLength = (USHORT)(n * sizeof(WCHAR));
    return s;
}

static PADDRINFOEXW *found; /* nonpaged, as the request may wait */

static NTSTATUS resolve(const WCHAR *node, const WCHAR *service, INT family, INT type, INT flags)
{
    static WCHAR node_room[64], service_room[16];
    static ADDRINFOEXW hints;
    UNICODE_STRING n, v;
    NTSTATUS status;

    if (!found)
        return STATUS_NO_MEMORY;
    *found = NULL;
    RtlZeroMemory(&hints, sizeof(hints));
    hints.ai_family = family;
    hints.ai_socktype = type;
    hints.ai_flags = flags;
    if (node)
        n = counted(node, node_room);
    if (service)
        v = counted(service, service_room);
    status = KIT(KIT_PROVIDER->WskGetAddressInfo(kit.npi.Client, node ? &n : NULL, service ? &v : NULL, NS_ALL, NULL, &hints, found, NULL, NULL,
                                                 kit_irp()));
    CHECK_EQ((ULONG)kit.irp->IoStatus.Information, (ULONG)status); /* WSK-062 */
    return status;
}
#define START()                                                                                                        \
    KIT_START();                                                                                                       \
    found = wkt_alloc(sizeof(*found))

TEST_ROWS("WSK-062 WSK-063 WSK-064 WSK-066", numeric_host)
{
    PSOCKADDR_IN a;

    START();
    CHECK_STATUS(resolve(L"127.0.0.1", L"4321", AF_UNSPEC, SOCK_STREAM, AI_NUMERICHOST), STATUS_SUCCESS);
    REQUIRE(*found);
    CHECK_EQ((*found)->ai_family, AF_INET);
    CHECK_EQ((*found)->ai_socktype, SOCK_STREAM);
    CHECK_EQ((*found)->ai_protocol, IPPROTO_TCP);
    CHECK_EQ((*found)->ai_addrlen, 16);
    a = (PSOCKADDR_IN)(*found)->ai_addr;
    CHECK_EQ(a->sin_addr.s_addr, 0x0100007F);
    CHECK_EQ(RtlUshortByteSwap(a->sin_port), 4321);
    KIT_PROVIDER->WskFreeAddressInfo(kit.npi.Client, *found);
}

TEST(WSK_064, numeric_ipv6_host)
{
    START();
    CHECK_STATUS(resolve(L"::1", NULL, AF_INET6, SOCK_DGRAM, AI_NUMERICHOST), STATUS_SUCCESS);
    REQUIRE(*found);
    CHECK_EQ((*found)->ai_family, AF_INET6);
    CHECK_EQ((*found)->ai_addrlen, 28);
    CHECK(IN6_IS_ADDR_LOOPBACK(&((PSOCKADDR_IN6)(*found)->ai_addr)->sin6_addr));
    KIT_PROVIDER->WskFreeAddressInfo(kit.npi.Client, *found);
}

TEST_ROWS("WSK-062 WSK-064", localhost_with_its_name)
{
    START();
    CHECK_STATUS(resolve(L"localhost", NULL, AF_INET, SOCK_STREAM, AI_CANONNAME), STATUS_SUCCESS);
    REQUIRE(*found);
    CHECK_EQ(((PUCHAR)&((PSOCKADDR_IN)(*found)->ai_addr)->sin_addr)[0], 127);
    CHECK((*found)->ai_canonname != NULL && (*found)->ai_canonname[0] == L'l');
    KIT_PROVIDER->WskFreeAddressInfo(kit.npi.Client, *found);
}

TEST(WSK_064, without_a_node)
{
    START();
    CHECK_STATUS(resolve(NULL, L"80", AF_INET, SOCK_STREAM, 0), STATUS_SUCCESS);
    REQUIRE(*found);
    CHECK_EQ(((PSOCKADDR_IN)(*found)->ai_addr)->sin_addr.s_addr, 0x0100007F);
    KIT_PROVIDER->WskFreeAddressInfo(kit.npi.Client, *found);
    CHECK_STATUS(resolve(NULL, L"80", AF_INET, SOCK_STREAM, AI_PASSIVE), STATUS_SUCCESS);
    REQUIRE(*found);
    CHECK_EQ(((PSOCKADDR_IN)(*found)->ai_addr)->sin_addr.s_addr, 0);
    KIT_PROVIDER->WskFreeAddressInfo(kit.npi.Client, *found);
}

TEST(WSK_062, no_such_name)
{
    START();
    CHECK_STATUS(resolve(L"not.an.address", NULL, AF_INET, SOCK_STREAM, AI_NUMERICHOST), STATUS_NO_MATCH);
    CHECK_STATUS(resolve(NULL, NULL, AF_INET, SOCK_STREAM, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(resolve(L"127.0.0.1", NULL, 99, SOCK_STREAM, 0), STATUS_INVALID_PARAMETER);
}

TEST(WSK_065, thread_without_process)
{
    static WCHAR room[16];
    UNICODE_STRING n;

    START();
    n = counted(L"127.0.0.1", room);
    CHECK_STATUS(KIT(KIT_PROVIDER->WskGetAddressInfo(kit.npi.Client, &n, NULL, NS_ALL, NULL, NULL, found, NULL, PsGetCurrentThread(), kit_irp())),
                 STATUS_INVALID_PARAMETER);
}

static NTSTATUS name_of(SOCKADDR_IN *a, UNICODE_STRING *node, UNICODE_STRING *service, ULONG flags)
{
    return KIT(KIT_PROVIDER->WskGetNameInfo(kit.npi.Client, (PSOCKADDR)a, sizeof(*a), node, service, flags, NULL, NULL, kit_irp()));
}

TEST(WSK_067, numeric_names)
{
    SOCKADDR_IN a = kit_v4(INADDR_LOOPBACK, RtlUshortByteSwap(4321));
    UNICODE_STRING node, service;
    WCHAR *room;

    KIT_START();
    room = wkt_alloc(128);
    node.Buffer = room;
    service.Buffer = room + 32;
    node.Length = service.Length = 0;
    node.MaximumLength = service.MaximumLength = 64;
    CHECK_STATUS(name_of(&a, &node, &service, NI_NUMERICHOST | NI_NUMERICSERV), STATUS_SUCCESS);
    CHECK_EQ(node.Length, 18);
    CHECK_MEM(node.Buffer, L"127.0.0.1", 20);
    CHECK_EQ(service.Length, 8);
    CHECK_MEM(service.Buffer, L"4321", 10);
    CHECK_STATUS(name_of(&a, NULL, NULL, 0), STATUS_INVALID_PARAMETER);
}

TEST(WSK_076, name_buffer_too_small)
{
    SOCKADDR_IN a = kit_v4(INADDR_LOOPBACK, 0);
    UNICODE_STRING node;
    WCHAR *room;

    KIT_START();
    room = wkt_alloc(64);
    room[9] = L'#';
    node.Buffer = room;
    node.Length = 0;
    node.MaximumLength = 18; /* no room for the terminator */
    CHECK_STATUS(name_of(&a, &node, NULL, NI_NUMERICHOST), STATUS_BUFFER_TOO_SMALL);
    CHECK(room[9] == L'#');
}

TEST_FINDING(WSK_075, list_freed_twice, "WSK-075")
{
    START();
    CHECK_STATUS(resolve(L"127.0.0.1", NULL, AF_INET, SOCK_STREAM, AI_NUMERICHOST), STATUS_SUCCESS);
    REQUIRE(*found);
    KIT_PROVIDER->WskFreeAddressInfo(kit.npi.Client, *found);
    KIT_PROVIDER->WskFreeAddressInfo(kit.npi.Client, *found);
}
