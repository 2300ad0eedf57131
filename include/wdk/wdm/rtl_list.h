/* Linked lists: inlines that every driver carries in itself (EXE-071). The links are checked before they are used; a double
 * removal or an overwritten entry fails fast with code 3. */
#ifndef _WK_WDM_RTL_LIST_H
#define _WK_WDM_RTL_LIST_H

#include "rtl.h"

WK_EXTERN_C_BEGIN

DDI_INLINE("EXE-071", "wdm/nf-wdm-initializelisthead")
FORCEINLINE VOID InitializeListHead(_Out_ PLIST_ENTRY ListHead)
{
    ListHead->Flink = ListHead->Blink = ListHead;
}

DDI_INLINE("EXE-071", "wdm/nf-wdm-islistempty") _Must_inspect_result_
FORCEINLINE BOOLEAN IsListEmpty(_In_ const LIST_ENTRY *ListHead)
{
    return (BOOLEAN)(ListHead->Flink == ListHead);
}

FORCEINLINE VOID WkCheckListEntry(_In_ PLIST_ENTRY Entry)
{
    if (Entry->Flink->Blink != Entry || Entry->Blink->Flink != Entry)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
}

/* TRUE when the list is empty afterwards. Entry keeps its links, so that a second removal is noticed. */
DDI_INLINE("EXE-071", "wdm/nf-wdm-removeentrylist")
FORCEINLINE BOOLEAN RemoveEntryList(_In_ PLIST_ENTRY Entry)
{
    PLIST_ENTRY next = Entry->Flink;
    PLIST_ENTRY prev = Entry->Blink;

    if (next->Blink != Entry || prev->Flink != Entry)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    prev->Flink = next;
    next->Blink = prev;
    return (BOOLEAN)(prev == next);
}

/* The head itself when the list is empty. */
DDI_INLINE("EXE-071", "wdm/nf-wdm-removeheadlist")
FORCEINLINE PLIST_ENTRY RemoveHeadList(_Inout_ PLIST_ENTRY ListHead)
{
    PLIST_ENTRY entry = ListHead->Flink;
    PLIST_ENTRY next = entry->Flink;

    if (entry->Blink != ListHead || next->Blink != entry)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    ListHead->Flink = next;
    next->Blink = ListHead;
    return entry;
}

DDI_INLINE("EXE-071", "wdm/nf-wdm-removetaillist")
FORCEINLINE PLIST_ENTRY RemoveTailList(_Inout_ PLIST_ENTRY ListHead)
{
    PLIST_ENTRY entry = ListHead->Blink;
    PLIST_ENTRY prev = entry->Blink;

    if (entry->Flink != ListHead || prev->Flink != entry)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    ListHead->Blink = prev;
    prev->Flink = ListHead;
    return entry;
}

DDI_INLINE("EXE-071", "wdm/nf-wdm-inserttaillist")
FORCEINLINE VOID InsertTailList(_Inout_ PLIST_ENTRY ListHead, _Out_ PLIST_ENTRY Entry)
{
    PLIST_ENTRY last = ListHead->Blink;

    if (last->Flink != ListHead)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    Entry->Flink = ListHead;
    Entry->Blink = last;
    last->Flink = Entry;
    ListHead->Blink = Entry;
}

DDI_INLINE("EXE-071", "wdm/nf-wdm-insertheadlist")
FORCEINLINE VOID InsertHeadList(_Inout_ PLIST_ENTRY ListHead, _Out_ PLIST_ENTRY Entry)
{
    PLIST_ENTRY first = ListHead->Flink;

    if (first->Blink != ListHead)
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    Entry->Flink = first;
    Entry->Blink = ListHead;
    first->Blink = Entry;
    ListHead->Flink = Entry;
}

/* Puts the entries of a list without its head behind ListHead's last one. */
DDI_INLINE("EXE-071", "wdm/nf-wdm-appendtaillist")
FORCEINLINE VOID AppendTailList(_Inout_ PLIST_ENTRY ListHead, _Inout_ PLIST_ENTRY ListToAppend)
{
    PLIST_ENTRY last = ListHead->Blink;
    PLIST_ENTRY appended_last = ListToAppend->Blink;

    WkCheckListEntry(ListHead);
    WkCheckListEntry(ListToAppend);
    last->Flink = ListToAppend;
    ListHead->Blink = appended_last;
    appended_last->Flink = ListHead;
    ListToAppend->Blink = last;
}

DDI_INLINE("EXE-071", "wdm/nf-wdm-popentrylist")
FORCEINLINE PSINGLE_LIST_ENTRY PopEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead)
{
    PSINGLE_LIST_ENTRY first = ListHead->Next;

    if (first)
        ListHead->Next = first->Next;
    return first;
}

DDI_INLINE("EXE-071", "wdm/nf-wdm-pushentrylist")
FORCEINLINE VOID PushEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead, _Inout_ PSINGLE_LIST_ENTRY Entry)
{
    Entry->Next = ListHead->Next;
    ListHead->Next = Entry;
}

WK_EXTERN_C_END

#endif
