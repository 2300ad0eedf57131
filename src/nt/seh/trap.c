/* What a fault of the processor means to NT (EXE-055 .. EXE-061, EXE-073, EXE-087 .. EXE-091, EXE-700 .. EXE-712).
 *
 * on_fault runs in signal context on the alternate stack, for every fault of the process. It serves the instruction itself (a read of
 * CR8 or of the shared page), or sends the thread, on its own stack, to seh_fault_entry (an exception), to seh_serve_entry (an
 * instruction that needs the kernel) or, on a stack of its own, to seh_stop_entry (a bug check). Everything here is
 * async-signal-safe. A fault in our own code on a pointer that no driver gave is not made to look like a driver's: it is said to be ours. */
#include "ddi/text.h"
#include "ddi/walk.h"
#include "host/die.h"
#include "host/host.h"
#include "image/decode.h"
#include "image/peek.h"
#include "memory/mem.h"
#include "seh_private.h"

#define RED_ZONE      128
#define GS_REACH      0x1000  /* of the KPCR and its processor block */
#define DISPATCH_ROOM 0x2800 /* of stack, for the dispatcher and a filter */

enum { FAST_FAIL_INT = 0x29, ASSERT_INT = 0x2C, DEBUG_INT = 0x2D };

struct fault {
    struct host_fault *host;
    struct img_regs regs;
    const struct img_image *driver; /* rip is in it */
    uint64_t rip;
    KIRQL irql;
};

static KIRQL irql_now(void)
{
    return seh_hooks.irql ? seh_hooks.irql() : PASSIVE_LEVEL;
}

_Static_assert(__builtin_offsetof(struct host_regs, rax) == 0 && __builtin_offsetof(struct host_regs, r15) == 120 &&
                   __builtin_offsetof(struct host_regs, rip) == 128, "host_regs lies in img_regs' order");

static void regs_from(struct fault *f)
{
    __builtin_memcpy(f->regs.gpr, &f->host->regs.rax, sizeof(f->regs.gpr));
    f->regs.rip = f->host->regs.rip;
    __builtin_memcpy(f->regs.xmm, f->host->regs.xmm, sizeof(f->regs.xmm));
}

static void regs_back(struct fault *f)
{
    __builtin_memcpy(&f->host->regs.rax, f->regs.gpr, sizeof(f->regs.gpr));
    f->host->regs.rip = f->regs.rip;
    __builtin_memcpy(f->host->regs.xmm, f->regs.xmm, sizeof(f->regs.xmm));
}

static void context_of(const struct fault *f, PCONTEXT c)
{
    __builtin_memset(c, 0, sizeof(*c));
    c->ContextFlags = CONTEXT_ALL | CONTEXT_EXCEPTION_ACTIVE;
    c->MxCsr = f->host->regs.mxcsr;
    c->FltSave.MxCsr = f->host->regs.mxcsr;
    c->EFlags = (ULONG)f->host->regs.eflags;
    c->SegCs = 0x10;
    c->SegSs = 0x18;
    seh_regs_to(c, &f->regs);
}

/* ---- bug checks ---- */

static bool stop(struct fault *f, ULONG code, ULONG64 p1, ULONG64 p2, ULONG64 p3, ULONG64 p4, const char *format, ...)
    __attribute__((format(printf, 7, 8)));
static bool stop(struct fault *f, ULONG code, ULONG64 p1, ULONG64 p2, ULONG64 p3, ULONG64 p4, const char *format, ...)
{
    static uint8_t stack[32768] __attribute__((aligned(16)));
    static CONTEXT context;
    static struct seh_stop what;
    static unsigned taken;
    va_list args;

    while (__atomic_exchange_n(&taken, 1, __ATOMIC_ACQUIRE))
        __builtin_ia32_pause(); /* another processor is at it, and the process ends with that */
    what.code = code;
    what.params[0] = p1;
    what.params[1] = p2;
    what.params[2] = p3;
    what.params[3] = p4;
    va_start(args, format);
    ddi_format_list(what.text, sizeof(what.text), format, args);
    va_end(args);
    context_of(f, &context);
    f->host->regs.rdi = (ULONG_PTR)&context;
    f->host->regs.rsi = (ULONG_PTR)&what;
    f->host->regs.rsp = (ULONG_PTR)(stack + sizeof(stack)) & ~(ULONG64)15;
    f->host->regs.rip = (ULONG_PTR)&seh_stop_entry;
    f->host->regs.eflags &= ~(uint64_t)0x40500; /* AC, DF, TF */
    return true;
}

/* ---- exceptions ---- */

static bool stack_overflow(struct fault *f, ULONG64 address)
{
    return stop(f, 0x7F, 8, address, 0, 0, "the kernel stack (24 KiB) is used up at rsp 0x%lx: recursion, or large local variables",
                f->regs.gpr[IMG_RSP]);
}

/* Room for `bytes` on the interrupted stack, with what its code still uses left alone; 0: there is none. */
static ULONG64 room_on_stack(const struct fault *f, ULONG64 bytes)
{
    ULONG64 rsp = f->regs.gpr[IMG_RSP], at = (rsp - (f->driver ? 0 : RED_ZONE) - bytes) & ~(ULONG64)63, low = at - DISPATCH_ROOM;
    struct mem_range r = mem_find(low);
    uint64_t probe;

    if (!seh_on_stack(low) || r.kind == MEM_STACK_GUARD || (r.kind == MEM_FREE && mem_find(rsp).kind == MEM_STACK))
        return 0;
    return img_peek(at, &probe, 8) ? at : 0;
}

static bool send_to(struct fault *f, void (*entry)(void), ULONG64 extra, PCONTEXT *context)
{
    ULONG64 at = room_on_stack(f, sizeof(CONTEXT) + extra);

    if (!at)
        return false;
    *context = (PCONTEXT)at;
    context_of(f, *context);
    f->host->regs.rsp = at;
    f->host->regs.rip = (ULONG_PTR)entry;
    f->host->regs.eflags &= ~(uint64_t)0x40500;
    f->host->regs.mxcsr = 0x1F80;
    return true;
}

static bool raise(struct fault *f, NTSTATUS code, ULONG count, ULONG64 p0, ULONG64 p1)
{
    PEXCEPTION_RECORD record;
    PCONTEXT context;

    if (!f->driver && seh_hooks.host_locks && seh_hooks.host_locks()) {
        const char *ddi;
        ULONG64 pc;

        seh_guest_caller(&f->regs, &pc, &ddi);
        return stop(f, 0x0A, count > 1 ? p1 : 0, DISPATCH_LEVEL, p0, f->rip, "%s was given a bad pointer (0x%llx)", ddi ? ddi : "a routine of the kernel",
                    count > 1 ? p1 : 0);
    }
    if (!send_to(f, seh_fault_entry, sizeof(EXCEPTION_RECORD), &context))
        return stack_overflow(f, f->host->address);
    record = (PEXCEPTION_RECORD)(context + 1);
    __builtin_memset(record, 0, sizeof(*record));
    record->ExceptionCode = code;
    record->ExceptionAddress = (PVOID)f->regs.rip;
    record->NumberParameters = count;
    record->ExceptionInformation[0] = p0;
    record->ExceptionInformation[1] = p1;
    return true;
}

/* ---- accesses ---- */

static const char *verb(const struct host_fault *h)
{
    return h->is_execute ? "runs code at" : h->is_write ? "writes" : "reads";
}

/* "echosrv.sys", or "KeSetEvent, called by a driver,". */
static void subject(const struct fault *f, char *text, size_t bytes)
{
    const char *ddi = NULL;
    ULONG64 pc;

    if (f->driver)
        ddi_format(text, bytes, "%s", f->driver->name);
    else if (seh_guest_caller(&f->regs, &pc, &ddi))
        ddi_format(text, bytes, "%s, called by %s,", ddi ? ddi : "the kernel", img_find(pc)->name);
    else
        ddi_format(text, bytes, "the kernel");
}

static bool access_in_image(struct fault *f, const struct img_image *image, ULONG64 access, const char *who, bool *handled)
{
    const struct host_fault *h = f->host;
    const struct img_section *s = img_section_of(image, h->address);

    *handled = true;
    if (image->unloaded) { /* EXE-707 */
        if (f->irql >= DISPATCH_LEVEL)
            return stop(f, 0xD4, h->address, f->irql, access, f->rip, "%s %s 0x%lx of %s, which is unloaded, at IRQL %u", who, verb(h), h->address,
                        image->name, f->irql);
        return stop(f, 0xCE, h->address, access, f->rip, 0, "%s %s 0x%lx of %s, which is unloaded: a timer, DPC, work item or callback was left behind",
                    who, verb(h), h->address, image->name);
    }
    if (image->init_discarded && s && s->discardable && (!__builtin_strncmp(s->name, "INIT", 4) || !__builtin_strcmp(s->name, ".reloc"))) {
        if (f->irql >= DISPATCH_LEVEL) /* EXE-015 */
            return stop(f, f->driver ? 0xD1 : 0x0A, h->address, f->irql, access, f->rip, "%s %s 0x%lx in the discarded section %s of %s", who, verb(h),
                        h->address, s->name, image->name);
        return stop(f, 0x50, h->address, h->is_execute ? 0x10 : h->is_write ? 2 : 0, f->rip, 2,
                    "%s %s 0x%lx in the discarded section %s of %s: it is gone when DriverEntry has returned", who, verb(h), h->address, s->name,
                    image->name);
    }
    if (s && s->pageable && f->irql >= DISPATCH_LEVEL) /* EXE-702 */
        return stop(f, 0xD3, h->address, f->irql, access, f->rip, "%s %s 0x%lx in the pageable section %s at IRQL %u", who, verb(h), h->address, s->name,
                    f->irql);
    *handled = false;
    return false;
}

static bool access_fault(struct fault *f)
{
    const struct host_fault *h = f->host;
    const struct img_image *image = img_find(h->address);
    struct mem_range r = mem_find(h->address);
    ULONG64 access = h->is_execute ? 8 : h->is_write ? 1 : 0;
    char who[128], where[160];
    bool handled = false, done, present;
    uint8_t byte;

    if (r.kind == MEM_STACK_GUARD)
        return stack_overflow(f, h->address);
    subject(f, who, sizeof(who));
    seh_describe(h->address, where, sizeof(where));
    if (image) {
        done = access_in_image(f, image, access, who, &handled);
        if (handled)
            return done;
    }
    present = img_peek(h->address, &byte, 1) || h->address - SEH_SHARED_PAGE < PAGE_SIZE;
    if (present && h->is_execute && h->address >= MEM_USER_PROBE) /* EXE-705 */
        return stop(f, 0xFC, h->address, 0, 0, 0, "%s runs code at 0x%lx (%s), which is not executable", who, h->address, where);
    if (present && h->is_write && h->address >= MEM_USER_PROBE) /* EXE-704 */
        return stop(f, 0xBE, h->address, 0, 0, 0, "%s writes 0x%lx (%s), which is read-only", who, h->address, where);
    if (f->irql >= DISPATCH_LEVEL) { /* EXE-700, EXE-701 */
        if (f->driver || h->is_execute)
            return stop(f, 0xD1, h->address, f->irql, access, f->rip, "%s %s 0x%lx (%s) at IRQL %u", who, verb(h), h->address, where, f->irql);
        return stop(f, 0x0A, h->address, f->irql, h->is_execute ? 8 : access, f->rip, "%s %s 0x%lx (%s) at IRQL %u", who, verb(h), h->address, where,
                    f->irql);
    }
    if (h->address < MEM_USER_PROBE) /* EXE-088 */
        return raise(f, STATUS_ACCESS_VIOLATION, 2, access, h->address);
    if (r.kind == MEM_FREE && r.was_freed && !h->is_execute) /* EXE-706 */
        return stop(f, f->driver ? 0xD5 : 0xCC, h->address, access, f->rip, 0, "%s %s 0x%lx, which was freed", who, verb(h), h->address);
    return stop(f, 0x50, h->address, h->is_execute ? 0x10 : h->is_write ? 2 : 0, f->rip, r.was_freed ? 0 : 2, "%s %s 0x%lx (%s)", who, verb(h), h->address,
                where);
}

/* EXE-056: by either address; faults are told by Windows' one. A read of the view may just be tried again, and code of ours has to: which
 * instructions it uses is the compiler's choice. */
static bool shared_view(struct host_fault *h, bool driver)
{
    ULONG64 view = seh_hooks.shared_view ? seh_hooks.shared_view() : 0;

    if (!view || h->address - view >= PAGE_SIZE)
        return false;
    if (!h->is_write && !h->is_execute && seh_hooks.shared_trap(!driver))
        return true;
    h->address += SEH_SHARED_PAGE - view;
    return false;
}

static bool shared_page(struct fault *f)
{
    uint8_t code[15] = {0}, value[16] = {0};
    ULONG64 offset = f->host->address - SEH_SHARED_PAGE;
    struct img_insn insn;
    unsigned bytes, available = sizeof(code);
    uint64_t eflags = f->host->regs.eflags;

    while (available && !img_peek(f->rip, code, available))
        available--;
    if (f->host->is_write || !seh_hooks.shared_read || !img_decode(code, available, &insn) || !img_load_size(&insn, &bytes) ||
        offset + bytes > PAGE_SIZE || !seh_hooks.shared_read((ULONG)offset, value, bytes) || !img_run_load(&insn, value, &f->regs, &eflags))
        return false;
    regs_back(f);
    f->host->regs.eflags = eflags;
    return true;
}

/* ---- instructions ---- */

static ULONG64 operand(const struct fault *f, const struct img_insn *i, unsigned bytes)
{
    uint64_t value = 0;

    if (i->is_memory)
        img_peek(img_operand_address(i, &f->regs, f->rip + i->length), &value, bytes);
    else
        value = f->regs.gpr[i->rm];
    return bytes == 8 ? value : value & ((UINT64_C(1) << bytes * 8) - 1);
}

/* int n: the processor pushed n in its error code (EXE-057 .. EXE-059). */
static bool software_interrupt(struct fault *f, unsigned n)
{
    if (n == FAST_FAIL_INT) {
        static const char *const meaning[] = {[2] = "a stack cookie is overwritten", [3] = "a LIST_ENTRY is corrupt: removed twice, freed or overwritten",
                                              [6] = "the stack cookie is not initialised", [8] = "an index is out of range",
                                              [9] = "an untrusted registry value was read with RTL_QUERY_REGISTRY_DIRECT",
                                              [10] = "an indirect call has no valid target (CFG)", [14] = "a reference count is invalid",
                                              [29] = "a balanced tree is corrupt"};
        ULONG code = (ULONG)f->regs.gpr[IMG_RCX];
        const char *text = code < sizeof(meaning) / sizeof(meaning[0]) ? meaning[code] : NULL;
        static CONTEXT trap_frame;
        static EXCEPTION_RECORD record;

        context_of(f, &trap_frame);
        record = (EXCEPTION_RECORD){.ExceptionCode = STATUS_STACK_BUFFER_OVERRUN, .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                                    .ExceptionAddress = (PVOID)f->rip, .NumberParameters = 1, .ExceptionInformation = {code}};
        return stop(f, 0x139, code, (ULONG_PTR)&trap_frame, (ULONG_PTR)&record, 0, "__fastfail(%u): %s", code, text ? text : "see the code's documentation");
    }
    if (n == ASSERT_INT) {
        f->regs.rip += 2; /* EXE-058: continuing goes on behind it */
        return raise(f, STATUS_ASSERTION_FAILURE, 0, 0, 0);
    }
    if (n == DEBUG_INT)
        return raise(f, STATUS_BREAKPOINT, 1, f->regs.gpr[IMG_RAX], 0);
    return raise(f, STATUS_ACCESS_VIOLATION, 2, 0, ~UINT64_C(0));
}

/* What seh_serve does: the number of the register that is written to CR8, or these. */
enum { SERVE_CLI = 16, SERVE_STI };

/* Outside of signal context, on the driver's stack. What is to be done is in Dr7 of the context, which is not restored. */
void seh_serve(PCONTEXT context);
__attribute__((used)) void seh_serve(PCONTEXT context)
{
    if (context->Dr7 >= SERVE_CLI)
        seh_hooks.set_interrupts(context->Dr7 == SERVE_STI);
    else
        seh_hooks.set_irql((KIRQL)((&context->Rax)[context->Dr7] & 15));
}

static bool serve(struct fault *f, unsigned what)
{
    PCONTEXT context;

    if (!send_to(f, seh_serve_entry, 0, &context))
        return stack_overflow(f, f->regs.gpr[IMG_RSP]);
    context->Dr7 = what;
    return true;
}

/* EXE-060: pushf and popf where a break point has taken their place, in an image that changes the interrupt flag (patch.c). A process has that
 * flag set, always. */
static bool flags_instruction(struct fault *f, uint8_t opcode)
{
    static const ULONG64 interrupt = 0x200, changeable = 0x244DD5, pushed = 0xFCFDFF;
    ULONG64 rsp = f->regs.gpr[IMG_RSP], value, on = !seh_hooks.interrupts_on || seh_hooks.interrupts_on() ? interrupt : 0;
    bool push = opcode == 0x9C;

    if (!img_peek(push ? rsp - 8 : rsp, &value, 8))
        return push ? stack_overflow(f, rsp - 8) : raise(f, STATUS_ACCESS_VIOLATION, 2, 0, rsp);
    f->regs.rip = f->rip + 1;
    f->regs.gpr[IMG_RSP] = push ? rsp - 8 : rsp + 8;
    if (push)
        *(ULONG64 *)(rsp - 8) = (f->host->regs.eflags & pushed) | on;
    else
        f->host->regs.eflags = (f->host->regs.eflags & ~changeable) | (value & changeable);
    regs_back(f);
    if (!push && (value & interrupt) != on && seh_hooks.set_interrupts)
        return serve(f, value & interrupt ? SERVE_STI : SERVE_CLI);
    return true;
}

static bool port_access(struct fault *f, const struct img_insn *i, bool in)
{
    unsigned bytes = (i->opcode & 1) ? i->operand16 ? 2 : 4 : 1;
    ULONG64 ones = bytes == 4 ? 0xFFFFFFFF : bytes == 2 ? 0xFFFF : 0xFF;

    if (in) /* EXE-061: no device answers */
        f->regs.gpr[IMG_RAX] = bytes == 4 ? ones : f->regs.gpr[IMG_RAX] | ones;
    f->regs.rip += i->length;
    regs_back(f);
    return true;
}

static bool general_protection(struct fault *f)
{
    uint8_t code[15] = {0};
    unsigned available = sizeof(code), reg;
    struct img_insn i;
    bool to_cr8;

    if ((f->host->error & 7) == 2)
        return software_interrupt(f, f->host->error >> 3);
    while (available && !img_peek(f->rip, code, available))
        available--;
    if (!img_decode(code, available, &i))
        return raise(f, STATUS_ACCESS_VIOLATION, 2, 0, ~UINT64_C(0));
    if (!f->driver && !i.is_memory) /* our own code has no privileged instruction */
        return false;
    if (img_is_cr8(&i, &to_cr8, &reg) && (!to_cr8 || seh_hooks.set_irql)) {
        f->regs.rip += i.length;
        if (!to_cr8) {
            f->regs.gpr[reg] = f->irql;
            regs_back(f);
            return true;
        }
        return serve(f, reg);
    }
    switch (img_is_privileged(&i)) {
    case IMG_NOT_PRIVILEGED:
        break;
    case IMG_IN:
    case IMG_OUT:
        return port_access(f, &i, img_is_privileged(&i) == IMG_IN);
    case IMG_CLI:
    case IMG_STI:
        if (seh_hooks.set_interrupts) {
            f->regs.rip += i.length;
            return serve(f, img_is_privileged(&i) == IMG_STI ? SERVE_STI : SERVE_CLI);
        }
        return raise(f, STATUS_PRIVILEGED_INSTRUCTION, 0, 0, 0);
    case IMG_RDMSR:
        if ((ULONG)f->regs.gpr[IMG_RCX] == 0x10) {
            uint64_t tsc = __builtin_ia32_rdtsc();

            f->regs.gpr[IMG_RAX] = (ULONG)tsc;
            f->regs.gpr[IMG_RDX] = tsc >> 32;
            f->regs.rip += i.length;
            regs_back(f);
            return true;
        }
        return raise(f, STATUS_PRIVILEGED_INSTRUCTION, 0, 0, 0);
    default:
        return raise(f, STATUS_PRIVILEGED_INSTRUCTION, 0, 0, 0);
    }
    /* EXE-087: an address that is not canonical; the processor does not say which */
    return raise(f, STATUS_ACCESS_VIOLATION, 2, 0, ~UINT64_C(0));
}

static bool divide(struct fault *f)
{
    uint8_t code[15] = {0};
    struct img_insn i;
    NTSTATUS status = STATUS_INTEGER_DIVIDE_BY_ZERO;

    if (img_peek(f->rip, code, sizeof(code)) && img_decode(code, sizeof(code), &i) && !i.map && (i.opcode & 0xFE) == 0xF6 &&
        operand(f, &i, i.opcode == 0xF6 ? 1 : i.rex & 8 ? 8 : i.operand16 ? 2 : 4) != 0)
        status = STATUS_INTEGER_OVERFLOW;
    return raise(f, status, 0, 0, 0);
}

static bool floating(struct fault *f)
{
    static const NTSTATUS codes[6] = {STATUS_FLOAT_INVALID_OPERATION, STATUS_FLOAT_DENORMAL_OPERAND, STATUS_FLOAT_DIVIDE_BY_ZERO,
                                      STATUS_FLOAT_OVERFLOW, STATUS_FLOAT_UNDERFLOW, STATUS_FLOAT_INEXACT_RESULT};
    ULONG raised = f->host->regs.mxcsr & ~(f->host->regs.mxcsr >> 7) & 0x3F;

    if (!raised)
        return raise(f, STATUS_FLOAT_INVALID_OPERATION, 0, 0, 0);
    if (raised & (raised - 1))
        return raise(f, STATUS_FLOAT_MULTIPLE_FAULTS, 0, 0, 0);
    return raise(f, codes[__builtin_ctz(raised)], 0, 0, 0);
}

/* EXE-053: the first access of a thread to its KPCR. GS is 0 until then (ke.h). */
static bool first_gs(const struct fault *f)
{
    uint8_t code[4];

    if (f->host->address >= GS_REACH || !seh_hooks.load_gs || !img_peek(f->rip, code, sizeof(code)))
        return false;
    for (unsigned i = 0; i < sizeof(code); i++) {
        if (code[i] == 0x65)
            return seh_hooks.load_gs();
        if (code[i] != 0x66 && code[i] != 0xF0 && code[i] != 0xF2 && code[i] != 0xF3)
            return false;
    }
    return false;
}

/* ---- the entry ---- */

static bool ours(struct fault *f)
{
    static char text[8192], everything[9000];

    ddi_walk(&f->regs, text, sizeof(text));
    ddi_format(everything, sizeof(everything), "\nwskit itself crashed (%s 0x%lx, rip 0x%lx): this is no fault of a driver. Please report it with this stack:\n%s",
               f->host->kind == HOST_FAULT_ACCESS ? verb(f->host) : "fault at", f->host->address, f->rip, text);
    host_say(everything);
    return false;
}

/* The instruction that faulted is ours. Is a driver behind it? Only then is it the driver's fault. */
static bool is_guests(struct fault *f)
{
    const char *ddi;
    ULONG64 pc;

    return f->driver || seh_guest_caller(&f->regs, &pc, &ddi);
}

static ULONG_PTR restart_at, restart_resume;

void seh_set_restart(const void *at, const void *resume)
{
    restart_at = (ULONG_PTR)at;
    restart_resume = (ULONG_PTR)resume;
}

static bool on_fault(struct host_fault *h, void *ctx)
{
    struct fault f = {.host = h, .rip = h->regs.rip};
    static _Thread_local unsigned depth;
    uint64_t origin;
    uint8_t opcode;
    bool handled = false;

    (void)ctx;
    if (h->kind == HOST_FAULT_ACCESS && seh_hooks.page_in && irql_now() < DISPATCH_LEVEL && seh_hooks.page_in(h->address, h->is_execute))
        return true; /* EXE-016 */
    if (h->kind == HOST_FAULT_ACCESS && shared_view(h, img_find(f.rip) != NULL))
        return true;
    if (f.rip >= (ULONG_PTR)img_peek_begin && f.rip < (ULONG_PTR)img_peek_end) {
        h->regs.rip = (ULONG_PTR)img_peek_failed;
        return true;
    }
    if (f.rip == restart_at) {
        h->regs.rip = restart_resume;
        return true;
    }
    if (depth)
        return false; /* a fault of this very code: the process ends */
    if (h->kind == HOST_FAULT_ACCESS && first_gs(&f))
        return true;
    depth++;
    regs_from(&f);
    if ((origin = img_patch_origin(f.rip)) != 0) /* a push of code that stands for an instruction of the driver */
        f.rip = f.regs.rip = origin;
    f.driver = img_find(f.rip);
    if (f.driver && f.driver->unloaded)
        f.driver = NULL;
    f.irql = irql_now();
    if (h->kind == HOST_FAULT_TRAP && !h->is_single_step)
        f.regs.rip = --f.rip; /* EXE-059: the address of the int 3 */
    if (!is_guests(&f)) {
        handled = ours(&f);
        depth--;
        return handled;
    }
    switch (h->kind) {
    case HOST_FAULT_ACCESS:
        handled = h->address - SEH_SHARED_PAGE < PAGE_SIZE && shared_page(&f) ? true : access_fault(&f);
        break;
    case HOST_FAULT_GP: handled = general_protection(&f) || ours(&f); break;
    case HOST_FAULT_ILLEGAL: handled = f.driver ? raise(&f, STATUS_ILLEGAL_INSTRUCTION, 0, 0, 0) : ours(&f); break;
    case HOST_FAULT_DIVIDE: handled = divide(&f); break;
    case HOST_FAULT_FLOAT: handled = floating(&f); break;
    case HOST_FAULT_TRAP:
        if (f.driver && !h->is_single_step && (opcode = img_flags_instruction(f.driver, f.rip)) != 0)
            handled = flags_instruction(&f, opcode);
        else
            handled = raise(&f, h->is_single_step ? STATUS_SINGLE_STEP : STATUS_BREAKPOINT, h->is_single_step ? 0 : 1, 0, 0);
        break;
    case HOST_FAULT_ALIGN: handled = raise(&f, STATUS_DATATYPE_MISALIGNMENT, 0, 0, 0); break;
    case HOST_FAULT_BUS: handled = raise(&f, STATUS_IN_PAGE_ERROR, 2, h->is_write, h->address); break;
    }
    depth--;
    return handled;
}

int seh_start(const struct seh_hooks *hooks)
{
    seh_hooks = *hooks;
    if (hooks->shared_view)
        img_set_shared_page(hooks->shared_view());
    if (hooks->set_irql)
        img_set_cr8(&(struct img_cr8){.pcr_fs_offset = (int32_t)((intptr_t)&wk_pcr - (intptr_t)__builtin_thread_pointer()),
                                      .irql_offset = __builtin_offsetof(KPCR, Irql), .write = (const void *)&seh_cr8_write});
    return host_fault_install(on_fault, NULL);
}
