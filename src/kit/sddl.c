/* The text of a security descriptor (EXE-423): O:sid G:sid D:flags(ace)... S:flags(ace)..., in this order, each of them optional. Entries
 * are type;flags;rights;;;sid; the types are A and D in D:, AU and ML in S:. Object entries and conditions are refused. */
#include "sddl.h"

#define SDDL_TAG 'dSkW'
#define LIST_ROOM(count) (sizeof(ACL) + (count) * (sizeof(ACCESS_ALLOWED_ACE) + SECURITY_MAX_SID_SIZE))

struct cursor {
    const WCHAR *at, *end;
};

struct code {
    const char *name; /* two letters */
    ULONG value;
};

static const struct code rights[] = {
    {"GA", GENERIC_ALL}, {"GR", GENERIC_READ}, {"GW", GENERIC_WRITE}, {"GX", GENERIC_EXECUTE}, {"RC", READ_CONTROL}, {"SD", DELETE},
    {"WD", WRITE_DAC}, {"WO", WRITE_OWNER}, {"FA", FILE_ALL_ACCESS}, {"FR", FILE_GENERIC_READ}, {"FW", FILE_GENERIC_WRITE},
    {"FX", FILE_GENERIC_EXECUTE}, {"KA", KEY_ALL_ACCESS}, {"KR", KEY_READ}, {"KW", KEY_WRITE}, {"KX", KEY_EXECUTE}, {"CC", 0x1}, {"DC", 0x2},
    {"LC", 0x4}, {"SW", 0x8}, {"RP", 0x10}, {"WP", 0x20}, {"DT", 0x40}, {"LO", 0x80}, {"CR", 0x100}, {"NW", 0x1}, {"NR", 0x2}, {"NX", 0x4}};
static const struct code ace_flags[] = {{"OI", OBJECT_INHERIT_ACE}, {"CI", CONTAINER_INHERIT_ACE}, {"NP", NO_PROPAGATE_INHERIT_ACE},
                                        {"IO", INHERIT_ONLY_ACE}, {"ID", INHERITED_ACE}, {"SA", SUCCESSFUL_ACCESS_ACE_FLAG},
                                        {"FA", FAILED_ACCESS_ACE_FLAG}};
static const struct code sids[] = {
    {"SY", FIELD_OFFSET(SE_EXPORTS, SeLocalSystemSid)}, {"BA", FIELD_OFFSET(SE_EXPORTS, SeAliasAdminsSid)},
    {"BU", FIELD_OFFSET(SE_EXPORTS, SeAliasUsersSid)}, {"BG", FIELD_OFFSET(SE_EXPORTS, SeAliasGuestsSid)},
    {"PU", FIELD_OFFSET(SE_EXPORTS, SeAliasPowerUsersSid)}, {"BO", FIELD_OFFSET(SE_EXPORTS, SeAliasBackupOpsSid)},
    {"WD", FIELD_OFFSET(SE_EXPORTS, SeWorldSid)}, {"AU", FIELD_OFFSET(SE_EXPORTS, SeAuthenticatedUsersSid)},
    {"AN", FIELD_OFFSET(SE_EXPORTS, SeAnonymousLogonSid)}, {"IU", FIELD_OFFSET(SE_EXPORTS, SeInteractiveSid)},
    {"NU", FIELD_OFFSET(SE_EXPORTS, SeNetworkSid)}, {"RC", FIELD_OFFSET(SE_EXPORTS, SeRestrictedSid)},
    {"LS", FIELD_OFFSET(SE_EXPORTS, SeLocalServiceSid)}, {"NS", FIELD_OFFSET(SE_EXPORTS, SeNetworkServiceSid)},
    {"CO", FIELD_OFFSET(SE_EXPORTS, SeCreatorOwnerSid)}, {"CG", FIELD_OFFSET(SE_EXPORTS, SeCreatorGroupSid)},
    {"OW", FIELD_OFFSET(SE_EXPORTS, SeOwnerRightsSid)}, {"LW", FIELD_OFFSET(SE_EXPORTS, SeLowMandatorySid)},
    {"ME", FIELD_OFFSET(SE_EXPORTS, SeMediumMandatorySid)}, {"HI", FIELD_OFFSET(SE_EXPORTS, SeHighMandatorySid)},
    {"SI", FIELD_OFFSET(SE_EXPORTS, SeSystemMandatorySid)}};

static BOOLEAN take(struct cursor *c, const char *word)
{
    const WCHAR *at = c->at;

    for (; *word; word++, at++)
        if (at == c->end || *at != (WCHAR)*word)
            return FALSE;
    c->at = at;
    return TRUE;
}

static BOOLEAN take_code(struct cursor *c, const struct code *codes, ULONG count, ULONG *value)
{
    for (ULONG i = 0; i < count; i++)
        if (take(c, codes[i].name)) {
            *value = codes[i].value;
            return TRUE;
        }
    return FALSE;
}

static BOOLEAN digit(WCHAR c, ULONG base, ULONG *value)
{
    if (c >= '0' && c <= '9')
        *value = (ULONG)(c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        *value = (ULONG)((c | 0x20) - 'a' + 10);
    else
        return FALSE;
    return *value < base;
}

static BOOLEAN take_number(struct cursor *c, ULONG base, ULONG64 most, ULONG64 *value)
{
    const WCHAR *begin;
    ULONG d;

    if (base == 10 && take(c, "0x"))
        base = 16;
    for (*value = 0, begin = c->at; c->at < c->end && digit(*c->at, base, &d); c->at++) {
        if (*value > (most - d) / base)
            return FALSE;
        *value = *value * base + d;
    }
    return c->at > begin;
}

/* room: SECURITY_MAX_SID_SIZE bytes, for a SID that is given by numbers. */
static PSID take_sid(struct cursor *c, PVOID room)
{
    SID_IDENTIFIER_AUTHORITY authority;
    ULONG64 number;
    ULONG offset;
    PISID sid = room;

    if (take_code(c, sids, RTL_NUMBER_OF(sids), &offset))
        return *(PSID *)((PUCHAR)SeExports + offset);
    if (!take(c, "S-1-") || !take_number(c, 10, 0xFFFFFFFFFFFF, &number))
        return NULL;
    for (ULONG i = 0; i < 6; i++)
        authority.Value[i] = (UCHAR)(number >> (40 - 8 * i));
    RtlInitializeSid(sid, &authority, 0);
    while (take(c, "-")) {
        if (sid->SubAuthorityCount == SID_MAX_SUB_AUTHORITIES || !take_number(c, 10, MAXULONG, &number))
            return NULL;
        *RtlSubAuthoritySid(sid, sid->SubAuthorityCount++) = (ULONG)number;
    }
    return sid->SubAuthorityCount ? sid : NULL;
}

static BOOLEAN take_mask(struct cursor *c, ACCESS_MASK *mask)
{
    ULONG64 number;
    ULONG bits;

    *mask = 0;
    if (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
        if (!take_number(c, 10, MAXULONG, &number))
            return FALSE;
        *mask = (ACCESS_MASK)number;
        return TRUE;
    }
    while (take_code(c, rights, RTL_NUMBER_OF(rights), &bits))
        *mask |= bits;
    return TRUE;
}

/* type;flags;rights;;;sid */
static BOOLEAN take_entry(struct cursor *c, BOOLEAN system, PACL list)
{
    UCHAR room[SECURITY_MAX_SID_SIZE], entry[sizeof(ACCESS_ALLOWED_ACE) + SECURITY_MAX_SID_SIZE] = {0};
    PACCESS_ALLOWED_ACE ace = (PACCESS_ALLOWED_ACE)entry;
    ULONG flag;
    PSID sid;

    if (system ? take(c, "AU;") : take(c, "A;"))
        ace->Header.AceType = system ? SYSTEM_AUDIT_ACE_TYPE : ACCESS_ALLOWED_ACE_TYPE;
    else if (system ? take(c, "ML;") : take(c, "D;"))
        ace->Header.AceType = system ? SYSTEM_MANDATORY_LABEL_ACE_TYPE : ACCESS_DENIED_ACE_TYPE;
    else
        return FALSE;
    while (take_code(c, ace_flags, RTL_NUMBER_OF(ace_flags), &flag))
        ace->Header.AceFlags |= (UCHAR)flag;
    if (!take(c, ";") || !take_mask(c, &ace->Mask) || !take(c, ";;;"))
        return FALSE;
    sid = take_sid(c, room);
    if (!sid || !take(c, ")"))
        return FALSE;
    ace->Header.AceSize = (USHORT)(FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + RtlLengthSid(sid));
    RtlCopyMemory(&ace->SidStart, sid, RtlLengthSid(sid));
    return NT_SUCCESS(RtlAddAce(list, ACL_REVISION, MAXULONG, ace, ace->Header.AceSize));
}

/* The list ends where its last entry does: it was made for entries of the longest kind. */
static VOID cut_short(PACL list)
{
    USHORT bytes = sizeof(*list);
    PVOID entry;

    for (ULONG i = 0; i < list->AceCount && NT_SUCCESS(RtlGetAce(list, i, &entry)); i++)
        bytes = (USHORT)(bytes + ((PACE_HEADER)entry)->AceSize);
    list->AclSize = bytes;
}

static BOOLEAN take_list(struct cursor *c, BOOLEAN system, PACL list, ULONG bytes, SECURITY_DESCRIPTOR *d)
{
    for (;;) {
        if (take(c, "P"))
            d->Control |= system ? SE_SACL_PROTECTED : SE_DACL_PROTECTED;
        else if (take(c, "AI"))
            d->Control |= system ? SE_SACL_AUTO_INHERITED : SE_DACL_AUTO_INHERITED;
        else if (take(c, "AR"))
            d->Control |= system ? SE_SACL_AUTO_INHERIT_REQ : SE_DACL_AUTO_INHERIT_REQ;
        else
            break;
    }
    if (!NT_SUCCESS(RtlCreateAcl(list, bytes, ACL_REVISION)))
        return FALSE;
    while (take(c, "("))
        if (!take_entry(c, system, list))
            return FALSE;
    cut_short(list);
    return NT_SUCCESS(system ? RtlSetSaclSecurityDescriptor(d, TRUE, list, FALSE) : RtlSetDaclSecurityDescriptor(d, TRUE, list, FALSE));
}

static BOOLEAN parse(struct cursor *c, struct sddl *out, PUCHAR room, ULONG list_bytes)
{
    PUCHAR owner = room + 2 * list_bytes, group = owner + SECURITY_MAX_SID_SIZE;

    if (take(c, "O:")) {
        out->descriptor.Owner = take_sid(c, owner);
        out->parts |= OWNER_SECURITY_INFORMATION;
        if (!out->descriptor.Owner)
            return FALSE;
    }
    if (take(c, "G:")) {
        out->descriptor.Group = take_sid(c, group);
        out->parts |= GROUP_SECURITY_INFORMATION;
        if (!out->descriptor.Group)
            return FALSE;
    }
    if (take(c, "D:")) {
        out->parts |= DACL_SECURITY_INFORMATION;
        if (!take_list(c, FALSE, (PACL)room, list_bytes, &out->descriptor))
            return FALSE;
    }
    if (take(c, "S:")) {
        out->parts |= SACL_SECURITY_INFORMATION;
        if (!take_list(c, TRUE, (PACL)(room + list_bytes), list_bytes, &out->descriptor))
            return FALSE;
    }
    return c->at == c->end && out->parts;
}

NTSTATUS sddl_parse(PCUNICODE_STRING text, struct sddl **out)
{
    struct cursor c = {text->Buffer, text->Buffer + text->Length / sizeof(WCHAR)};
    ULONG count = 0, list_bytes;
    struct sddl *made;

    for (const WCHAR *at = c.at; at < c.end; at++)
        count += *at == '(';
    list_bytes = (ULONG)LIST_ROOM(count);
    if (list_bytes > 0xFFFC)
        return STATUS_INVALID_PARAMETER;
    made = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*made) + 2 * list_bytes + 2 * SECURITY_MAX_SID_SIZE, SDDL_TAG);
    if (!made)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCreateSecurityDescriptor(&made->descriptor, SECURITY_DESCRIPTOR_REVISION);
    if (!parse(&c, made, (PUCHAR)(made + 1), list_bytes)) {
        ExFreePoolWithTag(made, SDDL_TAG);
        return STATUS_INVALID_PARAMETER;
    }
    *out = made;
    return STATUS_SUCCESS;
}
