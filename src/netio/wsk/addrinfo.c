/* Names: WskGetAddressInfo, WskFreeAddressInfo, WskGetNameInfo (WSK-062 .. WSK-067, WSK-075, WSK-076). The name service answers from
 * a processor's loop at DISPATCH_LEVEL; the request ends there. Called at PASSIVE_LEVEL. */
#include "netio/wsk/wsk_private.h"

#include "nt/mm/mm.h"

#define TAG_QUESTION 0x516B7357 /* "WskQ" */
#define TAG_ADDRINFO 0x416B7357 /* "WskA" */

/* One request. */
struct asked {
    struct net_question question; /* first */
    struct wsk_client *client;
    PIRP irp;
    PADDRINFOEXW *result;
    PUNICODE_STRING node, service;
};

/* A result list is one pool block: these, then the canonical name. */
struct entry {
    ADDRINFOEXW info; /* first */
    SOCKADDR_IN6 address;
    struct wsk_client *client;
};

static bool to_utf8(PCUNICODE_STRING from, char *to, SIZE_T bytes)
{
    ULONG used = 0;

    to[0] = 0;
    if (!from)
        return true;
    if (!from->Buffer && from->Length)
        return false;
    if (from->Length && !NT_SUCCESS(RtlUnicodeToUTF8N(to, (ULONG)bytes - 1, &used, from->Buffer, from->Length))) /* WSK-063: counted */
        return false;
    to[used] = 0;
    return true;
}

static ULONG name_length(const char *name)
{
    ULONG n = 0;

    while (name[n])
        n++;
    return n;
}

/* The transport gives host names in ASCII (punycode), so a character is a byte. */
static void widen(const char *from, PWCH to, ULONG count)
{
    for (ULONG i = 0; i < count; i++)
        to[i] = (UCHAR)from[i];
}

static struct asked *ask(PWSK_CLIENT client, PIRP irp)
{
    struct asked *a = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*a), TAG_QUESTION);

    if (!a)
        return NULL;
    if (!wsk_client_use((struct wsk_client *)client)) { /* NMR-069: as wsk_socket_new */
        ExFreePoolWithTag(a, TAG_QUESTION);
        return NULL;
    }
    a->client = (struct wsk_client *)client;
    a->irp = irp;
    WSK_SOCKET_OF(irp) = NULL;
    WSK_KIND(irp) = WSK_REQUEST_NAME;
    return a;
}

static void answered(struct asked *a, NTSTATUS status)
{
    struct wsk_client *client = a->client;
    PIRP irp = a->irp;

    ExFreePoolWithTag(a, TAG_QUESTION);
    wsk_complete(irp, status, (ULONG_PTR)(ULONG)status); /* WSK-062: Information tells the status too */
    wsk_client_unuse(client);
}

/* WSK-065. No thread of ours impersonates. */
static bool owner_is_sound(PEPROCESS process, PETHREAD thread)
{
    return process || !thread;
}

/* ---- addresses of a name ---- */
static PADDRINFOEXW make_list(struct asked *a)
{
    const struct net_question *q = &a->question;
    ULONG name = q->canonical[0] ? name_length(q->canonical) : 0;
    struct entry *list = ExAllocatePool2(POOL_FLAG_NON_PAGED, q->count * sizeof(*list) + (name + 1) * sizeof(WCHAR), TAG_ADDRINFO);

    if (!list)
        return NULL;
    for (unsigned i = 0; i < q->count; i++) {
        const struct net_resolved *r = &q->results[i];
        USHORT family = r->addr.family == NET_IPV4 ? AF_INET : AF_INET6;
        PADDRINFOEXW info = &list[i].info;

        wsk_address_out(family, &r->addr, (PSOCKADDR)&list[i].address);
        info->ai_family = family;
        info->ai_socktype = r->type == NET_STREAM ? SOCK_STREAM : r->type == NET_DGRAM ? SOCK_DGRAM : SOCK_RAW;
        info->ai_protocol = r->protocol;
        info->ai_addrlen = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
        info->ai_addr = (struct sockaddr *)&list[i].address;
        info->ai_next = i + 1 < q->count ? &list[i + 1].info : NULL;
        list[i].client = a->client;
    }
    if (name) {
        list[0].info.ai_canonname = (PWSTR)&list[q->count];
        widen(q->canonical, list[0].info.ai_canonname, name);
    }
    return &list[0].info;
}

static void addresses_found(struct net_question *question, enum net_err result)
{
    struct asked *a = (struct asked *)question;

    if (result == NET_OK) {
        *a->result = make_list(a);
        answered(a, *a->result ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES);
    } else {
        answered(a, wsk_status(result));
    }
}

static bool take_hints(const ADDRINFOEXW *hints, struct net_question *q)
{
    if (!hints)
        return true;
    if (hints->ai_addrlen || hints->ai_canonname || hints->ai_addr || hints->ai_next || hints->ai_socktype < 0 || hints->ai_socktype > SOCK_RAW ||
        (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET && hints->ai_family != AF_INET6) || hints->ai_protocol < 0 ||
        hints->ai_protocol > 255)
        return false; /* WSK-064 */
    q->family = hints->ai_family == AF_INET ? NET_IPV4 : hints->ai_family == AF_INET6 ? NET_IPV6 : 0;
    q->type = hints->ai_socktype == SOCK_STREAM ? NET_STREAM : hints->ai_socktype == SOCK_DGRAM ? NET_DGRAM : hints->ai_socktype == SOCK_RAW ? NET_RAW : 0;
    q->protocol = (uint8_t)hints->ai_protocol;
    q->flags = (hints->ai_flags & AI_PASSIVE ? NET_RESOLVE_PASSIVE : 0) | (hints->ai_flags & AI_CANONNAME ? NET_RESOLVE_CANONNAME : 0) |
               (hints->ai_flags & AI_NUMERICHOST ? NET_RESOLVE_NUMERICHOST : 0) | (hints->ai_flags & AI_NUMERICSERV ? NET_RESOLVE_NUMERICSERV : 0);
    return true;
}

NTSTATUS WSKAPI wsk_get_address_info(PWSK_CLIENT Client, PUNICODE_STRING NodeName, PUNICODE_STRING ServiceName, ULONG NameSpace, GUID *Provider,
                                     PADDRINFOEXW Hints, PADDRINFOEXW *Result, PEPROCESS OwningProcess, PETHREAD OwningThread, PIRP Irp)
{
    struct asked *a;

    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    if ((!NodeName && !ServiceName) || !Result || !owner_is_sound(OwningProcess, OwningThread) || Provider || (NameSpace != NS_ALL && NameSpace != NS_DNS))
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, (ULONG)STATUS_INVALID_PARAMETER);
    a = ask(Client, Irp);
    if (!a)
        return wsk_complete(Irp, STATUS_INSUFFICIENT_RESOURCES, (ULONG)STATUS_INSUFFICIENT_RESOURCES);
    if (!take_hints(Hints, &a->question) || !to_utf8(NodeName, a->question.node, sizeof(a->question.node)) ||
        !to_utf8(ServiceName, a->question.service, sizeof(a->question.service))) {
        answered(a, STATUS_INVALID_PARAMETER);
        return STATUS_INVALID_PARAMETER;
    }
    a->result = Result;
    a->question.done = addresses_found;
    IoMarkIrpPending(Irp);
    net_resolve(&a->question);
    return STATUS_PENDING;
}

void WSKAPI wsk_free_address_info(PWSK_CLIENT Client, PADDRINFOEXW AddrInfo)
{
    struct mm_pool_block block;

    if (!AddrInfo)
        return;
    if (!mm_pool_find((uint64_t)(ULONG_PTR)AddrInfo, &block) || block.freed || block.tag != TAG_ADDRINFO ||
        block.address != (uint64_t)(ULONG_PTR)AddrInfo || ((struct entry *)AddrInfo)->client != (struct wsk_client *)Client) {
        guest_finding("WSK-075", "WskFreeAddressInfo(%p): it is no list of this client, or was freed before", AddrInfo);
        return;
    }
    ExFreePoolWithTag(AddrInfo, TAG_ADDRINFO);
}

/* ---- the name of an address ---- */
static bool give_name(PUNICODE_STRING to, const char *name)
{
    ULONG n = name_length(name);

    if (!to)
        return true;
    if ((n + 1) * sizeof(WCHAR) > to->MaximumLength)
        return false; /* WSK-076 */
    widen(name, to->Buffer, n);
    to->Buffer[n] = 0;
    to->Length = (USHORT)(n * sizeof(WCHAR));
    return true;
}

static void name_found(struct net_question *question, enum net_err result)
{
    struct asked *a = (struct asked *)question;
    NTSTATUS status = wsk_status(result);

    if (result == NET_OK && (!give_name(a->node, question->node) || !give_name(a->service, question->service)))
        status = STATUS_BUFFER_TOO_SMALL;
    answered(a, status);
}

NTSTATUS WSKAPI wsk_get_name_info(PWSK_CLIENT Client, PSOCKADDR SockAddr, ULONG SockAddrLength, PUNICODE_STRING NodeName, PUNICODE_STRING ServiceName,
                                  ULONG Flags, PEPROCESS OwningProcess, PETHREAD OwningThread, PIRP Irp)
{
    const ULONG known = NI_NOFQDN | NI_NUMERICHOST | NI_NAMEREQD | NI_NUMERICSERV | NI_DGRAM;
    struct asked *a = NULL;
    bool sound;

    _Static_assert(NI_NOFQDN == NET_NAME_NOFQDN && NI_NUMERICHOST == NET_NAME_NUMERICHOST && NI_NAMEREQD == NET_NAME_REQUIRED &&
                       NI_NUMERICSERV == NET_NAME_NUMERICSERV && NI_DGRAM == NET_NAME_DGRAM,
                   "the plane's flags are Windows'");
    if (!wsk_begin(Irp))
        return STATUS_INVALID_PARAMETER;
    sound = SockAddr && SockAddrLength <= sizeof(SOCKADDR_STORAGE) && (NodeName || ServiceName) && !(Flags & ~known) &&
            owner_is_sound(OwningProcess, OwningThread) &&
            ((SockAddrLength >= sizeof(SOCKADDR_IN) && SockAddr->sa_family == AF_INET) ||
             (SockAddrLength >= sizeof(SOCKADDR_IN6) && SockAddr->sa_family == AF_INET6));
    if (!sound)
        return wsk_complete(Irp, STATUS_INVALID_PARAMETER, (ULONG)STATUS_INVALID_PARAMETER);
    a = ask(Client, Irp);
    if (!a)
        return wsk_complete(Irp, STATUS_INSUFFICIENT_RESOURCES, (ULONG)STATUS_INSUFFICIENT_RESOURCES);
    wsk_address_in(SockAddr->sa_family, SockAddr, &a->question.address);
    a->question.flags = Flags;
    a->question.done = name_found;
    a->node = NodeName;
    a->service = ServiceName;
    IoMarkIrpPending(Irp);
    net_name(&a->question);
    return STATUS_PENDING;
}
