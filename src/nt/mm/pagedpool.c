/* Paged pool that is really paged, with the border's hooks on (EXE-240, EXE-702): its pages are taken away whenever a driver comes to
 * DISPATCH_LEVEL (mm_page_out), as pageable sections are. Who touches one below that level gets it back without noticing; who touches it above
 * is stopped with 0xD1, or 0xA when the kernel did it for him. Pages that an MDL has locked stay.
 *
 * Only pages that were touched since the last time are in the list of what to take away, so a raise costs what was used. mm_paged_in runs in
 * signal context: no lock but the BUSY bit, which a thread holds for one change of protection. */
#include "pool_private.h"

enum { AWAY = 1, LISTED = 2, BUSY = 4 };

static struct {
    uint32_t *next; /* by page, of the list */
    uint8_t *state;
    uint32_t head;  /* 0: empty; page 0 of the window is never the pool's */
} paged;

unsigned mm_present_ones = 1;

static bool start(void)
{
    static struct sched_lock lock;

    if (__atomic_load_n(&paged.state, __ATOMIC_ACQUIRE))
        return true;
    sched_lock(&lock);
    if (!paged.state) {
        paged.next = mem_table(pool.pages * sizeof(*paged.next));
        __atomic_store_n(&paged.state, paged.next ? mem_table(pool.pages) : NULL, __ATOMIC_RELEASE);
    }
    sched_unlock(&lock);
    return paged.state != NULL;
}

void pool_paged_stop(void)
{
    __builtin_memset(&paged, 0, sizeof(paged));
}

static void list(uint32_t index)
{
    if (__atomic_fetch_or(&paged.state[index], LISTED, __ATOMIC_SEQ_CST) & LISTED)
        return;
    paged.next[index] = __atomic_load_n(&paged.head, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&paged.head, &paged.next[index], index, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    __atomic_store_n(&mm_present_ones, 1, __ATOMIC_RELEASE);
}

static void hold(uint32_t index)
{
    while (__atomic_fetch_or(&paged.state[index], BUSY, __ATOMIC_ACQUIRE) & BUSY)
        __builtin_ia32_pause();
}

static void let_go(uint32_t index)
{
    __atomic_fetch_and(&paged.state[index], (uint8_t)~BUSY, __ATOMIC_RELEASE);
}

static bool is_paged(uint32_t index)
{
    const struct pool_page *page = &pool.page[index];
    uint8_t state = __atomic_load_n(&page->state, __ATOMIC_ACQUIRE);

    return state == PAGE_RUN_REST ? pool.page[index - page->pages].kind == POOL_PAGED
                                  : (state == PAGE_SLAB || state == PAGE_RUN) && page->kind == POOL_PAGED;
}

/* Held: makes the page present. */
static void bring_back(uint32_t index)
{
    if (__atomic_fetch_and(&paged.state[index], (uint8_t)~AWAY, __ATOMIC_RELAXED) & AWAY)
        mem_protect(pool_address(index), 1, MEM_RW);
}

void pool_paged_new(uint32_t index, uint32_t pages)
{
    if (!ddi_hooks || !start())
        return;
    for (uint32_t i = 0; i < pages; i++)
        list(index + i);
}

/* They are about to be somebody else's; their state says already that they are not the pool's any more. */
void pool_paged_gone(uint32_t index, uint32_t pages)
{
    for (uint32_t i = 0; paged.state && i < pages; i++) {
        hold(index + i);
        bring_back(index + i);
        let_go(index + i);
    }
}

void pool_page_out(void)
{
    uint32_t index, next;

    for (index = __atomic_exchange_n(&paged.head, 0, __ATOMIC_ACQUIRE); index; index = next) {
        bool stays = false;

        next = paged.next[index];
        __atomic_fetch_and(&paged.state[index], (uint8_t)~LISTED, __ATOMIC_SEQ_CST);
        hold(index);
        if (is_paged(index)) {
            stays = mem_page_refs(MEM_PFN_FIRST + index) != 0;
            if (!stays && mem_protect(pool_address(index), 1, MEM_NONE) == 0)
                __atomic_fetch_or(&paged.state[index], AWAY, __ATOMIC_RELAXED);
        }
        let_go(index);
        if (stays) /* until it is unlocked */
            list(index);
    }
}

bool pool_page_in(uint64_t address, bool is_execute)
{
    const void *p = (const void *)(uintptr_t)address;
    uint32_t index;

    if (!__atomic_load_n(&paged.state, __ATOMIC_ACQUIRE) || is_execute || !pool_in_window(p) || !is_paged(index = pool_index(p)))
        return false;
    hold(index);
    bring_back(index);
    let_go(index);
    list(index);
    return true; /* also when another thread was first */
}
