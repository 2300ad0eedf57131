/* The stack of a thread as text (walk.h). */
#include "ddi/walk.h"
#include "ddi/text.h"
#include "image/image.h"

#define FRAMES_MAX 48

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
        char name[400];

        img_symbolize(at, name, sizeof(name));
        guest_seen |= image != NULL;
        used += ddi_format(text + used, bytes - used, "    %s %016lx %s\n", image ? "driver" : "kernel", r.rip, name);
        if (!img_unwind(&r, exact, &frame) || !r.rip)
            break;
        exact = frame.is_machine_frame;
    }
    if (!guest_seen)
        ddi_format(text + used, bytes - used, "    (no driver on this stack)\n");
}
