/* udpload: load generator for a UDP echo server (one thread, epoll).
 * Modes:  rr    one question in flight on each of -c sockets; one that is not answered in 200 ms is asked again and counts as a stall
 *         rate  sends as fast as it can, batches of 32 on -c sockets; the server answers one of -e datagrams, so that -e times the answers is
 *               what it took in
 * Every answer is checked. Prints one JSON line. See README.md. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RETRY_NS 200000000u
#define BATCH    32
#define SAMPLES  (1u << 22)

struct flow {
    int fd;
    uint64_t sequence, asked;
};
static struct flow *flows;
static int count = 1, ep;
static size_t size = 64;
static unsigned char pattern[65536], answer[65536];
static uint64_t answers, errors, mismatches, stalls, bytes;
static uint32_t *samples; /* ns */
static uint64_t sampled;
static int measuring;

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void ask(struct flow *f)
{
    memcpy(pattern, &f->sequence, sizeof f->sequence);
    f->asked = now_ns();
    if (send(f->fd, pattern, size, 0) != (ssize_t)size)
        errors++;
}

static int is_good(ssize_t n)
{
    return n == (ssize_t)size && memcmp(answer + 8, pattern + 8, size - 8) == 0;
}

static void heard(struct flow *f)
{
    ssize_t n;

    while ((n = recv(f->fd, answer, sizeof answer, MSG_DONTWAIT)) >= 0) {
        uint64_t t = now_ns();

        if (!is_good(n)) {
            mismatches++;
            continue;
        }
        if (memcmp(answer, &f->sequence, sizeof f->sequence))
            continue; /* late: it was asked again */
        if (measuring) {
            answers++;
            bytes += (uint64_t)n;
            if (sampled < SAMPLES)
                samples[sampled++] = (uint32_t)(t - f->asked);
        }
        f->sequence++;
        ask(f);
        return;
    }
    if (errno != EAGAIN)
        errors++;
}

static void rr(uint64_t until)
{
    struct epoll_event ev[256];
    uint64_t looked = now_ns();

    for (uint64_t t = looked; t < until; t = now_ns()) {
        int n = epoll_wait(ep, ev, 256, 20);

        for (int i = 0; i < n; i++)
            heard(ev[i].data.ptr);
        if (t - looked < RETRY_NS)
            continue;
        looked = t;
        for (int i = 0; i < count; i++)
            if (now_ns() - flows[i].asked > RETRY_NS) {
                stalls += (unsigned)measuring;
                ask(&flows[i]);
            }
    }
}

static void rate(uint64_t until)
{
    struct iovec vec = {pattern, size};
    struct mmsghdr m[BATCH];

    for (int i = 0; i < BATCH; i++)
        m[i].msg_hdr = (struct msghdr){.msg_iov = &vec, .msg_iovlen = 1};
    while (now_ns() < until)
        for (int i = 0; i < count; i++) {
            ssize_t n;

            if (sendmmsg(flows[i].fd, m, BATCH, MSG_DONTWAIT) < 0 && errno != EAGAIN)
                errors++;
            while ((n = recv(flows[i].fd, answer, sizeof answer, MSG_DONTWAIT)) >= 0) {
                mismatches += !is_good(n);
                answers += (unsigned)measuring;
            }
        }
}

static int less(const void *a, const void *b)
{
    return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : *(const uint32_t *)a > *(const uint32_t *)b;
}

static double at(double share)
{
    return sampled ? samples[(uint64_t)(share * (double)(sampled - 1))] / 1e3 : 0;
}

int main(int argc, char **argv)
{
    const char *label = "", *mode = "rr";
    double secs = 3, warm = 0.5;
    uint64_t every = 1, started;
    int opt, port = 7001;

    while ((opt = getopt(argc, argv, "p:m:c:s:d:w:l:e:")) != -1)
        switch (opt) {
        case 'p': port = atoi(optarg); break;
        case 'm': mode = optarg; break;
        case 'c': count = atoi(optarg); break;
        case 's': size = strtoul(optarg, 0, 0); break;
        case 'd': secs = atof(optarg); break;
        case 'w': warm = atof(optarg); break;
        case 'l': label = optarg; break;
        case 'e': every = strtoull(optarg, 0, 0); break;
        default:
            fprintf(stderr, "usage: udpload [-p port] [-m rr|rate] [-c sockets] [-s size] [-e answered] [-d seconds] [-w warm-up] [-l label]\n");
            return 2;
        }
    if (count < 1 || size < 8 || size > 65000 || !every)
        return 2;
    flows = calloc((size_t)count, sizeof *flows);
    samples = malloc(SAMPLES * sizeof *samples);
    for (size_t i = 0; i < size; i++)
        pattern[i] = (unsigned char)(i * 7 + 1);
    ep = epoll_create1(0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int is_rate = !strcmp(mode, "rate");
    for (int i = 0; i < count; i++) {
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &flows[i]};
        flows[i].fd = socket(AF_INET, SOCK_DGRAM, 0);
        if (flows[i].fd < 0 || connect(flows[i].fd, (struct sockaddr *)&to, sizeof to) || epoll_ctl(ep, EPOLL_CTL_ADD, flows[i].fd, &e)) {
            perror("socket");
            return 1;
        }
        if (!is_rate)
            ask(&flows[i]);
    }
    void (*run)(uint64_t) = is_rate ? rate : rr;
    run(now_ns() + (uint64_t)(warm * 1e9));
    measuring = 1;
    started = now_ns();
    run(started + (uint64_t)(secs * 1e9));
    double took = (double)(now_ns() - started) / 1e9;
    qsort(samples, sampled, sizeof *samples, less);
    if (is_rate) {
        answers *= every;
        bytes = answers * size;
    }
    printf("{\"label\":\"%s\",\"per_s\":%.1f,\"MBps\":%.2f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"errors\":%llu,\"mismatch\":%llu,\"stalls\":%llu}\n", label,
           (double)answers / took, (double)bytes / took / 1e6, at(0.5), at(0.99), (unsigned long long)errors, (unsigned long long)mismatches,
           (unsigned long long)stalls);
    return 0;
}
