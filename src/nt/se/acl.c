/* Access control lists (EXE-422): a header, then entries one behind the other; what is behind the last one up to AclSize is free. */
#include "se_private.h"

PACE_HEADER se_first_ace(PACL acl)
{
    return (PACE_HEADER)(acl + 1);
}

PACE_HEADER se_next_ace(PACE_HEADER ace)
{
    return (PACE_HEADER)((PUCHAR)ace + ace->AceSize);
}

static bool has_sid(UCHAR type)
{
    return type == ACCESS_ALLOWED_ACE_TYPE || type == ACCESS_DENIED_ACE_TYPE || type == SYSTEM_AUDIT_ACE_TYPE || type == SYSTEM_MANDATORY_LABEL_ACE_TYPE;
}

static bool ace_fits(PACE_HEADER ace, PUCHAR end)
{
    ULONG left = (ULONG)(end - (PUCHAR)ace);

    if (left < sizeof(*ace) || ace->AceSize < sizeof(*ace) || ace->AceSize > left || ace->AceSize & 3)
        return false;
    return !has_sid(ace->AceType) || (ace->AceSize >= FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) &&
                                      se_sid_fits(se_ace_sid(ace), ace->AceSize - (ULONG)FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart)));
}

/* The first free byte; NULL: the list is not valid. */
static PUCHAR free_part(PACL acl)
{
    PUCHAR end = (PUCHAR)acl + acl->AclSize;
    PACE_HEADER ace = se_first_ace(acl);

    if (acl->AclRevision < MIN_ACL_REVISION || acl->AclRevision > MAX_ACL_REVISION || acl->AclSize < sizeof(*acl))
        return NULL;
    for (ULONG i = 0; i < acl->AceCount; i++, ace = se_next_ace(ace))
        if (!ace_fits(ace, end))
            return NULL;
    return (PUCHAR)ace;
}

BOOLEAN NTAPI RtlValidAcl(PACL Acl)
{
    return free_part(Acl) != NULL;
}

NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision)
{
    if (AclLength < sizeof(*Acl))
        return STATUS_BUFFER_TOO_SMALL;
    if (AclRevision < MIN_ACL_REVISION || AclRevision > MAX_ACL_REVISION || AclLength > 0xFFFF)
        return STATUS_INVALID_PARAMETER;
    *Acl = (ACL){.AclRevision = (UCHAR)AclRevision, .AclSize = (USHORT)(AclLength & ~3u)};
    return STATUS_SUCCESS;
}

static NTSTATUS add(PACL acl, ULONG revision, ULONG flags, UCHAR type, ACCESS_MASK mask, PSID sid)
{
    PACCESS_ALLOWED_ACE ace;
    ULONG bytes;

    if (!RtlValidSid(sid))
        return STATUS_INVALID_SID;
    if (revision > MAX_ACL_REVISION || acl->AclRevision > MAX_ACL_REVISION)
        return STATUS_REVISION_MISMATCH;
    if (flags & ~(ULONG)(VALID_INHERIT_FLAGS))
        return STATUS_INVALID_PARAMETER;
    ace = (PACCESS_ALLOWED_ACE)free_part(acl);
    if (!ace)
        return STATUS_INVALID_ACL;
    bytes = (ULONG)FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + RtlLengthSid(sid);
    if (bytes > (ULONG)((PUCHAR)acl + acl->AclSize - (PUCHAR)ace))
        return STATUS_ALLOTTED_SPACE_EXCEEDED;
    ace->Header = (ACE_HEADER){type, (UCHAR)flags, (USHORT)bytes};
    ace->Mask = mask;
    __builtin_memcpy(&ace->SidStart, sid, RtlLengthSid(sid));
    acl->AceCount++;
    if (revision > acl->AclRevision)
        acl->AclRevision = (UCHAR)revision;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return add(Acl, AceRevision, 0, ACCESS_ALLOWED_ACE_TYPE, AccessMask, Sid);
}

NTSTATUS NTAPI RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags, ACCESS_MASK AccessMask, PSID Sid)
{
    return add(Acl, AceRevision, AceFlags, ACCESS_ALLOWED_ACE_TYPE, AccessMask, Sid);
}

NTSTATUS NTAPI RtlAddAccessDeniedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return add(Acl, AceRevision, 0, ACCESS_DENIED_ACE_TYPE, AccessMask, Sid);
}

static PACE_HEADER ace_at(PACL acl, ULONG index)
{
    PACE_HEADER ace = se_first_ace(acl);

    while (index--)
        ace = se_next_ace(ace);
    return ace;
}

/* AceList: whole entries, put before the one with the index; an index behind the last one: at the end. */
NTSTATUS NTAPI RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex, PVOID AceList, ULONG AceListLength)
{
    PUCHAR end = free_part(Acl), list_end = (PUCHAR)AceList + AceListLength, at;
    PACE_HEADER ace = AceList;
    ULONG count = 0;

    if (!end)
        return STATUS_INVALID_PARAMETER;
    if (AceRevision < MIN_ACL_REVISION || AceRevision > MAX_ACL_REVISION)
        return STATUS_INVALID_PARAMETER;
    for (; (PUCHAR)ace < list_end; ace = se_next_ace(ace), count++)
        if (!ace_fits(ace, list_end))
            return STATUS_INVALID_PARAMETER;
    if (AceListLength > (ULONG)((PUCHAR)Acl + Acl->AclSize - end))
        return STATUS_BUFFER_TOO_SMALL;
    at = StartingAceIndex >= Acl->AceCount ? end : (PUCHAR)ace_at(Acl, StartingAceIndex);
    __builtin_memmove(at + AceListLength, at, (SIZE_T)(end - at));
    __builtin_memcpy(at, AceList, AceListLength);
    Acl->AceCount = (USHORT)(Acl->AceCount + count);
    if (AceRevision > Acl->AclRevision)
        Acl->AclRevision = (UCHAR)AceRevision;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace)
{
    *Ace = NULL;
    if (!free_part(Acl) || AceIndex >= Acl->AceCount)
        return STATUS_INVALID_PARAMETER;
    *Ace = ace_at(Acl, AceIndex);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDeleteAce(PACL Acl, ULONG AceIndex)
{
    PUCHAR end = free_part(Acl), next;
    PACE_HEADER ace;
    USHORT bytes;

    if (!end || AceIndex >= Acl->AceCount)
        return STATUS_INVALID_PARAMETER;
    ace = ace_at(Acl, AceIndex);
    bytes = ace->AceSize;
    next = (PUCHAR)se_next_ace(ace);
    __builtin_memmove(ace, next, (SIZE_T)(end - next));
    __builtin_memset(end - bytes, 0, bytes);
    Acl->AceCount--;
    return STATUS_SUCCESS;
}
