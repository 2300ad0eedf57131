/* Links: RTM_NEWLINK and RTM_DELLINK as rows (IPH-022, IPH-024, IPH-029). What the message does not say comes from ethtool and wireless ioctls,
 * not from sysfs, which may show another namespace. */
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/sockios.h>
#include <linux/wireless.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netlink_private.h"

static uint8_t type_of(unsigned hardware)
{
    switch (hardware) {
    case ARPHRD_ETHER: return NET_LINK_ETHERNET;
    case ARPHRD_LOOPBACK: return NET_LINK_LOOPBACK;
    case ARPHRD_PPP: return NET_LINK_PPP;
    case ARPHRD_TUNNEL: case ARPHRD_TUNNEL6: case ARPHRD_SIT: case ARPHRD_IPGRE: case ARPHRD_IP6GRE: return NET_LINK_TUNNEL;
    case ARPHRD_NONE: return NET_LINK_VIRTUAL;
    case ARPHRD_IEEE80211: return NET_LINK_WIRELESS;
    default: return NET_LINK_OTHER;
    }
}

static uint64_t namespace_id = 1;

static void find_namespace(void)
{
    struct stat ns;

    if (stat("/proc/self/ns/net", &ns) == 0)
        namespace_id = ns.st_ino;
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 31) * UINT64_C(0x9e3779b97f4a7c15);
    return (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
}

/* IPH-007: of the index and the namespace, in the shape of a random GUID. Not of the name or the address: these change while the link lives. */
static void make_guid(struct net_link *link)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    uint64_t half[2];

    pthread_once(&once, find_namespace);
    half[0] = mix(namespace_id + mix(link->index));
    half[1] = mix(half[0] ^ UINT64_C(0x6775696400000000));
    memcpy(link->guid, half, 16);
    link->guid[7] = (uint8_t)((link->guid[7] & 0x0f) | 0x40);
    link->guid[8] = (uint8_t)((link->guid[8] & 0x3f) | 0x80);
}

static uint32_t conf(const struct nlattr *attr, unsigned at)
{
    const uint32_t *values = mnl_attr_get_payload(attr);

    return at < mnl_attr_get_payload_len(attr) / 4u ? values[at] : 0;
}

static void read_v6(const struct nlattr *af, struct net_link_ip *ip)
{
    const struct nlattr *a;

    ip->present = false;
    mnl_attr_for_each_nested(a, af) {
        if (mnl_attr_get_type(a) == IFLA_INET6_CONF) {
            ip->present = !conf(a, DEVCONF_DISABLE_IPV6);
            ip->forwarding = conf(a, DEVCONF_FORWARDING) != 0;
            ip->mtu = conf(a, DEVCONF_MTU6);
            ip->router_discovery = conf(a, DEVCONF_ACCEPT_RA) != 0;
            ip->dad_transmits = conf(a, DEVCONF_DAD_TRANSMITS);
        } else if (mnl_attr_get_type(a) == IFLA_INET6_CACHEINFO) {
            const struct ifla_cacheinfo *c = mnl_attr_get_payload(a);

            ip->reassembly_max = c->max_reasm_len;
            ip->reachable_ms = ip->base_reachable_ms = c->reachable_time;
            ip->retransmit_ms = c->retrans_time;
        } else if (mnl_attr_get_type(a) == IFLA_INET6_FLAGS) {
            ip->managed = (mnl_attr_get_u32(a) & 0x80) != 0; /* IF_RA_MANAGED, IF_RA_OTHERCONF */
            ip->other = (mnl_attr_get_u32(a) & 0x40) != 0;
        }
    }
}

static void read_families(const struct nlattr *spec, struct net_link *link)
{
    const struct nlattr *af, *a;

    mnl_attr_for_each_nested(af, spec) {
        if (mnl_attr_get_type(af) == AF_INET) {
            link->v4.present = true;
            link->v4.mtu = link->mtu;
            mnl_attr_for_each_nested(a, af) {
                if (mnl_attr_get_type(a) == IFLA_INET_CONF)
                    link->v4.forwarding = conf(a, IPV4_DEVCONF_FORWARDING - 1) != 0;
            }
        } else if (mnl_attr_get_type(af) == AF_INET6) {
            read_v6(af, &link->v6);
        }
    }
}

static void read_statistics(const struct nlattr *attr, struct net_link *link)
{
    struct rtnl_link_stats64 s = {0};
    uint16_t bytes = mnl_attr_get_payload_len(attr);

    memcpy(&s, mnl_attr_get_payload(attr), bytes < sizeof(s) ? bytes : sizeof(s));
    link->rx_packets = s.rx_packets;
    link->tx_packets = s.tx_packets;
    link->rx_bytes = s.rx_bytes;
    link->tx_bytes = s.tx_bytes;
    link->rx_errors = s.rx_errors;
    link->tx_errors = s.tx_errors;
    link->rx_dropped = s.rx_dropped;
    link->tx_dropped = s.tx_dropped;
    link->rx_multicast = s.multicast;
    link->rx_nohandler = s.rx_nohandler;
}

static void read_attr(const struct nlattr *a, struct net_link *link)
{
    uint16_t bytes = mnl_attr_get_payload_len(a);

    switch (mnl_attr_get_type(a)) {
    case IFLA_IFNAME: snprintf(link->name, sizeof(link->name), "%s", mnl_attr_get_str(a)); break;
    case IFLA_IFALIAS: snprintf(link->alias, sizeof(link->alias), "%s", mnl_attr_get_str(a)); break;
    case IFLA_MTU: link->mtu = mnl_attr_get_u32(a); break;
    case IFLA_MAX_MTU: link->mtu_max = mnl_attr_get_u32(a); break;
    case IFLA_LINK: link->lower = mnl_attr_get_u32(a); break;
    case IFLA_MASTER: link->master = mnl_attr_get_u32(a); break;
    case IFLA_OPERSTATE: link->oper = mnl_attr_get_u8(a) <= NET_OPER_UP ? mnl_attr_get_u8(a) : NET_OPER_UNKNOWN; break;
    case IFLA_CARRIER: link->carrier = mnl_attr_get_u8(a) ? 1 : 2; break;
    case IFLA_ADDRESS:
        link->address_bytes = (uint8_t)(bytes < 32 ? bytes : 32);
        memcpy(link->address, mnl_attr_get_payload(a), link->address_bytes);
        break;
    case IFLA_PERM_ADDRESS: memcpy(link->permanent, mnl_attr_get_payload(a), bytes < 32 ? bytes : 32); break;
    case IFLA_STATS64: read_statistics(a, link); break;
    case IFLA_PARENT_DEV_NAME: link->flags |= NET_LINK_BUS; break;
    case IFLA_AF_SPEC: read_families(a, link); break;
    case IFLA_LINKINFO: {
        const struct nlattr *i;

        mnl_attr_for_each_nested(i, a) {
            if (mnl_attr_get_type(i) == IFLA_INFO_KIND)
                snprintf(link->kind, sizeof(link->kind), "%s", mnl_attr_get_str(i));
        }
        break;
    }
    default: break;
    }
}

void netlink_link_rows(const struct nlmsghdr *message, net_row_fn *each, void *ctx)
{
    const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
    struct net_row row = {.table = NET_LINKS, .gone = message->nlmsg_type == RTM_DELLINK};
    struct net_link *link = &row.link;
    const struct nlattr *a;

    if (head->ifi_family == AF_BRIDGE) /* a port of a bridge joins or leaves: no link does */
        return;
    link->index = (uint32_t)head->ifi_index;
    if (head->ifi_family != AF_UNSPEC) { /* IPv6's own notice tells of its part only */
        if (!row.gone)
            each(ctx, &row);
        return;
    }
    link->type = type_of(head->ifi_type);
    link->flags = (head->ifi_flags & IFF_UP ? NET_LINK_UP : 0) | (head->ifi_flags & IFF_RUNNING ? NET_LINK_RUNNING : 0) |
                  (head->ifi_flags & IFF_BROADCAST ? NET_LINK_BROADCAST : 0) | (head->ifi_flags & IFF_POINTOPOINT ? NET_LINK_P2P : 0);
    mnl_attr_for_each(a, message, sizeof(*head))
        read_attr(a, link);
    if (link->lower == link->index)
        link->lower = 0;
    make_guid(link);
    each(ctx, &row);
}

void netlink_link_more(struct net_link *link)
{
    struct ethtool_cmd command = {.cmd = ETHTOOL_GSET};
    struct ifreq request = {0};
    struct iwreq wireless = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return;
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", link->name);
    request.ifr_data = (void *)&command;
    if (ioctl(fd, SIOCETHTOOL, &request) == 0 && ethtool_cmd_speed(&command) != (uint32_t)SPEED_UNKNOWN)
        link->speed_bps = UINT64_C(1000000) * ethtool_cmd_speed(&command);
    memcpy(wireless.ifr_name, link->name, sizeof(wireless.ifr_name));
    if (link->type == NET_LINK_ETHERNET && ioctl(fd, SIOCGIWNAME, &wireless) == 0)
        link->type = NET_LINK_WIRELESS;
    close(fd);
}
