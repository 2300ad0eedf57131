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

static volatile LONG one = 1; /* so that a call is a call */

#pragma code_seg("PAGE")
__declspec(noinline) static LONG pageable(LONG n)
{
    return n + one;
}
#pragma code_seg()

TEST(EXE_016, pageable_code_at_passive_level)
{
    CHECK_EQ(pageable(1), 2);
}

/* With hooks on: present below DISPATCH_LEVEL, also again, and while it is locked. */
static void use_it_as_allowed(void)
{
    KSPIN_LOCK lock;
    PVOID handle;
    KIRQL old;

    KeInitializeSpinLock(&lock);
    CHECK_EQ(pageable(1), 2);
    KeAcquireSpinLock(&lock, &old);
    KeReleaseSpinLock(&lock, old);
    CHECK_EQ(pageable(2), 3);
    handle = MmLockPagableCodeSection((PVOID)(ULONG_PTR)pageable);
    CHECK(handle != NULL);
    MmLockPagableSectionByHandle(handle);
    KeAcquireSpinLock(&lock, &old);
    CHECK_EQ(pageable(3), 4);
    KeReleaseSpinLock(&lock, old);
    MmUnlockPagableImageSection(handle);
    KeAcquireSpinLock(&lock, &old);
    CHECK_EQ(pageable(4), 5); /* one lock is left */
    KeReleaseSpinLock(&lock, old);
    MmUnlockPagableImageSection(handle);
    KeRaiseIrql(APC_LEVEL, &old);
    CHECK_EQ(pageable(5), 6);
    KeLowerIrql(old);
}

TEST_VERIFY_BUGCHECK(EXE_702, pageable_code_at_dispatch_level, 0xD3)
{
    KSPIN_LOCK lock;
    KIRQL old;

    use_it_as_allowed();
    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &old);
    pageable(1);
}

static KDEFERRED_ROUTINE uses_pageable;
static VOID NTAPI uses_pageable(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    (void)dpc, (void)context, (void)a, (void)b;
    pageable(1);
}

TEST_VERIFY_BUGCHECK(EXE_702, pageable_code_in_a_dpc, 0xD3)
{
    static KDPC dpc;
    KEVENT never;

    pageable(1);
    KeInitializeDpc(&dpc, uses_pageable, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeInitializeEvent(&never, NotificationEvent, FALSE);
    wkt_wait(&never, WKT_TIMEOUT_MS);
}

static volatile LONG plain_data = 1;

TEST_VERIFY_BUGCHECK(EXE_016, data_of_a_driver_that_is_paged_entirely, 0xD3)
{
    KIRQL old;

    CHECK_EQ(MmPageEntireDriver((PVOID)(ULONG_PTR)pageable), wkt_driver->DriverStart);
    KeRaiseIrql(APC_LEVEL, &old);
    CHECK_EQ(plain_data, 1);
    KeLowerIrql(old);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    plain_data = 2;
}

TEST(EXE_016, paging_is_as_it_was_built)
{
    KIRQL old;

    CHECK_EQ(MmPageEntireDriver((PVOID)(ULONG_PTR)pageable), wkt_driver->DriverStart);
    MmResetDriverPaging((PVOID)(ULONG_PTR)pageable);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    plain_data = 2;
    KeLowerIrql(old);
    CHECK_EQ(plain_data, 2);
}

TEST_BUGCHECK(EXE_764, unlocked_more_often_than_locked, 0x1A)
{
    PVOID handle = MmLockPagableCodeSection((PVOID)(ULONG_PTR)pageable);

    MmUnlockPagableImageSection(handle);
    MmUnlockPagableImageSection(handle);
}

TEST_BUGCHECK(EXE_764, unlocking_what_is_no_section, 0x1A)
{
    LONG local = 0;

    MmUnlockPagableImageSection(&local);
}

TODO_ROW(EXE_706, "freed pages fault as D5; there is no pool in which each block has a page of its own");
TODO_ROW(EXE_707, "needs a second driver that the harness can unload");
TODO_ROW(EXE_713, "__report_gsfailure is the kit's and fails fast instead");
TODO_ROW(EXE_725, "lock order is the verifier's");
TODO_ROW(EXE_767, "each kind of work left behind has its own test (EXE-033); requests and threads have none");
TODO_ROW(EXE_771, "a broken stack during dispatch is not made by any test");
