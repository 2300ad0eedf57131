/* IRPs that the I/O manager has made for a thread: while they are under way they are on one list, so that the end of their thread cancels
 * them and waits (EXE-323), and whoever closes or cancels a file finds them.
 *
 * An IRP that is being cancelled must not go meanwhile: the one who cancels marks it, and whoever completes a marked IRP leaves its end
 * (EXE-316) to him. */
#include "nt/io/io_private.h"

#include "ddi/text.h"
#include "image/image.h"
#include "nt/ke/ke.h"
#include "nt/ps/ps.h"

#define DEFAULT_LIMIT_S 300 /* as Windows (canceling-irps.md) */

static struct {
    struct sched_lock lock;
    LIST_ENTRY irps;
    ULONG64 limit_ms;
} threaded;

void io_threaded_start(unsigned limit_s)
{
    threaded.limit_ms = (ULONG64)(limit_s ? limit_s : DEFAULT_LIMIT_S) * 1000;
    InitializeListHead(&threaded.irps);
}

void io_irp_link(PIRP irp)
{
    PETHREAD thread = (PETHREAD)KeGetCurrentThread();

    irp->Tail.Overlay.Thread = thread;
    irp->AllocationFlags |= IO_LINKED;
    if (ob_is_object(thread)) {
        ObfReferenceObject(thread);
        irp->AllocationFlags |= IO_HOLDS_THREAD;
    }
    sched_lock(&threaded.lock);
    InsertTailList(&threaded.irps, &irp->ThreadListEntry);
    sched_unlock(&threaded.lock);
}

bool io_irp_unlink(PIRP irp)
{
    PETHREAD thread = irp->Tail.Overlay.Thread;
    UCHAR flags;

    sched_lock(&threaded.lock);
    flags = irp->AllocationFlags;
    if (flags & IO_CANCELLING) {
        irp->AllocationFlags |= IO_COMPLETED;
        sched_unlock(&threaded.lock);
        return false;
    }
    irp->AllocationFlags &= (UCHAR)~(IO_LINKED | IO_HOLDS_THREAD);
    if (flags & IO_LINKED)
        RemoveEntryList(&irp->ThreadListEntry);
    InitializeListHead(&irp->ThreadListEntry);
    sched_unlock(&threaded.lock);
    if (flags & IO_HOLDS_THREAD)
        ObfDereferenceObject(thread);
    return true;
}

static bool wanted(PIRP irp, PETHREAD thread, PFILE_OBJECT file, PIRP only)
{
    return (!thread || irp->Tail.Overlay.Thread == thread) && (!file || irp->Tail.Overlay.OriginalFileObject == file) && (!only || irp == only);
}

/* The first that is wanted and that nobody cancels, marked. */
static PIRP mark_one(PETHREAD thread, PFILE_OBJECT file, PIRP only)
{
    PIRP found = NULL;

    sched_lock(&threaded.lock);
    for (PLIST_ENTRY e = threaded.irps.Flink; e != &threaded.irps && !found; e = e->Flink) {
        PIRP irp = CONTAINING_RECORD(e, IRP, ThreadListEntry);

        if (wanted(irp, thread, file, only) && !irp->Cancel && !(irp->AllocationFlags & IO_CANCELLING))
            found = irp;
    }
    if (found)
        found->AllocationFlags |= IO_CANCELLING;
    sched_unlock(&threaded.lock);
    return found;
}

static void release(PIRP irp)
{
    bool completed;

    sched_lock(&threaded.lock);
    completed = irp->AllocationFlags & IO_COMPLETED;
    irp->AllocationFlags &= (UCHAR)~(IO_CANCELLING | IO_COMPLETED);
    sched_unlock(&threaded.lock);
    if (completed)
        io_finish(irp);
}

unsigned io_cancel_irps(PETHREAD thread, PFILE_OBJECT file, PIRP only)
{
    unsigned count = 0;
    PIRP irp;

    for (; (irp = mark_one(thread, file, only)) != NULL; count++) {
        IoCancelIrp(irp);
        release(irp);
    }
    return count;
}

unsigned io_irps_pending(PETHREAD thread, PFILE_OBJECT file)
{
    unsigned count = 0;

    sched_lock(&threaded.lock);
    for (PLIST_ENTRY e = threaded.irps.Flink; e != &threaded.irps; e = e->Flink)
        count += wanted(CONTAINING_RECORD(e, IRP, ThreadListEntry), thread, file, NULL);
    sched_unlock(&threaded.lock);
    return count;
}

/* What is left after the limit no longer belongs to the thread. Its driver is named by its dispatch routine. */
static void give_up(PETHREAD thread)
{
    for (;;) {
        char where[IMG_SYMBOL_BYTES] = "nobody: it was not sent";
        PIRP irp = NULL;

        sched_lock(&threaded.lock);
        for (PLIST_ENTRY e = threaded.irps.Flink; e != &threaded.irps && !irp; e = e->Flink)
            if (wanted(CONTAINING_RECORD(e, IRP, ThreadListEntry), thread, NULL, NULL))
                irp = CONTAINING_RECORD(e, IRP, ThreadListEntry);
        if (irp) {
            RemoveEntryList(&irp->ThreadListEntry);
            InitializeListHead(&irp->ThreadListEntry);
            irp->AllocationFlags &= (UCHAR)~(IO_LINKED | IO_HOLDS_THREAD);
            irp->Tail.Overlay.Thread = NULL;
            if (irp->CurrentLocation <= irp->StackCount) {
                PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

                img_symbolize((uint64_t)(ULONG_PTR)stack->DeviceObject->DriverObject->MajorFunction[stack->MajorFunction], where, sizeof(where));
            }
        }
        sched_unlock(&threaded.lock);
        if (!irp)
            return;
        guest_finding("EXE-758", "IRP %p was not completed within %llu s after its thread ended and it was cancelled; it is with %s", irp,
                      (unsigned long long)threaded.limit_ms / 1000, where);
        ObfDereferenceObject(thread);
    }
}

void io_thread_end(PETHREAD thread)
{
    LARGE_INTEGER step = {.QuadPart = -10000};
    ULONG64 since_ms;

    if (!io_irps_pending(thread, NULL))
        return;
    io_cancel_irps(thread, NULL, NULL);
    for (since_ms = KeQueryInterruptTime() / 10000; KeQueryInterruptTime() / 10000 - since_ms < threaded.limit_ms;) {
        if (!io_irps_pending(thread, NULL))
            return;
        KeDelayExecutionThread(KernelMode, FALSE, &step);
    }
    give_up(thread);
}
