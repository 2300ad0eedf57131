/* Remove locks (EXE-185): a count that starts at 1, and an event for whoever waits until it is 0. The state is all in the
 * driver's IO_REMOVE_LOCK; a checked build's larger block is used as the free one. */
#include "nt/io/io.h"

#include "ddi/guest.h"

VOID NTAPI IoInitializeRemoveLockEx(PIO_REMOVE_LOCK Lock, ULONG AllocateTag, ULONG MaxLockedMinutes, ULONG HighWatermark, ULONG RemlockSize)
{
    Lock->Removed = FALSE;
    Lock->IoCount = 1;
    KeInitializeEvent(&Lock->RemoveEvent, SynchronizationEvent, FALSE);
}

NTSTATUS NTAPI IoAcquireRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, PCSTR File, ULONG Line, ULONG RemlockSize)
{
    InterlockedIncrement(&RemoveLock->IoCount);
    if (!RemoveLock->Removed)
        return STATUS_SUCCESS;
    if (InterlockedDecrement(&RemoveLock->IoCount) == 0)
        KeSetEvent(&RemoveLock->RemoveEvent, IO_NO_INCREMENT, FALSE);
    return STATUS_DELETE_PENDING;
}

VOID NTAPI IoReleaseRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize)
{
    LONG count = InterlockedDecrement(&RemoveLock->IoCount);

    if (count < 0)
        guest_finding("EXE-768", "remove lock %p is released more often than acquired", RemoveLock);
    else if (count == 0)
        KeSetEvent(&RemoveLock->RemoveEvent, IO_NO_INCREMENT, FALSE);
}

VOID NTAPI IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize)
{
    RemoveLock->Removed = TRUE;
    InterlockedDecrement(&RemoveLock->IoCount);
    if (InterlockedDecrement(&RemoveLock->IoCount) > 0)
        KeWaitForSingleObject(&RemoveLock->RemoveEvent, Executive, KernelMode, FALSE, NULL);
}
