/* Self-relative security descriptors: checking, making, taking apart (EXE-422), and copies of what callers give. */
#include "se_private.h"

/* Where a part may begin and does: behind the head, on 4 bytes, within length. 0: there is none. */
static bool offset_fits(ULONG offset, ULONG length)
{
    return offset >= sizeof(SECURITY_DESCRIPTOR_RELATIVE) && offset < length && (offset & 3) == 0;
}

static bool sid_ok(PUCHAR base, ULONG offset, ULONG length, bool needed)
{
    return offset ? offset_fits(offset, length) && se_sid_fits(base + offset, length - offset) : !needed;
}

static bool acl_ok(PUCHAR base, ULONG offset, ULONG length, bool present, bool needed)
{
    PACL acl = (PACL)(base + offset);

    if (!present)
        return !needed;
    if (!offset)
        return true; /* a NULL list is one */
    return offset_fits(offset, length) && length - offset >= sizeof(*acl) && acl->AclSize <= length - offset && RtlValidAcl(acl);
}

BOOLEAN NTAPI RtlValidRelativeSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptorInput, ULONG SecurityDescriptorLength,
                                                 SECURITY_INFORMATION RequiredInformation)
{
    PISECURITY_DESCRIPTOR_RELATIVE d = SecurityDescriptorInput;
    PUCHAR base = SecurityDescriptorInput;

    return SecurityDescriptorLength >= sizeof(*d) && d->Revision == SECURITY_DESCRIPTOR_REVISION && d->Control & SE_SELF_RELATIVE &&
           sid_ok(base, d->Owner, SecurityDescriptorLength, RequiredInformation & OWNER_SECURITY_INFORMATION) &&
           sid_ok(base, d->Group, SecurityDescriptorLength, RequiredInformation & GROUP_SECURITY_INFORMATION) &&
           acl_ok(base, d->Dacl, SecurityDescriptorLength, d->Control & SE_DACL_PRESENT, RequiredInformation & DACL_SECURITY_INFORMATION) &&
           acl_ok(base, d->Sacl, SecurityDescriptorLength, d->Control & SE_SACL_PRESENT, RequiredInformation & SACL_SECURITY_INFORMATION);
}

/* The self-relative form only. */
BOOLEAN NTAPI SeValidSecurityDescriptor(ULONG Length, PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return RtlValidRelativeSecurityDescriptor(SecurityDescriptor, Length, 0);
}

static ULONG put(PUCHAR base, ULONG *end, const void *part, ULONG bytes)
{
    ULONG offset = *end;

    if (!part)
        return 0;
    __builtin_memcpy(base + offset, part, bytes);
    *end = offset + se_aligned(bytes);
    return offset;
}

static ULONG relative_length(PSECURITY_DESCRIPTOR from)
{
    ULONG head = se_has(from, SE_SELF_RELATIVE) ? 0 : (ULONG)(sizeof(SECURITY_DESCRIPTOR) - sizeof(SECURITY_DESCRIPTOR_RELATIVE));

    return RtlLengthSecurityDescriptor(from) - head;
}

/* Into relative_length() zeroed bytes. Windows' order: lists, then SIDs. */
static void make_relative(PSECURITY_DESCRIPTOR from, PISECURITY_DESCRIPTOR_RELATIVE to)
{
    PSID owner = se_owner(from), group = se_group(from);
    PACL sacl = se_sacl(from), dacl = se_dacl(from);
    PUCHAR base = (PUCHAR)to;
    ULONG end = sizeof(*to);

    to->Revision = SECURITY_DESCRIPTOR_REVISION;
    to->Sbz1 = ((PISECURITY_DESCRIPTOR)from)->Sbz1;
    to->Control = (USHORT)(((PISECURITY_DESCRIPTOR)from)->Control | SE_SELF_RELATIVE);
    to->Sacl = put(base, &end, sacl, sacl ? sacl->AclSize : 0);
    to->Dacl = put(base, &end, dacl, dacl ? dacl->AclSize : 0);
    to->Owner = put(base, &end, owner, owner ? RtlLengthSid(owner) : 0);
    to->Group = put(base, &end, group, group ? RtlLengthSid(group) : 0);
}

NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor, PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                           PULONG BufferLength)
{
    ULONG need;

    if (se_has(AbsoluteSecurityDescriptor, SE_SELF_RELATIVE))
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    need = relative_length(AbsoluteSecurityDescriptor);
    if (*BufferLength < need || !SelfRelativeSecurityDescriptor) {
        *BufferLength = need;
        return STATUS_BUFFER_TOO_SMALL;
    }
    *BufferLength = need;
    __builtin_memset(SelfRelativeSecurityDescriptor, 0, need);
    make_relative(AbsoluteSecurityDescriptor, SelfRelativeSecurityDescriptor);
    return STATUS_SUCCESS;
}

/* Each part into its buffer. Any too small: all sizes are told, nothing is written. */
NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor, PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                           PULONG AbsoluteSecurityDescriptorSize, PACL Dacl, PULONG DaclSize, PACL Sacl, PULONG SaclSize, PSID Owner,
                                           PULONG OwnerSize, PSID PrimaryGroup, PULONG PrimaryGroupSize)
{
    PSECURITY_DESCRIPTOR from = SelfRelativeSecurityDescriptor;
    PSID owner = se_owner(from), group = se_group(from);
    PACL sacl = se_sacl(from), dacl = se_dacl(from);
    ULONG need[5] = {sizeof(SECURITY_DESCRIPTOR), dacl ? dacl->AclSize : 0u, sacl ? sacl->AclSize : 0u, owner ? RtlLengthSid(owner) : 0,
                     group ? RtlLengthSid(group) : 0};
    PULONG have[5] = {AbsoluteSecurityDescriptorSize, DaclSize, SaclSize, OwnerSize, PrimaryGroupSize};
    PISECURITY_DESCRIPTOR to = AbsoluteSecurityDescriptor;
    bool small = false;

    if (!se_has(from, SE_SELF_RELATIVE))
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    for (int i = 0; i < 5; i++) {
        small = small || *have[i] < need[i];
        *have[i] = need[i];
    }
    if (small)
        return STATUS_BUFFER_TOO_SMALL;
    *to = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION,
                                .Sbz1 = ((PISECURITY_DESCRIPTOR)from)->Sbz1,
                                .Control = (USHORT)(((PISECURITY_DESCRIPTOR)from)->Control & ~SE_SELF_RELATIVE)};
    if (dacl)
        to->Dacl = __builtin_memcpy(Dacl, dacl, need[1]);
    if (sacl)
        to->Sacl = __builtin_memcpy(Sacl, sacl, need[2]);
    if (owner)
        to->Owner = __builtin_memcpy(Owner, owner, need[3]);
    if (group)
        to->Group = __builtin_memcpy(PrimaryGroup, group, need[4]);
    return STATUS_SUCCESS;
}

/* ---- copies ---- */
NTSTATUS se_copy_descriptor(PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR *copy)
{
    *copy = NULL;
    if (!from)
        return STATUS_SUCCESS;
    if (!RtlValidSecurityDescriptor(from))
        return STATUS_INVALID_SECURITY_DESCR;
    *copy = ExAllocatePool2(POOL_FLAG_PAGED, relative_length(from), SE_TAG);
    if (!*copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    make_relative(from, *copy);
    return STATUS_SUCCESS;
}

/* A kernel caller's own stays as it is unless it asks. */
NTSTATUS NTAPI SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR OriginalSecurityDescriptor, KPROCESSOR_MODE CurrentMode, POOL_TYPE PoolType,
                                           BOOLEAN CaptureIfKernel, PSECURITY_DESCRIPTOR *CapturedSecurityDescriptor)
{
    (void)PoolType;
    if (!OriginalSecurityDescriptor || (CurrentMode == KernelMode && !CaptureIfKernel)) {
        *CapturedSecurityDescriptor = OriginalSecurityDescriptor;
        return STATUS_SUCCESS;
    }
    if (CurrentMode != KernelMode)
        return STATUS_NOT_SUPPORTED;
    return se_copy_descriptor(OriginalSecurityDescriptor, CapturedSecurityDescriptor);
}

NTSTATUS NTAPI SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR CapturedSecurityDescriptor, KPROCESSOR_MODE CurrentMode, BOOLEAN CaptureIfKernel)
{
    if (CapturedSecurityDescriptor && (CurrentMode != KernelMode || CaptureIfKernel))
        ExFreePool(CapturedSecurityDescriptor);
    return STATUS_SUCCESS;
}
