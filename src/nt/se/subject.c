/* Subject contexts: whom a check is about (EXE-420); privileges of theirs (EXE-421). */
#include "se_private.h"

VOID NTAPI SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    BOOLEAN copy_on_open, effective_only;

    *SubjectContext = (SECURITY_SUBJECT_CONTEXT){0};
    SubjectContext->ClientToken =
        PsReferenceImpersonationToken((PETHREAD)KeGetCurrentThread(), &copy_on_open, &effective_only, &SubjectContext->ImpersonationLevel);
    SubjectContext->PrimaryToken = PsReferencePrimaryToken(PsGetCurrentProcess());
    SubjectContext->ProcessAuditId = PsGetCurrentProcessId();
}

/* Tokens here do not change while a check reads them, so a lock has nothing to keep out. */
VOID NTAPI SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    (void)SubjectContext;
}

VOID NTAPI SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    (void)SubjectContext;
}

VOID NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    if (!SubjectContext->PrimaryToken) {
        guest_finding("EXE-420", "the subject context %p is released, which was not captured (or was released before)", SubjectContext);
        return;
    }
    PsDereferencePrimaryToken(SubjectContext->PrimaryToken);
    if (SubjectContext->ClientToken)
        PsDereferenceImpersonationToken(SubjectContext->ClientToken);
    SubjectContext->PrimaryToken = NULL;
    SubjectContext->ClientToken = NULL;
}

PACCESS_TOKEN se_effective(PSECURITY_SUBJECT_CONTEXT subject)
{
    return SeQuerySubjectContextToken(subject);
}

/* ---- privileges ---- */
BOOLEAN NTAPI SePrivilegeCheck(PPRIVILEGE_SET RequiredPrivileges, PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext, KPROCESSOR_MODE AccessMode)
{
    struct se_token *token = se_effective(SubjectSecurityContext);
    ULONG found = 0;

    if (AccessMode == KernelMode)
        return TRUE;
    if (SubjectSecurityContext->ClientToken && SubjectSecurityContext->ImpersonationLevel < SecurityImpersonation)
        return FALSE;
    for (ULONG i = 0; i < RequiredPrivileges->PrivilegeCount; i++) {
        PLUID_AND_ATTRIBUTES p = &RequiredPrivileges->Privilege[i];

        if (p->Luid.HighPart == 0 && p->Luid.LowPart <= SE_MAX_WELL_KNOWN_PRIVILEGE && se_token_has(token, p->Luid.LowPart)) {
            p->Attributes |= SE_PRIVILEGE_USED_FOR_ACCESS;
            found++;
        }
    }
    return RequiredPrivileges->Control & PRIVILEGE_SET_ALL_NECESSARY ? found == RequiredPrivileges->PrivilegeCount : found > 0;
}

BOOLEAN NTAPI SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode)
{
    PRIVILEGE_SET set = {.PrivilegeCount = 1, .Control = PRIVILEGE_SET_ALL_NECESSARY, .Privilege = {{PrivilegeValue, 0}}};
    SECURITY_SUBJECT_CONTEXT subject;
    BOOLEAN held;

    if (PreviousMode == KernelMode)
        return TRUE;
    SeCaptureSubjectContext(&subject);
    held = SePrivilegeCheck(&set, &subject, PreviousMode);
    SeReleaseSubjectContext(&subject);
    return held;
}

VOID NTAPI SeFreePrivileges(PPRIVILEGE_SET Privileges)
{
    ExFreePool(Privileges);
}
