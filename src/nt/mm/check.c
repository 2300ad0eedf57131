/* Is what a driver frees a live block, whole, and the one it thinks it is? Every way in which it is not has its bug check. */
#include "pool_private.h"

#define BAD_POOL_HEADER 0x19
#define BAD_POOL_CALLER 0xC2

static ULONG64 number(const void *p)
{
    return (ULONG64)(ULONG_PTR)p;
}

static bool tag_fits(ULONG had, ULONG given)
{
    return given == 0 || ((had ^ given) & 0x7FFFFFFF) == 0; /* the top bit was PROTECTED_POOL once */
}

void pool_bad_free(void *p)
{
    struct mem_range range = mem_find(number(p));

    if ((ULONG_PTR)p < MEM_SYSTEM_LOW) /* EXE-736, and NULL: EXE-239 */
        guest_bugcheck(BAD_POOL_CALLER, 0x40, number(p), MEM_SYSTEM_LOW, 0, "%s is freed as pool: %p",
                       p ? "a user-mode address" : "NULL", p);
    if (range.kind == MEM_POOL || range.kind == MEM_POOL_PAGED)
        guest_bugcheck(BAD_POOL_CALLER, (number(p) & 15) ? 0x99 : 0x46, number(p), 0, 0,
                       "%p is freed as pool, but no block begins there", p);
    if (range.was_freed && pool_in_window(p) && pool.page[pool_index(p)].state == PAGE_RUN_GONE) /* EXE-733 */
        guest_bugcheck(BAD_POOL_CALLER, 7, 0, 0, number(p), "pool block %p is freed twice", p);
    guest_bugcheck(BAD_POOL_CALLER, 0x42, number(p), 0, 0, "%p is freed as pool, but was never in the pool", p);
}

struct pool_header *pool_check_slot(void *p, ULONG tag)
{
    struct pool_page *page = &pool.page[pool_index(p)];
    struct pool_header *h = (struct pool_header *)p - 1;
    uint32_t slot_bytes = pool.slot_bytes[page->class], offset = (uint32_t)(number(h) & (PAGE_SIZE - 1));
    ULONG64 raw;

    if ((number(p) & 15) || (number(p) & (PAGE_SIZE - 1)) == 0)
        pool_bad_free(p);
    __builtin_memcpy(&raw, h, sizeof(raw));
    if (h->state == POOL_FREED && h->class == page->class && offset % slot_bytes == h->shift * 16u) /* EXE-733 */
        guest_bugcheck(BAD_POOL_CALLER, 7, 0, raw, number(p), "pool block %p, tag %.4s, is freed twice", p, (const char *)&h->tag);
    if (offset % slot_bytes != 0 && (h->state != POOL_ALIVE || offset % slot_bytes != h->shift * 16u))
        pool_bad_free(p); /* EXE-736: inside a block */
    if (h->state != POOL_ALIVE || h->class != page->class || (h->kind & ~POOL_QUOTA_BIT) != page->kind ||
        h->bytes > slot_bytes - sizeof(*h) - POOL_GUARD) /* EXE-737 */
        guest_bugcheck(BAD_POOL_HEADER, 0x20, number(h), number(h) + slot_bytes, raw, "the header of pool block %p was overwritten", p);
    if (pool_guard_read(h) != POOL_GUARD_WORD)
        guest_bugcheck(BAD_POOL_HEADER, 0x21, number(p), h->bytes, 0, "something wrote past the end of pool block %p (%u bytes, tag %.4s)",
                       p, h->bytes, (const char *)&h->tag);
    if (!tag_fits(h->tag, tag)) /* EXE-734 */
        guest_bugcheck(BAD_POOL_CALLER, 0xA, number(p), h->tag, tag, "pool block %p has tag %.4s and is freed with tag %.4s", p,
                       (const char *)&h->tag, (const char *)&tag);
    return h;
}

void pool_check_run(void *p, uint32_t index, ULONG tag)
{
    struct pool_page *page = &pool.page[index];
    uint64_t room = (uint64_t)page->pages << PAGE_SHIFT, word;

    if (page->state == PAGE_RUN_KEPT && (number(p) & (PAGE_SIZE - 1)) == 0)
        guest_bugcheck(BAD_POOL_CALLER, 7, 0, page->tag, number(p), "pool block %p, tag %.4s, is freed twice", p, (const char *)&page->tag);
    if (page->state != PAGE_RUN || (number(p) & (PAGE_SIZE - 1)) != 0)
        pool_bad_free(p);
    if (room - page->bytes >= POOL_GUARD) {
        __builtin_memcpy(&word, (uint8_t *)p + page->bytes, sizeof(word));
        if (word != POOL_GUARD_WORD)
            guest_bugcheck(BAD_POOL_HEADER, 0x21, number(p), page->bytes, 0,
                           "something wrote past the end of pool block %p (%lu bytes, tag %.4s)", p, (unsigned long)page->bytes,
                           (const char *)&page->tag);
    }
    if (!tag_fits(page->tag, tag))
        guest_bugcheck(BAD_POOL_CALLER, 0xA, number(p), page->tag, tag, "pool block %p has tag %.4s and is freed with tag %.4s", p,
                       (const char *)&page->tag, (const char *)&tag);
}
