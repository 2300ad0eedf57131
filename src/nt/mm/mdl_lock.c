/* Locking the pages under an MDL: after MmProbeAndLockPages they stay, whatever happens to their addresses. */
#include "mm_private.h"
#include "pool_private.h"

PEPROCESS (*mm_current_process)(void);

static uint64_t locked_pages;

/* Pages locked per process, for its exit (EXE-761). */
static struct sched_lock process_lock;
static struct process_pages {
    PEPROCESS process;
    uint64_t pages;
} process_pages[64];

static void count_process(PEPROCESS process, int64_t pages)
{
    struct process_pages *free_slot = NULL;

    if (!process)
        return;
    sched_lock(&process_lock);
    for (unsigned i = 0; i < 64; i++) {
        struct process_pages *p = &process_pages[i];

        if (p->process == process) {
            p->pages += (uint64_t)pages;
            if (p->pages == 0)
                p->process = NULL;
            free_slot = NULL;
            pages = 0;
            break;
        }
        if (!p->process && !free_slot)
            free_slot = p;
    }
    if (pages > 0 && free_slot)
        *free_slot = (struct process_pages){process, (uint64_t)pages};
    sched_unlock(&process_lock);
}

uint64_t mm_process_locked_pages(PEPROCESS process)
{
    uint64_t pages = 0;

    sched_lock(&process_lock);
    for (unsigned i = 0; i < 64; i++)
        if (process_pages[i].process == process)
            pages = process_pages[i].pages;
    sched_unlock(&process_lock);
    return pages;
}

uint64_t mm_locked_pages(void)
{
    return __atomic_load_n(&locked_pages, __ATOMIC_RELAXED);
}

static void unref(PPFN_NUMBER pfns, ULONG pages)
{
    for (ULONG i = 0; i < pages; i++)
        mem_page_unref(pfns[i]);
}

/* Raises STATUS_ACCESS_VIOLATION when the buffer cannot be reached so; then nothing is locked. */
static void lock_pages(PMDL mdl, PEPROCESS process, KPROCESSOR_MODE mode, LOCK_OPERATION operation)
{
    ULONG64 va = mm_number(mdl->StartVa), end = va + mdl->ByteOffset + mdl->ByteCount;
    enum mem_prot prot = operation == IoReadAccess ? MEM_R : MEM_RW;
    PPFN_NUMBER pfns = MmGetMdlPfnArray(mdl);
    ULONG pages = mdl_pages(mdl);
    bool user = va < MEM_USER_PROBE;

    if (mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL))
        guest_finding("EXE-250", "MmProbeAndLockPages of MDL %p, whose pages are locked or nonpaged already (MdlFlags 0x%x)", mdl,
                      (unsigned)(USHORT)mdl->MdlFlags);
    if (mdl->MdlFlags & MDL_PAGES_LOCKED)
        return;
    if (end < va || (mode != KernelMode && end > MEM_USER_PROBE))
        ExRaiseStatus(STATUS_ACCESS_VIOLATION);
    for (ULONG i = 0; i < pages; i++) {
        ULONG64 at = va + (ULONG64)i * PAGE_SIZE;

        pfns[i] = mem_pfn((void *)(ULONG_PTR)at);
        if (pfns[i]) {
            mem_page_ref(pfns[i]); /* first: from here on it is not taken away */
            pool_page_in(at, false);
            if (mem_accessible(at, prot))
                continue;
            mem_page_unref(pfns[i]);
        }
        unref(pfns, i);
        ExRaiseStatus(STATUS_ACCESS_VIOLATION);
    }
    if (pages && mm_irql() >= DISPATCH_LEVEL && (user || mem_find(va).kind == MEM_POOL_PAGED))
        guest_finding("EXE-250", "MmProbeAndLockPages of pageable memory %p at IRQL %u", MmGetMdlVirtualAddress(mdl), mm_irql());
    mdl->MdlFlags |= MDL_PAGES_LOCKED | (operation == IoReadAccess ? 0 : MDL_WRITE_OPERATION);
    mdl->Process = user ? process : NULL;
    __atomic_fetch_add(&locked_pages, pages, __ATOMIC_RELAXED);
    count_process(mdl->Process, pages);
}

VOID NTAPI MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation)
{
    lock_pages(MemoryDescriptorList, mm_current_process ? mm_current_process() : NULL, AccessMode, Operation);
}

/* There is one address space for all processes, so that of Process needs no attaching to. */
VOID NTAPI MmProbeAndLockProcessPages(PMDL MemoryDescriptorList, PEPROCESS Process, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation)
{
    lock_pages(MemoryDescriptorList, Process, AccessMode, Operation);
}

VOID NTAPI MmUnlockPages(PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;
    PPFN_NUMBER pfns = MmGetMdlPfnArray(mdl);
    ULONG pages = mdl_pages(mdl);

    if (!(mdl->MdlFlags & MDL_PAGES_LOCKED) || (mdl->MdlFlags & MDL_PARTIAL)) /* EXE-760 */
        guest_bugcheck(PFN_LIST_CORRUPT, 7, pages ? pfns[0] : 0, 0, 0, "MmUnlockPages of MDL %p, whose pages are not locked", mdl);
    for (ULONG i = 0; i < pages; i++)
        if (mem_page_refs(pfns[i]) == 0)
            guest_bugcheck(PFN_LIST_CORRUPT, 7, pfns[i], 0, 0, "MmUnlockPages of MDL %p: page %u (PFN 0x%lx) is not locked", mdl, i,
                           (unsigned long)pfns[i]);
    if ((mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) && !(mdl->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA))
        mdl_unmap_system(mdl, mdl->MappedSystemVa); /* EXE-251 */
    unref(pfns, pages);
    __atomic_fetch_sub(&locked_pages, pages, __ATOMIC_RELAXED);
    count_process(mdl->Process, -(int64_t)pages);
    mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);
    mdl->Process = NULL;
}
