/* The alias window (a second view of pages, for MDLs) and the user window (memory of simulated processes). Both are lists
 * of views: which page lies at an address and how it may be touched. */
#include "mem_private.h"
#include "host/host.h"

static int window_start(struct mem_window *window, uint64_t low, uint64_t bytes, enum mem_kind kind)
{
    uint64_t pages = bytes / MEM_PAGE;

    *window = (struct mem_window){.low = low, .bytes = bytes, .kind = kind};
    window->view = mem_table(pages * sizeof(struct mem_view));
    if (!window->view)
        return -1;
    return mem_runs_start(&window->runs, pages, 1u << 20);
}

int mem_windows_start(void)
{
    if (window_start(&mem.alias, MEM_ALIAS_LOW, MEM_WINDOW_BYTES / 4, MEM_ALIAS) < 0)
        return -1;
    return window_start(&mem.user, MEM_USER_LOW, MEM_USER_BYTES, MEM_USER);
}

struct mem_window *mem_window_of(uint64_t va)
{
    if (!mem.started)
        return NULL;
    if (va - MEM_ALIAS_LOW < mem.alias.bytes)
        return &mem.alias;
    return va - MEM_USER_LOW < mem.user.bytes ? &mem.user : NULL;
}

/* Maps pages first .. first + pages - 1 of the window; one mapping per stretch of consecutive PFNs. */
static bool map_list(struct mem_window *window, uint32_t first, const uint64_t *pfns, uint32_t pages, enum mem_prot prot)
{
    for (uint32_t i = 0, run; i < pages; i += run) {
        for (run = 1; i + run < pages && pfns[i + run] == pfns[i] + run; run++)
            ;
        WK_ASSERT(pfns[i] >= MEM_PFN_FIRST && pfns[i] + run - MEM_PFN_FIRST <= mem.total);
        if (host.map_fd(window->low + ((uint64_t)(first + i) << 12), (uint64_t)run << 12, mem.fd,
                        (pfns[i] - MEM_PFN_FIRST) << 12, prot) < 0)
            return false;
    }
    return true;
}

static uint32_t take(struct mem_window *window, uint64_t at, uint32_t pages)
{
    uint64_t index = (at - window->low) / MEM_PAGE;

    if (!at)
        return mem_runs_take(&window->runs, pages);
    if (at < window->low || at % MEM_PAGE || index >= window->runs.total)
        return MEM_NO_PAGE;
    return mem_runs_take_at(&window->runs, (uint32_t)index, pages) ? (uint32_t)index : MEM_NO_PAGE;
}

static void describe(struct mem_window *window, uint32_t first, const uint64_t *pfns, uint64_t pfn, uint32_t pages,
                     enum mem_prot prot, bool owned)
{
    mem_store(window->view[first].pages, pages);
    for (uint32_t i = 0; i < pages; i++) {
        struct mem_view *view = &window->view[first + i];

        view->owned = owned;
        mem_store(view->first, first);
        mem_store(view->prot, (uint8_t)prot);
        __atomic_store_n(&view->pfn, (uint32_t)(pfns ? pfns[i] : pfn + i), __ATOMIC_RELEASE);
    }
}

/* A view of the listed pages, or (pfns NULL) of the consecutive ones from pfn. Takes the lock. owned: freeing the view
 * frees the pages too. */
static void *view_map(struct mem_window *window, uint64_t at, const uint64_t *pfns, uint64_t pfn, uint32_t pages,
                      enum mem_prot prot, bool owned)
{
    uint32_t first;
    uint64_t va;
    bool mapped;

    mem_lock();
    first = take(window, at, pages);
    va = window->low + ((uint64_t)first << 12);
    if (first == MEM_NO_PAGE)
        goto none;
    mapped = pfns ? map_list(window, first, pfns, pages, prot)
                  : host.map_fd(va, (uint64_t)pages << 12, mem.fd, (pfn - MEM_PFN_FIRST) << 12, prot) == 0;
    if (!mapped) {
        host.unmap(va, (uint64_t)pages << 12);
        mem_runs_return(&window->runs, first, pages);
        goto none;
    }
    describe(window, first, pfns, pfn, pages, prot, owned);
    mem_unlock();
    return (void *)(uintptr_t)va;
none:
    mem_unlock();
    return NULL;
}

static void view_unmap(struct mem_window *window, void *base, size_t pages)
{
    uint64_t va = (uintptr_t)base;
    uint32_t first = (uint32_t)((va - window->low) / MEM_PAGE);

    WK_ASSERT(mem_window_of(va) == window && pages > 0);
    WK_ASSERT(window->view[first].pfn && window->view[first].first == first && window->view[first].pages == pages);
    for (uint32_t i = first; i < first + pages; i++) {
        mem_store(window->view[i].was_freed, (uint8_t)1);
        mem_store(window->view[i].pfn, 0);
    }
    host.unmap(va, (uint64_t)pages << 12);
    mem_runs_give(&window->runs, first, (uint32_t)pages);
}

void *mem_map_alias(const uint64_t *pfns, size_t pages, enum mem_prot prot)
{
    WK_ASSERT(pages > 0);
    if (pages > mem.alias.runs.total)
        return NULL;
    return view_map(&mem.alias, 0, pfns, 0, (uint32_t)pages, prot, false);
}

void mem_unmap_alias(void *base, size_t pages)
{
    mem_lock();
    view_unmap(&mem.alias, base, pages);
    mem_unlock();
}

void *mem_alias_reserve(size_t pages)
{
    uint32_t first;

    WK_ASSERT(pages > 0);
    if (pages > mem.alias.runs.total)
        return NULL;
    mem_lock();
    first = mem_runs_take(&mem.alias.runs, (uint32_t)pages);
    mem_unlock();
    return first == MEM_NO_PAGE ? NULL : (void *)(uintptr_t)(mem.alias.low + ((uint64_t)first << 12));
}

void mem_alias_release(void *base, size_t pages)
{
    uint32_t first = (uint32_t)(((uintptr_t)base - mem.alias.low) / MEM_PAGE);

    mem_lock();
    for (uint32_t i = first; i < first + pages; i++)
        WK_ASSERT(mem.alias.view[i].pfn == 0);
    mem_runs_give(&mem.alias.runs, first, (uint32_t)pages);
    mem_unlock();
}

bool mem_alias_map_at(void *base, const uint64_t *pfns, size_t pages, enum mem_prot prot)
{
    uint32_t first = (uint32_t)(((uintptr_t)base - mem.alias.low) / MEM_PAGE);
    bool mapped;

    mem_lock();
    mapped = map_list(&mem.alias, first, pfns, (uint32_t)pages, prot);
    if (mapped)
        describe(&mem.alias, first, pfns, 0, (uint32_t)pages, prot, false);
    else
        host.unmap((uintptr_t)base, (uint64_t)pages << 12);
    mem_unlock();
    return mapped;
}

void mem_alias_unmap_at(void *base, size_t pages)
{
    uint32_t first = (uint32_t)(((uintptr_t)base - mem.alias.low) / MEM_PAGE);

    mem_lock();
    for (uint32_t i = first; i < first + pages; i++) {
        mem_store(mem.alias.view[i].was_freed, (uint8_t)1);
        mem_store(mem.alias.view[i].pfn, 0);
    }
    host.unmap((uintptr_t)base, (uint64_t)pages << 12);
    mem_unlock();
}

void *mem_user_map(uint64_t at, const uint64_t *pfns, size_t pages, enum mem_prot prot)
{
    WK_ASSERT(pages > 0);
    if (pages > mem.user.runs.total)
        return NULL;
    return view_map(&mem.user, at, pfns, 0, (uint32_t)pages, prot, false);
}

void *mem_user_alloc(uint64_t at, size_t pages, enum mem_prot prot)
{
    void *memory, *base;

    if (pages == 0 || pages > mem.user.runs.total || !(memory = mem_alloc(pages, MEM_PAGES, &mem.user)))
        return NULL;
    base = view_map(&mem.user, at, NULL, mem_pfn(memory), (uint32_t)pages, prot, true);
    if (!base)
        mem_free(memory, pages);
    return base;
}

void mem_user_free(void *base, size_t pages)
{
    uint32_t first = (uint32_t)(((uintptr_t)base - MEM_USER_LOW) / MEM_PAGE), pfn;
    bool owned;

    mem_lock();
    WK_ASSERT(mem_window_of((uintptr_t)base) == &mem.user);
    pfn = mem.user.view[first].pfn;
    owned = mem.user.view[first].owned;
    view_unmap(&mem.user, base, pages);
    mem_unlock();
    if (owned)
        mem_free(mem_of_pfn(pfn), pages);
}
