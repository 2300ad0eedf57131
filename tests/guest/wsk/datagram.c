/* Datagram sockets (WSK section 9). */
#include "wsk_kit.h"

struct pair {
    PWSK_SOCKET a, b;
    SOCKADDR_IN at_a, at_b;
};

static PWSK_SOCKET bound(PVOID context, const WSK_CLIENT_DATAGRAM_DISPATCH *dispatch, SOCKADDR_IN *at)
{
    PWSK_SOCKET s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, context, dispatch);

    if (!s || !CHECK_STATUS(kit_bind_with(s, KIT_DATAGRAM(s)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS))
        return NULL;
    *at = kit_local(s, KIT_DATAGRAM(s)->WskGetLocalAddress);
    return s;
}

static BOOLEAN make_pair(struct pair *p, PVOID context, const WSK_CLIENT_DATAGRAM_DISPATCH *dispatch)
{
    RtlZeroMemory(p, sizeof(*p));
    if (!kit_start())
        return FALSE;
    p->a = bound(NULL, NULL, &p->at_a);
    p->b = bound(context, dispatch, &p->at_b);
    return (BOOLEAN)(p->a && p->b);
}

/* And a third, `c`, that is no part of the pair. */
static PWSK_SOCKET make_three(struct pair *p, SOCKADDR_IN *at_c)
{
    return make_pair(p, NULL, NULL) ? bound(NULL, NULL, at_c) : NULL;
}

static NTSTATUS send_to(PWSK_SOCKET s, const SOCKADDR_IN *to, const void *data, SIZE_T bytes)
{
    WSK_BUF buf = kit_buf(data, bytes);
    SOCKADDR_IN copy;

    if (to)
        copy = *to;
    return KIT(KIT_DATAGRAM(s)->WskSendTo(s, &buf, 0, to ? (PSOCKADDR)&copy : NULL, 0, NULL, kit_irp()));
}

static NTSTATUS receive_from(PWSK_SOCKET s, WSK_BUF *buf, SOCKADDR_IN *from, ULONG *flags)
{
    ULONG none = 0;

    return KIT(KIT_DATAGRAM(s)->WskReceiveFrom(s, buf, 0, (PSOCKADDR)from, flags ? &none : NULL, NULL, flags, kit_irp()));
}

TEST_ROWS("WSK-162 WSK-165", send_and_receive)
{
    struct pair p;
    SOCKADDR_IN from;
    WSK_BUF in;

    REQUIRE(make_pair(&p, NULL, NULL));
    in = kit_buf(NULL, 100);
    CHECK_STATUS(send_to(p.a, &p.at_b, "datagram", 8), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 8);
    CHECK_STATUS(receive_from(p.b, &in, &from, NULL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 8);
    CHECK_MEM(kit_bytes(&in), "datagram", 8);
    CHECK_EQ(from.sin_port, p.at_a.sin_port);
    CHECK_EQ(from.sin_addr.s_addr, p.at_a.sin_addr.s_addr);
}

TEST(WSK_165, receive_posted_before)
{
    struct pair p;
    WSK_BUF one, two;
    SOCKADDR_IN *from;
    PIRP first, second;

    REQUIRE(make_pair(&p, NULL, NULL));
    one = kit_buf(NULL, 4);
    two = kit_buf(NULL, 4);
    from = wkt_alloc(sizeof(*from));
    first = wkt_irp();
    second = wkt_irp();
    CHECK_STATUS(KIT_DATAGRAM(p.b)->WskReceiveFrom(p.b, &one, 0, (PSOCKADDR)from, NULL, NULL, NULL, first), STATUS_PENDING);
    CHECK_STATUS(KIT_DATAGRAM(p.b)->WskReceiveFrom(p.b, &two, 0, NULL, NULL, NULL, NULL, second), STATUS_PENDING);
    CHECK_STATUS(send_to(p.a, &p.at_b, "1", 1), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(first), STATUS_SUCCESS);
    CHECK_EQ(first->IoStatus.Information, 1);
    CHECK_EQ(from->sin_port, p.at_a.sin_port);
    CHECK_EQ(wkt_completions(second), 0);
    CHECK_STATUS(send_to(p.a, &p.at_b, "22", 2), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(second), STATUS_SUCCESS);
    CHECK_EQ(second->IoStatus.Information, 2);
}

TEST_ROWS("WSK-165 WSK-166", cut_off_datagram_says_so)
{
    struct pair p;
    WSK_BUF in;
    ULONG flags = 0;

    REQUIRE(make_pair(&p, NULL, NULL));
    in = kit_buf(NULL, 4);
    CHECK_STATUS(send_to(p.a, &p.at_b, "too long", 8), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.b, &in, NULL, &flags), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 4);
    CHECK_EQ(flags & MSG_TRUNC, MSG_TRUNC);
    CHECK_MEM(kit_bytes(&in), "too ", 4);
    CHECK_STATUS(send_to(p.a, &p.at_b, "next", 4), STATUS_SUCCESS); /* the rest is gone */
    CHECK_STATUS(receive_from(p.b, &in, NULL, &flags), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "next", 4);
    CHECK_EQ(flags & MSG_TRUNC, 0);
}

TEST(WSK_162, empty_datagram)
{
    struct pair p;
    WSK_BUF none = {NULL, 0, 0}, in;

    REQUIRE(make_pair(&p, NULL, NULL));
    in = kit_buf(NULL, 4);
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &none, 0, (PSOCKADDR)&p.at_b, 0, NULL, kit_irp())), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.b, &in, NULL, NULL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 0);
}

TEST(WSK_162, send_at_dispatch_with_a_lock_held)
{
    struct pair p;
    WSK_BUF out, in;
    KSPIN_LOCK lock;
    NTSTATUS status;
    KIRQL irql;
    PIRP irp;

    REQUIRE(make_pair(&p, NULL, NULL));
    out = kit_buf("x", 1);
    in = kit_buf(NULL, 4);
    irp = wkt_irp();
    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &irql);
    status = KIT_DATAGRAM(p.a)->WskSendTo(p.a, &out, 0, (PSOCKADDR)&p.at_b, 0, NULL, irp);
    KeReleaseSpinLock(&lock, irql);
    CHECK_STATUS(kit_done(status, irp), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.b, &in, NULL, NULL), STATUS_SUCCESS);
}

TEST(WSK_163, send_messages_one_datagram_per_node)
{
    struct pair p;
    WSK_BUF_LIST list[3];
    WSK_BUF in;
    ULONG i;

    REQUIRE(make_pair(&p, NULL, NULL));
    in = kit_buf(NULL, 16);
    for (i = 0; i < 3; i++) {
        list[i].Next = i < 2 ? &list[i + 1] : NULL;
        list[i].Buffer = kit_buf("abcdef", 2 + i);
    }
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendMessages(p.a, list, 0, (PSOCKADDR)&p.at_b, 0, NULL, kit_irp())), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 2 + 3 + 4);
    for (i = 0; i < 3; i++) {
        CHECK_STATUS(receive_from(p.b, &in, NULL, NULL), STATUS_SUCCESS);
        CHECK_EQ(kit.irp->IoStatus.Information, 2 + i);
    }
}

/* ---- control data ---- */
union control {
    CMSGHDR header;
    UCHAR bytes[128];
};

static void put(union control *c, ULONG *used, INT level, INT type, const void *data, SIZE_T bytes)
{
    PCMSGHDR h = (PCMSGHDR)(c->bytes + *used);

    h->cmsg_len = WSA_CMSG_LEN(bytes);
    h->cmsg_level = level;
    h->cmsg_type = type;
    RtlCopyMemory(WSA_CMSG_DATA(h), data, bytes);
    *used += (ULONG)WSA_CMSG_SPACE(bytes);
}

static PCMSGHDR find(union control *c, ULONG used, INT level, INT type)
{
    ULONG at;

    for (at = 0; at + sizeof(CMSGHDR) <= used;) {
        PCMSGHDR h = (PCMSGHDR)(c->bytes + at);

        if (h->cmsg_level == level && h->cmsg_type == type)
            return h;
        if (h->cmsg_len < sizeof(CMSGHDR))
            return NULL;
        at += (ULONG)WSA_CMSGHDR_ALIGN(h->cmsg_len);
    }
    return NULL;
}

TEST(WSK_164, control_data_on_send)
{
    union control c = {{0}};
    IN_PKTINFO info;
    struct pair p;
    WSK_BUF out;
    ULONG used = 0;
    INT value = 0x20;

    REQUIRE(make_pair(&p, NULL, NULL));
    out = kit_buf("x", 1);
    RtlZeroMemory(&info, sizeof(info));
    info.ipi_addr = p.at_a.sin_addr;
    put(&c, &used, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
    put(&c, &used, IPPROTO_IP, IP_TOS, &value, sizeof(value));
    put(&c, &used, IPPROTO_IP, IP_OPTIONS, NULL, 0);
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &out, 0, (PSOCKADDR)&p.at_b, used, &c.header, kit_irp())), STATUS_SUCCESS);
    used = 0;
    put(&c, &used, IPPROTO_IP, 0x7777, &value, sizeof(value));
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &out, 0, (PSOCKADDR)&p.at_b, used, &c.header, kit_irp())), STATUS_INVALID_PARAMETER);
}

TEST_ROWS("WSK-166 WSK-164 WSK-192", control_data_on_receive)
{
    union control sent = {{0}}, *got;
    ULONG used = 0, *length, *flags;
    PCMSGHDR info, tos;
    INT value = 0x21; /* ECT(1) */
    struct pair p;
    WSK_BUF out, in;

    REQUIRE(make_pair(&p, NULL, NULL));
    got = wkt_alloc(sizeof(*got));
    length = wkt_alloc(sizeof(*length));
    flags = wkt_alloc(sizeof(*flags));
    out = kit_buf("x", 1);
    in = kit_buf(NULL, 8);
    CHECK_STATUS(kit_set(p.b, IPPROTO_IP, IP_PKTINFO, 1), STATUS_SUCCESS);
    CHECK_STATUS(kit_set(p.b, IPPROTO_IP, IP_RECVTOS, 1), STATUS_SUCCESS);
    put(&sent, &used, IPPROTO_IP, IP_TOS, &value, sizeof(value));
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &out, 0, (PSOCKADDR)&p.at_b, used, &sent.header, kit_irp())), STATUS_SUCCESS);
    *length = sizeof(*got);
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.b)->WskReceiveFrom(p.b, &in, 0, NULL, length, &got->header, flags, kit_irp())), STATUS_SUCCESS);
    info = find(got, *length, IPPROTO_IP, IP_PKTINFO);
    tos = find(got, *length, IPPROTO_IP, IP_TOS);
    REQUIRE(info && tos);
    CHECK_EQ(((PIN_PKTINFO)WSA_CMSG_DATA(info))->ipi_addr.s_addr, p.at_b.sin_addr.s_addr);
    CHECK(((PIN_PKTINFO)WSA_CMSG_DATA(info))->ipi_ifindex != 0);
    CHECK_EQ(*(INT *)WSA_CMSG_DATA(tos), value);
    CHECK_EQ(*flags, 0);

    /* too little room */
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &out, 0, (PSOCKADDR)&p.at_b, 0, NULL, kit_irp())), STATUS_SUCCESS);
    *length = 8;
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.b)->WskReceiveFrom(p.b, &in, 0, NULL, length, &got->header, flags, kit_irp())), STATUS_SUCCESS);
    CHECK_EQ(*flags & MSG_CTRUNC, MSG_CTRUNC);
    CHECK_EQ(*length, 0);
}

TEST(WSK_176, one_buffer_becomes_several_datagrams)
{
    union control c = {{0}};
    struct pair p;
    WSK_BUF out, in;
    ULONG used = 0, i, size = 100;

    REQUIRE(make_pair(&p, NULL, NULL));
    out = kit_buf(NULL, 250);
    in = kit_buf(NULL, 300);
    put(&c, &used, IPPROTO_UDP, UDP_SEND_MSG_SIZE, &size, sizeof(size));
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &out, 0, (PSOCKADDR)&p.at_b, used, &c.header, kit_irp())), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 250);
    for (i = 0; i < 3; i++) {
        CHECK_STATUS(receive_from(p.b, &in, NULL, NULL), STATUS_SUCCESS);
        CHECK_EQ(kit.irp->IoStatus.Information, i < 2 ? 100 : 50);
    }
}

/* ---- events ---- */
#define KEPT 16
static struct {
    volatile LONG calls, datagrams, wrong;
    NTSTATUS answer; /* of the next call; then STATUS_SUCCESS */
    PWSK_DATAGRAM_INDICATION kept[KEPT];
    SOCKADDR_IN from;
    UCHAR text[64];
    SIZE_T bytes;
} seen;

static NTSTATUS WSKAPI on_receive_from(PVOID context, ULONG flags, PWSK_DATAGRAM_INDICATION list)
{
    BOOLEAN at_dispatch = (BOOLEAN)(KeGetCurrentIrql() == DISPATCH_LEVEL);
    NTSTATUS answer = seen.answer;
    PWSK_DATAGRAM_INDICATION d, next;
    LONG count = 0;

    if (context != &seen || !list || ((flags & WSK_FLAG_AT_DISPATCH_LEVEL) != 0) != at_dispatch)
        InterlockedIncrement(&seen.wrong);
    for (d = list; d; d = next) {
        const UCHAR *data = (const UCHAR *)MmGetSystemAddressForMdlSafe(d->Buffer.Mdl, NormalPagePriority);

        next = d->Next;
        if (!data || (d->Buffer.Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) == 0 || !d->RemoteAddress) /* WSK-171 */
            InterlockedIncrement(&seen.wrong);
        seen.bytes = d->Buffer.Length;
        RtlCopyMemory(seen.text, data + d->Buffer.Offset, seen.bytes < sizeof(seen.text) ? seen.bytes : sizeof(seen.text));
        seen.from = *(PSOCKADDR_IN)d->RemoteAddress;
        if (answer == STATUS_PENDING && seen.datagrams + count < KEPT) {
            seen.kept[seen.datagrams + count] = d;
            d->Next = NULL; /* WSK-168: the list is cut */
        }
        count++;
    }
    if (answer != STATUS_PENDING)
        seen.answer = STATUS_SUCCESS;
    InterlockedIncrement(&seen.calls);
    if (answer != STATUS_DATA_NOT_ACCEPTED)
        InterlockedExchangeAdd(&seen.datagrams, count);
    return answer;
}

static const WSK_CLIENT_DATAGRAM_DISPATCH events = {on_receive_from};

TEST_ROWS("WSK-167 WSK-169 WSK-171 WSK-185", receive_from_event)
{
    struct pair p;

    RtlZeroMemory(&seen, sizeof(seen));
    REQUIRE(make_pair(&p, &seen, &events));
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.a, &p.at_b, "event", 5), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.datagrams, 1));
    CHECK_EQ(seen.bytes, 5);
    CHECK_MEM(seen.text, "event", 5);
    CHECK_EQ(seen.from.sin_port, p.at_a.sin_port);
    CHECK_STATUS(send_to(p.a, &p.at_b, "second", 6), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.datagrams, 2));
    CHECK_EQ(seen.wrong, 0);
}

TEST_ROWS("WSK-168 WSK-172", kept_datagrams_are_released_one_by_one)
{
    struct pair p;
    LONG i;

    RtlZeroMemory(&seen, sizeof(seen));
    seen.answer = STATUS_PENDING;
    REQUIRE(make_pair(&p, &seen, &events));
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
    for (i = 0; i < 4; i++)
        CHECK_STATUS(send_to(p.a, &p.at_b, "kept", 4), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.datagrams, 4));
    CHECK_EQ(seen.wrong, 0);
    CHECK_MEM(MmGetSystemAddressForMdlSafe(seen.kept[0]->Buffer.Mdl, NormalPagePriority), "kept", 4);
    CHECK_STATUS(KIT_DATAGRAM(p.b)->WskRelease(p.b, seen.kept[2]), STATUS_SUCCESS);
    CHECK_STATUS(KIT_DATAGRAM(p.b)->WskRelease(p.b, seen.kept[0]), STATUS_SUCCESS);
    seen.kept[3]->Next = seen.kept[1]; /* of several callbacks, in one list */
    CHECK_STATUS(KIT_DATAGRAM(p.b)->WskRelease(p.b, seen.kept[3]), STATUS_SUCCESS);
}

TEST(WSK_170, refused_datagrams_wait_until_the_event_is_enabled_again)
{
    struct pair p;

    RtlZeroMemory(&seen, sizeof(seen));
    seen.answer = STATUS_DATA_NOT_ACCEPTED;
    REQUIRE(make_pair(&p, &seen, &events));
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.a, &p.at_b, "1", 1), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.calls, 1));
    CHECK_STATUS(send_to(p.a, &p.at_b, "2", 1), STATUS_SUCCESS);
    CHECK_EQ(seen.calls, 1);
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
    CHECK(wkt_until(&seen.datagrams, 2));
    CHECK_EQ(seen.text[0], '2');
}

TEST_FINDING(WSK_159, event_with_another_status, "WSK-159")
{
    struct pair p;

    RtlZeroMemory(&seen, sizeof(seen));
    seen.answer = STATUS_DEVICE_NOT_READY;
    REQUIRE(make_pair(&p, &seen, &events));
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.a, &p.at_b, "lost", 4), STATUS_SUCCESS); /* taken back and dropped */
    REQUIRE(wkt_until(&seen.calls, 1));
    CHECK_STATUS(send_to(p.a, &p.at_b, "2", 1), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.calls, 2));
    CHECK_EQ(seen.bytes, 1);
    CHECK_EQ(seen.text[0], '2');
}

TEST(WSK_173, remote_address_is_default_and_filter)
{
    struct pair p;
    SOCKADDR_IN at_c;
    PWSK_SOCKET c = make_three(&p, &at_c);
    WSK_BUF in;

    REQUIRE(c);
    in = kit_buf(NULL, 8);
    CHECK_STATUS(kit_ioctl(p.b, SIO_WSK_SET_REMOTE_ADDRESS, sizeof(p.at_a), &p.at_a, 0, NULL, NULL), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.b, NULL, "default", 7), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.a, &in, NULL, NULL), STATUS_SUCCESS);
    CHECK_STATUS(send_to(c, &p.at_b, "no", 2), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.a, &p.at_b, "yes", 3), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.b, &in, NULL, NULL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 3);
    /* cleared: nobody is the default, and everybody is heard */
    CHECK_STATUS(kit_ioctl(p.b, SIO_WSK_SET_REMOTE_ADDRESS, 0, NULL, 0, NULL, NULL), STATUS_SUCCESS);
    CHECK_STATUS(send_to(c, &p.at_b, "now", 3), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.b, &in, NULL, NULL), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.b, NULL, "x", 1), STATUS_INVALID_PARAMETER);
}

TEST(WSK_174, sendto_address_does_not_filter)
{
    struct pair p;
    SOCKADDR_IN at_c;
    PWSK_SOCKET c = make_three(&p, &at_c);
    WSK_BUF in;

    REQUIRE(c);
    in = kit_buf(NULL, 8);
    CHECK_STATUS(kit_ioctl(p.b, SIO_WSK_SET_SENDTO_ADDRESS, sizeof(p.at_a), &p.at_a, 0, NULL, NULL), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.b, NULL, "default", 7), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.a, &in, NULL, NULL), STATUS_SUCCESS);
    CHECK_STATUS(send_to(c, &p.at_b, "heard", 5), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.b, &in, NULL, NULL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 5);
}

TEST(WSK_175, broadcast_needs_its_option)
{
    SOCKADDR_IN everybody = kit_v4(INADDR_BROADCAST, 0x3930);
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_bind_with(s, KIT_DATAGRAM(s)->WskBind, INADDR_ANY), STATUS_SUCCESS);
    CHECK_STATUS(send_to(s, &everybody, "x", 1), STATUS_ACCESS_DENIED);
    CHECK_STATUS(kit_set(s, SOL_SOCKET, SO_BROADCAST, 1), STATUS_SUCCESS);
}

TEST(WSK_178, port_unreachable_does_not_kill)
{
    struct pair p;
    SOCKADDR_IN nobody;
    PWSK_SOCKET c = make_three(&p, &nobody);
    WSK_BUF in;

    REQUIRE(c);
    in = kit_buf(NULL, 8);
    CHECK_STATUS(kit_close(c), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.a, &nobody, "x", 1), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.a, &nobody, "x", 1), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.b, &p.at_a, "alive", 5), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.a, &in, NULL, NULL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 5);
}

TEST(WSK_031, cancelled_receive_from)
{
    struct pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(make_pair(&p, NULL, NULL));
    in = kit_buf(NULL, 8);
    irp = wkt_irp();
    CHECK_STATUS(KIT_DATAGRAM(p.b)->WskReceiveFrom(p.b, &in, 0, NULL, NULL, NULL, NULL, irp), STATUS_PENDING);
    IoCancelIrp(irp);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_CANCELLED);
    CHECK_STATUS(send_to(p.a, &p.at_b, "next", 4), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(p.b, &in, NULL, NULL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 4);
}

TEST(WSK_080, close_cancels_receive_from)
{
    struct pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(make_pair(&p, NULL, NULL));
    in = kit_buf(NULL, 8);
    irp = wkt_irp();
    CHECK_STATUS(KIT_DATAGRAM(p.b)->WskReceiveFrom(p.b, &in, 0, NULL, NULL, NULL, NULL, irp), STATUS_PENDING);
    CHECK_STATUS(kit_close(p.b), STATUS_SUCCESS);
    CHECK_EQ(wkt_completions(irp), 1);
    CHECK_STATUS(irp->IoStatus.Status, STATUS_CANCELLED);
}

/* ---- misuse ---- */
TEST(WSK_179, no_address_at_all)
{
    struct pair p;

    REQUIRE(make_pair(&p, NULL, NULL));
    CHECK_STATUS(send_to(p.a, NULL, "x", 1), STATUS_INVALID_PARAMETER);
}

TEST(WSK_180, parameters)
{
    struct pair p;
    WSK_BUF buf;

    REQUIRE(make_pair(&p, NULL, NULL));
    buf = kit_buf("x", 1);
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &buf, 1, (PSOCKADDR)&p.at_b, 0, NULL, kit_irp())), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskReceiveFrom(p.a, &buf, 1, NULL, NULL, NULL, NULL, kit_irp())), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendMessages(p.a, NULL, 0, (PSOCKADDR)&p.at_b, 0, NULL, kit_irp())), STATUS_INVALID_PARAMETER);
    p.at_b.sin_family = AF_INET6;
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &buf, 0, (PSOCKADDR)&p.at_b, 0, NULL, kit_irp())), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(WSK_180, list_without_end, "WSK-180")
{
    WSK_BUF_LIST list[2];
    struct pair p;

    REQUIRE(make_pair(&p, NULL, NULL));
    list[0].Buffer = list[1].Buffer = kit_buf("x", 1);
    list[0].Next = &list[1];
    list[1].Next = &list[0];
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendMessages(p.a, list, 0, (PSOCKADDR)&p.at_b, 0, NULL, kit_irp())), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(WSK_181, control_data_cut_off, "WSK-181")
{
    union control c = {{0}};
    struct pair p;
    WSK_BUF buf;
    ULONG used = 0;
    INT value = 0;

    REQUIRE(make_pair(&p, NULL, NULL));
    buf = kit_buf("x", 1);
    put(&c, &used, IPPROTO_IP, IP_TOS, &value, sizeof(value));
    c.header.cmsg_len = 200;
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &buf, 0, (PSOCKADDR)&p.at_b, used, &c.header, kit_irp())), STATUS_INVALID_PARAMETER);
}

TEST(WSK_182, datagram_too_large)
{
    struct pair p;
    WSK_BUF buf;

    REQUIRE(make_pair(&p, NULL, NULL));
    buf = kit_buf(NULL, 65508); /* 65535 - 20 - 8 + 1 */
    CHECK_STATUS(KIT(KIT_DATAGRAM(p.a)->WskSendTo(p.a, &buf, 0, (PSOCKADDR)&p.at_b, 0, NULL, kit_irp())), STATUS_INVALID_BUFFER_SIZE);
}

TEST_FINDING(WSK_183, remote_address_before_bind, "WSK-084")
{
    SOCKADDR_IN at = kit_v4(INADDR_LOOPBACK, 0x1234);
    PWSK_SOCKET s;

    KIT_START();
    s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
    REQUIRE(s);
    CHECK_STATUS(kit_ioctl(s, SIO_WSK_SET_REMOTE_ADDRESS, sizeof(at), &at, 0, NULL, NULL), STATUS_INVALID_DEVICE_STATE);
}

TEST_FINDING(WSK_184, released_twice, "WSK-184")
{
    struct pair p;

    RtlZeroMemory(&seen, sizeof(seen));
    seen.answer = STATUS_PENDING;
    REQUIRE(make_pair(&p, &seen, &events));
    CHECK_STATUS(kit_events(p.b, WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
    CHECK_STATUS(send_to(p.a, &p.at_b, "kept", 4), STATUS_SUCCESS);
    REQUIRE(wkt_until(&seen.datagrams, 1));
    CHECK_STATUS(KIT_DATAGRAM(p.b)->WskRelease(p.b, seen.kept[0]), STATUS_SUCCESS);
    CHECK_STATUS(KIT_DATAGRAM(p.b)->WskRelease(p.b, seen.kept[0]), STATUS_INVALID_PARAMETER);
}

TODO_ROW(WSK_177, "raw sockets need a privilege that tests do not have");
