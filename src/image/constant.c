/* Addresses of the page at 0xFFFFF78000000000 in a driver's code (EXE-056).
 *
 * No Linux process can map that page, and each read of it would trap, which costs microseconds. Compilers name it by a constant of 64 bits, in
 * `mov r64, imm64` or in a load of rax from an absolute address; the constant is made one of the kernel's view of the page (src/nt/ke/sharedpage.c),
 * so that reads through it, however far from here, are plain loads. A constant that decoding does not arrive at, one in data, and an address
 * that is computed stay as they are and are served by the fault handler. A store to the page stays too: it is an error and must look like one.
 *
 * Called by the loader, before anybody can run the image. */
#include <string.h>

#include "image/decode.h"
#include "image/image_private.h"

#define SHARED_PAGE   UINT64_C(0xFFFFF78000000000)
#define CONSTANT      8u
#define PREFIX_BYTES  4u /* at most, of prefixes and opcode */

static uint64_t shared_view;

void img_set_shared_page(uint64_t view)
{
    shared_view = view;
}

static bool takes_address(const struct img_insn *i)
{
    return !i->map && (i->opcode == 0xA0 || i->opcode == 0xA1 || (i->opcode & 0xF8) == 0xB8);
}

/* Does an instruction end at rva + CONSTANT whose constant is there? */
static bool is_constant(const struct img_image *image, const struct img_section *s, uint32_t end, uint32_t rva)
{
    for (unsigned before = PREFIX_BYTES; before; before--) {
        struct img_insn insn;

        if (rva - s->rva >= before && img_decode(image->base + rva - before, before + CONSTANT, &insn) && insn.length == before + CONSTANT &&
            insn.immediate_bytes == CONSTANT && takes_address(&insn) && img_is_instruction(image, s->rva, end, rva - before))
            return true;
    }
    return false;
}

void img_redirect_shared_page(struct img_image *image)
{
    for (unsigned i = 0; shared_view && i < image->section_count; i++) {
        const struct img_section *s = &image->sections[i];
        uint32_t end = s->rva + s->bytes;

        if (!s->execute || s->bytes < CONSTANT || end > image->bytes)
            continue;
        for (uint32_t at = s->rva; at <= end - CONSTANT; at++) {
            uint64_t value;

            memcpy(&value, image->base + at, CONSTANT);
            if (value - SHARED_PAGE >= 4096 || !is_constant(image, s, end, at))
                continue;
            value += shared_view - SHARED_PAGE;
            memcpy(image->base + at, &value, CONSTANT);
        }
    }
}
