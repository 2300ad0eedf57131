/* Integer arithmetic that cannot wrap (EXE-460): Rtl<Type>Add, Sub, Mult and Rtl<From>To<To>, all carried by the driver itself. STATUS_SUCCESS, or
 * STATUS_INTEGER_OVERFLOW with the type's error value in the result: all ones, or 0 for a signed type. Any IRQL. */
#ifndef _NTINTSAFE_H_INCLUDED_
#define _NTINTSAFE_H_INCLUDED_

#include "ntdef.h"
#include "ntstatus.h"

WK_EXTERN_C_BEGIN

/* name in the function, C type. Types of equal width stand side by side because sources name them so. */
#define WK_INTSAFE_TYPES(X)                                                                                            \
    X(Int8, INT8) X(UInt8, UINT8) X(Char, CHAR) X(UChar, UCHAR) X(Byte, BYTE) X(Short, SHORT) X(Int16, INT16)          \
    X(UShort, USHORT) X(UInt16, UINT16) X(Word, WORD) X(Int, INT) X(Int32, INT32) X(UInt, UINT) X(UInt32, UINT32)      \
    X(Long, LONG) X(Long32, LONG32) X(ULong, ULONG) X(ULong32, ULONG32) X(DWord, DWORD) X(LongLong, LONGLONG)          \
    X(Int64, INT64) X(Long64, LONG64) X(ULongLong, ULONGLONG) X(UInt64, UINT64) X(ULong64, ULONG64)                    \
    X(DWordLong, DWORDLONG) X(IntPtr, INT_PTR) X(UIntPtr, UINT_PTR) X(LongPtr, LONG_PTR) X(ULongPtr, ULONG_PTR)        \
    X(DWordPtr, DWORD_PTR) X(SizeT, SIZE_T) X(SSizeT, SSIZE_T) X(PtrdiffT, LONG_PTR)
/* The same once more, for the inner one of two nested expansions. */
#define WK_INTSAFE_TARGETS(X, name, type)                                                                              \
    X(name, type, Int8, INT8) X(name, type, UInt8, UINT8) X(name, type, Char, CHAR) X(name, type, UChar, UCHAR)        \
    X(name, type, Byte, BYTE) X(name, type, Short, SHORT) X(name, type, Int16, INT16) X(name, type, UShort, USHORT)    \
    X(name, type, UInt16, UINT16) X(name, type, Word, WORD) X(name, type, Int, INT) X(name, type, Int32, INT32)        \
    X(name, type, UInt, UINT) X(name, type, UInt32, UINT32) X(name, type, Long, LONG) X(name, type, ULong, ULONG)      \
    X(name, type, DWord, DWORD) X(name, type, LongLong, LONGLONG) X(name, type, Int64, INT64)                          \
    X(name, type, Long64, LONG64) X(name, type, ULongLong, ULONGLONG) X(name, type, UInt64, UINT64)                    \
    X(name, type, ULong64, ULONG64) X(name, type, DWordLong, DWORDLONG) X(name, type, IntPtr, INT_PTR)                 \
    X(name, type, UIntPtr, UINT_PTR) X(name, type, LongPtr, LONG_PTR) X(name, type, ULongPtr, ULONG_PTR)               \
    X(name, type, DWordPtr, DWORD_PTR) X(name, type, SizeT, SIZE_T) X(name, type, SSizeT, SSIZE_T)                     \
    X(name, type, PtrdiffT, LONG_PTR)

#define WK_INTSAFE_ERROR(type) ((type)-1 < (type)1 ? (type)0 : (type)-1)

#define WK_INTSAFE_OPERATION(name, type, operation, builtin)                                                           \
    FORCEINLINE NTSTATUS Rtl##name##operation(_In_ type a, _In_ type b, _Out_ type *result)                            \
    {                                                                                                                  \
        if (builtin(a, b, result)) {                                                                                   \
            *result = WK_INTSAFE_ERROR(type);                                                                          \
            return STATUS_INTEGER_OVERFLOW;                                                                            \
        }                                                                                                              \
        return STATUS_SUCCESS;                                                                                         \
    }
#define WK_INTSAFE_ARITHMETIC(name, type)                                                                              \
    WK_INTSAFE_OPERATION(name, type, Add, __builtin_add_overflow)                                                      \
    WK_INTSAFE_OPERATION(name, type, Sub, __builtin_sub_overflow)                                                      \
    WK_INTSAFE_OPERATION(name, type, Mult, __builtin_mul_overflow)
#define WK_INTSAFE_CONVERSION(from, from_type, to, to_type)                                                            \
    FORCEINLINE NTSTATUS Rtl##from##To##to(_In_ from_type value, _Out_ to_type *result)                                \
    {                                                                                                                  \
        if (__builtin_add_overflow(value, (from_type)0, result)) {                                                     \
            *result = WK_INTSAFE_ERROR(to_type);                                                                       \
            return STATUS_INTEGER_OVERFLOW;                                                                            \
        }                                                                                                              \
        return STATUS_SUCCESS;                                                                                         \
    }
#define WK_INTSAFE_CONVERSIONS(name, type) WK_INTSAFE_TARGETS(WK_INTSAFE_CONVERSION, name, type)

DDI_FAMILY("EXE-460 EXE-793", "ntintsafe")
WK_INTSAFE_TYPES(WK_INTSAFE_ARITHMETIC)
WK_INTSAFE_TYPES(WK_INTSAFE_CONVERSIONS)
DDI_FAMILY_END

WK_EXTERN_C_END

#endif
