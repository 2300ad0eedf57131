/* The stack of a thread as text (walk.h). */
#include "ddi/walk.h"
#include "ddi/guest.h"
#include "ddi/text.h"
#include "image/image.h"

#define FRAMES_MAX 48
#define STEPS_MAX  4096

const struct ddi_info *ddi_at(const void *function)
{
    for (unsigned i = 0; i < ddi_count; i++)
        if (function && (ddi_table[i].address == function || ddi_table[i].thunk == function))
            return &ddi_table[i];
    return NULL;
}

struct line {
    uint64_t rip, function; /* function: of a host frame */
    bool is_driver;
    unsigned repeats;
};

/* Registers that a report starts with are a fault's, or what a function of ours took with img_regs_here: then rip is a return address, which
 * may lie behind the end of its function. Without a function at rip itself, it is a call to nowhere. */
static bool is_interrupted(const struct img_regs *regs)
{
    struct img_regs r = *regs;

    return !img_unwind_host(&r, false, NULL);
}

/* A recursion is one line: the same return address again and again. */
static unsigned collect(const struct img_regs *regs, struct line *lines, uint64_t *named)
{
    struct img_regs r = *regs;
    struct img_frame frame;
    unsigned count = 0;
    bool exact = true, more = true;

    for (unsigned i = 0; more && i < STEPS_MAX && count < FRAMES_MAX; i++) {
        struct line line = {.rip = r.rip, .is_driver = img_find(r.rip) != NULL, .repeats = 1};

        more = img_unwind(&r, i == 0 && !line.is_driver ? is_interrupted(&r) : exact, &frame) && r.rip;
        line.function = more && frame.is_host ? frame.host_function : 0;
        if (count && lines[count - 1].rip == line.rip) {
            lines[count - 1].repeats++;
            continue;
        }
        /* A return address is behind its call, which may be the last instruction of its function. */
        named[count] = exact && line.is_driver ? line.rip : line.rip - 1;
        lines[count++] = line;
        exact = frame.is_machine_frame;
    }
    return count;
}

bool ddi_walk(const struct img_regs *regs, char *text, size_t bytes)
{
    static char names[FRAMES_MAX][IMG_SYMBOL_BYTES]; /* reports are made one at a time */
    static struct line lines[FRAMES_MAX];
    static uint64_t named[FRAMES_MAX];
    unsigned count = collect(regs, lines, named);
    bool guest_seen = false;
    size_t used = 0;

    text[0] = 0;
    img_symbolize_all(named, count, names);
    for (unsigned i = 0; i < count && used + 128 < bytes; i++) {
        const struct ddi_info *ddi = ddi_at((const void *)lines[i].function);

        guest_seen |= lines[i].is_driver;
        if (ddi)
            ddi_format(names[i], sizeof(names[i]), "%s!%s+0x%lx", ddi->module, ddi->name, lines[i].rip - lines[i].function);
        used += ddi_format(text + used, bytes - used, "    %s %016lx %s", lines[i].is_driver ? "driver" : "kernel", lines[i].rip, names[i]);
        if (lines[i].repeats > 1)
            used += ddi_format(text + used, bytes - used, " (%u times)", lines[i].repeats);
        used += ddi_format(text + used, bytes - used, "\n");
    }
    if (!guest_seen)
        ddi_format(text + used, bytes - used, "    (no driver on this stack)\n");
    return guest_seen;
}
