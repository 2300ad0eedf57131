/* What x64 itself gives to drivers: barriers, bits, time stamp, CR8, the KPCR behind GS, port and register access.
 * Nothing here has a host part but CR8 and the other privileged instructions, which src/image emulates (EXE-055, 060, 061). */
#ifndef _WK_WDM_ARCH_H
#define _WK_WDM_ARCH_H

#include "base.h"
#include "interlocked.h"

WK_EXTERN_C_BEGIN

/* ---- EXE-069, EXE-138: barriers and pause ---- */
DDI_MACRO(YieldProcessor, "EXE-138", "wdm/nf-wdm-keshouldyieldprocessor")
#define YieldProcessor() __builtin_ia32_pause()
DDI_MACRO(KeMemoryBarrier, "EXE-069", "wdm/nf-wdm-kememorybarrier")
#define KeMemoryBarrier()               __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KeMemoryBarrierWithoutFence()   __asm__ volatile("" : : : "memory")
#define MemoryBarrier()                 __atomic_thread_fence(__ATOMIC_SEQ_CST)
#ifdef WK_HOST_NT
#define _ReadWriteBarrier()             KeMemoryBarrierWithoutFence()
#define _ReadBarrier()                  KeMemoryBarrierWithoutFence()
#define _WriteBarrier()                 KeMemoryBarrierWithoutFence()
#else
void _ReadWriteBarrier(void);
void _ReadBarrier(void);
void _WriteBarrier(void);
#endif
#define LoadFence()                     __builtin_ia32_lfence()
#define StoreFence()                    __builtin_ia32_sfence()
#define MemoryFence()                   __builtin_ia32_mfence()
#define FastFence()                     MemoryBarrier()
#define PreFetchCacheLine(level, address) __builtin_prefetch(address)
#define PrefetchForWrite(p)             __builtin_prefetch((p), 1)
#define ReadForWriteAccess(p)           (*(p))
#define PF_TEMPORAL_LEVEL_1      1
#define PF_TEMPORAL_LEVEL_2      2
#define PF_TEMPORAL_LEVEL_3      3
#define PF_NON_TEMPORAL_LEVEL_ALL 0

/* ---- bits, rotation, wide multiplication ---- */
#ifdef WK_HOST_NT
FORCEINLINE UCHAR _BitScanForward(ULONG *Index, ULONG Mask)
{
    if (Mask)
        *Index = (ULONG)__builtin_ctz(Mask);
    return Mask != 0;
}
FORCEINLINE UCHAR _BitScanReverse(ULONG *Index, ULONG Mask)
{
    if (Mask)
        *Index = 31 - (ULONG)__builtin_clz(Mask);
    return Mask != 0;
}
FORCEINLINE UCHAR _BitScanForward64(ULONG *Index, ULONG64 Mask)
{
    if (Mask)
        *Index = (ULONG)__builtin_ctzll(Mask);
    return Mask != 0;
}
FORCEINLINE UCHAR _BitScanReverse64(ULONG *Index, ULONG64 Mask)
{
    if (Mask)
        *Index = 63 - (ULONG)__builtin_clzll(Mask);
    return Mask != 0;
}
#define _byteswap_ushort(x) __builtin_bswap16(x)
#define _byteswap_ulong(x)  __builtin_bswap32(x)
#define _byteswap_uint64(x) __builtin_bswap64(x)
#define _ReturnAddress()    __builtin_return_address(0)
#define __debugbreak()      __asm__ volatile("int3")
#define __rdtsc()           __builtin_ia32_rdtsc()
#define __nop()             __asm__ volatile("nop")
#else
UCHAR _BitScanForward(ULONG *Index, ULONG Mask);
UCHAR _BitScanReverse(ULONG *Index, ULONG Mask);
UCHAR _BitScanForward64(ULONG *Index, ULONG64 Mask);
UCHAR _BitScanReverse64(ULONG *Index, ULONG64 Mask);
UCHAR _bittest(LONG const *Base, LONG Offset);
UCHAR _bittest64(LONG64 const *Base, LONG64 Offset);
UCHAR _bittestandset(LONG *Base, LONG Offset);
UCHAR _bittestandreset(LONG *Base, LONG Offset);
UCHAR _bittestandcomplement(LONG *Base, LONG Offset);
USHORT _byteswap_ushort(USHORT x);
ULONG _byteswap_ulong(ULONG x);
ULONG64 _byteswap_uint64(ULONG64 x);
void *_ReturnAddress(void);
void *_AddressOfReturnAddress(void);
void __debugbreak(void);
unsigned long long __rdtsc(void);
unsigned int _rotl(unsigned int value, int shift);
unsigned int _rotr(unsigned int value, int shift);
unsigned long long _rotl64(unsigned long long value, int shift);
unsigned long long _rotr64(unsigned long long value, int shift);
unsigned short __popcnt16(unsigned short value);
unsigned int __popcnt(unsigned int value);
unsigned long long __popcnt64(unsigned long long value);
unsigned char __readgsbyte(unsigned long offset);
unsigned short __readgsword(unsigned long offset);
unsigned long __readgsdword(unsigned long offset);
unsigned long long __readgsqword(unsigned long offset);
void __stosb(unsigned char *to, unsigned char value, size_t count);
void __movsb(unsigned char *to, unsigned char const *from, size_t count);
#define BitTest                 _bittest
#define BitTest64               _bittest64
#define BitTestAndSet           _bittestandset
#define BitTestAndReset         _bittestandreset
#define BitTestAndComplement    _bittestandcomplement
#define RotateLeft32            _rotl
#define RotateLeft64            _rotl64
#define RotateRight32           _rotr
#define RotateRight64           _rotr64
#define PopulationCount64       __popcnt64

unsigned long long _umul128(unsigned long long a, unsigned long long b, unsigned long long *high);
long long _mul128(long long a, long long b, long long *high);
unsigned long long __umulh(unsigned long long a, unsigned long long b);
unsigned long long __shiftleft128(unsigned long long low, unsigned long long high, unsigned char shift);
unsigned long long __shiftright128(unsigned long long low, unsigned long long high, unsigned char shift);
void __cpuid(int info[4], int leaf);
void __cpuidex(int info[4], int leaf, int subleaf);
void __faststorefence(void);
#define UnsignedMultiply128 _umul128
#define Multiply128         _mul128
#define UnsignedMultiplyHigh __umulh
#define ShiftLeft128        __shiftleft128
#define ShiftRight128       __shiftright128

/* ---- EXE-067: clang has no built-in form of these ---- */
FORCEINLINE void __nop(void)
{
    __asm__ volatile("nop");
}
/* EXE-055: reads and writes the IRQL without any check. */
FORCEINLINE ULONG64 __readcr8(void)
{
    ULONG64 irql;

    __asm__ volatile("movq %%cr8, %0" : "=r"(irql) : : "memory");
    return irql;
}
FORCEINLINE void __writecr8(ULONG64 irql)
{
    __asm__ volatile("movq %0, %%cr8" : : "r"(irql) : "memory");
}
/* EXE-060 */
FORCEINLINE void _disable(void)
{
    __asm__ volatile("cli" : : : "memory");
}
FORCEINLINE void _enable(void)
{
    __asm__ volatile("sti" : : : "memory");
}
FORCEINLINE ULONG64 __readeflags(void)
{
    return __builtin_ia32_readeflags_u64();
}
FORCEINLINE void __writeeflags(ULONG64 value)
{
    __builtin_ia32_writeeflags_u64(value);
}
/* EXE-061: these raise STATUS_PRIVILEGED_INSTRUCTION, but for `in` (all ones) and `out` (dropped). */
FORCEINLINE ULONG64 __readmsr(ULONG number)
{
    ULONG low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return ((ULONG64)high << 32) | low;
}
FORCEINLINE void __writemsr(ULONG number, ULONG64 value)
{
    __asm__ volatile("wrmsr" : : "c"(number), "a"((ULONG)value), "d"((ULONG)(value >> 32)) : "memory");
}
FORCEINLINE void __halt(void)
{
    __asm__ volatile("hlt");
}
FORCEINLINE void __wbinvd(void)
{
    __asm__ volatile("wbinvd" : : : "memory");
}
FORCEINLINE void __invlpg(void *address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}
FORCEINLINE ULONG64 __readcr0(void)
{
    ULONG64 value;

    __asm__ volatile("movq %%cr0, %0" : "=r"(value));
    return value;
}
FORCEINLINE ULONG64 __readcr3(void)
{
    ULONG64 value;

    __asm__ volatile("movq %%cr3, %0" : "=r"(value));
    return value;
}
FORCEINLINE ULONG64 __readcr4(void)
{
    ULONG64 value;

    __asm__ volatile("movq %%cr4, %0" : "=r"(value));
    return value;
}
FORCEINLINE UCHAR __inbyte(USHORT port)
{
    UCHAR value;

    __asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port));
    return value;
}
FORCEINLINE USHORT __inword(USHORT port)
{
    USHORT value;

    __asm__ volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port));
    return value;
}
FORCEINLINE ULONG __indword(USHORT port)
{
    ULONG value;

    __asm__ volatile("inl %w1, %k0" : "=a"(value) : "Nd"(port));
    return value;
}
FORCEINLINE void __outbyte(USHORT port, UCHAR value)
{
    __asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port));
}
FORCEINLINE void __outword(USHORT port, USHORT value)
{
    __asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"(port));
}
FORCEINLINE void __outdword(USHORT port, ULONG value)
{
    __asm__ volatile("outl %k0, %w1" : : "a"(value), "Nd"(port));
}
#define ReadTimeStampCounter() __rdtsc()
DDI_MACRO(READ_PORT_UCHAR, "EXE-061 EXE-067", "wdm/nf-wdm-read_port_uchar")
#define READ_PORT_UCHAR(p)      __inbyte((USHORT)(ULONG_PTR)(p))
DDI_MACRO(READ_PORT_USHORT, "EXE-061 EXE-067", "wdm/nf-wdm-read_port_ushort")
#define READ_PORT_USHORT(p)     __inword((USHORT)(ULONG_PTR)(p))
DDI_MACRO(READ_PORT_ULONG, "EXE-061 EXE-067", "wdm/nf-wdm-read_port_ulong")
#define READ_PORT_ULONG(p)      __indword((USHORT)(ULONG_PTR)(p))
DDI_MACRO(WRITE_PORT_UCHAR, "EXE-061 EXE-067", "wdm/nf-wdm-write_port_uchar")
#define WRITE_PORT_UCHAR(p, v)  __outbyte((USHORT)(ULONG_PTR)(p), (v))
DDI_MACRO(WRITE_PORT_USHORT, "EXE-061 EXE-067", "wdm/nf-wdm-write_port_ushort")
#define WRITE_PORT_USHORT(p, v) __outword((USHORT)(ULONG_PTR)(p), (v))
DDI_MACRO(WRITE_PORT_ULONG, "EXE-061 EXE-067", "wdm/nf-wdm-write_port_ulong")
#define WRITE_PORT_ULONG(p, v)  __outdword((USHORT)(ULONG_PTR)(p), (v))
#endif

DDI_MACRO(READ_REGISTER_UCHAR, "EXE-261", "wdm/nf-wdm-read_register_uchar")
#define READ_REGISTER_UCHAR(r)      ReadUCharAcquire((UCHAR const volatile *)(r))
DDI_MACRO(READ_REGISTER_USHORT, "EXE-261", "wdm/nf-wdm-read_register_ushort")
#define READ_REGISTER_USHORT(r)     ReadUShortAcquire((USHORT const volatile *)(r))
DDI_MACRO(READ_REGISTER_ULONG, "EXE-261", "wdm/nf-wdm-read_register_ulong")
#define READ_REGISTER_ULONG(r)      ReadULongAcquire((ULONG const volatile *)(r))
DDI_MACRO(READ_REGISTER_ULONG64, "EXE-261", "wdm/nf-wdm-read_register_ulong64")
#define READ_REGISTER_ULONG64(r)    ReadULong64Acquire((ULONG64 const volatile *)(r))
DDI_MACRO(WRITE_REGISTER_UCHAR, "EXE-261", "wdm/nf-wdm-write_register_uchar")
#define WRITE_REGISTER_UCHAR(r, v)  (*(UCHAR volatile *)(r) = (v), FastFence())
DDI_MACRO(WRITE_REGISTER_USHORT, "EXE-261", "wdm/nf-wdm-write_register_ushort")
#define WRITE_REGISTER_USHORT(r, v) (*(USHORT volatile *)(r) = (v), FastFence())
DDI_MACRO(WRITE_REGISTER_ULONG, "EXE-261", "wdm/nf-wdm-write_register_ulong")
#define WRITE_REGISTER_ULONG(r, v)  (*(ULONG volatile *)(r) = (v), FastFence())
DDI_MACRO(WRITE_REGISTER_ULONG64, "EXE-261", "wdm/nf-wdm-write_register_ulong64")
#define WRITE_REGISTER_ULONG64(r, v) (*(ULONG64 volatile *)(r) = (v), FastFence())

/* ---- EXE-L44: what GS points at while driver code runs (EXE-053) ---- */
typedef struct _KPCR {
    PVOID GdtBase;
    PVOID TssBase;
    ULONG64 UserRsp; /* EXE-054: stays 0, so that a __chkstk that takes it for a stack limit probes nothing */
    struct _KPCR *Self;
    struct _KPRCB *CurrentPrcb;
    PVOID LockArray;
    PVOID Used_Self;
    PVOID IdtBase;
    ULONG64 Unused[2];
    KIRQL Irql;
    UCHAR SecondLevelCacheAssociativity;
    UCHAR ObsoleteNumber;
    UCHAR Fill0;
    ULONG Unused0[3];
    USHORT MajorVersion;
    USHORT MinorVersion;
    ULONG StallScaleFactor;
    PVOID Unused1[3];
    ULONG KernelReserved[15];
    ULONG SecondLevelCacheSize;
    ULONG HalReserved[16];
    ULONG Unused2;
    PVOID KdVersionBlock;
    PVOID Unused3;
    ULONG PcrAlign1[26]; /* up to the PRCB at 180h (EXE-L45) */
} KPCR, *PKPCR;
#ifndef WK_HOST_NT
#define KeGetPcr() ((PKPCR)__readgsqword(FIELD_OFFSET(KPCR, Self)))
#else
/* The calling thread's, which drivers have behind GS (src/nt/ke/ke.h); NULL in a thread that is not NT's. */
extern __thread UCHAR *wk_pcr __attribute__((tls_model("local-exec")));
#endif

/* ---- pages ---- */
DDI_MACRO(BYTES_TO_PAGES, "EXE-245", "wdm/nf-wdm-bytes_to_pages")
#define BYTES_TO_PAGES(size)  ((ULONG)(((ULONG_PTR)(size) >> PAGE_SHIFT) + (((ULONG_PTR)(size) & (PAGE_SIZE - 1)) != 0)))
DDI_MACRO(ROUND_TO_PAGES, "EXE-245", "wdm/nf-wdm-round_to_pages")
#define ROUND_TO_PAGES(size)  (((ULONG_PTR)(size) + PAGE_SIZE - 1) & ~((ULONG_PTR)PAGE_SIZE - 1))
DDI_MACRO(PAGE_ALIGN, "EXE-245", "wdm/nf-wdm-page_align")
#define PAGE_ALIGN(va)        ((PVOID)((ULONG_PTR)(va) & ~((ULONG_PTR)PAGE_SIZE - 1)))
DDI_MACRO(BYTE_OFFSET, "EXE-245", "wdm/nf-wdm-byte_offset")
#define BYTE_OFFSET(va)       ((ULONG)((LONG_PTR)(va) & (PAGE_SIZE - 1)))
DDI_MACRO(ADDRESS_AND_SIZE_TO_SPAN_PAGES, "EXE-245", "wdm/nf-wdm-address_and_size_to_span_pages")
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(va, size)                                                                       \
    ((ULONG)(((((ULONG_PTR)(va) & (PAGE_SIZE - 1)) + (ULONG_PTR)(size)) + (PAGE_SIZE - 1)) >> PAGE_SHIFT))

WK_EXTERN_C_END

#endif
