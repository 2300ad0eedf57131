/* Work items and callback objects (EXE-188, EXE-189), UUIDs. */
#ifndef _WK_WDM_EX_WORK_H
#define _WK_WDM_EX_WORK_H

#include "base.h"
#include "arch.h"

WK_EXTERN_C_BEGIN

typedef enum _WORK_QUEUE_TYPE {
    CriticalWorkQueue,
    DelayedWorkQueue,
    HyperCriticalWorkQueue,
    NormalWorkQueue,
    BackgroundWorkQueue,
    RealTimeWorkQueue,
    SuperCriticalWorkQueue,
    MaximumWorkQueue,
    CustomPriorityWorkQueue = 32
} WORK_QUEUE_TYPE;

DDI_CALLBACK("EXE-188", "wdm/nc-wdm-worker_thread_routine") _IRQL_requires_(PASSIVE_LEVEL)
typedef VOID (NTAPI WORKER_THREAD_ROUTINE)(_In_ PVOID Parameter);
typedef WORKER_THREAD_ROUTINE *PWORKER_THREAD_ROUTINE;

/* EXE-L52 */
typedef struct _WORK_QUEUE_ITEM {
    LIST_ENTRY List;
    PWORKER_THREAD_ROUTINE WorkerRoutine;
    PVOID Parameter;
} WORK_QUEUE_ITEM, *PWORK_QUEUE_ITEM;

DDI_MACRO(ExInitializeWorkItem, "EXE-188 EXE-I16", "wdm/nf-wdm-exinitializeworkitem")
#define ExInitializeWorkItem(Item, Routine, Context)                                                                   \
    do {                                                                                                               \
        (Item)->WorkerRoutine = (Routine);                                                                             \
        (Item)->Parameter = (Context);                                                                                 \
        (Item)->List.Flink = NULL;                                                                                     \
    } while (0)
DDI(ntoskrnl, "EXE-188 EXE-765", "wdm/nf-wdm-exqueueworkitem") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExQueueWorkItem(_Inout_ PWORK_QUEUE_ITEM WorkItem, _In_ WORK_QUEUE_TYPE QueueType);

typedef struct _CALLBACK_OBJECT *PCALLBACK_OBJECT;
DDI_CALLBACK("EXE-189", "wdm/nc-wdm-callback_function") _IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID (NTAPI CALLBACK_FUNCTION)(_In_opt_ PVOID CallbackContext, _In_opt_ PVOID Argument1, _In_opt_ PVOID Argument2);
typedef CALLBACK_FUNCTION *PCALLBACK_FUNCTION;

DDI(ntoskrnl, "EXE-189", "wdm/nf-wdm-excreatecallback") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI ExCreateCallback(_Outptr_ PCALLBACK_OBJECT *CallbackObject, _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                _In_ BOOLEAN Create, _In_ BOOLEAN AllowMultipleCallbacks);
DDI(ntoskrnl, "EXE-189", "wdm/nf-wdm-exregistercallback") _IRQL_requires_max_(APC_LEVEL)
PVOID NTAPI ExRegisterCallback(_Inout_ PCALLBACK_OBJECT CallbackObject, _In_ PCALLBACK_FUNCTION CallbackFunction,
                               _In_opt_ PVOID CallbackContext);
DDI(ntoskrnl, "EXE-189", "wdm/nf-wdm-exunregistercallback") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExUnregisterCallback(_Inout_ PVOID CallbackRegistration);
DDI(ntoskrnl, "EXE-189", "wdm/nf-wdm-exnotifycallback") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExNotifyCallback(_In_ PVOID CallbackObject, _In_opt_ PVOID Argument1, _In_opt_ PVOID Argument2);

DDI(ntoskrnl, "EXE-188 EXE-462", "ntddk/nf-ntddk-exuuidcreate") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI ExUuidCreate(_Out_ UUID *Uuid);

WK_EXTERN_C_END

#endif
