/* Flags of the compiler that drivers' build files carry (BLD-003): what clang takes goes to it, what means nothing to it is left
 * out, and what it would take for a file or does in another way is said. Called for each --cflag, before anything runs. */
#include "cli/build/build.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *flag;
    bool whole; /* else what begins so */
    const char *note; /* said always; NULL: with -v only */
} dropped[] = {
    {"-cbstring", true, NULL},
    {"analyze", false, NULL},
    {"Gm", false, NULL},
    {"FS", true, NULL},
    {"MP", false, NULL},
    {"await", false, NULL},
    {"homeparams", true, NULL},
    {"d1nodatetime", true, NULL},
    {"d1import_no_registry", true, NULL},
    {"d1trimfile", false, NULL},
    {"d2AllowCompatibleILVersions", true, NULL},
    {"d2epilogunwind", true, NULL},
    {"d2guardehcont", true, NULL},
    {"Qspectre", false, "not applied by clang: the image has no Spectre mitigation (-mspeculative-load-hardening is another, slower one)"}, /* BLD-010 */
    {"guard:ehcont", true, "not applied: clang lists no __except as a continuation, and an image with an empty list may catch nothing"}, /* BLD-009 */
    {"GL", true, "no whole-program optimisation: each source is compiled by itself"}, /* BLD-017 */
    {"LTCG", false, "no whole-program optimisation: each source is compiled by itself"},
    {"Yu", false, NULL}, /* each source includes its headers itself (BLD-017) */
    {"Yc", false, NULL},
    {"Fp", false, NULL},
};

int build_take_flag(struct build_plan *plan, const char *flag)
{
    const char *name = flag + (flag[0] == '/' || flag[0] == '-');

    if (flag[0] != '/' && flag[0] != '-') {
        cli_error("build", "--cflag takes a flag of the compiler, as in --cflag /Od, not %s", flag);
        return CLI_USAGE;
    }
    if (strncasecmp(flag, "/arch:AVX", 9) == 0 || strncmp(flag, "-mavx", 5) == 0) {
        cli_error("build", "%s: a driver that uses AVX must save that state itself; not for a whole driver", flag); /* BLD-012 */
        return CLI_USAGE;
    }
    if (strncmp(flag, "-flto", 5) == 0) {
        cli_error("build", "%s: whole-program optimisation is not offered", flag);
        return CLI_USAGE;
    }
    for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
        const char *with = dropped[i].flag[0] == '-' ? flag : name;

        if (dropped[i].whole ? strcmp(with, dropped[i].flag) != 0 : strncmp(with, dropped[i].flag, strlen(dropped[i].flag)) != 0)
            continue;
        build_add(dropped[i].note ? &plan->noted_flags : &plan->dropped_flags, "%s%s%s", flag, dropped[i].note ? ": " : "", dropped[i].note ? dropped[i].note : "");
        return 0;
    }
    build_add(&plan->extra, "%s", flag);
    return 0;
}

/* Each once, when all options are read: -v may come last. */
void build_tell_flags(const struct build_plan *plan)
{
    for (int pass = 0; pass < 2; pass++) {
        const struct build_list *list = pass ? &plan->dropped_flags : &plan->noted_flags;

        for (size_t i = 0; i < list->count && (!pass || plan->verbose); i++) {
            bool said = false;

            for (size_t k = 0; k < i; k++)
                said |= strcmp(list->items[i], list->items[k]) == 0;
            if (!said)
                cli_error("build", pass ? "left out %s, which means nothing to clang" : "%s", list->items[i]);
        }
    }
}
