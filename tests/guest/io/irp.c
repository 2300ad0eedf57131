/* IRPs: memory, stack locations, going down and coming back, what is a mistake. */
#include "wkt.h"

static PDEVICE_OBJECT lower, upper;
static LONG lower_calls, completions;
static NTSTATUS lower_status;
static PIRP held;

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    lower_calls++;
    CHECK(IoGetCurrentIrpStackLocation(irp)->DeviceObject == device);
    if (device == upper) {
        IoSkipCurrentIrpStackLocation(irp);
        return IoCallDriver(lower, irp);
    }
    if (held) {
        held = irp;
        IoMarkIrpPending(irp);
        return STATUS_PENDING;
    }
    irp->IoStatus.Status = lower_status;
    irp->IoStatus.Information = 7;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return lower_status;
}

static void gone(void *device)
{
    if (device == upper)
        IoDetachDevice(lower);
    IoDeleteDevice(device);
}

static PDEVICE_OBJECT make(void)
{
    PDEVICE_OBJECT device = NULL;

    if (!CHECK(NT_SUCCESS(IoCreateDevice(wkt_driver, 16, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device))))
        return NULL;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    wkt_at_end(gone, device);
    wkt_dispatch = dispatch;
    return device;
}

static NTSTATUS NTAPI count(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    UNREFERENCED_PARAMETER(context);
    completions++;
    if (irp->PendingReturned && irp->CurrentLocation <= irp->StackCount)
        IoMarkIrpPending(irp);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    if (context)
        *(PDEVICE_OBJECT *)context = device;
    completions++;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

TEST_ROWS("EXE-308 EXE-309 EXE-311 EXE-I19", allocate)
{
    PIRP irp = IoAllocateIrp(3, FALSE);

    REQUIRE(irp != NULL);
    CHECK_EQ(irp->Type, IO_TYPE_IRP);
    CHECK_EQ(irp->Size, 0xD0 + 3 * 0x48);
    CHECK_EQ(IoSizeOfIrp(3), 0xD0 + 3 * 0x48);
    CHECK_EQ(irp->StackCount, 3);
    CHECK_EQ(irp->CurrentLocation, 4);
    CHECK((PUCHAR)irp->Tail.Overlay.CurrentStackLocation == (PUCHAR)irp + 0xD0 + 3 * 0x48);
    CHECK(IoGetNextIrpStackLocation(irp) == IoGetCurrentIrpStackLocation(irp) - 1);
    CHECK(irp->Tail.Overlay.Thread == NULL);
    CHECK(IsListEmpty(&irp->ThreadListEntry));
    CHECK_EQ(irp->RequestorMode, KernelMode);
    IoSetNextIrpStackLocation(irp);
    CHECK_EQ(irp->CurrentLocation, 3);
    IoGetCurrentIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length = 55;
    IoGetCurrentIrpStackLocation(irp)->Context = irp;
    IoCopyCurrentIrpStackLocationToNext(irp);
    CHECK_EQ(IoGetNextIrpStackLocation(irp)->Parameters.Read.Length, 55);
    CHECK(IoGetNextIrpStackLocation(irp)->Context == NULL);
    CHECK(IoGetNextIrpStackLocation(irp)->CompletionRoutine == NULL);
    IoSkipCurrentIrpStackLocation(irp);
    CHECK_EQ(irp->CurrentLocation, 4);
    IoFreeIrp(irp);
}

TEST(EXE_309, allocate_for_a_device_and_at_dispatch_level)
{
    KIRQL irql;
    PIRP irp;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    irp = IoAllocateIrpEx(wkt_device, 1, FALSE);
    CHECK(irp != NULL);
    if (irp)
        IoFreeIrp(irp);
    KeLowerIrql(irql);
}

TEST(EXE_310, initialize_and_reuse)
{
    PIRP irp = wkt_alloc(IoSizeOfIrp(2)), own = IoAllocateIrp(2, FALSE);
    UCHAR flags;

    REQUIRE(irp != NULL && own != NULL);
    RtlFillMemory(irp, IoSizeOfIrp(2), 0xEE);
    IoInitializeIrp(irp, IoSizeOfIrp(2), 2);
    CHECK_EQ(irp->Size, IoSizeOfIrp(2));
    CHECK_EQ(irp->CurrentLocation, 3);
    CHECK(irp->MdlAddress == NULL);
    CHECK_EQ(IoGetNextIrpStackLocation(irp)->Control, 0);
    CHECK_EQ(irp->AllocationFlags, 0);
    IoCleanupIrp(irp);
    flags = own->AllocationFlags;
    own->IoStatus.Information = 9;
    own->Cancel = TRUE;
    IoSetNextIrpStackLocation(own);
    IoSkipCurrentIrpStackLocation(own);
    IoReuseIrp(own, STATUS_DEVICE_NOT_READY);
    CHECK_STATUS(own->IoStatus.Status, STATUS_DEVICE_NOT_READY);
    CHECK_EQ(own->IoStatus.Information, 0);
    CHECK(!own->Cancel);
    CHECK_EQ(own->StackCount, 2);
    CHECK_EQ(own->AllocationFlags, flags);
    IoFreeIrp(own);
}

TEST_ROWS("EXE-312 EXE-313 EXE-314 EXE-318 EXE-I01", down_and_back)
{
    PDEVICE_OBJECT seen = (PDEVICE_OBJECT)1;
    PIRP irp = IoAllocateIrp(2, FALSE);

    lower = make();
    REQUIRE(irp != NULL && lower != NULL);
    IoSetNextIrpStackLocation(irp); /* our own location, for a context */
    IoGetCurrentIrpStackLocation(irp)->DeviceObject = wkt_device;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(irp, keep, &seen, TRUE, TRUE, TRUE);
    CHECK_STATUS(IoCallDriver(lower, irp), STATUS_SUCCESS);
    CHECK_EQ(lower_calls, 1);
    CHECK_EQ(completions, 1);
    CHECK(seen == wkt_device); /* of the upper location */
    CHECK_EQ(irp->CurrentLocation, 2);
    CHECK_EQ(irp->IoStatus.Information, 7);
    CHECK(!irp->PendingReturned);
    CHECK_EQ(IoGetNextIrpStackLocation(irp)->MajorFunction, IRP_MJ_READ); /* only what belongs to the request is cleared */
    IoSetCompletionRoutine(irp, keep, &seen, FALSE, TRUE, FALSE);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoSkipCurrentIrpStackLocation(irp);
    IoSetCompletionRoutine(irp, keep, &seen, TRUE, TRUE, TRUE);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    CHECK_STATUS(IoCallDriver(lower, irp), STATUS_SUCCESS);
    CHECK(seen == NULL); /* nobody above */
    IoFreeIrp(irp);
}

TEST(EXE_313, routines_are_called_for_the_outcomes_they_asked_for)
{
    PIRP irp = IoAllocateIrp(3, FALSE);
    int i;

    lower = make();
    REQUIRE(irp != NULL && lower != NULL);
    for (i = 0; i < 3; i++) {
        IoReuseIrp(irp, STATUS_SUCCESS);
        completions = 0;
        lower_status = i == 1 ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
        irp->Cancel = i == 2;
        IoSetCompletionRoutine(irp, keep, NULL, TRUE, TRUE, TRUE);
        IoSetNextIrpStackLocation(irp);
        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_WRITE;
        IoSetCompletionRoutine(irp, count, NULL, i == 0, i == 1, i == 2);
        CHECK_STATUS(IoCallDriver(lower, irp), lower_status);
        CHECK_EQ(completions, 2);
    }
    IoReuseIrp(irp, STATUS_SUCCESS);
    completions = 0;
    lower_status = STATUS_UNSUCCESSFUL;
    IoSetCompletionRoutine(irp, keep, NULL, TRUE, TRUE, TRUE);
    IoSetNextIrpStackLocation(irp);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_WRITE;
    IoSetCompletionRoutine(irp, count, NULL, TRUE, FALSE, TRUE);
    CHECK_STATUS(IoCallDriver(lower, irp), STATUS_UNSUCCESSFUL);
    CHECK_EQ(completions, 1);
    IoFreeIrp(irp);
}

TEST_ROWS("EXE-313 EXE-315", pending_is_passed_up_and_the_walk_resumes)
{
    PIRP irp = wkt_irp();

    lower = make();
    held = (PIRP)1;
    REQUIRE(irp != NULL && lower != NULL);
    IoSetNextIrpStackLocation(irp);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(irp, keep, NULL, TRUE, TRUE, TRUE);
    CHECK_STATUS(IoCallDriver(lower, irp), STATUS_PENDING);
    CHECK(held == irp);
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    CHECK_EQ(completions, 1);
    CHECK(irp->PendingReturned);
    CHECK_EQ(wkt_completions(irp), 0); /* stopped here: EXE-314 */
    IoMarkIrpPending(irp);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    CHECK_EQ(wkt_completions(irp), 1);
    CHECK(wkt_pending_returned(irp));
}

TEST(EXE_313, a_location_without_routine_passes_pending_up)
{
    PIRP irp = wkt_irp();

    lower = make();
    held = (PIRP)1;
    REQUIRE(irp != NULL && lower != NULL);
    IoSetNextIrpStackLocation(irp);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    CHECK_STATUS(IoCallDriver(lower, irp), STATUS_PENDING);
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    CHECK_EQ(wkt_completions(irp), 1);
    CHECK(wkt_pending_returned(irp));
}

TEST(EXE_318, ex_form_holds_the_device)
{
    PDEVICE_OBJECT seen = (PDEVICE_OBJECT)1;
    PIRP irp = IoAllocateIrp(2, FALSE);

    lower = make();
    held = (PIRP)1;
    REQUIRE(irp != NULL && lower != NULL);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    REQUIRE(NT_SUCCESS(IoSetCompletionRoutineEx(lower, irp, keep, &seen, TRUE, TRUE, TRUE)));
    CHECK_STATUS(IoCallDriver(lower, irp), STATUS_PENDING);
    CHECK_EQ(completions, 0);
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    CHECK_EQ(completions, 1);
    CHECK(seen == NULL);
    IoReuseIrp(irp, STATUS_SUCCESS);
    IoSetCompletionRoutine(irp, keep, NULL, TRUE, TRUE, TRUE);
    IoSetNextIrpStackLocation(irp);
    held = NULL;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    REQUIRE(NT_SUCCESS(IoSetCompletionRoutineEx(lower, irp, count, NULL, FALSE, TRUE, FALSE)));
    IoCallDriver(lower, irp);
    CHECK_EQ(completions, 2); /* only the one above */
    IoFreeIrp(irp);
}

TEST(EXE_320, forward_synchronously)
{
    PIRP irp = wkt_irp();

    lower = make();
    lower_status = STATUS_DEVICE_NOT_READY;
    REQUIRE(irp != NULL && lower != NULL);
    IoSetNextIrpStackLocation(irp);
    IoGetCurrentIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    CHECK(IoForwardIrpSynchronously(lower, irp));
    CHECK_STATUS(irp->IoStatus.Status, STATUS_DEVICE_NOT_READY);
    CHECK_EQ(wkt_completions(irp), 0);
    CHECK_EQ(IoGetCurrentIrpStackLocation(irp)->MajorFunction, IRP_MJ_READ);
    IoSetNextIrpStackLocation(irp);
    IoSetNextIrpStackLocation(irp);
    IoSetNextIrpStackLocation(irp);
    CHECK(!IoForwardIrpSynchronously(lower, irp));
    CHECK_EQ(lower_calls, 1);
    wkt_irp_reuse(irp);
}

TEST(EXE_312, skipping_passes_the_location_down)
{
    PIRP irp = wkt_irp();

    lower = make();
    upper = make();
    REQUIRE(irp != NULL && lower != NULL && upper != NULL);
    REQUIRE(IoAttachDeviceToDeviceStack(upper, lower) == lower);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    CHECK_STATUS(IoCallDriver(upper, irp), STATUS_SUCCESS);
    CHECK_EQ(lower_calls, 2);
    CHECK_EQ(wkt_completions(irp), 1);
}

TEST_BUGCHECK(EXE_750, no_location_left, 0x35)
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    lower = make();
    REQUIRE(irp != NULL && lower != NULL);
    IoSetNextIrpStackLocation(irp);
    IoCallDriver(lower, irp);
}

TEST_BUGCHECK(EXE_751, completed_twice, 0x44)
{
    PIRP irp = wkt_irp();

    lower = make();
    REQUIRE(irp != NULL && lower != NULL);
    IoSetNextIrpStackLocation(irp);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    IoSkipCurrentIrpStackLocation(irp);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

TEST_BUGCHECK(EXE_751, freed_twice, 0x44)
{
    PIRP irp = wkt_alloc(IoSizeOfIrp(1));

    REQUIRE(irp != NULL);
    IoFreeIrp(irp); /* no IRP at all */
}

static VOID NTAPI never(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
}

TEST_BUGCHECK(EXE_752, completed_with_a_cancel_routine, 0x48)
{
    PIRP irp = wkt_irp();

    REQUIRE(irp != NULL);
    IoSetNextIrpStackLocation(irp);
    IoSetCancelRoutine(irp, never);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

TEST_FINDING(EXE_754, completed_with_pending, "EXE-754")
{
    PIRP irp = wkt_irp();

    REQUIRE(irp != NULL);
    IoSetNextIrpStackLocation(irp);
    irp->IoStatus.Status = STATUS_PENDING;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    CHECK_EQ(wkt_completions(irp), 1);
}

TEST_FINDING(EXE_755, freed_under_way, "EXE-755")
{
    PIRP irp = IoAllocateIrp(2, FALSE);

    REQUIRE(irp != NULL);
    IoSetNextIrpStackLocation(irp);
    IoFreeIrp(irp);
}

TEST_FINDING(EXE_755, threaded_one_freed_by_its_driver, "EXE-755")
{
    IO_STATUS_BLOCK iosb;
    KEVENT event;
    PIRP irp;

    lower = make();
    REQUIRE(lower != NULL);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(0x222400, lower, NULL, 0, NULL, 0, FALSE, &event, &iosb);
    REQUIRE(irp != NULL);
    IoFreeIrp(irp);
}

TEST_FINDING(EXE_755, nobody_keeps_it, "EXE-755")
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    lower = make();
    REQUIRE(irp != NULL && lower != NULL);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoCallDriver(lower, irp);
    irp->CurrentLocation = 2;
    IoFreeIrp(irp);
}

TEST(EXE_350, priority_hints)
{
    PIRP irp = IoAllocateIrp(1, FALSE);
    ULONG flags;

    REQUIRE(irp != NULL);
    CHECK_EQ(IoGetIoPriorityHint(irp), IoPriorityNormal);
    irp->Flags = flags = IRP_BUFFERED_IO | IRP_SYNCHRONOUS_API;
    CHECK_STATUS(IoSetIoPriorityHint(irp, IoPriorityVeryLow), STATUS_SUCCESS);
    CHECK_EQ(IoGetIoPriorityHint(irp), IoPriorityVeryLow);
    CHECK_STATUS(IoSetIoPriorityHint(irp, IoPriorityCritical), STATUS_SUCCESS);
    CHECK_EQ(IoGetIoPriorityHint(irp), IoPriorityCritical);
    CHECK_STATUS(IoSetIoPriorityHint(irp, MaxIoPriorityTypes), STATUS_INVALID_PARAMETER);
    CHECK_EQ(IoGetIoPriorityHint(irp), IoPriorityCritical);
    CHECK_EQ(irp->Flags & 0xFFFF, flags);
    IoReuseIrp(irp, STATUS_SUCCESS);
    CHECK_EQ(IoGetIoPriorityHint(irp), IoPriorityNormal);
    IoFreeIrp(irp);
}

/* What is left of an id is pool of nobody's: the harness's leak check at unload would name it. */
TEST(EXE_350, activity_ids)
{
    static const GUID first = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}}, second = {9, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
    PIRP irp = IoAllocateIrp(1, FALSE);
    GUID id;

    REQUIRE(irp != NULL);
    CHECK_STATUS(IoGetActivityIdIrp(irp, &id), STATUS_NOT_FOUND);
    CHECK_STATUS(IoSetActivityIdIrp(irp, NULL), STATUS_NOT_SUPPORTED);
    CHECK_STATUS(IoSetActivityIdIrp(irp, &first), STATUS_SUCCESS);
    CHECK_STATUS(IoSetActivityIdIrp(irp, &second), STATUS_SUCCESS);
    CHECK_STATUS(IoGetActivityIdIrp(irp, &id), STATUS_SUCCESS);
    CHECK_MEM(&id, &second, sizeof(id));
    IoReuseIrp(irp, STATUS_SUCCESS);
    CHECK_STATUS(IoGetActivityIdIrp(irp, &id), STATUS_NOT_FOUND);
    CHECK_STATUS(IoSetActivityIdIrp(irp, &first), STATUS_SUCCESS);
    IoFreeIrp(irp);
}
