/* The pool's own types.
 *
 * A block of up to POOL_SLOT_MAX bytes is a slot in a page of equal slots (a slab): header, the caller's bytes, eight
 * guard bytes. Larger blocks are whole pages (a run) that struct pool_page describes. pool.page has one entry for each page of
 * the system window, so every question about an address starts there.
 *
 * Free slots are kept per thread (struct pool_cache), without lock or atomic: nothing interrupts a thread inside the pool, as
 * DPCs run only where IRQL is lowered. Caches exchange batches with the slabs under the lock of their class.
 * Lock order: class lock or run lock, then mem.h's. Neither is held across guest code.
 */
#ifndef WK_MM_POOL_PRIVATE_H
#define WK_MM_POOL_PRIVATE_H

#include "mm.h"
#include "memory/mem.h"
#include "sched/sched.h"
#include "ddi/guest.h"
#include "base/assert.h"

#define POOL_CLASSES   27
#define POOL_GUARD     8   /* bytes behind the caller's, checked on free: EXE-737 */
#define POOL_SLOT_MAX  (PAGE_SIZE - sizeof(struct pool_header) - POOL_GUARD)
#define POOL_KEEP_MAX  32  /* free slots of a class that a thread keeps */

#define POOL_GUARD_WORD  0xB7E15162A5A5C35AULL
#define POOL_POISON_BYTE 0xDD /* EXE-239: what freed memory reads as */
#define POOL_POISON_WORD 0xDDDDDDDDDDDDDDDDULL
#define POOL_FRESH_BYTE  0xCD /* EXE-233: what memory reads as that was not zeroed, when hooks are on */
#define POOL_POISON_ALL  2048 /* [W] up to here all of a freed block is poisoned, else its first and last 256 bytes */
#define POOL_POISON_EDGE 256

enum pool_kind { POOL_NX, POOL_EXECUTE, POOL_PAGED, POOL_KINDS };

enum pool_state { POOL_ALIVE = 0xA7, POOL_FREED = 0x5F };

#define POOL_QUOTA_BIT 0x80 /* in struct pool_header, kind */

struct pool_header {
    uint8_t state, class, kind;
    uint8_t shift;   /* the header is this many 16 bytes behind the slot's start (cache aligned blocks) */
    uint32_t tag;
    uint32_t bytes;
    uint32_t caller; /* offset from MEM_SYSTEM_LOW, 0: none */
};
_Static_assert(sizeof(struct pool_header) == MEMORY_ALLOCATION_ALIGNMENT, "EXE-235");

enum pool_page_state { PAGE_NONE, PAGE_SLAB, PAGE_RUN, PAGE_RUN_REST, PAGE_RUN_KEPT, PAGE_RUN_GONE };

struct pool_page {
    uint8_t state, class, kind, quota;
    uint16_t free, slots;
    union {
        struct {
            uint32_t next, prev;
            uint64_t map[2]; /* bit set: slot is free and in no thread's cache */
        };
        struct {
            uint32_t tag, caller;
            uint64_t bytes;
            uint32_t pages; /* PAGE_RUN_REST: distance to the first page */
            uint32_t next_kept;
        };
    };
};

struct pool_keep {
    uint32_t count, limit;
    struct pool_header *slot[POOL_KEEP_MAX];
};

struct pool_cache {
    struct pool_keep keep[POOL_KINDS][POOL_CLASSES];
    struct pool_cache *next; /* while no thread has it */
};

struct pool_state_all {
    struct pool_page *page;
    uint32_t pages;
    uint32_t high;                           /* no page at or above it was ever the pool's */
    uint8_t class_of[PAGE_SIZE / 16 + 1];    /* by slot bytes / 16, rounded up */
    uint16_t slot_bytes[POOL_CLASSES];
};
extern struct pool_state_all pool;
extern __thread struct pool_cache *pool_cache;

/* ---- slab.c ---- */
void pool_slab_start(void);
void pool_slab_stop(void);
/* One free slot of the calling thread's cache, refilled when empty. NULL: no memory. */
struct pool_header *pool_slot_take(unsigned kind, unsigned class);
void pool_slot_give(unsigned kind, unsigned class, struct pool_header *slot);

/* ---- run.c ---- */
/* Whole pages; *zeroed tells whether they read zero. NULL: no memory. */
void *pool_run_take(unsigned kind, uint64_t bytes, uint32_t tag, uint32_t caller, bool *zeroed);
void pool_run_give(uint32_t index);
void pool_run_stop(void);

/* ---- pagedpool.c: with hooks on ---- */
void pool_paged_new(uint32_t index, uint32_t pages);
void pool_paged_gone(uint32_t index, uint32_t pages);
void pool_page_out(void);
bool pool_page_in(uint64_t address, bool is_execute);
void pool_paged_stop(void);
extern unsigned mm_present_ones; /* may there be a page to take away, or a section (pageable.c)? */

/* ---- check.c: EXE-239, EXE-732 .. EXE-737; return only when the block is good ---- */
struct pool_header *pool_check_slot(void *p, ULONG tag);
void pool_check_run(void *p, uint32_t index, ULONG tag);
_Noreturn void pool_bad_free(void *p);

static inline bool pool_in_window(const void *p)
{
    return (uintptr_t)p - MEM_SYSTEM_LOW < (uint64_t)pool.pages << PAGE_SHIFT;
}

static inline uint32_t pool_index(const void *p)
{
    return (uint32_t)(((uintptr_t)p - MEM_SYSTEM_LOW) >> PAGE_SHIFT);
}

static inline void *pool_address(uint32_t index)
{
    return (void *)(uintptr_t)(MEM_SYSTEM_LOW + ((uint64_t)index << PAGE_SHIFT));
}

/* IRQL of the calling thread: EXE-053, its KPCR. */
static inline KIRQL pool_irql(void)
{
    return *(KIRQL volatile *)(wk_pcr + 0x50);
}

/* 16 bytes at a time and without a call: the callers are ms_abi functions, which would have to save ten registers. */
static inline void pool_fill(void *to, uint64_t word, size_t bytes)
{
    typedef uint64_t pair __attribute__((vector_size(16)));
    pair value = {word, word}, *at = to, *end = (pair *)((uint8_t *)to + bytes);

    while (at < end) {
        *at++ = value;
        __asm__("" : "+r"(at)); /* keeps the loop from becoming a call of memset */
    }
}

static inline uint64_t pool_guard_read(const struct pool_header *h)
{
    uint64_t word;

    __builtin_memcpy(&word, (const uint8_t *)(h + 1) + h->bytes, sizeof(word));
    return word;
}

static inline void pool_guard_write(struct pool_header *h)
{
    uint64_t word = POOL_GUARD_WORD;

    __builtin_memcpy((uint8_t *)(h + 1) + h->bytes, &word, sizeof(word));
}

static inline size_t pool_round16(size_t bytes)
{
    return (bytes + 15) & ~(size_t)15;
}

#endif
