/* Notices of changes (IPH-064 .. IPH-083). Each registration has a watch and a system thread of its own: so its calls come in order and never
 * overlap, at PASSIVE_LEVEL, a slow one holds up nobody else, and what its own callback changes waits in its queue (IPH-071).
 *
 * The watch is read as soon as there is something (notify_queue.c), for the kernel keeps little; the thread takes from the queue, compares
 * (notify_state.c) and calls. Locks: notices_lock, for the list; a registration's own for its queue. Nothing is called with one held. */
#include "netio/iph/notify_private.h"

#include "memory/mem.h"
#include "nt/io/io.h"
#include "nt/ke/ke.h"

static struct sched_lock notices_lock;
static LIST_ENTRY notices = {&notices, &notices};
static volatile LONG check_added;

/* ---- the driver's calls ---- */
static void call_interface(struct iph_notice *n, union iph_row *row, MIB_NOTIFICATION_TYPE type)
{
    guest_call_void(IPINTERFACE_CHANGE_CALLBACK, (PIPINTERFACE_CHANGE_CALLBACK)n->callback, n->context, row ? &row->ip : NULL, type);
}

static void call_address(struct iph_notice *n, union iph_row *row, MIB_NOTIFICATION_TYPE type)
{
    guest_call_void(UNICAST_IPADDRESS_CHANGE_CALLBACK, (PUNICAST_IPADDRESS_CHANGE_CALLBACK)n->callback, n->context, row ? &row->address : NULL, type);
}

static void call_route(struct iph_notice *n, union iph_row *row, MIB_NOTIFICATION_TYPE type)
{
    guest_call_void(IPFORWARD_CHANGE_CALLBACK, (PIPFORWARD_CHANGE_CALLBACK)n->callback, n->context, row ? &row->route : NULL, type);
}

_Static_assert(sizeof(union iph_row) <= PAGE_SIZE, "a row has a page");

/* IPH-072, IPH-082: the row is the driver's during the call only; a later touch of it is a page fault. */
void iph_deliver(struct iph_notice *n, const union iph_row *row, MIB_NOTIFICATION_TYPE type)
{
    ULONGLONG began = KeQueryUnbiasedInterruptTime(), took_ms;

    if (n->silent || n->stopping)
        return;
    if (row) {
        mem_protect(n->scratch, 1, MEM_RW);
        *n->scratch = *row;
    }
    n->kind->call(n, row ? n->scratch : NULL, type);
    if (row)
        mem_protect(n->scratch, 1, MEM_NONE);
    if (KeGetCurrentIrql() != PASSIVE_LEVEL) {
        guest_finding("IPH-071", "the callback of %s returned at IRQL %u; it was called at PASSIVE_LEVEL", n->kind->function, KeGetCurrentIrql());
        KeLowerIrql(PASSIVE_LEVEL);
    }
    took_ms = (KeQueryUnbiasedInterruptTime() - began) / 10000;
    if (took_ms >= n->patience_ms && !n->stopping) /* else IPH-079 has told of it */
        guest_finding("IPH-083", "a callback of %s took %llu ms: what changed meanwhile has waited for it", n->kind->function, (unsigned long long)took_ms);
}

static void follow_changes(struct iph_notice *n)
{
    LARGE_INTEGER again = {.QuadPart = -1000000};

    while (!n->stopping) {
        enum iph_next next = iph_queue_take(n, iph_apply);

        /* IPH-074: what the queue still held was older than what was lost. So that went first, and now the table has the last word. */
        if (next == IPH_LOST && !NT_SUCCESS(iph_resync(n))) {
            iph_queue_lose(n);
            KeWaitForSingleObject(&n->ready, Executive, KernelMode, FALSE, &again);
        } else if (next == IPH_NOTHING) {
            KeWaitForSingleObject(&n->ready, Executive, KernelMode, FALSE, NULL);
        }
    }
}

static const struct iph_kind interfaces = {"NotifyIpInterfaceChange", call_interface, follow_changes};
static const struct iph_kind addresses = {"NotifyUnicastIpAddressChange", call_address, follow_changes};
static const struct iph_kind routes = {"NotifyRouteChange2", call_route, follow_changes};

static VOID NTAPI run(PVOID context)
{
    struct iph_notice *n = context;

    n->thread = ke_thread();
    ObfReferenceObject(n->thread); /* CancelMibChangeNotify2's */
    sched_lock(&notices_lock);
    InsertTailList(&notices, &n->entry);
    sched_unlock(&notices_lock);
    KeSetEvent(n->started, IO_NO_INCREMENT, FALSE);
    if (n->initial)
        iph_deliver(n, NULL, MibInitialNotification); /* IPH-070 */
    n->kind->follow(n);
}

/* A value of the service key wskit; or_else when there is none. */
static ULONG read_setting(const WCHAR *name, ULONG or_else)
{
    ULONG value = or_else;
    RTL_QUERY_REGISTRY_TABLE query[2] = {
        {.Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK, .Name = (PWSTR)name, .EntryContext = &value,
         .DefaultType = REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT | REG_NONE}};

    return NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, u"wskit", query, NULL, NULL)) && value ? value : or_else;
}

struct iph_notice *iph_notice_new(const struct iph_kind *kind, PVOID callback, PVOID context)
{
    struct iph_notice *n = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*n), IPH_TAG);

    if (!n)
        return NULL;
    n->kind = kind;
    n->callback = callback;
    n->context = context;
    InitializeListHead(&n->queue);
    n->scratch = mem_alloc(1, MEM_PAGES, NULL);
    if (!n->scratch || mem_protect(n->scratch, 1, MEM_NONE) != 0) {
        iph_notice_end(n);
        return NULL;
    }
    n->patience_ms = read_setting(u"IpHelperPatienceMs", 10000); /* IPH-079 */
    n->queue_max = read_setting(u"IpHelperQueueRows", 1 << 16);  /* IPH-074 */
    KeInitializeEvent(&n->ready, SynchronizationEvent, FALSE);
    KeInitializeEvent(&n->closed, NotificationEvent, FALSE);
    return n;
}

void iph_notice_end(struct iph_notice *n)
{
    iph_queue_close(n);
    iph_forget(n);
    if (n->scratch)
        mem_free(n->scratch, 1);
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
            function = n->kind->function;
            callback = (ULONG64)n->callback;
            handle = (ULONG64)n;
        }
    }
    sched_unlock(&notices_lock);
    if (function)
        guest_bugcheck(0xCE, callback, 0x10, callback, handle, "a driver is unloaded without CancelMibChangeNotify2 for its %s (handle 0x%llX)", function,
                       (unsigned long long)handle);
}

NTSTATUS iph_notice_start(struct iph_notice *n, HANDLE *handle)
{
    NTSTATUS status;

    if (!InterlockedExchange(&check_added, 1))
        io_add_unload_check(check_unload);
    *handle = n;
    status = start_thread(n);
    if (!NT_SUCCESS(status))
        *handle = NULL;
    return status;
}

static NTSTATUS watch(const struct iph_kind *kind, enum net_table table, ADDRESS_FAMILY family, PVOID callback, PVOID context, BOOLEAN initial,
                      HANDLE *handle)
{
    unsigned net_family;
    struct iph_notice *n;
    NTSTATUS status;

    if (handle)
        *handle = NULL;
    if (!handle || !callback || !iph_family(family, &net_family))
        return STATUS_INVALID_PARAMETER; /* IPH-077 */
    n = iph_notice_new(kind, callback, context);
    if (!n)
        return STATUS_NO_MEMORY;
    n->initial = initial;
    n->silent = true;
    status = iph_queue_open(n, table, net_family);
    if (NT_SUCCESS(status))
        status = iph_resync(n);
    n->silent = false;
    if (NT_SUCCESS(status))
        status = iph_notice_start(n, handle);
    if (!NT_SUCCESS(status))
        iph_notice_end(n);
    return status;
}

NTSTATUS NTAPI NotifyIpInterfaceChange(ADDRESS_FAMILY Family, PIPINTERFACE_CHANGE_CALLBACK Callback, PVOID CallerContext, BOOLEAN InitialNotification,
                                       HANDLE *NotificationHandle)
{
    if (iph_at_wrong_level("NotifyIpInterfaceChange"))
        return STATUS_INVALID_DEVICE_STATE;
    return watch(&interfaces, NET_LINKS, Family, (PVOID)Callback, CallerContext, InitialNotification, NotificationHandle);
}

NTSTATUS NTAPI NotifyUnicastIpAddressChange(ADDRESS_FAMILY Family, PUNICAST_IPADDRESS_CHANGE_CALLBACK Callback, PVOID CallerContext,
                                            BOOLEAN InitialNotification, HANDLE *NotificationHandle)
{
    if (iph_at_wrong_level("NotifyUnicastIpAddressChange"))
        return STATUS_INVALID_DEVICE_STATE;
    return watch(&addresses, NET_ADDRESSES, Family, (PVOID)Callback, CallerContext, InitialNotification, NotificationHandle);
}

NTSTATUS NTAPI NotifyRouteChange2(ADDRESS_FAMILY AddressFamily, PIPFORWARD_CHANGE_CALLBACK Callback, PVOID CallerContext, BOOLEAN InitialNotification,
                                  HANDLE *NotificationHandle)
{
    if (iph_at_wrong_level("NotifyRouteChange2"))
        return STATUS_INVALID_DEVICE_STATE;
    return watch(&routes, NET_ROUTES, AddressFamily, (PVOID)Callback, CallerContext, InitialNotification, NotificationHandle);
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
    LARGE_INTEGER patience;
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
        guest_finding("IPH-078", "CancelMibChangeNotify2 in the callback of this %s: it would wait for itself", n->kind->function);
        return STATUS_INVALID_DEVICE_STATE;
    }
    patience.QuadPart = -10000 * (LONGLONG)n->patience_ms;
    n->stopping = 1;
    KeSetEvent(&n->ready, IO_NO_INCREMENT, FALSE);
    if (KeWaitForSingleObject(n->thread, Executive, KernelMode, FALSE, &patience) == STATUS_TIMEOUT) {
        guest_finding("IPH-079", "CancelMibChangeNotify2 waits for a callback of %s that does not return: does it wait for a lock of the caller?",
                      n->kind->function);
        KeWaitForSingleObject(n->thread, Executive, KernelMode, FALSE, NULL);
    }
    ObfDereferenceObject(n->thread);
    iph_notice_end(n);
    return STATUS_SUCCESS;
}
