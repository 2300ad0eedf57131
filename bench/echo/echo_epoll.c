/* echo_epoll: native TCP echo server, epoll, N threads with SO_REUSEPORT. The physical reference. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct conn {
    int fd;
    size_t off, len;
    int eof;
    unsigned char *buf;
};
static int port = 7001, nodelay = 1, v6 = 0;
static size_t bufsz = 65536;

static int mklisten(void)
{
    int one = 1, s = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
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
static void end(struct conn *c)
{
    close(c->fd);
    free(c->buf);
    free(c);
}

/* returns -1 when the connection ended */
static int pump(int ep, struct conn *c)
{
    for (;;) {
        while (c->off < c->len) {
            ssize_t r = send(c->fd, c->buf + c->off, c->len - c->off, MSG_NOSIGNAL);
            if (r < 0) {
                if (errno == EINTR)
                    continue;
                if (errno != EAGAIN) {
                    end(c);
                    return -1;
                }
                struct epoll_event e = {.events = EPOLLOUT, .data.ptr = c};
                epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
                return 1;
            }
            c->off += (size_t)r;
        }
        ssize_t r = recv(c->fd, c->buf, bufsz, 0);
        if (r == 0) {
            end(c);
            return -1;
        }
        if (r < 0) {
            if (errno == EINTR)
                continue;
            if (errno != EAGAIN) {
                end(c);
                return -1;
            }
            return 0;
        }
        c->off = 0;
        c->len = (size_t)r;
        if ((size_t)r < bufsz) { /* short read: send once, then wait for the next event */
            ssize_t w = send(c->fd, c->buf, c->len, MSG_NOSIGNAL);
            if (w == (ssize_t)c->len) {
                c->off = c->len;
                return 0;
            }
            if (w > 0)
                c->off = (size_t)w;
        }
    }
}
static void *worker(void *arg)
{
    (void)arg;
    int ls = mklisten(), ep = epoll_create1(EPOLL_CLOEXEC), one = 1;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}, ev[512];
    epoll_ctl(ep, EPOLL_CTL_ADD, ls, &e);
    for (;;) {
        int n = epoll_wait(ep, ev, 512, -1);
        for (int i = 0; i < n; i++) {
            struct conn *c = ev[i].data.ptr;
            if (!c) {
                int fd;
                while ((fd = accept4(ls, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
                    if (nodelay)
                        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    c = calloc(1, sizeof *c);
                    c->fd = fd;
                    c->buf = malloc(bufsz);
                    struct epoll_event a = {.events = EPOLLIN, .data.ptr = c};
                    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &a);
                }
                continue;
            }
            int wasout = !!(ev[i].events & EPOLLOUT);
            int r = pump(ep, c);
            if (r == 0 && wasout) {
                struct epoll_event a = {.events = EPOLLIN, .data.ptr = c};
                epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &a);
            }
        }
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
            fprintf(stderr, "usage: echo_epoll [-p port] [-t threads] [-b buffer] [-N no TCP_NODELAY] [-6]\n");
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
