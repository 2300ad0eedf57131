/* What memory gives to the other NT-side folders beside the DDIs: start and stop, leaks of a driver, what an address in the
 * pool is. NT code of ours allocates with ExAllocatePool2 like a driver. */
#ifndef WK_MM_H
#define WK_MM_H

#include <stdbool.h>
#include <stdint.h>
#include "wdm.h"

/* After mem_start, before the first allocation. 0 or a negative wk_err. */
int mm_start(void);
void mm_stop(void); /* before mem_stop */
/* The calling thread ends: the free blocks it kept go back to all. */
void mm_thread_stop(void);

/* ExAllocatePool2(flags, bytes, tag) on behalf of the driver code that called one of our DDIs: `caller` is that DDI's return
 * address, so that the block counts as the driver's in mm_pool_report. */
PVOID NTAPI mm_pool_allocate(POOL_FLAGS flags, SIZE_T bytes, ULONG tag, const void *caller);
/* The same for ExAllocatePoolWithTag; type: POOL_TYPE and its modifiers. */
PVOID NTAPI mm_pool_allocate_old(ULONG type, SIZE_T bytes, ULONG tag, const void *caller);

/* Objects of others that must not be freed while they are in use: queued timers, DPCs, work items (EXE-175, EXE-765). Their owners
 * count them here by page; a free of memory in such a page asks every check, which ends in a bug check when it finds one of its own in
 * [low, high). Any IRQL, no lock. */
#define MM_WATCH_PAGES 4096
extern uint16_t mm_watched[MM_WATCH_PAGES];
static inline void mm_watch(const void *object, int by)
{
    __atomic_fetch_add(&mm_watched[((ULONG_PTR)object >> PAGE_SHIFT) % MM_WATCH_PAGES], (uint16_t)by, __ATOMIC_RELAXED);
}
typedef void mm_freed_check(uint64_t low, uint64_t high);
/* Pageable sections of images (EXE-016) and paged pool (EXE-240), with the border's hooks on: the thread has come to DISPATCH_LEVEL; a fault below it (signal
 * context; true: run the instruction again); there is a new image. */
void mm_page_out(void);
bool mm_page_in(uint64_t address, bool is_execute);
void mm_image_loaded(void);
void mm_add_freed_check(mm_freed_check *check); /* before the first driver runs; eight at most */

struct mm_pool_block {
    uint64_t address;
    uint64_t bytes;
    ULONG tag;
    uint64_t caller; /* address after the allocating call, in an image; 0 when our own code allocated it */
    bool paged;
    bool freed;      /* it was; `bytes` is then the size of the place, and tag and caller are the last owner's */
};
/* Calls visit for every live block that code in [low, high) allocated (all blocks when high is 0). EXE-242. Not concurrent with
 * the allocating threads: for a driver that has stopped. Returns how many. */
unsigned mm_pool_report(uint64_t low, uint64_t high, void (*visit)(const struct mm_pool_block *block, void *ctx), void *ctx);
/* The block around va, live or freed; false when va is not in the pool. For fault reports: async-signal-safe, never faults. */
bool mm_pool_find(uint64_t va, struct mm_pool_block *block);
/* Live blocks and bytes, of one tag (0: of all). EXE-242 */
struct mm_pool_total {
    uint64_t blocks, bytes;
};
struct mm_pool_total mm_pool_count(ULONG tag);

/* Filled in by ps: whose user memory MmProbeAndLockPages locks. NULL: nobody's. */
extern PEPROCESS (*mm_current_process)(void);
/* Pages that MDLs have locked through MmProbeAndLockPages now (EXE-761). */
uint64_t mm_locked_pages(void);
uint64_t mm_process_locked_pages(PEPROCESS process); /* of them, of its user memory */


#endif
