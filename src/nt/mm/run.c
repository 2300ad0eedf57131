/* Blocks of whole pages. Freed runs of up to KEEP_PAGES pages wait in lists by length for the next request of that length,
 * so that a driver that takes 64 KB per request makes no system call for it; [W] with hooks on they go at once, so that a
 * late touch faults. */
#include "pool_private.h"

#define KEEP_PAGES 64
#define KEEP_TOTAL 4096 /* pages in all lists */

static struct sched_lock lock;
static uint32_t kept[POOL_KINDS][KEEP_PAGES + 1]; /* first page, by length */
static uint32_t kept_pages;

void pool_run_stop(void)
{
    __builtin_memset(kept, 0, sizeof(kept));
    kept_pages = 0;
}

static uint32_t take_kept(unsigned kind, uint32_t pages)
{
    uint32_t index = 0;

    if (pages > KEEP_PAGES || !__atomic_load_n(&kept[kind][pages], __ATOMIC_RELAXED))
        return 0;
    sched_lock(&lock);
    index = kept[kind][pages];
    if (index) {
        __atomic_store_n(&kept[kind][pages], pool.page[index].next_kept, __ATOMIC_RELAXED);
        kept_pages -= pages;
    }
    sched_unlock(&lock);
    return index;
}

static uint32_t take_new(unsigned kind, uint32_t pages)
{
    void *base = mem_alloc(pages, kind == POOL_PAGED ? MEM_POOL_PAGED : MEM_POOL, NULL);
    uint32_t index, high;

    if (!base)
        return 0;
    if (kind == POOL_EXECUTE && mem_protect(base, pages, MEM_RWX) < 0) {
        mem_free(base, pages);
        return 0;
    }
    index = pool_index(base);
    WK_ASSERT(index != 0);
    for (uint32_t i = 1; i < pages; i++)
        pool.page[index + i] = (struct pool_page){.state = PAGE_RUN_REST, .pages = i};
    high = __atomic_load_n(&pool.high, __ATOMIC_RELAXED);
    while (high < index + pages &&
           !__atomic_compare_exchange_n(&pool.high, &high, index + pages, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    return index;
}

void *pool_run_take(unsigned kind, uint64_t bytes, uint32_t tag, uint32_t caller, bool *zeroed)
{
    uint64_t pages = (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT, word = POOL_GUARD_WORD;
    struct pool_page *page;
    uint32_t index;

    if (bytes > (uint64_t)pool.pages << PAGE_SHIFT)
        return NULL;
    index = take_kept(kind, (uint32_t)pages);
    *zeroed = !index;
    if (!index)
        index = take_new(kind, (uint32_t)pages);
    if (!index)
        return NULL;
    page = &pool.page[index];
    page->kind = (uint8_t)kind;
    page->tag = tag;
    page->caller = caller;
    page->bytes = bytes;
    page->pages = (uint32_t)pages;
    __atomic_store_n(&page->state, (uint8_t)PAGE_RUN, __ATOMIC_RELEASE);
    if ((pages << PAGE_SHIFT) - bytes >= POOL_GUARD)
        __builtin_memcpy((uint8_t *)pool_address(index) + bytes, &word, sizeof(word));
    if (kind == POOL_PAGED)
        pool_paged_new(index, (uint32_t)pages);
    return pool_address(index);
}

void pool_run_give(uint32_t index)
{
    struct pool_page *page = &pool.page[index];
    uint32_t pages = page->pages;
    uint8_t *base = pool_address(index);
    uint64_t edge = (uint64_t)pages << PAGE_SHIFT;

    if (pages <= KEEP_PAGES && !ddi_hooks) {
        sched_lock(&lock);
        if (kept_pages + pages <= KEEP_TOTAL) {
            __builtin_memset(base, POOL_POISON_BYTE, POOL_POISON_EDGE);
            __builtin_memset(base + edge - POOL_POISON_EDGE, POOL_POISON_BYTE, POOL_POISON_EDGE);
            page->next_kept = kept[page->kind][pages];
            page->state = PAGE_RUN_KEPT;
            __atomic_store_n(&kept[page->kind][pages], index, __ATOMIC_RELAXED);
            kept_pages += pages;
            sched_unlock(&lock);
            return;
        }
        sched_unlock(&lock);
    }
    for (uint32_t i = 0; i < pages; i++)
        __atomic_store_n(&pool.page[index + i].state, (uint8_t)PAGE_RUN_GONE, __ATOMIC_SEQ_CST);
    if (page->kind == POOL_PAGED)
        pool_paged_gone(index, pages);
    mem_free(base, pages);
}
