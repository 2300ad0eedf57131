/* The version resource (BLD-032), the linker's command line (BLD-020..028) and the two images that come of it. */
#include "cli/build/build.h"
#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_version_rc(struct build_plan *plan, const char *path)
{
    unsigned v[4] = {1, 0, 0, 0};
    FILE *out = fopen(path, "w");

    if (!out) {
        cli_error("build", "cannot write %s: %s", path, strerror(errno));
        return CLI_USAGE;
    }
    if (plan->version)
        sscanf(plan->version, "%u.%u.%u.%u", &v[0], &v[1], &v[2], &v[3]);
    fprintf(out,
            "1 VERSIONINFO\nFILEVERSION %u,%u,%u,%u\nPRODUCTVERSION %u,%u,%u,%u\nFILEFLAGSMASK 0x3F\nFILEFLAGS %d\nFILEOS 0x40004\n"
            "FILETYPE 3\nFILESUBTYPE %d\nBEGIN\n BLOCK \"StringFileInfo\"\n BEGIN\n  BLOCK \"040904B0\"\n  BEGIN\n"
            "   VALUE \"FileDescription\", \"%s driver\"\n   VALUE \"FileVersion\", \"%u.%u.%u.%u\"\n   VALUE \"InternalName\", \"%s.sys\"\n"
            "   VALUE \"OriginalFilename\", \"%s.sys\"\n   VALUE \"ProductName\", \"%s\"\n   VALUE \"ProductVersion\", \"%u.%u.%u.%u\"\n"
            "  END\n END\n BLOCK \"VarFileInfo\"\n BEGIN\n  VALUE \"Translation\", 0x0409, 0x04B0\n END\nEND\n",
            v[0], v[1], v[2], v[3], v[0], v[1], v[2], v[3], plan->debug, plan->network ? 6 : 7, plan->stem, v[0], v[1], v[2], v[3], plan->stem,
            plan->stem, plan->stem, v[0], v[1], v[2], v[3]);
    fclose(out);
    return 0;
}

/* One .res per script; without any script one is made up, because Setup's copy rules need a version. */
static int compile_resources(struct build_plan *plan, struct build_list *results)
{
    char made[600];
    bool generated = plan->resources.count == 0;

    if (generated) {
        int rc;

        snprintf(made, sizeof(made), "%s/version.rc", plan->folder);
        rc = write_version_rc(plan, made);
        if (rc != 0)
            return rc;
        build_add(&plan->resources, "%s", made);
    }
    for (size_t i = 0; i < plan->resources.count; i++) {
        struct build_list argv = {0};
        int rc;

        build_add(&argv, "%s", plan->tools.rc);
        build_add(&argv, "/C");
        build_add(&argv, "65001");
        if (generated) {
            build_add(&argv, "/no-preprocess");
        } else {
            for (size_t k = 0; k < plan->includes.count; k++)
                build_add(&argv, "/I%s", plan->includes.items[k]);
            build_add(&argv, "/I%s", plan->tools.kit_rc);
            for (size_t k = 0; k < plan->defines.count; k++)
                build_add(&argv, "/D%s", plan->defines.items[k]);
        }
        build_add(&argv, "/FO");
        build_add(&argv, "%s/%zu.res", plan->folder, i);
        build_add(&argv, "--");
        build_add(&argv, "%s", plan->resources.items[i]);
        rc = build_command(plan, &argv, NULL, plan->resources.items[i]);
        build_list_free(&argv);
        if (rc != 0)
            return rc == 127 ? CLI_USAGE : CLI_FINDINGS;
        build_add(results, "%zu.res", i);
    }
    return 0;
}

static void link_line(struct build_plan *plan, struct build_list *argv, const struct build_list *resources)
{
    static const char *const fixed[] = {
        "/nologo", "/driver", "/machine:x64", "/nodefaultlib", "/manifest:no", "/incremental:no", "/release", "/opt:ref", "/opt:icf",
        "/stack:0x40000,0x1000", "/version:10.0", "/section:INIT,ERD", /* BLD-021: lld's ,d replaces, MSVC's adds */
        "/merge:_TEXT=.text", "/merge:_PAGE=PAGE", "/merge:.00cfg=.rdata", "/guard:cf", "/tsaware:no", "/dynamicbase", "/highentropyva", "/nxcompat",
        "/Brepro", "/debug", "/pdbaltpath:%_PDB%", "/pdbsourcepath:C:\\obj", "/ignore:longsections", "/include:_load_config_used", "/wx",
    };

    build_add(argv, "%s", plan->tools.link);
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        build_add(argv, "%s", fixed[i]);
    build_add(argv, "/subsystem:native,%s", plan->target->subsystem);
    build_add(argv, "/entry:%s", plan->entry);
    build_add(argv, "/out:%s.sys", plan->stem);
    build_add(argv, "/pdb:%s.pdb", plan->stem);
    if (plan->shadow_stack)
        build_add(argv, "/cetcompat"); /* BLD-009 */
    if (plan->export_driver) {
        build_add(argv, "/export:DllInitialize,PRIVATE");
        build_add(argv, "/export:DllUnload,PRIVATE");
        build_add(argv, "/implib:%s.lib", plan->stem);
    }
    if (plan->module_def) {
        char real[PATH_MAX];

        build_add(argv, "/def:%s", realpath(plan->module_def, real) ? real : plan->module_def);
    }
    build_add_list(argv, &plan->objects);
    build_add_list(argv, resources);
    build_add(argv, "/libpath:kit"); /* a link: the PDB would name where the kit is (BLD-018) */
    for (size_t i = 0; i < plan->libraries.count; i++)
        build_add(argv, "%s", plan->libraries.items[i]);
    static const char *const defaults[] = {"bufferoverflowfastfailk.lib", "ntoskrnl.lib", "hal.lib", "wmilib.lib", "netio.lib", "libcntpr.lib",
                                           "uuid.lib"};
    for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        build_add(argv, "%s", defaults[i]);
}

static int copy_out(struct build_plan *plan, const char *from, const char *to)
{
    char path[1200];
    size_t bytes;
    void *data;
    int rc;

    snprintf(path, sizeof(path), "%s/%s", plan->folder, from);
    data = build_read_file(path, &bytes);
    if (!data) {
        cli_error("build", "%s was not written: %s", from, strerror(errno));
        return CLI_USAGE;
    }
    rc = build_write_file(to, data, bytes);
    free(data);
    return rc;
}

/* NAME.sys.debug keeps DWARF for gdb; the shipped image has none (BLD-029). Addresses and the PDB record are the same. */
static int strip(struct build_plan *plan)
{
    struct build_list argv = {0};
    char whole[900], shipped[900];
    int rc;

    snprintf(whole, sizeof(whole), "%s/%s.sys", plan->folder, plan->stem);
    snprintf(shipped, sizeof(shipped), "%s/shipped.sys", plan->folder);
    rc = build_finish_image(whole, plan->target);
    if (rc != 0)
        return rc;
    build_add(&argv, "%s", plan->tools.objcopy);
    build_add(&argv, "--strip-all");
    build_add(&argv, "%s", whole);
    build_add(&argv, "%s", shipped);
    rc = build_command(plan, &argv, NULL, "strip");
    build_list_free(&argv);
    if (rc != 0) {
        cli_error("build", "llvm-objcopy could not strip the image");
        return CLI_USAGE;
    }
    return build_finish_image(shipped, plan->target);
}

/* One of them could not be written: the others would be those of another build than the image that is there, or half of one. */
static void remove_results(const struct build_plan *plan, size_t stem_at)
{
    char path[1100];

    unlink(plan->output);
    snprintf(path, sizeof(path), "%s.debug", plan->output);
    unlink(path);
    snprintf(path, sizeof(path), "%.*s.pdb", (int)stem_at, plan->output);
    unlink(path);
    snprintf(path, sizeof(path), "%.*s.lib", (int)stem_at, plan->output);
    if (plan->export_driver)
        unlink(path);
    snprintf(path, sizeof(path), "%.*s.tmf", (int)stem_at, plan->output);
    unlink(path);
}

int build_link(struct build_plan *plan)
{
    struct build_list argv = {0}, resources = {0};
    char beside[1100], whole[900];
    size_t stem_at = strlen(plan->output) > 4 && strcmp(plan->output + strlen(plan->output) - 4, ".sys") == 0 ? strlen(plan->output) - 4
                                                                                                        : strlen(plan->output);
    int rc = compile_resources(plan, &resources);

    snprintf(whole, sizeof(whole), "%s/kit", plan->folder);
    if (rc == 0 && symlink(plan->tools.kit_lib, whole) != 0) {
        cli_error("build", "cannot make %s: %s", whole, strerror(errno));
        rc = CLI_USAGE;
    }
    if (rc == 0) {
        link_line(plan, &argv, &resources);
        rc = build_command(plan, &argv, plan->folder, "link");
        if (rc != 0 && plan->last_log)
            build_link_hints(plan->last_log);
        if (rc != 0)
            rc = rc == 127 ? CLI_USAGE : CLI_FINDINGS;
    }
    build_list_free(&argv);
    build_list_free(&resources);
    if (rc != 0 || (rc = strip(plan)) != 0)
        return rc;

    snprintf(whole, sizeof(whole), "%s.sys", plan->stem);
    snprintf(beside, sizeof(beside), "%s.debug", plan->output);
    rc = copy_out(plan, whole, beside);
    snprintf(whole, sizeof(whole), "%s.pdb", plan->stem);
    snprintf(beside, sizeof(beside), "%.*s.pdb", (int)stem_at, plan->output);
    if (rc == 0)
        rc = copy_out(plan, whole, beside);
    snprintf(whole, sizeof(whole), "%s/%s.lib", plan->folder, plan->stem);
    if (rc == 0 && access(whole, R_OK) == 0) { /* of an export driver */
        snprintf(whole, sizeof(whole), "%s.lib", plan->stem);
        snprintf(beside, sizeof(beside), "%.*s.lib", (int)stem_at, plan->output);
        rc = copy_out(plan, whole, beside);
    }
    if (rc == 0)
        rc = copy_out(plan, "shipped.sys", plan->output);
    if (rc != 0)
        remove_results(plan, stem_at);
    return rc;
}
