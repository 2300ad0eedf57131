/* Making MDLs: from the pool, over nonpaged memory, as part of another. No page is locked or mapped here. Any thread up to
 * DISPATCH_LEVEL. */
#include "mm_private.h"

#define IRP_MDL_ADDRESS 8 /* EXE-L76: the one member of an IRP that is of interest here */

SIZE_T NTAPI MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
    return sizeof(MDL) + sizeof(PFN_NUMBER) * (SIZE_T)((BYTE_OFFSET(Base) + Length + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

/* The MDL is a pool block of its own. VirtualAddress is noted, never touched: it may be NULL. */
PMDL NTAPI IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer, BOOLEAN ChargeQuota, PIRP Irp)
{
    SIZE_T size = sizeof(MDL) + sizeof(PFN_NUMBER) * (SIZE_T)((BYTE_OFFSET(VirtualAddress) + (SIZE_T)Length + PAGE_SIZE - 1) >> PAGE_SHIFT);
    PMDL mdl, *link;

    (void)ChargeQuota;
    if (Length > 0xFFFFFFFFu - PAGE_SIZE) /* EXE-247: 4 GB - PAGE_SIZE at most */
        return NULL;
    mdl = mm_pool_allocate(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, size, MDL_TAG, __builtin_return_address(0));
    if (!mdl)
        return NULL;
    MmInitializeMdl(mdl, VirtualAddress, Length);
    mdl->AllocationProcessorNumber = 0;
    mdl->Reserved = 0;
    mdl->Process = NULL;
    mdl->MappedSystemVa = NULL;
    if (!Irp)
        return mdl;
    link = (PMDL *)((PUCHAR)Irp + IRP_MDL_ADDRESS);
    while (SecondaryBuffer && *link)
        link = &(*link)->Next;
    *link = mdl;
    return mdl;
}

static __attribute__((noinline)) void free_used(PMDL mdl)
{
    if ((mdl->MdlFlags & MDL_PAGES_LOCKED) && !(mdl->MdlFlags & MDL_PARTIAL))
        guest_finding("EXE-248", "IoFreeMdl of MDL %p whose pages are still locked: they stay locked", mdl);
    if (mdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) /* EXE-255 */
        MmUnmapLockedPages(mdl->MappedSystemVa, mdl);
    ExFreePoolWithTag(mdl, 0);
}

VOID NTAPI IoFreeMdl(PMDL Mdl)
{
    if (Mdl && (Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_PARTIAL_HAS_BEEN_MAPPED)))
        free_used(Mdl);
    else
        ExFreePoolWithTag(Mdl, 0);
}

static __attribute__((noinline)) void fill_pfns(PMDL mdl)
{
    uint64_t va = mm_number(mdl->StartVa);
    PPFN_NUMBER pfns = MmGetMdlPfnArray(mdl);
    ULONG pages = mdl_pages(mdl);

    for (ULONG i = 0; i < pages; i++) {
        struct mem_range range = mem_find(va + (uint64_t)i * PAGE_SIZE);

        pfns[i] = mem_pfn((void *)(ULONG_PTR)(va + (uint64_t)i * PAGE_SIZE));
        if (range.kind == MEM_POOL || range.kind == MEM_PAGES || range.kind == MEM_IMAGE || range.kind == MEM_ALIAS)
            continue;
        guest_finding("EXE-249", "MmBuildMdlForNonPagedPool of %p, which is %s", (void *)(ULONG_PTR)va,
                      range.kind == MEM_POOL_PAGED ? "paged pool" : range.kind == MEM_STACK ? "a stack" :
                      range.kind == MEM_USER ? "user memory" : "no memory of the machine");
        for (; i < pages; i++)
            pfns[i] = mem_pfn((void *)(ULONG_PTR)(va + (uint64_t)i * PAGE_SIZE));
    }
}

VOID NTAPI MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;

    fill_pfns(mdl);
    mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
    mdl->Process = NULL;
    mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
}

/* TargetMdl describes Length bytes at VirtualAddress, which lies in SourceMdl's buffer; 0: all to its end. Whatever makes the
 * source's bytes reachable now makes the target's reachable too. */
VOID NTAPI IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length)
{
    ULONG64 start = mm_number(MmGetMdlVirtualAddress(SourceMdl)), offset = mm_number(VirtualAddress) - start;
    ULONG pages, first;
    SIZE_T need;

    if (offset > SourceMdl->ByteCount || (Length && Length > SourceMdl->ByteCount - offset))
        guest_finding("EXE-255", "IoBuildPartialMdl: %u bytes at %p are not within MDL %p (%u bytes at %p)", Length, VirtualAddress, SourceMdl,
                      SourceMdl->ByteCount, MmGetMdlVirtualAddress(SourceMdl));
    if (!Length)
        Length = offset < SourceMdl->ByteCount ? SourceMdl->ByteCount - (ULONG)offset : 0;
    pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(VirtualAddress, Length);
    need = sizeof(MDL) + pages * sizeof(PFN_NUMBER);
    if (need <= 0x7FFF && need > (USHORT)TargetMdl->Size) /* EXE-759; Size has 16 bits and is cut for larger ones */
        guest_bugcheck(0x40, 0, 0, 0, 0, "IoBuildPartialMdl: MDL %p has room for %u pages, %u are needed", TargetMdl,
                       (unsigned)(((USHORT)TargetMdl->Size - sizeof(MDL)) / sizeof(PFN_NUMBER)), pages);
    TargetMdl->Process = SourceMdl->Process;
    TargetMdl->StartVa = PAGE_ALIGN(VirtualAddress);
    TargetMdl->ByteOffset = BYTE_OFFSET(VirtualAddress);
    TargetMdl->ByteCount = Length;
    TargetMdl->MappedSystemVa = (PVOID)(ULONG_PTR)(mm_number(SourceMdl->MappedSystemVa) + offset);
    TargetMdl->MdlFlags = (CSHORT)((TargetMdl->MdlFlags & (MDL_ALLOCATED_FIXED_SIZE | MDL_ALLOCATED_MUST_SUCCEED)) |
                                   (SourceMdl->MdlFlags & (MDL_SOURCE_IS_NONPAGED_POOL | MDL_IO_SPACE)) | MDL_PARTIAL);
    if (SourceMdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
        TargetMdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA | MDL_PARENT_MAPPED_SYSTEM_VA;
    first = (ULONG)((mm_number(TargetMdl->StartVa) - mm_number(SourceMdl->StartVa)) >> PAGE_SHIFT);
    if (first + pages <= mdl_pages(SourceMdl))
        for (ULONG i = 0; i < pages; i++)
            MmGetMdlPfnArray(TargetMdl)[i] = MmGetMdlPfnArray(SourceMdl)[first + i];
}

/* Takes the first NumberOfBytes off. Pages that are no longer described are unlocked. */
NTSTATUS NTAPI MmAdvanceMdl(PMDL Mdl, ULONG NumberOfBytes)
{
    ULONG gone, left;
    PPFN_NUMBER pfns = MmGetMdlPfnArray(Mdl);

    if (NumberOfBytes >= Mdl->ByteCount)
        return STATUS_INVALID_PARAMETER_2;
    gone = (Mdl->ByteOffset + NumberOfBytes) >> PAGE_SHIFT;
    left = mdl_pages(Mdl) - gone;
    if (gone && (Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) && !(Mdl->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA))
        mdl_unmap_system(Mdl, Mdl->MappedSystemVa); /* [W] made again when asked for: a mapping goes as a whole */
    else if (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
        Mdl->MappedSystemVa = (PUCHAR)Mdl->MappedSystemVa + NumberOfBytes;
    if ((Mdl->MdlFlags & MDL_PAGES_LOCKED) && !(Mdl->MdlFlags & MDL_PARTIAL))
        for (ULONG i = 0; i < gone; i++)
            mem_page_unref(pfns[i]);
    for (ULONG i = 0; i < left; i++)
        pfns[i] = pfns[gone + i];
    Mdl->StartVa = (PUCHAR)Mdl->StartVa + (ULONG_PTR)gone * PAGE_SIZE;
    Mdl->ByteOffset = (Mdl->ByteOffset + NumberOfBytes) & (PAGE_SIZE - 1);
    Mdl->ByteCount -= NumberOfBytes;
    return STATUS_SUCCESS;
}
