/* The system window: physical pages at their fixed addresses.
 *
 * Pages below mem.committed were made accessible in large steps, so that a fresh allocation needs no system call. A freed
 * range is made inaccessible and its memory goes back to the host (PAGE_HIDDEN); taken again, it is made accessible again.
 * Inaccessible neighbours are one mapping to Linux, so the number of mappings stays far below vm.max_map_count; when the
 * host refuses nevertheless, the range stays accessible and reads as zeros. */
#include "mem_private.h"
#include "host/host.h"

#define COMMIT_STEP 512u

static bool in_system(uint64_t va)
{
    return va - MEM_SYSTEM_LOW < (uint64_t)mem.total << 12;
}

static uint32_t index_of(uint64_t va)
{
    return (uint32_t)((va - MEM_SYSTEM_LOW) >> 12);
}

static bool commit_to(uint32_t end)
{
    uint32_t step;

    if (end <= mem.committed)
        return true;
    step = (end - mem.committed + COMMIT_STEP - 1) / COMMIT_STEP * COMMIT_STEP;
    if (step > mem.total - mem.committed)
        step = mem.total - mem.committed;
    if (host.protect(mem_address(mem.committed), (uint64_t)step << 12, HOST_R | HOST_W) < 0)
        return false;
    mem.committed += step;
    return true;
}

static bool reveal(uint32_t first, uint32_t pages)
{
    bool hidden = false;

    for (uint32_t i = first; i < first + pages && !hidden; i++)
        hidden = mem.page[i].flags & PAGE_HIDDEN;
    if (hidden && host.protect(mem_address(first), (uint64_t)pages << 12, HOST_R | HOST_W) < 0)
        return false;
    return true;
}

static void describe(uint32_t first, uint32_t pages, enum mem_kind kind, const void *owner)
{
    mem_store(mem.page[first].owner, owner);
    mem_store(mem.page[first].pages, pages);
    for (uint32_t i = first; i < first + pages; i++) {
        struct mem_page *page = &mem.page[i];

        mem_store(page->first, first);
        mem_store(page->prot, (uint8_t)MEM_RW);
        mem_store(page->flags, (uint8_t)(page->flags & PAGE_WAS_FREED));
        __atomic_store_n(&page->kind, (uint8_t)kind, __ATOMIC_RELEASE);
    }
}

static void *take(uint32_t pages, enum mem_kind kind, const void *owner)
{
    uint32_t first = mem_runs_take(&mem.runs, pages);

    if (first == MEM_NO_PAGE)
        return NULL;
    if (!commit_to(first + pages) || !reveal(first, pages)) {
        mem_runs_return(&mem.runs, first, pages);
        return NULL;
    }
    describe(first, pages, kind, owner);
    return (void *)(uintptr_t)mem_address(first);
}

/* Nobody has seen the pages yet. */
static void undo_take(void *base, uint32_t pages)
{
    uint32_t first = index_of((uintptr_t)base);

    for (uint32_t i = first; i < first + pages; i++)
        mem_store(mem.page[i].kind, (uint8_t)MEM_FREE);
    mem_runs_return(&mem.runs, first, pages);
}

void *mem_alloc(size_t pages, enum mem_kind kind, const void *owner)
{
    void *base;

    WK_ASSERT(pages > 0 && kind != MEM_FREE);
    if (pages > mem.total)
        return NULL;
    mem_lock();
    base = take((uint32_t)pages, kind, owner);
    mem_unlock();
    return base;
}

void *mem_alloc_within(size_t pages, enum mem_kind kind, const void *owner, uint64_t pfn_low, uint64_t pfn_high,
                       uint64_t boundary_pages)
{
    uint64_t low = pfn_low < MEM_PFN_FIRST ? MEM_PFN_FIRST : pfn_low, step = boundary_pages ? boundary_pages : 1;
    void *base = NULL;

    if (pages == 0 || pages > mem.total || (boundary_pages && pages > boundary_pages))
        return NULL;
    mem_lock();
    if (!boundary_pages && (base = take((uint32_t)pages, kind, owner)) != NULL) { /* wherever it lies is good, mostly */
        uint64_t pfn = index_of((uintptr_t)base) + MEM_PFN_FIRST;

        if (pfn < low || pfn + pages - 1 > pfn_high) {
            undo_take(base, (uint32_t)pages);
            base = NULL;
        }
    }
    for (uint64_t pfn = low; !base && pfn + pages - 1 <= pfn_high && pfn - MEM_PFN_FIRST + pages <= mem.total;) {
        uint32_t first = (uint32_t)(pfn - MEM_PFN_FIRST);

        if (boundary_pages && pfn / step != (pfn + pages - 1) / step) {
            pfn = (pfn / step + 1) * step;
            continue;
        }
        if (first < mem.runs.bump && mem.page[first].kind != MEM_FREE) { /* skip the allocation that is there */
            struct mem_page *there = &mem.page[mem.page[first].first];

            pfn = (uint64_t)mem.page[first].first + there->pages + MEM_PFN_FIRST;
            continue;
        }
        if (!mem_runs_take_at(&mem.runs, first, (uint32_t)pages)) {
            pfn++;
            continue;
        }
        if (!commit_to(first + (uint32_t)pages) || !reveal(first, (uint32_t)pages)) {
            mem_runs_return(&mem.runs, first, (uint32_t)pages);
            break;
        }
        describe(first, (uint32_t)pages, kind, owner);
        base = (void *)(uintptr_t)mem_address(first);
    }
    mem_unlock();
    return base;
}

/* Their contents go back to the host and a touch faults. Under the lock. */
static void release(uint32_t first, uint32_t pages)
{
    uint64_t at = mem_address(first), bytes = (uint64_t)pages << 12;
    bool zeroed = host.discard(mem.fd, (uint64_t)first << 12, bytes) == 0;
    uint8_t flags = PAGE_WAS_FREED;

    if (!zeroed && host.protect(at, bytes, HOST_R | HOST_W) == 0)
        __builtin_memset((void *)(uintptr_t)at, 0, bytes);
    if (host.protect(at, bytes, HOST_NONE) == 0)
        flags |= PAGE_HIDDEN;
    for (uint32_t i = first; i < first + pages; i++)
        mem_store(mem.page[i].flags, (uint8_t)(flags | (mem.page[i].flags & PAGE_HIDDEN)));
    mem_runs_give(&mem.runs, first, pages);
}

void mem_split(void *base, size_t pages)
{
    uint32_t first = index_of((uintptr_t)base);

    WK_ASSERT(in_system((uintptr_t)base) && pages > 0);
    mem_lock();
    WK_ASSERT(mem.page[first].first == first && mem.page[first].pages == pages);
    for (uint32_t i = first; i < first + pages; i++) {
        mem_store(mem.page[i].owner, mem.page[first].owner);
        mem_store(mem.page[i].pages, 1);
        mem_store(mem.page[i].first, i);
    }
    mem_unlock();
}

/* Is it one whole allocation, or several of one page each? */
static bool whole(uint32_t first, size_t pages)
{
    if (mem.page[first].first == first && mem.page[first].pages == pages)
        return mem.page[first].kind != MEM_FREE;
    for (uint32_t i = first; i < first + pages; i++)
        if (mem.page[i].first != i || mem.page[i].pages != 1 || mem.page[i].kind == MEM_FREE)
            return false;
    return true;
}

void mem_free(void *base, size_t pages)
{
    uint32_t first = index_of((uintptr_t)base), end = first + (uint32_t)pages, from;

    WK_ASSERT(in_system((uintptr_t)base) && pages > 0);
    mem_lock();
    WK_ASSERT(whole(first, pages));
    for (uint32_t i = first; i < end; i++) {
        mem_store(mem.page[i].kind, (uint8_t)MEM_FREE);
        __atomic_store_n(&mem.page[i].flags, PAGE_WAS_FREED | PAGE_DYING, __ATOMIC_SEQ_CST);
    }
    from = first;
    for (uint32_t i = first; i < end; i++) {
        if (__atomic_load_n(&mem.page[i].refs, __ATOMIC_SEQ_CST) == 0)
            continue;
        if (i > from) /* page i lives on until mem_page_unref */
            release(from, i - from);
        from = i + 1;
    }
    if (end > from)
        release(from, end - from);
    mem_unlock();
}

void *mem_alloc_guarded(size_t pages, enum mem_kind kind, const void *owner)
{
    uint8_t *base;

    WK_ASSERT(pages > 0);
    if (pages >= mem.total)
        return NULL;
    mem_lock();
    base = take((uint32_t)pages + 1, kind, owner);
    if (base) {
        uint32_t guard = index_of((uintptr_t)base);

        host.protect((uintptr_t)base, MEM_PAGE, HOST_NONE);
        describe(guard + 1, (uint32_t)pages, kind, owner);
        describe(guard, 1, MEM_STACK_GUARD, owner);
        mem_store(mem.page[guard].prot, (uint8_t)MEM_NONE);
        mem_store(mem.page[guard].flags, (uint8_t)(mem.page[guard].flags | PAGE_HIDDEN));
        base += MEM_PAGE;
    }
    mem_unlock();
    return base;
}

void mem_free_guarded(void *base, size_t pages)
{
    uint8_t *guard = (uint8_t *)base - MEM_PAGE;

    mem_lock();
    WK_ASSERT(mem.page[index_of((uintptr_t)guard)].kind == MEM_STACK_GUARD);
    describe(index_of((uintptr_t)guard), (uint32_t)pages + 1, MEM_STACK, mem.page[index_of((uintptr_t)guard)].owner);
    mem_unlock();
    mem_free(guard, pages + 1);
}

int mem_protect(void *base, size_t pages, enum mem_prot prot)
{
    uint64_t va = (uintptr_t)base;
    struct mem_window *window = mem_window_of(va);
    int err;

    WK_ASSERT(in_system(va) || window);
    mem_lock();
    err = host.protect(va, (uint64_t)pages << 12, prot);
    for (size_t i = 0; err == 0 && i < pages; i++) {
        if (window)
            mem_store(window->view[(va - window->low) / MEM_PAGE + i].prot, (uint8_t)prot);
        else
            mem_store(mem.page[index_of(va) + i].prot, (uint8_t)prot);
    }
    for (size_t i = 0; !window && err == 0 && i < pages; i++) { /* a later owner of the page must get it readable and writable */
        struct mem_page *page = &mem.page[index_of(va) + i];

        mem_store(page->flags, (uint8_t)(prot == MEM_RW ? page->flags & ~PAGE_HIDDEN : page->flags | PAGE_HIDDEN));
    }
    mem_unlock();
    return err;
}

void mem_page_ref(uint64_t pfn)
{
    WK_ASSERT(pfn - MEM_PFN_FIRST < mem.total);
    __atomic_fetch_add(&mem.page[pfn - MEM_PFN_FIRST].refs, 1, __ATOMIC_SEQ_CST);
}

void mem_page_unref(uint64_t pfn)
{
    uint32_t index = (uint32_t)(pfn - MEM_PFN_FIRST);
    struct mem_page *page = &mem.page[index];

    WK_ASSERT(pfn - MEM_PFN_FIRST < mem.total);
    if (__atomic_sub_fetch(&page->refs, 1, __ATOMIC_SEQ_CST) != 0 ||
        !(__atomic_load_n(&page->flags, __ATOMIC_SEQ_CST) & PAGE_DYING))
        return;
    mem_lock();
    if ((page->flags & PAGE_DYING) && page->refs == 0)
        release(index, 1);
    mem_unlock();
}

uint32_t mem_page_refs(uint64_t pfn)
{
    return pfn - MEM_PFN_FIRST < mem.total ? mem_load(mem.page[pfn - MEM_PFN_FIRST].refs) : 0;
}

uint64_t mem_pfn(const void *va)
{
    uint64_t at = (uintptr_t)va;
    struct mem_window *window;

    if (in_system(at)) {
        uint8_t kind = mem_load(mem.page[index_of(at)].kind);

        return kind == MEM_FREE || kind == MEM_STACK_GUARD ? 0 : index_of(at) + MEM_PFN_FIRST;
    }
    window = mem_window_of(at);
    return window ? mem_load(window->view[(at - window->low) / MEM_PAGE].pfn) : 0;
}

struct mem_range mem_find(uint64_t va)
{
    struct mem_range range = {.kind = MEM_FREE, .base = va & ~(uint64_t)(MEM_PAGE - 1), .bytes = MEM_PAGE};
    struct mem_window *window;

    if (mem.started && in_system(va)) {
        const struct mem_page *page = &mem.page[index_of(va)];

        range.kind = __atomic_load_n(&page->kind, __ATOMIC_ACQUIRE);
        if (range.kind == MEM_FREE) {
            range.was_freed = mem_load(page->flags) & PAGE_WAS_FREED;
        } else {
            uint32_t first = mem_load(page->first);

            range.base = mem_address(first);
            range.bytes = (size_t)mem_load(mem.page[first].pages) << 12;
            range.owner = mem_load(mem.page[first].owner);
        }
        return range;
    }
    window = mem_window_of(va);
    if (window) {
        const struct mem_view *view = &window->view[(va - window->low) / MEM_PAGE];

        if (mem_load(view->pfn) == 0) {
            range.was_freed = mem_load(view->was_freed);
        } else {
            range.kind = window->kind;
            range.base = window->low + ((uint64_t)mem_load(view->first) << 12);
            range.bytes = (size_t)mem_load(window->view[mem_load(view->first)].pages) << 12;
        }
    }
    return range;
}

bool mem_accessible(uint64_t va, enum mem_prot prot)
{
    struct mem_window *window;
    uint8_t has = 0;

    if (mem.started && in_system(va)) {
        const struct mem_page *page = &mem.page[index_of(va)];

        has = mem_load(page->kind) == MEM_FREE ? 0 : mem_load(page->kind) == MEM_SHARED ? MEM_R : mem_load(page->prot);
    } else if ((window = mem_window_of(va)) != NULL) {
        const struct mem_view *view = &window->view[(va - window->low) / MEM_PAGE];

        has = mem_load(view->pfn) ? mem_load(view->prot) : 0;
    }
    return has && (has & prot) == prot;
}
