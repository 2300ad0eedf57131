/* Instruction lengths and operands. A table of one byte per opcode says what follows it; that is all of the instruction set
 * that compilers emit in drivers, with VEX and EVEX by their regular form. Async-signal-safe. */
#include <stddef.h>

#include "image/decode.h"

enum { N = 0, M = 1, B = 2, Z = 4, W = 8, V = 16, O = 32, X = 64, MB = M | B, MZ = M | Z };
/* N nothing, M ModRM, B byte, Z 4 bytes (2 with 66), W 2 bytes, V 4 or 8 or 2 (mov r, imm), O address, X not in 64-bit mode or a prefix */

static const uint8_t one_byte[256] = {
    /*       0   1   2   3   4   5   6   7   8   9   A   B   C   D   E   F */
    /* 0 */ M,  M,  M,  M,  B,  Z,  X,  X,  M,  M,  M,  M,  B,  Z,  X,  X,
    /* 1 */ M,  M,  M,  M,  B,  Z,  X,  X,  M,  M,  M,  M,  B,  Z,  X,  X,
    /* 2 */ M,  M,  M,  M,  B,  Z,  X,  X,  M,  M,  M,  M,  B,  Z,  X,  X,
    /* 3 */ M,  M,  M,  M,  B,  Z,  X,  X,  M,  M,  M,  M,  B,  Z,  X,  X,
    /* 4 */ X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    /* 5 */ N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,
    /* 6 */ X,  X,  X,  M,  X,  X,  X,  X,  Z,  MZ, B,  MB, N,  N,  N,  N,
    /* 7 */ B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,
    /* 8 */ MB, MZ, X,  MB, M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 9 */ N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  X,  N,  N,  N,  N,  N,
    /* A */ O,  O,  O,  O,  N,  N,  N,  N,  B,  Z,  N,  N,  N,  N,  N,  N,
    /* B */ B,  B,  B,  B,  B,  B,  B,  B,  V,  V,  V,  V,  V,  V,  V,  V,
    /* C */ MB, MB, W,  N,  X,  X,  MB, MZ, W | B, N, W, N, N,  B,  X,  N,
    /* D */ M,  M,  M,  M,  X,  X,  X,  N,  M,  M,  M,  M,  M,  M,  M,  M,
    /* E */ B,  B,  B,  B,  B,  B,  B,  B,  Z,  Z,  X,  B,  N,  N,  N,  N,
    /* F */ X,  N,  X,  X,  N,  N,  M,  M,  N,  N,  N,  N,  N,  N,  M,  M,
};

static const uint8_t two_byte[256] = {
    /* 0 */ M,  M,  M,  M,  X,  N,  N,  N,  N,  N,  X,  N,  X,  M,  N,  MB,
    /* 1 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 2 */ M,  M,  M,  M,  X,  X,  X,  X,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 3 */ N,  N,  N,  N,  N,  N,  X,  N,  X,  X,  X,  X,  X,  X,  X,  X,
    /* 4 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 5 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 6 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 7 */ MB, MB, MB, MB, M,  M,  M,  N,  M,  M,  X,  X,  M,  M,  M,  M,
    /* 8 */ Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,
    /* 9 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* A */ N,  N,  N,  M,  MB, M,  X,  X,  N,  N,  N,  M,  MB, M,  M,  M,
    /* B */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  MB, M,  M,  M,  M,  M,
    /* C */ M,  M,  MB, M,  MB, MB, MB, M,  N,  N,  N,  N,  N,  N,  N,  N,
    /* D */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* E */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* F */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
};

struct reader {
    const uint8_t *p, *end;
    bool ok;
};

static uint64_t take(struct reader *r, unsigned bytes)
{
    uint64_t value = 0;

    if (!r->ok || (unsigned)(r->end - r->p) < bytes) {
        r->ok = false;
        return 0;
    }
    __builtin_memcpy(&value, r->p, bytes);
    r->p += bytes;
    return value;
}

static void prefixes(struct reader *r, struct img_insn *i)
{
    for (; r->p < r->end; r->p++)
        switch (*r->p) {
        case 0x66: i->operand16 = true; break;
        case 0xF0: i->lock = true; break;
        case 0xF2: i->repne = true; break;
        case 0xF3: i->rep = true; break;
        case 0x64:
        case 0x65: i->segment = *r->p; break;
        case 0x2E:
        case 0x36:
        case 0x3E:
        case 0x26: break;
        case 0x67: r->ok = false; return; /* 32-bit addressing: no compiler emits it for drivers */
        default: return;
        }
}

static void vex_prefix(struct reader *r, struct img_insn *i, uint8_t first)
{
    static const uint8_t pp[4] = {0, 0x66, 0xF3, 0xF2};
    uint8_t p0 = (uint8_t)take(r, 1), p1, which;

    i->vex = true;
    if (first == 0xC5) {
        i->rex = 0x40 | (p0 & 0x80 ? 0 : 4);
        i->map = 1;
        p1 = p0;
        i->wide_vector = p0 & 4;
    } else {
        p1 = (uint8_t)take(r, 1);
        i->rex = (uint8_t)(0x40 | (p0 & 0x80 ? 0 : 4) | (p0 & 0x40 ? 0 : 2) | (p0 & 0x20 ? 0 : 1) | (p1 & 0x80 ? 8 : 0));
        i->wide_vector = p1 & 4;
        if (first == 0x62) {
            uint8_t p2 = (uint8_t)take(r, 1);

            i->evex = true;
            i->map = p0 & 7;
            i->wide_vector = p2 & 0x60;
        } else {
            i->map = p0 & 0x1F;
        }
    }
    which = pp[p1 & 3];
    i->operand16 = which == 0x66;
    i->rep = which == 0xF3;
    i->repne = which == 0xF2;
    if (i->map < 1 || i->map > 3)
        r->ok = false;
}

static void modrm(struct reader *r, struct img_insn *i)
{
    uint8_t byte = (uint8_t)take(r, 1);

    i->has_modrm = true;
    i->mod = byte >> 6;
    i->reg = (byte >> 3 & 7) | (i->rex & 4) << 1;
    i->rm = (byte & 7) | (i->rex & 1) << 3;
    i->is_memory = i->mod != 3;
    if (!i->is_memory)
        return;
    i->base = i->rm;
    if ((byte & 7) == 4) {
        uint8_t sib = (uint8_t)take(r, 1);

        i->base = (sib & 7) | (i->rex & 1) << 3;
        i->index = (sib >> 3 & 7) | (i->rex & 2) << 2;
        i->scale = sib >> 6;
        if (i->index == 4)
            i->index = IMG_NO_REG;
        if ((sib & 7) == 5 && i->mod == 0) {
            i->base = IMG_NO_REG;
            i->displacement = (int32_t)take(r, 4);
        }
    } else if ((byte & 7) == 5 && i->mod == 0) {
        i->base = IMG_NO_REG;
        i->rip_relative = true;
        i->displacement = (int32_t)take(r, 4);
    }
    if (i->mod == 1)
        i->displacement = (int8_t)take(r, 1);
    else if (i->mod == 2)
        i->displacement = (int32_t)take(r, 4);
}

static void immediates(struct reader *r, struct img_insn *i, uint8_t what)
{
    unsigned bytes = 0;

    if (what & Z)
        bytes += i->operand16 && !(i->map == 1) ? 2 : 4;
    if (what & V)
        bytes += i->rex & 8 ? 8 : i->operand16 ? 2 : 4;
    if (what & W)
        bytes += 2;
    if (what & B)
        bytes += 1;
    if (what & O)
        bytes += 8;
    i->immediate_bytes = (uint8_t)bytes;
    i->immediate = take(r, bytes);
}

bool img_decode(const uint8_t *code, unsigned bytes, struct img_insn *i)
{
    struct reader r = {code, code + (bytes < 15 ? bytes : 15), true};
    uint8_t what, op;

    *i = (struct img_insn){.base = IMG_NO_REG, .index = IMG_NO_REG};
    prefixes(&r, i);
    if (r.ok && r.p < r.end && (*r.p & 0xF0) == 0x40)
        i->rex = *r.p++;
    op = (uint8_t)take(&r, 1);
    if (op == 0xC5 || op == 0xC4 || op == 0x62) {
        vex_prefix(&r, i, op);
        i->opcode = (uint8_t)take(&r, 1);
        what = i->map == 1 ? (uint8_t)(two_byte[i->opcode] | M) : i->map == 2 ? M : MB;
        if (i->map == 1 && i->opcode == 0x77)
            what = N;
        what &= (uint8_t)~Z;
    } else if (op == 0x0F) {
        i->map = 1;
        i->opcode = (uint8_t)take(&r, 1);
        if (i->opcode == 0x38 || i->opcode == 0x3A) {
            i->map = i->opcode == 0x38 ? 2 : 3;
            i->opcode = (uint8_t)take(&r, 1);
            what = i->map == 2 ? M : MB;
        } else {
            what = two_byte[i->opcode];
        }
    } else {
        i->opcode = op;
        what = one_byte[op];
    }
    if (!r.ok || what & X)
        return false;
    if (what & M)
        modrm(&r, i);
    if (!i->map && (op == 0xF6 || op == 0xF7) && (i->reg & 7) < 2) /* test has an immediate, the rest of the group has none */
        what |= op == 0xF6 ? B : Z;
    immediates(&r, i, what);
    i->length = (uint8_t)(r.p - code);
    return r.ok;
}

uint64_t img_operand_address(const struct img_insn *i, const struct img_regs *regs, uint64_t next)
{
    uint64_t address = (uint64_t)i->displacement;

    if (!i->has_modrm && i->immediate_bytes == 8)
        return i->immediate; /* movabs */
    if (i->rip_relative)
        address += next;
    if (i->base != IMG_NO_REG)
        address += regs->gpr[i->base];
    if (i->index != IMG_NO_REG)
        address += regs->gpr[i->index] << i->scale;
    return address;
}

bool img_is_cr8(const struct img_insn *i, bool *to_cr8, unsigned *reg)
{
    if (i->map != 1 || i->vex || (i->opcode != 0x20 && i->opcode != 0x22) || i->reg != 8)
        return false;
    *to_cr8 = i->opcode == 0x22;
    *reg = i->rm;
    return true;
}

enum img_privileged img_is_privileged(const struct img_insn *i)
{
    uint8_t op = i->opcode, group = i->reg & 7;

    if (i->vex)
        return IMG_NOT_PRIVILEGED;
    if (i->map == 0)
        switch (op) {
        case 0xFA: return IMG_CLI;
        case 0xFB: return IMG_STI;
        case 0xE4: case 0xE5: case 0xEC: case 0xED: return IMG_IN;
        case 0xE6: case 0xE7: case 0xEE: case 0xEF: return IMG_OUT;
        case 0xF4: case 0x6C: case 0x6D: case 0x6E: case 0x6F: case 0xCF: return IMG_PRIVILEGED;
        default: return IMG_NOT_PRIVILEGED;
        }
    if (i->map != 1)
        return IMG_NOT_PRIVILEGED;
    switch (op) {
    case 0x32: return IMG_RDMSR;
    case 0x06: case 0x07: case 0x08: case 0x09: case 0x20: case 0x21: case 0x22: case 0x23: case 0x30: case 0x33: case 0x35:
        return IMG_PRIVILEGED;
    case 0x00: return group == 2 || group == 3 ? IMG_PRIVILEGED : IMG_NOT_PRIVILEGED;
    case 0x01: return (i->is_memory && (group == 2 || group == 3 || group == 7)) || group == 6 || (!i->is_memory && group == 7 && (i->rm & 7) == 0)
                          ? IMG_PRIVILEGED : IMG_NOT_PRIVILEGED;
    default: return IMG_NOT_PRIVILEGED;
    }
}
