/* x64 unwinding by .pdata and .xdata (EXE-080, EXE-081): what RtlVirtualUnwind does, without NT's types, so that reports, the
 * exception dispatcher and tests share it. Async-signal-safe; every read of a stack or of unwind data goes through img_peek
 * or bounds checks, because a guest may have broken both. */
#include <stddef.h>

#include "image/image_private.h"
#include "image/unwind.h"

enum unwind_op {
    PUSH_NONVOL, ALLOC_LARGE, ALLOC_SMALL, SET_FPREG, SAVE_NONVOL, SAVE_NONVOL_FAR, EPILOG, SPARE, SAVE_XMM128, SAVE_XMM128_FAR,
    PUSH_MACHFRAME
};
enum { FLAG_EHANDLER = 1, FLAG_UHANDLER = 2, FLAG_CHAIN = 4, CHAIN_MAX = 32 };

struct unwind_info {
    uint8_t version_flags, prolog_bytes, code_count, frame;
    struct {
        uint8_t offset, op;
    } codes[];
};

static const struct unwind_info *info_at(const struct img_image *image, uint32_t rva)
{
    const struct unwind_info *u = rva & 3 ? NULL : img_at(image, rva, sizeof(*u));

    return u && img_at(image, rva, sizeof(*u) + (u->code_count + 1u) / 2 * 4 + 12) ? u : NULL;
}

static bool pop(struct img_regs *regs, uint64_t *value)
{
    if (!img_peek(regs->gpr[IMG_RSP], value, 8))
        return false;
    regs->gpr[IMG_RSP] += 8;
    return true;
}

/* ---- epilogues, by their instructions ---- */

/* Does a jump to `target` leave the function? One into another part of the same function (chained) does not. */
static bool leaves(const struct img_image *image, const struct img_function *function, uint64_t target)
{
    uint64_t base, rva = target - (uint64_t)(uintptr_t)image->base;
    const struct img_function *other;
    const struct unwind_info *u;

    if (rva >= function->begin && rva < function->end)
        return rva == function->begin; /* a tail call to itself */
    other = img_lookup_function(target, &base);
    if (!other)
        return true;
    u = info_at(image, other->unwind);
    return !u || base != (uint64_t)(uintptr_t)image->base || (other->begin == rva && !(u->version_flags >> 3 & FLAG_CHAIN));
}

/* If pc is in an epilogue, runs the rest of it on regs. */
static bool run_epilogue(struct img_regs *regs, const struct img_image *image, const struct img_function *function,
                         const struct unwind_info *u, struct img_frame *frame)
{
    struct img_regs r = *regs;
    uint64_t pc = r.rip, end = (uint64_t)(uintptr_t)image->base + function->end, saved[16] = {0};
    unsigned fp = u->frame & 15;
    uint8_t c[8] = {0};

#define LOAD() (pc < end && img_peek(pc, c, end - pc < sizeof(c) ? (unsigned)(end - pc) : (unsigned)sizeof(c)))
    if (!LOAD())
        return false;
    if (c[0] == 0x48 && c[1] == 0x83 && c[2] == 0xC4) {
        r.gpr[IMG_RSP] += (uint64_t)(int64_t)(int8_t)c[3];
        pc += 4;
    } else if (c[0] == 0x48 && c[1] == 0x81 && c[2] == 0xC4) {
        int32_t n;

        __builtin_memcpy(&n, c + 3, 4);
        r.gpr[IMG_RSP] += (uint64_t)(int64_t)n;
        pc += 7;
    } else if (fp && (c[0] & 0xFE) == 0x48 && c[1] == 0x8D && (c[2] & 0x38) == 0x20 && ((c[2] & 7u) | (c[0] & 1u) << 3) == fp) {
        unsigned mod = c[2] >> 6, skip = (c[2] & 7) == 4; /* r12 needs a SIB byte */
        int32_t n = 0;

        if (mod == 1)
            n = (int8_t)c[3 + skip];
        else if (mod == 2)
            __builtin_memcpy(&n, c + 3 + skip, 4);
        else if (mod)
            return false;
        r.gpr[IMG_RSP] = r.gpr[fp] + (uint64_t)(int64_t)n;
        pc += 3 + skip + (mod == 1 ? 1 : mod == 2 ? 4 : 0);
    }
    for (;;) {
        unsigned reg, bytes;

        if (!LOAD())
            return false;
        if ((c[0] & 0xF8) == 0x58)
            reg = c[0] & 7, bytes = 1;
        else if ((c[0] & 0xF0) == 0x40 && (c[1] & 0xF8) == 0x58)
            reg = (c[1] & 7u) | (c[0] & 1u) << 3, bytes = 2;
        else
            break;
        saved[reg] = r.gpr[IMG_RSP];
        if (!pop(&r, &r.gpr[reg]))
            return false;
        pc += bytes;
    }
    if (c[0] == 0xF3 && c[1] == 0xC3) {
        ;
    } else if (c[0] == 0xEB) {
        if (!leaves(image, function, pc + 2 + (uint64_t)(int64_t)(int8_t)c[1]))
            return false;
    } else if (c[0] == 0xE9) {
        int32_t n;

        __builtin_memcpy(&n, c + 1, 4);
        if (img_patch_origin(pc + 5 + (uint64_t)(int64_t)n) || !leaves(image, function, pc + 5 + (uint64_t)(int64_t)n))
            return false;
    } else if (!(c[0] == 0xC3 || c[0] == 0xC2 || (c[0] == 0xFF && c[1] == 0x25) || (c[0] == 0x48 && c[1] == 0xFF && c[2] == 0x25) ||
                 (c[0] == 0x48 && c[1] == 0xFF && (c[2] & 0xF8) == 0xE0 && pc != r.rip))) {
        return false;
    }
#undef LOAD
    if (!pop(&r, &r.rip))
        return false;
    for (unsigned i = 0; i < 16; i++)
        if (saved[i])
            frame->saved_gpr[i] = saved[i];
    *regs = r;
    return true;
}

/* ---- prologues, by unwind codes ---- */

static unsigned slots(unsigned op, unsigned info)
{
    switch (op) {
    case ALLOC_LARGE:
        return info ? 3 : 2;
    case SAVE_NONVOL:
    case SAVE_XMM128:
        return 2;
    case SAVE_NONVOL_FAR:
    case SAVE_XMM128_FAR:
        return 3;
    default:
        return 1;
    }
}

static uint32_t operand(const struct unwind_info *u, unsigned i, bool far)
{
    uint32_t value = 0;

    __builtin_memcpy(&value, &u->codes[i + 1], far ? 4 : 2);
    return value;
}

static bool restore(struct img_regs *regs, unsigned reg, uint64_t at, bool xmm, struct img_frame *frame)
{
    if (xmm)
        frame->saved_xmm[reg] = at;
    else
        frame->saved_gpr[reg] = at;
    return xmm ? img_peek(at, regs->xmm[reg], 16) : img_peek(at, &regs->gpr[reg], 8);
}

/* Undoes the codes of one unwind info whose offset is at most `pc_offset`. machine: a machine frame gave rip and rsp. */
static bool undo_codes(struct img_regs *regs, const struct unwind_info *u, uint32_t pc_offset, uint64_t frame_base, bool *machine,
                       struct img_frame *frame)
{
    for (unsigned i = 0; i < u->code_count;) {
        unsigned op = u->codes[i].op & 15, info = u->codes[i].op >> 4, step = slots(op, info);
        uint64_t value;

        if (i + step > u->code_count)
            return false;
        if (op == EPILOG || op == SPARE || u->codes[i].offset > pc_offset) {
            i += op == SPARE ? 2 : step;
            continue;
        }
        switch (op) {
        case PUSH_NONVOL:
            frame->saved_gpr[info] = regs->gpr[IMG_RSP];
            if (!pop(regs, &value))
                return false;
            regs->gpr[info] = value;
            break;
        case ALLOC_LARGE:
            regs->gpr[IMG_RSP] += info ? operand(u, i, true) : operand(u, i, false) * 8;
            break;
        case ALLOC_SMALL:
            regs->gpr[IMG_RSP] += info * 8 + 8;
            break;
        case SET_FPREG:
            regs->gpr[IMG_RSP] = regs->gpr[u->frame & 15] - (u->frame >> 4) * 16;
            break;
        case SAVE_NONVOL:
        case SAVE_NONVOL_FAR:
            if (!restore(regs, info, frame_base + (op == SAVE_NONVOL ? operand(u, i, false) * 8 : operand(u, i, true)), false, frame))
                return false;
            break;
        case SAVE_XMM128:
        case SAVE_XMM128_FAR:
            if (!restore(regs, info, frame_base + (op == SAVE_XMM128 ? operand(u, i, false) * 16 : operand(u, i, true)), true, frame))
                return false;
            break;
        case PUSH_MACHFRAME:
            regs->gpr[IMG_RSP] += info ? 8 : 0;
            value = regs->gpr[IMG_RSP];
            if (!img_peek(value, &regs->rip, 8) || !img_peek(value + 24, &regs->gpr[IMG_RSP], 8))
                return false;
            *machine = true;
            break;
        default:
            return false;
        }
        i += step;
    }
    return true;
}

/* Has the prologue, as far as it ran, set the frame register? */
static bool frame_is_set(const struct unwind_info *u, uint32_t pc_offset)
{
    for (unsigned i = 0; i < u->code_count;) {
        unsigned op = u->codes[i].op & 15;

        if (op == SET_FPREG)
            return u->codes[i].offset <= pc_offset;
        i += op == SPARE ? 2 : slots(op, u->codes[i].op >> 4);
    }
    return true; /* set by the primary part of a chained function */
}

static void find_handler(const struct img_image *image, const struct unwind_info *u, unsigned kinds, struct img_frame *frame)
{
    const uint8_t *after = (const uint8_t *)&u->codes[(u->code_count + 1u) & ~1u];
    uint32_t rva;

    if (!(u->version_flags >> 3 & kinds) || (u->version_flags >> 3 & FLAG_CHAIN))
        return;
    __builtin_memcpy(&rva, after, 4);
    if (rva >= image->bytes)
        return;
    frame->handler = (uint64_t)(uintptr_t)image->base + rva;
    frame->handler_data = (uint64_t)(uintptr_t)(after + 4);
}

bool img_unwind_pe(struct img_regs *regs, uint64_t image_base, const void *function, unsigned kinds, struct img_frame *frame)
{
    const struct img_image *image = img_find(image_base);
    const struct img_function *f = function;
    const struct unwind_info *u;
    struct img_frame unused;
    uint64_t base;
    uint32_t pc_offset;
    bool machine = false, in_prolog;

    frame = frame ? frame : &unused;
    __builtin_memset(frame, 0, sizeof(*frame));
    frame->image_base = image_base;
    frame->function = function;
    frame->establisher = regs->gpr[IMG_RSP];
    if (!f)
        return pop(regs, &regs->rip);
    if (!image || image->unloaded || !(u = info_at(image, f->unwind)))
        return false;
    if ((u->version_flags & 7) != 1 && (u->version_flags & 7) != 2)
        return false;
    pc_offset = (uint32_t)(regs->rip - image_base) - f->begin;
    in_prolog = pc_offset < u->prolog_bytes;
    base = regs->gpr[IMG_RSP];
    if (u->frame & 15 && frame_is_set(u, pc_offset))
        base = regs->gpr[u->frame & 15] - (u->frame >> 4) * 16;
    frame->establisher = base;
    if (!in_prolog && run_epilogue(regs, image, f, u, frame))
        return true;
    if (!in_prolog)
        find_handler(image, u, kinds, frame);
    for (unsigned depth = 0;; depth++) {
        struct img_function next;

        if (!undo_codes(regs, u, pc_offset, base, &machine, frame))
            return false;
        if (!(u->version_flags >> 3 & FLAG_CHAIN))
            break;
        __builtin_memcpy(&next, &u->codes[(u->code_count + 1u) & ~1u], sizeof(next));
        u = depth < CHAIN_MAX ? info_at(image, next.unwind) : NULL;
        if (!u)
            return false;
        pc_offset = UINT32_MAX; /* the primary part's prologue has run */
        if (!frame->handler)
            find_handler(image, u, in_prolog ? 0 : kinds, frame);
    }
    frame->is_machine_frame = machine;
    return machine || pop(regs, &regs->rip);
}

bool img_unwind_nowhere(struct img_regs *regs, struct img_frame *frame)
{
    const struct img_image *image;
    uint64_t back;

    if (!img_peek(regs->gpr[IMG_RSP], &back, 8))
        return false;
    image = img_find(back);
    if (!image || image->unloaded)
        return false;
    if (frame)
        *frame = (struct img_frame){.establisher = regs->gpr[IMG_RSP]};
    regs->rip = back;
    regs->gpr[IMG_RSP] += 8;
    return true;
}

bool img_unwind(struct img_regs *regs, bool exact, struct img_frame *frame)
{
    uint64_t base = 0;
    const struct img_image *image = img_find(regs->rip);

    if (image && !image->unloaded) {
        const struct img_function *f = img_lookup_function(regs->rip, &base);

        return img_unwind_pe(regs, (uint64_t)(uintptr_t)image->base, f, IMG_EHANDLER, frame);
    }
    if (!image && img_unwind_host(regs, exact, frame))
        return true;
    return exact && img_unwind_nowhere(regs, frame);
}
