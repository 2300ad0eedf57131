/* IRPs as memory: allocated, initialised, used again, freed (EXE-308 .. EXE-311). Called by drivers at up to DISPATCH_LEVEL. An
 * IRP is one pool block of the caller's, so that a leaked one shows up under the driver that allocated it. */
#include "nt/io/io_private.h"

#include "ddi/guest.h"
#include "nt/mm/mm.h"

#define TAG_IRP 0x20707249 /* "Irp " */

__thread PIRP io_freed_last;

static void irp_initialize(PIRP irp, USHORT bytes, CCHAR stack_size)
{
    __builtin_memset(irp, 0, bytes);
    irp->Type = IO_TYPE_IRP;
    irp->Size = bytes;
    irp->StackCount = stack_size;
    irp->CurrentLocation = (CHAR)(stack_size + 1);
    irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(irp + 1) + stack_size;
    InitializeListHead(&irp->ThreadListEntry);
}

static PIRP irp_allocate(CCHAR stack_size, const void *caller)
{
    USHORT bytes = IoSizeOfIrp(stack_size);
    PIRP irp;

    if (stack_size < 0)
        return NULL;
    irp = mm_pool_allocate(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, bytes, TAG_IRP, caller);
    if (irp) {
        irp_initialize(irp, bytes, stack_size);
        irp->AllocationFlags = IO_ALLOCATED;
    }
    return irp;
}

PIRP NTAPI IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
    return irp_allocate(StackSize, __builtin_return_address(0));
}

PIRP NTAPI IoAllocateIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize, BOOLEAN ChargeQuota)
{
    return irp_allocate(StackSize, __builtin_return_address(0));
}

/* Irp is memory of the driver, PacketSize bytes of it. */
VOID NTAPI IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
    irp_initialize(Irp, PacketSize, StackSize);
}

VOID NTAPI IoReuseIrp(PIRP Irp, NTSTATUS Iostatus)
{
    UCHAR flags = Irp->AllocationFlags;

    if (Irp->ApcEnvironment & IO_WITH_US) {
        guest_finding("EXE-755", "IoReuseIrp(%p): the IRP is in use by a request that has not completed; nothing is changed", Irp);
        return;
    }
    if (Irp->Tail.Overlay.IrpExtension)
        io_drop_extension(Irp);
    irp_initialize(Irp, Irp->Size, Irp->StackCount);
    Irp->AllocationFlags = flags;
    Irp->IoStatus.Status = Iostatus;
}

VOID NTAPI IoCleanupIrp(PIRP Irp)
{
    if (Irp->Tail.Overlay.IrpExtension)
        io_drop_extension(Irp);
}

VOID NTAPI IoFreeIrp(PIRP Irp)
{
    if (Irp->Type != IO_TYPE_IRP)
        guest_bugcheck(0x44, (ULONG64)(ULONG_PTR)Irp, 0xE, 0, 0, "IoFreeIrp(%p): not an IRP, or freed already", Irp);
    if (Irp->AllocationFlags & IO_LINKED) {
        guest_finding("EXE-755", "IoFreeIrp(%p): the IRP is on its thread's list; the I/O manager frees it", Irp);
        io_irp_unlink(Irp);
    }
    if (Irp->ApcEnvironment & IO_WITH_US) {
        guest_finding("EXE-755", "IoFreeIrp(%p): the IRP is in use by a request that has not completed; its memory is held back until then", Irp);
        Irp->ApcEnvironment |= IO_ORPHAN;
        return;
    }
    if (Irp->CurrentLocation >= 1 && Irp->CurrentLocation <= Irp->StackCount)
        guest_finding("EXE-755", "IoFreeIrp(%p): the IRP is with a driver (location %d of %d), it has not completed", Irp, Irp->CurrentLocation,
                      Irp->StackCount);
    if (Irp->Tail.Overlay.IrpExtension)
        io_drop_extension(Irp);
    Irp->Type = 0;
    io_freed_last = Irp;
    ExFreePoolWithTag(Irp, TAG_IRP);
}
