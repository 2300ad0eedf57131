/* The compiler's command line (BLD-002..018) and the jobs that run it. */
#include "cli/build/build.h"
#include "cli/cli.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What MSVC does not warn about, or says with other words, must not drown an MSVC-clean driver (BLD-015). */
static const char *const quiet[] = {
    "-Wno-unknown-pragmas", "-Wno-nonportable-include-path", "-Wno-microsoft", "-Wno-pragma-pack", "-Wno-ignored-pragma-intrinsic",
    "-Wno-ignored-attributes", "-Wno-unused-parameter", "-Wno-missing-field-initializers", "-Wno-multichar", "-Wno-four-char-constants",
    "-Wno-unused-command-line-argument", "-Wno-missing-braces", "-Wno-unused-but-set-variable",
    "-Wno-error=incompatible-function-pointer-types", "-Wno-error=int-conversion", /* errors of clang, warnings of MSVC */
    "-Wno-error=incompatible-pointer-types", /* MSVC takes T ** for void **, as drivers pass it to ObReferenceObjectByHandle */
};

static bool user_defines(const struct build_plan *plan, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < plan->defines.count; i++)
        if (strncmp(plan->defines.items[i], name, n) == 0 && (plan->defines.items[i][n] == 0 || plan->defines.items[i][n] == '='))
            return true;
    return false;
}

static void add_defines(const struct build_plan *plan, struct build_list *argv)
{
    static const char *const always[] = {"_WIN64", "_AMD64_", "AMD64", "WINNT=1", "_USE_DECLSPECS_FOR_SAL=1", "DEPRECATE_DDK_FUNCTIONS=1"};
    char value[64];

    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        build_add(argv, "/D%s", always[i]);
    snprintf(value, sizeof(value), "%s", plan->target->winnt);
    if (!user_defines(plan, "_WIN32_WINNT"))
        build_add(argv, "/D_WIN32_WINNT=%s", value);
    if (!user_defines(plan, "WINVER"))
        build_add(argv, "/DWINVER=%s", value);
    if (!user_defines(plan, "NTDDI_VERSION"))
        build_add(argv, "/DNTDDI_VERSION=%s", plan->target->ntddi);
    if (plan->debug) {
        if (!user_defines(plan, "DBG"))
            build_add(argv, "/DDBG=1");
        build_add(argv, "/DMSC_NOOPT");
    }
    for (size_t i = 0; i < plan->defines.count; i++)
        build_add(argv, "/D%s", plan->defines.items[i]);
    for (size_t i = 0; i < plan->undefines.count; i++)
        build_add(argv, "/U%s", plan->undefines.items[i]);
}

static void compile_line(struct build_plan *plan, struct build_list *argv, const char *overlay, const char *here, const char *source,
                         const char *object)
{
    build_add(argv, "%s", plan->tools.clang);
    build_add(argv, "--driver-mode=cl");
    build_add(argv, "--target=x86_64-pc-windows-msvc");
    build_add(argv, "-mcx16"); /* EXE-068: every x64 Windows of today has cmpxchg16b, and MSVC takes it for granted */
    build_add(argv, "-fms-compatibility-version=19.44"); /* BLD-005 */
    build_add(argv, "/nologo");
    build_add(argv, "/c");
    build_add(argv, "/X"); /* no header of an installed Visual Studio */
    build_add(argv, "/kernel");
    build_add(argv, "-Xclang");
    build_add(argv, "-fasync-exceptions"); /* BLD-006: __try around a plain access keeps its handler */
    build_add(argv, "/W4");
    if (plan->keep_warnings_fatal)
        build_add(argv, "/WX");
    for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
        build_add(argv, "%s", quiet[i]);
    build_add(argv, plan->debug ? "/Od" : "/O2");
    static const char *const code[] = {"/Oy-", "/GF", "/Gy", "/Gw", "/Zp8", "/GS", "/guard:cf", "/fp:precise", "/Zc:wchar_t-", "/GR-", "/Gz",
                                       "/Zl", "/volatile:ms", "/Brepro"};
    for (size_t i = 0; i < sizeof(code) / sizeof(code[0]); i++)
        build_add(argv, "%s", code[i]);
    build_add(argv, "/Z7"); /* BLD-016: both debug formats in one object */
    build_add(argv, "/clang:-gdwarf-5");
    build_add(argv, "/clang:-gcodeview");
    build_add(argv, "/clang:-fdebug-prefix-map=%s=.", here); /* BLD-018: no path of this machine in the result */
    build_add(argv, "/clang:-fdebug-prefix-map=%s=wdk", plan->tools.kit_include);
    build_add(argv, "/clang:-fdebug-prefix-map=%s=wpp", plan->folder); /* the .tmh files */
    build_add(argv, "/clang:-fdebug-compilation-dir=.");
    build_add(argv, "-gno-codeview-command-line");
    build_add(argv, "-Xclang");
    build_add(argv, "-object-file-name=%s", strrchr(object, '/') + 1); /* the PDB would name the temporary folder */
    build_add(argv, "-Xclang");
    build_add(argv, "-ivfsoverlay");
    build_add(argv, "-Xclang");
    build_add(argv, "%s", overlay);
    if (isatty(2))
        build_add(argv, "-fcolor-diagnostics");
    add_defines(plan, argv);
    for (size_t i = 0; i < plan->includes.count; i++) {
        char real[PATH_MAX];

        build_add(argv, "/I%s", realpath(plan->includes.items[i], real) ? real : plan->includes.items[i]);
    }
    /* -isystem, for what -imsvc names comes after clang's own headers: its intrin.h is not for the kernel. */
    build_add(argv, "/clang:-isystem");
    build_add(argv, "/clang:%s", plan->tools.kit_include);
    build_add(argv, "/clang:-isystem");
    build_add(argv, "/clang:%s/crt", plan->tools.kit_include); /* string.h and its like, as kernel mode has them */
    build_add_list(argv, &plan->extra);
    build_add(argv, "/Fo%s", object);
    build_add(argv, "--"); /* a path that begins with a slash is no option */
    build_add(argv, "%s", source);
}

int build_compile(struct build_plan *plan)
{
    char overlay[600], here[PATH_MAX];
    struct build_run *runs;
    size_t started = 0, finished = 0;
    int worst = 0, rc = build_write_overlay(plan, overlay, sizeof(overlay));

    if (rc != 0)
        return rc;
    if (!getcwd(here, sizeof(here)))
        strcpy(here, "/");
    runs = calloc(plan->sources.count + 1, sizeof(*runs));
    while (runs && finished < plan->sources.count) {
        while (started < plan->sources.count && started - finished < plan->jobs && worst == 0) {
            struct build_list argv = {0};
            const char *source = plan->sources.items[started];
            const char *base = strrchr(source, '/') ? strrchr(source, '/') + 1 : source;
            char object[1024];

            snprintf(object, sizeof(object), "%s/%zu_%s.obj", plan->folder, started, base);
            build_add(&plan->objects, "%s", object + strlen(plan->folder) + 1);
            compile_line(plan, &argv, overlay, here, source, object);
            rc = build_start(plan, &runs[started], &argv, NULL, source);
            build_list_free(&argv);
            if (rc != 0)
                worst = rc;
            else
                started++;
        }
        if (finished == started)
            break;
        /* In order, so that two runs print the same; a slow first file keeps at most its followers' output back. */
        rc = build_wait(plan, &runs[finished++]);
        if (rc != 0 && plan->last_log)
            build_header_hints(plan, plan->last_log);
        if (rc != 0 && worst == 0)
            worst = rc == 127 ? CLI_USAGE : CLI_FINDINGS;
        if (rc > 1 && rc != 127)
            cli_error("build", "the compiler ended with status %d at %s", rc, runs[finished - 1].what);
    }
    free(runs);
    return runs ? worst : CLI_USAGE;
}
