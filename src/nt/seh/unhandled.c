/* The end of a run by an exception or a fault: the words of the report (EXE-089, EXE-090). */
#include "ddi/guest.h"
#include "ddi/text.h"
#include "ddi/walk.h"
#include "memory/mem.h"
#include "seh_private.h"

enum { FRAMES_MAX = 64 };

bool seh_guest_caller(const struct img_regs *from, ULONG64 *driver_pc, const char **ddi)
{
    struct img_regs regs = *from;
    struct seh_frame f;
    bool exact = true;

    *ddi = NULL;
    for (unsigned i = 0; i < FRAMES_MAX && (regs.rip || !i); i++) {
        const struct img_image *image = img_find(regs.rip);
        const struct ddi_info *info;

        if (image && !image->unloaded) {
            *driver_pc = regs.rip;
            return true;
        }
        if (!seh_step(&regs, exact, 0, &f))
            return false;
        exact = f.frame.is_machine_frame;
        info = f.frame.is_host ? ddi_at((const void *)f.frame.host_function) : NULL;
        if (info)
            *ddi = info->name;
    }
    return false;
}

void seh_describe(ULONG64 address, char *text, size_t bytes)
{
    static const char *const kinds[] = {"memory that belongs to nobody", "pool", "paged pool", "an image", "a kernel stack",
                                        "the guard page of a kernel stack", "pages of the system", "a mapping of an MDL", "user memory", "the shared page"};
    const struct img_image *image = img_find(address);
    struct mem_range r = mem_find(address);

    if (image) {
        const struct img_section *s = img_section_of(image, address);

        ddi_format(text, bytes, "%s%s%s%s", image->name, s ? ", section " : "", s ? s->name : "", image->unloaded ? " (unloaded)" : "");
    } else if (address - SEH_SHARED_PAGE < PAGE_SIZE) {
        ddi_format(text, bytes, "the shared page");
    } else if (address < 0x10000) {
        ddi_format(text, bytes, "a NULL pointer");
    } else if (r.kind == MEM_FREE && r.was_freed) {
        ddi_format(text, bytes, "memory that was freed");
    } else if (r.kind == MEM_FREE && address < MEM_USER_PROBE) {
        ddi_format(text, bytes, "no memory of this process");
    } else {
        ddi_format(text, bytes, "%s", kinds[r.kind]);
    }
}

static const char *access_text(ULONG_PTR kind)
{
    return kind == 8 ? "execution" : kind == 1 ? "write" : "read";
}

static void exception_text(PEXCEPTION_RECORD record, char *text, size_t bytes)
{
    char what[160];

    if (record->ExceptionCode == STATUS_ACCESS_VIOLATION && record->NumberParameters >= 2) {
        seh_describe(record->ExceptionInformation[1], what, sizeof(what));
        ddi_format(text, bytes, "access violation, %s of 0x%llx (%s), and no handler took it", access_text(record->ExceptionInformation[0]),
                   record->ExceptionInformation[1], what);
    } else if (record->ExceptionCode == STATUS_BREAKPOINT) {
        ddi_format(text, bytes, "a break point (DbgBreakPoint, __debugbreak) without a debugger");
    } else if (record->ExceptionCode == STATUS_ASSERTION_FAILURE) {
        ddi_format(text, bytes, "an assertion failed (NT_ASSERT, int 2Ch)");
    } else if (record->ExceptionCode == STATUS_INTEGER_DIVIDE_BY_ZERO) {
        ddi_format(text, bytes, "integer division by zero, and no handler took it");
    } else {
        ddi_format(text, bytes, "exception 0x%08X, and no handler took it", (unsigned)record->ExceptionCode);
    }
}

static enum seh_origin origin(void)
{
    if (seh_hooks.irql && seh_hooks.irql() >= DISPATCH_LEVEL)
        return SEH_ORIGIN_OTHER;
    return seh_hooks.origin ? seh_hooks.origin() : SEH_ORIGIN_SYSTEM;
}

_Noreturn void seh_unhandled(PEXCEPTION_RECORD record, PCONTEXT context)
{
    ULONG64 code = (ULONG)record->ExceptionCode, rip = (ULONG64)(ULONG_PTR)record->ExceptionAddress;
    char text[400];

    exception_text(record, text, sizeof(text));
    switch (origin()) {
    case SEH_ORIGIN_SYSTEM:
        seh_bugcheck(context, 0x7E, code, rip, (ULONG_PTR)record, (ULONG_PTR)context, "%s", text);
    case SEH_ORIGIN_USER:
        seh_bugcheck(context, 0x3B, code, rip, (ULONG_PTR)context, 0, "%s", text);
    default:
        seh_bugcheck(context, 0x1E, code, rip, record->NumberParameters > 0 ? record->ExceptionInformation[0] : 0,
                     record->NumberParameters > 1 ? record->ExceptionInformation[1] : 0, "%s", text);
    }
}

_Noreturn void seh_bugcheck(PCONTEXT at, ULONG code, ULONG64 p1, ULONG64 p2, ULONG64 p3, ULONG64 p4, const char *format, ...)
{
    const ULONG64 params[4] = {p1, p2, p3, p4};
    struct img_regs regs;
    char text[600];
    va_list args;

    va_start(args, format);
    ddi_format_list(text, sizeof(text), format, args);
    va_end(args);
    seh_regs_of(at, &regs);
    guest_bugcheck_at(&regs, code, params, text);
}

/* From seh_stop_entry. */
void seh_stop_now(PCONTEXT at, struct seh_stop *stop);
__attribute__((used)) void seh_stop_now(PCONTEXT at, struct seh_stop *stop)
{
    seh_bugcheck(at, stop->code, stop->params[0], stop->params[1], stop->params[2], stop->params[3], "%s", stop->text);
}
