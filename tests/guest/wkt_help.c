/* Helpers for tests: memory, IRPs that count their completions, threads, waits. All that they give is on one list and goes when
 * the test ends. */
#include "wkt_private.h"

#define TAG 'tkWx'

struct given {
    struct given *next;
    void (*fn)(void *context);
    void *context;
};
static struct given *volatile all_given;

void wkt_at_end(void (*fn)(void *context), void *context)
{
    struct given *given = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*given), TAG);

    if (!CHECK(given != NULL))
        return;
    given->fn = fn;
    given->context = context;
    do
        given->next = all_given;
    while (InterlockedCompareExchangePointer((PVOID volatile *)&all_given, given, given->next) != given->next);
}

void wkt_take_back(void)
{
    struct given *given;

    while ((given = all_given) != NULL) {
        all_given = given->next;
        given->fn(given->context);
        ExFreePoolWithTag(given, TAG);
    }
}

static void free_memory(void *memory)
{
    ExFreePoolWithTag(memory, TAG);
}

void *wkt_alloc(SIZE_T bytes)
{
    void *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes ? bytes : 1, TAG);

    if (!CHECK(memory != NULL))
        return NULL;
    wkt_at_end(free_memory, memory);
    return memory;
}

static void free_mdl(void *mdl)
{
    IoFreeMdl(mdl);
}

PMDL wkt_mdl(const void *data, SIZE_T bytes)
{
    void *memory = wkt_alloc(bytes);
    PMDL mdl = memory ? IoAllocateMdl(memory, (ULONG)bytes, FALSE, FALSE, NULL) : NULL;

    if (!CHECK(mdl != NULL))
        return NULL;
    if (data)
        RtlCopyMemory(memory, data, bytes);
    MmBuildMdlForNonPagedPool(mdl);
    wkt_at_end(free_mdl, mdl);
    return mdl;
}

/* ---- IRPs ---- */
#define IRPS 64
struct counted {
    PIRP volatile irp;
    volatile LONG completions;
    BOOLEAN pending_returned;
    KIRQL irql;
    KEVENT done;
};
static struct counted counted[IRPS];
static volatile LONG counted_used;

static struct counted *counted_of(PIRP irp)
{
    int i;

    for (i = 0; i < IRPS; i++)
        if (irp && counted[i].irp == irp)
            return &counted[i];
    CHECK(!"this IRP is from wkt_irp");
    return &counted[0];
}

static IO_COMPLETION_ROUTINE completed;
static NTSTATUS NTAPI completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct counted *c = context;

    UNREFERENCED_PARAMETER(device);
    c->pending_returned = irp->PendingReturned;
    c->irql = KeGetCurrentIrql();
    InterlockedIncrement(&c->completions);
    KeSetEvent(&c->done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void free_irp(void *context)
{
    struct counted *c = context;

    IoFreeIrp(c->irp);
    c->irp = NULL;
    counted_used = 0; /* the list is undone as a whole */
}

PIRP wkt_irp(void)
{
    LONG at = InterlockedIncrement(&counted_used) - 1;
    struct counted *c = &counted[at];

    if (!CHECK(at < IRPS))
        return NULL;
    RtlZeroMemory(c, sizeof(*c));
    KeInitializeEvent(&c->done, SynchronizationEvent, FALSE);
    c->irp = IoAllocateIrp(4, FALSE);
    if (!CHECK(c->irp != NULL))
        return NULL;
    IoSetCompletionRoutine(c->irp, completed, c, TRUE, TRUE, TRUE);
    wkt_at_end(free_irp, c);
    return c->irp;
}

LONG wkt_completions(PIRP irp)
{
    return counted_of(irp)->completions;
}

BOOLEAN wkt_pending_returned(PIRP irp)
{
    return counted_of(irp)->pending_returned;
}

KIRQL wkt_completion_irql(PIRP irp)
{
    return counted_of(irp)->irql;
}

NTSTATUS wkt_irp_wait(PIRP irp)
{
    struct counted *c = counted_of(irp);

    if (!CHECK(wkt_wait(&c->done, WKT_TIMEOUT_MS) == STATUS_SUCCESS))
        return STATUS_TIMEOUT;
    return irp->IoStatus.Status;
}

void wkt_irp_reuse(PIRP irp)
{
    struct counted *c = counted_of(irp);

    KeClearEvent(&c->done);
    IoReuseIrp(irp, STATUS_SUCCESS);
    IoSetCompletionRoutine(irp, completed, c, TRUE, TRUE, TRUE);
}

/* ---- threads and waits ---- */
struct wkt_thread {
    wkt_thread_fn *fn;
    void *context;
    PKTHREAD object;
};

static KSTART_ROUTINE thread_start;
static VOID NTAPI thread_start(PVOID context)
{
    struct wkt_thread *thread = context;

    thread->fn(thread->context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void thread_gone(void *context)
{
    struct wkt_thread *thread = context;

    if (wkt_join(thread))
        ObDereferenceObject(thread->object);
}

struct wkt_thread *wkt_thread(wkt_thread_fn *fn, void *context)
{
    struct wkt_thread *thread = wkt_alloc(sizeof(*thread));
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;

    if (!thread)
        return NULL;
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    thread->fn = fn;
    thread->context = context;
    if (!CHECK(NT_SUCCESS(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL, thread_start, thread))))
        return NULL;
    CHECK(NT_SUCCESS(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, (PVOID *)&thread->object, NULL)));
    ZwClose(handle);
    wkt_at_end(thread_gone, thread);
    return thread;
}

PKTHREAD wkt_thread_object(struct wkt_thread *thread)
{
    return thread->object;
}

BOOLEAN wkt_join(struct wkt_thread *thread)
{
    return CHECK(wkt_wait(thread->object, WKT_TIMEOUT_MS) == STATUS_SUCCESS);
}

NTSTATUS wkt_wait(void *object, ULONG timeout_ms)
{
    LARGE_INTEGER timeout;

    timeout.QuadPart = -(LONGLONG)timeout_ms * 10000;
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &timeout);
}

BOOLEAN wkt_until(volatile LONG *value, LONG wanted)
{
    LARGE_INTEGER step;
    ULONG waited_ms;

    step.QuadPart = -10000; /* 1 ms */
    for (waited_ms = 0; waited_ms < WKT_TIMEOUT_MS; waited_ms++) {
        if (*value == wanted)
            return TRUE;
        KeDelayExecutionThread(KernelMode, FALSE, &step);
    }
    return CHECK_EQ(*value, wanted);
}
