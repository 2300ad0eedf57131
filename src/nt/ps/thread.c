/* System threads (EXE-407, EXE-408) and what a thread tells about itself (EXE-409). A running thread holds a reference to its object and
 * one to its process. */
#include "ps_private.h"

#include "nt/io/io.h"

static void destroy_thread(void *body)
{
    PETHREAD thread = body;

    ps_unlist_thread(thread);
    if (thread->process)
        ObfDereferenceObject(thread->process);
    if (thread->token)
        ObfDereferenceObject(thread->token);
}

static void exited(PKTHREAD tcb)
{
    PETHREAD thread = (PETHREAD)tcb;
    PVOID io_object = thread->io_object;

    ps_unlist_thread(thread);
    ObfDereferenceObject(thread);
    if (io_object)
        ObfDereferenceObject(io_object);
}

/* A driver's thread: EXE-407, it begins inside a critical region. */
static void run_system(void *ctx)
{
    PETHREAD thread = ctx;

    KeEnterCriticalRegion();
    guest_call_void(KSTART_ROUTINE, thread->start, thread->context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void run_worker(void *ctx)
{
    PETHREAD thread = ctx;

    thread->start(thread->context);
}

static NTSTATUS create(PEPROCESS process, PKSTART_ROUTINE start, PVOID context, void (*run)(void *), PVOID io_object, const char *name, PETHREAD *made)
{
    PETHREAD thread = ob_allocate(ob_thread_type, sizeof(*thread));
    NTSTATUS status;

    if (!thread)
        return STATUS_INSUFFICIENT_RESOURCES;
    thread->id = ps_next_id();
    ObfReferenceObject(process);
    thread->process = process;
    thread->tcb.process = &process->pcb;
    thread->create_time = ps_now();
    thread->system = true;
    thread->start = start;
    thread->context = context;
    ps_list_thread(thread);
    ObfReferenceObject(thread); /* the running thread's own */
    if (io_object) {
        ObfReferenceObject(io_object);
        thread->io_object = io_object;
    }
    status = ke_thread_create(&thread->tcb, run, thread, name, exited);
    if (!NT_SUCCESS(status)) {
        if (io_object)
            ObfDereferenceObject(io_object);
        ObfDereferenceObject(thread);
        ObfDereferenceObject(thread);
        return status;
    }
    *made = thread;
    return STATUS_SUCCESS;
}

NTSTATUS ps_create_worker(VOID (NTAPI *routine)(PVOID), PVOID context)
{
    PETHREAD thread;
    NTSTATUS status = create(ps_system_process(), routine, context, run_worker, NULL, "worker", &thread);

    if (NT_SUCCESS(status))
        ObfDereferenceObject(thread);
    return status;
}

static NTSTATUS create_for_driver(PVOID io_object, PHANDLE handle, ULONG access, POBJECT_ATTRIBUTES attributes, HANDLE process_handle, PCLIENT_ID id,
                                  PKSTART_ROUTINE start, PVOID context)
{
    PVOID process = ps_system_process();
    PETHREAD thread;
    NTSTATUS status;

    *handle = NULL;
    if (attributes && attributes->Length != sizeof(*attributes))
        return STATUS_INVALID_PARAMETER;
    if (process_handle) {
        status = ob_handle_reference(process_handle, 0, ob_process_type, KernelMode, &process, NULL);
        if (!NT_SUCCESS(status))
            return status;
    } else
        ObfReferenceObject(process);
    status = create(process, start, context, run_system, io_object, "system", &thread);
    ObfDereferenceObject(process);
    if (!NT_SUCCESS(status))
        return status;
    if (id)
        *id = (CLIENT_ID){thread->process->id, thread->id};
    status = ob_handle_create(thread, access, attributes ? attributes->Attributes : 0, handle);
    ObfDereferenceObject(thread);
    return status;
}

NTSTATUS NTAPI PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                                    PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine, PVOID StartContext)
{
    return create_for_driver(NULL, ThreadHandle, DesiredAccess, ObjectAttributes, ProcessHandle, ClientId, StartRoutine, StartContext);
}

NTSTATUS NTAPI IoCreateSystemThread(PVOID IoObject, PHANDLE ThreadHandle, ULONG DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                                    PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine, PVOID StartContext)
{
    return create_for_driver(IoObject, ThreadHandle, DesiredAccess, ObjectAttributes, ProcessHandle, ClientId, StartRoutine, StartContext);
}

NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    PETHREAD thread = ps_current();

    if (!thread->system || thread->tcb.exited != exited)
        return STATUS_INVALID_PARAMETER;
    if (thread->attached) /* EXE-408 */
        guest_bugcheck(0x5, (ULONG64)(ULONG_PTR)thread->tcb.process, (ULONG64)(ULONG_PTR)&thread->process->pcb, 0, 0,
                       "thread %p ends attached to another process", thread);
    if (ke_irql() == PASSIVE_LEVEL)
        io_thread_end(thread);
    if (thread->tcb.critical && ke_irql() == PASSIVE_LEVEL)
        KeLeaveCriticalRegion(); /* the one that it began in */
    ke_thread_exit(ExitStatus);
}

/* ---- EXE-409: any IRQL; in a DPC those of the thread that was interrupted ---- */
HANDLE NTAPI PsGetCurrentThreadId(VOID)
{
    return ps_current()->id;
}

HANDLE NTAPI PsGetCurrentProcessId(VOID)
{
    return PsGetThreadProcessId(ps_current());
}

HANDLE NTAPI PsGetThreadId(PETHREAD Thread)
{
    return Thread->id;
}

HANDLE NTAPI PsGetThreadProcessId(PETHREAD Thread)
{
    return PsGetThreadProcess(Thread)->id;
}

PEPROCESS NTAPI PsGetThreadProcess(PETHREAD Thread)
{
    return Thread->process ? Thread->process : PsInitialSystemProcess; /* those that are not objects are the System's */
}

BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread)
{
    return PsGetThreadProcess(Thread) == PsInitialSystemProcess;
}

LONGLONG NTAPI PsGetThreadCreateTime(PETHREAD Thread)
{
    return Thread->create_time;
}

KPROCESSOR_MODE NTAPI ExGetPreviousMode(VOID)
{
    return ps_current()->previous_mode;
}

KPROCESSOR_MODE ps_set_previous_mode(KPROCESSOR_MODE mode)
{
    PETHREAD thread = ps_current();
    KPROCESSOR_MODE was = thread->previous_mode;

    thread->previous_mode = mode;
    return was;
}

int ps_start(void)
{
    int err;

    ob_thread_type->destroy = destroy_thread;
    err = ps_process_start();
    return err ? err : ps_adopted_start();
}
