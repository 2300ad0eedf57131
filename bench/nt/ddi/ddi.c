/* What hot routines of the kernel cost a driver, beside an indirect call to an empty function: one line each, nanoseconds and the ratio,
 * the best of several rounds. bench/nt/run builds and runs it. */
#include <ntddk.h>

#define ROUNDS 9
#define TURNS  20000

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;

static KSPIN_LOCK lock;
static KEVENT event;
static volatile ULONG64 sink;
static ULONG64 base_ps;

__declspec(noinline) static ULONG64 nothing(ULONG64 x)
{
    return x;
}
static ULONG64 (*volatile indirect)(ULONG64) = nothing;

static void call_indirect(void)
{
    sink = indirect(1);
}
static void read_cr8(void)
{
    sink = __readcr8();
}
static void write_cr8(void)
{
    __writecr8(DISPATCH_LEVEL);
    __writecr8(PASSIVE_LEVEL);
}
static void get_irql(void)
{
    sink = KeGetCurrentIrql();
}
static void raise_and_lower(void)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
}
static void spin_lock(void)
{
    KIRQL old;

    KeAcquireSpinLock(&lock, &old);
    KeReleaseSpinLock(&lock, old);
}
static void queued_lock(void)
{
    KLOCK_QUEUE_HANDLE handle;

    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    KeReleaseInStackQueuedSpinLock(&handle);
}
static void set_event(void)
{
    KeSetEvent(&event, 0, FALSE);
    KeClearEvent(&event);
}
static void test_event(void)
{
    LARGE_INTEGER none;

    none.QuadPart = 0;
    sink = (ULONG64)KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &none);
}
static void pool(void)
{
    ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, 64, 'hcnB'), 'hcnB');
}
static void irp(void)
{
    IoFreeIrp(IoAllocateIrp(2, FALSE));
}
static void mdl(void)
{
    PMDL m = IoAllocateMdl(&lock, 8, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(m);
    IoFreeMdl(m);
}
static void region(void)
{
    KeEnterCriticalRegion();
    KeLeaveCriticalRegion();
}
static void tick(void)
{
    LARGE_INTEGER count;

    KeQueryTickCount(&count);
    sink = (ULONG64)count.QuadPart;
}
/* By an address that nobody finds in the code: it traps. */
static volatile ULONG64 shared_page = KI_USER_SHARED_DATA >> 12;
static void tick_trapped(void)
{
    sink = *(volatile ULONG64 *)((shared_page << 12) + 0x320);
}
static void counter(void)
{
    sink = (ULONG64)KeQueryPerformanceCounter(NULL).QuadPart;
}

static void measure(const char *name, void (*run)(void), ULONG turns)
{
    ULONG64 best = ~0ull;

    for (ULONG round = 0; round < ROUNDS; round++) {
        LARGE_INTEGER from = KeQueryPerformanceCounter(NULL), to;
        ULONG64 each;

        for (ULONG i = 0; i < turns; i++)
            run();
        to = KeQueryPerformanceCounter(NULL);
        each = (ULONG64)(to.QuadPart - from.QuadPart) * 100000 / turns; /* 100 ns are the unit */
        best = each < best ? each : best;
    }
    if (!base_ps)
        base_ps = best ? best : 1;
    DbgPrint("%-28s %6llu.%02llu ns %6llu.%02llu\n", name, best / 1000, best % 1000 / 10, best / base_ps, best * 100 / base_ps % 100);
}

VOID NTAPI Unload(_In_ PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
}

NTSTATUS NTAPI DriverEntry(_In_ PDRIVER_OBJECT driver, _In_ PUNICODE_STRING path)
{
    UNREFERENCED_PARAMETER(path);
    driver->DriverUnload = Unload;
    KeInitializeSpinLock(&lock);
    KeInitializeEvent(&event, NotificationEvent, TRUE);
    DbgPrint("%-28s %12s %9s\n", "", "each", "ratio");
    measure("indirect call", call_indirect, TURNS);
    measure("mov reg, cr8", read_cr8, TURNS);
    measure("mov cr8, reg: up and down", write_cr8, TURNS);
    measure("KeGetCurrentIrql", get_irql, TURNS);
    measure("KeRaiseIrql, KeLowerIrql", raise_and_lower, TURNS);
    measure("KeAcquire/ReleaseSpinLock", spin_lock, TURNS);
    measure("queued spin lock", queued_lock, TURNS);
    measure("KeSetEvent, KeClearEvent", set_event, TURNS);
    measure("KeWaitForSingleObject, set", test_event, TURNS);
    measure("pool, 64 bytes", pool, TURNS);
    measure("IoAllocateIrp, IoFreeIrp", irp, TURNS);
    measure("MDL of nonpaged pool", mdl, TURNS);
    measure("critical region", region, TURNS);
    measure("KeQueryTickCount", tick, TURNS);
    measure("the same, trapped", tick_trapped, TURNS / 20);
    measure("KeQueryPerformanceCounter", counter, TURNS);
    return STATUS_SUCCESS;
}
