/* Mapping what an MDL describes: its PFN array, in its order, not its StartVa (EXE-253). Each mapping is a stretch of the alias
 * or of the user window; mem.h knows its extent, so the MDL may be changed while it is mapped. */
#include "mm_private.h"

void mdl_check_pfns(PMDL mdl, ULONG pages)
{
    PPFN_NUMBER pfns = MmGetMdlPfnArray(mdl);
    uint64_t total = mem_pages_total();

    for (ULONG i = 0; i < pages; i++)
        if (pfns[i] - MEM_PFN_FIRST >= total)
            guest_bugcheck(MEMORY_MANAGEMENT, 0x1233, mm_number(mdl), i, pfns[i], "MDL %p: its page %u has PFN 0x%lx, which is none", mdl, i,
                           (unsigned long)pfns[i]);
}

bool mm_prot_of(ULONG protect, enum mem_prot *prot)
{
    switch (protect & ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE)) {
    case PAGE_NOACCESS: *prot = MEM_NONE; return true;
    case PAGE_READONLY: *prot = MEM_R; return true;
    case PAGE_READWRITE: *prot = MEM_RW; return true;
    case PAGE_EXECUTE:
    case PAGE_EXECUTE_READ: *prot = MEM_RX; return true;
    case PAGE_EXECUTE_READWRITE: *prot = MEM_RWX; return true;
    default: return false;
    }
}

/* Into the current process; the address is the only record of it. */
static PVOID map_user(PMDL mdl, PVOID requested, ULONG priority)
{
    ULONG pages = mdl_pages(mdl);
    PVOID base;

    if (mm_irql() > APC_LEVEL)
        guest_finding("EXE-253", "MmMapLockedPagesSpecifyCache for user mode at IRQL %u", mm_irql());
    if (requested && (mm_number(requested) & (PAGE_SIZE - 1) || mm_number(requested) >= MEM_USER_PROBE))
        ExRaiseStatus(STATUS_INVALID_ADDRESS);
    base = mem_user_map(mm_number(requested), (const uint64_t *)MmGetMdlPfnArray(mdl), pages ? pages : 1,
                        priority & MdlMappingNoWrite ? MEM_R : MEM_RW);
    if (!base)
        ExRaiseStatus(requested ? STATUS_CONFLICTING_ADDRESSES : STATUS_INSUFFICIENT_RESOURCES);
    return (PUCHAR)base + mdl->ByteOffset;
}

PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode, MEMORY_CACHING_TYPE CacheType,
                                         PVOID RequestedAddress, ULONG BugCheckOnFailure, ULONG Priority)
{
    PMDL mdl = MemoryDescriptorList;
    ULONG pages = mdl_pages(mdl);
    PVOID base;

    (void)CacheType; /* one machine, one cache: all types are coherent here */
    if (!mdl_has_pages(mdl)) /* EXE-763 */
        guest_bugcheck(MEMORY_MANAGEMENT, 0x1233, mm_number(mdl), pages ? MmGetMdlPfnArray(mdl)[0] : 0, 0,
                       "MDL %p is mapped, but its pages are not locked (MdlFlags 0x%x)", mdl, (unsigned)(USHORT)mdl->MdlFlags);
    mdl_check_pfns(mdl, pages);
    if (AccessMode != KernelMode)
        return map_user(mdl, RequestedAddress, Priority);
    if (pages == 0) /* EXE-256: an empty MDL is legal; there is nothing to map */
        return MmGetMdlVirtualAddress(mdl) ? MmGetMdlVirtualAddress(mdl) : (PVOID)(ULONG_PTR)MEM_ALIAS_LOW;
    if (mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) {
        guest_finding("EXE-253", "MDL %p is mapped into system space a second time (it is mapped at %p)", mdl, mdl->MappedSystemVa);
        return mdl->MappedSystemVa;
    }
    base = mem_map_alias((const uint64_t *)MmGetMdlPfnArray(mdl), pages, Priority & MdlMappingNoWrite ? MEM_R : MEM_RW);
    if (!base) {
        if (BugCheckOnFailure)
            guest_bugcheck(0x3F, 0, pages, 0, 0, "no addresses are left to map MDL %p", mdl);
        return NULL;
    }
    mdl->MappedSystemVa = (PUCHAR)base + mdl->ByteOffset;
    mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA | (mdl->MdlFlags & MDL_PARTIAL ? MDL_PARTIAL_HAS_BEEN_MAPPED : 0);
    return mdl->MappedSystemVa;
}

PVOID NTAPI MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode)
{
    return MmMapLockedPagesSpecifyCache(MemoryDescriptorList, AccessMode, MmCached, NULL, TRUE, HighPagePriority);
}

void mdl_unmap_system(PMDL mdl, PVOID base)
{
    struct mem_range range = mem_find(mm_number(base));

    if (range.kind != MEM_ALIAS || range.base != (mm_number(base) & ~(ULONG64)(PAGE_SIZE - 1))) /* EXE-762 */
        guest_bugcheck(SYSTEM_PTE_MISUSE, 3, mm_number(base), mm_number(mdl->MappedSystemVa), mdl_pages(mdl),
                       "MDL %p is unmapped from %p, where no mapping begins", mdl, base);
    mem_unmap_alias((void *)(ULONG_PTR)range.base, range.bytes >> PAGE_SHIFT);
    mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
    if (mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL) /* its own address is good again */
        mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
}

static void unmap_user(PVOID base)
{
    struct mem_range range = mem_find(mm_number(base));

    if (range.kind != MEM_USER || range.base != (mm_number(base) & ~(ULONG64)(PAGE_SIZE - 1)))
        guest_bugcheck(SYSTEM_PTE_MISUSE, 5, mm_number(base), 0, 0, "%p is unmapped, where no user mapping begins", base);
    mem_user_free((void *)(ULONG_PTR)range.base, range.bytes >> PAGE_SHIFT);
}

VOID NTAPI MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;

    if (mm_number(BaseAddress) < MEM_USER_PROBE) {
        unmap_user(BaseAddress);
        return;
    }
    if (mdl_pages(mdl) == 0)
        return;
    if (!(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) || (mdl->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA)) /* EXE-762 */
        guest_bugcheck(SYSTEM_PTE_MISUSE, 2, mm_number(BaseAddress), mdl_pages(mdl), mm_number(mdl),
                       "MDL %p is unmapped, but it has no mapping of its own", mdl);
    if (BaseAddress != mdl->MappedSystemVa)
        guest_bugcheck(SYSTEM_PTE_MISUSE, 3, mm_number(BaseAddress), mm_number(mdl->MappedSystemVa), mdl_pages(mdl),
                       "MDL %p is unmapped from %p, but it is mapped at %p", mdl, BaseAddress, mdl->MappedSystemVa);
    mdl_unmap_system(mdl, BaseAddress);
}

/* EXE-258: of a mapping of the MDL's own, for code generators; a touch that is not allowed is bug check BE. */
NTSTATUS NTAPI MmProtectMdlSystemAddress(PMDL MemoryDescriptorList, ULONG NewProtect)
{
    PMDL mdl = MemoryDescriptorList;
    struct mem_range range;
    enum mem_prot prot;

    if (!mm_prot_of(NewProtect, &prot))
        return STATUS_INVALID_PAGE_PROTECTION;
    range = mem_find(mm_number(mdl->MappedSystemVa));
    if (!(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) || (mdl->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA) || range.kind != MEM_ALIAS)
        return STATUS_NOT_MAPPED_VIEW;
    if (mem_protect((void *)(ULONG_PTR)range.base, range.bytes >> PAGE_SHIFT, prot) < 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}
