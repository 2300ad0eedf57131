/* Makes small PE images in memory. */
#ifndef TEST_PE_BUILD_H
#define TEST_PE_BUILD_H

#include "image/pe.h"

#include <stddef.h>

#define PE_BYTES 0x3000

/* A correct driver of two sections: .text at RVA 0x1000 (raw 0x400), .data at 0x2000 (raw 0x1400), no imports, one relocation. The
 * checksum is 0. file: PE_BYTES. */
struct pe_built {
    unsigned char file[PE_BYTES];
    size_t bytes;
    struct pe_file_header *header;
    struct pe_optional *optional;
    struct pe_dir *dirs;
    struct pe_section *sections;
};

void pe_build(struct pe_built *pe);
/* `bytes` at an RVA of .data, in the file. */
void *pe_data(struct pe_built *pe, unsigned rva);
/* Import descriptor number `index` at 0x2100 + 20 * index: module with up to 8 names (NULL-terminated list), tables at 0x2200 + .... */
void pe_import(struct pe_built *pe, unsigned index, const char *module, const char *const *names);
/* An export directory at 0x2800: Alpha at 0x1000, Fwd -> ntoskrnl.KeSetEvent, Loop -> exp.Loop; ordinals from 5. */
void pe_exports(struct pe_built *pe);
/* One image with every table: imports by name and ordinal, exports, functions with unwind codes and a chained part, a load configuration
 * with a cookie, a CodeView record. */
void pe_build_full(struct pe_built *pe);

#endif
