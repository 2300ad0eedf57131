/* Calendar (EXE-470). Days are counted from 1 March of a leap-cycle year, so that the leap day is the last one of the year. */
#include "wdm.h"

#define SECOND   10000000LL
#define DAY      (86400 * SECOND)
#define TO_1970  11644473600LL /* seconds from 1601 */
#define TO_1980  11960006400LL

/* Days since 1601-01-01 of a date of the Gregorian calendar. */
static LONGLONG days_of(LONGLONG year, LONGLONG month, LONGLONG day)
{
    year -= month <= 2;
    month += month <= 2 ? 9 : -3; /* March: 0 */
    return year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 584694;
}

VOID NTAPI RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields)
{
    LONGLONG days = Time->QuadPart / DAY, rest = Time->QuadPart % DAY / 10000;
    LONGLONG d = days + 584694;                 /* since 1 March of year 0 */
    LONGLONG era = d / 146097, e = d % 146097;  /* 400 years */
    LONGLONG y = (e - e / 1460 + e / 36524 - e / 146096) / 365;
    LONGLONG doy = e - (365 * y + y / 4 - y / 100);
    LONGLONG m = (5 * doy + 2) / 153;

    TimeFields->Day = (CSHORT)(doy - (153 * m + 2) / 5 + 1);
    TimeFields->Month = (CSHORT)(m < 10 ? m + 3 : m - 9);
    TimeFields->Year = (CSHORT)(y + era * 400 + (m >= 10));
    TimeFields->Hour = (CSHORT)(rest / 3600000);
    TimeFields->Minute = (CSHORT)(rest / 60000 % 60);
    TimeFields->Second = (CSHORT)(rest / 1000 % 60);
    TimeFields->Milliseconds = (CSHORT)(rest % 1000);
    TimeFields->Weekday = (CSHORT)((days + 1) % 7); /* 1601-01-01 was a Monday */
}

static int month_days(int year, int month)
{
    static const UCHAR days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* Weekday is not looked at. */
BOOLEAN NTAPI RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time)
{
    const TIME_FIELDS *f = TimeFields;

    if (f->Year < 1601 || f->Month < 1 || f->Month > 12 || f->Day < 1 || f->Day > month_days(f->Year, f->Month) || f->Hour < 0 ||
        f->Hour > 23 || f->Minute < 0 || f->Minute > 59 || f->Second < 0 || f->Second > 59 || f->Milliseconds < 0 || f->Milliseconds > 999)
        return FALSE;
    Time->QuadPart = days_of(f->Year, f->Month, f->Day) * DAY +
                     ((f->Hour * 60 + f->Minute) * 60 + f->Second) * SECOND + f->Milliseconds * 10000LL;
    return TRUE;
}

static BOOLEAN to_seconds(LONGLONG time, LONGLONG base, PULONG seconds)
{
    LONGLONG since = time / SECOND - base;

    if (time < 0 || since < 0 || since > MAXULONG)
        return FALSE;
    *seconds = (ULONG)since;
    return TRUE;
}

BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    return to_seconds(Time->QuadPart, TO_1970, ElapsedSeconds);
}

BOOLEAN NTAPI RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    return to_seconds(Time->QuadPart, TO_1980, ElapsedSeconds);
}

VOID NTAPI RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    Time->QuadPart = (TO_1970 + ElapsedSeconds) * SECOND;
}

VOID NTAPI RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    Time->QuadPart = (TO_1980 + ElapsedSeconds) * SECOND;
}
