/* Device and file objects, part of io.h: made, attached, opened. */
#ifndef _WK_WDM_IO_DEVICE_H
#define _WK_WDM_IO_DEVICE_H

#define FILE_READ_DATA        0x0001
#define FILE_LIST_DIRECTORY   0x0001
#define FILE_WRITE_DATA       0x0002
#define FILE_ADD_FILE         0x0002
#define FILE_APPEND_DATA      0x0004
#define FILE_ADD_SUBDIRECTORY 0x0004
#define FILE_READ_EA          0x0008
#define FILE_WRITE_EA         0x0010
#define FILE_EXECUTE          0x0020
#define FILE_TRAVERSE         0x0020
#define FILE_DELETE_CHILD     0x0040
#define FILE_READ_ATTRIBUTES  0x0080
#define FILE_WRITE_ATTRIBUTES 0x0100
#define FILE_ALL_ACCESS       (0x000F0000L | 0x00100000L | 0x1FF)
#define FILE_GENERIC_READ     (0x00020000L | FILE_READ_DATA | FILE_READ_ATTRIBUTES | FILE_READ_EA | 0x00100000L)
#define FILE_GENERIC_WRITE    (0x00020000L | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES | FILE_WRITE_EA | FILE_APPEND_DATA | 0x00100000L)
#define FILE_GENERIC_EXECUTE  (0x00020000L | FILE_READ_ATTRIBUTES | FILE_EXECUTE | 0x00100000L)
#define FILE_SHARE_READ       0x00000001
#define FILE_SHARE_WRITE      0x00000002
#define FILE_SHARE_DELETE     0x00000004
#define FILE_SHARE_VALID_FLAGS 0x00000007
#define FILE_SUPERSEDE        0x00000000
#define FILE_OPEN             0x00000001
#define FILE_CREATE           0x00000002
#define FILE_OPEN_IF          0x00000003
#define FILE_OVERWRITE        0x00000004
#define FILE_OVERWRITE_IF     0x00000005
#define FILE_MAXIMUM_DISPOSITION 0x00000005
#define FILE_DIRECTORY_FILE            0x00000001
#define FILE_WRITE_THROUGH             0x00000002
#define FILE_SEQUENTIAL_ONLY           0x00000004
#define FILE_NO_INTERMEDIATE_BUFFERING 0x00000008
#define FILE_SYNCHRONOUS_IO_ALERT      0x00000010
#define FILE_SYNCHRONOUS_IO_NONALERT   0x00000020
#define FILE_NON_DIRECTORY_FILE        0x00000040
#define FILE_COMPLETE_IF_OPLOCKED      0x00000100
#define FILE_NO_EA_KNOWLEDGE           0x00000200
#define FILE_RANDOM_ACCESS             0x00000800
#define FILE_DELETE_ON_CLOSE           0x00001000
#define FILE_OPEN_BY_FILE_ID           0x00002000
#define FILE_OPEN_FOR_BACKUP_INTENT    0x00004000
#define FILE_SUPERSEDED  0x00000000
#define FILE_OPENED      0x00000001
#define FILE_CREATED     0x00000002
#define FILE_OVERWRITTEN 0x00000003
#define FILE_EXISTS      0x00000004
#define FILE_DOES_NOT_EXIST 0x00000005
#define FILE_ATTRIBUTE_READONLY  0x00000001
#define FILE_ATTRIBUTE_HIDDEN    0x00000002
#define FILE_ATTRIBUTE_SYSTEM    0x00000004
#define FILE_ATTRIBUTE_DIRECTORY 0x00000010
#define FILE_ATTRIBUTE_NORMAL    0x00000080

#define MAXIMUM_VOLUME_LABEL_LENGTH (32 * sizeof(WCHAR))
struct _VPB { /* EXE-L83 */
    SHORT Type;
    SHORT Size;
    USHORT Flags;
    USHORT VolumeLabelLength;
    PDEVICE_OBJECT DeviceObject;
    PDEVICE_OBJECT RealDevice;
    ULONG SerialNumber;
    ULONG ReferenceCount;
    WCHAR VolumeLabel[MAXIMUM_VOLUME_LABEL_LENGTH / sizeof(WCHAR)];
};

/* ---- devices ---- */
DDI(ntoskrnl, "EXE-300", "wdm/nf-wdm-iocreatedevice") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI IoCreateDevice(_In_ PDRIVER_OBJECT DriverObject, _In_ ULONG DeviceExtensionSize, _In_opt_ PUNICODE_STRING DeviceName,
                              _In_ DEVICE_TYPE DeviceType, _In_ ULONG DeviceCharacteristics, _In_ BOOLEAN Exclusive, _Out_ PDEVICE_OBJECT *DeviceObject);
DDI(ntoskrnl, "EXE-302", "wdm/nf-wdm-iodeletedevice") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI IoDeleteDevice(_In_ PDEVICE_OBJECT DeviceObject);
DDI(ntoskrnl, "EXE-325", "wdm/nf-wdm-ioattachdevicetodevicestack") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PDEVICE_OBJECT NTAPI IoAttachDeviceToDeviceStack(_In_ PDEVICE_OBJECT SourceDevice, _In_ PDEVICE_OBJECT TargetDevice);
DDI(ntoskrnl, "EXE-325", "ntddk/nf-ntddk-ioattachdevicetodevicestacksafe") _IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI IoAttachDeviceToDeviceStackSafe(_In_ PDEVICE_OBJECT SourceDevice, _In_ PDEVICE_OBJECT TargetDevice, _Outptr_ PDEVICE_OBJECT *AttachedToDeviceObject);
DDI(ntoskrnl, "EXE-325", "wdm/nf-wdm-iodetachdevice") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoDetachDevice(_Inout_ PDEVICE_OBJECT TargetDevice);
DDI(ntoskrnl, "EXE-325", "ntifs/nf-ntifs-iogetattacheddevice") _IRQL_requires_max_(DISPATCH_LEVEL)
PDEVICE_OBJECT NTAPI IoGetAttachedDevice(_In_ PDEVICE_OBJECT DeviceObject);
DDI(ntoskrnl, "EXE-325", "wdm/nf-wdm-iogetattacheddevicereference") _IRQL_requires_max_(DISPATCH_LEVEL)
PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(_In_ PDEVICE_OBJECT DeviceObject);
DDI(ntoskrnl, "EXE-325", "ntifs/nf-ntifs-iogetlowerdeviceobject") _IRQL_requires_max_(DISPATCH_LEVEL)
PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(_In_ PDEVICE_OBJECT DeviceObject);
DDI(ntoskrnl, "EXE-325", "ntifs/nf-ntifs-iogetdeviceattachmentbaseref") _IRQL_requires_max_(DISPATCH_LEVEL)
PDEVICE_OBJECT NTAPI IoGetDeviceAttachmentBaseRef(_In_ PDEVICE_OBJECT DeviceObject);
DDI(ntoskrnl, "EXE-326", "wdm/nf-wdm-iogetdeviceobjectpointer") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI IoGetDeviceObjectPointer(_In_ PUNICODE_STRING ObjectName, _In_ ACCESS_MASK DesiredAccess, _Out_ PFILE_OBJECT *FileObject,
                                        _Out_ PDEVICE_OBJECT *DeviceObject);
DDI(ntoskrnl, "EXE-328", "wdm/nf-wdm-iogetrelateddeviceobject") _IRQL_requires_max_(DISPATCH_LEVEL)
PDEVICE_OBJECT NTAPI IoGetRelatedDeviceObject(_In_ PFILE_OBJECT FileObject);
DDI(ntoskrnl, "EXE-328", "ntddk/nf-ntddk-iogetfileobjectgenericmapping") PGENERIC_MAPPING NTAPI IoGetFileObjectGenericMapping(VOID);
DDI(ntoskrnl, "EXE-333", "wdm/nf-wdm-ioregistershutdownnotification") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI IoRegisterShutdownNotification(_In_ PDEVICE_OBJECT DeviceObject);
DDI(ntoskrnl, "EXE-333", "ntddk/nf-ntddk-ioregisterlastchanceshutdownnotification") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI IoRegisterLastChanceShutdownNotification(_In_ PDEVICE_OBJECT DeviceObject);
DDI(ntoskrnl, "EXE-333", "wdm/nf-wdm-iounregistershutdownnotification") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI IoUnregisterShutdownNotification(_In_ PDEVICE_OBJECT DeviceObject);

/* ---- drivers ---- */
DDI(ntoskrnl, "EXE-039", "wdm/nf-wdm-ioallocatedriverobjectextension") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI IoAllocateDriverObjectExtension(_In_ PDRIVER_OBJECT DriverObject, _In_ PVOID ClientIdentificationAddress,
                                               _In_ ULONG DriverObjectExtensionSize, _Out_ PVOID *DriverObjectExtension);
DDI(ntoskrnl, "EXE-039", "wdm/nf-wdm-iogetdriverobjectextension") _IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI IoGetDriverObjectExtension(_In_ PDRIVER_OBJECT DriverObject, _In_ PVOID ClientIdentificationAddress);
DDI(ntoskrnl, "EXE-034", "ntddk/nf-ntddk-ioregisterdriverreinitialization") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI IoRegisterDriverReinitialization(_In_ PDRIVER_OBJECT DriverObject, _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine, _In_opt_ PVOID Context);
DDI(ntoskrnl, "EXE-034", "ntddk/nf-ntddk-ioregisterbootdriverreinitialization") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI IoRegisterBootDriverReinitialization(_In_ PDRIVER_OBJECT DriverObject, _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine, _In_opt_ PVOID Context);


/* ---- sharing of a file (EXE-329) ---- */
typedef struct _SHARE_ACCESS { /* EXE-L95 */
    ULONG OpenCount;
    ULONG Readers;
    ULONG Writers;
    ULONG Deleters;
    ULONG SharedRead;
    ULONG SharedWrite;
    ULONG SharedDelete;
} SHARE_ACCESS, *PSHARE_ACCESS;
DDI(ntoskrnl, "EXE-329", "wdm/nf-wdm-iocheckshareaccess") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI IoCheckShareAccess(_In_ ACCESS_MASK DesiredAccess, _In_ ULONG DesiredShareAccess, _Inout_ PFILE_OBJECT FileObject,
                                  _Inout_ PSHARE_ACCESS ShareAccess, _In_ BOOLEAN Update);
DDI(ntoskrnl, "EXE-329", "wdm/nf-wdm-iosetshareaccess") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI IoSetShareAccess(_In_ ACCESS_MASK DesiredAccess, _In_ ULONG DesiredShareAccess, _Inout_ PFILE_OBJECT FileObject, _Out_ PSHARE_ACCESS ShareAccess);
DDI(ntoskrnl, "EXE-329", "wdm/nf-wdm-ioremoveshareaccess") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI IoRemoveShareAccess(_In_ PFILE_OBJECT FileObject, _Inout_ PSHARE_ACCESS ShareAccess);
DDI(ntoskrnl, "EXE-329", "wdm/nf-wdm-ioupdateshareaccess") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI IoUpdateShareAccess(_In_ PFILE_OBJECT FileObject, _Inout_ PSHARE_ACCESS ShareAccess);

#endif
