/* Events by name and handle (EXE-418), waiting on handles (EXE-165), and the yield of a thread (EXE-138). */
#include "base/err.h"
#include "ob_private.h"

static NTSTATUS find(POBJECT_ATTRIBUTES attributes, PVOID *event)
{
    NTSTATUS status = ob_lookup_attributes(attributes, KernelMode, event, NULL);

    if (NT_SUCCESS(status) && ob_type_of(*event) != ob_event_type) {
        ObfDereferenceObject(*event);
        *event = NULL;
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    return status;
}

NTSTATUS NTAPI ZwCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
                             BOOLEAN InitialState)
{
    ULONG attributes = ObjectAttributes ? ObjectAttributes->Attributes : 0;
    NTSTATUS status, opened;
    PVOID event;

    *EventHandle = NULL;
    if ((ULONG)EventType > SynchronizationEvent)
        return STATUS_INVALID_PARAMETER;
    event = ob_allocate(ob_event_type, sizeof(KEVENT));
    if (!event)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(event, EventType, InitialState);
    status = ob_insert_attributes(event, ObjectAttributes, KernelMode);
    if (status == STATUS_OBJECT_NAME_COLLISION && attributes & OBJ_OPENIF) {
        ObfDereferenceObject(event);
        status = find(ObjectAttributes, &event);
        if (!NT_SUCCESS(status))
            return status;
        status = STATUS_OBJECT_NAME_EXISTS;
    }
    if (NT_SUCCESS(status)) {
        opened = ob_handle_create(event, DesiredAccess, attributes, EventHandle);
        if (!NT_SUCCESS(opened))
            status = opened;
    }
    ObfDereferenceObject(event);
    return status;
}

NTSTATUS NTAPI ZwOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes)
{
    NTSTATUS status;
    PVOID event;

    *EventHandle = NULL;
    if (!ObjectAttributes)
        return STATUS_INVALID_PARAMETER;
    status = find(ObjectAttributes, &event);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_create(event, DesiredAccess, ObjectAttributes->Attributes, EventHandle);
    ObfDereferenceObject(event);
    return status;
}

NTSTATUS NTAPI ZwSetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    PVOID event;
    NTSTATUS status = ob_handle_reference(EventHandle, EVENT_MODIFY_STATE, ob_event_type, KernelMode, &event, NULL);
    LONG was;

    if (!NT_SUCCESS(status))
        return status;
    was = KeSetEvent(event, IO_NO_INCREMENT, FALSE);
    if (PreviousState)
        *PreviousState = was;
    ObfDereferenceObject(event);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwClearEvent(HANDLE EventHandle)
{
    PVOID event;
    NTSTATUS status = ob_handle_reference(EventHandle, EVENT_MODIFY_STATE, ob_event_type, KernelMode, &event, NULL);

    if (!NT_SUCCESS(status))
        return status;
    KeClearEvent(event);
    ObfDereferenceObject(event);
    return STATUS_SUCCESS;
}

/* What a handle to the object waits for; NULL: there is nothing. */
static PVOID wait_object(PVOID object)
{
    POBJECT_TYPE type = ob_type_of(object);

    if (type->wait_object)
        return type->wait_object(object);
    if (type == ob_file_type)
        return &((PFILE_OBJECT)object)->Event;
    return type->waitable ? object : NULL;
}

NTSTATUS NTAPI ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    PVOID object, what;
    NTSTATUS status = ob_handle_reference(Handle, SYNCHRONIZE, NULL, KernelMode, &object, NULL);

    if (!NT_SUCCESS(status))
        return status;
    what = wait_object(object);
    status = what ? KeWaitForSingleObject(what, UserRequest, KernelMode, Alertable, Timeout) : STATUS_OBJECT_TYPE_MISMATCH;
    ObfDereferenceObject(object);
    return status;
}

/* The event stays as long as its handle is open, which is the caller's to close. A new one is signaled. */
static PKEVENT named_event(PUNICODE_STRING name, PHANDLE handle, EVENT_TYPE type)
{
    OBJECT_ATTRIBUTES attributes;
    PVOID event;

    InitializeObjectAttributes(&attributes, name, OBJ_OPENIF | OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (!NT_SUCCESS(ZwCreateEvent(handle, EVENT_ALL_ACCESS, &attributes, type, TRUE)))
        return NULL;
    if (!NT_SUCCESS(ob_handle_reference(*handle, 0, ob_event_type, KernelMode, &event, NULL)))
        return NULL;
    ObfDereferenceObject(event);
    return event;
}

PKEVENT NTAPI IoCreateNotificationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    return named_event(EventName, EventHandle, NotificationEvent);
}

PKEVENT NTAPI IoCreateSynchronizationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    return named_event(EventName, EventHandle, SynchronizationEvent);
}

/* EXE-138: IRQL and processor stay. */
NTSTATUS NTAPI ZwYieldExecution(VOID)
{
    sched_yield_cpu();
    return STATUS_SUCCESS;
}

/* The memory conditions: high memory is signaled, low is not, for good. */
int ob_events_start(void)
{
    static const struct {
        PCWSTR name;
        BOOLEAN state;
    } events[] = {{u"\\KernelObjects\\LowMemoryCondition", FALSE},         {u"\\KernelObjects\\HighMemoryCondition", TRUE},
                  {u"\\KernelObjects\\LowPagedPoolCondition", FALSE},      {u"\\KernelObjects\\HighPagedPoolCondition", TRUE},
                  {u"\\KernelObjects\\LowNonPagedPoolCondition", FALSE},   {u"\\KernelObjects\\HighNonPagedPoolCondition", TRUE},
                  {u"\\KernelObjects\\LowCommitCondition", FALSE},         {u"\\KernelObjects\\HighCommitCondition", FALSE}};

    for (unsigned i = 0; i < RTL_NUMBER_OF(events); i++) {
        PVOID event = ob_allocate(ob_event_type, sizeof(KEVENT));
        UNICODE_STRING name;

        if (!event)
            return -WK_ENOMEM;
        KeInitializeEvent(event, NotificationEvent, events[i].state);
        RtlInitUnicodeString(&name, events[i].name);
        if (!NT_SUCCESS(ob_insert(event, &name)))
            return -WK_ENOMEM;
    }
    return 0;
}
