/* Pages of equal slots, and the free slots that each thread keeps. A page with every slot free goes back to mem.h, so that a
 * late touch of it faults; EMPTY_KEEP such pages per class are kept, since giving one back costs system calls (one with hooks on). */
#include "pool_private.h"

struct pool_state_all pool;
__thread struct pool_cache *pool_cache;

#define EMPTY_KEEP 32

#define NO_PAGE 0 /* page 0 of the window is never the pool's: mem.h gave it away before */

static struct class_state {
    struct sched_lock lock;
    uint32_t partial; /* pages with a free slot */
    uint32_t empty;   /* of them, with all free */
} classes[POOL_KINDS][POOL_CLASSES];

static struct sched_lock cache_lock;
static struct pool_cache *spare_caches;

void pool_slab_start(void)
{
    unsigned class = 0, bytes;

    for (bytes = 32; bytes <= 256; bytes += 16)
        pool.slot_bytes[class++] = (uint16_t)bytes;
    for (unsigned i = 0; i < 12; i++) {
        static const uint8_t per_page[12] = {14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1};

        pool.slot_bytes[class++] = (uint16_t)(PAGE_SIZE / per_page[i] & ~15u);
    }
    WK_ASSERT(class == POOL_CLASSES);
    for (unsigned i = 0, c = 0; i <= PAGE_SIZE / 16; i++) {
        if (i * 16 > pool.slot_bytes[c])
            c++;
        pool.class_of[i] = (uint8_t)c;
    }
}

void pool_slab_stop(void)
{
    __builtin_memset(classes, 0, sizeof(classes));
    spare_caches = NULL;
    pool_cache = NULL;
}

static struct pool_cache *cache_get(void)
{
    struct pool_cache *cache;

    sched_lock(&cache_lock);
    cache = spare_caches;
    if (cache)
        spare_caches = cache->next;
    sched_unlock(&cache_lock);
    if (cache)
        return pool_cache = cache;
    cache = mem_table(sizeof(*cache));
    if (!cache)
        return NULL;
    for (unsigned kind = 0; kind < POOL_KINDS; kind++)
        for (unsigned class = 0; class < POOL_CLASSES; class++)
            cache->keep[kind][class].limit = pool.slot_bytes[class] <= 512 ? POOL_KEEP_MAX : pool.slot_bytes[class] <= 1360 ? 12 : 6;
    return pool_cache = cache;
}

static void list_add(struct class_state *c, uint32_t index)
{
    struct pool_page *page = &pool.page[index];

    page->prev = NO_PAGE;
    page->next = c->partial;
    if (c->partial)
        pool.page[c->partial].prev = index;
    c->partial = index;
}

static void list_remove(struct class_state *c, uint32_t index)
{
    struct pool_page *page = &pool.page[index];

    if (page->next)
        pool.page[page->next].prev = page->prev;
    if (page->prev)
        pool.page[page->prev].next = page->next;
    else
        c->partial = page->next;
}

static bool new_page(struct class_state *c, unsigned kind, unsigned class)
{
    void *base = mem_alloc(1, kind == POOL_PAGED ? MEM_POOL_PAGED : MEM_POOL, NULL);
    uint32_t index, slots = PAGE_SIZE / pool.slot_bytes[class], high;
    struct pool_page *page;

    if (!base)
        return false;
    index = pool_index(base);
    WK_ASSERT(index != NO_PAGE);
    if (kind == POOL_EXECUTE && mem_protect(base, 1, MEM_RWX) < 0) {
        mem_free(base, 1);
        return false;
    }
    for (uint32_t i = 0; i < slots; i++) {
        struct pool_header *h = (struct pool_header *)((uint8_t *)base + i * pool.slot_bytes[class]);

        *h = (struct pool_header){.state = POOL_FREED, .class = (uint8_t)class, .kind = (uint8_t)kind};
    }
    page = &pool.page[index];
    page->class = (uint8_t)class;
    page->kind = (uint8_t)kind;
    page->free = page->slots = (uint16_t)slots;
    page->map[0] = slots >= 64 ? UINT64_MAX : ((uint64_t)1 << slots) - 1;
    page->map[1] = slots <= 64 ? 0 : slots == 128 ? UINT64_MAX : ((uint64_t)1 << (slots - 64)) - 1;
    list_add(c, index);
    c->empty++;
    __atomic_store_n(&page->state, (uint8_t)PAGE_SLAB, __ATOMIC_RELEASE);
    if (kind == POOL_PAGED)
        pool_paged_new(index, 1);
    high = __atomic_load_n(&pool.high, __ATOMIC_RELAXED);
    while (high <= index && !__atomic_compare_exchange_n(&pool.high, &high, index + 1, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    return true;
}

static struct pool_header *slot_of_page(struct class_state *c, unsigned class)
{
    uint32_t index = c->partial;
    struct pool_page *page = &pool.page[index];
    unsigned word = page->map[0] ? 0 : 1, bit = (unsigned)__builtin_ctzll(page->map[word]);

    WK_ASSERT(page->free > 0);
    page->map[word] &= page->map[word] - 1;
    if (page->free-- == page->slots)
        c->empty--;
    if (page->free == 0)
        list_remove(c, index);
    return (struct pool_header *)((uint8_t *)pool_address(index) + (word * 64 + bit) * pool.slot_bytes[class]);
}

struct pool_header *pool_slot_take(unsigned kind, unsigned class)
{
    struct pool_cache *cache = pool_cache ? pool_cache : cache_get();
    struct class_state *c = &classes[kind][class];
    struct pool_header *slot = NULL;
    struct pool_keep *keep;

    if (!cache)
        return NULL;
    keep = &cache->keep[kind][class];
    if (keep->count)
        return keep->slot[--keep->count];
    sched_lock(&c->lock);
    if (c->partial || new_page(c, kind, class))
        slot = slot_of_page(c, class);
    while (slot && keep->count < keep->limit / 2 && c->partial)
        keep->slot[keep->count++] = slot_of_page(c, class);
    sched_unlock(&c->lock);
    return slot;
}

static void slot_to_page(struct class_state *c, unsigned class, struct pool_header *slot)
{
    uint32_t index = pool_index(slot), number = ((uintptr_t)slot & (PAGE_SIZE - 1)) / pool.slot_bytes[class];
    struct pool_page *page = &pool.page[index];

    WK_ASSERT(page->state == PAGE_SLAB && page->class == class && number < page->slots);
    WK_ASSERT(!(page->map[number / 64] >> number % 64 & 1));
    page->map[number / 64] |= (uint64_t)1 << number % 64;
    if (page->free++ == 0)
        list_add(c, index);
    if (page->free < page->slots)
        return;
    if (c->empty < (ddi_hooks ? 1 : EMPTY_KEEP)) {
        c->empty++;
        return;
    }
    list_remove(c, index);
    __atomic_store_n(&page->state, (uint8_t)PAGE_RUN_GONE, __ATOMIC_SEQ_CST);
    if (page->kind == POOL_PAGED)
        pool_paged_gone(index, 1);
    mem_free(pool_address(index), 1);
}

void pool_slot_give(unsigned kind, unsigned class, struct pool_header *slot)
{
    struct pool_cache *cache = pool_cache ? pool_cache : cache_get();
    struct class_state *c = &classes[kind][class];
    struct pool_keep *keep = cache ? &cache->keep[kind][class] : NULL;

    if (keep && keep->count < keep->limit) {
        keep->slot[keep->count++] = slot;
        return;
    }
    sched_lock(&c->lock);
    slot_to_page(c, class, slot);
    while (keep && keep->count > keep->limit / 2) /* the oldest stay: the ones on top are warm, but a batch is a batch */
        slot_to_page(c, class, keep->slot[--keep->count]);
    sched_unlock(&c->lock);
}

void mm_thread_stop(void)
{
    struct pool_cache *cache = pool_cache;

    if (!cache)
        return;
    pool_cache = NULL;
    for (unsigned kind = 0; kind < POOL_KINDS; kind++) {
        for (unsigned class = 0; class < POOL_CLASSES; class++) {
            struct pool_keep *keep = &cache->keep[kind][class];

            if (!keep->count)
                continue;
            sched_lock(&classes[kind][class].lock);
            while (keep->count)
                slot_to_page(&classes[kind][class], class, keep->slot[--keep->count]);
            sched_unlock(&classes[kind][class].lock);
        }
    }
    sched_lock(&cache_lock);
    cache->next = spare_caches;
    spare_caches = cache;
    sched_unlock(&cache_lock);
}
