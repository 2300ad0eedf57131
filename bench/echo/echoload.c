/* echoload: load generator for a TCP echo server (one thread, epoll).
 * Modes:  rr    each connection keeps `depth` messages in flight, latency per message
 *         conn  connect, one message, echo, orderly close; latency per cycle
 *         hold  connect, one message, echo; prints "held N" and keeps all open until standard input ends
 * Every echoed byte is checked against the pattern that was sent.
 * Prints one JSON line. See README.md. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

/* histogram: 64 linear buckets per power of two (error below 1.6 %) */
#define SUB 64
#define HN  (64 * SUB)
struct hist {
    uint64_t n, sum, max, b[HN];
};

static unsigned hidx(uint64_t v)
{
    if (v < SUB)
        return (unsigned)v;
    unsigned sh = 63 - (unsigned)__builtin_clzll(v) - 6; /* keeps the top 7 bits */
    unsigned i = (sh + 1) * SUB + (unsigned)((v >> sh) - SUB);
    return i < HN ? i : HN - 1;
}
static uint64_t hval(unsigned i) /* upper edge of bucket i */
{
    if (i < SUB)
        return i;
    unsigned sh = i / SUB - 1;
    return (((uint64_t)(i % SUB) + SUB + 1) << sh) - 1;
}
static void hadd(struct hist *h, uint64_t v)
{
    h->n++;
    h->sum += v;
    if (v > h->max)
        h->max = v;
    h->b[hidx(v)]++;
}
static double hpct(const struct hist *h, double p) /* microseconds */
{
    if (!h->n)
        return 0;
    uint64_t want = (uint64_t)(p / 100.0 * (double)h->n + 0.5), c = 0;
    if (!want)
        want = 1;
    for (unsigned i = 0; i < HN; i++) {
        c += h->b[i];
        if (c >= want) {
            uint64_t v = hval(i);
            return (v < h->max ? v : h->max) / 1e3;
        }
    }
    return h->max / 1e3;
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
static void die(const char *m)
{
    perror(m);
    exit(2);
}

/* options */
static struct sockaddr_storage dst;
static socklen_t dstlen;
static int o_conns = 1, o_depth = 1, o_spread = 200, o_nodelay = 1, o_check = 1, o_rst = 0;
static size_t o_size = 64;
static double o_secs = 3, o_warm = 0.5;
static uint64_t o_limit; /* stop after so many messages */

enum st { IDLE, CONNECTING, OPEN, CLOSING };
struct conn {
    int fd;
    enum st st;
    uint32_t ev;
    uint64_t tosend, sent, rcvd; /* bytes of the stream so far */
    uint64_t *t0;
    unsigned head, nin; /* start time of messages in flight (ring of depth) */
    uint64_t tconn, last;
};
static struct conn *C;
static int ep;
static unsigned char *pat, *rbuf;
static struct hist H;
static uint64_t msgs, bytes, cycles, errs, mism, stalls;
static int measuring, stopping, mode_conn, mode_hold;
static unsigned held;
static unsigned rot;

static void arm(struct conn *c, uint32_t ev)
{
    if (c->ev == ev)
        return;
    struct epoll_event e = {.events = ev, .data.ptr = c};
    if (epoll_ctl(ep, c->ev ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &e))
        die("epoll_ctl");
    c->ev = ev;
}
static void drop(struct conn *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->ev = 0;
    c->st = IDLE;
}
static int start(struct conn *c)
{
    int one = 1;
    c->fd = socket(dst.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        die("socket");
    if (o_nodelay)
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (o_rst) {
        struct linger lg = {1, 0};
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &lg, sizeof lg);
    }
    if (o_spread > 1 && dst.ss_family == AF_INET) { /* many source addresses: ports do not run out */
        struct sockaddr_in s = {.sin_family = AF_INET};
        s.sin_addr.s_addr = htonl(0x7f000001u + rot++ % (unsigned)o_spread);
        setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(c->fd, (struct sockaddr *)&s, sizeof s))
            die("bind");
    }
    c->tosend = c->sent = c->rcvd = 0;
    c->head = c->nin = 0;
    c->tconn = c->last = now_ns();
    if (connect(c->fd, (struct sockaddr *)&dst, dstlen) && errno != EINPROGRESS) {
        errs++;
        drop(c);
        return -1;
    }
    c->st = CONNECTING;
    arm(c, EPOLLOUT);
    return 0;
}
static void flush(struct conn *c)
{
    while (c->sent < c->tosend) {
        size_t off = c->sent % o_size, n = o_size - off;
        ssize_t r = send(c->fd, pat + off, n, MSG_NOSIGNAL);
        if (r < 0) {
            if (errno == EAGAIN) {
                arm(c, EPOLLIN | EPOLLOUT);
                return;
            }
            if (errno == EINTR)
                continue;
            errs++;
            drop(c);
            return;
        }
        c->sent += (uint64_t)r;
    }
    arm(c, EPOLLIN);
}
static void issue(struct conn *c, uint64_t t)
{
    unsigned lim = mode_conn ? 1u : (unsigned)o_depth;
    while (c->nin < lim && !(stopping && !mode_conn)) {
        c->t0[(c->head + c->nin) % (unsigned)o_depth] = t;
        c->nin++;
        c->tosend += o_size;
        if (mode_conn)
            break;
    }
    flush(c);
}
static void readable(struct conn *c)
{
    for (;;) {
        ssize_t r = recv(c->fd, rbuf, 1 << 18, 0);
        if (r < 0) {
            if (errno == EAGAIN)
                return;
            if (errno == EINTR)
                continue;
            errs++;
            drop(c);
            return;
        }
        if (r == 0) {
            if (c->st == CLOSING) { /* orderly close seen */
                if (measuring) {
                    cycles++;
                    hadd(&H, now_ns() - c->tconn);
                }
                drop(c);
            } else {
                errs++;
                drop(c);
            }
            return;
        }
        if (o_check)
            for (ssize_t k = 0; k < r;) {
                size_t off = (c->rcvd + (uint64_t)k) % o_size, n = o_size - off;
                if (n > (size_t)(r - k))
                    n = (size_t)(r - k);
                if (memcmp(rbuf + k, pat + off, n)) {
                    mism++;
                    break;
                }
                k += (ssize_t)n;
            }
        uint64_t t = now_ns(), before = c->rcvd / o_size;
        c->rcvd += (uint64_t)r;
        c->last = t;
        if (measuring)
            bytes += (uint64_t)r;
        uint64_t done = c->rcvd / o_size - before;
        while (done-- && c->nin) {
            if (measuring) {
                msgs++;
                if (!mode_conn)
                    hadd(&H, t - c->t0[c->head]);
            }
            c->head = (c->head + 1) % (unsigned)o_depth;
            c->nin--;
        }
        if (mode_conn) {
            if (c->rcvd >= o_size) {
                if (o_rst) {
                    if (measuring) {
                        cycles++;
                        hadd(&H, now_ns() - c->tconn);
                    }
                    drop(c);
                    return;
                }
                c->st = CLOSING;
                shutdown(c->fd, SHUT_WR);
            }
        } else if (mode_hold) {
            if (before == 0 && c->rcvd >= o_size)
                held++;
        } else {
            issue(c, t);
            if (c->st == IDLE)
                return;
        }
        if (r < (1 << 18))
            return; /* level triggered: anything left wakes us again */
    }
}

int main(int argc, char **argv)
{
    const char *host = "127.0.0.1", *label = "", *mode = "rr";
    int port = 7000, opt, pin = -1;
    while ((opt = getopt(argc, argv, "h:p:m:c:s:q:d:w:l:a:b:n:NXR")) != -1)
        switch (opt) {
        case 'h':
            host = optarg;
            break;
        case 'p':
            port = atoi(optarg);
            break;
        case 'm':
            mode = optarg;
            break;
        case 'c':
            o_conns = atoi(optarg);
            break;
        case 's':
            o_size = strtoul(optarg, 0, 0);
            break;
        case 'q':
            o_depth = atoi(optarg);
            break;
        case 'd':
            o_secs = atof(optarg);
            break;
        case 'w':
            o_warm = atof(optarg);
            break;
        case 'l':
            label = optarg;
            break;
        case 'a':
            pin = atoi(optarg);
            break;
        case 'b':
            o_spread = atoi(optarg);
            break;
        case 'n':
            o_limit = strtoull(optarg, 0, 0);
            break;
        case 'N':
            o_nodelay = 0;
            break;
        case 'X':
            o_check = 0;
            break;
        case 'R':
            o_rst = 1;
            break;
        default:
            fprintf(stderr,
                    "usage: echoload [-h host] [-p port] [-m rr|conn|hold] [-c conns] [-s size] [-q depth]\n"
                    "  [-d seconds] [-w warm-up] [-l label] [-a cpu] [-b source addresses] [-N no TCP_NODELAY]\n"
                    "  [-n messages] [-X no data check] [-R close with RST in conn mode]\n");
            return 2;
        }
    if (o_conns < 1 || o_conns > 100000 || o_depth < 1 || o_size < 1)
        return 2;
    mode_conn = !strcmp(mode, "conn");
    mode_hold = !strcmp(mode, "hold");
    if (!mode_conn)
        o_spread = o_conns > 20000 ? o_spread : 1;
    struct sockaddr_in *v4 = (void *)&dst;
    struct sockaddr_in6 *v6 = (void *)&dst;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        dstlen = sizeof *v4;
    } else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        dstlen = sizeof *v6;
    } else {
        fprintf(stderr, "bad host\n");
        return 2;
    }
    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = rl.rlim_max;
    setrlimit(RLIMIT_NOFILE, &rl);
    if (pin >= 0) {
        cpu_set_t s;
        CPU_ZERO(&s);
        CPU_SET(pin, &s);
        sched_setaffinity(0, sizeof s, &s);
    }
    pat = malloc(o_size);
    rbuf = malloc(1 << 18);
    C = calloc((size_t)o_conns, sizeof *C);
    uint64_t x = 88172645463325252ull;
    for (size_t i = 0; i < o_size; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        pat[i] = (unsigned char)x;
    }
    ep = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < o_conns; i++) {
        C[i].fd = -1;
        C[i].t0 = calloc((size_t)o_depth, 8);
        start(&C[i]);
    }

    uint64_t t0 = now_ns(), tm = t0 + (uint64_t)(o_warm * 1e9), te = tm + (uint64_t)(o_secs * 1e9), tstart = 0,
             tend = 0, tcheck = t0;
    struct rusage r0 = {0}, r1 = {0};
    static struct epoll_event ev[512];
    for (;;) {
        uint64_t t = now_ns();
        if (!measuring && !stopping && t >= tm) {
            measuring = 1;
            tstart = t;
            getrusage(RUSAGE_SELF, &r0);
        }
        if (o_limit && msgs >= o_limit)
            te = t;
        if (mode_hold && held == (unsigned)o_conns) {
            /* all are open and were answered: hold them until standard input ends */
            printf("held %u\n", held);
            fflush(stdout);
            while (read(0, rbuf, 1) > 0)
                continue;
            return errs || mism ? 1 : 0;
        }
        if (t >= te) {
            tend = t;
            getrusage(RUSAGE_SELF, &r1);
            measuring = 0;
            stopping = 1;
            break;
        }
        if (t - tcheck > 100000000u) { /* dead connections: restart or count a stall */
            tcheck = t;
            for (int i = 0; i < o_conns; i++) {
                if (C[i].st == IDLE)
                    start(&C[i]);
                else if (t - C[i].last > 2000000000u) {
                    stalls++;
                    drop(&C[i]);
                    start(&C[i]);
                }
            }
        }
        int n = epoll_wait(ep, ev, 512, 20);
        for (int i = 0; i < n; i++) {
            struct conn *c = ev[i].data.ptr;
            if (c->st == IDLE)
                continue;
            if (c->st == CONNECTING) {
                int e = 0;
                socklen_t l = sizeof e;
                getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &l);
                if (e) {
                    errs++;
                    drop(c);
                    continue;
                }
                c->st = OPEN;
                issue(c, now_ns());
                continue;
            }
            if (ev[i].events & EPOLLOUT) {
                flush(c);
                if (c->st == IDLE)
                    continue;
            }
            if (ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                readable(c);
            if (c->st == IDLE && mode_conn)
                start(c);
        }
    }
    double dt = (double)(tend - tstart) / 1e9;
    double cpu =
        (double)(r1.ru_utime.tv_sec - r0.ru_utime.tv_sec) + (double)(r1.ru_utime.tv_usec - r0.ru_utime.tv_usec) / 1e6 +
        (double)(r1.ru_stime.tv_sec - r0.ru_stime.tv_sec) + (double)(r1.ru_stime.tv_usec - r0.ru_stime.tv_usec) / 1e6;
    printf("{\"label\":\"%s\",\"mode\":\"%s\",\"conns\":%d,\"size\":%zu,\"depth\":%d,\"secs\":%.3f,"
           "\"per_s\":%.1f,\"MBps\":%.2f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%."
           "1f,\"mean_us\":%.1f,"
           "\"samples\":%llu,\"errors\":%llu,\"mismatch\":%llu,\"stalls\":%llu,\"client_cpu\":%.2f}\n",
           label, mode, o_conns, o_size, o_depth, dt, (double)(mode_conn ? cycles : msgs) / dt,
           (double)bytes / dt / 1e6, hpct(&H, 50), hpct(&H, 90), hpct(&H, 99), hpct(&H, 99.9), H.max / 1e3,
           H.n ? (double)H.sum / (double)H.n / 1e3 : 0, (unsigned long long)H.n, (unsigned long long)errs,
           (unsigned long long)mism, (unsigned long long)stalls, cpu / dt);
    return (errs || mism) ? 1 : 0;
}
