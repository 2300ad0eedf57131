/* `wskit build`: what to build from what, then the steps in order. */
#include "cli/build/build.h"
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    OPT_OUT, OPT_INCLUDE, OPT_DEFINE, OPT_UNDEFINE, OPT_TARGET, OPT_DEBUG, OPT_ENTRY, OPT_EXPORT, OPT_LIBRARY, OPT_TYPE, OPT_VERSION, OPT_WERROR,
    OPT_FLAG, OPT_CET, OPT_WPP, OPT_JOBS, OPT_JSON, OPT_VERBOSE
};
static const struct cli_option options[] = {
    {"--out", "-o", "FILE.sys", "the image; its .pdb and .sys.debug go beside it (default: named for the folder or first source)", false},
    {"--include", "-I", "DIR", "where headers are, before the kit's", true},
    {"--define", "-D", "NAME[=VALUE]", "a macro", true},
    {"--undefine", "-U", "NAME", "no such macro", true},
    {"--target", NULL, "VERSION", "oldest Windows it is for: win7, win8, win8.1, win10, win11, or a build such as 10.0.19041 (default)", false},
    {"--debug", "-g", NULL, "without optimisation, with DBG=1 (a checked build); debug information is always made", false},
    {"--entry", NULL, "NAME", "entry point (default GsDriverEntry, which seeds the /GS cookie and calls DriverEntry)", false},
    {"--export-driver", NULL, NULL, "exports DllInitialize and DllUnload, and writes an import library for other drivers", false},
    {"--library", "-l", "NAME", "links NAME.lib of the kit (ndis, fwpkclnt, netio, ...) or a file", true},
    {"--type", NULL, "TYPE", "wdm, wsk (default), ndis, ndis-lwf, wfp: which libraries and version subtype", false},
    {"--file-version", NULL, "A.B.C.D", "of the version resource, when there is no .rc (default 1.0.0.0)", false},
    {"--werror", NULL, NULL, "warnings are errors", false},
    {"--cflag", NULL, "FLAG", "one more flag for the compiler, in cl's or clang's spelling", false},
    {"--cetcompat", NULL, NULL, "marks the image as fit for hardware shadow stacks", false},
    {"--wpp-func", NULL, "DECLARATION", "a WPP trace function, as -func: has it: 'Trace{LEVEL=TRACE_LEVEL_ERROR}(FLAGS, MSG, ...)'", false},
    {"--jobs", "-j", "N", "compilers at once (default: the processors)", true},
    {"--json", NULL, NULL, "one JSON object a line: each diagnostic (severity, file, line, column, text), then the end (status, image)", false},
    {"--verbose", "-v", NULL, "prints each tool's command line", false},
    {0},
};

static char *folder_to_remove;

static void remove_folder(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *e;

    while (dir && (e = readdir(dir))) {
        char full[PATH_MAX];

        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && snprintf(full, sizeof(full), "%s/%s", path, e->d_name) > 0)
            unlink(full);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

static void stopped(int signo)
{
    if (folder_to_remove)
        remove_folder(folder_to_remove); /* the process ends here: nothing else of it runs */
    signal(signo, SIG_DFL);
    raise(signo);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && strcasecmp(text + n - m, end) == 0;
}

/* Sorts a file into the plan by its ending; false when it is nothing that is built from. */
static bool take_file(struct build_plan *plan, const char *path)
{
    if (ends_with(path, ".c") || ends_with(path, ".cpp") || ends_with(path, ".cxx") || ends_with(path, ".cc"))
        build_add(&plan->sources, "%s", path);
    else if (ends_with(path, ".rc"))
        build_add(&plan->resources, "%s", path);
    else if (ends_with(path, ".def"))
        plan->module_def = strdup(path);
    else if (ends_with(path, ".lib")) {
        char real[PATH_MAX];

        build_add(&plan->libraries, "%s", realpath(path, real) ? real : path);
    } else
        return false;
    return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int take_folder(struct build_plan *plan, const char *path)
{
    struct dirent **entries;
    size_t before = plan->sources.count;
    int count = scandir(path, &entries, NULL, by_name);

    if (count < 0) {
        cli_error("build", "cannot read the folder %s: %s", path, strerror(errno));
        return CLI_USAGE;
    }
    for (int i = 0; i < count; i++) {
        char full[PATH_MAX];

        if (entries[i]->d_name[0] != '.' && snprintf(full, sizeof(full), "%s/%s", path, entries[i]->d_name) < (int)sizeof(full) &&
            !ends_with(full, ".lib"))
            take_file(plan, full);
        free(entries[i]);
    }
    free(entries);
    if (plan->sources.count == before) {
        cli_error("build", "%s has no .c or .cpp file in it (folders below it are not searched: name them too)", path);
        return CLI_USAGE;
    }
    return 0;
}

static int take_input(struct build_plan *plan, const char *word, char *first, size_t first_bytes)
{
    struct stat st;
    char path[PATH_MAX];
    size_t n;

    snprintf(path, sizeof(path), "%s", word);
    for (n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = 0;
    if (stat(path, &st) != 0) {
        cli_error("build", "%s: %s", word, errno == ENOENT ? "no such file or folder" : strerror(errno));
        return CLI_USAGE;
    }
    if (!*first) {
        char real[PATH_MAX];

        snprintf(first, first_bytes, "%s", realpath(path, real) ? real : path);
        if (!S_ISDIR(st.st_mode) && strrchr(first, '.') && strrchr(first, '.') > strrchr(first, '/'))
            *strrchr(first, '.') = 0;
    }
    if (S_ISDIR(st.st_mode))
        return take_folder(plan, path);
    if (take_file(plan, path))
        return 0;
    if (ends_with(path, ".vcxproj") || ends_with(path, ".sln"))
        cli_error("build", "%s: project files are not read yet; give the sources or their folder", word);
    else
        cli_error("build", "%s: not a source (.c .cpp .cc .cxx), resource script (.rc), module definition (.def), library (.lib) or folder", word);
    return CLI_USAGE;
}

static int take_type(struct build_plan *plan, const char *type)
{
    static const struct {
        const char *name, *libraries[3];
        bool network;
    } types[] = {
        {"wdm", {NULL}, false},
        {"wsk", {"netio.lib"}, true},
        {"ndis", {"ndis.lib"}, true},
        {"ndis-lwf", {"ndis.lib"}, true},
        {"ndis-protocol", {"ndis.lib"}, true},
        {"ndis-miniport", {"ndis.lib"}, true},
        {"wfp", {"fwpkclnt.lib", "ndis.lib"}, true},
    };
    const char *names[16] = {0};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        names[i] = types[i].name;
        if (strcmp(types[i].name, type) != 0)
            continue;
        for (size_t k = 0; types[i].libraries[k]; k++)
            build_add(&plan->libraries, "%s", types[i].libraries[k]);
        plan->network = types[i].network;
        return 0;
    }
    const char *near = cli_nearest(type, names);
    cli_error("build", "--type %s is not known%s%s%s; it is one of wdm, wsk, ndis, ndis-lwf, ndis-protocol, ndis-miniport, wfp", type,
              near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return CLI_USAGE;
}

/* NTDDI_VERSION and _WIN32_WINNT of the user must name one Windows (BLD-004). */
static int check_versions(const struct build_plan *plan)
{
    const char *ntddi = NULL, *winnt = NULL;

    for (size_t i = 0; i < plan->defines.count; i++) {
        if (strncmp(plan->defines.items[i], "NTDDI_VERSION=", 14) == 0)
            ntddi = plan->defines.items[i] + 14;
        if (strncmp(plan->defines.items[i], "_WIN32_WINNT=", 13) == 0)
            winnt = plan->defines.items[i] + 13;
    }
    if (!ntddi)
        return 0;
    if (!winnt)
        winnt = plan->target->winnt;
    if (strtoul(ntddi, NULL, 0) >> 16 == strtoul(winnt, NULL, 0))
        return 0;
    cli_error("build", "NTDDI_VERSION=%s and _WIN32_WINNT=%s are two different Windows; set one of them, or --target", ntddi, winnt);
    return CLI_USAGE;
}

/* A device or a folder must not be replaced by an image, and /dev/full is no place for the .pdb beside it. */
static int check_output(const struct build_plan *plan)
{
    struct stat st;

    if (stat(plan->output, &st) != 0 || S_ISREG(st.st_mode))
        return 0;
    if (S_ISDIR(st.st_mode))
        cli_error("build", "%s is a folder; --out takes the image's name, as in --out %s/NAME.sys", plan->output, plan->output);
    else
        cli_error("build", "%s is not a plain file; --out takes the image's name, as in --out NAME.sys", plan->output);
    return CLI_USAGE;
}

static int parse(struct build_plan *plan, int argc, char **argv)
{
    struct cli_args args = {.command = &cli_build, .argc = argc, .argv = argv};
    char first[PATH_MAX] = "";
    uint64_t number;
    int option, rc;

    plan->target = build_target_find("10.0.19041");
    plan->entry = "GsDriverEntry";
    plan->network = true;
    plan->jobs = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    while ((option = cli_next(&args)) != CLI_END) {
        switch (option) {
        case CLI_HELP:
            return -1;
        case CLI_BAD:
            return CLI_USAGE;
        case CLI_WORD:
            if ((rc = take_input(plan, args.value, first, sizeof(first))) != 0)
                return rc;
            break;
        case OPT_OUT:
            snprintf(plan->output, sizeof(plan->output) - 8, "%.1000s", args.value);
            break;
        case OPT_INCLUDE:
            build_add(&plan->includes, "%s", args.value);
            break;
        case OPT_DEFINE:
            build_add(&plan->defines, "%s", args.value);
            break;
        case OPT_UNDEFINE:
            build_add(&plan->undefines, "%s", args.value);
            break;
        case OPT_TARGET:
            plan->target = build_target_find(args.value);
            if (!plan->target) {
                cli_error("build", "--target %s is not known; it is %s", args.value, build_target_names);
                return CLI_USAGE;
            }
            break;
        case OPT_DEBUG:
            plan->debug = true;
            break;
        case OPT_ENTRY:
            plan->entry = args.value;
            break;
        case OPT_EXPORT:
            plan->export_driver = true;
            break;
        case OPT_LIBRARY:
            if (strchr(args.value, '/')) {
                char real[PATH_MAX];

                build_add(&plan->libraries, "%s", realpath(args.value, real) ? real : args.value);
            } else
                build_add(&plan->libraries, ends_with(args.value, ".lib") ? "%s" : "%s.lib", args.value);
            break;
        case OPT_TYPE:
            if ((rc = take_type(plan, args.value)) != 0)
                return rc;
            break;
        case OPT_VERSION:
            plan->version = args.value;
            break;
        case OPT_WERROR:
            plan->keep_warnings_fatal = true;
            break;
        case OPT_FLAG:
            if ((rc = build_take_flag(plan, args.value)) != 0)
                return rc;
            break;
        case OPT_CET:
            plan->shadow_stack = true;
            break;
        case OPT_WPP:
            build_add(&plan->wpp_functions, "%s", args.value);
            break;
        case OPT_JOBS:
            if (!cli_number(args.value, 1, 256, &number)) {
                cli_error("build", "--jobs takes a number from 1 to 256, not %s", args.value);
                return CLI_USAGE;
            }
            plan->jobs = (unsigned)number;
            break;
        case OPT_JSON: /* taken before the others: see below */
            break;
        case OPT_VERBOSE:
            plan->verbose = true;
            break;
        }
    }
    if (!plan->sources.count) {
        cli_error("build", "nothing to build: give C or C++ sources, or a folder of them (`wskit help build`)");
        return CLI_USAGE;
    }
    if (!plan->output[0])
        snprintf(plan->output, sizeof(plan->output), "%.250s.sys", strrchr(first, '/') ? strrchr(first, '/') + 1 : first);
    snprintf(plan->stem, sizeof(plan->stem), "%.250s", strrchr(plan->output, '/') ? strrchr(plan->output, '/') + 1 : plan->output);
    if (ends_with(plan->stem, ".sys"))
        plan->stem[strlen(plan->stem) - 4] = 0;
    build_tell_flags(plan);
    rc = check_output(plan);
    return rc != 0 ? rc : check_versions(plan);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int make_folder(struct build_plan *plan)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(plan->folder, sizeof(plan->folder), "%.400s/wskit-build-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(plan->folder)) {
        cli_error("build", "cannot make a temporary folder %s: %s (set TMPDIR)", plan->folder, strerror(errno));
        return CLI_USAGE;
    }
    folder_to_remove = plan->folder;
    signal(SIGINT, stopped);
    signal(SIGTERM, stopped);
    return 0;
}

static int build_run_command(int argc, char **argv)
{
    struct build_plan plan = {.started = now()};
    int rc;

    /* Before the other options, so that what is wrong with one of them is JSON too. */
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        plan.json |= strcmp(argv[i], "--json") == 0;
    if (plan.json && !build_json_begin()) {
        cli_error("build", "no memory for --json: %s", strerror(errno));
        return CLI_USAGE;
    }
    rc = parse(&plan, argc, argv);
    if (rc == 0)
        rc = build_find_tools(&plan.tools);
    if (rc == 0)
        rc = make_folder(&plan);
    if (rc == 0)
        rc = build_wpp(&plan);
    if (rc == 0)
        rc = build_compile(&plan);
    if (rc == 0) {
        build_lint(&plan);
        rc = build_link(&plan);
    }
    if (rc == 0 && (rc = build_self_check(&plan)) != 0)
        unlink(plan.output); /* nobody ships it by mistake; .pdb and .sys.debug stay for looking at */
    if (folder_to_remove) {
        remove_folder(folder_to_remove);
        folder_to_remove = NULL;
    }
    if (plan.json)
        build_json_end(&plan, rc < 0 ? CLI_CLEAN : rc, now() - plan.started);
    else if (rc == 0)
        printf("%s (%zu source%s, %.2f s)\n", plan.output, plan.sources.count, plan.sources.count == 1 ? "" : "s", now() - plan.started);
    build_list_free(&plan.sources);
    build_list_free(&plan.resources);
    build_list_free(&plan.defines);
    build_list_free(&plan.undefines);
    build_list_free(&plan.includes);
    build_list_free(&plan.libraries);
    build_list_free(&plan.extra);
    build_list_free(&plan.wpp_functions);
    build_list_free(&plan.dropped_flags);
    build_list_free(&plan.noted_flags);
    build_list_free(&plan.objects);
    free(plan.last_log);
    return rc < 0 ? CLI_CLEAN : rc;
}

const struct cli_command cli_build = {
    .name = "build",
    .summary = "C or C++ sources -> a driver image (.sys) with its .pdb",
    .usage = "wskit build [OPTION]... SOURCE|FOLDER...",
    .text = "Compiles for x64 Windows with clang-19 and links with lld as the WDK would: /kernel, /GS, control-flow guard,\n"
            "exception handlers that catch faults, PAGE and INIT sections, version resource, checksum. The image loads on\n"
            "Windows and in `wskit run`. NAME.sys.debug is the same image with DWARF, for gdb. A source that includes its NAME.tmh\n"
            "gets it made (WPP): the trace functions are those of `begin_wpp config` blocks in it and in the headers of its\n"
            "folder and -I, and of --wpp-func; IMAGE.tmf has the texts.",
    .examples = "  wskit build samples/echosrv                      a folder: all its sources, echosrv.sys here\n"
                "  wskit build a.c b.c -o out/my.sys -DPOOL_TAG=1   sources, with a macro\n"
                "  wskit build filter.c --type ndis-lwf --target 10.0.19041",
    .related = "run, ddi, doctor",
    .options = options,
    .run = build_run_command,
};
