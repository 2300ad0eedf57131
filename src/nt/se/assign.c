/* The descriptor of a new object (EXE-422): what its maker asked for, else what the parent passes on, else the token's defaults. */
#include "se_private.h"

#define LIST_MOST 0xFFFCu

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

/* Room for what a parent passes on: each entry may get the owner's or the group's SID for its own. */
static ULONG list_bytes(PACL parent)
{
    ULONG bytes = parent ? parent->AclSize + parent->AceCount * (ULONG)SECURITY_MAX_SID_SIZE : 0;

    return bytes > LIST_MOST ? LIST_MOST : bytes;
}

/* The entries that apply to the child; creator SIDs become the child's owner and group. */
static NTSTATUS inherit(PACL parent, PACL to, bool container, PSID owner, PSID group, const GENERIC_MAPPING *mapping)
{
    PACE_HEADER ace = se_first_ace(parent);
    NTSTATUS status = RtlCreateAcl(to, list_bytes(parent), parent->AclRevision);

    if (!NT_SUCCESS(status))
        return STATUS_BAD_INHERITANCE_ACL;
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
            return STATUS_BAD_INHERITANCE_ACL;
        made = last;
        made->AceType = ace->AceType;
        made->AceFlags = (UCHAR)(made->AceFlags | (ace->AceFlags & (SUCCESSFUL_ACCESS_ACE_FLAG | FAILED_ACCESS_ACE_FLAG)));
    }
    return STATUS_SUCCESS;
}

/* One of the two lists of a descriptor. */
struct list {
    PACL given, parent, room; /* room: list_bytes(parent) of it */
    bool present, defaulted;
};

/* The list that was given, unless it is only a default and the parent has something to pass on. *chosen is NULL for a NULL list; *has:
 * is there one at all? */
static NTSTATUS choose(const struct list *l, bool container, const SECURITY_DESCRIPTOR *child, const GENERIC_MAPPING *mapping, PACL *chosen, bool *has)
{
    NTSTATUS status;

    *has = l->present;
    *chosen = l->given;
    if ((l->present && !l->defaulted) || !l->parent)
        return STATUS_SUCCESS;
    status = inherit(l->parent, l->room, container, child->Owner, child->Group, mapping);
    if (NT_SUCCESS(status) && l->room->AceCount > 0) {
        *has = true;
        *chosen = l->room;
    }
    return status;
}

static struct list list_of(PSECURITY_DESCRIPTOR given, PACL given_list, PACL parent, USHORT present_bit, USHORT defaulted_bit)
{
    return (struct list){given_list, parent, NULL, given && se_has(given, present_bit), given && se_has(given, defaulted_bit)};
}

NTSTATUS NTAPI SeAssignSecurity(PSECURITY_DESCRIPTOR ParentDescriptor, PSECURITY_DESCRIPTOR ExplicitDescriptor, PSECURITY_DESCRIPTOR *NewDescriptor,
                                BOOLEAN IsDirectoryObject, PSECURITY_SUBJECT_CONTEXT SubjectContext, PGENERIC_MAPPING GenericMapping, POOL_TYPE PoolType)
{
    struct se_token *token = se_effective(SubjectContext);
    PSECURITY_DESCRIPTOR given = ExplicitDescriptor, parent = ParentDescriptor;
    struct list dacl = list_of(given, given ? se_dacl(given) : NULL, parent ? se_dacl(parent) : NULL, SE_DACL_PRESENT, SE_DACL_DEFAULTED);
    struct list sacl = list_of(given, given ? se_sacl(given) : NULL, parent ? se_sacl(parent) : NULL, SE_SACL_PRESENT, SE_SACL_DEFAULTED);
    SECURITY_DESCRIPTOR made = {.Revision = SECURITY_DESCRIPTOR_REVISION, .Control = SE_DACL_PRESENT};
    ULONG dacl_bytes = list_bytes(dacl.parent);
    NTSTATUS status;
    bool has;

    (void)PoolType;
    *NewDescriptor = NULL;
    made.Owner = given && se_owner(given) ? se_owner(given) : token->owner;
    made.Group = given && se_group(given) ? se_group(given) : token->primary_group;
    if (!se_token_is(token, made.Owner, false) && !RtlEqualSid(made.Owner, token->owner) && !se_token_has(token, SE_RESTORE_PRIVILEGE))
        return STATUS_INVALID_OWNER;
    if (sacl.present && !sacl.defaulted && !se_token_has(token, SE_SECURITY_PRIVILEGE))
        return STATUS_PRIVILEGE_NOT_HELD;
    dacl.room = ExAllocatePool2(POOL_FLAG_PAGED, dacl_bytes + list_bytes(sacl.parent) + 1, SE_TAG);
    if (!dacl.room)
        return STATUS_INSUFFICIENT_RESOURCES;
    sacl.room = (PACL)((PUCHAR)dacl.room + dacl_bytes);
    status = choose(&dacl, IsDirectoryObject, &made, GenericMapping, &made.Dacl, &has);
    if (!has)
        made.Dacl = (PACL)(void *)token->default_dacl;
    if (NT_SUCCESS(status))
        status = choose(&sacl, IsDirectoryObject, &made, GenericMapping, &made.Sacl, &has);
    if (has)
        made.Control |= SE_SACL_PRESENT;
    if (NT_SUCCESS(status))
        status = se_copy_descriptor(&made, NewDescriptor);
    ExFreePoolWithTag(dacl.room, SE_TAG);
    return status;
}

NTSTATUS NTAPI SeDeassignSecurity(PSECURITY_DESCRIPTOR *SecurityDescriptor)
{
    if (*SecurityDescriptor)
        ExFreePool(*SecurityDescriptor);
    *SecurityDescriptor = NULL;
    return STATUS_SUCCESS;
}
