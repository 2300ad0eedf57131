/* Findings and bug checks (guest.h): the text, the guest's stack, and where they go (sinks.h).
 *
 * Called in the thread that broke the rule, at any IRQL. One report is made at a time; a thread that finds another one at it
 * waits by spinning, for ever if that one is a bug check. A bug check runs on a stack of its own, because the guest's may
 * be full or gone. */
#include "ddi/guest.h"
#include "ddi/sinks.h"
#include "ddi/state.h"
#include "ddi/text.h"
#include "ddi/walk.h"
#include "host/die.h"
#include "image/unwind.h"

#include <stdint.h>

static struct guest_sinks sinks;
static unsigned finding_count;
static unsigned busy;
static __thread bool stopped_here; /* this thread's bug check is under way: its callbacks run (EXE-574) */

static char text[2048], stack[16384], everything[20480];

static void begin(void)
{
    while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE))
        __builtin_ia32_pause();
}

static void end(void)
{
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}

void guest_report_lock(void)
{
    begin();
}

void guest_report_unlock(void)
{
    end();
}

void guest_set_sinks(const struct guest_sinks *to)
{
    sinks = *to;
}

unsigned guest_finding_count(void)
{
    return __atomic_load_n(&finding_count, __ATOMIC_RELAXED);
}

void guest_finding(const char *rule, const char *format, ...)
{
    struct img_regs here;
    va_list args;

    if (stopped_here)
        return;
    begin();
    __atomic_add_fetch(&finding_count, 1, __ATOMIC_RELAXED);
    va_start(args, format);
    ddi_format_list(text, sizeof(text), format, args);
    va_end(args);
    img_regs_here(&here);
    ddi_walk(&here, stack, sizeof(stack));
    if (sinks.finding) {
        sinks.finding(sinks.ctx, rule, text, stack);
    } else {
        ddi_format(everything, sizeof(everything), "%s: %s\n%s", rule, text, stack);
        host_say(everything);
    }
    end();
}

static struct {
    uint32_t code;
    uint64_t params[4];
} stop;

/* On the report's stack. */
static void finish(void)
{
    const char *name = guest_bugcheck_name(stop.code);

    ddi_stopping();
    if (sinks.bugcheck)
        sinks.bugcheck(sinks.ctx, stop.code, stop.params, text, stack);
    ddi_format(everything, sizeof(everything), "\n*** STOP: 0x%08X (0x%016lX, 0x%016lX, 0x%016lX, 0x%016lX)\n    %s\n    %s\n%s", stop.code,
               stop.params[0], stop.params[1], stop.params[2], stop.params[3], name ? name : "(no name)", text, stack);
    host_die(sinks.bugcheck ? "" : everything, 1);
}

void guest_bugcheck_at(const struct img_regs *regs, ULONG code, const ULONG64 params[4], const char *what)
{
    static uint8_t report_stack[256 * 1024] __attribute__((aligned(64)));
    static struct img_regs at; /* regs may lie on a stack that the report's calls overwrite */

    /* A second one comes from a callback of the first: the first is the one to report. */
    if (!stopped_here) {
        begin(); /* never ended */
        stop.code = code;
        for (int i = 0; i < 4; i++)
            stop.params[i] = params[i];
        ddi_format(text, sizeof(text), "%s", what);
        at = *regs;
    }
    __asm__ volatile("mov %0, %%rsp\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "mov %1, %%rdi\n\t"
                     "call guest_bugcheck_report"
                     :
                     : "r"(report_stack + sizeof(report_stack)), "r"(&at)
                     : "memory", "rdi");
    __builtin_unreachable();
}

/* From the assembly above. */
void guest_bugcheck_report(const struct img_regs *regs);
__attribute__((used)) void guest_bugcheck_report(const struct img_regs *regs)
{
    if (!stopped_here) {
        stopped_here = true;
        ddi_walk(regs, stack, sizeof(stack));
    }
    finish();
    for (;;)
        __builtin_trap();
}

void guest_bugcheck(ULONG code, ULONG64 p1, ULONG64 p2, ULONG64 p3, ULONG64 p4, const char *format, ...)
{
    ULONG64 params[4] = {p1, p2, p3, p4};
    struct img_regs here;
    char what[1024];
    va_list args;

    va_start(args, format);
    ddi_format_list(what, sizeof(what), format, args);
    va_end(args);
    img_regs_here(&here);
    guest_bugcheck_at(&here, code, params, what);
}
