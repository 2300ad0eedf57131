/* The descriptor of a new object (EXE-422): which list it gets, what a parent passes on and to whom. */
#include "wkt.h"
#include <ntifs.h>

static GENERIC_MAPPING mapping = {0x1, 0x2, 0x4, STANDARD_RIGHTS_ALL | 0x7};

struct parent {
    SECURITY_DESCRIPTOR d;
    ULONG dacl[64], sacl[32];
};

static void start(struct parent *p)
{
    RtlCreateSecurityDescriptor(&p->d, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)p->dacl, sizeof(p->dacl), ACL_REVISION);
    RtlCreateAcl((PACL)p->sacl, sizeof(p->sacl), ACL_REVISION);
    RtlSetDaclSecurityDescriptor(&p->d, TRUE, (PACL)p->dacl, FALSE);
    RtlSetSaclSecurityDescriptor(&p->d, TRUE, (PACL)p->sacl, FALSE);
}

static void pass_on(PACL list, ULONG flags, ACCESS_MASK mask, PSID sid)
{
    CHECK_STATUS(RtlAddAccessAllowedAceEx(list, ACL_REVISION, flags, mask, sid), STATUS_SUCCESS);
}

static PSECURITY_DESCRIPTOR assign(PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR given, BOOLEAN container)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PSECURITY_DESCRIPTOR made = NULL;

    SeCaptureSubjectContext(&subject);
    CHECK_STATUS(SeAssignSecurity(parent, given, &made, container, &subject, &mapping, PagedPool), STATUS_SUCCESS);
    SeReleaseSubjectContext(&subject);
    return made;
}

static PACL list_of(PSECURITY_DESCRIPTOR d, BOOLEAN system)
{
    BOOLEAN present = FALSE, defaulted;
    PACL list = NULL;

    if (system)
        RtlGetSaclSecurityDescriptor(d, &present, &list, &defaulted);
    else
        RtlGetDaclSecurityDescriptor(d, &present, &list, &defaulted);
    return present ? list : NULL;
}

static BOOLEAN entry_is(PACL list, ULONG index, UCHAR flags, ACCESS_MASK mask, PSID sid)
{
    PVOID entry;

    return NT_SUCCESS(RtlGetAce(list, index, &entry)) && ((PACE_HEADER)entry)->AceFlags == flags && ((PACCESS_ALLOWED_ACE)entry)->Mask == mask &&
           RtlEqualSid(&((PACCESS_ALLOWED_ACE)entry)->SidStart, sid);
}

TEST(EXE_422, children_get_what_is_meant_for_them)
{
    PSID world = SeExports->SeWorldSid;
    PSECURITY_DESCRIPTOR made;
    struct parent p;
    PACL list;

    start(&p);
    list = (PACL)p.dacl;
    pass_on(list, 0, 0x10, world); /* the parent's own */
    pass_on(list, OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE, GENERIC_READ, world);
    pass_on(list, CONTAINER_INHERIT_ACE, 0x20, world);
    pass_on(list, CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE | NO_PROPAGATE_INHERIT_ACE, 0x40, world);
    pass_on(list, CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE, 0x80, world);
    made = assign(&p.d, NULL, FALSE);
    REQUIRE(made && (list = list_of(made, FALSE)) != NULL);
    CHECK_EQ(list->AceCount, 3);
    CHECK(entry_is(list, 0, INHERITED_ACE, 1, world));
    CHECK(entry_is(list, 1, INHERITED_ACE, 0x40, world));
    CHECK(entry_is(list, 2, INHERITED_ACE, 0x80, world));
    CHECK(list_of(made, TRUE) == NULL); /* an empty list passes nothing on */
    SeDeassignSecurity(&made);
    made = assign(&p.d, NULL, TRUE);
    REQUIRE(made && (list = list_of(made, FALSE)) != NULL);
    CHECK_EQ(list->AceCount, 4);
    CHECK(entry_is(list, 0, OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE | INHERITED_ACE, GENERIC_READ, world)); /* for its own children */
    CHECK(entry_is(list, 1, CONTAINER_INHERIT_ACE | INHERITED_ACE, 0x20, world));
    CHECK(entry_is(list, 2, INHERITED_ACE, 0x40, world));
    CHECK(entry_is(list, 3, CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE | INHERITED_ACE, 0x80, world));
    SeDeassignSecurity(&made);
}

TEST(EXE_422, creators_and_kinds_of_entries)
{
    PSECURITY_DESCRIPTOR made;
    struct parent p, given;
    PVOID entry;
    PACL list;

    start(&p);
    pass_on((PACL)p.dacl, OBJECT_INHERIT_ACE, 1, SeExports->SeCreatorOwnerSid);
    pass_on((PACL)p.dacl, OBJECT_INHERIT_ACE, 2, SeExports->SeCreatorGroupSid);
    pass_on((PACL)p.sacl, OBJECT_INHERIT_ACE, 4, SeExports->SeWorldSid);
    REQUIRE(NT_SUCCESS(RtlGetAce((PACL)p.dacl, 1, &entry)));
    ((PACE_HEADER)entry)->AceType = ACCESS_DENIED_ACE_TYPE;
    REQUIRE(NT_SUCCESS(RtlGetAce((PACL)p.sacl, 0, &entry)));
    ((PACE_HEADER)entry)->AceType = SYSTEM_AUDIT_ACE_TYPE;
    ((PACE_HEADER)entry)->AceFlags |= FAILED_ACCESS_ACE_FLAG;
    RtlCreateSecurityDescriptor(&given.d, SECURITY_DESCRIPTOR_REVISION);
    RtlSetOwnerSecurityDescriptor(&given.d, SeExports->SeAliasUsersSid, FALSE);
    RtlSetGroupSecurityDescriptor(&given.d, SeExports->SeInteractiveSid, FALSE);
    made = assign(&p.d, &given.d, FALSE);
    REQUIRE(made && (list = list_of(made, FALSE)) != NULL);
    CHECK(entry_is(list, 0, INHERITED_ACE, 1, SeExports->SeAliasUsersSid));
    CHECK(entry_is(list, 1, INHERITED_ACE, 2, SeExports->SeInteractiveSid));
    REQUIRE(NT_SUCCESS(RtlGetAce(list, 1, &entry)));
    CHECK_EQ(((PACE_HEADER)entry)->AceType, ACCESS_DENIED_ACE_TYPE);
    REQUIRE((list = list_of(made, TRUE)) != NULL);
    CHECK(entry_is(list, 0, INHERITED_ACE | FAILED_ACCESS_ACE_FLAG, 4, SeExports->SeWorldSid));
    REQUIRE(NT_SUCCESS(RtlGetAce(list, 0, &entry)));
    CHECK_EQ(((PACE_HEADER)entry)->AceType, SYSTEM_AUDIT_ACE_TYPE);
    SeDeassignSecurity(&made);
}

TEST(EXE_422, a_default_gives_way_and_privileges_count)
{
    PACCESS_TOKEN system = PsReferencePrimaryToken(PsInitialSystemProcess);
    SECURITY_SUBJECT_CONTEXT subject;
    PSECURITY_DESCRIPTOR made;
    struct parent p, given;

    start(&p);
    pass_on((PACL)p.dacl, OBJECT_INHERIT_ACE, 1, SeExports->SeWorldSid);
    start(&given);
    RtlSetDaclSecurityDescriptor(&given.d, TRUE, (PACL)given.dacl, TRUE);
    RtlSetSaclSecurityDescriptor(&given.d, FALSE, NULL, FALSE);
    made = assign(&p.d, &given.d, FALSE);
    REQUIRE(made && list_of(made, FALSE));
    CHECK_EQ(list_of(made, FALSE)->AceCount, 1);
    SeDeassignSecurity(&made);
    start(&p); /* with nothing to pass on */
    made = assign(&p.d, &given.d, FALSE);
    REQUIRE(made && list_of(made, FALSE));
    CHECK_EQ(list_of(made, FALSE)->AceCount, 0);
    SeDeassignSecurity(&made);
    start(&given); /* with a SACL of its own */
    SeCaptureSubjectContext(&subject);
    CHECK_STATUS(SeAssignSecurity(NULL, &given.d, &made, FALSE, &subject, &mapping, PagedPool), STATUS_PRIVILEGE_NOT_HELD);
    CHECK(made == NULL);
    SeReleaseSubjectContext(&subject);
    CHECK_STATUS(PsImpersonateClient(PsGetCurrentThread(), system, FALSE, FALSE, SecurityImpersonation), STATUS_SUCCESS);
    RtlSetOwnerSecurityDescriptor(&given.d, SeExports->SeAliasGuestsSid, FALSE); /* for the restore privilege: not one of its SIDs */
    made = assign(NULL, &given.d, FALSE);
    REQUIRE(made != NULL);
    CHECK(list_of(made, TRUE) != NULL);
    SeDeassignSecurity(&made);
    PsRevertToSelf();
    PsDereferencePrimaryToken(system);
}

TEST(EXE_422, long_lists_are_passed_on_whole)
{
    ULONG bytes = sizeof(ACL) + 200 * 20;
    PACL list = wkt_alloc(bytes);
    PSECURITY_DESCRIPTOR made;
    struct parent p;

    REQUIRE(list != NULL);
    start(&p);
    RtlCreateAcl(list, bytes, ACL_REVISION);
    for (ULONG i = 0; i < 200; i++)
        pass_on(list, OBJECT_INHERIT_ACE, i + 1, SeExports->SeWorldSid);
    RtlSetDaclSecurityDescriptor(&p.d, TRUE, list, FALSE);
    made = assign(&p.d, NULL, FALSE);
    REQUIRE(made && list_of(made, FALSE));
    CHECK_EQ(list_of(made, FALSE)->AceCount, 200);
    CHECK(entry_is(list_of(made, FALSE), 199, INHERITED_ACE, 200, SeExports->SeWorldSid));
    SeDeassignSecurity(&made);
}
