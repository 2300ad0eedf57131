/* One frame up through our own functions, by the call frame information that the compiler leaves in .eh_frame (EXE-085).
 *
 * libgcc's and LLVM's unwinders follow the integer registers only; an ms_abi function keeps its caller's XMM6-15 too, says so in its call
 * frame information, and a driver's handler above it needs them back. So this reads the information itself; only finding the entry
 * is libgcc's (_Unwind_Find_FDE: a lock-free lookup with glibc 2.35 and later). Async-signal-safe. */
#include <stddef.h>

#include "image/image_private.h"
#include "image/unwind.h"

enum { REG_RSP = 7, REG_RA = 16, REG_XMM0 = 17, REG_COUNT = 33, STATES_MAX = 4, STACK_MAX = 32 };

struct eh_bases {
    void *text, *data, *function;
};
/* libgcc's; struct dwarf_fde * there */
extern const uint8_t *_Unwind_Find_FDE(void *pc, struct eh_bases *bases);

enum rule_kind { RULE_SAME, RULE_UNDEFINED, RULE_OFFSET, RULE_VAL_OFFSET, RULE_REGISTER, RULE_EXPRESSION, RULE_VAL_EXPRESSION };

struct rule {
    uint8_t kind;
    int64_t value;              /* offset or register */
    const uint8_t *expression;  /* its ULEB length comes first */
};

struct rules {
    struct rule reg[REG_COUNT];
    uint32_t cfa_reg;
    int64_t cfa_offset;
    const uint8_t *cfa_expression;
};

struct cie {
    uint64_t code_align;
    int64_t data_align;
    const uint8_t *begin, *end; /* instructions */
    uint8_t pointer_encoding;
    bool has_augmentation, is_signal_frame;
};

/* DWARF's numbering to x64's. */
static const uint8_t encoding_of[16] = {0, 2, 1, 3, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};

static uint64_t uleb(const uint8_t **p)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;

    do {
        byte = *(*p)++;
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
    } while (byte & 0x80);
    return value;
}

static int64_t sleb(const uint8_t **p)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;

    do {
        byte = *(*p)++;
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
    } while (byte & 0x80);
    if (shift < 64 && byte & 0x40)
        value |= ~UINT64_C(0) << shift;
    return (int64_t)value;
}

static uint64_t fixed(const uint8_t **p, unsigned bytes)
{
    uint64_t value = 0;

    __builtin_memcpy(&value, *p, bytes);
    *p += bytes;
    return value;
}

/* The size of a pointer with this encoding; 0 for what we do not meet. */
static unsigned encoded_bytes(uint8_t encoding)
{
    switch (encoding & 0x0F) {
    case 0x00: /* absptr */
    case 0x04:
    case 0x0C:
        return 8;
    case 0x02:
    case 0x0A:
        return 2;
    case 0x03:
    case 0x0B:
        return 4;
    default:
        return 0;
    }
}

static bool read_cie(const uint8_t *at, struct cie *cie)
{
    const uint8_t *p = at, *text, *augmentation_end = NULL;
    uint32_t length = (uint32_t)fixed(&p, 4);
    uint8_t version;

    cie->end = p + length;
    if (length == UINT32_MAX || fixed(&p, 4) != 0)
        return false;
    version = *p++;
    if (version != 1 && version != 3)
        return false;
    text = p;
    while (*p++)
        ;
    cie->code_align = uleb(&p);
    cie->data_align = sleb(&p);
    if (version == 1 ? *p++ != REG_RA : uleb(&p) != REG_RA)
        return false;
    cie->pointer_encoding = 0;
    cie->has_augmentation = *text == 'z';
    cie->is_signal_frame = false;
    if (cie->has_augmentation) {
        uint64_t bytes = uleb(&p);

        augmentation_end = p + bytes;
        for (text++; *text; text++) {
            if (*text == 'R')
                cie->pointer_encoding = *p++;
            else if (*text == 'L')
                p++;
            else if (*text == 'S')
                cie->is_signal_frame = true;
            else if (*text == 'P') { /* the personality: its size, aligned forms do not occur */
                uint8_t encoding = *p++;

                p += encoded_bytes(encoding);
            }
        }
        p = augmentation_end;
    } else if (*text) {
        return false;
    }
    cie->begin = p;
    return true;
}

/* ---- expressions ---- */

static uint64_t read_reg(const struct img_regs *regs, unsigned reg)
{
    return reg < 16 ? regs->gpr[encoding_of[reg]] : reg == REG_RA ? regs->rip : 0;
}

static bool evaluate(const uint8_t *p, const struct img_regs *regs, bool push_cfa, uint64_t cfa, uint64_t *result)
{
    uint64_t bytes = uleb(&p), stack[STACK_MAX], a;
    const uint8_t *end = p + bytes;
    unsigned depth = 0;

    if (push_cfa)
        stack[depth++] = cfa;
    while (p < end) {
        uint8_t op = *p++;

        if (depth + 1 >= STACK_MAX)
            return false;
        if (op >= 0x70 && op <= 0x8F) { /* breg0..31 */
            a = read_reg(regs, op - 0x70u);
            stack[depth++] = a + (uint64_t)sleb(&p);
            continue;
        }
        if (op >= 0x50 && op <= 0x6F) { /* reg0..31 */
            stack[depth++] = read_reg(regs, op - 0x50u);
            continue;
        }
        if (op >= 0x30 && op <= 0x4F) { /* lit0..31 */
            stack[depth++] = op - 0x30u;
            continue;
        }
        switch (op) {
        case 0x03: case 0x0E: case 0x0F: stack[depth++] = fixed(&p, 8); continue;
        case 0x08: stack[depth++] = fixed(&p, 1); continue;
        case 0x09: stack[depth++] = (uint64_t)(int64_t)(int8_t)fixed(&p, 1); continue;
        case 0x0A: stack[depth++] = fixed(&p, 2); continue;
        case 0x0B: stack[depth++] = (uint64_t)(int64_t)(int16_t)fixed(&p, 2); continue;
        case 0x0C: stack[depth++] = fixed(&p, 4); continue;
        case 0x0D: stack[depth++] = (uint64_t)(int64_t)(int32_t)fixed(&p, 4); continue;
        case 0x10: stack[depth++] = uleb(&p); continue;
        case 0x11: stack[depth++] = (uint64_t)sleb(&p); continue;
        case 0x92: a = read_reg(regs, (unsigned)uleb(&p)); stack[depth++] = a + (uint64_t)sleb(&p); continue;
        default: break;
        }
        if (!depth)
            return false;
        switch (op) {
        case 0x06: /* deref */
            if (!img_peek(stack[depth - 1], &stack[depth - 1], 8))
                return false;
            continue;
        case 0x12: stack[depth] = stack[depth - 1]; depth++; continue;
        case 0x13: depth--; continue;
        case 0x1F: stack[depth - 1] = 0 - stack[depth - 1]; continue;
        case 0x20: stack[depth - 1] = ~stack[depth - 1]; continue;
        case 0x23: stack[depth - 1] += uleb(&p); continue;
        default: break;
        }
        if (depth < 2)
            return false;
        a = stack[--depth];
        switch (op) {
        case 0x1A: stack[depth - 1] &= a; continue;
        case 0x1C: stack[depth - 1] -= a; continue;
        case 0x1E: stack[depth - 1] *= a; continue;
        case 0x21: stack[depth - 1] |= a; continue;
        case 0x22: stack[depth - 1] += a; continue;
        case 0x24: stack[depth - 1] <<= a & 63; continue;
        case 0x25: stack[depth - 1] >>= a & 63; continue;
        case 0x27: stack[depth - 1] ^= a; continue;
        case 0x29: stack[depth - 1] = stack[depth - 1] == a; continue;
        case 0x2A: stack[depth - 1] = (int64_t)stack[depth - 1] >= (int64_t)a; continue; /* PLT entries */
        default: return false;
        }
    }
    *result = depth ? stack[depth - 1] : 0;
    return depth != 0;
}

/* ---- call frame instructions ---- */

struct machine {
    struct rules now, initial, saved[STATES_MAX];
    unsigned saved_count;
    uint64_t location, pc;
    const struct cie *cie;
};

static void set(struct machine *m, uint64_t reg, enum rule_kind kind, int64_t value)
{
    if (reg < REG_COUNT)
        m->now.reg[reg] = (struct rule){.kind = (uint8_t)kind, .value = value};
}

static void set_expression(struct machine *m, enum rule_kind kind, const uint8_t **p)
{
    uint64_t reg = uleb(p), bytes;

    if (reg < REG_COUNT)
        m->now.reg[reg] = (struct rule){.kind = (uint8_t)kind, .expression = *p};
    bytes = uleb(p);
    *p += bytes;
}

/* The instructions that are not packed into one byte. */
static bool execute_plain(struct machine *m, uint8_t op, const uint8_t **p)
{
    int64_t scale = m->cie->data_align;
    uint64_t reg;

    switch (op) {
    case 0x00: return true; /* nop */
    case 0x01:              /* set_loc: not used by .eh_frame of x86-64 */
        return false;
    case 0x02: m->location += fixed(p, 1) * m->cie->code_align; return true;
    case 0x03: m->location += fixed(p, 2) * m->cie->code_align; return true;
    case 0x04: m->location += fixed(p, 4) * m->cie->code_align; return true;
    case 0x05: reg = uleb(p); set(m, reg, RULE_OFFSET, (int64_t)uleb(p) * scale); return true;
    case 0x06:
        reg = uleb(p);
        if (reg < REG_COUNT)
            m->now.reg[reg] = m->initial.reg[reg];
        return true;
    case 0x07: set(m, uleb(p), RULE_UNDEFINED, 0); return true;
    case 0x08: set(m, uleb(p), RULE_SAME, 0); return true;
    case 0x09: reg = uleb(p); set(m, reg, RULE_REGISTER, (int64_t)uleb(p)); return true;
    case 0x0A:
        if (m->saved_count == STATES_MAX)
            return false;
        m->saved[m->saved_count++] = m->now;
        return true;
    case 0x0B:
        if (!m->saved_count)
            return false;
        m->now = m->saved[--m->saved_count];
        return true;
    case 0x0C: m->now.cfa_reg = (uint32_t)uleb(p); m->now.cfa_offset = (int64_t)uleb(p); m->now.cfa_expression = NULL; return true;
    case 0x0D: m->now.cfa_reg = (uint32_t)uleb(p); m->now.cfa_expression = NULL; return true;
    case 0x0E: m->now.cfa_offset = (int64_t)uleb(p); return true;
    case 0x0F:
        m->now.cfa_expression = *p;
        reg = uleb(p);
        *p += reg;
        return true;
    case 0x10: set_expression(m, RULE_EXPRESSION, p); return true;
    case 0x11: reg = uleb(p); set(m, reg, RULE_OFFSET, sleb(p) * scale); return true;
    case 0x12: m->now.cfa_reg = (uint32_t)uleb(p); m->now.cfa_offset = sleb(p) * scale; m->now.cfa_expression = NULL; return true;
    case 0x13: m->now.cfa_offset = sleb(p) * scale; return true;
    case 0x14: reg = uleb(p); set(m, reg, RULE_VAL_OFFSET, (int64_t)uleb(p) * scale); return true;
    case 0x15: reg = uleb(p); set(m, reg, RULE_VAL_OFFSET, sleb(p) * scale); return true;
    case 0x16: set_expression(m, RULE_VAL_EXPRESSION, p); return true;
    case 0x2E: uleb(p); return true; /* GNU_args_size */
    default: return false;
    }
}

static bool execute(struct machine *m, const uint8_t *p, const uint8_t *end)
{
    while (p < end && m->location <= m->pc) {
        uint8_t op = *p++;

        if (op >> 6 == 1)
            m->location += (op & 63u) * m->cie->code_align;
        else if (op >> 6 == 2)
            set(m, op & 63u, RULE_OFFSET, (int64_t)uleb(&p) * m->cie->data_align);
        else if (op >> 6 == 3) {
            if ((op & 63u) < REG_COUNT)
                m->now.reg[op & 63u] = m->initial.reg[op & 63u];
        } else if (!execute_plain(m, op, &p)) {
            return false;
        }
    }
    return true;
}

static bool apply_one(const struct rule *r, unsigned reg, uint64_t cfa, const struct img_regs *from, struct img_regs *to,
                      struct img_frame *frame)
{
    uint64_t at = cfa + (uint64_t)r->value, value;

    if (r->kind == RULE_EXPRESSION && !evaluate(r->expression, from, true, cfa, &at))
        return false;
    if (r->kind == RULE_VAL_EXPRESSION && !evaluate(r->expression, from, true, cfa, &at))
        return false;
    if (r->kind == RULE_OFFSET || r->kind == RULE_EXPRESSION) {
        if (reg >= REG_XMM0) {
            frame->saved_xmm[reg - REG_XMM0] = at;
            return img_peek(at, to->xmm[reg - REG_XMM0], 16);
        }
        if (reg < 16)
            frame->saved_gpr[encoding_of[reg]] = at;
        if (!img_peek(at, &value, 8))
            return false;
    } else if (r->kind == RULE_REGISTER) {
        value = read_reg(from, (unsigned)r->value);
    } else {
        value = at; /* VAL_OFFSET, VAL_EXPRESSION */
    }
    if (reg < 16)
        to->gpr[encoding_of[reg]] = value;
    else if (reg == REG_RA)
        to->rip = value;
    return true;
}

static bool apply(const struct rules *rules, struct img_regs *regs, struct img_frame *frame)
{
    struct img_regs from = *regs;
    uint64_t cfa;

    if (rules->cfa_expression) {
        if (!evaluate(rules->cfa_expression, &from, false, 0, &cfa))
            return false;
    } else {
        cfa = read_reg(&from, rules->cfa_reg) + (uint64_t)rules->cfa_offset;
    }
    if (rules->reg[REG_RA].kind == RULE_UNDEFINED || rules->reg[REG_RA].kind == RULE_SAME)
        return false; /* the outermost function */
    regs->gpr[IMG_RSP] = cfa;
    for (unsigned i = 0; i < REG_COUNT; i++)
        if (rules->reg[i].kind > RULE_UNDEFINED && !apply_one(&rules->reg[i], i, cfa, &from, regs, frame))
            return false;
    frame->establisher = cfa;
    return true;
}

bool img_unwind_host(struct img_regs *regs, bool exact, struct img_frame *frame)
{
    struct img_frame unused;
    struct machine m;
    struct eh_bases bases;
    struct cie cie;
    const uint8_t *fde, *p, *end;
    uint32_t length;
    int32_t delta;

    frame = frame ? frame : &unused;
    __builtin_memset(frame, 0, sizeof(*frame));
    frame->is_host = true;
    /* A return address may be the first byte of the next function, when the call is the last instruction of this one. */
    m.pc = exact ? regs->rip : regs->rip - 1;
    fde = _Unwind_Find_FDE((void *)(uintptr_t)m.pc, &bases);
    if (!fde)
        return false;
    p = fde;
    length = (uint32_t)fixed(&p, 4);
    end = p + length;
    delta = (int32_t)fixed(&p, 4);
    if (!read_cie(p - 4 - delta, &cie) || !encoded_bytes(cie.pointer_encoding))
        return false;
    p += 2 * encoded_bytes(cie.pointer_encoding);
    if (cie.has_augmentation) {
        uint64_t bytes = uleb(&p);

        p += bytes;
    }
    __builtin_memset(&m.now, 0, sizeof(m.now));
    m.saved_count = 0;
    m.cie = &cie;
    m.location = 0;
    if (!execute(&m, cie.begin, cie.end))
        return false;
    m.initial = m.now;
    m.location = (uint64_t)(uintptr_t)bases.function;
    if (!execute(&m, p, end) || !apply(&m.now, regs, frame))
        return false;
    frame->is_machine_frame = cie.is_signal_frame;
    frame->host_function = (uint64_t)(uintptr_t)bases.function;
    return true;
}
