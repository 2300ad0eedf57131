#include "pe_build.h"

#include <string.h>

void *pe_data(struct pe_built *pe, unsigned rva)
{
    return pe->file + 0x1400 + (rva - 0x2000);
}

void pe_build(struct pe_built *pe)
{
    unsigned lfanew = 0x80;
    unsigned block[3] = {0x2000, 12, 0x0000A000}; /* one DIR64 at 0x2000, one padding entry */
    unsigned long long va = 0x140001000ull;

    memset(pe, 0, sizeof(*pe));
    pe->bytes = 0x2400;
    memcpy(pe->file, "MZ", 2);
    memcpy(pe->file + 60, &lfanew, 4);
    memcpy(pe->file + lfanew, "PE\0", 4);
    pe->header = (void *)(pe->file + lfanew + 4);
    pe->optional = (void *)(pe->header + 1);
    pe->dirs = (void *)(pe->optional + 1);
    pe->sections = (void *)(pe->dirs + PE_DIR_COUNT);
    *pe->header = (struct pe_file_header){.machine = PE_MACHINE_X64, .sections = 2, .optional_bytes = sizeof(struct pe_optional) + 128,
                                          .characteristics = PE_FILE_EXECUTABLE | 0x20};
    *pe->optional = (struct pe_optional){.magic = PE_MAGIC_32PLUS, .entry = 0x1000, .image_base = 0x140000000ull, .section_align = 0x1000,
                                         .file_align = 0x200, .image_bytes = 0x3000, .header_bytes = 0x400,
                                         .subsystem = PE_SUBSYSTEM_NATIVE, .dll_characteristics = 0x140, .dir_count = PE_DIR_COUNT};
    pe->sections[0] = (struct pe_section){.name = ".text", .virtual_bytes = 0x1000, .rva = 0x1000, .raw_bytes = 0x1000, .raw_offset = 0x400,
                                          .flags = PE_SCN_EXECUTE | PE_SCN_READ | 0x20};
    pe->sections[1] = (struct pe_section){.name = ".data", .virtual_bytes = 0x1000, .rva = 0x2000, .raw_bytes = 0x1000,
                                          .raw_offset = 0x1400, .flags = PE_SCN_WRITE | PE_SCN_READ | 0x40};
    pe->file[0x400] = 0xC3;
    memcpy(pe_data(pe, 0x2000), &va, 8);
    memcpy(pe_data(pe, 0x2010), block, sizeof(block));
    pe->dirs[PE_DIR_RELOC] = (struct pe_dir){0x2010, 12};
}

void pe_import(struct pe_built *pe, unsigned index, const char *module, const char *const *names)
{
    unsigned tables = 0x2200 + index * 0x200, text = tables + 0xA0, name = text;
    struct pe_import d = {.lookup = tables, .name = text, .iat = tables + 0x50};

    strcpy(pe_data(pe, text), module);
    name += 0x20;
    for (unsigned i = 0; names[i]; i++) {
        unsigned long long entry = names[i][0] == '#' ? PE_ORDINAL_FLAG | (unsigned)(names[i][1] - '0') : name;

        memcpy(pe_data(pe, tables + 8 * i), &entry, 8);
        memcpy(pe_data(pe, tables + 0x50 + 8 * i), &entry, 8);
        strcpy((char *)pe_data(pe, name) + 2, names[i]);
        name += (unsigned)strlen(names[i]) + 4;
    }
    memcpy(pe_data(pe, 0x2100 + 20 * index), &d, sizeof(d));
    pe->dirs[PE_DIR_IMPORT] = (struct pe_dir){0x2100, 20 * (index + 2)};
}
