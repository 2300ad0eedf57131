/* IRPs and their stack locations, part of io.h: layouts EXE-L76 .. EXE-L79; what drivers do with them inline (EXE-308). */
#ifndef _WK_WDM_IO_IRP_H
#define _WK_WDM_IO_IRP_H

typedef struct _IO_SECURITY_CONTEXT { /* EXE-L95 */
    PVOID SecurityQos;
    PACCESS_STATE AccessState;
    ACCESS_MASK DesiredAccess;
    ULONG FullCreateOptions;
} IO_SECURITY_CONTEXT, *PIO_SECURITY_CONTEXT;

typedef enum _DEVICE_RELATION_TYPE { BusRelations, EjectionRelations, PowerRelations, RemovalRelations, TargetDeviceRelation, SingleBusRelations, TransportRelations } DEVICE_RELATION_TYPE;
typedef enum { BusQueryDeviceID, BusQueryHardwareIDs, BusQueryCompatibleIDs, BusQueryInstanceID, BusQueryDeviceSerialNumber, BusQueryContainerID } BUS_QUERY_ID_TYPE;
typedef enum { DeviceTextDescription, DeviceTextLocationInformation } DEVICE_TEXT_TYPE;
typedef enum _DEVICE_USAGE_NOTIFICATION_TYPE { DeviceUsageTypeUndefined, DeviceUsageTypePaging, DeviceUsageTypeHibernation, DeviceUsageTypeDumpFile } DEVICE_USAGE_NOTIFICATION_TYPE;
typedef enum _SYSTEM_POWER_STATE { PowerSystemUnspecified, PowerSystemWorking, PowerSystemSleeping1, PowerSystemSleeping2, PowerSystemSleeping3, PowerSystemHibernate, PowerSystemShutdown, PowerSystemMaximum } SYSTEM_POWER_STATE, *PSYSTEM_POWER_STATE;
typedef enum _DEVICE_POWER_STATE { PowerDeviceUnspecified, PowerDeviceD0, PowerDeviceD1, PowerDeviceD2, PowerDeviceD3, PowerDeviceMaximum } DEVICE_POWER_STATE, *PDEVICE_POWER_STATE;
typedef enum _POWER_STATE_TYPE { SystemPowerState, DevicePowerState } POWER_STATE_TYPE, *PPOWER_STATE_TYPE;
typedef enum { PowerActionNone, PowerActionReserved, PowerActionSleep, PowerActionHibernate, PowerActionShutdown, PowerActionShutdownReset, PowerActionShutdownOff, PowerActionWarmEject } POWER_ACTION;
typedef union _POWER_STATE {
    SYSTEM_POWER_STATE SystemState;
    DEVICE_POWER_STATE DeviceState;
} POWER_STATE, *PPOWER_STATE;

struct _IO_STACK_LOCATION { /* EXE-L78 */
    UCHAR MajorFunction;
    UCHAR MinorFunction;
    UCHAR Flags;
    UCHAR Control;
    union { /* EXE-L79 */
        struct {
            PIO_SECURITY_CONTEXT SecurityContext;
            ULONG Options;
            DECLSPEC_ALIGN(8) USHORT FileAttributes;
            USHORT ShareAccess;
            DECLSPEC_ALIGN(8) ULONG EaLength;
        } Create;
        struct {
            ULONG Length;
            DECLSPEC_ALIGN(8) ULONG Key;
            LARGE_INTEGER ByteOffset;
        } Read;
        struct {
            ULONG Length;
            DECLSPEC_ALIGN(8) ULONG Key;
            LARGE_INTEGER ByteOffset;
        } Write;
        struct {
            ULONG Length;
            PUNICODE_STRING FileName;
            ULONG FileInformationClass;
            DECLSPEC_ALIGN(8) ULONG FileIndex;
        } QueryDirectory;
        struct {
            ULONG Length;
            DECLSPEC_ALIGN(8) ULONG FileInformationClass;
        } QueryFile;
        struct {
            ULONG Length;
            DECLSPEC_ALIGN(8) ULONG FileInformationClass;
            PFILE_OBJECT FileObject;
            PVOID ClusterCountOrDeleteHandle;
        } SetFile;
        struct {
            ULONG OutputBufferLength;
            DECLSPEC_ALIGN(8) ULONG InputBufferLength;
            DECLSPEC_ALIGN(8) ULONG IoControlCode;
            PVOID Type3InputBuffer;
        } DeviceIoControl;
        struct {
            PCM_RESOURCE_LIST AllocatedResources;
            PCM_RESOURCE_LIST AllocatedResourcesTranslated;
        } StartDevice;
        struct {
            DEVICE_RELATION_TYPE Type;
        } QueryDeviceRelations;
        struct {
            const GUID *InterfaceType;
            USHORT Size;
            USHORT Version;
            PINTERFACE Interface;
            PVOID InterfaceSpecificData;
        } QueryInterface;
        struct {
            PDEVICE_CAPABILITIES Capabilities;
        } DeviceCapabilities;
        struct {
            PIO_RESOURCE_REQUIREMENTS_LIST IoResourceRequirementList;
        } FilterResourceRequirements;
        struct {
            BUS_QUERY_ID_TYPE IdType;
        } QueryId;
        struct {
            DEVICE_TEXT_TYPE DeviceTextType;
            DECLSPEC_ALIGN(8) LCID LocaleId;
        } QueryDeviceText;
        struct {
            BOOLEAN InPath;
            BOOLEAN Reserved[3];
            DECLSPEC_ALIGN(8) DEVICE_USAGE_NOTIFICATION_TYPE Type;
        } UsageNotification;
        struct {
            SYSTEM_POWER_STATE PowerState;
        } WaitWake;
        struct {
            ULONG SystemContext;
            DECLSPEC_ALIGN(8) POWER_STATE_TYPE Type;
            DECLSPEC_ALIGN(8) POWER_STATE State;
            DECLSPEC_ALIGN(8) POWER_ACTION ShutdownType;
        } Power;
        struct {
            ULONG_PTR ProviderId;
            PVOID DataPath;
            ULONG BufferSize;
            PVOID Buffer;
        } WMI;
        struct {
            PVOID Argument1;
            PVOID Argument2;
            PVOID Argument3;
            PVOID Argument4;
        } Others;
    } Parameters;
    PDEVICE_OBJECT DeviceObject;
    PFILE_OBJECT FileObject;
    PIO_COMPLETION_ROUTINE CompletionRoutine;
    PVOID Context;
};
#define SL_RESTART_SCAN        0x01 /* Flags of a query of a folder */
#define SL_RETURN_SINGLE_ENTRY 0x02
#define SL_PENDING_RETURNED  0x01
#define SL_ERROR_RETURNED    0x02
#define SL_INVOKE_ON_CANCEL  0x20
#define SL_INVOKE_ON_SUCCESS 0x40
#define SL_INVOKE_ON_ERROR   0x80

/* What a completion routine returns: EXE-314. */
#define STATUS_CONTINUE_COMPLETION STATUS_SUCCESS
typedef enum _IO_COMPLETION_ROUTINE_RESULT {
    ContinueCompletion = STATUS_CONTINUE_COMPLETION,
    StopCompletion = STATUS_MORE_PROCESSING_REQUIRED
} IO_COMPLETION_ROUTINE_RESULT, *PIO_COMPLETION_ROUTINE_RESULT;

struct DECLSPEC_ALIGN(16) _IRP { /* EXE-L76 */
    CSHORT Type;
    USHORT Size;
    USHORT AllocationProcessorNumber;
    USHORT Reserved;
    PMDL MdlAddress;
    ULONG Flags;
    union {
        struct _IRP *MasterIrp;
        LONG IrpCount;
        PVOID SystemBuffer;
    } AssociatedIrp;
    LIST_ENTRY ThreadListEntry;
    IO_STATUS_BLOCK IoStatus;
    KPROCESSOR_MODE RequestorMode;
    BOOLEAN PendingReturned;
    CHAR StackCount;
    CHAR CurrentLocation;
    BOOLEAN Cancel;
    KIRQL CancelIrql;
    CCHAR ApcEnvironment;
    UCHAR AllocationFlags;
    PIO_STATUS_BLOCK UserIosb;
    PKEVENT UserEvent;
    union {
        struct {
            PIO_APC_ROUTINE UserApcRoutine;
            PVOID UserApcContext;
        } AsynchronousParameters;
        LARGE_INTEGER AllocationSize;
    } Overlay;
    PDRIVER_CANCEL volatile CancelRoutine;
    PVOID UserBuffer;
    union {
        struct {
            union {
                KDEVICE_QUEUE_ENTRY DeviceQueueEntry;
                PVOID DriverContext[4];
            };
            PETHREAD Thread;
            PCHAR AuxiliaryBuffer;
            LIST_ENTRY ListEntry;
            union {
                PIO_STACK_LOCATION CurrentStackLocation;
                ULONG PacketType;
            };
            PFILE_OBJECT OriginalFileObject;
            PVOID IrpExtension;
        } Overlay;
        KAPC Apc;
        PVOID CompletionKey;
    } Tail;
};
#define IRP_NOCACHE             0x00000001
#define IRP_PAGING_IO           0x00000002
#define IRP_SYNCHRONOUS_API     0x00000004
#define IRP_ASSOCIATED_IRP      0x00000008
#define IRP_BUFFERED_IO         0x00000010
#define IRP_DEALLOCATE_BUFFER   0x00000020
#define IRP_INPUT_OPERATION     0x00000040
#define IRP_CREATE_OPERATION    0x00000080
#define IRP_READ_OPERATION      0x00000100
#define IRP_WRITE_OPERATION     0x00000200
#define IRP_CLOSE_OPERATION     0x00000400
#define IRP_DEFER_IO_COMPLETION 0x00000800
#define IRP_OB_QUERY_NAME       0x00001000
#define IRP_HOLD_DEVICE_QUEUE   0x00002000
#define IRP_MN_START_DEVICE 0x00
#define IRP_MN_QUERY_ALL_DATA         0x00
#define IRP_MN_QUERY_SINGLE_INSTANCE  0x01
#define IRP_MN_CHANGE_SINGLE_INSTANCE 0x02
#define IRP_MN_CHANGE_SINGLE_ITEM     0x03
#define IRP_MN_ENABLE_EVENTS          0x04
#define IRP_MN_DISABLE_EVENTS         0x05
#define IRP_MN_ENABLE_COLLECTION      0x06
#define IRP_MN_DISABLE_COLLECTION     0x07
#define IRP_MN_REGINFO                0x08
#define IRP_MN_EXECUTE_METHOD         0x09
#define IRP_MN_REGINFO_EX             0x0b

/* ---- inline in every driver (EXE-I19) ---- */
DDI_INLINE("EXE-308", "wdm/nf-wdm-iogetcurrentirpstacklocation")
FORCEINLINE PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(_In_ PIRP Irp)
{
    return Irp->Tail.Overlay.CurrentStackLocation;
}
DDI_INLINE("EXE-308", "wdm/nf-wdm-iogetnextirpstacklocation")
FORCEINLINE PIO_STACK_LOCATION IoGetNextIrpStackLocation(_In_ PIRP Irp)
{
    return Irp->Tail.Overlay.CurrentStackLocation - 1;
}
DDI_INLINE("EXE-308", "wdm/nf-wdm-iosetnextirpstacklocation")
FORCEINLINE VOID IoSetNextIrpStackLocation(_Inout_ PIRP Irp)
{
    Irp->CurrentLocation--;
    Irp->Tail.Overlay.CurrentStackLocation--;
}
DDI_INLINE("EXE-308", "wdm/nf-wdm-ioskipcurrentirpstacklocation")
FORCEINLINE VOID IoSkipCurrentIrpStackLocation(_Inout_ PIRP Irp)
{
    Irp->CurrentLocation++;
    Irp->Tail.Overlay.CurrentStackLocation++;
}
DDI_INLINE("EXE-308", "wdm/nf-wdm-iocopycurrentirpstacklocationtonext")
FORCEINLINE VOID IoCopyCurrentIrpStackLocationToNext(_Inout_ PIRP Irp)
{
    PIO_STACK_LOCATION here = IoGetCurrentIrpStackLocation(Irp), next = IoGetNextIrpStackLocation(Irp);

    *next = *here;
    next->Control = 0;
    next->CompletionRoutine = NULL;
    next->Context = NULL;
}
DDI_INLINE("EXE-315", "wdm/nf-wdm-iomarkirppending")
FORCEINLINE VOID IoMarkIrpPending(_Inout_ PIRP Irp)
{
    IoGetCurrentIrpStackLocation(Irp)->Control |= SL_PENDING_RETURNED;
}
DDI_INLINE("EXE-318", "wdm/nf-wdm-iosetcompletionroutine")
FORCEINLINE VOID IoSetCompletionRoutine(_In_ PIRP Irp, _In_opt_ PIO_COMPLETION_ROUTINE CompletionRoutine, _In_opt_ PVOID Context,
                                        _In_ BOOLEAN InvokeOnSuccess, _In_ BOOLEAN InvokeOnError, _In_ BOOLEAN InvokeOnCancel)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(Irp);

    next->CompletionRoutine = CompletionRoutine;
    next->Context = Context;
    next->Control = (UCHAR)((InvokeOnSuccess ? SL_INVOKE_ON_SUCCESS : 0) | (InvokeOnError ? SL_INVOKE_ON_ERROR : 0) |
                            (InvokeOnCancel ? SL_INVOKE_ON_CANCEL : 0));
}
DDI_INLINE("EXE-321", "wdm/nf-wdm-iosetcancelroutine")
FORCEINLINE PDRIVER_CANCEL IoSetCancelRoutine(_Inout_ PIRP Irp, _In_opt_ PDRIVER_CANCEL CancelRoutine)
{
    return (PDRIVER_CANCEL)InterlockedExchangePointer((PVOID volatile *)&Irp->CancelRoutine, (PVOID)CancelRoutine);
}
DDI_MACRO(IoSizeOfIrp, "EXE-309", "wdm/nf-wdm-iosizeofirp")
#define IoSizeOfIrp(StackSize) ((USHORT)(sizeof(IRP) + (StackSize) * sizeof(IO_STACK_LOCATION)))
#define IO_TYPE_APC 18
DDI_INLINE("EXE-332", "wdm/nf-wdm-ioinitializedpcrequest")
FORCEINLINE VOID IoInitializeDpcRequest(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIO_DPC_ROUTINE DpcRoutine)
{
    KeInitializeDpc(&DeviceObject->Dpc, (PKDEFERRED_ROUTINE)(PVOID)DpcRoutine, DeviceObject);
}

/* ---- IRPs ---- */
DDI(ntoskrnl, "EXE-309", "wdm/nf-wdm-ioallocateirp") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PIRP NTAPI IoAllocateIrp(_In_ CCHAR StackSize, _In_ BOOLEAN ChargeQuota);
DDI(ntoskrnl, "EXE-309", "wdm/nf-wdm-ioallocateirpex") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PIRP NTAPI IoAllocateIrpEx(_In_ PDEVICE_OBJECT DeviceObject, _In_ CCHAR StackSize, _In_ BOOLEAN ChargeQuota);
typedef enum _IO_PRIORITY_HINT { IoPriorityVeryLow, IoPriorityLow, IoPriorityNormal, IoPriorityHigh, IoPriorityCritical, MaxIoPriorityTypes } IO_PRIORITY_HINT;
DDI(ntoskrnl, "EXE-350", "wdm/nf-wdm-iogetiopriorityhint") IO_PRIORITY_HINT NTAPI IoGetIoPriorityHint(_In_ PIRP Irp);
DDI(ntoskrnl, "EXE-350", "wdm/nf-wdm-iosetiopriorityhint") NTSTATUS NTAPI IoSetIoPriorityHint(_In_ PIRP Irp, _In_ IO_PRIORITY_HINT PriorityHint);
DDI(ntoskrnl, "EXE-350", "ntddk/nf-ntddk-iogetactivityidirp") NTSTATUS NTAPI IoGetActivityIdIrp(_In_ PIRP Irp, _Out_ LPGUID Guid);
DDI(ntoskrnl, "EXE-350", "ntddk/nf-ntddk-iosetactivityidirp") DDI_GAP("above DISPATCH_LEVEL; a thread's own activity id") _IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI IoSetActivityIdIrp(_Inout_ PIRP Irp, _In_opt_ LPCGUID Guid);
DDI(ntoskrnl, "EXE-310", "wdm/nf-wdm-ioinitializeirp") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoInitializeIrp(_Inout_ PIRP Irp, _In_ USHORT PacketSize, _In_ CCHAR StackSize);
DDI(ntoskrnl, "EXE-310", "wdm/nf-wdm-ioreuseirp") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoReuseIrp(_Inout_ PIRP Irp, _In_ NTSTATUS Iostatus);
DDI(ntoskrnl, "EXE-310", "wdm/nf-wdm-iocleanupirp") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoCleanupIrp(_Inout_ PIRP Irp);
DDI(ntoskrnl, "EXE-311 EXE-755", "wdm/nf-wdm-iofreeirp") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoFreeIrp(_In_ PIRP Irp);
DDI(ntoskrnl, "EXE-312 EXE-750", "wdm/nf-wdm-iofcalldriver") _IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS FASTCALL IofCallDriver(_In_ PDEVICE_OBJECT DeviceObject, _Inout_ DDI_CONSUMES PIRP Irp);
DDI(ntoskrnl, "EXE-312", "wdm/nf-wdm-iofcalldriver") _IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI PoCallDriver(_In_ PDEVICE_OBJECT DeviceObject, _Inout_ DDI_CONSUMES PIRP Irp);
DDI_MACRO(IoCallDriver, "EXE-312 EXE-I01", "wdm/nf-wdm-iocalldriver")
#define IoCallDriver(DeviceObject, Irp) IofCallDriver(DeviceObject, Irp)
DDI(ntoskrnl, "EXE-313 EXE-316 EXE-751 EXE-752", "wdm/nf-wdm-iofcompleterequest") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID FASTCALL IofCompleteRequest(_In_ DDI_CONSUMES PIRP Irp, _In_ CCHAR PriorityBoost);
DDI_MACRO(IoCompleteRequest, "EXE-313 EXE-I01", "wdm/nf-wdm-iocompleterequest")
#define IoCompleteRequest(Irp, PriorityBoost) IofCompleteRequest(Irp, PriorityBoost)
/* What somebody in front of the machine can mend: the medium is missing, wrong, protected or unknown. */
DDI_MACRO(IoIsErrorUserInduced, "EXE-I30", "wdm/nf-wdm-ioiserroruserinduced")
#define IoIsErrorUserInduced(Status)                                                                                        \
    ((BOOLEAN)((Status) == STATUS_DEVICE_NOT_READY || (Status) == STATUS_IO_TIMEOUT || (Status) == STATUS_MEDIA_WRITE_PROTECTED || \
               (Status) == STATUS_NO_MEDIA_IN_DEVICE || (Status) == STATUS_UNRECOGNIZED_MEDIA ||                            \
               (Status) == STATUS_VERIFY_REQUIRED || (Status) == STATUS_WRONG_VOLUME))
DDI(ntoskrnl, "EXE-322 EXE-753", "wdm/nf-wdm-iocancelirp") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI IoCancelIrp(_In_ PIRP Irp);
DDI(ntoskrnl, "EXE-321", "wdm/nf-wdm-ioacquirecancelspinlock") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoAcquireCancelSpinLock(_Out_ PKIRQL Irql);
DDI(ntoskrnl, "EXE-321", "wdm/nf-wdm-ioreleasecancelspinlock") _IRQL_requires_(DISPATCH_LEVEL)
VOID NTAPI IoReleaseCancelSpinLock(_In_ KIRQL Irql);
DDI(ntoskrnl, "EXE-320", "wdm/nf-wdm-ioforwardirpsynchronously") _IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI IoForwardIrpSynchronously(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp);
DDI(ntoskrnl, "EXE-319", "wdm/nf-wdm-iobuilddeviceiocontrolrequest") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
PIRP NTAPI IoBuildDeviceIoControlRequest(_In_ ULONG IoControlCode, _In_ PDEVICE_OBJECT DeviceObject, _In_opt_ PVOID InputBuffer, _In_ ULONG InputBufferLength,
                                         _Out_opt_ PVOID OutputBuffer, _In_ ULONG OutputBufferLength, _In_ BOOLEAN InternalDeviceIoControl,
                                         _In_opt_ PKEVENT Event, _Out_ PIO_STATUS_BLOCK IoStatusBlock);
DDI(ntoskrnl, "EXE-319", "wdm/nf-wdm-iobuildsynchronousfsdrequest") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
PIRP NTAPI IoBuildSynchronousFsdRequest(_In_ ULONG MajorFunction, _In_ PDEVICE_OBJECT DeviceObject, _Inout_opt_ PVOID Buffer, _In_opt_ ULONG Length,
                                        _In_opt_ PLARGE_INTEGER StartingOffset, _In_ PKEVENT Event, _Out_ PIO_STATUS_BLOCK IoStatusBlock);
DDI(ntoskrnl, "EXE-319", "wdm/nf-wdm-iobuildasynchronousfsdrequest") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PIRP NTAPI IoBuildAsynchronousFsdRequest(_In_ ULONG MajorFunction, _In_ PDEVICE_OBJECT DeviceObject, _Inout_opt_ PVOID Buffer, _In_opt_ ULONG Length,
                                         _In_opt_ PLARGE_INTEGER StartingOffset, _In_opt_ PIO_STATUS_BLOCK IoStatusBlock);

DDI(ntoskrnl, "EXE-318", "wdm/nf-wdm-iosetcompletionroutineex") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI IoSetCompletionRoutineEx(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_ PIO_COMPLETION_ROUTINE CompletionRoutine, _In_opt_ PVOID Context,
                                        _In_ BOOLEAN InvokeOnSuccess, _In_ BOOLEAN InvokeOnError, _In_ BOOLEAN InvokeOnCancel);

/* ---- who asks (EXE-327) ---- */
DDI(ntoskrnl, "EXE-327", "ntifs/nf-ntifs-iogetrequestorprocess") _IRQL_requires_max_(DISPATCH_LEVEL)
PEPROCESS NTAPI IoGetRequestorProcess(_In_ PIRP Irp);
DDI(ntoskrnl, "EXE-327", "ntifs/nf-ntifs-iogetrequestorprocessid") _IRQL_requires_max_(DISPATCH_LEVEL)
ULONG NTAPI IoGetRequestorProcessId(_In_ PIRP Irp);
DDI(ntoskrnl, "EXE-327", "ntifs/nf-ntifs-iogetrequestorsessionid") _IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI IoGetRequestorSessionId(_In_ PIRP Irp, _Out_ PULONG pSessionId);
DDI(ntoskrnl, "EXE-327", "wdm/nf-wdm-iois32bitprocess") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI IoIs32bitProcess(_In_opt_ PIRP Irp);
DDI(ntoskrnl, "EXE-327", "ntifs/nf-ntifs-iothreadtoprocess") PEPROCESS NTAPI IoThreadToProcess(_In_ PETHREAD Thread);
DDI(ntoskrnl, "EXE-327", "ntifs/nf-ntifs-iogettoplevelirp") _IRQL_requires_max_(DISPATCH_LEVEL) PIRP NTAPI IoGetTopLevelIrp(VOID);
DDI(ntoskrnl, "EXE-327", "ntifs/nf-ntifs-iosettoplevelirp") _IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI IoSetTopLevelIrp(_In_opt_ PIRP Irp);

/* ---- work items (EXE-187) ---- */
DDI(ntoskrnl, "EXE-187", "wdm/nf-wdm-ioallocateworkitem") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PIO_WORKITEM NTAPI IoAllocateWorkItem(_In_ PDEVICE_OBJECT DeviceObject);
DDI(ntoskrnl, "EXE-187 EXE-765", "wdm/nf-wdm-iofreeworkitem") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoFreeWorkItem(_In_ PIO_WORKITEM IoWorkItem);
DDI(ntoskrnl, "EXE-187", "wdm/nf-wdm-iosizeofworkitem")
ULONG NTAPI IoSizeofWorkItem(VOID);
DDI(ntoskrnl, "EXE-187", "wdm/nf-wdm-ioinitializeworkitem")
VOID NTAPI IoInitializeWorkItem(_In_ PVOID IoObject, _Out_ PIO_WORKITEM IoWorkItem);
DDI(ntoskrnl, "EXE-187", "wdm/nf-wdm-iouninitializeworkitem")
VOID NTAPI IoUninitializeWorkItem(_Inout_ PIO_WORKITEM IoWorkItem);
DDI(ntoskrnl, "EXE-187 EXE-765", "wdm/nf-wdm-ioqueueworkitem") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoQueueWorkItem(_Inout_ PIO_WORKITEM IoWorkItem, _In_ PIO_WORKITEM_ROUTINE WorkerRoutine, _In_ WORK_QUEUE_TYPE QueueType, _In_opt_ PVOID Context);
DDI(ntoskrnl, "EXE-187 EXE-765", "wdm/nf-wdm-ioqueueworkitemex") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoQueueWorkItemEx(_Inout_ PIO_WORKITEM IoWorkItem, _In_ PIO_WORKITEM_ROUTINE_EX WorkerRoutine, _In_ WORK_QUEUE_TYPE QueueType, _In_opt_ PVOID Context);
DDI(ntoskrnl, "EXE-187", "wdm/nf-wdm-iotryqueueworkitem") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI IoTryQueueWorkItem(_Inout_ PIO_WORKITEM IoWorkItem, _In_ PIO_WORKITEM_ROUTINE_EX WorkerRoutine, _In_ WORK_QUEUE_TYPE QueueType, _In_opt_ PVOID Context);

/* ---- remove locks (EXE-185, EXE-L80) ---- */
typedef struct _IO_REMOVE_LOCK {
    BOOLEAN Removed;
    BOOLEAN Reserved[3];
    LONG volatile IoCount;
    KEVENT RemoveEvent;
} IO_REMOVE_LOCK, *PIO_REMOVE_LOCK;
DDI(ntoskrnl, "EXE-185", "wdm/nf-wdm-ioinitializeremovelock") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI IoInitializeRemoveLockEx(_Out_ PIO_REMOVE_LOCK Lock, _In_ ULONG AllocateTag, _In_ ULONG MaxLockedMinutes, _In_ ULONG HighWatermark, _In_ ULONG RemlockSize);
DDI(ntoskrnl, "EXE-185 EXE-795", "wdm/nf-wdm-ioacquireremovelock") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI IoAcquireRemoveLockEx(_Inout_ PIO_REMOVE_LOCK RemoveLock, _In_opt_ PVOID Tag, _In_z_ PCSTR File, _In_ ULONG Line, _In_ ULONG RemlockSize);
DDI(ntoskrnl, "EXE-185 EXE-768", "wdm/nf-wdm-ioreleaseremovelock") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoReleaseRemoveLockEx(_Inout_ PIO_REMOVE_LOCK RemoveLock, _In_opt_ PVOID Tag, _In_ ULONG RemlockSize);
DDI(ntoskrnl, "EXE-185", "wdm/nf-wdm-ioreleaseremovelockandwait") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI IoReleaseRemoveLockAndWaitEx(_Inout_ PIO_REMOVE_LOCK RemoveLock, _In_opt_ PVOID Tag, _In_ ULONG RemlockSize);
DDI_MACRO(IoInitializeRemoveLock, "EXE-185 EXE-I20", "wdm/nf-wdm-ioinitializeremovelock")
#define IoInitializeRemoveLock(Lock, Tag, Maxmin, HighWater) IoInitializeRemoveLockEx(Lock, Tag, Maxmin, HighWater, sizeof(IO_REMOVE_LOCK))
DDI_MACRO(IoAcquireRemoveLock, "EXE-185 EXE-I20", "wdm/nf-wdm-ioacquireremovelock")
#define IoAcquireRemoveLock(RemoveLock, Tag) IoAcquireRemoveLockEx(RemoveLock, Tag, "", 1, sizeof(IO_REMOVE_LOCK))
DDI_MACRO(IoReleaseRemoveLock, "EXE-185 EXE-I20", "wdm/nf-wdm-ioreleaseremovelock")
#define IoReleaseRemoveLock(RemoveLock, Tag) IoReleaseRemoveLockEx(RemoveLock, Tag, sizeof(IO_REMOVE_LOCK))
DDI_MACRO(IoReleaseRemoveLockAndWait, "EXE-185 EXE-I20", "wdm/nf-wdm-ioreleaseremovelockandwait")
#define IoReleaseRemoveLockAndWait(RemoveLock, Tag) IoReleaseRemoveLockAndWaitEx(RemoveLock, Tag, sizeof(IO_REMOVE_LOCK))

/* ---- cancel-safe queues (EXE-324, EXE-L81) ---- */
typedef struct _IO_CSQ IO_CSQ, *PIO_CSQ;
typedef struct _IO_CSQ_IRP_CONTEXT {
    ULONG Type;
    PIRP Irp;
    PIO_CSQ Csq;
} IO_CSQ_IRP_CONTEXT, *PIO_CSQ_IRP_CONTEXT;
DDI_CALLBACK("EXE-324", "wdm/nc-wdm-io_csq_insert_irp")
typedef VOID(NTAPI IO_CSQ_INSERT_IRP)(_In_ PIO_CSQ Csq, _In_ PIRP Irp);
typedef IO_CSQ_INSERT_IRP *PIO_CSQ_INSERT_IRP;
DDI_CALLBACK("EXE-324", "wdm/nc-wdm-io_csq_insert_irp_ex")
typedef NTSTATUS(NTAPI IO_CSQ_INSERT_IRP_EX)(_In_ PIO_CSQ Csq, _In_ PIRP Irp, _In_ PVOID InsertContext);
typedef IO_CSQ_INSERT_IRP_EX *PIO_CSQ_INSERT_IRP_EX;
DDI_CALLBACK("EXE-324", "wdm/nc-wdm-io_csq_remove_irp")
typedef VOID(NTAPI IO_CSQ_REMOVE_IRP)(_In_ PIO_CSQ Csq, _In_ PIRP Irp);
typedef IO_CSQ_REMOVE_IRP *PIO_CSQ_REMOVE_IRP;
DDI_CALLBACK("EXE-324", "wdm/nc-wdm-io_csq_peek_next_irp")
typedef PIRP(NTAPI IO_CSQ_PEEK_NEXT_IRP)(_In_ PIO_CSQ Csq, _In_opt_ PIRP Irp, _In_opt_ PVOID PeekContext);
typedef IO_CSQ_PEEK_NEXT_IRP *PIO_CSQ_PEEK_NEXT_IRP;
DDI_CALLBACK("EXE-324", "wdm/nc-wdm-io_csq_acquire_lock")
typedef VOID(NTAPI IO_CSQ_ACQUIRE_LOCK)(_In_ PIO_CSQ Csq, _Out_ PKIRQL Irql);
typedef IO_CSQ_ACQUIRE_LOCK *PIO_CSQ_ACQUIRE_LOCK;
DDI_CALLBACK("EXE-324", "wdm/nc-wdm-io_csq_release_lock")
typedef VOID(NTAPI IO_CSQ_RELEASE_LOCK)(_In_ PIO_CSQ Csq, _In_ KIRQL Irql);
typedef IO_CSQ_RELEASE_LOCK *PIO_CSQ_RELEASE_LOCK;
DDI_CALLBACK("EXE-324", "wdm/nc-wdm-io_csq_complete_canceled_irp")
typedef VOID(NTAPI IO_CSQ_COMPLETE_CANCELED_IRP)(_In_ PIO_CSQ Csq, _In_ PIRP Irp);
typedef IO_CSQ_COMPLETE_CANCELED_IRP *PIO_CSQ_COMPLETE_CANCELED_IRP;
struct _IO_CSQ {
    ULONG Type;
    PIO_CSQ_INSERT_IRP CsqInsertIrp;
    PIO_CSQ_REMOVE_IRP CsqRemoveIrp;
    PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp;
    PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock;
    PIO_CSQ_RELEASE_LOCK CsqReleaseLock;
    PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp;
    PVOID ReservePointer;
};
DDI(ntoskrnl, "EXE-324", "wdm/nf-wdm-iocsqinitialize")
NTSTATUS NTAPI IoCsqInitialize(_Out_ PIO_CSQ Csq, _In_ PIO_CSQ_INSERT_IRP CsqInsertIrp, _In_ PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                               _In_ PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp, _In_ PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                               _In_ PIO_CSQ_RELEASE_LOCK CsqReleaseLock, _In_ PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);
DDI(ntoskrnl, "EXE-324", "wdm/nf-wdm-iocsqinitializeex")
NTSTATUS NTAPI IoCsqInitializeEx(_Out_ PIO_CSQ Csq, _In_ PIO_CSQ_INSERT_IRP_EX CsqInsertIrp, _In_ PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                                 _In_ PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp, _In_ PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                                 _In_ PIO_CSQ_RELEASE_LOCK CsqReleaseLock, _In_ PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);
DDI(ntoskrnl, "EXE-324", "wdm/nf-wdm-iocsqinsertirp")
VOID NTAPI IoCsqInsertIrp(_Inout_ PIO_CSQ Csq, _Inout_ PIRP Irp, _Out_opt_ PIO_CSQ_IRP_CONTEXT Context);
DDI(ntoskrnl, "EXE-324", "wdm/nf-wdm-iocsqinsertirpex")
NTSTATUS NTAPI IoCsqInsertIrpEx(_Inout_ PIO_CSQ Csq, _Inout_ PIRP Irp, _Out_opt_ PIO_CSQ_IRP_CONTEXT Context, _In_opt_ PVOID InsertContext);
DDI(ntoskrnl, "EXE-324", "wdm/nf-wdm-iocsqremoveirp") _Must_inspect_result_
PIRP NTAPI IoCsqRemoveIrp(_Inout_ PIO_CSQ Csq, _Inout_ PIO_CSQ_IRP_CONTEXT Context);
DDI(ntoskrnl, "EXE-324", "wdm/nf-wdm-iocsqremovenextirp") _Must_inspect_result_
PIRP NTAPI IoCsqRemoveNextIrp(_Inout_ PIO_CSQ Csq, _In_opt_ PVOID PeekContext);

#endif
