/* Memory descriptor lists, mappings, physical and contiguous memory (EXE-245 .. EXE-268). Pool is in ex_pool.h. */
#ifndef _WK_WDM_MM_H
#define _WK_WDM_MM_H

#include "base.h"
#include "arch.h"
#include "ex_pool.h"

WK_EXTERN_C_BEGIN

typedef ULONG_PTR PFN_NUMBER, *PPFN_NUMBER;
typedef enum _LOCK_OPERATION { IoReadAccess, IoWriteAccess, IoModifyAccess } LOCK_OPERATION;
typedef enum _MEMORY_CACHING_TYPE {
    MmNonCached,
    MmCached,
    MmWriteCombined,
    MmHardwareCoherentCached,
    MmNonCachedUnordered,
    MmUSWCCached,
    MmMaximumCacheType,
    MmNotMapped = -1
} MEMORY_CACHING_TYPE;
typedef enum _MM_PAGE_PRIORITY { LowPagePriority, NormalPagePriority = 16, HighPagePriority = 32 } MM_PAGE_PRIORITY;
typedef enum _MM_SYSTEM_SIZE { MmSmallSystem, MmMediumSystem, MmLargeSystem } MM_SYSTEMSIZE;
typedef ULONG NODE_REQUIREMENT;
#define MM_ANY_NODE_OK 0x80000000

#define PAGE_NOACCESS          0x01
#define PAGE_READONLY          0x02
#define PAGE_READWRITE         0x04
#define PAGE_WRITECOPY         0x08
#define PAGE_EXECUTE           0x10
#define PAGE_EXECUTE_READ      0x20
#define PAGE_EXECUTE_READWRITE 0x40
#define PAGE_EXECUTE_WRITECOPY 0x80
#define PAGE_GUARD             0x100
#define PAGE_NOCACHE           0x200
#define PAGE_WRITECOMBINE      0x400
#define MEM_COMMIT   0x00001000
#define MEM_RESERVE  0x00002000
#define MEM_DECOMMIT 0x00004000
#define MEM_RELEASE  0x00008000

/* EXE-L56: sixteen bit fields of Size and MdlFlags, then the PFNs behind the header */
struct _MDL {
    struct _MDL *Next;
    CSHORT Size;
    CSHORT MdlFlags;
    USHORT AllocationProcessorNumber;
    USHORT Reserved;
    struct _EPROCESS *Process;
    PVOID MappedSystemVa;
    PVOID StartVa;
    ULONG ByteCount;
    ULONG ByteOffset;
};
typedef const MDL *PMDLX_CONST;
typedef MDL *PMDLX;

/* EXE-L57 */
#define MDL_MAPPED_TO_SYSTEM_VA        0x0001
#define MDL_PAGES_LOCKED               0x0002
#define MDL_SOURCE_IS_NONPAGED_POOL    0x0004
#define MDL_ALLOCATED_FIXED_SIZE       0x0008
#define MDL_PARTIAL                    0x0010
#define MDL_PARTIAL_HAS_BEEN_MAPPED    0x0020
#define MDL_IO_PAGE_READ               0x0040
#define MDL_WRITE_OPERATION            0x0080
#define MDL_LOCKED_PAGE_TABLES         0x0100
#define MDL_PARENT_MAPPED_SYSTEM_VA    MDL_LOCKED_PAGE_TABLES
#define MDL_FREE_EXTRA_PTES            0x0200
#define MDL_DESCRIBES_AWE              0x0400
#define MDL_IO_SPACE                   0x0800
#define MDL_NETWORK_HEADER             0x1000
#define MDL_MAPPING_CAN_FAIL           0x2000
#define MDL_PAGE_CONTENTS_INVARIANT    0x4000
#define MDL_ALLOCATED_MUST_SUCCEED     MDL_PAGE_CONTENTS_INVARIANT
#define MDL_INTERNAL                   0x8000
#define MDL_MAPPING_FLAGS (MDL_MAPPED_TO_SYSTEM_VA | MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL |                  \
                           MDL_PARTIAL_HAS_BEEN_MAPPED | MDL_PARENT_MAPPED_SYSTEM_VA | MDL_IO_SPACE)

#define MdlMappingNoWrite       0x80000000
#define MdlMappingNoExecute     0x40000000
#define MdlMappingWithGuardPtes 0x20000000

#define MM_DONT_ZERO_ALLOCATION             0x00000001
#define MM_ALLOCATE_FROM_LOCAL_NODE_ONLY    0x00000002
#define MM_ALLOCATE_FULLY_REQUIRED          0x00000004
#define MM_ALLOCATE_NO_WAIT                 0x00000008
#define MM_ALLOCATE_PREFER_CONTIGUOUS       0x00000010
#define MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS 0x00000020
#define MM_ALLOCATE_FAST_LARGE_PAGES        0x00000040
#define MM_ALLOCATE_AND_HOT_REMOVE          0x00000100

#define MM_COPY_MEMORY_PHYSICAL 0x1
#define MM_COPY_MEMORY_VIRTUAL  0x2
typedef struct _MM_COPY_ADDRESS {
    union {
        PVOID VirtualAddress;
        PHYSICAL_ADDRESS PhysicalAddress;
    };
} MM_COPY_ADDRESS, *PMMCOPY_ADDRESS;
typedef struct _PHYSICAL_MEMORY_RANGE {
    PHYSICAL_ADDRESS BaseAddress;
    LARGE_INTEGER NumberOfBytes;
} PHYSICAL_MEMORY_RANGE, *PPHYSICAL_MEMORY_RANGE;

/* ---- address ranges: EXE-230 ---- */
DDI_DATA(ntoskrnl, "EXE-230", "") extern PVOID MmHighestUserAddress;
DDI_DATA(ntoskrnl, "EXE-230", "") extern PVOID MmSystemRangeStart;
DDI_DATA(ntoskrnl, "EXE-230", "") extern ULONG_PTR MmUserProbeAddress;
#define MM_HIGHEST_USER_ADDRESS MmHighestUserAddress
#define MM_SYSTEM_RANGE_START   MmSystemRangeStart
#define MM_USER_PROBE_ADDRESS   MmUserProbeAddress
#define MM_LOWEST_USER_ADDRESS  (PVOID)0x10000

/* ---- reading an MDL: EXE-245, EXE-I18 ---- */
#define COMPUTE_PAGES_SPANNED(Va, Size) ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size)
DDI_MACRO(MmGetMdlByteCount, "EXE-245 EXE-I18", "wdm/nf-wdm-mmgetmdlbytecount")
#define MmGetMdlByteCount(Mdl)  ((Mdl)->ByteCount)
DDI_MACRO(MmGetMdlByteOffset, "EXE-245 EXE-I18", "wdm/nf-wdm-mmgetmdlbyteoffset")
#define MmGetMdlByteOffset(Mdl) ((Mdl)->ByteOffset)
DDI_MACRO(MmGetMdlVirtualAddress, "EXE-245 EXE-I18", "wdm/nf-wdm-mmgetmdlvirtualaddress")
#define MmGetMdlVirtualAddress(Mdl) ((PVOID)((PCHAR)((Mdl)->StartVa) + (Mdl)->ByteOffset))
#define MmGetMdlBaseVa(Mdl)     ((Mdl)->StartVa)
DDI_MACRO(MmGetMdlPfnArray, "EXE-245 EXE-I18", "wdm/nf-wdm-mmgetmdlpfnarray")
#define MmGetMdlPfnArray(Mdl)   ((PPFN_NUMBER)((Mdl) + 1))
DDI_MACRO(MmInitializeMdl, "EXE-246 EXE-I18", "wdm/nf-wdm-mminitializemdl")
#define MmInitializeMdl(Mdl, BaseVa, Length)                                                                           \
    do {                                                                                                               \
        (Mdl)->Next = NULL;                                                                                            \
        (Mdl)->Size = (CSHORT)(sizeof(MDL) + sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES((BaseVa), (Length))); \
        (Mdl)->MdlFlags = 0;                                                                                           \
        (Mdl)->StartVa = (PVOID)PAGE_ALIGN((BaseVa));                                                                  \
        (Mdl)->ByteOffset = BYTE_OFFSET((BaseVa));                                                                     \
        (Mdl)->ByteCount = (ULONG)(Length);                                                                            \
    } while (0)

/* ---- making, locking, mapping ---- */
DDI(ntoskrnl, "EXE-245", "wdm/nf-wdm-mmsizeofmdl") SIZE_T NTAPI MmSizeOfMdl(_In_ PVOID Base, _In_ SIZE_T Length);
DDI(ntoskrnl, "EXE-247", "wdm/nf-wdm-ioallocatemdl") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PMDL NTAPI IoAllocateMdl(_In_opt_ PVOID VirtualAddress, _In_ ULONG Length, _In_ BOOLEAN SecondaryBuffer,
                         _In_ BOOLEAN ChargeQuota, _Inout_opt_ PIRP Irp);
DDI(ntoskrnl, "EXE-248", "wdm/nf-wdm-iofreemdl") _IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI IoFreeMdl(PMDL Mdl);
DDI(ntoskrnl, "EXE-255 EXE-759", "wdm/nf-wdm-iobuildpartialmdl") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoBuildPartialMdl(_In_ PMDL SourceMdl, _Inout_ PMDL TargetMdl, _In_ PVOID VirtualAddress, _In_ ULONG Length);
DDI(ntoskrnl, "EXE-249", "wdm/nf-wdm-mmbuildmdlfornonpagedpool") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmBuildMdlForNonPagedPool(_Inout_ PMDL MemoryDescriptorList);
DDI(ntoskrnl, "EXE-250", "wdm/nf-wdm-mmprobeandlockpages") DDI_RAISES _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmProbeAndLockPages(_Inout_ PMDL MemoryDescriptorList, _In_ KPROCESSOR_MODE AccessMode, _In_ LOCK_OPERATION Operation);
DDI(ntoskrnl, "EXE-250", "") DDI_RAISES _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI MmProbeAndLockProcessPages(_Inout_ PMDL MemoryDescriptorList, _In_ PEPROCESS Process, _In_ KPROCESSOR_MODE AccessMode,
                                      _In_ LOCK_OPERATION Operation);
DDI(ntoskrnl, "EXE-251 EXE-760", "wdm/nf-wdm-mmunlockpages") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmUnlockPages(_Inout_ PMDL MemoryDescriptorList);
DDI(ntoskrnl, "EXE-253 EXE-763", "wdm/nf-wdm-mmmaplockedpagesspecifycache") DDI_RAISES _IRQL_requires_max_(DISPATCH_LEVEL)
_Must_inspect_result_
PVOID NTAPI MmMapLockedPagesSpecifyCache(_Inout_ PMDL MemoryDescriptorList, _In_ KPROCESSOR_MODE AccessMode,
                                         _In_ MEMORY_CACHING_TYPE CacheType, _In_opt_ PVOID RequestedAddress,
                                         _In_ ULONG BugCheckOnFailure, _In_ ULONG Priority);
DDI(ntoskrnl, "EXE-253", "wdm/nf-wdm-mmmaplockedpages") DDI_RAISES _IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI MmMapLockedPages(_Inout_ PMDL MemoryDescriptorList, _In_ KPROCESSOR_MODE AccessMode);
DDI(ntoskrnl, "EXE-254 EXE-762", "wdm/nf-wdm-mmunmaplockedpages") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmUnmapLockedPages(_In_ PVOID BaseAddress, _Inout_ PMDL MemoryDescriptorList);
DDI(ntoskrnl, "EXE-255", "wdm/nf-wdm-mmadvancemdl") _IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI MmAdvanceMdl(_Inout_ PMDL Mdl, _In_ ULONG NumberOfBytes);
DDI(ntoskrnl, "EXE-258", "wdm/nf-wdm-mmprotectmdlsystemaddress") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI MmProtectMdlSystemAddress(_In_ PMDL MemoryDescriptorList, _In_ ULONG NewProtect);

/* EXE-252, EXE-255, EXE-I17 */
DDI_INLINE("EXE-252 EXE-I17", "wdm/nf-wdm-mmgetsystemaddressformdlsafe")
FORCEINLINE PVOID MmGetSystemAddressForMdlSafe(_Inout_ PMDL Mdl, _In_ ULONG Priority)
{
#if !defined(WK_HOST_NT)
    Priority |= ExDefaultMdlProtection;
#endif
    if (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
        return Mdl->MappedSystemVa;
    return MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE, Priority);
}
DDI_MACRO(MmGetSystemAddressForMdl, "EXE-252", "wdm/nf-wdm-mmgetsystemaddressformdl")
#define MmGetSystemAddressForMdl(Mdl)                                                                                  \
    (((Mdl)->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) ? (Mdl)->MappedSystemVa               \
                                                                                 : MmMapLockedPages((Mdl), KernelMode))
DDI_INLINE("EXE-255 EXE-I17", "wdm/nf-wdm-mmpreparemdlforreuse")
FORCEINLINE VOID MmPrepareMdlForReuse(_Inout_ PMDL Mdl)
{
    if (Mdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED)
        MmUnmapLockedPages(Mdl->MappedSystemVa, Mdl);
}

/* ---- pages without a mapping ---- */
DDI(ntoskrnl, "EXE-257", "wdm/nf-wdm-mmallocatepagesformdl") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PMDL NTAPI MmAllocatePagesForMdl(_In_ PHYSICAL_ADDRESS LowAddress, _In_ PHYSICAL_ADDRESS HighAddress,
                                 _In_ PHYSICAL_ADDRESS SkipBytes, _In_ SIZE_T TotalBytes);
DDI(ntoskrnl, "EXE-257", "wdm/nf-wdm-mmallocatepagesformdlex") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PMDL NTAPI MmAllocatePagesForMdlEx(_In_ PHYSICAL_ADDRESS LowAddress, _In_ PHYSICAL_ADDRESS HighAddress,
                                   _In_ PHYSICAL_ADDRESS SkipBytes, _In_ SIZE_T TotalBytes, _In_ MEMORY_CACHING_TYPE CacheType,
                                   _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-257", "wdm/nf-wdm-mmallocatenodepagesformdlex") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PMDL NTAPI MmAllocateNodePagesForMdlEx(_In_ PHYSICAL_ADDRESS LowAddress, _In_ PHYSICAL_ADDRESS HighAddress,
                                       _In_ PHYSICAL_ADDRESS SkipBytes, _In_ SIZE_T TotalBytes, _In_ MEMORY_CACHING_TYPE CacheType,
                                       _In_ ULONG IdealNode, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-257", "wdm/nf-wdm-mmfreepagesfrommdl") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI MmFreePagesFromMdl(_Inout_ PMDL MemoryDescriptorList);

/* ---- reserved mappings: EXE-259 ---- */
DDI(ntoskrnl, "EXE-259", "wdm/nf-wdm-mmallocatemappingaddress") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
PVOID NTAPI MmAllocateMappingAddress(_In_ SIZE_T NumberOfBytes, _In_ ULONG PoolTag);
DDI(ntoskrnl, "EXE-259", "wdm/nf-wdm-mmmaplockedpageswithreservedmapping") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI MmMapLockedPagesWithReservedMapping(_In_ PVOID MappingAddress, _In_ ULONG PoolTag, _Inout_ PMDL MemoryDescriptorList,
                                                _In_ MEMORY_CACHING_TYPE CacheType);
DDI(ntoskrnl, "EXE-259 EXE-762", "wdm/nf-wdm-mmunmapreservedmapping") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmUnmapReservedMapping(_In_ PVOID BaseAddress, _In_ ULONG PoolTag, _Inout_ PMDL MemoryDescriptorList);
DDI(ntoskrnl, "EXE-259 EXE-762", "wdm/nf-wdm-mmfreemappingaddress") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI MmFreeMappingAddress(_In_ PVOID BaseAddress, _In_ ULONG PoolTag);

/* ---- contiguous memory: EXE-260 ---- */
DDI(ntoskrnl, "EXE-260", "wdm/nf-wdm-mmallocatecontiguousmemory") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI MmAllocateContiguousMemory(_In_ SIZE_T NumberOfBytes, _In_ PHYSICAL_ADDRESS HighestAcceptableAddress);
DDI(ntoskrnl, "EXE-260", "wdm/nf-wdm-mmallocatecontiguousmemoryspecifycache") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI MmAllocateContiguousMemorySpecifyCache(_In_ SIZE_T NumberOfBytes, _In_ PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                   _In_ PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                   _In_ PHYSICAL_ADDRESS BoundaryAddressMultiple, _In_ MEMORY_CACHING_TYPE CacheType);
DDI(ntoskrnl, "EXE-260", "wdm/nf-wdm-mmallocatecontiguousmemoryspecifycachenode") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI MmAllocateContiguousMemorySpecifyCacheNode(_In_ SIZE_T NumberOfBytes, _In_ PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                       _In_ PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                       _In_ PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                       _In_ MEMORY_CACHING_TYPE CacheType, _In_ NODE_REQUIREMENT PreferredNode);
DDI(ntoskrnl, "EXE-260", "wdm/nf-wdm-mmallocatecontiguousnodememory") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI MmAllocateContiguousNodeMemory(_In_ SIZE_T NumberOfBytes, _In_ PHYSICAL_ADDRESS LowestAcceptableAddress,
                                           _In_ PHYSICAL_ADDRESS HighestAcceptableAddress,
                                           _In_ PHYSICAL_ADDRESS BoundaryAddressMultiple, _In_ ULONG Protect,
                                           _In_ NODE_REQUIREMENT PreferredNode);
DDI(ntoskrnl, "EXE-260 EXE-738", "wdm/nf-wdm-mmfreecontiguousmemory") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmFreeContiguousMemory(_In_ PVOID BaseAddress);
DDI(ntoskrnl, "EXE-260 EXE-738", "wdm/nf-wdm-mmfreecontiguousmemoryspecifycache") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmFreeContiguousMemorySpecifyCache(_In_ PVOID BaseAddress, _In_ SIZE_T NumberOfBytes, _In_ MEMORY_CACHING_TYPE CacheType);

/* ---- physical addresses: EXE-261 ---- */
DDI(ntoskrnl, "EXE-261", "ntddk/nf-ntddk-mmgetphysicaladdress") PHYSICAL_ADDRESS NTAPI MmGetPhysicalAddress(_In_ PVOID BaseAddress);
DDI(ntoskrnl, "EXE-261", "") PVOID NTAPI MmGetVirtualForPhysical(_In_ PHYSICAL_ADDRESS PhysicalAddress);
DDI(ntoskrnl, "EXE-261", "") _IRQL_requires_max_(PASSIVE_LEVEL) PPHYSICAL_MEMORY_RANGE NTAPI MmGetPhysicalMemoryRanges(VOID);
DDI(ntoskrnl, "EXE-261", "wdm/nf-wdm-mmmapiospace") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI MmMapIoSpace(_In_ PHYSICAL_ADDRESS PhysicalAddress, _In_ SIZE_T NumberOfBytes, _In_ MEMORY_CACHING_TYPE CacheType);
DDI(ntoskrnl, "EXE-261", "wdm/nf-wdm-mmmapiospaceex") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI MmMapIoSpaceEx(_In_ PHYSICAL_ADDRESS PhysicalAddress, _In_ SIZE_T NumberOfBytes, _In_ ULONG Protect);
DDI(ntoskrnl, "EXE-261", "wdm/nf-wdm-mmunmapiospace") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmUnmapIoSpace(_In_ PVOID BaseAddress, _In_ SIZE_T NumberOfBytes);

/* ---- pageable sections of the driver: EXE-016, EXE-764 ---- */
DDI(ntoskrnl, "EXE-016 EXE-764", "ntddk/nf-ntddk-mmlockpagabledatasection") _IRQL_requires_max_(APC_LEVEL)
PVOID NTAPI MmLockPagableDataSection(_In_ PVOID AddressWithinSection);
DDI_MACRO(MmLockPagableCodeSection, "EXE-016", "wdm/nf-wdm-mmlockpagablecodesection")
#define MmLockPagableCodeSection(Address) MmLockPagableDataSection(Address)
DDI(ntoskrnl, "EXE-016", "ntddk/nf-ntddk-mmlockpagablesectionbyhandle") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI MmLockPagableSectionByHandle(_In_ PVOID ImageSectionHandle);
DDI(ntoskrnl, "EXE-016 EXE-764", "ntddk/nf-ntddk-mmunlockpagableimagesection") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI MmUnlockPagableImageSection(_In_ PVOID ImageSectionHandle);
DDI(ntoskrnl, "EXE-016", "ntddk/nf-ntddk-mmpageentiredriver") _IRQL_requires_max_(APC_LEVEL)
PVOID NTAPI MmPageEntireDriver(_In_ PVOID AddressWithinSection);
DDI(ntoskrnl, "EXE-016", "ntddk/nf-ntddk-mmresetdriverpaging") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI MmResetDriverPaging(_In_ PVOID AddressWithinSection);

/* ---- looking and copying: EXE-264 .. EXE-266, EXE-268 ---- */
DDI(ntoskrnl, "EXE-264", "ntddk/nf-ntddk-mmisaddressvalid") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI MmIsAddressValid(_In_ PVOID VirtualAddress);
DDI(ntoskrnl, "EXE-265", "ntddk/nf-ntddk-mmcopymemory") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI MmCopyMemory(_In_ PVOID TargetAddress, _In_ MM_COPY_ADDRESS SourceAddress, _In_ SIZE_T NumberOfBytes,
                            _In_ ULONG Flags, _Out_ PSIZE_T NumberOfBytesTransferred);
DDI(ntoskrnl, "EXE-266", "ntddk/nf-ntddk-mmsecurevirtualmemory") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
HANDLE NTAPI MmSecureVirtualMemory(_In_ PVOID Address, _In_ SIZE_T Size, _In_ ULONG ProbeMode);
DDI(ntoskrnl, "EXE-266", "ntddk/nf-ntddk-mmunsecurevirtualmemory") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI MmUnsecureVirtualMemory(_In_ HANDLE SecureHandle);
DDI(ntoskrnl, "EXE-268", "wdm/nf-wdm-mmprotectdriversection") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI MmProtectDriverSection(_In_ PVOID AddressWithinSection, _In_ SIZE_T Size, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-230", "wdm/nf-wdm-mmquerysystemsize") MM_SYSTEMSIZE NTAPI MmQuerySystemSize(VOID);
DDI(ntoskrnl, "EXE-230", "ntddk/nf-ntddk-mmisthisanntassystem") BOOLEAN NTAPI MmIsThisAnNtAsSystem(VOID);

WK_EXTERN_C_END

#endif
