/* Processors: counts, numbers, groups, nodes, affinity (EXE-130 .. EXE-133, EXE-135). One group, one node [W]. */
#include "nt/ke/ke_private.h"

static unsigned count(void)
{
    return sched_cpu_count();
}

KAFFINITY NTAPI KeQueryActiveProcessors(VOID)
{
    return count() >= 64 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << count()) - 1;
}

ULONG NTAPI KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    if (ActiveProcessors)
        *ActiveProcessors = KeQueryActiveProcessors();
    return count();
}

ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
    return GroupNumber == 0 || GroupNumber == ALL_PROCESSOR_GROUPS ? count() : 0;
}

ULONG NTAPI KeQueryMaximumProcessorCount(VOID)
{
    return count();
}

ULONG NTAPI KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
    return KeQueryActiveProcessorCountEx(GroupNumber);
}

USHORT NTAPI KeQueryActiveGroupCount(VOID)
{
    return 1;
}

USHORT NTAPI KeQueryMaximumGroupCount(VOID)
{
    return 1;
}

KAFFINITY NTAPI KeQueryGroupAffinity(USHORT GroupNumber)
{
    return GroupNumber == 0 ? KeQueryActiveProcessors() : 0;
}

ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
    ULONG cpu = KE_PCR_NUMBER;

    if (ProcNumber)
        *ProcNumber = (PROCESSOR_NUMBER){.Number = (UCHAR)cpu};
    return cpu;
}

NTSTATUS NTAPI KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcIndex >= count())
        return STATUS_INVALID_PARAMETER;
    *ProcNumber = (PROCESSOR_NUMBER){.Number = (UCHAR)ProcIndex};
    return STATUS_SUCCESS;
}

ULONG NTAPI KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcNumber->Group != 0 || ProcNumber->Reserved != 0 || ProcNumber->Number >= count())
        return INVALID_PROCESSOR_INDEX;
    return ProcNumber->Number;
}

USHORT NTAPI KeGetCurrentNodeNumber(VOID)
{
    return 0;
}

USHORT NTAPI KeQueryHighestNodeNumber(VOID)
{
    return 0;
}

VOID NTAPI KeQueryNodeActiveAffinity(USHORT NodeNumber, PGROUP_AFFINITY Affinity, PUSHORT Count)
{
    if (Affinity)
        *Affinity = (GROUP_AFFINITY){.Mask = NodeNumber == 0 ? KeQueryActiveProcessors() : 0};
    if (Count)
        *Count = NodeNumber == 0 ? (USHORT)count() : 0;
}

USHORT NTAPI KeQueryNodeMaximumProcessorCount(USHORT NodeNumber)
{
    return NodeNumber == 0 ? (USHORT)count() : 0;
}

/* ---- EXE-133 ---- */
/* The thread's number is one of its affinity from now on; at DISPATCH_LEVEL it owns its processor and moves on its next raise. */
static void apply(PKTHREAD thread, KAFFINITY mask)
{
    thread->affinity = mask;
    if (ke_irql() < DISPATCH_LEVEL && !(mask >> KE_PCR_NUMBER & 1)) {
        unsigned cpu = (unsigned)__builtin_ctzll(mask);

        thread->page->number = cpu;
        thread->page->legacy_number = (UCHAR)cpu;
        thread->page->pcr.ObsoleteNumber = (UCHAR)cpu;
    }
}

VOID NTAPI KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Affinity, PGROUP_AFFINITY PreviousAffinity)
{
    PKTHREAD thread = ke_thread();
    KAFFINITY mask = Affinity->Mask & KeQueryActiveProcessors();
    GROUP_AFFINITY previous = {0};

    if (Affinity->Group == 0 && !Affinity->Reserved[0] && !Affinity->Reserved[1] && !Affinity->Reserved[2] && mask) {
        previous.Mask = thread->system_affinity ? thread->affinity : 0;
        thread->system_affinity = TRUE;
        apply(thread, mask);
    }
    if (PreviousAffinity)
        *PreviousAffinity = previous;
}

VOID NTAPI KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity)
{
    PKTHREAD thread = ke_thread();

    if (PreviousAffinity->Group != 0)
        return;
    if (PreviousAffinity->Mask == 0) {
        thread->system_affinity = FALSE;
        apply(thread, KeQueryActiveProcessors());
    } else if (PreviousAffinity->Mask & KeQueryActiveProcessors()) {
        apply(thread, PreviousAffinity->Mask & KeQueryActiveProcessors());
    }
}

KAFFINITY NTAPI KeSetSystemAffinityThreadEx(KAFFINITY Affinity)
{
    GROUP_AFFINITY to = {.Mask = Affinity}, previous;

    KeSetSystemGroupAffinityThread(&to, &previous);
    return previous.Mask;
}

VOID NTAPI KeSetSystemAffinityThread(KAFFINITY Affinity)
{
    KeSetSystemAffinityThreadEx(Affinity);
}

VOID NTAPI KeRevertToUserAffinityThreadEx(KAFFINITY Affinity)
{
    GROUP_AFFINITY to = {.Mask = Affinity};

    KeRevertToUserGroupAffinityThread(&to);
}

VOID NTAPI KeRevertToUserAffinityThread(VOID)
{
    KeRevertToUserAffinityThreadEx(0);
}

/* ---- EXE-135: processors are never added, so a registration is told about those that are there ---- */
#define CALLBACKS 16
static struct processor_callback {
    PPROCESSOR_CALLBACK_FUNCTION function;
    PVOID context;
} callbacks[CALLBACKS];

static NTSTATUS tell(const struct processor_callback *c, ULONG cpu, KE_PROCESSOR_CHANGE_NOTIFY_STATE state, NTSTATUS status)
{
    KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT change = {.State = state, .NtNumber = cpu, .Status = status, .ProcNumber = {.Number = (UCHAR)cpu}};
    NTSTATUS result = STATUS_SUCCESS;

    guest_call_void(PROCESSOR_CALLBACK_FUNCTION, c->function, c->context, &change, &result);
    return result;
}

PVOID NTAPI KeRegisterProcessorChangeCallback(PPROCESSOR_CALLBACK_FUNCTION CallbackFunction, PVOID CallbackContext, ULONG Flags)
{
    struct processor_callback *c = NULL;
    ULONG told, cpus = count();

    for (unsigned i = 0; i < CALLBACKS && !c; i++) {
        PPROCESSOR_CALLBACK_FUNCTION none = NULL;

        if (__atomic_compare_exchange_n(&callbacks[i].function, &none, CallbackFunction, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            c = &callbacks[i];
    }
    if (!c)
        return NULL;
    c->context = CallbackContext;
    if (!(Flags & KE_PROCESSOR_CHANGE_ADD_EXISTING))
        return c;
    for (told = 0; told < cpus; told++) {
        NTSTATUS status = tell(c, told, KeProcessorAddStartNotify, STATUS_SUCCESS);

        if (!NT_SUCCESS(status)) { /* undone for those that were told of their start */
            for (ULONG i = 0; i < told; i++)
                tell(c, i, KeProcessorAddFailureNotify, status);
            __atomic_store_n(&c->function, NULL, __ATOMIC_RELEASE);
            return NULL;
        }
    }
    for (ULONG i = 0; i < cpus; i++)
        tell(c, i, KeProcessorAddCompleteNotify, STATUS_SUCCESS);
    return c;
}

VOID NTAPI KeDeregisterProcessorChangeCallback(PVOID CallbackHandle)
{
    struct processor_callback *c = CallbackHandle;

    __atomic_store_n(&c->function, NULL, __ATOMIC_RELEASE);
}
