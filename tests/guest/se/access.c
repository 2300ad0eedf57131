/* Tokens, subject contexts and access checks (EXE-419 .. EXE-421). The test runs as an administrator's application. */
#include "wkt.h"
#include <ntifs.h>

static GENERIC_MAPPING mapping = {0x1, 0x2, 0x4, STANDARD_RIGHTS_ALL | 0x7};

struct list {
    SECURITY_DESCRIPTOR d;
    ULONG acl[64];
};

static void start(struct list *l)
{
    RtlCreateSecurityDescriptor(&l->d, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)l->acl, sizeof(l->acl), ACL_REVISION);
    RtlSetDaclSecurityDescriptor(&l->d, TRUE, (PACL)l->acl, FALSE);
}

static BOOLEAN allowed(struct list *l, ACCESS_MASK desired, ACCESS_MASK *granted, NTSTATUS *status)
{
    SECURITY_SUBJECT_CONTEXT subject;
    BOOLEAN answer;

    SeCaptureSubjectContext(&subject);
    SeLockSubjectContext(&subject);
    answer = SeAccessCheck(&l->d, &subject, TRUE, desired, 0, NULL, &mapping, UserMode, granted, status);
    SeUnlockSubjectContext(&subject);
    SeReleaseSubjectContext(&subject);
    return answer;
}

TEST_ROWS("EXE-421", first_entry_decides)
{
    ACCESS_MASK granted;
    NTSTATUS status;
    struct list l;

    start(&l);
    CHECK(!allowed(&l, 1, &granted, &status)); /* an empty list */
    CHECK_STATUS(status, STATUS_ACCESS_DENIED);
    CHECK_EQ(granted, 0);
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, 1, SeExports->SeWorldSid);
    RtlAddAccessDeniedAce((PACL)l.acl, ACL_REVISION, 3, SeExports->SeAliasAdminsSid);
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, 6, SeExports->SeWorldSid);
    CHECK(allowed(&l, 1, &granted, &status));
    CHECK_EQ(granted, 1);
    CHECK_STATUS(status, STATUS_SUCCESS);
    CHECK(!allowed(&l, 2, &granted, &status));
    CHECK(allowed(&l, 5, &granted, &status));
    CHECK(!allowed(&l, 7, &granted, &status));
    CHECK(allowed(&l, MAXIMUM_ALLOWED, &granted, &status));
    CHECK_EQ(granted, 5);
    CHECK(!allowed(&l, MAXIMUM_ALLOWED | 2, &granted, &status));
}

TEST_ROWS("EXE-421", entries_for_others_and_for_children_do_not_count)
{
    ACCESS_MASK granted;
    NTSTATUS status;
    struct list l;

    start(&l);
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, 1, SeExports->SeLocalSystemSid);
    RtlAddAccessAllowedAceEx((PACL)l.acl, ACL_REVISION, INHERIT_ONLY_ACE | OBJECT_INHERIT_ACE, 1, SeExports->SeWorldSid);
    CHECK(!allowed(&l, 1, &granted, &status));
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, GENERIC_READ, SeExports->SeWorldSid);
    CHECK(allowed(&l, 1, &granted, &status));
}

TEST_ROWS("EXE-421", null_list_allows_all)
{
    SECURITY_SUBJECT_CONTEXT subject;
    ACCESS_MASK granted;
    NTSTATUS status;
    struct list l;

    start(&l);
    RtlSetDaclSecurityDescriptor(&l.d, TRUE, NULL, FALSE);
    CHECK(allowed(&l, MAXIMUM_ALLOWED, &granted, &status));
    CHECK_EQ(granted, mapping.GenericAll);
    RtlSetDaclSecurityDescriptor(&l.d, FALSE, NULL, FALSE);
    CHECK(allowed(&l, 7, &granted, &status));
    SeCaptureSubjectContext(&subject);
    CHECK(!SeAccessCheck(NULL, &subject, FALSE, 1, 0, NULL, &mapping, UserMode, &granted, &status));
    CHECK_STATUS(status, STATUS_ACCESS_DENIED);
    CHECK(SeAccessCheck(NULL, &subject, FALSE, 1, 2, NULL, &mapping, KernelMode, &granted, &status)); /* no check at all */
    CHECK_EQ(granted, 3);
    CHECK(SeAccessCheck(NULL, &subject, FALSE, MAXIMUM_ALLOWED, 0, NULL, &mapping, KernelMode, &granted, &status));
    CHECK_EQ(granted, mapping.GenericAll);
    SeReleaseSubjectContext(&subject);
}

TEST_ROWS("EXE-421", owner_may_read_and_change_the_list)
{
    ACCESS_MASK granted;
    NTSTATUS status;
    struct list l;

    start(&l);
    CHECK(!allowed(&l, READ_CONTROL, &granted, &status));
    RtlSetOwnerSecurityDescriptor(&l.d, SeExports->SeAliasAdminsSid, FALSE);
    CHECK(allowed(&l, READ_CONTROL | WRITE_DAC, &granted, &status));
    CHECK(!allowed(&l, READ_CONTROL | 1, &granted, &status));
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, READ_CONTROL, SeExports->SeOwnerRightsSid);
    CHECK(allowed(&l, READ_CONTROL, &granted, &status));
    CHECK(!allowed(&l, WRITE_DAC, &granted, &status));
}

TEST_ROWS("EXE-421", privileges_count)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PPRIVILEGE_SET used = NULL;
    ACCESS_MASK granted;
    NTSTATUS status;
    PACCESS_TOKEN system;
    struct list l;

    start(&l);
    CHECK(!allowed(&l, ACCESS_SYSTEM_SECURITY, &granted, &status)); /* held, not enabled */
    CHECK_STATUS(status, STATUS_PRIVILEGE_NOT_HELD);
    CHECK(SeSinglePrivilegeCheck(SeExports->SeChangeNotifyPrivilege, UserMode));
    CHECK(!SeSinglePrivilegeCheck(SeExports->SeTcbPrivilege, UserMode));
    CHECK(!SeSinglePrivilegeCheck(SeExports->SeLoadDriverPrivilege, UserMode));
    CHECK(SeSinglePrivilegeCheck(SeExports->SeTcbPrivilege, KernelMode));
    system = PsReferencePrimaryToken(PsInitialSystemProcess);
    CHECK_STATUS(PsImpersonateClient(PsGetCurrentThread(), system, FALSE, FALSE, SecurityImpersonation), STATUS_SUCCESS);
    CHECK(SeSinglePrivilegeCheck(SeExports->SeTcbPrivilege, UserMode));
    SeCaptureSubjectContext(&subject);
    CHECK(subject.ClientToken == system);
    CHECK(SeQuerySubjectContextToken(&subject) == system);
    CHECK(SeAccessCheck(&l.d, &subject, FALSE, ACCESS_SYSTEM_SECURITY | WRITE_OWNER, 0, &used, &mapping, UserMode, &granted, &status));
    CHECK_EQ(granted, ACCESS_SYSTEM_SECURITY | WRITE_OWNER);
    REQUIRE(used != NULL);
    CHECK_EQ(used->PrivilegeCount, 2);
    CHECK_EQ(used->Privilege[0].Luid.LowPart, SE_SECURITY_PRIVILEGE);
    CHECK_EQ(used->Privilege[1].Luid.LowPart, SE_TAKE_OWNERSHIP_PRIVILEGE);
    CHECK_EQ(used->Privilege[1].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    SeFreePrivileges(used);
    SeReleaseSubjectContext(&subject);
    PsRevertToSelf();
    PsDereferencePrimaryToken(system);
    CHECK(!SeSinglePrivilegeCheck(SeExports->SeTcbPrivilege, UserMode));
}

TEST(EXE_421, masks_are_mapped_and_compared)
{
    ACCESS_MASK mask = GENERIC_READ | 0x100;

    RtlMapGenericMask(&mask, &mapping);
    CHECK_EQ(mask, 0x101);
    mask = GENERIC_WRITE;
    RtlMapGenericMask(&mask, &mapping);
    CHECK_EQ(mask, 2);
    mask = GENERIC_EXECUTE;
    RtlMapGenericMask(&mask, &mapping);
    CHECK_EQ(mask, 4);
    mask = GENERIC_ALL;
    RtlMapGenericMask(&mask, &mapping);
    CHECK_EQ(mask, mapping.GenericAll);
    CHECK(RtlAreAllAccessesGranted(7, 5) && !RtlAreAllAccessesGranted(5, 7) && RtlAreAllAccessesGranted(5, 0));
    CHECK(RtlAreAnyAccessesGranted(5, 6) && !RtlAreAnyAccessesGranted(5, 2));
}

TEST(EXE_421, what_was_granted_before_stays)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PPRIVILEGE_SET used = (PVOID)1;
    ACCESS_MASK granted;
    NTSTATUS status;
    struct list l;

    start(&l);
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, 1, SeExports->SeWorldSid);
    SeCaptureSubjectContext(&subject);
    CHECK(SeAccessCheck(&l.d, &subject, FALSE, 3, 2, &used, &mapping, UserMode, &granted, &status));
    CHECK_EQ(granted, 3);
    CHECK(used == NULL); /* no privilege was needed */
    CHECK(!SeAccessCheck(&l.d, &subject, FALSE, 5, 2, NULL, &mapping, UserMode, &granted, &status));
    CHECK_EQ(granted, 0);
    SeReleaseSubjectContext(&subject);
}

TEST(EXE_421, only_allowing_and_denying_entries_count)
{
    ACCESS_MASK granted;
    NTSTATUS status;
    PVOID entry;
    struct list l;

    start(&l);
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, 1, SeExports->SeWorldSid);
    REQUIRE(NT_SUCCESS(RtlGetAce((PACL)l.acl, 0, &entry)));
    ((PACE_HEADER)entry)->AceType = SYSTEM_AUDIT_ACE_TYPE;
    CHECK(!allowed(&l, 1, &granted, &status));
    CHECK(!allowed(&l, MAXIMUM_ALLOWED, &granted, &status)); /* nothing at all is denied */
    CHECK_STATUS(status, STATUS_ACCESS_DENIED);
}

TEST(EXE_421, others_than_the_owner_have_no_rights_of_his)
{
    ACCESS_MASK granted;
    NTSTATUS status;
    struct list l;

    start(&l);
    RtlSetOwnerSecurityDescriptor(&l.d, SeExports->SeLocalSystemSid, FALSE);
    CHECK(!allowed(&l, READ_CONTROL, &granted, &status));
    CHECK(!allowed(&l, WRITE_OWNER, &granted, &status)); /* the privilege for it is not enabled */
    CHECK_STATUS(status, STATUS_ACCESS_DENIED);
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, 1, SeExports->SeOwnerRightsSid);
    CHECK(!allowed(&l, 1, &granted, &status));
    RtlSetOwnerSecurityDescriptor(&l.d, SeExports->SeAliasAdminsSid, FALSE);
    CHECK(allowed(&l, 1, &granted, &status));
    start(&l);
    RtlSetOwnerSecurityDescriptor(&l.d, SeExports->SeAliasAdminsSid, FALSE);
    RtlAddAccessAllowedAceEx((PACL)l.acl, ACL_REVISION, INHERIT_ONLY_ACE | OBJECT_INHERIT_ACE, 1, SeExports->SeOwnerRightsSid);
    CHECK(allowed(&l, MAXIMUM_ALLOWED, &granted, &status)); /* an entry for children takes nothing from the owner */
    CHECK_EQ(granted, READ_CONTROL | WRITE_DAC);
}

/* A list of system entries with one label. */
static void label(struct list *l, struct list *labels, PSID sid, ACCESS_MASK policy, ULONG flags)
{
    PVOID entry;

    RtlCreateAcl((PACL)labels->acl, sizeof(labels->acl), ACL_REVISION);
    CHECK_STATUS(RtlAddAccessAllowedAceEx((PACL)labels->acl, ACL_REVISION, flags, policy, sid), STATUS_SUCCESS);
    if (CHECK(NT_SUCCESS(RtlGetAce((PACL)labels->acl, 0, &entry))))
        ((PACE_HEADER)entry)->AceType = SYSTEM_MANDATORY_LABEL_ACE_TYPE;
    RtlSetSaclSecurityDescriptor(&l->d, TRUE, (PACL)labels->acl, FALSE);
}

TEST(EXE_421, label_keeps_from_what_its_policy_says)
{
    SECURITY_SUBJECT_CONTEXT subject;
    ACCESS_MASK granted;
    NTSTATUS status;
    struct list l, labels;

    start(&l);
    RtlSetDaclSecurityDescriptor(&l.d, TRUE, NULL, FALSE);
    label(&l, &labels, SeExports->SeHighMandatorySid, SYSTEM_MANDATORY_LABEL_NO_WRITE_UP, 0);
    CHECK(allowed(&l, 7 | DELETE, &granted, &status)); /* an administrator's own level */
    label(&l, &labels, SeExports->SeSystemMandatorySid, SYSTEM_MANDATORY_LABEL_NO_WRITE_UP, 0);
    CHECK(!allowed(&l, 2, &granted, &status));
    CHECK_STATUS(status, STATUS_ACCESS_DENIED);
    CHECK(!allowed(&l, 3, &granted, &status)); /* not the half that it allows */
    CHECK(!allowed(&l, DELETE, &granted, &status));
    CHECK(!allowed(&l, WRITE_DAC, &granted, &status));
    CHECK(!allowed(&l, WRITE_OWNER, &granted, &status));
    CHECK(allowed(&l, 5 | READ_CONTROL, &granted, &status));
    CHECK(allowed(&l, MAXIMUM_ALLOWED, &granted, &status));
    CHECK_EQ(granted, 5 | READ_CONTROL | SYNCHRONIZE);
    SeCaptureSubjectContext(&subject);
    CHECK(SeAccessCheck(&l.d, &subject, FALSE, 3, 2, NULL, &mapping, UserMode, &granted, &status));
    CHECK_EQ(granted, 3); /* it says nothing of what was granted before */
    SeReleaseSubjectContext(&subject);
    label(&l, &labels, SeExports->SeSystemMandatorySid, SYSTEM_MANDATORY_LABEL_NO_READ_UP, 0);
    CHECK(!allowed(&l, 1, &granted, &status));
    CHECK(allowed(&l, 6 | READ_CONTROL, &granted, &status));
    label(&l, &labels, SeExports->SeSystemMandatorySid, SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP, 0);
    CHECK(!allowed(&l, 4, &granted, &status));
    CHECK(allowed(&l, 3, &granted, &status));
    label(&l, &labels, SeExports->SeSystemMandatorySid, SYSTEM_MANDATORY_LABEL_NO_WRITE_UP, INHERIT_ONLY_ACE | OBJECT_INHERIT_ACE);
    CHECK(allowed(&l, 2, &granted, &status));
}

static void become(const char *user)
{
    static struct wkt_app call;

    call.op = WKT_APP_USER;
    for (ULONG i = 0; i == 0 || user[i - 1]; i++)
        call.data[i] = (unsigned char)user[i];
    CHECK_STATUS(wkt_app(0, &call), STATUS_SUCCESS);
}

TEST_APP(EXE_421, without_a_label_an_object_is_of_medium_integrity)
{
    ACCESS_MASK granted;
    NTSTATUS status;
    struct list l;

    start(&l);
    RtlSetDaclSecurityDescriptor(&l.d, TRUE, NULL, FALSE);
    become("standard");
    CHECK(allowed(&l, 7, &granted, &status));
    become("anonymous");
    CHECK(!allowed(&l, 2, &granted, &status));
    CHECK(allowed(&l, 1, &granted, &status));
    start(&l);
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, 1, SeExports->SeWorldSid);
    CHECK(!allowed(&l, 1, &granted, &status)); /* is not of Everyone */
    RtlAddAccessAllowedAce((PACL)l.acl, ACL_REVISION, 1, SeExports->SeAnonymousLogonSid);
    CHECK(allowed(&l, 1, &granted, &status));
}

struct user {
    const char *name;
    PSID sid, integrity;
    ULONG luid;
    BOOLEAN admin, member, tcb, impersonate; /* privileges: held and enabled */
};

TEST_APP(EXE_419, the_five_users)
{
    struct user users[] = {
        {"system", SeExports->SeLocalSystemSid, SeExports->SeSystemMandatorySid, 0x3E7, TRUE, TRUE, TRUE, TRUE},
        {"administrator", NULL, SeExports->SeHighMandatorySid, 0, TRUE, TRUE, FALSE, TRUE},
        {"standard", NULL, SeExports->SeMediumMandatorySid, 0, FALSE, TRUE, FALSE, FALSE},
        {"service", SeExports->SeLocalServiceSid, SeExports->SeSystemMandatorySid, 0x3E5, FALSE, TRUE, FALSE, TRUE},
        {"anonymous", SeExports->SeAnonymousLogonSid, SeExports->SeUntrustedMandatorySid, 0x3E6, FALSE, FALSE, FALSE, FALSE},
    };

    for (ULONG i = 0; i < RTL_NUMBER_OF(users); i++) {
        struct user *u = &users[i];
        BOOLEAN world = FALSE;
        PACCESS_TOKEN token;
        PVOID information;
        ULONG level = 9;
        LUID id;

        wkt_note("user", i);
        become(u->name);
        token = PsReferencePrimaryToken(PsGetCurrentProcess());
        CHECK_EQ(SeTokenIsAdmin(token), u->admin);
        CHECK_STATUS(SeQueryAuthenticationIdToken(token, &id), STATUS_SUCCESS);
        CHECK(u->luid ? id.LowPart == u->luid : id.LowPart > 0x3E7);
        CHECK_STATUS(SeQueryInformationToken(token, TokenIntegrityLevel, (PVOID *)&level), STATUS_SUCCESS);
        CHECK_EQ(level, *RtlSubAuthoritySid(u->integrity, 0));
        REQUIRE(NT_SUCCESS(SeQueryInformationToken(token, TokenUser, &information)));
        CHECK(!u->sid || RtlEqualSid(((PTOKEN_USER)information)->User.Sid, u->sid));
        ExFreePool(information);
        REQUIRE(NT_SUCCESS(SeQueryInformationToken(token, TokenGroups, &information)));
        for (ULONG g = 0; g < ((PTOKEN_GROUPS)information)->GroupCount; g++)
            world |= RtlEqualSid(((PTOKEN_GROUPS)information)->Groups[g].Sid, SeExports->SeWorldSid) &&
                     ((PTOKEN_GROUPS)information)->Groups[g].Attributes & SE_GROUP_ENABLED;
        CHECK_EQ(world, u->member);
        ExFreePool(information);
        CHECK_EQ(SeSinglePrivilegeCheck(SeExports->SeTcbPrivilege, UserMode), u->tcb);
        CHECK_EQ(SeSinglePrivilegeCheck(SeExports->SeImpersonatePrivilege, UserMode), u->impersonate);
        CHECK(!SeSinglePrivilegeCheck(SeExports->SeSyncAgentPrivilege, UserMode));
        PsDereferencePrimaryToken(token);
    }
}

TEST_ROWS("EXE-419 EXE-420 EXE-421 EXE-L94", impersonation_is_the_threads)
{
    PACCESS_TOKEN system = PsReferencePrimaryToken(PsInitialSystemProcess), token;
    SECURITY_IMPERSONATION_LEVEL level = SecurityDelegation;
    BOOLEAN copy = 9, effective = 9;
    SECURITY_SUBJECT_CONTEXT subject;
    ACCESS_MASK granted;
    NTSTATUS status;
    struct list l;

    CHECK_EQ(sizeof(subject), 0x20);
    CHECK_EQ(FIELD_OFFSET(SECURITY_SUBJECT_CONTEXT, PrimaryToken), 0x10);
    CHECK(PsReferenceImpersonationToken(PsGetCurrentThread(), &copy, &effective, &level) == NULL);
    CHECK(!PsIsThreadImpersonating(PsGetCurrentThread()));
    CHECK_STATUS(PsImpersonateClient(PsGetCurrentThread(), system, TRUE, FALSE, SecurityIdentification), STATUS_SUCCESS);
    CHECK(PsIsThreadImpersonating(PsGetCurrentThread()));
    token = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy, &effective, &level);
    CHECK(token == system && copy == TRUE && effective == FALSE && level == SecurityIdentification);
    PsDereferenceImpersonationToken(token);
    start(&l);
    RtlSetDaclSecurityDescriptor(&l.d, TRUE, NULL, FALSE);
    CHECK(!allowed(&l, 1, &granted, &status)); /* who is only identified may not be used */
    CHECK_STATUS(status, STATUS_BAD_IMPERSONATION_LEVEL);
    CHECK_STATUS(PsImpersonateClient(PsGetCurrentThread(), NULL, FALSE, FALSE, SecurityAnonymous), STATUS_SUCCESS);
    CHECK(!PsIsThreadImpersonating(PsGetCurrentThread()));
    CHECK(allowed(&l, 1, &granted, &status));
    PsDereferencePrimaryToken(system);
}

TEST_ROWS("EXE-419", token_tells_about_itself)
{
    PACCESS_TOKEN system = PsReferencePrimaryToken(PsInitialSystemProcess), mine = PsReferencePrimaryToken(PsGetCurrentProcess());
    PVOID information = NULL;
    ULONG number = 99;
    LUID id;

    CHECK(system != mine);
    CHECK_STATUS(SeQueryAuthenticationIdToken(system, &id), STATUS_SUCCESS);
    CHECK(id.LowPart == 0x3E7 && id.HighPart == 0);
    CHECK_STATUS(SeQueryAuthenticationIdToken(mine, &id), STATUS_SUCCESS);
    CHECK(id.LowPart != 0x3E7);
    CHECK(SeTokenIsAdmin(system) && SeTokenIsAdmin(mine));
    CHECK(!SeTokenIsRestricted(mine));
    CHECK_EQ(SeTokenType(mine), TokenPrimary);
    REQUIRE(NT_SUCCESS(SeQueryInformationToken(system, TokenUser, &information)));
    CHECK(RtlEqualSid(((PTOKEN_USER)information)->User.Sid, SeExports->SeLocalSystemSid));
    ExFreePool(information);
    REQUIRE(NT_SUCCESS(SeQueryInformationToken(mine, TokenGroups, &information)));
    CHECK(((PTOKEN_GROUPS)information)->GroupCount >= 3);
    for (ULONG i = 0; i < ((PTOKEN_GROUPS)information)->GroupCount; i++)
        CHECK(RtlValidSid(((PTOKEN_GROUPS)information)->Groups[i].Sid));
    ExFreePool(information);
    REQUIRE(NT_SUCCESS(SeQueryInformationToken(mine, TokenStatistics, &information)));
    CHECK(((PTOKEN_STATISTICS)information)->AuthenticationId.LowPart == id.LowPart);
    ExFreePool(information);
    CHECK_STATUS(SeQueryInformationToken(mine, TokenSessionId, (PVOID *)&number), STATUS_SUCCESS);
    CHECK(number != 99);
    CHECK_STATUS(SeQueryInformationToken(mine, TokenImpersonationLevel, &information), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(SeQueryInformationToken(mine, (TOKEN_INFORMATION_CLASS)999, &information), STATUS_INVALID_INFO_CLASS);
    PsDereferencePrimaryToken(system);
    PsDereferencePrimaryToken(mine);
}

TEST_FINDING(EXE_420, context_is_released_twice, "EXE-420")
{
    SECURITY_SUBJECT_CONTEXT subject;

    SeCaptureSubjectContext(&subject);
    SeReleaseSubjectContext(&subject);
    SeReleaseSubjectContext(&subject);
}

TEST_FINDING(EXE_421, generic_rights_are_not_mapped, "EXE-421")
{
    ACCESS_MASK granted, mask = GENERIC_READ | GENERIC_WRITE | 0x100;
    NTSTATUS status;
    struct list l;

    RtlMapGenericMask(&mask, &mapping);
    CHECK_EQ(mask, 0x103);
    start(&l);
    CHECK(!allowed(&l, GENERIC_READ, &granted, &status));
}

TEST_ROWS("EXE-422", new_objects_descriptor)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PSECURITY_DESCRIPTOR made;
    BOOLEAN present, defaulted;
    struct list explicit_one, parent;
    PVOID entry;
    PACL dacl;

    start(&explicit_one);
    RtlAddAccessAllowedAce((PACL)explicit_one.acl, ACL_REVISION, 1, SeExports->SeWorldSid);
    start(&parent);
    RtlAddAccessAllowedAceEx((PACL)parent.acl, ACL_REVISION, OBJECT_INHERIT_ACE, GENERIC_READ, SeExports->SeWorldSid);
    RtlAddAccessAllowedAceEx((PACL)parent.acl, ACL_REVISION, CONTAINER_INHERIT_ACE, 2, SeExports->SeWorldSid);
    SeCaptureSubjectContext(&subject);
    REQUIRE(NT_SUCCESS(SeAssignSecurity(&parent.d, &explicit_one.d, &made, FALSE, &subject, &mapping, PagedPool)));
    RtlGetDaclSecurityDescriptor(made, &present, &dacl, &defaulted);
    CHECK(present && dacl->AceCount == 1);
    CHECK_STATUS(SeDeassignSecurity(&made), STATUS_SUCCESS);
    CHECK(made == NULL);
    REQUIRE(NT_SUCCESS(SeAssignSecurity(&parent.d, NULL, &made, FALSE, &subject, &mapping, PagedPool)));
    RtlGetDaclSecurityDescriptor(made, &present, &dacl, &defaulted);
    CHECK(present && dacl->AceCount == 1);
    REQUIRE(NT_SUCCESS(RtlGetAce(dacl, 0, &entry)));
    CHECK_EQ(((PACCESS_ALLOWED_ACE)entry)->Mask, 1);
    CHECK_EQ(((PACE_HEADER)entry)->AceFlags, INHERITED_ACE);
    SeDeassignSecurity(&made);
    REQUIRE(NT_SUCCESS(SeAssignSecurity(NULL, NULL, &made, FALSE, &subject, &mapping, PagedPool)));
    RtlGetDaclSecurityDescriptor(made, &present, &dacl, &defaulted);
    CHECK(present && dacl && dacl->AceCount == 2); /* the token's own */
    SeDeassignSecurity(&made);
    RtlSetOwnerSecurityDescriptor(&explicit_one.d, SeExports->SeLocalSystemSid, FALSE);
    CHECK_STATUS(SeAssignSecurity(NULL, &explicit_one.d, &made, FALSE, &subject, &mapping, PagedPool), STATUS_INVALID_OWNER);
    SeReleaseSubjectContext(&subject);
}


TEST(EXE_L96, exports_lie_where_they_do)
{
    CHECK(RtlEqualSid(*(PSID *)((PUCHAR)SeExports + 0x108), SeExports->SeLocalSystemSid));
    CHECK(RtlValidSid(*(PSID *)((PUCHAR)SeExports + 0xB8)));
    CHECK_EQ(*(PULONG)SeExports, SE_CREATE_TOKEN_PRIVILEGE);
    CHECK_EQ(FIELD_OFFSET(SE_EXPORTS, SeAliasUsersSid), 0x118);
}
