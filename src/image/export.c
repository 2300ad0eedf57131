/* Exports of a loaded image (EXE-008, EXE-011, EXE-014). Called by the binder and by MmGetSystemRoutineAddress's kin. The
 * export directory stays mapped (it is never in a discarded section: EXE-015), and its fields are checked at each use. */
#include <stdio.h>
#include <string.h>

#include "image/image_private.h"

#define FORWARD_DEPTH_MAX 8
#define NAME_MAX_CHARS    512

/* "MODULE.Name" or "MODULE.#7"; the module has no extension. */
static void *follow(const struct img_image *image, const char *forwarder, unsigned depth)
{
    static const char *const extensions[] = {"", ".sys", ".exe", ".dll"};
    const char *dot = strrchr(forwarder, '.');
    unsigned ordinal = 0;
    const char *name;
    char module[80];

    if (!depth || !dot || dot == forwarder || (size_t)(dot - forwarder) > 64)
        return NULL;
    name = dot + 1;
    if (*name == '#') {
        for (const char *p = name + 1; *p >= '0' && *p <= '9' && ordinal < 65536; p++)
            ordinal = ordinal * 10 + (unsigned)(*p - '0');
        name = NULL;
    }
    for (unsigned i = 0; i < 4; i++) {
        const struct img_image *other;

        snprintf(module, sizeof(module), "%.*s%s", (int)(dot - forwarder), forwarder, extensions[i]);
        if (image->resolver.module && image->resolver.module(image->resolver.ctx, module))
            return image->resolver.symbol(image->resolver.ctx, module, name, ordinal);
        other = img_same_name(module, image->name) ? image : img_by_name(module);
        if (other)
            return img_export_at(other, name, ordinal, depth - 1);
    }
    return NULL;
}

static bool find_name(const struct img_image *image, const struct pe_export *dir, const char *name, uint32_t *index)
{
    const img_u32 *names = img_at(image, dir->names, (uint64_t)dir->name_count * 4);
    const img_u16 *ordinals = img_at(image, dir->ordinals, (uint64_t)dir->name_count * 2);
    uint32_t low = 0, high = dir->name_count;

    if (!names || !ordinals)
        return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *text = img_text(image, names[middle], NAME_MAX_CHARS);
        int order = text ? strcmp(name, text) : 0;

        if (!text)
            break;
        if (!order) {
            *index = ordinals[middle];
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    for (uint32_t i = 0; i < dir->name_count; i++) { /* a table that is not sorted */
        const char *text = img_text(image, names[i], NAME_MAX_CHARS);

        if (text && !strcmp(name, text)) {
            *index = ordinals[i];
            return true;
        }
    }
    return false;
}

void *img_export_at(const struct img_image *image, const char *name, unsigned ordinal, unsigned depth)
{
    const void *at = image->export_dir_bytes ? img_at(image, image->export_dir_rva, sizeof(struct pe_export)) : NULL;
    const img_u32 *functions;
    struct pe_export dir;
    uint32_t index, rva;

    if (!at || image->unloaded)
        return NULL;
    memcpy(&dir, at, sizeof(dir));
    if (name) {
        if (!find_name(image, &dir, name, &index))
            return NULL;
    } else {
        if (ordinal < dir.ordinal_base)
            return NULL;
        index = ordinal - dir.ordinal_base;
    }
    functions = img_at(image, dir.functions, (uint64_t)dir.function_count * 4);
    if (!functions || index >= dir.function_count)
        return NULL;
    rva = functions[index];
    if (!rva)
        return NULL;
    if (rva - image->export_dir_rva < image->export_dir_bytes) {
        const char *forwarder = img_text(image, rva, NAME_MAX_CHARS);

        return forwarder ? follow(image, forwarder, depth) : NULL;
    }
    return img_at(image, rva, 1);
}

void *img_export(const struct img_image *image, const char *name, unsigned ordinal)
{
    return img_export_at(image, name, ordinal, FORWARD_DEPTH_MAX);
}
