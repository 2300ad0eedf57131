/* Between the files of src/nt/seh. */
#ifndef WK_NT_SEH_PRIVATE_H
#define WK_NT_SEH_PRIVATE_H

#include "image/image.h"
#include "image/unwind.h"
#include "nt/seh/seh.h"

#define SEH_SHARED_PAGE 0xFFFFF78000000000ull /* as Windows has it (EXE-056) */

extern struct seh_hooks seh_hooks;

void seh_regs_of(const CONTEXT *context, struct img_regs *regs);
void seh_regs_to(CONTEXT *context, const struct img_regs *regs); /* integer registers, rip and XMM; the rest stays */

/* Is the stack pointer within the thread's stack? true when the limits are not known. */
bool seh_on_stack(ULONG64 rsp);

/* One frame of a walk over drivers and host functions alike. */
struct seh_frame {
    struct img_frame frame;
    bool is_exception_call; /* the frame called a language handler of a running dispatch ... */
    bool is_unwind_call;    /* ... or of a running unwind: dispatcher is its context */
    PDISPATCHER_CONTEXT dispatcher;
    bool is_boundary;
};
/* regs become the caller's. kinds: as img_unwind_pe. false: the end of the stack. */
bool seh_step(struct img_regs *regs, bool exact, unsigned kinds, struct seh_frame *out);

/* Runs the handlers; returns only when one of them said to go on, with the (edited) context to go on with. */
void seh_dispatch(PEXCEPTION_RECORD record, PCONTEXT context);
_Noreturn void seh_unhandled(PEXCEPTION_RECORD record, PCONTEXT context);
_Noreturn void seh_unwind(ULONG64 target_frame, ULONG64 target_ip, PEXCEPTION_RECORD record, ULONG64 result, PCONTEXT here, PCONTEXT original,
                          PUNWIND_HISTORY_TABLE history);
/* A context takes the registers of the jmp_buf that a STATUS_LONGJUMP record names (EXE-095). */
void seh_jump_regs(PCONTEXT to, const EXCEPTION_RECORD *record);
_Noreturn void seh_bugcheck(PCONTEXT at, ULONG code, ULONG64 p1, ULONG64 p2, ULONG64 p3, ULONG64 p4, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* ---- entry.c: assembly ---- */
/* Calls handler; an unwinder that meets the label behind the call knows what runs here. ms_abi. */
EXCEPTION_DISPOSITION NTAPI seh_call_exception(PEXCEPTION_RECORD record, PVOID frame, PCONTEXT context, PDISPATCHER_CONTEXT dispatcher,
                                               PEXCEPTION_ROUTINE handler);
EXCEPTION_DISPOSITION NTAPI seh_call_unwind(PEXCEPTION_RECORD record, PVOID frame, PCONTEXT context, PDISPATCHER_CONTEXT dispatcher,
                                            PEXCEPTION_ROUTINE handler);
extern const char seh_call_exception_label[], seh_call_unwind_label[];
enum { SEH_CALL_DISPATCHER = 0x28 }; /* where, from rsp at the label, the dispatcher context's address is */
/* All registers, flags and rip. */
_Noreturn void seh_restore(const CONTEXT *context);
/* Where a fault handler sends an interrupted thread: rsp = the CONTEXT, the EXCEPTION_RECORD behind it. Not called. */
void seh_fault_entry(void);
/* The same for an instruction that must be served outside of signal context: seh_serve(context), then go on with the context. */
void seh_serve_entry(void);
/* What a patched `mov cr8, reg` jumps to (image.h, struct img_cr8). Not called. */
void seh_cr8_write(void);
/* The same for a bug check: rdi = context, rsi = struct seh_stop. */
void seh_stop_entry(void);

struct seh_stop {
    ULONG code;
    ULONG64 params[4];
    char text[512];
};

/* ---- unhandled.c ---- */
/* The driver's routine that is nearest on the stack, and the DDI that it called; false when there is no driver. */
bool seh_guest_caller(const struct img_regs *regs, ULONG64 *driver_pc, const char **ddi);
/* "the image echosrv.sys (section .rdata)", "freed memory", ...: what is at an address. Async-signal-safe. */
void seh_describe(ULONG64 address, char *text, size_t bytes);

#endif
