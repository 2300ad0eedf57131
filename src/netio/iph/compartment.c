/* Compartments (IPH-015, IPH-090) and what is known of a network (IPH-091). There is one compartment, 1: the network namespace of the process.
 * So every thread, job and session is in it, and to be moved anywhere else is STATUS_NOT_FOUND. */
#include "netio/iph/iph_private.h"

/* [W] Windows gives its primary compartment a GUID when it is installed. */
static const GUID primary_guid = {0x77736b69, 0x7400, 0x4001, {0x80, 0, 0, 0, 0, 0, 0, 1}};

static __thread NET_IF_COMPARTMENT_SCOPE scope;

static NTSTATUS move(NET_IF_COMPARTMENT_ID id)
{
    return id <= NET_IF_COMPARTMENT_ID_PRIMARY ? STATUS_SUCCESS : STATUS_NOT_FOUND; /* 0: back to the default */
}

NET_IF_COMPARTMENT_ID NTAPI GetCurrentThreadCompartmentId(VOID)
{
    return NET_IF_COMPARTMENT_ID_PRIMARY;
}

NTSTATUS NTAPI SetCurrentThreadCompartmentId(NET_IF_COMPARTMENT_ID CompartmentId)
{
    return move(CompartmentId);
}

VOID NTAPI GetCurrentThreadCompartmentScope(PNET_IF_COMPARTMENT_SCOPE CompartmentScope, PNET_IF_COMPARTMENT_ID CompartmentId)
{
    *CompartmentScope = scope;
    *CompartmentId = NET_IF_COMPARTMENT_ID_PRIMARY;
}

NTSTATUS NTAPI SetCurrentThreadCompartmentScope(NET_IF_COMPARTMENT_SCOPE CompartmentScope)
{
    scope = CompartmentScope;
    return STATUS_SUCCESS;
}

NET_IF_COMPARTMENT_ID NTAPI GetSessionCompartmentId(ULONG SessionId)
{
    return NET_IF_COMPARTMENT_ID_PRIMARY;
}

NTSTATUS NTAPI SetSessionCompartmentId(ULONG SessionId, NET_IF_COMPARTMENT_ID CompartmentId)
{
    return move(CompartmentId);
}

NET_IF_COMPARTMENT_ID NTAPI GetJobCompartmentId(HANDLE JobHandle)
{
    return NET_IF_COMPARTMENT_ID_PRIMARY;
}

NTSTATUS NTAPI SetJobCompartmentId(HANDLE JobHandle, NET_IF_COMPARTMENT_ID CompartmentId)
{
    return move(CompartmentId);
}

NET_IF_COMPARTMENT_ID NTAPI GetDefaultCompartmentId(VOID)
{
    return NET_IF_COMPARTMENT_ID_PRIMARY;
}

NTSTATUS NTAPI ConvertCompartmentGuidToId(const GUID *CompartmentGuid, PNET_IF_COMPARTMENT_ID CompartmentId)
{
    bool ours;

    if (!CompartmentId)
        return STATUS_INVALID_PARAMETER;
    *CompartmentId = NET_IF_COMPARTMENT_ID_UNSPECIFIED;
    if (!CompartmentGuid)
        return STATUS_INVALID_PARAMETER;
    ours = __builtin_memcmp(CompartmentGuid, &primary_guid, sizeof(GUID)) == 0;
    if (ours)
        *CompartmentId = NET_IF_COMPARTMENT_ID_PRIMARY;
    return ours ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

NTSTATUS NTAPI ConvertCompartmentIdToGuid(NET_IF_COMPARTMENT_ID CompartmentId, GUID *CompartmentGuid)
{
    if (!CompartmentGuid)
        return STATUS_INVALID_PARAMETER;
    __builtin_memset(CompartmentGuid, 0, sizeof(*CompartmentGuid));
    if (CompartmentId != NET_IF_COMPARTMENT_ID_PRIMARY)
        return STATUS_NOT_FOUND;
    *CompartmentGuid = primary_guid;
    return STATUS_SUCCESS;
}

/* ---- networks ---- */
/* [W] The network that an interface is on has the NetworkGuid of its MIB_IF_ROW2, its own GUID, and its name. Length is in bytes, as the header's
 * annotation has it. */
NTSTATUS NTAPI GetNetworkInformation(const NET_IF_NETWORK_GUID *NetworkGuid, PNET_IF_COMPARTMENT_ID CompartmentId, PULONG SiteId, PWCHAR NetworkName,
                                     ULONG Length)
{
    WCHAR name[IF_MAX_STRING_SIZE + 1];
    struct net_link link;
    NET_LUID luid;
    NTSTATUS status;
    ULONG bytes;

    if (iph_at_wrong_level("GetNetworkInformation"))
        return STATUS_INVALID_DEVICE_STATE;
    if (!NetworkGuid || !CompartmentId || !SiteId || !NetworkName)
        return STATUS_INVALID_PARAMETER;
    status = ConvertInterfaceGuidToLuid(NetworkGuid, &luid);
    if (NT_SUCCESS(status))
        status = iph_find_link(&luid, 0, &link);
    if (!NT_SUCCESS(status))
        return status == STATUS_INVALID_PARAMETER ? STATUS_NOT_FOUND : status;
    bytes = (iph_alias(&link, name) + 1) * (ULONG)sizeof(WCHAR);
    if (bytes > Length)
        return STATUS_BUFFER_OVERFLOW;
    *CompartmentId = NET_IF_COMPARTMENT_ID_PRIMARY;
    *SiteId = 0;
    __builtin_memcpy(NetworkName, name, bytes);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI SetNetworkInformation(const NET_IF_NETWORK_GUID *NetworkGuid, NET_IF_COMPARTMENT_ID CompartmentId, const WCHAR *NetworkName)
{
    return NetworkGuid ? STATUS_NOT_SUPPORTED : STATUS_INVALID_PARAMETER;
}
