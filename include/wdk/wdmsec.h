/* Devices with a security descriptor (EXE-301, EXE-423, EXE-615). The library wdmsec.lib is code that is linked into the driver. */
#ifndef _WDMSEC_H_
#define _WDMSEC_H_

#include "wdm.h"

WK_EXTERN_C_BEGIN

DDI_MACRO(IoCreateDeviceSecure, "EXE-301 EXE-615", "wdmsec/nf-wdmsec-wdmlibiocreatedevicesecure")
#define IoCreateDeviceSecure WdmlibIoCreateDeviceSecure

/* DefaultSDDLString: O:, G:, D: and S: with the entries A, D, AU and ML. Of the registry key that DeviceClassGuid names nothing is read. */
_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(_In_ PDRIVER_OBJECT DriverObject, _In_ ULONG DeviceExtensionSize, _In_opt_ PUNICODE_STRING DeviceName,
                                          _In_ DEVICE_TYPE DeviceType, _In_ ULONG DeviceCharacteristics, _In_ BOOLEAN Exclusive,
                                          _In_ PCUNICODE_STRING DefaultSDDLString, _In_opt_ LPCGUID DeviceClassGuid, _Out_ PDEVICE_OBJECT *DeviceObject);

extern const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY;
#define SDDL_DEVOBJ_INF_SUPPLIED SDDL_DEVOBJ_KERNEL_ONLY
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_ALL;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RX;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX;

WK_EXTERN_C_END

#endif
