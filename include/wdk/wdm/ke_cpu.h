/* IRQL, processors, DPCs, device queues, bug checks. */
#ifndef _WK_WDM_KE_CPU_H
#define _WK_WDM_KE_CPU_H

#include "base.h"
#include "arch.h"

WK_EXTERN_C_BEGIN

/* ---- EXE-110 .. EXE-114: IRQL. These are the import forms; drivers built with older headers use CR8 (EXE-055). ---- */
#define SYNCH_LEVEL 12
DDI(ntoskrnl, "EXE-112", "wdm/nf-wdm-kegetcurrentirql") KIRQL NTAPI KeGetCurrentIrql(VOID);
DDI(ntoskrnl, "EXE-113 EXE-714", "wdm/nf-wdm-keraiseirql") KIRQL NTAPI KfRaiseIrql(_In_ KIRQL NewIrql);
DDI(ntoskrnl, "EXE-114 EXE-714", "wdm/nf-wdm-kelowerirql") VOID NTAPI KeLowerIrql(_In_ KIRQL NewIrql);
DDI(ntoskrnl, "EXE-113", "wdm/nf-wdm-keraiseirqltodpclevel") _IRQL_requires_max_(DISPATCH_LEVEL) KIRQL NTAPI KeRaiseIrqlToDpcLevel(VOID);
DDI(ntoskrnl, "EXE-113", "") KIRQL NTAPI KeRaiseIrqlToSynchLevel(VOID);
DDI_MACRO(KeRaiseIrql, "EXE-113", "wdm/nf-wdm-keraiseirql")
#define KeRaiseIrql(NewIrql, OldIrql) (*(OldIrql) = KfRaiseIrql(NewIrql))
#define KfLowerIrql KeLowerIrql

/* EXE-017: only a check; the section is chosen by the compiler */
DDI_MACRO(PAGED_CODE, "EXE-017", "wdm/nf-wdm-paged_code")
#if DBG
#define PAGED_ASSERT(e) ((!(e)) ? (DbgPrint("%s(%d): pageable code at IRQL %d\n", __FILE__, __LINE__, KeGetCurrentIrql()), NT_ASSERT(FALSE)) : 0)
#define PAGED_CODE()      ((void)PAGED_ASSERT(KeGetCurrentIrql() <= APC_LEVEL))
#else
#define PAGED_ASSERT(e)   ((void)0)
#define PAGED_CODE()      ((void)0)
#endif
#define PAGED_CODE_LOCKED() ((void)0)

/* ---- EXE-116 .. EXE-124: DPCs ---- */
typedef enum _KDPC_IMPORTANCE { LowImportance, MediumImportance, HighImportance, MediumHighImportance } KDPC_IMPORTANCE;
DDI_CALLBACK("EXE-118", "wdm/nc-wdm-kdeferred_routine")
_IRQL_requires_(DISPATCH_LEVEL)
typedef VOID NTAPI KDEFERRED_ROUTINE(_In_ struct _KDPC *Dpc, _In_opt_ PVOID DeferredContext, _In_opt_ PVOID SystemArgument1,
                                     _In_opt_ PVOID SystemArgument2);
typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;
/* EXE-L25 */
struct _KDPC {
    union {
        ULONG TargetInfoAsUlong;
        struct {
            UCHAR Type;
            UCHAR Importance;
            volatile USHORT Number; /* 0: none; else processor + 1. [W] */
        };
    };
    SINGLE_LIST_ENTRY DpcListEntry;
    KAFFINITY ProcessorHistory;
    PKDEFERRED_ROUTINE DeferredRoutine;
    PVOID DeferredContext;
    PVOID SystemArgument1;
    PVOID SystemArgument2;
    volatile PVOID DpcData;
};
DDI(ntoskrnl, "EXE-116", "wdm/nf-wdm-keinitializedpc")
VOID NTAPI KeInitializeDpc(_Out_ PRKDPC Dpc, _In_ PKDEFERRED_ROUTINE DeferredRoutine, _In_opt_ PVOID DeferredContext);
DDI(ntoskrnl, "EXE-116 EXE-123", "wdm/nf-wdm-keinitializethreadeddpc")
VOID NTAPI KeInitializeThreadedDpc(_Out_ PRKDPC Dpc, _In_ PKDEFERRED_ROUTINE DeferredRoutine, _In_opt_ PVOID DeferredContext);
DDI(ntoskrnl, "EXE-117 EXE-118", "wdm/nf-wdm-keinsertqueuedpc")
BOOLEAN NTAPI KeInsertQueueDpc(_Inout_ PRKDPC Dpc, _In_opt_ PVOID SystemArgument1, _In_opt_ PVOID SystemArgument2);
DDI(ntoskrnl, "EXE-121", "wdm/nf-wdm-keremovequeuedpc") BOOLEAN NTAPI KeRemoveQueueDpc(_Inout_ PRKDPC Dpc);
DDI(ntoskrnl, "EXE-121", "") BOOLEAN NTAPI KeRemoveQueueDpcEx(_Inout_ PRKDPC Dpc, _In_ BOOLEAN WaitIfActive);
DDI(ntoskrnl, "EXE-119", "wdm/nf-wdm-kesetimportancedpc") VOID NTAPI KeSetImportanceDpc(_Inout_ PRKDPC Dpc, _In_ KDPC_IMPORTANCE Importance);
DDI(ntoskrnl, "EXE-120 EXE-729", "wdm/nf-wdm-kesettargetprocessordpc")
VOID NTAPI KeSetTargetProcessorDpc(_Inout_ PRKDPC Dpc, _In_ CCHAR Number);
DDI(ntoskrnl, "EXE-120", "wdm/nf-wdm-kesettargetprocessordpcex")
NTSTATUS NTAPI KeSetTargetProcessorDpcEx(_Inout_ PKDPC Dpc, _In_ PPROCESSOR_NUMBER ProcNumber);
DDI(ntoskrnl, "EXE-122", "wdm/nf-wdm-keflushqueueddpcs") _IRQL_requires_max_(PASSIVE_LEVEL) VOID NTAPI KeFlushQueuedDpcs(VOID);
DDI(ntoskrnl, "EXE-118", "wdm/nf-wdm-keisexecutingdpc") LOGICAL NTAPI KeIsExecutingDpc(VOID);
/* EXE-L34 */
typedef struct _KDPC_WATCHDOG_INFORMATION {
    ULONG DpcTimeLimit;
    ULONG DpcTimeCount;
    ULONG DpcWatchdogLimit;
    ULONG DpcWatchdogCount;
    ULONG Reserved;
} KDPC_WATCHDOG_INFORMATION, *PKDPC_WATCHDOG_INFORMATION;
DDI(ntoskrnl, "EXE-124", "wdm/nf-wdm-kequerydpcwatchdoginformation")
NTSTATUS NTAPI KeQueryDpcWatchdogInformation(_Out_ PKDPC_WATCHDOG_INFORMATION WatchdogInformation);
DDI(ntoskrnl, "EXE-124", "wdm/nf-wdm-keshouldyieldprocessor") ULONG NTAPI KeShouldYieldProcessor(VOID);

/* ---- EXE-L32: device queues (embedded in DEVICE_OBJECT) ---- */
typedef struct _KDEVICE_QUEUE {
    CSHORT Type;
    CSHORT Size;
    LIST_ENTRY DeviceListHead;
    KSPIN_LOCK Lock;
    union {
        BOOLEAN Busy;
        LONG64 Hint;
    };
} KDEVICE_QUEUE, *PKDEVICE_QUEUE, *PRKDEVICE_QUEUE;
typedef struct _KDEVICE_QUEUE_ENTRY {
    LIST_ENTRY DeviceListEntry;
    ULONG SortKey;
    BOOLEAN Inserted;
} KDEVICE_QUEUE_ENTRY, *PKDEVICE_QUEUE_ENTRY, *PRKDEVICE_QUEUE_ENTRY;

/* ---- EXE-130 .. EXE-135: processors ---- */
#define ALL_PROCESSOR_GROUPS    0xffff
#define MAXIMUM_PROC_PER_GROUP  64
#define MAXIMUM_PROCESSORS      MAXIMUM_PROC_PER_GROUP
#define INVALID_PROCESSOR_INDEX 0xffffffffu
DDI(ntoskrnl, "EXE-130", "wdm/nf-wdm-kequeryactiveprocessorcount")
ULONG NTAPI KeQueryActiveProcessorCount(_Out_opt_ PKAFFINITY ActiveProcessors);
DDI(ntoskrnl, "EXE-130", "wdm/nf-wdm-kequeryactiveprocessorcountex") ULONG NTAPI KeQueryActiveProcessorCountEx(_In_ USHORT GroupNumber);
DDI(ntoskrnl, "EXE-130", "wdm/nf-wdm-kequerymaximumprocessorcount") ULONG NTAPI KeQueryMaximumProcessorCount(VOID);
DDI(ntoskrnl, "EXE-130", "wdm/nf-wdm-kequerymaximumprocessorcountex") ULONG NTAPI KeQueryMaximumProcessorCountEx(_In_ USHORT GroupNumber);
DDI(ntoskrnl, "EXE-130", "wdm/nf-wdm-kequeryactiveprocessors") KAFFINITY NTAPI KeQueryActiveProcessors(VOID);
DDI(ntoskrnl, "EXE-130", "wdm/nf-wdm-kequeryactivegroupcount") USHORT NTAPI KeQueryActiveGroupCount(VOID);
DDI(ntoskrnl, "EXE-130", "wdm/nf-wdm-kequerymaximumgroupcount") USHORT NTAPI KeQueryMaximumGroupCount(VOID);
DDI(ntoskrnl, "EXE-130", "wdm/nf-wdm-kequerygroupaffinity") KAFFINITY NTAPI KeQueryGroupAffinity(_In_ USHORT GroupNumber);
DDI(ntoskrnl, "EXE-131", "wdm/nf-wdm-kegetcurrentprocessornumberex")
ULONG NTAPI KeGetCurrentProcessorNumberEx(_Out_opt_ PPROCESSOR_NUMBER ProcNumber);
DDI(ntoskrnl, "EXE-131 EXE-790", "wdm/nf-wdm-kegetprocessornumberfromindex")
NTSTATUS NTAPI KeGetProcessorNumberFromIndex(_In_ ULONG ProcIndex, _Out_ PPROCESSOR_NUMBER ProcNumber);
DDI(ntoskrnl, "EXE-131 EXE-790", "wdm/nf-wdm-kegetprocessorindexfromnumber")
ULONG NTAPI KeGetProcessorIndexFromNumber(_In_ PPROCESSOR_NUMBER ProcNumber);
#ifndef WK_HOST_NT
DDI_MACRO(KeGetCurrentProcessorNumber, "EXE-053 EXE-131", "ntddk/nf-ntddk-kegetcurrentprocessornumber")
#define KeGetCurrentProcessorNumber() ((ULONG)__readgsbyte(0x184))
DDI_MACRO(KeGetCurrentProcessorIndex, "EXE-053 EXE-I08", "")
#define KeGetCurrentProcessorIndex()  ((ULONG)__readgsdword(0x1a4))
#endif
/* EXE-132 */
DDI(ntoskrnl, "EXE-132", "wdm/nf-wdm-kegetcurrentnodenumber") USHORT NTAPI KeGetCurrentNodeNumber(VOID);
DDI(ntoskrnl, "EXE-132", "wdm/nf-wdm-kequeryhighestnodenumber") USHORT NTAPI KeQueryHighestNodeNumber(VOID);
DDI(ntoskrnl, "EXE-132", "wdm/nf-wdm-kequerynodeactiveaffinity")
VOID NTAPI KeQueryNodeActiveAffinity(_In_ USHORT NodeNumber, _Out_opt_ PGROUP_AFFINITY Affinity, _Out_opt_ PUSHORT Count);
DDI(ntoskrnl, "EXE-132", "wdm/nf-wdm-kequerynodemaximumprocessorcount") USHORT NTAPI KeQueryNodeMaximumProcessorCount(_In_ USHORT NodeNumber);
/* EXE-133 */
DDI(ntoskrnl, "EXE-133", "wdm/nf-wdm-kesetsystemgroupaffinitythread")
VOID NTAPI KeSetSystemGroupAffinityThread(_In_ PGROUP_AFFINITY Affinity, _Out_opt_ PGROUP_AFFINITY PreviousAffinity);
DDI(ntoskrnl, "EXE-133", "wdm/nf-wdm-kereverttousergroupaffinitythread")
VOID NTAPI KeRevertToUserGroupAffinityThread(_In_ PGROUP_AFFINITY PreviousAffinity);
DDI(ntoskrnl, "EXE-133", "wdm/nf-wdm-kesetsystemaffinitythread") VOID NTAPI KeSetSystemAffinityThread(_In_ KAFFINITY Affinity);
DDI(ntoskrnl, "EXE-133", "wdm/nf-wdm-kesetsystemaffinitythreadex") KAFFINITY NTAPI KeSetSystemAffinityThreadEx(_In_ KAFFINITY Affinity);
DDI(ntoskrnl, "EXE-133", "") VOID NTAPI KeRevertToUserAffinityThread(VOID);
DDI(ntoskrnl, "EXE-133", "wdm/nf-wdm-kereverttouseraffinitythreadex") VOID NTAPI KeRevertToUserAffinityThreadEx(_In_ KAFFINITY Affinity);
/* EXE-134 */
DDI_CALLBACK("EXE-134", "wdm/nc-wdm-kipi_broadcast_worker")
_IRQL_requires_(IPI_LEVEL) typedef ULONG_PTR NTAPI KIPI_BROADCAST_WORKER(_In_ ULONG_PTR Argument);
typedef KIPI_BROADCAST_WORKER *PKIPI_BROADCAST_WORKER;
DDI(ntoskrnl, "EXE-134", "wdm/nf-wdm-keipigenericcall")
ULONG_PTR NTAPI KeIpiGenericCall(_In_ PKIPI_BROADCAST_WORKER BroadcastFunction, _In_ ULONG_PTR Context);
/* EXE-135. EXE-L35 */
typedef enum { KeProcessorAddStartNotify, KeProcessorAddCompleteNotify, KeProcessorAddFailureNotify } KE_PROCESSOR_CHANGE_NOTIFY_STATE;
typedef struct _KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT {
    KE_PROCESSOR_CHANGE_NOTIFY_STATE State;
    ULONG NtNumber;
    NTSTATUS Status;
    PROCESSOR_NUMBER ProcNumber;
} KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT, *PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT;
DDI_CALLBACK("EXE-135", "wdm/nf-wdm-keregisterprocessorchangecallback")
typedef VOID NTAPI PROCESSOR_CALLBACK_FUNCTION(_In_ PVOID CallbackContext, _In_ PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT ChangeContext,
                                               _Inout_ PNTSTATUS OperationStatus);
typedef PROCESSOR_CALLBACK_FUNCTION *PPROCESSOR_CALLBACK_FUNCTION;
#define KE_PROCESSOR_CHANGE_ADD_EXISTING 1
DDI(ntoskrnl, "EXE-135", "wdm/nf-wdm-keregisterprocessorchangecallback")
_IRQL_requires_max_(APC_LEVEL)
PVOID NTAPI KeRegisterProcessorChangeCallback(_In_ PPROCESSOR_CALLBACK_FUNCTION CallbackFunction, _In_opt_ PVOID CallbackContext, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-135", "wdm/nf-wdm-kederegisterprocessorchangecallback")
_IRQL_requires_max_(APC_LEVEL) VOID NTAPI KeDeregisterProcessorChangeCallback(_In_ PVOID CallbackHandle);
/* EXE-137 */
DDI(ntoskrnl, "EXE-137", "ntifs/nf-ntifs-kestallexecutionprocessor") VOID NTAPI KeStallExecutionProcessor(_In_ ULONG MicroSeconds);

/* ---- EXE-573, EXE-574: bug checks ---- */
DDI(ntoskrnl, "EXE-573 EXE-770", "ntddk/nf-ntddk-kebugcheck") DECLSPEC_NORETURN VOID NTAPI KeBugCheck(_In_ ULONG BugCheckCode);
DDI(ntoskrnl, "EXE-573 EXE-770", "wdm/nf-wdm-kebugcheckex")
DECLSPEC_NORETURN VOID NTAPI KeBugCheckEx(_In_ ULONG BugCheckCode, _In_ ULONG_PTR BugCheckParameter1, _In_ ULONG_PTR BugCheckParameter2,
                                          _In_ ULONG_PTR BugCheckParameter3, _In_ ULONG_PTR BugCheckParameter4);
typedef enum _KBUGCHECK_BUFFER_DUMP_STATE { BufferEmpty, BufferInserted, BufferStarted, BufferFinished, BufferIncomplete } KBUGCHECK_BUFFER_DUMP_STATE;
typedef enum _KBUGCHECK_CALLBACK_REASON {
    KbCallbackInvalid,
    KbCallbackReserved1,
    KbCallbackSecondaryDumpData,
    KbCallbackDumpIo,
    KbCallbackAddPages,
    KbCallbackSecondaryMultiPartDumpData,
    KbCallbackRemovePages,
    KbCallbackTriageDumpData,
    KbCallbackReserved2
} KBUGCHECK_CALLBACK_REASON;
struct _KBUGCHECK_REASON_CALLBACK_RECORD;
DDI_CALLBACK("EXE-574", "wdm/nc-wdm-kbugcheck_callback_routine")
_IRQL_requires_(HIGH_LEVEL) typedef VOID NTAPI KBUGCHECK_CALLBACK_ROUTINE(_In_ PVOID Buffer, _In_ ULONG Length);
typedef KBUGCHECK_CALLBACK_ROUTINE *PKBUGCHECK_CALLBACK_ROUTINE;
DDI_CALLBACK("EXE-574", "wdm/nc-wdm-kbugcheck_reason_callback_routine")
_IRQL_requires_(HIGH_LEVEL)
typedef VOID NTAPI KBUGCHECK_REASON_CALLBACK_ROUTINE(_In_ KBUGCHECK_CALLBACK_REASON Reason, _In_ struct _KBUGCHECK_REASON_CALLBACK_RECORD *Record,
                                                     _Inout_ PVOID ReasonSpecificData, _In_ ULONG ReasonSpecificDataLength);
typedef KBUGCHECK_REASON_CALLBACK_ROUTINE *PKBUGCHECK_REASON_CALLBACK_ROUTINE;
/* EXE-L37 */
typedef struct _KBUGCHECK_CALLBACK_RECORD {
    LIST_ENTRY Entry;
    PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine;
    PVOID Buffer;
    ULONG Length;
    PUCHAR Component;
    ULONG_PTR Checksum;
    UCHAR State;
} KBUGCHECK_CALLBACK_RECORD, *PKBUGCHECK_CALLBACK_RECORD;
/* EXE-L38 */
typedef struct _KBUGCHECK_REASON_CALLBACK_RECORD {
    LIST_ENTRY Entry;
    PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine;
    PUCHAR Component;
    ULONG_PTR Checksum;
    KBUGCHECK_CALLBACK_REASON Reason;
    UCHAR State;
} KBUGCHECK_REASON_CALLBACK_RECORD, *PKBUGCHECK_REASON_CALLBACK_RECORD;
typedef struct _KBUGCHECK_SECONDARY_DUMP_DATA {
    PVOID InBuffer;
    ULONG InBufferLength;
    ULONG MaximumAllowed;
    GUID Guid;
    PVOID OutBuffer;
    ULONG OutBufferLength;
} KBUGCHECK_SECONDARY_DUMP_DATA, *PKBUGCHECK_SECONDARY_DUMP_DATA;
DDI_MACRO(KeInitializeCallbackRecord, "EXE-574", "wdm/nf-wdm-keinitializecallbackrecord")
#define KeInitializeCallbackRecord(CallbackRecord) ((void)((CallbackRecord)->State = BufferEmpty))
DDI(ntoskrnl, "EXE-574", "wdm/nf-wdm-keregisterbugcheckcallback")
BOOLEAN NTAPI KeRegisterBugCheckCallback(_Inout_ PKBUGCHECK_CALLBACK_RECORD CallbackRecord, _In_ PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine,
                                         _In_opt_ PVOID Buffer, _In_ ULONG Length, _In_ PUCHAR Component);
DDI(ntoskrnl, "EXE-574", "wdm/nf-wdm-kederegisterbugcheckcallback")
BOOLEAN NTAPI KeDeregisterBugCheckCallback(_Inout_ PKBUGCHECK_CALLBACK_RECORD CallbackRecord);
DDI(ntoskrnl, "EXE-574", "wdm/nf-wdm-keregisterbugcheckreasoncallback")
BOOLEAN NTAPI KeRegisterBugCheckReasonCallback(_Inout_ PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord,
                                               _In_ PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine, _In_ KBUGCHECK_CALLBACK_REASON Reason,
                                               _In_ PUCHAR Component);
DDI(ntoskrnl, "EXE-574", "wdm/nf-wdm-kederegisterbugcheckreasoncallback")
BOOLEAN NTAPI KeDeregisterBugCheckReasonCallback(_Inout_ PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord);

WK_EXTERN_C_END

#endif
