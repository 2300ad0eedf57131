/* Spin locks of all kinds, and the interlocked lists that use one (EXE-072, EXE-125 .. EXE-128). */
#ifndef _WK_WDM_KE_LOCK_H
#define _WK_WDM_KE_LOCK_H

#include "base.h"
#include "arch.h"

WK_EXTERN_C_BEGIN

/* EXE-L31 */
typedef struct _KSPIN_LOCK_QUEUE {
    struct _KSPIN_LOCK_QUEUE *volatile Next;
    PKSPIN_LOCK volatile Lock;
} KSPIN_LOCK_QUEUE, *PKSPIN_LOCK_QUEUE;
typedef struct _KLOCK_QUEUE_HANDLE {
    KSPIN_LOCK_QUEUE LockQueue;
    KIRQL OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;
typedef LONG EX_SPIN_LOCK, *PEX_SPIN_LOCK; /* EXE-L30 */

/* ---- EXE-125: the plain lock ---- */
DDI_INLINE("EXE-125", "wdm/nf-wdm-keinitializespinlock")
FORCEINLINE VOID KeInitializeSpinLock(_Out_ PKSPIN_LOCK SpinLock)
{
    *(volatile ULONG_PTR *)SpinLock = 0;
}
DDI(ntoskrnl, "EXE-125 EXE-111 EXE-723", "wdm/nf-wdm-keacquirespinlockraisetodpc")
_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL) _IRQL_saves_
KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(_Inout_ PKSPIN_LOCK SpinLock);
DDI_MACRO(KeAcquireSpinLock, "EXE-125", "wdm/nf-wdm-keacquirespinlock")
#define KeAcquireSpinLock(SpinLock, OldIrql) (*(OldIrql) = KeAcquireSpinLockRaiseToDpc(SpinLock))
DDI(ntoskrnl, "EXE-125 EXE-723 EXE-724", "wdm/nf-wdm-kereleasespinlock")
_IRQL_requires_(DISPATCH_LEVEL) VOID NTAPI KeReleaseSpinLock(_Inout_ PKSPIN_LOCK SpinLock, _In_ _IRQL_restores_ KIRQL NewIrql);
DDI(ntoskrnl, "EXE-125", "wdm/nf-wdm-keacquirespinlockatdpclevel")
_IRQL_requires_min_(DISPATCH_LEVEL) VOID NTAPI KeAcquireSpinLockAtDpcLevel(_Inout_ PKSPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-125", "wdm/nf-wdm-kereleasespinlockfromdpclevel")
_IRQL_requires_min_(DISPATCH_LEVEL) VOID NTAPI KeReleaseSpinLockFromDpcLevel(_Inout_ PKSPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-123 EXE-125", "wdm/nf-wdm-keacquirespinlockfordpc") KIRQL NTAPI KeAcquireSpinLockForDpc(_Inout_ PKSPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-123 EXE-125", "wdm/nf-wdm-kereleasespinlockfordpc")
VOID NTAPI KeReleaseSpinLockForDpc(_Inout_ PKSPIN_LOCK SpinLock, _In_ KIRQL OldIrql);
DDI(ntoskrnl, "EXE-126", "wdm/nf-wdm-ketrytoacquirespinlockatdpclevel")
_IRQL_requires_min_(DISPATCH_LEVEL) BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(_Inout_ PKSPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-126", "wdm/nf-wdm-ketestspinlock") BOOLEAN NTAPI KeTestSpinLock(_In_ PKSPIN_LOCK SpinLock);

/* ---- EXE-127: in-stack queued ---- */
DDI(ntoskrnl, "EXE-127", "wdm/nf-wdm-keacquireinstackqueuedspinlock")
_IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI KeAcquireInStackQueuedSpinLock(_Inout_ PKSPIN_LOCK SpinLock, _Out_ PKLOCK_QUEUE_HANDLE LockHandle);
DDI(ntoskrnl, "EXE-127 EXE-724", "wdm/nf-wdm-kereleaseinstackqueuedspinlock")
_IRQL_requires_(DISPATCH_LEVEL) VOID NTAPI KeReleaseInStackQueuedSpinLock(_In_ PKLOCK_QUEUE_HANDLE LockHandle);
DDI(ntoskrnl, "EXE-127", "wdm/nf-wdm-keacquireinstackqueuedspinlockatdpclevel")
_IRQL_requires_min_(DISPATCH_LEVEL)
VOID NTAPI KeAcquireInStackQueuedSpinLockAtDpcLevel(_Inout_ PKSPIN_LOCK SpinLock, _Out_ PKLOCK_QUEUE_HANDLE LockHandle);
DDI(ntoskrnl, "EXE-127", "wdm/nf-wdm-kereleaseinstackqueuedspinlockfromdpclevel")
_IRQL_requires_min_(DISPATCH_LEVEL) VOID NTAPI KeReleaseInStackQueuedSpinLockFromDpcLevel(_In_ PKLOCK_QUEUE_HANDLE LockHandle);
DDI(ntoskrnl, "EXE-127", "") VOID NTAPI KeAcquireInStackQueuedSpinLockRaiseToSynch(_Inout_ PKSPIN_LOCK SpinLock, _Out_ PKLOCK_QUEUE_HANDLE LockHandle);
DDI(ntoskrnl, "EXE-123 EXE-127", "wdm/nf-wdm-keacquireinstackqueuedspinlockfordpc")
VOID NTAPI KeAcquireInStackQueuedSpinLockForDpc(_Inout_ PKSPIN_LOCK SpinLock, _Out_ PKLOCK_QUEUE_HANDLE LockHandle);
DDI(ntoskrnl, "EXE-123 EXE-127", "wdm/nf-wdm-kereleaseinstackqueuedspinlockfordpc")
VOID NTAPI KeReleaseInStackQueuedSpinLockForDpc(_In_ PKLOCK_QUEUE_HANDLE LockHandle);

/* ---- EXE-128: readers and writers ---- */
DDI(ntoskrnl, "EXE-128", "wdm/nf-wdm-exacquirespinlockshared")
_IRQL_requires_max_(DISPATCH_LEVEL) KIRQL NTAPI ExAcquireSpinLockShared(_Inout_ PEX_SPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-128", "wdm/nf-wdm-exreleasespinlockshared")
_IRQL_requires_(DISPATCH_LEVEL) VOID NTAPI ExReleaseSpinLockShared(_Inout_ PEX_SPIN_LOCK SpinLock, _In_ KIRQL OldIrql);
DDI(ntoskrnl, "EXE-128", "wdm/nf-wdm-exacquirespinlockexclusive")
_IRQL_requires_max_(DISPATCH_LEVEL) KIRQL NTAPI ExAcquireSpinLockExclusive(_Inout_ PEX_SPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-128", "wdm/nf-wdm-exreleasespinlockexclusive")
_IRQL_requires_(DISPATCH_LEVEL) VOID NTAPI ExReleaseSpinLockExclusive(_Inout_ PEX_SPIN_LOCK SpinLock, _In_ KIRQL OldIrql);
DDI(ntoskrnl, "EXE-128", "wdm/nf-wdm-exacquirespinlocksharedatdpclevel")
_IRQL_requires_min_(DISPATCH_LEVEL) VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(_Inout_ PEX_SPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-128", "wdm/nf-wdm-exreleasespinlocksharedfromdpclevel")
_IRQL_requires_min_(DISPATCH_LEVEL) VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(_Inout_ PEX_SPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-128", "wdm/nf-wdm-exacquirespinlockexclusiveatdpclevel")
_IRQL_requires_min_(DISPATCH_LEVEL) VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(_Inout_ PEX_SPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-128", "wdm/nf-wdm-exreleasespinlockexclusivefromdpclevel")
_IRQL_requires_min_(DISPATCH_LEVEL) VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(_Inout_ PEX_SPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-128", "wdm/nf-wdm-extryconvertsharedspinlockexclusive")
_IRQL_requires_min_(DISPATCH_LEVEL) LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(_Inout_ PEX_SPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-128", "") LOGICAL NTAPI ExTryAcquireSpinLockSharedAtDpcLevel(_Inout_ PEX_SPIN_LOCK SpinLock);
DDI(ntoskrnl, "EXE-128", "") LOGICAL NTAPI ExTryAcquireSpinLockExclusiveAtDpcLevel(_Inout_ PEX_SPIN_LOCK SpinLock);

/* ---- EXE-072: lists under a spin lock that is used for nothing else; any IRQL ---- */
DDI(ntoskrnl, "EXE-072", "wdm/nf-wdm-exinterlockedinsertheadlist")
PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(_Inout_ PLIST_ENTRY ListHead, _Inout_ PLIST_ENTRY ListEntry, _Inout_ PKSPIN_LOCK Lock);
DDI(ntoskrnl, "EXE-072", "wdm/nf-wdm-exinterlockedinserttaillist")
PLIST_ENTRY NTAPI ExInterlockedInsertTailList(_Inout_ PLIST_ENTRY ListHead, _Inout_ PLIST_ENTRY ListEntry, _Inout_ PKSPIN_LOCK Lock);
DDI(ntoskrnl, "EXE-072", "wdm/nf-wdm-exinterlockedremoveheadlist")
PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(_Inout_ PLIST_ENTRY ListHead, _Inout_ PKSPIN_LOCK Lock);
DDI(ntoskrnl, "EXE-072", "wdm/nf-wdm-exinterlockedpushentrylist")
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead, _Inout_ PSINGLE_LIST_ENTRY ListEntry, _Inout_ PKSPIN_LOCK Lock);
DDI(ntoskrnl, "EXE-072", "wdm/nf-wdm-exinterlockedpopentrylist")
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead, _Inout_ PKSPIN_LOCK Lock);
DDI(ntoskrnl, "EXE-072", "wdm/nf-wdm-exinterlockedaddulong")
ULONG NTAPI ExInterlockedAddUlong(_Inout_ PULONG Addend, _In_ ULONG Increment, _Inout_ PKSPIN_LOCK Lock);
DDI(ntoskrnl, "EXE-072", "wdm/nf-wdm-exinterlockedaddlargeinteger")
LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(_Inout_ PLARGE_INTEGER Addend, _In_ LARGE_INTEGER Increment, _Inout_ PKSPIN_LOCK Lock);
DDI_MACRO(ExInterlockedAddLargeStatistic, "EXE-072 EXE-I30", "wdm/nf-wdm-exinterlockedaddlargestatistic")
#define ExInterlockedAddLargeStatistic(Addend, Increment) ((VOID)InterlockedAdd64(&(Addend)->QuadPart, (ULONG)(Increment)))

WK_EXTERN_C_END

#endif
