/* Sequenced singly linked lists (EXE-070): sixteen bytes that cmpxchg16b changes at once. */
#ifndef _WK_WDM_EX_SLIST_H
#define _WK_WDM_EX_SLIST_H

#include "base.h"
#include "arch.h"

WK_EXTERN_C_BEGIN

/* EXE-L07 */
typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
    struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

/* EXE-L06 */
typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
    struct {
        ULONGLONG Alignment;
        ULONGLONG Region;
    };
    struct {
        ULONGLONG Depth : 16;
        ULONGLONG Sequence : 48;
        ULONGLONG Reserved : 4;
        ULONGLONG NextEntry : 60;
    } HeaderX64;
} SLIST_HEADER, *PSLIST_HEADER;

DDI_INLINE("EXE-070", "wdm/nf-wdm-initializeslisthead")
FORCEINLINE VOID InitializeSListHead(_Out_ PSLIST_HEADER SListHead)
{
    SListHead->Alignment = 0;
    SListHead->Region = 0;
}
#define ExInitializeSListHead InitializeSListHead

DDI(ntoskrnl, "EXE-070 EXE-I14", "wdm/nf-wdm-expinterlockedpushentryslist") DDI_RAISES
PSLIST_ENTRY NTAPI ExpInterlockedPushEntrySList(_Inout_ PSLIST_HEADER ListHead, _Inout_ PSLIST_ENTRY ListEntry);
DDI(ntoskrnl, "EXE-070 EXE-I14", "wdm/nf-wdm-expinterlockedpopentryslist") DDI_RAISES
PSLIST_ENTRY NTAPI ExpInterlockedPopEntrySList(_Inout_ PSLIST_HEADER ListHead);
DDI(ntoskrnl, "EXE-070 EXE-I14", "wdm/nf-wdm-exinterlockedflushslist") DDI_RAISES
PSLIST_ENTRY NTAPI ExpInterlockedFlushSList(_Inout_ PSLIST_HEADER ListHead);
DDI(ntoskrnl, "EXE-070 EXE-I14", "") DDI_RAISES
PSLIST_ENTRY NTAPI InterlockedPushListSList(_Inout_ PSLIST_HEADER ListHead, _Inout_ PSLIST_ENTRY List,
                                            _Inout_ PSLIST_ENTRY ListEnd, _In_ ULONG Count);
DDI(ntoskrnl, "EXE-070", "wdm/nf-wdm-exquerydepthslist") USHORT NTAPI ExQueryDepthSList(_In_ PSLIST_HEADER SListHead);
DDI(ntoskrnl, "EXE-070", "") PSLIST_ENTRY NTAPI FirstEntrySList(_In_ const SLIST_HEADER *SListHead);

DDI_MACRO(ExInterlockedPushEntrySList, "EXE-070", "wdm/nf-wdm-exinterlockedpushentryslist")
#define ExInterlockedPushEntrySList(Head, Entry, Lock) ExpInterlockedPushEntrySList(Head, Entry)
DDI_MACRO(ExInterlockedPopEntrySList, "EXE-070", "wdm/nf-wdm-exinterlockedpopentryslist")
#define ExInterlockedPopEntrySList(Head, Lock) ExpInterlockedPopEntrySList(Head)
DDI_MACRO(ExInterlockedFlushSList, "EXE-070", "wdm/nf-wdm-exinterlockedflushslist")
#define ExInterlockedFlushSList(Head) ExpInterlockedFlushSList(Head)
#define InterlockedPushEntrySList(Head, Entry) ExpInterlockedPushEntrySList(Head, Entry)
#define InterlockedPopEntrySList(Head)         ExpInterlockedPopEntrySList(Head)
#define InterlockedFlushSList(Head)            ExpInterlockedFlushSList(Head)
#define QueryDepthSList(Head)                  ExQueryDepthSList(Head)

WK_EXTERN_C_END

#endif
