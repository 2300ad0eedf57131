/* Time, chance, and turns of a spin loop. Live: the host's clocks; random numbers are xoshiro256** from one seed. */
#include "base/assert.h"
#include "sched/sched_private.h"

#define SPINS_PAUSE 64   /* turns before the host may run somebody else */
#define SPINS_YIELD 1024 /* turns before sleeping instead */
#define SPIN_SLEEP_NS 50000u

static struct sched_lock random_lock;
static uint64_t random_state[4];

uint64_t sched_now_ns(void)
{
    return host.clock_ns() - sched_machine.start_ns;
}

uint64_t sched_wall_100ns(void)
{
    return host.wall_100ns();
}

int sched_utc_offset_s(void)
{
    return host.utc_offset_s();
}

uint64_t sched_host_deadline(uint64_t deadline_ns)
{
    if (deadline_ns >= SCHED_FOREVER - sched_machine.start_ns)
        return SCHED_FOREVER;
    return deadline_ns + sched_machine.start_ns;
}

/* The last call counts. Processor 0's thread waits until the alarm; wake it only when it would come too late. */
void sched_alarm(uint64_t deadline_ns)
{
    uint64_t was = __atomic_exchange_n(&sched_machine.alarm_ns, deadline_ns, __ATOMIC_SEQ_CST);

    if (deadline_ns < was)
        sched_cpu_wake(0);
}

void sched_seed(uint64_t seed)
{
    if (!seed)
        WK_ASSERT(host.random(&seed, sizeof(seed)) == 0);
    for (int i = 0; i < 4; i++) { /* splitmix64 */
        uint64_t z = seed += UINT64_C(0x9E3779B97F4A7C15);

        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        random_state[i] = z ^ (z >> 31);
    }
}

static uint64_t rotated(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t sched_random(void)
{
    uint64_t result, t, *s = random_state;

    sched_lock(&random_lock);
    result = rotated(s[1] * 5, 7) * 9;
    t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotated(s[3], 45);
    sched_unlock(&random_lock);
    return result;
}

/* A machine may have more processors than the host: who is waited for may not be running. */
void sched_spin(unsigned spins)
{
    static const uint32_t never;

    if (spins < SPINS_PAUSE)
        __builtin_ia32_pause();
    else if (spins < SPINS_YIELD)
        host.yield();
    else
        host.futex_wait(&never, 0, host.clock_ns() + SPIN_SLEEP_NS);
}
