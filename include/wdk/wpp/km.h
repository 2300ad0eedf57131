/* WPP software tracing, the part that is the same for every driver (BLD-075, BLD-076). The .tmh that `wskit build` makes of a
 * source includes this after the driver has defined WPP_CONTROL_GUIDS. Everything is in the driver: the kernel's routines are
 * looked up, so that a system without them runs the driver with its traces off. */
#ifndef WPP_CONTROL_GUIDS
#error "define WPP_CONTROL_GUIDS before the .tmh is included"
#endif
#ifndef _WK_WPP_KM_H
#define _WK_WPP_KM_H

#include "../wdm.h"

WK_EXTERN_C_BEGIN

#ifndef TRACE_LEVEL_NONE
#define TRACE_LEVEL_NONE        0
#define TRACE_LEVEL_CRITICAL    1
#define TRACE_LEVEL_FATAL       1
#define TRACE_LEVEL_ERROR       2
#define TRACE_LEVEL_WARNING     3
#define TRACE_LEVEL_INFORMATION 4
#define TRACE_LEVEL_VERBOSE     5
#define TRACE_LEVEL_RESERVED6   6
#define TRACE_LEVEL_RESERVED7   7
#define TRACE_LEVEL_RESERVED8   8
#define TRACE_LEVEL_RESERVED9   9
#endif

#define WPP_CAT(a, b)  WPP_CAT2(a, b)
#define WPP_CAT2(a, b) a##b

/* WPP_CONTROL_GUIDS once for each thing that is made of it. */
#define WPP_DEFINE_CONTROL_GUID(name, guid, bits) WPP_CTL_##name,
#define WPP_DEFINE_BIT(name)
enum WPP_CTL_NUMBERS { WPP_CONTROL_GUIDS WPP_LAST_CTL };
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT

#define WPP_DEFINE_CONTROL_GUID(name, guid, bits) WPP_BEFORE_##name = WPP_CTL_##name * 32 - 1, bits WPP_AFTER_##name, \
    WPP_COUNT_##name = WPP_AFTER_##name - WPP_BEFORE_##name - 1,
#define WPP_DEFINE_BIT(name) WPP_BIT_##name,
enum WPP_BIT_NUMBERS { WPP_CONTROL_GUIDS WPP_LAST_BIT };
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT

#define WPP_DEFINE_BIT(name)
#define WPP_DEFINE_CONTROL_GUID(name, guid, bits) C_ASSERT(WPP_COUNT_##name <= 31); /* flags of one control GUID */
WPP_CONTROL_GUIDS
#undef WPP_DEFINE_CONTROL_GUID

#define WPP_GUID_BYTE(n, shift) (UCHAR)((0x##n##ULL >> (shift)) & 0xff)
#define WPP_GUID_VALUE(a, b, c, d, e) {0x##a, 0x##b, 0x##c, {WPP_GUID_BYTE(d, 8), WPP_GUID_BYTE(d, 0), WPP_GUID_BYTE(e, 40), WPP_GUID_BYTE(e, 32), \
    WPP_GUID_BYTE(e, 24), WPP_GUID_BYTE(e, 16), WPP_GUID_BYTE(e, 8), WPP_GUID_BYTE(e, 0)}}
#define WPP_DEFINE_CONTROL_GUID(name, guid, bits) WPP_GUID_VALUE guid,
__declspec(selectany) extern const GUID WPP_CONTROL_GUID_TABLE[] = {WPP_CONTROL_GUIDS};
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT

/* Written by the session's start and stop, read at each trace: an off trace costs one test. */
typedef struct _WPP_TRACE_CONTROL {
    TRACEHANDLE Logger;
    UCHAR Level;
    ULONG Flags[1];
} WPP_TRACE_CONTROL;
typedef struct _WPP_CONTROL_BLOCK {
    WPP_TRACE_CONTROL Control;
} WPP_CONTROL_BLOCK;
__declspec(selectany) extern WPP_CONTROL_BLOCK WPP_CB[WPP_LAST_CTL] = {{{0, 0, {0}}}};

#define WPP_CTRL_NO(bit) ((bit) / 32)
#define WPP_MASK(bit)    (1u << ((bit) & 31))
#define WPP_CONTROL(bit) (WPP_CB[WPP_CTRL_NO(bit)].Control)
#ifndef WPP_CHECK_INIT
#define WPP_CHECK_INIT
#endif
#ifndef WPP_LEVEL_ENABLED
#define WPP_LEVEL_ENABLED(flag) (WPP_CONTROL(WPP_BIT_##flag).Flags[0] & WPP_MASK(WPP_BIT_##flag))
#endif
#ifndef WPP_LEVEL_LOGGER
#define WPP_LEVEL_LOGGER(flag) (WPP_CONTROL(WPP_BIT_##flag).Logger),
#endif
#ifndef WPP_FLAG_ENABLED
#define WPP_FLAG_ENABLED(flag) WPP_LEVEL_ENABLED(flag)
#endif
#ifndef WPP_FLAG_LOGGER
#define WPP_FLAG_LOGGER(flag) WPP_LEVEL_LOGGER(flag)
#endif
#ifndef WPP_FLAGS_ENABLED
#define WPP_FLAGS_ENABLED(flag) WPP_LEVEL_ENABLED(flag)
#endif
#ifndef WPP_FLAGS_LOGGER
#define WPP_FLAGS_LOGGER(flag) WPP_LEVEL_LOGGER(flag)
#endif
#ifndef WPP_TRACELEVEL_ENABLED
#define WPP_TRACELEVEL_ENABLED(level) (WPP_CB[0].Control.Level >= (level))
#endif
#ifndef WPP_TRACELEVEL_LOGGER
#define WPP_TRACELEVEL_LOGGER(level) (WPP_CB[0].Control.Logger),
#endif

/* ---- arguments: an address and a size each (BLD-079, BLD-080) ---- */
#define WPP_LOGPAIR(size, address)  (address), (SIZE_T)(size),
#define WPP_LOGTYPEVAL(type, value) WPP_LOGPAIR(sizeof(type), &(value))
#define WPP_LOGTYPEPTR(value)       WPP_LOGPAIR(sizeof(*(value)), (value))
#define WPP_LOGPGUID(value)         WPP_LOGPAIR(sizeof(GUID), (value))
#define WPP_LOGASTR(s) WPP_LOGPAIR(WppTextBytes(s), (s) ? (s) : "NULL")
#define WPP_LOGWSTR(s) WPP_LOGPAIR(WppWideTextBytes(s), !(s) ? L"NULL" : *(s) ? (s) : L"<NULL>")
#define WPP_LOGPCSTR(s) WPP_LOGPAIR(sizeof(USHORT), (s) ? &(s)->Length : &WppNoText) WPP_LOGPAIR((s) ? (s)->Length : 0, (s) ? (const void *)(s)->Buffer : &WppNoText)
#define WPP_LOGPUSTR(s) WPP_LOGPCSTR(s)
#define WPP_LOGPSID(s)  WPP_LOGPAIR((s) ? 8 + 4 * ((const UCHAR *)(s))[1] : 0, (s) ? (const void *)(s) : &WppNoText)

__declspec(selectany) extern const USHORT WppNoText = 0;

static __inline SIZE_T WppTextBytes(const char *s)
{
    SIZE_T n = 0;

    while (s && s[n])
        n++;
    return s ? n + 1 : sizeof("NULL");
}

static __inline SIZE_T WppWideTextBytes(const WCHAR *s)
{
    SIZE_T n = 0;

    while (s && s[n])
        n++;
    return !s ? sizeof(L"NULL") : n == 0 ? sizeof(L"<NULL>") : (n + 1) * sizeof(WCHAR);
}

/* ---- the kernel's side (BLD-084) ---- */
typedef NTSTATUS(__cdecl *WPP_TRACE_MESSAGE)(TRACEHANDLE, ULONG, LPCGUID, USHORT, ...);
typedef NTSTATUS(NTAPI *WPP_QUERY_TRACE)(TRACE_INFORMATION_CLASS, PVOID, ULONG, PULONG, PVOID);
typedef NTSTATUS(NTAPI *WPP_REGISTER)(PVOID, ULONG);
__declspec(selectany) extern WPP_TRACE_MESSAGE WppTraceMessage = NULL;
__declspec(selectany) extern WPP_QUERY_TRACE WppQueryTrace = NULL;
__declspec(selectany) extern WPP_REGISTER WppRegister = NULL;
#ifndef WPP_TRACE
#define WPP_TRACE WppTraceMessage
#endif
#define WPP_TRACE_OPTIONS (TRACE_MESSAGE_SEQUENCE | TRACE_MESSAGE_GUID | TRACE_MESSAGE_TIMESTAMP | TRACE_MESSAGE_SYSTEMINFO)

/* WNODE_HEADER and WMIREGINFO as far as they are needed; wmistr.h need not be there. */
typedef struct _WPP_WNODE {
    ULONG BufferSize, ProviderId;
    ULONG64 Session;
    LARGE_INTEGER TimeStamp;
    GUID Guid;
    ULONG ClientContext, Flags;
} WPP_WNODE;
typedef struct _WPP_REGISTERED {
    GUID Guid;
    ULONG Flags, InstanceCount;
    ULONG64 Info;
} WPP_REGISTERED;
typedef struct _WPP_REGINFO {
    ULONG BufferSize, NextWmiRegInfo, RegistryPath, MofResourceName, GuidCount;
    WPP_REGISTERED Guids[WPP_LAST_CTL];
} WPP_REGINFO;

static __inline NTSTATUS WppDescribe(ULONG room, PVOID buffer, PULONG used)
{
    WPP_REGINFO *info = (WPP_REGINFO *)buffer;
    ULONG i;

    if (room < sizeof(*info)) {
        if (room >= sizeof(ULONG))
            *(ULONG *)buffer = sizeof(*info);
        *used = sizeof(ULONG);
        return STATUS_BUFFER_TOO_SMALL;
    }
    RtlZeroMemory(info, sizeof(*info));
    info->BufferSize = sizeof(*info);
    info->GuidCount = WPP_LAST_CTL;
    for (i = 0; i < WPP_LAST_CTL; i++) {
        info->Guids[i].Guid = WPP_CONTROL_GUID_TABLE[i];
        info->Guids[i].Flags = 0x00081000; /* WMIREG_FLAG_TRACED_GUID | WMIREG_FLAG_TRACE_CONTROL_GUID */
    }
    *used = sizeof(*info);
    return STATUS_SUCCESS;
}

/* The WMI callback form: REGINFO asks what is there, ENABLE_EVENTS and DISABLE_EVENTS tell of a session. */
static __inline NTSTATUS NTAPI WppSessionChange(UCHAR minor, PVOID path, ULONG length, PVOID buffer, PVOID context, PULONG used)
{
    WPP_WNODE *node = (WPP_WNODE *)buffer;
    ULONG i, flags = 0, level = 0, got;

    UNREFERENCED_PARAMETER(path);
    UNREFERENCED_PARAMETER(context);
    *used = 0;
    if (minor == IRP_MN_REGINFO)
        return WppDescribe(length, buffer, used);
    if (minor != IRP_MN_ENABLE_EVENTS && minor != IRP_MN_DISABLE_EVENTS)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (length < sizeof(*node))
        return STATUS_INVALID_PARAMETER;
    for (i = 0; i < WPP_LAST_CTL; i++) {
        WPP_TRACE_CONTROL *control = &WPP_CB[i].Control;

        if (!RtlEqualMemory(&WPP_CONTROL_GUID_TABLE[i], &node->Guid, sizeof(GUID)))
            continue;
        if (minor == IRP_MN_ENABLE_EVENTS && WppQueryTrace &&
            NT_SUCCESS(WppQueryTrace(TraceEnableFlagsClass, &flags, sizeof(flags), &got, node)) &&
            NT_SUCCESS(WppQueryTrace(TraceEnableLevelClass, &level, sizeof(level), &got, node))) {
            control->Logger = node->Session;
            control->Level = (UCHAR)level;
            control->Flags[0] = flags; /* last: the traces test it */
        } else {
            control->Flags[0] = 0;
            control->Level = 0;
        }
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_DEVICE_REQUEST;
}

static __inline PVOID WppFind(PCWSTR text)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, text);
    return MmGetSystemRoutineAddress(&name);
}

/* WPP_INIT_TRACING, at PASSIVE_LEVEL; the routine is the driver's key with the system for WPP_CLEANUP. */
static __inline void WppStart(void)
{
    WppQueryTrace = (WPP_QUERY_TRACE)WppFind(L"WmiQueryTraceInformation");
    WppRegister = (WPP_REGISTER)WppFind(L"IoWMIRegistrationControl");
    WppTraceMessage = (WPP_TRACE_MESSAGE)WppFind(L"WmiTraceMessage");
    if (WppTraceMessage && WppRegister)
        WppRegister((PVOID)(ULONG_PTR)WppSessionChange, 0x80000001); /* WMIREG_ACTION_REGISTER | WMIREG_FLAG_CALLBACK */
}

static __inline void WppStop(void)
{
    ULONG i;

    if (WppTraceMessage && WppRegister)
        WppRegister((PVOID)(ULONG_PTR)WppSessionChange, 0x80000002); /* WMIREG_ACTION_DEREGISTER; none of it runs when this returns */
    WppRegister = NULL;
    for (i = 0; i < WPP_LAST_CTL; i++)
        WPP_CB[i].Control.Flags[0] = 0;
}

#define WPP_INIT_TRACING(driver, path) ((void)(driver), (void)(path), WppStart())
#define WPP_CLEANUP(driver)            ((void)(driver), WppStop())
#define WPP_SYSTEMCONTROL(driver)      ((void)(driver))
#define WPP_SYSTEMCONTROL2(driver, offset) ((void)(driver), (void)(offset))

WK_EXTERN_C_END

#endif
