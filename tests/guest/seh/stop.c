/* Faults that are no exceptions but bug checks (EXE-057, EXE-089, EXE-090, EXE-700 .. EXE-712). */
#include "wkt.h"

static const ULONG read_only[4] = {1, 2, 3, 4};
static UCHAR data[16] = {0xC3};

TEST_BUGCHECK(EXE_703, unmapped_system_address, 0x50)
{
    *(volatile LONG *)0xFFFFF80000000000ull = 1;
}

TEST_BUGCHECK(EXE_089, unmapped_system_address_inside_try, 0x50)
{
    __try {
        *(volatile LONG *)0xFFFFF80000000000ull = 1;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        CHECK(FALSE);
    }
}

TEST_BUGCHECK(EXE_004, store_to_constants, 0xBE)
{
    *(volatile ULONG *)(ULONG_PTR)&read_only[1] = 1;
}

TEST_BUGCHECK(EXE_704, store_to_code, 0xBE)
{
    *(volatile UCHAR *)(ULONG_PTR)&wkt_alloc = 0xC3;
}

TEST_BUGCHECK(EXE_705, run_data, 0xFC)
{
    ((void (*)(void))(ULONG_PTR)data)();
}

TEST_BUGCHECK(EXE_700, null_pointer_at_dispatch_level, 0xD1)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    *(volatile LONG *)(ULONG_PTR)8 = 1;
    KeLowerIrql(irql);
}

TEST_BUGCHECK(EXE_088, user_address_at_dispatch_level_inside_try, 0xD1)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    __try {
        (void)*(volatile LONG *)(ULONG_PTR)0x10000;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        CHECK(FALSE);
    }
    KeLowerIrql(irql);
}

TEST_BUGCHECK(EXE_701, bad_pointer_given_to_a_routine_at_dispatch_level, 0x0A)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeSetEvent((PKEVENT)(ULONG_PTR)0x100, 0, FALSE);
    KeLowerIrql(irql);
}

TEST_BUGCHECK(EXE_709, unhandled_below_a_request, 0x3B)
{
    *(volatile LONG *)(ULONG_PTR)8 = 1;
}

static void fault_in_thread(void *context)
{
    (void)context;
    *(volatile LONG *)(ULONG_PTR)8 = 1;
}

TEST_BUGCHECK(EXE_708, unhandled_in_a_system_thread, 0x7E)
{
    wkt_join(wkt_thread(fault_in_thread, NULL));
}

TEST_BUGCHECK(EXE_090, unhandled_raised_status, 0x3B)
{
    ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
}

__declspec(noinline) static LONG deep(LONG n)
{
    volatile UCHAR frame[512];

    frame[0] = (UCHAR)n;
    return n < 1000000 ? deep(n + 1) + frame[0] : 0;
}

TEST_BUGCHECK(EXE_711, endless_recursion, 0x7F)
{
    deep(0);
}

TEST_BUGCHECK(EXE_057, fast_fail, 0x139)
{
    __try {
        __fastfail(3);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        CHECK(FALSE);
    }
}

TEST_BUGCHECK(EXE_712, corrupt_list, 0x139)
{
    LIST_ENTRY head, entry;

    InitializeListHead(&head);
    InsertTailList(&head, &entry);
    head.Flink = &head;
    RemoveEntryList(&entry);
}

#pragma code_seg("PAGE")
__declspec(noinline) static LONG pageable(LONG n)
{
    return n + 1;
}
#pragma code_seg()

TEST(EXE_016, pageable_code_at_passive_level)
{
    CHECK_EQ(pageable(1), 2);
}

TODO_ROW(EXE_702, "pageable sections and paged pool stay accessible at DISPATCH_LEVEL: no check takes their pages away");
