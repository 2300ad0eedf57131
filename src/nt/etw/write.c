/* Writing events (EXE-576, EXE-579). Any IRQL. While nothing traces, a write is a look at the handle and a count. */
#include "etw_private.h"
#include "sched/sched.h"

#define RING 512

static struct {
    struct sched_lock lock;
    uint64_t next; /* number of the next record */
    struct etw_record record[RING];
} ring = {.next = 1};
static uint64_t written;

uint64_t etw_written(void)
{
    return __atomic_load_n(&written, __ATOMIC_RELAXED);
}

void etw_keep(LPCGUID provider, PCEVENT_DESCRIPTOR event, ULONG count, const EVENT_DATA_DESCRIPTOR *data)
{
    struct etw_record record = {.time_100ns = sched_wall_100ns(), .id = event->Id, .level = event->Level, .channel = event->Channel,
                                .keyword = event->Keyword};

    /* Gathered before the lock is taken: the data is the guest's and may fault. */
    __builtin_memcpy(record.provider, provider, sizeof(record.provider));
    for (ULONG i = 0; i < count; i++) {
        ULONG room = record.bytes < sizeof(record.data) ? (ULONG)sizeof(record.data) - record.bytes : 0;

        __builtin_memcpy(record.data + (sizeof(record.data) - room), (const void *)data[i].Ptr, data[i].Size < room ? data[i].Size : room);
        record.bytes += data[i].Size;
    }
    sched_lock(&ring.lock);
    record.number = ring.next++;
    ring.record[record.number % RING] = record;
    sched_unlock(&ring.lock);
}

bool etw_read(uint64_t number, struct etw_record *out)
{
    sched_lock(&ring.lock);
    *out = ring.record[number % RING];
    sched_unlock(&ring.lock);
    return number && out->number == number;
}

NTSTATUS NTAPI EtwWriteEx(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor, ULONG64 Filter, ULONG Flags, LPCGUID ActivityId,
                          LPCGUID RelatedActivityId, ULONG UserDataCount, PEVENT_DATA_DESCRIPTOR UserData)
{
    struct etw_provider *provider = etw_provider_of(RegHandle);

    if (!provider)
        return STATUS_INVALID_HANDLE; /* EXE-796 */
    if (UserDataCount > MAX_EVENT_DATA_DESCRIPTORS)
        return STATUS_INVALID_PARAMETER;
    __atomic_add_fetch(&written, 1, __ATOMIC_RELAXED);
    if (!etw_wants(EventDescriptor->Level, EventDescriptor->Keyword))
        return STATUS_SUCCESS;
    etw_keep(&provider->id, EventDescriptor, UserDataCount, UserData);
    etw_print(provider, EventDescriptor, UserDataCount, UserData);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI EtwWrite(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor, LPCGUID ActivityId, ULONG UserDataCount, PEVENT_DATA_DESCRIPTOR UserData)
{
    return EtwWriteEx(RegHandle, EventDescriptor, 0, 0, ActivityId, NULL, UserDataCount, UserData);
}

NTSTATUS NTAPI EtwWriteTransfer(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor, LPCGUID ActivityId, LPCGUID RelatedActivityId,
                                ULONG UserDataCount, PEVENT_DATA_DESCRIPTOR UserData)
{
    return EtwWriteEx(RegHandle, EventDescriptor, 0, 0, ActivityId, RelatedActivityId, UserDataCount, UserData);
}

NTSTATUS NTAPI EtwWriteString(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword, LPCGUID ActivityId, PCWSTR String)
{
    EVENT_DESCRIPTOR event = {.Level = Level, .Keyword = Keyword};
    EVENT_DATA_DESCRIPTOR data;
    ULONG n = 0;

    if (!String)
        return STATUS_INVALID_PARAMETER;
    while (String[n])
        n++;
    EventDataDescCreate(&data, String, (n + 1) * (ULONG)sizeof(WCHAR));
    return EtwWriteEx(RegHandle, &event, 0, 0, ActivityId, NULL, 1, &data);
}

/* One activity per thread; in a DPC it is the interrupted thread's. */
static __thread GUID current_activity;

static GUID new_activity(void)
{
    static ULONG64 count;
    ULONG64 n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
    GUID id = {.Data1 = (ULONG)n, .Data2 = (USHORT)(n >> 32), .Data3 = 0x4000, .Data4 = {0x80, 0, 'w', 's', 'k', 'i', 't', 0}};

    return id;
}

NTSTATUS NTAPI EtwActivityIdControl(ULONG ControlCode, LPGUID ActivityId)
{
    GUID given, before = current_activity;

    if (!ActivityId)
        return STATUS_INVALID_PARAMETER;
    switch (ControlCode) {
    case EVENT_ACTIVITY_CTRL_GET_ID:
        *ActivityId = before;
        return STATUS_SUCCESS;
    case EVENT_ACTIVITY_CTRL_SET_ID:
        current_activity = *ActivityId;
        return STATUS_SUCCESS;
    case EVENT_ACTIVITY_CTRL_CREATE_ID:
        *ActivityId = new_activity();
        return STATUS_SUCCESS;
    case EVENT_ACTIVITY_CTRL_GET_SET_ID:
        given = *ActivityId;
        *ActivityId = before;
        current_activity = given;
        return STATUS_SUCCESS;
    case EVENT_ACTIVITY_CTRL_CREATE_SET_ID:
        *ActivityId = before;
        current_activity = new_activity();
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* WPP: a message number of a GUID, whose text is in the driver's symbols only; the raw record is kept. */
NTSTATUS NTAPI WmiTraceMessageVa(TRACEHANDLE LoggerHandle, ULONG MessageFlags, LPCGUID MessageGuid, USHORT MessageNumber, WK_VA_LIST MessageArgList)
{
    static const GUID no_guid;
    const ULONG64 *slot = (const ULONG64 *)MessageArgList;
    EVENT_DATA_DESCRIPTOR data[MAX_EVENT_DATA_DESCRIPTORS];
    EVENT_DESCRIPTOR event = {.Id = MessageNumber};
    ULONG count = 0;

    if (!LoggerHandle || LoggerHandle == ~0ULL)
        return STATUS_INVALID_HANDLE;
    for (; slot[0] && count < MAX_EVENT_DATA_DESCRIPTORS; slot += 2)
        EventDataDescCreate(&data[count++], (const void *)slot[0], (ULONG)slot[1]);
    __atomic_add_fetch(&written, 1, __ATOMIC_RELAXED);
    etw_keep(MessageFlags & TRACE_MESSAGE_GUID && MessageGuid ? MessageGuid : &no_guid, &event, count, data);
    return STATUS_SUCCESS;
}

/* The page's prototype ends in a USHORT before the dots; both compilers find the next slot all the same. */
#pragma GCC diagnostic ignored "-Wvarargs"
NTSTATUS NTAPI WmiTraceMessage(TRACEHANDLE LoggerHandle, ULONG MessageFlags, LPCGUID MessageGuid, USHORT MessageNumber, ...)
{
    __builtin_ms_va_list args;
    NTSTATUS status;

    __builtin_ms_va_start(args, MessageNumber);
    status = WmiTraceMessageVa(LoggerHandle, MessageFlags, MessageGuid, MessageNumber, args);
    __builtin_ms_va_end(args);
    return status;
}

/* The session's handle, level and flags, while it runs; EXE-581. */
NTSTATUS NTAPI WmiQueryTraceInformation(TRACE_INFORMATION_CLASS TraceInformationClass, PVOID TraceInformation, ULONG TraceInformationLength,
                                        PULONG RequiredLength, PVOID Buffer)
{
    ULONG need = TraceInformationClass == TraceHandleClass ? sizeof(TRACEHANDLE) : sizeof(ULONG);

    if (TraceInformationClass != TraceHandleClass && TraceInformationClass != TraceEnableFlagsClass && TraceInformationClass != TraceEnableLevelClass)
        return STATUS_INVALID_INFO_CLASS;
    if (RequiredLength)
        *RequiredLength = need;
    if (TraceInformationLength != need)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!TraceInformation)
        return STATUS_INVALID_PARAMETER;
    if (!etw_is_on())
        return STATUS_INVALID_HANDLE;
    if (TraceInformationClass == TraceHandleClass)
        *(TRACEHANDLE *)TraceInformation = 1;
    else
        *(ULONG *)TraceInformation = TraceInformationClass == TraceEnableLevelClass ? 0xff : MAXULONG;
    return STATUS_SUCCESS;
}
