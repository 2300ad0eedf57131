/* Security descriptors: making, setting and reading the absolute form; reading either form (EXE-422). */
#include "se_private.h"

static bool relative(PSECURITY_DESCRIPTOR descriptor)
{
    return ((PISECURITY_DESCRIPTOR)descriptor)->Control & SE_SELF_RELATIVE;
}

/* Offset 0: there is none. */
static PVOID at(PSECURITY_DESCRIPTOR descriptor, ULONG offset)
{
    return offset ? (PUCHAR)descriptor + offset : NULL;
}

PSID se_owner(PSECURITY_DESCRIPTOR descriptor)
{
    return relative(descriptor) ? at(descriptor, ((PISECURITY_DESCRIPTOR_RELATIVE)descriptor)->Owner) : ((PISECURITY_DESCRIPTOR)descriptor)->Owner;
}

PSID se_group(PSECURITY_DESCRIPTOR descriptor)
{
    return relative(descriptor) ? at(descriptor, ((PISECURITY_DESCRIPTOR_RELATIVE)descriptor)->Group) : ((PISECURITY_DESCRIPTOR)descriptor)->Group;
}

PACL se_dacl(PSECURITY_DESCRIPTOR descriptor, bool *present)
{
    *present = ((PISECURITY_DESCRIPTOR)descriptor)->Control & SE_DACL_PRESENT;
    if (!*present)
        return NULL;
    return relative(descriptor) ? at(descriptor, ((PISECURITY_DESCRIPTOR_RELATIVE)descriptor)->Dacl) : ((PISECURITY_DESCRIPTOR)descriptor)->Dacl;
}

PACL se_sacl(PSECURITY_DESCRIPTOR descriptor, bool *present)
{
    *present = ((PISECURITY_DESCRIPTOR)descriptor)->Control & SE_SACL_PRESENT;
    if (!*present)
        return NULL;
    return relative(descriptor) ? at(descriptor, ((PISECURITY_DESCRIPTOR_RELATIVE)descriptor)->Sacl) : ((PISECURITY_DESCRIPTOR)descriptor)->Sacl;
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
    bool present;
    PSID owner, group;
    PACL dacl, sacl;

    if (!SecurityDescriptor || ((PISECURITY_DESCRIPTOR)SecurityDescriptor)->Revision != SECURITY_DESCRIPTOR_REVISION)
        return FALSE;
    owner = se_owner(SecurityDescriptor);
    group = se_group(SecurityDescriptor);
    dacl = se_dacl(SecurityDescriptor, &present);
    sacl = se_sacl(SecurityDescriptor, &present);
    return (!owner || RtlValidSid(owner)) && (!group || RtlValidSid(group)) && (!dacl || RtlValidAcl(dacl)) && (!sacl || RtlValidAcl(sacl));
}

static ULONG aligned(ULONG bytes)
{
    return (bytes + 3) & ~3u;
}

ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    PSID owner = se_owner(SecurityDescriptor), group = se_group(SecurityDescriptor);
    bool present;
    PACL dacl = se_dacl(SecurityDescriptor, &present), sacl = se_sacl(SecurityDescriptor, &present);
    ULONG bytes = relative(SecurityDescriptor) ? (ULONG)sizeof(SECURITY_DESCRIPTOR_RELATIVE) : (ULONG)sizeof(SECURITY_DESCRIPTOR);

    bytes += owner ? aligned(RtlLengthSid(owner)) : 0;
    bytes += group ? aligned(RtlLengthSid(group)) : 0;
    bytes += dacl ? aligned(dacl->AclSize) : 0;
    bytes += sacl ? aligned(sacl->AclSize) : 0;
    return bytes;
}

/* ---- setting: only the absolute form ---- */
static NTSTATUS settable(PSECURITY_DESCRIPTOR descriptor)
{
    if (((PISECURITY_DESCRIPTOR)descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    return relative(descriptor) ? STATUS_INVALID_SECURITY_DESCR : STATUS_SUCCESS;
}

static void set_control(PISECURITY_DESCRIPTOR d, USHORT bit, bool on)
{
    d->Control = (USHORT)(on ? d->Control | bit : d->Control & ~bit);
}

/* DaclPresent with Dacl NULL: all is allowed. Without DaclPresent the pointer stays as it was, unread. */
NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN DaclPresent, PACL Dacl, BOOLEAN DaclDefaulted)
{
    PISECURITY_DESCRIPTOR d = SecurityDescriptor;
    NTSTATUS status = settable(SecurityDescriptor);

    if (!NT_SUCCESS(status))
        return status;
    set_control(d, SE_DACL_PRESENT, DaclPresent);
    if (DaclPresent) {
        d->Dacl = Dacl;
        set_control(d, SE_DACL_DEFAULTED, DaclDefaulted);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN SaclPresent, PACL Sacl, BOOLEAN SaclDefaulted)
{
    PISECURITY_DESCRIPTOR d = SecurityDescriptor;
    NTSTATUS status = settable(SecurityDescriptor);

    if (!NT_SUCCESS(status))
        return status;
    set_control(d, SE_SACL_PRESENT, SaclPresent);
    if (SaclPresent) {
        d->Sacl = Sacl;
        set_control(d, SE_SACL_DEFAULTED, SaclDefaulted);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner, BOOLEAN OwnerDefaulted)
{
    PISECURITY_DESCRIPTOR d = SecurityDescriptor;
    NTSTATUS status = settable(SecurityDescriptor);

    if (!NT_SUCCESS(status))
        return status;
    d->Owner = Owner;
    set_control(d, SE_OWNER_DEFAULTED, OwnerDefaulted);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group, BOOLEAN GroupDefaulted)
{
    PISECURITY_DESCRIPTOR d = SecurityDescriptor;
    NTSTATUS status = settable(SecurityDescriptor);

    if (!NT_SUCCESS(status))
        return status;
    d->Group = Group;
    set_control(d, SE_GROUP_DEFAULTED, GroupDefaulted);
    return STATUS_SUCCESS;
}

/* ---- reading: either form ---- */
static NTSTATUS readable(PSECURITY_DESCRIPTOR descriptor)
{
    return ((PISECURITY_DESCRIPTOR)descriptor)->Revision == SECURITY_DESCRIPTOR_REVISION ? STATUS_SUCCESS : STATUS_UNKNOWN_REVISION;
}

static BOOLEAN control(PSECURITY_DESCRIPTOR descriptor, USHORT bit)
{
    return (((PISECURITY_DESCRIPTOR)descriptor)->Control & bit) != 0;
}

/* Without a list the other two results are not written. */
NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN DaclPresent, PACL *Dacl, PBOOLEAN DaclDefaulted)
{
    NTSTATUS status = readable(SecurityDescriptor);
    bool present;

    if (!NT_SUCCESS(status))
        return status;
    *DaclPresent = control(SecurityDescriptor, SE_DACL_PRESENT);
    if (*DaclPresent) {
        *Dacl = se_dacl(SecurityDescriptor, &present);
        *DaclDefaulted = control(SecurityDescriptor, SE_DACL_DEFAULTED);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN SaclPresent, PACL *Sacl, PBOOLEAN SaclDefaulted)
{
    NTSTATUS status = readable(SecurityDescriptor);
    bool present;

    if (!NT_SUCCESS(status))
        return status;
    *SaclPresent = control(SecurityDescriptor, SE_SACL_PRESENT);
    if (*SaclPresent) {
        *Sacl = se_sacl(SecurityDescriptor, &present);
        *SaclDefaulted = control(SecurityDescriptor, SE_SACL_DEFAULTED);
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner, PBOOLEAN OwnerDefaulted)
{
    NTSTATUS status = readable(SecurityDescriptor);

    if (!NT_SUCCESS(status))
        return status;
    *Owner = se_owner(SecurityDescriptor);
    *OwnerDefaulted = control(SecurityDescriptor, SE_OWNER_DEFAULTED);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group, PBOOLEAN GroupDefaulted)
{
    NTSTATUS status = readable(SecurityDescriptor);

    if (!NT_SUCCESS(status))
        return status;
    *Group = se_group(SecurityDescriptor);
    *GroupDefaulted = control(SecurityDescriptor, SE_GROUP_DEFAULTED);
    return STATUS_SUCCESS;
}
