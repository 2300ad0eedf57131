/* What a token says of itself, whom a subject context holds, privilege checks (EXE-419 .. EXE-421). Run as an administrator's application. */
#include "wkt.h"
#include <ntifs.h>

static LONG_PTR count(PVOID object)
{
    LONG_PTR with = ObReferenceObject(object);

    ObDereferenceObject(object);
    return with - 1;
}

TEST(EXE_420, contexts_and_impersonation_keep_references)
{
    PACCESS_TOKEN mine = PsReferencePrimaryToken(PsGetCurrentProcess()), system = PsReferencePrimaryToken(PsInitialSystemProcess), again;
    LONG_PTR mine_before = count(mine), system_before = count(system);
    SECURITY_SUBJECT_CONTEXT subject;
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy, effective;

    SeCaptureSubjectContext(&subject);
    CHECK(subject.PrimaryToken == mine && subject.ClientToken == NULL);
    CHECK(subject.ProcessAuditId == PsGetCurrentProcessId());
    CHECK_EQ(count(mine), mine_before + 1);
    SeReleaseSubjectContext(&subject);
    CHECK_EQ(count(mine), mine_before);
    CHECK_STATUS(PsImpersonateClient(PsGetCurrentThread(), system, FALSE, TRUE, SecurityDelegation), STATUS_SUCCESS);
    CHECK_EQ(count(system), system_before + 1);
    CHECK_STATUS(PsImpersonateClient(PsGetCurrentThread(), system, FALSE, TRUE, SecurityImpersonation), STATUS_SUCCESS);
    CHECK_EQ(count(system), system_before + 1);
    again = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy, &effective, &level);
    CHECK(again == system && !copy && effective && level == SecurityImpersonation);
    CHECK_EQ(count(system), system_before + 2);
    PsDereferenceImpersonationToken(again);
    SeCaptureSubjectContext(&subject);
    CHECK(subject.PrimaryToken == mine && subject.ClientToken == system && subject.ImpersonationLevel == SecurityImpersonation);
    CHECK_EQ(count(system), system_before + 2);
    PsRevertToSelf();
    CHECK_EQ(count(system), system_before + 1); /* the context's own */
    SeReleaseSubjectContext(&subject);
    CHECK_EQ(count(system), system_before);
    CHECK_EQ(count(mine), mine_before);
    PsDereferencePrimaryToken(system);
    PsDereferencePrimaryToken(mine);
}

TEST(EXE_421, privileges_are_looked_up_in_a_set)
{
    struct {
        PRIVILEGE_SET set;
        LUID_AND_ATTRIBUTES second;
    } two = {.set = {2, PRIVILEGE_SET_ALL_NECESSARY, {{SeExports->SeChangeNotifyPrivilege, 0}}}, .second = {SeExports->SeTcbPrivilege, 0}};
    PACCESS_TOKEN mine = PsReferencePrimaryToken(PsGetCurrentProcess());
    SECURITY_SUBJECT_CONTEXT subject;
    LUID none = {SE_CHANGE_NOTIFY_PRIVILEGE, 1}, beyond = {SE_CHANGE_NOTIFY_PRIVILEGE + 64, 0};

    SeCaptureSubjectContext(&subject);
    CHECK(!SePrivilegeCheck(&two.set, &subject, UserMode));
    CHECK(SePrivilegeCheck(&two.set, &subject, KernelMode));
    two.set.Control = 0; /* one of them */
    CHECK(SePrivilegeCheck(&two.set, &subject, UserMode));
    CHECK_EQ(two.set.Privilege[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    CHECK_EQ(two.second.Attributes, 0);
    two.set.Privilege[0].Luid = SeExports->SeCreateTokenPrivilege;
    CHECK(!SePrivilegeCheck(&two.set, &subject, UserMode));
    SeReleaseSubjectContext(&subject);
    CHECK(!SeSinglePrivilegeCheck(none, UserMode));
    CHECK(!SeSinglePrivilegeCheck(beyond, UserMode));
    CHECK_STATUS(PsImpersonateClient(PsGetCurrentThread(), mine, FALSE, FALSE, SecurityIdentification), STATUS_SUCCESS);
    CHECK(!SeSinglePrivilegeCheck(SeExports->SeChangeNotifyPrivilege, UserMode)); /* of who is only identified */
    PsRevertToSelf();
    CHECK(SeSinglePrivilegeCheck(SeExports->SeChangeNotifyPrivilege, UserMode));
    PsDereferencePrimaryToken(mine);
}

static PVOID ask(PACCESS_TOKEN token, TOKEN_INFORMATION_CLASS class)
{
    PVOID out = NULL;

    CHECK_STATUS(SeQueryInformationToken(token, class, &out), STATUS_SUCCESS);
    return out;
}

TEST(EXE_419, every_class_is_answered)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsGetCurrentProcess());
    PTOKEN_STATISTICS statistics = ask(token, TokenStatistics), other;
    PTOKEN_PRIVILEGES privileges = ask(token, TokenPrivileges);
    PTOKEN_PRIMARY_GROUP group = ask(token, TokenPrimaryGroup);
    PTOKEN_DEFAULT_DACL list = ask(token, TokenDefaultDacl);
    PTOKEN_GROUPS groups = ask(token, TokenGroups);
    PTOKEN_SOURCE source = ask(token, TokenSource);
    PTOKEN_OWNER owner = ask(token, TokenOwner);
    PULONG type = ask(token, TokenType), elevation = ask(token, TokenElevation);
    ULONG number = 99, session = 98, change_notify = 0, load_driver = 0;
    PACCESS_TOKEN system = PsReferencePrimaryToken(PsInitialSystemProcess);
    PVOID nothing;

    REQUIRE(statistics && privileges && group && list && groups && source && owner && type && elevation);
    CHECK_EQ(privileges->PrivilegeCount, statistics->PrivilegeCount);
    CHECK_EQ(groups->GroupCount, statistics->GroupCount);
    CHECK_EQ(statistics->TokenType, TokenPrimary);
    for (ULONG i = 0; i < privileges->PrivilegeCount; i++) {
        LUID_AND_ATTRIBUTES p = privileges->Privileges[i];

        change_notify += p.Luid.LowPart == SE_CHANGE_NOTIFY_PRIVILEGE && p.Attributes & SE_PRIVILEGE_ENABLED;
        load_driver += p.Luid.LowPart == SE_LOAD_DRIVER_PRIVILEGE && !(p.Attributes & SE_PRIVILEGE_ENABLED);
    }
    CHECK(change_notify == 1 && load_driver == 1); /* the second is held, and not enabled */
    CHECK(RtlEqualSid(groups->Groups[0].Sid, SeExports->SeAliasAdminsSid) && groups->Groups[0].Attributes & SE_GROUP_ENABLED);
    CHECK(RtlEqualSid(owner->Owner, SeExports->SeAliasAdminsSid));
    CHECK(RtlValidSid(group->PrimaryGroup) && !RtlEqualSid(group->PrimaryGroup, owner->Owner));
    CHECK(RtlValidAcl(list->DefaultDacl) && list->DefaultDacl->AceCount == 2);
    CHECK_MEM(source->SourceName, "*SYSTEM*", 8);
    CHECK_EQ(*type, TokenPrimary);
    CHECK_EQ(*elevation, 1);
    CHECK_STATUS(SeQueryInformationToken(token, TokenSessionId, (PVOID *)&number), STATUS_SUCCESS);
    CHECK_STATUS(SeQuerySessionIdToken(token, &session), STATUS_SUCCESS);
    CHECK_EQ(session, number);
    CHECK_STATUS(SeQueryInformationToken(token, TokenRestrictedSids, &nothing), STATUS_INVALID_INFO_CLASS);
    other = ask(system, TokenStatistics);
    REQUIRE(other != NULL);
    CHECK(statistics->TokenId.LowPart != other->TokenId.LowPart);
    PsDereferencePrimaryToken(system);
    PsDereferencePrimaryToken(token);
    ExFreePool(other);
    ExFreePool(statistics);
    ExFreePool(privileges);
    ExFreePool(group);
    ExFreePool(list);
    ExFreePool(groups);
    ExFreePool(source);
    ExFreePool(owner);
    ExFreePool(type);
    ExFreePool(elevation);
}
