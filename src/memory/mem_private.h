/* What the files of this folder share. Lock order: mem.lock is the innermost lock of the machine; nothing is called under it
 * but host.h. mem_find, mem_accessible and mem_pfn take no lock: they read the tables with atomic loads. */
#ifndef WK_MEM_PRIVATE_H
#define WK_MEM_PRIVATE_H

#include "memory/mem.h"
#include "base/assert.h"

#define MEM_TABLE_LOW   (MEM_ALIAS_LOW + MEM_WINDOW_BYTES)
#define MEM_TABLE_BYTES (MEM_WINDOW_BYTES / 2)
#define MEM_NO_PAGE     UINT32_MAX

/* ---- runs.c: which page numbers of a window are taken ---- */
struct mem_run {
    uint32_t pages; /* in the first and the last page of a free run, in the first of a quarantined one */
    uint32_t next, prev;
    uint32_t state;
};

struct mem_runs {
    struct mem_run *run; /* one per page, sparse */
    uint32_t total, bump;
    uint32_t bin[32];    /* free runs by floor(log2(pages)) */
    uint32_t queue_head, queue_tail;
    uint32_t queue_pages, queue_limit;
};

int mem_runs_start(struct mem_runs *runs, uint64_t pages, uint32_t quarantine_pages);
/* The first page of `pages` free ones, MEM_NO_PAGE when there are none. */
uint32_t mem_runs_take(struct mem_runs *runs, uint32_t pages);
/* Exactly these; false when one of them is taken. */
bool mem_runs_take_at(struct mem_runs *runs, uint32_t first, uint32_t pages);
/* Into the quarantine; free for mem_runs_take once queue_limit later pages were given. */
void mem_runs_give(struct mem_runs *runs, uint32_t first, uint32_t pages);
/* Free at once: what mem_runs_take gave too much. */
void mem_runs_return(struct mem_runs *runs, uint32_t first, uint32_t pages);

/* ---- system.c: physical pages ---- */
enum page_flags { PAGE_WAS_FREED = 1, PAGE_DYING = 2, PAGE_HIDDEN = 4 };

struct mem_page {
    uint32_t refs;
    uint8_t kind, prot, flags, unused;
    uint32_t first;      /* the allocation's first page */
    uint32_t pages;      /* valid in the first page, as owner */
    const void *owner;
};

/* ---- windows.c: a page of the alias or the user window ---- */
struct mem_view {
    uint32_t pfn;        /* 0: nothing there */
    uint8_t prot, was_freed, owned, unused;
    uint32_t first, pages;
};

struct mem_window {
    uint64_t low, bytes;
    enum mem_kind kind;
    struct mem_runs runs;
    struct mem_view *view;
};

struct mem_state {
    uint32_t lock;
    bool started;
    int fd;
    uint32_t total;
    uint32_t committed;  /* pages of the system window below it were made accessible */
    uint64_t table_next;
    struct mem_runs runs;
    struct mem_page *page;
    struct mem_window alias, user;
};
extern struct mem_state mem;

void mem_lock(void);
void mem_unlock(void);

#define mem_load(p)     __atomic_load_n(&(p), __ATOMIC_RELAXED)
#define mem_store(p, v) __atomic_store_n(&(p), (v), __ATOMIC_RELAXED)

static inline uint64_t mem_address(uint32_t index)
{
    return MEM_SYSTEM_LOW + ((uint64_t)index << 12);
}

struct mem_window *mem_window_of(uint64_t va);
int mem_windows_start(void);

#endif
