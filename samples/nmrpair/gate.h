/* A gate: the calls that a module makes over a binding, and its detach. Every call goes through it; the detach callback closes it. When calls
 * are inside at that time the detach pends, and the last of them completes it. At any IRQL. */
#ifndef GATE_H
#define GATE_H

#include <ntddk.h>

typedef struct _GATE {
    volatile LONG Count; /* one for being open, one for each call inside */
} GATE, *PGATE;

FORCEINLINE VOID GateOpen(_Out_ PGATE Gate)
{
    Gate->Count = 1;
}

/* FALSE: it is closed, and the call must not be made. */
FORCEINLINE BOOLEAN GateEnter(_Inout_ PGATE Gate)
{
    LONG Old = Gate->Count, Seen;

    for (; Old > 0; Old = Seen) {
        Seen = InterlockedCompareExchange(&Gate->Count, Old + 1, Old);
        if (Seen == Old)
            return TRUE;
    }
    return FALSE;
}

/* TRUE: the gate is closed and this was the last call: the caller completes the detach, which has pended for it. */
FORCEINLINE BOOLEAN GateLeave(_Inout_ PGATE Gate)
{
    return (BOOLEAN)(InterlockedDecrement(&Gate->Count) == 0);
}

/* For the detach callback, which is called once: what it returns. */
FORCEINLINE NTSTATUS GateClose(_Inout_ PGATE Gate)
{
    return InterlockedDecrement(&Gate->Count) == 0 ? STATUS_SUCCESS : STATUS_PENDING;
}

#endif
