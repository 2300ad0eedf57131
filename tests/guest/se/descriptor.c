/* SIDs, lists and security descriptors (EXE-422). */
#include "wkt.h"
#include <ntifs.h>

static ULONG bytes_of(PSID sid)
{
    return RtlLengthSid(sid);
}

TEST(EXE_422, sid_is_made_copied_and_told)
{
    SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY, large = {{1, 0, 0, 0, 0, 5}};
    UCHAR sid[SECURITY_MAX_SID_SIZE], copy[SECURITY_MAX_SID_SIZE];
    WCHAR text[64];
    UNICODE_STRING name = {0, sizeof(text), text}, expected = RTL_CONSTANT_STRING(L"S-1-5-32-544"), made;

    CHECK_EQ(RtlLengthRequiredSid(2), 16);
    CHECK_STATUS(RtlInitializeSid(sid, &nt, 2), STATUS_SUCCESS);
    *RtlSubAuthoritySid(sid, 0) = SECURITY_BUILTIN_DOMAIN_RID;
    *RtlSubAuthoritySid(sid, 1) = DOMAIN_ALIAS_RID_ADMINS;
    CHECK_EQ(*RtlSubAuthorityCountSid(sid), 2);
    CHECK(RtlValidSid(sid));
    CHECK_EQ(bytes_of(sid), 16);
    CHECK(RtlEqualSid(sid, SeExports->SeAliasAdminsSid));
    CHECK(!RtlEqualSid(sid, SeExports->SeAliasUsersSid));
    CHECK(RtlEqualPrefixSid(sid, SeExports->SeAliasUsersSid));
    CHECK(!RtlEqualPrefixSid(sid, SeExports->SeWorldSid));
    CHECK_STATUS(RtlCopySid(15, copy, sid), STATUS_BUFFER_TOO_SMALL);
    CHECK_STATUS(RtlCopySid(16, copy, sid), STATUS_SUCCESS);
    CHECK_MEM(copy, sid, 16);
    text[12] = 'x';
    CHECK_STATUS(RtlConvertSidToUnicodeString(&name, sid, FALSE), STATUS_SUCCESS);
    CHECK_EQ(text[12], 0); /* where there is room for it */
    CHECK(RtlEqualUnicodeString(&name, &expected, FALSE));
    name.MaximumLength = 22;
    CHECK_STATUS(RtlConvertSidToUnicodeString(&name, sid, FALSE), STATUS_BUFFER_OVERFLOW);
    CHECK_STATUS(RtlConvertSidToUnicodeString(&made, SeExports->SeLocalSystemSid, TRUE), STATUS_SUCCESS);
    CHECK_EQ(made.Length, 16);
    RtlFreeUnicodeString(&made);
    RtlInitializeSid(sid, &large, 0);
    RtlInitUnicodeString(&expected, L"S-1-0x010000000005");
    CHECK_STATUS(RtlConvertSidToUnicodeString(&made, sid, TRUE), STATUS_SUCCESS);
    CHECK(RtlEqualUnicodeString(&made, &expected, FALSE));
    RtlFreeUnicodeString(&made);
    sid[0] = 2;
    CHECK(!RtlValidSid(sid));
    CHECK(!RtlValidSid(NULL));
    CHECK_STATUS(RtlConvertSidToUnicodeString(&name, sid, FALSE), STATUS_INVALID_SID);
    CHECK_STATUS(RtlInitializeSid(sid, &nt, 16), STATUS_INVALID_PARAMETER);
}

TEST(EXE_422, acl_room_is_kept)
{
    ULONG buffer[16];
    PACL acl = (PACL)buffer;
    PACCESS_ALLOWED_ACE ace;
    PVOID entry;
    UCHAR bad[12] = {7};

    CHECK_STATUS(RtlCreateAcl(acl, 7, ACL_REVISION), STATUS_BUFFER_TOO_SMALL);
    CHECK_STATUS(RtlCreateAcl(acl, sizeof(buffer), 1), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlCreateAcl(acl, sizeof(buffer), 5), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlCreateAcl(acl, 0x10000, ACL_REVISION), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlCreateAcl(acl, sizeof(ACL) + 20 + 24 + 2, ACL_REVISION), STATUS_SUCCESS);
    CHECK_EQ(acl->AclSize, sizeof(ACL) + 44);
    CHECK_STATUS(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, bad), STATUS_INVALID_SID);
    CHECK_STATUS(RtlAddAccessAllowedAce(acl, 5, 1, SeExports->SeWorldSid), STATUS_REVISION_MISMATCH);
    CHECK_STATUS(RtlAddAccessAllowedAceEx(acl, ACL_REVISION, 0x100, 1, SeExports->SeWorldSid), STATUS_INVALID_PARAMETER);
    CHECK_EQ(acl->AceCount, 0);
    CHECK_STATUS(RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, SeExports->SeWorldSid), STATUS_SUCCESS);
    CHECK_STATUS(RtlAddAccessAllowedAceEx(acl, ACL_REVISION, OBJECT_INHERIT_ACE, 3, SeExports->SeAliasAdminsSid), STATUS_SUCCESS);
    CHECK_STATUS(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, SeExports->SeWorldSid), STATUS_ALLOTTED_SPACE_EXCEEDED);
    CHECK_EQ(acl->AceCount, 2);
    REQUIRE(NT_SUCCESS(RtlGetAce(acl, 1, &entry)));
    ace = entry;
    CHECK_EQ(ace->Header.AceSize, 24);
    CHECK_EQ(ace->Header.AceFlags, OBJECT_INHERIT_ACE);
    CHECK_EQ(ace->Mask, 3);
    CHECK(RtlEqualSid(&ace->SidStart, SeExports->SeAliasAdminsSid));
    CHECK_STATUS(RtlGetAce(acl, 2, &entry), STATUS_INVALID_PARAMETER);
    ace->Header.AceSize = 28; /* beyond the end */
    CHECK_STATUS(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, SeExports->SeWorldSid), STATUS_INVALID_ACL);
    CHECK(!RtlValidAcl(acl));
    ace->Header.AceSize = 24;
    CHECK_STATUS(RtlDeleteAce(acl, 0), STATUS_SUCCESS);
    CHECK_EQ(acl->AceCount, 1);
    REQUIRE(NT_SUCCESS(RtlGetAce(acl, 0, &entry)));
    CHECK_EQ(((PACCESS_ALLOWED_ACE)entry)->Mask, 3);
}

struct parts {
    SECURITY_DESCRIPTOR absolute;
    ULONG list[16];
};

static void fill(struct parts *p)
{
    PACL acl = (PACL)p->list;

    CHECK_STATUS(RtlCreateSecurityDescriptor(&p->absolute, SECURITY_DESCRIPTOR_REVISION), STATUS_SUCCESS);
    CHECK_STATUS(RtlCreateAcl(acl, sizeof(p->list), ACL_REVISION), STATUS_SUCCESS);
    CHECK_STATUS(RtlAddAccessAllowedAce(acl, ACL_REVISION, FILE_ALL_ACCESS, SeExports->SeAliasAdminsSid), STATUS_SUCCESS);
    CHECK_STATUS(RtlSetDaclSecurityDescriptor(&p->absolute, TRUE, acl, FALSE), STATUS_SUCCESS);
    CHECK_STATUS(RtlSetOwnerSecurityDescriptor(&p->absolute, SeExports->SeLocalSystemSid, FALSE), STATUS_SUCCESS);
    CHECK_STATUS(RtlSetGroupSecurityDescriptor(&p->absolute, SeExports->SeAliasAdminsSid, TRUE), STATUS_SUCCESS);
}

TEST_ROWS("EXE-422 EXE-L92 EXE-L93", descriptor_in_both_forms)
{
    struct parts p;
    UCHAR buffer[256];
    PSECURITY_DESCRIPTOR relative = buffer;
    ULONG need = 0, bytes;
    BOOLEAN present = 9, defaulted = 9;
    PACL dacl = NULL;
    PSID owner;

    CHECK_EQ(sizeof(SECURITY_DESCRIPTOR), 0x28);
    CHECK_EQ(sizeof(SECURITY_DESCRIPTOR_RELATIVE), 0x14);
    CHECK_STATUS(RtlCreateSecurityDescriptor(&p.absolute, 2), STATUS_UNKNOWN_REVISION);
    fill(&p);
    CHECK(RtlValidSecurityDescriptor(&p.absolute));
    CHECK_EQ(RtlLengthSecurityDescriptor(&p.absolute), 0x28 + sizeof(p.list) + 12 + 16);
    CHECK_STATUS(RtlAbsoluteToSelfRelativeSD(&p.absolute, NULL, &need), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(need, 0x14 + sizeof(p.list) + 12 + 16);
    bytes = need;
    CHECK_STATUS(RtlAbsoluteToSelfRelativeSD(&p.absolute, relative, &need), STATUS_SUCCESS);
    CHECK_STATUS(RtlAbsoluteToSelfRelativeSD(relative, relative, &need), STATUS_BAD_DESCRIPTOR_FORMAT);
    CHECK_EQ(RtlLengthSecurityDescriptor(relative), bytes);
    CHECK(RtlValidRelativeSecurityDescriptor(relative, bytes, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION));
    CHECK(!RtlValidRelativeSecurityDescriptor(relative, bytes, SACL_SECURITY_INFORMATION));
    CHECK(!RtlValidRelativeSecurityDescriptor(relative, bytes - 1, 0));
    CHECK(!RtlValidRelativeSecurityDescriptor(relative, 4, 0));
    CHECK(!RtlValidRelativeSecurityDescriptor(&p.absolute, sizeof(p.absolute), 0));
    CHECK(SeValidSecurityDescriptor(bytes, relative));
    CHECK_STATUS(RtlGetDaclSecurityDescriptor(relative, &present, &dacl, &defaulted), STATUS_SUCCESS);
    CHECK(present && !defaulted && dacl != (PACL)p.list);
    CHECK_MEM(dacl, p.list, sizeof(p.list));
    CHECK_STATUS(RtlGetOwnerSecurityDescriptor(relative, &owner, &defaulted), STATUS_SUCCESS);
    CHECK(RtlEqualSid(owner, SeExports->SeLocalSystemSid));
    CHECK_STATUS(RtlGetGroupSecurityDescriptor(relative, &owner, &defaulted), STATUS_SUCCESS);
    CHECK(defaulted);
    CHECK_STATUS(RtlSetDaclSecurityDescriptor(relative, TRUE, NULL, FALSE), STATUS_INVALID_SECURITY_DESCR);
    ((PISECURITY_DESCRIPTOR_RELATIVE)relative)->Owner = bytes - 4;
    CHECK(!RtlValidRelativeSecurityDescriptor(relative, bytes, 0));
}

TEST(EXE_422, no_list_and_null_list_differ)
{
    SECURITY_DESCRIPTOR d;
    BOOLEAN present, defaulted = 9;
    PACL dacl = (PACL)1;

    RtlCreateSecurityDescriptor(&d, SECURITY_DESCRIPTOR_REVISION);
    CHECK_STATUS(RtlGetDaclSecurityDescriptor(&d, &present, &dacl, &defaulted), STATUS_SUCCESS);
    CHECK(!present && dacl == (PACL)1 && defaulted == 9);
    RtlSetDaclSecurityDescriptor(&d, TRUE, NULL, FALSE);
    CHECK_STATUS(RtlGetDaclSecurityDescriptor(&d, &present, &dacl, &defaulted), STATUS_SUCCESS);
    CHECK(present && !dacl && !defaulted);
}

TEST(EXE_422, self_relative_is_taken_apart)
{
    struct parts p;
    UCHAR relative[256], owner[32], group[32];
    ULONG need = sizeof(relative), head = 0, list_bytes = 0, sacl_bytes = 0, owner_bytes = 0, group_bytes = 0, list[32];
    SECURITY_DESCRIPTOR d;

    fill(&p);
    REQUIRE(NT_SUCCESS(RtlAbsoluteToSelfRelativeSD(&p.absolute, relative, &need)));
    CHECK_STATUS(RtlSelfRelativeToAbsoluteSD(relative, NULL, &head, NULL, &list_bytes, NULL, &sacl_bytes, NULL, &owner_bytes, NULL, &group_bytes),
                 STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(head, sizeof(d));
    CHECK_EQ(list_bytes, sizeof(p.list));
    CHECK_EQ(sacl_bytes, 0);
    CHECK_EQ(owner_bytes, 12);
    CHECK_EQ(group_bytes, 16);
    CHECK_STATUS(RtlSelfRelativeToAbsoluteSD(relative, &d, &head, (PACL)list, &list_bytes, NULL, &sacl_bytes, owner, &owner_bytes, group, &group_bytes),
                 STATUS_SUCCESS);
    CHECK(d.Dacl == (PACL)list && d.Owner == owner && d.Group == group && !d.Sacl && !(d.Control & SE_SELF_RELATIVE));
    CHECK(RtlValidSecurityDescriptor(&d));
}
