/* Imports (EXE-007 .. EXE-014). A module is looked for among the system modules, then among the loaded drivers, then it is
 * loaded as an export driver. What is missing is collected and named all at once (EXE-009). */
#include <stdio.h>
#include <string.h>

#include "image/image_private.h"

#define REFUSE(...) img_fail(error, (uint32_t)IMG_STATUS_INVALID_FORMAT, __VA_ARGS__)
#define DESCRIPTORS_MAX 256
#define NAME_MAX_CHARS  512

struct missing {
    char text[3000];
    size_t used;
    unsigned functions, modules, not_shown;
    uint32_t status;
    const char *line_of; /* the module that the last line is about */
};

static void missing_add(struct missing *m, const char *module, const char *name, uint32_t status)
{
    char one[NAME_MAX_CHARS + 96];
    char head[96];
    int wrote = snprintf(one, sizeof(one), "%s%s", m->line_of == module ? ", " : "", name);
    int before = m->line_of == module ? 0 : snprintf(head, sizeof(head), "\n  %s: ", module);

    if (!m->status)
        m->status = status;
    if (m->used + (size_t)wrote + (size_t)before >= sizeof(m->text)) {
        m->not_shown++;
        return;
    }
    if (before) {
        memcpy(m->text + m->used, head, (size_t)before);
        m->used += (size_t)before;
        m->line_of = module;
    }
    memcpy(m->text + m->used, one, (size_t)wrote + 1);
    m->used += (size_t)wrote;
}

static int missing_report(const struct img_image *image, const struct missing *m, struct img_error *error)
{
    char more[48] = "", hint[200] = "";

    if (m->not_shown)
        snprintf(more, sizeof(more), "\n  ... and %u more", m->not_shown);
    if (m->modules)
        snprintf(hint, sizeof(hint), "A driver that exports functions must be loaded first or lie beside %s. ", image->name);
    return img_fail(error, m->status, "%s imports %u function%s that %s not there:%s%s\n%sTo add a function: docs/howto/add-a-ddi.md",
                    image->name, m->functions, m->functions == 1 ? "" : "s", m->functions == 1 ? "is" : "are", m->text, more, hint);
}

/* One reference per importer, however many descriptors name it (EXE-014). */
static bool hold(struct img_image *image, struct img_image *other)
{
    for (uint32_t i = 0; i < image->import_count; i++)
        if (image->imports[i] == other)
            return true;
    if (image->import_count == IMG_IMPORTS_MAX)
        return false;
    image->imports[image->import_count++] = other;
    other->refs++;
    return true;
}

/* Where `module` is: a system module (*other NULL), a loaded driver (*other), or nowhere (false). */
static int find_module(struct img_image *image, const char *module, struct img_image **other, bool *found, struct img_error *error)
{
    const struct img_resolver *r = &image->resolver;
    struct img_error inner = {0};

    *other = NULL;
    *found = true;
    if (r->module && r->module(r->ctx, module))
        return 0;
    if (img_same_name(module, image->name) || img_is_loading(module))
        return REFUSE("%s imports from %s, which is being loaded because of it: an import cycle", image->name, module);
    *other = img_by_name(module);
    if (!*other && r->load && r->load(r->ctx, module, &inner))
        *other = img_by_name(module);
    if (!*other && inner.text[0])
        return img_fail(error, inner.status, "%s needs %s, which cannot be loaded: %.3500s", image->name, module, inner.text);
    *found = *other != NULL;
    if (*other && !hold(image, *other))
        return REFUSE("%s imports from more than %u drivers", image->name, IMG_IMPORTS_MAX);
    return 0;
}

static int bind_module(struct img_image *image, const struct pe_import *d, const char *module, struct missing *missing,
                       struct img_error *error)
{
    uint32_t lookup = d->lookup ? d->lookup : d->iat;
    struct img_image *other;
    bool found;
    int err = find_module(image, module, &other, &found, error);

    if (err)
        return err;
    if (!found)
        missing->modules++;
    for (uint32_t i = 0;; i++) {
        uint64_t entry;
        const void *from = (uint64_t)lookup + 8ull * i < image->bytes ? img_at(image, lookup + 8 * i, 8) : NULL;
        void *slot = (uint64_t)d->iat + 8ull * i < image->bytes ? img_at(image, d->iat + 8 * i, 8) : NULL;
        const char *name = NULL;
        unsigned ordinal = 0;
        char shown[40];
        void *address;

        if (!from || !slot)
            return REFUSE("%s: the import table of %s runs out of the image", image->name, module);
        memcpy(&entry, from, 8);
        if (!entry)
            return 0;
        if (entry & PE_ORDINAL_FLAG) {
            ordinal = (unsigned)(entry & 0xFFFF);
        } else {
            name = entry < UINT32_MAX - 2 ? img_text(image, (uint32_t)entry + 2, NAME_MAX_CHARS) : NULL;
            if (!name || !*name)
                return REFUSE("%s: import %u of %s has no name inside the image", image->name, i, module);
        }
        address = !found ? NULL : other ? img_export(other, name, ordinal)
                                        : image->resolver.symbol(image->resolver.ctx, module, name, ordinal);
        if (!address) {
            snprintf(shown, sizeof(shown), "ordinal %u", ordinal);
            missing->functions++;
            missing_add(missing, module, name ? name : shown, (uint32_t)(!found ? IMG_STATUS_NAME_NOT_FOUND : name ? IMG_STATUS_ENTRYPOINT
                                                                                                        : IMG_STATUS_ORDINAL));
            continue;
        }
        entry = (uint64_t)(uintptr_t)address;
        memcpy(slot, &entry, 8);
    }
}

int img_bind(struct img_image *image, const struct img_headers *h, struct img_error *error)
{
    const struct pe_dir *dir = &h->dirs[PE_DIR_IMPORT];
    struct missing missing = {0};

    if (!dir->bytes || !dir->rva)
        return 0;
    for (unsigned i = 0;; i++) {
        uint64_t at = dir->rva + (uint64_t)i * sizeof(struct pe_import);
        const void *from = at < image->bytes ? img_at(image, (uint32_t)at, sizeof(struct pe_import)) : NULL;
        struct pe_import d;
        const char *module;
        int err;

        if (!from || i == DESCRIPTORS_MAX)
            return REFUSE("%s: the import directory has no end", image->name);
        memcpy(&d, from, sizeof(d));
        if (!d.name && !d.iat)
            break;
        module = img_text(image, d.name, 64);
        if (!module || !*module)
            return REFUSE("%s: import descriptor %u has no module name inside the image", image->name, i);
        err = bind_module(image, &d, module, &missing, error);
        if (err)
            return err;
    }
    return missing.functions ? missing_report(image, &missing, error) : 0;
}
