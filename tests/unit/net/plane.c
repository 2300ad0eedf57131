/* The Linux plane: readiness, order, ends and errors of sockets on loopback, datagrams, options, names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>

#include "net/net.h"
#include "sched/sched.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;

struct end {
    struct net_socket *socket;
    unsigned readable, writable, connected, closed;
    enum net_err result;
};

static void count(unsigned *what)
{
    pthread_mutex_lock(&lock);
    ++*what;
    pthread_cond_broadcast(&change);
    pthread_mutex_unlock(&lock);
}

static void await(unsigned *what, unsigned least)
{
    pthread_mutex_lock(&lock);
    while (*what < least)
        pthread_cond_wait(&change, &lock);
    pthread_mutex_unlock(&lock);
}

static void on_readable(void *ctx)
{
    count(&((struct end *)ctx)->readable);
}

static void on_writable(void *ctx)
{
    count(&((struct end *)ctx)->writable);
}

static void on_connected(void *ctx, enum net_err result)
{
    ((struct end *)ctx)->result = result;
    count(&((struct end *)ctx)->connected);
}

static void on_closed(void *ctx)
{
    count(&((struct end *)ctx)->closed);
}

static const struct net_events events = {on_readable, on_writable, on_connected, on_closed};

static void service(void *ctx, unsigned cpu)
{
    sched_hand_over(cpu);
}

static void clock_hook(void *ctx, unsigned cpu)
{
}

static int start(void **state)
{
    struct sched_cpu_hooks hooks = {.service = service, .clock = clock_hook};

    assert_int_equal(net_start(2), 0);
    assert_int_equal(sched_start(&(struct sched_config){.cpu_count = 2}, &hooks), 0);
    return 0;
}

static int stop(void **state)
{
    sched_stop();
    net_stop();
    return 0;
}

static struct net_addr loopback(enum net_family family, uint16_t port)
{
    struct net_addr a = {.family = (uint8_t)family, .port = port};

    if (family == NET_IPV4)
        memcpy(a.ip, (uint8_t[]){127, 0, 0, 1}, 4);
    else
        a.ip[15] = 1;
    return a;
}

static void listen_on(struct end *l, enum net_family family, struct net_addr *at)
{
    *at = loopback(family, 0);
    assert_int_equal(net_open(family, NET_STREAM, 6, &events, l, &l->socket), NET_OK);
    assert_int_equal(net_bind(l->socket, at), NET_OK);
    assert_int_equal(net_listen(l->socket, 64), NET_OK);
    assert_int_equal(net_local_address(l->socket, at), NET_OK);
    assert_int_not_equal(at->port, 0);
}

static void finish(struct end *e, bool abort)
{
    net_close(e->socket, abort);
    await(&e->closed, 1);
}

static void pair(struct end *client, struct end *server, enum net_family family)
{
    struct end l = {0};
    struct net_addr at, peer;
    unsigned seen = 0;
    int err;

    listen_on(&l, family, &at);
    assert_int_equal(net_open(family, NET_STREAM, 6, &events, client, &client->socket), NET_OK);
    assert_int_equal(net_connect(client->socket, &at), NET_AGAIN);
    await(&client->connected, 1);
    assert_int_equal(client->result, NET_OK);
    while ((err = net_accept(l.socket, NULL, NULL, &server->socket, &peer)) == NET_AGAIN)
        await(&l.readable, ++seen);
    assert_int_equal(err, NET_OK);
    assert_int_equal(peer.family, family);
    net_set_context(server->socket, &events, server);
    finish(&l, false);
}

/* Reads until `bytes` are there or the end or a failure comes; the latter two are the result. */
static int64_t read_all(struct end *e, char *out, size_t bytes)
{
    size_t done = 0;

    while (done < bytes) {
        unsigned seen = e->readable;
        int64_t n = net_recv(e->socket, &(struct net_vec){out + done, bytes - done}, 1, 0);

        if (n == NET_AGAIN)
            await(&e->readable, seen + 1);
        else if (n <= 0)
            return done ? (int64_t)done : n;
        else
            done += (size_t)n;
    }
    return (int64_t)done;
}

static void message_and_end(void **state)
{
    for (int family = NET_IPV4; family <= NET_IPV6; family += 2) {
        struct end a = {0}, b = {0};
        char text[16];

        pair(&a, &b, family);
        assert_int_equal(net_send(a.socket, (struct net_vec[]){{"hel", 3}, {"lo", 2}}, 2, NET_SEND_NOW), 5);
        assert_int_equal(read_all(&b, text, 5), 5);
        assert_memory_equal(text, "hello", 5);
        assert_int_equal(net_shutdown(a.socket), NET_OK);
        assert_int_equal(read_all(&b, text, 1), 0);
        assert_int_equal(read_all(&b, text, 1), 0); /* the end can be read again */
        assert_int_equal(net_send(b.socket, &(struct net_vec){"x", 1}, 1, 0), 1);
        assert_int_equal(read_all(&a, text, 1), 1);
        finish(&a, false);
        finish(&b, false);
    }
}

static void wish_before_data_is_granted_once(void **state)
{
    struct end a = {0}, b = {0};
    char text[4];

    pair(&a, &b, NET_IPV4); /* an accepted socket is armed */
    assert_int_equal(b.readable, 0);
    assert_int_equal(net_send(a.socket, &(struct net_vec){"ab", 2}, 1, 0), 2);
    await(&b.readable, 1);
    assert_true(net_readable(b.socket));
    assert_int_equal(net_recv(b.socket, &(struct net_vec){text, 1}, 1, 0), 1);
    assert_true(net_readable(b.socket)); /* a full read: there may be more */
    net_want_read(b.socket);             /* told again without a new edge */
    await(&b.readable, 2);
    assert_int_equal(net_recv(b.socket, &(struct net_vec){text, 4}, 1, 0), 1);
    assert_false(net_readable(b.socket));
    finish(&a, true);
    finish(&b, true);
}

static void reset_is_told(void **state)
{
    struct end a = {0}, b = {0};
    char text[4];

    pair(&a, &b, NET_IPV4);
    finish(&a, true);
    assert_int_equal(read_all(&b, text, 1), NET_RESET);
    finish(&b, false);

    a = b = (struct end){0};
    pair(&a, &b, NET_IPV4);
    assert_int_equal(net_abort(a.socket), NET_OK);
    assert_int_equal(net_send(a.socket, &(struct net_vec){"x", 1}, 1, 0), NET_ABORTED);
    assert_int_equal(read_all(&b, text, 1), NET_RESET);
    finish(&a, false);
    finish(&b, false);
}

#define BIG (8u << 20)

static void backpressure_and_order(void **state)
{
    struct end a = {0}, b = {0};
    char *out = malloc(BIG), *in = malloc(BIG);
    size_t sent = 0, got = 0;

    pair(&a, &b, NET_IPV4);
    for (size_t i = 0; i < BIG; i++)
        out[i] = (char)(i * 2654435761u >> 24);
    while (sent < BIG || got < BIG) {
        unsigned writable = a.writable;
        bool full = sent == BIG;

        while (!full) {
            int64_t n = net_send(a.socket, &(struct net_vec){out + sent, BIG - sent}, 1, 0);

            if (n == NET_AGAIN)
                break;
            assert_true(n > 0);
            sent += (size_t)n;
            full = sent == BIG;
        }
        if (!full) {
            size_t part = BIG - got < 4u << 20 ? BIG - got : 1u << 20;

            assert_int_equal(read_all(&b, in + got, part), part);
            got += part;
            while (a.writable == writable && got < sent) { /* Linux tells when a third of the buffer is free */
                assert_int_equal(read_all(&b, in + got, 1), 1);
                got++;
            }
            await(&a.writable, writable + 1);
        } else {
            assert_int_equal(read_all(&b, in + got, BIG - got), BIG - got);
            got = BIG;
        }
    }
    assert_memory_equal(in, out, BIG);
    finish(&a, false);
    finish(&b, false);
    free(in);
    free(out);
}

static void failures_have_names(void **state)
{
    struct end l = {0}, c = {0}, d = {0};
    struct net_addr at, far = {.family = NET_IPV4, .ip = {192, 0, 2, 1}};

    listen_on(&l, NET_IPV4, &at);
    assert_int_equal(net_open(NET_IPV4, NET_STREAM, 6, &events, &d, &d.socket), NET_OK);
    assert_int_equal(net_bind(d.socket, &at), NET_ADDR_IN_USE);
    assert_int_equal(net_bind(d.socket, &far), NET_ADDR_NOT_LOCAL);
    finish(&l, false);
    assert_int_equal(net_open(NET_IPV4, NET_STREAM, 6, &events, &c, &c.socket), NET_OK);
    assert_int_equal(net_connect(c.socket, &at), NET_AGAIN);
    await(&c.connected, 1);
    assert_int_equal(c.result, NET_REFUSED);
    finish(&c, false);
    finish(&d, false);
}

static void close_from_callback_thread_and_others(void **state)
{
    for (int i = 0; i < 200; i++) {
        struct end a = {0}, b = {0};

        pair(&a, &b, NET_IPV4);
        net_send(a.socket, &(struct net_vec){"x", 1}, 1, 0);
        finish(&b, i & 1);
        finish(&a, i & 2);
    }
}

static void datagrams(void **state)
{
    struct end a = {0}, b = {0};
    struct net_addr at = loopback(NET_IPV4, 0), from;
    struct net_ctl ctl;
    char text[8];
    unsigned seen;
    int64_t n;

    assert_int_equal(net_open(NET_IPV4, NET_DGRAM, 17, &events, &a, &a.socket), NET_OK);
    assert_int_equal(net_open(NET_IPV4, NET_DGRAM, 17, &events, &b, &b.socket), NET_OK);
    assert_int_equal(net_bind(b.socket, &at), NET_OK);
    assert_int_equal(net_local_address(b.socket, &at), NET_OK);
    assert_int_equal(net_set_option(b.socket, NET_OPT_PKTINFO, 1), NET_OK);
    assert_int_equal(net_sendto(a.socket, &(struct net_vec){"0123456789", 10}, 1, &at, NULL), 10);
    for (;;) {
        seen = b.readable;
        n = net_recvfrom(b.socket, &(struct net_vec){text, 8}, 1, &from, &ctl);
        if (n != NET_AGAIN)
            break;
        await(&b.readable, seen + 1);
    }
    assert_int_equal(n, 8);
    assert_true(ctl.message & NET_MSG_TRUNC);
    assert_true(ctl.present & NET_CTL_LOCAL);
    assert_int_equal(ctl.local.ip[0], 127);
    assert_int_equal(from.family, NET_IPV4);
    finish(&a, false);
    finish(&b, false);
}

/* Many at once. What comes after a short count is told, though nobody has read up to the end. */
static void many_datagrams(void **state)
{
    struct net_datagram got[NET_BATCH_MAX];
    struct end a = {0}, b = {0};
    struct net_addr at = loopback(NET_IPV4, 0);
    uint8_t room[NET_BATCH_MAX][8], next = 0, sent = 0;
    unsigned seen;
    int64_t n;

    for (unsigned i = 0; i < NET_BATCH_MAX; i++)
        got[i].vec = (struct net_vec){room[i], 8};
    assert_int_equal(net_open(NET_IPV4, NET_DGRAM, 17, &events, &a, &a.socket), NET_OK);
    assert_int_equal(net_open(NET_IPV4, NET_DGRAM, 17, &events, &b, &b.socket), NET_OK);
    assert_int_equal(net_bind(b.socket, &at), NET_OK);
    assert_int_equal(net_local_address(b.socket, &at), NET_OK);
    assert_int_equal(net_set_option(b.socket, NET_OPT_PKTINFO, 1), NET_OK);
    for (unsigned round = 0; round < 50; round++) {
        unsigned count = round % 5 == 4 ? 20 : 1 + round % 5; /* 20: more than a batch */

        for (unsigned i = 0; i < count; i++, sent++)
            assert_int_equal(net_sendto(a.socket, &(struct net_vec){&sent, 1}, 1, &at, NULL), 1);
        while (next != sent) {
            seen = b.readable;
            n = net_recvfrom_many(b.socket, got, NET_BATCH_MAX);
            if (n == NET_AGAIN) {
                await(&b.readable, seen + 1);
                continue;
            }
            assert_in_range(n, 1, NET_BATCH_MAX);
            for (unsigned i = 0; i < n; i++) {
                assert_int_equal(got[i].bytes, 1);
                assert_int_equal(room[i][0], next++);
                assert_true(got[i].ctl.present & NET_CTL_LOCAL);
                assert_int_equal(got[i].from.family, NET_IPV4);
            }
        }
    }
    seen = b.readable;
    assert_int_equal(net_recvfrom_many(b.socket, got, NET_BATCH_MAX), NET_AGAIN);
    assert_int_equal(net_sendto(a.socket, &(struct net_vec){"0123456789", 10}, 1, &at, NULL), 10);
    await(&b.readable, seen + 1);
    assert_int_equal(net_recvfrom_many(b.socket, got, NET_BATCH_MAX), 1);
    assert_int_equal(got[0].bytes, 8);
    assert_true(got[0].ctl.message & NET_MSG_TRUNC);
    finish(&a, false);
    finish(&b, false);
}

/* ---- turns ---- */
struct chain {
    struct net_work work;
    struct end *end;
    unsigned left, done;
};

static void link_run(struct net_work *work)
{
    struct chain *c = (struct chain *)work;

    if (c->left-- > 1)
        net_post_to(c->end->socket, work);
    else
        count(&c->done);
}

static void work_that_posts_itself_gets_turn_after_turn(void **state)
{
    for (unsigned i = 0; i < 4; i++) { /* sockets belong to the processors in turn: each has a chain */
        struct end e = {0};
        struct chain c = {.work.fn = link_run, .end = &e, .left = 1000};

        assert_int_equal(net_open(NET_IPV4, NET_DGRAM, 17, &events, &e, &e.socket), NET_OK);
        net_post_to(e.socket, &c.work);
        await(&c.done, 1);
        finish(&e, false);
    }
}

static struct end held, other;

static void holds_its_thread(void *ctx)
{
    await(&other.readable, 1);
    on_readable(ctx);
}

static void open_bound(struct end *e, const struct net_events *of, struct net_addr *at)
{
    int64_t n;
    char text[8];

    *at = loopback(NET_IPV4, 0);
    assert_int_equal(net_open(NET_IPV4, NET_DGRAM, 17, of, e, &e->socket), NET_OK);
    assert_int_equal(net_bind(e->socket, at), NET_OK);
    assert_int_equal(net_local_address(e->socket, at), NET_OK);
    n = net_recvfrom(e->socket, &(struct net_vec){text, 8}, 1, NULL, NULL);
    assert_int_equal(n, NET_AGAIN);
}

/* A callback that waits for one of another processor: another thread takes part in the polling. */
static void a_callback_that_does_not_return_holds_nobody_else(void **state)
{
    static const struct net_events holding = {.readable = holds_its_thread, .closed = on_closed};
    struct net_addr at_held, at_other;
    struct end sender = {0};

    open_bound(&held, &holding, &at_held);
    open_bound(&other, &events, &at_other);
    assert_int_equal(net_open(NET_IPV4, NET_DGRAM, 17, &events, &sender, &sender.socket), NET_OK);
    assert_int_equal(net_sendto(sender.socket, &(struct net_vec){"a", 1}, 1, &at_held, NULL), 1);
    assert_int_equal(net_sendto(sender.socket, &(struct net_vec){"b", 1}, 1, &at_other, NULL), 1);
    await(&held.readable, 1);
    finish(&sender, false);
    finish(&held, false);
    finish(&other, false);
}

static void options_round(void **state)
{
    struct end a = {0};
    int32_t v = 0;

    assert_int_equal(net_open(NET_IPV6, NET_STREAM, 6, &events, &a, &a.socket), NET_OK);
    assert_int_equal(net_get_option(a.socket, NET_OPT_V6ONLY, &v), NET_OK);
    assert_int_equal(v, 1);
    assert_int_equal(net_set_option(a.socket, NET_OPT_KEEPIDLE_S, 77), NET_OK);
    assert_int_equal(net_get_option(a.socket, NET_OPT_KEEPIDLE_S, &v), NET_OK);
    assert_int_equal(v, 77);
    assert_int_equal(net_set_option(a.socket, NET_OPT_COUNT, 0), NET_NO_OPTION);
    finish(&a, false);
}

static struct net_question question;
static unsigned answered;
static enum net_err answer;

static void on_answer(struct net_question *q, enum net_err result)
{
    answer = result;
    count(&answered);
}

static void names(void **state)
{
    question = (struct net_question){.node = "127.0.0.1", .service = "80", .type = NET_STREAM, .flags = NET_RESOLVE_NUMERICHOST, .done = on_answer};
    net_resolve(&question);
    await(&answered, 1);
    assert_int_equal(answer, NET_OK);
    assert_int_equal(question.count, 1);
    assert_int_equal(question.results[0].addr.port, 80);
    question = (struct net_question){.node = "not an address", .flags = NET_RESOLVE_NUMERICHOST, .done = on_answer};
    net_resolve(&question);
    await(&answered, 2);
    assert_int_equal(answer, NET_NO_NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_and_end), cmocka_unit_test(wish_before_data_is_granted_once), cmocka_unit_test(reset_is_told),
        cmocka_unit_test(backpressure_and_order), cmocka_unit_test(failures_have_names), cmocka_unit_test(close_from_callback_thread_and_others),
        cmocka_unit_test(datagrams), cmocka_unit_test(many_datagrams), cmocka_unit_test(work_that_posts_itself_gets_turn_after_turn),
        cmocka_unit_test(a_callback_that_does_not_return_holds_nobody_else), cmocka_unit_test(options_round), cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
