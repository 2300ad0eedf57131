/* Whose token a process and a thread have (EXE-419). Lock: `tokens`, a leaf, over the pointers; a token itself does not change. */
#include "nt/se/se.h"
#include "ps_private.h"

static struct sched_lock tokens;

bool ps_set_user(PEPROCESS process, int user)
{
    PACCESS_TOKEN token = se_token_create((enum se_user)user), was;

    if (!token)
        return false;
    sched_lock(&tokens);
    was = process->token;
    process->token = token;
    sched_unlock(&tokens);
    if (was)
        ObfDereferenceObject(was);
    return true;
}

PACCESS_TOKEN NTAPI PsReferencePrimaryToken(PEPROCESS Process)
{
    PACCESS_TOKEN token;

    sched_lock(&tokens);
    token = Process->token;
    ObfReferenceObject(token);
    sched_unlock(&tokens);
    return token;
}

VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken)
{
    ObfDereferenceObject(PrimaryToken);
}

/* The out-parameters are written only when there is a token. */
PACCESS_TOKEN NTAPI PsReferenceImpersonationToken(PETHREAD Thread, PBOOLEAN CopyOnOpen, PBOOLEAN EffectiveOnly,
                                                  PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    PACCESS_TOKEN token;

    if (!__atomic_load_n(&Thread->token, __ATOMIC_ACQUIRE))
        return NULL;
    sched_lock(&tokens);
    token = Thread->token;
    if (token) {
        ObfReferenceObject(token);
        *CopyOnOpen = Thread->token_copy_on_open;
        *EffectiveOnly = Thread->token_effective_only;
        *ImpersonationLevel = (SECURITY_IMPERSONATION_LEVEL)Thread->token_level;
    }
    sched_unlock(&tokens);
    return token;
}

VOID NTAPI PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken)
{
    if (ImpersonationToken)
        ObfDereferenceObject(ImpersonationToken);
}

BOOLEAN NTAPI PsIsThreadImpersonating(PETHREAD Thread)
{
    return __atomic_load_n(&Thread->token, __ATOMIC_ACQUIRE) != NULL;
}

/* The thread keeps a reference of its own to Token until it reverts or ends. */
NTSTATUS NTAPI PsImpersonateClient(PETHREAD Thread, PACCESS_TOKEN Token, BOOLEAN CopyOnOpen, BOOLEAN EffectiveOnly,
                                   SECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    PACCESS_TOKEN was;

    if (Token)
        ObfReferenceObject(Token);
    sched_lock(&tokens);
    was = Thread->token;
    Thread->token = Token;
    Thread->token_copy_on_open = CopyOnOpen;
    Thread->token_effective_only = EffectiveOnly;
    Thread->token_level = (UCHAR)ImpersonationLevel;
    sched_unlock(&tokens);
    if (was)
        ObfDereferenceObject(was);
    return STATUS_SUCCESS;
}

VOID NTAPI PsRevertToSelf(VOID)
{
    PsImpersonateClient(ps_current(), NULL, FALSE, FALSE, SecurityAnonymous);
}
