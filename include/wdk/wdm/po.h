/* Power as drivers meet it (EXE-343, EXE-344). PoCallDriver is in io_irp.h. */
#ifndef _WK_WDM_PO_H
#define _WK_WDM_PO_H

#include "base.h"
#include "io.h"

WK_EXTERN_C_BEGIN

#define IRP_MN_WAIT_WAKE      0x00
#define IRP_MN_POWER_SEQUENCE 0x01
#define IRP_MN_SET_POWER      0x02
#define IRP_MN_QUERY_POWER    0x03

/* Argument1 of \Callback\PowerState (EXE-345); Argument2 FALSE: the system is about to leave S0, TRUE: it is there again. */
#define PO_CB_SYSTEM_STATE_LOCK 3

DDI_CALLBACK("EXE-344", "wdm/nc-wdm-request_power_complete") _IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI REQUEST_POWER_COMPLETE)(_In_ PDEVICE_OBJECT DeviceObject, _In_ UCHAR MinorFunction, _In_ POWER_STATE PowerState, _In_opt_ PVOID Context,
                                           _In_ PIO_STATUS_BLOCK IoStatus);
typedef REQUEST_POWER_COMPLETE *PREQUEST_POWER_COMPLETE;
DDI(ntoskrnl, "EXE-344", "wdm/nf-wdm-porequestpowerirp") _IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI PoRequestPowerIrp(_In_ PDEVICE_OBJECT DeviceObject, _In_ UCHAR MinorFunction, _In_ POWER_STATE PowerState,
                                 _In_opt_ PREQUEST_POWER_COMPLETE CompletionFunction, _In_opt_ PVOID Context, _Outptr_opt_ PIRP *Irp);
DDI(ntoskrnl, "EXE-344", "ntifs/nf-ntifs-postartnextpowerirp") _IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI PoStartNextPowerIrp(_Inout_ PIRP Irp);
DDI(ntoskrnl, "EXE-344", "ntifs/nf-ntifs-posetpowerstate") _IRQL_requires_max_(DISPATCH_LEVEL)
POWER_STATE NTAPI PoSetPowerState(_In_ PDEVICE_OBJECT DeviceObject, _In_ POWER_STATE_TYPE Type, _In_ POWER_STATE State);

WK_EXTERN_C_END

#endif
