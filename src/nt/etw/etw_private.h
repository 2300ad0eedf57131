/* Shared inside src/nt/etw. Lock order: providers.lock, then ring's lock; no guest is called under either. */
#ifndef WK_ETW_PRIVATE_H
#define WK_ETW_PRIVATE_H

#include "wdm.h"
#include "nt/etw/etw.h"

struct etw_provider {
    GUID id;
    PETWENABLECALLBACK callback;
    PVOID context;
    ULONG64 owner;      /* code address that registered it */
    ULONG generation;   /* 0: free; part of the handle */
    ULONG callbacks;    /* running now */
    BOOLEAN enabled;    /* by a callback or by EtwRegister; under the lock */
    char name[64];      /* from the traits, else empty */
};

/* NULL when the handle is not of a registered provider. */
struct etw_provider *etw_provider_of(REGHANDLE handle);
BOOLEAN etw_wants(UCHAR level, ULONGLONG keyword);
BOOLEAN etw_is_on(void);

/* Keeps the event in the ring and returns its number. Any IRQL. */
void etw_keep(LPCGUID provider, PCEVENT_DESCRIPTOR event, ULONG count, const EVENT_DATA_DESCRIPTOR *data);
/* Prints it as one line through the debug sink: decoded when it carries TraceLogging metadata, else its size. */
void etw_print(const struct etw_provider *provider, PCEVENT_DESCRIPTOR event, ULONG count, const EVENT_DATA_DESCRIPTOR *data);

#endif
