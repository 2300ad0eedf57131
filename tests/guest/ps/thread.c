/* Threads, processes, who is running (EXE-407 .. EXE-411, EXE-415). */
#include "wkt.h"
#include <ntifs.h>

struct seen {
    HANDLE id, process;
    KIRQL irql;
    BOOLEAN system;
    KPROCESSOR_MODE mode;
};

static VOID NTAPI run(PVOID context)
{
    struct seen *s = context;

    s->id = PsGetCurrentThreadId();
    s->process = PsGetCurrentProcessId();
    s->irql = KeGetCurrentIrql();
    s->system = PsIsSystemThread(PsGetCurrentThread());
    s->mode = ExGetPreviousMode();
    PsTerminateSystemThread(STATUS_SUCCESS);
    CHECK(!"reached");
}

TEST_ROWS("EXE-407 EXE-408 EXE-409 EXE-415", system_thread)
{
    struct seen s = {0};
    HANDLE handle = NULL;
    OBJECT_ATTRIBUTES oa;
    CLIENT_ID id;
    PVOID thread;

    InitializeObjectAttributes(&oa, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK_STATUS(PsTerminateSystemThread(STATUS_SUCCESS), STATUS_INVALID_PARAMETER); /* the application's thread */
    REQUIRE(NT_SUCCESS(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &oa, NULL, &id, run, &s)));
    REQUIRE(NT_SUCCESS(ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL)));
    ZwClose(handle);
    CHECK_STATUS(wkt_wait(thread, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK(s.id == id.UniqueThread && s.id == PsGetThreadId(thread));
    CHECK_EQ(s.process, 4);
    CHECK_EQ(s.irql, PASSIVE_LEVEL);
    CHECK(s.system && s.mode == KernelMode);
    CHECK(PsGetThreadProcess(thread) == PsInitialSystemProcess);
    ObDereferenceObject(thread);
}

TEST(EXE_410, lookup_by_id)
{
    PEPROCESS process = NULL;
    PETHREAD thread = NULL;
    PUNICODE_STRING path = NULL;

    REQUIRE(NT_SUCCESS(PsLookupProcessByProcessId((HANDLE)4, &process)));
    CHECK(process == PsInitialSystemProcess);
    ObDereferenceObject(process);
    REQUIRE(NT_SUCCESS(PsLookupThreadByThreadId(PsGetCurrentThreadId(), &thread)));
    CHECK(thread == PsGetCurrentThread());
    ObDereferenceObject(thread);
    CHECK_STATUS(PsLookupProcessByProcessId((HANDLE)0x7FFFFFF0, &process), STATUS_INVALID_CID);
    CHECK(!NT_SUCCESS(PsLookupProcessByProcessId(PsGetCurrentThreadId(), &process)));
    CHECK(PsGetProcessImageFileName(PsGetCurrentProcess())[0] != 0);
    REQUIRE(NT_SUCCESS(SeLocateProcessImageName(PsGetCurrentProcess(), &path)));
    CHECK(path->Length > 0 && path->Buffer[0] == L'\\');
    ExFreePool(path);
}

TEST(EXE_411, attached_is_another_process)
{
    PEPROCESS mine = PsGetCurrentProcess();
    KAPC_STATE state, inner;

    CHECK(mine != PsInitialSystemProcess);
    KeStackAttachProcess((PRKPROCESS)PsInitialSystemProcess, &state);
    CHECK(PsGetCurrentProcess() == PsInitialSystemProcess);
    CHECK(PsGetThreadProcess(PsGetCurrentThread()) == mine);
    KeStackAttachProcess((PRKPROCESS)mine, &inner);
    CHECK(PsGetCurrentProcess() == mine);
    KeUnstackDetachProcess(&inner);
    CHECK(PsGetCurrentProcess() == PsInitialSystemProcess);
    KeUnstackDetachProcess(&state);
    CHECK(PsGetCurrentProcess() == mine);
}

TEST_BUGCHECK(EXE_411, attach_at_dispatch_level, 0x5)
{
    KAPC_STATE state;
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeStackAttachProcess((PRKPROCESS)PsInitialSystemProcess, &state);
}

static VOID NTAPI attach_there(PKDPC dpc, PVOID context, PVOID a, PVOID b)
{
    KAPC_STATE state;

    (void)dpc, (void)context, (void)a, (void)b;
    KeStackAttachProcess((PRKPROCESS)PsInitialSystemProcess, &state);
}

TEST_BUGCHECK(EXE_749, attach_in_a_dpc, 0x5)
{
    PKDPC dpc = wkt_alloc(sizeof(*dpc));

    REQUIRE(dpc != NULL);
    KeInitializeDpc(dpc, attach_there, NULL);
    KeInsertQueueDpc(dpc, NULL, NULL);
    KeFlushQueuedDpcs();
}

TEST_BUGCHECK(EXE_749, detach_without_attach, 0x6)
{
    KAPC_STATE state = {0};

    KeUnstackDetachProcess(&state);
}

TEST_BUGCHECK(EXE_749, detach_twice, 0x6)
{
    KAPC_STATE state;

    KeStackAttachProcess((PRKPROCESS)PsInitialSystemProcess, &state);
    KeUnstackDetachProcess(&state);
    KeUnstackDetachProcess(&state);
}

TEST(EXE_415, previous_mode_of_an_application)
{
    CHECK_EQ(ExGetPreviousMode(), UserMode);
}

TODO_ROW(EXE_412, "process notification routines are not there yet");
TODO_ROW(EXE_413, "thread and image notification routines are not there yet");
