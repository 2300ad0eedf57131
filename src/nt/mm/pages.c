/* Memory that is not pool: pages for an MDL, contiguous memory, physical addresses. */
#include "mm_private.h"

PVOID MmHighestUserAddress = (PVOID)(ULONG_PTR)(MEM_USER_PROBE - 1); /* EXE-230 */
ULONG_PTR MmUserProbeAddress = MEM_USER_PROBE;
PVOID MmSystemRangeStart = (PVOID)(ULONG_PTR)MEM_SYSTEM_LOW;

static const char mdl_owner, contiguous_owner; /* mem.h's owner of the pages */

/* ---- EXE-257 ---- */
static void *take_pages(SIZE_T *pages, PHYSICAL_ADDRESS low, PHYSICAL_ADDRESS high, bool all)
{
    uint64_t low_pfn = (uint64_t)low.QuadPart >> PAGE_SHIFT, high_pfn = (uint64_t)high.QuadPart >> PAGE_SHIFT;

    for (SIZE_T n = *pages; n > 0; n /= 2) {
        void *base = mem_alloc_within(n, MEM_PAGES, &mdl_owner, low_pfn, high_pfn, 0);

        if (base) {
            *pages = n;
            return base;
        }
        if (all)
            return NULL;
    }
    return NULL;
}

static PMDL pages_for_mdl(PHYSICAL_ADDRESS low, PHYSICAL_ADDRESS high, SIZE_T bytes, ULONG flags, const void *caller)
{
    SIZE_T pages = (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
    void *base;
    PMDL mdl;

    if (bytes == 0 || bytes > 0xFFFFFFFFull - PAGE_SIZE + 1 || pages > mem_pages_total())
        return NULL;
    mdl = mm_pool_allocate(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, sizeof(MDL) + pages * sizeof(PFN_NUMBER), MDL_TAG, caller);
    if (!mdl)
        return NULL;
    base = take_pages(&pages, low, high, flags & MM_ALLOCATE_FULLY_REQUIRED);
    if (!base) {
        ExFreePoolWithTag(mdl, MDL_TAG);
        return NULL;
    }
    mem_split(base, pages); /* the driver may give them back in any order, through any MDL */
    MmInitializeMdl(mdl, NULL, pages << PAGE_SHIFT);
    mdl->Process = NULL;
    mdl->MappedSystemVa = NULL;
    mdl->MdlFlags = MDL_PAGES_LOCKED;
    for (SIZE_T i = 0; i < pages; i++) {
        MmGetMdlPfnArray(mdl)[i] = mem_pfn(base) + i;
        mem_page_ref(mem_pfn(base) + i); /* so that a stray MmUnlockPages is found */
    }
    return mdl; /* zeroed even with MM_DONT_ZERO_ALLOCATION: fresh pages cost nothing */
}

PMDL NTAPI MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes)
{
    (void)SkipBytes;
    return pages_for_mdl(LowAddress, HighAddress, TotalBytes, 0, __builtin_return_address(0));
}

/* SkipBytes says where the next chunk may begin; what is given here is one chunk within [LowAddress, HighAddress]. */
PMDL NTAPI MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                   MEMORY_CACHING_TYPE CacheType, ULONG Flags)
{
    (void)CacheType, (void)SkipBytes;
    return pages_for_mdl(LowAddress, HighAddress, TotalBytes, Flags, __builtin_return_address(0));
}

PMDL NTAPI MmAllocateNodePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes,
                                       SIZE_T TotalBytes, MEMORY_CACHING_TYPE CacheType, ULONG IdealNode, ULONG Flags)
{
    (void)CacheType, (void)SkipBytes, (void)IdealNode; /* one node */
    return pages_for_mdl(LowAddress, HighAddress, TotalBytes, Flags, __builtin_return_address(0));
}

VOID NTAPI MmFreePagesFromMdl(PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;
    PPFN_NUMBER pfns = MmGetMdlPfnArray(mdl);
    ULONG pages = mdl_pages(mdl);

    mdl_check_pfns(mdl, pages);
    if ((mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) && !(mdl->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA))
        mdl_unmap_system(mdl, mdl->MappedSystemVa);
    for (ULONG i = 0; i < pages; i++) {
        struct mem_range range = mem_find(mm_number(mem_of_pfn(pfns[i])));

        if (range.kind != MEM_PAGES || range.owner != &mdl_owner)
            guest_bugcheck(PFN_LIST_CORRUPT, 7, pfns[i], 0, 0, "MmFreePagesFromMdl: page %u of MDL %p (PFN 0x%lx) is not one of "
                           "MmAllocatePagesForMdl", i, mdl, (unsigned long)pfns[i]);
        mem_page_unref(pfns[i]);
    }
    for (ULONG i = 0, run; i < pages; i += run) {
        for (run = 1; i + run < pages && pfns[i + run] == pfns[i] + run; run++)
            ;
        mem_free(mem_of_pfn(pfns[i]), run);
    }
    mdl->MdlFlags &= ~MDL_PAGES_LOCKED;
    mdl->ByteCount = 0;
}

/* ---- EXE-260 ---- */
static PVOID contiguous(SIZE_T bytes, PHYSICAL_ADDRESS low, PHYSICAL_ADDRESS high, PHYSICAL_ADDRESS boundary)
{
    if (bytes == 0)
        return NULL;
    return mem_alloc_within((bytes + PAGE_SIZE - 1) >> PAGE_SHIFT, MEM_PAGES, &contiguous_owner, (uint64_t)(low.QuadPart + PAGE_SIZE - 1) >> PAGE_SHIFT,
                            (uint64_t)high.QuadPart >> PAGE_SHIFT, (uint64_t)boundary.QuadPart >> PAGE_SHIFT);
}

PVOID NTAPI MmAllocateContiguousMemory(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS HighestAcceptableAddress)
{
    PHYSICAL_ADDRESS zero = {.QuadPart = 0};

    return contiguous(NumberOfBytes, zero, HighestAcceptableAddress, zero);
}

PVOID NTAPI MmAllocateContiguousMemorySpecifyCache(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                   PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                   MEMORY_CACHING_TYPE CacheType)
{
    (void)CacheType;
    return contiguous(NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress, BoundaryAddressMultiple);
}

PVOID NTAPI MmAllocateContiguousMemorySpecifyCacheNode(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                       PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                       MEMORY_CACHING_TYPE CacheType, NODE_REQUIREMENT PreferredNode)
{
    (void)CacheType, (void)PreferredNode;
    return contiguous(NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress, BoundaryAddressMultiple);
}

PVOID NTAPI MmAllocateContiguousNodeMemory(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
                                           PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                           ULONG Protect, NODE_REQUIREMENT PreferredNode)
{
    enum mem_prot prot;
    PVOID base;

    (void)PreferredNode;
    if (!mm_prot_of(Protect, &prot))
        return NULL;
    base = contiguous(NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress, BoundaryAddressMultiple);
    if (base && prot != MEM_RW && mem_protect(base, (NumberOfBytes + PAGE_SIZE - 1) >> PAGE_SHIFT, prot) < 0) {
        MmFreeContiguousMemory(base);
        return NULL;
    }
    return base;
}

VOID NTAPI MmFreeContiguousMemory(PVOID BaseAddress)
{
    struct mem_range range = mem_find(mm_number(BaseAddress));

    if (range.kind != MEM_PAGES || range.owner != &contiguous_owner || range.base != mm_number(BaseAddress)) /* EXE-738 */
        guest_bugcheck(0xC2, 0x60, mm_number(BaseAddress), 0, 0, "%p is freed as contiguous memory, but no such block begins there", BaseAddress);
    mem_free(BaseAddress, range.bytes >> PAGE_SHIFT);
}

VOID NTAPI MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress, SIZE_T NumberOfBytes, MEMORY_CACHING_TYPE CacheType)
{
    struct mem_range range = mem_find(mm_number(BaseAddress));

    (void)CacheType;
    if (range.base == mm_number(BaseAddress) && ((NumberOfBytes + PAGE_SIZE - 1) & ~(SIZE_T)(PAGE_SIZE - 1)) != range.bytes)
        guest_finding("EXE-260", "%p has %lu bytes of contiguous memory and is freed with %lu", BaseAddress, (unsigned long)range.bytes,
                      (unsigned long)NumberOfBytes);
    MmFreeContiguousMemory(BaseAddress);
}

/* ---- EXE-261 ---- */
PHYSICAL_ADDRESS NTAPI MmGetPhysicalAddress(PVOID BaseAddress)
{
    PHYSICAL_ADDRESS address = {.QuadPart = 0};
    uint64_t pfn = mem_pfn(BaseAddress);

    if (pfn)
        address.QuadPart = (LONGLONG)(pfn << PAGE_SHIFT | BYTE_OFFSET(BaseAddress));
    return address;
}

PVOID NTAPI MmGetVirtualForPhysical(PHYSICAL_ADDRESS PhysicalAddress)
{
    uint64_t pfn = (uint64_t)PhysicalAddress.QuadPart >> PAGE_SHIFT;

    if (pfn - MEM_PFN_FIRST >= mem_pages_total())
        return NULL;
    return (PUCHAR)mem_of_pfn(pfn) + ((uint64_t)PhysicalAddress.QuadPart & (PAGE_SIZE - 1));
}

/* From the pool; the caller frees it. */
PPHYSICAL_MEMORY_RANGE NTAPI MmGetPhysicalMemoryRanges(VOID)
{
    PPHYSICAL_MEMORY_RANGE ranges = mm_pool_allocate(POOL_FLAG_NON_PAGED, 2 * sizeof(*ranges), 'hPmM', __builtin_return_address(0));

    if (ranges) {
        ranges[0].BaseAddress.QuadPart = (LONGLONG)MEM_PFN_FIRST << PAGE_SHIFT;
        ranges[0].NumberOfBytes.QuadPart = (LONGLONG)(mem_pages_total() << PAGE_SHIFT);
    }
    return ranges;
}

/* No simulated device has registers in memory yet: there is no range to map. */
PVOID NTAPI MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, MEMORY_CACHING_TYPE CacheType)
{
    (void)PhysicalAddress, (void)NumberOfBytes, (void)CacheType;
    return NULL;
}

PVOID NTAPI MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, ULONG Protect)
{
    (void)PhysicalAddress, (void)NumberOfBytes, (void)Protect;
    return NULL;
}

VOID NTAPI MmUnmapIoSpace(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    guest_bugcheck(SYSTEM_PTE_MISUSE, 2, mm_number(BaseAddress), NumberOfBytes, 0, "MmUnmapIoSpace of %p, which MmMapIoSpace never gave",
                   BaseAddress);
}
