/* Whose request an IRP is (EXE-327): that of the thread in Tail.Overlay.Thread, which the I/O manager fills in and drivers may. Any IRQL up
 * to DISPATCH_LEVEL. */
#include "nt/io/io_private.h"

#include "nt/ps/ps.h"

/* The process that the thread is attached to, as documented. */
PEPROCESS NTAPI IoGetRequestorProcess(PIRP Irp)
{
    PETHREAD thread = Irp->Tail.Overlay.Thread;

    if (!thread)
        return NULL;
    return thread->tcb.process ? CONTAINING_RECORD(thread->tcb.process, struct _EPROCESS, pcb) : PsGetThreadProcess(thread);
}

ULONG NTAPI IoGetRequestorProcessId(PIRP Irp)
{
    PEPROCESS process = IoGetRequestorProcess(Irp);

    return process ? (ULONG)(ULONG_PTR)process->id : 0;
}

/* Every process is in session 0. */
NTSTATUS NTAPI IoGetRequestorSessionId(PIRP Irp, PULONG pSessionId)
{
    *pSessionId = IoGetRequestorProcess(Irp) ? 0 : (ULONG)-1;
    return *pSessionId == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

BOOLEAN NTAPI IoIs32bitProcess(PIRP Irp)
{
    PEPROCESS process = Irp ? IoGetRequestorProcess(Irp) : IoGetCurrentProcess();

    if (Irp && Irp->RequestorMode == KernelMode)
        return FALSE;
    return process && process->is_32bit;
}

PEPROCESS NTAPI IoThreadToProcess(PETHREAD Thread)
{
    return PsGetThreadProcess(Thread);
}

PIRP NTAPI IoGetTopLevelIrp(VOID)
{
    return ((PETHREAD)KeGetCurrentThread())->top_level_irp;
}

VOID NTAPI IoSetTopLevelIrp(PIRP Irp)
{
    ((PETHREAD)KeGetCurrentThread())->top_level_irp = Irp;
}
