/* Buffers of many MDLs: WSK takes a chain of any length in every call that takes a buffer (WSK-032). */
#include "wsk_kit.h"

#define LINKS  203 /* more than Linux takes in one system call of this transport, and no multiple of it */
#define LEAD   2   /* Offset: the first MDL is entered in its middle */
#define LENGTH (LINKS * 3 - LEAD)

struct chain {
    UCHAR *bytes; /* the memory behind it, one piece */
    WSK_BUF buf;
};

static void free_chain(void *context)
{
    PMDL mdl = context;

    while (mdl) {
        PMDL next = mdl->Next;

        IoFreeMdl(mdl);
        mdl = next;
    }
}

/* LINKS MDLs of three bytes. `fill`: the bytes of the buffer count up. */
static BOOLEAN chain_new(struct chain *c, BOOLEAN fill)
{
    PMDL *last = &c->buf.Mdl;
    ULONG i;

    RtlZeroMemory(c, sizeof(*c));
    c->bytes = wkt_alloc(LINKS * 3);
    for (i = 0; i < LINKS; i++, last = &(*last)->Next) {
        *last = IoAllocateMdl(c->bytes + i * 3, 3, FALSE, FALSE, NULL);
        if (!CHECK(*last != NULL))
            return FALSE;
        MmBuildMdlForNonPagedPool(*last);
    }
    wkt_at_end(free_chain, c->buf.Mdl);
    for (i = 0; fill && i < LENGTH; i++)
        c->bytes[LEAD + i] = (UCHAR)(i * 7);
    c->buf.Offset = LEAD;
    c->buf.Length = LENGTH;
    return TRUE;
}

static PWSK_SOCKET datagram_socket(SOCKADDR_IN *at)
{
    PWSK_SOCKET s = kit_socket(AF_INET, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);

    if (!s || !CHECK_STATUS(kit_bind_with(s, KIT_DATAGRAM(s)->WskBind, INADDR_LOOPBACK), STATUS_SUCCESS))
        return NULL;
    *at = kit_local(s, KIT_DATAGRAM(s)->WskGetLocalAddress);
    return s;
}

static NTSTATUS receive_from(PWSK_SOCKET s, WSK_BUF *buf, ULONG *flags)
{
    ULONG none = 0;

    return KIT(KIT_DATAGRAM(s)->WskReceiveFrom(s, buf, 0, NULL, &none, NULL, flags, kit_irp()));
}

TEST_ROWS("WSK-032 WSK-140 WSK-142", stream_both_ways)
{
    struct chain out, in;
    struct kit_pair p;

    REQUIRE(kit_pair(&p) && chain_new(&out, TRUE) && chain_new(&in, FALSE));
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSend(p.a, &out.buf, 0, kit_irp())), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, LENGTH);
    CHECK_STATUS(kit_receive(p.b, &in.buf, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, LENGTH);
    CHECK_MEM(in.bytes, out.bytes, LINKS * 3); /* and nothing before the offset was touched */
}

TEST_ROWS("WSK-032 WSK-106", connect_ex)
{
    SOCKADDR_IN at;
    PWSK_SOCKET listener, a, b;
    struct chain out, in;

    KIT_START();
    listener = kit_listener(NULL, NULL, &at);
    REQUIRE(listener && chain_new(&out, TRUE) && chain_new(&in, FALSE));
    a = kit_bound(NULL, NULL);
    REQUIRE(a);
    CHECK_STATUS(KIT(KIT_CONN(a)->WskConnectEx(a, (PSOCKADDR)&at, &out.buf, 0, kit_irp())), STATUS_SUCCESS);
    b = kit_accept(listener, NULL, NULL);
    REQUIRE(b);
    CHECK_STATUS(kit_receive(b, &in.buf, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_MEM(in.bytes, out.bytes, LINKS * 3);
}

TEST_ROWS("WSK-032 WSK-162 WSK-165", datagrams)
{
    SOCKADDR_IN at_a, at_b;
    struct chain out, in;
    PWSK_SOCKET a, b;
    WSK_BUF small;
    ULONG flags = 0;

    KIT_START();
    a = datagram_socket(&at_a);
    b = datagram_socket(&at_b);
    REQUIRE(a && b && chain_new(&out, TRUE) && chain_new(&in, FALSE));
    CHECK_STATUS(KIT(KIT_DATAGRAM(a)->WskSendTo(a, &out.buf, 0, (PSOCKADDR)&at_b, 0, NULL, kit_irp())), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, LENGTH);
    CHECK_STATUS(receive_from(b, &in.buf, &flags), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, LENGTH);
    CHECK_EQ(flags, 0);
    CHECK_MEM(in.bytes, out.bytes, LINKS * 3);

    /* a shorter buffer cuts it, whatever its MDLs */
    in.buf.Length = LENGTH - 5;
    RtlZeroMemory(in.bytes, LINKS * 3);
    CHECK_STATUS(KIT(KIT_DATAGRAM(a)->WskSendTo(a, &out.buf, 0, (PSOCKADDR)&at_b, 0, NULL, kit_irp())), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(b, &in.buf, &flags), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, LENGTH - 5);
    CHECK_EQ(flags, MSG_TRUNC);
    CHECK_MEM(in.bytes, out.bytes, LINKS * 3 - 5);
    CHECK_MEM(in.bytes + LINKS * 3 - 5, "\0\0\0\0\0", 5);

    /* a longer one is not filled */
    in.buf.Length = LENGTH;
    small = kit_buf("abc", 3);
    CHECK_STATUS(KIT(KIT_DATAGRAM(a)->WskSendTo(a, &small, 0, (PSOCKADDR)&at_b, 0, NULL, kit_irp())), STATUS_SUCCESS);
    CHECK_STATUS(receive_from(b, &in.buf, &flags), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 3);
    CHECK_EQ(flags, 0);
    CHECK_MEM(in.bytes + LEAD, "abc", 3);
}

/* Longer than any datagram, and in more pieces than one call takes. */
TEST(WSK_182, too_long_in_many_pieces)
{
    SOCKADDR_IN at;
    struct chain c;
    PWSK_SOCKET s;
    PMDL big, last;

    KIT_START();
    s = datagram_socket(&at);
    REQUIRE(s && chain_new(&c, TRUE));
    big = wkt_mdl(NULL, 0x10000);
    REQUIRE(big);
    for (last = c.buf.Mdl; last->Next; last = last->Next)
        ;
    last->Next = big;
    c.buf.Length += 0x10000;
    CHECK_STATUS(KIT(KIT_DATAGRAM(s)->WskSendTo(s, &c.buf, 0, (PSOCKADDR)&at, 0, NULL, kit_irp())), STATUS_INVALID_BUFFER_SIZE);
    CHECK_EQ(kit.irp->IoStatus.Information, 0);
    last->Next = NULL;
}
