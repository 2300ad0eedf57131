/* Cached security descriptors (WSK-057, WSK-058, WSK-070, WSK-097), and whom they let share an address (WSK-095). A client's pointer is
 * looked for among those that were given out, and never followed before it was found.
 *
 * A descriptor counts the client's references and the sockets'; it goes with the last of both. The lock is a leaf. */
#include "netio/wsk/wsk_private.h"

#define TAG_SD  0x446B7357 /* "WskD" */
#define SHARING FILE_WRITE_DATA /* [W] the right that a second socket needs; generic rights are mapped as a file's */

struct wsk_sd {
    LIST_ENTRY link;
    ULONG given, held; /* references of clients, of sockets */
    UCHAR descriptor[] __attribute__((aligned(8))); /* self-relative; its address is what clients know it by */
};
static LIST_ENTRY cached = {&cached, &cached};
static struct sched_lock cached_lock;

static KIRQL lock(void)
{
    KIRQL irql = ke_raise_to_dispatch();

    sched_lock(&cached_lock);
    return irql;
}

static void unlock(KIRQL irql)
{
    sched_unlock(&cached_lock);
    ke_lower(irql);
}

/* Lock held. */
static struct wsk_sd *find(const void *descriptor)
{
    for (PLIST_ENTRY e = cached.Flink; e != &cached; e = e->Flink) {
        struct wsk_sd *sd = CONTAINING_RECORD(e, struct wsk_sd, link);

        if (sd->descriptor == descriptor)
            return sd->given ? sd : NULL;
    }
    return NULL;
}

/* From nonpaged pool, as all that sockets need: they come and go at DISPATCH_LEVEL. */
static NTSTATUS copy(PSECURITY_DESCRIPTOR from, struct wsk_sd **out)
{
    bool relative = ((SECURITY_DESCRIPTOR *)from)->Control & SE_SELF_RELATIVE;
    ULONG bytes = 0;
    NTSTATUS status = STATUS_SUCCESS;
    struct wsk_sd *sd;

    if (relative)
        bytes = RtlLengthSecurityDescriptor(from);
    else
        (void)RtlAbsoluteToSelfRelativeSD(from, NULL, &bytes);
    sd = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*sd) + bytes, TAG_SD);
    if (!sd)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (relative)
        __builtin_memcpy(sd->descriptor, from, bytes);
    else
        status = RtlAbsoluteToSelfRelativeSD(from, sd->descriptor, &bytes);
    if (status)
        ExFreePoolWithTag(sd, TAG_SD);
    else
        *out = sd;
    return status;
}

NTSTATUS wsk_sd_cache(SIZE_T in_bytes, const void *in, SIZE_T out_bytes, void *out)
{
    PSECURITY_DESCRIPTOR from = in && in_bytes == sizeof(from) ? *(const PSECURITY_DESCRIPTOR *)in : NULL;
    struct wsk_sd *sd;
    NTSTATUS status;
    KIRQL irql;

    if (!from || !out || out_bytes != sizeof(from))
        return STATUS_INVALID_PARAMETER;
    if (!RtlValidSecurityDescriptor(from))
        return STATUS_INVALID_SECURITY_DESCR;
    status = copy(from, &sd);
    if (status)
        return status;
    sd->given = 1;
    irql = lock();
    InsertTailList(&cached, &sd->link);
    unlock(irql);
    *(PSECURITY_DESCRIPTOR *)out = sd->descriptor;
    return STATUS_SUCCESS;
}

/* A socket's reference. */
static void let_go(struct wsk_sd *sd)
{
    KIRQL irql = lock();
    bool last = --sd->held == 0 && !sd->given;

    if (last)
        RemoveEntryList(&sd->link);
    unlock(irql);
    if (last)
        ExFreePoolWithTag(sd, TAG_SD);
}

NTSTATUS wsk_sd_release(SIZE_T in_bytes, const void *in)
{
    const void *descriptor = in && in_bytes == sizeof(descriptor) ? *(const void *const *)in : NULL;
    struct wsk_sd *sd, *last = NULL;
    KIRQL irql;

    if (!descriptor)
        return STATUS_INVALID_PARAMETER;
    irql = lock();
    sd = find(descriptor);
    if (sd && --sd->given == 0 && !sd->held) {
        RemoveEntryList(&sd->link);
        last = sd;
    }
    unlock(irql);
    if (last)
        ExFreePoolWithTag(last, TAG_SD);
    if (sd)
        return STATUS_SUCCESS;
    guest_finding("WSK-070", "WSK_RELEASE_SD: %p is no descriptor of WSK_CACHE_SD, or was released before", descriptor);
    return STATUS_INVALID_PARAMETER;
}

/* With a reference of a socket; NULL and a finding when it is none of ours. */
static struct wsk_sd *hold(const void *descriptor)
{
    KIRQL irql = lock();
    struct wsk_sd *sd = find(descriptor);

    if (sd)
        sd->held++;
    unlock(irql);
    if (!sd)
        guest_finding("WSK-070", "a socket is given the security descriptor %p, which is none of WSK_CACHE_SD, or was released before", descriptor);
    return sd;
}

NTSTATUS wsk_sd_apply(struct wsk_socket *s, SIZE_T in_bytes, const void *in)
{
    const void *descriptor = in && in_bytes == sizeof(descriptor) ? *(const void *const *)in : NULL;
    struct wsk_sd *sd = descriptor ? hold(descriptor) : NULL, *old = s->owner.sd;

    if (!sd)
        return STATUS_INVALID_PARAMETER;
    s->owner.sd = sd;
    if (old)
        let_go(old);
    return STATUS_SUCCESS;
}

/* The default descriptor is a real one, made the first time that somebody asks for it: an empty list, which lets nobody. */
static struct wsk_sd *default_sd(void)
{
    static struct wsk_sd *made;
    SECURITY_DESCRIPTOR empty;
    PSECURITY_DESCRIPTOR from = &empty, to;
    KIRQL irql;
    ACL none;

    if (!__atomic_load_n(&made, __ATOMIC_ACQUIRE)) {
        RtlCreateSecurityDescriptor(&empty, SECURITY_DESCRIPTOR_REVISION);
        RtlCreateAcl(&none, sizeof(none), ACL_REVISION);
        RtlSetDaclSecurityDescriptor(&empty, TRUE, &none, FALSE);
        if (wsk_sd_cache(sizeof(from), &from, sizeof(to), &to))
            return NULL;
        irql = lock();
        if (!made)
            made = find(to); /* its first reference stays ours; of two that were made at once one stays unused */
        unlock(irql);
    }
    return made;
}

NTSTATUS wsk_sd_query(struct wsk_socket *s, SIZE_T out_bytes, void *out, SIZE_T *returned)
{
    struct wsk_sd *sd = s->owner.sd ? s->owner.sd : default_sd();
    KIRQL irql;

    if (!out || out_bytes < sizeof(PSECURITY_DESCRIPTOR))
        return STATUS_BUFFER_TOO_SMALL;
    if (!sd)
        return STATUS_INSUFFICIENT_RESOURCES;
    irql = lock();
    sd->given++; /* WSK-097: the client's, for WSK_RELEASE_SD */
    unlock(irql);
    *(PSECURITY_DESCRIPTOR *)out = sd->descriptor;
    *returned = sizeof(PSECURITY_DESCRIPTOR);
    return STATUS_SUCCESS;
}

bool wsk_sd_lets(struct wsk_sd *sd, const struct wsk_owner *other)
{
    SECURITY_SUBJECT_CONTEXT subject = {0};
    BOOLEAN copy_on_open, effective_only, granted;
    ACCESS_MASK access;
    NTSTATUS status;

    if (!sd)
        return false;
    if (other->thread)
        subject.ClientToken = PsReferenceImpersonationToken(other->thread, &copy_on_open, &effective_only, &subject.ImpersonationLevel);
    subject.PrimaryToken = PsReferencePrimaryToken(other->process);
    granted = SeAccessCheck(sd->descriptor, &subject, FALSE, SHARING, 0, NULL, IoGetFileObjectGenericMapping(), UserMode, &access, &status);
    SeReleaseSubjectContext(&subject);
    return granted;
}

/* WSK-051: no process is the current one. */
NTSTATUS wsk_owner_set(struct wsk_socket *s, PEPROCESS process, PETHREAD thread, PSECURITY_DESCRIPTOR descriptor)
{
    if (descriptor) {
        s->owner.sd = hold(descriptor);
        if (!s->owner.sd)
            return STATUS_INVALID_PARAMETER;
    }
    s->owner.process = process ? process : PsGetCurrentProcess();
    ObReferenceObject(s->owner.process);
    s->owner.thread = thread;
    if (thread)
        ObReferenceObject(thread);
    return STATUS_SUCCESS;
}

void wsk_owner_drop(struct wsk_socket *s)
{
    wsk_share_end(s);
    if (s->owner.process)
        ObDereferenceObject(s->owner.process);
    if (s->owner.thread)
        ObDereferenceObject(s->owner.thread);
    if (s->owner.sd)
        let_go(s->owner.sd);
}
