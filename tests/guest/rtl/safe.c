/* Safe strings and integers (EXE-459, EXE-460, EXE-793). */
#include "wkt.h"
#include <ntstrsafe.h>
#include <ntintsafe.h>
#include <string.h>

TEST_ROWS("EXE-459 EXE-793", terminated_strings)
{
    char text[16], *end;
    size_t left;

    CHECK_STATUS(RtlStringCchCopyA(text, 4, "abcdef"), STATUS_BUFFER_OVERFLOW);
    CHECK(!strcmp(text, "abc"));
    CHECK_STATUS(RtlStringCchCopyA(text, 0, "a"), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlStringCchCopyA(text, 0x80000000, "a"), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlStringCchCatNA(text, 16, "xyz", 2), STATUS_SUCCESS);
    CHECK(!strcmp(text, "abcxy"));
    CHECK_STATUS(RtlStringCbPrintfA(text, 4, "%d", 12345), STATUS_BUFFER_OVERFLOW);
    CHECK(!strcmp(text, "123"));
    CHECK_STATUS(RtlStringCbPrintfA(text, 4, "%d", 123), STATUS_SUCCESS);
    CHECK_STATUS(RtlStringCbPrintfExA(text, 10, &end, &left, STRSAFE_FILL_BYTE('A'), "%s", "hi"), STATUS_SUCCESS);
    CHECK(end == text + 2 && left == 8 && text[3] == 'A' && text[9] == 'A');
    CHECK_STATUS(RtlStringCchCopyExA(text, 4, "abcdef", &end, &left, STRSAFE_FAILURE_BYTE('q')), STATUS_BUFFER_OVERFLOW);
    CHECK(!strcmp(text, "qqq") && left == 1);
    RtlStringCchCopyA(text, 16, "abc");
    CHECK_STATUS(RtlStringCchCatExA(text, 5, "de", &end, &left, STRSAFE_NO_TRUNCATION), STATUS_BUFFER_OVERFLOW);
    CHECK(!strcmp(text, "abc"));
    CHECK_STATUS(RtlStringCchCopyExA(text, 4, NULL, NULL, NULL, 0), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlStringCchCopyExA(text, 4, NULL, NULL, NULL, STRSAFE_IGNORE_NULLS), STATUS_SUCCESS);
    CHECK_STATUS(RtlStringCchLengthA("abc", 3, &left), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlStringCbLengthW(L"abc", 8, &left), STATUS_SUCCESS);
    CHECK_EQ(left, 6);
}

TEST(EXE_459, counted_strings)
{
    WCHAR buffer[8];
    UNICODE_STRING s = {0, sizeof(buffer), buffer}, left;

    CHECK_STATUS(RtlUnicodeStringPrintf(&s, L"%d-%s", 42, L"ab"), STATUS_SUCCESS);
    CHECK(s.Length == 10 && !memcmp(buffer, L"42-ab", 10));
    CHECK_STATUS(RtlUnicodeStringPrintf(&s, L"%d", 123456789), STATUS_BUFFER_OVERFLOW);
    CHECK_EQ(s.Length, 16);
    CHECK_STATUS(RtlUnicodeStringCopyString(&s, L"abc"), STATUS_SUCCESS);
    CHECK_STATUS(RtlUnicodeStringCatStringEx(&s, L"def", &left, 0), STATUS_SUCCESS);
    CHECK(s.Length == 12 && left.MaximumLength == 4 && left.Buffer == buffer + 6);
    s.Length = 3;
    CHECK_STATUS(RtlUnicodeStringValidate(&s), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlUnicodeStringCatString(&s, L"x"), STATUS_INVALID_PARAMETER);
}

TEST_ROWS("EXE-460 EXE-793", integers)
{
    UCHAR byte;
    ULONG value;
    SIZE_T size;
    LONGLONG wide;

    CHECK_STATUS(RtlULongAdd(0xffffffff, 1, &value), STATUS_INTEGER_OVERFLOW);
    CHECK_EQ(value, 0xffffffff);
    CHECK_STATUS(RtlULongAdd(1, 2, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 3);
    CHECK_STATUS(RtlULongSub(1, 2, &value), STATUS_INTEGER_OVERFLOW);
    CHECK_STATUS(RtlSizeTMult((SIZE_T)1 << 40, (SIZE_T)1 << 24, &size), STATUS_INTEGER_OVERFLOW);
    CHECK_STATUS(RtlIntToUChar(-1, &byte), STATUS_INTEGER_OVERFLOW);
    CHECK_STATUS(RtlIntToUChar(255, &byte), STATUS_SUCCESS);
    CHECK_STATUS(RtlULongLongToLongLong(~0ULL, &wide), STATUS_INTEGER_OVERFLOW);
    CHECK_EQ(wide, 0);
}
