/* Providers and the session (EXE-575, EXE-577). A handle is slot and generation, so that a stale one is found. Enable callbacks run without
 * the lock; EtwUnregister waits for those that run. */
#include "etw_private.h"
#include "ddi/guest.h"
#include "sched/sched.h"

#define SLOTS 512

static struct {
    struct sched_lock lock;
    ULONG generation;
    struct etw_provider slot[SLOTS];
} providers;

static struct {
    BOOLEAN on;
    UCHAR level;
    ULONGLONG keywords;
} session;

struct etw_provider *etw_provider_of(REGHANDLE handle)
{
    ULONG index = (ULONG)handle & 0xffff, generation = (ULONG)(handle >> 16);

    if (!index || index > SLOTS || !generation)
        return NULL;
    return __atomic_load_n(&providers.slot[index - 1].generation, __ATOMIC_ACQUIRE) == generation ? &providers.slot[index - 1] : NULL;
}

BOOLEAN etw_is_on(void)
{
    return __atomic_load_n(&session.on, __ATOMIC_ACQUIRE);
}

/* EXE-576: level 0 and keyword 0 are always wanted. */
BOOLEAN etw_wants(UCHAR level, ULONGLONG keyword)
{
    if (!etw_is_on())
        return FALSE;
    return (!level || !session.level || level <= session.level) && (!keyword || !session.keywords || keyword & session.keywords);
}

/* Tells the provider what the session wants, when it does not know yet. */
static void notify(struct etw_provider *provider)
{
    static const GUID nobody;
    PETWENABLECALLBACK callback = NULL;
    PVOID context = NULL;
    BOOLEAN on = etw_is_on();

    sched_lock(&providers.lock);
    if (provider->generation && provider->enabled != on) {
        provider->enabled = on;
        callback = provider->callback;
        context = provider->context;
        provider->callbacks++;
    } else {
        provider = NULL;
    }
    sched_unlock(&providers.lock);
    if (!provider)
        return;
    if (callback)
        guest_call_void(ETWENABLECALLBACK, callback, &nobody, on ? EVENT_CONTROL_CODE_ENABLE_PROVIDER : EVENT_CONTROL_CODE_DISABLE_PROVIDER,
                        on ? (session.level ? session.level : 0xff) : 0, on ? session.keywords : 0, 0, NULL, context);
    __atomic_sub_fetch(&provider->callbacks, 1, __ATOMIC_RELEASE);
}

NTSTATUS NTAPI EtwRegister(LPCGUID ProviderId, PETWENABLECALLBACK EnableCallback, PVOID CallbackContext, PREGHANDLE RegHandle)
{
    struct etw_provider *provider = NULL;
    GUID id;

    if (!ProviderId || !RegHandle)
        return STATUS_INVALID_PARAMETER;
    id = *ProviderId; /* the guest's memory is not touched under the lock */
    sched_lock(&providers.lock);
    for (ULONG i = 0; i < SLOTS && !provider; i++) {
        if (!providers.slot[i].generation)
            provider = &providers.slot[i];
    }
    if (provider) {
        providers.generation++;
        *provider = (struct etw_provider){.id = id, .callback = EnableCallback, .context = CallbackContext,
                                          
                                          .owner = EnableCallback ? (ULONG64)EnableCallback : (ULONG64)__builtin_return_address(0)};
        __atomic_store_n(&provider->generation, providers.generation, __ATOMIC_RELEASE);
    }
    sched_unlock(&providers.lock);
    if (!provider)
        return STATUS_NO_MEMORY;
    *RegHandle = (REGHANDLE)provider->generation << 16 | (ULONG64)(provider - providers.slot + 1);
    notify(provider);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI EtwUnregister(REGHANDLE RegHandle)
{
    struct etw_provider *provider = etw_provider_of(RegHandle);

    if (!provider)
        return STATUS_INVALID_HANDLE;
    sched_lock(&providers.lock);
    provider->callback = NULL;
    sched_unlock(&providers.lock);
    while (__atomic_load_n(&provider->callbacks, __ATOMIC_ACQUIRE))
        sched_yield_cpu();
    __atomic_store_n(&provider->generation, 0, __ATOMIC_RELEASE);
    return STATUS_SUCCESS;
}

/* Traits: size (2 bytes, of all), then the provider's name, UTF-8, terminated. */
static NTSTATUS set_traits(struct etw_provider *provider, const UCHAR *traits, ULONG bytes)
{
    ULONG i;

    if (!traits || bytes < 3 || (ULONG)(traits[0] | traits[1] << 8) != bytes)
        return STATUS_INVALID_PARAMETER;
    for (i = 0; i < sizeof(provider->name) - 1 && i + 2 < bytes && traits[i + 2]; i++)
        provider->name[i] = (char)traits[i + 2];
    provider->name[i] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI EtwSetInformation(REGHANDLE RegHandle, EVENT_INFO_CLASS InformationClass, PVOID EventInformation, ULONG InformationLength)
{
    struct etw_provider *provider = etw_provider_of(RegHandle);

    if (!provider)
        return STATUS_INVALID_HANDLE;
    switch (InformationClass) {
    case EventProviderSetTraits:
        return set_traits(provider, EventInformation, InformationLength);
    case EventProviderUseDescriptorType:
        return InformationLength == 1 && EventInformation ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    case EventProviderBinaryTrackInfo:
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

BOOLEAN NTAPI EtwProviderEnabled(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword)
{
    return etw_provider_of(RegHandle) && etw_wants(Level, Keyword);
}

BOOLEAN NTAPI EtwEventEnabled(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor)
{
    return etw_is_on() && EtwProviderEnabled(RegHandle, EventDescriptor->Level, EventDescriptor->Keyword);
}

void etw_trace(bool on, uint8_t level, uint64_t keywords)
{
    session.level = level;
    session.keywords = keywords;
    __atomic_store_n(&session.on, on, __ATOMIC_RELEASE);
    for (ULONG i = 0; i < SLOTS; i++)
        notify(&providers.slot[i]);
}

unsigned etw_registrations_of(uint64_t base, size_t bytes)
{
    unsigned count = 0;

    sched_lock(&providers.lock);
    for (ULONG i = 0; i < SLOTS; i++)
        count += providers.slot[i].generation && providers.slot[i].owner - base < bytes;
    sched_unlock(&providers.lock);
    return count;
}
