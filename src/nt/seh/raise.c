/* Exceptions that software raises (EXE-086), and the probes that raise them (EXE-092, EXE-789). The entries with the caller's context are
 * in entry.c. */
#include "memory/mem.h"
#include "seh_private.h"

/* From ExRaiseStatus and its kin. The record lies on the same stack. */
void seh_raise_at(PCONTEXT context, NTSTATUS status);
__attribute__((used)) void seh_raise_at(PCONTEXT context, NTSTATUS status)
{
    EXCEPTION_RECORD record = {
        .ExceptionCode = status,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
        .ExceptionAddress = (PVOID)context->Rip,
    };

    seh_dispatch(&record, context);
    seh_unhandled(&record, context);
}

void seh_raise_access_violation_at(PCONTEXT context, ULONG is_write, ULONG64 address);
__attribute__((used)) void seh_raise_access_violation_at(PCONTEXT context, ULONG is_write, ULONG64 address)
{
    EXCEPTION_RECORD record = {
        .ExceptionCode = STATUS_ACCESS_VIOLATION,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
        .ExceptionAddress = (PVOID)context->Rip,
        .NumberParameters = 2,
        .ExceptionInformation = {is_write, address},
    };

    seh_dispatch(&record, context);
    seh_unhandled(&record, context);
}

void seh_raise_record_at(PCONTEXT context, PEXCEPTION_RECORD record);
__attribute__((used)) void seh_raise_record_at(PCONTEXT context, PEXCEPTION_RECORD record)
{
    EXCEPTION_RECORD copy = *record; /* the flags change on the way */

    copy.ExceptionAddress = (PVOID)context->Rip;
    seh_dispatch(&copy, context);
    seh_restore(context);
}

/* EXE-092: what both probes check. true: there is something to touch. */
static inline bool probe_range(ULONG64 address, SIZE_T length, ULONG alignment)
{
    if (!length)
        return false;
    if (address & (alignment - 1))
        seh_raise(STATUS_DATATYPE_MISALIGNMENT);
    if (address + length < address || address + length > MEM_USER_PROBE)
        seh_raise(STATUS_ACCESS_VIOLATION);
    return true;
}

VOID NTAPI ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    probe_range((ULONG64)(ULONG_PTR)Address, Length, Alignment);
}

VOID NTAPI ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    ULONG64 at = (ULONG64)(ULONG_PTR)Address, last = at + Length - 1;

    if (!probe_range(at, Length, Alignment))
        return;
    for (;; at = (at & ~(ULONG64)(PAGE_SIZE - 1)) + PAGE_SIZE) {
        volatile UCHAR *byte = (volatile UCHAR *)at;

        *byte = *byte;
        if ((at | (PAGE_SIZE - 1)) >= last)
            return;
    }
}
