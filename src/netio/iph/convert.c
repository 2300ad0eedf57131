/* Names of interfaces in all their forms (IPH-084 .. IPH-089). What is not found gives zero and STATUS_INVALID_PARAMETER. */
#include "netio/iph/iph_private.h"

static NTSTATUS not_found(NTSTATUS status)
{
    return status == STATUS_NOT_FOUND ? STATUS_INVALID_PARAMETER : status;
}

NTSTATUS NTAPI ConvertInterfaceLuidToIndex(const NET_LUID *InterfaceLuid, PNET_IFINDEX InterfaceIndex)
{
    struct net_link link;
    NTSTATUS status;

    if (iph_at_wrong_level("ConvertInterfaceLuidToIndex"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceIndex)
        return STATUS_INVALID_PARAMETER;
    *InterfaceIndex = NET_IFINDEX_UNSPECIFIED;
    if (!InterfaceLuid)
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(InterfaceLuid, 0, &link);
    if (NT_SUCCESS(status))
        *InterfaceIndex = link.index;
    return not_found(status);
}

NTSTATUS NTAPI ConvertInterfaceIndexToLuid(NET_IFINDEX InterfaceIndex, PNET_LUID InterfaceLuid)
{
    struct net_link link;
    NTSTATUS status;

    if (iph_at_wrong_level("ConvertInterfaceIndexToLuid"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceLuid)
        return STATUS_INVALID_PARAMETER;
    InterfaceLuid->Value = 0;
    status = iph_find_link(NULL, InterfaceIndex, &link);
    if (NT_SUCCESS(status))
        *InterfaceLuid = iph_luid(&link);
    return not_found(status);
}

NTSTATUS NTAPI ConvertInterfaceLuidToGuid(const NET_LUID *InterfaceLuid, GUID *InterfaceGuid)
{
    struct net_link link;
    NTSTATUS status;

    if (iph_at_wrong_level("ConvertInterfaceLuidToGuid"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceGuid)
        return STATUS_INVALID_PARAMETER;
    __builtin_memset(InterfaceGuid, 0, sizeof(*InterfaceGuid));
    if (!InterfaceLuid)
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(InterfaceLuid, 0, &link);
    if (NT_SUCCESS(status))
        __builtin_memcpy(InterfaceGuid, link.guid, sizeof(*InterfaceGuid));
    return not_found(status);
}

typedef bool link_is(const struct net_link *link, const void *what);

static NTSTATUS search(link_is *is, const void *what, PNET_LUID luid)
{
    struct iph_links links = {0};
    NTSTATUS status = iph_read_links(&links);
    bool found = false;

    for (size_t i = 0; NT_SUCCESS(status) && i < links.count && !found; i++) {
        found = is(&links.rows[i].link, what);
        if (found)
            *luid = iph_luid(&links.rows[i].link);
    }
    net_table_free(links.rows);
    return NT_SUCCESS(status) && !found ? STATUS_INVALID_PARAMETER : status;
}

static bool has_guid(const struct net_link *link, const void *guid)
{
    return __builtin_memcmp(link->guid, guid, 16) == 0;
}

NTSTATUS NTAPI ConvertInterfaceGuidToLuid(const GUID *InterfaceGuid, PNET_LUID InterfaceLuid)
{
    if (iph_at_wrong_level("ConvertInterfaceGuidToLuid"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceLuid)
        return STATUS_INVALID_PARAMETER;
    InterfaceLuid->Value = 0;
    return InterfaceGuid ? search(has_guid, InterfaceGuid, InterfaceLuid) : STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI ConvertInterfaceLuidToAlias(const NET_LUID *InterfaceLuid, PWSTR InterfaceAlias, SIZE_T Length)
{
    WCHAR alias[IF_MAX_STRING_SIZE + 1];
    struct net_link link;
    NTSTATUS status;
    ULONG length;

    if (iph_at_wrong_level("ConvertInterfaceLuidToAlias"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceLuid || !InterfaceAlias)
        return STATUS_INVALID_PARAMETER;
    status = iph_find_link(InterfaceLuid, 0, &link);
    if (!NT_SUCCESS(status))
        return not_found(status);
    length = iph_alias(&link, alias);
    if (length >= iph_room("ConvertInterfaceLuidToAlias", InterfaceAlias, Length, sizeof(WCHAR), "IPH-101"))
        return STATUS_NO_MEMORY;
    __builtin_memcpy(InterfaceAlias, alias, (length + 1) * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

static bool has_alias(const struct net_link *link, const void *what)
{
    WCHAR alias[IF_MAX_STRING_SIZE + 1];
    UNICODE_STRING own, wanted;

    iph_alias(link, alias);
    RtlInitUnicodeString(&own, alias);
    RtlInitUnicodeString(&wanted, what);
    return RtlEqualUnicodeString(&own, &wanted, TRUE);
}

NTSTATUS NTAPI ConvertInterfaceAliasToLuid(const WCHAR *InterfaceAlias, PNET_LUID InterfaceLuid)
{
    if (iph_at_wrong_level("ConvertInterfaceAliasToLuid"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!InterfaceLuid)
        return STATUS_INVALID_PARAMETER;
    InterfaceLuid->Value = 0;
    return InterfaceAlias ? search(has_alias, InterfaceAlias, InterfaceLuid) : STATUS_INVALID_PARAMETER;
}

/* IPH-089 [W]: masks are in network byte order. */
NTSTATUS NTAPI ConvertLengthToIpv4Mask(ULONG MaskLength, PULONG Mask)
{
    if (!Mask)
        return STATUS_INVALID_PARAMETER;
    if (MaskLength > 32) {
        *Mask = 0xFFFFFFFF;
        return STATUS_INVALID_PARAMETER;
    }
    *Mask = MaskLength ? __builtin_bswap32(0xFFFFFFFFu << (32 - MaskLength)) : 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ConvertIpv4MaskToLength(ULONG Mask, PUINT8 MaskLength)
{
    ULONG host = __builtin_bswap32(Mask);

    if (!MaskLength || (~host & (~host + 1)))
        return STATUS_INVALID_PARAMETER;
    *MaskLength = (UINT8)__builtin_popcount(host);
    return STATUS_SUCCESS;
}
