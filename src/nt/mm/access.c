/* Looking at memory that may not be there, and copying from it. */
#include "mm_private.h"
#include "pool_private.h"

#include "nt/ke/ke.h"

#define SHARED_PAGE 0xFFFFF78000000000ULL

static bool in_shared_page(ULONG64 va)
{
    return (va & ~(ULONG64)(PAGE_SIZE - 1)) == SHARED_PAGE;
}

BOOLEAN NTAPI MmIsAddressValid(PVOID VirtualAddress)
{
    ULONG64 va = mm_number(VirtualAddress);

    return mem_accessible(va, MEM_R) || in_shared_page(va);
}

/* Page by page; what another thread unmaps meanwhile is as undefined as on Windows. */
NTSTATUS NTAPI MmCopyMemory(PVOID TargetAddress, MM_COPY_ADDRESS SourceAddress, SIZE_T NumberOfBytes, ULONG Flags, PSIZE_T NumberOfBytesTransferred)
{
    ULONG64 from = Flags == MM_COPY_MEMORY_PHYSICAL ? (ULONG64)SourceAddress.PhysicalAddress.QuadPart : mm_number(SourceAddress.VirtualAddress);
    PUCHAR to = TargetAddress;

    *NumberOfBytesTransferred = 0;
    if (Flags != MM_COPY_MEMORY_PHYSICAL && Flags != MM_COPY_MEMORY_VIRTUAL)
        return STATUS_INVALID_PARAMETER_4;
    while (NumberOfBytes) {
        SIZE_T n = PAGE_SIZE - (from & (PAGE_SIZE - 1));
        const void *at = (const void *)(ULONG_PTR)from;

        if (n > NumberOfBytes)
            n = NumberOfBytes;
        if (Flags == MM_COPY_MEMORY_PHYSICAL) {
            PHYSICAL_ADDRESS physical = {.QuadPart = (LONGLONG)from};

            at = MmGetVirtualForPhysical(physical);
        }
        if (at)
            pool_page_in(mm_number(at), false);
        if (Flags == MM_COPY_MEMORY_VIRTUAL && in_shared_page(from)) /* EXE-056: no address of this process */
            ke_shared_page_read((ULONG)(from - SHARED_PAGE), to, (ULONG)n);
        else if (!at || !mem_accessible(mm_number(at), MEM_R))
            return Flags == MM_COPY_MEMORY_PHYSICAL ? STATUS_INVALID_ADDRESS : STATUS_PARTIAL_COPY;
        else
            __builtin_memcpy(to, at, n);
        to += n;
        from += n;
        NumberOfBytes -= n;
        *NumberOfBytesTransferred += n;
    }
    return STATUS_SUCCESS;
}

/* ---- EXE-266. Nothing changes the protection of a user range behind a driver's back here, so a handle is all there is. ---- */
#define SECURE_TAG 'eSmM'

HANDLE NTAPI MmSecureVirtualMemory(PVOID Address, SIZE_T Size, ULONG ProbeMode)
{
    ULONG64 at = mm_number(Address), end = at + Size;
    enum mem_prot prot = ProbeMode == PAGE_READONLY ? MEM_R : MEM_RW;

    if (end < at || end > MEM_USER_PROBE || (ProbeMode != PAGE_READONLY && ProbeMode != PAGE_READWRITE))
        return NULL;
    for (ULONG64 page = at & ~(ULONG64)(PAGE_SIZE - 1); page < end; page += PAGE_SIZE)
        if (!mem_accessible(page, prot))
            return NULL;
    return mm_pool_allocate(POOL_FLAG_NON_PAGED, 16, SECURE_TAG, __builtin_return_address(0));
}

VOID NTAPI MmUnsecureVirtualMemory(HANDLE SecureHandle)
{
    ExFreePoolWithTag(SecureHandle, SECURE_TAG);
}

/* EXE-268: there is no secure kernel to protect the section from the kernel itself. */
NTSTATUS NTAPI MmProtectDriverSection(PVOID AddressWithinSection, SIZE_T Size, ULONG Flags)
{
    (void)AddressWithinSection, (void)Size, (void)Flags;
    return STATUS_INVALID_DEVICE_STATE;
}

MM_SYSTEMSIZE NTAPI MmQuerySystemSize(VOID)
{
    return MmLargeSystem;
}

BOOLEAN NTAPI MmIsThisAnNtAsSystem(VOID)
{
    return FALSE; /* EXE-040: a workstation */
}
