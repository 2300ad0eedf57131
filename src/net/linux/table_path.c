/* What is known of the way to others (IPH-059, IPH-061 .. IPH-063): streams of this network namespace with what TCP has measured on them, from the
 * kernel's socket listing; and a question to a neighbour. */
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netlink_private.h"

/* States in which there is somebody at the other end: all but SYN_SENT, SYN_RECV, CLOSE and LISTEN. */
#define TALKING (0xFFFu & ~(1u << TCP_SYN_SENT | 1u << TCP_SYN_RECV | 1u << TCP_CLOSE | 1u << TCP_LISTEN))

struct listing {
    net_row_fn *each;
    void *ctx;
};

/* IPv4 on a socket of both families is IPv4. */
static void address(unsigned af, const uint32_t words[4], struct net_addr *out)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool v4 = af == AF_INET || memcmp(words, mapped, sizeof(mapped)) == 0;

    *out = (struct net_addr){.family = v4 ? NET_IPV4 : NET_IPV6};
    memcpy(out->ip, v4 && af != AF_INET ? &words[3] : words, v4 ? 4 : 16);
}

static void stream(void *ctx, const struct nlmsghdr *message)
{
    const struct inet_diag_msg *m = mnl_nlmsg_get_payload(message);
    struct listing *l = ctx;
    struct net_row row = {.table = NET_PATHS};
    const struct nlattr *a;

    address(m->idiag_family, m->id.idiag_src, &row.path.from);
    address(m->idiag_family, m->id.idiag_dst, &row.path.to);
    mnl_attr_for_each(a, message, sizeof(*m)) {
        if (mnl_attr_get_type(a) == INET_DIAG_INFO) {
            struct tcp_info t = {0};
            uint16_t bytes = mnl_attr_get_payload_len(a);

            memcpy(&t, mnl_attr_get_payload(a), bytes < sizeof(t) ? bytes : sizeof(t));
            row.path.mtu = t.tcpi_pmtu;
            row.path.rtt_us = t.tcpi_rtt;
            row.path.deviation_us = t.tcpi_rttvar;
            row.path.heard_ms = t.tcpi_last_ack_recv;
        }
    }
    l->each(l->ctx, &row);
}

int netlink_path_rows(char *buffer, net_row_fn *each, void *ctx)
{
    static const uint8_t afs[] = {AF_INET, AF_INET6};
    struct listing l = {each, ctx};
    int err = NET_OK;

    for (unsigned i = 0; i < 2 && err == NET_OK; i++) {
        char space[256];
        struct nlmsghdr *request = mnl_nlmsg_put_header(space);
        struct inet_diag_req_v2 *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

        request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
        request->nlmsg_flags = NLM_F_DUMP;
        head->sdiag_family = afs[i];
        head->sdiag_protocol = IPPROTO_TCP;
        head->idiag_states = TALKING;
        head->idiag_ext = 1 << (INET_DIAG_INFO - 1);
        err = netlink_ask(NETLINK_SOCK_DIAG, request, buffer, stream, &l);
        if (err == NET_NOT_FOUND) /* a family that is not there */
            err = NET_OK;
    }
    return err;
}

static int write_flush(const char *path)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

    if (fd < 0 || write(fd, "1\n", 2) < 0)
        err = errno;
    if (fd >= 0)
        close(fd);
    return netlink_err(err == EROFS || err == ENOENT ? EACCES : err); /* it is hidden from who is root of a namespace only */
}

int net_path_flush(unsigned family)
{
    int err = family == NET_IPV6 ? NET_OK : write_flush("/proc/sys/net/ipv4/route/flush");

    if (err == NET_OK && family != NET_IPV4)
        err = write_flush("/proc/sys/net/ipv6/route/flush");
    return err;
}

static void ignore(void *ctx, const struct nlmsghdr *message)
{
}

int net_neighbour_probe(uint32_t index, const struct net_addr *to)
{
    char space[512], *buffer = malloc(NETLINK_BYTES);
    struct nlmsghdr *request = mnl_nlmsg_put_header(space);
    struct ndmsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));
    int err;

    request->nlmsg_type = RTM_NEWNEIGH;
    request->nlmsg_flags = NLM_F_CREATE;
    head->ndm_family = (uint8_t)netlink_family(to->family);
    head->ndm_ifindex = (int)index;
    head->ndm_state = NUD_NONE;
    head->ndm_flags = NTF_USE;
    netlink_put_addr(request, NDA_DST, to);
    err = buffer ? netlink_ask(NETLINK_ROUTE, request, buffer, ignore, NULL) : NET_NOMEM;
    free(buffer);
    return err;
}
