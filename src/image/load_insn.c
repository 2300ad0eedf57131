/* Runs one load instruction with a value in place of memory: for reads of the page at 0xFFFFF78000000000, which no Linux process can
 * map (EXE-056). Async-signal-safe. */
#include "image/decode.h"

/* What a load does with its value. */
enum action { A_NONE, A_MOV, A_MOVZX8, A_MOVZX16, A_MOVSX8, A_MOVSX16, A_MOVSX32, A_ALU, A_ALU_STORE, A_ALU_IMM, A_TEST, A_TEST_IMM, A_IMUL, A_XMM };

struct plan {
    enum action action;
    unsigned bytes; /* of memory */
    unsigned alu;   /* add or adc sbb and sub xor cmp, as encoded */
    unsigned xmm_fill; /* how many bytes of the register it writes; the rest is zeroed */
};

static unsigned operand_bytes(const struct img_insn *i)
{
    return i->rex & 8 ? 8 : i->operand16 ? 2 : 4;
}

static struct plan plan_one_byte(const struct img_insn *i)
{
    uint8_t op = i->opcode;
    unsigned full = operand_bytes(i), alu = op >> 3 & 7;

    if (op == 0x8A || op == 0xA0)
        return (struct plan){A_MOV, 1, 0, 0};
    if (op == 0x8B || op == 0xA1)
        return (struct plan){A_MOV, full, 0, 0};
    if (op == 0x63)
        return (struct plan){A_MOVSX32, 4, 0, 0};
    if (op < 0x40 && (op & 7) == 2)
        return (struct plan){A_ALU, 1, alu, 0};
    if (op < 0x40 && (op & 7) == 3)
        return (struct plan){A_ALU, full, alu, 0};
    if (op == 0x38 || op == 0x39) /* cmp [m], r; the others of this row write memory */
        return (struct plan){A_ALU_STORE, op == 0x38 ? 1 : full, 7, 0};
    if ((op == 0x80 || op == 0x81 || op == 0x83) && (i->reg & 7) == 7)
        return (struct plan){A_ALU_IMM, op == 0x80 ? 1 : full, 7, 0};
    if (op == 0x84 || op == 0x85)
        return (struct plan){A_TEST, op == 0x84 ? 1 : full, 0, 0};
    if ((op == 0xF6 || op == 0xF7) && (i->reg & 7) < 2)
        return (struct plan){A_TEST_IMM, op == 0xF6 ? 1 : full, 0, 0};
    if (op == 0x69 || op == 0x6B)
        return (struct plan){A_IMUL, full, 1, 0};
    return (struct plan){A_NONE, 0, 0, 0};
}

static struct plan plan_two_byte(const struct img_insn *i)
{
    bool none = !i->operand16 && !i->rep && !i->repne;

    switch (i->opcode) {
    case 0xB6: return (struct plan){A_MOVZX8, 1, 0, 0};
    case 0xB7: return (struct plan){A_MOVZX16, 2, 0, 0};
    case 0xBE: return (struct plan){A_MOVSX8, 1, 0, 0};
    case 0xBF: return (struct plan){A_MOVSX16, 2, 0, 0};
    case 0xAF: return (struct plan){A_IMUL, operand_bytes(i), 0, 0};
    case 0x10: /* movups movupd movss movsd */
        if (i->rep || i->repne)
            return (struct plan){A_XMM, i->rep ? 4 : 8, 0, 16};
        return (struct plan){A_XMM, 16, 0, 16};
    case 0x28: return (struct plan){i->rep || i->repne ? A_NONE : A_XMM, 16, 0, 16};
    case 0x6F: return (struct plan){none || i->repne ? A_NONE : A_XMM, 16, 0, 16};           /* movdqa, movdqu; MMX is not ours */
    case 0x7E: return (struct plan){i->rep ? A_XMM : A_NONE, 8, 0, 16};                       /* movq */
    case 0x6E: return (struct plan){i->operand16 ? A_XMM : A_NONE, i->rex & 8 ? 8 : 4, 0, 16}; /* movd, movq */
    case 0x12: return (struct plan){i->rep || i->repne || i->vex ? A_NONE : A_XMM, 8, 0, 8};  /* movlps: the upper half stays */
    default: return (struct plan){A_NONE, 0, 0, 0};
    }
}

static struct plan plan_of(const struct img_insn *i)
{
    bool movabs = !i->has_modrm && !i->map && (i->opcode == 0xA0 || i->opcode == 0xA1);
    struct plan none = {A_NONE, 0, 0, 0}, p;

    if ((!i->is_memory && !movabs) || i->lock || i->evex || i->wide_vector)
        return none;
    if (i->map == 0)
        return plan_one_byte(i);
    if (i->map != 1)
        return none;
    p = plan_two_byte(i);
    return i->vex && p.action != A_XMM ? none : p;
}

bool img_load_size(const struct img_insn *i, unsigned *bytes)
{
    *bytes = plan_of(i).bytes;
    return plan_of(i).action != A_NONE;
}

/* ---- registers and flags ---- */

static uint64_t sign_extend(uint64_t value, unsigned bytes)
{
    return bytes == 1 ? (uint64_t)(int64_t)(int8_t)value : bytes == 2 ? (uint64_t)(int64_t)(int16_t)value
           : bytes == 4 ? (uint64_t)(int64_t)(int32_t)value : value;
}

static bool high_byte(const struct img_insn *i, unsigned reg)
{
    return !i->rex && reg >= 4 && reg < 8;
}

static uint64_t get(const struct img_insn *i, const struct img_regs *regs, unsigned reg, unsigned bytes)
{
    if (bytes == 1 && high_byte(i, reg))
        return regs->gpr[reg - 4] >> 8 & 0xFF;
    return bytes == 8 ? regs->gpr[reg] : regs->gpr[reg] & ((UINT64_C(1) << bytes * 8) - 1);
}

static void put(const struct img_insn *i, struct img_regs *regs, unsigned reg, unsigned bytes, uint64_t value)
{
    if (bytes == 8)
        regs->gpr[reg] = value;
    else if (bytes == 4)
        regs->gpr[reg] = (uint32_t)value;
    else if (bytes == 1 && high_byte(i, reg))
        regs->gpr[reg - 4] = (regs->gpr[reg - 4] & ~UINT64_C(0xFF00)) | (value & 0xFF) << 8;
    else
        __builtin_memcpy(&regs->gpr[reg], &value, bytes);
}

enum { CF = 1, PF = 4, AF = 16, ZF = 64, SF = 128, OF = 2048, ARITHMETIC = CF | PF | AF | ZF | SF | OF };

/* a OP b for operands of `bytes`, with the flags the processor would give. */
static uint64_t alu(unsigned op, uint64_t a, uint64_t b, unsigned bytes, uint64_t *eflags)
{
    uint64_t mask = bytes == 8 ? ~UINT64_C(0) : (UINT64_C(1) << bytes * 8) - 1, top = (mask >> 1) + 1, carry_in, r, flags = 0;
    bool subtract = op == 3 || op == 5 || op == 7, logical = op == 1 || op == 4 || op == 6;

    carry_in = (op == 2 || op == 3) ? *eflags & CF : 0;
    a &= mask;
    b &= mask;
    if (op == 1)
        r = a | b;
    else if (op == 4)
        r = a & b;
    else if (op == 6)
        r = a ^ b;
    else if (subtract)
        r = a - b - carry_in;
    else
        r = a + b + carry_in;
    r &= mask;
    if (!logical) {
        bool carry = subtract ? a < b || (carry_in && a == b) : r < a || (carry_in && r == a);
        uint64_t overflow = subtract ? (a ^ b) & (a ^ r) : ~(a ^ b) & (a ^ r);

        flags |= (carry ? CF : 0) | (overflow & top ? OF : 0) | ((a ^ b ^ r) & 16 ? AF : 0);
    }
    flags |= (r == 0 ? ZF : 0) | (r & top ? SF : 0) | (__builtin_parity((unsigned)(r & 0xFF)) ? 0 : PF);
    *eflags = (*eflags & ~(uint64_t)ARITHMETIC) | flags;
    return r;
}

static uint64_t immediate_of(const struct img_insn *i)
{
    return sign_extend(i->immediate, i->immediate_bytes);
}

bool img_run_load(const struct img_insn *i, const uint8_t value16[16], struct img_regs *regs, uint64_t *eflags)
{
    struct plan p = plan_of(i);
    unsigned reg = i->has_modrm ? i->reg : IMG_RAX;
    uint64_t value = 0, r;

    if (p.action == A_NONE)
        return false;
    __builtin_memcpy(&value, value16, p.bytes < 8 ? p.bytes : 8);
    switch (p.action) {
    case A_MOV: put(i, regs, reg, p.bytes, value); break;
    case A_MOVZX8:
    case A_MOVZX16: put(i, regs, reg, operand_bytes(i) == 2 ? 2 : 8, value); break;
    case A_MOVSX8:
    case A_MOVSX16:
    case A_MOVSX32: put(i, regs, reg, operand_bytes(i), sign_extend(value, p.bytes)); break;
    case A_ALU:
        r = alu(p.alu, get(i, regs, reg, p.bytes), value, p.bytes, eflags);
        if (p.alu != 7)
            put(i, regs, reg, p.bytes, r);
        break;
    case A_ALU_STORE: alu(p.alu, value, get(i, regs, reg, p.bytes), p.bytes, eflags); break;
    case A_ALU_IMM: alu(p.alu, value, immediate_of(i), p.bytes, eflags); break;
    case A_TEST: alu(4, value, get(i, regs, reg, p.bytes), p.bytes, eflags); break;
    case A_TEST_IMM: alu(4, value, immediate_of(i), p.bytes, eflags); break;
    case A_IMUL: {
        __int128 wide = (__int128)(int64_t)sign_extend(value, p.bytes) *
                        (int64_t)(p.alu ? immediate_of(i) : sign_extend(get(i, regs, reg, p.bytes), p.bytes));
        bool fits = wide == (__int128)(int64_t)sign_extend((uint64_t)wide, p.bytes);

        put(i, regs, reg, p.bytes, (uint64_t)wide);
        *eflags = (*eflags & ~(uint64_t)(CF | OF)) | (fits ? 0 : CF | OF);
        break;
    }
    case A_XMM:
        if (p.xmm_fill == 16)
            __builtin_memset(regs->xmm[reg], 0, 16);
        __builtin_memcpy(regs->xmm[reg], value16, p.bytes);
        break;
    default: return false;
    }
    regs->rip += i->length;
    return true;
}
