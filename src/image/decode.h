/* x64 instructions, as far as the fault handler and the patcher need them: length, operands, what kind. Plain C types. */
#ifndef WK_IMAGE_DECODE_H
#define WK_IMAGE_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "image/unwind.h"

enum { IMG_NO_REG = 255 };

struct img_insn {
    uint8_t length;
    uint8_t map;        /* 0: one byte, 1: 0F, 2: 0F38, 3: 0F3A */
    uint8_t opcode;
    uint8_t rex;        /* 0x40 | WRXB; VEX instructions have it too */
    bool vex, evex, wide_vector;
    bool operand16, rep, repne, lock; /* prefixes 66, F3, F2, F0 */
    uint8_t segment;    /* 0, 0x64 or 0x65 */
    bool has_modrm, is_memory, rip_relative;
    uint8_t mod, reg, rm; /* reg and rm with their REX bits */
    uint8_t base, index, scale; /* of the memory operand */
    int64_t displacement;
    uint64_t immediate;
    uint8_t immediate_bytes;
};

/* false: not an instruction, or it needs more than `bytes`. */
bool img_decode(const uint8_t *code, unsigned bytes, struct img_insn *insn);
/* The memory operand's address; segment bases are not added. next: the address behind the instruction. */
uint64_t img_operand_address(const struct img_insn *insn, const struct img_regs *regs, uint64_t next);

/* `mov r64, cr8` / `mov cr8, r64` (EXE-055): *to_cr8, and the general register's number. */
bool img_is_cr8(const struct img_insn *insn, bool *to_cr8, unsigned *reg);

enum img_privileged { IMG_NOT_PRIVILEGED, IMG_PRIVILEGED, IMG_CLI, IMG_STI, IMG_IN, IMG_OUT, IMG_RDMSR };
enum img_privileged img_is_privileged(const struct img_insn *insn);

/* Does it read its memory operand and only read it? Then runs it with `value` (16 bytes read from there) in place of memory: registers
 * and flags change, rip moves on. bytes: how many it reads, at most 16. false: not one of these. */
bool img_load_size(const struct img_insn *insn, unsigned *bytes);
bool img_run_load(const struct img_insn *insn, const uint8_t value[16], struct img_regs *regs, uint64_t *eflags);

#endif
