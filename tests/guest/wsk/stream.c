/* Sending and receiving on connections by IRP, disconnecting (WSK sections 6 and 8). */
#include "wsk_kit.h"

#define LARGE (4 * 1024 * 1024)

TEST_ROWS("WSK-140 WSK-142", send_and_receive)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 100);
    CHECK_STATUS(kit_send(p.a, "hello", 5), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 5);
    CHECK_STATUS(kit_receive(p.b, &in, 0), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 5); /* what is there, not the whole buffer */
    CHECK_MEM(kit_bytes(&in), "hello", 5);
    CHECK_STATUS(kit_send(p.b, "back", 4), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.a, &in, 0), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "back", 4);
}

/* More than any socket buffer takes: the send waits for the reader, and is never short. */
TEST_ROWS("WSK-140 WSK-143", large_send_completes_once)
{
    struct kit_pair p;
    WSK_BUF out, in;
    UCHAR *bytes;
    PIRP irp;
    ULONG i;

    REQUIRE(kit_pair(&p));
    out = kit_buf(NULL, LARGE);
    in = kit_buf(NULL, LARGE);
    REQUIRE(out.Mdl && in.Mdl);
    bytes = kit_bytes(&out);
    for (i = 0; i < LARGE; i++)
        bytes[i] = (UCHAR)(i * 31 + (i >> 8));
    irp = wkt_irp();
    KIT_CONN(p.a)->WskSend(p.a, &out, 0, irp);
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, LARGE);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    CHECK_EQ(irp->IoStatus.Information, LARGE);
    CHECK_EQ(wkt_completions(irp), 1);
    CHECK_MEM(kit_bytes(&in), bytes, LARGE);
}

TEST_ROWS("WSK-140 WSK-039", sends_keep_their_order)
{
    struct kit_pair p;
    WSK_BUF out[4], in;
    PIRP irps[4];
    ULONG i, j;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 4 * 300000);
    for (i = 0; i < 4; i++) {
        out[i] = kit_buf(NULL, 300000);
        RtlFillMemory(kit_bytes(&out[i]), 300000, 'a' + i);
        irps[i] = wkt_irp();
    }
    for (i = 0; i < 4; i++)
        KIT_CONN(p.a)->WskSend(p.a, &out[i], 0, irps[i]);
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    for (i = 0; i < 4; i++) {
        CHECK_STATUS(wkt_irp_wait(irps[i]), STATUS_SUCCESS);
        CHECK_EQ(irps[i]->IoStatus.Information, 300000);
        for (j = 0; j < 300000 && kit_bytes(&in)[i * 300000 + j] == 'a' + i; j++)
            continue;
        CHECK_EQ(j, 300000);
    }
}

TEST(WSK_141, nodelay_flag)
{
    struct kit_pair p;
    WSK_BUF buf;

    REQUIRE(kit_pair(&p));
    buf = kit_buf("x", 1);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSend(p.a, &buf, WSK_FLAG_NODELAY, kit_irp())), STATUS_SUCCESS);
}

TEST(WSK_143, waitall_waits_for_all)
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 8);
    irp = kit_receive_later(p.b, &in, WSK_FLAG_WAITALL);
    CHECK_STATUS(kit_send(p.a, "1234", 4), STATUS_SUCCESS);
    CHECK_EQ(wkt_completions(irp), 0);
    CHECK_STATUS(kit_send(p.a, "5678", 4), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    CHECK_EQ(irp->IoStatus.Information, 8);
    CHECK_MEM(kit_bytes(&in), "12345678", 8);
}

TEST(WSK_143, waitall_ends_with_the_stream)
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 8);
    irp = kit_receive_later(p.b, &in, WSK_FLAG_WAITALL);
    CHECK_STATUS(kit_send(p.a, "123", 3), STATUS_SUCCESS);
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    CHECK_EQ(irp->IoStatus.Information, 3);
}

TEST(WSK_144, drain_discards_until_the_end)
{
    struct kit_pair p;
    WSK_BUF none = {NULL, 0, 0};
    PIRP irp;

    REQUIRE(kit_pair(&p));
    irp = kit_receive_later(p.b, &none, WSK_FLAG_DRAIN);
    CHECK_STATUS(kit_send(p.a, "thrown away", 11), STATUS_SUCCESS);
    CHECK_EQ(wkt_completions(irp), 0);
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
}

TEST(WSK_145, receive_of_nothing)
{
    struct kit_pair p;
    WSK_BUF none = {NULL, 0, 0};

    REQUIRE(kit_pair(&p));
    CHECK_STATUS(kit_receive(p.b, &none, 0), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 0);
}

TEST(WSK_155, ex_forms)
{
    struct kit_pair p;
    WSK_BUF out, in;
    ULONG control = 7, flags = 7;

    REQUIRE(kit_pair(&p));
    out = kit_buf("ex", 2);
    in = kit_buf(NULL, 2);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSendEx(p.a, &out, 0, 0, NULL, kit_irp())), STATUS_SUCCESS);
    CHECK_STATUS(KIT(KIT_CONN(p.b)->WskReceiveEx(p.b, &in, WSK_FLAG_WAITALL, &control, NULL, &flags, kit_irp())), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "ex", 2);
    CHECK(control == 0 && flags == 0);
}

TEST(WSK_156, flags_that_contradict)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 4);
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_DRAIN), STATUS_INVALID_PARAMETER);
    in.Length = 0;
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_DRAIN | WSK_FLAG_WAITALL), STATUS_INVALID_PARAMETER);
}

TEST(WSK_157, unknown_flag_is_refused_inline)
{
    struct kit_pair p;
    WSK_BUF buf;

    REQUIRE(kit_pair(&p));
    buf = kit_buf("x", 1);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSend(p.a, &buf, 0x80000000, kit_irp())), STATUS_NOT_SUPPORTED);
    CHECK_STATUS(kit_receive(p.a, &buf, 0x40000000), STATUS_NOT_SUPPORTED);
}

/* ---- disconnecting ---- */
TEST_ROWS("WSK-108 WSK-111", graceful_disconnect_is_the_end_of_the_stream)
{
    struct kit_pair p;
    WSK_BUF in;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 10);
    CHECK_STATUS(kit_send(p.a, "last", 4), STATUS_SUCCESS);
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.b, &in, 0), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 4);
    CHECK_STATUS(kit_receive(p.b, &in, 0), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 0);
    /* the other direction goes on */
    CHECK_STATUS(kit_send(p.b, "more", 4), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.a, &in, 0), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 4);
}

TEST(WSK_108, disconnect_sends_its_buffer)
{
    struct kit_pair p;
    WSK_BUF out, in;

    REQUIRE(kit_pair(&p));
    out = kit_buf("bye", 3);
    in = kit_buf(NULL, 10);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskDisconnect(p.a, &out, 0, kit_irp())), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 3);
    CHECK_MEM(kit_bytes(&in), "bye", 3);
}

TEST_ROWS("WSK-109 WSK-112", abort_resets)
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP pending;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 10);
    pending = kit_receive_later(p.b, &in, 0);
    CHECK_STATUS(kit_disconnect(p.a, WSK_FLAG_ABORTIVE), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(pending), STATUS_CONNECTION_RESET);
    CHECK_STATUS(kit_send(p.a, "x", 1), STATUS_CONNECTION_ABORTED);
    CHECK_STATUS(kit_receive(p.a, &in, 0), STATUS_CONNECTION_ABORTED);
}

TEST_ROWS("WSK-109 WSK-118", abort_after_graceful)
{
    struct kit_pair p;

    REQUIRE(kit_pair(&p));
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_disconnect(p.a, WSK_FLAG_ABORTIVE), STATUS_SUCCESS);
}

TEST_FINDING(WSK_116, abort_with_buffer, "WSK-116")
{
    struct kit_pair p;
    WSK_BUF buf;

    REQUIRE(kit_pair(&p));
    buf = kit_buf("x", 1);
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskDisconnect(p.a, &buf, WSK_FLAG_ABORTIVE, kit_irp())), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(kit_send(p.a, "x", 1), STATUS_SUCCESS);
}

TEST(WSK_117, unknown_disconnect_flag)
{
    struct kit_pair p;

    REQUIRE(kit_pair(&p));
    CHECK_STATUS(kit_disconnect(p.a, 0x80), STATUS_NOT_SUPPORTED);
    CHECK_STATUS(kit_send(p.a, "x", 1), STATUS_SUCCESS);
}

TEST_FINDING(WSK_118, graceful_twice, "WSK-084")
{
    struct kit_pair p;

    REQUIRE(kit_pair(&p));
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_INVALID_DEVICE_STATE);
}

TEST(WSK_120, send_after_graceful_disconnect)
{
    struct kit_pair p;

    REQUIRE(kit_pair(&p));
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_SUCCESS);
    CHECK_STATUS(kit_send(p.a, "x", 1), STATUS_INVALID_DEVICE_STATE);
}

/* The disconnect stands behind a send that the peer holds up: what comes after it fails at once, and breaks nothing. */
static BOOLEAN held_up_disconnect(struct kit_pair *p, PIRP *send, PIRP *disconnect)
{
    WSK_BUF out;

    if (!kit_pair(p))
        return FALSE;
    out = kit_buf(NULL, 2 * LARGE);
    *send = wkt_irp();
    *disconnect = wkt_irp();
    return (BOOLEAN)(CHECK_STATUS(KIT_CONN(p->a)->WskSend(p->a, &out, 0, *send), STATUS_PENDING) &&
                     CHECK_STATUS(KIT_CONN(p->a)->WskDisconnect(p->a, NULL, 0, *disconnect), STATUS_PENDING));
}

static void let_disconnect(struct kit_pair *p, PIRP send, PIRP disconnect)
{
    WSK_BUF in = kit_buf(NULL, 2 * LARGE + 1);

    CHECK_STATUS(kit_receive(p->b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 2 * LARGE); /* all of the first send, then the end */
    CHECK_STATUS(wkt_irp_wait(send), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(disconnect), STATUS_SUCCESS);
    CHECK_STATUS(kit_send(p->b, "back", 4), STATUS_SUCCESS);
    in.Length = 4;
    CHECK_STATUS(kit_receive(p->a, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
}

TEST(WSK_120, send_after_a_disconnect_that_waits)
{
    struct kit_pair p;
    PIRP send, disconnect;

    REQUIRE(held_up_disconnect(&p, &send, &disconnect));
    CHECK_STATUS(kit_send(p.a, "x", 1), STATUS_INVALID_DEVICE_STATE);
    let_disconnect(&p, send, disconnect);
}

TEST_FINDING(WSK_118, graceful_while_one_waits, "WSK-084")
{
    struct kit_pair p;
    PIRP send, disconnect;

    REQUIRE(held_up_disconnect(&p, &send, &disconnect));
    CHECK_STATUS(kit_disconnect(p.a, 0), STATUS_INVALID_DEVICE_STATE);
    let_disconnect(&p, send, disconnect);
}
