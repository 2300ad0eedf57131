/* Callback objects (EXE-189): named objects with a list of routines, called in the order of their registration at the caller's IRQL.
 *
 * A registration that is being called is held by its `calls`; ExUnregisterCallback waits for them to end. The lock is never held
 * across a call. An OBJ_PERMANENT object has one more reference, for good: ObMakeTemporaryObject is not there. */
#include "base/err.h"
#include "ex_private.h"
#include "nt/ob/ob.h"

#define TAG_CALLBACK 0x62436E45 /* "EnCb" */

struct _CALLBACK_OBJECT {
    LIST_ENTRY registrations;
    BOOLEAN multiple, by_system;
};

struct registration {
    LIST_ENTRY entry;
    PCALLBACK_OBJECT object;
    PCALLBACK_FUNCTION function;
    PVOID context;
    ULONG calls;
    PKTHREAD caller; /* of the newest call, for the report of a wait for oneself */
    bool gone;       /* unregistered: stays on the list until `calls` is 0 */
    PKEVENT idle;    /* set then; NULL: whoever ends the last call frees it */
};

static struct sched_lock lock; /* all lists, calls, idle */

static void destroy(void *body)
{
    PCALLBACK_OBJECT object = body;

    WK_ASSERT(object->registrations.Flink == &object->registrations); /* each holds a reference */
}

static NTSTATUS find(POBJECT_ATTRIBUTES attributes, PCALLBACK_OBJECT *object)
{
    PVOID found;
    NTSTATUS status = ob_lookup_attributes(attributes, KernelMode, &found, NULL);

    if (NT_SUCCESS(status) && ob_type_of(found) != ob_callback_type) {
        ObfDereferenceObject(found);
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (NT_SUCCESS(status))
        *object = found;
    return status;
}

static NTSTATUS create(POBJECT_ATTRIBUTES attributes, BOOLEAN multiple, PCALLBACK_OBJECT *object)
{
    PCALLBACK_OBJECT new_object = ob_allocate(ob_callback_type, sizeof(*new_object));
    NTSTATUS status;

    if (!new_object)
        return STATUS_INSUFFICIENT_RESOURCES;
    InitializeListHead(&new_object->registrations);
    new_object->multiple = multiple;
    status = ob_insert_attributes(new_object, attributes, KernelMode);
    if (!NT_SUCCESS(status)) {
        ObfDereferenceObject(new_object);
        return status;
    }
    if (attributes->Attributes & OBJ_PERMANENT)
        ObfReferenceObject(new_object);
    *object = new_object;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ExCreateCallback(PCALLBACK_OBJECT *CallbackObject, POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN Create, BOOLEAN AllowMultipleCallbacks)
{
    NTSTATUS status;

    *CallbackObject = NULL;
    if (!ObjectAttributes || !ObjectAttributes->ObjectName || !ObjectAttributes->ObjectName->Length)
        return STATUS_UNSUCCESSFUL;
    do {
        status = find(ObjectAttributes, CallbackObject);
        if (status == STATUS_OBJECT_NAME_NOT_FOUND && Create)
            status = create(ObjectAttributes, AllowMultipleCallbacks, CallbackObject);
    } while (status == STATUS_OBJECT_NAME_COLLISION && Create); /* another one was faster */
    return status;
}

PVOID NTAPI ExRegisterCallback(PCALLBACK_OBJECT CallbackObject, PCALLBACK_FUNCTION CallbackFunction, PVOID CallbackContext)
{
    struct registration *r = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*r), TAG_CALLBACK);
    bool taken;

    if (!r)
        return NULL;
    r->object = CallbackObject;
    r->function = CallbackFunction;
    r->context = CallbackContext;
    sched_lock(&lock);
    taken = !CallbackObject->multiple && !IsListEmpty(&CallbackObject->registrations);
    if (!taken)
        InsertTailList(&CallbackObject->registrations, &r->entry);
    sched_unlock(&lock);
    if (taken) {
        ExFreePoolWithTag(r, TAG_CALLBACK);
        return NULL;
    }
    ObfReferenceObject(CallbackObject);
    return r;
}

/* When it returns no call is under way and none will begin: the caller may free its context. */
VOID NTAPI ExUnregisterCallback(PVOID CallbackRegistration)
{
    struct registration *r = CallbackRegistration;
    PCALLBACK_OBJECT object = r->object;
    bool busy, own;
    KEVENT idle;

    KeInitializeEvent(&idle, NotificationEvent, FALSE);
    sched_lock(&lock);
    busy = r->calls != 0;
    own = r->calls == 1 && r->caller == KeGetCurrentThread();
    r->gone = true;
    if (!busy)
        RemoveEntryList(&r->entry);
    else if (!own)
        r->idle = &idle;
    sched_unlock(&lock);
    if (own) { /* [W] Windows waits for ever; here the routine's return ends the registration */
        guest_finding("EXE-189", "ExUnregisterCallback(%p) in the very routine that it unregisters waits for its own end", r);
        return;
    }
    if (busy)
        KeWaitForSingleObject(&idle, Executive, KernelMode, FALSE, NULL);
    ExFreePoolWithTag(r, TAG_CALLBACK);
    ObfDereferenceObject(object);
}

/* Holds the registration behind `after` (NULL: the first) and lets go of that. NULL: the end. */
static struct registration *step(PCALLBACK_OBJECT object, struct registration *after)
{
    PLIST_ENTRY next;
    struct registration *r = NULL;
    PKEVENT idle = NULL;
    bool is_ours = false;

    sched_lock(&lock);
    next = after ? after->entry.Flink : object->registrations.Flink;
    while (next != &object->registrations && CONTAINING_RECORD(next, struct registration, entry)->gone)
        next = next->Flink;
    if (next != &object->registrations) {
        r = CONTAINING_RECORD(next, struct registration, entry);
        r->calls++;
        r->caller = KeGetCurrentThread();
    }
    if (after && --after->calls == 0 && after->gone) {
        RemoveEntryList(&after->entry);
        idle = after->idle;
        is_ours = !idle;
    }
    sched_unlock(&lock);
    if (idle)
        KeSetEvent(idle, IO_NO_INCREMENT, FALSE);
    if (is_ours) {
        ExFreePoolWithTag(after, TAG_CALLBACK);
        ObDereferenceObjectDeferDelete(object);
    }
    return r;
}

void ex_notify_callback(PCALLBACK_OBJECT object, PVOID argument1, PVOID argument2)
{
    for (struct registration *r = step(object, NULL); r; r = step(object, r))
        guest_call_void(CALLBACK_FUNCTION, r->function, r->context, argument1, argument2);
}

VOID NTAPI ExNotifyCallback(PVOID CallbackObject, PVOID Argument1, PVOID Argument2)
{
    PCALLBACK_OBJECT object = CallbackObject;

    if (object->by_system)
        guest_finding("EXE-189", "ExNotifyCallback of one of the system's own callback objects (%p)", object);
    ex_notify_callback(object, Argument1, Argument2);
}

int ex_callbacks_start(void)
{
    static const PCWSTR names[] = {u"\\Callback\\SetSystemTime", u"\\Callback\\PowerState", u"\\Callback\\ProcessorAdd"};

    ((struct _OBJECT_TYPE *)ob_callback_type)->destroy = destroy;
    for (unsigned i = 0; i < RTL_NUMBER_OF(names); i++) {
        OBJECT_ATTRIBUTES attributes;
        PCALLBACK_OBJECT object;
        UNICODE_STRING name;

        RtlInitUnicodeString(&name, names[i]);
        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_PERMANENT, NULL, NULL);
        if (!NT_SUCCESS(create(&attributes, TRUE, &object)))
            return -WK_ENOMEM;
        object->by_system = TRUE;
        ObfDereferenceObject(object);
    }
    return 0;
}

struct search {
    uint64_t low, high;
    unsigned found;
};

static void count(PCUNICODE_STRING name, PVOID object, void *ctx)
{
    struct search *s = ctx;
    PCALLBACK_OBJECT c = object;

    (void)name;
    if (ob_type_of(object) != ob_callback_type)
        return;
    sched_lock(&lock);
    for (PLIST_ENTRY e = c->registrations.Flink; e != &c->registrations; e = e->Flink)
        if (ex_number((const void *)CONTAINING_RECORD(e, struct registration, entry)->function) - s->low < s->high - s->low)
            s->found++;
    sched_unlock(&lock);
}

unsigned ex_callback_leftovers(uint64_t low, uint64_t high)
{
    UNICODE_STRING path = RTL_CONSTANT_STRING(u"\\Callback");
    struct search s = {.low = low, .high = high};
    PVOID directory;

    if (!NT_SUCCESS(ob_lookup(&path, OBJ_CASE_INSENSITIVE, &directory, NULL, NULL)))
        return 0;
    ob_for_each(directory, count, &s);
    ObfDereferenceObject(directory);
    if (s.found)
        guest_finding("EXE-033", "%u registration%s with callback objects %s left behind", s.found, s.found == 1 ? "" : "s", s.found == 1 ? "is" : "are");
    return s.found;
}
