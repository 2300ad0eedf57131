/* Access control lists (EXE-422): entries put between others, and lists that are not valid. */
#include "wkt.h"
#include <ntifs.h>

static ULONG mask_at(PACL acl, ULONG index)
{
    PVOID entry;

    return NT_SUCCESS(RtlGetAce(acl, index, &entry)) ? ((PACCESS_ALLOWED_ACE)entry)->Mask : 0xFFFFFFFF;
}

TEST(EXE_422, entries_are_put_between_others)
{
    ULONG buffer[32], from[16];
    PACL acl = (PACL)buffer, list = (PACL)from;
    PVOID entries, entry = (PVOID)1;

    RtlCreateAcl(acl, sizeof(ACL) + 4 * 20, ACL_REVISION);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, SeExports->SeWorldSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 2, SeExports->SeWorldSid);
    RtlCreateAcl(list, sizeof(from), ACL_REVISION);
    RtlAddAccessAllowedAce(list, ACL_REVISION, 3, SeExports->SeWorldSid);
    CHECK_STATUS(RtlAddAccessDeniedAce(list, ACL_REVISION, 4, SeExports->SeWorldSid), STATUS_SUCCESS);
    REQUIRE(NT_SUCCESS(RtlGetAce(list, 0, &entries)));
    CHECK_STATUS(RtlAddAce(acl, 1, 1, entries, 40), STATUS_INVALID_PARAMETER); /* no such revision */
    CHECK_STATUS(RtlAddAce(acl, ACL_REVISION, 1, entries, 38), STATUS_INVALID_PARAMETER); /* half an entry */
    CHECK_STATUS(RtlAddAce(acl, ACL_REVISION, 1, entries, 40), STATUS_SUCCESS);
    CHECK_EQ(acl->AceCount, 4);
    CHECK(mask_at(acl, 0) == 1 && mask_at(acl, 1) == 3 && mask_at(acl, 2) == 4 && mask_at(acl, 3) == 2);
    CHECK_STATUS(RtlAddAce(acl, ACL_REVISION, MAXULONG, entries, 20), STATUS_BUFFER_TOO_SMALL);
    CHECK_STATUS(RtlDeleteAce(acl, 4), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlDeleteAce(acl, 1), STATUS_SUCCESS);
    CHECK(mask_at(acl, 0) == 1 && mask_at(acl, 1) == 4 && mask_at(acl, 2) == 2);
    CHECK_EQ(*(PULONG)((PUCHAR)acl + sizeof(ACL) + 60), 0); /* free room is zeroed */
    CHECK_EQ(acl->AclRevision, ACL_REVISION);
    CHECK_STATUS(RtlAddAce(acl, ACL_REVISION_DS, MAXULONG, entries, 20), STATUS_SUCCESS);
    CHECK_EQ(acl->AclRevision, ACL_REVISION_DS);
    CHECK_EQ(mask_at(acl, 3), 3);
    REQUIRE(NT_SUCCESS(RtlGetAce(acl, 1, &entry)));
    CHECK_EQ(((PACE_HEADER)entry)->AceType, ACCESS_DENIED_ACE_TYPE);
    CHECK_STATUS(RtlGetAce(acl, 9, &entry), STATUS_INVALID_PARAMETER);
    CHECK(entry == NULL);
}

static void one_entry(PACL acl, ULONG bytes)
{
    RtlCreateAcl(acl, bytes, ACL_REVISION);
    CHECK_STATUS(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, SeExports->SeWorldSid), STATUS_SUCCESS);
}

TEST(EXE_422, lists_that_are_not_valid)
{
    ULONG buffer[16];
    PACL acl = (PACL)buffer;
    PACE_HEADER ace = (PACE_HEADER)(acl + 1);
    PVOID entry;

    one_entry(acl, sizeof(buffer));
    CHECK(RtlValidAcl(acl));
    CHECK_STATUS(RtlAddAccessAllowedAce(acl, ACL_REVISION_DS, 1, SeExports->SeWorldSid), STATUS_SUCCESS);
    CHECK_EQ(acl->AclRevision, ACL_REVISION_DS);
    acl->AclRevision = 5;
    CHECK(!RtlValidAcl(acl));
    CHECK_STATUS(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, SeExports->SeWorldSid), STATUS_REVISION_MISMATCH);
    acl->AclRevision = 1;
    CHECK(!RtlValidAcl(acl));
    one_entry(acl, sizeof(buffer));
    acl->AclSize = 7;
    acl->AceCount = 0;
    CHECK(!RtlValidAcl(acl));
    one_entry(acl, sizeof(buffer));
    ace->AceSize = 22;
    CHECK(!RtlValidAcl(acl));
    CHECK_STATUS(RtlGetAce(acl, 0, &entry), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlDeleteAce(acl, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlAddAce(acl, ACL_REVISION, MAXULONG, ace, 0), STATUS_INVALID_PARAMETER);
    ace->AceSize = 0; /* no end of it */
    CHECK(!RtlValidAcl(acl));
    ace->AceSize = 16; /* the SID is longer */
    CHECK(!RtlValidAcl(acl));
    ace->AceSize = 8; /* no room for a SID at all */
    CHECK(!RtlValidAcl(acl));
    ace->AceSize = 4; /* not even for a mask */
    CHECK(!RtlValidAcl(acl));
    ace->AceSize = 8;
    ace->AceType = 0x20; /* of a kind that need not have one */
    CHECK(RtlValidAcl(acl));
    ace->AceSize = 0;
    CHECK(!RtlValidAcl(acl));
    ace->AceSize = 8;
    one_entry(acl, sizeof(ACL) + 20);
    acl->AceCount = 2; /* the second would lie behind the list */
    CHECK(!RtlValidAcl(acl));
    acl->AceCount = 1;
    ((PISID)((PUCHAR)ace + 8))->Revision = 2;
    CHECK(!RtlValidAcl(acl));
}

TEST(EXE_422, prefixes_of_sids)
{
    SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY, world = SECURITY_WORLD_SID_AUTHORITY;
    UCHAR a[SECURITY_MAX_SID_SIZE], b[SECURITY_MAX_SID_SIZE];

    RtlInitializeSid(a, &nt, 2);
    RtlInitializeSid(b, &nt, 2);
    *RtlSubAuthoritySid(a, 0) = *RtlSubAuthoritySid(b, 0) = 32;
    *RtlSubAuthoritySid(a, 1) = 1;
    *RtlSubAuthoritySid(b, 1) = 2;
    CHECK(RtlEqualPrefixSid(a, b) && !RtlEqualSid(a, b));
    *RtlSubAuthoritySid(b, 0) = 33;
    CHECK(!RtlEqualPrefixSid(a, b));
    *RtlSubAuthoritySid(b, 0) = 32;
    *RtlSubAuthorityCountSid(b) = 1;
    CHECK(!RtlEqualPrefixSid(a, b) && !RtlEqualSid(a, b));
    RtlInitializeSid(a, &nt, 0);
    RtlInitializeSid(b, &nt, 0);
    CHECK(RtlEqualPrefixSid(a, b) && RtlEqualSid(a, b));
    RtlInitializeSid(b, &world, 0);
    CHECK(!RtlEqualPrefixSid(a, b));
    b[1] = 16;
    CHECK(!RtlValidSid(b));
}
