/* Cancelling: the cancel lock, cancel routines, cancel-safe queues, IRPs of a thread that ends. */
#include "wkt.h"

static LONG cancels, canceled_completions;
static PDEVICE_OBJECT device, cancelled_device;
static KIRQL cancel_irql;
static BOOLEAN keep_lock;

static VOID NTAPI cancel(PDEVICE_OBJECT its_device, PIRP irp)
{
    cancels++;
    cancelled_device = its_device;
    cancel_irql = KeGetCurrentIrql();
    CHECK(irp->Cancel);
    CHECK(irp->CancelRoutine == NULL);
    if (keep_lock)
        return;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    irp->IoStatus.Status = STATUS_CANCELLED;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS NTAPI pend(PDEVICE_OBJECT its_device, PIRP irp)
{
    UNREFERENCED_PARAMETER(its_device);
    IoMarkIrpPending(irp);
    IoSetCancelRoutine(irp, cancel);
    return STATUS_PENDING;
}

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
    wkt_dispatch = pend;
    return TRUE;
}

TEST_ROWS("EXE-321 EXE-322 EXE-I19", cancel_calls_the_routine)
{
    PIRP irp = wkt_irp();
    KIRQL irql;

    REQUIRE(irp != NULL && make());
    CHECK_STATUS(IoCallDriver(device, irp), STATUS_PENDING);
    CHECK(IoCancelIrp(irp));
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK_EQ(cancels, 1);
    CHECK_EQ(cancel_irql, DISPATCH_LEVEL);
    CHECK(cancelled_device == device);
    CHECK_STATUS(irp->IoStatus.Status, STATUS_CANCELLED);
    CHECK_EQ(wkt_completions(irp), 1);
    CHECK(wkt_pending_returned(irp));
    IoAcquireCancelSpinLock(&irql);
    CHECK_EQ(irql, PASSIVE_LEVEL);
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    IoReleaseCancelSpinLock(irql);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

TEST(EXE_322, without_a_routine_only_the_flag)
{
    PIRP irp = wkt_irp();
    KIRQL irql;

    REQUIRE(irp != NULL);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK(!IoCancelIrp(irp));
    CHECK_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(irql);
    CHECK(irp->Cancel);
    CHECK(IoSetCancelRoutine(irp, cancel) == NULL);
    CHECK(IoSetCancelRoutine(irp, NULL) == cancel);
}

TEST_BUGCHECK(EXE_753, routine_returns_with_the_lock, 0x11B)
{
    PIRP irp = wkt_irp();

    REQUIRE(irp != NULL && make());
    keep_lock = TRUE;
    IoCallDriver(device, irp);
    IoCancelIrp(irp);
}

/* The border's checks come after it: that a routine returns at another level than it was entered at is what it is for. */
TEST_VERIFY_BUGCHECK(EXE_753, routine_returns_with_the_lock_at_the_border, 0x11B)
{
    PIRP irp = wkt_irp();

    REQUIRE(irp != NULL && make());
    IoCallDriver(device, irp);
    CHECK(IoCancelIrp(irp));
    wkt_irp_reuse(irp);
    keep_lock = TRUE;
    IoCallDriver(device, irp);
    IoCancelIrp(irp);
}

/* ---- cancel-safe queues ---- */
static IO_CSQ csq;
static LIST_ENTRY queue;
static KSPIN_LOCK lock;
static BOOLEAN locked, refuse;

static VOID NTAPI csq_insert(PIO_CSQ its, PIRP irp)
{
    UNREFERENCED_PARAMETER(its);
    CHECK(locked);
    InsertTailList(&queue, &irp->Tail.Overlay.ListEntry);
}

static NTSTATUS NTAPI csq_insert_ex(PIO_CSQ its, PIRP irp, PVOID context)
{
    CHECK(context == &queue);
    if (refuse)
        return STATUS_DEVICE_BUSY;
    csq_insert(its, irp);
    return STATUS_SUCCESS;
}

static VOID NTAPI csq_remove(PIO_CSQ its, PIRP irp)
{
    UNREFERENCED_PARAMETER(its);
    CHECK(locked);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

static PIRP NTAPI csq_peek(PIO_CSQ its, PIRP irp, PVOID context)
{
    PLIST_ENTRY next = irp ? irp->Tail.Overlay.ListEntry.Flink : queue.Flink;

    UNREFERENCED_PARAMETER(its);
    UNREFERENCED_PARAMETER(context);
    return next == &queue ? NULL : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

static VOID NTAPI csq_acquire(PIO_CSQ its, PKIRQL irql)
{
    UNREFERENCED_PARAMETER(its);
    KeAcquireSpinLock(&lock, irql);
    locked = TRUE;
}

static VOID NTAPI csq_release(PIO_CSQ its, KIRQL irql)
{
    UNREFERENCED_PARAMETER(its);
    locked = FALSE;
    KeReleaseSpinLock(&lock, irql);
}

static VOID NTAPI csq_canceled(PIO_CSQ its, PIRP irp)
{
    UNREFERENCED_PARAMETER(its);
    CHECK(!locked);
    canceled_completions++;
    irp->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static PIRP queued(PIO_CSQ_IRP_CONTEXT context)
{
    PIRP irp = wkt_irp();

    if (!irp)
        return NULL;
    IoSetNextIrpStackLocation(irp);
    IoCsqInsertIrp(&csq, irp, context);
    return irp;
}

static void complete(PIRP irp)
{
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static void start(BOOLEAN ex)
{
    InitializeListHead(&queue);
    KeInitializeSpinLock(&lock);
    if (ex)
        CHECK_STATUS(IoCsqInitializeEx(&csq, csq_insert_ex, csq_remove, csq_peek, csq_acquire, csq_release, csq_canceled), STATUS_SUCCESS);
    else
        CHECK_STATUS(IoCsqInitialize(&csq, csq_insert, csq_remove, csq_peek, csq_acquire, csq_release, csq_canceled), STATUS_SUCCESS);
}

TEST(EXE_324, queue_in_order_and_cancel)
{
    PIRP first, second, third;

    start(FALSE);
    first = queued(NULL);
    second = queued(NULL);
    third = queued(NULL);
    REQUIRE(first && second && third);
    CHECK(IoGetCurrentIrpStackLocation(first)->Control & SL_PENDING_RETURNED);
    CHECK(first->Tail.Overlay.DriverContext[3] != NULL);
    CHECK(IoCancelIrp(second));
    CHECK_EQ(canceled_completions, 1);
    CHECK_EQ(wkt_completions(second), 1);
    CHECK(IoCsqRemoveNextIrp(&csq, NULL) == first);
    CHECK(first->CancelRoutine == NULL);
    CHECK(!IoCancelIrp(first)); /* ours now */
    complete(first);
    CHECK(IoCsqRemoveNextIrp(&csq, NULL) == third);
    complete(third);
    CHECK(IoCsqRemoveNextIrp(&csq, NULL) == NULL);
    CHECK_EQ(canceled_completions, 1);
}

TEST(EXE_324, by_context)
{
    IO_CSQ_IRP_CONTEXT one, two;
    PIRP first, second;

    start(FALSE);
    first = queued(&one);
    second = queued(&two);
    REQUIRE(first && second);
    CHECK(IoCsqRemoveIrp(&csq, &two) == second);
    CHECK(IoCsqRemoveIrp(&csq, &two) == NULL);
    complete(second);
    CHECK(IoCancelIrp(first));
    CHECK(IoCsqRemoveIrp(&csq, &one) == NULL);
    CHECK_EQ(canceled_completions, 1);
}

TEST(EXE_324, cancelled_before_it_is_queued)
{
    PIRP irp = wkt_irp();

    start(FALSE);
    REQUIRE(irp != NULL);
    IoSetNextIrpStackLocation(irp);
    IoCancelIrp(irp);
    IoCsqInsertIrp(&csq, irp, NULL);
    CHECK_EQ(canceled_completions, 1);
    CHECK_EQ(wkt_completions(irp), 1);
    CHECK(IsListEmpty(&queue));
}

TEST(EXE_324, ex_may_refuse)
{
    PIRP irp = wkt_irp();

    start(TRUE);
    REQUIRE(irp != NULL);
    IoSetNextIrpStackLocation(irp);
    refuse = TRUE;
    CHECK_STATUS(IoCsqInsertIrpEx(&csq, irp, NULL, &queue), STATUS_DEVICE_BUSY);
    CHECK(irp->CancelRoutine == NULL);
    refuse = FALSE;
    CHECK_STATUS(IoCsqInsertIrpEx(&csq, irp, NULL, &queue), STATUS_SUCCESS);
    CHECK(IoCsqRemoveNextIrp(&csq, NULL) == irp);
    complete(irp);
}

/* ---- EXE-323 ---- */
static PIRP left;
static IO_STATUS_BLOCK left_iosb;
static KEVENT left_event;

static void send_and_end(void *context)
{
    UNREFERENCED_PARAMETER(context);
    left = IoBuildDeviceIoControlRequest(0x222400, device, NULL, 0, NULL, 0, FALSE, &left_event, &left_iosb);
    if (CHECK(left != NULL)) {
        CHECK(!IsListEmpty(&left->ThreadListEntry));
        CHECK(left->Tail.Overlay.Thread == PsGetCurrentThread());
        CHECK_STATUS(IoCallDriver(device, left), STATUS_PENDING);
    }
}

TEST_ROWS("EXE-323 EXE-319", the_end_of_a_thread_cancels_its_irps)
{
    struct wkt_thread *thread;

    REQUIRE(make());
    KeInitializeEvent(&left_event, NotificationEvent, FALSE);
    thread = wkt_thread(send_and_end, NULL);
    REQUIRE(thread && wkt_join(thread));
    CHECK_EQ(cancels, 1);
    CHECK(KeReadStateEvent(&left_event));
    CHECK_STATUS(left_iosb.Status, STATUS_CANCELLED);
}

static NTSTATUS NTAPI pend_for_good(PDEVICE_OBJECT its_device, PIRP irp)
{
    UNREFERENCED_PARAMETER(its_device);
    IoMarkIrpPending(irp);
    return STATUS_PENDING;
}

TEST_FINDING(EXE_758, an_irp_that_cannot_be_cancelled, "EXE-758")
{
    struct wkt_thread *thread;

    REQUIRE(make());
    wkt_dispatch = pend_for_good;
    KeInitializeEvent(&left_event, NotificationEvent, FALSE);
    thread = wkt_thread(send_and_end, NULL);
    REQUIRE(thread && wkt_join(thread));
    CHECK(left->Cancel);
    left->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(left, IO_NO_INCREMENT);
    CHECK(KeReadStateEvent(&left_event));
}
