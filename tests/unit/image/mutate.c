/* A correct image with one to eight bytes, words or fields changed, 20,000 times from a fixed seed: no read or write outside, every
 * refusal says why (EXE-001, EXE-003, EXE-780). fuzz/image.c does the same without end and with coverage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "exercise.h"
#include "pe_build.h"

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 16) % below);
}

static uint32_t value(void)
{
    static const uint32_t interesting[] = {0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0xFFC, 0x1000, 0x2000, 0x2FF8, 0x2FFC, 0x2FFF, 0x3000,
                                           0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFF000, 0xFFFFFFF8, 0xFFFFFFFC, 0xFFFFFFFF};
    unsigned n = sizeof(interesting) / sizeof(interesting[0]), which = draw(n + 8);

    return which < n ? interesting[which] : which < n + 4 ? 0x2000 + draw(0x1000) : draw(UINT32_MAX);
}

/* Where the loader looks: headers, section headers, and the tables in .data; seldom the rest. */
static uint32_t place(const struct pe_built *pe)
{
    switch (draw(8)) {
    case 0: return draw(0x80);
    case 1: return 0x80 + draw(24 + sizeof(struct pe_optional));
    case 2: return (uint32_t)((unsigned char *)pe->dirs - pe->file) + draw(128);
    case 3: return (uint32_t)((unsigned char *)pe->sections - pe->file) + draw(80);
    case 4:
    case 5:
    case 6: return 0x1400 + draw(0x1000);
    default: return draw((uint32_t)pe->bytes);
    }
}

static void mutate(struct pe_built *pe)
{
    for (unsigned n = 1 + draw(8) * draw(2); n; n--) {
        static const uint8_t widths[] = {1, 2, 4, 4, 4, 8};
        uint32_t width = widths[draw(6)], at = place(pe) & ~(width - 1 ? (width < 4 ? 1u : 3u) : 0u);
        uint64_t v = draw(4) ? value() : (uint64_t)value() << 32 | value();

        if (at + width <= pe->bytes)
            memcpy(pe->file + at, &v, width);
    }
    if (!draw(16))
        pe->bytes = draw((uint32_t)pe->bytes + 1);
}

static void EXE_001_003_780_mutated_images_never_crash(void **state)
{
    unsigned loaded = 0;

    seed = 0x9E3779B97F4A7C15u;
    for (unsigned i = 0; i < 20000; i++) {
        struct pe_built pe;
        unsigned char *exact;

        pe_build_full(&pe);
        mutate(&pe);
        exact = malloc(pe.bytes ? pe.bytes : 1); /* exactly as long as the file, for a sanitizer */
        memcpy(exact, pe.file, pe.bytes);
        loaded += image_exercise(exact, pe.bytes);
        free(exact);
    }
    /* both outcomes are common, or the mutations test nothing */
    assert_in_range(loaded, 2000, 18000);
}

static void EXE_003_the_unchanged_image_loads(void **state)
{
    struct pe_built pe;

    pe_build_full(&pe);
    assert_true(image_exercise(pe.file, pe.bytes));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(EXE_003_the_unchanged_image_loads),
        cmocka_unit_test(EXE_001_003_780_mutated_images_never_crash),
    };

    return cmocka_run_group_tests_name("image/mutate", tests, NULL, NULL);
}
