/* Security identifiers (EXE-422): their bytes and their text. */
#include "se_private.h"

#define HEAD ((ULONG)FIELD_OFFSET(SID, SubAuthority))

ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount)
{
    return HEAD + SubAuthorityCount * (ULONG)sizeof(ULONG);
}

NTSTATUS NTAPI RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority, UCHAR SubAuthorityCount)
{
    PISID sid = Sid;

    if (SubAuthorityCount > SID_MAX_SUB_AUTHORITIES)
        return STATUS_INVALID_PARAMETER;
    sid->Revision = SID_REVISION;
    sid->SubAuthorityCount = SubAuthorityCount;
    sid->IdentifierAuthority = *IdentifierAuthority;
    return STATUS_SUCCESS; /* the sub-authorities are the caller's to set */
}

PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority)
{
    return &((PISID)Sid)->SubAuthority[SubAuthority];
}

PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid)
{
    return &((PISID)Sid)->SubAuthorityCount;
}

ULONG NTAPI RtlLengthSid(PSID Sid)
{
    return RtlLengthRequiredSid(((PISID)Sid)->SubAuthorityCount);
}

BOOLEAN NTAPI RtlValidSid(PSID Sid)
{
    PISID sid = Sid;

    return sid && sid->Revision == SID_REVISION && sid->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

bool se_sid_fits(PSID sid, ULONG bytes)
{
    return bytes >= HEAD && RtlValidSid(sid) && RtlLengthSid(sid) <= bytes;
}

BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2)
{
    PISID a = Sid1, b = Sid2;

    return a->Revision == b->Revision && a->SubAuthorityCount == b->SubAuthorityCount && __builtin_memcmp(a, b, RtlLengthSid(a)) == 0;
}

/* All but the last sub-authority; those without any are compared by their authority. */
BOOLEAN NTAPI RtlEqualPrefixSid(PSID Sid1, PSID Sid2)
{
    PISID a = Sid1, b = Sid2;

    if (a->Revision != b->Revision || a->SubAuthorityCount != b->SubAuthorityCount)
        return FALSE;
    return __builtin_memcmp(a, b, RtlLengthRequiredSid(a->SubAuthorityCount ? a->SubAuthorityCount - 1u : 0)) == 0;
}

NTSTATUS NTAPI RtlCopySid(ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid)
{
    ULONG bytes = RtlLengthSid(SourceSid);

    if (bytes > DestinationSidLength)
        return STATUS_BUFFER_TOO_SMALL;
    __builtin_memmove(DestinationSid, SourceSid, bytes);
    return STATUS_SUCCESS;
}

/* ---- text: S-1-<authority>-<sub>..., the authority in hexadecimal when it needs more than 32 bits ---- */
static ULONG put_number(PWCH out, ULONG64 value, unsigned base)
{
    WCHAR digits[20];
    ULONG count = 0, n = 0;

    do {
        unsigned d = (unsigned)(value % base);

        digits[count++] = (WCHAR)(d < 10 ? '0' + d : 'a' + d - 10);
        value /= base;
    } while (value);
    while (count)
        out[n++] = digits[--count];
    return n;
}

static ULONG to_text(PISID sid, PWCH out)
{
    ULONG64 authority = 0;
    ULONG n = 0;

    out[n++] = 'S';
    out[n++] = '-';
    n += put_number(out + n, sid->Revision, 10);
    out[n++] = '-';
    for (unsigned i = 0; i < 6; i++)
        authority = authority << 8 | sid->IdentifierAuthority.Value[i];
    if (authority >> 32) {
        out[n++] = '0';
        out[n++] = 'x';
        for (int shift = 44; shift >= 0; shift -= 4) /* all twelve digits */
            n += put_number(out + n, authority >> shift & 15, 16);
    } else
        n += put_number(out + n, authority, 10);
    for (unsigned i = 0; i < sid->SubAuthorityCount; i++) {
        out[n++] = '-';
        n += put_number(out + n, sid->SubAuthority[i], 10);
    }
    return n;
}

NTSTATUS NTAPI RtlConvertSidToUnicodeString(PUNICODE_STRING UnicodeString, PSID Sid, BOOLEAN AllocateDestinationString)
{
    WCHAR text[24 + SID_MAX_SUB_AUTHORITIES * 11];
    ULONG bytes;

    if (!RtlValidSid(Sid))
        return STATUS_INVALID_SID;
    bytes = to_text(Sid, text) * (ULONG)sizeof(WCHAR);
    if (AllocateDestinationString) {
        UnicodeString->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, bytes + sizeof(WCHAR), SE_TAG);
        if (!UnicodeString->Buffer)
            return STATUS_NO_MEMORY;
        UnicodeString->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    } else if (bytes > UnicodeString->MaximumLength)
        return STATUS_BUFFER_OVERFLOW;
    UnicodeString->Length = (USHORT)bytes;
    __builtin_memcpy(UnicodeString->Buffer, text, bytes);
    if (bytes + sizeof(WCHAR) <= UnicodeString->MaximumLength)
        UnicodeString->Buffer[bytes / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}
