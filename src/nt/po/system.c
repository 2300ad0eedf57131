/* The system sleeps and wakes (EXE-345): system power IRPs to every stack of the root bus, as the power manager sends them: at PASSIVE_LEVEL,
 * STATUS_NOT_SUPPORTED in them, one at a time. The power policy owner of a stack requests its device power IRPs itself. */
#include "nt/po/po.h"

#include "ddi/guest.h"
#include "nt/ex/ex.h"
#include "nt/io/io.h"
#include "nt/pnp/pnp.h"

static unsigned watchdog_s;
static POWER_ACTION action = PowerActionSleep; /* what the system does: in each power IRP until the next */

struct send {
    PDEVICE_OBJECT pdo;
    UCHAR minor;
    SYSTEM_POWER_STATE state;
    NTSTATUS status;
};

void po_start(unsigned limit_s)
{
    watchdog_s = limit_s ? limit_s : 600;
}

static void send(void *context)
{
    LARGE_INTEGER limit = {.QuadPart = -10000000LL * watchdog_s};
    struct send *s = context;
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(s->pdo);
    PIRP irp = io_request(top, NULL, IRP_MJ_POWER, KernelMode);
    PIO_STACK_LOCATION next;
    struct io_wait wait = {0};

    s->status = STATUS_INSUFFICIENT_RESOURCES;
    if (irp) {
        next = IoGetNextIrpStackLocation(irp);
        next->MinorFunction = s->minor;
        next->Parameters.Power.Type = SystemPowerState;
        next->Parameters.Power.State.SystemState = s->state;
        next->Parameters.Power.ShutdownType = action;
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        io_send(top, irp, &wait);
        if (KeWaitForSingleObject(&wait.done, Executive, KernelMode, FALSE, &limit) == STATUS_TIMEOUT)
            guest_bugcheck(0x9F, 3, (ULONG64)(ULONG_PTR)s->pdo, 0, (ULONG64)(ULONG_PTR)irp, "a system power IRP (minor function %u, S%u) was not completed",
                           s->minor, (unsigned)s->state - 1);
        s->status = io_wait_end(&wait);
    }
    ObfDereferenceObject(top);
}

static NTSTATUS to_all(UCHAR minor, SYSTEM_POWER_STATE state)
{
    NTSTATUS status = STATUS_SUCCESS;
    PDEVICE_OBJECT pdo;

    for (unsigned i = 0; NT_SUCCESS(status) && (pdo = pnp_nth_pdo(i)) != NULL; i++) {
        struct send s = {.pdo = pdo, .minor = minor, .state = state};

        status = io_on_system_thread(send, &s);
        if (NT_SUCCESS(status) && (minor == IRP_MN_QUERY_POWER || !NT_SUCCESS(s.status)))
            status = s.status;
        if (minor == IRP_MN_SET_POWER && !NT_SUCCESS(s.status)) {
            guest_finding("EXE-343", "IRP_MN_SET_POWER for S%u completed with 0x%08X; a driver must not fail it", (unsigned)state - 1, (unsigned)s.status);
            status = STATUS_SUCCESS;
        }
        ObfDereferenceObject(pdo);
    }
    return status;
}

/* EXE-345: whoever waits for \Callback\PowerState hears that the system leaves S0, and that it is there again. */
static void tell_lock(bool working)
{
    static const UNICODE_STRING text = RTL_CONSTANT_STRING(L"\\Callback\\PowerState");
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT callback;

    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)&text, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (!NT_SUCCESS(ExCreateCallback(&callback, &attributes, FALSE, TRUE)))
        return; /* made at start: nobody took it away */
    ex_notify_callback(callback, (PVOID)(ULONG_PTR)PO_CB_SYSTEM_STATE_LOCK, (PVOID)(ULONG_PTR)working);
    ObfDereferenceObject(callback);
}

NTSTATUS po_suspend(SYSTEM_POWER_STATE state)
{
    NTSTATUS status;

    action = state == PowerSystemHibernate ? PowerActionHibernate : PowerActionSleep;
    status = to_all(IRP_MN_QUERY_POWER, state);

    if (!NT_SUCCESS(status)) {
        to_all(IRP_MN_SET_POWER, PowerSystemWorking);
        return status;
    }
    tell_lock(false);
    return to_all(IRP_MN_SET_POWER, state);
}

void po_resume(void)
{
    to_all(IRP_MN_SET_POWER, PowerSystemWorking);
    tell_lock(true);
}
