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

/* symbol: what llvm-symbolizer said, NULL or "" when nothing. */
static void name_one(const struct img_image *image, uint64_t address, const char *symbol, char *text, size_t bytes)
{
    uint32_t rva = (uint32_t)(address - (uint64_t)(uintptr_t)image->base), distance = 0;
    char stem[64], *dot;
    const char *near;

    snprintf(stem, sizeof(stem), "%s", image->name);
    dot = strrchr(stem, '.');
    if (dot)
        *dot = 0;
    near = image->unloaded || (symbol && symbol[0]) ? NULL : nearest_export(image, rva, &distance);
    if (symbol && symbol[0])
        snprintf(text, bytes, "%s!%s%s", stem, symbol, image->unloaded ? " (unloaded)" : "");
    else if (near)
        snprintf(text, bytes, "%s!%s+0x%x", stem, near, distance);
    else
        snprintf(text, bytes, "%s+0x%x%s", stem, rva, image->unloaded ? " (unloaded)" : "");
}

void img_symbolize_all(const uint64_t *addresses, unsigned count, char (*texts)[IMG_SYMBOL_BYTES])
{
    static char symbols[64][HOST_SYMBOL_BYTES]; /* reports are made one at a time */
    uint64_t batch[64];
    unsigned members[64];
    bool done[64] = {false};

    for (unsigned i = 0; i < count && i < 64; i++) {
        const struct img_image *image = img_find(addresses[i]);
        unsigned n = 0;
        bool known;

        if (done[i])
            continue;
        if (!image) {
            if (!host_symbolize_self(addresses[i], texts[i], IMG_SYMBOL_BYTES))
                snprintf(texts[i], IMG_SYMBOL_BYTES, "0x%llx", (unsigned long long)addresses[i]);
            continue;
        }
        for (unsigned j = i; j < count && j < 64; j++)
            if (!done[j] && img_find(addresses[j]) == image) {
                done[j] = true;
                members[n] = j;
                batch[n++] = image->preferred_base + (addresses[j] - (uint64_t)(uintptr_t)image->base);
            }
        known = host_symbolize_pe(image->path, batch, n, symbols);
        for (unsigned j = 0; j < n; j++)
            name_one(image, addresses[members[j]], known ? symbols[j] : NULL, texts[members[j]], IMG_SYMBOL_BYTES);
    }
}

void img_symbolize(uint64_t address, char *text, size_t bytes)
{
    char one[1][IMG_SYMBOL_BYTES];

    img_symbolize_all(&address, 1, one);
    snprintf(text, bytes, "%s", one[0]);
}
