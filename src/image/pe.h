/* The PE32+ file format, the part that drivers use. Own names, plain C types; the guest's view is include/wdk/ntimage.h. */
#ifndef WK_IMAGE_PE_H
#define WK_IMAGE_PE_H

#include <stdint.h>

enum {
    PE_DOS_MAGIC = 0x5A4D,
    PE_SIGNATURE = 0x00004550,
    PE_MACHINE_X64 = 0x8664,
    PE_MACHINE_X86 = 0x014C,
    PE_MACHINE_ARM64 = 0xAA64,
    PE_MACHINE_ARM = 0x01C4,
    PE_MAGIC_32PLUS = 0x20B,
    PE_FILE_RELOCS_STRIPPED = 0x0001,
    PE_FILE_EXECUTABLE = 0x0002,
    PE_SUBSYSTEM_NATIVE = 1,
    PE_DLL_FORCE_INTEGRITY = 0x0080,
    PE_DLL_NX_COMPAT = 0x0100,
};

enum pe_directory {
    PE_DIR_EXPORT, PE_DIR_IMPORT, PE_DIR_RESOURCE, PE_DIR_EXCEPTION, PE_DIR_SECURITY, PE_DIR_RELOC, PE_DIR_DEBUG,
    PE_DIR_ARCHITECTURE, PE_DIR_GLOBALPTR, PE_DIR_TLS, PE_DIR_LOAD_CONFIG, PE_DIR_BOUND_IMPORT, PE_DIR_IAT,
    PE_DIR_DELAY_IMPORT, PE_DIR_CLR, PE_DIR_RESERVED, PE_DIR_COUNT
};

#define PE_SCN_DISCARDABLE UINT32_C(0x02000000)
#define PE_SCN_EXECUTE     UINT32_C(0x20000000)
#define PE_SCN_READ        UINT32_C(0x40000000)
#define PE_SCN_WRITE       UINT32_C(0x80000000)
#define PE_ORDINAL_FLAG    UINT64_C(0x8000000000000000)
#define PE_COOKIE_DEFAULT  UINT64_C(0x00002B992DDFA232)

struct pe_file_header {
    uint16_t machine, sections;
    uint32_t timestamp, symbols, symbol_count;
    uint16_t optional_bytes, characteristics;
};

struct pe_dir {
    uint32_t rva, bytes;
};

struct pe_optional {
    uint16_t magic;
    uint8_t linker_major, linker_minor;
    uint32_t code_bytes, data_bytes, bss_bytes, entry, code_base;
    uint64_t image_base;
    uint32_t section_align, file_align;
    uint16_t os_major, os_minor, image_major, image_minor, subsystem_major, subsystem_minor;
    uint32_t win32_version, image_bytes, header_bytes, checksum;
    uint16_t subsystem, dll_characteristics;
    uint64_t stack_reserve, stack_commit, heap_reserve, heap_commit;
    uint32_t loader_flags, dir_count;
    /* the directories follow */
};
_Static_assert(sizeof(struct pe_optional) == 112, "PE32+ optional header without directories");

struct pe_section {
    char name[8];
    uint32_t virtual_bytes, rva, raw_bytes, raw_offset, relocs, lines;
    uint16_t reloc_count, line_count;
    uint32_t flags;
};
_Static_assert(sizeof(struct pe_section) == 40, "section header");

struct pe_export {
    uint32_t characteristics, timestamp;
    uint16_t major, minor;
    uint32_t name, ordinal_base, function_count, name_count, functions, names, ordinals;
};

struct pe_import {
    uint32_t lookup, timestamp, forwarder, name, iat;
};

struct pe_reloc_block {
    uint32_t page, bytes;
};

struct pe_debug {
    uint32_t characteristics, timestamp;
    uint16_t major, minor;
    uint32_t type, bytes, rva, offset;
};

#endif
