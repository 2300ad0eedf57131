/* The format engine through the C functions (EXE-052, EXE-456..458). */
#include "wkt.h"
#include <stdio.h>
#include <string.h>

static char text[128];
static WCHAR wide[128];
#define PRINTS(wanted, ...) (_snprintf(text, sizeof(text), __VA_ARGS__) == (int)strlen(wanted) && !strcmp(text, wanted))
#define PRINTS_WIDE(wanted, ...) (_snwprintf(wide, 128, __VA_ARGS__) == (int)wcslen(wanted) && !wcscmp(wide, wanted))

TEST_ROWS("EXE-456 EXE-052", numbers)
{
    CHECK(PRINTS("-5 +5  5 00042 2a 0X2A 052", "%d %+d % d %05d %x %#X %#o", -5, 5, 5, 42, 42, 42, 42));
    CHECK(PRINTS("[    7][7    ][007]", "[%5d][%-5d][%.3d]", 7, 7, 7));
    CHECK(PRINTS("123456789abcdef0 18446744073709551615", "%I64x %llu", 0x123456789abcdef0ULL, ~0ULL));
    CHECK(PRINTS("4294967295 -1", "%lu %ld", 0xffffffffUL, -1L)); /* long is 32 bits */
    CHECK(PRINTS("0000000012345678", "%p", (void *)0x12345678));
    CHECK(PRINTS("[   ab]", "[%*.*s]", 5, 2, "abcdef"));
    CHECK(PRINTS("1 2 3 4 5 6 7 8", "%d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7, 8));
    CHECK(PRINTS("100%", "%d%%", 100));
}

TEST(EXE_457, strings_by_width_of_the_function)
{
    UNICODE_STRING unicode = RTL_CONSTANT_STRING(L"unicode");
    ANSI_STRING ansi = RTL_CONSTANT_STRING("ansi");
    char *null = NULL;

    unicode.Length -= 2;
    CHECK(PRINTS("n w w w n", "%s %S %ls %ws %hs", "n", L"w", L"w", L"w", "n"));
    CHECK(PRINTS("unicod ansi", "%wZ %Z", &unicode, &ansi));
    CHECK(PRINTS("(null) (null)", "%s %wZ", null, (PUNICODE_STRING)NULL));
    CHECK(PRINTS("ab", "%c%C", 'a', L'b'));
    CHECK(PRINTS_WIDE(L"w n n w", L"%s %S %hs %ls", L"w", "n", "n", L"w"));
    CHECK(PRINTS_WIDE(L"unicod ansi", L"%wZ %hZ", &unicode, &ansi));
}

TEST(EXE_458, truncation_by_function)
{
    RtlFillMemory(text, sizeof(text), 'z');
    CHECK_EQ(_snprintf(text, 3, "%d", 12345), -1);
    CHECK(!memcmp(text, "123z", 4));
    CHECK_EQ(_snprintf(text, 5, "%d", 12345), 5);
    CHECK(!memcmp(text, "12345z", 6)); /* exactly full: not terminated */
    CHECK_EQ(sprintf_s(text, 3, "%d", 12345), -1);
    CHECK(text[0] == 0);
    CHECK_EQ(_snprintf_s(text, 4, _TRUNCATE, "%d", 12345), -1);
    CHECK(!strcmp(text, "123"));
    CHECK_EQ(strcpy_s(text, 3, "abc"), 34);
    CHECK(text[0] == 0);
    CHECK_EQ(strcpy_s(text, 4, "abc"), 0);
    CHECK_EQ(strcpy_s(text, 4, NULL), 22);
    CHECK_EQ(_snwprintf(wide, 2, L"%d", 123), -1);
}

TEST_FINDING(EXE_456, percent_n_stores_nothing, "EXE-456")
{
    int stored = 7;

    _snprintf(text, sizeof(text), "ab%n", &stored);
    CHECK_EQ(stored, 7);
}

TODO_ROW(EXE_769, "a bad pointer in a format needs the fault rules of the executive in place");
