/* Runs the kernel core's tests on 1, 2 and 5 processors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ke_test.h"

void ke_test_failed(const char *what, int line)
{
    fprintf(stderr, "ke.c:%d: %s\n", line, what);
}

/* The border, for a test without guests. */
unsigned ddi_hooks;
/* The watchdog's reports, which no test here makes. */
bool ddi_walk(const void *regs, char *text, size_t bytes);
bool ddi_walk(const void *regs, char *text, size_t bytes)
{
    return false;
}
void guest_report_lock(void);
void guest_report_lock(void)
{
}
void guest_report_unlock(void);
void guest_report_unlock(void)
{
}
void guest_bugcheck_at(const void *regs, uint32_t code, const uint64_t params[4], const char *what);
void guest_bugcheck_at(const void *regs, uint32_t code, const uint64_t params[4], const char *what)
{
    abort();
}
_Noreturn void guest_bugcheck(uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4, const char *format, ...);
void guest_bugcheck(uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4, const char *format, ...)
{
    fprintf(stderr, "bug check %#x: %s\n", code, format);
    abort();
}

void guest_finding(const char *rule, const char *format, ...);
void guest_finding(const char *rule, const char *format, ...)
{
    fprintf(stderr, "finding %s: %s\n", rule, format);
    abort();
}

void guest_enter(void *frame, const char *callback, const void *routine);
void guest_enter(void *frame, const char *callback, const void *routine)
{
}

void guest_leave(void *frame);
void guest_leave(void *frame)
{
}

void ddi_set_state(const void *state);
void ddi_set_state(const void *state)
{
}

__attribute__((ms_abi, noreturn)) void ExRaiseStatus(int32_t status);
__attribute__((ms_abi, noreturn)) void ExRaiseStatus(int32_t status)
{
    fprintf(stderr, "raised %#x\n", (unsigned)status);
    abort();
}

static int start_1(void **state)
{
    return ke_test_start(1, 0);
}

static int start_2(void **state)
{
    return ke_test_start(2, 0);
}

static int start_5(void **state)
{
    return ke_test_start(5, 1);
}

static int stop(void **state)
{
    return ke_test_stop();
}

#define CASE(name)                                                                                                     \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        assert_int_equal(ke_test_##name(), 0);                                                                         \
    }
CASE(irql)
CASE(event)
CASE(handover)
CASE(stack_event)
CASE(locks)
CASE(dpc)
CASE(timer)
CASE(many_timers)
CASE(ipi)
CASE(apc)
CASE(threads)
CASE(queue)

static void cost(void **state)
{
    double set_clear, spin, raise_lower;

    assert_int_equal(ke_test_cost(&set_clear, &spin, &raise_lower), 0);
    printf("KeSetEvent + KeClearEvent %.1f ns, spin lock pair %.1f ns, raise + lower %.1f ns\n", set_clear, spin, raise_lower);
}

#define ALL(start)                                                                                                     \
    cmocka_unit_test_setup_teardown(irql, start, stop), cmocka_unit_test_setup_teardown(event, start, stop),           \
        cmocka_unit_test_setup_teardown(handover, start, stop), cmocka_unit_test_setup_teardown(stack_event, start, stop), \
        cmocka_unit_test_setup_teardown(locks, start, stop), cmocka_unit_test_setup_teardown(dpc, start, stop),        \
        cmocka_unit_test_setup_teardown(timer, start, stop), cmocka_unit_test_setup_teardown(many_timers, start, stop), \
        cmocka_unit_test_setup_teardown(ipi, start, stop), cmocka_unit_test_setup_teardown(apc, start, stop),          \
        cmocka_unit_test_setup_teardown(threads, start, stop), cmocka_unit_test_setup_teardown(queue, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {ALL(start_1), ALL(start_2), ALL(start_5), cmocka_unit_test_setup_teardown(cost, start_2, stop)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
