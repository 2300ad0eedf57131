/* Clocks (EXE-174, EXE-176). One source: sched's time since start. System time is the wall clock at start plus that, so that all of them
 * agree and none goes backwards; what ticks is never ahead of what drivers then read on the shared page (sharedpage.c). */
#include "nt/ke/ke_private.h"

static struct {
    LONGLONG wall_at_start;
    LONGLONG bias; /* UTC minus local, 100 ns */
} ke_time;

uint64_t ke_now_100ns(void)
{
    return sched_now_ns() / 100;
}

static uint64_t now_ticked(void)
{
    uint64_t now = ke_now_100ns() / KE_GRAIN_100NS * KE_GRAIN_100NS;

    ke_shared_passed();
    return now;
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
        PerformanceFrequency->QuadPart = KE_QPC_HZ;
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

LONGLONG ke_time_at_start(void)
{
    return ke_time.wall_at_start;
}

LONGLONG ke_time_bias(void)
{
    return ke_time.bias;
}

void ke_time_start(void)
{
    ke_time.wall_at_start = (LONGLONG)(sched_wall_100ns() - ke_now_100ns());
    ke_time.bias = -(LONGLONG)sched_utc_offset_s() * 10000000;
}
