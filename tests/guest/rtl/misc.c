/* Time, version, chance, status mapping, IP text (EXE-040, EXE-469..473, EXE-614). */
#include "wkt.h"
#include <systemrng.h>
#include <ip2string.h>
#include <string.h>

TEST(EXE_470, calendar)
{
    LARGE_INTEGER time, back;
    TIME_FIELDS f;
    ULONG seconds;

    time.QuadPart = 0;
    RtlTimeToTimeFields(&time, &f);
    CHECK(f.Year == 1601 && f.Month == 1 && f.Day == 1 && f.Weekday == 1);
    RtlSecondsSince1970ToTime(1709210096, &time);
    RtlTimeToTimeFields(&time, &f);
    CHECK(f.Year == 2024 && f.Month == 2 && f.Day == 29 && f.Hour == 12 && f.Minute == 34 && f.Second == 56 && f.Weekday == 4);
    CHECK(RtlTimeFieldsToTime(&f, &back));
    CHECK_EQ(back.QuadPart, time.QuadPart);
    f.Year = 2023;
    CHECK(!RtlTimeFieldsToTime(&f, &back));
    CHECK(RtlTimeToSecondsSince1970(&time, &seconds));
    CHECK_EQ(seconds, 1709210096);
    time.QuadPart = 0;
    CHECK(!RtlTimeToSecondsSince1970(&time, &seconds));
}

TEST_ROWS("EXE-471 EXE-040", one_version_everywhere)
{
    RTL_OSVERSIONINFOEXW info = {.dwOSVersionInfoSize = sizeof(info)}, wanted = {0};
    ULONGLONG mask = 0;

    CHECK_STATUS(RtlGetVersion((PRTL_OSVERSIONINFOW)&info), STATUS_SUCCESS);
    CHECK(info.dwMajorVersion >= 10 && info.dwPlatformId == VER_PLATFORM_WIN32_NT && info.wProductType);
    wanted.dwMajorVersion = 6;
    wanted.dwMinorVersion = 3;
    VER_SET_CONDITION(mask, VER_MAJORVERSION, VER_GREATER_EQUAL);
    VER_SET_CONDITION(mask, VER_MINORVERSION, VER_GREATER_EQUAL);
    CHECK_STATUS(RtlVerifyVersionInfo(&wanted, VER_MAJORVERSION | VER_MINORVERSION, mask), STATUS_SUCCESS); /* ordered */
    wanted.dwMajorVersion = info.dwMajorVersion + 1;
    CHECK_STATUS(RtlVerifyVersionInfo(&wanted, VER_MAJORVERSION | VER_MINORVERSION, mask), STATUS_REVISION_MISMATCH);
    CHECK_STATUS(RtlVerifyVersionInfo(&wanted, VER_BUILDNUMBER, mask), STATUS_INVALID_PARAMETER);
}

TEST(EXE_469, random_depends_on_the_seed_alone)
{
    ULONG one = 7, two = 7, zero = 0;

    CHECK_EQ(RtlRandomEx(&one), RtlRandomEx(&two));
    CHECK_EQ(one, two);
    CHECK(one != 7);
    for (int i = 0; i < 100; i++)
        CHECK(RtlRandomEx(&one) < MAXLONG);
    RtlRandomEx(&zero);
    CHECK(zero != 0);
}

TEST(EXE_614, system_random_fills_as_much_as_is_asked_for)
{
    UCHAR a[40], b[40], zero[40] = {0};
    ULONG same = 0;

    RtlZeroMemory(a, sizeof(a));
    RtlZeroMemory(b, sizeof(b));
    CHECK_EQ(SystemPrng(a, 13), TRUE);
    CHECK_MEM(a + 13, zero, sizeof(a) - 13);
    CHECK(RtlCompareMemory(a, zero, 13) != 13);
    CHECK(SystemPrng(a, sizeof(a)) && SystemPrng(b, sizeof(b)));
    for (ULONG i = 0; i < sizeof(a); i++)
        same += a[i] == b[i];
    CHECK(same < 20);
    CHECK(SystemPrng(NULL, 0));
}

TEST(EXE_473, statuses_as_win32_errors)
{
    CHECK_EQ(RtlNtStatusToDosError(STATUS_SUCCESS), 0);
    CHECK_EQ(RtlNtStatusToDosError(STATUS_ACCESS_DENIED), 5);
    CHECK_EQ(RtlNtStatusToDosError(STATUS_INVALID_PARAMETER_3), 87);
    CHECK_EQ(RtlNtStatusToDosError(STATUS_BUFFER_OVERFLOW), 234);
    CHECK_EQ(RtlNtStatusToDosError(STATUS_CONNECTION_REFUSED), 1225);
    CHECK_EQ(RtlNtStatusToDosErrorNoTeb((NTSTATUS)0xC0123456), 317);
}

TEST(EXE_472, v4_text)
{
    static const UCHAR bytes[4] = {192, 0, 2, 200};
    char text[16];
    WCHAR wide[24];
    PCSTR end;
    IN_ADDR back;
    ULONG size = 4;
    USHORT port;

    CHECK(RtlIpv4AddressToStringA((const IN_ADDR *)bytes, text) == text + 11);
    CHECK(!strcmp(text, "192.0.2.200"));
    CHECK_STATUS(RtlIpv4AddressToStringExW((const IN_ADDR *)bytes, RtlUshortByteSwap(80), wide, &size), STATUS_INVALID_PARAMETER);
    CHECK_EQ(size, 15);
    CHECK_STATUS(RtlIpv4AddressToStringExW((const IN_ADDR *)bytes, RtlUshortByteSwap(80), wide, &size), STATUS_SUCCESS);
    CHECK(!wcscmp(wide, L"192.0.2.200:80"));
    CHECK_STATUS(RtlIpv4StringToAddressA("192.0.2.200/24", TRUE, &end, &back), STATUS_SUCCESS);
    CHECK(*end == '/');
    CHECK_MEM(&back, bytes, 4);
    CHECK_STATUS(RtlIpv4StringToAddressA("10.1", TRUE, &end, &back), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(RtlIpv4StringToAddressA("0x7f.1", FALSE, &end, &back), STATUS_SUCCESS);
    CHECK_EQ(back.S_un.S_addr, 0x0100007f);
    CHECK_STATUS(RtlIpv4StringToAddressExA("1.2.3.4:8080", TRUE, &back, &port), STATUS_SUCCESS);
    CHECK_EQ(port, RtlUshortByteSwap(8080));
}

TEST(EXE_472, v6_text)
{
    static const struct {
        UCHAR bytes[16];
        const char *text;
    } cases[] = {
        {{0}, "::"},
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, "::1"},
        {{0x20, 1, 0x0d, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}, "2001:db8:0:1::1"},
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4}, "::ffff:1.2.3.4"},
        {{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0xfe, 1, 2, 3, 4}, "fe80::5efe:1.2.3.4"},
    };
    char text[46];
    PCSTR end;
    IN6_ADDR back;
    ULONG scope;
    USHORT port;

    for (ULONG i = 0; i < RTL_NUMBER_OF(cases); i++) {
        RtlIpv6AddressToStringA((const IN6_ADDR *)cases[i].bytes, text);
        CHECK(!strcmp(text, cases[i].text));
        CHECK_STATUS(RtlIpv6StringToAddressA(text, &end, &back), STATUS_SUCCESS);
        CHECK(*end == 0);
        CHECK_MEM(&back, cases[i].bytes, 16);
    }
    CHECK_STATUS(RtlIpv6StringToAddressExA("[fe80::1%5]:443", &back, &scope, &port), STATUS_SUCCESS);
    CHECK(scope == 5 && port == RtlUshortByteSwap(443));
    CHECK_STATUS(RtlIpv6StringToAddressExA("fe80::1::2", &back, &scope, &port), STATUS_INVALID_PARAMETER);
}

TEST(EXE_476, small_inlines)
{
    ULONG value = 0x11223344, copy;

    CHECK_EQ(RtlConvertLongToLargeInteger(-1).QuadPart, -1);
    RtlRetrieveUlong(&copy, &value);
    CHECK_EQ(copy, value);
}
