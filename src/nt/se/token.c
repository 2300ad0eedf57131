/* Tokens (EXE-419): made for one of the simulated users, and what the short routines ask of them. */
#include "se_private.h"

#define ALL_PRIVILEGES  (((ULONG64)2 << SE_MAX_WELL_KNOWN_PRIVILEGE) - ((ULONG64)1 << SE_MIN_WELL_KNOWN_PRIVILEGE))
#define BIT(privilege)  ((ULONG64)1 << (privilege))
#define FOR_EVERYONE    BIT(SE_CHANGE_NOTIFY_PRIVILEGE)
#define FOR_USERS       (FOR_EVERYONE | BIT(SE_SHUTDOWN_PRIVILEGE) | BIT(SE_UNDOCK_PRIVILEGE) | BIT(SE_INC_WORKING_SET_PRIVILEGE) | BIT(SE_TIME_ZONE_PRIVILEGE))
#define FOR_SERVICES    (FOR_USERS | BIT(SE_IMPERSONATE_PRIVILEGE) | BIT(SE_CREATE_GLOBAL_PRIVILEGE) | BIT(SE_AUDIT_PRIVILEGE) | BIT(SE_SYSTEMTIME_PRIVILEGE))
#define NOT_FOR_ADMINS  (BIT(SE_CREATE_TOKEN_PRIVILEGE) | BIT(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE) | BIT(SE_LOCK_MEMORY_PRIVILEGE) | BIT(SE_MACHINE_ACCOUNT_PRIVILEGE) | \
                         BIT(SE_TCB_PRIVILEGE) | BIT(SE_CREATE_PERMANENT_PRIVILEGE) | BIT(SE_AUDIT_PRIVILEGE) | BIT(SE_SYNC_AGENT_PRIVILEGE) | \
                         BIT(SE_ENABLE_DELEGATION_PRIVILEGE) | BIT(SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE) | BIT(SE_RELABEL_PRIVILEGE))
#define MEMBER          (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

/* A local account: S-1-5-21-<machine>-<number>. */
#define ACCOUNT(name, rid)                                                                                             \
    static struct {                                                                                                    \
        UCHAR revision, count, value[6];                                                                               \
        ULONG sub[5];                                                                                                  \
    } name = {SID_REVISION, 5, {0, 0, 0, 0, 0, 5}, {SECURITY_NT_NON_UNIQUE, 1001, 1002, 1003, rid}}
ACCOUNT(account_administrator, 500);
ACCOUNT(account_standard, 1001);
ACCOUNT(group_none, 513);
static struct {
    UCHAR revision, count, value[6];
    ULONG sub[1];
} service = {SID_REVISION, 1, {0, 0, 0, 0, 0, 5}, {SECURITY_SERVICE_RID}};

static const char *const user_names[SE_USERS] = {"system", "administrator", "standard", "service", "anonymous"};

enum se_user se_user_by_name(const char *name)
{
    enum se_user user = 0;

    while (user < SE_USERS && __builtin_strcmp(user_names[user], name) != 0)
        user++;
    return user;
}

static void join(struct se_token *t, PSID group, ULONG attributes)
{
    WK_ASSERT(t->group_count < SE_GROUPS_MOST);
    t->groups[t->group_count++] = (SID_AND_ATTRIBUTES){group, attributes};
}

/* Who is what, as an elevated administrator's, a user's and the service accounts' tokens are on a machine without a domain. */
static void set_user(struct se_token *t, enum se_user user)
{
    const SE_EXPORTS *x = SeExports;

    switch (user) {
    case SE_USER_SYSTEM:
        t->user.Sid = x->SeLocalSystemSid;
        t->authentication = (LUID)SYSTEM_LUID;
        t->integrity = x->SeSystemMandatorySid;
        t->held = ALL_PRIVILEGES & ~(BIT(SE_MACHINE_ACCOUNT_PRIVILEGE) | BIT(SE_SYNC_AGENT_PRIVILEGE) | BIT(SE_ENABLE_DELEGATION_PRIVILEGE));
        t->enabled = t->held;
        join(t, x->SeAliasAdminsSid, SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED | SE_GROUP_OWNER);
        t->primary_group = x->SeLocalSystemSid;
        t->owner = x->SeAliasAdminsSid;
        t->elevated = true;
        break;
    case SE_USER_ADMINISTRATOR:
        t->user.Sid = &account_administrator;
        t->authentication = (LUID){0x1F4A2, 0};
        t->integrity = x->SeHighMandatorySid;
        t->held = ALL_PRIVILEGES & ~NOT_FOR_ADMINS;
        t->enabled = FOR_EVERYONE | BIT(SE_IMPERSONATE_PRIVILEGE) | BIT(SE_CREATE_GLOBAL_PRIVILEGE);
        join(t, x->SeAliasAdminsSid, MEMBER | SE_GROUP_OWNER);
        join(t, x->SeAliasUsersSid, MEMBER);
        join(t, x->SeInteractiveSid, MEMBER);
        t->primary_group = &group_none;
        t->owner = x->SeAliasAdminsSid;
        t->session = 1;
        t->elevated = true;
        break;
    case SE_USER_STANDARD:
        t->user.Sid = &account_standard;
        t->authentication = (LUID){0x2B6C1, 0};
        t->integrity = x->SeMediumMandatorySid;
        t->held = FOR_USERS;
        t->enabled = FOR_EVERYONE;
        join(t, x->SeAliasUsersSid, MEMBER);
        join(t, x->SeInteractiveSid, MEMBER);
        t->primary_group = &group_none;
        t->session = 1;
        break;
    case SE_USER_SERVICE:
        t->user.Sid = x->SeLocalServiceSid;
        t->authentication = (LUID)LOCALSERVICE_LUID;
        t->integrity = x->SeSystemMandatorySid;
        t->held = FOR_SERVICES;
        t->enabled = FOR_EVERYONE | BIT(SE_IMPERSONATE_PRIVILEGE) | BIT(SE_CREATE_GLOBAL_PRIVILEGE);
        join(t, x->SeAliasUsersSid, MEMBER);
        join(t, &service, MEMBER);
        t->primary_group = x->SeLocalServiceSid;
        break;
    default:
        t->user.Sid = x->SeAnonymousLogonSid;
        t->authentication = (LUID)ANONYMOUS_LOGON_LUID;
        t->integrity = x->SeUntrustedMandatorySid;
        t->primary_group = x->SeNullSid;
        return; /* neither Everyone nor Authenticated Users */
    }
    join(t, x->SeWorldSid, MEMBER);
    join(t, x->SeAuthenticatedUsersSid, MEMBER);
}

static void set_default_dacl(struct se_token *t)
{
    PACL acl = (PACL)(void *)t->default_dacl;
    NTSTATUS status = RtlCreateAcl(acl, sizeof(t->default_dacl), ACL_REVISION);

    if (NT_SUCCESS(status))
        status = RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, t->owner);
    if (NT_SUCCESS(status))
        status = RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, SeExports->SeLocalSystemSid);
    WK_ASSERT(NT_SUCCESS(status));
}

LUID se_new_luid(void)
{
    static ULONG64 last = 0x10000; /* those below are well known */
    ULONG64 now = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);

    return (LUID){(ULONG)now, (LONG)(now >> 32)};
}

PACCESS_TOKEN se_token_create(enum se_user user)
{
    struct se_token *t = ob_allocate(ob_token_type, sizeof(*t));

    if (!t)
        return NULL;
    t->type = TokenPrimary;
    t->id = se_new_luid();
    t->modified = t->id;
    set_user(t, user);
    if (!t->owner)
        t->owner = t->user.Sid;
    set_default_dacl(t);
    return t;
}

bool se_token_is(const struct se_token *token, PSID sid, bool deny)
{
    if (RtlEqualSid(token->user.Sid, sid))
        return !(token->user.Attributes & SE_GROUP_USE_FOR_DENY_ONLY) || deny;
    for (ULONG i = 0; i < token->group_count; i++)
        if (RtlEqualSid(token->groups[i].Sid, sid) &&
            (token->groups[i].Attributes & SE_GROUP_ENABLED || (deny && token->groups[i].Attributes & SE_GROUP_USE_FOR_DENY_ONLY)))
            return true;
    return false;
}

/* ---- the DDIs ---- */
NTSTATUS NTAPI SeQueryAuthenticationIdToken(PACCESS_TOKEN Token, PLUID AuthenticationId)
{
    *AuthenticationId = ((struct se_token *)Token)->authentication;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI SeQuerySessionIdToken(PACCESS_TOKEN Token, PULONG SessionId)
{
    *SessionId = ((struct se_token *)Token)->session;
    return STATUS_SUCCESS;
}

TOKEN_TYPE NTAPI SeTokenType(PACCESS_TOKEN Token)
{
    return ((struct se_token *)Token)->type;
}

BOOLEAN NTAPI SeTokenIsAdmin(PACCESS_TOKEN Token)
{
    return se_token_is(Token, SeExports->SeAliasAdminsSid, false);
}

/* No simulated user has restricting SIDs. */
BOOLEAN NTAPI SeTokenIsRestricted(PACCESS_TOKEN Token)
{
    (void)Token;
    return FALSE;
}
