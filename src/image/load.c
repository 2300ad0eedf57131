/* Loading a driver image, from file to memory that may be executed: check, map, relocate, cookie, bind, protect, publish.
 *
 * Called by the I/O manager on a system thread at PASSIVE_LEVEL, one load at a time (it holds its load lock; img_bind may
 * come back here for an export driver). An image is on the list (list.c) only when everything has succeeded, so a reader never
 * sees half of one. Nothing in the file is trusted: check.c vouches for headers and sections, everything else goes through img_at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "host/host.h"
#include "image/image_private.h"
#include "memory/mem.h"

#define REFUSE(...) img_fail(error, (uint32_t)IMG_STATUS_INVALID_FORMAT, __VA_ARGS__)
#define LOADING_MAX 16


static struct img_image *loading[LOADING_MAX]; /* the chain of importers; the load lock guards it */
static unsigned loading_count;

bool img_is_loading(const char *name)
{
    for (unsigned i = 0; i < loading_count; i++)
        if (img_same_name(loading[i]->name, name))
            return true;
    return false;
}

static void copy_file(struct img_image *image, const struct img_headers *h, const uint8_t *file)
{
    memcpy(image->base, file, h->optional.header_bytes);
    for (unsigned i = 0; i < h->file.sections; i++) {
        const struct pe_section *s = &h->sections[i];
        uint32_t mapped = image->sections[i].bytes;

        /* EXE-003: raw data behind the section's last page is not mapped; what is missing reads as zero */
        mapped = (mapped + 0xFFFu) & ~0xFFFu;
        memcpy(image->base + s->rva, file + s->raw_offset, s->raw_bytes < mapped ? s->raw_bytes : mapped);
    }
}

/* EXE-018: the unwinder's binary search needs the table sorted and inside the image. */
static int register_functions(struct img_image *image, const struct img_headers *h, struct img_error *error)
{
    const struct pe_dir *dir = &h->dirs[PE_DIR_EXCEPTION];
    const struct img_function *table = dir->bytes ? img_at(image, dir->rva, dir->bytes) : NULL;
    uint32_t count = table ? dir->bytes / (uint32_t)sizeof(*table) : 0;

    if (dir->rva & 3)
        return REFUSE("%s: .pdata is not aligned", image->name);
    for (uint32_t i = 0; i < count; i++) {
        if (table[i].begin >= table[i].end || table[i].end > image->bytes || table[i].unwind >= image->bytes)
            return REFUSE("%s: .pdata entry %u (0x%X..0x%X) is not inside the image", image->name, i, table[i].begin, table[i].end);
        if (i && table[i].begin < table[i - 1].end)
            return REFUSE("%s: .pdata is not sorted at entry %u", image->name, i);
    }
    image->functions = table;
    image->function_count = count;
    return 0;
}

/* EXE-023: the path of the PDB, for stack traces. A bad record is only a missing name. */
static void read_debug(struct img_image *image, const struct img_headers *h)
{
    const struct pe_dir *dir = &h->dirs[PE_DIR_DEBUG];

    for (uint32_t i = 0; i < dir->bytes / sizeof(struct pe_debug); i++) {
        const void *from = img_at(image, dir->rva + i * (uint32_t)sizeof(struct pe_debug), sizeof(struct pe_debug));
        const char *record;
        struct pe_debug d;

        if (!from)
            return;
        memcpy(&d, from, sizeof(d));
        record = d.type == 2 && d.bytes > 24 && d.bytes < 4096 ? img_at(image, d.rva, d.bytes) : NULL;
        if (record && !memcmp(record, "RSDS", 4))
            snprintf(image->pdb_path, sizeof(image->pdb_path), "%.*s", (int)(d.bytes - 24), record + 24);
    }
}

static enum mem_prot prot_of(const struct img_section *s)
{
    if (s->execute)
        return s->write ? MEM_RWX : MEM_RX;
    return s->write ? MEM_RW : s->read ? MEM_R : MEM_NONE;
}

void img_section_present(struct img_image *image, const struct img_section *s, bool present)
{
    mem_protect(image->base + s->rva, (s->bytes + 0xFFFu) >> 12, present ? prot_of(s) : MEM_NONE);
}

static int protect(struct img_image *image, const struct img_headers *h)
{
    const struct pe_dir *iat = &h->dirs[PE_DIR_IAT];
    uint32_t header_pages = (h->optional.header_bytes + 0xFFFu) >> 12, next = header_pages << 12, first, last;
    int err = mem_protect(image->base, header_pages, MEM_R);

    for (unsigned i = 0; i < image->section_count && !err; i++) {
        const struct img_section *s = &image->sections[i];

        if (s->rva > next) /* EXE-003: gaps are not accessible */
            err = mem_protect(image->base + next, (s->rva - next) >> 12, MEM_NONE);
        next = (s->rva + s->bytes + 0xFFFu) & ~0xFFFu;
        if (!err && next > s->rva)
            err = mem_protect(image->base + s->rva, (next - s->rva) >> 12, prot_of(s));
        if (s->write && s->execute)
            img_note(image, "%s: section %s is writable and executable; memory integrity would refuse it", image->name, s->name);
    }
    if (!err && next < image->bytes)
        err = mem_protect(image->base + next, (image->bytes - next) >> 12, MEM_NONE);
    /* EXE-012: also where the IAT lies in writable data, as far as it fills pages */
    first = (iat->rva + 0xFFFu) >> 12;
    last = (iat->rva + iat->bytes) >> 12;
    if (!err && iat->bytes && last > first && last <= image->bytes >> 12) {
        const struct img_section *s = img_section_of(image, (uint64_t)(uintptr_t)image->base + ((uint64_t)first << 12));

        if (s && s->write && !s->execute)
            err = mem_protect(image->base + ((size_t)first << 12), last - first, MEM_R);
    }
    return err;
}

static void drop_imports(struct img_image *image)
{
    for (uint32_t i = 0; i < image->import_count; i++)
        image->imports[i]->refs--;
    image->import_count = 0;
}

static int fill(struct img_image *image, const struct img_headers *h, const void *data, struct img_error *error)
{
    int err;

    copy_file(image, h, data);
    image->export_dir_rva = h->dirs[PE_DIR_EXPORT].rva;
    image->export_dir_bytes = h->dirs[PE_DIR_EXPORT].bytes;
    if ((err = img_relocate(image, h, error)) || (err = img_set_cookie(image, h, error)) || (err = register_functions(image, h, error)))
        return err;
    read_debug(image, h);
    if (loading_count == LOADING_MAX)
        return REFUSE("%s: more than %u drivers import from each other in a row", image->name, LOADING_MAX);
    loading[loading_count++] = image;
    err = img_bind(image, h, error);
    loading_count--;
    if (!err) {
        img_redirect_shared_page(image);
        img_patch(image);
    }
    return err;
}

/* EXE-006: in the system range, never at the preferred base, one behind the other, so that a re-load gets a new base. With 2 GiB of the
 * window on both sides where there is so much: what a jump reaches (patch.c). Below 4 GiB, because the pool keeps its callers in 32 bits. */
static uint8_t *place(struct img_image *image)
{
    static const uint64_t reach = (UINT64_C(2) << 30) >> 12;
    static uint64_t next = MEM_PFN_FIRST + reach;
    uint64_t pages = image->bytes >> 12, end = MEM_PFN_FIRST + mem_pages_total(), far = MEM_PFN_FIRST + 2 * reach;
    uint8_t *base = NULL;

    if (next + pages + reach > end || next + pages > far)
        next = MEM_PFN_FIRST + reach;
    if (next + pages + reach <= end)
        base = mem_alloc_within(pages, MEM_IMAGE, image, next, end - reach, 0);
    if (base)
        next = mem_pfn(base) + pages;
    return base ? base : mem_alloc(pages, MEM_IMAGE, image);
}

int img_load_bytes(const char *name, const void *data, size_t bytes, const struct img_resolver *resolver, struct img_image **out,
                   struct img_error *error)
{
    struct img_headers *h = malloc(sizeof(*h));
    struct img_image *image = calloc(1, sizeof(*image));
    int err = h && image ? img_check(name, data, bytes, h, image, error)
                         : img_fail(error, (uint32_t)IMG_STATUS_NO_MEMORY, "%s: out of memory", name);

    if (err)
        goto out;
    image->resolver = *resolver;
    image->base = place(image);
    if (!image->base) {
        err = img_fail(error, (uint32_t)IMG_STATUS_NO_MEMORY, "%s: no memory for an image of %zu bytes", name, image->bytes);
        goto out;
    }
    err = fill(image, h, data, error);
    if (!err && (protect(image, h) || img_patch_protect(image)))
        err = img_fail(error, (uint32_t)IMG_STATUS_NO_MEMORY, "%s: its pages cannot be protected", name);
    if (err) {
        drop_imports(image);
        img_patch_free(image);
        free(image->flag_places);
        mem_free(image->base, image->bytes >> 12);
        goto out;
    }
    img_list_add(image);
    *out = image;
    image = NULL;
out:
    free(image);
    free(h);
    return err;
}

int img_load(const char *path, const struct img_resolver *resolver, struct img_image **out, struct img_error *error)
{
    void *data = NULL;
    size_t bytes = 0;
    int err = host.read_file(path, &data, &bytes);

    if (err) {
        img_fail(error, (uint32_t)IMG_STATUS_NAME_NOT_FOUND, "%s cannot be read: %s", path, wk_err_text(err));
        return err;
    }
    err = img_load_bytes(path, data, bytes, resolver, out, error);
    host.release(data);
    return err;
}

int img_dry_load(const char *path, const struct img_resolver *resolver, char pdb_path[260], struct img_error *error)
{
    struct img_headers *h = malloc(sizeof(*h));
    struct img_image *image = calloc(1, sizeof(*image));
    void *data = NULL;
    size_t bytes = 0;
    int err = host.read_file(path, &data, &bytes);

    if (err)
        img_fail(error, (uint32_t)IMG_STATUS_NAME_NOT_FOUND, "%s cannot be read: %s", path, wk_err_text(err));
    else if (!h || !image)
        err = img_fail(error, (uint32_t)IMG_STATUS_NO_MEMORY, "%s: out of memory", path);
    else
        err = img_check(path, data, bytes, h, image, error);
    if (!err) {
        image->resolver = *resolver;
        image->base = aligned_alloc(4096, image->bytes);
        if (image->base)
            memset(image->base, 0, image->bytes);
        err = image->base ? fill(image, h, data, error) : img_fail(error, (uint32_t)IMG_STATUS_NO_MEMORY, "%s: out of memory", path);
        memcpy(pdb_path, image->pdb_path, sizeof(image->pdb_path));
        free(image->base);
    }
    if (data)
        host.release(data);
    free(image);
    free(h);
    return err;
}

void img_discard_init(struct img_image *image)
{
    /* first, so that a fault by another processor finds the reason */
    __atomic_store_n(&image->init_discarded, true, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < image->section_count; i++) {
        const struct img_section *s = &image->sections[i];

        if (s->discardable && (!strncmp(s->name, "INIT", 4) || !strcmp(s->name, ".reloc")))
            mem_protect(image->base + s->rva, (s->bytes + 0xFFFu) >> 12, MEM_NONE);
    }
}

void img_unload(struct img_image *image)
{
    __atomic_store_n(&image->unloaded, true, __ATOMIC_RELEASE);
    drop_imports(image);
    img_patch_free(image);
    mem_free(image->base, image->bytes >> 12);
}

unsigned img_audit(const struct img_image *image, char *text, size_t bytes)
{
    unsigned count = 0;
    size_t used = 0;

#define SAY(...)                                                                                                       \
    do {                                                                                                               \
        int wrote_ = snprintf(text + used, bytes - used, __VA_ARGS__);                                                 \
        used += wrote_ > 0 && (size_t)wrote_ < bytes - used ? (size_t)wrote_ : 0;                                      \
        count++;                                                                                                       \
    } while (0)
    if (bytes)
        text[0] = 0;
    for (unsigned i = 0; i < image->section_count; i++) {
        const struct img_section *s = &image->sections[i];

        if (s->write && s->execute)
            SAY("section %s is writable and executable%s\n", s->name, s->pageable ? " and pageable" : "");
    }
    if (!image->nx_compat)
        SAY("NX_COMPAT is not set: link with /NXCOMPAT\n");
#undef SAY
    return count;
}
