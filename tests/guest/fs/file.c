/* Files of the host as a driver has them: \??\C: and \SystemRoot over a folder that the runner has made (runner.c, own_root). */
#include "wkt.h"

static IO_STATUS_BLOCK iosb;

static void attributes_of(POBJECT_ATTRIBUTES attributes, PUNICODE_STRING text, PCWSTR name, HANDLE root)
{
    RtlInitUnicodeString(text, name);
    InitializeObjectAttributes(attributes, text, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root, NULL);
}

static NTSTATUS create_at(HANDLE root, PHANDLE handle, PCWSTR name, ACCESS_MASK access, ULONG share, ULONG disposition, ULONG options)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING text;

    *handle = NULL;
    attributes_of(&attributes, &text, name, root);
    iosb.Information = 77;
    return ZwCreateFile(handle, access | SYNCHRONIZE, &attributes, &iosb, NULL, FILE_ATTRIBUTE_NORMAL, share, disposition,
                        options | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

static NTSTATUS create(PHANDLE handle, PCWSTR name, ACCESS_MASK access, ULONG disposition, ULONG options)
{
    return create_at(NULL, handle, name, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, disposition, options);
}

static NTSTATUS can_open(PCWSTR name)
{
    HANDLE handle;
    NTSTATUS status = create(&handle, name, FILE_READ_DATA, FILE_OPEN, 0);

    if (NT_SUCCESS(status))
        ZwClose(handle);
    return status;
}

static NTSTATUS write(HANDLE handle, const char *text, LONGLONG at)
{
    LARGE_INTEGER offset;
    ULONG bytes = 0;

    while (text[bytes])
        bytes++;
    offset.QuadPart = at;
    return ZwWriteFile(handle, NULL, NULL, NULL, &iosb, (PVOID)text, bytes, at == -2 ? NULL : &offset, NULL);
}

static NTSTATUS read(HANDLE handle, PVOID out, ULONG bytes, LONGLONG at)
{
    LARGE_INTEGER offset;

    offset.QuadPart = at;
    return ZwReadFile(handle, NULL, NULL, NULL, &iosb, out, bytes, at == -2 ? NULL : &offset, NULL);
}

TEST(EXE_540, a_file_is_written_and_read)
{
    LARGE_INTEGER position;
    char text[32];
    HANDLE file;

    REQUIRE(create(&file, L"\\??\\C:\\new.txt", FILE_GENERIC_READ | FILE_GENERIC_WRITE, FILE_CREATE, FILE_NON_DIRECTORY_FILE) == STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, FILE_CREATED);
    CHECK_STATUS(read(file, text, 4, 0), STATUS_END_OF_FILE);
    CHECK_STATUS(write(file, "hello", -2), STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, 5);
    CHECK_STATUS(write(file, ", you", -2), STATUS_SUCCESS); /* the position goes along */
    CHECK_STATUS(ZwQueryInformationFile(file, &iosb, &position, sizeof(position), FilePositionInformation), STATUS_SUCCESS);
    CHECK_EQ(position.QuadPart, 10);
    CHECK_STATUS(read(file, text, sizeof(text), 3), STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, 7);
    CHECK_MEM(text, "lo, you", 7);
    CHECK_STATUS(read(file, text, 1, -2), STATUS_END_OF_FILE);
    CHECK_STATUS(read(file, text, 0, 0), STATUS_SUCCESS);
    CHECK_STATUS(read(file, text, 1, -7), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(write(file, "x", 4294967296 + 5), STATUS_SUCCESS); /* behind the end, behind 4 GB */
    CHECK_STATUS(read(file, text, 2, 4294967296 + 4), STATUS_SUCCESS);
    CHECK_MEM(text, "\0x", 2);
    CHECK_STATUS(ZwFlushBuffersFile(file, &iosb), STATUS_SUCCESS);
    ZwClose(file);
}

TEST(EXE_540, dispositions)
{
    HANDLE file;

    CHECK_STATUS(create(&file, L"\\??\\C:\\none", FILE_READ_DATA, FILE_OPEN, 0), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(create(&file, L"\\??\\C:\\none", FILE_WRITE_DATA, FILE_OVERWRITE, 0), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(create(&file, L"\\??\\C:\\none\\file", FILE_READ_DATA, FILE_OPEN_IF, 0), STATUS_OBJECT_PATH_NOT_FOUND);
    CHECK_STATUS(create(&file, L"\\??\\C:\\mixed case.txt\\file", FILE_READ_DATA, FILE_OPEN, 0), STATUS_OBJECT_PATH_NOT_FOUND);
    CHECK_STATUS(create(&file, L"\\??\\C:\\mixed case.txt", FILE_READ_DATA, FILE_CREATE, 0), STATUS_OBJECT_NAME_COLLISION);
    CHECK_STATUS(create(&file, L"\\??\\C:\\one", FILE_WRITE_DATA, FILE_OPEN_IF, 0), STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, FILE_CREATED);
    CHECK_STATUS(write(file, "1", 0), STATUS_SUCCESS);
    ZwClose(file);
    CHECK_STATUS(create(&file, L"\\??\\C:\\ONE", FILE_READ_DATA, FILE_OPEN_IF, 0), STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, FILE_OPENED);
    ZwClose(file);
    CHECK_STATUS(create(&file, L"\\??\\C:\\one", FILE_READ_DATA, FILE_OVERWRITE_IF, 0), STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, FILE_OVERWRITTEN);
    CHECK_STATUS(read(file, &iosb, 1, 0), STATUS_END_OF_FILE);
    ZwClose(file);
    CHECK_STATUS(create(&file, L"\\??\\C:\\one", FILE_READ_DATA, FILE_SUPERSEDE, 0), STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, FILE_SUPERSEDED);
    ZwClose(file);
    CHECK_STATUS(create(&file, L"\\??\\C:\\one", FILE_READ_DATA, FILE_OPEN, FILE_DIRECTORY_FILE), STATUS_NOT_A_DIRECTORY);
    CHECK_STATUS(create(&file, L"\\??\\C:\\Windows", FILE_READ_DATA, FILE_OPEN, FILE_NON_DIRECTORY_FILE), STATUS_FILE_IS_A_DIRECTORY);
    CHECK_STATUS(create(&file, L"\\??\\C:\\Windows", FILE_READ_DATA, FILE_OVERWRITE, FILE_DIRECTORY_FILE), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(create(&file, L"\\??\\C:\\one", FILE_READ_DATA, FILE_MAXIMUM_DISPOSITION + 1, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(create(&file, L"\\??\\C:\\readonly.txt", FILE_WRITE_DATA, FILE_OPEN, 0), STATUS_ACCESS_DENIED);
    CHECK_STATUS(create(&file, L"\\??\\C:\\readonly.txt", FILE_READ_DATA | DELETE, FILE_OPEN, FILE_DELETE_ON_CLOSE), STATUS_CANNOT_DELETE);
}

TEST(EXE_540, names)
{
    HANDLE folder, file;
    char text[16];

    CHECK_STATUS(can_open(L"\\??\\C:\\MIXED case.txt"), STATUS_SUCCESS);
    CHECK_STATUS(can_open(L"\\DosDevices\\c:\\windows\\SYSTEM32"), STATUS_SUCCESS);
    CHECK_STATUS(can_open(L"\\SystemRoot\\System32"), STATUS_SUCCESS);
    CHECK_STATUS(can_open(L"\\??\\C:\\windows\\"), STATUS_SUCCESS);
    CHECK_STATUS(can_open(L"\\??\\C:\\readonly.txt\\"), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(can_open(L"\\??\\C:\\many\\\x20ac.txt"), STATUS_SUCCESS);
    CHECK_STATUS(can_open(L"\\??\\C:\\a/b"), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(can_open(L"\\??\\C:\\a*"), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(can_open(L"\\??\\C:\\readonly.txt:stream"), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(can_open(L"\\??\\C:\\\xd800"), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(can_open(L"\\??\\C:\\\\readonly.txt"), STATUS_OBJECT_NAME_INVALID);
    REQUIRE(create(&folder, L"\\??\\C:\\many", FILE_LIST_DIRECTORY, FILE_OPEN, FILE_DIRECTORY_FILE) == STATUS_SUCCESS);
    CHECK_STATUS(read(folder, text, 1, 0), STATUS_INVALID_DEVICE_REQUEST);
    CHECK_STATUS(create_at(folder, &file, L"a.TXT", FILE_READ_DATA, FILE_SHARE_READ, FILE_OPEN, 0), STATUS_SUCCESS);
    ZwClose(file);
    CHECK_STATUS(create_at(folder, &file, L"\\a.txt", FILE_READ_DATA, FILE_SHARE_READ, FILE_OPEN, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(create_at(folder, &file, L"..\\readonly.txt", FILE_READ_DATA, FILE_SHARE_READ, FILE_OPEN, 0), STATUS_OBJECT_NAME_INVALID);
    ZwClose(folder);
}

TEST(EXE_540, nothing_outside_is_reached)
{
    HANDLE file;

    CHECK_STATUS(can_open(L"\\??\\C:\\..\\etc\\passwd"), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(can_open(L"\\??\\C:\\Windows\\..\\..\\etc"), STATUS_OBJECT_NAME_INVALID);
    CHECK_STATUS(can_open(L"\\??\\C:\\outside\\etc\\passwd"), STATUS_ACCESS_DENIED);
    CHECK_STATUS(can_open(L"\\??\\C:\\outside2"), STATUS_ACCESS_DENIED);
    CHECK_STATUS(can_open(L"\\??\\C:\\passwd"), STATUS_ACCESS_DENIED);
    CHECK_STATUS(create(&file, L"\\??\\C:\\outside\\tmp\\x", FILE_WRITE_DATA, FILE_CREATE, 0), STATUS_ACCESS_DENIED);
    CHECK_STATUS(create(&file, L"\\??\\C:\\passwd", FILE_WRITE_DATA, FILE_OVERWRITE_IF, 0), STATUS_ACCESS_DENIED);
    CHECK_STATUS(can_open(L"\\??\\C:\\fifo"), STATUS_ACCESS_DENIED); /* and does not wait for a writer */
    CHECK_STATUS(can_open(L"\\??\\C:\\inside\\System32"), STATUS_SUCCESS);
}

TEST(EXE_540, sharing)
{
    HANDLE first, second;

    REQUIRE(create_at(NULL, &first, L"\\??\\C:\\mixed case.txt", FILE_READ_DATA, FILE_SHARE_READ, FILE_OPEN, 0) == STATUS_SUCCESS);
    CHECK_STATUS(create(&second, L"\\??\\C:\\Mixed Case.txt", FILE_READ_DATA, FILE_OPEN, 0), STATUS_SUCCESS);
    ZwClose(second);
    CHECK_STATUS(create(&second, L"\\??\\C:\\Mixed Case.txt", FILE_WRITE_DATA, FILE_OPEN, 0), STATUS_SHARING_VIOLATION);
    CHECK_STATUS(create(&second, L"\\??\\C:\\Mixed Case.txt", DELETE, FILE_OPEN, 0), STATUS_SHARING_VIOLATION);
    CHECK_STATUS(create(&second, L"\\??\\C:\\Mixed Case.txt", FILE_READ_ATTRIBUTES, FILE_OPEN, 0), STATUS_SUCCESS);
    ZwClose(second);
    ZwClose(first);
    CHECK_STATUS(create(&second, L"\\??\\C:\\Mixed Case.txt", FILE_WRITE_DATA, FILE_OPEN, 0), STATUS_SUCCESS);
    ZwClose(second);
}

TEST(EXE_540, append_only)
{
    char text[16];
    HANDLE file;

    /* A kernel handle's access is asked by nobody but the file system. */
    REQUIRE(create(&file, L"\\??\\C:\\Mixed Case.TXT", FILE_APPEND_DATA, FILE_OPEN, 0) == STATUS_SUCCESS);
    CHECK_STATUS(write(file, "!", 0), STATUS_SUCCESS); /* wherever it says */
    ZwClose(file);
    REQUIRE(create(&file, L"\\??\\C:\\Mixed Case.TXT", FILE_READ_DATA | FILE_WRITE_DATA, FILE_OPEN, 0) == STATUS_SUCCESS);
    CHECK_STATUS(write(file, "?", -1), STATUS_SUCCESS); /* FILE_WRITE_TO_END_OF_FILE */
    CHECK_STATUS(read(file, text, sizeof(text), 0), STATUS_SUCCESS);
    CHECK_EQ(iosb.Information, 14);
    CHECK_MEM(text, "hello, world!?", 14);
    ZwClose(file);
}
