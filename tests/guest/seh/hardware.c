/* What the processor reports becomes an exception of the driver (EXE-058, EXE-059, EXE-061, EXE-087, EXE-088). */
#include "wkt.h"

#define CODE_OF(statement)                                                                                             \
    do {                                                                                                               \
        code = 0;                                                                                                      \
        __try {                                                                                                        \
            statement;                                                                                                 \
        } __except (keep(GetExceptionInformation())) {                                                                 \
            code = GetExceptionCode();                                                                                 \
        }                                                                                                              \
    } while (0)

static EXCEPTION_RECORD record;
static NTSTATUS code;

static LONG keep(PEXCEPTION_POINTERS p)
{
    record = *p->ExceptionRecord;
    return EXCEPTION_EXECUTE_HANDLER;
}

TEST_ROWS("EXE-087 EXE-088", null_pointers_read_and_written)
{
    CODE_OF(*(volatile LONG *)(ULONG_PTR)0x10 = 1);
    CHECK_STATUS(code, STATUS_ACCESS_VIOLATION);
    CHECK_EQ(record.NumberParameters, 2);
    CHECK_EQ(record.ExceptionInformation[0], 1);
    CHECK_EQ(record.ExceptionInformation[1], 0x10);
    CODE_OF((void)*(volatile LONG *)(ULONG_PTR)0x20);
    CHECK_STATUS(code, STATUS_ACCESS_VIOLATION);
    CHECK_EQ(record.ExceptionInformation[0], 0);
    CHECK_EQ(record.ExceptionInformation[1], 0x20);
}

TEST_ROWS("EXE-087 EXE-088", call_through_a_null_pointer)
{
    void (*volatile nothing)(void) = NULL;

    CODE_OF(nothing());
    CHECK_STATUS(code, STATUS_ACCESS_VIOLATION);
    CHECK_EQ(record.ExceptionInformation[0], 8);
    CHECK_EQ(record.ExceptionInformation[1], 0);
}

TEST(EXE_087, address_that_is_not_canonical)
{
    CODE_OF((void)*(volatile LONG *)0x8000000000000000ull);
    CHECK_STATUS(code, STATUS_ACCESS_VIOLATION);
    CHECK_EQ(record.ExceptionInformation[0], 0);
    CHECK_EQ(record.ExceptionInformation[1], ~0ull);
}

TEST(EXE_087, division)
{
    volatile LONG zero = 0, lowest = (LONG)0x80000000, minus = -1, sink = 0;

    CODE_OF(sink = 5 / zero);
    CHECK_STATUS(code, STATUS_INTEGER_DIVIDE_BY_ZERO);
    CODE_OF(sink = lowest / minus);
    CHECK_STATUS(code, STATUS_INTEGER_OVERFLOW);
    (void)sink;
}

TEST(EXE_087, illegal_instruction)
{
    CODE_OF(__asm__ volatile("ud2"));
    CHECK_STATUS(code, STATUS_ILLEGAL_INSTRUCTION);
}

TEST_ROWS("EXE-061 EXE-087", privileged_instructions)
{
    CODE_OF(__asm__ volatile("hlt"));
    CHECK_STATUS(code, STATUS_PRIVILEGED_INSTRUCTION);
    CODE_OF(__asm__ volatile("wrmsr" ::"c"(0x176), "a"(0), "d"(0)));
    CHECK_STATUS(code, STATUS_PRIVILEGED_INSTRUCTION);
    CODE_OF(__asm__ volatile("mov %%cr3, %%rax" ::: "rax"));
    CHECK_STATUS(code, STATUS_PRIVILEGED_INSTRUCTION);
}

TEST(EXE_061, ports_answer_ones)
{
    UCHAR byte;
    USHORT word;
    ULONG dword;

    __asm__ volatile("inb %w1, %b0" : "=a"(byte) : "d"(0x80));
    __asm__ volatile("inw %w1, %w0" : "=a"(word) : "d"(0x80));
    __asm__ volatile("inl %w1, %0" : "=a"(dword) : "d"(0x80));
    __asm__ volatile("outb %b0, %w1" ::"a"(1), "d"(0x80));
    CHECK_EQ(byte, 0xFF);
    CHECK_EQ(word, 0xFFFF);
    CHECK_EQ(dword, 0xFFFFFFFF);
}

static LONG go_on(PEXCEPTION_POINTERS p, NTSTATUS expected)
{
    return p->ExceptionRecord->ExceptionCode == expected ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_EXECUTE_HANDLER;
}

TEST(EXE_058, assertion_continues_behind_the_instruction)
{
    LONG went_on = 0;

    __try {
        __int2c();
        went_on = 1;
    } __except (go_on(GetExceptionInformation(), STATUS_ASSERTION_FAILURE)) {
        went_on = 2;
    }
    CHECK_EQ(went_on, 1);
}

/* What a debugger's "go" does after a failed assertion. */
TEST(EXE_058, code_behind_a_failed_assertion_is_there)
{
    volatile LONG zero = 0;
    LONG went_on = 0;

    __try {
        NT_FRE_ASSERT(zero == 1);
        went_on++;
        if (!NT_FRE_ASSERT(zero == 2))
            went_on++;
    } __except (go_on(GetExceptionInformation(), STATUS_ASSERTION_FAILURE)) {
        went_on = 10;
    }
    CHECK_EQ(went_on, 2);
}

TEST(EXE_059, breakpoints)
{
    CODE_OF(__debugbreak());
    CHECK_STATUS(code, STATUS_BREAKPOINT);
    CHECK(*(UCHAR *)record.ExceptionAddress == 0xCC);
    CODE_OF(DbgBreakPoint());
    CHECK_STATUS(code, STATUS_BREAKPOINT);
}

static LONG repair(PEXCEPTION_POINTERS p)
{
    p->ContextRecord->Rip += 3; /* mov (%rcx), %rax */
    p->ContextRecord->Rax = 77;
    return EXCEPTION_CONTINUE_EXECUTION;
}

TEST(EXE_082, a_filter_edits_the_context_and_goes_on)
{
    ULONG64 value = 0;

    __try {
        __asm__ volatile("xor %%ecx, %%ecx\n\tmov (%%rcx), %%rax" : "=a"(value)::"rcx", "memory");
    } __except (repair(GetExceptionInformation())) {
        value = 1;
    }
    CHECK_EQ(value, 77);
}

TEST(EXE_062, unprivileged_instructions_are_native)
{
    ULONG64 first = __rdtsc(), second = __rdtsc();

    CHECK(second >= first);
}
