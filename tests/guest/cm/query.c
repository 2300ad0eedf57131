/* RtlQueryRegistryValues and the other short forms (EXE-536 .. EXE-539). */
#include "wkt.h"

static WCHAR service[] = L"WkTestQuery";

struct seen {
    ULONG calls, types[8], lengths[8];
    WCHAR text[8][24];
    NTSTATUS answer;
};

static NTSTATUS NTAPI routine(PWSTR name, ULONG type, PVOID data, ULONG length, PVOID context, PVOID entry)
{
    struct seen *s = context;

    UNREFERENCED_PARAMETER(name);
    UNREFERENCED_PARAMETER(entry);
    if (s->calls < 8) {
        s->types[s->calls] = type;
        s->lengths[s->calls] = length;
        if (data && length <= sizeof(s->text[0]))
            RtlCopyMemory(s->text[s->calls], data, length);
    }
    s->calls++;
    return s->answer;
}

static void write(PCWSTR name, ULONG type, const void *data, ULONG bytes)
{
    CHECK_STATUS(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, service, name, type, (PVOID)(ULONG_PTR)data, bytes), STATUS_SUCCESS);
}

static void start(void)
{
    ULONG number = 7;

    CHECK_STATUS(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, service), STATUS_SUCCESS);
    write(L"Number", REG_DWORD, &number, 4);
    write(L"Text", REG_SZ, L"hello", 12);
    write(L"Root", REG_EXPAND_SZ, L"%SystemRoot%\\x", 30);
    write(L"Multi", REG_MULTI_SZ, L"one\0two\0", 18);
    write(L"Bytes", REG_BINARY, "0123456789", 10);
}

static NTSTATUS ask(RTL_QUERY_REGISTRY_TABLE *table, struct seen *s)
{
    return RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, table, s, NULL);
}

TEST_ROWS("EXE-536 EXE-537", routine_is_called_with_what_is_there)
{
    RTL_QUERY_REGISTRY_TABLE table[2];
    struct seen s;

    start();
    RtlZeroMemory(table, sizeof(table));
    RtlZeroMemory(&s, sizeof(s));
    table[0].QueryRoutine = routine;
    table[0].Name = (PWSTR)L"Text";
    CHECK_STATUS(ask(table, &s), STATUS_SUCCESS);
    CHECK(s.calls == 1 && s.types[0] == REG_SZ && s.lengths[0] == 12);
    CHECK_MEM(s.text[0], L"hello", 12);
    RtlZeroMemory(&s, sizeof(s));
    table[0].Name = (PWSTR)L"Multi";
    CHECK_STATUS(ask(table, &s), STATUS_SUCCESS); /* one call for each string */
    CHECK(s.calls == 2 && s.types[0] == REG_SZ && s.types[1] == REG_SZ);
    CHECK_MEM(s.text[1], L"two", 8);
    RtlZeroMemory(&s, sizeof(s));
    table[0].Flags = RTL_QUERY_REGISTRY_NOEXPAND;
    CHECK_STATUS(ask(table, &s), STATUS_SUCCESS);
    CHECK(s.calls == 1 && s.types[0] == REG_MULTI_SZ && s.lengths[0] == 18);
    RtlZeroMemory(&s, sizeof(s));
    table[0].Name = (PWSTR)L"Root";
    table[0].Flags = 0;
    CHECK_STATUS(ask(table, &s), STATUS_SUCCESS);
    CHECK(s.calls == 1 && s.types[0] == REG_SZ && s.text[0][0] != L'%');
    s.answer = STATUS_UNSUCCESSFUL;
    CHECK_STATUS(ask(table, &s), STATUS_UNSUCCESSFUL);
    s.answer = STATUS_BUFFER_TOO_SMALL; /* ignored */
    CHECK_STATUS(ask(table, &s), STATUS_SUCCESS);
}

TEST(EXE_537, what_is_missing)
{
    RTL_QUERY_REGISTRY_TABLE table[2];
    ULONG number = 3;
    struct seen s;

    start();
    RtlZeroMemory(table, sizeof(table));
    RtlZeroMemory(&s, sizeof(s));
    table[0].QueryRoutine = routine;
    table[0].Name = (PWSTR)L"Absent";
    CHECK_STATUS(ask(table, &s), STATUS_SUCCESS);
    CHECK_EQ(s.calls, 0);
    table[0].Flags = RTL_QUERY_REGISTRY_REQUIRED;
    CHECK_STATUS(ask(table, &s), STATUS_OBJECT_NAME_NOT_FOUND);
    table[0].Flags = 0;
    table[0].DefaultType = REG_DWORD;
    table[0].DefaultData = &number;
    table[0].DefaultLength = 4;
    CHECK_STATUS(ask(table, &s), STATUS_SUCCESS);
    CHECK(s.calls == 1 && s.types[0] == REG_DWORD && s.lengths[0] == 4);
    RtlZeroMemory(table, sizeof(table));
    table[0].QueryRoutine = routine;
    table[0].Name = (PWSTR)L"Number";
    table[0].Flags = RTL_QUERY_REGISTRY_DELETE;
    CHECK_STATUS(ask(table, &s), STATUS_SUCCESS);
    CHECK_EQ(s.calls, 2);
    table[0].Flags = RTL_QUERY_REGISTRY_REQUIRED;
    CHECK_STATUS(ask(table, &s), STATUS_OBJECT_NAME_NOT_FOUND);
}

TEST(EXE_538, direct_stores)
{
    RTL_QUERY_REGISTRY_TABLE table[2];
    WCHAR room[4];
    UNICODE_STRING text = {0};
    ULONG number = 0;
    struct {
        LONG size;
        UCHAR bytes[24];
    } data = {-16, {0}};

    start();
    RtlZeroMemory(table, sizeof(table));
    table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK;
    table[0].Name = (PWSTR)L"Number";
    table[0].EntryContext = &number;
    table[0].DefaultType = REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT | REG_NONE;
    CHECK_STATUS(ask(table, NULL), STATUS_SUCCESS);
    CHECK_EQ(number, 7);
    table[0].DefaultType = REG_QWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT | REG_NONE;
    CHECK_STATUS(ask(table, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    table[0].Name = (PWSTR)L"Text";
    table[0].EntryContext = &text;
    table[0].DefaultType = REG_SZ << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT | REG_NONE;
    CHECK_STATUS(ask(table, NULL), STATUS_SUCCESS);
    REQUIRE(text.Buffer != NULL);
    CHECK(text.Length == 10 && text.MaximumLength == 12);
    CHECK_MEM(text.Buffer, L"hello", 12);
    RtlFreeUnicodeString(&text);
    text.Buffer = room;
    text.Length = 0;
    text.MaximumLength = sizeof(room);
    CHECK_STATUS(ask(table, NULL), STATUS_BUFFER_TOO_SMALL);
    table[0].Name = (PWSTR)L"Bytes";
    table[0].EntryContext = &data;
    table[0].DefaultType = REG_BINARY << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT | REG_NONE;
    CHECK_STATUS(ask(table, NULL), STATUS_SUCCESS);
    CHECK_MEM(&data, "0123456789", 10); /* negative: the data alone */
    data.size = -9;
    CHECK_STATUS(ask(table, NULL), STATUS_BUFFER_TOO_SMALL);
}

TEST(EXE_539, short_forms)
{
    CHECK_STATUS(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"WkNotThere"), STATUS_OBJECT_NAME_NOT_FOUND);
    start();
    CHECK_STATUS(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, service), STATUS_SUCCESS);
    CHECK_STATUS(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, service, L"Number"), STATUS_SUCCESS);
    CHECK_STATUS(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, service, L"Number"), STATUS_OBJECT_NAME_NOT_FOUND);
}
