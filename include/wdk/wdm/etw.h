/* Event tracing (EXE-575..579, EXE-581). */
#ifndef _WK_WDM_ETW_H
#define _WK_WDM_ETW_H

#include "base.h"
#include "../evntprov.h"

WK_EXTERN_C_BEGIN

/* Called when a session starts or stops tracing the provider, and from EtwRegister when one already traces it. */
DDI_CALLBACK("EXE-575", "wdm/nc-wdm-etwenablecallback") _IRQL_requires_max_(PASSIVE_LEVEL)
typedef VOID(NTAPI ETWENABLECALLBACK)(_In_ LPCGUID SourceId, _In_ ULONG ControlCode, _In_ UCHAR Level, _In_ ULONGLONG MatchAnyKeyword,
                                      _In_ ULONGLONG MatchAllKeyword, _In_opt_ PEVENT_FILTER_DESCRIPTOR FilterData, _Inout_opt_ PVOID CallbackContext);
typedef ETWENABLECALLBACK *PETWENABLECALLBACK;

DDI(ntoskrnl, "EXE-575", "wdm/nf-wdm-etwregister") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI EtwRegister(_In_ LPCGUID ProviderId, _In_opt_ PETWENABLECALLBACK EnableCallback, _In_opt_ PVOID CallbackContext, _Out_ PREGHANDLE RegHandle);
DDI(ntoskrnl, "EXE-575", "wdm/nf-wdm-etwunregister") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI EtwUnregister(_In_ REGHANDLE RegHandle);
DDI(ntoskrnl, "EXE-577", "wdm/nf-wdm-etwsetinformation") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI EtwSetInformation(_In_ REGHANDLE RegHandle, _In_ EVENT_INFO_CLASS InformationClass, _In_opt_ PVOID EventInformation, _In_ ULONG InformationLength);
DDI(ntoskrnl, "EXE-576 EXE-796", "wdm/nf-wdm-etwwrite")
NTSTATUS NTAPI EtwWrite(_In_ REGHANDLE RegHandle, _In_ PCEVENT_DESCRIPTOR EventDescriptor, _In_opt_ LPCGUID ActivityId, _In_ ULONG UserDataCount, _In_opt_ PEVENT_DATA_DESCRIPTOR UserData);
DDI(ntoskrnl, "EXE-576 EXE-796", "wdm/nf-wdm-etwwritetransfer")
NTSTATUS NTAPI EtwWriteTransfer(_In_ REGHANDLE RegHandle, _In_ PCEVENT_DESCRIPTOR EventDescriptor, _In_opt_ LPCGUID ActivityId, _In_opt_ LPCGUID RelatedActivityId, _In_ ULONG UserDataCount, _In_opt_ PEVENT_DATA_DESCRIPTOR UserData);
DDI(ntoskrnl, "EXE-576 EXE-796", "wdm/nf-wdm-etwwriteex")
NTSTATUS NTAPI EtwWriteEx(_In_ REGHANDLE RegHandle, _In_ PCEVENT_DESCRIPTOR EventDescriptor, _In_ ULONG64 Filter, _In_ ULONG Flags, _In_opt_ LPCGUID ActivityId, _In_opt_ LPCGUID RelatedActivityId, _In_ ULONG UserDataCount, _In_opt_ PEVENT_DATA_DESCRIPTOR UserData);
DDI(ntoskrnl, "EXE-576", "wdm/nf-wdm-etwwritestring")
NTSTATUS NTAPI EtwWriteString(_In_ REGHANDLE RegHandle, _In_ UCHAR Level, _In_ ULONGLONG Keyword, _In_opt_ LPCGUID ActivityId, _In_z_ PCWSTR String);
DDI(ntoskrnl, "EXE-576", "wdm/nf-wdm-etweventenabled")
BOOLEAN NTAPI EtwEventEnabled(_In_ REGHANDLE RegHandle, _In_ PCEVENT_DESCRIPTOR EventDescriptor);
DDI(ntoskrnl, "EXE-576", "wdm/nf-wdm-etwproviderenabled")
BOOLEAN NTAPI EtwProviderEnabled(_In_ REGHANDLE RegHandle, _In_ UCHAR Level, _In_ ULONGLONG Keyword);
DDI(ntoskrnl, "EXE-576", "wdm/nf-wdm-etwactivityidcontrol")
NTSTATUS NTAPI EtwActivityIdControl(_In_ ULONG ControlCode, _Inout_ LPGUID ActivityId);

#define WMI_TRACING_CODE
typedef ULONG64 TRACEHANDLE, *PTRACEHANDLE;
typedef enum _TRACE_INFORMATION_CLASS {
    TraceIdClass,
    TraceHandleClass,
    TraceEnableFlagsClass,
    TraceEnableLevelClass,
    GlobalLoggerHandleClass,
    EventLoggerHandleClass,
    AllLoggerHandlesClass,
    TraceHandleByNameClass,
    LoggerEventsLostClass,
    TraceSessionSettingsClass,
    LoggerEventsLoggedClass,
    DiskIoNotifyRoutinesClass,
    MaxTraceInformationClass
} TRACE_INFORMATION_CLASS;
#define TRACE_MESSAGE_SEQUENCE    1
#define TRACE_MESSAGE_GUID        2
#define TRACE_MESSAGE_COMPONENTID 4
#define TRACE_MESSAGE_TIMESTAMP   8
#define TRACE_MESSAGE_PERFORMANCE_TIMESTAMP 16
#define TRACE_MESSAGE_SYSTEMINFO  32

/* Pairs of pointer and size_t, ended by a NULL pointer. */
DDI(ntoskrnl, "EXE-579 EXE-052", "wdm/nf-wdm-wmitracemessage")
NTSTATUS __cdecl WmiTraceMessage(_In_ TRACEHANDLE LoggerHandle, _In_ ULONG MessageFlags, _In_ LPCGUID MessageGuid, _In_ USHORT MessageNumber, ...);
DDI(ntoskrnl, "EXE-579 EXE-052", "wdm/nf-wdm-wmitracemessageva")
NTSTATUS NTAPI WmiTraceMessageVa(_In_ TRACEHANDLE LoggerHandle, _In_ ULONG MessageFlags, _In_ LPCGUID MessageGuid, _In_ USHORT MessageNumber, _In_ WK_VA_LIST MessageArgList);
DDI(ntoskrnl, "EXE-581", "wdm/nf-wdm-wmiquerytraceinformation") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI WmiQueryTraceInformation(_In_ TRACE_INFORMATION_CLASS TraceInformationClass, _Out_ PVOID TraceInformation, _In_ ULONG TraceInformationLength, _Out_opt_ PULONG RequiredLength, _In_opt_ PVOID Buffer);

WK_EXTERN_C_END

#endif
