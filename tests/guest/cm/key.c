/* Registry keys and values by handle (EXE-531 .. EXE-534). Each test works below its own service key. */
#include "wkt.h"

static HANDLE make(HANDLE root, PCWSTR name, ULONG options, NTSTATUS *status, ULONG *disposition)
{
    OBJECT_ATTRIBUTES oa;
    UNICODE_STRING text;
    HANDLE key = NULL;

    RtlInitUnicodeString(&text, name);
    InitializeObjectAttributes(&oa, &text, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root, NULL);
    *status = ZwCreateKey(&key, KEY_ALL_ACCESS, &oa, 0, NULL, options, disposition);
    return key;
}

static HANDLE service(void)
{
    OBJECT_ATTRIBUTES oa;
    HANDLE key = NULL;

    InitializeObjectAttributes(&oa, &wkt_registry_path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK_STATUS(ZwOpenKey(&key, KEY_ALL_ACCESS, &oa), STATUS_SUCCESS);
    return key;
}

static NTSTATUS set(HANDLE key, PCWSTR name, ULONG type, const void *data, ULONG bytes)
{
    UNICODE_STRING text;

    RtlInitUnicodeString(&text, name);
    return ZwSetValueKey(key, &text, 0, type, (PVOID)(ULONG_PTR)data, bytes);
}

static NTSTATUS query(HANDLE key, PCWSTR name, KEY_VALUE_INFORMATION_CLASS class, PVOID out, ULONG bytes, ULONG *need)
{
    UNICODE_STRING text;

    RtlInitUnicodeString(&text, name);
    return ZwQueryValueKey(key, &text, class, out, bytes, need);
}

TEST_ROWS("EXE-531 EXE-791", keys_are_made_and_opened)
{
    HANDLE root = service(), key, again, child;
    OBJECT_ATTRIBUTES oa;
    UNICODE_STRING text;
    ULONG disposition = 0;
    NTSTATUS status;

    key = make(root, L"Mixed", REG_OPTION_NON_VOLATILE, &status, &disposition);
    CHECK_STATUS(status, STATUS_SUCCESS);
    CHECK_EQ(disposition, REG_CREATED_NEW_KEY);
    again = make(root, L"mIXED", REG_OPTION_NON_VOLATILE, &status, &disposition);
    CHECK_STATUS(status, STATUS_SUCCESS);
    CHECK_EQ(disposition, REG_OPENED_EXISTING_KEY);
    make(root, L"No\\Parent", 0, &status, NULL);
    CHECK_STATUS(status, STATUS_OBJECT_NAME_NOT_FOUND);
    child = make(root, L"Soft", REG_OPTION_VOLATILE, &status, NULL);
    CHECK_STATUS(status, STATUS_SUCCESS);
    make(child, L"Hard", REG_OPTION_NON_VOLATILE, &status, NULL);
    CHECK_STATUS(status, STATUS_CHILD_MUST_BE_VOLATILE);
    RtlInitUnicodeString(&text, L"Absent");
    InitializeObjectAttributes(&oa, &text, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root, NULL);
    key = NULL;
    CHECK_STATUS(ZwOpenKey(&key, KEY_READ, &oa), STATUS_OBJECT_NAME_NOT_FOUND);
    oa.RootDirectory = (HANDLE)(ULONG_PTR)0xFFFFFFFF8000FFF0;
    CHECK_STATUS(ZwOpenKey(&key, KEY_READ, &oa), STATUS_INVALID_HANDLE);
    CHECK_STATUS(ZwDeleteKey(child), STATUS_SUCCESS);
    CHECK_STATUS(set(child, L"x", REG_SZ, L"", 2), STATUS_KEY_DELETED);
    ZwClose(child);
    CHECK_STATUS(ZwDeleteKey(again), STATUS_SUCCESS);
    ZwClose(again);
    ZwClose(root);
}

TEST(EXE_532, a_value_is_told_in_full_or_in_part)
{
    HANDLE root = service();
    ULONG value = 0x12345678, need = 0;
    UCHAR buffer[128];
    PKEY_VALUE_PARTIAL_INFORMATION partial = (PVOID)buffer;
    PKEY_VALUE_FULL_INFORMATION full = (PVOID)buffer;
    PKEY_VALUE_BASIC_INFORMATION basic = (PVOID)buffer;
    ULONG head = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);

    CHECK_STATUS(set(root, L"Number", REG_DWORD, &value, 4), STATUS_SUCCESS);
    CHECK_STATUS(query(root, L"number", KeyValuePartialInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK_EQ(need, head + 4);
    CHECK(partial->Type == REG_DWORD && partial->DataLength == 4 && partial->TitleIndex == 0);
    CHECK_MEM(partial->Data, &value, 4);
    RtlFillMemory(buffer, sizeof(buffer), 0xCC);
    need = 0;
    CHECK_STATUS(query(root, L"Number", KeyValuePartialInformation, buffer, head - 1, &need), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(need, head + 4);
    CHECK(buffer[0] == 0xCC && buffer[8] == 0xCC); /* nothing written */
    CHECK_STATUS(query(root, L"Number", KeyValuePartialInformation, buffer, head + 2, &need), STATUS_BUFFER_OVERFLOW);
    CHECK_EQ(need, head + 4);
    CHECK(partial->DataLength == 4 && partial->Data[0] == 0x78 && partial->Data[1] == 0x56 && partial->Data[2] == 0xCC);
    need = 0;
    CHECK_STATUS(query(root, L"Number", KeyValuePartialInformation, NULL, 0, &need), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(need, head + 4);
    CHECK_STATUS(query(root, L"Absent", KeyValuePartialInformation, buffer, sizeof(buffer), &need), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(query(root, L"Number", KeyValueFullInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK_EQ(full->NameLength, 12);
    CHECK_MEM(full->Name, L"Number", 12);
    CHECK_MEM(buffer + full->DataOffset, &value, 4);
    CHECK_STATUS(query(root, L"Number", KeyValueBasicInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK_EQ(need, FIELD_OFFSET(KEY_VALUE_BASIC_INFORMATION, Name) + 12);
    CHECK_EQ(basic->NameLength, 12);
    CHECK_STATUS(set(root, L"", REG_SZ, L"d", 4), STATUS_SUCCESS); /* the default value */
    CHECK_STATUS(query(root, L"", KeyValuePartialInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK(partial->Type == REG_SZ && partial->DataLength == 4);
    ZwClose(root);
}

TEST_ROWS("EXE-533 EXE-791", enumeration_ends_and_keeps_its_order)
{
    HANDLE root = service(), key, keys[3];
    NTSTATUS status;
    UCHAR buffer[256];
    PKEY_BASIC_INFORMATION basic = (PVOID)buffer;
    PKEY_FULL_INFORMATION full = (PVOID)buffer;
    PKEY_VALUE_BASIC_INFORMATION value = (PVOID)buffer;
    WCHAR first[8] = {0};
    ULONG need;

    key = make(root, L"List", 0, &status, NULL);
    REQUIRE(NT_SUCCESS(status));
    for (ULONG i = 0; i < 3; i++) {
        WCHAR name[2] = {(WCHAR)(L'a' + i), 0};

        keys[i] = make(key, name, 0, &status, NULL);
        CHECK_STATUS(status, STATUS_SUCCESS);
        CHECK_STATUS(set(key, name, REG_BINARY, &i, 4), STATUS_SUCCESS);
    }
    for (ULONG i = 0; i < 3; i++) {
        CHECK_STATUS(ZwEnumerateKey(key, i, KeyBasicInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
        CHECK_EQ(basic->NameLength, 2);
        first[i] = basic->Name[0];
        CHECK_STATUS(ZwEnumerateValueKey(key, i, KeyValueBasicInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
        CHECK_EQ(value->NameLength, 2);
    }
    CHECK(first[0] != first[1] && first[1] != first[2]);
    CHECK_STATUS(ZwEnumerateKey(key, 1, KeyBasicInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK_EQ(basic->Name[0], first[1]);
    CHECK_STATUS(ZwEnumerateKey(key, 3, KeyBasicInformation, buffer, sizeof(buffer), &need), STATUS_NO_MORE_ENTRIES);
    CHECK_STATUS(ZwEnumerateValueKey(key, 3, KeyValueBasicInformation, buffer, sizeof(buffer), &need), STATUS_NO_MORE_ENTRIES);
    CHECK_STATUS(ZwEnumerateKey(key, 0, KeyBasicInformation, buffer, 8, &need), STATUS_BUFFER_TOO_SMALL);
    CHECK_STATUS(ZwEnumerateKey(key, 0, KeyBasicInformation, buffer, FIELD_OFFSET(KEY_BASIC_INFORMATION, Name), &need), STATUS_BUFFER_OVERFLOW);
    CHECK_STATUS(ZwQueryKey(key, KeyFullInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK(full->SubKeys == 3 && full->Values == 3 && full->MaxNameLen == 2 && full->MaxValueNameLen == 2 && full->MaxValueDataLen == 4);
    for (ULONG i = 0; i < 3; i++) {
        CHECK_STATUS(ZwDeleteKey(keys[i]), STATUS_SUCCESS);
        ZwClose(keys[i]);
    }
    ZwDeleteKey(key);
    ZwClose(key);
    ZwClose(root);
}

TEST(EXE_534, deleting)
{
    HANDLE root = service(), key, child;
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Odd");
    UCHAR buffer[64];
    NTSTATUS status;
    ULONG need;

    key = make(root, L"Gone", 0, &status, NULL);
    child = make(key, L"Child", 0, &status, NULL);
    REQUIRE(NT_SUCCESS(status));
    CHECK_STATUS(set(key, L"Odd", 0x12345, L"ab", 3), STATUS_SUCCESS); /* any type, any length */
    CHECK_STATUS(query(key, L"Odd", KeyValuePartialInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK(((PKEY_VALUE_PARTIAL_INFORMATION)(PVOID)buffer)->Type == 0x12345 && ((PKEY_VALUE_PARTIAL_INFORMATION)(PVOID)buffer)->DataLength == 3);
    CHECK_STATUS(ZwDeleteValueKey(key, &name), STATUS_SUCCESS);
    CHECK_STATUS(ZwDeleteValueKey(key, &name), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(ZwDeleteKey(key), STATUS_CANNOT_DELETE);
    CHECK_STATUS(ZwFlushKey(key), STATUS_SUCCESS);
    CHECK_STATUS(ZwDeleteKey(child), STATUS_SUCCESS);
    CHECK_STATUS(ZwDeleteKey(key), STATUS_SUCCESS);
    CHECK_STATUS(query(key, L"Odd", KeyValuePartialInformation, buffer, sizeof(buffer), &need), STATUS_KEY_DELETED);
    CHECK_STATUS(ZwDeleteKey(key), STATUS_KEY_DELETED);
    ZwClose(child);
    ZwClose(key);
    ZwClose(root);
}

TEST_ROWS("EXE-530 EXE-405", hive_at_start)
{
    static PCWSTR const there[] = {L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Session Manager\\Debug Print Filter",
                                   L"\\Registry\\Machine\\SYSTEM\\ControlSet001\\Services", L"\\Registry\\Machine\\Software\\Microsoft\\Cryptography",
                                   L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion", L"\\Registry\\User\\.Default"};
    HANDLE root = service();
    UCHAR buffer[64];
    ULONG need;

    for (ULONG i = 0; i < ARRAYSIZE(there); i++)
        CHECK_STATUS(RtlCheckRegistryKey(RTL_REGISTRY_ABSOLUTE, (PWSTR)(ULONG_PTR)there[i]), STATUS_SUCCESS);
    CHECK_STATUS(query(root, L"Type", KeyValuePartialInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK_STATUS(query(root, L"Start", KeyValuePartialInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    CHECK_STATUS(query(root, L"ErrorControl", KeyValuePartialInformation, buffer, sizeof(buffer), &need), STATUS_SUCCESS);
    ZwClose(root);
}

TODO_ROW(EXE_542, "the registry lives as long as the machine: there is no state directory yet");
TODO_ROW(EXE_414, "ObRegisterCallbacks and CmRegisterCallback(Ex) are not there yet");
