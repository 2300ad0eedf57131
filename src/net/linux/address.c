/* net_addr to sockaddr and back, and the addresses of this machine. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <string.h>

#include "plane_private.h"

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

socklen_t net_to_sockaddr(const struct net_addr *addr, unsigned family, union net_sockaddr *out)
{
    memset(out, 0, sizeof(out->v6));
    if (family == NET_IPV4) {
        if (addr->family != NET_IPV4)
            return 0;
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(addr->port);
        memcpy(&out->v4.sin_addr, addr->ip, 4);
        return sizeof(out->v4);
    }
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons(addr->port);
    if (addr->family == NET_IPV4) {
        memcpy(&out->v6.sin6_addr, mapped_prefix, 12);
        memcpy((uint8_t *)&out->v6.sin6_addr + 12, addr->ip, 4);
        return sizeof(out->v6);
    }
    if (addr->family != NET_IPV6)
        return 0;
    memcpy(&out->v6.sin6_addr, addr->ip, 16);
    out->v6.sin6_scope_id = addr->scope;
    out->v6.sin6_flowinfo = htonl(addr->flow);
    return sizeof(out->v6);
}

void net_from_sockaddr(const union net_sockaddr *in, struct net_addr *out)
{
    memset(out, 0, sizeof(*out));
    if (in->any.sa_family == AF_INET) {
        out->family = NET_IPV4;
        out->port = ntohs(in->v4.sin_port);
        memcpy(out->ip, &in->v4.sin_addr, 4);
    } else if (in->any.sa_family == AF_INET6) {
        out->family = NET_IPV6;
        out->port = ntohs(in->v6.sin6_port);
        memcpy(out->ip, &in->v6.sin6_addr, 16);
        out->scope = in->v6.sin6_scope_id;
        out->flow = ntohl(in->v6.sin6_flowinfo);
    }
}

unsigned net_local_addresses(enum net_family family, struct net_addr *out, unsigned max)
{
    struct ifaddrs *all, *a;
    unsigned count = 0;

    if (getifaddrs(&all) != 0)
        return 0;
    for (a = all; a; a = a->ifa_next) {
        union net_sockaddr sa;

        if (!a->ifa_addr || a->ifa_addr->sa_family != (family == NET_IPV4 ? AF_INET : AF_INET6))
            continue;
        memcpy(&sa, a->ifa_addr, family == NET_IPV4 ? sizeof(sa.v4) : sizeof(sa.v6));
        if (count < max)
            net_from_sockaddr(&sa, &out[count]);
        count++;
    }
    freeifaddrs(all);
    return count;
}
