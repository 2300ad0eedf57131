/* The descriptor of a new object (EXE-422): what its maker asked for, else what the parent passes on, else the token's defaults. */
#include "se_private.h"

#define LIST_MOST 1024

static bool inherits(PACE_HEADER ace, bool container)
{
    return ace->AceFlags & (container ? OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE : OBJECT_INHERIT_ACE);
}

/* The flags that an inherited entry has in the child. */
static UCHAR child_flags(UCHAR flags, bool container)
{
    if (!container || flags & NO_PROPAGATE_INHERIT_ACE)
        return INHERITED_ACE;
    if (!(flags & CONTAINER_INHERIT_ACE)) /* meant for the objects in it */
        return (UCHAR)((flags & VALID_INHERIT_FLAGS) | INHERIT_ONLY_ACE | INHERITED_ACE);
    return (UCHAR)((flags & (VALID_INHERIT_FLAGS & ~INHERIT_ONLY_ACE)) | INHERITED_ACE);
}

/* The entries that apply to the child; creator SIDs become the child's owner and group. False: none, or no room. */
static bool inherit(PACL parent, PACL to, bool container, PSID owner, PSID group, const GENERIC_MAPPING *mapping)
{
    PACE_HEADER ace = se_first_ace(parent);

    if (!NT_SUCCESS(RtlCreateAcl(to, LIST_MOST, parent->AclRevision)))
        return false;
    for (ULONG i = 0; i < parent->AceCount; i++, ace = se_next_ace(ace)) {
        PSID sid = se_ace_sid(ace);
        ACCESS_MASK mask = ((PACCESS_ALLOWED_ACE)ace)->Mask;
        UCHAR flags = child_flags(ace->AceFlags, container);
        PACE_HEADER made;
        PVOID last;

        if (!inherits(ace, container) || ace->AceType > SYSTEM_AUDIT_ACE_TYPE)
            continue;
        if (RtlEqualSid(sid, SeExports->SeCreatorOwnerSid))
            sid = owner;
        else if (RtlEqualSid(sid, SeExports->SeCreatorGroupSid))
            sid = group;
        if (!(flags & INHERIT_ONLY_ACE))
            RtlMapGenericMask(&mask, mapping);
        if (!NT_SUCCESS(RtlAddAccessAllowedAceEx(to, ACL_REVISION, flags, mask, sid)) || !NT_SUCCESS(RtlGetAce(to, to->AceCount - 1u, &last)))
            return false;
        made = last;
        made->AceType = ace->AceType;
        made->AceFlags = (UCHAR)(made->AceFlags | (ace->AceFlags & (SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG)));
    }
    return to->AceCount > 0;
}

/* The explicit list unless it is only a default and the parent has something to pass on. */
static PACL choose(PACL explicit, bool present, bool defaulted, PACL parent, PACL room, bool container, PSID owner, PSID group, const GENERIC_MAPPING *m,
                   bool *has)
{
    *has = true;
    if (present && !defaulted)
        return explicit;
    if (parent && inherit(parent, room, container, owner, group, m))
        return room;
    *has = present;
    return explicit;
}

NTSTATUS NTAPI SeAssignSecurity(PSECURITY_DESCRIPTOR ParentDescriptor, PSECURITY_DESCRIPTOR ExplicitDescriptor, PSECURITY_DESCRIPTOR *NewDescriptor,
                                BOOLEAN IsDirectoryObject, PSECURITY_SUBJECT_CONTEXT SubjectContext, PGENERIC_MAPPING GenericMapping, POOL_TYPE PoolType)
{
    struct se_token *token = se_effective(SubjectContext);
    PSECURITY_DESCRIPTOR given = ExplicitDescriptor;
    SECURITY_DESCRIPTOR made = {.Revision = SECURITY_DESCRIPTOR_REVISION};
    USHORT control = given ? ((PISECURITY_DESCRIPTOR)given)->Control : 0;
    bool present = control & SE_DACL_PRESENT, sacl_present = control & SE_SACL_PRESENT, has;
    PACL dacl = given ? se_dacl(given) : NULL, sacl = given ? se_sacl(given) : NULL;
    PACL parent_dacl = ParentDescriptor ? se_dacl(ParentDescriptor) : NULL;
    PACL parent_sacl = ParentDescriptor ? se_sacl(ParentDescriptor) : NULL;
    PUCHAR room;
    NTSTATUS status;

    (void)PoolType;
    *NewDescriptor = NULL;
    made.Owner = given && se_owner(given) ? se_owner(given) : token->owner;
    made.Group = given && se_group(given) ? se_group(given) : token->primary_group;
    if (!se_token_is(token, made.Owner, false) && !RtlEqualSid(made.Owner, token->owner) && !se_token_has(token, SE_RESTORE_PRIVILEGE))
        return STATUS_INVALID_OWNER;
    if (sacl_present && !(control & SE_SACL_DEFAULTED) && !se_token_has(token, SE_SECURITY_PRIVILEGE))
        return STATUS_PRIVILEGE_NOT_HELD;
    room = ExAllocatePool2(POOL_FLAG_PAGED, 2 * LIST_MOST, SE_TAG);
    if (!room)
        return STATUS_INSUFFICIENT_RESOURCES;
    made.Dacl = choose(dacl, present, control & SE_DACL_DEFAULTED, parent_dacl, (PACL)room, IsDirectoryObject, made.Owner, made.Group, GenericMapping, &has);
    if (!has)
        made.Dacl = (PACL)(void *)token->default_dacl;
    made.Control = SE_DACL_PRESENT;
    made.Sacl = choose(sacl, sacl_present, control & SE_SACL_DEFAULTED, parent_sacl, (PACL)(room + LIST_MOST), IsDirectoryObject, made.Owner, made.Group,
                       GenericMapping, &has);
    if (has)
        made.Control |= SE_SACL_PRESENT;
    status = se_copy_descriptor(&made, NewDescriptor);
    ExFreePoolWithTag(room, SE_TAG);
    return status;
}

NTSTATUS NTAPI SeDeassignSecurity(PSECURITY_DESCRIPTOR *SecurityDescriptor)
{
    if (*SecurityDescriptor)
        ExFreePool(*SecurityDescriptor);
    *SecurityDescriptor = NULL;
    return STATUS_SUCCESS;
}
