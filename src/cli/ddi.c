/* `wskit ddi`: what this machine gives to drivers, from the one table everything else is made from. */
#include "cli/cli.h"
#include "report/report.h"
#include "wskit/ddi.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPT_JSON, OPT_MODULE, OPT_KIND };
static const struct cli_option options[] = {
    {"--json", NULL, NULL, "an array of objects: name, module, kind, irql, rows, page, gap, prototype", false},
    {"--module", "-m", "MODULE", "only of ntoskrnl, netio, ndis, ...", false},
    {"--kind", "-k", "KIND", "only import, data, slot, callback, inline or macro", false},
    {0},
};

/* "ntoskrnl" and "NTOSKRNL.EXE" both name ntoskrnl.exe. */
static bool is_module(const char *module, const char *wanted)
{
    size_t n = strcspn(wanted, ".");

    return module && strncasecmp(module, wanted, n) == 0 && (module[n] == '.' || module[n] == 0);
}

static bool wanted(const struct wskit_ddi *d, const char *pattern, const char *module, const char *kind)
{
    if (module && !is_module(d->module, module))
        return false;
    if (kind && strcmp(kind, d->kind) != 0)
        return false;
    return !pattern || fnmatch(pattern, d->name, FNM_CASEFOLD) == 0;
}

static void print_json(const struct wskit_ddi *d, bool first)
{
    const struct {
        const char *key, *value;
    } fields[] = {{"name", d->name}, {"module", d->module}, {"kind", d->kind}, {"irql", d->irql},
                  {"rows", d->rows}, {"page", d->page},     {"gap", d->gap},   {"prototype", d->prototype}};

    fputs(first ? "\n {" : ",\n {", stdout);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        printf("%s\"%s\": ", i ? ", " : "", fields[i].key);
        rep_json_text(stdout, fields[i].value);
    }
    putchar('}');
}

static void print_whole(const struct wskit_ddi *d)
{
    printf("%s\n", d->name);
    if (d->prototype && *d->prototype)
        printf("    %s\n", d->prototype);
    printf("    %s%s%s\n", d->kind, d->module ? " of " : "", d->module ? d->module : "");
    if (d->irql && *d->irql)
        printf("    IRQL %s\n", d->irql);
    printf("    rows %s\n", d->rows);
    if (d->page && *d->page)
        printf("    https://learn.microsoft.com/windows-hardware/drivers/ddi/%s\n", d->page);
    if (d->gap)
        printf("    not complete: %s\n", d->gap);
}

static int not_found(const char *name)
{
    size_t count = wskit_ddi_count();
    const char **names = calloc(count + 1, sizeof(*names));
    const char *near;

    for (size_t i = 0; names && i < count; i++) {
        struct wskit_ddi d;

        names[i] = wskit_ddi_at(i, &d) ? d.name : NULL;
    }
    near = names && !strpbrk(name, "*?") ? cli_nearest(name, names) : NULL;
    if (near)
        cli_error("ddi", "%s is not implemented; did you mean %s?", name, near);
    else
        cli_error("ddi", "%s is not implemented; docs/howto/add-a-ddi.md says how to add one", name);
    free(names);
    return CLI_USAGE;
}

static int ddi_run(int argc, char **argv)
{
    struct cli_args args = {.command = &cli_ddi, .argc = argc, .argv = argv};
    const char *pattern = NULL, *module = NULL, *kind = NULL;
    size_t shown = 0, gaps = 0;
    bool json = false, whole;
    int option;

    while ((option = cli_next(&args)) != CLI_END) {
        switch (option) {
        case CLI_HELP:
            return CLI_CLEAN;
        case CLI_BAD:
            return CLI_USAGE;
        case CLI_WORD:
            pattern = args.value;
            break;
        case OPT_JSON:
            json = true;
            break;
        case OPT_MODULE:
            module = args.value;
            break;
        case OPT_KIND:
            kind = args.value;
            break;
        }
    }
    whole = pattern && !strpbrk(pattern, "*?[");
    if (json)
        putchar('[');
    for (size_t i = 0; i < wskit_ddi_count(); i++) {
        struct wskit_ddi d;

        if (!wskit_ddi_at(i, &d) || !wanted(&d, pattern, module, kind))
            continue;
        if (json)
            print_json(&d, shown == 0);
        else if (whole)
            print_whole(&d);
        else
            printf("%-14s %-8s %-44s %-24s %s%s\n", d.module ? d.module : "-", d.kind, d.name, d.irql, d.gap ? "gap: " : "", d.gap ? d.gap : "");
        shown++;
        gaps += d.gap != NULL;
    }
    if (json)
        puts("\n]");
    else if (!whole)
        printf("%zu, of them %zu with a gap\n", shown, gaps);
    if (shown == 0 && pattern)
        return not_found(pattern);
    return CLI_CLEAN;
}

const struct cli_command cli_ddi = {
    .name = "ddi",
    .summary = "what of the kernel's interface is there",
    .usage = "wskit ddi [OPTION]... [NAME|PATTERN]",
    .text = "Lists imports, exported data, functions of dispatch tables, callbacks, inlines and macros with the IRQL they may\n"
            "be called at and what is missing of them. With a name: all about it. What is not listed is not implemented, and a\n"
            "driver that imports it is refused with its name.",
    .examples = "  wskit ddi KeSetEvent\n"
                "  wskit ddi 'Wsk*'\n"
                "  wskit ddi --module netio --json",
    .related = "run, build",
    .options = options,
    .run = ddi_run,
};
