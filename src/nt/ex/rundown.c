/* Rundown protection (EXE-181, EXE-182). A reference is one word: twice the count of holders; or, once somebody waits, the address
 * of the waiter's block plus 1; or 1 when it has run down. The cache aware kind has such a word per processor; a holder may let go
 * on another processor than it came in on, so a word alone may be below zero and only their sum counts. */
#include "ex_private.h"

#define ACTIVE EX_RUNDOWN_ACTIVE
#define ONE    ((ULONG_PTR)EX_RUNDOWN_COUNT_INC)

struct rundown_wait {
    KEVENT event;
    LONG64 holders; /* left */
};
_Static_assert(_Alignof(struct rundown_wait) >= 2, "bit 0 is free");

static bool acquire(ULONG_PTR *word, ULONG count)
{
    ULONG_PTR old = __atomic_load_n(word, __ATOMIC_RELAXED);

    while (!(old & ACTIVE))
        if (__atomic_compare_exchange_n(word, &old, old + ONE * count, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
    return false;
}

/* may_wrap: a word of several, of which one may go below zero. */
static void release(ULONG_PTR *word, ULONG count, bool may_wrap)
{
    ULONG_PTR old = __atomic_load_n(word, __ATOMIC_ACQUIRE); /* of the waiter's block, if it is one */
    struct rundown_wait *wait;

    while (!(old & ACTIVE)) {
        if (!may_wrap && old < ONE * count) {
            guest_finding("EXE-181", "rundown protection %p is released more often than it was acquired", word);
            return;
        }
        if (__atomic_compare_exchange_n(word, &old, old - ONE * count, true, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return;
    }
    wait = (struct rundown_wait *)(old & ~(ULONG_PTR)ACTIVE);
    if (!wait)
        guest_finding("EXE-181", "rundown protection %p is released after it has run down", word);
    else if (__atomic_sub_fetch(&wait->holders, count, __ATOMIC_ACQ_REL) == 0)
        KeSetEvent(&wait->event, IO_NO_INCREMENT, FALSE);
}

/* Another thread waits already: until it has seen the end. */
static void wait_for_waiter(ULONG_PTR *word)
{
    LARGE_INTEGER ms = {.QuadPart = -10000};

    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != ACTIVE)
        KeDelayExecutionThread(KernelMode, FALSE, &ms);
}

static void wait_for_words(ULONG_PTR *words, unsigned count, unsigned stride)
{
    const LONG64 bias = (LONG64)1 << 40; /* so that the event is not set before all words are counted */
    struct rundown_wait wait = {.holders = bias};
    LONG64 holders = 0;

    KeInitializeEvent(&wait.event, SynchronizationEvent, FALSE);
    for (unsigned i = 0; i < count; i++) {
        ULONG_PTR *word = words + i * stride, old = __atomic_load_n(word, __ATOMIC_RELAXED);

        for (;;) {
            if (old & ACTIVE) { /* only the first word can say so: the first waiter marks it first */
                if (old != ACTIVE)
                    wait_for_waiter(word);
                return;
            }
            if (__atomic_compare_exchange_n(word, &old, (ULONG_PTR)&wait | ACTIVE, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
                break;
        }
        holders += (LONG64)old / 2;
    }
    if (__atomic_add_fetch(&wait.holders, holders - bias, __ATOMIC_ACQ_REL) != 0)
        KeWaitForSingleObject(&wait.event, Executive, KernelMode, FALSE, NULL);
    for (unsigned i = count; i-- > 0;)
        __atomic_store_n(words + i * stride, ACTIVE, __ATOMIC_RELEASE);
}

VOID NTAPI ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    __atomic_store_n(&RunRef->Count, 0, __ATOMIC_RELEASE);
}

VOID NTAPI ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    if (RunRef->Count != ACTIVE)
        guest_finding("EXE-181", "rundown protection %p is initialized again before it has run down", RunRef);
    __atomic_store_n(&RunRef->Count, 0, __ATOMIC_RELEASE);
}

BOOLEAN NTAPI ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    return acquire(&RunRef->Count, 1);
}

BOOLEAN NTAPI ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    return acquire(&RunRef->Count, Count);
}

VOID NTAPI ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    release(&RunRef->Count, 1, false);
}

VOID NTAPI ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    release(&RunRef->Count, Count, false);
}

VOID NTAPI ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    wait_for_words(&RunRef->Count, 1, 0);
}

VOID NTAPI ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
    __atomic_store_n(&RunRef->Count, ACTIVE, __ATOMIC_RELEASE);
}

/* ---- cache aware ---- */
struct _EX_RUNDOWN_REF_CACHE_AWARE {
    ULONG count;
    ULONG tag; /* 0: the caller's memory */
    ULONG_PTR *words;
};
#define STRIDE (SYSTEM_CACHE_ALIGNMENT_SIZE / sizeof(ULONG_PTR))

static ULONG_PTR *own_word(PEX_RUNDOWN_REF_CACHE_AWARE r)
{
    return r->words + (ULONG)(*(ULONG volatile *)(wk_pcr + 0x1a4)) % r->count * STRIDE;
}

SIZE_T NTAPI ExSizeOfRundownProtectionCacheAware(VOID)
{
    return SYSTEM_CACHE_ALIGNMENT_SIZE * (SIZE_T)(2 + sched_cpu_count());
}

VOID NTAPI ExInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, SIZE_T RunRefSize)
{
    ULONG_PTR words = (ex_number(RunRefCacheAware) + sizeof(*RunRefCacheAware) + SYSTEM_CACHE_ALIGNMENT_SIZE - 1) &
                      ~(ULONG_PTR)(SYSTEM_CACHE_ALIGNMENT_SIZE - 1);

    RunRefCacheAware->count = (ULONG)((ex_number(RunRefCacheAware) + RunRefSize - words) / SYSTEM_CACHE_ALIGNMENT_SIZE);
    RunRefCacheAware->tag = 0;
    RunRefCacheAware->words = (ULONG_PTR *)words;
    for (ULONG i = 0; i < RunRefCacheAware->count; i++)
        RunRefCacheAware->words[i * STRIDE] = 0;
}

PEX_RUNDOWN_REF_CACHE_AWARE NTAPI ExAllocateCacheAwareRundownProtection(POOL_TYPE PoolType, ULONG PoolTag)
{
    SIZE_T bytes = ExSizeOfRundownProtectionCacheAware();
    PEX_RUNDOWN_REF_CACHE_AWARE r = mm_pool_allocate_old((ULONG)PoolType, bytes, PoolTag, __builtin_return_address(0));

    if (!r)
        return NULL;
    ExInitializeRundownProtectionCacheAware(r, bytes);
    r->tag = PoolTag;
    return r;
}

VOID NTAPI ExFreeCacheAwareRundownProtection(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    ExFreePoolWithTag(RunRefCacheAware, RunRefCacheAware->tag);
}

BOOLEAN NTAPI ExAcquireRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    return acquire(own_word(RunRefCacheAware), 1);
}

BOOLEAN NTAPI ExAcquireRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, ULONG Count)
{
    return acquire(own_word(RunRefCacheAware), Count);
}

VOID NTAPI ExReleaseRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    release(own_word(RunRefCacheAware), 1, true);
}

VOID NTAPI ExReleaseRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, ULONG Count)
{
    release(own_word(RunRefCacheAware), Count, true);
}

VOID NTAPI ExWaitForRundownProtectionReleaseCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef)
{
    wait_for_words(RunRef->words, RunRef->count, STRIDE);
}

VOID NTAPI ExReInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    for (ULONG i = 0; i < RunRefCacheAware->count; i++)
        __atomic_store_n(&RunRefCacheAware->words[i * STRIDE], 0, __ATOMIC_RELEASE);
}

VOID NTAPI ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    for (ULONG i = 0; i < RunRefCacheAware->count; i++)
        __atomic_store_n(&RunRefCacheAware->words[i * STRIDE], ACTIVE, __ATOMIC_RELEASE);
}
