/* Push locks (EXE-179): one word, nothing to delete. Held exclusively it is the holder's thread with bit 0, so that recursion and
 * foreign releases show; held shared it is 16 times the holders with bits 0 and 2. Bit 1: somebody waits, and the queue of the
 * word's bucket decides under its lock who is next, in order of arrival, a run of sharers together. */
#include "ex_private.h"

#define LOCKED  1ull
#define WAITING 2ull
#define SHARED  4ull
#define ONE     16ull
#define OWNER(word) ((word) & ~15ull)

struct push_wait {
    struct push_wait *next;
    PEX_PUSH_LOCK lock;
    PKTHREAD thread;
    bool exclusive;
    KEVENT event;
};

static struct bucket {
    struct sched_lock lock;
    struct push_wait *first, **last;
} buckets[64];

static struct bucket *bucket_of(PEX_PUSH_LOCK lock)
{
    struct bucket *b = &buckets[(ex_number(lock) >> 3 ^ ex_number(lock) >> 12) % 64];

    sched_lock(&b->lock);
    if (!b->last)
        b->last = &b->first;
    return b;
}

void ex_check_lock_irql(const void *lock, const char *what)
{
    KIRQL irql = ex_irql();

    if (irql >= DISPATCH_LEVEL) /* EXE-742 */
        guest_bugcheck(0x192, ex_number(KeGetCurrentThread()), ex_number(lock), irql, 0, "%s at IRQL %u", what, irql);
    if (irql < APC_LEVEL && !KeAreApcsDisabled())
        guest_finding("EXE-742", "%s of %p with normal kernel APCs enabled: enter a critical region first", what, lock);
}

static bool has_waiter(struct bucket *b, PEX_PUSH_LOCK lock)
{
    for (struct push_wait *w = b->first; w; w = w->next)
        if (w->lock == lock)
            return true;
    return false;
}

/* The lock is free of its last holder (word 0 but for WAITING): hands it to who comes next. Under the bucket's lock. */
static void hand_over(struct bucket *b, PEX_PUSH_LOCK lock)
{
    struct push_wait *w, **link = &b->first, *woken = NULL;
    ULONG64 word = 0;

    while ((w = *link) != NULL) {
        if (w->lock != lock) {
            link = &w->next;
            continue;
        }
        if (w->exclusive ? word != 0 : (word && !(word & SHARED)))
            break;
        word = w->exclusive ? ex_number(w->thread) | LOCKED : (word ? word : LOCKED | SHARED) + ONE;
        *link = w->next;
        if (!*link)
            b->last = link;
        w->next = woken;
        woken = w;
    }
    if (has_waiter(b, lock))
        word |= WAITING;
    __atomic_store_n(lock, word, __ATOMIC_RELEASE);
    while (woken) {
        w = woken;
        woken = w->next;
        KeSetEvent(&w->event, IO_NO_INCREMENT, FALSE); /* then it is gone */
    }
}

static bool try_take(PEX_PUSH_LOCK lock, bool exclusive, PKTHREAD self)
{
    ULONG64 word = __atomic_load_n(lock, __ATOMIC_RELAXED), taken;

    do {
        if (word == 0)
            taken = exclusive ? ex_number(self) | LOCKED : LOCKED | SHARED | ONE;
        else if (!exclusive && (word & SHARED) && !(word & WAITING))
            taken = word + ONE;
        else
            return false;
    } while (!__atomic_compare_exchange_n(lock, &word, taken, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return true;
}

static void acquire(PEX_PUSH_LOCK lock, bool exclusive, const char *what)
{
    PKTHREAD self = KeGetCurrentThread();
    struct push_wait wait = {.lock = lock, .thread = self, .exclusive = exclusive};
    struct bucket *b;
    ULONG64 word;

    ex_check_lock_irql(lock, what);
    if (try_take(lock, exclusive, self))
        return;
    word = __atomic_load_n(lock, __ATOMIC_RELAXED);
    if (!(word & SHARED) && OWNER(word) == ex_number(self)) /* EXE-743 */
        guest_bugcheck(0x162, ex_number(self), ex_number(lock), 0xFFFFFFFF, 0, "deadlock: %s of push lock %p, which this thread holds exclusively",
                       what, lock);
    KeInitializeEvent(&wait.event, SynchronizationEvent, FALSE);
    b = bucket_of(lock);
    for (word = __atomic_load_n(lock, __ATOMIC_RELAXED);;) { /* WAITING makes the holder come here too */
        if (word == 0) {
            if (try_take(lock, exclusive, self)) {
                sched_unlock(&b->lock);
                return;
            }
            word = __atomic_load_n(lock, __ATOMIC_RELAXED);
        } else if (__atomic_compare_exchange_n(lock, &word, word | WAITING, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            break;
        }
    }
    *b->last = &wait;
    b->last = &wait.next;
    sched_unlock(&b->lock);
    KeWaitForSingleObject(&wait.event, WrPushLock, KernelMode, FALSE, NULL);
}

static void bad_release(PEX_PUSH_LOCK lock, const char *what)
{
    guest_bugcheck(0x162, ex_number(KeGetCurrentThread()), ex_number(lock), 0xFFFFFFFF, 0, "%s of push lock %p, which is not held so", what, lock);
}

static void release(PEX_PUSH_LOCK lock, bool exclusive, const char *what)
{
    ULONG64 word = __atomic_load_n(lock, __ATOMIC_RELAXED), left;
    struct bucket *b;

    for (;;) {
        if (exclusive ? (word & SHARED) || OWNER(word) != ex_number(KeGetCurrentThread()) : !(word & SHARED) || word < ONE)
            bad_release(lock, what);
        left = exclusive ? word & WAITING : word - ONE < ONE ? word & WAITING : word - ONE;
        if (left == WAITING)
            break; /* the last holder, and somebody waits */
        if (__atomic_compare_exchange_n(lock, &word, left, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
            return;
    }
    b = bucket_of(lock);
    hand_over(b, lock);
    sched_unlock(&b->lock);
}

VOID NTAPI ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    (void)Flags;
    acquire(PushLock, true, "ExAcquirePushLockExclusive");
}

VOID NTAPI ExAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    (void)Flags;
    acquire(PushLock, false, "ExAcquirePushLockShared");
}

VOID NTAPI ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    (void)Flags;
    release(PushLock, true, "ExReleasePushLockExclusive");
}

VOID NTAPI ExReleasePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    (void)Flags;
    release(PushLock, false, "ExReleasePushLockShared");
}

/* TRUE when the caller was the only sharer. */
BOOLEAN NTAPI ExTryConvertPushLockSharedToExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    ULONG64 word = __atomic_load_n(PushLock, __ATOMIC_RELAXED);

    (void)Flags;
    while ((word & ~WAITING) == (LOCKED | SHARED | ONE))
        if (__atomic_compare_exchange_n(PushLock, &word, ex_number(KeGetCurrentThread()) | LOCKED | (word & WAITING), true, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return TRUE;
    return FALSE;
}
