/* Callback objects (EXE-189). */
#include "wkt.h"

static volatile LONG order;
struct seen {
    volatile LONG calls, place;
    KIRQL irql;
    PVOID a, b;
    PVOID *unregister; /* another's registration, to go while the list is walked */
    ULONG stall_us;
};

static CALLBACK_FUNCTION on_notify;
static VOID NTAPI on_notify(PVOID context, PVOID a, PVOID b)
{
    struct seen *s = context;

    s->place = InterlockedIncrement(&order);
    s->irql = KeGetCurrentIrql();
    s->a = a;
    s->b = b;
    if (s->unregister) {
        ExUnregisterCallback(*s->unregister);
        s->unregister = NULL;
    }
    if (s->stall_us)
        KeStallExecutionProcessor(s->stall_us);
    InterlockedIncrement(&s->calls);
}

static NTSTATUS open(PCALLBACK_OBJECT *object, PCWSTR name, BOOLEAN create, BOOLEAN multiple)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING text;

    RtlInitUnicodeString(&text, name);
    InitializeObjectAttributes(&attributes, name ? &text : NULL, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return ExCreateCallback(object, &attributes, create, multiple);
}

TEST(EXE_189, only_named_ones)
{
    PCALLBACK_OBJECT object = NULL, again = NULL;

    CHECK_STATUS(open(&object, NULL, TRUE, TRUE), STATUS_UNSUCCESSFUL);
    CHECK_STATUS(open(&object, L"\\Callback\\WktNone", FALSE, TRUE), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(open(&object, L"\\Callback\\WktOne", TRUE, TRUE), STATUS_SUCCESS);
    CHECK_STATUS(open(&again, L"\\callback\\wktone", TRUE, FALSE), STATUS_SUCCESS);
    CHECK_EQ(object, again);
    ObDereferenceObject(again);
    ObDereferenceObject(object);
    CHECK_STATUS(open(&again, L"\\Callback\\WktOne", FALSE, FALSE), STATUS_OBJECT_NAME_NOT_FOUND); /* it was not permanent */
    CHECK_STATUS(open(&again, L"\\Device\\WkTest", TRUE, FALSE), STATUS_OBJECT_TYPE_MISMATCH);
}

TEST(EXE_189, calls_in_order_at_the_callers_irql)
{
    struct seen *s = wkt_alloc(3 * sizeof(*s));
    PVOID registrations[3];
    PCALLBACK_OBJECT object;
    KIRQL old;

    order = 0;
    REQUIRE(NT_SUCCESS(open(&object, L"\\Callback\\WktOrder", TRUE, TRUE)));
    for (ULONG i = 0; i < 3; i++)
        registrations[i] = ExRegisterCallback(object, on_notify, &s[i]);
    ExNotifyCallback(object, (PVOID)11, (PVOID)22);
    for (LONG i = 0; i < 3; i++) {
        CHECK(registrations[i] != NULL);
        CHECK_EQ(s[i].place, i + 1);
        CHECK_EQ(s[i].irql, PASSIVE_LEVEL);
        CHECK_EQ((ULONG_PTR)s[i].a, 11);
        CHECK_EQ((ULONG_PTR)s[i].b, 22);
    }
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    ExNotifyCallback(object, NULL, NULL);
    KeLowerIrql(old);
    CHECK_EQ(s[2].irql, DISPATCH_LEVEL);
    s[1].unregister = &registrations[0]; /* the one before it and, next, the one behind it */
    ExNotifyCallback(object, NULL, NULL);
    CHECK_EQ(s[2].calls, 3);
    s[1].unregister = &registrations[2];
    ExNotifyCallback(object, NULL, NULL);
    CHECK_EQ(s[0].calls, 3);
    CHECK_EQ(s[1].calls, 4);
    CHECK_EQ(s[2].calls, 3);
    ExUnregisterCallback(registrations[1]);
    ExNotifyCallback(object, NULL, NULL);
    CHECK_EQ(s[1].calls, 4);
    ObDereferenceObject(object);
}

TEST(EXE_189, one_routine_only)
{
    struct seen *s = wkt_alloc(sizeof(*s));
    PCALLBACK_OBJECT object;
    PVOID first;

    REQUIRE(NT_SUCCESS(open(&object, L"\\Callback\\WktSingle", TRUE, FALSE)));
    first = ExRegisterCallback(object, on_notify, s);
    CHECK(first != NULL);
    CHECK_EQ(ExRegisterCallback(object, on_notify, s), NULL);
    ExUnregisterCallback(first);
    first = ExRegisterCallback(object, on_notify, s);
    CHECK(first != NULL);
    ExUnregisterCallback(first);
    ObDereferenceObject(object);
}

static void notify(void *object)
{
    ExNotifyCallback(object, NULL, NULL);
}

TEST(EXE_189, unregistering_waits_for_the_routine)
{
    struct seen *s = wkt_alloc(sizeof(*s));
    PCALLBACK_OBJECT object;
    struct wkt_thread *thread;
    PVOID registration;

    order = 0;
    REQUIRE(NT_SUCCESS(open(&object, L"\\Callback\\WktWait", TRUE, TRUE)));
    s->stall_us = 20000;
    registration = ExRegisterCallback(object, on_notify, s);
    thread = wkt_thread(notify, object);
    CHECK(wkt_until(&s->place, 1)); /* it is inside */
    ExUnregisterCallback(registration);
    CHECK_EQ(s->calls, 1);
    CHECK(wkt_join(thread));
    ObDereferenceObject(object);
}

TEST(EXE_189, the_systems_own_are_there)
{
    static const PCWSTR names[] = {L"\\Callback\\PowerState", L"\\Callback\\SetSystemTime", L"\\Callback\\ProcessorAdd"};
    struct seen *s = wkt_alloc(sizeof(*s));

    for (ULONG i = 0; i < 3; i++) {
        PCALLBACK_OBJECT object;
        PVOID registration;

        CHECK_STATUS(open(&object, names[i], FALSE, TRUE), STATUS_SUCCESS);
        registration = ExRegisterCallback(object, on_notify, s);
        CHECK(registration != NULL);
        ExUnregisterCallback(registration);
        ObDereferenceObject(object);
    }
}

TEST_FINDING(EXE_189, notifying_the_systems_own, "EXE-189")
{
    PCALLBACK_OBJECT object;

    REQUIRE(NT_SUCCESS(open(&object, L"\\Callback\\PowerState", FALSE, TRUE)));
    ExNotifyCallback(object, NULL, NULL);
    ObDereferenceObject(object);
}
