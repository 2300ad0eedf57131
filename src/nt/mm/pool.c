/* The pool's DDIs. The common cases (nonpaged, up to a page, hooks off, a free slot at hand) are done in the DDI itself without a
 * call; everything else, and everything that is wrong, is in the noinline functions. Any thread at IRQL <= DISPATCH_LEVEL. */
#include "pool_private.h"

#define BAD_POOL_CALLER 0xC2

#define POOL_FAST_MAX 2048 /* bytes: larger blocks take the slow path, where a call of memset pays */

enum take_flags { TAKE_ZERO = 1, TAKE_ALIGN64 = 2, TAKE_QUOTA = 4 };

int mm_start(void)
{
    WK_ASSERT(!pool.page);
    pool = (struct pool_state_all){.pages = (uint32_t)mem_pages_total()};
    pool.page = mem_table(pool.pages * sizeof(struct pool_page));
    if (!pool.page)
        return -1;
    pool_slab_start();
    if (!mem_alloc(1, MEM_PAGES, &pool)) /* page 0 of the window, if it is still free, is never the pool's */
        return -1;
    return 0;
}

void mm_stop(void)
{
    pool_paged_stop();
    pool_run_stop();
    pool_slab_stop();
    pool.page = NULL;
}

/* ---- what must not be freed: mm.h, mm_watch ---- */
uint16_t mm_watched[MM_WATCH_PAGES];
static mm_freed_check *freed_checks[8];
static unsigned freed_check_count;

void mm_add_freed_check(mm_freed_check *check)
{
    for (unsigned i = 0; i < freed_check_count; i++)
        if (freed_checks[i] == check)
            return;
    WK_ASSERT(freed_check_count < 8);
    freed_checks[freed_check_count++] = check;
}

static inline bool is_watched(const void *p)
{
    return __atomic_load_n(&mm_watched[((ULONG_PTR)p >> PAGE_SHIFT) % MM_WATCH_PAGES], __ATOMIC_RELAXED);
}

static void check_freed(const void *p, uint64_t bytes)
{
    uint64_t low = (ULONG_PTR)p, high = low + bytes;
    bool watched = false;

    for (uint64_t at = low & ~(uint64_t)(PAGE_SIZE - 1); at < high && !watched; at += PAGE_SIZE)
        watched = is_watched((const void *)(ULONG_PTR)at);
    for (unsigned i = 0; watched && i < freed_check_count; i++)
        freed_checks[i](low, high);
}

static inline uint32_t caller_offset(const void *return_address)
{
    uint64_t offset = (uintptr_t)return_address - MEM_SYSTEM_LOW;

    if (__builtin_expect(ddi_hooks != 0, 0))
        offset = (uintptr_t)ddi_caller(return_address) - MEM_SYSTEM_LOW;
    return offset <= UINT32_MAX ? (uint32_t)offset : 0;
}

/* The block, or NULL when there is no memory. bytes > 0. */
static void *take(unsigned kind, uint64_t bytes, ULONG tag, const void *caller, unsigned flags)
{
    uint64_t need = bytes + sizeof(struct pool_header) + POOL_GUARD + (flags & TAKE_ALIGN64 ? 48 : 0);
    struct pool_header *h;
    unsigned class;

    if (bytes > POOL_SLOT_MAX || need > PAGE_SIZE) {
        bool zeroed;
        void *p = pool_run_take(kind, bytes, tag, caller_offset(caller), &zeroed);

        if (p && (flags & TAKE_ZERO) && !zeroed)
            __builtin_memset(p, 0, bytes);
        else if (p && !(flags & TAKE_ZERO) && ddi_hooks)
            __builtin_memset(p, POOL_FRESH_BYTE, bytes);
        if (p && (flags & TAKE_QUOTA))
            pool.page[pool_index(p)].quota = 1;
        return p;
    }
    class = pool.class_of[pool_round16(need) / 16];
    h = pool_slot_take(kind, class);
    if (!h)
        return NULL;
    if (flags & TAKE_ALIGN64) {
        uintptr_t p = ((uintptr_t)(h + 1) + 63) & ~(uintptr_t)63;

        h->state = POOL_FREED;
        h->shift = (uint8_t)((p - (uintptr_t)(h + 1)) / 16);
        h = (struct pool_header *)p - 1;
        h->shift = (uint8_t)(((uintptr_t)h & (PAGE_SIZE - 1)) % pool.slot_bytes[class] / 16);
    } else {
        h->shift = 0;
    }
    h->class = (uint8_t)class;
    h->kind = (uint8_t)(kind | (flags & TAKE_QUOTA ? POOL_QUOTA_BIT : 0));
    h->tag = tag;
    h->bytes = (uint32_t)bytes;
    h->caller = caller_offset(caller);
    if (flags & TAKE_ZERO)
        __builtin_memset(h + 1, 0, bytes);
    else if (ddi_hooks)
        __builtin_memset(h + 1, POOL_FRESH_BYTE, bytes);
    pool_guard_write(h);
    __atomic_store_n(&h->state, (uint8_t)POOL_ALIVE, __ATOMIC_RELEASE);
    return h + 1;
}

/* EXE-731. type: as the caller said it. */
static void check_irql(unsigned kind, ULONG64 type, uint64_t bytes)
{
    KIRQL irql = pool_irql();

    if (irql > (kind == POOL_PAGED ? APC_LEVEL : DISPATCH_LEVEL))
        guest_bugcheck(BAD_POOL_CALLER, 8, irql, type, bytes, "%s pool is allocated at IRQL %u", kind == POOL_PAGED ? "paged" : "nonpaged",
                       irql);
}

/* ---- ExAllocatePool2, ExAllocatePool3 ---- */
static __attribute__((noinline)) PVOID allocate2(POOL_FLAGS flags, SIZE_T bytes, ULONG tag, const void *caller)
{
    const ULONG64 kinds = POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED;
    const ULONG64 known = kinds | POOL_FLAG_USE_QUOTA | POOL_FLAG_UNINITIALIZED | POOL_FLAG_SESSION | POOL_FLAG_CACHE_ALIGNED |
                          POOL_FLAG_RAISE_ON_FAILURE;
    ULONG64 kind_flag = flags & kinds;
    unsigned kind = kind_flag == POOL_FLAG_PAGED ? POOL_PAGED : kind_flag == POOL_FLAG_NON_PAGED_EXECUTE ? POOL_EXECUTE : POOL_NX;
    void *p;

    /* EXE-231: the high 32 bits are optional and may be anything */
    if (tag == 0 || (flags & 0xFFFFFFFF & ~known) || !kind_flag || (kind_flag & (kind_flag - 1))) {
        if (flags & POOL_FLAG_RAISE_ON_FAILURE)
            ExRaiseStatus(STATUS_INVALID_PARAMETER);
        return NULL;
    }
    check_irql(kind, flags, bytes);
    if (bytes == 0) { /* EXE-234 */
        guest_finding("EXE-730", "ExAllocatePool2 is asked for 0 bytes, tag %.4s", (const char *)&tag);
        if (flags & POOL_FLAG_RAISE_ON_FAILURE)
            ExRaiseStatus(STATUS_INVALID_PARAMETER);
        return NULL;
    }
    p = take(kind, bytes, tag, caller, (flags & POOL_FLAG_UNINITIALIZED ? 0 : TAKE_ZERO) |
             (flags & POOL_FLAG_CACHE_ALIGNED ? TAKE_ALIGN64 : 0) | (flags & POOL_FLAG_USE_QUOTA ? TAKE_QUOTA : 0));
    if (!p && (flags & POOL_FLAG_RAISE_ON_FAILURE))
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    return p;
}

/* The slot for a nonpaged block, filled in but for its contents; NULL when the slow path must do it. */
static inline __attribute__((always_inline)) struct pool_header *fast_take(unsigned kind, SIZE_T bytes, ULONG tag, const void *caller)
{
    struct pool_cache *cache = pool_cache;
    struct pool_header *h;
    struct pool_keep *keep;
    unsigned class;

    if (!cache || bytes - 1 >= POOL_FAST_MAX || ddi_hooks || pool_irql() > DISPATCH_LEVEL)
        return NULL;
    class = pool.class_of[(bytes + sizeof(*h) + POOL_GUARD + 15) / 16];
    keep = &cache->keep[kind][class];
    if (!keep->count)
        return NULL;
    h = keep->slot[--keep->count];
    h->kind = (uint8_t)kind;
    h->class = (uint8_t)class;
    h->shift = 0;
    h->tag = tag;
    h->bytes = (uint32_t)bytes;
    h->caller = caller_offset(caller);
    return h;
}

PVOID NTAPI mm_pool_allocate(POOL_FLAGS flags, SIZE_T bytes, ULONG tag, const void *caller)
{
    struct pool_header *h;

    if ((flags & 0xFFFFFFFF & ~(ULONG64)POOL_FLAG_UNINITIALIZED) != POOL_FLAG_NON_PAGED || tag == 0 ||
        !(h = fast_take(POOL_NX, bytes, tag, caller)))
        return allocate2(flags, bytes, tag, caller);
    if (!(flags & POOL_FLAG_UNINITIALIZED))
        pool_fill(h + 1, 0, pool_round16(bytes));
    pool_guard_write(h);
    __atomic_store_n(&h->state, (uint8_t)POOL_ALIVE, __ATOMIC_RELEASE);
    return h + 1;
}

PVOID NTAPI ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
    return mm_pool_allocate(Flags, NumberOfBytes, Tag, __builtin_return_address(0));
}

PVOID NTAPI ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                            ULONG ExtendedParametersCount)
{
    for (ULONG i = 0; i < ExtendedParametersCount; i++) {
        const POOL_EXTENDED_PARAMETER *p = &ExtendedParameters[i];
        bool taken = p->Type == PoolExtendedParameterPriority || (p->Type == PoolExtendedParameterNumaNode && (p->PreferredNode & 0xFFFF) == 0);

        /* secure pool needs a pool of ExCreatePool, which there is none of here */
        if (!taken && !p->Optional) {
            if (Flags & POOL_FLAG_RAISE_ON_FAILURE)
                ExRaiseStatus(STATUS_INVALID_PARAMETER);
            return NULL;
        }
    }
    return allocate2(Flags, NumberOfBytes, Tag, __builtin_return_address(0));
}

/* ---- the older routines ---- */
static bool has_letter_or_digit(ULONG tag)
{
    for (unsigned i = 0; i < 4; i++, tag >>= 8) {
        uint8_t c = tag & 0x7F;

        if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return true;
    }
    return false;
}

static __attribute__((noinline)) PVOID allocate(ULONG type, SIZE_T bytes, ULONG tag, const void *caller, unsigned flags)
{
    ULONG base = type & 7;
    unsigned kind = base & PagedPool ? POOL_PAGED : type & POOL_NX_ALLOCATION ? POOL_NX : POOL_EXECUTE;
    void *p;

    if (tag == 0) /* EXE-735 */
        guest_bugcheck(BAD_POOL_CALLER, 0x9B, type, bytes, (ULONG64)(ULONG_PTR)caller, "a pool tag of 0");
    if ((tag & 0xFFFFFF) == ('B' | 'I' << 8 | 'G' << 16) && (tag >> 24 == 0 || tag >> 24 == ' '))
        guest_bugcheck(BAD_POOL_CALLER, 0x9C, type, bytes, (ULONG64)(ULONG_PTR)caller, "the pool tag 'BIG' is the system's");
    if (!has_letter_or_digit(tag))
        guest_bugcheck(BAD_POOL_CALLER, 0x9D, tag, type, (ULONG64)(ULONG_PTR)caller, "a pool tag without letter or digit: %08x", tag);
    if (base == NonPagedPoolMustSucceed || base == NonPagedPoolCacheAlignedMustS) /* EXE-739 */
        guest_bugcheck(BAD_POOL_CALLER, 0x9A, type, bytes, tag, "must-succeed pool is asked for, which is gone since Windows 2000");
    check_irql(kind, type, bytes);
    if (bytes == 0) { /* EXE-234: the smallest block */
        guest_finding("EXE-730", "0 bytes of pool are asked for, tag %.4s", (const char *)&tag);
        bytes = 1;
    }
    p = take(kind, bytes, tag, caller, flags | (type & POOL_ZERO_ALLOCATION ? TAKE_ZERO : 0) | (base & NonPagedPoolCacheAligned ? TAKE_ALIGN64 : 0));
    if (!p && (type & POOL_RAISE_IF_ALLOCATION_FAILURE || ((flags & TAKE_QUOTA) && !(type & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE))))
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    return p;
}

PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    ULONG type = (ULONG)PoolType;
    struct pool_header *h;

    if ((type & ~(ULONG)(POOL_ZERO_ALLOCATION | POOL_NX_ALLOCATION)) != NonPagedPool || !has_letter_or_digit(Tag) || (Tag & 0xFF) == 'B' ||
        !(h = fast_take(type & POOL_NX_ALLOCATION ? POOL_NX : POOL_EXECUTE, NumberOfBytes, Tag, __builtin_return_address(0))))
        return allocate(type, NumberOfBytes, Tag, __builtin_return_address(0), 0);
    if (type & POOL_ZERO_ALLOCATION)
        pool_fill(h + 1, 0, pool_round16(NumberOfBytes));
    pool_guard_write(h);
    __atomic_store_n(&h->state, (uint8_t)POOL_ALIVE, __ATOMIC_RELEASE);
    return h + 1;
}

PVOID NTAPI mm_pool_allocate_old(ULONG type, SIZE_T bytes, ULONG tag, const void *caller)
{
    return allocate(type, bytes, tag, caller, 0);
}

PVOID NTAPI ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return allocate((ULONG)PoolType, NumberOfBytes, 'enoN', __builtin_return_address(0), 0); /* EXE-236 */
}

PVOID NTAPI ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag, EX_POOL_PRIORITY Priority)
{
    (void)Priority; /* it decides who fails first when memory is short; here it is there or not */
    return allocate((ULONG)PoolType, NumberOfBytes, Tag, __builtin_return_address(0), 0);
}

PVOID NTAPI ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    return allocate((ULONG)PoolType, NumberOfBytes, Tag, __builtin_return_address(0), TAKE_QUOTA);
}

PVOID NTAPI ExAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return allocate((ULONG)PoolType, NumberOfBytes, 'enoN', __builtin_return_address(0), TAKE_QUOTA);
}

/* ---- free ---- */
static __attribute__((noinline)) void release(void *p, ULONG tag)
{
    struct pool_page *page;
    unsigned kind;
    KIRQL irql = pool_irql();

    if (!pool_in_window(p))
        pool_bad_free(p);
    page = &pool.page[pool_index(p)];
    if (page->state == PAGE_NONE || page->state == PAGE_RUN_GONE)
        pool_bad_free(p);
    kind = page->kind;
    if (irql > (kind == POOL_PAGED ? APC_LEVEL : DISPATCH_LEVEL)) /* EXE-732 */
        guest_bugcheck(BAD_POOL_CALLER, 9, irql, kind == POOL_PAGED ? PagedPool : NonPagedPool, (ULONG64)(ULONG_PTR)p,
                       "%s pool is freed at IRQL %u", kind == POOL_PAGED ? "paged" : "nonpaged", irql);
    if (page->state == PAGE_SLAB) {
        struct pool_header *h = pool_check_slot(p, tag), *slot = h - h->shift;
        unsigned class = h->class;

        check_freed(p, h->bytes);
        __builtin_memset(p, POOL_POISON_BYTE, h->bytes < POOL_POISON_ALL ? h->bytes : POOL_POISON_EDGE);
        if (h->bytes >= POOL_POISON_ALL)
            __builtin_memset((uint8_t *)p + h->bytes - POOL_POISON_EDGE, POOL_POISON_BYTE, POOL_POISON_EDGE);
        h->state = POOL_FREED;
        pool_slot_give(kind, class, slot);
    } else {
        pool_check_run(p, pool_index(p), tag);
        check_freed(p, page->bytes);
        pool_run_give(pool_index(p));
    }
}

VOID NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag)
{
    struct pool_header *h = (struct pool_header *)P - 1;
    struct pool_cache *cache = pool_cache;
    struct pool_page *page;
    struct pool_keep *keep;

    if (!cache || !pool_in_window(P) || ((uintptr_t)P & 15) || ((uintptr_t)P & (PAGE_SIZE - 1)) == 0 || ddi_hooks ||
        pool_irql() > DISPATCH_LEVEL)
        goto slow;
    page = &pool.page[pool_index(P)];
    if (page->state != PAGE_SLAB || page->kind == POOL_PAGED || h->state != POOL_ALIVE || h->class != page->class || h->kind != page->kind ||
        h->shift || h->bytes > POOL_FAST_MAX || (Tag && Tag != h->tag) || pool_guard_read(h) != POOL_GUARD_WORD)
        goto slow;
    keep = &cache->keep[h->kind][h->class];
    if (keep->count >= keep->limit || is_watched(P))
        goto slow;
    pool_fill(P, POOL_POISON_WORD, pool_round16(h->bytes));
    h->state = POOL_FREED;
    keep->slot[keep->count++] = h;
    return;
slow:
    release(P, Tag);
}

VOID NTAPI ExFreePool(PVOID P)
{
    release(P, 0);
}

VOID NTAPI ExFreePool2(PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER ExtendedParameters, ULONG ExtendedParametersCount)
{
    (void)ExtendedParameters, (void)ExtendedParametersCount; /* secure pool's handle and cookie; there is no such pool */
    release(P, Tag);
}

SIZE_T NTAPI ExQueryPoolBlockSize(PVOID PoolBlock, PBOOLEAN QuotaCharged)
{
    struct pool_page *page;

    if (!pool_in_window(PoolBlock))
        pool_bad_free(PoolBlock);
    page = &pool.page[pool_index(PoolBlock)];
    if (page->state == PAGE_SLAB) {
        const struct pool_header *h = (const struct pool_header *)PoolBlock - 1;

        *QuotaCharged = (h->kind & POOL_QUOTA_BIT) != 0;
        return h->bytes;
    }
    *QuotaCharged = page->quota;
    return page->bytes;
}
