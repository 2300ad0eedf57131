/* Security descriptors: making, setting and reading the absolute form; reading either form (EXE-422). */
#include "se_private.h"

static bool relative(PSECURITY_DESCRIPTOR descriptor)
{
    return se_has(descriptor, SE_SELF_RELATIVE);
}

static bool readable(PSECURITY_DESCRIPTOR descriptor)
{
    return ((PISECURITY_DESCRIPTOR)descriptor)->Revision == SECURITY_DESCRIPTOR_REVISION;
}

/* A part's pointer is at `absolute` in one form, its offset at `offset` in the other; offset 0: there is none. */
static PVOID part(PSECURITY_DESCRIPTOR descriptor, SIZE_T absolute, SIZE_T offset)
{
    PUCHAR base = descriptor;
    ULONG at;

    if (!relative(descriptor))
        return *(PVOID *)(base + absolute);
    at = *(PULONG)(base + offset);
    return at ? base + at : NULL;
}
#define PART(descriptor, name)                                                                                         \
    part(descriptor, FIELD_OFFSET(SECURITY_DESCRIPTOR, name), FIELD_OFFSET(SECURITY_DESCRIPTOR_RELATIVE, name))

PSID se_owner(PSECURITY_DESCRIPTOR descriptor)
{
    return PART(descriptor, Owner);
}

PSID se_group(PSECURITY_DESCRIPTOR descriptor)
{
    return PART(descriptor, Group);
}

PACL se_dacl(PSECURITY_DESCRIPTOR descriptor)
{
    return se_has(descriptor, SE_DACL_PRESENT) ? PART(descriptor, Dacl) : NULL;
}

PACL se_sacl(PSECURITY_DESCRIPTOR descriptor)
{
    return se_has(descriptor, SE_SACL_PRESENT) ? PART(descriptor, Sacl) : NULL;
}

NTSTATUS NTAPI RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision)
{
    if (Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    *(PISECURITY_DESCRIPTOR)SecurityDescriptor = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION};
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    PSID owner, group;
    PACL dacl, sacl;

    if (!SecurityDescriptor || !readable(SecurityDescriptor))
        return FALSE;
    owner = se_owner(SecurityDescriptor);
    group = se_group(SecurityDescriptor);
    dacl = se_dacl(SecurityDescriptor);
    sacl = se_sacl(SecurityDescriptor);
    return (!owner || RtlValidSid(owner)) && (!group || RtlValidSid(group)) && (!dacl || RtlValidAcl(dacl)) && (!sacl || RtlValidAcl(sacl));
}

ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    PSID owner = se_owner(SecurityDescriptor), group = se_group(SecurityDescriptor);
    PACL dacl = se_dacl(SecurityDescriptor), sacl = se_sacl(SecurityDescriptor);
    ULONG bytes = relative(SecurityDescriptor) ? (ULONG)sizeof(SECURITY_DESCRIPTOR_RELATIVE) : (ULONG)sizeof(SECURITY_DESCRIPTOR);

    bytes += owner ? se_aligned(RtlLengthSid(owner)) : 0;
    bytes += group ? se_aligned(RtlLengthSid(group)) : 0;
    bytes += dacl ? se_aligned(dacl->AclSize) : 0;
    bytes += sacl ? se_aligned(sacl->AclSize) : 0;
    return bytes;
}

/* ---- setting: only the absolute form ---- */
#define DEFAULTED(present_bit) ((USHORT)((present_bit) << 1))
_Static_assert(DEFAULTED(SE_DACL_PRESENT) == SE_DACL_DEFAULTED && DEFAULTED(SE_SACL_PRESENT) == SE_SACL_DEFAULTED, "the bits lie side by side");

static NTSTATUS settable(PSECURITY_DESCRIPTOR descriptor)
{
    if (!readable(descriptor))
        return STATUS_UNKNOWN_REVISION;
    return relative(descriptor) ? STATUS_INVALID_SECURITY_DESCR : STATUS_SUCCESS;
}

static void set_control(PISECURITY_DESCRIPTOR d, USHORT bit, bool on)
{
    d->Control = (USHORT)(on ? d->Control | bit : d->Control & ~bit);
}

/* Present with list NULL: all is allowed. Without present the pointer stays as it was, unread. */
static NTSTATUS set_list(PISECURITY_DESCRIPTOR d, PACL *at, USHORT present_bit, BOOLEAN present, PACL list, BOOLEAN defaulted)
{
    NTSTATUS status = settable(d);

    if (!NT_SUCCESS(status))
        return status;
    set_control(d, present_bit, present);
    if (present) {
        *at = list;
        set_control(d, DEFAULTED(present_bit), defaulted);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS set_sid(PISECURITY_DESCRIPTOR d, PSID *at, PSID sid, USHORT defaulted_bit, BOOLEAN defaulted)
{
    NTSTATUS status = settable(d);

    if (!NT_SUCCESS(status))
        return status;
    *at = sid;
    set_control(d, defaulted_bit, defaulted);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN DaclPresent, PACL Dacl, BOOLEAN DaclDefaulted)
{
    PISECURITY_DESCRIPTOR d = SecurityDescriptor;

    return set_list(d, &d->Dacl, SE_DACL_PRESENT, DaclPresent, Dacl, DaclDefaulted);
}

NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN SaclPresent, PACL Sacl, BOOLEAN SaclDefaulted)
{
    PISECURITY_DESCRIPTOR d = SecurityDescriptor;

    return set_list(d, &d->Sacl, SE_SACL_PRESENT, SaclPresent, Sacl, SaclDefaulted);
}

NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner, BOOLEAN OwnerDefaulted)
{
    PISECURITY_DESCRIPTOR d = SecurityDescriptor;

    return set_sid(d, &d->Owner, Owner, SE_OWNER_DEFAULTED, OwnerDefaulted);
}

NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group, BOOLEAN GroupDefaulted)
{
    PISECURITY_DESCRIPTOR d = SecurityDescriptor;

    return set_sid(d, &d->Group, Group, SE_GROUP_DEFAULTED, GroupDefaulted);
}

/* ---- reading: either form ---- */
/* Without a list the other two results are not written. */
static NTSTATUS get_list(PSECURITY_DESCRIPTOR d, USHORT present_bit, PACL value, PBOOLEAN present, PACL *list, PBOOLEAN defaulted)
{
    *present = se_has(d, present_bit);
    if (*present) {
        *list = value;
        *defaulted = se_has(d, DEFAULTED(present_bit));
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN DaclPresent, PACL *Dacl, PBOOLEAN DaclDefaulted)
{
    if (!readable(SecurityDescriptor))
        return STATUS_UNKNOWN_REVISION;
    return get_list(SecurityDescriptor, SE_DACL_PRESENT, se_dacl(SecurityDescriptor), DaclPresent, Dacl, DaclDefaulted);
}

NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN SaclPresent, PACL *Sacl, PBOOLEAN SaclDefaulted)
{
    if (!readable(SecurityDescriptor))
        return STATUS_UNKNOWN_REVISION;
    return get_list(SecurityDescriptor, SE_SACL_PRESENT, se_sacl(SecurityDescriptor), SaclPresent, Sacl, SaclDefaulted);
}

NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner, PBOOLEAN OwnerDefaulted)
{
    if (!readable(SecurityDescriptor))
        return STATUS_UNKNOWN_REVISION;
    *Owner = se_owner(SecurityDescriptor);
    *OwnerDefaulted = se_has(SecurityDescriptor, SE_OWNER_DEFAULTED);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group, PBOOLEAN GroupDefaulted)
{
    if (!readable(SecurityDescriptor))
        return STATUS_UNKNOWN_REVISION;
    *Group = se_group(SecurityDescriptor);
    *GroupDefaulted = se_has(SecurityDescriptor, SE_GROUP_DEFAULTED);
    return STATUS_SUCCESS;
}
