/* What an IRP says about itself beside its request (EXE-350): its priority, in three bits of Flags that nobody else has, and an activity id, in
 * memory that goes with the IRP (IoFreeIrp, IoReuseIrp, IoCleanupIrp). */
#include "nt/io/io_private.h"

#include "nt/mm/mm.h"

#define HINT_SHIFT 17 /* [W] 0: none was set */
#define HINT_MASK  (7u << HINT_SHIFT)
#define TAG_ID     0x69416F49 /* "IoAi" */

IO_PRIORITY_HINT NTAPI IoGetIoPriorityHint(PIRP Irp)
{
    ULONG hint = (Irp->Flags & HINT_MASK) >> HINT_SHIFT;

    return hint ? (IO_PRIORITY_HINT)(hint - 1) : IoPriorityNormal;
}

NTSTATUS NTAPI IoSetIoPriorityHint(PIRP Irp, IO_PRIORITY_HINT PriorityHint)
{
    if ((ULONG)PriorityHint >= MaxIoPriorityTypes)
        return STATUS_INVALID_PARAMETER;
    Irp->Flags = (Irp->Flags & ~HINT_MASK) | ((ULONG)PriorityHint + 1) << HINT_SHIFT;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoGetActivityIdIrp(PIRP Irp, LPGUID Guid)
{
    const GUID *id = Irp->Tail.Overlay.IrpExtension;

    if (!id)
        return STATUS_NOT_FOUND;
    *Guid = *id;
    return STATUS_SUCCESS;
}

/* No thread here has an activity id of its own that a request could take. */
NTSTATUS NTAPI IoSetActivityIdIrp(PIRP Irp, LPCGUID Guid)
{
    GUID *id = Irp->Tail.Overlay.IrpExtension;

    if (!Guid)
        return STATUS_NOT_SUPPORTED;
    if (!id) {
        id = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*id), TAG_ID);
        if (!id)
            return STATUS_UNSUCCESSFUL;
        Irp->Tail.Overlay.IrpExtension = id;
    }
    *id = *Guid;
    return STATUS_SUCCESS;
}

__attribute__((noinline)) void io_drop_extension(PIRP irp)
{
    ExFreePoolWithTag(irp->Tail.Overlay.IrpExtension, TAG_ID);
    irp->Tail.Overlay.IrpExtension = NULL;
}
