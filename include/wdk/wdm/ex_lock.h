/* Locks that block: fast and guarded mutexes, push locks, ERESOURCEs, rundown protection (EXE-177 .. EXE-182). */
#ifndef _WK_WDM_EX_LOCK_H
#define _WK_WDM_EX_LOCK_H

#include "ke.h"
#include "ex_pool.h"

WK_EXTERN_C_BEGIN

/* ---- fast mutex: EXE-L29 ---- */
typedef struct _FAST_MUTEX {
    LONG Count;
    PVOID Owner;
    ULONG Contention;
    KEVENT Event;
    ULONG OldIrql;
} FAST_MUTEX, *PFAST_MUTEX, KGUARDED_MUTEX, *PKGUARDED_MUTEX;
#define FM_LOCK_BIT 1

DDI_INLINE("EXE-177 EXE-I16", "wdm/nf-wdm-exinitializefastmutex")
FORCEINLINE VOID ExInitializeFastMutex(_Out_ PFAST_MUTEX FastMutex)
{
    FastMutex->Count = FM_LOCK_BIT;
    FastMutex->Owner = NULL;
    FastMutex->Contention = 0;
    KeInitializeEvent(&FastMutex->Event, SynchronizationEvent, FALSE);
}
DDI(ntoskrnl, "EXE-177 EXE-743", "wdm/nf-wdm-exacquirefastmutex") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExAcquireFastMutex(_Inout_ PFAST_MUTEX FastMutex);
DDI(ntoskrnl, "EXE-177 EXE-743", "wdm/nf-wdm-exreleasefastmutex") _IRQL_requires_(APC_LEVEL)
VOID NTAPI ExReleaseFastMutex(_Inout_ PFAST_MUTEX FastMutex);
DDI(ntoskrnl, "EXE-177", "wdm/nf-wdm-extrytoacquirefastmutex") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI ExTryToAcquireFastMutex(_Inout_ PFAST_MUTEX FastMutex);
DDI(ntoskrnl, "EXE-177", "wdm/nf-wdm-exacquirefastmutexunsafe") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExAcquireFastMutexUnsafe(_Inout_ PFAST_MUTEX FastMutex);
DDI(ntoskrnl, "EXE-177", "wdm/nf-wdm-exreleasefastmutexunsafe") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExReleaseFastMutexUnsafe(_Inout_ PFAST_MUTEX FastMutex);

/* ---- guarded mutex ---- */
DDI(ntoskrnl, "EXE-178", "wdm/nf-wdm-keinitializeguardedmutex") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI KeInitializeGuardedMutex(_Out_ PKGUARDED_MUTEX Mutex);
DDI(ntoskrnl, "EXE-178 EXE-743", "wdm/nf-wdm-keacquireguardedmutex") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI KeAcquireGuardedMutex(_Inout_ PKGUARDED_MUTEX Mutex);
DDI(ntoskrnl, "EXE-178 EXE-743", "wdm/nf-wdm-kereleaseguardedmutex") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI KeReleaseGuardedMutex(_Inout_ PKGUARDED_MUTEX Mutex);
DDI(ntoskrnl, "EXE-178", "wdm/nf-wdm-ketrytoacquireguardedmutex") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI KeTryToAcquireGuardedMutex(_Inout_ PKGUARDED_MUTEX Mutex);
DDI(ntoskrnl, "EXE-178", "wdm/nf-wdm-keacquireguardedmutexunsafe") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI KeAcquireGuardedMutexUnsafe(_Inout_ PKGUARDED_MUTEX FastMutex);
DDI(ntoskrnl, "EXE-178", "wdm/nf-wdm-kereleaseguardedmutexunsafe") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI KeReleaseGuardedMutexUnsafe(_Inout_ PKGUARDED_MUTEX FastMutex);

/* ---- push lock: EXE-L51 ---- */
typedef ULONG_PTR EX_PUSH_LOCK, *PEX_PUSH_LOCK;
#define EX_DEFAULT_PUSH_LOCK_FLAGS 0

DDI_INLINE("EXE-179 EXE-I16", "wdm/nf-wdm-exinitializepushlock")
FORCEINLINE VOID ExInitializePushLock(_Out_ PEX_PUSH_LOCK PushLock)
{
    *PushLock = 0;
}
DDI(ntoskrnl, "EXE-179 EXE-742 EXE-I15", "wdm/nf-wdm-exacquirepushlockexclusive") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExAcquirePushLockExclusiveEx(_Inout_ PEX_PUSH_LOCK PushLock, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-179 EXE-742 EXE-I15", "wdm/nf-wdm-exacquirepushlockshared") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExAcquirePushLockSharedEx(_Inout_ PEX_PUSH_LOCK PushLock, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-179 EXE-743 EXE-I15", "wdm/nf-wdm-exreleasepushlockexclusive") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExReleasePushLockExclusiveEx(_Inout_ PEX_PUSH_LOCK PushLock, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-179 EXE-743 EXE-I15", "wdm/nf-wdm-exreleasepushlockshared") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExReleasePushLockSharedEx(_Inout_ PEX_PUSH_LOCK PushLock, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-179", "") _IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI ExTryConvertPushLockSharedToExclusiveEx(_Inout_ PEX_PUSH_LOCK PushLock, _In_ ULONG Flags);
DDI_MACRO(ExAcquirePushLockExclusive, "EXE-179 EXE-I15", "wdm/nf-wdm-exacquirepushlockexclusive")
#define ExAcquirePushLockExclusive(Lock) ExAcquirePushLockExclusiveEx(Lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
DDI_MACRO(ExAcquirePushLockShared, "EXE-179 EXE-I15", "wdm/nf-wdm-exacquirepushlockshared")
#define ExAcquirePushLockShared(Lock)    ExAcquirePushLockSharedEx(Lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
DDI_MACRO(ExReleasePushLockExclusive, "EXE-179 EXE-I15", "wdm/nf-wdm-exreleasepushlockexclusive")
#define ExReleasePushLockExclusive(Lock) ExReleasePushLockExclusiveEx(Lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
DDI_MACRO(ExReleasePushLockShared, "EXE-179 EXE-I15", "wdm/nf-wdm-exreleasepushlockshared")
#define ExReleasePushLockShared(Lock)    ExReleasePushLockSharedEx(Lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExTryConvertPushLockSharedToExclusive(Lock) ExTryConvertPushLockSharedToExclusiveEx(Lock, EX_DEFAULT_PUSH_LOCK_FLAGS)

/* ---- ERESOURCE: EXE-L50 ---- */
typedef ULONG_PTR ERESOURCE_THREAD, *PERESOURCE_THREAD;
typedef struct _OWNER_ENTRY {
    ERESOURCE_THREAD OwnerThread;
    union {
        struct {
            ULONG IoPriorityBoosted : 1;
            ULONG OwnerReferenced : 1;
            ULONG IoQoSPriorityBoosted : 1;
            ULONG OwnerCount : 29;
        };
        ULONG TableSize;
    };
} OWNER_ENTRY, *POWNER_ENTRY;
typedef struct _ERESOURCE {
    LIST_ENTRY SystemResourcesList;
    POWNER_ENTRY OwnerTable;
    SHORT ActiveCount;
    union {
        USHORT Flag;
        struct {
            UCHAR ReservedLowFlags;
            UCHAR WaiterPriority;
        };
    };
    PVOID SharedWaiters;
    PVOID ExclusiveWaiters;
    OWNER_ENTRY OwnerEntry;
    ULONG ActiveEntries;
    ULONG ContentionCount;
    ULONG NumberOfSharedWaiters;
    ULONG NumberOfExclusiveWaiters;
    PVOID Reserved2;
    union {
        PVOID Address;
        ULONG_PTR CreatorBackTraceIndex;
    };
    KSPIN_LOCK SpinLock;
} ERESOURCE, *PERESOURCE;

DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exinitializeresourcelite") _IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI ExInitializeResourceLite(_Out_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exreinitializeresourcelite") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI ExReinitializeResourceLite(_Inout_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exdeleteresourcelite") _IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI ExDeleteResourceLite(_Inout_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180 EXE-742", "wdm/nf-wdm-exacquireresourceexclusivelite") _IRQL_requires_max_(APC_LEVEL)
_When_(Wait == FALSE, _Must_inspect_result_)
BOOLEAN NTAPI ExAcquireResourceExclusiveLite(_Inout_ PERESOURCE Resource, _In_ BOOLEAN Wait);
DDI(ntoskrnl, "EXE-180 EXE-742", "wdm/nf-wdm-exacquireresourcesharedlite") _IRQL_requires_max_(APC_LEVEL)
_When_(Wait == FALSE, _Must_inspect_result_)
BOOLEAN NTAPI ExAcquireResourceSharedLite(_Inout_ PERESOURCE Resource, _In_ BOOLEAN Wait);
DDI(ntoskrnl, "EXE-180 EXE-742", "wdm/nf-wdm-exacquiresharedstarveexclusive") _IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI ExAcquireSharedStarveExclusive(_Inout_ PERESOURCE Resource, _In_ BOOLEAN Wait);
DDI(ntoskrnl, "EXE-180 EXE-742", "wdm/nf-wdm-exacquiresharedwaitforexclusive") _IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI ExAcquireSharedWaitForExclusive(_Inout_ PERESOURCE Resource, _In_ BOOLEAN Wait);
DDI(ntoskrnl, "EXE-180 EXE-741", "wdm/nf-wdm-exreleaseresourcelite") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExReleaseResourceLite(_Inout_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180 EXE-741", "wdm/nf-wdm-exreleaseresourceforthreadlite") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExReleaseResourceForThreadLite(_Inout_ PERESOURCE Resource, _In_ ERESOURCE_THREAD ResourceThreadId);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exsetresourceownerpointer") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExSetResourceOwnerPointer(_Inout_ PERESOURCE Resource, _In_ PVOID OwnerPointer);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exconvertexclusivetosharedlite") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExConvertExclusiveToSharedLite(_Inout_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exgetexclusivewaitercount") _IRQL_requires_max_(DISPATCH_LEVEL)
ULONG NTAPI ExGetExclusiveWaiterCount(_In_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exgetsharedwaitercount") _IRQL_requires_max_(DISPATCH_LEVEL)
ULONG NTAPI ExGetSharedWaiterCount(_In_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exisresourceacquiredexclusivelite") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI ExIsResourceAcquiredExclusiveLite(_In_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exisresourceacquiredsharedlite") _IRQL_requires_max_(DISPATCH_LEVEL)
ULONG NTAPI ExIsResourceAcquiredSharedLite(_In_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exentercriticalregionandacquireresourceexclusive") _IRQL_requires_max_(APC_LEVEL)
PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceExclusive(_Inout_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "") _IRQL_requires_max_(APC_LEVEL)
PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceShared(_Inout_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "") _IRQL_requires_max_(APC_LEVEL)
PVOID NTAPI ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(_Inout_ PERESOURCE Resource);
DDI(ntoskrnl, "EXE-180", "wdm/nf-wdm-exreleaseresourceandleavecriticalregion") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExReleaseResourceAndLeaveCriticalRegion(_Inout_ PERESOURCE Resource);
#define ExGetCurrentResourceThread() ((ERESOURCE_THREAD)PsGetCurrentThread())
#define ExIsResourceAcquiredLite     ExIsResourceAcquiredSharedLite
#define ExIsResourceAcquired         ExIsResourceAcquiredSharedLite
#define ExReleaseResource(r)         ExReleaseResourceLite(r)
#define ExInitializeResource         ExInitializeResourceLite
#define ExAcquireResourceExclusive   ExAcquireResourceExclusiveLite
#define ExAcquireResourceShared      ExAcquireResourceSharedLite
#define ExDeleteResource             ExDeleteResourceLite

/* ---- rundown protection: EXE-L51 ---- */
#define EX_RUNDOWN_ACTIVE     0x1
#define EX_RUNDOWN_COUNT_SHIFT 0x1
#define EX_RUNDOWN_COUNT_INC  (1 << EX_RUNDOWN_COUNT_SHIFT)
typedef struct _EX_RUNDOWN_REF {
    union {
        ULONG_PTR Count;
        PVOID Ptr;
    };
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;
typedef struct _EX_RUNDOWN_REF_CACHE_AWARE *PEX_RUNDOWN_REF_CACHE_AWARE;

DDI(ntoskrnl, "EXE-181", "wdm/nf-wdm-exinitializerundownprotection") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExInitializeRundownProtection(_Out_ PEX_RUNDOWN_REF RunRef);
DDI(ntoskrnl, "EXE-181", "wdm/nf-wdm-exreinitializerundownprotection") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExReInitializeRundownProtection(_Inout_ PEX_RUNDOWN_REF RunRef);
DDI(ntoskrnl, "EXE-181", "wdm/nf-wdm-exacquirerundownprotection") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI ExAcquireRundownProtection(_Inout_ PEX_RUNDOWN_REF RunRef);
DDI(ntoskrnl, "EXE-181", "wdm/nf-wdm-exacquirerundownprotectionex") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI ExAcquireRundownProtectionEx(_Inout_ PEX_RUNDOWN_REF RunRef, _In_ ULONG Count);
DDI(ntoskrnl, "EXE-181", "wdm/nf-wdm-exreleaserundownprotection") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExReleaseRundownProtection(_Inout_ PEX_RUNDOWN_REF RunRef);
DDI(ntoskrnl, "EXE-181", "wdm/nf-wdm-exreleaserundownprotectionex") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExReleaseRundownProtectionEx(_Inout_ PEX_RUNDOWN_REF RunRef, _In_ ULONG Count);
DDI(ntoskrnl, "EXE-181", "wdm/nf-wdm-exwaitforrundownprotectionrelease") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExWaitForRundownProtectionRelease(_Inout_ PEX_RUNDOWN_REF RunRef);
DDI(ntoskrnl, "EXE-181", "wdm/nf-wdm-exrundowncompleted") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExRundownCompleted(_Out_ PEX_RUNDOWN_REF RunRef);

DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exallocatecacheawarerundownprotection") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
PEX_RUNDOWN_REF_CACHE_AWARE NTAPI ExAllocateCacheAwareRundownProtection(_In_ POOL_TYPE PoolType, _In_ ULONG PoolTag);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exfreecacheawarerundownprotection") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExFreeCacheAwareRundownProtection(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exsizeofrundownprotectioncacheaware") _IRQL_requires_max_(APC_LEVEL)
SIZE_T NTAPI ExSizeOfRundownProtectionCacheAware(VOID);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exinitializerundownprotectioncacheaware") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExInitializeRundownProtectionCacheAware(_Out_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, _In_ SIZE_T RunRefSize);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exacquirerundownprotectioncacheaware") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI ExAcquireRundownProtectionCacheAware(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exacquirerundownprotectioncacheawareex") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI ExAcquireRundownProtectionCacheAwareEx(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, _In_ ULONG Count);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exreleaserundownprotectioncacheaware") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExReleaseRundownProtectionCacheAware(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exreleaserundownprotectioncacheawareex") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExReleaseRundownProtectionCacheAwareEx(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, _In_ ULONG Count);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exwaitforrundownprotectionreleasecacheaware") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExWaitForRundownProtectionReleaseCacheAware(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRef);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exreinitializerundownprotectioncacheaware") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExReInitializeRundownProtectionCacheAware(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
DDI(ntoskrnl, "EXE-182", "wdm/nf-wdm-exrundowncompletedcacheaware") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExRundownCompletedCacheAware(_Out_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);

WK_EXTERN_C_END

#endif
