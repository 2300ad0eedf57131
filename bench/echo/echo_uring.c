/* echo_uring: native TCP echo server on io_uring (liburing): multishot accept, recv/send per connection, */
/* N threads with SO_REUSEPORT and one ring each. The second physical reference. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct conn {
    int fd;
    size_t off, len;
    unsigned char *buf;
};
enum { ACC = 0, RECV = 1, SEND = 2 };
static int port = 7002, nodelay = 1, v6 = 0;
static size_t bufsz = 65536;

static int mklisten(void)
{
    int one = 1, s = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 b = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    if (bind(s, v6 ? (struct sockaddr *)&b : (struct sockaddr *)&a, v6 ? sizeof b : sizeof a) || listen(s, 4096)) {
        perror("listen");
        exit(1);
    }
    return s;
}
static struct io_uring_sqe *sqe(struct io_uring *r)
{
    struct io_uring_sqe *s = io_uring_get_sqe(r);
    while (!s) {
        io_uring_submit(r);
        s = io_uring_get_sqe(r);
    }
    return s;
}
static void post(struct io_uring *r, struct conn *c, int op)
{
    struct io_uring_sqe *s = sqe(r);
    if (op == RECV)
        io_uring_prep_recv(s, c->fd, c->buf, bufsz, 0);
    else
        io_uring_prep_send(s, c->fd, c->buf + c->off, c->len - c->off, MSG_NOSIGNAL | MSG_WAITALL);
    io_uring_sqe_set_data64(s, (uintptr_t)c | (unsigned)op);
}
static void acc(struct io_uring *r, int ls)
{
    struct io_uring_sqe *s = sqe(r);
    io_uring_prep_multishot_accept(s, ls, NULL, NULL, SOCK_CLOEXEC);
    io_uring_sqe_set_data64(s, ACC);
}
static void *worker(void *arg)
{
    (void)arg;
    int ls = mklisten(), one = 1, e;
    struct io_uring r;
    struct io_uring_params p = {.flags = IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SINGLE_ISSUER |
                                         IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
                                .cq_entries = 16384};
    if ((e = io_uring_queue_init_params(4096, &r, &p))) {
        memset(&p, 0, sizeof p);
        if ((e = io_uring_queue_init_params(4096, &r, &p))) {
            fprintf(stderr, "io_uring: %s\n", strerror(-e));
            exit(1);
        }
    }
    acc(&r, ls);
    for (;;) {
        io_uring_submit_and_wait(&r, 1);
        struct io_uring_cqe *q;
        unsigned head, n = 0;
        io_uring_for_each_cqe(&r, head, q)
        {
            n++;
            uint64_t d = q->user_data;
            int op = (int)(d & 3), res = q->res;
            struct conn *c = (struct conn *)(uintptr_t)(d & ~(uint64_t)3);
            if (op == ACC) {
                if (!(q->flags & IORING_CQE_F_MORE))
                    acc(&r, ls);
                if (res < 0)
                    continue;
                if (nodelay)
                    setsockopt(res, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                c = calloc(1, sizeof *c);
                c->fd = res;
                c->buf = malloc(bufsz);
                post(&r, c, RECV);
            } else if (res <= 0) {
                close(c->fd);
                free(c->buf);
                free(c);
            } else if (op == RECV) {
                c->off = 0;
                c->len = (size_t)res;
                post(&r, c, SEND);
            } else {
                c->off += (size_t)res;
                post(&r, c, c->off < c->len ? SEND : RECV);
            }
        }
        io_uring_cq_advance(&r, n);
    }
    return NULL;
}
int main(int argc, char **argv)
{
    int opt, nt = 1;
    while ((opt = getopt(argc, argv, "p:t:b:N6")) != -1)
        switch (opt) {
        case 'p':
            port = atoi(optarg);
            break;
        case 't':
            nt = atoi(optarg);
            break;
        case 'b':
            bufsz = strtoul(optarg, 0, 0);
            break;
        case 'N':
            nodelay = 0;
            break;
        case '6':
            v6 = 1;
            break;
        default:
            fprintf(stderr, "usage: echo_uring [-p port] [-t threads] [-b buffer] [-N no TCP_NODELAY] [-6]\n");
            return 2;
        }
    signal(SIGPIPE, SIG_IGN);
    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = rl.rlim_max;
    setrlimit(RLIMIT_NOFILE, &rl);
    for (int i = 1; i < nt; i++) {
        pthread_t t;
        pthread_create(&t, NULL, worker, NULL);
    }
    worker(NULL);
}
