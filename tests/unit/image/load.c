/* The image loader: one correct image, then that image with one thing wrong at a time, and the message for it (EXE-001 .. EXE-025,
 * EXE-780 .. EXE-782). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "image/image.h"
#include "pe_build.h"

static bool known_module(void *ctx, const char *module)
{
    return !strcasecmp(module, "ntoskrnl.exe");
}

static char ke_set_event, by_ordinal;

static void *known_symbol(void *ctx, const char *module, const char *name, unsigned ordinal)
{
    if (!name)
        return ordinal == 7 ? &by_ordinal : NULL;
    return !strcmp(name, "KeSetEvent") ? &ke_set_event : NULL;
}

static const struct img_resolver resolver = {known_module, known_symbol, NULL, NULL};
static struct img_error error;

static struct img_image *load_as(const char *name, const struct pe_built *pe)
{
    struct img_image *image = NULL;
    unsigned char *file = malloc(pe->bytes); /* exactly as long as the file, for the sanitizer */

    memcpy(file, pe->file, pe->bytes);
    memset(&error, 0, sizeof(error));
    if (img_load_bytes(name, file, pe->bytes, &resolver, &image, &error))
        assert_null(image);
    free(file);
    return image;
}

static void refused(const struct pe_built *pe, uint32_t status, const char *says)
{
    struct img_image *image = load_as("dir/bad.sys", pe);

    assert_null(image);
    if (error.status != status || !strstr(error.text, says))
        fail_msg("status %08X, text \"%s\"; expected %08X, \"%s\"", error.status, error.text, status, says);
}

#define BAD(change, says)                                                                                              \
    do {                                                                                                               \
        struct pe_built pe;                                                                                            \
        pe_build(&pe);                                                                                                 \
        change;                                                                                                        \
        refused(&pe, 0xC000007B, says);                                                                                \
    } while (0)

static void EXE_003_005_loads_and_relocates(void **state)
{
    struct img_image *image;
    struct pe_built pe;
    uint64_t va;

    pe_build(&pe);
    image = load_as("dir/good.sys", &pe);
    assert_non_null(image);
    assert_string_equal(image->name, "good.sys");
    assert_int_equal(image->bytes, 0x3000);
    assert_int_equal(image->base[0x1000], 0xC3);
    memcpy(&va, image->base + 0x2000, 8);
    assert_int_equal(va, (uintptr_t)image->base + 0x1000);
    assert_ptr_equal(img_find((uintptr_t)image->base + 0x2FFF), image);
    assert_string_equal(img_section_of(image, (uintptr_t)image->base + 0x1004)->name, ".text");
    assert_ptr_equal(img_by_name("GOOD.SYS"), image);
    assert_non_null(strstr(image->notes, "no checksum"));
    img_unload(image);
    assert_null(img_by_name("good.sys"));
}

static void EXE_780_not_an_image(void **state)
{
    struct pe_built pe = {.bytes = 30, .file = "#!/bin/sh\necho not a driver\n\n\n"};

    refused(&pe, 0xC000007B, "is a text file");
    pe.bytes = 0;
    refused(&pe, 0xC000007B, "is empty");
    memcpy(pe.file, "\177ELF\2\1\1", 8);
    pe.bytes = 64;
    refused(&pe, 0xC000007B, "Linux (ELF)");
    BAD(pe.bytes = 2, "truncated");
    BAD(pe.bytes = 0x82, "e_lfanew");
    BAD(pe.bytes = 0x100, "SizeOfOptionalHeader");
    BAD(pe.bytes = 0x190, "section table");
    BAD(pe.bytes = 0x2000, "truncated: section .data");
}

static void EXE_001_wrong_machine(void **state)
{
    BAD(pe.header->machine = PE_MACHINE_X86, "32-bit (x86)");
    BAD(pe.header->machine = PE_MACHINE_ARM64, "ARM64");
    BAD(pe.header->machine = 0x200, "machine 0x0200");
}

static void EXE_001_header_fields(void **state)
{
    BAD(pe.file[0x80] = 'N', "no PE signature");
    BAD(memset(pe.file + 60, 0xFF, 4), "e_lfanew");
    BAD(pe.optional->magic = 0x10B, "PE32+");
    BAD(pe.header->characteristics = 0, "EXECUTABLE_IMAGE");
    BAD(pe.header->sections = 0, "0 sections");
    BAD(pe.header->sections = 97, "97 sections");
    BAD(pe.header->optional_bytes = 8, "SizeOfOptionalHeader");
    BAD(pe.optional->section_align = 0x1800, "powers of two");
    BAD(pe.optional->section_align = 0x100, "powers of two");
    BAD(pe.optional->section_align = 0x200, "less than a page");
    BAD(pe.optional->image_bytes = 0, "SizeOfImage");
    BAD(pe.optional->header_bytes = 0x2800, "SizeOfHeaders");
    BAD(pe.header->optional_bytes = sizeof(struct pe_optional) + 8, "data directories do not fit");
}

static void EXE_001_sections(void **state)
{
    BAD(pe.sections[1].rva = 0x1000, "overlaps");
    BAD(pe.sections[1].rva = 0x2800, "multiple of SectionAlignment");
    BAD(pe.sections[1].virtual_bytes = 0xFFFFFFFF, "behind SizeOfImage");
    BAD(pe.sections[1].raw_offset = 0xFFFFFE00, "truncated");
    BAD(pe.sections[0].rva = 0, "overlaps");
    BAD(pe.optional->entry = 0x2000, "not executable");
    BAD(pe.optional->entry = 0x3000, "in no section");
}

static void EXE_002_subsystem_and_checksum(void **state)
{
    struct pe_built pe;

    BAD(pe.optional->subsystem = 3, "/SUBSYSTEM:NATIVE");
    pe_build(&pe);
    pe.optional->checksum = 0x1234;
    refused(&pe, 0xC0000221, "checksum");
}

static void EXE_005_relocations(void **state)
{
    BAD(((unsigned *)pe_data(&pe, 0x2010))[2] = 0x3000, "relocation type 3");
    BAD(((unsigned *)pe_data(&pe, 0x2010))[0] = 0x2FFC, "relocation at RVA 0x2FFC");
    BAD(((unsigned *)pe_data(&pe, 0x2010))[0] = 0xFFFFFFF0, "relocation at RVA");
    BAD(((unsigned *)pe_data(&pe, 0x2010))[1] = 7, "says it has 7 bytes");
    BAD(((unsigned *)pe_data(&pe, 0x2010))[1] = 11, "says it has 11 bytes");
    BAD(((unsigned *)pe_data(&pe, 0x2010))[1] = 0, "says it has 0 bytes");
    BAD(pe.header->characteristics |= PE_FILE_RELOCS_STRIPPED, "RELOCS_STRIPPED");
    BAD((pe.dirs[PE_DIR_RELOC].bytes = 0, pe.optional->dll_characteristics = 0), "DYNAMIC_BASE");
    BAD(pe.dirs[PE_DIR_RELOC].rva = 0x2FFC, "data directory 5");
}

static void EXE_008_010_imports_bind(void **state)
{
    static const char *const names[] = {"KeSetEvent", "#7", NULL};
    struct img_image *image;
    struct pe_built pe;
    void *slots[2];

    pe_build(&pe);
    pe_import(&pe, 0, "NTOSKRNL.exe", names);
    image = load_as("good.sys", &pe);
    if (!image)
        fail_msg("%s", error.text);
    memcpy(slots, image->base + 0x2250, sizeof(slots));
    assert_ptr_equal(slots[0], &ke_set_event);
    assert_ptr_equal(slots[1], &by_ordinal);
    img_unload(image);
}

static void EXE_009_782_missing_imports_all_at_once(void **state)
{
    static const char *const names[] = {"KeFoo", "KeSetEvent", "KeBar", NULL}, *const other[] = {"Baz", NULL}, *const ordinal[] = {"#3", NULL};
    struct pe_built pe;

    pe_build(&pe);
    pe_import(&pe, 0, "ntoskrnl.exe", names);
    pe_import(&pe, 1, "other.sys", other);
    refused(&pe, 0xC0000263, "imports 3 functions");
    assert_non_null(strstr(error.text, "\n  ntoskrnl.exe: KeFoo, KeBar\n  other.sys: Baz\n"));
    assert_non_null(strstr(error.text, "docs/howto/add-a-ddi.md"));
    pe_build(&pe);
    pe_import(&pe, 0, "other.sys", other);
    refused(&pe, 0xC0000034, "other.sys: Baz");
    pe_build(&pe);
    pe_import(&pe, 0, "ntoskrnl.exe", ordinal);
    refused(&pe, 0xC0000262, "ordinal 3");
}

static void EXE_009_broken_import_tables(void **state)
{
    static const char *const names[] = {"KeSetEvent", NULL};

    BAD((pe_import(&pe, 0, "ntoskrnl.exe", names), pe.dirs[PE_DIR_IMPORT].rva = 0x2FF0, pe.dirs[PE_DIR_IMPORT].bytes = 8), "no end");
    BAD((pe_import(&pe, 0, "ntoskrnl.exe", names), ((struct pe_import *)pe_data(&pe, 0x2100))->name = 0x3000), "no module name");
    BAD((pe_import(&pe, 0, "ntoskrnl.exe", names), ((struct pe_import *)pe_data(&pe, 0x2100))->iat = 0xFFFFFFFC), "runs out");
    BAD((pe_import(&pe, 0, "ntoskrnl.exe", names), *(uint64_t *)pe_data(&pe, 0x2200) = 0x7FFFFFFF), "has no name");
}

static void EXE_011_014_exports_and_forwarders(void **state)
{
    static const char *const names[] = {"Alpha", "#5", NULL};
    struct img_image *exporter, *importer;
    struct pe_built pe;
    void *slots[2];

    pe_build(&pe);
    pe_exports(&pe);
    exporter = load_as("exp.sys", &pe);
    assert_non_null(exporter);
    assert_ptr_equal(img_export(exporter, "Alpha", 0), exporter->base + 0x1000);
    assert_ptr_equal(img_export(exporter, NULL, 5), exporter->base + 0x1000);
    assert_null(img_export(exporter, NULL, 4));
    assert_null(img_export(exporter, NULL, 8));
    assert_null(img_export(exporter, "alpha", 0));
    assert_ptr_equal(img_export(exporter, "Fwd", 0), &ke_set_event);
    assert_null(img_export(exporter, "Loop", 0));

    pe_build(&pe);
    pe_import(&pe, 0, "EXP.SYS", names);
    importer = load_as("imp.sys", &pe);
    if (!importer)
        fail_msg("%s", error.text);
    memcpy(slots, importer->base + 0x2250, sizeof(slots));
    assert_ptr_equal(slots[0], exporter->base + 0x1000);
    assert_ptr_equal(slots[1], exporter->base + 0x1000);
    assert_int_equal(exporter->refs, 1);
    img_unload(importer);
    assert_int_equal(exporter->refs, 0);
    img_unload(exporter);
}

static void EXE_013_cycle(void **state)
{
    static const char *const names[] = {"X", NULL};

    BAD(pe_import(&pe, 0, "bad.sys", names), "import cycle");
}

static void EXE_018_functions(void **state)
{
    static const unsigned sorted[] = {0x1000, 0x1010, 0x2C00, 0x1010, 0x1020, 0x2C00}, unsorted[] = {0x1010, 0x1020, 0x2C00, 0x1000, 0x1010, 0x2C00};
    struct img_image *image;
    struct pe_built pe;
    uint64_t base;

    pe_build(&pe);
    memcpy(pe_data(&pe, 0x2B00), sorted, sizeof(sorted));
    pe.dirs[PE_DIR_EXCEPTION] = (struct pe_dir){0x2B00, sizeof(sorted)};
    image = load_as("good.sys", &pe);
    assert_non_null(image);
    assert_int_equal(img_lookup_function((uintptr_t)image->base + 0x101F, &base)->begin, 0x1010);
    assert_null(img_lookup_function((uintptr_t)image->base + 0x1020, &base));
    img_unload(image);
    memcpy(pe_data(&pe, 0x2B00), unsorted, sizeof(unsorted));
    refused(&pe, 0xC000007B, "not sorted");
}

static void EXE_019_cookie(void **state)
{
    struct img_image *image;
    struct pe_built pe;
    uint64_t value = PE_COOKIE_DEFAULT, va = 0x140002B00ull;
    unsigned size = 0x60;

    pe_build(&pe);
    memcpy(pe_data(&pe, 0x2B00), &value, 8);
    memcpy(pe_data(&pe, 0x2A00), &size, 4);
    va = 0x140002B00ull;
    memcpy(pe_data(&pe, 0x2A58), &va, 8);
    /* the pointer is relocated too: a second block */
    {
        unsigned blocks[6] = {0x2000, 12, 0x0000A000, 0x2000, 12, 0x0000AA58};

        memcpy(pe_data(&pe, 0x2010), blocks, sizeof(blocks));
        pe.dirs[PE_DIR_RELOC].bytes = sizeof(blocks);
    }
    pe.dirs[PE_DIR_LOAD_CONFIG] = (struct pe_dir){0x2A00, 0x60};
    image = load_as("good.sys", &pe);
    if (!image)
        fail_msg("%s", error.text);
    memcpy(&value, image->base + 0x2B00, 8);
    assert_int_equal(value, 0x00005A5A5A5A5A5Aull);
    img_unload(image);
    va = 0x240002B00ull;
    memcpy(pe_data(&pe, 0x2A58), &va, 8);
    refused(&pe, 0xC000007B, "security cookie");
}

static void EXE_012_022_024_directories(void **state)
{
    struct img_image *image;
    struct pe_built pe;

    BAD(pe.dirs[PE_DIR_TLS] = ((struct pe_dir){0x2000, 8}), "TLS directory");
    BAD(pe.dirs[PE_DIR_DELAY_IMPORT] = ((struct pe_dir){0x2000, 8}), "delay-loaded");
    BAD(pe.dirs[PE_DIR_SECURITY] = ((struct pe_dir){0x2400, 8}), "certificate table");
    pe_build(&pe);
    pe.dirs[PE_DIR_SECURITY] = (struct pe_dir){0x2300, 8};
    pe.optional->dll_characteristics |= PE_DLL_FORCE_INTEGRITY;
    image = load_as("good.sys", &pe);
    assert_true(image->is_signed);
    assert_true(image->force_integrity);
    img_unload(image);
}

static void EXE_025_audit(void **state)
{
    struct img_image *image;
    struct pe_built pe;
    char text[256];

    pe_build(&pe);
    pe.sections[0].flags |= PE_SCN_WRITE;
    pe.optional->dll_characteristics = 0x40;
    image = load_as("good.sys", &pe);
    assert_int_equal(img_audit(image, text, sizeof(text)), 2);
    assert_string_equal(text, "section .text is writable and executable\nNX_COMPAT is not set: link with /NXCOMPAT\n");
    assert_non_null(strstr(image->notes, "writable and executable"));
    img_unload(image);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(EXE_003_005_loads_and_relocates), cmocka_unit_test(EXE_780_not_an_image), cmocka_unit_test(EXE_001_wrong_machine),
        cmocka_unit_test(EXE_001_header_fields), cmocka_unit_test(EXE_001_sections), cmocka_unit_test(EXE_002_subsystem_and_checksum),
        cmocka_unit_test(EXE_005_relocations), cmocka_unit_test(EXE_008_010_imports_bind),
        cmocka_unit_test(EXE_009_782_missing_imports_all_at_once), cmocka_unit_test(EXE_009_broken_import_tables),
        cmocka_unit_test(EXE_011_014_exports_and_forwarders), cmocka_unit_test(EXE_013_cycle), cmocka_unit_test(EXE_018_functions),
        cmocka_unit_test(EXE_019_cookie), cmocka_unit_test(EXE_012_022_024_directories), cmocka_unit_test(EXE_025_audit),
    };

    return cmocka_run_group_tests_name("image/load", tests, NULL, NULL);
}
