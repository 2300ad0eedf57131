/* Pool (EXE-231 .. EXE-242). */
#ifndef _WK_WDM_EX_POOL_H
#define _WK_WDM_EX_POOL_H

#include "base.h"
#include "arch.h"

WK_EXTERN_C_BEGIN

typedef enum _POOL_TYPE {
    NonPagedPool,
    NonPagedPoolExecute = NonPagedPool,
    PagedPool,
    NonPagedPoolMustSucceed = NonPagedPool + 2,
    DontUseThisType,
    NonPagedPoolCacheAligned = NonPagedPool + 4,
    PagedPoolCacheAligned,
    NonPagedPoolCacheAlignedMustS = NonPagedPool + 6,
    MaxPoolType,
    NonPagedPoolBase = 0,
    NonPagedPoolBaseMustSucceed = NonPagedPoolBase + 2,
    NonPagedPoolBaseCacheAligned = NonPagedPoolBase + 4,
    NonPagedPoolBaseCacheAlignedMustS = NonPagedPoolBase + 6,
    NonPagedPoolSession = 32,
    PagedPoolSession = NonPagedPoolSession + 1,
    NonPagedPoolMustSucceedSession = PagedPoolSession + 1,
    DontUseThisTypeSession = NonPagedPoolMustSucceedSession + 1,
    NonPagedPoolCacheAlignedSession = DontUseThisTypeSession + 1,
    PagedPoolCacheAlignedSession = NonPagedPoolCacheAlignedSession + 1,
    NonPagedPoolCacheAlignedMustSSession = PagedPoolCacheAlignedSession + 1,
    NonPagedPoolNx = 512,
    NonPagedPoolNxCacheAligned = NonPagedPoolNx + 4,
    NonPagedPoolSessionNx = NonPagedPoolNx + 32
} POOL_TYPE;

#define POOL_QUOTA_FAIL_INSTEAD_OF_RAISE 8
#define POOL_RAISE_IF_ALLOCATION_FAILURE 16
#define POOL_COLD_ALLOCATION             256
#define POOL_NX_ALLOCATION               512
#define POOL_ZERO_ALLOCATION             1024

typedef ULONG64 POOL_FLAGS;
#define POOL_FLAG_REQUIRED_START   0x0000000000000001ULL
#define POOL_FLAG_USE_QUOTA        0x0000000000000001ULL
#define POOL_FLAG_UNINITIALIZED    0x0000000000000002ULL
#define POOL_FLAG_SESSION          0x0000000000000004ULL
#define POOL_FLAG_CACHE_ALIGNED    0x0000000000000008ULL
#define POOL_FLAG_RESERVED1        0x0000000000000010ULL
#define POOL_FLAG_RAISE_ON_FAILURE 0x0000000000000020ULL
#define POOL_FLAG_NON_PAGED        0x0000000000000040ULL
#define POOL_FLAG_NON_PAGED_EXECUTE 0x0000000000000080ULL
#define POOL_FLAG_PAGED            0x0000000000000100ULL
#define POOL_FLAG_RESERVED2        0x0000000000000200ULL
#define POOL_FLAG_RESERVED3        0x0000000000000400ULL
#define POOL_FLAG_REQUIRED_END     0x0000000080000000ULL
#define POOL_FLAG_OPTIONAL_START   0x0000000100000000ULL
#define POOL_FLAG_SPECIAL_POOL     0x0000000100000000ULL
#define POOL_FLAG_OPTIONAL_END     0x8000000000000000ULL

typedef enum _EX_POOL_PRIORITY {
    LowPoolPriority,
    LowPoolPrioritySpecialPoolOverrun = 8,
    LowPoolPrioritySpecialPoolUnderrun = 9,
    NormalPoolPriority = 16,
    NormalPoolPrioritySpecialPoolOverrun = 24,
    NormalPoolPrioritySpecialPoolUnderrun = 25,
    HighPoolPriority = 32,
    HighPoolPrioritySpecialPoolOverrun = 40,
    HighPoolPrioritySpecialPoolUnderrun = 41
} EX_POOL_PRIORITY;

typedef enum POOL_EXTENDED_PARAMETER_TYPE {
    PoolExtendedParameterInvalidType,
    PoolExtendedParameterPriority,
    PoolExtendedParameterSecurePool,
    PoolExtendedParameterNumaNode,
    PoolExtendedParameterMax
} POOL_EXTENDED_PARAMETER_TYPE, *PPOOL_EXTENDED_PARAMETER_TYPE;

typedef struct _POOL_EXTENDED_PARAMS_SECURE_POOL {
    HANDLE SecurePoolHandle;
    PVOID Buffer;
    ULONG_PTR Cookie;
    ULONG SecurePoolFlags;
} POOL_EXTENDED_PARAMS_SECURE_POOL;

/* EXE-L58 */
typedef struct _POOL_EXTENDED_PARAMETER {
    struct {
        ULONG64 Type : 8;
        ULONG64 Optional : 1;
        ULONG64 Reserved : 64 - 9;
    };
    union {
        ULONG64 Reserved2;
        PVOID Reserved3;
        EX_POOL_PRIORITY Priority;
        POOL_EXTENDED_PARAMS_SECURE_POOL *SecurePoolParams;
        ULONG PreferredNode;
    };
} POOL_EXTENDED_PARAMETER, *PPOOL_EXTENDED_PARAMETER;
typedef const POOL_EXTENDED_PARAMETER *PCPOOL_EXTENDED_PARAMETER;

DDI(ntoskrnl, "EXE-231 EXE-234 EXE-235 EXE-731 EXE-735", "wdm/nf-wdm-exallocatepool2") DDI_RAISES
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI ExAllocatePool2(_In_ POOL_FLAGS Flags, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
DDI(ntoskrnl, "EXE-232", "wdm/nf-wdm-exallocatepool3") DDI_RAISES
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI ExAllocatePool3(_In_ POOL_FLAGS Flags, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag,
                            _In_reads_opt_(ExtendedParametersCount) PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                            _In_ ULONG ExtendedParametersCount);
DDI(ntoskrnl, "EXE-233 EXE-234 EXE-730 EXE-731 EXE-735 EXE-739", "wdm/nf-wdm-exallocatepoolwithtag") DDI_RAISES
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI ExAllocatePoolWithTag(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
DDI(ntoskrnl, "EXE-238", "wdm/nf-wdm-exallocatepoolwithquotatag") DDI_RAISES
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI ExAllocatePoolWithQuotaTag(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
DDI(ntoskrnl, "EXE-236", "wdm/nf-wdm-exallocatepoolwithtagpriority") DDI_RAISES
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI ExAllocatePoolWithTagPriority(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag,
                                          _In_ EX_POOL_PRIORITY Priority);
DDI(ntoskrnl, "EXE-236", "wdm/nf-wdm-exallocatepool") DDI_RAISES
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI ExAllocatePool(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes);
DDI(ntoskrnl, "EXE-236 EXE-238", "wdm/nf-wdm-exallocatepoolwithquota") DDI_RAISES
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI ExAllocatePoolWithQuota(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes);
DDI(ntoskrnl, "EXE-239 EXE-732 EXE-733 EXE-734 EXE-736 EXE-737", "wdm/nf-wdm-exfreepoolwithtag")
_IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI ExFreePoolWithTag(_Pre_notnull_ PVOID P, _In_ ULONG Tag);
DDI(ntoskrnl, "EXE-236 EXE-239", "ntddk/nf-ntddk-exfreepool")
_IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI ExFreePool(_Pre_notnull_ PVOID P);
DDI(ntoskrnl, "EXE-232", "wdm/nf-wdm-exfreepool2")
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExFreePool2(_Pre_notnull_ PVOID P, _In_ ULONG Tag,
                       _In_reads_opt_(ExtendedParametersCount) PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                       _In_ ULONG ExtendedParametersCount);
DDI(ntoskrnl, "EXE-242", "ntifs/nf-ntifs-exquerypoolblocksize")
SIZE_T NTAPI ExQueryPoolBlockSize(_In_ PVOID PoolBlock, _Out_ PBOOLEAN QuotaCharged);

#define DrvRtPoolNxOptIn 0x00000001

#ifndef WK_HOST_NT
/* EXE-237: private to each driver image. POOL_NX_OPTIN and POOL_ZERO_DOWN_LEVEL_SUPPORT are the driver's own settings,
 * made on its command line. */
__declspec(selectany) POOL_TYPE ExDefaultNonPagedPoolType = NonPagedPool;
__declspec(selectany) ULONG ExDefaultMdlProtection = 0;
#if defined(POOL_ZERO_DOWN_LEVEL_SUPPORT)
__declspec(selectany) BOOLEAN WkPoolZeroes = FALSE;
#endif
#if defined(POOL_NX_OPTIN) && POOL_NX_OPTIN && !defined(POOL_NX_OPTOUT)
#define WK_POOL_NX 1
#define NonPagedPool             (ExDefaultNonPagedPoolType)
#define NonPagedPoolCacheAligned ((POOL_TYPE)(ExDefaultNonPagedPoolType + NonPagedPoolBaseCacheAligned))
#endif

DDI_INLINE("EXE-237", "wdm/nf-wdm-exinitializedriverruntime")
FORCEINLINE VOID ExInitializeDriverRuntime(_In_ ULONG RuntimeFlags)
{
    (void)RuntimeFlags;
#if defined(WK_POOL_NX)
    if (RuntimeFlags & DrvRtPoolNxOptIn) {
        ExDefaultNonPagedPoolType = NonPagedPoolNx;
        ExDefaultMdlProtection = 0x40000000; /* MdlMappingNoExecute */
    }
#endif
#if defined(POOL_ZERO_DOWN_LEVEL_SUPPORT)
    WkPoolZeroes = TRUE; /* every system that wskit plays (EXE-040) zeroes on request; the wrappers' memset stays for others */
#endif
}
#if defined(POOL_ZERO_DOWN_LEVEL_SUPPORT)
#define WK_POOL_ZERO(p, bytes) ((p) && !WkPoolZeroes ? (void)__builtin_memset((p), 0, (bytes)) : (void)0)
#else
#define WK_POOL_ZERO(p, bytes) ((void)0)
#endif

/* EXE-236, EXE-I11 */
DDI_INLINE("EXE-236 EXE-I11", "wdm/nf-wdm-exallocatepoolzero")
FORCEINLINE PVOID ExAllocatePoolZero(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag)
{
    PVOID block = ExAllocatePoolWithTag((POOL_TYPE)(PoolType | POOL_ZERO_ALLOCATION), NumberOfBytes, Tag);

    WK_POOL_ZERO(block, NumberOfBytes);
    return block;
}
DDI_INLINE("EXE-236 EXE-I11", "wdm/nf-wdm-exallocatepooluninitialized")
FORCEINLINE PVOID ExAllocatePoolUninitialized(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag)
{
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}
DDI_INLINE("EXE-236 EXE-I11", "wdm/nf-wdm-exallocatepoolquotazero")
FORCEINLINE PVOID ExAllocatePoolQuotaZero(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag)
{
    PVOID block = ExAllocatePoolWithQuotaTag((POOL_TYPE)(PoolType | POOL_ZERO_ALLOCATION), NumberOfBytes, Tag);

    WK_POOL_ZERO(block, NumberOfBytes);
    return block;
}
DDI_INLINE("EXE-236 EXE-I11", "wdm/nf-wdm-exallocatepoolquotauninitialized")
FORCEINLINE PVOID ExAllocatePoolQuotaUninitialized(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag)
{
    return ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, Tag);
}
DDI_INLINE("EXE-236 EXE-I11", "wdm/nf-wdm-exallocatepoolpriorityzero")
FORCEINLINE PVOID ExAllocatePoolPriorityZero(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag,
                                                          _In_ EX_POOL_PRIORITY Priority)
{
    PVOID block = ExAllocatePoolWithTagPriority((POOL_TYPE)(PoolType | POOL_ZERO_ALLOCATION), NumberOfBytes, Tag, Priority);

    WK_POOL_ZERO(block, NumberOfBytes);
    return block;
}
DDI_INLINE("EXE-236 EXE-I11", "wdm/nf-wdm-exallocatepoolpriorityuninitialized")
FORCEINLINE PVOID ExAllocatePoolPriorityUninitialized(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes,
                                                                   _In_ ULONG Tag, _In_ EX_POOL_PRIORITY Priority)
{
    return ExAllocatePoolWithTagPriority(PoolType, NumberOfBytes, Tag, Priority);
}
#endif

WK_EXTERN_C_END

#endif
