/* Clocks (EXE-174, EXE-176) and the shared page (EXE-056). One source: sched's time since start. System time is the wall
 * clock at start plus that, so that all of them agree and none goes backwards. */
#include "nt/ke/ke_private.h"

#define QPC_HZ 10000000u

static struct {
    LONGLONG wall_at_start;
    LONGLONG bias; /* UTC minus local, 100 ns */
    UCHAR page[PAGE_SIZE]; /* what does not change */
} ke_time;

uint64_t ke_now_100ns(void)
{
    return sched_now_ns() / 100;
}

static uint64_t now_ticked(void)
{
    return ke_now_100ns() / KE_GRAIN_100NS * KE_GRAIN_100NS;
}

long long ke_system_time(void)
{
    return ke_time.wall_at_start + (LONGLONG)now_ticked();
}

unsigned long long ke_interrupt_time(void)
{
    return KE_BOOT_100NS + now_ticked();
}

unsigned long long ke_tick_count(void)
{
    return ke_interrupt_time() / KE_TICK_100NS;
}

VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = ke_time.wall_at_start + (LONGLONG)ke_now_100ns();
}

static ULONG64 precise(PULONG64 qpc)
{
    ULONG64 now = KE_BOOT_100NS + ke_now_100ns();

    if (qpc)
        *qpc = now;
    return now;
}

ULONG64 NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    return precise(QpcTimeStamp);
}

/* The simulated machine never sleeps, so both are the same. */
ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID)
{
    return ke_interrupt_time();
}

ULONG64 NTAPI KeQueryUnbiasedInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    return precise(QpcTimeStamp);
}

ULONG NTAPI KeQueryTimeIncrement(VOID)
{
    return KE_TICK_100NS;
}

LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    LARGE_INTEGER now;

    if (PerformanceFrequency)
        PerformanceFrequency->QuadPart = QPC_HZ;
    now.QuadPart = (LONGLONG)(KE_BOOT_100NS + ke_now_100ns());
    return now;
}

/* [W] The clock always ticks at its finest, so a request changes nothing. */
ULONG NTAPI ExSetTimerResolution(ULONG DesiredTime, BOOLEAN SetResolution)
{
    return SetResolution ? KE_GRAIN_100NS : KE_TICK_100NS;
}

VOID NTAPI ExQueryTimerResolution(PULONG MaximumTime, PULONG MinimumTime, PULONG CurrentTime)
{
    *MaximumTime = KE_TICK_100NS;
    *MinimumTime = KE_GRAIN_100NS;
    *CurrentTime = KE_GRAIN_100NS;
}

VOID NTAPI ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime)
{
    LocalTime->QuadPart = SystemTime->QuadPart - ke_time.bias;
}

VOID NTAPI ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime)
{
    SystemTime->QuadPart = LocalTime->QuadPart + ke_time.bias;
}

/* ---- EXE-L47 ---- */
static void put(ULONG offset, const void *value, ULONG bytes)
{
    __builtin_memcpy(ke_time.page + offset, value, bytes);
}

static void put32(ULONG offset, ULONG value)
{
    put(offset, &value, 4);
}

static void put64(ULONG offset, ULONG64 value)
{
    put(offset, &value, 8);
}

void ke_time_start(const struct ke_config *config)
{
    ULONG cpus = config->cpu_count;

    ke_time.wall_at_start = (LONGLONG)(sched_wall_100ns() - ke_now_100ns());
    ke_time.bias = -(LONGLONG)sched_utc_offset_s() * 10000000;
    put32(0x4, 0x0FA00000);           /* TickCountMultiplier: 15.625 ms */
    put64(0x20, (ULONG64)ke_time.bias); /* TimeZoneBias: LowPart, High1Time */
    put32(0x28, (ULONG)((ULONG64)ke_time.bias >> 32));
    put(0x2C, (USHORT[]){0x8664, 0x8664}, 4); /* ImageNumberLow, High */
    put(0x30, L"C:\\Windows", sizeof(L"C:\\Windows"));
    put32(0x260, config->os_build);
    put32(0x264, 1);                  /* NtProductWinNt */
    put(0x268, &(UCHAR){1}, 1);       /* ProductTypeIsValid */
    put32(0x26C, config->os_major);
    put32(0x270, config->os_minor);
    static const UCHAR features[] = {3, 6, 8, 10, 12, 13, 14, 17}; /* MMX, SSE, RDTSC, SSE2, NX, SSE3, CMPXCHG16B, XSAVE */
    for (unsigned i = 0; i < sizeof(features); i++)
        put(0x274 + features[i], &(UCHAR){1}, 1);
    put32(0x2D0, 0x110);              /* SuiteMask: single user terminal server */
    put32(0x2D8, 1);                  /* ActiveConsoleId */
    put32(0x2E8, (ULONG)(config->memory_pages > MAXULONG ? MAXULONG : config->memory_pages));
    put64(0x300, QPC_HZ);
    put32(0x330, (ULONG)sched_random()); /* Cookie */
    put32(0x3C0, cpus);
    put(0x3C4, &(UCHAR){1}, 1);       /* ActiveGroupCount */
}

/* One clock value as KSYSTEM_TIME: the high part twice. */
static void overlay(UCHAR *out, ULONG offset, ULONG bytes, ULONG field, ULONG64 value)
{
    UCHAR time[12];

    __builtin_memcpy(time, &value, 8);
    __builtin_memcpy(time + 8, (UCHAR *)&value + 4, 4);
    for (ULONG i = 0; i < sizeof(time); i++)
        if (field + i >= offset && field + i < offset + bytes)
            out[field + i - offset] = time[i];
}

void ke_shared_page_read(ULONG offset, void *out, ULONG bytes)
{
    WK_ASSERT(offset + bytes <= PAGE_SIZE);
    __builtin_memcpy(out, ke_time.page + offset, bytes);
    overlay(out, offset, bytes, 0x8, ke_interrupt_time());
    overlay(out, offset, bytes, 0x14, (ULONG64)ke_system_time());
    overlay(out, offset, bytes, 0x320, ke_tick_count());
}
