/* CreateSortedAddressPairs (IPH-054): for each destination the source that its route prefers, in the order of RFC 6724 section 6 with its default
 * policy table. The addresses of the pairs stand behind them in the one allocation. Rules 4 (home addresses) and 7 (encapsulation) need what Linux
 * does not tell; a destination without a route has no source, so it makes no pair [W]. */
#include "netio/iph/iph_private.h"

struct pair {
    SOCKADDR_IN6 source, destination;
    ULONG place;        /* in the caller's list: rule 10 */
    ULONG common;       /* leading bits that source and destination share: rule 9 */
    UCHAR scope, source_scope, label, source_label, precedence;
    bool deprecated;
};

static const struct {
    UCHAR prefix[16], bits, precedence, label;
} policies[] = {{{[15] = 1}, 128, 50, 0}, {{[10] = 0xff, [11] = 0xff}, 96, 35, 4}, {{0}, 96, 1, 3}, {{0x20, 0x01, 0, 0}, 32, 5, 5}, {{0x20, 0x02}, 16, 30, 2},
                {{0x3f, 0xfe}, 16, 1, 12}, {{0xfe, 0xc0}, 10, 1, 11}, {{0xfc}, 7, 3, 13}, {{0}, 0, 40, 1}}; /* longest prefix first */

static ULONG common_bits(const UCHAR *a, const UCHAR *b)
{
    ULONG bits = 0;

    while (bits < 128 && !((a[bits / 8] ^ b[bits / 8]) & 0x80 >> bits % 8))
        bits++;
    return bits;
}

static void policy(const UCHAR *address, UCHAR *precedence, UCHAR *label)
{
    ULONG i = 0;

    while (common_bits(address, policies[i].prefix) < policies[i].bits)
        i++;
    *precedence = policies[i].precedence;
    *label = policies[i].label;
}

/* RFC 4291's numbers: 2 link-local, 5 site-local, 14 global (RFC 6724 3.1, 3.2). */
static UCHAR scope_of(const UCHAR *a)
{
    static const UCHAR mapped[12] = {[10] = 0xff, [11] = 0xff}, loopback[16] = {[15] = 1};

    if (__builtin_memcmp(a, mapped, 12) == 0)
        return a[12] == 127 || (a[12] == 169 && a[13] == 254) ? 2 : 14;
    if (a[0] == 0xff)
        return a[1] & 0xf;
    if (a[0] == 0xfe && (a[1] & 0xc0) != 0x00)
        return (a[1] & 0xc0) == 0x80 ? 2 : (a[1] & 0xc0) == 0xc0 ? 5 : 14;
    return __builtin_memcmp(a, loopback, 16) == 0 ? 2 : 14;
}

static bool is_mapped(const SOCKADDR_IN6 *a)
{
    static const UCHAR prefix[12] = {[10] = 0xff, [11] = 0xff};

    return __builtin_memcmp(&a->sin6_addr, prefix, 12) == 0;
}

static void to_net(const SOCKADDR_IN6 *from, struct net_addr *out)
{
    const UCHAR *bytes = from->sin6_addr.u.Byte;

    __builtin_memset(out, 0, sizeof(*out));
    out->family = is_mapped(from) ? NET_IPV4 : NET_IPV6;
    __builtin_memcpy(out->ip, is_mapped(from) ? bytes + 12 : bytes, is_mapped(from) ? 4 : 16);
}

static void from_net(const struct net_addr *from, uint32_t index, SOCKADDR_IN6 *out)
{
    UCHAR *bytes = out->sin6_addr.u.Byte;

    __builtin_memset(out, 0, sizeof(*out));
    out->sin6_family = AF_INET6;
    if (from->family == NET_IPV4) {
        bytes[10] = bytes[11] = 0xff;
        __builtin_memcpy(bytes + 12, from->ip, 4);
    } else {
        __builtin_memcpy(bytes, from->ip, 16);
        if (scope_of(bytes) == 2 && bytes[0] == 0xfe)
            out->sin6_scope_id = index;
    }
}

static bool make_pair(struct pair *p, const SOCKADDR_IN6 *destination, ULONG place, const struct net_row *addresses, size_t count)
{
    struct net_addr to;
    struct net_route route;

    to_net(destination, &to);
    if (net_route_find(&to, NULL, is_mapped(destination) ? 0 : destination->sin6_scope_id, &route) != NET_OK || !route.source.family)
        return false;
    p->destination = *destination;
    p->place = place;
    from_net(&route.source, route.index, &p->source);
    p->scope = scope_of(p->destination.sin6_addr.u.Byte);
    p->source_scope = scope_of(p->source.sin6_addr.u.Byte);
    policy(p->destination.sin6_addr.u.Byte, &p->precedence, &p->label);
    policy(p->source.sin6_addr.u.Byte, &(UCHAR){0}, &p->source_label);
    p->common = common_bits(p->destination.sin6_addr.u.Byte, p->source.sin6_addr.u.Byte);
    p->deprecated = false;
    for (size_t i = 0; i < count; i++) {
        const struct net_address *a = &addresses[i].address;
        ULONG bits = a->prefix + (a->ip.family == NET_IPV4 ? 96u : 0u);

        if (iph_compare_addr(&a->ip, &route.source) != 0)
            continue;
        p->deprecated = (a->flags & NET_IP_DEPRECATED) != 0;
        p->common = p->common < bits ? p->common : bits; /* RFC 6724 2.2: not beyond the source's prefix */
    }
    return true;
}

/* Below zero: a is preferred. */
static int compare(const struct pair *a, const struct pair *b)
{
    int by = (b->scope == b->source_scope) - (a->scope == a->source_scope); /* 2 */

    if (!by)
        by = a->deprecated - b->deprecated; /* 3 */
    if (!by)
        by = (b->label == b->source_label) - (a->label == a->source_label); /* 5 */
    if (!by)
        by = b->precedence - a->precedence; /* 6 */
    if (!by)
        by = a->scope - b->scope; /* 8 */
    if (!by && is_mapped(&a->destination) == is_mapped(&b->destination))
        by = (int)b->common - (int)a->common; /* 9 */
    return by ? by : a->place < b->place ? -1 : 1; /* 10 */
}

static void sort(struct pair **pairs, ULONG count)
{
    for (ULONG i = 1; i < count; i++) {
        struct pair *p = pairs[i];
        ULONG j = i;

        for (; j && compare(pairs[j - 1], p) > 0; j--)
            pairs[j] = pairs[j - 1];
        pairs[j] = p;
    }
}

static NTSTATUS create(const SOCKADDR_IN6 *destinations, ULONG count, struct pair *pairs, struct pair **order, PSOCKADDR_IN6_PAIR *out, ULONG *out_count,
                       const void *caller)
{
    struct net_row *addresses;
    size_t address_count;
    ULONG n = 0;
    SOCKADDR_IN6_PAIR *table;
    SOCKADDR_IN6 *at;
    NTSTATUS status = iph_status(net_table_read(NET_ADDRESSES, 0, 0, &addresses, &address_count));

    if (!NT_SUCCESS(status))
        return status;
    for (ULONG i = 0; i < count; i++) {
        if (make_pair(&pairs[n], &destinations[i], i, addresses, address_count)) {
            order[n] = &pairs[n];
            n++;
        }
    }
    net_table_free(addresses);
    if (!n)
        return STATUS_NOT_FOUND;
    sort(order, n);
    table = iph_table_allocate((size_t)n * (sizeof(SOCKADDR_IN6_PAIR) + 2 * sizeof(SOCKADDR_IN6)), caller);
    if (!table)
        return STATUS_NO_MEMORY;
    at = (SOCKADDR_IN6 *)(table + n);
    for (ULONG i = 0; i < n; i++, at += 2) {
        at[0] = order[i]->source;
        at[1] = order[i]->destination;
        table[i] = (SOCKADDR_IN6_PAIR){&at[0], &at[1]};
    }
    *out = table;
    *out_count = n;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI CreateSortedAddressPairs(const PSOCKADDR_IN6 SourceAddressList, ULONG SourceAddressCount, const PSOCKADDR_IN6 DestinationAddressList,
                                        ULONG DestinationAddressCount, ULONG AddressSortOptions, PSOCKADDR_IN6_PAIR *SortedAddressPairList,
                                        ULONG *SortedAddressPairCount)
{
    struct pair *pairs, **order;
    NTSTATUS status = STATUS_NO_MEMORY;

    if (iph_at_wrong_level("CreateSortedAddressPairs"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!SortedAddressPairList || !SortedAddressPairCount)
        return STATUS_INVALID_PARAMETER;
    *SortedAddressPairList = NULL;
    *SortedAddressPairCount = 0;
    if (SourceAddressList || SourceAddressCount || AddressSortOptions || !DestinationAddressList || !DestinationAddressCount)
        return STATUS_INVALID_PARAMETER;
    for (ULONG i = 0; i < DestinationAddressCount; i++) {
        if (DestinationAddressList[i].sin6_family != AF_INET6)
            return STATUS_INVALID_PARAMETER;
    }
    pairs = ExAllocatePool2(POOL_FLAG_NON_PAGED, (size_t)DestinationAddressCount * sizeof(*pairs), IPH_TAG);
    order = ExAllocatePool2(POOL_FLAG_NON_PAGED, (size_t)DestinationAddressCount * sizeof(*order), IPH_TAG);
    if (pairs && order)
        status = create(DestinationAddressList, DestinationAddressCount, pairs, order, SortedAddressPairList, SortedAddressPairCount,
                        __builtin_return_address(0));
    if (pairs)
        ExFreePoolWithTag(pairs, IPH_TAG);
    if (order)
        ExFreePoolWithTag(order, IPH_TAG);
    return status;
}
