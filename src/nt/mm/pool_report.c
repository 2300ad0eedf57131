/* Who has what: leaks of a driver that has stopped, totals per tag (EXE-242), and what a pool address is, for fault reports. */
#include "pool_private.h"

static uint64_t caller_address(uint32_t offset)
{
    return offset ? MEM_SYSTEM_LOW + offset : 0;
}

static void block_of_slot(const struct pool_header *h, struct mm_pool_block *block)
{
    *block = (struct mm_pool_block){.address = (uintptr_t)(h + 1), .bytes = h->bytes, .tag = h->tag,
                                    .caller = caller_address(h->caller), .paged = (h->kind & ~POOL_QUOTA_BIT) == POOL_PAGED, .freed = h->state != POOL_ALIVE};
}

static void block_of_run(uint32_t index, struct mm_pool_block *block)
{
    const struct pool_page *page = &pool.page[index];

    *block = (struct mm_pool_block){.address = (uintptr_t)pool_address(index), .bytes = page->bytes, .tag = page->tag,
                                    .caller = caller_address(page->caller), .paged = page->kind == POOL_PAGED,
                                    .freed = page->state != PAGE_RUN};
}

/* The header in the slot: at its start, or further on when the block is cache aligned. */
static const struct pool_header *header_in(const uint8_t *slot)
{
    const struct pool_header *h = (const struct pool_header *)slot;

    return h->state != POOL_ALIVE && h->shift ? h + h->shift : h;
}

static bool from(const struct mm_pool_block *block, uint64_t low, uint64_t high)
{
    return !high || (block->caller >= low && block->caller < high);
}

unsigned mm_pool_report(uint64_t low, uint64_t high, void (*visit)(const struct mm_pool_block *block, void *ctx), void *ctx)
{
    uint32_t end = __atomic_load_n(&pool.high, __ATOMIC_ACQUIRE);
    struct mm_pool_block block;
    unsigned count = 0;

    for (uint32_t i = 1; i < end; i++) {
        const struct pool_page *page = &pool.page[i];
        uint8_t state = __atomic_load_n(&page->state, __ATOMIC_ACQUIRE);

        if (state == PAGE_RUN) {
            block_of_run(i, &block);
            if (from(&block, low, high)) {
                count++;
                visit(&block, ctx);
            }
            continue;
        }
        for (uint32_t slot = 0; state == PAGE_SLAB && slot < page->slots; slot++) {
            const struct pool_header *h = header_in((const uint8_t *)pool_address(i) + slot * pool.slot_bytes[page->class]);

            if (__atomic_load_n(&h->state, __ATOMIC_ACQUIRE) != POOL_ALIVE)
                continue;
            block_of_slot(h, &block);
            if (from(&block, low, high)) {
                count++;
                visit(&block, ctx);
            }
        }
    }
    return count;
}

struct count_of_tag {
    ULONG tag;
    struct mm_pool_total total;
};

static void count_block(const struct mm_pool_block *block, void *ctx)
{
    struct count_of_tag *count = ctx;

    if (count->tag && count->tag != block->tag)
        return;
    count->total.blocks++;
    count->total.bytes += block->bytes;
}

struct mm_pool_total mm_pool_count(ULONG tag)
{
    struct count_of_tag count = {.tag = tag};

    mm_pool_report(0, 0, count_block, &count);
    return count.total;
}

bool mm_pool_find(uint64_t va, struct mm_pool_block *block)
{
    const void *p = (const void *)(uintptr_t)va;
    const struct pool_page *page;
    uint32_t index;

    if (!pool.page || !pool_in_window(p))
        return false;
    index = pool_index(p);
    page = &pool.page[index];
    switch (page->state) {
    case PAGE_SLAB:
        if (!mem_accessible(va, MEM_R))
            return false;
        block_of_slot(header_in((const uint8_t *)pool_address(index) + (va & (PAGE_SIZE - 1)) / pool.slot_bytes[page->class] *
                                pool.slot_bytes[page->class]), block);
        return true;
    case PAGE_RUN_REST:
        block_of_run(index - page->pages, block);
        return true;
    case PAGE_RUN:
    case PAGE_RUN_KEPT:
        block_of_run(index, block);
        return true;
    default:
        return false;
    }
}
