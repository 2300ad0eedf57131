/* Base relocation (EXE-005) and the security cookie (EXE-019): what is written into a mapped image before it is bound. */
#include <string.h>

#include "host/host.h"
#include "image/image_private.h"

#define REFUSE(...) img_fail(error, (uint32_t)IMG_STATUS_INVALID_FORMAT, __VA_ARGS__)

enum { RELOC_ABSOLUTE = 0, RELOC_DIR64 = 10 };

/* block: a copy, because in a crafted image the table itself may be a target; entries: in the image. */
static int relocate_block(struct img_image *image, const struct pe_reloc_block *block, const uint8_t *entries, uint64_t delta,
                          struct img_error *error)
{
    for (uint32_t i = 0; i < (block->bytes - sizeof(*block)) / 2; i++) {
        uint16_t entry;
        uint64_t target, value;
        uint8_t *p;

        memcpy(&entry, entries + 2 * i, 2);
        target = (uint64_t)block->page + (entry & 0xFFF);
        if (entry >> 12 == RELOC_ABSOLUTE)
            continue;
        if (entry >> 12 != RELOC_DIR64)
            return REFUSE("%s: relocation type %u at RVA 0x%llX is not one of x64 images", image->name, entry >> 12,
                          (unsigned long long)target);
        p = target <= UINT32_MAX ? img_at(image, (uint32_t)target, 8) : NULL;
        if (!p)
            return REFUSE("%s: a relocation at RVA 0x%llX is not inside the image", image->name, (unsigned long long)target);
        memcpy(&value, p, 8);
        value += delta;
        memcpy(p, &value, 8);
    }
    return 0;
}

int img_relocate(struct img_image *image, const struct img_headers *h, struct img_error *error)
{
    const struct pe_dir *dir = &h->dirs[PE_DIR_RELOC];
    uint64_t delta = (uint64_t)(uintptr_t)image->base - image->preferred_base;
    uint32_t at = dir->rva, end = dir->rva + dir->bytes;

    if (h->file.characteristics & PE_FILE_RELOCS_STRIPPED)
        return REFUSE("%s has no relocations (RELOCS_STRIPPED) and cannot be moved: link with /DYNAMICBASE, without /FIXED", image->name);
    if (!dir->bytes) {
        /* An image without absolute addresses has an empty table, and then DYNAMIC_BASE says that it may be moved. */
        if (h->optional.dll_characteristics & 0x40)
            return 0;
        return REFUSE("%s has no relocations and is not marked DYNAMIC_BASE: it could run only at 0x%llX; link with /DYNAMICBASE",
                      image->name, (unsigned long long)image->preferred_base);
    }
    while (at < end) {
        const uint8_t *block = end - at >= sizeof(*block) ? img_at(image, at, sizeof(*block)) : NULL;
        struct pe_reloc_block copy;
        int err;

        if (!block)
            return REFUSE("%s: the relocation table ends inside a block header", image->name);
        memcpy(&copy, block, sizeof(copy));
        if (copy.bytes < sizeof(copy) || copy.bytes & 1 || copy.bytes > end - at)
            return REFUSE("%s: a relocation block at RVA 0x%X says it has %u bytes", image->name, at, copy.bytes);
        if (!img_at(image, at, copy.bytes))
            return REFUSE("%s: a relocation block at RVA 0x%X is not inside the image", image->name, at);
        err = relocate_block(image, &copy, block + sizeof(copy), delta, error);
        if (err)
            return err;
        at += copy.bytes;
    }
    return 0;
}

/* EXE-019. A load config that is too short to name a cookie, or names none, is fine. */
int img_set_cookie(struct img_image *image, const struct img_headers *h, struct img_error *error)
{
    const struct pe_dir *dir = &h->dirs[PE_DIR_LOAD_CONFIG];
    const uint8_t *config = dir->rva ? img_at(image, dir->rva, 4) : NULL;
    uint64_t va, rva, cookie;
    uint32_t bytes;
    uint8_t *slot;

    if (!config)
        return 0;
    memcpy(&bytes, config, 4); /* the Size field counts, the directory's is 0x40 in old images */
    if (bytes < 0x60 || !img_at(image, dir->rva, 0x60))
        return 0;
    memcpy(&va, config + 0x58, 8);
    if (!va)
        return 0;
    rva = va - (uint64_t)(uintptr_t)image->base;
    slot = rva <= UINT32_MAX ? img_at(image, (uint32_t)rva, 8) : NULL;
    if (!slot)
        return REFUSE("%s: the load configuration names a security cookie at 0x%llX, outside the image", image->name,
                      (unsigned long long)va);
    memcpy(&cookie, slot, 8);
    if (cookie != PE_COOKIE_DEFAULT)
        return 0;
    do {
        if (host.random(&cookie, sizeof(cookie)))
            cookie = (uint64_t)(uintptr_t)slot * UINT64_C(0x9E3779B97F4A7C15);
        cookie &= UINT64_C(0x0000FFFFFFFFFFFF);
    } while (!cookie || cookie == PE_COOKIE_DEFAULT);
    memcpy(slot, &cookie, 8);
    return 0;
}
