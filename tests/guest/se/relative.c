/* Self-relative security descriptors that are hostile or odd, copies of callers' ones, and what is read from both forms (EXE-422). */
#include "wkt.h"
#include <ntifs.h>

struct parts {
    SECURITY_DESCRIPTOR d;
    ULONG dacl[12], sacl[8];
};

static void fill(struct parts *p)
{
    RtlCreateSecurityDescriptor(&p->d, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)p->dacl, sizeof(p->dacl), ACL_REVISION);
    RtlAddAccessAllowedAce((PACL)p->dacl, ACL_REVISION, 1, SeExports->SeWorldSid);
    RtlCreateAcl((PACL)p->sacl, sizeof(p->sacl), ACL_REVISION);
    RtlSetDaclSecurityDescriptor(&p->d, TRUE, (PACL)p->dacl, TRUE);
    CHECK_STATUS(RtlSetSaclSecurityDescriptor(&p->d, TRUE, (PACL)p->sacl, TRUE), STATUS_SUCCESS);
    RtlSetOwnerSecurityDescriptor(&p->d, SeExports->SeLocalSystemSid, TRUE);
    RtlSetGroupSecurityDescriptor(&p->d, SeExports->SeAliasAdminsSid, FALSE);
}

/* The form in which it lies in `to`; its length. */
static ULONG make(struct parts *p, PVOID to, ULONG room)
{
    fill(p);
    CHECK_STATUS(RtlAbsoluteToSelfRelativeSD(&p->d, to, &room), STATUS_SUCCESS);
    return room;
}

TEST(EXE_422, both_forms_read_alike)
{
    ULONG buffer[64];
    struct parts p;
    ULONG bytes = make(&p, buffer, sizeof(buffer));
    PSECURITY_DESCRIPTOR forms[2] = {&p.d, buffer};

    CHECK_EQ(bytes, sizeof(SECURITY_DESCRIPTOR_RELATIVE) + sizeof(p.dacl) + sizeof(p.sacl) + 12 + 16);
    CHECK_EQ(RtlLengthSecurityDescriptor(&p.d), sizeof(SECURITY_DESCRIPTOR) + sizeof(p.dacl) + sizeof(p.sacl) + 12 + 16);
    for (int i = 0; i < 2; i++) {
        BOOLEAN present = 9, defaulted = 9;
        PACL list = NULL;
        PSID sid = NULL;

        CHECK_STATUS(RtlGetSaclSecurityDescriptor(forms[i], &present, &list, &defaulted), STATUS_SUCCESS);
        CHECK(present == TRUE && defaulted == TRUE && list != NULL);
        CHECK_MEM(list, p.sacl, sizeof(p.sacl));
        CHECK_STATUS(RtlGetDaclSecurityDescriptor(forms[i], &present, &list, &defaulted), STATUS_SUCCESS);
        CHECK(present == TRUE && defaulted == TRUE && list->AceCount == 1);
        CHECK_STATUS(RtlGetOwnerSecurityDescriptor(forms[i], &sid, &defaulted), STATUS_SUCCESS);
        CHECK(defaulted == TRUE && RtlEqualSid(sid, SeExports->SeLocalSystemSid));
        CHECK_STATUS(RtlGetGroupSecurityDescriptor(forms[i], &sid, &defaulted), STATUS_SUCCESS);
        CHECK(defaulted == FALSE && RtlEqualSid(sid, SeExports->SeAliasAdminsSid));
        ((PISECURITY_DESCRIPTOR)forms[i])->Revision = 2;
        CHECK(!RtlValidSecurityDescriptor(forms[i]));
        CHECK_STATUS(RtlGetDaclSecurityDescriptor(forms[i], &present, &list, &defaulted), STATUS_UNKNOWN_REVISION);
        CHECK_STATUS(RtlGetSaclSecurityDescriptor(forms[i], &present, &list, &defaulted), STATUS_UNKNOWN_REVISION);
        CHECK_STATUS(RtlGetOwnerSecurityDescriptor(forms[i], &sid, &defaulted), STATUS_UNKNOWN_REVISION);
        CHECK_STATUS(RtlGetGroupSecurityDescriptor(forms[i], &sid, &defaulted), STATUS_UNKNOWN_REVISION);
        CHECK_STATUS(RtlSetDaclSecurityDescriptor(forms[i], FALSE, NULL, FALSE), STATUS_UNKNOWN_REVISION);
        CHECK_STATUS(RtlSetSaclSecurityDescriptor(forms[i], FALSE, NULL, FALSE), STATUS_UNKNOWN_REVISION);
        CHECK_STATUS(RtlSetOwnerSecurityDescriptor(forms[i], NULL, FALSE), STATUS_UNKNOWN_REVISION);
        CHECK_STATUS(RtlSetGroupSecurityDescriptor(forms[i], NULL, FALSE), STATUS_UNKNOWN_REVISION);
        ((PISECURITY_DESCRIPTOR)forms[i])->Revision = 1;
    }
    CHECK_STATUS(RtlSetSaclSecurityDescriptor(buffer, TRUE, NULL, FALSE), STATUS_INVALID_SECURITY_DESCR);
    CHECK_STATUS(RtlSetOwnerSecurityDescriptor(buffer, NULL, FALSE), STATUS_INVALID_SECURITY_DESCR);
    CHECK_STATUS(RtlSetGroupSecurityDescriptor(buffer, NULL, FALSE), STATUS_INVALID_SECURITY_DESCR);
}

TEST(EXE_422, parts_are_taken_out_again)
{
    BOOLEAN present = 9, defaulted = 9;
    ULONG buffer[32], room = sizeof(buffer);
    UCHAR bad[8] = {7};
    struct parts p;
    PACL list = (PACL)1;
    PSID sid;

    fill(&p);
    RtlSetDaclSecurityDescriptor(&p.d, FALSE, (PACL)bad, TRUE); /* not present: the rest is not looked at */
    RtlSetSaclSecurityDescriptor(&p.d, FALSE, (PACL)bad, FALSE);
    CHECK(p.d.Dacl == (PACL)p.dacl && p.d.Sacl == (PACL)p.sacl);
    CHECK_STATUS(RtlGetSaclSecurityDescriptor(&p.d, &present, &list, &defaulted), STATUS_SUCCESS);
    CHECK(present == FALSE && list == (PACL)1 && defaulted == 9);
    RtlSetOwnerSecurityDescriptor(&p.d, NULL, FALSE);
    RtlGetOwnerSecurityDescriptor(&p.d, &sid, &defaulted);
    CHECK(sid == NULL && defaulted == FALSE);
    CHECK_EQ(RtlLengthSecurityDescriptor(&p.d), sizeof(SECURITY_DESCRIPTOR) + 16);
    CHECK_STATUS(RtlAbsoluteToSelfRelativeSD(&p.d, buffer, &room), STATUS_SUCCESS);
    sid = (PSID)1;
    CHECK_STATUS(RtlGetOwnerSecurityDescriptor(buffer, &sid, &defaulted), STATUS_SUCCESS);
    CHECK(sid == NULL); /* offset 0 */
    CHECK(!RtlValidSecurityDescriptor(NULL));
    RtlSetOwnerSecurityDescriptor(&p.d, bad, FALSE);
    CHECK(!RtlValidSecurityDescriptor(&p.d));
    fill(&p);
    RtlSetGroupSecurityDescriptor(&p.d, bad, FALSE);
    CHECK(!RtlValidSecurityDescriptor(&p.d));
    fill(&p);
    RtlSetDaclSecurityDescriptor(&p.d, TRUE, (PACL)bad, FALSE);
    CHECK(!RtlValidSecurityDescriptor(&p.d));
    fill(&p);
    RtlSetSaclSecurityDescriptor(&p.d, TRUE, (PACL)bad, FALSE);
    CHECK(!RtlValidSecurityDescriptor(&p.d));
}

TEST(EXE_422, offsets_of_a_stranger)
{
    ULONG buffer[64], all = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION;
    PISECURITY_DESCRIPTOR_RELATIVE d = (PVOID)buffer, good;
    struct parts p;
    ULONG bytes = make(&p, buffer, sizeof(buffer));

    good = wkt_alloc(bytes);
    REQUIRE(good != NULL);
    RtlCopyMemory(good, d, bytes);
#define AGAIN RtlCopyMemory(d, good, bytes)
    CHECK(RtlValidRelativeSecurityDescriptor(d, bytes, all));
    CHECK(SeValidSecurityDescriptor(bytes, d) && !SeValidSecurityDescriptor(bytes - 4, d));
    CHECK(!RtlValidRelativeSecurityDescriptor(d, sizeof(*d) - 1, 0));
    d->Revision = 2;
    CHECK(!RtlValidRelativeSecurityDescriptor(d, bytes, 0));
    AGAIN;
    d->Control &= ~SE_SELF_RELATIVE;
    CHECK(!RtlValidRelativeSecurityDescriptor(d, bytes, 0));
    AGAIN;
    d->Owner = 0;
    CHECK(RtlValidRelativeSecurityDescriptor(d, bytes, 0) && !RtlValidRelativeSecurityDescriptor(d, bytes, OWNER_SECURITY_INFORMATION));
    AGAIN;
    d->Group = 0;
    CHECK(RtlValidRelativeSecurityDescriptor(d, bytes, 0) && !RtlValidRelativeSecurityDescriptor(d, bytes, GROUP_SECURITY_INFORMATION));
    d->Group = bytes;
    CHECK(!RtlValidRelativeSecurityDescriptor(d, bytes, 0));
    d->Group = 0xFFFFFFFC;
    CHECK(!RtlValidRelativeSecurityDescriptor(d, bytes, 0));
    d->Group = good->Group + 2; /* not on four bytes; what lies there could be one */
    RtlMoveMemory((PUCHAR)d + d->Group, (PUCHAR)good + good->Owner, 12);
    CHECK(!RtlValidRelativeSecurityDescriptor(d, bytes, 0));
    AGAIN;
    d->Dacl = 0; /* a NULL list */
    CHECK(RtlValidRelativeSecurityDescriptor(d, bytes, DACL_SECURITY_INFORMATION));
    d->Control &= ~SE_DACL_PRESENT;
    CHECK(RtlValidRelativeSecurityDescriptor(d, bytes, 0) && !RtlValidRelativeSecurityDescriptor(d, bytes, DACL_SECURITY_INFORMATION));
    AGAIN;
    d->Dacl = bytes - 4; /* half a head of one */
    CHECK(!RtlValidRelativeSecurityDescriptor(d, bytes, 0));
    AGAIN;
    ((PACL)((PUCHAR)d + d->Dacl))->AclSize = (USHORT)bytes; /* longer than what is left */
    CHECK(!RtlValidRelativeSecurityDescriptor(d, bytes, 0));
    AGAIN;
    ((PACL)((PUCHAR)d + d->Sacl))->AclRevision = 9;
    CHECK(!RtlValidRelativeSecurityDescriptor(d, bytes, 0));
    AGAIN;
    d->Control &= ~SE_SACL_PRESENT;
    CHECK(!RtlValidRelativeSecurityDescriptor(d, bytes, SACL_SECURITY_INFORMATION));
#undef AGAIN
}

TEST(EXE_422, an_offset_into_the_head_is_none)
{
    struct {
        SECURITY_DESCRIPTOR_RELATIVE d;
        UCHAR rest[32];
    } s = {{.Revision = 1, .Control = SE_SELF_RELATIVE}};

    CHECK(RtlValidRelativeSecurityDescriptor(&s.d, sizeof(s), 0));
    CHECK(!RtlValidRelativeSecurityDescriptor(&s.d, sizeof(s.d) - 1, 0)); /* not even a head */
    s.d.Group = 0; /* the bytes at 12 are a SID without sub-authorities: revision 1, count 0 */
    s.d.Sacl = 1;
    s.d.Owner = 12;
    CHECK(!RtlValidRelativeSecurityDescriptor(&s.d, sizeof(s), 0));
}

TEST(EXE_422, all_sizes_are_told_when_one_is_small)
{
    ULONG buffer[64], dacl[16], sacl[16], head = sizeof(SECURITY_DESCRIPTOR), dacl_bytes = 47, sacl_bytes = 64, owner_bytes = 64, group_bytes = 64, need;
    UCHAR owner[64], group[64];
    SECURITY_DESCRIPTOR d;
    struct parts p;

    need = make(&p, buffer, sizeof(buffer)) - 1;
    CHECK_STATUS(RtlAbsoluteToSelfRelativeSD(&p.d, buffer, &need), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(need, RtlLengthSecurityDescriptor(buffer));
    CHECK_STATUS(RtlSelfRelativeToAbsoluteSD(&p.d, &d, &head, (PACL)dacl, &dacl_bytes, (PACL)sacl, &sacl_bytes, owner, &owner_bytes, group, &group_bytes),
                 STATUS_BAD_DESCRIPTOR_FORMAT);
    CHECK_STATUS(RtlSelfRelativeToAbsoluteSD(buffer, &d, &head, (PACL)dacl, &dacl_bytes, (PACL)sacl, &sacl_bytes, owner, &owner_bytes, group, &group_bytes),
                 STATUS_BUFFER_TOO_SMALL);
    CHECK(dacl_bytes == sizeof(p.dacl) && sacl_bytes == sizeof(p.sacl) && owner_bytes == 12 && group_bytes == 16);
    CHECK_STATUS(RtlSelfRelativeToAbsoluteSD(buffer, &d, &head, (PACL)dacl, &dacl_bytes, (PACL)sacl, &sacl_bytes, owner, &owner_bytes, group, &group_bytes),
                 STATUS_SUCCESS);
    CHECK_EQ(d.Control, SE_DACL_PRESENT | SE_SACL_PRESENT | SE_DACL_DEFAULTED | SE_SACL_DEFAULTED | SE_OWNER_DEFAULTED);
    CHECK(d.Sacl == (PACL)sacl);
    CHECK_MEM(sacl, p.sacl, sizeof(p.sacl));
}

TEST(EXE_422, captured_copies)
{
    PSECURITY_DESCRIPTOR copy = (PVOID)1;
    UCHAR bad[8] = {7};
    struct parts p;

    fill(&p);
    CHECK_STATUS(SeCaptureSecurityDescriptor(NULL, KernelMode, PagedPool, TRUE, &copy), STATUS_SUCCESS);
    CHECK(copy == NULL);
    CHECK_STATUS(SeCaptureSecurityDescriptor(NULL, UserMode, PagedPool, TRUE, &copy), STATUS_SUCCESS);
    CHECK_STATUS(SeCaptureSecurityDescriptor(&p.d, KernelMode, PagedPool, FALSE, &copy), STATUS_SUCCESS);
    CHECK(copy == &p.d); /* the kernel's own is taken as it is */
    CHECK_STATUS(SeReleaseSecurityDescriptor(copy, KernelMode, FALSE), STATUS_SUCCESS);
    CHECK_STATUS(SeCaptureSecurityDescriptor(&p.d, KernelMode, PagedPool, TRUE, &copy), STATUS_SUCCESS);
    REQUIRE(copy != &p.d);
    CHECK(SeValidSecurityDescriptor(RtlLengthSecurityDescriptor(copy), copy));
    CHECK_STATUS(SeReleaseSecurityDescriptor(copy, KernelMode, TRUE), STATUS_SUCCESS);
    RtlSetOwnerSecurityDescriptor(&p.d, bad, FALSE);
    CHECK_STATUS(SeCaptureSecurityDescriptor(&p.d, KernelMode, PagedPool, TRUE, &copy), STATUS_INVALID_SECURITY_DESCR);
    CHECK_STATUS(SeCaptureSecurityDescriptor(&p.d, UserMode, PagedPool, TRUE, &copy), STATUS_NOT_SUPPORTED); /* DDI_GAP */
}
