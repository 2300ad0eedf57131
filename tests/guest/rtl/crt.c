/* C library exports (EXE-041, EXE-477). */
#include "wkt.h"
#include <string.h>
#include <stdlib.h>
#include <ctype.h>

TEST(EXE_041, narrow_strings)
{
    char text[32];

    CHECK_EQ(strlen("hello"), 5);
    CHECK_EQ(strnlen("hello", 3), 3);
    CHECK(strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && !strcmp("a", "a"));
    CHECK(!strncmp("abcX", "abcY", 3) && !_stricmp("HeLLo", "hEllO") && !_strnicmp("ABx", "aby", 2));
    CHECK(!strcmp(strcat(strcpy(text, "ab"), "cd"), "abcd"));
    strncpy(text, "xy", 5);
    CHECK(!memcmp(text, "xy\0\0\0", 5));
    CHECK(!strcmp(strstr("find me here", "me"), "me here") && !strstr("abc", "x"));
    CHECK(!strcmp(strchr("a/b/c", '/'), "/b/c") && !strcmp(strrchr("a/b/c", '/'), "/c"));
    CHECK(toupper('q') == 'Q' && tolower('Q') == 'q' && isdigit('7') && !isdigit('a') && isxdigit('f') && isspace('\t'));
    CHECK_EQ(atoi("  -42x"), -42);
    CHECK_EQ(atol("+17"), 17);
}

TEST(EXE_041, wide_strings)
{
    WCHAR text[32], *end;

    CHECK_EQ(wcslen(L"hello"), 5);
    CHECK_EQ(wcsnlen(L"hello", 3), 3);
    CHECK(wcscmp(L"a", L"b") < 0 && !_wcsicmp(L"HeLLo", L"hEllO") && !_wcsnicmp(L"ABx", L"aby", 2));
    CHECK(!wcscmp(wcscat(wcscpy(text, L"ab"), L"cd"), L"abcd"));
    CHECK(!wcscmp(wcsstr(L"find me", L"me"), L"me") && !wcscmp(wcsrchr(L"a/b/c", L'/'), L"/c"));
    CHECK_EQ(wcstoul(L"0x1fz", &end, 0), 0x1f);
    CHECK(*end == L'z');
    CHECK_EQ(wcstoul(L"99999999999", NULL, 10), 0xffffffff);
    CHECK_EQ(_wtoi(L"12"), 12);
}

static int calls;
static int __cdecl by_value(const void *a, const void *b)
{
    calls++;
    return *(const int *)a - *(const int *)b;
}

TEST(EXE_477, sort_and_search)
{
    int values[100], key = 37, missing = 1000;

    for (int i = 0; i < 100; i++)
        values[i] = (i * 37 + 11) % 100;
    qsort(values, 100, sizeof(int), by_value);
    for (int i = 0; i < 100; i++)
        CHECK_EQ(values[i], i);
    CHECK(bsearch(&key, values, 100, sizeof(int), by_value) == &values[37]);
    CHECK(bsearch(&missing, values, 100, sizeof(int), by_value) == NULL);
    CHECK(calls > 0);
}
