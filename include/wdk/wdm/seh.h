/* Exceptions, contexts and unwinding (EXE-080 .. EXE-097). */
#ifndef _WK_WDM_SEH_H
#define _WK_WDM_SEH_H

#include "base.h"
#include "../excpt.h"

WK_EXTERN_C_BEGIN

/* ---- EXE-L39 ---- */
typedef struct DECLSPEC_ALIGN(16) _M128A {
    ULONGLONG Low;
    LONGLONG High;
} M128A, *PM128A;

typedef struct DECLSPEC_ALIGN(16) _XSAVE_FORMAT {
    USHORT ControlWord;
    USHORT StatusWord;
    UCHAR TagWord;
    UCHAR Reserved1;
    USHORT ErrorOpcode;
    ULONG ErrorOffset;
    USHORT ErrorSelector;
    USHORT Reserved2;
    ULONG DataOffset;
    USHORT DataSelector;
    USHORT Reserved3;
    ULONG MxCsr;
    ULONG MxCsr_Mask;
    M128A FloatRegisters[8];
    M128A XmmRegisters[16];
    UCHAR Reserved4[96];
} XSAVE_FORMAT, *PXSAVE_FORMAT, XMM_SAVE_AREA32, *PXMM_SAVE_AREA32;

#define CONTEXT_AMD64           0x00100000L
#define CONTEXT_CONTROL         (CONTEXT_AMD64 | 0x1L)
#define CONTEXT_INTEGER         (CONTEXT_AMD64 | 0x2L)
#define CONTEXT_SEGMENTS        (CONTEXT_AMD64 | 0x4L)
#define CONTEXT_FLOATING_POINT  (CONTEXT_AMD64 | 0x8L)
#define CONTEXT_DEBUG_REGISTERS (CONTEXT_AMD64 | 0x10L)
#define CONTEXT_EXCEPTION_ACTIVE 0x08000000L
#define CONTEXT_FULL            (CONTEXT_CONTROL | CONTEXT_INTEGER | CONTEXT_FLOATING_POINT)
#define CONTEXT_ALL             (CONTEXT_FULL | CONTEXT_SEGMENTS | CONTEXT_DEBUG_REGISTERS)

struct DECLSPEC_ALIGN(16) _CONTEXT {
    ULONG64 P1Home;
    ULONG64 P2Home;
    ULONG64 P3Home;
    ULONG64 P4Home;
    ULONG64 P5Home;
    ULONG64 P6Home;
    ULONG ContextFlags;
    ULONG MxCsr;
    USHORT SegCs;
    USHORT SegDs;
    USHORT SegEs;
    USHORT SegFs;
    USHORT SegGs;
    USHORT SegSs;
    ULONG EFlags;
    ULONG64 Dr0;
    ULONG64 Dr1;
    ULONG64 Dr2;
    ULONG64 Dr3;
    ULONG64 Dr6;
    ULONG64 Dr7;
    ULONG64 Rax;
    ULONG64 Rcx;
    ULONG64 Rdx;
    ULONG64 Rbx;
    ULONG64 Rsp;
    ULONG64 Rbp;
    ULONG64 Rsi;
    ULONG64 Rdi;
    ULONG64 R8;
    ULONG64 R9;
    ULONG64 R10;
    ULONG64 R11;
    ULONG64 R12;
    ULONG64 R13;
    ULONG64 R14;
    ULONG64 R15;
    ULONG64 Rip;
    union {
        XMM_SAVE_AREA32 FltSave;
        struct {
            M128A Header[2];
            M128A Legacy[8];
            M128A Xmm0;
            M128A Xmm1;
            M128A Xmm2;
            M128A Xmm3;
            M128A Xmm4;
            M128A Xmm5;
            M128A Xmm6;
            M128A Xmm7;
            M128A Xmm8;
            M128A Xmm9;
            M128A Xmm10;
            M128A Xmm11;
            M128A Xmm12;
            M128A Xmm13;
            M128A Xmm14;
            M128A Xmm15;
        };
    };
    M128A VectorRegister[26];
    ULONG64 VectorControl;
    ULONG64 DebugControl;
    ULONG64 LastBranchToRip;
    ULONG64 LastBranchFromRip;
    ULONG64 LastExceptionToRip;
    ULONG64 LastExceptionFromRip;
};

/* ---- EXE-L40 ---- */
#define EXCEPTION_NONCONTINUABLE   0x01
#define EXCEPTION_UNWINDING        0x02
#define EXCEPTION_EXIT_UNWIND      0x04
#define EXCEPTION_STACK_INVALID    0x08
#define EXCEPTION_NESTED_CALL      0x10
#define EXCEPTION_TARGET_UNWIND    0x20
#define EXCEPTION_COLLIDED_UNWIND  0x40
#define EXCEPTION_UNWIND           0x66
#define EXCEPTION_MAXIMUM_PARAMETERS 15
#define IS_UNWINDING(flags)     (((flags) & EXCEPTION_UNWIND) != 0)
#define IS_DISPATCHING(flags)   (((flags) & EXCEPTION_UNWIND) == 0)
#define IS_TARGET_UNWIND(flags) ((flags) & EXCEPTION_TARGET_UNWIND)

struct _EXCEPTION_RECORD {
    NTSTATUS ExceptionCode;
    ULONG ExceptionFlags;
    struct _EXCEPTION_RECORD *ExceptionRecord;
    PVOID ExceptionAddress;
    ULONG NumberParameters;
    ULONG_PTR ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
};

typedef struct _EXCEPTION_POINTERS {
    PEXCEPTION_RECORD ExceptionRecord;
    PCONTEXT ContextRecord;
} EXCEPTION_POINTERS, *PEXCEPTION_POINTERS;

/* ---- EXE-L41 .. EXE-L43 ---- */
typedef struct _IMAGE_RUNTIME_FUNCTION_ENTRY {
    ULONG BeginAddress;
    ULONG EndAddress;
    union {
        ULONG UnwindInfoAddress;
        ULONG UnwindData;
    };
} RUNTIME_FUNCTION, *PRUNTIME_FUNCTION, IMAGE_RUNTIME_FUNCTION_ENTRY, *PIMAGE_RUNTIME_FUNCTION_ENTRY;

typedef struct _SCOPE_TABLE_AMD64 {
    ULONG Count;
    struct {
        ULONG BeginAddress;
        ULONG EndAddress;
        ULONG HandlerAddress;
        ULONG JumpTarget;
    } ScopeRecord[1];
} SCOPE_TABLE_AMD64, *PSCOPE_TABLE_AMD64;

#define UNWIND_HISTORY_TABLE_SIZE 12
typedef struct _UNWIND_HISTORY_TABLE_ENTRY {
    ULONG_PTR ImageBase;
    PRUNTIME_FUNCTION FunctionEntry;
} UNWIND_HISTORY_TABLE_ENTRY, *PUNWIND_HISTORY_TABLE_ENTRY;
typedef struct _UNWIND_HISTORY_TABLE {
    ULONG Count;
    UCHAR LocalHint;
    UCHAR GlobalHint;
    UCHAR Search;
    UCHAR Once;
    ULONG_PTR LowAddress;
    ULONG_PTR HighAddress;
    UNWIND_HISTORY_TABLE_ENTRY Entry[UNWIND_HISTORY_TABLE_SIZE];
} UNWIND_HISTORY_TABLE, *PUNWIND_HISTORY_TABLE;

#define UNW_FLAG_NHANDLER  0
#define UNW_FLAG_EHANDLER  1
#define UNW_FLAG_UHANDLER  2
#define UNW_FLAG_CHAININFO 4

struct _DISPATCHER_CONTEXT;
_IRQL_requires_same_ typedef EXCEPTION_DISPOSITION NTAPI EXCEPTION_ROUTINE(_Inout_ struct _EXCEPTION_RECORD *ExceptionRecord,
                                                                           _In_ PVOID EstablisherFrame,
                                                                           _Inout_ struct _CONTEXT *ContextRecord,
                                                                           _In_ PVOID DispatcherContext);
typedef EXCEPTION_ROUTINE *PEXCEPTION_ROUTINE;

typedef struct _DISPATCHER_CONTEXT {
    ULONG_PTR ControlPc;
    ULONG_PTR ImageBase;
    PRUNTIME_FUNCTION FunctionEntry;
    ULONG_PTR EstablisherFrame;
    ULONG_PTR TargetIp;
    PCONTEXT ContextRecord;
    PEXCEPTION_ROUTINE LanguageHandler;
    PVOID HandlerData;
    PUNWIND_HISTORY_TABLE HistoryTable;
    ULONG ScopeIndex;
    ULONG Fill0;
} DISPATCHER_CONTEXT, *PDISPATCHER_CONTEXT;

typedef LONG(NTAPI *PEXCEPTION_FILTER)(_In_ struct _EXCEPTION_POINTERS *ExceptionPointers, _In_ PVOID EstablisherFrame);
typedef VOID(NTAPI *PTERMINATION_HANDLER)(_In_ BOOLEAN AbnormalTermination, _In_ PVOID EstablisherFrame);

typedef struct _KNONVOLATILE_CONTEXT_POINTERS {
    PM128A FloatingContext[16];
    PULONG64 IntegerContext[16];
} KNONVOLATILE_CONTEXT_POINTERS, *PKNONVOLATILE_CONTEXT_POINTERS;

/* ---- raising ---- */
DDI(ntoskrnl, "EXE-086", "wdm/nf-wdm-exraisestatus")
DECLSPEC_NORETURN VOID NTAPI ExRaiseStatus(_In_ NTSTATUS Status);
DDI(ntoskrnl, "EXE-086", "ntifs/nf-ntifs-rtlraisestatus")
DECLSPEC_NORETURN VOID NTAPI RtlRaiseStatus(_In_ NTSTATUS Status);
DDI(ntoskrnl, "EXE-086", "ntddk/nf-ntddk-exraiseaccessviolation")
_IRQL_requires_max_(APC_LEVEL) DECLSPEC_NORETURN VOID NTAPI ExRaiseAccessViolation(VOID);
DDI(ntoskrnl, "EXE-086", "ntddk/nf-ntddk-exraisedatatypemisalignment")
_IRQL_requires_max_(APC_LEVEL) DECLSPEC_NORETURN VOID NTAPI ExRaiseDatatypeMisalignment(VOID);
DDI(ntoskrnl, "EXE-086", "wdm/nf-wdm-rtlraiseexception") DDI_NO_THUNK
VOID NTAPI RtlRaiseException(_In_ PEXCEPTION_RECORD ExceptionRecord);

/* ---- probes ---- */
DDI(ntoskrnl, "EXE-092 EXE-789", "wdm/nf-wdm-probeforread")
_IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ProbeForRead(_In_reads_bytes_(Length) const volatile VOID *Address, _In_ SIZE_T Length, _In_ ULONG Alignment);
DDI(ntoskrnl, "EXE-092 EXE-789", "wdm/nf-wdm-probeforwrite")
_IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ProbeForWrite(_Inout_updates_bytes_(Length) volatile VOID *Address, _In_ SIZE_T Length, _In_ ULONG Alignment);
#define ProbeForReadSmallStructure(Address, Size, Alignment) ProbeForRead(Address, Size, Alignment)
#define ProbeForWriteSmallStructure(Address, Size, Alignment) ProbeForWrite(Address, Size, Alignment)

/* ---- unwinding ---- */
DDI(ntoskrnl, "EXE-080", "winnt/nf-winnt-rtllookupfunctionentry")
PRUNTIME_FUNCTION NTAPI RtlLookupFunctionEntry(_In_ ULONG64 ControlPc, _Out_ PULONG64 ImageBase,
                                               _Inout_opt_ PUNWIND_HISTORY_TABLE HistoryTable);
DDI(ntoskrnl, "EXE-081", "winnt/nf-winnt-rtlvirtualunwind")
PEXCEPTION_ROUTINE NTAPI RtlVirtualUnwind(_In_ ULONG HandlerType, _In_ ULONG64 ImageBase, _In_ ULONG64 ControlPc,
                                          _In_opt_ PRUNTIME_FUNCTION FunctionEntry, _Inout_ PCONTEXT ContextRecord,
                                          _Out_ PVOID *HandlerData, _Out_ PULONG64 EstablisherFrame,
                                          _Inout_opt_ PKNONVOLATILE_CONTEXT_POINTERS ContextPointers);
DDI(ntoskrnl, "EXE-084", "winnt/nf-winnt-rtlunwindex") DDI_NO_THUNK
VOID NTAPI RtlUnwindEx(_In_opt_ PVOID TargetFrame, _In_opt_ PVOID TargetIp, _In_opt_ PEXCEPTION_RECORD ExceptionRecord, _In_ PVOID ReturnValue,
                       _In_ PCONTEXT ContextRecord, _In_opt_ PUNWIND_HISTORY_TABLE HistoryTable);
DDI(ntoskrnl, "EXE-084", "winnt/nf-winnt-rtlunwind") DDI_NO_THUNK
VOID NTAPI RtlUnwind(_In_opt_ PVOID TargetFrame, _In_opt_ PVOID TargetIp, _In_opt_ PEXCEPTION_RECORD ExceptionRecord, _In_ PVOID ReturnValue);
DDI(ntoskrnl, "EXE-083 EXE-096", "exception-handling-x64") DDI_NO_THUNK
EXCEPTION_DISPOSITION NTAPI __C_specific_handler(_In_ struct _EXCEPTION_RECORD *ExceptionRecord, _In_ PVOID EstablisherFrame,
                                                 _Inout_ struct _CONTEXT *ContextRecord, _Inout_ struct _DISPATCHER_CONTEXT *DispatcherContext);
DDI(ntoskrnl, "EXE-084", "exception-handling-x64") DDI_NO_THUNK
VOID NTAPI _local_unwind(_In_ PVOID TargetFrame, _In_ PVOID TargetIp);

/* ---- stacks ---- */
DDI(ntoskrnl, "EXE-094", "ntifs/nf-ntifs-rtlcapturestackbacktrace") DDI_NO_THUNK
USHORT NTAPI RtlCaptureStackBackTrace(_In_ ULONG FramesToSkip, _In_ ULONG FramesToCapture,
                                      _Out_writes_to_(FramesToCapture, return) PVOID *BackTrace, _Out_opt_ PULONG BackTraceHash);
DDI(ntoskrnl, "EXE-094", "winnt/nf-winnt-rtlcapturecontext") DDI_NO_THUNK
VOID NTAPI RtlCaptureContext(_Out_ PCONTEXT ContextRecord);
DDI(ntoskrnl, "EXE-094", "ntddk/nf-ntddk-rtlwalkframechain") DDI_NO_THUNK
ULONG NTAPI RtlWalkFrameChain(_Out_writes_(Count - (Flags >> 8)) PVOID *Callers, _In_ ULONG Count, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-038 EXE-080", "winnt/nf-winnt-rtlpctofileheader")
PVOID NTAPI RtlPcToFileHeader(_In_ PVOID PcValue, _Out_ PVOID *BaseOfImage);
/* Probes RAX bytes below the stack pointer: compilers call it for frames of more than a page. */
DDI(ntoskrnl, "EXE-054 EXE-066", "using-the-kernel-stack") DDI_NO_THUNK
VOID NTAPI __chkstk(VOID);

/* ---- images (EXE-016, EXE-037) ---- */
DDI(ntoskrnl, "EXE-037", "wdm/nf-wdm-mmgetsystemroutineaddress")
_IRQL_requires_max_(PASSIVE_LEVEL) PVOID NTAPI MmGetSystemRoutineAddress(_In_ PUNICODE_STRING SystemRoutineName);

WK_EXTERN_C_END

#endif
