/* A device's timer (EXE-331): while it is started its routine runs once a second at DISPATCH_LEVEL. Made by the driver that owns the device,
 * gone with the device. */
#include "nt/io/io_private.h"

#define TAG_TIMER  0x6D547249 /* "IrTm" */
#define PERIOD_MS  1000

struct _IO_TIMER {
    CSHORT type;
    PDEVICE_OBJECT device;
    PIO_TIMER_ROUTINE routine;
    PVOID context;
    KTIMER timer;
    KDPC dpc;
};

static VOID NTAPI tick(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct _IO_TIMER *timer = context;

    guest_call_void(IO_TIMER_ROUTINE, timer->routine, timer->device, timer->context);
}

NTSTATUS NTAPI IoInitializeTimer(PDEVICE_OBJECT DeviceObject, PIO_TIMER_ROUTINE TimerRoutine, PVOID Context)
{
    struct _IO_TIMER *timer = DeviceObject->Timer;

    if (timer) {
        guest_finding("EXE-331", "IoInitializeTimer(%p) a second time", DeviceObject);
        timer->routine = TimerRoutine;
        timer->context = Context;
        return STATUS_SUCCESS;
    }
    timer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*timer), TAG_TIMER);
    if (!timer)
        return STATUS_INSUFFICIENT_RESOURCES;
    timer->device = DeviceObject;
    timer->routine = TimerRoutine;
    timer->context = Context;
    KeInitializeTimer(&timer->timer);
    KeInitializeDpc(&timer->dpc, tick, timer);
    DeviceObject->Timer = timer;
    return STATUS_SUCCESS;
}

static struct _IO_TIMER *timer_of(PDEVICE_OBJECT device, const char *who)
{
    if (!device->Timer)
        guest_finding("EXE-331", "%s(%p) without IoInitializeTimer", who, device);
    return device->Timer;
}

VOID NTAPI IoStartTimer(PDEVICE_OBJECT DeviceObject)
{
    struct _IO_TIMER *timer = timer_of(DeviceObject, "IoStartTimer");

    if (timer)
        KeSetTimerEx(&timer->timer, (LARGE_INTEGER){.QuadPart = -10000 * PERIOD_MS}, PERIOD_MS, &timer->dpc);
}

VOID NTAPI IoStopTimer(PDEVICE_OBJECT DeviceObject)
{
    struct _IO_TIMER *timer = timer_of(DeviceObject, "IoStopTimer");

    if (timer)
        KeCancelTimer(&timer->timer);
}

void io_timer_delete(PDEVICE_OBJECT device)
{
    struct _IO_TIMER *timer = device->Timer;

    if (!timer)
        return;
    device->Timer = NULL;
    KeCancelTimer(&timer->timer);
    if (KeGetCurrentIrql() < DISPATCH_LEVEL)
        KeFlushQueuedDpcs();
    ExFreePoolWithTag(timer, TAG_TIMER);
}
