/* Inside src/nt/se. No locks: a token does not change once it is made but for its privileges, which change one at a time. */
#ifndef WK_SE_PRIVATE_H
#define WK_SE_PRIVATE_H

#include "base/assert.h"
#include "base/err.h"
#include "ddi/guest.h"
#include "nt/ob/ob.h"
#include "se.h"

#define SE_TAG 'eSkW'

#define SE_GROUPS_MOST 12

struct se_token {
    TOKEN_TYPE type;
    SECURITY_IMPERSONATION_LEVEL level; /* of an impersonation token */
    LUID id, authentication, modified;
    SID_AND_ATTRIBUTES user;            /* all SIDs are the exports' or constants: nothing to free */
    SID_AND_ATTRIBUTES groups[SE_GROUPS_MOST];
    ULONG group_count;
    PSID integrity, owner, primary_group;
    ULONG64 held, enabled;              /* privileges, a bit for each number */
    ULONG session;
    bool elevated;
    UCHAR default_dacl[96];
};

static inline bool se_token_has(const struct se_token *token, ULONG privilege)
{
    return __atomic_load_n(&token->enabled, __ATOMIC_RELAXED) >> privilege & 1;
}
/* Is sid in it, as user or group? For a deny ACE those that are "use for deny only" count too. */
bool se_token_is(const struct se_token *token, PSID sid, bool deny);

PACCESS_TOKEN se_effective(PSECURITY_SUBJECT_CONTEXT subject); /* the client's, else the primary one */
LUID se_new_luid(void);

/* Parts of a descriptor of either form; NULL for those that are not there. */
PSID se_owner(PSECURITY_DESCRIPTOR descriptor);
PSID se_group(PSECURITY_DESCRIPTOR descriptor);
PACL se_dacl(PSECURITY_DESCRIPTOR descriptor);
PACL se_sacl(PSECURITY_DESCRIPTOR descriptor);
static inline bool se_has(PSECURITY_DESCRIPTOR descriptor, USHORT control)
{
    return ((PISECURITY_DESCRIPTOR)descriptor)->Control & control;
}
static inline ULONG se_aligned(ULONG bytes)
{
    return (bytes + 3) & ~3u;
}
/* A self-relative copy in paged pool, of either form; *copy is NULL for NULL. */
NTSTATUS se_copy_descriptor(PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR *copy);
/* Is there a valid SID that ends within bytes? */
bool se_sid_fits(PSID sid, ULONG bytes);
PACE_HEADER se_first_ace(PACL acl);
PACE_HEADER se_next_ace(PACE_HEADER ace);
static inline PSID se_ace_sid(PACE_HEADER ace)
{
    return &((PACCESS_ALLOWED_ACE)ace)->SidStart;
}

#endif
