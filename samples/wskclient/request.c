/* A WSK request with a time limit. A request that is given up is cancelled, and waited for all the same: until it has completed, its IRP,
 * its buffers and its output variables are WSK's. */
#include "wskclient.h"

static IO_COMPLETION_ROUTINE RequestDone;
static NTSTATUS NTAPI RequestDone(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(&((PCLIENT_REQUEST)Context)->Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS RequestCreate(_Out_ PCLIENT_REQUEST Request, _In_ PKEVENT Stop)
{
    KeInitializeEvent(&Request->Done, SynchronizationEvent, FALSE);
    Request->Stop = Stop;
    Request->Irp = IoAllocateIrp(1, FALSE);
    return Request->Irp ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

PIRP RequestIrp(_Inout_ PCLIENT_REQUEST Request)
{
    IoReuseIrp(Request->Irp, STATUS_UNSUCCESSFUL);
    IoSetCompletionRoutine(Request->Irp, RequestDone, Request, TRUE, TRUE, TRUE);
    return Request->Irp;
}

NTSTATUS RequestWaitAlways(_Inout_ PCLIENT_REQUEST Request)
{
    KeWaitForSingleObject(&Request->Done, Executive, KernelMode, FALSE, NULL);
    return Request->Irp->IoStatus.Status;
}

/* The IRP is still this thread's when IoCancelIrp is called, since its completion routine keeps it: one that has just completed is not hurt.
 * Then what it did counts, a socket that it made above all. */
NTSTATUS RequestWait(_Inout_ PCLIENT_REQUEST Request, _In_ ULONG TimeoutMs)
{
    PVOID Objects[2] = {&Request->Done, Request->Stop};
    LARGE_INTEGER Timeout;
    NTSTATUS Waited, Status;

    Timeout.QuadPart = -(LONGLONG)TimeoutMs * 10000;
    Waited = KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, &Timeout, NULL);
    if (Waited == STATUS_WAIT_0)
        return Request->Irp->IoStatus.Status;
    IoCancelIrp(Request->Irp);
    Status = RequestWaitAlways(Request);
    if (NT_SUCCESS(Status))
        return Status;
    return Waited == STATUS_TIMEOUT ? STATUS_IO_TIMEOUT : STATUS_CANCELLED;
}
