/* What the MDL files share. An MDL is all there is to a buffer (EXE-245): nothing here is kept per MDL. */
#ifndef WK_MM_PRIVATE_H
#define WK_MM_PRIVATE_H

#include "base/assert.h"
#include "ddi/guest.h"
#include "memory/mem.h"
#include "mm.h"
#include "sched/sched.h"

#define MDL_TAG ' ldM' /* "Mdl " */

#define SYSTEM_PTE_MISUSE   0xDA
#define MEMORY_MANAGEMENT   0x1A
#define PFN_LIST_CORRUPT    0x4E

static inline ULONG64 mm_number(const volatile void *p)
{
    return (ULONG64)(ULONG_PTR)p;
}

/* IRQL of the calling thread: EXE-053, its KPCR. */
static inline KIRQL mm_irql(void)
{
    return *(KIRQL volatile *)(wk_pcr + 0x50);
}

/* Pages an MDL has PFNs for. */
static inline ULONG mdl_pages(const MDL *mdl)
{
    return (ULONG)(((SIZE_T)mdl->ByteOffset + mdl->ByteCount + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

/* Can its PFNs be trusted to be pages that stay? */
static inline bool mdl_has_pages(const MDL *mdl)
{
    return mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL);
}

/* EXE-763: bug check 1A when a PFN is none. */
void mdl_check_pfns(PMDL mdl, ULONG pages);
/* Undoes the mapping that MmMapLockedPagesSpecifyCache has made for the system; the MDL has one. */
void mdl_unmap_system(PMDL mdl, PVOID base);
/* A PAGE_XXX protection as mem.h's; false for what an MDL mapping cannot have. */
bool mm_prot_of(ULONG protect, enum mem_prot *prot);

#endif
