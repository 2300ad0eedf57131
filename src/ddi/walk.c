/* The stack of a thread as text (walk.h). */
#include "ddi/walk.h"
#include "ddi/guest.h"
#include "ddi/text.h"
#include "image/image.h"

#define FRAMES_MAX 48

const struct ddi_info *ddi_at(const void *function)
{
    for (unsigned i = 0; i < ddi_count; i++)
        if (function && (ddi_table[i].address == function || ddi_table[i].thunk == function))
            return &ddi_table[i];
    return NULL;
}

void ddi_walk(const struct img_regs *regs, char *text, size_t bytes)
{
    struct img_regs r = *regs;
    size_t used = 0;
    bool guest_seen = false, exact = true;
    struct img_frame frame;

    text[0] = 0;
    for (unsigned i = 0; i < FRAMES_MAX && used + 128 < bytes; i++) {
        const struct img_image *image = img_find(r.rip);
        /* A return address is behind its call, which may be the last instruction of its function. */
        uint64_t at = exact ? r.rip : r.rip - 1;
        const struct ddi_info *ddi;
        struct img_regs before;
        char name[400];
        bool more;

        before = r;
        guest_seen |= image != NULL;
        more = img_unwind(&r, exact, &frame) && r.rip;
        ddi = more && frame.is_host ? ddi_at((const void *)frame.host_function) : NULL;
        if (ddi)
            ddi_format(name, sizeof(name), "%s!%s+0x%lx", ddi->module, ddi->name, before.rip - frame.host_function);
        else
            img_symbolize(at, name, sizeof(name));
        used += ddi_format(text + used, bytes - used, "    %s %016lx %s\n", image ? "driver" : "kernel", before.rip, name);
        if (!more)
            break;
        exact = frame.is_machine_frame;
    }
    if (!guest_seen)
        ddi_format(text + used, bytes - used, "    (no driver on this stack)\n");
}
