/* Sequenced lists (EXE-070). A header is two words that one instruction changes: depth and sequence, and the first entry. A pop
 * reads the first entry's Next while another processor may pop and free that entry, unmapped even; that one read may fault, and
 * then gives a Next that no entry can be. Any thread, any IRQL, no lock. */
#include "ex_private.h"
#include "nt/seh/seh.h"

#define ENTRY_MASK   (~(ULONG64)15)
#define DEPTH_MASK   0xFFFFull
#define SEQUENCE_ONE 0x10000ull

static inline bool swap(PSLIST_HEADER head, ULONG64 *low, ULONG64 *high, ULONG64 new_low, ULONG64 new_high)
{
    bool done;

    __asm__ volatile("lock cmpxchg16b %1"
                     : "=@ccz"(done), "+m"(*head), "+a"(*low), "+d"(*high)
                     : "b"(new_low), "c"(new_high)
                     : "memory");
    return done;
}

static inline void load(const SLIST_HEADER *head, ULONG64 *low, ULONG64 *high)
{
    *low = __atomic_load_n(&head->Alignment, __ATOMIC_RELAXED); /* a torn pair fails the exchange */
    *high = __atomic_load_n(&head->Region, __ATOMIC_RELAXED);
}

static inline void check(const void *head, const void *entry)
{
    if (__builtin_expect((ex_number(head) | ex_number(entry)) & 15, 0))
        ExRaiseStatus(STATUS_DATATYPE_MISALIGNMENT);
}

PSLIST_ENTRY NTAPI ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
    ULONG64 low, high;

    check(ListHead, ListEntry);
    load(ListHead, &low, &high);
    do
        __atomic_store_n(&ListEntry->Next, (PSLIST_ENTRY)(ULONG_PTR)(high & ENTRY_MASK), __ATOMIC_RELAXED);
    while (!swap(ListHead, &low, &high, (low & ~DEPTH_MASK) + SEQUENCE_ONE + ((low + 1) & DEPTH_MASK), ex_number(ListEntry)));
    return (PSLIST_ENTRY)(ULONG_PTR)(high & ENTRY_MASK);
}

/* List .. ListEnd are `Count` entries linked already. */
PSLIST_ENTRY NTAPI InterlockedPushListSList(PSLIST_HEADER ListHead, PSLIST_ENTRY List, PSLIST_ENTRY ListEnd, ULONG Count)
{
    ULONG64 low, high;

    check(ListHead, List);
    load(ListHead, &low, &high);
    do
        __atomic_store_n(&ListEnd->Next, (PSLIST_ENTRY)(ULONG_PTR)(high & ENTRY_MASK), __ATOMIC_RELAXED);
    while (!swap(ListHead, &low, &high, (low & ~DEPTH_MASK) + SEQUENCE_ONE + ((low + Count) & DEPTH_MASK), ex_number(List)));
    return (PSLIST_ENTRY)(ULONG_PTR)(high & ENTRY_MASK);
}

/* The two addresses that seh_set_restart is given. */
extern const char ex_slist_read[], ex_slist_resume[];
#define NO_NEXT 1 /* what a read that has faulted gives */

/* Not called in this file, so that there is one copy of it and of its labels. */
PSLIST_ENTRY NTAPI ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
    ULONG64 low, high, next;

    check(ListHead, NULL);
    load(ListHead, &low, &high);
    for (;;) {
        PSLIST_ENTRY entry = (PSLIST_ENTRY)(ULONG_PTR)(high & ENTRY_MASK);

        if (!entry)
            return NULL;
        __asm__ volatile("mov $1, %k0\n"
                         ".globl ex_slist_read\n"
                         "ex_slist_read: mov (%1), %0\n"
                         ".globl ex_slist_resume\n"
                         "ex_slist_resume:"
                         : "=&r"(next)
                         : "r"(entry)
                         : "memory");
        if (__builtin_expect(next == NO_NEXT, 0)) {
            ULONG64 low_now, high_now;

            load(ListHead, &low_now, &high_now);
            if (low_now == low && high_now == high)
                next = ex_number(*(PSLIST_ENTRY volatile *)&entry->Next); /* still listed: freed memory is on the list, let it be seen */
            low = low_now;
            high = high_now;
            continue;
        }
        if (swap(ListHead, &low, &high, (low & ~DEPTH_MASK) + SEQUENCE_ONE + ((low - 1) & DEPTH_MASK), next & ENTRY_MASK))
            return entry;
    }
}

PSLIST_ENTRY NTAPI ExpInterlockedFlushSList(PSLIST_HEADER ListHead)
{
    ULONG64 low, high;

    check(ListHead, NULL);
    load(ListHead, &low, &high);
    do {
        if (!(high & ENTRY_MASK))
            return NULL;
    } while (!swap(ListHead, &low, &high, (low & ~DEPTH_MASK) + SEQUENCE_ONE, 0));
    return (PSLIST_ENTRY)(ULONG_PTR)(high & ENTRY_MASK);
}

USHORT NTAPI ExQueryDepthSList(PSLIST_HEADER SListHead)
{
    return (USHORT)(__atomic_load_n(&SListHead->Alignment, __ATOMIC_RELAXED) & DEPTH_MASK);
}

PSLIST_ENTRY NTAPI FirstEntrySList(const SLIST_HEADER *SListHead)
{
    return (PSLIST_ENTRY)(ULONG_PTR)(__atomic_load_n(&SListHead->Region, __ATOMIC_RELAXED) & ENTRY_MASK);
}

void ex_slist_start(void)
{
    seh_set_restart(ex_slist_read, ex_slist_resume);
}
