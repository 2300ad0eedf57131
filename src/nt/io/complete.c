/* An IRP comes back: the walk over its stack locations (EXE-313 .. EXE-315), then what the I/O manager does for IRPs of its own
 * (EXE-316). Runs in the thread and at the IRQL of whoever completes. A completion routine may free, reuse or keep the IRP by
 * returning STATUS_MORE_PROCESSING_REQUIRED; nothing touches it after that. */
#include "nt/io/io_private.h"

#include "ddi/guest.h"

static bool wanted(const IRP *irp, UCHAR control)
{
    return (NT_SUCCESS(irp->IoStatus.Status) && (control & SL_INVOKE_ON_SUCCESS)) ||
           (!NT_SUCCESS(irp->IoStatus.Status) && (control & SL_INVOKE_ON_ERROR)) || (irp->Cancel && (control & SL_INVOKE_ON_CANCEL));
}

static void check(PIRP irp)
{
    if (irp->Type != IO_TYPE_IRP || irp->CurrentLocation > irp->StackCount + 1)
        guest_bugcheck(0x44, (ULONG64)(ULONG_PTR)irp, 0x1232, 0, 0, "IRP %p is completed a second time, or after it was freed", irp);
    if (irp->CancelRoutine)
        guest_bugcheck(0x48, (ULONG64)(ULONG_PTR)irp, (ULONG64)(ULONG_PTR)irp->CancelRoutine, 0, 0,
                       "IRP %p is completed with its cancel routine still set", irp);
    if (irp->IoStatus.Status == STATUS_PENDING || irp->IoStatus.Status == (NTSTATUS)0xFFFFFFFF)
        guest_finding("EXE-754", "IRP %p is completed with status 0x%08X, which is no result", irp, (unsigned)irp->IoStatus.Status);
}

void io_set_final(PIRP irp, io_final_fn *final)
{
    irp->AllocationFlags |= IO_FINAL;
    irp->Tail.Overlay.AuxiliaryBuffer = (PCHAR)final;
}

__attribute__((noinline)) void io_finish(PIRP irp)
{
    if ((irp->AllocationFlags & IO_LINKED) && !io_irp_unlink(irp))
        return;
    if (irp->AllocationFlags & IO_FINAL) {
        ((io_final_fn *)irp->Tail.Overlay.AuxiliaryBuffer)(irp);
        return;
    }
    guest_finding("EXE-755", "IRP %p of IoAllocateIrp came to its end: no completion routine returned STATUS_MORE_PROCESSING_REQUIRED", irp);
}

__attribute__((noinline)) static void freed_and_passed_on(PIRP irp)
{
    guest_finding("EXE-755", "the completion routine of IRP %p freed it and did not return STATUS_MORE_PROCESSING_REQUIRED", irp);
}

static void complete(PIRP irp)
{
    PIO_STACK_LOCATION location = irp->Tail.Overlay.CurrentStackLocation;

    if (__builtin_expect(irp->Type != IO_TYPE_IRP || irp->CurrentLocation > irp->StackCount + 1 || irp->CancelRoutine ||
                         irp->IoStatus.Status == STATUS_PENDING || irp->IoStatus.Status == (NTSTATUS)0xFFFFFFFF, 0))
        check(irp);
    for (; irp->CurrentLocation <= irp->StackCount; location++) {
        PIO_COMPLETION_ROUTINE routine = location->CompletionRoutine;
        PVOID context = location->Context;
        UCHAR control = location->Control;

        irp->PendingReturned = control & SL_PENDING_RETURNED;
        irp->CurrentLocation++;
        irp->Tail.Overlay.CurrentStackLocation = location + 1;
        location->MinorFunction = location->Flags = location->Control = 0;
        __builtin_memset(&location->Parameters, 0, sizeof(location->Parameters));
        location->FileObject = NULL;
        location->CompletionRoutine = NULL;
        if (routine && wanted(irp, control)) {
            PDEVICE_OBJECT device = irp->CurrentLocation > irp->StackCount ? NULL : location[1].DeviceObject;

            io_freed_last = NULL;
            if (guest_call(IO_COMPLETION_ROUTINE, routine, device, irp, context) == STATUS_MORE_PROCESSING_REQUIRED)
                return;
            if (__builtin_expect(io_freed_last == irp, 0)) {
                freed_and_passed_on(irp);
                return;
            }
        } else if (irp->PendingReturned && irp->CurrentLocation <= irp->StackCount) {
            location[1].Control |= SL_PENDING_RETURNED;
        }
    }
    irp->CurrentLocation++; /* a second completion finds it so */
    io_finish(irp);
}

VOID FASTCALL IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    complete(Irp);
}

/* EXE-755, WSK-041: it was freed while it was with us. Its routine and context may be gone as well. */
__attribute__((noinline)) static void end_orphan(PIRP irp)
{
    irp->ApcEnvironment = IO_SERVED;
    irp->CurrentLocation = (CHAR)(irp->StackCount + 1);
    IoFreeIrp(irp);
}

NTSTATUS io_end_request(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    if (__builtin_expect(irp->ApcEnvironment & IO_ORPHAN, 0)) {
        end_orphan(irp);
        return status;
    }
    irp->ApcEnvironment = IO_SERVED;
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    complete(irp);
    return status;
}
