/* Lookaside lists (EXE-243, EXE-244). Taking and giving entries is code in the driver; here is what fills a list in, empties it, and
 * remembers it until it is deleted (EXE-740). [W] A list keeps up to 256 entries from its first day; Windows grows it from 4 by use.
 */
#include "ex_private.h"

#define DEPTH 256

static struct sched_lock lock;
static LIST_ENTRY lists = {&lists, &lists}; /* GENERAL_LOOKASIDE(_POOL).ListEntry */

_Static_assert(sizeof(NPAGED_LOOKASIDE_LIST) == 0x80 && sizeof(LOOKASIDE_LIST_EX) == 0x60 &&
               offsetof(GENERAL_LOOKASIDE, ListEntry) == offsetof(GENERAL_LOOKASIDE_POOL, ListEntry), "EXE-L53, EXE-L54");

static void init(PGENERAL_LOOKASIDE_POOL l, ULONG type, SIZE_T size, ULONG tag)
{
    InitializeSListHead(&l->ListHead);
    l->Depth = DEPTH;
    l->MaximumDepth = DEPTH;
    l->TotalAllocates = l->AllocateMisses = l->TotalFrees = l->FreeMisses = 0;
    l->Type = (POOL_TYPE)type;
    l->Tag = tag;
    l->Size = size < sizeof(SLIST_ENTRY) ? sizeof(SLIST_ENTRY) : (ULONG)size;
    l->LastTotalAllocates = l->LastAllocateMisses = 0;
    l->Future[0] = l->Future[1] = 0;
    sched_lock(&lock);
    for (PLIST_ENTRY e = lists.Flink; e != &lists; e = e->Flink) {
        if (e == &l->ListEntry) { /* initialized again: taken out, or the chain would be cut */
            e->Blink->Flink = e->Flink;
            e->Flink->Blink = e->Blink;
            break;
        }
    }
    l->ListEntry.Flink = &lists;
    l->ListEntry.Blink = lists.Blink;
    lists.Blink->Flink = &l->ListEntry;
    lists.Blink = &l->ListEntry;
    sched_unlock(&lock);
}

/* False, with a finding, when the list is none that is alive. */
static bool forget(PGENERAL_LOOKASIDE_POOL l)
{
    bool found = false;

    sched_lock(&lock);
    for (PLIST_ENTRY e = lists.Flink; e != &lists && !found; e = e->Flink)
        found = e == &l->ListEntry;
    if (found) {
        l->ListEntry.Blink->Flink = l->ListEntry.Flink;
        l->ListEntry.Flink->Blink = l->ListEntry.Blink;
    }
    sched_unlock(&lock);
    if (!found)
        guest_finding("EXE-740", "lookaside list %p is deleted twice, or was never initialized", l);
    return found;
}

/* ---- the two fixed kinds ---- */
static VOID NTAPI free_block(PVOID block)
{
    ExFreePoolWithTag(block, 0);
}

/* Called from the driver's inline code, so the block is the driver's (EXE-242). */
static PVOID NTAPI allocate_block(POOL_TYPE type, SIZE_T bytes, ULONG tag)
{
    return mm_pool_allocate_old((ULONG)type, bytes, tag, __builtin_return_address(0));
}

static void init_fixed(PGENERAL_LOOKASIDE l, PALLOCATE_FUNCTION allocate, PFREE_FUNCTION release, ULONG type, ULONG flags, SIZE_T size, ULONG tag)
{
    l->Allocate = allocate ? allocate : allocate_block;
    l->Free = release ? release : free_block;
    init((PGENERAL_LOOKASIDE_POOL)l, type | (flags & (POOL_NX_ALLOCATION | POOL_RAISE_IF_ALLOCATION_FAILURE)), size, tag);
}

static void delete_fixed(PGENERAL_LOOKASIDE l)
{
    if (!forget((PGENERAL_LOOKASIDE_POOL)l))
        return;
    for (PSLIST_ENTRY e; (e = ExpInterlockedPopEntrySList(&l->ListHead)) != NULL;)
        guest_call_void(FREE_FUNCTION, l->Free, e);
}

VOID NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free, ULONG Flags,
                                           SIZE_T Size, ULONG Tag, USHORT Depth)
{
    (void)Depth; /* reserved, 0 */
    init_fixed(&Lookaside->L, Allocate, Free, NonPagedPool, Flags, Size, Tag);
}

VOID NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    delete_fixed(&Lookaside->L);
}

VOID NTAPI ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free, ULONG Flags,
                                          SIZE_T Size, ULONG Tag, USHORT Depth)
{
    (void)Depth;
    init_fixed(&Lookaside->L, Allocate, Free, PagedPool, Flags & ~(ULONG)POOL_NX_ALLOCATION, Size, Tag);
}

VOID NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    delete_fixed(&Lookaside->L);
}

/* ---- LOOKASIDE_LIST_EX ---- */
static PVOID NTAPI allocate_ex(POOL_TYPE type, SIZE_T bytes, ULONG tag, PLOOKASIDE_LIST_EX lookaside)
{
    (void)lookaside;
    return mm_pool_allocate_old((ULONG)type, bytes, tag, __builtin_return_address(0));
}

static VOID NTAPI free_ex(PVOID block, PLOOKASIDE_LIST_EX lookaside)
{
    (void)lookaside;
    ExFreePoolWithTag(block, 0);
}

NTSTATUS NTAPI ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PALLOCATE_FUNCTION_EX Allocate, PFREE_FUNCTION_EX Free,
                                           POOL_TYPE PoolType, ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    ULONG type = (ULONG)PoolType;

    (void)Depth;
    if ((type & ~(ULONG)(POOL_NX_ALLOCATION | POOL_ZERO_ALLOCATION)) != NonPagedPool && type != PagedPool)
        return STATUS_INVALID_PARAMETER_4;
    if (Flags & ~(EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL | EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE) ||
        Flags == (EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL | EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE))
        return STATUS_INVALID_PARAMETER_5;
    if (Flags & EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL)
        type |= POOL_RAISE_IF_ALLOCATION_FAILURE;
    if (Flags & EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE)
        type |= POOL_QUOTA_FAIL_INSTEAD_OF_RAISE;
    Lookaside->L.AllocateEx = Allocate ? Allocate : allocate_ex;
    Lookaside->L.FreeEx = Free ? Free : free_ex;
    init(&Lookaside->L, type, Size, Tag);
    return STATUS_SUCCESS;
}

VOID NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    for (PSLIST_ENTRY e; (e = ExpInterlockedPopEntrySList(&Lookaside->L.ListHead)) != NULL;)
        guest_call_void(FREE_FUNCTION_EX, Lookaside->L.FreeEx, e, Lookaside);
}

VOID NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    if (forget(&Lookaside->L))
        ExFlushLookasideListEx(Lookaside);
}

PVOID NTAPI ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    PVOID entry;

    Lookaside->L.TotalAllocates++;
    entry = ExpInterlockedPopEntrySList(&Lookaside->L.ListHead);
    if (entry)
        return entry;
    Lookaside->L.AllocateMisses++;
    if (Lookaside->L.AllocateEx == allocate_ex)
        return mm_pool_allocate_old((ULONG)Lookaside->L.Type, Lookaside->L.Size, Lookaside->L.Tag, __builtin_return_address(0));
    return guest_call(ALLOCATE_FUNCTION_EX, Lookaside->L.AllocateEx, Lookaside->L.Type, Lookaside->L.Size, Lookaside->L.Tag, Lookaside);
}

VOID NTAPI ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry)
{
    Lookaside->L.TotalFrees++;
    if (ExQueryDepthSList(&Lookaside->L.ListHead) >= Lookaside->L.Depth) {
        Lookaside->L.FreeMisses++;
        guest_call_void(FREE_FUNCTION_EX, Lookaside->L.FreeEx, Entry, Lookaside);
    } else {
        ExpInterlockedPushEntrySList(&Lookaside->L.ListHead, Entry);
    }
}

unsigned ex_lookaside_leftovers(uint64_t low, uint64_t high)
{
    unsigned count = 0;

    for (;;) {
        PGENERAL_LOOKASIDE_POOL left = NULL;

        sched_lock(&lock);
        for (PLIST_ENTRY e = lists.Flink; e != &lists; e = e->Flink) {
            if (ex_number(e) < low || ex_number(e) >= high)
                continue;
            left = CONTAINING_RECORD(e, GENERAL_LOOKASIDE_POOL, ListEntry);
            e->Blink->Flink = e->Flink; /* its memory goes */
            e->Flink->Blink = e->Blink;
            break;
        }
        sched_unlock(&lock);
        if (!left)
            return count;
        count++;
        guest_finding("EXE-740", "lookaside list %p, tag %.4s, was not deleted", left, (const char *)&left->Tag);
    }
}
