/* A load and all later uses of an image that read the file's tables: exports, functions, unwinding, the audit, INIT. list.c is
 * included, not linked: only here are records taken off the list again, or millions of loads would fill memory. img_peek reads only
 * what is known to be there, so that no fault handler is needed and a sanitizer sees everything else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exercise.h"
#include "../../../src/image/list.c"
#include "image/unwind.h"

static uint64_t stack[64];

bool img_peek(uint64_t address, void *out, unsigned bytes)
{
    const struct img_image *image = img_find(address);

    if (address - (uint64_t)(uintptr_t)stack < sizeof(stack) && bytes <= sizeof(stack) - (address - (uint64_t)(uintptr_t)stack)) {
        memcpy(out, (const void *)(uintptr_t)address, bytes);
        return true;
    }
    if (!image || image->unloaded || !img_at(image, (uint32_t)(address - (uint64_t)(uintptr_t)image->base), bytes))
        return false;
    memcpy(out, (const void *)(uintptr_t)address, bytes);
    return true;
}

static bool known_module(void *ctx, const char *module)
{
    return img_same_name(module, "ntoskrnl.exe");
}

static void *known_symbol(void *ctx, const char *module, const char *name, unsigned ordinal)
{
    static char somewhere;

    return name && name[0] == 'K' ? &somewhere : NULL;
}

static void require(bool held, const char *what, const struct img_error *error)
{
    if (held)
        return;
    fprintf(stderr, "image_exercise: %s (status %08X, \"%s\")\n", what, error->status, error->text);
    abort();
}

static void unwind_at(const struct img_image *image, uint64_t rva)
{
    struct img_regs regs = {.rip = (uint64_t)(uintptr_t)image->base + rva};
    struct img_frame frame;

    for (unsigned i = 0; i < 16; i++)
        regs.gpr[i] = (uint64_t)(uintptr_t)&stack[i];
    for (unsigned i = 0; i < 4 && img_unwind(&regs, true, &frame); i++)
        ;
}

static void use(struct img_image *image)
{
    char text[600];

    img_export(image, "Alpha", 0);
    img_export(image, "Zeta", 0);
    for (unsigned ordinal = 0; ordinal < 12; ordinal++)
        img_export(image, NULL, ordinal);
    img_audit(image, text, sizeof(text));
    for (uint32_t i = 0; i < image->function_count && i < 16; i++) {
        const struct img_function *f = (const struct img_function *)image->functions + i;

        unwind_at(image, f->begin);
        unwind_at(image, f->begin + 5u);
        unwind_at(image, f->end - 1u);
    }
    unwind_at(image, image->entry_rva);
    img_section_of(image, (uint64_t)(uintptr_t)image->base + image->bytes - 1);
    img_discard_init(image);
}

bool image_exercise(const void *data, size_t bytes)
{
    static const struct img_resolver resolver = {known_module, known_symbol, NULL, NULL};
    static struct img_error error;
    struct img_image *image = NULL;
    int err;

    error.status = 0;
    error.text[0] = 0;
    err = img_load_bytes("dir/some.sys", data, bytes, &resolver, &image, &error);
    if (err) {
        require(!image, "an image and an error", &error);
        require(error.text[0] != 0, "a refusal without a message", &error);
        require(error.status >> 30 == 3, "a refusal without a status", &error);
        return false;
    }
    require(image && image->base, "success without an image", &error);
    for (unsigned i = 0; i < sizeof(stack) / sizeof(stack[0]); i++)
        stack[i] = (uint64_t)(uintptr_t)image->base + image->entry_rva + i;
    use(image);
    img_unload(image);
    first = NULL;
    free(image);
    return true;
}
