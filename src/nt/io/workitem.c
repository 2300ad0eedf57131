/* Work items of the I/O manager (EXE-187) over the executive's worker threads. An item is out of the queue before its routine is
 * called, so the routine may queue or free it. */
#include "nt/io/io.h"

#include "ddi/guest.h"
#include "nt/mm/mm.h"

#define TAG_WORK 0x6B577249 /* "IrWk" */

struct _IO_WORKITEM {
    WORK_QUEUE_ITEM item;
    PVOID object; /* device or driver object */
    PIO_WORKITEM_ROUTINE routine;
    PIO_WORKITEM_ROUTINE_EX routine_ex;
    PVOID context;
    LONG volatile queued;
};

static VOID NTAPI work(PVOID parameter)
{
    PIO_WORKITEM w = parameter;
    PIO_WORKITEM_ROUTINE routine = w->routine;
    PIO_WORKITEM_ROUTINE_EX routine_ex = w->routine_ex;
    PVOID object = w->object, context = w->context;

    InterlockedExchange(&w->queued, 0);
    if (routine)
        guest_call_void(IO_WORKITEM_ROUTINE, routine, object, context);
    else
        guest_call_void(IO_WORKITEM_ROUTINE_EX, routine_ex, object, context, w);
    ObfDereferenceObject(object);
}

VOID NTAPI IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM IoWorkItem)
{
    __builtin_memset(IoWorkItem, 0, sizeof(*IoWorkItem));
    IoWorkItem->object = IoObject;
    ExInitializeWorkItem(&IoWorkItem->item, work, IoWorkItem);
}

VOID NTAPI IoUninitializeWorkItem(PIO_WORKITEM IoWorkItem)
{
    if (IoWorkItem->queued)
        guest_bugcheck(0xE4, 2, (ULONG64)(ULONG_PTR)IoWorkItem, 0, 0, "work item %p is given up while it is queued", IoWorkItem);
}

ULONG NTAPI IoSizeofWorkItem(VOID)
{
    return sizeof(struct _IO_WORKITEM);
}

PIO_WORKITEM NTAPI IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
    PIO_WORKITEM w = mm_pool_allocate(POOL_FLAG_NON_PAGED, sizeof(*w), TAG_WORK, __builtin_return_address(0));

    if (w)
        IoInitializeWorkItem(DeviceObject, w);
    return w;
}

VOID NTAPI IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
    IoUninitializeWorkItem(IoWorkItem);
    ExFreePoolWithTag(IoWorkItem, TAG_WORK);
}

static BOOLEAN queue(PIO_WORKITEM w, PIO_WORKITEM_ROUTINE routine, PIO_WORKITEM_ROUTINE_EX routine_ex, WORK_QUEUE_TYPE type, PVOID context)
{
    if (InterlockedExchange(&w->queued, 1))
        return FALSE;
    w->routine = routine;
    w->routine_ex = routine_ex;
    w->context = context;
    ObfReferenceObject(w->object);
    ExQueueWorkItem(&w->item, type);
    return TRUE;
}

VOID NTAPI IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine, WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    if (!queue(IoWorkItem, WorkerRoutine, NULL, QueueType, Context))
        guest_bugcheck(0xE4, 1, (ULONG64)(ULONG_PTR)IoWorkItem, 0, 0, "work item %p is queued a second time", IoWorkItem);
}

VOID NTAPI IoQueueWorkItemEx(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine, WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    if (!queue(IoWorkItem, NULL, WorkerRoutine, QueueType, Context))
        guest_bugcheck(0xE4, 1, (ULONG64)(ULONG_PTR)IoWorkItem, 0, 0, "work item %p is queued a second time", IoWorkItem);
}

BOOLEAN NTAPI IoTryQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine, WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    return queue(IoWorkItem, NULL, WorkerRoutine, QueueType, Context);
}
