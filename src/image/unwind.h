/* One frame up: by .pdata for drivers, by .eh_frame for our own functions between them. Plain C types. */
#ifndef WK_IMAGE_UNWIND_H
#define WK_IMAGE_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

enum img_reg { IMG_RAX, IMG_RCX, IMG_RDX, IMG_RBX, IMG_RSP, IMG_RBP, IMG_RSI, IMG_RDI };

/* In the order of x64 encodings (and of NT's CONTEXT): rax rcx rdx rbx rsp rbp rsi rdi r8 .. r15. */
struct img_regs {
    uint64_t gpr[16];
    uint64_t rip;
    uint8_t xmm[16][16] __attribute__((aligned(16)));
};

enum img_handler_kind { IMG_EHANDLER = 1, IMG_UHANDLER = 2 };

struct img_frame {
    bool is_host;           /* one of our functions: no handler, no function entry */
    bool is_machine_frame;  /* the frame above was interrupted, not calling: its rip is exact */
    uint64_t image_base;
    const void *function;   /* struct img_function *, NULL for a leaf */
    uint64_t host_function; /* is_host: where the function starts */
    uint64_t establisher;   /* as RtlVirtualUnwind gives it */
    uint64_t handler;       /* 0, or the language handler of the wanted kind */
    uint64_t handler_data;
    /* where the caller's registers were saved; 0 = not saved by this function */
    uint64_t saved_gpr[16], saved_xmm[16];
};

/* regs become those of the caller. exact: rip is an interrupted instruction, not a return address. frame: what was found on the way,
 * may be NULL. false: the stack cannot be followed (unreadable, outside everything known). Async-signal-safe. */
bool img_unwind(struct img_regs *regs, bool exact, struct img_frame *frame);
/* For a function in an image whose entry is known (NULL: a leaf); kinds: of img_handler_kind, which handlers to look for. */
bool img_unwind_pe(struct img_regs *regs, uint64_t image_base, const void *function, unsigned kinds, struct img_frame *frame);
/* After a call to an address where no function is (a NULL pointer, an unloaded driver): its caller is at the top of the stack. */
bool img_unwind_nowhere(struct img_regs *regs, struct img_frame *frame);
/* For one of our own functions. */
bool img_unwind_host(struct img_regs *regs, bool exact, struct img_frame *frame);

/* The registers of the caller, as it will have them when this returns. */
void img_regs_here(struct img_regs *regs);

/* Reads memory that may not be there: false instead of a fault (host/fault.c knows this function). Async-signal-safe. */
bool img_peek(uint64_t address, void *out, unsigned bytes);

#endif
