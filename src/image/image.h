/* PE images: check, map, relocate, bind, find again by address. Plain C types; no NT header, so that `wskit build`, lint
 * and the fuzzer use the same reader. */
#ifndef WK_IMAGE_H
#define WK_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One sentence that says what is wrong, where, and what to do; and NT's status for it (EXE-780..782). */
struct img_error {
    uint32_t status;
    char text[4096];
};

/* Where imports come from. The machine gives the system modules' tables and the loaded drivers' exports. */
struct img_resolver {
    /* Is there such a module (case-insensitive)? */
    bool (*module)(void *ctx, const char *module);
    /* The address of an export, by name or (name NULL) by ordinal; NULL when there is none. is_data: what the table says. */
    void *(*symbol)(void *ctx, const char *module, const char *name, unsigned ordinal);
    /* A module that is imported but neither known nor loaded: load it (export driver, EXE-013), or return false. Fills error
     * only when the file is there and cannot be loaded. */
    bool (*load)(void *ctx, const char *module, struct img_error *error);
    void *ctx;
};

#define IMG_SECTIONS_MAX 96
#define IMG_IMPORTS_MAX  32

struct img_section {
    char name[9];
    uint32_t rva, bytes;
    bool read, write, execute, discardable, pageable; /* pageable: the name begins PAGE */
    bool away;      /* pageable, and its pages are taken away for now (src/nt/mm/pageable.c) */
    uint32_t locks; /* of drivers that want it to stay */
};

/* Code that stands for instructions of the image (patch.c). */
#define IMG_PATCH_PAGES 48
struct img_patch_page {
    uint8_t *base;
    uint32_t used;
};

struct img_image {
    char path[512];
    char name[64];          /* echosrv.sys */
    uint8_t *base;
    size_t bytes;
    uint32_t entry_rva;
    uint32_t checksum, timestamp;
    uint64_t preferred_base;
    uint32_t section_count;
    struct img_section sections[IMG_SECTIONS_MAX];
    const void *functions;  /* RUNTIME_FUNCTION[], sorted */
    uint32_t function_count;
    uint32_t export_dir_rva, export_dir_bytes;
    bool force_integrity, nx_compat, is_signed, unloaded, init_discarded;
    uint32_t refs;          /* importers */
    struct img_image *imports[IMG_IMPORTS_MAX]; /* loaded drivers that this one imports from; it holds a reference on each (EXE-014) */
    uint32_t import_count;
    struct img_resolver resolver;
    char pdb_path[260];     /* from the CodeView record, "" when there is none (EXE-023) */
    char notes[512];        /* what was odd but is no reason to refuse, one line each; "" when nothing */
    struct img_patch_page patches[IMG_PATCH_PAGES];
    uint32_t patch_count;
    uint32_t *flag_places;  /* RVAs where a break point stands for pushf or popf, with the opcode in the top bit: 0 pushf, 1 popf */
    uint32_t flag_count;
    bool changes_interrupts;
    void *user;             /* the NT side's driver record */
    struct img_image *next;
};

/* Loads the file, maps it into machine memory (mem.h), relocates, binds and protects it. All missing imports are named at once. Returns 0
 * and *out, or a negative wk_err and *error. Blocks on file reading. */
int img_load(const char *path, const struct img_resolver *resolver, struct img_image **out, struct img_error *error);
/* Loads one after the other only (the I/O manager's lock). The same from bytes already read; the fuzzer's entry. name: for messages. */
int img_load_bytes(const char *name, const void *data, size_t bytes, const struct img_resolver *resolver, struct img_image **out,
                   struct img_error *error);
/* Everything of a load but machine memory and protection: for `wskit build` and lint, in a process that has no machine. *pdb_path: as in
 * img_image. 0 or a negative wk_err with *error. */
int img_dry_load(const char *path, const struct img_resolver *resolver, char pdb_path[260], struct img_error *error);
void img_discard_init(struct img_image *image); /* EXE-015 */
/* A section's pages become inaccessible, or as the file has them again. Async-signal-safe. */
void img_section_present(struct img_image *image, const struct img_section *section, bool present);
/* Pages go; the record stays on the list as `unloaded`, so that a late call into it is named (EXE-033). */
void img_unload(struct img_image *image);

/* How CR8 is read and written without a trap (EXE-055): where the level is (in what the pointer at
 * pcr_fs_offset of the thread's own storage points to), and a routine with the value at its stack pointer and its
 * return address above that; it keeps all registers and drops the value. Before the first load; without it CR8 always traps. */
struct img_cr8 {
    int32_t pcr_fs_offset;
    uint8_t irql_offset; /* at most 127 */
    const void *write;
};
void img_set_cr8(const struct img_cr8 *how);
/* Where code that has an address of the page 0xFFFFF78000000000 as a constant finds it instead (EXE-056); 0: nowhere. */
void img_set_shared_page(uint64_t view);
/* 0x9C pushf, 0x9D popf: what a break point at pc stands for (EXE-060); 0: it is the driver's own. Async-signal-safe. */
uint8_t img_flags_instruction(const struct img_image *image, uint64_t pc);
/* The instruction that code of ours at pc stands for; 0: pc is no such code. Async-signal-safe. */
uint64_t img_patch_origin(uint64_t pc);

/* By code or data address; also unloaded images. Async-signal-safe, lock-free. NULL when none. */
struct img_image *img_find(uint64_t address);
const struct img_section *img_section_of(const struct img_image *image, uint64_t address);
struct img_image *img_first(void);
/* A loaded image by its file name, without case; NULL when there is none. */
struct img_image *img_by_name(const char *name);
/* What Windows' memory integrity (HVCI) would refuse, one line each (EXE-025). Returns how many. */
unsigned img_audit(const struct img_image *image, char *text, size_t bytes);
/* Export by name or ordinal, forwarders followed through the resolver given at load. NULL when there is none. */
void *img_export(const struct img_image *image, const char *name, unsigned ordinal);

struct img_function {
    uint32_t begin, end, unwind; /* RVAs */
};
/* The .pdata entry that covers pc, NULL for a leaf or outside all images. Async-signal-safe. */
const struct img_function *img_lookup_function(uint64_t pc, uint64_t *image_base);

/* "echosrv!OnReceive+0x12 (server.c:88)" into text, for people; runs llvm-symbolizer: not for the data path. Falls back to
 * exports and "echosrv+0x1234". Addresses of the host resolve through dladdr. */
void img_symbolize(uint64_t address, char *text, size_t bytes);
/* The same for up to 64 addresses, with one run of the symbolizer per image. */
#define IMG_SYMBOL_BYTES 400
void img_symbolize_all(const uint64_t *addresses, unsigned count, char (*texts)[IMG_SYMBOL_BYTES]);

#endif
