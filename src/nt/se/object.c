/* The descriptor of an object: set and read by handle, and what an application's open of a device asks it (EXE-304, EXE-421). Devices have
 * one, in DEVICE_OBJECT.SecurityDescriptor, once somebody sets it; a file stands for its device. */
#include "se_private.h"
#include "ntifs.h"
#include "sched/sched.h"

static struct sched_lock lock; /* over every SecurityDescriptor; a leaf but for the pool */

static NTSTATUS device_of(HANDLE handle, PVOID *object, PDEVICE_OBJECT *device)
{
    NTSTATUS status = ob_handle_reference(handle, 0, NULL, KernelMode, object, NULL);

    if (!NT_SUCCESS(status))
        return status;
    if (ob_type_of(*object) == ob_device_type)
        *device = *object;
    else if (ob_type_of(*object) == ob_file_type)
        *device = ((PFILE_OBJECT)*object)->DeviceObject;
    else {
        ObfDereferenceObject(*object);
        return STATUS_NOT_SUPPORTED;
    }
    return STATUS_SUCCESS;
}

/* *out has the parts that `which` names from one, the others from the other; it points into both. */
static void merge(SECURITY_INFORMATION which, PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR others, SECURITY_DESCRIPTOR *out)
{
    PSECURITY_DESCRIPTOR dacl = which & DACL_SECURITY_INFORMATION ? from : others;
    PSECURITY_DESCRIPTOR sacl = which & (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION) ? from : others;
    PSECURITY_DESCRIPTOR owner = which & OWNER_SECURITY_INFORMATION ? from : others, group = which & GROUP_SECURITY_INFORMATION ? from : others;

    *out = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION};
    out->Owner = owner ? se_owner(owner) : NULL;
    out->Group = group ? se_group(group) : NULL;
    if (dacl) {
        out->Dacl = se_dacl(dacl);
        out->Control |= ((PISECURITY_DESCRIPTOR)dacl)->Control & (SE_DACL_PRESENT | SE_DACL_PROTECTED | SE_DACL_AUTO_INHERITED);
    }
    if (sacl) {
        out->Sacl = se_sacl(sacl);
        out->Control |= ((PISECURITY_DESCRIPTOR)sacl)->Control & (SE_SACL_PRESENT | SE_SACL_PROTECTED | SE_SACL_AUTO_INHERITED);
    }
}

NTSTATUS NTAPI ZwSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation, PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    PSECURITY_DESCRIPTOR made = NULL, was = NULL;
    SECURITY_DESCRIPTOR merged;
    PDEVICE_OBJECT device;
    PVOID object;
    NTSTATUS status;

    if (!SecurityDescriptor)
        return STATUS_ACCESS_VIOLATION;
    if (!RtlValidSecurityDescriptor(SecurityDescriptor))
        return STATUS_INVALID_SECURITY_DESCR;
    status = device_of(Handle, &object, &device);
    if (!NT_SUCCESS(status))
        return status;
    sched_lock(&lock);
    merge(SecurityInformation, SecurityDescriptor, device->SecurityDescriptor, &merged);
    status = se_copy_descriptor(&merged, &made);
    if (NT_SUCCESS(status)) {
        was = device->SecurityDescriptor;
        device->SecurityDescriptor = made;
    }
    sched_unlock(&lock);
    if (was)
        ExFreePool(was);
    ObfDereferenceObject(object);
    return status;
}

NTSTATUS NTAPI ZwQuerySecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation, PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Length,
                                     PULONG LengthNeeded)
{
    PSECURITY_DESCRIPTOR made = NULL;
    SECURITY_DESCRIPTOR wanted;
    PDEVICE_OBJECT device;
    PVOID object;
    NTSTATUS status = device_of(Handle, &object, &device);

    if (!NT_SUCCESS(status))
        return status;
    sched_lock(&lock);
    merge(SecurityInformation, device->SecurityDescriptor, NULL, &wanted);
    status = se_copy_descriptor(&wanted, &made);
    sched_unlock(&lock);
    if (NT_SUCCESS(status)) {
        *LengthNeeded = RtlLengthSecurityDescriptor(made);
        if (*LengthNeeded > Length)
            status = STATUS_BUFFER_TOO_SMALL;
        else
            __builtin_memcpy(SecurityDescriptor, made, *LengthNeeded);
        ExFreePool(made);
    }
    ObfDereferenceObject(object);
    return status;
}

/* A name below the device is the driver's own name space: its to protect, unless the device says FILE_DEVICE_SECURE_OPEN. */
NTSTATUS se_check_open(PDEVICE_OBJECT device, bool below, ACCESS_MASK *access)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    SECURITY_SUBJECT_CONTEXT subject;
    NTSTATUS status = STATUS_SUCCESS;
    ACCESS_MASK granted;

    if (below && !(device->Characteristics & FILE_DEVICE_SECURE_OPEN))
        return STATUS_SUCCESS;
    sched_lock(&lock);
    if (device->SecurityDescriptor)
        status = se_copy_descriptor(device->SecurityDescriptor, &descriptor);
    sched_unlock(&lock);
    if (!descriptor)
        return status;
    SeCaptureSubjectContext(&subject);
    if (SeAccessCheck(descriptor, &subject, FALSE, *access, 0, NULL, IoGetFileObjectGenericMapping(), UserMode, &granted, &status)) {
        *access = granted;
        status = STATUS_SUCCESS;
    }
    SeReleaseSubjectContext(&subject);
    ExFreePool(descriptor);
    return status;
}
