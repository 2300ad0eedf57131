/* A name for an address, in reports. Not for the data path: the host side runs llvm-symbolizer. */
#include <stdio.h>
#include <string.h>

#include "host/symbolize.h"
#include "image/image_private.h"

/* The last export at or before rva: only a hint, so the distance is always shown. */
static const char *nearest_export(const struct img_image *image, uint32_t rva, uint32_t *distance)
{
    const void *from = image->export_dir_bytes ? img_at(image, image->export_dir_rva, sizeof(struct pe_export)) : NULL;
    const img_u32 *names, *functions;
    const img_u16 *ordinals;
    const char *best = NULL;
    struct pe_export dir;

    if (!from)
        return NULL;
    memcpy(&dir, from, sizeof(dir));
    names = img_at(image, dir.names, (uint64_t)dir.name_count * 4);
    ordinals = img_at(image, dir.ordinals, (uint64_t)dir.name_count * 2);
    functions = img_at(image, dir.functions, (uint64_t)dir.function_count * 4);
    for (uint32_t i = 0; names && ordinals && functions && i < dir.name_count; i++) {
        uint32_t at = ordinals[i] < dir.function_count ? functions[ordinals[i]] : UINT32_MAX;

        if (at <= rva && (!best || rva - at < *distance)) {
            best = img_text(image, names[i], 256);
            *distance = rva - at;
        }
    }
    return best;
}

void img_symbolize(uint64_t address, char *text, size_t bytes)
{
    const struct img_image *image = img_find(address);
    char name[512], stem[64], *dot;
    const char *near;
    uint32_t rva, distance = 0;

    if (!image) {
        if (!host_symbolize_self(address, text, bytes))
            snprintf(text, bytes, "0x%llx", (unsigned long long)address);
        return;
    }
    rva = (uint32_t)(address - (uint64_t)(uintptr_t)image->base);
    snprintf(stem, sizeof(stem), "%s", image->name);
    dot = strrchr(stem, '.');
    if (dot)
        *dot = 0;
    if (host_symbolize_pe(image->path, image->preferred_base + rva, name, sizeof(name))) {
        snprintf(text, bytes, "%s!%s", stem, name);
        return;
    }
    if (image->unloaded) {
        snprintf(text, bytes, "%s+0x%x (unloaded)", stem, rva);
        return;
    }
    near = nearest_export(image, rva, &distance);
    if (near)
        snprintf(text, bytes, "%s!%s+0x%x", stem, near, distance);
    else
        snprintf(text, bytes, "%s+0x%x", stem, rva);
}
