/* All images, loaded and unloaded, in one list that only grows: a reader (a fault handler, an unwinder) needs no lock. A
 * record is small; the pages of an unloaded image are gone. */
#include <string.h>

#include "image/image_private.h"

static struct img_image *first; /* written with release, read with acquire */

void img_list_add(struct img_image *image)
{
    image->next = __atomic_load_n(&first, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&first, &image->next, image, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

struct img_image *img_first(void)
{
    return __atomic_load_n(&first, __ATOMIC_ACQUIRE);
}

struct img_image *img_find(uint64_t address)
{
    struct img_image *gone = NULL;

    for (struct img_image *i = img_first(); i; i = i->next)
        if (address - (uint64_t)(uintptr_t)i->base < i->bytes) {
            if (!__atomic_load_n(&i->unloaded, __ATOMIC_ACQUIRE))
                return i;
            if (!gone)
                gone = i; /* the youngest of those that were here */
        }
    return gone;
}

const struct img_section *img_section_of(const struct img_image *image, uint64_t address)
{
    uint64_t rva = address - (uint64_t)(uintptr_t)image->base;

    for (unsigned i = 0; i < image->section_count; i++)
        if (rva >= image->sections[i].rva && rva - image->sections[i].rva < ((image->sections[i].bytes + 0xFFFu) & ~0xFFFu))
            return &image->sections[i];
    return NULL;
}

bool img_same_name(const char *a, const char *b)
{
    for (; *a || *b; a++, b++) {
        unsigned char x = (unsigned char)*a, y = (unsigned char)*b;

        x = x >= 'A' && x <= 'Z' ? x | 32 : x;
        y = y >= 'A' && y <= 'Z' ? y | 32 : y;
        if (x != y)
            return false;
    }
    return true;
}

struct img_image *img_by_name(const char *name)
{
    for (struct img_image *i = img_first(); i; i = i->next)
        if (!i->unloaded && img_same_name(i->name, name))
            return i;
    return NULL;
}

void *img_at(const struct img_image *image, uint32_t rva, uint64_t bytes)
{
    return rva < image->bytes && bytes <= image->bytes - rva ? image->base + rva : NULL;
}

const char *img_text(const struct img_image *image, uint32_t rva, size_t limit)
{
    const char *text = img_at(image, rva, 1);
    size_t room;

    if (!text)
        return NULL;
    room = image->bytes - rva;
    return memchr(text, 0, room < limit ? room : limit) ? text : NULL;
}

const struct img_function *img_lookup_function(uint64_t pc, uint64_t *image_base)
{
    struct img_image *image = img_find(pc);
    const struct img_function *table;
    uint32_t low = 0, high, rva;

    if (!image || image->unloaded)
        return NULL;
    *image_base = (uint64_t)(uintptr_t)image->base;
    rva = (uint32_t)(pc - *image_base);
    table = image->functions;
    high = image->function_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (rva < table[middle].begin)
            high = middle;
        else if (rva >= table[middle].end)
            low = middle + 1;
        else
            return &table[middle];
    }
    return NULL;
}
