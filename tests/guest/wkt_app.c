/* The application's end (wkt.h). A thread of the runner waits for work in a request to our device; the test completes that with a command,
 * and the thread's next request brings the answer. So the test's own thread is free meanwhile. */
#include "wkt_private.h"

static struct {
    PIRP volatile irp; /* waits for a command */
    KEVENT asked;      /* a request is there */
    struct wkt_app answer;
    BOOLEAN answered;
} threads[WKT_APP_THREADS];
static ULONG thread_count;

NTSTATUS wkt_app_control(PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    struct wkt_app *call = irp->AssociatedIrp.SystemBuffer;

    if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(*call) || stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*call) ||
        call->thread >= WKT_APP_THREADS) {
        irp->IoStatus.Status = STATUS_INVALID_PARAMETER;
        irp->IoStatus.Information = 0;
        IoCompleteRequest(irp, IO_NO_INCREMENT);
        return STATUS_INVALID_PARAMETER;
    }
    IoMarkIrpPending(irp);
    threads[call->thread].answer = *call;
    threads[call->thread].answered = call->op != WKT_APP_HELLO;
    threads[call->thread].irp = irp;
    KeSetEvent(&threads[call->thread].asked, IO_NO_INCREMENT, FALSE);
    return STATUS_PENDING;
}

static void give(ULONG thread, const struct wkt_app *call)
{
    PIRP irp = threads[thread].irp;
    struct wkt_app *out = irp->AssociatedIrp.SystemBuffer;

    threads[thread].irp = NULL;
    KeClearEvent(&threads[thread].asked);
    *out = *call;
    out->thread = thread;
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = sizeof(*out);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

/* In DriverEntry: the runner's threads may ask before the test begins. */
void wkt_app_initialize(void)
{
    ULONG i;

    for (i = 0; i < WKT_APP_THREADS; i++)
        KeInitializeEvent(&threads[i].asked, NotificationEvent, FALSE);
}

/* The runner starts its threads when it starts such a test. */
void wkt_app_start(ULONG wanted)
{
    ULONG i;

    thread_count = wanted;
    for (i = 0; i < wanted; i++)
        CHECK(wkt_wait(&threads[i].asked, WKT_TIMEOUT_MS) == STATUS_SUCCESS);
}

void wkt_app_stop(void)
{
    static struct wkt_app last;
    ULONG i;

    last.op = WKT_APP_END;
    for (i = 0; i < thread_count; i++)
        if (CHECK(wkt_wait(&threads[i].asked, WKT_TIMEOUT_MS) == STATUS_SUCCESS) && threads[i].irp)
            give(i, &last);
}

void wkt_app_begin(ULONG thread, struct wkt_app *call)
{
    if (CHECK(thread < thread_count) && CHECK(wkt_wait(&threads[thread].asked, WKT_TIMEOUT_MS) == STATUS_SUCCESS))
        give(thread, call);
}

BOOLEAN wkt_app_end(ULONG thread, struct wkt_app *call, ULONG timeout_ms)
{
    if (thread >= thread_count || wkt_wait(&threads[thread].asked, timeout_ms) != STATUS_SUCCESS || !threads[thread].answered)
        return FALSE;
    *call = threads[thread].answer;
    return TRUE;
}

NTSTATUS wkt_app(ULONG thread, struct wkt_app *call)
{
    wkt_app_begin(thread, call);
    if (!CHECK(wkt_app_end(thread, call, WKT_TIMEOUT_MS)))
        return STATUS_TIMEOUT;
    return (NTSTATUS)call->status;
}

NTSTATUS wkt_app_open(ULONG thread, ULONG file, const char *name, ULONG access, BOOLEAN overlapped)
{
    struct wkt_app *call = wkt_alloc(sizeof(*call));
    ULONG i;

    if (!call)
        return STATUS_INSUFFICIENT_RESOURCES;
    call->op = WKT_APP_OPEN;
    call->file = file;
    call->code = access;
    call->flags = overlapped ? 1 : 0;
    for (i = 0; name[i] && i < WKT_APP_DATA - 1; i++)
        call->data[i] = (unsigned char)name[i];
    return wkt_app(thread, call);
}
