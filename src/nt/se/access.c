/* SeAccessCheck (EXE-421): privileges, the mandatory label, the owner, then the list's entries in their order. */
#include "se_private.h"

#define GENERIC_BITS (GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL)

VOID NTAPI RtlMapGenericMask(PACCESS_MASK AccessMask, const GENERIC_MAPPING *GenericMapping)
{
    ACCESS_MASK mask = *AccessMask;

    if (mask & GENERIC_READ)
        mask |= GenericMapping->GenericRead;
    if (mask & GENERIC_WRITE)
        mask |= GenericMapping->GenericWrite;
    if (mask & GENERIC_EXECUTE)
        mask |= GenericMapping->GenericExecute;
    if (mask & GENERIC_ALL)
        mask |= GenericMapping->GenericAll;
    *AccessMask = mask & ~GENERIC_BITS;
}

BOOLEAN NTAPI RtlAreAllAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess)
{
    return (DesiredAccess & ~GrantedAccess) == 0;
}

BOOLEAN NTAPI RtlAreAnyAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess)
{
    return (DesiredAccess & GrantedAccess) != 0;
}

struct check {
    const struct se_token *token;
    PSECURITY_DESCRIPTOR descriptor;
    const GENERIC_MAPPING *mapping;
    ACCESS_MASK remaining; /* of what was asked for by name */
    ACCESS_MASK granted;
    bool maximum;
    ULONG used[2], used_count; /* privileges */
};

/* ---- privileges ---- */
static void use(struct check *c, ULONG privilege)
{
    c->used[c->used_count++] = privilege;
}

static NTSTATUS by_privilege(struct check *c)
{
    if (c->remaining & ACCESS_SYSTEM_SECURITY) {
        if (!se_token_has(c->token, SE_SECURITY_PRIVILEGE))
            return STATUS_PRIVILEGE_NOT_HELD;
        use(c, SE_SECURITY_PRIVILEGE);
        c->granted |= ACCESS_SYSTEM_SECURITY;
        c->remaining &= ~(ACCESS_MASK)ACCESS_SYSTEM_SECURITY;
    }
    if (c->remaining & WRITE_OWNER && se_token_has(c->token, SE_TAKE_OWNERSHIP_PRIVILEGE)) {
        use(c, SE_TAKE_OWNERSHIP_PRIVILEGE);
        c->granted |= WRITE_OWNER;
        c->remaining &= ~(ACCESS_MASK)WRITE_OWNER;
    }
    return STATUS_SUCCESS;
}

/* ---- the mandatory label: what a subject below it may not have; without one an object is of medium integrity ---- */
static ACCESS_MASK above_label(const struct check *c)
{
    ULONG object = SECURITY_MANDATORY_MEDIUM_RID, policy = SYSTEM_MANDATORY_LABEL_NO_WRITE_UP;
    const GENERIC_MAPPING *m = c->mapping;
    ACCESS_MASK denied = 0, read, write, execute;
    PACE_HEADER ace;
    PACL sacl = se_sacl(c->descriptor);

    ace = sacl ? se_first_ace(sacl) : NULL;
    for (ULONG i = 0; sacl && i < sacl->AceCount; i++, ace = se_next_ace(ace))
        if (ace->AceType == SYSTEM_MANDATORY_LABEL_ACE_TYPE && !(ace->AceFlags & INHERIT_ONLY_ACE)) {
            object = *RtlSubAuthoritySid(se_ace_sid(ace), 0);
            policy = ((PSYSTEM_MANDATORY_LABEL_ACE)ace)->Mask;
            break;
        }
    if (*RtlSubAuthoritySid(c->token->integrity, 0) >= object)
        return 0;
    read = m->GenericRead & ~(ACCESS_MASK)(READ_CONTROL | SYNCHRONIZE);
    execute = m->GenericExecute & ~(ACCESS_MASK)(READ_CONTROL | SYNCHRONIZE);
    write = (m->GenericWrite | m->GenericAll) & ~(m->GenericRead | m->GenericExecute | READ_CONTROL | SYNCHRONIZE);
    if (policy & SYSTEM_MANDATORY_LABEL_NO_WRITE_UP)
        denied |= write | WRITE_DAC | WRITE_OWNER | DELETE | ACCESS_SYSTEM_SECURITY;
    if (policy & SYSTEM_MANDATORY_LABEL_NO_READ_UP)
        denied |= read;
    if (policy & SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP)
        denied |= execute;
    return denied;
}

/* ---- owner and list ---- */
static void by_owner(struct check *c, PACL dacl)
{
    PSID owner = se_owner(c->descriptor);
    PACE_HEADER ace = dacl ? se_first_ace(dacl) : NULL;

    if (!owner || !se_token_is(c->token, owner, false))
        return;
    for (ULONG i = 0; dacl && i < dacl->AceCount; i++, ace = se_next_ace(ace))
        if (ace->AceType <= ACCESS_DENIED_ACE_TYPE && !(ace->AceFlags & INHERIT_ONLY_ACE) && RtlEqualSid(se_ace_sid(ace), SeExports->SeOwnerRightsSid))
            return; /* the list says what the owner has */
    c->granted |= c->maximum ? READ_CONTROL | WRITE_DAC : c->remaining & (READ_CONTROL | WRITE_DAC);
    c->remaining &= ~(ACCESS_MASK)(READ_CONTROL | WRITE_DAC);
}

static bool is_about(const struct check *c, PSID sid, bool deny)
{
    PSID owner = se_owner(c->descriptor);

    if (RtlEqualSid(sid, SeExports->SeOwnerRightsSid))
        return owner && se_token_is(c->token, owner, deny);
    return se_token_is(c->token, sid, deny);
}

/* The first entry that speaks about a right decides about it. */
static void by_list(struct check *c, PACL dacl)
{
    PACE_HEADER ace = se_first_ace(dacl);
    ACCESS_MASK decided = 0;

    for (ULONG i = 0; i < dacl->AceCount; i++, ace = se_next_ace(ace)) {
        bool deny = ace->AceType == ACCESS_DENIED_ACE_TYPE;
        ACCESS_MASK mask;

        if (ace->AceFlags & INHERIT_ONLY_ACE || ace->AceType > ACCESS_DENIED_ACE_TYPE || !is_about(c, se_ace_sid(ace), deny))
            continue;
        mask = ((PACCESS_ALLOWED_ACE)ace)->Mask;
        RtlMapGenericMask(&mask, c->mapping);
        mask &= ~decided;
        decided |= mask;
        if (deny)
            continue;
        c->granted |= c->maximum ? mask : mask & c->remaining;
        c->remaining &= ~mask;
    }
}

static NTSTATUS check(struct check *c)
{
    NTSTATUS status = by_privilege(c);
    ACCESS_MASK denied, before = c->granted; /* by a privilege, or by whoever asked before: the label does not take it back */
    PACL dacl;

    if (!NT_SUCCESS(status))
        return status;
    denied = above_label(c);
    if (c->remaining & denied)
        return STATUS_ACCESS_DENIED;
    dacl = se_dacl(c->descriptor);
    if (!dacl) { /* none, or a NULL one */
        c->granted |= c->remaining | (c->maximum ? c->mapping->GenericAll : 0);
        c->remaining = 0;
    } else {
        by_owner(c, dacl);
        by_list(c, dacl);
    }
    c->granted = before | (c->granted & ~denied);
    return c->remaining || !c->granted ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

static NTSTATUS give_privileges(const struct check *c, PPRIVILEGE_SET *out)
{
    if (!out || !c->used_count)
        return STATUS_SUCCESS;
    *out = ExAllocatePool2(POOL_FLAG_PAGED, FIELD_OFFSET(PRIVILEGE_SET, Privilege) + c->used_count * sizeof(LUID_AND_ATTRIBUTES), SE_TAG);
    if (!*out)
        return STATUS_INSUFFICIENT_RESOURCES;
    (*out)->PrivilegeCount = c->used_count;
    for (ULONG i = 0; i < c->used_count; i++)
        (*out)->Privilege[i] = (LUID_AND_ATTRIBUTES){{c->used[i], 0}, SE_PRIVILEGE_USED_FOR_ACCESS};
    return STATUS_SUCCESS;
}

static BOOLEAN by_kernel(ACCESS_MASK desired, ACCESS_MASK before, const GENERIC_MAPPING *mapping, PACCESS_MASK granted, PNTSTATUS status)
{
    *granted = before | (desired & ~(ACCESS_MASK)MAXIMUM_ALLOWED) | (desired & MAXIMUM_ALLOWED ? mapping->GenericAll : 0);
    *status = STATUS_SUCCESS;
    return TRUE;
}

static BOOLEAN denied(NTSTATUS why, PACCESS_MASK granted, PNTSTATUS status)
{
    *granted = 0;
    *status = why;
    return FALSE;
}

BOOLEAN NTAPI SeAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor, PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext, BOOLEAN SubjectContextLocked,
                            ACCESS_MASK DesiredAccess, ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges, PGENERIC_MAPPING GenericMapping,
                            KPROCESSOR_MODE AccessMode, PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus)
{
    struct check c = {.descriptor = SecurityDescriptor, .mapping = GenericMapping, .granted = PreviouslyGrantedAccess};
    NTSTATUS status;

    (void)SubjectContextLocked;
    if (Privileges)
        *Privileges = NULL;
    if (DesiredAccess & GENERIC_BITS)
        guest_finding("EXE-421", "SeAccessCheck is asked for generic rights 0x%X, which RtlMapGenericMask has not mapped", DesiredAccess);
    if (AccessMode == KernelMode)
        return by_kernel(DesiredAccess, PreviouslyGrantedAccess, GenericMapping, GrantedAccess, AccessStatus);
    if (!SecurityDescriptor)
        return denied(STATUS_ACCESS_DENIED, GrantedAccess, AccessStatus);
    if (SubjectSecurityContext->ClientToken && SubjectSecurityContext->ImpersonationLevel < SecurityImpersonation)
        return denied(STATUS_BAD_IMPERSONATION_LEVEL, GrantedAccess, AccessStatus);
    c.maximum = DesiredAccess & MAXIMUM_ALLOWED;
    c.remaining = DesiredAccess & ~(ACCESS_MASK)MAXIMUM_ALLOWED & ~PreviouslyGrantedAccess;
    c.token = se_effective(SubjectSecurityContext);
    status = check(&c);
    if (NT_SUCCESS(status))
        status = give_privileges(&c, Privileges);
    if (!NT_SUCCESS(status))
        return denied(status, GrantedAccess, AccessStatus);
    *GrantedAccess = c.granted;
    *AccessStatus = STATUS_SUCCESS;
    return TRUE;
}
