/* One way to make every table: snapshot, sort, one allocation that counts as the driver's; and what all functions share (IPH section 1). */
#include "netio/iph/iph_private.h"

#include "nt/mm/mm.h"

bool iph_at_wrong_level(const char *function)
{
    KIRQL irql = KeGetCurrentIrql();

    if (irql < DISPATCH_LEVEL)
        return false;
    guest_finding("IPH-014", "%s at IRQL %u: it may block", function, irql);
    return true;
}

NTSTATUS iph_status(int net_err)
{
    switch (net_err) {
    case NET_OK: return STATUS_SUCCESS;
    case NET_ACCESS: return STATUS_ACCESS_DENIED;
    case NET_EXISTS: return STATUS_DUPLICATE_OBJECTID;
    case NET_NOT_FOUND: return STATUS_NOT_FOUND;
    case NET_INVAL: return STATUS_INVALID_PARAMETER;
    case NET_NOTSUP: return STATUS_NOT_SUPPORTED;
    case NET_NOMEM: return STATUS_NO_MEMORY;
    case NET_NET_UNREACH: case NET_HOST_UNREACH: return STATUS_NETWORK_UNREACHABLE;
    default: return STATUS_UNSUCCESSFUL;
    }
}

bool iph_family(ADDRESS_FAMILY family, unsigned *out)
{
    *out = family == AF_INET ? NET_IPV4 : family == AF_INET6 ? NET_IPV6 : 0;
    return family == AF_UNSPEC || *out;
}

ADDRESS_FAMILY iph_family_of(unsigned net_family)
{
    return net_family == NET_IPV4 ? AF_INET : AF_INET6;
}

void iph_sockaddr(const struct net_addr *addr, uint32_t scope, SOCKADDR_INET *out)
{
    __builtin_memset(out, 0, sizeof(*out));
    out->si_family = iph_family_of(addr->family);
    if (addr->family == NET_IPV4) {
        __builtin_memcpy(&out->Ipv4.sin_addr, addr->ip, 4);
    } else {
        __builtin_memcpy(&out->Ipv6.sin6_addr, addr->ip, 16);
        if (addr->ip[0] == 0xfe && (addr->ip[1] & 0xc0) == 0x80)
            out->Ipv6.sin6_scope_id = scope;
    }
}

bool iph_addr(const SOCKADDR_INET *address, struct net_addr *out)
{
    __builtin_memset(out, 0, sizeof(*out));
    if (address->si_family == AF_INET) {
        out->family = NET_IPV4;
        __builtin_memcpy(out->ip, &address->Ipv4.sin_addr, 4);
    } else if (address->si_family == AF_INET6) {
        out->family = NET_IPV6;
        __builtin_memcpy(out->ip, &address->Ipv6.sin6_addr, 16);
    }
    return out->family != 0;
}

int iph_compare_addr(const struct net_addr *a, const struct net_addr *b)
{
    return a->family != b->family ? a->family - b->family : __builtin_memcmp(a->ip, b->ip, 16);
}

bool iph_is_zero(const struct net_addr *a)
{
    static const uint8_t zero[16];

    return __builtin_memcmp(a->ip, zero, 16) == 0;
}

bool iph_is_unicast(const struct net_addr *a)
{
    if (a->family == NET_IPV4)
        return a->ip[0] && a->ip[0] < 224;
    return !iph_is_zero(a) && a->ip[0] != 0xff;
}

bool iph_is_multicast(const struct net_addr *a)
{
    return a->family == NET_IPV4 ? a->ip[0] >> 4 == 14 : a->ip[0] == 0xff;
}

bool iph_is_loopback(const struct net_addr *a)
{
    static const uint8_t v6[16] = {[15] = 1};

    return a->family == NET_IPV4 ? a->ip[0] == 127 : __builtin_memcmp(a->ip, v6, 16) == 0;
}

/* Shell sort: rows are few, and large. */
static void sort(struct net_row **rows, size_t count, iph_order *order)
{
    for (size_t gap = count / 2; gap; gap = gap == 2 ? 1 : gap * 5 / 11) {
        for (size_t i = gap; i < count; i++) {
            struct net_row *row = rows[i];
            size_t j = i;

            for (; j >= gap && order(rows[j - gap], row) > 0; j -= gap)
                rows[j] = rows[j - gap];
            rows[j] = row;
        }
    }
}

void *iph_table_allocate(size_t bytes, const void *caller)
{
    return mm_pool_allocate(POOL_FLAG_NON_PAGED, bytes, IPH_TABLE_TAG, caller);
}

static NTSTATUS fill_table(const struct iph_read *read, struct net_row *rows, size_t count, const struct iph_links *links, void **out, const void *caller)
{
    struct net_row **sorted = ExAllocatePool2(POOL_FLAG_NON_PAGED, (count + 1) * sizeof(*sorted), IPH_TAG);
    UCHAR *table = iph_table_allocate(read->first + (count * read->per_row + 1) * read->row_bytes, caller);
    ULONG n = 0;

    if (!sorted || !table) {
        if (sorted)
            ExFreePoolWithTag(sorted, IPH_TAG);
        if (table)
            ExFreePoolWithTag(table, IPH_TABLE_TAG);
        return STATUS_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = &rows[i];
    sort(sorted, count, read->order);
    for (size_t i = 0; i < count; i++)
        n += read->fill(table + read->first + n * read->row_bytes, sorted[i], links, read);
    ExFreePoolWithTag(sorted, IPH_TAG);
    if (!n && !read->may_be_empty) {
        ExFreePoolWithTag(table, IPH_TABLE_TAG);
        return STATUS_NOT_FOUND;
    }
    *(ULONG *)table = n;
    *out = table;
    return STATUS_SUCCESS;
}

NTSTATUS iph_read_table(const struct iph_read *read, void **out, const void *caller)
{
    struct iph_links links = {0};
    struct net_row *rows;
    size_t count;
    NTSTATUS status = iph_status(net_table_read(read->table, read->family, 0, &rows, &count));

    *out = NULL;
    if (!NT_SUCCESS(status))
        return status;
    status = read->table == NET_LINKS ? STATUS_SUCCESS : iph_read_links(&links);
    if (NT_SUCCESS(status))
        status = fill_table(read, rows, count, &links, out, caller);
    net_table_free(links.rows);
    net_table_free(rows);
    return status;
}

/* IPH-004, IPH-011 */
VOID NTAPI FreeMibTable(PVOID Memory)
{
    struct mm_pool_block block;

    if (!Memory || iph_at_wrong_level("FreeMibTable"))
        return;
    if (!mm_pool_find((uint64_t)(ULONG_PTR)Memory, &block) || block.freed || block.tag != IPH_TABLE_TAG || block.address != (uint64_t)(ULONG_PTR)Memory) {
        guest_finding("IPH-011", "FreeMibTable(%p): it is no table of IP Helper, or was freed before", Memory);
        return;
    }
    ExFreePoolWithTag(Memory, IPH_TABLE_TAG);
}
