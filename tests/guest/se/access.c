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
    SeFreePrivileges(used);
    SeReleaseSubjectContext(&subject);
    PsRevertToSelf();
    PsDereferencePrimaryToken(system);
    CHECK(!SeSinglePrivilegeCheck(SeExports->SeTcbPrivilege, UserMode));
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
