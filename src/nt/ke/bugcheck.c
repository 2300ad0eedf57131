/* KeBugCheck, KeBugCheckEx and the callbacks that run before the machine stops (EXE-573, EXE-574). */
#include "nt/ke/ke_private.h"

static struct {
    struct sched_lock lock;
    LIST_ENTRY plain, reasons;
    bool ran;
} registered = {.plain = {&registered.plain, &registered.plain}, .reasons = {&registered.reasons, &registered.reasons}};

DECLSPEC_NORETURN VOID NTAPI KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1, ULONG_PTR BugCheckParameter2,
                                          ULONG_PTR BugCheckParameter3, ULONG_PTR BugCheckParameter4)
{
    guest_bugcheck(BugCheckCode, BugCheckParameter1, BugCheckParameter2, BugCheckParameter3, BugCheckParameter4, "the driver called KeBugCheckEx");
}

DECLSPEC_NORETURN VOID NTAPI KeBugCheck(ULONG BugCheckCode)
{
    guest_bugcheck(BugCheckCode, 0, 0, 0, 0, "the driver called KeBugCheck");
}

BOOLEAN NTAPI KeRegisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord, PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine, PVOID Buffer,
                                         ULONG Length, PUCHAR Component)
{
    bool done = false;

    sched_lock(&registered.lock);
    if (CallbackRecord->State == BufferEmpty) {
        CallbackRecord->CallbackRoutine = CallbackRoutine;
        CallbackRecord->Buffer = Buffer;
        CallbackRecord->Length = Length;
        CallbackRecord->Component = Component;
        CallbackRecord->Checksum = (ULONG_PTR)CallbackRoutine + (ULONG_PTR)Buffer + Length + (ULONG_PTR)Component;
        CallbackRecord->State = BufferInserted;
        InsertTailList(&registered.plain, &CallbackRecord->Entry);
        done = true;
    }
    sched_unlock(&registered.lock);
    return done;
}

BOOLEAN NTAPI KeDeregisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord)
{
    bool done = false;

    sched_lock(&registered.lock);
    if (CallbackRecord->State == BufferInserted) {
        RemoveEntryList(&CallbackRecord->Entry);
        CallbackRecord->State = BufferEmpty;
        done = true;
    }
    sched_unlock(&registered.lock);
    return done;
}

BOOLEAN NTAPI KeRegisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord, PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine,
                                               KBUGCHECK_CALLBACK_REASON Reason, PUCHAR Component)
{
    bool done = false;

    sched_lock(&registered.lock);
    if (CallbackRecord->State == BufferEmpty) {
        CallbackRecord->CallbackRoutine = CallbackRoutine;
        CallbackRecord->Component = Component;
        CallbackRecord->Reason = Reason;
        CallbackRecord->Checksum = (ULONG_PTR)CallbackRoutine + (ULONG)Reason + (ULONG_PTR)Component;
        CallbackRecord->State = BufferInserted;
        InsertTailList(&registered.reasons, &CallbackRecord->Entry);
        done = true;
    }
    sched_unlock(&registered.lock);
    return done;
}

BOOLEAN NTAPI KeDeregisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord)
{
    bool done = false;

    sched_lock(&registered.lock);
    if (CallbackRecord->State == BufferInserted) {
        RemoveEntryList(&CallbackRecord->Entry);
        CallbackRecord->State = BufferEmpty;
        done = true;
    }
    sched_unlock(&registered.lock);
    return done;
}

void ke_bugcheck_callbacks(void)
{
    static UCHAR dump_buffer[4096];
    PLIST_ENTRY e;

    if (!ke_thread_is_nt()) /* the watchdog's: a driver cannot run here */
        return;
    if (__atomic_exchange_n(&registered.ran, true, __ATOMIC_ACQ_REL)) /* a bug check inside one of them */
        return;
    KE_PCR_IRQL = HIGH_LEVEL;
    for (e = registered.plain.Flink; e != &registered.plain; e = e->Flink) {
        PKBUGCHECK_CALLBACK_RECORD record = CONTAINING_RECORD(e, KBUGCHECK_CALLBACK_RECORD, Entry);

        record->State = BufferStarted;
        guest_call_void(KBUGCHECK_CALLBACK_ROUTINE, record->CallbackRoutine, record->Buffer, record->Length);
        record->State = BufferFinished;
    }
    for (e = registered.reasons.Flink; e != &registered.reasons; e = e->Flink) {
        PKBUGCHECK_REASON_CALLBACK_RECORD record = CONTAINING_RECORD(e, KBUGCHECK_REASON_CALLBACK_RECORD, Entry);
        KBUGCHECK_SECONDARY_DUMP_DATA data = {.InBuffer = dump_buffer, .InBufferLength = sizeof(dump_buffer), .MaximumAllowed = sizeof(dump_buffer)};

        if (record->Reason == KbCallbackSecondaryDumpData)
            guest_call_void(KBUGCHECK_REASON_CALLBACK_ROUTINE, record->CallbackRoutine, record->Reason, record, &data, sizeof(data));
    }
}
