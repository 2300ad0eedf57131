/* Faults of the machine's threads, in plain words (host.h). The signals of the processor are caught on an alternate stack, because a
 * guest's stack may be what is broken (EXE-064), and without blocking, because the handler itself reads memory that may be gone
 * (img_peek). What the signal says is EXE-073. Linux side; everything here is async-signal-safe. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/err.h"
#include "host/host.h"

#define ALTERNATE_BYTES (64 * 1024)

static host_fault_fn *fault_fn;
static void *fault_ctx;
static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
static struct sigaction before[sizeof(signals) / sizeof(signals[0])];
static _Thread_local void *own_stack;

enum { TRAP_DIVIDE = 0, TRAP_DEBUG = 1, TRAP_BREAKPOINT = 3, TRAP_INVALID = 6, TRAP_STACK = 12, TRAP_GP = 13, TRAP_PAGE = 14,
       TRAP_ALIGNMENT = 17, TRAP_SIMD = 19 };

static void read_regs(struct host_regs *to, const ucontext_t *from)
{
    const greg_t *g = from->uc_mcontext.gregs;

    *to = (struct host_regs){
        .rax = (uint64_t)g[REG_RAX], .rcx = (uint64_t)g[REG_RCX], .rdx = (uint64_t)g[REG_RDX], .rbx = (uint64_t)g[REG_RBX],
        .rsp = (uint64_t)g[REG_RSP], .rbp = (uint64_t)g[REG_RBP], .rsi = (uint64_t)g[REG_RSI], .rdi = (uint64_t)g[REG_RDI],
        .r8 = (uint64_t)g[REG_R8], .r9 = (uint64_t)g[REG_R9], .r10 = (uint64_t)g[REG_R10], .r11 = (uint64_t)g[REG_R11],
        .r12 = (uint64_t)g[REG_R12], .r13 = (uint64_t)g[REG_R13], .r14 = (uint64_t)g[REG_R14], .r15 = (uint64_t)g[REG_R15],
        .rip = (uint64_t)g[REG_RIP], .eflags = (uint64_t)g[REG_EFL],
    };
    memcpy(to->xmm, from->uc_mcontext.fpregs->_xmm, sizeof(to->xmm));
    to->mxcsr = from->uc_mcontext.fpregs->mxcsr;
}

static void write_regs(ucontext_t *to, const struct host_regs *from)
{
    greg_t *g = to->uc_mcontext.gregs;

    g[REG_RAX] = (greg_t)from->rax, g[REG_RCX] = (greg_t)from->rcx, g[REG_RDX] = (greg_t)from->rdx, g[REG_RBX] = (greg_t)from->rbx;
    g[REG_RSP] = (greg_t)from->rsp, g[REG_RBP] = (greg_t)from->rbp, g[REG_RSI] = (greg_t)from->rsi, g[REG_RDI] = (greg_t)from->rdi;
    g[REG_R8] = (greg_t)from->r8, g[REG_R9] = (greg_t)from->r9, g[REG_R10] = (greg_t)from->r10, g[REG_R11] = (greg_t)from->r11;
    g[REG_R12] = (greg_t)from->r12, g[REG_R13] = (greg_t)from->r13, g[REG_R14] = (greg_t)from->r14, g[REG_R15] = (greg_t)from->r15;
    g[REG_RIP] = (greg_t)from->rip, g[REG_EFL] = (greg_t)from->eflags;
    memcpy(to->uc_mcontext.fpregs->_xmm, from->xmm, sizeof(from->xmm));
    to->uc_mcontext.fpregs->mxcsr = from->mxcsr;
}

static enum host_fault_kind kind_of(int sig, const siginfo_t *info, uint64_t trap)
{
    switch (sig) {
    case SIGSEGV: return trap == TRAP_PAGE || (!trap && info->si_code != SI_KERNEL) ? HOST_FAULT_ACCESS : HOST_FAULT_GP;
    case SIGBUS: return trap == TRAP_ALIGNMENT || info->si_code == BUS_ADRALN ? HOST_FAULT_ALIGN : trap == TRAP_STACK ? HOST_FAULT_GP : HOST_FAULT_BUS;
    case SIGILL: return HOST_FAULT_ILLEGAL;
    case SIGFPE: return trap == TRAP_DIVIDE ? HOST_FAULT_DIVIDE : HOST_FAULT_FLOAT;
    default: return HOST_FAULT_TRAP;
    }
}

static void next_handler(int sig, siginfo_t *info, void *context)
{
    for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (signals[i] != sig)
            continue;
        if (before[i].sa_flags & SA_SIGINFO && before[i].sa_sigaction) {
            before[i].sa_sigaction(sig, info, context);
            return;
        }
        /* The default action: the instruction runs again and ends the process (a sent signal would not come again). */
        signal(sig, SIG_DFL);
        if (info->si_code <= 0)
            raise(sig);
    }
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    uint64_t trap = (uint64_t)u->uc_mcontext.gregs[REG_TRAPNO], error = (uint64_t)u->uc_mcontext.gregs[REG_ERR];
    struct host_fault fault = {.kind = kind_of(sig, info, trap)};

    if (info->si_code <= 0 || !fault_fn) { /* sent by somebody */
        next_handler(sig, info, context);
        return;
    }
    read_regs(&fault.regs, u);
    if (fault.kind == HOST_FAULT_ACCESS || fault.kind == HOST_FAULT_BUS) {
        fault.address = trap == TRAP_PAGE ? (uint64_t)u->uc_mcontext.gregs[REG_CR2] : (uint64_t)(uintptr_t)info->si_addr;
        fault.is_write = error & 2;
        fault.is_execute = error & 16;
    } else if (fault.kind == HOST_FAULT_TRAP) {
        fault.is_single_step = trap == TRAP_DEBUG;
    }
    fault.error = (uint32_t)error;
    if (fault_fn(&fault, fault_ctx))
        write_regs(u, &fault.regs);
    else
        next_handler(sig, info, context);
}

int host_fault_install(host_fault_fn *fn, void *ctx)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};

    fault_ctx = ctx;
    fault_fn = fn;
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction old;

        if (sigaction(signals[i], &action, &old))
            return -WK_EINVAL;
        if (old.sa_sigaction != on_signal)
            before[i] = old;
    }
    return host_fault_thread_start();
}

int host_fault_thread_start(void)
{
    stack_t now, stack = {.ss_size = ALTERNATE_BYTES};

    if (!sigaltstack(NULL, &now) && !(now.ss_flags & SS_DISABLE) && now.ss_size >= ALTERNATE_BYTES / 2)
        return 0; /* a sanitizer's, or started twice */
    stack.ss_sp = mmap(NULL, ALTERNATE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack.ss_sp == MAP_FAILED)
        return -WK_ENOMEM;
    if (sigaltstack(&stack, NULL)) {
        munmap(stack.ss_sp, ALTERNATE_BYTES);
        return -WK_EINVAL;
    }
    own_stack = stack.ss_sp;
    return 0;
}

void host_fault_thread_stop(void)
{
    stack_t off = {.ss_flags = SS_DISABLE};

    if (!own_stack)
        return;
    sigaltstack(&off, NULL);
    munmap(own_stack, ALTERNATE_BYTES);
    own_stack = NULL;
}
