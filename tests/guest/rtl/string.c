/* Counted strings (EXE-450..454, EXE-462, EXE-468, EXE-475). */
#include "wkt.h"
#include <string.h>

#define US(text) {sizeof(text) - 2, sizeof(text), (PWCH)(ULONG_PTR)(text)}

TEST(EXE_450, initialising)
{
    UNICODE_STRING s;
    ANSI_STRING a;

    RtlInitUnicodeString(&s, L"abc");
    CHECK(s.Length == 6 && s.MaximumLength == 8);
    RtlInitUnicodeString(&s, NULL);
    CHECK(s.Length == 0 && s.MaximumLength == 0 && s.Buffer == NULL);
    RtlInitAnsiString(&a, "abcd");
    CHECK(a.Length == 4 && a.MaximumLength == 5);
}

TEST(EXE_450, too_long)
{
    PWSTR text = wkt_alloc(0x20004);
    UNICODE_STRING s;

    for (ULONG i = 0; i < 0x10000; i++)
        text[i] = L'x';
    CHECK_STATUS(RtlInitUnicodeStringEx(&s, text), STATUS_NAME_TOO_LONG);
    RtlInitUnicodeString(&s, text);
    CHECK_EQ(s.Length, 0xFFFC);
}

TEST(EXE_451, copy_and_append)
{
    WCHAR buffer[5];
    UNICODE_STRING to = {0, sizeof(buffer), buffer}, abc = US(L"abc"), abcdef = US(L"abcdef");

    RtlCopyUnicodeString(&to, &abcdef);
    CHECK(to.Length == 10 && !memcmp(buffer, L"abcde", 10)); /* cut, no room for a terminator */
    RtlCopyUnicodeString(&to, &abc);
    CHECK(to.Length == 6 && buffer[3] == 0);
    CHECK_STATUS(RtlAppendUnicodeStringToString(&to, &abc), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(to.Length, 6);
    CHECK_STATUS(RtlAppendUnicodeToString(&to, L"de"), STATUS_SUCCESS);
    CHECK_EQ(to.Length, 10);
    RtlCopyUnicodeString(&to, NULL);
    CHECK_EQ(to.Length, 0);
}

TEST(EXE_452, comparing_ignores_case_of_the_whole_bmp)
{
    UNICODE_STRING lower = US(L"stra\x00e4\x03b1\x0444"), upper = US(L"STRA\x00c4\x0391\x0424"), prefix = US(L"STR");

    CHECK(!RtlEqualUnicodeString(&lower, &upper, FALSE));
    CHECK(RtlEqualUnicodeString(&lower, &upper, TRUE));
    CHECK(RtlCompareUnicodeString(&lower, &upper, FALSE) > 0);
    CHECK_EQ(RtlCompareUnicodeString(&lower, &upper, TRUE), 0);
    CHECK(RtlPrefixUnicodeString(&prefix, &lower, TRUE));
    CHECK(!RtlPrefixUnicodeString(&prefix, &lower, FALSE));
    CHECK(!RtlPrefixUnicodeString(&lower, &prefix, TRUE));
    CHECK_EQ(RtlUpcaseUnicodeChar(0xff), 0x178);
    CHECK_EQ(RtlUpcaseUnicodeChar(0xdf), 0xdf);
    CHECK_EQ(RtlDowncaseUnicodeChar(0x416), 0x436);
}

TEST_ROWS("EXE-453 EXE-475", ansi_and_back)
{
    ANSI_STRING euro = RTL_CONSTANT_STRING("a\x80z"), narrow;
    UNICODE_STRING wide;
    WCHAR small[2];
    char two[2];

    CHECK_STATUS(RtlAnsiStringToUnicodeString(&wide, &euro, TRUE), STATUS_SUCCESS);
    CHECK(wide.Length == 6 && wide.Buffer[1] == 0x20AC && wide.Buffer[3] == 0);
    CHECK_STATUS(RtlUnicodeStringToAnsiString(&narrow, &wide, TRUE), STATUS_SUCCESS);
    CHECK(narrow.Length == 3 && !memcmp(narrow.Buffer, "a\x80z", 4));
    RtlFreeAnsiString(&narrow);
    CHECK(narrow.Buffer == NULL && narrow.Length == 0);
    narrow.Buffer = two;
    narrow.MaximumLength = sizeof(two);
    CHECK_STATUS(RtlUnicodeStringToAnsiString(&narrow, &wide, FALSE), STATUS_BUFFER_OVERFLOW);
    RtlFreeUnicodeString(&wide);
    CHECK(wide.Buffer == NULL && wide.MaximumLength == 0);
    RtlInitEmptyUnicodeString(&wide, small, sizeof(small));
    CHECK_STATUS(RtlAnsiStringToUnicodeString(&wide, &euro, FALSE), STATUS_BUFFER_OVERFLOW);
}

TEST(EXE_454, utf8_both_ways)
{
    static const char utf8[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
    WCHAR wide[16];
    char narrow[32];
    ULONG bytes;

    CHECK_STATUS(RtlUTF8ToUnicodeN(NULL, 0, &bytes, utf8, 10), STATUS_SUCCESS);
    CHECK_EQ(bytes, 10);
    CHECK_STATUS(RtlUTF8ToUnicodeN(wide, sizeof(wide), &bytes, utf8, 10), STATUS_SUCCESS);
    CHECK(bytes == 10 && wide[1] == 0xe4 && wide[2] == 0x20ac && wide[3] == 0xd83d && wide[4] == 0xde00);
    CHECK_STATUS(RtlUnicodeToUTF8N(narrow, sizeof(narrow), &bytes, wide, 10), STATUS_SUCCESS);
    CHECK(bytes == 10 && !memcmp(narrow, utf8, 10));
    CHECK_STATUS(RtlUTF8ToUnicodeN(wide, 4, &bytes, utf8, 10), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(bytes, 4);
    CHECK_STATUS(RtlUTF8ToUnicodeN(wide, sizeof(wide), &bytes, "a\xff", 2), STATUS_SOME_NOT_MAPPED);
    CHECK(bytes == 4 && wide[1] == 0xfffd);
    CHECK_STATUS(RtlUTF8ToUnicodeN(NULL, 0, NULL, utf8, 10), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlUTF8ToUnicodeN(wide, 4, &bytes, NULL, 1), STATUS_INVALID_PARAMETER_4);
    CHECK_STATUS(RtlUnicodeToUTF8N(narrow, 4, &bytes, wide, 3), STATUS_INVALID_PARAMETER_5);
    wide[0] = 0xd800;
    CHECK_STATUS(RtlUnicodeToUTF8N(narrow, sizeof(narrow), &bytes, wide, 2), STATUS_SOME_NOT_MAPPED);
    CHECK_EQ(bytes, 3);
}

TEST(EXE_455, numbers_as_text)
{
    UNICODE_STRING s = US(L" -345"), hex = US(L"0x1fG"), none = US(L"xyz"), octal = US(L"789"), empty = {0, 0, NULL};
    WCHAR buffer[8];
    UNICODE_STRING out = {0, sizeof(buffer), buffer};
    ULONG value;

    CHECK_STATUS(RtlUnicodeStringToInteger(&s, 10, &value), STATUS_SUCCESS);
    CHECK_EQ(value, (ULONG)-345);
    CHECK_STATUS(RtlUnicodeStringToInteger(&hex, 0, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 0x1f);
    CHECK_STATUS(RtlUnicodeStringToInteger(&none, 10, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 0);
    CHECK_STATUS(RtlUnicodeStringToInteger(&octal, 8, &value), STATUS_SUCCESS);
    CHECK_EQ(value, 7);
    CHECK_STATUS(RtlUnicodeStringToInteger(&empty, 10, &value), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlUnicodeStringToInteger(&s, 7, &value), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlIntegerToUnicodeString(0xabc, 16, &out), STATUS_SUCCESS);
    CHECK(out.Length == 6 && !memcmp(buffer, L"ABC", 8));
    CHECK_STATUS(RtlIntegerToUnicodeString(0xffffffff, 2, &out), STATUS_BUFFER_OVERFLOW);
    CHECK_STATUS(RtlIntegerToUnicodeString(1, 3, &out), STATUS_INVALID_PARAMETER);
}

TEST(EXE_462, guids_as_text)
{
    static const GUID guid = {0x12345678, 0x9abc, 0xdef0, {1, 2, 3, 4, 5, 6, 7, 8}};
    UNICODE_STRING text, wrong = US(L"12345678-9abc-def0-0102-030405060708xx");
    GUID back, one, two;

    CHECK_STATUS(RtlStringFromGUID(&guid, &text), STATUS_SUCCESS);
    CHECK(text.Length == 76 && !_wcsicmp(text.Buffer, L"{12345678-9abc-def0-0102-030405060708}"));
    CHECK_STATUS(RtlGUIDFromString(&text, &back), STATUS_SUCCESS);
    CHECK(IsEqualGUID(&guid, &back));
    RtlFreeUnicodeString(&text);
    CHECK_STATUS(RtlGUIDFromString(&wrong, &back), STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(ExUuidCreate(&one)) && NT_SUCCESS(ExUuidCreate(&two)));
    CHECK(!IsEqualGUID(&one, &two));
}

TEST(EXE_468, hashes_and_checksums)
{
    UNICODE_STRING a = US(L"Ab"), b = US(L"aB");
    ULONG x, y;

    CHECK_STATUS(RtlHashUnicodeString(&a, FALSE, HASH_STRING_ALGORITHM_X65599, &x), STATUS_SUCCESS);
    CHECK_EQ(x, 'A' * 65599u + 'b');
    CHECK_STATUS(RtlHashUnicodeString(&a, TRUE, HASH_STRING_ALGORITHM_DEFAULT, &x), STATUS_SUCCESS);
    CHECK_STATUS(RtlHashUnicodeString(&b, TRUE, HASH_STRING_ALGORITHM_DEFAULT, &y), STATUS_SUCCESS);
    CHECK_EQ(x, y);
    CHECK_STATUS(RtlHashUnicodeString(&a, TRUE, 2, &x), STATUS_INVALID_PARAMETER);
    CHECK_EQ(RtlComputeCrc32(0, (PVOID)(ULONG_PTR)"123456789", 9), 0xCBF43926);
}
