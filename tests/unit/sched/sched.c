/* The live back end of sched.h: tokens, the short lock, processors, alarm, random numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "sched/sched.h"

#define ROUNDS 2000
#define MS UINT64_C(1000000)

/* ---- the machine under test: two processors whose hooks count ---- */
static struct {
    uint32_t starts, stops, services[SCHED_CPU_MAX], clocks, owners[SCHED_CPU_MAX], overlaps;
    uint64_t clock_at_ns;
} seen;

static void on_cpu(unsigned cpu)
{
    if (__atomic_fetch_add(&seen.owners[cpu], 1, __ATOMIC_RELAXED) != 0)
        __atomic_fetch_add(&seen.overlaps, 1, __ATOMIC_RELAXED);
}

static void off_cpu(unsigned cpu)
{
    __atomic_fetch_sub(&seen.owners[cpu], 1, __ATOMIC_RELAXED);
}

static void thread_start(void *ctx, unsigned cpu)
{
    __atomic_fetch_add(&seen.starts, 1, __ATOMIC_RELAXED);
}

static void thread_stop(void *ctx, unsigned cpu)
{
    __atomic_fetch_add(&seen.stops, 1, __ATOMIC_RELAXED);
}

static void service(void *ctx, unsigned cpu)
{
    __atomic_fetch_add(&seen.services[cpu], 1, __ATOMIC_RELEASE);
}

static void clock_hook(void *ctx, unsigned cpu)
{
    assert_int_equal(cpu, 0);
    __atomic_store_n(&seen.clock_at_ns, sched_now_ns(), __ATOMIC_RELAXED);
    __atomic_fetch_add(&seen.clocks, 1, __ATOMIC_RELEASE);
}

static int start(void **state)
{
    struct sched_cpu_hooks hooks = {.thread_start = thread_start, .thread_stop = thread_stop, .service = service, .clock = clock_hook};

    memset(&seen, 0, sizeof(seen));
    sched_thread_adopt("test");
    return sched_start(&(struct sched_config){.cpu_count = 2, .seed = 1}, &hooks);
}

static int stop(void **state)
{
    sched_stop();
    sched_thread_disown();
    return seen.starts == 2 && seen.stops == 2 ? 0 : -1;
}

static void wait_for(uint32_t *counter, uint32_t value)
{
    for (unsigned spins = 0; __atomic_load_n(counter, __ATOMIC_ACQUIRE) < value; spins++)
        sched_spin(spins);
}

/* ---- tokens ---- */
static void unpark_before_park_is_kept(void **state)
{
    sched_unpark(sched_self());
    sched_unpark(sched_self()); /* one token, not two */
    assert_true(sched_park(SCHED_FOREVER));
    assert_false(sched_park(sched_now_ns() + MS));
}

static void park_times_out_no_earlier(void **state)
{
    uint64_t deadline = sched_now_ns() + 3 * MS;

    assert_false(sched_park(deadline));
    assert_true(sched_now_ns() >= deadline);
    assert_false(sched_park(0));
}

struct ping {
    struct sched_thread *peer;
    uint32_t turns;
};

static void ping_main(void *ctx)
{
    struct ping *ping = ctx;

    for (int i = 0; i < ROUNDS; i++) {
        assert_true(sched_park(SCHED_FOREVER));
        ping->turns++;
        sched_unpark(ping->peer);
    }
}

static void two_threads_hand_a_token_to_and_fro(void **state)
{
    struct ping ping = {.peer = sched_self()};
    struct sched_thread *thread = sched_thread_create(ping_main, &ping, NULL, 0, "ping");

    for (int i = 0; i < ROUNDS; i++) {
        sched_unpark(thread);
        assert_true(sched_park(sched_now_ns() + 5000 * MS));
    }
    sched_thread_join(thread);
    assert_int_equal(ping.turns, ROUNDS);
}

/* ---- the short lock ---- */
static struct {
    struct sched_lock lock;
    uint64_t sum;
} shared;

static void add_main(void *ctx)
{
    for (int i = 0; i < ROUNDS * 10; i++) {
        sched_lock(&shared.lock);
        shared.sum++;
        sched_unlock(&shared.lock);
    }
}

static void lock_excludes(void **state)
{
    struct sched_thread *threads[4];

    shared.sum = 0;
    for (int i = 0; i < 4; i++)
        threads[i] = sched_thread_create(add_main, NULL, NULL, 0, "add");
    for (int i = 0; i < 4; i++)
        sched_thread_join(threads[i]);
    assert_int_equal(shared.sum, 4 * ROUNDS * 10);
    assert_int_equal(shared.lock.word, 0);
}

/* ---- processors ---- */
static void own_main(void *ctx)
{
    unsigned preferred = (unsigned)(uintptr_t)ctx & 1;

    for (int i = 0; i < ROUNDS; i++) {
        unsigned cpu = preferred;

        if (i % 2 || !sched_cpu_try_enter(cpu))
            cpu = sched_cpu_enter(preferred, i % 3 ? 3 : 1u << preferred);
        on_cpu(cpu);
        if (i % 16 == 0)
            sched_cpu_interrupt((unsigned)i / 16 % 2);
        off_cpu(cpu);
        if (!sched_cpu_try_leave(cpu))
            sched_cpu_leave(cpu);
    }
}

/* EXE-111 rests on this */
static void a_processor_has_one_owner(void **state)
{
    struct sched_thread *threads[4];

    for (uintptr_t i = 0; i < 4; i++)
        threads[i] = sched_thread_create(own_main, (void *)i, NULL, 0, "own");
    for (int i = 0; i < 4; i++)
        sched_thread_join(threads[i]);
    assert_int_equal(seen.overlaps, 0);
}

static void an_idle_processor_serves_an_interrupt(void **state)
{
    for (uint32_t i = 1; i <= 200; i++) {
        uint32_t was = __atomic_load_n(&seen.services[1], __ATOMIC_ACQUIRE);

        sched_cpu_interrupt(1);
        wait_for(&seen.services[1], was + 1);
    }
}

static void an_owner_serves_what_came_meanwhile(void **state)
{
    unsigned cpu = sched_cpu_enter(0, 1);
    uint32_t was = __atomic_load_n(&seen.services[0], __ATOMIC_ACQUIRE);

    sched_cpu_interrupt(0);
    assert_int_equal(__atomic_load_n(&seen.services[0], __ATOMIC_ACQUIRE), was); /* not before it leaves */
    sched_cpu_leave(cpu);
    assert_true(__atomic_load_n(&seen.services[0], __ATOMIC_ACQUIRE) > was);
}

static void the_alarm_rings_once_and_not_early(void **state)
{
    uint32_t was = __atomic_load_n(&seen.clocks, __ATOMIC_ACQUIRE);
    uint64_t due = sched_now_ns() + 5 * MS;

    sched_alarm(due + 1000 * MS);
    sched_alarm(due); /* an earlier one wakes the waiting thread */
    wait_for(&seen.clocks, was + 1);
    assert_true(seen.clock_at_ns >= due);
    sched_park(sched_now_ns() + 2 * MS);
    assert_int_equal(__atomic_load_n(&seen.clocks, __ATOMIC_ACQUIRE), was + 1);
}

static void a_seed_repeats_its_numbers(void **state)
{
    uint64_t first[8];
    struct sched_cpu_hooks hooks = {.service = service, .clock = clock_hook};

    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(sched_start(&(struct sched_config){.cpu_count = 1, .seed = 7}, &hooks), 0);
        for (int i = 0; i < 8; i++) {
            uint64_t number = sched_random();

            if (turn == 0)
                first[i] = number;
            else
                assert_int_equal(number, first[i]);
        }
        sched_stop();
    }
    assert_int_not_equal(first[0], first[1]);
}

static void counts_out_of_range_are_refused(void **state)
{
    struct sched_cpu_hooks hooks = {.service = service, .clock = clock_hook};

    assert_int_equal(sched_start(&(struct sched_config){.cpu_count = 0}, &hooks), -WK_EINVAL);
    assert_int_equal(sched_start(&(struct sched_config){.cpu_count = 65}, &hooks), -WK_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(unpark_before_park_is_kept, start, stop),
        cmocka_unit_test_setup_teardown(park_times_out_no_earlier, start, stop),
        cmocka_unit_test_setup_teardown(two_threads_hand_a_token_to_and_fro, start, stop),
        cmocka_unit_test_setup_teardown(lock_excludes, start, stop),
        cmocka_unit_test_setup_teardown(a_processor_has_one_owner, start, stop),
        cmocka_unit_test_setup_teardown(an_idle_processor_serves_an_interrupt, start, stop),
        cmocka_unit_test_setup_teardown(an_owner_serves_what_came_meanwhile, start, stop),
        cmocka_unit_test_setup_teardown(the_alarm_rings_once_and_not_early, start, stop),
        cmocka_unit_test(a_seed_repeats_its_numbers),
        cmocka_unit_test(counts_out_of_range_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
