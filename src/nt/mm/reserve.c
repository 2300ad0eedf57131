/* Reserved mapping addresses (EXE-259): so that a driver can map under low memory. */
#include "mm_private.h"

struct reservation {
    struct reservation *next;
    void *base;
    SIZE_T pages;
    ULONG tag;
    SIZE_T mapped; /* pages now mapped */
};

static struct sched_lock lock;
static struct reservation *reservations;

/* Under the lock. */
static struct reservation *find(PVOID base)
{
    struct reservation *r = reservations;

    while (r && r->base != base)
        r = r->next;
    return r;
}

static struct reservation *get(PVOID base, ULONG tag, const char *what)
{
    struct reservation *r;

    sched_lock(&lock);
    r = find(base);
    sched_unlock(&lock);
    if (!r)
        guest_bugcheck(SYSTEM_PTE_MISUSE, 0x100, mm_number(base), tag, 0, "%s: %p is no reserved mapping address", what, base);
    if (r->tag != tag) /* EXE-762 */
        guest_bugcheck(SYSTEM_PTE_MISUSE, 0x101, mm_number(base), tag, r->tag, "%s: mapping address %p has tag %.4s, not %.4s", what, base,
                       (const char *)&r->tag, (const char *)&tag);
    return r;
}

PVOID NTAPI MmAllocateMappingAddress(SIZE_T NumberOfBytes, ULONG PoolTag)
{
    SIZE_T pages = (NumberOfBytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
    struct reservation *r;

    if (!NumberOfBytes || pages > UINT32_MAX)
        return NULL;
    r = mm_pool_allocate(POOL_FLAG_NON_PAGED, sizeof(*r), 'vRmM', __builtin_return_address(0));
    if (!r)
        return NULL;
    r->base = mem_alias_reserve(pages);
    if (!r->base) {
        ExFreePoolWithTag(r, 'vRmM');
        return NULL;
    }
    r->pages = pages;
    r->tag = PoolTag;
    sched_lock(&lock);
    r->next = reservations;
    reservations = r;
    sched_unlock(&lock);
    return r->base;
}

VOID NTAPI MmFreeMappingAddress(PVOID BaseAddress, ULONG PoolTag)
{
    struct reservation *r = get(BaseAddress, PoolTag, "MmFreeMappingAddress"), **link;

    if (r->mapped)
        guest_bugcheck(SYSTEM_PTE_MISUSE, 0x102, mm_number(BaseAddress), PoolTag, r->mapped, "mapping address %p is freed while %lu pages are "
                       "mapped there", BaseAddress, (unsigned long)r->mapped);
    sched_lock(&lock);
    for (link = &reservations; *link != r; link = &(*link)->next)
        ;
    *link = r->next;
    sched_unlock(&lock);
    mem_alias_release(r->base, r->pages);
    ExFreePoolWithTag(r, 'vRmM');
}

/* The address of the first page: the MDL's byte offset is not in it. */
PVOID NTAPI MmMapLockedPagesWithReservedMapping(PVOID MappingAddress, ULONG PoolTag, PMDL MemoryDescriptorList, MEMORY_CACHING_TYPE CacheType)
{
    struct reservation *r = get(MappingAddress, PoolTag, "MmMapLockedPagesWithReservedMapping");
    PMDL mdl = MemoryDescriptorList;
    ULONG pages = mdl_pages(mdl);

    (void)CacheType;
    if (!mdl_has_pages(mdl))
        guest_bugcheck(MEMORY_MANAGEMENT, 0x1233, mm_number(mdl), 0, 0, "MDL %p is mapped, but its pages are not locked", mdl);
    mdl_check_pfns(mdl, pages);
    if (pages > r->pages || pages == 0)
        return NULL;
    if (r->mapped)
        guest_bugcheck(SYSTEM_PTE_MISUSE, 0x104, mm_number(MappingAddress), PoolTag, r->mapped, "something is mapped at %p already",
                       MappingAddress);
    if (!mem_alias_map_at(r->base, (const uint64_t *)MmGetMdlPfnArray(mdl), pages, MEM_RW))
        return NULL;
    r->mapped = pages;
    mdl->MappedSystemVa = r->base;
    mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA | (mdl->MdlFlags & MDL_PARTIAL ? MDL_PARTIAL_HAS_BEEN_MAPPED : 0);
    return (PUCHAR)r->base + mdl->ByteOffset;
}

VOID NTAPI MmUnmapReservedMapping(PVOID BaseAddress, ULONG PoolTag, PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;
    struct reservation *r = get(PAGE_ALIGN(BaseAddress), PoolTag, "MmUnmapReservedMapping");

    if (!r->mapped || r->mapped != mdl_pages(mdl))
        guest_bugcheck(SYSTEM_PTE_MISUSE, 0x103, mm_number(BaseAddress), r->mapped, mdl_pages(mdl),
                       "%p is unmapped with MDL %p of %u pages, but %lu are mapped there", BaseAddress, mdl, mdl_pages(mdl),
                       (unsigned long)r->mapped);
    mem_alias_unmap_at(r->base, r->mapped);
    r->mapped = 0;
    mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
}
