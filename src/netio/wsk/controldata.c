/* Control data of datagrams: a chain of CMSGHDR on the driver's side, struct net_ctl on the plane's. Called by datagram.c in the
 * driver's thread (send) or on the socket's processor (receive); touches nothing else. */
#include "controldata.h"

#include "ddi/guest.h"

/* One entry's data as an INT; false when it is shorter. */
static bool int_of(const CMSGHDR *c, SIZE_T bytes, int32_t *value)
{
    if (bytes < sizeof(*value))
        return false;
    __builtin_memcpy(value, WSA_CMSG_DATA(c), sizeof(*value));
    return true;
}

static bool take_pktinfo4(const CMSGHDR *c, SIZE_T bytes, struct net_ctl *out)
{
    IN_PKTINFO info;

    if (bytes < sizeof(info))
        return false;
    __builtin_memcpy(&info, WSA_CMSG_DATA(c), sizeof(info));
    out->local.family = NET_IPV4;
    __builtin_memcpy(out->local.ip, &info.ipi_addr, 4);
    out->ifindex = info.ipi_ifindex;
    out->present |= NET_CTL_LOCAL;
    return true;
}

static bool take_pktinfo6(const CMSGHDR *c, SIZE_T bytes, struct net_ctl *out)
{
    IN6_PKTINFO info;

    if (bytes < sizeof(info))
        return false;
    __builtin_memcpy(&info, WSA_CMSG_DATA(c), sizeof(info));
    out->local.family = NET_IPV6;
    __builtin_memcpy(out->local.ip, &info.ipi6_addr, 16);
    out->ifindex = info.ipi6_ifindex;
    out->present |= NET_CTL_LOCAL;
    return true;
}

/* What IP and IPv6 name alike: IP_TTL 4 and IP_TOS 3 are IPv4's alone. */
static bool take_ip(const CMSGHDR *c, SIZE_T bytes, struct net_ctl *out, int32_t *ecn)
{
    bool six = c->cmsg_level == IPPROTO_IPV6;
    int32_t value;

    _Static_assert(IP_PKTINFO == IPV6_PKTINFO && IP_PKTINFO_EX == IPV6_PKTINFO_EX && IP_HOPLIMIT == IPV6_HOPLIMIT && IP_ECN == IPV6_ECN,
                   "one switch serves both levels");
    if (c->cmsg_type == (six ? IPV6_RTHDR : IP_OPTIONS))
        return bytes == 0; /* WSK-164: an empty one means none */
    if (!six && !out->local.family)
        out->local.family = NET_IPV4; /* on a dual-family socket: the datagram goes out as IPv4 (WSK-098) */
    switch (c->cmsg_type) {
    case IP_PKTINFO:
    case IP_PKTINFO_EX:
        return six ? take_pktinfo6(c, bytes, out) : take_pktinfo4(c, bytes, out);
    case IP_ECN:
        if (!int_of(c, bytes, ecn) || *ecn & ~3)
            return false;
        out->present |= NET_CTL_ECN;
        return true;
    case IP_TOS:
    case IPV6_TCLASS:
        if (c->cmsg_type != (six ? IPV6_TCLASS : IP_TOS) || !int_of(c, bytes, &value) || value < 0 || value > 255)
            return false;
        out->tos = value;
        out->present |= NET_CTL_TOS;
        return true;
    case IP_TTL:
    case IP_HOPLIMIT:
        if ((six && c->cmsg_type == IP_TTL) || !int_of(c, bytes, &value) || value < -1 || value > 255)
            return false;
        if (value != IP_UNSPECIFIED_HOP_LIMIT) {
            out->ttl = value;
            out->present |= NET_CTL_TTL;
        }
        return true;
    default:
        return false;
    }
}

static bool take(const CMSGHDR *c, SIZE_T bytes, struct net_ctl *out, int32_t *ecn)
{
    int32_t value;

    if (c->cmsg_level == IPPROTO_IP || c->cmsg_level == IPPROTO_IPV6)
        return take_ip(c, bytes, out, ecn);
    if (c->cmsg_level != IPPROTO_UDP || c->cmsg_type != UDP_SEND_MSG_SIZE || !int_of(c, bytes, &value) || value < 0 || value > 65535)
        return false;
    if (value) {
        out->segment = (uint32_t)value;
        out->present |= NET_CTL_SEGMENT;
    }
    return true;
}

NTSTATUS wsk_control_take(const CMSGHDR *first, ULONG length, struct net_ctl *out)
{
    const UCHAR *at = (const UCHAR *)first, *end = at + length;
    int32_t ecn = 0;

    __builtin_memset(out, 0, sizeof(*out));
    if (!length)
        return STATUS_SUCCESS;
    if (!first || (ULONG_PTR)first % TYPE_ALIGNMENT(CMSGHDR)) {
        guest_finding("WSK-181", "control data of %u bytes at %p is %s", length, (const void *)first, first ? "not aligned to 8" : "not there");
        return STATUS_INVALID_PARAMETER;
    }
    while (at < end) {
        const CMSGHDR *c = (const CMSGHDR *)at;
        SIZE_T room = (SIZE_T)(end - at), cmsg_len;

        if (room < sizeof(*c) || (cmsg_len = c->cmsg_len) < sizeof(*c) || cmsg_len > room) {
            guest_finding("WSK-181", "control data is cut off: an entry at byte %llu of %u says it has %llu bytes",
                          (unsigned long long)(at - (const UCHAR *)first), length, room < sizeof(*c) ? 0ull : (unsigned long long)c->cmsg_len);
            return STATUS_INVALID_PARAMETER;
        }
        if (!take(c, cmsg_len - sizeof(*c), out, &ecn))
            return STATUS_INVALID_PARAMETER; /* WSK-164 */
        cmsg_len = WSA_CMSGHDR_ALIGN(cmsg_len);
        at = cmsg_len > room ? end : at + cmsg_len;
    }
    if (out->present & NET_CTL_ECN)
        out->tos = (out->tos & ~3) | ecn;
    return STATUS_SUCCESS;
}

/* ---- what came with a datagram ---- */
struct give {
    UCHAR *at, *end;
    bool cut;
};

static void give(struct give *g, int level, int type, const void *data, SIZE_T bytes)
{
    CMSGHDR *c = (CMSGHDR *)g->at;

    if ((SIZE_T)(g->end - g->at) < WSA_CMSG_SPACE(bytes)) {
        g->cut = true;
        return;
    }
    __builtin_memset(c, 0, WSA_CMSG_SPACE(bytes));
    c->cmsg_len = WSA_CMSG_LEN(bytes);
    c->cmsg_level = level;
    c->cmsg_type = type;
    __builtin_memcpy(WSA_CMSG_DATA(c), data, bytes);
    g->at += WSA_CMSG_SPACE(bytes);
}

static bool is_v4_mapped(const struct net_addr *a)
{
    IN6_ADDR address;

    __builtin_memcpy(&address, a->ip, sizeof(address));
    return a->family == NET_IPV6 && IN6_IS_ADDR_V4MAPPED(&address);
}

static void give_pktinfo(struct give *g, const struct net_ctl *ctl)
{
    if (ctl->local.family == NET_IPV6 && !is_v4_mapped(&ctl->local)) {
        IN6_PKTINFO info;

        __builtin_memcpy(&info.ipi6_addr, ctl->local.ip, 16);
        info.ipi6_ifindex = ctl->ifindex;
        give(g, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
    } else {
        IN_PKTINFO info;

        __builtin_memcpy(&info.ipi_addr, ctl->local.ip + (ctl->local.family == NET_IPV6 ? 12 : 0), 4);
        info.ipi_ifindex = ctl->ifindex;
        give(g, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
    }
}

ULONG wsk_control_give(const struct net_ctl *ctl, const struct net_addr *from, ULONG wanted, CMSGHDR *first, ULONG room, bool *cut)
{
    struct give g = {(UCHAR *)first, (UCHAR *)first + (first ? room & ~7u : 0), false};
    bool six = from->family == NET_IPV6 && !is_v4_mapped(from); /* WSK-098: IPv4 datagrams carry IPPROTO_IP entries */
    int level = six ? IPPROTO_IPV6 : IPPROTO_IP;
    ULONG present = ctl->present & wanted;
    int32_t value;

    if (present & NET_CTL_LOCAL)
        give_pktinfo(&g, ctl);
    if (present & NET_CTL_TTL)
        give(&g, level, IP_HOPLIMIT, &ctl->ttl, sizeof(ctl->ttl));
    if (present & NET_CTL_TOS)
        give(&g, level, six ? IPV6_TCLASS : IP_TOS, &ctl->tos, sizeof(ctl->tos));
    if (wanted & NET_CTL_ECN && ctl->present & NET_CTL_TOS) {
        value = ctl->tos & 3;
        give(&g, level, IP_ECN, &value, sizeof(value));
    }
    if (present & NET_CTL_SEGMENT)
        give(&g, IPPROTO_UDP, UDP_COALESCED_INFO, &ctl->segment, sizeof(ctl->segment));
    *cut = g.cut;
    return (ULONG)(g.at - (UCHAR *)first);
}
