/* Interlocked operations and fenced accesses: all of them instructions in the driver itself, with no host part
 * (EXE-068, EXE-069). On x64 every interlocked operation is a full barrier, so the Acquire, Release and NoFence names are the
 * same operation. A guest uses the compiler's own intrinsics, the host the same names over __atomic. */
#ifndef _WK_WDM_INTERLOCKED_H
#define _WK_WDM_INTERLOCKED_H

#include "base.h"

WK_EXTERN_C_BEGIN

DDI_MACRO(InterlockedIncrement, "EXE-068", "wdm/nf-wdm-interlockedincrement")
DDI_MACRO(InterlockedDecrement, "EXE-068", "wdm/nf-wdm-interlockeddecrement")
DDI_MACRO(InterlockedExchange, "EXE-068", "wdm/nf-wdm-interlockedexchange")
DDI_MACRO(InterlockedExchangeAdd, "EXE-068", "wdm/nf-wdm-interlockedexchangeadd")
DDI_MACRO(InterlockedExchangePointer, "EXE-068", "wdm/nf-wdm-interlockedexchangepointer")
DDI_MACRO(InterlockedCompareExchange, "EXE-068", "wdm/nf-wdm-interlockedcompareexchange")
DDI_MACRO(InterlockedCompareExchangePointer, "EXE-068", "wdm/nf-wdm-interlockedcompareexchangepointer")
DDI_MACRO(InterlockedAnd, "EXE-068", "wdm/nf-wdm-interlockedand")
DDI_MACRO(InterlockedOr, "EXE-068", "wdm/nf-wdm-interlockedor")
DDI_MACRO(InterlockedXor, "EXE-068", "wdm/nf-wdm-interlockedxor")

#ifdef WK_HOST_NT
#define WK_INTERLOCKED(T, suffix)                                                                                      \
    FORCEINLINE T _InterlockedExchange##suffix(T volatile *Target, T Value)                                            \
    {                                                                                                                  \
        return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                                  \
    FORCEINLINE T _InterlockedExchangeAdd##suffix(T volatile *Target, T Value)                                         \
    {                                                                                                                  \
        return __atomic_fetch_add(Target, Value, __ATOMIC_SEQ_CST);                                                    \
    }                                                                                                                  \
    FORCEINLINE T _InterlockedCompareExchange##suffix(T volatile *Target, T Exchange, T Comperand)                     \
    {                                                                                                                  \
        __atomic_compare_exchange_n(Target, &Comperand, Exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);              \
        return Comperand;                                                                                              \
    }                                                                                                                  \
    FORCEINLINE T _InterlockedAnd##suffix(T volatile *Target, T Value)                                                 \
    {                                                                                                                  \
        return __atomic_fetch_and(Target, Value, __ATOMIC_SEQ_CST);                                                    \
    }                                                                                                                  \
    FORCEINLINE T _InterlockedOr##suffix(T volatile *Target, T Value)                                                  \
    {                                                                                                                  \
        return __atomic_fetch_or(Target, Value, __ATOMIC_SEQ_CST);                                                     \
    }                                                                                                                  \
    FORCEINLINE T _InterlockedXor##suffix(T volatile *Target, T Value)                                                 \
    {                                                                                                                  \
        return __atomic_fetch_xor(Target, Value, __ATOMIC_SEQ_CST);                                                    \
    }
#define WK_INTERLOCKED_STEP(T, suffix)                                                                                 \
    FORCEINLINE T _InterlockedIncrement##suffix(T volatile *Target)                                                    \
    {                                                                                                                  \
        return (T)(__atomic_fetch_add(Target, 1, __ATOMIC_SEQ_CST) + 1);                                               \
    }                                                                                                                  \
    FORCEINLINE T _InterlockedDecrement##suffix(T volatile *Target)                                                    \
    {                                                                                                                  \
        return (T)(__atomic_fetch_sub(Target, 1, __ATOMIC_SEQ_CST) - 1);                                               \
    }
#define WK_INTERLOCKED_BIT(T, suffix)                                                                                  \
    FORCEINLINE UCHAR _interlockedbittestandset##suffix(T volatile *Base, T Bit)                                       \
    {                                                                                                                  \
        T wk_mask = (T)1 << (Bit & (T)(sizeof(T) * 8 - 1));                                                            \
        return (UCHAR)((__atomic_fetch_or(&Base[Bit / (T)(sizeof(T) * 8)], wk_mask, __ATOMIC_SEQ_CST) & wk_mask) != 0); \
    }                                                                                                                  \
    FORCEINLINE UCHAR _interlockedbittestandreset##suffix(T volatile *Base, T Bit)                                     \
    {                                                                                                                  \
        T wk_mask = (T)1 << (Bit & (T)(sizeof(T) * 8 - 1));                                                            \
        return (UCHAR)((__atomic_fetch_and(&Base[Bit / (T)(sizeof(T) * 8)], ~wk_mask, __ATOMIC_SEQ_CST) & wk_mask) != 0); \
    }
FORCEINLINE PVOID _InterlockedExchangePointer(PVOID volatile *Target, PVOID Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
FORCEINLINE PVOID _InterlockedCompareExchangePointer(PVOID volatile *Target, PVOID Exchange, PVOID Comperand)
{
    __atomic_compare_exchange_n(Target, &Comperand, Exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return Comperand;
}
/* Target must be 16-byte aligned. 1: exchanged; 0: Comparand now holds the value found. */
FORCEINLINE UCHAR _InterlockedCompareExchange128(LONG64 volatile *Target, LONG64 ExchangeHigh, LONG64 ExchangeLow, LONG64 *Comparand)
{
    UCHAR done;

    __asm__ volatile("lock cmpxchg16b %1"
                     : "=@ccz"(done), "+m"(*(LONG64 volatile(*)[2])Target), "+a"(Comparand[0]), "+d"(Comparand[1])
                     : "b"(ExchangeLow), "c"(ExchangeHigh)
                     : "memory");
    return done;
}
#else
#define WK_INTERLOCKED(T, suffix)                                                                                      \
    T _InterlockedExchange##suffix(T volatile *, T);                                                                   \
    T _InterlockedExchangeAdd##suffix(T volatile *, T);                                                                \
    T _InterlockedCompareExchange##suffix(T volatile *, T, T);                                                         \
    T _InterlockedAnd##suffix(T volatile *, T);                                                                        \
    T _InterlockedOr##suffix(T volatile *, T);                                                                         \
    T _InterlockedXor##suffix(T volatile *, T);
#define WK_INTERLOCKED_STEP(T, suffix)                                                                                 \
    T _InterlockedIncrement##suffix(T volatile *);                                                                     \
    T _InterlockedDecrement##suffix(T volatile *);
#define WK_INTERLOCKED_BIT(T, suffix)                                                                                  \
    UCHAR _interlockedbittestandset##suffix(T volatile *, T);                                                          \
    UCHAR _interlockedbittestandreset##suffix(T volatile *, T);
PVOID _InterlockedExchangePointer(PVOID volatile *, PVOID);
PVOID _InterlockedCompareExchangePointer(PVOID volatile *, PVOID, PVOID);
UCHAR _InterlockedCompareExchange128(LONG64 volatile *, LONG64, LONG64, LONG64 *);
#endif

WK_INTERLOCKED(CHAR, 8)
WK_INTERLOCKED(SHORT, 16)
WK_INTERLOCKED(LONG, )
WK_INTERLOCKED(LONG64, 64)
WK_INTERLOCKED_STEP(SHORT, 16)
WK_INTERLOCKED_STEP(LONG, )
WK_INTERLOCKED_STEP(LONG64, 64)
WK_INTERLOCKED_BIT(LONG, )
WK_INTERLOCKED_BIT(LONG64, 64)
#undef WK_INTERLOCKED
#undef WK_INTERLOCKED_STEP
#undef WK_INTERLOCKED_BIT

#define InterlockedIncrement            _InterlockedIncrement
#define InterlockedIncrementAcquire     _InterlockedIncrement
#define InterlockedIncrementRelease     _InterlockedIncrement
#define InterlockedIncrementNoFence     _InterlockedIncrement
#define InterlockedIncrement16          _InterlockedIncrement16
#define InterlockedIncrement64          _InterlockedIncrement64
#define InterlockedIncrementAcquire64   _InterlockedIncrement64
#define InterlockedIncrementRelease64   _InterlockedIncrement64
#define InterlockedIncrementNoFence64   _InterlockedIncrement64
#define InterlockedDecrement            _InterlockedDecrement
#define InterlockedDecrementAcquire     _InterlockedDecrement
#define InterlockedDecrementRelease     _InterlockedDecrement
#define InterlockedDecrementNoFence     _InterlockedDecrement
#define InterlockedDecrement16          _InterlockedDecrement16
#define InterlockedDecrement64          _InterlockedDecrement64
#define InterlockedDecrementAcquire64   _InterlockedDecrement64
#define InterlockedDecrementRelease64   _InterlockedDecrement64
#define InterlockedDecrementNoFence64   _InterlockedDecrement64
#define InterlockedExchange             _InterlockedExchange
#define InterlockedExchangeAcquire      _InterlockedExchange
#define InterlockedExchangeNoFence      _InterlockedExchange
#define InterlockedExchange8            _InterlockedExchange8
#define InterlockedExchange16           _InterlockedExchange16
#define InterlockedExchange64           _InterlockedExchange64
#define InterlockedExchangeAcquire64    _InterlockedExchange64
#define InterlockedExchangeNoFence64    _InterlockedExchange64
#define InterlockedExchangeAdd          _InterlockedExchangeAdd
#define InterlockedExchangeAddAcquire   _InterlockedExchangeAdd
#define InterlockedExchangeAddRelease   _InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence   _InterlockedExchangeAdd
#define InterlockedExchangeAdd8         _InterlockedExchangeAdd8
#define InterlockedExchangeAdd16        _InterlockedExchangeAdd16
#define InterlockedExchangeAdd64        _InterlockedExchangeAdd64
#define InterlockedExchangeAddAcquire64 _InterlockedExchangeAdd64
#define InterlockedExchangeAddRelease64 _InterlockedExchangeAdd64
#define InterlockedExchangeAddNoFence64 _InterlockedExchangeAdd64
#define InterlockedCompareExchange           _InterlockedCompareExchange
#define InterlockedCompareExchangeAcquire    _InterlockedCompareExchange
#define InterlockedCompareExchangeRelease    _InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence    _InterlockedCompareExchange
#define InterlockedCompareExchange8          _InterlockedCompareExchange8
#define InterlockedCompareExchange16         _InterlockedCompareExchange16
#define InterlockedCompareExchange64         _InterlockedCompareExchange64
#define InterlockedCompareExchangeAcquire64  _InterlockedCompareExchange64
#define InterlockedCompareExchangeRelease64  _InterlockedCompareExchange64
#define InterlockedCompareExchangeNoFence64  _InterlockedCompareExchange64
#define InterlockedCompareExchange128        _InterlockedCompareExchange128
#define InterlockedExchangePointer           _InterlockedExchangePointer
#define InterlockedExchangePointerAcquire    _InterlockedExchangePointer
#define InterlockedExchangePointerNoFence    _InterlockedExchangePointer
#define InterlockedCompareExchangePointer        _InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerAcquire _InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease _InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence _InterlockedCompareExchangePointer
#define InterlockedAnd                  _InterlockedAnd
#define InterlockedAndAcquire           _InterlockedAnd
#define InterlockedAndRelease           _InterlockedAnd
#define InterlockedAndNoFence           _InterlockedAnd
#define InterlockedAnd8                 _InterlockedAnd8
#define InterlockedAnd16                _InterlockedAnd16
#define InterlockedAnd64                _InterlockedAnd64
#define InterlockedOr                   _InterlockedOr
#define InterlockedOrAcquire            _InterlockedOr
#define InterlockedOrRelease            _InterlockedOr
#define InterlockedOrNoFence            _InterlockedOr
#define InterlockedOr8                  _InterlockedOr8
#define InterlockedOr16                 _InterlockedOr16
#define InterlockedOr64                 _InterlockedOr64
#define InterlockedXor                  _InterlockedXor
#define InterlockedXorAcquire           _InterlockedXor
#define InterlockedXorRelease           _InterlockedXor
#define InterlockedXorNoFence           _InterlockedXor
#define InterlockedXor8                 _InterlockedXor8
#define InterlockedXor16                _InterlockedXor16
#define InterlockedXor64                _InterlockedXor64
#define InterlockedBitTestAndSet        _interlockedbittestandset
#define InterlockedBitTestAndReset      _interlockedbittestandreset
#define InterlockedBitTestAndSet64      _interlockedbittestandset64
#define InterlockedBitTestAndReset64    _interlockedbittestandreset64
#define InterlockedIncrementSizeT(a)    InterlockedIncrement64((LONG64 volatile *)(a))
#define InterlockedDecrementSizeT(a)    InterlockedDecrement64((LONG64 volatile *)(a))

FORCEINLINE LONG InterlockedAdd(_Inout_ LONG volatile *Addend, _In_ LONG Value)
{
    return InterlockedExchangeAdd(Addend, Value) + Value;
}
FORCEINLINE LONG64 InterlockedAdd64(_Inout_ LONG64 volatile *Addend, _In_ LONG64 Value)
{
    return InterlockedExchangeAdd64(Addend, Value) + Value;
}
#define InterlockedAddAcquire   InterlockedAdd
#define InterlockedAddRelease   InterlockedAdd
#define InterlockedAddNoFence   InterlockedAdd
#define InterlockedAddNoFence64 InterlockedAdd64

/* ---- EXE-069: plain accesses that the compiler keeps, at the strength the name says ---- */
DDI_MACRO(ReadInt32Acquire, "EXE-069", "wdm/nf-wdm-readint32acquire")
DDI_MACRO(ReadInt32NoFence, "EXE-069", "wdm/nf-wdm-readint32nofence")
DDI_MACRO(ReadInt32Raw, "EXE-069", "wdm/nf-wdm-readint32raw")
DDI_MACRO(ReadUInt32Acquire, "EXE-069", "wdm/nf-wdm-readuint32acquire")
DDI_MACRO(ReadUInt32NoFence, "EXE-069", "wdm/nf-wdm-readuint32nofence")
DDI_MACRO(ReadUInt32Raw, "EXE-069", "wdm/nf-wdm-readuint32raw")
DDI_MACRO(ReadBooleanRaw, "EXE-069", "wdm/nf-wdm-readbooleanraw")
DDI_MACRO(WriteInt32Release, "EXE-069", "wdm/nf-wdm-writeint32release")
DDI_MACRO(WriteInt32NoFence, "EXE-069", "wdm/nf-wdm-writeint32nofence")
DDI_MACRO(WriteInt32Raw, "EXE-069", "wdm/nf-wdm-writeint32raw")
DDI_MACRO(WriteUInt32Release, "EXE-069", "wdm/nf-wdm-writeuint32release")
DDI_MACRO(WriteUInt32NoFence, "EXE-069", "wdm/nf-wdm-writeuint32nofence")
DDI_MACRO(WriteUInt32Raw, "EXE-069", "wdm/nf-wdm-writeuint32raw")

#define WK_FENCED(T, name, width)                                                                                      \
    FORCEINLINE T Read##name##Acquire##width(T const volatile *Source)                                                 \
    {                                                                                                                  \
        return __atomic_load_n(Source, __ATOMIC_ACQUIRE);                                                              \
    }                                                                                                                  \
    FORCEINLINE T Read##name##NoFence##width(T const volatile *Source)                                                 \
    {                                                                                                                  \
        return __atomic_load_n(Source, __ATOMIC_RELAXED);                                                              \
    }                                                                                                                  \
    FORCEINLINE T Read##name##Raw##width(T const volatile *Source)                                                     \
    {                                                                                                                  \
        return __atomic_load_n(Source, __ATOMIC_RELAXED);                                                              \
    }                                                                                                                  \
    FORCEINLINE VOID Write##name##Release##width(T volatile *Destination, T Value)                                     \
    {                                                                                                                  \
        __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);                                                        \
    }                                                                                                                  \
    FORCEINLINE VOID Write##name##NoFence##width(T volatile *Destination, T Value)                                     \
    {                                                                                                                  \
        __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);                                                        \
    }                                                                                                                  \
    FORCEINLINE VOID Write##name##Raw##width(T volatile *Destination, T Value)                                         \
    {                                                                                                                  \
        __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);                                                        \
    }
WK_FENCED(CHAR, , 8)
WK_FENCED(SHORT, , 16)
WK_FENCED(LONG, , )
WK_FENCED(LONG64, , 64)
WK_FENCED(UCHAR, UChar, )
WK_FENCED(USHORT, UShort, )
WK_FENCED(ULONG, ULong, )
WK_FENCED(ULONG64, ULong64, )
WK_FENCED(BOOLEAN, Boolean, )
WK_FENCED(INT8, Int8, )
WK_FENCED(UINT8, UInt8, )
WK_FENCED(INT16, Int16, )
WK_FENCED(UINT16, UInt16, )
WK_FENCED(INT32, Int32, )
WK_FENCED(UINT32, UInt32, )
WK_FENCED(INT64, Int64, )
WK_FENCED(UINT64, UInt64, )
WK_FENCED(SIZE_T, SizeT, )
WK_FENCED(PVOID, Pointer, )
#undef WK_FENCED
#define ReadHandleAcquire  ReadPointerAcquire
#define ReadHandleNoFence  ReadPointerNoFence
#define WriteHandleRelease WritePointerRelease
#define WriteHandleNoFence WritePointerNoFence

WK_EXTERN_C_END

#endif
