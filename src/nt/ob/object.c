/* Objects: memory, references, deletion (EXE-400). Counting takes no lock. The last reference at PASSIVE_LEVEL deletes at once, higher
 * up in a work item (EXE-400). */
#include "ob_private.h"

PVOID ob_allocate(POBJECT_TYPE type, SIZE_T bytes)
{
    struct ob_header *h = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*h) + bytes, OB_TAG);

    if (!h)
        return NULL;
    h->magic = OB_ALIVE;
    h->type = type;
    h->references = 1;
    __atomic_fetch_add(&type->count, 1, __ATOMIC_RELAXED);
    return h + 1;
}

void ob_format(PVOID body, POBJECT_TYPE type)
{
    *ob_header(body) = (struct ob_header){.magic = OB_ALIVE, .type = type, .references = 0x40000000};
}

POBJECT_TYPE ob_type_of(PVOID object)
{
    return ob_header(object)->type;
}

bool ob_is_object(PVOID object)
{
    return object && ((ULONG_PTR)object & 15) == 0 && ob_number(object) >= MmUserProbeAddress && MmIsAddressValid(ob_header(object)) &&
           ob_header(object)->magic == OB_ALIVE;
}

LONG64 ob_reference_count(PVOID object)
{
    return __atomic_load_n(&ob_header(object)->references, __ATOMIC_RELAXED);
}

static void delete_object(PVOID object)
{
    struct ob_header *h = ob_header(object);

    ob_remove(object);
    if (h->type->destroy)
        h->type->destroy(object);
    __atomic_fetch_sub(&h->type->count, 1, __ATOMIC_RELAXED);
    h->magic = OB_DEAD;
    ExFreePoolWithTag(h, OB_TAG);
}

static VOID NTAPI delete_later(PVOID object)
{
    delete_object(object);
}

static void last_reference(PVOID object, bool later)
{
    struct ob_header *h = ob_header(object);

    if (!later && ob_irql() == PASSIVE_LEVEL) {
        delete_object(object);
        return;
    }
    h->deferred = 1;
    ExInitializeWorkItem(&h->work, delete_later, object);
    ExQueueWorkItem(&h->work, CriticalWorkQueue);
}

static __attribute__((noinline, cold)) void bad_object(PVOID object, const char *what)
{
    ULONG64 type = 0, count = 0;

    if (ob_is_object(object)) {
        type = ob_number(ob_header(object)->type);
        count = (ULONG64)ob_reference_count(object);
    }
    guest_bugcheck(0x18, type, ob_number(object), type ? 2 : 1, count, "%s of %p, %s", what, object,
                   type ? "which has no reference left" : "which is no object (or one that was deleted)"); /* EXE-747 */
}

static inline bool alive(PVOID object)
{
    return __builtin_expect(object != NULL, 1) && __builtin_expect(ob_header(object)->magic == OB_ALIVE, 1);
}

bool ob_try_reference(PVOID object)
{
    struct ob_header *h = ob_header(object);
    LONG64 old = __atomic_load_n(&h->references, __ATOMIC_RELAXED);

    while (old > 0)
        if (__atomic_compare_exchange_n(&h->references, &old, old + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
    return false;
}

LONG_PTR FASTCALL ObfReferenceObject(PVOID Object)
{
    LONG64 now;

    if (!alive(Object))
        bad_object(Object, "ObReferenceObject");
    now = __atomic_add_fetch(&ob_header(Object)->references, 1, __ATOMIC_RELAXED);
    if (__builtin_expect(now <= 1, 0))
        bad_object(Object, "ObReferenceObject");
    return now;
}

static inline LONG_PTR drop(PVOID object, bool later)
{
    LONG64 now;

    if (!alive(object))
        bad_object(object, "ObDereferenceObject");
    now = __atomic_sub_fetch(&ob_header(object)->references, 1, __ATOMIC_ACQ_REL);
    if (__builtin_expect(now < 0, 0))
        bad_object(object, "ObDereferenceObject");
    if (now == 0)
        last_reference(object, later);
    return now;
}

LONG_PTR FASTCALL ObfDereferenceObject(PVOID Object)
{
    return drop(Object, false);
}

LONG_PTR FASTCALL ObfReferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    return ObfReferenceObject(Object);
}

LONG_PTR FASTCALL ObfDereferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    return drop(Object, false);
}

VOID NTAPI ObDereferenceObjectDeferDelete(PVOID Object)
{
    drop(Object, true);
}

VOID NTAPI ObDereferenceObjectDeferDeleteWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    drop(Object, true);
}

BOOLEAN NTAPI ObReferenceObjectSafe(PVOID Object)
{
    return alive(Object) && ob_try_reference(Object);
}

/* EXE-404: access is not looked at, KernelMode or UserMode. */
NTSTATUS NTAPI ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode)
{
    (void)DesiredAccess;
    if (!alive(Object))
        bad_object(Object, "ObReferenceObjectByPointer");
    if (ob_header(Object)->type != ObjectType && (AccessMode != KernelMode || ObjectType))
        return STATUS_OBJECT_TYPE_MISMATCH;
    ObfReferenceObject(Object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ObReferenceObjectByPointerWithTag(PVOID Object, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                                 ULONG Tag)
{
    (void)Tag;
    return ObReferenceObjectByPointer(Object, DesiredAccess, ObjectType, AccessMode);
}
