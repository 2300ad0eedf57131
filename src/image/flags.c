/* pushf and popf in a driver that turns interrupts off (EXE-060).
 *
 * Neither traps in a Linux process: pushf shows interrupts enabled, popf leaves them as they are. So in an image with a cli or sti each of them
 * becomes a break point, the one instruction of one byte that reaches the fault handler; other images have no use for the flag and stay
 * as they are. Called by the loader, before anybody can run the image. */
#include <stdlib.h>

#include "image/decode.h"
#include "image/image_private.h"

enum { PUSHF = 0x9C, POPF = 0x9D, CLI = 0xFA, STI = 0xFB, BREAK = 0xCC };
#define IS_POPF 0x80000000u

/* Calls found(rva) for each instruction of one byte that is a or b; stops when that says so. */
static void each(struct img_image *image, uint8_t a, uint8_t b, bool (*found)(struct img_image *image, uint32_t rva))
{
    for (unsigned i = 0; i < image->section_count; i++) {
        const struct img_section *s = &image->sections[i];
        uint32_t end = s->rva + s->bytes;

        if (!s->execute || end > image->bytes)
            continue;
        for (uint32_t at = s->rva; at < end; at++)
            if ((image->base[at] == a || image->base[at] == b) && img_is_instruction(image, s->rva, end, at) && !found(image, at))
                return;
    }
}

static bool note_place(struct img_image *image, uint32_t rva)
{
    if (!(image->flag_count & (image->flag_count + 1))) {
        uint32_t *more = realloc(image->flag_places, (2 * (size_t)image->flag_count + 1) * sizeof(*more));

        if (!more)
            return false; /* the rest does not show the flag */
        image->flag_places = more;
    }
    image->flag_places[image->flag_count++] = rva | (image->base[rva] == POPF ? IS_POPF : 0);
    return true;
}

static bool stop_at_first(struct img_image *image, uint32_t rva)
{
    (void)rva;
    image->changes_interrupts = true;
    return false;
}

void img_find_flags(struct img_image *image)
{
    each(image, CLI, STI, stop_at_first);
    if (!image->changes_interrupts)
        return;
    each(image, PUSHF, POPF, note_place);
    for (uint32_t i = 0; i < image->flag_count; i++)
        image->base[image->flag_places[i] & ~IS_POPF] = BREAK;
}

uint8_t img_flags_instruction(const struct img_image *image, uint64_t pc)
{
    for (uint32_t i = 0; i < image->flag_count; i++)
        if ((uint64_t)(uintptr_t)image->base + (image->flag_places[i] & ~IS_POPF) == pc)
            return image->flag_places[i] & IS_POPF ? POPF : PUSHF;
    return 0;
}
