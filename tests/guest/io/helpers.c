/* What stands around requests: remove locks, timers, device queues, the event log, sharing, who asks. */
#include "wkt.h"

static PDEVICE_OBJECT device;

static void gone(void *its_device)
{
    IoDeleteDevice(its_device);
}

static BOOLEAN make(void)
{
    if (!CHECK(NT_SUCCESS(IoCreateDevice(wkt_driver, 16, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device))))
        return FALSE;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    wkt_at_end(gone, device);
    return TRUE;
}

/* ---- remove locks ---- */
static IO_REMOVE_LOCK remove_lock;
static volatile LONG removed;

static void remover(void *context)
{
    UNREFERENCED_PARAMETER(context);
    if (CHECK_STATUS(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_SUCCESS)) {
        IoReleaseRemoveLockAndWait(&remove_lock, NULL);
        InterlockedExchange(&removed, 1);
    }
}

TEST_ROWS("EXE-185 EXE-795 EXE-I20", remove_lock_waits_for_holders)
{
    struct wkt_thread *thread;
    LARGE_INTEGER step;

    step.QuadPart = -10000;
    CHECK_EQ(sizeof(IO_REMOVE_LOCK), 0x20);
    IoInitializeRemoveLock(&remove_lock, 'tseT', 0, 0);
    CHECK_STATUS(IoAcquireRemoveLock(&remove_lock, &device), STATUS_SUCCESS);
    thread = wkt_thread(remover, NULL);
    REQUIRE(thread != NULL);
    while (!remove_lock.Removed)
        KeDelayExecutionThread(KernelMode, FALSE, &step);
    CHECK_STATUS(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_DELETE_PENDING);
    KeDelayExecutionThread(KernelMode, FALSE, &step);
    CHECK_EQ(removed, 0);
    IoReleaseRemoveLock(&remove_lock, &device);
    CHECK(wkt_join(thread));
    CHECK_EQ(removed, 1);
}

TEST_FINDING(EXE_768, released_too_often, "EXE-768")
{
    IoInitializeRemoveLock(&remove_lock, 'tseT', 0, 0);
    IoReleaseRemoveLock(&remove_lock, NULL);
    IoReleaseRemoveLock(&remove_lock, NULL);
}

/* ---- timers ---- */
static volatile LONG ticks;
static KIRQL tick_irql;

static VOID NTAPI tick(PDEVICE_OBJECT its_device, PVOID context)
{
    CHECK(its_device == device && context == &ticks);
    tick_irql = KeGetCurrentIrql();
    InterlockedIncrement(&ticks);
}

TEST(EXE_331, timer_ticks_each_second_while_started)
{
    LARGE_INTEGER time;
    LONG then;

    REQUIRE(make());
    CHECK_STATUS(IoInitializeTimer(device, tick, (PVOID)&ticks), STATUS_SUCCESS);
    CHECK(device->Timer != NULL);
    IoStartTimer(device);
    CHECK(wkt_until(&ticks, 1));
    CHECK_EQ(tick_irql, DISPATCH_LEVEL);
    IoStopTimer(device);
    then = ticks;
    time.QuadPart = -11000000;
    KeDelayExecutionThread(KernelMode, FALSE, &time);
    CHECK_EQ(ticks, then);
    IoStartTimer(device); /* goes with the device */
}

TEST_FINDING(EXE_331, timer_initialised_twice, "EXE-331")
{
    REQUIRE(make());
    CHECK_STATUS(IoInitializeTimer(device, tick, (PVOID)&ticks), STATUS_SUCCESS);
    CHECK_STATUS(IoInitializeTimer(device, tick, (PVOID)&ticks), STATUS_SUCCESS);
}

/* ---- device queues and StartIo ---- */
static PIRP started[4];
static ULONG started_count;
static LONG queue_cancels;

static VOID NTAPI start_io(PDEVICE_OBJECT its_device, PIRP irp)
{
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    CHECK(its_device->CurrentIrp == irp);
    if (started_count < 4)
        started[started_count++] = irp;
}

static VOID NTAPI queue_cancel(PDEVICE_OBJECT its_device, PIRP irp)
{
    CHECK(its_device == NULL); /* it has no location: it was not sent */
    CHECK(KeRemoveEntryDeviceQueue(&device->DeviceQueue, &irp->Tail.Overlay.DeviceQueueEntry));
    IoReleaseCancelSpinLock(irp->CancelIrql);
    queue_cancels++;
}

TEST(EXE_330, packets_start_one_at_a_time_by_key)
{
    ULONG low = 1, high = 9;
    PIRP a, b, c, d;
    KIRQL irql;

    REQUIRE(make());
    wkt_driver->DriverStartIo = start_io;
    a = wkt_irp();
    b = wkt_irp();
    c = wkt_irp();
    d = wkt_irp();
    IoStartPacket(device, a, NULL, NULL);
    CHECK_EQ(started_count, 1);
    IoStartPacket(device, b, &high, NULL);
    IoStartPacket(device, c, &low, NULL);
    IoStartPacket(device, d, &high, queue_cancel);
    CHECK_EQ(started_count, 1);
    CHECK(IoCancelIrp(d));
    CHECK_EQ(queue_cancels, 1);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoStartNextPacket(device, FALSE);
    CHECK(started[1] == c);
    IoStartNextPacket(device, TRUE);
    CHECK(started[2] == b);
    IoStartNextPacket(device, FALSE);
    KeLowerIrql(irql);
    CHECK_EQ(started_count, 3);
    CHECK(device->CurrentIrp == NULL);
    CHECK(!device->DeviceQueue.Busy);
    wkt_driver->DriverStartIo = NULL;
}

static volatile LONG dpcs;

static VOID NTAPI dpc_for_isr(PKDPC dpc, PDEVICE_OBJECT its_device, PIRP irp, PVOID context)
{
    CHECK(dpc == &device->Dpc);
    CHECK(its_device == device);
    CHECK(irp == (PIRP)&ticks && context == &dpcs);
    InterlockedIncrement(&dpcs);
}

TEST(EXE_332, a_devices_dpc)
{
    REQUIRE(make());
    IoInitializeDpcRequest(device, dpc_for_isr);
    CHECK(IoRequestDpc(device, (PIRP)&ticks, (PVOID)&dpcs));
    CHECK(wkt_until(&dpcs, 1));
    KeFlushQueuedDpcs();
}

/* ---- the event log ---- */
TEST(EXE_334, error_log_entries)
{
    static const WCHAR text[] = L"one\0two";
    PIO_ERROR_LOG_PACKET packet = IoAllocateErrorLogEntry(wkt_device, sizeof(*packet) + sizeof(text));
    KIRQL irql;

    REQUIRE(packet != NULL);
    CHECK_EQ(FIELD_OFFSET(IO_ERROR_LOG_PACKET, DumpData), 0x28);
    CHECK_EQ(packet->ErrorCode, 0);
    packet->ErrorCode = STATUS_DEVICE_NOT_READY;
    packet->FinalStatus = STATUS_UNSUCCESSFUL;
    packet->UniqueErrorValue = 77;
    packet->DumpDataSize = sizeof(ULONG);
    packet->DumpData[0] = 0xABCD;
    packet->NumberOfStrings = 2;
    packet->StringOffset = sizeof(*packet);
    RtlCopyMemory((PUCHAR)packet + sizeof(*packet), text, sizeof(text));
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoWriteErrorLogEntry(packet);
    packet = IoAllocateErrorLogEntry(wkt_driver, ERROR_LOG_MAXIMUM_SIZE);
    KeLowerIrql(irql);
    REQUIRE(packet != NULL);
    IoFreeErrorLogEntry(packet);
    CHECK(IoAllocateErrorLogEntry(wkt_device, ERROR_LOG_MAXIMUM_SIZE + 1) == NULL);
    CHECK(IoAllocateErrorLogEntry(wkt_device, 8) == NULL);
}

TEST_FINDING(EXE_334, dump_data_beyond_the_entry, "EXE-334")
{
    PIO_ERROR_LOG_PACKET packet = IoAllocateErrorLogEntry(wkt_device, sizeof(*packet));

    REQUIRE(packet != NULL);
    packet->DumpDataSize = 400;
    IoWriteErrorLogEntry(packet);
}

/* ---- sharing ---- */
TEST(EXE_329, sharing)
{
    PFILE_OBJECT one = wkt_alloc(sizeof(*one)), two = wkt_alloc(sizeof(*two));
    SHARE_ACCESS access;

    REQUIRE(one && two);
    IoSetShareAccess(FILE_READ_DATA, FILE_SHARE_READ, one, &access);
    CHECK(one->ReadAccess && !one->WriteAccess && one->SharedRead && !one->SharedWrite);
    CHECK_EQ(access.OpenCount, 1);
    CHECK_STATUS(IoCheckShareAccess(FILE_WRITE_DATA, FILE_SHARE_READ, two, &access, TRUE), STATUS_SHARING_VIOLATION);
    CHECK_STATUS(IoCheckShareAccess(FILE_READ_DATA, 0, two, &access, TRUE), STATUS_SHARING_VIOLATION);
    CHECK_EQ(access.OpenCount, 1);
    CHECK_STATUS(IoCheckShareAccess(FILE_READ_ATTRIBUTES, 0, two, &access, TRUE), STATUS_SUCCESS);
    CHECK_EQ(access.OpenCount, 1);
    CHECK_STATUS(IoCheckShareAccess(FILE_READ_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, two, &access, FALSE), STATUS_SUCCESS);
    CHECK_EQ(access.OpenCount, 1);
    IoUpdateShareAccess(two, &access);
    CHECK_EQ(access.OpenCount, 2);
    CHECK_EQ(access.SharedWrite, 1);
    IoRemoveShareAccess(one, &access);
    CHECK_EQ(access.OpenCount, 1);
    CHECK_EQ(access.Readers, 1);
    CHECK_EQ(access.SharedRead, 1);
    IoRemoveShareAccess(two, &access);
    CHECK_STATUS(IoCheckShareAccess(DELETE, 0, two, &access, TRUE), STATUS_SUCCESS);
    CHECK_EQ(access.Deleters, 1);
}

/* ---- who asks ---- */
TEST(EXE_327, requestor)
{
    PIRP irp = wkt_irp();
    ULONG session = 5;

    REQUIRE(irp != NULL);
    CHECK(IoGetRequestorProcess(irp) == NULL);
    CHECK_EQ(IoGetRequestorProcessId(irp), 0);
    CHECK(!NT_SUCCESS(IoGetRequestorSessionId(irp, &session)));
    irp->Tail.Overlay.Thread = PsGetCurrentThread();
    CHECK(IoGetRequestorProcess(irp) == PsGetCurrentProcess());
    CHECK(PsGetCurrentProcess() != PsInitialSystemProcess);
    CHECK_EQ(IoGetRequestorProcessId(irp), (ULONG)(ULONG_PTR)PsGetCurrentProcessId());
    CHECK_STATUS(IoGetRequestorSessionId(irp, &session), STATUS_SUCCESS);
    CHECK_EQ(session, 0);
    CHECK(IoThreadToProcess(PsGetCurrentThread()) == PsGetCurrentProcess());
    CHECK(!IoIs32bitProcess(NULL));
    CHECK(!IoIs32bitProcess(irp));
    CHECK(IoGetTopLevelIrp() == NULL);
    IoSetTopLevelIrp(irp);
    CHECK(IoGetTopLevelIrp() == irp);
    IoSetTopLevelIrp(NULL);
}

TEST(EXE_328, generic_mapping_of_files)
{
    PGENERIC_MAPPING mapping = IoGetFileObjectGenericMapping();

    REQUIRE(mapping != NULL);
    CHECK_EQ(mapping->GenericRead, FILE_GENERIC_READ);
    CHECK_EQ(mapping->GenericWrite, FILE_GENERIC_WRITE);
    CHECK_EQ(mapping->GenericExecute, FILE_GENERIC_EXECUTE);
    CHECK_EQ(mapping->GenericAll, FILE_ALL_ACCESS);
}
