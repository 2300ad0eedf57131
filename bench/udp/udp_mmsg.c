/* udp_mmsg: native UDP echo server, recvmmsg and sendmmsg, one thread. It answers from the address that was asked (IP_PKTINFO), as
 * samples/udpecho does, and with -e N it answers one of N datagrams. The physical reference. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH   64
#define ROOM    65536
#define CONTROL 64

static unsigned char data[BATCH][ROOM], control[BATCH][CONTROL];
static struct sockaddr_in from[BATCH];
static struct iovec vec[BATCH];
static struct mmsghdr in[BATCH], out[BATCH];

static void ready(unsigned i)
{
    vec[i] = (struct iovec){data[i], ROOM};
    in[i].msg_hdr = (struct msghdr){.msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &vec[i], .msg_iovlen = 1,
                                    .msg_control = control[i], .msg_controllen = CONTROL};
}

static void flush(int s, unsigned count)
{
    for (unsigned done = 0; done < count;) {
        int n = sendmmsg(s, out + done, count - done, 0);

        if (n > 0) {
            done += (unsigned)n;
        } else {
            struct pollfd p = {s, POLLOUT, 0};
            poll(&p, 1, -1);
        }
    }
}

int main(int argc, char **argv)
{
    int opt, port = 7001, one = 1;
    uint64_t every = 1, received = 0;

    while ((opt = getopt(argc, argv, "p:e:")) != -1) {
        if (opt == 'p')
            port = atoi(optarg);
        else if (opt == 'e')
            every = strtoull(optarg, 0, 0);
        else
            return fprintf(stderr, "usage: udp_mmsg [-p port] [-e answer one of so many]\n"), 2;
    }
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    setsockopt(s, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
    if (bind(s, (struct sockaddr *)&a, sizeof a)) {
        perror("bind");
        return 1;
    }
    for (;;) {
        for (unsigned i = 0; i < BATCH; i++)
            ready(i);
        int n = recvmmsg(s, in, BATCH, MSG_WAITFORONE, NULL);
        unsigned count = 0;

        for (int i = 0; i < n; i++) {
            if (++received % every)
                continue;
            out[count] = in[i];
            vec[i].iov_len = in[i].msg_len;
            count++;
        }
        flush(s, count);
    }
}
