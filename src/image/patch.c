/* Reads and writes of CR8 in a driver's code, without the trap (EXE-055).
 *
 * `mov reg, cr8` and `mov cr8, reg` fault in a Linux process; the fault handler serves them, which costs microseconds. They have
 * four bytes and a jump has five, so the jump that takes an instruction's place has the first byte of the next instruction as the highest byte
 * of its distance. That byte says which 16 MiB the jump reaches; a page for the code that does the work is allocated there (images lie in
 * the middle of the system window, so that both directions exist). The next instruction stays as it is: whoever jumps to it, in
 * whatever way, finds it.
 *
 * A place is an instruction when decoding from the start of its function (or from the end of the one before it) arrives at it; otherwise,
 * and where there is no page, it is left to the fault handler. Called by the loader, before anybody can run the image. */
#include <string.h>

#include "image/decode.h"
#include "image/image_private.h"
#include "memory/mem.h"

#define CR8_BYTES    4u
#define SLOT_BYTES   64u
#define SLOT_POINTER 40u /* where a slot keeps the address of the routine that writes */
#define SLOT_ORIGIN  56u /* and that of the instruction it stands for */
#define SLOTS        (MEM_PAGE / SLOT_BYTES)
#define REACH        (UINT64_C(1) << 24)

static struct img_cr8 cr8;

void img_set_cr8(const struct img_cr8 *how)
{
    cr8 = *how;
}

static bool looks_like_cr8(const uint8_t *p)
{
    return (p[0] & 0xF6) == 0x44 && p[1] == 0x0F && (p[2] == 0x20 || p[2] == 0x22) && (p[3] & 0xF8) == 0xC0;
}

/* Where decoding must begin to say whether rva is the start of an instruction. */
static uint32_t sure_start(const struct img_image *image, uint32_t section_rva, uint32_t rva)
{
    const struct img_function *table = image->functions;
    uint32_t low = 0, high = image->function_count, from; /* the last one that begins at rva or before it is low - 1 */

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (table[middle].begin <= rva)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return section_rva;
    from = rva < table[low - 1].end ? table[low - 1].begin : table[low - 1].end;
    return from > section_rva ? from : section_rva;
}

bool img_is_instruction(const struct img_image *image, uint32_t section_rva, uint32_t end, uint32_t rva)
{
    uint32_t at = sure_start(image, section_rva, rva);
    struct img_insn insn;

    while (at < rva) {
        if (!img_decode(image->base + at, end - at, &insn))
            return false;
        at += insn.length;
    }
    return at == rva;
}

/* A slot that a jump at `from` (its end) with `high` as its highest byte reaches. */
static uint8_t *take_slot(struct img_image *image, uint64_t from, uint8_t high)
{
    uint64_t low = from + (uint64_t)((int64_t)(int8_t)high << 24), first, last;
    struct img_patch_page *page;

    for (unsigned i = 0; i < image->patch_count; i++) {
        uint8_t *slot = image->patches[i].base + image->patches[i].used * SLOT_BYTES;

        if (image->patches[i].used < SLOTS && (uint64_t)(uintptr_t)slot - low < REACH) {
            image->patches[i].used++;
            return slot;
        }
    }
    if (image->patch_count == IMG_PATCH_PAGES || low < MEM_SYSTEM_LOW)
        return NULL;
    first = MEM_PFN_FIRST + ((low + MEM_PAGE - 1 - MEM_SYSTEM_LOW) >> 12);
    last = MEM_PFN_FIRST + ((low + REACH - MEM_SYSTEM_LOW) >> 12) - 1;
    page = &image->patches[image->patch_count];
    page->base = mem_alloc_within(1, MEM_IMAGE, image, first, last, 0);
    if (!page->base)
        return NULL;
    image->patch_count++;
    page->used = 1;
    return page->base;
}

static uint8_t *put(uint8_t *to, const void *code, unsigned bytes)
{
    memcpy(to, code, bytes);
    return to + bytes;
}

static uint8_t *put32(uint8_t *to, uint64_t value)
{
    uint32_t low = (uint32_t)value;

    return put(to, &low, 4);
}

/* mov reg, fs:[pcr]; movzx reg32, byte ptr [reg + irql]; jmp back. */
static void write_reader(uint8_t *p, unsigned reg, uint64_t back)
{
    p = put(p, reg < 8 ? "\x64\x48\x8B" : "\x64\x4C\x8B", 3);
    *p++ = (uint8_t)(0x04 | (reg & 7) << 3);
    *p++ = 0x25;
    p = put32(p, (uint32_t)cr8.pcr_fs_offset);
    p = reg < 8 ? put(p, "\x0F\xB6", 2) : put(p, "\x45\x0F\xB6", 3);
    *p++ = (uint8_t)(0x40 | (reg & 7) << 3 | (reg & 7));
    if ((reg & 7) == IMG_RSP) /* R12 as a base needs the longer form */
        *p++ = 0x24;
    *p++ = cr8.irql_offset;
    *p++ = 0xE9;
    put32(p, back - (uint64_t)(uintptr_t)(p + 4));
}

/* The routine finds the value at its stack pointer and its return address, the instruction behind, above that: to an unwinder it is called
 * by the driver at this very place. Nothing has changed when the first store faults. */
static void write_writer(uint8_t *slot, unsigned reg, uint64_t back)
{
    uint8_t *p = slot;

    *p++ = reg < 8 ? 0x48 : 0x4C; /* mov [rsp - 16], reg */
    *p++ = 0x89;
    *p++ = (uint8_t)(0x44 | (reg & 7) << 3);
    p = put(p, "\x24\xF0", 2);
    p = put32(put(p, "\xC7\x44\x24\xF8", 4), back); /* mov dword ptr [rsp - 8], ... */
    p = put32(put(p, "\xC7\x44\x24\xFC", 4), back >> 32);
    p = put(p, "\x48\x8D\x64\x24\xF0\xFF\x25", 7); /* lea rsp, [rsp - 16]; jmp [...] */
    put32(p, (uint64_t)(slot + SLOT_POINTER - (p + 4)));
    memcpy(slot + SLOT_POINTER, &cr8.write, 8);
}

static void patch(struct img_image *image, uint8_t *at)
{
    uint64_t back = (uint64_t)(uintptr_t)at + CR8_BYTES, origin = (uint64_t)(uintptr_t)at;
    struct img_insn insn;
    uint8_t *slot;
    unsigned reg;
    bool to_cr8;

    if (!img_decode(at, CR8_BYTES, &insn) || !img_is_cr8(&insn, &to_cr8, &reg) || reg == IMG_RSP)
        return;
    slot = take_slot(image, back + 1, at[CR8_BYTES]);
    if (!slot)
        return;
    memset(slot, 0xCC, SLOT_BYTES);
    memcpy(slot + SLOT_ORIGIN, &origin, 8);
    if (to_cr8)
        write_writer(slot, reg, back);
    else
        write_reader(slot, reg, back);
    at[0] = 0xE9;
    origin = (uint64_t)(uintptr_t)slot - (back + 1);
    memcpy(at + 1, &origin, 3);
}

void img_patch(struct img_image *image)
{
    if (!cr8.write)
        return;
    img_find_flags(image);
    for (unsigned i = 0; i < image->section_count; i++) {
        const struct img_section *s = &image->sections[i];
        uint32_t end = s->rva + s->bytes;

        if (!s->execute || s->bytes <= CR8_BYTES || end > image->bytes)
            continue;
        /* Downwards: what decoding passes and the byte that a jump shares are as they will stay. */
        for (uint32_t at = end - CR8_BYTES; at-- > s->rva;)
            if (looks_like_cr8(image->base + at) && img_is_instruction(image, s->rva, end, at))
                patch(image, image->base + at);
    }
}

int img_patch_protect(struct img_image *image)
{
    int err = 0;

    for (unsigned i = 0; i < image->patch_count && !err; i++)
        err = mem_protect(image->patches[i].base, 1, MEM_RX);
    return err;
}

void img_patch_free(struct img_image *image)
{
    for (unsigned i = 0; i < image->patch_count; i++)
        mem_free(image->patches[i].base, 1);
    image->patch_count = 0;
}

uint64_t img_patch_origin(uint64_t pc)
{
    uint64_t origin;

    for (const struct img_image *image = img_first(); image; image = image->next)
        for (unsigned i = 0; i < image->patch_count; i++)
            if (pc - (uint64_t)(uintptr_t)image->patches[i].base < MEM_PAGE) {
                memcpy(&origin, (const uint8_t *)(uintptr_t)(pc & ~(uint64_t)(SLOT_BYTES - 1)) + SLOT_ORIGIN, 8);
                return origin;
            }
    return 0;
}
