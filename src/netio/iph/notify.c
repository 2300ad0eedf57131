/* Notices of changes (IPH-064 .. IPH-083). Each registration has a watch and a system thread of its own: so its calls come in order and never
 * overlap, at PASSIVE_LEVEL, a slow one holds up nobody else, and what its own callback changes waits in the watch's queue (IPH-071).
 *
 * The watch's `readable` runs at DISPATCH_LEVEL and only sets `ready`; the thread reads, compares (notify_state.c) and calls. Lock: notices_lock,
 * for the list; nothing is called with it held. */
#include "netio/iph/notify_private.h"

#include "nt/io/io.h"
#include "nt/ke/ke.h"

static struct sched_lock notices_lock;
static LIST_ENTRY notices = {&notices, &notices};
static volatile LONG check_added;

static const char *function_of(const struct iph_notice *n)
{
    return n->table == NET_LINKS ? "NotifyIpInterfaceChange" : n->table == NET_ADDRESSES ? "NotifyUnicastIpAddressChange" : "NotifyRouteChange2";
}

void iph_deliver(struct iph_notice *n, const union iph_row *row, MIB_NOTIFICATION_TYPE type)
{
    if (n->silent || n->stopping)
        return;
    if (row && row != &n->scratch)
        n->scratch = *row;
    if (n->table == NET_LINKS)
        guest_call_void(IPINTERFACE_CHANGE_CALLBACK, (PIPINTERFACE_CHANGE_CALLBACK)n->callback, n->context, row ? &n->scratch.ip : NULL, type);
    else if (n->table == NET_ADDRESSES)
        guest_call_void(UNICAST_IPADDRESS_CHANGE_CALLBACK, (PUNICAST_IPADDRESS_CHANGE_CALLBACK)n->callback, n->context,
                        row ? &n->scratch.address : NULL, type);
    else
        guest_call_void(IPFORWARD_CHANGE_CALLBACK, (PIPFORWARD_CHANGE_CALLBACK)n->callback, n->context, row ? &n->scratch.route : NULL, type);
    __builtin_memset(&n->scratch, 0xA5, sizeof(n->scratch)); /* IPH-072, IPH-082: the row is the driver's during the call only */
    if (KeGetCurrentIrql() != PASSIVE_LEVEL) {
        guest_finding("IPH-071", "the callback of %s returned at IRQL %u; it was called at PASSIVE_LEVEL", function_of(n), KeGetCurrentIrql());
        KeLowerIrql(PASSIVE_LEVEL);
    }
}

static void on_readable(void *ctx)
{
    KeSetEvent(&((struct iph_notice *)ctx)->ready, IO_NO_INCREMENT, FALSE);
}

static void on_closed(void *ctx)
{
    KeSetEvent(&((struct iph_notice *)ctx)->closed, IO_NO_INCREMENT, FALSE);
}

static const struct net_events watch_events = {.readable = on_readable, .closed = on_closed};

static VOID NTAPI run(PVOID context)
{
    struct iph_notice *n = context;
    LARGE_INTEGER again = {.QuadPart = -1000000};
    bool lost = false;

    n->thread = ke_thread();
    ObfReferenceObject(n->thread); /* CancelMibChangeNotify2's */
    sched_lock(&notices_lock);
    InsertTailList(&notices, &n->entry);
    sched_unlock(&notices_lock);
    KeSetEvent(n->started, IO_NO_INCREMENT, FALSE);
    if (n->initial)
        iph_deliver(n, NULL, MibInitialNotification); /* IPH-070 */
    while (!n->stopping) {
        int err = net_watch_next(n->watch, iph_apply, n);

        /* IPH-074: what the watch still holds is older than what it lost. So that goes first, and then the table has the last word. */
        if (err == NET_AGAIN && lost)
            lost = !NT_SUCCESS(iph_resync(n));
        else if (err == NET_AGAIN)
            KeWaitForSingleObject(&n->ready, Executive, KernelMode, FALSE, NULL);
        else if (err != NET_OK)
            lost = true;
        if (lost && err != NET_LOST && err != NET_OK)
            KeWaitForSingleObject(&n->ready, Executive, KernelMode, FALSE, &again);
    }
}

static void end(struct iph_notice *n)
{
    if (n->watch) {
        net_close(n->watch, false);
        KeWaitForSingleObject(&n->closed, Executive, KernelMode, FALSE, NULL);
    }
    iph_forget(n);
    ExFreePoolWithTag(n, IPH_TAG);
}

/* Returns when the registration is on the list. From then on it may be cancelled, and gone: by its first callback's doing, before this returns. */
static NTSTATUS start_thread(struct iph_notice *n)
{
    OBJECT_ATTRIBUTES attributes;
    KEVENT started;
    HANDLE handle;
    NTSTATUS status;

    KeInitializeEvent(&started, NotificationEvent, FALSE);
    n->started = &started;
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL, run, n);
    if (!NT_SUCCESS(status))
        return status;
    KeWaitForSingleObject(&started, Executive, KernelMode, FALSE, NULL);
    ZwClose(handle);
    return STATUS_SUCCESS;
}

/* IPH-081: an image that goes while a callback of it is registered. */
static void check_unload(ULONG64 low, ULONG64 high)
{
    const char *function = NULL;
    ULONG64 callback = 0, handle = 0;

    sched_lock(&notices_lock);
    for (LIST_ENTRY *e = notices.Flink; e != &notices && !function; e = e->Flink) {
        struct iph_notice *n = CONTAINING_RECORD(e, struct iph_notice, entry);

        if ((ULONG64)n->callback >= low && (ULONG64)n->callback < high) {
            function = function_of(n);
            callback = (ULONG64)n->callback;
            handle = (ULONG64)n;
        }
    }
    sched_unlock(&notices_lock);
    if (function)
        guest_bugcheck(0xCE, callback, 0x10, callback, handle, "a driver is unloaded without CancelMibChangeNotify2 for its %s (handle 0x%llX)", function,
                       (unsigned long long)handle);
}

static NTSTATUS begin(struct iph_notice *n)
{
    NTSTATUS status;

    if (!InterlockedExchange(&check_added, 1))
        io_add_unload_check(check_unload);
    KeInitializeEvent(&n->ready, SynchronizationEvent, FALSE);
    KeInitializeEvent(&n->closed, NotificationEvent, FALSE);
    n->silent = true;
    status = iph_status(net_watch_open(n->table, n->family, &watch_events, n, &n->watch));
    if (NT_SUCCESS(status))
        status = iph_resync(n);
    n->silent = false;
    return NT_SUCCESS(status) ? start_thread(n) : status;
}

static NTSTATUS watch(enum net_table table, ADDRESS_FAMILY family, PVOID callback, PVOID context, BOOLEAN initial, HANDLE *handle)
{
    unsigned net_family;
    struct iph_notice *n;
    NTSTATUS status;

    if (handle)
        *handle = NULL;
    if (!handle || !callback || !iph_family(family, &net_family))
        return STATUS_INVALID_PARAMETER; /* IPH-077 */
    n = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*n), IPH_TAG);
    if (!n)
        return STATUS_NO_MEMORY;
    n->table = table;
    n->family = net_family;
    n->callback = callback;
    n->context = context;
    n->initial = initial;
    *handle = n; /* before the callback can run */
    status = begin(n);
    if (!NT_SUCCESS(status)) {
        *handle = NULL;
        end(n);
    }
    return status;
}

NTSTATUS NTAPI NotifyIpInterfaceChange(ADDRESS_FAMILY Family, PIPINTERFACE_CHANGE_CALLBACK Callback, PVOID CallerContext, BOOLEAN InitialNotification,
                                       HANDLE *NotificationHandle)
{
    if (iph_at_wrong_level("NotifyIpInterfaceChange"))
        return STATUS_INVALID_DEVICE_STATE;
    return watch(NET_LINKS, Family, (PVOID)Callback, CallerContext, InitialNotification, NotificationHandle);
}

NTSTATUS NTAPI NotifyUnicastIpAddressChange(ADDRESS_FAMILY Family, PUNICAST_IPADDRESS_CHANGE_CALLBACK Callback, PVOID CallerContext,
                                            BOOLEAN InitialNotification, HANDLE *NotificationHandle)
{
    if (iph_at_wrong_level("NotifyUnicastIpAddressChange"))
        return STATUS_INVALID_DEVICE_STATE;
    return watch(NET_ADDRESSES, Family, (PVOID)Callback, CallerContext, InitialNotification, NotificationHandle);
}

NTSTATUS NTAPI NotifyRouteChange2(ADDRESS_FAMILY AddressFamily, PIPFORWARD_CHANGE_CALLBACK Callback, PVOID CallerContext, BOOLEAN InitialNotification,
                                  HANDLE *NotificationHandle)
{
    if (iph_at_wrong_level("NotifyRouteChange2"))
        return STATUS_INVALID_DEVICE_STATE;
    return watch(NET_ROUTES, AddressFamily, (PVOID)Callback, CallerContext, InitialNotification, NotificationHandle);
}

/* ---- the end of one ---- */
/* Takes it off the list, once. NULL: it is none, or was cancelled. *own: the caller is its callback; it stays. */
static struct iph_notice *claim(HANDLE handle, bool *own)
{
    struct iph_notice *found = NULL;

    *own = false;
    sched_lock(&notices_lock);
    for (LIST_ENTRY *e = notices.Flink; e != &notices && !found; e = e->Flink) {
        if (CONTAINING_RECORD(e, struct iph_notice, entry) == handle)
            found = handle;
    }
    if (found) {
        *own = found->thread == ke_thread();
        if (!*own)
            RemoveEntryList(&found->entry);
    }
    sched_unlock(&notices_lock);
    return found;
}

NTSTATUS NTAPI CancelMibChangeNotify2(HANDLE NotificationHandle)
{
    LARGE_INTEGER patience = {.QuadPart = -100000000}; /* 10 s [W] */
    struct iph_notice *n;
    bool own;

    if (!NotificationHandle)
        return STATUS_INVALID_PARAMETER;
    if (KeGetCurrentIrql() != PASSIVE_LEVEL) {
        guest_finding("IPH-075", "CancelMibChangeNotify2 at IRQL %u: it waits for the callback", KeGetCurrentIrql());
        return STATUS_INVALID_DEVICE_STATE;
    }
    n = claim(NotificationHandle, &own);
    if (!n) {
        guest_finding("IPH-080", "CancelMibChangeNotify2(%p): it is no registration, or was cancelled before", NotificationHandle);
        return STATUS_INVALID_PARAMETER;
    }
    if (own) {
        guest_finding("IPH-078", "CancelMibChangeNotify2 in the callback of this %s: it would wait for itself", function_of(n));
        return STATUS_INVALID_DEVICE_STATE;
    }
    n->stopping = 1;
    KeSetEvent(&n->ready, IO_NO_INCREMENT, FALSE);
    if (KeWaitForSingleObject(n->thread, Executive, KernelMode, FALSE, &patience) == STATUS_TIMEOUT) {
        guest_finding("IPH-079", "CancelMibChangeNotify2 waits for a callback of %s that does not return: does it wait for a lock of the caller?",
                      function_of(n));
        KeWaitForSingleObject(n->thread, Executive, KernelMode, FALSE, NULL);
    }
    ObfDereferenceObject(n->thread);
    end(n);
    return STATUS_SUCCESS;
}
