/* References, handles, names (EXE-400 .. EXE-406, EXE-418, EXE-747, EXE-748). */
#include "wkt.h"
#include <ntifs.h>

static HANDLE event_handle(ULONG attributes)
{
    OBJECT_ATTRIBUTES oa;
    HANDLE handle = NULL;

    InitializeObjectAttributes(&oa, NULL, attributes, NULL, NULL);
    CHECK_STATUS(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &oa, NotificationEvent, FALSE), STATUS_SUCCESS);
    return handle;
}

TEST(EXE_400, counts_are_told)
{
    HANDLE handle = event_handle(OBJ_KERNEL_HANDLE);
    LONG_PTR before;
    PVOID object;

    REQUIRE(NT_SUCCESS(ObReferenceObjectByHandle(handle, EVENT_MODIFY_STATE, *ExEventObjectType, KernelMode, &object, NULL)));
    before = ObReferenceObject(object);
    CHECK_EQ(ObReferenceObjectWithTag(object, 'gaTx'), before + 1);
    CHECK_EQ(ObDereferenceObjectWithTag(object, 'gaTx'), before);
    CHECK_EQ(ObDereferenceObject(object), before - 1);
    CHECK_STATUS(ObReferenceObjectByPointer(object, 0, *PsThreadType, KernelMode), STATUS_OBJECT_TYPE_MISMATCH);
    ObDereferenceObjectDeferDelete(object);
    ZwClose(handle);
}

TEST_BUGCHECK(EXE_747, what_is_no_object_is_dereferenced, 0x18)
{
    ObDereferenceObject(wkt_alloc(256) ? (PUCHAR)wkt_alloc(256) + 128 : NULL);
}

TEST(EXE_401, kernel_handles_look_like_it)
{
    HANDLE kernel = event_handle(OBJ_KERNEL_HANDLE), own = event_handle(0);
    PVOID object;

    CHECK(((ULONG_PTR)kernel & 0xFFFFFFFF80000000) == 0xFFFFFFFF80000000);
    CHECK((LONG_PTR)own > 0 && ((ULONG_PTR)own & 3) == 0);
    CHECK_STATUS(ObReferenceObjectByHandle(kernel, 0, *ExEventObjectType, UserMode, &object, NULL), STATUS_INVALID_HANDLE); /* EXE-403 */
    CHECK_STATUS(ZwClose(own), STATUS_SUCCESS);
    CHECK_STATUS(ZwClose(kernel), STATUS_SUCCESS);
}

#define OWN_HANDLES 40
struct handles {
    HANDLE own[OWN_HANDLES], kernel, others;
    PVOID objects[OWN_HANDLES], other;
};

/* In the System process: the application's live handles name nothing, or what they name there. */
static void other_process(void *context)
{
    struct handles *h = context;
    ULONG nothing = 0;
    PVOID object;

    for (ULONG i = 0; i < OWN_HANDLES; i++) {
        if (NT_SUCCESS(ObReferenceObjectByHandle(h->own[i], 0, NULL, KernelMode, &object, NULL))) {
            CHECK(object != h->objects[i]);
            ObDereferenceObject(object);
        } else
            nothing++;
    }
    CHECK(nothing > 0);
    REQUIRE(NT_SUCCESS(ObReferenceObjectByHandle(h->kernel, 0, NULL, KernelMode, &object, NULL)));
    ObDereferenceObject(object);
    h->others = event_handle(0);
    REQUIRE(NT_SUCCESS(ObReferenceObjectByHandle(h->others, 0, NULL, KernelMode, &h->other, NULL)));
}

TEST(EXE_401, handles_are_their_process)
{
    struct handles *h = wkt_alloc(sizeof(*h));
    PVOID object = NULL;

    REQUIRE(h != NULL);
    for (ULONG i = 0; i < OWN_HANDLES; i++) {
        h->own[i] = event_handle(0);
        REQUIRE(NT_SUCCESS(ObReferenceObjectByHandle(h->own[i], 0, NULL, UserMode, &h->objects[i], NULL)));
    }
    h->kernel = event_handle(OBJ_KERNEL_HANDLE);
    CHECK(wkt_join(wkt_thread(other_process, h)));
    REQUIRE(h->other != NULL);
    if (NT_SUCCESS(ObReferenceObjectByHandle(h->others, 0, NULL, UserMode, &object, NULL))) { /* and the other way round */
        CHECK(object != h->other);
        ObDereferenceObject(object);
    }
    for (ULONG i = 0; i < OWN_HANDLES; i++) {
        ObDereferenceObject(h->objects[i]);
        CHECK_STATUS(ZwClose(h->own[i]), STATUS_SUCCESS);
    }
    ObDereferenceObject(h->other);
    CHECK_STATUS(ZwClose((HANDLE)((ULONG_PTR)h->others | 0xFFFFFFFF80000000)), STATUS_SUCCESS); /* the kernel's table is System's */
    CHECK_STATUS(ZwClose(h->kernel), STATUS_SUCCESS);
}

TEST(EXE_403, type_and_access_are_checked)
{
    OBJECT_HANDLE_INFORMATION information;
    OBJECT_ATTRIBUTES oa;
    HANDLE handle = NULL;
    PVOID object = (PVOID)1;

    InitializeObjectAttributes(&oa, NULL, 0, NULL, NULL);
    REQUIRE(NT_SUCCESS(ZwCreateEvent(&handle, EVENT_QUERY_STATE, &oa, NotificationEvent, FALSE)));
    CHECK_STATUS(ObReferenceObjectByHandle(handle, 0, *PsThreadType, UserMode, &object, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    CHECK_STATUS(ObReferenceObjectByHandle(handle, EVENT_MODIFY_STATE, *ExEventObjectType, UserMode, &object, NULL), STATUS_ACCESS_DENIED);
    REQUIRE(NT_SUCCESS(ObReferenceObjectByHandle(handle, EVENT_QUERY_STATE, *ExEventObjectType, UserMode, &object, &information)));
    CHECK_EQ(information.GrantedAccess, EVENT_QUERY_STATE);
    ObDereferenceObject(object);
    REQUIRE(NT_SUCCESS(ObReferenceObjectByHandle(ZwCurrentThread(), 0, *PsThreadType, KernelMode, &object, NULL)));
    CHECK(object == PsGetCurrentThread());
    ObDereferenceObject(object);
    REQUIRE(NT_SUCCESS(ObReferenceObjectByHandle(ZwCurrentProcess(), 0, NULL, KernelMode, &object, NULL)));
    CHECK(object == PsGetCurrentProcess());
    ObDereferenceObject(object);
    ZwClose(handle);
}

TEST_FINDING(EXE_748, closed_twice, "EXE-748")
{
    HANDLE handle = event_handle(OBJ_KERNEL_HANDLE);

    CHECK_STATUS(ObCloseHandle(handle, KernelMode), STATUS_SUCCESS);
    CHECK_STATUS(ZwClose(handle), STATUS_INVALID_HANDLE); /* EXE-402 */
}

TEST_ROWS("EXE-404", pointer_gives_handle_and_name)
{
    UCHAR buffer[128];
    POBJECT_NAME_INFORMATION name = (PVOID)buffer;
    UNICODE_STRING expected = RTL_CONSTANT_STRING(L"\\Device\\WkTest");
    HANDLE handle = NULL;
    ULONG need = 0;

    CHECK_STATUS(ObOpenObjectByPointer(PsGetCurrentThread(), OBJ_KERNEL_HANDLE, NULL, THREAD_ALL_ACCESS, *PsProcessType, KernelMode, &handle),
                 STATUS_OBJECT_TYPE_MISMATCH);
    REQUIRE(NT_SUCCESS(ObOpenObjectByPointer(PsGetCurrentThread(), OBJ_KERNEL_HANDLE, NULL, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &handle)));
    CHECK_STATUS(ZwClose(handle), STATUS_SUCCESS);
    CHECK_STATUS(ObQueryNameString(wkt_device, NULL, 0, &need), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_EQ(need, sizeof(*name) + expected.Length + 2);
    CHECK_STATUS(ObQueryNameString(wkt_device, name, need - 2, &need), STATUS_BUFFER_OVERFLOW);
    CHECK_STATUS(ObQueryNameString(wkt_device, name, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK(RtlEqualUnicodeString(&name->Name, &expected, FALSE));
    CHECK_STATUS(ObQueryNameString(PsGetCurrentThread(), name, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK_EQ(name->Name.Length, 0);
}

TEST_ROWS("EXE-405 EXE-406", names_and_links)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\WkLink"), same = RTL_CONSTANT_STRING(L"\\??\\wklink"),
                   global = RTL_CONSTANT_STRING(L"\\GLOBAL??\\WkLink"), target = RTL_CONSTANT_STRING(L"\\Device\\WkTest"),
                   lost = RTL_CONSTANT_STRING(L"\\NoSuch\\WkLink"), plain = RTL_CONSTANT_STRING(L"WkLink"), found;
    WCHAR room[32];
    OBJECT_ATTRIBUTES oa;
    HANDLE handle = NULL;
    ULONG need = 0;

    CHECK_STATUS(IoCreateSymbolicLink(&link, &target), STATUS_SUCCESS);
    CHECK_STATUS(IoCreateSymbolicLink(&same, &target), STATUS_OBJECT_NAME_COLLISION);
    CHECK_STATUS(IoCreateSymbolicLink(&lost, &target), STATUS_OBJECT_PATH_NOT_FOUND);
    CHECK_STATUS(IoCreateSymbolicLink(&plain, &target), STATUS_OBJECT_PATH_SYNTAX_BAD);
    InitializeObjectAttributes(&oa, &same, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK_STATUS(ZwOpenSymbolicLinkObject(&handle, SYMBOLIC_LINK_QUERY, &oa), STATUS_OBJECT_NAME_NOT_FOUND); /* case counts */
    InitializeObjectAttributes(&oa, &global, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
    oa.Length = 8;
    CHECK_STATUS(ZwOpenSymbolicLinkObject(&handle, SYMBOLIC_LINK_QUERY, &oa), STATUS_INVALID_PARAMETER);
    oa.Length = sizeof(oa);
    REQUIRE(NT_SUCCESS(ZwOpenSymbolicLinkObject(&handle, SYMBOLIC_LINK_QUERY, &oa)));
    found.Buffer = room;
    found.Length = 0;
    found.MaximumLength = 4;
    CHECK_STATUS(ZwQuerySymbolicLinkObject(handle, &found, &need), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(need, target.Length);
    found.MaximumLength = sizeof(room);
    CHECK_STATUS(ZwQuerySymbolicLinkObject(handle, &found, &need), STATUS_SUCCESS);
    CHECK(RtlEqualUnicodeString(&found, &target, FALSE));
    ZwClose(handle);
    CHECK_STATUS(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
    CHECK_STATUS(IoDeleteSymbolicLink(&link), STATUS_OBJECT_NAME_NOT_FOUND);
}

TEST(EXE_418, events_by_handle_and_name)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\WkEvent");
    LARGE_INTEGER now = {0};
    HANDLE handle = NULL, other = NULL;
    OBJECT_ATTRIBUTES oa;
    PKEVENT event;
    LONG was = 9;

    event = IoCreateNotificationEvent(&name, &handle);
    REQUIRE(event != NULL);
    InitializeObjectAttributes(&oa, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK_STATUS(ZwOpenEvent(&other, EVENT_ALL_ACCESS, &oa), STATUS_SUCCESS);
    KeClearEvent(event);
    CHECK_STATUS(ZwWaitForSingleObject(other, FALSE, &now), STATUS_TIMEOUT);
    CHECK_STATUS(ZwSetEvent(other, &was), STATUS_SUCCESS);
    CHECK_EQ(was, 0);
    CHECK_EQ(KeReadStateEvent(event), 1);
    CHECK_STATUS(ZwWaitForSingleObject(handle, FALSE, &now), STATUS_SUCCESS);
    CHECK_STATUS(ZwClearEvent(other), STATUS_SUCCESS);
    CHECK_EQ(KeReadStateEvent(event), 0);
    ZwClose(other);
    ZwClose(handle);
    CHECK_STATUS(ZwOpenEvent(&other, EVENT_ALL_ACCESS, &oa), STATUS_OBJECT_NAME_NOT_FOUND); /* gone with the last handle */
}

TODO_ROW(EXE_416, "the Nt forms of services are not there yet");
TODO_ROW(EXE_417, "the IRQL of Zw calls is checked by the hooks of the table, which the runner does not turn on");
