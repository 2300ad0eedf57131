/* What is said of files, changing it, folders and what is in them. The runner has made what is there (runner.c, own_root). */
#include "wkt.h"

static IO_STATUS_BLOCK iosb;

static NTSTATUS open(PHANDLE handle, PCWSTR name, ACCESS_MASK access, ULONG disposition, ULONG options)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING text;

    RtlInitUnicodeString(&text, name);
    InitializeObjectAttributes(&attributes, &text, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    *handle = NULL;
    return ZwCreateFile(handle, access | SYNCHRONIZE, &attributes, &iosb, NULL, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, disposition,
                        options | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

static NTSTATUS can_open(PCWSTR name)
{
    HANDLE handle;
    NTSTATUS status = open(&handle, name, FILE_READ_ATTRIBUTES, FILE_OPEN, 0);

    if (NT_SUCCESS(status))
        ZwClose(handle);
    return status;
}

static NTSTATUS query(HANDLE file, PVOID out, ULONG bytes, FILE_INFORMATION_CLASS class)
{
    return ZwQueryInformationFile(file, &iosb, out, bytes, class);
}

static NTSTATUS set(HANDLE file, PVOID in, ULONG bytes, FILE_INFORMATION_CLASS class)
{
    return ZwSetInformationFile(file, &iosb, in, bytes, class);
}

static NTSTATUS dispose(HANDLE file, BOOLEAN yes)
{
    FILE_DISPOSITION_INFORMATION disposition;

    disposition.DeleteFile = yes;
    return set(file, &disposition, sizeof(disposition), FileDispositionInformation);
}

TEST(EXE_540, what_a_file_is)
{
    FILE_STANDARD_INFORMATION standard;
    FILE_BASIC_INFORMATION basic;
    FILE_NETWORK_OPEN_INFORMATION network;
    union {
        FILE_NAME_INFORMATION name;
        UCHAR bytes[64];
    } name;
    LARGE_INTEGER now;
    HANDLE file;

    REQUIRE(open(&file, L"\\SystemRoot\\..\\x", FILE_READ_DATA, FILE_OPEN, 0) == STATUS_OBJECT_NAME_INVALID);
    REQUIRE(open(&file, L"\\??\\C:\\MIXED CASE.TXT", FILE_READ_DATA | FILE_WRITE_ATTRIBUTES | FILE_WRITE_DATA, FILE_OPEN, 0) == STATUS_SUCCESS);
    CHECK_STATUS(query(file, &standard, sizeof(standard), FileStandardInformation), STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, sizeof(standard));
    CHECK_EQ(standard.EndOfFile.QuadPart, 12);
    CHECK_EQ(standard.NumberOfLinks, 1);
    CHECK(!standard.Directory && !standard.DeletePending);
    CHECK_STATUS(query(file, &basic, sizeof(basic), FileBasicInformation), STATUS_SUCCESS);
    KeQuerySystemTime(&now);
    CHECK(now.QuadPart - basic.LastWriteTime.QuadPart < 600 * 10000000LL && basic.LastWriteTime.QuadPart <= now.QuadPart + 10000000);
    CHECK_EQ(basic.FileAttributes, FILE_ATTRIBUTE_NORMAL);
    CHECK_STATUS(query(file, &network, sizeof(network), FileNetworkOpenInformation), STATUS_SUCCESS);
    CHECK_EQ(network.EndOfFile.QuadPart, 12);
    CHECK_STATUS(query(file, &name, sizeof(name), FileNameInformation), STATUS_SUCCESS);
    CHECK_EQ(name.name.FileNameLength, 30);
    CHECK_MEM(name.name.FileName, L"\\Mixed Case.TXT", 30); /* as the folder has it */
    RtlFillMemory(&name, sizeof(name), 0xCC);
    CHECK_STATUS(query(file, &name, 4 + 6, FileNameInformation), STATUS_BUFFER_OVERFLOW);
    CHECK_EQ(name.name.FileNameLength, 30);
    CHECK_EQ(iosb.Information, 10);
    CHECK(name.bytes[9] == 0 && name.bytes[10] == 0xCC);
    CHECK_STATUS(query(file, &standard, sizeof(standard) - 1, FileStandardInformation), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_STATUS(query(file, &standard, sizeof(standard), (FILE_INFORMATION_CLASS)999), STATUS_INVALID_INFO_CLASS);
    RtlZeroMemory(&basic, sizeof(basic));
    basic.LastWriteTime.QuadPart = 130000000000000000;
    basic.FileAttributes = FILE_ATTRIBUTE_READONLY;
    CHECK_STATUS(set(file, &basic, sizeof(basic), FileBasicInformation), STATUS_SUCCESS);
    CHECK_STATUS(query(file, &basic, sizeof(basic), FileBasicInformation), STATUS_SUCCESS);
    CHECK_EQ(basic.LastWriteTime.QuadPart, 130000000000000000);
    CHECK_EQ(basic.FileAttributes, FILE_ATTRIBUTE_READONLY);
    standard.EndOfFile.QuadPart = 5;
    CHECK_STATUS(set(file, &standard.EndOfFile, sizeof(standard.EndOfFile), FileEndOfFileInformation), STATUS_SUCCESS);
    CHECK_STATUS(query(file, &standard, sizeof(standard), FileStandardInformation), STATUS_SUCCESS);
    CHECK_EQ(standard.EndOfFile.QuadPart, 5);
    CHECK_STATUS(dispose(file, TRUE), STATUS_CANNOT_DELETE); /* it is read-only by now */
    ZwClose(file);
}

TEST(EXE_540, deleted_when_the_last_handle_goes)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING text;
    HANDLE first, second;

    REQUIRE(open(&first, L"\\??\\C:\\gone", FILE_READ_DATA | DELETE, FILE_CREATE, 0) == STATUS_SUCCESS);
    REQUIRE(open(&second, L"\\??\\C:\\gone", FILE_READ_DATA, FILE_OPEN, 0) == STATUS_SUCCESS);
    CHECK_STATUS(dispose(first, TRUE), STATUS_SUCCESS);
    CHECK_STATUS(can_open(L"\\??\\C:\\gone"), STATUS_DELETE_PENDING);
    ZwClose(first);
    CHECK_STATUS(can_open(L"\\??\\C:\\gone"), STATUS_DELETE_PENDING);
    ZwClose(second);
    CHECK_STATUS(can_open(L"\\??\\C:\\gone"), STATUS_OBJECT_NAME_NOT_FOUND);
    REQUIRE(open(&first, L"\\??\\C:\\gone", FILE_READ_DATA | DELETE, FILE_CREATE, FILE_DELETE_ON_CLOSE) == STATUS_SUCCESS);
    ZwClose(first);
    CHECK_STATUS(can_open(L"\\??\\C:\\gone"), STATUS_OBJECT_NAME_NOT_FOUND);
    REQUIRE(open(&first, L"\\??\\C:\\kept", FILE_READ_DATA | DELETE, FILE_CREATE, 0) == STATUS_SUCCESS);
    CHECK_STATUS(dispose(first, TRUE), STATUS_SUCCESS);
    CHECK_STATUS(dispose(first, FALSE), STATUS_SUCCESS);
    ZwClose(first);
    CHECK_STATUS(can_open(L"\\??\\C:\\kept"), STATUS_SUCCESS);
    RtlInitUnicodeString(&text, L"\\??\\C:\\KEPT");
    InitializeObjectAttributes(&attributes, &text, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK_STATUS(ZwDeleteFile(&attributes), STATUS_SUCCESS);
    CHECK_STATUS(ZwDeleteFile(&attributes), STATUS_OBJECT_NAME_NOT_FOUND);
    RtlInitUnicodeString(&text, L"\\??\\C:\\many");
    CHECK_STATUS(ZwDeleteFile(&attributes), STATUS_DIRECTORY_NOT_EMPTY);
    RtlInitUnicodeString(&text, L"\\??\\C:\\readonly.txt");
    CHECK_STATUS(ZwDeleteFile(&attributes), STATUS_CANNOT_DELETE);
    RtlInitUnicodeString(&text, L"\\??\\C:\\Windows\\System32");
    CHECK_STATUS(ZwDeleteFile(&attributes), STATUS_SUCCESS);
    CHECK_STATUS(can_open(L"\\SystemRoot\\System32"), STATUS_OBJECT_NAME_NOT_FOUND);
}

static NTSTATUS rename(HANDLE file, PCWSTR to, BOOLEAN replace)
{
    union {
        FILE_RENAME_INFORMATION info;
        UCHAR bytes[200];
    } r;

    RtlZeroMemory(&r, sizeof(r));
    r.info.ReplaceIfExists = replace;
    while (to[r.info.FileNameLength / sizeof(WCHAR)]) {
        r.info.FileName[r.info.FileNameLength / sizeof(WCHAR)] = to[r.info.FileNameLength / sizeof(WCHAR)];
        r.info.FileNameLength += sizeof(WCHAR);
    }
    return set(file, &r, sizeof(r), FileRenameInformation);
}

TEST(EXE_540, renamed)
{
    HANDLE file, folder;

    REQUIRE(open(&file, L"\\??\\C:\\many\\c.dat", FILE_READ_DATA | DELETE, FILE_OPEN, 0) == STATUS_SUCCESS);
    CHECK_STATUS(rename(file, L"A.TXT", FALSE), STATUS_OBJECT_NAME_COLLISION);
    CHECK_STATUS(rename(file, L"..\\x", FALSE), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(rename(file, L"\\??\\C:\\outside\\tmp\\x", FALSE), STATUS_ACCESS_DENIED);
    CHECK_STATUS(rename(file, L"\\??\\D:\\x", FALSE), STATUS_NOT_SAME_DEVICE);
    CHECK_STATUS(rename(file, L"d.dat", FALSE), STATUS_SUCCESS);
    CHECK_STATUS(can_open(L"\\??\\C:\\many\\c.dat"), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(can_open(L"\\??\\C:\\many\\d.dat"), STATUS_SUCCESS);
    CHECK_STATUS(rename(file, L"\\??\\C:\\Windows\\e.dat", FALSE), STATUS_SUCCESS);
    CHECK_STATUS(can_open(L"\\SystemRoot\\e.dat"), STATUS_SUCCESS);
    CHECK_STATUS(rename(file, L"\\??\\C:\\many\\A.txt", TRUE), STATUS_SUCCESS);
    REQUIRE(open(&folder, L"\\??\\C:\\many", DELETE, FILE_OPEN, FILE_DIRECTORY_FILE) == STATUS_SUCCESS);
    CHECK_STATUS(rename(folder, L"few", FALSE), STATUS_ACCESS_DENIED); /* a file in it is open */
    ZwClose(file);
    CHECK_STATUS(rename(folder, L"few", FALSE), STATUS_SUCCESS);
    ZwClose(folder);
    CHECK_STATUS(can_open(L"\\??\\C:\\few\\a.txt"), STATUS_SUCCESS);
}

static NTSTATUS list(HANDLE folder, PVOID out, ULONG bytes, FILE_INFORMATION_CLASS class, BOOLEAN single, PCWSTR pattern, BOOLEAN restart)
{
    UNICODE_STRING text;

    RtlInitUnicodeString(&text, pattern);
    return ZwQueryDirectoryFile(folder, NULL, NULL, NULL, &iosb, out, bytes, class, single, pattern ? &text : NULL, restart);
}

TEST(EXE_540, what_is_in_a_folder)
{
    static const WCHAR *const names[] = {L".", L"..", L"A.txt", L"b.txt", L"c.dat", L"\x20ac.txt"};
    static const ULONG chars[] = {1, 2, 5, 5, 5, 5};
    FILE_BOTH_DIR_INFORMATION *entry;
    FILE_NAMES_INFORMATION *one;
    PUCHAR out = wkt_alloc(2048);
    HANDLE folder;
    ULONG i;

    REQUIRE(out && open(&folder, L"\\??\\C:\\many", FILE_LIST_DIRECTORY, FILE_OPEN, FILE_DIRECTORY_FILE) == STATUS_SUCCESS);
    CHECK_STATUS(list(folder, out, 2048, FileBothDirectoryInformation, FALSE, NULL, FALSE), STATUS_SUCCESS);
    entry = (PVOID)out;
    for (i = 0; i < RTL_NUMBER_OF(names); i++) {
        CHECK_EQ(entry->FileNameLength, chars[i] * sizeof(WCHAR));
        CHECK_MEM(entry->FileName, names[i], entry->FileNameLength);
        CHECK_EQ(entry->FileAttributes, i < 2 ? FILE_ATTRIBUTE_DIRECTORY : FILE_ATTRIBUTE_NORMAL);
        CHECK_EQ(entry->NextEntryOffset % 8, 0);
        CHECK_EQ(entry->NextEntryOffset == 0, i + 1 == RTL_NUMBER_OF(names));
        entry = (PVOID)((PUCHAR)entry + entry->NextEntryOffset);
    }
    CHECK_STATUS(list(folder, out, 2048, FileBothDirectoryInformation, FALSE, NULL, FALSE), STATUS_NO_MORE_FILES);
    one = (PVOID)out;
    CHECK_STATUS(list(folder, out, 2048, FileNamesInformation, TRUE, NULL, TRUE), STATUS_SUCCESS);
    CHECK_EQ(one->FileNameLength, 2);
    CHECK_EQ(iosb.Information, 14);
    CHECK_STATUS(list(folder, out, 2048, FileNamesInformation, TRUE, NULL, FALSE), STATUS_SUCCESS);
    CHECK_STATUS(list(folder, out, 16, FileNamesInformation, TRUE, NULL, FALSE), STATUS_BUFFER_OVERFLOW); /* A.txt needs 22 */
    CHECK_EQ(one->FileNameLength, 10);
    CHECK_STATUS(list(folder, out, 4, FileNamesInformation, TRUE, NULL, FALSE), STATUS_INFO_LENGTH_MISMATCH);
    CHECK_STATUS(list(folder, out, 2048, (FILE_INFORMATION_CLASS)99, TRUE, NULL, FALSE), STATUS_INVALID_INFO_CLASS);
    ZwClose(folder);
    REQUIRE(open(&folder, L"\\??\\C:\\many", FILE_LIST_DIRECTORY, FILE_OPEN, FILE_DIRECTORY_FILE) == STATUS_SUCCESS);
    CHECK_STATUS(list(folder, out, 2048, FileNamesInformation, FALSE, L"?.TXT", FALSE), STATUS_SUCCESS);
    CHECK_EQ(one->FileNameLength, 10);
    CHECK_MEM(one->FileName, L"A.txt", 10);
    CHECK_EQ(iosb.Information, 3 * 24 - 2);
    ZwClose(folder);
    REQUIRE(open(&folder, L"\\??\\C:\\many", FILE_LIST_DIRECTORY, FILE_OPEN, FILE_DIRECTORY_FILE) == STATUS_SUCCESS);
    CHECK_STATUS(list(folder, out, 2048, FileNamesInformation, FALSE, L"*.none", FALSE), STATUS_NO_SUCH_FILE);
    CHECK_STATUS(list(folder, out, 2048, FileNamesInformation, FALSE, NULL, FALSE), STATUS_NO_MORE_FILES);
    ZwClose(folder);
    REQUIRE(open(&folder, L"\\??\\C:\\new folder", FILE_LIST_DIRECTORY, FILE_CREATE, FILE_DIRECTORY_FILE) == STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, FILE_CREATED);
    ZwClose(folder);
}
