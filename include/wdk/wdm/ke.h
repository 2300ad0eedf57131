/* The kernel's own objects: events, semaphores, mutexes, timers, threads; waits and time. Spin locks are in ke_lock.h,
 * IRQL, processors, DPCs and bug checks in ke_cpu.h. */
#ifndef _WK_WDM_KE_H
#define _WK_WDM_KE_H

#include "base.h"
#include "arch.h"

WK_EXTERN_C_BEGIN

/* ---- EXE-L20: the head of everything that can be waited for ---- */
typedef struct _DISPATCHER_HEADER {
    union {
        union {
            volatile LONG Lock;
            LONG LockNV;
        };
        struct {
            UCHAR Type; /* bit 7: waiters, or an owner of the object's lock */
            UCHAR Signalling;
            UCHAR Size;
            UCHAR Reserved1;
        };
        struct {
            UCHAR TimerType;
            union {
                UCHAR TimerControlFlags;
                UCHAR Absolute;
            };
            UCHAR Hand;
            union {
                UCHAR TimerMiscFlags;
                UCHAR Inserted;
            };
        };
        struct {
            UCHAR MutantType;
            BOOLEAN MutantSignalling;
            UCHAR MutantSize;
            UCHAR DpcActive;
        };
    };
    LONG SignalState;
    LIST_ENTRY WaitListHead;
} DISPATCHER_HEADER, *PDISPATCHER_HEADER;

/* EXE-L21 */
struct _KEVENT {
    DISPATCHER_HEADER Header;
};
typedef struct _KGATE {
    DISPATCHER_HEADER Header;
} KGATE, *PKGATE;

/* EXE-L22 */
typedef struct _KSEMAPHORE {
    DISPATCHER_HEADER Header;
    LONG Limit;
} KSEMAPHORE, *PKSEMAPHORE, *PRKSEMAPHORE;

/* EXE-L23 */
typedef struct _KMUTANT {
    DISPATCHER_HEADER Header;
    LIST_ENTRY MutantListEntry;
    struct _KTHREAD *OwnerThread;
    BOOLEAN Abandoned;
    UCHAR ApcDisable;
} KMUTANT, *PKMUTANT, *PRKMUTANT, KMUTEX, *PKMUTEX, *PRKMUTEX;

/* EXE-L24 */
struct _KTIMER {
    DISPATCHER_HEADER Header;
    ULARGE_INTEGER DueTime;
    LIST_ENTRY TimerListEntry;
    struct _KDPC *Dpc;
    USHORT Processor;
    USHORT TimerType2;
    ULONG Period;
};

/* EXE-168: LIFO for its threads */
typedef struct _KQUEUE {
    DISPATCHER_HEADER Header;
    LIST_ENTRY EntryListHead;
    volatile ULONG CurrentCount;
    ULONG MaximumCount;
    LIST_ENTRY ThreadListHead;
} KQUEUE, *PKQUEUE, *PRKQUEUE;

/* EXE-L28: belongs to the wait while it lasts */
typedef struct _KWAIT_BLOCK {
    LIST_ENTRY WaitListEntry;
    UCHAR WaitType;
    volatile UCHAR BlockState;
    USHORT WaitKey;
    LONG SpareLong;
    struct _KTHREAD *Thread;
    PVOID Object;
    PVOID SparePtr;
} KWAIT_BLOCK, *PKWAIT_BLOCK, *PRKWAIT_BLOCK;

typedef enum _KOBJECTS {
    EventNotificationObject = 0,
    EventSynchronizationObject = 1,
    MutantObject = 2,
    ProcessObject = 3,
    QueueObject = 4,
    SemaphoreObject = 5,
    ThreadObject = 6,
    GateObject = 7,
    TimerNotificationObject = 8,
    TimerSynchronizationObject = 9,
    ApcObject = 18,
    DpcObject = 19,
    DeviceQueueObject = 20,
    EventPairObject = 21,
    InterruptObject = 22,
    ProfileObject = 23,
    ThreadedDpcObject = 24
} KOBJECTS;

typedef enum _KWAIT_REASON {
    Executive,
    FreePage,
    PageIn,
    PoolAllocation,
    DelayExecution,
    Suspended,
    UserRequest,
    WrExecutive,
    WrFreePage,
    WrPageIn,
    WrPoolAllocation,
    WrDelayExecution,
    WrSuspended,
    WrUserRequest,
    WrSpare0,
    WrQueue,
    WrLpcReceive,
    WrLpcReply,
    WrVirtualMemory,
    WrPageOut,
    WrRendezvous,
    WrKeyedEvent,
    WrTerminated,
    WrProcessInSwap,
    WrCpuRateControl,
    WrCalloutStack,
    WrKernel,
    WrResource,
    WrPushLock,
    WrMutex,
    WrQuantumEnd,
    WrDispatchInt,
    WrPreempted,
    WrYieldExecution,
    WrFastMutex,
    WrGuardedMutex,
    WrRundown,
    WrAlertByThreadId,
    WrDeferredPreempt,
    WrPhysicalFault,
    WrIoRing,
    WrMdlCache,
    WrRcu,
    MaximumWaitReason
} KWAIT_REASON;

#define THREAD_WAIT_OBJECTS  3
#define MAXIMUM_WAIT_OBJECTS 64

#define LOW_PRIORITY          0
#define LOW_REALTIME_PRIORITY 16
#define HIGH_PRIORITY         31
#define MAXIMUM_PRIORITY      32
#define IO_NO_INCREMENT       0
#define EVENT_INCREMENT       1
#define SEMAPHORE_INCREMENT   1
#define MUTANT_INCREMENT      1
#define IO_NETWORK_INCREMENT  2
#define IO_DISK_INCREMENT     1

/* ---- EXE-161, EXE-162: events ---- */
DDI(ntoskrnl, "EXE-161 EXE-160", "wdm/nf-wdm-keinitializeevent")
VOID NTAPI KeInitializeEvent(_Out_ PRKEVENT Event, _In_ EVENT_TYPE Type, _In_ BOOLEAN State);
DDI(ntoskrnl, "EXE-161 EXE-162", "wdm/nf-wdm-kesetevent")
_When_(Wait == FALSE, _IRQL_requires_max_(DISPATCH_LEVEL)) _When_(Wait == TRUE, _IRQL_requires_max_(APC_LEVEL))
LONG NTAPI KeSetEvent(_Inout_ PRKEVENT Event, _In_ KPRIORITY Increment, _In_ _Literal_ BOOLEAN Wait);
DDI(ntoskrnl, "EXE-161", "wdm/nf-wdm-keclearevent")
_IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI KeClearEvent(_Inout_ PRKEVENT Event);
DDI(ntoskrnl, "EXE-161", "wdm/nf-wdm-keresetevent")
_IRQL_requires_max_(DISPATCH_LEVEL) LONG NTAPI KeResetEvent(_Inout_ PRKEVENT Event);
DDI(ntoskrnl, "EXE-161", "wdm/nf-wdm-kereadstateevent")
_IRQL_requires_max_(DISPATCH_LEVEL) LONG NTAPI KeReadStateEvent(_In_ PRKEVENT Event);
DDI(ntoskrnl, "EXE-161", "ntddk/nf-ntddk-kepulseevent")
_IRQL_requires_max_(DISPATCH_LEVEL) LONG NTAPI KePulseEvent(_Inout_ PRKEVENT Event, _In_ KPRIORITY Increment, _In_ BOOLEAN Wait);

/* ---- EXE-163: semaphores ---- */
DDI(ntoskrnl, "EXE-163", "wdm/nf-wdm-keinitializesemaphore")
VOID NTAPI KeInitializeSemaphore(_Out_ PRKSEMAPHORE Semaphore, _In_ LONG Count, _In_ LONG Limit);
DDI(ntoskrnl, "EXE-163", "wdm/nf-wdm-kereleasesemaphore")
_When_(Wait == FALSE, _IRQL_requires_max_(DISPATCH_LEVEL)) _When_(Wait == TRUE, _IRQL_requires_max_(APC_LEVEL)) DDI_RAISES
LONG NTAPI KeReleaseSemaphore(_Inout_ PRKSEMAPHORE Semaphore, _In_ KPRIORITY Increment, _In_ LONG Adjustment, _In_ _Literal_ BOOLEAN Wait);
DDI(ntoskrnl, "EXE-163", "wdm/nf-wdm-kereadstatesemaphore")
_IRQL_requires_max_(DISPATCH_LEVEL) LONG NTAPI KeReadStateSemaphore(_In_ PRKSEMAPHORE Semaphore);

/* ---- EXE-164: mutexes ---- */
DDI(ntoskrnl, "EXE-164", "wdm/nf-wdm-keinitializemutex")
VOID NTAPI KeInitializeMutex(_Out_ PRKMUTEX Mutex, _In_ ULONG Level);
DDI(ntoskrnl, "EXE-164 EXE-744", "wdm/nf-wdm-kereleasemutex")
_When_(Wait == FALSE, _IRQL_requires_max_(DISPATCH_LEVEL)) _When_(Wait == TRUE, _IRQL_requires_max_(APC_LEVEL)) DDI_RAISES
LONG NTAPI KeReleaseMutex(_Inout_ PRKMUTEX Mutex, _In_ _Literal_ BOOLEAN Wait);
DDI(ntoskrnl, "EXE-164", "wdm/nf-wdm-kereadstatemutex")
_IRQL_requires_max_(DISPATCH_LEVEL) LONG NTAPI KeReadStateMutex(_In_ PRKMUTEX Mutex);

/* ---- EXE-166 .. EXE-170: waits ---- */
DDI(ntoskrnl, "EXE-166 EXE-168 EXE-169 EXE-720 EXE-722", "wdm/nf-wdm-kewaitforsingleobject")
_When_((Timeout == NULL || Timeout->QuadPart != 0), _IRQL_requires_max_(APC_LEVEL))
_When_((Timeout != NULL && Timeout->QuadPart == 0), _IRQL_requires_max_(DISPATCH_LEVEL))
NTSTATUS NTAPI KeWaitForSingleObject(_In_ _Points_to_data_ PVOID Object, _In_ KWAIT_REASON WaitReason, _In_ KPROCESSOR_MODE WaitMode,
                                     _In_ BOOLEAN Alertable, _In_opt_ PLARGE_INTEGER Timeout);
DDI(ntoskrnl, "EXE-167 EXE-168 EXE-721", "wdm/nf-wdm-kewaitformultipleobjects")
_When_((Timeout == NULL || Timeout->QuadPart != 0), _IRQL_requires_max_(APC_LEVEL))
_When_((Timeout != NULL && Timeout->QuadPart == 0), _IRQL_requires_max_(DISPATCH_LEVEL))
NTSTATUS NTAPI KeWaitForMultipleObjects(_In_ ULONG Count, _In_reads_(Count) PVOID *Object, _In_ WAIT_TYPE WaitType, _In_ KWAIT_REASON WaitReason,
                                        _In_ KPROCESSOR_MODE WaitMode, _In_ BOOLEAN Alertable, _In_opt_ PLARGE_INTEGER Timeout,
                                        _Out_opt_ PKWAIT_BLOCK WaitBlockArray);
DDI_MACRO(KeWaitForMutexObject, "EXE-166 EXE-I21", "wdm/nf-wdm-kewaitformutexobject")
#define KeWaitForMutexObject KeWaitForSingleObject
DDI(ntoskrnl, "EXE-170 EXE-720", "wdm/nf-wdm-kedelayexecutionthread")
_IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI KeDelayExecutionThread(_In_ KPROCESSOR_MODE WaitMode, _In_ BOOLEAN Alertable, _In_ PLARGE_INTEGER Interval);

/* ---- EXE-186: queues ---- */
DDI(ntoskrnl, "EXE-186", "ntifs/nf-ntifs-keinitializequeue") VOID NTAPI KeInitializeQueue(_Out_ PRKQUEUE Queue, _In_ ULONG Count);
DDI(ntoskrnl, "EXE-186", "") _IRQL_requires_max_(DISPATCH_LEVEL) LONG NTAPI KeReadStateQueue(_In_ PRKQUEUE Queue);
DDI(ntoskrnl, "EXE-186", "ntifs/nf-ntifs-keinsertqueue")
_IRQL_requires_max_(DISPATCH_LEVEL) LONG NTAPI KeInsertQueue(_Inout_ PRKQUEUE Queue, _Inout_ PLIST_ENTRY Entry);
DDI(ntoskrnl, "EXE-186", "ntifs/nf-ntifs-keinsertheadqueue")
_IRQL_requires_max_(DISPATCH_LEVEL) LONG NTAPI KeInsertHeadQueue(_Inout_ PRKQUEUE Queue, _Inout_ PLIST_ENTRY Entry);
DDI(ntoskrnl, "EXE-186", "ntifs/nf-ntifs-keremovequeue")
PLIST_ENTRY NTAPI KeRemoveQueue(_Inout_ PRKQUEUE Queue, _In_ KPROCESSOR_MODE WaitMode, _In_opt_ PLARGE_INTEGER Timeout);
DDI(ntoskrnl, "EXE-186", "ntifs/nf-ntifs-kerundownqueue")
_IRQL_requires_max_(APC_LEVEL) PLIST_ENTRY NTAPI KeRundownQueue(_Inout_ PRKQUEUE Queue);

/* ---- EXE-171, EXE-172: timers ---- */
DDI(ntoskrnl, "EXE-171", "wdm/nf-wdm-keinitializetimer") VOID NTAPI KeInitializeTimer(_Out_ PKTIMER Timer);
DDI(ntoskrnl, "EXE-171", "wdm/nf-wdm-keinitializetimerex") VOID NTAPI KeInitializeTimerEx(_Out_ PKTIMER Timer, _In_ TIMER_TYPE Type);
DDI(ntoskrnl, "EXE-171", "wdm/nf-wdm-kesettimer")
_IRQL_requires_max_(DISPATCH_LEVEL) BOOLEAN NTAPI KeSetTimer(_Inout_ PKTIMER Timer, _In_ LARGE_INTEGER DueTime, _In_opt_ PKDPC Dpc);
DDI(ntoskrnl, "EXE-171", "wdm/nf-wdm-kesettimerex")
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeSetTimerEx(_Inout_ PKTIMER Timer, _In_ LARGE_INTEGER DueTime, _In_ LONG Period, _In_opt_ PKDPC Dpc);
DDI(ntoskrnl, "EXE-172", "wdm/nf-wdm-kesetcoalescabletimer")
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeSetCoalescableTimer(_Inout_ PKTIMER Timer, _In_ LARGE_INTEGER DueTime, _In_ ULONG Period, _In_ ULONG TolerableDelay,
                                    _In_opt_ PKDPC Dpc);
DDI(ntoskrnl, "EXE-171", "wdm/nf-wdm-kecanceltimer")
_IRQL_requires_max_(DISPATCH_LEVEL) BOOLEAN NTAPI KeCancelTimer(_Inout_ PKTIMER Timer);
DDI(ntoskrnl, "EXE-171", "wdm/nf-wdm-kereadstatetimer")
_IRQL_requires_max_(DISPATCH_LEVEL) BOOLEAN NTAPI KeReadStateTimer(_In_ PKTIMER Timer);

/* ---- EXE-173: EX_TIMER ---- */
typedef struct _EX_TIMER *PEX_TIMER;
DDI_CALLBACK("EXE-173", "wdm/nc-wdm-ext_callback")
_IRQL_requires_(DISPATCH_LEVEL) typedef VOID NTAPI EXT_CALLBACK(_In_ PEX_TIMER Timer, _In_opt_ PVOID Context);
typedef EXT_CALLBACK *PEXT_CALLBACK;
DDI_CALLBACK("EXE-173", "wdm/nc-wdm-ext_delete_callback")
_IRQL_requires_max_(DISPATCH_LEVEL) typedef VOID NTAPI EXT_DELETE_CALLBACK(_In_opt_ PVOID Context);
typedef EXT_DELETE_CALLBACK *PEXT_DELETE_CALLBACK;
typedef struct _EXT_SET_PARAMETERS_V0 {
    ULONG Version;
    ULONG Reserved;
    LONGLONG NoWakeTolerance;
} EXT_SET_PARAMETERS, *PEXT_SET_PARAMETERS, KT2_SET_PARAMETERS, *PKT2_SET_PARAMETERS;
typedef struct _EXT_DELETE_PARAMETERS {
    ULONG Version;
    ULONG Reserved;
    PEXT_DELETE_CALLBACK DeleteCallback;
    PVOID DeleteContext;
} EXT_DELETE_PARAMETERS, *PEXT_DELETE_PARAMETERS;
typedef PVOID PEXT_CANCEL_PARAMETERS;
#define EX_TIMER_HIGH_RESOLUTION     4
#define EX_TIMER_NO_WAKE             8
#define EX_TIMER_NOTIFICATION        0x80000000u
#define EX_TIMER_UNLIMITED_TOLERANCE ((LONGLONG)-1)
DDI(ntoskrnl, "EXE-173", "wdm/nf-wdm-exallocatetimer")
_IRQL_requires_max_(DISPATCH_LEVEL)
PEX_TIMER NTAPI ExAllocateTimer(_In_opt_ PEXT_CALLBACK Callback, _In_opt_ PVOID CallbackContext, _In_ ULONG Attributes);
DDI(ntoskrnl, "EXE-173", "wdm/nf-wdm-exsettimer")
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI ExSetTimer(_In_ PEX_TIMER Timer, _In_ LONGLONG DueTime, _In_ LONGLONG Period, _In_opt_ PEXT_SET_PARAMETERS Parameters);
DDI(ntoskrnl, "EXE-173", "wdm/nf-wdm-excanceltimer")
_IRQL_requires_max_(DISPATCH_LEVEL) BOOLEAN NTAPI ExCancelTimer(_Inout_ PEX_TIMER Timer, _In_opt_ PEXT_CANCEL_PARAMETERS Parameters);
DDI(ntoskrnl, "EXE-173", "wdm/nf-wdm-exdeletetimer")
_When_(Wait == TRUE, _IRQL_requires_max_(APC_LEVEL)) _When_(Wait == FALSE, _IRQL_requires_max_(DISPATCH_LEVEL))
BOOLEAN NTAPI ExDeleteTimer(_In_ PEX_TIMER Timer, _In_ BOOLEAN Cancel, _In_ BOOLEAN Wait, _In_opt_ PEXT_DELETE_PARAMETERS Parameters);
DDI_INLINE("EXE-173", "wdm/nf-wdm-exinitializesettimerparameters")
FORCEINLINE VOID ExInitializeSetTimerParameters(_Out_ PEXT_SET_PARAMETERS Parameters)
{
    Parameters->Version = 0;
    Parameters->Reserved = 0;
    Parameters->NoWakeTolerance = 0;
}
DDI_INLINE("EXE-173", "wdm/nf-wdm-exinitializedeletetimerparameters")
FORCEINLINE VOID ExInitializeDeleteTimerParameters(_Out_ PEXT_DELETE_PARAMETERS Parameters)
{
    Parameters->Version = 0;
    Parameters->Reserved = 0;
    Parameters->DeleteCallback = NULL;
    Parameters->DeleteContext = NULL;
}

/* ---- EXE-174, EXE-176: time ---- */
/* EXE-L48 */
typedef struct _KSYSTEM_TIME {
    ULONG LowPart;
    LONG High1Time;
    LONG High2Time;
} KSYSTEM_TIME, *PKSYSTEM_TIME;

/* EXE-056: these three are loads from the shared page, not imports. The host's own code asks src/nt/ke. */
DDI_MACRO(KeQuerySystemTime, "EXE-056 EXE-176", "wdm/nf-wdm-kequerysystemtime~r1")
DDI_MACRO(KeQueryTickCount, "EXE-056 EXE-176", "wdm/nf-wdm-kequerytickcount")
DDI_MACRO(KeQueryInterruptTime, "EXE-056 EXE-176", "wdm/nf-wdm-kequeryinterrupttime")
#ifdef WK_HOST_NT
long long ke_system_time(void);             /* 100 ns since 1601 UTC, tick granularity */
unsigned long long ke_interrupt_time(void); /* 100 ns since start, tick granularity */
unsigned long long ke_tick_count(void);     /* in units of KeQueryTimeIncrement */
#define KeQuerySystemTime(time)  ((void)((time)->QuadPart = ke_system_time()))
#define KeQueryTickCount(count)  ((void)((count)->QuadPart = (LONGLONG)ke_tick_count()))
#define KeQueryInterruptTime()   ke_interrupt_time()
#else
#define KI_USER_SHARED_DATA 0xFFFFF78000000000ULL
#define KeQuerySystemTime(time)  ((void)(*(volatile LONG64 *)(time) = *(volatile LONG64 *)(KI_USER_SHARED_DATA + 0x14)))
#define KeQueryTickCount(count)  ((void)(*(volatile LONG64 *)(count) = *(volatile LONG64 *)(KI_USER_SHARED_DATA + 0x320)))
#define KeQueryInterruptTime()   (*(volatile ULONG64 *)(KI_USER_SHARED_DATA + 0x8))
#endif
DDI(ntoskrnl, "EXE-176", "wdm/nf-wdm-kequerysystemtimeprecise") VOID NTAPI KeQuerySystemTimePrecise(_Out_ PLARGE_INTEGER CurrentTime);
DDI(ntoskrnl, "EXE-176", "wdm/nf-wdm-kequeryinterrupttimeprecise") ULONG64 NTAPI KeQueryInterruptTimePrecise(_Out_ PULONG64 QpcTimeStamp);
DDI(ntoskrnl, "EXE-176", "wdm/nf-wdm-kequeryunbiasedinterrupttime") ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID);
DDI(ntoskrnl, "EXE-176", "") ULONG64 NTAPI KeQueryUnbiasedInterruptTimePrecise(_Out_ PULONG64 QpcTimeStamp);
DDI(ntoskrnl, "EXE-174", "wdm/nf-wdm-kequerytimeincrement") ULONG NTAPI KeQueryTimeIncrement(VOID);
DDI(ntoskrnl, "EXE-176", "ntifs/nf-ntifs-kequeryperformancecounter")
LARGE_INTEGER NTAPI KeQueryPerformanceCounter(_Out_opt_ PLARGE_INTEGER PerformanceFrequency);
DDI(ntoskrnl, "EXE-174", "wdm/nf-wdm-exsettimerresolution")
_IRQL_requires_max_(APC_LEVEL) ULONG NTAPI ExSetTimerResolution(_In_ ULONG DesiredTime, _In_ BOOLEAN SetResolution);
DDI(ntoskrnl, "EXE-174", "wdm/nf-wdm-exquerytimerresolution")
_IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExQueryTimerResolution(_Out_ PULONG MaximumTime, _Out_ PULONG MinimumTime, _Out_ PULONG CurrentTime);
DDI(ntoskrnl, "EXE-176", "wdm/nf-wdm-exsystemtimetolocaltime")
VOID NTAPI ExSystemTimeToLocalTime(_In_ PLARGE_INTEGER SystemTime, _Out_ PLARGE_INTEGER LocalTime);
DDI(ntoskrnl, "EXE-176", "wdm/nf-wdm-exlocaltimetosystemtime")
VOID NTAPI ExLocalTimeToSystemTime(_In_ PLARGE_INTEGER LocalTime, _Out_ PLARGE_INTEGER SystemTime);

/* ---- EXE-053, EXE-136, EXE-183: threads ---- */
DDI(ntoskrnl, "EXE-053 EXE-I07", "wdm/nf-wdm-kegetcurrentthread") PKTHREAD NTAPI KeGetCurrentThread(VOID);
DDI(ntoskrnl, "EXE-053 EXE-I07", "ntddk/nf-ntddk-psgetcurrentthread") PETHREAD NTAPI PsGetCurrentThread(VOID);
#ifndef WK_HOST_NT
#define KeGetCurrentThread() ((PKTHREAD)__readgsqword(0x188))
#else
#define KeGetCurrentThread() (*(PKTHREAD *)(wk_pcr + 0x188))
#endif
#define PsGetCurrentThread() ((PETHREAD)KeGetCurrentThread())
DDI(ntoskrnl, "EXE-136", "wdm/nf-wdm-kequeryprioritythread")
_IRQL_requires_max_(DISPATCH_LEVEL) KPRIORITY NTAPI KeQueryPriorityThread(_In_ PKTHREAD Thread);
DDI(ntoskrnl, "EXE-136", "wdm/nf-wdm-kesetprioritythread")
_IRQL_requires_max_(DISPATCH_LEVEL) KPRIORITY NTAPI KeSetPriorityThread(_Inout_ PKTHREAD Thread, _In_ KPRIORITY Priority);
DDI(ntoskrnl, "EXE-136", "ntddk/nf-ntddk-kesetbaseprioritythread")
_IRQL_requires_max_(DISPATCH_LEVEL) LONG NTAPI KeSetBasePriorityThread(_Inout_ PKTHREAD Thread, _In_ LONG Increment);
DDI(ntoskrnl, "EXE-183", "wdm/nf-wdm-keentercriticalregion") _IRQL_requires_max_(APC_LEVEL) VOID NTAPI KeEnterCriticalRegion(VOID);
DDI(ntoskrnl, "EXE-183", "wdm/nf-wdm-keleavecriticalregion") _IRQL_requires_max_(APC_LEVEL) VOID NTAPI KeLeaveCriticalRegion(VOID);
DDI(ntoskrnl, "EXE-183", "wdm/nf-wdm-keenterguardedregion") _IRQL_requires_max_(APC_LEVEL) VOID NTAPI KeEnterGuardedRegion(VOID);
DDI(ntoskrnl, "EXE-183", "wdm/nf-wdm-keleaveguardedregion") _IRQL_requires_max_(APC_LEVEL) VOID NTAPI KeLeaveGuardedRegion(VOID);
DDI(ntoskrnl, "EXE-183", "wdm/nf-wdm-keareapcsdisabled") _IRQL_requires_max_(DISPATCH_LEVEL) BOOLEAN NTAPI KeAreApcsDisabled(VOID);
DDI(ntoskrnl, "EXE-183", "wdm/nf-wdm-keareallapcsdisabled") BOOLEAN NTAPI KeAreAllApcsDisabled(VOID);

/* ---- EXE-184: APCs ---- */
DDI_CALLBACK("EXE-184", "")
typedef VOID NTAPI KNORMAL_ROUTINE(_In_opt_ PVOID NormalContext, _In_opt_ PVOID SystemArgument1, _In_opt_ PVOID SystemArgument2);
typedef KNORMAL_ROUTINE *PKNORMAL_ROUTINE;
DDI_CALLBACK("EXE-184", "")
_IRQL_requires_(APC_LEVEL)
typedef VOID NTAPI KKERNEL_ROUTINE(_In_ struct _KAPC *Apc, _Inout_ PKNORMAL_ROUTINE *NormalRoutine, _Inout_ PVOID *NormalContext,
                                   _Inout_ PVOID *SystemArgument1, _Inout_ PVOID *SystemArgument2);
typedef KKERNEL_ROUTINE *PKKERNEL_ROUTINE;
DDI_CALLBACK("EXE-184", "") typedef VOID NTAPI KRUNDOWN_ROUTINE(_In_ struct _KAPC *Apc);
typedef KRUNDOWN_ROUTINE *PKRUNDOWN_ROUTINE;
typedef enum _KAPC_ENVIRONMENT { OriginalApcEnvironment, AttachedApcEnvironment, CurrentApcEnvironment, InsertApcEnvironment } KAPC_ENVIRONMENT;
/* EXE-L26 */
struct _KAPC {
    UCHAR Type;
    UCHAR AllFlags;
    UCHAR Size;
    UCHAR SpareByte1;
    ULONG SpareLong0;
    struct _KTHREAD *Thread;
    LIST_ENTRY ApcListEntry;
    PKKERNEL_ROUTINE KernelRoutine;
    PKRUNDOWN_ROUTINE RundownRoutine;
    PKNORMAL_ROUTINE NormalRoutine;
    PVOID NormalContext;
    PVOID SystemArgument1;
    PVOID SystemArgument2;
    CCHAR ApcStateIndex;
    KPROCESSOR_MODE ApcMode;
    BOOLEAN Inserted;
};
/* EXE-L27 */
typedef struct _KAPC_STATE {
    LIST_ENTRY ApcListHead[2];
    struct _KPROCESS *Process;
    BOOLEAN KernelApcInProgress;
    BOOLEAN KernelApcPending;
    BOOLEAN UserApcPending;
} KAPC_STATE, *PKAPC_STATE, *PRKAPC_STATE;
DDI(ntoskrnl, "EXE-184", "")
VOID NTAPI KeInitializeApc(_Out_ PRKAPC Apc, _In_ PRKTHREAD Thread, _In_ KAPC_ENVIRONMENT Environment, _In_ PKKERNEL_ROUTINE KernelRoutine,
                           _In_opt_ PKRUNDOWN_ROUTINE RundownRoutine, _In_opt_ PKNORMAL_ROUTINE NormalRoutine, _In_ KPROCESSOR_MODE ProcessorMode,
                           _In_opt_ PVOID NormalContext);
DDI(ntoskrnl, "EXE-184", "")
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeInsertQueueApc(_Inout_ PRKAPC Apc, _In_opt_ PVOID SystemArgument1, _In_opt_ PVOID SystemArgument2, _In_ KPRIORITY Increment);
DDI(ntoskrnl, "EXE-184", "") _IRQL_requires_max_(DISPATCH_LEVEL) BOOLEAN NTAPI KeRemoveQueueApc(_Inout_ PRKAPC Apc);

/* ---- EXE-065: a larger stack for one call ---- */
DDI_CALLBACK("EXE-065", "ntddk/nc-ntddk-expand_stack_callout") typedef VOID NTAPI EXPAND_STACK_CALLOUT(_In_opt_ PVOID Parameter);
typedef EXPAND_STACK_CALLOUT *PEXPAND_STACK_CALLOUT;
#define KERNEL_STACK_SIZE        0x6000
#define KERNEL_LARGE_STACK_SIZE  0x12000
#define MAXIMUM_EXPANSION_SIZE   (KERNEL_LARGE_STACK_SIZE - (PAGE_SIZE / 2))
DDI(ntoskrnl, "EXE-065", "ntddk/nf-ntddk-keexpandkernelstackandcallout")
_IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI KeExpandKernelStackAndCallout(_In_ PEXPAND_STACK_CALLOUT Callout, _In_opt_ PVOID Parameter, _In_ SIZE_T Size);
DDI(ntoskrnl, "EXE-065", "ntddk/nf-ntddk-keexpandkernelstackandcalloutex")
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(_In_ PEXPAND_STACK_CALLOUT Callout, _In_opt_ PVOID Parameter, _In_ SIZE_T Size,
                                               _In_ BOOLEAN Wait, _In_opt_ PVOID Context);
/* EXE-064 */
DDI(ntoskrnl, "EXE-064", "wdm/nf-wdm-iogetremainingstacksize") ULONG_PTR NTAPI IoGetRemainingStackSize(VOID);
DDI(ntoskrnl, "EXE-064", "wdm/nf-wdm-iogetstacklimits") VOID NTAPI IoGetStackLimits(_Out_ PULONG_PTR LowLimit, _Out_ PULONG_PTR HighLimit);
DDI(ntoskrnl, "EXE-064", "") ULONG NTAPI IoWithinStackLimits(_In_ ULONG_PTR RegionStart, _In_ SIZE_T RegionSize);

/* EXE-063. EXE-L36 */
typedef struct _XSTATE_CONTEXT {
    ULONG64 Mask;
    ULONG Length;
    UCHAR Flags;
    UCHAR Reserved0[3];
    PVOID Area;
    PVOID Buffer;
} XSTATE_CONTEXT, *PXSTATE_CONTEXT;
typedef struct _XSTATE_SAVE {
    struct _XSTATE_SAVE *Prev;
    struct _KTHREAD *Thread;
    UCHAR Level;
    XSTATE_CONTEXT XStateContext;
} XSTATE_SAVE, *PXSTATE_SAVE;
#define XSTATE_MASK_LEGACY_FLOATING_POINT 1ULL
#define XSTATE_MASK_LEGACY_SSE            2ULL
#define XSTATE_MASK_LEGACY                3ULL
#define XSTATE_MASK_GSSE                  4ULL
#define XSTATE_MASK_AVX                   4ULL
#define XSTATE_MASK_MPX                   0x18ULL
#define XSTATE_MASK_AVX512                0xE0ULL
DDI(ntoskrnl, "EXE-063", "wdm/nf-wdm-kesaveextendedprocessorstate")
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI KeSaveExtendedProcessorState(_In_ ULONG64 Mask, _Out_ PXSTATE_SAVE XStateSave);
DDI(ntoskrnl, "EXE-063", "wdm/nf-wdm-kerestoreextendedprocessorstate") DDI_NO_THUNK
_IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI KeRestoreExtendedProcessorState(_In_ PXSTATE_SAVE XStateSave);
DDI(ntoskrnl, "EXE-063", "ntddk/nf-ntddk-rtlgetenabledextendedfeatures")
ULONG64 NTAPI RtlGetEnabledExtendedFeatures(_In_ ULONG64 FeatureMask);
DDI(ntoskrnl, "EXE-064", "")
_IRQL_requires_max_(APC_LEVEL) BOOLEAN NTAPI KeSetKernelStackSwapEnable(_In_ BOOLEAN Enable);

WK_EXTERN_C_END

#include "ke_lock.h"
#include "ke_cpu.h"

#endif
