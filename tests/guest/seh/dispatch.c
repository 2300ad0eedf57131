/* Structured exceptions as compilers use them: filters, finally blocks, nesting (EXE-082 .. EXE-086). */
#include "wkt.h"

static volatile LONG order[32], count;

static LONG note(LONG step)
{
    order[count++] = step;
    return EXCEPTION_EXECUTE_HANDLER;
}

static void check_order(const LONG *expected, LONG steps)
{
    CHECK_EQ(count, steps);
    for (LONG i = 0; i < steps; i++)
        CHECK_EQ(order[i], expected[i]);
}

TEST(EXE_086, raised_status_reaches_the_handler)
{
    NTSTATUS code = 0;

    __try {
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        code = GetExceptionCode();
    }
    CHECK_STATUS(code, STATUS_INSUFFICIENT_RESOURCES);
}

TEST(EXE_086, raise_access_violation_and_misalignment)
{
    NTSTATUS code = 0;

    __try {
        ExRaiseAccessViolation();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        code = GetExceptionCode();
    }
    CHECK_STATUS(code, STATUS_ACCESS_VIOLATION);
    __try {
        ExRaiseDatatypeMisalignment();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        code = GetExceptionCode();
    }
    CHECK_STATUS(code, STATUS_DATATYPE_MISALIGNMENT);
}

TEST(EXE_086, continuing_a_noncontinuable_exception_raises_another)
{
    NTSTATUS code = 0;

    __try {
        __try {
            ExRaiseStatus(STATUS_NO_MEMORY);
        } __except (GetExceptionCode() == STATUS_NO_MEMORY ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH) {
            code = 1;
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        code = GetExceptionCode();
    }
    CHECK_STATUS(code, STATUS_NONCONTINUABLE_EXCEPTION);
}

static LONG record_filter(PEXCEPTION_POINTERS p, PVOID returns_to)
{
    CHECK_STATUS(p->ExceptionRecord->ExceptionCode, 0xE0001234);
    CHECK_EQ(p->ExceptionRecord->NumberParameters, 2);
    CHECK_EQ(p->ExceptionRecord->ExceptionInformation[0], 77);
    CHECK_EQ(p->ExceptionRecord->ExceptionInformation[1], (ULONG_PTR)returns_to);
    return EXCEPTION_CONTINUE_EXECUTION;
}

TEST(EXE_086, raise_exception_is_continuable)
{
    EXCEPTION_RECORD record = {0};
    LONG went_on = 0;

    record.ExceptionCode = (NTSTATUS)0xE0001234;
    record.NumberParameters = 2;
    record.ExceptionInformation[0] = 77;
    record.ExceptionInformation[1] = (ULONG_PTR)&record;
    __try {
        RtlRaiseException(&record);
        went_on = 1;
    } __except (record_filter(GetExceptionInformation(), &record)) {
        went_on = 2;
    }
    CHECK_EQ(went_on, 1);
}

__declspec(noinline) static void throws_under_finally(NTSTATUS status)
{
    __try {
        note(1);
        ExRaiseStatus(status);
    } __finally {
        note(2);
        if (AbnormalTermination())
            note(3);
    }
}

TEST_ROWS("EXE-082 EXE-083 EXE-084", filter_first_then_finally_blocks_inside_out)
{
    static const LONG expected[] = {1, 0, 2, 3, 4, 5};

    count = 0;
    __try {
        __try {
            throws_under_finally(STATUS_NO_MEMORY);
        } __finally {
            note(4);
        }
    } __except (note(0)) {
        note(5);
    }
    check_order(expected, 6);
}

TEST(EXE_083, finally_runs_on_the_normal_path)
{
    static const LONG expected[] = {0, 10, 11, 12};

    count = 0;
    for (LONG i = 0; i < 3; i++) {
        __try {
            if (i)
                continue;
            note(i);
        } __finally {
            note(10 + i);
        }
    }
    check_order(expected, 4);
}

__declspec(noinline) static LONG returns_from_try(void)
{
    __try {
        note(1);
        return 4;
    } __finally {
        note(2);
    }
}

TEST(EXE_084, return_out_of_a_try_runs_finally)
{
    static const LONG expected[] = {1, 2};

    count = 0;
    CHECK_EQ(returns_from_try(), 4);
    check_order(expected, 2);
}

TEST(EXE_083, continue_search_reaches_the_outer_handler)
{
    static const LONG expected[] = {1, 2, 3};

    count = 0;
    __try {
        __try {
            ExRaiseStatus(STATUS_TIMEOUT);
        } __except (note(1) ? EXCEPTION_CONTINUE_SEARCH : EXCEPTION_EXECUTE_HANDLER) {
            note(9);
        }
    } __except (note(2)) {
        note(3);
    }
    check_order(expected, 3);
}

TEST(EXE_082, exception_in_a_handler)
{
    LONG seen = 0;

    __try {
        __try {
            ExRaiseStatus(STATUS_NO_MEMORY);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            seen |= 1;
            ExRaiseStatus(STATUS_TIMEOUT);
        }
    } __except (GetExceptionCode() == STATUS_TIMEOUT) {
        seen |= 2;
    }
    CHECK_EQ(seen, 3);
}

static LONG filter_that_throws(void)
{
    __try {
        ExRaiseStatus(STATUS_PENDING);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        note(1);
    }
    return EXCEPTION_EXECUTE_HANDLER;
}

TEST(EXE_082, exception_in_a_filter)
{
    static const LONG expected[] = {1, 2};

    count = 0;
    __try {
        ExRaiseStatus(STATUS_NO_MEMORY);
    } __except (filter_that_throws()) {
        note(2);
    }
    check_order(expected, 2);
}

static void raise_when_counted(NTSTATUS status)
{
    if (count)
        ExRaiseStatus(status);
}

TEST(EXE_084, exception_in_a_finally_block_collides)
{
    static const LONG expected[] = {1, 2, 3};

    count = 0;
    __try {
        __try {
            __try {
                ExRaiseStatus(STATUS_NO_MEMORY);
            } __finally {
                note(1);
                raise_when_counted(STATUS_TIMEOUT);
            }
        } __finally {
            note(2);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        note(GetExceptionCode() == STATUS_TIMEOUT ? 3 : 9);
    }
    check_order(expected, 3);
}

TEST(EXE_085, locals_keep_their_values_across_a_routine_of_the_kernel)
{
    volatile LONG wanted = 5;
    LONG a = wanted, b = wanted * 3, c = wanted * 5, d = wanted * 7, e = wanted * 11;
    double x = (double)wanted, y = x * 2;

    __try {
        ProbeForRead((PVOID)(ULONG_PTR)1, 4, 4);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        a++;
    }
    CHECK_EQ(a, 6);
    CHECK_EQ(b, 15);
    CHECK_EQ(c, 25);
    CHECK_EQ(d, 35);
    CHECK_EQ(e, 55);
    CHECK(x + y == 15.0);
}

/* A function that does not use rsi, rdi and xmm6..15 itself, so that only the unwinder can give them back. */
__declspec(noinline) static void raise_and_handle(void)
{
    __try {
        ExRaiseStatus(STATUS_TIMEOUT);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        count++;
    }
}

TEST(EXE_085, nonvolatile_registers_come_back_after_a_raised_status)
{
    ULONG64 rsi, rdi, xmm6, xmm15;

    count = 0;
    __asm__ volatile("push %%rbp\n\tmov %%rsp, %%rbp\n\tand $-16, %%rsp\n\tsub $48, %%rsp\n\t"
                     "mov $0x1111, %%esi\n\tmov $0x2222, %%edi\n\tmovq %%rsi, %%xmm6\n\tmovq %%rdi, %%xmm15\n\t"
                     "call *%%rax\n\t"
                     "mov %%rbp, %%rsp\n\tpop %%rbp\n\tmovq %%xmm6, %%rcx\n\tmovq %%xmm15, %%rdx"
                     : "=S"(rsi), "=D"(rdi), "=c"(xmm6), "=d"(xmm15)
                     : "a"(&raise_and_handle)
                     : "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm15", "memory", "cc");
    CHECK_EQ(count, 1);
    CHECK_EQ(rsi, 0x1111);
    CHECK_EQ(rdi, 0x2222);
    CHECK_EQ(xmm6, 0x1111);
    CHECK_EQ(xmm15, 0x2222);
}

TODO_ROW(EXE_093, "usermode_accessors.h and umaccess.lib are not part of the kit");
