/* How many threads wait for the network. One is best as long as it keeps up: it takes larger batches, needs no hand-over, and leaves the
 * other processors of the host to the drivers' threads and to other programs. So the crew starts as one, the thread of processor 0.
 *
 * The next thread stands by. While the crew is busy it looks every TICK_MS, and joins when the crew has no time left although the
 * host has, or when a thread of the crew does not come back from a callback. The last one of the crew leaves when the others
 * do come back and could do its work, or when it waits for the host's processors more than it runs there: then it only takes time from others.
 * With nothing to do for a while, the thread that stands by sleeps until the crew finds something again.
 *
 * Each variable is written by the thread whose turn it is (the one that stands by, or the last of the crew); there is one of each. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "plane_private.h"

#define TICK_MS    20
#define HOT_TICKS  6                          /* so long without time left before another joins */
#define STUCK_TICKS 3                         /* so long in one batch */
#define TERM_NS    UINT64_C(100000000)        /* the last of the crew looks at itself so often */
#define BACKOFF_NS UINT64_C(1000000000)       /* after leaving for want of host processors; doubled each time, up to... */
#define BACKOFF_MAX_NS UINT64_C(64000000000)

static unsigned polling = 1;
static bool watching, asleep;
static unsigned hot, calm, stuck;
static uint64_t last_ns, last_cpu_ns, last_turns, last_idle, hot_since_ns;
static uint64_t term_ns, term_cpu_ns, term_delay_ns, term_turns;
static uint64_t backoff_ns, not_before_ns;

void crew_start(void)
{
    polling = 1;
    watching = false;
    asleep = true;
    hot = calm = stuck = 0;
    backoff_ns = BACKOFF_NS;
    not_before_ns = 0;
}

unsigned crew_polling(void)
{
    return __atomic_load_n(&polling, __ATOMIC_SEQ_CST);
}

/* Time that the host's processors had nothing to do, in clock ticks of all of them; 0 when it is not told. */
static uint64_t host_idle(void)
{
    char text[256];
    unsigned long long user, nice, system, idle, wait;
    int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = 0;
    return sscanf(text, "cpu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait) == 5 ? idle + wait : 0;
}

/* Time that the calling thread has waited for one of the host's processors, ns; 0 when it is not told. */
static uint64_t own_delay(void)
{
    char text[96];
    unsigned long long ran, waited;
    int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = 0;
    return sscanf(text, "%llu %llu", &ran, &waited) == 2 ? waited : 0;
}

static uint64_t crew_cpu_ns(unsigned count)
{
    struct poll_state state;
    uint64_t sum = 0;

    for (unsigned i = 0; i < count; i++) {
        net_poll_state(i, &state);
        sum += state.cpu_ns;
    }
    return sum;
}

static void resize(unsigned count)
{
    __atomic_store_n(&polling, count, __ATOMIC_SEQ_CST);
    hot = calm = stuck = 0;
    last_ns = 0;
    __atomic_store_n(&watching, true, __ATOMIC_RELAXED);
    __atomic_store_n(&asleep, false, __ATOMIC_SEQ_CST);
    if (count < net_cpu_total)
        net_poll_wake(NULL, count); /* it stands by now */
}

/* Have the first `count` threads finished no wait since `*turns` was noted, though not all are in one? Notes it anew. */
static bool no_turn(unsigned count, uint64_t *turns)
{
    uint64_t sum = 0;
    bool all_wait = true, same;

    for (unsigned i = 0; i < count; i++) {
        struct poll_state state;

        net_poll_state(i, &state);
        sum += state.turns;
        all_wait &= state.waiting;
    }
    same = sum == *turns && !all_wait;
    *turns = sum;
    return same;
}

/* ---- the last of the crew ---- */
int crew_check(unsigned cpu)
{
    uint64_t now, cpu_ns, delay;
    unsigned count = crew_polling();

    if (cpu == 0 || cpu + 1 != count)
        return -1;
    now = sched_now_ns();
    if (term_ns && now - term_ns < TERM_NS)
        return (int)(TERM_NS / 1000000u);
    cpu_ns = crew_cpu_ns(count);
    delay = own_delay();
    if (term_ns) {
        uint64_t wall = now - term_ns, waited = delay - term_delay_ns;
        bool crowded = waited > wall / 5, alone = no_turn(cpu, &term_turns);

        if (crowded) {
            not_before_ns = now + backoff_ns;
            backoff_ns = backoff_ns * 2 > BACKOFF_MAX_NS ? BACKOFF_MAX_NS : backoff_ns * 2;
        }
        if (!alone && (crowded || (cpu_ns - term_cpu_ns) * 4 < wall * (count - 1) * 3)) {
            term_ns = 0;
            resize(count - 1);
            return 0;
        }
        backoff_ns = BACKOFF_NS;
    } else {
        no_turn(cpu, &term_turns);
    }
    term_ns = now;
    term_cpu_ns = cpu_ns;
    term_delay_ns = delay;
    return (int)(TERM_NS / 1000000u);
}

void crew_found(void)
{
    unsigned next = crew_polling();

    if (__atomic_load_n(&asleep, __ATOMIC_RELAXED) && next < net_cpu_total && __atomic_exchange_n(&asleep, false, __ATOMIC_SEQ_CST)) {
        __atomic_store_n(&watching, true, __ATOMIC_SEQ_CST);
        net_poll_wake(NULL, next);
    }
}

/* ---- the one that stands by ---- */
int crew_patience(unsigned cpu)
{
    return cpu == crew_polling() && __atomic_load_n(&watching, __ATOMIC_SEQ_CST) ? TICK_MS : -1;
}

static bool host_has_time(uint64_t now, uint64_t idle)
{
    /* Half of one processor at least, over the time since it got hot. */
    uint64_t tick_ns = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);

    return (idle - last_idle) * tick_ns * 2 >= now - hot_since_ns;
}

static void join(unsigned cpu)
{
    term_ns = 0;
    resize(cpu + 1);
}

void crew_watch(unsigned cpu)
{
    unsigned count = crew_polling();
    uint64_t now, cpu_ns, wall, busy;

    if (cpu != count || !__atomic_load_n(&watching, __ATOMIC_RELAXED))
        return;
    now = sched_now_ns();
    cpu_ns = crew_cpu_ns(count);
    stuck = no_turn(count, &last_turns) ? stuck + 1 : 0;
    wall = now - last_ns;
    busy = cpu_ns - last_cpu_ns;
    last_cpu_ns = cpu_ns;
    if (!last_ns || wall == 0) {
        last_ns = now;
        return;
    }
    last_ns = now;
    if (stuck >= STUCK_TICKS) {
        join(cpu);
        return;
    }
    if (busy * 20 >= wall * count * 19 && now >= not_before_ns) {
        if (hot++ == 0) {
            last_idle = host_idle();
            hot_since_ns = now;
        } else if (hot > HOT_TICKS) {
            if (host_has_time(now, host_idle())) {
                join(cpu);
                return;
            }
            hot = 0;
        }
    } else {
        hot = 0;
    }
    calm = busy * 20 < wall && !stuck ? calm + 1 : 0;
    if (calm >= 3) {
        calm = 0;
        last_ns = 0;
        __atomic_store_n(&watching, false, __ATOMIC_SEQ_CST);
        __atomic_store_n(&asleep, true, __ATOMIC_SEQ_CST);
    }
}
