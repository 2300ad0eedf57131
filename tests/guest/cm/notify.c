/* Changes of keys (EXE-535): what is told, to whom, how often, and what a closed handle does to those who wait. */
#include "wkt.h"
#include <ntifs.h>

static HANDLE make(HANDLE root, PCWSTR name)
{
    OBJECT_ATTRIBUTES oa;
    UNICODE_STRING text;
    HANDLE key = NULL;

    RtlInitUnicodeString(&text, name);
    InitializeObjectAttributes(&oa, root ? &text : &wkt_registry_path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root, NULL);
    CHECK_STATUS(ZwCreateKey(&key, KEY_ALL_ACCESS, &oa, 0, NULL, REG_OPTION_VOLATILE, NULL), STATUS_SUCCESS);
    return key;
}

static void set(HANDLE key, ULONG value)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Value");

    CHECK_STATUS(ZwSetValueKey(key, &name, 0, REG_DWORD, &value, sizeof(value)), STATUS_SUCCESS);
}

static HANDLE event(PKEVENT *object)
{
    OBJECT_ATTRIBUTES oa;
    HANDLE handle = NULL;

    InitializeObjectAttributes(&oa, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK_STATUS(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &oa, NotificationEvent, TRUE), STATUS_SUCCESS);
    CHECK_STATUS(ObReferenceObjectByHandle(handle, EVENT_ALL_ACCESS, *ExEventObjectType, KernelMode, (PVOID *)object, NULL), STATUS_SUCCESS);
    ObDereferenceObject(*object); /* the handle holds it */
    return handle;
}

TEST(EXE_535, a_change_is_told_once)
{
    HANDLE root = make(NULL, NULL), key = make(root, L"Watched"), done;
    IO_STATUS_BLOCK io = {0};
    PKEVENT object;

    done = event(&object);
    CHECK_STATUS(ZwNotifyChangeKey(key, done, NULL, NULL, &io, REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, TRUE), STATUS_PENDING);
    CHECK_EQ(KeReadStateEvent(object), 0); /* it was signaled before */
    ZwClose(make(key, L"Sub")); /* a name: not asked for */
    CHECK_EQ(KeReadStateEvent(object), 0);
    set(key, 1);
    CHECK(KeReadStateEvent(object) != 0);
    CHECK_STATUS(io.Status, STATUS_NOTIFY_ENUM_DIR);
    io.Status = STATUS_UNSUCCESSFUL;
    KeClearEvent(object);
    set(key, 2);
    CHECK_EQ(KeReadStateEvent(object), 0);
    CHECK_STATUS(io.Status, STATUS_UNSUCCESSFUL);
    /* what changed between the calls is remembered */
    CHECK_STATUS(ZwNotifyChangeKey(key, done, NULL, NULL, &io, REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, TRUE), STATUS_NOTIFY_ENUM_DIR);
    CHECK_STATUS(io.Status, STATUS_NOTIFY_ENUM_DIR);
    CHECK(KeReadStateEvent(object) != 0);
    CHECK_STATUS(ZwNotifyChangeKey(key, done, NULL, NULL, &io, REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, TRUE), STATUS_PENDING);
    set(key, 2); /* the same again is no change */
    CHECK_EQ(KeReadStateEvent(object), 0);
    CHECK_STATUS(ZwClose(key), STATUS_SUCCESS);
    CHECK(KeReadStateEvent(object) != 0);
    CHECK_STATUS(io.Status, STATUS_NOTIFY_CLEANUP);
    ZwClose(done);
    ZwClose(root);
}

TEST(EXE_535, subkeys_by_name_and_by_tree)
{
    HANDLE root = make(NULL, NULL), key = make(root, L"Tree"), sub = make(key, L"Sub"), flat = make(root, L"Tree"), tree = make(root, L"Tree");
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Value");
    IO_STATUS_BLOCK a = {0}, b = {0}, c = {0};
    HANDLE deeper;

    CHECK_STATUS(ZwNotifyChangeKey(flat, NULL, NULL, NULL, &a, REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, TRUE), STATUS_PENDING);
    CHECK_STATUS(ZwNotifyChangeKey(tree, NULL, NULL, NULL, &b, REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET, TRUE, NULL, 0, TRUE), STATUS_PENDING);
    CHECK_STATUS(ZwNotifyChangeKey(tree, NULL, NULL, NULL, &c, REG_NOTIFY_CHANGE_LAST_SET, TRUE, NULL, 0, TRUE), STATUS_PENDING);
    deeper = make(sub, L"Deeper");
    CHECK_STATUS(a.Status, STATUS_SUCCESS);
    CHECK_STATUS(b.Status, STATUS_NOTIFY_ENUM_DIR);
    CHECK_STATUS(c.Status, STATUS_NOTIFY_ENUM_DIR); /* one handle, one filter: the first */
    b.Status = 0;
    CHECK_STATUS(ZwNotifyChangeKey(tree, NULL, NULL, NULL, &b, REG_NOTIFY_CHANGE_LAST_SET, TRUE, NULL, 0, TRUE), STATUS_PENDING);
    set(sub, 7);
    CHECK_STATUS(b.Status, STATUS_NOTIFY_ENUM_DIR);
    CHECK_STATUS(a.Status, STATUS_SUCCESS);
    b.Status = 0;
    CHECK_STATUS(ZwNotifyChangeKey(tree, NULL, NULL, NULL, &b, REG_NOTIFY_CHANGE_LAST_SET, TRUE, NULL, 0, TRUE), STATUS_PENDING);
    CHECK_STATUS(ZwDeleteValueKey(sub, &name), STATUS_SUCCESS);
    CHECK_STATUS(b.Status, STATUS_NOTIFY_ENUM_DIR);
    ZwDeleteKey(deeper);
    CHECK_STATUS(a.Status, STATUS_SUCCESS);
    CHECK_STATUS(ZwDeleteKey(sub), STATUS_SUCCESS);
    CHECK_STATUS(a.Status, STATUS_NOTIFY_ENUM_DIR);
    ZwClose(deeper);
    ZwClose(sub);
    ZwClose(tree);
    ZwClose(flat);
    ZwClose(key);
    ZwClose(root);
}

static volatile LONG ran;

static VOID NTAPI run(PVOID context)
{
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    InterlockedExchange((volatile LONG *)context, 1);
}

TEST(EXE_535, work_item_of_a_kernel_caller)
{
    HANDLE root = make(NULL, NULL), key = make(root, L"Item");
    IO_STATUS_BLOCK io = {0};
    WORK_QUEUE_ITEM item;

#pragma warning(suppress : 4996)
    ExInitializeWorkItem(&item, run, (PVOID)&ran);
    CHECK_STATUS(ZwNotifyChangeKey(key, NULL, (PIO_APC_ROUTINE)(PVOID)&item, (PVOID)DelayedWorkQueue, &io, REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, TRUE),
                 STATUS_PENDING);
    CHECK_EQ(ran, 0);
    set(key, 1);
    wkt_until(&ran, 1);
    CHECK_STATUS(io.Status, STATUS_NOTIFY_ENUM_DIR);
    ZwClose(key);
    ZwClose(root);
}

static HANDLE waited;
static volatile LONG waiting;
static NTSTATUS result;

static void wait_for_change(void *context)
{
    IO_STATUS_BLOCK io;

    UNREFERENCED_PARAMETER(context);
    InterlockedExchange(&waiting, 1);
    result = ZwNotifyChangeKey(waited, NULL, NULL, NULL, &io, REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, FALSE);
    CHECK_STATUS(io.Status, result);
}

TEST(EXE_535, a_synchronous_call_waits)
{
    HANDLE root = make(NULL, NULL);
    struct wkt_thread *thread;

    waited = make(root, L"Waited");
    thread = wkt_thread(wait_for_change, NULL);
    wkt_until(&waiting, 1);
    CHECK_STATUS(wkt_wait(wkt_thread_object(thread), 50), STATUS_TIMEOUT);
    set(waited, 1);
    wkt_join(thread);
    CHECK_STATUS(result, STATUS_NOTIFY_ENUM_DIR);
    waiting = 0;
    thread = wkt_thread(wait_for_change, NULL);
    wkt_until(&waiting, 1);
    CHECK_STATUS(wkt_wait(wkt_thread_object(thread), 50), STATUS_TIMEOUT);
    ZwClose(waited);
    wkt_join(thread);
    CHECK_STATUS(result, STATUS_NOTIFY_CLEANUP);
    ZwClose(root);
}

TEST(EXE_535, the_watched_key_is_deleted)
{
    HANDLE root = make(NULL, NULL), key = make(root, L"Gone");
    IO_STATUS_BLOCK io = {0};

    CHECK_STATUS(ZwNotifyChangeKey(key, NULL, NULL, NULL, &io, REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, TRUE), STATUS_PENDING);
    CHECK_STATUS(ZwDeleteKey(key), STATUS_SUCCESS);
    CHECK_STATUS(io.Status, STATUS_NOTIFY_ENUM_DIR);
    CHECK_STATUS(ZwNotifyChangeKey(key, NULL, NULL, NULL, &io, REG_NOTIFY_CHANGE_LAST_SET, FALSE, NULL, 0, TRUE), STATUS_KEY_DELETED);
    ZwClose(key);
    ZwClose(root);
}

TEST(EXE_535, what_is_refused)
{
    HANDLE root = make(NULL, NULL), key = make(root, L"Refused"), reader = NULL;
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Refused");
    OBJECT_ATTRIBUTES oa;
    IO_STATUS_BLOCK io;

    CHECK_STATUS(ZwNotifyChangeKey(key, NULL, NULL, NULL, &io, 0, FALSE, NULL, 0, TRUE), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ZwNotifyChangeKey(key, NULL, NULL, NULL, &io, 0x10, FALSE, NULL, 0, TRUE), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(ZwNotifyChangeKey((HANDLE)0x7ffc, NULL, NULL, NULL, &io, 1, FALSE, NULL, 0, TRUE), STATUS_INVALID_HANDLE);
    CHECK_STATUS(ZwNotifyChangeKey(key, key, NULL, NULL, &io, 1, FALSE, NULL, 0, TRUE), STATUS_OBJECT_TYPE_MISMATCH);
    InitializeObjectAttributes(&oa, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root, NULL);
    CHECK_STATUS(ZwOpenKey(&reader, KEY_QUERY_VALUE, &oa), STATUS_SUCCESS);
    CHECK_STATUS(ZwNotifyChangeKey(reader, NULL, NULL, NULL, &io, 1, FALSE, NULL, 0, TRUE), STATUS_ACCESS_DENIED);
    ZwClose(reader);
    ZwClose(key);
    ZwClose(root);
}
