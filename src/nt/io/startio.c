/* Device queues and the StartIo routine that works them off one IRP at a time (EXE-330). A queue is busy from the first insertion, which does
 * not insert, to the first removal that finds nothing. */
#include "nt/io/io_private.h"

#include "nt/ke/ke.h"

static PKDEVICE_QUEUE_ENTRY entry_of(PLIST_ENTRY link)
{
    return CONTAINING_RECORD(link, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
}

VOID NTAPI KeInitializeDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
    *DeviceQueue = (KDEVICE_QUEUE){.Type = DeviceQueueObject, .Size = sizeof(*DeviceQueue)};
    InitializeListHead(&DeviceQueue->DeviceListHead);
}

static BOOLEAN insert(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry, const ULONG *key)
{
    PLIST_ENTRY before = queue->DeviceListHead.Blink;
    KIRQL irql = KeAcquireSpinLockRaiseToDpc(&queue->Lock);

    entry->Inserted = FALSE;
    if (queue->Busy) {
        entry->SortKey = key ? *key : 0;
        before = queue->DeviceListHead.Blink;
        while (key && before != &queue->DeviceListHead && entry_of(before)->SortKey > *key)
            before = before->Blink;
        InsertHeadList(before, &entry->DeviceListEntry);
        entry->Inserted = TRUE;
    }
    queue->Busy = TRUE;
    KeReleaseSpinLock(&queue->Lock, irql);
    return entry->Inserted;
}

BOOLEAN NTAPI KeInsertDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    return insert(DeviceQueue, DeviceQueueEntry, NULL);
}

BOOLEAN NTAPI KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry, ULONG SortKey)
{
    return insert(DeviceQueue, DeviceQueueEntry, &SortKey);
}

/* By key: the first with at least that key, else the first of all. */
static PKDEVICE_QUEUE_ENTRY take(PKDEVICE_QUEUE queue, const ULONG *key)
{
    KIRQL irql = KeAcquireSpinLockRaiseToDpc(&queue->Lock);
    PKDEVICE_QUEUE_ENTRY entry = NULL;

    if (IsListEmpty(&queue->DeviceListHead)) {
        queue->Busy = FALSE;
    } else {
        PLIST_ENTRY at = queue->DeviceListHead.Flink;

        while (key && at != &queue->DeviceListHead && entry_of(at)->SortKey < *key)
            at = at->Flink;
        entry = entry_of(at == &queue->DeviceListHead ? at->Flink : at);
        RemoveEntryList(&entry->DeviceListEntry);
        entry->Inserted = FALSE;
    }
    KeReleaseSpinLock(&queue->Lock, irql);
    return entry;
}

PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
    return take(DeviceQueue, NULL);
}

PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
    return take(DeviceQueue, &SortKey);
}

BOOLEAN NTAPI KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    KIRQL irql = KeAcquireSpinLockRaiseToDpc(&DeviceQueue->Lock);
    BOOLEAN was = DeviceQueueEntry->Inserted;

    if (was) {
        RemoveEntryList(&DeviceQueueEntry->DeviceListEntry);
        DeviceQueueEntry->Inserted = FALSE;
    }
    KeReleaseSpinLock(&DeviceQueue->Lock, irql);
    return was;
}

/* ---- packets: with a cancel routine, all of it under the cancel lock ---- */
VOID NTAPI IoStartPacket(PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key, PDRIVER_CANCEL CancelFunction)
{
    KIRQL irql, cancel_irql = PASSIVE_LEVEL;
    PDRIVER_CANCEL cancel = NULL;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (CancelFunction) {
        IoAcquireCancelSpinLock(&cancel_irql);
        Irp->CancelRoutine = CancelFunction;
    }
    if (insert(&DeviceObject->DeviceQueue, &Irp->Tail.Overlay.DeviceQueueEntry, Key)) {
        if (CancelFunction && Irp->Cancel)
            cancel = IoSetCancelRoutine(Irp, NULL);
        if (cancel) {
            Irp->CancelIrql = cancel_irql;
            guest_call_void(DRIVER_CANCEL, cancel, DeviceObject, Irp); /* lets the lock go */
        } else if (CancelFunction) {
            IoReleaseCancelSpinLock(cancel_irql);
        }
    } else {
        DeviceObject->CurrentIrp = Irp;
        if (CancelFunction)
            IoReleaseCancelSpinLock(cancel_irql);
        guest_call_void(DRIVER_STARTIO, DeviceObject->DriverObject->DriverStartIo, DeviceObject, Irp);
    }
    KeLowerIrql(irql);
}

VOID NTAPI IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable)
{
    PKDEVICE_QUEUE_ENTRY entry;
    KIRQL irql = PASSIVE_LEVEL;
    PIRP irp = NULL;

    if (Cancelable)
        IoAcquireCancelSpinLock(&irql);
    DeviceObject->CurrentIrp = NULL;
    entry = take(&DeviceObject->DeviceQueue, NULL);
    if (entry)
        DeviceObject->CurrentIrp = irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry);
    if (Cancelable)
        IoReleaseCancelSpinLock(irql);
    if (irp)
        guest_call_void(DRIVER_STARTIO, DeviceObject->DriverObject->DriverStartIo, DeviceObject, irp);
}
