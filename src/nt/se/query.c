/* SeQueryInformationToken (EXE-419): one block of paged pool for each answer, which its SIDs lie in. The caller frees it with ExFreePool. */
#include "se_private.h"

/* Room for `head` bytes and the SIDs behind them. */
struct block {
    PUCHAR base;
    ULONG used;
};

static PVOID begin(struct block *b, ULONG head, ULONG sids)
{
    head = (head + 7) & ~7u;
    b->base = ExAllocatePool2(POOL_FLAG_PAGED, head + sids, SE_TAG);
    b->used = head;
    return b->base;
}

static PSID add_sid(struct block *b, PSID sid)
{
    PSID copy = b->base + b->used;

    __builtin_memcpy(copy, sid, RtlLengthSid(sid));
    b->used += RtlLengthSid(sid);
    return copy;
}

/* TOKEN_USER, TOKEN_OWNER, TOKEN_PRIMARY_GROUP: a SID pointer, the first with attributes. */
static PVOID one_sid(PSID sid, ULONG head, ULONG attributes)
{
    struct block b;
    PSID_AND_ATTRIBUTES out = begin(&b, head, RtlLengthSid(sid));

    if (!out)
        return NULL;
    out->Sid = add_sid(&b, sid);
    if (head >= sizeof(*out))
        out->Attributes = attributes;
    return out;
}

static PVOID groups(const struct se_token *t)
{
    ULONG sids = 0;
    struct block b;
    PTOKEN_GROUPS out;

    for (ULONG i = 0; i < t->group_count; i++)
        sids += RtlLengthSid(t->groups[i].Sid);
    out = begin(&b, (ULONG)FIELD_OFFSET(TOKEN_GROUPS, Groups) + t->group_count * (ULONG)sizeof(SID_AND_ATTRIBUTES), sids);
    if (!out)
        return NULL;
    out->GroupCount = t->group_count;
    for (ULONG i = 0; i < t->group_count; i++)
        out->Groups[i] = (SID_AND_ATTRIBUTES){add_sid(&b, t->groups[i].Sid), t->groups[i].Attributes};
    return out;
}

static PVOID privileges(const struct se_token *t)
{
    ULONG count = (ULONG)__builtin_popcountll(t->held), n = 0;
    struct block b;
    PTOKEN_PRIVILEGES out = begin(&b, (ULONG)FIELD_OFFSET(TOKEN_PRIVILEGES, Privileges) + count * (ULONG)sizeof(LUID_AND_ATTRIBUTES), 0);

    if (!out)
        return NULL;
    out->PrivilegeCount = count;
    for (ULONG p = 0; p <= SE_MAX_WELL_KNOWN_PRIVILEGE; p++)
        if (t->held >> p & 1)
            out->Privileges[n++] = (LUID_AND_ATTRIBUTES){{p, 0}, se_token_has(t, p) ? SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT : 0u};
    return out;
}

static PVOID default_dacl(const struct se_token *t)
{
    struct block b;
    PTOKEN_DEFAULT_DACL out = begin(&b, sizeof(*out), sizeof(t->default_dacl));

    if (out) {
        out->DefaultDacl = (PACL)(void *)(b.base + b.used);
        __builtin_memcpy(out->DefaultDacl, t->default_dacl, sizeof(t->default_dacl));
    }
    return out;
}

static PVOID statistics(const struct se_token *t)
{
    struct block b;
    PTOKEN_STATISTICS out = begin(&b, sizeof(*out), 0);

    if (out)
        *out = (TOKEN_STATISTICS){.TokenId = t->id,
                                  .AuthenticationId = t->authentication,
                                  .ExpirationTime.QuadPart = 0x7FFFFFFFFFFFFFFF,
                                  .TokenType = t->type,
                                  .ImpersonationLevel = t->level,
                                  .DynamicCharged = 4096,
                                  .GroupCount = t->group_count,
                                  .PrivilegeCount = (ULONG)__builtin_popcountll(t->held),
                                  .ModifiedId = t->modified};
    return out;
}

static PVOID source(void)
{
    struct block b;
    PTOKEN_SOURCE out = begin(&b, sizeof(*out), 0);

    if (out)
        *out = (TOKEN_SOURCE){.SourceName = {'*', 'S', 'Y', 'S', 'T', 'E', 'M', '*'}};
    return out;
}

static PVOID number(ULONG value)
{
    struct block b;
    PULONG out = begin(&b, sizeof(*out), 0);

    if (out)
        *out = value;
    return out;
}

/* Small answers are the value itself where the page says so (the session, the level), else the block's address. */
NTSTATUS NTAPI SeQueryInformationToken(PACCESS_TOKEN Token, TOKEN_INFORMATION_CLASS TokenInformationClass, PVOID *TokenInformation)
{
    const struct se_token *t = Token;
    PVOID out;

    switch (TokenInformationClass) {
    case TokenUser:
        out = one_sid(t->user.Sid, sizeof(TOKEN_USER), t->user.Attributes);
        break;
    case TokenGroups:
        out = groups(t);
        break;
    case TokenPrivileges:
        out = privileges(t);
        break;
    case TokenOwner:
        out = one_sid(t->owner, sizeof(TOKEN_OWNER), 0);
        break;
    case TokenPrimaryGroup:
        out = one_sid(t->primary_group, sizeof(TOKEN_PRIMARY_GROUP), 0);
        break;
    case TokenDefaultDacl:
        out = default_dacl(t);
        break;
    case TokenSource:
        out = source();
        break;
    case TokenType:
        out = number(t->type);
        break;
    case TokenImpersonationLevel:
        if (t->type != TokenImpersonation)
            return STATUS_INVALID_PARAMETER;
        out = number(t->level);
        break;
    case TokenStatistics:
        out = statistics(t);
        break;
    case TokenSessionId:
        *(PULONG)TokenInformation = t->session; /* "a DWORD value (not a pointer to it)" */
        return STATUS_SUCCESS;
    case TokenElevation:
        out = number(t->elevated);
        break;
    case TokenIntegrityLevel:
        *(PULONG)TokenInformation = *RtlSubAuthoritySid(t->integrity, 0); /* the same */
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
    *TokenInformation = out;
    return out ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}
