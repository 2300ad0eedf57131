/* ERESOURCE (EXE-180): a lock with readers and writers that knows its holders. The structure is the driver's; what it points to is the
 * table of sharers beyond the first (OwnerTable, pool) and the waiters' own blocks, on their stacks. Its SpinLock word is a sched_lock.
 * Who waits gets the resource from who leaves it. */
#include "ex_private.h"

#define RESOURCE_EXCLUSIVE 0x80 /* in Flag */
#define RESOURCE_ALIVE     0x01
#define TABLE_TAG 'bTeR'

struct resource_wait {
    struct resource_wait *next;
    ERESOURCE_THREAD thread;
    bool exclusive;
    KEVENT event;
};

static struct sched_lock list_lock;
static LIST_ENTRY resources = {&resources, &resources};

_Static_assert(sizeof(ERESOURCE) == 0x68, "EXE-L50");

static struct sched_lock *lock_of(PERESOURCE r)
{
    return (struct sched_lock *)&r->SpinLock;
}

static ERESOURCE_THREAD self(void)
{
    return (ERESOURCE_THREAD)KeGetCurrentThread();
}

/* ---- who holds it; under the resource's lock ---- */
static POWNER_ENTRY entry_of(PERESOURCE r, ERESOURCE_THREAD thread)
{
    if (r->OwnerEntry.OwnerCount && r->OwnerEntry.OwnerThread == thread)
        return &r->OwnerEntry;
    for (ULONG i = 1; r->OwnerTable && i < r->OwnerTable[0].TableSize; i++)
        if (r->OwnerTable[i].OwnerCount && r->OwnerTable[i].OwnerThread == thread)
            return &r->OwnerTable[i];
    return NULL;
}

static POWNER_ENTRY free_entry(PERESOURCE r)
{
    if (!r->OwnerEntry.OwnerCount)
        return &r->OwnerEntry;
    for (ULONG i = 1; r->OwnerTable && i < r->OwnerTable[0].TableSize; i++)
        if (!r->OwnerTable[i].OwnerCount)
            return &r->OwnerTable[i];
    return NULL;
}

/* Doubles the table; the lock is dropped meanwhile. */
static bool grow(PERESOURCE r)
{
    ULONG size = r->OwnerTable ? r->OwnerTable[0].TableSize * 2 : 4;
    POWNER_ENTRY bigger, old;

    sched_unlock(lock_of(r));
    bigger = ExAllocatePool2(POOL_FLAG_NON_PAGED, size * sizeof(*bigger), TABLE_TAG);
    sched_lock(lock_of(r));
    if (!bigger)
        return false;
    old = r->OwnerTable;
    if (old && old[0].TableSize >= size) { /* another thread was faster */
        old = bigger;
    } else {
        for (ULONG i = 1; old && i < old[0].TableSize; i++)
            bigger[i] = old[i];
        bigger[0].TableSize = size;
        r->OwnerTable = bigger;
    }
    if (old)
        ExFreePoolWithTag(old, TABLE_TAG);
    return true;
}

static void hold(PERESOURCE r, ERESOURCE_THREAD thread, bool exclusive)
{
    POWNER_ENTRY e = free_entry(r);

    WK_ASSERT(e);
    e->OwnerThread = thread;
    e->OwnerCount = 1;
    r->ActiveEntries++;
    r->ActiveCount = 1;
    if (exclusive)
        r->Flag |= RESOURCE_EXCLUSIVE;
}

/* ---- waiting ---- */
static void enqueue(PERESOURCE r, struct resource_wait *wait)
{
    PVOID *link = wait->exclusive ? &r->ExclusiveWaiters : &r->SharedWaiters;

    while (*link)
        link = (PVOID *)&((struct resource_wait *)*link)->next;
    *link = wait;
    if (wait->exclusive)
        r->NumberOfExclusiveWaiters++;
    else
        r->NumberOfSharedWaiters++;
    r->ContentionCount++;
}

/* The resource is free, or shared and shared waiters may come in. shared_first: after an exclusive holder. Under the lock, which
 * is dropped; nothing of r is touched afterwards. */
static void wake(PERESOURCE r, bool shared_first)
{
    struct resource_wait *woken = NULL, *w;

    if (r->ActiveEntries == 0 && r->ExclusiveWaiters && !(shared_first && r->SharedWaiters)) {
        w = r->ExclusiveWaiters;
        r->ExclusiveWaiters = w->next;
        r->NumberOfExclusiveWaiters--;
        hold(r, w->thread, true);
        w->next = NULL;
        woken = w;
    } else if (!(r->Flag & RESOURCE_EXCLUSIVE)) {
        while ((w = r->SharedWaiters) != NULL && !(r->Flag & RESOURCE_EXCLUSIVE)) {
            if (!free_entry(r)) {
                if (!grow(r))
                    break;
                continue; /* the lock was dropped */
            }
            hold(r, w->thread, false);
            r->SharedWaiters = w->next;
            r->NumberOfSharedWaiters--;
            w->next = woken;
            woken = w;
        }
    }
    sched_unlock(lock_of(r));
    while (woken) {
        w = woken;
        woken = w->next;
        KeSetEvent(&w->event, IO_NO_INCREMENT, FALSE);
    }
}

static BOOLEAN wait_for(PERESOURCE r, bool exclusive, BOOLEAN may_wait)
{
    struct resource_wait wait = {.thread = self(), .exclusive = exclusive};

    if (!may_wait) {
        sched_unlock(lock_of(r));
        return FALSE;
    }
    KeInitializeEvent(&wait.event, SynchronizationEvent, FALSE);
    enqueue(r, &wait);
    sched_unlock(lock_of(r));
    KeWaitForSingleObject(&wait.event, WrResource, KernelMode, FALSE, NULL);
    return TRUE;
}

enum shared_rule { BEHIND_WRITERS, STARVE_WRITERS, WAIT_FOR_WRITERS };

static BOOLEAN acquire_shared(PERESOURCE r, BOOLEAN may_wait, enum shared_rule rule, const char *what)
{
    POWNER_ENTRY e;

    ex_check_lock_irql(r, what);
    sched_lock(lock_of(r));
again:
    e = entry_of(r, self());
    if (e && (r->Flag & RESOURCE_EXCLUSIVE)) { /* the exclusive owner may have it shared as well: it counts as exclusive */
        e->OwnerCount++;
        sched_unlock(lock_of(r));
        return TRUE;
    }
    if ((r->Flag & RESOURCE_EXCLUSIVE) || (r->ExclusiveWaiters && (rule == WAIT_FOR_WRITERS || (rule == BEHIND_WRITERS && !e))))
        return wait_for(r, false, may_wait);
    if (e) {
        e->OwnerCount++;
    } else {
        if (!free_entry(r)) {
            if (!grow(r)) {
                sched_unlock(lock_of(r));
                ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
            }
            goto again;
        }
        hold(r, self(), false);
    }
    sched_unlock(lock_of(r));
    return TRUE;
}

static BOOLEAN acquire_exclusive(PERESOURCE r, BOOLEAN may_wait, const char *what)
{
    POWNER_ENTRY e;

    ex_check_lock_irql(r, what);
    sched_lock(lock_of(r));
    e = entry_of(r, self());
    if (e && (r->Flag & RESOURCE_EXCLUSIVE)) {
        e->OwnerCount++;
        sched_unlock(lock_of(r));
        return TRUE;
    }
    if (r->ActiveEntries == 0) {
        hold(r, self(), true);
        sched_unlock(lock_of(r));
        return TRUE;
    }
    if (e && may_wait) {
        sched_unlock(lock_of(r));
        guest_bugcheck(0x162, self(), ex_number(r), 0xFFFFFFFF, 0, "deadlock: resource %p is acquired exclusively by a thread that has it shared", r);
    }
    return wait_for(r, true, may_wait);
}

static void release(PERESOURCE r, ERESOURCE_THREAD thread)
{
    POWNER_ENTRY e;
    bool was_exclusive;

    sched_lock(lock_of(r));
    e = entry_of(r, thread);
    if (!e) { /* EXE-741 */
        sched_unlock(lock_of(r));
        guest_bugcheck(0xE3, ex_number(r), thread, ex_number(r->OwnerTable), 0, "resource %p is released for thread 0x%lx, which does not hold it", r,
                       (unsigned long)thread);
    }
    was_exclusive = r->Flag & RESOURCE_EXCLUSIVE;
    if (--e->OwnerCount != 0) {
        sched_unlock(lock_of(r));
        return;
    }
    e->OwnerThread = 0;
    if (--r->ActiveEntries != 0) {
        sched_unlock(lock_of(r));
        return;
    }
    r->ActiveCount = 0;
    r->Flag &= ~RESOURCE_EXCLUSIVE;
    wake(r, was_exclusive);
}

/* ---- the DDIs ---- */
NTSTATUS NTAPI ExInitializeResourceLite(PERESOURCE Resource)
{
    if (ex_number(Resource) & 7)
        return STATUS_DATATYPE_MISALIGNMENT;
    __builtin_memset(Resource, 0, sizeof(*Resource));
    Resource->Flag = RESOURCE_ALIVE;
    sched_lock(&list_lock);
    Resource->SystemResourcesList.Flink = &resources;
    Resource->SystemResourcesList.Blink = resources.Blink;
    resources.Blink->Flink = &Resource->SystemResourcesList;
    resources.Blink = &Resource->SystemResourcesList;
    sched_unlock(&list_lock);
    return STATUS_SUCCESS;
}

static void unlist(PERESOURCE r)
{
    sched_lock(&list_lock);
    r->SystemResourcesList.Blink->Flink = r->SystemResourcesList.Flink;
    r->SystemResourcesList.Flink->Blink = r->SystemResourcesList.Blink;
    sched_unlock(&list_lock);
}

NTSTATUS NTAPI ExDeleteResourceLite(PERESOURCE Resource)
{
    if (!(Resource->Flag & RESOURCE_ALIVE)) {
        guest_finding("EXE-180", "ExDeleteResourceLite of %p, which is no initialized resource", Resource);
        return STATUS_SUCCESS;
    }
    if (Resource->ActiveEntries || Resource->SharedWaiters || Resource->ExclusiveWaiters)
        guest_finding("EXE-180", "resource %p is deleted while it is held", Resource);
    unlist(Resource);
    if (Resource->OwnerTable)
        ExFreePoolWithTag(Resource->OwnerTable, TABLE_TAG);
    Resource->OwnerTable = NULL;
    Resource->Flag = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ExReinitializeResourceLite(PERESOURCE Resource)
{
    NTSTATUS status = ExDeleteResourceLite(Resource);

    return NT_SUCCESS(status) ? ExInitializeResourceLite(Resource) : status;
}

BOOLEAN NTAPI ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait)
{
    return acquire_exclusive(Resource, Wait, "ExAcquireResourceExclusiveLite");
}

BOOLEAN NTAPI ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait)
{
    return acquire_shared(Resource, Wait, BEHIND_WRITERS, "ExAcquireResourceSharedLite");
}

BOOLEAN NTAPI ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    return acquire_shared(Resource, Wait, STARVE_WRITERS, "ExAcquireSharedStarveExclusive");
}

BOOLEAN NTAPI ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    return acquire_shared(Resource, Wait, WAIT_FOR_WRITERS, "ExAcquireSharedWaitForExclusive");
}

VOID NTAPI ExReleaseResourceLite(PERESOURCE Resource)
{
    release(Resource, self());
}

VOID NTAPI ExReleaseResourceForThreadLite(PERESOURCE Resource, ERESOURCE_THREAD ResourceThreadId)
{
    release(Resource, ResourceThreadId);
}

/* From now on OwnerPointer (its low two bits set) holds it in place of the calling thread. */
VOID NTAPI ExSetResourceOwnerPointer(PERESOURCE Resource, PVOID OwnerPointer)
{
    POWNER_ENTRY e;

    sched_lock(lock_of(Resource));
    e = entry_of(Resource, self());
    if (e)
        e->OwnerThread = ex_number(OwnerPointer);
    sched_unlock(lock_of(Resource));
    if (!e)
        guest_bugcheck(0xE3, ex_number(Resource), self(), ex_number(Resource->OwnerTable), 1, "ExSetResourceOwnerPointer of resource %p, which this "
                       "thread does not hold", Resource);
    if ((ex_number(OwnerPointer) & 3) != 3)
        guest_finding("EXE-180", "ExSetResourceOwnerPointer: the low two bits of %p must be set", OwnerPointer);
}

VOID NTAPI ExConvertExclusiveToSharedLite(PERESOURCE Resource)
{
    sched_lock(lock_of(Resource));
    if (!(Resource->Flag & RESOURCE_EXCLUSIVE)) {
        sched_unlock(lock_of(Resource));
        guest_finding("EXE-180", "ExConvertExclusiveToSharedLite of resource %p, which is not held exclusively", Resource);
        return;
    }
    Resource->Flag &= ~RESOURCE_EXCLUSIVE;
    wake(Resource, true);
}

ULONG NTAPI ExGetExclusiveWaiterCount(PERESOURCE Resource)
{
    return __atomic_load_n(&Resource->NumberOfExclusiveWaiters, __ATOMIC_RELAXED);
}

ULONG NTAPI ExGetSharedWaiterCount(PERESOURCE Resource)
{
    return __atomic_load_n(&Resource->NumberOfSharedWaiters, __ATOMIC_RELAXED);
}

/* How often the calling thread has it, shared or exclusively. */
ULONG NTAPI ExIsResourceAcquiredSharedLite(PERESOURCE Resource)
{
    POWNER_ENTRY e;
    ULONG count;

    sched_lock(lock_of(Resource));
    e = entry_of(Resource, self());
    count = e ? e->OwnerCount : 0;
    sched_unlock(lock_of(Resource));
    return count;
}

BOOLEAN NTAPI ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource)
{
    BOOLEAN exclusive;

    sched_lock(lock_of(Resource));
    exclusive = (Resource->Flag & RESOURCE_EXCLUSIVE) && entry_of(Resource, self());
    sched_unlock(lock_of(Resource));
    return exclusive;
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(Resource, TRUE);
    return KeGetCurrentThread();
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(Resource, TRUE);
    return KeGetCurrentThread();
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireSharedWaitForExclusive(Resource, TRUE);
    return KeGetCurrentThread();
}

VOID NTAPI ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource)
{
    ExReleaseResourceLite(Resource);
    KeLeaveCriticalRegion();
}

unsigned ex_resource_leftovers(uint64_t low, uint64_t high)
{
    unsigned count = 0;

    for (;;) {
        PERESOURCE left = NULL;

        sched_lock(&list_lock);
        for (PLIST_ENTRY e = resources.Flink; e != &resources && !left; e = e->Flink)
            if (ex_number(e) >= low && ex_number(e) < high)
                left = CONTAINING_RECORD(e, ERESOURCE, SystemResourcesList);
        if (left) {
            left->SystemResourcesList.Blink->Flink = left->SystemResourcesList.Flink;
            left->SystemResourcesList.Flink->Blink = left->SystemResourcesList.Blink;
        }
        sched_unlock(&list_lock);
        if (!left)
            return count;
        count++;
        guest_finding("EXE-180", "resource %p was not deleted", left);
    }
}
