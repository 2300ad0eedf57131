/* Processes: the System process and simulated applications; ids, lookup, attach (EXE-409 .. EXE-411). */
#include "nt/se/se.h"
#include "ps_private.h"

static struct {
    struct sched_lock lock;
    LIST_ENTRY processes, threads;
    ULONG64 last_id;
    ULONG64 last_key;
    PEPROCESS system, application;
} ps;

PEPROCESS PsInitialSystemProcess;

HANDLE ps_next_id(void)
{
    return (HANDLE)(ULONG_PTR)__atomic_add_fetch(&ps.last_id, 4, __ATOMIC_RELAXED);
}

LONGLONG ps_now(void)
{
    return (LONGLONG)sched_wall_100ns();
}

void ps_list_process(PEPROCESS process)
{
    sched_lock(&ps.lock);
    InsertTailList(&ps.processes, &process->entry);
    process->listed = true;
    sched_unlock(&ps.lock);
}

static void unlist_process(PEPROCESS process)
{
    sched_lock(&ps.lock);
    if (process->listed)
        RemoveEntryList(&process->entry);
    process->listed = false;
    sched_unlock(&ps.lock);
}

void ps_list_thread(PETHREAD thread)
{
    sched_lock(&ps.lock);
    InsertTailList(&ps.threads, &thread->entry);
    thread->object = true;
    sched_unlock(&ps.lock);
}

void ps_unlist_thread(PETHREAD thread)
{
    sched_lock(&ps.lock);
    if (thread->object)
        RemoveEntryList(&thread->entry);
    thread->object = false;
    sched_unlock(&ps.lock);
}

static void destroy_process(void *body)
{
    PEPROCESS process = body;

    unlist_process(process);
    if (process->table)
        ob_table_destroy(process->table);
    if (process->token)
        ObfDereferenceObject(process->token);
    if (process->path.Buffer)
        ExFreePoolWithTag(process->path.Buffer, PS_TAG);
}

static bool set_image(PEPROCESS process, const char *image, const char *folder)
{
    ULONG n = 0, f = 0, i;

    while (image[n])
        n++;
    while (folder[f])
        f++;
    for (i = 0; i < sizeof(process->image) - 1 && i < n; i++)
        process->image[i] = image[i];
    process->path.Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, (n + f + 1) * sizeof(WCHAR), PS_TAG);
    if (!process->path.Buffer)
        return false;
    for (i = 0; i < f + n; i++)
        process->path.Buffer[i] = (UCHAR)(i < f ? folder[i] : image[i - f]);
    process->path.Length = (USHORT)((f + n) * sizeof(WCHAR));
    process->path.MaximumLength = (USHORT)((f + n + 1) * sizeof(WCHAR));
    return true;
}

static PEPROCESS create(const char *image, const char *folder, HANDLE id, bool own_table)
{
    PEPROCESS process = ob_allocate(ob_process_type, sizeof(*process));

    if (!process)
        return NULL;
    process->pcb.Header.Type = ProcessObject;
    process->pcb.Header.Size = sizeof(process->pcb) / sizeof(LONG);
    InitializeListHead(&process->pcb.Header.WaitListHead);
    process->id = id;
    process->create_time = ps_now();
    process->start_key = __atomic_add_fetch(&ps.last_key, 1, __ATOMIC_RELAXED);
    process->exit_status = STATUS_PENDING;
    if (own_table)
        process->table = ob_table_create();
    if (!set_image(process, image, folder) || (own_table && !process->table) ||
        !ps_set_user(process, own_table ? SE_USER_ADMINISTRATOR : SE_USER_SYSTEM)) {
        ObfDereferenceObject(process);
        return NULL;
    }
    ps_list_process(process);
    return process;
}

PEPROCESS ps_application_create(const char *image)
{
    return create(image, "\\Device\\HarddiskVolume1\\Windows\\System32\\", ps_next_id(), true);
}

void ps_process_end(PEPROCESS process, NTSTATUS status)
{
    struct ob_handle_table *table = process->table;

    WK_ASSERT(process != ps.system);
    process->exit_status = status;
    unlist_process(process);
    process->table = NULL;
    if (table)
        ob_table_destroy(table);
    ke_signal_object(&process->pcb.Header, 1);
    if (process == ps.application)
        ps.application = NULL;
    ObfDereferenceObject(process);
}

static struct ob_handle_table *current_table(void)
{
    return IoGetCurrentProcess()->table;
}

static PVOID current_process(void)
{
    return ps_current()->process;
}

static PVOID current_thread(void)
{
    return ps_current();
}

static KPROCESSOR_MODE previous_mode(void)
{
    return ps_current()->previous_mode;
}

/* Whose user memory an MDL locks. */
static PEPROCESS user_process(void)
{
    return IoGetCurrentProcess();
}

int ps_process_start(void)
{
    InitializeListHead(&ps.processes);
    InitializeListHead(&ps.threads);
    ob_process_type->destroy = destroy_process;
    ps.last_id = 4;
    ps.last_key = 0;
    ps.system = create("System", "", (HANDLE)4, false);
    ps.application = ps.system ? create("application.exe", "\\Device\\HarddiskVolume1\\Program Files\\", ps_next_id(), true) : NULL;
    if (!ps.application)
        return -WK_ENOMEM;
    PsInitialSystemProcess = ps.system;
    ke_set_system_process(&ps.system->pcb);
    ob_ps = (struct ob_ps_hooks){current_table, current_process, current_thread, previous_mode};
    mm_current_process = user_process;
    return 0;
}

PEPROCESS ps_system_process(void)
{
    return ps.system;
}

PEPROCESS ps_application_process(void)
{
    return ps.application;
}

PEPROCESS NTAPI IoGetCurrentProcess(VOID)
{
    PEPROCESS process = (PEPROCESS)KeGetCurrentThread()->process;

    return process ? process : PsInitialSystemProcess;
}

HANDLE NTAPI PsGetProcessId(PEPROCESS Process)
{
    return Process->id;
}

LONGLONG NTAPI PsGetProcessCreateTimeQuadPart(PEPROCESS Process)
{
    return Process->create_time;
}

ULONGLONG NTAPI PsGetProcessStartKey(PEPROCESS Process)
{
    return Process->start_key;
}

NTSTATUS NTAPI PsGetProcessExitStatus(PEPROCESS Process)
{
    return Process->exit_status;
}

PUCHAR NTAPI PsGetProcessImageFileName(PEPROCESS Process)
{
    return (PUCHAR)Process->image;
}

NTSTATUS NTAPI SeLocateProcessImageName(PEPROCESS Process, PUNICODE_STRING *pImageFileName)
{
    ULONG bytes = Process->path.Length + (ULONG)sizeof(WCHAR);
    PUNICODE_STRING name = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*name) + bytes, PS_TAG);

    *pImageFileName = NULL;
    if (!name)
        return STATUS_INSUFFICIENT_RESOURCES;
    *name = (UNICODE_STRING){Process->path.Length, (USHORT)bytes, (PWCH)(name + 1)};
    __builtin_memcpy(name->Buffer, Process->path.Buffer, Process->path.Length);
    *pImageFileName = name;
    return STATUS_SUCCESS;
}

/* ---- EXE-410 ---- */
static PVOID find_process(HANDLE id)
{
    for (PLIST_ENTRY e = ps.processes.Flink; e != &ps.processes; e = e->Flink) {
        PEPROCESS process = CONTAINING_RECORD(e, struct _EPROCESS, entry);

        if (process->id == id && ObReferenceObjectSafe(process))
            return process;
    }
    return NULL;
}

static PVOID find_thread(HANDLE id)
{
    for (PLIST_ENTRY e = ps.threads.Flink; e != &ps.threads; e = e->Flink) {
        PETHREAD thread = CONTAINING_RECORD(e, struct _ETHREAD, entry);

        if (thread->id == id && ObReferenceObjectSafe(thread))
            return thread;
    }
    return NULL;
}

/* The id of the other kind is STATUS_INVALID_PARAMETER. */
static NTSTATUS lookup(HANDLE id, PVOID (*wanted)(HANDLE), PVOID (*other)(HANDLE), PVOID *object)
{
    PVOID wrong;

    sched_lock(&ps.lock);
    *object = wanted(id);
    wrong = *object ? NULL : other(id);
    sched_unlock(&ps.lock);
    if (wrong)
        ObfDereferenceObject(wrong);
    return *object ? STATUS_SUCCESS : wrong ? STATUS_INVALID_PARAMETER : STATUS_INVALID_CID;
}

NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
    PVOID object;
    NTSTATUS status = lookup(ProcessId, find_process, find_thread, &object);

    *Process = object;
    return status;
}

NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread)
{
    PVOID object;
    NTSTATUS status = lookup(ThreadId, find_thread, find_process, &object);

    *Thread = object;
    return status;
}

/* ---- EXE-411: all user memory is in one address space, so attaching changes who the process is, not what an address means ---- */
VOID NTAPI KeStackAttachProcess(PRKPROCESS Process, PRKAPC_STATE ApcState)
{
    PETHREAD thread = ps_current();

    if (ke_irql() >= DISPATCH_LEVEL || ke_in_dpc())
        guest_bugcheck(0x5, (ULONG64)(ULONG_PTR)Process, (ULONG64)(ULONG_PTR)thread->tcb.process, ke_in_dpc(), ke_irql(),
                       "KeStackAttachProcess at IRQL %u%s", ke_irql(), ke_in_dpc() ? " in a DPC" : "");
    *ApcState = (KAPC_STATE){.Process = thread->tcb.process};
    thread->tcb.process = Process;
    thread->attached++;
}

VOID NTAPI KeUnstackDetachProcess(PRKAPC_STATE ApcState)
{
    PETHREAD thread = ps_current();

    if (thread->attached == 0)
        guest_bugcheck(0x6, (ULONG64)(ULONG_PTR)thread->tcb.process, 0, 0, 0, "KeUnstackDetachProcess without KeStackAttachProcess");
    thread->attached--;
    thread->tcb.process = ApcState->Process;
}
