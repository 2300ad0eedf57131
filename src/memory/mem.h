/* Physical memory of the machine and the windows through which guests see it. Plain C types only.
 *
 * All memory that a guest can see lies in one memfd, page by page; a page's number in it is its PFN (PFNs start at
 * MEM_PFN_FIRST, so that 0 is never valid). The system window maps PFN n at mem_system_base + (n - first) * 4096, so a
 * virtual address there and its PFN are one subtraction apart. The alias window maps any list of PFNs anywhere again, coherently
 * (MDL mappings). The user window holds the memory of simulated processes, below MmUserProbeAddress.
 *
 *   0x0000_1100_0000_0000 .. user window (above the shadow memory of AddressSanitizer)
 *   0x0000_3FFF_FFFF_0000    MmUserProbeAddress
 *   0x0000_4000_0000_0000 .. system window, then alias window; the host's own memory lies above too
 *
 * Under ThreadSanitizer all of it lies below 512 GB, the only large free range that tool leaves; the order is the same.
 *
 * mem_start and mem_stop come from one thread; everything else from any thread. The lock in here is the innermost one. */
#ifndef WK_MEM_H
#define WK_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEM_PAGE      4096u
#define MEM_PFN_FIRST 0x1000u

#if defined(__SANITIZE_THREAD__)
#define MEM_LOW_WINDOWS 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MEM_LOW_WINDOWS 1
#endif
#endif
#ifdef MEM_LOW_WINDOWS
#define MEM_USER_LOW     UINT64_C(0x0000001000000000)
#define MEM_USER_PROBE   UINT64_C(0x0000001FFFFF0000)
#define MEM_SYSTEM_LOW   UINT64_C(0x0000002000000000)
#define MEM_WINDOW_BYTES UINT64_C(0x0000001000000000) /* of the alias window; also the most that mem_start takes */
#define MEM_USER_BYTES   UINT64_C(0x0000000800000000)
#else
#define MEM_USER_LOW     UINT64_C(0x0000110000000000)
#define MEM_USER_PROBE   UINT64_C(0x00003FFFFFFF0000)
#define MEM_SYSTEM_LOW   UINT64_C(0x0000400000000000)
#define MEM_WINDOW_BYTES UINT64_C(0x0000010000000000)
#define MEM_USER_BYTES   UINT64_C(0x0000001000000000)
#endif
#define MEM_ALIAS_LOW (MEM_SYSTEM_LOW + MEM_WINDOW_BYTES)

enum mem_prot { MEM_NONE = 0, MEM_R = 1, MEM_RW = 3, MEM_RX = 5, MEM_RWX = 7 };

/* What an address belongs to; the owner names it in fault reports. MEM_SHARED: may always be read, though a fault handler may have to help. */
enum mem_kind { MEM_FREE, MEM_POOL, MEM_POOL_PAGED, MEM_IMAGE, MEM_STACK, MEM_STACK_GUARD, MEM_PAGES, MEM_ALIAS, MEM_USER, MEM_SHARED };

struct mem_range {
    enum mem_kind kind;
    uint64_t base;
    size_t bytes;
    const void *owner; /* as given to mem_alloc: an image, a thread, NULL */
    bool was_freed;    /* kind is MEM_FREE, but it held something before */
};

/* size_bytes: physical memory at most (sparse; costs nothing until touched). 0 or a negative wk_err. */
int mem_start(uint64_t size_bytes);
void mem_stop(void);

/* `pages` contiguous pages in the system window, zeroed, readable and writable, contiguous PFNs. NULL when none are left.
 * Takes a lock, may make a system call; no DDI may call it on a data path. */
void *mem_alloc(size_t pages, enum mem_kind kind, const void *owner);
/* The same with every PFN in pfn_low .. pfn_high and no run across a multiple of boundary_pages (0: any). */
void *mem_alloc_within(size_t pages, enum mem_kind kind, const void *owner, uint64_t pfn_low, uint64_t pfn_high,
                       uint64_t boundary_pages);
/* Gives the pages back; any later touch of the addresses faults until they are allocated again (not soon: quarantined). */
void mem_free(void *base, size_t pages);
/* One allocation becomes as many as it has pages; mem_free then takes any consecutive ones of them. */
void mem_split(void *base, size_t pages);
/* As mem_alloc, but one more inaccessible page lies below (a stack's guard, kind MEM_STACK_GUARD). */
void *mem_alloc_guarded(size_t pages, enum mem_kind kind, const void *owner);
void mem_free_guarded(void *base, size_t pages);

/* Protection of pages in the system or user window. 0 or a negative wk_err. Not coherent with aliases: each has its own. */
int mem_protect(void *base, size_t pages, enum mem_prot prot);

/* PFN of the page under va in any window, 0 when there is none. Lock-free for the system window. */
uint64_t mem_pfn(const void *va);
/* The system window's address of a PFN. */
static inline void *mem_of_pfn(uint64_t pfn)
{
    return (void *)(uintptr_t)(MEM_SYSTEM_LOW + ((pfn - MEM_PFN_FIRST) << 12));
}
uint64_t mem_pages_total(void); /* PFNs are MEM_PFN_FIRST .. MEM_PFN_FIRST + total - 1 */
/* Another mapping of the listed pages, in order, repeats allowed. NULL when the host refuses. */
void *mem_map_alias(const uint64_t *pfns, size_t pages, enum mem_prot prot);
void mem_unmap_alias(void *base, size_t pages);
/* Addresses of the alias window for later: kept until given back, mapped and unmapped any number of times. */
void *mem_alias_reserve(size_t pages);
void mem_alias_release(void *base, size_t pages);
bool mem_alias_map_at(void *base, const uint64_t *pfns, size_t pages, enum mem_prot prot);
void mem_alias_unmap_at(void *base, size_t pages);

/* Keeps a page allocated while an MDL has it locked, also after mem_free of its address. */
void mem_page_ref(uint64_t pfn);
void mem_page_unref(uint64_t pfn);
uint32_t mem_page_refs(uint64_t pfn); /* 0 also for a PFN that does not exist */

/* Zeroed memory of the host for tables of ours: sparse, outside all windows (mem_find says MEM_FREE), gone with mem_stop. NULL
 * when the host refuses. */
void *mem_table(size_t bytes);

/* Memory of a simulated process at any free user address (or at `at` if not 0). NULL/0 as above. */
void *mem_user_alloc(uint64_t at, size_t pages, enum mem_prot prot);
void mem_user_free(void *base, size_t pages);
/* Maps pages that exist already into the user window (MmMapLockedPagesSpecifyCache with UserMode). */
void *mem_user_map(uint64_t at, const uint64_t *pfns, size_t pages, enum mem_prot prot);

/* What lies at va; for fault handling: async-signal-safe, takes no lock, never faults. */
struct mem_range mem_find(uint64_t va);
/* May the page be touched so without a fault? Async-signal-safe. */
bool mem_accessible(uint64_t va, enum mem_prot prot);

#endif
