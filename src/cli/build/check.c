/* After every build: is the image what a driver must be (BLD-034)? The first failure fails the build, with its row. The
 * image is read with the loader's own reader, so what builds here also loads here, as far as no code runs. */
#include "cli/build/build.h"
#include "cli/cli.h"
#include "image/image.h"
#include "wskit/ddi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pe {
    const uint8_t *data;
    size_t bytes;
    uint32_t optional, sections, count;
};

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int failed(const char *row, const char *path, const char *what)
{
    cli_error("build", "self check %s: %s: %s", row, path, what);
    return CLI_FINDINGS;
}

/* ---- imports: every name must be in the table; another driver's are its own affair ---- */

static bool find_module(void *ctx, const char *module)
{
    (void)ctx;
    (void)module;
    return true;
}

static void *find_symbol(void *ctx, const char *module, const char *name, unsigned ordinal)
{
    static char there;
    bool known_module = false;
    struct wskit_ddi d;

    (void)ctx;
    (void)ordinal;
    for (size_t i = 0; wskit_ddi_at(i, &d); i++) {
        if (!d.module || strcasecmp(d.module, module) != 0)
            continue;
        known_module = true;
        if (name && strcmp(d.name, name) == 0)
            return &there;
    }
    return known_module ? NULL : &there;
}

/* ---- headers ---- */

static const uint8_t *section_at(const struct pe *pe, uint32_t i)
{
    return pe->data + pe->sections + 40 * (size_t)i;
}

static const uint8_t *at_rva(const struct pe *pe, uint32_t rva, uint32_t bytes)
{
    for (uint32_t i = 0; i < pe->count; i++) {
        const uint8_t *s = section_at(pe, i);
        uint32_t start = get32(s + 12), raw = get32(s + 16), offset = get32(s + 20);

        if (rva >= start && rva - start + bytes <= raw && (size_t)offset + (rva - start) + bytes <= pe->bytes)
            return pe->data + offset + (rva - start);
    }
    return NULL;
}

static int check_headers(const struct pe *pe, const char *path)
{
    const uint8_t *o = pe->data + pe->optional;
    uint32_t iat = get32(o + 112 + 12 * 8), characteristics = (uint32_t)o[70] | (uint32_t)o[71] << 8;
    uint32_t symbols = get32(pe->data + pe->optional - 20 + 8);

    if (!get32(o + 64))
        return failed("BLD-024", path, "it has no checksum");
    if ((characteristics & 0x4160) != 0x4160)
        return failed("BLD-023", path, "DllCharacteristics lacks one of HIGH_ENTROPY_VA, DYNAMIC_BASE, NX_COMPAT, GUARD_CF");
    if (symbols)
        return failed("BLD-029", path, "a COFF symbol table is left in the image");
    if (get32(o + 32) % 0x1000)
        return failed("BLD-030", path, "0x2004: the section alignment is no multiple of a page");
    for (uint32_t i = 0; i < pe->count; i++) {
        const uint8_t *s = section_at(pe, i);
        uint32_t flags = get32(s + 36), start = get32(s + 12), size = get32(s + 8);
        char name[9] = {0}, text[128];

        memcpy(name, s, 8);
        if ((flags & 0x20000000) && (flags & 0x80000000u)) {
            snprintf(text, sizeof(text), "0x2003: section %s is writable and executable", name);
            return failed("BLD-030", path, text);
        }
        if (iat && iat >= start && iat - start < size && (flags & 0x20000000)) {
            snprintf(text, sizeof(text), "0x2005: the import address table lies in the executable section %s", name);
            return failed("BLD-030", path, text);
        }
        if (strncmp(name, ".debug", 6) == 0 || name[0] == '/')
            return failed("BLD-029", path, "debug sections are left in the image");
    }
    return 0;
}

/* ---- the PDB belongs to this image: same GUID and age (BLD-028) ---- */

/* Stream 1 of an MSF file begins with version, signature, age, GUID. NULL when the file is none. */
static const uint8_t *pdb_info(const uint8_t *pdb, size_t bytes)
{
    uint32_t block, map, directory, streams, first, size0;

    if (bytes < 56 || memcmp(pdb, "Microsoft C/C++ MSF 7.00\r\n\x1a" "DS", 29) != 0)
        return NULL;
    block = get32(pdb + 32);
    map = get32(pdb + 52);
    if (!block || ((uint64_t)map + 1) * block > bytes)
        return NULL;
    directory = get32(pdb + (size_t)map * block);
    if (((uint64_t)directory + 1) * block > bytes || block < 64)
        return NULL;
    streams = get32(pdb + (size_t)directory * block);
    size0 = get32(pdb + (size_t)directory * block + 4);
    if (size0 == UINT32_MAX)
        size0 = 0;
    first = 4 + 4 * streams + 4 * ((size0 + block - 1) / block); /* stream 0's blocks come first */
    if (streams < 2 || first + 4 > block)
        return NULL;
    first = get32(pdb + (size_t)directory * block + first);
    return ((uint64_t)first + 1) * block <= bytes ? pdb + (size_t)first * block : NULL;
}

static int check_pdb(const struct pe *pe, const char *path, const char *pdb_path)
{
    const uint8_t *o = pe->data + pe->optional;
    uint32_t rva = get32(o + 112 + 6 * 8), size = get32(o + 112 + 6 * 8 + 4);
    const uint8_t *info, *record = NULL;
    size_t bytes;
    uint8_t *pdb;
    int rc = 0;

    for (uint32_t i = 0; i + 28 <= size && !record; i += 28) {
        const uint8_t *d = at_rva(pe, rva + i, 28);

        if (d && get32(d + 12) == 2)
            record = at_rva(pe, get32(d + 20), 24);
    }
    if (!record || memcmp(record, "RSDS", 4) != 0)
        return failed("BLD-028", path, "no PDB is named in it");
    pdb = build_read_file(pdb_path, &bytes);
    info = pdb ? pdb_info(pdb, bytes) : NULL;
    if (!info)
        rc = failed("BLD-028", pdb_path, "not a PDB");
    else if (memcmp(info + 12, record + 4, 16) != 0)
        rc = failed("BLD-028", pdb_path, "its GUID is not the one in the image");
    free(pdb);
    return rc;
}

int build_self_check(struct build_plan *plan)
{
    struct img_resolver resolver = {.module = find_module, .symbol = find_symbol};
    static struct img_error error;
    char pdb_name[260] = "", pdb_path[1100];
    size_t n = strlen(plan->output);
    struct pe pe = {0};
    uint8_t *data;
    int rc;

    if (img_dry_load(plan->output, &resolver, pdb_name, &error) != 0)
        return failed("BLD-034", plan->output, error.text);
    if (strpbrk(pdb_name, "/\\"))
        return failed("BLD-018", plan->output, "the path of its PDB names a folder of this machine");
    data = build_read_file(plan->output, &pe.bytes);
    if (!data)
        return failed("BLD-034", plan->output, "it cannot be read");
    pe.data = data;
    pe.optional = get32(data + 0x3c) + 24;
    pe.count = data[pe.optional - 18] | (uint32_t)data[pe.optional - 17] << 8;
    pe.sections = pe.optional + (data[pe.optional - 4] | (uint32_t)data[pe.optional - 3] << 8);
    snprintf(pdb_path, sizeof(pdb_path), "%.*s.pdb", (int)(n > 4 && strcasecmp(plan->output + n - 4, ".sys") == 0 ? n - 4 : n), plan->output);
    rc = check_headers(&pe, plan->output);
    if (rc == 0)
        rc = check_pdb(&pe, plan->output, pdb_path);
    free(data);
    return rc;
}
