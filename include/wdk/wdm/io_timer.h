/* A device's timer (EXE-331) and its queue for a StartIo routine (EXE-330, EXE-332), part of io.h. */
#ifndef _WK_WDM_IO_TIMER_H
#define _WK_WDM_IO_TIMER_H

DDI_CALLBACK("EXE-331", "wdm/nc-wdm-io_timer_routine") _IRQL_requires_(DISPATCH_LEVEL)
typedef VOID(NTAPI IO_TIMER_ROUTINE)(_In_ PDEVICE_OBJECT DeviceObject, _In_opt_ PVOID Context);
typedef IO_TIMER_ROUTINE *PIO_TIMER_ROUTINE;
DDI(ntoskrnl, "EXE-331", "wdm/nf-wdm-ioinitializetimer") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI IoInitializeTimer(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIO_TIMER_ROUTINE TimerRoutine, _In_opt_ PVOID Context);
DDI(ntoskrnl, "EXE-331", "ntifs/nf-ntifs-iostarttimer") _IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI IoStartTimer(_In_ PDEVICE_OBJECT DeviceObject);
DDI(ntoskrnl, "EXE-331", "ntifs/nf-ntifs-iostoptimer") _IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI IoStopTimer(_In_ PDEVICE_OBJECT DeviceObject);

DDI(ntoskrnl, "EXE-330", "wdm/nf-wdm-keinitializedevicequeue") VOID NTAPI KeInitializeDeviceQueue(_Out_ PKDEVICE_QUEUE DeviceQueue);
DDI(ntoskrnl, "EXE-330", "wdm/nf-wdm-keinsertdevicequeue") _IRQL_requires_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeInsertDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue, _Inout_ PKDEVICE_QUEUE_ENTRY DeviceQueueEntry);
DDI(ntoskrnl, "EXE-330", "wdm/nf-wdm-keinsertbykeydevicequeue") _IRQL_requires_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeInsertByKeyDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue, _Inout_ PKDEVICE_QUEUE_ENTRY DeviceQueueEntry, _In_ ULONG SortKey);
DDI(ntoskrnl, "EXE-330", "wdm/nf-wdm-keremovedevicequeue") _IRQL_requires_(DISPATCH_LEVEL)
PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue);
DDI(ntoskrnl, "EXE-330", "wdm/nf-wdm-keremovebykeydevicequeue") _IRQL_requires_(DISPATCH_LEVEL)
PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveByKeyDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue, _In_ ULONG SortKey);
DDI(ntoskrnl, "EXE-330", "wdm/nf-wdm-keremoveentrydevicequeue") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeRemoveEntryDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue, _Inout_ PKDEVICE_QUEUE_ENTRY DeviceQueueEntry);
DDI(ntoskrnl, "EXE-330", "ntifs/nf-ntifs-iostartpacket") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoStartPacket(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp, _In_opt_ PULONG Key, _In_opt_ PDRIVER_CANCEL CancelFunction);
DDI(ntoskrnl, "EXE-330", "ntifs/nf-ntifs-iostartnextpacket") _IRQL_requires_(DISPATCH_LEVEL)
VOID NTAPI IoStartNextPacket(_In_ PDEVICE_OBJECT DeviceObject, _In_ BOOLEAN Cancelable);
DDI_MACRO(IoRequestDpc, "EXE-332", "wdm/nf-wdm-iorequestdpc")
#define IoRequestDpc(DeviceObject, Irp, Context) KeInsertQueueDpc(&(DeviceObject)->Dpc, (Irp), (Context))

#endif
