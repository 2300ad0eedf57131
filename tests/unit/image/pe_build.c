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

void pe_exports(struct pe_built *pe)
{
    struct pe_export dir = {.ordinal_base = 5, .function_count = 3, .name_count = 3, .functions = 0x2840, .names = 0x2860, .ordinals = 0x2880};
    unsigned functions[3] = {0x1000, 0x28C0, 0x28E0}, names[3] = {0x28A0, 0x28A8, 0x28B0};
    unsigned short ordinals[3] = {0, 1, 2};

    memcpy(pe_data(pe, 0x2800), &dir, sizeof(dir));
    memcpy(pe_data(pe, 0x2840), functions, sizeof(functions));
    memcpy(pe_data(pe, 0x2860), names, sizeof(names));
    memcpy(pe_data(pe, 0x2880), ordinals, sizeof(ordinals));
    strcpy(pe_data(pe, 0x28A0), "Alpha");
    strcpy(pe_data(pe, 0x28A8), "Fwd");
    strcpy(pe_data(pe, 0x28B0), "Loop");
    strcpy(pe_data(pe, 0x28C0), "NTOSKRNL.KeSetEvent");
    strcpy(pe_data(pe, 0x28E0), "EXP.Loop");
    pe->dirs[PE_DIR_EXPORT] = (struct pe_dir){0x2800, 0x100};
}

void pe_build_full(struct pe_built *pe)
{
    static const char *const names[] = {"KeSetEvent", "KeResetEvent", NULL};
    static const unsigned functions[] = {0x1000, 0x1040, 0x2D00, 0x1040, 0x1080, 0x2D20, 0x1080, 0x10C0, 0x2D40};
    static const unsigned chained[] = {0x1000, 0x1040, 0x2D00};
    /* sub rsp, 40 and push rbx; with a frame register, saves and a handler; a chained part */
    static const unsigned char simple[] = {1, 5, 2, 0, 5, 0x42, 1, 0x30, 0, 0, 0, 0};
    static const unsigned char large[] = {0x09, 16, 8, 0x15, 16, 0x64, 4, 0, 14, 0x68, 3, 0, 10, 0x03, 7, 0x01, 0x20, 0, 1, 0x50, 0, 0x10, 0, 0, 0, 0, 0, 0};
    static const unsigned char part[] = {0x21, 0, 0, 0};
    unsigned blocks[6] = {0x2000, 12, 0x0000A000, 0x2000, 12, 0x0000AA58}, size = 0x60;
    unsigned long long cookie = PE_COOKIE_DEFAULT, va = 0x140002AF0ull;
    struct pe_debug debug = {.type = 2, .bytes = 40, .rva = 0x2C20, .offset = 0x2020};

    pe_build(pe);
    pe_import(pe, 0, "ntoskrnl.exe", names);
    pe_exports(pe);
    memcpy(pe_data(pe, 0x2010), blocks, sizeof(blocks));
    pe->dirs[PE_DIR_RELOC].bytes = sizeof(blocks);
    memcpy(pe_data(pe, 0x2AF0), &cookie, 8);
    memcpy(pe_data(pe, 0x2A00), &size, 4);
    memcpy(pe_data(pe, 0x2A58), &va, 8);
    pe->dirs[PE_DIR_LOAD_CONFIG] = (struct pe_dir){0x2A00, 0x60};
    memcpy(pe_data(pe, 0x2B00), functions, sizeof(functions));
    pe->dirs[PE_DIR_EXCEPTION] = (struct pe_dir){0x2B00, sizeof(functions)};
    memcpy(pe_data(pe, 0x2D00), simple, sizeof(simple));
    memcpy(pe_data(pe, 0x2D20), large, sizeof(large));
    memcpy(pe_data(pe, 0x2D40), part, sizeof(part));
    memcpy(pe_data(pe, 0x2D44), chained, sizeof(chained));
    memcpy(pe_data(pe, 0x2C00), &debug, sizeof(debug));
    memcpy(pe_data(pe, 0x2C20), "RSDS", 4);
    strcpy(pe_data(pe, 0x2C20 + 24), "c:\\out\\d.pdb");
    pe->dirs[PE_DIR_DEBUG] = (struct pe_dir){0x2C00, sizeof(debug)};
    /* add rsp, 40; pop rbx; ret */
    memcpy(pe->file + 0x43A, "\x48\x83\xC4\x28\x5B\xC3", 6);
}
